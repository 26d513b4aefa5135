// Package pages renders the documents that are tables of the program.
package pages

import (
	"fmt"
	"strings"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Errors is docs/errors.md: every refusal code, in the order of its introduction.
func Errors() string {
	var b strings.Builder
	b.WriteString("# Refusal codes\n\nThe list is closed and only appended to. A refusal travels as `CODE {\"rule\",\"fields\",\"args\"}`; sentences come from `api/locale`.\n" +
		"Written by `go run ./scripts/docs`.\n\n| code | HTTP | sentence | English |\n|---|---|---|---|\n")
	for _, code := range registry.Codes {
		args := map[string]string{}
		for _, name := range []string{"why", "actual", "max", "function", "role", "status", "act", "day", "mode", "office", "source", "right", "needs", "application", "certificate", "dueDate", "objection", "outcome", "assetStatus", "limit", "action", "track", "material", "code", "profile", "periods", "item", "field", "account", "until", "contract", "bound", "settled", "mandate", "grant", "grantStatus", "asset", "party", "grantee", "purpose", "part", "useMode", "region", "from", "to", "quotaUnit", "agreed", "quantity", "used", "quota", "condition", "value", "grantKind", "plan", "useReview", "line"} {
			args[name] = "…"
		}
		key := "refusal." + string(code)
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s |\n", code, rest.Statuses[code], locale.Text(locale.Chinese, key, args), locale.Text(locale.English, key, args))
	}
	b.WriteString("\n## Field problems\n\n| problem | sentence |\n|---|---|\n")
	for _, p := range problems {
		fmt.Fprintf(&b, "| `%s` | %s |\n", p, locale.Text(locale.Chinese, "problem."+string(p), map[string]string{"max": "…", "actual": "…", "min": "…", "character": "…", "expected": "…"}))
	}
	return b.String()
}

var problems = []registry.Problem{registry.ProblemMissing, registry.ProblemTooLong, registry.ProblemTooMany, registry.ProblemNotAllowed, registry.ProblemCharacter,
	registry.ProblemWidth, registry.ProblemCheckDigit, registry.ProblemForm, registry.ProblemRange, registry.ProblemOrder, registry.ProblemDuplicate,
	registry.ProblemDeclaration, registry.ProblemNotNFC, registry.ProblemGlyph, registry.ProblemReference}

// Proof says where a rule is enforced and which test shows it.
type Proof struct {
	Rule registry.RuleID
	Code string // function of chaincode/registry
	Test string // name of a test function
}

// Proofs are the lines of docs/regulation.md. A policy test demands that every rule has one and every test exists.
var Proofs = []Proof{
	{registry.RuleScope, "CheckContent", "TestContent_FieldDefects"},
	{registry.RuleDeclarations, "CheckContent", "TestContent_FieldDefects"},
	{registry.RuleEnterpriseData, "CheckContent", "TestContent_FieldDefects"},
	{registry.RuleOneSource, "PublishItem", "TestCatalogue_UnlawfulIsRefusedWithRule"},
	{registry.RuleCounty, "providing, Facts.within", "TestShare_UnlawfulIsRefused"},
	{registry.RuleEnterprises, "EnterEnterprise, RemoveEnterprise", "TestEnterpriseCatalogue_KeptByTheDataDepartment"},
	{registry.RulePurchase, "RequestPurchase, DecidePurchase, ReportPurchase", "TestPurchase_CoordinatedAndReported"},
	{registry.RuleShare, "RequestShare, DecideShare, ReportShare", "TestShare_UnlawfulIsRefused"},
	{registry.RuleOpeningCourse, "AuditOpening, PublishOpening, SendBackOpening, StopOpening", "TestOpening_AuditBeforePublication"},
	{registry.RuleOpeningPlan, "AdoptPlan, PublishOpening", "TestOpeningPlan_FourFieldsAndWhatTheCatalogueSays"},
	{registry.RuleProvider, "providing", "TestCatalogue_PublishWithdrawAndRegister"},
	{registry.RuleCatalogue, "PublishItem, Case.filable", "TestCatalogue_FieldDefects"},
	{registry.RuleSharingType, "PublishItem", "TestCatalogue_FieldDefects"},
	{registry.RuleSharing, "PublishItem, CatalogItem.SharedAs", "TestCatalogue_FieldDefects"},
	{registry.RuleOpening, "PublishItem", "TestCatalogue_FieldDefects"},
	{registry.RuleSecret, "CheckContent", "TestContent_UnlawfulIsRefusedWithRule"},
	{registry.RuleIdentifier, "RegisterParty, CheckCreditCode", "TestParty_NumberDefects"},
	{registry.RuleProvenance, "CheckContent", "TestContent_FieldDefects"},
	{registry.RuleRights, "CheckContent", "TestContent_FieldDefects"},
	{registry.RuleAgreedUse, "Judge, JudgeUse, ReviewGrant", "TestJudge_EveryDenial"},
	{registry.RuleTrace, "AnchorBatch", "TestUsage_AnchoredAndNothingElse"},
	{registry.RuleConsent, "ProposeGrant", "TestOperation_Defects"},
	{registry.RuleRedevelopment, "ProposeGrant, SignGrant", "TestDevelopment_Defects"},
	{registry.RulePlanItems, "ProposePlan", "TestPlan_Defects"},
	{registry.RulePlan, "ProposePlan, ApprovePlan, FilePlan, ProposeGrant", "TestPlan_Defects"},
	{registry.RuleSelection, "ProposeGrant", "TestOperation_Defects"},
	{registry.RuleOperationSign, "ProposeGrant, FileGrant", "TestOperation_Defects"},
	{registry.RuleOperationItems, "ProposeGrant", "TestOperation_Defects"},
	{registry.RuleOperationData, "ProposePlan", "TestPlan_Defects"},
	{registry.RuleRegistrar, "Appoint, Case.officeHeld", "TestAppointment_EndsAtOnce"},
	{registry.RuleReconciliation, "OpenBatch, StateBatch, CloseBatch", "TestReconciliation_DifferencesAreExplained"},
	{registry.RuleDisclosure, "MakeSubmission", "TestDisclosure_OfWhatAndWhen"},
	{registry.RuleValuation, "MakeSubmission", "TestValuation_NeedsAssessorAndBaseDate"},
	{registry.RuleImportantData, "MakeSubmission", "TestImportantData_FiledWithWhoAnswers"},
	{registry.RuleCredit, "MakeSubmission", "TestCredit_OnADocumentWithItsBasis"},
	{registry.RuleAnnualReport, "MakeSubmission", "TestAnnualReport_OfTheRegistrarByTheEndOfMarch"},
	{registry.RuleDataObjection, "FileMatter, MatterCase.apart, CloseMatter", "TestDataObjection_HandledByTheBodyThatProvides"},
	{registry.RuleComplaint, "FileMatter, CloseMatter", "TestMatter_ClosedOnlyWithAResult"},
	{registry.RuleIncident, "EnterMatter, CloseMatter", "TestIncident_SuspendsTheAssetUntilItIsLifted"},
	{registry.RuleSafety, "EnterMatter, OrderMatter, AnswerMatter", "TestInspection_RectificationOrderedAndOverdue"},
	{registry.RuleReport, "FileMatter, ReceiveMatter, MatterCase.apart, CloseMatter", "TestReport_NeverHandledByTheUnitConcerned"},
	{registry.RuleLevel, "CheckContent", "TestContent_UnlawfulIsRefusedWithRule"},
	{registry.RuleOwnAct, "CheckAccess, Case.ownCase", "TestAccessTable_RefusesEverybodyElse"},
	{registry.RuleOutsourcing, "RegisterContract", "TestContract_NotWithoutReviewAndAgreements"},
	{registry.RuleContractEnd, "CheckAccount, EndContract, CloseOutContract", "TestContract_ItsEndIsTheEndOfItsAccounts"},
	{registry.RulePersonal, "CheckContent", "TestContent_FieldDefects"},
	{registry.RuleSuperior, "AdoptProfile, ConfirmProfile, RuleProfile.behind", "TestProfile_KeepsToSuperiorRules"},
	{registry.RuleTerm, "ProfileIndex.Find", "TestProfile_FallsBackToTheNationalOne"},
	{registry.RuleCertificate, "Register, RecordDocuments", "TestRecordDocuments_OnceAndByTheIssuerOnly"},
	{registry.RuleImpartial, "Case.officeHeld, Case.apartFrom", "TestOffice_NeverByWhoActedForTheApplicant"},
	{registry.RuleGovernment, "CheckContent", "TestContent_UnlawfulIsRefusedWithRule"},
	{registry.RuleAcceptance, "Accept, Return, ClaimAcceptance, Sweep", "TestLegal_SilenceIsAcceptance"},
	{registry.RuleReview, "PassReview, RequestEvidence, SupplyEvidence, ResumeReview, Terminate", "TestReview_TerminatedWhenEvidenceDoesNotCome"},
	{registry.RuleMandate, "GrantMandate, Case.mandated", "TestMandate_Refused"},
	{registry.RuleName, "CheckContent", "TestContent_FieldDefects"},
	{registry.RuleAgreement, "CheckRights", "TestRightsMatrix"},
	{registry.RuleMatrix, "CheckRights", "TestRightsMatrix"},
	{registry.RuleGrounds, "RefuseRegistration, Tell", "TestRefuse_OnAListedGroundWithReasons"},
	{registry.RuleNotice, "Tell, RecordService, AcknowledgeNotice", "TestNotice_OnPaperThePeriodRunsFromService"},
	{registry.RuleRemarks, "EnterOrder, LiftOrder, EnterRemark, LiftRemark", "TestOrder_FreezesAtOnceAndUntilLifted"},
	{registry.RulePublicity, "ClosePublicity", "TestLegal_DueDatesAndPublicity"},
	{registry.RuleObjection, "FileObjection, AnswerObjection, DecideObjection, WithdrawObjection", "TestObjection_Defects"},
	{registry.RuleDeposit, "Register", "TestRegister_NotLongerThanTheProfileAllows"},
	{registry.RulePrevails, "certificate.Verify", "TestVerify_SaysWhatTheLedgerSays"},
	{registry.RuleHandling, "Case.startReview, Case.reviewed, Extend", "TestReview_ExtensionDefects"},
	{registry.RuleMaterials, "CheckContent, Case.filable", "TestFirst_NotWithoutIdentityAndLawfulAcquisition"},
	{registry.RuleInspection, "RecordInspection", "TestInspection_OnRecordWithPurposeAndStanding"},
	{registry.RuleKinds, "Case.fileOn, SubmitCorrection", "TestChange_WhatItMayNotChange"},
	{registry.RuleTransfer, "SubmitTransfer, Join, Case.enterTransfer", "TestTransfer_PartOfTheRights"},
	{registry.RuleChange, "SubmitChange, Case.alteration", "TestChange_WhatItMayNotChange"},
	{registry.RuleRenewal, "SubmitRenewal, RuleProfile.RenewalWindow, Asset.EffectiveStatus", "TestRenewal_WindowAndNewPeriod"},
	{registry.RuleDispute, "FileDispute, ExamineDispute, AnswerDispute, ConcludeDispute, RespondDispute, RecordJudgment, SettleDispute, WithdrawDispute", "TestDispute_ContestedConcludedAndLeftToCourt"},
	{registry.RuleCancellation, "SubmitCancellation, CancelExOfficio, Facts.page", "TestEnding_ByTheRegistrar"},
	{registry.RulePublicSubject, "CheckTrackContent", "TestPublicTracks_WhoAndWhat"},
	{registry.RulePublicDeposit, "DepositEvidence, Case.deposited", "TestPublicResource_TheWholeWay"},
	{registry.RulePublicKinds, "Case.filable, SubmitCorrection", "TestPublicCorrection_ByAnInterestedParty"},
	{registry.RuleFormalReview, "PassReview, ExplainDelay", "TestExplainDelay_OnlyWhenTheReviewIsLate"},
	{registry.RuleQueryCode, "Register, RecordNationalCode", "TestPublicResource_TheWholeWay"},
	{registry.RulePublicValidity, "Register, SubmitRenewal", "TestPublicTracks_WhoAndWhat"},
	{registry.RuleRevocation, "Revoke", "TestEnding_ByTheRegistrar"},
	{registry.RuleForm, "CheckContent", "TestContent_FieldDefects"},
	{registry.RulePeriods, "Calendars.AddWorkdays, RecalculateDeadline", "TestLegal_MissingCalendarNeverStopsTheApplicant"},
	{registry.RuleSameAsset, "Case.freeAsset", "TestSuite_Stub"},
	{registry.RuleDay, "Context.openDay", "TestDay_HeldTransactionCannotCommitTheNextDay"},
	{registry.RuleOnce, "transact, Decode", "TestSuite_Stub"},
	{registry.RuleDemo, "AdoptProfile, Found", "TestFounded_OnceOnly"},
}

// Regulation is docs/regulation.md: article → rule → code → test.
func Regulation() string {
	var b strings.Builder
	b.WriteString("# From article to test\n\nQuotations are compared with the texts in [regulations](regulations) by a test. Written by `go run ./scripts/docs`.\n" +
		"This page covers the registration of data assets and of public data, the acts on what is registered, what is granted on it, and the catalogue of public data with its sharing and opening.\n\n| document and article | words | rule | code | test |\n|---|---|---|---|---|\n")
	for _, c := range registry.Citations {
		for _, p := range Proofs {
			if p.Rule == c.Rule {
				fmt.Fprintf(&b, "| %s %s | %s | `%s` | `%s` | `%s` |\n", c.Document, c.Article, c.Gist, c.Rule, p.Code, p.Test)
			}
		}
	}
	articles(&b)
	return b.String()
}
