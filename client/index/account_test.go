package index

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func account(enrolment, owner string, status registry.AccountStatus, created time.Time) registry.Account {
	return registry.Account{MSP: "AgencyMSP", Enrolment: enrolment, Owner: registry.PersonID("AgencyMSP/" + owner), Party: "P1", Role: "applicant", Status: status,
		Mark: registry.Mark{CreatedAt: created}}
}

// accountChain has three people, one of them with two devices, and a member of another organisation.
func accountChain(t testing.TB) *chain {
	c := &chain{t: t}
	writes := map[string]any{}
	exchange := account("zhao", "zhao", registry.AccountEnabled, started)
	exchange.MSP, exchange.Owner, exchange.Party = "ExchangeMSP", "ExchangeMSP/zhao", "P2"
	for i, a := range []registry.Account{exchange, account("bai", "bai", registry.AccountApplied, started.Add(2*time.Hour)), account("an", "an", registry.AccountApplied, started.Add(3*time.Hour)),
		account("bai-phone", "bai", registry.AccountEnabled, started.Add(4*time.Hour)), account("cao", "cao", registry.AccountApplied, started.Add(2*time.Hour))} {
		writes[fmt.Sprintf("\x00ACC\x00%s\x00%s\x00", a.MSP, a.Enrolment)] = a
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", i), "account:Apply", writes))
		clear(writes)
	}
	return c
}

func TestAccounts_FiltersAndPages(t *testing.T) {
	x := open(t)
	fold(t, x, accountChain(t).blocks...)
	for name, c := range map[string]struct {
		filter AccountFilter
		want   string
	}{
		"all_oldest_first":  {AccountFilter{}, "zhao bai cao an bai-phone"},
		"waiting":           {AccountFilter{Statuses: []registry.AccountStatus{registry.AccountApplied}}, "bai cao an"},
		"two_statuses":      {AccountFilter{Statuses: []registry.AccountStatus{registry.AccountApplied, registry.AccountEnabled}, MSP: "AgencyMSP"}, "bai cao an bai-phone"},
		"devices_of_person": {AccountFilter{Owner: "AgencyMSP/bai"}, "bai bai-phone"},
		"of_party":          {AccountFilter{Party: "P2"}, "zhao"},
		"of_organisation":   {AccountFilter{MSP: "ExchangeMSP"}, "zhao"},
		"nobody":            {AccountFilter{MSP: "BureauMSP"}, ""},
		"hostile_value":     {AccountFilter{MSP: "' OR 1=1 --"}, ""},
	} {
		for limit := 1; limit <= 6; limit++ {
			var names []string
			f := c.filter
			f.Limit = limit
			for pages := 0; pages < 10; pages++ {
				found, next, err := x.Accounts(context.Background(), f)
				if err != nil || len(found) > limit {
					t.Fatalf("%s: %d accounts of at most %d: %v", name, len(found), limit, err)
				}
				for _, a := range found {
					names = append(names, a.Enrolment)
				}
				if f.After = next; next == "" {
					break
				}
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("%s in pages of %d: %q, want %q", name, limit, got, c.want)
			}
		}
	}
}

