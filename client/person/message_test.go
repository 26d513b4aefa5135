package person

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

var request = registry.ActRequest{Key: "12345678", Application: "APP"}

// parts are a proposal taken apart; message puts it together again.
type parts struct {
	proposal  *peer.Proposal
	header    *common.Header
	channel   *common.ChannelHeader
	extension *peer.ChaincodeHeaderExtension
	author    *common.SignatureHeader
	payload   *peer.ChaincodeProposalPayload
	call      *peer.ChaincodeInvocationSpec
}

func takeApart(message []byte) *parts {
	p := &parts{proposal: unmarshal(message, &peer.Proposal{})}
	p.header = unmarshal(p.proposal.Header, &common.Header{})
	p.channel = unmarshal(p.header.ChannelHeader, &common.ChannelHeader{})
	p.extension = unmarshal(p.channel.Extension, &peer.ChaincodeHeaderExtension{})
	p.author = unmarshal(p.header.SignatureHeader, &common.SignatureHeader{})
	p.payload = unmarshal(p.proposal.Payload, &peer.ChaincodeProposalPayload{})
	p.call = unmarshal(p.payload.Input, &peer.ChaincodeInvocationSpec{})
	return p
}

func (p *parts) message() []byte {
	p.channel.Extension = marshal(p.extension)
	p.header.ChannelHeader, p.header.SignatureHeader = marshal(p.channel), marshal(p.author)
	p.payload.Input = marshal(p.call)
	p.proposal.Header, p.proposal.Payload = marshal(p.header), marshal(p.payload)
	return marshal(p.proposal)
}

// refuses lets a lying site ask for signatures and expects that the lie is found, named, and not signed.
func refuses(t *testing.T, site *fakeSite, given int, what string) {
	t.Helper()
	_, err := newPerson(t, site).Act(context.Background(), "registration:Accept", request)
	var altered *Altered
	if !errors.As(err, &altered) || !strings.Contains(altered.What, what) {
		t.Errorf("%v, want that %s differs", err, what)
	}
	if site.signatures != given {
		t.Errorf("%d signatures were given, want %d", site.signatures, given)
	}
}

func TestProposal_AlteredIsNotSigned(t *testing.T) {
	stranger := newIdentity("AgencyMSP", "he-applicant")
	for name, c := range map[string]struct {
		alter func(*parts)
		what  string
	}{
		"function":          {func(p *parts) { p.call.ChaincodeSpec.Input.Args[0] = []byte("registration:Withdraw") }, "function"},
		"function_in_lower": {func(p *parts) { p.call.ChaincodeSpec.Input.Args[0] = []byte("registration:accept") }, "function"},
		"argument": {func(p *parts) {
			p.call.ChaincodeSpec.Input.Args[1] = []byte(`{"application":"OTHER","key":"12345678"}`)
		}, "document"},
		"argument_not_canonical": {func(p *parts) { p.call.ChaincodeSpec.Input.Args[1] = append(p.call.ChaincodeSpec.Input.Args[1], ' ') }, "document"},
		"surplus_argument":       {func(p *parts) { p.call.ChaincodeSpec.Input.Args = append(p.call.ChaincodeSpec.Input.Args, nil) }, "number of arguments"},
		"missing_argument":       {func(p *parts) { p.call.ChaincodeSpec.Input.Args = p.call.ChaincodeSpec.Input.Args[:1] }, "number of arguments"},
		"transient_data":         {func(p *parts) { p.payload.TransientMap = map[string][]byte{"x": nil} }, "transient data"},
		"initialisation":         {func(p *parts) { p.call.ChaincodeSpec.Input.IsInit = true }, "form of the call"},
		"decoration":             {func(p *parts) { p.call.ChaincodeSpec.Input.Decorations = map[string][]byte{"x": nil} }, "form of the call"},
		"channel":                {func(p *parts) { p.channel.ChannelId = "other" }, "channel"},
		"chaincode_called":       {func(p *parts) { p.call.ChaincodeSpec.ChaincodeId.Name = "_lifecycle" }, "chaincode"},
		"chaincode_named":        {func(p *parts) { p.extension.ChaincodeId.Name = "_lifecycle" }, "chaincode"},
		"chaincode_version":      {func(p *parts) { p.extension.ChaincodeId.Version = "2" }, "form of the header"},
		"configuration_update":   {func(p *parts) { p.channel.Type = int32(common.HeaderType_CONFIG_UPDATE) }, "form of the header"},
		"creator":                {func(p *parts) { p.author.Creator = stranger.serialized() }, "creator"},
		"organisation": {func(p *parts) {
			stranger := stranger
			stranger.msp = "BureauMSP"
			p.author.Creator = stranger.serialized()
		}, "organisation"},
		"transaction_id":   {func(p *parts) { p.channel.TxId = strings.Repeat("ab", 32) }, "transaction id"},
		"nonce":            {func(p *parts) { p.author.Nonce = []byte("another") }, "transaction id"},
		"dated_ahead":      {func(p *parts) { p.channel.Timestamp = timestamppb.New(time.Now().Add(time.Hour)) }, "time"},
		"dated_back":       {func(p *parts) { p.channel.Timestamp = timestamppb.New(time.Now().Add(-time.Hour)) }, "time"},
		"not_dated":        {func(p *parts) { p.channel.Timestamp = nil }, "form of the header"},
		"unknown_field":    {func(p *parts) { p.call.ProtoReflect().SetUnknown([]byte{0xa0, 0x06, 0x01}) }, "form of the call"},
		"something_beside": {func(p *parts) { p.proposal.Extension = []byte("x") }, "form of the proposal"},
	} {
		t.Run(name, func(t *testing.T) {
			site := newFakeSite(t)
			site.proposal = func(message []byte) []byte {
				p := takeApart(message)
				c.alter(p)
				return p.message()
			}
			refuses(t, site, 0, c.what)
		})
	}
	for name, message := range map[string][]byte{"empty": nil, "sign_in": []byte("\x00hehuang sign-in v1\n"), "garbage": []byte("garbage")} {
		t.Run(name, func(t *testing.T) {
			site := newFakeSite(t)
			site.proposal = func([]byte) []byte { return message }
			refuses(t, site, 0, "form of the")
		})
	}
}

