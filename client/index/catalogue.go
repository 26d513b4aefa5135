package index

import (
	"context"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// ItemFilter chooses catalogue items (目录项); a zero field chooses all.
type ItemFilter struct {
	Provider registry.PartyID
	Region   string
	Statuses []string
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Items answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Items(ctx context.Context, f ItemFilter) ([]registry.CatalogItem, string, error) {
	return listed[registry.CatalogItem](ctx, x, f.list())
}

func (f ItemFilter) list() list {
	return list{object: registry.ObjectItem, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("provider", f.Provider), is("region", f.Region), oneOf("status", f.Statuses)}}
}
