package store

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

var (
	_ client.PendingStore = Pending{}
	_ desk.Drafts         = Drafts{}
	_ scs.CtxStore        = Sessions{}
)

// clock is a time that tests set.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func open(t *testing.T, path string, c *clock) *Store {
	t.Helper()
	s, err := Open(path, c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func fresh(t *testing.T) (*Store, *clock) {
	c := &clock{time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)}
	return open(t, filepath.Join(t.TempDir(), "state.db"), c), c
}

func pending(id string, state client.State, version int) client.Pending {
	at := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	return client.Pending{ID: id, TxID: "tx-" + id, Function: "registration:Accept", Document: []byte(`{"note":"它说'?'和\u0000"}`), State: state,
		Creator: client.Creator{MSPID: "AgencyMSP", Certificate: []byte("PEM")}, ToSign: []byte{0, 1, 0xff}, Bytes: []byte{0, 2, 0xfe},
		Signature: []byte{3}, Response: []byte("{}"), Version: version, CreatedAt: at, UpdatedAt: at, ExpiresAt: at.Add(time.Minute)}
}

func save(t *testing.T, s Pending, p client.Pending) {
	t.Helper()
	if err := s.Save(context.Background(), p); err != nil {
		t.Fatal(err)
	}
}

// TestPending_SurvivesARestart byte for byte: what was signed must be what is sent again.
func TestPending_SurvivesARestart(t *testing.T) {
	path, c, ctx := filepath.Join(t.TempDir(), "state.db"), &clock{}, context.Background()
	before := open(t, path, c)
	want := pending("a", client.StateUnknown, 2)
	save(t, Pending{before}, pending("a", client.StatePrepared, 1))
	save(t, Pending{before}, want)
	save(t, Pending{before}, pending("b", client.StateCommitted, 1))
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	after := Pending{open(t, path, c)}
	if got, err := after.Load(ctx, "a"); err != nil || !reflect.DeepEqual(want, got) {
		t.Errorf("want %+v\ngot  %+v (%v)", want, got, err)
	}
	if unknown, err := after.Unknown(ctx); err != nil || len(unknown) != 1 || unknown[0].ID != "a" {
		t.Errorf("unknown: %+v %v", unknown, err)
	}
	if _, err := after.Load(ctx, "c"); !errors.Is(err, client.ErrNotPending) {
		t.Errorf("an unknown id: %v", err)
	}
}

