package registry

import (
	"slices"
	"strings"
)

// MandateStatus is the status of a mandate.
type MandateStatus string

// Statuses of a mandate. REVOKED is final; a mandate also ends with its last day.
const (
	MandateActive  MandateStatus = "ACTIVE"
	MandateRevoked MandateStatus = "REVOKED"
)

// Mandate lets an agent or a clerk of the service hall do acts of an applicant in the applicant's place (委托代理, 指引
// 第十六条). The agent signs with the agent's own key; the case shows who acted under which mandate.
type Mandate struct {
	ID        MandateID     `json:"id"`
	Principal PartyID       `json:"principal"`
	Agent     PersonID      `json:"agent"` // the person's first account: any of the person's devices
	Acts      []Act         `json:"acts"`
	Until     Date          `json:"until"`              // last civil day
	Document  string        `json:"document,omitempty"` // CID of the signed mandate; always there when staff recorded it
	Status    MandateStatus `json:"status"`
	Grantor   PersonID      `json:"grantor"`            // who recorded it
	Recorded  bool          `json:"recorded,omitempty"` // by staff from paper; worth nothing any more when the principal can sign in person
	Reason    string        `json:"reason,omitempty"`
	Mark      Mark          `json:"mark"`
}

// MandateActs are the acts that a mandate can allow: those of an applicant.
var MandateActs = []Act{ActSubmit, ActResubmit, ActWithdraw, ActClaimAcceptance, ActSupplyEvidence, ActAnswerObjection,
	ActSubmitChange, ActSubmitCorrection, ActSubmitTransfer, ActJoin, ActSubmitRenewal, ActSubmitCancellation, ActSupplement, ActDeposit,
	ActAcknowledgeNotice, ActAnswerDispute, ActRespondDispute}

// Represents says whether the actor acts for applicants, and so under a mandate only.
func (a Actor) Represents() bool { return a.Role == RoleAgent || a.Role == RoleClerk }

// MandateCase is everything that an act on a mandate may look at; nil means that the ledger has no such record.
type MandateCase struct {
	Facts
	Own       *Account // the actor's
	Agent     *Account // that the request names
	Principal *Party
	Mandate   *Mandate
}

// GrantMandateRequest is the document of mandate:Grant.
type GrantMandateRequest struct {
	Key       string   `json:"key"`
	Principal PartyID  `json:"principal"`
	Agent     PersonID `json:"agent"`
	Acts      []Act    `json:"acts"`
	Until     Date     `json:"until"`
	Document  string   `json:"document,omitempty"`
}

// GrantMandate judges a mandate: granted by the principal's own account, or recorded by a clerk or the officer from a signed
// document for a principal without account (窗口协助办理). Nobody records a mandate for themselves.
func GrantMandate(c MandateCase, req GrantMandateRequest) (Mandate, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.partyID("principal", req.Principal)
	v.mandatedActs("acts", req.Acts)
	v.date("until", req.Until, RuleMandate)
	v.when(req.Until != "" && req.Until < CivilDate(c.At), "until", ProblemRange, RuleMandate)
	if c.Actor.Role != RoleApplicant || req.Document != "" {
		v.cid("document", req.Document, RuleMandate)
	}
	v.agent("agent", req.Agent, c.Agent)
	rs.add(v.refusal())
	rs.add(activeParty(req.Principal, c.Principal))
	if c.Actor.Role == RoleApplicant && c.Actor.Party != req.Principal {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Actor.Party), "applicant", clip(string(req.Principal))))
	}
	if c.Actor.Role != RoleApplicant && c.Principal != nil && c.Principal.Accounts > 0 {
		rs.add(Refuse(CodeHasAccount, RuleMandate, "party", string(req.Principal)))
	}
	if c.Principal != nil && c.Principal.EndedBy == c.Actor.ID() { // who took the key away is not who speaks for the party
		rs.add(Refuse(CodeSamePerson, RuleImpartial, "person", string(c.Actor.ID()), "other", "officer"))
	}
	m := Mandate{ID: MandateID(DerivedID("MDT", c.TxID)), Principal: req.Principal, Agent: req.Agent, Acts: req.Acts, Until: req.Until, Document: req.Document,
		Status: MandateActive, Grantor: c.Actor.ID(), Recorded: c.Actor.Role != RoleApplicant, Mark: Mark{}.touch(c.Facts)}
	if c.Agent == nil {
		return m, rs
	}
	m.Agent = c.Agent.Owner
	if c.Own != nil && c.Own.Owner == m.Agent {
		rs.add(Refuse(CodeSamePerson, RuleImpartial, "person", string(m.Agent), "other", "agent"))
	}
	return m, rs
}

