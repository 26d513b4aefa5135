package registry

import "slices"

// Act names what somebody does to a registration case; it is the name of the contract function.
type Act string

// Acts of a first registration.
const (
	ActSubmit          Act = "Submit"          // 申请
	ActReturn          Act = "Return"          // 补正告知
	ActResubmit        Act = "Resubmit"        // 补正
	ActAccept          Act = "Accept"          // 受理
	ActNotAccept       Act = "NotAccept"       // 不予受理
	ActClaimAcceptance Act = "ClaimAcceptance" // 主张视为受理
	ActPassReview      Act = "PassReview"      // 审查通过并公示
	ActRefuse          Act = "Refuse"          // 不予登记
	ActClosePublicity  Act = "ClosePublicity"  // 公示期满
	ActRegister        Act = "Register"        // 登簿赋码
	ActWithdraw        Act = "Withdraw"        // 撤回
	ActComputeDeadline Act = "ComputeDeadline" // 日历公布后补算期限
)

// Acts of a review that asks for more, and of its time (第十八、二十八条).
const (
	ActRequestEvidence     Act = "RequestEvidence"     // 要求补充佐证材料
	ActSupplyEvidence      Act = "SupplyEvidence"      // 补充佐证材料
	ActResumeReview        Act = "ResumeReview"        // 另行核实，恢复审查
	ActTerminate           Act = "Terminate"           // 终止登记
	ActExtend              Act = "Extend"              // 延长办理期限
	ActExplainDelay        Act = "ExplainDelay"        // 说明审查未按期完成的原因
	ActSweep               Act = "Sweep"               // 记明已经发生的失效
	ActRecalculateDeadline Act = "RecalculateDeadline" // 日历调整后重新计算期限
)

// Acts of objections in publicity (第二十五条).
const (
	ActFileObjection     Act = "FileObjection"     // 提出异议
	ActAnswerObjection   Act = "AnswerObjection"   // 申请人解释说明
	ActDecideObjection   Act = "DecideObjection"   // 异议处理决定
	ActWithdrawObjection Act = "WithdrawObjection" // 撤回异议
)

// Acts on registered assets (第三十四至三十七条 of the guide, 第九条 of the public-data rules).
const (
	ActSubmitChange       Act = "SubmitChange"       // 申请变更登记
	ActSubmitCorrection   Act = "SubmitCorrection"   // 申请更正登记
	ActSubmitTransfer     Act = "SubmitTransfer"     // 转让方申请转让登记
	ActJoin               Act = "Join"               // 受让方共同申请
	ActSubmitRenewal      Act = "SubmitRenewal"      // 申请续期登记
	ActSubmitCancellation Act = "SubmitCancellation" // 申请注销登记
	ActSupplement         Act = "Supplement"         // 补正材料
	ActCancelExOfficio    Act = "CancelExOfficio"    // 主动注销
	ActRevoke             Act = "Revoke"             // 撤销登记
)

// Acts of public data (第七、十三条 of the public-data rules).
const (
	ActDeposit            Act = "Deposit"            // 存证
	ActRecordNationalCode Act = "RecordNationalCode" // 记载国家平台赋予的登记结果查询码
)

// Acts on a page of the register with its remarks, that the holder is told (第二十三条).
const (
	ActEnterOrder  Act = "EnterOrder"  // 记载查封、管制
	ActLiftOrder   Act = "LiftOrder"   // 解除查封、管制
	ActEnterRemark Act = "EnterRemark" // 记载备注
	ActLiftRemark  Act = "LiftRemark"  // 注销备注
)

// Acts on notices (书面告知).
const (
	ActAcknowledgeNotice Act = "AcknowledgeNotice" // 确认收悉
	ActRecordService     Act = "RecordService"     // 记载送达
)

// Who acts when it is neither the applicant nor somebody in an office.
const (
	OtherParty Office = "OTHER_PARTY" // the other party that the case names
	AnyParty   Office = "PARTY"       // any identified party in its own name (实名)
	NoOffice   Office = "DERIVED"     // nobody decides: what is so already is written down
)

// Transition is one legal move of a registration case.
type Transition struct {
	From   Status
	Act    Act
	To     Status
	Office Office // the office that the actor needs; empty: the applicant; or AnyParty, NoOffice
	Rule   RuleID
}

