package registry

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// disputeWay is 第二十九条 as an observer reads it, written down apart from the table of moves: which status may follow which.
var disputeWay = map[DisputeStatus][]DisputeStatus{
	DisputeFiled:     {DisputeNotified, DisputeDeclined, DisputeWithdrawn},
	DisputeNotified:  {DisputeAgreed, DisputeContested, DisputeConcluded, DisputeJudged, DisputeRejected, DisputeWithdrawn},
	DisputeContested: {DisputeConcluded, DisputeJudged, DisputeRejected, DisputeWithdrawn},
	DisputeConcluded: {DisputeConcluded, DisputeAccepted, DisputeRejected, DisputeInCourt, DisputeJudged, DisputeWithdrawn},
	DisputeInCourt:   {DisputeJudged, DisputeRejected, DisputeWithdrawn},
	DisputeAgreed:    {DisputeSettled},
	DisputeAccepted:  {DisputeSettled},
	DisputeJudged:    {DisputeSettled},
}

var disputeActs = []Act{ActExamineDispute, ActAnswerDispute, ActConcludeDispute, ActRespondDispute, ActRecordJudgment, ActSettleDispute, ActWithdrawDispute}

const (
	disputant  = PartyID("91630202MAFAKE051R")
	registrant = PartyID("93630222MAFAKE06XA")
	registrar  = PartyID("12630200MBFAKE020X")
)

// disputeWalk is an objection after registration on a random way.
type disputeWalk struct {
	page    Asset
	dispute Dispute
	at      time.Time
}

// TestDispute_OnlyLegalMoves walks objections at random: whatever is tried by whomever, only what 第二十九条 allows happens, nobody decides a side's
// own matter, the page knows exactly what is open, and the register is changed only by an outcome that says so.
func TestDispute_OnlyLegalMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := disputeWalk{at: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC), page: Asset{ID: "AST", Track: TrackDataAsset, Version: 1, Holder: registrant, Status: AssetActive}}
		profile := nationalAsset().demo()
		c := w.as(disputant, RoleApplicant)
		c.Profile, c.Party = &profile, &Party{ID: disputant, Status: PartyActive}
		out, rs := FileDispute(c, FileDisputeRequest{Key: "12345678", Asset: "AST", Statement: testMaterial(MaterialStatement), Evidence: []Material{testMaterial(MaterialEvidence)}})
		if len(rs) > 0 {
			t.Fatal(rs)
		}
		w.dispute, w.page = out.Dispute, out.Page
		for range rapid.IntRange(1, 14).Draw(t, "acts") {
			w.step(t)
		}
	})
}

func (w *disputeWalk) as(party PartyID, role string) Case {
	page, d := w.page, w.dispute
	return Case{Facts: Facts{At: w.at, TxID: "tx", Mode: ModeDemo, Actor: Actor{MSP: MSPAgency, Enrolment: string(party), Role: role, Party: party}}, Today: CivilDate(w.at), Asset: &page, Dispute: &d}
}

func (w *disputeWalk) step(t *rapid.T) {
	w.at = w.at.Add(time.Minute)
	if rapid.IntRange(0, 5).Draw(t, "changed") == 0 {
		w.page.Version++
	}
	acts := DisputeActsFrom(w.dispute.Status)
	if len(acts) == 0 || rapid.IntRange(0, 3).Draw(t, "any") == 0 {
		acts = disputeActs
	}
	act := rapid.SampledFrom(acts).Draw(t, "act")
	party := rapid.SampledFrom([]PartyID{disputant, registrant, registrar, "92630223MAFAKE078U"}).Draw(t, "party")
	c := w.as(party, RoleApplicant)
	if party == registrar {
		c.Actor.Role = RoleObjections
		c.Office = &Appointment{Office: OfficeObjections, Status: "ACTIVE", Registrar: registrar}
	}
	before := w.dispute
	out, rs := tryDispute(c, act, rapid.Bool().Draw(t, "yes"))
	if len(rs) > 0 {
		return
	}
	d := out.Dispute
	if !slices.Contains(disputeWay[before.Status], d.Status) {
		t.Fatalf("%s from %s led to %s", act, before.Status, d.Status)
	}
	w.judge(t, act, party, before, out)
	w.dispute, w.page = d, out.Page
}

