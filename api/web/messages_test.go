package web

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

const (
	testAccount  = "AgencyMSP/he-applicant"
	testFunction = "registration:Withdraw"
	testDocument = `{"application":"APPAAAAAAAAAAAAAAAAA","key":"withdraw-1","reasons":["名称写错了","另有\u000a打算"]}`
)

// endorser signs what the fake peer answers.
type endorser struct {
	msp         string
	key         *ecdsa.PrivateKey
	certificate []byte
}

func newEndorser(t *testing.T, mspID string) endorser {
	key := newKey(t)
	return endorser{mspID, key, certificateFor(t, key, "peer0."+mspID)}
}

func (e endorser) endorse(response []byte) *peer.Endorsement {
	id := wire(&msp.SerializedIdentity{Mspid: e.msp, IdBytes: e.certificate})
	sum := sha256.Sum256(append(bytes.Clone(response), id...))
	signature, err := ecdsa.SignASN1(rand.Reader, e.key, sum[:])
	if err != nil {
		panic(err)
	}
	return &peer.Endorsement{Endorser: id, Signature: signature}
}

func wire(m proto.Message) []byte {
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		panic(err)
	}
	return body
}

func unwire[T proto.Message](body []byte, into T) T {
	if err := proto.Unmarshal(body, into); err != nil {
		panic(err)
	}
	return into
}

// fakePeer endorses as a peer's Gateway does (internal/pkg/gateway/endorse.go); spoil may change the parts first.
type fakePeer struct {
	gateway.UnimplementedGatewayServer
	endorsers []endorser
	spoil     func(*parts)
	refusal   error                 // of endorsing
	code      peer.TxValidationCode // with which transactions are valid or not
	sent      atomic.Int32          // transactions that were handed in
}

// Submit takes a transaction, as the orderers do.
func (f *fakePeer) Submit(context.Context, *gateway.SubmitRequest) (*gateway.SubmitResponse, error) {
	f.sent.Add(1)
	return &gateway.SubmitResponse{}, nil
}

// CommitStatus says what became of it.
func (f *fakePeer) CommitStatus(context.Context, *gateway.SignedCommitStatusRequest) (*gateway.CommitStatusResponse, error) {
	return &gateway.CommitStatusResponse{Result: f.code, BlockNumber: 7}, nil
}

// parts are what a transaction is made of, before the endorsers sign and after.
type parts struct {
	header    *common.Header
	proposal  *peer.ChaincodeProposalPayload
	results   *rwset.TxReadWriteSet
	event     *peer.ChaincodeEvent
	response  *peer.Response
	chaincode *peer.ChaincodeID
	hash      []byte
	endorsers []endorser
	endorsed  func(*peer.ChaincodeEndorsedAction) // changes what was endorsed
	finished  func(*common.Payload)               // changes the whole
}

func (f *fakePeer) Endorse(_ context.Context, r *gateway.EndorseRequest) (*gateway.EndorseResponse, error) {
	if f.refusal != nil {
		return nil, f.refusal
	}
	proposal := unwire(r.GetProposedTransaction().GetProposalBytes(), &peer.Proposal{})
	return &gateway.EndorseResponse{PreparedTransaction: &common.Envelope{Payload: f.transaction(proposal)}}, nil
}

