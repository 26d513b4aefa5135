package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Problem is the one form of every failure: RFC 9457, with all field errors at once.
type Problem struct {
	Type    string         `json:"type"`
	Title   string         `json:"title"`
	Status  int            `json:"status"`
	Detail  string         `json:"detail"`
	Code    registry.Code  `json:"code,omitempty"`
	Rule    string         `json:"rule,omitempty"`
	Article string         `json:"article,omitempty"`
	Errors  []ProblemField `json:"errors,omitempty"`
	TxID    string         `json:"txId,omitempty"`
}

// ProblemField points to one wrong field.
type ProblemField struct {
	Location string `json:"location"`
	Problem  string `json:"problem"`
	Message  string `json:"message"`
}

// Error is the sentence for people.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// Statuses maps every refusal code to an HTTP status.
var Statuses = map[registry.Code]int{
	registry.CodeFieldsInvalid: 422, registry.CodeDocumentInvalid: 400, registry.CodeDocumentTooLarge: 413, registry.CodeFunctionUnknown: 404,
	registry.CodeArgumentsInvalid: 400, registry.CodeIdentityInvalid: 401, registry.CodeAccessDenied: 403, registry.CodeNotFound: 404,
	registry.CodeStatusWrong: 409, registry.CodeKeyReused: 409, registry.CodeDayClosed: 409, registry.CodeClockBackwards: 409,
	registry.CodeCalendarMissing: 409, registry.CodeProfileMissing: 409, registry.CodeNotFounded: 503, registry.CodeFounded: 409,
	registry.CodeModeRefused: 403, registry.CodeVersionExists: 409, registry.CodePartyExists: 409, registry.CodePartyUnknown: 404,
	registry.CodePartyInactive: 403, registry.CodeNotOwnParty: 403, registry.CodeNotAppointed: 403, registry.CodeAppointmentExists: 409,
	registry.CodeKeyUnknown: 409, registry.CodeRegistrarApplicant: 403, registry.CodeSamePerson: 403, registry.CodeGovernmentData: 422,
	registry.CodeLevelRefused: 422, registry.CodeSecretRefused: 422, registry.CodeRightRefused: 422, registry.CodeSampleMissing: 422,
	registry.CodeRiskMissing: 422, registry.CodeOpenApplication: 409, registry.CodeAssetRegistered: 409, registry.CodeTooEarly: 409,
	registry.CodeTooLate: 409, registry.CodeSerialExhausted: 409, registry.CodeDocumentsRecorded: 409, registry.CodeInternal: 500,
}

// refused turns a refusal of the registry into a problem.
func refused(lang locale.Lang, r *registry.Refusal, txID string) *Problem {
	p := &Problem{Type: "/problems/" + strings.ToLower(string(r.Code)), Status: Statuses[r.Code], Code: r.Code, Rule: string(r.Rule), TxID: txID,
		Title: locale.Text(lang, "refusal."+string(r.Code), nil), Detail: locale.Sentence(lang, r)}
	if r.Args != nil || p.Title == "" {
		p.Title = p.Detail
	}
	if c, ok := registry.Cite(r.Rule); ok {
		p.Article = c.Document + c.Article
	}
	for _, f := range r.Fields {
		p.Errors = append(p.Errors, ProblemField{Location: f.Path, Problem: string(f.Problem), Message: locale.Label(lang, f.Path) + "：" + locale.Field(lang, f)})
	}
	return p
}

// failure turns any error into a problem: refusals with their rule, known conditions with their status, everything
// else as an internal error whose cause only the log sees.
func failure(ctx context.Context, err error) error {
	lang := language(ctx)
	var refusal *registry.Refusal
	var problem *Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		return refused(lang, refusal, "")
	case errors.As(err, &problem):
		return problem
	case errors.Is(err, desk.ErrNotFound):
		return refused(lang, registry.NotFound(""), "")
	case errors.Is(err, desk.ErrNoCast):
		return &Problem{Type: "/problems/no_cast", Status: http.StatusNotFound, Title: "No demo signers", Detail: err.Error()}
	}
	return &Problem{Type: "/problems/unavailable", Status: http.StatusServiceUnavailable, Title: "账本暂时不可用", Detail: unavailable(err)}
}

// unavailable is what may be said about a technical failure.
func unavailable(err error) string {
	for _, known := range []string{"the signature does not fit", "the transaction does not wait", "the certificate", "文件"} {
		if strings.Contains(err.Error(), known) {
			return err.Error()
		}
	}
	return "账本暂时不可用，请稍后重试；没有任何内容被提交"
}

type languageKey struct{}

func language(ctx context.Context) locale.Lang {
	if lang, ok := ctx.Value(languageKey{}).(locale.Lang); ok {
		return lang
	}
	return locale.Chinese
}

// useProblems makes huma's own errors problems of the same form.
func useProblems() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		p := &Problem{Type: "/problems/request", Status: status, Title: http.StatusText(status), Detail: message}
		for _, err := range errs {
			var detail *huma.ErrorDetail
			if errors.As(err, &detail) {
				p.Errors = append(p.Errors, ProblemField{Location: detail.Location, Problem: "form", Message: detail.Message})
			} else if err != nil {
				p.Errors = append(p.Errors, ProblemField{Problem: "form", Message: err.Error()})
			}
		}
		return p
	}
}
