package contract

import (
	"strconv"

	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Supervision is the contract of supervision records (监督管理): what people raise, what the bureau enters, what is reported.
type Supervision struct{ contractapi.Contract }

// File files a complaint, report or data objection (投诉、举报、数据异议): registry.FileMatterRequest.
func (*Supervision) File(c *Context, document string) (string, error) {
	return transact(c, document, decideFileMatter)
}

// Receive records an anonymous report (匿名举报): registry.FileMatterRequest.
func (*Supervision) Receive(c *Context, document string) (string, error) {
	return transact(c, document, decideReceiveMatter)
}

// Enter enters an inspection or an incident (检查、安全事件): registry.EnterMatterRequest.
func (*Supervision) Enter(c *Context, document string) (string, error) {
	return transact(c, document, decideEnterMatter)
}

// TakeUp takes a matter up (受理、接办): registry.TakeUpMatterRequest.
func (*Supervision) TakeUp(c *Context, document string) (string, error) {
	return transact(c, document, decideTakeUpMatter)
}

// Note records a step of the handling (办理经过): registry.NoteMatterRequest.
func (*Supervision) Note(c *Context, document string) (string, error) {
	return transact(c, document, decideNoteMatter)
}

// Order records an order to rectify (责令整改): registry.OrderMatterRequest.
func (*Supervision) Order(c *Context, document string) (string, error) {
	return transact(c, document, decideOrderMatter)
}

// Answer records what the party that has to rectify reports (整改报告): registry.NoteMatterRequest.
func (*Supervision) Answer(c *Context, document string) (string, error) {
	return transact(c, document, decideAnswerMatter)
}

// Close closes a matter with its result (办结): registry.CloseMatterRequest.
func (*Supervision) Close(c *Context, document string) (string, error) {
	return transact(c, document, decideCloseMatter)
}

// Withdraw takes a complaint or a data objection back (撤回): registry.WithdrawMatterRequest.
func (*Supervision) Withdraw(c *Context, document string) (string, error) {
	return transact(c, document, decideWithdrawMatter)
}

// FindMatter answers a registry.Matter: registry.FindRequest.
func (*Supervision) FindMatter(c *Context, document string) (string, error) {
	return lookUp[registry.Matter](c, document, registry.ObjectMatter)
}

func decideFileMatter(c *Context, doc string) (decision, error) {
	return raiseMatter(c, doc, registry.FileMatter)
}

func decideReceiveMatter(c *Context, doc string) (decision, error) {
	return raiseMatter(c, doc, registry.ReceiveMatter)
}

func raiseMatter(c *Context, doc string, judge func(registry.MatterCase, registry.FileMatterRequest) (registry.Matter, registry.Refusals)) (decision, error) {
	var req registry.FileMatterRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, err := c.matterAbout(req.Key, req.About)
	if err != nil {
		return decision{}, err
	}
	made, refusals := judge(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.matter(made, nil)
	return d, nil
}

func decideEnterMatter(c *Context, doc string) (decision, error) {
	var req registry.EnterMatterRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, err := c.matterAbout(req.Key, req.About)
	if err != nil {
		return decision{}, err
	}
	made, page, limit, refusals := registry.EnterMatter(file, req)
	d := decision{key: req.Key, refusals: refusals}
	if limit != nil {
		d.limit(c.facts, *page, *limit, nil)
	}
	d.matter(made, nil)
	return d, nil
}

// matterAbout begins a matter: what it is about is looked up.
func (c *Context) matterAbout(key string, about registry.About) (file registry.MatterCase, err error) {
	keys := [][]string{{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(key)}}
	if about.Asset != "" {
		keys = append(keys, []string{registry.ObjectAsset, clean(string(about.Asset))})
	}
	if about.Item != "" {
		keys = append(keys, []string{registry.ObjectItem, clean(about.Item)})
	}
	if err = c.expect(keys...); err != nil {
		return file, err
	}
	if file, err = c.matterCase(); err != nil {
		return file, err
	}
	if about.Asset != "" {
		if file.Asset, err = find[registry.Asset](c, registry.ObjectAsset, clean(string(about.Asset))); err != nil {
			return file, err
		}
	}
	if about.Item != "" {
		file.Item, err = find[registry.CatalogItem](c, registry.ObjectItem, clean(about.Item))
	}
	return file, err
}

func (c *Context) matterCase() (registry.MatterCase, error) {
	file := registry.MatterCase{Facts: c.facts}
	if !c.facts.Actor.NeedsAccount() {
		return file, nil
	}
	var err error
	file.Own, err = c.ownAccount()
	return file, err
}

// onMatter is a request that names its matter.
type onMatter interface {
	Concerns() (key string, id registry.MatterID)
}

func decideTakeUpMatter(c *Context, doc string) (decision, error) {
	return judgeMatter(c, doc, registry.TakeUpMatter)
}

func decideNoteMatter(c *Context, doc string) (decision, error) {
	return judgeMatter(c, doc, registry.NoteMatter)
}

func decideAnswerMatter(c *Context, doc string) (decision, error) {
	return judgeMatter(c, doc, registry.AnswerMatter)
}

func decideOrderMatter(c *Context, doc string) (decision, error) {
	return judgeMatter(c, doc, registry.OrderMatter)
}

func decideCloseMatter(c *Context, doc string) (decision, error) {
	return judgeMatter(c, doc, registry.CloseMatter)
}

func decideWithdrawMatter(c *Context, doc string) (decision, error) {
	return judgeMatter(c, doc, registry.WithdrawMatter)
}

func judgeMatter[R onMatter](c *Context, doc string, judge func(registry.MatterCase, R) (registry.Matter, registry.Refusals)) (decision, error) {
	var req R
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	key, id := req.Concerns()
	file, err := c.loadMatter(key, id)
	if err != nil {
		return decision{}, err
	}
	made, refusals := judge(file, req)
	d := decision{key: key, refusals: refusals}
	d.matter(made, file.Matter)
	return d, nil
}

// loadMatter finds a matter and the remark by which it suspends an asset.
func (c *Context) loadMatter(key string, id registry.MatterID) (file registry.MatterCase, err error) {
	if err = c.expect([]string{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(key)}, []string{registry.ObjectMatter, clean(string(id))}); err != nil {
		return file, err
	}
	if file, err = c.matterCase(); err != nil {
		return file, err
	}
	if file.Matter, err = find[registry.Matter](c, registry.ObjectMatter, clean(string(id))); err != nil || file.Matter == nil || file.Matter.Suspends == 0 {
		return file, err
	}
	file.Limit, err = find[registry.Limit](c, registry.ObjectLimit, clean(string(file.Matter.About.Asset)), strconv.Itoa(file.Matter.Suspends))
	return file, err
}

func (d *decision) matter(made registry.Matter, old *registry.Matter) {
	before := ""
	if old != nil {
		before = string(old.Status)
	}
	id := string(made.ID)
	d.receipt = registry.Receipt{ID: id, Status: string(made.Status)}
	d.add(registry.ObjectMatter, id, before, string(made.Status), old == nil, made, id)
}
