package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// shares are the share requests that concern the person: what their body asks for, what is asked of it, and at the data department what is
// to be decided.
func (p *pages) shares(c echo.Context) error {
	ctx, self, after := c.Request().Context(), p.self(c), c.QueryParam("after")
	data := map[string]any{"Department": self.Oversees()}
	filter := self.Shares(false)
	filter.Limit, filter.After = 50, after
	if !self.Oversees() {
		asked := self.Shares(true)
		asked.Limit = 100
		list, err := p.desk.Catalogue.Shares(ctx, asked)
		if err != nil {
			return err
		}
		data["Asked"] = list.All
	}
	list, err := p.desk.Catalogue.Shares(ctx, filter)
	if err != nil {
		return err
	}
	data["Page"], data["Next"] = list, nextPage(c, list.Next)
	parties := append(partiesOf(list.All, func(s registry.Share) registry.PartyID { return s.Applicant }), partiesOf(list.All, func(s registry.Share) registry.PartyID { return s.Provider })...)
	data["Names"] = p.names(ctx, parties)
	return p.show(c, "shares", data)
}

// seen refuses whoever is neither of one of the parties nor of an authority.
func seen(self desk.Person, parties ...registry.PartyID) error {
	if self.Concerns(parties...) {
		return nil
	}
	return echo.NewHTTPError(http.StatusForbidden, "这件申请与您的单位无关")
}

func (p *pages) share(c echo.Context) error {
	ctx := c.Request().Context()
	s, err := p.desk.Catalogue.Share(ctx, registry.ShareID(c.Param("id")))
	if err != nil {
		return missing(err)
	}
	self := p.self(c)
	if err := seen(self, s.Applicant, s.Provider); err != nil {
		return err
	}
	item, err := p.desk.Catalogue.Item(ctx, s.Item)
	if err != nil {
		return missing(err)
	}
	asOf, err := p.desk.Records.AsOf(ctx)
	if err != nil {
		return err
	}
	return p.show(c, "share", map[string]any{"Share": s, "Item": item, "AsOf": asOf, "Names": p.names(ctx, []registry.PartyID{s.Applicant, s.Provider}),
		"Applicant": self.Actor.Party == s.Applicant && Provider.admits(self.Actor), "Provider": self.Actor.Party == s.Provider && Provider.admits(self.Actor), "Department": DataDepartment.admits(self.Actor)})
}

// scopeFields are the information items that may be named, and the day until which they are used.
func scopeFields(names []string, fields ...field) []field {
	return append([]field{{Path: "scope.fields", Name: "scope.fields", Kind: "many", Options: names},
		{Path: "scope.until", Name: "scope.until", Kind: "date", Size: "short", Code: true, Help: words{"例如 2027-12-31", "For example 2027-12-31"}}}, fields...)
}

func scopeOf(t typed) registry.Scope {
	return registry.Scope{Fields: slices.Concat([]string{}, t["scope.fields"]), Until: registry.Date(t.code("scope.until"))}
}

// sharedNames are the information items of an item that are shared at all.
func sharedNames(i registry.CatalogItem) []string {
	var names []string
	for _, f := range i.Fields {
		if i.SharedAs(f) != registry.Withheld {
			names = append(names, f.Name)
		}
	}
	return names
}

// decisionField asks whether a request is granted.
var (
	decisionField = field{Path: "granted", Name: "granted", Kind: "radio", Options: []string{"yes", "no"}, Terms: "decision"}
	reasonsField  = field{Path: "reasons", Name: "reasons", Kind: "area", Max: 500, Optional: true, Help: words{"不同意的必须说明理由；同意的可以附条件", "A refusal needs reasons; a grant may carry conditions"}}
	withdrawField = field{Path: "reasons", Name: "reasons", Kind: "area", Max: 200}
	noteField     = field{Path: "note", Name: "note", Kind: "area", Max: 500}
)

var (
	requestShareSheet = sheet{function: "sharing:Request", rule: registry.RuleShare, next: to("/sharing"),
		lead: words{"由市数据局、市政务服务监管局审核，提供单位反馈。同意的范围不会超过申请。", "Decided by the data bureau and the government-services bureau; the provider reports. Never more is granted than was asked for."},
		fields: func(p *pages, c echo.Context) ([]field, error) {
			item, err := p.desk.Catalogue.Item(c.Request().Context(), c.Param("id"))
			return scopeFields(sharedNames(item), field{Path: "purpose", Name: "purpose", Kind: "area", Max: 500, Help: words{"数据用来做什么、怎样使用", "What the data is used for, and how"}},
				field{Path: "basis", Name: "basis", Kind: "text", Max: 200, Help: words{"履行哪项职责需要", "The duty for which it is needed"}}), err
		},
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.RequestShareRequest{Key: t.one("key"), Item: c.Param("id"), Scope: scopeOf(t), Purpose: t.one("purpose"), Basis: t.one("basis")}, nil
		}}
	withdrawShareSheet = sheet{function: "sharing:Withdraw", fields: these(withdrawField), next: back("/sharing"),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.WithdrawShareRequest{Key: t.one("key"), Share: registry.ShareID(c.Param("id")), Reasons: t.one("reasons")}, nil
		}}
	decideShareSheet = sheet{function: "sharing:Decide", rule: registry.RuleShare, next: back("/sharing"),
		lead: words{"可以少同意几项或者缩短期限，不能超出申请。不办理本单位的申请。", "You may grant less or for a shorter time, never more. Nobody decides for their own body."},
		fields: func(p *pages, c echo.Context) ([]field, error) {
			s, err := p.desk.Catalogue.Share(c.Request().Context(), registry.ShareID(c.Param("id")))
			return append([]field{decisionField}, scopeFields(s.Scope.Fields, reasonsField)...), err
		},
		fill: func(p *pages, c echo.Context) (typed, error) {
			s, err := p.desk.Catalogue.Share(c.Request().Context(), registry.ShareID(c.Param("id")))
			return typed{"scope.fields": s.Scope.Fields, "scope.until": {string(s.Scope.Until)}}, err
		},
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			r := registry.DecideShareRequest{Key: t.one("key"), Share: registry.ShareID(c.Param("id")), Granted: t.one("granted") == "yes", Scope: registry.Scope{Fields: []string{}}, Reasons: t.one("reasons")}
			if r.Granted {
				r.Scope = scopeOf(t)
			}
			return r, nil
		}}
	reportShareSheet = sheet{function: "sharing:Report", rule: registry.RuleShare, next: back("/sharing"),
		fields: these(field{Path: "provided", Name: "provided", Kind: "radio", Options: []string{"yes", "no"}, Terms: "provided"}, noteField),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.ReportShareRequest{Key: t.one("key"), Share: registry.ShareID(c.Param("id")), Provided: t.one("provided") == "yes", Note: t.one("note")}, nil
		}}
)

