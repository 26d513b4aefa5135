package network

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Versions of the pinned Fabric programs (network/fabric/go.mod, network/fabric/ca/go.mod). The authority has a module of
// its own: beside Fabric's requirements it would get a newer viper, which lower-cases attribute names in its
// configuration, and its registrar would be none.
const (
	FabricVersion   = "3.1.1"
	fabricCommit    = "435a7f1a780a"
	FabricCAVersion = "1.5.21"
)

// Tools are the programs a network runs with.
type Tools struct {
	Fabric  string // directory of peer, orderer, configtxgen, …
	Own     string // directory of the project's programs
	Builder string // directory that contains bin/ of the external builder
}

// Path is the file of a Fabric program.
func (t Tools) Path(program string) string { return filepath.Join(t.Fabric, program) }

var fabricPrograms = []string{"peer", "orderer", "osnadmin", "configtxgen", "configtxlator"}

// FindTools says where the programs lie for a checkout.
func FindTools(checkout string) (Tools, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return Tools{}, fmt.Errorf("no cache directory: %w", err)
	}
	dir := fmt.Sprintf("fabric-%s-ca-%s-%s-%s-%s", FabricVersion, FabricCAVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return Tools{Fabric: filepath.Join(cache, "hehuang", dir), Own: filepath.Join(checkout, "bin"), Builder: filepath.Join(checkout, "bin", "builder")}, nil
}

// BuildFabric builds the Fabric programs from the pinned modules unless they are there; a second start does not
// build. say reports what begins.
func (t Tools) BuildFabric(ctx context.Context, checkout string, say func(string)) error {
	missing := t.missing()
	if len(missing) == 0 {
		return nil
	}
	say(fmt.Sprintf("building Fabric %s and Fabric CA %s from modules (once, one to two minutes)", FabricVersion, FabricCAVersion))
	if err := os.MkdirAll(t.Fabric, 0o755); err != nil {
		return err
	}
	module := filepath.Join(checkout, "network", "fabric")
	authority := filepath.Join(module, "ca")
	metadata := "github.com/hyperledger/fabric/common/metadata"
	flags := fmt.Sprintf("-s -w -X %s.Version=%s -X %s.CommitSHA=%s", metadata, FabricVersion, metadata, fabricCommit)
	for _, program := range missing {
		dir, path, cgo := module, "github.com/hyperledger/fabric/cmd/"+program, "CGO_ENABLED=0"
		if program == "fabric-ca-server" {
			dir, path, cgo = authority, "github.com/hyperledger/fabric-ca/cmd/fabric-ca-server", "CGO_ENABLED=1"
		}
		if err := goBuild(ctx, dir, cgo, "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", t.Path(program)+".new", path); err != nil {
			return err
		}
		if err := os.Rename(t.Path(program)+".new", t.Path(program)); err != nil {
			return err
		}
	}
	return nil
}

func (t Tools) missing() []string {
	var missing []string
	for _, program := range append([]string{"fabric-ca-server"}, fabricPrograms...) {
		if _, err := os.Stat(t.Path(program)); err != nil {
			missing = append(missing, program)
		}
	}
	return missing
}

// BuildOwn builds the project's programs. The chaincode is built reproducibly: its package id is a fingerprint of
// the source.
func (t Tools) BuildOwn(ctx context.Context, checkout string) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2)
	g.Go(func() error {
		return goBuild(ctx, checkout, "CGO_ENABLED=0", "-trimpath", "-o", t.Own+"/", "./api/cmd/registryd", "./network/cmd/enrolld", "./client/cmd/registryctl")
	})
	g.Go(func() error {
		if err := BuildChaincode(ctx, checkout, filepath.Join(t.Own, "registrycc")); err != nil {
			return err
		}
		return t.buildBuilder(ctx, checkout)
	})
	return g.Wait()
}

// BuildChaincode builds the registry's chaincode so that the same source gives the same bytes.
func BuildChaincode(ctx context.Context, checkout, output string) error {
	return goBuild(ctx, checkout, "CGO_ENABLED=0", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", output, "./chaincode/cmd/registrycc")
}

// buildBuilder builds the external builder and lays it out under its four names.
func (t Tools) buildBuilder(ctx context.Context, checkout string) error {
	bin := filepath.Join(t.Builder, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	program := filepath.Join(bin, "detect")
	if err := goBuild(ctx, checkout, "CGO_ENABLED=0", "-trimpath", "-buildvcs=false", "-o", program, "./network/cmd/builder"); err != nil {
		return err
	}
	for _, name := range []string{"build", "release", "run"} {
		link := filepath.Join(bin, name)
		if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := os.Link(program, link); err != nil {
			return err
		}
	}
	return nil
}

func goBuild(ctx context.Context, dir, cgo string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"build"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), cgo)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build %s: %w\n%s", args[len(args)-1], err, strings.TrimSpace(string(out)))
	}
	return nil
}
