// Package store keeps state.db: pending transactions, drafts, issuance intents and sessions. Unlike the read model it
// cannot be rebuilt; every write is synced to disk before it is acknowledged.
package store

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // database driver

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the state of one registryd.
type Store struct {
	db  *bun.DB
	now func() time.Time
}

// Open opens or creates the database file, which only its owner may read: it holds sessions and what people typed. SQLite
// gives its other files the same mode.
func Open(path string, now func() time.Time) (*Store, error) {
	if err := makePrivate(path); err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err == nil {
		_, err = provider.Up(context.Background())
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("state %s cannot be opened (restore it from a copy): %w", path, err)
	}
	return &Store{db: bun.NewDB(db, sqlitedialect.New()), now: now}, nil
}

func makePrivate(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} { // those that an earlier version left readable
		if err := os.Chmod(name, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Pending keeps pending transactions: it is a client.PendingStore.
type Pending struct{ *Store }

// Save keeps the next version of p, or answers client.ErrStale if another step was stored meanwhile.
func (s Pending) Save(ctx context.Context, p client.Pending) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	result, err := s.db.NewRaw(`INSERT INTO pending (id, tx_id, state, version, body) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, version = excluded.version, body = excluded.body WHERE pending.version = excluded.version - 1`,
		p.ID, p.TxID, string(p.State), p.Version, string(body)).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, client.ErrStale)
	}
	return nil
}

// Load finds a pending transaction, or answers client.ErrNotPending.
func (s Pending) Load(ctx context.Context, id string) (client.Pending, error) {
	var p client.Pending
	var body string
	err := s.db.NewRaw("SELECT body FROM pending WHERE id = ?", id).Scan(ctx, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return p, client.ErrNotPending
	}
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(body), &p)
}

