package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Code names a reason for which the registry refuses. The list is closed and only appended to: codes cross the
// ledger as text and stand in other people's programs.
type Code string

// The closed list of refusal codes.
const (
	CodeFieldsInvalid      Code = "FIELDS_INVALID"          // one or more fields are missing or wrong; see Fields
	CodeDocumentInvalid    Code = "DOCUMENT_INVALID"        // the argument is not one canonical JSON document of the right shape
	CodeDocumentTooLarge   Code = "DOCUMENT_TOO_LARGE"      // the argument exceeds MaxDocumentBytes
	CodeFunctionUnknown    Code = "FUNCTION_UNKNOWN"        // no function of exactly this name
	CodeArgumentsInvalid   Code = "ARGUMENTS_INVALID"       // not exactly one argument
	CodeIdentityInvalid    Code = "IDENTITY_INVALID"        // the caller's certificate lacks what the registry needs
	CodeAccessDenied       Code = "ACCESS_DENIED"           // this organisation or role may not call the function
	CodeNotFound           Code = "NOT_FOUND"               // no record under this identifier
	CodeStatusWrong        Code = "STATUS_WRONG"            // the act is not possible in the record's present status
	CodeKeyReused          Code = "IDEMPOTENCY_KEY_REUSED"  // the key was used for a different request
	CodeDayClosed          Code = "DAY_CLOSED"              // dated before the civil day that is open
	CodeClockBackwards     Code = "CLOCK_BACKWARDS"         // dated before the record's last change
	CodeCalendarMissing    Code = "CALENDAR_MISSING"        // the act waits for a working-day calendar
	CodeProfileMissing     Code = "PROFILE_MISSING"         // no rule profile of the track is in force
	CodeNotFounded         Code = "NETWORK_NOT_FOUNDED"     // the network has not been founded
	CodeFounded            Code = "NETWORK_FOUNDED"         // the network was founded before
	CodeModeRefused        Code = "MODE_REFUSED"            // only a demo network may do this
	CodeVersionExists      Code = "VERSION_EXISTS"          // versions are never replaced
	CodePartyExists        Code = "PARTY_EXISTS"            // the party is registered
	CodePartyUnknown       Code = "PARTY_UNKNOWN"           // the party is not registered
	CodePartyInactive      Code = "PARTY_INACTIVE"          // the party may not act now
	CodeNotOwnParty        Code = "NOT_OWN_PARTY"           // nobody acts for anybody else
	CodeNotAppointed       Code = "NOT_APPOINTED"           // the appointment that the act needs is missing
	CodeAppointmentExists  Code = "APPOINTMENT_EXISTS"      // an appointment of this kind is active
	CodeKeyUnknown         Code = "DOCUMENT_KEY_UNKNOWN"    // the registrar has no document key
	CodeRegistrarApplicant Code = "REGISTRAR_IS_APPLICANT"  // the registrar never decides its own case
	CodeSamePerson         Code = "SAME_PERSON"             // two offices that must be held by different people
	CodeGovernmentData     Code = "GOVERNMENT_DATA_REFUSED" // government data has its own track
	CodeLevelRefused       Code = "LEVEL_REFUSED"           // core-level data is not registered
	CodeSecretRefused      Code = "SECRET_REFUSED"          // state secrets are not registered
	CodeRightRefused       Code = "RIGHT_REFUSED"           // the source does not support this right
	CodeSampleMissing      Code = "SAMPLE_MISSING"          // a data sample is to be filed
	CodeRiskMissing        Code = "RISK_ASSESSMENT_MISSING" // important data needs a risk assessment
	CodeOpenApplication    Code = "OPEN_APPLICATION"        // another application for the same asset is open
	CodeAssetRegistered    Code = "ASSET_REGISTERED"        // the same asset is registered for this holder
	CodeTooEarly           Code = "TOO_EARLY"               // the period has not ended
	CodeTooLate            Code = "TOO_LATE"                // the period has ended
	CodeSerialExhausted    Code = "SERIAL_EXHAUSTED"        // 99999 certificates of the month are used
	CodeDocumentsRecorded  Code = "DOCUMENTS_RECORDED"      // the documents of the certificate are recorded: issued once
	CodeInternal           Code = "INTERNAL"                // a defect; the cause stands in the chaincode's log
	CodeAccountUnknown     Code = "ACCOUNT_UNKNOWN"         // the person has no account
	CodeAccountInactive    Code = "ACCOUNT_INACTIVE"        // the account is not enabled
	CodeAccountExpired     Code = "ACCOUNT_EXPIRED"         // the last day of the account is past
	CodeAccountDiffers     Code = "ACCOUNT_DIFFERS"         // key or attributes are not those of the account
	CodeAccountExists      Code = "ACCOUNT_EXISTS"          // the enrolment id is taken
	CodeContractEnded      Code = "CONTRACT_ENDED"          // none of the contract's accounts may act any more
	CodeAccountNotBound    Code = "ACCOUNT_NOT_BOUND"       // the account does not belong to the contract
	CodeAccountSettled     Code = "ACCOUNT_SETTLED"         // the account's revocation or reset is evidenced already
	CodeAccountsOpen       Code = "ACCOUNTS_OPEN"           // accounts of the contract wait for evidence
	CodeObjectionOpen      Code = "OBJECTION_OPEN"          // the party's earlier objection to the case is not decided
	CodeObjectionClosed    Code = "OBJECTION_CLOSED"        // the objection is decided or withdrawn
	CodeObjectionsFull     Code = "OBJECTIONS_FULL"         // a case takes no more objections
	CodeEvidenceOpen       Code = "EVIDENCE_OPEN"           // evidence was not asked for, or may still come
	CodeExtended           Code = "EXTENDED"                // prolonged once already, or not at all
	CodeNothingDue         Code = "NOTHING_DUE"             // nothing has changed that would have to be written down
	CodeMandateEnded       Code = "MANDATE_ENDED"           // the mandate is revoked, or its last day is past
	CodeMandateDiffers     Code = "MANDATE_DIFFERS"         // the mandate names somebody else or does not allow the act
	CodeAssetEnded         Code = "ASSET_ENDED"             // the registration has ended
	CodeLimitsFull         Code = "LIMITS_FULL"             // a page of the register takes no more remarks
	CodeLimitLifted        Code = "LIMIT_LIFTED"            // the remark is lifted already
	CodeAssetFrozen        Code = "ASSET_FROZEN"            // an order of seizure or control bars the act
	CodeAssetPledged       Code = "ASSET_PLEDGED"           // the pledgee's consent is missing
	CodeActionRefused      Code = "ACTION_REFUSED"          // the track has no such kind of registration
	CodeNothingChanged     Code = "NOTHING_CHANGED"         // the change changes nothing
	CodeNotPublicBody      Code = "NOT_PUBLIC_BODY"         // the party does not register public data of this kind
	CodeMaterialMissing    Code = "MATERIAL_MISSING"        // a material that the rules ask for is not filed
	CodeDepositMissing     Code = "DEPOSIT_MISSING"         // the evidence was not deposited before
	CodeDepositExists      Code = "DEPOSIT_EXISTS"          // the evidence is deposited already
	CodeProductMissing     Code = "PRODUCT_NOT_REGISTERED"  // the public product is not registered, or not for this holder
	CodeNationalCode       Code = "NATIONAL_CODE_RECORDED"  // the national code is recorded already
	CodeSuperiorRule       Code = "SUPERIOR_RULE"           // the profile stays behind superior rules in force
	CodeItemExists         Code = "ITEM_EXISTS"             // another provider publishes under this resource code
	CodeBaseItem           Code = "BASE_ITEM"               // a basic data item that is not shared unconditionally
	CodeOpeningRefused     Code = "OPENING_REFUSED"         // data that must not be opened
	CodeItemMissing        Code = "ITEM_NOT_PUBLISHED"      // the catalogue item is not published by the applicant
	CodeGrantInactive      Code = "GRANT_INACTIVE"          // the grant is not in force
	CodeRightNotHeld       Code = "RIGHT_NOT_HELD"          // the grantor does not hold the right for the term
	CodeUseNotGrantee      Code = "USE_NOT_GRANTEE"         // the use is not the grantee's
	CodeUseRight           Code = "USE_RIGHT"               // another right was granted
	CodeUsePurpose         Code = "USE_PURPOSE"             // outside the agreed purposes
	CodeUseScope           Code = "USE_SCOPE"               // outside the agreed parts of the data
	CodeUseMode            Code = "USE_MODE"                // not in an agreed way
	CodeUseRegion          Code = "USE_REGION"              // outside the agreed regions
	CodeUseTerm            Code = "USE_TERM"                // outside the agreed term
	CodeUseUnit            Code = "USE_UNIT"                // counted in another unit than the quota
	CodeQuotaExceeded      Code = "QUOTA_EXCEEDED"          // more than is left of the quota
	CodeConditionUnknown   Code = "CONDITION_UNKNOWN"       // a condition that nobody here can decide
	CodeConditionUnmet     Code = "CONDITION_UNMET"         // an agreed condition is not met
	CodeOwnMatter          Code = "OWN_MATTER"              // neither the unit concerned nor the filer handles a matter
	CodeNotHandler         Code = "NOT_HANDLER"             // the matter is not taken up, or by somebody else
	CodeSuspensionOpen     Code = "SUSPENSION_IN_FORCE"     // the order by which the incident suspends an asset is not lifted
	CodeOwnRequest         Code = "OWN_REQUEST"             // nobody grants to, or decides for, their own body
	CodeSharingRefused     Code = "SHARING_REFUSED"         // the information item is not shared
	CodeGrantWider         Code = "GRANT_WIDER"             // more would be granted than was asked for
	CodeNotFunded          Code = "NOT_PUBLICLY_FUNDED"     // public funds do not pay for the party
	CodeAuditMissing       Code = "AUDIT_MISSING"           // the provider has not audited this version for opening
	CodeNotEnterprise      Code = "NOT_ENTERPRISE"          // the party is no enterprise or institution
	CodeNotServed          Code = "NOTICE_NOT_SERVED"       // the period runs from the service of a notice that is not recorded yet
	CodePlanMissing        Code = "PLAN_NOT_APPROVED"       // no approved plan of the body covers this
	CodePlanExceeded       Code = "PLAN_EXCEEDED"           // beyond the plan's term or purposes
	CodeTermTooLong        Code = "TERM_TOO_LONG"           // an operation of more than five years
	CodeConsentMissing     Code = "CONSENT_MISSING"         // of a body whose shared data is operated
	CodeParentMissing      Code = "OPERATION_MISSING"       // no operation was granted to the grantor
	CodeBeyondParent       Code = "BEYOND_OPERATION"        // more than the operation allows, or than is left of its quota
	CodeRedevelopment      Code = "REDEVELOPMENT"           // the operator takes part in development
	CodeReviewGiven        Code = "REVIEW_GIVEN"            // this review was given
	CodeBatchInvalid       Code = "BATCH_INVALID"           // a batch of traces that is not what it says
	CodeUsageClosed        Code = "USAGE_CLOSED"            // the traces of the grant are closed
	CodeUsageOpen          Code = "USAGE_OPEN"              // the traces of the grant are not closed yet
	CodeDisputeOpen        Code = "DISPUTE_OPEN"            // an objection to the registration is not settled
	CodeDisputeOutcome     Code = "DISPUTE_OUTCOME_MISSING" // no objection to the registration has an outcome that asks for it
	CodeNotCarriedOut      Code = "NOT_CARRIED_OUT"         // the page has not been changed or ended as the outcome says
	CodeVariance           Code = "VARIANCE_UNEXPLAINED"    // the two sides of a batch differ, and no note says why
	CodeHasAccount         Code = "PRINCIPAL_HAS_ACCOUNT"   // the party has an account of its own and grants its mandates itself
)

