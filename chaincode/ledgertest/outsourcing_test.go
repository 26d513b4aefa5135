package ledgertest

import (
	"errors"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// outsourced is a clerk of a contractor with an enabled account under a fresh contract.
func outsourced(l *Ledger, s *Story, enrolment string) (string, registry.ContractID) {
	s.T.Helper()
	id := registry.ContractID(s.Do(supervisor, "contract:Register", s.registerContract()).ID)
	a := l.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: enrolment, Role: registry.RoleClerk, Party: contractor, Region: "630202"})
	account := l.AccountOf(string(a.ID()))
	account.Contract = id
	s.open(string(a.ID()), account)
	return string(a.ID()), id
}

func (s *Story) device(l *Ledger, enrolment string) registry.AddDeviceRequest {
	a := l.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: enrolment, Role: registry.RoleClerk, Party: contractor, Region: "630202"})
	return registry.AddDeviceRequest{Key: s.Key(), Enrolment: enrolment, KeyDigest: a.KeyDigest}
}

// TestContract_ItsEndIsTheEndOfItsAccounts (I20): recorded at once; from that transaction on no account of the contract acts,
// whatever the account's own status, none is opened any further, and what was endorsed before does not commit.
func TestContract_ItsEndIsTheEndOfItsAccounts(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	who, id := outsourced(l, s, "wai-clerk")
	phone := s.device(l, "wai-phone")
	s.Do(who, "account:AddDevice", phone)
	pending := l.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "wai-new", Role: registry.RoleClerk, Party: contractor, Region: "630202"})
	apply := registry.ApplyAccountRequest{Key: s.Key(), Account: l.AccountOf(string(pending.ID()))}
	apply.Account.Contract = id
	s.Do(service, "account:Apply", apply)
	if c := s.findContract(id); c.Bound != 2 || // whoever has only applied is not bound yet: anybody can
		c.Status != registry.ContractActive {
		t.Errorf("%d accounts are bound, status %s", c.Bound, c.Status)
	}
	held, err := l.Endorse(who, "account:AddDevice", document(t, s.device(l, "wai-late")))
	if err != nil {
		t.Fatal(err)
	}
	s.Do(supervisor, "contract:End", s.endContract(id))
	if err := l.Commit(held); !errors.Is(err, ErrConflict) {
		t.Errorf("an act endorsed before the end commits after it: %v", err)
	}
	s.Refused(registry.CodeContractEnded, who, "account:AddDevice", s.device(l, "wai-tablet"))
	s.Refused(registry.CodeContractEnded, who, "account:Revoke", s.end(who))
	s.Refused(registry.CodeContractEnded, enroller, "account:Enable", registry.DecideAccountRequest{Key: s.Key(), Account: "AgencyMSP/wai-phone", KeyDigest: phone.KeyDigest})
	s.Refused(registry.CodeContractEnded, admin, "account:Approve", s.approval(string(pending.ID()), apply.Account))
	apply.Key, apply.Account.Enrolment = s.Key(), "wai-other"
	s.Refused(registry.CodeContractEnded, service, "account:Apply", apply)
	s.Refused(registry.CodeAccountNotBound, supervisor, "contract:SettleAccount", s.settle(id, string(pending.ID()), registry.AccountRevoked))
	s.Do(admin, "account:Suspend", s.end(who))
	s.Refused(registry.CodeContractEnded, admin, "account:Resume", s.end(who))
	c := s.findContract(id)
	if c.Status != registry.ContractEnded || c.End == nil || c.End.Reason != "TERMINATED" || c.End.Actor != supervisor || c.Bound != 2 {
		t.Errorf("the contract says %+v", c)
	}
	s.Refused(registry.CodeStatusWrong, supervisor, "contract:End", s.endContract(id))
}

func TestContract_NotWithoutReviewAndAgreements(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeLegal), "")
	for path, spoil := range map[string]func(*registry.RegisterContractRequest){
		"contractor":                 func(r *registry.RegisterContractRequest) { r.Contractor = "91630202MAFAKE051X" },
		"subject":                    func(r *registry.RegisterContractRequest) { r.Subject = " " },
		"securityReview":             func(r *registry.RegisterContractRequest) { r.SecurityReview = "" },
		"agreements.service":         func(r *registry.RegisterContractRequest) { r.Agreements.Service = "" },
		"agreements.security":        func(r *registry.RegisterContractRequest) { r.Agreements.Security = "QmNotOurs" },
		"agreements.confidentiality": func(r *registry.RegisterContractRequest) { r.Agreements.Confidentiality = "" },
		"until":                      func(r *registry.RegisterContractRequest) { r.Until = "2020-01-01" },
	} {
		bad := s.registerContract()
		spoil(&bad)
		s.wrongField(path, supervisor, "contract:Register", bad)
	}
	unknown := s.registerContract()
	unknown.Contractor = "914403001922038216"
	s.Refused(registry.CodePartyUnknown, supervisor, "contract:Register", unknown)
}

