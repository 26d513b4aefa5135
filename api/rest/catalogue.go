package rest

import (
	"context"
	"io"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/catalogue"
	"github.com/hehuang-data/hehuang/client/spreadsheet"
)

type itemsInput struct {
	Provider string `query:"provider" maxLength:"70"`
	Region   string `query:"region" maxLength:"6"`
	Sharing  int    `query:"sharing" minimum:"0" maximum:"3"`
	Opening  int    `query:"opening" minimum:"0" maximum:"3"`
	Text     string `query:"text" maxLength:"40"`
	Limit    int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After    string `query:"after" maxLength:"100"`
}

func (in itemsInput) filter() desk.ItemFilter {
	return desk.ItemFilter{Provider: registry.PartyID(in.Provider), Region: in.Region, Sharing: in.Sharing, Opening: in.Opening, Text: in.Text, Statuses: []string{registry.ItemPublished},
		Limit: in.Limit, After: in.After}
}

type itemsView struct {
	Items []registry.CatalogItem `json:"items"`
	Next  string                 `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf  desk.AsOf              `json:"asOf"`
}

// exports are the forms in which the published catalogue is given away, by the end of their address.
var exports = []struct {
	path, name, mediaType, summary string
	write                          func(s *service, out io.Writer, entries []catalogue.Entry, asOf desk.AsOf) error
}{
	{"/api/v1/exports/catalogue.jsonld", "catalogue.jsonld", "application/ld+json", "the published catalogue as DCAT", func(s *service, out io.Writer, entries []catalogue.Entry, asOf desk.AsOf) error {
		return catalogue.WriteDCAT(out, s.desk.PublicURL, entries, asOf.At)
	}},
	{"/api/v1/exports/catalogue.csv", "公共数据资源目录.csv", "text/csv; charset=utf-8", "the published catalogue in the national platform's fields", func(_ *service, out io.Writer, entries []catalogue.Entry, _ desk.AsOf) error {
		return spreadsheet.WriteCSV(out, chineseWords.National(entries))
	}},
	{"/api/v1/exports/catalogue.xlsx", "公共数据资源目录.xlsx", workbook, "the published catalogue in the national platform's fields", func(_ *service, out io.Writer, entries []catalogue.Entry, _ desk.AsOf) error {
		return spreadsheet.WriteXLSX(out, spreadsheet.Text("Sheet1", chineseWords.National(entries)))
	}},
	{"/api/v1/exports/catalogue-items.xlsx", "目录项.xlsx", workbook, "the published catalogue as a workbook that can be imported", func(_ *service, out io.Writer, entries []catalogue.Entry, _ desk.AsOf) error {
		var items []registry.CatalogItem
		for _, e := range entries {
			items = append(items, e.CatalogItem)
		}
		return chineseWords.Write(out, items)
	}},
}

const workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// chineseWords are the words of exports, whatever the reader's language: records are Chinese.
var chineseWords = catalogue.Words(func(kind, code string) string { return locale.Term(locale.Chinese, kind, code) })

func (s *service) catalogueRoutes(e *echo.Echo, api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/catalogue", "the published catalogue of public data", http.StatusOK), s.items)
	huma.Register(api, operation("GET", "/api/v1/catalogue/{id}", "one item of the catalogue, also a withdrawn one", http.StatusOK), s.item)
	for _, x := range exports {
		s.raw(e, api, http.MethodGet, x.path, func(c echo.Context) error {
			entries, asOf, err := s.entries(c)
			if err != nil {
				return err
			}
			attachment(c, x.name, x.mediaType)
			return x.write(s, c.Response(), entries, asOf)
		}, exportOperation(x.summary, x.mediaType))
	}
	s.raw(e, api, http.MethodGet, "/api/v1/exports/catalogue-template.xlsx", func(c echo.Context) error {
		attachment(c, "目录导入模板.xlsx", workbook)
		return chineseWords.Template(c.Response())
	}, exportOperation("the workbook to fill in for an import", workbook))
}

func attachment(c echo.Context, name, mediaType string) {
	c.Response().Header().Set(echo.HeaderContentType, mediaType)
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

func exportOperation(summary, mediaType string) func(huma.Registry) *huma.Operation {
	return func(r huma.Registry) *huma.Operation {
		op := &huma.Operation{Summary: summary, Responses: responses(r, "200", summary, nil)}
		for _, name := range []string{"provider", "region"} {
			op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "query", Schema: &huma.Schema{Type: huma.TypeString}})
		}
		op.Responses["200"].Content = map[string]*huma.MediaType{mediaType: {Schema: binary}}
		return op
	}
}

func (s *service) items(ctx context.Context, in *itemsInput) (*output[itemsView], error) {
	list, err := s.desk.Catalogue.Items(ctx, in.filter())
	v := itemsView{Items: []registry.CatalogItem{}, Next: list.Next, AsOf: list.AsOf}
	for _, i := range list.All {
		v.Items = append(v.Items, s.public(ctx, i))
	}
	return reply(ctx, s, v, err)
}

func (s *service) item(ctx context.Context, in *idInput) (*output[registry.CatalogItem], error) {
	i, err := s.desk.Catalogue.Item(ctx, in.ID)
	return reply(ctx, s, s.public(ctx, i), err)
}

// public is an item as the visitor may see it: outsiders see no names of people.
func (s *service) public(ctx context.Context, i registry.CatalogItem) registry.CatalogItem {
	if !s.insider(ctx, i.Provider) {
		i.Mark.Actor = ""
	}
	return i
}

// entries are the items of the whole published catalogue, or of one provider or region, with their providers' names.
func (s *service) entries(c echo.Context) ([]catalogue.Entry, desk.AsOf, error) {
	ctx := c.Request().Context()
	f := desk.ItemFilter{Provider: registry.PartyID(c.QueryParam("provider")), Region: c.QueryParam("region"), Statuses: []string{registry.ItemPublished}, Limit: 100}
	var entries []catalogue.Entry
	names := map[registry.PartyID]string{}
	for {
		list, err := s.desk.Catalogue.Items(ctx, f)
		if err != nil {
			return nil, list.AsOf, err
		}
		for _, i := range list.All {
			if _, known := names[i.Provider]; !known {
				party, err := s.desk.Records.Party(ctx, i.Provider)
				if err != nil {
					return nil, list.AsOf, err
				}
				names[i.Provider] = party.Name
			}
			entries = append(entries, catalogue.Entry{CatalogItem: i, ProviderName: names[i.Provider]})
		}
		if f.After = list.Next; f.After == "" {
			return entries, list.AsOf, nil
		}
	}
}
