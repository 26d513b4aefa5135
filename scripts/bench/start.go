package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/hehuang-data/hehuang/network/networktest"
)

// benchStart measures, in a fresh clone with module and build caches of its own: the first start with everything cold, the
// same start again, and the demonstration.
func benchStart() error {
	parent, err := os.MkdirTemp("", "hb")
	if err != nil {
		return err
	}
	defer exec.Command("sh", "-c", "chmod -R u+w "+parent+"; rm -rf "+parent).Run()
	clone := filepath.Join(parent, "c")
	if err := command("", nil, "git", "clone", "-q", ".", clone); err != nil {
		return err
	}
	env := []string{"GOMODCACHE=" + filepath.Join(parent, "mod"), "GOCACHE=" + filepath.Join(parent, "build"), "XDG_CACHE_HOME=" + filepath.Join(parent, "cache"),
		"GOFLAGS=-buildvcs=false"}
	offset, err := networktest.FreeOffset()
	if err != nil {
		return err
	}
	devnet := func(verb string) error {
		return command(clone, env, "bin/devnet", "--network", "b", "--offset", strconv.Itoa(offset), verb)
	}
	defer devnet("down") //nolint:errcheck // the directory is removed anyway
	cold, err := timed(func() error {
		if err := command(clone, env, "make", "bin/devnet"); err != nil {
			return err
		}
		return devnet("up")
	})
	if err != nil {
		return err
	}
	demo, err := timed(func() error { return command(clone, env, "go", "run", "./scripts/demo", "--state", ".run/b") })
	if err != nil {
		return err
	}
	if err := devnet("down"); err != nil {
		return err
	}
	warm, err := timed(func() error { return devnet("up") })
	if err != nil {
		return err
	}
	return publish("start", map[string]any{"cold_s": round(cold, 1), "warm_s": round(warm, 1), "demo_s": round(demo, 1)})
}

func timed(f func() error) (float64, error) {
	start := time.Now()
	err := f()
	return time.Since(start).Seconds(), err
}

func command(dir string, env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %v: %w\n%s", name, args, err, out)
	}
	return nil
}
