package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// queueOf is a desk: the cases that wait for people of one role.
type queueOf struct {
	Path     string
	Title    words
	Role     string
	Statuses []registry.Status
}

var queues = []queueOf{
	{"acceptance", words{"受理", "Acceptance"}, registry.RoleAcceptor, []registry.Status{registry.StatusSubmitted}},
	{"review", words{"审查", "Review"}, registry.RoleReviewer, []registry.Status{registry.StatusAccepted, registry.StatusEvidence}},
	{"objections", words{"异议处理", "Objections"}, registry.RoleObjections, []registry.Status{registry.StatusObjected}},
	{"publicity", words{"公示", "Publicity"}, registry.RoleOfficer, []registry.Status{registry.StatusInPublicity}},
	{"registration", words{"登簿", "Registration"}, registry.RoleOfficer, []registry.Status{registry.StatusReady}},
}

// waiting is a desk with its cases.
type waiting struct {
	Queue queueOf
	Page  desk.CasePage
}

// allQueues is the desk of the person: the queues of their role, and a search over all cases.
func (p *pages) allQueues(c echo.Context) error {
	m := p.self(c)
	role := m.Actor.Role
	return p.showQueues(c, slices.DeleteFunc(slices.Clone(queues), func(q queueOf) bool { return q.Role != role }))
}

func (p *pages) oneQueue(c echo.Context) error {
	path := strings.TrimPrefix(c.Path(), "/desk/")
	return p.showQueues(c, slices.DeleteFunc(slices.Clone(queues), func(q queueOf) bool { return q.Path != path }))
}

func (p *pages) showQueues(c echo.Context, chosen []queueOf) error {
	ctx := c.Request().Context()
	var all []waiting
	for _, q := range chosen {
		page, err := p.desk.Records.Cases(ctx, desk.CaseFilter{Statuses: q.Statuses, ByDue: true, Limit: 50, After: c.QueryParam("after")})
		if err != nil {
			return err
		}
		all = append(all, waiting{q, page})
	}
	found, err := p.desk.Records.Cases(ctx, desk.CaseFilter{Limit: 20, Text: c.QueryParam("text")})
	if err != nil {
		return err
	}
	return p.show(c, "queue", map[string]any{"Waiting": all, "Queues": queues, "Found": found, "Text": c.QueryParam("text")})
}

// attempt is an act that was tried and did not pass: what was filled in is shown again, with what is wrong beside it.
type attempt struct {
	Act       registry.Act
	Form      url.Values
	Fields    map[string][]registry.FieldError
	Obstacles []obstacle
}

func (p *pages) deskCase(c echo.Context) error {
	return p.showDesk(c, http.StatusOK, attempt{Form: url.Values{}})
}

func (p *pages) showDesk(c echo.Context, status int, tried attempt) error {
	data, app, err := p.caseData(c)
	if err != nil {
		return err
	}
	m := p.self(c)
	var acts []registry.Act
	for _, act := range registry.ActsFrom(app.Status) {
		if slices.Contains(offered, act) && registry.CheckAccess("registration:"+string(act), m.Actor) == nil {
			acts = append(acts, act)
		}
	}
	obstacles := map[registry.Act][]obstacle{}
	for _, act := range acts {
		if obstacles[act], err = p.dryRun(c, m, act, app.ID); err != nil {
			return unavailable(err)
		}
	}
	data["Acts"], data["Obstacles"], data["Key"], data["Grounds"], data["Tried"] = acts, obstacles, "desk-"+rand.Text(), registry.Grounds, tried
	data["Decides"] = app.Status == registry.StatusObjected && registry.CheckAccess("registration:"+string(registry.ActDecideObjection), m.Actor) == nil
	data["NotOffered"] = len(tried.Obstacles) > 0 && !slices.Contains(acts, tried.Act)
	data["Others"] = len(acts) == 0 && app.Status.Open() && data["Decides"] != true
	p.addDone(c, data, app)
	return p.showStatus(c, status, "deskcase", data)
}

// addDone tells what was just done, by the transaction that the address names. The read model may be a moment behind.
func (p *pages) addDone(c echo.Context, data map[string]any, app registry.Application) {
	done, txID := registry.Act(c.QueryParam("done")), c.QueryParam("tx")
	if !knownAct(done) || len(txID) != 64 {
		return
	}
	data["Done"], data["Tx"] = done, txID
	behind := !slices.ContainsFunc(app.History, func(s registry.Step) bool { return s.TxID == txID })
	if refresh, _ := data["Refresh"].(bool); behind || refresh {
		data["Refresh"] = true
	}
}

func knownAct(act registry.Act) bool {
	return slices.ContainsFunc(registry.Transitions, func(t registry.Transition) bool { return t.Act == act })
}

