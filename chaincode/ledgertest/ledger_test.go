package ledgertest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func TestSuite_Stub(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	Suite(t, l, "", func(until time.Time) { l.Now = until })
}

// TestAccessTable_RefusesEverybodyElse tries every function as everybody and compares with what is written down by hand.
func TestAccessTable_RefusesEverybodyElse(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	for _, row := range registry.AccessTable {
		for _, p := range People {
			err := l.Invoke(string(p.ID()), row.Function, "{}")
			var r *registry.Refusal
			refused := errors.As(err, &r) && r.Code == registry.CodeAccessDenied
			if may := !row.Writes || slices.Contains(MayWrite[p.MSP+"/"+p.Role], row.Function); may == refused {
				t.Errorf("%s by %s: %v", row.Function, p.ID(), err)
			}
		}
	}
}

// TestMayWrite_NamesFunctionsAndRolesThatExist: an entry that is spelled wrong would promise nothing.
func TestMayWrite_NamesFunctionsAndRolesThatExist(t *testing.T) {
	for role, functions := range MayWrite {
		if !slices.ContainsFunc(People, func(p registry.Actor) bool { return p.MSP+"/"+p.Role == role }) {
			t.Errorf("nobody is %s", role)
		}
		for _, function := range functions {
			if row, known := registry.FindAccess(function); !known || !row.Writes {
				t.Errorf("%s: %s writes nothing", role, function)
			}
		}
	}
}

func TestArguments_SurplusIsRefused(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	for _, args := range [][]string{{}, {"{}", "{}"}} {
		err := l.Invoke(applicant, "registration:Submit", args...)
		var r *registry.Refusal
		if !errors.As(err, &r) || r.Code != registry.CodeArgumentsInvalid {
			t.Errorf("%d arguments: %v", len(args), err)
		}
	}
}

func TestNotFounded_NothingIsPossible(t *testing.T) {
	s := NewStory(t, New(t), "")
	s.Refused(registry.CodeNotFounded, applicant, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: SampleContent()})
}

func TestFounded_OnceOnly(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeLegal), "again")
	s.Refused(registry.CodeFounded, admin, "rule:Found", registry.FoundRequest{Key: s.Key(), Mode: registry.ModeDemo, Jurisdiction: "630200"})
	p := registry.InitialProfiles(registry.ModeDemo)[1]
	p.Version = 9
	s.Refused(registry.CodeModeRefused, admin, "rule:AdoptProfile", registry.AdoptProfileRequest{Key: s.Key(), Profile: p})
}

// TestSubmit_ReadsInOneExchange: each exchange with the peer costs a filing more than the records it brings.
func TestSubmit_ReadsInOneExchange(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	s := NewStory(t, l, "")
	held, err := l.Endorse(applicant, "registration:Submit", document(t, registry.SubmitRequest{Key: s.Key(), Content: s.Content("一次")}))
	if err != nil || held.s.asked != 1 {
		t.Fatalf("asked %d times, %v", held.s.asked, err)
	}
}

func TestProtectedRecords_CarryTheirPolicy(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	s := NewStory(t, l, "")
	app := s.File("保护")
	if len(l.Policy(registry.ObjectApplication, string(app))) == 0 {
		t.Error("an application has no key-level policy")
	}
	if len(l.Policy(registry.ObjectCalendar, "2026")) == 0 || len(l.Policy(registry.ObjectAppointment, "ACCEPTOR", acceptor)) == 0 {
		t.Error("calendar or appointment has no key-level policy")
	}
	if l.LastEvent.Function != "registration:Submit" || len(l.LastEvent.Changes) != 2 || l.LastEvent.Changes[0].After != "SUBMITTED" {
		t.Errorf("event %+v", l.LastEvent)
	}
}

func TestAppointment_EndsAtOnce(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeDemo), "")
	app := s.File("任命")
	s.Do(admin, "party:EndAppointment", registry.EndAppointmentRequest{Key: s.Key(), Office: registry.OfficeAcceptor, Holder: acceptor, Reason: "调离"})
	s.Refused(registry.CodeNotAppointed, acceptor, "registration:Accept", s.act(app))
}

// legal is a story on a legal network, whose dates the test gives.
func legal(t *testing.T) (*Story, *Ledger) {
	l := Founded(t, registry.ModeLegal)
	return NewStory(t, l, ""), l
}

func at(date string) time.Time {
	d, err := time.ParseInLocation("2006-01-02 15:04", date, registry.Zone)
	if err != nil {
		panic(err)
	}
	return d.UTC()
}

func TestLegal_DueDatesAndPublicity(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-25 10:00") // the day after founding
	app := s.File("期限")
	if d, _ := s.findDeadline(app, registry.DeadlineAccept); d.DueDate != "2026-11-30" || d.Calendar != "2026/1" {
		t.Errorf("acceptance due %s (%s), want 2026-11-30", d.DueDate, d.Calendar)
	}
	s.Do(acceptor, "registration:Accept", s.act(app))
	if d, _ := s.findDeadline(app, registry.DeadlineReview); d.DueDate != "2026-12-09" {
		t.Errorf("review due %s", d.DueDate)
	}
	l.Now = at("2026-11-30 09:00")
	s.Do(reviewer, "registration:PassReview", s.review(app))
	l.Now = at("2026-12-07 23:59")
	s.Refused(registry.CodeTooEarly, officer, "registration:ClosePublicity", s.act(app))
	l.Now = at("2026-12-08 00:00")
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	l.Now = at("2026-12-08 09:00")
	done := s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app})
	if done.Certificate[:16] != "HDZC630222202612" {
		t.Errorf("number %s", done.Certificate)
	}
}

