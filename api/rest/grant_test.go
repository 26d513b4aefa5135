package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/odrl"
)

// fakeGrants has grants and no plans.
type fakeGrants struct{ w *world }

func (fakeGrants) Head(context.Context, registry.GrantID) (registry.Head, error) {
	return registry.Head{Seq: 5, Used: 4, Batches: 1}, nil
}

func (fakeGrants) UsageBatches(context.Context, desk.UsageFilter) (desk.List[registry.UsageBatch], error) {
	return desk.List[registry.UsageBatch]{All: []registry.UsageBatch{{First: 1, Last: 5, Accepted: 4, Refused: 1}}, AsOf: desk.AsOf{Block: 7, At: at}}, nil
}

func (fakeGrants) OperationPlans(context.Context, desk.OperationPlanFilter) (desk.List[registry.Plan], error) {
	return desk.List[registry.Plan]{}, nil
}

func (fakeGrants) OperationPlan(context.Context, registry.PlanID) (registry.Plan, error) {
	return registry.Plan{}, desk.ErrNotFound
}

func (f fakeGrants) Grants(_ context.Context, filter desk.GrantFilter) (desk.List[registry.Grant], error) {
	list := desk.List[registry.Grant]{AsOf: desk.AsOf{Block: 7, At: at}}
	for _, g := range f.w.grants {
		if (filter.Grantor == "" || filter.Grantor == g.Grantor) && (filter.Grantee == "" || filter.Grantee == g.Grantee) && (len(filter.Statuses) == 0 || slices.Contains(filter.Statuses, g.Status)) {
			list.All = append(list.All, g)
		}
	}
	return list, nil
}

func (f fakeGrants) Grant(_ context.Context, id registry.GrantID) (registry.Grant, error) {
	for _, g := range f.w.grants {
		if g.ID == id {
			return g, nil
		}
	}
	return registry.Grant{}, desk.ErrNotFound
}

// judge answers as the ledger does for a grant in force.
func (w *world) judge(document []byte) ([]byte, error) {
	var request registry.CheckUseRequest
	if err := registry.Decode(document, &request); err != nil {
		return nil, err
	}
	g, err := fakeGrants{w}.Grant(context.Background(), request.Grant)
	if err != nil {
		return nil, err
	}
	var refusals registry.Refusals
	if refusal := registry.Judge(g.Policy, request.Use, request.Counters, at); refusal != nil {
		refusals = append(refusals, refusal)
	}
	return json.Marshal(registry.NewVerdict(registry.Facts{At: at}, refusals))
}

func sampleGrant() registry.Grant {
	return registry.Grant{ID: registry.GrantID(registry.DerivedID("GRT", "t0")), Kind: registry.GrantLicence, Asset: "AST1", Grantor: coop, Grantee: ledu, Status: registry.GrantActive,
		Policy: registry.Policy{Right: registry.RightUse, Purposes: []string{"INDUSTRY"}, Scope: []string{"*"}, Modes: []string{"API"}, Spatial: []string{"630200"}, From: "2026-01-01", To: "2099-12-31", Quota: registry.Quota{Unit: "CALL", Quantity: 10}}}
}

const usePhrase = `{"use":{"right":"USE","purpose":"INDUSTRY","part":"sales","mode":"API","region":"630222","unit":"CALL","quantity":1}}`

func TestGrants_EachSideSeesItsOwn(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	other := sampleGrant()
	other.ID, other.Grantor, other.Grantee = "GRT2", ledu, "91630203MAFAKE086T"
	w.grants = []registry.Grant{sampleGrant(), other}
	w.join(registry.MSPBureau, "sun-supervisor", registry.RoleSupervisor, "11630200MBFAKE0126")
	for question, c := range map[string]struct {
		who   string
		count int
	}{"?side=grantor": {"he-applicant", 1}, "": {"he-applicant", 0}, "?side=grantee": {"ledu-applicant", 1}, "?side=grantor&status=ACTIVE": {"ledu-applicant", 1}, "?status=REVOKED": {"ledu-applicant", 0}, "?limit=7": {"sun-supervisor", 2}, "?limit=8": {"an-acceptor", 0}} {
		w.session = c.who
		answer := w.ask("GET", "/api/v1/grants"+question, "")
		var v grantsView
		if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil || len(v.Grants) != c.count || v.AsOf.Block != 7 {
			t.Errorf("%s by %s: %d %s", question, c.who, answer.Code, answer.Body)
		}
	}
}

// TestGrant_VerdictAndODRL: the answer says why not, with the article; the export is a policy that decides alike.
func TestGrant_VerdictAndODRL(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.grants, w.session = []registry.Grant{sampleGrant()}, "ledu-applicant"
	path := "/api/v1/grants/" + string(sampleGrant().ID)
	for body, want := range map[string]registry.Code{usePhrase: "", strings.Replace(usePhrase, "INDUSTRY", "SECTOR", 1): registry.CodeUsePurpose, strings.Replace(usePhrase, `{"use"`, `{"used":10,"use"`, 1): registry.CodeQuotaExceeded} {
		answer := w.ask("POST", path+"/verdict", body)
		var v useVerdict
		if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil || v.Allowed != (want == "") || v.Code != want || want != "" && !strings.Contains(v.Detail, "第三十六条") {
			t.Errorf("%s: %d %s", body, answer.Code, answer.Body)
		}
	}
	if answer := w.ask("GET", path, ""); !strings.Contains(answer.Body.String(), `"used":4`) {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	answer := w.ask("GET", path+"/odrl", "")
	var document map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &document); err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	p, err := odrl.Policy(answer.Body.Bytes())
	if err != nil || p.Quota.Quantity != 10 || document["hh:status"] != "SUSPENDED" /* its page is not in force */ {
		t.Errorf("%v: %s", err, answer.Body)
	}
}
