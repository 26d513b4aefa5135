package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Catalogue is the contract of the catalogue of public data resources (公共数据资源目录).
type Catalogue struct{ contractapi.Contract }

// Publish publishes an item, or its next version (目录发布): registry.PublishItemRequest.
func (*Catalogue) Publish(c *Context, document string) (string, error) {
	return transact(c, document, decidePublishItem)
}

// PublishMany publishes several items at once, all or none (批量发布): registry.PublishItemsRequest.
func (*Catalogue) PublishMany(c *Context, document string) (string, error) {
	return transact(c, document, decidePublishItems)
}

// Withdraw withdraws an item (目录撤回): registry.WithdrawItemRequest.
func (*Catalogue) Withdraw(c *Context, document string) (string, error) {
	return transact(c, document, decideWithdrawItem)
}

// FindItem answers a registry.CatalogItem: registry.FindRequest.
func (*Catalogue) FindItem(c *Context, document string) (string, error) {
	return lookUp[registry.CatalogItem](c, document, registry.ObjectItem)
}

// loadItem finds an item and the actor's party.
func (c *Context) loadItem(key, code string) (*registry.CatalogItem, *registry.Party, error) {
	party := clean(string(c.facts.Actor.Party))
	if err := c.expect([]string{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(key)}, []string{registry.ObjectItem, clean(code)},
		[]string{registry.ObjectParty, party}); err != nil {
		return nil, nil, err
	}
	item, err := find[registry.CatalogItem](c, registry.ObjectItem, clean(code))
	if err != nil {
		return nil, nil, err
	}
	provider, err := find[registry.Party](c, registry.ObjectParty, party)
	return item, provider, err
}

func decidePublishItem(c *Context, doc string) (decision, error) {
	var req registry.PublishItemRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	old, provider, err := c.loadItem(req.Key, req.Item.Code)
	if err != nil {
		return decision{}, err
	}
	item, refusals := registry.PublishItem(c.facts, req, old, provider)
	d := decision{key: req.Key, refusals: refusals}
	d.item(item, old)
	return d, nil
}

func decidePublishItems(c *Context, doc string) (decision, error) {
	var req registry.PublishItemsRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	party := clean(string(c.facts.Actor.Party))
	keys := [][]string{{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(req.Key)}, {registry.ObjectParty, party}}
	for _, item := range req.Items {
		keys = append(keys, []string{registry.ObjectItem, clean(item.Code)})
	}
	if err := c.expect(keys...); err != nil {
		return decision{}, err
	}
	provider, err := find[registry.Party](c, registry.ObjectParty, party)
	if err != nil {
		return decision{}, err
	}
	var old []*registry.CatalogItem
	for _, item := range req.Items {
		known, err := find[registry.CatalogItem](c, registry.ObjectItem, clean(item.Code))
		if err != nil {
			return decision{}, err
		}
		old = append(old, known)
	}
	items, refusals := registry.PublishItems(c.facts, req, old, provider)
	d := decision{key: req.Key, refusals: refusals}
	for n, item := range items {
		d.item(item, old[n])
	}
	return d, nil
}

func decideWithdrawItem(c *Context, doc string) (decision, error) {
	var req registry.WithdrawItemRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	old, provider, err := c.loadItem(req.Key, req.Code)
	if err != nil {
		return decision{}, err
	}
	item, refusals := registry.WithdrawItem(c.facts, req, old, provider)
	d := decision{key: req.Key, refusals: refusals}
	d.item(item, old)
	return d, nil
}

func (d *decision) item(item registry.CatalogItem, old *registry.CatalogItem) {
	before := ""
	if old != nil {
		before = old.Status
	}
	d.receipt = registry.Receipt{ID: item.Code, Status: item.Status}
	d.add(registry.ObjectItem, item.Code, before, item.Status, old == nil, item, item.Code)
}
