package desk

import (
	"context"
	"slices"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// DisputeFilter chooses objections after registration; a zero field chooses all.
type DisputeFilter struct {
	Asset      registry.AssetID
	Objector   registry.PartyID
	Registrant registry.PartyID
	Statuses   []registry.DisputeStatus
	Limit      int    // 1 to 100, default 50
	After      string // opaque cursor
}

// DisputePage is one page of objections after registration, newest first.
type DisputePage struct {
	Disputes []registry.Dispute
	Next     string // cursor of the next page, empty at the end
	AsOf     AsOf
}

// MayReadDispute says whether a person may read an objection after registration: the registrar's staff, the objector and, once it was told,
// the registrant.
func (p Person) MayReadDispute(d registry.Dispute) bool {
	told := d.Status != registry.DisputeFiled && d.Status != registry.DisputeDeclined
	return p.Registrar() || p.Inbox() == d.Objector || p.Inbox() == d.Registrant && told
}

// inDisputes looks for a file in the objections after registration of which a person is a side: what the other side filed, and what the
// registrar or a court decided.
func (d *Desk) inDisputes(ctx context.Context, p Person, of sought) (bool, error) {
	party := p.Principal()
	for _, f := range []DisputeFilter{{Objector: party, Limit: 100}, {Registrant: party, Limit: 100}} {
		for {
			page, err := d.Records.Disputes(ctx, f)
			if err != nil {
				return false, err
			}
			if slices.ContainsFunc(page.Disputes, func(x registry.Dispute) bool { return p.MayReadDispute(x) && inDispute(x, of) }) {
				return true, nil
			}
			if f.After = page.Next; f.After == "" {
				break
			}
		}
	}
	return false, nil
}

// inDispute looks for a file where its own party filed it.
func inDispute(d registry.Dispute, of sought) bool {
	switch of.by {
	case d.Objector:
		return has(append(slices.Clone(d.Evidence), d.Statement), of.cid)
	case d.Registrant:
		return d.Answer != nil && has(append(slices.Clone(d.Counter), *d.Answer), of.cid)
	}
	return d.Conclusion != nil && d.Conclusion.CID == of.cid || d.Judgment != nil && d.Judgment.Document.CID == of.cid
}
