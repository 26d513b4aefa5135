package block

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
)

// Config is the configuration of a channel in force at a block: who belongs to it and which policies hold. It is not safe for
// concurrent use: it remembers the identities that it has opened.
type Config struct {
	Channel       string
	sequence      uint64
	group         *common.ConfigGroup
	organisations map[string]*organisation
	consenters    map[uint32]*common.Consenter
	bft           bool
	identities    map[string]*identity
}

// Policies of the channel that are asked for by name.
const (
	PolicyWriters         = "/Channel/Writers"
	PolicyBlockValidation = "/Channel/Orderer/BlockValidation"
	PolicyLifecycle       = "/Channel/Application/LifecycleEndorsement"
)

// ConfigOf finds the configuration that a block announces; nil if it announces none.
func ConfigOf(b *common.Block) (*common.ConfigEnvelope, string, error) {
	if len(b.GetData().GetData()) != 1 {
		return nil, "", nil // a configuration always has a block of its own
	}
	e := Open(b.GetData().GetData()[0]) // nobody created the genesis block's: its form is no matter here
	if e.Type != common.HeaderType_CONFIG {
		return nil, "", nil
	}
	return e.config, e.Channel, e.configErr
}

// NewConfig takes over a configuration without asking who agreed to it: that of the genesis block, or one that was judged before.
func NewConfig(channel string, config *common.Config) (*Config, error) {
	c := &Config{Channel: channel, sequence: config.GetSequence(), group: config.GetChannelGroup(), organisations: map[string]*organisation{},
		consenters: map[uint32]*common.Consenter{}, identities: map[string]*identity{}}
	for _, section := range []string{"Application", "Orderer"} {
		for name, group := range c.group.GetGroups()[section].GetGroups() {
			o, err := newOrganisation(group.GetValues()["MSP"].GetValue())
			if err != nil {
				return nil, fmt.Errorf("organisation %s: %w", name, err)
			}
			if section == "Application" {
				o.application = name
			}
			c.organisations[o.id] = o
		}
	}
	return c, c.readConsenters()
}

func (c *Config) readConsenters() error {
	values := c.group.GetGroups()["Orderer"].GetValues()
	var kind orderer.ConsensusType
	var all common.Orderers
	if err := errors.Join(proto.Unmarshal(values["ConsensusType"].GetValue(), &kind), proto.Unmarshal(values["Orderers"].GetValue(), &all)); err != nil {
		return fmt.Errorf("orderers of the channel: %w", err)
	}
	c.bft = kind.GetType() == "BFT"
	for _, consenter := range all.GetConsenterMapping() {
		c.consenters[consenter.GetId()] = consenter
	}
	return nil
}

// Proto is the configuration as it can be stored, for NewConfig.
func (c *Config) Proto() *common.Config {
	return &common.Config{Sequence: c.sequence, ChannelGroup: c.group}
}

// Signed is a message with its signature and the identity that is said to have signed it.
type Signed struct{ Identity, Message, Signature []byte }

// Verify judges a signature and the certificate of the one who signed, as of this configuration.
func (c *Config) Verify(s Signed) error {
	id, err := c.identity(s.Identity)
	if err != nil {
		return err
	}
	if id.valid != nil {
		return id.valid
	}
	return id.verify(s.Message, s.Signature)
}

// Ends is when the certificate of an identity ends; the zero time if it is none of the channel's. Signatures are judged without it, so that
// everybody judges alike for ever.
func (c *Config) Ends(identity []byte) time.Time {
	id, err := c.identity(identity)
	if err != nil {
		return time.Time{}
	}
	return id.cert.NotAfter
}

// signers are the different identities whose signatures fit; what does not fit counts for nothing.
func (c *Config) signers(set []Signed) []*identity {
	var all []*identity
	seen := map[string]bool{}
	for _, s := range set {
		id, err := c.identity(s.Identity)
		if err != nil {
			continue
		}
		key := id.organisation.id + "/" + string(id.cert.Raw)
		if seen[key] || id.verify(s.Message, s.Signature) != nil {
			continue
		}
		seen[key] = true
		all = append(all, id)
	}
	return all
}

// Satisfies says whether signatures satisfy a policy of the configuration, by its path.
func (c *Config) Satisfies(path string, set []Signed) bool {
	return c.holds(path, c.signers(set))
}

