package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/hehuang-data/hehuang/client/block"
)

// commit judges what an entry read against the state with what came before it in the block, and, if nothing has changed, takes over what
// it wrote.
func (j *judgement) commit(i int, e block.Entry) (peer.TxValidationCode, string) {
	for _, s := range e.Sets {
		for _, r := range s.Public.GetReads() {
			if !j.stands(place{s.Namespace, "", r.GetKey()}, r.GetVersion()) {
				return peer.TxValidationCode_MVCC_READ_CONFLICT, shownKey(place{s.Namespace, "", r.GetKey()}) + " was changed after it was read"
			}
		}
		for _, q := range s.Public.GetRangeQueriesInfo() {
			if !j.sameRange(s.Namespace, q) {
				return peer.TxValidationCode_PHANTOM_READ_CONFLICT, "a range was changed after it was read"
			}
		}
		for _, c := range s.Collections {
			for _, r := range c.Hashed.GetHashedReads() {
				where := place{s.Namespace, c.Name, string(r.GetKeyHash())}
				if !j.stands(where, r.GetVersion()) {
					return peer.TxValidationCode_MVCC_READ_CONFLICT, shownKey(where) + " was changed after it was read"
				}
			}
		}
	}
	j.write(i, e)
	return peer.TxValidationCode_VALID, ""
}

// stands says whether what was read is still there, in this version or not at all.
func (j *judgement) stands(where place, read *kvrwset.Version) bool {
	if _, changed := j.updates[where]; changed {
		return false
	}
	v, err := j.audit.store.find(where)
	j.fail(err)
	return v.is(read)
}

func (v value) is(read *kvrwset.Version) bool {
	if v.body == nil || read == nil {
		return v.body == nil && read == nil
	}
	return v.block == read.GetBlockNum() && v.position == read.GetTxNum()
}

// sameRange runs a range query again.
func (j *judgement) sameRange(ns string, q *kvrwset.RangeQueryInfo) bool {
	if q.GetReadsMerkleHashes() != nil {
		j.fail(fmt.Errorf("a range query with hashes of its results is not known how to judge"))
		return false
	}
	end := q.GetEndKey()
	if !q.GetItrExhausted() {
		end += "\x00" // the last key that was seen belongs to it
	}
	now := map[string]value{}
	j.fail(j.audit.store.each(ns, q.GetStartKey(), end, func(key string, v value) error { now[key] = v; return nil }))
	for where, v := range j.updates {
		if where.ns == ns && where.coll == "" && where.key >= q.GetStartKey() && (end == "" || where.key < end) {
			now[where.key] = v
		}
	}
	maps.DeleteFunc(now, func(_ string, v value) bool { return v.body == nil })
	reads := q.GetRawReads().GetKvReads()
	keys := slices.Sorted(maps.Keys(now))
	return slices.EqualFunc(keys, reads, func(key string, r *kvrwset.KVRead) bool { return key == r.GetKey() && now[key].is(r.GetVersion()) })
}

// change is what one transaction does to one place.
type change struct {
	wrote, deleted, governs bool
	body, policy            []byte
}

// write takes over what an entry wrote.
func (j *judgement) write(i int, e block.Entry) {
	changes := map[place]change{}
	put := func(where place, body []byte, deleted bool) {
		c := changes[where]
		c.wrote, c.deleted, c.body = true, deleted || len(body) == 0, body
		changes[where] = c
	}
	govern := func(where place, entries []*kvrwset.KVMetadataEntry) {
		c := changes[where]
		c.governs, c.policy = true, nil
		for _, m := range entries {
			if m.GetName() == peer.MetaDataKeys_VALIDATION_PARAMETER.String() {
				c.policy = m.GetValue()
			}
		}
		changes[where] = c
	}
	for _, s := range e.Sets {
		for _, w := range s.Public.GetWrites() {
			put(place{s.Namespace, "", w.GetKey()}, w.GetValue(), w.GetIsDelete())
		}
		for _, w := range s.Public.GetMetadataWrites() {
			govern(place{s.Namespace, "", w.GetKey()}, w.GetEntries())
		}
		for _, c := range s.Collections {
			for _, w := range c.Hashed.GetHashedWrites() {
				put(place{s.Namespace, c.Name, string(w.GetKeyHash())}, w.GetValueHash(), w.GetIsDelete() || w.GetIsPurge())
			}
			for _, w := range c.Hashed.GetMetadataWrites() {
				govern(place{s.Namespace, c.Name, string(w.GetKeyHash())}, w.GetEntries())
			}
		}
	}
	for where, c := range changes {
		j.update(i, where, c)
	}
}

