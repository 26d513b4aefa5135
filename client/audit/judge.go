package audit

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer/lifecycle"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/client/block"
)

// judgement is what a block comes to: a code for each entry, with the reason of each that is not valid, and the state that follows.
type judgement struct {
	audit   *Audit
	number  uint64
	entries []block.Entry
	codes   []peer.TxValidationCode
	reasons []string
	updates map[place]value
	before  map[place]value // what the updates replaced, as of the block before
	writers map[place]int   // which entry wrote a place last
	failed  error           // the state cannot be read, or something is not known how to judge

	endorsed map[int]map[string]bool // entry → namespace → its endorsements satisfied the policy
}

// judge computes the validation codes of a block and the state after it, in the two steps in which a peer does: first every entry by
// itself against the state before the block, then one after the other against what came before it.
func (a *Audit) judge(b *common.Block) *judgement {
	j := &judgement{audit: a, number: b.GetHeader().GetNumber(), updates: map[place]value{}, before: map[place]value{}, writers: map[place]int{}, endorsed: map[int]map[string]bool{}}
	for _, body := range b.GetData().GetData() {
		j.entries = append(j.entries, block.Open(body))
	}
	j.codes, j.reasons = make([]peer.TxValidationCode, len(j.entries)), make([]string, len(j.entries))
	seen := map[string]bool{}
	for i, e := range j.entries {
		j.codes[i], j.reasons[i] = j.alone(i, e)
	}
	for i, e := range j.entries {
		if j.codes[i] != peer.TxValidationCode_VALID || e.Type != common.HeaderType_ENDORSER_TRANSACTION {
			continue
		}
		if seen[e.TxID] {
			j.codes[i], j.reasons[i] = peer.TxValidationCode_DUPLICATE_TXID, "the same transaction stands earlier in the block"
			continue
		}
		seen[e.TxID] = true
	}
	for i, e := range j.entries {
		if j.codes[i] == peer.TxValidationCode_VALID && e.Type == common.HeaderType_ENDORSER_TRANSACTION {
			j.codes[i], j.reasons[i] = j.commit(i, e)
		}
	}
	return j
}

// window is how far a proposal's time may lie from the peers' clocks: they endorse nothing beyond it.
const window = 5 * time.Minute

// compare holds the flags that the peer wrote against the codes, and judges who wrote.
func (j *judgement) compare(flags []byte) *Difference {
	for i, e := range j.entries {
		if got := peer.TxValidationCode(flags[i]); got != j.codes[i] {
			want := j.codes[i].String()
			if j.reasons[i] != "" {
				want += " (" + j.reasons[i] + ")"
			}
			return j.differs(i, "validationCode", want, got.String())
		}
		if j.number == 0 {
			continue // nobody stands for the genesis block
		}
		if d := j.creator(i, e); d != nil {
			return d
		}
	}
	return nil
}

// creator judges who wrote: orderers admit writers of the channel only, and peers endorse nothing of an expired certificate.
func (j *judgement) creator(i int, e block.Entry) *Difference {
	config := j.audit.config
	if e.Form == peer.TxValidationCode_VALID && !config.Satisfies(block.PolicyWriters, []block.Signed{e.Signed}) {
		return j.differs(i, "creator", "somebody whom "+block.PolicyWriters+" admits", block.Shown(block.Name(e.Creator)))
	}
	if ends := config.Ends(e.Creator); j.codes[i] == peer.TxValidationCode_VALID && e.Type == common.HeaderType_ENDORSER_TRANSACTION && e.At.After(ends.Add(window)) {
		return j.differs(i, "creator", "a certificate in force at "+e.At.Format(time.RFC3339), "one that ended at "+ends.UTC().Format(time.RFC3339))
	}
	return nil
}

func (j *judgement) differs(i int, field, want, got string) *Difference {
	return &Difference{Block: j.number, Transaction: i, TxID: block.Shown(j.entries[i].TxID), Field: field, Want: want, Got: got}
}

