package registry

import (
	"slices"
	"strings"
	"time"
)

// Case is everything that an act on a registration case may look at. The contract loads it by point reads; nil
// means that the ledger has no such record.
type Case struct {
	Facts
	Today       Date
	Applicant   *Party       // the applicant's party
	Profile     *RuleProfile // in force for the case
	Calendars   Calendars
	Own         *Account     // the actor's
	Mandate     *Mandate     // that the request names
	Represented *Party       // the principal of the mandate
	Office      *Appointment // of the actor, to the office that the act needs
	Registrar   *Appointment // of the body for which the office is held
	Application *Application // nil before submission
	Occupant    *Application // the application that holds the same-asset lock
	Occupied    *Asset       // the page that the occupant was entered on, or nil
	OnOccupied  *Application // the act that is open on that page, or nil
	Asset       *Asset       // the page of the register that the case is about
	OnAsset     *Application // the act that the page names as open, or nil
	Current     *Certificate // of that page
	Holder      *Party       // of that page
	Transferee  *Party       // whom the case names
	Limits      []Limit      // remarks in force on that page
	Deposit     *Deposit     // of the evidence that the content names
	Product     *Asset       // the public product that the content names
	Item        *CatalogItem // the catalogue item that the content names
	Party       *Party       // the actor's own, for acts that are open to any party
	Objection   *Objection   // that the request names
	Dispute     *Dispute     // that the request names: an objection after registration
	Serial      int          // last certificate serial of the month
}

// Outcome is what an act writes.
type Outcome struct {
	Application  Application
	LockID       string // not empty: write the lock with this application
	Assets       []Asset
	Certificates []Certificate
	Versions     []CertifiedContent // of pages, as they were before
	Limits       []Limit
	Serial       int // not 0: the last serial drawn
	Objection    *Objection
	Reasons      []string // that the parties are told
	Notices      []Notice
}

// SubmitRequest is the document of registration:Submit. Agents and clerks name the mandate under which they file.
type SubmitRequest struct {
	Key     string    `json:"key"`
	Track   Track     `json:"track,omitempty"` // empty: DATA_ASSET
	Content Content   `json:"content"`
	Mandate MandateID `json:"mandate,omitempty"`
}

// On is the track on which the request files.
func (r SubmitRequest) On() Track {
	if r.Track == "" {
		return TrackDataAsset
	}
	return r.Track
}

// Under is the mandate that the request names.
func (r SubmitRequest) Under() MandateID { return r.Mandate }

// Filed is the content that the request files.
func (r SubmitRequest) Filed() Content { return r.Content }

// ResubmitRequest is the document of registration:Resubmit.
type ResubmitRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Content     Content       `json:"content"`
	Mandate     MandateID     `json:"mandate,omitempty"`
}

// Under is the mandate that the request names.
func (r ResubmitRequest) Under() MandateID { return r.Mandate }

// Filed is the content that the request files.
func (r ResubmitRequest) Filed() Content { return r.Content }

// ActRequest is the document of the acts of staff that need nothing but the case: Accept, ClosePublicity, ComputeDeadline.
type ActRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
}

// ClaimAcceptanceRequest is the document of registration:ClaimAcceptance.
type ClaimAcceptanceRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Mandate     MandateID     `json:"mandate,omitempty"`
}

// Under is the mandate that the request names.
func (r ClaimAcceptanceRequest) Under() MandateID { return r.Mandate }

// WithdrawRequest is the document of registration:Withdraw.
type WithdrawRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Reasons     []string      `json:"reasons"`
	Mandate     MandateID     `json:"mandate,omitempty"`
}

// Under is the mandate that the request names.
func (r WithdrawRequest) Under() MandateID { return r.Mandate }

// ReasonsRequest is the document of Return (everything to be supplemented, at once) and NotAccept.
type ReasonsRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Reasons     []string      `json:"reasons"`
}

// RefuseRequest is the document of registration:Refuse; Ground is R1 to R5 of 第二十二条.
type RefuseRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Ground      string        `json:"ground"`
	Reasons     []string      `json:"reasons"`
}

