package builder

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func noExec(string, []string, []string) error { return errors.New("executed") }

func TestDetect(t *testing.T) {
	for name, c := range map[string]struct {
		metadata string
		ours     bool
	}{"binary": {`{"type":"binary"}`, true}, "ccaas": {`{"type":"ccaas"}`, true}, "golang": {`{"type":"golang"}`, false}, "damaged": {`{`, false}} {
		dir := write(t, t.TempDir(), "metadata.json", c.metadata)
		if err := Main("detect", []string{"unused", dir}, noExec); (err == nil) != c.ours {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Main("detect", []string{"unused", t.TempDir()}, noExec); err == nil {
		t.Error("a package without metadata is ours")
	}
}

func TestBuild_CopiesTheExecutableOnly(t *testing.T) {
	source, meta, out := t.TempDir(), write(t, t.TempDir(), "metadata.json", `{"type":"binary"}`), t.TempDir()
	if err := Main("build", []string{source, meta, out}, noExec); err == nil {
		t.Error("a package without executable was built")
	}
	if err := os.Symlink("/bin/sh", filepath.Join(source, "chaincode")); err != nil {
		t.Fatal(err)
	}
	if err := Main("build", []string{source, meta, out}, noExec); err == nil {
		t.Error("a link was followed")
	}
	if err := os.Remove(filepath.Join(source, "chaincode")); err != nil {
		t.Fatal(err)
	}
	write(t, source, "chaincode", "program")
	if err := Main("build", []string{source, meta, out}, noExec); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(out, "chaincode")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("%v %v", info, err)
	}
}

func TestRelease(t *testing.T) {
	release := t.TempDir()
	if err := Main("release", []string{t.TempDir(), release}, noExec); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(release); len(left) > 0 {
		t.Error("an executable package releases something: the peer would never call run")
	}
	out := write(t, t.TempDir(), "connection.json", `{"address":"localhost:1","dial_timeout":"10s","tls_required":false}`)
	t.Setenv("CHAINCODE_ADDRESS", "localhost:9999")
	if err := Main("release", []string{out, release}, noExec); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join(release, "chaincode", "server", "connection.json"))
	if err != nil || !strings.Contains(string(body), `"localhost:9999"`) {
		t.Errorf("%s %v", body, err)
	}
}

func TestRun_BecomesTheChaincode(t *testing.T) {
	run := write(t, t.TempDir(), "chaincode.json", `{"chaincode_id":"registry:ab","peer_address":"localhost:7102","client_cert":"C","client_key":"K","root_cert":"R","mspid":"AgencyMSP"}`)
	var argv, env []string
	err := Main("run", []string{"/out", run}, func(path string, a, e []string) error { argv, env = a, e; return nil })
	if err != nil || !slices.Equal(argv, []string{"/out/chaincode", "-peer.address=localhost:7102"}) {
		t.Fatalf("%v %v", argv, err)
	}
	for _, want := range []string{"CORE_CHAINCODE_ID_NAME=registry:ab", "CORE_PEER_LOCALMSPID=AgencyMSP", "CORE_PEER_TLS_ENABLED=true"} {
		if !slices.Contains(env, want) {
			t.Errorf("environment lacks %s", want)
		}
	}
	if info, err := os.Stat(filepath.Join(run, "client.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v (%v)", info, err)
	}
}

func TestMain_UnknownNameOrArguments(t *testing.T) {
	for name, args := range map[string][]string{"destroy": {}, "run": {"one"}, "build": {"a", "b"}} {
		if err := Main(name, args, noExec); err == nil {
			t.Errorf("%s %v passes", name, args)
		}
	}
}
