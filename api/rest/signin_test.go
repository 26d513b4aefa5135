package rest

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/session"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const he = registry.PersonID("AgencyMSP/he-applicant")

// TestSignIn_Refused: each case differs from a sign-in that passes in one respect, named after the defect.
func TestSignIn_Refused(t *testing.T) {
	origin := "http://localhost:8080"
	for name, c := range map[string]struct {
		message func(nonce string) []byte
		change  func(w *world, body map[string]any)
		want    int
	}{
		"nothing_wrong":           {nil, nil, http.StatusCreated},
		"unknown_nonce":           {nil, func(_ *world, b map[string]any) { b["nonce"] = "AAAA" }, http.StatusUnauthorized},
		"another_accounts_nonce":  {nil, func(w *world, b map[string]any) { b["nonce"] = w.sessions.Challenge("AgencyMSP/an-acceptor").Nonce }, http.StatusUnauthorized},
		"too_late":                {nil, func(w *world, _ map[string]any) { w.now = w.now.Add(2 * time.Minute) }, http.StatusUnauthorized},
		"made_for_another_site":   {func(n string) []byte { return session.Message("https://evil.example", he, n) }, nil, http.StatusUnprocessableEntity},
		"made_for_another_person": {func(n string) []byte { return session.Message(origin, "AgencyMSP/an-acceptor", n) }, nil, http.StatusUnprocessableEntity},
		"no_leading_zero_byte":    {func(n string) []byte { return session.Message(origin, he, n)[1:] }, nil, http.StatusUnprocessableEntity},
		"signature_over_a_proposal": {func(string) []byte { return []byte("\x0a\x10proposal bytes") }, nil,
			http.StatusUnprocessableEntity},
		"signature_of_another_key": {nil, func(w *world, b map[string]any) {
			sum := sha256.Sum256(session.Message(origin, he, b["nonce"].(string)))
			b["signature"], _ = ecdsa.SignASN1(rand.Reader, w.private["ledu-applicant"], sum[:])
		}, http.StatusUnprocessableEntity},
		"certificate_of_another_person": {nil, func(w *world, b map[string]any) { b["certificate"] = string(w.people["ledu-applicant"].Certificate) }, http.StatusUnauthorized},
		"own_certificate_with_staff_role": {nil, func(w *world, b map[string]any) {
			certificate, key := ledgertest.Identity(w.t, registry.Actor{Enrolment: "he-applicant", Role: registry.RoleOfficer, Party: coop, Region: "630222"})
			sum := sha256.Sum256(session.Message(origin, he, b["nonce"].(string)))
			b["certificate"] = string(certificate)
			b["signature"], _ = ecdsa.SignASN1(rand.Reader, key, sum[:])
		}, http.StatusForbidden},
		"services_identity": {nil, func(w *world, b map[string]any) {
			certificate, key := ledgertest.Identity(w.t, registry.Actor{Enrolment: "registryd", Role: registry.RoleService})
			nonce := w.sessions.Challenge("AgencyMSP/registryd").Nonce
			sum := sha256.Sum256(session.Message(origin, "AgencyMSP/registryd", nonce))
			b["account"], b["certificate"], b["nonce"] = "AgencyMSP/registryd", string(certificate), nonce
			b["signature"], _ = ecdsa.SignASN1(rand.Reader, key, sum[:])
		}, http.StatusForbidden},
		"account_applied_for": {nil, func(w *world, _ map[string]any) { w.status(he, registry.AccountApplied) }, http.StatusForbidden},
		"account_suspended":   {nil, func(w *world, _ map[string]any) { w.status(he, registry.AccountSuspended) }, http.StatusForbidden},
		"account_revoked":     {nil, func(w *world, _ map[string]any) { w.status(he, registry.AccountRevoked) }, http.StatusForbidden},
		"account_expired": {nil, func(w *world, _ map[string]any) {
			a := w.accounts[he]
			a.Until = "2026-11-23"
			w.accounts[he] = a
		}, http.StatusForbidden},
	} {
		w := newWorld(t, registry.ModeDemo)
		nonce := w.sessions.Challenge(he).Nonce
		message := session.Message(origin, he, nonce)
		if c.message != nil {
			message = c.message(nonce)
		}
		body := w.signInBody("he-applicant", nonce, message)
		if c.change != nil {
			c.change(w, body)
		}
		answer := w.answer(body)
		if answer.Code != c.want {
			t.Errorf("%s: %d, want %d: %s", name, answer.Code, c.want, answer.Body)
		}
		if cookies := answer.Result().Cookies(); c.want != http.StatusCreated && len(cookies) > 0 && cookies[0].MaxAge >= 0 && cookies[0].Value != "" {
			t.Errorf("%s: a session begins", name)
		}
	}
}

