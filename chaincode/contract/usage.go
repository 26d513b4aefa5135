package contract

import (
	"fmt"

	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Usage is the contract of usage traces (使用留痕).
type Usage struct{ contractapi.Contract }

// transientBody is the name under which the body of a batch comes.
const transientBody = "body"

// Anchor anchors a batch of traces (使用批次上链): registry.AnchorRequest, the body beside it as transient data. It reads grant and asset and writes
// head and batch only: a revocation meanwhile makes the transaction invalid, and usage stands in the way of no other act.
func (*Usage) Anchor(c *Context, document string) (string, error) {
	return transact(c, document, decideAnchor)
}

// FindHead answers the registry.Head of a grant: registry.FindRequest.
func (*Usage) FindHead(c *Context, document string) (string, error) {
	return lookUp[registry.Head](c, document, registry.ObjectHead)
}

// FindBatch answers a registry.UsageBatch: registry.FindBatchRequest.
func (*Usage) FindBatch(c *Context, document string) (string, error) {
	var req registry.FindBatchRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	key := batchKey(req.Grant, req.First)
	b, err := find[registry.UsageBatch](c, key[0], key[1:]...)
	return found(b, string(req.Grant), err)
}

// batchKey sorts the batches of a grant by their first trace.
func batchKey(grant registry.GrantID, first int64) []string {
	return []string{registry.ObjectUsage, clean(string(grant)), fmt.Sprintf("%016d", first)}
}

func decideAnchor(c *Context, doc string) (decision, error) {
	var req registry.AnchorRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	transient, err := c.GetStub().GetTransient()
	if err != nil {
		return decision{}, fmt.Errorf("transient data: %w", err)
	}
	if err := c.expect([]string{registry.ObjectGrant, clean(string(req.Grant))}, []string{registry.ObjectHead, clean(string(req.Grant))}); err != nil {
		return decision{}, err
	}
	file, err := c.grantCase(req.Key, req.Grant)
	if err != nil {
		return decision{}, err
	}
	head, err := find[registry.Head](c, registry.ObjectHead, clean(string(req.Grant)))
	if err != nil {
		return decision{}, err
	}
	next, batch, refusals := registry.AnchorBatch(file, head, req, transient[transientBody])
	d := decision{key: req.Key, refusals: refusals}
	if len(refusals) == 0 {
		d.usage(next, batch, head)
	}
	return d, nil
}

func (d *decision) usage(head registry.Head, batch registry.UsageBatch, old *registry.Head) {
	before := ""
	if old != nil {
		before = old.Status()
	}
	d.add(registry.ObjectHead, string(head.Grant), before, head.Status(), old == nil, head, string(head.Grant))
	key := batchKey(batch.Grant, batch.First)
	d.add(key[0], fmt.Sprintf("%s %d", batch.Grant, batch.First), "", "ANCHORED", true, batch, key[1:]...)
	d.receipt = registry.Receipt{ID: string(batch.Grant), Status: "ANCHORED"}
}
