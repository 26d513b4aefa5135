package ledgertest

import "github.com/hehuang-data/hehuang/chaincode/registry"

const rivalParty = registry.PartyID("91630202MAFAKE051R")

func (s *Story) propose(asset registry.AssetID) registry.ProposeGrantRequest {
	return registry.ProposeGrantRequest{Key: s.Key(), Kind: registry.GrantLicence, Asset: asset, Grantee: rivalParty, Agreement: sampleCID, Policy: registry.Policy{
		Right: registry.RightUse, Purposes: []string{"INDUSTRY"}, Scope: []string{registry.ScopeWhole}, Modes: []string{"API"}, Spatial: []string{"630200"},
		From: "2026-12-20", To: "2027-12-07", Quota: registry.Quota{Unit: "CALL", Quantity: 100}}}
}

func (s *Story) onGrant(id registry.GrantID) registry.GrantRequest {
	return registry.GrantRequest{Key: s.Key(), Grant: id}
}

func (s *Story) endGrant(id registry.GrantID) registry.EndGrantRequest {
	return registry.EndGrantRequest{Key: s.Key(), Grant: id, Reason: "双方约定"}
}

// usable is the code with which a hypothetical use of a grant is denied, "" if it is allowed.
func (s *Story) usable(id registry.GrantID, user registry.PartyID) registry.Code {
	s.T.Helper()
	return s.usableAfter(id, user, 99)
}

// usableAfter asks for one more use after a quantity was used.
func (s *Story) usableAfter(id registry.GrantID, user registry.PartyID, used int64) registry.Code {
	s.T.Helper()
	v := find[registry.Verdict](s, "authorization:CheckUse", registry.CheckUseRequest{Grant: id, User: user, Counters: registry.Counters{Used: used},
		Use: registry.Use{Right: registry.RightUse, Purpose: "INDUSTRY", Part: "sales", Mode: "API", Region: "630222", Unit: "CALL", Quantity: 1}})
	if len(v.Obstacles) == 0 {
		return ""
	}
	return v.Obstacles[0].Code
}

// licence is a grant between two holders from the proposal to its end: usable only while it is in force.
func licence(s *Story, asset registry.AssetID) {
	page := find[registry.Asset](s, "registration:FindAsset", registry.FindRequest{ID: string(asset)})
	request := s.propose(asset)
	request.Policy.From, request.Policy.To = page.ValidFrom, page.ValidUntil
	id := registry.GrantID(s.Do(applicant, "authorization:Propose", request).ID)
	want := func(code registry.Code, when string) {
		s.T.Helper()
		if got := s.usable(id, rivalParty); got != code {
			s.T.Errorf("%s: %q, want %q", when, got, code)
		}
	}
	want(registry.CodeGrantInactive, "proposed")
	s.Refused(registry.CodeNotOwnParty, applicant, "authorization:Sign", s.onGrant(id))
	s.Do(rival, "authorization:Sign", s.onGrant(id))
	want("", "signed")
	usesAnchored(s, id)
	s.Do(applicant, "authorization:Suspend", s.endGrant(id))
	want(registry.CodeGrantInactive, "suspended")
	s.Do(applicant, "authorization:Resume", s.onGrant(id))
	want("", "resumed")
	s.Refused(registry.CodeNotOwnParty, rival, "authorization:Revoke", s.endGrant(id))
	s.Do(applicant, "authorization:Revoke", s.endGrant(id))
	want(registry.CodeGrantInactive, "revoked")
	s.Refused(registry.CodeStatusWrong, applicant, "authorization:Resume", s.onGrant(id))
}
