package person

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

func TestAct_Committed(t *testing.T) {
	site := newFakeSite(t)
	done, err := newPerson(t, site).Act(context.Background(), "registration:Accept", request)
	if err != nil || done.Receipt.Status != "ACCEPTED" || done.Receipt.TxID != done.TxID || done.Block != 7 || len(site.peer.submitted) != 1 {
		t.Errorf("%+v %v, sent %d times", done, err, len(site.peer.submitted))
	}
}

func TestAct_ConflictIsPreparedAnew(t *testing.T) {
	site := newFakeSite(t)
	site.peer.outcomes = []peer.TxValidationCode{peer.TxValidationCode_MVCC_READ_CONFLICT, peer.TxValidationCode_VALID}
	if _, err := newPerson(t, site).Act(context.Background(), "registration:Accept", request); err != nil || site.peer.endorsed != 2 {
		t.Errorf("%v, endorsed %d times", err, site.peer.endorsed)
	}
}

// TestAct_NotEndorsedIsPreparedAnew: nothing was sent, and the reason passes.
func TestAct_NotEndorsedIsPreparedAnew(t *testing.T) {
	site := newFakeSite(t)
	site.peer.refusal = status.Error(codes.Unavailable, "no peers available")
	prepared := 0
	site.around = func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		if r.Method == http.MethodPost {
			if prepared++; prepared == 2 {
				site.peer.refusal = nil
			}
		}
		real.ServeHTTP(w, r)
	}
	if _, err := newPerson(t, site).Act(context.Background(), "registration:Accept", request); err != nil || prepared != 2 || len(site.peer.submitted) != 1 {
		t.Errorf("%v, prepared %d times, sent %d times", err, prepared, len(site.peer.submitted))
	}
}

func TestAct_EndlessConflictEnds(t *testing.T) {
	site := newFakeSite(t)
	site.peer.outcomes = []peer.TxValidationCode{peer.TxValidationCode_MVCC_READ_CONFLICT}
	_, err := newPerson(t, site).Act(context.Background(), "registration:Accept", request)
	var p *Problem
	if !errors.As(err, &p) || p.kind() != "conflict" || site.peer.endorsed != maxAttempts {
		t.Errorf("%v, endorsed %d times", err, site.peer.endorsed)
	}
}

func TestAct_RefusalIsFinalAndSaysWhy(t *testing.T) {
	site := newFakeSite(t)
	site.peer.refusal = status.Error(codes.Aborted, "chaincode response 500, "+registry.Refuse(registry.CodeTooEarly, registry.RulePublicity).Error())
	_, err := newPerson(t, site).Act(context.Background(), "registration:Accept", request)
	var p *Problem
	if !errors.As(err, &p) || p.Code != registry.CodeTooEarly || p.Rule != registry.RulePublicity || !strings.Contains(err.Error(), "公示期未满。") {
		t.Errorf("%v", err)
	}
	if site.peer.endorsed != 1 || site.signatures != 1 {
		t.Errorf("endorsed %d times, %d signatures", site.peer.endorsed, site.signatures)
	}
}

func TestAct_RequestThatCannotBeWrittenIsNotSent(t *testing.T) {
	site := newFakeSite(t)
	site.around = func(w http.ResponseWriter, r *http.Request, _ http.Handler) { t.Errorf("%s %s", r.Method, r.URL) }
	for function, document := range map[string]any{"registration:Accept": map[string]string{"applicant": "x"}, "account:Enable": struct{}{}} {
		var refusal *registry.Refusal
		if _, err := newPerson(t, site).Act(context.Background(), function, document); !errors.As(err, &refusal) {
			t.Errorf("%s: %v", function, err)
		}
	}
}

