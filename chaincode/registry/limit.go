package registry

import (
	"slices"
	"time"
)

// LimitKind is the kind of a remark on a page of the register (备注, 第二十三条 of the guide).
type LimitKind string

// Kinds of remarks. Orders of seizure and control freeze the asset.
const (
	LimitSeizure   LimitKind = "SEIZURE"   // 查封等保全措施
	LimitControl   LimitKind = "CONTROL"   // 临时管制措施
	LimitAgreed    LimitKind = "AGREED"    // 行使期限、行使条件的约定
	LimitPledge    LimitKind = "PLEDGE"    // 质押
	LimitStatutory LimitKind = "STATUTORY" // 法律法规规定需要记载的事项
	LimitOther     LimitKind = "OTHER"     // 登记机构认为有必要记载的其他事项
)

// Freezes says whether a remark of the kind bars transfer and cancellation by the holder (I11).
func (k LimitKind) Freezes() bool { return k == LimitSeizure || k == LimitControl }

// LimitHead is what a page of the register keeps of a remark in force.
type LimitHead struct {
	N     int       `json:"n"`
	Kind  LimitKind `json:"kind"`
	Until Date      `json:"until,omitempty"`
}

// InForce says whether the remark has not ended by its own date.
func (h LimitHead) InForce(day Date) bool { return h.Until == "" || day <= h.Until }

// Statuses of a remark.
const (
	LimitInForce = "IN_FORCE"
	LimitLifted  = "LIFTED"
)

// Limit is a remark on a page of the register: an order of an authority, entered by the bureau's supervisor, or what the registrar
// notes. Its words are public.
type Limit struct {
	Asset    AssetID    `json:"asset"`
	N        int        `json:"n"`
	Kind     LimitKind  `json:"kind"`
	Warrant  Warrant    `json:"warrant"`
	Creditor PartyID    `json:"creditor,omitempty"` // PLEDGE: 质权人
	Text     string     `json:"text"`               // the remark
	From     Date       `json:"from"`
	Until    Date       `json:"until,omitempty"` // last civil day; empty: until lifted
	Status   string     `json:"status"`
	Lifted   *Warrant   `json:"lifted,omitempty"`
	Reason   string     `json:"reason,omitempty"` // of lifting
	LiftedAt *time.Time `json:"liftedAt,omitempty"`
	Mark     Mark       `json:"mark"`
}

// Warrant is the document on which a remark rests: who issued it, its number, and the document itself as evidence.
type Warrant struct {
	Authority string   `json:"authority"`
	Number    string   `json:"number"`
	Document  Material `json:"document"` // kind ORDER or CONTRACT
}

// EnterLimitRequest is the document of registration:EnterOrder and registration:EnterRemark.
type EnterLimitRequest struct {
	Key      string    `json:"key"`
	Asset    AssetID   `json:"asset"`
	Kind     LimitKind `json:"kind"`
	Warrant  Warrant   `json:"warrant"`
	Creditor PartyID   `json:"creditor,omitempty"`
	Text     string    `json:"text"`
	From     Date      `json:"from"`
	Until    Date      `json:"until,omitempty"`
}

// LiftLimitRequest is the document of registration:LiftOrder and registration:LiftRemark.
type LiftLimitRequest struct {
	Key     string  `json:"key"`
	Asset   AssetID `json:"asset"`
	Limit   int     `json:"limit"`
	Warrant Warrant `json:"warrant"`
	Reason  string  `json:"reason"`
}

const maxLimits = 50

// OrderKinds are the kinds that the bureau's supervisor enters, RemarkKinds those of the registrar.
var (
	OrderKinds  = []LimitKind{LimitSeizure, LimitControl}
	RemarkKinds = []LimitKind{LimitAgreed, LimitPledge, LimitStatutory, LimitOther}
)

// EnterOrder judges the entry of an order of seizure or control (查封、管制), which names authority and document; it freezes the asset at once.
func EnterOrder(f Facts, req EnterLimitRequest, asset *Asset) (Asset, Limit, Refusals) {
	return enterLimit(f, req, asset, nil, OrderKinds)
}

// EnterRemark judges a remark of the registrar. creditor is the party of that name, for a pledge.
func EnterRemark(f Facts, req EnterLimitRequest, asset *Asset, creditor *Party, recorder *Appointment) (Asset, Limit, Refusals) {
	page, limit, rs := enterLimit(f, req, asset, creditor, RemarkKinds)
	rs.add(recording(f, recorder))
	return page, limit, rs
}

