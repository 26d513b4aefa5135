package rest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/session"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/evidence"
	"github.com/hehuang-data/hehuang/client/question"
)

const (
	coop   = registry.PartyID("93630222MAFAKE06XA")
	ledu   = registry.PartyID("91630202MAFAKE051R")
	number = registry.CertificateNumber("HDZC63022220261100001D")
)

var at = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// world is an API over fakes; tests replace what they need.
type world struct {
	t         *testing.T
	desk      *desk.Desk
	handler   *echo.Echo
	session   string // enrolment id of who is signed in; "" or unknown: nobody
	sessions  *session.Sessions
	kept      *memorySessions
	people    map[string]desk.Person
	private   map[string]*ecdsa.PrivateKey
	accounts  map[registry.PersonID]registry.Account
	cookies   map[string]*http.Cookie
	now       time.Time
	log       bytes.Buffer
	step      func(step, id string) (desk.Transaction, error)
	evaluate  func(function string, document []byte) ([]byte, error)
	cases     []registry.Application
	matters   []registry.Matter
	contracts map[registry.ContractID]registry.Contract
	mandates  map[registry.MandateID]registry.Mandate
	grants    []registry.Grant
	network   *registry.Network // its administrator is whoever joined as one first; nil: not founded
	drafts    []desk.Draft
	put       func(r io.Reader, name string, kind registry.MaterialKind, limit int64) (desk.File, error)
	documents func() (desk.Documents, error)
	keys      []registry.DocumentKey
	applied   []registry.ApplyAccountRequest
}

func newWorld(t *testing.T, mode registry.Mode) *world {
	t.Helper()
	w := &world{t: t, cases: []registry.Application{sampleCase("APP1", coop, registry.StatusInPublicity), sampleCase("APP2", coop, registry.StatusSubmitted)}}
	w.keys = []registry.DocumentKey{{ID: "KEYABCDEFGHIJKLMNOP2", Registrar: "12630200MBFAKE020X", Certificate: string(newCertificate(t, "文书签名"))}}
	w.desk = &desk.Desk{Settings: desk.Settings{Organisation: "agency", MSPs: []string{registry.MSPAgency}, Mode: mode, PublicURL: "http://localhost:8080", UploadLimit: 2 << 20, Issues: true},
		Ledger: fakeLedger{w}, Records: fakeRecords{w: w}, Catalogue: fakeCatalogue{}, Grants: fakeGrants{w}, Evidence: fakeEvidence{w}, Uploads: uploads{"cid-of-coop": coop}, Drafts: fakeDrafts{w}, Published: fakePublished{w}, Accounts: fakeAccounts{w}, Credentials: fakeCredentials{}, Members: fakeMembers{}, Submitted: fakeSubmitted{}}
	w.desk.Answers, w.network = fakeAnswers{}, &registry.Network{Mode: registry.ModeDemo}
	w.people, w.private, w.accounts, w.cookies, w.now = map[string]desk.Person{}, map[string]*ecdsa.PrivateKey{}, map[registry.PersonID]registry.Account{}, map[string]*http.Cookie{}, at
	w.join(registry.MSPAgency, "he-applicant", registry.RoleApplicant, coop)
	w.join(registry.MSPAgency, "ledu-applicant", registry.RoleApplicant, ledu)
	w.join(registry.MSPAgency, "an-acceptor", registry.RoleAcceptor, "12630200MBFAKE020X")
	w.handler = echo.New()
	w.kept = &memorySessions{Store: memstore.NewWithCleanupInterval(0)}
	w.sessions = session.New(w.desk, w.kept, func() time.Time { return w.now }, func(_ http.ResponseWriter, _ *http.Request, err error) { t.Error(err) })
	w.handler.Use(echo.WrapMiddleware(w.sessions.Load))
	Register(w.handler, w.desk, &Verifier{Desk: w.desk, Keys: func(context.Context) ([]registry.DocumentKey, error) { return w.keys, nil }},
		w.sessions, slog.New(slog.NewTextHandler(&w.log, nil)))
	return w
}

