package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func TestProblems_EveryCodeHasAStatus(t *testing.T) {
	for _, code := range registry.Codes {
		if status := Statuses[code]; status < 400 || http.StatusText(status) == "" {
			t.Errorf("%s has status %d", code, status)
		}
	}
	if len(Statuses) != len(registry.Codes) {
		t.Errorf("%d statuses for %d codes", len(Statuses), len(registry.Codes))
	}
}

func TestProblems_SentencesInBothLanguages(t *testing.T) {
	all := []condition{badSignature, wrongStep, overtaken, invalid, expired, ledgerUnavailable, outcomeUnknown, internalError, signInFirst, oldChallenge, badCertificate,
		fileTooLarge, fileEmpty, fileType, fileMismatch, fileKind, fileMissing, diskFull, badRequest}
	for _, c := range requestSentences {
		all = append(all, c)
	}
	kinds := map[string]int{}
	for _, c := range all {
		if kinds[c.kind]++; kinds[c.kind] > 1 && c.kind != badRequest.kind {
			t.Errorf("two conditions are called %q", c.kind)
		}
		for _, p := range []phrase{c.title, c.detail} {
			if strings.IndexFunc(p.zh, isHan) < 0 || p.en == "" || strings.IndexFunc(p.en, isHan) >= 0 {
				t.Errorf("%s: %q / %q", c.kind, p.zh, p.en)
			}
		}
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// TestFailures gives each failure of the ledger its problem.
func TestFailures(t *testing.T) {
	secret := errors.New("dial tcp 10.0.0.7:7051: secret detail")
	for name, c := range map[string]struct {
		err    error
		status int
		kind   string
		logged bool
	}{
		"refused":           {registry.Refuse(registry.CodeTooEarly, registry.RulePublicity, "dueDate", "2026-12-07"), 409, "too_early", false},
		"refused_wrapped":   {fmt.Errorf("endorse: %w", registry.Refuse(registry.CodeSamePerson, registry.RuleImpartial)), 403, "same_person", false},
		"not_found":         {desk.ErrNotFound, 404, "not_found", false},
		"bad_signature":     {desk.ErrSignature, 422, "signature", false},
		"wrong_step":        {fmt.Errorf("%w: COMMITTED", desk.ErrStep), 409, "step", false},
		"ledger_down":       {&desk.Failure{Stage: "endorse", TxID: "tx1", Transient: true, Err: secret}, 503, "unavailable", true},
		"outcome_unknown":   {&desk.Failure{Stage: "submit", TxID: "tx1", Sent: true, Err: secret}, 503, "outcome_unknown", true},
		"defect":            {secret, 500, "internal", true},
		"refused_by_defect": {registry.Refuse(registry.CodeInternal, ""), 500, "internal", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, registry.ModeDemo)
			w.step = func(string, string) (desk.Transaction, error) { return desk.Transaction{}, c.err }
			answer := w.ask("PUT", "/api/v1/transactions/T1/submission", `{"signature":"AA=="}`)
			p := problemIn(t, answer)
			if p.Status != c.status || p.Type != "/problems/"+c.kind {
				t.Errorf("%d %s: %s", p.Status, p.Type, answer.Body)
			}
			if strings.Contains(answer.Body.String(), "10.0.0.7") {
				t.Errorf("a technical detail is shown: %s", answer.Body)
			}
			if strings.Contains(w.log.String(), "10.0.0.7") != c.logged {
				t.Errorf("log: %s", w.log.String())
			}
			var f *desk.Failure
			if errors.As(c.err, &f) && (p.Stage != f.Stage || p.TxID != f.TxID) {
				t.Errorf("stage %q, txId %q", p.Stage, p.TxID)
			}
			if sent := f != nil && f.Sent; sent == strings.Contains(p.Detail, "没有任何内容被提交") && f != nil {
				t.Errorf("says of a transaction that was sent (%t): %s", sent, p.Detail)
			}
		})
	}
}

// TestOutcomes gives each state of a transaction its answer.
func TestOutcomes(t *testing.T) {
	for state, c := range map[desk.State]struct {
		status int
		kind   string
	}{
		desk.StateCommitted: {200, ""}, desk.StateUnknown: {202, ""}, desk.StateEndorsed: {200, ""},
		desk.StateConflict: {409, "conflict"}, desk.StateInvalid: {409, "invalid"}, desk.StateExpired: {409, "expired"}, desk.StateRefused: {409, "too_early"},
	} {
		t.Run(string(state), func(t *testing.T) {
			w := newWorld(t, registry.ModeDemo)
			tx := desk.Transaction{ID: "T1", TxID: "tx1", Function: "registration:Accept", Document: []byte("{}"), State: state}
			if state == desk.StateRefused {
				tx.Refusal = registry.Refuse(registry.CodeTooEarly, registry.RulePublicity, "dueDate", "2026-12-07")
			}
			w.step = func(string, string) (desk.Transaction, error) { return tx, nil }
			answer := w.ask("PUT", "/api/v1/transactions/T1/submission", `{"signature":"AA=="}`)
			if answer.Code != c.status {
				t.Fatalf("%d %s", answer.Code, answer.Body)
			}
			if c.kind == "" {
				if link := answer.Header().Get("Location"); link != "/api/v1/transactions/T1" {
					t.Errorf("Location %q", link)
				}
			} else if p := problemIn(t, answer); p.Type != "/problems/"+c.kind || p.TxID != "tx1" || p.Stage == "" {
				t.Errorf("%+v", p)
			}
			if question := w.ask("GET", "/api/v1/transactions/T1", ""); question.Code != 200 || !strings.Contains(question.Body.String(), `"state":"`+string(state)+`"`) {
				t.Errorf("asked: %d %s", question.Code, question.Body)
			}
		})
	}
}

