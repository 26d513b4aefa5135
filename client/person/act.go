package person

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

// Transaction is a write on its way, as the site shows it.
type Transaction struct {
	ID        string          `json:"id"` // unguessable; not the ledger's transaction id
	TxID      string          `json:"txId"`
	Function  string          `json:"function"`
	Document  json.RawMessage `json:"document"`
	State     client.State    `json:"state"`
	ToSign    []byte          `json:"toSign"`
	Problem   *Problem        `json:"problem"`
	Block     uint64          `json:"block"`
	ExpiresAt *time.Time      `json:"expiresAt"`
}

// Done is a write that stands on the ledger, as the site says. Receipt and TxID are those of the message that was signed; they
// are empty if that was done elsewhere.
type Done struct {
	Receipt registry.Receipt `json:"receipt"`
	TxID    string           `json:"txId"`
	Block   uint64           `json:"block"`
}

// Unknown: the transaction was sent and its outcome is not known. Ask with Resume, never act anew.
type Unknown struct {
	ID, TxID string
	Err      error
}

// Error names the transaction and says what to do.
func (e *Unknown) Error() string {
	return fmt.Sprintf("the outcome of transaction %s is unknown: ask for %s again, do not write anew (%v)", e.TxID, e.ID, e.Err)
}

// Unwrap gives the cause.
func (e *Unknown) Unwrap() error { return e.Err }

const (
	maxAttempts = 5               // of proposals, and of giving the same signature again
	patience    = 2 * time.Minute // for an unknown outcome
)

// Act writes: the request is encoded here, both messages are checked and signed here, and the outcome is waited for. A write
// that was overtaken or not endorsed is prepared anew, a few times; one that was sent never is. Errors: *Altered, *Problem,
// *Unknown, or a *registry.Refusal of a request that cannot be encoded.
func (p *Person) Act(ctx context.Context, function string, request any) (Done, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return Done{}, err
	}
	document, err := registry.EncodeRequest(function, body)
	if err != nil {
		return Done{}, err
	}
	for attempt := 1; ; attempt++ {
		done, err := p.once(ctx, function, document)
		if !unsent(err) || attempt == maxAttempts {
			return done, err
		}
		if stopped := client.Pause(ctx, attempt); stopped != nil {
			return done, errors.Join(stopped, err)
		}
	}
}

// unsent says that the write had no effect, for a reason that passes.
func unsent(err error) bool {
	var p *Problem
	if !errors.As(err, &p) {
		return false
	}
	return p.kind() == "conflict" || p.kind() == "expired" || p.kind() == "unavailable" && p.Stage == string(client.StageEndorse)
}

func (p *Person) once(ctx context.Context, function string, document []byte) (Done, error) {
	creator := p.signer.Creator()
	var t Transaction
	request := map[string]any{"function": function, "document": json.RawMessage(document), "certificate": string(creator.Certificate), "msp": creator.MSPID}
	if err := p.Ask(ctx, http.MethodPost, "/api/v1/transactions", request, &t); err != nil {
		return Done{}, err
	}
	return p.complete(ctx, t, p.intent(function, document))
}

func (p *Person) intent(function string, document []byte) write {
	return write{channel: p.Channel, chaincode: p.Chaincode, function: function, document: document, mspID: p.signer.Creator().MSPID,
		certificate: p.der, now: p.now()}
}

// Find shows a transaction by the site's id, for example one that was prepared on a page.
func (p *Person) Find(ctx context.Context, id string) (Transaction, error) {
	var t Transaction
	return t, p.Ask(ctx, http.MethodGet, "/api/v1/transactions/"+url.PathEscape(id), nil, &t)
}

// Resume takes the steps that a transaction still needs, after its function and document have been shown to the person: what
// was shown is what is signed. A transaction that was sent is only asked for. Errors as of Act.
func (p *Person) Resume(ctx context.Context, shown Transaction) (Done, error) {
	document, err := registry.EncodeRequest(shown.Function, shown.Document)
	if err != nil {
		return Done{}, err
	}
	return p.complete(ctx, shown, p.intent(shown.Function, document))
}

// complete signs what a transaction still awaits.
func (p *Person) complete(ctx context.Context, t Transaction, w write) (Done, error) {
	var first *common.Header
	var done Done
	var err error
	if t.State == client.StatePrepared {
		if first, err = w.proposal(t.ToSign); err != nil {
			return done, err
		}
		if t, err = p.step(ctx, t, "endorsement"); err != nil {
			return done, err
		}
	}
	if t.State == client.StateEndorsed {
		if done, err = w.transaction(t.ToSign, first); err != nil {
			return done, err
		}
		if t, err = p.step(ctx, t, "submission"); err != nil {
			return done, err
		}
	}
	if t, err = p.outcome(ctx, t); err != nil {
		return done, err
	}
	done.Block = t.Block
	return done, nil
}

// step signs the message of a step and gives the signature. If the answer is lost it asks how far the transaction has come,
// and gives the same signature again only if it never arrived.
func (p *Person) step(ctx context.Context, t Transaction, name string) (Transaction, error) {
	signature, err := p.signer.Sign(t.ToSign)
	if err != nil {
		return t, err
	}
	address := "/api/v1/transactions/" + url.PathEscape(t.ID) + "/" + name
	for attempt := 1; ; attempt++ {
		var next Transaction
		err := p.Ask(ctx, http.MethodPut, address, map[string]any{"signature": signature}, &next)
		if !lost(err) {
			return next, err
		}
		next, asked := p.Find(ctx, t.ID)
		switch {
		case asked == nil && next.State != t.State:
			return next, problem(next)
		case attempt == maxAttempts:
			return t, sent(t, errors.Join(err, asked))
		}
		if stopped := client.Pause(ctx, attempt); stopped != nil {
			return t, sent(t, errors.Join(stopped, err))
		}
	}
}

// lost says that the step may have been taken although it was not answered for.
func lost(err error) bool {
	var p *Problem
	switch {
	case err == nil:
		return false
	case !errors.As(err, &p):
		return true
	}
	return p.kind() == "outcome_unknown" || p.kind() == "step" || p.Status >= http.StatusInternalServerError && p.kind() != "unavailable" && p.Code == ""
}

// sent is err, marked as an unknown outcome if the transaction may have been sent.
func sent(t Transaction, err error) error {
	if t.State == client.StatePrepared {
		return err
	}
	return &Unknown{t.ID, t.TxID, err}
}

// problem is why a transaction came to nothing; nil while it may still come to something.
func problem(t Transaction) error {
	if t.Problem == nil {
		return nil
	}
	return t.Problem
}

// outcome waits until the site knows what became of a transaction that was sent.
func (p *Person) outcome(ctx context.Context, t Transaction) (Transaction, error) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var last error
	for attempt := 1; t.State == client.StateUnknown; attempt++ {
		if err := client.Pause(limited, min(attempt, 4)); err != nil {
			return t, &Unknown{t.ID, t.TxID, errors.Join(err, last)}
		}
		next, err := p.Find(limited, t.ID)
		if last = err; err == nil {
			t = next
		}
	}
	if err := problem(t); err != nil {
		return t, err
	}
	if t.State != client.StateCommitted {
		return t, fmt.Errorf("transaction %s is %s", t.TxID, strings.ToLower(string(t.State)))
	}
	return t, nil
}
