package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/api/session"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/evidence"
)

// Problem is the one form of every failure: RFC 9457, with all field errors at once.
type Problem struct {
	Type    string          `json:"type" doc:"/problems/ and the code in lower case, or the kind of a technical failure"`
	Title   string          `json:"title"`
	Status  int             `json:"status"`
	Detail  string          `json:"detail"`
	Code    registry.Code   `json:"code,omitempty" doc:"refusal code: docs/errors.md"`
	Rule    registry.RuleID `json:"rule,omitempty"`
	Article string          `json:"article,omitempty" doc:"document and article that the rule is taken from"`
	Errors  []ProblemField  `json:"errors,omitempty"`
	Stage   string          `json:"stage,omitempty" doc:"how far a transaction had come: endorse, submit, commit status, commit"`
	TxID    string          `json:"txId,omitempty"`
}

// ProblemField points to one wrong field.
type ProblemField struct {
	Location string `json:"location" doc:"path of the field, for example content.rights[0].to"`
	Message  string `json:"message"`
	Problem  string `json:"problem"`
}

// Error is the sentence for people.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is application/problem+json, whatever was asked for.
func (p *Problem) ContentType(string) string { return problemJSON }

const problemJSON = "application/problem+json"

// Statuses maps every refusal code to an HTTP status.
var Statuses = map[registry.Code]int{
	registry.CodeFieldsInvalid: 422, registry.CodeDocumentInvalid: 400, registry.CodeDocumentTooLarge: 413, registry.CodeFunctionUnknown: 404,
	registry.CodeArgumentsInvalid: 400, registry.CodeIdentityInvalid: 401, registry.CodeAccessDenied: 403, registry.CodeNotFound: 404,
	registry.CodeStatusWrong: 409, registry.CodeKeyReused: 409, registry.CodeDayClosed: 409, registry.CodeClockBackwards: 409,
	registry.CodeCalendarMissing: 409, registry.CodeProfileMissing: 409, registry.CodeNotFounded: 503, registry.CodeFounded: 409,
	registry.CodeModeRefused: 403, registry.CodeVersionExists: 409, registry.CodePartyExists: 409, registry.CodePartyUnknown: 404,
	registry.CodeAccountUnknown: 403, registry.CodeAccountInactive: 403, registry.CodeAccountExpired: 403, registry.CodeAccountDiffers: 403,
	registry.CodeAccountExists: 409, registry.CodeContractEnded: 403, registry.CodeAccountNotBound: 409, registry.CodeAccountSettled: 409,
	registry.CodeAccountsOpen: 409, registry.CodeMandateEnded: 403, registry.CodeMandateDiffers: 403,
	registry.CodeObjectionOpen: 409, registry.CodeObjectionClosed: 409, registry.CodeObjectionsFull: 409,
	registry.CodeEvidenceOpen: 409, registry.CodeExtended: 409, registry.CodeNothingDue: 409, registry.CodeNotServed: 409, registry.CodeDisputeOpen: 409, registry.CodeDisputeOutcome: 409, registry.CodeNotCarriedOut: 409,
	registry.CodeAssetEnded: 409, registry.CodeLimitsFull: 409, registry.CodeLimitLifted: 409,
	registry.CodeAssetFrozen: 409, registry.CodeAssetPledged: 409, registry.CodeActionRefused: 409, registry.CodeNothingChanged: 409,
	registry.CodeNotPublicBody: 403, registry.CodeMaterialMissing: 422, registry.CodeDepositMissing: 409, registry.CodeDepositExists: 409,
	registry.CodeProductMissing: 409, registry.CodeNationalCode: 409, registry.CodeSuperiorRule: 422, registry.CodeItemExists: 409,
	registry.CodeBaseItem: 422, registry.CodeOpeningRefused: 422, registry.CodeItemMissing: 409,
	registry.CodeOwnMatter: 403, registry.CodeNotHandler: 409, registry.CodeSuspensionOpen: 409, registry.CodeVariance: 422,
	registry.CodeOwnRequest: 403, registry.CodeSharingRefused: 409, registry.CodeGrantWider: 422, registry.CodeNotFunded: 403, registry.CodeAuditMissing: 409,
	registry.CodeNotEnterprise: 422,
	registry.CodePartyInactive: 403, registry.CodeNotOwnParty: 403, registry.CodeNotAppointed: 403, registry.CodeAppointmentExists: 409,
	registry.CodeKeyUnknown: 409, registry.CodeRegistrarApplicant: 403, registry.CodeSamePerson: 403, registry.CodeGovernmentData: 422,
	registry.CodeLevelRefused: 422, registry.CodeSecretRefused: 422, registry.CodeRightRefused: 422, registry.CodeSampleMissing: 422,
	registry.CodeRiskMissing: 422, registry.CodeOpenApplication: 409, registry.CodeAssetRegistered: 409, registry.CodeTooEarly: 409,
	registry.CodeTooLate: 409, registry.CodeSerialExhausted: 409, registry.CodeDocumentsRecorded: 409, registry.CodeInternal: 500,
	registry.CodeGrantInactive: 403, registry.CodeRightNotHeld: 409, registry.CodeUseNotGrantee: 403, registry.CodeUseRight: 403, registry.CodeUsePurpose: 403, registry.CodeUseScope: 403, registry.CodeUseMode: 403, registry.CodeUseRegion: 403, registry.CodeUseTerm: 403, registry.CodeUseUnit: 422, registry.CodeQuotaExceeded: 403, registry.CodeConditionUnknown: 403, registry.CodeConditionUnmet: 403,
	registry.CodePlanMissing: 409, registry.CodePlanExceeded: 409, registry.CodeTermTooLong: 422, registry.CodeConsentMissing: 422, registry.CodeParentMissing: 409,
	registry.CodeBeyondParent: 409, registry.CodeRedevelopment: 422, registry.CodeReviewGiven: 409, registry.CodeHasAccount: 409,
	registry.CodeBatchInvalid: 422, registry.CodeUsageClosed: 409, registry.CodeUsageOpen: 409,
}

