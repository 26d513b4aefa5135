package rest

import (
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestNotices_AnInboxIsItsPartysOwn: nobody reads what another party was told; who serves papers sees those that wait.
func TestNotices_AnInboxIsItsPartysOwn(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.join(registry.MSPAgency, "clerk-1", registry.RoleClerk, "12630200MBFAKE020X")
	for _, c := range []struct {
		visitor, path string
		status        int
		told          bool
	}{
		{"he-applicant", "/api/v1/notices", 200, true},
		{"ledu-applicant", "/api/v1/notices", 200, false},
		{"ledu-applicant", "/api/v1/notices?unserved=true", 200, false},
		{"clerk-1", "/api/v1/notices?unserved=true", 200, true},
		{"he-applicant", "/api/v1/notices/APP1/1", 200, true},
		{"he-applicant", "/api/v1/notices/APP1/2", 404, false},
		{"ledu-applicant", "/api/v1/notices/APP1/1", 403, false},
		{"", "/api/v1/notices", 401, false},
	} {
		w.session = c.visitor
		answer := w.ask("GET", c.path, "")
		if answer.Code != c.status || strings.Contains(answer.Body.String(), "told reason") != c.told {
			t.Errorf("%q %s: %d %s", c.visitor, c.path, answer.Code, answer.Body)
		}
	}
	w.session = "he-applicant"
	if pdf := w.ask("GET", "/api/v1/notices/APP1/1/pdf", ""); pdf.Code != 200 || !strings.HasPrefix(pdf.Body.String(), "%PDF-") || !strings.Contains(pdf.Header().Get("Content-Disposition"), "APP1-1.pdf") {
		t.Errorf("%d %v", pdf.Code, pdf.Header())
	}
}
