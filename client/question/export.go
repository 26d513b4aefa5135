package question

import (
	"encoding/json"
	"io"
	"strconv"

	"github.com/hehuang-data/hehuang/client/spreadsheet"
)

// Format is a form of an answer that can be kept.
type Format string

// The formats of an export.
const (
	JSON Format = "json"
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Formats are all of them.
var Formats = []Format{CSV, XLSX, JSON}

// MediaType of a format.
func (f Format) MediaType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "application/json"
}

// Words are the words of a language: of columns, and of what is in them.
type Words interface {
	Title(column Field) string
	Show(column Field, value string) string
	Note(a Answer) [][2]string // what stands under a table: question, block, digest
}

// Write writes an answer in a format. CSV and XLSX are for people and carry words, JSON is for programs and carries codes.
func (a Answer) Write(out io.Writer, f Format, w Words) error {
	switch f {
	case CSV:
		return a.writeCSV(out, w)
	case XLSX:
		return a.writeXLSX(out, w)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(a.Document())
}

// Document is an answer as JSON has it. Version 1, docs/formats.md.
type Document struct {
	Version int `json:"version"`
	Answer
	Digest string `json:"digest"`
}

// Document is the answer with its digest.
func (a Answer) Document() Document { return Document{Version: 1, Answer: a, Digest: a.Digest()} }

// table is head and rows in words.
func (a Answer) table(w Words) [][]string {
	head := make([]string, 0, len(a.Columns))
	for _, c := range a.Columns {
		head = append(head, w.Title(c))
	}
	table := [][]string{head}
	for _, cells := range a.Rows {
		shown := make([]string, 0, len(cells))
		for i, cell := range cells {
			shown = append(shown, w.Show(a.Columns[i], cell))
		}
		table = append(table, shown)
	}
	return table
}

// writeCSV writes the notes below the rows: whoever reads the file by program has the head first.
func (a Answer) writeCSV(out io.Writer, w Words) error {
	table := append(a.table(w), nil)
	for _, note := range w.Note(a) {
		table = append(table, note[:])
	}
	return spreadsheet.WriteCSV(out, table)
}

// writeXLSX writes the rows on one sheet, with numbers where the column says so, and the notes on a second one.
func (a Answer) writeXLSX(out io.Writer, w Words) error {
	rows, notes := spreadsheet.Text("Sheet1", a.table(w)), spreadsheet.Sheet{Name: "说明"}
	for _, cells := range rows.Rows[1:] {
		for i, c := range a.Columns {
			if n, err := strconv.ParseInt(cells[i].(string), 10, 64); err == nil && (c.Kind == Number || c.Kind == Block) {
				cells[i] = n
			}
		}
	}
	for _, note := range w.Note(a) {
		notes.Rows = append(notes.Rows, []any{note[0], note[1]})
	}
	return spreadsheet.WriteXLSX(out, rows, notes)
}
