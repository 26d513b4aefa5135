package ledgertest

import "github.com/hehuang-data/hehuang/chaincode/registry"

// accountsOfEveryOrganisation: each organisation's service asks for accounts of its own roles only, and staff are approved by
// nobody but the bureau's administrator.
func accountsOfEveryOrganisation(s *Story) {
	for _, c := range []struct {
		msp, role, party, right, wrong string
	}{
		{registry.MSPAgency, registry.RoleApplicant, "93630222MAFAKE06XA", officer, admin},
		{registry.MSPAgency, registry.RoleClerk, string(agencyParty), admin, officer},
		{registry.MSPBureau, registry.RoleFinance, string(bureauParty), admin, officer},
		{registry.MSPExchange, registry.RoleOperator, string(exchangeParty), admin, officer},
		{registry.MSPRegulator, registry.RoleRegulator, string(bureauParty), admin, officer},
	} {
		digest := registry.Digest(s.salt + c.role)
		request := registry.ApplyAccountRequest{Key: s.Key(), Account: registry.AccountRequest{Enrolment: "suite-" + digest[:12], Party: registry.PartyID(c.party),
			Role: c.role, Region: "630200", KeyDigest: digest, Until: "2035-12-31"}}
		for _, host := range []string{registry.MSPAgency, registry.MSPBureau, registry.MSPExchange} {
			if host != registry.HostOf(c.msp) {
				s.Refused(registry.CodeFieldsInvalid, host+"/registryd", "account:Apply", request)
			}
		}
		s.Do(registry.HostOf(c.msp)+"/registryd", "account:Apply", request)
		decide := s.approval(c.msp+"/"+request.Account.Enrolment, request.Account)
		s.Refused(registry.CodeAccessDenied, c.wrong, "account:Approve", decide)
		s.Do(c.right, "account:Approve", decide)
		s.Do(admin, "account:Revoke", registry.EndAccountRequest{Key: s.Key(), Account: decide.Account, Reason: "测试账号"})
	}
}
