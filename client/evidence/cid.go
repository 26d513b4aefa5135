package evidence

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"github.com/ipfs/go-cid"
	"github.com/multiformats/go-multihash"
)

// Parameters of the profile unixfs-v1-2025: CIDv1, sha2-256, raw leaves of 1 MiB, at most 1,024 links a node, balanced.
const (
	Profile   = "unixfs-v1-2025"
	chunkSize = 1 << 20
	maxLinks  = 1024
)

// Hasher computes the content identifier of what is written to it, in constant memory.
type Hasher struct {
	leaf   hash.Hash
	filled int
	leaves int
	levels [][]link // levels[0] holds leaves not yet in a node
}

// link points to a block: its identifier, the bytes of file under it and the bytes of all blocks under it.
type link struct {
	cid        cid.Cid
	fileSize   uint64
	blocksSize uint64
}

// NewHasher makes a hasher for one file.
func NewHasher() *Hasher { return &Hasher{leaf: sha256.New()} }

// Write adds content; it never fails.
func (h *Hasher) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if h.filled == chunkSize {
			h.closeLeaf()
		}
		take := min(len(p), chunkSize-h.filled)
		h.leaf.Write(p[:take])
		h.filled += take
		p = p[take:]
	}
	return n, nil
}

func (h *Hasher) closeLeaf() {
	size := uint64(h.filled)
	h.push(0, link{newCID(cid.Raw, h.leaf.Sum(nil)), size, size})
	h.leaf.Reset()
	h.filled = 0
	h.leaves++
}

func (h *Hasher) push(level int, l link) {
	if level == len(h.levels) {
		h.levels = append(h.levels, nil)
	}
	if len(h.levels[level]) == maxLinks {
		h.closeNode(level)
	}
	h.levels[level] = append(h.levels[level], l)
}

func (h *Hasher) closeNode(level int) {
	links := h.levels[level]
	h.levels[level] = nil
	h.push(level+1, node(links))
}

// Sum ends the file and gives its identifier. Nothing may be written afterwards.
func (h *Hasher) Sum() cid.Cid {
	if h.filled > 0 || h.leaves == 0 {
		h.closeLeaf()
	}
	for level := 0; ; level++ {
		if level == len(h.levels)-1 && len(h.levels[level]) == 1 {
			return h.levels[level][0].cid
		}
		if len(h.levels[level]) > 0 {
			h.closeNode(level)
		}
	}
}

func newCID(codec uint64, digest []byte) cid.Cid {
	mh, err := multihash.Encode(digest, multihash.SHA2_256)
	if err != nil {
		panic(err) // a known code and a digest of its length
	}
	return cid.NewCidV1(codec, mh)
}

// node encodes a UnixFS file node in dag-pb (links before data) and links to it.
func node(links []link) link {
	var body, data []byte
	var total link
	data = append(data, 0x08, 2) // type: file
	for _, l := range links {
		total.fileSize += l.fileSize
		total.blocksSize += l.blocksSize
	}
	data = binary.AppendUvarint(append(data, 0x18), total.fileSize)
	for _, l := range links {
		data = binary.AppendUvarint(append(data, 0x20), l.fileSize)
		var entry []byte
		entry = appendBytes(entry, 0x0a, l.cid.Bytes())
		entry = append(entry, 0x12, 0) // an empty name is written
		entry = binary.AppendUvarint(append(entry, 0x18), l.blocksSize)
		body = appendBytes(body, 0x12, entry)
	}
	body = appendBytes(body, 0x0a, data)
	sum := sha256.Sum256(body)
	total.cid = newCID(cid.DagProtobuf, sum[:])
	total.blocksSize += uint64(len(body))
	return total
}

func appendBytes(to []byte, tag byte, value []byte) []byte {
	to = binary.AppendUvarint(append(to, tag), uint64(len(value)))
	return append(to, value...)
}
