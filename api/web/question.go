package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/question"
)

// questions lists what regulators may ask.
func (p *pages) questions(c echo.Context) error {
	return p.show(c, "questions", map[string]any{"Questions": question.All})
}

// question is one question: its form and, once everything that it needs is given, a page of its answer. An answer is an address, so that
// it can be kept and sent.
func (p *pages) question(c echo.Context) error {
	known, ok := question.Find(c.Param("question"))
	if !ok {
		return echo.NewHTTPError(http.StatusNotFound, "没有这个问题")
	}
	given := map[string]string{}
	for _, f := range known.Parameters {
		given[f.Name] = strings.TrimSpace(c.QueryParam(f.Name))
	}
	data := map[string]any{"Question": known, "Given": given, "WrongName": "", "Formats": question.Formats,
		"Title": words{locale.Term(locale.Chinese, "question", known.Name), locale.Term(locale.English, "question", known.Name)}}
	q, err := question.Parse(known.Name, given)
	var wrong *question.ValueError
	switch {
	case errors.As(err, &wrong) && wrong.Problem == registry.ProblemMissing && len(c.QueryParams()) == 0:
		return p.show(c, "question", data) // nothing was asked yet
	case errors.As(err, &wrong):
		data["WrongName"], data["Summary"] = wrong.Name, true
		data["Wrong"] = registry.FieldError{Path: "question." + wrong.Name, Problem: wrong.Problem}
		return p.showStatus(c, http.StatusUnprocessableEntity, "question", data)
	case err != nil:
		return err
	}
	q.After = c.QueryParam("after")
	a, err := p.desk.Answers.Ask(c.Request().Context(), q, p.now())
	if err != nil {
		return err
	}
	address := url.Values{}
	for name, value := range q.Values {
		address.Set(name, value)
	}
	data["Answer"], data["Address"], data["Words"] = a, template.URL(address.Encode()), locale.Answers{Lang: p.lang(c)}
	return p.show(c, "question", data)
}

// Link is where a value of an answer leads; "" if it leads nowhere.
func (v view) Link(f question.Field, value string) string {
	if value == "" {
		return ""
	}
	switch f.Kind {
	case question.Asset:
		return "/register/" + url.PathEscape(value)
	case question.Application:
		return "/questions/history?object=APP&id=" + url.QueryEscape(value)
	case question.Certificate:
		return "/certificates/" + url.PathEscape(value)
	case question.Party:
		return "/questions/party-acts?party=" + url.QueryEscape(value)
	case question.Person:
		return "/questions/history?object=ACC&id=" + url.QueryEscape(value)
	}
	return ""
}
