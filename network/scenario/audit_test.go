package scenario

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/client/question"
)

// TestAudit_RealLedger: after a whole registration and a new channel configuration the audit finds nothing, from each organisation's peer and
// from its block files; a byte that is changed in one peer's files is found and named.
func TestAudit_RealLedger(t *testing.T) {
	demo(t)
	if out, err := shared.DevnetOutput("crl"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c := newCommandLine(t)
	var report struct {
		Blocks, Valid, Transactions uint64
		Genesis, CommitHash         string
		Peers                       []struct{ Agrees, Compared bool }
	}
	for _, organisation := range []string{"bureau", "agency", "exchange"} {
		out := c.run(0, "audit", "--state", shared.State, "--organisation", organisation, "--database", organisation+".db", "--json")
		if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &report); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if report.Blocks < 20 || report.Valid < 30 || len(report.Peers) != 3 {
			t.Errorf("%s: %+v", organisation, report)
		}
		for _, p := range report.Peers {
			if !p.Compared || !p.Agrees {
				t.Errorf("%s: a peer differs or is silent: %s", organisation, out)
			}
		}
		c.run(0, "audit", "--state", shared.State, "--organisation", organisation, "--database", organisation+".db", "--genesis", report.Genesis) // goes on where it was
	}
	if out := c.run(0, "audit", "--state", shared.State, "--records", "--json"); strings.Count(out, `"records":`) != 3 {
		t.Errorf("records were not compared: %s", out)
	}
	c.run(1, "audit", "--state", shared.State, "--genesis", strings.Repeat("00", 32))
	files, err := filepath.Glob(filepath.Join(shared.State, "agency", "peer", "*", "ledgersData", "chains", "chains", "registry"))
	if err != nil || len(files) != 1 {
		t.Fatalf("block files: %v %v", files, err)
	}
	stored := filepath.Join(c.dir, "stored")
	if err := os.CopyFS(stored, os.DirFS(files[0])); err != nil {
		t.Fatal(err)
	}
	c.run(0, "audit", "--blocks", stored)
	file := filepath.Join(stored, "blockfile_000000")
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	body[len(body)*2/3] ^= 1
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := c.run(1, "audit", "--blocks", stored); !strings.Contains(out, "block ") || !strings.Contains(out, "expected") {
		t.Errorf("one byte: %s", out)
	}
}

// TestQuestions_RealLedger: a regulator asks every question from the command line; the answers are those of the ledger.
func TestQuestions_RealLedger(t *testing.T) {
	demo(t)
	d, err := shared.Describe()
	if err != nil {
		t.Fatal(err)
	}
	c := newCommandLine(t)
	ask := func(status int, args ...string) string {
		t.Helper()
		return c.run(status, append([]string{"ask", "--key", filepath.Join(shared.State, "keys", "regulator-1.pem"), "--site", d.Organisations["bureau"].RegistrydURL}, args...)...)
	}
	var found question.Document
	if err := json.Unmarshal([]byte(ask(0, "registrations", "--format", "json")), &found); err != nil || len(found.Rows) == 0 || found.Digest != found.Answer.Digest() {
		t.Fatalf("%v %+v", err, found)
	}
	asset := found.Rows[0][0]
	history := ask(0, "history", "object=AST", "id="+asset)
	for _, text := range []string{"registration:Register", "cao-officer", "BureauMSP/", "AgencyMSP/"} {
		if !strings.Contains(ask(0, "history", "object=AST", "id="+asset, "--format", "csv"), text) {
			t.Errorf("the history of %s lacks %s:\n%s", asset, text, history)
		}
	}
	for _, q := range question.All {
		given := map[string]string{"object": "AST", "id": asset, "party": "93630222MAFAKE06XA"}
		args := []string{q.Name}
		for _, p := range q.Parameters {
			if p.Required {
				args = append(args, p.Name+"="+given[p.Name])
			}
		}
		ask(0, args...)
	}
	c.run(1, "ask", "--key", filepath.Join(shared.State, "keys", "he-applicant.pem"), "registrations")
}