// TestPending_OfTwoStepsAtTheSameTimeOneIsKept, whichever comes first, and so does the memory store.
func TestPending_OfTwoStepsAtTheSameTimeOneIsKept(t *testing.T) {
	s, _ := fresh(t)
	for name, subject := range map[string]client.PendingStore{"database": Pending{s}, "memory": &client.MemoryStore{}} {
		ctx := context.Background()
		if err := subject.Save(ctx, pending("a", client.StatePrepared, 1)); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		results := make([]error, 20)
		for i := range results {
			wait.Add(1)
			go func() { defer wait.Done(); results[i] = subject.Save(ctx, pending("a", client.StateEndorsed, 2)) }()
		}
		wait.Wait()
		kept := 0
		for _, err := range results {
			if err == nil {
				kept++
			} else if !errors.Is(err, client.ErrStale) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if kept != 1 {
			t.Errorf("%s kept %d steps", name, kept)
		}
		if err := subject.Save(ctx, pending("a", client.StatePrepared, 1)); !errors.Is(err, client.ErrStale) {
			t.Errorf("%s: the beginning again: %v", name, err)
		}
	}
}

func TestDrafts_NothingTypedIsOverwritten(t *testing.T) {
	s, c := fresh(t)
	drafts, ctx, owner := Drafts{s}, context.Background(), registry.PersonID("AgencyMSP/he-applicant")
	first, err := drafts.Save(ctx, desk.Draft{ID: "d1", Owner: owner, Raw: map[string][]string{"volume": {"一千?"}}, Contact: desk.Contact{Phone: "00000000000"}})
	if err != nil || first.Version != 1 || !first.UpdatedAt.Equal(c.at) {
		t.Fatalf("%+v %v", first, err)
	}
	c.at = c.at.Add(time.Hour)
	mine, other := first, first
	mine.Content.DataName, other.Content.DataName = "数据集甲", "数据集乙"
	if mine, err = drafts.Save(ctx, mine); err != nil {
		t.Fatal(err)
	}
	if _, err := drafts.Save(ctx, other); !errors.Is(err, desk.ErrStale) {
		t.Errorf("the other window overwrote: %v", err)
	}
	stranger := mine
	stranger.Owner = "AgencyMSP/ledu-applicant"
	if _, err := drafts.Save(ctx, stranger); !errors.Is(err, desk.ErrStale) {
		t.Errorf("a stranger overwrote: %v", err)
	}
	if got, err := drafts.Load(ctx, owner, "d1"); err != nil || !reflect.DeepEqual(mine, got) {
		t.Errorf("want %+v\ngot  %+v (%v)", mine, got, err)
	}
}

func TestDrafts_AreTheirOwnersOnly(t *testing.T) {
	s, c := fresh(t)
	drafts, ctx, owner, stranger := Drafts{s}, context.Background(), registry.PersonID("AgencyMSP/he-applicant"), registry.PersonID("AgencyMSP/ledu-applicant")
	for _, id := range []string{"older", "newer"} {
		if _, err := drafts.Save(ctx, desk.Draft{ID: id, Owner: owner}); err != nil {
			t.Fatal(err)
		}
		c.at = c.at.Add(time.Minute)
	}
	if _, err := drafts.Load(ctx, stranger, "older"); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("a stranger reads: %v", err)
	}
	if err := drafts.Delete(ctx, stranger, "older"); err != nil {
		t.Fatal(err)
	}
	if all, err := drafts.List(ctx, stranger); err != nil || len(all) != 0 {
		t.Errorf("a stranger's list has %d (%v)", len(all), err)
	}
	if all, err := drafts.List(ctx, owner); err != nil || len(all) != 2 || all[0].ID != "newer" {
		t.Errorf("the owner's list is %+v (%v)", all, err)
	}
	if err := drafts.Delete(ctx, owner, "older"); err != nil {
		t.Fatal(err)
	}
	if _, err := drafts.Load(ctx, owner, "older"); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("after deletion: %v", err)
	}
}

func TestIntents_KeepHowFarIssuanceCame(t *testing.T) {
	s, _ := fresh(t)
	intents, ctx := Intents{s}, context.Background()
	const number = registry.CertificateNumber("HDZC63022220261100001D")
	if _, ok, err := intents.Find(ctx, number); ok || err != nil {
		t.Errorf("before issuance: %v %v", ok, err)
	}
	for _, want := range []Intent{{Number: number}, {Number: number, PDFSha256: "aa", VCSha256: "bb"}, {Number: number, PDFSha256: "aa", VCSha256: "bb", Done: true}} {
		if err := intents.Save(ctx, want); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := intents.Find(ctx, number); !ok || err != nil || got != want {
			t.Errorf("got %+v, want %+v (%v)", got, want, err)
		}
	}
}

