// Package web serves the pages: start page, application form, cases, desks, publicity, certificates and verification.
// Pages work without JavaScript and by keyboard; what somebody typed is stored as typed before it is judged.
package web

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// SessionMember is the session key under which the demo persona's enrolment id is kept.
const SessionMember = "member"

const sessionLanguage = "language"

//go:embed assets
var assets embed.FS

// pages answers the page routes.
type pages struct {
	desk     *desk.Desk
	verifier *rest.Verifier
	sessions *scs.SessionManager
	now      func() time.Time
}

// Who says who may open a page.
type Who string

// Audiences of pages.
const (
	Everybody Who = "everybody"
	Applicant Who = "applicant"
	Staff     Who = "staff"
	Persona   Who = "persona" // any chosen persona
)

// route is one row of the access table of pages.
type route struct {
	method, path string
	who          Who
	handler      func(*pages, echo.Context) error
}

// routes is the access table: every page with its audience.
var routes = []route{
	{"GET", "/", Everybody, (*pages).start},
	{"GET", "/language/:lang", Everybody, (*pages).language},
	{"GET", "/publicity", Everybody, (*pages).publicity},
	{"GET", "/publicity/:id", Everybody, (*pages).notice},
	{"GET", "/certificates/:number", Everybody, (*pages).certificate},
	{"GET", "/verify", Everybody, (*pages).verifyForm},
	{"POST", "/verify", Everybody, (*pages).verify},
	{"GET", "/transactions/:id", Persona, (*pages).transaction},
	{"GET", "/apply", Applicant, (*pages).drafts},
	{"POST", "/apply", Applicant, (*pages).newDraft},
	{"GET", "/apply/:draft", Applicant, editing((*pages).tasks)},
	{"POST", "/apply/:draft/delete", Applicant, editing((*pages).deleteDraft)},
	{"GET", "/apply/:draft/steps/:step", Applicant, editing((*pages).step)},
	{"POST", "/apply/:draft/steps/:step", Applicant, editing((*pages).saveStep)},
	{"POST", "/apply/:draft/files", Applicant, editing((*pages).upload)},
	{"POST", "/apply/:draft/files/remove", Applicant, editing((*pages).removeFile)},
	{"GET", "/apply/:draft/check", Applicant, editing((*pages).check)},
	{"POST", "/apply/:draft/file", Applicant, editing((*pages).file)},
	{"GET", "/apply/:draft/outcome", Applicant, editing((*pages).outcome)},
	{"GET", "/cases", Applicant, (*pages).cases},
	{"GET", "/cases/:id", Persona, (*pages).caseFile},
	{"POST", "/cases/:id/withdraw", Applicant, (*pages).withdraw},
	{"POST", "/cases/:id/claim", Applicant, (*pages).claim},
	{"POST", "/cases/:id/supplement", Applicant, (*pages).supplement},
	{"GET", "/desk", Staff, (*pages).allQueues},
	{"GET", "/desk/acceptance", Staff, (*pages).oneQueue},
	{"GET", "/desk/review", Staff, (*pages).oneQueue},
	{"GET", "/desk/publicity", Staff, (*pages).oneQueue},
	{"GET", "/desk/registration", Staff, (*pages).oneQueue},
	{"GET", "/desk/:id", Staff, (*pages).deskCase},
	{"POST", "/desk/:id/:act", Staff, (*pages).deskAct},
	{"GET", "/evidence/:cid", Staff, (*pages).evidence},
}

// castRoutes exist on demo networks only.
var castRoutes = []route{
	{"GET", "/cast", Everybody, (*pages).cast},
	{"POST", "/cast", Everybody, (*pages).choose},
}

// Register adds the pages' routes.
func Register(e *echo.Echo, d *desk.Desk, v *rest.Verifier, sessions *scs.SessionManager) error {
	return register(e, &pages{desk: d, verifier: v, sessions: sessions, now: time.Now})
}

func register(e *echo.Echo, p *pages) error {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		return err
	}
	e.StaticFS("/assets", files)
	for _, r := range p.routes() {
		e.Add(r.method, r.path, p.guarded(r))
	}
	return nil
}

