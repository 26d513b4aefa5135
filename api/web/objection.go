package web

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// contest is what somebody writes in a dispute: a text with files. Both are kept encrypted; the ledger sees their identifiers.
// Files that were stored stay stored while the rest of the form is mended.
type contest struct {
	Form  url.Values
	Files []desk.File
	Named map[string]string // CIDs of files by the name of their field
	Wrong string            // what is wrong with a file
}

// cid is the file of a field: the one just sent, or the one kept from the attempt before.
func (t contest) cid(name string) string {
	if cid := t.Named[name]; cid != "" {
		return cid
	}
	return t.Form.Get("kept-" + name)
}

// wrong is what was found wrong while the form was read.
func (t contest) wrong() []obstacle {
	if t.Wrong == "" {
		return nil
	}
	return []obstacle{{Text: t.Wrong}}
}

const (
	contestText  = 64 << 10 // bytes of one text field
	contestFiles = 20
)

// keeping is how a file that comes with a form is kept: desk.Keep for the party, desk.KeepPrivate for the person alone.
type keeping func(ctx context.Context, p desk.Person, r io.Reader, name string, kind registry.MaterialKind, limit int64) (desk.File, error)

// readContest reads a form with the files that it brings and those of earlier attempts.
func (p *pages) readContest(c echo.Context, kind registry.MaterialKind) (contest, error) {
	return p.readFiles(c, kind, p.desk.Keep)
}

// readPrivate is readContest for what only the person and who handles it may open.
func (p *pages) readPrivate(c echo.Context, kind registry.MaterialKind) (contest, error) {
	return p.readFiles(c, kind, p.desk.KeepPrivate)
}

func (p *pages) readFiles(c echo.Context, kind registry.MaterialKind, keep keeping) (contest, error) {
	t, err := p.readParts(c, kind, keep)
	if err != nil {
		return t, err
	}
	return p.stored(c, t)
}

// readParts reads a form part by part: texts come first, then files, which are encrypted while they are read.
func (p *pages) readParts(c echo.Context, kind registry.MaterialKind, keep keeping) (contest, error) {
	t := contest{Form: url.Values{}, Named: map[string]string{}}
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return t, incomplete(err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return t, incomplete(err)
		}
		switch {
		case part.FileName() == "":
			text, err := io.ReadAll(io.LimitReader(part, contestText))
			if err != nil {
				return t, err
			}
			t.Form.Add(part.FormName(), string(text))
		case len(t.Files)+len(t.Form["stored"]) < contestFiles && t.Wrong == "":
			f, err := keep(c.Request().Context(), p.self(c), part, part.FileName(), kindIn(part.FormName(), kind), p.desk.UploadLimit)
			if problem := ""; err != nil {
				if problem = p.uploadProblem(err); problem == "" {
					return t, echo.NewHTTPError(http.StatusServiceUnavailable, "文件没有保存成功，请稍后再传一次").SetInternal(err)
				}
				t.Wrong = part.FileName() + "：" + problem
				_, _ = io.CopyN(io.Discard, part, drainLimit)
				continue
			}
			t.Files = append(t.Files, f)
			t.Named[part.FormName()] = f.CID
		}
	}
}

// kindIn is the kind of a file by the field that brings it: a written consent has a field of its own.
func kindIn(field string, usual registry.MaterialKind) registry.MaterialKind {
	if field == "consent" {
		return registry.MaterialConsent
	}
	return usual
}

// stored takes the files of earlier attempts along: they are read back from the store, not from the form. A file that the person may not
// open is left out: its name, size and commitment are not theirs to learn.
func (p *pages) stored(c echo.Context, t contest) (contest, error) {
	for _, cid := range t.Form["stored"] {
		may, err := p.desk.MayOpen(c.Request().Context(), p.self(c), cid)
		if err == nil && !may {
			continue
		}
		if err != nil {
			return t, err
		}
		f, body, err := p.desk.Evidence.Open(c.Request().Context(), cid)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		if err != nil {
			return t, err
		}
		body.Close()
		t.Files = append(t.Files, f)
	}
	return t, nil
}

