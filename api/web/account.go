package web

import (
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

// applyAccount is the page on which a key is made in the browser and an account applied for with its fingerprint.
func (p *pages) applyAccount(c echo.Context) error {
	return p.show(c, "accountapply", map[string]any{"Organisation": p.desk.Organisation, "MSP": p.desk.MSPs[0], "Origin": p.desk.PublicURL, "Regions": registry.Regions,
		"Roles": rolesOf(p.desk.MSPs), "Until": registry.CivilDate(p.now().AddDate(1, 0, 0))})
}

// rolesOf are the roles of people of the given organisations.
func rolesOf(msps []string) []string {
	var roles []string
	for _, r := range registry.PersonRoles {
		if slices.Contains(msps, r.MSP) {
			roles = append(roles, r.Role)
		}
	}
	return roles
}

// account is the person's own page: their devices, and where else they are signed in.
func (p *pages) account(c echo.Context) error {
	self := p.self(c)
	page, err := p.desk.Records.Accounts(c.Request().Context(), desk.AccountFilter{Owner: self.Owner, Limit: 100})
	if err != nil {
		return err
	}
	name := ""
	if party, err := p.desk.Records.Party(c.Request().Context(), self.Actor.Party); err == nil {
		name = party.Name
	} else if !errors.Is(err, desk.ErrNotFound) {
		return err
	}
	return p.show(c, "account", map[string]any{"Self": self, "PartyName": name, "Devices": page.Accounts, "AsOf": page.AsOf, "MSP": self.Actor.MSP, "Origin": p.desk.PublicURL,
		"Organisation": p.desk.Organisation, "Key": "device-" + rand.Text()})
}

// addDevice prepares the approval of another device's key by the person, who compares its fingerprint on both screens.
func (p *pages) addDevice(c echo.Context) error {
	return p.sign(c, "account:AddDevice", registry.AddDeviceRequest{Key: c.FormValue("key"), Enrolment: strings.TrimSpace(c.FormValue("enrolment")),
		KeyDigest: strings.TrimSpace(c.FormValue("keyDigest"))}, "/account")
}

// revokeDevice prepares the end of one of the person's own accounts.
func (p *pages) revokeDevice(c echo.Context) error {
	id := registry.PersonID(p.self(c).Actor.MSP + "/" + c.Param("name"))
	return p.sign(c, "account:Revoke", registry.EndAccountRequest{Key: c.FormValue("key"), Account: id, Reason: c.FormValue("reason")}, "/account")
}

// accounts is the desk for accounts: those that wait for approval first, then a search by status.
func (p *pages) accounts(c echo.Context) error {
	ctx := c.Request().Context()
	status := registry.AccountApplied
	if s := registry.AccountStatus(c.QueryParam("status")); slices.Contains(accountStatuses, s) {
		status = s
	}
	page, err := p.desk.Records.Accounts(ctx, desk.AccountFilter{Statuses: []registry.AccountStatus{status}, Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	names := map[registry.PartyID]string{}
	for _, a := range page.Accounts {
		if party, err := p.desk.Records.Party(ctx, a.Party); err == nil {
			names[a.Party] = party.Name
		}
	}
	return p.show(c, "accounts", map[string]any{"Page": page, "Status": status, "Statuses": accountStatuses, "Names": names})
}

var accountStatuses = []registry.AccountStatus{registry.AccountApplied, registry.AccountApproved, registry.AccountEnabled, registry.AccountSuspended, registry.AccountRevoked}

// accountActs are what staff do with an account, by its status.
var accountActs = map[registry.AccountStatus][]string{
	registry.AccountApplied:   {"Approve", "Revoke"},
	registry.AccountApproved:  {"Revoke"},
	registry.AccountEnabled:   {"Suspend", "Revoke"},
	registry.AccountSuspended: {"Resume", "Revoke"},
}

func accountID(c echo.Context) registry.PersonID {
	return registry.PersonID(c.Param("msp") + "/" + c.Param("name"))
}

func (p *pages) accountFile(c echo.Context) error {
	return p.showAccount(c, http.StatusOK, "", url.Values{})
}

// showAccount shows an account as the ledger has it now; problem is what was wrong with the act tried last.
func (p *pages) showAccount(c echo.Context, status int, problem string, form url.Values) error {
	ctx := c.Request().Context()
	a, err := p.desk.Account(ctx, accountID(c))
	if errors.Is(err, desk.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这个账号")
	}
	if err != nil {
		return unavailable(err)
	}
	data := map[string]any{"Account": &a, "Acts": accountActs[a.Status], "Problem": problem, "Form": form, "Key": "account-" + rand.Text(), "Done": c.QueryParam("done")}
	if party, err := p.desk.Records.Party(ctx, a.Party); err == nil {
		data["Party"] = party
	}
	return p.showStatus(c, status, "accountfile", data)
}

// accountAct prepares a decision on an account. To approve, the fingerprint that the person reads out is typed in: what is
// compared is what the person said, not what the page shows.
func (p *pages) accountAct(c echo.Context) error {
	a, err := p.desk.Account(c.Request().Context(), accountID(c))
	if errors.Is(err, desk.ErrNotFound) || err == nil && !slices.Contains(accountActs[a.Status], c.Param("act")) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这项业务")
	}
	if err != nil {
		return unavailable(err)
	}
	form, err := c.FormParams()
	if err != nil {
		return incomplete(err)
	}
	act, next := c.Param("act"), "/desk/accounts/"+string(a.ID())+"?done="+c.Param("act")
	v := view{Lang: p.lang(c)}
	if act == "Approve" {
		if typed := fingerprintTyped(form.Get("fingerprint")); len(typed) < fingerprintDigits || !strings.HasPrefix(a.KeyDigest, typed) {
			return p.showAccount(c, http.StatusUnprocessableEntity, v.Tr("与申请的密钥指纹不符。请让本人再读一遍；仍不一致的，不要核准", "This is not the fingerprint of the key applied for. Let the person read it again; if it still differs, do not approve"), form)
		}
		return p.sign(c, "account:Approve", registry.ApproveAccountRequest{Key: form.Get("key"), Account: a.ID(), Terms: a.Terms()}, next)
	}
	reason := strings.TrimSpace(form.Get("reason"))
	if reason == "" {
		return p.showAccount(c, http.StatusUnprocessableEntity, v.Tr("请写明原因", "Give the reason"), form)
	}
	return p.sign(c, "account:"+act, registry.EndAccountRequest{Key: form.Get("key"), Account: a.ID(), Reason: reason}, next)
}

// fingerprintDigits are the hexadecimal digits of the short form that people read out: 80 bits.
const fingerprintDigits = 20

// fingerprintTyped is a fingerprint as somebody typed it: spaces, full-width digits and capitals do not matter.
func fingerprintTyped(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == ':' {
			return -1
		}
		return r
	}, registry.NormaliseCode(s)))
}

// Fingerprint is the short form of a key digest: its first 80 bits in groups of four.
func (view) Fingerprint(digest string) string {
	var groups []string
	for i := 0; i+4 <= min(len(digest), fingerprintDigits); i += 4 {
		groups = append(groups, digest[i:i+4])
	}
	return strings.Join(groups, " ")
}
