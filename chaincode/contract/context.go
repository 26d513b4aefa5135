package contract

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Context is the transaction context of every contract: who calls, when, and typed point reads. A fresh one is made
// for each transaction.
type Context struct {
	contractapi.TransactionContext
	facts    registry.Facts
	function string
	network  *registry.Network
	fetched  map[string][]byte // prefetched values; nil for an absent key
}

// begin reads identity, time and founding record, and refuses callers whom the access table does not admit. It is
// the BeforeTransaction of every contract.
func begin(c *Context) error {
	stub := c.GetStub()
	c.function, _ = stub.GetFunctionAndParameters()
	creator, err := stub.GetCreator()
	if err != nil {
		return fmt.Errorf("creator: %w", err)
	}
	actor, err := parseActor(creator)
	if err != nil {
		return registry.Refuse(registry.CodeIdentityInvalid, registry.RuleOwnAct, "why", err.Error())
	}
	stamp, err := stub.GetTxTimestamp()
	if err != nil {
		return fmt.Errorf("timestamp: %w", err)
	}
	at := time.Unix(stamp.GetSeconds(), 0).UTC()
	c.facts = registry.Facts{TxID: stub.GetTxID(), At: at, Actor: actor}
	if refusal := registry.CheckAccess(c.function, actor); refusal != nil {
		return refusal
	}
	return nil
}

// prefetch reads many keys in one exchange with the peer. Simulations hold a lock that commits wait for: what a function
// will surely read is asked for at once.
func (c *Context) prefetch(keys ...[]string) error {
	var names []string
	for _, k := range keys {
		name, err := c.key(k[0], k[1:]...)
		if err != nil {
			return err
		}
		names = append(names, name)
	}
	values, err := c.GetStub().GetMultipleStates(names...)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if len(values) != len(names) {
		return fmt.Errorf("read: asked for %d keys, got %d", len(names), len(values))
	}
	if c.fetched == nil {
		c.fetched = map[string][]byte{}
	}
	for i, name := range names {
		c.fetched[name] = values[i]
	}
	return nil
}

func (c *Context) loadNetwork() error {
	var n registry.Network
	found, err := c.read(&n, registry.ObjectNetwork)
	if err != nil {
		return err
	}
	if found {
		c.network, c.facts.Mode = &n, n.Mode
	}
	return nil
}

// key makes the composite key of a record.
func (c *Context) key(object string, attributes ...string) (string, error) {
	return c.GetStub().CreateCompositeKey(object, attributes)
}

// read fetches one record; found is false when the ledger has none under this key.
func (c *Context) read(into any, object string, attributes ...string) (found bool, err error) {
	key, err := c.key(object, attributes...)
	if err != nil {
		return false, err
	}
	body, known := c.fetched[key]
	if !known {
		if body, err = c.GetStub().GetState(key); err != nil {
			return false, fmt.Errorf("read %s: %w", object, err)
		}
	}
	if len(body) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return false, fmt.Errorf("record %s: %w", object, err)
	}
	return true, nil
}

// find is read for records that may be absent: nil when there is none.
func find[T any](c *Context, object string, attributes ...string) (*T, error) {
	record := new(T)
	found, err := c.read(record, object, attributes...)
	if err != nil || !found {
		return nil, err
	}
	return record, nil
}
