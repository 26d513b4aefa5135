package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/client/question"
)

// TestAsk_TableFileAndMistakes: what is wrong with a question is said before anybody signs in.
func TestAsk_TableFileAndMistakes(t *testing.T) {
	site := newAccountSite(t)
	key := enrolled(t, site, "RegulatorMSP/regulator-1")
	known, _ := question.Find("certificates")
	at := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	a := question.Answer{Query: question.Query{Question: "certificates", Values: map[string]string{"within": "30"}}, Columns: known.Columns, Block: 42, At: at, Asked: at, Next: "x|y",
		Rows: [][]string{{"HDZC1", "AST1", "P1", "VALID", "2026-01-01", "2026-12-01", "7", "2026-01-01T02:00:00Z"}}}
	body, err := json.Marshal(a.Document())
	if err != nil {
		t.Fatal(err)
	}
	site.answer["/api/v1/questions/certificates"] = string(body)
	seen := len(site.seen)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"nothing"}, "no question"}, {[]string{"history", "object=AST"}, "id"}, {[]string{"certificates", "within"}, "NAME=VALUE"},
		{[]string{"certificates", "within=soon"}, "within"}, {[]string{"certificates", "holder=x"}, "holder"}, {[]string{"certificates", "--format", "pdf"}, "pdf"},
	} {
		if _, warnings, status := execute(append([]string{"ask", "--key", key}, c.args...)...); status != 2 || !strings.Contains(warnings, c.says) {
			t.Errorf("%v: status %d, %s", c.args, status, warnings)
		}
	}
	if len(site.seen) != seen {
		t.Errorf("the site was asked: %v", site.seen[seen:])
	}
	out, _, status := execute("ask", "--key", key, "--lang", "zh", "certificates", "within=30")
	for _, text := range []string{"证书编号", "HDZC1", "有效", "2026-01-01 10:00:00", "数据截至区块: 42", a.Digest(), "--after 'x|y'"} {
		if status != 0 || !strings.Contains(out, text) {
			t.Errorf("status %d, the table lacks %q:\n%s", status, text, out)
		}
	}
	file := filepath.Join(t.TempDir(), "answer.json")
	if _, warnings, status := execute("ask", "--key", key, "certificates", "within=30", "--format", "json", "--output", file); status != 0 {
		t.Fatalf("status %d: %s", status, warnings)
	}
	var d question.Document
	if kept, err := os.ReadFile(file); err != nil || json.Unmarshal(kept, &d) != nil || d.Digest != d.Answer.Digest() {
		t.Errorf("%v %+v", err, d)
	}
	if out, _, status := execute("ask", "--lang", "zh"); status != 0 || !strings.Contains(out, "accounts-after-contract") || !strings.Contains(out, "外包协议终止后仍有效的账号") {
		t.Errorf("list: %d %s", status, out)
	}
}
