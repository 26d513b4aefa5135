package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hehuang-data/hehuang"

type goPackage struct {
	ImportPath   string
	Name         string
	Dir          string
	Doc          string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
	GoFiles      []string
}

func (p goPackage) rel() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
}

func (p goPackage) direct() []string {
	return slices.Concat(p.Imports, p.TestImports, p.XTestImports)
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,Dir,Doc,Imports,TestImports,XTestImports,Deps,GoFiles", "./...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTechnologyHasOnePlace keeps each technology in the one place that speaks it.
func TestTechnologyHasOnePlace(t *testing.T) {
	rules := []struct {
		technology string
		allowed    []string
		reason     string
	}{
		{"github.com/hyperledger/fabric-gateway", []string{"client"}, "only package client speaks to the Gateway, so that retries and unknown outcomes are handled once"},
		{"github.com/hyperledger/fabric-chaincode-go", []string{"chaincode/contract", "chaincode/ledgertest", "chaincode/cmd/", "scripts/bench/barecc"}, "contracts store what registry decides; nothing else runs in a peer"},
		{"github.com/hyperledger/fabric-contract-api-go", []string{"chaincode/contract", "chaincode/ledgertest", "chaincode/cmd/", "scripts/bench/barecc"}, "contracts store what registry decides; nothing else runs in a peer"},
		{"github.com/labstack/echo", []string{"api"}, "HTTP handlers live under api"},
		{"github.com/danielgtaylor/huma", []string{"api"}, "HTTP handlers live under api"},
		{"github.com/hyperledger/fabric-sdk-go", []string{"network"}, "its protobuf set panics beside the Gateway's: network administration only"},
	}
	for _, p := range packages(t) {
		for _, rule := range rules {
			for _, imp := range p.direct() {
				if strings.HasPrefix(imp, rule.technology) && !underAny(p.rel(), rule.allowed) {
					t.Errorf("%s imports %s: %s", p.rel(), imp, rule.reason)
				}
			}
		}
	}
}

func underAny(path string, places []string) bool {
	return slices.ContainsFunc(places, func(place string) bool {
		return path == strings.TrimSuffix(place, "/") || strings.HasPrefix(path, strings.TrimSuffix(place, "/")+"/")
	})
}

// TestLanguageIsPure keeps chaincode/registry free of everything but pure computation, with all its dependencies,
// and the contracts free of what makes endorsers differ.
func TestLanguageIsPure(t *testing.T) {
	impure := []string{"net/http", "os/exec", "math/rand", "math/rand/v2", "crypto/rand", "net", "os"}
	foreign := []string{"github.com/hyperledger/", "google.golang.org/", "github.com/labstack/", "net/http"}
	for _, p := range packages(t) {
		switch p.rel() {
		case "chaincode/registry":
			for _, dep := range p.Deps {
				if underAny(dep, foreign) || slices.ContainsFunc(foreign, func(f string) bool { return strings.HasPrefix(dep, f) }) {
					t.Errorf("chaincode/registry reaches %s: the shared language knows no technology", dep)
				}
			}
			fallthrough
		case "chaincode/contract":
			for _, imp := range p.Imports {
				if slices.Contains(impure, imp) && !(imp == "os" && p.rel() == "chaincode/contract") {
					t.Errorf("%s imports %s: endorsers would differ", p.rel(), imp)
				}
			}
		}
	}
}

// TestNothingImpureIsCalled looks for clock and goroutines, which no import reveals.
func TestNothingImpureIsCalled(t *testing.T) {
	for _, dir := range []string{"chaincode/registry", "chaincode/contract"} {
		forEachGoFile(t, filepath.Join(root(t), dir), func(name, text string) {
			for _, word := range []string{"time.Now(", "time.Since(", "go func(", "time.Sleep(", "os.Open", "os.Getenv"} {
				if strings.Contains(text, word) {
					t.Errorf("%s uses %s: endorsers would differ", name, word)
				}
			}
		})
	}
}

// TestPortsAreDeclared keeps pages, API, issuer, read model and audit independent of the client: main plugs it in. What judges blocks asks nobody.
func TestPortsAreDeclared(t *testing.T) {
	for _, p := range packages(t) {
		if underAny(p.rel(), []string{"api/rest", "api/web", "api/issuer", "client/index", "client/block", "client/audit"}) && slices.Contains(p.Imports, module+"/client") {
			t.Errorf("%s imports client: declare the small interface that is needed and let main plug it in", p.rel())
		}
	}
}

// TestProductLinksNoSDK looks at the whole dependency tree of every product binary.
func TestProductLinksNoSDK(t *testing.T) {
	for _, p := range packages(t) {
		if p.Name != "main" || underAny(p.rel(), []string{"network"}) {
			continue
		}
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, "github.com/hyperledger/fabric-sdk-go") {
				t.Errorf("%s links %s: two protobuf sets panic together", p.rel(), dep)
			}
		}
	}
}

// TestPackagesAreNamedAndDescribed wants a package comment everywhere and no name that says nothing.
func TestPackagesAreNamedAndDescribed(t *testing.T) {
	for _, p := range packages(t) {
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "types", "model", "models"}, p.Name) {
			t.Errorf("%s: package name %s says nothing", p.rel(), p.Name)
		}
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("%s has no package comment", p.rel())
		}
	}
}