func TestRefusal_NamesRuleArticleAndAllFields(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	refusal := registry.Refuse(registry.CodeFieldsInvalid, registry.RuleForm)
	refusal.Fields = []registry.FieldError{{Path: "content.dataName", Problem: registry.ProblemMissing}, {Path: "content.rights[0].to", Problem: registry.ProblemOrder}}
	w.step = func(string, string) (desk.Transaction, error) { return desk.Transaction{}, refusal }
	p := problemIn(t, w.ask("PUT", "/api/v1/transactions/T1/endorsement", `{"signature":"AA=="}`))
	if p.Rule != registry.RuleForm || p.Article == "" || len(p.Errors) != 2 || p.Errors[1].Location != "content.rights[0].to" || !strings.Contains(p.Errors[0].Message, "数据名称") {
		t.Errorf("%+v", p)
	}
}

// TestForm_AllDefectsAtOnce sends requests whose form is wrong.
func TestForm_AllDefectsAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		locations          []string
	}{
		"everything_missing": {"POST", "/api/v1/transactions", `{}`, 422, []string{"body.function", "body.document", "body.certificate", "body.msp"}},
		"unknown_and_missing": {"POST", "/api/v1/transactions", `{"function":"registration:Accept","document":{},"msp":"AgencyMSP","admin":true}`, 422,
			[]string{"body.certificate", "body.admin"}},
		"too_long":      {"POST", "/api/v1/transactions", `{"function":"` + strings.Repeat("x", 81) + `","document":{},"certificate":"c","msp":"m"}`, 422, []string{"body.function"}},
		"wrong_kind":    {"POST", "/api/v1/transactions", `{"function":7,"document":{},"certificate":"c","msp":"m"}`, 422, []string{"body.function"}},
		"not_base64":    {"PUT", "/api/v1/transactions/T1/endorsement", `{"signature":"!"}`, 422, []string{"body.signature"}},
		"limit_too_big": {"GET", "/api/v1/applications?limit=1000", "", 422, []string{"query.limit"}},
		"not_json":      {"POST", "/api/v1/transactions", `{"function":`, 400, nil},
		"no_body":       {"POST", "/api/v1/transactions", "", 400, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, registry.ModeDemo)
			answer := w.ask(c.method, c.path, c.body)
			p := problemIn(t, answer)
			if p.Status != c.status {
				t.Errorf("%d %s", p.Status, answer.Body)
			}
			for _, location := range c.locations {
				found := false
				for _, e := range p.Errors {
					found = found || e.Location == location && strings.IndexFunc(e.Message, isHan) >= 0 && e.Problem != ""
				}
				if !found {
					t.Errorf("%s is not named: %s", location, answer.Body)
				}
			}
		})
	}
}

func TestProblems_SpeakTheVisitorsLanguage(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	for header, chinese := range map[string]bool{"": true, "zh-CN,zh;q=0.9,en;q=0.8": true, "en-US,en;q=0.9": false, "en": false, "fr": true, "*": true, "en;q=0.1, zh;q=0.9": true, ";;;": true} {
		for _, c := range []struct{ method, path, body string }{
			{"GET", "/api/v1/applications/NONE", ""}, {"POST", "/api/v1/transactions", `{}`}, {"GET", "/api/v1/evidence/x", ""},
			{"POST", "/api/v1/transactions", `{"function":"registration:Delete","document":{},"certificate":"x","msp":"AgencyMSP"}`},
		} {
			p := problemIn(t, w.ask(c.method, c.path, c.body, "Accept-Language", header))
			if (strings.IndexFunc(p.Title, isHan) >= 0) != chinese {
				t.Errorf("%q %s: %q", header, c.path, p.Title)
			}
		}
	}
	if accepted("en") != locale.English {
		t.Error("English is not understood")
	}
}

