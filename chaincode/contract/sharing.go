package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Sharing is the contract of share requests (共享申请, 第二十九条).
type Sharing struct{ contractapi.Contract }

// Request asks for data of another public body: registry.RequestShareRequest.
func (*Sharing) Request(c *Context, document string) (string, error) {
	return transact(c, document, decideShareRequest)
}

// Withdraw withdraws a request that is not decided: registry.WithdrawShareRequest.
func (*Sharing) Withdraw(c *Context, document string) (string, error) {
	return transact(c, document, decideShareWithdrawal)
}

// Decide grants or declines a request: registry.DecideShareRequest.
func (*Sharing) Decide(c *Context, document string) (string, error) {
	return transact(c, document, decideShare)
}

// Report is the provider's feedback on a granted request: registry.ReportShareRequest.
func (*Sharing) Report(c *Context, document string) (string, error) {
	return transact(c, document, decideShareReport)
}

// FindRequest answers a registry.Share: registry.FindRequest.
func (*Sharing) FindRequest(c *Context, document string) (string, error) {
	return lookUp[registry.Share](c, document, registry.ObjectShare)
}

func decideShareRequest(c *Context, doc string) (decision, error) {
	var req registry.RequestShareRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	item, party, err := c.loadItem(req.Key, req.Item)
	if err != nil {
		return decision{}, err
	}
	made, refusals := registry.RequestShare(registry.ShareCase{Facts: c.facts, Item: item, Party: party}, req)
	d := decision{key: req.Key, refusals: refusals}
	d.share(made, nil)
	return d, nil
}

func decideShareWithdrawal(c *Context, doc string) (decision, error) {
	var req registry.WithdrawShareRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.shareAct(req.Key, req.Share, func(old registry.ShareCase) (registry.Share, registry.Refusals) {
		return registry.WithdrawShare(old, req)
	})
}

func decideShare(c *Context, doc string) (decision, error) {
	var req registry.DecideShareRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.shareAct(req.Key, req.Share, func(old registry.ShareCase) (registry.Share, registry.Refusals) {
		return registry.DecideShare(old, req)
	})
}

func decideShareReport(c *Context, doc string) (decision, error) {
	var req registry.ReportShareRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.shareAct(req.Key, req.Share, func(old registry.ShareCase) (registry.Share, registry.Refusals) {
		return registry.ReportShare(old, req)
	})
}

// shareAct loads a request with the item that it is about, and judges an act on it.
func (c *Context) shareAct(key string, id registry.ShareID, judge func(registry.ShareCase) (registry.Share, registry.Refusals)) (decision, error) {
	file := registry.ShareCase{Facts: c.facts}
	err := c.expect([]string{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(key)}, []string{registry.ObjectShare, clean(string(id))})
	if err != nil {
		return decision{}, err
	}
	if file.Share, err = find[registry.Share](c, registry.ObjectShare, clean(string(id))); err != nil {
		return decision{}, err
	}
	if file.Share != nil {
		if file.Item, err = find[registry.CatalogItem](c, registry.ObjectItem, clean(file.Share.Item)); err != nil {
			return decision{}, err
		}
	}
	made, refusals := judge(file)
	d := decision{key: key, refusals: refusals}
	d.share(made, file.Share)
	return d, nil
}

func (d *decision) share(made registry.Share, old *registry.Share) {
	before := ""
	if old != nil {
		before = old.Status
	}
	id := string(made.ID)
	d.receipt = registry.Receipt{ID: id, Status: made.Status}
	d.add(registry.ObjectShare, id, before, made.Status, old == nil, made, id)
}
