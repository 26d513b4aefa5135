package admin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func newKey(t *testing.T, curve elliptic.Curve) (*ecdsa.PrivateKey, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	return key, hex.EncodeToString(sum[:])
}

func requestOf(t *testing.T, key *ecdsa.PrivateKey, name string) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}

func TestCheckRequest(t *testing.T) {
	key, digest := newKey(t, elliptic.P256())
	other, _ := newKey(t, elliptic.P256())
	wide, wideDigest := newKey(t, elliptic.P384())
	good := requestOf(t, key, "li-applicant")
	block, _ := pem.Decode(good)
	forged := append([]byte(nil), block.Bytes...)
	forged[len(forged)-1] ^= 1
	account := registry.Account{MSP: "AgencyMSP", Enrolment: "li-applicant", KeyDigest: digest}
	if err := checkRequest(account, good); err != nil {
		t.Errorf("a good request: %v", err)
	}
	for defect, request := range map[string][]byte{
		"swapped_key": requestOf(t, other, "li-applicant"), "another_name": requestOf(t, key, "registryd"), "no_name": requestOf(t, key, ""), "empty": nil,
		"two_requests": append(append([]byte(nil), good...), good...), "damaged_signature": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: forged}),
		"wrong_block": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes}),
	} {
		if err := checkRequest(account, request); !errors.Is(err, ErrRequest) {
			t.Errorf("%s: %v", defect, err)
		}
	}
	account.KeyDigest = wideDigest
	if err := checkRequest(account, requestOf(t, wide, "li-applicant")); !errors.Is(err, ErrRequest) {
		t.Errorf("another curve: %v", err)
	}
}