// judge holds what happened against what must hold.
func (w *disputeWalk) judge(t *rapid.T, act Act, party PartyID, before Dispute, out DisputeOutcome) {
	d := out.Dispute
	office := act == ActExamineDispute || act == ActConcludeDispute || act == ActRecordJudgment || act == ActSettleDispute
	side := act == ActAnswerDispute && party == registrant || act == ActWithdrawDispute && party == disputant || act == ActRespondDispute && (party == disputant || party == registrant)
	if office != (party == registrar) || !office && !side {
		t.Fatalf("%s by %s", act, party)
	}
	open := slices.ContainsFunc(out.Page.Disputes, func(h DisputeHead) bool { return h.N == d.N && h.Status == d.Status })
	if _, goesOn := disputeWay[d.Status]; open != goesOn {
		t.Fatalf("%s: the page says %+v", d.Status, out.Page.Disputes)
	}
	switch {
	case (d.Status == DisputeAccepted || d.Status == DisputeJudged) && !d.Upheld, d.Status == DisputeRejected && d.Upheld:
		t.Fatalf("%s, upheld %t", d.Status, d.Upheld)
	case d.Status == DisputeAccepted && len(d.Accepted) != 2:
		t.Fatalf("carried out with the consent of %v", d.Accepted)
	case d.Status == DisputeSettled && w.page.Version == before.Version:
		t.Fatal("settled, and nothing was changed")
	}
	for _, n := range out.Notices {
		if n.To == party || n.To != disputant && n.To != registrant || n.Case != "AST" {
			t.Fatalf("%s by %s is told to %s", act, party, n.To)
		}
	}
	if len(out.Notices) == 0 && (act != ActWithdrawDispute || before.Status != DisputeFiled) {
		t.Fatalf("%s is told to nobody", act)
	}
	if len(d.Course) != len(before.Course)+1 {
		t.Fatalf("the course has %d steps", len(d.Course))
	}
}

// tryDispute is an act with a faultless document.
func tryDispute(c Case, act Act, yes bool) (DisputeOutcome, Refusals) {
	const key = "12345678"
	reasons := []string{"理由"}
	end := EndDisputeRequest{Key: key, Asset: "AST", Dispute: 1, Reasons: reasons}
	switch act {
	case ActExamineDispute:
		req := ExamineDisputeRequest{Key: key, Asset: "AST", Dispute: 1, Complete: yes}
		if !yes {
			req.Reasons = reasons
		}
		return ExamineDispute(c, req)
	case ActAnswerDispute:
		req := AnswerDisputeRequest{Key: key, Asset: "AST", Dispute: 1, Agrees: yes}
		if statement := testMaterial(MaterialStatement); !yes {
			req.Statement = &statement
		}
		return AnswerDispute(c, req)
	case ActConcludeDispute:
		return ConcludeDispute(c, ConcludeDisputeRequest{Key: key, Asset: "AST", Dispute: 1, Upheld: yes, Decision: testMaterial(MaterialDecision), Reasons: reasons})
	case ActRespondDispute:
		return RespondDispute(c, RespondDisputeRequest{Key: key, Asset: "AST", Dispute: 1, Accepts: yes})
	case ActRecordJudgment:
		return RecordJudgment(c, RecordJudgmentRequest{Key: key, Asset: "AST", Dispute: 1, Upheld: yes, Reasons: reasons,
			Warrant: Warrant{Authority: "某法院（虚构）", Number: "1号", Document: testMaterial(MaterialOrder)}})
	case ActSettleDispute:
		return SettleDispute(c, end)
	}
	return WithdrawDispute(c, end)
}
