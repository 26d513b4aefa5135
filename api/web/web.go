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

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
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
	{"GET", "/apply/:draft", Applicant, (*pages).tasks},
	{"GET", "/apply/:draft/steps/:step", Applicant, (*pages).step},
	{"POST", "/apply/:draft/steps/:step", Applicant, (*pages).saveStep},
	{"POST", "/apply/:draft/files", Applicant, (*pages).upload},
	{"POST", "/apply/:draft/files/remove", Applicant, (*pages).removeFile},
	{"GET", "/apply/:draft/check", Applicant, (*pages).check},
	{"POST", "/apply/:draft/file", Applicant, (*pages).file},
	{"GET", "/cases", Applicant, (*pages).cases},
	{"GET", "/cases/:id", Persona, (*pages).caseFile},
	{"POST", "/cases/:id/withdraw", Applicant, (*pages).withdraw},
	{"POST", "/cases/:id/supplement", Applicant, (*pages).supplement},
	{"GET", "/desk", Staff, (*pages).queue},
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
	p := &pages{desk: d, verifier: v, sessions: sessions}
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		return err
	}
	e.StaticFS("/assets", files)
	all := routes
	if d.Mode == registry.ModeDemo {
		all = append(append([]route(nil), routes...), castRoutes...)
	}
	for _, r := range all {
		e.Add(r.method, r.path, p.guarded(r))
	}
	return nil
}

// guarded lets only a route's audience in: nobody chosen yet goes to the cast, the wrong persona gets an explanation.
func (p *pages) guarded(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r.who == Everybody {
			return r.handler(p, c)
		}
		member, ok := p.member(c)
		if !ok {
			if p.desk.Mode != registry.ModeDemo {
				return echo.NewHTTPError(http.StatusForbidden, "本网络的账号登录尚未开通，请联系登记机构")
			}
			return c.Redirect(http.StatusSeeOther, "/cast?next="+url.QueryEscape(c.Request().URL.RequestURI()))
		}
		applicant := member.Person().Actor.Role == registry.RoleApplicant
		if r.who == Applicant && !applicant || r.who == Staff && applicant {
			return echo.NewHTTPError(http.StatusForbidden, "您当前的身份不能打开这个页面，请在页首切换身份")
		}
		return r.handler(p, c)
	}
}

// member is the persona of the session.
func (p *pages) member(c echo.Context) (desk.Signer, bool) {
	m, err := p.desk.Member(p.sessions.GetString(c.Request().Context(), SessionMember))
	return m, err == nil
}

func (p *pages) lang(c echo.Context) locale.Lang {
	if p.sessions.GetString(c.Request().Context(), sessionLanguage) == string(locale.English) {
		return locale.English
	}
	return locale.Chinese
}

func (p *pages) language(c echo.Context) error {
	lang := locale.Chinese
	if c.Param("lang") == string(locale.English) {
		lang = locale.English
	}
	p.sessions.Put(c.Request().Context(), sessionLanguage, string(lang))
	return c.Redirect(http.StatusSeeOther, ownPath(c.Request().Referer()))
}

// ownPath is the path of an address, so that a redirect never leaves the site.
func ownPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Path == "" || u.Path[0] != '/' || len(u.Path) > 1 && (u.Path[1] == '/' || u.Path[1] == '\\') {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

func (p *pages) cast(c echo.Context) error {
	return p.show(c, "cast", map[string]any{"Cast": p.desk.Cast, "Next": ownPath(c.QueryParam("next"))})
}

func (p *pages) choose(c echo.Context) error {
	member, err := p.desk.Member(c.FormValue("member"))
	if err != nil {
		return echo.NewHTTPError(http.StatusNotFound, "没有这个演示身份")
	}
	ctx := c.Request().Context()
	if err := p.sessions.RenewToken(ctx); err != nil {
		return err
	}
	p.sessions.Put(ctx, SessionMember, member.Person().Actor.Enrolment)
	next := ownPath(c.FormValue("next"))
	if next == "/" || next == "/cast" {
		next = "/desk"
		if member.Person().Actor.Role == registry.RoleApplicant {
			next = "/cases"
		}
	}
	return c.Redirect(http.StatusSeeOther, next)
}

func (p *pages) evidence(c echo.Context) error {
	return rest.SendFile(c.Request().Context(), c, p.desk, c.Param("cid"))
}

// settle shows what became of a write: a committed one goes on to next, a refused one says why, an unknown one has a
// page that asks again and never sends anew.
func (p *pages) settle(c echo.Context, tx desk.Transaction, err error, next string) error {
	var refusal *registry.Refusal
	switch {
	case errors.As(err, &refusal):
	case err != nil:
		return echo.NewHTTPError(http.StatusServiceUnavailable, "账本暂时不可用，没有任何内容被提交，请稍后重试").SetInternal(err)
	case tx.State == desk.StateCommitted:
		return c.Redirect(http.StatusSeeOther, next)
	case tx.State == desk.StateRefused:
		refusal = tx.Refusal
	default:
		return c.Redirect(http.StatusSeeOther, "/transactions/"+tx.ID+"?next="+url.QueryEscape(next))
	}
	return p.showStatus(c, http.StatusUnprocessableEntity, "refused", map[string]any{"Refusal": refusal, "Back": ownPath(c.Request().Referer())})
}

func (p *pages) transaction(c echo.Context) error {
	tx, err := p.desk.Ledger.Transaction(c.Request().Context(), c.Param("id"))
	if errors.Is(err, desk.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这笔交易")
	}
	if err != nil {
		return err
	}
	next := ownPath(c.QueryParam("next"))
	if tx.State == desk.StateCommitted {
		return c.Redirect(http.StatusSeeOther, next)
	}
	return p.show(c, "transaction", map[string]any{"Tx": tx, "Next": next, "Refresh": tx.State == desk.StateUnknown})
}

// ErrorPage shows a failure: a sentence for people and a reference number.
func ErrorPage(c echo.Context, d *desk.Desk, status int, sentence, reference string) {
	v := view{Lang: locale.Chinese, Desk: d, Data: map[string]any{"Status": status, "Sentence": sentence, "Reference": reference}}
	body, err := v.render("error")
	if err != nil {
		_ = c.String(status, fmt.Sprintf("%s (%s)", sentence, reference))
		return
	}
	_ = c.HTMLBlob(status, body)
}
