package web

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestAssets_OwnAndPlain: scripts import only each other, and nothing that is fetched or typed ever becomes markup or code.
func TestAssets_OwnAndPlain(t *testing.T) {
	names, err := fs.Glob(assets, "assets/*.js")
	if err != nil || len(names) == 0 {
		t.Fatal("no scripts", err)
	}
	imported := regexp.MustCompile(`(?m)(?:from|import\()\s*"([^"]*)"`)
	for _, name := range names {
		body, err := fs.ReadFile(assets, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range imported.FindAllStringSubmatch(string(body), -1) {
			if _, err := fs.Stat(assets, path.Join("assets", m[1])); err != nil || !strings.HasPrefix(m[1], "./") {
				t.Errorf("%s imports %s", name, m[1])
			}
		}
		for _, word := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function", "Math.random", "localStorage", "extractable: true"} {
			if strings.Contains(string(body), word) {
				t.Errorf("%s uses %s", name, word)
			}
		}
	}
}