// Endorsers are the organisations whose peers' signatures fit, in the order of their names.
func (c *Config) Endorsers(set []Signed) []string {
	var all []string
	for _, id := range c.signers(set) {
		if id.holds(msp.MSPRole_PEER) && !slices.Contains(all, id.organisation.id) {
			all = append(all, id.organisation.id)
		}
	}
	slices.Sort(all)
	return all
}

// SatisfiesKey says whether signatures satisfy the key-level policy of a record: a signature policy.
func (c *Config) SatisfiesKey(policy []byte, set []Signed) bool {
	var envelope common.SignaturePolicyEnvelope
	return proto.Unmarshal(policy, &envelope) == nil && satisfied(&envelope, c.signers(set))
}

// SatisfiesApplication says whether signatures satisfy the policy of a chaincode definition: a signature policy or a reference to one of
// the configuration.
func (c *Config) SatisfiesApplication(policy []byte, set []Signed) bool {
	var p peer.ApplicationPolicy
	if proto.Unmarshal(policy, &p) != nil {
		return false
	}
	switch p := p.GetType().(type) {
	case *peer.ApplicationPolicy_SignaturePolicy:
		return satisfied(p.SignaturePolicy, c.signers(set))
	case *peer.ApplicationPolicy_ChannelConfigPolicyReference:
		return c.Satisfies(p.ChannelConfigPolicyReference, set)
	}
	return false
}

// OrganisationPolicy is the path of an organisation's own endorsement policy; "" if no organisation of that MSP has one.
func (c *Config) OrganisationPolicy(mspID string) string {
	o := c.organisations[mspID]
	if o == nil || o.application == "" {
		return ""
	}
	return "/Channel/Application/" + o.application + "/Endorsement"
}

// holds evaluates a policy by its path; one that is not there never holds.
func (c *Config) holds(path string, signers []*identity) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(parts) < 2 || parts[0] != "Channel" {
		return false
	}
	group := c.group
	for _, name := range parts[1 : len(parts)-1] {
		if group = group.GetGroups()[name]; group == nil {
			return false
		}
	}
	return holdsIn(group, parts[len(parts)-1], signers)
}

func holdsIn(group *common.ConfigGroup, name string, signers []*identity) bool {
	p := group.GetPolicies()[name].GetPolicy()
	switch common.Policy_PolicyType(p.GetType()) {
	case common.Policy_SIGNATURE:
		var envelope common.SignaturePolicyEnvelope
		return proto.Unmarshal(p.GetValue(), &envelope) == nil && satisfied(&envelope, signers)
	case common.Policy_IMPLICIT_META:
		var meta common.ImplicitMetaPolicy
		if proto.Unmarshal(p.GetValue(), &meta) != nil {
			return false
		}
		return implied(group, &meta, signers)
	}
	return false
}

func implied(group *common.ConfigGroup, meta *common.ImplicitMetaPolicy, signers []*identity) bool {
	all, held := len(group.GetGroups()), 0
	for _, sub := range group.GetGroups() {
		if holdsIn(sub, meta.GetSubPolicy(), signers) {
			held++
		}
	}
	switch meta.GetRule() {
	case common.ImplicitMetaPolicy_ANY:
		return held > 0 || all == 0
	case common.ImplicitMetaPolicy_ALL:
		return held == all
	case common.ImplicitMetaPolicy_MAJORITY:
		return held > all/2 || all == 0
	}
	return false
}

// satisfied evaluates a signature policy: every signer counts once in it.
func satisfied(envelope *common.SignaturePolicyEnvelope, signers []*identity) bool {
	return satisfiedBy(envelope.GetRule(), envelope.GetIdentities(), signers, make([]bool, len(signers)))
}

func satisfiedBy(rule *common.SignaturePolicy, principals []*msp.MSPPrincipal, signers []*identity, used []bool) bool {
	switch r := rule.GetType().(type) {
	case *common.SignaturePolicy_SignedBy:
		if r.SignedBy < 0 || int(r.SignedBy) >= len(principals) {
			return false
		}
		for i, id := range signers {
			if !used[i] && id.satisfies(principals[r.SignedBy]) {
				used[i] = true
				return true
			}
		}
	case *common.SignaturePolicy_NOutOf_:
		held := int32(0)
		for _, sub := range r.NOutOf.GetRules() {
			trial := append([]bool(nil), used...)
			if satisfiedBy(sub, principals, signers, trial) {
				held++
				copy(used, trial)
			}
		}
		return held >= r.NOutOf.GetN()
	}
	return false
}
