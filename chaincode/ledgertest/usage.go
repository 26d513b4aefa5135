package ledgertest

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const intake = "ExchangeMSP/registryd" // the service that takes in traces

// uses are traces of a grant with purposes, numbered on from a head; what is not for INDUSTRY is refused by the sample policy.
func (s *Story) uses(g registry.Grant, head registry.Head, purposes ...string) (registry.AnchorRequest, []byte) {
	s.T.Helper()
	log, ok := registry.LogOf(&head)
	if !ok {
		s.T.Fatalf("no head: %+v", head)
	}
	var body []byte
	for i, purpose := range purposes {
		t := registry.Trace{Seq: head.Seq + int64(i) + 1, Event: s.Key(), At: g.SignedAt.UnixMilli(), User: g.Grantee,
			Use: registry.Use{Right: registry.RightUse, Purpose: purpose, Part: "sales", Mode: "API", Region: "630222", Unit: "CALL", Quantity: 1}}
		if purpose != "INDUSTRY" {
			t.Refused = registry.CodeUsePurpose
		}
		line := t.Append(nil)
		if err := log.Append(line, nil); err != nil {
			s.T.Fatal(err)
		}
		body = append(append(body, line...), '\n')
	}
	root, err := log.Root()
	if err != nil {
		s.T.Fatal(err)
	}
	return registry.AnchorRequest{Key: s.Key(), Grant: g.ID, First: head.Seq + 1, Root: root, CID: sampleCID}, body
}

// anchor sends a batch and answers the code of its refusal, "" if it was anchored.
func (s *Story) anchor(who string, request registry.AnchorRequest, body []byte) registry.Code {
	s.T.Helper()
	began := time.Now()
	answer, err := s.SubmitWith(who, "usage:Anchor", document(s.T, request), map[string][]byte{"body": body})
	var refusal *registry.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	var r registry.Receipt
	if err == nil {
		err = json.Unmarshal(answer, &r)
	}
	s.T.Logf("%d bytes in %s", len(body), time.Since(began).Round(time.Millisecond))
	if err != nil || r.Status != "ANCHORED" {
		s.T.Fatalf("anchoring answers %s: %v", answer, err)
	}
	return ""
}

func (s *Story) findHead(id registry.GrantID) registry.Head {
	s.T.Helper()
	return find[registry.Head](s, "usage:FindHead", registry.FindRequest{ID: string(id)})
}

// usesAnchored: a grant's traces are anchored in batches, the body beside them; what was altered is not, and after the end one batch closes them.
func usesAnchored(s *Story, id registry.GrantID) {
	g := find[registry.Grant](s, "authorization:FindGrant", registry.FindRequest{ID: string(id)})
	request, body := s.uses(g, registry.Head{}, "INDUSTRY", "SECTOR", "INDUSTRY")
	if got := s.anchor(intake, request, append([]byte("x"), body...)); got != registry.CodeBatchInvalid {
		s.T.Errorf("another body: %q", got)
	}
	if got := s.anchor(intake, request, body); got != "" {
		s.T.Fatalf("refused: %s", got)
	}
	if got := s.anchor(intake, request, body); got != "" {
		s.T.Errorf("the same batch twice: %s", got)
	}
	head := s.findHead(id)
	if head.Seq != 3 || head.Used != 2 || head.Batches != 1 {
		s.T.Errorf("head %+v", head)
	}
	if got := s.usableAfter(id, g.Grantee, 0); got != "" {
		s.T.Errorf("a use after two of 100: %s", got)
	}
	request, body = s.uses(g, head, "INDUSTRY")
	if got := s.anchor(intake, request, body); got != "" { // the second write of the head needs its own organisations
		s.T.Fatalf("the second batch: %s", got)
	}
	request, body = s.uses(g, s.findHead(id), slices.Repeat([]string{"SECTOR"}, registry.MaxBatchTraces)...)
	if got := s.anchor(intake, request, body); got != "" {
		s.T.Fatalf("a full batch of %d bytes: %s", len(body), got)
	}
	if head := s.findHead(id); head.Seq != 4+registry.MaxBatchTraces || head.Used != 3 {
		s.T.Errorf("head %+v", head)
	}
	batch := find[registry.UsageBatch](s, "usage:FindBatch", registry.FindBatchRequest{Grant: id, First: 1})
	if batch.Accepted != 2 || batch.Refused != 1 || batch.Last != 3 {
		s.T.Errorf("batch %+v", batch)
	}
}
