package contract

import (
	"strconv"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// EnterOrder enters an authority's order of seizure or control (查封、管制): registry.EnterLimitRequest.
func (*Registration) EnterOrder(c *Context, document string) (string, error) {
	return transact(c, document, decideEnterOrder)
}

// LiftOrder ends such an order (解除): registry.LiftLimitRequest.
func (*Registration) LiftOrder(c *Context, document string) (string, error) {
	return transact(c, document, decideLiftOrder)
}

// EnterRemark enters a remark of the registrar (备注): registry.EnterLimitRequest.
func (*Registration) EnterRemark(c *Context, document string) (string, error) {
	return transact(c, document, decideEnterRemark)
}

// LiftRemark deletes a remark of the registrar (注销备注): registry.LiftLimitRequest.
func (*Registration) LiftRemark(c *Context, document string) (string, error) {
	return transact(c, document, decideLiftRemark)
}

// FindLimit answers a registry.Limit: registry.FindLimitRequest.
func (*Registration) FindLimit(c *Context, document string) (string, error) {
	var req registry.FindLimitRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	key := limitKey(req.Asset, req.Limit)
	l, err := find[registry.Limit](c, key[0], key[1:]...)
	return found(l, string(req.Asset), err)
}

func limitKey(asset registry.AssetID, n int) []string {
	return []string{registry.ObjectLimit, clean(string(asset)), strconv.Itoa(n)}
}

func decideEnterOrder(c *Context, doc string) (decision, error) {
	return enterLimit(c, doc, func(req registry.EnterLimitRequest, asset *registry.Asset, _ *registry.Party, _ *registry.Appointment) (registry.Asset, registry.Limit, registry.Refusals) {
		return registry.EnterOrder(c.facts, req, asset)
	})
}

func decideEnterRemark(c *Context, doc string) (decision, error) {
	return enterLimit(c, doc, func(req registry.EnterLimitRequest, asset *registry.Asset, creditor *registry.Party, recorder *registry.Appointment) (registry.Asset, registry.Limit, registry.Refusals) {
		return registry.EnterRemark(c.facts, req, asset, creditor, recorder)
	})
}

func enterLimit(c *Context, doc string, judge func(registry.EnterLimitRequest, *registry.Asset, *registry.Party, *registry.Appointment) (registry.Asset, registry.Limit, registry.Refusals)) (decision, error) {
	var req registry.EnterLimitRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	creditorKey := []string{registry.ObjectParty, clean(string(req.Creditor))}
	asset, recorder, err := c.loadPage(req.Key, req.Asset, creditorKey)
	if err != nil {
		return decision{}, err
	}
	creditor, err := find[registry.Party](c, creditorKey[0], creditorKey[1])
	if err != nil {
		return decision{}, err
	}
	page, limit, refusals := judge(req, asset, creditor, recorder)
	d := decision{key: req.Key, refusals: refusals}
	d.limit(c.facts, page, limit, nil)
	return d, nil
}

func decideLiftOrder(c *Context, doc string) (decision, error) {
	return liftLimit(c, doc, func(req registry.LiftLimitRequest, asset *registry.Asset, limit *registry.Limit, _ *registry.Appointment) (registry.Asset, registry.Limit, registry.Refusals) {
		return registry.LiftOrder(c.facts, req, asset, limit)
	})
}

func decideLiftRemark(c *Context, doc string) (decision, error) {
	return liftLimit(c, doc, func(req registry.LiftLimitRequest, asset *registry.Asset, limit *registry.Limit, recorder *registry.Appointment) (registry.Asset, registry.Limit, registry.Refusals) {
		return registry.LiftRemark(c.facts, req, asset, limit, recorder)
	})
}

func liftLimit(c *Context, doc string, judge func(registry.LiftLimitRequest, *registry.Asset, *registry.Limit, *registry.Appointment) (registry.Asset, registry.Limit, registry.Refusals)) (decision, error) {
	var req registry.LiftLimitRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	key := limitKey(req.Asset, req.Limit)
	asset, recorder, err := c.loadPage(req.Key, req.Asset, key)
	if err != nil {
		return decision{}, err
	}
	old, err := find[registry.Limit](c, key[0], key[1:]...)
	if err != nil {
		return decision{}, err
	}
	page, limit, refusals := judge(req, asset, old, recorder)
	d := decision{key: req.Key, refusals: refusals}
	d.limit(c.facts, page, limit, old)
	return d, nil
}

// loadPage finds a page of the register and the actor's appointment to record on it; more are keys that are read later.
func (c *Context) loadPage(key string, id registry.AssetID, more ...[]string) (*registry.Asset, *registry.Appointment, error) {
	actor := string(c.facts.Actor.ID())
	keys := append(more, []string{registry.ObjectIdempotency, actor, clean(key)}, []string{registry.ObjectAsset, clean(string(id))},
		[]string{registry.ObjectAppointment, string(registry.OfficeRecorder), actor})
	if err := c.expect(keys...); err != nil {
		return nil, nil, err
	}
	asset, err := find[registry.Asset](c, registry.ObjectAsset, clean(string(id)))
	if err != nil {
		return nil, nil, err
	}
	recorder, err := c.office(registry.OfficeRecorder)
	return asset, recorder, err
}

func (d *decision) limit(f registry.Facts, page registry.Asset, limit registry.Limit, old *registry.Limit) {
	if len(d.refusals) > 0 {
		return
	}
	page, told := registry.TellOfLimit(f, page, limit)
	before := ""
	if old != nil {
		before = old.Status
	}
	n := strconv.Itoa(limit.N)
	d.receipt = registry.Receipt{Asset: page.ID, ID: string(page.ID) + "/" + n, Status: limit.Status}
	d.add(registry.ObjectLimit, d.receipt.ID, before, limit.Status, old == nil, limit, string(page.ID), n)
	d.add(registry.ObjectAsset, string(page.ID), string(page.Status), string(page.Status), false, page, string(page.ID))
	d.notices(nil, told)
}
