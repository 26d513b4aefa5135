package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const contextPerson = "web.person"

// person is who is signed in. It is found out once per request.
func (p *pages) person(c echo.Context) (desk.Person, bool) {
	if known, ok := c.Get(contextPerson).(*desk.Person); ok {
		return deref(known)
	}
	var known *desk.Person
	if found, ok := p.sessions.Person(c.Request().Context()); ok {
		known = &found
	}
	c.Set(contextPerson, known)
	return deref(known)
}

func deref(p *desk.Person) (desk.Person, bool) {
	if p == nil {
		return desk.Person{}, false
	}
	return *p, true
}

// self is who is signed in, on pages that are opened to people only.
func (p *pages) self(c echo.Context) desk.Person {
	person, _ := p.person(c)
	return person
}

// home is where a person begins.
func home(a registry.Actor) string {
	switch a.Role {
	case registry.RoleAcceptor, registry.RoleReviewer, registry.RoleOfficer, registry.RoleObjections:
		return "/desk"
	case registry.RoleApplicant:
		return "/cases"
	case registry.RoleSupervisor, registry.RoleRegulator:
		return "/supervision"
	case registry.RoleAgent, registry.RoleClerk:
		return "/mandates"
	}
	return "/account"
}

// signInPage lets a person sign in with a key of this browser, or with a key file that is brought along.
func (p *pages) signInPage(c echo.Context) error {
	next := ownPath(c.QueryParam("next"))
	if person, ok := p.person(c); ok {
		if next == "/" {
			next = home(person.Actor)
		}
		return c.Redirect(http.StatusSeeOther, next)
	}
	return p.show(c, "signin", map[string]any{"Organisation": p.desk.Organisation, "MSP": p.desk.MSPs[0], "Origin": p.desk.PublicURL, "Next": next})
}

// signOut ends the session here; with everywhere=yes on every device.
func (p *pages) signOut(c echo.Context) error {
	end := p.sessions.SignOut
	if c.FormValue("everywhere") != "" {
		end = p.sessions.SignOutEverywhere
	}
	if err := end(c.Request().Context()); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/")
}

// The visitor's language has a cookie of its own: to choose one begins no session.
const (
	languageCookie = "hehuang-language"
	languageDays   = 365
)

func (p *pages) lang(c echo.Context) locale.Lang {
	if chosen, err := c.Cookie(languageCookie); err == nil && chosen.Value == string(locale.English) {
		return locale.English
	}
	return locale.Chinese
}

func (p *pages) language(c echo.Context) error {
	lang := locale.Chinese
	if c.Param("lang") == string(locale.English) {
		lang = locale.English
	}
	c.SetCookie(&http.Cookie{Name: languageCookie, Value: string(lang), Path: "/", MaxAge: languageDays * 24 * 60 * 60, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(p.desk.PublicURL, "https://")})
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
