package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Mandate is the contract of mandates (委托代理).
type Mandate struct{ contractapi.Contract }

// Grant records a mandate (委托): registry.GrantMandateRequest.
func (*Mandate) Grant(c *Context, document string) (string, error) {
	return transact(c, document, decideGrantMandate)
}

// Revoke ends a mandate at once (撤销委托): registry.RevokeMandateRequest.
func (*Mandate) Revoke(c *Context, document string) (string, error) {
	return transact(c, document, decideRevokeMandate)
}

// FindMandate answers a registry.Mandate: registry.FindRequest.
func (*Mandate) FindMandate(c *Context, document string) (string, error) {
	return lookUp[registry.Mandate](c, document, registry.ObjectMandate)
}

func decideGrantMandate(c *Context, doc string) (decision, error) {
	var req registry.GrantMandateRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file := registry.MandateCase{Facts: c.facts}
	var err error
	if file.Own, err = c.ownAccount(); err != nil {
		return decision{}, err
	}
	if file.Agent, err = c.account(req.Agent); err != nil {
		return decision{}, err
	}
	if file.Principal, err = find[registry.Party](c, registry.ObjectParty, clean(string(req.Principal))); err != nil {
		return decision{}, err
	}
	made, refusals := registry.GrantMandate(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.mandate(made, nil)
	return d, nil
}

func decideRevokeMandate(c *Context, doc string) (decision, error) {
	var req registry.RevokeMandateRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file := registry.MandateCase{Facts: c.facts}
	var err error
	if file.Own, err = c.ownAccount(); err != nil {
		return decision{}, err
	}
	if file.Mandate, err = find[registry.Mandate](c, registry.ObjectMandate, clean(string(req.Mandate))); err != nil {
		return decision{}, err
	}
	ended, refusals := registry.RevokeMandate(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.mandate(ended, file.Mandate)
	return d, nil
}

func (d *decision) mandate(m registry.Mandate, old *registry.Mandate) {
	before := ""
	if old != nil {
		before = string(old.Status)
	}
	d.receipt = registry.Receipt{ID: string(m.ID), Status: string(m.Status)}
	d.add(registry.ObjectMandate, string(m.ID), before, string(m.Status), old == nil, m, string(m.ID))
}
