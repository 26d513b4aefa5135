package web

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/catalogue"
	"github.com/hehuang-data/hehuang/client/spreadsheet"
)

// importRow is a line of a workbook with what would become of it.
type importRow struct {
	catalogue.Row
	Same  bool       // published already, exactly so
	Wrong []obstacle // why it is refused
}

// Ready says whether the row can be published.
func (r importRow) Ready() bool { return !r.Same && len(r.Wrong) == 0 }

func (p *pages) importForm(c echo.Context) error {
	return p.show(c, "import", map[string]any{"Limit": p.desk.UploadLimit})
}

// importUpload keeps a workbook and leads to its report. Nothing is published by that.
func (p *pages) importUpload(c echo.Context) error {
	t, err := p.readContest(c, registry.MaterialOther)
	if err != nil {
		return err
	}
	v := view{Lang: p.lang(c)}
	problem := t.Wrong
	if problem == "" && t.cid("file") == "" {
		problem = v.Tr("请选择一个 XLSX 文件", "Choose an XLSX file")
	}
	if problem == "" {
		if _, err := p.workbook(c, t.cid("file")); err != nil {
			if problem = importProblem(v, err); problem == "" {
				return err
			}
		}
	}
	if problem != "" {
		return p.showStatus(c, http.StatusUnprocessableEntity, "import", map[string]any{"Limit": p.desk.UploadLimit, "Problem": problem})
	}
	return c.Redirect(http.StatusSeeOther, "/catalogue/import/"+url.PathEscape(t.cid("file")))
}

// importProblem says why a workbook cannot be read; empty for a failure that is not the workbook's.
func importProblem(v view, err error) string {
	switch {
	case errors.Is(err, catalogue.ErrColumns):
		_, names, _ := strings.Cut(err.Error(), ": ")
		return v.Tr("第一张表缺少这些列：", "The first sheet lacks columns: ") + names
	case errors.Is(err, catalogue.ErrRows):
		return v.Tr("一个文件最多 ", "A file holds at most ") + strconv.Itoa(catalogue.MaxRows) + v.Tr(" 行，请分成几个文件", " rows; split it")
	case errors.Is(err, catalogue.ErrWorkbook):
		return v.Tr("不是可以读取的 XLSX 文件", "Not a readable XLSX file")
	}
	return ""
}

// workbook reads a stored workbook; only of one's own party.
func (p *pages) workbook(c echo.Context, cid string) ([]catalogue.Row, error) {
	ctx := c.Request().Context()
	may, err := p.desk.MayOpen(ctx, p.self(c), cid)
	if err != nil {
		return nil, err
	}
	if !may {
		return nil, desk.ErrNotFound
	}
	_, body, err := p.desk.Evidence.Open(ctx, cid)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	content, err := io.ReadAll(io.LimitReader(body, p.desk.UploadLimit+1))
	if err != nil {
		return nil, err
	}
	return catalogue.Words(recordWords).Read(bytes.NewReader(content))
}

// judged is every row of a stored workbook with its verdict, which the registry's own function gives.
func (p *pages) judged(c echo.Context) ([]importRow, error) {
	rows, err := p.workbook(c, c.Param("cid"))
	if err != nil {
		if problem := importProblem(view{Lang: p.lang(c)}, err); problem != "" {
			return nil, echo.NewHTTPError(http.StatusUnprocessableEntity, problem)
		}
		return nil, missing(err)
	}
	self := p.self(c)
	party, err := p.desk.Records.Party(c.Request().Context(), self.Actor.Party)
	if err != nil {
		return nil, missing(err)
	}
	facts := registry.Facts{Actor: self.Actor, At: p.now(), Mode: p.desk.Mode}
	var all []importRow
	first := map[string]int{}
	for _, r := range rows {
		r.Item.Provider = party.ID
		judged, err := p.judge(c, facts, &party, r)
		if err != nil {
			return nil, err
		}
		if n, twice := first[r.Item.Code]; twice {
			judged.Same, judged.Wrong = false, append(judged.Wrong, twiceInFile(view{Lang: p.lang(c)}, n))
		} else {
			first[r.Item.Code] = r.N
		}
		all = append(all, judged)
	}
	return all, nil
}