// alone judges an entry against the state before the block.
func (j *judgement) alone(i int, e block.Entry) (peer.TxValidationCode, string) {
	if j.number == 0 {
		return peer.TxValidationCode_VALID, "" // the genesis block is what everything else is judged by
	}
	if e.Form != peer.TxValidationCode_VALID {
		return e.Form, "form of the envelope"
	}
	if e.Channel != j.audit.config.Channel {
		return peer.TxValidationCode_BAD_CREATOR_SIGNATURE, "for another channel"
	}
	if err := j.audit.config.Verify(e.Signed); err != nil {
		return peer.TxValidationCode_BAD_CREATOR_SIGNATURE, err.Error()
	}
	if e.Content != peer.TxValidationCode_VALID {
		return e.Content, "form of the transaction"
	}
	if e.Type == common.HeaderType_CONFIG {
		return peer.TxValidationCode_VALID, "" // judged with the chain
	}
	known, err := j.audit.store.known(e.TxID)
	j.fail(err)
	switch {
	case known:
		return peer.TxValidationCode_DUPLICATE_TXID, "the transaction id is on the ledger"
	case e.Result != peer.TxValidationCode_VALID:
		return e.Result, "form of the result"
	}
	return j.endorsement(i, e)
}

func (j *judgement) fail(err error) {
	j.failed = errors.Join(j.failed, err)
}

// endorsement judges the endorsements of an entry for every namespace that it writes.
func (j *judgement) endorsement(i int, e block.Entry) (peer.TxValidationCode, string) {
	j.endorsed[i] = map[string]bool{}
	namespaces := map[string]bool{e.Chaincode: true}
	for _, s := range e.Sets {
		if s.Writes() {
			namespaces[s.Namespace] = true
		}
	}
	for _, ns := range slices.Sorted(maps.Keys(namespaces)) {
		d, err := j.audit.definition(ns)
		j.fail(err)
		if !d.exists {
			return peer.TxValidationCode_INVALID_CHAINCODE, fmt.Sprintf("no chaincode %q is defined", block.Shown(ns))
		}
		if reason := j.unendorsed(i, e, ns, d); reason != "" {
			return peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, reason
		}
		j.endorsed[i][ns] = true
	}
	return peer.TxValidationCode_VALID, ""
}

// unendorsed says why the endorsements do not satisfy the policies of what is written in a namespace; "" if they do. A key with a policy of
// its own is judged by that alone; everything else, and a transaction that writes nothing, by the chaincode's.
func (j *judgement) unendorsed(i int, e block.Entry, ns string, d definition) string {
	judged := false
	chaincode := func() string {
		judged = true
		if !d.satisfied(j.audit.config, e.Endorsed) {
			return "the endorsements do not satisfy the policy of " + ns
		}
		return ""
	}
	for _, w := range written(e, ns) {
		if changer := j.policyChanged(i, w); changer >= 0 {
			return fmt.Sprintf("transaction %d changed the policy of %s in the same block", changer, shownKey(w))
		}
		v, err := j.audit.store.find(w)
		j.fail(err)
		reason := ""
		switch {
		case len(v.policy) > 0:
			judged = true
			if !j.audit.config.SatisfiesKey(v.policy, e.Endorsed) {
				reason = "the endorsements do not satisfy the policy of " + shownKey(w)
			}
		case w.coll != "":
			judged = true
			reason = j.unendorsedIn(w.coll, e)
		default:
			reason = chaincode()
		}
		if reason != "" {
			return reason
		}
	}
	if !judged {
		return chaincode()
	}
	return ""
}

// unendorsedIn judges a write in a private collection. Only the implicit ones of the chaincode lifecycle exist here.
func (j *judgement) unendorsedIn(collection string, e block.Entry) string {
	mspID, implicit := strings.CutPrefix(collection, "_implicit_org_")
	if path := j.audit.config.OrganisationPolicy(mspID); !implicit || path == "" || !j.audit.config.Satisfies(path, e.Endorsed) {
		return "the endorsements do not satisfy the policy of collection " + block.Shown(collection)
	}
	return ""
}

// written are the places of a namespace whose value or policy an entry writes.
func written(e block.Entry, ns string) (all []place) {
	for _, s := range e.Sets {
		if s.Namespace != ns {
			continue
		}
		for _, w := range s.Public.GetWrites() {
			all = append(all, place{ns, "", w.GetKey()})
		}
		for _, w := range s.Public.GetMetadataWrites() {
			all = append(all, place{ns, "", w.GetKey()})
		}
		for _, c := range s.Collections {
			for _, w := range c.Hashed.GetHashedWrites() {
				all = append(all, place{ns, c.Name, string(w.GetKeyHash())})
			}
			for _, w := range c.Hashed.GetMetadataWrites() {
				all = append(all, place{ns, c.Name, string(w.GetKeyHash())})
			}
		}
	}
	return all
}

