package web

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/catalogue"
)

// openedItem is an opened item with what the catalogue says of it.
type openedItem struct {
	registry.OpenItem
	Item registry.CatalogItem
	Now  bool // the public may have it
}

// opening is the public catalogue of opened data (公共数据开放目录, 第三十二条) with the plans; for the data department also what waits for
// publication.
func (p *pages) opening(c echo.Context) error {
	ctx := c.Request().Context()
	list, err := p.desk.Catalogue.OpenItems(ctx, desk.OpenFilter{Statuses: []string{registry.OpenPublished}, Region: c.QueryParam("region"), Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	opened, err := p.opened(c, list.All)
	if err != nil {
		return err
	}
	plans, err := p.desk.Catalogue.Plans(ctx, desk.PlanFilter{Limit: 50})
	if err != nil {
		return err
	}
	data := map[string]any{"Opened": opened, "Plans": plans.All, "Next": nextPage(c, list.Next), "AsOf": list.AsOf, "Department": false,
		"Names": p.names(ctx, partiesOf(list.All, func(o registry.OpenItem) registry.PartyID { return o.Provider }))}
	if person, ok := p.person(c); ok && DataDepartment.admits(person.Actor) {
		waiting, err := p.desk.Catalogue.OpenItems(ctx, desk.OpenFilter{Statuses: []string{registry.OpenAudited}, Region: person.Overseen(), Limit: 100})
		if err != nil {
			return err
		}
		data["Department"] = true
		if data["Waiting"], err = p.opened(c, waiting.All); err != nil {
			return err
		}
	}
	return p.show(c, "opening", data)
}

func (p *pages) opened(c echo.Context, all []registry.OpenItem) ([]openedItem, error) {
	var out []openedItem
	for _, o := range all {
		item, err := p.desk.Catalogue.Item(c.Request().Context(), o.Code)
		if err != nil {
			return nil, err
		}
		out = append(out, openedItem{o, item, o.OpenNow(&item)})
	}
	return out, nil
}

// plan is the public page of a plan, and of what became of its lines.
func (p *pages) plan(c echo.Context) error {
	ctx := c.Request().Context()
	plan, err := p.desk.Catalogue.Plan(ctx, c.Param("region"), yearOf(c.Param("year")))
	if err != nil {
		return missing(err)
	}
	asOf, err := p.desk.Records.AsOf(ctx)
	if err != nil {
		return err
	}
	items, statuses := map[string]registry.CatalogItem{}, map[string]string{}
	for _, e := range plan.Entries {
		if items[e.Item], err = p.desk.Catalogue.Item(ctx, e.Item); err != nil {
			return missing(err)
		}
		if o, err := p.desk.Catalogue.OpenItem(ctx, e.Item); err == nil {
			statuses[e.Item] = o.Status
		}
	}
	return p.show(c, "plan", map[string]any{"Plan": plan, "Items": items, "Statuses": statuses, "AsOf": asOf})
}

var (
	auditSheet = sheet{function: "opening:Audit", rule: registry.RuleOpeningCourse, next: back("/catalogue"),
		fields: these(field{Path: "openMode", Name: "openMode", Kind: "select", Options: registry.OpenModes, Terms: "openMode", Size: "medium"},
			field{Path: "note", Name: "note", Kind: "area", Max: 500, Help: words{"审核了哪些内容、怎样审核", "What was audited, and how"}}, field{Path: "checked", Name: "checked", Kind: "check"}),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.AuditOpeningRequest{Key: t.one("key"), Item: c.Param("id"), Mode: t.one("openMode"), Checked: t.yes("checked"), Note: t.one("note")}, nil
		}}
	publishOpeningSheet = sheet{function: "opening:Publish", rule: registry.RuleOpeningPlan, next: back("/catalogue"),
		fields: these(field{Path: "grade", Name: "grade", Kind: "text", Size: "short", Max: 20, Help: words{"按数据主管部门的分级填写", "By the data department's own scale"}}),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.PublishOpeningRequest{Key: t.one("key"), Item: c.Param("id"), Grade: t.one("grade")}, nil
		}}
	sendBackSheet = sheet{function: "opening:SendBack", rule: registry.RuleOpeningCourse, next: back("/catalogue"), fields: these(noteOf("reasons")), request: endOpening}
	stopSheet     = sheet{function: "opening:Stop", rule: registry.RuleOpeningCourse, next: back("/catalogue"), fields: these(noteOf("reasons")), request: endOpening}
)

