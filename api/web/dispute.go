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

// disputeForm is the form of an objection after registration (登记后异议, 指引 第二十九条).
func (p *pages) disputeForm(c echo.Context) error {
	return p.showDisputeForm(c, http.StatusOK, contest{Form: url.Values{"key": {"dispute-" + rand.Text()}}}, nil)
}

func (p *pages) showDisputeForm(c echo.Context, status int, t contest, wrong []obstacle) error {
	a, err := p.findAsset(c)
	if err != nil {
		return err
	}
	return p.showStatus(c, status, "disputeform", map[string]any{"Asset": a, "Tried": t, "Wrong": wrong, "Limit": p.desk.UploadLimit})
}

// fileDispute prepares an objection after registration under the person's real name. Statement and evidence never reach the ledger.
func (p *pages) fileDispute(c echo.Context) error {
	a, err := p.findAsset(c)
	if err != nil {
		return err
	}
	t, err := p.readContest(c, registry.MaterialEvidence)
	if err != nil {
		return err
	}
	v := view{Lang: p.lang(c)}
	wrong := t.wrong()
	if strings.TrimSpace(t.Form.Get("reasons")) == "" {
		wrong = append(wrong, obstacle{Text: v.Tr("请写明异议内容、事实和理由", "Say what you object to, the facts and why"), Anchor: "reasons"})
	}
	if len(t.Files) == 0 && t.Wrong == "" {
		wrong = append(wrong, obstacle{Text: v.Tr("请上传初步证据", "Attach first evidence"), Anchor: "files"})
	}
	if len(wrong) > 0 {
		return p.showDisputeForm(c, http.StatusUnprocessableEntity, t, wrong)
	}
	statement, _, err := p.statement(c, t.Form.Get("reasons"), registry.MaterialStatement)
	if err != nil {
		return unavailable(err)
	}
	request := registry.FileDisputeRequest{Key: t.Form.Get("key"), Asset: a.ID, Statement: statement, Evidence: materials(t.Files)}
	return p.try(c, "registration:FileDispute", request, "/objections", nil, func(wrong []obstacle) error {
		return p.showDisputeForm(c, http.StatusUnprocessableEntity, t, wrong)
	})
}

// onDispute is an act on an objection after registration. The forms are in the template.
type onDispute struct {
	act     registry.Act
	kind    registry.MaterialKind // of the files that come with it
	decides bool                  // the form asks yes or no
	request func(p *pages, c echo.Context, d registry.Dispute, t contest, yes bool) (any, error)
}

// disputeActs are the acts that the page of an objection offers, by the last part of their address.
var disputeActs = map[string]onDispute{
	"examine": {registry.ActExamineDispute, registry.MaterialEvidence, true, func(_ *pages, _ echo.Context, d registry.Dispute, t contest, yes bool) (any, error) {
		request := registry.ExamineDisputeRequest{Key: t.Form.Get("key"), Asset: d.Asset, Dispute: d.N, Complete: yes}
		if !yes {
			request.Reasons = lines(t.Form.Get("reasons"))
		}
		return request, nil
	}},
	"answer": {registry.ActAnswerDispute, registry.MaterialEvidence, true, func(p *pages, c echo.Context, d registry.Dispute, t contest, yes bool) (any, error) {
		request := registry.AnswerDisputeRequest{Key: t.Form.Get("key"), Asset: d.Asset, Dispute: d.N, Agrees: yes, Mandate: p.self(c).Under()}
		if yes {
			return request, nil
		}
		request.Evidence = materials(t.Files)
		statement, written, err := p.statement(c, t.Form.Get("reasons"), registry.MaterialStatement)
		if written {
			request.Statement = &statement
		}
		return request, err
	}},
	"conclude": {registry.ActConcludeDispute, registry.MaterialDecision, true, func(p *pages, c echo.Context, d registry.Dispute, t contest, yes bool) (any, error) {
		decision, _, err := p.statement(c, t.Form.Get("reasons"), registry.MaterialDecision)
		return registry.ConcludeDisputeRequest{Key: t.Form.Get("key"), Asset: d.Asset, Dispute: d.N, Upheld: yes, Decision: decision, Reasons: lines(t.Form.Get("reasons"))}, err
	}},
	"respond": {registry.ActRespondDispute, registry.MaterialEvidence, true, func(p *pages, c echo.Context, d registry.Dispute, t contest, yes bool) (any, error) {
		return registry.RespondDisputeRequest{Key: t.Form.Get("key"), Asset: d.Asset, Dispute: d.N, Accepts: yes, Mandate: p.self(c).Under()}, nil
	}},
	"judgment": {registry.ActRecordJudgment, registry.MaterialOrder, true, func(_ *pages, _ echo.Context, d registry.Dispute, t contest, yes bool) (any, error) {
		return registry.RecordJudgmentRequest{Key: t.Form.Get("key"), Asset: d.Asset, Dispute: d.N, Upheld: yes, Warrant: warrant(t), Reasons: lines(t.Form.Get("reasons"))}, nil
	}},
	"settle":   {registry.ActSettleDispute, registry.MaterialEvidence, false, endDispute},
	"withdraw": {registry.ActWithdrawDispute, registry.MaterialEvidence, false, endDispute},
}

func endDispute(_ *pages, _ echo.Context, d registry.Dispute, t contest, _ bool) (any, error) {
	return registry.EndDisputeRequest{Key: t.Form.Get("key"), Asset: d.Asset, Dispute: d.N, Reasons: lines(t.Form.Get("reasons"))}, nil
}

