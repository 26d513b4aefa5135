package registry

import "slices"

// Action is the kind of a registration (登记类型, 第三十二条 of the guide, 第九条 of the public-data rules).
type Action string

// Kinds of registration.
const (
	ActionFirst        Action = "FIRST"        // 初次登记、首次登记
	ActionChange       Action = "CHANGE"       // 变更登记
	ActionCorrection   Action = "CORRECTION"   // 更正登记
	ActionTransfer     Action = "TRANSFER"     // 转让登记
	ActionRenewal      Action = "RENEWAL"      // 续期登记、续展
	ActionCancellation Action = "CANCELLATION" // 注销登记
)

// FilesContent says whether applications of the kind file a content, which the applicant may supplement.
func (a Action) FilesContent() bool {
	return a == ActionFirst || a == ActionChange || a == ActionCorrection
}

// Transfer is what a transfer asks for (转让, 第三十四条): the rights move, the transferor keeps nothing of them. It is filed by the
// transferor and joined by the transferee, each by a transaction of its own.
type Transfer struct {
	To       PartyID  `json:"to"`
	Name     string   `json:"name,omitempty"` // of the transferee, as recorded when it joined
	Rights   []Right  `json:"rights"`
	JoinedBy PersonID `json:"joinedBy,omitempty"`
	Paper    bool     `json:"paper,omitempty"` // the transferee joined at the counter: it is told on paper
}

// Cancellation is what a cancellation asks for (注销).
type Cancellation struct {
	Ground  string   `json:"ground"` // C1–C5
	Reasons []string `json:"reasons"`
}

// Grounds of cancellation (第三十七条 of the guide, 第九条（四）、第十五条 of the public-data rules). C3 and C6 are the registrar's only.
const (
	GroundWish      = "C1" // 申请注销、放弃相关权益
	GroundDestroyed = "C2" // 数据销毁、灭失或者不可复原
	GroundObjection = "C3" // 按照异议处理结果应当注销
	GroundLaw       = "C4" // 法律法规规定的其他情形
	GroundDissolved = "C5" // 登记主体终止存续
	GroundLapsed    = "C6" // 有效期届满未续展
)

// HolderGrounds are those on which a holder asks for cancellation, RegistrarGrounds those of a registrar without request.
var (
	HolderGrounds    = []string{GroundWish, GroundDestroyed, GroundLaw, GroundDissolved}
	RegistrarGrounds = []string{GroundDestroyed, GroundObjection, GroundLaw, GroundDissolved, GroundLapsed}
)

// SubmitChangeRequest is the document of registration:SubmitChange and registration:SubmitCorrection: the content as it shall stand.
type SubmitChangeRequest struct {
	Key       string     `json:"key"`
	Asset     AssetID    `json:"asset"`
	Content   Content    `json:"content"`
	Materials []Material `json:"materials"` // kind EVIDENCE; of a correction by somebody else also CONSENT
	Mandate   MandateID  `json:"mandate,omitempty"`
}

// SubmitTransferRequest is the document of registration:SubmitTransfer, by the transferor.
type SubmitTransferRequest struct {
	Key       string     `json:"key"`
	Asset     AssetID    `json:"asset"`
	To        PartyID    `json:"to"`
	Rights    []Right    `json:"rights"`
	Materials []Material `json:"materials"` // kind CONTRACT; CONSENT of a pledgee
	Mandate   MandateID  `json:"mandate,omitempty"`
}

// JoinRequest is the document of registration:Join, by the transferee.
type JoinRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Mandate     MandateID     `json:"mandate,omitempty"`
}

// SubmitRenewalRequest is the document of registration:SubmitRenewal; Years 0 is the longest allowed.
type SubmitRenewalRequest struct {
	Key     string    `json:"key"`
	Asset   AssetID   `json:"asset"`
	Years   int       `json:"years,omitempty"`
	Mandate MandateID `json:"mandate,omitempty"`
}

// SubmitCancellationRequest is the document of registration:SubmitCancellation.
type SubmitCancellationRequest struct {
	Key       string     `json:"key"`
	Asset     AssetID    `json:"asset"`
	Ground    string     `json:"ground"`
	Reasons   []string   `json:"reasons"`
	Materials []Material `json:"materials,omitempty"` // kind EVIDENCE
	Mandate   MandateID  `json:"mandate,omitempty"`
}

