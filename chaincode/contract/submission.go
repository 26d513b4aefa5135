package contract

import (
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Submit records a valuation, a filing of important data, a disclosure, an annual report or a credit event (报送):
// registry.SubmitSubmissionRequest.
func (*Supervision) Submit(c *Context, document string) (string, error) {
	return transact(c, document, decideSubmission)
}

// FindSubmission answers a registry.Submission: registry.FindRequest.
func (*Supervision) FindSubmission(c *Context, document string) (string, error) {
	return lookUp[registry.Submission](c, document, registry.ObjectSubmission)
}

// OpenBatch records what the sender of a batch counted (对账): registry.OpenBatchRequest.
func (*Supervision) OpenBatch(c *Context, document string) (string, error) {
	return transact(c, document, decideOpenBatch)
}

// StateBatch records what the receiver counted: registry.StateBatchRequest.
func (*Supervision) StateBatch(c *Context, document string) (string, error) {
	return transact(c, document, decideStateBatch)
}

// CloseBatch finishes a reconciliation: registry.CloseBatchRequest.
func (*Supervision) CloseBatch(c *Context, document string) (string, error) {
	return transact(c, document, decideCloseBatch)
}

// FindBatch answers a registry.Batch: registry.FindRequest.
func (*Supervision) FindBatch(c *Context, document string) (string, error) {
	return lookUp[registry.Batch](c, document, registry.ObjectBatch)
}

func decideSubmission(c *Context, doc string) (decision, error) {
	var req registry.SubmitSubmissionRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, err := c.submissionCase(req)
	if err != nil {
		return decision{}, err
	}
	made, corrected, refusals := registry.MakeSubmission(file, req)
	d := decision{key: req.Key, refusals: refusals}
	if corrected != nil {
		d.submission(*corrected, file.Earlier)
	}
	d.submission(made, nil)
	return d, nil
}

// submissionCase finds what a submission names.
func (c *Context) submissionCase(req registry.SubmitSubmissionRequest) (file registry.SubmissionCase, err error) {
	party, asset, earlier := clean(string(c.facts.Actor.Party)), clean(string(req.Asset)), clean(string(req.Corrects))
	if err = c.expect([]string{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(req.Key)}, []string{registry.ObjectAppointment, string(registry.OfficeRegistrar), party},
		[]string{registry.ObjectAsset, asset}, []string{registry.ObjectSubmission, earlier}); err != nil {
		return file, err
	}
	file.Facts = c.facts
	if file.Registrar, err = find[registry.Appointment](c, registry.ObjectAppointment, string(registry.OfficeRegistrar), party); err != nil {
		return file, err
	}
	if file.Asset, err = find[registry.Asset](c, registry.ObjectAsset, asset); err != nil {
		return file, err
	}
	if file.Asset != nil {
		if file.Open, err = c.openOn(file.Asset); err != nil {
			return file, err
		}
	}
	file.Earlier, err = find[registry.Submission](c, registry.ObjectSubmission, earlier)
	return file, err
}

func (d *decision) submission(made registry.Submission, old *registry.Submission) {
	before := ""
	if old != nil {
		before = old.Status
	}
	id := string(made.ID)
	d.receipt = registry.Receipt{ID: id, Status: made.Status}
	d.add(registry.ObjectSubmission, id, before, made.Status, old == nil, made, id)
}

func decideOpenBatch(c *Context, doc string) (decision, error) {
	var req registry.OpenBatchRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	own, receiver, item := clean(string(c.facts.Actor.Party)), clean(string(req.Receiver)), clean(req.Item)
	if err := c.expect([]string{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(req.Key)}, []string{registry.ObjectParty, own}, []string{registry.ObjectParty, receiver},
		[]string{registry.ObjectItem, item}); err != nil {
		return decision{}, err
	}
	file := registry.BatchCase{Facts: c.facts}
	var err error
	if file.Sender, err = find[registry.Party](c, registry.ObjectParty, own); err != nil {
		return decision{}, err
	}
	if file.Receiver, err = find[registry.Party](c, registry.ObjectParty, receiver); err != nil {
		return decision{}, err
	}
	if file.Item, err = find[registry.CatalogItem](c, registry.ObjectItem, item); err != nil {
		return decision{}, err
	}
	made, refusals := registry.OpenBatch(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.batch(made, nil)
	return d, nil
}

func decideStateBatch(c *Context, doc string) (decision, error) {
	var req registry.StateBatchRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, err := c.loadBatch(req.Key, req.Batch)
	if err != nil {
		return decision{}, err
	}
	made, refusals := registry.StateBatch(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.batch(made, file.Batch)
	return d, nil
}

func decideCloseBatch(c *Context, doc string) (decision, error) {
	var req registry.CloseBatchRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	file, err := c.loadBatch(req.Key, req.Batch)
	if err != nil {
		return decision{}, err
	}
	made, refusals := registry.CloseBatch(file, req)
	d := decision{key: req.Key, refusals: refusals}
	d.batch(made, file.Batch)
	return d, nil
}

func (c *Context) loadBatch(key string, id registry.BatchID) (file registry.BatchCase, err error) {
	if err = c.expect([]string{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(key)}, []string{registry.ObjectBatch, clean(string(id))}); err != nil {
		return file, err
	}
	file.Facts = c.facts
	file.Batch, err = find[registry.Batch](c, registry.ObjectBatch, clean(string(id)))
	return file, err
}

func (d *decision) batch(made registry.Batch, old *registry.Batch) {
	before := ""
	if old != nil {
		before = old.Status
	}
	id := string(made.ID)
	d.receipt = registry.Receipt{ID: id, Status: made.Status}
	d.add(registry.ObjectBatch, id, before, made.Status, old == nil, made, id)
}
