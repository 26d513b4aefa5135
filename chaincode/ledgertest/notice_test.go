package ledgertest

import (
	"slices"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (s *Story) notice(about string, n int) registry.Notice {
	s.T.Helper()
	return find[registry.Notice](s, "registration:FindNotice", registry.FindNoticeRequest{Case: registry.CaseID(about), Notice: n})
}

// last is the last notice of a case.
func (s *Story) last(app registry.ApplicationID) registry.Notice {
	s.T.Helper()
	return s.notice(string(app), s.Find(app).Notices)
}

func (s *Story) service(about string, n int, date registry.Date) registry.RecordServiceRequest {
	return registry.RecordServiceRequest{Key: s.Key(), Case: registry.CaseID(about), Notice: n, Date: date, Means: registry.MeansHanded, Proof: Material(registry.MaterialEvidence)}
}

// TestNotice_NoDecisionWithoutOne: what somebody in an office does to a case is told to its parties.
func TestNotice_NoDecisionWithoutOne(t *testing.T) {
	for _, move := range registry.Transitions {
		decided := move.Office != "" && move.Office != registry.AnyParty && move.Office != registry.OtherParty && move.Office != registry.NoOffice
		if decided && !slices.Contains(registry.Told, move.Act) {
			t.Errorf("%s is a decision that nobody is told", move.Act)
		}
	}
}

// TestNotice_EveryDecisionIsToldAndServed (第十七、二十二条): with the decision, to the applicant's inbox, in the words of the decision.
func TestNotice_EveryDecisionIsToldAndServed(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-25 10:00")
	app := s.File("告知")
	if s.Find(app).Notices != 0 {
		t.Error("the applicant is told what it did itself")
	}
	told := func(act registry.Act, result registry.Status, reason string, due registry.Date) {
		t.Helper()
		n := s.last(app)
		if n.Act != act || n.Result != string(result) || n.To != "93630222MAFAKE06XA" || n.ToName == "" || n.By != agencyParty || n.DataName == "" {
			t.Errorf("%s: the notice is %+v", act, n)
		}
		if n.Status != registry.NoticeServed || n.ServedAt == nil || !n.ServedAt.Equal(l.Now) || n.Means != registry.MeansInbox {
			t.Errorf("%s: served %v by %s", act, n.ServedAt, n.Means)
		}
		if reason != "" && (len(n.Reasons) != 1 || n.Reasons[0] != reason) {
			t.Errorf("%s: reasons %v", act, n.Reasons)
		}
		if due != "" && (n.Period == nil || n.Period.DueDate != due) {
			t.Errorf("%s: the period is %+v", act, n.Period)
		}
	}
	s.Do(acceptor, "registration:Return", s.reasons(app))
	told(registry.ActReturn, registry.StatusReturned, "理由", "2026-12-09")
	if d, _ := s.findDeadline(app, registry.DeadlineSupplement); d.Notice != 1 || d.Unserved {
		t.Errorf("the supplement is %+v", d)
	}
	s.Do(applicant, "registration:Resubmit", registry.ResubmitRequest{Key: s.Key(), Application: app, Content: s.Content("告知")})
	s.Do(acceptor, "registration:Accept", s.act(app))
	told(registry.ActAccept, registry.StatusAccepted, "", "2026-12-09")
	s.Do(reviewer, "registration:RequestEvidence", s.reasons(app))
	told(registry.ActRequestEvidence, registry.StatusEvidence, "理由", "")
	s.Do(reviewer, "registration:ResumeReview", s.reasons(app))
	told(registry.ActResumeReview, registry.StatusAccepted, "理由", "")
	s.Do(reviewer, "registration:Extend", registry.ExtendRequest{Key: s.Key(), Application: app, N: 2, Reasons: []string{"规模巨大"}})
	told(registry.ActExtend, registry.StatusAccepted, "规模巨大", "")
	s.Do(reviewer, "registration:PassReview", s.review(app))
	told(registry.ActPassReview, registry.StatusInPublicity, "", "2026-12-02")
	s.Do(rival, "registration:FileObjection", s.object(app))
	told(registry.ActFileObjection, registry.StatusObjected, "", "")
	before := s.Find(app).Notices
	s.Do(objecting, "registration:DecideObjection", s.decide(app, 1, false))
	if s.Find(app).Notices != before+2 {
		t.Fatalf("%d notices of the decision", s.Find(app).Notices-before)
	}
	ours, theirs := s.notice(string(app), before+1), s.notice(string(app), before+2)
	if ours.To != "93630222MAFAKE06XA" || theirs.To != "91630202MAFAKE051R" || theirs.For != "1" || theirs.Document == nil || theirs.Reasons[0] != "经调查" {
		t.Errorf("the decision is told as %+v and %+v", ours, theirs)
	}
	due, _ := s.findDeadline(app, registry.DeadlinePublicity)
	l.Now = *due.DueAt
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	told(registry.ActClosePublicity, registry.StatusReady, "", "")
	done := s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app})
	told(registry.ActRegister, registry.StatusRegistered, "", "")
	if n := s.last(app); n.Certificate != done.Certificate {
		t.Errorf("the notice names the certificate %q", n.Certificate)
	}
	if len(l.Policy(registry.ObjectNotice, string(app), "1")) == 0 {
		t.Error("a notice is written by any two organisations")
	}
}

