package contract

import (
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// A key-level endorsement policy replaces the chaincode's policy for a key, from its second write on. Both are fixed
// here, with principals in one order, so that every endorser writes the same bytes.

// bureauAndAgency protects accounts, mandates, grants, plans, applications, objections, notices, assets with their remarks and versions, certificates, and the
// catalogues with what is asked for, bought and opened by them.
var bureauAndAgency = policy(all(signedBy(0), signedBy(1)))

// bureauAndOther protects rule profiles, calendars, appointments, document keys, contracts and matters of supervision: the bureau with the agency or the exchange.
var bureauAndOther = policy(all(signedBy(0), anyOf(signedBy(1), signedBy(2))))

// keyPolicies says which records are protected by which policy.
var keyPolicies = map[string][]byte{
	registry.ObjectAccount:     bureauAndAgency,
	registry.ObjectMandate:     bureauAndAgency,
	registry.ObjectGrant:       bureauAndAgency,
	registry.ObjectPlan:        bureauAndAgency,
	registry.ObjectApplication: bureauAndAgency,
	registry.ObjectObjection:   bureauAndAgency,
	registry.ObjectLimit:       bureauAndAgency,
	registry.ObjectNotice:      bureauAndAgency,
	registry.ObjectInspection:  bureauAndAgency,
	registry.ObjectVersion:     bureauAndAgency,
	registry.ObjectItem:        bureauAndAgency,
	registry.ObjectEnterprise:  bureauAndAgency,
	registry.ObjectShare:       bureauAndAgency,
	registry.ObjectPurchase:    bureauAndAgency,
	registry.ObjectOpenItem:    bureauAndAgency,
	registry.ObjectOpenPlan:    bureauAndAgency,
	registry.ObjectAsset:       bureauAndAgency,
	registry.ObjectCertificate: bureauAndAgency,
	registry.ObjectContract:    bureauAndOther,
	registry.ObjectMatter:      bureauAndOther,
	registry.ObjectProfile:     bureauAndOther,
	registry.ObjectCalendar:    bureauAndOther,
	registry.ObjectAppointment: bureauAndOther,
	registry.ObjectKey:         bureauAndOther,
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
