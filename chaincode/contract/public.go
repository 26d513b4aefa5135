package contract

import "github.com/hehuang-data/hehuang/chaincode/registry"

// Deposit deposits evidence before an application (存证): registry.DepositRequest.
func (*Registration) Deposit(c *Context, document string) (string, error) {
	return transact(c, document, decideDeposit)
}

// RecordNationalCode records the query code that the national platform returned (登记结果查询码): registry.RecordNationalCodeRequest.
func (*Registration) RecordNationalCode(c *Context, document string) (string, error) {
	return transact(c, document, decideNationalCode)
}

// FindDeposit answers a registry.Deposit: registry.FindRequest with the CID.
func (*Registration) FindDeposit(c *Context, document string) (string, error) {
	return lookUp[registry.Deposit](c, document, registry.ObjectDeposit)
}

func decideDeposit(c *Context, doc string) (decision, error) {
	var req registry.DepositRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	if err := c.expect([]string{registry.ObjectDeposit, clean(req.CID)}); err != nil {
		return decision{}, err
	}
	file, err := c.openCase(registry.ActDeposit, req.Key, "", req)
	if err != nil {
		return decision{}, err
	}
	if file.Applicant, err = find[registry.Party](c, registry.ObjectParty, clean(string(file.Principal()))); err != nil {
		return decision{}, err
	}
	if file.Deposit, err = find[registry.Deposit](c, registry.ObjectDeposit, clean(req.CID)); err != nil {
		return decision{}, err
	}
	made, refusals := registry.DepositEvidence(file, req)
	d := decision{key: req.Key, refusals: refusals, receipt: registry.Receipt{ID: made.CID}}
	d.add(registry.ObjectDeposit, made.CID, "", "DEPOSITED", true, made, made.CID)
	return d, nil
}

func decideNationalCode(c *Context, doc string) (decision, error) {
	var req registry.RecordNationalCodeRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.onPage(req.Key, req.Asset, func(whole registry.SweptAsset, recorder *registry.Appointment) (registry.Asset, registry.Certificate, registry.Refusals) {
		return registry.RecordNationalCode(c.facts, req, whole, recorder)
	})
}
