package registry

import (
	"errors"
	"strings"
	"testing"

	"github.com/6tail/lunar-go/HolidayUtil"
)

// validCodes are published codes and the synthetic ones of tests and demonstration.
var validCodes = []string{
	"914403001922038216", "9144030071526726XG", "12100000400000624D", "91100000100003962T", "911100001000044477",
	"11630200MBFAKE0126", "12630200MBFAKE020X", "91630200MAFAKE0357", "91630200MAFAKE0432", "91630202MAFAKE051R",
	"93630222MAFAKE06XA", "92630223MAFAKE078U", "91630203MAFAKE086T", "11630200MBFAKE0981",
}

func TestCreditCode_Valid(t *testing.T) {
	for _, code := range validCodes {
		if p, want := CheckCreditCode(code); p != "" {
			t.Errorf("%s: %s %s", code, p, want)
		}
	}
}

// TestCreditCode_EverySubstitutionIsDetected tries all 540 of them and all adjacent transpositions.
func TestCreditCode_EverySubstitutionIsDetected(t *testing.T) {
	code := validCodes[0]
	tried := 0
	for i := range code {
		for _, c := range creditAlphabet {
			mutated := code[:i] + string(c) + code[i+1:]
			if mutated == code {
				continue
			}
			tried++
			if p, _ := CheckCreditCode(mutated); p == "" {
				t.Errorf("%s passes", mutated)
			}
		}
		if i > 0 && code[i] != code[i-1] {
			if p, _ := CheckCreditCode(code[:i-1] + string(code[i]) + string(code[i-1]) + code[i+1:]); p == "" {
				t.Errorf("transposition at %d passes", i)
			}
		}
	}
	if tried != 540 {
		t.Errorf("%d substitutions were tried", tried)
	}
}

func TestCreditCode_Defects(t *testing.T) {
	for defect, c := range map[string]struct {
		code string
		want Problem
	}{
		"missing": {"", ProblemMissing}, "full_width": {"９３630222MAFAKE06XA", ProblemWidth}, "lower_case": {"93630222mafake06xa", ProblemWidth},
		"short": {"93630222MAFAKE06X", ProblemForm}, "letter_I": {"93630222MAFAKI06XA", ProblemForm}, "wrong_check": {"93630222MAFAKE06XB", ProblemCheckDigit},
		"space_inside": {"93630222 AFAKE06XA", ProblemForm}, "letters_in_region": {"93A30222MAFAKE06XA", ProblemForm},
	} {
		if p, _ := CheckCreditCode(c.code); p != c.want {
			t.Errorf("%s: %q, want %q", defect, p, c.want)
		}
	}
	if got := NormaliseCode(" ９３６３０２２２ｍａｆａｋｅ０６ｘａ　"); got != "93630222MAFAKE06XA" {
		t.Errorf("normalised to %q", got)
	}
}

func TestCheckCharacter_Golden(t *testing.T) {
	for body, want := range map[string]byte{"A12425GABC1234002": 'M', "HDZC63020220261100001": 'H', "HDGZ63022220261100001": '2'} {
		if got := mod3736(body); got != want {
			t.Errorf("%s: %c, want %c", body, got, want)
		}
	}
	if n := NewCertificateNumber(TrackDataAsset, "630202", "2026-11-24", 1); n != "HDZC63020220261100001H" {
		t.Errorf("number %s", n)
	}
	for defect, n := range map[string]CertificateNumber{"empty": "", "short": "HDZC6302022026110000", "wrong_check": "HDZC63020220261100001J", "other_track": "HDXX63020220261100001H", "full_width": "ＨDZC63020220261100001H"} {
		if p, _ := CheckCertificateNumber(n); p == "" {
			t.Errorf("%s passes", defect)
		}
	}
}

func TestDerivedID(t *testing.T) {
	id := DerivedID("APP", strings.Repeat("ab", 32))
	if len(id) != 20 || !ValidDerivedID("APP", id) || ValidDerivedID("AST", id) || ValidDerivedID("APP", id[:19]+"?") {
		t.Errorf("id %s", id)
	}
}

