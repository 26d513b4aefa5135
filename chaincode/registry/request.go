package registry

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// requests are the document types of the functions that people may write by themselves. Founding is done once by an
// operator; services write what they record themselves: applications for accounts, issued identities and documents.
var requests = map[string]func() any{
	"party:Register":         func() any { return new(RegisterPartyRequest) },
	"party:Appoint":          func() any { return new(AppointRequest) },
	"party:EndAppointment":   func() any { return new(EndAppointmentRequest) },
	"party:AdoptKey":         func() any { return new(AdoptKeyRequest) },
	"account:Approve":        func() any { return new(ApproveAccountRequest) },
	"account:Suspend":        func() any { return new(EndAccountRequest) },
	"account:Resume":         func() any { return new(EndAccountRequest) },
	"account:Revoke":         func() any { return new(EndAccountRequest) },
	"account:AddDevice":      func() any { return new(AddDeviceRequest) },
	"contract:Register":      func() any { return new(RegisterContractRequest) },
	"contract:End":           func() any { return new(EndContractRequest) },
	"contract:SettleAccount": func() any { return new(SettleAccountRequest) },
	"contract:CloseOut":      func() any { return new(CloseOutContractRequest) },
	"mandate:Grant":          func() any { return new(GrantMandateRequest) },
	"mandate:Revoke":         func() any { return new(RevokeMandateRequest) },
	"rule:AdoptProfile":      func() any { return new(AdoptProfileRequest) },
	"rule:AdoptCalendar":     func() any { return new(AdoptCalendarRequest) },

	"rule:NameAdministrator":    func() any { return new(NameAdministratorRequest) },
	"rule:ConfirmAdministrator": func() any { return new(NameAdministratorRequest) },

	"rule:ConfirmProfile": func() any { return new(ConfirmProfileRequest) },
	"catalogue:Publish":   func() any { return new(PublishItemRequest) },
	"catalogue:Withdraw":  func() any { return new(WithdrawItemRequest) },

	"supervision:File":     func() any { return new(FileMatterRequest) },
	"supervision:Withdraw": func() any { return new(WithdrawMatterRequest) },
	"supervision:Enter":    func() any { return new(EnterMatterRequest) },
	"supervision:TakeUp":   func() any { return new(TakeUpMatterRequest) },
	"supervision:Note":     func() any { return new(NoteMatterRequest) },
	"supervision:Order":    func() any { return new(OrderMatterRequest) },
	"supervision:Answer":   func() any { return new(NoteMatterRequest) },
	"supervision:Close":    func() any { return new(CloseMatterRequest) },

	"supervision:Submit":         func() any { return new(SubmitSubmissionRequest) },
	"supervision:OpenBatch":      func() any { return new(OpenBatchRequest) },
	"supervision:StateBatch":     func() any { return new(StateBatchRequest) },
	"supervision:CloseBatch":     func() any { return new(CloseBatchRequest) },
	"catalogue:PublishMany":      func() any { return new(PublishItemsRequest) },
	"catalogue:EnterEnterprise":  func() any { return new(EnterEnterpriseRequest) },
	"catalogue:RemoveEnterprise": func() any { return new(RemoveEnterpriseRequest) },
	"sharing:Request":            func() any { return new(RequestShareRequest) },
	"sharing:Withdraw":           func() any { return new(WithdrawShareRequest) },
	"sharing:Decide":             func() any { return new(DecideShareRequest) },
	"sharing:Report":             func() any { return new(ReportShareRequest) },
	"purchase:Request":           func() any { return new(RequestPurchaseRequest) },
	"purchase:Withdraw":          func() any { return new(WithdrawPurchaseRequest) },
	"purchase:Decide":            func() any { return new(DecidePurchaseRequest) },
	"purchase:Report":            func() any { return new(ReportPurchaseRequest) },
	"opening:Audit":              func() any { return new(AuditOpeningRequest) },
	"opening:Publish":            func() any { return new(PublishOpeningRequest) },
	"opening:SendBack":           func() any { return new(EndOpeningRequest) },
	"opening:Stop":               func() any { return new(EndOpeningRequest) },
	"opening:AdoptPlan":          func() any { return new(AdoptPlanRequest) },

	"registration:Submit":          func() any { return new(SubmitRequest) },
	"registration:Resubmit":        func() any { return new(ResubmitRequest) },
	"registration:Return":          func() any { return new(ReasonsRequest) },
	"registration:NotAccept":       func() any { return new(ReasonsRequest) },
	"registration:Withdraw":        func() any { return new(WithdrawRequest) },
	"registration:Accept":          func() any { return new(ActRequest) },
	"registration:ClaimAcceptance": func() any { return new(ClaimAcceptanceRequest) },
	"registration:ClosePublicity":  func() any { return new(ActRequest) },
	"registration:ComputeDeadline": func() any { return new(ActRequest) },
	"registration:PassReview":      func() any { return new(ReviewRequest) },
	"registration:Refuse":          func() any { return new(RefuseRequest) },
	"registration:Register":        func() any { return new(RegisterRequest) },

	"registration:RecalculateDeadline": func() any { return new(ActRequest) },
	"registration:RequestEvidence":     func() any { return new(ReasonsRequest) },
	"registration:SupplyEvidence":      func() any { return new(SupplyEvidenceRequest) },
	"registration:ResumeReview":        func() any { return new(ReasonsRequest) },
	"registration:Terminate":           func() any { return new(ReasonsRequest) },
	"registration:Extend":              func() any { return new(ExtendRequest) },
	"registration:ExplainDelay":        func() any { return new(ReasonsRequest) },
	"registration:Sweep":               func() any { return new(SweepRequest) },

	"registration:SubmitChange":       func() any { return new(SubmitChangeRequest) },
	"registration:SubmitCorrection":   func() any { return new(SubmitChangeRequest) },
	"registration:SubmitTransfer":     func() any { return new(SubmitTransferRequest) },
	"registration:Join":               func() any { return new(JoinRequest) },
	"registration:SubmitRenewal":      func() any { return new(SubmitRenewalRequest) },
	"registration:SubmitCancellation": func() any { return new(SubmitCancellationRequest) },
	"authorization:Propose":           func() any { return new(ProposeGrantRequest) },
	"authorization:Sign":              func() any { return new(GrantRequest) },
	"authorization:Decline":           func() any { return new(EndGrantRequest) },
	"authorization:Withdraw":          func() any { return new(EndGrantRequest) },
	"authorization:Suspend":           func() any { return new(EndGrantRequest) },
	"authorization:Resume":            func() any { return new(GrantRequest) },
	"authorization:Revoke":            func() any { return new(EndGrantRequest) },
	"authorization:Terminate":         func() any { return new(EndGrantRequest) },
	"authorization:Review":            func() any { return new(ReviewUseRequest) },
	"authorization:File":              func() any { return new(FileGrantRequest) },
	"authorization:Close":             func() any { return new(CloseGrantRequest) },
	"authorization:ProposePlan":       func() any { return new(ProposePlanRequest) },
	"authorization:ApprovePlan":       func() any { return new(ApprovePlanRequest) },
	"authorization:FilePlan":          func() any { return new(FilePlanRequest) },
	"registration:Supplement":         func() any { return new(SupplementRequest) },
	"registration:CancelExOfficio":    func() any { return new(EndRegistrationRequest) },
	"registration:Deposit":            func() any { return new(DepositRequest) },
	"registration:RecordInspection":   func() any { return new(RecordInspectionRequest) },
	"registration:RecordNationalCode": func() any { return new(RecordNationalCodeRequest) },
	"registration:Revoke":             func() any { return new(EndRegistrationRequest) },

	"registration:EnterOrder":  func() any { return new(EnterLimitRequest) },
	"registration:LiftOrder":   func() any { return new(LiftLimitRequest) },
	"registration:EnterRemark": func() any { return new(EnterLimitRequest) },
	"registration:LiftRemark":  func() any { return new(LiftLimitRequest) },

	"registration:FileDispute":       func() any { return new(FileDisputeRequest) },
	"registration:ExamineDispute":    func() any { return new(ExamineDisputeRequest) },
	"registration:AnswerDispute":     func() any { return new(AnswerDisputeRequest) },
	"registration:ConcludeDispute":   func() any { return new(ConcludeDisputeRequest) },
	"registration:RespondDispute":    func() any { return new(RespondDisputeRequest) },
	"registration:RecordJudgment":    func() any { return new(RecordJudgmentRequest) },
	"registration:SettleDispute":     func() any { return new(EndDisputeRequest) },
	"registration:WithdrawDispute":   func() any { return new(EndDisputeRequest) },
	"registration:AcknowledgeNotice": func() any { return new(AcknowledgeNoticeRequest) },
	"registration:RecordService":     func() any { return new(RecordServiceRequest) },
	"registration:FileObjection":     func() any { return new(FileObjectionRequest) },
	"registration:AnswerObjection":   func() any { return new(AnswerObjectionRequest) },
	"registration:DecideObjection":   func() any { return new(DecideObjectionRequest) },
	"registration:WithdrawObjection": func() any { return new(WithdrawObjectionRequest) },
}

