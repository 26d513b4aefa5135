// Package audit replays the ledger block by block and believes nothing that it can compute: header chain, data hash, the signatures of
// orderers, creators and endorsers, every validation code from configuration, definitions, policies and versions, the state and the
// commit hash that follow from them, and what the law wants of the records (see domain.go). It asks nobody: blocks are given to it, from a
// peer or from its block files. The state lies in a database of its own, so that an audit goes on where it was.
package audit

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/client/block"
)

// Difference is the first thing that is not as it should be. What comes after it was not looked at: it would be judged on a state that
// nobody vouches for.
type Difference struct {
	Block       uint64 `json:"block"`
	Transaction int    `json:"transaction"` // position in the block; -1: the block itself
	TxID        string `json:"txId,omitempty"`
	Field       string `json:"field"` // of the closed list in docs/formats.md
	Record      string `json:"record,omitempty"`
	Want        string `json:"want"`
	Got         string `json:"got"`
}

func (d *Difference) Error() string {
	place := fmt.Sprintf("block %d", d.Block)
	if d.Transaction >= 0 {
		place += fmt.Sprintf(", transaction %d (%s)", d.Transaction, d.TxID)
	}
	if d.Record != "" {
		place += ", " + d.Record
	}
	return fmt.Sprintf("%s, %s: %s, where %s was expected", place, d.Field, d.Got, d.Want)
}

// Audit is one audit of one channel and chaincode. It is not safe for concurrent use.
type Audit struct {
	chaincode string
	store     *store
	config    *block.Config
	progress  Progress
	defined   map[string]definition
}

// Progress is how far an audit has come.
type Progress struct {
	Next         uint64 // block
	Genesis      []byte // hash of the first block's header: whoever trusts it trusts what follows
	Hash         []byte // of the last block's header
	CommitHash   []byte // recomputed, of the last block
	Transactions uint64 // judged
	Valid        uint64 // of them
	channel      string
	config       []byte
}

// Open opens or begins an audit. An empty path keeps everything in memory.
func Open(path, chaincode string) (*Audit, error) {
	s, err := openStore(path)
	if err != nil {
		return nil, fmt.Errorf("audit %s: %w", path, err)
	}
	a := &Audit{chaincode: chaincode, store: s, defined: map[string]definition{}}
	if err := a.load(); err != nil {
		s.close()
		return nil, fmt.Errorf("audit %s: %w", path, err)
	}
	return a, nil
}

func (a *Audit) load() error {
	p, err := a.store.progress()
	if err != nil || p.Next == 0 {
		return err
	}
	var config common.Config
	if err := proto.Unmarshal(p.config, &config); err != nil {
		return err
	}
	a.progress = p
	a.config, err = block.NewConfig(p.channel, &config)
	return err
}

// Close keeps what was audited.
func (a *Audit) Close() error {
	return errors.Join(a.store.save(), a.store.close())
}

// Progress is how far the audit has come.
func (a *Audit) Progress() Progress { return a.progress }

// Block judges the next block. An error that is a *Difference is a finding, any other one a failure to judge; after either the audit
// stands where it was.
func (a *Audit) Block(b *common.Block) error {
	after, err := a.chain(b)
	if err != nil {
		return a.blame(b, err)
	}
	flags, err := block.Flags(b)
	if err != nil {
		return a.blame(b, err)
	}
	j := a.judge(b)
	if j.failed != nil {
		return fmt.Errorf("block %d: %w", b.GetHeader().GetNumber(), j.failed)
	}
	if d := j.compare(flags); d != nil {
		return d
	}
	hash := commitHash(b, flags, j.updates, a.progress.CommitHash)
	if got := block.CommitHash(b); b.GetHeader().GetNumber() > 0 && !bytes.Equal(got, hash) {
		return &Difference{Block: b.GetHeader().GetNumber(), Transaction: -1, Field: "metadata.commitHash", Want: fmt.Sprintf("%x", hash), Got: fmt.Sprintf("%x", got)}
	}
	if d, err := a.rules(j); d != nil || err != nil {
		return errors.Join(err, difference(d))
	}
	return a.keep(b, j, after, hash)
}

// difference is an error only if there is one.
func difference(d *Difference) error {
	if d == nil {
		return nil
	}
	return d
}

// blame turns what is wrong with a block itself into a finding.
func (a *Audit) blame(b *common.Block, err error) error {
	var d *block.Defect
	if !errors.As(err, &d) {
		return err
	}
	return &Difference{Block: max(b.GetHeader().GetNumber(), a.progress.Next), Transaction: -1, Field: d.Field, Want: d.Want, Got: d.Got}
}

// chain holds a block against the one before, its orderers, and the configuration; it gives the configuration after it.
func (a *Audit) chain(b *common.Block) (*block.Config, error) {
	if err := block.Check(b, a.progress.Next, a.progress.Hash); err != nil {
		return nil, err
	}
	if a.progress.Next > 0 {
		if err := a.config.CheckOrderers(b); err != nil {
			return nil, err
		}
	}
	announced, channel, err := block.ConfigOf(b)
	if err != nil {
		return nil, &block.Defect{Field: "config", Want: "a configuration", Got: err.Error()}
	}
	switch {
	case a.progress.Next > 0 && announced == nil:
		return a.config, nil
	case a.progress.Next > 0:
		return a.config.Update(announced)
	case announced == nil:
		return nil, &block.Defect{Field: "config", Want: "a configuration in the genesis block", Got: "none"}
	}
	return block.NewConfig(channel, announced.GetConfig())
}

// keep stores what a block changed.
func (a *Audit) keep(b *common.Block, j *judgement, after *block.Config, commitHash []byte) error {
	number := b.GetHeader().GetNumber()
	p := Progress{Next: number + 1, Genesis: a.progress.Genesis, Hash: block.Hash(b.GetHeader()), CommitHash: commitHash, Transactions: a.progress.Transactions + uint64(len(j.entries)),
		Valid: a.progress.Valid, channel: after.Channel, config: a.progress.config}
	for _, code := range j.codes {
		if code == peer.TxValidationCode_VALID {
			p.Valid++
		}
	}
	if number == 0 {
		p.Genesis = p.Hash
	}
	if after != a.config {
		body, err := proto.Marshal(after.Proto())
		if err != nil {
			return err
		}
		p.config = body
	}
	if err := a.store.apply(j, p); err != nil {
		return err
	}
	if j.redefines() {
		a.defined = map[string]definition{}
	}
	a.progress, a.config = p, after
	return nil
}

// Records calls fn with every record of an object type in the replayed state, in the order of keys: the attributes of its key and its
// canonical JSON.
func (a *Audit) Records(object string, fn func(attributes []string, body []byte) error) error {
	prefix := "\x00" + object + "\x00"
	return a.store.each(a.chaincode, prefix, "\x00"+object+"\x01", func(key string, v value) error {
		_, attributes, ok := block.SplitKey(key)
		if !ok || !strings.HasPrefix(key, prefix) {
			return nil
		}
		return fn(attributes, v.body)
	})
}