// Unknown lists the transactions whose outcome is unknown.
func (s Pending) Unknown(ctx context.Context) ([]client.Pending, error) {
	var bodies []string
	if err := s.db.NewRaw("SELECT body FROM pending WHERE state = ?", string(client.StateUnknown)).Scan(ctx, &bodies); err != nil {
		return nil, err
	}
	all := make([]client.Pending, len(bodies))
	for i, body := range bodies {
		if err := json.Unmarshal([]byte(body), &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// unsignedLife is how long a proposal that nobody signed in time is remembered, so that its page can say so.
const unsignedLife = 24 * time.Hour

// Forget deletes proposals that were never signed and can have no effect any more: preparing one needs no key.
func (s Pending) Forget(ctx context.Context) error {
	_, err := s.db.NewRaw("DELETE FROM pending WHERE state IN (?, ?) AND julianday(json_extract(body, '$.ExpiresAt')) < julianday(?)",
		string(client.StatePrepared), string(client.StateExpired), s.now().Add(-unsignedLife).UTC().Format(time.RFC3339)).Exec(ctx)
	return err
}

// Drafts keeps drafts: it is a desk.Drafts.
type Drafts struct{ *Store }

// Save keeps a draft if nobody saved a newer version meanwhile; otherwise desk.ErrStale.
func (s Drafts) Save(ctx context.Context, d desk.Draft) (desk.Draft, error) {
	before := d.Version
	d.Version, d.UpdatedAt = before+1, s.now().UTC()
	body, err := json.Marshal(d)
	if err != nil {
		return d, err
	}
	result, err := s.db.NewRaw(`INSERT INTO drafts (id, owner, version, updated_at, body) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at, body = excluded.body WHERE drafts.version = ? AND drafts.owner = excluded.owner`,
		d.ID, string(d.Owner), d.Version, d.UpdatedAt.Format(time.RFC3339Nano), string(body), before).Exec(ctx)
	if err != nil {
		return d, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return d, errors.Join(err, desk.ErrStale)
	}
	return d, nil
}

// Load finds a person's own draft.
func (s Drafts) Load(ctx context.Context, owner registry.PersonID, id string) (desk.Draft, error) {
	var d desk.Draft
	var body string
	err := s.db.NewRaw("SELECT body FROM drafts WHERE id = ? AND owner = ?", id, string(owner)).Scan(ctx, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return d, desk.ErrNotFound
	}
	if err != nil {
		return d, err
	}
	return d, json.Unmarshal([]byte(body), &d)
}

// List lists a person's drafts, the newest first.
func (s Drafts) List(ctx context.Context, owner registry.PersonID) ([]desk.Draft, error) {
	var bodies []string
	if err := s.db.NewRaw("SELECT body FROM drafts WHERE owner = ? ORDER BY updated_at DESC LIMIT 100", string(owner)).Scan(ctx, &bodies); err != nil {
		return nil, err
	}
	all := make([]desk.Draft, len(bodies))
	for i, body := range bodies {
		if err := json.Unmarshal([]byte(body), &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Delete removes a person's own draft.
func (s Drafts) Delete(ctx context.Context, owner registry.PersonID, id string) error {
	_, err := s.db.NewRaw("DELETE FROM drafts WHERE id = ? AND owner = ?", id, string(owner)).Exec(ctx)
	return err
}

// Intent says how far the issuance of a certificate has come: it exists from the moment issuance begins, carries the
// digests once both files are on disk, and is done when the ledger has them.
type Intent struct {
	Number    registry.CertificateNumber
	PDFSha256 string
	VCSha256  string
	Done      bool
}

// Intents keeps issuance intents.
type Intents struct{ *Store }

// Find finds an intent; ok is false if issuance has not begun.
func (s Intents) Find(ctx context.Context, n registry.CertificateNumber) (i Intent, ok bool, err error) {
	i.Number = n
	err = s.db.NewRaw("SELECT pdf_sha256, vc_sha256, done FROM intents WHERE number = ?", string(n)).Scan(ctx, &i.PDFSha256, &i.VCSha256, &i.Done)
	if errors.Is(err, sql.ErrNoRows) {
		return i, false, nil
	}
	return i, err == nil, err
}

// Save keeps an intent.
func (s Intents) Save(ctx context.Context, i Intent) error {
	_, err := s.db.NewRaw("INSERT INTO intents (number, pdf_sha256, vc_sha256, done) VALUES (?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET pdf_sha256 = excluded.pdf_sha256, vc_sha256 = excluded.vc_sha256, done = excluded.done",
		string(i.Number), i.PDFSha256, i.VCSha256, i.Done).Exec(ctx)
	return err
}

// Uploads remembers whose a stored file is: it is a desk.Uploads.
type Uploads struct{ *Store }

// Record keeps that a party stored a file. Nobody else can take it over: the first one stays.
func (s Uploads) Record(ctx context.Context, cid string, by registry.PartyID) error {
	_, err := s.db.NewRaw("INSERT INTO uploads (cid, party) VALUES (?, ?) ON CONFLICT (cid) DO NOTHING", cid, string(by)).Exec(ctx)
	return err
}

// By is the party that stored a file, or desk.ErrNotFound.
func (s Uploads) By(ctx context.Context, cid string) (registry.PartyID, error) {
	var party string
	err := s.db.NewRaw("SELECT party FROM uploads WHERE cid = ?", cid).Scan(ctx, &party)
	if errors.Is(err, sql.ErrNoRows) {
		return "", desk.ErrNotFound
	}
	return registry.PartyID(party), err
}

// Sessions keeps login sessions: it is a scs.CtxStore.
type Sessions struct{ *Store }

// FindCtx finds an unexpired session.
func (s Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.db.NewRaw("SELECT data FROM sessions WHERE token = ? AND expiry > ? AND length(data) > 0", token, s.now().Unix()).Scan(ctx, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx keeps a session and forgets expired ones. A session that has ended stays ended: a request that was under way when the person
// signed out does not bring it back.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if _, err := s.db.NewRaw("DELETE FROM sessions WHERE expiry <= ?", s.now().Unix()).Exec(ctx); err != nil {
		return err
	}
	_, err := s.db.NewRaw(`INSERT INTO sessions (token, data, expiry) VALUES (?, ?, ?)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry WHERE length(sessions.data) > 0`, token, data, expiry.Unix()).Exec(ctx)
	return err
}

// DeleteCtx ends a session: it holds nothing any more, and is forgotten when it would have expired.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.db.NewRaw("UPDATE sessions SET data = x'' WHERE token = ?", token).Exec(ctx)
	return err
}

// Generation counts how often a person has signed out everywhere.
func (s Sessions) Generation(ctx context.Context, owner registry.PersonID) (n int64, err error) {
	err = s.db.NewRaw("SELECT generation FROM signouts WHERE owner = ?", string(owner)).Scan(ctx, &n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// EndAll begins a person's next generation of sessions: those of earlier ones are over.
func (s Sessions) EndAll(ctx context.Context, owner registry.PersonID) error {
	_, err := s.db.NewRaw("INSERT INTO signouts (owner, generation) VALUES (?, 1) ON CONFLICT (owner) DO UPDATE SET generation = generation + 1", string(owner)).Exec(ctx)
	return err
}

// Find, Commit and Delete complete the interface of scs; it calls the variants with a context.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit keeps a session.
func (s Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete ends a session.
func (s Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
