package registry

import (
	"slices"
	"time"
)

// Statuses of a share request. PROVIDED, DECLINED and WITHDRAWN are final.
const (
	ShareRequested   = "REQUESTED"    // 已申请，待审核
	ShareGranted     = "GRANTED"      // 同意，待提供
	ShareDeclined    = "DECLINED"     // 不同意
	ShareProvided    = "PROVIDED"     // 已提供
	ShareNotProvided = "NOT_PROVIDED" // 未能提供
	ShareWithdrawn   = "WITHDRAWN"    // 已撤回
)

// Share is a request of a public body for data of another one (共享申请, 第二十九条): what for, how much of it and until when, the decision of
// the data department, which may be narrower and never wider, and what the provider did.
type Share struct {
	ID        ShareID   `json:"id"`
	Applicant PartyID   `json:"applicant"`
	Item      string    `json:"item"` // resource code
	Provider  PartyID   `json:"provider"`
	Region    string    `json:"region"` // of the item: its county's desk may decide, and the city's
	Scope     Scope     `json:"scope"`
	Purpose   string    `json:"purpose"` // 用途
	Basis     string    `json:"basis"`   // the duty for which the data is needed (履职依据)
	Status    string    `json:"status"`
	Decision  *Decision `json:"decision,omitempty"`
	Granted   *Scope    `json:"granted,omitempty"`
	Feedback  *Feedback `json:"feedback,omitempty"`
	Mark      Mark      `json:"mark"`
}

// Scope is how much of an item is asked for or granted (范围).
type Scope struct {
	Fields []string `json:"fields"` // names of information items (信息项)
	Until  Date     `json:"until"`  // last civil day of use
}

// Decision is what the data department decided on a request, and who did.
type Decision struct {
	Granted bool      `json:"granted"`
	Reasons string    `json:"reasons,omitempty"` // of a refusal, or the conditions of a grant
	Party   PartyID   `json:"party"`             // body of the decider: 市数据局, 市政务服务监管局, a county's data department
	By      PersonID  `json:"by"`
	At      time.Time `json:"at"`
}

// Feedback is what came of a granted request (反馈).
type Feedback struct {
	Done bool      `json:"done"`
	Note string    `json:"note"` // how it was provided, or why not
	By   PersonID  `json:"by"`
	At   time.Time `json:"at"`
}

// ShareCase is everything that an act on a share request may look at; nil means that the ledger has no such record.
type ShareCase struct {
	Facts
	Share *Share
	Item  *CatalogItem
	Party *Party // the actor's
}

// RequestShareRequest is the document of sharing:Request.
type RequestShareRequest struct {
	Key     string `json:"key"`
	Item    string `json:"item"`
	Scope   Scope  `json:"scope"`
	Purpose string `json:"purpose"`
	Basis   string `json:"basis"`
}

// RequestShare judges a share request: of a public body, for a published item of another one, for information items that may be shared.
func RequestShare(c ShareCase, req RequestShareRequest) (Share, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.text("purpose", req.Purpose, maxNote, RuleShare)
	v.text("basis", req.Basis, maxLine, RuleShare)
	v.scope("scope", req.Scope, c.Item, c.Facts)
	rs.add(v.refusal())
	rs = append(rs, c.publicBody()...)
	if c.Item == nil || c.Item.Status != ItemPublished {
		return Share{}, append(rs, Refuse(CodeItemMissing, RuleShare, "item", clip(req.Item)))
	}
	if c.Item.Provider == c.Actor.Party {
		rs.add(Refuse(CodeOwnRequest, RuleShare, "party", string(c.Actor.Party)))
	}
	rs = append(rs, c.Item.withheldFrom(req.Scope)...)
	return Share{ID: ShareID(DerivedID("SHR", c.TxID)), Applicant: c.Actor.Party, Item: req.Item, Provider: c.Item.Provider, Region: c.Item.Region, Scope: req.Scope,
		Purpose: req.Purpose, Basis: req.Basis, Status: ShareRequested, Mark: Mark{}.touch(c.Facts)}, rs
}

