package registry

import (
	"slices"
	"strings"
	"time"
)

// Purposes are the purposes for which data may be granted (用途), Modes the ways in which it is used (方式), QuotaUnits what a quota counts.
var (
	Purposes   = []string{"GOVERNANCE", "WELFARE", "INDUSTRY", "SECTOR"}        // 公共治理、公益事业、产业发展、行业发展
	Modes      = []string{"API", "DATASET", "MODEL", "VERIFICATION", "SANDBOX"} // 接口、数据集、模型、核验、沙箱
	QuotaUnits = []string{"CALL", "RECORD", "BYTE"}                             // 次、条、字节
	conditions = []string{ConditionEnvironment}                                 // those that Judge can decide
)

// ScopeWhole as the only part of a scope stands for all of the data; ConditionEnvironment names the environment that a use must run in.
const (
	ScopeWhole           = "*"
	ConditionEnvironment = "ENVIRONMENT"
)

// Policy is what the parties agreed: purpose, scope, mode, region and term (约定的用途、范围、方式、期限, 第三十六条), and how much.
// What it does not name is not allowed.
type Policy struct {
	Right      Right       `json:"right"`    // that is passed on
	Purposes   []string    `json:"purposes"` // of Purposes
	Scope      []string    `json:"scope"`    // named parts of the data, or ScopeWhole
	Modes      []string    `json:"modes"`    // of Modes
	Spatial    []string    `json:"spatial"`  // division codes in which the data is used; 630200 stands for its counties too
	From       Date        `json:"from"`
	To         Date        `json:"to"` // last civil day
	Quota      Quota       `json:"quota"`
	Conditions []Condition `json:"conditions,omitempty"`
}

// Quota is how much may be used in all.
type Quota struct {
	Unit     string `json:"unit"` // of QuotaUnits
	Quantity int64  `json:"quantity"`
}

// Condition is a further constraint. One that this program does not know denies every use.
type Condition struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Use is one use of granted data, made or hypothetical.
type Use struct {
	Right       Right  `json:"right"`
	Purpose     string `json:"purpose"`
	Part        string `json:"part"` // of the data; ScopeWhole: all of it
	Mode        string `json:"mode"`
	Region      string `json:"region"` // division code
	Unit        string `json:"unit"`
	Quantity    int64  `json:"quantity"`
	Environment string `json:"environment,omitempty"`
}

// Counters are what was used under a grant before.
type Counters struct {
	Used int64 `json:"used"` // in units of the quota
}

// Judge decides a use under a policy at an instant: nil allows it, a refusal denies it with rule and article. It looks at nothing else.
func Judge(p Policy, u Use, c Counters, at time.Time) *Refusal {
	for _, cond := range p.Conditions {
		if refusal := cond.judge(u); refusal != nil {
			return refusal
		}
	}
	if day := CivilDate(at); day < p.From || day > p.To {
		return Refuse(CodeUseTerm, RuleAgreedUse, "day", string(day), "from", string(p.From), "to", string(p.To))
	}
	switch {
	case u.Right == "" || u.Right != p.Right:
		return Refuse(CodeUseRight, RuleRights, "right", clip(string(u.Right)))
	case !slices.Contains(p.Purposes, u.Purpose):
		return Refuse(CodeUsePurpose, RuleAgreedUse, "purpose", clip(u.Purpose))
	case !covers(p.Scope, u.Part):
		return Refuse(CodeUseScope, RuleAgreedUse, "part", clip(u.Part))
	case !slices.Contains(p.Modes, u.Mode):
		return Refuse(CodeUseMode, RuleAgreedUse, "useMode", clip(u.Mode))
	case !inRegions(p.Spatial, u.Region):
		return Refuse(CodeUseRegion, RuleAgreedUse, "region", clip(u.Region))
	}
	return p.Quota.judge(u, c)
}

// judge compares without adding, so that no quantity overflows.
func (q Quota) judge(u Use, c Counters) *Refusal {
	switch {
	case u.Unit == "" || u.Unit != q.Unit:
		return Refuse(CodeUseUnit, RuleAgreedUse, "quotaUnit", clip(u.Unit), "agreed", q.Unit)
	case u.Quantity <= 0 || c.Used < 0 || c.Used > q.Quantity || u.Quantity > q.Quantity-c.Used:
		return Refuse(CodeQuotaExceeded, RuleAgreedUse, "quantity", itoa(int(u.Quantity)), "used", itoa(int(c.Used)), "quota", itoa(int(q.Quantity)))
	}
	return nil
}

