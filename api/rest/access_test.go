package rest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/api/session"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func rowOf(method, path string) int {
	return slices.IndexFunc(AccessTable, func(a Access) bool { return a.Method == method && echoPath(a.Path) == path })
}

// described are the routes of the description itself.
func described(path string) bool {
	return strings.HasPrefix(path, "/api/openapi") || strings.HasPrefix(path, "/api/schemas")
}

func TestAccessTable_IsWhatIsRegistered(t *testing.T) {
	routes := map[string]bool{}
	for _, r := range newWorld(t, registry.ModeDemo).handler.Routes() {
		if described(r.Path) {
			continue
		}
		routes[r.Method+" "+r.Path] = true
		if rowOf(r.Method, r.Path) < 0 {
			t.Errorf("%s %s has no row", r.Method, r.Path)
		}
	}
	for _, row := range AccessTable {
		if !routes[row.Method+" "+echoPath(row.Path)] {
			t.Errorf("%s %s is not registered", row.Method, row.Path)
		}
	}
}

// requestFor is a request that a route takes.
func requestFor(row Access, certificate string) (path, body string) {
	path = strings.NewReplacer("{cid}", "cid-of-coop", "transactions/{id}", "transactions/T1", "accounts/{id}", "accounts/li-applicant", "{msp}/{name}", "ExchangeMSP/operator-1", "applications/{id}", "applications/APP1",
		"assets/{id}", "assets/AST1", "catalogue/{id}", "catalogue/307001000001", "certificates/{id}", "certificates/"+string(number), "{case}/{n}", "APP1/1", "{asset}/{n}", "AST1/1",
		"questions/{name}", "questions/registrations", "figures/{year}", "figures/2026?block=7", "matters/{id}", "matters/"+string(sampleMatter().ID), "reports/{id}", "reports/"+string(sampleMatter().ID), "grants/{id}", "grants/"+string(sampleGrant().ID)).Replace(row.Path)
	pem, _ := json.Marshal(certificate)
	switch {
	case strings.HasSuffix(path, "/transactions"):
		if row.Method == http.MethodPost {
			body = `{"function":"registration:Accept","document":{"key":"12345678","application":"A"},"certificate":` + string(pem) + `,"msp":"AgencyMSP"}`
		}
	case path == "/api/v1/accounts":
		if row.Method == http.MethodPost {
			body = applyBody
		}
	case strings.HasSuffix(path, "/certificate"):
		body = `{"request":"fits"}`
	case strings.HasSuffix(path, "/checks"):
		body = `{"function":"registration:Accept","document":{"key":"12345678","application":"A"}}`
	case strings.HasSuffix(path, "/challenges"):
		body = `{"account":"AgencyMSP/he-applicant"}`
	case row.Method == http.MethodPut:
		body = `{"signature":"AA=="}`
	case strings.HasSuffix(path, "/verdict"):
		body = usePhrase
	case path == "/api/v1/evidence":
		path, body = path+"?name=a.csv&kind=SAMPLE", "a,b"
	case row.Method == http.MethodPost:
		body = "x"
	}
	return path, body
}

// TestAccessTable_EachRouteAdmitsItsAudienceAndNobodyElse tries every route as everybody: nobody, a session that is none, the
// applicant whose case it is, another applicant, and every other role that people hold.
func TestAccessTable_EachRouteAdmitsItsAudienceAndNobodyElse(t *testing.T) {
	nobody := []string{"", "nobody-known"}
	people := []string{"he-applicant", "ledu-applicant"} // he-applicant is of the party whose case holds the file
	for _, r := range registry.PersonRoles {
		if r.Role != registry.RoleApplicant {
			people = append(people, r.Role+"-1")
		}
	}
	people = append(people, "bureau-admin")
	everybody := slices.Concat(nobody, people)
	admitted := map[Audience][]string{
		Everybody: everybody, KeyHolder: everybody, IDHolder: everybody, SignedIn: people,
		Decider:      {"officer-1", "bureau-admin"},
		Side:         {"he-applicant", "acceptor-1", "reviewer-1", "officer-1", "objections-1"},
		Told:         {"he-applicant", "clerk-1", "acceptor-1", "reviewer-1", "officer-1", "objections-1"},
		Party:        {"he-applicant", "ledu-applicant", "reviewer-1", "officer-1", "supervisor-1", "finance-1", "regulator-1"},
		Supervisors:  {"supervisor-1", "regulator-1"},
		Concerned:    {"he-applicant", "supervisor-1", "regulator-1"},
		StaffOrOwner: {"he-applicant", "acceptor-1", "reviewer-1", "officer-1", "objections-1"},
	}
	cells := 0
	for _, row := range AccessTable {
		if row.Who == Member {
			continue // a signature decides: TestSealed_ForServicesOfOtherMembersOnly
		}
		if len(admitted[row.Who]) == 0 {
			t.Fatalf("%s %s: nobody knows who %q is", row.Method, row.Path, row.Who)
		}
		signsIn := row.Method == "POST" && row.Path == "/api/v1/sign-ins" // a signature decides: TestSignIn has what it must be
		w := newWorld(t, registry.ModeDemo)
		w.matters, w.grants = []registry.Matter{sampleMatter()}, []registry.Grant{sampleGrant()}
		for _, r := range registry.PersonRoles {
			w.join(r.MSP, r.Role+"-1", r.Role, "12630200MBFAKE020X")
		}
		w.join(registry.MSPBureau, "bureau-admin", registry.RoleAdmin, "11630200MBFAKE0126")
		for _, visitor := range everybody {
			cells++
			path, body := requestFor(row, string(w.people["he-applicant"].Certificate))
			want := slices.Contains(admitted[row.Who], visitor)
			if signsIn {
				body, want = w.ownAnswer(visitor), slices.Contains(people, visitor)
			}
			w.session = visitor
			delete(w.cookies, visitor) // the row before may have signed out
			answer := w.ask(row.Method, path, body)
			if want != (answer.Code < 300) {
				t.Errorf("%s %s by %q: %d %s", row.Method, row.Path, visitor, answer.Code, answer.Body)
			} else if !want && answer.Code != http.StatusUnauthorized && !signsIn && problemIn(t, answer).Code != registry.CodeAccessDenied {
				t.Errorf("%s %s by %q: %s", row.Method, row.Path, visitor, answer.Body)
			}
		}
	}
	t.Logf("%d cells: %d routes, %d visitors", cells, len(AccessTable)-1, len(everybody))
}

