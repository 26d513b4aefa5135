package ledgertest

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// check is the dry run of an act for somebody, asked by the agency's service.
func (s *Story) check(who registry.Actor, function string, doc []byte) registry.Verdict {
	s.T.Helper()
	answer, err := s.Evaluate(service, "registration:Check", document(s.T, registry.CheckRequest{Function: function, As: &who, Document: string(doc)}))
	var v registry.Verdict
	if err == nil {
		err = json.Unmarshal(answer, &v)
	}
	if err != nil {
		s.T.Fatalf("dry run of %s: %v", function, err)
	}
	return v
}

// TestCheck_SaysWhatTheActSays tries every function that people write as everybody, with an empty request and with a key: why the
// act is refused is among the obstacles of the dry run, and an act that passes has none.
func TestCheck_SaysWhatTheActSays(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	for _, function := range registry.WrittenByPeople() {
		for _, text := range []string{`{}`, `{"key":"12345678"}`} {
			doc, err := registry.EncodeRequest(function, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range People {
				s.compare(l, p, function, doc)
			}
		}
	}
}

func (s *Story) compare(l *Ledger, p registry.Actor, function string, doc []byte) {
	s.T.Helper()
	verdict := s.check(p, function, doc)
	err := l.Invoke(string(p.ID()), function, string(doc))
	var refusal *registry.Refusal
	switch {
	case err == nil && len(verdict.Obstacles) > 0:
		s.T.Errorf("%s by %s passes, the dry run finds %+v", function, p.ID(), verdict.Obstacles)
	case errors.As(err, &refusal) && !slices.ContainsFunc(verdict.Obstacles, func(o registry.Obstacle) bool { return o.Code == refusal.Code }):
		s.T.Errorf("%s by %s is refused with %s, the dry run finds %+v", function, p.ID(), refusal.Code, verdict.Obstacles)
	}
}

// TestKey_ThatNoRecordCanHave is a wrong field, not a failure of the registry.
func TestKey_ThatNoRecordCanHave(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeLegal), "")
	for _, key := range []string{"12345678\x00", "12345678\U0010FFFF", strings.Repeat("k", 129)} {
		s.Refused(registry.CodeFieldsInvalid, admin, "party:Register", registry.RegisterPartyRequest{Key: key, ID: "91630222MAFAKE1019", Kind: registry.PartyLegal,
			Category: registry.CategoryEnterprise, Name: "某公司（虚构）", Region: "630222"})
	}
}

// TestParty_NumberDefects: organisations go by their credit code, persons by a keyed reference, never by the number itself (第二十一条).
func TestParty_NumberDefects(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeLegal), "")
	natural := "N-" + registry.Digest("somebody")
	for defect, c := range map[string]struct {
		id   registry.PartyID
		kind registry.PartyKind
		name string
		code registry.Code
	}{
		"check_digit":      {"91630222MAFAKE1018", registry.PartyLegal, "某公司（虚构）", registry.CodeFieldsInvalid},
		"too_short":        {"91630222MAFAKE10", registry.PartyLegal, "某公司（虚构）", registry.CodeFieldsInvalid},
		"no_name":          {"91630222MAFAKE1019", registry.PartyLegal, "", registry.CodeFieldsInvalid},
		"number_in_clear":  {"11010519491231002X", registry.PartyNatural, "", registry.CodeFieldsInvalid},
		"person_by_name":   {registry.PartyID(natural), registry.PartyNatural, "某人", registry.CodeFieldsInvalid},
		"registered_twice": {contractor, registry.PartyLegal, "某公司（虚构）", registry.CodePartyExists},
	} {
		request := registry.RegisterPartyRequest{Key: s.Key(), ID: c.id, Kind: c.kind, Category: registry.CategoryOther, Name: c.name, Region: "630222"}
		if r := s.Refused(c.code, admin, "party:Register", request); r.Rule != registry.RuleIdentifier {
			t.Errorf("%s: the refusal cites %s", defect, r.Rule)
		}
	}
	s.Do(admin, "party:Register", registry.RegisterPartyRequest{Key: s.Key(), ID: registry.PartyID(natural), Kind: registry.PartyNatural, Category: registry.CategoryOther, Region: "630222"})
}

// TestCheck_ActsOnAccountsContractsPartiesAndRules compares faultless and faulty requests beyond registration cases.
func TestCheck_ActsOnAccountsContractsPartiesAndRules(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	pending := l.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "he-new", Role: registry.RoleApplicant, Party: "93630222MAFAKE06XA", Region: "630222"})
	apply := registry.ApplyAccountRequest{Key: s.Key(), Account: l.AccountOf(string(pending.ID()))}
	taken := apply
	taken.Account.Enrolment = "he-applicant"
	contract := registry.ContractID(s.Do(supervisor, "contract:Register", s.registerContract()).ID)
	calendar := registry.Calendar{Year: 2027, Version: 1, Source: []string{"测试日历"}, Off: []registry.Date{"2027-01-01"}, Work: []registry.Date{}}
	later := calendar
	later.Version = 7
	for name, c := range map[string]struct {
		who, function string
		request       any
		passes        bool
	}{
		"account_applied_for":      {service, "account:Apply", apply, true},
		"account_exists":           {service, "account:Apply", taken, false},
		"device":                   {applicant, "account:AddDevice", registry.AddDeviceRequest{Key: s.Key(), Enrolment: "he-phone", KeyDigest: pending.KeyDigest}, true},
		"account_suspended":        {officer, "account:Suspend", s.end(applicant), true},
		"account_not_theirs":       {officer, "account:Suspend", s.end(reviewer), false},
		"contract_ends":            {supervisor, "contract:End", s.endContract(contract), true},
		"contract_not_ended":       {supervisor, "contract:CloseOut", s.closeOut(contract), false},
		"mandate":                  {applicant, "mandate:Grant", s.grant(agent, registry.ActSubmit), true},
		"mandate_for_another":      {rival, "mandate:Grant", s.grant(agent, registry.ActSubmit), false},
		"calendar":                 {admin, "rule:AdoptCalendar", registry.AdoptCalendarRequest{Key: s.Key(), Calendar: calendar}, true},
		"calendar_version_skipped": {admin, "rule:AdoptCalendar", registry.AdoptCalendarRequest{Key: s.Key(), Calendar: later}, false},
		"party_registered_before": {officer, "party:Register", registry.RegisterPartyRequest{Key: s.Key(), ID: contractor, Kind: registry.PartyLegal, Category: registry.CategoryEnterprise,
			Name: "虚构单位", Region: "630200"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewStory(t, l, name)
			size, doc := l.Size(), document(t, c.request)
			s.compare(l, l.Person(c.who), c.function, doc)
			if v := s.check(l.Person(c.who), c.function, doc); (len(v.Obstacles) == 0) != c.passes {
				t.Errorf("the dry run finds %+v", v.Obstacles)
			}
			if l.Size() != size {
				t.Error("the dry run has written")
			}
		})
	}
}

func TestCheck_KnowsEveryActOfPeople(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeDemo), "")
	never := []string{"rule:Found", "registration:RecordDocuments", "usage:Anchor"} // done once by an operator, or by a service of itself
	for _, row := range registry.AccessTable {
		if !row.Writes || slices.Contains(never, row.Function) {
			continue
		}
		s.check(People[0], row.Function, []byte(`{}`))
	}
	for _, function := range append(never, "registration:Check", "registration:submit", "") {
		_, err := s.Evaluate(service, "registration:Check", document(t, registry.CheckRequest{Function: function, Document: "{}"}))
		s.refusal(registry.CodeFunctionUnknown, function, err)
	}
}
