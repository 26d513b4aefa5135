package index

import (
	"context"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// AssetFilter chooses pages of the register (登记簿页); a zero field chooses all. Status is the one on record: what is derived of
// the date or of orders is for the caller to derive.
type AssetFilter struct {
	Holder   registry.PartyID
	Statuses []registry.AssetStatus
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Assets answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Assets(ctx context.Context, f AssetFilter) ([]registry.Asset, string, error) {
	return listed[registry.Asset](ctx, x, f.list())
}

func (f AssetFilter) list() list {
	return list{object: registry.ObjectAsset, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("holder", f.Holder), oneOf("status", f.Statuses)}}
}

// LimitFilter chooses remarks (备注); a zero field chooses all.
type LimitFilter struct {
	Asset    registry.AssetID
	Creditor registry.PartyID
	Kinds    []registry.LimitKind
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Limits answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Limits(ctx context.Context, f LimitFilter) ([]registry.Limit, string, error) {
	return listed[registry.Limit](ctx, x, f.list())
}

func (f LimitFilter) list() list {
	return list{object: registry.ObjectLimit, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("asset", f.Asset), is("creditor", f.Creditor), oneOf("kind", f.Kinds)}}
}