// TestNotice_RefusalNamesItsGround (第二十二条).
func TestNotice_RefusalNamesItsGround(t *testing.T) {
	s, _ := legal(t)
	app := s.File("不予登记告知")
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:Refuse", registry.RefuseRequest{Key: s.Key(), Application: app, Ground: "R2", Reasons: []string{"来源不合规"}})
	if n := s.last(app); n.Act != registry.ActRefuse || n.Ground != "R2" || n.Rule != registry.RuleGrounds || n.Reasons[0] != "来源不合规" {
		t.Errorf("the notice is %+v", n)
	}
}

// counter files a case for a party that came to the counter.
func (s *Story) counter(name string) registry.ApplicationID {
	s.T.Helper()
	return s.assisted(name, officer, s.hall(registry.MandateActs...))
}

// assisted files a case by the clerk, under a mandate that is granted first.
func (s *Story) assisted(name, grantor string, grant registry.GrantMandateRequest) registry.ApplicationID {
	s.T.Helper()
	request := s.submit(name)
	request.Mandate = registry.MandateID(s.Do(grantor, "mandate:Grant", grant).ID)
	return s.Do(clerk, "registration:Submit", request).Application
}

// TestNotice_OnPaperThePeriodRunsFromService: a party that was told on paper loses nothing before the paper has reached it.
func TestNotice_OnPaperThePeriodRunsFromService(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-25 10:00")
	app := s.counter("窗口告知")
	s.Do(acceptor, "registration:Return", s.reasons(app))
	n := s.last(app)
	if d, _ := s.findDeadline(app, registry.DeadlineSupplement); n.Status != registry.NoticeUnserved || n.ServedAt != nil || !d.Unserved || d.DueAt != nil || d.Notice != 1 {
		t.Fatalf("the notice is %s, the period %+v", n.Status, d)
	}
	l.Now = at("2026-12-25 10:00") // long after ten working days
	s.Refused(registry.CodeNothingDue, acceptor, "registration:Sweep", s.sweep(app))
	for defect, date := range map[string]registry.Date{"before_it_was_written": "2026-11-24", "in_the_future": "2026-12-26", "no_date": ""} {
		t.Run(defect, func(t *testing.T) {
			NewStory(t, l, defect).Refused(registry.CodeFieldsInvalid, clerk, "registration:RecordService", s.service(string(app), 1, date))
		})
	}
	unproven := s.service(string(app), 1, "2026-12-21")
	unproven.Proof = registry.Material{}
	s.Refused(registry.CodeFieldsInvalid, clerk, "registration:RecordService", unproven)
	s.Refused(registry.CodeNotFound, clerk, "registration:RecordService", s.service(string(app), 7, "2026-12-21"))
	s.Refused(registry.CodeAccessDenied, applicant, "registration:RecordService", s.service(string(app), 1, "2026-12-21"))
	s.Do(clerk, "registration:RecordService", s.service(string(app), 1, "2026-12-16"))
	served := s.notice(string(app), 1)
	if served.Status != registry.NoticeServed || registry.CivilDate(*served.ServedAt) != "2026-12-16" || served.Digest() != n.Digest() {
		t.Errorf("the notice is %+v", served)
	}
	a := s.Find(app)
	if d, _ := a.Deadline(registry.DeadlineSupplement); d.Unserved || d.DueDate != "2026-12-30" {
		t.Errorf("the period is %+v", d)
	}
	if step := a.History[len(a.History)-1]; step.Act != registry.ActRecordService || !step.Overdue {
		t.Errorf("service after three working days is not flagged: %+v", step)
	}
	s.Refused(registry.CodeStatusWrong, officer, "registration:RecordService", s.service(string(app), 1, "2026-12-21"))
	l.Now = at("2026-12-31 00:00")
	s.Do(acceptor, "registration:Sweep", s.sweep(app))
}

