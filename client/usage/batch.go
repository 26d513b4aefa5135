package usage

import (
	"errors"
	"fmt"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Event is a use as its producer reports it.
type Event struct {
	ID   string // the producer's own, once per grant
	At   int64  // Unix milliseconds
	User registry.PartyID
	Use  registry.Use
}

// Batch is what goes to the ledger: the request, and the body beside it.
type Batch struct {
	Request  registry.AnchorRequest // without key and CID, which follow when the body is stored
	Body     []byte
	Accepted int
	Refused  int
	Head     registry.Head // as it stands after the batch
}

// ErrEvent: an event cannot be written down as a trace; the producer must mend it.
var ErrEvent = errors.New("no event")

// Build numbers, decides and chains events into the next batch of a grant, exactly as endorsers will decide them: c is the grant as it stands, head
// what is anchored so far, nil for nothing. Refused uses are part of it. Only a closing batch may be empty.
func Build(c registry.GrantCase, head *registry.Head, events []Event, closing bool) (Batch, error) {
	next := registry.Head{Grant: c.Grant.ID}
	if head != nil {
		next = *head
	}
	log, ok := registry.LogOf(&next)
	if !ok || len(events) == 0 && !closing || len(events) > registry.MaxBatchTraces {
		return Batch{}, fmt.Errorf("usage: a batch of %d events on this head cannot be", len(events))
	}
	b := Batch{Request: registry.AnchorRequest{Grant: c.Grant.ID, First: next.Seq + 1, Closing: closing}}
	used := next.Used
	for i, e := range events {
		t := registry.Trace{Seq: next.Seq + int64(i) + 1, Event: e.ID, At: e.At, User: e.User, Use: e.Use}
		if refusal := registry.JudgeTrace(c, t, used); refusal != nil {
			t.Refused = refusal.Code
			b.Refused++
		} else {
			used += t.Use.Quantity
			b.Accepted++
		}
		start := len(b.Body)
		b.Body = append(t.Append(b.Body), '\n')
		line := b.Body[start : len(b.Body)-1]
		if _, err := registry.ParseTrace(line); err != nil {
			return Batch{}, fmt.Errorf("%w %q: %w", ErrEvent, e.ID, err)
		}
		if err := log.Append(line, nil); err != nil {
			return Batch{}, err
		}
	}
	root, err := log.Root()
	b.Request.Root = root
	b.Head = log.Head(next)
	b.Head.Used, b.Head.Batches, b.Head.Closed = used, next.Batches+1, closing
	return b, err
}