func (p *pages) routes() []route {
	if p.desk.Mode != registry.ModeDemo {
		return routes
	}
	return append(append([]route(nil), routes...), castRoutes...)
}

// guarded lets only a route's audience in: nobody chosen yet goes to the cast, the wrong persona gets an explanation.
func (p *pages) guarded(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set(contextView, p.view(c, nil))
		if r.who == Everybody {
			return r.handler(p, c)
		}
		member, ok := p.member(c)
		if !ok {
			if p.desk.Mode != registry.ModeDemo {
				return echo.NewHTTPError(http.StatusForbidden, "本网络的账号登录尚未开通，请联系登记机构")
			}
			next := c.Request().URL.RequestURI()
			if c.Request().Method != http.MethodGet {
				next = ownPath(c.Request().Referer())
			}
			return c.Redirect(http.StatusSeeOther, "/cast?next="+url.QueryEscape(next))
		}
		applicant := member.Person().Actor.Role == registry.RoleApplicant
		if r.who == Applicant && !applicant || r.who == Staff && applicant {
			return echo.NewHTTPError(http.StatusForbidden, "您当前的身份不能打开这个页面，请在页首切换身份")
		}
		return r.handler(p, c)
	}
}

func (p *pages) evidence(c echo.Context) error {
	return rest.SendFile(c.Request().Context(), c, p.desk, c.Param("cid"))
}

// unavailable is the page for a ledger that does not answer.
func unavailable(err error) error {
	return echo.NewHTTPError(http.StatusServiceUnavailable, "账本暂时不可用，没有任何内容被提交，请稍后重试").SetInternal(err)
}

// settle shows what became of a write: a committed one goes on to next, a refused one says why, an unknown one has a
// page that asks again and never sends anew.
func (p *pages) settle(c echo.Context, tx desk.Transaction, err error, next string) error {
	refusal := refusalOf(tx, err)
	switch {
	case refusal != nil:
		return p.showStatus(c, http.StatusUnprocessableEntity, "refused", map[string]any{"Refusal": refusal,
			"Obstacle": p.obstacle(c, registry.Obstacle{Code: refusal.Code, Refusal: *refusal}), "Back": ownPath(c.Request().Referer())})
	case err != nil && tx.ID == "":
		return unavailable(err)
	case err == nil && tx.State == desk.StateCommitted:
		return c.Redirect(http.StatusSeeOther, next)
	}
	return c.Redirect(http.StatusSeeOther, "/transactions/"+tx.ID+"?next="+url.QueryEscape(next))
}

// transaction shows a write whose outcome is not known yet, and asks for it again until it is.
func (p *pages) transaction(c echo.Context) error {
	tx, err := p.desk.Ledger.Transaction(c.Request().Context(), c.Param("id"))
	if errors.Is(err, desk.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这笔交易")
	}
	if err != nil && tx.ID == "" {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "暂时查不到这笔交易的结果，请稍后刷新，不要重新提交").SetInternal(err)
	}
	next := ownPath(c.QueryParam("next"))
	if tx.State == desk.StateCommitted {
		return c.Redirect(http.StatusSeeOther, next)
	}
	data := map[string]any{"Tx": tx, "Next": next, "Refresh": tx.State == desk.StateUnknown}
	if tx.Refusal != nil {
		data["Obstacle"] = p.obstacle(c, registry.Obstacle{Code: tx.Refusal.Code, Refusal: *tx.Refusal})
	}
	return p.show(c, "transaction", data)
}

const contextView = "web.view"

// ErrorPage shows a failure: a sentence for people and a reference number.
func ErrorPage(c echo.Context, d *desk.Desk, status int, sentence, reference string) {
	v, ok := c.Get(contextView).(view) // set once the route is known: language and persona
	if !ok {
		v = view{Lang: "zh", Desk: d}
	}
	v.Data = map[string]any{"Status": status, "Sentence": sentence, "Reference": reference}
	body, err := v.render("error")
	if err != nil {
		_ = c.String(status, fmt.Sprintf("%s (%s)", sentence, reference))
		return
	}
	_ = c.HTMLBlob(status, body)
}
