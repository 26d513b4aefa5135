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

func TestAssetsAndLimits_Filters(t *testing.T) {
	x := open(t)
	c := &chain{t: t}
	for i, a := range []registry.Asset{{ID: "AST1", Holder: "P1", Status: registry.AssetActive}, {ID: "AST2", Holder: "P2", Status: registry.AssetActive}, {ID: "AST3", Holder: "P1", Status: registry.AssetCancelled}} {
		a.Mark.CreatedAt = started.Add(time.Duration(i) * time.Hour)
		l := registry.Limit{Asset: a.ID, N: 1, Kind: registry.LimitSeizure, Mark: a.Mark}
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", i), "registration:EnterOrder",
			map[string]any{fmt.Sprintf("\x00AST\x00%s\x00", a.ID): a, fmt.Sprintf("\x00LIM\x00%s\x001\x00", a.ID): l}))
	}
	fold(t, x, c.blocks...)
	for name, c := range map[string]struct {
		filter AssetFilter
		want   string
	}{
		"all_newest_first": {AssetFilter{}, "AST3 AST2 AST1"},
		"of_a_holder":      {AssetFilter{Holder: "P1"}, "AST3 AST1"},
		"in_force":         {AssetFilter{Statuses: []registry.AssetStatus{registry.AssetActive}}, "AST2 AST1"},
	} {
		found, _, err := x.Assets(context.Background(), c.filter)
		var names []string
		for _, a := range found {
			names = append(names, string(a.ID))
		}
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.want, err)
		}
	}
	orders, _, err := x.Limits(context.Background(), LimitFilter{Asset: "AST2", Kinds: []registry.LimitKind{registry.LimitSeizure, registry.LimitControl}})
	if err != nil || len(orders) != 1 || orders[0].Asset != "AST2" {
		t.Errorf("%+v %v", orders, err)
	}
}
