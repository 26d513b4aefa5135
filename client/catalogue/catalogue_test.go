package catalogue

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/piprate/json-gold/ld"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/spreadsheet"
)

var chineseWords = Words(func(kind, code string) string { return locale.Term(locale.Chinese, kind, code) })

func sample(code string) registry.CatalogItem {
	return registry.CatalogItem{Code: code, Name: "农产品产销信息", Abstract: "按月汇总的产销信息", Region: "630222", Format: "TABLE", Class: "3",
		Fields:  []registry.InfoItem{{Name: "品种", Type: "字符型"}, {Name: "单位代码", Type: "字符型", Base: true}, {Name: "收购价", Type: "数值型", Sharing: registry.Withheld}},
		Sharing: registry.Sharing{Type: registry.Conditional, Basis: []registry.LegalBasis{{Rank: "RULE", Document: "政务信息资源共享管理办法", Article: "第五条"}}, Conditions: "因履行职责需要", Method: "接口"},
		Opening: registry.Opening{Type: registry.Withheld, Reasons: []string{"LAW", "TRADE_SECRET"}}, UpdateCycle: "MONTH", BaseData: "LEGAL_PERSON", Level: registry.LevelGeneral, Secret: "NONE"}
}

// TestWorkbook_ReadsWhatItWrites: an exported catalogue can be imported as it is.
func TestWorkbook_ReadsWhatItWrites(t *testing.T) {
	items := []registry.CatalogItem{sample("307001000001"), sample("307001000002")}
	items[1].Personal, items[1].Sharing, items[1].Opening.Reasons = true, registry.Sharing{Type: registry.Unconditional}, []string{"PRIVACY"}
	var out bytes.Buffer
	if err := chineseWords.Write(&out, items); err != nil {
		t.Fatal(err)
	}
	rows, err := chineseWords.Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if r.N != i+2 {
			t.Errorf("item %d stands in row %d", i, r.N)
		}
		if diff := cmp.Diff(items[i], r.Item); diff != "" {
			t.Errorf("row %d: %s", r.N, diff)
		}
	}
	if len(rows) != 2 {
		t.Errorf("%d rows", len(rows))
	}
}

// TestLines_ReadWhatTheyWrite, whatever the information items are called.
func TestLines_ReadWhatTheyWrite(t *testing.T) {
	word := rapid.Map(rapid.StringMatching(`[\p{Han}A-Za-z0-9（）-]{1,12}`), norm.NFC.String)
	rapid.Check(t, func(rt *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) registry.InfoItem {
			return registry.InfoItem{Name: word.Draw(rt, "name"), Type: word.Draw(rt, "type"), Base: rapid.Bool().Draw(rt, "base"), Sharing: rapid.IntRange(0, 3).Draw(rt, "sharing")}
		}), 0, 5).Draw(rt, "items")
		if items == nil {
			items = []registry.InfoItem{}
		}
		if diff := cmp.Diff(items, chineseWords.ParseFields(chineseWords.FormatFields(items))); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// book is a workbook with lines of text in its first sheet.