// ReviewRequest is the document of registration:PassReview.
type ReviewRequest struct {
	Key         string          `json:"key"`
	Application ApplicationID   `json:"application"`
	Findings    Findings        `json:"findings"`
	Checklist   []ChecklistItem `json:"checklist,omitempty"` // of a formal review, instead of findings
}

// RegisterRequest is the document of registration:Register; Years is the validity asked for, 0 the longest allowed.
type RegisterRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Years       int           `json:"years,omitempty"`
}

// Submit judges the filing of an application (申请, 第十四、十五、三十三条 of the guide).
func Submit(c Case, req SubmitRequest) (Outcome, Refusals) {
	rs := checkKey(req.Key)
	rs.add(c.mandated(ActSubmit, req.Mandate))
	if c.Applicant == nil {
		return Outcome{}, append(rs, Refuse(CodePartyUnknown, RuleIdentifier, "party", string(c.Principal())))
	}
	rs = append(rs, c.fitApplicant()...)
	rs.add(checkTrack(req.On()))
	rs = append(rs, CheckTrackContent(req.On(), req.Content, *c.Applicant, c.Today)...)
	lock := LockID(c.Applicant.ID, req.Content)
	rs = append(rs, c.freeAsset("", lock)...)
	if c.Profile == nil {
		return Outcome{}, append(rs, Refuse(CodeProfileMissing, RuleTerm, "track", string(req.On())))
	}
	rs = append(rs, c.filable(req.Content)...)
	app := c.begin(ActionFirst, req.Content)
	c.submitted(&app, ActSubmit)
	return Outcome{Application: app, LockID: lock}, rs
}

func checkTrack(t Track) *Refusal {
	v := fieldCheck{}
	v.oneOf("track", string(t), string(TrackDataAsset), string(TrackPublicResource), string(TrackPublicProduct))
	return v.refusal()
}

// begin makes the case that an act files.
func (c Case) begin(action Action, content Content) Application {
	return Application{
		ID: ApplicationID(DerivedID("APP", c.TxID)), Track: c.Profile.Track, Action: action,
		Applicant: c.Applicant.ID, ApplicantName: c.Applicant.Name, ApplicantPerson: c.Actor.ID(),
		Content: content, Round: 1, Profile: c.Profile.Ref(),
	}
}

// Return judges a notice that lists everything to be supplemented, once per round (补正告知, 第十七条).
func Return(c Case, req ReasonsRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActReturn)
	rs = append(rs, checkReasons(req.Reasons, RuleAcceptance)...)
	app.Supplements = append(app.Supplements, Supplement{Items: req.Reasons, At: c.At, TxID: c.TxID})
	app.Acceptor, app.Registrar = c.Actor.ID(), c.Actor.Party
	late := c.finish(&app, DeadlineAccept)
	if c.Profile != nil {
		app.Deadlines = append(app.Deadlines, c.Profile.Supplement.Start(DeadlineSupplement, RuleAcceptance, c.At, c.Calendars))
	}
	c.move(&app, ActReturn, t.To, late)
	return Outcome{Application: app, Reasons: req.Reasons}, rs
}

// Resubmit judges a supplemented application; the acceptance period starts anew (第十七条).
func Resubmit(c Case, req ResubmitRequest) (Outcome, Refusals) {
	app, _, rs := c.open(req.Key, ActResubmit)
	rs.add(c.mandated(ActResubmit, req.Mandate))
	rs.add(c.supplementedInTime())
	if !app.Action.FilesContent() {
		rs.add(Refuse(CodeStatusWrong, RuleAcceptance, "act", string(ActResubmit), "status", string(app.Status)))
	}
	holder := app.Applicant
	if app.Target == "" {
		if c.Applicant != nil && c.Profile != nil {
			rs = append(rs, CheckTrackContent(app.Track, req.Content, *c.Applicant, c.Today)...)
			rs = append(rs, c.filable(req.Content)...)
		}
	} else {
		rs = append(rs, c.alteration(app.Action, req.Content)...)
		if c.Asset != nil {
			holder = c.Asset.Holder
		}
	}
	lock := LockID(holder, req.Content)
	rs = append(rs, c.freeAsset(app.ID, lock)...)
	app.Content = req.Content
	app.Round++
	c.finish(&app, DeadlineSupplement)
	c.submitted(&app, ActResubmit)
	return Outcome{Application: app, LockID: c.taking(lock)}, rs
}

