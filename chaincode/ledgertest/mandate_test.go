package ledgertest

import (
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (s *Story) revokeMandate(id registry.MandateID) registry.RevokeMandateRequest {
	return registry.RevokeMandateRequest{Key: s.Key(), Mandate: id, Reason: "不再委托"}
}

// TestMandate_AgentActsForThePrincipalVisibly takes a case through every act of an applicant in an agent's hands.
func TestMandate_AgentActsForThePrincipalVisibly(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	l.Now = at("2026-11-25 10:00")
	s := NewStory(t, l, "")
	m := registry.MandateID(s.Do(applicant, "mandate:Grant", s.grant(agent, registry.MandateActs...)).ID)
	submit := s.submit("代理")
	submit.Mandate = m
	app := s.Do(agent, "registration:Submit", submit).Application
	a := s.Find(app)
	if a.Applicant != "93630222MAFAKE06XA" || a.ApplicantPerson != agent || a.History[0].Mandate != m || a.History[0].Actor != agent {
		t.Errorf("the case says %+v by %s for %s", a.History, a.ApplicantPerson, a.Applicant)
	}
	s.Refused(registry.CodeOpenApplication, applicant, "registration:Submit", s.submit("代理")) // the asset is the principal's
	s.Do(acceptor, "registration:Return", s.reasons(app))
	s.Do(agent, "registration:Resubmit", registry.ResubmitRequest{Key: s.Key(), Application: app, Content: submit.Content, Mandate: m})
	l.Now = at("2026-12-02 10:00")
	s.Do(agent, "registration:ClaimAcceptance", registry.ClaimAcceptanceRequest{Key: s.Key(), Application: app, Mandate: m})
	s.Do(reviewer, "registration:RequestEvidence", s.reasons(app))
	s.wrongField("mandate", agent, "registration:SupplyEvidence", registry.SupplyEvidenceRequest{Key: s.Key(), Application: app, Unable: true})
	s.Do(agent, "registration:SupplyEvidence", registry.SupplyEvidenceRequest{Key: s.Key(), Application: app, Unable: true, Mandate: m})
	s.Do(agent, "registration:Withdraw", registry.WithdrawRequest{Key: s.Key(), Application: app, Reasons: []string{"委托人要求"}, Mandate: m})
	if a := s.Find(app); len(a.History) != 7 || a.History[1].Mandate != "" || a.History[6].Mandate != m {
		t.Errorf("the history says %+v", a.History)
	}
}

// TestMandate_Refused names each way in which somebody acts for a principal without standing.
func TestMandate_Refused(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	m := registry.MandateID(s.Do(applicant, "mandate:Grant", s.grant(agent, registry.ActSubmit)).ID)
	hall := s.hall(registry.ActSubmit)
	assisted := registry.MandateID(s.Do(officer, "mandate:Grant", hall).ID)
	file := func(s *Story, m registry.MandateID) registry.SubmitRequest {
		r := s.submit("无权代理")
		r.Mandate = m
		return r
	}
	s.wrongField("mandate", agent, "registration:Submit", file(s, ""))
	s.wrongField("mandate", agent, "registration:Submit", file(s, "MDTAAAAAAAAAAAAAAAAA"))
	s.wrongField("mandate", applicant, "registration:Submit", file(s, m)) // who acts in person needs none
	s.Refused(registry.CodeMandateDiffers, clerk, "registration:Submit", file(s, m))
	s.Refused(registry.CodeMandateDiffers, agent, "registration:Submit", file(s, assisted))
	app := s.File("本人")
	s.Refused(registry.CodeMandateDiffers, agent, "registration:Withdraw", registry.WithdrawRequest{Key: s.Key(), Application: app, Reasons: []string{"理由"}, Mandate: m})
	other := s.Do(rival, "registration:Submit", s.submit("他人")).Application
	all := registry.MandateID(s.Do(applicant, "mandate:Grant", s.grant(agent, registry.MandateActs...)).ID)
	s.Refused(registry.CodeNotOwnParty, agent, "registration:Withdraw", registry.WithdrawRequest{Key: s.Key(), Application: other, Reasons: []string{"理由"}, Mandate: all})
	withMandate := registry.WithdrawRequest{Key: s.Key(), Application: app, Reasons: []string{"理由"}, Mandate: m}
	s.Refused(registry.CodeDocumentInvalid, acceptor, "registration:NotAccept", withMandate) // staff act in their own name
	s.Do(agent, "mandate:Revoke", s.revokeMandate(m))
	s.Refused(registry.CodeMandateEnded, agent, "registration:Submit", file(s, m))
}

func TestMandate_EndsWithItsLastDay(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	m := registry.MandateID(s.Do(applicant, "mandate:Grant", s.grant(agent, registry.ActSubmit)).ID)
	submit := func(name string) registry.SubmitRequest {
		r := s.submit(name)
		r.Mandate = m
		return r
	}
	l.Now = at("2027-04-30 23:59")
	s.Do(agent, "registration:Submit", submit("末日"))
	l.Now = at("2027-05-01 00:00")
	s.Refused(registry.CodeMandateEnded, agent, "registration:Submit", submit("次日"))
}

func TestMandate_GrantDefects(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	for defect, c := range map[string]struct {
		who, path string
		spoil     func(*registry.GrantMandateRequest)
	}{
		"no_acts":               {applicant, "acts", func(r *registry.GrantMandateRequest) { r.Acts = []registry.Act{} }},
		"act_of_staff":          {applicant, "acts[0]", func(r *registry.GrantMandateRequest) { r.Acts = []registry.Act{registry.ActAccept} }},
		"act_twice":             {applicant, "acts[1]", func(r *registry.GrantMandateRequest) { r.Acts = []registry.Act{registry.ActSubmit, registry.ActSubmit} }},
		"past":                  {applicant, "until", func(r *registry.GrantMandateRequest) { r.Until = "2026-11-23" }},
		"unknown_agent":         {applicant, "agent", func(r *registry.GrantMandateRequest) { r.Agent = "AgencyMSP/nobody" }},
		"no_agent":              {applicant, "agent", func(r *registry.GrantMandateRequest) { r.Agent = "" }},
		"agent_is_an_applicant": {applicant, "agent", func(r *registry.GrantMandateRequest) { r.Agent = rival }},
		"agent_decides_cases":   {applicant, "agent", func(r *registry.GrantMandateRequest) { r.Agent = acceptor }},
		"staff_without_paper":   {officer, "document", func(r *registry.GrantMandateRequest) { r.Principal = walkIn }},
		"paper_is_no_cid":       {applicant, "document", func(r *registry.GrantMandateRequest) { r.Document = "scan.pdf" }},
		"principal_mistyped":    {officer, "principal", func(r *registry.GrantMandateRequest) { r.Document, r.Principal = sampleCID, "93630222MAFAKE06XB" }},
	} {
		t.Run(defect, func(t *testing.T) {
			s := NewStory(t, l, defect)
			bad := s.grant(agent, registry.ActSubmit)
			c.spoil(&bad)
			s.wrongField(c.path, c.who, "mandate:Grant", bad)
		})
	}
	s := NewStory(t, l, "")
	s.Refused(registry.CodeNotOwnParty, rival, "mandate:Grant", s.grant(agent, registry.ActSubmit))
	own := s.hall(registry.ActSubmit)
	s.Refused(registry.CodeSamePerson, clerk, "mandate:Grant", own) // nobody records a mandate for themselves
	unknown := s.grant(agent, registry.ActSubmit)
	unknown.Document, unknown.Principal = sampleCID, "914403001922038216"
	s.Refused(registry.CodePartyUnknown, clerk, "mandate:Grant", unknown)
}

// TestMandate_OfWhoHasAnAccountIsNeverRecordedByStaff: who can sign grants mandates in person; staff help those who cannot, until their
// account is approved and again when it has ended.
func TestMandate_OfWhoHasAnAccountIsNeverRecordedByStaff(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	record := func(m registry.GrantMandateRequest) registry.GrantMandateRequest {
		m.Key, m.Document = s.Key(), sampleCID
		return m
	}
	for _, who := range []string{officer, clerk} {
		if r := s.Refused(registry.CodeHasAccount, who, "mandate:Grant", record(s.grant(agent, registry.ActWithdraw))); r.Rule != registry.RuleMandate {
			t.Errorf("the refusal cites %s", r.Rule)
		}
	}
	hall := s.hall(registry.ActSubmit)
	s.Do(officer, "mandate:Grant", record(hall))
	person := l.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "walk-in", Role: registry.RoleApplicant, Party: walkIn, Region: "630223"})
	s.Open(l, string(person.ID()))
	s.Refused(registry.CodeHasAccount, officer, "mandate:Grant", record(hall))
	phone := person
	phone.Enrolment = "walk-in-phone"
	phone = l.Join(phone)
	s.Do(string(person.ID()), "account:AddDevice", registry.AddDeviceRequest{Key: s.Key(), Enrolment: phone.Enrolment, KeyDigest: phone.KeyDigest})
	s.Do(string(person.ID()), "account:Revoke", s.end(string(person.ID())))
	s.Refused(registry.CodeHasAccount, officer, "mandate:Grant", record(hall)) // the other device is left
	s.Do(officer, "account:Revoke", s.end(string(phone.ID())))
	s.Refused(registry.CodeSamePerson, officer, "mandate:Grant", record(hall)) // who took the key away does not speak for the party
	other := l.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "li-officer", Role: registry.RoleOfficer, Party: agencyParty, Region: "630200"})
	s.Open(l, string(other.ID()))
	s.Do(string(other.ID()), "mandate:Grant", record(hall))
}

