package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// sheet is a form of one page, given by its fields: what somebody writes who publishes, asks, decides or reports. Nothing typed is lost.
type sheet struct {
	function string
	lead     words
	rule     registry.RuleID // shown with its words
	// fields are those of the record that the address names.
	fields func(p *pages, c echo.Context) ([]field, error)
	// fill is what stands in the fields at first; nil: nothing.
	fill func(p *pages, c echo.Context) (typed, error)
	// request is the document; next is where the person goes on.
	request func(p *pages, c echo.Context, t typed) (any, error)
	next    func(c echo.Context) string
}

// these are fields that do not depend on a record.
func these(fields ...field) func(*pages, echo.Context) ([]field, error) {
	return func(*pages, echo.Context) ([]field, error) { return fields, nil }
}

// to is a fixed way on.
func to(path string) func(echo.Context) string { return func(echo.Context) string { return path } }

// back is the way to the record that the address names.
func back(list string) func(echo.Context) string {
	return func(c echo.Context) string { return list + "/" + c.Param("id") }
}

// show is the handler that shows the form.
func (s sheet) show(p *pages, c echo.Context) error {
	values := typed{}
	if s.fill != nil {
		var err error
		if values, err = s.fill(p, c); err != nil {
			return missing(err)
		}
	}
	values["key"] = []string{"sheet-" + rand.Text()}
	return s.render(p, c, http.StatusOK, values, registry.Verdict{})
}

// submit is the handler that prepares what the form asks for, or shows it once more with what is wrong.
func (s sheet) submit(p *pages, c echo.Context) error {
	fields, err := s.fields(p, c)
	if err != nil {
		return missing(err)
	}
	values, unread, err := p.filled(c, fields)
	if err != nil {
		return err
	}
	request, err := s.request(p, c, values)
	if err != nil {
		return missing(err)
	}
	verdict, err := p.desk.Check(c.Request().Context(), p.self(c), s.function, request)
	if err != nil {
		return unavailable(err)
	}
	verdict.Obstacles = append(unchosen(fields, values), verdict.Obstacles...)
	if len(verdict.Obstacles) > 0 || len(unread) > 0 {
		return s.render(p, c, http.StatusUnprocessableEntity, values, verdict, unread...)
	}
	return p.prepare(c, s.function, request, s.next(c))
}

// hasFiles says whether a form brings files.
func hasFiles(fields []field) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return f.Kind == "file" })
}

// filled reads a form. A file is kept at once, encrypted, and its identifier stands in the place of its field from then on; what is wrong
// with a file is told with the form.
func (p *pages) filled(c echo.Context, fields []field) (typed, []obstacle, error) {
	if !hasFiles(fields) {
		form, err := c.FormParams()
		if err != nil {
			return nil, nil, incomplete(err)
		}
		return typed(form), nil, nil
	}
	t, err := p.readContest(c, registry.MaterialContract)
	if err != nil {
		return nil, nil, err
	}
	values := typed(t.Form)
	for _, f := range fields {
		if cid := t.cid(f.Path); f.Kind == "file" && cid != "" {
			values[f.Path] = []string{cid}
		}
	}
	return values, t.wrong(), nil
}

// unchosen are the choices that were not made: a document would take them as no.
func unchosen(fields []field, values typed) []registry.Obstacle {
	var all []registry.Obstacle
	for _, f := range fields {
		if f.Kind == "radio" && !values.yes(f.Path) {
			all = append(all, registry.Obstacle{Code: registry.CodeFieldsInvalid, Refusal: registry.Refusal{Fields: []registry.FieldError{{Path: f.Path, Problem: registry.ProblemMissing}}}})
		}
	}
	return all
}

func (s sheet) render(p *pages, c echo.Context, status int, values typed, verdict registry.Verdict, unread ...obstacle) error {
	fields, err := s.fields(p, c)
	if err != nil {
		return missing(err)
	}
	errs, rest := byField(fields, verdict)
	title := "function." + s.function
	return p.showStatus(c, status, "sheet", map[string]any{"Sheet": s, "Fields": fields, "Values": values, "Errs": errs, "Wrong": append(unread, p.obstacles(c, rest)...), "Function": s.function, "Files": hasFiles(fields),
		"Lead": s.lead, "Rule": s.rule, "Back": s.next(c), "Summary": len(verdict.Obstacles)+len(unread) > 0,
		"Title": words{locale.Text(locale.Chinese, title, nil), locale.Text(locale.English, title, nil)}})
}

// byField sorts what is wrong by the fields of a form: a path belongs to the field of its name, or to the one that holds its list. The rest
// belongs to no field.
func byField(fields []field, verdict registry.Verdict) (map[string][]registry.FieldError, registry.Verdict) {
	errs, rest := map[string][]registry.FieldError{}, registry.Verdict{AsOf: verdict.AsOf}
	for _, o := range verdict.Obstacles {
		lost := o
		lost.Fields = nil
		for _, e := range o.Fields {
			if path := fieldFor(fields, e.Path); path != "" {
				errs[path] = append(errs[path], e)
			} else {
				lost.Fields = append(lost.Fields, e)
			}
		}
		if len(o.Fields) == 0 || len(lost.Fields) > 0 {
			rest.Obstacles = append(rest.Obstacles, lost)
		}
	}
	return errs, rest
}

func fieldFor(fields []field, path string) string {
	found := ""
	for _, f := range fields {
		if (path == f.Path || strings.HasPrefix(path, f.Path+"[") || strings.HasPrefix(path, f.Path+".")) && len(f.Path) > len(found) {
			found = f.Path
		}
	}
	return found
}

// missing is the page for a record that is not there; other failures pass.
func missing(err error) error {
	if errors.Is(err, desk.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这条记录，请核对编号").SetInternal(err)
	}
	return err
}