// Codes lists every refusal code in the order in which they were introduced.
var Codes = []Code{
	CodeFieldsInvalid, CodeDocumentInvalid, CodeDocumentTooLarge, CodeFunctionUnknown, CodeArgumentsInvalid,
	CodeIdentityInvalid, CodeAccessDenied, CodeNotFound, CodeStatusWrong, CodeKeyReused, CodeDayClosed,
	CodeClockBackwards, CodeCalendarMissing, CodeProfileMissing, CodeNotFounded, CodeFounded, CodeModeRefused,
	CodeVersionExists, CodePartyExists, CodePartyUnknown, CodePartyInactive, CodeNotOwnParty, CodeNotAppointed,
	CodeAppointmentExists, CodeKeyUnknown, CodeRegistrarApplicant, CodeSamePerson, CodeGovernmentData,
	CodeLevelRefused, CodeSecretRefused, CodeRightRefused, CodeSampleMissing, CodeRiskMissing, CodeOpenApplication,
	CodeAssetRegistered, CodeTooEarly, CodeTooLate, CodeSerialExhausted, CodeDocumentsRecorded, CodeInternal,
	CodeAccountUnknown, CodeAccountInactive, CodeAccountExpired, CodeAccountDiffers, CodeAccountExists,
	CodeContractEnded, CodeAccountNotBound, CodeAccountSettled, CodeAccountsOpen,
	CodeObjectionOpen, CodeObjectionClosed, CodeObjectionsFull, CodeEvidenceOpen, CodeExtended, CodeNothingDue,
	CodeMandateEnded, CodeMandateDiffers,
	CodeAssetEnded, CodeLimitsFull, CodeLimitLifted,
	CodeAssetFrozen, CodeAssetPledged, CodeActionRefused, CodeNothingChanged,
	CodeNotPublicBody, CodeMaterialMissing, CodeDepositMissing, CodeDepositExists, CodeProductMissing, CodeNationalCode,
	CodeSuperiorRule, CodeItemExists, CodeBaseItem, CodeOpeningRefused, CodeItemMissing,
	CodeGrantInactive, CodeRightNotHeld, CodeUseNotGrantee, CodeUseRight, CodeUsePurpose, CodeUseScope, CodeUseMode, CodeUseRegion, CodeUseTerm, CodeUseUnit, CodeQuotaExceeded, CodeConditionUnknown, CodeConditionUnmet,
	CodeOwnMatter, CodeNotHandler, CodeSuspensionOpen,
	CodeOwnRequest, CodeSharingRefused, CodeGrantWider, CodeNotFunded, CodeAuditMissing, CodeNotEnterprise,
	CodeNotServed,
	CodePlanMissing, CodePlanExceeded, CodeTermTooLong, CodeConsentMissing, CodeParentMissing, CodeBeyondParent, CodeRedevelopment, CodeReviewGiven,
	CodeDisputeOpen, CodeDisputeOutcome, CodeNotCarriedOut,
	CodeVariance,
	CodeHasAccount,
	CodeBatchInvalid, CodeUsageClosed, CodeUsageOpen,
}

