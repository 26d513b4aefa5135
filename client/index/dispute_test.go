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

func TestDisputes_OfWhomTheyConcern(t *testing.T) {
	x := open(t)
	c := &chain{t: t}
	for i, d := range []registry.Dispute{{Asset: "AST1", N: 1, Objector: "P1", Registrant: "P9", Status: registry.DisputeRejected}, {Asset: "AST1", N: 2, Objector: "P2", Registrant: "P9", Status: registry.DisputeFiled}, {Asset: "AST2", N: 1, Objector: "P1", Registrant: "P2", Status: registry.DisputeFiled}} {
		d.Mark.CreatedAt = started.Add(time.Duration(i) * time.Hour)
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", i), "registration:FileDispute", map[string]any{fmt.Sprintf("\x00DSP\x00%s\x00%d\x00", d.Asset, d.N): d}))
	}
	fold(t, x, c.blocks...)
	for name, c := range map[string]struct {
		filter DisputeFilter
		want   string
	}{
		"all_newest_first": {DisputeFilter{}, "AST2/1 AST1/2 AST1/1"},
		"of_a_page":        {DisputeFilter{Asset: "AST1"}, "AST1/2 AST1/1"},
		"of_an_objector":   {DisputeFilter{Objector: "P1"}, "AST2/1 AST1/1"},
		"of_a_registrant":  {DisputeFilter{Registrant: "P2"}, "AST2/1"},
		"to_be_examined":   {DisputeFilter{Statuses: []registry.DisputeStatus{registry.DisputeFiled}}, "AST2/1 AST1/2"},
	} {
		found, _, err := x.Disputes(context.Background(), c.filter)
		var names []string
		for _, d := range found {
			names = append(names, fmt.Sprintf("%s/%d", d.Asset, d.N))
		}
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.want, err)
		}
	}
	if d, err := x.Dispute(context.Background(), "AST1", 2); err != nil || d.Objector != "P2" {
		t.Errorf("found %+v (%v)", d, err)
	}
}