// TestSessions_EndedStaysEnded: a request that was under way while the person signed out keeps its session afterwards.
func TestSessions_EndedStaysEnded(t *testing.T) {
	s, c := fresh(t)
	sessions, ctx := Sessions{s}, context.Background()
	keep := func(token string) {
		if err := sessions.CommitCtx(ctx, token, []byte("data"), c.at.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	found := func(token string) bool {
		_, found, err := sessions.FindCtx(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	keep("one")
	keep("two")
	if err := sessions.DeleteCtx(ctx, "one"); err != nil {
		t.Fatal(err)
	}
	keep("one")
	if found("one") || !found("two") {
		t.Errorf("found: %v, %v", found("one"), found("two"))
	}
	c.at = c.at.Add(2 * time.Hour)
	keep("three")
	var left int
	if err := s.db.NewRaw("SELECT count(*) FROM sessions").Scan(ctx, &left); err != nil || left != 1 {
		t.Errorf("%d sessions are remembered, %v", left, err)
	}
}

func TestSessions_EndWithTheirTime(t *testing.T) {
	s, c := fresh(t)
	sessions, ctx := Sessions{s}, context.Background()
	if err := sessions.CommitCtx(ctx, "token", []byte{0, 1, 2}, c.at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if data, found, err := sessions.FindCtx(ctx, "token"); !found || err != nil || !bytes.Equal(data, []byte{0, 1, 2}) {
		t.Errorf("%v %v %v", data, found, err)
	}
	c.at = c.at.Add(time.Hour)
	if _, found, err := sessions.FindCtx(ctx, "token"); found || err != nil {
		t.Errorf("an expired session is found (%v)", err)
	}
	for _, token := range []string{"new", "gone"} {
		if err := sessions.CommitCtx(ctx, token, []byte("x"), c.at.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	var rows int
	if err := s.db.NewRaw("SELECT count(*) FROM sessions").Scan(ctx, &rows); err != nil || rows != 2 {
		t.Errorf("%d rows: expired sessions are kept (%v)", rows, err)
	}
	if err := sessions.DeleteCtx(ctx, "gone"); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := sessions.FindCtx(ctx, "gone"); found {
		t.Error("a session survives its end")
	}
}

// TestOpen_OnlyTheOwnerMayRead holds for a new file and for one that an earlier version left readable.
func TestOpen_OnlyTheOwnerMayRead(t *testing.T) {
	path, c := filepath.Join(t.TempDir(), "state.db"), &clock{}
	for range 2 {
		s, err := Open(path, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (Drafts{s}).Save(context.Background(), desk.Draft{ID: time.Now().String(), Owner: "o"}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{path, path + "-wal", path + "-shm"} {
			info, err := os.Stat(name)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v %v", filepath.Base(name), info.Mode(), err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOpen_SyncsEveryWrite: what was acknowledged must survive a power failure.
func TestOpen_SyncsEveryWrite(t *testing.T) {
	s, _ := fresh(t)
	var journal string
	var synchronous int
	if err := s.db.NewRaw("PRAGMA journal_mode").Scan(context.Background(), &journal); err != nil || journal != "wal" {
		t.Errorf("journal %s %v", journal, err)
	}
	if err := s.db.NewRaw("PRAGMA synchronous").Scan(context.Background(), &synchronous); err != nil || synchronous != 2 {
		t.Errorf("synchronous %d %v", synchronous, err)
	}
}

func TestOpen_SaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(filepath.Join(dir, "none", "state.db"), time.Now); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	damaged := filepath.Join(dir, "state.db")
	if err := os.WriteFile(damaged, []byte("this is no database, and it is long enough not to be taken for an empty one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(damaged, time.Now); err == nil {
		t.Error("a damaged file opens")
	}
}

// TestForget_OnlyWhatNobodySigned: what may have had an effect stays, however old.
func TestForget_OnlyWhatNobodySigned(t *testing.T) {
	s, c := fresh(t)
	p, ctx := Pending{s}, context.Background()
	states := []client.State{client.StatePrepared, client.StateExpired, client.StateEndorsed, client.StateUnknown, client.StateCommitted, client.StateRefused, client.StateInvalid, client.StateConflict}
	for _, state := range states {
		one := pending(string(state), state, 1)
		one.ExpiresAt = one.ExpiresAt.In(time.FixedZone("CST", 8*3600)) // as a server in Haidong writes it
		save(t, p, one)
	}
	left := func() (all []client.State) {
		if err := p.Forget(ctx); err != nil {
			t.Fatal(err)
		}
		for _, state := range states {
			if _, err := p.Load(ctx, string(state)); err == nil {
				all = append(all, state)
			}
		}
		return all
	}
	c.at = c.at.Add(24 * time.Hour)
	if got := left(); len(got) != len(states) {
		t.Errorf("within a day of their end %v are left", got)
	}
	c.at = c.at.Add(2 * time.Minute)
	if got := left(); !slices.Equal(got, states[2:]) {
		t.Errorf("%v are left", got)
	}
}
