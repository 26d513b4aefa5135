// Package block opens and verifies the blocks of the ledger: header chain, data hash, and the signatures of orderers, creators and
// endorsers against the channel configuration in force. It computes and never asks anybody; whoever has blocks can use it.
//
// The configuration follows from the blocks themselves: NewConfig takes the genesis block's, Config.Update judges and takes over a
// later one.
package block

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
)

// ErrTampered: a block does not follow from the one before, its data does not fit its header, or no orderer stands for it. Stop and
// alarm.
var ErrTampered = errors.New("block does not fit the chain")

// Defect is what is wrong with a block or one of its signatures; it unwraps to ErrTampered.
type Defect struct {
	Field string // of the block: header.number, header.previousHash, header.dataHash, metadata.signatures, metadata.transactionsFilter, config
	Want  string
	Got   string
}

func (d *Defect) Error() string {
	return fmt.Sprintf("%s is %s, %s was expected", d.Field, d.Got, d.Want)
}

// Unwrap is ErrTampered.
func (d *Defect) Unwrap() error { return ErrTampered }

// Hash is the hash by which the next block refers to this one: SHA-256 over HeaderBytes.
func Hash(h *common.BlockHeader) []byte {
	sum := sha256.Sum256(HeaderBytes(h))
	return sum[:]
}

// HeaderBytes is the ASN.1 sequence of number, previous hash and data hash; orderers sign it.
func HeaderBytes(h *common.BlockHeader) []byte {
	body, err := asn1.Marshal(struct {
		Number       *big.Int
		PreviousHash []byte
		DataHash     []byte
	}{new(big.Int).SetUint64(h.GetNumber()), h.GetPreviousHash(), h.GetDataHash()})
	if err != nil {
		panic(err) // a number and two byte strings always encode
	}
	return body
}

// Check holds a block against its own header and the header before it; previous is nil for block 0. Its errors are *Defect.
func Check(b *common.Block, next uint64, previous []byte) error {
	h := b.GetHeader()
	if h.GetNumber() != next {
		return &Defect{"header.number", fmt.Sprint(next), fmt.Sprint(h.GetNumber())}
	}
	if next > 0 && !bytes.Equal(h.GetPreviousHash(), previous) {
		return &Defect{"header.previousHash", fmt.Sprintf("%x", previous), fmt.Sprintf("%x", h.GetPreviousHash())}
	}
	if sum := sha256.Sum256(bytes.Join(b.GetData().GetData(), nil)); !bytes.Equal(sum[:], h.GetDataHash()) {
		return &Defect{"header.dataHash", fmt.Sprintf("%x", h.GetDataHash()), fmt.Sprintf("%x", sum)}
	}
	return nil
}

// Flags are the validation codes that the peer wrote, one for each transaction: nobody signed them.
func Flags(b *common.Block) ([]byte, error) {
	flags := metadata(b, common.BlockMetadataIndex_TRANSACTIONS_FILTER)
	if len(flags) != len(b.GetData().GetData()) {
		return nil, &Defect{"metadata.transactionsFilter", fmt.Sprintf("one flag for each of %d transactions", len(b.GetData().GetData())), fmt.Sprint(len(flags))}
	}
	return flags, nil
}

func metadata(b *common.Block, index common.BlockMetadataIndex) []byte {
	all := b.GetMetadata().GetMetadata()
	if len(all) <= int(index) {
		return nil
	}
	return all[index]
}
