package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

// keyPair writes a new key with its certificate.
func keyPair(t *testing.T, dir, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	writePEM(t, cert, "CERTIFICATE", der)
	writePEM(t, key, "PRIVATE KEY", encoded)
	return cert, key
}

func writePEM(t *testing.T, path, kind string, body []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: body}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// newConfig is a complete instance whose peer does not answer.
func newConfig(t *testing.T) Config {
	t.Helper()
	dir := t.TempDir()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	ageFile := filepath.Join(dir, "age.key")
	if err := os.WriteFile(ageFile, []byte(identity.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cert, key := keyPair(t, dir, "registryd")
	documentCert, documentKey := keyPair(t, dir, "document")
	listener, err := net.Listen("tcp", "127.0.0.1:0") // a port on which nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	c := Config{Organisation: "agency", MSPID: "AgencyMSP", Mode: registry.ModeDemo, Network: "demo", Listen: "127.0.0.1:0", PublicURL: "http://localhost:8080",
		Channel: "registry", Chaincode: "registry", Peer: PeerConfig{Address: listener.Addr().String(), TLSCA: cert, ServerName: "localhost"},
		Identity: KeyPair{Cert: cert, Key: key}, State: filepath.Join(dir, "state"), Evidence: filepath.Join(dir, "evidence"), AgeIdentity: ageFile,
		AgeRecipients: map[string]string{"agency": identity.Recipient().String()}, DocumentKey: documentKey, DocumentCert: documentCert, UploadLimit: 1 << 20, Roots: map[string]string{"AgencyMSP": cert}}
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	return c
}

// journal keeps what is logged.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func start(t *testing.T, c Config) (address string, log *journal, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	listening, ended := make(chan net.Addr, 1), make(chan error, 1)
	log = &journal{}
	p := &Program{Config: c, Log: slog.New(slog.NewJSONHandler(log, nil)), Listening: func(a net.Addr) { listening <- a }}
	go func() { ended <- p.Run(ctx) }()
	select {
	case a := <-listening:
		return "http://" + a.String(), log, func() error {
			cancel()
			select {
			case err := <-ended:
				return err
			case <-time.After(20 * time.Second):
				return errors.New("does not end")
			}
		}
	case err := <-ended:
		cancel()
		t.Fatalf("ended at once: %v", err)
	case <-time.After(20 * time.Second):
		cancel()
		t.Fatal("does not listen")
	}
	return "", nil, nil
}

func fetch(t *testing.T, address string) (int, string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestProgram_ServesWithoutItsPeerButIsNotReady(t *testing.T) {
	c := newConfig(t)
	address, log, stop := start(t, c)
	for path, want := range map[string]int{"/healthz": 200, "/": 200, "/api/openapi.json": 200, "/readyz": 503, "/api/v1/situation": 503, "/metrics": 200} {
		if status, body := fetch(t, address+path+"?secret=in-the-query"); status != want {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if text := log.String(); strings.Contains(text, "in-the-query") || !strings.Contains(text, `"route":"/healthz"`) {
		t.Errorf("log: %s", text)
	}
	if _, err := http.Get(address + "/healthz"); err == nil {
		t.Error("still answers")
	}
	key, err := os.ReadFile(c.AgeIdentity)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), strings.TrimSpace(string(key))) {
		t.Error("a key is in the log")
	}
}

func TestProgram_StartsAgainOnItsState(t *testing.T) {
	c := newConfig(t)
	for range 2 {
		_, _, stop := start(t, c)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProgram_StartDefects(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*testing.T, *Config)
		want  string
	}{
		"identity_missing":       {func(_ *testing.T, c *Config) { c.Identity.Key += ".none" }, "no such file"},
		"peer_root_no_pem":       {func(_ *testing.T, c *Config) { c.Peer.TLSCA = c.AgeIdentity }, "holds no certificate"},
		"age_identity_wrong":     {func(_ *testing.T, c *Config) { c.AgeIdentity = c.Identity.Cert }, "is no age identity"},
		"age_recipient_wrong":    {func(_ *testing.T, c *Config) { c.AgeRecipients["bureau"] = "age1" }, "evidence recipient bureau"},
		"root_missing":           {func(_ *testing.T, c *Config) { c.Roots["AgencyMSP"] += ".none" }, "root of AgencyMSP"},
		"root_no_certificate":    {func(_ *testing.T, c *Config) { c.Roots["AgencyMSP"] = c.AgeIdentity }, "holds no certificate"},
		"tls_certificate_wrong":  {func(_ *testing.T, c *Config) { c.TLSCert, c.TLSKey = c.Identity.Cert, c.AgeIdentity }, "tlsCert and tlsKey"},
		"document_key_of_others": {func(_ *testing.T, c *Config) { c.DocumentKey = c.Identity.Key }, "does not belong to"},
		"port_taken": {func(t *testing.T, c *Config) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			c.Listen = l.Addr().String()
		}, "address already in use"},
	} {
		t.Run(name, func(t *testing.T) {
			config := newConfig(t)
			c.spoil(t, &config)
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			err := (&Program{Config: config, Log: slog.New(slog.DiscardHandler)}).Run(ctx)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if strings.Contains(err.Error(), "AGE-SECRET-KEY-1") {
				t.Error("the error quotes a key")
			}
		})
	}
}

func TestTranslated_SaysWhatIsKnown(t *testing.T) {
	refusal := registry.Refuse(registry.CodeTooEarly, registry.RulePublicity)
	for name, c := range map[string]struct {
		err  error
		want error
		sent bool
	}{
		"no_such_transaction": {err: client.ErrNotPending, want: desk.ErrNotFound},
		"signature":           {err: client.ErrSignature, want: desk.ErrSignature},
		"step":                {err: client.ErrStep, want: desk.ErrStep},
		"refused":             {err: &client.Error{Stage: client.StageEndorse, Refusal: refusal, Err: refusal}, want: refusal},
		"endorse_fails":       {err: &client.Error{Stage: client.StageEndorse, TxID: "t", Err: io.EOF}, want: io.EOF},
		"submit_fails":        {err: &client.Error{Stage: client.StageSubmit, TxID: "t", Err: io.EOF}, want: io.EOF, sent: true},
		"status_fails":        {err: &client.Error{Stage: client.StageStatus, TxID: "t", Err: io.EOF}, want: io.EOF, sent: true},
	} {
		t.Run(name, func(t *testing.T) {
			err := translated(c.err)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			var f *desk.Failure
			if errors.As(err, &f) && f.Sent != c.sent || !errors.As(err, &f) && c.sent {
				t.Errorf("sent: %+v", f)
			}
		})
	}
}
