package contract

import "github.com/hehuang-data/hehuang/chaincode/registry"

// EnterEnterprise makes or amends an entry of the enterprise catalogue (企事业单位数据资源目录): registry.EnterEnterpriseRequest.
func (*Catalogue) EnterEnterprise(c *Context, document string) (string, error) {
	return transact(c, document, decideEnterEnterprise)
}

// RemoveEnterprise removes an entry of the enterprise catalogue: registry.RemoveEnterpriseRequest.
func (*Catalogue) RemoveEnterprise(c *Context, document string) (string, error) {
	return transact(c, document, decideRemoveEnterprise)
}

// FindEnterprise answers a registry.EnterpriseEntry: registry.FindRequest.
func (*Catalogue) FindEnterprise(c *Context, document string) (string, error) {
	return lookUp[registry.EnterpriseEntry](c, document, registry.ObjectEnterprise)
}

func decideEnterEnterprise(c *Context, doc string) (decision, error) {
	var req registry.EnterEnterpriseRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, err := c.enterpriseCase(req.Key, req.Entry, req.Party)
	if err != nil {
		return decision{}, err
	}
	entry, refusals := registry.EnterEnterprise(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.enterprise(entry, file.Entry)
	return d, nil
}

func decideRemoveEnterprise(c *Context, doc string) (decision, error) {
	var req registry.RemoveEnterpriseRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, err := c.enterpriseCase(req.Key, req.Entry, "")
	if err != nil {
		return decision{}, err
	}
	entry, refusals := registry.RemoveEnterprise(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.enterprise(entry, file.Entry)
	return d, nil
}

func (c *Context) enterpriseCase(key string, id registry.EntryID, party registry.PartyID) (registry.EnterpriseCase, error) {
	file := registry.EnterpriseCase{Facts: c.facts}
	err := c.expect([]string{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(key)}, []string{registry.ObjectEnterprise, clean(string(id))},
		[]string{registry.ObjectParty, clean(string(party))})
	if err != nil {
		return file, err
	}
	if file.Entry, err = find[registry.EnterpriseEntry](c, registry.ObjectEnterprise, clean(string(id))); err != nil {
		return file, err
	}
	file.Party, err = find[registry.Party](c, registry.ObjectParty, clean(string(party)))
	return file, err
}

func (d *decision) enterprise(entry registry.EnterpriseEntry, old *registry.EnterpriseEntry) {
	before := ""
	if old != nil {
		before = old.Status
	}
	id := string(entry.ID)
	d.receipt = registry.Receipt{ID: id, Status: entry.Status}
	d.add(registry.ObjectEnterprise, id, before, entry.Status, old == nil, entry, id)
}
