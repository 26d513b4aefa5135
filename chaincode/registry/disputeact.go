package registry

import "slices"

// DisputeOutcome is what an act on an objection after registration writes.
type DisputeOutcome struct {
	Dispute Dispute
	Page    Asset
	Notices []Notice
}

const maxDisputes = 50

// FileDispute judges an objection to a registration (第二十九条): by any registered party but the registrant, in its own name, with statement and
// first evidence. The registrant is to be told within the profile's period.
func FileDispute(c Case, req FileDisputeRequest) (DisputeOutcome, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.material("statement", req.Statement, MaterialStatement)
	v.evidence("evidence", req.Evidence)
	rs.add(v.refusal())
	rs.add(activeParty(c.Actor.Party, c.Party))
	if refusal := c.page(c.Asset, req.Asset); refusal != nil {
		return DisputeOutcome{}, append(rs, refusal)
	}
	if c.Profile == nil || c.Profile.Notify.N == 0 {
		return DisputeOutcome{}, append(rs, Refuse(CodeActionRefused, RuleDispute, "action", string(ActFileDispute), "track", string(c.Asset.Track)))
	}
	if c.Asset.Holder == c.Actor.Party {
		rs.add(Refuse(CodeNotOwnParty, RuleDispute, "party", string(c.Actor.Party), "applicant", string(c.Asset.Holder)))
	}
	for _, h := range c.Asset.Disputes {
		if h.Objector == c.Actor.Party {
			rs.add(Refuse(CodeObjectionOpen, RuleDispute, "objection", itoa(h.N)))
		}
	}
	if len(c.Asset.Disputes) >= maxDisputes {
		rs.add(Refuse(CodeObjectionsFull, RuleDispute, "max", itoa(maxDisputes)))
	}
	page := *c.Asset
	page.DisputeCount++
	notify := c.Profile.Notify.Start(DeadlineNotify, RuleDispute, c.At, c.Calendars)
	d := Dispute{Asset: page.ID, N: page.DisputeCount, Version: page.Version, Objector: c.Actor.Party, Registrant: page.Holder, Statement: req.Statement,
		Evidence: req.Evidence, Notify: &notify}
	return c.disputed(d, page, ActFileDispute, DisputeFiled, DisputeStep{}), rs
}

// ExamineDispute judges whether the materials are complete (审查异议材料是否齐全). The notice by which the registrant is told is written with it; one that is
// not complete ends, and may be filed anew.
func ExamineDispute(c Case, req ExamineDisputeRequest) (DisputeOutcome, Refusals) {
	d, rs := c.openDispute(req.Key, ActExamineDispute)
	if len(rs) > 0 {
		return DisputeOutcome{}, rs
	}
	rs = append(rs, c.deciding(d)...)
	to := DisputeNotified
	if !req.Complete {
		to = DisputeDeclined
		rs = append(rs, checkReasons(req.Reasons, RuleDispute)...)
	} else {
		v := fieldCheck{}
		v.when(len(req.Reasons) > 0, "reasons", ProblemNotAllowed, RuleDispute)
		rs.add(v.refusal())
	}
	late := c.examined(&d)
	tell := []PartyID{d.Registrant}
	if !req.Complete {
		tell = []PartyID{d.Objector}
	}
	return c.disputed(d, *c.Asset, ActExamineDispute, to, DisputeStep{Reasons: req.Reasons, Overdue: late}, tell...), rs
}

// examined ends the period for telling the registrant, computed first if it has waited for a calendar, and says whether it was over.
func (c Case) examined(d *Dispute) (late bool) {
	if d.Notify == nil {
		return false
	}
	finished, at := *d.Notify, c.At
	if finished.Pending {
		finished.compute(c.Calendars)
	}
	finished.FinishedAt = &at
	d.Notify = &finished
	return finished.Over(c.At)
}

// AnswerDispute judges what the registrant says: it agrees, and the register is to be changed, or it explains why not.
func AnswerDispute(c Case, req AnswerDisputeRequest) (DisputeOutcome, Refusals) {
	d, rs := c.openDispute(req.Key, ActAnswerDispute)
	rs.add(c.mandated(ActAnswerDispute, req.Mandate))
	if len(rs) > 0 {
		return DisputeOutcome{}, rs
	}
	if c.Principal() != d.Registrant {
		rs.add(Refuse(CodeNotOwnParty, RuleDispute, "party", string(c.Principal()), "applicant", string(d.Registrant)))
	}
	v := fieldCheck{}
	v.when(req.Agrees && (req.Statement != nil || len(req.Evidence) > 0), "statement", ProblemNotAllowed, RuleDispute)
	v.when(!req.Agrees && req.Statement == nil, "statement", ProblemMissing, RuleDispute)
	if req.Statement != nil {
		v.material("statement", *req.Statement, MaterialStatement)
	}
	v.materialsOf("evidence", req.Evidence, MaterialEvidence, MaterialContract, MaterialOther)
	rs.add(v.refusal())
	to := DisputeContested
	if req.Agrees {
		to = DisputeAgreed
	}
	d.Answer, d.Counter = req.Statement, req.Evidence
	page := *c.Asset
	if page.Holder == d.Registrant {
		page.Paper = c.Actor.Role == RoleClerk
	}
	return c.disputed(d, page, ActAnswerDispute, to, DisputeStep{}, d.Objector), rs
}

