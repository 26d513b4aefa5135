package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// storedBlocks are block files of a real peer.
const storedBlocks = "../../audit/testdata/peer"

// TestAudit_ExitStatus is the table of the manual: 0 no difference, 1 a difference, 2 not carried out.
func TestAudit_ExitStatus(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(storedBlocks, "blockfile_000000"))
	if err != nil {
		t.Fatal(err)
	}
	altered, cut := t.TempDir(), t.TempDir()
	changed := append([]byte{}, body...)
	changed[60_000] ^= 1
	for dir, content := range map[string][]byte{altered: changed, cut: body[:len(body)-100]} {
		if err := os.WriteFile(filepath.Join(dir, "blockfile_000000"), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, _, _ := execute("audit", "--blocks", storedBlocks, "--json")
	var report auditReport
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Blocks != 10 || len(report.Genesis) != 64 {
		t.Fatalf("%v %s", err, out)
	}
	database := filepath.Join(t.TempDir(), "audit.db")
	for _, c := range []struct {
		name string
		args []string
		want int
		says string
	}{
		{"clean", []string{"--blocks", storedBlocks}, 0, "no difference"},
		{"pinned", []string{"--blocks", storedBlocks, "--genesis", report.Genesis}, 0, report.Genesis},
		{"kept", []string{"--blocks", storedBlocks, "--database", database}, 0, "no difference"},
		{"gone_on_with", []string{"--blocks", storedBlocks, "--database", database, "--genesis", report.Genesis}, 0, "blocks         10"},
		{"gone_on_with_another_ledger", []string{"--blocks", storedBlocks, "--database", database, "--genesis", strings.Repeat("ab", 32)}, 1, "genesis"},
		{"another_ledger", []string{"--blocks", storedBlocks, "--genesis", strings.Repeat("ab", 32)}, 1, "genesis"},
		{"one_byte", []string{"--blocks", altered}, 1, "block 4"},
		{"one_byte_json", []string{"--blocks", altered, "--json"}, 1, `"block":4`},
		{"cut_short", []string{"--blocks", cut}, 0, "blocks         9"}, // the peer cuts it off, too
		{"no_files", []string{"--blocks", t.TempDir()}, 2, "no block files"},
		{"no_network", []string{"--state", t.TempDir()}, 2, "make up"},
		{"no_hash", []string{"--blocks", storedBlocks, "--genesis", "12"}, 2, "--genesis"},
	} {
		out, warnings, status := execute(append([]string{"audit"}, c.args...)...)
		if status != c.want || !strings.Contains(out+warnings, c.says) {
			t.Errorf("%s: status %d, want %d with %q\n%s%s", c.name, status, c.want, c.says, out, warnings)
		}
	}
}
