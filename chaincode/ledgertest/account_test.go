package ledgertest

import (
	"fmt"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// newcomer is an applicant with a key and without an account.
func newcomer(l *Ledger, enrolment string) (who string, digest string) {
	a := l.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: enrolment, Role: registry.RoleApplicant, Party: "93630222MAFAKE06XA", Region: "630222"})
	return string(a.ID()), a.KeyDigest
}

func (s *Story) end(who string) registry.EndAccountRequest {
	return registry.EndAccountRequest{Key: s.Key(), Account: registry.PersonID(who), Reason: "测试"}
}

func (s *Story) submit(name string) registry.SubmitRequest {
	return registry.SubmitRequest{Key: s.Key(), Content: s.Content(name)}
}

func TestAccount_ActsOnlyWhileEnabled(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	who, digest := newcomer(l, "zhao-applicant")
	refused := func(code registry.Code) { t.Helper(); s.Refused(code, who, "registration:Submit", s.submit("账号")) }
	decide := func() registry.DecideAccountRequest {
		return registry.DecideAccountRequest{Key: s.Key(), Account: registry.PersonID(who), KeyDigest: digest}
	}
	refused(registry.CodeAccountUnknown)
	s.Do(service, "account:Apply", registry.ApplyAccountRequest{Key: s.Key(), Account: l.AccountOf(who)})
	refused(registry.CodeAccountInactive)
	s.Refused(registry.CodeStatusWrong, enroller, "account:Enable", decide()) // not before it is approved
	swapped := decide()
	swapped.KeyDigest = l.Person(rival).KeyDigest
	s.Do(officer, "account:Approve", s.approval(who, l.AccountOf(who)))
	refused(registry.CodeAccountInactive)
	swapped.Key = s.Key()
	s.Refused(registry.CodeAccountDiffers, enroller, "account:Enable", swapped)
	s.Do(enroller, "account:Enable", decide())
	s.Do(who, "registration:Submit", s.submit("账号"))
	s.Do(officer, "account:Suspend", s.end(who))
	refused(registry.CodeAccountInactive)
	s.Do(officer, "account:Resume", s.end(who))
	s.Do(who, "registration:Submit", s.submit("恢复"))
	l.Now = at("2036-01-01 00:00") // the account's last day is 2035-12-31
	refused(registry.CodeAccountExpired)
	s.Do(admin, "account:Revoke", s.end(who))
	refused(registry.CodeAccountInactive)
	s.Refused(registry.CodeStatusWrong, admin, "account:Resume", s.end(who))
	s.Refused(registry.CodeAccountExists, service, "account:Apply", registry.ApplyAccountRequest{Key: s.Key(), Account: registry.AccountRequest{Enrolment: "zhao-applicant",
		Party: "93630222MAFAKE06XA", Role: registry.RoleApplicant, Region: "630222", KeyDigest: digest, Until: "2040-01-01"}})
}

// TestAccount_AsksOnlyWhileEnabled: a suspended regulator, and anybody else whose account is not in force, reads nothing either.
func TestAccount_AsksOnlyWhileEnabled(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	ask := func(who string) error {
		_, err := s.Evaluate(who, "rule:Situation", []byte("{}"))
		return err
	}
	stranger, _ := newcomer(l, "no-applicant")
	s.refusal(registry.CodeAccountUnknown, "rule:Situation", ask(stranger))
	for _, who := range []string{regulator, applicant} {
		if err := ask(who); err != nil {
			t.Errorf("%s asks: %v", who, err)
		}
		s.Do(admin, "account:Suspend", s.end(who))
		s.refusal(registry.CodeAccountInactive, "rule:Situation", ask(who))
	}
	l.Join(l.Person(rival)) // another key under the same name
	s.refusal(registry.CodeAccountDiffers, "rule:Situation", ask(rival))
	for _, who := range []string{admin, service, enroller} {
		if err := ask(who); err != nil {
			t.Errorf("%s asks: %v", who, err)
		}
	}
}

