package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/question"
)

// questionRoutes answer what regulators ask: as a page of rows, or whole as CSV, XLSX or JSON.
func (s *service) questionRoutes(e *echo.Echo, api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/questions", "what may be asked, with parameters and columns", http.StatusOK), s.questions)
	s.raw(e, api, http.MethodGet, "/api/v1/questions/{name}", s.askQuestion, answerOperation)
}

func (s *service) questions(ctx context.Context, _ *struct{}) (*output[[]question.Question], error) {
	return reply(ctx, s, question.All, nil)
}

// The parameters of an answer's form; all others are the question's own.
const (
	paramFormat = "format"
	paramLimit  = "limit"
	paramAfter  = "after"
)

func answerOperation(huma.Registry) *huma.Operation {
	return &huma.Operation{Summary: "the answer to a question",
		Description: "Parameters are those of the question. limit (default 50) and after page through the answer. format csv, xlsx or json gives the whole answer, up to " +
			strconv.Itoa(question.MaxRows) + " rows, with the block that it is true as of and its digest.",
		Parameters: []*huma.Param{{Name: "name", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}},
			{Name: paramFormat, In: "query", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{question.JSON, question.CSV, question.XLSX}}},
			{Name: paramLimit, In: "query", Schema: &huma.Schema{Type: huma.TypeInteger}}, {Name: paramAfter, In: "query", Schema: &huma.Schema{Type: huma.TypeString}}},
		Responses: map[string]*huma.Response{"200": {Description: "the answer", Content: map[string]*huma.MediaType{question.JSON.MediaType(): {}, question.CSV.MediaType(): {}, question.XLSX.MediaType(): {}}}}}
}

// askQuestion asks and writes: JSON pages for programs, whole files for people.
func (s *service) askQuestion(c echo.Context) error {
	ctx := c.Request().Context()
	q, format, err := parseQuestion(c.Param("name"), c.QueryParams())
	if err != nil {
		return err
	}
	a, err := s.desk.Answers.Ask(ctx, q, time.Now())
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set("X-Hehuang-Block", strconv.FormatUint(a.Block, 10))
	header.Set("X-Hehuang-Digest", a.Digest())
	header.Set(echo.HeaderContentType, format.MediaType())
	if c.QueryParam(paramFormat) != "" {
		header.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-block-%d.%s"`, a.Question, a.Block, format))
	}
	c.Response().WriteHeader(http.StatusOK)
	return a.Write(c.Response(), format, locale.Answers{Lang: language(ctx)})
}

// parseQuestion makes a query of an address; an error is desk.ErrNotFound or a *registry.Refusal that names the parameter.
func parseQuestion(name string, values url.Values) (q question.Query, format question.Format, err error) {
	given := map[string]string{}
	for key := range values {
		if !slices.Contains([]string{paramFormat, paramLimit, paramAfter}, key) {
			given[key] = values.Get(key)
		}
	}
	q, err = question.Parse(name, given)
	var wrong *question.ValueError
	switch {
	case errors.Is(err, question.ErrUnknown):
		return q, "", desk.ErrNotFound
	case errors.As(err, &wrong):
		return q, "", refusedValue(wrong.Name, wrong.Problem)
	}
	format, q.After = question.JSON, values.Get(paramAfter)
	if given := values.Get(paramFormat); given != "" {
		format, q.Limit = question.Format(given), question.MaxRows
		if !slices.Contains(question.Formats, format) {
			return q, "", refusedValue(paramFormat, registry.ProblemForm)
		}
	}
	if given := values.Get(paramLimit); given != "" {
		q.Limit, err = strconv.Atoi(given)
		if err != nil || q.Limit < 1 || q.Limit > question.MaxRows {
			return q, "", refusedValue(paramLimit, registry.ProblemRange)
		}
	}
	return q, format, nil
}

// refusedValue says which parameter cannot be.
func refusedValue(name string, problem registry.Problem) *registry.Refusal {
	wrong := registry.FieldError{Path: "question." + name, Problem: problem}
	if problem == registry.ProblemRange {
		wrong.Args = map[string]string{"min": "1", "max": strconv.Itoa(question.MaxRows)}
	}
	return &registry.Refusal{Code: registry.CodeFieldsInvalid, Fields: []registry.FieldError{wrong}}
}