func (w *world) status(id registry.PersonID, status registry.AccountStatus) {
	a := w.accounts[id]
	a.Status = status
	w.accounts[id] = a
}

func TestSignIn_ReplayedAnswerIsRefused(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	c := w.sessions.Challenge(he)
	body := w.signInBody("he-applicant", c.Nonce, session.Message(c.Origin, he, c.Nonce))
	if first := w.answer(body); first.Code != http.StatusCreated {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	if again := w.answer(body); again.Code != http.StatusUnauthorized {
		t.Errorf("a replayed answer: %d", again.Code)
	}
}

// TestSignIn_WrongAnswerUsesTheChallengeUp: nobody may try signatures on one challenge.
func TestSignIn_WrongAnswerUsesTheChallengeUp(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	c := w.sessions.Challenge(he)
	good := w.signInBody("he-applicant", c.Nonce, session.Message(c.Origin, he, c.Nonce))
	wrong := w.signInBody("he-applicant", c.Nonce, []byte("something else"))
	w.answer(wrong)
	if answer := w.answer(good); answer.Code != http.StatusUnauthorized {
		t.Errorf("after a wrong answer: %d", answer.Code)
	}
}

// TestSession_PlantedCookieIsWorthNothing: neither a value that somebody made up nor a session that the service itself gave to
// somebody else becomes the session of who signs in with it.
func TestSession_PlantedCookieIsWorthNothing(t *testing.T) {
	for name, plant := range map[string]func(w *world) *http.Cookie{
		"made_up": func(*world) *http.Cookie {
			return &http.Cookie{Name: "hehuang-agency", Value: "planted-by-somebody-else"}
		},
		"issued_by_the_service": func(w *world) *http.Cookie { return w.cookieOf("ledu-applicant") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, registry.ModeDemo)
			plantedIsWorthNothing(t, w, plant(w))
		})
	}
}

func plantedIsWorthNothing(t *testing.T, w *world, planted *http.Cookie) {
	t.Helper()
	c := w.sessions.Challenge(he)
	answer := w.answer(w.signInBody("he-applicant", c.Nonce, session.Message(c.Origin, he, c.Nonce)), planted)
	got := answer.Result().Cookies()
	if len(got) != 1 || got[0].Value == planted.Value || len(got[0].Value) < 40 || !got[0].HttpOnly || got[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("%+v", got)
	}
	w.cookies["he-applicant"] = planted
	w.session = "he-applicant"
	if answer := w.ask("GET", "/api/v1/sign-ins/current", ""); answer.Code != http.StatusUnauthorized {
		t.Errorf("the planted session is signed in: %d", answer.Code)
	}
}

func TestSession_EndsWithTheAccount(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.session = "he-applicant"
	current := func() int { return w.ask("GET", "/api/v1/sign-ins/current", "").Code }
	if current() != http.StatusOK {
		t.Fatal("not signed in")
	}
	w.status(he, registry.AccountSuspended)
	if got := current(); got != http.StatusUnauthorized {
		t.Errorf("a suspended account: %d", got)
	}
	w.status(he, registry.AccountEnabled)
	if got := current(); got != http.StatusOK {
		t.Errorf("resumed: %d", got)
	}
}

// TestSession_StandsWithTheContract: an account of a contract signs in while that is in force, and its session ends with it.
func TestSession_StandsWithTheContract(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	bound := w.accounts[he]
	bound.Contract = "CTR1"
	w.accounts[he] = bound
	signIn := func() int {
		c := w.sessions.Challenge(he)
		return w.answer(w.signInBody("he-applicant", c.Nonce, session.Message(c.Origin, he, c.Nonce))).Code
	}
	w.session = "he-applicant"
	for _, c := range []struct {
		status          registry.ContractStatus
		signIn, current int
	}{{registry.ContractActive, http.StatusCreated, http.StatusOK}, {registry.ContractEnded, http.StatusForbidden, http.StatusUnauthorized}} {
		w.contracts = map[registry.ContractID]registry.Contract{"CTR1": {ID: "CTR1", Status: c.status}}
		if got := signIn(); got != c.signIn {
			t.Errorf("contract %s: sign-in %d, want %d", c.status, got, c.signIn)
		}
		if got := w.ask("GET", "/api/v1/sign-ins/current", "").Code; got != c.current {
			t.Errorf("contract %s: session %d, want %d", c.status, got, c.current)
		}
	}
}