// TestAccount_CertificateIsNotEnough: an authority that issues a second certificate for the same name, with another key
// or other attributes, gains nothing.
func TestAccount_CertificateIsNotEnough(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	s := NewStory(t, l, "")
	same := l.Person(applicant)
	l.Join(same) // a new key
	s.Refused(registry.CodeAccountDiffers, applicant, "registration:Submit", s.submit("换钥"))
	promoted := l.Person(acceptor)
	promoted.Role = registry.RoleReviewer
	l.Join(promoted)
	s.Refused(registry.CodeAccountDiffers, acceptor, "registration:PassReview", s.review("APPAAAAAAAAAAAAAAAAA"))
}

// TestAccount_EveryRoleOpensTheWay takes one account of each role through application, approval and certificate, and tries every
// other hand at each step.
func TestAccount_EveryRoleOpensTheWay(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	hands := []string{admin, officer, service, enroller, "BureauMSP/registryd", "BureauMSP/enrolld", "ExchangeMSP/registryd", "ExchangeMSP/enrolld", "BureauMSP/sun-supervisor"}
	for _, r := range registry.PersonRoles {
		a := l.Join(registry.Actor{MSP: r.MSP, Enrolment: "new-" + r.Role, Role: r.Role, Party: agencyParty, Region: "630200"})
		host := registry.HostOf(r.MSP)
		decide := func() registry.DecideAccountRequest {
			return registry.DecideAccountRequest{Key: s.Key(), Account: a.ID(), KeyDigest: a.KeyDigest}
		}
		approve := func() registry.ApproveAccountRequest { return s.approval(string(a.ID()), l.AccountOf(string(a.ID()))) }
		for step, right := range map[string]string{"account:Approve": approver(r.Role), "account:Enable": host + "/enrolld"} {
			for _, hand := range hands {
				if hand != right && step == "account:Approve" {
					s.Refused(notYet(registry.CheckAccess(step, l.Person(hand))), hand, step, approve())
				} else if hand != right {
					s.Refused(notYet(registry.CheckAccess(step, l.Person(hand))), hand, step, decide())
				}
			}
		}
		s.Do(host+"/registryd", "account:Apply", registry.ApplyAccountRequest{Key: s.Key(), Account: l.AccountOf(string(a.ID()))})
		for _, hand := range hands {
			if hand != approver(r.Role) {
				s.Refused(registry.CodeAccessDenied, hand, "account:Approve", approve())
			}
		}
		s.Do(approver(r.Role), "account:Approve", approve())
		for _, hand := range hands {
			if hand != host+"/enrolld" {
				s.Refused(registry.CodeAccessDenied, hand, "account:Enable", decide())
			}
		}
		s.Do(host+"/enrolld", "account:Enable", decide())
	}
}

// notYet is what somebody hears about an account that nobody has applied for: who may not decide at all hears that first.
func notYet(denied *registry.Refusal) registry.Code {
	if denied != nil {
		return denied.Code
	}
	return registry.CodeNotFound
}

func TestAccount_EndsByWhoDecidesOnItOrTheBureau(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	s.Refused(registry.CodeAccessDenied, officer, "account:Suspend", s.end(acceptor)) // staff answer to the bureau
	s.Refused(registry.CodeAccessDenied, officer, "account:Suspend", s.end("ExchangeMSP/zhao-operator"))
	s.Refused(registry.CodeAccessDenied, acceptor, "account:Suspend", s.end(applicant))
	s.Do(admin, "account:Suspend", s.end(reviewer))
	s.Refused(registry.CodeAccessDenied, officer, "account:Resume", s.end(reviewer))
	s.Refused(registry.CodeAccessDenied, officer, "account:Revoke", s.end(acceptor))
	s.Refused(registry.CodeNotOwnParty, acceptor, "account:Revoke", s.end(applicant))
	s.Refused(registry.CodeNotOwnParty, "ExchangeMSP/zhao-operator", "account:Revoke", s.end("BureauMSP/qian-finance"))
	s.Do(admin, "account:Suspend", s.end(agent))
	s.Do(officer, "account:Resume", s.end(agent))
	s.Do(officer, "account:Revoke", s.end(agent))
	s.Do("ExchangeMSP/zhao-operator", "account:Revoke", s.end("ExchangeMSP/zhao-operator")) // one's own
	s.Do(admin, "account:Revoke", s.end(regulator))
}

