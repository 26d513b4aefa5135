package main

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/block"
)

// compareEvery is how often the organisations' peers are compared: a commit hash covers all blocks before it, so that nothing is missed.
const compareEvery = 30 * time.Second

// agreement compares block hashes and commit hashes of the other organisations' peers with those of the own one, as it was folded.
type agreement struct {
	own    string // MSP
	ledger peerBlocks
	index  ownBlocks
	log    *slog.Logger
	mu     sync.Mutex
	state  desk.Agreement
}

// peerBlocks reads the block store of an organisation's peer.
type peerBlocks interface {
	HeightAt(ctx context.Context, mspID string) (height uint64, hash []byte, err error)
	BlockAt(ctx context.Context, mspID string, number uint64) (*common.Block, error)
}

// ownBlocks are the blocks of the own peer that were verified and folded.
type ownBlocks interface {
	AsOf(ctx context.Context) (block uint64, at time.Time, err error)
	BlockHashes(ctx context.Context, number uint64) (hash, commitHash []byte, err error)
}

// run compares now and at intervals, until ctx ends.
func (a *agreement) run(ctx context.Context) error {
	tick := time.NewTicker(compareEvery)
	defer tick.Stop()
	for {
		a.compare(ctx)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// now is the last comparison.
func (a *agreement) now() desk.Agreement {
	a.mu.Lock()
	defer a.mu.Unlock()
	return desk.Agreement{Peers: slices.Clone(a.state.Peers), At: a.state.At}
}

func (a *agreement) compare(ctx context.Context) {
	before := a.now()
	var peers []desk.PeerAgreement
	for _, msp := range []string{registry.MSPBureau, registry.MSPAgency, registry.MSPExchange} {
		if msp == a.own {
			continue
		}
		p := desk.PeerAgreement{MSP: msp}
		if i := slices.IndexFunc(before.Peers, func(p desk.PeerAgreement) bool { return p.MSP == msp }); i >= 0 {
			p = before.Peers[i]
		}
		if p.Differs == "" {
			p = a.compareWith(ctx, p)
		}
		if p.Differs != "" {
			a.log.Error("peers differ: nobody may rely on this ledger until it is explained", "with", msp, "block", p.Block, "in", p.Differs)
		}
		peers = append(peers, p)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state = desk.Agreement{Peers: peers, At: time.Now().UTC().Truncate(time.Second)}
}

// compareWith looks at the newest block that both have.
func (a *agreement) compareWith(ctx context.Context, p desk.PeerAgreement) desk.PeerAgreement {
	folded, _, err := a.index.AsOf(ctx)
	if err != nil || folded == 0 {
		return p
	}
	height, _, err := a.ledger.HeightAt(ctx, p.MSP)
	if err != nil || height == 0 {
		return a.silent(ctx, p, err)
	}
	number := min(folded, height-1)
	theirs, err := a.ledger.BlockAt(ctx, p.MSP, number)
	if err != nil {
		return a.silent(ctx, p, err)
	}
	hash, commitHash, err := a.index.BlockHashes(ctx, number)
	if err != nil {
		return p
	}
	p.Block, p.Silent = number, false
	switch {
	case !bytes.Equal(block.Hash(theirs.GetHeader()), hash):
		p.Differs = desk.DiffersHeader
	case !bytes.Equal(block.CommitHash(theirs), commitHash):
		p.Differs = desk.DiffersCommit
	}
	return p
}

func (a *agreement) silent(ctx context.Context, p desk.PeerAgreement, err error) desk.PeerAgreement {
	if ctx.Err() == nil && !p.Silent {
		a.log.Warn("peer cannot be compared", "with", p.MSP, "error", err)
	}
	p.Silent = true
	return p
}
