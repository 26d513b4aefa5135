package index

import (
	"context"
	"strconv"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// NoticeFilter chooses written notices (书面告知); a zero field chooses all.
type NoticeFilter struct {
	To       registry.PartyID
	Case     registry.CaseID
	Statuses []registry.NoticeStatus
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Notices answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Notices(ctx context.Context, f NoticeFilter) ([]registry.Notice, string, error) {
	return listed[registry.Notice](ctx, x, f.list())
}

func (f NoticeFilter) list() list {
	return list{object: registry.ObjectNotice, age: "issuedAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("to", f.To), is("case", f.Case), oneOf("status", f.Statuses)}}
}

// Notice finds one notice.
func (x *Index) Notice(ctx context.Context, about registry.CaseID, n int) (v registry.Notice, err error) {
	err = x.Record(ctx, registry.ObjectNotice, string(about)+" "+strconv.Itoa(n), &v)
	return v, err
}
