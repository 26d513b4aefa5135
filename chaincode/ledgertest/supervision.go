package ledgertest

import (
	"encoding/json"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (s *Story) fileMatter(kind registry.MatterKind, about registry.About) registry.FileMatterRequest {
	return registry.FileMatterRequest{Key: s.Key(), Kind: kind, About: about, Statement: Material(registry.MaterialStatement)}
}

func (s *Story) takeUp(id registry.MatterID) registry.TakeUpMatterRequest {
	return registry.TakeUpMatterRequest{Key: s.Key(), Matter: id}
}

func (s *Story) noteOn(id registry.MatterID) registry.NoteMatterRequest {
	return registry.NoteMatterRequest{Key: s.Key(), Matter: id, Statement: Material(registry.MaterialStatement)}
}

func (s *Story) closeMatter(id registry.MatterID, outcome string) registry.CloseMatterRequest {
	return registry.CloseMatterRequest{Key: s.Key(), Matter: id, Result: registry.MatterResult{Outcome: outcome, Document: Material(registry.MaterialDecision)}}
}

func (s *Story) rectification(id registry.MatterID, party registry.PartyID, due registry.Date) registry.OrderMatterRequest {
	return registry.OrderMatterRequest{Key: s.Key(), Matter: id, Unit: party, Warrant: registry.Warrant{Authority: "海东市数据局（虚构）", Number: "改字1号", Document: Material(registry.MaterialOrder)}, Due: due}
}

// Raise files a matter and answers its identifier.
func (s *Story) Raise(who string, kind registry.MatterKind, about registry.About) registry.MatterID {
	s.T.Helper()
	return registry.MatterID(s.Do(who, "supervision:File", s.fileMatter(kind, about)).ID)
}

// Matter reads a matter.
func (s *Story) Matter(id registry.MatterID) (m registry.Matter) {
	s.T.Helper()
	answer, err := s.Evaluate(regulator, "supervision:FindMatter", document(s.T, registry.FindRequest{ID: string(id)}))
	if err == nil {
		err = json.Unmarshal(answer, &m)
	}
	if err != nil {
		s.T.Fatal(err)
	}
	return m
}

// reportHandled: an anonymous report comes in, is taken up by the bureau, answered by an order to rectify and closed with a result.
func reportHandled(s *Story) {
	report := s.fileMatter(registry.MatterReport, registry.About{Party: contractor})
	s.Refused(registry.CodeAccessDenied, applicant, "supervision:Receive", report)
	id := registry.MatterID(s.Do(service, "supervision:Receive", report).ID)
	s.Refused(registry.CodeNotHandler, supervisor, "supervision:Close", s.closeMatter(id, "UPHELD"))
	s.Refused(registry.CodeAccessDenied, rival, "supervision:TakeUp", s.takeUp(id)) // of the unit concerned
	s.Do(supervisor, "supervision:TakeUp", s.takeUp(id))
	s.Do(supervisor, "supervision:Note", s.noteOn(id))
	s.Do(supervisor, "supervision:Order", s.rectification(id, contractor, "2035-12-31"))
	s.Refused(registry.CodeNotOwnParty, applicant, "supervision:Answer", s.noteOn(id))
	s.Do(rival, "supervision:Answer", s.noteOn(id))
	s.Refused(registry.CodeFieldsInvalid, supervisor, "supervision:Close", s.closeMatter(id, ""))
	s.Do(supervisor, "supervision:Close", s.closeMatter(id, "UPHELD"))
	if m := s.Matter(id); m.Status != registry.MatterClosed || m.Filer != "" || m.Result == nil || m.Order.Answered == "" || len(m.Steps) != 6 {
		s.T.Errorf("on record: %+v", m)
	}
}

// disclosureCorrected: what the exchange disclosed is corrected by another submission, once, and by the exchange only.
func disclosureCorrected(s *Story) {
	disclose := func(corrects registry.SubmissionID) registry.SubmitSubmissionRequest {
		return registry.SubmitSubmissionRequest{Key: s.Key(), Kind: registry.SubmissionDisclosure, Paper: Material(registry.MaterialReport), Corrects: corrects,
			Disclosure: &registry.Disclosure{Title: "交易情况", From: "2026-07-01", To: "2026-09-30"}}
	}
	id := registry.SubmissionID(s.Do(operator, "supervision:Submit", disclose("")).ID)
	s.Refused(registry.CodeNotOwnParty, applicant, "supervision:Submit", disclose(id))
	s.Do(operator, "supervision:Submit", disclose(id))
	s.Refused(registry.CodeStatusWrong, operator, "supervision:Submit", disclose(id))
}
