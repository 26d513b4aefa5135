package admin

import (
	"context"
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

// TestMayEnrol_MemberAndStatus: each case differs from an account that may be enrolled in one respect.
func TestMayEnrol_MemberAndStatus(t *testing.T) {
	e := &Enroller{members: map[string]string{"BureauMSP": "bureau", "RegulatorMSP": "regulator"}}
	for defect, c := range map[string]struct {
		msp    string
		status registry.AccountStatus
		may    bool
	}{
		"approved": {"BureauMSP", registry.AccountApproved, true}, "enabled": {"BureauMSP", registry.AccountEnabled, true}, "second_member": {"RegulatorMSP", registry.AccountApproved, true},
		"another_organisation": {"AgencyMSP", registry.AccountApproved, false}, "no_member": {"", registry.AccountApproved, false},
		"applied": {"BureauMSP", registry.AccountApplied, false}, "suspended": {"BureauMSP", registry.AccountSuspended, false},
		"revoked": {"BureauMSP", registry.AccountRevoked, false}, "reset": {"BureauMSP", registry.AccountReset, false}, "no_status": {"BureauMSP", "", false},
	} {
		err := e.mayEnrol(registry.Account{MSP: c.msp, Enrolment: "li", Status: c.status})
		if c.may != (err == nil) || err != nil && !errors.Is(err, ErrNotApproved) {
			t.Errorf("%s: %v", defect, err)
		}
	}
}

// TestEnded_WhoseCertificateIsRevoked: exactly that of an account that can never act again.
func TestEnded_WhoseCertificateIsRevoked(t *testing.T) {
	contracts := map[string]registry.ContractStatus{"active": registry.ContractActive, "ended": registry.ContractEnded, "closed": registry.ContractClosed}
	e := &Enroller{find: func(_ context.Context, function, id string, into any) error {
		status, known := contracts[id]
		if function != "contract:FindContract" || !known {
			return registry.NotFound(id)
		}
		*into.(*registry.Contract) = registry.Contract{ID: registry.ContractID(id), Status: status}
		return nil
	}}
	for _, c := range []struct {
		status   registry.AccountStatus
		contract registry.ContractID
		want     bool
	}{
		{registry.AccountEnabled, "", false}, {registry.AccountSuspended, "", false}, {registry.AccountApproved, "", false},
		{registry.AccountRevoked, "", true}, {registry.AccountReset, "", true},
		{registry.AccountEnabled, "active", false}, {registry.AccountEnabled, "ended", true}, {registry.AccountSuspended, "closed", true}, {registry.AccountRevoked, "active", true},
	} {
		if got, err := e.ended(t.Context(), registry.Account{Status: c.status, Contract: c.contract}); got != c.want || err != nil {
			t.Errorf("%s, contract %q: %v %v", c.status, c.contract, got, err)
		}
	}
	if _, err := e.ended(t.Context(), registry.Account{Status: registry.AccountEnabled, Contract: "unknown"}); err == nil {
		t.Error("a contract that is not found ends an account")
	}
}
