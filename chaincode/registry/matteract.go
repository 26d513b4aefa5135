package registry

import "slices"

// FileMatterRequest is the document of supervision:File and, for anonymous reports, of supervision:Receive.
type FileMatterRequest struct {
	Key       string     `json:"key"`
	Kind      MatterKind `json:"matterKind"`
	About     About      `json:"about"`
	Statement Material   `json:"statement"` // kind STATEMENT
	Evidence  []Material `json:"evidence,omitempty"`
}

// EnterMatterRequest is the document of supervision:Enter. Remark is the public remark by which an incident suspends the use of its asset
// (第二十三条 of the guide: 临时管制措施); empty: it suspends nothing.
type EnterMatterRequest struct {
	Key       string     `json:"key"`
	Kind      MatterKind `json:"matterKind"`
	About     About      `json:"about"`
	Warrant   Warrant    `json:"warrant"`
	Statement Material   `json:"statement"` // kind STATEMENT
	Evidence  []Material `json:"evidence,omitempty"`
	Remark    string     `json:"remark,omitempty"`
}

// TakeUpMatterRequest is the document of supervision:TakeUp. Unit names the unit that a report is about, where the report did not.
type TakeUpMatterRequest struct {
	Key    string   `json:"key"`
	Matter MatterID `json:"matter"`
	Unit   PartyID  `json:"unit,omitempty"`
}

// NoteMatterRequest is the document of supervision:Note and supervision:Answer.
type NoteMatterRequest struct {
	Key       string   `json:"key"`
	Matter    MatterID `json:"matter"`
	Statement Material `json:"statement"` // kind STATEMENT or EVIDENCE
}

// OrderMatterRequest is the document of supervision:Order.
type OrderMatterRequest struct {
	Key     string   `json:"key"`
	Matter  MatterID `json:"matter"`
	Unit    PartyID  `json:"unit"` // that has to rectify
	Warrant Warrant  `json:"warrant"`
	Due     Date     `json:"due"` // last civil day
}

// CloseMatterRequest is the document of supervision:Close.
type CloseMatterRequest struct {
	Key    string       `json:"key"`
	Matter MatterID     `json:"matter"`
	Result MatterResult `json:"result"`
}

// WithdrawMatterRequest is the document of supervision:Withdraw.
type WithdrawMatterRequest struct {
	Key    string   `json:"key"`
	Matter MatterID `json:"matter"`
}

// Concerns is the idempotency key and the matter that a request names.
func (r TakeUpMatterRequest) Concerns() (string, MatterID) { return r.Key, r.Matter }

// Concerns is the idempotency key and the matter that a request names.
func (r NoteMatterRequest) Concerns() (string, MatterID) { return r.Key, r.Matter }

// Concerns is the idempotency key and the matter that a request names.
func (r OrderMatterRequest) Concerns() (string, MatterID) { return r.Key, r.Matter }

// Concerns is the idempotency key and the matter that a request names.
func (r CloseMatterRequest) Concerns() (string, MatterID) { return r.Key, r.Matter }

// Concerns is the idempotency key and the matter that a request names.
func (r WithdrawMatterRequest) Concerns() (string, MatterID) { return r.Key, r.Matter }

// FileMatter judges a complaint, report or data objection under the filer's own name.
func FileMatter(c MatterCase, req FileMatterRequest) (Matter, Refusals) {
	return c.raise(req, MatterFiled, FiledKinds)
}

// ReceiveMatter judges that a service records a report that came in without a name (匿名举报): it is nobody's act, so that nothing but a
// report can come in this way.
func ReceiveMatter(c MatterCase, req FileMatterRequest) (Matter, Refusals) {
	return c.raise(req, MatterReceived, []MatterKind{MatterReport})
}

func (c MatterCase) raise(req FileMatterRequest, act MatterAct, kinds []MatterKind) (Matter, Refusals) {
	rs := checkKey(req.Key)
	m := c.begin(req.Kind, req.About, req.Statement, req.Evidence)
	if act == MatterFiled {
		m.Filer, m.FilerBody = c.person(), c.Actor.Party
	}
	v := fieldCheck{}
	v.matter(c, m, kinds)
	v.when(req.Kind == MatterDataObjection && c.Asset == nil && c.Item == nil, "about.item", ProblemMissing, RuleDataObjection)
	rs.add(v.refusal())
	rs.add(c.move(&m, act, nil))
	return m, rs
}

// begin is a matter before its first act. Whose the asset or item is, the matter concerns.
func (c MatterCase) begin(kind MatterKind, about About, statement Material, evidence []Material) Matter {
	switch {
	case about.Party != "":
	case c.Asset != nil:
		about.Party = c.Asset.Holder
	case c.Item != nil:
		about.Party = c.Item.Provider
	}
	return Matter{ID: MatterID(DerivedID("SUP", c.TxID)), Kind: kind, About: about, Statement: statement, Evidence: evidence}
}

