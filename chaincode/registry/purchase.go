package registry

// Statuses of a purchase request. PURCHASED, NOT_PURCHASED, DECLINED and WITHDRAWN are final.
const (
	PurchaseRequested   = "REQUESTED"     // 已申请，待统筹
	PurchaseCoordinated = "COORDINATED"   // 统筹同意，待采购
	PurchaseDeclined    = "DECLINED"      // 不同意
	Purchased           = "PURCHASED"     // 已采购
	PurchaseNot         = "NOT_PURCHASED" // 未采购
	PurchaseWithdrawn   = "WITHDRAWN"     // 已撤回
)

// Purchase is a request of a publicly funded body to buy data of enterprises or about persons (采购申请, 第二十二条): the data department
// coordinates all of them, the body reports what came of it. Prices are not on the ledger.
type Purchase struct {
	ID            PurchaseID `json:"id"`
	Applicant     PartyID    `json:"applicant"`
	Region        string     `json:"region"`       // of the applicant
	Subject       string     `json:"subjectClass"` // ENTERPRISE or PERSONAL data
	Data          string     `json:"data"`         // what is to be bought
	Purpose       string     `json:"purpose"`
	Basis         string     `json:"basis"`                   // the duty for which it is needed (履职依据)
	PersonalBasis string     `json:"personalBasis,omitempty"` // on which personal data is processed (第五十五条)
	Status        string     `json:"status"`
	Decision      *Decision  `json:"decision,omitempty"`
	Feedback      *Feedback  `json:"feedback,omitempty"`
	Supplier      PartyID    `json:"supplier,omitempty"`
	Mark          Mark       `json:"mark"`
}

// PurchaseCase is everything that an act on a purchase request may look at; nil means that the ledger has no such record.
type PurchaseCase struct {
	Facts
	Purchase *Purchase
	Party    *Party // the actor's
	Supplier *Party
}

// RequestPurchaseRequest is the document of purchase:Request.
type RequestPurchaseRequest struct {
	Key           string `json:"key"`
	Subject       string `json:"subjectClass"`
	Data          string `json:"data"`
	Purpose       string `json:"purpose"`
	Basis         string `json:"basis"`
	PersonalBasis string `json:"personalBasis,omitempty"`
}

// RequestPurchase judges a purchase request: only bodies that public funds pay for buy data so, to fulfil their duties.
func RequestPurchase(c PurchaseCase, req RequestPurchaseRequest) (Purchase, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.oneOf("subjectClass", req.Subject, "ENTERPRISE", "PERSONAL")
	v.text("data", req.Data, maxNote, RulePurchase)
	v.text("purpose", req.Purpose, maxNote, RulePurchase)
	v.text("basis", req.Basis, maxLine, RulePurchase)
	if req.Subject == "PERSONAL" {
		v.text("personalBasis", req.PersonalBasis, maxLine, RulePersonal)
	} else {
		v.when(req.PersonalBasis != "", "personalBasis", ProblemNotAllowed, RulePurchase)
	}
	rs.add(v.refusal())
	rs.add(activeParty(c.Actor.Party, c.Party))
	if c.Party == nil {
		return Purchase{}, rs
	}
	if !c.Party.publiclyFunded() {
		rs.add(Refuse(CodeNotFunded, RulePurchase, "party", string(c.Party.ID)))
	}
	return Purchase{ID: PurchaseID(DerivedID("PUR", c.TxID)), Applicant: c.Actor.Party, Region: c.Party.Region, Subject: req.Subject, Data: req.Data, Purpose: req.Purpose,
		Basis: req.Basis, PersonalBasis: req.PersonalBasis, Status: PurchaseRequested, Mark: Mark{}.touch(c.Facts)}, rs
}

// WithdrawPurchaseRequest is the document of purchase:Withdraw.
type WithdrawPurchaseRequest struct {
	Key      string     `json:"key"`
	Purchase PurchaseID `json:"purchase"`
	Reasons  string     `json:"reasons"`
}

