package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// grants are those that concern the person: what its body grants and what it was granted; for reviewers and the bureau those under way first.
func (p *pages) grants(c echo.Context) error {
	ctx, self, after := c.Request().Context(), p.self(c), c.QueryParam("after")
	filter, data := desk.GrantFilter{Grantee: self.Actor.Party, Limit: 50, After: after}, map[string]any{"All": self.MaySeeAllGrants()}
	if self.MaySeeAllGrants() {
		waiting, err := p.desk.Grants.Grants(ctx, desk.GrantFilter{Statuses: []registry.GrantStatus{registry.GrantInReview, registry.GrantSigned}, Limit: 100})
		if err != nil {
			return err
		}
		filter.Grantee, data["Waiting"] = "", waiting.All
	} else {
		given, err := p.desk.Grants.Grants(ctx, desk.GrantFilter{Grantor: self.Actor.Party, Limit: 100})
		if err != nil {
			return err
		}
		data["Given"] = given.All
	}
	list, err := p.desk.Grants.Grants(ctx, filter)
	if err != nil {
		return err
	}
	all := list.All
	for _, shown := range []string{"Waiting", "Given"} {
		if more, ok := data[shown].([]registry.Grant); ok {
			all = slices.Concat(all, more)
		}
	}
	data["Page"], data["Next"], data["Statuses"] = list, nextPage(c, list.Next), p.grantStatuses(c, all)
	data["Names"] = p.names(ctx, append(partiesOf(all, func(g registry.Grant) registry.PartyID { return g.Grantor }), partiesOf(all, func(g registry.Grant) registry.PartyID { return g.Grantee })...))
	return p.show(c, "grants", data)
}

// grantStatuses are what holds for each grant as of now.
func (p *pages) grantStatuses(c echo.Context, all []registry.Grant) map[registry.GrantID]registry.GrantStatus {
	statuses := map[registry.GrantID]registry.GrantStatus{}
	for _, g := range all {
		statuses[g.ID] = p.desk.GrantStatus(c.Request().Context(), g, p.now())
	}
	return statuses
}

// findGrant is the grant that the address names, for those whom it concerns.
func (p *pages) findGrant(c echo.Context) (registry.Grant, error) {
	g, err := p.desk.Grants.Grant(c.Request().Context(), registry.GrantID(c.Param("id")))
	if err != nil {
		return g, missing(err)
	}
	if !p.self(c).MaySee(g) {
		return g, echo.NewHTTPError(http.StatusForbidden, "这项授权与您的单位无关")
	}
	return g, nil
}

