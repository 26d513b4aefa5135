package index

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func TestSubmissionsAndBatches_Filters(t *testing.T) {
	x, c := open(t), &chain{t: t}
	mark := func(hour int) registry.Mark {
		return registry.Mark{CreatedAt: started.Add(time.Duration(hour) * time.Hour)}
	}
	c.add([]peer.TxValidationCode{valid}, c.tx("t0", "supervision:Submit", map[string]any{
		"\x00SBM\x00S1\x00": registry.Submission{ID: "S1", Kind: registry.SubmissionValuation, By: "P1", Asset: "AST1", Mark: mark(0)},
		"\x00SBM\x00S2\x00": registry.Submission{ID: "S2", Kind: registry.SubmissionCredit, By: "P2", Credit: &registry.Credit{Party: "P1"}, Mark: mark(1)},
		"\x00SBM\x00S3\x00": registry.Submission{ID: "S3", Kind: registry.SubmissionDisclosure, By: "P1", Mark: mark(2)},
		"\x00REC\x00B1\x00": registry.Batch{ID: "B1", Sender: "P1", Receiver: "P2", Mark: mark(0)},
		"\x00REC\x00B2\x00": registry.Batch{ID: "B2", Sender: "P2", Receiver: "P1", Mark: mark(1)}}))
	fold(t, x, c.blocks...)
	ctx := context.Background()
	for name, c := range map[string]struct {
		filter SubmissionFilter
		want   string
	}{
		"all_newest_first": {SubmissionFilter{}, "S3 S2 S1"},
		"made_by":          {SubmissionFilter{By: "P1"}, "S3 S1"},
		"credited":         {SubmissionFilter{Credited: "P1"}, "S2"},
		"of_an_asset":      {SubmissionFilter{Asset: "AST1"}, "S1"},
		"of_kinds":         {SubmissionFilter{Kinds: []registry.SubmissionKind{registry.SubmissionDisclosure, registry.SubmissionCredit}}, "S3 S2"},
	} {
		found, _, err := x.Submissions(ctx, c.filter)
		var names []string
		for _, s := range found {
			names = append(names, string(s.ID))
		}
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.want, err)
		}
	}
	if sent, _, err := x.Batches(ctx, BatchFilter{Sender: "P1"}); err != nil || len(sent) != 1 || sent[0].ID != "B1" {
		t.Errorf("%+v %v", sent, err)
	}
	if received, _, err := x.Batches(ctx, BatchFilter{Receiver: "P1"}); err != nil || len(received) != 1 || received[0].ID != "B2" {
		t.Errorf("%+v %v", received, err)
	}
}

// TestActs_TheSameHoweverFarTheLedgerWent: what was counted up to a block is counted again later; invalid transactions and other years do not count.
func TestActs_TheSameHoweverFarTheLedgerWent(t *testing.T) {
	x, c := open(t), sampleChain(t)
	fold(t, x, c.blocks...)
	ctx, year := context.Background(), time.Date(2026, 1, 1, 0, 0, 0, 0, registry.Zone)
	count := func(from time.Time, block uint64) string {
		acts, err := x.Acts(ctx, from, from.AddDate(1, 0, 0), block)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(acts)
	}
	before := count(year, 1)
	if before != "[{registration:Submit 2}]" {
		t.Errorf("counted %s", before)
	}
	if all := count(year, 2); all != "[{registration:Accept 1} {registration:Submit 2}]" {
		t.Errorf("counted %s", all)
	}
	if other := count(year.AddDate(1, 0, 0), 2); other != "[]" {
		t.Errorf("another year has %s", other)
	}
	c.add([]peer.TxValidationCode{valid}, c.tx("t9", "registration:Submit", map[string]any{appKey("A9"): application("A9", "后来的", registry.StatusSubmitted, started)}))
	fold(t, x, c.blocks[len(c.blocks)-1])
	if again := count(year, 1); again != before {
		t.Errorf("counted %s, later %s", before, again)
	}
}

// TestUnfiled_HoldersOfImportantDataWithoutACatalogue.
func TestUnfiled_HoldersOfImportantDataWithoutACatalogue(t *testing.T) {
	x, c := open(t), &chain{t: t}
	asset := func(id string, holder registry.PartyID, level registry.Level, status registry.AssetStatus) registry.Asset {
		return registry.Asset{ID: registry.AssetID(id), Holder: holder, Status: status, Content: registry.Content{Level: level}}
	}
	c.add([]peer.TxValidationCode{valid}, c.tx("t0", "registration:Register", map[string]any{
		"\x00AST\x00A1\x00": asset("A1", "P3", registry.LevelImportant, registry.AssetActive), "\x00AST\x00A2\x00": asset("A2", "P3", registry.LevelImportant, registry.AssetActive),
		"\x00AST\x00A3\x00": asset("A3", "P1", registry.LevelGeneral, registry.AssetActive), "\x00AST\x00A4\x00": asset("A4", "P2", registry.LevelImportant, registry.AssetCancelled),
		"\x00AST\x00A5\x00": asset("A5", "P4", registry.LevelImportant, registry.AssetActive), "\x00AST\x00A6\x00": asset("A6", "P0", registry.LevelImportant, registry.AssetActive),
		"\x00SBM\x00S1\x00": registry.Submission{ID: "S1", Kind: registry.SubmissionImportant, By: "P4"}, "\x00SBM\x00S2\x00": registry.Submission{ID: "S2", Kind: registry.SubmissionDisclosure, By: "P3"}}))
	fold(t, x, c.blocks...)
	if found, err := x.Unfiled(context.Background()); err != nil || fmt.Sprint(found) != "[P0 P3]" {
		t.Errorf("%v %v", found, err)
	}
}
