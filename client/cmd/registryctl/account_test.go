package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
)

func runAccount(args ...string) (string, error) {
	cmd := accountCommand()
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SilenceUsage = true
	cmd.SetArgs(args)
	err := cmd.Execute()
	return out.String(), err
}

func TestAccountKey_IsPrivateAndNeverOverwritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key.pem")
	said, err := runAccount("key", "--key", file)
	if err != nil || len(strings.Fields(said)) != 6 {
		t.Fatalf("%q %v", said, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	before, _ := os.ReadFile(file)
	if _, err := runAccount("key", "--key", file); err == nil {
		t.Error("the key was made anew")
	}
	if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
		t.Error("the key has changed")
	}
}

// TestAccount_SiteIsNotBelieved: no key leaves its file, and a certificate for another key is not kept.
func TestAccount_SiteIsNotBelieved(t *testing.T) {
	dir := t.TempDir()
	key, out := filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")
	if _, err := runAccount("key", "--key", key); err != nil {
		t.Fatal(err)
	}
	var seen string
	foreign := string(ledgertest.Certificate(t, "li-applicant"))
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		seen += body.String()
		if strings.HasSuffix(r.URL.Path, "/certificate") {
			_ = json.NewEncoder(w).Encode(map[string]string{"certificate": foreign})
			return
		}
		w.WriteHeader(http.StatusConflict)
		_, _ = w.Write([]byte(`{"title":"refused","detail":"Account exists."}`))
	}))
	defer site.Close()
	if _, err := runAccount("apply", "li-applicant", "--site", site.URL, "--key", key, "--party", "93630222MAFAKE06XA"); err == nil || !strings.Contains(err.Error(), "Account exists.") {
		t.Errorf("a refusal: %v", err)
	}
	if _, err := runAccount("certificate", "li-applicant", "--site", site.URL, "--key", key, "--out", out); err == nil || !strings.Contains(err.Error(), "not for this key") {
		t.Errorf("a certificate for another key: %v", err)
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Error("it was kept")
	}
	if strings.Contains(seen, "PRIVATE") || !strings.Contains(seen, "keyDigest") {
		t.Errorf("the site saw %s", seen)
	}
}
