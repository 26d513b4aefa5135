package block

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
)

// Entry is one entry of a block, opened as far as it can be: orderers order anything that a member signed, even what is no transaction.
type Entry struct {
	Type      common.HeaderType
	Channel   string
	TxID      string
	At        time.Time // the proposal's time in whole seconds; the zero time if it states none
	Creator   []byte    // serialized identity
	Signed    Signed    // the creator's
	Function  string
	Arguments [][]byte
	Chaincode string // that was called
	Endorsed  []Signed
	Sets      []Set // what was read and written

	// What a peer answers to the form of the envelope; once the creator's signature has been judged, of the transaction in it; and once
	// no transaction of the same id is known, of its result. VALID if there is nothing to say.
	Form, Content, Result peer.TxValidationCode

	config    *common.ConfigEnvelope
	configErr error
}

// Set is what a transaction read and wrote in one namespace.
type Set struct {
	Namespace   string
	Public      *kvrwset.KVRWSet
	Collections []Collection
}

// Collection is what a transaction read and wrote in a private collection, as hashes.
type Collection struct {
	Name   string
	Hashed *kvrwset.HashedRWSet
}

// Writes says whether anything is written in the namespace.
func (s Set) Writes() bool {
	if len(s.Public.GetWrites()) > 0 || len(s.Public.GetMetadataWrites()) > 0 {
		return true
	}
	return slices.ContainsFunc(s.Collections, func(c Collection) bool {
		return len(c.Hashed.GetHashedWrites()) > 0 || len(c.Hashed.GetMetadataWrites()) > 0
	})
}

// Open opens an entry of a block.
func Open(body []byte) Entry {
	var envelope common.Envelope
	var payload common.Payload
	if proto.Unmarshal(body, &envelope) != nil {
		return Entry{Form: peer.TxValidationCode_INVALID_OTHER_REASON}
	}
	if proto.Unmarshal(envelope.GetPayload(), &payload) != nil {
		return Entry{Form: peer.TxValidationCode_BAD_PAYLOAD}
	}
	var header common.ChannelHeader
	var signature common.SignatureHeader
	e := Entry{}
	failed := errors.Join(proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &header), proto.Unmarshal(payload.GetHeader().GetSignatureHeader(), &signature))
	e.Type, e.Channel, e.TxID, e.Creator = common.HeaderType(header.GetType()), header.GetChannelId(), header.GetTxId(), signature.GetCreator()
	e.Signed = Signed{Identity: e.Creator, Message: envelope.GetPayload(), Signature: envelope.GetSignature()}
	if at := header.GetTimestamp(); at.IsValid() {
		e.At = time.Unix(at.GetSeconds(), 0).UTC()
	}
	known := e.Type == common.HeaderType_ENDORSER_TRANSACTION || e.Type == common.HeaderType_CONFIG || e.Type == common.HeaderType_CONFIG_UPDATE
	if failed != nil || payload.GetHeader() == nil || !known || header.GetEpoch() != 0 || len(signature.GetNonce()) == 0 || len(signature.GetCreator()) == 0 {
		e.Form = peer.TxValidationCode_BAD_COMMON_HEADER
	}
	switch e.Type {
	case common.HeaderType_ENDORSER_TRANSACTION:
		e.Content = e.openTransaction(&payload, &header, signature.GetNonce())
	case common.HeaderType_CONFIG:
		e.config = &common.ConfigEnvelope{}
		e.configErr = proto.Unmarshal(payload.GetData(), e.config)
	default:
		e.Content = peer.TxValidationCode_UNSUPPORTED_TX_PAYLOAD
	}
	return e
}

// openTransaction opens what was called, endorsed, read and written.
func (e *Entry) openTransaction(payload *common.Payload, header *common.ChannelHeader, nonce []byte) peer.TxValidationCode {
	code := peer.TxValidationCode_VALID
	if sum := sha256.Sum256(slices.Concat(nonce, e.Creator)); hex.EncodeToString(sum[:]) != e.TxID {
		code = peer.TxValidationCode_BAD_PROPOSAL_TXID
	}
	var tx peer.Transaction
	if proto.Unmarshal(payload.GetData(), &tx) != nil || len(tx.GetActions()) != 1 {
		return first(code, peer.TxValidationCode_INVALID_ENDORSER_TRANSACTION)
	}
	action := tx.GetActions()[0]
	var inner common.SignatureHeader
	var called peer.ChaincodeActionPayload
	var response peer.ProposalResponsePayload
	if errors.Join(proto.Unmarshal(action.GetHeader(), &inner), proto.Unmarshal(action.GetPayload(), &called),
		proto.Unmarshal(called.GetAction().GetProposalResponsePayload(), &response)) != nil {
		return first(code, peer.TxValidationCode_INVALID_ENDORSER_TRANSACTION)
	}
	hash := sha256.Sum256(slices.Concat(payload.GetHeader().GetChannelHeader(), action.GetHeader(), called.GetChaincodeProposalPayload()))
	if len(inner.GetNonce()) == 0 || len(inner.GetCreator()) == 0 || !bytes.Equal(hash[:], response.GetProposalHash()) {
		code = first(code, peer.TxValidationCode_INVALID_ENDORSER_TRANSACTION)
	}
	e.readCall(called.GetChaincodeProposalPayload())
	for _, endorsement := range called.GetAction().GetEndorsements() {
		e.Endorsed = append(e.Endorsed, Signed{Identity: endorsement.GetEndorser(), Signature: endorsement.GetSignature(),
			Message: slices.Concat(called.GetAction().GetProposalResponsePayload(), endorsement.GetEndorser())})
	}
	e.Result = e.readResult(header, response.GetExtension())
	return code
}

