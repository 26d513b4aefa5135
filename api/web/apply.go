package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (p *pages) drafts(c echo.Context) error {
	open, err := p.openDrafts(c)
	if err != nil {
		return err
	}
	return p.show(c, "drafts", map[string]any{"Drafts": open})
}

// openDrafts are the person's drafts that were not filed.
func (p *pages) openDrafts(c echo.Context) ([]desk.Draft, error) {
	m := p.self(c)
	all, err := p.desk.Drafts.List(c.Request().Context(), m.Owner)
	return slices.DeleteFunc(all, func(d desk.Draft) bool { return d.Filed != "" || !of(d, m.Principal()) }), err
}

// of says whether a draft is an application of the party; drafts of an earlier version name none and are their owner's.
func of(d desk.Draft, principal registry.PartyID) bool {
	return d.Principal == "" || d.Principal == principal
}

// newDraft is an empty application. Restrictions begin with what most applicants write; they confirm or change it.
func newDraft(person desk.Person) desk.Draft {
	return desk.Draft{ID: rand.Text(), Owner: person.Owner, Principal: person.Principal(), Key: "web-" + rand.Text(), Raw: map[string][]string{"restrictions.objects": {"无"},
		"restrictions.qualification": {"无"}, "restrictions.environment": {"无"}, "restrictions.region": {"中国境内"}}}
}

func (p *pages) newDraft(c echo.Context) error {
	d := newDraft(p.self(c))
	if track := registry.Track(c.FormValue("track")); isPublic(track) {
		d.Track = track
	}
	d, err := p.desk.Drafts.Save(c.Request().Context(), d)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID)
}