func TestAccount_LostDeviceIsReplacedByAnother(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	phone, digest := newcomer(l, "he-phone")
	s.Do(applicant, "account:AddDevice", registry.AddDeviceRequest{Key: s.Key(), Enrolment: "he-phone", KeyDigest: digest})
	s.Refused(registry.CodeAccountInactive, phone, "registration:Submit", s.submit("手机"))
	s.Do(enroller, "account:Enable", registry.DecideAccountRequest{Key: s.Key(), Account: registry.PersonID(phone), KeyDigest: digest})
	s.Do(phone, "registration:Submit", s.submit("手机"))
	s.Refused(registry.CodeNotOwnParty, rival, "account:Revoke", s.end(applicant))
	s.Do(phone, "account:Revoke", s.end(applicant))
	s.Refused(registry.CodeAccountInactive, applicant, "registration:Submit", s.submit("丢失"))
	s.Refused(registry.CodeAccountInactive, applicant, "account:AddDevice", registry.AddDeviceRequest{Key: s.Key(), Enrolment: "he-tablet", KeyDigest: digest})
}

// TestAccount_LostKeyIsReplacedByApproval: who has lost every device applies anew, naming the lost account; staff compare the new
// fingerprint, and with their approval every account that the person had ends.
func TestAccount_LostKeyIsReplacedByApproval(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	who, digest := newcomer(l, "he-second")
	apply := registry.ApplyAccountRequest{Key: s.Key(), Account: l.AccountOf(who)}
	for defect, c := range map[string]struct {
		lost  registry.PersonID
		spoil func(*registry.AccountRequest)
	}{
		"unknown":           {"AgencyMSP/nobody", func(*registry.AccountRequest) {}},
		"of_another_party":  {rival, func(*registry.AccountRequest) {}},
		"of_another_role":   {applicant, func(r *registry.AccountRequest) { r.Role = registry.RoleAgent }},
		"of_another_member": {regulator, func(*registry.AccountRequest) {}},
	} {
		t.Run(defect, func(t *testing.T) {
			s := NewStory(t, l, defect)
			bad := registry.ApplyAccountRequest{Key: s.Key(), Account: apply.Account}
			bad.Account.Replaces = c.lost
			c.spoil(&bad.Account)
			s.wrongField("account.replaces", service, "account:Apply", bad)
		})
	}
	apply.Account.Replaces = applicant
	s.Do(service, "account:Apply", apply)
	s.Do(applicant, "registration:Submit", s.submit("尚未核准")) // an application alone ends nothing and belongs to nobody
	for _, a := range l.Accounts() {
		if string(a.ID()) == who && string(a.Owner) != who {
			t.Errorf("an application counts as a device of %s", a.Owner)
		}
	}
	thief, stolen := newcomer(l, "he-thief") // whoever found the device adds another one with it
	s.Do(applicant, "account:AddDevice", registry.AddDeviceRequest{Key: s.Key(), Enrolment: "he-thief", KeyDigest: stolen})
	s.Do(enroller, "account:Enable", registry.DecideAccountRequest{Key: s.Key(), Account: registry.PersonID(thief), KeyDigest: stolen})
	decide := registry.DecideAccountRequest{Key: s.Key(), Account: registry.PersonID(who), KeyDigest: digest}
	s.Do(officer, "account:Approve", s.approval(who, apply.Account))
	s.Refused(registry.CodeAccountInactive, thief, "registration:Submit", s.submit("窃取"))
	if changes := l.LastEvent.Changes; len(changes) != 4 || changes[0].ID != applicant || changes[0].After != "REVOKED" || changes[1].After != "REVOKED" || changes[2].ID != "93630222MAFAKE06XA" || changes[3].ID != who {
		t.Errorf("the event says %+v", changes)
	}
	s.Refused(registry.CodeAccountInactive, applicant, "registration:Submit", s.submit("遗失"))
	decide.Key = s.Key()
	s.Do(enroller, "account:Enable", decide)
	s.Do(who, "registration:Submit", s.submit("替换"))
	for _, a := range l.Accounts() {
		if a.ID() == applicant && a.Successor != registry.PersonID(who) || string(a.ID()) == who && (a.Owner != applicant || a.Replaces != applicant) {
			t.Errorf("the account says %+v", a)
		}
	}
	for _, a := range l.Accounts() {
		if a.ID() == applicant && len(a.Devices) != 2 || a.ID() == "AgencyMSP/he-thief" && (a.Status != registry.AccountRevoked || a.Successor != registry.PersonID(who)) {
			t.Errorf("the account says %+v", a)
		}
	}
	third, _ := newcomer(l, "he-third")
	again := registry.ApplyAccountRequest{Key: s.Key(), Account: l.AccountOf(third)}
	again.Account.Replaces = applicant
	s.wrongField("account.replaces", service, "account:Apply", again) // it has ended already
}

