package person

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

func marshal(m proto.Message) []byte {
	body, err := proto.Marshal(m)
	if err != nil {
		panic(err)
	}
	return body
}

func unmarshal[M proto.Message](body []byte, into M) M {
	if err := proto.Unmarshal(body, into); err != nil {
		panic(err)
	}
	return into
}

// identity is a node or service of an organisation.
type identity struct {
	msp  string
	cert []byte // PEM
	key  *ecdsa.PrivateKey
}

func newIdentity(mspID, name string) identity {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return identity{mspID, certify(name, &key.PublicKey, key), key}
}

// certify makes a certificate as an authority with the given key would.
func certify(name string, subject *ecdsa.PublicKey, authority *ecdsa.PrivateKey) []byte {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, subject, authority)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func (i identity) pkcs8() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func (i identity) serialized() []byte {
	return marshal(&msp.SerializedIdentity{Mspid: i.msp, IdBytes: i.cert})
}

func (i identity) endorse(answer []byte) *peer.Endorsement {
	sum := sha256.Sum256(append(append([]byte{}, answer...), i.serialized()...))
	signature, err := ecdsa.SignASN1(rand.Reader, i.key, sum[:])
	if err != nil {
		panic(err)
	}
	return &peer.Endorsement{Endorser: i.serialized(), Signature: signature}
}

var (
	bureauPeer = newIdentity("BureauMSP", "peer0.bureau")
	agencyPeer = newIdentity("AgencyMSP", "peer0.agency")
)

// fakePeer endorses as the peers of bureau and agency do, and assembles transactions as their Gateway does.
type fakePeer struct {
	gateway.UnimplementedGatewayServer
	mu        sync.Mutex
	endorsed  int
	submitted [][]byte                // signatures
	outcomes  []peer.TxValidationCode // in order; the last one repeats
	refusal   error                   // of every endorsement
}

func (f *fakePeer) Endorse(_ context.Context, r *gateway.EndorseRequest) (*gateway.EndorseResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.endorsed++
	if f.refusal != nil {
		return nil, f.refusal
	}
	proposal := unmarshal(r.GetProposedTransaction().GetProposalBytes(), &peer.Proposal{})
	action := &peer.ChaincodeAction{Response: &peer.Response{Status: 200, Payload: []byte(`{"txId":"` + r.GetTransactionId() + `","status":"ACCEPTED"}`)},
		ChaincodeId: &peer.ChaincodeID{Name: "registry", Version: "1"}, Results: []byte("read-write set")}
	return &gateway.EndorseResponse{PreparedTransaction: &common.Envelope{Payload: assemble(proposal, action, bureauPeer, agencyPeer)}}, nil
}

// assemble makes the payload that a person signs, endorsed by the given peers.
func assemble(proposal *peer.Proposal, action *peer.ChaincodeAction, endorsers ...identity) []byte {
	header := unmarshal(proposal.GetHeader(), &common.Header{})
	call := marshal(&peer.ChaincodeProposalPayload{Input: unmarshal(proposal.GetPayload(), &peer.ChaincodeProposalPayload{}).GetInput()})
	hash := sha256.New()
	for _, part := range [][]byte{header.GetChannelHeader(), header.GetSignatureHeader(), call} {
		hash.Write(part)
	}
	answer := marshal(&peer.ProposalResponsePayload{ProposalHash: hash.Sum(nil), Extension: marshal(action)})
	endorsed := &peer.ChaincodeEndorsedAction{ProposalResponsePayload: answer}
	for _, e := range endorsers {
		endorsed.Endorsements = append(endorsed.Endorsements, e.endorse(answer))
	}
	payload := marshal(&peer.ChaincodeActionPayload{ChaincodeProposalPayload: call, Action: endorsed})
	tx := &peer.Transaction{Actions: []*peer.TransactionAction{{Header: header.GetSignatureHeader(), Payload: payload}}}
	return marshal(&common.Payload{Header: header, Data: marshal(tx)})
}

