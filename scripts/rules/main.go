// Command rules switches off one rule after the other and demands that the test that docs/regulation.md names for it fails. The
// product knows no such switch: the tests are compiled with copies of the rules in which the refusals of one rule are silent.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/scripts/docs/pages"
)

// packages are those whose tests prove rules of the ledger.
var packages = []string{"chaincode/registry", "chaincode/contract", "chaincode/ledgertest"}

// elsewhere are rules that refuse nothing on the ledger, with what keeps them.
var elsewhere = map[registry.RuleID]string{
	registry.RulePrevails: "the verification of a certificate asks the ledger (client/certificate)",
}

func main() {
	dir, err := os.MkdirTemp("", "rules-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = run(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	overlay, err := silenced(dir)
	if err != nil {
		return err
	}
	binaries := map[string]string{}
	for _, p := range packages {
		binaries[p] = filepath.Join(dir, strings.ReplaceAll(p, "/", "-")+".test")
		build := exec.Command("go", "test", "-c", "-overlay", overlay, "-o", binaries[p], "./"+p)
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", p, err, out)
		}
	}
	var unproven []string
	for _, proof := range pages.Proofs {
		if elsewhere[proof.Rule] != "" {
			continue
		}
		failed, err := fails(binaries, proof)
		if err != nil {
			return err
		}
		if !failed {
			unproven = append(unproven, fmt.Sprintf("%s %s", proof.Rule, proof.Test))
		}
	}
	if len(unproven) > 0 {
		return fmt.Errorf("%d of %d rules can be switched off and their test still passes: %s", len(unproven), len(pages.Proofs), strings.Join(unproven, ", "))
	}
	fmt.Printf("%d rules: each, switched off, makes its test fail\n", len(pages.Proofs)-len(elsewhere))
	return nil
}

// fails runs the test that proves a rule with the rule switched on, when it must pass, and off.
func fails(binaries map[string]string, proof pages.Proof) (bool, error) {
	for _, p := range packages {
		on, ran := try(binaries[p], p, proof.Test, "")
		if !ran {
			continue
		}
		if !on {
			return false, fmt.Errorf("%s fails with every rule in force", proof.Test)
		}
		off, _ := try(binaries[p], p, proof.Test, string(proof.Rule))
		return !off, nil
	}
	return false, fmt.Errorf("no test %s in %s", proof.Test, strings.Join(packages, ", "))
}

// try runs one test with a rule switched off; ran says whether the package has it.
func try(binary, dir, test, rule string) (passed, ran bool) {
	cmd := exec.Command(binary, "-test.run", "^"+test+"$", "-test.v", "-test.failfast")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "SILENT_RULE="+rule)
	out, err := cmd.CombinedOutput()
	return err == nil, strings.Contains(string(out), "=== RUN   "+test)
}

// appended are the places that add a refusal without asking whether there is one.
var appended = regexp.MustCompile(`append\((rs|refusals), (Refuse\(|NotFound\(|refusal\))`)

// silenced writes copies of the rules in which Refuse and fieldCheck.add say nothing for the rule that the environment names, and
// gives the overlay that puts them in place.
func silenced(dir string) (string, error) {
	replace := map[string]string{}
	for _, p := range packages[:2] {
		files, err := filepath.Glob(filepath.Join(p, "*.go"))
		if err != nil {
			return "", err
		}
		for _, file := range slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") }) {
			body, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			copied := filepath.Join(dir, strings.ReplaceAll(file, "/", "-"))
			if err := os.WriteFile(copied, []byte(silence(file, string(body))), 0o600); err != nil {
				return "", err
			}
			original, err := filepath.Abs(file)
			if err != nil {
				return "", err
			}
			replace[original] = copied
		}
	}
	if silent != 2 {
		return "", errors.New("Refuse and fieldCheck.add are not where they were; adapt silence")
	}
	body, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, body, 0o600)
}

var silent int // places where silence was put in

func silence(file, body string) string {
	if strings.HasPrefix(file, "chaincode/registry/") {
		body = appended.ReplaceAllString(body, "plus($1, $2")
	}
	for _, place := range []struct{ file, after, with string }{
		{"chaincode/registry/refusal.go", "func Refuse(code Code, rule RuleID, args ...string) *Refusal {\n", "\tif isSilent(rule) {\n\t\treturn nil\n\t}\n"},
		{"chaincode/registry/fieldcheck.go", "func (v *fieldCheck) add(path string, p Problem, rule RuleID, args ...string) {\n", "\tif isSilent(rule) {\n\t\treturn\n\t}\n"},
	} {
		if file == place.file && strings.Contains(body, place.after) {
			body = strings.Replace(body, place.after, place.after+place.with, 1)
			silent++
		}
	}
	if file == "chaincode/registry/refusal.go" {
		body = strings.Replace(body, "import (", "import (\n\t\"os\"", 1) + `
func isSilent(rule RuleID) bool { return rule != "" && string(rule) == os.Getenv("SILENT_RULE") }

func plus(rs Refusals, r *Refusal) Refusals {
	rs.add(r)
	return rs
}
`
	}
	return body
}