// SupplementRequest is the document of registration:Supplement, for cases whose content is not the applicant's to change.
type SupplementRequest struct {
	Key         string        `json:"key"`
	Application ApplicationID `json:"application"`
	Materials   []Material    `json:"materials"` // kind EVIDENCE, CONTRACT or CONSENT
	Mandate     MandateID     `json:"mandate,omitempty"`
}

// Target is the page of the register that the request is about.
func (r SubmitChangeRequest) Target() AssetID { return r.Asset }

// Target is the page of the register that the request is about.
func (r SubmitTransferRequest) Target() AssetID { return r.Asset }

// Target is the page of the register that the request is about.
func (r SubmitRenewalRequest) Target() AssetID { return r.Asset }

// Target is the page of the register that the request is about.
func (r SubmitCancellationRequest) Target() AssetID { return r.Asset }

// Filed is the content that the request files.
func (r SubmitChangeRequest) Filed() Content { return r.Content }

// Under is the mandate that the request names.
func (r SubmitChangeRequest) Under() MandateID { return r.Mandate }

// Under is the mandate that the request names.
func (r SubmitTransferRequest) Under() MandateID { return r.Mandate }

// Under is the mandate that the request names.
func (r JoinRequest) Under() MandateID { return r.Mandate }

// Under is the mandate that the request names.
func (r SubmitRenewalRequest) Under() MandateID { return r.Mandate }

// Under is the mandate that the request names.
func (r SubmitCancellationRequest) Under() MandateID { return r.Mandate }

// Under is the mandate that the request names.
func (r SupplementRequest) Under() MandateID { return r.Mandate }

// fileOn begins an act on a registered asset. ok says that there is enough to build the case from.
func (c Case) fileOn(key string, act Act, action Action, id AssetID, mandate MandateID) (rs Refusals, ok bool) {
	rs = checkKey(key)
	rs.add(c.mandated(act, mandate))
	if c.Applicant == nil {
		return append(rs, Refuse(CodePartyUnknown, RuleIdentifier, "party", string(c.Principal()))), false
	}
	rs = append(rs, c.fitApplicant()...)
	if refusal := c.page(c.Asset, id); refusal != nil {
		return append(rs, refusal), false
	}
	if action != ActionCorrection && c.Asset.Holder != c.Applicant.ID {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Applicant.ID), "applicant", string(c.Asset.Holder)))
	}
	if status := c.Asset.EffectiveStatus(c.OnAsset, c.At); status == AssetExpired {
		rs.add(Refuse(CodeAssetEnded, RuleRenewal, "asset", string(c.Asset.ID), "assetStatus", string(status)))
	}
	rs.add(c.unfrozen(action))
	rs.add(c.undisputed(action))
	if c.OnAsset != nil && c.OnAsset.EffectiveStatus(c.At).Open() {
		rs.add(Refuse(CodeOpenApplication, RuleSameAsset, "application", string(c.OnAsset.ID)))
	}
	if c.Profile == nil {
		return append(rs, Refuse(CodeProfileMissing, RuleTerm, "track", string(c.Asset.Track))), false
	}
	if !slices.Contains(c.Profile.Actions, action) {
		return append(rs, Refuse(CodeActionRefused, RuleKinds, "action", string(action), "track", string(c.Asset.Track))), false
	}
	return rs, true
}

// unfrozen refuses what an order bars: transfer, and cancellation by the holder (I11).
func (c Case) unfrozen(action Action) *Refusal {
	if (action == ActionTransfer || action == ActionCancellation) && c.Asset.Frozen(c.Today) {
		return Refuse(CodeAssetFrozen, RuleRemarks, "asset", string(c.Asset.ID))
	}
	return nil
}

// filed makes the case of an act on a registered asset, and the page that names it as open.
func (c Case) filed(action Action, content Content, materials []Material) (Application, Asset) {
	app := c.begin(action, content)
	app.Target, app.Materials = c.Asset.ID, materials
	page := *c.Asset
	page.Open, page.Mark = app.ID, page.Mark.touch(c.Facts)
	return app, page
}

