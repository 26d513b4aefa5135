package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
)

// accountSite answers the routes that the account commands use, and remembers what it was sent.
type accountSite struct {
	*httptest.Server
	seen   []string // "METHOD path body"
	answer map[string]string
	status int
}

func newAccountSite(t *testing.T) *accountSite {
	s := &accountSite{answer: map[string]string{}, status: http.StatusOK}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		s.seen = append(s.seen, r.Method+" "+r.URL.Path+" "+body.String())
		w.WriteHeader(s.status)
		if answer := s.answer[r.URL.Path]; answer != "" {
			_, _ = w.Write([]byte(answer))
			return
		}
		certifyRequest(w, body.Bytes())
	}))
	t.Cleanup(s.Close)
	s.answer["/api/v1/sign-ins/challenges"] = `{"origin":"` + s.URL + `","nonce":"` + strings.Repeat("A", 43) + `"}`
	s.answer["/api/v1/sign-ins"] = `{}`
	return s
}

// certifyRequest answers a certificate request with a certificate, as an authority would.
func certifyRequest(w http.ResponseWriter, body []byte) {
	var in struct{ Request string }
	_ = json.Unmarshal(body, &in)
	block, _ := pem.Decode([]byte(in.Request))
	if block == nil {
		return
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		panic(err)
	}
	authority, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: request.Subject.CommonName}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, request.PublicKey, authority)
	if err != nil {
		panic(err)
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"certificate": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))})
}

// newKeyFile makes a key file with the program itself.
func newKeyFile(t *testing.T, site *accountSite, account string) (path, digest string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "key.pem")
	out, warnings, status := execute("account", "key", account, "--key", path, "--site", site.URL, "--json")
	var made keyMade
	if err := json.Unmarshal([]byte(out), &made); err != nil || status != 0 {
		t.Fatalf("status %d: %s%s %v", status, out, warnings, err)
	}
	return path, made.KeyDigest
}

// enrolled is a key file with a certificate.
func enrolled(t *testing.T, site *accountSite, account string) string {
	t.Helper()
	path, _ := newKeyFile(t, site, account)
	if out, warnings, status := execute("account", "certificate", "--key", path); status != 0 {
		t.Fatalf("status %d: %s%s", status, out, warnings)
	}
	return path
}

// TestAccount_SiteIsNotBelieved: no key leaves its file, and a certificate for another key is not kept.
func TestAccount_SiteIsNotBelieved(t *testing.T) {
	site := newAccountSite(t)
	key, digest := newKeyFile(t, site, "li-applicant")
	before, _ := os.ReadFile(key)
	foreign, err := json.Marshal(map[string]string{"certificate": string(ledgertest.Certificate(t, "li-applicant"))})
	if err != nil {
		t.Fatal(err)
	}
	site.answer["/api/v1/accounts/li-applicant/certificate"] = string(foreign)
	if _, warnings, status := execute("account", "certificate", "--key", key); status != 1 || !strings.Contains(warnings, "does not belong") {
		t.Errorf("a certificate for another key: %d %s", status, warnings)
	}
	if after, _ := os.ReadFile(key); !bytes.Equal(before, after) {
		t.Error("it was kept")
	}
	site.answer["/api/v1/accounts"] = `{"txId":"1"}`
	if out, _, status := execute("account", "apply", "--key", key, "--party", "93630222MAFAKE06XA"); status != 0 || !strings.Contains(out, fingerprint(digest)) {
		t.Errorf("applied: %d %s", status, out)
	}
	seen := strings.Join(site.seen, "\n")
	if strings.Contains(seen, "PRIVATE") || !strings.Contains(seen, digest) {
		t.Errorf("the site saw %s", seen)
	}
}

func TestAccount_RefusalInWordsAndAsJSON(t *testing.T) {
	site := newAccountSite(t)
	key, _ := newKeyFile(t, site, "li-applicant")
	site.status = http.StatusConflict
	site.answer["/api/v1/accounts"] = `{"type":"/problems/account_exists","title":"refused","status":409,"detail":"Account exists.","code":"ACCOUNT_EXISTS"}`
	args := []string{"account", "apply", "--key", key, "--party", "93630222MAFAKE06XA"}
	if out, warnings, status := execute(args...); status != 1 || out != "" || !strings.Contains(warnings, "Account exists. (ACCOUNT_EXISTS)") {
		t.Errorf("%d %s %s", status, out, warnings)
	}
	if out, _, status := execute(append(args, "--json")...); status != 1 || !strings.Contains(out, `"code":"ACCOUNT_EXISTS"`) {
		t.Errorf("%d %s", status, out)
	}
}

