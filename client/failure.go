package client

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Stage says how far a transaction had come when it failed.
type Stage string

// Stages of a transaction.
const (
	StageEvaluate Stage = "evaluate"
	StageEndorse  Stage = "endorse"       // nothing was sent to the orderers
	StageSubmit   Stage = "submit"        // the outcome is unknown
	StageStatus   Stage = "commit status" // the outcome is unknown
	StageCommit   Stage = "commit"        // ordered and found invalid
)

// Error is a failed step. Refusal is set when the registry itself refused: final, show it. Otherwise Transient says
// whether the same step may be tried again.
type Error struct {
	Stage     Stage
	TxID      string
	Refusal   *registry.Refusal
	Transient bool
	Err       error
}

// Error names stage and transaction.
func (e *Error) Error() string { return fmt.Sprintf("%s %s: %v", e.Stage, e.TxID, e.Err) }

// Unwrap gives the refusal if there is one, so that errors.As finds it, and the cause.
func (e *Error) Unwrap() []error {
	if e.Refusal != nil {
		return []error{e.Refusal, e.Err}
	}
	return []error{e.Err}
}

// detailed is what the library's errors of all stages have in common.
type detailed interface{ Details() []*gateway.ErrorDetail }

// failure reads an error of the Gateway: a refusal travels in the details of the endorsers' answers.
func failure(stage Stage, txID string, err error) *Error {
	e := &Error{Stage: stage, TxID: txID, Err: err}
	texts := []string{err.Error()}
	var d detailed
	if errors.As(err, &d) && len(d.Details()) > 0 {
		for _, detail := range d.Details() {
			texts = append(texts, detail.GetMessage())
		}
		e.Err = fmt.Errorf("%w (%s)", err, strings.Join(texts[1:], "; "))
	}
	for _, text := range texts {
		if refusal, parseErr := registry.ParseRefusal(text); parseErr == nil {
			e.Refusal = refusal
			return e
		}
	}
	e.Transient = transient(err, texts)
	return e
}

// transientTexts are failures that pass by themselves: discovery that has not heard of a peer yet, a chaincode that is
// being started, endorsers at different heights, an overloaded gateway, an election.
var transientTexts = []string{
	"no combination of peers can be derived", "failed to select a set of endorsers", "could not launch chaincode",
	"chaincode stream terminated", "ProposalResponsePayloads do not match", "too many requests for /gateway.Gateway",
	"no Raft leader", "SERVICE_UNAVAILABLE", "has been successfully defined on channel", "no peers available",
	"chaincode definition", "failed to collect enough transaction endorsements",
}

func transient(err error, texts []string) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.ResourceExhausted:
		return true
	}
	for _, text := range texts {
		for _, known := range transientTexts {
			if strings.Contains(text, known) {
				return true
			}
		}
	}
	return false
}

var _ detailed = (*client.EndorseError)(nil)
