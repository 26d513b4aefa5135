package registry

import "strings"

// MSP identifiers of the organisations.
const (
	MSPBureau    = "BureauMSP"
	MSPAgency    = "AgencyMSP"
	MSPExchange  = "ExchangeMSP"
	MSPRegulator = "RegulatorMSP"
)

// Actor is who signed the proposal, as the certificate says.
type Actor struct {
	MSP       string  `json:"msp"`
	Enrolment string  `json:"enrolment"`
	Role      string  `json:"role"`
	Party     PartyID `json:"party,omitempty"`
	Region    string  `json:"region,omitempty"`
	KeyDigest string  `json:"-"` // hex SHA-256 of the certificate's public key; empty in a dry run
}

// ID is the name under which the ledger knows the actor.
func (a Actor) ID() PersonID { return PersonID(a.MSP + "/" + a.Enrolment) }

// Access is one row of the access table: who may call a function.
type Access struct {
	Function string // "contract:Function"
	Writes   bool
	Allowed  []string // "MSP/role"; "*" stands for every known member of the channel
}

// applicants do the acts of an applicant, agents and clerks under a mandate.
var applicants = []string{MSPAgency + "/" + RoleApplicant, MSPAgency + "/" + RoleAgent, MSPAgency + "/" + RoleClerk}

// handlers handle matters of supervision and reconcile data: the bureau's officers, and public bodies what concerns their data.
var handlers = []string{MSPBureau + "/" + RoleSupervisor, MSPAgency + "/" + RoleApplicant}

// dataDepartment are the people of the data department (数据主管部门): the city's, the co-governing bodies' and the counties', whose region
// bounds what they may do (第五、六、八条).
var dataDepartment = []string{MSPBureau + "/" + RoleSupervisor}