func (c Condition) judge(u Use) *Refusal {
	if c.Name != ConditionEnvironment {
		return Refuse(CodeConditionUnknown, RuleAgreedUse, "condition", clip(c.Name))
	}
	if c.Value == "" || u.Environment != c.Value {
		return Refuse(CodeConditionUnmet, RuleAgreedUse, "condition", c.Name, "value", clip(c.Value))
	}
	return nil
}

// covers says whether a part lies in a scope.
func covers(scope []string, part string) bool {
	return part != "" && (slices.Contains(scope, part) || slices.Contains(scope, ScopeWhole))
}

// inRegions says whether a division is one of those listed or lies in one.
func inRegions(codes []string, region string) bool {
	return slices.ContainsFunc(codes, func(code string) bool { return inRegion(code, region) })
}

// inRegion compares without the zeros at the end of a province's or city's code; 000000 is the whole country.
func inRegion(code, region string) bool {
	if len(code) != 6 || len(region) != 6 || strings.Trim(code+region, "0123456789") != "" {
		return false
	}
	stem := code
	for len(stem) > 0 && strings.HasSuffix(stem, "00") {
		stem = stem[:len(stem)-2]
	}
	return strings.HasPrefix(region, stem)
}

// Within says whether everything that a policy allows is allowed by another one too (I13): then deciding by it alone is deciding by both.
func (p Policy) Within(parent Policy) bool {
	every := func(list []string, in func(string) bool) bool {
		return !slices.ContainsFunc(list, func(s string) bool { return !in(s) })
	}
	return p.Right == parent.Right && p.From >= parent.From && p.To <= parent.To &&
		p.Quota.Unit == parent.Quota.Unit && p.Quota.Quantity <= parent.Quota.Quantity &&
		within(p.Purposes, parent.Purposes) && within(p.Modes, parent.Modes) &&
		every(p.Scope, func(s string) bool { return covers(parent.Scope, s) }) &&
		every(p.Spatial, func(s string) bool { return inRegions(parent.Spatial, s) }) &&
		!slices.ContainsFunc(parent.Conditions, func(c Condition) bool { return !slices.Contains(p.Conditions, c) })
}

// within says whether every entry of a list is in another one.
func within(list, of []string) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(of, s) })
}

const maxGrantList = 20

// policy checks what is filed: complete, of known words only.
func (v *fieldCheck) policy(p Policy, today Date) {
	v.oneOf("policy.right", string(p.Right), string(RightHold), string(RightUse), string(RightOperate))
	v.codes("policy.purposes", p.Purposes, Purposes)
	v.codes("policy.modes", p.Modes, Modes)
	v.codes("policy.scope", p.Scope, nil)
	for i, part := range p.Scope {
		v.text(at("policy.scope", i), part, 40, RuleAgreedUse)
	}
	v.when(slices.Contains(p.Scope, ScopeWhole) && len(p.Scope) > 1, "policy.scope", ProblemNotAllowed, RuleAgreedUse)
	v.codes("policy.spatial", p.Spatial, nil)
	for i, code := range p.Spatial {
		v.region(at("policy.spatial", i), code)
	}
	v.date("policy.from", p.From, RuleAgreedUse)
	v.date("policy.to", p.To, RuleAgreedUse)
	v.when(p.To < p.From, "policy.to", ProblemOrder, RuleAgreedUse)
	v.when(p.To != "" && p.To < today, "policy.to", ProblemRange, RuleAgreedUse)
	v.oneOf("policy.quota.unit", p.Quota.Unit, QuotaUnits...)
	v.when(p.Quota.Quantity < 1, "policy.quota.quantity", ProblemRange, RuleAgreedUse)
	v.when(len(p.Conditions) > maxGrantList, "policy.conditions", ProblemTooMany, RuleAgreedUse)
	for i, c := range p.Conditions {
		v.oneOf(at("policy.conditions", i)+".name", c.Name, conditions...)
		v.text(at("policy.conditions", i)+".value", c.Value, 40, RuleAgreedUse)
	}
}

// codes checks a list without repetition; allowed nil admits any value.
func (v *fieldCheck) codes(path string, list, allowed []string) {
	v.list(path, len(list), maxGrantList)
	for i, s := range list {
		v.when(allowed != nil && !slices.Contains(allowed, s), at(path, i), ProblemNotAllowed, RuleAgreedUse)
		v.when(slices.Contains(list[:i], s), at(path, i), ProblemDuplicate, RuleAgreedUse)
	}
}
