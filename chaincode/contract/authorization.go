package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Authorization is the contract of grants (授权).
type Authorization struct{ contractapi.Contract }

// Propose signs a grant for the grantor (授权): registry.ProposeGrantRequest.
func (*Authorization) Propose(c *Context, document string) (string, error) {
	return transact(c, document, decideProposeGrant)
}

// Sign signs a grant for the grantee, who may use from then on (签署): registry.GrantRequest.
func (*Authorization) Sign(c *Context, document string) (string, error) {
	return transact(c, document, decideSignGrant)
}

// Decline refuses the grantee's signature (谢绝): registry.EndGrantRequest.
func (*Authorization) Decline(c *Context, document string) (string, error) {
	return transact(c, document, decideDeclineGrant)
}

// Withdraw takes a proposal back (撤回): registry.EndGrantRequest.
func (*Authorization) Withdraw(c *Context, document string) (string, error) {
	return transact(c, document, decideWithdrawGrant)
}

// Suspend suspends a grant at once (暂停): registry.EndGrantRequest.
func (*Authorization) Suspend(c *Context, document string) (string, error) {
	return transact(c, document, decideSuspendGrant)
}

// Resume ends a suspension (恢复): registry.GrantRequest.
func (*Authorization) Resume(c *Context, document string) (string, error) {
	return transact(c, document, decideResumeGrant)
}

// Revoke ends a grant at once (撤销授权): registry.EndGrantRequest.
func (*Authorization) Revoke(c *Context, document string) (string, error) {
	return transact(c, document, decideRevokeGrant)
}

// FindGrant answers a registry.Grant: registry.FindRequest.
func (*Authorization) FindGrant(c *Context, document string) (string, error) {
	return lookUp[registry.Grant](c, document, registry.ObjectGrant)
}

// CheckUse decides a hypothetical use and writes nothing: registry.CheckUseRequest in, registry.Verdict out; no obstacle allows it.
func (*Authorization) CheckUse(c *Context, document string) (string, error) {
	var req registry.CheckUseRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	file, err := c.grantCase(req.Grant)
	if err != nil {
		return "", err
	}
	var refusals registry.Refusals
	if refusal := registry.JudgeUse(file, req); refusal != nil {
		refusals = registry.Refusals{refusal}
	}
	return encode(registry.NewVerdict(c.facts, refusals))
}

func decideProposeGrant(c *Context, doc string) (decision, error) {
	var req registry.ProposeGrantRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file := registry.GrantCase{Facts: c.facts}
	if err := c.loadGrant(&file, req.Asset, c.facts.Actor.Party, req.Grantee); err != nil {
		return decision{}, err
	}
	made, refusals := registry.ProposeGrant(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.grant(made, nil)
	return d, nil
}

func decideSignGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.SignGrant, func(r registry.GrantRequest) (string, registry.GrantID) { return r.Key, r.Grant })
}

func decideResumeGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.ResumeGrant, func(r registry.GrantRequest) (string, registry.GrantID) { return r.Key, r.Grant })
}

func decideDeclineGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.DeclineGrant, grantEnding)
}

func decideWithdrawGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.WithdrawGrant, grantEnding)
}

func decideSuspendGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.SuspendGrant, grantEnding)
}

func decideRevokeGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.RevokeGrant, grantEnding)
}

func grantEnding(r registry.EndGrantRequest) (string, registry.GrantID) { return r.Key, r.Grant }

// changeGrant decides an act on an existing grant; named gives the request's idempotency key and grant.
func changeGrant[R any](c *Context, doc string, judge func(registry.GrantCase, R) (registry.Grant, registry.Refusals), named func(R) (string, registry.GrantID)) (decision, error) {
	var req R
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	key, id := named(req)
	file, err := c.grantCase(id)
	if err != nil {
		return decision{}, err
	}
	changed, refusals := judge(file, req)
	d := decision{key: key, refusals: refusals}
	d.grant(changed, file.Grant)
	return d, nil
}

// grantCase gathers what an act on an existing grant looks at.
func (c *Context) grantCase(id registry.GrantID) (registry.GrantCase, error) {
	file := registry.GrantCase{Facts: c.facts}
	var err error
	if file.Grant, err = find[registry.Grant](c, registry.ObjectGrant, clean(string(id))); err != nil || file.Grant == nil {
		return file, err
	}
	return file, c.loadGrant(&file, file.Grant.Asset, file.Grant.Grantor, file.Grant.Grantee)
}

// loadGrant finds the asset of a grant and its two parties.
func (c *Context) loadGrant(file *registry.GrantCase, asset registry.AssetID, grantor, grantee registry.PartyID) error {
	keys := [][]string{{registry.ObjectAsset, clean(string(asset))}, {registry.ObjectParty, clean(string(grantor))}, {registry.ObjectParty, clean(string(grantee))}}
	err := c.expect(keys...)
	if err != nil {
		return err
	}
	if file.Asset, err = find[registry.Asset](c, keys[0][0], keys[0][1]); err != nil {
		return err
	}
	if file.OnAsset, err = c.openOn(file.Asset); err != nil {
		return err
	}
	if file.Grantor, err = find[registry.Party](c, keys[1][0], keys[1][1]); err != nil {
		return err
	}
	file.Grantee, err = find[registry.Party](c, keys[2][0], keys[2][1])
	return err
}

func (d *decision) grant(g registry.Grant, old *registry.Grant) {
	before := ""
	if old != nil {
		before = string(old.Status)
	}
	d.receipt = registry.Receipt{ID: string(g.ID), Status: string(g.Status), Asset: g.Asset}
	d.add(registry.ObjectGrant, string(g.ID), before, string(g.Status), old == nil, g, string(g.ID))
}
