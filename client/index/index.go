// Package index is the read model: it folds the blocks of the organisation's own peer into rows for queues, lists and
// search. Rows and checkpoint are written in one database transaction, so a crash loses nothing and doubles nothing;
// the whole database can be deleted and is rebuilt from block 0.
package index

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // database driver

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Source streams full blocks from start on; it returns when the stream ends or fn fails.
type Source interface {
	Blocks(ctx context.Context, start uint64, fn func(*common.Block) error) error
}

// Index is the read model of one channel and chaincode.
type Index struct {
	db        *bun.DB
	chaincode string
	mu        sync.Mutex
	changed   chan struct{}
}

// Open opens or creates the database file.
func Open(path, chaincode string) (*Index, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=synchronous(NORMAL)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, mustSub(migrations, "migrations"))
	if err == nil {
		_, err = provider.Up(context.Background())
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("read model %s cannot be opened (stop registryd and delete it; it is rebuilt from the ledger): %w", path, err)
	}
	return &Index{db: bun.NewDB(db, sqlitedialect.New()), chaincode: chaincode, changed: make(chan struct{})}, nil
}

// Close closes the database.
func (x *Index) Close() error { return x.db.Close() }

// Run follows the source until ctx ends, reconnecting with back-off. It ends when a block does not fit the chain
// (ErrTampered) or cannot be stored: a read model that stands still must not look as if it were up to date.
func (x *Index) Run(ctx context.Context, source Source) error {
	wait := 100 * time.Millisecond
	for {
		next, _, err := x.checkpoint(ctx, x.db)
		if err != nil {
			return err
		}
		before := next
		var failed error
		_ = source.Blocks(ctx, next, func(b *common.Block) error { // why a stream ended does not matter: it is opened again
			if failed = x.Apply(ctx, b); failed != nil {
				failed = fmt.Errorf("read model, block %d: %w", b.GetHeader().GetNumber(), failed)
			}
			return failed
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if failed != nil {
			return failed
		}
		if next, _, _ = x.checkpoint(ctx, x.db); next > before {
			wait = 100 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, 5*time.Second)
	}
}

type querier = bun.IDB

func (x *Index) checkpoint(ctx context.Context, db querier) (next uint64, hash []byte, err error) {
	err = db.NewRaw("SELECT next_block, hash FROM checkpoint WHERE id = 1").Scan(ctx, &next, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil
	}
	return next, hash, err
}

// Apply folds one block. A block that was folded before is ignored.
func (x *Index) Apply(ctx context.Context, b *common.Block) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	err := x.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		next, previous, err := x.checkpoint(ctx, tx)
		if err != nil || b.GetHeader().GetNumber() < next {
			return err
		}
		if err := checkBlock(b, next, previous); err != nil {
			return err
		}
		return x.fold(ctx, tx, b)
	})
	if err == nil {
		close(x.changed)
		x.changed = make(chan struct{})
	}
	return err
}

func (x *Index) fold(ctx context.Context, tx bun.Tx, b *common.Block) error {
	transactions, at, err := readBlock(b, x.chaincode)
	if err != nil {
		return err
	}
	number := b.GetHeader().GetNumber()
	for _, t := range transactions {
		if err := writeTransaction(ctx, tx, number, t); err != nil {
			return err
		}
		for _, w := range t.writes {
			if err := x.write(ctx, tx, number, t, w); err != nil {
				return err
			}
		}
	}
	hash, err := headerHash(b.GetHeader())
	if err != nil {
		return err
	}
	_, err = tx.NewRaw("INSERT INTO checkpoint (id, next_block, hash, at) VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET next_block = excluded.next_block, hash = excluded.hash, at = max(at, excluded.at)",
		number+1, hash, stamp(at)).Exec(ctx)
	return err
}

// stamp writes a time so that texts compare as times do.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// skipped are records that no list or page asks for.
var skipped = map[string]bool{registry.ObjectIdempotency: true, registry.ObjectLock: true, registry.ObjectDay: true, registry.ObjectSerial: true}

// writeTransaction lists a transaction once: the first copy counts, unless a later one is the valid one.
func writeTransaction(ctx context.Context, tx bun.Tx, block uint64, t transaction) error {
	_, err := tx.NewRaw(`INSERT INTO transactions (tx_id, block, position, function, creator, code, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tx_id) DO UPDATE SET block = excluded.block, position = excluded.position, function = excluded.function, creator = excluded.creator,
			code = excluded.code, at = excluded.at WHERE excluded.code = 'VALID'`,
		t.txID, block, t.position, t.function, t.creator, t.code, stamp(t.at)).Exec(ctx)
	return err
}

func (x *Index) write(ctx context.Context, tx bun.Tx, block uint64, t transaction, w *kvrwset.KVWrite) error {
	object, attributes, ok := splitKey(w.GetKey())
	if !ok || skipped[object] {
		return nil
	}
	id, value := strings.Join(attributes, " "), w.GetValue()
	if w.GetIsDelete() {
		return remove(ctx, tx, object, id)
	}
	if object == registry.ObjectApplication {
		return writeApplication(ctx, tx, t, value)
	}
	_, err := tx.NewRaw("INSERT INTO records (object, id, body, block) VALUES (?, ?, ?, ?) ON CONFLICT (object, id) DO UPDATE SET body = excluded.body, block = excluded.block",
		object, id, string(value), block).Exec(ctx)
	return err
}

func remove(ctx context.Context, tx bun.Tx, object, id string) error {
	query, args := "DELETE FROM records WHERE object = ? AND id = ?", []any{object, id}
	if object == registry.ObjectApplication {
		query, args = "DELETE FROM applications WHERE id = ?", []any{id}
	}
	_, err := tx.NewRaw(query, args...).Exec(ctx)
	return err
}

func writeApplication(ctx context.Context, tx bun.Tx, t transaction, value []byte) error {
	var app registry.Application
	if err := json.Unmarshal(value, &app); err != nil {
		return fmt.Errorf("application in %s: %w", t.txID, err)
	}
	if _, err := tx.NewRaw(`INSERT INTO applications (id, applicant, status, name, due_at, created_at, grams, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET status = excluded.status, name = excluded.name, due_at = excluded.due_at, grams = excluded.grams, body = excluded.body`,
		app.ID, app.Applicant, app.Status, app.Content.DataName, dueAt(app), stamp(app.Mark.CreatedAt), grams(app.Content.DataName), string(value)).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewRaw("INSERT OR IGNORE INTO application_transactions (application, tx_id) VALUES (?, ?)", app.ID, t.txID).Exec(ctx)
	return err
}

// dueAt is when the running deadline of a case ends; cases without one, or with a pending one, come last.
func dueAt(app registry.Application) string {
	for i := len(app.Deadlines) - 1; i >= 0; i-- {
		if d := app.Deadlines[i]; d.FinishedAt == nil && d.DueAt != nil {
			return stamp(*d.DueAt)
		}
	}
	return "9"
}

// grams makes Chinese text searchable: single characters and bigrams, separated by spaces.
func grams(s string) string {
	var out []string
	runes := []rune(strings.ToLower(s))
	for i, r := range runes {
		out = append(out, string(r))
		if i+1 < len(runes) {
			out = append(out, string(runes[i:i+2]))
		}
	}
	return " " + strings.Join(out, " ") + " "
}

// Changed is closed when the next block has been folded.
func (x *Index) Changed() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.changed
}
