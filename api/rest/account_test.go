package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

type fakeAccounts struct{ w *world }

func (f fakeAccounts) Apply(_ context.Context, request registry.ApplyAccountRequest) (registry.Receipt, error) {
	f.w.applied = append(f.w.applied, request)
	return registry.Receipt{TxID: "t1", ID: "AgencyMSP/" + request.Account.Enrolment, Status: "APPLIED"}, nil
}

func (f fakeAccounts) Certificate(_ context.Context, id registry.PersonID, request string) (string, error) {
	if request != "fits" {
		return "", registry.Refuse(registry.CodeAccountDiffers, registry.RuleOwnAct, "account", string(id))
	}
	return "PEM of " + string(id), nil
}

const applyBody = `{"enrolment":"li-applicant","party":"93630222MAFAKE06XA","role":"applicant","region":"630222","keyDigest":"abababababababababababababababababababababababababababababababab","until":"2027-11-24"}`

func TestAccounts_SameApplicationTwiceHasOneKey(t *testing.T) {
	w := newWorld(t, registry.ModeLegal)
	for range 2 {
		if answer := w.ask("POST", "/api/v1/accounts", applyBody); answer.Code != http.StatusCreated {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
	}
	if len(w.applied) != 2 || w.applied[0] != w.applied[1] || len(w.applied[0].Key) < 8 {
		t.Errorf("%+v", w.applied)
	}
	if answer := w.ask("POST", "/api/v1/accounts", strings.Replace(applyBody, `{"enrol`, `{"approver":"me","enrol`, 1)); answer.Code < 400 {
		t.Errorf("an unknown field: %d", answer.Code)
	}
}

// TestAccounts_NameOfAnotherMemberIsTaken: accounts of a site are found by their name alone, so that nobody may apply for somebody else's.
func TestAccounts_NameOfAnotherMemberIsTaken(t *testing.T) {
	for role, want := range map[string]int{registry.RoleSupervisor: http.StatusConflict, registry.RoleRegulator: http.StatusCreated} {
		w := newWorld(t, registry.ModeLegal)
		w.desk.MSPs = []string{registry.MSPBureau, registry.MSPRegulator}
		w.join(registry.MSPRegulator, "reg-9", registry.RoleRegulator, "11630200MBFAKE0126")
		answer := w.ask("POST", "/api/v1/accounts", strings.NewReplacer("li-applicant", "reg-9", `"applicant"`, `"`+role+`"`).Replace(applyBody))
		if answer.Code != want || len(w.applied) != map[int]int{http.StatusCreated: 1}[want] {
			t.Errorf("%s: %d %s", role, answer.Code, answer.Body)
		}
	}
}

// TestAccounts_ShowOnlyWhatIsCompared: whoever decides sees also what is decided on.
func TestAccounts_ShowOnlyWhatIsCompared(t *testing.T) {
	for visitor, want := range map[string]int{"": 4, "he-applicant": 4, "an-acceptor": 4, "cao-officer": 7} {
		w := newWorld(t, registry.ModeLegal)
		w.join(registry.MSPAgency, "cao-officer", registry.RoleOfficer, "12630200MBFAKE020X")
		w.session = visitor
		answer := w.ask("GET", "/api/v1/accounts/li-applicant", "")
		var shown map[string]any
		if err := json.Unmarshal(answer.Body.Bytes(), &shown); err != nil || answer.Code != http.StatusOK {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
		delete(shown, "$schema")
		if len(shown) != want || shown["status"] != "APPROVED" {
			t.Errorf("%q sees %v, want %d", visitor, shown, want)
		}
	}
}

func TestAccounts_DevicesAreOnesOwn(t *testing.T) {
	w := newWorld(t, registry.ModeLegal)
	phone := w.accounts["AgencyMSP/he-applicant"]
	phone.Enrolment = "he-phone" // its owner is the first account
	w.accounts[phone.ID()] = phone
	w.session = "he-applicant"
	answer := w.ask("GET", "/api/v1/accounts", "")
	var shown devicesView
	if err := json.Unmarshal(answer.Body.Bytes(), &shown); err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	seen := map[registry.PersonID]bool{}
	for _, a := range shown.Accounts {
		seen[a.Account] = true
	}
	if len(shown.Accounts) != 2 || !seen["AgencyMSP/he-applicant"] || !seen["AgencyMSP/he-phone"] {
		t.Errorf("%+v", shown.Accounts)
	}
}

func TestCertificate_OnlyForTheApprovedKey(t *testing.T) {
	for _, c := range []struct {
		status  registry.AccountStatus
		request string
		code    registry.Code
	}{
		{registry.AccountApproved, "fits", ""}, {registry.AccountEnabled, "fits", ""}, {registry.AccountApproved, "swapped", registry.CodeAccountDiffers},
		{registry.AccountApplied, "fits", registry.CodeAccountInactive}, {registry.AccountSuspended, "fits", registry.CodeAccountInactive},
		{registry.AccountRevoked, "fits", registry.CodeAccountInactive},
	} {
		w := newWorld(t, registry.ModeLegal)
		w.evaluate = func(string, []byte) ([]byte, error) {
			return json.Marshal(registry.Account{MSP: "AgencyMSP", Enrolment: "li-applicant", Status: c.status})
		}
		answer := w.ask("POST", "/api/v1/accounts/li-applicant/certificate", `{"request":"`+c.request+`"}`)
		if c.code == "" && answer.Code != http.StatusOK {
			t.Errorf("%+v: %d %s", c, answer.Code, answer.Body)
		}
		if c.code != "" && problemIn(t, answer).Code != c.code {
			t.Errorf("%+v: %s", c, answer.Body)
		}
	}
}

// TestAccounts_AdministratorReadsThoseOfOtherOrganisations at the bureau's site, the only one where the administrator signs in: all that is
// decided on.
func TestAccounts_AdministratorReadsThoseOfOtherOrganisations(t *testing.T) {
	w := newWorld(t, registry.ModeLegal)
	w.desk.MSPs = []string{registry.MSPBureau, registry.MSPRegulator}
	w.join(registry.MSPBureau, "bureau-admin", registry.RoleAdmin, "11630200MBFAKE0126")
	w.join(registry.MSPExchange, "li-operator", registry.RoleOperator, "91630200MAFAKE0307")
	w.session = "bureau-admin"
	for path, want := range map[string]int{"ExchangeMSP/li-operator": 200, "AgencyMSP/an-acceptor": 200, "BureauMSP/li-operator": 404} {
		answer := w.ask("GET", "/api/v1/accounts/"+path, "")
		if answer.Code != want {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
		if want != http.StatusOK {
			continue
		}
		var shown accountView
		if err := json.Unmarshal(answer.Body.Bytes(), &shown); err != nil {
			t.Fatal(err)
		}
		if string(shown.Account) != path || shown.Role == "" || shown.Party == "" || shown.KeyDigest != w.accounts[shown.Account].KeyDigest {
			t.Errorf("%s: %+v", path, shown)
		}
	}
}
