package ledgertest

import (
	"slices"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (s *Story) sweep(apps ...registry.ApplicationID) registry.SweepRequest {
	return registry.SweepRequest{Key: s.Key(), Applications: apps}
}

// TestReview_TheClockOfTheHandling: ten working days from acceptance to entry, without evidence and publicity (第二十八条).
func TestReview_TheClockOfTheHandling(t *testing.T) {
	s, l := legal(t)
	due := func(app registry.ApplicationID, want registry.Date) {
		t.Helper()
		if d, _ := s.findDeadline(app, registry.DeadlineReview); d.DueDate != want {
			t.Errorf("handling due %q, want %q: %+v", d.DueDate, want, d)
		}
	}
	l.Now = at("2026-11-25 10:00")
	app := s.File("办结")
	s.Do(acceptor, "registration:Accept", s.act(app))
	due(app, "2026-12-09")
	l.Now = at("2026-11-27 10:00")
	s.Do(reviewer, "registration:RequestEvidence", s.reasons(app))
	due(app, "")
	l.Now = at("2026-12-02 10:00")
	s.Do(applicant, "registration:SupplyEvidence", registry.SupplyEvidenceRequest{Key: s.Key(), Application: app, Materials: []registry.Material{Material(registry.MaterialEvidence)}})
	due(app, "2026-12-15") // four working days rest: 11-27, 11-30, 12-01, 12-02
	s.Do(reviewer, "registration:Extend", registry.ExtendRequest{Key: s.Key(), Application: app, N: 3, Reasons: []string{"规模巨大"}})
	due(app, "2026-12-18")
	l.Now = at("2026-12-03 10:00")
	s.Do(reviewer, "registration:PassReview", s.review(app))
	due(app, "")
	l.Now = at("2026-12-11 09:00")
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	due(app, "2026-12-29") // seven more: 12-03 to 12-11
	s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app})
	if a := s.Find(app); a.History[len(a.History)-1].Overdue {
		t.Error("an entry in time is flagged")
	}
}

// TestFirst_NotWithoutIdentityAndLawfulAcquisition: sample, identity and lawful acquisition are filed, at once or when supplemented (第三十三条).
func TestFirst_NotWithoutIdentityAndLawfulAcquisition(t *testing.T) {
	s, _ := legal(t)
	content := s.Content("材料不全")
	for missing, kind := range map[int]registry.MaterialKind{1: registry.MaterialIdentity, 2: registry.MaterialSource} {
		without := content
		without.Materials = slices.Delete(slices.Clone(content.Materials), missing, missing+1)
		r := s.Refused(registry.CodeMaterialMissing, applicant, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: without})
		if r.Rule != registry.RuleMaterials || r.Args["material"] != string(kind) {
			t.Errorf("without %s: %+v", kind, r)
		}
	}
	app := s.Do(applicant, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: content}).Application
	s.Do(acceptor, "registration:Return", s.reasons(app))
	content.Materials = content.Materials[:2]
	s.Refused(registry.CodeMaterialMissing, applicant, "registration:Resubmit", registry.ResubmitRequest{Key: s.Key(), Application: app, Content: content})
}

// TestRefuse_OnAListedGroundWithReasons (第二十二条).
func TestRefuse_OnAListedGroundWithReasons(t *testing.T) {
	s, _ := legal(t)
	app := s.File("不予登记")
	s.Do(acceptor, "registration:Accept", s.act(app))
	request := registry.RefuseRequest{Key: s.Key(), Application: app, Ground: "R1", Reasons: []string{"理由"}}
	for defect, change := range map[string]func(*registry.RefuseRequest){
		"no_ground":      func(r *registry.RefuseRequest) { r.Ground = "" },
		"unknown_ground": func(r *registry.RefuseRequest) { r.Ground = "R6" },
		"other_list":     func(r *registry.RefuseRequest) { r.Ground = registry.GroundWish },
		"empty_reason":   func(r *registry.RefuseRequest) { r.Reasons = []string{" "} },
	} {
		wrong := request
		change(&wrong)
		if r := s.Refused(registry.CodeFieldsInvalid, reviewer, "registration:Refuse", wrong); r.Rule != registry.RuleGrounds {
			t.Errorf("%s: the refusal cites %s", defect, r.Rule)
		}
	}
	s.Do(reviewer, "registration:Refuse", request)
}

// TestRegister_NotLongerThanTheProfileAllows (第二十六条, I6).
func TestRegister_NotLongerThanTheProfileAllows(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	app := s.publish("有效期")
	due, _ := s.findDeadline(app, registry.DeadlinePublicity)
	l.Now = *due.DueAt
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	for _, years := range []int{6, -1} {
		if r := s.Refused(registry.CodeFieldsInvalid, officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app, Years: years}); r.Rule != registry.RuleDeposit {
			t.Errorf("%d years: the refusal cites %s", years, r.Rule)
		}
	}
	s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app, Years: 5})
}

func TestReview_ExtensionDefects(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-25 10:00")
	app := s.File("延长")
	s.Do(acceptor, "registration:Accept", s.act(app))
	extend := func(n int) registry.ExtendRequest {
		return registry.ExtendRequest{Key: s.Key(), Application: app, N: n, Reasons: []string{"理由"}}
	}
	for _, n := range []int{0, -1, 11} {
		s.Refused(registry.CodeFieldsInvalid, reviewer, "registration:Extend", extend(n))
	}
	l.Now = at("2026-12-10 00:00")
	if r := s.Refused(registry.CodeTooLate, reviewer, "registration:Extend", extend(1)); r.Rule != registry.RuleHandling {
		t.Errorf("the refusal cites %s", r.Rule)
	}
}

