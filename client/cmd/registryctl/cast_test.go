package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/network"
)

func TestCastAccounts_SayWhichCertificateIsDamaged(t *testing.T) {
	agency := network.Participant{MSPID: "AgencyMSP", Directory: t.TempDir()}
	if cast, err := castAccounts(agency); err != nil || len(cast) != 0 {
		t.Errorf("without a cast: %v %v", cast, err)
	}
	dir := filepath.Join(agency.Directory, "cast", "li-applicant")
	write := func(body []byte) {
		t.Helper()
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "cert.pem"), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(ledgertest.Certificate(t, "li-applicant"))
	cast, err := castAccounts(agency)
	if err != nil || len(cast) != 1 || cast[0].Enrolment != "li-applicant" || len(cast[0].KeyDigest) != 64 || cast[0].Until != "2036-01-01" {
		t.Errorf("%+v %v", cast, err)
	}
	write([]byte("damaged"))
	if _, err := castAccounts(agency); err == nil || !strings.Contains(err.Error(), "li-applicant") {
		t.Errorf("a damaged certificate: %v", err)
	}
}
