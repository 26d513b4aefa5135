// Package usage builds batches of usage traces and proves what is in them. Everything here is pure: the log of a grant is one RFC 6962 tree over the
// lines of its traces, the ledger keeps its root (registry.Head, registry.UsageBatch).
package usage

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Tree is the whole log of a grant with the nodes that proofs need. It holds 64 bytes a trace.
type Tree struct {
	log   registry.Log
	nodes map[compact.NodeID][]byte
	size  uint64
}

// NewTree begins an empty log.
func NewTree() *Tree {
	log, _ := registry.LogOf(nil)
	return &Tree{log: log, nodes: map[compact.NodeID][]byte{}}
}

// Append adds the line of a trace.
func (t *Tree) Append(line []byte) error {
	t.nodes[compact.NewNodeID(0, t.size)] = rfc6962.DefaultHasher.HashLeaf(line)
	t.size++
	return t.log.Append(line, func(id compact.NodeID, hash []byte) { t.nodes[id] = hash })
}

// Size is the number of traces.
func (t *Tree) Size() int64 { return int64(t.size) }

// Root is the hex root of the whole log.
func (t *Tree) Root() (string, error) { return t.log.Root() }

// Inclusion proves that the trace with a sequence number is in the log of the first size traces.
func (t *Tree) Inclusion(seq, size int64) ([][]byte, error) {
	if seq < 1 || size < seq || size > t.Size() {
		return nil, fmt.Errorf("usage: no trace %d in a log of %d", seq, size)
	}
	n, err := proof.Inclusion(uint64(seq-1), uint64(size))
	if err != nil {
		return nil, err
	}
	return t.hashes(n)
}

// Consistency proves that the log of the first to traces goes on from that of the first from.
func (t *Tree) Consistency(from, to int64) ([][]byte, error) {
	if from < 0 || to < from || to > t.Size() {
		return nil, fmt.Errorf("usage: no logs of %d and %d", from, to)
	}
	n, err := proof.Consistency(uint64(from), uint64(to))
	if err != nil {
		return nil, err
	}
	return t.hashes(n)
}

func (t *Tree) hashes(n proof.Nodes) ([][]byte, error) {
	var all [][]byte
	for _, id := range n.IDs {
		hash, ok := t.nodes[id]
		if !ok {
			return nil, fmt.Errorf("usage: node %v is missing", id)
		}
		all = append(all, hash)
	}
	return n.Rehash(all, rfc6962.DefaultHasher.HashChildren)
}

// ErrNotProven: the proof does not show what it should; believe nothing of it.
var ErrNotProven = errors.New("not proven")

// VerifyInclusion says whether a line is the trace with its sequence number in the log of size traces with the hex root.
func VerifyInclusion(line []byte, size int64, path [][]byte, root string) error {
	t, err := registry.ParseTrace(line)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotProven, err)
	}
	hash, err := hex.DecodeString(root)
	if err != nil || size < t.Seq {
		return ErrNotProven
	}
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(t.Seq-1), uint64(size), rfc6962.DefaultHasher.HashLeaf(line), path, hash); err != nil {
		return fmt.Errorf("%w: %w", ErrNotProven, err)
	}
	return nil
}

// VerifyConsistency says whether the log of to traces goes on from that of from traces.
func VerifyConsistency(from, to int64, path [][]byte, before, after string) error {
	one, err := hex.DecodeString(before)
	if err != nil || from < 0 {
		return ErrNotProven
	}
	two, err := hex.DecodeString(after)
	if err != nil || to < from {
		return ErrNotProven
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(from), uint64(to), path, one, two); err != nil {
		return fmt.Errorf("%w: %w", ErrNotProven, err)
	}
	return nil
}

// VerifyList says whether lines are all traces after a head, in order, up to the hex root of a later one: nothing left out, moved, added or altered.
// It names the first line whose sequence number is not the next one.
func VerifyList(before registry.Head, lines [][]byte, root string) error {
	log, ok := registry.LogOf(&before)
	if !ok {
		return fmt.Errorf("%w: the head is none", ErrNotProven)
	}
	for i, line := range lines {
		t, err := registry.ParseTrace(line)
		if err != nil {
			return fmt.Errorf("%w: line %d: %w", ErrNotProven, i+1, err)
		}
		if want := before.Seq + int64(i) + 1; t.Seq != want {
			return fmt.Errorf("%w: line %d is trace %d, not %d", ErrNotProven, i+1, t.Seq, want)
		}
		if err := log.Append(line, nil); err != nil {
			return err
		}
	}
	got, err := log.Root()
	if err != nil {
		return err
	}
	if got != root {
		return fmt.Errorf("%w: traces %d to %d are not those that were anchored", ErrNotProven, before.Seq+1, before.Seq+int64(len(lines)))
	}
	return nil
}
