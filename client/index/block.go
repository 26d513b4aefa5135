package index

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// ErrTampered: a block does not follow from the one before, or its data does not fit its header. Stop and alarm.
var ErrTampered = errors.New("block does not fit the chain")

// headerHash is the hash by which the next block refers to this one: SHA-256 over the ASN.1 sequence of number,
// previous hash and data hash.
func headerHash(h *common.BlockHeader) ([]byte, error) {
	body, err := asn1.Marshal(struct {
		Number       *big.Int
		PreviousHash []byte
		DataHash     []byte
	}{new(big.Int).SetUint64(h.GetNumber()), h.GetPreviousHash(), h.GetDataHash()})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	return sum[:], nil
}

// checkBlock holds a block against its own header and the header before it; previous is nil for block 0.
func checkBlock(b *common.Block, next uint64, previous []byte) error {
	h := b.GetHeader()
	if h.GetNumber() != next {
		return fmt.Errorf("%w: block %d came, %d was expected", ErrTampered, h.GetNumber(), next)
	}
	if next > 0 && !bytes.Equal(h.GetPreviousHash(), previous) {
		return fmt.Errorf("%w: block %d does not follow from the block before", ErrTampered, next)
	}
	sum := sha256.Sum256(bytes.Join(b.GetData().GetData(), nil))
	if !bytes.Equal(sum[:], h.GetDataHash()) {
		return fmt.Errorf("%w: block %d does not hold the data of its header", ErrTampered, next)
	}
	return nil
}

// transaction is one endorser transaction of a block with what it wrote to the registry's chaincode.
type transaction struct {
	txID     string
	position int
	function string
	creator  string
	code     string
	endorser bool // not configuration
	at       time.Time
	writes   []*kvrwset.KVWrite
}

func (t transaction) valid() bool { return t.code == peer.TxValidationCode_VALID.String() }

// readBlock lists the endorser transactions of a block and when its last valid entry was made. Invalid ones are listed
// as far as they can be read, without writes: orderers order anything that a member signed, even what is no transaction.
func readBlock(b *common.Block, chaincode string) (all []transaction, at time.Time, err error) {
	flags := b.GetMetadata().GetMetadata()
	if len(flags) <= int(common.BlockMetadataIndex_TRANSACTIONS_FILTER) || len(flags[common.BlockMetadataIndex_TRANSACTIONS_FILTER]) != len(b.GetData().GetData()) {
		return nil, at, fmt.Errorf("%w: block %d has no validation flag for each transaction", ErrTampered, b.GetHeader().GetNumber())
	}
	for i, body := range b.GetData().GetData() {
		t, err := readTransaction(body, chaincode)
		t.position, t.code = i, peer.TxValidationCode(flags[common.BlockMetadataIndex_TRANSACTIONS_FILTER][i]).String()
		switch {
		case !t.valid():
			t.writes = nil
		case err != nil:
			return nil, at, fmt.Errorf("block %d, transaction %d: %w", b.GetHeader().GetNumber(), i, err)
		default:
			at = t.at
		}
		if t.txID != "" && t.endorser {
			all = append(all, t)
		}
	}
	return all, at, nil
}

// readTransaction opens the envelope down to the write set, or as far as it can be read.
func readTransaction(body []byte, chaincode string) (t transaction, err error) {
	var envelope common.Envelope
	var payload common.Payload
	var header common.ChannelHeader
	var signature common.SignatureHeader
	if err := errors.Join(proto.Unmarshal(body, &envelope), proto.Unmarshal(envelope.GetPayload(), &payload),
		proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &header), proto.Unmarshal(payload.GetHeader().GetSignatureHeader(), &signature)); err != nil {
		return t, err
	}
	t = transaction{txID: shown(header.GetTxId()), at: claimedTime(header.GetTimestamp()), creator: shown(creatorName(signature.GetCreator())),
		endorser: common.HeaderType(header.GetType()) == common.HeaderType_ENDORSER_TRANSACTION}
	if !t.endorser {
		return t, nil
	}
	var tx peer.Transaction
	if err := proto.Unmarshal(payload.GetData(), &tx); err != nil {
		return t, err
	}
	for _, action := range tx.GetActions() {
		if err := t.readAction(action.GetPayload(), chaincode); err != nil {
			return t, err
		}
	}
	return t, nil
}

// claimedTime is the proposal's timestamp in whole seconds; the zero time if it is none, as only an invalid transaction may have.
func claimedTime(at *timestamppb.Timestamp) time.Time {
	if !at.IsValid() {
		return time.Time{}
	}
	return time.Unix(at.GetSeconds(), 0).UTC()
}

// shown makes a text of an unchecked transaction fit to be stored and shown; those of valid ones are as they are.
func shown(s string) string {
	const longest = 200 // bytes
	return strings.ToValidUTF8(strings.ReplaceAll(s[:min(len(s), longest)], "\x00", ""), "")
}

func (t *transaction) readAction(body []byte, chaincode string) error {
	var action peer.ChaincodeActionPayload
	var proposal peer.ChaincodeProposalPayload
	var invocation peer.ChaincodeInvocationSpec
	var response peer.ProposalResponsePayload
	var result peer.ChaincodeAction
	var sets rwset.TxReadWriteSet
	if err := errors.Join(proto.Unmarshal(body, &action), proto.Unmarshal(action.GetChaincodeProposalPayload(), &proposal),
		proto.Unmarshal(proposal.GetInput(), &invocation), proto.Unmarshal(action.GetAction().GetProposalResponsePayload(), &response),
		proto.Unmarshal(response.GetExtension(), &result), proto.Unmarshal(result.GetResults(), &sets)); err != nil {
		return err
	}
	if args := invocation.GetChaincodeSpec().GetInput().GetArgs(); len(args) > 0 {
		t.function = shown(string(args[0]))
	}
	for _, set := range sets.GetNsRwset() {
		if set.GetNamespace() != chaincode {
			continue
		}
		var kv kvrwset.KVRWSet
		if err := proto.Unmarshal(set.GetRwset(), &kv); err != nil {
			return err
		}
		t.writes = append(t.writes, kv.GetWrites()...)
	}
	return nil
}

func creatorName(creator []byte) string {
	var id msp.SerializedIdentity
	if proto.Unmarshal(creator, &id) != nil {
		return "?"
	}
	name := "?"
	if block, _ := pem.Decode(id.GetIdBytes()); block != nil {
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
			name = cert.Subject.CommonName
		}
	}
	return id.GetMspid() + "/" + name
}

// splitKey takes a composite key apart: object type and attributes.
func splitKey(key string) (object string, attributes []string, ok bool) {
	if !strings.HasPrefix(key, "\x00") || !strings.HasSuffix(key, "\x00") || len(key) < 3 {
		return "", nil, false
	}
	parts := strings.Split(key[1:len(key)-1], "\x00")
	return parts[0], parts[1:], true
}
