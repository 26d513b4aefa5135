package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
)

// resolveTimeout bounds one question for an outcome: the Gateway never says "not found", it waits.
const resolveTimeout = 10 * time.Second

// Resolve asks for the outcome of a transaction that was sent: by transaction id first, then it sends the same
// signed bytes once more and asks again. It never makes a new proposal.
func (l *Ledger) Resolve(ctx context.Context, id string) (Pending, error) {
	p, err := l.pending.Load(ctx, id)
	if err != nil || p.State != StateUnknown {
		return p, err
	}
	if p, err = l.outcome(ctx, p, resolveTimeout); err != nil || p.State != StateUnknown {
		return p, err
	}
	_ = l.send(ctx, p) // whatever it answers, the status decides
	return l.outcome(ctx, p, resolveTimeout)
}

// ResolveAll asks for every unknown outcome, for example after a restart.
func (l *Ledger) ResolveAll(ctx context.Context) error {
	unknown, err := l.pending.Unknown(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, p := range unknown {
		if _, err := l.Resolve(ctx, p.ID); err != nil {
			failed = append(failed, fmt.Errorf("transaction %s: %w", p.TxID, err))
		}
	}
	return errors.Join(failed...)
}

// outcome waits for the commit status and stores what it says; no answer leaves the transaction UNKNOWN.
func (l *Ledger) outcome(ctx context.Context, p Pending, limit time.Duration) (Pending, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	status, err := l.commitStatus(ctx, p.TxID)
	if err == nil && status.Code == peer.TxValidationCode_DUPLICATE_TXID {
		// A copy that was sent again reached its block while the peer was being asked: the first one counts, and the
		// peer's ledger now answers with it.
		status, err = l.commitStatus(ctx, p.TxID)
	}
	if err != nil || status.Code == peer.TxValidationCode_DUPLICATE_TXID {
		return p, nil //nolint:nilerr // unknown is a state, not a failure
	}
	p.Code, p.Block = status.Code.String(), status.BlockNumber
	switch status.Code {
	case peer.TxValidationCode_VALID:
		p.State = StateCommitted
	case peer.TxValidationCode_MVCC_READ_CONFLICT, peer.TxValidationCode_PHANTOM_READ_CONFLICT,
		peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE: // a key-level policy may have been set meanwhile: one fresh proposal
		p.State = StateConflict
	default:
		p.State = StateInvalid
	}
	if err := l.save(ctx, &p); !errors.Is(err, ErrStale) {
		return p, err
	}
	return l.pending.Load(context.WithoutCancel(ctx), p.ID) // somebody else asked too and was faster
}

// commitStatus asks with the service's own identity: any reader of the channel may ask about any transaction, so the
// person need not sign a third time.
func (l *Ledger) commitStatus(ctx context.Context, txID string) (*client.Status, error) {
	creator, err := proto.Marshal(&msp.SerializedIdentity{Mspid: l.service.creator.MSPID, IdBytes: l.service.creator.Certificate})
	if err != nil {
		return nil, err
	}
	request, err := proto.Marshal(&gateway.CommitStatusRequest{ChannelId: l.config.Channel, TransactionId: txID, Identity: creator})
	if err != nil {
		return nil, err
	}
	body, err := proto.Marshal(&gateway.SignedCommitStatusRequest{Request: request})
	if err != nil {
		return nil, err
	}
	commit, err := l.gateway.NewCommit(body)
	if err != nil {
		return nil, err
	}
	return commit.StatusWithContext(ctx)
}

var _ identity.Sign = (*Signer)(nil).Sign