// publicBody refuses an actor whose party is no active body of public administration or service (公共管理和服务机构).
func (c ShareCase) publicBody() Refusals {
	var rs Refusals
	rs.add(activeParty(c.Actor.Party, c.Party))
	if c.Party != nil && !c.Party.publicBody() {
		rs.add(Refuse(CodeNotPublicBody, RuleShare, "party", string(c.Party.ID)))
	}
	return rs
}

// scope checks which information items are named, and until when; without an item only the form.
func (v *fieldCheck) scope(path string, s Scope, item *CatalogItem, f Facts) {
	v.list(path+".fields", len(s.Fields), 300)
	for n, name := range s.Fields {
		v.when(item != nil && !item.has(name), at(path+".fields", n), ProblemReference, RuleShare)
		v.when(slices.Contains(s.Fields[:n], name), at(path+".fields", n), ProblemDuplicate, RuleShare)
		v.optionalText(at(path+".fields", n), name, 100, RuleShare)
	}
	v.date(path+".until", s.Until, RuleShare)
	v.when(s.Until != "" && s.Until < CivilDate(f.At), path+".until", ProblemRange, RuleShare)
}

func (i CatalogItem) has(name string) bool {
	return slices.ContainsFunc(i.Fields, func(f InfoItem) bool { return f.Name == name })
}

// withheldFrom refuses information items that are not shared (不予共享, 第二十八条).
func (i CatalogItem) withheldFrom(s Scope) Refusals {
	var rs Refusals
	for _, f := range i.Fields {
		if slices.Contains(s.Fields, f.Name) && i.SharedAs(f) == Withheld {
			rs.add(Refuse(CodeSharingRefused, RuleSharing, "item", clip(i.Code), "field", clip(f.Name)))
		}
	}
	return rs
}

// WithdrawShareRequest is the document of sharing:Withdraw.
type WithdrawShareRequest struct {
	Key     string  `json:"key"`
	Share   ShareID `json:"share"`
	Reasons string  `json:"reasons"`
}

// WithdrawShare judges the withdrawal of an undecided request by its applicant.
func WithdrawShare(c ShareCase, req WithdrawShareRequest) (Share, Refusals) {
	s, rs := c.open(req.Key, req.Share, ShareRequested)
	v := fieldCheck{}
	v.text("reasons", req.Reasons, maxLine, RuleShare)
	rs.add(v.refusal())
	rs.add(c.ownAct(s.Applicant))
	s.Status = ShareWithdrawn
	return s, rs
}

// open begins an act on an existing request of one of the given statuses.
func (c ShareCase) open(key string, id ShareID, want ...string) (Share, Refusals) {
	rs := checkKey(key)
	if c.Share == nil {
		return Share{}, append(rs, NotFound(string(id)))
	}
	s := *c.Share
	if !slices.Contains(want, s.Status) {
		rs.add(Refuse(CodeStatusWrong, RuleShare, "status", s.Status))
	}
	s.Mark = s.Mark.touch(c.Facts)
	return s, rs
}

// ownAct refuses whoever is not of the party that does an act.
func (f Facts) ownAct(party PartyID) *Refusal {
	if party == "" || f.Actor.Party == party {
		return nil
	}
	return Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(f.Actor.Party), "applicant", string(party))
}

// DecideShareRequest is the document of sharing:Decide.
type DecideShareRequest struct {
	Key     string  `json:"key"`
	Share   ShareID `json:"share"`
	Granted bool    `json:"granted"`
	Scope   Scope   `json:"scope"`   // what is granted; empty in a refusal
	Reasons string  `json:"reasons"` // of a refusal, or conditions
}

