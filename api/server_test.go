package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/api/store"
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
	desk.Courses // not asked here
	desk.Rules
	accounts map[registry.PersonID]registry.Account
}

func (fakeRecords) Profiles(context.Context) ([]registry.RuleProfile, error) { return nil, nil }
func (fakeRecords) Calendars(context.Context) ([]registry.Calendar, error)   { return nil, nil }
func (fakeRecords) AsOf(context.Context) (desk.AsOf, error)                  { return desk.AsOf{Block: 3}, nil }
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

func (fakeRecords) Disputes(context.Context, desk.DisputeFilter) (desk.DisputePage, error) {
	return desk.DisputePage{}, nil
}

func (fakeRecords) Dispute(context.Context, registry.AssetID, int) (registry.Dispute, error) {
	return registry.Dispute{}, desk.ErrNotFound
}

func (fakeRecords) Notices(context.Context, desk.NoticeFilter) (desk.NoticePage, error) {
	return desk.NoticePage{}, nil
}

func (fakeRecords) Notice(context.Context, registry.CaseID, int) (registry.Notice, error) {
	return registry.Notice{}, desk.ErrNotFound
}

func (fakeRecords) Matters(context.Context, desk.MatterFilter) (desk.MatterPage, error) {
	return desk.MatterPage{}, nil
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

func (fakeEvidence) Sealed(context.Context, string) (desk.Sealed, error) {
	return desk.Sealed{}, desk.ErrNotFound
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
	desk    *desk.Desk
	server  *Server
	handler http.Handler
	cookies map[string]*http.Cookie
	ledger  *fakeLedger
	state   string            // file
	keys    map[string][]byte // certificates by enrolment id
}

func newVisitor(t *testing.T, mode registry.Mode, proxies ...*net.IPNet) *visitor {
	t.Helper()
	file := filepath.Join(t.TempDir(), "state.db")
	state, err := store.Open(file, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { state.Close() })
	l := &fakeLedger{accounts: map[registry.PersonID]registry.Account{}}
	d := &desk.Desk{Settings: desk.Settings{Organisation: "agency", MSPs: []string{registry.MSPAgency}, Mode: mode, PublicURL: "http://localhost:8080", UploadLimit: 1 << 20}, Ledger: l,
		Records: fakeRecords{accounts: l.accounts}, Evidence: fakeEvidence{}, Uploads: store.Uploads{Store: state}, Drafts: store.Drafts{Store: state}, Published: nothingPublished{}, Credentials: anybody{}}
	s, err := New(d, fakeRecords{accounts: l.accounts}, store.Sessions{Store: state}, proxies, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, desk: d, server: s, handler: s.Handler(), cookies: map[string]*http.Cookie{}, ledger: l, state: file, keys: map[string][]byte{}}
}

var roles = map[string]string{"he-applicant": registry.RoleApplicant, "ledu-applicant": registry.RoleApplicant, "an-acceptor": registry.RoleAcceptor}

// join gives somebody a key and an account.
func (v *visitor) join(enrolment string) (registry.PersonID, []byte) {
	v.t.Helper()
	if v.keys[enrolment] == nil {
		v.keys[enrolment], _ = ledgertest.Identity(v.t, registry.Actor{Enrolment: enrolment, Role: roles[enrolment], Party: "93630222MAFAKE06XA", Region: "630222"})
	}
	certificate := v.keys[enrolment]
	actor, err := registry.ParseActor(registry.MSPAgency, certificate)
	if err != nil {
		v.t.Fatal(err)
	}
	v.ledger.accounts[actor.ID()] = registry.Account{MSP: actor.MSP, Enrolment: enrolment, Owner: actor.ID(), Party: actor.Party, Role: actor.Role, Region: actor.Region, KeyDigest: actor.KeyDigest,
		Until: "2099-12-31", Status: registry.AccountEnabled}
	return actor.ID(), certificate
}

// signIn gives somebody a key and an account, and signs them in.
func (v *visitor) signIn(enrolment string) {
	v.t.Helper()
	account, certificate := v.join(enrolment)
	var challenge struct{ Nonce string }
	if err := json.Unmarshal(v.send("POST", "/api/v1/sign-ins/challenges", `{"account":"`+string(account)+`"}`).Body.Bytes(), &challenge); err != nil {
		v.t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"account": account, "certificate": string(certificate), "nonce": challenge.Nonce, "signature": []byte("mine")})
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

// TestSession_CopyOfTheDatabaseSignsInAsNobody: what is kept of a session is not what opens it, before and after the cookie changed
// hands and the person signed out everywhere.
func TestSession_CopyOfTheDatabaseSignsInAsNobody(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	current := func() int { return v.get("/api/v1/sign-ins/current").Code }
	v.signIn("he-applicant")
	phone := *v.cookies["hehuang-agency"]
	delete(v.cookies, "hehuang-agency")
	v.signIn("he-applicant")
	desktop := *v.cookies["hehuang-agency"]
	kept := ""
	for _, name := range []string{v.state, v.state + "-wal"} {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		kept += string(body)
	}
	for name, cookie := range map[string]*http.Cookie{"phone": &phone, "desktop": &desktop} {
		if v.cookies[cookie.Name] = cookie; current() != http.StatusOK {
			t.Errorf("%s is not signed in", name)
		}
		if strings.Contains(kept, cookie.Value) {
			t.Errorf("the cookie of the %s lies in the database", name)
		}
	}
	if !strings.Contains(kept, "he-applicant") {
		t.Error("the session is not in the files that were read")
	}
	if w := v.send("DELETE", "/api/v1/sign-ins", ""); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for name, cookie := range map[string]*http.Cookie{"phone": &phone, "desktop": &desktop} {
		if v.cookies[cookie.Name] = cookie; current() != http.StatusUnauthorized {
			t.Errorf("%s is still signed in", name)
		}
	}
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

func TestProblems_EveryCodeHasAStatus(t *testing.T) {
	for _, code := range registry.Codes {
		if rest.Statuses[code] == 0 {
			t.Errorf("%s has no HTTP status", code)
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

// TestDisagreement_IsLoud: as soon as another organisation's peer differs, every page, the metrics and readiness say so.
func TestDisagreement_IsLoud(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	state := desk.Agreement{Peers: []desk.PeerAgreement{{MSP: registry.MSPBureau, Block: 7}, {MSP: registry.MSPExchange, Block: 7, Silent: true}}}
	v.desk.Agreement = func() desk.Agreement { return state }
	if w := v.get("/readyz"); w.Code != http.StatusOK {
		t.Errorf("while they agree: %d %s", w.Code, w.Body)
	}
	if strings.Contains(v.get("/register").Body.String(), "账本不一致") {
		t.Error("a false alarm")
	}
	state.Peers = []desk.PeerAgreement{{MSP: registry.MSPBureau, Block: 8, Differs: desk.DiffersCommit}, {MSP: registry.MSPExchange, Block: 7, Silent: true}}
	if w := v.get("/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), registry.MSPBureau) {
		t.Errorf("readyz: %d %s", w.Code, w.Body)
	}
	if body := v.get("/register").Body.String(); !strings.Contains(body, "账本不一致") || !strings.Contains(body, registry.MSPBureau) {
		t.Errorf("page: %s", body)
	}
	for _, line := range []string{`hehuang_peer_differs{msp="BureauMSP"} 1`, `hehuang_peer_differs{msp="ExchangeMSP"} 0`, `hehuang_peer_silent{msp="ExchangeMSP"} 1`} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = "127.0.0.1:1"
		if body := v.do(r).Body.String(); !strings.Contains(body, line) {
			t.Errorf("metrics lack %s", line)
		}
	}
}