// wrongField submits a request that must be refused for exactly one field.
func (s *Story) wrongField(path, who, function string, request any) {
	s.T.Helper()
	refusal := s.Refused(registry.CodeFieldsInvalid, who, function, request)
	if len(refusal.Fields) != 1 || refusal.Fields[0].Path != path {
		s.T.Errorf("%s: %+v", path, refusal.Fields)
	}
}

func TestContract_AccountFitsItsContract(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	terms := s.registerContract()
	terms.Until = "2027-06-30"
	id := registry.ContractID(s.Do(admin, "contract:Register", terms).ID)
	good := l.AccountOf(rival) // of the contractor
	good.Enrolment, good.Contract, good.Until = "wai-applicant", id, terms.Until
	for defect, c := range map[string]struct {
		path  string
		spoil func(*registry.AccountRequest)
	}{
		"unknown_contract":      {"account.contract", func(r *registry.AccountRequest) { r.Contract = "CTRAAAAAAAAAAAAAAAAA" }},
		"another_partys_person": {"account.contract", func(r *registry.AccountRequest) { r.Party = "93630222MAFAKE06XA" }},
		"outlasts_the_contract": {"account.until", func(r *registry.AccountRequest) { r.Until = "2027-07-01" }},
	} {
		bad := good
		c.spoil(&bad)
		t.Run(defect, func(t *testing.T) {
			s := NewStory(t, l, defect)
			s.wrongField(c.path, service, "account:Apply", registry.ApplyAccountRequest{Key: s.Key(), Account: bad})
		})
	}
	s.Do(service, "account:Apply", registry.ApplyAccountRequest{Key: s.Key(), Account: good})
}

func TestContract_CloseOutWaitsForEvidence(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	who, id := outsourced(l, s, "wai-clerk")
	s.Do(who, "account:AddDevice", s.device(l, "wai-phone"))
	s.Refused(registry.CodeStatusWrong, supervisor, "contract:SettleAccount", s.settle(id, who, registry.AccountRevoked)) // not before the end
	s.Refused(registry.CodeStatusWrong, supervisor, "contract:CloseOut", s.closeOut(id))
	s.Do(supervisor, "contract:End", s.endContract(id))
	s.Refused(registry.CodeAccountsOpen, supervisor, "contract:CloseOut", s.closeOut(id))
	s.Refused(registry.CodeAccountNotBound, supervisor, "contract:SettleAccount", s.settle(id, applicant, registry.AccountRevoked))
	s.Refused(registry.CodeAccountNotBound, supervisor, "contract:SettleAccount", s.settle(id, "AgencyMSP/nobody", registry.AccountRevoked))
	s.wrongField("how", supervisor, "contract:SettleAccount", s.settle(id, who, registry.AccountSuspended))
	bare := s.settle(id, who, registry.AccountReset)
	bare.Evidence = ""
	s.wrongField("evidence", supervisor, "contract:SettleAccount", bare)
	s.Do(supervisor, "contract:SettleAccount", s.settle(id, who, registry.AccountReset))
	s.Refused(registry.CodeAccountSettled, supervisor, "contract:SettleAccount", s.settle(id, who, registry.AccountReset))
	s.Refused(registry.CodeStatusWrong, admin, "account:Suspend", s.end(who))
	open := s.Refused(registry.CodeAccountsOpen, supervisor, "contract:CloseOut", s.closeOut(id))
	if open.Args["bound"] != "2" || open.Args["settled"] != "1" {
		t.Errorf("the refusal says %v", open.Args)
	}
	s.Do(admin, "account:Revoke", s.end("AgencyMSP/wai-phone"))
	s.Refused(registry.CodeAccountSettled, supervisor, "contract:SettleAccount", s.settle(id, "AgencyMSP/wai-phone", registry.AccountReset)) // it was revoked
	s.Do(supervisor, "contract:SettleAccount", s.settle(id, "AgencyMSP/wai-phone", registry.AccountRevoked))
	for path, spoil := range map[string]func(*registry.Deletion){
		"deletion.method":     func(d *registry.Deletion) { d.Method = "FORMAT" },
		"deletion.note":       func(d *registry.Deletion) { d.Method = "OTHER" },
		"deletion.evidence":   func(d *registry.Deletion) { d.Evidence = "" },
		"deletion.supervisor": func(d *registry.Deletion) { d.Supervisor = applicant },
	} {
		bad := s.closeOut(id)
		spoil(&bad.Deletion)
		s.wrongField(path, supervisor, "contract:CloseOut", bad)
	}
	s.Do(supervisor, "contract:CloseOut", s.closeOut(id))
	s.Refused(registry.CodeStatusWrong, supervisor, "contract:CloseOut", s.closeOut(id))
	if c := s.findContract(id); c.Status != registry.ContractClosed || c.Settled != 2 || c.Deletion == nil {
		t.Errorf("the contract says %+v", c)
	}
}
