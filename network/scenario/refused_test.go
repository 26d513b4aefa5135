package scenario

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/network"
)

// endorser is an organisation's peer as anybody reaches it who goes round registryd and Gateway.
func endorser(t *testing.T, o network.Participant) peer.EndorserClient {
	t.Helper()
	trust, err := credentials.NewClientTLSFromFile(o.PeerTLSRoot, o.ServerName)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := grpc.NewClient(o.PeerAddress, grpc.WithTransportCredentials(trust))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return peer.NewEndorserClient(connection)
}

// propose asks a peer for an endorsement and gives the peer's own words.
func propose(t *testing.T, e peer.EndorserClient, proposal, signature []byte) (status int32, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	answer, err := e.ProcessProposal(ctx, &peer.SignedProposal{ProposalBytes: proposal, Signature: signature})
	if err != nil {
		return 0, err.Error()
	}
	return answer.GetResponse().GetStatus(), answer.GetResponse().GetMessage()
}

func marshal(t *testing.T, m proto.Message) []byte {
	t.Helper()
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// proposalOf makes a proposal as a client library would, but dated as the test likes.
func proposalOf(t *testing.T, d network.Description, who client.Creator, at time.Time, function string, document []byte) []byte {
	t.Helper()
	creator := marshal(t, &msp.SerializedIdentity{Mspid: who.MSPID, IdBytes: who.Certificate})
	nonce := make([]byte, 24)
	rand.Read(nonce)
	id := sha256.Sum256(append(append([]byte(nil), nonce...), creator...))
	name := &peer.ChaincodeID{Name: d.Chaincode}
	input := &peer.ChaincodeInput{Args: [][]byte{[]byte(function), document}}
	return marshal(t, &peer.Proposal{
		Header: marshal(t, &common.Header{
			ChannelHeader: marshal(t, &common.ChannelHeader{Type: int32(common.HeaderType_ENDORSER_TRANSACTION), ChannelId: d.Channel, TxId: hex.EncodeToString(id[:]),
				Timestamp: timestamppb.New(at), Extension: marshal(t, &peer.ChaincodeHeaderExtension{ChaincodeId: name})}),
			SignatureHeader: marshal(t, &common.SignatureHeader{Creator: creator, Nonce: nonce}),
		}),
		Payload: marshal(t, &peer.ChaincodeProposalPayload{Input: marshal(t, &peer.ChaincodeInvocationSpec{
			ChaincodeSpec: &peer.ChaincodeSpec{Type: peer.ChaincodeSpec_GOLANG, ChaincodeId: name, Input: input}})}),
	})
}

// raiseS turns a signature into the other one that verifies as well, with the greater S.
func raiseS(t *testing.T, signature []byte) []byte {
	t.Helper()
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &rs); err != nil {
		t.Fatal(err)
	}
	rs.S.Sub(elliptic.P256().Params().N, rs.S)
	raised, err := asn1.Marshal(rs)
	if err != nil {
		t.Fatal(err)
	}
	return raised
}

