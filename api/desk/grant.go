package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// GrantFilter chooses grants of a list; a zero field chooses all.
type GrantFilter struct {
	Asset    registry.AssetID
	Grantor  registry.PartyID
	Grantee  registry.PartyID
	Statuses []registry.GrantStatus
	Limit    int    // 1 to 100, default 50
	After    string // opaque cursor
}

// OperationPlanFilter chooses implementation plans of a list; a zero field chooses all.
type OperationPlanFilter struct {
	Body     registry.PartyID
	Statuses []registry.PlanStatus
	Limit    int    // 1 to 100, default 50
	After    string // opaque cursor
}

// UsageFilter chooses anchored batches of usage traces of a list; a zero field chooses all.
type UsageFilter struct {
	Grant registry.GrantID
	Limit int    // 1 to 100, default 50
	After string // opaque cursor
}

// Grants answers from the read model about grants and the plans of authorised operation. ErrNotFound when there is no such record.
type Grants interface {
	Grants(ctx context.Context, f GrantFilter) (List[registry.Grant], error)
	Grant(ctx context.Context, id registry.GrantID) (registry.Grant, error)
	// Head is how far the traces of a grant are anchored; ErrNotFound before the first batch.
	Head(ctx context.Context, id registry.GrantID) (registry.Head, error)
	UsageBatches(ctx context.Context, f UsageFilter) (List[registry.UsageBatch], error)
	OperationPlans(ctx context.Context, f OperationPlanFilter) (List[registry.Plan], error)
	OperationPlan(ctx context.Context, id registry.PlanID) (registry.Plan, error)
}

// MaySee says whether a grant concerns the person: both sides, who reviews and records it, and those who supervise.
func (p Person) MaySee(g registry.Grant) bool {
	return p.Actor.Party == g.Grantor || p.Actor.Party == g.Grantee || p.MaySeeAllGrants()
}

// MaySeeAllGrants says whether the person reviews, records or supervises grants. The bureau's administrator, who has no account, does not.
func (p Person) MaySeeAllGrants() bool {
	return registry.CheckAccess("authorization:Review", p.Actor) == nil || p.Actor.MSP == registry.MSPRegulator || p.Actor.MSP == registry.MSPBureau && p.Actor.NeedsAccount()
}

// CheckUse asks the ledger whether a use would be allowed now; nothing is written. A refusal is an error when there is no such grant.
func (d *Desk) CheckUse(ctx context.Context, request registry.CheckUseRequest) (registry.Verdict, error) {
	var v registry.Verdict
	doc, err := registry.Canonical(request)
	if err != nil {
		return v, err
	}
	answer, err := d.Ledger.Evaluate(ctx, "authorization:CheckUse", doc)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(answer, &v); err != nil {
		return v, fmt.Errorf("verdict of a use: %w", err)
	}
	return v, nil
}

// GrantStatus is the status of a grant as of now: of its last day, its page and the grant that it lies within.
func (d *Desk) GrantStatus(ctx context.Context, g registry.Grant, at time.Time) registry.GrantStatus {
	asset, err := d.Records.Asset(ctx, g.Asset)
	if err != nil {
		return g.Status
	}
	var open *registry.Application
	if asset.Open != "" {
		if app, err := d.Records.Case(ctx, asset.Open); err == nil {
			open = &app
		}
	}
	var parent *registry.Grant
	if g.Parent != "" {
		if found, err := d.Grants.Grant(ctx, g.Parent); err == nil {
			parent = &found
		}
	}
	return g.EffectiveStatus(&asset, open, parent, at)
}
