package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/api/store"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/evidence"
)

// fakeLedger answers what the test says.
type fakeLedger struct {
	evaluate func(function string, document []byte) ([]byte, error)
	acted    []string
}

func (f *fakeLedger) Prepare(_ context.Context, _ desk.Person, function string, document []byte) (desk.Transaction, error) {
	f.acted = append(f.acted, function)
	return desk.Transaction{ID: "T1", Function: function, Document: document, State: desk.StatePrepared, ToSign: []byte("proposal")}, nil
}

func (f *fakeLedger) Endorse(context.Context, string, []byte) (desk.Transaction, error) {
	return desk.Transaction{ID: "T1", State: desk.StateRefused, Refusal: registry.Refuse(registry.CodeTooEarly, registry.RulePublicity, "dueDate", "2026-12-07")}, nil
}

func (f *fakeLedger) Submit(context.Context, string, []byte) (desk.Transaction, error) {
	return desk.Transaction{}, &desk.Failure{Stage: "submit", TxID: "TX", Sent: true, Err: errors.New("dial tcp 10.0.0.7:7051: secret detail")}
}

func (f *fakeLedger) Transaction(context.Context, string) (desk.Transaction, error) {
	return desk.Transaction{}, desk.ErrNotFound
}

func (f *fakeLedger) Evaluate(_ context.Context, function string, document []byte) ([]byte, error) {
	if f.evaluate != nil {
		return f.evaluate(function, document)
	}
	if function == "registration:Check" {
		return json.Marshal(registry.Verdict{Obstacles: []registry.Obstacle{}})
	}
	return json.Marshal(registry.Situation{Network: &registry.Network{Mode: registry.ModeDemo}})
}

// fakeRecords has one party and nothing else.
type fakeRecords struct{}

func (fakeRecords) AsOf(context.Context) (desk.AsOf, error) { return desk.AsOf{Block: 3}, nil }
func (fakeRecords) Cases(context.Context, desk.CaseFilter) (desk.CasePage, error) {
	return desk.CasePage{}, nil
}
func (fakeRecords) Case(context.Context, registry.ApplicationID) (registry.Application, error) {
	return registry.Application{}, desk.ErrNotFound
}
func (fakeRecords) Version(context.Context, registry.AssetID, int) (registry.CertifiedContent, error) {
	return registry.CertifiedContent{}, desk.ErrNotFound
}

func (fakeRecords) Asset(context.Context, registry.AssetID) (registry.Asset, error) {
	return registry.Asset{}, desk.ErrNotFound
}
func (fakeRecords) Certificate(context.Context, registry.CertificateNumber) (registry.Certificate, error) {
	return registry.Certificate{}, desk.ErrNotFound
}
func (fakeRecords) Party(context.Context, registry.PartyID) (registry.Party, error) {
	return registry.Party{ID: "93630222MAFAKE06XA", Name: "合作社", Kind: registry.PartyLegal, Status: registry.PartyActive}, nil
}
func (fakeRecords) Accounts(context.Context, desk.AccountFilter) (desk.AccountPage, error) {
	return desk.AccountPage{}, nil
}
func (fakeRecords) Account(context.Context, registry.PersonID) (registry.Account, error) {
	return registry.Account{}, desk.ErrNotFound
}
func (fakeRecords) Mandates(context.Context, desk.MandateFilter) (desk.MandatePage, error) {
	return desk.MandatePage{}, nil
}

func (fakeRecords) Contracts(context.Context, desk.ContractFilter) (desk.ContractPage, error) {
	return desk.ContractPage{}, nil
}

func (fakeRecords) Transactions(context.Context, registry.ApplicationID) ([]desk.LedgerTransaction, error) {
	return nil, nil
}
func (fakeRecords) Transaction(context.Context, string) (desk.LedgerTransaction, error) {
	return desk.LedgerTransaction{}, desk.ErrNotFound
}
func (fakeRecords) DocumentKeys(context.Context) ([]registry.DocumentKey, error) { return nil, nil }

type fakeEvidence struct{}

func (fakeEvidence) Put(_ context.Context, r io.Reader, name string, kind registry.MaterialKind, limit int64) (desk.File, error) {
	n, err := io.Copy(io.Discard, io.LimitReader(r, limit+1))
	if n > limit {
		return desk.File{}, evidence.ErrTooLarge
	}
	return desk.File{CID: "bafy", Size: n, Name: name, Kind: kind}, err
}

