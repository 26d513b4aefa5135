package contract

import (
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// A key-level endorsement policy replaces the chaincode's policy for a key, from its second write on. Both are fixed
// here, with principals in one order, so that every endorser writes the same bytes.

// keyPolicies are the policies of guarded records; registry.GuardOf says which record has which guard.
var keyPolicies = map[registry.Guard][]byte{
	registry.GuardBureauAgency: policy(all(signedBy(0), signedBy(1))),
	registry.GuardBureauOther:  policy(all(signedBy(0), anyOf(signedBy(1), signedBy(2)))),
}

func policy(rule *common.SignaturePolicy) []byte {
	envelope := &common.SignaturePolicyEnvelope{
		Rule:       rule,
		Identities: []*msp.MSPPrincipal{peerOf(registry.MSPBureau), peerOf(registry.MSPAgency), peerOf(registry.MSPExchange)},
	}
	return marshal(envelope)
}

func peerOf(mspID string) *msp.MSPPrincipal {
	return &msp.MSPPrincipal{
		PrincipalClassification: msp.MSPPrincipal_ROLE,
		Principal:               marshal(&msp.MSPRole{MspIdentifier: mspID, Role: msp.MSPRole_PEER}),
	}
}

func signedBy(identity int32) *common.SignaturePolicy {
	return &common.SignaturePolicy{Type: &common.SignaturePolicy_SignedBy{SignedBy: identity}}
}

func all(rules ...*common.SignaturePolicy) *common.SignaturePolicy { return outOf(len(rules), rules) }

func anyOf(rules ...*common.SignaturePolicy) *common.SignaturePolicy { return outOf(1, rules) }

func outOf(n int, rules []*common.SignaturePolicy) *common.SignaturePolicy {
	return &common.SignaturePolicy{Type: &common.SignaturePolicy_NOutOf_{
		NOutOf: &common.SignaturePolicy_NOutOf{N: int32(n), Rules: rules},
	}}
}

// marshal encodes deterministically. These messages are constants of the program: they always encode.
func marshal(m proto.Message) []byte {
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		panic(err)
	}
	return body
}
