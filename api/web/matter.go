package web

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// raising is a page on which something is raised: its address and what it raises.
var raising = map[string]registry.MatterKind{"/reports": registry.MatterReport, "/complaints": registry.MatterComplaint, "/data-objections": registry.MatterDataObjection}

// filesMatters says who has a page of their own for what they filed and what they have to answer.
func filesMatters(a registry.Actor) bool { return registry.CheckAccess("supervision:File", a) == nil }

// raiseForm is the form for complaints, reports and objections to data. What the address names is filled in.
func (p *pages) raiseForm(c echo.Context) error {
	form := url.Values{"key": {"matter-" + rand.Text()}}
	for _, name := range []string{"party", "asset", "item"} {
		form.Set(name, c.QueryParam(name))
	}
	return p.showRaise(c, http.StatusOK, contest{Form: form}, nil)
}

func (p *pages) showRaise(c echo.Context, status int, t contest, wrong []obstacle) error {
	kind := raising[c.Path()]
	data := map[string]any{"Kind": kind, "Action": c.Path(), "Tried": t, "Wrong": wrong, "Limit": p.desk.UploadLimit, "Named": p.filer(c).Owner != "", "Sent": c.QueryParam("sent"), "Number": c.QueryParam("number")}
	if kind == registry.MatterReport && p.self(c).Owner != "" {
		data["Choice"] = true
	}
	if number := strings.TrimSpace(c.QueryParam("number")); number != "" {
		progress, err := p.desk.Progress(c.Request().Context(), registry.MatterID(registry.NormaliseCode(number)))
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return unavailable(err)
		}
		if err == nil {
			data["Progress"] = progress
		}
	}
	return p.showStatus(c, status, "raise", data)
}

// filer is who raises something in their own name: nobody if they are not signed in, or do not want to be named in a report.
func (p *pages) filer(c echo.Context) desk.Person {
	person := p.self(c)
	if !filesMatters(person.Actor) || c.QueryParam("anonymous") != "" && raising[c.Path()] == registry.MatterReport {
		return desk.Person{}
	}
	return person
}

// anonymousLimit is what somebody who gives no name may send, in bytes.
const anonymousLimit = 30 << 20

// raise prepares what somebody raises in their own name; a report without a name is recorded by the service at once.
func (p *pages) raise(c echo.Context) error {
	kind, person := raising[c.Path()], p.filer(c)
	if person.Owner == "" {
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, anonymousLimit)
	}
	t, err := p.readFiles(c, registry.MaterialEvidence, func(ctx context.Context, _ desk.Person, r io.Reader, name string, kind registry.MaterialKind, limit int64) (desk.File, error) {
		return p.desk.KeepPrivate(ctx, person, r, name, kind, limit)
	})
	if err != nil {
		return err
	}
	v := view{Lang: p.lang(c)}
	wrong := t.wrong()
	statement, written, err := p.written(c, person, t.Form.Get("statement"), registry.MaterialStatement)
	if err != nil {
		return unavailable(err)
	}
	if !written {
		wrong = append([]obstacle{{Text: v.Tr("请写明事实和理由", "Say what happened and why it is wrong"), Anchor: "statement"}}, wrong...)
		return p.showRaise(c, http.StatusUnprocessableEntity, t, wrong)
	}
	request := registry.FileMatterRequest{Key: t.Form.Get("key"), Kind: kind, Statement: statement, Evidence: materials(t.Files),
		About: registry.About{Party: registry.PartyID(registry.NormaliseCode(t.Form.Get("party"))), Asset: registry.AssetID(registry.NormaliseCode(t.Form.Get("asset"))), Item: registry.NormaliseCode(t.Form.Get("item"))}}
	again := func(wrong []obstacle) error { return p.showRaise(c, http.StatusUnprocessableEntity, t, wrong) }
	if person.Owner != "" {
		return p.try(c, "supervision:File", request, "/matters", wrong, again)
	}
	if len(wrong) > 0 {
		return again(wrong)
	}
	return p.receive(c, request, again)
}

