package web

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (p *pages) drafts(c echo.Context) error {
	m, _ := p.member(c)
	all, err := p.desk.Drafts.List(c.Request().Context(), m.Person().Actor.ID())
	if err != nil {
		return err
	}
	open := slices.DeleteFunc(all, func(d desk.Draft) bool { return d.Filed != "" })
	return p.show(c, "drafts", map[string]any{"Drafts": open})
}

func newDraft(owner registry.PersonID) desk.Draft {
	return desk.Draft{ID: rand.Text(), Owner: owner, Key: "web-" + rand.Text(), Raw: map[string][]string{"restrictions.objects": {"无"},
		"restrictions.qualification": {"无"}, "restrictions.environment": {"无"}, "restrictions.region": {"中国境内"}, "secret": {"NONE"}}}
}

func (p *pages) newDraft(c echo.Context) error {
	m, _ := p.member(c)
	d, err := p.desk.Drafts.Save(c.Request().Context(), newDraft(m.Person().Actor.ID()))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID)
}

func (p *pages) draft(c echo.Context) (desk.Draft, error) {
	m, _ := p.member(c)
	d, err := p.desk.Drafts.Load(c.Request().Context(), m.Person().Actor.ID(), c.Param("draft"))
	if errors.Is(err, desk.ErrNotFound) {
		return d, echo.NewHTTPError(http.StatusNotFound, "没有这份申请草稿")
	}
	return d, err
}

// problems judges a draft with the registry's own functions: wrong fields by form path, and the other obstacles.
func (p *pages) problems(c echo.Context, d desk.Draft) (map[string][]registry.FieldError, registry.Refusals, error) {
	m, _ := p.member(c)
	party, err := p.desk.Records.Party(c.Request().Context(), m.Person().Actor.Party)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return nil, nil, err
	}
	doc := content(d)
	byField := map[string][]registry.FieldError{}
	var others registry.Refusals
	for _, r := range registry.CheckContent(doc, party, registry.CivilDate(time.Now())) {
		if r.Code != registry.CodeFieldsInvalid {
			others = append(others, r)
		}
		for _, f := range r.Fields {
			path := formPath(f.Path, doc)
			byField[path] = append(byField[path], f)
		}
	}
	for _, f := range append(glyphErrors(doc), contactErrors(d)...) {
		path := formPath(f.Path, doc)
		byField[path] = append(byField[path], f)
	}
	return byField, others, nil
}

func contactErrors(d desk.Draft) []registry.FieldError {
	var errs []registry.FieldError
	for _, path := range []string{"contact.person", "contact.phone", "contact.address"} {
		if typed(d.Raw).one(path) == "" {
			errs = append(errs, registry.FieldError{Path: path, Problem: registry.ProblemMissing, Rule: registry.RuleForm})
		}
	}
	if phone := typed(d.Raw).code("contact.phone"); phone != "" && (strings.Trim(phone, "0123456789-+ ") != "" || len(phone) < 7 || len(phone) > 20) {
		errs = append(errs, registry.FieldError{Path: "contact.phone", Problem: registry.ProblemForm, Rule: registry.RuleForm})
	}
	return errs
}

// taskState says whether a page of the form is untouched, to be corrected or complete.
func taskState(s step, d desk.Draft, wrong map[string][]registry.FieldError) string {
	if !slices.Contains(d.Done, s.ID) {
		return "todo"
	}
	for path := range wrong {
		if stepOf(path) == s.ID {
			return "wrong"
		}
	}
	if s.ID == "materials" && !slices.ContainsFunc(d.Files, func(f desk.File) bool { return f.Kind == registry.MaterialSample }) {
		return "wrong"
	}
	return "done"
}

func (p *pages) tasks(c echo.Context) error {
	d, err := p.draft(c)
	if err != nil {
		return err
	}
	wrong, _, err := p.problems(c, d)
	if err != nil {
		return err
	}
	var tasks []map[string]any
	for i, s := range steps {
		tasks = append(tasks, map[string]any{"N": i + 1, "Step": s, "State": taskState(s, d, wrong)})
	}
	return p.show(c, "tasks", map[string]any{"Draft": d, "Tasks": tasks})
}

func (p *pages) step(c echo.Context) error {
	d, err := p.draft(c)
	if err != nil {
		return err
	}
	return p.showStep(c, d, c.Param("step"), "")
}

