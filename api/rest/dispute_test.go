package rest

import (
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestDisputes_AreReadByTheirSides: the registrant and the registrar read an objection that was told, nobody else; the public page does not name it.
func TestDisputes_AreReadByTheirSides(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	for _, c := range []struct {
		visitor, path string
		status        int
		shown         bool
	}{
		{"he-applicant", "/api/v1/disputes?as=registrant", 200, true},
		{"he-applicant", "/api/v1/disputes", 200, false},
		{"ledu-applicant", "/api/v1/disputes?as=registrant", 200, false},
		{"an-acceptor", "/api/v1/disputes", 200, true},
		{"he-applicant", "/api/v1/disputes/AST1/1", 200, true},
		{"he-applicant", "/api/v1/disputes/AST1/2", 404, false},
		{"ledu-applicant", "/api/v1/disputes/AST1/1", 403, false},
		{"", "/api/v1/disputes/AST1/1", 401, false},
	} {
		w.session = c.visitor
		answer := w.ask("GET", c.path, "")
		if answer.Code != c.status || strings.Contains(answer.Body.String(), string(contested.Objector)) != c.shown {
			t.Errorf("%q %s: %d %s", c.visitor, c.path, answer.Code, answer.Body)
		}
	}
}
