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
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/network"
)

// enrollee is somebody with a key of their own and nothing else.
type enrollee struct {
	key                   *ecdsa.PrivateKey
	name, digest, request string
}

func newEnrollee(t *testing.T, name string) enrollee {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(public)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, key)
	if err != nil {
		t.Fatal(err)
	}
	return enrollee{key, name, hex.EncodeToString(digest[:]), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))}
}

// signer is the person with the certificate that was issued for the person's key.
func (e enrollee) signer(t *testing.T, certificate string) *client.Signer {
	t.Helper()
	certFile, keyFile := e.files(t, certificate)
	s, err := client.LoadSigner("AgencyMSP", certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (e enrollee) files(t *testing.T, certificate string) (certFile, keyFile string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(e.key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := errors.Join(os.WriteFile(certFile, []byte(certificate), 0o600),
		os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)); err != nil {
		t.Fatal(err)
	}
	return certFile, keyFile
}

func post(t *testing.T, url string, request any) (status int, answer []byte) {
	t.Helper()
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer
}

func enroll(t *testing.T, url, account, request string) (status int, certificate string) {
	t.Helper()
	status, body := post(t, url+"/enroll", map[string]string{"account": account, "request": request})
	var answer struct{ Certificate, Error string }
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	return status, answer.Certificate
}

// TestEnroll_ExactlyTheApprovedKey takes a new person from a key of their own to the first application, on the real ledger and
// authority; nobody else's request obtains anything.
func TestEnroll_ExactlyTheApprovedKey(t *testing.T) {
	ledger, d := dialShared(t, "agency")
	subject := realLedger{d, ledger}
	salt := fmt.Sprint(time.Now().UnixNano() % 1_000_000_000_000)
	story := ledgertest.NewStory(t, subject, "enroll"+salt)
	me, thief := newEnrollee(t, "zhao-"+salt), newEnrollee(t, "zhao-"+salt)
	account := registry.PersonID("AgencyMSP/" + me.name)
	url := enrollURL(t, d)
	refused := func(when string, request string, want int) {
		t.Helper()
		if status, certificate := enroll(t, url, string(account), request); status != want || certificate != "" {
			t.Errorf("%s: %d, want %d", when, status, want)
		}
	}
	refused("without an account", me.request, http.StatusNotFound)
	apply := registry.AccountRequest{Enrolment: me.name, Party: "93630222MAFAKE06XA", Role: registry.RoleApplicant, Region: "630222", KeyDigest: me.digest,
		Until: registry.CivilDate(time.Now().AddDate(1, 0, 0))}
	pages := d.Organisations["agency"].RegistrydURL + "/api/v1/accounts"
	for range 2 { // the same application twice is one account
		if status, answer := post(t, pages, apply); status != http.StatusCreated {
			t.Fatalf("%d %s", status, answer)
		}
	}
	apply.KeyDigest = thief.digest
	if status, answer := post(t, pages, apply); status != http.StatusConflict {
		t.Errorf("an account of the same name for another key: %d %s", status, answer)
	}
	refused("before approval", me.request, http.StatusConflict)
	apply.KeyDigest = me.digest
	story.Do("AgencyMSP/cao-officer", "account:Approve", registry.ApproveAccountRequest{Key: story.Key(), Account: account, Terms: apply})
	refused("with a swapped key", thief.request, http.StatusUnprocessableEntity)
	status, certificate := enroll(t, url, string(account), me.request)
	if status != http.StatusOK {
		t.Fatalf("not enrolled: %d", status)
	}
	if status, again := enroll(t, url, string(account), me.request); status != http.StatusOK || again != certificate {
		t.Errorf("the second answer (%d) is another certificate", status)
	}
	refused("with a swapped key after enrolment", thief.request, http.StatusUnprocessableEntity)
	if status, answer := post(t, pages+"/"+me.name+"/certificate", map[string]string{"request": me.request}); status != http.StatusOK || !bytes.Contains(answer, []byte("BEGIN CERTIFICATE")) {
		t.Errorf("through registryd: %d %s", status, answer)
	}
	if status, answer := post(t, pages+"/"+me.name+"/certificate", map[string]string{"request": thief.request}); status != http.StatusForbidden {
		t.Errorf("a swapped key through registryd: %d %s", status, answer)
	}
	signer := me.signer(t, certificate)
	submit := func(name string) error {
		_, err := ledger.Execute(context.Background(), signer, "registration:Submit", registry.SubmitRequest{Key: story.Key(), Content: story.Content(name)})
		return err
	}
	if err := submit("本人密钥"); err != nil {
		t.Fatal(err)
	}
	story.Do("AgencyMSP/cao-officer", "account:Revoke", registry.EndAccountRequest{Key: story.Key(), Account: account, Reason: "合同终止"})
	var refusal *registry.Refusal
	if err := submit("注销以后"); !errors.As(err, &refusal) || refusal.Code != registry.CodeAccountInactive {
		t.Errorf("a revoked account: %v", err)
	}
	refused("after revocation", me.request, http.StatusConflict)
	ask := reader(t, d, me, certificate)
	if err := ask(); !errors.As(err, &refusal) || refusal.Code != registry.CodeAccountInactive {
		t.Fatalf("until the revocation list reaches the channel the contract answers: %v", err)
	}
	if err := shared.Devnet("crl"); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, 20*time.Second, "the peer still lets a revoked person's certificate in", func() bool {
		err := ask()
		return err != nil && strings.Contains(err.Error(), "access denied")
	})
	if said, err := shared.DevnetOutput("crl"); err != nil || !strings.Contains(said, "Nothing was revoked") {
		t.Errorf("the second time: %s %v", said, err)
	}
}

// reader asks a question at the agency's peer as a person.
func reader(t *testing.T, d network.Description, e enrollee, certificate string) (ask func() error) {
	t.Helper()
	certFile, keyFile := e.files(t, certificate)
	o := d.Organisations["agency"]
	l, err := client.Dial(client.Config{PeerAddress: o.PeerAddress, TLSRoot: o.PeerTLSRoot, ServerName: o.ServerName, Channel: d.Channel,
		Chaincode: d.Chaincode, MSPID: o.MSPID, Certificate: certFile, Key: keyFile}, &client.MemoryStore{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return func() error {
		_, err := l.EvaluateAt(context.Background(), o.MSPID, "rule:Situation", []byte("{}"))
		return err
	}
}

func enrollURL(t *testing.T, d network.Description) string {
	t.Helper()
	url := d.Organisations["agency"].EnrollURL
	if url == "" {
		t.Fatal("the network has no registration authority")
	}
	return url
}
