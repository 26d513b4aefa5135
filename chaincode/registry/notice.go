package registry

import (
	"slices"
	"time"
)

// CaseID names what a notice is about: an ApplicationID, or the AssetID of a page of the register.
type CaseID string

// NoticeStatus is how far the service of a notice has come.
type NoticeStatus string

// Statuses of a notice.
const (
	NoticeUnserved NoticeStatus = "UNSERVED" // 待送达: on paper, service is not recorded yet
	NoticeServed   NoticeStatus = "SERVED"   // 已送达
	NoticeSeen     NoticeStatus = "SEEN"     // 已确认收悉
)

// Means is how a notice was served.
type Means string

// Means of service. A party that acts with a key of its own, or through an agent, is served in its inbox at once; one that came to
// the counter is served on paper.
const (
	MeansInbox  Means = "INBOX"  // 进入收件箱即送达
	MeansHanded Means = "HANDED" // 当面交付
	MeansPost   Means = "POST"   // 邮寄送达
	MeansOther  Means = "OTHER"  // 其他方式
)

// PaperMeans are the means by which a notice on paper is served.
var PaperMeans = []Means{MeansHanded, MeansPost, MeansOther}

// Notice tells one party one decision in writing (书面告知、书面通知; 第十七、二十二、二十九、三十七条 of the guide, 第十、十一条 of the
// public-data rules). It is written with the decision. What it says never changes; its service is recorded on it.
type Notice struct {
	Case        CaseID            `json:"case"`
	N           int               `json:"n"`
	To          PartyID           `json:"to"`
	ToName      string            `json:"toName,omitempty"` // as recorded; empty for natural persons
	By          PartyID           `json:"by"`               // the body that tells
	Act         Act               `json:"act"`
	Rule        RuleID            `json:"rule"`
	DataName    string            `json:"dataName"`
	Result      string            `json:"result"` // status of the case, or of the page
	Ground      string            `json:"ground,omitempty"`
	Reasons     []string          `json:"reasons,omitempty"`
	Document    *Material         `json:"document,omitempty"`
	For         string            `json:"for,omitempty"`    // the objection that it is about
	Period      *Deadline         `json:"period,omitempty"` // that runs for the party from now on
	Certificate CertificateNumber `json:"certificate,omitempty"`
	IssuedAt    time.Time         `json:"issuedAt"`
	Person      PersonID          `json:"person"` // who decided
	TxID        string            `json:"txId"`
	Paper       bool              `json:"paper,omitempty"`
	Status      NoticeStatus      `json:"status"`
	ServedAt    *time.Time        `json:"servedAt,omitempty"`
	Means       Means             `json:"means,omitempty"`
	Proof       *Material         `json:"proof,omitempty"` // 送达回证, of a notice on paper
	SeenAt      *time.Time        `json:"seenAt,omitempty"`
	SeenBy      PersonID          `json:"seenBy,omitempty"`
	Mark        Mark              `json:"mark"`
}

// Digest is the hex SHA-256 of what the notice says, whatever becomes of its service.
func (n Notice) Digest() string {
	n.Status, n.ServedAt, n.Means, n.Proof, n.SeenAt, n.SeenBy, n.Mark = "", nil, "", nil, nil, "", Mark{}
	return Digest(n)
}

// Told are the acts on a case that are told to its parties in writing: every decision, and what stops or moves their periods. What a
// party does itself is not told to it.
var Told = []Act{ActReturn, ActAccept, ActNotAccept, ActPassReview, ActRefuse, ActRequestEvidence, ActResumeReview, ActTerminate, ActExtend, ActExplainDelay,
	ActFileObjection, ActDecideObjection, ActWithdrawObjection, ActClosePublicity, ActRegister, ActComputeDeadline, ActRecalculateDeadline}

// runsFrom says which period an act starts for the parties; those of SUPPLEMENT and EVIDENCE end to the party's loss and run from the
// service of the notice.
var runsFrom = map[Act]DeadlineKind{ActReturn: DeadlineSupplement, ActRequestEvidence: DeadlineEvidence, ActPassReview: DeadlinePublicity,
	ActAccept: DeadlineReview, ActExtend: DeadlineReview, ActFileObjection: DeadlineObjection}

// Tell adds the notices of an act to what it writes. A period that runs from a notice on paper has no end before its service is recorded.
func Tell(c Case, out Outcome) Outcome {
	app := &out.Application
	if len(app.History) == 0 || app.History[len(app.History)-1].TxID != c.TxID {
		return out
	}
	step := app.History[len(app.History)-1]
	for _, to := range append(recipients(*app, out.Objection, step.Act), c.mooted(*app)...) {
		app.Notices++
		n := c.notice(*app, out, step, to)
		if d := app.running(runsFrom[step.Act]); d != nil && d.lapses() {
			d.await(n, c.Calendars)
			period := *d
			n.Period = &period
		}
		out.Notices = append(out.Notices, n)
	}
	return out
}