// matter checks what a matter begins with.
func (v *fieldCheck) matter(c MatterCase, m Matter, kinds []MatterKind) {
	rule := m.Kind.Rule()
	var allowed []string
	for _, k := range kinds {
		allowed = append(allowed, string(k))
	}
	v.oneOf("matterKind", string(m.Kind), allowed...)
	if m.About.Party != "" {
		v.partyID("about.party", m.About.Party)
	}
	v.when(m.About.Asset != "" && c.Asset == nil, "about.asset", ProblemReference, rule)
	v.when(m.About.Item != "" && c.Item == nil, "about.item", ProblemReference, rule)
	v.when(c.Asset != nil && m.About.Party != c.Asset.Holder || c.Item != nil && m.About.Party != c.Item.Provider, "about.party", ProblemNotAllowed, rule)
	v.when(m.About.Party == "" && m.Kind != MatterReport && m.About.Asset == "" && m.About.Item == "", "about.party", ProblemMissing, rule)
	v.material("statement", m.Statement, MaterialStatement)
	v.materialsOf("evidence", m.Evidence, MaterialEvidence, MaterialContract, MaterialOther)
}

// EnterMatter judges an inspection or an incident that an officer of the bureau enters on an authority's document; the officer handles it. An
// incident with a remark freezes its asset at once, and with it every grant: the page and the remark are given back, nil otherwise.
func EnterMatter(c MatterCase, req EnterMatterRequest) (Matter, *Asset, *Limit, Refusals) {
	rs := checkKey(req.Key)
	m := c.begin(req.Kind, req.About, req.Statement, req.Evidence)
	m.Warrant, m.Desk, m.Handler = &req.Warrant, c.Actor.Party, c.person()
	v := fieldCheck{}
	v.matter(c, m, EnteredKinds)
	v.warrant(req.Warrant)
	v.when(req.Remark != "" && (req.Kind != MatterIncident || req.About.Asset == ""), "remark", ProblemNotAllowed, RuleIncident)
	rs.add(v.refusal())
	rs.add(c.apart(m))
	rs.add(c.move(&m, MatterEntered, nil))
	if req.Remark == "" || len(rs) > 0 {
		return m, nil, nil, rs
	}
	page, limit, refusals := EnterOrder(c.Facts, EnterLimitRequest{Key: req.Key, Asset: req.About.Asset, Kind: LimitControl, Warrant: req.Warrant, Text: req.Remark,
		From: CivilDate(c.At)}, c.Asset)
	m.Suspends = limit.N
	return m, &page, &limit, append(rs, refusals...)
}

// open begins an act on an existing matter.
func (c MatterCase) open(key string, id MatterID) (Matter, Refusals) {
	rs := checkKey(key)
	if c.Matter == nil {
		return Matter{}, append(rs, NotFound(string(id)))
	}
	rs.add(c.forward(c.Matter.Mark))
	return *c.Matter, rs
}

// apart refuses who must not handle a matter: the unit that it is about (第六十条), and the filer. Of a data objection the body that provides the
// data is the very one to handle it (第二十条).
func (c MatterCase) apart(m Matter) *Refusal {
	own := m.About.Party != "" && m.About.Party == c.Actor.Party
	if m.Kind == MatterDataObjection && c.Actor.Role == RoleApplicant {
		if !own {
			return Refuse(CodeNotOwnParty, RuleDataObjection, "party", string(c.Actor.Party), "applicant", string(m.About.Party))
		}
		own = false
	} else if c.Actor.Role != RoleSupervisor {
		return Refuse(CodeAccessDenied, m.Kind.Rule(), "role", c.Actor.Role)
	}
	if own || m.Filer == c.person() {
		return Refuse(CodeOwnMatter, m.Kind.Rule(), "party", string(c.Actor.Party), "matter", string(m.ID))
	}
	return nil
}

// handled begins an act of the person who handles a matter.
func (c MatterCase) handled(key string, id MatterID) (Matter, Refusals) {
	m, rs := c.open(key, id)
	if c.Matter == nil {
		return m, rs
	}
	rs.add(c.apart(m))
	if m.Handler != c.person() {
		rs.add(Refuse(CodeNotHandler, m.Kind.Rule(), "matter", string(m.ID), "handler", string(m.Handler)))
	}
	return m, rs
}

// TakeUpMatter judges that somebody of the right desk takes a matter up, also from a colleague (受理、接办).
func TakeUpMatter(c MatterCase, req TakeUpMatterRequest) (Matter, Refusals) {
	m, rs := c.open(req.Key, req.Matter)
	if c.Matter == nil {
		return m, rs
	}
	if req.Unit != "" {
		v := fieldCheck{}
		v.partyID("unit", req.Unit)
		v.when(m.About.Party != "", "unit", ProblemNotAllowed, m.Kind.Rule())
		rs.add(v.refusal())
		m.About.Party = req.Unit
	}
	rs.add(c.apart(m))
	m.Desk, m.Handler = c.Actor.Party, c.person()
	rs.add(c.move(&m, MatterTaken, nil))
	return m, rs
}

