package contract

import (
	"strings"

	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Account is the contract of people's accounts (账号).
type Account struct{ contractapi.Contract }

// Apply records an application for an account (账号申请): registry.ApplyAccountRequest.
func (*Account) Apply(c *Context, document string) (string, error) {
	return transact(c, document, decideApplyAccount)
}

// Admit records the accounts of a demonstration's cast: registry.AdmitAccountsRequest.
func (*Account) Admit(c *Context, document string) (string, error) {
	return transact(c, document, decideAdmit)
}

// Approve approves an account whose fingerprint was compared with the person (核准): registry.DecideAccountRequest.
func (*Account) Approve(c *Context, document string) (string, error) {
	return transact(c, document, decideAccount(registry.ApproveAccount))
}

// Enable records that the certificate was issued for the approved key (启用): registry.DecideAccountRequest.
func (*Account) Enable(c *Context, document string) (string, error) {
	return transact(c, document, decideAccount(registry.EnableAccount))
}

// Suspend stops an account for the time being (停用): registry.EndAccountRequest.
func (*Account) Suspend(c *Context, document string) (string, error) {
	return transact(c, document, endAccount(registry.SuspendAccount))
}

// Resume lets a suspended account act again (恢复): registry.EndAccountRequest.
func (*Account) Resume(c *Context, document string) (string, error) {
	return transact(c, document, endAccount(registry.ResumeAccount))
}

// Revoke ends an account for ever (注销): registry.EndAccountRequest.
func (*Account) Revoke(c *Context, document string) (string, error) {
	return transact(c, document, func(c *Context, doc string) (decision, error) {
		own, err := c.ownAccount()
		if err != nil {
			return decision{}, err
		}
		return endAccount(func(f registry.Facts, req registry.EndAccountRequest, old *registry.Account) (registry.Account, registry.Refusals) {
			return registry.RevokeAccount(f, req, old, own)
		})(c, doc)
	})
}

// AddDevice approves an account for another device of the caller (增加设备): registry.AddDeviceRequest.
func (*Account) AddDevice(c *Context, document string) (string, error) {
	return transact(c, document, decideDevice)
}

// FindAccount answers a registry.Account: registry.FindRequest with the account's name "MSP/enrolment".
func (*Account) FindAccount(c *Context, document string) (string, error) {
	var req registry.FindRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	a, err := c.account(registry.PersonID(req.ID))
	return found(a, req.ID, err)
}

func accountKey(id registry.PersonID) []string {
	msp, enrolment, _ := strings.Cut(string(id), "/")
	return []string{registry.ObjectAccount, clean(msp), clean(enrolment)}
}

func (c *Context) account(id registry.PersonID) (*registry.Account, error) {
	key := accountKey(id)
	return find[registry.Account](c, key[0], key[1:]...)
}

// ownAccount is the caller's account; nil for an organisation's own identity.
func (c *Context) ownAccount() (*registry.Account, error) {
	if !c.facts.Actor.NeedsAccount() {
		return nil, nil
	}
	return c.account(c.facts.Actor.ID())
}

// checkAccount refuses a person whose account does not stand behind the signature.
func (c *Context) checkAccount() (*registry.Refusal, error) {
	own, err := c.ownAccount()
	if err != nil {
		return nil, err
	}
	return registry.CheckAccount(c.facts, own), nil
}

func decideApplyAccount(c *Context, doc string) (decision, error) {
	var req registry.ApplyAccountRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	old, err := c.account(registry.PersonID(c.facts.Actor.AccountMSP(req.Account.Role) + "/" + req.Account.Enrolment))
	if err != nil {
		return decision{}, err
	}
	party, err := find[registry.Party](c, registry.ObjectParty, clean(string(req.Account.Party)))
	if err != nil {
		return decision{}, err
	}
	made, refusals := registry.ApplyAccount(c.facts, req, old, party)
	d := decision{key: req.Key, refusals: refusals}
	d.account(made, old)
	return d, nil
}

func decideAdmit(c *Context, doc string) (decision, error) {
	var req registry.AdmitAccountsRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	var old []*registry.Account
	for _, r := range req.Accounts {
		a, err := c.account(registry.PersonID(registry.MSPAgency + "/" + r.Enrolment))
		if err != nil {
			return decision{}, err
		}
		if a != nil {
			old = append(old, a)
		}
	}
	made, refusals := registry.AdmitAccounts(c.facts, req, old)
	d := decision{key: req.Key, refusals: refusals}
	for _, a := range made {
		d.account(a, nil)
	}
	return d, nil
}

// decideAccount loads the account that a request names for a judgement of approval.
func decideAccount(judge func(registry.Facts, registry.DecideAccountRequest, *registry.Account) (registry.Account, registry.Refusals)) decider {
	return func(c *Context, doc string) (decision, error) {
		var req registry.DecideAccountRequest
		if err := registry.Decode([]byte(doc), &req); err != nil {
			return decision{}, err
		}
		old, err := c.account(req.Account)
		if err != nil {
			return decision{}, err
		}
		moved, refusals := judge(c.facts, req, old)
		d := decision{key: req.Key, refusals: refusals}
		d.account(moved, old)
		return d, nil
	}
}

// endAccount loads the account that a request names for a judgement with a reason.
func endAccount(judge func(registry.Facts, registry.EndAccountRequest, *registry.Account) (registry.Account, registry.Refusals)) decider {
	return func(c *Context, doc string) (decision, error) {
		var req registry.EndAccountRequest
		if err := registry.Decode([]byte(doc), &req); err != nil {
			return decision{}, err
		}
		old, err := c.account(req.Account)
		if err != nil {
			return decision{}, err
		}
		moved, refusals := judge(c.facts, req, old)
		d := decision{key: req.Key, refusals: refusals}
		d.account(moved, old)
		return d, nil
	}
}

func decideDevice(c *Context, doc string) (decision, error) {
	var req registry.AddDeviceRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	own, err := c.ownAccount()
	if err != nil {
		return decision{}, err
	}
	old, err := c.account(registry.PersonID(c.facts.Actor.MSP + "/" + req.Enrolment))
	if err != nil {
		return decision{}, err
	}
	made, refusals := registry.AddDevice(c.facts, req, own, old)
	d := decision{key: req.Key, refusals: refusals}
	d.account(made, old)
	return d, nil
}

func (d *decision) account(a registry.Account, old *registry.Account) {
	before := ""
	if old != nil {
		before = string(old.Status)
	}
	id := string(a.ID())
	d.receipt = registry.Receipt{ID: id, Status: string(a.Status)}
	d.add(registry.ObjectAccount, id, before, string(a.Status), old == nil, a, a.MSP, a.Enrolment)
}
