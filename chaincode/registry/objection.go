package registry

import (
	"slices"
	"strconv"
	"time"
)

// ObjectionStatus is the status of an objection.
type ObjectionStatus string

// Statuses of an objection in publicity (公示异议).
const (
	ObjectionOpen      ObjectionStatus = "OPEN"      // 调查中
	ObjectionUpheld    ObjectionStatus = "UPHELD"    // 成立
	ObjectionRejected  ObjectionStatus = "REJECTED"  // 不成立
	ObjectionWithdrawn ObjectionStatus = "WITHDRAWN" // 异议人撤回
	ObjectionMoot      ObjectionStatus = "MOOT"      // the case ended otherwise
)

// ObjectionHead is what a case keeps of its objections, so that acts on it need no scan. Its status is the one that counts:
// an open objection of a case that ended is MOOT here only.
type ObjectionHead struct {
	N        int             `json:"n"`
	Objector PartyID         `json:"objector"`
	Status   ObjectionStatus `json:"status"`
}

// Objection is an objection to what a case publishes (异议, 第二十五条 of the guide), under real name and with evidence. Its reasons
// and evidence are encrypted by CID, never on the ledger.
type Objection struct {
	Application ApplicationID   `json:"application"`
	N           int             `json:"n"`
	Objector    PartyID         `json:"objector"`
	Person      PersonID        `json:"person"`
	Statement   Material        `json:"statement"` // the reasons
	Evidence    []Material      `json:"evidence"`
	Answers     []Answer        `json:"answers,omitempty"` // the applicant's explanations
	Status      ObjectionStatus `json:"status"`
	Officer     PersonID        `json:"officer,omitempty"`
	Decision    *Material       `json:"decision,omitempty"`
	Reasons     []string        `json:"reasons,omitempty"` // of the decision or the withdrawal
	FiledAt     time.Time       `json:"filedAt"`
	Mark        Mark            `json:"mark"`
}

// Answer is what the applicant says to an objection (解释说明).
type Answer struct {
	Statement Material  `json:"statement"`
	At        time.Time `json:"at"`
	TxID      string    `json:"txId"`
}

// FileObjectionRequest is the document of registration:FileObjection.
type FileObjectionRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Statement   Material      `json:"statement"` // kind STATEMENT
	Evidence    []Material    `json:"evidence"`  // kind EVIDENCE or CONTRACT, at least one
}

// AnswerObjectionRequest is the document of registration:AnswerObjection.
type AnswerObjectionRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Objection   int           `json:"objection"`
	Statement   Material      `json:"statement"` // kind STATEMENT
	Mandate     MandateID     `json:"mandate,omitempty"`
}

// Under is the mandate that the request names.
func (r AnswerObjectionRequest) Under() MandateID { return r.Mandate }

// DecideObjectionRequest is the document of registration:DecideObjection; Ground is given when the objection is upheld and
// registration is refused.
type DecideObjectionRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Objection   int           `json:"objection"`
	Upheld      bool          `json:"upheld"`
	Decision    Material      `json:"decision"` // kind DECISION
	Ground      string        `json:"ground,omitempty"`
	Reasons     []string      `json:"reasons"`
}

// WithdrawObjectionRequest is the document of registration:WithdrawObjection.
type WithdrawObjectionRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Objection   int           `json:"objection"`
	Reasons     []string      `json:"reasons"`
}

// Disputed is the number of the objection that the request names.
func (r AnswerObjectionRequest) Disputed() int { return r.Objection }

// Disputed is the number of the objection that the request names.
func (r DecideObjectionRequest) Disputed() int { return r.Objection }

// Disputed is the number of the objection that the request names.
func (r WithdrawObjectionRequest) Disputed() int { return r.Objection }

const (
	maxObjections = 100
	maxEvidence   = 20
)

