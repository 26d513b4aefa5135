package index

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/block"
)

// folder writes the rows of blocks in one database transaction. Its statements are prepared once and end with it.
type folder struct {
	ctx       context.Context // never cancelled: the database transaction ends by commit or rollback
	tx        *sql.Tx
	chaincode string
	prepared  map[string]*sql.Stmt
}

func (f *folder) exec(query string, args ...any) error {
	statement := f.prepared[query]
	if statement == nil {
		var err error
		if statement, err = f.tx.PrepareContext(f.ctx, query); err != nil {
			return err
		}
		f.prepared[query] = statement
	}
	_, err := statement.ExecContext(f.ctx, args...)
	return err
}

// block folds one block that was verified and moves the checkpoint behind it; it gives the hash of the block's header.
func (f *folder) block(b *common.Block) ([]byte, error) {
	number := b.GetHeader().GetNumber()
	transactions, at, err := readBlock(b, f.chaincode)
	if err != nil {
		return nil, err
	}
	for _, t := range transactions {
		if err := f.transaction(number, t); err != nil {
			return nil, err
		}
	}
	hash := block.Hash(b.GetHeader())
	if err := f.exec(`INSERT INTO checkpoint (id, next_block, hash, at) VALUES (1, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET next_block = excluded.next_block, hash = excluded.hash, at = max(at, excluded.at)`, number+1, hash, stamp(at)); err != nil {
		return nil, err
	}
	return hash, f.exec("INSERT INTO blocks (number, hash, commit_hash, at) VALUES (?, ?, ?, (SELECT at FROM checkpoint))", number, hash, block.CommitHash(b))
}

// transaction lists a transaction once: the first copy counts, unless a later one is the valid one.
func (f *folder) transaction(number uint64, t transaction) error {
	if err := f.exec(`INSERT INTO transactions (tx_id, block, position, function, creator, code, at, endorsers) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tx_id) DO UPDATE SET block = excluded.block, position = excluded.position, function = excluded.function, creator = excluded.creator,
			code = excluded.code, at = excluded.at, endorsers = excluded.endorsers WHERE excluded.code = 'VALID'`,
		t.txID, number, t.position, t.function, t.creator, t.code, stamp(t.at), strings.Join(t.endorsers, " ")); err != nil {
		return err
	}
	for _, w := range t.writes {
		if err := f.record(number, t, w); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) record(number uint64, t transaction, w *kvrwset.KVWrite) error {
	object, attributes, ok := block.SplitKey(w.GetKey())
	if !ok || skipped[object] {
		return nil
	}
	id, value := strings.Join(attributes, " "), w.GetValue()
	body := sql.NullString{String: string(value), Valid: !w.GetIsDelete()}
	if err := f.exec("INSERT INTO changes (object, id, block, position, tx_id, body) VALUES (?, ?, ?, ?, ?, ?)", object, id, number, t.position, t.txID, body); err != nil {
		return err
	}
	switch {
	case object == registry.ObjectApplication && w.GetIsDelete():
		return f.exec("DELETE FROM applications WHERE id = ?", id)
	case object == registry.ObjectApplication:
		return f.application(t, value)
	case w.GetIsDelete():
		return f.exec("DELETE FROM records WHERE object = ? AND id = ?", object, id)
	}
	return f.exec("INSERT INTO records (object, id, body, block) VALUES (?, ?, ?, ?) ON CONFLICT (object, id) DO UPDATE SET body = excluded.body, block = excluded.block",
		object, id, string(value), number)
}

// listing is what lists of applications show and sort by.
type listing struct {
	ID        registry.ApplicationID `json:"id"`
	Applicant registry.PartyID       `json:"applicant"`
	Status    registry.Status        `json:"status"`
	Content   struct {
		DataName string `json:"dataName"`
	} `json:"content"`
	Deadlines []registry.Deadline `json:"deadlines"`
	History   []registry.Step     `json:"history"`
	Mark      struct {
		CreatedAt time.Time `json:"createdAt"`
	} `json:"mark"`
}

func (f *folder) application(t transaction, value []byte) error {
	var app listing
	if err := json.Unmarshal(value, &app); err != nil {
		return fmt.Errorf("application in %s: %w", t.txID, err)
	}
	if err := f.course(t, app); err != nil {
		return err
	}
	name := app.Content.DataName
	if err := f.exec(`INSERT INTO applications (id, applicant, status, name, due_at, created_at, grams, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET status = excluded.status, name = excluded.name, due_at = excluded.due_at, grams = excluded.grams, body = excluded.body`,
		string(app.ID), string(app.Applicant), string(app.Status), name, dueAt(app.Deadlines), stamp(app.Mark.CreatedAt), grams(name), string(value)); err != nil {
		return err
	}
	return f.exec("INSERT OR IGNORE INTO application_transactions (application, tx_id) VALUES (?, ?)", string(app.ID), t.txID)
}

// dueAt is when the running deadline of a case ends; cases without one, or with a pending one, come last.
func dueAt(deadlines []registry.Deadline) string {
	for i := len(deadlines) - 1; i >= 0; i-- {
		if d := deadlines[i]; d.FinishedAt == nil && d.DueAt != nil {
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
