// Package policy holds the rules of the tree as tests, each with its reason.
package policy

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func forEachGoFile(t *testing.T, dir string, look func(name, text string)) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		look(filepath.Join(dir, e.Name()), string(body))
	}
}

// TestNoReplace: what is built is what the versions say.
func TestNoReplace(t *testing.T) {
	for _, mod := range []string{"go.mod", "network/fabric/go.mod"} {
		body, err := os.ReadFile(filepath.Join(root(t), mod))
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`(?m)^\s*replace\b`).Match(body) {
			t.Errorf("%s replaces a module: choose another version or another module", mod)
		}
	}
}

// TestDocLinks: a link in the documents leads to a file of the tree.
func TestDocLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)`)
	err := filepath.WalkDir(root(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == ".run" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range link.FindAllStringSubmatch(string(body), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryBinaryStarts builds and starts every program: a link-time conflict shows only then.
func TestEveryBinaryStarts(t *testing.T) {
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin+"/", "./api/cmd/...", "./client/cmd/...", "./network/cmd/...", "./chaincode/cmd/...")
	build.Dir = root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	entries, err := os.ReadDir(bin)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < 5 {
		t.Fatalf("built only %d programs", len(entries))
	}
	for _, e := range entries {
		out, _ := exec.Command(filepath.Join(bin, e.Name()), "--help").CombinedOutput()
		if strings.Contains(string(out), "panic:") || strings.Contains(string(out), "already registered") {
			t.Errorf("%s does not start:\n%s", e.Name(), out)
		}
	}
}
