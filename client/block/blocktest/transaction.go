package blocktest

import (
	"crypto/sha256"
	"maps"
	"slices"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer/lifecycle"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Call is an endorsed transaction to be made.
type Call struct {
	Chaincode string // default: the registry's
	Creator   *Signer
	Nonce     []byte // with TxID; default: a new one
	TxID      string
	At        time.Time // default: Started
	Function  string
	Document  string
	Reads     map[string]*kvrwset.Version // key → version; nil: it was not there
	Range     *kvrwset.RangeQueryInfo     // a range query with its results
	Writes    map[string][]byte           // key → value; nil: deleted
	Policies  map[string][]byte           // key → key-level policy
	Endorsers []*Signer
}

// Transaction is the entry of a block for a call.
func (c *Channel) Transaction(call Call) []byte {
	if call.Chaincode == "" {
		call.Chaincode = Name
	}
	if call.TxID == "" {
		call.Nonce, call.TxID = TxID(call.Creator.Identity())
	}
	if call.At.IsZero() {
		call.At = Started
	}
	header := &common.ChannelHeader{Type: int32(common.HeaderType_ENDORSER_TRANSACTION), ChannelId: Name, TxId: call.TxID, Timestamp: timestamppb.New(call.At),
		Extension: marshal(&peer.ChaincodeHeaderExtension{ChaincodeId: chaincodeID(call.Chaincode)})}
	signer := marshal(&common.SignatureHeader{Creator: call.Creator.Identity(), Nonce: call.Nonce})
	proposal := marshal(&peer.ChaincodeProposalPayload{Input: marshal(&peer.ChaincodeInvocationSpec{ChaincodeSpec: &peer.ChaincodeSpec{
		Input: &peer.ChaincodeInput{Args: [][]byte{[]byte(call.Function), []byte(call.Document)}}}})})
	hash := sha256.Sum256(slices.Concat(marshal(header), signer, proposal))
	response := marshal(&peer.ProposalResponsePayload{ProposalHash: hash[:], Extension: marshal(&peer.ChaincodeAction{ChaincodeId: chaincodeID(call.Chaincode),
		Results: marshal(&rwset.TxReadWriteSet{NsRwset: []*rwset.NsReadWriteSet{{Namespace: call.Chaincode, Rwset: marshal(call.set())}}})})})
	endorsed := &peer.ChaincodeEndorsedAction{ProposalResponsePayload: response}
	for _, e := range call.Endorsers {
		endorsed.Endorsements = append(endorsed.Endorsements, &peer.Endorsement{Endorser: e.Identity(), Signature: e.Sign(slices.Concat(response, e.Identity()))})
	}
	action := marshal(&peer.ChaincodeActionPayload{ChaincodeProposalPayload: proposal, Action: endorsed})
	return c.envelope(call.Creator, header, call.Nonce, marshal(&peer.Transaction{Actions: []*peer.TransactionAction{{Header: signer, Payload: action}}}))
}

func (call Call) set() *kvrwset.KVRWSet {
	set := &kvrwset.KVRWSet{}
	for _, key := range slices.Sorted(maps.Keys(call.Reads)) {
		set.Reads = append(set.Reads, &kvrwset.KVRead{Key: key, Version: call.Reads[key]})
	}
	if call.Range != nil {
		set.RangeQueriesInfo = []*kvrwset.RangeQueryInfo{call.Range}
	}
	for _, key := range slices.Sorted(maps.Keys(call.Writes)) {
		set.Writes = append(set.Writes, &kvrwset.KVWrite{Key: key, Value: call.Writes[key], IsDelete: call.Writes[key] == nil})
	}
	for _, key := range slices.Sorted(maps.Keys(call.Policies)) {
		set.MetadataWrites = append(set.MetadataWrites, &kvrwset.KVMetadataWrite{Key: key,
			Entries: []*kvrwset.KVMetadataEntry{{Name: peer.MetaDataKeys_VALIDATION_PARAMETER.String(), Value: call.Policies[key]}}})
	}
	return set
}

// Define is the transaction that commits the definition of the registry's chaincode, under the channel's endorsement policy.
func (c *Channel) Define(creator *Signer, endorsers ...*Signer) []byte {
	field := func(body []byte) []byte {
		return marshal(&lifecycle.StateData{Type: &lifecycle.StateData_Bytes{Bytes: body}})
	}
	policy := marshal(&peer.ApplicationPolicy{Type: &peer.ApplicationPolicy_ChannelConfigPolicyReference{ChannelConfigPolicyReference: "/Channel/Application/Endorsement"}})
	const fields = "namespaces/fields/" + Name + "/"
	return c.Transaction(Call{Chaincode: "_lifecycle", Creator: creator, Function: "CommitChaincodeDefinition", Endorsers: endorsers, Writes: map[string][]byte{
		"namespaces/metadata/" + Name: marshal(&lifecycle.StateMetadata{Datatype: "ChaincodeDefinition", Fields: []string{"Sequence", "EndorsementInfo", "ValidationInfo", "Collections"}}),
		fields + "Sequence":           marshal(&lifecycle.StateData{Type: &lifecycle.StateData_Int64{Int64: 1}}),
		fields + "EndorsementInfo":    field(marshal(&lifecycle.ChaincodeEndorsementInfo{Version: "1", EndorsementPlugin: "escc"})),
		fields + "ValidationInfo":     field(marshal(&lifecycle.ChaincodeValidationInfo{ValidationPlugin: "vscc", ValidationParameter: policy})),
		fields + "Collections":        field(nil),
	}})
}
