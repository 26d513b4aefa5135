package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/api/web"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestBody_TooLargeWithoutLength: a body in chunks says nothing of its size beforehand.
func TestBody_TooLargeWithoutLength(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	server := httptest.NewServer(v.handler)
	defer server.Close()
	body := io.MultiReader(strings.NewReader(`{"function":"`), strings.NewReader(strings.Repeat("x", 3<<20)), strings.NewReader(`"}`))
	answer, err := http.Post(server.URL+"/api/v1/transactions", "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", answer.StatusCode)
	}
}

func TestOtherSites_CannotPost(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.signIn("he-applicant")
	for _, path := range []string{"/apply", "/signout", "/api/v1/sign-ins", "/api/v1/transactions"} {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if w := v.do(r); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestHeaders_AndDescription(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	w := v.get("/")
	if w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", w.Header())
	}
	var description struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(v.get("/api/openapi.json").Body.Bytes(), &description); err != nil || description.OpenAPI != "3.1.0" || len(description.Paths) < 14 {
		t.Errorf("OpenAPI %s with %d paths, %v", description.OpenAPI, len(description.Paths), err)
	}
}

// TestHeaders_AllowNoScriptButOurs: the whole policy is written down, so that nothing is allowed by the way.
func TestHeaders_AllowNoScriptButOurs(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	for _, path := range []string{"/", "/nowhere", "/signin", "/assets/style.css", "/api/v1/situation"} {
		got := v.get(path).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if values := got.Values(name); len(values) != 1 || values[0] != want {
				t.Errorf("%s: %s %q", path, name, values)
			}
		}
	}
}

// TestForm_TooLargeIsRefused, whether or not its length is known beforehand: nothing of it is kept.
func TestForm_TooLargeIsRefused(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.signIn("he-applicant")
	draft := v.post("/apply", nil).Header().Get("Location")
	for name, length := range map[string]int64{"announced": 2 << 20, "streamed": -1} {
		r := httptest.NewRequest(http.MethodPost, draft+"/steps/data", io.MultiReader(strings.NewReader("dataName="), io.LimitReader(endless{}, 2<<20)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.ContentLength = length
		if w := v.do(r); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

// TestUploads_AreLimitedPerAddress: files are dearer than other writes.
func TestUploads_AreLimitedPerAddress(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	last, sent := 0, 0
	for ; sent < uploadBurst*2 && last != http.StatusTooManyRequests; sent++ {
		last = v.send("POST", "/api/v1/evidence?name=a.csv&kind=SAMPLE", "a,b").Code
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("%d files from one address: %d", sent, last)
	}
	if w := v.send("POST", "/api/v1/transactions", `{}`); w.Code == http.StatusTooManyRequests {
		t.Error("other writes are stopped too")
	}
}

// TestLimits_CountTheVisitorsAddress: without a proxy a header makes nobody another visitor; behind one, visitors do not share a limit.
func TestLimits_CountTheVisitorsAddress(t *testing.T) {
	_, proxy, err := net.ParseCIDR("192.0.2.1/32") // from which httptest's requests come
	if err != nil {
		t.Fatal(err)
	}
	flood := func(v *visitor, address func(i int) string) bool {
		for i := range signInBurst * 2 {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/sign-ins/challenges", strings.NewReader(fmt.Sprintf(`{"account":"AgencyMSP/person-%d"}`, i)))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Forwarded-For", address(i))
			if v.do(r).Code == http.StatusTooManyRequests {
				return true
			}
		}
		return false
	}
	many := func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }
	one := func(int) string { return "203.0.113.200" }
	if !flood(newVisitor(t, registry.ModeDemo), many) {
		t.Error("whoever names another address each time is not limited")
	}
	behind := newVisitor(t, registry.ModeDemo, proxy)
	if flood(behind, many) {
		t.Error("visitors behind the proxy share a limit")
	}
	if !flood(behind, one) {
		t.Error("one visitor behind the proxy is not limited")
	}
}

// TestStateless_KeepsNoSession: a page loads a dozen files; none of them is worth writing the session anew.
func TestStateless_KeepsNoSession(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.signIn("he-applicant")
	for path, keeps := range map[string]bool{"/assets/style.css": false, "/healthz": false, "/readyz": false, "/": true} {
		w := v.get(path)
		if w.Code != http.StatusOK || (len(w.Result().Cookies()) > 0) != keeps {
			t.Errorf("%s: %d, cookies %v", path, w.Code, w.Result().Cookies())
		}
	}
	if w := v.post("/healthz", nil); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST /healthz: %d", w.Code)
	}
}

// TestRoutes_AreAllListed: every route of the whole server has a row in an access table, the API's, that of the pages, or this one.
func TestRoutes_AreAllListed(t *testing.T) {
	known := map[string]bool{}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", // operators; TestMetrics_LoopbackOnly
		"/assets*", "/api/openapi.json", "/api/openapi.yaml", "/api/openapi-3.0.json", "/api/openapi-3.0.yaml", "/api/schemas/:schema"} { // everybody
		known["GET "+path] = true
	}
	for _, row := range rest.AccessTable {
		known[row.Method+" "+strings.NewReplacer("{", ":", "}", "").Replace(row.Path)] = true
	}
	for _, page := range web.Pages() {
		known[page] = true
	}
	v := newVisitor(t, registry.ModeDemo)
	for _, r := range v.handler.(*echo.Echo).Routes() {
		if !known[r.Method+" "+r.Path] {
			t.Errorf("%s %s has no row in an access table", r.Method, r.Path)
		}
		delete(known, r.Method+" "+r.Path)
	}
	for row := range known {
		t.Errorf("%s is listed and answers nobody", row)
	}
}

