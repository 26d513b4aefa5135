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

// queueOf is a desk: the cases that wait for people of one role.
type queueOf struct {
	Path     string
	Title    words
	Role     string
	Office   registry.Office // whose acts the cases wait for
	Statuses []registry.Status
}

var queues = []queueOf{
	{"acceptance", words{"受理", "Acceptance"}, registry.RoleAcceptor, registry.OfficeAcceptor, []registry.Status{registry.StatusSubmitted}},
	{"review", words{"审查", "Review"}, registry.RoleReviewer, registry.OfficeReviewer, []registry.Status{registry.StatusAccepted, registry.StatusEvidence}},
	{"objections", words{"异议处理", "Objections"}, registry.RoleObjections, registry.OfficeObjections, []registry.Status{registry.StatusObjected}},
	{"publicity", words{"公示", "Publicity"}, registry.RoleOfficer, registry.OfficeRecorder, []registry.Status{registry.StatusInPublicity}},
	{"registration", words{"登簿", "Registration"}, registry.RoleOfficer, registry.OfficeRecorder, []registry.Status{registry.StatusReady}},
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
	warnings, err := p.warnings(c)
	if err != nil {
		return err
	}
	return p.show(c, "queue", map[string]any{"Warnings": warnings, "Waiting": all, "Queues": queues, "Found": found, "Text": c.QueryParam("text")})
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
	profile, err := p.profileOf(c, app)
	if err != nil {
		return err
	}
	acts := actsOn(app, profile, m.Actor)
	obstacles := map[registry.Act][]obstacle{}
	for _, act := range acts {
		if obstacles[act], err = p.dryRun(c, m, act, app.ID, profile); err != nil {
			return unavailable(err)
		}
	}
	acts = slices.DeleteFunc(acts, func(act registry.Act) bool { return slices.Contains(deadlineActs(app), act) && len(obstacles[act]) > 0 }) // nothing to compute
	data["Acts"], data["Obstacles"], data["Key"], data["Profile"], data["Grounds"], data["Tried"] = acts, obstacles, "desk-"+rand.Text(), profile, profile.Grounds, tried
	data["Decides"] = app.Status == registry.StatusObjected && registry.CheckAccess("registration:"+string(registry.ActDecideObjection), m.Actor) == nil
	data["NotOffered"] = len(tried.Obstacles) > 0 && !slices.Contains(acts, tried.Act)
	data["Others"] = len(acts) == 0 && app.Status.Open() && data["Decides"] != true
	p.addDone(c, data, app)
	return p.showStatus(c, status, "deskcase", data)
}

// actsOn are the acts that somebody may do to a case now and for which this page has a form; what its profile does not know is left out.
func actsOn(app registry.Application, profile registry.RuleProfile, a registry.Actor) []registry.Act {
	var acts []registry.Act
	for _, act := range slices.Concat(registry.ActsFrom(app.Status), deadlineActs(app)) {
		if slices.Contains(offered, act) && !unknownTo(profile, act) && registry.CheckAccess("registration:"+string(act), a) == nil {
			acts = append(acts, act)
		}
	}
	return acts
}

// unknownTo says whether a profile has no such act: those without a time for evidence or extension (形式审核).
func unknownTo(profile registry.RuleProfile, act registry.Act) bool {
	switch act {
	case registry.ActRequestEvidence, registry.ActTerminate:
		return profile.Evidence.N == 0
	case registry.ActExtend:
		return profile.Extension.N == 0
	}
	return false
}

// deadlineActs are the explicit records of due dates that a case may need: pending ones once their calendar is adopted, and running ones
// that were counted by a calendar of which there may be a later version.
func deadlineActs(app registry.Application) []registry.Act {
	var acts []registry.Act
	for _, d := range app.Deadlines {
		switch {
		case d.FinishedAt != nil || !app.Status.Open():
		case d.Pending && !slices.Contains(acts, registry.ActComputeDeadline):
			acts = append(acts, registry.ActComputeDeadline)
		case d.Calendar != "" && !slices.Contains(acts, registry.ActRecalculateDeadline):
			acts = append(acts, registry.ActRecalculateDeadline)
		}
	}
	return acts
}

// profileOf is the version of the rules under which a case runs.
func (p *pages) profileOf(c echo.Context, app registry.Application) (registry.RuleProfile, error) {
	profile, err := p.desk.Profile(c.Request().Context(), app.Profile)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return profile, unavailable(err)
	}
	return profile, nil
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
	return slices.Contains(offered, act) || slices.ContainsFunc(registry.Transitions, func(t registry.Transition) bool { return t.Act == act })
}

// dryRun asks whether an act would pass if everything was filled in rightly.
func (p *pages) dryRun(c echo.Context, m desk.Person, act registry.Act, id registry.ApplicationID, profile registry.RuleProfile) ([]obstacle, error) {
	pass := url.Values{"reasons": {"-"}, "n": {"1"}, "description": {"on"}, "source": {"on"}, "rights": {"on"}}
	if len(profile.Grounds) > 0 {
		pass.Set("ground", profile.Grounds[0])
	}
	for _, kind := range profile.Materials {
		pass.Set(string(kind), "on")
	}
	verdict, err := p.desk.Check(c.Request().Context(), m, "registration:"+string(act), actRequest(act, id, "dry-run-only", pass, profile))
	var all []obstacle
	for _, o := range verdict.Obstacles {
		all = append(all, p.obstacle(c, o))
	}
	return all, err
}

