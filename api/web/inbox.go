package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// inbox are the written notices (书面告知) of the party for which the person acts, and, for those who serve papers, what waits for service.
func (p *pages) inbox(c echo.Context) error {
	self := p.self(c)
	f := desk.NoticeFilter{To: self.Inbox(), Limit: 50, After: c.QueryParam("after")}
	if self.Serves() {
		f.To, f.Statuses = "", []registry.NoticeStatus{registry.NoticeUnserved}
	}
	page, err := p.desk.Records.Notices(c.Request().Context(), f)
	if err != nil {
		return err
	}
	return p.show(c, "inbox", map[string]any{"Page": page, "Serves": self.Serves(), "Delivers": p.desk.Deliveries != nil && Objector.admits(self.Actor)})
}

// findLetter is the notice that the address names, if the person may read it.
func (p *pages) findLetter(c echo.Context) (registry.Notice, error) {
	n, err := p.desk.Records.Notice(c.Request().Context(), registry.CaseID(c.Param("case")), objectionNumber(c))
	if errors.Is(err, desk.ErrNotFound) {
		return n, echo.NewHTTPError(http.StatusNotFound, "没有这份告知，请核对编号")
	}
	if err == nil && !p.self(c).MayRead(n) {
		err = echo.NewHTTPError(http.StatusForbidden, "这份告知是给其他主体的")
	}
	return n, err
}

func (p *pages) letter(c echo.Context) error {
	return p.showLetter(c, http.StatusOK, contest{Form: url.Values{}}, nil)
}

// showLetter shows a notice in its words; the party confirms receipt, who serves it on paper records that.
func (p *pages) showLetter(c echo.Context, status int, tried contest, wrong []obstacle) error {
	n, err := p.findLetter(c)
	if err != nil {
		return err
	}
	self := p.self(c)
	title, lines := locale.Notice(p.lang(c), n)
	var deliveries []desk.Delivery
	if p.desk.Deliveries != nil {
		if deliveries, err = p.desk.Deliveries.Of(c.Request().Context(), n.Case, n.N); err != nil {
			return err
		}
	}
	mine := registry.CheckAccess("registration:AcknowledgeNotice", self.Actor) == nil && self.Principal() == n.To
	about := ""
	if registry.Disputes(n.Act) {
		about = "/register/" + string(n.Case) + "/disputes/" + n.For
	}
	return p.showStatus(c, status, "letter", map[string]any{"About": about, "Deliveries": deliveries, "Notice": n, "Title": words{title, title}, "Heading": title, "Lines": lines, "At": letterPath(n), "Tried": tried, "Wrong": wrong,
		"Confirms": mine && n.Status == registry.NoticeServed, "Records": self.Serves() && n.Status == registry.NoticeUnserved, "Means": registry.PaperMeans,
		"Today": registry.CivilDate(p.now()), "Key": "letter-" + rand.Text()})
}

func letterPath(n registry.Notice) string { return fmt.Sprintf("/inbox/%s/%d", n.Case, n.N) }

func (p *pages) letterPDF(c echo.Context) error {
	n, err := p.findLetter(c)
	if err != nil {
		return err
	}
	body, err := p.desk.PrintNotice(c.Request().Context(), n)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf(`inline; filename="%s-%d.pdf"`, n.Case, n.N))
	return c.Blob(http.StatusOK, "application/pdf", body)
}

// acknowledge prepares the party's confirmation that it has read a notice (确认收悉).
func (p *pages) acknowledge(c echo.Context) error {
	n, err := p.findLetter(c)
	if err != nil {
		return err
	}
	return p.sign(c, "registration:AcknowledgeNotice", registry.AcknowledgeNoticeRequest{Key: c.FormValue("key"), Case: n.Case, Notice: n.N, Mandate: p.self(c).Under()}, letterPath(n))
}

// recordService prepares the record that a notice on paper was served (送达), with its proof.
func (p *pages) recordService(c echo.Context) error {
	n, err := p.findLetter(c)
	if err != nil {
		return err
	}
	t, err := p.readContest(c, registry.MaterialEvidence)
	if err != nil {
		return err
	}
	request := registry.RecordServiceRequest{Key: t.Form.Get("key"), Case: n.Case, Notice: n.N, Date: registry.Date(strings.TrimSpace(t.Form.Get("date"))),
		Means: registry.Means(t.Form.Get("means")), Proof: document(t)}
	return p.try(c, "registration:RecordService", request, letterPath(n), t.wrong(), func(wrong []obstacle) error {
		return p.showLetter(c, http.StatusUnprocessableEntity, t, wrong)
	})
}

// lettersOf are the notices of a case that the person may read.
func (p *pages) lettersOf(c echo.Context, app registry.Application) ([]registry.Notice, error) {
	if app.Notices == 0 {
		return nil, nil
	}
	page, err := p.desk.Records.Notices(c.Request().Context(), desk.NoticeFilter{Case: registry.CaseID(app.ID), Limit: 100})
	var all []registry.Notice
	for _, n := range page.Notices {
		if p.self(c).MayRead(n) {
			all = append(all, n)
		}
	}
	return all, err
}

// delivery is where the party wants to hear of its notices besides the inbox.
func (p *pages) delivery(c echo.Context) error {
	s, err := p.subscription(c)
	if err != nil {
		return err
	}
	return p.showDelivery(c, http.StatusOK, s, nil)
}

// subscription is that of the person's party; an empty one if it has none.
func (p *pages) subscription(c echo.Context) (desk.Subscription, error) {
	if p.desk.Deliveries == nil {
		return desk.Subscription{}, echo.NewHTTPError(http.StatusNotFound, "本网站不提供告知提醒")
	}
	s, err := p.desk.Deliveries.Subscription(c.Request().Context(), p.self(c).Principal())
	if errors.Is(err, desk.ErrNotFound) {
		return desk.Subscription{Party: p.self(c).Principal()}, nil
	}
	return s, err
}

func (p *pages) showDelivery(c echo.Context, status int, s desk.Subscription, wrong []string) error {
	return p.showStatus(c, status, "delivery", map[string]any{"Subscription": s, "Wrong": wrong, "Saved": c.QueryParam("saved") != ""})
}

// subscribe keeps where the party wants to hear of its notices. It is no record: nothing is signed, and no period runs from it.
func (p *pages) subscribe(c echo.Context) error {
	old, err := p.subscription(c)
	if err != nil {
		return err
	}
	s := desk.Subscription{Party: old.Party, Email: strings.TrimSpace(c.FormValue("email")), Webhook: strings.TrimSpace(c.FormValue("webhook")), Secret: old.Secret, Since: p.now()}
	if s.Webhook != old.Webhook || s.Secret == "" {
		s.Secret = rand.Text() + rand.Text()
	}
	if wrong := s.Wrong(); len(wrong) > 0 {
		return p.showDelivery(c, http.StatusUnprocessableEntity, s, wrong)
	}
	if err := p.desk.Deliveries.Subscribe(c.Request().Context(), s); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/inbox/delivery?saved=1")
}