// ConcludeDispute judges the registrar's conclusion after its investigation (异议处理结论), by an objections officer. It is told to both sides.
func ConcludeDispute(c Case, req ConcludeDisputeRequest) (DisputeOutcome, Refusals) {
	d, rs := c.openDispute(req.Key, ActConcludeDispute)
	if len(rs) > 0 {
		return DisputeOutcome{}, rs
	}
	rs = append(rs, c.deciding(d)...)
	v := fieldCheck{}
	v.material("decision", req.Decision, MaterialDecision)
	rs.add(v.refusal())
	rs = append(rs, checkReasons(req.Reasons, RuleDispute)...)
	d.Upheld, d.Conclusion = req.Upheld, &req.Decision
	return c.disputed(d, *c.Asset, ActConcludeDispute, DisputeConcluded, DisputeStep{Reasons: req.Reasons}, d.Objector, d.Registrant), rs
}

// RespondDispute judges what a side says to the conclusion: accepted by both it is carried out, or the registration stands; not accepted by one it
// is left to arbitration or court.
func RespondDispute(c Case, req RespondDisputeRequest) (DisputeOutcome, Refusals) {
	d, rs := c.openDispute(req.Key, ActRespondDispute)
	rs.add(c.mandated(ActRespondDispute, req.Mandate))
	if len(rs) > 0 {
		return DisputeOutcome{}, rs
	}
	party := c.Principal()
	other := d.Objector
	if party == d.Objector {
		other = d.Registrant
	}
	if party != d.Objector && party != d.Registrant {
		rs.add(Refuse(CodeNotOwnParty, RuleDispute, "party", string(party), "applicant", string(d.Registrant)))
	}
	if slices.Contains(d.Accepted, party) {
		rs.add(Refuse(CodeStatusWrong, RuleDispute, "act", string(ActRespondDispute), "status", string(d.Status)))
	}
	to := DisputeConcluded
	switch {
	case !req.Accepts:
		to = DisputeInCourt
	case len(d.Accepted) == 0:
		d.Accepted = []PartyID{party}
	default:
		d.Accepted, to = append(slices.Clone(d.Accepted), party), DisputeRejected
		if d.Upheld {
			to = DisputeAccepted
		}
	}
	return c.disputed(d, *c.Asset, ActRespondDispute, to, DisputeStep{}, other), rs
}

// RecordJudgment judges the record of an effective document of a court or arbitration body (生效法律文书), which the registrar follows. It may come
// whenever the registrant was told: nobody has to wait for the conclusion to go there.
func RecordJudgment(c Case, req RecordJudgmentRequest) (DisputeOutcome, Refusals) {
	d, rs := c.openDispute(req.Key, ActRecordJudgment)
	if len(rs) > 0 {
		return DisputeOutcome{}, rs
	}
	rs = append(rs, c.deciding(d)...)
	v := fieldCheck{}
	v.warrant(req.Warrant)
	rs.add(v.refusal())
	rs = append(rs, checkReasons(req.Reasons, RuleDispute)...)
	to := DisputeRejected
	if req.Upheld {
		to = DisputeJudged
	}
	d.Upheld, d.Judgment = req.Upheld, &req.Warrant
	return c.disputed(d, *c.Asset, ActRecordJudgment, to, DisputeStep{Reasons: req.Reasons}, d.Objector, d.Registrant), rs
}

// SettleDispute judges the record that the outcome was carried out (处置): the page was changed since the objection was filed, or has ended.
func SettleDispute(c Case, req EndDisputeRequest) (DisputeOutcome, Refusals) {
	d, rs := c.openDispute(req.Key, ActSettleDispute)
	if len(rs) > 0 {
		return DisputeOutcome{}, rs
	}
	rs = append(rs, c.deciding(d)...)
	rs = append(rs, checkReasons(req.Reasons, RuleDispute)...)
	if c.Asset.Version == d.Version && c.Asset.Status == AssetActive {
		rs.add(Refuse(CodeNotCarriedOut, RuleDispute, "asset", string(d.Asset), "objection", itoa(d.N)))
	}
	return c.disputed(d, *c.Asset, ActSettleDispute, DisputeSettled, DisputeStep{Reasons: req.Reasons}, d.Objector, d.Registrant), rs
}

