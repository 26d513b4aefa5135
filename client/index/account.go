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
	Contract registry.ContractID
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Accounts answers one page, oldest application first, and the cursor of the next, "" at the end.
func (x *Index) Accounts(ctx context.Context, f AccountFilter) ([]registry.Account, string, error) {
	return listed[registry.Account](ctx, x, f.list())
}

func (f AccountFilter) list() list {
	return list{object: registry.ObjectAccount, age: "mark.createdAt", limit: f.Limit, after: f.After,
		wanted: []wanted{is("owner", f.Owner), is("party", f.Party), is("msp", f.MSP), is("contract", f.Contract), oneOf("status", f.Statuses)}}
}

// Account finds one account.
func (x *Index) Account(ctx context.Context, id registry.PersonID) (a registry.Account, err error) {
	msp, enrolment, _ := strings.Cut(string(id), "/")
	err = x.Record(ctx, registry.ObjectAccount, msp+" "+enrolment, &a)
	return a, err
}

// MandateFilter chooses mandates (委托); a zero field chooses all.
type MandateFilter struct {
	Statuses  []registry.MandateStatus
	Principal registry.PartyID
	Agent     registry.PersonID // the person's first account
	Limit     int               // 1 to 100, default 50
	After     string            // cursor of the page before
}

// Mandates answers one page, newest first, and the cursor of the next, "" at the end. A mandate whose last day is past is still
// ACTIVE here: nothing fires by itself.
func (x *Index) Mandates(ctx context.Context, f MandateFilter) ([]registry.Mandate, string, error) {
	return listed[registry.Mandate](ctx, x, f.list())
}

func (f MandateFilter) list() list {
	return list{object: registry.ObjectMandate, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("principal", f.Principal), is("agent", f.Agent), oneOf("status", f.Statuses)}}
}

// ContractFilter chooses outsourcing agreements (服务外包协议); a zero field chooses all.
type ContractFilter struct {
	Statuses   []registry.ContractStatus
	Contractor registry.PartyID
	Limit      int    // 1 to 100, default 50
	After      string // cursor of the page before
}

// Contracts answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Contracts(ctx context.Context, f ContractFilter) ([]registry.Contract, string, error) {
	return listed[registry.Contract](ctx, x, list{object: registry.ObjectContract, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("contractor", f.Contractor), oneOf("status", f.Statuses)}})
}
