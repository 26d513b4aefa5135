package index

import (
	"context"
	"fmt"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// kept is a source that has all its blocks at once, as when a read model is rebuilt.
type kept struct{ blocks []*common.Block }

func (k kept) Blocks(ctx context.Context, start uint64, fn func(*common.Block) error) error {
	for _, b := range k.blocks[start:] {
		if err := fn(b); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

// BenchmarkRebuild folds blocks of 25 applications each into an empty read model: records/s counts what they wrote.
func BenchmarkRebuild(b *testing.B) {
	const perBlock, blocks = 25, 200
	c := &chain{t: b}
	for i := range blocks {
		var txs [][]byte
		for j := range perBlock {
			id := fmt.Sprintf("APP%013d", i*perBlock+j)
			app := application(id, "民和县设施农业产销数据集 "+id, registry.StatusSubmitted, started)
			app.Content = ledgertest.SampleContent()
			txs = append(txs, c.tx("t"+id, "registration:Submit", map[string]any{appKey(id): app, "\x00LCK\x00" + id + "\x00": map[string]string{"application": id},
				"\x00IDK\x00AgencyMSP/he-applicant\x00" + id + "\x00": map[string]string{"application": id}}))
		}
		c.add(make([]peer.TxValidationCode, perBlock), txs...)
	}
	b.ResetTimer()
	for range b.N {
		x := open(b)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- x.Run(ctx, kept{blocks: c.blocks}) }()
		for {
			changed := x.Changed()
			if block, _, err := x.AsOf(ctx); err == nil && block == blocks-1 {
				break
			}
			select {
			case <-changed:
			case err := <-ended:
				b.Fatal(err)
			}
		}
		cancel()
	}
	b.ReportMetric(float64(b.N*blocks*perBlock)/b.Elapsed().Seconds(), "transactions/s")
	b.ReportMetric(float64(b.N*blocks*perBlock*3)/b.Elapsed().Seconds(), "records/s")
}