func (f *fakePeer) Submit(_ context.Context, r *gateway.SubmitRequest) (*gateway.SubmitResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.submitted = append(f.submitted, r.GetPreparedTransaction().GetSignature())
	return &gateway.SubmitResponse{}, nil
}

func (f *fakePeer) CommitStatus(context.Context, *gateway.SignedCommitStatusRequest) (*gateway.CommitStatusResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	outcome := f.outcomes[0]
	if len(f.outcomes) > 1 {
		f.outcomes = f.outcomes[1:]
	}
	return &gateway.CommitStatusResponse{Result: outcome, BlockNumber: 7}, nil
}

// fakeSite is a registryd: the ledger's real client behind the routes that a person uses. Its hooks make it lie.
type fakeSite struct {
	peer       *fakePeer
	ledger     *client.Ledger
	server     *httptest.Server
	proposal   func([]byte) []byte                                    // alters the first message
	payload    func([]byte) []byte                                    // alters the second message
	around     func(http.ResponseWriter, *http.Request, http.Handler) // loses answers
	challenge  func(origin, nonce string) (string, string)            // alters the challenge
	mu         sync.Mutex
	signatures int    // that were given for messages
	signedIn   string // message that was signed to sign in
}

func newFakeSite(t *testing.T) *fakeSite {
	t.Helper()
	s := &fakeSite{peer: &fakePeer{outcomes: []peer.TxValidationCode{peer.TxValidationCode_VALID}}}
	s.ledger = dialFake(t, s.peer)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/transactions", s.prepare)
	mux.HandleFunc("PUT /api/v1/transactions/{id}/endorsement", s.step(s.ledger.Endorse))
	mux.HandleFunc("PUT /api/v1/transactions/{id}/submission", s.step(s.ledger.Submit))
	mux.HandleFunc("GET /api/v1/transactions/{id}", func(w http.ResponseWriter, r *http.Request) {
		p, err := s.ledger.Find(r.Context(), r.PathValue("id"))
		s.answer(w, p, err, true)
	})
	mux.HandleFunc("POST /api/v1/sign-ins/challenges", s.open)
	mux.HandleFunc("POST /api/v1/sign-ins", s.signIn)
	mux.HandleFunc("GET /api/v1/sign-ins/current", s.current)
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.around != nil {
			s.around(w, r, mux)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.server.Close)
	return s
}

// dialFake connects the ledger's client to a Gateway on this machine.
func dialFake(t *testing.T, f *fakePeer) *client.Ledger {
	t.Helper()
	dir, root, service := t.TempDir(), newIdentity("AgencyMSP", "peer"), newIdentity("AgencyMSP", "registryd")
	file := func(name string, body []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pair, err := tls.X509KeyPair(root.cert, root.pkcs8())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.Creds(credentials.NewServerTLSFromCert(&pair)))
	gateway.RegisterGatewayServer(server, f)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	l, err := client.Dial(client.Config{PeerAddress: listener.Addr().String(), TLSRoot: file("root.pem", root.cert), ServerName: "localhost", Channel: "registry",
		Chaincode: "registry", MSPID: "AgencyMSP", Certificate: file("cert.pem", service.cert), Key: file("key.pem", service.pkcs8())}, &client.MemoryStore{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func (s *fakeSite) prepare(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Function, Certificate, MSP string
		Document                   json.RawMessage
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		panic(err)
	}
	p, err := s.ledger.Prepare(r.Context(), client.Creator{MSPID: in.MSP, Certificate: []byte(in.Certificate)}, in.Function, in.Document)
	s.answer(w, p, err, false)
}

func (s *fakeSite) step(take func(context.Context, string, []byte) (client.Pending, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Signature []byte }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			panic(err)
		}
		s.mu.Lock()
		s.signatures++
		s.mu.Unlock()
		p, err := take(r.Context(), r.PathValue("id"), in.Signature)
		s.answer(w, p, err, false)
	}
}