func (p *pages) showStep(c echo.Context, d desk.Draft, id, fileProblem string) error {
	s, index, ok := findStep(id)
	if !ok {
		return echo.NewHTTPError(http.StatusNotFound, "没有这一步")
	}
	wrong := map[string][]registry.FieldError{}
	if slices.Contains(d.Done, s.ID) { // nothing is marked wrong before it was filled in once
		var err error
		if wrong, _, err = p.problems(c, d); err != nil {
			return err
		}
	}
	next := "/apply/" + d.ID
	if index+1 < len(steps) {
		next = "/apply/" + d.ID + "/steps/" + steps[index+1].ID
	}
	m, _ := p.member(c)
	party, _ := p.desk.Records.Party(c.Request().Context(), m.Person().Actor.Party)
	var shown []registry.FieldError
	for _, f := range s.Fields {
		shown = append(shown, wrong[f.Path]...)
	}
	status := http.StatusOK
	if len(shown) > 0 || fileProblem != "" {
		status = http.StatusUnprocessableEntity
	}
	return p.showStatus(c, status, "step", map[string]any{"Draft": d, "Step": s, "N": index + 1, "Of": len(steps), "Wrong": wrong, "Summary": len(shown) > 0,
		"Next": next, "Party": party, "FileProblem": fileProblem, "Limit": p.desk.UploadLimit, "Kinds": materialKinds, "Regions": registry.Regions, "Industries": registry.IndustrySections})
}

var materialKinds = []registry.MaterialKind{registry.MaterialSample, registry.MaterialIdentity, registry.MaterialSource, registry.MaterialContract,
	registry.MaterialRisk, registry.MaterialCompliance, registry.MaterialOther}

// saveStep stores what was typed, right or wrong, and only then judges it.
func (p *pages) saveStep(c echo.Context) error {
	d, err := p.draft(c)
	if err != nil {
		return err
	}
	s, index, ok := findStep(c.Param("step"))
	if !ok {
		return echo.NewHTTPError(http.StatusNotFound, "没有这一步")
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	if d.Raw == nil {
		d.Raw = map[string][]string{}
	}
	for _, f := range s.Fields {
		d.Raw[f.Path] = form[f.Path]
	}
	if !slices.Contains(d.Done, s.ID) {
		d.Done = append(d.Done, s.ID)
	}
	if d, err = p.desk.Drafts.Save(c.Request().Context(), d); err != nil {
		return err
	}
	wrong, _, err := p.problems(c, d)
	if err != nil {
		return err
	}
	if c.FormValue("then") == "tasks" {
		return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID)
	}
	for _, f := range s.Fields {
		if len(wrong[f.Path]) > 0 {
			return p.showStep(c, d, s.ID, "")
		}
	}
	if index+1 == len(steps) {
		return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/check")
	}
	return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/steps/"+steps[index+1].ID)
}

// upload streams one file into the evidence store; it is never held in memory.
func (p *pages) upload(c echo.Context) error {
	d, err := p.draft(c)
	if err != nil {
		return err
	}
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, p.desk.UploadLimit+1<<20)
	reader, err := c.Request().MultipartReader()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "没有收到文件")
	}
	kind := registry.MaterialOther
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return p.showStep(c, d, "materials", "请选择文件")
		}
		if err != nil {
			return p.showStep(c, d, "materials", p.tooLarge())
		}
		if part.FormName() == "kind" {
			text, _ := io.ReadAll(io.LimitReader(part, 64))
			if slices.Contains(materialKinds, registry.MaterialKind(text)) {
				kind = registry.MaterialKind(text)
			}
			continue
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		file, err := p.desk.Evidence.Put(c.Request().Context(), part, part.FileName(), kind, p.desk.UploadLimit)
		if err != nil {
			return p.showStep(c, d, "materials", p.uploadProblem(err))
		}
		return p.addFile(c, d, file)
	}
}

func (p *pages) tooLarge() string {
	return fmt.Sprintf("文件超过大小上限 %d MB", p.desk.UploadLimit>>20)
}

func (p *pages) uploadProblem(err error) string {
	var limit *http.MaxBytesError
	if errors.As(err, &limit) || strings.Contains(err.Error(), "上限") {
		return p.tooLarge()
	}
	return err.Error()
}

func (p *pages) addFile(c echo.Context, d desk.Draft, file desk.File) error {
	d.Files = append(d.Files, file)
	if !slices.Contains(d.Done, "materials") {
		d.Done = append(d.Done, "materials")
	}
	d, err := p.desk.Drafts.Save(c.Request().Context(), d)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/steps/materials")
}

func (p *pages) removeFile(c echo.Context) error {
	d, err := p.draft(c)
	if err != nil {
		return err
	}
	cid := c.FormValue("cid")
	d.Files = slices.DeleteFunc(d.Files, func(f desk.File) bool { return f.CID == cid })
	if d, err = p.desk.Drafts.Save(c.Request().Context(), d); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/steps/materials")
}

