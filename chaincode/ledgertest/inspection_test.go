package ledgertest

import (
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (s *Story) inspection(asset registry.AssetID) registry.RecordInspectionRequest {
	return registry.RecordInspectionRequest{Key: s.Key(), Asset: asset, Party: "93630222MAFAKE06XA", Standing: registry.StandingRegistrant, Purpose: "核对登记内容", Undertaking: true}
}

// TestInspection_OnRecordWithPurposeAndStanding (第三十条), also after the registration has ended.
func TestInspection_OnRecordWithPurposeAndStanding(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "查询")
	evidence, order := Material(registry.MaterialEvidence), warrant()
	for defect, change := range map[string]func(*registry.RecordInspectionRequest){
		"no_purpose":               func(r *registry.RecordInspectionRequest) { r.Purpose = "" },
		"no_undertaking":           func(r *registry.RecordInspectionRequest) { r.Undertaking = false },
		"no_standing":              func(r *registry.RecordInspectionRequest) { r.Standing = "" },
		"interest_without_proof":   func(r *registry.RecordInspectionRequest) { r.Standing = registry.StandingInterested },
		"organ_without_a_document": func(r *registry.RecordInspectionRequest) { r.Standing = registry.StandingStateOrgan },
		"organ_of_no_name": func(r *registry.RecordInspectionRequest) {
			nameless := order
			nameless.Authority = ""
			r.Standing, r.Warrant = registry.StandingStateOrgan, &nameless
		},
	} {
		request := s.inspection(done.Asset)
		change(&request)
		t.Run(defect, func(t *testing.T) {
			if r := NewStory(t, l, defect).Refused(registry.CodeFieldsInvalid, officer, "registration:RecordInspection", request); r.Fields[0].Rule == "" {
				t.Errorf("no article: %v", r)
			}
		})
	}
	stranger := s.inspection(done.Asset)
	stranger.Party = "91630202MAFAKE051R"
	if r := s.Refused(registry.CodeNotOwnParty, officer, "registration:RecordInspection", stranger); r.Rule != registry.RuleInspection {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	s.Refused(registry.CodeAccessDenied, applicant, "registration:RecordInspection", s.inspection(done.Asset))
	s.Refused(registry.CodeNotFound, officer, "registration:RecordInspection", s.inspection("ASTAAAAAAAAAAAAAAAAA"))
	s.Do(officer, "registration:RecordInspection", s.inspection(done.Asset))
	s.Do(officer, "registration:CancelExOfficio", s.ending(done.Asset, registry.GroundDestroyed))
	stranger.Key, stranger.Standing, stranger.Evidence, stranger.Copied = s.Key(), registry.StandingInterested, &evidence, true
	s.Do(officer, "registration:RecordInspection", stranger)
	got := find[registry.Inspection](s, "registration:FindInspection", registry.FindInspectionRequest{Asset: done.Asset, Inspection: 2})
	if got.Party != stranger.Party || !got.Copied || got.Purpose == "" || s.page(done.Asset).Inspections != 2 {
		t.Errorf("on record: %+v", got)
	}
}
