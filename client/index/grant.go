package index

import (
	"context"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// GrantFilter chooses grants (授权); a zero field chooses all. Status is the one on record: what is derived of the date or of the asset
// is for the caller to derive.
type GrantFilter struct {
	Asset    registry.AssetID
	Grantor  registry.PartyID
	Grantee  registry.PartyID
	Statuses []registry.GrantStatus
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Grants answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) Grants(ctx context.Context, f GrantFilter) ([]registry.Grant, string, error) {
	return listed[registry.Grant](ctx, x, f.list())
}

func (f GrantFilter) list() list {
	return list{object: registry.ObjectGrant, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("asset", f.Asset), is("grantor", f.Grantor), is("grantee", f.Grantee), oneOf("status", f.Statuses)}}
}

// OperationPlanFilter chooses implementation plans (实施方案); a zero field chooses all.
type OperationPlanFilter struct {
	Body     registry.PartyID
	Statuses []registry.PlanStatus
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// OperationPlans answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) OperationPlans(ctx context.Context, f OperationPlanFilter) ([]registry.Plan, string, error) {
	return listed[registry.Plan](ctx, x, f.list())
}

func (f OperationPlanFilter) list() list {
	return list{object: registry.ObjectPlan, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After,
		wanted: []wanted{is("body", f.Body), oneOf("status", f.Statuses)}}
}

// UsageFilter chooses anchored batches of usage traces (使用批次); a zero field chooses all.
type UsageFilter struct {
	Grant registry.GrantID
	Limit int    // 1 to 100, default 50
	After string // cursor of the page before
}

// UsageBatches answers one page, newest first, and the cursor of the next, "" at the end.
func (x *Index) UsageBatches(ctx context.Context, f UsageFilter) ([]registry.UsageBatch, string, error) {
	return listed[registry.UsageBatch](ctx, x, f.list())
}

func (f UsageFilter) list() list {
	return list{object: registry.ObjectUsage, age: "mark.createdAt", newest: true, limit: f.Limit, after: f.After, wanted: []wanted{is("grant", f.Grant)}}
}
