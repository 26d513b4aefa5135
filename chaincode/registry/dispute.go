package registry

import (
	"slices"
	"time"
)

// DisputeStatus is the status of an objection after registration.
type DisputeStatus string

// Statuses of an objection after registration (后续异议, 第二十九条 of the guide).
const (
	DisputeFiled     DisputeStatus = "FILED"     // 待审查材料是否齐全
	DisputeDeclined  DisputeStatus = "DECLINED"  // 材料不齐全
	DisputeNotified  DisputeStatus = "NOTIFIED"  // 已书面通知登记申请人
	DisputeAgreed    DisputeStatus = "AGREED"    // 登记申请人认可，待处置
	DisputeContested DisputeStatus = "CONTESTED" // 登记申请人不认可，调查中
	DisputeConcluded DisputeStatus = "CONCLUDED" // 已提出处理结论，待双方认可
	DisputeAccepted  DisputeStatus = "ACCEPTED"  // 双方认可处理结论，待处置
	DisputeInCourt   DisputeStatus = "IN_COURT"  // 不认可处理结论，待仲裁或者诉讼
	DisputeJudged    DisputeStatus = "JUDGED"    // 已有生效法律文书，待处置
	DisputeRejected  DisputeStatus = "REJECTED"  // 登记不变
	DisputeSettled   DisputeStatus = "SETTLED"   // 已处置
	DisputeWithdrawn DisputeStatus = "WITHDRAWN" // 异议申请人撤回
)

// Acts on objections after registration.
const (
	ActFileDispute     Act = "FileDispute"     // 提出登记后异议
	ActExamineDispute  Act = "ExamineDispute"  // 审查异议材料、书面通知
	ActAnswerDispute   Act = "AnswerDispute"   // 认可异议或者提交说明
	ActConcludeDispute Act = "ConcludeDispute" // 提出异议处理结论
	ActRespondDispute  Act = "RespondDispute"  // 认可或者不认可处理结论
	ActRecordJudgment  Act = "RecordJudgment"  // 记载生效法律文书
	ActSettleDispute   Act = "SettleDispute"   // 记载异议处置
	ActWithdrawDispute Act = "WithdrawDispute" // 撤回登记后异议
)

// DisputeMove is one legal move of an objection after registration.
type DisputeMove struct {
	From DisputeStatus
	Act  Act
	To   DisputeStatus
}

// DisputeMoves are the only legal moves (docs/lifecycle.md). A registrant who keeps silent stops nothing: a conclusion binds nobody
// who does not accept it.
var DisputeMoves = []DisputeMove{
	{"", ActFileDispute, DisputeFiled},
	{DisputeFiled, ActExamineDispute, DisputeNotified},
	{DisputeFiled, ActExamineDispute, DisputeDeclined},
	{DisputeNotified, ActAnswerDispute, DisputeAgreed},
	{DisputeNotified, ActAnswerDispute, DisputeContested},
	{DisputeNotified, ActConcludeDispute, DisputeConcluded},
	{DisputeContested, ActConcludeDispute, DisputeConcluded},
	{DisputeConcluded, ActRespondDispute, DisputeConcluded},
	{DisputeConcluded, ActRespondDispute, DisputeAccepted},
	{DisputeConcluded, ActRespondDispute, DisputeRejected},
	{DisputeConcluded, ActRespondDispute, DisputeInCourt},
	{DisputeNotified, ActRecordJudgment, DisputeJudged},
	{DisputeNotified, ActRecordJudgment, DisputeRejected},
	{DisputeContested, ActRecordJudgment, DisputeJudged},
	{DisputeContested, ActRecordJudgment, DisputeRejected},
	{DisputeConcluded, ActRecordJudgment, DisputeJudged},
	{DisputeConcluded, ActRecordJudgment, DisputeRejected},
	{DisputeInCourt, ActRecordJudgment, DisputeJudged},
	{DisputeInCourt, ActRecordJudgment, DisputeRejected},
	{DisputeAgreed, ActSettleDispute, DisputeSettled},
	{DisputeAccepted, ActSettleDispute, DisputeSettled},
	{DisputeJudged, ActSettleDispute, DisputeSettled},
	{DisputeFiled, ActWithdrawDispute, DisputeWithdrawn},
	{DisputeNotified, ActWithdrawDispute, DisputeWithdrawn},
	{DisputeContested, ActWithdrawDispute, DisputeWithdrawn},
	{DisputeConcluded, ActWithdrawDispute, DisputeWithdrawn},
	{DisputeInCourt, ActWithdrawDispute, DisputeWithdrawn},
}

// Disputes says whether an act is one on objections after registration.
func Disputes(act Act) bool {
	return slices.ContainsFunc(DisputeMoves, func(m DisputeMove) bool { return m.Act == act })
}

// DisputeActsFrom lists what may be done to an objection in a status.
func DisputeActsFrom(from DisputeStatus) []Act {
	var acts []Act
	for _, m := range DisputeMoves {
		if m.From == from && !slices.Contains(acts, m.Act) {
			acts = append(acts, m.Act)
		}
	}
	return acts
}

// Final says whether nothing more can be done.
func (s DisputeStatus) Final() bool { return len(DisputeActsFrom(s)) == 0 }

