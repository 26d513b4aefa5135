package registry

import (
	"slices"
	"time"
)

// MatterKind is the kind of a matter of supervision (监督事项).
type MatterKind string

// Kinds of matters. The first three are raised by those concerned or by anybody, the others are entered by an officer of the bureau who
// names the issuing authority and its document.
const (
	MatterComplaint     MatterKind = "COMPLAINT"      // 投诉 (第二十六条): on the complainant's own rights
	MatterReport        MatterKind = "REPORT"         // 举报 (第六十条): of a violation, by anybody, also anonymously
	MatterDataObjection MatterKind = "DATA_OBJECTION" // 数据异议 (第二十条): public data that is wrong, handled by the body that provides it
	MatterInspection    MatterKind = "INSPECTION"     // 监督检查 (第五十七条)
	MatterIncident      MatterKind = "INCIDENT"       // 安全事件 (第五十一条): may suspend the use of a registered asset
)

// MatterStatus is the status of a matter.
type MatterStatus string

// Statuses of a matter. CLOSED and WITHDRAWN are final.
const (
	MatterNone       MatterStatus = ""
	MatterOpen       MatterStatus = "OPEN"       // 已收到，待受理
	MatterHandling   MatterStatus = "HANDLING"   // 办理中
	MatterRectifying MatterStatus = "RECTIFYING" // 整改中
	MatterClosed     MatterStatus = "CLOSED"     // 已办结, with its result
	MatterWithdrawn  MatterStatus = "WITHDRAWN"  // 已撤回
)

// MatterAct is what is done about a matter.
type MatterAct string

// Acts on a matter.
const (
	MatterFiled     MatterAct = "FILE"     // 提出
	MatterReceived  MatterAct = "RECEIVE"  // 收到匿名举报
	MatterEntered   MatterAct = "ENTER"    // 立案
	MatterTaken     MatterAct = "TAKE_UP"  // 受理、接办
	MatterNoted     MatterAct = "NOTE"     // 记载办理经过
	MatterOrdered   MatterAct = "ORDER"    // 责令整改
	MatterAnswered  MatterAct = "ANSWER"   // 报告整改情况
	MatterConcluded MatterAct = "CLOSE"    // 办结
	MatterDropped   MatterAct = "WITHDRAW" // 撤回
)

// MatterMove is one legal move of a matter.
type MatterMove struct {
	From MatterStatus
	Act  MatterAct
	To   MatterStatus
}

// MatterMoves are all legal moves of a matter.
var MatterMoves = []MatterMove{
	{MatterNone, MatterFiled, MatterOpen}, {MatterNone, MatterReceived, MatterOpen}, {MatterNone, MatterEntered, MatterHandling},
	{MatterOpen, MatterTaken, MatterHandling}, {MatterHandling, MatterTaken, MatterHandling}, {MatterRectifying, MatterTaken, MatterRectifying},
	{MatterHandling, MatterNoted, MatterHandling}, {MatterRectifying, MatterNoted, MatterRectifying},
	{MatterHandling, MatterOrdered, MatterRectifying}, {MatterRectifying, MatterAnswered, MatterRectifying},
	{MatterHandling, MatterConcluded, MatterClosed}, {MatterRectifying, MatterConcluded, MatterClosed},
	{MatterOpen, MatterDropped, MatterWithdrawn}, {MatterHandling, MatterDropped, MatterWithdrawn},
}

// FiledKinds are raised by a person in their own name, EnteredKinds by an officer of the bureau.
var (
	FiledKinds   = []MatterKind{MatterComplaint, MatterReport, MatterDataObjection}
	EnteredKinds = []MatterKind{MatterInspection, MatterIncident}
)

// Rule is the article under which matters of a kind are handled.
func (k MatterKind) Rule() RuleID {
	switch k {
	case MatterReport:
		return RuleReport
	case MatterDataObjection:
		return RuleDataObjection
	case MatterInspection:
		return RuleSafety
	case MatterIncident:
		return RuleIncident
	}
	return RuleComplaint
}

// About is what a matter concerns. The party is known to every member of the channel; what is said about it is not on the ledger.
type About struct {
	Party PartyID `json:"party,omitempty"` // 被投诉、被举报、被检查的单位, or the body that provides the data
	Asset AssetID `json:"asset,omitempty"`
	Item  string  `json:"item,omitempty"` // code of a catalogue item
}

