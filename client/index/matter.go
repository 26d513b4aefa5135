package index

import (
	"context"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// MatterFilter chooses matters of supervision (监督事项); a zero field chooses all.
type MatterFilter struct {
	Kinds    []registry.MatterKind
	Statuses []registry.MatterStatus
	Filer    registry.PersonID // the person's first account
	About    registry.PartyID  // the unit concerned
	Ordered  registry.PartyID  // that has to rectify
	Handler  registry.PersonID // the person's first account
	Limit    int               // 1 to 100, default 50
	After    string            // cursor of the page before
}

// Matters answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Matters(ctx context.Context, f MatterFilter) ([]registry.Matter, string, error) {
	return listed[registry.Matter](ctx, x, f.list())
}

func (f MatterFilter) list() list {
	return list{object: registry.ObjectMatter, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("filer", f.Filer), is("about.party", f.About), is("order.party", f.Ordered), is("handler", f.Handler), oneOf("status", f.Statuses), oneOf("kind", f.Kinds)}}
}