func (fakeEvidence) Open(context.Context, string) (desk.File, io.ReadCloser, error) {
	return desk.File{}, nil, desk.ErrNotFound
}

type nothingPublished struct{}

func (nothingPublished) Documents(context.Context, registry.CertificateNumber) (desk.Documents, error) {
	return desk.Documents{}, desk.ErrNotFound
}

type fakeSigner struct{ role, enrolment string }

func (f fakeSigner) Person() desk.Person {
	return desk.Person{Name: f.enrolment, Actor: registry.Actor{MSP: registry.MSPAgency, Enrolment: f.enrolment, Role: f.role, Party: "93630222MAFAKE06XA"}}
}
func (fakeSigner) Sign(message []byte) ([]byte, error) { return message, nil }

// visitor is a browser without JavaScript that keeps its cookies.
type visitor struct {
	t       *testing.T
	handler http.Handler
	cookies map[string]*http.Cookie
	ledger  *fakeLedger
}

func newVisitor(t *testing.T, mode registry.Mode) *visitor {
	t.Helper()
	state, err := store.Open(filepath.Join(t.TempDir(), "state.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { state.Close() })
	l := &fakeLedger{}
	d := &desk.Desk{Settings: desk.Settings{Organisation: "agency", Mode: mode, PublicURL: "http://localhost:8080", UploadLimit: 1 << 20}, Ledger: l, Records: fakeRecords{},
		Evidence: fakeEvidence{}, Drafts: store.Drafts{Store: state}, Published: nothingPublished{}}
	if mode == registry.ModeDemo {
		d.Cast = []desk.Signer{fakeSigner{registry.RoleApplicant, "he-applicant"}, fakeSigner{registry.RoleAcceptor, "an-acceptor"}}
	}
	s, err := New(d, fakeRecords{}, store.Sessions{Store: state}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, handler: s.Handler(), cookies: map[string]*http.Cookie{}, ledger: l}
}

func (v *visitor) do(r *http.Request) *httptest.ResponseRecorder {
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		v.cookies[c.Name] = c
	}
	return w
}

func (v *visitor) get(path string) *httptest.ResponseRecorder {
	return v.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (v *visitor) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

func (v *visitor) send(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return v.do(r)
}

func TestPages_AccessTable(t *testing.T) {
	for _, c := range []struct {
		persona, path string
		want          int
	}{
		{"", "/", 200}, {"", "/publicity", 200}, {"", "/verify", 200}, {"", "/certificates/HDZC63020220261100001H", 404}, {"", "/cast", 200},
		{"", "/apply", 303}, {"", "/cases", 303}, {"", "/desk", 303}, {"", "/evidence/bafy", 303}, {"", "/cases/APP", 303}, {"", "/transactions/T1", 303},
		{"an-acceptor", "/apply", 403}, {"an-acceptor", "/cases", 403}, {"an-acceptor", "/apply/x/check", 403}, {"an-acceptor", "/desk", 200},
		{"he-applicant", "/desk", 403}, {"he-applicant", "/desk/APP", 403}, {"he-applicant", "/evidence/bafy", 403}, {"he-applicant", "/cases", 200}, {"he-applicant", "/apply/none", 404},
	} {
		v := newVisitor(t, registry.ModeDemo)
		if c.persona != "" {
			v.post("/cast", url.Values{"member": {c.persona}})
		}
		if w := v.get(c.path); w.Code != c.want {
			t.Errorf("%q opens %s: %d, want %d", c.persona, c.path, w.Code, c.want)
		}
	}
}

func TestLegalNetwork_HasNoCast(t *testing.T) {
	v := newVisitor(t, registry.ModeLegal)
	for _, path := range []string{"/cast", "/api/v1/demo/cast"} {
		if w := v.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := v.get("/apply"); w.Code != http.StatusForbidden {
		t.Errorf("/apply: %d", w.Code)
	}
	if w := v.send("POST", "/api/v1/demo/signatures", `{"member":"he-applicant","transaction":"T1"}`); w.Code != http.StatusNotFound {
		t.Errorf("demo signatures: %d", w.Code)
	}
	if strings.Contains(v.get("/").Body.String(), "演示网络") {
		t.Error("a legal network says that it is a demo")
	}
}

func TestForm_NothingTypedIsLostAndNothingIsExecuted(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.post("/cast", url.Values{"member": {"he-applicant"}})
	draft := v.post("/apply", nil).Header().Get("Location")
	hostile := `<script>alert("x")</script>` + strings.Repeat("长", 41)
	w := v.post(draft+"/steps/data", url.Values{"dataName": {hostile}, "overview": {"a\x07b"}, "industries[0].division": {"九九"}})
	body := w.Body.String()
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, "不能超过 40 个字") || !strings.Contains(body, "U&#43;0007") {
		t.Errorf("%d: the defects are not all shown", w.Code)
	}
	if strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert") {
		t.Error("what was typed is not shown escaped")
	}
	if again := v.get(draft + "/steps/data").Body.String(); !strings.Contains(again, "九九") || !strings.Contains(again, strings.Repeat("长", 41)) {
		t.Error("what was typed is lost")
	}
	if len(v.ledger.acted) > 0 {
		t.Errorf("something reached the ledger: %v", v.ledger.acted)
	}
	if w := v.post(draft+"/file", nil); w.Code != http.StatusSeeOther || len(v.ledger.acted) > 0 {
		t.Errorf("an incomplete application was filed: %d %v", w.Code, v.ledger.acted)
	}
}

func TestUpload_TooLarge(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.post("/cast", url.Values{"member": {"he-applicant"}})
	for name, size := range map[string]int64{"announced": -1, "streamed": 2 << 20} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/evidence?name=a.csv&kind=SAMPLE", io.LimitReader(endless{}, max(size, 10)))
		if size < 0 {
			r.ContentLength = 1 << 30
		}
		if w := v.do(r); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "1 MB") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestUpload_OfNobodyIsRefused(t *testing.T) {
	if w := newVisitor(t, registry.ModeDemo).send("POST", "/api/v1/evidence?name=a.csv", "x"); w.Code != http.StatusForbidden {
		t.Errorf("%d", w.Code)
	}
}

func TestEvidence_OfNobodyOrApplicantIsRefused(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	for _, persona := range []string{"", "he-applicant"} {
		if persona != "" {
			v.post("/cast", url.Values{"member": {persona}})
		}
		if w := v.get("/api/v1/evidence/bafy"); w.Code != http.StatusForbidden {
			t.Errorf("%q: %d", persona, w.Code)
		}
	}
}

func TestProblems_HaveOneForm(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		want               string
	}{
		"unknown_function": {"POST", "/api/v1/transactions", `{"function":"registration:Delete","document":{},"certificate":"x","msp":"AgencyMSP"}`, 404, "FUNCTION_UNKNOWN"},
		"unknown_field":    {"POST", "/api/v1/transactions", `{"function":"registration:Accept","document":{"admin":true},"certificate":"x","msp":"AgencyMSP"}`, 400, "DOCUMENT_INVALID"},
		"bad_certificate":  {"POST", "/api/v1/transactions", `{"function":"registration:Accept","document":{"key":"12345678","application":"A"},"certificate":"x","msp":"AgencyMSP"}`, 401, "IDENTITY_INVALID"},
		"body_missing":     {"POST", "/api/v1/transactions", `{}`, 422, "errors"},
		"refused":          {"PUT", "/api/v1/transactions/T1/endorsement", `{"signature":"AA=="}`, 409, "第二十四条"},
		"no_such_record":   {"GET", "/api/v1/applications/APP", "", 404, "NOT_FOUND"},
		"outcome_unknown":  {"PUT", "/api/v1/transactions/T1/submission", `{"signature":"AA=="}`, 503, "不要重新提交"},
		"no_such_route":    {"GET", "/api/v1/nothing", "", 404, "no_route"},
		"wrong_method":     {"DELETE", "/api/v1/situation", "", 405, "method"},
		"body_too_large":   {"POST", "/api/v1/transactions", `{"function":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "body_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			w := v.send(c.method, c.path, c.body)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
				t.Errorf("%d %s %s", w.Code, w.Header().Get("Content-Type"), w.Body)
			}
			if strings.Contains(w.Body.String(), "10.0.0.7") {
				t.Error("a technical detail is shown")
			}
		})
	}
}

func TestProblems_EveryCodeHasAStatus(t *testing.T) {
	for _, code := range registry.Codes {
		if rest.Statuses[code] == 0 {
			t.Errorf("%s has no HTTP status", code)
		}
	}
}

func TestOtherSites_CannotPost(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	r := httptest.NewRequest(http.MethodPost, "/cast", strings.NewReader("member=an-acceptor"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if w := v.do(r); w.Code != http.StatusForbidden {
		t.Errorf("%d", w.Code)
	}
}

func TestRedirects_StayOnTheSite(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`} {
		w := v.post("/cast", url.Values{"member": {"he-applicant"}, "next": {next}})
		if got := w.Header().Get("Location"); strings.Contains(got, "//") || strings.Contains(got, `\`) {
			t.Errorf("%s leads to %s", next, got)
		}
	}
}

func TestHeaders_AndDescription(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	w := v.get("/")
	if !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'self'") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", w.Header())
	}
	var description struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(v.get("/api/openapi.json").Body.Bytes(), &description); err != nil || description.OpenAPI != "3.1.0" || len(description.Paths) < 14 {
		t.Errorf("OpenAPI %s with %d paths, %v", description.OpenAPI, len(description.Paths), err)
	}
}

// TestRoutes_OutsideTheAPIAreListed: the API has its own access table, the pages theirs.
func TestRoutes_OutsideTheAPIAreListed(t *testing.T) {
	known := map[string]string{"/healthz": "operators", "/readyz": "operators", "/metrics": "operators, loopback", "/assets*": "everybody",
		"/api/openapi.json": "everybody", "/api/openapi.yaml": "everybody", "/api/openapi-3.0.json": "everybody", "/api/openapi-3.0.yaml": "everybody", "/api/schemas/:schema": "everybody"}
	for _, row := range rest.AccessTable {
		known[strings.NewReplacer("{", ":", "}", "").Replace(row.Path)] = string(row.Who)
	}
	v := newVisitor(t, registry.ModeDemo)
	for _, r := range v.handler.(*echo.Echo).Routes() {
		if strings.HasPrefix(r.Path, "/api") || strings.HasPrefix(r.Path, "/.") || strings.HasPrefix(r.Path, "/assets") || strings.HasSuffix(r.Path, "z") || r.Path == "/metrics" {
			if known[r.Path] == "" {
				t.Errorf("%s %s has no row in an access table", r.Method, r.Path)
			}
		}
	}
}

func TestMetrics_LoopbackOnly(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.get("/no/such/page/" + strings.Repeat("x", 20))
	for name, c := range map[string]struct {
		from, forwarded string
		want            int
	}{"own machine": {"127.0.0.1:5", "", 200}, "network": {"10.0.0.9:5", "", 404}, "through a proxy": {"127.0.0.1:5", "203.0.113.9", 404}} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = c.from
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		w := v.do(r)
		if w.Code != c.want {
			t.Errorf("%s: %d", name, w.Code)
		}
		if w.Code == http.StatusOK && (!strings.Contains(w.Body.String(), "hehuang_index_block 3") || strings.Contains(w.Body.String(), "/no/such/page")) {
			t.Errorf("metrics: %s", w.Body)
		}
	}
}

func TestWrites_AreLimitedPerAddress(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	from := func(address string) int {
		r := httptest.NewRequest(http.MethodPut, "/api/v1/transactions/T1/endorsement", strings.NewReader(`{"signature":"AA=="}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = address
		return v.do(r).Code
	}
	last := 0
	for range writeBurst * 2 {
		if last = from("192.0.2.1:9"); last == http.StatusTooManyRequests {
			break
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("nothing stops a flood of writes: %d", last)
	}
	if other := from("192.0.2.2:9"); other != http.StatusConflict {
		t.Errorf("another address is stopped too: %d", other)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "192.0.2.1:9"
	if w := v.do(r); w.Code != http.StatusOK {
		t.Errorf("reading is stopped too: %d", w.Code)
	}
}

func TestRequestID_IsOurs(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
	r.Header.Set("X-Request-Id", "forged")
	if id := v.do(r).Header().Get("X-Request-Id"); id == "forged" || len(id) < 16 {
		t.Errorf("id %q", id)
	}
}

func TestReady_OnlyWithPeerAndReadModel(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	if w := v.get("/readyz"); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	v.ledger.evaluate = func(string, []byte) ([]byte, error) { return nil, errors.New("no peer at 10.0.0.7") }
	if w := v.get("/readyz"); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "10.0.0.7") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	v.ledger.evaluate = func(string, []byte) ([]byte, error) { return json.Marshal(registry.Situation{}) }
	if w := v.get("/readyz"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("ready before the network was founded: %d %s", w.Code, w.Body)
	}
}
