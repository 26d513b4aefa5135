package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// contracts lists the outsourcing agreements (服务外包协议, 第五十三条) with the form to record one.
func (p *pages) contracts(c echo.Context) error {
	return p.showContracts(c, http.StatusOK, contest{Form: url.Values{}}, nil)
}

func (p *pages) showContracts(c echo.Context, status int, t contest, wrong []obstacle) error {
	page, err := p.desk.Records.Contracts(c.Request().Context(), desk.ContractFilter{Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	return p.showStatus(c, status, "contracts", map[string]any{"Page": page, "Tried": t, "Wrong": wrong, "Key": "contract-" + rand.Text(), "Until": registry.CivilDate(p.now().AddDate(1, 0, 0))})
}

// registerContract prepares the record of an agreement. One document may serve as two of the three agreements.
func (p *pages) registerContract(c echo.Context) error {
	t, err := p.readContest(c, registry.MaterialContract)
	if err != nil {
		return err
	}
	agreement := func(name string) string {
		if cid := t.cid(name); cid != "" || name == "service" {
			return cid
		}
		return t.cid("service")
	}
	request := registry.RegisterContractRequest{Key: t.Form.Get("key"), Contractor: registry.PartyID(registry.NormaliseCode(t.Form.Get("contractor"))), Subject: strings.TrimSpace(t.Form.Get("subject")),
		SecurityReview: t.cid("review"), Agreements: registry.Agreements{Service: t.cid("service"), Security: agreement("security"), Confidentiality: agreement("confidentiality")},
		Until: registry.Date(strings.TrimSpace(t.Form.Get("until")))}
	return p.try(c, "contract:Register", request, "/contracts", t.wrong(), func(wrong []obstacle) error {
		return p.showContracts(c, http.StatusUnprocessableEntity, t, wrong)
	})
}

func (p *pages) contract(c echo.Context) error {
	return p.showContract(c, http.StatusOK, contest{Form: url.Values{}}, nil)
}

// showContract shows an agreement with its accounts: who may act under it, and what is left to settle after its end.
func (p *pages) showContract(c echo.Context, status int, t contest, wrong []obstacle) error {
	ctx, id := c.Request().Context(), registry.ContractID(c.Param("id"))
	contract, err := p.desk.Contract(ctx, id)
	if errors.Is(err, desk.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这份协议，请核对编号")
	}
	if err != nil {
		return unavailable(err)
	}
	bound, err := p.desk.Records.Accounts(ctx, desk.AccountFilter{Contract: id, Limit: 100})
	if err != nil {
		return err
	}
	return p.showStatus(c, status, "contract", map[string]any{"Contract": contract, "Accounts": bound.Accounts, "AsOf": bound.AsOf, "Tried": t, "Wrong": wrong, "Key": "contract-" + rand.Text(),
		"Reasons": registry.EndReasons, "Methods": registry.DeletionMethods})
}

// contractAct prepares the end of an agreement, which waits for nothing, the settlement of an account, or the close-out.
func (p *pages) contractAct(c echo.Context) error {
	id := registry.ContractID(c.Param("id"))
	t, err := p.readContest(c, registry.MaterialEvidence)
	if err != nil {
		return err
	}
	field := func(name string) string { return strings.TrimSpace(t.Form.Get(name)) }
	var function string
	var request any
	switch c.Param("act") {
	case "end":
		function, request = "contract:End", registry.EndContractRequest{Key: field("key"), Contract: id, Reason: field("reason"), Basis: field("basis")}
	case "settle":
		function, request = "contract:SettleAccount", registry.SettleAccountRequest{Key: field("key"), Contract: id, Account: registry.PersonID(field("account")),
			How: registry.AccountStatus(field("how")), Evidence: t.cid("evidence")}
	case "close":
		function, request = "contract:CloseOut", registry.CloseOutContractRequest{Key: field("key"), Contract: id, Deletion: registry.Deletion{Method: field("method"), Note: field("note"),
			Supervisor: supervisorName(field("supervisor")), Evidence: t.cid("evidence-close")}}
	default:
		return echo.NewHTTPError(http.StatusNotFound, "没有这项业务")
	}
	return p.try(c, function, request, "/contracts/"+string(id), t.wrong(), func(wrong []obstacle) error {
		return p.showContract(c, http.StatusUnprocessableEntity, t, wrong)
	})
}

// supervisorName is the full name of a supervisor's account; people type the short one.
func supervisorName(typed string) registry.PersonID {
	if typed == "" || strings.Contains(typed, "/") {
		return registry.PersonID(typed)
	}
	return registry.PersonID(registry.MSPBureau + "/" + typed)
}
