package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// secretsBy lists the files with registrars' secrets by the organisation in whose directory they lie.
func secretsBy(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shared.State, "*", "*", "registrar-*"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, file := range files {
		organisation, _, _ := strings.Cut(strings.TrimPrefix(file, shared.State+"/"), "/")
		all[organisation] = append(all[organisation], filepath.Base(file))
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is not private: %v", file, err)
		}
	}
	return all
}

// TestRegistrars_HoldOnlyTheirOwnSecret: what one registration authority could give away is one organisation's.
func TestRegistrars_HoldOnlyTheirOwnSecret(t *testing.T) {
	for organisation, secrets := range secretsBy(t) {
		want := "registrar-identity"
		if organisation == "bureau" {
			want += " registrar-regulator"
		}
		if have := strings.Join(secrets, " "); have != want {
			t.Errorf("%s holds %s, want %s", organisation, have, want)
		}
	}
}

// TestRegistrars_SecretsAreNotReadAgain: what brings an existing network up needs no registrar's secret.
func TestRegistrars_SecretsAreNotReadAgain(t *testing.T) {
	kept := t.TempDir()
	for organisation, secrets := range secretsBy(t) {
		for _, name := range secrets {
			file, aside := filepath.Join(shared.State, organisation, "enrolld", name), filepath.Join(kept, organisation+"-"+name)
			if err := os.Rename(file, aside); err != nil {
				t.Fatal(err)
			}
			defer os.Rename(aside, file)
		}
	}
	if err := shared.Devnet("up"); err != nil {
		t.Error(err)
	}
}
