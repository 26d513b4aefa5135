package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// fakeSubmitted has one submission of every kind by ledu's body, the credit event about coop, and a batch from ledu to coop.
type fakeSubmitted struct{}

func (fakeSubmitted) Submissions(context.Context, desk.SubmissionFilter) (desk.SubmissionPage, error) {
	var all []registry.Submission
	for _, kind := range registry.SubmissionKinds {
		made := registry.Submission{ID: registry.SubmissionID(kind), Kind: kind, By: ledu}
		if kind == registry.SubmissionCredit {
			made.Credit = &registry.Credit{Party: coop}
		}
		all = append(all, made)
	}
	return desk.SubmissionPage{Submissions: all, AsOf: desk.AsOf{Block: 7, At: at}}, nil
}

func (fakeSubmitted) Batches(_ context.Context, f desk.BatchFilter) (desk.BatchPage, error) {
	b := registry.Batch{ID: "REC1", Sender: ledu, Receiver: coop}
	if f.Sender != "" && f.Sender != b.Sender || f.Receiver != "" && f.Receiver != b.Receiver {
		return desk.BatchPage{}, nil
	}
	return desk.BatchPage{Batches: []registry.Batch{b}}, nil
}

func (fakeSubmitted) Unfiled(context.Context) ([]registry.PartyID, error) { return nil, nil }

func (fakeSubmitted) Acts(_ context.Context, from, to time.Time, block uint64) ([]desk.ActCount, error) {
	if from.Format(time.RFC3339) != "2026-01-01T00:00:00+08:00" || to.Format(time.RFC3339) != "2027-01-01T00:00:00+08:00" || block != 7 {
		return nil, nil
	}
	return []desk.ActCount{{Function: "registration:Submit", Count: 3}}, nil
}

// TestSubmissions_WhatIsPublicOnesOwnOrOverseen.
func TestSubmissions_WhatIsPublicOnesOwnOrOverseen(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.join(registry.MSPBureau, "sun-supervisor", registry.RoleSupervisor, "11630200MBFAKE0126")
	w.join(registry.MSPRegulator, "regulator-1", registry.RoleRegulator, "11630200MBFAKE0126")
	for visitor, want := range map[string]int{"": 2, "an-acceptor": 2, "he-applicant": 3, "ledu-applicant": 5, "sun-supervisor": 5, "regulator-1": 5} {
		w.session = visitor
		answer := w.ask("GET", "/api/v1/submissions", "")
		var v submissionsView
		if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil || len(v.Submissions) != want {
			t.Errorf("%q: %d %s", visitor, answer.Code, answer.Body)
		}
	}
	for path, want := range map[string]int{"/api/v1/batches": 0, "/api/v1/batches?side=sender": 1} {
		w.session = "ledu-applicant"
		answer := w.ask("GET", path, "")
		var v batchesView
		if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil || len(v.Batches) != want {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
	}
}

// TestFigures_OfACivilYearUpToABlock: not beyond what was read of the ledger.
func TestFigures_OfACivilYearUpToABlock(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.session = "he-applicant"
	answer := w.ask("GET", "/api/v1/figures/2026?block=7", "")
	var v desk.YearFigures
	if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil || len(v.Acts) != 1 || v.Acts[0].Count != 3 || v.Block != 7 || v.Year != 2026 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if answer := w.ask("GET", "/api/v1/figures/2026?block=8", ""); answer.Code != http.StatusNotFound {
		t.Errorf("a block that is not there: %d %s", answer.Code, answer.Body)
	}
	if body, digest, err := v.Document(); err != nil || string(body) != `{"acts":[{"count":3,"function":"registration:Submit"}],"block":7,"year":2026}` || len(digest) != 64 {
		t.Errorf("%s %s %v", body, digest, err)
	}
}
