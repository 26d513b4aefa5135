package block

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/proto"
)

// Update judges the configuration that a block announces against the one in force and gives the one that follows: its sequence is the
// next, and whatever differs stands in an update that was signed as the modification policy of each changed element demands. Its errors
// are *Defect.
func (c *Config) Update(next *common.ConfigEnvelope) (*Config, error) {
	const field = "config"
	if got := next.GetConfig().GetSequence(); got != c.sequence+1 {
		return nil, &Defect{field + ".sequence", fmt.Sprint(c.sequence + 1), fmt.Sprint(got)}
	}
	u, err := readUpdate(next.GetLastUpdate())
	if err != nil {
		return nil, &Defect{field + ".lastUpdate", "a signed update", err.Error()}
	}
	if u.update.GetChannelId() != c.Channel {
		return nil, &Defect{field + ".lastUpdate", "an update of channel " + c.Channel, "one of " + Shown(u.update.GetChannelId())}
	}
	j := judge{config: c, signers: c.signers(u.signed)}
	j.group("/Channel", c.group, next.GetConfig().GetChannelGroup(), u.update.GetWriteSet())
	if j.defect != nil {
		return nil, j.defect
	}
	config, err := NewConfig(c.Channel, next.GetConfig())
	if err != nil {
		return nil, &Defect{field, "a configuration", err.Error()}
	}
	return config, nil
}

// update is a configuration update with its signatures.
type update struct {
	update common.ConfigUpdate
	signed []Signed
}

func readUpdate(envelope *common.Envelope) (*update, error) {
	var payload common.Payload
	var signed common.ConfigUpdateEnvelope
	u := &update{}
	if err := proto.Unmarshal(envelope.GetPayload(), &payload); err != nil {
		return nil, err
	}
	if err := proto.Unmarshal(payload.GetData(), &signed); err != nil {
		return nil, err
	}
	if err := proto.Unmarshal(signed.GetConfigUpdate(), &u.update); err != nil {
		return nil, err
	}
	for _, s := range signed.GetSignatures() {
		var h common.SignatureHeader
		if err := proto.Unmarshal(s.GetSignatureHeader(), &h); err != nil {
			return nil, err
		}
		u.signed = append(u.signed, Signed{Identity: h.GetCreator(), Message: slices.Concat(s.GetSignatureHeader(), signed.GetConfigUpdate()), Signature: s.GetSignature()})
	}
	return u, nil
}

// judge walks two configurations side by side; the first defect ends it.
type judge struct {
	config  *Config
	signers []*identity
	defect  *Defect
}

func (j *judge) fail(path, want, got string) {
	if j.defect == nil {
		j.defect = &Defect{"config" + path, want, got}
	}
}

// element is what groups, values and policies of a configuration have in common.
type element interface {
	proto.Message
	GetVersion() uint64
	GetModPolicy() string
}

// changed judges an element that differs: the signed update must say the same, one version later, and whoever may change it must have
// signed. group is the path of the group to which a relative policy belongs.
func (j *judge) changed(path, group string, old, written element) {
	policy := old.GetModPolicy()
	if !strings.HasPrefix(policy, "/") {
		policy = group + "/" + policy
	}
	if written.GetVersion() != old.GetVersion()+1 {
		j.fail(path, fmt.Sprintf("a signed update to version %d", old.GetVersion()+1), fmt.Sprintf("version %d", written.GetVersion()))
		return
	}
	if !j.config.holds(policy, j.signers) {
		j.fail(path, "an update signed as "+policy+" demands", "one that is not")
	}
}

func (j *judge) group(path string, old, next, written *common.ConfigGroup) {
	if old.GetVersion() != next.GetVersion() || old.GetModPolicy() != next.GetModPolicy() || !sameMembers(old, next) {
		j.changed(path, path, old, written)
		if written.GetVersion() != next.GetVersion() || written.GetModPolicy() != next.GetModPolicy() || !sameMembers(written, next) {
			j.fail(path, "what the signed update says", "something else")
		}
	}
	members(j, path, old.GetValues(), next.GetValues(), written.GetValues(), old.GetVersion() != next.GetVersion())
	members(j, path, old.GetPolicies(), next.GetPolicies(), written.GetPolicies(), old.GetVersion() != next.GetVersion())
	for _, name := range slices.Sorted(maps.Keys(next.GetGroups())) {
		before, after, signed := old.GetGroups()[name], next.GetGroups()[name], written.GetGroups()[name]
		if before == nil { // new: whoever changed the group around it answers for it
			if !proto.Equal(after, signed) {
				j.fail(path+"/"+name, "what the signed update says", "something else")
			}
			continue
		}
		j.group(path+"/"+name, before, after, signed)
	}
}

// members judges the values or the policies of a group. A new one is part of the change of the group itself.
func members[E element](j *judge, path string, old, next, written map[string]E, regrouped bool) {
	for _, name := range slices.Sorted(maps.Keys(next)) {
		before, exists := old[name]
		if exists && proto.Equal(before, next[name]) {
			continue
		}
		signed, said := written[name]
		at := path + "/" + name
		switch {
		case !said || !proto.Equal(signed, next[name]):
			j.fail(at, "what the signed update says", "something else")
		case exists:
			j.changed(at, path, before, signed)
		case !regrouped:
			j.fail(at, "a new version of the group around it", "none")
		}
	}
}

// sameMembers says whether two groups have members of the same names.
func sameMembers(a, b *common.ConfigGroup) bool {
	return sameKeys(a.GetGroups(), b.GetGroups()) && sameKeys(a.GetValues(), b.GetValues()) && sameKeys(a.GetPolicies(), b.GetPolicies())
}

func sameKeys[V any](a, b map[string]V) bool {
	return slices.Equal(slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
}
