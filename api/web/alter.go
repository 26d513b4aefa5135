package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// formTitle is the name of the form of a draft.
func formTitle(d desk.Draft) words {
	switch {
	case d.Replaces != "":
		return words{"补正登记申请", "Supplement the application"}
	case d.Action == registry.ActionChange:
		return words{"申请变更登记", "Apply for a change"}
	case d.Action == registry.ActionCorrection:
		return words{"申请更正登记", "Apply for a correction"}
	case d.Track == registry.TrackPublicResource:
		return words{"公共数据资源登记申请", "Register a public data resource"}
	case d.Track == registry.TrackPublicProduct:
		return words{"公共数据产品和服务登记申请", "Register a public data product"}
	}
	return words{"填写登记申请", "Fill in the application"}
}

// beside are the materials that go with a change or correction, beside its content.
func beside(files []desk.File) []registry.Material {
	all := []registry.Material{}
	for _, f := range files {
		if slices.Contains(accompanying, f.Kind) {
			all = append(all, material(f))
		}
	}
	return all
}

// beginChange and beginCorrection begin a draft with everything that is on file for a registered asset.
func (p *pages) beginChange(c echo.Context) error { return p.beginAlteration(c, registry.ActionChange) }
func (p *pages) beginCorrection(c echo.Context) error {
	return p.beginAlteration(c, registry.ActionCorrection)
}

func (p *pages) beginAlteration(c echo.Context, action registry.Action) error {
	a, err := p.findAsset(c)
	if err != nil {
		return err
	}
	m := p.self(c)
	if m.Principal() != a.Holder && (action == registry.ActionChange || a.Content.Withhold != "") { // what is withheld is not shown to others, not even to correct it
		return echo.NewHTTPError(http.StatusForbidden, "这项登记属于其他主体。利害关系人申请更正不公示内容的登记，请到登记机构窗口办理")
	}
	begun := func(d desk.Draft) bool {
		return d.Target == a.ID && d.Action == action && d.Filed == "" && d.Replaces == "" && of(d, m.Principal())
	}
	return p.beginOrResume(c, begun, func(d *desk.Draft) { startFrom(d, a.Track, action, a.ID, a.Content) })
}

// startFrom fills a draft with what is on file.
func startFrom(d *desk.Draft, track registry.Track, action registry.Action, target registry.AssetID, on registry.Content) {
	d.Track, d.Action, d.Target, d.Content, d.Raw, d.Files = track, action, target, on, rawOf(on), filesOf(on)
	if track == registry.TrackDataAsset {
		d.Track = ""
	}
	for _, s := range formOf(*d) {
		d.Done = append(d.Done, s.ID)
	}
}

// beginOrResume leads to a draft that was begun before, or to a new one.
func (p *pages) beginOrResume(c echo.Context, begun func(desk.Draft) bool, fill func(*desk.Draft)) error {
	ctx, m := c.Request().Context(), p.self(c)
	drafts, err := p.desk.Drafts.List(ctx, m.Owner)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(drafts, begun); i >= 0 {
		return c.Redirect(http.StatusSeeOther, "/apply/"+drafts[i].ID)
	}
	d := newDraft(m)
	fill(&d)
	if d, err = p.desk.Drafts.Save(ctx, d); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID)
}

// difference is one line of an application that reads otherwise than before.
type difference struct {
	Label    string
	Old, New []string
}

// differences compares two contents in words, line by line. Files are compared one by one, whatever they are called.
func (v view) differences(old, new registry.Content) []difference {
	before, after := v.factsOf(old, nil), v.factsOf(new, nil)
	var all []difference
	for _, s := range allSteps {
		if s.ID == "materials" {
			all = append(all, v.otherFiles(old.Materials, new.Materials)...)
			continue
		}
		was, is := factsOn(before, s.ID), factsOn(after, s.ID)
		for _, f := range is {
			if earlier := linesOf(was, f.Label); !slices.Equal(earlier, f.lines()) {
				all = append(all, difference{f.Label, earlier, f.lines()})
			}
		}
		for _, f := range was {
			if linesOf(is, f.Label) == nil {
				all = append(all, difference{f.Label, f.lines(), nil})
			}
		}
	}
	return all
}

func factsOn(groups []factGroup, step string) []fact {
	for _, g := range groups {
		if g.Step.ID == step {
			return g.Facts
		}
	}
	return nil
}

// lines are what a fact says.
func (f fact) lines() []string {
	if len(f.Lines) > 0 {
		return f.Lines
	}
	return []string{f.Value}
}

func linesOf(facts []fact, label string) []string {
	for _, f := range facts {
		if f.Label == label {
			return f.lines()
		}
	}
	return nil
}

// otherFiles are the materials that went and those that came.
func (v view) otherFiles(old, new []registry.Material) []difference {
	missing := func(from, in []registry.Material) []string {
		var lines []string
		for _, m := range from {
			if !filedIn(in, m.CID) {
				lines = append(lines, v.Term("material", m.Kind)+brackets(bytesText(m.Size)))
			}
		}
		return lines
	}
	went, came := missing(old, new), missing(new, old)
	if len(went)+len(came) == 0 {
		return nil
	}
	return []difference{{v.Label("content.materials"), went, came}}
}

func filedIn(list []registry.Material, cid string) bool {
	return slices.ContainsFunc(list, func(m registry.Material) bool { return m.CID == cid })
}

// changedIn is what a draft changes of what is on file; nothing for a first filing.
func (p *pages) changedIn(c echo.Context, d desk.Draft, doc registry.Content) []difference {
	if d.Action == "" && d.Replaces == "" {
		return nil
	}
	return view{Lang: p.lang(c), Desk: p.desk}.differences(d.Content, doc)
}

// onFile is the content from which a case for change or correction departs: that of the page while the case is open, that of the version
// before once it is entered. ok is false for other cases.
func (p *pages) onFile(c echo.Context, app registry.Application) (old registry.Content, ok bool, err error) {
	if app.Target == "" || app.Action != registry.ActionChange && app.Action != registry.ActionCorrection {
		return old, false, nil
	}
	ctx := c.Request().Context()
	if app.Certificate == "" {
		a, err := p.desk.Records.Asset(ctx, app.Target)
		return a.Content, err == nil, ignoreMissing(err)
	}
	cert, err := p.desk.Records.Certificate(ctx, app.Certificate)
	if err != nil {
		return old, false, ignoreMissing(err)
	}
	before, err := p.desk.Records.Version(ctx, app.Target, cert.Version-1)
	return before.Content, err == nil, ignoreMissing(err)
}

// compare adds to a case what it changes of what is on file, and what its last supplement changed.
func (p *pages) compare(c echo.Context, app registry.Application, data map[string]any) error {
	v := view{Lang: p.lang(c), Desk: p.desk}
	old, ok, err := p.onFile(c, app)
	if err != nil {
		return err
	}
	if ok {
		data["Compares"], data["Differences"] = true, v.differences(old, app.Content)
	}
	if app.Round < 2 || !app.Action.FilesContent() {
		return nil
	}
	before, err := p.desk.Records.Round(c.Request().Context(), app.ID, app.Round-1)
	if err == nil {
		data["Resubmitted"], data["Mended"] = true, v.differences(before, app.Content)
	}
	return ignoreMissing(err)
}

// ignoreMissing takes a record that is not there, or not yet in the read model, for nothing to show.
func ignoreMissing(err error) error {
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	return err
}