// Problem says what is wrong with a field.
type Problem string

// The closed list of field problems. Sentences for people come from tables outside this package.
const (
	ProblemMissing     Problem = "missing"     // nothing given
	ProblemTooLong     Problem = "too_long"    // Args: max, actual, in characters
	ProblemTooMany     Problem = "too_many"    // Args: max
	ProblemNotAllowed  Problem = "not_allowed" // not one of the known values, or not together with another value
	ProblemCharacter   Problem = "character"   // Args: character; control, private or otherwise unprintable
	ProblemWidth       Problem = "full_width"  // full-width letters or digits in a code
	ProblemCheckDigit  Problem = "check_digit" // Args: expected
	ProblemForm        Problem = "form"        // not of the form that the standard prescribes
	ProblemRange       Problem = "range"       // Args: min, max
	ProblemOrder       Problem = "order"       // the end lies before the beginning
	ProblemDuplicate   Problem = "duplicate"   // given twice
	ProblemDeclaration Problem = "declaration" // a declaration that the law asks for is not made
	ProblemNotNFC      Problem = "not_nfc"     // text not in Unicode normal form C
	ProblemGlyph       Problem = "glyph"       // Args: character; the certificate's font lacks it
	ProblemReference   Problem = "reference"   // refers to something that is not there
)