// noteOf is a text of up to 500 characters.
func noteOf(path string) field { return field{Path: path, Name: path, Kind: "area", Max: 500} }

func endOpening(_ *pages, c echo.Context, t typed) (any, error) {
	return registry.EndOpeningRequest{Key: t.one("key"), Item: c.Param("id"), Reasons: t.one("reasons")}, nil
}

// planSheet adopts the plan of a year. A line names an item and the type; what the catalogue says of it is filled in where it is left out.
var planSheet = sheet{function: "opening:AdoptPlan", rule: registry.RuleOpeningPlan, next: to("/opening"),
	lead: words{"同一年度再次发布的，新的版本代替原来的。", "A new version replaces the one of the same year."},
	fields: these(field{Path: "region", Name: "region", Kind: "select", Options: regionCodes, Terms: "region", Size: "medium"},
		field{Path: "year", Name: "year", Kind: "text", Code: true, Size: "short"}, field{Path: "title", Name: "title", Kind: "text", Max: 100},
		field{Path: "document", Name: "plan.document", Kind: "text", Max: 100, Help: words{"发布计划的文件及文号", "The document that issues the plan"}},
		field{Path: "entries", Name: "entries", Kind: "area", Help: words{"每行一项：资源代码 | 类型（数据集、数据接口、数据文件）| 开放条件 | 更新频率。后两项不填的按目录",
			"One a line: resource code | type | conditions | update cycle; the last two as the catalogue says if left out"}}),
	fill: func(p *pages, c echo.Context) (typed, error) {
		return typed{"region": {p.self(c).Actor.Region}, "year": {strconv.Itoa(p.now().In(registry.Zone).Year())}}, nil
	},
	request: func(p *pages, c echo.Context, t typed) (any, error) {
		entries, err := p.planEntries(c, t.one("entries"))
		return registry.AdoptPlanRequest{Key: t.one("key"), Region: t.one("region"), Year: yearOf(t.one("year")), Title: t.one("title"), Document: t.one("document"), Entries: entries}, err
	}}

// planEntries reads the lines of a plan. Attribute, conditions and update cycle are those of the catalogue where they are left out.
func (p *pages) planEntries(c echo.Context, text string) ([]registry.PlanEntry, error) {
	entries := catalogue.Words(recordWords).ParsePlan(text)
	for i, e := range entries {
		item, err := p.desk.Catalogue.Item(c.Request().Context(), e.Item)
		if errors.Is(err, desk.ErrNotFound) {
			continue // refused as not published
		}
		if err != nil {
			return nil, err
		}
		entries[i] = withCatalogue(e, item)
	}
	return entries, nil
}

func withCatalogue(e registry.PlanEntry, item registry.CatalogItem) registry.PlanEntry {
	e.Attribute = item.Opening.Type
	if e.Conditions == "" {
		e.Conditions = item.Opening.Conditions
	}
	if strings.TrimSpace(e.UpdateCycle) == "" {
		e.UpdateCycle = item.UpdateCycle
	}
	return e
}