// TestMandate_FromPaperEndsWithTheFirstAccount: what staff recorded is worth nothing any more once the party can sign in person, also by an
// account that is bound to a contract.
func TestMandate_FromPaperEndsWithTheFirstAccount(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	hall := s.hall(registry.MandateActs...)
	request := s.submit("纸面委托")
	request.Mandate = registry.MandateID(s.Do(officer, "mandate:Grant", hall).ID)
	app := s.Do(clerk, "registration:Submit", request).Application
	person := l.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "walk-in", Role: registry.RoleApplicant, Party: walkIn, Region: "630223"})
	s.Open(l, string(person.ID()))
	withdraw := registry.WithdrawRequest{Key: s.Key(), Application: app, Reasons: []string{"理由"}, Mandate: request.Mandate}
	if r := s.Refused(registry.CodeHasAccount, clerk, "registration:Withdraw", withdraw); r.Rule != registry.RuleMandate {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	own := s.grant(clerk, registry.MandateActs...)
	own.Principal = walkIn
	withdraw.Key, withdraw.Mandate = s.Key(), registry.MandateID(s.Do(string(person.ID()), "mandate:Grant", own).ID)
	s.Do(clerk, "registration:Withdraw", withdraw)
}

// TestAccount_StaffEndEveryDevice: whoever holds a stolen key may have added another device with it.
func TestAccount_StaffEndEveryDevice(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	thief, stolen := newcomer(l, "he-thief")
	s.Do(applicant, "account:AddDevice", registry.AddDeviceRequest{Key: s.Key(), Enrolment: "he-thief", KeyDigest: stolen})
	s.Do(enroller, "account:Enable", registry.DecideAccountRequest{Key: s.Key(), Account: registry.PersonID(thief), KeyDigest: stolen})
	s.Do(thief, "registration:Submit", s.submit("窃取"))
	s.Do(officer, "account:Revoke", s.end(applicant))
	s.Refused(registry.CodeAccountInactive, thief, "registration:Submit", s.submit("再窃取"))
	if p := find[registry.Party](s, "party:FindParty", registry.FindRequest{ID: "93630222MAFAKE06XA"}); p.Accounts != 0 || p.EndedBy != officer {
		t.Errorf("%d accounts are left, ended by %q", p.Accounts, p.EndedBy)
	}
}

