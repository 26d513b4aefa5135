package question

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
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
func (a Answer) table(w Words, row func([]string) error) error {
	head := make([]string, 0, len(a.Columns))
	for _, c := range a.Columns {
		head = append(head, w.Title(c))
	}
	if err := row(head); err != nil {
		return err
	}
	for _, cells := range a.Rows {
		shown := make([]string, 0, len(cells))
		for i, cell := range cells {
			shown = append(shown, w.Show(a.Columns[i], cell))
		}
		if err := row(shown); err != nil {
			return err
		}
	}
	return nil
}

// writeCSV writes a byte-order mark, so that spreadsheets read UTF-8, and no cell that they would compute.
func (a Answer) writeCSV(out io.Writer, w Words) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(out)
	write := func(cells []string) error {
		safe := make([]string, 0, len(cells))
		for _, cell := range cells {
			safe = append(safe, harmless(cell))
		}
		return c.Write(safe)
	}
	if err := a.table(w, write); err != nil {
		return err
	}
	if err := c.Write(nil); err != nil {
		return err
	}
	for _, note := range w.Note(a) {
		if err := write(note[:]); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// harmless keeps a text from being read as a formula.
func harmless(cell string) string {
	if strings.IndexAny(cell, "=+-@\t\r") == 0 {
		if _, err := strconv.ParseFloat(cell, 64); err != nil {
			return "'" + cell
		}
	}
	return cell
}

const (
	sheetAnswer = "Sheet1"
	sheetNote   = "说明"
)

func (a Answer) writeXLSX(out io.Writer, w Words) error {
	f := excelize.NewFile()
	defer f.Close()
	stream, err := f.NewStreamWriter(sheetAnswer)
	if err != nil {
		return err
	}
	n := 0
	err = a.table(w, func(cells []string) error {
		n++
		values := make([]any, 0, len(cells))
		for i, cell := range cells {
			values = append(values, a.cell(n, i, cell))
		}
		return stream.SetRow("A"+strconv.Itoa(n), values)
	})
	if err == nil {
		err = stream.Flush()
	}
	if err == nil {
		_, err = f.NewSheet(sheetNote)
	}
	for i, note := range w.Note(a) {
		if err == nil {
			err = f.SetSheetRow(sheetNote, "A"+strconv.Itoa(i+1), &[]any{note[0], note[1]})
		}
	}
	if err != nil {
		return err
	}
	return f.Write(out)
}

// cell is a number where the column says so, otherwise a text: no spreadsheet computes it.
func (a Answer) cell(row, column int, text string) any {
	if row > 1 && (a.Columns[column].Kind == Number || a.Columns[column].Kind == Block) {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	}
	return text
}
