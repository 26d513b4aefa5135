package registry

import (
	"slices"
	"time"
)

// maxOperationYears is the longest term of an authorised operation (运营期限，原则上最长不超过5年, 第十四条).
const maxOperationYears = 5

// SelectionMethods are the ways to choose an operator in fair competition (公开招标、邀请招标、谈判等公平竞争方式, 第十二条).
var SelectionMethods = []string{"OPEN_TENDER", "INVITED_TENDER", "NEGOTIATION", "OTHER"}

// OperationTerms are what the agreement of an authorised operation has besides its policy (授权运营协议).
type OperationTerms struct {
	Plan       PlanID      `json:"plan"`
	Selection  Selection   `json:"selection"`
	Resolution Resolution  `json:"resolution"` // of the implementing body, on the agreement (第十三条)
	Items      []TermsItem `json:"items"`      // all of AgreementItems
	Consents   []Consent   `json:"consents,omitempty"`
	Affiliates []PartyID   `json:"affiliates,omitempty"` // companies that the operator declares to control
}

// Selection says how the operator was chosen.
type Selection struct {
	Method   string `json:"method"`         // one of SelectionMethods
	Note     string `json:"note,omitempty"` // which other method
	Document string `json:"document"`       // CID of the record
}

// Consent is that of a body whose shared data is operated (第五条第二款).
type Consent struct {
	Provider PartyID `json:"provider"`
	Document string  `json:"document"` // CID
}

// operation checks the terms of an agreement on authorised operation.
func (v *fieldCheck) operation(o OperationTerms) {
	v.oneOf("operation.selection.method", o.Selection.Method, SelectionMethods...)
	v.optionalText("operation.selection.note", o.Selection.Note, maxLine, RuleSelection)
	v.when(o.Selection.Method == "OTHER" && o.Selection.Note == "", "operation.selection.note", ProblemMissing, RuleSelection)
	v.cid("operation.selection.document", o.Selection.Document, RuleSelection)
	v.resolution("operation.resolution", o.Resolution, RuleOperationSign)
	v.items("operation.items", o.Items, AgreementItems, RuleOperationItems)
	v.parties("operation.affiliates", o.Affiliates, RuleRedevelopment)
	v.when(len(o.Consents) > maxGrantList, "operation.consents", ProblemTooMany, RuleConsent)
	for i, k := range o.Consents {
		v.partyID(at("operation.consents", i)+".provider", k.Provider)
		v.cid(at("operation.consents", i)+".document", k.Document, RuleConsent)
	}
}

// operable refuses an authorised operation beyond its plan, of an operator that is not appointed, without the consent of those whose shared
// data it is about, or for longer than five years.
func (c GrantCase) operable(g Grant) Refusals {
	var rs Refusals
	plan := c.Plan
	if !plan.covers(g.Asset) || plan.Body != g.Grantor {
		return append(rs, Refuse(CodePlanMissing, RulePlan, "plan", clip(string(g.Operation.Plan))))
	}
	if g.Policy.To > plan.Until || !within(g.Policy.Purposes, plan.Purposes) {
		rs.add(Refuse(CodePlanExceeded, RulePlan, "plan", string(plan.ID), "until", string(plan.Until)))
	}
	if longest := g.Policy.From.addMonths(12 * maxOperationYears); g.Policy.To >= longest {
		rs.add(Refuse(CodeTermTooLong, RuleOperationItems, "to", string(g.Policy.To), "until", string(longest)))
	}
	for _, provider := range plan.SharedFrom {
		if !slices.ContainsFunc(g.Operation.Consents, func(k Consent) bool { return k.Provider == provider }) {
			rs.add(Refuse(CodeConsentMissing, RuleConsent, "party", string(provider)))
		}
	}
	if !c.Operator.Active() || c.Grantee != nil && c.Grantee.Kind != PartyLegal {
		rs.add(Refuse(CodeNotAppointed, RuleAgreedUse, "office", string(OfficeOperator), "holder", string(g.Grantee)))
	}
	return rs
}

// ReviewKind is a review of a development use of public data (第三十六条).
type ReviewKind string

// The three reviews, and the offices that give them.
const (
	ReviewCompliance ReviewKind = "COMPLIANCE" // 合规审查
	ReviewSecurity   ReviewKind = "SECURITY"   // 安全审查
	ReviewAlgorithm  ReviewKind = "ALGORITHM"  // 算法审查
)

// ReviewKinds lists the three reviews.
var ReviewKinds = []ReviewKind{ReviewCompliance, ReviewSecurity, ReviewAlgorithm}

// Office is the office of whoever gives the review.
func (k ReviewKind) Office() Office { return Office(k + "_REVIEWER") }

// GrantReview is one review of a grant.
type GrantReview struct {
	Kind     ReviewKind `json:"kind"`
	Pass     bool       `json:"pass"`
	Note     string     `json:"note,omitempty"`
	Report   string     `json:"report"`   // CID
	Reviewer PersonID   `json:"reviewer"` // first account of the person
	Body     PartyID    `json:"body"`
	At       time.Time  `json:"at"`
	TxID     string     `json:"txId"`
}

