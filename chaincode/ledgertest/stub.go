package ledgertest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// value is a committed value with the version at which it was written.
type value struct {
	body    []byte
	version int
	policy  []byte
}

// stub is one simulated transaction. Methods that the contracts do not use panic through the embedded nil interface,
// iterators among them: a submitted function must not scan.
type stub struct {
	shim.ChaincodeStubInterface
	state    map[string]value
	txID     string
	at       time.Time
	creator  []byte
	args     []string
	beside   map[string][]byte // transient data
	reads    map[string]int    // key → version read; 0: absent
	asked    int               // exchanges with the peer for reading
	writes   map[string][]byte
	policies map[string][]byte
	event    []byte
	name     string
}

func (s *stub) GetTxID() string { return s.txID }

func (s *stub) GetCreator() ([]byte, error) { return s.creator, nil }

func (s *stub) GetTransient() (map[string][]byte, error) { return s.beside, nil }

func (s *stub) GetTxTimestamp() (*timestamppb.Timestamp, error) { return timestamppb.New(s.at), nil }

func (s *stub) GetFunctionAndParameters() (string, []string) { return s.args[0], s.args[1:] }

func (s *stub) GetArgs() [][]byte {
	var all [][]byte
	for _, a := range s.args {
		all = append(all, []byte(a))
	}
	return all
}

// read reads the committed state: a transaction does not see its own writes.
func (s *stub) read(key string) ([]byte, error) {
	if key == "" {
		return nil, errors.New("empty key")
	}
	v := s.state[key]
	s.reads[key] = v.version
	return v.body, nil
}

// GetMultipleStates reads many keys at once.
func (s *stub) GetMultipleStates(keys ...string) ([][]byte, error) {
	s.asked++
	var all [][]byte
	for _, key := range keys {
		body, err := s.read(key)
		if err != nil {
			return nil, err
		}
		all = append(all, body)
	}
	return all, nil
}

// StartWriteBatch begins a batch; the peer applies it at the end, which a simulation cannot tell from single writes.
func (s *stub) StartWriteBatch() {}

// FinishWriteBatch ends a batch.
func (s *stub) FinishWriteBatch() error { return nil }

// PutState adds to the write set.
func (s *stub) PutState(key string, body []byte) error {
	if key == "" || len(body) == 0 {
		return errors.New("empty key or value")
	}
	s.writes[key] = body
	return nil
}

// SetStateValidationParameter sets a key's endorsement policy with this transaction.
func (s *stub) SetStateValidationParameter(key string, policy []byte) error {
	s.policies[key] = policy
	return nil
}

// CreateCompositeKey joins attributes as Fabric does.
func (s *stub) CreateCompositeKey(object string, attributes []string) (string, error) {
	for _, part := range append([]string{object}, attributes...) {
		if strings.ContainsAny(part, "\x00\U0010FFFF") {
			return "", errors.New("a key attribute holds a forbidden character")
		}
	}
	return "\x00" + object + "\x00" + strings.Join(append(attributes, ""), "\x00"), nil
}

// SetEvent sets the transaction's one event; a second one replaces it.
func (s *stub) SetEvent(name string, payload []byte) error {
	if name == "" {
		return errors.New("event without a name")
	}
	s.name, s.event = name, payload
	return nil
}

// run invokes the chaincode once on the given state.
func run(cc shim.Chaincode, state map[string]value, txID string, at time.Time, creator []byte, args []string, beside map[string][]byte) (*stub, *peer.Response) {
	s := &stub{state: state, txID: txID, at: at, creator: creator, args: args, beside: beside, reads: map[string]int{}, writes: map[string][]byte{}, policies: map[string][]byte{}}
	return s, cc.Invoke(s)
}

// same says whether two runs of a transaction wrote the same bytes.
func (s *stub) same(o *stub) bool {
	equal := func(a, b map[string][]byte) bool {
		return maps.EqualFunc(a, b, func(x, y []byte) bool { return slices.Equal(x, y) })
	}
	return equal(s.writes, o.writes) && equal(s.policies, o.policies) && slices.Equal(s.event, o.event) && s.name == o.name && maps.Equal(s.reads, o.reads)
}
