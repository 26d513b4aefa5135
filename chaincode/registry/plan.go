package registry

import "slices"

// PlanStatus is the status of an implementation plan.
type PlanStatus string

// Statuses of an implementation plan. SUPERSEDED is final.
const (
	PlanDraft      PlanStatus = "DRAFT"      // 待审定
	PlanApproved   PlanStatus = "APPROVED"   // 已审定
	PlanFiled      PlanStatus = "FILED"      // 已备案
	PlanSuperseded PlanStatus = "SUPERSEDED" // 已由新的实施方案取代
)

// Plan is the implementation plan of an authorised operation (授权运营实施方案). Nothing is authorised without an approved one, and nothing beyond
// it; a larger change repeats the approval (第十一条 of the rules on authorised operation) and is a plan of its own that replaces this one.
type Plan struct {
	ID         PlanID      `json:"id"`
	Body       PartyID     `json:"body"` // implementing body (实施机构)
	Name       string      `json:"name"`
	Approach   string      `json:"approach"` // one of PlanApproaches
	Assets     []AssetID   `json:"assets"`   // registered public resources
	Purposes   []string    `json:"purposes"` // of Purposes
	Until      Date        `json:"until"`    // last civil day of what is authorised under it
	SharedFrom []PartyID   `json:"sharedFrom,omitempty"`
	Items      []TermsItem `json:"items"`
	Document   string      `json:"document"` // CID of the plan
	Replaces   PlanID      `json:"replaces,omitempty"`
	Status     PlanStatus  `json:"status"`
	Proposer   PersonID    `json:"proposer"`
	Approval   *Resolution `json:"approval,omitempty"`
	Approver   PersonID    `json:"approver,omitempty"` // who recorded the approval
	Filing     *Filing     `json:"filing,omitempty"`
	Mark       Mark        `json:"mark"`
}

// TermsItem says where a document settles one of the items that it must have.
type TermsItem struct {
	Item  string `json:"item"`
	Where string `json:"where"` // chapter, article or page
}

// Resolution is a decision by the procedure for major matters (“三重一大”决策机制).
type Resolution struct {
	Authority string `json:"authority"`
	Number    string `json:"number"`
	Document  string `json:"document"` // CID
}

// Filing is the filing with the province (备案).
type Filing struct {
	Number string   `json:"number"`
	TxID   string   `json:"txId"`
	Actor  PersonID `json:"actor"`
}

// PlanApproaches are the ways to authorise: as a whole, by field, by scenario (整体授权、分领域授权、依场景授权). PlanItems and AgreementItems are
// what a plan (第九条) and an agreement (第十四条) must settle, in the order of the articles.
var (
	PlanApproaches = []string{"WHOLE", "FIELD", "SCENARIO"}
	PlanItems      = []string{"NAME", "NECESSITY", "CONDITIONS", "APPROACH", "DATA", "TERM", "PRODUCTS", "ACCOUNTING", "SECURITY", "DUTIES", "SUPERVISION", "OTHER"}
	AgreementItems = []string{"DATA", "TERM", "PRODUCTS", "PLATFORM", "OWNERSHIP", "DISCLOSURE", "ACCOUNTING", "SECURITY", "EVALUATION", "BREACH", "DISPUTES", "CHANGES", "OTHER"}
)

// MaxPlanAssets is how many resources one plan names at most.
const MaxPlanAssets = maxGrantList

// covers says whether an approved plan covers an asset.
func (p *Plan) covers(asset AssetID) bool {
	return p != nil && (p.Status == PlanApproved || p.Status == PlanFiled) && slices.Contains(p.Assets, asset)
}

// OperationPlanCase is everything that an act on a plan may look at; nil means that the ledger has no such record.
type OperationPlanCase struct {
	Facts
	Plan     *Plan
	Body     *Party
	Assets   []*Asset // as the request names them
	Replaced *Plan
}

// ProposePlanRequest is the document of authorization:ProposePlan.
type ProposePlanRequest struct {
	Key        string      `json:"key"`
	Name       string      `json:"name"`
	Approach   string      `json:"approach"`
	Assets     []AssetID   `json:"assets"`
	Purposes   []string    `json:"purposes"`
	Until      Date        `json:"until"`
	SharedFrom []PartyID   `json:"sharedFrom,omitempty"`
	Items      []TermsItem `json:"planItems"`
	Document   string      `json:"planDocument"`
	Replaces   PlanID      `json:"replaces,omitempty"`
}

// ProposePlan judges a plan of a public body for public resources that it has registered, complete in its twelve items.
func ProposePlan(c OperationPlanCase, req ProposePlanRequest) (Plan, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.text("name", req.Name, maxLine, RulePlan)
	v.oneOf("approach", req.Approach, PlanApproaches...)
	v.codes("purposes", req.Purposes, Purposes)
	v.date("until", req.Until, RulePlan)
	v.when(req.Until != "" && req.Until < CivilDate(c.At), "until", ProblemRange, RulePlan)
	v.parties("sharedFrom", req.SharedFrom, RuleConsent)
	v.items("planItems", req.Items, PlanItems, RulePlanItems)
	v.cid("planDocument", req.Document, RulePlan)
	v.list("assets", len(req.Assets), MaxPlanAssets)
	for i, id := range req.Assets {
		v.when(slices.Contains(req.Assets[:i], id), at("assets", i), ProblemDuplicate, RulePlan)
	}
	rs.add(v.refusal())
	rs.add(activeParty(c.Actor.Party, c.Body))
	if c.Body != nil && !c.Body.publicBody() {
		rs.add(Refuse(CodeNotPublicBody, RuleOperationData, "party", string(c.Body.ID), "track", string(TrackPublicResource)))
	}
	for i, a := range c.Assets {
		rs.add(c.operable(a, req.Assets[i]))
	}
	if req.Replaces != "" && (c.Replaced == nil || c.Replaced.Body != c.Actor.Party || c.Replaced.Status == PlanSuperseded) {
		rs.add(Refuse(CodePlanMissing, RulePlan, "plan", clip(string(req.Replaces))))
	}
	return Plan{ID: PlanID(DerivedID("PLN", c.TxID)), Body: c.Actor.Party, Name: req.Name, Approach: req.Approach, Assets: req.Assets, Purposes: req.Purposes, Until: req.Until,
		SharedFrom: req.SharedFrom, Items: req.Items, Document: req.Document, Replaces: req.Replaces, Status: PlanDraft, Proposer: c.Actor.ID(), Mark: Mark{}.touch(c.Facts)}, rs
}

