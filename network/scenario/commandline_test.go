package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

// commandLine runs registryctl at the agency's site, in a directory of its own.
type commandLine struct {
	t                  *testing.T
	program, dir, site string
}

func newCommandLine(t *testing.T) commandLine {
	t.Helper()
	d, err := shared.Describe()
	if err != nil {
		t.Fatal(err)
	}
	c := commandLine{t, filepath.Join(t.TempDir(), "registryctl"), t.TempDir(), d.Organisations["agency"].RegistrydURL}
	build := exec.Command("go", "build", "-o", c.program, "../../client/cmd/registryctl")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return c
}

// run wants an exit status and gives what was printed.
func (c commandLine) run(status int, args ...string) string {
	c.t.Helper()
	cmd := exec.Command(c.program, args...)
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), "LANG=C.UTF-8")
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		c.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != status {
		c.t.Fatalf("registryctl %s: exit status %d, want %d\n%s", strings.Join(args, " "), got, status, out)
	}
	return string(out)
}

// write puts a document into a file.
func (c commandLine) write(name string, document any) {
	c.t.Helper()
	body, err := json.Marshal(document)
	if err == nil {
		err = os.WriteFile(filepath.Join(c.dir, name), body, 0o600)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// enrol takes a new key to its certificate: applied for by the person, approved by the officer who was told the fingerprint.
func (c commandLine) enrol(officer, name string) {
	c.t.Helper()
	file := name + ".pem"
	made := struct{ Fingerprint string }{}
	if err := json.Unmarshal([]byte(c.run(0, "account", "key", name, "--key", file, "--site", c.site, "--json")), &made); err != nil {
		c.t.Fatal(err)
	}
	c.run(0, "account", "apply", "--key", file, "--party", "93630222MAFAKE06XA", "--region", "630222")
	c.run(1, "account", "certificate", "--key", file) // nobody has approved it
	approve := []string{"account", "approve", name, "--key", officer, "--site", c.site, "--party", "93630222MAFAKE06XA", "--role", registry.RoleApplicant, "--yes"}
	c.run(1, append(slices.Clone(approve), strings.Repeat("0123 ", 5))...)
	c.run(0, append(slices.Clone(approve), made.Fingerprint)...)
	c.run(0, "account", "certificate", "--key", file)
}

// TestCommandLine_KeyToRegistration: a person with a key file does everything that a person with a browser does.
func TestCommandLine_KeyToRegistration(t *testing.T) {
	c, salt := newCommandLine(t), fmt.Sprint(time.Now().UnixNano()%1_000_000_000_000)
	officer, me, device := filepath.Join(shared.State, "keys", "cao-officer.pem"), "sun-"+salt, "sun-laptop-"+salt
	c.enrol(officer, me)
	if out := c.run(0, "whoami", "--key", filepath.Join(shared.State, "keys", "bureau-admin.pem")); !strings.Contains(out, "BureauMSP/bureau-admin") {
		t.Errorf("the administrator: %s", out) // has no account: the ledger knows the key
	}
	if out := c.run(0, "whoami", "--key", me+".pem"); !strings.Contains(out, "AgencyMSP/"+me) || !strings.Contains(out, "applicant") {
		t.Errorf("whoami: %s", out)
	}
	content := ledgertest.SampleContent()
	content.DataName = "命令行申报 " + salt
	c.write("submit.json", registry.SubmitRequest{Key: "submit-" + salt, Content: content})
	first := c.run(0, "act", "registration:Submit", "submit.json", "--key", me+".pem", "--yes")
	if !strings.Contains(first, "SUBMITTED") || !strings.Contains(first, content.DataName) {
		t.Errorf("the application: %s", first)
	}
	if again := c.run(0, "act", "registration:Submit", "submit.json", "--key", me+".pem", "--yes", "--json"); !strings.Contains(again, "SUBMITTED") {
		t.Errorf("the same application again: %s", again)
	}
	if refused := c.run(1, "act", "registration:Accept", "--key", me+".pem", "--yes"); !strings.Contains(refused, "ACCESS_DENIED") {
		t.Errorf("an applicant accepts: %s", refused)
	}
	c.signPrepared(me, content, salt)
	c.secondDevice(me, device, salt)
}

// signPrepared signs what somebody else prepared for the person, and does not sign for another.
func (c commandLine) signPrepared(me string, content registry.Content, salt string) {
	c.t.Helper()
	k, err := client.ReadKeyFile(filepath.Join(c.dir, me+".pem"), "")
	if err != nil {
		c.t.Fatal(err)
	}
	content.DataName = "页面申报 " + salt
	prepare := map[string]any{"function": "registration:Submit", "document": registry.SubmitRequest{Key: "page-" + salt, Content: content},
		"certificate": string(k.Certificate), "msp": "AgencyMSP"}
	status, answer := post(c.t, c.site+"/api/v1/transactions", prepare)
	var prepared struct{ ID string }
	if err := json.Unmarshal(answer, &prepared); err != nil || status != http.StatusCreated {
		c.t.Fatalf("%d %s %v", status, answer, err)
	}
	stranger := filepath.Join(shared.State, "keys", "he-applicant.pem")
	if out := c.run(5, "sign", prepared.ID, "--key", stranger, "--site", c.site, "--yes"); !strings.Contains(out, "creator") {
		c.t.Errorf("somebody else's transaction: %s", out)
	}
	if out := c.run(0, "sign", prepared.ID, "--key", me+".pem", "--yes"); !strings.Contains(out, "SUBMITTED") || !strings.Contains(out, content.DataName) {
		c.t.Errorf("signed: %s", out)
	}
	c.run(0, "sign", prepared.ID, "--key", me+".pem") // it stands: nothing is left to sign or to confirm
}

// secondDevice adds a device with the first one's key, and ends the first from the second.
func (c commandLine) secondDevice(me, device, salt string) {
	c.t.Helper()
	made := struct{ KeyDigest string }{}
	if err := json.Unmarshal([]byte(c.run(0, "account", "key", device, "--key", device+".pem", "--site", c.site, "--json")), &made); err != nil {
		c.t.Fatal(err)
	}
	c.run(0, "account", "add-device", device, made.KeyDigest, "--key", me+".pem", "--yes")
	c.run(0, "account", "certificate", "--key", device+".pem")
	waitUntil(c.t, 30*time.Second, "the list lacks a device", func() bool {
		out := c.run(0, "account", "list", "--key", device+".pem")
		return strings.Contains(out, "AgencyMSP/"+me+" is ENABLED") && strings.Contains(out, "AgencyMSP/"+device+" is ENABLED")
	})
	c.run(0, "logout", "--everywhere", "--key", device+".pem")
	c.run(0, "account", "revoke", me, "--reason", "设备遗失 "+salt, "--key", device+".pem", "--yes")
	if out := c.run(1, "whoami", "--key", me+".pem"); !strings.Contains(out, "ACCOUNT_INACTIVE") {
		c.t.Errorf("a revoked account signs in: %s", out)
	}
}