// TestPrepare_Defects: nothing is prepared from a document that the function does not take.
func TestPrepare_Defects(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		code registry.Code
	}{
		"unknown_function":    {`{"function":"registration:Delete","document":{},"certificate":"x","msp":"AgencyMSP"}`, registry.CodeFunctionUnknown},
		"function_wrong_case": {`{"function":"registration:accept","document":{},"certificate":"x","msp":"AgencyMSP"}`, registry.CodeFunctionUnknown},
		"question":            {`{"function":"registration:FindAsset","document":{},"certificate":"x","msp":"AgencyMSP"}`, registry.CodeFunctionUnknown},
		"service_only":        {`{"function":"registration:RecordDocuments","document":{},"certificate":"x","msp":"AgencyMSP"}`, registry.CodeFunctionUnknown},
		"unknown_field":       {`{"function":"registration:Accept","document":{"admin":true},"certificate":"x","msp":"AgencyMSP"}`, registry.CodeDocumentInvalid},
		"document_no_object":  {`{"function":"registration:Accept","document":[1],"certificate":"x","msp":"AgencyMSP"}`, registry.CodeDocumentInvalid},
		"document_too_large":  {`{"function":"registration:Accept","document":{"key":"12345678","application":"` + strings.Repeat("A", registry.MaxDocumentBytes) + `"},"certificate":"x","msp":"AgencyMSP"}`, registry.CodeDocumentTooLarge},
		"certificate_no_pem":  {`{"function":"registration:Accept","document":{"key":"12345678","application":"A"},"certificate":"x","msp":"AgencyMSP"}`, registry.CodeIdentityInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, registry.ModeDemo)
			w.step = func(step, _ string) (desk.Transaction, error) {
				t.Errorf("%s was called", step)
				return desk.Transaction{}, nil
			}
			if p := problemIn(t, w.ask("POST", "/api/v1/transactions", c.body)); p.Code != c.code {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestPrepare_OnlyForThoseWhoCouldSignIn: anybody can make a certificate. What is prepared is stored, so it must be that of an account in force.
func TestPrepare_OnlyForThoseWhoCouldSignIn(t *testing.T) {
	const party = "12630200MBFAKE020X"
	selfMade := func(enrolment, role string) func(*testing.T, *world) []byte {
		return func(t *testing.T, _ *world) []byte {
			certificate, _ := ledgertest.Identity(t, registry.Actor{Enrolment: enrolment, Role: role, Party: party, Region: "630222"})
			return certificate
		}
	}
	own := func(enrolment string) func(*testing.T, *world) []byte {
		return func(_ *testing.T, w *world) []byte { return w.people[enrolment].Certificate }
	}
	ended := func(_ *testing.T, w *world) []byte {
		p := w.people["an-acceptor"]
		a := w.accounts[p.Actor.ID()]
		a.Status = registry.AccountRevoked
		w.accounts[a.ID()] = a
		return p.Certificate
	}
	for name, c := range map[string]struct {
		msp         string
		certificate func(*testing.T, *world) []byte
		status      int
		code        registry.Code
	}{
		"account_in_force":        {registry.MSPAgency, own("an-acceptor"), http.StatusCreated, ""},
		"administrator":           {registry.MSPBureau, own("bureau-admin"), http.StatusCreated, ""},
		"account_ended":           {registry.MSPAgency, ended, http.StatusForbidden, registry.CodeAccountInactive},
		"nobody":                  {registry.MSPAgency, selfMade("wang-acceptor", registry.RoleAcceptor), http.StatusForbidden, registry.CodeAccountUnknown},
		"key_of_ones_own":         {registry.MSPAgency, selfMade("an-acceptor", registry.RoleAcceptor), http.StatusForbidden, registry.CodeAccountDiffers},
		"other_organisation":      {registry.MSPExchange, own("an-acceptor"), http.StatusForbidden, registry.CodeAccountUnknown},
		"service":                 {registry.MSPAgency, selfMade("registryd", registry.RoleService), http.StatusForbidden, registry.CodeAccountUnknown},
		"self_made_administrator": {registry.MSPBureau, selfMade("bureau-admin", registry.RoleAdmin), http.StatusForbidden, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, registry.ModeDemo)
			w.join(registry.MSPBureau, "bureau-admin", registry.RoleAdmin, "11630200MBFAKE0126")
			prepared := false
			w.step = func(string, string) (desk.Transaction, error) {
				prepared = true
				return desk.Transaction{ID: "T1", State: desk.StatePrepared}, nil
			}
			body, err := json.Marshal(map[string]any{"function": "registration:Accept", "document": map[string]string{"key": "12345678", "application": "A"},
				"certificate": string(c.certificate(t, w)), "msp": c.msp})
			if err != nil {
				t.Fatal(err)
			}
			answer := w.ask("POST", "/api/v1/transactions", string(body))
			if answer.Code != c.status || prepared != (c.status == http.StatusCreated) {
				t.Errorf("%d %s; prepared: %t", answer.Code, answer.Body, prepared)
			}
			if c.code != "" && problemIn(t, answer).Code != c.code {
				t.Errorf("%s", answer.Body)
			}
		})
	}
}
