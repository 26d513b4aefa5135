package person

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Altered: a message says something other than what the person asked for. Nothing was signed, and the site is not to be
// trusted until somebody has looked into it.
type Altered struct {
	What      string // which part
	Got, Want string // empty if they cannot be shown
}

// Error names the part, and both values if they can be shown.
func (e *Altered) Error() string {
	text := "the message to be signed is not what was asked for: " + e.What + " differs"
	if e.Want != "" {
		text += fmt.Sprintf(" (%s, not %s)", show(e.Got), show(e.Want))
	}
	return text + "; nothing was signed"
}

func show(s string) string {
	const most = 200
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// write is what a person means to write. Its methods decode messages and refuse every other.
type write struct {
	channel, chaincode string
	function           string
	document           []byte // canonical
	mspID              string
	certificate        []byte // DER
	now                time.Time
}

// window is how far the date of a proposal may be from the person's own clock: peers take proposals five minutes old, so one
// that is dated ahead could be kept back and used later.
const window = 5 * time.Minute

// required are the organisations without whose endorsement nothing is signed.
var required = []string{registry.MSPBureau, registry.MSPAgency}

// proposal checks the first message (peer.Proposal) and gives its header.
func (w write) proposal(message []byte) (*common.Header, error) {
	p, header := &peer.Proposal{}, &common.Header{}
	if !only(message, p, func() proto.Message { return &peer.Proposal{Header: p.Header, Payload: p.Payload} }) ||
		!only(p.Header, header, func() proto.Message { return whole(header) }) {
		return nil, &Altered{What: "form of the proposal"}
	}
	channel, err := w.header(header)
	if err != nil {
		return nil, err
	}
	at := channel.GetTimestamp().AsTime()
	if away := at.Sub(w.now).Abs(); away > window {
		return nil, &Altered{What: "time", Got: at.Format(time.RFC3339), Want: w.now.UTC().Format(time.RFC3339)}
	}
	return header, w.input(p.Payload)
}

// only decodes a message and says whether it is the one expected and nothing besides: neither further fields nor unknown ones.
func only(body []byte, into proto.Message, expected func() proto.Message) bool {
	return proto.Unmarshal(body, into) == nil && proto.Equal(into, expected())
}

func whole(h *common.Header) *common.Header {
	return &common.Header{ChannelHeader: h.GetChannelHeader(), SignatureHeader: h.GetSignatureHeader()}
}

// header checks channel, chaincode, creator and transaction id.
func (w write) header(h *common.Header) (*common.ChannelHeader, error) {
	channel, extension, signature := &common.ChannelHeader{}, &peer.ChaincodeHeaderExtension{}, &common.SignatureHeader{}
	form := &Altered{What: "form of the header"}
	if proto.Unmarshal(h.GetChannelHeader(), channel) != nil || proto.Unmarshal(channel.GetExtension(), extension) != nil || channel.GetTimestamp().CheckValid() != nil {
		return nil, form
	}
	if channel.GetChannelId() != w.channel {
		return nil, &Altered{"channel", channel.GetChannelId(), w.channel}
	}
	if name := extension.GetChaincodeId().GetName(); name != w.chaincode {
		return nil, &Altered{"chaincode", name, w.chaincode}
	}
	if !only(h.GetSignatureHeader(), signature, func() proto.Message {
		return &common.SignatureHeader{Creator: signature.GetCreator(), Nonce: signature.GetNonce()}
	}) {
		return nil, form
	}
	if err := w.creator(signature.GetCreator()); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append(bytes.Clone(signature.GetNonce()), signature.GetCreator()...))
	if txID := hex.EncodeToString(sum[:]); channel.GetTxId() != txID {
		return nil, &Altered{"transaction id", channel.GetTxId(), txID}
	}
	expected := &common.ChannelHeader{Type: int32(common.HeaderType_ENDORSER_TRANSACTION), Timestamp: channel.GetTimestamp(), ChannelId: w.channel,
		TxId: channel.GetTxId(), Extension: channel.GetExtension()}
	if !proto.Equal(channel, expected) || !proto.Equal(extension, &peer.ChaincodeHeaderExtension{ChaincodeId: &peer.ChaincodeID{Name: w.chaincode}}) {
		return nil, form
	}
	return channel, nil
}

func (w write) creator(body []byte) error {
	who := &msp.SerializedIdentity{}
	if proto.Unmarshal(body, who) != nil {
		return &Altered{What: "creator"}
	}
	if who.GetMspid() != w.mspID {
		return &Altered{"organisation", who.GetMspid(), w.mspID}
	}
	if block, _ := pem.Decode(who.GetIdBytes()); block == nil || !bytes.Equal(block.Bytes, w.certificate) {
		return &Altered{What: "creator"}
	}
	return nil
}

