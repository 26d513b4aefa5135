package index

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/block"
	"github.com/hehuang-data/hehuang/client/block/blocktest"
)

var started = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)

// chain builds blocks that follow from each other.
type chain struct {
	t        testing.TB
	previous []byte
	blocks   []*common.Block
}

func must(t testing.TB, m proto.Message) []byte {
	t.Helper()
	body, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// tx is an endorser transaction that writes records of the registry.
func (c *chain) tx(id, function string, writes map[string]any) []byte {
	c.t.Helper()
	set := &kvrwset.KVRWSet{}
	for key, record := range writes {
		body, err := registry.Canonical(record)
		if err != nil {
			c.t.Fatal(err)
		}
		set.Writes = append(set.Writes, &kvrwset.KVWrite{Key: key, Value: body})
	}
	results := &rwset.TxReadWriteSet{NsRwset: []*rwset.NsReadWriteSet{{Namespace: "registry", Rwset: must(c.t, set)}, {Namespace: "other", Rwset: must(c.t, set)}}}
	invocation := &peer.ChaincodeInvocationSpec{ChaincodeSpec: &peer.ChaincodeSpec{Input: &peer.ChaincodeInput{Args: [][]byte{[]byte(function)}}}}
	action := &peer.ChaincodeActionPayload{
		ChaincodeProposalPayload: must(c.t, &peer.ChaincodeProposalPayload{Input: must(c.t, invocation)}),
		Action: &peer.ChaincodeEndorsedAction{ProposalResponsePayload: must(c.t, &peer.ProposalResponsePayload{
			Extension: must(c.t, &peer.ChaincodeAction{Results: must(c.t, results)})})},
	}
	header := &common.ChannelHeader{Type: int32(common.HeaderType_ENDORSER_TRANSACTION), TxId: id, Timestamp: timestamppb.New(started)}
	payload := &common.Payload{Header: &common.Header{ChannelHeader: must(c.t, header)},
		Data: must(c.t, &peer.Transaction{Actions: []*peer.TransactionAction{{Payload: must(c.t, action)}}})}
	return must(c.t, &common.Envelope{Payload: must(c.t, payload)})
}

// add appends a block with transactions and their validation codes.
func (c *chain) add(codes []peer.TxValidationCode, txs ...[]byte) *common.Block {
	c.t.Helper()
	sum := sha256.Sum256(bytes.Join(txs, nil))
	flags := make([]byte, len(codes))
	for i, code := range codes {
		flags[i] = byte(code)
	}
	b := &common.Block{Header: &common.BlockHeader{Number: uint64(len(c.blocks)), PreviousHash: c.previous, DataHash: sum[:]},
		Data: &common.BlockData{Data: txs}, Metadata: &common.BlockMetadata{Metadata: [][]byte{nil, nil, flags, nil, nil}}}
	c.previous = block.Hash(b.Header)
	c.blocks = append(c.blocks, b)
	return b
}

func appKey(id string) string { return "\x00APP\x00" + id + "\x00" }

func application(id, name string, status registry.Status, due time.Time) registry.Application {
	return registry.Application{ID: registry.ApplicationID(id), Applicant: "P1", Status: status, Content: registry.Content{DataName: name},
		Deadlines: []registry.Deadline{{Kind: registry.DeadlineAccept, DueAt: &due}}, Mark: registry.Mark{CreatedAt: started}}
}

func open(t testing.TB) *Index {
	t.Helper()
	x := openAt(t, filepath.Join(t.TempDir(), "index.db"))
	t.Cleanup(func() { x.Close() })
	return x
}

// openAt opens a read model that folds blocks which no orderer signed; TestIndex_Orderers has signed ones.
func openAt(t testing.TB, path string) *Index {
	t.Helper()
	x, err := Open(path, "registry")
	if err != nil {
		t.Fatal(err)
	}
	x.orderers = func(*block.Config, *common.Block) error { return nil }
	return x
}

const valid = peer.TxValidationCode_VALID

// sampleChain has two applications, a later state of the first, a record, and an invalid transaction.
func sampleChain(t testing.TB) *chain {
	c := &chain{t: t}
	c.add([]peer.TxValidationCode{valid}, c.tx("t0", "registration:Submit", map[string]any{
		appKey("A1"): application("A1", "民和县设施农业数据集", registry.StatusSubmitted, started.Add(2*time.Hour)), "\x00IDK\x00x\x00": map[string]string{"a": "b"}}))
	c.add([]peer.TxValidationCode{valid, peer.TxValidationCode_MVCC_READ_CONFLICT},
		c.tx("t1", "registration:Submit", map[string]any{appKey("A2"): application("A2", "乐都区气象观测数据", registry.StatusSubmitted, started.Add(time.Hour))}),
		c.tx("t2", "registration:Submit", map[string]any{appKey("A3"): application("A3", "无效", registry.StatusSubmitted, started)}))
	c.add([]peer.TxValidationCode{valid}, c.tx("t3", "registration:Accept", map[string]any{
		appKey("A1"):        application("A1", "民和县设施农业数据集", registry.StatusAccepted, started.Add(3*time.Hour)),
		"\x00PTY\x00P1\x00": registry.Party{ID: "P1", Name: "合作社"}}))
	return c
}

func fold(t testing.TB, x *Index, blocks ...*common.Block) {
	t.Helper()
	for _, b := range blocks {
		if err := x.Apply(context.Background(), b); err != nil {
			t.Fatal(err)
		}
	}
}

// picture is everything that the questions answer, as text.
func picture(t testing.TB, x *Index) string {
	t.Helper()
	ctx := context.Background()
	byDue, _, err := x.Applications(ctx, Filter{ByDue: true})
	if err != nil {
		t.Fatal(err)
	}
	block, at, err := x.AsOf(ctx)
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprint(block, at)
	for _, a := range byDue {
		txs, err := x.Transactions(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		out += fmt.Sprintf(" | %s %s %v", a.ID, a.Status, txs)
	}
	return out
}

func TestIndex_FoldsValidTransactionsOnly(t *testing.T) {
	x := open(t)
	fold(t, x, sampleChain(t).blocks...)
	ctx := context.Background()
	if _, err := x.Application(ctx, "A3"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an invalid transaction left a record: %v", err)
	}
	if tx, err := x.Transaction(ctx, "t2"); err != nil || tx.Code != "MVCC_READ_CONFLICT" {
		t.Errorf("the invalid transaction is not listed: %+v %v", tx, err)
	}
	a, err := x.Application(ctx, "A1")
	if err != nil || a.Status != registry.StatusAccepted {
		t.Errorf("%s %v", a.Status, err)
	}
	var p registry.Party
	if err := x.Record(ctx, registry.ObjectParty, "P1", &p); err != nil || p.Name != "合作社" {
		t.Errorf("party %+v %v", p, err)
	}
	if txs, err := x.Transactions(ctx, "A1"); err != nil || len(txs) != 2 || txs[1].Function != "registration:Accept" {
		t.Errorf("timeline %+v %v", txs, err)
	}
}

func TestIndex_QueuesSearchAndPages(t *testing.T) {
	x := open(t)
	fold(t, x, sampleChain(t).blocks...)
	ctx := context.Background()
	first, next, err := x.Applications(ctx, Filter{ByDue: true, Limit: 1})
	if err != nil || len(first) != 1 || first[0].ID != "A2" || next == "" {
		t.Fatalf("the earliest due is %v, next %q, %v", first, next, err)
	}
	second, next, err := x.Applications(ctx, Filter{ByDue: true, Limit: 1, After: next})
	if err != nil || len(second) != 1 || second[0].ID != "A1" || next != "" {
		t.Errorf("the second page is %v, next %q, %v", second, next, err)
	}
	for text, want := range map[string]int{"气象": 1, "数据": 2, "数": 2, "气农": 0, "%": 0} {
		if found, _, err := x.Applications(ctx, Filter{Text: text}); err != nil || len(found) != want {
			t.Errorf("%q finds %d, want %d (%v)", text, len(found), want, err)
		}
	}
	if found, _, _ := x.Applications(ctx, Filter{Statuses: []registry.Status{registry.StatusAccepted}}); len(found) != 1 {
		t.Errorf("%d accepted", len(found))
	}
}

func TestIndex_BlockTwiceAndRebuildAreTheSame(t *testing.T) {
	blocks := sampleChain(t).blocks
	live, rebuilt := open(t), open(t)
	for _, b := range blocks {
		fold(t, live, b, b)
	}
	fold(t, rebuilt, blocks...)
	if a, b := picture(t, live), picture(t, rebuilt); a != b {
		t.Errorf("live  %s\nanew  %s", a, b)
	}
}

func TestIndex_RefusesWhatDoesNotFitTheChain(t *testing.T) {
	for name, change := range map[string]func(*common.Block){
		"gap":             func(b *common.Block) { b.Header.Number = 7 },
		"other_past":      func(b *common.Block) { b.Header.PreviousHash = make([]byte, 32) },
		"changed_data":    func(b *common.Block) { b.Data.Data[0][20] ^= 1 },
		"flags_cut":       func(b *common.Block) { b.Metadata.Metadata[2] = nil },
		"data_hash_wrong": func(b *common.Block) { b.Header.DataHash = make([]byte, 32) },
	} {
		t.Run(name, func(t *testing.T) {
			x, blocks := open(t), sampleChain(t).blocks
			fold(t, x, blocks[0])
			bad := proto.Clone(blocks[1]).(*common.Block)
			change(bad)
			if err := x.Apply(context.Background(), bad); !errors.Is(err, ErrTampered) {
				t.Errorf("got %v", err)
			}
			fold(t, x, blocks[1]) // nothing of the bad block was kept
		})
	}
}

// TestIndex_Orderers: a block for which no orderer of the channel stands is not folded, and configurations follow from blocks.
func TestIndex_Orderers(t *testing.T) {
	x, err := Open(filepath.Join(t.TempDir(), "index.db"), "registry")
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	c := blocktest.New(t)
	admin := c.Join("AgencyMSP", "admin", "admin")
	c.Add(c.Announce(c.Update(func(next *common.Config) {
		v := next.ChannelGroup.Groups["Application"].Groups["AgencyMSP"].Values["MSP"]
		v.Value, v.Version = c.MSP("AgencyMSP"), 1
	}, admin)))
	c.Add([]byte("what is no transaction"))
	c.Blocks[2].Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = []byte{byte(peer.TxValidationCode_BAD_PAYLOAD)}
	fold(t, x, c.Blocks[0])
	unsigned := proto.Clone(c.Blocks[1]).(*common.Block)
	c.Sign(unsigned, c.Peers["AgencyMSP"])
	foreign := blocktest.New(t)
	stranger := proto.Clone(c.Blocks[1]).(*common.Block)
	foreign.Sign(stranger, foreign.Orderers[0])
	for name, bad := range map[string]*common.Block{"signed_by_a_peer": unsigned, "signed_by_a_stranger": stranger} {
		if err := x.Apply(context.Background(), bad); !errors.Is(err, ErrTampered) || !strings.Contains(err.Error(), "metadata.signatures") {
			t.Errorf("%s: %v", name, err)
		}
	}
	fold(t, x, c.Blocks[1:]...)
	x.config = nil // as after a restart
	forged := c.Add(c.Announce(c.Update(func(next *common.Config) {
		next.Sequence = 2
		p := next.ChannelGroup.Groups["Application"].Policies["Endorsement"]
		p.Policy, p.Version = &common.Policy{}, 1
	}, admin)))
	if err := x.Apply(context.Background(), forged); !errors.Is(err, ErrTampered) || !strings.Contains(err.Error(), "config") {
		t.Errorf("a configuration that nobody agreed to: %v", err)
	}
	if hash, _, err := x.BlockHashes(context.Background(), 2); err != nil || !bytes.Equal(hash, block.Hash(c.Blocks[2].Header)) {
		t.Errorf("block 2 has hash %x, %v", hash, err)
	}
	if _, _, err := x.BlockHashes(context.Background(), 3); !errors.Is(err, ErrNotFound) {
		t.Errorf("block 3: %v", err)
	}
}
