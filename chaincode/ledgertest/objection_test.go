package ledgertest

import (
	"encoding/json"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (s *Story) object(app registry.ApplicationID) registry.FileObjectionRequest {
	return registry.FileObjectionRequest{Key: s.Key(), Application: app, Statement: Material(registry.MaterialStatement),
		Evidence: []registry.Material{Material(registry.MaterialEvidence)}}
}

func (s *Story) decide(app registry.ApplicationID, n int, upheld bool) registry.DecideObjectionRequest {
	req := registry.DecideObjectionRequest{Key: s.Key(), Application: app, Objection: n, Upheld: upheld,
		Decision: Material(registry.MaterialDecision), Reasons: []string{"经调查"}}
	if upheld {
		req.Ground = "R3"
	}
	return req
}

func (s *Story) objection(app registry.ApplicationID, n int) registry.Objection {
	s.T.Helper()
	answer, err := s.Evaluate(regulator, "registration:FindObjection", document(s.T, registry.FindObjectionRequest{Application: app, Objection: n}))
	if err != nil {
		s.T.Fatal(err)
	}
	var o registry.Objection
	if err := json.Unmarshal(answer, &o); err != nil {
		s.T.Fatal(err)
	}
	return o
}

// TestObjection_RestOfThePeriodRuns: objected on the second day of five, decided a week later: three whole days remain.
func TestObjection_RestOfThePeriodRuns(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	app := s.publish("异议")
	l.Now = at("2026-12-02 15:00")
	s.Do(rival, "registration:FileObjection", s.object(app))
	if d, _ := s.findDeadline(app, registry.DeadlinePublicity); !d.Paused() || d.DueAt != nil {
		t.Errorf("publicity runs on: %+v", d)
	}
	if d, _ := s.findDeadline(app, registry.DeadlineObjection); d.DueDate != "2026-12-16" || d.For != "1" || d.Effect != registry.EffectDuty {
		t.Errorf("the investigation is %+v", d)
	}
	l.Now = at("2026-12-08 09:00") // publicity alone would be over
	s.Refused(registry.CodeStatusWrong, officer, "registration:ClosePublicity", s.act(app))
	l.Now = at("2026-12-09 10:00")
	s.Do(applicant, "registration:AnswerObjection", registry.AnswerObjectionRequest{Key: s.Key(), Application: app, Objection: 1, Statement: Material(registry.MaterialStatement)})
	s.Do(objecting, "registration:DecideObjection", s.decide(app, 1, false))
	if d, _ := s.findDeadline(app, registry.DeadlinePublicity); d.DueDate != "2026-12-15" {
		t.Errorf("publicity ends %s, want 2026-12-15: four whole days were left", d.DueDate)
	}
	if o := s.objection(app, 1); o.Status != registry.ObjectionRejected || o.Officer != objecting || len(o.Answers) != 1 {
		t.Errorf("the objection says %+v", o)
	}
	l.Now = at("2026-12-15 23:59")
	s.Refused(registry.CodeTooEarly, officer, "registration:ClosePublicity", s.act(app))
	l.Now = at("2026-12-16 00:00")
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	s.Refused(registry.CodeStatusWrong, rival, "registration:FileObjection", s.object(app))
}

func TestObjection_UpheldEndsTheCase(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	app := s.publish("异议成立")
	s.Do(rival, "registration:FileObjection", s.object(app))
	without := s.decide(app, 1, true)
	without.Ground = ""
	s.Refused(registry.CodeFieldsInvalid, objecting, "registration:DecideObjection", without)
	s.Do(objecting, "registration:DecideObjection", s.decide(app, 1, true))
	a := s.Find(app)
	if a.Status != registry.StatusRefused || a.Ground != "R3" || len(a.Reasons) == 0 || a.History[len(a.History)-1].For != "1" {
		t.Errorf("the case is %s (%s)", a.Status, a.Ground)
	}
	s.Refused(registry.CodeStatusWrong, objecting, "registration:DecideObjection", s.decide(app, 1, false))
	s.File("异议成立") // the asset is free again
}

// TestObjection_SeveralAtOnce: publicity goes on when the last one is settled, and one party has one at a time.
func TestObjection_SeveralAtOnce(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	app := s.publish("两件异议")
	s.Do(rival, "registration:FileObjection", s.object(app))
	refused := s.Refused(registry.CodeObjectionOpen, rival, "registration:FileObjection", s.object(app))
	if refused.Rule != registry.RuleObjection || refused.Args["objection"] != "1" {
		t.Errorf("the refusal says %v", refused)
	}
	s.Do(applicant, "registration:FileObjection", s.object(app)) // any party: here the applicant's own
	withdraw := registry.WithdrawObjectionRequest{Key: s.Key(), Application: app, Objection: 1, Reasons: []string{"已和解"}}
	s.Refused(registry.CodeNotOwnParty, applicant, "registration:WithdrawObjection", withdraw)
	s.Do(rival, "registration:WithdrawObjection", withdraw)
	if a := s.Find(app); a.Status != registry.StatusObjected {
		t.Errorf("%s while an objection is open", a.Status)
	}
	s.Refused(registry.CodeObjectionClosed, objecting, "registration:DecideObjection", s.decide(app, 1, false))
	s.Refused(registry.CodeNotFound, objecting, "registration:DecideObjection", s.decide(app, 7, false))
	s.Do(objecting, "registration:DecideObjection", s.decide(app, 2, false))
	if a := s.Find(app); a.Status != registry.StatusInPublicity {
		t.Errorf("%s after the last objection is settled", a.Status)
	}
	s.Do(rival, "registration:FileObjection", s.object(app)) // again, within the rest of the period
	s.Do(applicant, "registration:Withdraw", s.reasons(app))
	if a := s.Find(app); a.Objections[2].Status != registry.ObjectionMoot {
		t.Errorf("an objection of a withdrawn case is %s", a.Objections[2].Status)
	}
}

func TestObjection_Defects(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	app := s.publish("异议缺陷")
	for defect, change := range map[string]func(*registry.FileObjectionRequest){
		"no_evidence":       func(r *registry.FileObjectionRequest) { r.Evidence = []registry.Material{} },
		"no_reasons":        func(r *registry.FileObjectionRequest) { r.Statement = registry.Material{} },
		"reasons_of_a_kind": func(r *registry.FileObjectionRequest) { r.Statement.Kind = registry.MaterialSample },
		"same_piece_twice":  func(r *registry.FileObjectionRequest) { r.Evidence = append(r.Evidence, r.Evidence[0]) },
	} {
		request := s.object(app)
		change(&request)
		t.Run(defect, func(t *testing.T) {
			NewStory(t, l, defect).Refused(registry.CodeFieldsInvalid, rival, "registration:FileObjection", request)
		})
	}
	l.Now = at("2026-12-08 00:00")
	late := s.Refused(registry.CodeTooLate, rival, "registration:FileObjection", s.object(app))
	if late.Rule != registry.RuleObjection || late.Args["dueDate"] != "2026-12-07" {
		t.Errorf("the refusal says %v", late)
	}
}

// TestObjection_NotByThoseWhoDecidedBefore: whoever accepted or reviewed does not decide on an objection (I8).
func TestObjection_NotByThoseWhoDecidedBefore(t *testing.T) {
	s, _ := legal(t)
	app := s.publish("回避")
	s.Do(rival, "registration:FileObjection", s.object(app))
	for _, who := range []string{acceptor, reviewer, officer, applicant, rival} {
		s.Refused(registry.CodeAccessDenied, who, "registration:DecideObjection", s.decide(app, 1, false))
	}
	s.Do(admin, "party:EndAppointment", registry.EndAppointmentRequest{Key: s.Key(), Office: registry.OfficeObjections, Holder: objecting, Reason: "调离"})
	s.Refused(registry.CodeNotAppointed, objecting, "registration:DecideObjection", s.decide(app, 1, false))
}

// TestObjection_WhileTheEndIsPending: what cannot be late yet passes, and the rest of a period that nobody can compute is pending.
func TestObjection_WhileTheEndIsPending(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-12-30 10:00")
	app := s.publish("待日历公布异议")
	s.Do(rival, "registration:FileObjection", s.object(app))
	s.Do(objecting, "registration:DecideObjection", s.decide(app, 1, false))
	if d, _ := s.findDeadline(app, registry.DeadlinePublicity); !d.Pending || d.Paused() {
		t.Errorf("publicity is %+v", d)
	}
	s.Refused(registry.CodeCalendarMissing, officer, "registration:ClosePublicity", s.act(app))
}
