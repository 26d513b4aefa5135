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

// Terminate ends a grant at once for the grantee (终止): registry.EndGrantRequest.
func (*Authorization) Terminate(c *Context, document string) (string, error) {
	return transact(c, document, decideTerminateGrant)
}

// Close closes out a grant that has ended, with evidence of the deletion (办结): registry.CloseGrantRequest.
func (*Authorization) Close(c *Context, document string) (string, error) {
	return transact(c, document, decideCloseGrant)
}

// Review gives one of the three reviews of a development use (合规、安全、算法审查): registry.ReviewUseRequest.
func (*Authorization) Review(c *Context, document string) (string, error) {
	return transact(c, document, decideReviewGrant)
}

// File records that a signed operation agreement was filed, with which it begins (协议备案): registry.FileGrantRequest.
func (*Authorization) File(c *Context, document string) (string, error) {
	return transact(c, document, decideFileGrant)
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
	if err := c.expect([]string{registry.ObjectGrant, clean(string(req.Grant))}, []string{registry.ObjectHead, clean(string(req.Grant))}); err != nil {
		return "", err
	}
	file, err := c.grantCase("", req.Grant)
	if err != nil {
		return "", err
	}
	head, err := find[registry.Head](c, registry.ObjectHead, clean(string(req.Grant)))
	if err != nil {
		return "", err
	}
	if head != nil {
		req.Counters.Used = max(req.Counters.Used, head.Used)
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
	if err := c.loadGrant(&file, registry.Grant{Asset: req.Asset, Grantor: c.facts.Actor.Party, Grantee: req.Grantee, Operation: req.Operation, Parent: req.Parent}, req.Key); err != nil {
		return decision{}, err
	}
	made, refusals := registry.ProposeGrant(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.grant(made, nil)
	return d, nil
}

func decideSignGrant(c *Context, doc string) (decision, error) {
	var req registry.GrantRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, err := c.grantCase(req.Key, req.Grant)
	if err != nil {
		return decision{}, err
	}
	signed, parent, refusals := registry.SignGrant(file, req)
	d := decision{key: req.Key, refusals: refusals}
	if parent != nil {
		d.grant(*parent, file.Parent)
	}
	d.grant(signed, file.Grant)
	return d, nil
}

func decideReviewGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.ReviewGrant, func(r registry.ReviewUseRequest) (string, registry.GrantID) { return r.Key, r.Grant },
		func(c *Context, file *registry.GrantCase, r registry.ReviewUseRequest) (err error) {
			file.Reviewer, err = find[registry.Appointment](c, registry.ObjectAppointment, clean(string(r.Review.Office())), string(c.facts.Actor.ID()))
			return err
		})
}

func decideCloseGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.CloseGrant, func(r registry.CloseGrantRequest) (string, registry.GrantID) { return r.Key, r.Grant },
		func(c *Context, file *registry.GrantCase, r registry.CloseGrantRequest) (err error) {
			if file.Supervisor, err = c.account(r.Deletion.Supervisor); err == nil {
				file.Head, err = find[registry.Head](c, registry.ObjectHead, clean(string(r.Grant)))
			}
			return err
		})
}

func decideFileGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.FileGrant, func(r registry.FileGrantRequest) (string, registry.GrantID) { return r.Key, r.Grant }, nil)
}

func decideResumeGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.ResumeGrant, func(r registry.GrantRequest) (string, registry.GrantID) { return r.Key, r.Grant }, nil)
}

func decideDeclineGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.DeclineGrant, grantEnding, nil)
}

func decideWithdrawGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.WithdrawGrant, grantEnding, nil)
}

func decideSuspendGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.SuspendGrant, grantEnding, nil)
}

func decideRevokeGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.RevokeGrant, grantEnding, nil)
}

func decideTerminateGrant(c *Context, doc string) (decision, error) {
	return changeGrant(c, doc, registry.TerminateGrant, grantEnding, nil)
}

func grantEnding(r registry.EndGrantRequest) (string, registry.GrantID) { return r.Key, r.Grant }

// changeGrant decides an act on an existing grant: named gives the request's idempotency key and grant, load finds what the act looks at besides.
func changeGrant[R any](c *Context, doc string, judge func(registry.GrantCase, R) (registry.Grant, registry.Refusals), named func(R) (string, registry.GrantID),
	load func(*Context, *registry.GrantCase, R) error) (decision, error) {
	var req R
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	key, id := named(req)
	file, err := c.grantCase(key, id)
	if err == nil && load != nil {
		err = load(c, &file, req)
	}
	if err != nil {
		return decision{}, err
	}
	changed, refusals := judge(file, req)
	d := decision{key: key, refusals: refusals}
	d.grant(changed, file.Grant)
	return d, nil
}

// grantCase gathers what an act on an existing grant looks at; key is the request's idempotency key, or "".
func (c *Context) grantCase(key string, id registry.GrantID) (registry.GrantCase, error) {
	file := registry.GrantCase{Facts: c.facts}
	var err error
	if file.Grant, err = find[registry.Grant](c, registry.ObjectGrant, clean(string(id))); err != nil || file.Grant == nil {
		return file, err
	}
	return file, c.loadGrant(&file, *file.Grant, key)
}

// loadGrant finds what a grant names, in one exchange: the asset, the two parties, and what belongs to the grant's kind.
func (c *Context) loadGrant(file *registry.GrantCase, g registry.Grant, key string) error {
	page, grantor, grantee := []string{registry.ObjectAsset, clean(string(g.Asset))}, []string{registry.ObjectParty, clean(string(g.Grantor))}, []string{registry.ObjectParty, clean(string(g.Grantee))}
	keys := append([][]string{page, grantor, grantee}, basisKeys(g)...)
	if key != "" {
		keys = append(keys, []string{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(key)})
	}
	err := c.expect(keys...)
	if err != nil {
		return err
	}
	if file.Asset, err = find[registry.Asset](c, page[0], page[1]); err != nil {
		return err
	}
	if file.OnAsset, err = c.openOn(file.Asset); err != nil {
		return err
	}
	if file.Grantor, err = find[registry.Party](c, grantor[0], grantor[1]); err != nil {
		return err
	}
	if file.Grantee, err = find[registry.Party](c, grantee[0], grantee[1]); err != nil {
		return err
	}
	if file.Own, err = c.ownAccount(); err != nil {
		return err
	}
	return c.loadBasis(file, g)
}

// basisKeys are the keys of what a grant rests on: the plan and the operator's appointment, or the operation that it lies within.
func basisKeys(g registry.Grant) (keys [][]string) {
	if g.Operation != nil {
		keys = append(keys, []string{registry.ObjectPlan, clean(string(g.Operation.Plan))}, []string{registry.ObjectAppointment, string(registry.OfficeOperator), clean(string(g.Grantee))})
	}
	if g.Parent != "" {
		keys = append(keys, []string{registry.ObjectGrant, clean(string(g.Parent))})
	}
	return keys
}

func (c *Context) loadBasis(file *registry.GrantCase, g registry.Grant) (err error) {
	if g.Operation != nil {
		if file.Plan, err = find[registry.Plan](c, registry.ObjectPlan, clean(string(g.Operation.Plan))); err != nil {
			return err
		}
		if file.Operator, err = find[registry.Appointment](c, registry.ObjectAppointment, string(registry.OfficeOperator), clean(string(g.Grantee))); err != nil {
			return err
		}
	}
	if g.Parent != "" {
		file.Parent, err = find[registry.Grant](c, registry.ObjectGrant, clean(string(g.Parent)))
	}
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