// grant shows a grant with what the person may do about it now.
func (p *pages) grant(c echo.Context) error {
	g, err := p.findGrant(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	asOf, err := p.desk.Records.AsOf(ctx)
	if err != nil {
		return err
	}
	status := p.desk.GrantStatus(ctx, g, p.now())
	data := map[string]any{"Grant": g, "Status": status, "AsOf": asOf, "Names": p.names(ctx, []registry.PartyID{g.Grantor, g.Grantee}), "Offered": p.offeredOnGrant(c, g, status)}
	if head, err := p.desk.Grants.Head(ctx, g.ID); err == nil {
		data["Head"] = head
	}
	if asset, err := p.desk.Records.Asset(ctx, g.Asset); err == nil {
		data["DataName"] = asset.Content.DataName
	}
	return p.show(c, "grant", data)
}

// usageOfGrant lists the anchored batches of a grant: how much was used and refused, and what proves it.
func (p *pages) usageOfGrant(c echo.Context) error {
	g, err := p.findGrant(c)
	if err != nil {
		return err
	}
	list, err := p.desk.Grants.UsageBatches(c.Request().Context(), desk.UsageFilter{Grant: g.ID, Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	return p.show(c, "usage", map[string]any{"Grant": g, "Page": list, "Next": nextPage(c, list.Next)})
}

// grantAct is an act on a grant: its form, who may try it, and from which statuses.
type grantAct struct {
	sheet sheet
	by    func(self desk.Person, g registry.Grant) bool
	from  []registry.GrantStatus
}

func byGrantor(self desk.Person, g registry.Grant) bool { return self.Actor.Party == g.Grantor }
func byGrantee(self desk.Person, g registry.Grant) bool { return self.Actor.Party == g.Grantee }

func byRole(function string) func(desk.Person, registry.Grant) bool {
	return func(self desk.Person, _ registry.Grant) bool {
		return registry.CheckAccess(function, self.Actor) == nil
	}
}

// grantActs are the acts on a grant by the last part of their address, grantOrder the order in which they are offered.
var (
	grantActs  map[string]grantAct
	grantOrder = []string{"sign", "review", "file", "develop", "decline", "withdraw", "suspend", "resume", "revoke", "terminate", "close"}
)

func init() { // the forms refer to grantActs themselves
	active, ended := []registry.GrantStatus{registry.GrantActive}, []registry.GrantStatus{registry.GrantRevoked, registry.GrantTerminated, registry.GrantExpired}
	live := []registry.GrantStatus{registry.GrantSigned, registry.GrantActive, registry.GrantSuspended}
	grantActs = map[string]grantAct{
		"sign":      {plainGrantSheet("authorization:Sign", words{"签署后授权按约定生效；授权运营在协议备案后开始。", "With your signature the grant takes effect as agreed; an operation begins when its agreement is filed."}), byGrantee, []registry.GrantStatus{registry.GrantProposed}},
		"resume":    {plainGrantSheet("authorization:Resume", words{}), byGrantor, []registry.GrantStatus{registry.GrantSuspended}},
		"decline":   {endGrantSheet("authorization:Decline"), byGrantee, []registry.GrantStatus{registry.GrantProposed}},
		"withdraw":  {endGrantSheet("authorization:Withdraw"), byGrantor, []registry.GrantStatus{registry.GrantInReview, registry.GrantProposed}},
		"suspend":   {endGrantSheet("authorization:Suspend"), byGrantor, active},
		"revoke":    {endGrantSheet("authorization:Revoke"), byGrantor, live},
		"terminate": {endGrantSheet("authorization:Terminate"), byGrantee, live},
		"close":     {closeGrantSheet, byGrantor, ended},
		"review":    {reviewGrantSheet, byRole("authorization:Review"), []registry.GrantStatus{registry.GrantInReview}},
		"file":      {fileGrantSheet, byRole("authorization:File"), []registry.GrantStatus{registry.GrantSigned}},
		"develop": {developSheet, func(self desk.Person, g registry.Grant) bool {
			return g.Kind == registry.GrantOperation && self.Actor.Party == g.Grantee && registry.CheckAccess("authorization:Propose", self.Actor) == nil
		}, active},
	}
}

// offeredOnGrant are the acts that the person may try on a grant now.
func (p *pages) offeredOnGrant(c echo.Context, g registry.Grant, status registry.GrantStatus) []string {
	var all []string
	for _, name := range grantOrder {
		act, self := grantActs[name], p.self(c)
		if act.by(self, g) && registry.CheckAccess(act.sheet.function, self.Actor) == nil && (slices.Contains(act.from, status) || slices.Contains(act.from, g.Status) && status != registry.GrantExpired) {
			all = append(all, name)
		}
	}
	return all
}

// onGrant is a handler of the form that the address names, for those whom the grant concerns.
func onGrant(handle func(s sheet, p *pages, c echo.Context) error) func(*pages, echo.Context) error {
	return func(p *pages, c echo.Context) error {
		act, known := grantActs[c.Param("act")]
		if !known {
			return echo.NewHTTPError(http.StatusNotFound, "没有这项业务")
		}
		if _, err := p.findGrant(c); err != nil {
			return err
		}
		return handle(act.sheet, p, c)
	}
}

func grantID(c echo.Context) registry.GrantID { return registry.GrantID(c.Param("id")) }

func plainGrantSheet(function string, lead words) sheet {
	return sheet{function: function, rule: registry.RuleAgreedUse, lead: lead, fields: these(), next: back("/grants"), request: func(_ *pages, c echo.Context, t typed) (any, error) {
		return registry.GrantRequest{Key: t.one("key"), Grant: grantID(c)}, nil
	}}
}

func endGrantSheet(function string) sheet {
	return sheet{function: function, rule: registry.RuleAgreedUse, fields: these(field{Path: "reason", Name: "item.reason", Kind: "text", Max: 200}), next: back("/grants"), request: func(_ *pages, c echo.Context, t typed) (any, error) {
		return registry.EndGrantRequest{Key: t.one("key"), Grant: grantID(c), Reason: t.one("reason")}, nil
	}}
}

var (
	reviewKinds      = []string{string(registry.ReviewCompliance), string(registry.ReviewSecurity), string(registry.ReviewAlgorithm)}
	reviewGrantSheet = sheet{function: "authorization:Review", rule: registry.RuleAgreedUse, next: back("/grants"),
		lead: words{"三项审查由三个人分别作出，每人只审自己被任命的一项；一项不通过的，授权不成立。", "Three people give the three reviews, each the one they are appointed for; one that fails refuses the grant."},
		fields: these(field{Path: "review", Name: "review", Kind: "select", Options: reviewKinds, Terms: "useReview", Size: "medium"}, field{Path: "pass", Name: "pass", Kind: "radio", Options: []string{"yes", "no"}, Terms: "passed"},
			field{Path: "note", Name: "note", Kind: "area", Max: 500, Optional: true, Help: words{"不通过的必须写明理由", "A failed review needs its reasons"}}, field{Path: "report", Name: "report", Kind: "file"}),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.ReviewUseRequest{Key: t.one("key"), Grant: grantID(c), Review: registry.ReviewKind(t.one("review")), Pass: t.one("pass") == "yes", Note: t.one("note"), Report: t.one("report")}, nil
		}}
	fileGrantSheet = sheet{function: "authorization:File", rule: registry.RuleOperationSign, next: back("/grants"), fields: these(field{Path: "filing", Name: "filing", Kind: "text", Max: 100, Size: "medium"}),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.FileGrantRequest{Key: t.one("key"), Grant: grantID(c), Filing: t.one("filing")}, nil
		}}
	closeGrantSheet = sheet{function: "authorization:Close", rule: registry.RuleContractEnd, next: back("/grants"),
		fields: these(field{Path: "deletion.method", Name: "deletion.method", Kind: "select", Options: registry.DeletionMethods, Terms: "deletion", Size: "medium"}, field{Path: "deletion.note", Name: "deletion.note", Kind: "text", Max: 200, Optional: true},
			field{Path: "deletion.supervisor", Name: "deletion.supervisor", Kind: "text", Code: true, Size: "medium", Help: words{"监督删除的市数据局人员的账号名", "Account of the bureau's officer who supervised the deletion"}}, field{Path: "deletion.evidence", Name: "deletion.evidence", Kind: "file"}),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.CloseGrantRequest{Key: t.one("key"), Grant: grantID(c), Deletion: registry.Deletion{Method: t.one("deletion.method"), Note: t.one("deletion.note"),
				Supervisor: supervisorName(t.one("deletion.supervisor")), Evidence: t.one("deletion.evidence")}}, nil
		}}
)