// TestReview_TerminatedWhenEvidenceDoesNotCome: not before its period is over; a late answer still counts.
func TestReview_TerminatedWhenEvidenceDoesNotCome(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-25 10:00")
	first, second := s.File("终止"), s.File("晚到")
	for _, app := range []registry.ApplicationID{first, second} {
		s.Do(acceptor, "registration:Accept", s.act(app))
		s.Do(reviewer, "registration:RequestEvidence", s.reasons(app))
	}
	l.Now = at("2026-12-09 23:59")
	s.Refused(registry.CodeTooEarly, reviewer, "registration:Terminate", s.reasons(first))
	l.Now = at("2026-12-10 00:00")
	s.Do(reviewer, "registration:Terminate", s.reasons(first))
	if a := s.Find(first); a.Status != registry.StatusTerminated || a.Reasons == nil {
		t.Errorf("the case is %s", a.Status)
	}
	s.Do(applicant, "registration:SupplyEvidence", registry.SupplyEvidenceRequest{Key: s.Key(), Application: second, Materials: []registry.Material{Material(registry.MaterialEvidence)}})
	s.Do(reviewer, "registration:PassReview", s.review(second))
}

func TestReview_RegistrarVerifiesOtherwise(t *testing.T) {
	s, _ := legal(t)
	app := s.File("另行核实")
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:RequestEvidence", s.reasons(app))
	s.Refused(registry.CodeAccessDenied, applicant, "registration:ResumeReview", s.reasons(app))
	s.Do(reviewer, "registration:ResumeReview", s.reasons(app))
	s.Do(reviewer, "registration:PassReview", s.review(app))
}

// TestDeemedAcceptance_WaitsForTheFirstWorkday: silence into an unknown year is acceptance, but nobody guesses when the review began.
func TestDeemedAcceptance_WaitsForTheFirstWorkday(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-12-28 10:00")
	app := s.File("跨年视为受理")
	l.Now = at("2027-01-01 00:00")
	s.Do(applicant, "registration:ClaimAcceptance", s.act(app))
	if d, _ := s.findDeadline(app, registry.DeadlineReview); !d.Pending {
		t.Errorf("the review is due %s without a calendar", d.DueDate)
	}
	s.adopt2027(1, "2027-01-01", "2027-01-04")
	s.Do(officer, "registration:ComputeDeadline", s.act(app))
	if d, _ := s.findDeadline(app, registry.DeadlineReview); d.DueDate != "2027-01-19" { // ten after 2027-01-05
		t.Errorf("review due %s, want 2027-01-19", d.DueDate)
	}
}

func (s *Story) adopt2027(version int, off ...registry.Date) {
	s.T.Helper()
	s.Do(admin, "rule:AdoptCalendar", registry.AdoptCalendarRequest{Key: s.Key(), Calendar: registry.Calendar{Year: 2027, Version: version,
		Source: []string{"测试日历"}, Off: off, Work: []registry.Date{}}})
}

// TestRecalculate_OnRecordWithBeforeAndAfter: a later arrangement moves a due date by an explicit act only (I22).
func TestRecalculate_OnRecordWithBeforeAndAfter(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-12-30 10:00")
	s.adopt2027(1, "2027-01-01")
	app := s.publish("重新计算")
	before, _ := s.findDeadline(app, registry.DeadlinePublicity)
	if before.DueDate != "2027-01-07" || before.Calendar != "2026/1 2027/1" {
		t.Fatalf("publicity due %s by %s", before.DueDate, before.Calendar)
	}
	s.Refused(registry.CodeNothingDue, officer, "registration:RecalculateDeadline", s.act(app))
	s.adopt2027(2, "2027-01-01", "2027-01-04")
	if d, _ := s.findDeadline(app, registry.DeadlinePublicity); d.DueDate != before.DueDate {
		t.Error("a due date changed by itself")
	}
	s.Do(officer, "registration:RecalculateDeadline", s.act(app))
	a := s.Find(app)
	if d, _ := a.Deadline(registry.DeadlinePublicity); d.DueDate != "2027-01-08" || len(a.Recalculated) == 0 || a.Recalculated[0].Before != "2027-01-07" {
		t.Errorf("due %s, on record %+v", d.DueDate, a.Recalculated)
	}
	s.Refused(registry.CodeNothingDue, officer, "registration:RecalculateDeadline", s.act(app))
}

func TestSweep_WritesDownLapsesOnly(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-25 10:00")
	lapsing, running := s.File("失效"), s.File("在办")
	s.Do(acceptor, "registration:Return", s.reasons(lapsing))
	s.Refused(registry.CodeNothingDue, officer, "registration:Sweep", s.sweep(lapsing, running))
	l.Now = at("2026-12-10 00:00")
	s.Refused(registry.CodeAccessDenied, applicant, "registration:Sweep", s.sweep(lapsing))
	s.Refused(registry.CodeFieldsInvalid, service, "registration:Sweep", s.sweep())
	s.Do(service, "registration:Sweep", s.sweep(lapsing, running, "APPAAAAAAAAAAAAAAAAA"))
	if a := s.Find(lapsing); a.Status != registry.StatusLapsed {
		t.Errorf("the lapsed case is %s", a.Status)
	}
	if a := s.Find(running); a.Status != registry.StatusSubmitted {
		t.Errorf("the running case is %s", a.Status)
	}
	if n := len(l.LastEvent.Changes); n != 1 {
		t.Errorf("%d records were written", n)
	}
	s.Refused(registry.CodeNothingDue, service, "registration:Sweep", s.sweep(lapsing))
}
