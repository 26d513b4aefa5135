// Package web serves the pages: start page, application form, cases, desks, publicity, certificates and verification.
// Pages work without JavaScript and by keyboard; what somebody typed is stored as typed before it is judged.
package web

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/api/session"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

//go:embed assets
var assets embed.FS

// pages answers the page routes.
type pages struct {
	desk     *desk.Desk
	verifier *rest.Verifier
	sessions *session.Sessions
	now      func() time.Time
}

// Who says who may open a page.
type Who string

// Audiences of pages.
const (
	Everybody Who = "everybody"
	Applicant Who = "applicant"
	Staff     Who = "staff"
	// AccountStaff compare fingerprints with people and approve accounts.
	AccountStaff Who = "account staff"
	// Contracts are for the bureau's people who record outsourcing agreements and their end.
	Contracts Who = "contracts"
	// Objector is whoever may object to what is published.
	Objector Who = "objector"
	// Inbox is for parties, who are told decisions in writing, and for those who serve such notices on paper.
	Inbox Who = "inbox"
	// Mandates are for those who give mandates, act under them, or record them.
	Mandates Who = "mandates"
	// Filer is whoever may complain, report and object to data in their own name.
	Filer Who = "filer"
	// Oversight is for the bureau's officers and regulators.
	Oversight Who = "oversight"
	// Inspectors enter inspections and incidents.
	Inspectors Who = "inspectors"
	// Provider is whoever publishes in the catalogue of public data, asks for shared data and reports: public bodies' people.
	Provider Who = "provider"
	// DataDepartment decides on requests, publishes opened data and keeps the enterprise catalogue.
	DataDepartment Who = "data department"
	// Openers may stop the opening of an item: its provider and the data department.
	Openers Who = "openers"
	// Rules is for the bureau's people who propose rules; Confirmer confirms them for another organisation.
	Rules     Who = "rules"
	Confirmer Who = "confirmer"
	// Successions is for the bureau's supervisors, who name who shall follow the administrator.
	Successions Who = "successions"
	// Administrator appoints, adopts keys and calendars.
	Administrator Who = "administrator"
	// Registrants register parties.
	Registrants Who = "registrants"
	// Granting is for the parties of grants, for those who review and record them, and for those who supervise.
	Granting Who = "granting"
	// Grantors propose grants and plans.
	Grantors Who = "grantors"
	// PlanRecorders record approval and filing of plans.
	PlanRecorders Who = "plan recorders"
	// Reporting is for whoever makes submissions, and whoever oversees them.
	Reporting Who = "reporting"
	// Submitters make submissions.
	Submitters Who = "submitters"
	// Reporter is the registrar's officer, who reports on each year.
	Reporter Who = "annual report"
	// Reconcilers are public bodies that reconcile batches of data.
	Reconcilers Who = "reconcilers"
	SignedIn    Who = "signed in"
)

// route is one row of the access table of pages.
type route struct {
	method, path string
	who          Who
	handler      func(*pages, echo.Context) error
}

// Pages lists the access table of pages as "METHOD path".
func Pages() []string {
	var all []string
	for _, r := range routes {
		all = append(all, r.method+" "+r.path)
	}
	return all
}