// TestNotice_EvidenceOnPaperIsNotTerminatedUnserved: nor does the registrar end a case whose request for evidence was not served.
func TestNotice_EvidenceOnPaperIsNotTerminatedUnserved(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-25 10:00")
	app := s.counter("窗口佐证")
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:RequestEvidence", s.reasons(app))
	l.Now = at("2026-12-14 10:00")
	if r := s.Refused(registry.CodeNotServed, reviewer, "registration:Terminate", s.reasons(app)); r.Args["notice"] != "2" {
		t.Errorf("the refusal says %v", r)
	}
	s.Do(clerk, "registration:RecordService", s.service(string(app), 2, "2026-12-14"))
	s.Refused(registry.CodeTooEarly, reviewer, "registration:Terminate", s.reasons(app))
}

// TestNotice_AcknowledgedByItsPartyOnly: once, by the party's own people, without moving a period.
func TestNotice_AcknowledgedByItsPartyOnly(t *testing.T) {
	s, _ := legal(t)
	app := s.File("确认收悉")
	s.Do(acceptor, "registration:Return", s.reasons(app))
	seen := func() registry.AcknowledgeNoticeRequest {
		return registry.AcknowledgeNoticeRequest{Key: s.Key(), Case: registry.CaseID(app), Notice: 1}
	}
	before, _ := s.findDeadline(app, registry.DeadlineSupplement)
	s.Refused(registry.CodeNotOwnParty, rival, "registration:AcknowledgeNotice", seen())
	s.Refused(registry.CodeAccessDenied, acceptor, "registration:AcknowledgeNotice", seen())
	s.Do(applicant, "registration:AcknowledgeNotice", seen())
	s.Refused(registry.CodeStatusWrong, applicant, "registration:AcknowledgeNotice", seen())
	after, _ := s.findDeadline(app, registry.DeadlineSupplement)
	if n := s.notice(string(app), 1); n.Status != registry.NoticeSeen || n.SeenBy != applicant || *after.DueAt != *before.DueAt {
		t.Errorf("the notice is %+v, the period %+v", n, after)
	}
	other := s.assisted("纸面", applicant, s.grant(clerk, registry.MandateActs...))
	s.Do(acceptor, "registration:Return", s.reasons(other))
	paper := registry.AcknowledgeNoticeRequest{Key: s.Key(), Case: registry.CaseID(other), Notice: 1}
	s.Refused(registry.CodeStatusWrong, applicant, "registration:AcknowledgeNotice", paper) // on paper service is recorded, with proof
}

// TestNotice_TheHolderLearnsWhatHappensToThePage: orders, remarks, cancellation without request (书面告知原登记申请人, 第三十七条).
func TestNotice_TheHolderLearnsWhatHappensToThePage(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "页面告知")
	s.Do(supervisor, "registration:EnterOrder", s.order(done.Asset))
	s.Do(supervisor, "registration:LiftOrder", s.lift(done.Asset, 1))
	s.Do(officer, "registration:CancelExOfficio", s.ending(done.Asset, registry.GroundDestroyed))
	for i, want := range []struct {
		act    registry.Act
		result registry.AssetStatus
		by     registry.PartyID
	}{{registry.ActEnterOrder, registry.AssetFrozen, bureauParty}, {registry.ActLiftOrder, registry.AssetActive, bureauParty}, {registry.ActCancelExOfficio, registry.AssetCancelled, agencyParty}} {
		n := s.notice(string(done.Asset), i+1)
		if n.Act != want.act || n.Result != string(want.result) || n.By != want.by || n.To != "93630222MAFAKE06XA" || n.Document == nil || len(n.Reasons) == 0 || n.Status != registry.NoticeServed {
			t.Errorf("notice %d is %+v", i+1, n)
		}
	}
	if page := s.page(done.Asset); page.Notices != 3 {
		t.Errorf("the page counts %d notices", page.Notices)
	}
}

// TestNotice_WhoseObjectionIsMootIsTold: because the applicant withdrew, or because another objection was upheld.
func TestNotice_WhoseObjectionIsMootIsTold(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	app := s.publish("异议落空")
	s.Do(rival, "registration:FileObjection", s.object(app))
	s.Do(applicant, "registration:Withdraw", s.reasons(app))
	if n := s.last(app); n.To != "91630202MAFAKE051R" || n.Act != registry.ActWithdraw || n.For != "1" || n.By != agencyParty || n.Result != "WITHDRAWN" || len(n.Reasons) > 0 {
		t.Errorf("the objector is told %+v", n)
	}
	app = s.publish("另一件成立")
	s.Do(applicant, "registration:FileObjection", s.object(app))
	s.Do(rival, "registration:FileObjection", s.object(app))
	s.Do(objecting, "registration:DecideObjection", s.decide(app, 1, true))
	if n := s.last(app); n.To != "91630202MAFAKE051R" || n.For != "2" || n.Document != nil || n.Result != "REFUSED" {
		t.Errorf("the other objector is told %+v", n)
	}
}