// WrittenByPeople lists the functions that people may write, in the order of the access table.
func WrittenByPeople() []string {
	var functions []string
	for _, row := range AccessTable {
		if _, ok := requests[row.Function]; ok {
			functions = append(functions, row.Function)
		}
	}
	return functions
}

// NewRequest is an empty document of a function that people may write; nil for every other function.
func NewRequest(function string) any {
	empty, known := requests[function]
	if !known {
		return nil
	}
	return empty()
}

// EncodeRequest puts the JSON document of a function that people may write into the form that is signed: fields that are
// not given get their zero value, unknown ones are refused. It returns a Refusal with FUNCTION_UNKNOWN, DOCUMENT_INVALID or DOCUMENT_TOO_LARGE.
func EncodeRequest(function string, document []byte) ([]byte, error) {
	request := NewRequest(function)
	if request == nil {
		return nil, Refuse(CodeFunctionUnknown, RuleOwnAct, "function", clip(function))
	}
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.DisallowUnknownFields()
	if err := dec.Decode(request); err != nil {
		return nil, Refuse(CodeDocumentInvalid, RuleOnce, "why", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, Refuse(CodeDocumentInvalid, RuleOnce, "why", "trailing data")
	}
	encoded, err := Canonical(request)
	if err != nil {
		return nil, err
	}
	if refusal := CheckSize(encoded); refusal != nil {
		return nil, refusal
	}
	return encoded, nil
}