func (c Case) submitted(app *Application, act Act) {
	if c.Profile != nil {
		app.Deadlines = append(app.Deadlines, c.Profile.Accept.Start(DeadlineAccept, RuleAcceptance, c.At, c.Calendars))
	}
	c.move(app, act, StatusSubmitted, false)
}

// SubmitChange judges an application for change (变更登记, 第三十五条 of the guide, 第九条（二） of the public-data rules).
func SubmitChange(c Case, req SubmitChangeRequest) (Outcome, Refusals) {
	return c.alter(req, ActSubmitChange, ActionChange)
}

// SubmitCorrection judges an application for correction (更正登记, 第九条（三） of the public-data rules), by the registrant or an interested
// party; the latter needs the registrant's written consent or evidence of the error.
func SubmitCorrection(c Case, req SubmitChangeRequest) (Outcome, Refusals) {
	return c.alter(req, ActSubmitCorrection, ActionCorrection)
}

func (c Case) alter(req SubmitChangeRequest, act Act, action Action) (Outcome, Refusals) {
	rs, ok := c.fileOn(req.Key, act, action, req.Asset, req.Mandate)
	if !ok {
		return Outcome{}, rs
	}
	v := fieldCheck{}
	v.list("materials", len(req.Materials), maxEvidence)
	v.materialsOf("materials", req.Materials, MaterialEvidence, MaterialConsent, MaterialContract, MaterialOther)
	if c.Applicant.ID != c.Asset.Holder { // an interested party: consent, or evidence of the error
		v.when(!hasMaterial(req.Materials, MaterialConsent) && !hasMaterial(req.Materials, MaterialEvidence), "materials", ProblemMissing, RulePublicKinds)
	}
	rs.add(v.refusal())
	rs = append(rs, c.alteration(action, req.Content)...)
	lock := LockID(c.Asset.Holder, req.Content)
	rs = append(rs, c.freeAsset("", lock)...)
	app, page := c.filed(action, req.Content, req.Materials)
	c.submitted(&app, act)
	return Outcome{Application: app, Assets: []Asset{page}, LockID: c.taking(lock)}, rs
}

// alteration judges what a change or correction makes of the content: it must be faultless as it shall stand, and a change of a data
// asset leaves right holder, source and rights alone (第三十五条).
func (c Case) alteration(action Action, content Content) Refusals {
	if c.Asset == nil {
		return Refusals{Refuse(CodeNotFound, RuleForm, "asset", "")}
	}
	var rs Refusals
	if c.Holder != nil {
		rs = append(rs, CheckTrackContent(c.Asset.Track, content, *c.Holder, c.Today)...)
	}
	old := c.Asset.Content
	renamed := c.Holder != nil && c.Holder.Name != c.Asset.HolderName
	if Digest(old) == Digest(content) && !renamed {
		rs.add(Refuse(CodeNothingChanged, RuleChange, "asset", string(c.Asset.ID)))
	}
	if action == ActionChange && c.Asset.Track == TrackDataAsset {
		rs.add(fixed(old, content))
	}
	return rs
}

// fixed refuses a change of what only another registration may change.
func fixed(old, content Content) *Refusal {
	v := fieldCheck{}
	v.when(old.Source != content.Source, "content.source", ProblemNotAllowed, RuleChange)
	v.when(old.Acquisition != content.Acquisition, "content.acquisition", ProblemNotAllowed, RuleChange)
	v.when(!slices.Equal(old.Parents, content.Parents), "content.parents", ProblemNotAllowed, RuleChange)
	v.when(!slices.Equal(old.Rights, content.Rights), "content.rights", ProblemNotAllowed, RuleChange)
	v.when(old.SubjectClass != content.SubjectClass, "content.subjectClass", ProblemNotAllowed, RuleChange)
	return v.refusal()
}