// Matter is something that supervision deals with (监督事项): raised or entered, taken up by a person of the right desk, handled step by
// step and closed with a result. Its content is encrypted by CID; the ledger has salted commitments, the status, who handles it and
// the result.
type Matter struct {
	ID        MatterID       `json:"id"`
	Kind      MatterKind     `json:"kind"`
	Filer     PersonID       `json:"filer,omitempty"`      // first account of the person; empty for anonymous reports and what the bureau enters
	FilerBody PartyID        `json:"filerParty,omitempty"` // party of the filer
	About     About          `json:"about"`
	Statement Material       `json:"statement"`
	Evidence  []Material     `json:"evidence,omitempty"`
	Warrant   *Warrant       `json:"warrant,omitempty"` // of what the bureau enters
	Status    MatterStatus   `json:"status"`
	Desk      PartyID        `json:"desk,omitempty"`    // 承办单位
	Handler   PersonID       `json:"handler,omitempty"` // 承办人: the first account of the person
	Order     *Rectification `json:"order,omitempty"`
	Suspends  int            `json:"suspends,omitempty"` // INCIDENT: number of the remark that freezes the asset
	Result    *MatterResult  `json:"result,omitempty"`
	Steps     []MatterStep   `json:"steps"`
	Mark      Mark           `json:"mark"`
}

// MatterStep is one act on a matter, with a document if there is one.
type MatterStep struct {
	Act      MatterAct    `json:"act"`
	Status   MatterStatus `json:"status"` // after the act
	Document *Material    `json:"document,omitempty"`
	At       time.Time    `json:"at"`
	TxID     string       `json:"txId"`
	Actor    PersonID     `json:"actor"`
}

// Rectification is an order to rectify (责令整改): to whom, on which document, until when.
type Rectification struct {
	Party    PartyID `json:"party"`
	Warrant  Warrant `json:"warrant"`
	Due      Date    `json:"due"`                // last civil day
	Answered Date    `json:"answered,omitempty"` // day of the first report of the party
}

// Overdue says whether the party has not reported in time; a late report stays flagged.
func (r *Rectification) Overdue(today Date) bool {
	if r == nil {
		return false
	}
	if r.Answered != "" {
		return r.Answered > r.Due
	}
	return today > r.Due
}

// MatterResult is how a matter ended (办理结果).
type MatterResult struct {
	Outcome   string   `json:"outcome"`             // one of MatterOutcomes
	Authority string   `json:"authority,omitempty"` // REFERRED: to whom
	Document  Material `json:"document"`            // kind DECISION
}

// MatterOutcomes are the results that a matter of each kind can have.
var MatterOutcomes = map[MatterKind][]string{
	MatterComplaint:     {"UPHELD", "PARTLY", "UNFOUNDED", "REFERRED", "NOT_ACCEPTED"},
	MatterReport:        {"UPHELD", "PARTLY", "UNFOUNDED", "REFERRED", "NOT_ACCEPTED"},
	MatterDataObjection: {"UPHELD", "PARTLY", "UNFOUNDED", "REFERRED"},
	MatterInspection:    {"NO_RISK", "RECTIFIED", "NOT_RECTIFIED", "REFERRED"},
	MatterIncident:      {"RESOLVED", "REFERRED"},
}

// Files are all documents of a matter.
func (m Matter) Files() []Material {
	all := append([]Material{m.Statement}, m.Evidence...)
	for _, s := range m.Steps {
		if s.Document != nil {
			all = append(all, *s.Document)
		}
	}
	for _, w := range []*Warrant{m.Warrant, m.warranted()} {
		if w != nil {
			all = append(all, w.Document)
		}
	}
	return all
}

func (m Matter) warranted() *Warrant {
	if m.Order == nil {
		return nil
	}
	return &m.Order.Warrant
}

// MatterCase is everything that an act on a matter may look at; nil means that the ledger has no such record.
type MatterCase struct {
	Facts
	Own    *Account // the actor's
	Matter *Matter
	Asset  *Asset       // that the matter is about
	Item   *CatalogItem // that the matter is about
	Limit  *Limit       // by which an incident suspends
}

// person is the actor as a person, whatever device they use.
func (c MatterCase) person() PersonID {
	if c.Own != nil {
		return c.Own.Owner
	}
	return c.Actor.ID()
}

const maxMatterSteps = 100

// move takes a matter one step further, or refuses the act in its present status.
func (c MatterCase) move(m *Matter, act MatterAct, document *Material) *Refusal {
	i := slices.IndexFunc(MatterMoves, func(move MatterMove) bool { return move.From == m.Status && move.Act == act })
	if i < 0 {
		return Refuse(CodeStatusWrong, m.Kind.Rule(), "act", string(act), "status", string(m.Status))
	}
	if len(m.Steps) >= maxMatterSteps && act != MatterConcluded { // it can always be closed
		return Refuse(CodeStatusWrong, m.Kind.Rule(), "act", string(act), "status", string(m.Status), "max", itoa(maxMatterSteps))
	}
	m.Status = MatterMoves[i].To
	m.Steps = append(slices.Clone(m.Steps), MatterStep{Act: act, Status: m.Status, Document: document, At: c.At, TxID: c.TxID, Actor: c.Actor.ID()})
	m.Mark = m.Mark.touch(c.Facts)
	return nil
}
