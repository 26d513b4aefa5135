package ledgertest

import (
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const (
	admin    = "BureauMSP/bureau-admin"
	service  = "AgencyMSP/registryd"
	enroller = "AgencyMSP/enrolld"
)

// Founded makes a ledger with the first records of a network in the given mode and accounts for all its people.
func Founded(t testing.TB, mode registry.Mode, options ...func(*Ledger)) *Ledger {
	t.Helper()
	l := New(t, options...)
	s := NewStory(t, l, "founding")
	s.Do(admin, "rule:Found", registry.FoundRequest{Key: s.Key(), Mode: mode, Jurisdiction: "630200"})
	for _, p := range registry.InitialProfiles(mode) {
		s.Do(admin, "rule:AdoptProfile", registry.AdoptProfileRequest{Key: s.Key(), Profile: p})
	}
	calendars, err := registry.PublishedCalendars()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range calendars {
		s.Do(admin, "rule:AdoptCalendar", registry.AdoptCalendarRequest{Key: s.Key(), Calendar: c})
	}
	for id, category := range map[registry.PartyID]registry.PartyCategory{bureauParty: registry.CategoryGovernment, agencyParty: registry.CategoryInstitution,
		exchangeParty: registry.CategoryEnterprise, "93630222MAFAKE06XA": registry.CategoryCooperative, "91630202MAFAKE051R": registry.CategoryEnterprise} {
		s.Do(admin, "party:Register", registry.RegisterPartyRequest{Key: s.Key(), ID: id, Kind: registry.PartyLegal, Category: category, Name: "虚构单位", Region: "630200"})
	}
	s.Do(admin, "party:Appoint", registry.AppointRequest{Key: s.Key(), Office: registry.OfficeRegistrar, Holder: string(agencyParty), Basis: "任命文件"})
	for office, holder := range map[registry.Office]string{registry.OfficeAcceptor: acceptor, registry.OfficeReviewer: reviewer, registry.OfficeRecorder: officer, registry.OfficeObjections: objecting,
		registry.OfficeIssuer: "AgencyMSP/registryd"} {
		s.Do(admin, "party:Appoint", registry.AppointRequest{Key: s.Key(), Office: office, Holder: holder, Basis: "任命文件", Registrar: agencyParty})
	}
	s.Do(admin, "party:AdoptKey", registry.AdoptKeyRequest{Key: s.Key(), Registrar: agencyParty, Certificate: string(Certificate(t, "文书签名"))})
	for _, p := range People {
		if p.NeedsAccount() && string(p.ID()) != stranger {
			s.Open(l, string(p.ID()))
		}
	}
	return l
}

const stranger = "ExchangeMSP/stranger"

// Open takes an account the whole way: applied for by the service of its organisation, approved by who decides on it,
// enabled by the registration authority.
func (s *Story) Open(l *Ledger, who string) {
	s.T.Helper()
	s.open(who, l.AccountOf(who))
}

func (s *Story) open(who string, account registry.AccountRequest) {
	s.T.Helper()
	msp, _, _ := strings.Cut(who, "/")
	host := registry.HostOf(msp)
	s.Do(host+"/registryd", "account:Apply", registry.ApplyAccountRequest{Key: s.Key(), Account: account})
	s.Do(approver(account.Role), "account:Approve", s.approval(who, account))
	s.Do(host+"/enrolld", "account:Enable", registry.DecideAccountRequest{Key: s.Key(), Account: registry.PersonID(who), KeyDigest: account.KeyDigest})
}

// approval repeats what was applied for.
func (s *Story) approval(who string, account registry.AccountRequest) registry.ApproveAccountRequest {
	return registry.ApproveAccountRequest{Key: s.Key(), Account: registry.PersonID(who), Terms: account}
}

func approver(role string) string {
	if role == registry.RoleApplicant || role == registry.RoleAgent {
		return officer
	}
	return admin
}