// FileObjection judges an objection (提出异议): before the end of publicity, or while that end is pending or its clock stands
// still. The rest of the period waits until every objection is decided.
func FileObjection(c Case, req FileObjectionRequest) (Outcome, Refusals) {
	app, _, rs := c.open(req.Key, ActFileObjection)
	v := fieldCheck{}
	v.material("statement", req.Statement, MaterialStatement)
	v.evidence("evidence", req.Evidence)
	rs.add(v.refusal())
	if d, ok := app.Deadline(DeadlinePublicity); ok && d.Over(c.At) {
		rs.add(Refuse(CodeTooLate, RuleObjection, "dueDate", string(d.DueDate), "dueAt", instant(d.DueAt)))
	}
	for _, h := range app.Objections {
		if h.Objector == c.Actor.Party && h.Status == ObjectionOpen {
			rs.add(Refuse(CodeObjectionOpen, RuleObjection, "objection", itoa(h.N)))
		}
	}
	if len(app.Objections) >= maxObjections {
		rs.add(Refuse(CodeObjectionsFull, RuleObjection, "max", itoa(maxObjections)))
	}
	o := Objection{Application: app.ID, N: len(app.Objections) + 1, Objector: c.Actor.Party, Person: c.Actor.ID(), Statement: req.Statement,
		Evidence: req.Evidence, Status: ObjectionOpen, FiledAt: c.At, Mark: Mark{}.touch(c.Facts)}
	app.Objections = append(app.Objections, ObjectionHead{N: o.N, Objector: o.Objector, Status: ObjectionOpen})
	c.pause(&app, DeadlinePublicity, ActFileObjection)
	if c.Profile != nil {
		d := c.Profile.Objection.Start(DeadlineObjection, RuleObjection, c.At, c.Calendars)
		d.For = itoa(o.N)
		app.Deadlines = append(app.Deadlines, d)
	}
	c.moveFor(&app, o, ActFileObjection, StatusObjected, false)
	return Outcome{Application: app, Objection: &o}, rs
}

// AnswerObjection judges the applicant's explanation (解释说明) of what an objection says.
func AnswerObjection(c Case, req AnswerObjectionRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActAnswerObjection)
	rs.add(c.mandated(ActAnswerObjection, req.Mandate))
	o, refusal := c.undecided(app, req.Objection)
	rs.add(refusal)
	v := fieldCheck{}
	v.material("statement", req.Statement, MaterialStatement)
	v.when(len(o.Answers) >= maxEvidence, "statement", ProblemTooMany, RuleObjection)
	rs.add(v.refusal())
	o.Answers = append(slices.Clone(o.Answers), Answer{Statement: req.Statement, At: c.At, TxID: c.TxID})
	c.moveFor(&app, o, ActAnswerObjection, t.To, false)
	return Outcome{Application: app, Objection: &o}, rs
}

// DecideObjection judges the decision on an objection (处理决定) by an officer who neither accepted nor reviewed the case
// (I8). Rejected: publicity goes on for the rest of its period once no objection is open. Upheld: the case ends as the
// profile says, refused (第二十五条 of the guide) or terminated (第十二条 of the public-data rules).
func DecideObjection(c Case, req DecideObjectionRequest) (Outcome, Refusals) {
	app, _, rs := c.open(req.Key, ActDecideObjection)
	o, refusal := c.undecided(app, req.Objection)
	rs.add(refusal)
	ends := StatusRefused
	if c.Profile != nil {
		ends = c.Profile.Upheld
	}
	v := fieldCheck{}
	v.material("decision", req.Decision, MaterialDecision)
	if req.Upheld && ends == StatusRefused {
		rs.add(c.ground(req.Ground))
	} else {
		v.when(req.Ground != "", "ground", ProblemNotAllowed, RuleGrounds)
	}
	rs.add(v.refusal())
	rs = append(rs, checkReasons(req.Reasons, RuleObjection)...)
	rs.add(c.apartFrom(app.Acceptor, "acceptor"))
	rs.add(c.apartFrom(app.Reviewer, "reviewer"))
	rs.add(c.apartFrom(o.Person, "objector"))
	o.Officer, o.Decision, o.Reasons, o.Status = c.Actor.ID(), &req.Decision, req.Reasons, ObjectionRejected
	late := c.finishFor(&app, DeadlineObjection, itoa(o.N))
	to := ends
	if req.Upheld {
		o.Status = ObjectionUpheld
		app.settle(o.N, o.Status)
		app.closeObjections()
		app.Ground, app.Reasons = req.Ground, req.Reasons
	} else {
		to = c.afterObjection(&app, o)
	}
	c.moveFor(&app, o, ActDecideObjection, to, late)
	return Outcome{Application: app, Objection: &o, Reasons: req.Reasons}, rs
}