// TestMandate_ReplacedAccountsCountOnce: who replaces a lost key still has an account, and one only.
func TestMandate_ReplacedAccountsCountOnce(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	who, _ := newcomer(l, "he-again")
	apply := registry.ApplyAccountRequest{Key: s.Key(), Account: l.AccountOf(who)}
	apply.Account.Replaces = applicant
	s.Do(service, "account:Apply", apply)
	s.Do(officer, "account:Approve", s.approval(who, apply.Account))
	if p := find[registry.Party](s, "party:FindParty", registry.FindRequest{ID: "93630222MAFAKE06XA"}); p.Accounts != 1 {
		t.Errorf("%d accounts", p.Accounts)
	}
}

func TestMandate_EndedByPrincipalAgentOrOfficerOnly(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	for _, who := range []string{applicant, agent, officer} {
		m := registry.MandateID(s.Do(applicant, "mandate:Grant", s.grant(agent, registry.ActSubmit)).ID)
		s.Refused(registry.CodeNotOwnParty, rival, "mandate:Revoke", s.revokeMandate(m))
		s.Refused(registry.CodeNotOwnParty, clerk, "mandate:Revoke", s.revokeMandate(m))
		s.Do(who, "mandate:Revoke", s.revokeMandate(m))
		s.Refused(registry.CodeStatusWrong, who, "mandate:Revoke", s.revokeMandate(m))
	}
	s.Refused(registry.CodeNotFound, officer, "mandate:Revoke", s.revokeMandate("MDTAAAAAAAAAAAAAAAAA"))
}

