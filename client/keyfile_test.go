package client

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certify makes a certificate for a key file's key, as an authority would.
func certify(t *testing.T, k KeyFile, name string) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.key.PublicKey, k.key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func newTestKeyFile(t *testing.T) KeyFile {
	t.Helper()
	k, err := NewKeyFile("AgencyMSP/he-applicant", "http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeyFile_ReadsWhatItWrote(t *testing.T) {
	for name, passphrase := range map[string]string{"plain": "", "encrypted": "河湟 correct horse"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "he.pem")
			k := newTestKeyFile(t)
			if err := k.Create(path, passphrase); err != nil {
				t.Fatal(err)
			}
			if _, err := k.Signer(); !errors.Is(err, ErrNoCertificate) {
				t.Errorf("a signer without certificate: %v", err)
			}
			k, err := k.WithCertificate(certify(t, k, "he-applicant"))
			if err != nil {
				t.Fatal(err)
			}
			if err := k.Replace(path, passphrase); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			read, err := ReadKeyFile(path, passphrase)
			if err != nil || read.Account != k.Account || read.Site != k.Site || read.Digest() != k.Digest() || !bytes.Equal(read.Certificate, k.Certificate) {
				t.Fatalf("%+v, %v", read, err)
			}
			s, err := read.Signer()
			if err != nil || s.Creator().MSPID != "AgencyMSP" {
				t.Fatalf("%v", err)
			}
			signature, err := s.Sign([]byte("message"))
			if err == nil {
				_, err = checkSignature(s.Creator(), []byte("message"), signature)
			}
			if err != nil {
				t.Error(err)
			}
			if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
				t.Errorf("%d files are left beside the key", len(entries)-1)
			}
		})
	}
}

func TestKeyFile_IsNeverOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "he.pem")
	if err := newTestKeyFile(t).Create(path, ""); err != nil {
		t.Fatal(err)
	}
	if err := newTestKeyFile(t).Create(path, ""); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second key at the same place: %v", err)
	}
}

func TestKeyFile_Passphrase(t *testing.T) {
	k := newTestKeyFile(t)
	body, err := k.text("right")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(body, []byte("BEGIN PRIVATE")) {
		t.Error("the key is in the clear")
	}
	for _, wrong := range []string{"", "Right", "right "} {
		if _, err := ParseKeyFile(body, wrong); !errors.Is(err, ErrPassphrase) {
			t.Errorf("passphrase %q: %v", wrong, err)
		}
	}
}

func TestKeyFile_Refuses(t *testing.T) {
	k, other := newTestKeyFile(t), newTestKeyFile(t)
	plain, err := k.text("")
	if err != nil {
		t.Fatal(err)
	}
	encrypted, err := k.text("p")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(encrypted)
	edited := func(old, new string) []byte {
		der := bytes.Replace(block.Bytes, []byte(old), []byte(new), 1)
		if bytes.Equal(der, block.Bytes) {
			t.Fatalf("% x does not occur", old)
		}
		return pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: der})
	}
	for name, c := range map[string]struct {
		body []byte
		says string
	}{
		"empty":               {nil, "no private key"},
		"text":                {[]byte("hello"), "no private key"},
		"certificate_only":    {certify(t, k, "he-applicant"), "no private key"},
		"two_keys":            {append(bytes.Clone(plain), plain...), "a second key"},
		"foreign_certificate": {append(bytes.Clone(plain), certify(t, other, "he-applicant")...), "does not belong"},
		"another_name":        {append(bytes.Clone(plain), certify(t, k, "li-applicant")...), "is for"},
		"damaged_key":         {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{0x30, 0}}), "asn1"},
		"truncated":           {pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes[:len(block.Bytes)-3]}), "not encrypted with"},
		"too_many_iterations": {edited("\x02\x03\x09\x27\xc0", "\x02\x03\x7f\xff\xff"), "derived in 8388607"},
		"negative_iterations": {edited("\x02\x03\x09\x27\xc0", "\x02\x03\x99\x27\xc0"), "derived in -"},
		"hmac_sha1":           {edited("\xf7\x0d\x02\x09", "\xf7\x0d\x02\x07"), "HMAC-SHA256"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseKeyFile(c.body, "p"); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
	if _, err := k.WithCertificate(certify(t, other, "he-applicant")); err == nil {
		t.Error("a certificate for another key was kept")
	}
	k.Site = "http://localhost\nAccount: BureauMSP/bureau-admin"
	if _, err := k.text(""); err == nil {
		t.Error("a site that adds a line was written")
	}
}

// TestKeyFile_PlainPEM: without the leading lines the account is given otherwise.
func TestKeyFile_PlainPEM(t *testing.T) {
	k := newTestKeyFile(t)
	k.Account, k.Site = "", ""
	body, err := k.text("")
	if err != nil {
		t.Fatal(err)
	}
	body = bytes.ReplaceAll(append(body, certify(t, k, "anybody")...), []byte("\n"), []byte("\r\n"))
	read, err := ParseKeyFile(body, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read.Signer(); err == nil {
		t.Error("a file without account signs")
	}
	read.Account = "AgencyMSP/anybody"
	if _, err := read.Signer(); err != nil {
		t.Error(err)
	}
}

func openssl(t *testing.T, input []byte, args ...string) []byte {
	t.Helper()
	program, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("no openssl here")
	}
	cmd := exec.Command(program, args...)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %v: %v", args, err)
	}
	return out
}

func TestKeyFile_OpensslReadsIt(t *testing.T) {
	k := newTestKeyFile(t)
	body, err := k.text("secret")
	if err != nil {
		t.Fatal(err)
	}
	plain := openssl(t, body, "pkcs8", "-passin", "pass:secret")
	read, err := ParseKeyFile(plain, "")
	if err != nil || !read.key.Equal(k.key) {
		t.Errorf("another key: %v", err)
	}
}

func TestKeyFile_ReadsOpenssl(t *testing.T) {
	key := openssl(t, nil, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
	plain, err := ParseKeyFile(key, "")
	if err != nil {
		t.Fatal(err)
	}
	encrypted := openssl(t, key, "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-iter", "600000", "-passout", "pass:secret")
	read, err := ParseKeyFile(encrypted, "secret")
	if err != nil || !read.key.Equal(plain.key) {
		t.Errorf("another key: %v", err)
	}
	for name, args := range map[string][]string{"another_cipher": {"-v2", "aes-128-cbc"}, "scrypt": {"-scrypt"}} {
		other := openssl(t, key, append([]string{"pkcs8", "-topk8", "-passout", "pass:secret"}, args...)...)
		if _, err := ParseKeyFile(other, "secret"); err == nil || errors.Is(err, ErrPassphrase) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
