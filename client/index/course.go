package index

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Round is the content that a case had filed in an earlier round; ErrNotFound for the present one.
func (x *Index) Round(ctx context.Context, id registry.ApplicationID, round int) (registry.Content, error) {
	var content registry.Content
	var body string
	err := x.db.NewRaw("SELECT content FROM rounds WHERE application = ? AND round = ?", string(id), round).Scan(ctx, &body)
	return content, decode(body, &content, err)
}

// Late is how often a person acted after the due date, and when last.
type Late struct {
	Person registry.PersonID
	Acts   int
	Last   time.Time
}

// Lateness counts the acts that came too late, by person, since an instant; who was late most often comes first.
func (x *Index) Lateness(ctx context.Context, since time.Time) ([]Late, error) {
	rows, err := x.db.DB.QueryContext(ctx, "SELECT actor, count(*), max(at) FROM late_acts WHERE at >= ? GROUP BY actor ORDER BY 2 DESC, 1", stamp(since))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Late
	for rows.Next() {
		var l Late
		var at string
		if err := rows.Scan(&l.Person, &l.Acts, &at); err != nil {
			return nil, err
		}
		if l.Last, err = time.Parse(time.RFC3339, at); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

// Expiring lists pages of the register that are in force on record and whose last day is before a day, the earliest first.
func (x *Index) Expiring(ctx context.Context, before registry.Date, limit int) ([]registry.Asset, error) {
	rows, err := x.db.DB.QueryContext(ctx, `SELECT body FROM records WHERE object = 'AST' AND json_extract(body, '$.status') = 'ACTIVE' AND json_extract(body, '$.validUntil') < ?
		ORDER BY json_extract(body, '$.validUntil'), id LIMIT ?`, string(before), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []registry.Asset
	for rows.Next() {
		var body string
		if err := rows.Scan(&body); err != nil {
			return nil, err
		}
		var a registry.Asset
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

// course keeps what a write of a case would overwrite: the content of the round before, and that the act came too late.
func (f *folder) course(t transaction, app listing) error {
	if t.function == "registration:"+string(registry.ActResubmit) {
		if err := f.exec(`INSERT OR REPLACE INTO rounds (application, round, content)
			SELECT id, json_extract(body, '$.round'), json_extract(body, '$.content') FROM applications WHERE id = ?`, string(app.ID)); err != nil {
			return err
		}
	}
	if n := len(app.History); n > 0 && app.History[n-1].Overdue && app.History[n-1].TxID == t.txID {
		last := app.History[n-1]
		return f.exec("INSERT OR IGNORE INTO late_acts (application, tx_id, act, actor, at) VALUES (?, ?, ?, ?, ?)", string(app.ID), t.txID, string(last.Act), string(last.Actor), stamp(last.At))
	}
	return nil
}