// findDispute is the objection that the address names, if the person may read it.
func (p *pages) findDispute(c echo.Context) (registry.Dispute, error) {
	d, err := p.desk.Records.Dispute(c.Request().Context(), registry.AssetID(c.Param("id")), objectionNumber(c))
	if errors.Is(err, desk.ErrNotFound) {
		return d, echo.NewHTTPError(http.StatusNotFound, "没有这件异议，请核对编号")
	}
	if err == nil && !p.self(c).MayReadDispute(d) {
		err = echo.NewHTTPError(http.StatusForbidden, "这件异议不是您的，也不是对您的登记提出的")
	}
	return d, err
}

func (p *pages) dispute(c echo.Context) error {
	return p.showDispute(c, http.StatusOK, assetTried{Tried: contest{Form: url.Values{}}})
}

// showDispute shows an objection after registration with its course, and the acts that the person may do.
func (p *pages) showDispute(c echo.Context, status int, tried assetTried) error {
	d, err := p.findDispute(c)
	if err != nil {
		return err
	}
	a, err := p.findAsset(c)
	if err != nil {
		return err
	}
	names := map[registry.PartyID]string{}
	for _, id := range []registry.PartyID{d.Objector, d.Registrant} {
		if party, err := p.desk.Records.Party(c.Request().Context(), id); err == nil {
			names[id] = party.Name
		}
	}
	return p.showStatus(c, status, "dispute", map[string]any{"Names": names, "Dispute": d, "Asset": a, "Tried": tried, "Offered": p.offeredOnDispute(c, d), "Key": "dispute-" + rand.Text(),
		"At": "/register/" + string(a.ID) + "/disputes/" + c.Param("n")})
}

// offeredOnDispute are the acts that are possible now and that the person may try: by role, and each side its own.
func (p *pages) offeredOnDispute(c echo.Context, d registry.Dispute) map[string]bool {
	self, offered := p.self(c), map[string]bool{}
	for name, o := range disputeActs {
		if !slices.Contains(registry.DisputeActsFrom(d.Status), o.act) || registry.CheckAccess("registration:"+string(o.act), self.Actor) != nil {
			continue
		}
		switch o.act {
		case registry.ActAnswerDispute:
			offered[name] = self.Principal() == d.Registrant
		case registry.ActWithdrawDispute:
			offered[name] = self.Principal() == d.Objector
		case registry.ActRespondDispute:
			offered[name] = (self.Principal() == d.Registrant || self.Principal() == d.Objector) && !slices.Contains(d.Accepted, self.Principal())
		default:
			offered[name] = true
		}
	}
	return offered
}

// disputeAct prepares an act on an objection after registration. What was typed and uploaded is shown again if it does not pass.
func (p *pages) disputeAct(c echo.Context) error {
	act, known := disputeActs[c.Param("act")]
	if !known {
		return echo.NewHTTPError(http.StatusNotFound, "没有这项业务")
	}
	d, err := p.findDispute(c)
	if err != nil {
		return err
	}
	t, err := p.readContest(c, act.kind)
	if err != nil {
		return err
	}
	again := func(wrong []obstacle) error {
		return p.showDispute(c, http.StatusUnprocessableEntity, assetTried{c.Param("act"), t, wrong})
	}
	if v := (view{Lang: p.lang(c)}); act.decides && t.Form.Get("yes") == "" {
		return again(append(t.wrong(), obstacle{Text: v.Tr("请选择一项", "Choose one")}))
	}
	request, err := act.request(p, c, d, t, t.Form.Get("yes") == "yes")
	if err != nil {
		return unavailable(err)
	}
	return p.try(c, "registration:"+string(act.act), request, "/register/"+string(d.Asset)+"/disputes/"+c.Param("n"), t.wrong(), again)
}

// openDisputes are the statuses in which somebody of the registrar has something to do, or waits for the sides.
var openDisputes = []registry.DisputeStatus{registry.DisputeFiled, registry.DisputeNotified, registry.DisputeContested, registry.DisputeConcluded, registry.DisputeInCourt,
	registry.DisputeAgreed, registry.DisputeAccepted, registry.DisputeJudged}

// disputes are the objections after registration that are not at their end.
func (p *pages) disputes(c echo.Context) error {
	page, err := p.desk.Records.Disputes(c.Request().Context(), desk.DisputeFilter{Statuses: openDisputes, Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	return p.show(c, "disputes", map[string]any{"Page": page, "Queues": queues})
}

// disputesOf are those of which the person's party is a side.
func (p *pages) disputesOf(c echo.Context) ([]registry.Dispute, error) {
	self := p.self(c)
	var all []registry.Dispute
	for _, f := range []desk.DisputeFilter{{Objector: self.Principal(), Limit: 50}, {Registrant: self.Principal(), Limit: 50}} {
		page, err := p.desk.Records.Disputes(c.Request().Context(), f)
		if err != nil {
			return nil, err
		}
		for _, d := range page.Disputes {
			if self.MayReadDispute(d) {
				all = append(all, d)
			}
		}
	}
	return all, nil
}

// disputed is how many objections to a page are under way whose materials are complete; what nobody has examined is not made public.
func disputed(a registry.Asset) int {
	n := 0
	for _, h := range a.Disputes {
		if h.Status != registry.DisputeFiled {
			n++
		}
	}
	return n
}

// mayDispute says whether a page offers to object to its registration: to everybody but the holder and those whose role does not object.
func (p *pages) mayDispute(c echo.Context, a registry.Asset) bool {
	person, ok := p.person(c)
	return a.Status == registry.AssetActive && a.Track == registry.TrackDataAsset && (!ok || Objector.admits(person.Actor) && person.Principal() != a.Holder)
}
