package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
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
	"github.com/hehuang-data/hehuang/api/web"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/evidence"
)

// fakeLedger answers what the test says.
type fakeLedger struct {
	evaluate func(function string, document []byte) ([]byte, error)
	acted    []string
	accounts map[registry.PersonID]registry.Account
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
	if function == "account:FindAccount" {
		var find registry.FindRequest
		if err := json.Unmarshal(document, &find); err != nil {
			return nil, err
		}
		return json.Marshal(f.accounts[registry.PersonID(find.ID)])
	}
	if function == "registration:Check" {
		return json.Marshal(registry.Verdict{Obstacles: []registry.Obstacle{}})
	}
	return json.Marshal(registry.Situation{Network: &registry.Network{Mode: registry.ModeDemo}})
}

// fakeRecords has one party, and an account for everybody who was given one.
type fakeRecords struct {
	accounts map[registry.PersonID]registry.Account
}

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
func (f fakeRecords) Account(_ context.Context, id registry.PersonID) (registry.Account, error) {
	a, ok := f.accounts[id]
	if !ok {
		return a, desk.ErrNotFound
	}
	return a, nil
}
func (fakeRecords) Mandates(context.Context, desk.MandateFilter) (desk.MandatePage, error) {
	return desk.MandatePage{}, nil
}

func (fakeRecords) Contracts(context.Context, desk.ContractFilter) (desk.ContractPage, error) {
	return desk.ContractPage{}, nil
}

func (fakeRecords) Assets(context.Context, desk.AssetFilter) (desk.AssetPage, error) {
	return desk.AssetPage{}, nil
}

func (fakeRecords) Limits(context.Context, desk.LimitFilter) (desk.LimitPage, error) {
	return desk.LimitPage{}, nil
}

func (fakeRecords) Objections(context.Context, desk.ObjectionFilter) (desk.ObjectionPage, error) {
	return desk.ObjectionPage{}, nil
}

func (fakeRecords) Mandate(context.Context, registry.MandateID) (registry.Mandate, error) {
	return registry.Mandate{}, desk.ErrNotFound
}

func (fakeRecords) Contract(context.Context, registry.ContractID) (registry.Contract, error) {
	return registry.Contract{}, desk.ErrNotFound
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

// anybody believes every signature: what a signature must be is tested where it is judged.
type anybody struct{}

func (anybody) Verify(string, []byte, []byte, []byte) error { return nil }

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
	l := &fakeLedger{accounts: map[registry.PersonID]registry.Account{}}
	d := &desk.Desk{Settings: desk.Settings{Organisation: "agency", MSPs: []string{registry.MSPAgency}, Mode: mode, PublicURL: "http://localhost:8080", UploadLimit: 1 << 20}, Ledger: l,
		Records: fakeRecords{l.accounts}, Evidence: fakeEvidence{}, Uploads: store.Uploads{Store: state}, Drafts: store.Drafts{Store: state}, Published: nothingPublished{}, Credentials: anybody{}}
	s, err := New(d, fakeRecords{l.accounts}, store.Sessions{Store: state}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, handler: s.Handler(), cookies: map[string]*http.Cookie{}, ledger: l}
}

var roles = map[string]string{"he-applicant": registry.RoleApplicant, "an-acceptor": registry.RoleAcceptor}

// signIn gives somebody a key and an account, and signs them in.
func (v *visitor) signIn(enrolment string) {
	v.t.Helper()
	certificate, _ := ledgertest.Identity(v.t, registry.Actor{Enrolment: enrolment, Role: roles[enrolment], Party: "93630222MAFAKE06XA", Region: "630222"})
	actor, err := registry.ParseActor(registry.MSPAgency, certificate)
	if err != nil {
		v.t.Fatal(err)
	}
	v.ledger.accounts[actor.ID()] = registry.Account{MSP: actor.MSP, Enrolment: enrolment, Owner: actor.ID(), Party: actor.Party, Role: actor.Role, Region: actor.Region, KeyDigest: actor.KeyDigest,
		Until: "2099-12-31", Status: registry.AccountEnabled}
	var challenge struct{ Nonce string }
	if err := json.Unmarshal(v.send("POST", "/api/v1/sign-ins/challenges", `{"account":"`+string(actor.ID())+`"}`).Body.Bytes(), &challenge); err != nil {
		v.t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"account": actor.ID(), "certificate": string(certificate), "nonce": challenge.Nonce, "signature": []byte("mine")})
	if err != nil {
		v.t.Fatal(err)
	}
	if w := v.send("POST", "/api/v1/sign-ins", string(body)); w.Code != http.StatusCreated {
		v.t.Fatalf("%d %s", w.Code, w.Body)
	}
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
		{"", "/", 200}, {"", "/publicity", 200}, {"", "/verify", 200}, {"", "/certificates/HDZC63020220261100001H", 404}, {"", "/signin", 200},
		{"", "/apply", 303}, {"", "/cases", 303}, {"", "/desk", 303}, {"", "/evidence/bafy", 303}, {"", "/cases/APP", 303}, {"", "/sign/T1", 303},
		{"an-acceptor", "/apply", 403}, {"an-acceptor", "/cases", 403}, {"an-acceptor", "/apply/x/check", 403}, {"an-acceptor", "/desk", 200},
		{"he-applicant", "/desk", 403}, {"he-applicant", "/desk/APP", 403}, {"he-applicant", "/evidence/bafy", 403}, {"he-applicant", "/cases", 200}, {"he-applicant", "/apply/none", 404},
	} {
		v := newVisitor(t, registry.ModeDemo)
		if c.persona != "" {
			v.signIn(c.persona)
		}
		if w := v.get(c.path); w.Code != c.want {
			t.Errorf("%q opens %s: %d, want %d", c.persona, c.path, w.Code, c.want)
		}
	}
}

