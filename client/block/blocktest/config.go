package blocktest

import (
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"
)

// configuration is what configtxgen would write: explicit policies where organisations are counted, as on the real channel.
func (c *Channel) configuration() *common.Config {
	application, orderers := section(), section()
	for _, name := range Organisations {
		application.Groups[name] = c.organisation(name, map[string]*common.ConfigPolicy{
			"Readers": role(name, msp.MSPRole_MEMBER), "Writers": role(name, msp.MSPRole_CLIENT), "Admins": role(name, msp.MSPRole_ADMIN), "Endorsement": role(name, msp.MSPRole_PEER)})
		orderers.Groups[ordererMSP(name)] = c.organisation(ordererMSP(name), map[string]*common.ConfigPolicy{
			"Readers": role(ordererMSP(name), msp.MSPRole_MEMBER), "Writers": role(ordererMSP(name), msp.MSPRole_MEMBER), "Admins": role(ordererMSP(name), msp.MSPRole_ADMIN)})
	}
	application.Policies["Endorsement"] = signature(TwoOf(msp.MSPRole_PEER))
	application.Policies["LifecycleEndorsement"] = signature(TwoOf(msp.MSPRole_PEER))
	application.Policies["Admins"] = signature(TwoOf(msp.MSPRole_ADMIN))
	orderers.Policies["BlockValidation"] = implicit("Writers")
	channel := section()
	channel.Groups["Application"], channel.Groups["Orderer"] = application, orderers
	return &common.Config{ChannelGroup: channel}
}

func section() *common.ConfigGroup {
	return &common.ConfigGroup{ModPolicy: "Admins", Groups: map[string]*common.ConfigGroup{}, Values: map[string]*common.ConfigValue{},
		Policies: map[string]*common.ConfigPolicy{"Readers": implicit("Readers"), "Writers": implicit("Writers"), "Admins": implicit("Admins")}}
}

func (c *Channel) organisation(name string, policies map[string]*common.ConfigPolicy) *common.ConfigGroup {
	return &common.ConfigGroup{ModPolicy: "Admins", Policies: policies, Values: map[string]*common.ConfigValue{"MSP": {ModPolicy: "Admins", Value: c.MSP(name)}}}
}

// MSP is the configuration value of an organisation with revocation lists (PEM).
func (c *Channel) MSP(name string, revoked ...[]byte) []byte {
	authority := c.authorities[name].Certificate
	unit := func(role string) *msp.FabricOUIdentifier {
		return &msp.FabricOUIdentifier{Certificate: authority, OrganizationalUnitIdentifier: role}
	}
	return marshal(&msp.MSPConfig{Config: marshal(&msp.FabricMSPConfig{Name: name, RootCerts: [][]byte{authority}, RevocationList: revoked,
		FabricNodeOus: &msp.FabricNodeOUs{Enable: true, ClientOuIdentifier: unit("client"), PeerOuIdentifier: unit("peer"), AdminOuIdentifier: unit("admin"), OrdererOuIdentifier: unit("orderer")}})})
}

func implicit(sub string) *common.ConfigPolicy {
	rule := common.ImplicitMetaPolicy_ANY
	if sub == "Admins" {
		rule = common.ImplicitMetaPolicy_MAJORITY
	}
	return &common.ConfigPolicy{ModPolicy: "Admins", Policy: &common.Policy{Type: int32(common.Policy_IMPLICIT_META), Value: marshal(&common.ImplicitMetaPolicy{SubPolicy: sub, Rule: rule})}}
}

func signature(envelope *common.SignaturePolicyEnvelope) *common.ConfigPolicy {
	return &common.ConfigPolicy{ModPolicy: "Admins", Policy: &common.Policy{Type: int32(common.Policy_SIGNATURE), Value: marshal(envelope)}}
}

func role(name string, r msp.MSPRole_MSPRoleType) *common.ConfigPolicy {
	return signature(outOf(1, r, name))
}

// TwoOf wants two of the three organisations in a role.
func TwoOf(r msp.MSPRole_MSPRoleType) *common.SignaturePolicyEnvelope {
	return outOf(2, r, Organisations...)
}

func outOf(n int32, r msp.MSPRole_MSPRoleType, names ...string) *common.SignaturePolicyEnvelope {
	e := &common.SignaturePolicyEnvelope{}
	var rules []*common.SignaturePolicy
	for i, name := range names {
		e.Identities = append(e.Identities, &msp.MSPPrincipal{PrincipalClassification: msp.MSPPrincipal_ROLE, Principal: marshal(&msp.MSPRole{MspIdentifier: name, Role: r})})
		rules = append(rules, &common.SignaturePolicy{Type: &common.SignaturePolicy_SignedBy{SignedBy: int32(i)}})
	}
	e.Rule = &common.SignaturePolicy{Type: &common.SignaturePolicy_NOutOf_{NOutOf: &common.SignaturePolicy_NOutOf{N: n, Rules: rules}}}
	return e
}

// Update is a configuration that follows from the present one, with an update signed by administrators. change edits both what the update
// says and the configuration that comes of it.
func (c *Channel) Update(change func(*common.Config), by ...*Signer) *common.ConfigEnvelope {
	next := proto.Clone(c.Config).(*common.Config)
	next.Sequence++
	change(next)
	update := marshal(&common.ConfigUpdate{ChannelId: Name, WriteSet: next.ChannelGroup})
	signed := &common.ConfigUpdateEnvelope{ConfigUpdate: update}
	for _, s := range by {
		header := marshal(&common.SignatureHeader{Creator: s.Identity(), Nonce: []byte("n")})
		signed.Signatures = append(signed.Signatures, &common.ConfigSignature{SignatureHeader: header, Signature: s.Sign(append(append([]byte{}, header...), update...))})
	}
	return &common.ConfigEnvelope{Config: next, LastUpdate: &common.Envelope{Payload: marshal(&common.Payload{Data: marshal(signed)})}}
}
