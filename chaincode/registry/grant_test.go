package registry

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var useDay = time.Date(2026, 12, 1, 4, 0, 0, 0, time.UTC)

func somePolicy() Policy {
	return Policy{Right: RightUse, Purposes: []string{"INDUSTRY", "WELFARE"}, Scope: []string{"sales", "prices"}, Modes: []string{"API", "MODEL"}, Spatial: []string{"630200"},
		From: "2026-11-30", To: "2027-11-29", Quota: Quota{"CALL", 100}, Conditions: []Condition{{ConditionEnvironment, "env-1"}}}
}

func someUse() Use {
	return Use{Right: RightUse, Purpose: "INDUSTRY", Part: "sales", Mode: "API", Region: "630222", Unit: "CALL", Quantity: 10, Environment: "env-1"}
}

func TestJudge_EveryDenial(t *testing.T) {
	if r := Judge(somePolicy(), someUse(), Counters{Used: 90}, useDay); r != nil {
		t.Fatalf("what was agreed is denied: %v", r)
	}
	for defect, c := range map[string]struct {
		code  Code
		spoil func(*Policy, *Use, *Counters, *time.Time)
	}{
		"other_right":             {CodeUseRight, func(_ *Policy, u *Use, _ *Counters, _ *time.Time) { u.Right = RightOperate }},
		"no_right":                {CodeUseRight, func(p *Policy, u *Use, _ *Counters, _ *time.Time) { p.Right, u.Right = "", "" }},
		"other_purpose":           {CodeUsePurpose, func(_ *Policy, u *Use, _ *Counters, _ *time.Time) { u.Purpose = "SECTOR" }},
		"no_purpose_agreed":       {CodeUsePurpose, func(p *Policy, _ *Use, _ *Counters, _ *time.Time) { p.Purposes = nil }},
		"other_part":              {CodeUseScope, func(_ *Policy, u *Use, _ *Counters, _ *time.Time) { u.Part = "names" }},
		"whole_of_parts":          {CodeUseScope, func(_ *Policy, u *Use, _ *Counters, _ *time.Time) { u.Part = ScopeWhole }},
		"other_mode":              {CodeUseMode, func(_ *Policy, u *Use, _ *Counters, _ *time.Time) { u.Mode = "DATASET" }},
		"other_region":            {CodeUseRegion, func(_ *Policy, u *Use, _ *Counters, _ *time.Time) { u.Region = "630102" }},
		"no_region":               {CodeUseRegion, func(_ *Policy, u *Use, _ *Counters, _ *time.Time) { u.Region = "" }},
		"before_the_term":         {CodeUseTerm, func(_ *Policy, _ *Use, _ *Counters, at *time.Time) { *at = useDay.AddDate(0, 0, -2) }},
		"after_the_term":          {CodeUseTerm, func(_ *Policy, _ *Use, _ *Counters, at *time.Time) { *at = useDay.AddDate(1, 0, 0) }},
		"other_unit":              {CodeUseUnit, func(_ *Policy, u *Use, _ *Counters, _ *time.Time) { u.Unit = "BYTE" }},
		"over_the_quota":          {CodeQuotaExceeded, func(_ *Policy, _ *Use, k *Counters, _ *time.Time) { k.Used = 91 }},
		"overflow":                {CodeQuotaExceeded, func(_ *Policy, u *Use, k *Counters, _ *time.Time) { u.Quantity, k.Used = 1<<63-1, 90 }},
		"negative_quantity":       {CodeQuotaExceeded, func(_ *Policy, u *Use, _ *Counters, _ *time.Time) { u.Quantity = -1 }},
		"negative_counter":        {CodeQuotaExceeded, func(_ *Policy, _ *Use, k *Counters, _ *time.Time) { k.Used = -1 }},
		"unknown_condition":       {CodeConditionUnknown, func(p *Policy, _ *Use, _ *Counters, _ *time.Time) { p.Conditions = []Condition{{"MOON_PHASE", "full"}} }},
		"other_environment":       {CodeConditionUnmet, func(_ *Policy, u *Use, _ *Counters, _ *time.Time) { u.Environment = "laptop" }},
		"condition_without_value": {CodeConditionUnmet, func(p *Policy, u *Use, _ *Counters, _ *time.Time) { p.Conditions[0].Value, u.Environment = "", "" }},
	} {
		t.Run(defect, func(t *testing.T) {
			p, u, k, at := somePolicy(), someUse(), Counters{Used: 90}, useDay
			c.spoil(&p, &u, &k, &at)
			r := Judge(p, u, k, at)
			if r == nil || r.Code != c.code {
				t.Fatalf("got %v, want %s", r, c.code)
			}
			if _, known := Cite(r.Rule); !known {
				t.Errorf("no article: %v", r)
			}
		})
	}
}