// TestNetworks_HaveNoCast: nobody signs for anybody else, on demo networks either.
func TestNetworks_HaveNoCast(t *testing.T) {
	for _, mode := range []registry.Mode{registry.ModeDemo, registry.ModeLegal} {
		v := newVisitor(t, mode)
		for _, path := range []string{"/cast", "/api/v1/demo/cast"} {
			if w := v.get(path); w.Code != http.StatusNotFound {
				t.Errorf("%s %s: %d", mode, path, w.Code)
			}
		}
		r := httptest.NewRequest(http.MethodGet, "/api/v1/sign-ins/current", nil)
		r.Header.Set("X-Demo-Member", "he-applicant")
		if w := v.do(r); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: a header signs in: %d", mode, w.Code)
		}
		if demo := strings.Contains(v.get("/").Body.String(), "演示网络"); demo != (mode == registry.ModeDemo) {
			t.Errorf("%s says that it is a demo: %t", mode, demo)
		}
	}
}

func TestForm_NothingTypedIsLostAndNothingIsExecuted(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.signIn("he-applicant")
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
	v.signIn("he-applicant")
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
	if w := newVisitor(t, registry.ModeDemo).send("POST", "/api/v1/evidence?name=a.csv", "x"); w.Code != http.StatusUnauthorized {
		t.Errorf("%d", w.Code)
	}
}