func TestMetrics_LoopbackOnly(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.get("/no/such/page/" + strings.Repeat("x", 20))
	for name, c := range map[string]struct {
		from, forwarded string
		want            int
	}{"own machine": {"127.0.0.1:5", "", 200}, "network": {"10.0.0.9:5", "", 404}, "through a proxy": {"127.0.0.1:5", "203.0.113.9", 404}} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = c.from
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		w := v.do(r)
		if w.Code != c.want {
			t.Errorf("%s: %d", name, w.Code)
		}
		if w.Code == http.StatusOK && (!strings.Contains(w.Body.String(), "hehuang_index_block 3") || strings.Contains(w.Body.String(), "/no/such/page")) {
			t.Errorf("metrics: %s", w.Body)
		}
	}
}

func TestWrites_AreLimitedPerAddress(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	from := func(address string) int {
		r := httptest.NewRequest(http.MethodPut, "/api/v1/transactions/T1/endorsement", strings.NewReader(`{"signature":"AA=="}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = address
		return v.do(r).Code
	}
	last := 0
	for range writeBurst * 2 {
		if last = from("192.0.2.1:9"); last == http.StatusTooManyRequests {
			break
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("nothing stops a flood of writes: %d", last)
	}
	if other := from("192.0.2.2:9"); other != http.StatusConflict {
		t.Errorf("another address is stopped too: %d", other)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "192.0.2.1:9"
	if w := v.do(r); w.Code != http.StatusOK {
		t.Errorf("reading is stopped too: %d", w.Code)
	}
}

// TestSignIns_AreLimited: neither one address nor one stolen session floods the service.
func TestSignIns_AreLimited(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	last := 0
	for range signInBurst * 2 {
		if last = v.send("POST", "/api/v1/sign-ins/challenges", `{"account":"AgencyMSP/he-applicant"}`).Code; last == http.StatusTooManyRequests {
			break
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("nothing stops guessing: %d", last)
	}
}

// TestAccounts_AreNotAppliedForWithoutEnd: an application needs nobody signed in and is a record for ever.
func TestAccounts_AreNotAppliedForWithoutEnd(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	last, sent := 0, 0
	for ; sent <= 100 && last != http.StatusTooManyRequests; sent++ {
		last = v.send("POST", "/api/v1/accounts", `{}`).Code
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("%d applications from one address: %d", sent, last)
	}
	if w := v.send("POST", "/api/v1/transactions", `{}`); w.Code == http.StatusTooManyRequests {
		t.Error("other writes are stopped too")
	}
}

func TestWrites_AreLimitedPerPerson(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.signIn("he-applicant")
	last := 0
	for i := range personBurst * 2 {
		r := httptest.NewRequest(http.MethodPut, "/api/v1/transactions/T1/endorsement", strings.NewReader(`{"signature":"AA=="}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = fmt.Sprintf("192.0.2.%d:9", i) // an address of its own each time
		if last = v.do(r).Code; last == http.StatusTooManyRequests {
			break
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("nothing stops a person's flood from many addresses: %d", last)
	}
}

// TestPrepared_IsLimitedPerAccount: a certificate is public. Whoever has only that prepares no flood in its holder's name, from however
// many addresses.
func TestPrepared_IsLimitedPerAccount(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	prepare := func(i int, who []byte) int {
		certificate, err := json.Marshal(string(who))
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/api/v1/transactions", strings.NewReader(
			`{"function":"registration:Accept","document":{"key":"12345678","application":"APP1"},"msp":"AgencyMSP","certificate":`+string(certificate)+`}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = fmt.Sprintf("192.0.2.%d:9", i%250)
		return v.do(r).Code
	}
	_, he := v.join("he-applicant")
	_, ledu := v.join("ledu-applicant")
	last, sent := 0, 0
	for ; sent <= 400 && last != http.StatusTooManyRequests; sent++ {
		last = prepare(sent, he)
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("%d proposals in one name: %d", sent, last)
	}
	if other := prepare(1, ledu); other != http.StatusCreated {
		t.Errorf("another person is stopped too: %d", other)
	}
}

// TestAddress_IsTheProxysWordOnlyFromAProxy: a visitor cannot choose an address by sending a header.
func TestAddress_IsTheProxysWordOnlyFromAProxy(t *testing.T) {
	_, proxy, err := net.ParseCIDR("192.0.2.1/32")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		proxies   []*net.IPNet
		from, xff string
		want      string
	}{
		"no_proxy_configured":   {nil, "192.0.2.1:9", "203.0.113.7", "192.0.2.1"},
		"from_the_proxy":        {[]*net.IPNet{proxy}, "192.0.2.1:9", "203.0.113.7", "203.0.113.7"},
		"forged_before_proxy":   {[]*net.IPNet{proxy}, "192.0.2.1:9", "10.9.9.9, 203.0.113.7", "203.0.113.7"},
		"from_somewhere_else":   {[]*net.IPNet{proxy}, "198.51.100.4:9", "203.0.113.7", "198.51.100.4"},
		"loopback_is_no_excuse": {[]*net.IPNet{proxy}, "127.0.0.1:9", "203.0.113.7", "127.0.0.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.from
		r.Header.Set("X-Forwarded-For", c.xff)
		if got := visitorAddress(c.proxies)(r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestFiles_OfWhoIsNotSignedInAreNotRead: only who is signed in may take a quarter of an hour to send a file.
func TestFiles_OfWhoIsNotSignedInAreNotRead(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	for path, anybody := range streams {
		if anybody {
			continue
		}
		body := &untouched{}
		r := httptest.NewRequest(http.MethodPost, filled(path), body)
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		if w := v.do(r); w.Code < 300 || body.read {
			t.Errorf("%s: %d, read %v", path, w.Code, body.read)
		}
	}
}

func filled(path string) string {
	return strings.NewReplacer(":draft", "D1", ":id", "APPX", ":act", "order").Replace(path)
}

// untouched is a body that knows whether it was read.
type untouched struct{ read bool }

func (u *untouched) Read([]byte) (int, error) {
	u.read = true
	return 0, io.EOF
}

func TestRequestID_IsOurs(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
	r.Header.Set("X-Request-Id", "forged")
	if id := v.do(r).Header().Get("X-Request-Id"); id == "forged" || len(id) < 16 {
		t.Errorf("id %q", id)
	}
}