// SubmitTransfer judges the transferor's part of a transfer (转让登记, 第三十四条). It waits for the transferee.
func SubmitTransfer(c Case, req SubmitTransferRequest) (Outcome, Refusals) {
	rs, ok := c.fileOn(req.Key, ActSubmitTransfer, ActionTransfer, req.Asset, req.Mandate)
	if !ok {
		return Outcome{}, rs
	}
	v := fieldCheck{}
	v.partyID("to", req.To)
	v.when(req.To == c.Applicant.ID, "to", ProblemNotAllowed, RuleTransfer)
	v.list("rights", len(req.Rights), 3)
	for i, kind := range req.Rights {
		held := slices.ContainsFunc(c.Asset.Content.Rights, func(claim RightClaim) bool { return claim.Kind == kind })
		v.when(!held, at("rights", i), ProblemReference, RuleTransfer)
		v.when(slices.Contains(req.Rights[:i], kind), at("rights", i), ProblemDuplicate, RuleTransfer)
	}
	v.list("materials", len(req.Materials), maxEvidence)
	v.materialsOf("materials", req.Materials, MaterialContract, MaterialConsent, MaterialEvidence, MaterialOther)
	v.when(!hasMaterial(req.Materials, MaterialContract), "materials", ProblemMissing, RuleTransfer)
	rs.add(v.refusal())
	rs.add(activeParty(req.To, c.Transferee))
	rs.add(c.unpledged(req.Materials))
	moving := c.Asset.Content
	moving.Rights, _ = splitRights(moving.Rights, req.Rights)
	lock := LockID(req.To, moving)
	rs = append(rs, c.freeAsset("", lock)...)
	app, page := c.filed(ActionTransfer, moving, req.Materials)
	app.Transfer = &Transfer{To: req.To, Rights: req.Rights}
	app.Deadlines = []Deadline{c.Profile.Joining.Start(DeadlineJoin, RuleTransfer, c.At, c.Calendars)}
	c.move(&app, ActSubmitTransfer, StatusProposed, false)
	return Outcome{Application: app, Assets: []Asset{page}, LockID: lock}, rs
}

// unpledged refuses to transfer what is pledged without the pledgee's consent.
func (c Case) unpledged(materials []Material) *Refusal {
	pledged := slices.ContainsFunc(c.Asset.Limits, func(h LimitHead) bool { return h.Kind == LimitPledge && h.InForce(c.Today) })
	if !pledged || hasMaterial(materials, MaterialConsent) {
		return nil
	}
	return Refuse(CodeAssetPledged, RuleRemarks, "asset", string(c.Asset.ID))
}

// Join judges the transferee's part of a transfer, before the time for it is over; acceptance begins.
func Join(c Case, req JoinRequest) (Outcome, Refusals) {
	app, _, rs := c.open(req.Key, ActJoin)
	rs.add(c.mandated(ActJoin, req.Mandate))
	if app.Transfer == nil || app.Transfer.To != c.Principal() {
		return Outcome{}, append(rs, Refuse(CodeNotOwnParty, RuleOwnAct, "party", string(c.Principal()), "applicant", transferee(app)))
	}
	rs.add(c.apartFromApplicant(app)) // nobody acts for both sides (双方代理)
	if c.Registrar.Active() {
		rs.add(Refuse(CodeRegistrarApplicant, RuleImpartial, "party", string(c.Principal())))
	}
	if d := app.running(DeadlineJoin); d != nil && d.Over(c.At) {
		rs.add(Refuse(CodeTooLate, RuleTransfer, "dueDate", string(d.DueDate), "dueAt", instant(d.DueAt)))
	}
	if c.Profile == nil {
		return Outcome{}, append(rs, Refuse(CodeProfileMissing, RuleTerm, "track", string(app.Track)))
	}
	joined := *app.Transfer
	joined.JoinedBy, joined.Paper = c.Actor.ID(), c.Actor.Role == RoleClerk
	if c.Party != nil {
		joined.Name = c.Party.Name
	}
	app.Transfer = &joined
	c.finish(&app, DeadlineJoin)
	c.submitted(&app, ActJoin)
	return Outcome{Application: app}, rs
}

func transferee(app Application) string {
	if app.Transfer == nil {
		return ""
	}
	return string(app.Transfer.To)
}

// Joined says whether the other party has joined the case.
func (a *Application) Joined() bool { return a.Transfer != nil && a.Transfer.JoinedBy != "" }