// FieldError points to one field by its path in the document, for example "content.rights[0].to".
type FieldError struct {
	Path    string            `json:"path"`
	Problem Problem           `json:"problem"`
	Rule    RuleID            `json:"rule,omitempty"`
	Args    map[string]string `json:"args,omitempty"`
}

// Refusal is the only error by which the registry refuses an act. It crosses the ledger as text: see Error.
type Refusal struct {
	Code   Code              `json:"-"`
	Rule   RuleID            `json:"rule,omitempty"`
	Fields []FieldError      `json:"fields,omitempty"`
	Args   map[string]string `json:"args,omitempty"`
}

// Refuse makes a refusal; args are pairs of name and value.
func Refuse(code Code, rule RuleID, args ...string) *Refusal {
	r := &Refusal{Code: code, Rule: rule}
	if len(args) > 0 {
		r.Args = map[string]string{}
	}
	for i := 0; i+1 < len(args); i += 2 {
		r.Args[args[i]] = args[i+1]
	}
	return r
}

// Error is `CODE {"rule":…,"fields":…,"args":…}`, the form in which a refusal travels through chaincode responses.
func (r *Refusal) Error() string {
	body, err := json.Marshal(r)
	if err != nil { // strings only: cannot happen
		return string(r.Code) + " {}"
	}
	return string(r.Code) + " " + string(body)
}

