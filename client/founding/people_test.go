package founding

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/person"
)

// town is a ledger of accounts with the sites at which they are applied for. It fails once at a given step.
type town struct {
	t        *testing.T
	mu       sync.Mutex
	accounts map[registry.PersonID]registry.Account
	roles    map[string]string // by enrolment
	decided  map[registry.PersonID]string
	heard    string // what the sites were sent
	steps    int
	failAt   int // number of the step, from 1; 0: never
	behind   int // how often a site does not know of an approval yet
}

func (w *town) step() error {
	w.steps++
	if w.steps == w.failAt {
		return errPower
	}
	return nil
}

func (w *town) Evaluate(_ context.Context, _ string, document []byte) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var req registry.FindRequest
	if err := json.Unmarshal(document, &req); err != nil {
		return nil, err
	}
	account, ok := w.accounts[registry.PersonID(req.ID)]
	if !ok {
		return nil, registry.NotFound(req.ID)
	}
	return json.Marshal(account)
}

func (w *town) Execute(_ context.Context, signer *client.Signer, function string, request any) (registry.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.step(); err != nil {
		return registry.Receipt{}, err
	}
	req, ok := request.(registry.ApproveAccountRequest)
	account := w.accounts[req.Account]
	if !ok || function != "account:Approve" || account.Status != registry.AccountApplied || account.Terms() != req.Terms {
		return registry.Receipt{}, errors.New("refused: " + function + " " + string(req.Account))
	}
	actor, err := registry.ParseActor(signer.Creator().MSPID, signer.Creator().Certificate)
	account.Status = registry.AccountApproved
	w.accounts[req.Account], w.decided[req.Account] = account, string(actor.ID())
	return registry.Receipt{}, err
}

// site is the service of one organisation.
func (w *town) site(host string) http.HandlerFunc {
	return func(res http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.heard += string(body)
		if w.step() != nil {
			panic(http.ErrAbortHandler)
		}
		if r.URL.Path == "/api/v1/accounts" {
			var req registry.AccountRequest
			if err := json.Unmarshal(body, &req); err != nil {
				w.t.Error(err)
			}
			msp := registry.Actor{MSP: host}.AccountMSP(req.Role)
			account := registry.Account{MSP: msp, Enrolment: req.Enrolment, Party: req.Party, Role: req.Role, Region: req.Region, KeyDigest: req.KeyDigest, Until: req.Until, Status: registry.AccountApplied}
			w.accounts[account.ID()], w.roles[req.Enrolment] = account, req.Role
			res.WriteHeader(http.StatusCreated)
			_, _ = res.Write([]byte("{}"))
			return
		}
		enrolment := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/api/v1/accounts/"), "/certificate")
		account := w.accounts[registry.PersonID(registry.Actor{MSP: host}.AccountMSP(w.roles[enrolment])+"/"+enrolment)]
		if account.Status != registry.AccountApproved || w.behind > 0 {
			w.behind--
			res.WriteHeader(http.StatusForbidden)
			_, _ = res.Write([]byte(`{"detail":"not yet","code":"ACCOUNT_INACTIVE"}`))
			return
		}
		var req struct{ Request string }
		_ = json.Unmarshal(body, &req)
		_ = json.NewEncoder(res).Encode(map[string]string{"certificate": certify(w.t, req.Request)})
	}
}

