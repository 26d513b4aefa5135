package index

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/question"
)

// asked answers a question or ends the test.
func asked(t testing.TB, x *Index, name string, values map[string]string) question.Answer {
	t.Helper()
	q, err := question.Parse(name, values)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	a, err := x.Ask(context.Background(), q, started.AddDate(0, 0, 30))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return a
}

// cell is a cell of a row by its column.
func cell(a question.Answer, row int, column string) string {
	i := slices.IndexFunc(a.Columns, func(c question.Field) bool { return c.Name == column })
	if i < 0 || row >= len(a.Rows) {
		return "?"
	}
	return a.Rows[row][i]
}

// questionChain has a registration from filing to certificate, another one that is late, accounts of an agreement that has ended, an objection,
// and an invalid transaction.
func questionChain(t testing.TB) *chain {
	c := &chain{t: t}
	day := func(n int) time.Time { return started.AddDate(0, 0, n) }
	mark := registry.Mark{CreatedAt: started, UpdatedAt: day(3)}
	app := application("A1", "民和县设施农业数据集", registry.StatusSubmitted, day(3))
	app.Registrar, app.ApplicantPerson = "R1", "AgencyMSP/he"
	c.add([]peer.TxValidationCode{valid}, c.tx("t0", "registration:Submit", map[string]any{appKey("A1"): app,
		"\x00ACC\x00AgencyMSP\x00he\x00": registry.Account{MSP: "AgencyMSP", Enrolment: "he", Party: "P1", Role: "applicant", Status: registry.AccountEnabled, Mark: mark}}))
	done := app
	done.Status, done.Deadlines = registry.StatusRegistered, nil
	done.History = []registry.Step{{Act: registry.ActSubmit, To: registry.StatusSubmitted, At: started}, {Act: registry.ActReturn, At: day(1)}, {Act: registry.ActRegister, To: registry.StatusRegistered, At: day(4)}}
	c.add([]peer.TxValidationCode{valid, peer.TxValidationCode_MVCC_READ_CONFLICT},
		c.tx("t1", "registration:Register", map[string]any{appKey("A1"): done,
			"\x00AST\x00S1\x00": registry.Asset{ID: "S1", Holder: "P1", Status: registry.AssetActive, Certificate: "C1", Content: registry.Content{DataName: "民和县设施农业数据集", Region: "630222"}, ValidUntil: "2027-01-10", Mark: mark},
			"\x00CRT\x00C1\x00": registry.Certificate{Number: "C1", Asset: "S1", Holder: "P1", Status: registry.CertificateValid, ValidUntil: "2027-01-10", Mark: mark}}),
		c.tx("t2", "registration:Submit", nil))
	late := application("A2", "乐都区气象观测数据", registry.StatusAccepted, day(5))
	late.Reviewer, late.Registrar = "AgencyMSP/bai", "R1"
	late.Deadlines[0].Kind, late.Deadlines[0].Effect = registry.DeadlineReview, registry.EffectDuty
	c.add([]peer.TxValidationCode{valid}, c.tx("t3", "contract:End", map[string]any{appKey("A2"): late,
		"\x00CTR\x00K1\x00":              registry.Contract{ID: "K1", Contractor: "P2", Status: registry.ContractEnded, End: &registry.ContractEnd{At: day(2)}, Until: "2030-01-01", Mark: mark},
		"\x00ACC\x00AgencyMSP\x00x1\x00": registry.Account{MSP: "AgencyMSP", Enrolment: "x1", Party: "P2", Contract: "K1", Status: registry.AccountEnabled, Mark: mark},
		"\x00ACC\x00AgencyMSP\x00x2\x00": registry.Account{MSP: "AgencyMSP", Enrolment: "x2", Party: "P2", Contract: "K1", Status: registry.AccountRevoked, Mark: mark},
		"\x00OBJ\x00A2\x001\x00":         registry.Objection{Application: "A2", N: 1, Objector: "P3", Status: registry.ObjectionOpen, FiledAt: day(1), Mark: mark}}))
	frozen := registry.Asset{ID: "S1", Holder: "P1", Status: registry.AssetCancelled, Certificate: "C1", Mark: mark}
	c.add([]peer.TxValidationCode{valid}, c.tx("t4", "registration:Cancel", map[string]any{"\x00AST\x00S1\x00": frozen}))
	return c
}

