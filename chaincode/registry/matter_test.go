package registry

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var matterPaper = Material{Kind: MaterialStatement, CID: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", Commitment: Digest("x"), Size: 1}

func paper(kind MaterialKind) Material {
	m := matterPaper
	m.Kind = kind
	return m
}

// The people of the walk: an officer of the bureau and one of another body, the unit concerned and its rival, who filed.
var matterPeople = []Actor{
	{MSP: MSPBureau, Enrolment: "sun", Role: RoleSupervisor, Party: "11630200MBFAKE0126"}, {MSP: MSPBureau, Enrolment: "wu", Role: RoleSupervisor, Party: "91630202MAFAKE051R"},
	{MSP: MSPAgency, Enrolment: "unit", Role: RoleApplicant, Party: "91630202MAFAKE051R"}, {MSP: MSPAgency, Enrolment: "filer", Role: RoleApplicant, Party: "93630222MAFAKE06XA"},
}

// matterWalk keeps, beside the matter, what an observer who knows nothing of the table would say.
type matterWalk struct {
	c       MatterCase
	handler PersonID
	ordered bool
	ended   bool
}

// TestMatterMoves_OnlyLegalOnes walks matters at random: whoever tries whatever, nobody handles who is concerned or has not taken it up, nothing
// ends without a result, and nothing happens after the end.
func TestMatterMoves_OnlyLegalOnes(t *testing.T) {
	acts := []MatterAct{MatterTaken, MatterTaken, MatterNoted, MatterOrdered, MatterAnswered, MatterConcluded, MatterDropped}
	counts := map[MatterAct]int{}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]MatterKind{MatterComplaint, MatterReport}).Draw(t, "kind")
		c := MatterCase{Facts: Facts{TxID: "t0", At: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC), Actor: matterPeople[3]}}
		m, rs := FileMatter(c, FileMatterRequest{Key: "12345678", Kind: kind, About: About{Party: matterPeople[2].Party}, Statement: matterPaper})
		if len(rs) > 0 {
			t.Fatal(rs[0])
		}
		w := &matterWalk{c: c}
		w.c.Matter = &m
		for range rapid.IntRange(1, 30).Draw(t, "acts") {
			w.step(t, rapid.SampledFrom(acts).Draw(t, "act"), rapid.SampledFrom(matterPeople).Draw(t, "who"), counts)
		}
	})
	for _, act := range acts {
		if counts[act] == 0 {
			t.Errorf("%s never passed", act)
		}
	}
}

func (w *matterWalk) step(t *rapid.T, act MatterAct, who Actor, counts map[MatterAct]int) {
	w.c.Actor, w.c.At = who, w.c.At.Add(time.Hour)
	before := *w.c.Matter
	result := rapid.SampledFrom([]string{"UPHELD", "UNFOUNDED", ""}).Draw(t, "outcome")
	after, rs := w.try(act, result)
	want := w.expected(before, act, who, result)
	if passed := len(rs) == 0; passed != want {
		t.Fatalf("%s of %s by %s in %s: passed %v (%v)", act, before.Kind, who.Enrolment, before.Status, passed, rs.First())
	}
	if len(rs) > 0 {
		return
	}
	counts[act]++
	switch act {
	case MatterTaken:
		w.handler = who.ID()
	case MatterOrdered:
		w.ordered = true
	case MatterConcluded, MatterDropped:
		w.ended = true
	}
	legal := slices.Contains(MatterMoves, MatterMove{before.Status, act, after.Status})
	if !legal || len(after.Steps) != len(before.Steps)+1 || after.Steps[len(after.Steps)-1].Actor != who.ID() {
		t.Fatalf("%s → %s by %s, %d steps", before.Status, after.Status, act, len(after.Steps))
	}
	if (after.Status == MatterClosed) != (after.Result != nil) {
		t.Fatalf("%s with result %v", after.Status, after.Result)
	}
	w.c.Matter = &after
}

// expected is the independent model.
func (w *matterWalk) expected(m Matter, act MatterAct, who Actor, outcome string) bool {
	officer := who.Enrolment == "sun" // the other officer belongs to the unit concerned
	handles := officer && w.handler == who.ID()
	switch {
	case w.ended:
		return false
	case act == MatterTaken:
		return officer
	case act == MatterNoted:
		return handles
	case act == MatterOrdered:
		return handles && !w.ordered
	case act == MatterAnswered:
		return w.ordered && who.Party == matterPeople[2].Party
	case act == MatterConcluded:
		return handles && outcome != ""
	}
	return m.Kind == MatterComplaint && who.Enrolment == "filer" && !w.ordered
}

func (w *matterWalk) try(act MatterAct, outcome string) (Matter, Refusals) {
	id := w.c.Matter.ID
	w.c.TxID = "t" + itoa(len(w.c.Matter.Steps))
	switch act {
	case MatterTaken:
		return TakeUpMatter(w.c, TakeUpMatterRequest{Key: "12345678", Matter: id})
	case MatterNoted:
		return NoteMatter(w.c, NoteMatterRequest{Key: "12345678", Matter: id, Statement: matterPaper})
	case MatterOrdered:
		return OrderMatter(w.c, OrderMatterRequest{Key: "12345678", Matter: id, Unit: matterPeople[2].Party, Due: "2027-01-31",
			Warrant: Warrant{Authority: "市数据局", Number: "1", Document: paper(MaterialOrder)}})
	case MatterAnswered:
		return AnswerMatter(w.c, NoteMatterRequest{Key: "12345678", Matter: id, Statement: matterPaper})
	case MatterConcluded:
		return CloseMatter(w.c, CloseMatterRequest{Key: "12345678", Matter: id, Result: MatterResult{Outcome: outcome, Document: paper(MaterialDecision)}})
	}
	return WithdrawMatter(w.c, WithdrawMatterRequest{Key: "12345678", Matter: id})
}

// TestMatter_CanAlwaysBeClosed: however much is put on record, there is room for the result.
func TestMatter_CanAlwaysBeClosed(t *testing.T) {
	c := MatterCase{Facts: Facts{TxID: "t0", Actor: matterPeople[0]}}
	full := Matter{ID: "SUP", Kind: MatterComplaint, Status: MatterHandling, Handler: c.person(), Steps: make([]MatterStep, maxMatterSteps)}
	c.Matter = &full
	if _, rs := NoteMatter(c, NoteMatterRequest{Key: "12345678", Statement: matterPaper}); len(rs) == 0 {
		t.Error("one more step than there is room for")
	}
	if _, rs := CloseMatter(c, CloseMatterRequest{Key: "12345678", Result: MatterResult{Outcome: "UPHELD", Document: paper(MaterialDecision)}}); len(rs) > 0 {
		t.Error(rs[0])
	}
}
