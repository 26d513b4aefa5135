package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/api/session"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/evidence"
)

// site is the whole of the pages over the simulated ledger, which runs the real contracts, and a real evidence store.
type site struct {
	t        *testing.T
	mu       sync.Mutex
	ledger   *ledgertest.Ledger
	handler  *echo.Echo
	desk     *desk.Desk
	sessions *session.Sessions

	pending map[string]desk.Transaction
	drafts  map[string]desk.Draft
	apps    []registry.ApplicationID
	rounds  map[string]registry.Content // what was filed before a resubmission, by case and round
	written []desk.LedgerTransaction
	issued  map[registry.CertificateNumber]bool
	// submit stands in the place of sending, if a test sets it.
	submit func(tx desk.Transaction) (desk.Transaction, error)
}

const uploadLimit = 1 << 20

func newSite(t *testing.T, mode registry.Mode) *site {
	t.Helper()
	s := &site{t: t, ledger: ledgertest.Founded(t, mode), handler: echo.New(), pending: map[string]desk.Transaction{}, drafts: map[string]desk.Draft{},
		rounds: map[string]registry.Content{}, issued: map[registry.CertificateNumber]bool{}}
	s.desk = &desk.Desk{Settings: desk.Settings{Organisation: "agency", MSPs: []string{registry.MSPAgency, registry.MSPBureau}, Mode: mode, PublicURL: "http://localhost", UploadLimit: uploadLimit,
		Channel: "registry", Chaincode: "registry"},
		Ledger: s, Records: records{s}, Catalogue: catalogues{s}, Grants: grants{s}, Evidence: newEvidence(t), Uploads: uploads{}, Drafts: drafts{s}, Published: s, Credentials: anybody{}, Submitted: records{s}, Reports: s}
	s.desk.Answers = oneRow{}
	s.desk.Deliveries = deliveries{}
	sessions := session.New(s.desk, &memorySessions{Store: memstore.NewWithCleanupInterval(0)}, s.now, func(_ http.ResponseWriter, _ *http.Request, err error) { t.Error(err) })
	s.sessions = sessions
	s.handler.Use(echo.WrapMiddleware(sessions.Load))
	s.handler.HTTPErrorHandler = func(err error, c echo.Context) {
		status, sentence := http.StatusInternalServerError, "内部错误"
		var known *echo.HTTPError
		if errors.As(err, &known) {
			status, sentence = known.Code, fmt.Sprint(known.Message)
		}
		if status >= http.StatusInternalServerError && status != http.StatusServiceUnavailable {
			t.Errorf("%s %s: %v", c.Request().Method, c.Request().URL, err)
		}
		ErrorPage(c, s.desk, status, sentence, "R-1")
	}
	verifier := &rest.Verifier{Desk: s.desk, Keys: func(context.Context) ([]registry.DocumentKey, error) { return nil, nil }}
	rest.Register(s.handler, s.desk, verifier, sessions, slog.New(slog.DiscardHandler))
	if err := register(s.handler, &pages{desk: s.desk, verifier: verifier, sessions: sessions, now: s.now}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.Now
}

func (s *site) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger.Now = s.ledger.Now.Add(d)
}

// anybody believes every signature: what a signature must be is tested where it is judged.
type anybody struct{}

func (anybody) Verify(string, []byte, []byte, []byte) error { return nil }

// memorySessions keeps sessions in memory.
type memorySessions struct{ scs.Store }

func (m *memorySessions) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	return m.Find(token)
}
func (m *memorySessions) CommitCtx(_ context.Context, token string, b []byte, expiry time.Time) error {
	return m.Commit(token, b, expiry)
}
func (m *memorySessions) DeleteCtx(_ context.Context, token string) error              { return m.Delete(token) }
func (m *memorySessions) Generation(context.Context, registry.PersonID) (int64, error) { return 0, nil }
func (m *memorySessions) EndAll(context.Context, registry.PersonID) error              { return nil }

// Prepare, Endorse, Submit, Transaction and Evaluate are the desk's ledger.
func (s *site) Prepare(_ context.Context, p desk.Person, function string, document []byte) (desk.Transaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := desk.Transaction{ID: fmt.Sprintf("P%d", len(s.pending)+1), TxID: strings.Repeat("f", 64), Signer: p.Actor.ID(), Function: function, Document: document, State: desk.StatePrepared, ToSign: []byte(p.Actor.ID())}
	s.pending[tx.ID] = tx
	return tx, nil
}

