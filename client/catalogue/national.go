package catalogue

import (
	"strconv"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Entry is a catalogue item with the name of its provider.
type Entry struct {
	registry.CatalogItem
	ProviderName string
}

// nationalColumns are the core metadata of 政务信息资源目录编制指南, in its order.
var nationalColumns = []struct {
	name string
	of   func(e Entry, w Words) string
}{
	{"信息资源分类（类）", func(e Entry, w Words) string { return w("itemClass", e.Class) }},
	{"信息资源分类（项）", func(e Entry, _ Words) string { return part(e.Code, 1, 3) }},
	{"信息资源分类（目）", func(e Entry, _ Words) string { return part(e.Code, 3, 6) }},
	{"信息资源名称", func(e Entry, _ Words) string { return e.Name }},
	{"信息资源代码", func(e Entry, _ Words) string { return e.Code }},
	{"信息资源提供方", func(e Entry, _ Words) string { return e.ProviderName }},
	{"提供方代码", func(e Entry, _ Words) string { return string(e.Provider) }},
	{"信息资源摘要", func(e Entry, _ Words) string { return e.Abstract }},
	{"信息资源格式", func(e Entry, w Words) string { return w("itemFormat", e.Format) }},
	{"信息项名称、数据类型", func(e Entry, _ Words) string { return namesAndTypes(e.Fields) }},
	{"共享类型", func(e Entry, w Words) string { return w("sharing", strconv.Itoa(e.Sharing.Type)) }},
	{"共享条件", func(e Entry, w Words) string { return conditions(e.Sharing.Conditions, w.FormatBasis(e.Sharing.Basis)) }},
	{"共享方式", func(e Entry, _ Words) string { return e.Sharing.Method }},
	{"开放属性", func(e Entry, w Words) string { return w("opening", strconv.Itoa(e.Opening.Type)) }},
	{"开放条件", func(e Entry, w Words) string {
		return conditions(e.Opening.Conditions, w.FormatReasons(e.Opening.Reasons))
	}},
	{"更新周期", func(e Entry, w Words) string { return w("updateCycle", e.UpdateCycle) }},
	{"发布日期", func(e Entry, _ Words) string { return string(registry.CivilDate(e.Mark.CreatedAt)) }},
	{"关联资源代码", func(Entry, Words) string { return "" }}, // the catalogue records no relations
}

func part(code string, from, to int) string {
	if len(code) < to {
		return ""
	}
	return code[from:to]
}

func namesAndTypes(items []registry.InfoItem) string {
	var all []string
	for _, i := range items {
		all = append(all, i.Name+"（"+i.Type+"）")
	}
	return strings.Join(all, "；")
}

func conditions(text, basis string) string {
	basis = strings.ReplaceAll(basis, "\n", "；")
	if text == "" || basis == "" {
		return text + basis
	}
	return text + "（" + basis + "）"
}

// National is the catalogue as a table in the fields of the national platform; its first line names them.
func (w Words) National(entries []Entry) [][]string {
	var names []string
	for _, c := range nationalColumns {
		names = append(names, c.name)
	}
	table := [][]string{names}
	for _, e := range entries {
		var line []string
		for _, c := range nationalColumns {
			line = append(line, c.of(e, w))
		}
		table = append(table, line)
	}
	return table
}