// routes is the access table: every page with its audience.
var routes = []route{
	{"GET", "/", Everybody, (*pages).start},
	{"GET", "/language/:lang", Everybody, (*pages).language},
	{"GET", "/publicity", Everybody, (*pages).publicity},
	{"GET", "/publicity/:id", Everybody, (*pages).notice},
	{"GET", "/publicity/:id/objection", Objector, (*pages).objectionForm},
	{"POST", "/publicity/:id/objection", Objector, (*pages).fileObjection},
	{"GET", "/objections", Objector, (*pages).objections},
	{"POST", "/objections/:id/:n/withdraw", Objector, (*pages).withdrawObjection},
	{"POST", "/cases/:id/evidence", Applicant, (*pages).supplyEvidence},
	{"POST", "/cases/:id/objections/:n/answer", Applicant, (*pages).answerObjection},
	{"POST", "/desk/:id/objections/:n/decide", Staff, (*pages).decideObjection},
	{"GET", "/register/:id/disputes/new", Objector, (*pages).disputeForm},
	{"POST", "/register/:id/disputes", Objector, (*pages).fileDispute},
	{"GET", "/register/:id/disputes/:n", SignedIn, (*pages).dispute},
	{"POST", "/register/:id/disputes/:n/:act", SignedIn, (*pages).disputeAct},
	{"GET", "/desk/disputes", Staff, (*pages).disputes},
	{"GET", "/inbox", Inbox, (*pages).inbox},
	{"GET", "/inbox/delivery", Objector, (*pages).delivery},
	{"POST", "/inbox/delivery", Objector, (*pages).subscribe},
	{"GET", "/inbox/:case/:n", SignedIn, (*pages).letter},
	{"GET", "/inbox/:case/:n/pdf", SignedIn, (*pages).letterPDF},
	{"POST", "/inbox/:case/:n/seen", Applicant, (*pages).acknowledge},
	{"POST", "/inbox/:case/:n/service", Inbox, (*pages).recordService},
	{"GET", "/reports", Everybody, (*pages).raiseForm},
	{"POST", "/reports", Everybody, (*pages).raise},
	{"GET", "/complaints", Filer, (*pages).raiseForm},
	{"POST", "/complaints", Filer, (*pages).raise},
	{"GET", "/data-objections", Filer, (*pages).raiseForm},
	{"POST", "/data-objections", Filer, (*pages).raise},
	{"GET", "/matters", Filer, (*pages).matters},
	{"GET", "/matters/:id", SignedIn, (*pages).matter},
	{"POST", "/matters/:id/:act", SignedIn, (*pages).matterAct},
	{"GET", "/matters/:id/files/:cid", SignedIn, (*pages).matterFile},
	{"GET", "/questions", Oversight, (*pages).questions},
	{"GET", "/questions/:question", Oversight, (*pages).question},
	{"GET", "/supervision", Oversight, (*pages).supervision},
	{"POST", "/supervision", Inspectors, (*pages).enterMatter},
	{"GET", "/disclosures", Everybody, (*pages).disclosures},
	{"GET", "/submissions", Reporting, (*pages).submissions},
	{"POST", "/submissions", Submitters, (*pages).submit},
	{"GET", "/submissions/:id", Everybody, (*pages).submission},
	{"GET", "/submissions/:id/document", Everybody, (*pages).submissionFile},
	{"GET", "/annual-report", Reporter, (*pages).annualReport},
	{"POST", "/annual-report", Reporter, (*pages).submitAnnual},
	{"GET", "/reconciliations", Reconcilers, (*pages).reconciliations},
	{"POST", "/reconciliations", Reconcilers, (*pages).openBatch},
	{"POST", "/reconciliations/:id/:act", Reconcilers, (*pages).batchAct},
	{"GET", "/register", Everybody, (*pages).register},
	{"GET", "/register/:id", Everybody, (*pages).asset},
	{"POST", "/register/:id/change", Applicant, (*pages).beginChange},
	{"POST", "/register/:id/correction", Applicant, (*pages).beginCorrection},
	{"POST", "/register/:id/:act", SignedIn, (*pages).assetAct},
	{"POST", "/cases/:id/join", Applicant, (*pages).joinTransfer},
	{"GET", "/certificates/:number", Everybody, (*pages).certificate},
	{"GET", "/verify", Everybody, (*pages).verifyForm},
	{"POST", "/verify", Everybody, (*pages).verify},
	{"GET", "/signin", Everybody, (*pages).signInPage},
	{"POST", "/signout", Everybody, (*pages).signOut},
	{"GET", "/sign/:id", SignedIn, (*pages).signing},
	{"POST", "/sign/:id/again", SignedIn, (*pages).signAgain},
	{"GET", "/account", SignedIn, (*pages).account},
	{"GET", "/account/apply", Everybody, (*pages).applyAccount},
	{"GET", "/contracts", Contracts, (*pages).contracts},
	{"POST", "/contracts", Contracts, (*pages).registerContract},
	{"GET", "/contracts/:id", Contracts, (*pages).contract},
	{"POST", "/contracts/:id/:act", Contracts, (*pages).contractAct},
	{"GET", "/rules", Everybody, (*pages).rules},
	{"GET", "/rules/:track/:n", Everybody, (*pages).rule},
	{"POST", "/rules/:track/:n/confirm", Confirmer, (*pages).confirmRule},
	{"GET", "/rules/:track/:n/successor", Rules, successorSheet.show},
	{"POST", "/rules/:track/:n/successor", Rules, successorSheet.submit},
	{"GET", "/calendars", Everybody, (*pages).calendars},
	{"GET", "/calendars/new", Administrator, calendarSheet.show},
	{"POST", "/calendars/new", Administrator, calendarSheet.submit},
	{"GET", "/appointments", Rules, (*pages).appointments},
	{"GET", "/appointments/new", Administrator, appointSheet.show},
	{"POST", "/appointments/new", Administrator, appointSheet.submit},
	{"GET", "/appointments/end", Administrator, endAppointmentSheet.show},
	{"POST", "/appointments/end", Administrator, endAppointmentSheet.submit},
	{"GET", "/appointments/administrator", Successions, administratorSheet.show},
	{"POST", "/appointments/administrator", Successions, administratorSheet.submit},
	{"GET", "/administrator/confirm", Confirmer, confirmAdministratorSheet.show},
	{"POST", "/administrator/confirm", Confirmer, confirmAdministratorSheet.submit},
	{"GET", "/appointments/key", Administrator, keySheet.show},
	{"POST", "/appointments/key", Administrator, keySheet.submit},
	{"GET", "/parties", Registrants, (*pages).parties},
	{"GET", "/parties/new", Registrants, partySheet.show},
	{"POST", "/parties/new", Registrants, partySheet.submit},
	{"GET", "/mandates", Mandates, (*pages).mandates},
	{"POST", "/mandates", Mandates, (*pages).grantMandate},
	{"POST", "/mandates/:mandate/use", Mandates, (*pages).useMandate},
	{"POST", "/mandates/:mandate/revoke", Mandates, (*pages).revokeMandate},
	{"POST", "/account/devices", SignedIn, (*pages).addDevice},
	{"POST", "/account/devices/:name/revoke", SignedIn, (*pages).revokeDevice},
	{"GET", "/apply", Applicant, (*pages).drafts},
	{"POST", "/apply", Applicant, (*pages).newDraft},
	{"GET", "/apply/:draft", Applicant, editing((*pages).tasks)},
	{"POST", "/apply/:draft/delete", Applicant, editing((*pages).deleteDraft)},
	{"GET", "/apply/:draft/steps/:step", Applicant, editing((*pages).step)},
	{"POST", "/apply/:draft/steps/:step", Applicant, editing((*pages).saveStep)},
	{"POST", "/apply/:draft/files", Applicant, editing((*pages).upload)},
	{"POST", "/apply/:draft/deposit", Applicant, editing((*pages).deposit)},
	{"POST", "/apply/:draft/files/remove", Applicant, editing((*pages).removeFile)},
	{"GET", "/apply/:draft/check", Applicant, editing((*pages).check)},
	{"POST", "/apply/:draft/file", Applicant, editing((*pages).file)},
	{"GET", "/apply/:draft/outcome", Applicant, editing((*pages).outcome)},
	{"GET", "/cases", Applicant, (*pages).cases},
	{"GET", "/cases/:id", SignedIn, (*pages).caseFile},
	{"POST", "/cases/:id/withdraw", Applicant, (*pages).withdraw},
	{"POST", "/cases/:id/claim", Applicant, (*pages).claim},
	{"POST", "/cases/:id/supplement", Applicant, (*pages).supplement},
	{"POST", "/cases/:id/materials", Applicant, (*pages).supplementMaterials},
	{"GET", "/desk/accounts", AccountStaff, (*pages).accounts},
	{"GET", "/desk/accounts/:msp/:name", AccountStaff, (*pages).accountFile},
	{"POST", "/desk/accounts/:msp/:name/:act", AccountStaff, (*pages).accountAct},
	{"GET", "/desk", Staff, (*pages).allQueues},
	{"GET", "/desk/acceptance", Staff, (*pages).oneQueue},
	{"GET", "/desk/review", Staff, (*pages).oneQueue},
	{"GET", "/desk/objections", Staff, (*pages).oneQueue},
	{"GET", "/desk/publicity", Staff, (*pages).oneQueue},
	{"GET", "/desk/registration", Staff, (*pages).oneQueue},
	{"GET", "/desk/overdue", Staff, (*pages).overdue},
	{"POST", "/desk/sweep", Staff, (*pages).sweep},
	{"GET", "/desk/:id", Staff, (*pages).deskCase},
	{"POST", "/desk/:id/:act", Staff, (*pages).deskAct},
	{"GET", "/grants", Granting, (*pages).grants},
	{"GET", "/grants/:id", Granting, (*pages).grant},
	{"GET", "/grants/:id/use", Granting, (*pages).useOfGrant},
	{"GET", "/grants/:id/usage", Granting, (*pages).usageOfGrant},
	{"GET", "/grants/:id/:act", Granting, onGrant(sheet.show)},
	{"POST", "/grants/:id/:act", Granting, onGrant(sheet.submit)},
	{"GET", "/register/:id/licence", Grantors, licenceSheet.show},
	{"POST", "/register/:id/licence", Grantors, licenceSheet.submit},
	{"GET", "/plans", Granting, (*pages).plans},
	{"GET", "/plans/new", Grantors, proposePlanSheet.show},
	{"POST", "/plans/new", Grantors, proposePlanSheet.submit},
	{"GET", "/plans/:id", Granting, (*pages).operationPlan},
	{"GET", "/plans/:id/approve", PlanRecorders, onPlan(approvePlanSheet.show)},
	{"POST", "/plans/:id/approve", PlanRecorders, onPlan(approvePlanSheet.submit)},
	{"GET", "/plans/:id/file", PlanRecorders, onPlan(filePlanSheet.show)},
	{"POST", "/plans/:id/file", PlanRecorders, onPlan(filePlanSheet.submit)},
	{"GET", "/plans/:id/operation/:n", Grantors, onPlan(operationSheet.show)},
	{"POST", "/plans/:id/operation/:n", Grantors, onPlan(operationSheet.submit)},
	{"GET", "/evidence/:cid", SignedIn, (*pages).evidence},
	{"GET", "/catalogue", Everybody, (*pages).catalogue},
	{"GET", "/catalogue/own", Provider, (*pages).ownItems},
	{"GET", "/catalogue/new", Provider, publishSheet.show},
	{"POST", "/catalogue/new", Provider, publishSheet.submit},
	{"GET", "/catalogue/import", Provider, (*pages).importForm},
	{"POST", "/catalogue/import", Provider, (*pages).importUpload},
	{"GET", "/catalogue/import/:cid", Provider, (*pages).importReport},
	{"POST", "/catalogue/import/:cid", Provider, (*pages).importBatch},
	{"GET", "/catalogue/import/:cid/refused", Provider, (*pages).importRefused},
	{"GET", "/catalogue/:id", Everybody, (*pages).catalogueItem},
	{"GET", "/catalogue/:id/edit", Provider, amendSheet.show},
	{"POST", "/catalogue/:id/edit", Provider, amendSheet.submit},
	{"GET", "/catalogue/:id/withdraw", Provider, withdrawItemSheet.show},
	{"POST", "/catalogue/:id/withdraw", Provider, withdrawItemSheet.submit},
	{"GET", "/catalogue/:id/request", Provider, requestShareSheet.show},
	{"POST", "/catalogue/:id/request", Provider, requestShareSheet.submit},
	{"GET", "/catalogue/:id/audit", Provider, auditSheet.show},
	{"POST", "/catalogue/:id/audit", Provider, auditSheet.submit},
	{"GET", "/catalogue/:id/publish", DataDepartment, publishOpeningSheet.show},
	{"POST", "/catalogue/:id/publish", DataDepartment, publishOpeningSheet.submit},
	{"GET", "/catalogue/:id/send-back", DataDepartment, sendBackSheet.show},
	{"POST", "/catalogue/:id/send-back", DataDepartment, sendBackSheet.submit},
	{"GET", "/catalogue/:id/stop", Openers, stopSheet.show},
	{"POST", "/catalogue/:id/stop", Openers, stopSheet.submit},
	{"GET", "/sharing", SignedIn, (*pages).shares},
	{"GET", "/sharing/:id", SignedIn, (*pages).share},
	{"GET", "/sharing/:id/withdraw", Provider, withdrawShareSheet.show},
	{"POST", "/sharing/:id/withdraw", Provider, withdrawShareSheet.submit},
	{"GET", "/sharing/:id/decide", DataDepartment, decideShareSheet.show},
	{"POST", "/sharing/:id/decide", DataDepartment, decideShareSheet.submit},
	{"GET", "/sharing/:id/report", Provider, reportShareSheet.show},
	{"POST", "/sharing/:id/report", Provider, reportShareSheet.submit},
	{"GET", "/purchases", SignedIn, (*pages).purchases},
	{"GET", "/purchases/new", Provider, requestPurchaseSheet.show},
	{"POST", "/purchases/new", Provider, requestPurchaseSheet.submit},
	{"GET", "/purchases/:id", SignedIn, (*pages).purchase},
	{"GET", "/purchases/:id/withdraw", Provider, withdrawPurchaseSheet.show},
	{"POST", "/purchases/:id/withdraw", Provider, withdrawPurchaseSheet.submit},
	{"GET", "/purchases/:id/decide", DataDepartment, decidePurchaseSheet.show},
	{"POST", "/purchases/:id/decide", DataDepartment, decidePurchaseSheet.submit},
	{"GET", "/purchases/:id/report", Provider, reportPurchaseSheet.show},
	{"POST", "/purchases/:id/report", Provider, reportPurchaseSheet.submit},
	{"GET", "/opening", Everybody, (*pages).opening},
	{"GET", "/opening/plans/new", DataDepartment, planSheet.show},
	{"POST", "/opening/plans/new", DataDepartment, planSheet.submit},
	{"GET", "/opening/plans/:region/:year", Everybody, (*pages).plan},
	{"GET", "/enterprises", SignedIn, (*pages).enterprises},
	{"GET", "/enterprises/new", DataDepartment, enterSheet.show},
	{"POST", "/enterprises/new", DataDepartment, enterSheet.submit},
	{"GET", "/enterprises/:id/edit", DataDepartment, amendEntrySheet.show},
	{"POST", "/enterprises/:id/edit", DataDepartment, amendEntrySheet.submit},
	{"GET", "/enterprises/:id/remove", DataDepartment, removeEntrySheet.show},
	{"POST", "/enterprises/:id/remove", DataDepartment, removeEntrySheet.submit},
}

