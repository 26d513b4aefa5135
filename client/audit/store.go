package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	_ "modernc.org/sqlite" // database driver
)

// place is where a value lies: coll is empty for the public state, key the hash of a key in a private collection.
type place struct{ ns, coll, key string }

// version is the transaction that wrote a value last.
type version struct {
	block    uint64
	position uint64
}

// value is what lies at a place; nil body: nothing.
type value struct {
	body   []byte
	policy []byte // key-level endorsement policy; nil: none
	version
}

// store is the replayed state with the transaction ids seen. Everything is written in transactions of many blocks.
type store struct {
	db       *sql.DB
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
	unsaved  int
}

// saveEvery is how many blocks one database transaction keeps: what is lost by a power cut is judged again.
const saveEvery = 64

const schema = `
CREATE TABLE IF NOT EXISTS state (ns TEXT, coll TEXT, key BLOB, body BLOB NOT NULL, policy BLOB, block INTEGER NOT NULL, position INTEGER NOT NULL,
	PRIMARY KEY (ns, coll, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (tx_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL, next INTEGER NOT NULL, genesis BLOB NOT NULL, hash BLOB NOT NULL, commit_hash BLOB,
	transactions INTEGER NOT NULL, valid INTEGER NOT NULL, channel TEXT NOT NULL, config BLOB NOT NULL);`

// format of the database: another one is not gone on with.
const format = 1

func openStore(path string) (*store, error) {
	name := "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(5000)&_txlock=immediate"
	if path == "" {
		name = ":memory:"
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(schema); err != nil {
		db.Close()
		return nil, err
	}
	s := &store{db: db}
	return s, s.begin()
}

func (s *store) begin() (err error) {
	s.prepared, s.unsaved = map[string]*sql.Stmt{}, 0
	s.tx, err = s.db.BeginTx(context.Background(), nil)
	return err
}

// save keeps what was written so far.
func (s *store) save() error {
	if err := s.tx.Commit(); err != nil {
		return err
	}
	return s.begin()
}

func (s *store) close() error {
	return errors.Join(s.tx.Rollback(), s.db.Close())
}

func (s *store) prepare(query string) (*sql.Stmt, error) {
	if known := s.prepared[query]; known != nil {
		return known, nil
	}
	made, err := s.tx.Prepare(query)
	s.prepared[query] = made
	return made, err
}

func (s *store) exec(query string, args ...any) error {
	statement, err := s.prepare(query)
	if err == nil {
		_, err = statement.Exec(args...)
	}
	return err
}

func (s *store) row(query string, args []any, into ...any) error {
	statement, err := s.prepare(query)
	if err != nil {
		return err
	}
	return statement.QueryRow(args...).Scan(into...)
}

func (s *store) progress() (p Progress, err error) {
	var found int
	err = s.row("SELECT format, next, genesis, hash, commit_hash, transactions, valid, channel, config FROM progress WHERE id = 1", nil,
		&found, &p.Next, &p.Genesis, &p.Hash, &p.CommitHash, &p.Transactions, &p.Valid, &p.channel, &p.config)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Progress{}, nil
	case err == nil && found != format:
		err = fmt.Errorf("the database has format %d, this program %d: give another file", found, format)
	}
	return p, err
}

// find reads a value; the zero value if there is none.
func (s *store) find(p place) (v value, err error) {
	err = s.row("SELECT body, policy, block, position FROM state WHERE ns = ? AND coll = ? AND key = ?", []any{p.ns, p.coll, []byte(p.key)},
		&v.body, &v.policy, &v.block, &v.position)
	if errors.Is(err, sql.ErrNoRows) {
		return value{}, nil
	}
	return v, err
}

// each calls fn with the values of a namespace's public state from start to before end ("": to the end), in the order of keys.
func (s *store) each(ns, start, end string, fn func(key string, v value) error) error {
	query, args := "SELECT key, body, policy, block, position FROM state WHERE ns = ? AND coll = '' AND key >= ?", []any{ns, []byte(start)}
	if end != "" {
		query, args = query+" AND key < ?", append(args, []byte(end))
	}
	rows, err := s.tx.Query(query+" ORDER BY key", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key []byte
		var v value
		if err := rows.Scan(&key, &v.body, &v.policy, &v.block, &v.position); err != nil {
			return err
		}
		if err := fn(string(key), v); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *store) known(txID string) (bool, error) {
	var one int
	err := s.row("SELECT 1 FROM seen WHERE tx_id = ?", []any{txID}, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// apply writes what a block changed and how far the audit has come.
func (s *store) apply(j *judgement, p Progress) error {
	for where, v := range j.updates {
		var err error
		if v.body == nil {
			err = s.exec("DELETE FROM state WHERE ns = ? AND coll = ? AND key = ?", where.ns, where.coll, []byte(where.key))
		} else {
			err = s.exec("INSERT OR REPLACE INTO state (ns, coll, key, body, policy, block, position) VALUES (?, ?, ?, ?, ?, ?, ?)",
				where.ns, where.coll, []byte(where.key), v.body, v.policy, v.block, v.position)
		}
		if err != nil {
			return err
		}
	}
	for _, e := range j.entries {
		if e.TxID == "" {
			continue
		}
		if err := s.exec("INSERT OR IGNORE INTO seen (tx_id) VALUES (?)", e.TxID); err != nil {
			return err
		}
	}
	if err := s.exec("INSERT OR REPLACE INTO progress (id, format, next, genesis, hash, commit_hash, transactions, valid, channel, config) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		format, p.Next, p.Genesis, p.Hash, p.CommitHash, p.Transactions, p.Valid, p.channel, p.config); err != nil {
		return err
	}
	if s.unsaved++; s.unsaved < saveEvery {
		return nil
	}
	return s.save()
}