// TestSession_MandateIsChosenAnew: a mandate is used while it is in force, by its agent, and until the next sign-in.
func TestSession_MandateIsChosenAnew(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.join(registry.MSPAgency, "ma-agent", registry.RoleAgent, ledu)
	w.mandates = map[registry.MandateID]registry.Mandate{
		"M1":      {ID: "M1", Agent: "AgencyMSP/ma-agent", Principal: coop, Status: registry.MandateActive, Until: "2026-11-24"},
		"over":    {ID: "over", Agent: "AgencyMSP/ma-agent", Principal: coop, Status: registry.MandateActive, Until: "2026-11-23"},
		"revoked": {ID: "revoked", Agent: "AgencyMSP/ma-agent", Principal: coop, Status: registry.MandateRevoked, Until: "2027-11-24"},
		"another": {ID: "another", Agent: "AgencyMSP/li-agent", Principal: coop, Status: registry.MandateActive, Until: "2027-11-24"},
	}
	inSession := func(do func(ctx context.Context)) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(w.cookieOf("ma-agent"))
		w.sessions.Load(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { do(r.Context()) })).ServeHTTP(httptest.NewRecorder(), r)
	}
	under := func() (id registry.MandateID) {
		inSession(func(ctx context.Context) {
			p, ok := w.sessions.Person(ctx)
			if !ok {
				t.Error("nobody is signed in")
			}
			id = p.Under()
		})
		return id
	}
	choose := func(id registry.MandateID) (err error) {
		inSession(func(ctx context.Context) { err = w.sessions.ActUnder(ctx, id) })
		return err
	}
	for _, id := range []registry.MandateID{"over", "revoked", "another", "none"} {
		if err := choose(id); !errors.Is(err, desk.ErrNotFound) || under() != "" {
			t.Errorf("%s: %v, acts under %q", id, err, under())
		}
	}
	if err := choose("M1"); err != nil || under() != "M1" {
		t.Fatalf("%v, acts under %q", err, under())
	}
	c, id := w.sessions.Challenge("AgencyMSP/ma-agent"), registry.PersonID("AgencyMSP/ma-agent")
	again := w.answer(w.signInBody("ma-agent", c.Nonce, session.Message(c.Origin, id, c.Nonce)), w.cookieOf("ma-agent"))
	w.cookies["ma-agent"] = again.Result().Cookies()[0]
	if got := under(); got != "" {
		t.Errorf("after signing in anew under %q", got)
	}
	if err := choose("M1"); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(24 * time.Hour) // the session's own end is the library's clock
	if got := under(); got != "" {
		t.Errorf("after its last day under %q", got)
	}
}

// TestSession_EndsAfterTwelveHoursAndTwoUnused reads what is kept with a session: the library forgets it by these times.
func TestSession_EndsAfterTwelveHoursAndTwoUnused(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.session = "he-applicant"
	before := time.Now()
	if answer := w.ask("GET", "/api/v1/sign-ins/current", ""); answer.Code != http.StatusOK {
		t.Fatal("not signed in")
	}
	kept := w.kept
	end, _, err := scs.GobCodec{}.Decode(kept.body)
	if err != nil {
		t.Fatal(err)
	}
	if life := end.Sub(before); life < 12*time.Hour || life > 12*time.Hour+time.Minute {
		t.Errorf("a session lasts %s", life)
	}
	if unused := kept.expiry.Sub(before); unused < 2*time.Hour || unused > 2*time.Hour+time.Minute {
		t.Errorf("an unused session lasts %s", unused)
	}
}

// TestSession_CookieTravelsEncryptedOnly wherever the site itself does.
func TestSession_CookieTravelsEncryptedOnly(t *testing.T) {
	for origin, want := range map[string]bool{"https://hehuang.example": true, "http://localhost:8080": false} {
		w := newWorld(t, registry.ModeDemo)
		w.desk.PublicURL = origin
		w.sessions = session.New(w.desk, w.kept, func() time.Time { return at }, func(_ http.ResponseWriter, _ *http.Request, err error) { t.Error(err) })
		answer := httptest.NewRecorder()
		c := w.sessions.Challenge(he)
		begin := func(_ http.ResponseWriter, r *http.Request) {
			signed := w.signInBody("he-applicant", c.Nonce, session.Message(c.Origin, he, c.Nonce))
			if _, _, err := w.sessions.SignIn(r.Context(), session.Answer{Account: he, Certificate: w.people["he-applicant"].Certificate, Nonce: c.Nonce, Signature: signed["signature"].([]byte)}); err != nil {
				t.Error(err)
			}
		}
		w.sessions.Load(http.HandlerFunc(begin)).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
		if c := answer.Result().Cookies(); len(c) != 1 || c[0].Secure != want {
			t.Errorf("%s: %+v", origin, c)
		}
	}
}

