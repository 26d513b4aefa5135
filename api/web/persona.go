package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// member is the persona of the session.
func (p *pages) member(c echo.Context) (desk.Signer, bool) {
	m, err := p.desk.Member(p.sessions.GetString(c.Request().Context(), SessionMember))
	return m, err == nil
}

func (p *pages) cast(c echo.Context) error {
	return p.show(c, "cast", map[string]any{"Cast": p.desk.Cast, "Next": ownPath(c.QueryParam("next")), "Parties": p.partyNames(c)})
}

// partyNames are the names of the cast's parties, as far as the ledger knows them.
func (p *pages) partyNames(c echo.Context) map[registry.PartyID]string {
	names := map[registry.PartyID]string{}
	for _, m := range p.desk.Cast {
		id := m.Person().Actor.Party
		if party, err := p.desk.Records.Party(c.Request().Context(), id); err == nil {
			names[id] = party.Name
		}
	}
	return names
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
