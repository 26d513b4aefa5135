package catalogue

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

var (
	// ErrWorkbook: the file is no workbook (XLSX) that can be read.
	ErrWorkbook = errors.New("not a readable workbook")
	// ErrColumns: the first sheet lacks columns; the text names them.
	ErrColumns = errors.New("columns are missing")
	// ErrRows: the sheet has more than MaxRows rows.
	ErrRows = errors.New("too many rows")
)

// MaxRows is how many items one workbook brings.
const MaxRows = 2000

// maxUnpacked bounds what a workbook may unpack to, in bytes.
const maxUnpacked = 64 << 20

// Row is one line of a workbook: its number as people count it, and the item that it describes, without its provider.
type Row struct {
	N    int
	Item registry.CatalogItem
}

// column is one column of the workbook. What is written by get is read by set.
type column struct {
	path  string // its name is the label of this field
	must  bool
	kind  string   // of its codes, if it has any
	codes []string // of the list in the cell
	get   func(i registry.CatalogItem, w Words) string
	set   func(i *registry.CatalogItem, text string, w Words)
}

// coded is a column whose cells are words for codes.
func coded(path, kind string, codes []string, of func(i *registry.CatalogItem) *string) column {
	return column{path: path, must: true, kind: kind, codes: codes,
		get: func(i registry.CatalogItem, w Words) string { return w(kind, *of(&i)) },
		set: func(i *registry.CatalogItem, text string, w Words) { *of(i) = w.code(kind, text, codes) }}
}

// plain is a column of text.
func plain(path string, must bool, of func(i *registry.CatalogItem) *string) column {
	return column{path: path, must: must, get: func(i registry.CatalogItem, _ Words) string { return *of(&i) },
		set: func(i *registry.CatalogItem, text string, _ Words) { *of(i) = text }}
}

// kindOfType is a column of a type of sharing or opening.
func kindOfType(path, kind string, of func(i *registry.CatalogItem) *int) column {
	return column{path: path, must: true, kind: kind, codes: typeCodes,
		get: func(i registry.CatalogItem, w Words) string { return w(kind, strconv.Itoa(*of(&i))) },
		set: func(i *registry.CatalogItem, text string, w Words) { *of(i) = w.sharingType(kind, text) }}
}

var levels = []string{string(registry.LevelGeneral), string(registry.LevelImportant), string(registry.LevelCore)}

var columns = []column{
	{path: "item.code", must: true, get: func(i registry.CatalogItem, _ Words) string { return i.Code },
		set: func(i *registry.CatalogItem, text string, _ Words) { i.Code = registry.NormaliseCode(text) }},
	plain("item.name", true, func(i *registry.CatalogItem) *string { return &i.Name }),
	plain("item.abstract", true, func(i *registry.CatalogItem) *string { return &i.Abstract }),
	{path: "item.region", must: true, get: func(i registry.CatalogItem, _ Words) string { return registry.RegionName(i.Region) },
		set: func(i *registry.CatalogItem, text string, _ Words) { i.Region = regionCode(text) }},
	coded("item.class", "itemClass", registry.ItemClasses, func(i *registry.CatalogItem) *string { return &i.Class }),
	coded("item.format", "itemFormat", registry.ItemFormats, func(i *registry.CatalogItem) *string { return &i.Format }),
	coded("item.updateCycle", "updateCycle", registry.UpdateCycles, func(i *registry.CatalogItem) *string { return &i.UpdateCycle }),
	{path: "item.fields", must: true, get: func(i registry.CatalogItem, w Words) string { return w.FormatFields(i.Fields) },
		set: func(i *registry.CatalogItem, text string, w Words) { i.Fields = w.ParseFields(text) }},
	kindOfType("item.sharing.type", "sharing", func(i *registry.CatalogItem) *int { return &i.Sharing.Type }),
	{path: "item.sharing.basis", get: func(i registry.CatalogItem, w Words) string { return w.FormatBasis(i.Sharing.Basis) },
		set: func(i *registry.CatalogItem, text string, w Words) { i.Sharing.Basis = w.ParseBasis(text) }},
	plain("item.sharing.conditions", false, func(i *registry.CatalogItem) *string { return &i.Sharing.Conditions }),
	plain("item.sharing.method", false, func(i *registry.CatalogItem) *string { return &i.Sharing.Method }),
	kindOfType("item.opening.type", "opening", func(i *registry.CatalogItem) *int { return &i.Opening.Type }),
	{path: "item.opening.reasons", get: func(i registry.CatalogItem, w Words) string { return w.FormatReasons(i.Opening.Reasons) },
		set: func(i *registry.CatalogItem, text string, w Words) { i.Opening.Reasons = w.ParseReasons(text) }},
	plain("item.opening.conditions", false, func(i *registry.CatalogItem) *string { return &i.Opening.Conditions }),
	coded("item.baseData", "baseData", registry.BaseDataKinds, func(i *registry.CatalogItem) *string { return &i.BaseData }),
	coded("item.level", "level", levels, func(i *registry.CatalogItem) *string { return (*string)(&i.Level) }),
	coded("item.secret", "secret", []string{"NONE", "CONFIDENTIAL", "SECRET", "TOP_SECRET"}, func(i *registry.CatalogItem) *string { return &i.Secret }),
	// What is not said to be free of personal information is taken to involve it: such data is not opened.
	{path: "item.personal", must: true, kind: "yesno", codes: []string{"yes", "no"},
		get: func(i registry.CatalogItem, w Words) string {
			return w("yesno", map[bool]string{true: "yes", false: "no"}[i.Personal])
		},
		set: func(i *registry.CatalogItem, text string, w Words) {
			i.Personal = w.code("yesno", text, []string{"no"}) != "no"
		}},
}

