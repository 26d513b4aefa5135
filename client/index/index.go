// Package index is the read model: it folds the blocks of the organisation's own peer into rows for queues, lists and
// search. Rows and checkpoint are written in one database transaction, so a crash loses nothing and doubles nothing;
// the whole database can be deleted and is rebuilt from block 0.
package index

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // database driver

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/block"
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
	orderers  func(*block.Config, *common.Block) error
	mu        sync.Mutex
	changed   chan struct{}
	config    *block.Config // after the last block; nil until it is read
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
	return &Index{db: bun.NewDB(db, sqlitedialect.New()), chaincode: chaincode, orderers: checkOrderers, changed: make(chan struct{})}, nil
}

// Close closes the database.
func (x *Index) Close() error { return x.db.Close() }

// batchBlocks bounds how many blocks one database transaction folds. While the read model keeps up it is one; when it
// is rebuilt, a commit and its statements serve many.
const batchBlocks = 64

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
		failed := x.follow(ctx, source, next)
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

// follow folds what the source streams until the stream ends, which is no error, or a block cannot be folded.
func (x *Index) follow(ctx context.Context, source Source, start uint64) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	blocks := make(chan *common.Block, batchBlocks)
	go func() {
		defer close(blocks)
		_ = source.Blocks(ctx, start, func(b *common.Block) error { // why a stream ended does not matter: it is opened again
			select {
			case blocks <- b:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	for b := range blocks {
		if err := x.fold(ctx, ready(b, blocks)); err != nil {
			stop()
			for range blocks { // until the source has noticed
			}
			return fmt.Errorf("read model, %w", err)
		}
	}
	return nil
}

// fold applies blocks at once or, if one of them cannot be folded, those before it.
func (x *Index) fold(ctx context.Context, blocks []*common.Block) error {
	err := x.Apply(ctx, blocks...)
	if err == nil || len(blocks) == 1 {
		return err
	}
	for _, b := range blocks {
		if err := x.Apply(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// ready adds to a block those that have come by now.
func ready(first *common.Block, more <-chan *common.Block) []*common.Block {
	all := []*common.Block{first}
	for len(all) < batchBlocks {
		select {
		case b, open := <-more:
			if !open {
				return all
			}
			all = append(all, b)
		default:
			return all
		}
	}
	return all
}

type querier = bun.IDB

func (x *Index) checkpoint(ctx context.Context, db querier) (next uint64, hash []byte, err error) {
	err = db.NewRaw("SELECT next_block, hash FROM checkpoint WHERE id = 1").Scan(ctx, &next, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil
	}
	return next, hash, err
}

// Apply folds blocks that follow from each other, all or none. What was folded before is ignored.
func (x *Index) Apply(ctx context.Context, blocks ...*common.Block) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	config := x.config
	err := x.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		next, previous, err := x.checkpoint(ctx, tx)
		if err != nil {
			return err
		}
		f := &folder{ctx: context.WithoutCancel(ctx), tx: tx.Tx, chaincode: x.chaincode, prepared: map[string]*sql.Stmt{}}
		if config == nil {
			if config, err = f.config(); err != nil {
				return err
			}
		}
		for _, b := range blocks {
			number := b.GetHeader().GetNumber()
			if number < next {
				continue
			}
			after, err := x.verify(b, next, previous, config)
			if err == nil && after != config {
				err = f.keepConfig(number, after)
			}
			if err == nil {
				previous, err = f.block(b)
			}
			if err != nil {
				return fmt.Errorf("block %d: %w", number, err)
			}
			next, config = number+1, after
		}
		return nil
	})
	if err == nil {
		x.config = config
		close(x.changed)
		x.changed = make(chan struct{})
	}
	return err
}

// stamp writes a time so that texts compare as times do.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// skipped are records that no list or page asks for.
var skipped = map[string]bool{registry.ObjectIdempotency: true, registry.ObjectLock: true, registry.ObjectDay: true, registry.ObjectSerial: true}

// Changed is closed when the next block has been folded.
func (x *Index) Changed() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.changed
}
