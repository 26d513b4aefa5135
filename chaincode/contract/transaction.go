package contract

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// write is one record that a decision changes.
type write struct {
	object     string
	attributes []string
	id         string // as the event names it
	before     string // status before; "" for a record that is created
	after      string
	created    bool
	record     any
}

// decision is what a function would do: the judgement of package registry with the writes that follow from it.
// Writing functions carry it out, a dry run only reports its refusals.
type decision struct {
	key      string // idempotency key
	refusals registry.Refusals
	receipt  registry.Receipt
	writes   []write
}

// decider decodes a document, loads the facts and judges.
type decider func(c *Context, document string) (decision, error)

// transact carries out a decision once: the same request under the same key answers the same receipt and writes
// nothing more. The document says what will be read, so that one exchange brings it together with what says whether the
// caller may act at all; that is still refused before everything else.
func transact(c *Context, document string, decide decider) (string, error) {
	if err := c.expectStanding(); err != nil {
		return "", err
	}
	d, decided := decide(c, document)
	if err := c.admit(); err != nil {
		return "", err
	}
	if decided != nil {
		return "", decided
	}
	return c.settle(d, document)
}

// expectStanding names what every writing function reads.
func (c *Context) expectStanding() error {
	if actor := c.facts.Actor; actor.NeedsAccount() {
		if err := c.expect(accountKey(actor.ID())); err != nil {
			return err
		}
	}
	return c.expect([]string{registry.ObjectNetwork}, []string{registry.ObjectDay})
}

// admit refuses who may not act at all: before the network is founded, or without an account in force.
func (c *Context) admit() error {
	if err := c.loadNetwork(); err != nil {
		return err
	}
	if c.network == nil && c.function != "rule:Found" {
		return registry.Refuse(registry.CodeNotFounded, registry.RuleDemo)
	}
	if refusal := registry.CheckAdministrator(c.facts, c.network); refusal != nil {
		return refusal
	}
	refusal, err := c.checkAccount()
	if err != nil || refusal != nil {
		return either(refusal, err)
	}
	return nil
}

// settle answers the receipt of the same request if there is one, and carries the decision out otherwise.
func (c *Context) settle(d decision, document string) (string, error) {
	earlier, err := c.earlier(d.key, document)
	if err != nil || earlier != nil {
		return answer(earlier, err)
	}
	if err := first(d.refusals); err != nil {
		return "", err
	}
	d.receipt.TxID = c.facts.TxID
	return answer(&d.receipt, c.carryOut(d, document))
}

// carryOut writes everything in one exchange with the peer.
func (c *Context) carryOut(d decision, document string) error {
	c.GetStub().StartWriteBatch()
	if err := c.openDay(); err != nil {
		return err
	}
	if err := c.store(d); err != nil {
		return err
	}
	if err := c.remember(d, document); err != nil {
		return err
	}
	return c.GetStub().FinishWriteBatch()
}

// either avoids a nil refusal in an error that is not nil.
func either(refusal *registry.Refusal, err error) error {
	if err != nil {
		return err
	}
	return refusal
}

func answer(receipt *registry.Receipt, err error) (string, error) {
	if err != nil {
		return "", err
	}
	body, err := registry.Canonical(receipt)
	return string(body), err
}

// first puts wrong fields before everything else: they are what a person can mend at once.
func first(rs registry.Refusals) error {
	for _, r := range rs {
		if r.Code == registry.CodeFieldsInvalid {
			return r
		}
	}
	return rs.First()
}

// earlier looks for the same request under the same key, by the same person.
func (c *Context) earlier(key, document string) (*registry.Receipt, error) {
	if key == "" {
		return nil, nil
	}
	seen, err := find[registry.Idempotency](c, registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(key))
	if err != nil || seen == nil {
		return nil, err
	}
	if seen.Request != c.requestDigest(document) {
		return nil, registry.Refuse(registry.CodeKeyReused, registry.RuleOnce, "key", key, "txId", seen.Receipt.TxID)
	}
	return &seen.Receipt, nil
}

// requestDigest tells requests apart: hex SHA-256 over function, a space and the document.
func (c *Context) requestDigest(document string) string {
	sum := sha256.Sum256([]byte(c.function + " " + document))
	return hex.EncodeToString(sum[:])
}

func (c *Context) remember(d decision, document string) error {
	_, err := c.put(registry.Idempotency{Request: c.requestDigest(document), Receipt: d.receipt, Mark: c.mark()},
		registry.ObjectIdempotency, string(c.facts.Actor.ID()), d.key)
	return err
}

// openDay reads the open civil day: an act dated before it is refused, the first act of a new day opens it. Because
// every act reads the key, what was endorsed on an earlier day fails validation.
func (c *Context) openDay() error {
	today := registry.CivilDate(c.facts.At)
	day, err := find[registry.Day](c, registry.ObjectDay)
	if err != nil {
		return err
	}
	if day != nil && today < day.Day {
		return registry.Refuse(registry.CodeDayClosed, registry.RuleDay, "day", string(day.Day), "at", string(today))
	}
	if day != nil && today == day.Day {
		return nil
	}
	_, err = c.put(registry.Day{Day: today, Mark: c.mark()}, registry.ObjectDay)
	return err
}

func (c *Context) mark() registry.Mark {
	return registry.Mark{Schema: registry.SchemaVersion, CreatedTx: c.facts.TxID, CreatedAt: c.facts.At,
		UpdatedTx: c.facts.TxID, UpdatedAt: c.facts.At, Actor: c.facts.Actor.ID()}
}

// store writes the records, protects those that are created, and announces the changes in one event.
func (c *Context) store(d decision) error {
	event := registry.Event{Version: 1, TxID: c.facts.TxID, Function: c.function, Changes: []registry.Change{}}
	for _, w := range d.writes {
		digest, err := c.put(w.record, w.object, w.attributes...)
		if err != nil {
			return err
		}
		if err := c.protect(w); err != nil {
			return err
		}
		event.Changes = append(event.Changes, registry.Change{Object: w.object, ID: w.id, Before: w.before, After: w.after, Digest: digest})
	}
	body, err := registry.Canonical(event)
	if err != nil {
		return err
	}
	return c.GetStub().SetEvent(registry.EventName, body)
}

// protect sets the key-level policy with the first value of a key. Protected keys are never deleted.
func (c *Context) protect(w write) error {
	rule, protected := keyPolicies[registry.GuardOf(w.object)]
	if !protected || !w.created {
		return nil
	}
	key, err := c.key(w.object, w.attributes...)
	if err != nil {
		return err
	}
	return c.GetStub().SetStateValidationParameter(key, rule)
}

// put writes a record in canonical JSON and gives the hex SHA-256 of what was written.
func (c *Context) put(record any, object string, attributes ...string) (digest string, err error) {
	key, err := c.key(object, attributes...)
	if err != nil {
		return "", err
	}
	body, err := registry.Canonical(record)
	if err != nil {
		return "", fmt.Errorf("record %s: %w", object, err)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), c.GetStub().PutState(key, body)
}
