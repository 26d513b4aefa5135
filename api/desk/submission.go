package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// SubmissionFilter chooses submissions; a zero field chooses all.
type SubmissionFilter struct {
	Kinds    []registry.SubmissionKind
	By       registry.PartyID
	Credited registry.PartyID // the party of a credit event
	Asset    registry.AssetID
	Limit    int    // 1 to 100, default 50
	After    string // opaque cursor
}

// SubmissionPage is one page of submissions, newest first.
type SubmissionPage struct {
	Submissions []registry.Submission
	Next        string // cursor of the next page, empty at the end
	AsOf        AsOf
}

// BatchFilter chooses batches that are reconciled; a zero field chooses all.
type BatchFilter struct {
	Sender   registry.PartyID
	Receiver registry.PartyID
	Limit    int    // 1 to 100, default 50
	After    string // opaque cursor
}

// BatchPage is one page of batches, newest first.
type BatchPage struct {
	Batches []registry.Batch
	Next    string // cursor of the next page, empty at the end
	AsOf    AsOf
}

// ActCount is how often a function was written.
type ActCount struct {
	Function string `json:"function"`
	Count    int64  `json:"count"`
}

// Submitted answers from the read model what was submitted and reconciled.
type Submitted interface {
	Submissions(ctx context.Context, f SubmissionFilter) (SubmissionPage, error)
	Batches(ctx context.Context, f BatchFilter) (BatchPage, error)
	// Unfiled are holders of registered important data who have filed no catalogue of it.
	Unfiled(ctx context.Context) ([]registry.PartyID, error)
	// Acts counts the valid transactions of a time by function, in alphabetical order, up to and with a block.
	Acts(ctx context.Context, from, to time.Time, block uint64) ([]ActCount, error)
}

// SeesSubmission says whether a person may see a submission with its document: what is public, one's own, what is said of one's own credit,
// and everything for the bureau's officers and regulators.
func (p Person) SeesSubmission(s registry.Submission) bool {
	own := p.Actor.Party != "" && (p.Actor.Party == s.By || s.Credit != nil && s.Credit.Party == p.Actor.Party)
	return s.Kind.Public() || own || Supervises(p.Actor)
}

// Submission asks the ledger itself for a submission; ErrNotFound when there is none.
func (d *Desk) Submission(ctx context.Context, id registry.SubmissionID) (registry.Submission, error) {
	return find[registry.Submission](ctx, d.Ledger, "supervision:FindSubmission", string(id))
}

// YearFigures are the figures of an annual report (年度报告): what was written in a civil year, up to and with a block. Whoever reads the ledger
// up to that block computes the same.
type YearFigures struct {
	Year  int64      `json:"year"`
	Block int64      `json:"block"`
	Acts  []ActCount `json:"acts"`
}

// Figures computes the figures of a year from the read model.
func (d *Desk) Figures(ctx context.Context, year, block int64) (YearFigures, error) {
	from := time.Date(int(year), 1, 1, 0, 0, 0, 0, registry.Zone)
	acts, err := d.Submitted.Acts(ctx, from, from.AddDate(1, 0, 0), uint64(block))
	if acts == nil {
		acts = []ActCount{}
	}
	return YearFigures{Year: year, Block: block, Acts: acts}, err
}

// Document is the figures in canonical JSON, and the hex SHA-256 of it that an annual report carries.
func (f YearFigures) Document() (body []byte, digest string, err error) {
	if body, err = registry.Canonical(f); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(body)
	return body, hex.EncodeToString(sum[:]), nil
}