// supplementedInTime refuses a supplement of a case that has lapsed. Where the period is a duty only, a late one counts.
func (c Case) supplementedInTime() *Refusal {
	if c.Application == nil || c.Application.EffectiveStatus(c.At) != StatusLapsed {
		return nil
	}
	d, _ := c.Application.Deadline(DeadlineSupplement)
	return Refuse(CodeTooLate, RuleAcceptance, "dueDate", string(d.DueDate))
}

// Accept judges acceptance (受理); the handling period starts (第二十八条).
func Accept(c Case, req ActRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActAccept)
	app.Acceptor, app.Registrar = c.Actor.ID(), c.Actor.Party
	late := c.finish(&app, DeadlineAccept)
	c.startReview(&app)
	c.move(&app, ActAccept, t.To, late)
	return Outcome{Application: app}, rs
}

// ClaimAcceptance judges the applicant's claim that silence is acceptance (逾期未答复视为受理, 第十七条): from the first
// working day after the period.
func ClaimAcceptance(c Case, req ClaimAcceptanceRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActClaimAcceptance)
	rs.add(c.mandated(ActClaimAcceptance, req.Mandate))
	d, ok := app.Deadline(DeadlineAccept)
	switch {
	case !ok:
	case d.Pending:
		rs.add(Refuse(CodeCalendarMissing, RulePeriods, "deadline", string(d.Kind)))
	case d.Effect != EffectDeemed:
		rs.add(Refuse(CodeStatusWrong, RuleAcceptance, "act", string(ActClaimAcceptance)))
	case !d.Over(c.At):
		rs.add(Refuse(CodeTooEarly, RuleAcceptance, "dueDate", string(d.DueDate), "dueAt", instant(d.DueAt)))
	}
	if d.DueAt != nil && c.Profile != nil {
		app.Deadlines = append(app.Deadlines, c.Profile.review(app.Action).StartNextWorkday(DeadlineReview, RuleHandling, *d.DueAt, c.Calendars))
	}
	c.finish(&app, DeadlineAccept)
	c.move(&app, ActClaimAcceptance, t.To, false)
	return Outcome{Application: app}, rs
}

func (c Case) startReview(app *Application) {
	if c.Profile != nil {
		app.Deadlines = append(app.Deadlines, c.Profile.review(app.Action).Start(DeadlineReview, RuleHandling, c.At, c.Calendars))
	}
}

// NotAccept judges a reasoned refusal to accept (不予受理, 第十七条).
func NotAccept(c Case, req ReasonsRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActNotAccept)
	rs = append(rs, checkReasons(req.Reasons, RuleAcceptance)...)
	app.Reasons, app.Acceptor, app.Registrar = req.Reasons, c.Actor.ID(), c.Actor.Party
	late := c.finish(&app, DeadlineAccept)
	c.move(&app, ActNotAccept, t.To, late)
	return Outcome{Application: app, Reasons: req.Reasons}, rs
}

// PassReview judges a review with its three findings (第十八至二十一条); publicity starts (第二十四条), unless the profile has none for the
// kind of registration.
func PassReview(c Case, req ReviewRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActPassReview)
	rs.add(c.apartFrom(app.Acceptor, "acceptor"))
	app.Reviewer, app.Registrar = c.Actor.ID(), c.Actor.Party
	if c.Profile != nil && c.Profile.Formal {
		rs.add(c.checkFormal(req))
		app.Checklist = req.Checklist
	} else {
		rs.add(checkFindings(req))
		app.Findings = &req.Findings
	}
	if c.Profile != nil && slices.Contains(c.Profile.Unpublished, app.Action) {
		d, _ := app.Deadline(DeadlineReview)
		c.move(&app, ActPassReview, StatusReady, d.Over(c.At))
		return Outcome{Application: app}, rs
	}
	late := c.reviewed(&app)
	if c.Profile != nil {
		app.Deadlines = append(app.Deadlines, c.Profile.Publicity.Start(DeadlinePublicity, RulePublicity, c.At, c.Calendars))
	}
	c.move(&app, ActPassReview, t.To, late)
	return Outcome{Application: app}, rs
}

