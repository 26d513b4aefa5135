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

type fake struct{ err error }

func (f fake) Enrol(context.Context, registry.PersonID, []byte) ([]byte, error) {
	return []byte("PEM"), f.err
}

func (f fake) Revoke(context.Context) ([]registry.PersonID, error) {
	return []registry.PersonID{"AgencyMSP/a-b"}, f.err
}

// TestRevocations_NobodySaysWhom: the ledger alone decides whose certificates end.
func TestRevocations_NobodySaysWhom(t *testing.T) {
	ask := func(f fake) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		routes(f).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/revocations", strings.NewReader(`{"account":"AgencyMSP/me"}`)))
		return w
	}
	if w := ask(fake{}); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"revoked":["AgencyMSP/a-b"]}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(fake{errors.New("dial secret.internal: refused")}); w.Code != http.StatusBadGateway || strings.Contains(w.Body.String(), "secret.internal") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

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
			routes(fake{c.err}).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/enroll", strings.NewReader(c.body)))
			if w.Code != c.status || strings.Contains(w.Body.String(), "secret.internal") {
				t.Errorf("%d %s, want %d", w.Code, w.Body, c.status)
			}
		})
	}
}
