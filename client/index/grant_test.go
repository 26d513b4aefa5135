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

func TestUsageBatches_OfAGrant(t *testing.T) {
	x, c := open(t), &chain{t: t}
	for i, b := range []registry.UsageBatch{{Grant: "G1", First: 1, Last: 10}, {Grant: "G1", First: 11, Last: 12}, {Grant: "G2", First: 1, Last: 3}} {
		b.Mark.CreatedAt = started.Add(time.Duration(i) * time.Hour)
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", i), "usage:Anchor", map[string]any{fmt.Sprintf("\x00USE\x00%s\x00%016d\x00", b.Grant, b.First): b}))
	}
	fold(t, x, c.blocks...)
	found, next, err := x.UsageBatches(context.Background(), UsageFilter{Grant: "G1", Limit: 1})
	if err != nil || len(found) != 1 || found[0].First != 11 || next == "" {
		t.Fatalf("%+v %q %v", found, next, err)
	}
	if found, next, err = x.UsageBatches(context.Background(), UsageFilter{Grant: "G1", Limit: 1, After: next}); err != nil || len(found) != 1 || found[0].Last != 10 || next != "" {
		t.Errorf("%+v %q %v", found, next, err)
	}
}

func TestGrants_OfWhomTheyConcern(t *testing.T) {
	x, c := open(t), &chain{t: t}
	for i, g := range []registry.Grant{{ID: "G1", Asset: "AST1", Grantor: "P1", Grantee: "P2", Status: registry.GrantActive}, {ID: "G2", Asset: "AST1", Grantor: "P1", Grantee: "P3", Status: registry.GrantProposed},
		{ID: "G3", Asset: "AST2", Grantor: "P2", Grantee: "P1", Status: registry.GrantActive}} {
		g.Mark.CreatedAt = started.Add(time.Duration(i) * time.Hour)
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", i), "authorization:Propose", map[string]any{fmt.Sprintf("\x00GRT\x00%s\x00", g.ID): g}))
	}
	fold(t, x, c.blocks...)
	for want, f := range map[string]GrantFilter{"G3 G2 G1": {}, "G2 G1": {Grantor: "P1"}, "G3": {Grantee: "P1"}, "G2": {Asset: "AST1", Statuses: []registry.GrantStatus{registry.GrantProposed}}, "": {Grantee: "P9"}} {
		found, _, err := x.Grants(context.Background(), f)
		var names []string
		for _, g := range found {
			names = append(names, string(g.ID))
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("%+v: %q, want %q (%v)", f, got, want, err)
		}
	}
}
