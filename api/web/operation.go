package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// plans are the implementation plans of authorised operation: a body's own, or all for those who review and record.
func (p *pages) plans(c echo.Context) error {
	ctx, self := c.Request().Context(), p.self(c)
	filter := desk.OperationPlanFilter{Body: self.Actor.Party, Limit: 50, After: c.QueryParam("after")}
	if self.MaySeeAllGrants() {
		filter.Body = ""
	}
	list, err := p.desk.Grants.OperationPlans(ctx, filter)
	if err != nil {
		return err
	}
	return p.show(c, "operationplans", map[string]any{"Page": list, "Next": nextPage(c, list.Next), "Names": p.names(ctx, partiesOf(list.All, func(pl registry.Plan) registry.PartyID { return pl.Body })),
		"Proposes": registry.CheckAccess("authorization:ProposePlan", self.Actor) == nil})
}

// findPlan is the plan that the address names, for its body and those who review and record.
func (p *pages) findPlan(c echo.Context) (registry.Plan, error) {
	plan, err := p.desk.Grants.OperationPlan(c.Request().Context(), registry.PlanID(c.Param("id")))
	if err != nil {
		return plan, missing(err)
	}
	if self := p.self(c); self.Actor.Party != plan.Body && !self.MaySeeAllGrants() {
		return plan, echo.NewHTTPError(http.StatusForbidden, "这份实施方案与您的单位无关")
	}
	return plan, nil
}

func (p *pages) operationPlan(c echo.Context) error {
	plan, err := p.findPlan(c)
	if err != nil {
		return err
	}
	ctx, self := c.Request().Context(), p.self(c)
	asOf, err := p.desk.Records.AsOf(ctx)
	if err != nil {
		return err
	}
	grants := registry.CheckAccess("authorization:Propose", self.Actor) == nil && self.Actor.Party == plan.Body && (plan.Status == registry.PlanApproved || plan.Status == registry.PlanFiled)
	return p.show(c, "operationplan", map[string]any{"Plan": plan, "AsOf": asOf, "Names": p.names(ctx, append(slices.Clone(plan.SharedFrom), plan.Body)), "Grants": grants,
		"Records": registry.CheckAccess("authorization:ApprovePlan", self.Actor) == nil})
}

// whereFields ask for every item of an article where a document settles it.
func whereFields(path, kind string, items []string) []field {
	var all []field
	for i, item := range items {
		name := fmt.Sprintf("%s[%d].where", path, i)
		all = append(all, field{Path: name, Name: name, Kind: "text", Max: 100, Size: "medium", Help: words{locale.Term(locale.Chinese, kind, item), locale.Term(locale.English, kind, item)}})
	}
	return all
}

func whereOf(t typed, path string, items []string) []registry.TermsItem {
	all := []registry.TermsItem{}
	for i, item := range items {
		all = append(all, registry.TermsItem{Item: item, Where: t.one(fmt.Sprintf("%s[%d].where", path, i))})
	}
	return all
}

// codeList reads credit codes or identifiers, one per line or separated by commas.
func codeList[S ~string](t typed, path string) []S {
	var all []S
	for _, text := range strings.FieldsFunc(t.one(path), func(r rune) bool { return strings.ContainsRune(",，、;； \n", r) }) {
		all = append(all, S(registry.NormaliseCode(text)))
	}
	return all
}

