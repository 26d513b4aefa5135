package client

import (
	"context"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
)

// Phases are how long each step of a write took.
type Phases struct {
	Endorse, Submit, Status time.Duration
}

// Load sends one write to any chaincode of the channel and waits until it is valid: what a measurement compares. Both
// sides of a comparison take the same way, endorsed by the same organisations.
func (l *Ledger) Load(ctx context.Context, signer *Signer, organisations []string, chaincode, function string, args ...string) (Phases, error) {
	var p Phases
	gateway, err := l.connect(signer.creator, client.WithSign(signer.Sign))
	if err != nil {
		return p, err
	}
	defer gateway.Close()
	contract := gateway.GetNetwork(l.config.Channel).GetContract(chaincode)
	proposal, err := contract.NewProposal(function, client.WithArguments(args...), client.WithEndorsingOrganizations(organisations...))
	if err != nil {
		return p, err
	}
	start := time.Now()
	transaction, err := proposal.EndorseWithContext(ctx)
	if err != nil {
		return p, failure(StageEndorse, proposal.TransactionID(), err)
	}
	endorsed := time.Now()
	commit, err := transaction.SubmitWithContext(ctx)
	if err != nil {
		return p, failure(StageSubmit, proposal.TransactionID(), err)
	}
	sent := time.Now()
	status, err := commit.StatusWithContext(ctx)
	if err != nil {
		return p, failure(StageStatus, proposal.TransactionID(), err)
	}
	p = Phases{endorsed.Sub(start), sent.Sub(endorsed), time.Since(sent)}
	if !status.Successful {
		return p, &Error{Stage: StageCommit, TxID: proposal.TransactionID(), Err: errInvalid(status.Code.String())}
	}
	return p, nil
}

type errInvalid string

func (e errInvalid) Error() string { return "invalid: " + string(e) }
