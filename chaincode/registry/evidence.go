package registry

import "time"

// EvidenceRequest is what a review asks for and what came (补充佐证材料, 第十八条). The handling clock stands still meanwhile.
type EvidenceRequest struct {
	Items      []string   `json:"items"`
	At         time.Time  `json:"at"`
	TxID       string     `json:"txId"`
	Materials  []Material `json:"materials,omitempty"`
	Unable     bool       `json:"unable,omitempty"` // the applicant says that it cannot supply
	AnsweredAt *time.Time `json:"answeredAt,omitempty"`
}

// SupplyEvidenceRequest is the document of registration:SupplyEvidence: materials, or Unable.
type SupplyEvidenceRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Materials   []Material    `json:"materials,omitempty"`
	Unable      bool          `json:"unable,omitempty"`
	Mandate     MandateID     `json:"mandate,omitempty"`
}

// Under is the mandate that the request names.
func (r SupplyEvidenceRequest) Under() MandateID { return r.Mandate }

// ExtendRequest is the document of registration:Extend; N counts units of the review period.
type ExtendRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	N           int           `json:"n"`
	Reasons     []string      `json:"reasons"`
}

// RequestEvidence judges that the review asks for supporting evidence; the handling clock stops (第十八、二十八条).
func RequestEvidence(c Case, req ReasonsRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActRequestEvidence)
	rs = append(rs, checkReasons(req.Reasons, RuleReview)...)
	rs.add(c.apartFrom(app.Acceptor, "acceptor"))
	if c.Profile != nil && c.Profile.Evidence.N == 0 {
		rs.add(Refuse(CodeActionRefused, RuleFormalReview, "action", string(ActRequestEvidence), "track", string(app.Track)))
	}
	if len(app.Evidence) >= maxEvidence {
		v := fieldCheck{}
		v.add("reasons", ProblemTooMany, RuleReview, "max", itoa(maxEvidence))
		rs.add(v.refusal())
	}
	app.Evidence = append(app.Evidence, EvidenceRequest{Items: req.Reasons, At: c.At, TxID: c.TxID})
	app.Reviewer, app.Registrar = c.Actor.ID(), c.Actor.Party
	late := c.pause(&app, DeadlineReview, ActRequestEvidence)
	if c.Profile != nil {
		app.Deadlines = append(app.Deadlines, c.Profile.Evidence.Start(DeadlineEvidence, RuleReview, c.At, c.Calendars))
	}
	c.move(&app, ActRequestEvidence, t.To, late)
	return Outcome{Application: app, Reasons: req.Reasons}, rs
}

// SupplyEvidence judges the applicant's answer, also a late one as long as the case is not terminated; the clock runs on.
func SupplyEvidence(c Case, req SupplyEvidenceRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActSupplyEvidence)
	rs.add(c.mandated(ActSupplyEvidence, req.Mandate))
	v := fieldCheck{}
	if req.Unable {
		v.when(len(req.Materials) > 0, "materials", ProblemNotAllowed, RuleReview)
	} else {
		v.evidence("materials", req.Materials)
	}
	rs.add(v.refusal())
	c.answer(&app, req.Materials, req.Unable)
	c.move(&app, ActSupplyEvidence, t.To, false)
	return Outcome{Application: app}, rs
}

// ResumeReview judges that the registrar has verified by other means what it had asked for; the reasons say how.
func ResumeReview(c Case, req ReasonsRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActResumeReview)
	rs = append(rs, checkReasons(req.Reasons, RuleReview)...)
	rs.add(c.apartFrom(app.Acceptor, "acceptor"))
	c.answer(&app, nil, false)
	c.move(&app, ActResumeReview, t.To, false)
	return Outcome{Application: app, Reasons: req.Reasons}, rs
}

