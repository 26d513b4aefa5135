package desk

import (
	"errors"
	"fmt"
)

// Mistakes of the caller in a step of a transaction. Nothing was sent.
var (
	// ErrSignature: the signature is not made with the certificate's key over the awaited message; sign the message in ToSign.
	ErrSignature = errors.New("the signature does not fit certificate and message")
	// ErrStep: the transaction does not wait for this step; look at its state.
	ErrStep = errors.New("the transaction does not wait for this step")
)

// Failure is a technical failure on the way to the ledger, as opposed to a refusal: nobody decided anything.
type Failure struct {
	Stage     string // evaluate, endorse, submit, commit status or commit
	TxID      string // empty for questions
	Sent      bool   // the transaction may be on its way: ask for its state, never prepare it anew
	Transient bool   // the same step may be tried again
	Err       error  // the cause, for the log only
}

// Error names stage and transaction; it is for the log.
func (f *Failure) Error() string { return fmt.Sprintf("%s %s: %v", f.Stage, f.TxID, f.Err) }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }
