package contract

import (
	"strconv"

	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Opening is the contract of public data that is opened to society (公共数据开放, 第三十至三十二条).
type Opening struct{ contractapi.Contract }

// Audit records the provider's audit and pushes the item to the data department: registry.AuditOpeningRequest.
func (*Opening) Audit(c *Context, document string) (string, error) {
	return transact(c, document, decideAudit)
}

// Publish publishes an audited item: registry.PublishOpeningRequest.
func (*Opening) Publish(c *Context, document string) (string, error) {
	return transact(c, document, decidePublishOpening)
}

// SendBack sends an audited item back to its provider: registry.EndOpeningRequest.
func (*Opening) SendBack(c *Context, document string) (string, error) {
	return transact(c, document, decideSendBack)
}

// Stop ends the opening of an item: registry.EndOpeningRequest.
func (*Opening) Stop(c *Context, document string) (string, error) {
	return transact(c, document, decideStop)
}

// AdoptPlan adopts the opening plan of a year: registry.AdoptPlanRequest.
func (*Opening) AdoptPlan(c *Context, document string) (string, error) {
	return transact(c, document, decidePlan)
}

// FindItem answers a registry.OpenItem: registry.FindRequest.
func (*Opening) FindItem(c *Context, document string) (string, error) {
	return lookUp[registry.OpenItem](c, document, registry.ObjectOpenItem)
}

// FindPlan answers a registry.OpeningPlan: registry.FindPlanRequest.
func (*Opening) FindPlan(c *Context, document string) (string, error) {
	var req registry.FindPlanRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	plan, err := find[registry.OpeningPlan](c, registry.ObjectOpenPlan, clean(req.Region), strconv.Itoa(req.Year))
	return found(plan, req.Region+" "+strconv.Itoa(req.Year), err)
}

func decideAudit(c *Context, doc string) (decision, error) {
	var req registry.AuditOpeningRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.openAct(req.Key, req.Item, func(old registry.OpenCase) (registry.OpenItem, registry.Refusals) {
		return registry.AuditOpening(old, req)
	})
}

func decidePublishOpening(c *Context, doc string) (decision, error) {
	var req registry.PublishOpeningRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.openAct(req.Key, req.Item, func(old registry.OpenCase) (registry.OpenItem, registry.Refusals) {
		return registry.PublishOpening(old, req)
	})
}

func decideSendBack(c *Context, doc string) (decision, error) {
	var req registry.EndOpeningRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.openAct(req.Key, req.Item, func(old registry.OpenCase) (registry.OpenItem, registry.Refusals) {
		return registry.SendBackOpening(old, req)
	})
}

func decideStop(c *Context, doc string) (decision, error) {
	var req registry.EndOpeningRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.openAct(req.Key, req.Item, func(old registry.OpenCase) (registry.OpenItem, registry.Refusals) {
		return registry.StopOpening(old, req)
	})
}

// openAct loads a catalogue item with what is on record of its opening, and judges an act on it.
func (c *Context) openAct(key, code string, judge func(registry.OpenCase) (registry.OpenItem, registry.Refusals)) (decision, error) {
	file := registry.OpenCase{Facts: c.facts}
	err := c.expect([]string{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(key)}, []string{registry.ObjectOpenItem, clean(code)},
		[]string{registry.ObjectItem, clean(code)})
	if err != nil {
		return decision{}, err
	}
	if file.Open, err = find[registry.OpenItem](c, registry.ObjectOpenItem, clean(code)); err != nil {
		return decision{}, err
	}
	if file.Item, err = find[registry.CatalogItem](c, registry.ObjectItem, clean(code)); err != nil {
		return decision{}, err
	}
	made, refusals := judge(file)
	before := ""
	if file.Open != nil {
		before = file.Open.Status
	}
	d := decision{key: key, refusals: refusals, receipt: registry.Receipt{ID: made.Code, Status: made.Status}}
	d.add(registry.ObjectOpenItem, made.Code, before, made.Status, file.Open == nil, made, made.Code)
	return d, nil
}

func decidePlan(c *Context, doc string) (decision, error) {
	var req registry.AdoptPlanRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	year := strconv.Itoa(req.Year)
	keys := [][]string{{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(req.Key)}, {registry.ObjectOpenPlan, clean(req.Region), year}}
	for _, e := range req.Entries {
		keys = append(keys, []string{registry.ObjectItem, clean(e.Item)})
	}
	if err := c.expect(keys...); err != nil {
		return decision{}, err
	}
	old, err := find[registry.OpeningPlan](c, registry.ObjectOpenPlan, clean(req.Region), year)
	if err != nil {
		return decision{}, err
	}
	file := registry.PlanCase{Facts: c.facts, Plan: old}
	for _, e := range req.Entries {
		item, err := find[registry.CatalogItem](c, registry.ObjectItem, clean(e.Item))
		if err != nil {
			return decision{}, err
		}
		file.Items = append(file.Items, item)
	}
	plan, refusals := registry.AdoptPlan(file, req)
	before, version := "", "v"+strconv.Itoa(plan.Version)
	if old != nil {
		before = "v" + strconv.Itoa(old.Version)
	}
	d := decision{key: req.Key, refusals: refusals, receipt: registry.Receipt{ID: plan.Region + "/" + year, Status: version}}
	d.add(registry.ObjectOpenPlan, d.receipt.ID, before, version, old == nil, plan, clean(plan.Region), year)
	return d, nil
}