// policyFields are what the two sides agree.
func policyFields() []field {
	return []field{
		{Path: "grantee", Name: "grantee", Kind: "text", Code: true, Size: "medium", Help: words{"被授权方的统一社会信用代码", "The grantee's credit code"}},
		{Path: "policy.purposes", Name: "policy.purposes", Kind: "many", Options: registry.Purposes, Terms: "purpose"},
		{Path: "policy.scope", Name: "policy.scope", Kind: "area", Help: words{"一行写一部分，例如表名或者数据项；整项数据都授权的填一个星号 *", "One part per line, for example a table or an item; a single * for all of the data"}},
		{Path: "policy.modes", Name: "policy.modes", Kind: "many", Options: registry.Modes, Terms: "useMode"},
		{Path: "policy.spatial", Name: "policy.spatial", Kind: "many", Options: spatialCodes, Terms: "region", Help: words{"在哪里使用；上一级包含下一级", "Where it is used; a region includes those in it"}},
		{Path: "policy.from", Name: "policy.from", Kind: "date", Size: "short", Code: true, Help: words{"例如 2027-01-01", "For example 2027-01-01"}},
		{Path: "policy.to", Name: "policy.to", Kind: "date", Size: "short", Code: true, Help: words{"最后一日，例如 2027-12-31", "Last day, for example 2027-12-31"}},
		{Path: "policy.quota.quantity", Name: "policy.quota.quantity", Kind: "text", Size: "medium", Code: true, Help: words{"整个期限内总共可以用多少", "How much may be used in all"}},
		{Path: "policy.quota.unit", Name: "policy.quota.unit", Kind: "select", Options: registry.QuotaUnits, Terms: "quotaUnit", Size: "medium"},
		{Path: "environment", Name: "policy.conditions", Kind: "text", Max: 40, Optional: true, Help: words{"只能在指定环境里使用的，填环境名称", "If it may be used in one environment only: its name"}},
		{Path: "agreement", Name: "agreement", Kind: "file", Help: words{"双方的协议文本，加密保存，账本上只有编号", "What the parties agreed in writing: kept encrypted, the ledger has its identifier only"}},
	}
}

