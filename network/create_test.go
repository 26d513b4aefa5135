package network

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// begun readies a network in a directory of its own.
func begun(t *testing.T) (Topology, Layout) {
	t.Helper()
	topology, err := LoadTopology("", 0)
	if err != nil {
		t.Fatal(err)
	}
	l := Layout{Root: t.TempDir()}
	if exists, err := Begin(topology, l, "test", "demo"); err != nil || exists {
		t.Fatalf("exists %v: %v", exists, err)
	}
	return topology, l
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestBegin_GoesOnWhereItWas: the authorities know their first secrets already.
func TestBegin_GoesOnWhereItWas(t *testing.T) {
	topology, l := begun(t)
	before := map[string][]byte{}
	for _, a := range allAuthorities(topology) {
		before[l.AuthorityConfig(a)] = read(t, l.AuthorityConfig(a))
	}
	if exists, err := Begin(topology, l, "test", "demo"); err != nil || exists {
		t.Fatalf("exists %v: %v", exists, err)
	}
	for path, body := range before {
		if !bytes.Equal(body, read(t, path)) {
			t.Errorf("%s has changed", path)
		}
	}
}

// TestAuthorities_OnlyPeoplesHaveARegistrar, who registers clients only.
func TestAuthorities_OnlyPeoplesHaveARegistrar(t *testing.T) {
	topology, l := begun(t)
	for _, a := range allAuthorities(topology) {
		config := string(read(t, l.AuthorityConfig(a)))
		if strings.Contains(config, "name: registrar") != a.Registers() {
			t.Errorf("registrar of %s", a.Name())
		}
		if strings.Count(config, "hf.Registrar.Roles: client\n") != strings.Count(config, "hf.Registrar.Roles") {
			t.Errorf("the registrar of %s registers more than clients", a.Name())
		}
		for _, other := range allAuthorities(topology) {
			if a.Kind != AuthorityTLS && strings.Contains(config, l.AuthorityHome(other)) {
				t.Errorf("%s names %s", a.Name(), other.Name())
			}
		}
		if info, err := os.Stat(l.AuthorityConfig(a)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is not private", l.AuthorityConfig(a))
		}
	}
}

func TestIdentities_AreDistinct(t *testing.T) {
	topology, l := begun(t)
	secrets, err := FirstSecrets(l)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, i := range Identities(topology, l, "demo") {
		for _, name := range []string{i.Secret(), i.Certificate, i.Key, secrets[i.Secret()]} {
			if name == "" || seen[name] {
				t.Errorf("%s of %s is used twice or empty", name, i.Secret())
			}
			seen[name] = true
		}
	}
}

func TestBegin_RefusesAnotherNetwork(t *testing.T) {
	for name, c := range map[string]struct{ created, says string }{
		"mode":    {`{"mode":"legal","layout":3}`, "founded as legal"},
		"layout":  {`{"mode":"demo","layout":1}`, "make reset"},
		"damaged": {`{`, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			topology, l := begun(t)
			if err := os.WriteFile(filepath.Join(l.Root, "created.json"), []byte(c.created), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := Begin(topology, l, "test", "demo"); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}