// WithdrawDispute judges that the objector withdraws (撤回), as long as the outcome is not certain.
func WithdrawDispute(c Case, req EndDisputeRequest) (DisputeOutcome, Refusals) {
	d, rs := c.openDispute(req.Key, ActWithdrawDispute)
	if len(rs) > 0 {
		return DisputeOutcome{}, rs
	}
	if c.Actor.Party != d.Objector {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Actor.Party), "objector", string(d.Objector)))
	}
	rs = append(rs, checkReasons(req.Reasons, RuleDispute)...)
	tell := []PartyID{d.Registrant}
	if d.Status == DisputeFiled { // the registrant was told nothing yet
		tell = nil
	}
	return c.disputed(d, *c.Asset, ActWithdrawDispute, DisputeWithdrawn, DisputeStep{Reasons: req.Reasons}, tell...), rs
}

// openDispute begins an act on an objection after registration: it is there, the move is legal, time does not run backwards.
func (c Case) openDispute(key string, act Act) (Dispute, Refusals) {
	rs := checkKey(key)
	if c.Dispute == nil || c.Asset == nil || c.Dispute.Asset != c.Asset.ID {
		return Dispute{}, append(rs, Refuse(CodeNotFound, RuleDispute, "act", string(act)))
	}
	d := *c.Dispute
	if !slices.Contains(DisputeActsFrom(d.Status), act) {
		rs.add(Refuse(CodeStatusWrong, RuleDispute, "act", string(act), "status", string(d.Status)))
	}
	rs.add(c.forward(d.Mark))
	rs.add(c.forward(c.Asset.Mark))
	return d, rs
}

// deciding refuses whoever is no objections officer of the registrar, or belongs to a side.
func (c Case) deciding(d Dispute) Refusals {
	var rs Refusals
	rs.add(inOffice(c.Facts, c.Office, OfficeObjections))
	if c.Actor.Party == d.Registrant || c.Actor.Party == d.Objector {
		rs.add(Refuse(CodeRegistrarApplicant, RuleImpartial, "party", string(c.Actor.Party)))
	}
	return rs
}

// disputed moves an objection after registration and tells the sides.
func (c Case) disputed(d Dispute, page Asset, act Act, to DisputeStatus, step DisputeStep, tell ...PartyID) DisputeOutcome {
	step.Act, step.To, step.At, step.TxID, step.Actor = act, to, c.At, c.TxID, c.Actor.ID()
	d.Course = append(slices.Clone(d.Course), step)
	if c.Office != nil {
		d.Officer = c.Actor.ID()
	}
	d.Status, d.Mark = to, d.Mark.touch(c.Facts)
	page.Disputes = slices.DeleteFunc(slices.Clone(page.Disputes), func(h DisputeHead) bool { return h.N == d.N })
	if !to.Final() {
		page.Disputes = append(page.Disputes, DisputeHead{N: d.N, Objector: d.Objector, Status: to})
	}
	out := DisputeOutcome{Dispute: d}
	for _, party := range tell {
		n := Notice{To: party, By: c.Principal(), Act: act, Rule: RuleDispute, Result: string(to), Reasons: step.Reasons, For: itoa(d.N), Document: d.document(act), Person: c.Actor.ID()}
		if party == page.Holder {
			n.ToName, n.Paper = page.HolderName, page.Paper
		}
		page, n = tellOn(c.Facts, page, n)
		out.Notices = append(out.Notices, n)
	}
	page.Mark = page.Mark.touch(c.Facts)
	out.Page = page
	return out
}

// document is the paper on which an act rests, for the notice of it.
func (d Dispute) document(act Act) *Material {
	switch {
	case act == ActExamineDispute && d.Status == DisputeNotified:
		return &d.Statement
	case act == ActAnswerDispute:
		return d.Answer
	case act == ActConcludeDispute:
		return d.Conclusion
	case act == ActRecordJudgment && d.Judgment != nil:
		return &d.Judgment.Document
	}
	return nil
}

// undisputed refuses to transfer what is in dispute: an ownership dispute that is not settled bars registration (第二十二条（三）). One whose
// materials nobody has examined yet does not.
func (c Case) undisputed(action Action) *Refusal {
	if action != ActionTransfer {
		return nil
	}
	for _, h := range c.Asset.Disputes {
		if h.Status != DisputeFiled {
			return Refuse(CodeDisputeOpen, RuleGrounds, "asset", string(c.Asset.ID), "objection", itoa(h.N))
		}
	}
	return nil
}

// outcomeDue says whether an objection to the page has an outcome to be carried out.
func (a *Asset) outcomeDue() bool {
	return slices.ContainsFunc(a.Disputes, func(h DisputeHead) bool { return h.Status.Due() })
}
