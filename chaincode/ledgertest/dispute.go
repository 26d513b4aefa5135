package ledgertest

import (
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func (s *Story) dispute(asset registry.AssetID) registry.FileDisputeRequest {
	return registry.FileDisputeRequest{Key: s.Key(), Asset: asset, Statement: Material(registry.MaterialStatement), Evidence: []registry.Material{Material(registry.MaterialEvidence)}}
}

func (s *Story) examine(asset registry.AssetID, complete bool) registry.ExamineDisputeRequest {
	req := registry.ExamineDisputeRequest{Key: s.Key(), Asset: asset, Dispute: 1, Complete: complete}
	if !complete {
		req.Reasons = []string{"缺少证据"}
	}
	return req
}

func (s *Story) answer(asset registry.AssetID, agrees bool) registry.AnswerDisputeRequest {
	req := registry.AnswerDisputeRequest{Key: s.Key(), Asset: asset, Dispute: 1, Agrees: agrees}
	if statement := Material(registry.MaterialStatement); !agrees {
		req.Statement = &statement
	}
	return req
}

func (s *Story) conclude(asset registry.AssetID, upheld bool) registry.ConcludeDisputeRequest {
	return registry.ConcludeDisputeRequest{Key: s.Key(), Asset: asset, Dispute: 1, Upheld: upheld, Decision: Material(registry.MaterialDecision), Reasons: []string{"经调查"}}
}

func (s *Story) respond(asset registry.AssetID, accepts bool) registry.RespondDisputeRequest {
	return registry.RespondDisputeRequest{Key: s.Key(), Asset: asset, Dispute: 1, Accepts: accepts}
}

func (s *Story) endDispute(asset registry.AssetID) registry.EndDisputeRequest {
	return registry.EndDisputeRequest{Key: s.Key(), Asset: asset, Dispute: 1, Reasons: []string{"已经办理"}}
}

func (s *Story) findDispute(asset registry.AssetID, n int) registry.Dispute {
	s.T.Helper()
	return find[registry.Dispute](s, "registration:FindDispute", registry.FindDisputeRequest{Asset: asset, Dispute: n})
}

// publish takes a case into publicity.
func (s *Story) publish(name string) registry.ApplicationID {
	app := s.File(name)
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:PassReview", s.review(app))
	return app
}

// told: a decision is served in the inbox, and its party confirms that it was read.
func told(s *Story) {
	app := s.File("告知")
	s.Do(acceptor, "registration:Return", s.reasons(app))
	seen := registry.AcknowledgeNoticeRequest{Key: s.Key(), Case: registry.CaseID(app), Notice: 1}
	s.Refused(registry.CodeNotOwnParty, rival, "registration:AcknowledgeNotice", seen)
	s.Do(applicant, "registration:AcknowledgeNotice", seen)
	n := find[registry.Notice](s, "registration:FindNotice", registry.FindNoticeRequest{Case: registry.CaseID(app), Notice: 1})
	if n.Act != registry.ActReturn || n.Status != registry.NoticeSeen || n.ServedAt == nil || len(n.Reasons) != 1 {
		s.T.Errorf("the notice is %+v", n)
	}
}

// laterObjection: told to the registrant, contested, concluded; one side goes to court and withdraws there.
func laterObjection(s *Story, pass func(time.Time)) {
	app := s.publish("登记后异议")
	due, _ := s.findDeadline(app, registry.DeadlinePublicity)
	pass(*due.DueAt)
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	asset := s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app}).Asset
	s.Do(rival, "registration:FileDispute", s.dispute(asset))
	s.Refused(registry.CodeAccessDenied, officer, "registration:ExamineDispute", s.examine(asset, true))
	s.Do(objecting, "registration:ExamineDispute", s.examine(asset, true))
	s.Do(applicant, "registration:AnswerDispute", s.answer(asset, false))
	s.Do(objecting, "registration:ConcludeDispute", s.conclude(asset, false))
	s.Do(rival, "registration:RespondDispute", s.respond(asset, false))
	s.Do(rival, "registration:WithdrawDispute", s.endDispute(asset))
	if d := s.findDispute(asset, 1); d.Status != registry.DisputeWithdrawn || len(d.Course) != 6 {
		s.T.Errorf("the objection is %s after %d acts", d.Status, len(d.Course))
	}
}