func (p *pages) deleteDraft(c echo.Context, d desk.Draft) error {
	if err := p.desk.Drafts.Delete(c.Request().Context(), d.Owner, d.ID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/apply")
}

// editing opens the person's own draft for a page of the form; a draft that was filed leads to its case.
func editing(page func(*pages, echo.Context, desk.Draft) error) func(*pages, echo.Context) error {
	return func(p *pages, c echo.Context) error {
		d, err := p.draft(c)
		if err != nil {
			return err
		}
		if d.Filed != "" {
			return c.Redirect(http.StatusSeeOther, "/cases/"+d.Filed)
		}
		tx, sent, err := p.sent(c, d)
		switch {
		case err != nil:
			return unavailable(err)
		case sent && tx.State == desk.StateCommitted:
			return p.filed(c, d, tx.Receipt.Application)
		case sent:
			return c.Redirect(http.StatusSeeOther, signPath(tx.ID, "/apply/"+d.ID+"/outcome"))
		}
		return page(p, c, d)
	}
}

func (p *pages) draft(c echo.Context) (desk.Draft, error) {
	m := p.self(c)
	d, err := p.desk.Drafts.Load(c.Request().Context(), m.Owner, c.Param("draft"))
	if errors.Is(err, desk.ErrNotFound) || err == nil && !of(d, m.Principal()) {
		return d, echo.NewHTTPError(http.StatusNotFound, "没有这份申请草稿")
	}
	return d, err
}

// change applies a change to a draft and saves it. If the draft was saved from another window meanwhile, the change is
// applied to what is there now: each page writes its own fields only.
func (p *pages) change(c echo.Context, d desk.Draft, apply func(*desk.Draft)) (desk.Draft, error) {
	for range 5 {
		apply(&d)
		saved, err := p.desk.Drafts.Save(c.Request().Context(), d)
		if !errors.Is(err, desk.ErrStale) {
			return saved, err
		}
		if d, err = p.draft(c); err != nil {
			return d, err
		}
	}
	return d, echo.NewHTTPError(http.StatusConflict, "这份草稿正在别的窗口里修改，请重新打开后再保存")
}

// party is whose data a draft registers, as the ledger knows it: the applicant, or the holder of what is to be corrected. An unknown one
// has its identifier only.
func (p *pages) party(c echo.Context, d desk.Draft) (registry.Party, error) {
	ctx, id := c.Request().Context(), p.self(c).Principal()
	if d.Action == registry.ActionCorrection {
		a, err := p.desk.Records.Asset(ctx, d.Target)
		if err != nil {
			return registry.Party{}, err
		}
		id = a.Holder
	}
	party, err := p.desk.Records.Party(ctx, id)
	if errors.Is(err, desk.ErrNotFound) {
		return registry.Party{ID: id}, nil
	}
	return party, err
}

func (p *pages) mistakes(c echo.Context, d desk.Draft) (mistakes, registry.Party, error) {
	party, err := p.party(c, d)
	if err != nil {
		return mistakes{}, party, err
	}
	return findMistakes(d, party, registry.CivilDate(p.now()), p.lang(c)), party, nil
}

// task is a line of the task list.
type task struct {
	N     int
	Step  step
	State string // todo, wrong or done
}

func (p *pages) tasks(c echo.Context, d desk.Draft) error {
	wrong, party, err := p.mistakes(c, d)
	if err != nil {
		return err
	}
	var tasks []task
	done := 0
	for i, s := range formOf(d) {
		state := "todo"
		if slices.Contains(d.Done, s.ID) {
			if state = "done"; wrong.on(s.ID) {
				state = "wrong"
			} else {
				done++
			}
		}
		tasks = append(tasks, task{i + 1, s, state})
	}
	data := map[string]any{"Draft": d, "Tasks": tasks, "Complete": done, "Of": len(tasks), "Party": party, "Title": formTitle(d), "Fixed": fixedSteps(d)}
	if d.Replaces != "" {
		if data["Supplements"], err = p.noticed(c, d); err != nil {
			return err
		}
	}
	return p.show(c, "tasks", data)
}

// noticed is what the registrar wants supplemented.
func (p *pages) noticed(c echo.Context, d desk.Draft) ([]string, error) {
	app, err := p.findCase(c, registry.ApplicationID(d.Replaces))
	if err != nil || len(app.Supplements) == 0 {
		return nil, err
	}
	return app.Supplements[len(app.Supplements)-1].Items, nil
}

func (p *pages) step(c echo.Context, d desk.Draft) error {
	return p.showStep(c, d, c.Param("step"), "")
}

func (p *pages) showStep(c echo.Context, d desk.Draft, id, fileProblem string) error {
	s, index, ok := findStep(d, id)
	if !ok {
		return echo.NewHTTPError(http.StatusNotFound, "没有这一步")
	}
	found, party, err := p.mistakes(c, d)
	if err != nil {
		return err
	}
	if !slices.Contains(d.Done, s.ID) { // nothing is marked wrong before it was filled in once
		found = mistakes{}
	}
	var shown []registry.FieldError
	for _, f := range s.Fields {
		shown = append(shown, found.fields[f.Path]...)
	}
	next := "/apply/" + d.ID + "/check"
	pages := formOf(d)
	if index+1 < len(pages) {
		next = "/apply/" + d.ID + "/steps/" + pages[index+1].ID
	}
	status := http.StatusOK
	if len(shown) > 0 || fileProblem != "" {
		status = http.StatusUnprocessableEntity
	}
	doc := content(d)
	files, deposit, err := p.onStep(c, d, s, doc)
	if err != nil {
		return err
	}
	return p.showStatus(c, status, "step", map[string]any{"Title": s.Title, "Draft": d, "Step": s, "N": index + 1, "Of": len(pages), "Deposit": deposit, "Public": isPublic(d.Track), "Wrong": found.fields, "Summary": len(shown) > 0,
		"Refusals": found.refusals[s.ID], "Next": next, "Party": party, "Content": doc, "FileProblem": fileProblem, "Limit": p.desk.UploadLimit, "Kinds": kindsOf(d),
		"Wanted": files, "Matrix": matrix(), "Rights": rightsFor(doc, party), "Sections": s.sections(d.Raw, found.fields),
		"Stopped": doc.Level == registry.LevelCore || doc.Secret != "" && doc.Secret != "NONE"})
}

// onStep is what a page of the form shows beside its fields: the materials that are wanted, or the deposit that the ledger has.
func (p *pages) onStep(c echo.Context, d desk.Draft, s step, doc registry.Content) (files []wantedFile, deposit *registry.Deposit, err error) {
	switch {
	case s.ID == "deposit":
		deposit, err = p.deposited(c, d)
	case s.ID == "materials" && isPublic(d.Track):
		files, err = p.wantedPublic(c, doc, d.Track)
	case s.ID == "materials":
		var profile registry.RuleProfile
		if profile, err = p.profile(c, trackOf(d)); d.Action != "" { // a change brings no materials anew
			profile.Materials = nil
		}
		files = wanted(doc, profile.Materials)
	}
	if s.ID == "materials" && d.Action != "" && d.Replaces == "" {
		brought := func(f desk.File) bool { return slices.Contains(accompanying, f.Kind) }
		files = append([]wantedFile{{Kind: registry.MaterialEvidence, Must: true, Filed: slices.ContainsFunc(d.Files, brought), Reason: words{"说明为什么变更、更正的材料；权利人书面同意的，上传书面同意", "What shows the reason for it, or the holder's written consent"}}}, files...)
	}
	return files, deposit, err
}

// saveStep stores what was typed, right or wrong, and only then judges it.
func (p *pages) saveStep(c echo.Context, d desk.Draft) error {
	s, index, ok := findStep(d, c.Param("step"))
	if !ok {
		return echo.NewHTTPError(http.StatusNotFound, "没有这一步")
	}
	form, err := c.FormParams()
	if err != nil {
		return incomplete(err)
	}
	then := c.FormValue("then")
	d, err = p.change(c, d, func(d *desk.Draft) {
		if d.Raw == nil {
			d.Raw = map[string][]string{}
		}
		for _, f := range s.Fields {
			d.Raw[f.Path] = form[f.Path]
		}
		if then == "autosave" {
			return
		}
		conclude(d.Raw)
		if !slices.Contains(d.Done, s.ID) {
			d.Done = append(d.Done, s.ID)
		}
	})
	if err != nil {
		return err
	}
	switch then {
	case "autosave":
		return c.NoContent(http.StatusNoContent)
	case "tasks":
		return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID)
	case "stay":
		return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/steps/"+s.ID)
	}
	found, _, err := p.mistakes(c, d)
	if err != nil {
		return err
	}
	if s.ID == "level" && len(found.refusals[s.ID]) > 0 {
		return p.showStep(c, d, s.ID, "")
	}
	for _, f := range s.Fields {
		if len(found.fields[f.Path]) > 0 {
			return p.showStep(c, d, s.ID, "")
		}
	}
	pages := formOf(d)
	if index+1 == len(pages) {
		return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/check")
	}
	return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/steps/"+pages[index+1].ID)
}