// ErrNotRefusal means that a text carries no refusal of this registry: treat the failure as a technical one.
var ErrNotRefusal = errors.New("text is not a refusal of the registry")

// ParseRefusal finds a refusal in text, which may be preceded by what transport and framework put in front of it.
func ParseRefusal(text string) (*Refusal, error) {
	brace := strings.Index(text, " {")
	for brace >= 0 {
		head := text[:brace]
		word := head[strings.LastIndexAny(head, " ,:\n\t")+1:]
		if r, ok := decodeRefusal(Code(word), text[brace+1:]); ok {
			return r, nil
		}
		next := strings.Index(text[brace+1:], " {")
		if next < 0 {
			break
		}
		brace += 1 + next
	}
	return nil, fmt.Errorf("%w: %q", ErrNotRefusal, text)
}

func decodeRefusal(code Code, body string) (*Refusal, bool) {
	if !code.known() {
		return nil, false
	}
	r := &Refusal{}
	if err := json.NewDecoder(strings.NewReader(body)).Decode(r); err != nil {
		return nil, false
	}
	r.Code = code
	return r, true
}

func (c Code) known() bool {
	for _, k := range Codes {
		if k == c {
			return true
		}
	}
	return false
}

// Refusals are all obstacles of one act, in the order in which they were found.
type Refusals []*Refusal

// First is the error of an act: nil when nothing stands in its way.
func (rs Refusals) First() error {
	if len(rs) == 0 {
		return nil
	}
	return rs[0]
}

func (rs *Refusals) add(r *Refusal) {
	if r != nil {
		*rs = append(*rs, r)
	}
}