// honest gives both messages of a write and what the person meant by it.
func honest(t *testing.T) (w write, proposal, payload []byte) {
	t.Helper()
	site := newFakeSite(t)
	site.proposal = func(message []byte) []byte { proposal = message; return message }
	site.payload = func(message []byte) []byte { payload = message; return message }
	p := newPerson(t, site)
	if _, err := p.Act(context.Background(), "registration:Accept", request); err != nil {
		t.Fatal(err)
	}
	document, err := registry.Canonical(request)
	if err != nil {
		t.Fatal(err)
	}
	return p.intent("registration:Accept", document), proposal, payload
}

// TestMessages_TakenApartAndPutTogether is the control of both tables: it is the alteration that is refused.
func TestMessages_TakenApartAndPutTogether(t *testing.T) {
	w, proposal, payload := honest(t)
	header, err := w.proposal(takeApart(proposal).message())
	if err != nil {
		t.Fatal(err)
	}
	if done, err := w.transaction(reassemble(payload, func(*endorsedParts) {}), header); err != nil || done.Receipt.Status != "ACCEPTED" {
		t.Errorf("%+v %v", done, err)
	}
}

// TestMessages_EveryByteFlipped: of a proposal only the date may differ, by less than the window; of a transaction nothing.
func TestMessages_EveryByteFlipped(t *testing.T) {
	w, proposal, payload := honest(t)
	header, err := w.proposal(proposal)
	if err != nil {
		t.Fatal(err)
	}
	for i := range proposal {
		flipped := bytes.Clone(proposal)
		flipped[i] ^= 1
		if _, err := w.proposal(flipped); err == nil {
			p := takeApart(flipped)
			p.channel.Timestamp = takeApart(proposal).channel.Timestamp
			if !bytes.Equal(p.message(), takeApart(proposal).message()) {
				t.Errorf("byte %d of %d of the proposal may be altered", i, len(proposal))
			}
		}
	}
	for i := range payload {
		flipped := bytes.Clone(payload)
		flipped[i] ^= 1
		if _, err := w.transaction(flipped, header); err == nil {
			t.Errorf("byte %d of %d of the transaction may be altered", i, len(payload))
		}
	}
}

// endorsedParts are a transaction taken apart.
type endorsedParts struct {
	payload   *common.Payload
	tx        *peer.Transaction
	action    *peer.ChaincodeActionPayload
	answer    *peer.ProposalResponsePayload
	result    *peer.ChaincodeAction
	endorsers []identity // who sign the answer anew; nil: the signatures stay as they are
}

// reassemble alters a transaction, which endorsers then sign anew unless alter says otherwise.
func reassemble(message []byte, alter func(*endorsedParts)) []byte {
	p := &endorsedParts{payload: unmarshal(message, &common.Payload{}), endorsers: []identity{bureauPeer, agencyPeer}}
	p.tx = unmarshal(p.payload.Data, &peer.Transaction{})
	p.action = unmarshal(p.tx.Actions[0].Payload, &peer.ChaincodeActionPayload{})
	p.answer = unmarshal(p.action.Action.ProposalResponsePayload, &peer.ProposalResponsePayload{})
	p.result = unmarshal(p.answer.Extension, &peer.ChaincodeAction{})
	alter(p)
	p.answer.Extension = marshal(p.result)
	p.action.Action.ProposalResponsePayload = marshal(p.answer)
	if p.endorsers != nil {
		p.action.Action.Endorsements = nil
		for _, e := range p.endorsers {
			p.action.Action.Endorsements = append(p.action.Action.Endorsements, e.endorse(p.action.Action.ProposalResponsePayload))
		}
	}
	p.tx.Actions[0].Payload = marshal(p.action)
	p.payload.Data = marshal(p.tx)
	return marshal(p.payload)
}