// policyOf reads what was agreed; right is what is passed on.
func policyOf(t typed, right registry.Right) registry.Policy {
	p := registry.Policy{Right: right, Purposes: slices.Concat([]string{}, t["policy.purposes"]), Scope: slices.Concat([]string{}, lines(t.one("policy.scope"))), Modes: slices.Concat([]string{}, t["policy.modes"]),
		Spatial: slices.Concat([]string{}, t["policy.spatial"]), From: t.date("policy.from"), To: t.date("policy.to"), Quota: registry.Quota{Unit: t.one("policy.quota.unit"), Quantity: t.number("policy.quota.quantity")}}
	if name := t.one("environment"); name != "" {
		p.Conditions = []registry.Condition{{Name: registry.ConditionEnvironment, Value: name}}
	}
	return p
}

func granteeOf(t typed) registry.PartyID { return registry.PartyID(t.code("grantee")) }

var (
	licenceSheet = sheet{function: "authorization:Propose", rule: registry.RuleRights, next: to("/grants"),
		lead: words{"只能授出自己登记持有的权利。被授权方签署后生效；您可以随时暂停或者撤销。", "You can pass on only a right that is registered for you. It takes effect when the grantee signs; you may suspend or revoke it at any time."},
		fields: func(*pages, echo.Context) ([]field, error) {
			right := field{Path: "policy.right", Name: "policy.right", Kind: "select", Options: rightCodes, Terms: "right", Size: "medium"}
			return slices.Insert(policyFields(), 1, right), nil
		},
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.ProposeGrantRequest{Key: t.one("key"), Kind: registry.GrantLicence, Asset: registry.AssetID(c.Param("id")), Grantee: granteeOf(t), Policy: policyOf(t, registry.Right(t.one("policy.right"))), Agreement: t.one("agreement")}, nil
		}}
	developSheet = sheet{function: "authorization:Propose", rule: registry.RuleAgreedUse, next: to("/grants"),
		lead:   words{"在本单位取得的授权运营范围之内，授权数据处理者开发利用。先经合规、安全、算法三项审查，再由对方签署。", "Lets a developer use the data within the operation granted to you. Three reviews come first, then the grantee signs."},
		fields: func(*pages, echo.Context) ([]field, error) { return policyFields(), nil },
		request: func(p *pages, c echo.Context, t typed) (any, error) {
			g, err := p.desk.Grants.Grant(c.Request().Context(), grantID(c))
			return registry.ProposeGrantRequest{Key: t.one("key"), Kind: registry.GrantDevelopment, Asset: g.Asset, Parent: g.ID, Grantee: granteeOf(t), Policy: policyOf(t, registry.RightUse), Agreement: t.one("agreement")}, err
		}}
)

// useOfGrant answers whether the data may be used for something ("may I use this for …?"), with the reason and the article; nothing is written.
func (p *pages) useOfGrant(c echo.Context) error {
	g, err := p.findGrant(c)
	if err != nil {
		return err
	}
	asked := typed(c.QueryParams())
	data := map[string]any{"Grant": g, "Asked": asked, "Purposes": registry.Purposes, "Modes": registry.Modes, "Regions": spatialCodes, "Units": registry.QuotaUnits}
	if asked.yes("purpose") {
		use := registry.Use{Right: g.Policy.Right, Purpose: asked.one("purpose"), Part: asked.one("part"), Mode: asked.one("mode"), Region: asked.one("region"), Unit: asked.one("unit"), Quantity: asked.number("quantity"), Environment: asked.one("environment")}
		verdict, err := p.desk.CheckUse(c.Request().Context(), registry.CheckUseRequest{Grant: g.ID, User: g.Grantee, Use: use, Counters: registry.Counters{Used: asked.number("used")}})
		if err != nil {
			return unavailable(err)
		}
		data["Answered"], data["Denied"], data["AsOf"] = true, p.obstacles(c, verdict), verdict.AsOf
	}
	return p.show(c, "use", data)
}

// Scope shows the parts of a policy's scope in words.
func (v view) Scope(parts []string) string {
	if slices.Equal(parts, []string{registry.ScopeWhole}) {
		return v.Tr("整项数据", "all of the data")
	}
	return strings.Join(parts, v.Tr("、", ", "))
}

// Terms shows several codes in words.
func (v view) Terms(kind string, codes []string) string {
	var all []string
	for _, code := range codes {
		all = append(all, v.Option(kind, code))
	}
	return strings.Join(all, v.Tr("、", ", "))
}