// reviewed ends the review period, or stops the clock of the whole handling: publicity does not count (第二十八条).
func (c Case) reviewed(app *Application) (late bool) {
	if c.Profile == nil || !c.Profile.Whole {
		return c.finish(app, DeadlineReview)
	}
	return c.pause(app, DeadlineReview, ActPassReview)
}

// pause stops the running clock of a kind and says whether it was over.
func (c Case) pause(app *Application, kind DeadlineKind, act Act) (late bool) {
	d := app.running(kind)
	if d == nil {
		return false
	}
	late = d.Over(c.At)
	d.pause(c.At, act)
	return late
}

func (c Case) resume(app *Application, kind DeadlineKind) {
	if d := app.running(kind); d != nil {
		d.resume(c.At, c.Calendars)
	}
}

func checkFindings(req ReviewRequest) *Refusal {
	f, v := req.Findings, fieldCheck{}
	v.when(len(req.Checklist) > 0, "checklist", ProblemNotAllowed, RuleReview)
	for _, x := range []struct {
		path string
		f    Finding
	}{{"findings.description", f.Description}, {"findings.source", f.Source}, {"findings.rights", f.Rights}} {
		v.optionalText(x.path+".note", x.f.Note, maxNote, RuleReview)
		v.when(!x.f.Pass, x.path+".pass", ProblemDeclaration, RuleReview)
	}
	return v.refusal()
}

// Grounds names the grounds on which registration is refused (第二十二条): R1 to R5.
var Grounds = []string{"R1", "R2", "R3", "R4", "R5"}

// ground judges the ground of a refusal: one of the profile's list. The public-data rules name none; there the reasons stand alone.
func (c Case) ground(ground string) *Refusal {
	v := fieldCheck{}
	if c.Profile != nil && len(c.Profile.Grounds) == 0 {
		v.when(ground != "", "ground", ProblemNotAllowed, RuleGrounds)
	} else {
		v.listed("ground", ground, RuleGrounds, Grounds)
	}
	return v.refusal()
}

// RefuseRegistration judges a written refusal of registration on one of the grounds (不予登记, 第二十二条).
func RefuseRegistration(c Case, req RefuseRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActRefuse)
	rs.add(c.ground(req.Ground))
	rs = append(rs, checkReasons(req.Reasons, RuleGrounds)...)
	rs.add(c.apartFrom(app.Acceptor, "acceptor"))
	app.Ground, app.Reasons, app.Reviewer, app.Registrar = req.Ground, req.Reasons, c.Actor.ID(), c.Actor.Party
	late := c.finish(&app, DeadlineReview)
	c.move(&app, ActRefuse, t.To, late)
	return Outcome{Application: app, Reasons: req.Reasons}, rs
}

// ClosePublicity judges the end of publicity: never early, and not while its end is pending (第二十四条).
func ClosePublicity(c Case, req ActRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActClosePublicity)
	if d, ok := app.Deadline(DeadlinePublicity); ok {
		if d.Pending {
			rs.add(Refuse(CodeCalendarMissing, RulePeriods, "deadline", string(d.Kind)))
		} else if !d.Over(c.At) {
			rs.add(Refuse(CodeTooEarly, RulePublicity, "dueDate", string(d.DueDate), "dueAt", instant(d.DueAt)))
		}
	}
	c.finish(&app, DeadlinePublicity)
	c.resume(&app, DeadlineReview)
	c.move(&app, ActClosePublicity, t.To, false)
	return Outcome{Application: app}, rs
}

// Years are the calendar years that the periods of the case may reach.
func (c Case) Years() []int {
	first := c.Today.year()
	if c.Application != nil {
		for _, d := range c.Application.Deadlines {
			if d.FinishedAt == nil {
				first = min(first, CivilDate(d.StartAt).year())
			}
		}
	}
	if c.Dispute != nil && c.Dispute.Notify != nil {
		first = min(first, CivilDate(c.Dispute.Notify.StartAt).year())
	}
	var years []int
	for y := first; y <= c.Today.year()+1; y++ {
		years = append(years, y)
	}
	return years
}

