package index

import (
	"context"
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
)

// envelope is a block entry of any type with any data.
func (c *chain) envelope(kind common.HeaderType, txID string, at *timestamppb.Timestamp, data []byte) []byte {
	header := must(c.t, &common.ChannelHeader{Type: int32(kind), TxId: txID, Timestamp: at})
	return must(c.t, &common.Envelope{Payload: must(c.t, &common.Payload{Header: &common.Header{ChannelHeader: header}, Data: data})})
}

// action is the data of an endorser transaction that calls a function and writes.
func (c *chain) action(function string, writes ...*kvrwset.KVWrite) []byte {
	results := &rwset.TxReadWriteSet{NsRwset: []*rwset.NsReadWriteSet{{Namespace: "registry", Rwset: must(c.t, &kvrwset.KVRWSet{Writes: writes})}}}
	invocation := &peer.ChaincodeInvocationSpec{ChaincodeSpec: &peer.ChaincodeSpec{Input: &peer.ChaincodeInput{Args: [][]byte{[]byte(function)}}}}
	payload := &peer.ChaincodeActionPayload{
		ChaincodeProposalPayload: must(c.t, &peer.ChaincodeProposalPayload{Input: must(c.t, invocation)}),
		Action: &peer.ChaincodeEndorsedAction{ProposalResponsePayload: must(c.t, &peer.ProposalResponsePayload{
			Extension: must(c.t, &peer.ChaincodeAction{Results: must(c.t, results)})})},
	}
	return must(c.t, &peer.Transaction{Actions: []*peer.TransactionAction{{Payload: must(c.t, payload)}}})
}

// TestIndex_HostileTransactionsStopNothing: orderers order whatever a member signed. Peers mark it invalid; the read
// model must go on, and must not take it for somebody else's transaction.
func TestIndex_HostileTransactionsStopNothing(t *testing.T) {
	x, c, ctx := open(t), &chain{t: t}, context.Background()
	now, endorser := timestamppb.New(started), common.HeaderType_ENDORSER_TRANSACTION
	hostile := map[string][]byte{
		"not_protobuf":      []byte("\xff\xff\xff"),
		"empty":             {},
		"garbage_data":      c.envelope(endorser, "h1", now, []byte("\xff\xff")),
		"far_future":        c.envelope(endorser, "h2", &timestamppb.Timestamp{Seconds: 1 << 60}, nil),
		"control_function":  c.envelope(endorser, "h3", now, c.action("a\x00'); DROP TABLE checkpoint; --\xff"+strings.Repeat("x", 1<<20))),
		"somebody_elses_id": c.envelope(endorser, "t0", now, c.action("party:Register")),
		"control_id":        c.envelope(endorser, "h4'\x00?", now, nil),
	}
	var entries [][]byte
	var codes []peer.TxValidationCode
	for _, body := range hostile {
		entries, codes = append(entries, body), append(codes, peer.TxValidationCode_BAD_PAYLOAD)
	}
	c.add(codes, entries...)
	c.add([]peer.TxValidationCode{valid}, c.tx("t0", "registration:Submit", map[string]any{appKey("A1"): application("A1", "数据集", registry.StatusSubmitted, started)}))
	c.add([]peer.TxValidationCode{peer.TxValidationCode_DUPLICATE_TXID}, c.tx("t0", "registration:Submit", nil))
	fold(t, x, c.blocks...)
	if tx, err := x.Transaction(ctx, "t0"); err != nil || tx.Code != "VALID" || tx.Block != 1 || tx.Function != "registration:Submit" {
		t.Errorf("the real transaction is shown as %+v %v", tx, err)
	}
	if tx, err := x.Transaction(ctx, "h3"); err != nil || len(tx.Function) > 200 || tx.Code != "BAD_PAYLOAD" {
		t.Errorf("h3: %d bytes of function, %s, %v", len(tx.Function), tx.Code, err)
	}
	if _, err := x.Transaction(ctx, "h2"); err != nil {
		t.Errorf("h2: %v", err)
	}
	if block, at, err := x.AsOf(ctx); err != nil || block != 2 || !at.Equal(started) {
		t.Errorf("as of block %d, %s, %v", block, at, err)
	}
}

// TestIndex_TimeOfConfigurationBlocks: the genesis block has a time, too.
func TestIndex_TimeOfConfigurationBlocks(t *testing.T) {
	x, c := open(t), &chain{t: t}
	fold(t, x, c.add([]peer.TxValidationCode{valid}, c.envelope(common.HeaderType_CONFIG, "", timestamppb.New(started), must(t, &common.ConfigEnvelope{}))))
	if block, at, err := x.AsOf(context.Background()); err != nil || block != 0 || !at.Equal(started) {
		t.Errorf("as of block %d, %s, %v", block, at, err)
	}
}