// obstacle is one thing that stands in the way, with the page on which it is mended.
type obstacle struct {
	Text, Article, Step string
}

func (p *pages) check(c echo.Context) error {
	d, err := p.draft(c)
	if err != nil {
		return err
	}
	wrong, _, err := p.problems(c, d)
	if err != nil {
		return err
	}
	doc := content(d)
	var obstacles []obstacle
	lang := p.lang(c)
	for _, s := range steps {
		for _, f := range s.Fields {
			for _, e := range wrong[f.Path] {
				obstacles = append(obstacles, obstacle{Text: locale.Label(lang, e.Path) + "：" + locale.Field(lang, e), Step: s.ID})
			}
		}
	}
	function, request := filing(d, doc)
	m, _ := p.member(c)
	verdict, err := p.desk.Check(c.Request().Context(), m.Person(), function, request)
	if err != nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "账本暂时不可用，草稿已保存，请稍后再试").SetInternal(err)
	}
	for _, o := range verdict.Obstacles {
		if o.Code == registry.CodeFieldsInvalid {
			continue // shown field by field above
		}
		refusal := o.Refusal
		refusal.Code = o.Code
		v := view{Lang: lang}
		obstacles = append(obstacles, obstacle{Text: locale.Sentence(lang, &refusal), Article: v.Citation(refusal.Rule), Step: mendedAt[o.Code]})
	}
	party, _ := p.desk.Records.Party(c.Request().Context(), m.Person().Actor.Party)
	return p.show(c, "check", map[string]any{"Draft": d, "Content": doc, "Obstacles": obstacles, "Party": party, "Steps": steps, "Contact": typed(d.Raw), "AsOf": verdict.AsOf})
}

// mendedAt names the page of the form on which an obstacle is mended.
var mendedAt = map[registry.Code]string{
	registry.CodeLevelRefused: "level", registry.CodeSecretRefused: "level", registry.CodeRiskMissing: "materials", registry.CodeSampleMissing: "materials",
	registry.CodeRightRefused: "rights", registry.CodeOpenApplication: "data", registry.CodeAssetRegistered: "data", registry.CodeGovernmentData: "level",
}

func filing(d desk.Draft, doc registry.Content) (string, any) {
	if d.Replaces != "" {
		return "registration:Resubmit", registry.ResubmitRequest{Key: d.Key, Application: registry.ApplicationID(d.Replaces), Content: doc}
	}
	return "registration:Submit", registry.SubmitRequest{Key: d.Key, Content: doc}
}

// file files the application. The key lies in the draft: pressing the button twice is one application.
func (p *pages) file(c echo.Context) error {
	d, err := p.draft(c)
	if err != nil {
		return err
	}
	if d.Filed != "" {
		return c.Redirect(http.StatusSeeOther, "/cases/"+d.Filed)
	}
	wrong, _, err := p.problems(c, d)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/check")
	}
	if d, err = p.storeContact(c, d); err != nil {
		return err
	}
	m, _ := p.member(c)
	function, request := filing(d, content(d))
	tx, err := p.desk.ActAs(c.Request().Context(), m, function, request)
	if err != nil || tx.State != desk.StateCommitted || tx.Receipt == nil {
		return p.settle(c, tx, err, "/cases")
	}
	d.Filed = string(tx.Receipt.Application)
	if _, err := p.desk.Drafts.Save(c.Request().Context(), d); err != nil && !errors.Is(err, desk.ErrStale) {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/cases/"+d.Filed+"?filed=1")
}

// storeContact keeps the contact data as encrypted evidence, once; the ledger sees its identifier and commitment only.
func (p *pages) storeContact(c echo.Context, d desk.Draft) (desk.Draft, error) {
	if slices.ContainsFunc(d.Files, func(f desk.File) bool { return f.Kind == registry.MaterialContact }) {
		return d, nil
	}
	t := typed(d.Raw)
	body, err := json.Marshal(desk.Contact{Person: t.one("contact.person"), Phone: t.code("contact.phone"), Address: t.one("contact.address")})
	if err != nil {
		return d, err
	}
	file, err := p.desk.Evidence.Put(c.Request().Context(), strings.NewReader(string(body)), "contact.json", registry.MaterialContact, 1<<16)
	if err != nil {
		return d, err
	}
	d.Files = append(d.Files, file)
	return p.desk.Drafts.Save(c.Request().Context(), d)
}
