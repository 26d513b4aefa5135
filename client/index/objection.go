package index

import (
	"context"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// ObjectionFilter chooses objections (异议); a zero field chooses all.
type ObjectionFilter struct {
	Application registry.ApplicationID
	Objector    registry.PartyID
	Limit       int    // 1 to 100, default 50
	After       string // cursor of the page before
}

// Objections answers one page, newest first, and the cursor of the next, "" at the end. An objection whose case has ended is MOOT
// in the case's own list only.
func (x *Index) Objections(ctx context.Context, f ObjectionFilter) ([]registry.Objection, string, error) {
	return listed[registry.Objection](ctx, x, f.list())
}

func (f ObjectionFilter) list() list {
	return list{object: registry.ObjectObjection, age: "filedAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("application", f.Application), is("objector", f.Objector)}}
}
