package ledgertest

import (
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (s *Story) judgment(asset registry.AssetID, upheld bool) registry.RecordJudgmentRequest {
	return registry.RecordJudgmentRequest{Key: s.Key(), Asset: asset, Dispute: 1, Upheld: upheld, Warrant: warrant(), Reasons: []string{"按照生效判决"}}
}

// TestDispute_AgreedAndCarriedOut: the registrant is told within five working days, agrees, and the registration is cancelled as the outcome says.
func TestDispute_AgreedAndCarriedOut(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	asset := s.registered(l, "登记后异议").Asset
	l.Now = at("2026-12-08 10:00")
	s.Refused(registry.CodeDisputeOutcome, officer, "registration:CancelExOfficio", s.ending(asset, registry.GroundObjection))
	s.Do(rival, "registration:FileDispute", s.dispute(asset))
	d := s.findDispute(asset, 1)
	if d.Notify.DueDate != "2026-12-15" || d.Notify.Effect != registry.EffectDuty || d.Objector != "91630202MAFAKE051R" || d.Registrant != "93630222MAFAKE06XA" {
		t.Errorf("the objection is %+v, told by %+v", d, d.Notify)
	}
	told := s.page(asset).Notices
	s.Do(objecting, "registration:ExamineDispute", s.examine(asset, true))
	if n := s.notice(string(asset), told+1); n.To != d.Registrant || n.Act != registry.ActExamineDispute || n.Rule != registry.RuleDispute || n.For != "1" || n.Document == nil || n.Status != registry.NoticeServed {
		t.Errorf("the registrant is told %+v", n)
	}
	if d = s.findDispute(asset, 1); d.Notify.FinishedAt == nil || d.Course[1].Overdue {
		t.Errorf("told in time: %+v", d.Course)
	}
	s.Refused(registry.CodeStatusWrong, objecting, "registration:SettleDispute", s.endDispute(asset))
	s.Do(applicant, "registration:AnswerDispute", s.answer(asset, true))
	s.Refused(registry.CodeStatusWrong, rival, "registration:WithdrawDispute", s.endDispute(asset)) // the outcome is certain
	s.Refused(registry.CodeNotCarriedOut, objecting, "registration:SettleDispute", s.endDispute(asset))
	s.Do(officer, "registration:CancelExOfficio", s.ending(asset, registry.GroundObjection))
	s.Do(objecting, "registration:SettleDispute", s.endDispute(asset))
	if d, page := s.findDispute(asset, 1), s.page(asset); d.Status != registry.DisputeSettled || len(page.Disputes) != 0 || page.DisputeCount != 1 || len(d.Course) != 4 {
		t.Errorf("the objection is %s, the page says %+v", d.Status, page.Disputes)
	}
	if len(l.Policy(registry.ObjectDispute, string(asset), "1")) == 0 {
		t.Error("an objection is written by any two organisations")
	}
}

// TestDispute_ContestedConcludedAndLeftToCourt: a conclusion that one side does not accept binds nobody; the effective document does.
func TestDispute_ContestedConcludedAndLeftToCourt(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	asset := s.registered(l, "诉讼").Asset
	s.Do(rival, "registration:FileDispute", s.dispute(asset))
	s.Refused(registry.CodeStatusWrong, applicant, "registration:AnswerDispute", s.answer(asset, false)) // not told yet
	s.Do(objecting, "registration:ExamineDispute", s.examine(asset, true))
	silent := s.answer(asset, false)
	silent.Statement = nil
	s.Refused(registry.CodeFieldsInvalid, applicant, "registration:AnswerDispute", silent)
	s.Refused(registry.CodeNotOwnParty, rival, "registration:AnswerDispute", s.answer(asset, true))
	s.Do(applicant, "registration:AnswerDispute", s.answer(asset, false))
	s.Do(objecting, "registration:ConcludeDispute", s.conclude(asset, true))
	s.Do(rival, "registration:RespondDispute", s.respond(asset, true))
	s.Refused(registry.CodeStatusWrong, rival, "registration:RespondDispute", s.respond(asset, true)) // once
	s.Do(applicant, "registration:RespondDispute", s.respond(asset, false))
	if d := s.findDispute(asset, 1); d.Status != registry.DisputeInCourt {
		t.Fatalf("the objection is %s", d.Status)
	}
	s.Refused(registry.CodeDisputeOutcome, officer, "registration:CancelExOfficio", s.ending(asset, registry.GroundObjection))
	nameless := s.judgment(asset, true)
	nameless.Warrant.Number = ""
	s.Refused(registry.CodeFieldsInvalid, objecting, "registration:RecordJudgment", nameless)
	s.Do(objecting, "registration:RecordJudgment", s.judgment(asset, true))
	if d := s.findDispute(asset, 1); d.Status != registry.DisputeJudged || d.Judgment.Authority != warrant().Authority {
		t.Errorf("the objection is %s by %+v", d.Status, d.Judgment)
	}
	s.Do(officer, "registration:CancelExOfficio", s.ending(asset, registry.GroundObjection))
	s.Do(objecting, "registration:SettleDispute", s.endDispute(asset))
}

// TestDispute_RejectedByBothSides: both accept that the registration stands.
func TestDispute_RejectedByBothSides(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	asset := s.registered(l, "登记不变").Asset
	s.Do(rival, "registration:FileDispute", s.dispute(asset))
	s.Refused(registry.CodeObjectionOpen, rival, "registration:FileDispute", s.dispute(asset))
	s.Do(objecting, "registration:ExamineDispute", s.examine(asset, true))
	s.Do(objecting, "registration:ConcludeDispute", s.conclude(asset, false)) // the registrant kept silent: that stops nothing
	s.Do(applicant, "registration:RespondDispute", s.respond(asset, true))
	s.Do(rival, "registration:RespondDispute", s.respond(asset, true))
	if d := s.findDispute(asset, 1); d.Status != registry.DisputeRejected || len(s.page(asset).Disputes) != 0 {
		t.Errorf("the objection is %s", d.Status)
	}
	s.Do(rival, "registration:FileDispute", s.dispute(asset)) // on new facts
	if s.findDispute(asset, 2).Status != registry.DisputeFiled {
		t.Error("a second objection is not numbered on")
	}
}

// TestDispute_IncompleteMaterialsAndLateNotice: what is missing is told to the objector; a registrar who is late is flagged.
func TestDispute_IncompleteMaterialsAndLateNotice(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	asset := s.registered(l, "材料不齐").Asset
	s.Do(rival, "registration:FileDispute", s.dispute(asset))
	unreasoned := s.examine(asset, false)
	unreasoned.Reasons = []string{}
	s.Refused(registry.CodeFieldsInvalid, objecting, "registration:ExamineDispute", unreasoned)
	l.Now = at("2026-12-20 09:00")
	s.Do(objecting, "registration:ExamineDispute", s.examine(asset, false))
	d := s.findDispute(asset, 1)
	if d.Status != registry.DisputeDeclined || !d.Course[1].Overdue {
		t.Errorf("the objection is %+v", d.Course)
	}
	if n := s.notice(string(asset), s.page(asset).Notices); n.To != d.Objector || n.Reasons[0] != "缺少证据" {
		t.Errorf("the objector is told %+v", n)
	}
}

// TestDispute_NoticeAcrossAnUnknownYear: the period is pending, stops nobody, and is computed when the materials are examined.
func TestDispute_NoticeAcrossAnUnknownYear(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	asset := s.registered(l, "跨年异议").Asset
	l.Now = at("2026-12-30 10:00")
	s.Do(rival, "registration:FileDispute", s.dispute(asset))
	if d := s.findDispute(asset, 1); !d.Notify.Pending {
		t.Errorf("the period is %+v", d.Notify)
	}
	calendar := registry.Calendar{Year: 2027, Version: 1, Source: []string{"测试日历"}, Off: []registry.Date{"2027-01-01"}, Work: []registry.Date{}}
	s.Do(admin, "rule:AdoptCalendar", registry.AdoptCalendarRequest{Key: s.Key(), Calendar: calendar})
	l.Now = at("2027-01-08 10:00")
	s.Do(objecting, "registration:ExamineDispute", s.examine(asset, true))
	if d := s.findDispute(asset, 1); d.Notify.DueDate != "2027-01-07" || !d.Course[1].Overdue {
		t.Errorf("the period is %+v, the course %+v", d.Notify, d.Course)
	}
}

// TestDispute_Defects names what no objection may lack, and who may not do what.
func TestDispute_Defects(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	asset := s.registered(l, "异议缺陷").Asset
	for defect, change := range map[string]func(*registry.FileDisputeRequest){
		"no_evidence":  func(r *registry.FileDisputeRequest) { r.Evidence = []registry.Material{} },
		"no_statement": func(r *registry.FileDisputeRequest) { r.Statement = registry.Material{} },
	} {
		request := s.dispute(asset)
		change(&request)
		t.Run(defect, func(t *testing.T) {
			NewStory(t, l, defect).Refused(registry.CodeFieldsInvalid, rival, "registration:FileDispute", request)
		})
	}
	if r := s.Refused(registry.CodeNotOwnParty, applicant, "registration:FileDispute", s.dispute(asset)); r.Rule != registry.RuleDispute {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	s.Refused(registry.CodeNotFound, rival, "registration:FileDispute", s.dispute("ASTAAAAAAAAAAAAAAAAA"))
	s.Refused(registry.CodeNotFound, objecting, "registration:ExamineDispute", s.examine(asset, true))
	s.Do(rival, "registration:FileDispute", s.dispute(asset))
	for _, who := range []string{acceptor, reviewer, officer, applicant, rival} {
		s.Refused(registry.CodeAccessDenied, who, "registration:ExamineDispute", s.examine(asset, true))
	}
	s.Refused(registry.CodeNotOwnParty, applicant, "registration:WithdrawDispute", s.endDispute(asset))
	s.Do(rival, "registration:WithdrawDispute", s.endDispute(asset))
	s.Do(admin, "party:EndAppointment", registry.EndAppointmentRequest{Key: s.Key(), Office: registry.OfficeObjections, Holder: objecting, Reason: "调离"})
	s.Do(rival, "registration:FileDispute", s.dispute(asset))
	again := s.examine(asset, true)
	again.Dispute = 2
	s.Refused(registry.CodeNotAppointed, objecting, "registration:ExamineDispute", again)
}

// TestDispute_BarsTransfer: an ownership dispute that is not settled bars registration (第二十二条（三）), at filing and at entry.
func TestDispute_BarsTransfer(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	asset := s.registered(l, "争议转让").Asset
	app := s.Do(applicant, "registration:SubmitTransfer", s.transfer(asset, registry.RightUse)).Application
	s.Do(rival, "registration:Join", registry.JoinRequest{Key: s.Key(), Application: app})
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:PassReview", s.review(app))
	due, _ := s.findDeadline(app, registry.DeadlinePublicity)
	l.Now = *due.DueAt
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	s.Do(rival, "registration:FileDispute", s.dispute(asset)) // nobody has examined it yet: it bars nothing
	s.Do(objecting, "registration:ExamineDispute", s.examine(asset, true))
	enter := registry.RegisterRequest{Key: s.Key(), Application: app}
	if r := s.Refused(registry.CodeDisputeOpen, officer, "registration:Register", enter); r.Rule != registry.RuleGrounds || r.Args["objection"] != "1" {
		t.Errorf("the refusal says %v", r)
	}
	s.Do(rival, "registration:WithdrawDispute", s.endDispute(asset))
	s.Do(officer, "registration:Register", enter)
}

// TestDispute_NotOnPublicTracks: the public-data rules have the correction by an interested party instead.
func TestDispute_NotOnPublicTracks(t *testing.T) {
	s, l := publicLedger(t)
	l.Now = at("2026-11-25 10:00")
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	app := s.Do(publicBody, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: s.publicContent("公共异议")}).Application
	done := s.enterPublic(l, app)
	if r := s.Refused(registry.CodeActionRefused, rival, "registration:FileDispute", s.dispute(done.Asset)); r.Rule != registry.RuleDispute {
		t.Errorf("the refusal cites %s", r.Rule)
	}
}