var (
	proposePlanSheet = sheet{function: "authorization:ProposePlan", rule: registry.RulePlanItems, next: to("/plans"),
		lead: words{"列明方案的十二项内容各在方案的什么位置。经本级政府按“三重一大”程序审定后，由市数据局记录审定和备案。", "Say where the plan settles each of the twelve items. When it is approved by the procedure for major matters, the bureau records approval and filing."},
		fields: func(*pages, echo.Context) ([]field, error) {
			return append([]field{
				{Path: "name", Name: "name", Kind: "text", Max: 200}, {Path: "approach", Name: "approach", Kind: "select", Options: registry.PlanApproaches, Terms: "approach", Size: "medium"},
				{Path: "assets", Name: "assets", Kind: "area", Code: true, Help: words{"本单位已登记的公共数据资源在登记簿上的编号（AST 开头），一行一个", "Pages of your registered public resources (AST…), one per line"}},
				{Path: "purposes", Name: "purposes", Kind: "many", Options: registry.Purposes, Terms: "purpose"},
				{Path: "until", Name: "until", Kind: "date", Size: "short", Code: true, Help: words{"授权运营的最后一日", "Last day of what is authorised under it"}},
				{Path: "sharedFrom", Name: "sharedFrom", Kind: "area", Code: true, Optional: true, Help: words{"以政务数据共享方式取得的，填提供单位的统一社会信用代码，一行一个", "If data was shared by other bodies: their credit codes, one per line"}},
				{Path: "replaces", Name: "replaces", Kind: "text", Code: true, Size: "medium", Optional: true, Help: words{"作较大变更的，填原方案编号（PLN 开头）", "For a larger change: the plan that this one replaces (PLN…)"}},
				{Path: "planDocument", Name: "planDocument", Kind: "file"}}, whereFields("planItems", "planItem", registry.PlanItems)...), nil
		},
		request: func(_ *pages, _ echo.Context, t typed) (any, error) {
			return registry.ProposePlanRequest{Key: t.one("key"), Name: t.one("name"), Approach: t.one("approach"), Assets: slices.Concat([]registry.AssetID{}, codeList[registry.AssetID](t, "assets")),
				Purposes: slices.Concat([]string{}, t["purposes"]), Until: t.date("until"), SharedFrom: codeList[registry.PartyID](t, "sharedFrom"), Items: whereOf(t, "planItems", registry.PlanItems),
				Document: t.one("planDocument"), Replaces: registry.PlanID(t.code("replaces"))}, nil
		}}
	approvePlanSheet = sheet{function: "authorization:ApprovePlan", rule: registry.RulePlan, next: back("/plans"), fields: these(resolutionFields("approval")...),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.ApprovePlanRequest{Key: t.one("key"), Plan: registry.PlanID(c.Param("id")), Approval: resolutionOf(t, "approval")}, nil
		}}
	filePlanSheet = sheet{function: "authorization:FilePlan", rule: registry.RulePlan, next: back("/plans"), fields: these(field{Path: "filing", Name: "filing", Kind: "text", Max: 100, Size: "medium"}),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.FilePlanRequest{Key: t.one("key"), Plan: registry.PlanID(c.Param("id")), Filing: t.one("filing")}, nil
		}}
	operationSheet = sheet{function: "authorization:Propose", rule: registry.RuleOperationItems, next: to("/grants"),
		lead: words{"把方案中的一项公共数据资源授权给依法选定的运营机构。期限不超过方案，最长五年；双方签署并备案后开始。", "Authorises the operator to operate one resource of the plan. Not longer than the plan and five years; begins when both signed and it is filed."},
		fields: func(p *pages, c echo.Context) ([]field, error) {
			plan, err := p.findPlan(c)
			return operationFields(plan), err
		},
		request: func(p *pages, c echo.Context, t typed) (any, error) {
			plan, err := p.findPlan(c)
			n, _ := strconv.Atoi(c.Param("n"))
			if err == nil && (n < 1 || n > len(plan.Assets)) {
				err = desk.ErrNotFound
			}
			if err != nil {
				return nil, err
			}
			return registry.ProposeGrantRequest{Key: t.one("key"), Kind: registry.GrantOperation, Asset: plan.Assets[n-1], Grantee: granteeOf(t), Policy: policyOf(t, registry.RightUse), Agreement: t.one("agreement"), Operation: operationOf(t, plan)}, nil
		}}
)

func resolutionFields(path string) []field {
	return []field{{Path: path + ".authority", Name: path + ".authority", Kind: "text", Max: 100}, {Path: path + ".number", Name: path + ".number", Kind: "text", Max: 100, Size: "medium"}, {Path: path + ".document", Name: path + ".document", Kind: "file"}}
}

func resolutionOf(t typed, path string) registry.Resolution {
	return registry.Resolution{Authority: t.one(path + ".authority"), Number: t.one(path + ".number"), Document: t.one(path + ".document")}
}

// operationFields are the policy and the terms of an agreement under a plan; each body that shared data has a field for its consent.
func operationFields(plan registry.Plan) []field {
	all := append(policyFields(), field{Path: "operation.selection.method", Name: "operation.selection.method", Kind: "select", Options: registry.SelectionMethods, Terms: "selection", Size: "medium"},
		field{Path: "operation.selection.note", Name: "operation.selection.note", Kind: "text", Max: 200, Optional: true}, field{Path: "operation.selection.document", Name: "operation.selection.document", Kind: "file"})
	all = append(all, resolutionFields("operation.resolution")...)
	for i, provider := range plan.SharedFrom {
		path := fmt.Sprintf("operation.consents[%d].document", i)
		all = append(all, field{Path: path, Name: "operation.consents.document", Kind: "file", Help: words{string(provider), string(provider)}})
	}
	all = append(all, field{Path: "operation.affiliates", Name: "operation.affiliates", Kind: "area", Code: true, Optional: true, Help: words{"运营机构声明由其控制的企业，一行一个统一社会信用代码；这些企业不得参与再开发", "Companies that the operator declares to control, one credit code per line; they take no part in re-development"}})
	return append(all, whereFields("operation.items", "agreementItem", registry.AgreementItems)...)
}

func operationOf(t typed, plan registry.Plan) *registry.OperationTerms {
	o := registry.OperationTerms{Plan: plan.ID, Selection: registry.Selection{Method: t.one("operation.selection.method"), Note: t.one("operation.selection.note"), Document: t.one("operation.selection.document")},
		Resolution: resolutionOf(t, "operation.resolution"), Items: whereOf(t, "operation.items", registry.AgreementItems), Affiliates: codeList[registry.PartyID](t, "operation.affiliates")}
	for i, provider := range plan.SharedFrom {
		o.Consents = append(o.Consents, registry.Consent{Provider: provider, Document: t.one(fmt.Sprintf("operation.consents[%d].document", i))})
	}
	return &o
}

// onPlan is a handler of a form on a plan, for those whom it concerns.
func onPlan(handle func(p *pages, c echo.Context) error) func(*pages, echo.Context) error {
	return func(p *pages, c echo.Context) error {
		if _, err := p.findPlan(c); err != nil {
			return err
		}
		return handle(p, c)
	}
}