// statement keeps a text as an encrypted document; false if there is none.
func (p *pages) statement(c echo.Context, text string, kind registry.MaterialKind) (registry.Material, bool, error) {
	return writeDown(c, p.desk.Keep, p.self(c), text, kind)
}

// written is statement for what only its person and who handles it may open; nobody is its person if it came without a name.
func (p *pages) written(c echo.Context, person desk.Person, text string, kind registry.MaterialKind) (registry.Material, bool, error) {
	return writeDown(c, p.desk.KeepPrivate, person, text, kind)
}

func writeDown(c echo.Context, keep keeping, person desk.Person, text string, kind registry.MaterialKind) (registry.Material, bool, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return registry.Material{}, false, nil
	}
	f, err := keep(c.Request().Context(), person, strings.NewReader(text+"\n"), strings.ToLower(string(kind))+".txt", kind, contestText)
	return material(f), err == nil, err
}

func material(f desk.File) registry.Material {
	return registry.Material{Kind: f.Kind, CID: f.CID, Commitment: f.Commitment, Size: f.Size}
}

func materials(files []desk.File) []registry.Material {
	var all []registry.Material
	for _, f := range files {
		all = append(all, material(f))
	}
	return all
}

// contested is a case that may be objected to: one that is public.
func (p *pages) contested(c echo.Context) (registry.Application, error) {
	app, err := p.findCase(c, registry.ApplicationID(c.Param("id")))
	if err == nil && !slices.Contains(desk.PublicStatuses, app.Status) {
		err = echo.NewHTTPError(http.StatusNotFound, "没有这项公示")
	}
	return app, err
}

func (p *pages) objectionForm(c echo.Context) error {
	app, err := p.contested(c)
	if err != nil {
		return err
	}
	return p.showObjection(c, http.StatusOK, app, contest{Form: url.Values{"key": {"objection-" + rand.Text()}}}, nil)
}

func (p *pages) showObjection(c echo.Context, status int, app registry.Application, t contest, wrong []obstacle) error {
	data := map[string]any{"Case": app, "Tried": t, "Wrong": wrong, "Limit": p.desk.UploadLimit}
	if d, ok := app.Deadline(registry.DeadlinePublicity); ok {
		data["Period"] = d
	}
	return p.showStatus(c, status, "objection", data)
}

// fileObjection prepares an objection (异议) under the person's real name. Reasons and evidence never reach the ledger.
func (p *pages) fileObjection(c echo.Context) error {
	app, err := p.contested(c)
	if err != nil {
		return err
	}
	t, err := p.readContest(c, registry.MaterialEvidence)
	if err != nil {
		return err
	}
	v := view{Lang: p.lang(c)}
	var wrong []obstacle
	if strings.TrimSpace(t.Form.Get("reasons")) == "" {
		wrong = append(wrong, obstacle{Text: v.Tr("请写明异议理由", "Give your reasons"), Anchor: "reasons"})
	}
	if t.Wrong != "" {
		wrong = append(wrong, obstacle{Text: t.Wrong, Anchor: "files"})
	} else if len(t.Files) == 0 {
		wrong = append(wrong, obstacle{Text: v.Tr("请上传证明材料", "Attach evidence"), Anchor: "files"})
	}
	if len(wrong) > 0 {
		return p.showObjection(c, http.StatusUnprocessableEntity, app, t, wrong)
	}
	statement, _, err := p.statement(c, t.Form.Get("reasons"), registry.MaterialStatement)
	if err != nil {
		return unavailable(err)
	}
	request := registry.FileObjectionRequest{Key: t.Form.Get("key"), Application: app.ID, Statement: statement, Evidence: materials(t.Files)}
	return p.try(c, "registration:FileObjection", request, "/objections", nil, func(wrong []obstacle) error {
		return p.showObjection(c, http.StatusUnprocessableEntity, app, t, wrong)
	})
}

