package devnet

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/network"
)

// write puts a certificate that ends at a time into a file, behind a key as in a key file.
func write(t *testing.T, file string, ends time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotBefore: ends.AddDate(-1, 0, 0), NotAfter: ends}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	body := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCertificates_MissingDamagedAndEndingAreNamed: each with what ends and what to do; what ends first stands on top.
func TestCertificates_MissingDamagedAndEndingAreNamed(t *testing.T) {
	topology, err := network.LoadTopology("", 0)
	if err != nil {
		t.Fatal(err)
	}
	n := &Network{Name: "x", Mode: "demo", Topology: topology, Layout: network.Layout{Root: t.TempDir()}}
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	for _, h := range n.held() {
		write(t, h.file, now.AddDate(1, 0, 0))
	}
	var out bytes.Buffer
	if wrong := n.certificates(&out, now); len(wrong) > 0 || strings.Count(out.String(), "\n") != len(n.held())+1 {
		t.Errorf("all is well: %v\n%s", wrong, out.String())
	}
	soon, gone, damaged := n.Layout.PeerNode("agency", "tls")+"/server.crt", n.Layout.Org("bureau", "enrolld", "identity", "cert.pem"), n.Layout.OrdererNode("exchange", "msp")+"/signcerts/cert.pem"
	write(t, soon, now.AddDate(0, 0, 29))
	write(t, n.Layout.Org("agency", "enrolld", "issued", "agency-li.pem"), now.AddDate(0, 0, 7))
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(damaged, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	wrong := strings.Join(n.certificates(&out, now), "\n")
	for _, text := range []string{"agency/peer/tls/server.crt ends in 29 days: devnet renew", "agency-li.pem ends in 7 days: registryctl account add-device", "bureau/enrolld/identity/cert.pem: ", "exchange/orderer/msp/signcerts/cert.pem: no PEM"} {
		if !strings.Contains(wrong, text) {
			t.Errorf("%q is not among\n%s", text, wrong)
		}
	}
	if lines := strings.Split(out.String(), "\n"); strings.Count(wrong, "\n") != 3 || !strings.HasPrefix(lines[1], "7 ") || !strings.HasPrefix(lines[2], "29 ") {
		t.Errorf("%s\n%s", wrong, out.String())
	}
}