// SubmitRenewal judges an application for renewal (续期登记, 第三十六条 of the guide; 续展, 第十五条 of the public-data rules): inside its window only (I7).
func SubmitRenewal(c Case, req SubmitRenewalRequest) (Outcome, Refusals) {
	rs, ok := c.fileOn(req.Key, ActSubmitRenewal, ActionRenewal, req.Asset, req.Mandate)
	if !ok {
		return Outcome{}, rs
	}
	opens, closes := c.Profile.RenewalWindow(c.Asset.ValidUntil)
	switch {
	case c.Today < opens:
		rs.add(Refuse(CodeTooEarly, RuleRenewal, "dueDate", string(opens.AddDays(-1)), "opens", string(opens)))
	case c.Today > closes:
		rs.add(Refuse(CodeTooLate, RuleRenewal, "dueDate", string(closes)))
	}
	years, longest := req.Years, c.Profile.Validity.N
	if years == 0 {
		years = longest
	}
	v := fieldCheck{}
	if years < 1 || years > longest {
		v.add("years", ProblemRange, RuleRenewal, "min", "1", "max", itoa(longest))
	}
	rs.add(v.refusal())
	app, page := c.filed(ActionRenewal, c.Asset.Content, nil)
	app.Renewal = &Renewal{Years: years, Holds: c.Profile.RenewalHolds}
	c.submitted(&app, ActSubmitRenewal)
	return Outcome{Application: app, Assets: []Asset{page}}, rs
}

// SubmitCancellation judges the holder's application for cancellation (注销登记, 第三十七条).
func SubmitCancellation(c Case, req SubmitCancellationRequest) (Outcome, Refusals) {
	rs, ok := c.fileOn(req.Key, ActSubmitCancellation, ActionCancellation, req.Asset, req.Mandate)
	if !ok {
		return Outcome{}, rs
	}
	v := fieldCheck{}
	v.listed("ground", req.Ground, RuleCancellation, HolderGrounds)
	v.materialsOf("materials", req.Materials, MaterialEvidence, MaterialConsent, MaterialOther)
	rs.add(v.refusal())
	rs = append(rs, checkReasons(req.Reasons, RuleCancellation)...)
	rs.add(c.unpledged(req.Materials))
	app, page := c.filed(ActionCancellation, c.Asset.Content, req.Materials)
	app.Cancellation = &Cancellation{Ground: req.Ground, Reasons: req.Reasons}
	c.submitted(&app, ActSubmitCancellation)
	return Outcome{Application: app, Assets: []Asset{page}}, rs
}

// SupplementMaterials judges supplemented materials of a case whose content is not the applicant's to change; the acceptance period starts anew.
func SupplementMaterials(c Case, req SupplementRequest) (Outcome, Refusals) {
	app, _, rs := c.open(req.Key, ActSupplement)
	rs.add(c.mandated(ActSupplement, req.Mandate))
	if app.Action.FilesContent() {
		rs.add(Refuse(CodeStatusWrong, RuleAcceptance, "act", string(ActSupplement), "status", string(app.Status)))
	}
	rs.add(c.supplementedInTime())
	v := fieldCheck{}
	v.list("materials", len(req.Materials), maxEvidence)
	v.materialsOf("materials", req.Materials, MaterialEvidence, MaterialContract, MaterialConsent, MaterialOther)
	v.when(len(app.Materials)+len(req.Materials) > 5*maxEvidence, "materials", ProblemTooMany, RuleAcceptance)
	rs.add(v.refusal())
	app.Materials = append(app.Materials, req.Materials...)
	app.Round++
	c.finish(&app, DeadlineSupplement)
	c.submitted(&app, ActSupplement)
	return Outcome{Application: app}, rs
}

// EndRegistrationRequest is the document of registration:CancelExOfficio and registration:Revoke.
type EndRegistrationRequest struct {
	Key      string   `json:"key"`
	Asset    AssetID  `json:"asset"`
	Ground   string   `json:"ground"`
	Reasons  []string `json:"reasons"`
	Document Material `json:"document"` // kind DECISION: what the registrant is told in writing
}