// await lets the period run from the service of a notice; among several, from one on paper.
func (d *Deadline) await(n Notice, cs Calendars) {
	if d.Unserved && !n.Paper {
		return
	}
	d.Notice, d.Unserved = n.N, n.Paper
	d.compute(cs)
}

// lapses says whether the end of the period is to the loss of the party that it runs for.
func (d Deadline) lapses() bool { return d.Kind == DeadlineSupplement || d.Kind == DeadlineEvidence }

func (c Case) notice(app Application, out Outcome, step Step, to recipient) Notice {
	rule := RulePeriods
	if t, ok := FindTransition(step.From, step.Act); ok {
		rule = t.Rule
	}
	by := c.Actor.Party
	if ActOffice(step.Act) == AnyParty || step.Act == ActWithdraw {
		by = app.Registrar
	}
	n := Notice{Case: CaseID(app.ID), N: app.Notices, To: to.party, ToName: to.name, By: by, Act: step.Act, Rule: rule, DataName: app.Content.DataName,
		Result: string(app.Status), Reasons: out.Reasons, For: step.For, Person: step.Actor, Paper: to.paper}
	if to.about != "" {
		n.For, n.Rule = to.about, RuleObjection
	}
	if step.Act == ActRefuse || step.Act == ActDecideObjection && app.Status == StatusRefused {
		n.Ground = app.Ground
	}
	if out.Objection != nil && step.Act == ActDecideObjection && to.about == "" {
		n.Document = out.Objection.Decision
	}
	if step.Act == ActRegister {
		n.Certificate = app.Certificate
	}
	if d := app.runningFor(runsFrom[step.Act], step.For); d != nil {
		period := *d
		n.Period = &period
	}
	return c.issue(n)
}

// issue dates a notice; in an inbox it is served at once.
func (f Facts) issue(n Notice) Notice {
	at := f.At
	n.IssuedAt, n.TxID, n.Status, n.Mark = at, f.TxID, NoticeUnserved, Mark{}.touch(f)
	if !n.Paper {
		n.Status, n.ServedAt, n.Means = NoticeServed, &at, MeansInbox
	}
	return n
}

// recipient is a party to be told.
type recipient struct {
	party PartyID
	name  string
	paper bool
	about string // the objection because of which it is told, if it is no party of the case
}

// mooted are those whose objections are moot because the act ended the case.
func (c Case) mooted(app Application) (all []recipient) {
	if c.Application == nil {
		return nil
	}
	for i, before := range c.Application.Objections {
		if before.Status == ObjectionOpen && app.Objections[i].Status == ObjectionMoot && before.Objector != app.Applicant {
			all = append(all, recipient{party: before.Objector, about: itoa(before.N)})
		}
	}
	return all
}

// recipients are the parties of a case, if the act is told to them, and the objector whose objection was decided.
func recipients(app Application, o *Objection, act Act) []recipient {
	if !slices.Contains(Told, act) {
		return nil
	}
	all := []recipient{{party: app.Applicant, name: app.ApplicantName, paper: app.Paper}}
	if app.Joined() {
		all = append(all, recipient{party: app.Transfer.To, name: app.Transfer.Name, paper: app.Transfer.Paper})
	}
	if act == ActDecideObjection && o != nil && o.Objector != app.Applicant {
		all = append(all, recipient{party: o.Objector})
	}
	return all
}

// TellOfLimit makes the notice by which the holder of a page learns of a remark or of its end.
func TellOfLimit(f Facts, page Asset, l Limit) (Asset, Notice) {
	n := Notice{Act: ActEnterRemark, Rule: RuleRemarks, Reasons: []string{l.Text}, Document: &l.Warrant.Document}
	if l.Kind.Freezes() {
		n.Act = ActEnterOrder
	}
	if l.Status == LimitLifted {
		n.Act, n.Reasons, n.Document = ActLiftRemark, []string{l.Text, l.Reason}, &l.Lifted.Document
		if l.Kind.Freezes() {
			n.Act = ActLiftOrder
		}
	}
	return tellHolder(f, page, n)
}

// TellOfEnding makes the notice by which the holder learns that the registration was cancelled without request or revoked (书面告知原登记申请人,
// 第三十七条).
func TellOfEnding(f Facts, page Asset) (Asset, Notice) {
	e := page.Ending
	rule := RuleCancellation
	if e.Act == ActRevoke {
		rule = RuleRevocation
	}
	return tellHolder(f, page, Notice{Act: e.Act, Rule: rule, Ground: e.Ground, Reasons: e.Reasons, Document: e.Document})
}