func TestAsk_EveryQuestion(t *testing.T) {
	x := open(t)
	fold(t, x, questionChain(t).blocks...)
	for _, tc := range []struct {
		name   string
		values map[string]string
		rows   int
		cells  map[string]string // of the first row
	}{
		{"registrations", nil, 1, map[string]string{"asset": "S1", "status": "CANCELLED"}},
		{"registrations", map[string]string{"holder": "P9"}, 0, nil},
		{"certificates", nil, 1, map[string]string{"certificate": "C1", "daysLeft": "17"}},
		{"certificates", map[string]string{"within": "16"}, 0, nil},
		{"certificates", map[string]string{"within": "17", "status": "VALID"}, 1, nil},
		{"history", map[string]string{"object": "AST", "id": "S1"}, 2, map[string]string{"block": "1", "function": "registration:Register", "account": "/?", "status": "ACTIVE", "transaction": "t1"}},
		{"history", map[string]string{"object": "ACC", "id": "AgencyMSP/he"}, 1, map[string]string{"status": "ENABLED"}},
		{"state", map[string]string{"object": "AST", "block": "2"}, 1, map[string]string{"id": "S1", "status": "ACTIVE", "block": "1"}},
		{"state", map[string]string{"object": "AST", "block": "3"}, 1, map[string]string{"status": "CANCELLED"}},
		{"state", map[string]string{"object": "AST", "block": "0"}, 0, nil},
		{"state", map[string]string{"object": "AST", "day": "2026-11-23"}, 0, nil},
		{"state", map[string]string{"object": "AST", "day": "2026-11-24", "id": "S1"}, 1, map[string]string{"status": "CANCELLED"}},
		{"party-acts", map[string]string{"party": "P1"}, 0, nil}, // the transactions of this chain have no creator
		{"changes", map[string]string{"fromBlock": "3"}, 1, map[string]string{"object": "AST", "before": "ACTIVE", "after": "CANCELLED", "transaction": "t4"}},
		{"changes", map[string]string{"fromBlock": "1", "toBlock": "1", "object": "APP"}, 1, map[string]string{"before": "SUBMITTED", "after": "REGISTERED"}},
		{"changes", map[string]string{"from": "2026-11-25"}, 0, nil},
		{"accounts", map[string]string{"status": "ENABLED"}, 2, nil},
		{"contracts", nil, 1, map[string]string{"contract": "K1", "status": "ENDED", "endedAt": "2026-11-26T02:00:00Z"}},
		{"accounts-after-contract", nil, 1, map[string]string{"account": "AgencyMSP/x1", "contractStatus": "ENDED"}},
		{"objections", map[string]string{"status": "OPEN"}, 1, map[string]string{"application": "A2", "number": "1", "objector": "P3"}},
		{"overdue", nil, 1, map[string]string{"application": "A2", "deadline": "REVIEW", "obliged": "R1", "account": "AgencyMSP/bai"}},
		{"overdue", map[string]string{"account": "AgencyMSP/an"}, 0, nil},
		{"handling", nil, 1, map[string]string{"month": "2026-11", "registered": "1", "medianDays": "4.0", "onTime": "1", "returned": "1"}},
		{"handling", map[string]string{"from": "2026-12-01"}, 0, nil},
		{"refused", nil, 1, map[string]string{"transaction": "t2", "code": "MVCC_READ_CONFLICT"}},
	} {
		a := asked(t, x, tc.name, tc.values)
		if len(a.Rows) != tc.rows || a.Block != 3 || len(a.Digest()) != 64 {
			t.Errorf("%s %v: %d rows as of %d: %v", tc.name, tc.values, len(a.Rows), a.Block, a.Rows)
		}
		for column, want := range tc.cells {
			if got := cell(a, 0, column); got != want {
				t.Errorf("%s %v: %s is %q, want %q", tc.name, tc.values, column, got, want)
			}
		}
		for _, row := range a.Rows {
			if len(row) != len(a.Columns) {
				t.Errorf("%s: a row has %d cells for %d columns", tc.name, len(row), len(a.Columns))
			}
		}
	}
	for _, q := range question.All { // every parameter has a condition, so that none is silently ignored
		for _, p := range q.Parameters {
			if q.Name == "handling" || q.Name == "state" && (p.Name == "block" || p.Name == "day") {
				continue
			}
			if plans[q.Name].where[p.Name] == "" {
				t.Errorf("%s ignores %s", q.Name, p.Name)
			}
		}
		if q.Name != "handling" && len(plans[q.Name].cells) != len(q.Columns) {
			t.Errorf("%s has %d columns, the plan %d", q.Name, len(q.Columns), len(plans[q.Name].cells))
		}
	}
}

// TestAsk_PagesAreTheWhole: page by page, every question gives what it gives at once.
func TestAsk_PagesAreTheWhole(t *testing.T) {
	x, c := open(t), questionChain(t)
	for i := range 23 {
		id := fmt.Sprintf("S%02d", i)
		c.add([]peer.TxValidationCode{valid, peer.TxValidationCode_MVCC_READ_CONFLICT}, c.tx("n"+id, "registration:Register", map[string]any{
			"\x00AST\x00" + id + "\x00": registry.Asset{ID: registry.AssetID(id), Holder: "P1", Status: registry.AssetActive, Mark: registry.Mark{CreatedAt: started}},
			"\x00CRT\x00" + id + "\x00": registry.Certificate{Number: registry.CertificateNumber(id), ValidUntil: "2030-01-01"}}), c.tx("r"+id, "registration:Register", nil))
	}
	fold(t, x, c.blocks...)
	for _, tc := range []struct {
		name   string
		values map[string]string
	}{{"registrations", nil}, {"certificates", nil}, {"changes", nil}, {"refused", nil}, {"state", map[string]string{"object": "CRT"}}} {
		q, err := question.Parse(tc.name, tc.values)
		if err != nil {
			t.Fatal(err)
		}
		q.Limit = question.MaxRows
		whole, err := x.Ask(context.Background(), q, started)
		if err != nil {
			t.Fatal(err)
		}
		var pieces [][]string
		for q.Limit, q.After = 5, ""; ; {
			page, err := x.Ask(context.Background(), q, started)
			if err != nil {
				t.Fatal(err)
			}
			pieces = append(pieces, page.Rows...)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if len(whole.Rows) < 23 || fmt.Sprint(pieces) != fmt.Sprint(whole.Rows) {
			t.Errorf("%s: %d rows in pages, %d at once", tc.name, len(pieces), len(whole.Rows))
		}
	}
}

// TestAsk_NothingThatWasTypedIsExecuted: values are values.
func TestAsk_NothingThatWasTypedIsExecuted(t *testing.T) {
	x := open(t)
	fold(t, x, questionChain(t).blocks...)
	for _, hostile := range []string{"' OR 1 = 1 --", "{today}", "?", "\x00", strings.Repeat("长", 60)} {
		if a := asked(t, x, "registrations", map[string]string{"holder": hostile}); len(a.Rows) != 0 {
			t.Errorf("%q finds %v", hostile, a.Rows)
		}
	}
}
