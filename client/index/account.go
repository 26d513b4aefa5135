package index

import (
	"context"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// AccountFilter chooses accounts (账号); a zero field chooses all.
type AccountFilter struct {
	Statuses []registry.AccountStatus
	Owner    registry.PersonID // the person's first account
	Party    registry.PartyID
	MSP      string
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Accounts answers one page, oldest application first, and the cursor of the next, "" at the end.
func (x *Index) Accounts(ctx context.Context, f AccountFilter) ([]registry.Account, string, error) {
	return listed[registry.Account](ctx, x, f.list())
}

func (f AccountFilter) list() list {
	return list{object: registry.ObjectAccount, age: "mark.createdAt", limit: f.Limit, after: f.After,
		wanted: []wanted{is("owner", f.Owner), is("party", f.Party), is("msp", f.MSP), oneOf("status", f.Statuses)}}
}

// Account finds one account.
func (x *Index) Account(ctx context.Context, id registry.PersonID) (a registry.Account, err error) {
	msp, enrolment, _ := strings.Cut(string(id), "/")
	err = x.Record(ctx, registry.ObjectAccount, msp+" "+enrolment, &a)
	return a, err
}