// TestSession_CookieChangesEveryHour: a value that was seen once is not worth much for long.
func TestSession_CookieChangesEveryHour(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.session = "he-applicant"
	w.ask("GET", "/api/v1/sign-ins/current", "")
	page := w.sessions.Load(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := w.sessions.Rotate(r.Context()); err != nil {
			t.Error(err)
		}
	}))
	visit := func() (changed bool) {
		r, answer := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
		old := w.cookies["he-applicant"]
		r.AddCookie(old)
		page.ServeHTTP(answer, r)
		for _, c := range answer.Result().Cookies() {
			w.cookies["he-applicant"] = c
		}
		if changed = w.cookies["he-applicant"].Value != old.Value; changed {
			w.session = "he-applicant"
			now := w.cookies["he-applicant"]
			w.cookies["he-applicant"] = old
			if answer := w.ask("GET", "/api/v1/sign-ins/current", ""); answer.Code != http.StatusUnauthorized {
				t.Error("the old value still opens the session")
			}
			w.cookies["he-applicant"] = now
		}
		return changed
	}
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{time.Hour - time.Minute, false}, {time.Minute, true}, {time.Hour - time.Minute, false}, {2 * time.Minute, true}} {
		w.now = w.now.Add(c.after)
		if changed := visit(); changed != c.want {
			t.Errorf("%s later the cookie changed: %v", c.after, changed)
		}
	}
}

func TestSignOut_HereAndEverywhere(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.session = "he-applicant"
	current := func() int { return w.ask("GET", "/api/v1/sign-ins/current", "").Code }
	if current() != http.StatusOK {
		t.Fatal("not signed in")
	}
	phone := w.cookies["he-applicant"]
	delete(w.cookies, "he-applicant")
	if current() != http.StatusOK { // a second device
		t.Fatal("not signed in")
	}
	if answer := w.ask("DELETE", "/api/v1/sign-ins/current", ""); answer.Code != http.StatusNoContent || current() != http.StatusUnauthorized {
		t.Errorf("signed out: %d", answer.Code)
	}
	w.cookies["he-applicant"] = phone
	if current() != http.StatusOK {
		t.Error("signing out on one device ended another's session")
	}
	delete(w.cookies, "he-applicant")
	if answer := w.ask("DELETE", "/api/v1/sign-ins", ""); answer.Code != http.StatusNoContent {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	w.cookies["he-applicant"] = phone
	if current() != http.StatusUnauthorized {
		t.Error("the phone is still signed in")
	}
}

func TestSignedIn_ShowsWhoAndNothingSecret(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.session = "he-applicant"
	answer := w.ask("GET", "/api/v1/sign-ins/current", "")
	var who map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &who); err != nil || who["account"] != string(he) || who["role"] != "applicant" || who["until"] != "2027-11-24" {
		t.Errorf("%s", answer.Body)
	}
	if strings.Contains(w.log.String(), w.cookies["he-applicant"].Value) {
		t.Error("the log holds the session")
	}
}

// TestLimits_HoldForTheAccountThatIsNamed: from however many addresses one account is tried; others are not kept out.
func TestLimits_HoldForTheAccountThatIsNamed(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	answerOf := func(account string) string {
		return `{"account":"` + account + `","certificate":"x","nonce":"AAAA","signature":"AA=="}`
	}
	for name, c := range map[string]struct {
		path, body           string
		otherPath, otherBody string
		most                 int
	}{
		"challenges": {"/api/v1/sign-ins/challenges", `{"account":"AgencyMSP/he-applicant"}`, "/api/v1/sign-ins/challenges", `{"account":"AgencyMSP/he-phone"}`, signInBurst},
		"sign_ins":   {"/api/v1/sign-ins", answerOf("AgencyMSP/ma-agent"), "/api/v1/sign-ins", answerOf("AgencyMSP/li-agent"), signInBurst},
		"certificates": {"/api/v1/accounts/li-applicant/certificate", `{"request":"fits"}`, "/api/v1/accounts/he-applicant/certificate", `{"request":"fits"}`,
			certificateBurst},
	} {
		sent, last := 0, 0
		for ; sent < c.most*2 && last != http.StatusTooManyRequests; sent++ {
			last = w.ask("POST", c.path, c.body).Code
		}
		if last != http.StatusTooManyRequests || sent <= c.most {
			t.Errorf("%s: number %d is answered %d", name, sent, last)
		}
		if other := w.ask("POST", c.otherPath, c.otherBody).Code; other == http.StatusTooManyRequests {
			t.Errorf("%s: another account is stopped too", name)
		}
	}
}

