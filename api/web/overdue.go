package web

import (
	"crypto/rand"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// handling says which desk a case waits for, and who of that desk had it in hand last; nobody if it is new there.
type handling struct {
	Case   registry.Application
	Desk   queueOf
	Person registry.PersonID
}

// sweepable is how many cases and pages of the register one sweep writes down.
const sweepable = 20

// overdue shows the work that is late by desk and person, who was late how often, and what has lapsed or expired by time alone and is to be
// written down.
func (p *pages) overdue(c echo.Context) error {
	ctx := c.Request().Context()
	late, err := p.lateCases(c)
	if err != nil {
		return err
	}
	people, err := p.desk.Records.Lateness(ctx, p.now().AddDate(-1, 0, 0))
	if err != nil {
		return err
	}
	lapsed, expired, err := p.lapsed(c)
	if err != nil {
		return err
	}
	asOf, err := p.desk.Records.AsOf(ctx)
	if err != nil {
		return err
	}
	return p.show(c, "overdue", map[string]any{"Late": late, "People": people, "Lapsed": lapsed, "Expired": expired, "AsOf": asOf, "Queues": queues, "Key": "sweep-" + rand.Text(),
		"Sweeps": registry.CheckAccess("registration:Sweep", p.self(c).Actor) == nil})
}

// lateCases are the cases that the registrar should have dealt with by now, the latest first.
func (p *pages) lateCases(c echo.Context) ([]handling, error) {
	v := p.view(c, nil)
	var all []handling
	for _, q := range queues {
		page, err := p.desk.Records.Cases(c.Request().Context(), desk.CaseFilter{Statuses: q.Statuses, ByDue: true, Limit: 50})
		if err != nil {
			return nil, err
		}
		for _, app := range page.Cases {
			if slices.ContainsFunc(v.Running(app), v.Over) {
				all = append(all, handling{app, q, inHand(app, q.Office)})
			}
		}
	}
	return all, nil
}

// inHand is who of an office acted on a case last.
func inHand(app registry.Application, office registry.Office) registry.PersonID {
	for _, step := range slices.Backward(app.History) {
		if registry.ActOffice(step.Act) == office {
			return step.Actor
		}
	}
	return ""
}

// lapsed are the cases and pages of the register that have ended by time alone and do not say so yet.
func (p *pages) lapsed(c echo.Context) (cases []registry.Application, expired []registry.Asset, err error) {
	ctx := c.Request().Context()
	waiting, err := p.desk.Records.Cases(ctx, desk.CaseFilter{Statuses: []registry.Status{registry.StatusReturned, registry.StatusProposed}, ByDue: true, Limit: 100})
	if err != nil {
		return nil, nil, err
	}
	for _, app := range waiting.Cases {
		if len(cases) < sweepable && app.EffectiveStatus(p.now()) == registry.StatusLapsed {
			cases = append(cases, app)
		}
	}
	over, err := p.desk.Records.Expiring(ctx, registry.CivilDate(p.now()), sweepable)
	for _, a := range over { // a renewal that is under way keeps it alive
		if a.EffectiveStatus(p.openAct(c, a), p.now()) == registry.AssetExpired {
			expired = append(expired, a)
		}
	}
	return cases, expired, err
}

// sweep prepares the writing down of all of them.
func (p *pages) sweep(c echo.Context) error {
	cases, expired, err := p.lapsed(c)
	if err != nil {
		return err
	}
	request := registry.SweepRequest{Key: c.FormValue("key")}
	for _, app := range cases {
		request.Applications = append(request.Applications, app.ID)
	}
	for _, a := range expired {
		request.Assets = append(request.Assets, a.ID)
	}
	return p.sign(c, "registration:Sweep", request, "/desk/overdue")
}
