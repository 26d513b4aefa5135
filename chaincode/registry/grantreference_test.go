package registry

import (
	"flag"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var cases = flag.Int("cases", 100_000, "uses that Judge and the reference decide")

// denials is the slow and obvious reading of an agreement: everything that is wrong with a use, in no order. It shares no code with Judge.
func denials(p Policy, u Use, k Counters, at time.Time) []Code {
	var all []Code
	deny := func(allowed bool, code Code) {
		if !allowed {
			all = append(all, code)
		}
	}
	one := func(list []string, s string) bool {
		found := false
		for _, x := range list {
			found = found || x == s
		}
		return found
	}
	for _, c := range p.Conditions {
		deny(c.Name == "ENVIRONMENT", CodeConditionUnknown)
		deny(c.Name != "ENVIRONMENT" || c.Value != "" && c.Value == u.Environment, CodeConditionUnmet)
	}
	deny(slices.Contains(daysFromTo(p.From, p.To), at.Add(8*time.Hour).UTC().Format("2006-01-02")), CodeUseTerm)
	deny(u.Right != "" && u.Right == p.Right, CodeUseRight)
	deny(one(p.Purposes, u.Purpose), CodeUsePurpose)
	deny(u.Part != "" && (one(p.Scope, u.Part) || one(p.Scope, "*")), CodeUseScope)
	deny(one(p.Modes, u.Mode), CodeUseMode)
	inside := false
	for _, code := range p.Spatial {
		switch {
		case len(u.Region) != 6 || len(code) != 6:
		case code == "000000":
			inside = true
		case code[2:] == "0000":
			inside = inside || u.Region[:2] == code[:2]
		case code[4:] == "00":
			inside = inside || u.Region[:4] == code[:4]
		default:
			inside = inside || u.Region == code
		}
	}
	deny(inside, CodeUseRegion)
	deny(u.Unit != "" && u.Unit == p.Quota.Unit, CodeUseUnit)
	after := new(big.Int).Add(big.NewInt(k.Used), big.NewInt(u.Quantity))
	deny(u.Quantity > 0 && k.Used >= 0 && after.Cmp(big.NewInt(p.Quota.Quantity)) <= 0, CodeQuotaExceeded)
	return all
}

// daysFromTo counts the days of a term one by one.
func daysFromTo(from, to Date) []string {
	var all []string
	first, err := time.Parse("2006-01-02", string(from))
	if err != nil {
		return nil
	}
	for d := first; d.Format("2006-01-02") <= string(to); d = d.AddDate(0, 0, 1) {
		all = append(all, d.Format("2006-01-02"))
	}
	return all
}

// TestJudge_AgreesWithTheReference decides uses at random, most of them nearly as agreed; -cases=10000000 for a long run.
func TestJudge_AgreesWithTheReference(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	allowed, seen := 0, map[Code]int{}
	for n := range *cases {
		p, u, k, at := drawn(r)
		want, got := denials(p, u, k, at), Judge(p, u, k, at)
		switch {
		case got == nil && len(want) == 0:
			allowed++
		case got == nil || !slices.Contains(want, got.Code):
			t.Fatalf("seed %d, case %d: %v, the reference says %v\n%+v\n%+v\n%+v %s", seed, n, got, want, p, u, k, at)
		default:
			seen[got.Code]++
		}
	}
	for _, code := range []Code{CodeConditionUnknown, CodeConditionUnmet, CodeUseTerm, CodeUseRight, CodeUsePurpose, CodeUseScope, CodeUseMode, CodeUseRegion, CodeUseUnit, CodeQuotaExceeded} {
		if seen[code] == 0 {
			t.Errorf("no case met %s", code)
		}
	}
	if allowed < *cases/20 {
		t.Errorf("only %d of %d were allowed", allowed, *cases)
	}
}

// drawn is a policy, a use that it allows, and up to two things changed.
func drawn(r *rand.Rand) (Policy, Use, Counters, time.Time) {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	p, u, k, at := somePolicy(), someUse(), Counters{Used: r.Int64N(91)}, useDay
	p.Spatial = []string{pick("630200", "630222", "630000", "000000"), pick("630102", "110000")}
	p.To = Date(pick("2026-12-01", "2026-12-31", "2027-01-01"))
	for range r.IntN(3) {
		switch r.IntN(12) {
		case 0:
			p.Right, u.Right = Right(pick("USE", "HOLD", "")), Right(pick("USE", "HOLD", ""))
		case 1:
			u.Purpose = pick(append([]string{"", "ANY"}, Purposes...)...)
		case 2:
			p.Scope, u.Part = []string{pick("sales", "*")}, pick("sales", "names", "*", "")
		case 3:
			u.Mode = pick(append([]string{"", "ANY"}, Modes...)...)
		case 4:
			u.Region = pick("630222", "630200", "630000", "000000", "630102", "110105", "", "63", "6302220")
		case 5:
			at = useDay.Add(time.Duration(r.Int64N(80*24)-40*24) * time.Hour)
		case 6:
			u.Unit = pick("CALL", "BYTE", "")
		case 7:
			u.Quantity = []int64{0, -1, 1, 100, 101, 1<<63 - 1, -1 << 63}[r.IntN(7)]
		case 8:
			k.Used = []int64{0, 99, 100, 101, -1, 1<<63 - 1, -1 << 63}[r.IntN(7)]
		case 9:
			p.Conditions = []Condition{{pick("ENVIRONMENT", "MOON", ""), pick("env-1", "")}}
		case 10:
			u.Environment = pick("env-1", "env-2", "")
		case 11:
			p.Quota.Quantity = []int64{0, -5, 1, 1<<63 - 1}[r.IntN(4)]
		}
	}
	return p, u, k, at
}
