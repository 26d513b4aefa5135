package web

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// obstacle is one thing that stands in the way: what, by which words of the law, what would help and where.
type obstacle struct {
	Text, Article, Remedy string
	Step, Anchor          string // page and field of the form on which it is mended
}

func (p *pages) obstacle(c echo.Context, o registry.Obstacle) obstacle {
	r := o.Refusal
	r.Code = o.Code
	v := view{Lang: p.lang(c)}
	return obstacle{Text: v.Sentence(&r), Article: v.Citation(r.Rule), Remedy: locale.Remedy(v.Lang, r.Code), Step: mendedOn(&r)}
}

// obstacles are all obstacles of a dry run, wrong fields one by one.
func (p *pages) obstacles(c echo.Context, verdict registry.Verdict) []obstacle {
	v := view{Lang: p.lang(c)}
	var all []obstacle
	for _, o := range verdict.Obstacles {
		if len(o.Fields) == 0 {
			all = append(all, p.obstacle(c, o))
		}
		for _, f := range o.Fields {
			all = append(all, obstacle{Text: v.Label(f.Path) + v.Tr("：", ": ") + v.Field(f)})
		}
	}
	return all
}

// check shows the whole application, what will be public of it, and whether it would pass as the ledger stands now.
func (p *pages) check(c echo.Context, d desk.Draft) error {
	wrong, party, err := p.mistakes(c, d)
	if err != nil {
		return err
	}
	obstacles := p.fieldObstacles(c, d, wrong)
	doc := content(d)
	function, request := filing(d, doc, p.self(c).Under())
	m := p.self(c)
	verdict, err := p.desk.Check(c.Request().Context(), m, function, request)
	if err != nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "账本暂时不可用，草稿已保存，请稍后再试").SetInternal(err)
	}
	obstacles = append(obstacles, p.further(c, verdict, d, obstacles)...)
	asOf, err := time.Parse(time.RFC3339, verdict.AsOf)
	if err != nil {
		return err
	}
	return p.show(c, "check", map[string]any{"Draft": d, "Content": doc, "Obstacles": obstacles, "Party": party, "Contact": typed(d.Raw),
		"AsOf": asOf, "Facts": view{Lang: p.lang(c), Desk: p.desk}.factsOf(doc, d.Files), "ContactKept": slices.ContainsFunc(d.Files, isContact), "Fixed": fixedSteps(d), "Differences": p.changedIn(c, d, doc), "Title": formTitle(d)})
}

// further are the obstacles of a dry run that are not listed yet: wrong fields that only the ledger finds, and what it refuses.
func (p *pages) further(c echo.Context, verdict registry.Verdict, d desk.Draft, listed []obstacle) []obstacle {
	v := view{Lang: p.lang(c)}
	var more []obstacle
	for _, o := range verdict.Obstacles {
		if o.Code != registry.CodeFieldsInvalid {
			more = append(more, p.obstacle(c, o))
		}
		for _, f := range o.Fields {
			path := formPath(f.Path, d, content(d))
			told := obstacle{Text: v.Label(f.Path) + "：" + v.Field(f), Article: v.Citation(f.Rule), Step: stepOf(path), Anchor: path}
			same := func(known obstacle) bool { return known.Anchor == path || known.Text == told.Text }
			if slices.Contains(d.Done, told.Step) && !slices.ContainsFunc(listed, same) { // of a page not begun one line is enough
				more = append(more, told)
			}
		}
	}
	return more
}