func (f *fakePeer) transaction(proposal *peer.Proposal) []byte {
	header := unwire(proposal.GetHeader(), &common.Header{})
	channel := unwire(header.GetChannelHeader(), &common.ChannelHeader{})
	payload := &peer.ChaincodeProposalPayload{Input: unwire(proposal.GetPayload(), &peer.ChaincodeProposalPayload{}).GetInput()}
	hash := sha256.Sum256(bytes.Join([][]byte{header.GetChannelHeader(), header.GetSignatureHeader(), wire(payload)}, nil))
	p := &parts{header: header, proposal: payload, hash: hash[:], endorsers: f.endorsers, chaincode: &peer.ChaincodeID{Name: "registry", Version: "1.0"},
		response: &peer.Response{Status: 200, Payload: []byte(`{"application":"APPAAAAAAAAAAAAAAAAA","status":"WITHDRAWN","txId":"` + channel.GetTxId() + `"}`)},
		event: &peer.ChaincodeEvent{ChaincodeId: "registry", TxId: channel.GetTxId(), EventName: "registry",
			Payload: fmt.Appendf(nil, `{"changes":[{"after":"WITHDRAWN","before":"SUBMITTED","digest":"00","id":"APPAAAAAAAAAAAAAAAAA","object":"APP"}],"function":%q,"txId":%q,"version":1}`, testFunction, channel.GetTxId())},
		results: &rwset.TxReadWriteSet{NsRwset: []*rwset.NsReadWriteSet{
			{Namespace: "_lifecycle", Rwset: wire(&kvrwset.KVRWSet{Reads: []*kvrwset.KVRead{{Key: "namespaces/fields/registry/Sequence", Version: &kvrwset.Version{BlockNum: 6}}}})},
			{Namespace: "registry", Rwset: wire(&kvrwset.KVRWSet{Reads: []*kvrwset.KVRead{{Key: "\x00DAY\x00", Version: &kvrwset.Version{BlockNum: 9, TxNum: 1}}},
				Writes:         []*kvrwset.KVWrite{{Key: "\x00APP\x00APPAAAAAAAAAAAAAAAAA\x00", Value: []byte("{}")}, {Key: "\x00LCK\x00ab\x00", IsDelete: true}},
				MetadataWrites: []*kvrwset.KVMetadataWrite{{Key: "\x00APP\x00APPAAAAAAAAAAAAAAAAA\x00", Entries: []*kvrwset.KVMetadataEntry{{Name: "VALIDATION_PARAMETER", Value: []byte("p")}}}}})}}}}
	if f.spoil != nil {
		f.spoil(p)
	}
	return p.payload()
}

func (p *parts) payload() []byte {
	action := &peer.ChaincodeAction{Results: wire(p.results), Response: p.response, ChaincodeId: p.chaincode}
	if p.event != nil {
		action.Events = wire(p.event)
	}
	response := wire(&peer.ProposalResponsePayload{ProposalHash: p.hash, Extension: wire(action)})
	endorsed := &peer.ChaincodeEndorsedAction{ProposalResponsePayload: response}
	for _, e := range p.endorsers {
		endorsed.Endorsements = append(endorsed.Endorsements, e.endorse(response))
	}
	if p.endorsed != nil {
		p.endorsed(endorsed)
	}
	whole := &common.Payload{Header: p.header, Data: wire(&peer.Transaction{Actions: []*peer.TransactionAction{{Header: p.header.GetSignatureHeader(),
		Payload: wire(&peer.ChaincodeActionPayload{ChaincodeProposalPayload: wire(p.proposal), Action: endorsed})}}})}
	if p.finished != nil {
		p.finished(whole)
	}
	return wire(whole)
}

// person is somebody whose transactions the real client prepares, over the real Gateway library.
type person struct {
	t           *testing.T
	key         *ecdsa.PrivateKey
	certificate []byte
	ledger      *client.Ledger
	peer        *fakePeer
}

