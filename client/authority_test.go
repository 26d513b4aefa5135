package client

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// issue makes a certificate under a parent, or a root of its own.
func issue(t *testing.T, name string, parent *x509.Certificate, parentKey *ecdsa.PrivateKey, until time.Time) (*x509.Certificate, *ecdsa.PrivateKey, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, NotBefore: until.AddDate(-10, 0, 0), NotAfter: until,
		IsCA: parent == nil, BasicConstraintsValid: true}
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestAuthorities_JudgeCertificateAndSignature(t *testing.T) {
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	root, rootKey, rootPEM := issue(t, "ca.agency", nil, nil, now.AddDate(5, 0, 0))
	_, key, own := issue(t, "he-applicant", root, rootKey, now.AddDate(0, 6, 0))
	_, _, old := issue(t, "he-applicant", root, rootKey, now.AddDate(0, 0, -1))
	_, strangerKey, selfMade := issue(t, "he-applicant", nil, nil, now.AddDate(1, 0, 0))
	file := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(file, rootPEM, 0o600); err != nil {
		t.Fatal(err)
	}
	authorities, err := LoadAuthorities(map[string]string{"AgencyMSP": file})
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("message")
	sign := func(k *ecdsa.PrivateKey, m string) []byte {
		sum := sha256.Sum256([]byte(m))
		signature, err := ecdsa.SignASN1(rand.Reader, k, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
	for name, c := range map[string]struct {
		msp         string
		certificate []byte
		signature   []byte
		want        error
	}{
		"genuine":                {"AgencyMSP", own, sign(key, "message"), nil},
		"self_made_certificate":  {"AgencyMSP", selfMade, sign(strangerKey, "message"), ErrCertificate},
		"other_organisation":     {"BureauMSP", own, sign(key, "message"), ErrCertificate},
		"expired_certificate":    {"AgencyMSP", old, sign(key, "message"), ErrCertificate},
		"no_certificate":         {"AgencyMSP", []byte("nothing"), sign(key, "message"), ErrCertificate},
		"signature_of_another":   {"AgencyMSP", own, sign(strangerKey, "message"), ErrSignature},
		"signature_of_something": {"AgencyMSP", own, sign(key, "another message"), ErrSignature},
		"no_signature":           {"AgencyMSP", own, nil, ErrSignature},
	} {
		if err := authorities.Verify(Creator{MSPID: c.msp, Certificate: c.certificate}, message, c.signature, now); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := LoadAuthorities(map[string]string{"AgencyMSP": filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a missing root is accepted")
	}
}
