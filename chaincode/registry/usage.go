package registry

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
	"time"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
)

// Head is how far the traces of a grant are anchored (使用链头): one RFC 6962 tree and one hash chain per grant, over all its traces.
type Head struct {
	Grant    GrantID  `json:"grant"`
	Seq      int64    `json:"seq"`      // of the last trace
	Chain    string   `json:"chain"`    // hex; hash of the chain after the last trace: SHA-256(hash before ‖ line)
	Frontier []string `json:"frontier"` // hex; roots of the full subtrees, from the largest
	Used     int64    `json:"used"`     // accepted quantity, in units of the quota
	Batches  int      `json:"batches"`
	Closed   bool     `json:"closed,omitempty"` // after the closing batch of a grant that has ended
	Mark     Mark     `json:"mark"`
}

// UsageBatch is an anchored batch of traces (使用批次). Its body, the lines each ended by a line feed, is kept outside the ledger.
type UsageBatch struct {
	Grant    GrantID `json:"grant"`
	First    int64   `json:"first"`
	Last     int64   `json:"last"` // one less than First in an empty closing batch
	Accepted int     `json:"accepted"`
	Refused  int     `json:"refused"`
	Quantity int64   `json:"quantity"` // accepted
	Root     string  `json:"root"`     // hex; of the grant's tree up to the last trace
	Chain    string  `json:"chain"`    // hex; of the chain after the last trace
	Body     string  `json:"body"`     // hex SHA-256 of the body
	CID      string  `json:"cid"`      // of the body as it is stored
	Closing  bool    `json:"closing,omitempty"`
	Mark     Mark    `json:"mark"`
}

// AnchorRequest is the document of usage:Anchor; the body comes beside it, as transient data.
type AnchorRequest struct {
	Key     string  `json:"key"`
	Grant   GrantID `json:"grant"`
	First   int64   `json:"first"` // sequence number of the first trace
	Root    string  `json:"root"`  // as the intake computed it
	CID     string  `json:"cid"`
	Closing bool    `json:"closing,omitempty"` // the last batch of a grant that has ended
}

// FindBatchRequest is the document of usage:FindBatch.
type FindBatchRequest struct {
	Grant GrantID `json:"grant"`
	First int64   `json:"first"`
}

// Status is OPEN or CLOSED.
func (h *Head) Status() string {
	if h.Closed {
		return "CLOSED"
	}
	return "OPEN"
}

var ranges = compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}

// Log is the growing tree and chain of a grant's traces; Frontier resumes it.
type Log struct {
	tree  *compact.Range
	chain []byte
}

// LogOf resumes the log of a head; nil begins one. ok is false for a head that is none.
func LogOf(h *Head) (l Log, ok bool) {
	if h == nil || h.Seq == 0 {
		return Log{ranges.NewEmptyRange(0), make([]byte, sha256.Size)}, true
	}
	chain, err := hex.DecodeString(h.Chain)
	if err != nil || len(h.Frontier) != bits.OnesCount64(uint64(h.Seq)) {
		return Log{}, false
	}
	var hashes [][]byte
	for _, text := range h.Frontier {
		hash, err := hex.DecodeString(text)
		if err != nil {
			return Log{}, false
		}
		hashes = append(hashes, hash)
	}
	tree, err := ranges.NewRange(0, uint64(h.Seq), hashes)
	return Log{tree, chain}, err == nil
}

// Append adds a line; visit, if given, sees every node of the tree that becomes final with it.
func (l *Log) Append(line []byte, visit compact.VisitFn) error {
	sum := sha256.New()
	sum.Write(l.chain)
	sum.Write(line)
	l.chain = sum.Sum(nil)
	return l.tree.Append(rfc6962.DefaultHasher.HashLeaf(line), visit)
}

// Root is the hex root of the tree.
func (l *Log) Root() (string, error) {
	root, err := l.tree.GetRootHash(nil)
	if err == nil && l.tree.End() == 0 {
		root = rfc6962.DefaultHasher.EmptyRoot()
	}
	return hex.EncodeToString(root), err
}

// Head writes the log into a head.
func (l *Log) Head(h Head) Head {
	h.Seq, h.Chain, h.Frontier = int64(l.tree.End()), hex.EncodeToString(l.chain), []string{}
	for _, hash := range l.tree.Hashes() {
		h.Frontier = append(h.Frontier, hex.EncodeToString(hash))
	}
	return h
}

// Lines are the lines of a body; nil unless each of them is ended.
func Lines(body []byte) [][]byte {
	inner, ended := bytes.CutSuffix(body, []byte("\n"))
	if !ended {
		return nil
	}
	return bytes.Split(inner, []byte("\n"))
}