func (s *site) Endorse(_ context.Context, id string, signature []byte) (desk.Transaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.pending[id]
	_, err := s.ledger.Evaluate(string(signature), tx.Function, tx.Document)
	var refusal *registry.Refusal
	switch {
	case errors.As(err, &refusal):
		tx.State, tx.Refusal, tx.ToSign = desk.StateRefused, refusal, nil
	case err != nil:
		return tx, err
	default:
		tx.State = desk.StateEndorsed
	}
	s.pending[id] = tx
	return tx, nil
}

func (s *site) Submit(_ context.Context, id string, signature []byte) (desk.Transaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.pending[id]
	if s.submit != nil {
		tx, err := s.submit(tx)
		s.pending[id] = tx
		return tx, err
	}
	return s.send(tx, string(signature))
}

func (s *site) send(tx desk.Transaction, who string) (desk.Transaction, error) {
	s.keepRound(tx)
	answer, err := s.ledger.Submit(who, tx.Function, tx.Document)
	if err != nil {
		return tx, err
	}
	var receipt registry.Receipt
	if err := json.Unmarshal(answer, &receipt); err != nil {
		return tx, err
	}
	s.written = append(s.written, desk.LedgerTransaction{TxID: receipt.TxID, Block: uint64(len(s.written) + 10), Function: tx.Function, Creator: registry.PersonID(who), At: s.ledger.Now, Valid: true})
	if receipt.Application != "" && !slices.Contains(s.apps, receipt.Application) {
		s.apps = append(s.apps, receipt.Application)
	}
	tx.State, tx.TxID, tx.Receipt, tx.ToSign = desk.StateCommitted, receipt.TxID, &receipt, nil
	s.pending[tx.ID] = tx
	return tx, nil
}

func (s *site) Transaction(_ context.Context, id string) (desk.Transaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx, ok := s.pending[id]
	if !ok {
		return tx, desk.ErrNotFound
	}
	return tx, nil
}

func (s *site) Evaluate(_ context.Context, function string, document []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.Evaluate("AgencyMSP/registryd", function, document)
}

// keepRound keeps what a resubmission overwrites, as the read model does.
func (s *site) keepRound(tx desk.Transaction) {
	var request registry.ResubmitRequest
	if tx.Function != "registration:Resubmit" || json.Unmarshal(tx.Document, &request) != nil {
		return
	}
	document, _ := registry.Canonical(registry.FindRequest{ID: string(request.Application)})
	answer, err := s.ledger.Evaluate("AgencyMSP/registryd", "registration:FindApplication", document)
	var app registry.Application
	if err == nil && json.Unmarshal(answer, &app) == nil {
		s.rounds[fmt.Sprint(app.ID, app.Round)] = app.Content
	}
}

// Documents is the desk's port of issued certificates.
func (s *site) Documents(_ context.Context, n registry.CertificateNumber) (desk.Documents, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.issued[n] {
		return desk.Documents{}, desk.ErrNotFound
	}
	return desk.Documents{PDF: []byte("%PDF-"), Credential: []byte("e30")}, nil
}