// ownAnswer is a visitor's answer to a challenge of their own account; who has no key tries with another's certificate.
func (w *world) ownAnswer(visitor string) string {
	w.t.Helper()
	account, certificate := he, w.people["he-applicant"].Certificate
	body := map[string]any{"signature": []byte("none")}
	p, holdsKey := w.people[visitor]
	if holdsKey {
		account, certificate = p.Actor.ID(), p.Certificate
	}
	c := w.sessions.Challenge(account)
	if holdsKey {
		body = w.signInBody(visitor, c.Nonce, session.Message(c.Origin, account, c.Nonce))
	}
	body["account"], body["certificate"], body["nonce"] = account, string(certificate), c.Nonce
	document, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(document)
}

func TestCheck_ForSomebodyElseIsRefused(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.session = "ledu-applicant"
	body := `{"function":"registration:Accept","document":{"key":"12345678","application":"A"},"as":{"msp":"AgencyMSP","enrolment":"an-acceptor","role":"acceptor"}}`
	if answer := w.ask("POST", "/api/v1/checks", body); answer.Code != http.StatusForbidden {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

// inner is what only insiders may read of a case.
var inner = []string{"inner note", "inner list", "bai-reviewer", "an-acceptor", "he-applicant", "cid-of-coop", "cao-officer"}

func TestRecords_OutsidersSeeWhatIsPublic(t *testing.T) {
	for _, c := range []struct {
		visitor, path string
		status        int
		inside        bool
	}{
		{"", "/api/v1/applications/APP1", 200, false},
		{"ledu-applicant", "/api/v1/applications/APP1", 200, false},
		{"he-applicant", "/api/v1/applications/APP1", 200, true},
		{"an-acceptor", "/api/v1/applications/APP1", 200, true},
		{"", "/api/v1/applications/APP2", 404, false},
		{"ledu-applicant", "/api/v1/applications/APP2", 404, false},
		{"ledu-applicant", "/api/v1/applications/APP2/transactions", 404, false},
		{"he-applicant", "/api/v1/applications/APP2", 200, true},
		{"", "/api/v1/applications?status=SUBMITTED", 403, false},
		{"ledu-applicant", "/api/v1/applications?status=SUBMITTED&applicant=" + string(coop), 403, false},
		{"he-applicant", "/api/v1/applications?status=SUBMITTED&applicant=" + string(coop), 200, true},
		{"an-acceptor", "/api/v1/applications?status=SUBMITTED", 200, true},
		{"", "/api/v1/applications", 200, false},
		{"", "/api/v1/publicity", 200, false},
		{"", "/api/v1/applications/APP1/transactions", 200, false},
		{"he-applicant", "/api/v1/applications/APP1/transactions", 200, true},
		{"", "/api/v1/assets/AST1", 200, false},
		{"", "/api/v1/certificates/" + string(number), 200, false},
		{"an-acceptor", "/api/v1/assets/AST1", 200, true},
	} {
		w := newWorld(t, registry.ModeDemo)
		w.session = c.visitor
		answer := w.ask("GET", c.path, "")
		if answer.Code != c.status {
			t.Errorf("%q %s: %d, want %d", c.visitor, c.path, answer.Code, c.status)
		}
		shown := slices.ContainsFunc(inner, func(text string) bool { return strings.Contains(answer.Body.String(), text) })
		if shown != c.inside {
			t.Errorf("%q %s: shows inner matters: %t\n%s", c.visitor, c.path, shown, answer.Body)
		}
		if c.status == 200 && !c.inside && strings.Contains(answer.Body.String(), "APP2") {
			t.Errorf("%q %s shows a case that is not public", c.visitor, c.path)
		}
	}
}

func TestRecords_WithheldContentIsNotShown(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.cases[0].Content.Withhold, w.cases[0].Content.Overview = "涉及商业秘密", "withheld words"
	for _, path := range []string{"/api/v1/applications/APP1", "/api/v1/publicity", "/api/v1/applications"} {
		if body := w.ask("GET", path, "").Body.String(); strings.Contains(body, "withheld words") || !strings.Contains(body, w.cases[0].Content.DataName) {
			t.Errorf("%s: %s", path, body)
		}
	}
}
