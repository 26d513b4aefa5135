package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/unicode/norm"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (p *pages) cases(c echo.Context) error {
	m := p.self(c)
	page, err := p.desk.Records.Cases(c.Request().Context(), desk.CaseFilter{Applicant: m.Principal(), Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	drafts, err := p.openDrafts(c)
	if err != nil {
		return err
	}
	return p.show(c, "cases", map[string]any{"Page": page, "Drafts": drafts})
}

// findCase reads a case from the read model, or from the ledger itself if it was only just written.
func (p *pages) findCase(c echo.Context, id registry.ApplicationID) (registry.Application, error) {
	ctx := c.Request().Context()
	app, err := p.desk.Records.Case(ctx, id)
	if errors.Is(err, desk.ErrNotFound) {
		app, err = p.desk.Case(ctx, id)
	}
	if errors.Is(err, desk.ErrNotFound) {
		err = echo.NewHTTPError(http.StatusNotFound, "没有这个案件，请核对编号")
	}
	return app, err
}

// caseData gathers what the pages of a case show.
func (p *pages) caseData(c echo.Context) (map[string]any, registry.Application, error) {
	ctx := c.Request().Context()
	app, err := p.findCase(c, registry.ApplicationID(c.Param("id")))
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
	if err != nil {
		return nil, app, err
	}
	data := map[string]any{"Case": app, "Materials": app.Filed(), "Status": app.EffectiveStatus(p.now()), "Blocks": blocks, "AsOf": asOf,
		"Facts": view{Lang: p.lang(c), Desk: p.desk}.factsOf(app.Content, nil)}
	if err := p.compare(c, app, data); err != nil {
		return nil, app, err
	}
	if len(app.Objections) > 0 {
		page, err := p.desk.Records.Objections(ctx, desk.ObjectionFilter{Application: app.ID, Limit: 100})
		if err != nil {
			return nil, app, err
		}
		data["Objections"] = page.Objections
	}
	if data["Notices"], err = p.lettersOf(c, app); err != nil {
		return nil, app, err
	}
	if app.Certificate != "" {
		_, err := p.desk.Published.Documents(ctx, app.Certificate)
		data["Issued"] = err == nil
		data["Refresh"] = errors.Is(err, desk.ErrNotFound) && p.desk.Organisation == "agency"
	}
	return data, app, nil
}

func (p *pages) caseFile(c echo.Context) error {
	return p.showCase(c, http.StatusOK, map[string]any{"Tried": contest{}})
}

// supplementMaterials prepares materials for a case whose content is not the applicant's to change (指引 第十七条).
func (p *pages) supplementMaterials(c echo.Context) error {
	return p.bringMaterials(c, "registration:Supplement", func(t contest) any {
		return registry.SupplementRequest{Key: t.Form.Get("key"), Application: registry.ApplicationID(c.Param("id")), Materials: materials(t.Files), Mandate: p.self(c).Under()}
	})
}

// bringMaterials prepares an act of the applicant's side that brings files to a case.
func (p *pages) bringMaterials(c echo.Context, function string, request func(contest) any) error {
	t, err := p.readContest(c, registry.MaterialEvidence)
	if err != nil {
		return err
	}
	return p.try(c, function, request(t), "/cases/"+c.Param("id"), t.wrong(), func(wrong []obstacle) error {
		return p.showCase(c, http.StatusUnprocessableEntity, map[string]any{"Wrong": wrong, "Tried": t})
	})
}

// showCase shows a case to its own side, with what was tried last and did not pass.
func (p *pages) showCase(c echo.Context, status int, tried map[string]any) error {
	data, app, err := p.caseData(c)
	if err != nil {
		return err
	}
	maps.Copy(data, tried)
	m := p.self(c)
	joined := app.Joined() && m.Principal() == app.Transfer.To // both sides of a transfer act on the case
	own := Applicant.admits(m.Actor) && (m.Principal() == app.Applicant || joined)
	joins := Applicant.admits(m.Actor) && app.Transfer != nil && app.Transfer.To == m.Principal()
	if Applicant.admits(m.Actor) && !own && !joins {
		return echo.NewHTTPError(http.StatusForbidden, "这是其他主体的案件")
	}
	data["Filed"] = c.QueryParam("filed") != ""
	data["Own"], data["Joins"] = own, joins && app.Status == registry.StatusProposed
	if d, ok := app.Deadline(registry.DeadlineAccept); ok && app.Status == registry.StatusSubmitted {
		data["Claimable"] = d.Effect == registry.EffectDeemed && d.Over(p.now())
	}
	return p.showStatus(c, status, "case", data)
}

// withdraw and claim are the applicant's own acts on a case; both ask for confirmation first.
func (p *pages) withdraw(c echo.Context) error {
	return p.applicantAct(c, registry.ActWithdraw, registry.WithdrawRequest{Key: c.FormValue("key"), Application: registry.ApplicationID(c.Param("id")), Reasons: reasons(c), Mandate: p.self(c).Under()})
}

func (p *pages) claim(c echo.Context) error {
	return p.applicantAct(c, registry.ActClaimAcceptance, registry.ClaimAcceptanceRequest{Key: c.FormValue("key"), Application: registry.ApplicationID(c.Param("id")), Mandate: p.self(c).Under()})
}

func (p *pages) applicantAct(c echo.Context, act registry.Act, request any) error {
	m := p.self(c)
	function := "registration:" + string(act)
	back := "/cases/" + c.Param("id")
	verdict, err := p.desk.Check(c.Request().Context(), m, function, request)
	if err != nil {
		return unavailable(err)
	}
	if c.FormValue("confirmed") == "" || len(verdict.Obstacles) > 0 {
		return p.confirm(c, act, verdict, back)
	}
	return p.prepare(c, function, request, back)
}

// confirm shows what is about to be signed, word for word, with what stands in its way; nothing that was typed is lost.
func (p *pages) confirm(c echo.Context, act registry.Act, verdict registry.Verdict, back string) error {
	app, err := p.findCase(c, registry.ApplicationID(c.Param("id")))
	if err != nil {
		return err
	}
	profile, err := p.profileOf(c, app)
	if err != nil {
		return err
	}
	var obstacles []obstacle
	var fields []registry.FieldError
	for _, o := range verdict.Obstacles {
		if o.Code == registry.CodeFieldsInvalid {
			fields = append(fields, o.Fields...)
			continue
		}
		obstacles = append(obstacles, p.obstacle(c, o))
	}
	status := http.StatusOK
	if len(verdict.Obstacles) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.showStatus(c, status, "confirm", map[string]any{"Act": act, "Case": app, "Action": c.Request().URL.Path, "Back": back, "Key": c.FormValue("key"),
		"Ground": c.FormValue("ground"), "Grounds": profile.Grounds, "Text": c.FormValue("reasons"), "Reasons": reasons(c), "Obstacles": obstacles, "Fields": fields,
		"WithReasons": act != registry.ActClaimAcceptance})
}

func reasons(c echo.Context) []string { return lines(c.FormValue("reasons")) }

// lines are the lines of a text that are not empty.
func lines(text string) []string {
	var all []string
	for _, line := range strings.Split(norm.NFC.String(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// supplement begins a draft that is filled with what was filed before. Contact data is not in it: it stays as it was
// filed unless it is typed anew.
func (p *pages) supplement(c echo.Context) error {
	ctx := c.Request().Context()
	app, err := p.findCase(c, registry.ApplicationID(c.Param("id")))
	if err != nil {
		return err
	}
	m := p.self(c)
	if app.Applicant != m.Principal() {
		return echo.NewHTTPError(http.StatusForbidden, "这是其他主体的案件")
	}
	begun := func(d desk.Draft) bool { return d.Replaces == string(app.ID) && d.Filed == "" }
	drafts, err := p.desk.Drafts.List(ctx, m.Owner)
	if err != nil {
		return err
	}
	return p.beginOrResume(c, begun, func(d *desk.Draft) {
		startFrom(d, app.Track, actionOf(app), app.Target, app.Content)
		d.Replaces = string(app.ID)
		filed := func(d desk.Draft) bool { return d.Filed == string(app.ID) } // the newest comes first
		if i := slices.IndexFunc(drafts, filed); i >= 0 {                     // as it was typed, with the names of the files
			d.Raw, d.Files = drafts[i].Raw, drafts[i].Files
		}
	})
}

// actionOf is the action of a draft for a case: "" for a first registration.
func actionOf(app registry.Application) registry.Action {
	if app.Action == registry.ActionFirst {
		return ""
	}
	return app.Action
}

// filesOf lists the filed materials; their names are known to the evidence store only.
func filesOf(c registry.Content) []desk.File {
	var files []desk.File
	for _, m := range c.Materials {
		files = append(files, desk.File{CID: m.CID, Commitment: m.Commitment, Size: m.Size, Kind: m.Kind})
	}
	return files
}