func enterLimit(f Facts, req EnterLimitRequest, asset *Asset, creditor *Party, kinds []LimitKind) (Asset, Limit, Refusals) {
	rs := checkKey(req.Key)
	rs.add(checkLimit(f, req, kinds))
	if refusal := f.page(asset, req.Asset); refusal != nil {
		return Asset{}, Limit{}, append(rs, refusal)
	}
	if req.Kind == LimitPledge {
		rs.add(activeParty(req.Creditor, creditor))
	}
	if len(asset.Limits) >= maxLimits {
		rs.add(Refuse(CodeLimitsFull, RuleRemarks, "max", itoa(maxLimits)))
	}
	page := *asset
	page.LimitCount++
	page.Limits = append(slices.Clone(asset.Limits), LimitHead{N: page.LimitCount, Kind: req.Kind, Until: req.Until})
	page.Mark = asset.Mark.touch(f)
	return page, Limit{Asset: page.ID, N: page.LimitCount, Kind: req.Kind, Warrant: req.Warrant, Creditor: req.Creditor, Text: req.Text,
		From: req.From, Until: req.Until, Status: LimitInForce, Mark: Mark{}.touch(f)}, rs
}

func checkLimit(f Facts, req EnterLimitRequest, kinds []LimitKind) *Refusal {
	v := fieldCheck{}
	var allowed []string
	for _, k := range kinds {
		allowed = append(allowed, string(k))
	}
	v.oneOf("kind", string(req.Kind), allowed...)
	v.warrant(req.Warrant)
	v.text("text", req.Text, maxLine, RuleRemarks)
	v.date("from", req.From, RuleRemarks)
	if req.Until != "" {
		v.date("until", req.Until, RuleRemarks)
		v.when(req.Until < req.From, "until", ProblemOrder, RuleRemarks)
		v.when(req.Until < CivilDate(f.At), "until", ProblemRange, RuleRemarks)
	}
	v.when(req.Kind != LimitPledge && req.Creditor != "", "creditor", ProblemNotAllowed, RuleRemarks)
	return v.refusal()
}

func (v *fieldCheck) warrant(w Warrant) { v.warrantAt("warrant", w) }

func (v *fieldCheck) warrantAt(path string, w Warrant) {
	v.text(path+".authority", w.Authority, 100, RuleRemarks)
	v.text(path+".number", w.Number, 100, RuleRemarks)
	v.material(path+".document", w.Document, MaterialOrder, MaterialContract)
}

// LiftOrder judges the end of an order, which again names authority and document (解除查封、管制).
func LiftOrder(f Facts, req LiftLimitRequest, asset *Asset, limit *Limit) (Asset, Limit, Refusals) {
	return liftLimit(f, req, asset, limit, OrderKinds)
}

// LiftRemark judges that the registrar deletes a remark (注销备注).
func LiftRemark(f Facts, req LiftLimitRequest, asset *Asset, limit *Limit, recorder *Appointment) (Asset, Limit, Refusals) {
	page, lifted, rs := liftLimit(f, req, asset, limit, RemarkKinds)
	rs.add(recording(f, recorder))
	return page, lifted, rs
}

func liftLimit(f Facts, req LiftLimitRequest, asset *Asset, limit *Limit, kinds []LimitKind) (Asset, Limit, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.warrant(req.Warrant)
	v.text("reason", req.Reason, maxLine, RuleRemarks)
	rs.add(v.refusal())
	if asset == nil || limit == nil || limit.Asset != asset.ID {
		return Asset{}, Limit{}, append(rs, Refuse(CodeNotFound, RuleRemarks, "asset", clip(string(req.Asset)), "limit", itoa(req.Limit)))
	}
	if !slices.Contains(kinds, limit.Kind) {
		rs.add(Refuse(CodeAccessDenied, RuleRemarks, "role", f.Actor.Role, "kind", string(limit.Kind)))
	}
	if limit.Status != LimitInForce {
		rs.add(Refuse(CodeLimitLifted, RuleRemarks, "limit", itoa(limit.N)))
	}
	rs.add(f.forward(asset.Mark))
	page, lifted, at := *asset, *limit, f.At
	page.Limits = slices.DeleteFunc(slices.Clone(asset.Limits), func(h LimitHead) bool { return h.N == limit.N })
	page.Mark = asset.Mark.touch(f)
	lifted.Status, lifted.Lifted, lifted.Reason, lifted.LiftedAt, lifted.Mark = LimitLifted, &req.Warrant, req.Reason, &at, limit.Mark.touch(f)
	return page, lifted, rs
}

// recording refuses whoever does not hold the registrar's office of recording (公示登簿).
func recording(f Facts, recorder *Appointment) *Refusal { return inOffice(f, recorder, OfficeRecorder) }

// inOffice refuses whoever does not hold an office of the registrar; held is the actor's appointment to it, or nil.
func inOffice(f Facts, held *Appointment, office Office) *Refusal {
	if held.Active() && held.Office == office && held.Registrar == f.Actor.Party {
		return nil
	}
	return Refuse(CodeNotAppointed, RuleRegistrar, "office", string(office), "person", string(f.Actor.ID()))
}