// objections are those that the person's party has filed.
func (p *pages) objections(c echo.Context) error {
	page, err := p.desk.Records.Objections(c.Request().Context(), desk.ObjectionFilter{Objector: p.self(c).Principal(), Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	cases := map[registry.ApplicationID]registry.Application{}
	for _, o := range page.Objections {
		if app, err := p.desk.Records.Case(c.Request().Context(), o.Application); err == nil {
			cases[o.Application] = app
		}
	}
	disputes, err := p.disputesOf(c)
	if err != nil {
		return err
	}
	return p.show(c, "objections", map[string]any{"Disputes": disputes, "Page": page, "Cases": cases, "Key": "withdraw-" + rand.Text()})
}

func objectionNumber(c echo.Context) int {
	n, _ := strconv.Atoi(c.Param("n")) // zero names no objection: refused as not found
	return n
}

func (p *pages) withdrawObjection(c echo.Context) error {
	return p.sign(c, "registration:WithdrawObjection", registry.WithdrawObjectionRequest{Key: c.FormValue("key"), Application: registry.ApplicationID(c.Param("id")),
		Objection: objectionNumber(c), Reasons: reasons(c)}, "/objections")
}

// answerObjection prepares the applicant's explanation.
func (p *pages) answerObjection(c echo.Context) error {
	back := "/cases/" + c.Param("id")
	statement, written, err := p.statement(c, c.FormValue("answer"), registry.MaterialStatement)
	if err != nil {
		return unavailable(err)
	}
	if !written {
		return c.Redirect(http.StatusSeeOther, back)
	}
	return p.sign(c, "registration:AnswerObjection", registry.AnswerObjectionRequest{Key: c.FormValue("key"), Application: registry.ApplicationID(c.Param("id")),
		Objection: objectionNumber(c), Statement: statement, Mandate: p.self(c).Under()}, back)
}

// decideObjection prepares the decision: its text is kept as a document, its reasons are told to both sides.
func (p *pages) decideObjection(c echo.Context) error {
	id := registry.ApplicationID(c.Param("id"))
	form, err := c.FormParams()
	if err != nil {
		return incomplete(err)
	}
	request := registry.DecideObjectionRequest{Key: form.Get("key"), Application: id, Objection: objectionNumber(c), Upheld: form.Get("outcome") == "upheld", Reasons: lines(form.Get("reasons"))}
	if request.Upheld {
		request.Ground = form.Get("ground")
	}
	tried := attempt{Act: registry.ActDecideObjection, Form: form, Fields: map[string][]registry.FieldError{}}
	if v := (view{Lang: p.lang(c)}); form.Get("outcome") == "" {
		tried.Obstacles = append(tried.Obstacles, obstacle{Text: v.Tr("请选择异议是否成立", "Say whether the objection is upheld")})
		return p.showDesk(c, http.StatusUnprocessableEntity, tried)
	}
	decision, written, err := p.statement(c, form.Get("reasons"), registry.MaterialDecision)
	if err != nil {
		return unavailable(err)
	}
	if written {
		request.Decision = decision
	}
	return p.try(c, "registration:DecideObjection", request, "/desk/"+string(id)+"?done="+string(registry.ActDecideObjection), nil, func(wrong []obstacle) error {
		tried.Obstacles = wrong
		return p.showDesk(c, http.StatusUnprocessableEntity, tried)
	})
}

// supplyEvidence prepares what the review asked for: files, or that there are none to be had (指引 第十八条).
func (p *pages) supplyEvidence(c echo.Context) error {
	return p.bringMaterials(c, "registration:SupplyEvidence", func(t contest) any {
		request := registry.SupplyEvidenceRequest{Key: t.Form.Get("key"), Application: registry.ApplicationID(c.Param("id")), Unable: t.Form.Get("unable") != "", Mandate: p.self(c).Under()}
		if !request.Unable {
			request.Materials = materials(t.Files)
		}
		return request
	})
}
