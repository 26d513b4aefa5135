package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Outsourcing is the contract of outsourcing agreements (服务外包协议); its functions are named "contract:…".
type Outsourcing struct{ contractapi.Contract }

// Register records an outsourcing agreement: registry.RegisterContractRequest.
func (*Outsourcing) Register(c *Context, document string) (string, error) {
	return transact(c, document, decideContract)
}

// End records the end of an agreement at once; from then on none of its accounts may act: registry.EndContractRequest.
func (*Outsourcing) End(c *Context, document string) (string, error) {
	return transact(c, document, decideEndContract)
}

// SettleAccount records the evidence for one account of an ended agreement: registry.SettleAccountRequest.
func (*Outsourcing) SettleAccount(c *Context, document string) (string, error) {
	return transact(c, document, decideSettle)
}

// CloseOut closes an ended agreement with the evidence of deletion: registry.CloseOutContractRequest.
func (*Outsourcing) CloseOut(c *Context, document string) (string, error) {
	return transact(c, document, decideCloseOut)
}

// FindContract answers a registry.Contract: registry.FindRequest.
func (*Outsourcing) FindContract(c *Context, document string) (string, error) {
	return lookUp[registry.Contract](c, document, registry.ObjectContract)
}

func decideContract(c *Context, doc string) (decision, error) {
	var req registry.RegisterContractRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	contractor, err := find[registry.Party](c, registry.ObjectParty, clean(string(req.Contractor)))
	if err != nil {
		return decision{}, err
	}
	made, refusals := registry.RegisterContract(registry.ContractCase{Facts: c.facts, Contractor: contractor}, req)
	d := decision{key: req.Key, refusals: refusals}
	d.contract(made, nil)
	return d, nil
}

func decideEndContract(c *Context, doc string) (decision, error) {
	var req registry.EndContractRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	old, err := c.outsourcing(req.Contract)
	if err != nil {
		return decision{}, err
	}
	ended, refusals := registry.EndContract(registry.ContractCase{Facts: c.facts, Contract: old}, req)
	d := decision{key: req.Key, refusals: refusals}
	d.contract(ended, old)
	return d, nil
}

func decideSettle(c *Context, doc string) (decision, error) {
	var req registry.SettleAccountRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	old, err := c.outsourcing(req.Contract)
	if err != nil {
		return decision{}, err
	}
	bound, err := c.account(req.Account)
	if err != nil {
		return decision{}, err
	}
	var contractor *registry.Party
	if bound != nil {
		if contractor, err = find[registry.Party](c, registry.ObjectParty, clean(string(bound.Party))); err != nil {
			return decision{}, err
		}
	}
	contract, account, party, refusals := registry.SettleAccount(registry.ContractCase{Facts: c.facts, Contract: old, Account: bound, Contractor: contractor}, req)
	d := decision{key: req.Key, refusals: refusals}
	if len(refusals) > 0 {
		return d, nil
	}
	d.party(party)
	d.account(account, bound)
	d.contract(contract, old)
	return d, nil
}

func decideCloseOut(c *Context, doc string) (decision, error) {
	var req registry.CloseOutContractRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	old, err := c.outsourcing(req.Contract)
	if err != nil {
		return decision{}, err
	}
	supervisor, err := c.account(req.Deletion.Supervisor)
	if err != nil {
		return decision{}, err
	}
	closed, refusals := registry.CloseOutContract(registry.ContractCase{Facts: c.facts, Contract: old, Supervisor: supervisor}, req)
	d := decision{key: req.Key, refusals: refusals}
	d.contract(closed, old)
	return d, nil
}

func (d *decision) contract(made registry.Contract, old *registry.Contract) {
	before := ""
	if old != nil {
		before = string(old.Status)
	}
	id := string(made.ID)
	d.receipt = registry.Receipt{ID: id, Status: string(made.Status)}
	d.add(registry.ObjectContract, id, before, string(made.Status), old == nil, made, id)
}
