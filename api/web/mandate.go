package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// mandates lists the mandates (委托) that concern the person: an applicant's own, or those that name an agent or a clerk, with the
// form to give or record one.
func (p *pages) mandates(c echo.Context) error {
	return p.showMandates(c, http.StatusOK, nil, url.Values{})
}

func (p *pages) showMandates(c echo.Context, status int, wrong []obstacle, form url.Values) error {
	self := p.self(c)
	filter := desk.MandateFilter{Principal: self.Actor.Party, Limit: 50, After: c.QueryParam("after")}
	if self.Actor.Represents() {
		filter = desk.MandateFilter{Agent: self.Owner, Limit: 50, After: c.QueryParam("after")}
	}
	page, err := p.desk.Records.Mandates(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	var principals []registry.PartyID
	for _, m := range page.Mandates {
		principals = append(principals, m.Principal)
	}
	return p.showStatus(c, status, "mandates", map[string]any{"Self": self, "Page": page, "Names": p.names(c.Request().Context(), principals), "Acts": registry.MandateActs, "Wrong": wrong, "Form": form,
		"Gives": registry.CheckAccess("mandate:Grant", self.Actor) == nil, "Own": self.Actor.Role == registry.RoleApplicant, "Today": registry.CivilDate(p.now()),
		"Until": registry.CivilDate(p.now().AddDate(1, 0, 0)), "Key": "mandate-" + rand.Text(), "Next": ownPath(c.QueryParam("next"))})
}

// grantMandate prepares a mandate: the applicant's own, or one that staff record from a signed document.
func (p *pages) grantMandate(c echo.Context) error {
	self := p.self(c)
	form, err := c.FormParams()
	if err != nil {
		return incomplete(err)
	}
	request := registry.GrantMandateRequest{Key: form.Get("key"), Principal: self.Actor.Party, Agent: agentName(form.Get("agent")),
		Until: registry.Date(strings.TrimSpace(form.Get("until"))), Document: strings.TrimSpace(form.Get("document"))}
	if self.Actor.Role != registry.RoleApplicant {
		request.Principal = registry.PartyID(registry.NormaliseCode(form.Get("principal")))
	}
	for _, act := range form["acts"] {
		request.Acts = append(request.Acts, registry.Act(act))
	}
	return p.try(c, "mandate:Grant", request, "/mandates", nil, func(wrong []obstacle) error {
		return p.showMandates(c, http.StatusUnprocessableEntity, wrong, form)
	})
}

// agentName is the full name of an agent's account; people type the short one.
func agentName(typed string) registry.PersonID {
	typed = strings.TrimSpace(typed)
	if typed == "" || strings.Contains(typed, "/") {
		return registry.PersonID(typed)
	}
	return registry.PersonID(registry.MSPAgency + "/" + typed)
}

// useMandate says for whom the agent or clerk acts from now on; every page says so.
func (p *pages) useMandate(c echo.Context) error {
	id := registry.MandateID(c.Param("mandate"))
	if id == "none" {
		id = ""
	}
	err := p.sessions.ActUnder(c.Request().Context(), id)
	if errors.Is(err, desk.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这项委托，或者委托已经终止")
	}
	if err != nil {
		return err
	}
	next := ownPath(c.FormValue("next"))
	if next == "/" {
		next = map[bool]string{true: "/cases", false: "/mandates"}[id != ""]
	}
	return c.Redirect(http.StatusSeeOther, next)
}

func (p *pages) revokeMandate(c echo.Context) error {
	return p.sign(c, "mandate:Revoke", registry.RevokeMandateRequest{Key: c.FormValue("key"), Mandate: registry.MandateID(c.Param("mandate")), Reason: strings.TrimSpace(c.FormValue("reason"))}, "/mandates")
}

// names are the names of parties that the read model knows, each asked for once.
func (p *pages) names(ctx context.Context, ids []registry.PartyID) map[registry.PartyID]string {
	slices.Sort(ids)
	names := map[registry.PartyID]string{}
	for _, id := range slices.Compact(ids) {
		if party, err := p.desk.Records.Party(ctx, id); err == nil {
			names[id] = party.Name
		}
	}
	return names
}