// TestMandate_BelongsToThePersonNotTheDevice: another device of the agent, and the one that replaces a lost one, act under it too.
func TestMandate_BelongsToThePersonNotTheDevice(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	m := registry.MandateID(s.Do(applicant, "mandate:Grant", s.grant(agent, registry.ActSubmit)).ID)
	phone := l.Person(agent)
	phone.Enrolment = "ma-phone"
	phone = l.Join(phone)
	s.Do(agent, "account:AddDevice", registry.AddDeviceRequest{Key: s.Key(), Enrolment: phone.Enrolment, KeyDigest: phone.KeyDigest})
	s.Do(enroller, "account:Enable", registry.DecideAccountRequest{Key: s.Key(), Account: phone.ID(), KeyDigest: phone.KeyDigest})
	request := s.submit("另一设备")
	request.Mandate = m
	s.Do(string(phone.ID()), "registration:Submit", request)
}

// TestMandate_ServiceHallAssistsVisibly: from the signed paper of a person without account the officer records the mandate, the clerk
// files, and the case says so.
func TestMandate_ServiceHallAssistsVisibly(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	grant := s.hall(registry.MandateActs...)
	m := registry.MandateID(s.Do(officer, "mandate:Grant", grant).ID)
	request := s.submit("窗口")
	request.Mandate = m
	app := s.Do(clerk, "registration:Submit", request).Application
	s.Refused(registry.CodeAccessDenied, clerk, "registration:Accept", s.act(app))
	s.Do(acceptor, "registration:Accept", s.act(app))
	if a := s.Find(app); a.ApplicantPerson != clerk || a.Applicant != grant.Principal || a.History[0].Mandate != m {
		t.Errorf("the case says %+v", a.History)
	}
}

// TestMandate_NobodyActsForBothSides (I10, 双方代理): an agent who filed a transfer for one party does not join it for the other, with
// no device.
func TestMandate_NobodyActsForBothSides(t *testing.T) {
	l := Founded(t, registry.ModeDemo)
	s := NewStory(t, l, "")
	done := s.enter(l, s.File("双方代理"))
	from := registry.MandateID(s.Do(applicant, "mandate:Grant", s.grant(agent, registry.ActSubmitTransfer)).ID)
	to := s.grant(agent, registry.ActJoin)
	to.Principal = "91630202MAFAKE051R"
	other := registry.MandateID(s.Do(rival, "mandate:Grant", to).ID)
	phone := l.Person(agent)
	phone.Enrolment = "ma-phone"
	phone = l.Join(phone)
	s.Do(agent, "account:AddDevice", registry.AddDeviceRequest{Key: s.Key(), Enrolment: phone.Enrolment, KeyDigest: phone.KeyDigest})
	s.Do(enroller, "account:Enable", registry.DecideAccountRequest{Key: s.Key(), Account: phone.ID(), KeyDigest: phone.KeyDigest})
	transfer := s.transfer(done.Asset, registry.RightUse)
	transfer.Mandate = from
	app := s.Do(agent, "registration:SubmitTransfer", transfer).Application
	for _, device := range []string{agent, string(phone.ID())} {
		s.Refused(registry.CodeSamePerson, device, "registration:Join", registry.JoinRequest{Key: s.Key(), Application: app, Mandate: other})
	}
	s.Do(rival, "registration:Join", registry.JoinRequest{Key: s.Key(), Application: app})
}