// policyChanged finds an earlier entry of the block that was endorsed and changed the policy of a place: -1 if there is none. Its outcome is
// not known yet, so nobody may build on it.
func (j *judgement) policyChanged(i int, w place) int {
	for k := range i {
		if !j.endorsed[k][w.ns] {
			continue
		}
		for _, s := range j.entries[k].Sets {
			if s.Namespace == w.ns && changesPolicy(s, w) {
				return k
			}
		}
	}
	return -1
}

func changesPolicy(s block.Set, w place) bool {
	if w.coll == "" {
		for _, m := range s.Public.GetMetadataWrites() {
			if m.GetKey() == w.key {
				return true
			}
		}
		return false
	}
	for _, c := range s.Collections {
		for _, m := range c.Hashed.GetMetadataWrites() {
			if c.Name == w.coll && string(m.GetKeyHash()) == w.key {
				return true
			}
		}
	}
	return false
}

// definition is what the ledger says of a chaincode.
type definition struct {
	exists bool
	policy []byte // of its definition; nil: that of the lifecycle
}

func (d definition) satisfied(c *block.Config, set []block.Signed) bool {
	if d.policy == nil {
		return c.Satisfies(block.PolicyLifecycle, set)
	}
	return c.SatisfiesApplication(d.policy, set)
}

const lifecycleNamespace = "_lifecycle"

// definition reads the definition of a chaincode that is in force before the block.
func (a *Audit) definition(ns string) (definition, error) {
	if ns == lifecycleNamespace {
		return definition{exists: true}, nil
	}
	if known, ok := a.defined[ns]; ok {
		return known, nil
	}
	found, err := a.readDefinition(ns)
	if err == nil {
		a.defined[ns] = found
	}
	return found, err
}

func (a *Audit) readDefinition(ns string) (definition, error) {
	var meta lifecycle.StateMetadata
	head, err := a.store.find(place{lifecycleNamespace, "", "namespaces/metadata/" + ns})
	if err != nil || head.body == nil {
		return definition{}, err
	}
	if err := proto.Unmarshal(head.body, &meta); err != nil || meta.GetDatatype() != "ChaincodeDefinition" {
		return definition{}, errors.Join(err, fmt.Errorf("namespace %s is no chaincode", ns))
	}
	var info lifecycle.ChaincodeValidationInfo
	var collections peer.CollectionConfigPackage
	if err := errors.Join(a.readField(ns, "ValidationInfo", &info), a.readField(ns, "Collections", &collections)); err != nil {
		return definition{}, err
	}
	if info.GetValidationPlugin() != "vscc" || len(collections.GetConfig()) > 0 {
		return definition{}, fmt.Errorf("chaincode %s is validated by plugin %q with %d collections: that is not known how to judge", ns, info.GetValidationPlugin(), len(collections.GetConfig()))
	}
	return definition{exists: true, policy: info.GetValidationParameter()}, nil
}

func (a *Audit) readField(ns, field string, into proto.Message) error {
	var data lifecycle.StateData
	v, err := a.store.find(place{lifecycleNamespace, "", "namespaces/fields/" + ns + "/" + field})
	if err == nil {
		err = proto.Unmarshal(v.body, &data)
	}
	if err == nil {
		err = proto.Unmarshal(data.GetBytes(), into)
	}
	return err
}

// redefines says whether the block may have changed a definition.
func (j *judgement) redefines() bool {
	for where := range j.updates {
		if where.ns == lifecycleNamespace {
			return true
		}
	}
	return false
}

// shownKey is a place as people read it.
func shownKey(p place) string {
	if object, attributes, ok := block.SplitKey(p.key); ok && p.coll == "" {
		return block.Shown(strings.TrimSpace(object + " " + strings.Join(attributes, " ")))
	}
	if p.coll != "" {
		return fmt.Sprintf("%s/%s/%x", p.ns, block.Shown(p.coll), p.key)
	}
	return p.ns + "/" + block.Shown(p.key)
}
