package web

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/catalogue"
)

// recordWords are the words in which people write what a catalogue item says. Records are Chinese, whatever the language of the page.
func recordWords(kind, code string) string { return locale.Term(locale.Chinese, kind, code) }

// catalogueQuery is what a visitor of the catalogue looks for.
func catalogueQuery(c echo.Context) desk.ItemFilter {
	number := func(name string) int {
		n, _ := strconv.Atoi(c.QueryParam(name)) // anything else chooses all
		return n
	}
	return desk.ItemFilter{Provider: registry.PartyID(c.QueryParam("provider")), Region: c.QueryParam("region"), Text: c.QueryParam("text"), Sharing: number("sharing"), Opening: number("opening"),
		Statuses: []string{registry.ItemPublished}, Limit: 50, After: c.QueryParam("after")}
}

// catalogue is the public list of the catalogue (公共数据资源目录, 第十五条) with its search.
func (p *pages) catalogue(c echo.Context) error {
	list, err := p.desk.Catalogue.Items(c.Request().Context(), catalogueQuery(c))
	if err != nil {
		return err
	}
	return p.show(c, "catalogue", map[string]any{"Page": list, "Names": p.names(c.Request().Context(), partiesOf(list.All, func(i registry.CatalogItem) registry.PartyID { return i.Provider })), "Query": typed(c.QueryParams()),
		"Next": nextPage(c, list.Next), "Types": []string{"1", "2", "3"}, "Regions": regionCodes})
}

// partiesOf are the parties that the records of a list name.
func partiesOf[T any](list []T, party func(T) registry.PartyID) []registry.PartyID {
	var all []registry.PartyID
	for _, v := range list {
		all = append(all, party(v))
	}
	return all
}

// nextPage is the address of the next page of a list with the same query; empty at the end.
func nextPage(c echo.Context, next string) string {
	if next == "" {
		return ""
	}
	query := url.Values{}
	for name, values := range c.QueryParams() {
		query[name] = values
	}
	query.Set("after", next)
	return c.Request().URL.Path + "?" + query.Encode()
}

// catalogueItem is the public page of one item, with how it is opened, and what the visitor may do about it.
func (p *pages) catalogueItem(c echo.Context) error {
	ctx := c.Request().Context()
	item, err := p.desk.Catalogue.Item(ctx, c.Param("id"))
	if err != nil {
		return missing(err)
	}
	asOf, err := p.desk.Records.AsOf(ctx)
	if err != nil {
		return err
	}
	data := map[string]any{"Item": item, "AsOf": asOf, "Names": p.names(ctx, []registry.PartyID{item.Provider}), "Own": false, "Fields": item.Fields}
	opened, err := p.desk.Catalogue.OpenItem(ctx, item.Code)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return err
	}
	if err == nil {
		data["Open"], data["OpenNow"] = opened, opened.OpenNow(&item)
	}
	if person, ok := p.person(c); ok {
		data["Own"] = Provider.admits(person.Actor) && person.Actor.Party == item.Provider
		data["Department"] = DataDepartment.admits(person.Actor)
		data["Other"] = Provider.admits(person.Actor) && person.Actor.Party != item.Provider
	}
	return p.show(c, "catalogueitem", data)
}