// Withdraw judges the applicant's withdrawal, possible until publicity has ended.
func Withdraw(c Case, req WithdrawRequest) (Outcome, Refusals) {
	app, t, rs := c.open(req.Key, ActWithdraw)
	rs.add(c.mandated(ActWithdraw, req.Mandate))
	if status := app.EffectiveStatus(c.At); status == StatusLapsed {
		rs.add(Refuse(CodeStatusWrong, RuleAcceptance, "act", string(ActWithdraw), "status", string(status), "application", string(app.ID)))
	}
	rs = append(rs, checkReasons(req.Reasons, RuleForm)...)
	app.Reasons = req.Reasons
	app.closeObjections()
	c.move(&app, ActWithdraw, t.To, false)
	return Outcome{Application: app}, rs
}

// open begins an act on an existing case: the case is there, the move is legal, time does not run backwards, and
// the actor is the applicant or holds the office that the move needs.
func (c Case) open(key string, act Act) (Application, Transition, Refusals) {
	rs := checkKey(key)
	if c.Application == nil {
		return Application{}, Transition{}, append(rs, Refuse(CodeNotFound, RuleForm, "act", string(act)))
	}
	app := copyApplication(*c.Application)
	t, legal := FindTransition(app.Status, act)
	if !legal {
		rs.add(Refuse(CodeStatusWrong, RuleForm, "act", string(act), "status", string(app.Status), "application", string(app.ID)))
	}
	rs.add(c.forward(app.Mark))
	switch office := ActOffice(act); office {
	case "":
		rs = append(rs, c.ownCase(app)...)
	case AnyParty, OtherParty:
		rs.add(activeParty(c.Principal(), c.Party))
	default:
		rs = append(rs, c.officeHeld(office, app)...)
	}
	return app, t, rs
}

func (c Case) ownCase(app Application) Refusals {
	var rs Refusals
	if p := c.Principal(); p != app.Applicant && !(app.Joined() && p == app.Transfer.To) {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Principal()), "applicant", string(app.Applicant)))
	}
	if c.Applicant != nil && c.Applicant.Status != PartyActive {
		rs.add(Refuse(CodePartyInactive, RuleIdentifier, "party", string(c.Applicant.ID), "status", string(c.Applicant.Status)))
	}
	return rs
}

func (c Case) officeHeld(office Office, app Application) Refusals {
	var rs Refusals
	switch {
	case !c.Office.Active() || c.Office.Office != office || c.Office.Registrar != c.Actor.Party:
		rs.add(Refuse(CodeNotAppointed, RuleRegistrar, "office", string(office), "person", string(c.Actor.ID())))
	case !c.Registrar.Active():
		rs.add(Refuse(CodeNotAppointed, RuleRegistrar, "office", string(OfficeRegistrar), "holder", string(c.Actor.Party)))
	}
	if app.Applicant == c.Actor.Party || app.Transfer != nil && app.Transfer.To == c.Actor.Party {
		rs.add(Refuse(CodeRegistrarApplicant, RuleImpartial, "party", string(app.Applicant)))
	}
	rs.add(c.apartFromApplicant(app))
	return rs
}

// apartFromApplicant refuses whoever acted on the applicant's side of the case, with any device, the clerk who assisted among
// them (I8).
func (c Case) apartFromApplicant(app Application) *Refusal {
	for _, step := range app.History {
		same := step.Actor == c.Actor.ID() || step.Agent != "" && c.Own != nil && step.Agent == c.Own.Owner
		if slices.Contains(MandateActs, step.Act) && same {
			return Refuse(CodeSamePerson, RuleImpartial, "person", string(c.Actor.ID()), "other", "applicant")
		}
	}
	return c.apartFrom(app.ApplicantPerson, "applicant")
}

func (c Case) apartFrom(other PersonID, office string) *Refusal {
	if other == "" || other != c.Actor.ID() {
		return nil
	}
	return Refuse(CodeSamePerson, RuleImpartial, "person", string(other), "other", office)
}

