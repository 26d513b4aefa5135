package registry

import "slices"

// SubmissionKind is the kind of a submission (报送).
type SubmissionKind string

// Kinds of submissions. Each is made once; what was wrong in one is corrected by another that names it.
const (
	SubmissionValuation  SubmissionKind = "VALUATION"      // 数据资产评估 (第四十二条): by the holder of the asset
	SubmissionImportant  SubmissionKind = "IMPORTANT_DATA" // 重要数据目录报备 (第五十四条): by who holds the data
	SubmissionDisclosure SubmissionKind = "DISCLOSURE"     // 信息披露 (第三十八条): public
	SubmissionAnnual     SubmissionKind = "ANNUAL_REPORT"  // 年度报告 (指引 第十一条): of a registrar, due on 31 March, generated from the ledger; public
	SubmissionCredit     SubmissionKind = "CREDIT"         // 信用记录 (第五十九条): entered by an officer of the bureau on a document
)

// SubmissionKinds are all kinds, SubmittedBy the roles that make submissions of each.
var (
	SubmissionKinds = []SubmissionKind{SubmissionValuation, SubmissionImportant, SubmissionDisclosure, SubmissionAnnual, SubmissionCredit}
	SubmittedBy     = map[SubmissionKind][]string{
		SubmissionValuation: {RoleApplicant}, SubmissionImportant: {RoleApplicant, RoleOperator}, SubmissionDisclosure: {RoleApplicant, RoleOperator, RoleSupervisor},
		SubmissionAnnual: {RoleOfficer}, SubmissionCredit: {RoleSupervisor},
	}
)

// Rule is the article under which submissions of a kind are made.
func (k SubmissionKind) Rule() RuleID {
	switch k {
	case SubmissionImportant:
		return RuleImportantData
	case SubmissionDisclosure:
		return RuleDisclosure
	case SubmissionAnnual:
		return RuleAnnualReport
	case SubmissionCredit:
		return RuleCredit
	}
	return RuleValuation
}

// Public says whether anybody may read submissions of the kind with their document.
func (k SubmissionKind) Public() bool { return k == SubmissionDisclosure || k == SubmissionAnnual }

// Statuses of a submission.
const (
	SubmissionInForce   = "IN_FORCE"
	SubmissionCorrected = "CORRECTED"
)

// Valuation is what an appraiser found (资产评估, 附录第24项): the value of an asset at a day, for a purpose.
type Valuation struct {
	Assessor  PartyID `json:"assessor"` // 评估机构: another body than the holder
	BaseDate  Date    `json:"baseDate"` // 评估基准日
	Purpose   string  `json:"purpose"`
	AmountFen int64   `json:"amountFen"`
}

// ImportantData is a catalogue of important data that is filed (报备). The name of the officer stands in the document only.
type ImportantData struct {
	Items       int64  `json:"items"`       // entries of the catalogue
	Institution string `json:"institution"` // 数据安全管理机构
	Responsible bool   `json:"responsible"` // declared: an officer answers for data security (数据安全负责人)
}

// Disclosure says what is disclosed and for which time.
type Disclosure struct {
	Title string `json:"title"`
	From  Date   `json:"from"`
	To    Date   `json:"to"`
}

// Annual identifies the report on a year: its digest is that of the figures which anybody who reads the ledger up to the block computes again.
type Annual struct {
	Year   int64  `json:"year"`
	Block  int64  `json:"block"`  // number of the last block that was counted
	Digest string `json:"digest"` // hex SHA-256 of the figures in canonical JSON
}

// Credit is an event that bears on a party's credit, with its basis.
type Credit struct {
	Party   PartyID `json:"party"`
	Nature  string  `json:"nature"` // one of CreditNatures
	Grounds string  `json:"grounds"`
	Until   Date    `json:"until"` // last civil day on which it counts
	Warrant Warrant `json:"warrant"`
}

// CreditNatures are what an event says of a party: 守信, 失信.
var CreditNatures = []string{"GOOD", "BAD"}