// Register adds the pages' routes.
func Register(e *echo.Echo, d *desk.Desk, v *rest.Verifier, sessions *session.Sessions) error {
	return register(e, &pages{desk: d, verifier: v, sessions: sessions, now: time.Now})
}

func register(e *echo.Echo, p *pages) error {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		return err
	}
	e.StaticFS("/assets", files)
	for _, r := range routes {
		e.Add(r.method, r.path, p.guarded(r))
	}
	return nil
}

// admits says whether a person belongs to an audience.
func (w Who) admits(a registry.Actor) bool {
	switch w {
	case Applicant:
		return a.Role == registry.RoleApplicant || a.Represents()
	case Contracts:
		return registry.CheckAccess("contract:Register", a) == nil
	case Objector:
		return registry.CheckAccess("registration:FileObjection", a) == nil
	case Inbox:
		return Applicant.admits(a) || registry.CheckAccess("registration:RecordService", a) == nil
	case Filer:
		return filesMatters(a)
	case Oversight:
		return desk.Supervises(a)
	case Submitters:
		return registry.CheckAccess("supervision:Submit", a) == nil
	case Reporting:
		return Submitters.admits(a) || Oversight.admits(a)
	case Reporter:
		return a.Role == registry.RoleOfficer
	case Reconcilers:
		return registry.CheckAccess("supervision:OpenBatch", a) == nil
	case Inspectors:
		return registry.CheckAccess("supervision:Enter", a) == nil
	case Mandates:
		return registry.CheckAccess("mandate:Revoke", a) == nil
	case Provider:
		return registry.CheckAccess("catalogue:Publish", a) == nil
	case DataDepartment:
		return registry.CheckAccess("sharing:Decide", a) == nil
	case Openers:
		return registry.CheckAccess("opening:Stop", a) == nil
	case Granting:
		return registry.CheckAccess("authorization:Sign", a) == nil || registry.CheckAccess("authorization:Review", a) == nil || a.Role == registry.RoleRegulator
	case Grantors:
		return registry.CheckAccess("authorization:Propose", a) == nil
	case PlanRecorders:
		return registry.CheckAccess("authorization:ApprovePlan", a) == nil
	case Staff:
		return home(a) == "/desk"
	case Rules:
		return registry.CheckAccess("rule:AdoptProfile", a) == nil
	case Confirmer:
		return registry.CheckAccess("rule:ConfirmProfile", a) == nil
	case Successions:
		return registry.CheckAccess("rule:NameAdministrator", a) == nil
	case Administrator:
		return registry.CheckAccess("party:Appoint", a) == nil
	case Registrants:
		return registry.CheckAccess("party:Register", a) == nil
	case AccountStaff:
		return registry.CheckAccess("account:Approve", a) == nil
	}
	return true
}