// Receive is the desk's port of anonymous reports.
func (s *site) Receive(_ context.Context, request registry.FileMatterRequest) (registry.Receipt, error) {
	document, err := registry.Canonical(request)
	if err != nil {
		return registry.Receipt{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	tx, err := s.send(desk.Transaction{ID: "R" + request.Key, Function: "supervision:Receive", Document: document}, "AgencyMSP/registryd")
	if err != nil {
		return registry.Receipt{}, err
	}
	return *tx.Receipt, nil
}

// records is the desk's read model, asked of the ledger itself.
type records struct{ s *site }

func ask[T any](r records, function, id string) (T, error) {
	return asked[T](r, function, registry.FindRequest{ID: id})
}

func asked[T any](r records, function string, request any) (v T, err error) {
	document, err := registry.Canonical(request)
	if err != nil {
		return v, desk.ErrNotFound
	}
	answer, err := r.s.Evaluate(context.Background(), function, document)
	if err != nil {
		return v, desk.ErrNotFound
	}
	return v, json.Unmarshal(answer, &v)
}

func (r records) AsOf(context.Context) (desk.AsOf, error) {
	return desk.AsOf{Block: uint64(len(r.s.written) + 9), At: r.s.now()}, nil
}

func (r records) Cases(ctx context.Context, f desk.CaseFilter) (desk.CasePage, error) {
	asOf, err := r.AsOf(ctx)
	page := desk.CasePage{AsOf: asOf}
	for _, id := range r.s.apps {
		app, err := r.Case(ctx, id)
		if err != nil {
			return page, err
		}
		if (f.Applicant == "" || f.Applicant == app.Applicant) && (len(f.Statuses) == 0 || slices.Contains(f.Statuses, app.Status)) && strings.Contains(app.Content.DataName, f.Text) {
			page.Cases = append(page.Cases, app)
		}
	}
	return page, err
}

func (r records) Case(_ context.Context, id registry.ApplicationID) (registry.Application, error) {
	return ask[registry.Application](r, "registration:FindApplication", string(id))
}

func (r records) Version(_ context.Context, id registry.AssetID, version int) (registry.CertifiedContent, error) {
	return asked[registry.CertifiedContent](r, "registration:FindVersion", registry.FindVersionRequest{Asset: id, Version: version})
}

func (r records) Profiles(context.Context) ([]registry.RuleProfile, error) {
	return r.s.ledger.Profiles(), nil
}

func (r records) Calendars(context.Context) ([]registry.Calendar, error) {
	return r.s.ledger.Calendars(), nil
}

func (r records) Appointments(context.Context) ([]registry.Appointment, error) {
	return r.s.ledger.Appointments(), nil
}

func (r records) DocumentKeys(context.Context) ([]registry.DocumentKey, error) {
	return r.s.ledger.Keys(), nil
}

func (r records) Round(_ context.Context, id registry.ApplicationID, round int) (registry.Content, error) {
	content, kept := r.s.rounds[fmt.Sprint(id, round)]
	if !kept {
		return content, desk.ErrNotFound
	}
	return content, nil
}

func (r records) Lateness(ctx context.Context, since time.Time) ([]desk.Late, error) {
	late := map[registry.PersonID]desk.Late{}
	for _, id := range r.s.apps {
		app, err := r.Case(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, step := range app.History {
			if step.Overdue && !step.At.Before(since) {
				late[step.Actor] = desk.Late{Person: step.Actor, Acts: late[step.Actor].Acts + 1, Last: step.At}
			}
		}
	}
	return slices.Collect(maps.Values(late)), nil
}

func (r records) Expiring(ctx context.Context, before registry.Date, limit int) ([]registry.Asset, error) {
	page, err := r.Assets(ctx, desk.AssetFilter{})
	due := slices.DeleteFunc(page.Assets, func(a registry.Asset) bool { return a.Status != registry.AssetActive || a.ValidUntil >= before })
	return due[:min(len(due), limit)], err
}

func (r records) Asset(_ context.Context, id registry.AssetID) (registry.Asset, error) {
	return ask[registry.Asset](r, "registration:FindAsset", string(id))
}

func (r records) Certificate(_ context.Context, n registry.CertificateNumber) (registry.Certificate, error) {
	return ask[registry.Certificate](r, "registration:FindCertificate", string(n))
}

func (r records) Party(_ context.Context, id registry.PartyID) (registry.Party, error) {
	return ask[registry.Party](r, "party:FindParty", string(id))
}

func (r records) Account(_ context.Context, id registry.PersonID) (registry.Account, error) {
	return ask[registry.Account](r, "account:FindAccount", string(id))
}

// kept are the records of the ledger that a filter wants, with the block that they are of.
func kept[T any](ctx context.Context, r records, list func() []T, wanted func(T) bool) (found []T, asOf desk.AsOf, err error) {
	asOf, err = r.AsOf(ctx)
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	for _, record := range list() {
		if wanted(record) {
			found = append(found, record)
		}
	}
	return found, asOf, err
}

func (r records) Accounts(ctx context.Context, f desk.AccountFilter) (desk.AccountPage, error) {
	found, asOf, err := kept(ctx, r, r.s.ledger.Accounts, func(a registry.Account) bool {
		return (f.Owner == "" || f.Owner == a.Owner) && (f.Contract == "" || f.Contract == a.Contract) && (f.Party == "" || f.Party == a.Party) && (f.MSP == "" || f.MSP == a.MSP) &&
			(len(f.Statuses) == 0 || slices.Contains(f.Statuses, a.Status))
	})
	return desk.AccountPage{Accounts: found, AsOf: asOf}, err
}

func (r records) Mandates(ctx context.Context, f desk.MandateFilter) (desk.MandatePage, error) {
	found, asOf, err := kept(ctx, r, r.s.ledger.Mandates, func(m registry.Mandate) bool {
		return (f.Principal == "" || f.Principal == m.Principal) && (f.Agent == "" || f.Agent == m.Agent) && (len(f.Statuses) == 0 || slices.Contains(f.Statuses, m.Status))
	})
	return desk.MandatePage{Mandates: found, AsOf: asOf}, err
}

func (r records) Contracts(ctx context.Context, f desk.ContractFilter) (desk.ContractPage, error) {
	found, asOf, err := kept(ctx, r, r.s.ledger.Contracts, func(c registry.Contract) bool {
		return (f.Contractor == "" || f.Contractor == c.Contractor) && (len(f.Statuses) == 0 || slices.Contains(f.Statuses, c.Status))
	})
	return desk.ContractPage{Contracts: found, AsOf: asOf}, err
}

func (r records) Assets(ctx context.Context, f desk.AssetFilter) (desk.AssetPage, error) {
	asOf, err := r.AsOf(ctx)
	page := desk.AssetPage{AsOf: asOf}
	for _, id := range r.s.apps {
		app, caseErr := r.Case(ctx, id)
		if caseErr != nil || app.Asset == "" {
			continue
		}
		a, err := r.Asset(ctx, app.Asset)
		if err != nil {
			return page, err
		}
		seen := func(b registry.Asset) bool { return b.ID == a.ID }
		if (f.Holder == "" || f.Holder == a.Holder) && !slices.ContainsFunc(page.Assets, seen) {
			page.Assets = append(page.Assets, a)
		}
	}
	return page, err
}

func (r records) Limits(ctx context.Context, f desk.LimitFilter) (desk.LimitPage, error) {
	asOf, err := r.AsOf(ctx)
	page := desk.LimitPage{AsOf: asOf}
	a, assetErr := r.Asset(ctx, f.Asset)
	if assetErr != nil {
		return page, assetErr
	}
	for n := 1; n <= a.LimitCount; n++ {
		document, err := registry.Canonical(registry.FindLimitRequest{Asset: a.ID, Limit: n})
		if err != nil {
			return page, err
		}
		answer, err := r.s.Evaluate(ctx, "registration:FindLimit", document)
		if err != nil {
			return page, err
		}
		var l registry.Limit
		if err := json.Unmarshal(answer, &l); err != nil {
			return page, err
		}
		page.Limits = append(page.Limits, l)
	}
	return page, err
}

func (r records) Objections(ctx context.Context, f desk.ObjectionFilter) (desk.ObjectionPage, error) {
	asOf, err := r.AsOf(ctx)
	page := desk.ObjectionPage{AsOf: asOf}
	for _, id := range r.s.apps {
		app, caseErr := r.Case(ctx, id)
		if caseErr != nil || f.Application != "" && f.Application != id {
			continue
		}
		for _, h := range app.Objections {
			document, err := registry.Canonical(registry.FindObjectionRequest{Application: id, Objection: h.N})
			if err != nil {
				return page, err
			}
			answer, err := r.s.Evaluate(ctx, "registration:FindObjection", document)
			if err != nil {
				return page, err
			}
			var o registry.Objection
			if err := json.Unmarshal(answer, &o); err != nil {
				return page, err
			}
			if f.Objector == "" || f.Objector == o.Objector {
				page.Objections = append(page.Objections, o)
			}
		}
	}
	return page, err
}

func (r records) Disputes(ctx context.Context, f desk.DisputeFilter) (desk.DisputePage, error) {
	found, asOf, err := kept(ctx, r, r.s.ledger.Disputes, func(d registry.Dispute) bool {
		return (f.Asset == "" || f.Asset == d.Asset) && (f.Objector == "" || f.Objector == d.Objector) && (f.Registrant == "" || f.Registrant == d.Registrant) &&
			(len(f.Statuses) == 0 || slices.Contains(f.Statuses, d.Status))
	})
	return desk.DisputePage{Disputes: found, AsOf: asOf}, err
}

func (r records) Dispute(ctx context.Context, asset registry.AssetID, number int) (registry.Dispute, error) {
	page, err := r.Disputes(ctx, desk.DisputeFilter{Asset: asset})
	for _, d := range page.Disputes {
		if d.N == number {
			return d, err
		}
	}
	return registry.Dispute{}, desk.ErrNotFound
}

func (r records) Notices(ctx context.Context, f desk.NoticeFilter) (desk.NoticePage, error) {
	found, asOf, err := kept(ctx, r, r.s.ledger.Notices, func(n registry.Notice) bool {
		return (f.To == "" || f.To == n.To) && (f.Case == "" || f.Case == n.Case) && (len(f.Statuses) == 0 || slices.Contains(f.Statuses, n.Status))
	})
	return desk.NoticePage{Notices: found, AsOf: asOf}, err
}

func (r records) Matters(ctx context.Context, f desk.MatterFilter) (desk.MatterPage, error) {
	found, asOf, err := kept(ctx, r, r.s.ledger.Matters, func(m registry.Matter) bool {
		ordered := f.Ordered == "" || m.Order != nil && m.Order.Party == f.Ordered
		return ordered && (f.Filer == "" || f.Filer == m.Filer) && (f.About == "" || f.About == m.About.Party) && (f.Handler == "" || f.Handler == m.Handler) &&
			(len(f.Statuses) == 0 || slices.Contains(f.Statuses, m.Status)) && (len(f.Kinds) == 0 || slices.Contains(f.Kinds, m.Kind))
	})
	return desk.MatterPage{Matters: found, AsOf: asOf}, err
}

func (r records) Notice(ctx context.Context, about registry.CaseID, number int) (registry.Notice, error) {
	page, err := r.Notices(ctx, desk.NoticeFilter{Case: about})
	for _, n := range page.Notices {
		if n.N == number {
			return n, err
		}
	}
	return registry.Notice{}, desk.ErrNotFound
}

func (r records) Mandate(_ context.Context, id registry.MandateID) (registry.Mandate, error) {
	return ask[registry.Mandate](r, "mandate:FindMandate", string(id))
}

func (r records) Contract(_ context.Context, id registry.ContractID) (registry.Contract, error) {
	return ask[registry.Contract](r, "contract:FindContract", string(id))
}

func (r records) Transactions(context.Context, registry.ApplicationID) ([]desk.LedgerTransaction, error) {
	return r.s.written, nil
}

func (r records) Transaction(_ context.Context, txID string) (desk.LedgerTransaction, error) {
	for _, t := range r.s.written {
		if t.TxID == txID {
			return t, nil
		}
	}
	return desk.LedgerTransaction{}, desk.ErrNotFound
}

func (r records) Submissions(ctx context.Context, f desk.SubmissionFilter) (desk.SubmissionPage, error) {
	found, asOf, err := kept(ctx, r, r.s.ledger.Submissions, func(s registry.Submission) bool {
		credited := f.Credited == "" || s.Credit != nil && s.Credit.Party == f.Credited
		return credited && (f.By == "" || f.By == s.By) && (f.Asset == "" || f.Asset == s.Asset) && (len(f.Kinds) == 0 || slices.Contains(f.Kinds, s.Kind))
	})
	return desk.SubmissionPage{Submissions: found, AsOf: asOf}, err
}

func (r records) Batches(ctx context.Context, f desk.BatchFilter) (desk.BatchPage, error) {
	found, asOf, err := kept(ctx, r, r.s.ledger.Batches, func(b registry.Batch) bool {
		return (f.Sender == "" || f.Sender == b.Sender) && (f.Receiver == "" || f.Receiver == b.Receiver)
	})
	return desk.BatchPage{Batches: found, AsOf: asOf}, err
}

func (r records) Unfiled(ctx context.Context) (all []registry.PartyID, err error) {
	page, err := r.Assets(ctx, desk.AssetFilter{})
	for _, a := range page.Assets {
		filed, err := r.Submissions(ctx, desk.SubmissionFilter{By: a.Holder, Kinds: []registry.SubmissionKind{registry.SubmissionImportant}})
		if err != nil {
			return nil, err
		}
		if a.Content.Level == registry.LevelImportant && len(filed.Submissions) == 0 {
			all = append(all, a.Holder)
		}
	}
	return all, err
}

func (r records) Acts(_ context.Context, from, to time.Time, block uint64) ([]desk.ActCount, error) {
	counts := map[string]int64{}
	for _, t := range r.s.written {
		if t.Block <= block && !t.At.Before(from) && t.At.Before(to) {
			counts[t.Function]++
		}
	}
	var all []desk.ActCount
	for _, function := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, desk.ActCount{Function: function, Count: counts[function]})
	}
	return all, nil
}

// drafts keeps drafts as the store does: a stale version is refused.
type drafts struct{ s *site }

func (d drafts) Save(_ context.Context, draft desk.Draft) (desk.Draft, error) {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	if d.s.drafts[draft.ID].Version != draft.Version {
		return draft, desk.ErrStale
	}
	draft.Version, draft.UpdatedAt = draft.Version+1, d.s.ledger.Now
	body, err := json.Marshal(draft)
	if err != nil {
		return draft, err
	}
	var kept desk.Draft
	err = json.Unmarshal(body, &kept)
	d.s.drafts[draft.ID] = kept
	return draft, err
}

func (d drafts) Load(_ context.Context, owner registry.PersonID, id string) (desk.Draft, error) {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	draft, ok := d.s.drafts[id]
	if !ok || draft.Owner != owner {
		return desk.Draft{}, desk.ErrNotFound
	}
	body, err := json.Marshal(draft)
	if err != nil {
		return desk.Draft{}, err
	}
	var copied desk.Draft
	return copied, json.Unmarshal(body, &copied)
}

func (d drafts) List(_ context.Context, owner registry.PersonID) ([]desk.Draft, error) {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	var all []desk.Draft
	for _, draft := range d.s.drafts {
		if draft.Owner == owner {
			all = append(all, draft)
		}
	}
	slices.SortFunc(all, func(a, b desk.Draft) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	return all, nil
}

func (d drafts) Delete(_ context.Context, _ registry.PersonID, id string) error {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	delete(d.s.drafts, id)
	return nil
}

// files is the real evidence store.
type files struct{ store *evidence.Store }

func newEvidence(t *testing.T) files {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return evidenceOf(t, identity)
}

func evidenceOf(t *testing.T, identity *age.X25519Identity) files {
	t.Helper()
	store, err := evidence.Open(t.TempDir(), identity, []age.Recipient{identity.Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	return files{store}
}

func (f files) Put(ctx context.Context, r io.Reader, name string, kind registry.MaterialKind, limit int64) (desk.File, error) {
	receipt, err := f.store.Put(ctx, r, name, string(kind), limit)
	return file(receipt), err
}

func (f files) Open(ctx context.Context, cid string) (desk.File, io.ReadCloser, error) {
	receipt, body, err := f.store.Get(ctx, cid)
	if errors.Is(err, evidence.ErrNotFound) || errors.Is(err, evidence.ErrIdentifier) {
		err = desk.ErrNotFound
	}
	return file(receipt), body, err
}

func (f files) Sealed(_ context.Context, cid string) (desk.Sealed, error) {
	card, body, err := f.store.Sealed(cid)
	if errors.Is(err, evidence.ErrNotFound) || errors.Is(err, evidence.ErrIdentifier) {
		err = desk.ErrNotFound
	}
	return desk.Sealed{Card: card, Body: body}, err
}

// otherStore is another member's store: files that a test moves there are fetched from it.
type otherStore struct {
	anybody
	there, here *evidence.Store
}

func (e otherStore) Fetch(ctx context.Context, cid string) error {
	card, body, err := e.there.Sealed(cid)
	if err != nil {
		return desk.ErrNotFound
	}
	defer body.Close()
	return e.here.Import(ctx, cid, card, body, uploadLimit)
}

func file(r evidence.Receipt) desk.File {
	return desk.File{CID: r.CID, Commitment: r.Commitment, Size: r.Size, Name: r.Name, MediaType: r.MediaType, Kind: registry.MaterialKind(r.Kind)}
}

// visitor is a browser without JavaScript that keeps its cookies and follows redirects.
type visitor struct {
	*site
	cookies map[string]*http.Cookie
	reads   bool // stops at the page on which a write is signed, instead of signing
}

// as opens the site as somebody who signs in with their key; "" signs in as nobody.
func (s *site) as(enrolment string) *visitor {
	s.t.Helper()
	switch enrolment {
	case "":
		return &visitor{site: s, cookies: map[string]*http.Cookie{}}
	case "bureau-admin":
		return s.signIn("BureauMSP/bureau-admin")
	}
	return s.signIn(registry.PersonID("AgencyMSP/" + enrolment))
}

func (s *site) signIn(id registry.PersonID) *visitor {
	s.t.Helper()
	v := &visitor{site: s, cookies: map[string]*http.Cookie{}}
	challenge := s.sessions.Challenge(id)
	body, err := json.Marshal(map[string]any{"account": id, "certificate": string(s.ledger.Certificate(string(id))), "nonce": challenge.Nonce, "signature": []byte("mine")})
	if err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/api/v1/sign-ins", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	v.once(r).status(http.StatusCreated)
	return v
}

// join gives somebody new a key and an account in force, and signs them in.
func (s *site) join(a registry.Actor) *visitor {
	s.t.Helper()
	a = s.ledger.Join(a)
	ledgertest.NewStory(s.t, s.ledger, "join-"+a.Enrolment).Open(s.ledger, string(a.ID()))
	return s.signIn(a.ID())
}

// page is what came back.
type page struct {
	t        *testing.T
	Status   int
	Path     string // after redirects
	Body     string
	Location string // of a redirect that was not followed
}

var tag = regexp.MustCompile(`(?s)<[^>]*>\s*`)

// text is the body of the page without its tags, for messages.
func (p page) text() string {
	_, main, _ := strings.Cut(p.Body, "<main")
	main, _, _ = strings.Cut(main, "</main>")
	return tag.ReplaceAllString("<"+main, " ")
}

func (p page) see(wants ...string) page {
	p.t.Helper()
	for _, want := range wants {
		if !strings.Contains(p.Body, want) {
			p.t.Errorf("%s (%d) does not show %q\n%s", p.Path, p.Status, want, p.text())
		}
	}
	return p
}

func (p page) notSee(words ...string) page {
	p.t.Helper()
	for _, word := range words {
		if strings.Contains(p.Body, word) {
			p.t.Errorf("%s (%d) shows %q", p.Path, p.Status, word)
		}
	}
	return p
}

func (p page) status(want int) page {
	p.t.Helper()
	if p.Status != want {
		p.t.Errorf("%s: status %d, want %d\n%s", p.Path, p.Status, want, p.text())
	}
	return p
}

// once sends one request and follows nothing.
func (v *visitor) once(r *http.Request) page {
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		v.cookies[c.Name] = c
	}
	return page{v.t, w.Code, r.URL.RequestURI(), w.Body.String(), w.Header().Get("Location")}
}

// do follows redirects, and signs what is to be signed as the page's script would.
func (v *visitor) do(r *http.Request) page {
	p := v.once(r)
	for range 7 {
		if p.Location == "" && !v.signs(p) {
			return p
		}
		next := p.Location
		if next == "" {
			next = p.Path
		}
		p = v.once(httptest.NewRequest(http.MethodGet, next, nil))
	}
	v.t.Fatalf("too many redirects to %s", p.Path)
	return p
}

// signs signs on the page of a write that awaits it.
func (v *visitor) signs(p page) bool {
	id, _, _ := strings.Cut(strings.TrimPrefix(p.Path, "/sign/"), "?")
	tx, known := v.pending[id]
	if v.reads || !strings.HasPrefix(p.Path, "/sign/") || !known || tx.State != desk.StatePrepared {
		return false
	}
	if tx, _ = v.Endorse(context.Background(), id, tx.ToSign); tx.State == desk.StateEndorsed {
		_, _ = v.Submit(context.Background(), id, tx.ToSign)
	}
	return true
}

func (v *visitor) get(path string) page { return v.do(httptest.NewRequest(http.MethodGet, path, nil)) }

func (v *visitor) post(path string, form url.Values) page {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

func (v *visitor) upload(path, kind, name string, content io.Reader) page {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	if kind != "" {
		_ = form.WriteField("kind", kind)
	}
	if name != "" {
		if _, err := form.CreateFormFile("file", name); err != nil {
			v.t.Fatal(err)
		}
	}
	r := httptest.NewRequest(http.MethodPost, path, io.MultiReader(&head, content, strings.NewReader("\r\n--"+form.Boundary()+"--\r\n")))
	r.Header.Set("Content-Type", form.FormDataContentType())
	return v.do(r)
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
