package ledgertest

import (
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// another is an officer of the bureau's organisation who belongs to another body.
func another(s *Story, l *Ledger, enrolment string, party registry.PartyID) string {
	l.Join(registry.Actor{MSP: registry.MSPBureau, Enrolment: enrolment, Role: registry.RoleSupervisor, Party: party, Region: "630200"})
	who := registry.MSPBureau + "/" + enrolment
	s.Open(l, who)
	return who
}

// TestMatter_ClosedOnlyWithAResult: complaint, report, objection and inspection alike (第二十、二十六、五十七、六十条), by an outcome of its kind.
func TestMatter_ClosedOnlyWithAResult(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeLegal), "")
	id := s.Raise(applicant, registry.MatterComplaint, registry.About{Party: contractor})
	s.Do(supervisor, "supervision:TakeUp", s.takeUp(id))
	for path, spoil := range map[string]func(*registry.MatterResult){
		"result.outcome":       func(r *registry.MatterResult) { r.Outcome = "" },
		"result.authority":     func(r *registry.MatterResult) { r.Outcome = "REFERRED" },
		"result.document.kind": func(r *registry.MatterResult) { r.Document.Kind = registry.MaterialStatement },
		"result.document.cid":  func(r *registry.MatterResult) { r.Document.CID = "" },
		"result.document.size": func(r *registry.MatterResult) { r.Document.Size = 0 },
	} {
		request := s.closeMatter(id, "UNFOUNDED")
		spoil(&request.Result)
		s.wrongField(path, supervisor, "supervision:Close", request)
	}
	if r := s.Refused(registry.CodeFieldsInvalid, supervisor, "supervision:Close", s.closeMatter(id, "NO_RISK")); r.Fields[0].Rule != registry.RuleComplaint {
		t.Errorf("an outcome of another kind: %+v", r.Fields)
	}
	s.Do(supervisor, "supervision:Close", s.closeMatter(id, "UNFOUNDED"))
	s.Refused(registry.CodeStatusWrong, supervisor, "supervision:Note", s.noteOn(id))
	s.Refused(registry.CodeStatusWrong, supervisor, "supervision:Close", s.closeMatter(id, "UPHELD"))
}

// TestReport_NeverHandledByTheUnitConcerned nor by who filed it (第六十条).
func TestReport_NeverHandledByTheUnitConcerned(t *testing.T) {
	l := Founded(t, registry.ModeLegal)
	s := NewStory(t, l, "")
	report := s.fileMatter(registry.MatterReport, registry.About{Party: bureauParty})
	id := registry.MatterID(s.Do(service, "supervision:Receive", report).ID)
	if r := s.Refused(registry.CodeOwnMatter, supervisor, "supervision:TakeUp", s.takeUp(id)); r.Rule != registry.RuleReport {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	other := another(s, l, "wu-supervisor", agencyParty)
	s.Do(other, "supervision:TakeUp", s.takeUp(id))
	s.Refused(registry.CodeNotHandler, other, "supervision:Close", registry.CloseMatterRequest{Key: s.Key(), Matter: s.Raise(applicant, registry.MatterReport, registry.About{}), Result: s.closeMatter(id, "UPHELD").Result})

	// a report that names nobody: whoever takes it up says whom it concerns, and steps back if that is their own body
	silent := s.Raise(applicant, registry.MatterReport, registry.About{})
	naming := s.takeUp(silent)
	naming.Unit = bureauParty
	s.Refused(registry.CodeOwnMatter, supervisor, "supervision:TakeUp", naming)
	naming.Key, naming.Unit = s.Key(), contractor
	s.Do(supervisor, "supervision:TakeUp", naming)
	naming.Key, naming.Unit = s.Key(), agencyParty
	s.wrongField("unit", supervisor, "supervision:TakeUp", naming)

	own := registry.MatterID(s.Do(supervisor, "supervision:File", s.fileMatter(registry.MatterReport, registry.About{Party: contractor})).ID)
	s.Refused(registry.CodeOwnMatter, supervisor, "supervision:TakeUp", s.takeUp(own))
}

// TestReport_OnlyReportsComeInWithoutAName: a stolen server cannot complain or object for anybody.
func TestReport_OnlyReportsComeInWithoutAName(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeLegal), "")
	for _, kind := range []registry.MatterKind{registry.MatterComplaint, registry.MatterDataObjection, registry.MatterInspection, ""} {
		s.Refused(registry.CodeFieldsInvalid, service, "supervision:Receive", s.fileMatter(kind, registry.About{Party: contractor}))
	}
	report := s.fileMatter(registry.MatterReport, registry.About{})
	id := registry.MatterID(s.Do(service, "supervision:Receive", report).ID)
	if m := s.Matter(id); m.Filer != "" || m.FilerBody != "" {
		t.Errorf("the report names %s of %s", m.Filer, m.FilerBody)
	}
	s.Refused(registry.CodeNotOwnParty, applicant, "supervision:Withdraw", registry.WithdrawMatterRequest{Key: s.Key(), Matter: id})
}