// guarded lets only a route's audience in: who is not signed in goes to sign in, everybody else gets an explanation.
func (p *pages) guarded(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set(contextView, p.view(c, nil))
		if r.who == Everybody {
			return r.handler(p, c)
		}
		person, ok := p.person(c)
		if !ok {
			next := c.Request().URL.RequestURI()
			if c.Request().Method != http.MethodGet {
				next = ownPath(c.Request().Referer())
			}
			return c.Redirect(http.StatusSeeOther, "/signin?next="+url.QueryEscape(next))
		}
		if !r.who.admits(person.Actor) {
			return echo.NewHTTPError(http.StatusForbidden, "您的账号不能打开这个页面，请用有权限的账号登录")
		}
		if r.who == Applicant && person.Principal() == "" { // an agent first says for whom
			return c.Redirect(http.StatusSeeOther, "/mandates?next="+url.QueryEscape(c.Request().URL.RequestURI()))
		}
		if c.Request().Method == http.MethodGet {
			if err := p.sessions.Rotate(c.Request().Context()); err != nil {
				return err
			}
		}
		return r.handler(p, c)
	}
}

func (p *pages) evidence(c echo.Context) error {
	may, err := p.desk.MayOpen(c.Request().Context(), p.self(c), c.Param("cid"))
	if err != nil {
		return err
	}
	if !may {
		return echo.NewHTTPError(http.StatusForbidden, "这份材料不属于您，也不属于您的案件")
	}
	return rest.SendFile(c.Request().Context(), c, p.desk, c.Param("cid"))
}

// unavailable is the page for a ledger that does not answer.
func unavailable(err error) error {
	return echo.NewHTTPError(http.StatusServiceUnavailable, "账本暂时不可用，没有任何内容被提交，请稍后重试").SetInternal(err)
}

// incomplete is the failure to read a form to its end: it is too large, or the visitor hung up.
func incomplete(err error) error {
	if errors.Is(err, echo.ErrStatusRequestEntityTooLarge) {
		return echo.ErrStatusRequestEntityTooLarge
	}
	return echo.NewHTTPError(http.StatusBadRequest, "填写的内容没有收全，请再提交一次").SetInternal(err)
}

const contextView = "web.view"

// ErrorPage shows a failure: a sentence for people and a reference number.
func ErrorPage(c echo.Context, d *desk.Desk, status int, sentence, reference string) {
	v, ok := c.Get(contextView).(view) // set once the route is known: language and persona
	if !ok {
		v = view{Lang: "zh", Desk: d}
	}
	v.Data = map[string]any{"Status": status, "Sentence": sentence, "Reference": reference}
	body, err := v.render("error")
	if err != nil {
		_ = c.String(status, fmt.Sprintf("%s (%s)", sentence, reference))
		return
	}
	_ = c.HTMLBlob(status, body)
}