// NoteMatter judges a step of the handling that is put on record.
func NoteMatter(c MatterCase, req NoteMatterRequest) (Matter, Refusals) {
	m, rs := c.handled(req.Key, req.Matter)
	return c.written(m, rs, MatterNoted, req)
}

// written adds a document to a matter.
func (c MatterCase) written(m Matter, rs Refusals, act MatterAct, req NoteMatterRequest) (Matter, Refusals) {
	if c.Matter == nil {
		return m, rs
	}
	v := fieldCheck{}
	v.material("statement", req.Statement, MaterialStatement, MaterialEvidence)
	rs.add(v.refusal())
	rs.add(c.move(&m, act, &req.Statement))
	return m, rs
}

// OrderMatter judges an order to rectify (责令整改, 第五十七条): by an officer of the bureau, naming authority and document, until a day.
func OrderMatter(c MatterCase, req OrderMatterRequest) (Matter, Refusals) {
	m, rs := c.handled(req.Key, req.Matter)
	if c.Matter == nil {
		return m, rs
	}
	v := fieldCheck{}
	v.partyID("unit", req.Unit)
	v.warrant(req.Warrant)
	v.date("due", req.Due, RuleSafety)
	v.when(req.Due != "" && req.Due < CivilDate(c.At), "due", ProblemRange, RuleSafety)
	rs.add(v.refusal())
	m.Order = &Rectification{Party: req.Unit, Warrant: req.Warrant, Due: req.Due}
	rs.add(c.move(&m, MatterOrdered, nil))
	return m, rs
}

// AnswerMatter judges the report of the party that has to rectify; a late one counts and stays flagged.
func AnswerMatter(c MatterCase, req NoteMatterRequest) (Matter, Refusals) {
	m, rs := c.open(req.Key, req.Matter)
	if m.Order == nil {
		if c.Matter != nil {
			rs.add(Refuse(CodeStatusWrong, RuleSafety, "act", string(MatterAnswered), "status", string(m.Status)))
		}
		return m, rs
	}
	if m.Order.Party != c.Actor.Party {
		rs.add(Refuse(CodeNotOwnParty, RuleSafety, "party", string(c.Actor.Party), "applicant", string(m.Order.Party)))
	}
	order := *m.Order
	if order.Answered == "" {
		order.Answered = CivilDate(c.At)
	}
	m.Order = &order
	return c.written(m, rs, MatterAnswered, req)
}

// CloseMatter judges the end of a matter: never without a recorded result (第二十、二十六、六十条), nor while the order by which an incident suspends
// an asset is in force.
func CloseMatter(c MatterCase, req CloseMatterRequest) (Matter, Refusals) {
	m, rs := c.handled(req.Key, req.Matter)
	if c.Matter == nil {
		return m, rs
	}
	v := fieldCheck{}
	v.outcome(m.Kind, req.Result)
	rs.add(v.refusal())
	if m.Suspends != 0 && (c.Limit == nil || c.Limit.Status != LimitLifted) {
		rs.add(Refuse(CodeSuspensionOpen, RuleIncident, "matter", string(m.ID), "asset", string(m.About.Asset), "limit", itoa(m.Suspends)))
	}
	m.Result = &req.Result
	rs.add(c.move(&m, MatterConcluded, &req.Result.Document))
	return m, rs
}

func (v *fieldCheck) outcome(kind MatterKind, r MatterResult) {
	rule := kind.Rule()
	switch {
	case r.Outcome == "":
		v.add("result.outcome", ProblemMissing, rule)
	case !slices.Contains(MatterOutcomes[kind], r.Outcome):
		v.add("result.outcome", ProblemNotAllowed, rule, "value", clip(r.Outcome))
	}
	if r.Outcome == "REFERRED" {
		v.text("result.authority", r.Authority, 100, rule)
	} else {
		v.when(r.Authority != "", "result.authority", ProblemNotAllowed, rule)
	}
	v.material("result.document", r.Document, MaterialDecision)
}

// WithdrawMatter judges that the filer takes a complaint or a data objection back. A report is not taken back: the violation stays.
func WithdrawMatter(c MatterCase, req WithdrawMatterRequest) (Matter, Refusals) {
	m, rs := c.open(req.Key, req.Matter)
	if c.Matter == nil {
		return m, rs
	}
	if m.Filer == "" || m.Filer != c.person() {
		rs.add(Refuse(CodeNotOwnParty, m.Kind.Rule(), "party", string(c.Actor.Party), "applicant", string(m.FilerBody)))
	}
	if m.Kind == MatterReport {
		rs.add(Refuse(CodeActionRefused, RuleReport, "action", string(MatterDropped), "track", string(m.Kind)))
	}
	rs.add(c.move(&m, MatterDropped, nil))
	return m, rs
}
