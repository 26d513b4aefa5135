package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// maxAttempts bounds how often a conflicting write is proposed anew.
const maxAttempts = 5

// policyFailure may be a race with the transaction that set a key-level policy. It is proposed anew once; after that it
// is a defect.
var policyFailure = peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE.String()

// Execute takes every step of a write for a signer with a key file and answers the receipt. A refusal is returned as
// an error that unwraps to *registry.Refusal. A conflict is proposed anew with jittered back-off; an outcome that stays
// unknown is an *Error of StageStatus: ask Resolve, never send anew.
func (l *Ledger) Execute(ctx context.Context, signer *Signer, function string, request any) (registry.Receipt, error) {
	document, err := registry.Canonical(request)
	if err != nil {
		return registry.Receipt{}, err
	}
	return l.ExecuteDocument(ctx, signer, function, document)
}

// ExecuteDocument is Execute for a document that is encoded already; it is sent exactly as it is.
func (l *Ledger) ExecuteDocument(ctx context.Context, signer *Signer, function string, document []byte) (registry.Receipt, error) {
	return l.ExecuteWith(ctx, signer, function, document, nil)
}

// ExecuteWith is ExecuteDocument with transient data, which endorsers see and no block keeps.
func (l *Ledger) ExecuteWith(ctx context.Context, signer *Signer, function string, document []byte, transient map[string][]byte) (registry.Receipt, error) {
	var last error
	unendorsed := false
	for attempt := range maxAttempts {
		if attempt > 0 {
			if err := Pause(ctx, attempt); err != nil {
				return registry.Receipt{}, errors.Join(err, last)
			}
		}
		p, err := l.once(ctx, signer, function, document, transient)
		var failed *Error
		switch {
		case errors.As(err, &failed) && failed.Transient && failed.Stage == StageEndorse:
			last = err
			continue
		case err != nil:
			return registry.Receipt{}, err
		case p.State == StateConflict:
			last = &Error{Stage: StageCommit, TxID: p.TxID, Err: fmt.Errorf("invalid: %s", p.Code)}
			if p.Code == policyFailure && unendorsed {
				return registry.Receipt{}, last
			}
			unendorsed = unendorsed || p.Code == policyFailure
			continue
		}
		return finished(p)
	}
	return registry.Receipt{}, last
}

func finished(p Pending) (registry.Receipt, error) {
	switch p.State {
	case StateCommitted:
		return p.Receipt()
	case StateRefused:
		refusal, err := registry.ParseRefusal(p.Refusal)
		if err != nil {
			return registry.Receipt{}, err
		}
		return registry.Receipt{}, &Error{Stage: StageEndorse, TxID: p.TxID, Refusal: refusal, Err: refusal}
	case StateUnknown:
		return registry.Receipt{}, &Error{Stage: StageStatus, TxID: p.TxID, Err: errors.New("the outcome is unknown")}
	}
	return registry.Receipt{}, &Error{Stage: StageCommit, TxID: p.TxID, Err: fmt.Errorf("%s: %s", p.State, p.Code)}
}

func (l *Ledger) once(ctx context.Context, signer *Signer, function string, document []byte, transient map[string][]byte) (Pending, error) {
	p, err := l.prepare(ctx, signer.creator, function, document, transient, endorsers)
	if err != nil {
		return p, err
	}
	signature, err := signer.Sign(p.ToSign)
	if err != nil {
		return p, err
	}
	if p, err = l.Endorse(ctx, p.ID, signature); err != nil || p.State != StateEndorsed {
		return p, err
	}
	if signature, err = signer.Sign(p.ToSign); err != nil {
		return p, err
	}
	return l.Submit(ctx, p.ID, signature)
}

// Pause waits longer from attempt to attempt, until ctx ends.
func Pause(ctx context.Context, attempt int) error {
	wait := time.Duration(1<<attempt)*50*time.Millisecond + rand.N(100*time.Millisecond)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}

// Probe lets every given organisation endorse a write without sending it: a committed definition is not yet a working
// network, because each peer first has to learn which others run the chaincode.
func (l *Ledger) Probe(ctx context.Context, signer *Signer, function string, request any, organisations []string) error {
	document, err := registry.Canonical(request)
	if err != nil {
		return err
	}
	p, err := l.prepare(ctx, signer.creator, function, document, nil, organisations)
	if err != nil {
		return err
	}
	signature, err := signer.Sign(p.ToSign)
	if err != nil {
		return err
	}
	if p, err = l.Endorse(ctx, p.ID, signature); err != nil {
		return err
	}
	if p.State != StateEndorsed {
		return fmt.Errorf("%s: %s", p.State, p.Refusal)
	}
	return nil
}
