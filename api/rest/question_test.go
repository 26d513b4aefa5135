package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/question"
)

// TestQuestions_OneAnswerInEveryForm: JSON, CSV and XLSX carry the same rows, the block and the same digest.
func TestQuestions_OneAnswerInEveryForm(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.join(registry.MSPRegulator, "regulator-1", registry.RoleRegulator, "12630200MBFAKE020X")
	w.session = "regulator-1"
	page := w.ask("GET", "/api/v1/questions/certificates?status=VALID&limit=10", "")
	var d question.Document
	if err := json.Unmarshal(page.Body.Bytes(), &d); err != nil || d.Version != 1 || d.Block != 7 || d.Next != "next" || d.Values["status"] != "VALID" || d.Digest != d.Answer.Digest() {
		t.Fatalf("%v %s", err, page.Body)
	}
	for _, format := range question.Formats {
		r := w.ask("GET", "/api/v1/questions/certificates?status=VALID&format="+string(format), "")
		h := r.Result().Header
		if r.Code != http.StatusOK || h.Get("X-Hehuang-Block") != "7" || h.Get("X-Hehuang-Digest") != d.Digest || !strings.Contains(h.Get("Content-Disposition"), "certificates-block-7."+string(format)) {
			t.Errorf("%s: %d %v", format, r.Code, h)
		}
		text := r.Body.String()
		if format == question.XLSX {
			text = sheets(t, r.Body.Bytes())
		}
		if !strings.Contains(text, d.Digest) || !strings.Contains(text, "=daysLeft") {
			t.Errorf("%s lacks digest or row: %.400s", format, text)
		}
		if format == question.CSV && (!strings.HasPrefix(text, "\ufeff证书编号") || !strings.Contains(text, "'=daysLeft")) {
			t.Errorf("CSV without mark, words or with a formula: %.200q", text)
		}
	}
}

// sheets is the text of a workbook.
func sheets(t *testing.T, body []byte) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var text strings.Builder
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			text.WriteString(strings.Join(row, "|") + "\n")
		}
	}
	return text.String()
}

// TestQuestions_WrongParametersAreNamed: nothing is silently ignored.
func TestQuestions_WrongParametersAreNamed(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.join(registry.MSPBureau, "sun-supervisor", registry.RoleSupervisor, "11630200MBFAKE0126")
	w.session = "sun-supervisor"
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"none":                              {404, ""},
		"history":                           {422, "question.object"},
		"history?object=XXX&id=1":           {422, "question.object"},
		"history?object=AST":                {422, "question.id"},
		"certificates?within=soon":          {422, "question.within"},
		"changes?from=2026-13-01":           {422, "question.from"},
		"certificates?holder=x":             {422, "question.holder"},
		"certificates?format=pdf":           {422, "question.format"},
		"certificates?limit=0":              {422, "question.limit"},
		"certificates?within=30&status=&x=": {200, ""},
	} {
		r := w.ask("GET", "/api/v1/questions/"+path, "")
		if r.Code != want.status || !strings.Contains(r.Body.String(), want.says) {
			t.Errorf("%s: %d %s", path, r.Code, r.Body)
		}
	}
	list := w.ask("GET", "/api/v1/questions", "")
	var all []question.Question
	if err := json.Unmarshal(list.Body.Bytes(), &all); err != nil || len(all) != len(question.All) {
		t.Errorf("%v %s", err, list.Body)
	}
}