// certify issues a certificate for a request, as an authority would.
func certify(t *testing.T, request string) string {
	block, _ := pem.Decode([]byte(request))
	csr, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		t.Error(err)
		return ""
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Error(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: csr.Subject, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, csr.PublicKey, key)
	if err != nil {
		t.Error(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func newTown(t *testing.T) (*town, Opening) {
	t.Helper()
	w := &town{t: t, accounts: map[registry.PersonID]registry.Account{}, roles: map[string]string{}, decided: map[registry.PersonID]string{}, behind: 2}
	o := Opening{Ledger: w, Sites: map[string]*person.Site{}, Keys: filepath.Join(t.TempDir(), "keys"), Until: "2027-11-24"}
	for _, msp := range []string{registry.MSPBureau, registry.MSPAgency, registry.MSPExchange} {
		server := httptest.NewServer(w.site(msp))
		t.Cleanup(server.Close)
		site, err := person.Open(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		o.Sites[msp] = site
	}
	key, certificate := administratorPair(t)
	if err := WriteAdministrator(o.Keys, "http://localhost:8081", certificate, key); err != nil {
		t.Fatal(err)
	}
	k, err := client.ReadKeyFile(filepath.Join(o.Keys, "bureau-admin.pem"), "")
	if err != nil {
		t.Fatal(err)
	}
	if o.Admin, err = k.Signer(); err != nil {
		t.Fatal(err)
	}
	return w, o
}

func administratorPair(t *testing.T) (key, certificate []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "bureau-admin"}}, private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		[]byte(certify(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request}))))
}

// check demands a usable key file for everybody, with the key that the ledger approved, decided on by who may.
func (w *town) check(o Opening) {
	w.t.Helper()
	for _, m := range Demonstration {
		path := filepath.Join(o.Keys, m.Enrolment+".pem")
		k, err := client.ReadKeyFile(path, "")
		if err != nil {
			w.t.Error(err)
			continue
		}
		if _, err := k.Signer(); err != nil || k.Account != m.ID() || k.Digest() != w.accounts[m.ID()].KeyDigest {
			w.t.Errorf("%s: %s %v", m.ID(), k.Account, err)
		}
		want := "BureauMSP/bureau-admin"
		if m.Role == registry.RoleApplicant || m.Role == registry.RoleAgent {
			want = "AgencyMSP/cao-officer"
		}
		if w.decided[m.ID()] != want {
			w.t.Errorf("%s was approved by %q, want %s", m.ID(), w.decided[m.ID()], want)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			w.t.Errorf("%s is not private", path)
		}
	}
	if strings.Contains(w.heard, "PRIVATE") {
		w.t.Error("a key left its file")
	}
}

func TestOpen_EverybodyTheOrdinaryWay(t *testing.T) {
	w, o := newTown(t)
	if err := o.Open(t.Context(), Demonstration); err != nil {
		t.Fatal(err)
	}
	w.check(o)
	done := w.steps
	if err := o.Open(t.Context(), Demonstration); err != nil || w.steps != done {
		t.Errorf("the second time: %d steps, %v", w.steps-done, err)
	}
}

// TestOpen_GoesOnAfterPowerFailure at every step.
func TestOpen_GoesOnAfterPowerFailure(t *testing.T) {
	w, o := newTown(t)
	members := []Member{Demonstration[0], Demonstration[6], Demonstration[11]}
	if err := o.Open(t.Context(), members); err != nil {
		t.Fatal(err)
	}
	for at := 1; at <= w.steps; at++ {
		w, o := newTown(t)
		w.failAt = at
		if err := o.Open(t.Context(), members); err == nil {
			t.Fatalf("step %d did not fail", at)
		}
		if err := o.Open(t.Context(), Demonstration); err != nil {
			t.Errorf("going on after step %d: %v", at, err)
		}
		w.check(o)
	}
}

func TestOpen_DoesNotTakeAnotherKeyForTheSame(t *testing.T) {
	_, o := newTown(t)
	members := []Member{Demonstration[3]}
	if err := o.Open(t.Context(), members); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(o.Keys, "tao-clerk.pem")); err != nil {
		t.Fatal(err)
	}
	if err := o.Open(t.Context(), members); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("got %v", err)
	}
}

// TestDemonstration_HasEveryRole, at the organisation to which the role belongs.
func TestDemonstration_HasEveryRole(t *testing.T) {
	held := map[registry.PersonRole]bool{}
	for _, m := range Demonstration {
		held[registry.PersonRole{Role: m.Role, MSP: m.MSP}] = true
	}
	for _, r := range registry.PersonRoles {
		if !held[r] {
			t.Errorf("nobody is %s of %s", r.Role, r.MSP)
		}
		delete(held, r)
	}
	if len(held) > 0 {
		t.Errorf("no such roles: %v", held)
	}
}
