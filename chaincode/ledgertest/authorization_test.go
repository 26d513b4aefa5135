package ledgertest

import (
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestGrant_BothSignAndTheGrantorEndsItAtOnce (第三十五、三十六条): usable only between the grantee's signature and the end.
func TestGrant_BothSignAndTheGrantorEndsItAtOnce(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "授权")
	l.Now = at("2026-12-21 09:00")
	request := s.propose(done.Asset)
	id := registry.GrantID(s.Do(applicant, "authorization:Propose", request).ID)
	if again := s.Do(applicant, "authorization:Propose", request); again.ID != string(id) {
		t.Errorf("the same request made %s and %s", id, again.ID)
	}
	if len(l.Policy(registry.ObjectGrant, string(id))) == 0 {
		t.Error("a grant has no key-level policy")
	}
	want := func(code registry.Code, when string) {
		t.Helper()
		if got := s.usable(id, rivalParty); got != code {
			t.Errorf("%s: %q, want %q", when, got, code)
		}
	}
	want(registry.CodeGrantInactive, "proposed")
	s.Refused(registry.CodeNotOwnParty, applicant, "authorization:Sign", s.onGrant(id))
	s.Refused(registry.CodeAccessDenied, officer, "authorization:Sign", s.onGrant(id))
	s.Do(rival, "authorization:Sign", s.onGrant(id))
	want("", "signed")
	if got := s.usable(id, "93630222MAFAKE06XA"); got != registry.CodeUseNotGrantee {
		t.Errorf("used by somebody else: %q", got)
	}
	s.Refused(registry.CodeStatusWrong, rival, "authorization:Sign", s.onGrant(id))
	s.Refused(registry.CodeNotOwnParty, rival, "authorization:Revoke", s.endGrant(id))
	s.Do(applicant, "authorization:Suspend", s.endGrant(id))
	want(registry.CodeGrantInactive, "suspended")
	s.Do(applicant, "authorization:Resume", s.onGrant(id))
	s.Do(supervisor, "registration:EnterOrder", s.order(done.Asset))
	want(registry.CodeGrantInactive, "asset frozen")
	s.Refused(registry.CodeAssetFrozen, applicant, "authorization:Propose", s.propose(done.Asset))
	s.Do(supervisor, "registration:LiftOrder", s.lift(done.Asset, 1))
	want("", "order lifted")
	s.Do(applicant, "authorization:Revoke", s.endGrant(id))
	want(registry.CodeGrantInactive, "revoked")
	s.Refused(registry.CodeStatusWrong, applicant, "authorization:Resume", s.onGrant(id))
}

func TestGrant_NothingPassedOnThatIsNotHeld(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "授权")
	for defect, c := range map[string]struct {
		code  registry.Code
		who   string
		spoil func(*registry.ProposeGrantRequest)
	}{
		"right_not_held":      {registry.CodeRightNotHeld, applicant, func(r *registry.ProposeGrantRequest) { r.Policy.Right = registry.RightOperate }},
		"beyond_the_validity": {registry.CodeRightNotHeld, applicant, func(r *registry.ProposeGrantRequest) { r.Policy.To = "2099-01-01" }},
		"before_the_validity": {registry.CodeRightNotHeld, applicant, func(r *registry.ProposeGrantRequest) { r.Policy.From = "2025-01-01" }},
		"not_the_holder":      {registry.CodeNotOwnParty, rival, func(r *registry.ProposeGrantRequest) { r.Grantee = "93630222MAFAKE06XA" }},
		"to_oneself":          {registry.CodeFieldsInvalid, applicant, func(r *registry.ProposeGrantRequest) { r.Grantee = "93630222MAFAKE06XA" }},
		"unknown_grantee":     {registry.CodePartyUnknown, applicant, func(r *registry.ProposeGrantRequest) { r.Grantee = "914403001922038216" }},
		"unknown_asset":       {registry.CodeNotFound, applicant, func(r *registry.ProposeGrantRequest) { r.Asset = "ASTAAAAAAAAAAAAAAAAA" }},
		"unknown_purpose":     {registry.CodeFieldsInvalid, applicant, func(r *registry.ProposeGrantRequest) { r.Policy.Purposes = []string{"ANY"} }},
		"unknown_condition": {registry.CodeFieldsInvalid, applicant, func(r *registry.ProposeGrantRequest) {
			r.Policy.Conditions = []registry.Condition{{Name: "MOON", Value: "x"}}
		}},
		"no_quota":              {registry.CodeFieldsInvalid, applicant, func(r *registry.ProposeGrantRequest) { r.Policy.Quota.Quantity = 0 }},
		"ends_before_it_begins": {registry.CodeFieldsInvalid, applicant, func(r *registry.ProposeGrantRequest) { r.Policy.From = "2028-01-01" }},
		"another_kind":          {registry.CodeFieldsInvalid, applicant, func(r *registry.ProposeGrantRequest) { r.Kind = "OPERATION" }},
		"no_signed_agreement":   {registry.CodeFieldsInvalid, applicant, func(r *registry.ProposeGrantRequest) { r.Agreement = "" }},
	} {
		t.Run(defect, func(t *testing.T) {
			s := NewStory(t, l, defect)
			bad := s.propose(done.Asset)
			c.spoil(&bad)
			s.Refused(c.code, c.who, "authorization:Propose", bad)
		})
	}
	one := registry.GrantID(s.Do(applicant, "authorization:Propose", s.propose(done.Asset)).ID)
	s.Refused(registry.CodeNotOwnParty, applicant, "authorization:Decline", s.endGrant(one))
	s.Do(rival, "authorization:Decline", s.endGrant(one))
	two := registry.GrantID(s.Do(applicant, "authorization:Propose", s.propose(done.Asset)).ID)
	s.Refused(registry.CodeNotOwnParty, rival, "authorization:Withdraw", s.endGrant(two))
	s.Do(applicant, "authorization:Withdraw", s.endGrant(two))
	s.Refused(registry.CodeStatusWrong, rival, "authorization:Sign", s.onGrant(two))
	late := registry.GrantID(s.Do(applicant, "authorization:Propose", s.propose(done.Asset)).ID)
	l.Now = at("2027-12-08 00:00")
	s.Refused(registry.CodeStatusWrong, rival, "authorization:Sign", s.onGrant(late))
	s.Refused(registry.CodeNotFound, rival, "authorization:Sign", s.onGrant("GRTAAAAAAAAAAAAAAAAA"))
}
