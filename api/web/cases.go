package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (p *pages) cases(c echo.Context) error {
	m, _ := p.member(c)
	ctx := c.Request().Context()
	page, err := p.desk.Records.Cases(ctx, desk.CaseFilter{Applicant: m.Person().Actor.Party, Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	drafts, err := p.desk.Drafts.List(ctx, m.Person().Actor.ID())
	if err != nil {
		return err
	}
	drafts = slices.DeleteFunc(drafts, func(d desk.Draft) bool { return d.Filed != "" })
	return p.show(c, "cases", map[string]any{"Page": page, "Drafts": drafts})
}

// caseData gathers what a case page shows.
func (p *pages) caseData(c echo.Context) (map[string]any, registry.Application, error) {
	ctx := c.Request().Context()
	app, err := p.desk.Records.Case(ctx, registry.ApplicationID(c.Param("id")))
	if errors.Is(err, desk.ErrNotFound) { // just written: the read model may be a moment behind
		app, err = p.askCase(c)
	}
	if err != nil {
		return nil, app, err
	}
	transactions, err := p.desk.Records.Transactions(ctx, app.ID)
	if err != nil {
		return nil, app, err
	}
	blocks := map[string]uint64{}
	for _, t := range transactions {
		blocks[t.TxID] = t.Block
	}
	asOf, err := p.desk.Records.AsOf(ctx)
	data := map[string]any{"Case": app, "Status": app.EffectiveStatus(time.Now()), "Blocks": blocks, "AsOf": asOf}
	if app.Certificate != "" {
		_, err := p.desk.Published.Documents(ctx, app.Certificate)
		data["Issued"] = err == nil
		data["Refresh"] = errors.Is(err, desk.ErrNotFound) && p.desk.Organisation == "agency"
	}
	return data, app, err
}

// askCase asks the ledger itself for a case.
func (p *pages) askCase(c echo.Context) (registry.Application, error) {
	var app registry.Application
	document, err := registry.Canonical(registry.FindRequest{ID: c.Param("id")})
	if err != nil {
		return app, err
	}
	answer, err := p.desk.Ledger.Evaluate(c.Request().Context(), "registration:FindApplication", document)
	var refusal *registry.Refusal
	if errors.As(err, &refusal) {
		return app, echo.NewHTTPError(http.StatusNotFound, "没有这个案件，请核对编号")
	}
	if err != nil {
		return app, err
	}
	return app, json.Unmarshal(answer, &app)
}

func (p *pages) caseFile(c echo.Context) error {
	data, app, err := p.caseData(c)
	if err != nil {
		return err
	}
	m, _ := p.member(c)
	actor := m.Person().Actor
	if actor.Role == registry.RoleApplicant && actor.Party != app.Applicant {
		return echo.NewHTTPError(http.StatusForbidden, "这是其他主体的案件")
	}
	data["Filed"] = c.QueryParam("filed") != ""
	data["Own"] = actor.Party == app.Applicant
	return p.show(c, "case", data)
}

func (p *pages) withdraw(c echo.Context) error {
	return p.caseAct(c, "registration:Withdraw", registry.ReasonsRequest{Key: c.FormValue("key"), Application: registry.ApplicationID(c.Param("id")), Reasons: reasons(c)})
}

func reasons(c echo.Context) []string {
	var all []string
	for _, line := range strings.Split(c.FormValue("reasons"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

func (p *pages) caseAct(c echo.Context, function string, request any) error {
	m, _ := p.member(c)
	tx, err := p.desk.ActAs(c.Request().Context(), m, function, request)
	next := "/cases/" + c.Param("id")
	if m.Person().Actor.Role != registry.RoleApplicant {
		next = "/desk/" + c.Param("id") + "?done=" + function[len("registration:"):]
	}
	return p.settle(c, tx, err, next)
}

// supplement begins a draft that is filled with what was filed before; the contact data is typed anew, it is not on the ledger.
func (p *pages) supplement(c echo.Context) error {
	ctx := c.Request().Context()
	app, err := p.desk.Records.Case(ctx, registry.ApplicationID(c.Param("id")))
	if err != nil {
		return err
	}
	m, _ := p.member(c)
	owner := m.Person().Actor
	if app.Applicant != owner.Party {
		return echo.NewHTTPError(http.StatusForbidden, "这是其他主体的案件")
	}
	drafts, err := p.desk.Drafts.List(ctx, owner.ID())
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Replaces == string(app.ID) && d.Filed == "" {
			return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID)
		}
		if d.Filed == string(app.ID) {
			return p.supplementFrom(c, app, d.Raw, d.Files)
		}
	}
	return p.supplementFrom(c, app, rawOf(app.Content), filesOf(app.Content))
}

func (p *pages) supplementFrom(c echo.Context, app registry.Application, raw map[string][]string, files []desk.File) error {
	m, _ := p.member(c)
	d := newDraft(m.Person().Actor.ID())
	d.Raw, d.Files, d.Replaces = raw, files, string(app.ID)
	for _, s := range steps {
		d.Done = append(d.Done, s.ID)
	}
	d, err := p.desk.Drafts.Save(c.Request().Context(), d)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID)
}

// filesOf lists the filed materials; their names are known to the evidence store only.
func filesOf(c registry.Content) []desk.File {
	var files []desk.File
	for _, m := range c.Materials {
		files = append(files, desk.File{CID: m.CID, Commitment: m.Commitment, Size: m.Size, Kind: m.Kind, Name: string(m.Kind)})
	}
	return files
}
