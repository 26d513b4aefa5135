package registry

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

// Transition is one legal move of a registration case.
type Transition struct {
	From   Status
	Act    Act
	To     Status
	Office Office // the office that the actor needs; empty: the applicant
	Rule   RuleID
}

// Transitions are the only legal moves of a DATA_ASSET first registration (docs/lifecycle.md).
var Transitions = []Transition{
	{StatusNone, ActSubmit, StatusSubmitted, "", RuleForm},
	{StatusSubmitted, ActReturn, StatusReturned, OfficeAcceptor, RuleAcceptance},
	{StatusReturned, ActResubmit, StatusSubmitted, "", RuleAcceptance},
	{StatusSubmitted, ActAccept, StatusAccepted, OfficeAcceptor, RuleAcceptance},
	{StatusSubmitted, ActNotAccept, StatusNotAccepted, OfficeAcceptor, RuleAcceptance},
	{StatusSubmitted, ActClaimAcceptance, StatusAccepted, "", RuleAcceptance},
	{StatusAccepted, ActPassReview, StatusInPublicity, OfficeReviewer, RuleReview},
	{StatusAccepted, ActRefuse, StatusRefused, OfficeReviewer, RuleGrounds},
	{StatusInPublicity, ActClosePublicity, StatusReady, OfficeRecorder, RulePublicity},
	{StatusReady, ActRegister, StatusRegistered, OfficeRecorder, RuleCertificate},
	{StatusSubmitted, ActWithdraw, StatusWithdrawn, "", RuleForm},
	{StatusReturned, ActWithdraw, StatusWithdrawn, "", RuleForm},
	{StatusAccepted, ActWithdraw, StatusWithdrawn, "", RuleForm},
	{StatusInPublicity, ActWithdraw, StatusWithdrawn, "", RuleForm},
}

// FindTransition finds the move that an act makes from a status.
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
		if t.From == from {
			acts = append(acts, t.Act)
		}
	}
	return acts
}