// WithdrawObjection judges that the objector withdraws (撤回异议).
func WithdrawObjection(c Case, req WithdrawObjectionRequest) (Outcome, Refusals) {
	app, _, rs := c.open(req.Key, ActWithdrawObjection)
	o, refusal := c.undecided(app, req.Objection)
	rs.add(refusal)
	rs = append(rs, checkReasons(req.Reasons, RuleObjection)...)
	if refusal == nil && o.Objector != c.Actor.Party {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Actor.Party), "objector", string(o.Objector)))
	}
	o.Status, o.Reasons = ObjectionWithdrawn, req.Reasons
	c.finishFor(&app, DeadlineObjection, itoa(o.N))
	to := c.afterObjection(&app, o)
	c.moveFor(&app, o, ActWithdrawObjection, to, false)
	return Outcome{Application: app, Objection: &o, Reasons: req.Reasons}, rs
}

// undecided is the objection that a request names, touched by this act; refused when it is not there or not open.
func (c Case) undecided(app Application, n int) (Objection, *Refusal) {
	if c.Objection == nil || c.Objection.Application != app.ID {
		return Objection{}, Refuse(CodeNotFound, RuleObjection, "objection", itoa(n))
	}
	o := *c.Objection
	o.Mark = o.Mark.touch(c.Facts)
	if o.Status != ObjectionOpen {
		return o, Refuse(CodeObjectionClosed, RuleObjection, "objection", itoa(n), "outcome", string(o.Status))
	}
	return o, nil
}

// afterObjection settles an objection that did not end the case: while another is open the clock stands, otherwise publicity
// goes on for the rest of its period.
func (c Case) afterObjection(app *Application, o Objection) Status {
	app.settle(o.N, o.Status)
	if slices.ContainsFunc(app.Objections, func(h ObjectionHead) bool { return h.Status == ObjectionOpen }) {
		return StatusObjected
	}
	c.resume(app, DeadlinePublicity)
	return StatusInPublicity
}

func (a *Application) settle(n int, to ObjectionStatus) {
	for i := range a.Objections {
		if a.Objections[i].N == n {
			a.Objections[i].Status = to
		}
	}
}

// closeObjections makes what is still open moot, because the case ends.
func (a *Application) closeObjections() {
	for i := range a.Objections {
		if a.Objections[i].Status == ObjectionOpen {
			a.Objections[i].Status = ObjectionMoot
		}
	}
}

func (c Case) finishFor(app *Application, kind DeadlineKind, which string) (late bool) {
	d := app.runningFor(kind, which)
	if d == nil {
		return false
	}
	at := c.At
	d.FinishedAt = &at
	return d.Over(c.At)
}

func (c Case) moveFor(app *Application, o Objection, act Act, to Status, late bool) {
	c.move(app, act, to, late)
	app.History[len(app.History)-1].For = strconv.Itoa(o.N)
}

// material checks one filed document of given kinds.
func (v *fieldCheck) material(path string, m Material, kinds ...MaterialKind) {
	var allowed []string
	for _, k := range kinds {
		allowed = append(allowed, string(k))
	}
	v.oneOf(path+".kind", string(m.Kind), allowed...)
	v.cid(path+".cid", m.CID, RuleMaterials)
	v.hexDigest(path+".commitment", m.Commitment, RuleMaterials)
	v.number(path+".size", m.Size, 1)
}

// evidence checks a list of at least one piece of evidence.
func (v *fieldCheck) evidence(path string, list []Material) {
	v.list(path, len(list), maxEvidence)
	v.materialsOf(path, list, MaterialEvidence, MaterialContract, MaterialOther)
}