// ownItems is the providing body's desk: its items, published and withdrawn.
func (p *pages) ownItems(c echo.Context) error {
	list, err := p.desk.Catalogue.Items(c.Request().Context(), desk.ItemFilter{Provider: p.self(c).Actor.Party, Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	opened, err := p.desk.Catalogue.OpenItems(c.Request().Context(), desk.OpenFilter{Provider: p.self(c).Actor.Party, Limit: 100})
	if err != nil {
		return err
	}
	states := map[string]string{}
	for _, o := range opened.All {
		states[o.Code] = o.Status
	}
	return p.show(c, "ownitems", map[string]any{"Page": list, "Open": states, "Next": nextPage(c, list.Next)})
}

// itemFields is the form of a catalogue item: the five attributes of 第十五条, what they rest on, and its information items.
var itemFields = []field{
	{Path: "item.code", Name: "item.code", Kind: "text", Code: true, Size: "medium", Help: words{"分类码（首位与分类一致，至少六位）加顺序码，例如 307001000001", "Classification (first digit: its class, at least six digits) and sequence"}},
	{Path: "item.class", Name: "item.class", Kind: "select", Options: registry.ItemClasses, Terms: "itemClass", Size: "medium"},
	{Path: "item.name", Name: "item.name", Kind: "text", Max: 100},
	{Path: "item.abstract", Name: "item.abstract", Kind: "area", Max: 400, Help: words{"公开显示，不要写个人信息和商业秘密", "Public: no personal data, no trade secrets"}},
	{Path: "item.region", Name: "item.region", Kind: "select", Options: regionCodes, Terms: "region", Size: "medium"},
	{Path: "item.format", Name: "item.format", Kind: "select", Options: registry.ItemFormats, Terms: "itemFormat", Size: "medium"},
	{Path: "item.updateCycle", Name: "item.updateCycle", Kind: "select", Options: registry.UpdateCycles, Terms: "updateCycle", Size: "medium"},
	{Path: "item.baseData", Name: "item.baseData", Kind: "select", Options: registry.BaseDataKinds, Terms: "baseData", Size: "medium"},
	{Path: "item.fields", Name: "item.fields", Kind: "area", Help: words{"每行一项：名称 | 类型 | 基础数据项写“基础” | 与资源不同的共享类型。例如：单位代码 | 字符型 | 基础",
		"One a line: name | type | 基础 if basic data | type of sharing if not the resource's"}},
	{Path: "item.sharing.type", Name: "item.sharing.type", Kind: "select", Options: []string{"1", "2", "3"}, Terms: "sharing", Size: "medium"},
	{Path: "item.sharing.basis", Name: "item.sharing.basis", Kind: "area", Optional: true, Help: words{"有条件、不予共享的必填，每行一项：层级 | 文件 | 条款。层级为法律、法规、规章、党中央政策、国务院政策",
		"For conditional and withheld sharing, one a line: rank | document | article"}},
	{Path: "item.sharing.conditions", Name: "item.sharing.conditions", Kind: "area", Max: 500, Optional: true, Help: words{"有条件共享的必填", "For conditional sharing"}},
	{Path: "item.sharing.method", Name: "item.sharing.method", Kind: "text", Max: 100, Optional: true, Help: words{"例如：接口、库表交换、文件", "For example interface, table exchange, file"}},
	{Path: "item.opening.type", Name: "item.opening.type", Kind: "select", Options: []string{"1", "2", "3"}, Terms: "opening", Size: "medium"},
	{Path: "item.opening.reasons", Name: "item.opening.reasons", Kind: "many", Optional: true, Options: append(append([]string{}, registry.ConditionReasons...), registry.WithholdReasons...), Terms: "openingReason",
		Help: words{"有条件开放选前三种，不予开放选后五种（第三十一条）", "Conditional: one of the first three; withheld: of the last five (art. 31)"}},
	{Path: "item.opening.conditions", Name: "item.opening.conditions", Kind: "area", Max: 500, Optional: true, Help: words{"有条件开放的必填", "For conditional opening"}},
	{Path: "item.level", Name: "item.level", Kind: "select", Options: []string{"GENERAL", "IMPORTANT", "CORE"}, Terms: "level", Size: "medium"},
	{Path: "item.secret", Name: "item.secret", Kind: "select", Options: []string{"NONE", "CONFIDENTIAL", "SECRET", "TOP_SECRET"}, Terms: "secret", Size: "medium", Help: words{"涉密数据不得录入本系统", "State secrets have no place in this system"}},
	{Path: "item.personal", Name: "item.personal", Kind: "check", Optional: true},
}

// itemOf reads a catalogue item from its form.
func itemOf(p *pages, c echo.Context, t typed) registry.CatalogItem {
	w := catalogue.Words(recordWords)
	number := func(path string) int { return int(t.number(path)) }
	return registry.CatalogItem{Code: t.code("item.code"), Name: t.one("item.name"), Abstract: t.one("item.abstract"), Provider: p.self(c).Actor.Party, Region: t.one("item.region"),
		Format: t.one("item.format"), Class: t.one("item.class"), Fields: w.ParseFields(t.one("item.fields")),
		Sharing:     registry.Sharing{Type: number("item.sharing.type"), Basis: w.ParseBasis(t.one("item.sharing.basis")), Conditions: t.one("item.sharing.conditions"), Method: t.one("item.sharing.method")},
		Opening:     registry.Opening{Type: number("item.opening.type"), Reasons: t["item.opening.reasons"], Conditions: t.one("item.opening.conditions")},
		UpdateCycle: t.one("item.updateCycle"), BaseData: t.one("item.baseData"), Level: registry.Level(t.one("item.level")), Secret: t.one("item.secret"), Personal: t.yes("item.personal")}
}

// typedItem is what the form of an item shows.
func typedItem(i registry.CatalogItem, w catalogue.Words) typed {
	t := typed{}
	for path, value := range map[string]string{"code": i.Code, "class": i.Class, "name": i.Name, "abstract": i.Abstract, "region": i.Region, "format": i.Format, "updateCycle": i.UpdateCycle, "baseData": i.BaseData,
		"fields": w.FormatFields(i.Fields), "sharing.type": strconv.Itoa(i.Sharing.Type), "sharing.basis": w.FormatBasis(i.Sharing.Basis), "sharing.conditions": i.Sharing.Conditions,
		"sharing.method": i.Sharing.Method, "opening.type": strconv.Itoa(i.Opening.Type), "opening.conditions": i.Opening.Conditions, "level": string(i.Level), "secret": i.Secret} {
		t["item."+path] = []string{value}
	}
	t["item.opening.reasons"] = i.Opening.Reasons
	if i.Personal {
		t["item.personal"] = []string{"on"}
	}
	return t
}

func publishRequest(p *pages, c echo.Context, t typed) (any, error) {
	return registry.PublishItemRequest{Key: t.one("key"), Item: itemOf(p, c, t)}, nil
}

// publishSheet publishes a new item, amendSheet the next version of one.
var (
	publishSheet = sheet{function: "catalogue:Publish", rule: registry.RuleCatalogue, fields: these(itemFields...), request: publishRequest, next: to("/catalogue/own"),
		fill: func(p *pages, c echo.Context) (typed, error) {
			return typed{"item.region": {p.self(c).Actor.Region}, "item.level": {"GENERAL"}, "item.secret": {"NONE"}, "item.baseData": {"NONE"}}, nil
		}}
	amendSheet = sheet{function: "catalogue:Publish", lead: words{"发布后成为新的版本；已经审核的开放数据须重新审核。", "Becomes a new version; what was audited for opening is audited anew."}, rule: registry.RuleCatalogue,
		fields: these(itemFields...), next: back("/catalogue"),
		request: func(p *pages, c echo.Context, t typed) (any, error) {
			t["item.code"] = []string{c.Param("id")}
			return publishRequest(p, c, t)
		},
		fill: func(p *pages, c echo.Context) (typed, error) {
			item, err := p.desk.Catalogue.Item(c.Request().Context(), c.Param("id"))
			return typedItem(item, recordWords), err
		}}
	withdrawItemSheet = sheet{function: "catalogue:Withdraw", rule: registry.RuleProvider, fields: these(field{Path: "reason", Name: "item.reason", Kind: "text", Max: 200}), next: back("/catalogue"),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.WithdrawItemRequest{Key: t.one("key"), Code: c.Param("id"), Reason: t.one("reason")}, nil
		}}
)