// actRequest is the document of a staff act on a case that runs under a profile.
func actRequest(act registry.Act, id registry.ApplicationID, key string, form url.Values, profile registry.RuleProfile) any {
	switch act {
	case registry.ActReturn, registry.ActNotAccept, registry.ActRequestEvidence, registry.ActResumeReview, registry.ActTerminate, registry.ActExplainDelay:
		return registry.ReasonsRequest{Key: key, Application: id, Reasons: lines(form.Get("reasons"))}
	case registry.ActRefuse:
		return registry.RefuseRequest{Key: key, Application: id, Ground: form.Get("ground"), Reasons: lines(form.Get("reasons"))}
	case registry.ActPassReview:
		return reviewRequest(id, key, typed(form), profile)
	case registry.ActExtend:
		return registry.ExtendRequest{Key: key, Application: id, N: int(typed(form).number("n")), Reasons: lines(form.Get("reasons"))}
	case registry.ActRegister:
		return registry.RegisterRequest{Key: key, Application: id, Years: int(typed(form).number("years"))}
	}
	return registry.ActRequest{Key: key, Application: id}
}

// reviewRequest is the document of a review: three findings, or a checklist of the materials where the review is formal.
func reviewRequest(id registry.ApplicationID, key string, form typed, profile registry.RuleProfile) registry.ReviewRequest {
	finding := func(name string) registry.Finding {
		return registry.Finding{Pass: form.yes(name), Note: form.one(name + ".note")}
	}
	if !profile.Formal {
		return registry.ReviewRequest{Key: key, Application: id, Findings: registry.Findings{Description: finding("description"), Source: finding("source"), Rights: finding("rights")}}
	}
	r := registry.ReviewRequest{Key: key, Application: id}
	for _, kind := range profile.Materials {
		f := finding(string(kind))
		r.Checklist = append(r.Checklist, registry.ChecklistItem{Kind: kind, Pass: f.Pass, Note: f.Note})
	}
	return r
}

// checkedOff names what a review looks at, by the names of the fields in its form.
func checkedOff(profile registry.RuleProfile) []string {
	if !profile.Formal {
		return []string{"description", "source", "rights"}
	}
	var names []string
	for _, kind := range profile.Materials {
		names = append(names, string(kind))
	}
	return names
}

// confirmed are the acts that end or send back a case: what will be told to the applicant is shown once more first.
var confirmed = []registry.Act{registry.ActReturn, registry.ActNotAccept, registry.ActRefuse, registry.ActRequestEvidence, registry.ActTerminate}

// reasoned are the acts that are not the common next step: they ask for reasons and are folded on the page.
var reasoned = append(slices.Clone(confirmed), registry.ActResumeReview, registry.ActExtend, registry.ActExplainDelay)

// Reasoned says whether an act asks for reasons.
func (view) Reasoned(act registry.Act) bool { return slices.Contains(reasoned, act) }

// offered are the staff acts for which this page has a form.
var offered = []registry.Act{registry.ActReturn, registry.ActAccept, registry.ActNotAccept, registry.ActPassReview, registry.ActRefuse,
	registry.ActRequestEvidence, registry.ActResumeReview, registry.ActTerminate, registry.ActExtend, registry.ActExplainDelay, registry.ActClosePublicity, registry.ActRegister,
	registry.ActComputeDeadline, registry.ActRecalculateDeadline}

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
	app, err := p.findCase(c, id)
	if err != nil {
		return err
	}
	profile, err := p.profileOf(c, app)
	if err != nil {
		return err
	}
	function, request := "registration:"+string(act), actRequest(act, id, form.Get("key"), form, profile)
	verdict, err := p.desk.Check(c.Request().Context(), p.self(c), function, request)
	switch {
	case err != nil:
		return unavailable(err)
	case slices.Contains(confirmed, act) && form.Get("confirmed") == "":
		return p.confirm(c, act, verdict, "/desk/"+string(id))
	case len(verdict.Obstacles) > 0:
		return p.showDesk(c, http.StatusUnprocessableEntity, p.failed(c, tried, verdict, profile))
	}
	return p.prepare(c, function, request, "/desk/"+string(id)+"?done="+string(act))
}

// failed puts what stands in the way beside the fields that it is about.
func (p *pages) failed(c echo.Context, tried attempt, verdict registry.Verdict, profile registry.RuleProfile) attempt {
	for _, o := range verdict.Obstacles {
		for _, f := range o.Fields {
			path := mendedAt(f.Path, profile)
			tried.Fields[path] = append(tried.Fields[path], f)
		}
		if len(o.Fields) == 0 {
			tried.Obstacles = append(tried.Obstacles, p.obstacle(c, o))
		}
	}
	return tried
}

// mendedAt is the field of a form that a path of the document is about.
func mendedAt(path string, profile registry.RuleProfile) string {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "findings."), ".pass")
	name, rest, _ := strings.Cut(path, "[")
	number, note, _ := strings.Cut(rest, "]")
	if i, err := strconv.Atoi(number); name == "checklist" && err == nil && i < len(profile.Materials) {
		return string(profile.Materials[i]) + note
	}
	return name
}