func TestLegal_LateRegistrarIsFlaggedNotRefused(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-25 10:00")
	app := s.File("逾期")
	l.Now = at("2026-12-02 10:00")
	s.Do(acceptor, "registration:Accept", s.act(app))
	if a := s.Find(app); !a.History[1].Overdue {
		t.Error("a late acceptance is not flagged")
	}
}

func TestLegal_SilenceIsAcceptance(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-25 10:00")
	app := s.File("视为受理")
	l.Now = at("2026-11-30 23:00")
	s.Refused(registry.CodeTooEarly, applicant, "registration:ClaimAcceptance", s.act(app))
	l.Now = at("2026-12-01 00:00")
	s.Do(applicant, "registration:ClaimAcceptance", s.act(app))
	if d, _ := s.findDeadline(app, registry.DeadlineReview); d.DueDate != "2026-12-15" {
		t.Errorf("review due %s: ten working days from 2026-12-01", d.DueDate)
	}
}

func TestLegal_SupplementLapses(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-25 10:00")
	app := s.File("逾期未补正")
	s.Do(acceptor, "registration:Return", s.reasons(app))
	l.Now = at("2026-12-10 00:00")
	s.Refused(registry.CodeTooLate, applicant, "registration:Resubmit", registry.ResubmitRequest{Key: s.Key(), Application: app, Content: s.Content("逾期未补正")})
	s.File("逾期未补正") // the asset is free again
}

func TestLegal_MissingCalendarNeverStopsTheApplicant(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-12-30 10:00")
	app := s.File("待日历公布")
	if d, _ := s.findDeadline(app, registry.DeadlineAccept); !d.Pending || d.DueAt != nil {
		t.Errorf("a period into 2027 is %+v", d)
	}
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:PassReview", s.review(app))
	l.Now = at("2026-12-31 10:00")
	s.Refused(registry.CodeCalendarMissing, officer, "registration:ClosePublicity", s.act(app))
	s.Refused(registry.CodeCalendarMissing, officer, "registration:ComputeDeadline", s.act(app))
	s.Do(admin, "rule:AdoptCalendar", registry.AdoptCalendarRequest{Key: s.Key(), Calendar: registry.Calendar{Year: 2027, Version: 1,
		Source: []string{"测试日历"}, Off: []registry.Date{"2027-01-01"}, Work: []registry.Date{}}})
	s.Do(officer, "registration:ComputeDeadline", s.act(app))
	if d, _ := s.findDeadline(app, registry.DeadlinePublicity); d.DueDate != "2027-01-07" || d.Pending {
		t.Errorf("publicity due %s after the calendar was adopted, want 2027-01-07", d.DueDate)
	}
	s.Refused(registry.CodeTooEarly, officer, "registration:ClosePublicity", s.act(app))
}

func TestDay_HeldTransactionCannotCommitTheNextDay(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	s := NewStory(t, l, "")
	l.Now = at("2026-11-25 23:50")
	app := s.File("跨日")
	held, err := l.Endorse(acceptor, "registration:Accept", document(t, s.act(app)))
	if err != nil {
		t.Fatal(err)
	}
	l.Now = at("2026-11-26 00:01")
	s.File("次日第一件")
	if err := l.Commit(held); !errors.Is(err, ErrConflict) {
		t.Errorf("a transaction of yesterday commits today: %v", err)
	}
	l.Now = at("2026-11-25 23:59")
	s.Refused(registry.CodeDayClosed, acceptor, "registration:Accept", s.act(app))
}

func TestConflict_TwoActsOnOneCase(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	s := NewStory(t, l, "")
	app := s.File("并发")
	first, err := l.Endorse(acceptor, "registration:Accept", document(t, s.act(app)))
	if err != nil {
		t.Fatal(err)
	}
	second, err := l.Endorse(acceptor, "registration:NotAccept", document(t, s.reasons(app)))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Commit(first); err != nil {
		t.Fatal(err)
	}
	if err := l.Commit(second); !errors.Is(err, ErrConflict) {
		t.Errorf("both acts commit: %v", err)
	}
}

func TestRecordDocuments_OnceAndByTheIssuerOnly(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	s := NewStory(t, l, "")
	app := s.File("签发")
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:PassReview", s.review(app))
	l.Now = l.Now.Add(time.Minute)
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	number := s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app}).Certificate
	digest := registry.Digest("x")
	request := registry.RecordDocumentsRequest{Key: s.Key(), Number: number, PDFSha256: digest, VCSha256: digest}
	s.Refused(registry.CodeAccessDenied, officer, "registration:RecordDocuments", request)
	s.Do("AgencyMSP/registryd", "registration:RecordDocuments", request)
	s.Do("AgencyMSP/registryd", "registration:RecordDocuments", request) // the same request: the same answer
	request.Key = s.Key()
	s.Refused(registry.CodeDocumentsRecorded, "AgencyMSP/registryd", "registration:RecordDocuments", request)
}