// regionCode is the code of a division given by its name or its code.
func regionCode(text string) string {
	for _, r := range registry.Regions {
		if text == r.Name {
			return r.Code
		}
	}
	return registry.NormaliseCode(text)
}

// header is the name of a column.
func (c column) header(w Words) string { return w("field", c.path) }

const (
	itemSheet = "目录项"
	helpSheet = "填写说明"
)

// Template writes a workbook to fill in: the columns, with lists where a cell is a code, and a sheet that explains each of them.
func (w Words) Template(out io.Writer) error { return w.Write(out, nil) }

// Write writes items as a workbook that Read reads.
func (w Words) Write(out io.Writer, items []registry.CatalogItem) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", itemSheet); err != nil {
		return err
	}
	if err := w.writeItems(f, items); err != nil {
		return err
	}
	if err := w.writeHelp(f); err != nil {
		return err
	}
	return f.Write(out)
}

func (w Words) writeItems(f *excelize.File, items []registry.CatalogItem) error {
	style, err := f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}, NumFmt: 49}) // text: codes keep their digits
	if err != nil {
		return err
	}
	last, err := excelize.ColumnNumberToName(len(columns))
	if err != nil {
		return err
	}
	if err := f.SetColStyle(itemSheet, "A:"+last, style); err != nil {
		return err
	}
	if err := f.SetColWidth(itemSheet, "A", last, 18); err != nil {
		return err
	}
	if err := f.SetPanes(itemSheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for n, c := range columns {
		if err := w.writeColumn(f, n+1, c, items); err != nil {
			return err
		}
	}
	return nil
}

func (w Words) writeColumn(f *excelize.File, n int, c column, items []registry.CatalogItem) error {
	name, err := excelize.ColumnNumberToName(n)
	if err != nil {
		return err
	}
	if err := f.SetCellStr(itemSheet, name+"1", c.header(w)); err != nil {
		return err
	}
	for i, item := range items {
		if err := f.SetCellStr(itemSheet, name+strconv.Itoa(i+2), c.get(item, w)); err != nil {
			return err
		}
	}
	if len(c.codes) == 0 {
		return nil
	}
	list := excelize.NewDataValidation(true)
	list.SetSqref(fmt.Sprintf("%s2:%s%d", name, name, MaxRows+1))
	if err := list.SetDropList(c.words(w)); err != nil {
		return err
	}
	return f.AddDataValidation(itemSheet, list)
}

func (c column) words(w Words) []string {
	var all []string
	for _, code := range c.codes {
		all = append(all, w(c.kind, code))
	}
	return all
}

