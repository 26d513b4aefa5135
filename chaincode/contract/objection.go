package contract

import (
	"strconv"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// FileObjection objects to what a case publishes (提出异议): registry.FileObjectionRequest.
func (*Registration) FileObjection(c *Context, document string) (string, error) {
	return transact(c, document, decideFileObjection)
}

// AnswerObjection is the applicant's explanation (解释说明): registry.AnswerObjectionRequest.
func (*Registration) AnswerObjection(c *Context, document string) (string, error) {
	return transact(c, document, decideAnswerObjection)
}

// DecideObjection decides on an objection (异议处理决定): registry.DecideObjectionRequest.
func (*Registration) DecideObjection(c *Context, document string) (string, error) {
	return transact(c, document, decideObjection)
}

// WithdrawObjection takes an objection back (撤回异议): registry.WithdrawObjectionRequest.
func (*Registration) WithdrawObjection(c *Context, document string) (string, error) {
	return transact(c, document, decideWithdrawObjection)
}

// FindObjection answers a registry.Objection: registry.FindObjectionRequest.
func (*Registration) FindObjection(c *Context, document string) (string, error) {
	var req registry.FindObjectionRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	key := objectionKey(req.Application, req.Objection)
	o, err := find[registry.Objection](c, key[0], key[1:]...)
	return found(o, string(req.Application), err)
}

// disputing is a request that names an objection of its case.
type disputing interface{ Disputed() int }

func objectionKey(app registry.ApplicationID, n int) []string {
	return []string{registry.ObjectObjection, clean(string(app)), strconv.Itoa(n)}
}

// loadObjection finds the objection that a request names, if it names one.
func (c *Context) loadObjection(file *registry.Case, app registry.ApplicationID, request any) error {
	named, ok := request.(disputing)
	if !ok {
		return nil
	}
	key := objectionKey(app, named.Disputed())
	var err error
	file.Objection, err = find[registry.Objection](c, key[0], key[1:]...)
	return err
}

func decideFileObjection(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActFileObjection, func(r registry.FileObjectionRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.FileObjection)
}

func decideAnswerObjection(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActAnswerObjection, func(r registry.AnswerObjectionRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.AnswerObjection)
}

func decideObjection(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActDecideObjection, func(r registry.DecideObjectionRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.DecideObjection)
}

func decideWithdrawObjection(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActWithdrawObjection, func(r registry.WithdrawObjectionRequest) (string, registry.ApplicationID) {
		return r.Key, r.Application
	}, registry.WithdrawObjection)
}

func (d *decision) objection(o registry.Objection, old *registry.Objection) {
	before := ""
	if old != nil {
		before = string(old.Status)
	}
	n := strconv.Itoa(o.N)
	d.receipt.ID = string(o.Application) + "/" + n
	d.add(registry.ObjectObjection, d.receipt.ID, before, string(o.Status), old == nil, o, string(o.Application), n)
}