// judge judges one row as the ledger will.
func (p *pages) judge(c echo.Context, facts registry.Facts, party *registry.Party, r catalogue.Row) (importRow, error) {
	old, err := p.listedItem(c, r.Item.Code)
	if err != nil {
		return importRow{}, err
	}
	_, refusals := registry.PublishItem(facts, registry.PublishItemRequest{Key: "import-check", Item: r.Item}, old, party)
	same := len(refusals) == 0 && old != nil && old.Status == registry.ItemPublished && registry.Digest(asRequested(*old)) == registry.Digest(r.Item)
	return importRow{Row: r, Same: same, Wrong: p.whyRefused(c, refusals)}, nil
}

// whyRefused is every reason with its article, those of fields one by one.
func (p *pages) whyRefused(c echo.Context, refusals registry.Refusals) []obstacle {
	v := view{Lang: p.lang(c)}
	var all []obstacle
	for _, r := range refusals {
		if len(r.Fields) == 0 {
			all = append(all, p.obstacle(c, registry.Obstacle{Code: r.Code, Refusal: *r}))
		}
		for _, f := range r.Fields {
			all = append(all, obstacle{Text: v.Label(f.Path) + v.Tr("：", ": ") + v.Field(f), Article: v.Citation(f.Rule)})
		}
	}
	return all
}

func twiceInFile(v view, n int) obstacle {
	return obstacle{Text: v.Tr("资源代码与第 ", "The code stands in row ") + strconv.Itoa(n) + v.Tr(" 行重复", " too"), Article: v.Citation(registry.RuleOneSource)}
}

// listedItem is the item under a code, or nil.
func (p *pages) listedItem(c echo.Context, code string) (*registry.CatalogItem, error) {
	item, err := p.desk.Catalogue.Item(c.Request().Context(), code)
	if errors.Is(err, desk.ErrNotFound) {
		return nil, nil
	}
	return &item, err
}

// asRequested is an item without what the ledger added to it.
func asRequested(i registry.CatalogItem) registry.CatalogItem {
	i.Status, i.Version, i.Reason, i.Mark = "", 0, "", registry.Mark{}
	return i
}

// importReport shows what of a workbook is refused and why, what is published already, and what can be signed next.
func (p *pages) importReport(c echo.Context) error {
	rows, err := p.judged(c)
	if err != nil {
		return err
	}
	var refused, ready []importRow
	same := 0
	for _, r := range rows {
		switch {
		case r.Ready():
			ready = append(ready, r)
		case r.Same:
			same++
		default:
			refused = append(refused, r)
		}
	}
	return p.show(c, "importreport", map[string]any{"Rows": len(rows), "Refused": refused, "Ready": ready, "Same": same, "Next": len(nextBatch(rows)), "CID": c.Param("cid"), "Key": "import-" + rand.Text()})
}

// What one transaction publishes: at most so many items, in a document of at most so many bytes (64 KiB with the rest of it).
const (
	batchItems = 50
	batchBytes = 56 << 10
)

// nextBatch is what the next transaction publishes.
func nextBatch(rows []importRow) []registry.CatalogItem {
	items, size := []registry.CatalogItem{}, 0
	for _, r := range rows {
		if !r.Ready() {
			continue
		}
		body, err := registry.Canonical(r.Item)
		if size += len(body) + 1; err != nil || len(items) == batchItems || size > batchBytes {
			break
		}
		items = append(items, r.Item)
	}
	return items
}

// importBatch prepares the next transaction; the report follows again when it is signed.
func (p *pages) importBatch(c echo.Context) error {
	rows, err := p.judged(c)
	if err != nil {
		return err
	}
	report := "/catalogue/import/" + url.PathEscape(c.Param("cid"))
	items := nextBatch(rows)
	if len(items) == 0 {
		return c.Redirect(http.StatusSeeOther, report)
	}
	return p.sign(c, "catalogue:PublishMany", registry.PublishItemsRequest{Key: c.FormValue("key"), Items: items}, report)
}

// importRefused is the report of what was refused as a table to work on (CSV).
func (p *pages) importRefused(c echo.Context) error {
	rows, err := p.judged(c)
	if err != nil {
		return err
	}
	table := [][]string{{"行", "资源代码", "资源名称", "不能发布的原因", "依据"}}
	for _, r := range rows {
		for _, o := range r.Wrong {
			table = append(table, []string{strconv.Itoa(r.N), r.Item.Code, r.Item.Name, o.Text, o.Article})
		}
	}
	c.Response().Header().Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="refused.csv"`)
	return spreadsheet.WriteCSV(c.Response(), table)
}
