package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// register is the public list of registered assets (登记簿), newest first.
func (p *pages) register(c echo.Context) error {
	filter := desk.AssetFilter{Limit: 50, After: c.QueryParam("after")}
	person, _ := p.person(c)
	mine := c.QueryParam("mine") != "" && person.Principal() != ""
	if mine {
		filter.Holder = person.Principal()
	}
	page, err := p.desk.Records.Assets(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return p.show(c, "register", map[string]any{"Page": page, "Statuses": p.statuses(c, page.Assets), "Mine": mine, "Own": person.Principal() != ""})
}

// statuses are what holds for each asset as of now: orders in force and days gone by included.
func (p *pages) statuses(c echo.Context, assets []registry.Asset) map[registry.AssetID]registry.AssetStatus {
	all := map[registry.AssetID]registry.AssetStatus{}
	for _, a := range assets {
		all[a.ID] = a.EffectiveStatus(p.openAct(c, a), p.now())
	}
	return all
}

// openAct is the act that is open on an asset, or nil.
func (p *pages) openAct(c echo.Context, a registry.Asset) *registry.Application {
	if a.Open == "" {
		return nil
	}
	app, err := p.desk.Records.Case(c.Request().Context(), a.Open)
	if err != nil {
		return nil
	}
	return &app
}

// onAsset is an act on a registered asset, by the registrar, the bureau's supervisor or the holder. The forms are in the template.
type onAsset struct {
	function string
	kind     registry.MaterialKind // of the files that come with it
	request  func(p *pages, c echo.Context, a registry.Asset, t contest) any
	next     func(a registry.Asset) string
}

func toAsset(a registry.Asset) string { return "/register/" + string(a.ID) }
func toCases(registry.Asset) string   { return "/cases" }

// assetActs are the acts that the page of an asset offers, by the last part of their address.
var assetActs = map[string]onAsset{
	"order": {"registration:EnterOrder", registry.MaterialOrder, enterLimit, toAsset}, "remark": {"registration:EnterRemark", registry.MaterialContract, enterLimit, toAsset},
	"lift-order": {"registration:LiftOrder", registry.MaterialOrder, liftLimit, toAsset}, "lift-remark": {"registration:LiftRemark", registry.MaterialContract, liftLimit, toAsset},
	"end":    {"registration:CancelExOfficio", registry.MaterialDecision, endRegistration, toAsset},
	"revoke": {"registration:Revoke", registry.MaterialDecision, endRegistration, toAsset},
	"national-code": {"registration:RecordNationalCode", registry.MaterialEvidence, func(_ *pages, _ echo.Context, a registry.Asset, t contest) any {
		return registry.RecordNationalCodeRequest{Key: t.Form.Get("key"), Asset: a.ID, Code: typed(t.Form).code("code")}
	}, toAsset},
	"inspection": {"registration:RecordInspection", registry.MaterialEvidence, recordInspection, toAsset},
	"sweep": {"registration:Sweep", registry.MaterialEvidence, func(_ *pages, _ echo.Context, a registry.Asset, t contest) any {
		return registry.SweepRequest{Key: t.Form.Get("key"), Assets: []registry.AssetID{a.ID}}
	}, toAsset},
	"renew": {"registration:SubmitRenewal", registry.MaterialEvidence, func(p *pages, c echo.Context, a registry.Asset, t contest) any {
		return registry.SubmitRenewalRequest{Key: t.Form.Get("key"), Asset: a.ID, Years: int(typed(t.Form).number("years")), Mandate: p.self(c).Under()}
	}, toCases},
	"cancel": {"registration:SubmitCancellation", registry.MaterialEvidence, func(p *pages, c echo.Context, a registry.Asset, t contest) any {
		return registry.SubmitCancellationRequest{Key: t.Form.Get("key"), Asset: a.ID, Ground: t.Form.Get("ground"), Reasons: lines(t.Form.Get("reasons")), Materials: materials(t.Files), Mandate: p.self(c).Under()}
	}, toCases},
	"transfer": {"registration:SubmitTransfer", registry.MaterialContract, func(p *pages, c echo.Context, a registry.Asset, t contest) any {
		var rights []registry.Right
		for _, kind := range t.Form["rights"] {
			rights = append(rights, registry.Right(kind))
		}
		return registry.SubmitTransferRequest{Key: t.Form.Get("key"), Asset: a.ID, To: registry.PartyID(registry.NormaliseCode(t.Form.Get("to"))), Rights: rights, Materials: materials(t.Files), Mandate: p.self(c).Under()}
	}, toCases},
}

// document is the one document on which an order, a remark or an ending rests.
func document(t contest) registry.Material {
	if len(t.Files) == 0 {
		return registry.Material{}
	}
	return material(t.Files[0])
}

func warrant(t contest) registry.Warrant {
	return registry.Warrant{Authority: strings.TrimSpace(t.Form.Get("authority")), Number: strings.TrimSpace(t.Form.Get("number")), Document: document(t)}
}

func enterLimit(_ *pages, _ echo.Context, a registry.Asset, t contest) any {
	return registry.EnterLimitRequest{Key: t.Form.Get("key"), Asset: a.ID, Kind: registry.LimitKind(t.Form.Get("kind")), Warrant: warrant(t),
		Creditor: registry.PartyID(registry.NormaliseCode(t.Form.Get("creditor"))), Text: strings.TrimSpace(t.Form.Get("text")),
		From: registry.Date(strings.TrimSpace(t.Form.Get("from"))), Until: registry.Date(strings.TrimSpace(t.Form.Get("until")))}
}

func liftLimit(_ *pages, _ echo.Context, a registry.Asset, t contest) any {
	n, _ := strconv.Atoi(t.Form.Get("limit")) // zero names none: refused as not found
	return registry.LiftLimitRequest{Key: t.Form.Get("key"), Asset: a.ID, Limit: n, Warrant: warrant(t), Reason: strings.TrimSpace(t.Form.Get("reason"))}
}

func endRegistration(_ *pages, _ echo.Context, a registry.Asset, t contest) any {
	return registry.EndRegistrationRequest{Key: t.Form.Get("key"), Asset: a.ID, Ground: t.Form.Get("ground"), Reasons: lines(t.Form.Get("reasons")), Document: document(t)}
}

// recordInspection is the record that somebody saw or copied the file (查询、复制, 指引 第三十条): an interested party shows evidence, a state organ
// its document.
func recordInspection(_ *pages, _ echo.Context, a registry.Asset, t contest) any {
	form, file := typed(t.Form), document(t)
	r := registry.RecordInspectionRequest{Key: t.Form.Get("key"), Asset: a.ID, Party: registry.PartyID(form.code("party")), Standing: registry.Standing(form.one("standing")), Purpose: form.one("purpose"),
		Copied: form.yes("copied"), Undertaking: form.yes("undertaking")}
	switch r.Standing {
	case registry.StandingInterested:
		r.Evidence = &file
	case registry.StandingStateOrgan:
		w := warrant(t)
		w.Document.Kind = registry.MaterialOrder
		r.Warrant = &w
	}
	return r
}

// inspections are who has seen the file of a page, newest first; the registrar's people see them.
func (p *pages) inspections(c echo.Context, a registry.Asset) ([]registry.Inspection, error) {
	person, ok := p.person(c)
	if !ok || !person.Registrar() {
		return nil, nil
	}
	var all []registry.Inspection
	for n := a.Inspections; n > max(0, a.Inspections-shownInspections); n-- {
		i, err := p.desk.Inspection(c.Request().Context(), a.ID, n)
		if err != nil {
			return nil, unavailable(err)
		}
		all = append(all, i)
	}
	return all, nil
}

const shownInspections = 20

// assetTried is an act on an asset that was tried and did not pass.
type assetTried struct {
	Act   string
	Tried contest
	Wrong []obstacle
}

func (p *pages) asset(c echo.Context) error {
	return p.showAsset(c, http.StatusOK, assetTried{Tried: contest{Form: url.Values{}}})
}

// findAsset is the page of the register that the address names.
func (p *pages) findAsset(c echo.Context) (registry.Asset, error) {
	a, err := p.desk.Records.Asset(c.Request().Context(), registry.AssetID(c.Param("id")))
	if errors.Is(err, desk.ErrNotFound) {
		err = echo.NewHTTPError(http.StatusNotFound, "登记簿没有这一页，请核对编号")
	}
	return a, err
}

// showAsset shows a page of the register with its remarks: to everybody what is public, to those who may act on it the forms.
func (p *pages) showAsset(c echo.Context, status int, tried assetTried) error {
	a, err := p.findAsset(c)
	if err != nil {
		return err
	}
	limits, err := p.desk.Records.Limits(c.Request().Context(), desk.LimitFilter{Asset: a.ID, Limit: 100})
	if err != nil {
		return err
	}
	v := view{Lang: p.lang(c), Desk: p.desk}
	public := desk.Public(a.Content)
	inspections, err := p.inspections(c, a)
	if err != nil {
		return err
	}
	effective := a.EffectiveStatus(p.openAct(c, a), p.now())
	data := map[string]any{"Asset": a, "Status": effective, "Inspections": inspections, "Standings": standings, "Public": v.publicFacts(public.Public), "Content": public, "Rights": v.rightLines(public.Rights), "Limits": limits.Limits, "AsOf": limits.AsOf,
		"Tried": tried, "Key": "register-" + rand.Text(), "Offered": p.offeredOn(c, a, effective), "Today": registry.CivilDate(p.now()), "Orders": registry.OrderKinds, "Remarks": registry.RemarkKinds,
		"HolderGrounds": registry.HolderGrounds, "RegistrarGrounds": registry.RegistrarGrounds, "RevocationGrounds": registry.RevocationGrounds}
	data["Disputed"], data["Disputable"] = disputed(a), p.mayDispute(c, a)
	if person, ok := p.person(c); ok { // one's own asset that is not public data
		data["Licences"] = a.Track == registry.TrackDataAsset && person.Actor.Party == a.Holder && data["Status"] == registry.AssetActive && Grantors.admits(person.Actor)
	}
	return p.showStatus(c, status, "asset", data)
}

// standings are why somebody may see a file.
var standings = []registry.Standing{registry.StandingRegistrant, registry.StandingInterested, registry.StandingStateOrgan}

// offeredOn are the acts that the person may try on an asset: by role, by what the page has come to, and the holder's own on the
// holder's assets only, as far as the track has them.
func (p *pages) offeredOn(c echo.Context, a registry.Asset, effective registry.AssetStatus) map[string]bool {
	offered := map[string]bool{}
	person, ok := p.person(c)
	if !ok {
		return offered
	}
	for name, act := range assetActs {
		holders := strings.HasPrefix(act.function, "registration:Submit")
		offered[name] = registry.CheckAccess(act.function, person.Actor) == nil && (!holders || person.Principal() == a.Holder) && fits(name, a, effective)
	}
	if !Applicant.admits(person.Actor) || person.Principal() == "" || a.Status != registry.AssetActive {
		return offered
	}
	profile, err := p.profile(c, a.Track)
	if err != nil {
		return offered // the ledger does not answer: the page is shown without what needs its rules
	}
	has := func(action registry.Action) bool { return slices.Contains(profile.Actions, action) }
	holder := person.Principal() == a.Holder
	offered["change"], offered["correction"] = holder && has(registry.ActionChange), (holder || a.Content.Withhold == "") && has(registry.ActionCorrection)
	offered["transfer"] = offered["transfer"] && has(registry.ActionTransfer)
	return offered
}

// fits says whether a page has come to where an act may be done: what has expired may still be cancelled or revoked, the file of what has
// ended may still be seen.
func fits(name string, a registry.Asset, effective registry.AssetStatus) bool {
	switch name {
	case "inspection":
		return true
	case "sweep":
		return effective == registry.AssetExpired && a.Status == registry.AssetActive
	case "end", "revoke":
		return a.Status == registry.AssetActive || a.Status == registry.AssetExpired
	case "national-code":
		return a.Status == registry.AssetActive && isPublic(a.Track) && a.NationalCode == ""
	}
	return a.Status == registry.AssetActive
}

// assetAct prepares an act on a registered asset. What was typed and uploaded is shown again if it does not pass.
func (p *pages) assetAct(c echo.Context) error {
	act, known := assetActs[c.Param("act")]
	if !known {
		return echo.NewHTTPError(http.StatusNotFound, "没有这项业务")
	}
	a, err := p.findAsset(c)
	if err != nil {
		return err
	}
	t, err := p.readContest(c, act.kind)
	if err != nil {
		return err
	}
	return p.try(c, act.function, act.request(p, c, a, t), act.next(a), t.wrong(), func(wrong []obstacle) error {
		return p.showAsset(c, http.StatusUnprocessableEntity, assetTried{c.Param("act"), t, wrong})
	})
}

// joinTransfer prepares the transferee's half of a transfer: each party signs a transaction of its own.
func (p *pages) joinTransfer(c echo.Context) error {
	id := registry.ApplicationID(c.Param("id"))
	return p.sign(c, "registration:Join", registry.JoinRequest{Key: "join-" + string(id), Application: id, Mandate: p.self(c).Under()}, "/cases/"+string(id))
}
