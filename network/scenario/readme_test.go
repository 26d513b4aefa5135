package scenario

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/network/networktest"
)

// TestReadme_CommandsDoWhatTheySay types what both READMEs tell a newcomer to type, in that order, beside whatever else runs: a network of
// another name on other ports. `make test` is what runs this test.
func TestReadme_CommandsDoWhatTheySay(t *testing.T) {
	if shared.Checkout == "" {
		t.Skip("SCENARIO_STATE is set: this test needs the checkout and a network of its own")
	}
	offset, err := networktest.FreeOffset()
	if err != nil {
		t.Fatal(err)
	}
	name := "readme-" + strconv.Itoa(os.Getpid())
	run := func(target string, more ...string) string {
		cmd := exec.Command("make", append([]string{target, "NETWORK=" + name, "OFFSET=" + strconv.Itoa(offset)}, more...)...)
		cmd.Dir = shared.Checkout
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("make %s: %v\n%s", target, err, out)
		}
		return string(out)
	}
	t.Cleanup(func() {
		run("reset", "FORCE=1")
		if err := os.RemoveAll(filepath.Join(shared.Checkout, ".run", name)); err != nil {
			t.Error(err)
		}
	})
	says := map[string][]string{"up": {"is ready after", "agency", "http://localhost:", "key files"}, "demo": {"registration:Register → REGISTERED", "有效（VALID）", "证书编号 HDZC"}, "status": nil}
	for _, target := range append(readmeTargets(t), "status") {
		out := run(target)
		for _, want := range says[target] {
			if !strings.Contains(out, want) {
				t.Errorf("make %s does not say %q:\n%s", target, want, out)
			}
		}
	}
}

// readmeTargets are the targets that the READMEs tell people to make, once each, in the order of the first.
func readmeTargets(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		body, err := os.ReadFile(filepath.Join(shared.Checkout, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(body), "\n") {
			command, ok := strings.CutPrefix(line, "$ make ")
			if target := strings.TrimSpace(command); ok && target != "test" && !slices.Contains(all, target) {
				all = append(all, target)
			}
		}
	}
	if !slices.Contains(all, "up") || !slices.Contains(all, "demo") {
		t.Fatalf("the READMEs name %v", all)
	}
	return all
}