// Transitions are the only legal moves of a registration case (docs/lifecycle.md). An act that stands twice with one From decides
// which way the case goes.
var Transitions = []Transition{
	{StatusNone, ActSubmit, StatusSubmitted, "", RuleForm},
	{StatusNone, ActSubmitChange, StatusSubmitted, "", RuleChange},
	{StatusNone, ActSubmitCorrection, StatusSubmitted, "", RuleKinds},
	{StatusNone, ActSubmitRenewal, StatusSubmitted, "", RuleRenewal},
	{StatusNone, ActSubmitCancellation, StatusSubmitted, "", RuleCancellation},
	{StatusNone, ActSubmitTransfer, StatusProposed, "", RuleTransfer},
	{StatusProposed, ActJoin, StatusSubmitted, OtherParty, RuleTransfer},
	{StatusSubmitted, ActReturn, StatusReturned, OfficeAcceptor, RuleAcceptance},
	{StatusReturned, ActResubmit, StatusSubmitted, "", RuleAcceptance},
	{StatusReturned, ActSupplement, StatusSubmitted, "", RuleAcceptance},
	{StatusSubmitted, ActAccept, StatusAccepted, OfficeAcceptor, RuleAcceptance},
	{StatusSubmitted, ActNotAccept, StatusNotAccepted, OfficeAcceptor, RuleAcceptance},
	{StatusSubmitted, ActClaimAcceptance, StatusAccepted, "", RuleAcceptance},
	{StatusAccepted, ActPassReview, StatusInPublicity, OfficeReviewer, RuleReview},
	{StatusAccepted, ActPassReview, StatusReady, OfficeReviewer, RuleReview},
	{StatusAccepted, ActRefuse, StatusRefused, OfficeReviewer, RuleGrounds},
	{StatusAccepted, ActRequestEvidence, StatusEvidence, OfficeReviewer, RuleReview},
	{StatusEvidence, ActSupplyEvidence, StatusAccepted, "", RuleReview},
	{StatusEvidence, ActResumeReview, StatusAccepted, OfficeReviewer, RuleReview},
	{StatusEvidence, ActTerminate, StatusTerminated, OfficeReviewer, RuleReview},
	{StatusAccepted, ActTerminate, StatusTerminated, OfficeReviewer, RuleReview},
	{StatusAccepted, ActExtend, StatusAccepted, OfficeReviewer, RuleHandling},
	{StatusAccepted, ActExplainDelay, StatusAccepted, OfficeReviewer, RuleFormalReview},
	{StatusInPublicity, ActFileObjection, StatusObjected, AnyParty, RuleObjection},
	{StatusObjected, ActFileObjection, StatusObjected, AnyParty, RuleObjection},
	{StatusObjected, ActAnswerObjection, StatusObjected, "", RuleObjection},
	{StatusObjected, ActWithdrawObjection, StatusObjected, AnyParty, RuleObjection},
	{StatusObjected, ActWithdrawObjection, StatusInPublicity, AnyParty, RuleObjection},
	{StatusObjected, ActDecideObjection, StatusObjected, OfficeObjections, RuleObjection},
	{StatusObjected, ActDecideObjection, StatusInPublicity, OfficeObjections, RuleObjection},
	{StatusObjected, ActDecideObjection, StatusRefused, OfficeObjections, RuleObjection},
	{StatusObjected, ActDecideObjection, StatusTerminated, OfficeObjections, RuleObjection},
	{StatusInPublicity, ActClosePublicity, StatusReady, OfficeRecorder, RulePublicity},
	{StatusReady, ActRegister, StatusRegistered, OfficeRecorder, RuleCertificate},
	{StatusProposed, ActWithdraw, StatusWithdrawn, "", RuleForm},
	{StatusProposed, ActSweep, StatusLapsed, NoOffice, RuleTransfer},
	{StatusSubmitted, ActWithdraw, StatusWithdrawn, "", RuleForm},
	{StatusReturned, ActWithdraw, StatusWithdrawn, "", RuleForm},
	{StatusAccepted, ActWithdraw, StatusWithdrawn, "", RuleForm},
	{StatusEvidence, ActWithdraw, StatusWithdrawn, "", RuleForm},
	{StatusInPublicity, ActWithdraw, StatusWithdrawn, "", RuleForm},
	{StatusObjected, ActWithdraw, StatusWithdrawn, "", RuleForm},
	{StatusReturned, ActSweep, StatusLapsed, NoOffice, RuleAcceptance},
}

// Moves says whether an act may take a case from one status to another.
func Moves(from Status, act Act, to Status) bool {
	return slices.ContainsFunc(Transitions, func(t Transition) bool { return t.From == from && t.Act == act && t.To == to })
}

// Files says whether an act begins a case.
func Files(act Act) bool {
	_, files := FindTransition(StatusNone, act)
	return files
}

// FindTransition finds the move that an act makes from a status, the first one if it decides between several.
func FindTransition(from Status, act Act) (Transition, bool) {
	for _, t := range Transitions {
		if t.From == from && t.Act == act {
			return t, true
		}
	}
	return Transition{}, false
}

// ActOffice is the office that an act needs; empty for acts of the applicant.
func ActOffice(act Act) Office {
	for _, t := range Transitions {
		if t.Act == act {
			return t.Office
		}
	}
	return ""
}

// ActsFrom lists what may be done to a case in a status.
func ActsFrom(from Status) []Act {
	var acts []Act
	for _, t := range Transitions {
		if t.From == from && !slices.Contains(acts, t.Act) {
			acts = append(acts, t.Act)
		}
	}
	return acts
}
