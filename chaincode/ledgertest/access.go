package ledgertest

import "slices"

// MayWrite is what the identities of a role may write, by "MSP/role": what whoever steals such a key gets. It is written down here by
// hand and not computed, so that a function that opens to somebody new is noticed. Every member of the channel may read.
//
// A stolen server (service) decides nothing: it can apply for accounts, which staff approve, record digests of documents that were
// issued, once, record what time has ended already, and hand in anonymous reports, which staff look into. A stolen registration authority (enroller) enables what staff approved.
var MayWrite = map[string][]string{
	"BureauMSP/admin": {"rule:Found", "rule:AdoptProfile", "rule:AdoptCalendar", "party:Register", "party:Appoint", "party:EndAppointment", "party:AdoptKey",
		"account:Approve", "account:Suspend", "account:Resume", "account:Revoke", "contract:Register", "contract:End", "contract:SettleAccount", "contract:CloseOut"},
	"BureauMSP/supervisor": own("rule:AdoptProfile", "rule:NameAdministrator", "contract:Register", "contract:End", "contract:SettleAccount", "contract:CloseOut",
		"registration:EnterOrder", "registration:LiftOrder",
		"supervision:Enter", "supervision:TakeUp", "supervision:Note", "supervision:Order", "supervision:Close", "supervision:Submit", "supervision:OpenBatch",
		"supervision:StateBatch", "supervision:CloseBatch",
		"catalogue:EnterEnterprise", "catalogue:RemoveEnterprise", "sharing:Decide", "purchase:Decide",
		"opening:Publish", "opening:SendBack", "opening:Stop", "opening:AdoptPlan",
		"authorization:Review", "authorization:File", "authorization:ApprovePlan", "authorization:FilePlan"),
	"BureauMSP/finance":  own(),
	"BureauMSP/service":  {"account:Apply", "supervision:Receive"},
	"BureauMSP/enroller": {"account:Enable"},

	"AgencyMSP/applicant": own(append(filing, "mandate:Grant", "mandate:Revoke", "catalogue:Publish", "catalogue:Withdraw", "registration:FileObjection",
		"registration:WithdrawObjection", "registration:AcknowledgeNotice", "registration:FileDispute", "registration:WithdrawDispute", "authorization:Propose", "authorization:Sign", "authorization:Decline", "authorization:Withdraw",
		"authorization:Suspend", "authorization:Resume", "authorization:Revoke", "authorization:Terminate", "authorization:Close", "authorization:ProposePlan", "supervision:TakeUp", "supervision:Note", "supervision:Answer", "supervision:Close",
		"supervision:Submit", "supervision:OpenBatch", "supervision:StateBatch", "supervision:CloseBatch",
		"catalogue:PublishMany", "sharing:Request", "sharing:Withdraw", "sharing:Report", "purchase:Request", "purchase:Withdraw", "purchase:Report",
		"opening:Audit", "opening:Stop")...),
	"AgencyMSP/agent": own(append(filing, "mandate:Revoke", "registration:AcknowledgeNotice")...),
	"AgencyMSP/clerk": own(append(filing, "mandate:Grant", "mandate:Revoke", "registration:RecordService")...),
	"AgencyMSP/acceptor": own("registration:Return", "registration:Accept", "registration:NotAccept", "registration:Sweep", "registration:RecalculateDeadline",
		"registration:ComputeDeadline", "registration:RecordService"),
	"AgencyMSP/reviewer": own("registration:PassReview", "registration:Refuse", "registration:RequestEvidence", "registration:ResumeReview", "registration:Terminate",
		"registration:Extend", "registration:ExplainDelay", "authorization:Review"),
	"AgencyMSP/objections": own("registration:DecideObjection", "registration:ExamineDispute", "registration:ConcludeDispute", "registration:RecordJudgment", "registration:SettleDispute"),
	"AgencyMSP/officer": own("rule:ConfirmProfile", "rule:ConfirmAdministrator", "party:Register", "account:Approve", "account:Suspend", "account:Resume", "mandate:Grant", "mandate:Revoke",
		"registration:ClosePublicity", "registration:Register", "registration:EnterRemark", "registration:LiftRemark", "registration:CancelExOfficio",
		"registration:Revoke", "registration:RecordInspection", "registration:RecordNationalCode", "registration:Sweep", "registration:RecalculateDeadline",
		"registration:ComputeDeadline", "registration:RecordService", "supervision:Answer", "supervision:Submit", "authorization:Review"),
	"AgencyMSP/service":  {"account:Apply", "registration:RecordDocuments", "registration:Sweep", "supervision:Receive"},
	"AgencyMSP/enroller": {"account:Enable"},

	"ExchangeMSP/operator": own("rule:ConfirmProfile", "rule:ConfirmAdministrator", "supervision:Answer", "supervision:Submit"),
	"ExchangeMSP/service":  {"account:Apply", "supervision:Receive", "usage:Anchor"},
	"ExchangeMSP/enroller": {"account:Enable"},

	"RegulatorMSP/regulator": {},
}

// filing is what applicants do on their cases, themselves or through an agent or a clerk with a mandate.
var filing = slices.Clip([]string{"registration:Submit", "registration:Resubmit", "registration:Deposit", "registration:SubmitChange", "registration:SubmitCorrection",
	"registration:SubmitTransfer", "registration:Join", "registration:SubmitRenewal", "registration:SubmitCancellation", "registration:Supplement",
	"registration:Withdraw", "registration:ClaimAcceptance", "registration:SupplyEvidence", "registration:AnswerObjection", "registration:AnswerDispute",
	"registration:RespondDispute"})

// own adds what everybody who writes may do: about their own devices, and complain or report.
func own(functions ...string) []string {
	return append(functions, "account:AddDevice", "account:Revoke", "supervision:File", "supervision:Withdraw")
}