// AccessTable lists every contract function. A function that is not listed cannot be called.
var AccessTable = []Access{
	{"rule:Found", true, []string{MSPBureau + "/" + RoleAdmin}},
	{"rule:AdoptProfile", true, []string{MSPBureau + "/" + RoleAdmin, MSPBureau + "/" + RoleSupervisor}},
	{"rule:ConfirmProfile", true, []string{MSPAgency + "/" + RoleOfficer, MSPExchange + "/" + RoleOperator}},
	{"rule:NameAdministrator", true, []string{MSPBureau + "/" + RoleSupervisor}},
	{"rule:ConfirmAdministrator", true, []string{MSPAgency + "/" + RoleOfficer, MSPExchange + "/" + RoleOperator}},
	{"rule:FindProfile", false, []string{"*"}},
	{"rule:AdoptCalendar", true, []string{MSPBureau + "/" + RoleAdmin}},
	{"rule:Situation", false, []string{"*"}},
	{"party:Register", true, []string{MSPBureau + "/" + RoleAdmin, MSPAgency + "/" + RoleOfficer}},
	{"party:Appoint", true, []string{MSPBureau + "/" + RoleAdmin}},
	{"party:EndAppointment", true, []string{MSPBureau + "/" + RoleAdmin}},
	{"party:AdoptKey", true, []string{MSPBureau + "/" + RoleAdmin}},
	{"party:FindParty", false, []string{"*"}},
	{"party:FindAppointment", false, []string{"*"}},
	{"party:FindKey", false, []string{"*"}},
	{"account:Apply", true, []string{MSPAgency + "/" + RoleService, MSPBureau + "/" + RoleService, MSPExchange + "/" + RoleService}},
	{"account:Approve", true, []string{MSPBureau + "/" + RoleAdmin, MSPAgency + "/" + RoleOfficer}},
	{"account:Enable", true, []string{MSPAgency + "/" + RoleEnroller, MSPBureau + "/" + RoleEnroller, MSPExchange + "/" + RoleEnroller}},
	{"account:Suspend", true, []string{MSPBureau + "/" + RoleAdmin, MSPAgency + "/" + RoleOfficer}},
	{"account:Resume", true, []string{MSPBureau + "/" + RoleAdmin, MSPAgency + "/" + RoleOfficer}},
	{"account:Revoke", true, append([]string{MSPBureau + "/" + RoleAdmin}, writers()...)},
	{"account:AddDevice", true, writers()},
	{"account:FindAccount", false, []string{"*"}},
	{"contract:Register", true, []string{MSPBureau + "/" + RoleAdmin, MSPBureau + "/" + RoleSupervisor}},
	{"contract:End", true, []string{MSPBureau + "/" + RoleAdmin, MSPBureau + "/" + RoleSupervisor}},
	{"contract:SettleAccount", true, []string{MSPBureau + "/" + RoleAdmin, MSPBureau + "/" + RoleSupervisor}},
	{"contract:CloseOut", true, []string{MSPBureau + "/" + RoleAdmin, MSPBureau + "/" + RoleSupervisor}},
	{"contract:FindContract", false, []string{"*"}},
	{"mandate:Grant", true, []string{MSPAgency + "/" + RoleApplicant, MSPAgency + "/" + RoleClerk, MSPAgency + "/" + RoleOfficer}},
	{"mandate:Revoke", true, []string{MSPAgency + "/" + RoleApplicant, MSPAgency + "/" + RoleAgent, MSPAgency + "/" + RoleClerk, MSPAgency + "/" + RoleOfficer}},
	{"mandate:FindMandate", false, []string{"*"}},
	{"authorization:Propose", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"authorization:Sign", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"authorization:Decline", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"authorization:Withdraw", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"authorization:Suspend", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"authorization:Resume", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"authorization:Revoke", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"authorization:Terminate", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"authorization:Close", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"authorization:Review", true, []string{MSPBureau + "/" + RoleSupervisor, MSPAgency + "/" + RoleReviewer, MSPAgency + "/" + RoleOfficer}},
	{"authorization:File", true, []string{MSPBureau + "/" + RoleSupervisor}},
	{"authorization:ProposePlan", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"authorization:ApprovePlan", true, []string{MSPBureau + "/" + RoleSupervisor}},
	{"authorization:FilePlan", true, []string{MSPBureau + "/" + RoleSupervisor}},
	{"usage:Anchor", true, []string{MSPExchange + "/" + RoleService}},
	{"usage:FindHead", false, []string{"*"}},
	{"usage:FindBatch", false, []string{"*"}},
	{"authorization:FindPlan", false, []string{"*"}},
	{"authorization:FindGrant", false, []string{"*"}},
	{"authorization:CheckUse", false, []string{"*"}},
	{"catalogue:Publish", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"catalogue:Withdraw", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"catalogue:PublishMany", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"catalogue:FindItem", false, []string{"*"}},
	{"supervision:File", true, writers()},
	{"supervision:Receive", true, []string{MSPAgency + "/" + RoleService, MSPBureau + "/" + RoleService, MSPExchange + "/" + RoleService}},
	{"supervision:Withdraw", true, writers()},
	{"supervision:Enter", true, []string{MSPBureau + "/" + RoleSupervisor}},
	{"supervision:TakeUp", true, handlers},
	{"supervision:Note", true, handlers},
	{"supervision:Order", true, []string{MSPBureau + "/" + RoleSupervisor}},
	{"supervision:Answer", true, []string{MSPAgency + "/" + RoleApplicant, MSPAgency + "/" + RoleOfficer, MSPExchange + "/" + RoleOperator}},
	{"supervision:Close", true, handlers},
	{"supervision:FindMatter", false, []string{"*"}},
	{"supervision:Submit", true, []string{MSPAgency + "/" + RoleApplicant, MSPAgency + "/" + RoleOfficer, MSPExchange + "/" + RoleOperator, MSPBureau + "/" + RoleSupervisor}},
	{"supervision:FindSubmission", false, []string{"*"}},
	{"supervision:OpenBatch", true, handlers},
	{"supervision:StateBatch", true, handlers},
	{"supervision:CloseBatch", true, handlers},
	{"supervision:FindBatch", false, []string{"*"}},
	{"catalogue:EnterEnterprise", true, dataDepartment},
	{"catalogue:RemoveEnterprise", true, dataDepartment},
	{"catalogue:FindEnterprise", false, []string{"*"}},
	{"sharing:Request", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"sharing:Withdraw", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"sharing:Decide", true, dataDepartment},
	{"sharing:Report", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"sharing:FindRequest", false, []string{"*"}},
	{"purchase:Request", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"purchase:Withdraw", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"purchase:Decide", true, dataDepartment},
	{"purchase:Report", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"purchase:FindRequest", false, []string{"*"}},
	{"opening:Audit", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"opening:Publish", true, dataDepartment},
	{"opening:SendBack", true, dataDepartment},
	{"opening:Stop", true, append([]string{MSPAgency + "/" + RoleApplicant}, dataDepartment...)},
	{"opening:FindItem", false, []string{"*"}},
	{"opening:AdoptPlan", true, dataDepartment},
	{"opening:FindPlan", false, []string{"*"}},
	{"registration:Submit", true, applicants},
	{"registration:Resubmit", true, applicants},
	{"registration:Deposit", true, applicants},
	{"registration:SubmitChange", true, applicants},
	{"registration:SubmitCorrection", true, applicants},
	{"registration:SubmitTransfer", true, applicants},
	{"registration:Join", true, applicants},
	{"registration:SubmitRenewal", true, applicants},
	{"registration:SubmitCancellation", true, applicants},
	{"registration:Supplement", true, applicants},
	{"registration:Withdraw", true, applicants},
	{"registration:ClaimAcceptance", true, applicants},
	{"registration:Return", true, []string{MSPAgency + "/" + RoleAcceptor}},
	{"registration:Accept", true, []string{MSPAgency + "/" + RoleAcceptor}},
	{"registration:NotAccept", true, []string{MSPAgency + "/" + RoleAcceptor}},
	{"registration:PassReview", true, []string{MSPAgency + "/" + RoleReviewer}},
	{"registration:Refuse", true, []string{MSPAgency + "/" + RoleReviewer}},
	{"registration:ClosePublicity", true, []string{MSPAgency + "/" + RoleOfficer}},
	{"registration:Register", true, []string{MSPAgency + "/" + RoleOfficer}},
	{"registration:RequestEvidence", true, []string{MSPAgency + "/" + RoleReviewer}},
	{"registration:SupplyEvidence", true, applicants},
	{"registration:ResumeReview", true, []string{MSPAgency + "/" + RoleReviewer}},
	{"registration:Terminate", true, []string{MSPAgency + "/" + RoleReviewer}},
	{"registration:Extend", true, []string{MSPAgency + "/" + RoleReviewer}},
	{"registration:ExplainDelay", true, []string{MSPAgency + "/" + RoleReviewer}},
	{"registration:FileObjection", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"registration:AnswerObjection", true, applicants},
	{"registration:DecideObjection", true, []string{MSPAgency + "/" + RoleObjections}},
	{"registration:WithdrawObjection", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"registration:FileDispute", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"registration:ExamineDispute", true, []string{MSPAgency + "/" + RoleObjections}},
	{"registration:AnswerDispute", true, applicants},
	{"registration:ConcludeDispute", true, []string{MSPAgency + "/" + RoleObjections}},
	{"registration:RespondDispute", true, applicants},
	{"registration:RecordJudgment", true, []string{MSPAgency + "/" + RoleObjections}},
	{"registration:SettleDispute", true, []string{MSPAgency + "/" + RoleObjections}},
	{"registration:WithdrawDispute", true, []string{MSPAgency + "/" + RoleApplicant}},
	{"registration:AcknowledgeNotice", true, []string{MSPAgency + "/" + RoleApplicant, MSPAgency + "/" + RoleAgent}},
	{"registration:RecordService", true, []string{MSPAgency + "/" + RoleClerk, MSPAgency + "/" + RoleAcceptor, MSPAgency + "/" + RoleOfficer}},
	{"registration:EnterOrder", true, []string{MSPBureau + "/" + RoleSupervisor}},
	{"registration:LiftOrder", true, []string{MSPBureau + "/" + RoleSupervisor}},
	{"registration:EnterRemark", true, []string{MSPAgency + "/" + RoleOfficer}},
	{"registration:LiftRemark", true, []string{MSPAgency + "/" + RoleOfficer}},
	{"registration:CancelExOfficio", true, []string{MSPAgency + "/" + RoleOfficer}},
	{"registration:Revoke", true, []string{MSPAgency + "/" + RoleOfficer}},
	{"registration:RecordInspection", true, []string{MSPAgency + "/" + RoleOfficer}},
	{"registration:RecordNationalCode", true, []string{MSPAgency + "/" + RoleOfficer}},
	{"registration:Sweep", true, []string{MSPAgency + "/" + RoleOfficer, MSPAgency + "/" + RoleAcceptor, MSPAgency + "/" + RoleService}},
	{"registration:RecalculateDeadline", true, []string{MSPAgency + "/" + RoleOfficer, MSPAgency + "/" + RoleAcceptor}},
	{"registration:ComputeDeadline", true, []string{MSPAgency + "/" + RoleOfficer, MSPAgency + "/" + RoleAcceptor}},
	{"registration:RecordDocuments", true, []string{MSPAgency + "/" + RoleService}},
	{"registration:Check", false, []string{"*"}},
	{"registration:FindApplication", false, []string{"*"}},
	{"registration:FindInspection", false, []string{"*"}},
	{"registration:FindDeposit", false, []string{"*"}},
	{"registration:FindVersion", false, []string{"*"}},
	{"registration:FindLimit", false, []string{"*"}},
	{"registration:FindDispute", false, []string{"*"}},
	{"registration:FindNotice", false, []string{"*"}},
	{"registration:FindObjection", false, []string{"*"}},
	{"registration:FindAsset", false, []string{"*"}},
	{"registration:FindCertificate", false, []string{"*"}},
}

// FindAccess finds the row of a function by its exact name.
func FindAccess(function string) (Access, bool) {
	for _, row := range AccessTable {
		if row.Function == function {
			return row, true
		}
	}
	return Access{}, false
}

// CheckAccess refuses a caller whom the access table does not admit.
func CheckAccess(function string, a Actor) *Refusal {
	row, ok := FindAccess(function)
	if !ok {
		return Refuse(CodeFunctionUnknown, RuleOwnAct, "function", clip(function))
	}
	for _, allowed := range row.Allowed {
		if allowed == "*" || allowed == a.MSP+"/"+a.Role {
			return nil
		}
	}
	return Refuse(CodeAccessDenied, RuleOwnAct, "function", function, "msp", a.MSP, "role", a.Role,
		"allowed", strings.Join(row.Allowed, " "))
}
