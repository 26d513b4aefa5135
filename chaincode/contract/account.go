package contract

import (
	"slices"
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

// Approve approves an account whose fingerprint was compared with the person (核准): registry.ApproveAccountRequest.
func (*Account) Approve(c *Context, document string) (string, error) {
	return transact(c, document, decideApprove)
}

// Enable records that the certificate was issued for the approved key (启用): registry.DecideAccountRequest.
func (*Account) Enable(c *Context, document string) (string, error) {
	return transact(c, document, decideEnable)
}

// Suspend stops an account for the time being (停用): registry.EndAccountRequest.
func (*Account) Suspend(c *Context, document string) (string, error) {
	return transact(c, document, decideSuspend)
}

// Resume lets a suspended account act again (恢复): registry.EndAccountRequest.
func (*Account) Resume(c *Context, document string) (string, error) {
	return transact(c, document, decideResume)
}

// Revoke ends an account for ever (注销): registry.EndAccountRequest.
func (*Account) Revoke(c *Context, document string) (string, error) {
	return transact(c, document, decideRevoke)
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

// account finds an account; nil for no name.
func (c *Context) account(id registry.PersonID) (*registry.Account, error) {
	if id == "" {
		return nil, nil
	}
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

// outsourcing finds a contract; nil for no name.
func (c *Context) outsourcing(id registry.ContractID) (*registry.Contract, error) {
	if id == "" {
		return nil, nil
	}
	return find[registry.Contract](c, registry.ObjectContract, clean(string(id)))
}

// checkAccount refuses a person whose account does not stand behind the signature. The contract to which an account is bound is
// read with every act: what was endorsed before its end fails validation after it.
func (c *Context) checkAccount() (*registry.Refusal, error) {
	own, err := c.ownAccount()
	if err != nil {
		return nil, err
	}
	var contract *registry.Contract
	if own != nil {
		if contract, err = c.outsourcing(own.Contract); err != nil {
			return nil, err
		}
	}
	return registry.CheckAccount(c.facts, own, contract), nil
}

// named are the records that a request about an account names.
type named struct {
	key      string
	account  registry.PersonID
	opens    bool // a new account; contract and lost account of an existing one follow from it
	party    registry.PartyID
	contract registry.ContractID
	replaces registry.PersonID
	ends     bool // the account, and by staff all of the person
}

// loadAccount gathers, by point reads only, what an act on an account may look at.
func (c *Context) loadAccount(n named) (registry.AccountCase, error) {
	file := registry.AccountCase{Facts: c.facts}
	var err error
	if file.Own, err = c.ownAccount(); err != nil {
		return file, err
	}
	if file.Account, err = c.account(n.account); err != nil {
		return file, err
	}
	if file.Account != nil && !n.opens {
		n.party, n.contract, n.replaces = file.Account.Party, file.Account.Contract, file.Account.Replaces
	}
	if file.Party, err = find[registry.Party](c, registry.ObjectParty, clean(string(n.party))); err != nil {
		return file, err
	}
	if file.Contract, err = c.outsourcing(n.contract); err != nil {
		return file, err
	}
	if file.Replaced, err = c.account(n.replaces); err != nil {
		return file, err
	}
	file.Person, err = c.person(file, n)
	return file, err
}

// person finds the accounts of the person whom an act gives another one: the first account, which lists the others, and for a
// replacement all of them.
func (c *Context) person(file registry.AccountCase, n named) ([]registry.Account, error) {
	var owner registry.PersonID
	switch replaces := file.Replaced != nil && !n.opens; {
	case replaces:
		owner = file.Replaced.Owner
	case n.opens && file.Own != nil:
		owner = file.Own.Owner
	case n.ends && file.Account != nil:
		owner = file.Account.Owner
	}
	first, err := c.account(owner)
	if err != nil || first == nil {
		return nil, err
	}
	person := []registry.Account{*first}
	if n.opens {
		return person, nil
	}
	for _, id := range first.Devices {
		device, err := c.account(id)
		if err != nil {
			return nil, err
		}
		if device != nil {
			person = append(person, *device)
		}
	}
	return person, nil
}

// judgeAccount decodes a request about an account, loads what it names and asks package registry for the outcome.
func judgeAccount[R any](c *Context, document string, of func(R) (named, error), verdict func(registry.AccountCase, R) (registry.AccountOutcome, registry.Refusals)) (decision, error) {
	var req R
	if err := registry.Decode([]byte(document), &req); err != nil {
		return decision{}, err
	}
	n, err := of(req)
	if err != nil {
		return decision{}, err
	}
	file, err := c.loadAccount(n)
	if err != nil {
		return decision{}, err
	}
	out, refusals := verdict(file, req)
	d := decision{key: n.key, refusals: refusals}
	if len(refusals) > 0 {
		return d, nil
	}
	for _, other := range out.Others {
		i := slices.IndexFunc(file.Person, func(a registry.Account) bool { return a.ID() == other.ID() })
		d.account(other, &file.Person[i])
	}
	d.party(out.Party)
	if out.Contract != nil {
		d.contract(*out.Contract, file.Contract)
	}
	d.account(out.Account, file.Account)
	return d, nil
}

func decideApplyAccount(c *Context, doc string) (decision, error) {
	return judgeAccount(c, doc, func(r registry.ApplyAccountRequest) (named, error) {
		id := registry.PersonID(c.facts.Actor.AccountMSP(r.Account.Role) + "/" + r.Account.Enrolment)
		return named{r.Key, id, true, r.Account.Party, r.Account.Contract, r.Account.Replaces, false}, nil
	}, registry.ApplyAccount)
}

func deciding(r registry.DecideAccountRequest) (named, error) {
	return named{key: r.Key, account: r.Account}, nil
}

func ending(r registry.EndAccountRequest) (named, error) {
	return named{key: r.Key, account: r.Account}, nil
}

func decideApprove(c *Context, doc string) (decision, error) {
	return judgeAccount(c, doc, func(r registry.ApproveAccountRequest) (named, error) {
		return named{key: r.Key, account: r.Account}, nil
	}, registry.ApproveAccount)
}

func decideEnable(c *Context, doc string) (decision, error) {
	return judgeAccount(c, doc, deciding, registry.EnableAccount)
}

func decideSuspend(c *Context, doc string) (decision, error) {
	return judgeAccount(c, doc, ending, registry.SuspendAccount)
}

func decideResume(c *Context, doc string) (decision, error) {
	return judgeAccount(c, doc, ending, registry.ResumeAccount)
}

func decideRevoke(c *Context, doc string) (decision, error) {
	return judgeAccount(c, doc, func(r registry.EndAccountRequest) (named, error) {
		return named{key: r.Key, account: r.Account, ends: true}, nil
	}, registry.RevokeAccount)
}

func decideDevice(c *Context, doc string) (decision, error) {
	return judgeAccount(c, doc, func(r registry.AddDeviceRequest) (named, error) {
		n := named{key: r.Key, account: registry.PersonID(c.facts.Actor.MSP + "/" + r.Enrolment), opens: true}
		own, err := c.ownAccount()
		if own != nil {
			n.party, n.contract = own.Party, own.Contract
		}
		return n, err
	}, registry.AddDevice)
}

// party writes a party that has another number of accounts; nil: it has not.
func (d *decision) party(p *registry.Party) {
	if p != nil {
		d.add(registry.ObjectParty, string(p.ID), string(p.Status), string(p.Status), false, *p, string(p.ID))
	}
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
