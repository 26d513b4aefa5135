package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/client/certificate"
)

// execute runs the command line as main does.
func execute(args ...string) (stdout, stderr string, status int) {
	var out, warnings bytes.Buffer
	cmd := command()
	cmd.SetOut(&out)
	cmd.SetErr(&warnings)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(context.Background())
	if err != nil {
		warnings.WriteString(err.Error())
	}
	return out.String(), warnings.String(), exitStatus(err)
}

// issuedFiles are a credential, a changed copy, a bundle that trusts its key and the ledger's state.
type issuedFiles struct {
	credential, forged, bundle string // paths
	trust                      certificate.Bundle
	state                      certificate.State
}

var issuedAt = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func issue(t *testing.T) issuedFiles {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "文书签名（演示）"}, NotBefore: issuedAt.AddDate(-1, 0, 0),
		NotAfter: issuedAt.AddDate(5, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	d := certificate.Document{Number: "HDZC63022220261100001D", AssetID: "AST", Holder: "合作社（虚构）", DataName: "数据集", RegisteredAt: issuedAt,
		ValidFrom: "2026-11-24", ValidUntil: "2031-11-24", Registrar: "登记中心（虚构）", RegistrarCode: "12630200MBFAKE020X", ContentDigest: strings.Repeat("cd", 32),
		KeyID: "KEY1", Issuer: "did:web:localhost", VerifyURL: "http://localhost/x", TxID: strings.Repeat("ab", 32), Demo: true}
	credential, err := certificate.SignCredential(d, key)
	if err != nil {
		t.Fatal(err)
	}
	f := issuedFiles{trust: certificate.Bundle{Version: 1, Registrar: d.RegistrarCode,
		Keys: []certificate.Key{{ID: d.KeyID, Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}}}}
	f.state = certificate.State{Found: true, Status: "VALID", ContentDigest: d.ContentDigest, VCSha256: certificate.Digest(credential), Block: 12, At: issuedAt}
	dir := t.TempDir()
	write := func(name string, body []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	trust, err := json.Marshal(f.trust)
	if err != nil {
		t.Fatal(err)
	}
	forged := bytes.Clone(credential)
	forged[len(forged)-10] ^= 1 // in the signature
	f.credential, f.forged, f.bundle = write("c.jwt", credential), write("forged.jwt", forged), write("bundle.json", trust)
	return f
}

// registryServer answers with bundle and state.
func registryServer(t *testing.T, f issuedFiles) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/trust-bundle":
			_ = json.NewEncoder(w).Encode(f.trust)
		case "/api/v1/certificates/HDZC63022220261100001D/state":
			_ = json.NewEncoder(w).Encode(f.state)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// TestVerify_ExitStatus is the table of design and manual: 0 valid, 1 not valid, 2 usage, 3 authentic but state not checked.
func TestVerify_ExitStatus(t *testing.T) {
	f := issue(t)
	good := registryServer(t, f)
	revoked := f
	revoked.state.Status = "REVOKED"
	other := registryServer(t, revoked)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, c := range map[string]struct {
		args []string
		want int
		says string
	}{
		"valid":                       {[]string{f.credential, "--server", good.URL}, 0, "有效"},
		"valid_pinned_bundle":         {[]string{f.credential, "--server", good.URL, "--bundle", f.bundle}, 0, "有效"},
		"offline":                     {[]string{f.credential, "--bundle", f.bundle}, 3, "未核验"},
		"server_gone":                 {[]string{f.credential, "--bundle", f.bundle, "--server", gone.URL}, 3, "cannot be asked"},
		"forged":                      {[]string{f.forged, "--server", good.URL}, 1, "不真实"},
		"forged_offline":              {[]string{f.forged, "--bundle", f.bundle}, 1, "不真实"},
		"forged_while_server_is_gone": {[]string{f.forged, "--bundle", f.bundle, "--server", gone.URL}, 1, "不真实"},
		"revoked":                     {[]string{f.credential, "--server", other.URL}, 1, "撤销"},
		"no_trust":                    {[]string{f.credential}, 2, "--bundle FILE or --server URL"},
		"no_trust_from_server":        {[]string{f.credential, "--server", gone.URL}, 2, "trust bundle"},
		"bundle_damaged":              {[]string{f.credential, "--bundle", f.credential}, 2, "damaged"},
		"unprotected_server":          {[]string{f.credential, "--server", "http://registry.example"}, 2, "use https"},
		"not_an_address":              {[]string{f.credential, "--server", "registry.example"}, 2, "no address like"},
		"no_such_file":                {[]string{filepath.Join(t.TempDir(), "none.pdf"), "--bundle", f.bundle}, 2, "no such file"},
		"no_file":                     {nil, 2, "accepts 1 arg"},
		"something_else":              {[]string{f.bundle, "--bundle", f.bundle}, 1, "不真实"},
	} {
		t.Run(name, func(t *testing.T) {
			out, warnings, status := execute(append([]string{"verify"}, c.args...)...)
			if status != c.want || !strings.Contains(out+warnings, c.says) {
				t.Errorf("status %d, want %d with %q\n%s%s", status, c.want, c.says, out, warnings)
			}
		})
	}
}

// TestVerify_RedirectionToAnUnprotectedLine: the way to a registry must be protected to its end.
func TestVerify_RedirectionToAnUnprotectedLine(t *testing.T) {
	f := issue(t)
	server := httptest.NewServer(http.RedirectHandler("http://registry.example/bundle", http.StatusFound))
	t.Cleanup(server.Close)
	if _, warnings, status := execute("verify", f.credential, "--server", server.URL); status != 2 || !strings.Contains(warnings, "not protected") {
		t.Errorf("status %d: %s", status, warnings)
	}
}

func TestVerify_JSON(t *testing.T) {
	f := issue(t)
	out, _, status := execute("verify", f.credential, "--server", registryServer(t, f).URL, "--json")
	var r certificate.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil || status != 0 || r.Verdict != certificate.Valid || r.Block != 12 || r.Number != "HDZC63022220261100001D" {
		t.Errorf("status %d, %+v %v", status, r, err)
	}
}

// TestStatus_NamesWhoDiffersAndWhoIsSilent: a fork must not look like a slow peer.
func TestStatus_NamesWhoDiffersAndWhoIsSilent(t *testing.T) {
	down := errors.New("connection refused")
	for name, c := range map[string]struct {
		all  []ledgerHeight
		says []string // of the error; none: no error
	}{
		"agree":          {[]ledgerHeight{{"agency", 9, []byte{1}, nil}, {"bureau", 9, []byte{1}, nil}, {"exchange", 8, []byte{2}, nil}}, nil},
		"fork":           {[]ledgerHeight{{"agency", 9, []byte{1}, nil}, {"bureau", 9, []byte{2}, nil}}, []string{"agency", "bureau", "height 9"}},
		"silent":         {[]ledgerHeight{{"agency", 9, []byte{1}, nil}, {"bureau", 0, nil, down}}, []string{"bureau does not answer", "refused"}},
		"two_are_silent": {[]ledgerHeight{{"agency", 0, nil, down}, {"bureau", 0, nil, down}}, []string{"agency does not answer", "bureau does not answer"}},
	} {
		var out bytes.Buffer
		err := printStatus(&out, c.all)
		if (err == nil) != (len(c.says) == 0) || strings.Count(out.String(), "\n") != len(c.all)+1 {
			t.Errorf("%s: %v\n%s", name, err, out.String())
		}
		for _, text := range c.says {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%s: %v, want %q", name, err, text)
			}
		}
	}
}

func TestCommands_SayWhenThereIsNoNetwork(t *testing.T) {
	for _, name := range []string{"status", "probe", "bootstrap"} {
		if _, warnings, status := execute(name, "--state", t.TempDir()); status != 1 || !strings.Contains(warnings, "make up") {
			t.Errorf("%s: status %d, %s", name, status, warnings)
		}
	}
}

func TestVersion(t *testing.T) {
	if out, _, status := execute("version"); status != 0 || !strings.Contains(out, "record formats version 1") {
		t.Errorf("status %d: %s", status, out)
	}
}