// TestMatter_FilingDefects: each field by its path.
func TestMatter_FilingDefects(t *testing.T) {
	s := NewStory(t, Founded(t, registry.ModeLegal), "")
	for defect, c := range map[string]struct {
		path  string
		spoil func(*registry.FileMatterRequest)
	}{
		"no_kind":             {"matterKind", func(r *registry.FileMatterRequest) { r.Kind = "" }},
		"kind_of_the_bureau":  {"matterKind", func(r *registry.FileMatterRequest) { r.Kind = registry.MatterInspection }},
		"nobody_concerned":    {"about.party", func(r *registry.FileMatterRequest) { r.About = registry.About{} }},
		"mistyped_party":      {"about.party", func(r *registry.FileMatterRequest) { r.About.Party = "91630202MAFAKE051X" }},
		"unknown_asset":       {"about.asset", func(r *registry.FileMatterRequest) { r.About.Asset = "ASTAAAAAAAAAAAAAAAAA" }},
		"unknown_item":        {"about.item", func(r *registry.FileMatterRequest) { r.About.Item = "307001000009" }},
		"no_statement":        {"statement.cid", func(r *registry.FileMatterRequest) { r.Statement.CID = "" }},
		"statement_of_no_one": {"statement.kind", func(r *registry.FileMatterRequest) { r.Statement.Kind = registry.MaterialOrder }},
		"same_evidence_twice": {"evidence[1].cid", func(r *registry.FileMatterRequest) {
			r.Evidence = []registry.Material{Material(registry.MaterialEvidence), Material(registry.MaterialEvidence)}
		}},
	} {
		t.Run(defect, func(t *testing.T) {
			s := NewStory(t, s.Subject, defect)
			request := s.fileMatter(registry.MatterComplaint, registry.About{Party: contractor})
			c.spoil(&request)
			s.wrongField(c.path, applicant, "supervision:File", request)
		})
	}
}

// TestDataObjection_HandledByTheBodyThatProvides (第二十条): or by the bureau, never by anybody else; the filer may take it back.
func TestDataObjection_HandledByTheBodyThatProvides(t *testing.T) {
	s, _ := publicLedger(t)
	item := registry.CatalogItem{Code: "307001000001", Name: "农产品产销信息", Abstract: "按月汇总。", Provider: "11630200MBFAKE0981", Region: "630222", Format: "TABLE", Class: "3",
		Fields: []registry.InfoItem{{Name: "品种", Type: "字符型"}}, Sharing: registry.Sharing{Type: registry.Unconditional}, Opening: registry.Opening{Type: registry.Unconditional},
		UpdateCycle: "MONTH", BaseData: "NONE", Level: registry.LevelGeneral, Secret: "NONE"}
	s.Do(publicBody, "catalogue:Publish", registry.PublishItemRequest{Key: s.Key(), Item: item})
	s.wrongField("about.item", applicant, "supervision:File", s.fileMatter(registry.MatterDataObjection, registry.About{Party: contractor}))
	s.wrongField("about.party", applicant, "supervision:File", s.fileMatter(registry.MatterDataObjection, registry.About{Party: contractor, Item: item.Code}))
	id := s.Raise(applicant, registry.MatterDataObjection, registry.About{Item: item.Code})
	s.Refused(registry.CodeNotOwnParty, operating, "supervision:TakeUp", s.takeUp(id))
	s.Do(publicBody, "supervision:TakeUp", s.takeUp(id))
	s.Refused(registry.CodeNotHandler, supervisor, "supervision:Note", s.noteOn(id))
	s.Do(supervisor, "supervision:TakeUp", s.takeUp(id)) // the bureau steps in
	s.Refused(registry.CodeNotHandler, publicBody, "supervision:Close", s.closeMatter(id, "UPHELD"))
	s.Do(publicBody, "supervision:TakeUp", s.takeUp(id))
	s.Do(publicBody, "supervision:Close", s.closeMatter(id, "UPHELD"))
	if m := s.Matter(id); m.About.Party != item.Provider || m.Desk != item.Provider || m.Status != registry.MatterClosed {
		t.Errorf("on record: %+v", m)
	}
	again := s.Raise(applicant, registry.MatterDataObjection, registry.About{Item: item.Code})
	s.Refused(registry.CodeNotOwnParty, rival, "supervision:Withdraw", registry.WithdrawMatterRequest{Key: s.Key(), Matter: again})
	s.Do(applicant, "supervision:Withdraw", registry.WithdrawMatterRequest{Key: s.Key(), Matter: again})
	report := s.Raise(applicant, registry.MatterReport, registry.About{})
	s.Refused(registry.CodeActionRefused, applicant, "supervision:Withdraw", registry.WithdrawMatterRequest{Key: s.Key(), Matter: report})
}