func TestIndex_DeletedRecordsAreGone(t *testing.T) {
	x, c, ctx := open(t), sampleChain(t), context.Background()
	fold(t, x, c.blocks...)
	body := c.envelope(common.HeaderType_ENDORSER_TRANSACTION, "t9", timestamppb.New(started),
		c.action("party:Erase", &kvrwset.KVWrite{Key: "\x00PTY\x00P1\x00", IsDelete: true}, &kvrwset.KVWrite{Key: appKey("A2"), IsDelete: true}))
	fold(t, x, c.add([]peer.TxValidationCode{valid}, body))
	var p registry.Party
	if err := x.Record(ctx, registry.ObjectParty, "P1", &p); !errors.Is(err, ErrNotFound) {
		t.Errorf("the party is still there (%v)", err)
	}
	if _, err := x.Application(ctx, "A2"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the application is still there (%v)", err)
	}
	if _, err := x.Application(ctx, "A1"); err != nil {
		t.Errorf("another application is gone: %v", err)
	}
}

// TestIndex_CrashAnywhere: power fails between blocks and, with the rows of a block half written, within one.
func TestIndex_CrashAnywhere(t *testing.T) {
	c, path := sampleChain(t), filepath.Join(t.TempDir(), "index.db")
	for _, b := range c.blocks {
		crashed := openAt(t, path)
		half := proto.Clone(b).(*common.Block) // an entry that fails after the rows of the others were written
		bad := c.envelope(common.HeaderType_ENDORSER_TRANSACTION, "bad", timestamppb.New(started), c.action("registration:Submit", &kvrwset.KVWrite{Key: appKey("AX"), Value: []byte("{")}))
		half = rehash(t, half, append(half.Data.Data, bad))
		if err := crashed.Apply(context.Background(), half); err == nil {
			t.Fatal("a broken record was folded")
		}
		if err := crashed.Close(); err != nil {
			t.Fatal(err)
		}
		again := openAt(t, path)
		fold(t, again, b)
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
	survivor := openAt(t, path)
	defer survivor.Close()
	fresh := open(t)
	fold(t, fresh, c.blocks...)
	if a, b := picture(t, survivor), picture(t, fresh); a != b {
		t.Errorf("after crashes %s\nwithout       %s", a, b)
	}
}

// rehash gives a block other data with a header that fits, all valid.
func rehash(t *testing.T, b *common.Block, data [][]byte) *common.Block {
	t.Helper()
	other := &chain{t: t, previous: b.Header.PreviousHash}
	made := other.add(make([]peer.TxValidationCode, len(data)), data...)
	made.Header.Number = b.Header.Number
	made.Metadata.Metadata[2] = append(append([]byte{}, b.Metadata.Metadata[2]...), byte(valid))
	return made
}

// drops is a source that ends after every block, as a peer that restarts does.
type drops struct {
	blocks []*common.Block
	starts []uint64
	done   func()
}

func (d *drops) Blocks(_ context.Context, start uint64, fn func(*common.Block) error) error {
	d.starts = append(d.starts, start)
	if int(start) == len(d.blocks) {
		d.done()
		return errors.New("ended")
	}
	if err := fn(d.blocks[start]); err != nil {
		return err
	}
	return errors.New("ended")
}

func TestRun_GoesOnWhereItWas(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	x, source := open(t), &drops{blocks: sampleChain(t).blocks, done: cancel}
	changed := x.Changed()
	if err := x.Run(ctx, source); !errors.Is(err, context.Canceled) {
		t.Fatalf("ended with %v", err)
	}
	if block, _, err := x.AsOf(context.Background()); err != nil || block != 2 || len(source.starts) != 4 {
		t.Errorf("as of block %d after starts at %v, %v", block, source.starts, err)
	}
	select {
	case <-changed:
	default:
		t.Error("nobody was told")
	}
}

// TestRun_ManyBlocksAtOnce: what is folded together is what is folded one by one, and what precedes a bad block stays.
func TestRun_ManyBlocksAtOnce(t *testing.T) {
	c := &chain{t: t}
	for i := range 3 * batchBlocks {
		id := fmt.Sprintf("A%d", i)
		c.add([]peer.TxValidationCode{valid}, c.tx("t"+id, "registration:Submit", map[string]any{appKey(id): application(id, "数据集", registry.StatusSubmitted, started)}))
	}
	single := open(t)
	fold(t, single, c.blocks...)
	c.add([]peer.TxValidationCode{valid}, c.tx("bad", "registration:Submit", map[string]any{appKey("AX"): []string{"no application"}}))
	together, ctx := open(t), context.Background()
	if err := together.Run(ctx, kept{blocks: c.blocks}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("block %d:", 3*batchBlocks)) {
		t.Errorf("ended with %v", err)
	}
	if a, b := picture(t, together), picture(t, single); a != b {
		t.Errorf("together %.300s\nsingly   %.300s", a, b)
	}
}

// TestRun_StopsWithAReason: neither a fork nor a block that cannot be stored may look like an idle ledger.
func TestRun_StopsWithAReason(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	forked := sampleChain(t).blocks
	forked[1].Header.PreviousHash = make([]byte, 32)
	if err := open(t).Run(ctx, &drops{blocks: forked, done: cancel}); !errors.Is(err, ErrTampered) || !strings.Contains(err.Error(), "block 1") {
		t.Errorf("a fork ends with %v", err)
	}
	c := &chain{t: t}
	c.add([]peer.TxValidationCode{valid}, c.tx("t0", "registration:Submit", map[string]any{appKey("A1"): []string{"no application"}}))
	if err := open(t).Run(ctx, &drops{blocks: c.blocks, done: cancel}); err == nil || errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "block 0") {
		t.Errorf("an unreadable record ends with %v", err)
	}
}