// Submission is something that is submitted once and stays on record (报送): who, what, with its document.
type Submission struct {
	ID         SubmissionID   `json:"id"`
	Kind       SubmissionKind `json:"kind"`
	By         PartyID        `json:"by"`
	Asset      AssetID        `json:"asset,omitempty"` // VALUATION
	Valuation  *Valuation     `json:"valuation,omitempty"`
	Important  *ImportantData `json:"important,omitempty"`
	Disclosure *Disclosure    `json:"disclosure,omitempty"`
	Annual     *Annual        `json:"annual,omitempty"`
	Credit     *Credit        `json:"credit,omitempty"`
	Paper      Material       `json:"paper"` // the report, catalogue, text or document itself
	Late       bool           `json:"late,omitempty"`
	Status     string         `json:"status"`
	Corrects   SubmissionID   `json:"corrects,omitempty"`
	Correction SubmissionID   `json:"correction,omitempty"` // that takes its place
	Mark       Mark           `json:"mark"`
}

// SubmitSubmissionRequest is the document of supervision:Submit; exactly the part of its kind is given. Corrects names an earlier one whose place
// it takes.
type SubmitSubmissionRequest struct {
	Key        string         `json:"key"`
	Kind       SubmissionKind `json:"submissionKind"`
	Asset      AssetID        `json:"asset,omitempty"`
	Valuation  *Valuation     `json:"valuation,omitempty"`
	Important  *ImportantData `json:"important,omitempty"`
	Disclosure *Disclosure    `json:"disclosure,omitempty"`
	Annual     *Annual        `json:"annual,omitempty"`
	Credit     *Credit        `json:"credit,omitempty"`
	Paper      Material       `json:"paper"` // kind REPORT
	Corrects   SubmissionID   `json:"corrects,omitempty"`
}

// SubmissionCase is everything that a submission may look at; nil means that the ledger has no such record.
type SubmissionCase struct {
	Facts
	Asset     *Asset
	Open      *Application // act that the page of the asset names as open
	Registrar *Appointment // of the actor's body
	Earlier   *Submission  // that is corrected
}

// AnnualDue is the last day on which the report on a year is in time (每年3月31日前).
func AnnualDue(year int64) Date { return Date(itoa(int(year)+1) + "-03-31") }

// MakeSubmission judges a submission. The one that it corrects is given back, nil if it corrects none.
func MakeSubmission(c SubmissionCase, req SubmitSubmissionRequest) (Submission, *Submission, Refusals) {
	rs := checkKey(req.Key)
	s := Submission{ID: SubmissionID(DerivedID("SBM", c.TxID)), Kind: req.Kind, By: c.Actor.Party, Asset: req.Asset, Valuation: req.Valuation, Important: req.Important,
		Disclosure: req.Disclosure, Annual: req.Annual, Credit: req.Credit, Paper: req.Paper, Status: SubmissionInForce, Corrects: req.Corrects, Mark: Mark{}.touch(c.Facts)}
	v := fieldCheck{}
	v.submission(c, s)
	rs.add(v.refusal())
	if roles, known := SubmittedBy[req.Kind]; known && !slices.Contains(roles, c.Actor.Role) {
		rs.add(Refuse(CodeAccessDenied, req.Kind.Rule(), "role", c.Actor.Role))
	}
	rs = append(rs, c.standing(s)...)
	s.Late = req.Annual != nil && CivilDate(c.At) > AnnualDue(req.Annual.Year)
	if req.Corrects == "" {
		return s, nil, rs
	}
	corrected, refusal := c.corrected(s)
	rs.add(refusal)
	return s, corrected, rs
}

// corrected marks the submission that another one corrects: of the same kind and body, on the same asset, and not corrected before.
func (c SubmissionCase) corrected(s Submission) (*Submission, *Refusal) {
	old := c.Earlier
	if old == nil {
		return nil, NotFound(string(s.Corrects))
	}
	if old.By != s.By || old.Kind != s.Kind || old.Asset != s.Asset {
		return nil, Refuse(CodeNotOwnParty, s.Kind.Rule(), "party", string(s.By), "applicant", string(old.By))
	}
	if old.Status != SubmissionInForce {
		return nil, Refuse(CodeStatusWrong, s.Kind.Rule(), "status", old.Status)
	}
	done := *old
	done.Status, done.Correction, done.Mark = SubmissionCorrected, s.ID, old.Mark.touch(c.Facts)
	return &done, nil
}

