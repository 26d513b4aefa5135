package block

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/encoding/protowire"
)

// maxStored bounds a block in a file, in bytes: far above what orderers cut.
const maxStored = 512 << 20

// ReadFiles calls fn with the blocks in a peer's block files, from start on, until fn fails or the files end. dir is the channel's
// directory, <peer>/ledgersData/chains/chains/<channel>. A last block that was not written to its end is left out: the peer cuts it off, too.
func ReadFiles(dir string, start uint64, fn func(*common.Block) error) error {
	files, err := filepath.Glob(filepath.Join(dir, "blockfile_*"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s holds no block files", dir)
	}
	slices.Sort(files)
	for i, file := range files {
		err := readFile(file, start, fn)
		if errors.Is(err, io.ErrUnexpectedEOF) && i == len(files)-1 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
	}
	return nil
}

func readFile(file string, start uint64, fn func(*common.Block) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	for {
		body, err := readStored(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		b, err := decodeStored(body, start)
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		if err := fn(b); err != nil {
			return err
		}
	}
}

// readStored reads the bytes of one block: a length, then as many. io.EOF at the end, io.ErrUnexpectedEOF within a block.
func readStored(r *bufio.Reader) ([]byte, error) {
	var head []byte
	for len(head) < 10 {
		c, err := r.ReadByte()
		if errors.Is(err, io.EOF) && len(head) > 0 {
			return nil, io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		if head = append(head, c); c < 0x80 {
			break
		}
	}
	size, n := protowire.ConsumeVarint(head)
	if n < 0 || size == 0 || size > maxStored {
		return nil, errors.New("no block begins where one should")
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return body, nil
}

// decodeStored takes the bytes of a block apart as the block store writes them; nil for a block before start.
func decodeStored(body []byte, start uint64) (*common.Block, error) {
	d := decoder{rest: body}
	header := &common.BlockHeader{Number: d.number(), DataHash: d.bytes(), PreviousHash: d.bytes()}
	if len(header.PreviousHash) == 0 {
		header.PreviousHash = nil
	}
	if d.err == nil && header.Number < start {
		return nil, nil
	}
	b := &common.Block{Header: header, Data: &common.BlockData{Data: d.list()}, Metadata: &common.BlockMetadata{Metadata: d.list()}}
	if d.err != nil {
		return nil, fmt.Errorf("block %d: %w", header.Number, d.err)
	}
	return b, nil
}

// decoder reads numbers and byte strings; its first error stays.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) number() uint64 {
	v, n := protowire.ConsumeVarint(d.rest)
	d.skip(n)
	return v
}

func (d *decoder) bytes() []byte {
	v, n := protowire.ConsumeBytes(d.rest)
	d.skip(n)
	return v
}

func (d *decoder) list() (all [][]byte) {
	count := d.number()
	for range count {
		if all = append(all, d.bytes()); d.err != nil {
			return nil
		}
	}
	return all
}

func (d *decoder) skip(n int) {
	if n < 0 {
		d.rest, d.err = nil, errors.Join(d.err, protowire.ParseError(n))
		return
	}
	d.rest = d.rest[n:]
}