func tellHolder(f Facts, page Asset, n Notice) (Asset, Notice) {
	n.To, n.ToName, n.Paper = page.Holder, page.HolderName, page.Paper
	n.Result, n.Certificate = string(page.EffectiveStatus(nil, f.At)), page.Certificate
	n.By, n.Person = f.Actor.Party, f.Actor.ID()
	return tellOn(f, page, n)
}

// tellOn numbers and dates a notice about a page of the register.
func tellOn(f Facts, page Asset, n Notice) (Asset, Notice) {
	page.Notices++
	n.Case, n.N, n.DataName = CaseID(page.ID), page.Notices, page.Content.DataName
	return page, f.issue(n)
}

// AcknowledgeNoticeRequest is the document of registration:AcknowledgeNotice.
type AcknowledgeNoticeRequest struct {
	Key     string    `json:"key"`
	Case    CaseID    `json:"case"`
	Notice  int       `json:"notice"`
	Mandate MandateID `json:"mandate,omitempty"`
}

// Under is the mandate that the request names.
func (r AcknowledgeNoticeRequest) Under() MandateID { return r.Mandate }

// AcknowledgeNotice judges a party's confirmation that it has read a notice (确认收悉). It proves that it was read and moves no period.
func AcknowledgeNotice(c Case, req AcknowledgeNoticeRequest, notice *Notice) (Notice, Refusals) {
	rs := checkKey(req.Key)
	rs.add(c.mandated(ActAcknowledgeNotice, req.Mandate))
	if notice == nil {
		return Notice{}, append(rs, Refuse(CodeNotFound, RuleNotice, "id", clip(string(req.Case))+"/"+itoa(req.Notice)))
	}
	n := *notice
	if c.Principal() != n.To {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Principal()), "applicant", string(n.To)))
	}
	if n.Status != NoticeServed {
		rs.add(Refuse(CodeStatusWrong, RuleNotice, "act", string(ActAcknowledgeNotice), "status", string(n.Status)))
	}
	rs.add(c.forward(n.Mark))
	at := c.At
	n.Status, n.SeenAt, n.SeenBy, n.Mark = NoticeSeen, &at, c.Actor.ID(), n.Mark.touch(c.Facts)
	return n, rs
}

// RecordServiceRequest is the document of registration:RecordService.
type RecordServiceRequest struct {
	Key    string   `json:"key"`
	Case   CaseID   `json:"case"`
	Notice int      `json:"notice"`
	Date   Date     `json:"date"` // on which it was served
	Means  Means    `json:"means"`
	Proof  Material `json:"proof"` // kind EVIDENCE: 送达回证
}

// RecordService judges the record that a notice on paper was served (送达), with proof. Periods that run from the notice begin with the day of
// service; one served later than the law gives the registrar is flagged. The outcome's application is empty for a page of the register.
func RecordService(c Case, req RecordServiceRequest, notice *Notice) (Outcome, Refusals) {
	rs := checkKey(req.Key)
	if notice == nil {
		return Outcome{}, append(rs, Refuse(CodeNotFound, RuleNotice, "id", clip(string(req.Case))+"/"+itoa(req.Notice)))
	}
	n := *notice
	v := fieldCheck{}
	v.date("date", req.Date, RuleNotice)
	v.when(req.Date != "" && (req.Date < CivilDate(n.IssuedAt) || req.Date > c.Today), "date", ProblemRange, RuleNotice)
	v.oneOf("means", string(req.Means), string(MeansHanded), string(MeansPost), string(MeansOther))
	v.material("proof", req.Proof, MaterialEvidence)
	rs.add(v.refusal())
	if n.Status != NoticeUnserved {
		rs.add(Refuse(CodeStatusWrong, RuleNotice, "act", string(ActRecordService), "status", string(n.Status)))
	}
	rs.add(c.forward(n.Mark))
	if len(rs) > 0 {
		return Outcome{}, rs
	}
	at := c.At
	if req.Date < c.Today {
		at = req.Date.midnight().UTC()
	}
	n.Status, n.ServedAt, n.Means, n.Proof, n.Mark = NoticeServed, &at, req.Means, &req.Proof, n.Mark.touch(c.Facts)
	out := Outcome{Notices: []Notice{n}}
	if c.Application != nil {
		out.Application = c.served(n)
	}
	return out, nil
}

// served starts the periods of a case that have waited for the service of a notice.
func (c Case) served(n Notice) Application {
	app := copyApplication(*c.Application)
	for i := range app.Deadlines {
		if d := &app.Deadlines[i]; d.Unserved && d.Notice == n.N && d.FinishedAt == nil {
			d.StartAt, d.Unserved = *n.ServedAt, false
			d.compute(c.Calendars)
		}
	}
	late := false
	if n.Act == ActReturn || n.Act == ActAccept || n.Act == ActNotAccept {
		d, _ := app.Deadline(DeadlineAccept)
		late = d.Over(*n.ServedAt)
	}
	c.move(&app, ActRecordService, app.Status, late)
	return app
}
