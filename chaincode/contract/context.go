package contract

import (
	"encoding/json"
	"fmt"
	"slices"
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
	expected []string          // keys that the next exchange with the peer brings too
	fetched  map[string][]byte // what was read; nil for an absent key
}

// begin reads identity and time, and refuses callers whom the access table does not admit, and people who ask without an
// account in force; who writes is asked for the account in transact. It is the BeforeTransaction of every contract.
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
	if row, _ := registry.FindAccess(c.function); row.Writes {
		return nil
	}
	refusal, err := c.checkAccount()
	if err != nil || refusal != nil {
		return either(refusal, err)
	}
	return nil
}

// expect names keys that will surely be read: the next read brings them all in one exchange with the peer. Each exchange
// costs both processes more than a record, and simulations hold a lock that commits wait for.
func (c *Context) expect(keys ...[]string) error {
	for _, k := range keys {
		name, err := c.key(k[0], k[1:]...)
		if err != nil {
			return err
		}
		if _, known := c.fetched[name]; !known && !slices.Contains(c.expected, name) {
			c.expected = append(c.expected, name)
		}
	}
	return nil
}

// fetch reads what is expected.
func (c *Context) fetch() error {
	names := c.expected
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
	c.expected = nil
	return nil
}

func (c *Context) loadNetwork() error {
	if c.network != nil {
		return nil
	}
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
	if _, known := c.fetched[key]; !known {
		if err := c.expect(append([]string{object}, attributes...)); err != nil {
			return false, err
		}
		if err := c.fetch(); err != nil {
			return false, fmt.Errorf("%s: %w", object, err)
		}
	}
	body := c.fetched[key]
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
