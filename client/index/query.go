package index

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// ErrNotFound: the ledger, as far as it was read, has no such record.
var ErrNotFound = errors.New("not found")

func mustSub(fsys fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		panic(err) // embedded: a build defect
	}
	return sub
}

// AsOf is the last block that was folded and the time of its last transaction.
func (x *Index) AsOf(ctx context.Context) (block uint64, at time.Time, err error) {
	var text string
	err = x.db.NewRaw("SELECT next_block - 1, at FROM checkpoint WHERE id = 1").Scan(ctx, &block, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, err
	}
	at, err = time.Parse(time.RFC3339, text)
	return block, at, err
}

// BlockHashes are the hash of a block's header, which everybody shares, and the commit hash that the own peer wrote; ErrNotFound for a
// block that was not folded yet.
func (x *Index) BlockHashes(ctx context.Context, number uint64) (hash, commitHash []byte, err error) {
	err = x.db.DB.QueryRowContext(ctx, "SELECT hash, commit_hash FROM blocks WHERE number = ?", number).Scan(&hash, &commitHash)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return hash, commitHash, err
}

// Filter chooses applications.
type Filter struct {
	Applicant registry.PartyID
	Statuses  []registry.Status
	Text      string // part of the name
	ByDue     bool   // earliest due time first; otherwise newest first
	Limit     int    // 1 to 100, default 50
	After     string // cursor of the page before
}

// Applications answers one page and the cursor of the next, "" at the end.
func (x *Index) Applications(ctx context.Context, f Filter) ([]registry.Application, string, error) {
	column, order, compare := "created_at", "DESC", "<"
	if f.ByDue {
		column, order, compare = "due_at", "ASC", ">"
	}
	if f.Limit < 1 || f.Limit > 100 {
		f.Limit = 50
	}
	query, args := "SELECT body, "+column+", id FROM applications WHERE 1 = 1", []any{}
	if f.Applicant != "" {
		query, args = query+" AND applicant = ?", append(args, string(f.Applicant))
	}
	if len(f.Statuses) > 0 {
		query += " AND status IN (" + strings.TrimSuffix(strings.Repeat("?, ", len(f.Statuses)), ", ") + ")"
		for _, s := range f.Statuses {
			args = append(args, string(s))
		}
	}
	for _, gram := range searched(f.Text) {
		query, args = query+" AND instr(grams, ?) > 0", append(args, " "+gram+" ")
	}
	if sort, id, ok := strings.Cut(f.After, "|"); ok {
		query += fmt.Sprintf(" AND (%s, id) %s (?, ?)", column, compare)
		args = append(args, sort, id)
	}
	query += fmt.Sprintf(" ORDER BY %s %s, id %s LIMIT %d", column, order, order, f.Limit+1)
	return page[registry.Application](ctx, x, query, args, f.Limit)
}

// page reads at most limit records of a query for body, sort key and id that asks for one more, and the cursor after them.
func page[T any](ctx context.Context, x *Index, query string, args []any, limit int) ([]T, string, error) {
	rows, err := x.db.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	var all []T
	cursor, next := "", ""
	for rows.Next() {
		var body, sort, id string
		if err := rows.Scan(&body, &sort, &id); err != nil {
			return nil, "", err
		}
		if len(all) == limit {
			next = cursor
			break
		}
		var v T
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			return nil, "", err
		}
		all, cursor = append(all, v), sort+"|"+id
	}
	return all, next, rows.Err()
}

func searched(text string) []string {
	runes := []rune(strings.ToLower(strings.TrimSpace(text)))
	if len(runes) == 1 {
		return []string{string(runes)}
	}
	var out []string
	for i := 0; i+1 < len(runes) && i < 40; i++ {
		out = append(out, string(runes[i:i+2]))
	}
	return out
}

// Application finds one application.
func (x *Index) Application(ctx context.Context, id registry.ApplicationID) (registry.Application, error) {
	var app registry.Application
	var body string
	err := x.db.NewRaw("SELECT body FROM applications WHERE id = ?", string(id)).Scan(ctx, &body)
	return app, decode(body, &app, err)
}

func decode(body string, into any, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(body), into)
}

// Record finds any other record by object type and identifier (its key attributes, joined by a space).
func (x *Index) Record(ctx context.Context, object, id string, into any) error {
	var body string
	err := x.db.NewRaw("SELECT body FROM records WHERE object = ? AND id = ?", object, id).Scan(ctx, &body)
	return decode(body, into, err)
}

// Records calls fn with the body of every record of an object type, in the order of identifiers.
func (x *Index) Records(ctx context.Context, object string, fn func(body []byte) error) error {
	rows, err := x.db.DB.QueryContext(ctx, "SELECT body FROM records WHERE object = ? ORDER BY id", object)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		if err := rows.Scan(&body); err != nil {
			return err
		}
		if err := fn([]byte(body)); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Transaction is a transaction as the ledger has it.
type Transaction struct {
	TxID     string
	Block    uint64
	Function string
	Creator  registry.PersonID
	Code     string
	At       time.Time

	Position  int      // in the block
	Endorsers []string // MSP identifier / name, as their certificates say
}

const transactionColumns = "SELECT t.tx_id, t.block, t.function, t.creator, t.code, t.at, t.position, t.endorsers FROM transactions t "

// Transactions lists the transactions that wrote an application, in ledger order.
func (x *Index) Transactions(ctx context.Context, app registry.ApplicationID) ([]Transaction, error) {
	return x.transactions(ctx, transactionColumns+"JOIN application_transactions a ON a.tx_id = t.tx_id WHERE a.application = ? ORDER BY t.block, t.position", string(app))
}

// Transaction finds one transaction.
func (x *Index) Transaction(ctx context.Context, txID string) (Transaction, error) {
	found, err := x.transactions(ctx, transactionColumns+"WHERE t.tx_id = ?", txID)
	if err != nil || len(found) == 0 {
		return Transaction{}, errors.Join(err, ErrNotFound)
	}
	return found[0], nil
}

func (x *Index) transactions(ctx context.Context, query string, arg string) ([]Transaction, error) {
	rows, err := x.db.DB.QueryContext(ctx, query, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Transaction
	for rows.Next() {
		var t Transaction
		var at, endorsers string
		if err := rows.Scan(&t.TxID, &t.Block, &t.Function, &t.Creator, &t.Code, &at, &t.Position, &endorsers); err != nil {
			return nil, err
		}
		t.Endorsers = strings.Fields(endorsers)
		if t.At, err = time.Parse(time.RFC3339, at); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}
