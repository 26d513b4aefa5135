package web

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// queues are the statuses that wait for each role.
var queues = map[string][]registry.Status{
	registry.RoleAcceptor: {registry.StatusSubmitted},
	registry.RoleReviewer: {registry.StatusAccepted},
	registry.RoleOfficer:  {registry.StatusInPublicity, registry.StatusReady},
}

func (p *pages) queue(c echo.Context) error {
	m, _ := p.member(c)
	ctx := c.Request().Context()
	waiting := queues[m.Person().Actor.Role]
	data := map[string]any{"Now": time.Now()}
	if len(waiting) > 0 {
		page, err := p.desk.Records.Cases(ctx, desk.CaseFilter{Statuses: waiting, ByDue: true, Limit: 50, After: c.QueryParam("after")})
		if err != nil {
			return err
		}
		data["Waiting"] = page
	}
	recent, err := p.desk.Records.Cases(ctx, desk.CaseFilter{Limit: 20, Text: c.QueryParam("text")})
	if err != nil {
		return err
	}
	data["Recent"], data["Text"] = recent, c.QueryParam("text")
	return p.show(c, "queue", data)
}

func (p *pages) deskCase(c echo.Context) error {
	data, app, err := p.caseData(c)
	if err != nil {
		return err
	}
	m, _ := p.member(c)
	var acts []registry.Act
	for _, act := range registry.ActsFrom(app.Status) {
		if registry.ActOffice(act) != "" && registry.CheckAccess("registration:"+string(act), m.Person().Actor) == nil {
			acts = append(acts, act)
		}
	}
	data["Acts"], data["Key"], data["Done"], data["Grounds"] = acts, "desk-"+rand.Text(), c.QueryParam("done"), registry.Grounds
	if done := c.QueryParam("done"); done != "" && len(app.History) > 0 && string(app.History[len(app.History)-1].Act) != done {
		data["Refresh"] = true // the read model is a moment behind
	}
	obstacles := map[registry.Act][]obstacle{}
	for _, act := range acts {
		if act != registry.ActClosePublicity && act != registry.ActRegister {
			continue // the others need what is yet to be typed
		}
		found, err := p.obstacles(c, m, act, app.ID)
		if err != nil {
			return err
		}
		obstacles[act] = found
	}
	data["Obstacles"] = obstacles
	return p.show(c, "deskcase", data)
}

// obstacles is the dry run of an act that needs nothing but the case.
func (p *pages) obstacles(c echo.Context, m desk.Signer, act registry.Act, id registry.ApplicationID) ([]obstacle, error) {
	var request any = registry.ActRequest{Key: "dry-run-only", Application: id}
	if act == registry.ActRegister {
		request = registry.RegisterRequest{Key: "dry-run-only", Application: id}
	}
	verdict, err := p.desk.Check(c.Request().Context(), m.Person(), "registration:"+string(act), request)
	if err != nil {
		return nil, err
	}
	v := view{Lang: p.lang(c)}
	var all []obstacle
	for _, o := range verdict.Obstacles {
		refusal := o.Refusal
		refusal.Code = o.Code
		all = append(all, obstacle{Text: v.Sentence(&refusal), Article: v.Citation(refusal.Rule)})
	}
	return all, nil
}

// deskAct carries out a staff act with what was filled in.
func (p *pages) deskAct(c echo.Context) error {
	act := registry.Act(c.Param("act"))
	if registry.ActOffice(act) == "" || !slices.ContainsFunc(registry.Transitions, func(t registry.Transition) bool { return t.Act == act }) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这项业务")
	}
	key, id := c.FormValue("key"), registry.ApplicationID(c.Param("id"))
	var request any = registry.ActRequest{Key: key, Application: id}
	switch act {
	case registry.ActReturn, registry.ActNotAccept:
		request = registry.ReasonsRequest{Key: key, Application: id, Reasons: reasons(c)}
	case registry.ActRefuse:
		request = registry.RefuseRequest{Key: key, Application: id, Ground: c.FormValue("ground"), Reasons: reasons(c)}
	case registry.ActPassReview:
		request = registry.ReviewRequest{Key: key, Application: id, Findings: registry.Findings{
			Description: finding(c, "description"), Source: finding(c, "source"), Rights: finding(c, "rights")}}
	case registry.ActRegister:
		years, _ := strconv.Atoi(c.FormValue("years")) // 0: the longest allowed
		request = registry.RegisterRequest{Key: key, Application: id, Years: years}
	}
	return p.caseAct(c, "registration:"+string(act), request)
}

func finding(c echo.Context, name string) registry.Finding {
	return registry.Finding{Pass: c.FormValue(name) != "", Note: c.FormValue(name + ".note")}
}