// DecideShare judges the decision on a request by the data department of the city, or of the item's county in its own region: nobody
// decides for their own body, and nothing is granted that was not asked for or is not shared any more. Reasons are given for a refusal;
// the conditions of the item are those of a grant, unless others are given.
func DecideShare(c ShareCase, req DecideShareRequest) (Share, Refusals) {
	s, rs := c.open(req.Key, req.Share, ShareRequested)
	v := fieldCheck{}
	if req.Granted {
		v.scope("scope", req.Scope, nil, c.Facts)
		v.optionalText("reasons", req.Reasons, maxNote, RuleShare)
	} else {
		v.when(len(req.Scope.Fields) > 0 || req.Scope.Until != "", "scope.fields", ProblemNotAllowed, RuleShare)
		v.text("reasons", req.Reasons, maxNote, RuleShare)
	}
	rs.add(v.refusal())
	if c.Share == nil {
		return s, rs
	}
	rs = append(rs, c.deciding(s.Region, s.Applicant, RuleShare)...)
	s.Status = ShareDeclined
	if req.Granted {
		rs = append(rs, c.grantable(s, req.Scope)...)
		s.Status, s.Granted = ShareGranted, &req.Scope
	}
	s.Decision = c.decision(req.Granted, req.Reasons)
	return s, rs
}

// deciding refuses the desk of another county, and a body that decides on its own request.
func (f Facts) deciding(region string, applicant PartyID, rule RuleID) Refusals {
	var rs Refusals
	rs.add(f.within(region))
	if f.Actor.Party == applicant {
		rs.add(Refuse(CodeOwnRequest, rule, "party", string(applicant)))
	}
	return rs
}

// within refuses a county's data department outside its own region (第八条); the city's acts everywhere.
func (f Facts) within(region string) *Refusal {
	if city := Regions[0].Code; f.Actor.Region == city || f.Actor.Region == region {
		return nil
	}
	return Refuse(CodeAccessDenied, RuleCounty, "role", f.Actor.Role, "region", clip(region))
}

func (f Facts) decision(granted bool, reasons string) *Decision {
	return &Decision{Granted: granted, Reasons: reasons, Party: f.Actor.Party, By: f.Actor.ID(), At: f.At}
}

// grantable refuses a grant that is wider than the request, or of what the item does not share now.
func (c ShareCase) grantable(s Share, granted Scope) Refusals {
	var rs Refusals
	for _, name := range granted.Fields {
		if !slices.Contains(s.Scope.Fields, name) {
			rs.add(Refuse(CodeGrantWider, RuleShare, "field", clip(name)))
		}
	}
	if granted.Until > s.Scope.Until {
		rs.add(Refuse(CodeGrantWider, RuleShare, "field", string(granted.Until)))
	}
	if c.Item == nil || c.Item.Status != ItemPublished {
		return append(rs, Refuse(CodeItemMissing, RuleShare, "item", s.Item))
	}
	for _, name := range granted.Fields {
		if !c.Item.has(name) {
			rs.add(Refuse(CodeSharingRefused, RuleSharing, "item", s.Item, "field", clip(name)))
		}
	}
	return append(rs, c.Item.withheldFrom(granted)...)
}

// ReportShareRequest is the document of sharing:Report.
type ReportShareRequest struct {
	Key      string  `json:"key"`
	Share    ShareID `json:"share"`
	Provided bool    `json:"provided"`
	Note     string  `json:"note"`
}

// ReportShare judges the provider's feedback: that the data was provided and how, or why not. What could not be provided may be later.
func ReportShare(c ShareCase, req ReportShareRequest) (Share, Refusals) {
	s, rs := c.open(req.Key, req.Share, ShareGranted, ShareNotProvided)
	v := fieldCheck{}
	v.text("note", req.Note, maxNote, RuleShare)
	rs.add(v.refusal())
	rs.add(c.ownAct(s.Provider))
	if s.Status == ShareNotProvided && !req.Provided {
		rs.add(Refuse(CodeStatusWrong, RuleShare, "status", s.Status))
	}
	s.Status = ShareNotProvided
	if req.Provided {
		s.Status = ShareProvided
	}
	s.Feedback = &Feedback{Done: req.Provided, Note: req.Note, By: c.Actor.ID(), At: c.At}
	return s, rs
}
