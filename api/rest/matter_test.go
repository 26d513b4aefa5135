package rest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// sampleMatter is a report of he-applicant about ledu's body.
func sampleMatter() registry.Matter {
	return registry.Matter{ID: registry.MatterID(registry.DerivedID("SUP", "t0")), Kind: registry.MatterReport, Filer: "AgencyMSP/he-applicant", FilerBody: coop, About: registry.About{Party: ledu},
		Statement: registry.Material{Kind: registry.MaterialStatement, CID: "cid-of-statement", Commitment: strings.Repeat("0", 64), Size: 3}, Status: registry.MatterClosed,
		Result: &registry.MatterResult{Outcome: "UPHELD", Document: registry.Material{Kind: registry.MaterialDecision, CID: "cid-of-result"}},
		Steps:  []registry.MatterStep{{Act: registry.MatterFiled, Status: registry.MatterOpen, At: at, TxID: "t0", Actor: "AgencyMSP/he-applicant"}}}
}

// TestMatters_OnesOwnOrForThoseWhoSupervise: officers of the unit concerned are not among them.
func TestMatters_OnesOwnOrForThoseWhoSupervise(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	other := sampleMatter()
	other.ID, other.Filer, other.About.Party = "SUP2", "AgencyMSP/li-applicant", coop
	w.matters = []registry.Matter{sampleMatter(), other}
	w.join(registry.MSPBureau, "sun-supervisor", registry.RoleSupervisor, "11630200MBFAKE0126")
	w.join(registry.MSPBureau, "wu-supervisor", registry.RoleSupervisor, ledu)
	w.join(registry.MSPRegulator, "regulator-1", registry.RoleRegulator, "11630200MBFAKE0126")
	for visitor, c := range map[string]struct {
		count     int
		documents bool
	}{"he-applicant": {1, true}, "an-acceptor": {0, false}, "ledu-applicant": {0, false}, "sun-supervisor": {2, true}, "wu-supervisor": {1, true}, "regulator-1": {2, false}} {
		w.session = visitor
		answer := w.ask("GET", "/api/v1/matters", "")
		var v mattersView
		if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil || len(v.Matters) != c.count || v.AsOf.Block != 7 {
			t.Errorf("%s: %d %s", visitor, answer.Code, answer.Body)
		}
		if got := strings.Contains(answer.Body.String(), "cid-of-statement"); got != c.documents {
			t.Errorf("%s sees documents: %v", visitor, got)
		}
	}
}

// TestReport_ItsNumberTellsHowFarItIs: and neither who filed it, whom it concerns, nor who handles it.
func TestReport_ItsNumberTellsHowFarItIs(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	complaint := sampleMatter()
	complaint.ID, complaint.Kind = registry.MatterID(registry.DerivedID("SUP", "t1")), registry.MatterComplaint
	w.matters = []registry.Matter{sampleMatter(), complaint}
	answer := w.ask("GET", "/api/v1/reports/"+string(w.matters[0].ID), "")
	if body := answer.Body.String(); answer.Code != http.StatusOK || !strings.Contains(body, `"outcome":"UPHELD"`) || strings.Contains(body, "he-applicant") || strings.Contains(body, string(ledu)) || strings.Contains(body, "cid-of") {
		t.Errorf("%d %s", answer.Code, body)
	}
	for _, id := range []registry.MatterID{complaint.ID, "SUPAAAAAAAAAAAAAAAAA", "x"} {
		if answer := w.ask("GET", "/api/v1/reports/"+string(id), ""); answer.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", id, answer.Code, answer.Body)
		}
	}
}
