package policy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/scripts/docs/pages"
)

// TestDocsAreUpToDate: the tables in the documents are those of the program.
func TestDocsAreUpToDate(t *testing.T) {
	for name, want := range map[string]string{"errors.md": pages.Errors(), "regulation.md": pages.Regulation()} {
		have, err := os.ReadFile(filepath.Join(root(t), "docs", name))
		if err != nil || string(have) != want {
			t.Errorf("docs/%s is out of date (%v): go run ./scripts/docs", name, err)
		}
	}
}

// TestEveryRuleHasProof: each rule names code and a test that exists.
func TestEveryRuleHasProof(t *testing.T) {
	proven := map[registry.RuleID]string{}
	for _, p := range pages.Proofs {
		proven[p.Rule] = p.Test
	}
	out, err := exec.Command("git", "-C", root(t), "grep", "-hoE", `^func Test[A-Za-z0-9_]+`, "--", "*_test.go").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range registry.Citations {
		test, ok := proven[c.Rule]
		if !ok {
			t.Errorf("%s has no line in docs/regulation.md", c.Rule)
		} else if !strings.Contains(string(out), "func "+test+"\n") {
			t.Errorf("%s: there is no test %s", c.Rule, test)
		}
	}
}

// TestEveryArticleIsDecided: all sixty-two, by number and heading of the text; what is enforced has a rule, or says what is missing.
func TestEveryArticleIsDecided(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(root(t), "docs", "regulations", "haidong-25.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var headings []string
	for _, line := range strings.Split(string(body), "\n") {
		if strings.HasPrefix(line, "附录") {
			break
		}
		if number, _, found := strings.Cut(line, " "); found && strings.HasPrefix(number, "第") && strings.HasSuffix(number, "条") {
			headings = append(headings, line)
		}
	}
	if len(headings) != 62 || len(pages.Articles) != 62 {
		t.Fatalf("%d articles in the text, %d decided", len(headings), len(pages.Articles))
	}
	for i, a := range pages.Articles {
		if !strings.HasPrefix(headings[i], a.Number+" "+a.Title) {
			t.Errorf("%s %s stands where the text has %s", a.Number, a.Title, headings[i])
		}
		if a.Decision == pages.Enforced && len(a.Rules()) == 0 && a.Missing == "" {
			t.Errorf("%s is enforced by no rule", a.Number)
		}
		if a.Why == "" {
			t.Errorf("%s is decided without a reason", a.Number)
		}
	}
}

// TestReadmeCommandsExist: what the README tells people to type is a target of the Makefile or a program of ours.
func TestReadmeCommandsExist(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		body, err := os.ReadFile(filepath.Join(root(t), name))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(body), "\n") {
			command, ok := strings.CutPrefix(line, "$ make ")
			if !ok {
				continue
			}
			target := strings.Fields(command)[0]
			if !strings.Contains(string(makefile), "\n"+target+":") {
				t.Errorf("%s says make %s, which the Makefile does not have", name, target)
			}
		}
	}
}