// TestRefused_ByThePeerItself goes round registryd and Gateway: whatever they check, the peer refuses by itself.
func TestRefused_ByThePeerItself(t *testing.T) {
	ledger, d := dialShared(t, "agency")
	subject := realLedger{d, ledger}
	e := endorser(t, d.Organisations["agency"])
	me, other := signerOf(t, subject, "AgencyMSP/an-acceptor"), signerOf(t, subject, "AgencyMSP/bai-reviewer")
	expired := expiredSigner(t, d, me)
	question := []byte("{}")
	sign := func(s *client.Signer, message []byte) []byte {
		signature, err := s.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
	dated := func(s *client.Signer, at time.Time) []byte {
		return proposalOf(t, d, s.Creator(), at, "rule:Situation", question)
	}
	good := dated(me, time.Now())
	if status, said := propose(t, e, good, sign(me, good)); status != 200 {
		t.Fatalf("a good proposal: %d %s", status, said)
	}
	ahead, back, old := dated(me, time.Now().Add(time.Hour)), dated(me, time.Now().Add(-time.Hour)), dated(expired, time.Now())
	altered := proposalOf(t, d, me.Creator(), time.Now(), "rule:Situation", question)
	signed := sign(me, altered)
	altered = []byte(strings.Replace(string(altered), "rule:Situation", "rule:Sitzation", 1))
	for name, c := range map[string]struct {
		proposal, signature []byte
		says                string
	}{
		"dated_an_hour_ahead": {ahead, sign(me, ahead), "incorrect timestamp"},
		"dated_an_hour_back":  {back, sign(me, back), "incorrect timestamp"},
		"high_s":              {good, raiseS(t, sign(me, good)), "access denied"},
		"another_account":     {good, sign(other, good), "access denied"},
		"no_signature":        {good, nil, "empty signature"},
		"altered_function":    {altered, signed, "access denied"},
		"expired_certificate": {old, sign(expired, old), "identity expired"},
	} {
		t.Run(name, func(t *testing.T) {
			if status, said := propose(t, e, c.proposal, c.signature); status == 200 || !strings.Contains(said, c.says) {
				t.Errorf("%d %q, want %q", status, said, c.says)
			}
		})
	}
}

func signerOf(t *testing.T, subject realLedger, who string) *client.Signer {
	t.Helper()
	s, err := subject.signer(who)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRefused_ReplayedProposal: what is on the ledger is not endorsed again, however well it is signed.
func TestRefused_ReplayedProposal(t *testing.T) {
	ledger, d := dialShared(t, "agency")
	subject := realLedger{d, ledger}
	ctx := context.Background()
	me := signerOf(t, subject, "AgencyMSP/he-applicant")
	request := registry.SubmitRequest{Key: fmt.Sprint("replay-", time.Now().UnixNano()), Content: ledgertest.NewStory(t, subject, fmt.Sprint("replay", time.Now().UnixNano()%1_000_000_000)).Content("重放")}
	document, err := registry.Canonical(request)
	if err != nil {
		t.Fatal(err)
	}
	p, err := ledger.Prepare(ctx, me.Creator(), "registration:Submit", document)
	if err != nil {
		t.Fatal(err)
	}
	proposal := p.ToSign
	first, err := me.Sign(proposal)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = ledger.Endorse(ctx, p.ID, first); err != nil {
		t.Fatal(err)
	}
	second, err := me.Sign(p.ToSign)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = ledger.Submit(ctx, p.ID, second); err != nil || p.State != client.StateCommitted {
		t.Fatalf("%s %v", p.State, err)
	}
	if status, said := propose(t, endorser(t, d.Organisations["agency"]), proposal, first); status == 200 || !strings.Contains(said, "duplicate transaction found") {
		t.Errorf("replayed: %d %q", status, said)
	}
}

// expiredSigner is a person with a certificate of the organisation's own authority that ended yesterday.
func expiredSigner(t *testing.T, d network.Description, like *client.Signer) *client.Signer {
	t.Helper()
	home := filepath.Join(d.Organisations["agency"].Directory, "ca", "identity")
	root := readPEM(t, filepath.Join(home, "ca-cert.pem"), x509.ParseCertificate)
	model, err := x509.ParseCertificate(pemBytes(t, like.Creator().Certificate))
	if err != nil {
		t.Fatal(err)
	}
	k, err := client.NewKeyFile("AgencyMSP/an-acceptor", "")
	if err != nil {
		t.Fatal(err)
	}
	request, err := k.Request()
	if err != nil {
		t.Fatal(err)
	}
	csr, err := x509.ParseCertificateRequest(pemBytes(t, request))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "an-acceptor", OrganizationalUnit: []string{"client"}},
		NotBefore: time.Now().AddDate(0, 0, -10), NotAfter: time.Now().AddDate(0, 0, -1), KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: attributesOf(model)}
	der, err := x509.CreateCertificate(rand.Reader, template, root, csr.PublicKey, rootKey(t, home, root))
	if err != nil {
		t.Fatal(err)
	}
	if k, err = k.WithCertificate(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})); err != nil {
		t.Fatal(err)
	}
	s, err := k.Signer()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// attributesOf copies the extension with which a Fabric CA writes attributes.
