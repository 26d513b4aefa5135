package index

import (
	"context"
	"strconv"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// DisputeFilter chooses objections after registration (登记后异议); a zero field chooses all.
type DisputeFilter struct {
	Asset      registry.AssetID
	Objector   registry.PartyID
	Registrant registry.PartyID
	Statuses   []registry.DisputeStatus
	Limit      int    // 1 to 100, default 50
	After      string // cursor of the page before
}

// Disputes answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Disputes(ctx context.Context, f DisputeFilter) ([]registry.Dispute, string, error) {
	return listed[registry.Dispute](ctx, x, f.list())
}

func (f DisputeFilter) list() list {
	return list{object: registry.ObjectDispute, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("asset", f.Asset), is("objector", f.Objector), is("registrant", f.Registrant), oneOf("status", f.Statuses)}}
}

// Dispute finds one objection after registration.
func (x *Index) Dispute(ctx context.Context, asset registry.AssetID, n int) (v registry.Dispute, err error) {
	err = x.Record(ctx, registry.ObjectDispute, string(asset)+" "+strconv.Itoa(n), &v)
	return v, err
}
