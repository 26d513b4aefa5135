package rest

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestSealed_ForServicesOfOtherMembersOnly: whoever else asks, for another file, at another site or at another time, gets nothing.
func TestSealed_ForServicesOfOtherMembersOnly(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	service, key := ledgertest.Identity(t, registry.Actor{Enrolment: "registryd", Role: registry.RoleService})
	person, theirs := ledgertest.Identity(t, registry.Actor{Enrolment: "sun-supervisor", Role: registry.RoleSupervisor})
	type ask struct {
		msp, site, cid, path string
		certificate          []byte
		key                  *ecdsa.PrivateKey
		at                   time.Time
	}
	good := ask{registry.MSPBureau, "http://localhost:8080", "cid-of-coop", "cid-of-coop", service, key, time.Now()}
	for name, c := range map[string]struct {
		change func(*ask)
		want   int
	}{
		"service":         {func(*ask) {}, http.StatusOK},
		"unknown_file":    {func(a *ask) { a.cid, a.path = "bafy", "bafy" }, http.StatusNotFound},
		"no_member":       {func(a *ask) { a.msp = "OtherMSP" }, http.StatusUnauthorized},
		"person":          {func(a *ask) { a.certificate, a.key = person, theirs }, http.StatusUnauthorized},
		"another_key":     {func(a *ask) { a.key = theirs }, http.StatusUnprocessableEntity},
		"another_file":    {func(a *ask) { a.path = "cid-of-other" }, http.StatusUnprocessableEntity},
		"another_site":    {func(a *ask) { a.site = "http://localhost:8081" }, http.StatusUnprocessableEntity},
		"an_hour_ago":     {func(a *ask) { a.at = a.at.Add(-time.Hour) }, http.StatusUnprocessableEntity},
		"in_an_hour":      {func(a *ask) { a.at = a.at.Add(time.Hour) }, http.StatusUnprocessableEntity},
		"no_certificate":  {func(a *ask) { a.certificate = nil }, http.StatusUnauthorized},
		"no_known_format": {func(a *ask) { a.certificate = []byte("x") }, http.StatusUnauthorized},
	} {
		a := good
		c.change(&a)
		sum := sha256.Sum256(desk.SealedMessage(a.site, a.cid, a.at))
		signature, err := ecdsa.SignASN1(rand.Reader, a.key, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		answer := w.ask("GET", "/api/v1/evidence/"+a.path+"/sealed", "", HeaderMember, a.msp, HeaderCertificate, base64.StdEncoding.EncodeToString(a.certificate),
			HeaderTime, strconv.FormatInt(a.at.Unix(), 10), HeaderSignature, base64.StdEncoding.EncodeToString(signature))
		if answer.Code != c.want || c.want == http.StatusOK && (answer.Body.String() != "sealed" || answer.Header().Get(HeaderCard) != "Y2FyZA==") {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
	w.session = "an-acceptor"
	if answer := w.ask("GET", "/api/v1/evidence/cid-of-coop/sealed", ""); answer.Code != http.StatusUnauthorized {
		t.Errorf("staff without a service's signature: %d", answer.Code)
	}
}