func attributesOf(model *x509.Certificate) []pkix.Extension {
	for _, e := range model.Extensions {
		if e.Id.String() == "1.2.3.4.5.6.7.8.1" {
			return []pkix.Extension{e}
		}
	}
	return nil
}

func pemBytes(t *testing.T, body []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(body)
	if block == nil {
		t.Fatal("no PEM")
	}
	return block.Bytes
}

func readPEM[T any](t *testing.T, path string, parse func([]byte) (T, error)) T {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := parse(pemBytes(t, body))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// rootKey finds an authority's own key in its directory.
func rootKey(t *testing.T, home string, root *x509.Certificate) *ecdsa.PrivateKey {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(home, "msp", "keystore", "*_sk"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed := readPEM(t, file, x509.ParsePKCS8PrivateKey)
		if key, ok := parsed.(*ecdsa.PrivateKey); ok && key.PublicKey.Equal(root.PublicKey) {
			return key
		}
	}
	t.Fatalf("the key of %s is not in %s", root.Subject.CommonName, home)
	return nil
}

// alteredChaincode builds the chaincode with another record format, as somebody might who wants other records than were agreed on.
func alteredChaincode(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	original := filepath.Join(shared.Checkout, "chaincode", "registry", "party.go")
	source, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	const agreed = "Status: PartyActive"
	if !bytes.Contains(source, []byte(agreed)) {
		t.Fatalf("%s lacks %q", original, agreed)
	}
	altered, overlay, program := filepath.Join(dir, "party.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "altered")
	body, err := json.Marshal(map[string]any{"Replace": map[string]string{original: altered}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(altered, bytes.Replace(source, []byte(agreed), []byte(`Status: "FAVOURED"`), 1), 0o600), os.WriteFile(overlay, body, 0o600)); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-overlay", overlay, "-o", program, "./chaincode/cmd/registrycc")
	build.Dir, build.Env = shared.Checkout, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// TestRefused_AlteredChaincode: what one organisation's altered program endorses fits nobody else's endorsement.
func TestRefused_AlteredChaincode(t *testing.T) {
	ledger, d := dialShared(t, "bureau")
	officer := signerOf(t, realLedger{d, ledger}, "AgencyMSP/cao-officer")
	register := func() error {
		serial := time.Now().UnixNano()
		document, err := registry.Canonical(registry.RegisterPartyRequest{Key: fmt.Sprint("altered-", serial), ID: registry.PartyID(fmt.Sprintf("N-%064x", serial)),
			Kind: registry.PartyNatural, Category: registry.CategoryOther, Region: "630200"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = ledger.Load(context.Background(), officer, []string{"BureauMSP", "ExchangeMSP"}, d.Chaincode, "party:Register", string(document))
		return err
	}
	if err := register(); err != nil {
		t.Fatalf("with the agreed chaincode: %v", err)
	}
	if err := shared.Devnet("substitute", "exchange", alteredChaincode(t)); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := shared.Devnet("up"); err != nil {
			t.Error(err)
		}
		if err := register(); err != nil {
			t.Errorf("with the agreed chaincode again: %v", err)
		}
	}()
	var err error
	waitUntil(t, 30*time.Second, "the altered chaincode is not refused", func() bool { err = register(); return err != nil })
	if !strings.Contains(err.Error(), "ProposalResponsePayloads do not match") {
		t.Errorf("not refused, but: %v", err)
	}
}
