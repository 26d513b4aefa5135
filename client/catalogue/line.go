// Package catalogue reads and writes the catalogue of public data in the forms that others use: lines of text, workbooks (XLSX), CSV in the
// national platform's fields, and DCAT. It judges nothing: what it cannot read as a code it passes on as it stands, for the registry to refuse.
package catalogue

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Words gives the word for a code of a kind, as people read and write it: Words("sharing", "1") is 无条件共享.
type Words func(kind, code string) string

var typeCodes = []string{"1", "2", "3"}

// code is the code that a text stands for: the code itself or its word; a text that is neither stays as it is.
func (w Words) code(kind, text string, codes []string) string {
	text = strings.TrimSpace(text)
	for _, c := range codes {
		if text == c || text == w(kind, c) {
			return c
		}
	}
	return text
}

// sharingType reads a type of sharing or opening: 0 for an empty text, -1 for one that is none.
func (w Words) sharingType(kind, text string) int {
	switch code := w.code(kind, text, typeCodes); {
	case code == "":
		return 0
	case !slices.Contains(typeCodes, code):
		return -1
	default:
		n, _ := strconv.Atoi(code) // one of typeCodes
		return n
	}
}

// cells are the parts of each line of a text that is not empty: parts are separated by |, also in full width.
func cells(text string) [][]string {
	var all [][]string
	for _, line := range strings.Split(norm.NFC.String(text), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		parts := strings.Split(strings.ReplaceAll(line, "｜", "|"), "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		all = append(all, append(parts, "", "", "")) // what is left out is empty
	}
	return all
}

// baseWord marks a basic data item (基础数据项) in the third part of its line.
const baseWord = "基础"

// ParseFields reads information items (信息项), one a line: name | type | 基础 if it is a basic data item | type of sharing if it is not that
// of the resource.
func (w Words) ParseFields(text string) []registry.InfoItem {
	items := []registry.InfoItem{}
	for _, c := range cells(text) {
		items = append(items, registry.InfoItem{Name: c[0], Type: c[1], Base: strings.HasPrefix(c[2], baseWord) || c[2] == "是", Sharing: w.sharingType("sharing", c[3])})
	}
	return items
}

// FormatFields writes information items as ParseFields reads them.
func (w Words) FormatFields(items []registry.InfoItem) string {
	var lines []string
	for _, i := range items {
		base, sharing := "", ""
		if i.Base {
			base = baseWord
		}
		if i.Sharing != 0 {
			sharing = w("sharing", strconv.Itoa(i.Sharing))
		}
		lines = append(lines, join(i.Name, i.Type, base, sharing))
	}
	return strings.Join(lines, "\n")
}

// ParseBasis reads what a restriction of sharing rests on, one a line: rank | document | article.
func (w Words) ParseBasis(text string) []registry.LegalBasis {
	var all []registry.LegalBasis
	for _, c := range cells(text) {
		all = append(all, registry.LegalBasis{Rank: w.code("basisRank", c[0], registry.BasisRanks), Document: c[1], Article: c[2]})
	}
	return all
}

// FormatBasis writes bases as ParseBasis reads them.
func (w Words) FormatBasis(all []registry.LegalBasis) string {
	var lines []string
	for _, b := range all {
		rank := ""
		if b.Rank != "" {
			rank = w("basisRank", b.Rank)
		}
		lines = append(lines, join(rank, b.Document, b.Article))
	}
	return strings.Join(lines, "\n")
}

// ParseReasons reads the reasons of an opening type, separated by commas or lines.
func (w Words) ParseReasons(text string) []string {
	codes := slices.Concat(registry.WithholdReasons, registry.ConditionReasons)
	var all []string
	for _, part := range strings.FieldsFunc(norm.NFC.String(text), func(r rune) bool { return strings.ContainsRune(",，;；\n", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, w.code("openingReason", part, codes))
		}
	}
	return all
}

// FormatReasons writes reasons as ParseReasons reads them.
func (w Words) FormatReasons(reasons []string) string {
	var all []string
	for _, r := range reasons {
		all = append(all, w("openingReason", r))
	}
	return strings.Join(all, "；")
}

// join puts the parts of a line together, without empty ones at the end.
func join(parts ...string) string {
	return strings.TrimRight(strings.Join(parts, " | "), " |")
}

// ParsePlan reads the lines of an opening plan: resource code | type | conditions | update cycle.
func (w Words) ParsePlan(text string) []registry.PlanEntry {
	entries := []registry.PlanEntry{}
	for _, c := range cells(text) {
		entries = append(entries, registry.PlanEntry{Item: registry.NormaliseCode(c[0]), Kind: w.code("openKind", c[1], registry.OpenKinds), Conditions: c[2],
			UpdateCycle: w.code("updateCycle", c[3], registry.UpdateCycles)})
	}
	return entries
}
