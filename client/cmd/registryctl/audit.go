package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/client/audit"
	"github.com/hehuang-data/hehuang/client/block"
	"github.com/hehuang-data/hehuang/network"
)

func auditCommand() *cobra.Command {
	var a auditing
	cmd := &cobra.Command{Use: "audit", Short: "replay the whole ledger and believe nothing that can be computed", Args: cobra.NoArgs,
		Long: "Replay every block of an organisation's peer, or of block files: header chain, data hash, signatures of orderers, creators and endorsers, every\n" +
			"validation code, the state and the commit hash that follow, and what the law wants of register, review, publicity and certificate. The first\n" +
			"difference is named by block, transaction and field. With a network, the commit hash is compared with each organisation's peer at the end.\n" +
			"With --records every application, asset, certificate and account is also asked of each peer and compared with the replayed state.\n" +
			"Broken off, it goes on with the same --database. --genesis pins the ledger: without it, compare the printed hash with one you trust.\n" +
			"Exit status: 0 no difference, 1 a difference, 2 usage, or the audit could not be carried out to its end.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.out, a.warn = cmd.OutOrStdout(), cmd.ErrOrStderr()
			return a.run(cmd.Context())
		}}
	cmd.Flags().StringVar(&a.state, "state", ".run/demo", "directory of the network's state")
	cmd.Flags().StringVar(&a.organisation, "organisation", "bureau", "whose peer is replayed")
	cmd.Flags().StringVar(&a.files, "blocks", "", "directory of block files (<peer>/data/ledgersData/chains/chains/<channel>) instead of a peer; no network is asked")
	cmd.Flags().StringVar(&a.database, "database", "", "file of the replayed state, to go on with later (default: none is kept)")
	cmd.Flags().StringVar(&a.genesis, "genesis", "", "hash of the genesis block's header, 64 hexadecimal digits")
	cmd.Flags().StringVar(&a.chaincode, "chaincode", "registry", "name of the registry's chaincode")
	cmd.Flags().BoolVar(&a.records, "records", false, "compare records one by one with each organisation's peer (takes a question for each)")
	cmd.Flags().BoolVar(&a.json, "json", false, "print the report as JSON")
	return cmd
}

// auditing is one run of the command.
type auditing struct {
	state, organisation, files, database, genesis, chaincode string
	json, records                                            bool
	out, warn                                                io.Writer
}

// auditReport is what an audit found. Version 1, docs/formats.md.
type auditReport struct {
	Version      int               `json:"version"`
	Genesis      string            `json:"genesis"`    // hex hash of the first block's header
	Blocks       uint64            `json:"blocks"`     // judged, from block 0 on
	CommitHash   string            `json:"commitHash"` // hex, recomputed, of the last block
	Transactions uint64            `json:"transactions"`
	Valid        uint64            `json:"valid"`
	Difference   *audit.Difference `json:"difference,omitempty"`
	Peers        []peerCommit      `json:"peers,omitempty"`
}

// peerCommit is how a peer's commit hash compares with the one that was recomputed.
type peerCommit struct {
	Organisation string `json:"organisation"`
	Compared     bool   `json:"compared"` // false: it did not answer, or is behind
	CommitHash   string `json:"commitHash,omitempty"`
	Agrees       bool   `json:"agrees"`
	Records      int    `json:"records,omitempty"` // compared one by one
}

// errEnd ends a stream of blocks at the height that the peer had in the beginning.
var errEnd = errors.New("end")

func (a auditing) run(ctx context.Context) error {
	pinned, err := hex.DecodeString(a.genesis)
	if err != nil || a.genesis != "" && len(pinned) != 32 {
		return errors.New("--genesis is no hash of 64 hexadecimal digits")
	}
	engine, err := audit.Open(a.database, a.chaincode)
	if err != nil {
		return err
	}
	r := auditReport{Version: 1}
	err = errors.Join(a.replay(ctx, engine, pinned, &r), engine.Close())
	var found *audit.Difference
	if err != nil && !errors.As(err, &found) {
		return fmt.Errorf("%w (%d blocks were judged)", err, engine.Progress().Next)
	}
	r.Difference = found
	p := engine.Progress()
	r.Genesis, r.Blocks, r.CommitHash, r.Transactions, r.Valid = hex.EncodeToString(p.Genesis), p.Next, hex.EncodeToString(p.CommitHash), p.Transactions, p.Valid
	return a.report(r)
}