func TestEvidence_OfNobodyOrApplicantIsRefused(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	for _, persona := range []string{"", "he-applicant"} {
		if persona != "" {
			v.signIn(persona)
		}
		if w := v.get("/api/v1/evidence/bafy"); w.Code != map[string]int{"": http.StatusUnauthorized, "he-applicant": http.StatusForbidden}[persona] {
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

// TestBody_TooLargeWithoutLength: a body in chunks says nothing of its size beforehand.
func TestBody_TooLargeWithoutLength(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	server := httptest.NewServer(v.handler)
	defer server.Close()
	body := io.MultiReader(strings.NewReader(`{"function":"`), strings.NewReader(strings.Repeat("x", 3<<20)), strings.NewReader(`"}`))
	answer, err := http.Post(server.URL+"/api/v1/transactions", "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", answer.StatusCode)
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
	v.signIn("he-applicant")
	for _, path := range []string{"/apply", "/signout", "/api/v1/sign-ins", "/api/v1/transactions"} {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if w := v.do(r); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestRedirects_StayOnTheSite(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.signIn("he-applicant")
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`} {
		w := v.get("/signin?next=" + url.QueryEscape(next))
		if got := w.Header().Get("Location"); got == "" || strings.Contains(got, "//") || strings.Contains(got, `\`) {
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

// TestRoutes_AreAllListed: every route of the whole server has a row in an access table, the API's, that of the pages, or this one.
func TestRoutes_AreAllListed(t *testing.T) {
	known := map[string]bool{}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", // operators; TestMetrics_LoopbackOnly
		"/assets*", "/api/openapi.json", "/api/openapi.yaml", "/api/openapi-3.0.json", "/api/openapi-3.0.yaml", "/api/schemas/:schema"} { // everybody
		known["GET "+path] = true
	}
	for _, row := range rest.AccessTable {
		known[row.Method+" "+strings.NewReplacer("{", ":", "}", "").Replace(row.Path)] = true
	}
	for _, page := range web.Pages() {
		known[page] = true
	}
	v := newVisitor(t, registry.ModeDemo)
	for _, r := range v.handler.(*echo.Echo).Routes() {
		if !known[r.Method+" "+r.Path] {
			t.Errorf("%s %s has no row in an access table", r.Method, r.Path)
		}
		delete(known, r.Method+" "+r.Path)
	}
	for row := range known {
		t.Errorf("%s is listed and answers nobody", row)
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

// TestSignIns_AreLimited: neither one address nor one stolen session floods the service.
func TestSignIns_AreLimited(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	last := 0
	for range signInBurst * 2 {
		if last = v.send("POST", "/api/v1/sign-ins/challenges", `{"account":"AgencyMSP/he-applicant"}`).Code; last == http.StatusTooManyRequests {
			break
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("nothing stops guessing: %d", last)
	}
}

// TestAccounts_AreNotAppliedForWithoutEnd: an application needs nobody signed in and is a record for ever.
func TestAccounts_AreNotAppliedForWithoutEnd(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	last, sent := 0, 0
	for ; sent <= 100 && last != http.StatusTooManyRequests; sent++ {
		last = v.send("POST", "/api/v1/accounts", `{}`).Code
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("%d applications from one address: %d", sent, last)
	}
	if w := v.send("POST", "/api/v1/transactions", `{}`); w.Code == http.StatusTooManyRequests {
		t.Error("other writes are stopped too")
	}
}

func TestWrites_AreLimitedPerPerson(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.signIn("he-applicant")
	last := 0
	for i := range personBurst * 2 {
		r := httptest.NewRequest(http.MethodPut, "/api/v1/transactions/T1/endorsement", strings.NewReader(`{"signature":"AA=="}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = fmt.Sprintf("192.0.2.%d:9", i) // an address of its own each time
		if last = v.do(r).Code; last == http.StatusTooManyRequests {
			break
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("nothing stops a person's flood from many addresses: %d", last)
	}
}

// TestAddress_IsTheProxysWordOnlyFromAProxy: a visitor cannot choose an address by sending a header.
func TestAddress_IsTheProxysWordOnlyFromAProxy(t *testing.T) {
	_, proxy, err := net.ParseCIDR("192.0.2.1/32")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		proxies   []*net.IPNet
		from, xff string
		want      string
	}{
		"no_proxy_configured":   {nil, "192.0.2.1:9", "203.0.113.7", "192.0.2.1"},
		"from_the_proxy":        {[]*net.IPNet{proxy}, "192.0.2.1:9", "203.0.113.7", "203.0.113.7"},
		"forged_before_proxy":   {[]*net.IPNet{proxy}, "192.0.2.1:9", "10.9.9.9, 203.0.113.7", "203.0.113.7"},
		"from_somewhere_else":   {[]*net.IPNet{proxy}, "198.51.100.4:9", "203.0.113.7", "198.51.100.4"},
		"loopback_is_no_excuse": {[]*net.IPNet{proxy}, "127.0.0.1:9", "203.0.113.7", "127.0.0.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.from
		r.Header.Set("X-Forwarded-For", c.xff)
		if got := visitorAddress(c.proxies)(r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestSlowRequest_IsCutOff: somebody who sends a body byte by byte holds a connection for half a minute at most, or for three minutes
// where anybody may send a file.
func TestSlowRequest_IsCutOff(t *testing.T) {
	for path, most := range map[string]time.Duration{"/x": 30 * time.Second, "/verify": 3 * time.Minute, "/api/v1/verifications": 3 * time.Minute} {
		e := echo.New()
		deadline := make(chan time.Time, 1)
		e.POST(path, patient(func(c echo.Context) error { return nil }))
		r := httptest.NewRequest(http.MethodPost, path, nil)
		e.ServeHTTP(deadlines{httptest.NewRecorder(), deadline}, r)
		select {
		case at := <-deadline:
			if left := time.Until(at); left <= 0 || left > most {
				t.Errorf("%s: %s", path, left)
			}
		default:
			t.Errorf("%s may take for ever to arrive", path)
		}
	}
}

// TestFiles_OfWhoIsNotSignedInAreNotRead: only who is signed in may take a quarter of an hour to send a file.
func TestFiles_OfWhoIsNotSignedInAreNotRead(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	for path := range streams {
		if arrival(path) > 0 {
			continue
		}
		body := &untouched{}
		r := httptest.NewRequest(http.MethodPost, strings.NewReplacer(":draft", "D1", ":id", "APPX", ":act", "order").Replace(path), body)
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		if w := v.do(r); w.Code < 300 || body.read {
			t.Errorf("%s: %d, read %v", path, w.Code, body.read)
		}
	}
}

// untouched is a body that knows whether it was read.
type untouched struct{ read bool }

func (u *untouched) Read([]byte) (int, error) {
	u.read = true
	return 0, io.EOF
}

// deadlines tells which read deadline was set.
type deadlines struct {
	*httptest.ResponseRecorder
	set chan time.Time
}

func (d deadlines) SetReadDeadline(at time.Time) error {
	d.set <- at
	return nil
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