// input checks what is called, with which document, and that nothing is handed to the chaincode beside it.
func (w write) input(payload []byte) error {
	p, call := &peer.ChaincodeProposalPayload{}, &peer.ChaincodeInvocationSpec{}
	if proto.Unmarshal(payload, p) != nil || proto.Unmarshal(p.GetInput(), call) != nil {
		return &Altered{What: "form of the call"}
	}
	spec := call.GetChaincodeSpec()
	if name := spec.GetChaincodeId().GetName(); name != w.chaincode {
		return &Altered{"chaincode", name, w.chaincode}
	}
	args := spec.GetInput().GetArgs()
	if len(args) != 2 {
		return &Altered{"number of arguments", fmt.Sprint(len(args)), "2"}
	}
	if string(args[0]) != w.function {
		return &Altered{"function", string(args[0]), w.function}
	}
	if !bytes.Equal(args[1], w.document) {
		return &Altered{"document", string(args[1]), string(w.document)}
	}
	if len(p.GetTransientMap()) > 0 {
		return &Altered{What: "transient data"}
	}
	expected := &peer.ChaincodeInvocationSpec{ChaincodeSpec: &peer.ChaincodeSpec{ChaincodeId: &peer.ChaincodeID{Name: w.chaincode}, Input: &peer.ChaincodeInput{Args: args}}}
	if !proto.Equal(call, expected) || !proto.Equal(p, &peer.ChaincodeProposalPayload{Input: p.GetInput()}) {
		return &Altered{What: "form of the call"}
	}
	return nil
}

// transaction checks the second message (common.Payload) and gives what will be done. first is the header of the proposal
// that was signed; nil if that was done elsewhere.
func (w write) transaction(message []byte, first *common.Header) (Done, error) {
	payload, tx := &common.Payload{}, &peer.Transaction{}
	form := &Altered{What: "form of the transaction"}
	if !only(message, payload, func() proto.Message {
		return &common.Payload{Header: whole(payload.GetHeader()), Data: payload.GetData()}
	}) ||
		proto.Unmarshal(payload.GetData(), tx) != nil {
		return Done{}, form
	}
	channel, err := w.header(payload.GetHeader())
	if err != nil {
		return Done{}, err
	}
	if first != nil && !proto.Equal(first, payload.GetHeader()) {
		return Done{}, &Altered{What: "transaction"}
	}
	if len(tx.GetActions()) != 1 || !bytes.Equal(tx.GetActions()[0].GetHeader(), payload.GetHeader().GetSignatureHeader()) {
		return Done{}, &Altered{What: "number of actions, or their author,"}
	}
	action := &peer.ChaincodeActionPayload{}
	if proto.Unmarshal(tx.GetActions()[0].GetPayload(), action) != nil {
		return Done{}, form
	}
	if err := w.input(action.GetChaincodeProposalPayload()); err != nil {
		return Done{}, err
	}
	if err := endorsed(action.GetAction()); err != nil {
		return Done{}, err
	}
	receipt, err := w.response(payload.GetHeader(), action)
	return Done{Receipt: receipt, TxID: channel.GetTxId()}, err
}

// response gives the answer that the endorsers signed, which must be the one to this very proposal.
func (w write) response(header *common.Header, action *peer.ChaincodeActionPayload) (registry.Receipt, error) {
	answer, result := &peer.ProposalResponsePayload{}, &peer.ChaincodeAction{}
	var receipt registry.Receipt
	if proto.Unmarshal(action.GetAction().GetProposalResponsePayload(), answer) != nil || proto.Unmarshal(answer.GetExtension(), result) != nil {
		return receipt, &Altered{What: "form of the endorsed answer"}
	}
	hash := sha256.New()
	hash.Write(header.GetChannelHeader())
	hash.Write(header.GetSignatureHeader())
	hash.Write(action.GetChaincodeProposalPayload())
	if !bytes.Equal(answer.GetProposalHash(), hash.Sum(nil)) {
		return receipt, &Altered{What: "proposal that was endorsed"}
	}
	if name := result.GetChaincodeId().GetName(); name != w.chaincode {
		return receipt, &Altered{"chaincode that answered", name, w.chaincode}
	}
	if status := result.GetResponse().GetStatus(); status != 200 {
		return receipt, &Altered{"status of the endorsed answer", fmt.Sprint(status), "200"}
	}
	if err := json.Unmarshal(result.GetResponse().GetPayload(), &receipt); err != nil {
		return receipt, &Altered{What: "form of the endorsed receipt"}
	}
	return receipt, nil
}

// endorsed checks that the required organisations signed this answer. Whether their certificates are genuine is for the
// peers to say: a transaction that they do not trust has no effect.
func endorsed(action *peer.ChaincodeEndorsedAction) error {
	have := map[string]bool{}
	for _, e := range action.GetEndorsements() {
		who := &msp.SerializedIdentity{}
		if proto.Unmarshal(e.GetEndorser(), who) != nil || !signed(who.GetIdBytes(), append(bytes.Clone(action.GetProposalResponsePayload()), e.GetEndorser()...), e.GetSignature()) {
			return &Altered{What: "endorsement of " + who.GetMspid()}
		}
		have[who.GetMspid()] = true
	}
	var missing []string
	for _, organisation := range required {
		if !have[organisation] {
			missing = append(missing, organisation)
		}
	}
	if len(missing) > 0 {
		return &Altered{What: "the set of endorsers, which lacks " + strings.Join(missing, " and ") + ","}
	}
	return nil
}

func signed(certificate, message, signature []byte) bool {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return false
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return false
	}
	key, ok := parsed.PublicKey.(*ecdsa.PublicKey)
	sum := sha256.Sum256(message)
	return ok && ecdsa.VerifyASN1(key, sum[:], signature)
}