// purchases are the purchase requests of the person's body, or those that the data department coordinates.
func (p *pages) purchases(c echo.Context) error {
	ctx, self := c.Request().Context(), p.self(c)
	filter := self.Purchases()
	filter.Limit, filter.After = 50, c.QueryParam("after")
	list, err := p.desk.Catalogue.Purchases(ctx, filter)
	if err != nil {
		return err
	}
	return p.show(c, "purchases", map[string]any{"Page": list, "Next": nextPage(c, list.Next), "Department": DataDepartment.admits(self.Actor),
		"Names": p.names(ctx, partiesOf(list.All, func(r registry.Purchase) registry.PartyID { return r.Applicant }))})
}

func (p *pages) purchase(c echo.Context) error {
	ctx, self := c.Request().Context(), p.self(c)
	r, err := p.desk.Catalogue.Purchase(ctx, registry.PurchaseID(c.Param("id")))
	if err != nil {
		return missing(err)
	}
	if err := seen(self, r.Applicant); err != nil {
		return err
	}
	asOf, err := p.desk.Records.AsOf(ctx)
	if err != nil {
		return err
	}
	return p.show(c, "purchase", map[string]any{"Purchase": r, "AsOf": asOf, "Names": p.names(ctx, []registry.PartyID{r.Applicant, r.Supplier}),
		"Applicant": self.Actor.Party == r.Applicant && Provider.admits(self.Actor), "Department": DataDepartment.admits(self.Actor)})
}

var (
	requestPurchaseSheet = sheet{function: "purchase:Request", rule: registry.RulePurchase, next: to("/purchases"),
		lead: words{"先看目录里能不能共享取得。价格不写在这里。", "Look first whether the catalogue shares it. No prices here."},
		fields: these(field{Path: "subjectClass", Name: "subjectClass", Kind: "select", Options: []string{"ENTERPRISE", "PERSONAL"}, Terms: "subjectClass", Size: "medium"},
			field{Path: "data", Name: "data", Kind: "area", Max: 500}, field{Path: "purpose", Name: "purpose", Kind: "area", Max: 500}, field{Path: "basis", Name: "basis", Kind: "text", Max: 200},
			field{Path: "personalBasis", Name: "personalBasis", Kind: "text", Max: 200, Optional: true, Help: words{"采购个人数据的必填（第五十五条）", "For personal data (art. 55)"}}),
		request: func(_ *pages, _ echo.Context, t typed) (any, error) {
			return registry.RequestPurchaseRequest{Key: t.one("key"), Subject: t.one("subjectClass"), Data: t.one("data"), Purpose: t.one("purpose"), Basis: t.one("basis"), PersonalBasis: t.one("personalBasis")}, nil
		}}
	withdrawPurchaseSheet = sheet{function: "purchase:Withdraw", fields: these(withdrawField), next: back("/purchases"),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.WithdrawPurchaseRequest{Key: t.one("key"), Purchase: registry.PurchaseID(c.Param("id")), Reasons: t.one("reasons")}, nil
		}}
	decidePurchaseSheet = sheet{function: "purchase:Decide", rule: registry.RulePurchase, next: back("/purchases"), fields: these(decisionField, reasonsField),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.DecidePurchaseRequest{Key: t.one("key"), Purchase: registry.PurchaseID(c.Param("id")), Granted: t.one("granted") == "yes", Reasons: t.one("reasons")}, nil
		}}
	reportPurchaseSheet = sheet{function: "purchase:Report", rule: registry.RulePurchase, next: back("/purchases"),
		fields: these(field{Path: "purchased", Name: "purchased", Kind: "radio", Options: []string{"yes", "no"}, Terms: "purchased"},
			field{Path: "supplier", Name: "supplier", Kind: "text", Code: true, Size: "medium", Optional: true, Help: words{"已采购的填写供应方的统一社会信用代码", "The supplier's credit code, if bought"}}, noteField),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.ReportPurchaseRequest{Key: t.one("key"), Purchase: registry.PurchaseID(c.Param("id")), Purchased: t.one("purchased") == "yes",
				Supplier: registry.PartyID(t.code("supplier")), Note: t.one("note")}, nil
		}}
)

// yearOf reads a year; zero is no year and refused as such.
func yearOf(text string) int {
	return int(typed{"year": {strings.TrimSpace(text)}}.number("year"))
}