// receive records an anonymous report and tells its number.
func (p *pages) receive(c echo.Context, request registry.FileMatterRequest, again func([]obstacle) error) error {
	receipt, err := p.desk.Reports.Receive(c.Request().Context(), request)
	var refusal *registry.Refusal
	switch {
	case errors.As(err, &refusal):
		return again([]obstacle{p.obstacle(c, registry.Obstacle{Code: refusal.Code, Refusal: *refusal})})
	case err != nil:
		return unavailable(err)
	}
	return c.Redirect(http.StatusSeeOther, "/reports?sent="+url.QueryEscape(receipt.ID)+"&number="+url.QueryEscape(receipt.ID))
}

// matters are what concerns the person: what they filed, what their body has to rectify, and the objections to data that it provides.
func (p *pages) matters(c echo.Context) error {
	ctx, self := c.Request().Context(), p.self(c)
	filed, err := p.desk.Records.Matters(ctx, desk.MatterFilter{Filer: self.Owner, Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	data := map[string]any{"Filed": filed, "AsOf": filed.AsOf, "Today": registry.CivilDate(p.now())}
	if party := self.Actor.Party; party != "" {
		ordered, err := p.desk.Records.Matters(ctx, desk.MatterFilter{Ordered: party, Limit: 50})
		if err != nil {
			return err
		}
		contested, err := p.desk.Records.Matters(ctx, desk.MatterFilter{About: party, Kinds: []registry.MatterKind{registry.MatterDataObjection}, Limit: 50})
		if err != nil {
			return err
		}
		data["Ordered"], data["Contested"] = ordered.Matters, contested.Matters
	}
	return p.show(c, "matters", data)
}

// supervision is the desk of supervision: what waits, or what the filter asks for, and the form to enter an inspection or an incident.
func (p *pages) supervision(c echo.Context) error {
	return p.showSupervision(c, http.StatusOK, contest{Form: url.Values{}}, nil)
}

var (
	openMatters  = []registry.MatterStatus{registry.MatterOpen, registry.MatterHandling, registry.MatterRectifying}
	endedMatters = []registry.MatterStatus{registry.MatterClosed, registry.MatterWithdrawn}
	matterKinds  = append(append([]registry.MatterKind(nil), registry.FiledKinds...), registry.EnteredKinds...)
)

func (p *pages) showSupervision(c echo.Context, status int, t contest, wrong []obstacle) error {
	ctx, self := c.Request().Context(), p.self(c)
	filter := desk.MatterFilter{Statuses: openMatters, Limit: 50, After: c.QueryParam("after")}
	switch chosen := registry.MatterStatus(c.QueryParam("status")); chosen {
	case "":
	case "ENDED":
		filter.Statuses = endedMatters
	default:
		filter.Statuses = []registry.MatterStatus{chosen}
	}
	if kind := c.QueryParam("kind"); kind != "" {
		filter.Kinds = []registry.MatterKind{registry.MatterKind(kind)}
	}
	if c.QueryParam("mine") != "" {
		filter.Handler = self.Owner
	}
	page, err := p.desk.Records.Matters(ctx, filter)
	if err != nil {
		return err
	}
	var shown []registry.Matter
	var concerned []registry.PartyID
	for _, m := range page.Matters {
		if seen, ok := self.Seen(m); ok {
			shown, concerned = append(shown, seen), append(concerned, m.About.Party)
		}
	}
	query := c.QueryParams()
	query.Del("after")
	return p.showStatus(c, status, "supervision", map[string]any{"Matters": shown, "Next": page.Next, "AsOf": page.AsOf, "Names": p.names(ctx, concerned), "Today": registry.CivilDate(p.now()),
		"Kind": c.QueryParam("kind"), "Status": c.QueryParam("status"), "Mine": c.QueryParam("mine") != "", "Query": query.Encode(), "Kinds": matterKinds, "Statuses": append(openMatters, "ENDED"),
		"Enters": registry.CheckAccess("supervision:Enter", self.Actor) == nil, "EnteredKinds": registry.EnteredKinds, "Tried": t, "Wrong": wrong, "Key": "matter-" + rand.Text()})
}

// enterMatter prepares an inspection or an incident, on the document of an authority.
func (p *pages) enterMatter(c echo.Context) error {
	t, err := p.readPrivate(c, registry.MaterialOrder)
	if err != nil {
		return err
	}
	statement, _, err := p.written(c, p.self(c), t.Form.Get("statement"), registry.MaterialStatement)
	if err != nil {
		return unavailable(err)
	}
	request := registry.EnterMatterRequest{Key: t.Form.Get("key"), Kind: registry.MatterKind(t.Form.Get("kind")), Warrant: warrant(t), Statement: statement, Remark: strings.TrimSpace(t.Form.Get("remark")),
		About: registry.About{Party: registry.PartyID(registry.NormaliseCode(t.Form.Get("party"))), Asset: registry.AssetID(registry.NormaliseCode(t.Form.Get("asset")))}}
	return p.try(c, "supervision:Enter", request, "/supervision", t.wrong(), func(wrong []obstacle) error {
		return p.showSupervision(c, http.StatusUnprocessableEntity, t, wrong)
	})
}

// findMatter is the matter that the address names, as the person may see it.
func (p *pages) findMatter(c echo.Context) (registry.Matter, error) {
	m, err := p.desk.Matter(c.Request().Context(), registry.MatterID(c.Param("id")))
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return m, unavailable(err)
	}
	seen, ok := p.self(c).Seen(m)
	if err != nil || !ok {
		return m, echo.NewHTTPError(http.StatusNotFound, "没有这一事项，或者您无权查看")
	}
	return seen, nil
}

func (p *pages) matter(c echo.Context) error {
	return p.showMatter(c, http.StatusOK, contest{Form: url.Values{}}, nil)
}

func (p *pages) showMatter(c echo.Context, status int, t contest, wrong []obstacle) error {
	m, err := p.findMatter(c)
	if err != nil {
		return err
	}
	ctx, self := c.Request().Context(), p.self(c)
	concerned := []registry.PartyID{m.About.Party, m.FilerBody, m.Desk}
	if m.Order != nil {
		concerned = append(concerned, m.Order.Party)
	}
	return p.showStatus(c, status, "matter", map[string]any{"Matter": m, "Names": p.names(ctx, concerned), "Whole": self.Sees(m) == desk.SeesAll, "Offered": offeredOnMatter(self, m),
		"Today": registry.CivilDate(p.now()), "Tried": t, "Wrong": wrong, "Act": c.Param("act"), "Key": "matter-" + rand.Text(), "Outcomes": registry.MatterOutcomes[m.Kind]})
}

// offeredOnMatter are the acts that the person may try on a matter.
func offeredOnMatter(self desk.Person, m registry.Matter) map[string]bool {
	handles := m.Handler != "" && m.Handler == self.Owner
	open := m.Status == registry.MatterHandling || m.Status == registry.MatterRectifying
	officer := self.Actor.Role == registry.RoleSupervisor
	provider := self.Actor.Role == registry.RoleApplicant && m.Kind == registry.MatterDataObjection && m.About.Party == self.Actor.Party
	return map[string]bool{
		"takeup": (open || m.Status == registry.MatterOpen) && !handles && (officer || provider), "note": open && handles, "close": open && handles,
		"order":    officer && handles && m.Status == registry.MatterHandling,
		"answer":   m.Status == registry.MatterRectifying && m.Order.Party == self.Actor.Party && registry.CheckAccess("supervision:Answer", self.Actor) == nil,
		"withdraw": m.Filer != "" && m.Filer == self.Owner && m.Kind != registry.MatterReport && (m.Status == registry.MatterOpen || m.Status == registry.MatterHandling),
	}
}

// matterActs are the acts on a matter by the last part of their address, with the kind of the files that come with them.
var matterActs = map[string]struct {
	function string
	kind     registry.MaterialKind
	request  func(p *pages, c echo.Context, id registry.MatterID, t contest) (any, error)
}{
	"takeup": {"supervision:TakeUp", registry.MaterialOther, func(_ *pages, _ echo.Context, id registry.MatterID, t contest) (any, error) {
		return registry.TakeUpMatterRequest{Key: t.Form.Get("key"), Matter: id, Unit: registry.PartyID(registry.NormaliseCode(t.Form.Get("unit")))}, nil
	}},
	"note":   {"supervision:Note", registry.MaterialEvidence, noteMatter},
	"answer": {"supervision:Answer", registry.MaterialEvidence, noteMatter},
	"order": {"supervision:Order", registry.MaterialOrder, func(_ *pages, _ echo.Context, id registry.MatterID, t contest) (any, error) {
		return registry.OrderMatterRequest{Key: t.Form.Get("key"), Matter: id, Unit: registry.PartyID(registry.NormaliseCode(t.Form.Get("unit"))), Warrant: warrant(t),
			Due: registry.Date(strings.TrimSpace(t.Form.Get("due")))}, nil
	}},
	"close": {"supervision:Close", registry.MaterialDecision, func(p *pages, c echo.Context, id registry.MatterID, t contest) (any, error) {
		decision, err := p.paper(c, t, registry.MaterialDecision)
		return registry.CloseMatterRequest{Key: t.Form.Get("key"), Matter: id, Result: registry.MatterResult{Outcome: t.Form.Get("outcome"), Authority: strings.TrimSpace(t.Form.Get("authority")), Document: decision}}, err
	}},
	"withdraw": {"supervision:Withdraw", registry.MaterialOther, func(_ *pages, _ echo.Context, id registry.MatterID, t contest) (any, error) {
		return registry.WithdrawMatterRequest{Key: t.Form.Get("key"), Matter: id}, nil
	}},
}

func noteMatter(p *pages, c echo.Context, id registry.MatterID, t contest) (any, error) {
	statement, err := p.paper(c, t, registry.MaterialStatement)
	return registry.NoteMatterRequest{Key: t.Form.Get("key"), Matter: id, Statement: statement}, err
}

// paper is the one document of a form: the file that was sent, or what was written.
func (p *pages) paper(c echo.Context, t contest, kind registry.MaterialKind) (registry.Material, error) {
	if len(t.Files) > 0 {
		return material(t.Files[0]), nil
	}
	statement, _, err := p.written(c, p.self(c), t.Form.Get("statement"), kind)
	return statement, err
}

// matterAct prepares an act on a matter.
func (p *pages) matterAct(c echo.Context) error {
	act, known := matterActs[c.Param("act")]
	if !known {
		return echo.NewHTTPError(http.StatusNotFound, "没有这项业务")
	}
	m, err := p.findMatter(c)
	if err != nil {
		return err
	}
	t, err := p.readPrivate(c, act.kind)
	if err != nil {
		return err
	}
	request, err := act.request(p, c, m.ID, t)
	if err != nil {
		return unavailable(err)
	}
	return p.try(c, act.function, request, "/matters/"+string(m.ID), t.wrong(), func(wrong []obstacle) error {
		return p.showMatter(c, http.StatusUnprocessableEntity, t, wrong)
	})
}

// matterFile gives a document of a matter to whoever may see it: the order also to the unit that has to rectify.
func (p *pages) matterFile(c echo.Context) error {
	m, err := p.desk.Matter(c.Request().Context(), registry.MatterID(c.Param("id")))
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return unavailable(err)
	}
	cid, sight := c.Param("cid"), p.self(c).Sees(m)
	ordered := sight == desk.SeesOrder && m.Order.Warrant.Document.CID == cid
	if err != nil || !ordered && (sight < desk.SeesAll || !hasFile(m.Files(), cid)) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这份材料，或者您无权查看")
	}
	return p.sendObtained(c, cid)
}

// sendObtained sends a file that the person may see, wherever it was filed.
func (p *pages) sendObtained(c echo.Context, cid string) error {
	err := p.desk.Obtain(c.Request().Context(), cid)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "材料保存在其他机构，暂时取不到，请稍后再试").SetInternal(err)
	}
	return rest.SendFile(c.Request().Context(), c, p.desk, cid)
}

func hasFile(files []registry.Material, cid string) bool {
	for _, f := range files {
		if f.CID == cid {
			return true
		}
	}
	return false
}