// TestAccount_ApprovedIsWhatWasSigned: who approves signs everything that was applied for. A service that applied for something else than
// it shows gets nothing.
func TestAccount_ApprovedIsWhatWasSigned(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	who, _ := newcomer(l, "zhao-applicant")
	s.Do(service, "account:Apply", registry.ApplyAccountRequest{Key: s.Key(), Account: l.AccountOf(who)})
	for field, change := range map[string]func(*registry.AccountRequest){
		"enrolment": func(r *registry.AccountRequest) { r.Enrolment = "zhao" },
		"party":     func(r *registry.AccountRequest) { r.Party = "91630202MAFAKE051R" },
		"role":      func(r *registry.AccountRequest) { r.Role = registry.RoleAgent },
		"region":    func(r *registry.AccountRequest) { r.Region = "630200" },
		"key":       func(r *registry.AccountRequest) { r.KeyDigest = l.Person(rival).KeyDigest },
		"until":     func(r *registry.AccountRequest) { r.Until = "2034-12-31" },
		"contract":  func(r *registry.AccountRequest) { r.Contract = "CTRAAAAAAAAAAAAAAAAA" },
		"replaces":  func(r *registry.AccountRequest) { r.Replaces = applicant },
	} {
		terms := l.AccountOf(who)
		change(&terms)
		t.Run(field, func(t *testing.T) {
			NewStory(t, l, field).Refused(registry.CodeAccountDiffers, officer, "account:Approve", registry.ApproveAccountRequest{Key: s.Key(), Account: registry.PersonID(who), Terms: terms})
		})
	}
	s.Do(officer, "account:Approve", s.approval(who, l.AccountOf(who)))
}

// TestAccount_CertificateAndAccountAgree: a certificate of the right key with another role, party or region opens nothing.
func TestAccount_CertificateAndAccountAgree(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	account := registry.Account{}
	for _, a := range l.Accounts() {
		if string(a.ID()) == applicant {
			account = a
		}
	}
	for attribute, change := range map[string]func(*registry.Actor){
		"role":   func(a *registry.Actor) { a.Role = registry.RoleReviewer },
		"party":  func(a *registry.Actor) { a.Party = "91630202MAFAKE051R" },
		"region": func(a *registry.Actor) { a.Region = "630200" },
		"key":    func(a *registry.Actor) { a.KeyDigest = registry.Digest("another") },
	} {
		actor := l.Person(applicant)
		if refusal := registry.CheckAccount(registry.Facts{At: l.Now, Actor: actor}, &account, nil); refusal != nil {
			t.Fatal(refusal)
		}
		change(&actor)
		if refusal := registry.CheckAccount(registry.Facts{At: l.Now, Actor: actor}, &account, nil); refusal == nil || refusal.Code != registry.CodeAccountDiffers {
			t.Errorf("%s: %v", attribute, refusal)
		}
	}
}