// join gives somebody a key, a certificate and an account in force.
func (w *world) join(msp, enrolment, role string, party registry.PartyID) {
	w.t.Helper()
	certificate, key := ledgertest.Identity(w.t, registry.Actor{Enrolment: enrolment, Role: role, Party: party, Region: "630222"})
	actor, err := registry.ParseActor(msp, certificate)
	if err != nil {
		w.t.Fatal(err)
	}
	if role == registry.RoleAdmin && w.network.Administrator.KeyDigest == "" {
		w.network.Administrator = registry.Administrator{Enrolment: enrolment, KeyDigest: actor.KeyDigest}
	}
	w.people[enrolment], w.private[enrolment] = desk.Person{Actor: actor, Owner: actor.ID(), Certificate: certificate}, key
	w.accounts[actor.ID()] = registry.Account{MSP: actor.MSP, Enrolment: enrolment, Owner: actor.ID(), Party: party, Role: role, Region: "630222", KeyDigest: actor.KeyDigest,
		Until: "2027-11-24", Status: registry.AccountEnabled}
}

// memorySessions keeps sessions in memory, and the one that was kept last with the time until which.
type memorySessions struct {
	scs.Store
	body        []byte
	expiry      time.Time
	generations map[registry.PersonID]int64
}

func (m *memorySessions) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	return m.Find(token)
}
func (m *memorySessions) CommitCtx(_ context.Context, token string, b []byte, expiry time.Time) error {
	m.body, m.expiry = b, expiry
	return m.Commit(token, b, expiry)
}
func (m *memorySessions) DeleteCtx(_ context.Context, token string) error { return m.Delete(token) }
func (m *memorySessions) Generation(_ context.Context, owner registry.PersonID) (int64, error) {
	return m.generations[owner], nil
}
func (m *memorySessions) EndAll(_ context.Context, owner registry.PersonID) error {
	if m.generations == nil {
		m.generations = map[registry.PersonID]int64{}
	}
	m.generations[owner]++
	return nil
}

// fakeCredentials knows no authorities: it looks at the signature only.
type fakeCredentials struct{}

func (fakeCredentials) Verify(_ string, certificate, message, signature []byte) error {
	block, _ := pem.Decode(certificate)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return desk.ErrCertificate
	}
	sum := sha256.Sum256(message)
	if !ecdsa.VerifyASN1(cert.PublicKey.(*ecdsa.PublicKey), sum[:], signature) {
		return desk.ErrSignature
	}
	return nil
}

// fakeMembers knows one other member, the bureau.
type fakeMembers struct{ fakeCredentials }

func (fakeMembers) Fetch(context.Context, string) error { return desk.ErrNotFound }

func (f fakeMembers) Verify(mspID string, certificate, message, signature []byte) error {
	if mspID != registry.MSPBureau {
		return desk.ErrCertificate
	}
	return f.fakeCredentials.Verify(mspID, certificate, message, signature)
}

func sampleCase(id registry.ApplicationID, applicant registry.PartyID, status registry.Status) registry.Application {
	content := ledgertest.SampleContent()
	content.Materials = []registry.Material{{Kind: registry.MaterialSample, CID: "cid-of-coop", Commitment: strings.Repeat("0", 64), Size: 3}}
	due := at.Add(time.Hour)
	return registry.Application{ID: id, Track: registry.TrackDataAsset, Action: "FIRST", Applicant: applicant, ApplicantName: "合作社", ApplicantPerson: "AgencyMSP/he-applicant",
		Content: content, Status: status, Round: 1, Acceptor: "AgencyMSP/an-acceptor", Reviewer: "AgencyMSP/bai-reviewer", Profile: "DATA_ASSET/1",
		Findings: &registry.Findings{Description: registry.Finding{Pass: true, Note: "inner note"}}, Supplements: []registry.Supplement{{Items: []string{"inner list"}, At: at, TxID: "t0"}},
		Deadlines: []registry.Deadline{{Kind: registry.DeadlinePublicity, Unit: registry.UnitSecond, N: 5, StartAt: at, DueAt: &due}},
		History:   []registry.Step{{Act: "Submit", To: registry.StatusSubmitted, At: at, TxID: "t0", Actor: "AgencyMSP/he-applicant"}},
		Mark:      registry.Mark{Schema: 1, CreatedTx: "t0", CreatedAt: at, UpdatedTx: "t0", UpdatedAt: at, Actor: "AgencyMSP/bai-reviewer"}}
}

