package scenario

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/person"
)

// report sends a report without a name to a site's page and answers its number.
func report(t *testing.T, site, text string) registry.MatterID {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"key": fmt.Sprintf("report-%d", time.Now().UnixNano()), "party": "91630202MAFAKE051R", "statement": text} {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	form.Close()
	stay := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := stay.Post(site+"/reports", form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	next, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusSeeOther || next.Query().Get("sent") == "" {
		t.Fatalf("the report is not taken: %s, to %v", res.Status, next)
	}
	return registry.MatterID(next.Query().Get("sent"))
}

// TestReport_FiledAtOneSiteIsReadAtAnother: the bureau's officer opens at the bureau's site what somebody reported at the agency's, whose own
// staff cannot.
func TestReport_FiledAtOneSiteIsReadAtAnother(t *testing.T) {
	ctx := context.Background()
	ledger, d := dialShared(t, "agency")
	id := report(t, d.Organisations["agency"].RegistrydURL, "该公司倒卖公共数据")
	signIn := func(organisation, enrolment string) *person.Person {
		site, err := person.Open(d.Organisations[organisation].RegistrydURL)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := realLedger{d, ledger}.signer("/" + enrolment)
		if err != nil {
			t.Fatal(err)
		}
		p, err := person.New(site, signer)
		if err == nil {
			_, err = p.SignIn(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	sun, cao := signIn("bureau", "sun-supervisor"), signIn("agency", "cao-officer")
	if _, err := sun.Act(ctx, "supervision:TakeUp", registry.TakeUpMatterRequest{Key: "takeup-" + string(id), Matter: id}); err != nil {
		t.Fatal(err)
	}
	var m registry.Matter
	if err := sun.Ask(ctx, http.MethodGet, "/api/v1/matters/"+string(id), nil, &m); err != nil || m.Handler != sun.ID() {
		t.Fatalf("%+v %v", m, err)
	}
	path := "/matters/" + string(id) + "/files/" + m.Statement.CID
	var text []byte
	if err := sun.Ask(ctx, http.MethodGet, path, nil, &text); err != nil || !strings.Contains(string(text), "倒卖公共数据") {
		t.Errorf("%q %v", text, err)
	}
	for _, closed := range []string{path, "/evidence/" + m.Statement.CID, "/api/v1/evidence/" + m.Statement.CID} {
		if err := cao.Ask(ctx, http.MethodGet, closed, nil, &text); err == nil {
			t.Errorf("the agency's staff opens %s", closed)
		}
	}
}
