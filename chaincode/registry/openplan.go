package registry

import (
	"slices"
	"strconv"
)

// maxPlan is how many items one plan holds; each is read when it is adopted.
const maxPlan = 100

// OpeningPlan is the opening plan of a year (年度公共数据开放计划, 第三十二条) with the list of what is to be opened (开放清单). A county's data
// department makes the part of its own region. A new version replaces the one before.
type OpeningPlan struct {
	Region   string      `json:"region"`
	Year     int         `json:"year"`
	Version  int         `json:"version"`
	Title    string      `json:"title"`
	Document string      `json:"document"` // by which it was issued (文号)
	Entries  []PlanEntry `json:"entries"`
	Mark     Mark        `json:"mark"`
}

// PlanEntry is one line of the list: the four fields that 第三十二条 asks for, of an item of the catalogue.
type PlanEntry struct {
	Item        string `json:"item"`
	Attribute   int    `json:"attribute"` // 开放属性: 1 无条件, 2 有条件
	Kind        string `json:"kind"`      // 类型
	Conditions  string `json:"conditions,omitempty"`
	UpdateCycle string `json:"updateCycle"` // 更新频率
}

// PlanCase is what the adoption of a plan may look at: the plan before, and the items that it names, nil where the ledger has none.
type PlanCase struct {
	Facts
	Plan  *OpeningPlan
	Items []*CatalogItem
}

// AdoptPlanRequest is the document of opening:AdoptPlan.
type AdoptPlanRequest struct {
	Key      string      `json:"key"`
	Region   string      `json:"region"`
	Year     int         `json:"year"`
	Title    string      `json:"title"`
	Document string      `json:"document"`
	Entries  []PlanEntry `json:"entries"`
}

// FindPlanRequest is the document of opening:FindPlan.
type FindPlanRequest struct {
	Region string `json:"region"`
	Year   int    `json:"year"`
}

// AdoptPlan judges an opening plan: its lines have all four fields and say what the catalogue says, and nothing withheld from the public is
// planned.
func AdoptPlan(c PlanCase, req AdoptPlanRequest) (OpeningPlan, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.region("region", req.Region)
	v.when(req.Region != "" && RegionName(req.Region) == "", "region", ProblemNotAllowed, RuleScope)
	v.when(req.Year < c.At.In(Zone).Year() || req.Year > 2099, "year", ProblemRange, RuleOpeningPlan)
	v.text("title", req.Title, 100, RuleOpeningPlan)
	v.text("document", req.Document, 100, RuleOpeningPlan)
	v.list("entries", len(req.Entries), maxPlan)
	for n, e := range req.Entries {
		path := at("entries", n)
		v.planned(path, e, c.item(n))
		v.when(slices.ContainsFunc(req.Entries[:n], func(o PlanEntry) bool { return o.Item == e.Item }), path+".item", ProblemDuplicate, RuleOpeningPlan)
	}
	rs.add(v.refusal())
	rs.add(c.within(req.Region))
	for n, e := range req.Entries {
		rs.add(c.plannable(e, req.Region, c.item(n)))
	}
	p := OpeningPlan{Region: req.Region, Year: req.Year, Version: 1, Title: req.Title, Document: req.Document, Entries: req.Entries, Mark: Mark{}.touch(c.Facts)}
	if c.Plan != nil {
		p.Version, p.Mark = c.Plan.Version+1, c.Plan.Mark.touch(c.Facts)
	}
	return p, rs
}

func (c PlanCase) item(n int) *CatalogItem {
	if n < len(c.Items) {
		return c.Items[n]
	}
	return nil
}

// planned checks the four fields of a line: none is missing, none says something else than the catalogue.
func (v *fieldCheck) planned(path string, e PlanEntry, item *CatalogItem) {
	v.when(e.Item == "", path+".item", ProblemMissing, RuleOpeningPlan)
	v.oneOf(path+".attribute", number(e.Attribute), number(Unconditional), number(Conditional))
	v.oneOf(path+".kind", e.Kind, OpenKinds...)
	v.oneOf(path+".updateCycle", e.UpdateCycle, UpdateCycles...)
	v.optionalText(path+".conditions", e.Conditions, maxNote, RuleOpeningPlan)
	conditional := e.Attribute == Conditional
	v.when(conditional != (e.Conditions != ""), path+".conditions", missingOr(conditional), RuleOpeningPlan)
	if item == nil {
		return
	}
	v.when(item.Opening.Type != Withheld && e.Attribute != item.Opening.Type, path+".attribute", ProblemReference, RuleOpeningPlan)
	v.when(e.UpdateCycle != item.UpdateCycle, path+".updateCycle", ProblemReference, RuleOpeningPlan)
}

// number is a small code as text; a missing one is empty.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// plannable refuses an item that cannot be opened, or that belongs to another county.
func (c PlanCase) plannable(e PlanEntry, region string, item *CatalogItem) *Refusal {
	if item == nil {
		return Refuse(CodeItemMissing, RuleOpeningPlan, "item", clip(e.Item))
	}
	if city := Regions[0].Code; region != city && item.Region != region {
		return Refuse(CodeAccessDenied, RuleCounty, "role", c.Actor.Role, "region", item.Region)
	}
	return item.openable()
}
