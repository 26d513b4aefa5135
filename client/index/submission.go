package index

import (
	"context"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// SubmissionFilter chooses submissions (报送); a zero field chooses all.
type SubmissionFilter struct {
	Kinds    []registry.SubmissionKind
	By       registry.PartyID
	Credited registry.PartyID // the party of a credit event
	Asset    registry.AssetID
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Submissions answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Submissions(ctx context.Context, f SubmissionFilter) ([]registry.Submission, string, error) {
	return listed[registry.Submission](ctx, x, f.list())
}

func (f SubmissionFilter) list() list {
	return list{object: registry.ObjectSubmission, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("by", f.By), is("credit.party", f.Credited), is("asset", f.Asset), oneOf("kind", f.Kinds)}}
}

// BatchFilter chooses batches that are reconciled (对账批次); a zero field chooses all.
type BatchFilter struct {
	Sender   registry.PartyID
	Receiver registry.PartyID
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Batches answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Batches(ctx context.Context, f BatchFilter) ([]registry.Batch, string, error) {
	return listed[registry.Batch](ctx, x, f.list())
}

func (f BatchFilter) list() list {
	return list{object: registry.ObjectBatch, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("sender", f.Sender), is("receiver", f.Receiver)}}
}

// Unfiled are at most a hundred holders of registered important data who have filed no catalogue of it (第五十四条), in the order of their names.
func (x *Index) Unfiled(ctx context.Context) ([]registry.PartyID, error) {
	rows, err := x.db.DB.QueryContext(ctx, `SELECT DISTINCT json_extract(a.body, '$.holder') AS holder FROM records a
		WHERE a.object = 'AST' AND json_extract(a.body, '$.content.level') = 'IMPORTANT' AND json_extract(a.body, '$.status') = 'ACTIVE' AND NOT EXISTS (
			SELECT 1 FROM records s WHERE s.object = 'SBM' AND json_extract(s.body, '$.by') = json_extract(a.body, '$.holder') AND json_extract(s.body, '$.kind') = 'IMPORTANT_DATA')
		ORDER BY holder LIMIT 100`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []registry.PartyID
	for rows.Next() {
		var holder string
		if err := rows.Scan(&holder); err != nil {
			return nil, err
		}
		all = append(all, registry.PartyID(holder))
	}
	return all, rows.Err()
}

// ActCount is how often a function was written.
type ActCount struct {
	Function string
	Count    int64
}

// Acts counts the valid transactions of a time by function, in alphabetical order, up to and with a block: whoever has read the ledger so far
// counts the same. from is included, to is not.
func (x *Index) Acts(ctx context.Context, from, to time.Time, block uint64) ([]ActCount, error) {
	rows, err := x.db.DB.QueryContext(ctx, `SELECT function, count(*) FROM transactions WHERE code = 'VALID' AND block <= ? AND at >= ? AND at < ? AND instr(function, ':') > 0
		GROUP BY function ORDER BY function`, block, stamp(from), stamp(to))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []ActCount{}
	for rows.Next() {
		var c ActCount
		if err := rows.Scan(&c.Function, &c.Count); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}