func newPerson(t *testing.T) *person {
	t.Helper()
	dir := t.TempDir()
	key := newKey(t)
	tlsKey := newKey(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "peer"}, DNSNames: []string{"peer"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	tlsDER, err := x509.CreateCertificate(rand.Reader, template, template, &tlsKey.PublicKey, tlsKey)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	root := file("tls.pem", "CERTIFICATE", tlsDER)
	creds, err := credentials.NewServerTLSFromFile(root, file("tlskey.pem", "PRIVATE KEY", pkcs8(t, tlsKey)))
	if err != nil {
		t.Fatal(err)
	}
	f := &fakePeer{endorsers: []endorser{newEndorser(t, registry.MSPBureau), newEndorser(t, registry.MSPAgency)}}
	server := grpc.NewServer(grpc.Creds(creds))
	gateway.RegisterGatewayServer(server, f)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	block, _ := pem.Decode(certificateFor(t, key, "registryd"))
	ledger, err := client.Dial(client.Config{PeerAddress: listener.Addr().String(), TLSRoot: root, ServerName: "peer", Channel: "registry", Chaincode: "registry",
		MSPID: registry.MSPAgency, Certificate: file("cert.pem", "CERTIFICATE", block.Bytes), Key: file("key.pem", "PRIVATE KEY", pkcs8(t, key))}, &client.MemoryStore{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ledger.Close() })
	return &person{t: t, key: key, certificate: certificateFor(t, key, "he-applicant"), ledger: ledger, peer: f}
}

func (p *person) prepare() client.Pending {
	p.t.Helper()
	pending, err := p.ledger.Prepare(p.t.Context(), client.Creator{MSPID: registry.MSPAgency, Certificate: p.certificate}, testFunction, []byte(testDocument))
	if err != nil {
		p.t.Fatal(err)
	}
	return pending
}

// endorse gives the transaction of a signed proposal.
func (p *person) endorse(pending client.Pending) client.Pending {
	p.t.Helper()
	sum := sha256.Sum256(pending.ToSign)
	signature, err := ecdsa.SignASN1(rand.Reader, p.key, sum[:])
	if err != nil {
		p.t.Fatal(err)
	}
	endorsed, err := p.ledger.Endorse(p.t.Context(), pending.ID, signature)
	if err != nil || endorsed.State != client.StateEndorsed {
		p.t.Fatalf("%s: %v", endorsed.State, err)
	}
	return endorsed
}

// expected is what the page shows, as JavaScript.
func (p *person) expected() string {
	return js(map[string]any{"channel": "registry", "chaincode": "registry", "function": testFunction, "document": testDocument, "account": testAccount, "certificate": string(p.certificate)})
}

type factsRead struct {
	Channel, Chaincode, Function, TxId, CreatorMsp, Creator, Nonce string
	Args                                                           []string
	Timestamp                                                      int64
	TransientKeys                                                  []string
	Endorsers                                                      []struct{ Msp, Name string }
	Response                                                       struct {
		Status  int
		Payload string
	}
	Event  *struct{ Name, Payload string }
	Writes []struct {
		Key     string
		Deleted bool
	}
}

const readable = `return { ...facts, args: facts.args.map(bytes.text), nonce: bytes.hex(facts.nonce), creator: bytes.text(facts.creatorCertificate), input: null, header: null, channelHeader: null, signatureHeader: null };`

func TestMessages_AreReadAsTheGatewayMadeThem(t *testing.T) {
	l, p := openLab(t), newPerson(t)
	pending := p.prepare()
	got := must[factsRead](l, `const facts = await messages.checkProposal(`+p.expected()+`, `+js(pending.ToSign)+`);`+readable)
	proposal := unwire(pending.ToSign, &peer.Proposal{})
	header := unwire(proposal.GetHeader(), &common.Header{})
	channel := unwire(header.GetChannelHeader(), &common.ChannelHeader{})
	signer := unwire(header.GetSignatureHeader(), &common.SignatureHeader{})
	if got.Channel != channel.GetChannelId() || got.Chaincode != "registry" || got.Function != testFunction || len(got.Args) != 1 || got.Args[0] != testDocument ||
		got.TxId != pending.TxID || got.CreatorMsp != registry.MSPAgency || got.Creator != string(p.certificate) || got.Nonce != hex.EncodeToString(signer.GetNonce()) ||
		got.Timestamp != channel.GetTimestamp().AsTime().UnixMilli() || len(got.TransientKeys) != 0 {
		t.Errorf("the proposal is read as %+v", got)
	}
	endorsed := p.endorse(pending)
	got = must[factsRead](l, `
		const proposal = await messages.checkProposal(`+p.expected()+`, `+js(pending.ToSign)+`);
		const facts = await messages.checkTransaction(`+p.expected()+`, proposal, `+js(endorsed.ToSign)+`);`+readable)
	if got.TxId != pending.TxID || got.Function != testFunction || got.Args[0] != testDocument || got.Response.Status != 200 || got.Response.Payload != string(endorsed.Response) {
		t.Errorf("the transaction is read as %+v", got)
	}
	if len(got.Endorsers) != 2 || got.Endorsers[0].Msp != registry.MSPBureau || got.Endorsers[1].Name != "peer0.AgencyMSP" {
		t.Errorf("endorsers %+v", got.Endorsers)
	}
	if got.Event == nil || got.Event.Name != registry.EventName || len(got.Writes) != 2 || got.Writes[0].Key != "\x00APP\x00APPAAAAAAAAAAAAAAAAA\x00" || !got.Writes[1].Deleted {
		t.Errorf("event %+v, writes %+v", got.Event, got.Writes)
	}
	must[bool](l, `await messages.checkTransaction(`+p.expected()+`, null, `+js(endorsed.ToSign)+`); return true;`) // after a reload
}

// verdict runs a check and gives the code of its refusal, or "passed".
func verdict(l *lab, check string) string {
	l.t.Helper()
	return must[string](l, `try { `+check+` return "passed"; } catch (e) { return e instanceof messages.Refused ? e.code : "not refused but failed: " + e.stack; }`)
}

// proposalParts are a proposal taken apart, to be changed and put together again.
type proposalParts struct {
	channel   *common.ChannelHeader
	signer    *common.SignatureHeader
	extension *peer.ChaincodeHeaderExtension
	spec      *peer.ChaincodeSpec
	payload   *peer.ChaincodeProposalPayload
	keepTxID  bool
	finished  func(*peer.Proposal)
}

func takeApart(body []byte) *proposalParts {
	p := unwire(body, &peer.Proposal{})
	header := unwire(p.GetHeader(), &common.Header{})
	channel := unwire(header.GetChannelHeader(), &common.ChannelHeader{})
	payload := unwire(p.GetPayload(), &peer.ChaincodeProposalPayload{})
	return &proposalParts{channel: channel, signer: unwire(header.GetSignatureHeader(), &common.SignatureHeader{}),
		extension: unwire(channel.GetExtension(), &peer.ChaincodeHeaderExtension{}),
		spec:      unwire(payload.GetInput(), &peer.ChaincodeInvocationSpec{}).GetChaincodeSpec(), payload: payload}
}

func (p *proposalParts) together() []byte {
	if !p.keepTxID {
		sum := sha256.Sum256(append(bytes.Clone(p.signer.GetNonce()), p.signer.GetCreator()...))
		p.channel.TxId = hex.EncodeToString(sum[:])
	}
	p.channel.Extension = wire(p.extension)
	p.payload.Input = wire(&peer.ChaincodeInvocationSpec{ChaincodeSpec: p.spec})
	whole := &peer.Proposal{Header: wire(&common.Header{ChannelHeader: wire(p.channel), SignatureHeader: wire(p.signer)}), Payload: wire(p.payload)}
	if p.finished != nil {
		p.finished(whole)
	}
	return wire(whole)
}

// unknownField is a field that no message has.
var unknownField = protowire.AppendVarint(protowire.AppendTag(nil, 99, protowire.VarintType), 1)

func TestCheckProposal_RefusesWhatThePageDoesNotShow(t *testing.T) {
	l, p := openLab(t), newPerson(t)
	pending := p.prepare()
	other := newKey(t)
	for name, c := range map[string]struct {
		change func(*proposalParts)
		want   string
	}{
		"unchanged":             {func(*proposalParts) {}, "passed"},
		"other_function":        {func(p *proposalParts) { p.spec.Input.Args[0] = []byte("registration:Submit") }, "function"},
		"function_with_a_space": {func(p *proposalParts) { p.spec.Input.Args[0] = []byte(testFunction + " ") }, "function"},
		"other_argument":        {func(p *proposalParts) { p.spec.Input.Args[1] = []byte(strings.Replace(testDocument, "错", "对", 1)) }, "arguments"},
		"same_json_other_bytes": {func(p *proposalParts) { p.spec.Input.Args[1] = []byte(testDocument + " ") }, "arguments"},
		"second_argument":       {func(p *proposalParts) { p.spec.Input.Args = append(p.spec.Input.Args, []byte("{}")) }, "arguments"},
		"no_argument":           {func(p *proposalParts) { p.spec.Input.Args = p.spec.Input.Args[:1] }, "arguments"},
		"no_function":           {func(p *proposalParts) { p.spec.Input.Args = nil }, "malformed"},
		"other_channel":         {func(p *proposalParts) { p.channel.ChannelId = "registry2" }, "channel"},
		"other_chaincode": {func(p *proposalParts) {
			p.spec.ChaincodeId.Name = "registry2"
			p.extension.ChaincodeId.Name = "registry2"
		}, "chaincode"},
		"other_chaincode_in_the_header": {func(p *proposalParts) { p.extension.ChaincodeId.Name = "registry2" }, "chaincode"},
		"chaincode_version":             {func(p *proposalParts) { p.spec.ChaincodeId.Version = "2" }, "malformed"},
		"other_certificate": {func(q *proposalParts) {
			q.signer.Creator = wire(&msp.SerializedIdentity{Mspid: registry.MSPAgency, IdBytes: certificateFor(t, other, "he-applicant")})
		}, "creator"},
		"other_organisation": {func(q *proposalParts) {
			q.signer.Creator = wire(&msp.SerializedIdentity{Mspid: registry.MSPBureau, IdBytes: p.certificate})
		}, "msp"},
		"transaction_id_of_another": {func(p *proposalParts) { p.channel.TxId = strings.Repeat("0", 64); p.keepTxID = true }, "tx_id"},
		"other_nonce":               {func(p *proposalParts) { p.signer.Nonce = bytes.Repeat([]byte{1}, 24); p.keepTxID = true }, "tx_id"},
		"no_nonce":                  {func(p *proposalParts) { p.signer.Nonce = nil }, "malformed"},
		"dated_an_hour_ago":         {func(p *proposalParts) { p.channel.Timestamp.Seconds -= 3600 }, "time"},
		"dated_in_an_hour":          {func(p *proposalParts) { p.channel.Timestamp.Seconds += 3600 }, "time"},
		"configuration_update":      {func(p *proposalParts) { p.channel.Type = int32(common.HeaderType_CONFIG_UPDATE) }, "malformed"},
		"epoch":                     {func(p *proposalParts) { p.channel.Epoch = 1 }, "malformed"},
		"tls_binding":               {func(p *proposalParts) { p.channel.TlsCertHash = []byte{1} }, "malformed"},
		"transient_data":            {func(p *proposalParts) { p.payload.TransientMap = map[string][]byte{"traces": []byte("x")} }, "transient"},
		"initialisation":            {func(p *proposalParts) { p.spec.Input.IsInit = true }, "malformed"},
		"decorations":               {func(p *proposalParts) { p.spec.Input.Decorations = map[string][]byte{"a": nil} }, "malformed"},
		"timeout":                   {func(p *proposalParts) { p.spec.Timeout = 1 }, "malformed"},
		"extension":                 {func(p *proposalParts) { p.finished = func(q *peer.Proposal) { q.Extension = []byte{1} } }, "malformed"},
		"unknown_field": {func(p *proposalParts) {
			p.finished = func(q *peer.Proposal) { q.ProtoReflect().SetUnknown(unknownField) }
		}, "malformed"},
		"unknown_field_within": {func(p *proposalParts) { p.spec.Input.ProtoReflect().SetUnknown(unknownField) }, "malformed"},
		"header_twice": {func(p *proposalParts) {
			p.finished = func(q *peer.Proposal) {
				q.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), q.Header))
			}
		}, "malformed"},
	} {
		parts := takeApart(pending.ToSign)
		c.change(parts)
		if got := verdict(l, `await messages.checkProposal(`+p.expected()+`, `+js(parts.together())+`);`); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestCheckTransaction_RefusesWhatWasNotSignedOrEndorsed(t *testing.T) {
	l, p := openLab(t), newPerson(t)
	bureau, agency := p.peer.endorsers[0], p.peer.endorsers[1]
	exchange := newEndorser(t, registry.MSPExchange)
	event := func(from, to string) func(*parts) {
		return func(p *parts) { p.event.Payload = bytes.Replace(p.event.Payload, []byte(from), []byte(to), 1) }
	}
	response := func(from, to string) func(*peer.ChaincodeEndorsedAction) {
		return func(a *peer.ChaincodeEndorsedAction) {
			a.ProposalResponsePayload = bytes.Replace(a.ProposalResponsePayload, []byte(from), []byte(to), 1)
		}
	}
	for name, c := range map[string]struct {
		change func(*parts)
		want   string
	}{
		"unchanged":               {func(*parts) {}, "passed"},
		"third_endorser":          {func(p *parts) { p.endorsers = append(p.endorsers[:2:2], exchange) }, "passed"},
		"answered_before":         {func(p *parts) { p.event = nil; p.results.NsRwset = p.results.NsRwset[:1] }, "passed"},
		"one_endorser":            {func(p *parts) { p.endorsers = p.endorsers[:1] }, "endorsers"},
		"no_endorser":             {func(p *parts) { p.endorsers = nil }, "endorsers"},
		"same_organisation_twice": {func(p *parts) { p.endorsers = []endorser{agency, agency} }, "endorsers"},
		"bureau_missing":          {func(p *parts) { p.endorsers = []endorser{agency, exchange} }, "endorsers"},
		"agency_missing":          {func(p *parts) { p.endorsers = []endorser{bureau, exchange} }, "endorsers"},
		"result_altered":          {func(p *parts) { p.endorsed = response("WITHDRAWN", "SUBMITTED") }, "endorsement"},
		"write_altered":           {func(p *parts) { p.endorsed = response("APPAAAAAAAAAAAAAAAAA\x00", "APPBBBBBBBBBBBBBBBBB\x00") }, "endorsement"},
		"organisation_relabelled": {func(p *parts) {
			p.endorsers = []endorser{agency, {registry.MSPBureau, agency.key, agency.certificate}}
			p.endorsed = func(a *peer.ChaincodeEndorsedAction) { a.Endorsements[1].Signature = a.Endorsements[0].Signature }
		}, "endorsement"},
		"signature_missing": {func(p *parts) {
			p.endorsed = func(a *peer.ChaincodeEndorsedAction) { a.Endorsements[0].Signature = nil }
		}, "endorsement"},
		"result_of_other_proposal": {func(p *parts) { p.hash = bytes.Repeat([]byte{1}, 32) }, "proposal"},
		"input_replaced": {func(p *parts) {
			spec := unwire(p.proposal.Input, &peer.ChaincodeInvocationSpec{})
			spec.ChaincodeSpec.Input.Args[1] = []byte(strings.Replace(testDocument, "错", "对", 1))
			p.proposal.Input = wire(spec)
			hash := sha256.Sum256(bytes.Join([][]byte{p.header.ChannelHeader, p.header.SignatureHeader, wire(p.proposal)}, nil))
			p.hash = hash[:]
		}, "arguments"},
		"input_other_bytes_same_meaning": {func(p *parts) {
			spec := unwire(p.proposal.Input, &peer.ChaincodeInvocationSpec{})
			spec.ChaincodeSpec.Type = peer.ChaincodeSpec_GOLANG
			p.proposal.Input = wire(spec)
			hash := sha256.Sum256(bytes.Join([][]byte{p.header.ChannelHeader, p.header.SignatureHeader, wire(p.proposal)}, nil))
			p.hash = hash[:]
		}, "proposal"},
		"header_dated_anew": {func(p *parts) {
			channel := unwire(p.header.ChannelHeader, &common.ChannelHeader{})
			channel.Timestamp.Seconds += 5
			p.header.ChannelHeader = wire(channel)
			hash := sha256.Sum256(bytes.Join([][]byte{p.header.ChannelHeader, p.header.SignatureHeader, wire(p.proposal)}, nil))
			p.hash = hash[:]
		}, "proposal"},
		"transient_data":      {func(p *parts) { p.proposal.TransientMap = map[string][]byte{"a": []byte("b")} }, "malformed"},
		"response_500":        {func(p *parts) { p.response.Status = 500 }, "response"},
		"other_chaincode":     {func(p *parts) { p.chaincode.Name = "registry2" }, "chaincode"},
		"event_of_other_name": {func(p *parts) { p.event.EventName = "other" }, "event"},
		"event_of_other_tx":   {func(p *parts) { p.event.TxId = strings.Repeat("0", 64) }, "event"},
		"event_of_other_act":  {event(testFunction, "registration:Submit"), "event"},
		"event_no_json":       {event("{", "["), "event"},
		"writes_elsewhere":    {func(p *parts) { p.results.NsRwset[1].Namespace = "other" }, "writes"},
		"private_data": {func(p *parts) {
			p.results.NsRwset[1].CollectionHashedRwset = []*rwset.CollectionHashedReadWriteSet{{CollectionName: "c"}}
		}, "writes"},
		"lifecycle_written": {func(p *parts) {
			p.results.NsRwset[0].Rwset = wire(&kvrwset.KVRWSet{Writes: []*kvrwset.KVWrite{{Key: "k"}}})
		}, "writes"},
		"two_actions": {func(p *parts) {
			p.finished = func(q *common.Payload) {
				tx := unwire(q.Data, &peer.Transaction{})
				tx.Actions = append(tx.Actions, tx.Actions[0])
				q.Data = wire(tx)
			}
		}, "malformed"},
		"second_header": {func(p *parts) {
			p.finished = func(q *common.Payload) {
				tx := unwire(q.Data, &peer.Transaction{})
				tx.Actions[0].Header = wire(&common.SignatureHeader{Nonce: []byte("n")})
				q.Data = wire(tx)
			}
		}, "malformed"},
		"header_type":                 {func(p *parts) { p.header.ChannelHeader = retyped(p.header.ChannelHeader) }, "malformed"},
		"unknown_field":               {func(p *parts) { p.finished = func(q *common.Payload) { q.ProtoReflect().SetUnknown(unknownField) } }, "malformed"},
		"unknown_field_in_the_result": {func(p *parts) { p.response.ProtoReflect().SetUnknown(unknownField) }, "malformed"},
	} {
		p.peer.spoil = c.change
		pending := p.prepare()
		endorsed := p.endorse(pending)
		got := verdict(l, `
			const proposal = await messages.checkProposal(`+p.expected()+`, `+js(pending.ToSign)+`);
			await messages.checkTransaction(`+p.expected()+`, proposal, `+js(endorsed.ToSign)+`);`)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	p.peer.spoil = nil
	first, second := p.prepare(), p.prepare()
	if got := verdict(l, `
		const proposal = await messages.checkProposal(`+p.expected()+`, `+js(first.ToSign)+`);
		await messages.checkTransaction(`+p.expected()+`, proposal, `+js(p.endorse(second).ToSign)+`);`); got != "proposal" {
		t.Errorf("the endorsement of another proposal of the same content: %s", got)
	}
}

// TestCheckTransaction_NeedsTwoOrganisations whatever else is asked for.
func TestCheckTransaction_NeedsTwoOrganisations(t *testing.T) {
	l, p := openLab(t), newPerson(t)
	p.peer.endorsers = p.peer.endorsers[1:]
	endorsed := p.endorse(p.prepare())
	if got := verdict(l, `await messages.checkTransaction({ ...`+p.expected()+`, endorsers: ["AgencyMSP"] }, null, `+js(endorsed.ToSign)+`);`); got != "endorsers" {
		t.Errorf("one organisation alone: %s", got)
	}
}

// TestProtobuf_OneWayToSayAThing: what can be written in two ways is read in one only.
func TestProtobuf_OneWayToSayAThing(t *testing.T) {
	l := openLab(t)
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"number":              {[]byte{0x08, 0x96, 0x01}, `{"n":150,"s":"","r":[]}`},
		"greatest_number":     {[]byte{0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f}, `{"n":9007199254740991,"s":"","r":[]}`},
		"text":                {[]byte("\x12\x06河湟"), `{"n":0,"s":"河湟","r":[]}`},
		"list":                {[]byte("\x1a\x00\x1a\x00"), `{"n":0,"s":"","r":[{},{}]}`},
		"nothing":             {nil, `{"n":0,"s":"","r":[]}`},
		"number_with_zeros":   {[]byte{0x08, 0x96, 0x81, 0x00}, "refused"},
		"number_too_great":    {[]byte{0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f}, "refused"},
		"negative_number":     {protowire.AppendVarint([]byte{0x08}, 1<<64-1), "refused"},
		"length_with_zeros":   {[]byte("\x12\x81\x00a"), "refused"},
		"tag_with_zeros":      {[]byte{0x88, 0x00, 0x01}, "refused"},
		"number_unfinished":   {[]byte{0x08, 0x96}, "refused"},
		"number_missing":      {[]byte{0x08}, "refused"},
		"number_as_bytes":     {[]byte{0x0a, 0x01, 0x01}, "refused"},
		"text_as_number":      {[]byte{0x10, 0x01}, "refused"},
		"text_longer":         {[]byte("\x12\x04abc"), "refused"},
		"text_no_utf8":        {[]byte("\x12\x01\xff"), "refused"},
		"twice":               {[]byte{0x08, 0x01, 0x08, 0x01}, "refused"},
		"unknown":             {[]byte{0x20, 0x01}, "refused"},
		"field_zero":          {[]byte{0x00, 0x01}, "refused"},
		"group":               {[]byte{0x0b, 0x0c}, "refused"},
		"fixed":               {[]byte{0x0d, 1, 2, 3, 4}, "refused"},
		"prototype_of_object": {protowire.AppendVarint(protowire.AppendTag(nil, 1000, protowire.VarintType), 1), "refused"},
	} {
		got := must[string](l, `
			try { return JSON.stringify(protobuf.decode({ 1: ["n", "number"], 2: ["s", "string"], 3: ["r", "bytes*"] }, `+js(c.body)+`)); }
			catch (e) { return e instanceof protobuf.Malformed ? "refused" : "not refused but failed: " + e; }`)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func retyped(channelHeader []byte) []byte {
	channel := unwire(channelHeader, &common.ChannelHeader{})
	channel.Type = int32(common.HeaderType_CONFIG)
	return wire(channel)
}

// TestMessages_NoOtherBytesPass: nothing but the bytes themselves passes: no prefix, nothing appended, no bit flipped, no
// byte replaced. Only the proposal's time is left alone: it is the server's to choose, within minutes.
func TestMessages_NoOtherBytesPass(t *testing.T) {
	l, p := openLab(t), newPerson(t)
	pending := p.prepare()
	endorsed := p.endorse(pending)
	stamp := wire(takeApart(pending.ToSign).channel.GetTimestamp())
	from := bytes.Index(pending.ToSign, stamp)
	for name, c := range map[string]struct {
		body     []byte
		from, to int // bytes left alone
		check    string
	}{
		"proposal":    {pending.ToSign, from, from + len(stamp), `await messages.checkProposal(expected, altered);`},
		"transaction": {endorsed.ToSign, 0, 0, `await messages.checkTransaction(expected, proposal, altered);`},
	} {
		passed := must[[]string](l, `
			const expected = `+p.expected()+`, whole = `+js(c.body)+`, from = `+js(c.from)+`, to = `+js(c.to)+`;
			const proposal = await messages.checkProposal(expected, `+js(pending.ToSign)+`);
			const passed = [];
			const attempt = async (name, altered) => {
				try { `+c.check+` passed.push(name); } catch (e) { if (!(e instanceof messages.Refused)) passed.push(name + ": " + e.stack); }
			};
			for (let n = 0; n < whole.length; n++) await attempt("prefix " + n, whole.slice(0, n));
			for (let n = 0; n < 256; n++) await attempt("appended " + n, bytes.concat(whole, Uint8Array.of(n)));
			let seed = 12345;
			const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
			for (let n = 0; n < whole.length; n++) {
				if (n >= from && n < to) continue;
				for (const value of [whole[n] ^ (1 << (n % 8)), random(256)]) {
					const altered = whole.slice();
					altered[n] = value;
					if (value !== whole[n]) await attempt("byte " + n + " as " + value, altered);
				}
			}
			await attempt("empty", new Uint8Array());
			return passed;`)
		for _, attempt := range passed {
			t.Errorf("%s: %s passes", name, attempt)
		}
	}
}