func TestTransaction_AlteredIsNotSigned(t *testing.T) {
	exchangePeer := newIdentity("ExchangeMSP", "peer0.exchange")
	otherCall := marshal(&peer.ChaincodeProposalPayload{Input: marshal(&peer.ChaincodeInvocationSpec{ChaincodeSpec: &peer.ChaincodeSpec{
		ChaincodeId: &peer.ChaincodeID{Name: "registry"}, Input: &peer.ChaincodeInput{Args: [][]byte{[]byte("registration:Accept"), []byte(`{"application":"OTHER","key":"12345678"}`)}}}})})
	for name, c := range map[string]struct {
		alter func(*endorsedParts)
		what  string
	}{
		"result": {func(p *endorsedParts) {
			p.endorsers, p.result.Response.Payload = nil, []byte(`{"status":"REGISTERED"}`)
		}, "endorsement of BureauMSP"},
		"written":   {func(p *endorsedParts) { p.endorsers, p.result.Results = nil, []byte("other read-write set") }, "endorsement of BureauMSP"},
		"signature": {func(p *endorsedParts) { p.endorsers, p.action.Action.Endorsements[1].Signature = nil, []byte("x") }, "endorsement of AgencyMSP"},
		"claimed_organisation": {func(p *endorsedParts) {
			p.endorsers, p.action.Action.Endorsements[0].Endorser = nil, exchangePeer.serialized()
		}, "endorsement of ExchangeMSP"},
		"agency_alone":         {func(p *endorsedParts) { p.endorsers = []identity{agencyPeer} }, "lacks BureauMSP"},
		"agency_twice":         {func(p *endorsedParts) { p.endorsers = []identity{agencyPeer, agencyPeer} }, "lacks BureauMSP"},
		"without_agency":       {func(p *endorsedParts) { p.endorsers = []identity{bureauPeer, exchangePeer} }, "lacks AgencyMSP"},
		"nobody":               {func(p *endorsedParts) { p.endorsers = []identity{} }, "lacks BureauMSP and AgencyMSP"},
		"document":             {func(p *endorsedParts) { p.action.ChaincodeProposalPayload = otherCall }, "document"},
		"two_actions":          {func(p *endorsedParts) { p.tx.Actions = append(p.tx.Actions, p.tx.Actions[0]) }, "number of actions"},
		"author_of_the_action": {func(p *endorsedParts) { p.tx.Actions[0].Header = []byte("x") }, "their author"},
		"status_500":           {func(p *endorsedParts) { p.result.Response.Status = 500 }, "status"},
		"other_chaincode":      {func(p *endorsedParts) { p.result.ChaincodeId.Name = "bare" }, "chaincode that answered"},
		"another_proposal":     {func(p *endorsedParts) { p.answer.ProposalHash[0] ^= 1 }, "proposal that was endorsed"},
		"no_receipt":           {func(p *endorsedParts) { p.result.Response.Payload = []byte("registered") }, "receipt"},
		"unknown_field":        {func(p *endorsedParts) { p.payload.ProtoReflect().SetUnknown([]byte{0xa0, 0x06, 0x01}) }, "form of the transaction"},
	} {
		t.Run(name, func(t *testing.T) {
			site := newFakeSite(t)
			site.payload = func(message []byte) []byte { return reassemble(message, c.alter) }
			refuses(t, site, 1, c.what)
		})
	}
}

// TestTransaction_ReplacedByAnother: a genuine transaction of the same person, with the same document, is still not the one
// whose proposal was signed a moment ago.
func TestTransaction_ReplacedByAnother(t *testing.T) {
	site := newFakeSite(t)
	var earlier []byte
	site.payload = func(message []byte) []byte { earlier = message; return message }
	p := newPerson(t, site)
	if _, err := p.Act(context.Background(), "registration:Accept", request); err != nil {
		t.Fatal(err)
	}
	site.payload = func([]byte) []byte { return earlier }
	_, err := p.Act(context.Background(), "registration:Accept", request)
	var altered *Altered
	if !errors.As(err, &altered) || altered.What != "transaction" || site.signatures != 3 {
		t.Errorf("%v after %d signatures", err, site.signatures)
	}
}
