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

func TestMatters_OfWhomTheyConcern(t *testing.T) {
	x, c := open(t), &chain{t: t}
	for i, m := range []registry.Matter{
		{ID: "S1", Kind: registry.MatterReport, Status: registry.MatterOpen, About: registry.About{Party: "P1"}},
		{ID: "S2", Kind: registry.MatterComplaint, Status: registry.MatterHandling, Filer: "AgencyMSP/he", About: registry.About{Party: "P2"}, Handler: "BureauMSP/sun"},
		{ID: "S3", Kind: registry.MatterInspection, Status: registry.MatterRectifying, About: registry.About{Party: "P1"}, Order: &registry.Rectification{Party: "P3"}},
	} {
		m.Mark.CreatedAt = started.Add(time.Duration(i) * time.Hour)
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", i), "supervision:File", map[string]any{fmt.Sprintf("\x00SUP\x00%s\x00", m.ID): m}))
	}
	fold(t, x, c.blocks...)
	for name, c := range map[string]struct {
		filter MatterFilter
		want   string
	}{
		"all_newest_first": {MatterFilter{}, "S3 S2 S1"},
		"filed":            {MatterFilter{Filer: "AgencyMSP/he"}, "S2"},
		"about":            {MatterFilter{About: "P1"}, "S3 S1"},
		"to_rectify":       {MatterFilter{Ordered: "P3"}, "S3"},
		"handled":          {MatterFilter{Handler: "BureauMSP/sun"}, "S2"},
		"waiting":          {MatterFilter{Statuses: []registry.MatterStatus{registry.MatterOpen, registry.MatterHandling}}, "S2 S1"},
		"reports_only":     {MatterFilter{Kinds: []registry.MatterKind{registry.MatterReport}}, "S1"},
	} {
		found, _, err := x.Matters(context.Background(), c.filter)
		var names []string
		for _, m := range found {
			names = append(names, string(m.ID))
		}
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.want, err)
		}
	}
}