// standing refuses a valuation of what is not the actor's registered asset in force, and a report of a body that is no registrar.
func (c SubmissionCase) standing(s Submission) Refusals {
	var rs Refusals
	switch {
	case s.Kind == SubmissionAnnual && !c.Registrar.Active():
		rs.add(Refuse(CodeNotAppointed, RuleAnnualReport, "office", string(OfficeRegistrar), "holder", string(c.Actor.Party)))
	case s.Kind == SubmissionValuation && c.Asset != nil && c.Asset.Holder != c.Actor.Party:
		rs.add(Refuse(CodeNotOwnParty, RuleValuation, "party", string(c.Actor.Party), "applicant", string(c.Asset.Holder)))
	case s.Kind == SubmissionValuation && c.Asset != nil:
		if status := c.Asset.EffectiveStatus(c.Open, c.At); status != AssetActive && status != AssetFrozen {
			rs.add(Refuse(CodeAssetEnded, RuleValuation, "asset", string(c.Asset.ID), "assetStatus", string(status)))
		}
	}
	return rs
}

// submission checks the fields; exactly the part of the kind is there.
func (v *fieldCheck) submission(c SubmissionCase, s Submission) {
	var kinds []string
	for _, k := range SubmissionKinds {
		kinds = append(kinds, string(k))
	}
	v.oneOf("submissionKind", string(s.Kind), kinds...)
	v.material("paper", s.Paper, MaterialReport)
	v.part("valuation", s.Kind == SubmissionValuation, s.Valuation != nil, s.Kind)
	v.part("asset", s.Kind == SubmissionValuation, s.Asset != "", s.Kind)
	v.part("important", s.Kind == SubmissionImportant, s.Important != nil, s.Kind)
	v.part("disclosure", s.Kind == SubmissionDisclosure, s.Disclosure != nil, s.Kind)
	v.part("annual", s.Kind == SubmissionAnnual, s.Annual != nil, s.Kind)
	v.part("credit", s.Kind == SubmissionCredit, s.Credit != nil, s.Kind)
	v.when(s.Kind == SubmissionValuation && s.Asset != "" && c.Asset == nil, "asset", ProblemReference, RuleValuation)
	today := CivilDate(c.At)
	if s.Valuation != nil {
		v.valuation(*s.Valuation, s.By, today)
	}
	if i := s.Important; i != nil {
		v.number("important.items", i.Items, 1)
		v.text("important.institution", i.Institution, 100, RuleImportantData)
		v.when(!i.Responsible, "important.responsible", ProblemDeclaration, RuleImportantData)
	}
	if d := s.Disclosure; d != nil {
		v.text("disclosure.title", d.Title, 100, RuleDisclosure)
		v.date("disclosure.from", d.From, RuleDisclosure)
		v.date("disclosure.to", d.To, RuleDisclosure)
		v.when(d.To != "" && d.To < d.From, "disclosure.to", ProblemOrder, RuleDisclosure)
	}
	if a := s.Annual; a != nil {
		v.when(a.Year < 2025 || a.Year >= int64(today.year()), "annual.year", ProblemRange, RuleAnnualReport)
		v.number("annual.block", a.Block, 1)
		v.hexDigest("annual.digest", a.Digest, RuleAnnualReport)
	}
	if s.Credit != nil {
		v.credit(*s.Credit, today)
	}
}

// part demands the part of a submission that its kind has, and no other.
func (v *fieldCheck) part(path string, wanted, given bool, kind SubmissionKind) {
	v.when(wanted != given, path, missingOr(wanted), kind.Rule())
}

func (v *fieldCheck) valuation(x Valuation, holder PartyID, today Date) {
	v.creditCode("valuation.assessor", string(x.Assessor))
	v.when(x.Assessor != "" && x.Assessor == holder, "valuation.assessor", ProblemNotAllowed, RuleValuation)
	v.date("valuation.baseDate", x.BaseDate, RuleValuation)
	v.when(x.BaseDate > today, "valuation.baseDate", ProblemRange, RuleValuation)
	v.text("valuation.purpose", x.Purpose, 100, RuleValuation)
	v.number("valuation.amountFen", x.AmountFen, 0)
}

func (v *fieldCheck) credit(x Credit, today Date) {
	v.partyID("credit.party", x.Party)
	v.oneOf("credit.nature", x.Nature, CreditNatures...)
	v.text("credit.grounds", x.Grounds, maxLine, RuleCredit)
	v.date("credit.until", x.Until, RuleCredit)
	v.when(x.Until != "" && x.Until < today, "credit.until", ProblemRange, RuleCredit)
	v.warrantAt("credit.warrant", x.Warrant)
}