// RevocationGrounds are those of 第二十条 of the public-data rules.
var RevocationGrounds = []string{
	"V1", // 隐瞒事实、弄虚作假或提供虚假登记材料
	"V2", // 擅自篡改、伪造登记结果
	"V3", // 非法使用或利用登记结果不当获利
	"V4", // 其他违反法律法规的情况
}

// CancelExOfficio judges cancellation by the registrar without request (主动注销, 第三十七条). A lapsed registration (C6) must have expired.
func CancelExOfficio(f Facts, req EndRegistrationRequest, page SweptAsset, recorder *Appointment) (Asset, Certificate, Refusals) {
	return endRegistration(f, req, page, recorder, ActCancelExOfficio, RegistrarGrounds, RuleCancellation)
}

// Revoke judges revocation of a registration that was obtained by concealment or false material, or misused (撤销登记, 第二十条 of the
// public-data rules).
func Revoke(f Facts, req EndRegistrationRequest, page SweptAsset, recorder *Appointment) (Asset, Certificate, Refusals) {
	return endRegistration(f, req, page, recorder, ActRevoke, RevocationGrounds, RuleRevocation)
}

func endRegistration(f Facts, req EndRegistrationRequest, page SweptAsset, recorder *Appointment, act Act, grounds []string, rule RuleID) (Asset, Certificate, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.listed("ground", req.Ground, rule, grounds)
	v.material("document", req.Document, MaterialDecision)
	rs.add(v.refusal())
	rs = append(rs, checkReasons(req.Reasons, rule)...)
	rs.add(recording(f, recorder))
	if refusal := f.endable(page, req.Asset); refusal != nil {
		return Asset{}, Certificate{}, append(rs, refusal)
	}
	if page.Asset.Holder == f.Actor.Party {
		rs.add(Refuse(CodeRegistrarApplicant, RuleImpartial, "party", string(page.Asset.Holder)))
	}
	if req.Ground == GroundObjection && !page.Asset.outcomeDue() {
		rs.add(Refuse(CodeDisputeOutcome, RuleDispute, "asset", string(page.Asset.ID)))
	}
	if req.Ground == GroundLapsed && page.Asset.EffectiveStatus(page.Open, f.At) != AssetExpired {
		rs.add(Refuse(CodeTooEarly, RuleRenewal, "dueDate", string(page.Asset.ValidUntil)))
	}
	ended, cert := f.end(*page.Asset, *page.Certificate, Ending{Act: act, Ground: req.Ground, Reasons: req.Reasons, Document: &req.Document})
	return ended, cert, rs
}

// endable refuses to end what has ended; an expired registration may still be cancelled or revoked.
func (f Facts) endable(page SweptAsset, id AssetID) *Refusal {
	if page.Asset != nil && page.Asset.Status == AssetExpired && page.Certificate != nil {
		return nil
	}
	if refusal := f.page(page.Asset, id); refusal != nil {
		return refusal
	}
	if page.Certificate == nil {
		return Refuse(CodeNotFound, RuleCertificate, "certificate", string(page.Asset.Certificate))
	}
	return nil
}

// end ends a page and its certificate.
func (f Facts) end(page Asset, cert Certificate, how Ending) (Asset, Certificate) {
	how.At, how.TxID, how.Actor = f.At, f.TxID, f.Actor.ID()
	page.Status, cert.Status = AssetCancelled, CertificateCancelled
	if how.Act == ActRevoke {
		page.Status, cert.Status = AssetRevoked, CertificateRevoked
	}
	page.Ending, page.Open, page.Mark, cert.Mark = &how, "", page.Mark.touch(f), cert.Mark.touch(f)
	return page, cert
}

// materialsOf checks a list of filed documents of given kinds, which may be empty.
func (v *fieldCheck) materialsOf(path string, list []Material, kinds ...MaterialKind) {
	v.when(len(list) > maxEvidence, path, ProblemTooMany, RuleMaterials)
	for i, m := range list {
		v.material(at(path, i), m, kinds...)
		v.when(slices.ContainsFunc(list[:i], func(o Material) bool { return o.CID == m.CID }), at(path, i)+".cid", ProblemDuplicate, RuleMaterials)
	}
}
