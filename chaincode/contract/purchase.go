package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Purchase is the contract of purchase requests (采购申请, 第二十二条).
type Purchase struct{ contractapi.Contract }

// Request asks that a purchase of data be coordinated: registry.RequestPurchaseRequest.
func (*Purchase) Request(c *Context, document string) (string, error) {
	return transact(c, document, decidePurchaseRequest)
}

// Withdraw withdraws a request that is not decided: registry.WithdrawPurchaseRequest.
func (*Purchase) Withdraw(c *Context, document string) (string, error) {
	return transact(c, document, decidePurchaseWithdrawal)
}

// Decide agrees to a purchase or declines it: registry.DecidePurchaseRequest.
func (*Purchase) Decide(c *Context, document string) (string, error) {
	return transact(c, document, decidePurchase)
}

// Report says what came of a purchase: registry.ReportPurchaseRequest.
func (*Purchase) Report(c *Context, document string) (string, error) {
	return transact(c, document, decidePurchaseReport)
}

// FindRequest answers a registry.Purchase: registry.FindRequest.
func (*Purchase) FindRequest(c *Context, document string) (string, error) {
	return lookUp[registry.Purchase](c, document, registry.ObjectPurchase)
}

func decidePurchaseRequest(c *Context, doc string) (decision, error) {
	var req registry.RequestPurchaseRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	party, err := find[registry.Party](c, registry.ObjectParty, clean(string(c.facts.Actor.Party)))
	if err != nil {
		return decision{}, err
	}
	made, refusals := registry.RequestPurchase(registry.PurchaseCase{Facts: c.facts, Party: party}, req)
	d := decision{key: req.Key, refusals: refusals}
	d.purchase(made, nil)
	return d, nil
}

func decidePurchaseWithdrawal(c *Context, doc string) (decision, error) {
	var req registry.WithdrawPurchaseRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.purchaseAct(req.Key, req.Purchase, "", func(old registry.PurchaseCase) (registry.Purchase, registry.Refusals) {
		return registry.WithdrawPurchase(old, req)
	})
}

func decidePurchase(c *Context, doc string) (decision, error) {
	var req registry.DecidePurchaseRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.purchaseAct(req.Key, req.Purchase, "", func(old registry.PurchaseCase) (registry.Purchase, registry.Refusals) {
		return registry.DecidePurchase(old, req)
	})
}

func decidePurchaseReport(c *Context, doc string) (decision, error) {
	var req registry.ReportPurchaseRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.purchaseAct(req.Key, req.Purchase, req.Supplier, func(old registry.PurchaseCase) (registry.Purchase, registry.Refusals) {
		return registry.ReportPurchase(old, req)
	})
}

// purchaseAct loads a request, and the supplier if one is named, and judges an act on it.
func (c *Context) purchaseAct(key string, id registry.PurchaseID, supplier registry.PartyID, judge func(registry.PurchaseCase) (registry.Purchase, registry.Refusals)) (decision, error) {
	file := registry.PurchaseCase{Facts: c.facts}
	err := c.expect([]string{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(key)}, []string{registry.ObjectPurchase, clean(string(id))},
		[]string{registry.ObjectParty, clean(string(supplier))})
	if err != nil {
		return decision{}, err
	}
	if file.Purchase, err = find[registry.Purchase](c, registry.ObjectPurchase, clean(string(id))); err != nil {
		return decision{}, err
	}
	if file.Supplier, err = find[registry.Party](c, registry.ObjectParty, clean(string(supplier))); err != nil {
		return decision{}, err
	}
	made, refusals := judge(file)
	d := decision{key: key, refusals: refusals}
	d.purchase(made, file.Purchase)
	return d, nil
}

func (d *decision) purchase(made registry.Purchase, old *registry.Purchase) {
	before := ""
	if old != nil {
		before = old.Status
	}
	id := string(made.ID)
	d.receipt = registry.Receipt{ID: id, Status: made.Status}
	d.add(registry.ObjectPurchase, id, before, made.Status, old == nil, made, id)
}