// refused turns a refusal of the registry into a problem.
func refused(lang locale.Lang, r *registry.Refusal, txID string) *Problem {
	p := &Problem{Type: "/problems/" + strings.ToLower(string(r.Code)), Status: Statuses[r.Code], Code: r.Code, Rule: r.Rule, TxID: txID,
		Title: refusedTitle.in(lang), Detail: locale.Sentence(lang, r)}
	if c, ok := registry.Cite(r.Rule); ok {
		p.Article = "《" + c.Document + "》" + c.Article
	}
	for _, f := range r.Fields {
		p.Errors = append(p.Errors, ProblemField{Location: f.Path, Problem: string(f.Problem), Message: locale.Label(lang, f.Path) + colon(lang) + locale.Field(lang, f)})
	}
	return p
}

func colon(lang locale.Lang) string {
	if lang == locale.English {
		return ": "
	}
	return "："
}

// failure turns any error into a problem: refusals with their rule, known conditions with their status. Of everything
// else people get a sentence and the log gets the cause.
func (s *service) failure(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var (
		lang      = language(ctx)
		refusal   *registry.Refusal
		problem   *Problem
		technical *desk.Failure
	)
	switch {
	case errors.As(err, &problem):
		return problem
	case errors.As(err, &refusal):
		return refused(lang, refusal, txID(err))
	case errors.Is(err, desk.ErrNotFound):
		return refused(lang, registry.NotFound(""), "")
	case errors.Is(err, errSignIn):
		return signInFirst.problem(lang)
	case errors.Is(err, session.ErrChallenge):
		return oldChallenge.problem(lang)
	case errors.Is(err, desk.ErrCertificate):
		return badCertificate.problem(lang)
	case errors.Is(err, desk.ErrSignature):
		return badSignature.problem(lang)
	case errors.Is(err, desk.ErrStep):
		return wrongStep.problem(lang)
	}
	if p := fileProblem(lang, err, s.desk.UploadLimit); p != nil {
		return p
	}
	s.log.ErrorContext(ctx, "request failed", "id", requestID(ctx), "error", err)
	if errors.As(err, &technical) {
		return unavailable(lang, technical)
	}
	return internalError.problem(lang)
}

func txID(err error) string {
	var f *desk.Failure
	if errors.As(err, &f) {
		return f.TxID
	}
	return ""
}

// unavailable says what is known of a technical failure: whether anything may have been sent.
func unavailable(lang locale.Lang, f *desk.Failure) *Problem {
	p := ledgerUnavailable.problem(lang)
	if f.Sent {
		p = outcomeUnknown.problem(lang)
	}
	p.Stage, p.TxID = f.Stage, f.TxID
	return p
}

// fileProblem is the problem of an error of the evidence store; nil for other errors.
func fileProblem(lang locale.Lang, err error, limit int64) *Problem {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, evidence.ErrTooLarge) || errors.As(err, &tooLarge):
		p := fileTooLarge.problem(lang)
		p.Detail += megabytes(limit)
		return p
	case errors.Is(err, evidence.ErrEmpty):
		return fileEmpty.problem(lang)
	case errors.Is(err, evidence.ErrType):
		p := fileType.problem(lang)
		p.Detail += evidence.Extensions
		return p
	case errors.Is(err, evidence.ErrNotWhatItSays):
		return fileMismatch.problem(lang)
	case errors.Is(err, evidence.ErrDiskFull):
		return diskFull.problem(lang)
	}
	return nil
}

// WriteError answers an error that no handler turned into a problem: routing, limits, defects.
func WriteError(c echo.Context, status int, reference string) error {
	lang := accepted(c.Request().Header.Get("Accept-Language"))
	p := requestProblem(lang, status)
	if status >= http.StatusInternalServerError && reference != "" {
		p.Detail += " (" + reference + ")"
	}
	return writeProblem(c, p)
}

func writeProblem(c echo.Context, p *Problem) error {
	c.Response().Header().Set(echo.HeaderContentType, problemJSON)
	c.Response().WriteHeader(p.Status)
	return c.Echo().JSONSerializer.Serialize(c, p, "")
}

// requestProblem is the problem of a request that does not reach a handler.
func requestProblem(lang locale.Lang, status int) *Problem {
	known, ok := requestSentences[status]
	if !ok {
		known = badRequest
	}
	if !ok && status >= http.StatusInternalServerError {
		known = internalError
	}
	p := known.problem(lang)
	p.Status = status
	return p
}

// useProblems makes huma's own errors problems of the same form. It sets variables of that package, once.
func useProblems() {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return formProblem(locale.Chinese, status, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return formProblem(language(ctx.Context()), status, errs)
	}
}

func formProblem(lang locale.Lang, status int, errs []error) *Problem {
	p := requestProblem(lang, status)
	for _, err := range errs {
		var detail *huma.ErrorDetail
		if errors.As(err, &detail) {
			p.Errors = append(p.Errors, formError(lang, detail))
		}
	}
	return p
}
