package contract

import (
	"errors"
	"fmt"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// deciders are the acts that a dry run can try: all that people write, and what services ask for people.
var deciders = map[string]decider{
	"rule:AdoptProfile": decideProfile, "rule:ConfirmProfile": decideConfirmProfile, "rule:AdoptCalendar": decideCalendar,
	"rule:NameAdministrator": succession(registry.NameAdministrator), "rule:ConfirmAdministrator": succession(registry.ConfirmAdministrator),
	"catalogue:Publish": decidePublishItem, "catalogue:Withdraw": decideWithdrawItem,
	"catalogue:PublishMany": decidePublishItems, "catalogue:EnterEnterprise": decideEnterEnterprise, "catalogue:RemoveEnterprise": decideRemoveEnterprise,
	"sharing:Request": decideShareRequest, "sharing:Withdraw": decideShareWithdrawal, "sharing:Decide": decideShare, "sharing:Report": decideShareReport,
	"purchase:Request": decidePurchaseRequest, "purchase:Withdraw": decidePurchaseWithdrawal, "purchase:Decide": decidePurchase,
	"purchase:Report": decidePurchaseReport,
	"opening:Audit":   decideAudit, "opening:Publish": decidePublishOpening, "opening:SendBack": decideSendBack, "opening:Stop": decideStop, "opening:AdoptPlan": decidePlan,
	"party:Register": decideParty, "party:Appoint": decideAppoint, "party:EndAppointment": decideEnd, "party:AdoptKey": decideKey,
	"account:Apply": decideApplyAccount, "account:Approve": decideApprove, "account:Enable": decideEnable, "account:Suspend": decideSuspend,
	"account:Resume": decideResume, "account:Revoke": decideRevoke, "account:AddDevice": decideDevice,
	"contract:Register": decideContract, "contract:End": decideEndContract, "contract:SettleAccount": decideSettle, "contract:CloseOut": decideCloseOut,
	"authorization:Propose": decideProposeGrant, "authorization:Sign": decideSignGrant, "authorization:Decline": decideDeclineGrant, "authorization:Withdraw": decideWithdrawGrant, "authorization:Suspend": decideSuspendGrant, "authorization:Resume": decideResumeGrant, "authorization:Revoke": decideRevokeGrant,
	"authorization:Terminate": decideTerminateGrant, "authorization:Close": decideCloseGrant, "authorization:Review": decideReviewGrant, "authorization:File": decideFileGrant,
	"authorization:ProposePlan": decideProposePlan, "authorization:ApprovePlan": decideApprovePlan, "authorization:FilePlan": decideFilePlan,
	"mandate:Grant": decideGrantMandate, "mandate:Revoke": decideRevokeMandate,

	"supervision:File": decideFileMatter, "supervision:Receive": decideReceiveMatter, "supervision:Withdraw": decideWithdrawMatter,
	"supervision:Enter": decideEnterMatter, "supervision:TakeUp": decideTakeUpMatter, "supervision:Note": decideNoteMatter,
	"supervision:Order": decideOrderMatter, "supervision:Answer": decideAnswerMatter, "supervision:Close": decideCloseMatter,
	"supervision:Submit": decideSubmission, "supervision:OpenBatch": decideOpenBatch, "supervision:StateBatch": decideStateBatch, "supervision:CloseBatch": decideCloseBatch,

	"registration:Submit": decideSubmit, "registration:Return": decideReturn, "registration:Resubmit": decideResubmit,
	"registration:Accept": decideAccept, "registration:NotAccept": decideNotAccept, "registration:ClaimAcceptance": decideClaim,
	"registration:RequestEvidence": decideRequestEvidence, "registration:SupplyEvidence": decideSupplyEvidence,
	"registration:ResumeReview": decideResumeReview, "registration:Terminate": decideTerminate, "registration:Extend": decideExtend,
	"registration:ExplainDelay": decideExplainDelay,
	"registration:PassReview":   decideReview, "registration:Refuse": decideRefuse,
	"registration:FileObjection": decideFileObjection, "registration:AnswerObjection": decideAnswerObjection,
	"registration:DecideObjection": decideObjection, "registration:WithdrawObjection": decideWithdrawObjection,
	"registration:ClosePublicity": decideClose, "registration:Register": decideRegister, "registration:Withdraw": decideWithdraw,
	"registration:ComputeDeadline": decideDeadline, "registration:RecalculateDeadline": decideRecalculation, "registration:Sweep": decideSweep,

	"registration:SubmitChange": decideSubmitChange, "registration:SubmitCorrection": decideSubmitCorrection,
	"registration:SubmitTransfer": decideSubmitTransfer, "registration:Join": decideJoin, "registration:SubmitRenewal": decideSubmitRenewal,
	"registration:SubmitCancellation": decideSubmitCancellation, "registration:Supplement": decideSupplement,
	"registration:Deposit": decideDeposit, "registration:RecordNationalCode": decideNationalCode, "registration:RecordInspection": decideInspection,
	"registration:CancelExOfficio": decideCancelExOfficio, "registration:Revoke": decideRevokeRegistration,

	"registration:FileDispute": decideFileDispute, "registration:ExamineDispute": decideExamineDispute, "registration:AnswerDispute": decideAnswerDispute,
	"registration:ConcludeDispute": decideConcludeDispute, "registration:RespondDispute": decideRespondDispute, "registration:RecordJudgment": decideJudgment,
	"registration:SettleDispute": decideSettleDispute, "registration:WithdrawDispute": decideWithdrawDispute,
	"registration:AcknowledgeNotice": decideAcknowledgement, "registration:RecordService": decideService,
	"registration:EnterOrder": decideEnterOrder, "registration:LiftOrder": decideLiftOrder,
	"registration:EnterRemark": decideEnterRemark, "registration:LiftRemark": decideLiftRemark,
}

// Check is the dry run of an act (试办): registry.CheckRequest in, registry.Verdict out. It decides with the very
// functions that the act itself uses, and writes nothing.
func (*Registration) Check(c *Context, document string) (string, error) {
	var req registry.CheckRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	decide, known := deciders[req.Function]
	if !known {
		return "", registry.Refuse(registry.CodeFunctionUnknown, registry.RuleOwnAct, "function", fmt.Sprintf("%.80s", req.Function))
	}
	if err := c.loadNetwork(); err != nil {
		return "", err
	}
	if req.As != nil {
		c.facts.Actor = *req.As
	}
	refusals, err := c.try(req, decide)
	if err != nil {
		return "", err
	}
	return encode(registry.NewVerdict(c.facts, refusals))
}

func (c *Context) try(req registry.CheckRequest, decide decider) (registry.Refusals, error) {
	var refusals registry.Refusals
	if refusal := registry.CheckAccess(req.Function, c.facts.Actor); refusal != nil {
		refusals = append(refusals, refusal)
	}
	if c.network == nil {
		return append(refusals, registry.Refuse(registry.CodeNotFounded, registry.RuleDemo)), nil
	}
	standing, err := c.checkAccount()
	if err != nil {
		return nil, err
	}
	if standing != nil {
		refusals = append(refusals, standing)
	}
	d, err := decide(c, req.Document)
	var refusal *registry.Refusal
	if errors.As(err, &refusal) {
		return append(refusals, refusal), nil
	}
	return append(refusals, d.refusals...), err
}