// enterprises is the catalogue of data of enterprises and institutions (第五条（九）).
func (p *pages) enterprises(c echo.Context) error {
	ctx, self := c.Request().Context(), p.self(c)
	list, err := p.desk.Catalogue.Enterprises(ctx, desk.EnterpriseFilter{Region: c.QueryParam("region"), Text: c.QueryParam("text"), Statuses: []string{registry.EntryListed}, Limit: 50, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	return p.show(c, "enterprises", map[string]any{"Page": list, "Next": nextPage(c, list.Next), "Department": DataDepartment.admits(self.Actor), "Query": typed(c.QueryParams()), "Regions": regionCodes,
		"Names": p.names(ctx, partiesOf(list.All, func(e registry.EnterpriseEntry) registry.PartyID { return e.Party }))})
}

var enterpriseFields = []field{
	{Path: "party", Name: "party", Kind: "text", Code: true, Size: "medium", Help: words{"数据属于哪个单位：统一社会信用代码", "Whose data it is: credit code"}},
	{Path: "region", Name: "region", Kind: "select", Options: regionCodes, Terms: "region", Size: "medium"}, {Path: "name", Name: "item.name", Kind: "text", Max: 100}, {Path: "abstract", Name: "abstract", Kind: "area", Max: 400},
	{Path: "industries", Name: "industries", Kind: "text", Size: "medium", Code: true, Help: words{"门类和大类，例如 C13；多个用空格分开", "Section and division, for example C13; several separated by spaces"}},
	{Path: "format", Name: "format", Kind: "select", Options: registry.ItemFormats, Terms: "itemFormat", Size: "medium"}, {Path: "updateCycle", Name: "updateCycle", Kind: "select", Options: registry.UpdateCycles, Terms: "updateCycle", Size: "medium"},
	{Path: "level", Name: "level", Kind: "select", Options: []string{"GENERAL", "IMPORTANT", "CORE"}, Terms: "level", Size: "medium"}, {Path: "noPersonal", Name: "noPersonal", Kind: "check"},
}

func enterRequest(_ *pages, c echo.Context, t typed) (any, error) {
	return registry.EnterEnterpriseRequest{Key: t.one("key"), Entry: registry.EntryID(c.Param("id")), Party: registry.PartyID(t.code("party")), Region: t.one("region"), Name: t.one("name"), Abstract: t.one("abstract"),
		Industries: industriesOf(t.code("industries")), Format: t.one("format"), UpdateCycle: t.one("updateCycle"), Level: registry.Level(t.one("level")), NoPersonal: t.yes("noPersonal")}, nil
}

// industriesOf reads sections with their divisions: "C13 A01".
func industriesOf(text string) []registry.Industry {
	all := []registry.Industry{}
	for _, part := range strings.Fields(text) {
		_, size := utf8.DecodeRuneInString(part)
		all = append(all, registry.Industry{Section: part[:size], Division: part[size:]})
	}
	return all
}

var (
	enterSheet = sheet{function: "catalogue:EnterEnterprise", rule: registry.RuleEnterprises, fields: these(enterpriseFields...), request: enterRequest, next: to("/enterprises"),
		fill: func(p *pages, c echo.Context) (typed, error) {
			return typed{"region": {p.self(c).Actor.Region}, "level": {"GENERAL"}}, nil
		}}
	amendEntrySheet = sheet{function: "catalogue:EnterEnterprise", rule: registry.RuleEnterprises, fields: these(enterpriseFields...), request: enterRequest, next: to("/enterprises"),
		fill: func(p *pages, c echo.Context) (typed, error) {
			e, err := p.desk.Catalogue.Enterprise(c.Request().Context(), registry.EntryID(c.Param("id")))
			var industries []string
			for _, i := range e.Industries {
				industries = append(industries, i.Section+i.Division)
			}
			return typed{"party": {string(e.Party)}, "region": {e.Region}, "name": {e.Name}, "abstract": {e.Abstract}, "industries": {strings.Join(industries, " ")}, "format": {e.Format},
				"updateCycle": {e.UpdateCycle}, "level": {string(e.Level)}, "noPersonal": {"on"}}, err
		}}
	removeEntrySheet = sheet{function: "catalogue:RemoveEnterprise", rule: registry.RuleEnterprises, fields: these(field{Path: "reason", Name: "item.reason", Kind: "text", Max: 200}), next: to("/enterprises"),
		request: func(_ *pages, c echo.Context, t typed) (any, error) {
			return registry.RemoveEnterpriseRequest{Key: t.one("key"), Entry: registry.EntryID(c.Param("id")), Reason: t.one("reason")}, nil
		}}
)