// AnchorBatch judges a batch: every trace is read, numbered on, decided anew and hashed here; nothing that the intake says is believed. head is nil
// before the first batch.
func AnchorBatch(c GrantCase, head *Head, req AnchorRequest, body []byte) (Head, UsageBatch, Refusals) {
	rs := checkKey(req.Key)
	if c.Grant == nil {
		return Head{}, UsageBatch{}, append(rs, NotFound(string(req.Grant)))
	}
	v := fieldCheck{}
	v.hexDigest("root", req.Root, RuleTrace)
	v.cid("cid", req.CID, RuleTrace)
	rs.add(v.refusal())
	rs.add(c.anchorable(head, req))
	if rs.First() != nil {
		return Head{}, UsageBatch{}, rs
	}
	next := Head{Grant: req.Grant}
	if head != nil {
		next = *head
	}
	sum := sha256.Sum256(body)
	batch := UsageBatch{Grant: req.Grant, First: req.First, Root: req.Root, Body: hex.EncodeToString(sum[:]), CID: req.CID, Closing: req.Closing, Mark: Mark{}.touch(c.Facts)}
	next, refusal := c.takeUp(next, &batch, body)
	rs.add(refusal)
	next.Batches, next.Closed, next.Mark = next.Batches+1, req.Closing, next.Mark.touch(c.Facts)
	return next, batch, rs
}

// anchorable refuses a batch that does not go on where the head ends, or that comes after the closing one.
func (c GrantCase) anchorable(head *Head, req AnchorRequest) *Refusal {
	last := int64(0)
	if head != nil {
		last = head.Seq
		if head.Closed {
			return Refuse(CodeUsageClosed, RuleTrace, "grant", string(req.Grant))
		}
		if refusal := c.forward(head.Mark); refusal != nil {
			return refusal
		}
	}
	status := c.Grant.EffectiveStatus(c.Asset, c.OnAsset, c.Parent, c.At)
	ended := status == GrantRevoked || status == GrantTerminated || status == GrantExpired
	switch {
	case req.First != last+1:
		return Refuse(CodeBatchInvalid, RuleTrace, "line", "0", "why", "first")
	case c.Grant.SignedAt == nil, status == GrantClosed, ended != req.Closing:
		return Refuse(CodeGrantInactive, RuleAgreedUse, "grant", string(req.Grant), "grantStatus", string(status))
	}
	return nil
}

// takeUp reads the body into head and batch.
func (c GrantCase) takeUp(head Head, batch *UsageBatch, body []byte) (Head, *Refusal) {
	lines := Lines(body)
	log, sound := LogOf(&head)
	empty := len(body) == 0 && batch.Closing // nothing was left to anchor
	if !sound || len(lines) == 0 && !empty || len(lines) > MaxBatchTraces || len(body) > MaxBatchBytes {
		return head, Refuse(CodeBatchInvalid, RuleTrace, "line", "0", "why", "size")
	}
	events := make(map[string]bool, len(lines))
	for i, line := range lines {
		t, err := ParseTrace(line)
		why := ""
		switch {
		case err != nil:
			why = "form"
		case t.Seq != batch.First+int64(i):
			why = "sequence"
		case events[t.Event]:
			why = "duplicate"
		case !t.Time().Before(c.At.Add(time.Second)): // proposals are dated in whole seconds
			why = "future"
		}
		if why == "" {
			why = c.account(&head, batch, t)
		}
		if why != "" {
			return head, Refuse(CodeBatchInvalid, RuleTrace, "line", itoa(i+1), "why", why)
		}
		events[t.Event] = true
		if err := log.Append(line, nil); err != nil {
			return head, Refuse(CodeBatchInvalid, RuleTrace, "line", itoa(i+1), "why", "tree")
		}
	}
	head = log.Head(head)
	batch.Last, batch.Chain = head.Seq, head.Chain
	if root, err := log.Root(); err != nil || root != batch.Root {
		return head, Refuse(CodeBatchInvalid, RuleTrace, "line", "0", "why", "root")
	}
	return head, nil
}

// account decides a trace anew and counts it; it answers why not if the line says otherwise.
func (c GrantCase) account(head *Head, batch *UsageBatch, t Trace) string {
	verdict := Code("")
	if refusal := JudgeTrace(c, t, head.Used); refusal != nil {
		verdict = refusal.Code
	}
	if verdict != t.Refused {
		return "verdict"
	}
	if verdict != "" {
		batch.Refused++
		return ""
	}
	batch.Accepted++
	batch.Quantity += t.Use.Quantity
	head.Used += t.Use.Quantity
	return ""
}