// TestApprove_OnlyWhatWasCompared: without the person's fingerprint nothing is prepared, let alone signed.
func TestApprove_OnlyWhatWasCompared(t *testing.T) {
	site := newAccountSite(t)
	officer := enrolled(t, site, "cao-officer")
	_, digest := newKeyFile(t, site, "li-applicant")
	site.answer["/api/v1/accounts/AgencyMSP/li-applicant"] = `{"account":"AgencyMSP/li-applicant","status":"APPLIED","keyDigest":"` + digest + `","until":"2030-01-01","role":"applicant","party":"93630222MAFAKE06XA"}`
	site.answer["/api/v1/accounts/BureauMSP/li-applicant"] = site.answer["/api/v1/accounts/AgencyMSP/li-applicant"] // a site that lies
	given := func(fingerprint, party, role string) []string {
		return []string{"--yes", fingerprint, "--party", party, "--role", role}
	}
	const party = "93630222MAFAKE06XA"
	prepared := func() bool { return strings.Contains(strings.Join(site.seen, "\n"), "/api/v1/transactions") }
	for name, c := range map[string]struct {
		args []string
		want int
		says string
	}{
		"another_fingerprint":  {given(strings.Repeat("ab", 10), party, "applicant"), 1, "this is not the person's key"},
		"part_of_it":           {given(digest[:19], party, "applicant"), 1, "this is not the person's key"},
		"no_answer":            {nil, 1, "not confirmed"},
		"what_is_decided_on":   {nil, 1, "party: 93630222MAFAKE06XA"},
		"another_organisation": {given(digest, party, "applicant"), 1, "not for BureauMSP/li-applicant"},
		"another_party":        {given(digest, "91630202MAFAKE051R", "applicant"), 1, `party is "93630222MAFAKE06XA"`},
		"another_role":         {given(digest, party, "agent"), 1, `role is "applicant"`},
		"another_contract":     {append(given(digest, party, "applicant"), "--contract", "OUT1"), 1, `contract is ""`},
		"replaces_unasked":     {append(given(digest, party, "applicant"), "--replaces", "AgencyMSP/he-applicant"), 1, `replaces is ""`},
		"party_not_given":      {[]string{"--yes", digest, "--role", "applicant"}, 2, "needs --party and --role"},
		"role_not_given":       {[]string{"--yes", digest, "--party", party}, 2, "needs --party and --role"},
		"nothing_compared":     {[]string{"--party", party, "--role", "applicant"}, 2, "are for --yes"},
	} {
		account := "li-applicant"
		if name == "another_organisation" {
			account = "BureauMSP/li-applicant"
		}
		if out, warnings, status := execute(append([]string{"account", "approve", account, "--key", officer}, c.args...)...); status != c.want || !strings.Contains(warnings, c.says) || prepared() {
			t.Errorf("%s: %d %s%s", name, status, out, warnings)
		}
	}
	// With the right one the site is asked for a proposal; what it answers here is none, and is not signed.
	site.answer["/api/v1/transactions"] = `{"id":"T1","state":"PREPARED","toSign":"AGhlaHVhbmcgc2lnbi1pbiB2MQo="}`
	if out, warnings, status := execute(append([]string{"account", "approve", "li-applicant", "--key", officer}, given(fingerprint(digest), party, "applicant")...)...); status != 5 || !prepared() || !strings.Contains(warnings, "nothing was signed") {
		t.Errorf("the right one: %d %s%s", status, out, warnings)
	}
	if last := site.seen[len(site.seen)-1]; strings.Contains(last, "signature") || !strings.Contains(last, digest) {
		t.Errorf("the site saw %s", last)
	}
}

// TestPreview_HidesNothing: what a terminal would obey, or turn round, is shown as what it is.
func TestPreview_HidesNothing(t *testing.T) {
	var out strings.Builder
	document := "{\"application\":\"APP\u202eFDP\",\"content\":{\"rights\":[{\"kind\":\"USE\\u001b[2K\"}],\"parents\":[]},\"key\":\"k\"}"
	if err := preview(&out, locale.English, "AgencyMSP/he-applicant", "http://localhost:8080", "registration:Resubmit", []byte(document)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"registration:Resubmit", "AgencyMSP/he-applicant → http://localhost:8080", `APP\u202eFDP`, `content.rights[0].kind: USE\u001b[2K`, "content.parents: []", "key: k"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
	if strings.ContainsAny(out.String(), "\u202e\u001b") {
		t.Errorf("%q", out.String())
	}
}