func (v *fieldCheck) mandatedActs(path string, acts []Act) {
	v.list(path, len(acts), len(MandateActs))
	for i, act := range acts {
		v.when(!slices.Contains(MandateActs, act), at(path, i), ProblemNotAllowed, RuleMandate)
		v.when(slices.Contains(acts[:i], act), at(path, i), ProblemDuplicate, RuleMandate)
	}
}

func (v *fieldCheck) agent(path string, id PersonID, a *Account) {
	switch {
	case id == "":
		v.add(path, ProblemMissing, RuleMandate)
	case a == nil:
		v.add(path, ProblemReference, RuleMandate)
	case !a.actor().Represents() || a.final():
		v.add(path, ProblemNotAllowed, RuleMandate)
	}
}

// partyID checks the name of a party: a credit code, or the keyed reference of a natural person.
func (v *fieldCheck) partyID(path string, id PartyID) {
	if strings.HasPrefix(string(id), "N-") {
		v.subjectRef(path, string(id))
	} else {
		v.creditCode(path, string(id))
	}
}

// RevokeMandateRequest is the document of mandate:Revoke.
type RevokeMandateRequest struct {
	Key     string    `json:"key"`
	Mandate MandateID `json:"mandate"`
	Reason  string    `json:"reason"`
}

// RevokeMandate judges the end of a mandate, by the principal, the agent or the officer; it takes effect at once.
func RevokeMandate(c MandateCase, req RevokeMandateRequest) (Mandate, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.text("reason", req.Reason, 200, RuleMandate)
	rs.add(v.refusal())
	if c.Mandate == nil {
		rs.add(NotFound(string(req.Mandate)))
		return Mandate{}, rs
	}
	m := *c.Mandate
	if m.Status != MandateActive {
		rs.add(Refuse(CodeStatusWrong, RuleMandate, "status", string(m.Status)))
	}
	principal := c.Actor.Role == RoleApplicant && c.Actor.Party == m.Principal
	agent := c.Own != nil && c.Own.Owner == m.Agent
	if !principal && !agent && c.Actor.Role != RoleOfficer {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Actor.Party), "applicant", string(m.Principal)))
	}
	m.Status, m.Reason, m.Mark = MandateRevoked, req.Reason, m.Mark.touch(c.Facts)
	return m, rs
}

// Principal is the party for which the actor does an applicant's act: the actor's own, or that of the mandate.
func (c Case) Principal() PartyID {
	if !c.Actor.Represents() {
		return c.Actor.Party
	}
	if c.Mandate == nil {
		return ""
	}
	return c.Mandate.Principal
}

// mandated refuses an applicant's act by an agent or clerk without a mandate that allows it, and by an applicant with one.
func (c Case) mandated(act Act, id MandateID) *Refusal {
	v := fieldCheck{}
	if !c.Actor.Represents() {
		v.when(id != "", "mandate", ProblemNotAllowed, RuleMandate)
		return v.refusal()
	}
	v.when(id == "", "mandate", ProblemMissing, RuleMandate)
	v.when(id != "" && c.Mandate == nil, "mandate", ProblemReference, RuleMandate)
	if refusal := v.refusal(); refusal != nil {
		return refusal
	}
	m := c.Mandate
	if m.Status != MandateActive || c.Today > m.Until {
		return Refuse(CodeMandateEnded, RuleMandate, "mandate", string(m.ID), "status", string(m.Status), "until", string(m.Until))
	}
	if m.Recorded && c.Represented != nil && c.Represented.Accounts > 0 {
		return Refuse(CodeHasAccount, RuleMandate, "party", string(m.Principal))
	}
	if c.Own == nil || c.Own.Owner != m.Agent || !slices.Contains(m.Acts, act) {
		return Refuse(CodeMandateDiffers, RuleMandate, "mandate", string(m.ID), "act", string(act))
	}
	return nil
}