// TestAct_LostAnswers: a step whose answer, or which itself, is lost on the way is neither doubled nor taken for a failure.
func TestAct_LostAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		step    string
		arrives bool
	}{
		"endorsement_arrives": {"/endorsement", true},
		"endorsement_is_lost": {"/endorsement", false},
		"submission_arrives":  {"/submission", true},
		"submission_is_lost":  {"/submission", false},
	} {
		t.Run(name, func(t *testing.T) {
			site := newFakeSite(t)
			lostOnce := false
			site.around = func(w http.ResponseWriter, r *http.Request, real http.Handler) {
				if lostOnce || !strings.HasSuffix(r.URL.Path, c.step) {
					real.ServeHTTP(w, r)
					return
				}
				lostOnce = true
				if c.arrives {
					real.ServeHTTP(httptest.NewRecorder(), r)
				}
				panic(http.ErrAbortHandler)
			}
			done, err := newPerson(t, site).Act(context.Background(), "registration:Accept", request)
			if err != nil || done.Receipt.Status != "ACCEPTED" || done.Block != 7 || !lostOnce {
				t.Errorf("%+v %v", done, err)
			}
			if site.peer.endorsed != 1 || len(site.peer.submitted) != 1 {
				t.Errorf("endorsed %d times, sent %d times", site.peer.endorsed, len(site.peer.submitted))
			}
		})
	}
}

// TestAct_UnknownIsAskedForNeverSentAnew: the site says nothing after it took the submission.
func TestAct_UnknownIsAskedForNeverSentAnew(t *testing.T) {
	site := newFakeSite(t)
	asked := 0
	site.around = func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/submission"):
			real.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		case r.Method == http.MethodGet && asked < 3:
			asked++
			panic(http.ErrAbortHandler)
		}
		real.ServeHTTP(w, r)
	}
	done, err := newPerson(t, site).Act(context.Background(), "registration:Accept", request)
	if err != nil || done.Block != 7 || asked != 3 || site.peer.endorsed != 1 || len(site.peer.submitted) != 1 {
		t.Errorf("%+v %v, asked %d times, endorsed %d times, sent %d times", done, err, asked, site.peer.endorsed, len(site.peer.submitted))
	}
}

func TestAct_UnknownStaysUnknown(t *testing.T) {
	site := newFakeSite(t)
	ctx, cancel := context.WithCancel(context.Background())
	site.around = func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		if strings.HasSuffix(r.URL.Path, "/submission") {
			real.ServeHTTP(httptest.NewRecorder(), r)
			cancel()
			panic(http.ErrAbortHandler)
		}
		real.ServeHTTP(w, r)
	}
	_, err := newPerson(t, site).Act(ctx, "registration:Accept", request)
	var unknown *Unknown
	if !errors.As(err, &unknown) || unknown.ID == "" || !strings.Contains(err.Error(), "do not write anew") || site.peer.endorsed != 1 {
		t.Errorf("%v, endorsed %d times", err, site.peer.endorsed)
	}
}

// TestResume signs what was prepared elsewhere, from either step on, and only what was shown.
func TestResume(t *testing.T) {
	ctx := context.Background()
	site := newFakeSite(t)
	p := newPerson(t, site)
	prepared, err := site.ledger.Prepare(ctx, p.signer.Creator(), "registration:Accept", []byte(`{"application":"APP","key":"12345678"}`))
	if err != nil {
		t.Fatal(err)
	}
	shown, err := p.Find(ctx, prepared.ID)
	if err != nil {
		t.Fatal(err)
	}
	lie := shown
	lie.Document = []byte(`{"application":"OTHER","key":"12345678"}`)
	var altered *Altered
	if _, err := p.Resume(ctx, lie); !errors.As(err, &altered) || altered.What != "document" || site.signatures != 0 {
		t.Errorf("what is signed is not what was shown: %v", err)
	}
	first, err := p.signer.Sign(shown.ToSign)
	if err != nil {
		t.Fatal(err)
	}
	if endorsed, err := site.ledger.Endorse(ctx, prepared.ID, first); err != nil || endorsed.State != client.StateEndorsed {
		t.Fatalf("%s %v", endorsed.State, err)
	}
	if shown, err = p.Find(ctx, prepared.ID); err != nil {
		t.Fatal(err)
	}
	if done, err := p.Resume(ctx, shown); err != nil || done.Receipt.Status != "ACCEPTED" || done.Block != 7 {
		t.Errorf("%+v %v", done, err)
	}
	if shown, err = p.Find(ctx, prepared.ID); err != nil {
		t.Fatal(err)
	}
	if done, err := p.Resume(ctx, shown); err != nil || done.Block != 7 || len(site.peer.submitted) != 1 {
		t.Errorf("after the end: %+v %v, sent %d times", done, err, len(site.peer.submitted))
	}
}