// operable refuses what is no registered public resource of the body, in force (第十六条: registered before it is operated).
func (c OperationPlanCase) operable(a *Asset, id AssetID) *Refusal {
	if refusal := c.page(a, id); refusal != nil {
		return refusal
	}
	if a.Holder != c.Actor.Party {
		return Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Actor.Party), "applicant", string(a.Holder))
	}
	if a.Track != TrackPublicResource {
		return Refuse(CodeActionRefused, RuleOperationData, "grantKind", string(GrantOperation), "track", string(a.Track))
	}
	return nil
}

// ApprovePlanRequest is the document of authorization:ApprovePlan.
type ApprovePlanRequest struct {
	Key      string     `json:"key"`
	Plan     PlanID     `json:"plan"`
	Approval Resolution `json:"approval"`
}

// ApprovePlan judges the record that a plan was approved (审定, 第十一条), by the bureau, naming authority and document. The plan that it replaces
// is superseded in the same transaction; what was granted under that one goes on.
func ApprovePlan(c OperationPlanCase, req ApprovePlanRequest) (Plan, *Plan, Refusals) {
	p, rs := c.open(req.Key, req.Plan, PlanDraft)
	v := fieldCheck{}
	v.resolution("approval", req.Approval, RulePlan)
	rs.add(v.refusal())
	p.Status, p.Approval, p.Approver = PlanApproved, &req.Approval, c.Actor.ID()
	if c.Replaced == nil {
		return p, nil, rs
	}
	old := *c.Replaced
	if old.Status == PlanSuperseded { // by another one meanwhile
		rs.add(Refuse(CodeStatusWrong, RulePlan, "planStatus", string(old.Status)))
	}
	old.Status, old.Mark = PlanSuperseded, old.Mark.touch(c.Facts)
	return p, &old, rs
}

// FilePlanRequest is the document of authorization:FilePlan.
type FilePlanRequest struct {
	Key    string `json:"key"`
	Plan   PlanID `json:"plan"`
	Filing string `json:"filing"` // number
}

// FilePlan judges the record that a plan was filed with the province (备案, 第十一条第四款).
func FilePlan(c OperationPlanCase, req FilePlanRequest) (Plan, Refusals) {
	p, rs := c.open(req.Key, req.Plan, PlanApproved)
	v := fieldCheck{}
	v.text("filing", req.Filing, 100, RulePlan)
	rs.add(v.refusal())
	p.Status, p.Filing = PlanFiled, c.filed(req.Filing)
	return p, rs
}

func (f Facts) filed(number string) *Filing {
	return &Filing{Number: number, TxID: f.TxID, Actor: f.Actor.ID()}
}

// open begins an act on an existing plan of the given status.
func (c OperationPlanCase) open(key string, id PlanID, want PlanStatus) (Plan, Refusals) {
	rs := checkKey(key)
	if c.Plan == nil {
		rs.add(NotFound(string(id)))
		return Plan{}, rs
	}
	p := *c.Plan
	if p.Status != want {
		rs.add(Refuse(CodeStatusWrong, RulePlan, "planStatus", string(p.Status)))
	}
	rs.add(c.forward(p.Mark))
	p.Mark = p.Mark.touch(c.Facts)
	return p, rs
}

// resolution checks who decided, under which number, with which document.
func (v *fieldCheck) resolution(path string, r Resolution, rule RuleID) {
	v.text(path+".authority", r.Authority, 100, rule)
	v.text(path+".number", r.Number, 100, rule)
	v.cid(path+".document", r.Document, rule)
}

// items checks that every item of an article is named once, with the place where it is settled.
func (v *fieldCheck) items(path string, list []TermsItem, wanted []string, rule RuleID) {
	v.when(len(list) > len(wanted), path, ProblemTooMany, rule)
	for _, item := range wanted {
		if !slices.ContainsFunc(list, func(t TermsItem) bool { return t.Item == item }) {
			v.add(path, ProblemMissing, rule, "item", item)
		}
	}
	for i, t := range list {
		v.when(!slices.Contains(wanted, t.Item), at(path, i)+".item", ProblemNotAllowed, rule)
		v.text(at(path, i)+".where", t.Where, 100, rule)
	}
}

// parties checks a list of parties, which may be empty.
func (v *fieldCheck) parties(path string, list []PartyID, rule RuleID) {
	v.when(len(list) > maxGrantList, path, ProblemTooMany, rule)
	for i, id := range list {
		v.partyID(at(path, i), id)
		v.when(slices.Contains(list[:i], id), at(path, i), ProblemDuplicate, rule)
	}
}