// fieldObstacles are the wrong fields, in the order of the form; a page that was not begun is one line.
func (p *pages) fieldObstacles(c echo.Context, d desk.Draft, wrong mistakes) []obstacle {
	lang := p.lang(c)
	v := view{Lang: lang}
	var all []obstacle
	listed := map[string]bool{}
	for _, s := range formOf(d) {
		begun := slices.Contains(d.Done, s.ID)
		if !begun && wrong.on(s.ID) && len(s.Fields) > 0 { // of materials the dry run tells
			all = append(all, obstacle{Text: v.Say(s.Title) + v.Tr("：还没有填写", ": not filled in yet"), Step: s.ID})
		}
		for _, f := range s.Fields {
			if listed[f.Path] = true; !begun {
				continue
			}
			for _, e := range wrong.fields[f.Path] {
				all = append(all, obstacle{Text: v.FieldLabel(f) + "：" + locale.Field(lang, e), Step: s.ID, Anchor: f.Path})
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(wrong.fields)) { // of what has no field of its own: materials
		for _, e := range wrong.fields[path] {
			if !listed[path] {
				all = append(all, obstacle{Text: locale.Label(lang, e.Path) + "：" + locale.Field(lang, e), Step: stepOf(path)})
			}
		}
	}
	return all
}

// filing is the function that files a draft, with its document.
func filing(d desk.Draft, doc registry.Content, under registry.MandateID) (string, any) {
	change := registry.SubmitChangeRequest{Key: d.Key, Asset: d.Target, Content: doc, Materials: beside(d.Files), Mandate: under}
	switch {
	case d.Replaces != "":
		return "registration:Resubmit", registry.ResubmitRequest{Key: d.Key, Application: registry.ApplicationID(d.Replaces), Content: doc, Mandate: under}
	case d.Action == registry.ActionChange:
		return "registration:SubmitChange", change
	case d.Action == registry.ActionCorrection:
		return "registration:SubmitCorrection", change
	}
	return "registration:Submit", registry.SubmitRequest{Key: d.Key, Track: d.Track, Content: doc, Mandate: under}
}

// file prepares the filing and leads to its signature. The idempotency key lies in the draft: pressing the button twice is one
// application. What the ledger would refuse is shown before anything is signed.
func (p *pages) file(c echo.Context, d desk.Draft) error {
	wrong, _, err := p.mistakes(c, d)
	if err != nil {
		return err
	}
	if !wrong.none() {
		return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/check")
	}
	if d, err = p.storeContact(c, d); err != nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "联系信息没有保存成功，没有提交任何内容，请稍后重试").SetInternal(err)
	}
	function, request := filing(d, content(d), p.self(c).Under())
	verdict, err := p.desk.Check(c.Request().Context(), p.self(c), function, request)
	if err != nil {
		return unavailable(err)
	}
	if len(verdict.Obstacles) > 0 {
		return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/check")
	}
	tx, err := p.desk.Prepare(c.Request().Context(), p.self(c), function, request)
	if err == nil {
		d, err = p.change(c, d, func(d *desk.Draft) { d.Transaction = tx.ID })
	}
	return p.toSign(c, tx, err, "/apply/"+d.ID+"/outcome")
}

// filed closes the draft: contact data leaves it, it is kept encrypted as evidence now.
func (p *pages) filed(c echo.Context, d desk.Draft, app registry.ApplicationID) error {
	_, err := p.change(c, d, func(d *desk.Draft) {
		d.Filed = string(app)
		for _, path := range contactPaths {
			delete(d.Raw, path)
		}
		d.Contact = desk.Contact{}
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/cases/"+string(app)+"?filed=1")
}

// outcome is where a filing arrives that is not closed yet: it waits for a signature or was never prepared.
func (p *pages) outcome(c echo.Context, d desk.Draft) error {
	if d.Transaction == "" {
		return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/check")
	}
	return c.Redirect(http.StatusSeeOther, signPath(d.Transaction, "/apply/"+d.ID+"/outcome"))
}

// sent is the filing of a draft on its way to the ledger: committed, or of unknown outcome. A draft is closed by whoever opens it
// next, if the person did not come back from signing.
func (p *pages) sent(c echo.Context, d desk.Draft) (desk.Transaction, bool, error) {
	if d.Transaction == "" {
		return desk.Transaction{}, false, nil
	}
	tx, err := p.desk.Ledger.Transaction(c.Request().Context(), d.Transaction)
	if errors.Is(err, desk.ErrNotFound) {
		return tx, false, nil
	}
	return tx, err == nil && (tx.State == desk.StateCommitted && tx.Receipt != nil || tx.State == desk.StateUnknown), err
}

// storeContact keeps the contact data as encrypted evidence; the ledger sees its identifier and commitment only. It is kept
// once for the same data, so that a filing that is repeated is the same request; changed data replaces it.
func (p *pages) storeContact(c echo.Context, d desk.Draft) (desk.Draft, error) {
	t := typed(d.Raw)
	if !slices.ContainsFunc(contactPaths, t.yes) || d.Contact == contactOf(t) && slices.ContainsFunc(d.Files, isContact) {
		return d, nil
	}
	body, err := json.Marshal(contactOf(t))
	if err != nil {
		return d, err
	}
	file, err := p.desk.Keep(c.Request().Context(), p.self(c), strings.NewReader(string(body)), "contact.json", registry.MaterialContact, 1<<16)
	if err != nil {
		return d, err
	}
	return p.change(c, d, func(d *desk.Draft) {
		d.Files = append(slices.DeleteFunc(d.Files, isContact), file)
		d.Contact = contactOf(t)
	})
}

func contactOf(t typed) desk.Contact {
	return desk.Contact{Person: t.one("contact.person"), Phone: t.code("contact.phone"), Address: t.one("contact.address")}
}