// TestJudge_QuotaIsNeverExceeded, in whatever order uses of whatever size come.
func TestJudge_QuotaIsNeverExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, used := somePolicy(), int64(0)
		for _, n := range rapid.SliceOf(rapid.OneOf(rapid.Int64Range(1, 60), rapid.Int64())).Draw(t, "quantities") {
			u := someUse()
			u.Quantity = n
			allowed := Judge(p, u, Counters{Used: used}, useDay) == nil
			if fits := n > 0 && n <= p.Quota.Quantity-used; allowed != fits {
				t.Fatalf("%d after %d of %d: allowed %t", n, used, p.Quota.Quantity, allowed)
			}
			if allowed {
				used += n
			}
		}
	})
}

// TestPolicy_WithinDecidesAsBoth (I13): a policy within another allows nothing that the other denies.
func TestPolicy_WithinDecidesAsBoth(t *testing.T) {
	within := 0
	some := func(t *rapid.T, name string, all ...string) []string {
		return rapid.SliceOfN(rapid.SampledFrom(all), 1, 3).Draw(t, name)
	}
	draw := func(t *rapid.T, name string) Policy {
		p := Policy{Right: rapid.SampledFrom([]Right{RightUse, RightUse, RightHold}).Draw(t, name+"right"), Purposes: some(t, name+"purposes", "INDUSTRY", "WELFARE"),
			Scope: some(t, name+"scope", "sales", "prices", ScopeWhole), Modes: some(t, name+"modes", "API", "MODEL"), Spatial: some(t, name+"spatial", "630200", "630222", "630102", "630000"),
			From: rapid.SampledFrom([]Date{"2026-11-30", "2026-12-01"}).Draw(t, name+"from"), To: rapid.SampledFrom([]Date{"2026-12-01", "2026-12-02"}).Draw(t, name+"to"),
			Quota: Quota{"CALL", rapid.Int64Range(1, 5).Draw(t, name+"quota")}}
		if rapid.Bool().Draw(t, name+"bound") {
			p.Conditions = []Condition{{ConditionEnvironment, "env-1"}}
		}
		return p
	}
	rapid.Check(t, func(t *rapid.T) {
		child, parent := draw(t, "child "), draw(t, "parent ")
		if rapid.Bool().Draw(t, "wide") {
			parent.Purposes, parent.Scope, parent.Modes, parent.Spatial = []string{"INDUSTRY", "WELFARE"}, []string{ScopeWhole}, []string{"API", "MODEL"}, []string{"630000"}
			parent.Right, parent.From, parent.To, parent.Conditions = child.Right, "2026-11-30", "2026-12-02", nil
		}
		if !child.Within(parent) {
			return
		}
		within++
		u := Use{Right: rapid.SampledFrom([]Right{RightUse, RightHold}).Draw(t, "right"), Purpose: some(t, "purpose", Purposes...)[0], Part: some(t, "part", "sales", "prices", "names", ScopeWhole)[0],
			Mode: some(t, "mode", Modes...)[0], Region: some(t, "region", "630222", "630102", "110000")[0], Unit: "CALL", Quantity: rapid.Int64Range(0, 6).Draw(t, "n"), Environment: "env-1"}
		k, at := Counters{Used: rapid.Int64Range(0, 5).Draw(t, "used")}, useDay.AddDate(0, 0, rapid.IntRange(-2, 2).Draw(t, "day"))
		byChild, byParent := Judge(child, u, k, at) == nil, Judge(parent, u, k, at) == nil
		if byChild != (byChild && byParent) {
			t.Fatalf("%+v\nwithin %+v\nallows %+v, the parent does not", child, parent, u)
		}
	})
	if within == 0 {
		t.Error("no policy lay within another")
	}
}

func FuzzDecodeGrant(f *testing.F) {
	good, err := Canonical(ProposeGrantRequest{Key: "12345678", Kind: GrantLicence, Policy: somePolicy()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"policy":{"quota":{"quantity":-1}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var r ProposeGrantRequest
		if Decode(body, &r) != nil {
			return
		}
		if again, err := Canonical(r); err != nil || string(again) != string(body) {
			t.Errorf("%q re-serialises as %q", body, again)
		}
		ProposeGrant(GrantCase{Facts: Facts{At: useDay}, Asset: &Asset{}}, r)
		Judge(r.Policy, someUse(), Counters{}, useDay)
	})
}
