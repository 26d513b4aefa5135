package spreadsheet

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestNothingIsComputed: a cell that a spreadsheet would take for a formula is a text; numbers stay numbers.
func TestNothingIsComputed(t *testing.T) {
	table := [][]string{{"a", "b"}, {"=1+1", "-3"}, {"+cmd", "2"}, {"@x", "-x"}, {"a,\"b\"\nc", ""}, {"\tx", "6"}}
	want := [][]string{{"a", "b"}, {"'=1+1", "-3"}, {"'+cmd", "2"}, {"'@x", "'-x"}, {"a,\"b\"\nc", ""}, {"'\tx", "6"}}
	var out bytes.Buffer
	if err := WriteCSV(&out, table); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(out.String(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked || !slices.EqualFunc(rows, want, slices.Equal[[]string]) {
		t.Errorf("%t %q %v", marked, rows, err)
	}
	out.Reset()
	if err := WriteXLSX(&out, Text("表", table), Sheet{Name: "说明", Rows: [][]any{{"block", 7}}}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	formula, err := f.GetCellFormula("表", "A2")
	cell, _ := f.GetCellValue("表", "A2")
	if number, _ := f.GetCellValue("说明", "B1"); err != nil || formula != "" || cell != "=1+1" || number != "7" {
		t.Errorf("formula %q, cell %q, number %q, %v", formula, cell, number, err)
	}
}
