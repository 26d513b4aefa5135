package contract

import "github.com/hehuang-data/hehuang/chaincode/registry"

// ProposePlan proposes the implementation plan of an authorised operation (实施方案): registry.ProposePlanRequest.
func (*Authorization) ProposePlan(c *Context, document string) (string, error) {
	return transact(c, document, decideProposePlan)
}

// ApprovePlan records that a plan was approved (审定): registry.ApprovePlanRequest.
func (*Authorization) ApprovePlan(c *Context, document string) (string, error) {
	return transact(c, document, decideApprovePlan)
}

// FilePlan records that a plan was filed with the province (方案备案): registry.FilePlanRequest.
func (*Authorization) FilePlan(c *Context, document string) (string, error) {
	return transact(c, document, decideFilePlan)
}

// FindPlan answers a registry.Plan: registry.FindRequest.
func (*Authorization) FindPlan(c *Context, document string) (string, error) {
	return lookUp[registry.Plan](c, document, registry.ObjectPlan)
}

// plan finds a plan; nil for no name.
func (c *Context) plan(id registry.PlanID) (*registry.Plan, error) {
	if id == "" {
		return nil, nil
	}
	return find[registry.Plan](c, registry.ObjectPlan, clean(string(id)))
}

func decideProposePlan(c *Context, doc string) (decision, error) {
	var req registry.ProposePlanRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, err := c.planCase(req)
	if err != nil {
		return decision{}, err
	}
	made, refusals := registry.ProposePlan(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.plan(made, nil)
	return d, nil
}

// planCase finds what a proposed plan names, in one exchange.
func (c *Context) planCase(req registry.ProposePlanRequest) (file registry.OperationPlanCase, err error) {
	file.Facts = c.facts
	keys := [][]string{{registry.ObjectParty, clean(string(c.facts.Actor.Party))}, {registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(req.Key)}}
	if req.Replaces != "" {
		keys = append(keys, []string{registry.ObjectPlan, clean(string(req.Replaces))})
	}
	named := req.Assets[:min(len(req.Assets), registry.MaxPlanAssets)] // more are refused anyway
	for _, id := range named {
		keys = append(keys, []string{registry.ObjectAsset, clean(string(id))})
	}
	if err = c.expect(keys...); err != nil {
		return file, err
	}
	if file.Body, err = find[registry.Party](c, keys[0][0], keys[0][1]); err != nil {
		return file, err
	}
	for _, id := range named {
		asset, err := find[registry.Asset](c, registry.ObjectAsset, clean(string(id)))
		if err != nil {
			return file, err
		}
		file.Assets = append(file.Assets, asset)
	}
	file.Replaced, err = c.plan(req.Replaces)
	return file, err
}

func decideApprovePlan(c *Context, doc string) (decision, error) {
	var req registry.ApprovePlanRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file := registry.OperationPlanCase{Facts: c.facts}
	var err error
	if file.Plan, err = c.plan(req.Plan); err != nil {
		return decision{}, err
	}
	if file.Plan != nil {
		if file.Replaced, err = c.plan(file.Plan.Replaces); err != nil {
			return decision{}, err
		}
	}
	approved, superseded, refusals := registry.ApprovePlan(file, req)
	d := decision{key: req.Key, refusals: refusals}
	if superseded != nil {
		d.plan(*superseded, file.Replaced)
	}
	d.plan(approved, file.Plan)
	return d, nil
}

func decideFilePlan(c *Context, doc string) (decision, error) {
	var req registry.FilePlanRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	old, err := c.plan(req.Plan)
	if err != nil {
		return decision{}, err
	}
	filed, refusals := registry.FilePlan(registry.OperationPlanCase{Facts: c.facts, Plan: old}, req)
	d := decision{key: req.Key, refusals: refusals}
	d.plan(filed, old)
	return d, nil
}

func (d *decision) plan(p registry.Plan, old *registry.Plan) {
	before := ""
	if old != nil {
		before = string(old.Status)
	}
	d.receipt = registry.Receipt{ID: string(p.ID), Status: string(p.Status)}
	d.add(registry.ObjectPlan, string(p.ID), before, string(p.Status), old == nil, p, string(p.ID))
}