// TestNotice_BothPartiesOfATransferAreTold.
func TestNotice_BothPartiesOfATransferAreTold(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "转让告知")
	app := s.Do(applicant, "registration:SubmitTransfer", s.transfer(done.Asset, registry.RightUse)).Application
	s.Do(rival, "registration:Join", registry.JoinRequest{Key: s.Key(), Application: app})
	s.Do(acceptor, "registration:Accept", s.act(app))
	if a, b := s.notice(string(app), 1), s.notice(string(app), 2); a.To != "93630222MAFAKE06XA" || b.To != "91630202MAFAKE051R" || a.Act != registry.ActAccept || b.Act != registry.ActAccept {
		t.Errorf("told %+v and %+v", a, b)
	}
}

// TestExplainDelay_OnlyWhenTheReviewIsLate (26号 第十一条): the reason is told, nothing is prolonged.
func TestExplainDelay_OnlyWhenTheReviewIsLate(t *testing.T) {
	s, l := publicLedger(t)
	l.Now = at("2026-11-25 10:00")
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	app := s.Do(publicBody, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: s.publicContent("逾期审核")}).Application
	s.Do(acceptor, "registration:Accept", s.act(app))
	if r := s.Refused(registry.CodeTooEarly, reviewer, "registration:ExplainDelay", s.reasons(app)); r.Rule != registry.RuleFormalReview {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	before, _ := s.findDeadline(app, registry.DeadlineReview)
	l.Now = *before.DueAt
	silent := s.reasons(app)
	silent.Reasons = []string{}
	s.Refused(registry.CodeFieldsInvalid, reviewer, "registration:ExplainDelay", silent)
	s.Do(reviewer, "registration:ExplainDelay", s.reasons(app))
	after, _ := s.findDeadline(app, registry.DeadlineReview)
	a := s.Find(app)
	if n := s.last(app); n.Act != registry.ActExplainDelay || n.Rule != registry.RuleFormalReview || n.Reasons[0] != "理由" || *after.DueAt != *before.DueAt || !a.History[len(a.History)-1].Overdue {
		t.Errorf("told %+v, due %v", n, after.DueAt)
	}
}

// TestNotice_AHolderAtTheCounterIsToldOnPaper: what happens to the page of a party without a key is served on paper too, and such a party answers an
// objection at the counter.
func TestNotice_AHolderAtTheCounterIsToldOnPaper(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	grant := s.hall(registry.MandateActs...)
	request := s.submit("窗口权利人")
	request.Mandate = registry.MandateID(s.Do(officer, "mandate:Grant", grant).ID)
	asset := s.enter(l, s.Do(clerk, "registration:Submit", request).Application).Asset
	if !s.page(asset).Paper {
		t.Fatal("the page does not know that its holder has no key")
	}
	s.Do(supervisor, "registration:EnterOrder", s.order(asset))
	order := s.notice(string(asset), 1)
	if order.Status != registry.NoticeUnserved || !order.Paper {
		t.Errorf("the order is told %+v", order)
	}
	s.Do(officer, "registration:RecordService", s.service(string(asset), 1, registry.CivilDate(l.Now)))
	if n := s.notice(string(asset), 1); n.Status != registry.NoticeServed || n.Means != registry.MeansHanded {
		t.Errorf("the order is %s by %s", n.Status, n.Means)
	}
	s.Do(rival, "registration:FileDispute", s.dispute(asset))
	s.Do(objecting, "registration:ExamineDispute", s.examine(asset, true))
	if n := s.notice(string(asset), 2); n.Act != registry.ActExamineDispute || n.Status != registry.NoticeUnserved {
		t.Errorf("the registrant is told %+v", n)
	}
	answer := s.answer(asset, false)
	answer.Mandate = request.Mandate
	s.Do(clerk, "registration:AnswerDispute", answer)
	if n := s.notice(string(asset), 3); n.To != "91630202MAFAKE051R" || n.Status != registry.NoticeServed || n.By != grant.Principal {
		t.Errorf("the objector is told %+v", n)
	}
}
