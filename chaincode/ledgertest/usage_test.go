package ledgertest

import (
	"bytes"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// proposed is a grant on a registered asset that waits for its grantee; quota 0 leaves the usual one.
func proposed(t *testing.T, quota int64) (*Story, *Ledger, registry.GrantID) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "留痕")
	l.Now = at("2026-12-21 09:00")
	request := s.propose(done.Asset)
	if quota > 0 {
		request.Policy.Quota.Quantity = quota
	}
	return s, l, registry.GrantID(s.Do(applicant, "authorization:Propose", request).ID)
}

// TestUsage_AnchoredAndNothingElse (第二十条: 使用过程可追溯): endorsers decide every trace anew; the ledger keeps head and batch, no trace.
func TestUsage_AnchoredAndNothingElse(t *testing.T) {
	s, l, id := proposed(t, 0)
	unsigned := registry.Grant{ID: id, Grantee: rivalParty, SignedAt: &l.Now}
	request, body := s.uses(unsigned, registry.Head{}, "INDUSTRY")
	if got := s.anchor(intake, request, body); got != registry.CodeGrantInactive {
		t.Errorf("not signed: %q", got)
	}
	s.Do(rival, "authorization:Sign", s.onGrant(id))
	g := s.findGrant(id)
	request, body = s.uses(g, registry.Head{}, "INDUSTRY", "SECTOR")
	s.Refused(registry.CodeAccessDenied, service, "usage:Anchor", request)
	s.Refused(registry.CodeBatchInvalid, intake, "usage:Anchor", request) // without its body
	for defect, spoil := range map[string]func(r *registry.AnchorRequest, b *[]byte){
		"refusal_hidden": func(_ *registry.AnchorRequest, b *[]byte) {
			*b = bytes.Replace(*b, []byte(`"refused":"USE_PURPOSE",`), nil, 1)
		},
		"trace_left_out": func(_ *registry.AnchorRequest, b *[]byte) { *b = append(registry.Lines(*b)[0], '\n') },
		"gap":            func(r *registry.AnchorRequest, _ *[]byte) { r.First = 2 },
		"other_root":     func(r *registry.AnchorRequest, _ *[]byte) { r.Root = registry.Digest("x") },
	} {
		bad, altered := request, bytes.Clone(body)
		bad.Key = s.Key()
		spoil(&bad, &altered)
		if got := s.anchor(intake, bad, altered); got != registry.CodeBatchInvalid {
			t.Errorf("%s: %q", defect, got)
		}
	}
	var written map[string][]byte
	l.Committed = func(c Committed) { written = c.Writes }
	if got := s.anchor(intake, request, body); got != "" {
		t.Fatal(got)
	}
	l.Committed = nil
	for key, value := range written {
		if bytes.Contains([]byte(key+string(value)), []byte("630222")) || bytes.Contains([]byte(key), []byte("GRT\x00")) && !bytes.Contains([]byte(key), []byte("HED")) && !bytes.Contains([]byte(key), []byte("USE")) {
			t.Errorf("%q is written: %s", key, value)
		}
	}
	if head := s.findHead(id); head.Seq != 2 || head.Used != 1 || head.Closed {
		t.Errorf("%+v", head)
	}
}

// TestUsage_HeldBatchDoesNotPassARevocation: what was endorsed before a revocation conflicts with it; a closing batch takes it in instead.
func TestUsage_HeldBatchDoesNotPassARevocation(t *testing.T) {
	s, l, id := proposed(t, 0)
	s.Do(rival, "authorization:Sign", s.onGrant(id))
	request, body := s.uses(s.findGrant(id), registry.Head{}, "INDUSTRY")
	l.beside = map[string][]byte{"body": body}
	held, err := l.Endorse(intake, "usage:Anchor", document(t, request))
	l.beside = nil
	if err != nil {
		t.Fatal(err)
	}
	l.Now = at("2026-12-21 10:00")
	s.Do(applicant, "authorization:Revoke", s.endGrant(id))
	if err := l.Commit(held); err == nil {
		t.Fatal("a batch passed the revocation")
	}
	request.Key = s.Key()
	if got := s.anchor(intake, request, body); got != registry.CodeGrantInactive {
		t.Errorf("not closing: %q", got)
	}
	request.Key, request.Closing = s.Key(), true
	if got := s.anchor(intake, request, body); got != "" {
		t.Errorf("closing: %s", got)
	}
	request, body = s.uses(s.findGrant(id), s.findHead(id), "INDUSTRY")
	request.Closing = true
	if got := s.anchor(intake, request, body); got != registry.CodeUsageClosed {
		t.Errorf("after the closing batch: %q", got)
	}
}

// TestCheckUse_KnowsWhatIsAnchored: the quota of a question is what is left on the ledger, whatever the asker says was used.
func TestCheckUse_KnowsWhatIsAnchored(t *testing.T) {
	s, _, id := proposed(t, 2)
	s.Do(rival, "authorization:Sign", s.onGrant(id))
	head := registry.Head{}
	for range 2 {
		if got := s.usableAfter(id, rivalParty, 0); got != "" {
			t.Fatalf("after %d of 2: %s", head.Used, got)
		}
		request, body := s.uses(s.findGrant(id), head, "INDUSTRY")
		if got := s.anchor(intake, request, body); got != "" {
			t.Fatal(got)
		}
		head = s.findHead(id)
	}
	if got := s.usableAfter(id, rivalParty, 0); got != registry.CodeQuotaExceeded {
		t.Errorf("after 2 of 2: %q", got)
	}
}

// TestGrant_IsClosedOutWithItsTraces: data may be gone only when all uses are on record.
func TestGrant_IsClosedOutWithItsTraces(t *testing.T) {
	s, l, id := proposed(t, 0)
	s.Do(rival, "authorization:Sign", s.onGrant(id))
	request, body := s.uses(s.findGrant(id), registry.Head{}, "INDUSTRY")
	s.anchor(intake, request, body)
	l.Now = at("2026-12-21 10:00")
	s.Do(applicant, "authorization:Revoke", s.endGrant(id))
	closing := registry.CloseGrantRequest{Key: s.Key(), Grant: id, Deletion: registry.Deletion{Method: "OVERWRITE", Supervisor: supervisor, Evidence: sampleCID}}
	s.Refused(registry.CodeUsageOpen, applicant, "authorization:Close", closing)
	request, body = s.uses(s.findGrant(id), s.findHead(id), "INDUSTRY")
	request.Closing = true
	if got := s.anchor(intake, request, body); got != "" {
		t.Fatal(got)
	}
	s.Do(applicant, "authorization:Close", closing)
}