// ReviewUseRequest is the document of authorization:Review.
type ReviewUseRequest struct {
	Key    string     `json:"key"`
	Grant  GrantID    `json:"grant"`
	Review ReviewKind `json:"review"`
	Pass   bool       `json:"pass"`
	Note   string     `json:"note,omitempty"`
	Report string     `json:"report"` // CID
}

// ReviewGrant judges a review of a development use (I12). Three people give the three reviews, each appointed for theirs and none of the
// grantee's; the grantee may sign when all have passed, and one that fails refuses the grant.
func ReviewGrant(c GrantCase, req ReviewUseRequest) (Grant, Refusals) {
	g, rs := c.begin(req.Key, req.Grant, GrantInReview)
	if c.Grant == nil {
		return g, rs
	}
	v := fieldCheck{}
	v.oneOf("review", string(req.Review), string(ReviewCompliance), string(ReviewSecurity), string(ReviewAlgorithm))
	v.optionalText("note", req.Note, maxNote, RuleAgreedUse)
	v.when(!req.Pass && req.Note == "", "note", ProblemMissing, RuleAgreedUse)
	v.cid("report", req.Report, RuleAgreedUse)
	rs.add(v.refusal())
	if !c.Reviewer.Active() {
		rs.add(Refuse(CodeNotAppointed, RuleAgreedUse, "office", string(req.Review.Office()), "holder", string(c.Actor.ID())))
	}
	rs.add(c.impartial(g, req.Review))
	review := GrantReview{Kind: req.Review, Pass: req.Pass, Note: req.Note, Report: req.Report, Reviewer: c.person(), Body: c.Actor.Party, At: c.At, TxID: c.TxID}
	g.Reviews = append(slices.Clone(g.Reviews), review)
	switch {
	case !req.Pass:
		g.Status, g.Reason = GrantRefused, req.Note
	case len(g.Reviews) == len(ReviewKinds):
		g.Status = GrantProposed
	}
	return g, rs
}

// impartial refuses a second review of a kind, a second one by the same person, and one by a person of either side.
func (c GrantCase) impartial(g Grant, kind ReviewKind) *Refusal {
	for _, r := range g.Reviews {
		if r.Kind == kind {
			return Refuse(CodeReviewGiven, RuleAgreedUse, "useReview", string(kind))
		}
		if r.Reviewer == c.person() {
			return Refuse(CodeSamePerson, RuleImpartial, "person", string(r.Reviewer), "other", string(r.Kind.Office()))
		}
	}
	if c.Actor.Party == g.Grantee || c.Actor.Party == g.Grantor {
		return Refuse(CodeSamePerson, RuleImpartial, "person", string(c.Actor.ID()), "other", string(c.Actor.Party))
	}
	return nil
}

// person is who acts, with whatever device: the person's first account.
func (c GrantCase) person() PersonID {
	if c.Own != nil {
		return c.Own.Owner
	}
	return c.Actor.ID()
}

// developable refuses a development use of public data that reaches beyond the operation under which it is granted (I13), takes more than is left
// of its quota, or is granted to the operator's own (不得直接或间接参与再开发).
func (c GrantCase) developable(g Grant) Refusals {
	var rs Refusals
	parent := c.Parent
	if parent == nil || parent.Kind != GrantOperation || parent.Grantee != g.Grantor || parent.Asset != g.Asset {
		return append(rs, Refuse(CodeParentMissing, RuleAgreedUse, "grant", clip(string(g.Parent))))
	}
	if status := parent.EffectiveStatus(c.Asset, c.OnAsset, nil, c.At); status != GrantActive {
		rs.add(Refuse(CodeGrantInactive, RuleAgreedUse, "grant", string(parent.ID), "grantStatus", string(status)))
	}
	if !g.Policy.Within(parent.Policy) || g.Policy.Quota.Quantity > parent.Policy.Quota.Quantity-parent.Allotted {
		rs.add(Refuse(CodeBeyondParent, RuleAgreedUse, "grant", string(parent.ID)))
	}
	if g.Grantee == parent.Grantee || slices.Contains(parent.Operation.Affiliates, g.Grantee) {
		rs.add(Refuse(CodeRedevelopment, RuleRedevelopment, "party", string(g.Grantee)))
	}
	return rs
}

// FileGrantRequest is the document of authorization:File.
type FileGrantRequest struct {
	Key    string  `json:"key"`
	Grant  GrantID `json:"grant"`
	Filing string  `json:"filing"` // number
}

// FileGrant judges the record that a signed agreement was filed with the province (备案, 第十三条); the operation begins then.
func FileGrant(c GrantCase, req FileGrantRequest) (Grant, Refusals) {
	g, rs := c.begin(req.Key, req.Grant, GrantSigned)
	v := fieldCheck{}
	v.text("filing", req.Filing, 100, RuleOperationSign)
	rs.add(v.refusal())
	g.Status, g.Filing = GrantActive, c.filed(req.Filing)
	return g, rs
}
