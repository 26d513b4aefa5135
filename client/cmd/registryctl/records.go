package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/audit"
)

// lookups are the questions by which a peer shows its state, by the object type of the record.
var lookups = []struct{ object, function string }{
	{registry.ObjectApplication, "registration:FindApplication"}, {registry.ObjectAsset, "registration:FindAsset"},
	{registry.ObjectCertificate, "registration:FindCertificate"}, {registry.ObjectAccount, "account:FindAccount"},
}

// peerState answers from one organisation's peer.
type peerState interface {
	EvaluateAt(ctx context.Context, mspID, function string, document []byte) ([]byte, error)
	Height(ctx context.Context) (height uint64, hash []byte, err error)
}

// replayed is the state that an audit has come to.
type replayed interface {
	Progress() audit.Progress
	Records(object string, fn func(attributes []string, body []byte) error) error
}

// errMoved: the ledger has gone on while records were compared; audit to its end and compare again.
var errMoved = errors.New("the ledger has moved on while records were compared: run the audit again")

// compareRecords asks a peer for every record and compares it with the replayed state: a value that was changed in the peer's database shows in
// no block, only here. The ledger must stand still meanwhile.
func compareRecords(ctx context.Context, peer peerState, mspID, organisation string, state replayed) (compared int, err error) {
	if err := standsAt(ctx, peer, state); err != nil {
		return 0, err
	}
	for _, l := range lookups {
		err := state.Records(l.object, func(attributes []string, body []byte) error {
			document, err := registry.Canonical(registry.FindRequest{ID: strings.Join(attributes, "/")})
			if err != nil {
				return err
			}
			answer, err := peer.EvaluateAt(ctx, mspID, l.function, document)
			var refusal *registry.Refusal
			if err != nil && !errors.As(err, &refusal) {
				return err
			}
			if compared++; bytes.Equal(answer, body) {
				return nil
			}
			if err := standsAt(ctx, peer, state); err != nil {
				return err
			}
			return &audit.Difference{Block: state.Progress().Next - 1, Transaction: -1, Field: "peer.record", Record: organisation + ": " + l.object + " " + strings.Join(attributes, " "),
				Want: clipped(printable(string(body))), Got: clipped(printable(string(answer)))}
		})
		if err != nil {
			return compared, err
		}
	}
	return compared, nil
}

func standsAt(ctx context.Context, peer peerState, state replayed) error {
	height, _, err := peer.Height(ctx)
	if err == nil && height != state.Progress().Next {
		err = fmt.Errorf("%w (%d blocks were audited, the peer has %d)", errMoved, state.Progress().Next, height)
	}
	return err
}
