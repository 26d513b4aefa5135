package index

import (
	"context"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// ItemFilter chooses catalogue items (目录项); a zero field chooses all.
type ItemFilter struct {
	Provider registry.PartyID
	Region   string
	Sharing  int // type of sharing
	Opening  int // type of opening
	Statuses []string
	Text     string // part of name, abstract or code
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Items answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Items(ctx context.Context, f ItemFilter) ([]registry.CatalogItem, string, error) {
	return listed[registry.CatalogItem](ctx, x, f.list())
}

func (f ItemFilter) list() list {
	return list{object: registry.ObjectItem, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After, text: f.Text, searched: []string{"name", "abstract", "code"},
		wanted: []wanted{is("provider", f.Provider), is("region", f.Region), isNumber("sharing.type", f.Sharing), isNumber("opening.type", f.Opening), oneOf("status", f.Statuses)}}
}

// EnterpriseFilter chooses entries of the enterprise catalogue (企事业单位数据资源目录); a zero field chooses all.
type EnterpriseFilter struct {
	Party    registry.PartyID
	Region   string
	Statuses []string
	Text     string // part of name or abstract
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Enterprises answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Enterprises(ctx context.Context, f EnterpriseFilter) ([]registry.EnterpriseEntry, string, error) {
	return listed[registry.EnterpriseEntry](ctx, x, f.list())
}

func (f EnterpriseFilter) list() list {
	return list{object: registry.ObjectEnterprise, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After, text: f.Text, searched: []string{"name", "abstract"},
		wanted: []wanted{is("party", f.Party), is("region", f.Region), oneOf("status", f.Statuses)}}
}

// ShareFilter chooses share requests (共享申请); a zero field chooses all.
type ShareFilter struct {
	Applicant registry.PartyID
	Provider  registry.PartyID
	Item      string
	Region    string // of the item
	Statuses  []string
	Limit     int    // 1 to 100, default 50
	After     string // cursor of the page before
}

// Shares answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Shares(ctx context.Context, f ShareFilter) ([]registry.Share, string, error) {
	return listed[registry.Share](ctx, x, f.list())
}

func (f ShareFilter) list() list {
	return list{object: registry.ObjectShare, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("applicant", f.Applicant), is("provider", f.Provider), is("item", f.Item), is("region", f.Region), oneOf("status", f.Statuses)}}
}

// PurchaseFilter chooses purchase requests (采购申请); a zero field chooses all.
type PurchaseFilter struct {
	Applicant registry.PartyID
	Region    string // of the applicant
	Statuses  []string
	Limit     int    // 1 to 100, default 50
	After     string // cursor of the page before
}

// Purchases answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Purchases(ctx context.Context, f PurchaseFilter) ([]registry.Purchase, string, error) {
	return listed[registry.Purchase](ctx, x, f.list())
}

func (f PurchaseFilter) list() list {
	return list{object: registry.ObjectPurchase, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("applicant", f.Applicant), is("region", f.Region), oneOf("status", f.Statuses)}}
}

// OpenFilter chooses opened items (开放目录); a zero field chooses all.
type OpenFilter struct {
	Provider registry.PartyID
	Region   string
	Statuses []string
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// OpenItems answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) OpenItems(ctx context.Context, f OpenFilter) ([]registry.OpenItem, string, error) {
	return listed[registry.OpenItem](ctx, x, f.list())
}

func (f OpenFilter) list() list {
	return list{object: registry.ObjectOpenItem, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("provider", f.Provider), is("region", f.Region), oneOf("status", f.Statuses)}}
}

// PlanFilter chooses opening plans (年度开放计划); a zero field chooses all.
type PlanFilter struct {
	Region string
	Limit  int    // 1 to 100, default 50
	After  string // cursor of the page before
}

// Plans answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Plans(ctx context.Context, f PlanFilter) ([]registry.OpeningPlan, string, error) {
	return listed[registry.OpeningPlan](ctx, x, f.list())
}

func (f PlanFilter) list() list {
	return list{object: registry.ObjectOpenPlan, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After, wanted: []wanted{is("region", f.Region)}}
}
