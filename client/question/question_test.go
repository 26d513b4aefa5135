package question

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func TestParse(t *testing.T) {
	for name, tc := range map[string]struct {
		question string
		given    map[string]string
		wrong    string // parameter; "": none
	}{
		"good":                {"certificates", map[string]string{"status": "VALID", "within": "30"}, ""},
		"nothing_given":       {"certificates", map[string]string{"status": "", "within": ""}, ""},
		"required_missing":    {"history", map[string]string{"object": "AST"}, "id"},
		"unknown_parameter":   {"certificates", map[string]string{"x": "1"}, "x"},
		"no_option":           {"certificates", map[string]string{"status": "GOOD"}, "status"},
		"no_number":           {"certificates", map[string]string{"within": "-1"}, "within"},
		"no_day":              {"refused", map[string]string{"from": "2026-02-30"}, "from"},
		"too_long":            {"registrations", map[string]string{"text": strings.Repeat("x", 201)}, "text"},
		"locks_are_not_asked": {"history", map[string]string{"object": registry.ObjectIdempotency, "id": "1"}, "object"},
	} {
		_, err := Parse(tc.question, tc.given)
		var wrong *ValueError
		if (tc.wrong == "") != (err == nil) || tc.wrong != "" && (!errors.As(err, &wrong) || wrong.Name != tc.wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse("nothing", nil); !errors.Is(err, ErrUnknown) {
		t.Errorf("unknown question: %v", err)
	}
}

func TestAll_NamesAreOnce(t *testing.T) {
	var names []string
	for _, q := range All {
		names = append(names, q.Name)
		for kind, fields := range [][]Field{q.Parameters, q.Columns} {
			var seen []string
			for _, f := range fields {
				reserved := kind == 0 && slices.Contains([]string{"format", "limit", "after"}, f.Name)
				if slices.Contains(seen, f.Name) || reserved {
					t.Errorf("%s: %s", q.Name, f.Name)
				}
				seen = append(seen, f.Name)
			}
		}
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != len(All) {
		t.Error("a name stands twice")
	}
}

// TestDigest_CoversWhatWasAskedAndAnswered and nothing of how it is presented.
func TestDigest_CoversWhatWasAskedAndAnswered(t *testing.T) {
	a := Answer{Query: Query{Question: "certificates", Values: map[string]string{"status": "VALID"}}, Columns: []Field{field("a", Text)}, Rows: [][]string{{"1"}}, Block: 7}
	same := a
	same.Limit, same.Next, same.Columns = 5, "x", []Field{{Name: "a", Kind: Number}}
	if a.Digest() != same.Digest() {
		t.Error("the digest depends on the presentation")
	}
	for name, change := range map[string]func(*Answer){
		"question": func(a *Answer) { a.Question = "refused" }, "values": func(a *Answer) { a.Values = nil }, "block": func(a *Answer) { a.Block++ },
		"columns": func(a *Answer) { a.Columns = []Field{field("b", Text)} }, "rows": func(a *Answer) { a.Rows = [][]string{{"2"}} }, "none": func(a *Answer) { a.Rows = nil },
	} {
		other := a
		change(&other)
		if other.Digest() == a.Digest() {
			t.Errorf("%s may be changed", name)
		}
	}
}
