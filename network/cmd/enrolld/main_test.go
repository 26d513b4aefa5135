package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/network/admin"
)

func TestEnroll_Answers(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		err    error
		status int
	}{
		"issued":        {`{"account":"AgencyMSP/a-b","request":"x"}`, nil, 200},
		"not_json":      {`hello`, nil, 400},
		"unknown_field": {`{"account":"AgencyMSP/a-b","request":"x","role":"admin"}`, nil, 400},
		"oversize":      {`{"account":"AgencyMSP/a-b","request":"` + strings.Repeat("x", maxBody) + `"}`, nil, 400},
		"swapped_key":   {`{"account":"AgencyMSP/a-b","request":"x"}`, fmt.Errorf("%w: another key", admin.ErrRequest), 422},
		"not_approved":  {`{"account":"AgencyMSP/a-b","request":"x"}`, admin.ErrNotApproved, 409},
		"no_account":    {`{"account":"AgencyMSP/a-b","request":"x"}`, registry.NotFound("a-b"), 404},
		"ledger_down":   {`{"account":"AgencyMSP/a-b","request":"x"}`, errors.New("dial secret.internal: refused"), 502},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			routes(func(context.Context, registry.PersonID, []byte) ([]byte, error) { return []byte("PEM"), c.err }).
				ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/enroll", strings.NewReader(c.body)))
			if w.Code != c.status || strings.Contains(w.Body.String(), "secret.internal") {
				t.Errorf("%d %s, want %d", w.Code, w.Body, c.status)
			}
		})
	}
}