func TestAccount_ByItsName(t *testing.T) {
	x := open(t)
	fold(t, x, accountChain(t).blocks...)
	if a, err := x.Account(context.Background(), "ExchangeMSP/zhao"); err != nil || a.Party != "P2" {
		t.Errorf("%+v %v", a, err)
	}
	for _, id := range []registry.PersonID{"AgencyMSP/zhao", "zhao", ""} {
		if _, err := x.Account(context.Background(), id); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// TestLists_AreReadFromAnIndex: what waits, what a person or a party has is found in order, without sorting.
func TestLists_AreReadFromAnIndex(t *testing.T) {
	x := open(t)
	for name, l := range map[string]list{
		"accounts_status":        AccountFilter{Statuses: []registry.AccountStatus{registry.AccountApplied}, MSP: "AgencyMSP"}.list(),
		"accounts_owner":         AccountFilter{Owner: "AgencyMSP/bai"}.list(),
		"accounts_party":         AccountFilter{Party: "P1"}.list(),
		"accounts_contract":      AccountFilter{Contract: "CTR"}.list(),
		"mandates_principal":     MandateFilter{Principal: "P1"}.list(),
		"mandates_agent":         MandateFilter{Agent: "AgencyMSP/ma"}.list(),
		"objections_application": ObjectionFilter{Application: "A1"}.list(),
		"objections_objector":    ObjectionFilter{Objector: "P1"}.list(),
		"assets_holder":          AssetFilter{Holder: "P1"}.list(),
		"assets_status":          AssetFilter{Statuses: []registry.AssetStatus{registry.AssetActive}}.list(),
		"items_provider":         ItemFilter{Provider: "P1"}.list(),
		"items_region":           ItemFilter{Region: "630222"}.list(),
		"grants_asset":           GrantFilter{Asset: "AST1"}.list(),
		"grants_grantor":         GrantFilter{Grantor: "P1"}.list(),
		"grants_grantee":         GrantFilter{Grantee: "P1"}.list(),
		"grants_status":          GrantFilter{Statuses: []registry.GrantStatus{registry.GrantProposed}}.list(),
		"disputes_asset":         DisputeFilter{Asset: "AST1"}.list(),
		"disputes_objector":      DisputeFilter{Objector: "P1"}.list(),
		"disputes_registrant":    DisputeFilter{Registrant: "P1"}.list(),
		"disputes_status":        DisputeFilter{Statuses: []registry.DisputeStatus{registry.DisputeFiled}}.list(),
		"notices_to":             NoticeFilter{To: "P1"}.list(),
		"notices_case":           NoticeFilter{Case: "APP1"}.list(),
		"notices_status":         NoticeFilter{Statuses: []registry.NoticeStatus{registry.NoticeUnserved}}.list(),
		"submissions_by":         SubmissionFilter{By: "P1"}.list(),
		"submissions_kind":       SubmissionFilter{Kinds: []registry.SubmissionKind{registry.SubmissionDisclosure}}.list(),
		"submissions_credited":   SubmissionFilter{Credited: "P1"}.list(),
		"batches_sender":         BatchFilter{Sender: "P1"}.list(),
		"batches_receiver":       BatchFilter{Receiver: "P1"}.list(),
		"matters_status":         MatterFilter{Statuses: []registry.MatterStatus{registry.MatterOpen}}.list(),
		"matters_filer":          MatterFilter{Filer: "AgencyMSP/he"}.list(),
		"matters_about":          MatterFilter{About: "P1"}.list(),
		"matters_ordered":        MatterFilter{Ordered: "P1"}.list(),
		"usage_grant":            UsageFilter{Grant: "GRT1"}.list(),
		"operationplans_body":    OperationPlanFilter{Body: "P1"}.list(),
		"operationplans_status":  OperationPlanFilter{Statuses: []registry.PlanStatus{registry.PlanDraft}}.list(),
		"limits_asset":           LimitFilter{Asset: "AST1"}.list(),
		"limits_kind":            LimitFilter{Kinds: []registry.LimitKind{registry.LimitSeizure}}.list(),
	} {
		for _, l.after = range []string{"", "2026-11-24T02:00:00Z|AgencyMSP bai"} {
			if plan := explain(t, x, l); !strings.Contains(plan, name) || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%+v: %s", l, plan)
			}
		}
	}
}

func explain(t *testing.T, x *Index, l list) string {
	t.Helper()
	query, args := l.query()
	rows, err := x.db.DB.Query("EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	plan := ""
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan += detail + "; "
	}
	return plan
}

// TestMandatesAndContracts_OfWhomTheyConcern lists them newest first.
func TestMandatesAndContracts_OfWhomTheyConcern(t *testing.T) {
	x, c := open(t), &chain{t: t}
	mark := func(hour int) registry.Mark {
		return registry.Mark{CreatedAt: started.Add(time.Duration(hour) * time.Hour)}
	}
	c.add([]peer.TxValidationCode{valid}, c.tx("t0", "mandate:Grant", map[string]any{
		"\x00MDT\x00M1\x00": registry.Mandate{ID: "M1", Principal: "P1", Agent: "AgencyMSP/ma", Status: registry.MandateRevoked, Mark: mark(0)},
		"\x00MDT\x00M2\x00": registry.Mandate{ID: "M2", Principal: "P1", Agent: "AgencyMSP/tao", Status: registry.MandateActive, Mark: mark(1)},
		"\x00MDT\x00M3\x00": registry.Mandate{ID: "M3", Principal: "P2", Agent: "AgencyMSP/ma", Status: registry.MandateActive, Mark: mark(2)},
		"\x00CTR\x00C1\x00": registry.Contract{ID: "C1", Contractor: "P2", Status: registry.ContractEnded, Mark: mark(0)},
		"\x00CTR\x00C2\x00": registry.Contract{ID: "C2", Contractor: "P2", Status: registry.ContractActive, Mark: mark(1)}}))
	fold(t, x, c.blocks...)
	ctx := context.Background()
	for name, f := range map[string]MandateFilter{"M3 M2 M1": {}, "M2 M1": {Principal: "P1"}, "M3 M1": {Agent: "AgencyMSP/ma"},
		"M3": {Agent: "AgencyMSP/ma", Statuses: []registry.MandateStatus{registry.MandateActive}}, "": {Principal: "P3"}} {
		found, _, err := x.Mandates(ctx, f)
		var names []string
		for _, m := range found {
			names = append(names, string(m.ID))
		}
		if err != nil || strings.Join(names, " ") != name {
			t.Errorf("%+v finds %v (%v)", f, names, err)
		}
	}
	first, next, err := x.Contracts(ctx, ContractFilter{Contractor: "P2", Limit: 1})
	if err != nil || len(first) != 1 || first[0].ID != "C2" {
		t.Fatalf("%+v %v", first, err)
	}
	second, next, err := x.Contracts(ctx, ContractFilter{Contractor: "P2", Limit: 1, After: next})
	if err != nil || len(second) != 1 || second[0].ID != "C1" || next != "" {
		t.Errorf("%+v %q %v", second, next, err)
	}
	if ended, _, _ := x.Contracts(ctx, ContractFilter{Statuses: []registry.ContractStatus{registry.ContractEnded}}); len(ended) != 1 || ended[0].ID != "C1" {
		t.Errorf("%+v", ended)
	}
}