func first(a, b peer.TxValidationCode) peer.TxValidationCode {
	if a != peer.TxValidationCode_VALID {
		return a
	}
	return b
}

func (e *Entry) readCall(body []byte) {
	var proposal peer.ChaincodeProposalPayload
	var invocation peer.ChaincodeInvocationSpec
	if errors.Join(proto.Unmarshal(body, &proposal), proto.Unmarshal(proposal.GetInput(), &invocation)) != nil {
		return
	}
	if args := invocation.GetChaincodeSpec().GetInput().GetArgs(); len(args) > 0 {
		e.Function, e.Arguments = Shown(string(args[0])), args[1:]
	}
}

// readResult reads what the chaincode answered, in the order in which a peer finds fault with it.
func (e *Entry) readResult(header *common.ChannelHeader, body []byte) peer.TxValidationCode {
	var extension peer.ChaincodeHeaderExtension
	var result peer.ChaincodeAction
	var sets rwset.TxReadWriteSet
	switch {
	case proto.Unmarshal(header.GetExtension(), &extension) != nil:
		return peer.TxValidationCode_BAD_HEADER_EXTENSION
	case proto.Unmarshal(body, &result) != nil:
		return peer.TxValidationCode_BAD_RESPONSE_PAYLOAD
	case proto.Unmarshal(result.GetResults(), &sets) != nil || e.readSets(&sets) != nil:
		return peer.TxValidationCode_BAD_RWSET
	case extension.GetChaincodeId() == nil || result.GetChaincodeId() == nil:
		return peer.TxValidationCode_INVALID_OTHER_REASON
	}
	e.Chaincode = extension.GetChaincodeId().GetName()
	if e.Chaincode == "" || e.Chaincode != result.GetChaincodeId().GetName() || result.GetChaincodeId().GetVersion() == "" {
		return peer.TxValidationCode_INVALID_CHAINCODE
	}
	var event peer.ChaincodeEvent
	if result.GetEvents() != nil && (proto.Unmarshal(result.GetEvents(), &event) != nil || event.GetChaincodeId() != e.Chaincode) {
		return peer.TxValidationCode_INVALID_OTHER_REASON
	}
	seen := map[string]bool{}
	for _, s := range e.Sets {
		if seen[s.Namespace] {
			return peer.TxValidationCode_ILLEGAL_WRITESET
		}
		seen[s.Namespace] = true
	}
	return peer.TxValidationCode_VALID
}

func (e *Entry) readSets(sets *rwset.TxReadWriteSet) error {
	for _, set := range sets.GetNsRwset() {
		s := Set{Namespace: set.GetNamespace(), Public: &kvrwset.KVRWSet{}}
		if err := proto.Unmarshal(set.GetRwset(), s.Public); err != nil {
			return err
		}
		for _, collection := range set.GetCollectionHashedRwset() {
			hashed := &kvrwset.HashedRWSet{}
			if err := proto.Unmarshal(collection.GetHashedRwset(), hashed); err != nil {
				return err
			}
			s.Collections = append(s.Collections, Collection{collection.GetCollectionName(), hashed})
		}
		e.Sets = append(e.Sets, s)
	}
	return nil
}

// Shown makes a text of an unchecked transaction fit to be stored and shown; those of valid ones are as they are.
func Shown(s string) string {
	const longest = 200 // bytes
	return strings.ToValidUTF8(strings.ReplaceAll(s[:min(len(s), longest)], "\x00", ""), "")
}

// SplitKey takes a composite key apart: object type and attributes.
func SplitKey(key string) (object string, attributes []string, ok bool) {
	if !strings.HasPrefix(key, "\x00") || !strings.HasSuffix(key, "\x00") || len(key) < 3 {
		return "", nil, false
	}
	parts := strings.Split(key[1:len(key)-1], "\x00")
	return parts[0], parts[1:], true
}