func (c Case) answer(app *Application, materials []Material, unable bool) {
	if n := len(app.Evidence); n > 0 {
		at := c.At
		app.Evidence[n-1].Materials, app.Evidence[n-1].Unable, app.Evidence[n-1].AnsweredAt = materials, unable, &at
	}
	c.finish(app, DeadlineEvidence)
	c.resume(app, DeadlineReview)
}

// Terminate judges the end of a case whose evidence did not come and cannot be verified otherwise (终止登记, 第十八条): the applicant
// said so, or the period for it is over.
func Terminate(c Case, req ReasonsRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActTerminate)
	rs = append(rs, checkReasons(req.Reasons, RuleReview)...)
	rs.add(c.apartFrom(app.Acceptor, "acceptor"))
	rs.add(c.unsupplied(app))
	app.Reasons, app.Reviewer = req.Reasons, c.Actor.ID()
	c.finish(&app, DeadlineEvidence)
	late := c.finish(&app, DeadlineReview)
	c.move(&app, ActTerminate, t.To, late)
	return Outcome{Application: app, Reasons: req.Reasons}, rs
}

func (c Case) unsupplied(app Application) *Refusal {
	n := len(app.Evidence)
	if n > 0 && app.Evidence[n-1].Unable {
		return nil
	}
	d := app.running(DeadlineEvidence)
	switch {
	case app.Status != StatusEvidence || d == nil:
		return Refuse(CodeEvidenceOpen, RuleReview, "application", string(app.ID))
	case d.Unserved:
		return Refuse(CodeNotServed, RuleNotice, "notice", itoa(d.Notice))
	case d.Pending:
		return Refuse(CodeCalendarMissing, RulePeriods, "deadline", string(d.Kind))
	case !d.Over(c.At):
		return Refuse(CodeTooEarly, RuleReview, "dueDate", string(d.DueDate), "dueAt", instant(d.DueAt))
	}
	return nil
}

// Extend judges that the handling is prolonged (延长, 第二十八条): once, with reasons, before it is over, by no more than the profile allows.
func Extend(c Case, req ExtendRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActExtend)
	rs = append(rs, checkReasons(req.Reasons, RuleHandling)...)
	rs.add(c.apartFrom(app.Acceptor, "acceptor"))
	d := app.running(DeadlineReview)
	if d == nil || c.Profile == nil || c.Profile.Extension.N == 0 || d.Extended > 0 {
		return Outcome{}, append(rs, Refuse(CodeExtended, RuleHandling, "application", string(app.ID)))
	}
	v := fieldCheck{}
	if longest := c.Profile.Extension.N; req.N < 1 || req.N > longest {
		v.add("n", ProblemRange, RuleHandling, "min", "1", "max", itoa(longest))
	}
	rs.add(v.refusal())
	if d.Over(c.At) {
		rs.add(Refuse(CodeTooLate, RuleHandling, "dueDate", string(d.DueDate), "dueAt", instant(d.DueAt)))
	}
	d.extend(req.N, c.Calendars)
	app.Extension = req.Reasons
	c.move(&app, ActExtend, t.To, false)
	return Outcome{Application: app, Reasons: req.Reasons}, rs
}

// ExplainDelay judges that the applicant is told why a review is not completed in time (审核未完成的，应当向登记主体说明原因, 第十一条 of
// the public-data rules). It may be done again, and prolongs nothing.
func ExplainDelay(c Case, req ReasonsRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActExplainDelay)
	rs = append(rs, checkReasons(req.Reasons, RuleFormalReview)...)
	rs.add(c.apartFrom(app.Acceptor, "acceptor"))
	if d, ok := app.Deadline(DeadlineReview); !ok || !d.Over(c.At) {
		rs.add(Refuse(CodeTooEarly, RuleFormalReview, "dueDate", string(d.DueDate), "dueAt", instant(d.DueAt)))
	}
	c.move(&app, ActExplainDelay, t.To, true)
	return Outcome{Application: app, Reasons: req.Reasons}, rs
}