// TestAdministrator_IsOneKey: another certificate with the administrator's role, from the same authority, decides nothing; a successor
// is named by the bureau and confirmed by another organisation, and then the old key is worth nothing.
func TestAdministrator_IsOneKey(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	calendar := func(year int) registry.AdoptCalendarRequest {
		return registry.AdoptCalendarRequest{Key: s.Key(), Calendar: registry.Calendar{Year: year, Version: 1, Source: []string{"测试日历"}, Off: []registry.Date{registry.Date(fmt.Sprintf("%d-01-01", year))}, Work: []registry.Date{}}}
	}
	evil := l.Join(registry.Actor{MSP: registry.MSPBureau, Enrolment: "evil-admin", Role: registry.RoleAdmin, Party: bureauParty})
	s.Refused(registry.CodeAccountDiffers, string(evil.ID()), "rule:AdoptCalendar", calendar(2027))
	next := registry.NameAdministratorRequest{Key: s.Key(), Enrolment: evil.Enrolment, KeyDigest: evil.KeyDigest}
	s.Refused(registry.CodeAccountDiffers, officer, "rule:ConfirmAdministrator", next) // nobody was named
	s.Refused(registry.CodeAccessDenied, admin, "rule:NameAdministrator", next)
	s.Do(supervisor, "rule:NameAdministrator", next)
	s.Refused(registry.CodeAccountDiffers, string(evil.ID()), "rule:AdoptCalendar", calendar(2027)) // not before another organisation agrees
	other := next
	other.Key, other.KeyDigest = s.Key(), registry.Digest("another key")
	s.Refused(registry.CodeAccountDiffers, operator, "rule:ConfirmAdministrator", other)
	s.Refused(registry.CodeAccessDenied, supervisor, "rule:ConfirmAdministrator", next)
	s.Do(operator, "rule:ConfirmAdministrator", next)
	s.Do(string(evil.ID()), "rule:AdoptCalendar", calendar(2027))
	s.Refused(registry.CodeAccountDiffers, admin, "rule:AdoptCalendar", calendar(2028))
	impostor := l.Join(registry.Actor{MSP: registry.MSPBureau, Enrolment: "evil-admin", Role: registry.RoleAdmin, Party: bureauParty}) // the same name, another key
	s.Refused(registry.CodeAccountDiffers, string(impostor.ID()), "rule:AdoptCalendar", calendar(2028))
}

func TestAccount_WrongFieldsAreToldTogether(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	s := NewStory(t, l, "")
	good := l.AccountOf(applicant)
	good.Enrolment = "li-applicant"
	for path, spoil := range map[string]func(*registry.AccountRequest){
		"account.enrolment": func(r *registry.AccountRequest) { r.Enrolment = "Li Applicant" },
		"account.role":      func(r *registry.AccountRequest) { r.Role = registry.RoleOperator }, // of the exchange
		"account.party":     func(r *registry.AccountRequest) { r.Party = "93630222MAFAKE06XB" },
		"account.region":    func(r *registry.AccountRequest) { r.Region = "６30222" },
		"account.keyDigest": func(r *registry.AccountRequest) { r.KeyDigest = "AB" },
		"account.until":     func(r *registry.AccountRequest) { r.Until = "2020-01-01" },
	} {
		bad := good
		spoil(&bad)
		refusal := s.Refused(registry.CodeFieldsInvalid, service, "account:Apply", registry.ApplyAccountRequest{Key: s.Key(), Account: bad})
		if len(refusal.Fields) != 1 || refusal.Fields[0].Path != path {
			t.Errorf("%s: %+v", path, refusal.Fields)
		}
	}
	for _, reserved := range []string{"registryd", "enrolld", "registrar", "-ab", "ab-", "a"} {
		bad := good
		bad.Enrolment = reserved
		s.Refused(registry.CodeFieldsInvalid, service, "account:Apply", registry.ApplyAccountRequest{Key: s.Key(), Account: bad})
	}
	empty := s.Refused(registry.CodeFieldsInvalid, service, "account:Apply", registry.ApplyAccountRequest{Key: s.Key()})
	if len(empty.Fields) != 6 {
		t.Errorf("an empty application: %+v", empty.Fields)
	}
}
