package person

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestSignIn_BeginsASession(t *testing.T) {
	ctx, site := context.Background(), newFakeSite(t)
	p := newPerson(t, site)
	var problem *Problem
	if _, err := p.Current(ctx); !errors.As(err, &problem) || problem.Status != http.StatusUnauthorized {
		t.Errorf("before: %v", err)
	}
	if s, err := p.SignIn(ctx); err != nil || s.Account != "AgencyMSP/he-applicant" || s.Role != "applicant" {
		t.Fatalf("%+v %v", s, err)
	}
	if s, err := p.Current(ctx); err != nil || s.Account != p.ID() {
		t.Errorf("after: %+v %v", s, err)
	}
	if site.signedIn[0] != 0 {
		t.Errorf("the signed message begins with %q", site.signedIn[:1])
	}
}

func TestSignIn_ForeignChallengeIsNotSigned(t *testing.T) {
	for name, challenge := range map[string]func(origin, nonce string) (string, string){
		"origin_of_another_site": func(_, nonce string) (string, string) { return "https://registry.example", nonce },
		"origin_with_path":       func(origin, nonce string) (string, string) { return origin + "/", nonce },
		"short_nonce":            func(origin, nonce string) (string, string) { return origin, nonce[:40] },
		"no_nonce":               func(origin, _ string) (string, string) { return origin, "" },
		"nonce_of_two_lines":     func(origin, nonce string) (string, string) { return origin, nonce[:20] + "\n" + nonce[20:] },
		"nonce_not_base64url":    func(origin, nonce string) (string, string) { return origin, "!" + nonce[1:] },
	} {
		t.Run(name, func(t *testing.T) {
			site := newFakeSite(t)
			site.challenge = challenge
			if _, err := newPerson(t, site).SignIn(context.Background()); !errors.Is(err, ErrChallenge) || site.signedIn != "" {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestOpen_RefusesAddresses(t *testing.T) {
	for name, c := range map[string]struct{ address, says string }{
		"unprotected": {"http://registry.example", "use https"},
		"no_scheme":   {"registry.example", "no address like"},
		"path":        {"https://registry.example/api", "no address like"},
		"user":        {"https://me@registry.example", "no address like"},
		"file":        {"file:///etc", "no address like"},
	} {
		if _, err := Open(c.address); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for address, origin := range map[string]string{"https://registry.example": "https://registry.example", "https://Registry.Example:443/": "https://registry.example",
		"https://registry.example:8443/": "https://registry.example:8443", "http://localhost:8080": "http://localhost:8080", "http://127.0.0.1:1": "http://127.0.0.1:1",
		"http://[::1]:80": "http://[::1]"} {
		if site, err := Open(address); err != nil || site.Origin() != origin {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestAsk_RedirectionIsNotFollowed: cookie and signature go to the site that the person named and nowhere else.
func TestAsk_RedirectionIsNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s", r.Method, r.URL) }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	site, err := Open(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var problem *Problem
	if err := site.Ask(context.Background(), http.MethodPost, "/api/v1/accounts", struct{}{}, nil); !errors.As(err, &problem) || problem.Status != http.StatusTemporaryRedirect {
		t.Errorf("%v", err)
	}
}

func TestProblem_Sentence(t *testing.T) {
	p := &Problem{Detail: "请更正。", Code: "FIELDS_INVALID", Rule: "HD25.28", Article: "《办法》第二十八条", Errors: []FieldProblem{{Location: "account.until", Message: "请填写"}}}
	if got, want := p.Error(), "请更正。\n  account.until: 请填写 (FIELDS_INVALID HD25.28 《办法》第二十八条)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