// update merges a change with what is there: a value keeps its policy, a policy its value; a policy for what is not there is dropped.
func (j *judgement) update(i int, where place, c change) {
	stored, err := j.audit.store.find(where)
	j.fail(err)
	old, changed := j.updates[where]
	if !changed {
		old = stored
	}
	next := value{body: c.body, policy: c.policy, version: version{j.number, uint64(i)}}
	switch {
	case c.deleted:
		next.body, next.policy = nil, nil
	case !c.wrote && old.body == nil:
		return
	case !c.wrote:
		next.body = old.body
	case !c.governs:
		next.policy = old.policy
	}
	j.updates[where], j.before[where], j.writers[where] = next, stored, i
}

// commitHash is what the peer must have written: SHA-256 over the number of flags, the flags, the updates in one order, and the commit hash
// before. There is none in block 0.
func commitHash(b *common.Block, flags []byte, updates map[place]value, previous []byte) []byte {
	if b.GetHeader().GetNumber() == 0 {
		return nil
	}
	body := append(protowire.AppendVarint(nil, uint64(len(flags))), flags...)
	body = append(body, encodeUpdates(updates)...)
	sum := sha256.Sum256(append(body, previous...))
	return sum[:]
}

// encodeUpdates writes the updates as Fabric's message of key-value writes: by namespace, public before collections, by key; a namespace
// and a collection are named once.
func encodeUpdates(updates map[place]value) []byte {
	places := slices.SortedFunc(maps.Keys(updates), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.ns, b.ns), cmp.Compare(a.coll, b.coll), cmp.Compare(a.key, b.key))
	})
	var body []byte
	ns, coll := "", ""
	for _, p := range places {
		var kv []byte
		if p.ns != ns {
			kv = protowire.AppendString(protowire.AppendTag(kv, 1, protowire.BytesType), p.ns)
			ns, coll = p.ns, ""
		}
		if p.coll != coll {
			kv = protowire.AppendString(protowire.AppendTag(kv, 2, protowire.BytesType), p.coll)
			coll = p.coll
		}
		v := updates[p]
		if p.key != "" {
			kv = protowire.AppendString(protowire.AppendTag(kv, 3, protowire.BytesType), p.key)
		}
		if v.body == nil {
			kv = protowire.AppendVarint(protowire.AppendTag(kv, 4, protowire.VarintType), 1)
		} else {
			kv = protowire.AppendBytes(protowire.AppendTag(kv, 5, protowire.BytesType), v.body)
		}
		kv = protowire.AppendBytes(protowire.AppendTag(kv, 6, protowire.BytesType), append(ordered(v.block), ordered(v.position)...))
		body = protowire.AppendBytes(protowire.AppendTag(body, 1, protowire.BytesType), kv)
	}
	return body
}

// ordered writes a number as a count of bytes and those bytes, so that texts compare as numbers do.
func ordered(n uint64) []byte {
	var all [8]byte
	binary.BigEndian.PutUint64(all[:], n)
	first := 0
	for first < 8 && all[first] == 0 {
		first++
	}
	return append([]byte{byte(8 - first)}, all[first:]...)
}
