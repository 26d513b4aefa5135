package block_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/client/block"
	"github.com/hehuang-data/hehuang/client/block/blocktest"
)

// genesis is the configuration that a channel begins with.
func genesis(t *testing.T, c *blocktest.Channel) *block.Config {
	t.Helper()
	announced, channel, err := block.ConfigOf(c.Blocks[0])
	if err != nil || announced == nil || channel != blocktest.Name {
		t.Fatalf("genesis block announces %v for %q, %v", announced, channel, err)
	}
	config, err := block.NewConfig(channel, announced.GetConfig())
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func TestCheckOrderers(t *testing.T) {
	c := blocktest.New(t)
	config := genesis(t, c)
	c.Add([]byte("entry"))
	for name, tc := range map[string]struct {
		change func(*common.Block)
		good   bool
	}{
		"as_it_is":        {func(*common.Block) {}, true},
		"another_orderer": {func(b *common.Block) { c.Sign(b, c.Orderers[2]) }, true},
		"a_peer":          {func(b *common.Block) { c.Sign(b, c.Peers["BureauMSP"]) }, false},
		"a_client":        {func(b *common.Block) { c.Sign(b, c.Join("BureauOrdererMSP", "x", "client")) }, true}, // Writers of an orderer organisation: any member
		"a_stranger":      {func(b *common.Block) { c.Sign(b, blocktest.New(t).Orderers[0]) }, false},
		"header_changed":  {func(b *common.Block) { b.Header.DataHash[0] ^= 1 }, false},
		"signature_flipped": {func(b *common.Block) {
			m := b.Metadata.Metadata[common.BlockMetadataIndex_SIGNATURES]
			m[len(m)-1] ^= 1
		}, false},
		"none": {func(b *common.Block) { b.Metadata.Metadata[common.BlockMetadataIndex_SIGNATURES] = nil }, false},
	} {
		b := proto.Clone(c.Blocks[1]).(*common.Block)
		tc.change(b)
		err := config.CheckOrderers(b)
		var d *block.Defect
		if (err == nil) != tc.good || err != nil && (!errors.Is(err, block.ErrTampered) || !errors.As(err, &d) || d.Field != "metadata.signatures") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCheckOrderers_BFT: a quorum signs, and orderers may name themselves by number.
func TestCheckOrderers_BFT(t *testing.T) {
	c := blocktest.New(t)
	orderers := c.Config.ChannelGroup.Groups["Orderer"]
	mapping := &common.Orderers{}
	quorum := &common.SignaturePolicyEnvelope{}
	var rules []*common.SignaturePolicy
	for i, o := range c.Orderers {
		mapping.ConsenterMapping = append(mapping.ConsenterMapping, &common.Consenter{Id: uint32(i + 1), MspId: o.MSP, Identity: o.Certificate})
		quorum.Identities = append(quorum.Identities, &msp.MSPPrincipal{PrincipalClassification: msp.MSPPrincipal_IDENTITY, Principal: o.Identity()})
		rules = append(rules, &common.SignaturePolicy{Type: &common.SignaturePolicy_SignedBy{SignedBy: int32(i)}})
	}
	quorum.Rule = &common.SignaturePolicy{Type: &common.SignaturePolicy_NOutOf_{NOutOf: &common.SignaturePolicy_NOutOf{N: 2, Rules: rules}}}
	orderers.Values["ConsensusType"] = &common.ConfigValue{Value: must(t, &orderer.ConsensusType{Type: "BFT"})}
	orderers.Values["Orderers"] = &common.ConfigValue{Value: must(t, mapping)}
	orderers.Policies["BlockValidation"] = &common.ConfigPolicy{Policy: &common.Policy{Type: int32(common.Policy_SIGNATURE), Value: must(t, quorum)}}
	config, err := block.NewConfig(blocktest.Name, c.Config)
	if err != nil {
		t.Fatal(err)
	}
	b := c.Add([]byte("entry"))
	sign := func(ids ...uint32) *common.Block {
		b := proto.Clone(b).(*common.Block)
		m := &common.Metadata{Value: []byte("value")}
		for _, id := range ids {
			header := must(t, &common.IdentifierHeader{Identifier: id})
			m.Signatures = append(m.Signatures, &common.MetadataSignature{IdentifierHeader: header,
				Signature: c.Orderers[(id-1)%3].Sign(bytes.Join([][]byte{m.Value, header, block.HeaderBytes(b.Header)}, nil))})
		}
		b.Metadata.Metadata[common.BlockMetadataIndex_SIGNATURES] = must(t, m)
		return b
	}
	for name, tc := range map[string]struct {
		ids  []uint32
		good bool
	}{"quorum": {[]uint32{1, 3}, true}, "one": {[]uint32{2}, false}, "one_twice": {[]uint32{2, 2}, false}, "unknown_number": {[]uint32{2, 4}, false}} {
		if err := config.CheckOrderers(sign(tc.ids...)); (err == nil) != tc.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func must(t *testing.T, m proto.Message) []byte {
	t.Helper()
	body, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestSatisfies_Endorsements(t *testing.T) {
	c := blocktest.New(t)
	config := genesis(t, c)
	bureau, agency, message := c.Peers["BureauMSP"], c.Peers["AgencyMSP"], []byte("m")
	by := func(signers ...*blocktest.Signer) (set []block.Signed) {
		for _, s := range signers {
			set = append(set, block.Signed{Identity: s.Identity(), Message: message, Signature: s.Sign(message)})
		}
		return set
	}
	forged := by(bureau, agency)
	forged[1].Signature[12] ^= 1
	other := by(bureau, agency)
	other[1].Identity = c.Peers["ExchangeMSP"].Identity()
	self := by(bureau, blocktest.New(t).Peers["AgencyMSP"])
	for name, tc := range map[string]struct {
		set  []block.Signed
		good bool
	}{
		"two_peers": {by(bureau, agency), true}, "one_peer": {by(bureau), false}, "one_peer_twice": {by(bureau, bureau), false},
		"a_second_peer_of_one": {by(bureau, c.Join("BureauMSP", "peer2", "peer")), false}, "a_client": {by(bureau, c.Join("AgencyMSP", "x", "client")), false},
		"forged": {forged, false}, "of_another": {other, false}, "of_another_authority": {self, false}, "nobody": {nil, false},
	} {
		if got := config.Satisfies("/Channel/Application/Endorsement", tc.set); got != tc.good {
			t.Errorf("%s: %t", name, got)
		}
		if got := config.SatisfiesKey(must(t, blocktest.TwoOf(msp.MSPRole_PEER)), tc.set); got != tc.good {
			t.Errorf("key policy, %s: %t", name, got)
		}
	}
	if config.Satisfies("/Channel/Application/None", by(bureau, agency)) || config.SatisfiesKey([]byte("\xff"), by(bureau, agency)) || config.SatisfiesApplication(nil, by(bureau, agency)) {
		t.Error("a policy that is not there holds")
	}
}

func TestUpdate(t *testing.T) {
	c := blocktest.New(t)
	config := genesis(t, c)
	admin, other := c.Join("AgencyMSP", "admin", "admin"), c.Join("BureauMSP", "admin", "admin")
	revoked := c.Join("AgencyMSP", "gone", "client")
	revoke := func(next *common.Config) {
		v := next.ChannelGroup.Groups["Application"].Groups["AgencyMSP"].Values["MSP"]
		v.Value, v.Version = c.MSP("AgencyMSP", c.Revoke(revoked)), v.Version+1
	}
	after, err := config.Update(c.Update(revoke, admin))
	if err != nil {
		t.Fatalf("the organisation's own change: %v", err)
	}
	signed := block.Signed{Identity: revoked.Identity(), Message: []byte("m"), Signature: revoked.Sign([]byte("m"))}
	if config.Verify(signed) != nil || after.Verify(signed) == nil || !strings.Contains(after.Verify(signed).Error(), "revoked") {
		t.Errorf("before %v, after %v", config.Verify(signed), after.Verify(signed))
	}
	relax := func(next *common.Config) {
		p := next.ChannelGroup.Groups["Application"].Policies["Endorsement"]
		p.Policy, p.Version = &common.Policy{Type: int32(common.Policy_SIGNATURE), Value: must(t, &common.SignaturePolicyEnvelope{})}, p.Version+1
	}
	intruder := func(next *common.Config) {
		g := next.ChannelGroup.Groups["Application"]
		g.Groups["X"], g.Version = proto.Clone(g.Groups["AgencyMSP"]).(*common.ConfigGroup), g.Version+1
	}
	quietly := func(next *common.Config) { delete(next.ChannelGroup.Groups["Application"].Groups, "AgencyMSP") }
	unsaid := c.Update(revoke, admin)
	relax(unsaid.Config)
	skipped := c.Update(revoke, admin)
	skipped.Config.Sequence++
	for name, tc := range map[string]struct {
		next  *common.ConfigEnvelope
		field string // "": accepted
	}{
		"by_another_organisation": {c.Update(revoke, other), "config/Channel/Application/AgencyMSP/MSP"},
		"by_a_client":             {c.Update(revoke, c.Join("AgencyMSP", "x", "client")), "config/Channel/Application/AgencyMSP/MSP"},
		"by_nobody":               {c.Update(revoke), "config/Channel/Application/AgencyMSP/MSP"},
		"policy_by_one":           {c.Update(relax, admin), "config/Channel/Application/Endorsement"},
		"policy_by_two":           {c.Update(relax, admin, other), ""},
		"intruder_by_one":         {c.Update(intruder, admin), "config/Channel/Application"},
		"organisation_removed":    {c.Update(quietly, admin, other), "config/Channel/Application"},
		"more_than_was_signed":    {unsaid, "config/Channel/Application/Endorsement"},
		"sequence_skipped":        {skipped, "config.sequence"},
		"no_update":               {&common.ConfigEnvelope{Config: &common.Config{Sequence: 1, ChannelGroup: c.Config.ChannelGroup}}, "config.lastUpdate"},
	} {
		_, err := config.Update(tc.next)
		var d *block.Defect
		if (err == nil) != (tc.field == "") || errors.As(err, &d) && d.Field != tc.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOpen_SaysWhatAPeerWouldSay goes through defects of the form of a transaction.
func TestOpen_SaysWhatAPeerWouldSay(t *testing.T) {
	c := blocktest.New(t)
	person := c.Join("AgencyMSP", "he-applicant", "client")
	call := blocktest.Call{Creator: person, Function: "a:B", Document: "{}", Writes: map[string][]byte{"k": []byte("v")}, Endorsers: []*blocktest.Signer{c.Peers["BureauMSP"]}}
	good := block.Open(c.Transaction(call))
	if good.Form != 0 || good.Content != 0 || good.Result != 0 || good.Function != "a:B" || len(good.Endorsed) != 1 || good.Chaincode != blocktest.Name || !good.Sets[0].Writes() ||
		block.Name(good.Creator) != "AgencyMSP/he-applicant" {
		t.Errorf("a good transaction: %+v", good)
	}
	if err := genesis(t, c).Verify(good.Signed); err != nil {
		t.Errorf("its creator: %v", err)
	}
	stolen := call
	stolen.Nonce, stolen.TxID = []byte("n"), strings.Repeat("ab", 32)
	if e := block.Open(c.Transaction(stolen)); e.Content != peer.TxValidationCode_BAD_PROPOSAL_TXID {
		t.Errorf("another transaction's id: %s", e.Content)
	}
	for name, tc := range map[string]struct {
		body []byte
		form peer.TxValidationCode
	}{
		"not_protobuf": {[]byte("\xff\xff\xff"), peer.TxValidationCode_INVALID_OTHER_REASON},
		"no_payload":   {must(t, &common.Envelope{Payload: []byte("\xff")}), peer.TxValidationCode_BAD_PAYLOAD},
		"no_header":    {must(t, &common.Envelope{}), peer.TxValidationCode_BAD_COMMON_HEADER},
	} {
		if e := block.Open(tc.body); e.Form != tc.form {
			t.Errorf("%s: %s", name, e.Form)
		}
	}
}

func TestCheck_NamesTheField(t *testing.T) {
	c := blocktest.New(t)
	c.Add([]byte("entry"))
	for field, change := range map[string]func(*common.Block){
		"header.number":       func(b *common.Block) { b.Header.Number = 7 },
		"header.previousHash": func(b *common.Block) { b.Header.PreviousHash[3] ^= 1 },
		"header.dataHash":     func(b *common.Block) { b.Data.Data[0][2] ^= 1 },
	} {
		b := proto.Clone(c.Blocks[1]).(*common.Block)
		change(b)
		var d *block.Defect
		if err := block.Check(b, 1, block.Hash(c.Blocks[0].Header)); !errors.As(err, &d) || d.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