func book(t *testing.T, lines ...[]any) *bytes.Buffer {
	t.Helper()
	f := excelize.NewFile()
	for n, line := range lines {
		cell, err := excelize.CoordinatesToCellName(1, n+1)
		if err == nil {
			err = f.SetSheetRow("Sheet1", cell, &line)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// headers are the mandatory columns, in another order than ours, with one that nobody knows.
func headers() []any {
	all := []any{"备注"}
	for i := len(columns) - 1; i >= 0; i-- {
		if columns[i].must {
			all = append(all, columns[i].header(chineseWords))
		}
	}
	return all
}

func TestRead_PassesOnWhatItCannotRead(t *testing.T) {
	names := headers()
	line := make([]any, len(names))
	for i, name := range names {
		line[i] = map[any]any{"备注": "不读", "资源代码": 307001000001, "资源名称": " 水价 ", "行政区划": "互助土族自治县", "格式": "数据库", "更新周期": "每小时", "共享类型": "部分共享", "信息项": "单价|数值型|是|不予共享\r\n\r\n户号｜字符型"}[name]
	}
	rows, err := chineseWords.Read(book(t, names, []any{}, line))
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	got := rows[0].Item
	if rows[0].N != 3 || got.Code != "307001000001" || got.Name != "水价" || got.Region != "630223" || got.Format != "DATABASE" || got.UpdateCycle != "每小时" || got.Sharing.Type != -1 || got.Opening.Type != 0 || !got.Personal {
		t.Errorf("row %d: %+v", rows[0].N, got)
	}
	if diff := cmp.Diff([]registry.InfoItem{{Name: "单价", Type: "数值型", Base: true, Sharing: registry.Withheld}, {Name: "户号", Type: "字符型"}}, got.Fields); diff != "" {
		t.Error(diff)
	}
}

func TestRead_RefusesWhatIsNoCatalogue(t *testing.T) {
	many := [][]any{headers()}
	for range MaxRows + 1 {
		many = append(many, []any{"x"})
	}
	for name, c := range map[string]struct {
		in   *bytes.Buffer
		want error
		says string
	}{
		"no_workbook":     {bytes.NewBufferString("资源代码,资源名称\n"), ErrWorkbook, ""},
		"broken_workbook": {bytes.NewBufferString("PK\x03\x04 and then nothing"), ErrWorkbook, ""},
		"nothing":         {book(t), ErrColumns, "资源代码"},
		"a_column_less":   {book(t, headers()[:len(headers())-1]), ErrColumns, "资源代码"},
		"too_many_rows":   {book(t, many...), ErrRows, ""},
	} {
		if _, err := chineseWords.Read(c.in); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTemplate_HasAllColumnsAndNothingElse: an empty template brings no items, and each column is explained.
func TestTemplate_HasAllColumnsAndNothingElse(t *testing.T) {
	var out bytes.Buffer
	if err := chineseWords.Template(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	help, err := f.GetRows(helpSheet)
	if err != nil || len(help) != len(columns)+1 {
		t.Fatalf("%d lines explain %d columns: %v", len(help), len(columns), err)
	}
	for n, c := range columns {
		if c.must && !strings.Contains(c.path, "name") && !strings.Contains(c.path, "abstract") && len(help[n+1]) < 3 {
			t.Errorf("%s is not explained", c.path)
		}
		if strings.HasPrefix(c.header(chineseWords), "field.") {
			t.Errorf("%s has no name", c.path)
		}
	}
	if rows, err := chineseWords.Read(&out); err != nil || len(rows) != 0 {
		t.Errorf("%d rows: %v", len(rows), err)
	}
}

func entries() []Entry {
	e := Entry{sample("307001000001"), "民和县农业农村局（虚构）"}
	e.Provider, e.Version = "11630200MBFAKE0981", 2
	e.Mark.CreatedAt, e.Mark.UpdatedAt = time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC), time.Date(2026, 11, 25, 2, 0, 0, 0, time.UTC)
	other := e
	other.CatalogItem.Code, other.Name, other.Opening = "307001000002", "=HYPERLINK(\"x\")", registry.Opening{Type: registry.Conditional, Reasons: []string{"TIMELY"}, Conditions: "登记用途"}
	return []Entry{e, other}
}

// TestNational_SaysTheCoreMetadata, and a spreadsheet calculates nothing of it.
func TestNational_SaysTheCoreMetadata(t *testing.T) {
	table := chineseWords.National(entries())
	got := map[string]string{}
	for i, name := range table[0] {
		got[name] = table[1][i]
	}
	for name, want := range map[string]string{"信息资源分类（类）": "部门信息资源", "信息资源分类（项）": "07", "信息资源分类（目）": "001", "信息资源代码": "307001000001", "提供方代码": "11630200MBFAKE0981", "信息资源格式": "电子表格",
		"信息项名称、数据类型": "品种（字符型）；单位代码（字符型）；收购价（数值型）", "共享类型": "有条件共享", "共享条件": "因履行职责需要（规章 | 政务信息资源共享管理办法 | 第五条）", "开放属性": "不予开放", "更新周期": "每月", "发布日期": "2026-11-25"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	var out bytes.Buffer
	if err := spreadsheet.WriteCSV(&out, table); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(out.String(), "\ufeff")
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked || len(lines) != 3 || lines[2][3] != "'=HYPERLINK(\"x\")" {
		t.Errorf("%v %v %v", marked, lines, err)
	}
	out.Reset()
	if err := spreadsheet.WriteXLSX(&out, spreadsheet.Text("Sheet1", table)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	if formula, err := f.GetCellFormula("Sheet1", "D3"); err != nil || formula != "" {
		t.Errorf("formula %q %v", formula, err)
	}
}

// loadsNothing is a document loader: what we write needs nothing from the net.
type loadsNothing struct{ t *testing.T }

func (l loadsNothing) LoadDocument(u string) (*ld.RemoteDocument, error) {
	l.t.Errorf("%s would be loaded", u)
	return nil, errors.New("no net")
}

// TestDCAT_IsWhatAnotherReaderUnderstands expands the document with an independent JSON-LD processor.
func TestDCAT_IsWhatAnotherReaderUnderstands(t *testing.T) {
	var out bytes.Buffer
	if err := WriteDCAT(&out, "http://localhost:8080", entries(), time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(out.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	options := ld.NewJsonLdOptions("")
	options.DocumentLoader, options.ProcessingMode = loadsNothing{t}, ld.JsonLd_1_1
	options.Format = "application/n-quads"
	quads, err := ld.NewJsonLdProcessor().ToRDF(document, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<urn:hehuang:catalogue> <http://www.w3.org/ns/dcat#dataset> <urn:hehuang:catalogue:307001000001> .`,
		`<urn:hehuang:catalogue:307001000001> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> .`,
		`<urn:hehuang:catalogue:307001000001> <http://purl.org/dc/terms/title> "农产品产销信息"@zh .`,
		`<urn:hehuang:catalogue:307001000001> <http://purl.org/dc/terms/publisher> <urn:uscc:11630200MBFAKE0981> .`,
		`<urn:hehuang:catalogue:307001000001> <http://purl.org/dc/terms/accrualPeriodicity> <http://purl.org/cld/freq/monthly> .`,
		`<urn:hehuang:catalogue:307001000001> <http://purl.org/dc/terms/accessRights> <http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC> .`,
		`<urn:hehuang:catalogue:307001000001> <http://purl.org/dc/terms/issued> "2026-11-24T17:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .`,
		`<urn:hehuang:catalogue:307001000001> <http://www.w3.org/ns/dcat#landingPage> <http://localhost:8080/catalogue/307001000001> .`,
		`<urn:hehuang:catalogue:307001000002> <urn:hehuang:catalogue:v1#openingConditions> "登记用途"@zh .`,
	} {
		if !strings.Contains(quads.(string), want) {
			t.Errorf("no statement %s in\n%s", want, quads)
		}
	}
	for code, cycle := range frequencies {
		if cycle == "" {
			t.Errorf("%s has no frequency", code)
		}
	}
	for _, code := range registry.UpdateCycles {
		if frequencies[code] == "" {
			t.Errorf("%s has no frequency", code)
		}
	}
}