func published2(t *testing.T) Calendars {
	t.Helper()
	cs, err := PublishedCalendars()
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

func TestAddWorkdays_Golden(t *testing.T) {
	cs := published2(t)
	for _, c := range []struct {
		start Date
		n     int
		want  Date
	}{
		{"2026-01-28", 10, "2026-02-11"}, {"2026-02-10", 5, "2026-02-24"}, {"2026-04-30", 3, "2026-05-08"}, {"2026-09-18", 10, "2026-10-09"},
		{"2026-11-23", 10, "2026-12-07"}, {"2026-12-18", 9, "2026-12-31"},
	} {
		if got, _, known := cs.AddWorkdays(c.start, c.n, nil); got != c.want || !known {
			t.Errorf("%s + %d: %s, want %s", c.start, c.n, got, c.want)
		}
	}
	if _, _, known := cs.AddWorkdays("2026-12-18", 10, nil); known {
		t.Error("a period into 2027 is known")
	}
}

func TestCalendars_248WorkdaysAndAnotherSource(t *testing.T) {
	for _, c := range published2(t) {
		n := 0
		for d := Date(itoa(c.Year) + "-01-01"); d.year() == c.Year; d = d.AddDays(1) {
			if c.workday(d) {
				n++
			}
		}
		if n != 248 {
			t.Errorf("%d has %d working days", c.Year, n)
		}
		for _, d := range c.Off {
			if h := HolidayUtil.GetHoliday(string(d)); h != nil && h.IsWork() {
				t.Errorf("%s is a working day elsewhere", d)
			}
		}
		for _, d := range c.Work {
			if h := HolidayUtil.GetHoliday(string(d)); h != nil && !h.IsWork() {
				t.Errorf("%s is a day off elsewhere", d)
			}
		}
	}
}

func TestAddMonths_LastDayIfThereIsNoCorrespondingOne(t *testing.T) {
	for _, c := range []struct {
		from Date
		n    int
		want Date
	}{{"2026-01-31", 1, "2026-02-28"}, {"2024-02-29", 12, "2025-02-28"}, {"2026-11-24", 60, "2031-11-24"}, {"2026-08-31", 6, "2027-02-28"}} {
		if got := c.from.addMonths(c.n); got != c.want {
			t.Errorf("%s + %d months: %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestProfileInForce_FallsBackWhenTheCityProfileLapses(t *testing.T) {
	indexes := map[Track]*ProfileIndex{}
	for _, p := range InitialProfiles(ModeLegal) {
		if indexes[p.Track] == nil {
			indexes[p.Track] = &ProfileIndex{}
		}
		indexes[p.Track].Versions = append(indexes[p.Track].Versions, ProfileEntry{p.Version, p.Authority, p.From, p.Until, &p})
	}
	for _, c := range []struct {
		track Track
		day   Date
		want  int
	}{
		{TrackDataAsset, "2026-11-24", 2}, {TrackDataAsset, "2027-04-30", 2}, {TrackDataAsset, "2027-05-01", 1}, {TrackDataAsset, "2025-04-30", 0},
		{TrackPublicResource, "2025-02-28", 0}, {TrackPublicResource, "2025-03-01", 1}, {TrackPublicProduct, "2030-02-28", 1}, {TrackPublicProduct, "2030-03-01", 0},
	} {
		if got := indexes[c.track].Find(c.day).Version; got != c.want {
			t.Errorf("%s %s: version %d, want %d", c.track, c.day, got, c.want)
		}
	}
}

func TestRightsMatrix(t *testing.T) {
	contract, evidence := "bafkrei", "bafkrei"
	for _, c := range []struct {
		name   string
		source Source
		right  Right
		change func(*Content)
		want   string
	}{
		{"self_collected_operates", SourceSelfCollected, RightOperate, nil, ""},
		{"crawl_holds", SourcePublicCrawl, RightHold, nil, ""},
		{"crawl_operates_undeclared", SourcePublicCrawl, RightOperate, nil, NeedNoSubstitution},
		{"crawl_operates_declared", SourcePublicCrawl, RightOperate, func(c *Content) { c.Statements.NoSubstitution = true }, ""},
		{"fusion_uses", SourceFusion, RightUse, nil, ""},
		{"fusion_operates_alone", SourceFusion, RightOperate, nil, NeedConsent},
		{"fusion_operates_with_consent", SourceFusion, RightOperate, func(c *Content) { c.Statements.ParticipantsConsent = evidence }, ""},
		{"derived_without_parents", SourceDerived, RightHold, nil, NeedParents},
		{"derived_without_difference", SourceDerived, RightHold, func(c *Content) { c.Parents = []AssetID{"AST"} }, NeedDifference},
		{"derived_complete", SourceDerived, RightHold, func(c *Content) { c.Parents = []AssetID{"AST"}; c.Statements.SubstantialDifference = "x" }, ""},
		{"agreement_without_contract", SourceAgreement, RightUse, nil, NeedContract},
		{"agreement_with_contract", SourceAgreement, RightUse, func(c *Content) { c.Statements.Contract = contract }, ""},
		{"entrusted", SourceEntrusted, RightHold, nil, NeedOwnRight},
		{"person_own_by_a_firm", SourcePersonOwn, RightHold, nil, NeedNaturalPerson},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := Content{Source: c.source, Rights: []RightClaim{{Kind: c.right}}}
			if c.change != nil {
				c.change(&content)
			}
			rs := CheckRights(content, Party{Kind: PartyLegal})
			got := ""
			if len(rs) > 0 {
				got = rs[0].Args["needs"]
			}
			if got != c.want {
				t.Errorf("needs %q, want %q", got, c.want)
			}
		})
	}
}

func TestRefusal_RoundTripOfEveryCode(t *testing.T) {
	for _, code := range Codes {
		r := Refuse(code, RuleMatrix, "name", "“值” {brace}")
		r.Fields = []FieldError{{Path: "a.b[0]", Problem: ProblemRange, Args: map[string]string{"min": "1"}}}
		back, err := ParseRefusal("rpc error: code = Aborted desc = chaincode response 500, " + r.Error())
		if err != nil || back.Error() != r.Error() {
			t.Errorf("%s comes back as %v (%v)", code, back, err)
		}
	}
	if _, err := ParseRefusal("no Raft leader {}"); !errors.Is(err, ErrNotRefusal) {
		t.Errorf("a technical failure is a refusal: %v", err)
	}
}