// WithdrawPurchase judges the withdrawal of an undecided request by its applicant.
func WithdrawPurchase(c PurchaseCase, req WithdrawPurchaseRequest) (Purchase, Refusals) {
	p, rs := c.open(req.Key, req.Purchase, PurchaseRequested)
	v := fieldCheck{}
	v.text("reasons", req.Reasons, maxLine, RulePurchase)
	rs.add(v.refusal())
	rs.add(c.ownAct(p.Applicant))
	p.Status = PurchaseWithdrawn
	return p, rs
}

// open begins an act on an existing request of the given status.
func (c PurchaseCase) open(key string, id PurchaseID, want string) (Purchase, Refusals) {
	rs := checkKey(key)
	if c.Purchase == nil {
		return Purchase{}, append(rs, NotFound(string(id)))
	}
	p := *c.Purchase
	if p.Status != want {
		rs.add(Refuse(CodeStatusWrong, RulePurchase, "status", p.Status))
	}
	p.Mark = p.Mark.touch(c.Facts)
	return p, rs
}

// DecidePurchaseRequest is the document of purchase:Decide.
type DecidePurchaseRequest struct {
	Key      string     `json:"key"`
	Purchase PurchaseID `json:"purchase"`
	Granted  bool       `json:"granted"`
	Reasons  string     `json:"reasons"` // of a refusal, or conditions: data that is shared already is not bought again
}

// DecidePurchase judges the coordination of a purchase by the data department (统筹采购需求); nobody decides for their own body.
func DecidePurchase(c PurchaseCase, req DecidePurchaseRequest) (Purchase, Refusals) {
	p, rs := c.open(req.Key, req.Purchase, PurchaseRequested)
	v := fieldCheck{}
	if req.Granted {
		v.optionalText("reasons", req.Reasons, maxNote, RulePurchase)
	} else {
		v.text("reasons", req.Reasons, maxNote, RulePurchase)
	}
	rs.add(v.refusal())
	if c.Purchase == nil {
		return p, rs
	}
	rs = append(rs, c.deciding(p.Region, p.Applicant, RulePurchase)...)
	p.Status = PurchaseDeclined
	if req.Granted {
		p.Status = PurchaseCoordinated
	}
	p.Decision = c.decision(req.Granted, req.Reasons)
	return p, rs
}

// ReportPurchaseRequest is the document of purchase:Report.
type ReportPurchaseRequest struct {
	Key       string     `json:"key"`
	Purchase  PurchaseID `json:"purchase"`
	Purchased bool       `json:"purchased"`
	Supplier  PartyID    `json:"supplier,omitempty"` // a registered party
	Note      string     `json:"note"`
}

// ReportPurchase judges the applicant's report: bought from whom, or why not. Without coordination there is nothing to report.
func ReportPurchase(c PurchaseCase, req ReportPurchaseRequest) (Purchase, Refusals) {
	p, rs := c.open(req.Key, req.Purchase, PurchaseCoordinated)
	v := fieldCheck{}
	v.text("note", req.Note, maxNote, RulePurchase)
	v.when(req.Purchased != (req.Supplier != ""), "supplier", missingOr(req.Purchased), RulePurchase)
	v.when(req.Supplier != "" && c.Supplier == nil, "supplier", ProblemReference, RulePurchase)
	rs.add(v.refusal())
	rs.add(c.ownAct(p.Applicant))
	p.Status = PurchaseNot
	if req.Purchased {
		p.Status = Purchased
	}
	p.Supplier, p.Feedback = req.Supplier, &Feedback{Done: req.Purchased, Note: req.Note, By: c.Actor.ID(), At: c.At}
	return p, rs
}

// publiclyFunded says whether public funds pay for the party (财政资金保障运行): of government bodies they do, of others it is recorded.
func (p Party) publiclyFunded() bool {
	return p.Category == CategoryGovernment || p.FiscalFunded
}