// answer shows a transaction as registryd does: one that came to nothing is a problem, unless it was only asked for.
func (s *fakeSite) answer(w http.ResponseWriter, p client.Pending, err error, asked bool) {
	var problem *Problem
	var failed *client.Error
	switch {
	case errors.Is(err, client.ErrStep):
		problem = &Problem{Type: "/problems/step", Status: 409, Detail: "not this step"}
	case errors.As(err, &failed):
		problem = &Problem{Type: "/problems/unavailable", Status: 503, Detail: "nothing was sent", Stage: string(failed.Stage), TxID: p.TxID}
	case err != nil:
		problem = &Problem{Type: "/problems/internal", Status: 500, Detail: err.Error()}
	case p.State == client.StateConflict:
		problem = &Problem{Type: "/problems/conflict", Status: 409, Detail: "overtaken", Stage: "commit", TxID: p.TxID}
	case p.State == client.StateRefused:
		refusal, _ := registry.ParseRefusal(p.Refusal)
		problem = &Problem{Type: "/problems/too_early", Status: 409, Detail: "公示期未满。", Code: refusal.Code, Rule: refusal.Rule, Stage: "endorse", TxID: p.TxID}
	}
	if problem != nil && (err != nil || !asked) {
		w.WriteHeader(problem.Status)
		_ = json.NewEncoder(w).Encode(problem)
		return
	}
	toSign := p.ToSign
	if alter := map[client.State]func([]byte) []byte{client.StatePrepared: s.proposal, client.StateEndorsed: s.payload}[p.State]; alter != nil {
		toSign = alter(toSign)
	}
	_ = json.NewEncoder(w).Encode(Transaction{ID: p.ID, TxID: p.TxID, Function: p.Function, Document: p.Document, State: p.State, ToSign: toSign, Problem: problem, Block: p.Block})
}

func (s *fakeSite) open(w http.ResponseWriter, _ *http.Request) {
	random := make([]byte, 32)
	_, _ = rand.Read(random)
	origin, nonce := s.server.URL, base64.RawURLEncoding.EncodeToString(random)
	if s.challenge != nil {
		origin, nonce = s.challenge(origin, nonce)
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]string{"origin": origin, "nonce": nonce})
}

func (s *fakeSite) signIn(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Account, Certificate, Nonce string
		Signature                   []byte
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		panic(err)
	}
	message := "\x00hehuang sign-in v1\norigin " + s.server.URL + "\naccount " + in.Account + "\nnonce " + in.Nonce + "\n"
	if !signed([]byte(in.Certificate), []byte(message), in.Signature) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(Problem{Type: "/problems/signature", Detail: "the signature does not fit"})
		return
	}
	s.signedIn = message
	http.SetCookie(w, &http.Cookie{Name: "hehuang-agency", Value: in.Account, HttpOnly: true, Path: "/"})
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(Session{Account: registry.PersonID(in.Account), Role: "applicant"})
}

func (s *fakeSite) current(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie("hehuang-agency")
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(Problem{Type: "/problems/sign_in", Detail: "sign in first"})
		return
	}
	_ = json.NewEncoder(w).Encode(Session{Account: registry.PersonID(cookie.Value)})
}

// newPerson is somebody with a new key and a certificate for it.
func newPerson(t *testing.T, site *fakeSite) *Person {
	t.Helper()
	k, err := client.NewKeyFile("AgencyMSP/he-applicant", site.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	request, err := k.Request()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(request)
	parsed, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if k, err = k.WithCertificate(certify("he-applicant", parsed.PublicKey.(*ecdsa.PublicKey), agencyPeer.key)); err != nil {
		t.Fatal(err)
	}
	signer, err := k.Signer()
	if err != nil {
		t.Fatal(err)
	}
	open, err := Open(site.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(open, signer)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