func newCertificate(t *testing.T, name string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: at, NotAfter: at.AddDate(5, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

type fakeLedger struct{ w *world }

func (f fakeLedger) take(step, id, function string, document []byte) (desk.Transaction, error) {
	if f.w.step != nil {
		return f.w.step(step, id)
	}
	t := desk.Transaction{ID: "T1", TxID: "tx1", Function: function, Document: document, State: desk.StatePrepared, ToSign: []byte("proposal"), ExpiresAt: at}
	switch step {
	case "endorse":
		t.State, t.ToSign, t.Receipt = desk.StateEndorsed, []byte("transaction"), &registry.Receipt{Application: "APP1", Status: string(registry.StatusSubmitted)}
	case "submit":
		t.State, t.ToSign, t.Block, t.Receipt = desk.StateCommitted, nil, 7, &registry.Receipt{Application: "APP1", Status: string(registry.StatusSubmitted)}
	}
	return t, nil
}

func (f fakeLedger) Prepare(_ context.Context, _ desk.Person, function string, document []byte) (desk.Transaction, error) {
	return f.take("prepare", "T1", function, document)
}
func (f fakeLedger) Endorse(_ context.Context, id string, _ []byte) (desk.Transaction, error) {
	return f.take("endorse", id, "registration:Accept", []byte("{}"))
}
func (f fakeLedger) Submit(_ context.Context, id string, _ []byte) (desk.Transaction, error) {
	return f.take("submit", id, "registration:Accept", []byte("{}"))
}
func (f fakeLedger) Transaction(_ context.Context, id string) (desk.Transaction, error) {
	return f.take("find", id, "registration:Accept", []byte("{}"))
}
func (f fakeLedger) Evaluate(_ context.Context, function string, document []byte) ([]byte, error) {
	if f.w.evaluate != nil {
		return f.w.evaluate(function, document)
	}
	if function == "account:FindAccount" {
		var find registry.FindRequest
		if err := json.Unmarshal(document, &find); err != nil {
			return nil, err
		}
		if a, ok := f.w.accounts[registry.PersonID(find.ID)]; ok {
			return json.Marshal(a)
		}
		if find.ID != "AgencyMSP/li-applicant" {
			return nil, registry.NotFound(find.ID)
		}
		return json.Marshal(registry.Account{MSP: "AgencyMSP", Enrolment: "li-applicant", Party: coop, Role: "applicant", Region: "630222", Status: registry.AccountApproved, KeyDigest: "ab"})
	}
	if function == "contract:FindContract" {
		var find registry.FindRequest
		if err := json.Unmarshal(document, &find); err != nil {
			return nil, err
		}
		if c, ok := f.w.contracts[registry.ContractID(find.ID)]; ok {
			return json.Marshal(c)
		}
		return nil, registry.NotFound(find.ID)
	}
	if function == "supervision:FindMatter" {
		var find registry.FindRequest
		if err := json.Unmarshal(document, &find); err != nil {
			return nil, err
		}
		for _, m := range f.w.matters {
			if string(m.ID) == find.ID {
				return json.Marshal(m)
			}
		}
		return nil, registry.NotFound(find.ID)
	}
	if function == "authorization:CheckUse" {
		return f.w.judge(document)
	}
	if function == "registration:Check" {
		return json.Marshal(registry.Verdict{AsOf: "2026-11-24T09:00:00Z", Obstacles: []registry.Obstacle{{Code: registry.CodeOpenApplication,
			Refusal: *registry.Refuse(registry.CodeOpenApplication, registry.RuleSameAsset, "application", "APP9")}}})
	}
	return json.Marshal(registry.Situation{Network: f.w.network, Profiles: []registry.RuleProfile{}, Calendars: []registry.CalendarHead{{Year: 2026, Version: 1}}})
}

type fakeRecords struct {
	desk.Courses // not asked here
	desk.Rules
	w *world
}

func (f fakeRecords) AsOf(context.Context) (desk.AsOf, error) {
	return desk.AsOf{Block: 7, At: at}, nil
}

func (f fakeRecords) Cases(_ context.Context, filter desk.CaseFilter) (desk.CasePage, error) {
	page := desk.CasePage{AsOf: desk.AsOf{Block: 7, At: at}}
	for _, c := range f.w.cases {
		wanted := len(filter.Statuses) == 0
		for _, status := range filter.Statuses {
			wanted = wanted || status == c.Status
		}
		if wanted && (filter.Applicant == "" || filter.Applicant == c.Applicant) {
			page.Cases = append(page.Cases, c)
		}
	}
	return page, nil
}

func (f fakeRecords) Case(_ context.Context, id registry.ApplicationID) (registry.Application, error) {
	for _, c := range f.w.cases {
		if c.ID == id {
			return c, nil
		}
	}
	return registry.Application{}, desk.ErrNotFound
}

func (f fakeRecords) Version(context.Context, registry.AssetID, int) (registry.CertifiedContent, error) {
	return registry.CertifiedContent{}, desk.ErrNotFound
}

func (f fakeRecords) Asset(_ context.Context, id registry.AssetID) (registry.Asset, error) {
	if id != "AST1" {
		return registry.Asset{}, desk.ErrNotFound
	}
	return registry.Asset{ID: id, Track: registry.TrackDataAsset, Certificate: number, Holder: coop, Content: ledgertest.SampleContent(), Mark: registry.Mark{Actor: "AgencyMSP/cao-officer"}}, nil
}

func (f fakeRecords) Certificate(_ context.Context, n registry.CertificateNumber) (registry.Certificate, error) {
	if n != number {
		return registry.Certificate{}, desk.ErrNotFound
	}
	return registry.Certificate{Number: n, Kind: "CERTIFICATE", Asset: "AST1", Holder: coop, IssuedAt: at, Status: registry.CertificateValid, ValidUntil: "2031-11-24", Mark: registry.Mark{Actor: "AgencyMSP/cao-officer"}}, nil
}

func (f fakeRecords) Accounts(_ context.Context, filter desk.AccountFilter) (desk.AccountPage, error) {
	var page desk.AccountPage
	for _, a := range f.w.accounts {
		if filter.Owner == "" || filter.Owner == a.Owner {
			page.Accounts = append(page.Accounts, a)
		}
	}
	return page, nil
}

func (f fakeRecords) Account(_ context.Context, id registry.PersonID) (registry.Account, error) {
	a, ok := f.w.accounts[id]
	if !ok {
		return a, desk.ErrNotFound
	}
	return a, nil
}

func (f fakeRecords) Party(_ context.Context, id registry.PartyID) (registry.Party, error) {
	if id != agriculture {
		return registry.Party{}, desk.ErrNotFound
	}
	return registry.Party{ID: id, Name: "民和县农业农村局（虚构）"}, nil
}

func (fakeRecords) Assets(context.Context, desk.AssetFilter) (desk.AssetPage, error) {
	return desk.AssetPage{}, nil
}

func (fakeRecords) Limits(context.Context, desk.LimitFilter) (desk.LimitPage, error) {
	return desk.LimitPage{}, nil
}

// contested is an objection to the registration of he-applicant's party, which has been told.
var contested = registry.Dispute{Asset: "AST1", N: 1, Objector: "91630203MAFAKE086T", Registrant: coop, Status: registry.DisputeNotified, Course: []registry.DisputeStep{{Act: registry.ActFileDispute}}}

func (fakeRecords) Disputes(_ context.Context, f desk.DisputeFilter) (desk.DisputePage, error) {
	if f.Objector != "" && f.Objector != contested.Objector || f.Registrant != "" && f.Registrant != coop {
		return desk.DisputePage{}, nil
	}
	return desk.DisputePage{Disputes: []registry.Dispute{contested}}, nil
}

func (fakeRecords) Dispute(_ context.Context, asset registry.AssetID, n int) (registry.Dispute, error) {
	if asset != contested.Asset || n != contested.N {
		return registry.Dispute{}, desk.ErrNotFound
	}
	return contested, nil
}

func (fakeRecords) Notices(_ context.Context, f desk.NoticeFilter) (desk.NoticePage, error) {
	if f.To != coop && f.To != "" {
		return desk.NoticePage{}, nil
	}
	return desk.NoticePage{Notices: []registry.Notice{toldCoop}}, nil
}

// toldCoop is a notice to the party of he-applicant.
var toldCoop = registry.Notice{Case: "APP1", N: 1, To: coop, By: "12630200MBFAKE020X", Act: registry.ActReturn, Rule: registry.RuleAcceptance, DataName: "数据集",
	Result: "RETURNED", Reasons: []string{"told reason"}, IssuedAt: at, ServedAt: &at, Means: registry.MeansInbox, Status: registry.NoticeServed}

func (fakeRecords) Notice(_ context.Context, about registry.CaseID, n int) (registry.Notice, error) {
	if about != toldCoop.Case || n != toldCoop.N {
		return registry.Notice{}, desk.ErrNotFound
	}
	return toldCoop, nil
}

func (fakeRecords) Objections(context.Context, desk.ObjectionFilter) (desk.ObjectionPage, error) {
	return desk.ObjectionPage{}, nil
}

func (f fakeRecords) Matters(_ context.Context, filter desk.MatterFilter) (desk.MatterPage, error) {
	page := desk.MatterPage{AsOf: desk.AsOf{Block: 7, At: at}}
	for _, m := range f.w.matters {
		if (filter.Filer == "" || filter.Filer == m.Filer) && (len(filter.Kinds) == 0 || slices.Contains(filter.Kinds, m.Kind)) {
			page.Matters = append(page.Matters, m)
		}
	}
	return page, nil
}

func (f fakeRecords) Mandate(_ context.Context, id registry.MandateID) (registry.Mandate, error) {
	return known(f.w.mandates, id)
}

func (f fakeRecords) Contract(_ context.Context, id registry.ContractID) (registry.Contract, error) {
	return known(f.w.contracts, id)
}

func known[K comparable, V any](all map[K]V, id K) (V, error) {
	v, ok := all[id]
	if !ok {
		return v, desk.ErrNotFound
	}
	return v, nil
}

func (f fakeRecords) Mandates(context.Context, desk.MandateFilter) (desk.MandatePage, error) {
	return desk.MandatePage{}, nil
}

func (f fakeRecords) Contracts(context.Context, desk.ContractFilter) (desk.ContractPage, error) {
	return desk.ContractPage{}, nil
}

func (f fakeRecords) Transactions(context.Context, registry.ApplicationID) ([]desk.LedgerTransaction, error) {
	return []desk.LedgerTransaction{{TxID: "t0", Block: 5, Function: "registration:Submit", Creator: "AgencyMSP/he-applicant", At: at, Valid: true}}, nil
}

func (f fakeRecords) Transaction(context.Context, string) (desk.LedgerTransaction, error) {
	return desk.LedgerTransaction{}, desk.ErrNotFound
}

type fakeDrafts struct{ w *world }

func (f fakeDrafts) Save(context.Context, desk.Draft) (desk.Draft, error) {
	return desk.Draft{}, desk.ErrStale
}
func (f fakeDrafts) Load(context.Context, registry.PersonID, string) (desk.Draft, error) {
	return desk.Draft{}, desk.ErrNotFound
}
func (f fakeDrafts) List(_ context.Context, owner registry.PersonID) ([]desk.Draft, error) {
	var own []desk.Draft
	for _, d := range f.w.drafts {
		if d.Owner == owner {
			own = append(own, d)
		}
	}
	return own, nil
}
func (f fakeDrafts) Delete(context.Context, registry.PersonID, string) error { return desk.ErrNotFound }

type fakeEvidence struct{ w *world }

func (f fakeEvidence) Put(_ context.Context, r io.Reader, name string, kind registry.MaterialKind, limit int64) (desk.File, error) {
	if f.w.put != nil {
		return f.w.put(r, name, kind, limit)
	}
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(body)) > limit {
		err = evidence.ErrTooLarge
	}
	return desk.File{CID: "cid-" + string(body[:min(len(body), 8)]), Commitment: "c", Size: int64(len(body)), Name: name, MediaType: "text/csv", Kind: kind}, err
}

func (f fakeEvidence) Sealed(_ context.Context, cid string) (desk.Sealed, error) {
	if !strings.HasPrefix(cid, "cid-of-") {
		return desk.Sealed{}, desk.ErrNotFound
	}
	return desk.Sealed{Card: []byte("card"), Body: io.NopCloser(strings.NewReader("sealed"))}, nil
}

func (f fakeEvidence) Open(_ context.Context, cid string) (desk.File, io.ReadCloser, error) {
	if !strings.HasPrefix(cid, "cid-of-") {
		return desk.File{}, nil, desk.ErrNotFound
	}
	return desk.File{Name: "数据样例 1.csv", MediaType: "text/csv"}, io.NopCloser(strings.NewReader("a,b")), nil
}

type fakePublished struct{ w *world }

func (f fakePublished) Documents(_ context.Context, n registry.CertificateNumber) (desk.Documents, error) {
	if f.w.documents != nil {
		return f.w.documents()
	}
	if n != number {
		return desk.Documents{}, desk.ErrNotFound
	}
	return desk.Documents{PDF: []byte("%PDF-1.7"), Credential: []byte("a.b.c")}, nil
}

// ask sends a request with a body; header pairs follow.
func (w *world) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if cookie := w.cookieOf(w.session); cookie != nil {
		r.AddCookie(cookie)
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// cookieOf signs a person in, once; nil for somebody who has no key.
func (w *world) cookieOf(enrolment string) *http.Cookie {
	w.t.Helper()
	person, known := w.people[enrolment]
	if !known || w.cookies[enrolment] != nil {
		return w.cookies[enrolment]
	}
	challenge := w.sessions.Challenge(person.Actor.ID())
	answer := w.answer(w.signInBody(enrolment, challenge.Nonce, session.Message(challenge.Origin, person.Actor.ID(), challenge.Nonce)))
	if answer.Code != http.StatusCreated {
		w.t.Fatalf("%s cannot sign in: %d %s", enrolment, answer.Code, answer.Body)
	}
	w.cookies[enrolment] = answer.Result().Cookies()[0]
	return w.cookies[enrolment]
}

// signInBody answers a challenge with a signature over a message.
func (w *world) signInBody(enrolment, nonce string, message []byte) map[string]any {
	w.t.Helper()
	sum := sha256.Sum256(message)
	signature, err := ecdsa.SignASN1(rand.Reader, w.private[enrolment], sum[:])
	if err != nil {
		w.t.Fatal(err)
	}
	p := w.people[enrolment]
	return map[string]any{"account": p.Actor.ID(), "certificate": string(p.Certificate), "nonce": nonce, "signature": signature}
}

func (w *world) answer(body map[string]any, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	w.t.Helper()
	document, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/api/v1/sign-ins", bytes.NewReader(document))
	r.Header.Set("Content-Type", "application/json")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// problemIn decodes a problem document; the test fails if it is none.
func problemIn(t *testing.T, answer *httptest.ResponseRecorder) Problem {
	t.Helper()
	var p Problem
	if err := json.Unmarshal(answer.Body.Bytes(), &p); err != nil || answer.Header().Get("Content-Type") != problemJSON || p.Status != answer.Code || p.Title == "" || p.Detail == "" {
		t.Fatalf("no problem document: %d %s %s (%v)", answer.Code, answer.Header().Get("Content-Type"), answer.Body, err)
	}
	return p
}

// uploads remembers whose files are.
type uploads map[string]registry.PartyID

func (u uploads) Record(_ context.Context, cid string, by registry.PartyID) error {
	u[cid] = by
	return nil
}

func (u uploads) By(_ context.Context, cid string) (registry.PartyID, error) {
	by, known := u[cid]
	if !known {
		return "", desk.ErrNotFound
	}
	return by, nil
}

// fakeAnswers answers every question with one row that shows what was asked.
type fakeAnswers struct{}

func (fakeAnswers) Ask(_ context.Context, q question.Query, now time.Time) (question.Answer, error) {
	known, ok := question.Find(q.Question)
	if !ok {
		return question.Answer{}, question.ErrUnknown
	}
	row := make([]string, len(known.Columns))
	for i := range row {
		row[i] = "=" + known.Columns[i].Name
	}
	return question.Answer{Query: q, Columns: known.Columns, Rows: [][]string{row}, Block: 7, At: at, Asked: at, Next: "next"}, nil
}