func (w Words) writeHelp(f *excelize.File) error {
	if _, err := f.NewSheet(helpSheet); err != nil {
		return err
	}
	rows := [][]any{{"列", "是否必填", "怎样填写"}}
	for _, c := range columns {
		must := "按规定"
		if c.must {
			must = "必填"
		}
		rows = append(rows, []any{c.header(w), must, c.help(w)})
	}
	for n, row := range rows {
		if err := f.SetSheetRow(helpSheet, "A"+strconv.Itoa(n+1), &row); err != nil {
			return err
		}
	}
	return f.SetColWidth(helpSheet, "A", "C", 40)
}

// help says what a column asks for.
func (c column) help(w Words) string {
	if len(c.codes) > 0 {
		return strings.Join(c.words(w), "、")
	}
	return map[string]string{
		"item.code":               "分类码（首位与分类一致，至少六位数字）加顺序码，例如 307001000001",
		"item.region":             "区县名称或者六位行政区划代码",
		"item.fields":             "单元格内每行一项：名称 | 类型 | 基础数据项写“基础” | 与资源不同的共享类型。例如：单位代码 | 字符型 | 基础",
		"item.sharing.basis":      "有条件、不予共享的必填，每行一项：层级 | 文件 | 条款。层级为法律、法规、规章、党中央政策、国务院政策（第二十八条）",
		"item.sharing.conditions": "有条件共享的必填（第二十八条）",
		"item.opening.reasons":    "有条件、不予开放的必填，多个用分号分开（第三十一条）：" + w.FormatReasons(slices.Concat(registry.ConditionReasons, registry.WithholdReasons)),
		"item.opening.conditions": "有条件开放的必填",
	}[c.path]
}

// Read reads the items of a workbook from its first sheet, whose first row names the columns in any order. Rows without anything in them
// are left out. Cells are passed on as they stand where they are no word or code of their column.
func (w Words) Read(in io.Reader) ([]Row, error) {
	f, err := excelize.OpenReader(in, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWorkbook, err)
	}
	defer f.Close()
	lines, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWorkbook, err)
	}
	defer lines.Close()
	var rows []Row
	var order []int // of the columns, by the cells of the sheet
	for n := 1; lines.Next(); n++ {
		cells, err := lines.Columns()
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w: %w", ErrWorkbook, err)
		case order == nil:
			if order, err = w.columnsOf(cells); err != nil {
				return nil, err
			}
		case empty(cells):
		case len(rows) == MaxRows:
			return nil, ErrRows
		default:
			rows = append(rows, Row{n, w.item(cells, order)})
		}
	}
	if order == nil {
		return nil, w.lacking(columns)
	}
	return rows, lines.Error()
}

// columnsOf finds the columns by their names; -1 stands for one that nobody knows.
func (w Words) columnsOf(header []string) ([]int, error) {
	var order []int
	var absent []column
	for _, name := range header {
		order = append(order, slices.IndexFunc(columns, func(c column) bool { return c.header(w) == tidy(name) }))
	}
	for n, c := range columns {
		if c.must && !slices.Contains(order, n) {
			absent = append(absent, c)
		}
	}
	if len(absent) > 0 {
		return nil, w.lacking(absent)
	}
	return order, nil
}

func (w Words) lacking(absent []column) error {
	var names []string
	for _, c := range absent {
		names = append(names, c.header(w))
	}
	return fmt.Errorf("%w: %s", ErrColumns, strings.Join(names, "、"))
}

func (w Words) item(cells []string, order []int) registry.CatalogItem {
	item := registry.CatalogItem{Fields: []registry.InfoItem{}}
	for n, c := range order {
		text := "" // cells at the end of a line that are empty are not there
		if n < len(cells) {
			text = cells[n]
		}
		if c >= 0 {
			columns[c].set(&item, tidy(text), w)
		}
	}
	return item
}

// tidy is the text of a cell without what spreadsheets leave at its ends.
func tidy(text string) string {
	return strings.TrimSpace(norm.NFC.String(strings.NewReplacer("\r\n", "\n", "_x000D_", "").Replace(text)))
}

func empty(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}