// dryRun asks whether an act would pass if everything was filled in rightly.
func (p *pages) dryRun(c echo.Context, m desk.Person, act registry.Act, id registry.ApplicationID) ([]obstacle, error) {
	pass := url.Values{"reasons": {"-"}, "n": {"1"}, "ground": {registry.Grounds[0]}, "description": {"on"}, "source": {"on"}, "rights": {"on"}}
	verdict, err := p.desk.Check(c.Request().Context(), m, "registration:"+string(act), actRequest(act, id, "dry-run-only", pass))
	var all []obstacle
	for _, o := range verdict.Obstacles {
		all = append(all, p.obstacle(c, o))
	}
	return all, err
}

// actRequest is the document of a staff act.
func actRequest(act registry.Act, id registry.ApplicationID, key string, form url.Values) any {
	finding := func(name string) registry.Finding {
		return registry.Finding{Pass: form.Get(name) != "", Note: typed(form).one(name + ".note")}
	}
	switch act {
	case registry.ActReturn, registry.ActNotAccept, registry.ActRequestEvidence, registry.ActResumeReview, registry.ActTerminate:
		return registry.ReasonsRequest{Key: key, Application: id, Reasons: lines(form.Get("reasons"))}
	case registry.ActRefuse:
		return registry.RefuseRequest{Key: key, Application: id, Ground: form.Get("ground"), Reasons: lines(form.Get("reasons"))}
	case registry.ActPassReview:
		return registry.ReviewRequest{Key: key, Application: id, Findings: registry.Findings{Description: finding("description"), Source: finding("source"), Rights: finding("rights")}}
	case registry.ActExtend:
		return registry.ExtendRequest{Key: key, Application: id, N: int(typed(form).number("n")), Reasons: lines(form.Get("reasons"))}
	case registry.ActRegister:
		return registry.RegisterRequest{Key: key, Application: id, Years: int(typed(form).number("years"))}
	}
	return registry.ActRequest{Key: key, Application: id}
}

// confirmed are the acts that end or send back a case: what will be told to the applicant is shown once more first.
var confirmed = []registry.Act{registry.ActReturn, registry.ActNotAccept, registry.ActRefuse, registry.ActRequestEvidence, registry.ActTerminate}

// reasoned are the acts that are not the common next step: they ask for reasons and are folded on the page.
var reasoned = append(slices.Clone(confirmed), registry.ActResumeReview, registry.ActExtend)

// Reasoned says whether an act asks for reasons.
func (view) Reasoned(act registry.Act) bool { return slices.Contains(reasoned, act) }

// offered are the staff acts for which this page has a form.
var offered = []registry.Act{registry.ActReturn, registry.ActAccept, registry.ActNotAccept, registry.ActPassReview, registry.ActRefuse,
	registry.ActRequestEvidence, registry.ActResumeReview, registry.ActTerminate, registry.ActExtend, registry.ActClosePublicity, registry.ActRegister}

// deskAct carries out a staff act with what was filled in.
func (p *pages) deskAct(c echo.Context) error {
	act, id := registry.Act(c.Param("act")), registry.ApplicationID(c.Param("id"))
	if !slices.Contains(offered, act) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这项业务")
	}
	form, err := c.FormParams()
	if err != nil {
		return incomplete(err)
	}
	tried := attempt{Act: act, Form: form, Fields: map[string][]registry.FieldError{}}
	if years := typed(form).code("years"); act == registry.ActRegister && years != "" && typed(form).number("years") == 0 {
		tried.Fields["years"] = []registry.FieldError{{Path: "years", Problem: registry.ProblemForm, Rule: registry.RuleDeposit}}
		return p.showDesk(c, http.StatusUnprocessableEntity, tried)
	}
	function, request := "registration:"+string(act), actRequest(act, id, form.Get("key"), form)
	verdict, err := p.desk.Check(c.Request().Context(), p.self(c), function, request)
	switch {
	case err != nil:
		return unavailable(err)
	case slices.Contains(confirmed, act) && form.Get("confirmed") == "":
		return p.confirm(c, act, verdict, "/desk/"+string(id))
	case len(verdict.Obstacles) > 0:
		return p.showDesk(c, http.StatusUnprocessableEntity, p.failed(c, tried, verdict))
	}
	return p.prepare(c, function, request, "/desk/"+string(id)+"?done="+string(act))
}

// failed puts what stands in the way beside the fields that it is about.
func (p *pages) failed(c echo.Context, tried attempt, verdict registry.Verdict) attempt {
	for _, o := range verdict.Obstacles {
		for _, f := range o.Fields {
			path := strings.TrimSuffix(strings.TrimPrefix(f.Path, "findings."), ".pass")
			path, _, _ = strings.Cut(path, "[")
			tried.Fields[path] = append(tried.Fields[path], f)
		}
		if len(o.Fields) == 0 {
			tried.Obstacles = append(tried.Obstacles, p.obstacle(c, o))
		}
	}
	return tried
}
