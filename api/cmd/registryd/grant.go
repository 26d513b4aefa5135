package main

import (
	"context"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/index"
)

// grants plugs the read model's grants into the desk.
type grants struct{ records }

func (g grants) Grants(ctx context.Context, f desk.GrantFilter) (desk.List[registry.Grant], error) {
	return listOf(ctx, g.records, g.Index.Grants, index.GrantFilter(f))
}

func (g grants) Grant(ctx context.Context, id registry.GrantID) (registry.Grant, error) {
	return record[registry.Grant](ctx, g.records, registry.ObjectGrant, string(id))
}

func (g grants) Head(ctx context.Context, id registry.GrantID) (registry.Head, error) {
	return record[registry.Head](ctx, g.records, registry.ObjectHead, string(id))
}

func (g grants) UsageBatches(ctx context.Context, f desk.UsageFilter) (desk.List[registry.UsageBatch], error) {
	return listOf(ctx, g.records, g.Index.UsageBatches, index.UsageFilter(f))
}

func (g grants) OperationPlans(ctx context.Context, f desk.OperationPlanFilter) (desk.List[registry.Plan], error) {
	return listOf(ctx, g.records, g.Index.OperationPlans, index.OperationPlanFilter(f))
}

func (g grants) OperationPlan(ctx context.Context, id registry.PlanID) (registry.Plan, error) {
	return record[registry.Plan](ctx, g.records, registry.ObjectPlan, string(id))
}
