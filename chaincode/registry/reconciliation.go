package registry

import "time"

// Directions of a batch of public data (第十八条): handed down from the superior platform, or flowing back to counties and towns.
const (
	BatchReturn   = "RETURN"   // 返还
	BatchBackflow = "BACKFLOW" // 回流
)

// Statuses of a batch. CLOSED is final.
const (
	BatchOpen   = "OPEN"   // 发出方已登记，待接收方核对
	BatchStated = "STATED" // 双方都已登记
	BatchClosed = "CLOSED" // 已对账
)

// Figures are what one side counted of a batch.
type Figures struct {
	Records int64     `json:"records"`
	Digest  string    `json:"digest"` // hex SHA-256 of the batch
	At      time.Time `json:"at"`
	Person  PersonID  `json:"person"`
}

// Counted is what a person states about a batch.
type Counted struct {
	Records int64  `json:"records"`
	Digest  string `json:"digest"`
}

// Batch is a batch of data whose two sides are reconciled (对账, 第十八条): each states count and digest by itself, and what differs is
// closed with a note that says why.
type Batch struct {
	ID        BatchID  `json:"id"`
	Direction string   `json:"direction"`
	Name      string   `json:"name"`
	Item      string   `json:"item,omitempty"` // code of the catalogue item
	Sender    PartyID  `json:"sender"`
	Receiver  PartyID  `json:"receiver"`
	Sent      Figures  `json:"sent"`
	Received  *Figures `json:"received,omitempty"`
	Status    string   `json:"status"`
	Variance  string   `json:"variance,omitempty"` // why the two sides differ, and what is done about it
	Mark      Mark     `json:"mark"`
}

// Differs says whether the two sides state different things.
func (b Batch) Differs() bool {
	return b.Received != nil && (b.Received.Records != b.Sent.Records || b.Received.Digest != b.Sent.Digest)
}

// OpenBatchRequest is the document of supervision:OpenBatch.
type OpenBatchRequest struct {
	Key       string  `json:"key"`
	Direction string  `json:"direction"`
	Name      string  `json:"batchName"`
	Item      string  `json:"item,omitempty"`
	Receiver  PartyID `json:"receiver"`
	Counted   Counted `json:"counted"`
}

// StateBatchRequest is the document of supervision:StateBatch.
type StateBatchRequest struct {
	Key     string  `json:"key"`
	Batch   BatchID `json:"batch"`
	Counted Counted `json:"counted"`
}

// CloseBatchRequest is the document of supervision:CloseBatch.
type CloseBatchRequest struct {
	Key      string  `json:"key"`
	Batch    BatchID `json:"batch"`
	Variance string  `json:"variance,omitempty"`
}

// BatchCase is everything that an act on a batch may look at; nil means that the ledger has no such record.
type BatchCase struct {
	Facts
	Batch    *Batch
	Sender   *Party
	Receiver *Party
	Item     *CatalogItem
}

// OpenBatch judges the sender's record of a batch: both sides are public bodies, and not the same.
func OpenBatch(c BatchCase, req OpenBatchRequest) (Batch, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.oneOf("direction", req.Direction, BatchReturn, BatchBackflow)
	v.text("batchName", req.Name, 100, RuleReconciliation)
	v.when(req.Item != "" && c.Item == nil, "item", ProblemReference, RuleReconciliation)
	v.partyID("receiver", req.Receiver)
	v.when(req.Receiver != "" && req.Receiver == c.Actor.Party, "receiver", ProblemNotAllowed, RuleReconciliation)
	v.counted(req.Counted)
	rs.add(v.refusal())
	rs.add(activeParty(c.Actor.Party, c.Sender))
	rs.add(activeParty(req.Receiver, c.Receiver))
	for _, p := range []*Party{c.Sender, c.Receiver} {
		if p != nil && !p.publicBody() {
			rs.add(Refuse(CodeNotPublicBody, RuleReconciliation, "party", string(p.ID)))
		}
	}
	return Batch{ID: BatchID(DerivedID("REC", c.TxID)), Direction: req.Direction, Name: req.Name, Item: req.Item, Sender: c.Actor.Party, Receiver: req.Receiver,
		Sent: c.figures(req.Counted), Status: BatchOpen, Mark: Mark{}.touch(c.Facts)}, rs
}

func (v *fieldCheck) counted(x Counted) {
	v.number("counted.records", x.Records, 0)
	v.hexDigest("counted.digest", x.Digest, RuleReconciliation)
}

func (f Facts) figures(x Counted) Figures {
	return Figures{Records: x.Records, Digest: x.Digest, At: f.At, Person: f.Actor.ID()}
}

// on begins an act on a batch in one status, by one side or either.
func (c BatchCase) on(key string, id BatchID, status string, sides ...PartyID) (Batch, Refusals) {
	rs := checkKey(key)
	if c.Batch == nil {
		return Batch{}, append(rs, NotFound(string(id)))
	}
	b := *c.Batch
	rs.add(c.forward(b.Mark))
	own := false
	for _, side := range sides {
		own = own || side == c.Actor.Party
	}
	if !own {
		rs.add(Refuse(CodeNotOwnParty, RuleReconciliation, "party", string(c.Actor.Party), "applicant", string(b.Receiver)))
	}
	if b.Status != status {
		rs.add(Refuse(CodeStatusWrong, RuleReconciliation, "status", b.Status))
	}
	b.Mark = b.Mark.touch(c.Facts)
	return b, rs
}

// StateBatch judges what the receiver counted.
func StateBatch(c BatchCase, req StateBatchRequest) (Batch, Refusals) {
	var receiver PartyID
	if c.Batch != nil {
		receiver = c.Batch.Receiver
	}
	b, rs := c.on(req.Key, req.Batch, BatchOpen, receiver)
	v := fieldCheck{}
	v.counted(req.Counted)
	rs.add(v.refusal())
	received := c.figures(req.Counted)
	b.Received, b.Status = &received, BatchStated
	return b, rs
}

// CloseBatch judges that a reconciliation is finished, by either side: never with differing figures and no note on the variance (第十八条).
func CloseBatch(c BatchCase, req CloseBatchRequest) (Batch, Refusals) {
	var sides []PartyID
	if c.Batch != nil {
		sides = []PartyID{c.Batch.Sender, c.Batch.Receiver}
	}
	b, rs := c.on(req.Key, req.Batch, BatchStated, sides...)
	v := fieldCheck{}
	if req.Variance != "" {
		v.text("variance", req.Variance, maxLine, RuleReconciliation)
		v.when(!b.Differs(), "variance", ProblemNotAllowed, RuleReconciliation)
	}
	rs.add(v.refusal())
	if b.Differs() && req.Variance == "" {
		rs.add(Refuse(CodeVariance, RuleReconciliation, "batch", string(b.ID)))
	}
	b.Variance, b.Status = req.Variance, BatchClosed
	return b, rs
}
