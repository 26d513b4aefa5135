package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDoctor_DamageIsNamed: a file of evidence that was changed on disk is found.
func TestDoctor_DamageIsNamed(t *testing.T) {
	demo(t)
	out, _ := shared.DevnetOutput("doctor") // what runs out depends on the day
	for _, text := range []string{"the peer does not start", "registryctl account add-device", "rules and calendars:", " 0 damaged"} {
		if !strings.Contains(out, text) {
			t.Errorf("the report lacks %q:\n%s", text, out)
		}
	}
	if strings.Contains(out, "does not answer") {
		t.Errorf("the ledger was not asked:\n%s", out)
	}
	var file string
	err := filepath.WalkDir(filepath.Join(shared.State, "agency", "registryd", "evidence"), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && !strings.HasSuffix(path, ".meta") {
			file = path
		}
		return err
	})
	if err != nil || file == "" {
		t.Fatalf("no evidence: %v", err)
	}
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	body[len(body)/2] ^= 1
	write := func() {
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write()
	defer func() { body[len(body)/2] ^= 1; write() }()
	out, err = shared.DevnetOutput("doctor")
	if err == nil || !strings.Contains(out, filepath.Base(file)) || !strings.Contains(out, "evidence of agency is damaged") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestRenew_EveryCertificateAndGoOn: with new certificates for the same keys, orderers' among them, the network starts again and works, and the
// ledger stands up to an audit.
func TestRenew_EveryCertificateAndGoOn(t *testing.T) {
	out, err := shared.DevnetOutput("renew", "--within", "100000")
	if err != nil || strings.Count(out, "renewed ") < 25 {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, step := range []string{"down", "up"} {
		if err := shared.Devnet(step); err != nil {
			t.Fatal(err)
		}
	}
	demo(t)
	newCommandLine(t).run(0, "audit", "--state", shared.State)
}
