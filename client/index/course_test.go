package index

import (
	"errors"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestRound_WhatWasFiledBeforeIsKept: a resubmission overwrites the case, not what it filed before; another act keeps nothing.
func TestRound_WhatWasFiledBeforeIsKept(t *testing.T) {
	first, second := application("A1", "第一次", registry.StatusReturned, started), application("A1", "第二次", registry.StatusSubmitted, started)
	first.Round, second.Round = 1, 2
	c := &chain{t: t}
	c.add([]peer.TxValidationCode{valid}, c.tx("t0", "registration:Return", map[string]any{appKey("A1"): first}))
	c.add([]peer.TxValidationCode{valid}, c.tx("t1", "registration:Resubmit", map[string]any{appKey("A1"): second}))
	c.add([]peer.TxValidationCode{valid}, c.tx("t2", "registration:Accept", map[string]any{appKey("A1"): second}))
	x := open(t)
	fold(t, x, c.blocks...)
	if got, err := x.Round(t.Context(), "A1", 1); err != nil || got.DataName != "第一次" {
		t.Errorf("%q %v", got.DataName, err)
	}
	if _, err := x.Round(t.Context(), "A1", 2); !errors.Is(err, ErrNotFound) {
		t.Errorf("the present round is kept: %v", err)
	}
}

// TestLateness_CountsEachLateActOnce: an act stays in the history of every later write, and counts once.
func TestLateness_CountsEachLateActOnce(t *testing.T) {
	step := func(tx string, actor registry.PersonID, late bool) registry.Step {
		return registry.Step{Act: registry.ActAccept, TxID: tx, Actor: actor, At: started, Overdue: late}
	}
	write := func(id string, steps ...registry.Step) map[string]any {
		app := application(id, "案件", registry.StatusAccepted, started)
		app.History = steps
		return map[string]any{appKey(id): app}
	}
	c := &chain{t: t}
	c.add([]peer.TxValidationCode{valid, valid, valid}, c.tx("t0", "registration:Accept", write("A1", step("t0", "an", true))),
		c.tx("t1", "registration:Accept", write("A2", step("t1", "an", true))), c.tx("t2", "registration:Accept", write("A3", step("t2", "bai", false))))
	c.add([]peer.TxValidationCode{valid}, c.tx("t3", "registration:PassReview", write("A1", step("t0", "an", true), step("t3", "bai", true))))
	x := open(t)
	fold(t, x, c.blocks...)
	got, err := x.Lateness(t.Context(), started)
	if err != nil || len(got) != 2 || got[0] != (Late{"an", 2, started}) || got[1] != (Late{"bai", 1, started}) {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := x.Lateness(t.Context(), started.Add(time.Second)); err != nil || len(got) != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

// TestExpiring_OnlyWhatIsInForceOnRecord: what a sweep has to write down, the earliest first.
func TestExpiring_OnlyWhatIsInForceOnRecord(t *testing.T) {
	page := func(id registry.AssetID, status registry.AssetStatus, until registry.Date) map[string]any {
		return map[string]any{"\x00AST\x00" + string(id) + "\x00": registry.Asset{ID: id, Status: status, ValidUntil: until}}
	}
	c := &chain{t: t}
	c.add([]peer.TxValidationCode{valid, valid, valid, valid}, c.tx("t0", "registration:Register", page("S1", registry.AssetActive, "2026-11-23")),
		c.tx("t1", "registration:Register", page("S2", registry.AssetActive, "2026-11-24")), c.tx("t2", "registration:Sweep", page("S3", registry.AssetExpired, "2026-01-01")),
		c.tx("t3", "registration:Register", page("S4", registry.AssetActive, "2026-10-01")))
	x := open(t)
	fold(t, x, c.blocks...)
	got, err := x.Expiring(t.Context(), "2026-11-24", 20)
	if err != nil || len(got) != 2 || got[0].ID != "S4" || got[1].ID != "S1" {
		t.Errorf("%+v %v", got, err)
	}
}