// TestAdministrator_IsTheKeyOnTheLedger: the bureau's authority alone makes nobody the administrator, and after a succession the old key signs
// in no more and its session is over.
func TestAdministrator_IsTheKeyOnTheLedger(t *testing.T) {
	rejoin := func(enrolment string) func(w *world) {
		return func(w *world) { w.join(registry.MSPBureau, enrolment, registry.RoleAdmin, coop) }
	}
	for name, c := range map[string]struct {
		who     string
		change  func(w *world)
		signIn  int
		current int // what the session answers that began before the change
	}{
		"nothing_wrong":          {"bureau-admin", func(*world) {}, http.StatusCreated, http.StatusOK},
		"second_certificate":     {"evil-admin", rejoin("evil-admin"), http.StatusForbidden, http.StatusOK},
		"same_name_another_key":  {"bureau-admin", rejoin("bureau-admin"), http.StatusForbidden, http.StatusOK},
		"same_key_another_name":  {"bureau-admin", func(w *world) { w.network.Administrator.Enrolment = "bureau-admin-2" }, http.StatusForbidden, http.StatusUnauthorized},
		"successor_confirmed":    {"bureau-admin", func(w *world) { w.network.Administrator.KeyDigest = registry.Digest("k") }, http.StatusForbidden, http.StatusUnauthorized},
		"network_not_founded":    {"bureau-admin", func(w *world) { w.network = nil }, http.StatusForbidden, http.StatusUnauthorized},
		"ledger_does_not_answer": {"bureau-admin", func(w *world) { w.evaluate = silent }, http.StatusInternalServerError, http.StatusUnauthorized},
	} {
		w := newWorld(t, registry.ModeLegal)
		w.join(registry.MSPBureau, "bureau-admin", registry.RoleAdmin, "11630200MBFAKE0126")
		w.session = "bureau-admin"
		current := func() int { return w.ask("GET", "/api/v1/sign-ins/current", "").Code }
		if got := current(); got != http.StatusOK {
			t.Fatalf("%s: %d before", name, got)
		}
		c.change(w)
		if got := current(); got != c.current {
			t.Errorf("%s: the session answers %d, want %d", name, got, c.current)
		}
		account := registry.PersonID(registry.MSPBureau + "/" + c.who)
		challenge := w.sessions.Challenge(account)
		if got := w.answer(w.signInBody(c.who, challenge.Nonce, session.Message(challenge.Origin, account, challenge.Nonce))); got.Code != c.signIn {
			t.Errorf("%s: signing in is answered %d %s, want %d", name, got.Code, got.Body, c.signIn)
		}
	}
}

// silent is a ledger that does not answer.
func silent(string, []byte) ([]byte, error) { return nil, errors.New("no answer") }

// TestAdministrator_IsInsiderOfNoParty: whatever party the administrator's certificate names, its notices, cases, files and batches stay its own.
func TestAdministrator_IsInsiderOfNoParty(t *testing.T) {
	for _, party := range []registry.PartyID{coop, ""} {
		w := newWorld(t, registry.ModeLegal)
		w.join(registry.MSPBureau, "bureau-admin", registry.RoleAdmin, party)
		for visitor, insider := range map[string]bool{"he-applicant": true, "bureau-admin": false} {
			w.session = visitor
			for path, inner := range map[string]string{
				"/api/v1/notices":              "told reason",
				"/api/v1/notices/APP1/1":       "told reason",
				"/api/v1/applications/APP2":    "inner list",
				"/api/v1/evidence/cid-of-coop": "a,b",
				"/api/v1/sign-ins/current":     string(coop),
			} {
				if answer := w.ask("GET", path, ""); strings.Contains(answer.Body.String(), inner) != insider {
					t.Errorf("%s with party %q at %s: %d %s", visitor, party, path, answer.Code, answer.Body)
				}
			}
		}
	}
}