// replay judges blocks to the end of the source, then compares with the peers.
func (a auditing) replay(ctx context.Context, engine *audit.Audit, pinned []byte, r *auditReport) error {
	if p := engine.Progress(); p.Next > 0 && len(pinned) > 0 && !bytes.Equal(p.Genesis, pinned) {
		return &audit.Difference{Transaction: -1, Field: "genesis", Want: a.genesis, Got: hex.EncodeToString(p.Genesis)}
	}
	judge := a.judging(ctx, engine, pinned)
	if a.files != "" {
		return block.ReadFiles(a.files, engine.Progress().Next, judge)
	}
	d, err := network.ReadDescription(a.state)
	if err != nil {
		return err
	}
	ledger, err := dial(d, a.organisation)
	if err != nil {
		return err
	}
	defer ledger.Close()
	height, _, err := ledger.Height(ctx)
	if err != nil {
		return err
	}
	if start := engine.Progress().Next; start < height {
		err = ledger.Blocks(ctx, start, func(b *common.Block) error {
			if err := judge(b); err != nil || b.GetHeader().GetNumber() < height-1 {
				return err
			}
			return errEnd
		})
		if !errors.Is(err, errEnd) {
			return err
		}
	}
	if r.Peers, err = comparePeers(ctx, d, engine.Progress()); err != nil || !a.records {
		return err
	}
	for i, p := range r.Peers {
		if r.Peers[i].Records, err = a.compareState(ctx, d, p.Organisation, engine); err != nil {
			return err
		}
	}
	return nil
}

// compareState compares the records of one organisation's peer.
func (a auditing) compareState(ctx context.Context, d network.Description, organisation string, engine *audit.Audit) (int, error) {
	ledger, err := dial(d, organisation)
	if err != nil {
		return 0, err
	}
	defer ledger.Close()
	return compareRecords(ctx, ledger, d.Organisations[organisation].MSPID, organisation, engine)
}

// judging judges a block, holds the first one against the pinned hash, and says once a second how far it has come.
func (a auditing) judging(ctx context.Context, engine *audit.Audit, pinned []byte) func(*common.Block) error {
	began, said := time.Now(), time.Now()
	first := engine.Progress()
	return func(b *common.Block) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if hash := block.Hash(b.GetHeader()); b.GetHeader().GetNumber() == 0 && len(pinned) > 0 && !bytes.Equal(hash, pinned) {
			return &audit.Difference{Transaction: -1, Field: "genesis", Want: a.genesis, Got: hex.EncodeToString(hash)}
		}
		err := engine.Block(b)
		if time.Since(said) > time.Second {
			said = time.Now()
			p := engine.Progress()
			fmt.Fprintf(a.warn, "block %d, %.0f transactions a second\n", p.Next, float64(p.Transactions-first.Transactions)/time.Since(began).Seconds())
		}
		return err
	}
}

// comparePeers holds the commit hash that was recomputed against what each organisation's peer wrote into the same block.
func comparePeers(ctx context.Context, d network.Description, p audit.Progress) (all []peerCommit, err error) {
	if p.Next == 0 {
		return nil, nil
	}
	for name, o := range d.Organisations {
		all = append(all, comparePeer(ctx, d, name, o.MSPID, p))
	}
	slices.SortFunc(all, func(a, b peerCommit) int { return bytes.Compare([]byte(a.Organisation), []byte(b.Organisation)) })
	for _, c := range all {
		if c.Compared && !c.Agrees {
			return all, &audit.Difference{Block: p.Next - 1, Transaction: -1, Field: "peer.commitHash", Record: c.Organisation, Want: hex.EncodeToString(p.CommitHash), Got: c.CommitHash}
		}
	}
	for _, c := range all {
		if !c.Compared {
			return all, fmt.Errorf("the peer of %s cannot be compared: it does not answer or is behind", c.Organisation)
		}
	}
	return all, nil
}

func comparePeer(ctx context.Context, d network.Description, name, mspID string, p audit.Progress) peerCommit {
	c := peerCommit{Organisation: name}
	ledger, err := dial(d, name)
	if err != nil {
		return c
	}
	defer ledger.Close()
	b, err := ledger.BlockAt(ctx, mspID, p.Next-1)
	if err != nil {
		return c
	}
	hash := block.CommitHash(b)
	c.Compared, c.CommitHash = true, hex.EncodeToString(hash)
	c.Agrees = bytes.Equal(hash, p.CommitHash) && bytes.Equal(block.Hash(b.GetHeader()), p.Hash)
	return c
}

func (a auditing) report(r auditReport) error {
	if a.json {
		if err := json.NewEncoder(a.out).Encode(r); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.out, "genesis block  %s\nblocks         %d\ntransactions   %d, %d of them valid\ncommit hash    %s\n", r.Genesis, r.Blocks, r.Transactions, r.Valid, r.CommitHash)
		for _, p := range r.Peers {
			fmt.Fprintf(a.out, "peer of %-8s %s\n", p.Organisation, map[bool]string{true: "has the same state", false: "differs"}[p.Agrees])
		}
		if r.Difference == nil {
			fmt.Fprintln(a.out, "no difference")
		}
	}
	if r.Difference != nil {
		return exitCode{exitFailed, r.Difference}
	}
	return nil
}
