package ledgertest

import "github.com/hehuang-data/hehuang/chaincode/registry"

// grant is a mandate of the applicant's party for an agent.
func (s *Story) grant(who string, acts ...registry.Act) registry.GrantMandateRequest {
	return registry.GrantMandateRequest{Key: s.Key(), Principal: "93630222MAFAKE06XA", Agent: registry.PersonID(who), Acts: acts, Until: "2027-04-30"}
}

// walkIn is a party without account: its people come to the service hall.
const walkIn = registry.PartyID("92630223MAFAKE078U")

// hall is a mandate of a party without account for the clerk, on paper; the party is registered first.
func (s *Story) hall(acts ...registry.Act) registry.GrantMandateRequest {
	s.Do(officer, "party:Register", registry.RegisterPartyRequest{Key: s.Key(), ID: walkIn, Kind: registry.PartyLegal, Category: registry.CategorySole, Name: "虚构个体户", Region: "630223"})
	m := s.grant(clerk, acts...)
	m.Principal, m.Document = walkIn, sampleCID
	return m
}

// agentFiles: an agent files under a mandate, visibly, and not without one.
func agentFiles(s *Story) {
	m := registry.MandateID(s.Do(applicant, "mandate:Grant", s.grant(agent, registry.ActSubmit, registry.ActWithdraw)).ID)
	request := registry.SubmitRequest{Key: s.Key(), Content: s.Content("代理")}
	s.Refused(registry.CodeFieldsInvalid, agent, "registration:Submit", request)
	request.Mandate = m
	s.Refused(registry.CodeMandateDiffers, clerk, "registration:Submit", request)
	app := s.Do(agent, "registration:Submit", request).Application
	if a := s.Find(app); a.Applicant != "93630222MAFAKE06XA" || a.ApplicantPerson != agent || a.History[0].Mandate != m {
		s.T.Errorf("the case says %s by %s, %+v", a.Applicant, a.ApplicantPerson, a.History)
	}
	s.Refused(registry.CodeMandateDiffers, agent, "registration:ClaimAcceptance", registry.ClaimAcceptanceRequest{Key: s.Key(), Application: app, Mandate: m})
	s.Do(applicant, "mandate:Revoke", registry.RevokeMandateRequest{Key: s.Key(), Mandate: m, Reason: "不再委托"})
	s.Refused(registry.CodeMandateEnded, agent, "registration:Withdraw", registry.WithdrawRequest{Key: s.Key(), Application: app, Reasons: []string{"理由"}, Mandate: m})
	s.Do(applicant, "registration:Withdraw", registry.WithdrawRequest{Key: s.Key(), Application: app, Reasons: []string{"理由"}}) // the principal still may
}
