// Package spreadsheet writes tables for spreadsheets, so that nothing in them is computed: CSV and workbooks.
package spreadsheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// WriteCSV writes a table as UTF-8 with a byte-order mark, and an apostrophe before what a spreadsheet would calculate. Numbers stay numbers.
func WriteCSV(out io.Writer, table [][]string) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(out)
	for _, line := range table {
		safe := make([]string, 0, len(line))
		for _, text := range line {
			safe = append(safe, harmless(text))
		}
		if err := c.Write(safe); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// harmless keeps a text from being read as a formula.
func harmless(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	return "'" + text
}

// Sheet is one sheet of a workbook. Cells are texts or numbers; a text is never computed.
type Sheet struct {
	Name string
	Rows [][]any
}

// Text is a sheet of texts.
func Text(name string, table [][]string) Sheet {
	s := Sheet{Name: name}
	for _, line := range table {
		cells := make([]any, 0, len(line))
		for _, text := range line {
			cells = append(cells, text)
		}
		s.Rows = append(s.Rows, cells)
	}
	return s
}

// WriteXLSX writes a workbook, at least one sheet, row by row.
func WriteXLSX(out io.Writer, sheets ...Sheet) error {
	f := excelize.NewFile()
	defer f.Close()
	for i, s := range sheets {
		if err := add(f, i == 0, s); err != nil {
			return err
		}
	}
	return f.Write(out)
}

func add(f *excelize.File, first bool, s Sheet) error {
	var err error
	if first {
		err = f.SetSheetName(f.GetSheetName(0), s.Name)
	} else {
		_, err = f.NewSheet(s.Name)
	}
	if err != nil {
		return err
	}
	stream, err := f.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	for n, cells := range s.Rows {
		if err := stream.SetRow("A"+strconv.Itoa(n+1), cells); err != nil {
			return err
		}
	}
	return stream.Flush()
}