// fitApplicant refuses an applicant that may not file at all.
func (c Case) fitApplicant() Refusals {
	var rs Refusals
	if c.Applicant.ID != c.Principal() {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Principal()), "applicant", string(c.Applicant.ID)))
	}
	if c.Applicant.Status != PartyActive {
		rs.add(Refuse(CodePartyInactive, RuleIdentifier, "party", string(c.Applicant.ID), "status", string(c.Applicant.Status)))
	}
	if c.Registrar.Active() { // loaded under the applicant's own party: a registrar that applies
		rs.add(Refuse(CodeRegistrarApplicant, RuleImpartial, "party", string(c.Applicant.ID)))
	}
	return rs
}

// freeAsset refuses when another case holds the same asset for the same holder (I4). own is the case that asks, lock the name of
// the asset that it asks for. A registered page that the case itself is about is no obstacle.
func (c Case) freeAsset(own ApplicationID, lock string) Refusals {
	var rs Refusals
	o := c.Occupant
	if o == nil || o.ID == own {
		return nil
	}
	switch status := o.EffectiveStatus(c.At); {
	case status.Open():
		rs.add(Refuse(CodeOpenApplication, RuleSameAsset, "application", string(o.ID)))
	case status == StatusRegistered && c.occupies(lock):
		rs.add(Refuse(CodeAssetRegistered, RuleSameAsset, "certificate", string(o.Certificate)))
	}
	return rs
}

// taking is the lock that a case takes: none where its page stands under that name already. The lock goes on naming the case that was
// entered, for an alteration that comes to nothing must not give the asset away.
func (c Case) taking(lock string) string {
	if c.Asset != nil && LockID(c.Asset.Holder, c.Asset.Content) == lock {
		return ""
	}
	return lock
}

// occupies says whether the occupant's registration still stands under this name of the asset: not when it was cancelled, revoked,
// transferred or changed, or has expired.
func (c Case) occupies(lock string) bool {
	page := c.Occupied
	if page == nil {
		return true
	}
	if c.Asset != nil && page.ID == c.Asset.ID || LockID(page.Holder, page.Content) != lock {
		return false
	}
	status := page.EffectiveStatus(c.OnOccupied, c.At)
	return status == AssetActive || status == AssetFrozen
}

// finish marks the running deadline of a kind as met and says whether the act was late.
func (c Case) finish(app *Application, kind DeadlineKind) (late bool) {
	return c.finishFor(app, kind, "")
}

func (c Case) move(app *Application, act Act, to Status, late bool) {
	step := Step{Act: act, From: app.Status, To: to, At: c.At, TxID: c.TxID, Actor: c.Actor.ID(), Overdue: late}
	if c.Mandate != nil {
		step.Mandate, step.Agent = c.Mandate.ID, c.Mandate.Agent
	}
	if slices.Contains(MandateActs, act) && c.Principal() == app.Applicant {
		app.Paper = c.Actor.Role == RoleClerk
	}
	app.History = append(app.History, step)
	app.Status = to
	app.Mark = app.Mark.touch(c.Facts)
}

// copyApplication copies what acts append to, so that a judgement never changes the facts it was given.
func copyApplication(a Application) Application {
	a.Deadlines = append([]Deadline(nil), a.Deadlines...)
	a.History = append([]Step(nil), a.History...)
	a.Supplements = append([]Supplement(nil), a.Supplements...)
	a.Evidence = append([]EvidenceRequest(nil), a.Evidence...)
	a.Objections = append([]ObjectionHead(nil), a.Objections...)
	a.Recalculated = append([]Recalculation(nil), a.Recalculated...)
	a.Materials = append([]Material(nil), a.Materials...)
	return a
}

func checkKey(key string) Refusals {
	var rs Refusals
	if len(key) < 8 || len(key) > 64 || strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
		rs.add(&Refusal{Code: CodeFieldsInvalid, Rule: RuleOnce, Fields: []FieldError{{Path: "key", Problem: ProblemForm, Rule: RuleOnce}}})
	}
	return rs
}

func checkReasons(reasons []string, rule RuleID) Refusals {
	var rs Refusals
	v := fieldCheck{}
	v.list("reasons", len(reasons), 20)
	for i, s := range reasons {
		v.text(at("reasons", i), s, maxNote, rule)
	}
	rs.add(v.refusal())
	return rs
}

func instant(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