func (s *Story) enterMatter(kind registry.MatterKind, about registry.About) registry.EnterMatterRequest {
	return registry.EnterMatterRequest{Key: s.Key(), Kind: kind, About: about, Warrant: warrant(), Statement: Material(registry.MaterialStatement)}
}

// TestInspection_RectificationOrderedAndOverdue (第五十七条): on a document, until a day; a late report counts and stays flagged.
func TestInspection_RectificationOrderedAndOverdue(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	nameless := s.enterMatter(registry.MatterInspection, registry.About{Party: contractor})
	nameless.Warrant.Authority = ""
	s.wrongField("warrant.authority", supervisor, "supervision:Enter", nameless)
	undocumented := s.enterMatter(registry.MatterInspection, registry.About{Party: contractor})
	undocumented.Warrant.Document.CID = ""
	s.wrongField("warrant.document.cid", supervisor, "supervision:Enter", undocumented)
	s.wrongField("matterKind", supervisor, "supervision:Enter", s.enterMatter(registry.MatterReport, registry.About{Party: contractor}))
	s.Refused(registry.CodeOwnMatter, supervisor, "supervision:Enter", s.enterMatter(registry.MatterInspection, registry.About{Party: bureauParty}))
	id := registry.MatterID(s.Do(supervisor, "supervision:Enter", s.enterMatter(registry.MatterInspection, registry.About{Party: contractor})).ID)
	s.Refused(registry.CodeStatusWrong, rival, "supervision:Answer", s.noteOn(id))
	s.wrongField("due", supervisor, "supervision:Order", s.rectification(id, contractor, "2026-11-29"))
	s.Do(supervisor, "supervision:Order", s.rectification(id, contractor, "2026-12-04"))
	s.Refused(registry.CodeStatusWrong, supervisor, "supervision:Order", s.rectification(id, contractor, "2026-12-05"))
	order := s.Matter(id).Order
	if order.Overdue("2026-12-04") || !order.Overdue("2026-12-05") {
		t.Error("the last day of the order belongs to it")
	}
	l.Now = at("2026-12-07 09:00")
	s.Do(rival, "supervision:Answer", s.noteOn(id))
	s.Do(rival, "supervision:Answer", s.noteOn(id))
	s.Do(supervisor, "supervision:Close", s.closeMatter(id, "RECTIFIED"))
	if m := s.Matter(id); !m.Order.Overdue("2026-12-07") || m.Order.Answered != "2026-12-07" || m.Result.Outcome != "RECTIFIED" {
		t.Errorf("on record: %+v", m.Order)
	}
}

// TestIncident_SuspendsTheAssetUntilItIsLifted (第五十一条): frozen with the very transaction, not closed while the order is in force.
func TestIncident_SuspendsTheAssetUntilItIsLifted(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "安全事件")
	loud := s.enterMatter(registry.MatterInspection, registry.About{Asset: done.Asset})
	loud.Remark = "暂停使用"
	s.wrongField("remark", supervisor, "supervision:Enter", loud)
	incident := s.enterMatter(registry.MatterIncident, registry.About{Asset: done.Asset})
	incident.Remark = "因安全事件暂停使用"
	id := registry.MatterID(s.Do(supervisor, "supervision:Enter", incident).ID)
	page, m := s.page(done.Asset), s.Matter(id)
	if page.EffectiveStatus(nil, l.Now) != registry.AssetFrozen || m.Suspends != 1 || m.About.Party != page.Holder {
		t.Errorf("the page is %s, the incident %+v", page.EffectiveStatus(nil, l.Now), m)
	}
	s.Refused(registry.CodeAssetFrozen, applicant, "registration:SubmitTransfer", s.transfer(done.Asset, registry.RightHold))
	if r := s.Refused(registry.CodeSuspensionOpen, supervisor, "supervision:Close", s.closeMatter(id, "RESOLVED")); r.Rule != registry.RuleIncident {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	s.Do(supervisor, "registration:LiftOrder", s.lift(done.Asset, 1))
	s.Do(supervisor, "supervision:Close", s.closeMatter(id, "RESOLVED"))
	if page := s.page(done.Asset); page.EffectiveStatus(nil, l.Now) != registry.AssetActive {
		t.Errorf("the page is %s", page.EffectiveStatus(nil, l.Now))
	}
	silent := registry.MatterID(s.Do(supervisor, "supervision:Enter", s.enterMatter(registry.MatterIncident, registry.About{Asset: done.Asset})).ID)
	s.Do(supervisor, "supervision:Close", s.closeMatter(silent, "RESOLVED")) // it suspended nothing
}