// Due says whether the register has to be changed as the outcome says (处置).
func (s DisputeStatus) Due() bool {
	return slices.ContainsFunc(DisputeMoves, func(m DisputeMove) bool { return m.From == s && m.Act == ActSettleDispute })
}

// DisputeHead is what a page of the register keeps of an objection that is not at its end.
type DisputeHead struct {
	N        int           `json:"n"`
	Objector PartyID       `json:"objector"`
	Status   DisputeStatus `json:"status"`
}

// Dispute is an objection to a registration (权属争议、登记错误) with its course, under real name. Words and evidence are encrypted by CID,
// never on the ledger.
type Dispute struct {
	Asset      AssetID       `json:"asset"`
	N          int           `json:"n"`
	Version    int           `json:"version"` // of the page when it was filed
	Objector   PartyID       `json:"objector"`
	Registrant PartyID       `json:"registrant"`
	Statement  Material      `json:"statement"` // 异议申请书
	Evidence   []Material    `json:"evidence"`  // 初步证据
	Status     DisputeStatus `json:"status"`
	Notify     *Deadline     `json:"notify,omitempty"` // by which the registrant is told
	Officer    PersonID      `json:"officer,omitempty"`
	Answer     *Material     `json:"answer,omitempty"`     // of the registrant who contests
	Counter    []Material    `json:"counter,omitempty"`    // its evidence
	Upheld     bool          `json:"upheld,omitempty"`     // by the last conclusion or effective document
	Conclusion *Material     `json:"conclusion,omitempty"` // 异议处理结论
	Accepted   []PartyID     `json:"accepted,omitempty"`   // who accepts the conclusion
	Judgment   *Warrant      `json:"judgment,omitempty"`   // 生效法律文书
	Course     []DisputeStep `json:"course"`
	Mark       Mark          `json:"mark"`
}

// DisputeStep is one act in the course of an objection after registration.
type DisputeStep struct {
	Act     Act           `json:"act"`
	To      DisputeStatus `json:"to"`
	At      time.Time     `json:"at"`
	TxID    string        `json:"txId"`
	Actor   PersonID      `json:"actor"`
	Reasons []string      `json:"reasons,omitempty"`
	Overdue bool          `json:"overdue,omitempty"` // the registrar was late: flagged, never refused
}

// FileDisputeRequest is the document of registration:FileDispute.
type FileDisputeRequest struct {
	Key       string     `json:"key"`
	Asset     AssetID    `json:"asset"`
	Statement Material   `json:"statement"` // kind STATEMENT: 异议申请书
	Evidence  []Material `json:"evidence"`  // kind EVIDENCE or CONTRACT, at least one
}

// ExamineDisputeRequest is the document of registration:ExamineDispute; Reasons say what is missing when it is not complete.
type ExamineDisputeRequest struct {
	Key      string   `json:"key"`
	Asset    AssetID  `json:"asset"`
	Dispute  int      `json:"dispute"`
	Complete bool     `json:"complete"`
	Reasons  []string `json:"reasons,omitempty"`
}

// AnswerDisputeRequest is the document of registration:AnswerDispute. A registrant who does not agree gives its explanation.
type AnswerDisputeRequest struct {
	Key       string     `json:"key"`
	Asset     AssetID    `json:"asset"`
	Dispute   int        `json:"dispute"`
	Agrees    bool       `json:"agrees"`
	Statement *Material  `json:"statement,omitempty"` // kind STATEMENT
	Evidence  []Material `json:"evidence,omitempty"`  // kind EVIDENCE or CONTRACT
	Mandate   MandateID  `json:"mandate,omitempty"`
}

// Under is the mandate that the request names.
func (r AnswerDisputeRequest) Under() MandateID { return r.Mandate }

// ConcludeDisputeRequest is the document of registration:ConcludeDispute.
type ConcludeDisputeRequest struct {
	Key      string   `json:"key"`
	Asset    AssetID  `json:"asset"`
	Dispute  int      `json:"dispute"`
	Upheld   bool     `json:"upheld"`
	Decision Material `json:"decision"` // kind DECISION: 异议处理结论
	Reasons  []string `json:"reasons"`
}

// RespondDisputeRequest is the document of registration:RespondDispute.
type RespondDisputeRequest struct {
	Key     string    `json:"key"`
	Asset   AssetID   `json:"asset"`
	Dispute int       `json:"dispute"`
	Accepts bool      `json:"accepts"`
	Mandate MandateID `json:"mandate,omitempty"`
}

// Under is the mandate that the request names.
func (r RespondDisputeRequest) Under() MandateID { return r.Mandate }

// RecordJudgmentRequest is the document of registration:RecordJudgment.
type RecordJudgmentRequest struct {
	Key     string   `json:"key"`
	Asset   AssetID  `json:"asset"`
	Dispute int      `json:"dispute"`
	Upheld  bool     `json:"upheld"`
	Warrant Warrant  `json:"warrant"` // court or arbitration body, number, the document
	Reasons []string `json:"reasons"`
}

// EndDisputeRequest is the document of registration:SettleDispute (Reasons: what was done) and registration:WithdrawDispute.
type EndDisputeRequest struct {
	Key     string   `json:"key"`
	Asset   AssetID  `json:"asset"`
	Dispute int      `json:"dispute"`
	Reasons []string `json:"reasons"`
}
