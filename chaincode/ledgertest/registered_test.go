package ledgertest

import (
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// enter takes a filed act on a registered asset the whole way into the register, at the pace of a legal network.
func (s *Story) enter(l *Ledger, app registry.ApplicationID) registry.Receipt {
	s.T.Helper()
	return s.Enter(app, func(until time.Time) { l.Now = until })
}

func (s *Story) change(asset registry.AssetID, content registry.Content) registry.SubmitChangeRequest {
	return registry.SubmitChangeRequest{Key: s.Key(), Asset: asset, Content: content, Materials: []registry.Material{Material(registry.MaterialEvidence)}}
}

func (s *Story) transfer(asset registry.AssetID, rights ...registry.Right) registry.SubmitTransferRequest {
	return registry.SubmitTransferRequest{Key: s.Key(), Asset: asset, To: "91630202MAFAKE051R", Rights: rights, Materials: []registry.Material{Material(registry.MaterialContract)}}
}

func (s *Story) renewal(asset registry.AssetID, years int) registry.SubmitRenewalRequest {
	return registry.SubmitRenewalRequest{Key: s.Key(), Asset: asset, Years: years}
}

func (s *Story) cancellation(asset registry.AssetID) registry.SubmitCancellationRequest {
	return registry.SubmitCancellationRequest{Key: s.Key(), Asset: asset, Ground: registry.GroundWish, Reasons: []string{"不再持有"}}
}

func TestChange_NewVersionAndCertificate(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "变更")
	content := s.page(done.Asset).Content
	content.Temporal.To = "2025-12-31"
	app := s.Do(applicant, "registration:SubmitChange", s.change(done.Asset, content)).Application
	if r := s.Refused(registry.CodeOpenApplication, applicant, "registration:SubmitChange", s.change(done.Asset, content)); r.Args["application"] != string(app) {
		t.Errorf("the refusal says %v", r)
	}
	second := s.enter(l, app)
	page, old, cert := s.page(done.Asset), s.certificate(done.Certificate), s.certificate(second.Certificate)
	if page.Version != 2 || page.Content.Temporal.To != "2025-12-31" || page.Certificate != second.Certificate || page.ValidUntil != old.ValidUntil {
		t.Errorf("the page is %+v", page)
	}
	if old.Status != registry.CertificateSuperseded || old.ReplacedBy != second.Certificate || cert.Replaces != done.Certificate || cert.ContentDigest != registry.Digest(registry.Certify(page, cert)) {
		t.Errorf("old %s → %s, new replaces %s", old.Status, old.ReplacedBy, cert.Replaces)
	}
	first := find[registry.CertifiedContent](s, "registration:FindVersion", registry.FindVersionRequest{Asset: done.Asset, Version: 1})
	if registry.Digest(first) != old.ContentDigest {
		t.Error("the first version does not stand behind its certificate any more")
	}
	s.Refused(registry.CodeAssetEnded, service, "registration:RecordDocuments", registry.RecordDocumentsRequest{Key: s.Key(), Number: done.Certificate,
		PDFSha256: registry.Digest("x"), VCSha256: registry.Digest("x")}) // no documents for a superseded certificate
	s.File("变更") // the old name of the asset is free
	s.Refused(registry.CodeAssetRegistered, applicant, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: content})
}

// TestChange_ThatComesToNothingKeepsTheAsset: a change under the same name that ends without entry leaves the asset occupied (I4).
func TestChange_ThatComesToNothingKeepsTheAsset(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "变更不成")
	content := s.page(done.Asset).Content
	changed := content
	changed.Overview = "另一份说明。"
	app := s.Do(applicant, "registration:SubmitChange", s.change(done.Asset, changed)).Application
	s.Do(acceptor, "registration:Return", s.reasons(app))
	s.Do(applicant, "registration:Resubmit", registry.ResubmitRequest{Key: s.Key(), Application: app, Content: changed})
	s.Do(applicant, "registration:Withdraw", registry.WithdrawRequest{Key: s.Key(), Application: app, Reasons: []string{"不改了"}})
	s.Refused(registry.CodeAssetRegistered, applicant, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: content})
}

func TestChange_WhatItMayNotChange(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "变更范围")
	content := s.page(done.Asset).Content
	if r := s.Refused(registry.CodeNothingChanged, applicant, "registration:SubmitChange", s.change(done.Asset, content)); r.Rule != registry.RuleChange {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	for field, change := range map[string]func(*registry.Content){
		"content.source": func(c *registry.Content) {
			c.Source = registry.SourcePromoted
			c.Statements.Contract = c.Materials[0].CID
		},
		"content.acquisition": func(c *registry.Content) { c.Acquisition = "PURCHASED" },
		"content.rights":      func(c *registry.Content) { c.Rights = c.Rights[:1] },
	} {
		changed := s.page(done.Asset).Content
		change(&changed)
		r := s.Refused(registry.CodeFieldsInvalid, applicant, "registration:SubmitChange", s.change(done.Asset, changed))
		if r.Rule != registry.RuleChange || r.Fields[0].Path != field {
			t.Errorf("%s: %v", field, r)
		}
	}
	content.Level = registry.LevelCore
	s.Refused(registry.CodeLevelRefused, applicant, "registration:SubmitChange", s.change(done.Asset, content))
	content.Level = registry.LevelGeneral
	content.Overview += "。"
	s.Refused(registry.CodeNotOwnParty, rival, "registration:SubmitChange", s.change(done.Asset, content))
	s.Refused(registry.CodeActionRefused, rival, "registration:SubmitCorrection", s.change(done.Asset, content)) // the guide has no correction
	missing := s.change(done.Asset, content)
	missing.Materials = []registry.Material{}
	s.Refused(registry.CodeFieldsInvalid, applicant, "registration:SubmitChange", missing)
	s.Refused(registry.CodeNotFound, applicant, "registration:SubmitChange", s.change("ASTAAAAAAAAAAAAAAAAA", content))
}

// TestTransfer_PartOfTheRights: both parties sign, the right that moves leaves the transferor (I10), whose page goes on with the rest.
func TestTransfer_PartOfTheRights(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "部分转让")
	s.Do(officer, "registration:EnterRemark", registry.EnterLimitRequest{Key: s.Key(), Asset: done.Asset, Kind: registry.LimitAgreed, Warrant: warrant(), Text: "仅限省内使用", From: "2026-12-01"})
	app := s.Do(applicant, "registration:SubmitTransfer", s.transfer(done.Asset, registry.RightUse)).Application
	s.Refused(registry.CodeStatusWrong, acceptor, "registration:Accept", s.act(app)) // not before both have signed
	join := registry.JoinRequest{Key: s.Key(), Application: app}
	s.Refused(registry.CodeNotOwnParty, applicant, "registration:Join", join)
	s.Do(rival, "registration:Join", join)
	moved := s.enter(l, app)
	from, to := s.page(done.Asset), s.page(moved.Asset)
	if len(from.Content.Rights) != 1 || from.Content.Rights[0].Kind != registry.RightHold || from.Version != 2 || from.Status != registry.AssetActive {
		t.Errorf("the transferor keeps %v on version %d", from.Content.Rights, from.Version)
	}
	if len(to.Content.Rights) != 1 || to.Content.Rights[0].Kind != registry.RightUse || to.Holder != "91630202MAFAKE051R" || to.Previous != done.Asset || to.ValidUntil != from.ValidUntil || to.HolderName == "" {
		t.Errorf("the transferee has %+v", to)
	}
	if len(to.Limits) != 1 || find[registry.Limit](s, "registration:FindLimit", registry.FindLimitRequest{Asset: to.ID, Limit: 1}).Text != "仅限省内使用" {
		t.Errorf("the remark did not move: %+v", to.Limits)
	}
	if s.certificate(done.Certificate).Status != registry.CertificateSuperseded || s.certificate(from.Certificate).Status != registry.CertificateValid || from.Certificate == moved.Certificate {
		t.Error("the transferor's certificate was not adjusted")
	}
	s.Refused(registry.CodeFieldsInvalid, applicant, "registration:SubmitTransfer", s.transfer(done.Asset, registry.RightUse)) // it has that right no more
}

func TestTransfer_OfEverythingSupersedesThePage(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "全部转让")
	app := s.Do(applicant, "registration:SubmitTransfer", s.transfer(done.Asset, registry.RightHold, registry.RightUse)).Application
	s.Do(rival, "registration:Join", registry.JoinRequest{Key: s.Key(), Application: app})
	moved := s.enter(l, app)
	from := s.page(done.Asset)
	if from.Status != registry.AssetSuperseded || from.Next != moved.Asset || s.certificate(done.Certificate).ReplacedBy != moved.Certificate {
		t.Errorf("the transferor's page is %s → %s", from.Status, from.Next)
	}
	s.Refused(registry.CodeAssetEnded, applicant, "registration:SubmitCancellation", s.cancellation(done.Asset))
	content := s.Content("全部转让")
	s.Refused(registry.CodeAssetRegistered, rival, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: content}) // the transferee has it
}

func TestTransfer_LapsesWithoutTheOtherParty(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "转让失效")
	l.Now = at("2026-12-09 09:00")
	app := s.Do(applicant, "registration:SubmitTransfer", s.transfer(done.Asset, registry.RightUse)).Application
	l.Now = at("2026-12-24 00:00")
	s.Refused(registry.CodeTooLate, rival, "registration:Join", registry.JoinRequest{Key: s.Key(), Application: app})
	s.Do(service, "registration:Sweep", s.sweep(app))
	if a := s.Find(app); a.Status != registry.StatusLapsed {
		t.Errorf("the case is %s", a.Status)
	}
	s.Do(applicant, "registration:SubmitTransfer", s.transfer(done.Asset, registry.RightUse)) // the asset is free for another act
}

func TestTransfer_Defects(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "转让缺陷")
	for defect, change := range map[string]func(*registry.SubmitTransferRequest){
		"to_oneself":     func(r *registry.SubmitTransferRequest) { r.To = "93630222MAFAKE06XA" },
		"no_contract":    func(r *registry.SubmitTransferRequest) { r.Materials[0].Kind = registry.MaterialOther },
		"no_rights":      func(r *registry.SubmitTransferRequest) { r.Rights = []registry.Right{} },
		"right_not_held": func(r *registry.SubmitTransferRequest) { r.Rights = []registry.Right{registry.RightOperate} },
		"right_twice": func(r *registry.SubmitTransferRequest) {
			r.Rights = []registry.Right{registry.RightUse, registry.RightUse}
		},
		"no_party_number": func(r *registry.SubmitTransferRequest) { r.To = "x" },
	} {
		request := s.transfer(done.Asset, registry.RightUse)
		change(&request)
		t.Run(defect, func(t *testing.T) {
			NewStory(t, l, defect).Refused(registry.CodeFieldsInvalid, applicant, "registration:SubmitTransfer", request)
		})
	}
	unknown := s.transfer(done.Asset, registry.RightUse)
	unknown.To = "92630223MAFAKE078U"
	s.Refused(registry.CodePartyUnknown, applicant, "registration:SubmitTransfer", unknown)
	toRegistrar := s.transfer(done.Asset, registry.RightUse)
	toRegistrar.To = agencyParty
	app := s.Do(applicant, "registration:SubmitTransfer", toRegistrar).Application
	s.Refused(registry.CodeAccessDenied, officer, "registration:Join", registry.JoinRequest{Key: s.Key(), Application: app})
	s.Do(applicant, "registration:Withdraw", registry.WithdrawRequest{Key: s.Key(), Application: app, Reasons: []string{"改"}})
	pledge := s.order(done.Asset)
	pledge.Kind, pledge.Creditor = registry.LimitPledge, "91630202MAFAKE051R"
	s.Do(officer, "registration:EnterRemark", pledge)
	s.Refused(registry.CodeAssetPledged, applicant, "registration:SubmitTransfer", s.transfer(done.Asset, registry.RightUse))
	consented := s.transfer(done.Asset, registry.RightUse)
	consent := Material(registry.MaterialConsent)
	consent.CID = "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4"
	consented.Materials = append(consented.Materials, consent)
	s.Do(applicant, "registration:SubmitTransfer", consented)
}

// TestFrozen_BarsTransferAndCancellation at filing and, for an order that comes later, at entry (I11).
func TestFrozen_BarsTransferAndCancellation(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "冻结")
	app := s.Do(applicant, "registration:SubmitCancellation", s.cancellation(done.Asset)).Application
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:PassReview", s.review(app))
	s.Do(supervisor, "registration:EnterOrder", s.order(done.Asset))
	if r := s.Refused(registry.CodeAssetFrozen, officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app}); r.Rule != registry.RuleRemarks {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	other := s.registered(l, "冻结二")
	s.Do(supervisor, "registration:EnterOrder", s.order(other.Asset))
	s.Refused(registry.CodeAssetFrozen, applicant, "registration:SubmitTransfer", s.transfer(other.Asset, registry.RightUse))
	s.Refused(registry.CodeAssetFrozen, applicant, "registration:SubmitCancellation", s.cancellation(other.Asset))
	s.Do(supervisor, "registration:LiftOrder", s.lift(done.Asset, 1))
	s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app})
	if page, cert := s.page(done.Asset), s.certificate(done.Certificate); page.Status != registry.AssetCancelled || cert.Status != registry.CertificateCancelled || page.Ending.Ground != registry.GroundWish {
		t.Errorf("page %s, certificate %s", page.Status, cert.Status)
	}
	s.File("冻结") // the asset may be registered anew
}

func TestCancellation_WithoutPublicityInItsOwnTime(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "注销")
	l.Now = at("2026-12-09 10:00")
	lapsed := s.cancellation(done.Asset)
	lapsed.Ground = registry.GroundLapsed
	s.Refused(registry.CodeFieldsInvalid, applicant, "registration:SubmitCancellation", lapsed)
	app := s.Do(applicant, "registration:SubmitCancellation", s.cancellation(done.Asset)).Application
	s.Do(acceptor, "registration:Accept", s.act(app))
	if d, _ := s.findDeadline(app, registry.DeadlineReview); d.DueDate != "2026-12-23" {
		t.Errorf("cancellation due %s, want ten working days", d.DueDate)
	}
	s.Do(reviewer, "registration:PassReview", s.review(app))
	if a := s.Find(app); a.Status != registry.StatusReady {
		t.Errorf("the case is %s", a.Status)
	}
}

// TestRenewal_WindowAndNewPeriod: from six months before the last day to the day before it; the new period begins the day after (I7).
func TestRenewal_WindowAndNewPeriod(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "续期") // valid until 2031-12-08
	l.Now = at("2031-06-07 23:00")
	if r := s.Refused(registry.CodeTooEarly, applicant, "registration:SubmitRenewal", s.renewal(done.Asset, 3)); r.Rule != registry.RuleRenewal || r.Args["opens"] != "2031-06-08" {
		t.Errorf("the refusal says %v", r)
	}
	l.Now = at("2031-12-08 00:00")
	if r := s.Refused(registry.CodeTooLate, applicant, "registration:SubmitRenewal", s.renewal(done.Asset, 3)); r.Args["dueDate"] != "2031-12-07" {
		t.Errorf("the refusal says %v", r)
	}
	s2, l2 := legal(t)
	l2.Now = at("2026-11-30 09:00")
	other := s2.registered(l2, "续期")
	l2.Now = at("2031-12-07 23:59")
	s2.Refused(registry.CodeFieldsInvalid, applicant, "registration:SubmitRenewal", s2.renewal(other.Asset, 6))
	app := s2.Do(applicant, "registration:SubmitRenewal", s2.renewal(other.Asset, 3)).Application
	s2.Do(acceptor, "registration:Accept", s2.act(app))
	s2.Do(reviewer, "registration:PassReview", s2.review(app))
	l2.Now = at("2032-01-20 09:00") // the calendars of 2031 and 2032 are missing: nobody knows when publicity ends
	page, open := s2.page(other.Asset), s2.Find(app)
	if cert := s2.certificate(other.Certificate); page.EffectiveStatus(&open, l2.Now) != registry.AssetActive || cert.EffectiveStatus(&page, &open, l2.Now) != registry.CertificateValid {
		t.Error("a renewal filed in time does not keep the registration alive")
	}
	s2.Refused(registry.CodeNothingDue, service, "registration:Sweep", registry.SweepRequest{Key: s2.Key(), Assets: []registry.AssetID{other.Asset}})
	for _, year := range []int{2031, 2032} {
		day := registry.Date(string(at("2026-01-01 00:00").AddDate(year-2026, 0, 0).In(registry.Zone).Format("2006-01-02")))
		s2.Do(admin, "rule:AdoptCalendar", registry.AdoptCalendarRequest{Key: s2.Key(), Calendar: registry.Calendar{Year: year, Version: 1, Source: []string{"测试日历"}, Off: []registry.Date{day}, Work: []registry.Date{}}})
	}
	s2.Do(officer, "registration:ComputeDeadline", s2.act(app))
	s2.Do(officer, "registration:ClosePublicity", s2.act(app))
	renewed := s2.Do(officer, "registration:Register", registry.RegisterRequest{Key: s2.Key(), Application: app})
	page = s2.page(other.Asset)
	if page.ValidFrom != "2031-12-09" || page.ValidUntil != "2034-12-08" || page.Certificate != renewed.Certificate || page.Version != 2 {
		t.Errorf("renewed: %s to %s, version %d", page.ValidFrom, page.ValidUntil, page.Version)
	}
	first := find[registry.CertifiedContent](s2, "registration:FindVersion", registry.FindVersionRequest{Asset: other.Asset, Version: 1})
	if first.ValidUntil != "2031-12-08" {
		t.Errorf("the first version ends %s", first.ValidUntil)
	}
}

// TestRenewal_RefusedLetsTheRegistrationExpire: what was kept alive by an application ends with it.
func TestRenewal_RefusedLetsTheRegistrationExpire(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "续期不予")
	l.Now = at("2031-12-01 09:00")
	app := s.Do(applicant, "registration:SubmitRenewal", s.renewal(done.Asset, 0)).Application
	s.Do(acceptor, "registration:Accept", s.act(app))
	l.Now = at("2031-12-20 09:00")
	s.Do(reviewer, "registration:Refuse", registry.RefuseRequest{Key: s.Key(), Application: app, Ground: "R3", Reasons: []string{"权属纠纷"}})
	page, open := s.page(done.Asset), s.Find(app)
	if page.EffectiveStatus(&open, l.Now) != registry.AssetExpired {
		t.Errorf("the page is %s", page.EffectiveStatus(&open, l.Now))
	}
	s.Refused(registry.CodeAssetEnded, applicant, "registration:SubmitCancellation", s.cancellation(done.Asset))
	s.Do(service, "registration:Sweep", registry.SweepRequest{Key: s.Key(), Assets: []registry.AssetID{done.Asset}})
}

func TestSupplement_OfAnActOnARegisteredAsset(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "补正材料")
	l.Now = at("2026-12-09 10:00")
	app := s.Do(applicant, "registration:SubmitCancellation", s.cancellation(done.Asset)).Application
	s.Do(acceptor, "registration:Return", s.reasons(app))
	changed := s.page(done.Asset).Content
	changed.Overview += "。"
	s.Refused(registry.CodeStatusWrong, applicant, "registration:Resubmit", registry.ResubmitRequest{Key: s.Key(), Application: app, Content: changed})
	supplement := registry.SupplementRequest{Key: s.Key(), Application: app, Materials: []registry.Material{Material(registry.MaterialEvidence)}}
	s.Refused(registry.CodeNotOwnParty, rival, "registration:Supplement", supplement)
	s.Do(applicant, "registration:Supplement", supplement)
	if a := s.Find(app); a.Round != 2 || len(a.Filed()) != len(a.Content.Materials)+1 || a.Status != registry.StatusSubmitted {
		t.Errorf("round %d, %s", a.Round, a.Status)
	}
	first := s.File("补正内容")
	s.Do(acceptor, "registration:Return", s.reasons(first))
	s.Refused(registry.CodeStatusWrong, applicant, "registration:Supplement", registry.SupplementRequest{Key: s.Key(), Application: first, Materials: []registry.Material{Material(registry.MaterialEvidence)}})
}

// TestSupplement_LapsesOnlyWhereTheProfileSaysSo: the guide lets a case lapse, the public-data rules do not.
func TestSupplement_LapsesOnlyWhereTheProfileSaysSo(t *testing.T) {
	s, l := publicLedger(t)
	l.Now = at("2026-11-24 10:00")
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	public := s.enterPublic(l, s.Do(publicBody, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: s.publicContent("公共资源")}).Application).Asset
	asset := s.registered(l, "数据资产").Asset
	late := func(who string, asset registry.AssetID) registry.SupplementRequest {
		app := s.Do(who, "registration:SubmitCancellation", s.cancellation(asset)).Application
		s.Do(acceptor, "registration:Return", s.reasons(app))
		return registry.SupplementRequest{Key: s.Key(), Application: app, Materials: []registry.Material{Material(registry.MaterialEvidence)}}
	}
	guide, rules := late(applicant, asset), late(publicBody, public)
	l.Now = l.Now.AddDate(0, 1, 0)
	s.Refused(registry.CodeTooLate, applicant, "registration:Supplement", guide)
	withdraw := registry.WithdrawRequest{Key: s.Key(), Application: guide.Application, Reasons: []string{"理由"}}
	if r := s.Refused(registry.CodeStatusWrong, applicant, "registration:Withdraw", withdraw); r.Args["status"] != "LAPSED" {
		t.Errorf("what has lapsed is withdrawn: %v", r)
	}
	s.Do(publicBody, "registration:Supplement", rules)
}

func (s *Story) ending(asset registry.AssetID, ground string) registry.EndRegistrationRequest {
	return registry.EndRegistrationRequest{Key: s.Key(), Asset: asset, Ground: ground, Reasons: []string{"经核实"}, Document: Material(registry.MaterialDecision)}
}

func TestEnding_ByTheRegistrar(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	cancelled, revoked := s.registered(l, "主动注销"), s.registered(l, "撤销")
	s.Refused(registry.CodeAccessDenied, reviewer, "registration:Revoke", s.ending(revoked.Asset, "V1"))
	if r := s.Refused(registry.CodeFieldsInvalid, officer, "registration:Revoke", s.ending(revoked.Asset, "C2")); r.Rule != registry.RuleRevocation {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	s.Refused(registry.CodeFieldsInvalid, officer, "registration:CancelExOfficio", s.ending(cancelled.Asset, registry.GroundWish))
	s.Refused(registry.CodeTooEarly, officer, "registration:CancelExOfficio", s.ending(cancelled.Asset, registry.GroundLapsed))
	s.Do(supervisor, "registration:EnterOrder", s.order(cancelled.Asset)) // an order does not bar the registrar
	s.Do(officer, "registration:CancelExOfficio", s.ending(cancelled.Asset, registry.GroundDestroyed))
	s.Do(officer, "registration:Revoke", s.ending(revoked.Asset, "V1"))
	if page, cert := s.page(cancelled.Asset), s.certificate(cancelled.Certificate); page.Status != registry.AssetCancelled || cert.Status != registry.CertificateCancelled || page.Ending.Document == nil {
		t.Errorf("page %s, certificate %s", page.Status, cert.Status)
	}
	if page, cert := s.page(revoked.Asset), s.certificate(revoked.Certificate); page.Status != registry.AssetRevoked || cert.EffectiveStatus(&page, nil, l.Now) != registry.CertificateRevoked {
		t.Errorf("page %s, certificate %s", page.Status, cert.Status)
	}
	if r := s.Refused(registry.CodeAssetEnded, officer, "registration:Revoke", s.ending(revoked.Asset, "V1")); r.Args["assetStatus"] != "REVOKED" {
		t.Errorf("the refusal says %v", r)
	}
	s.Refused(registry.CodeNotFound, officer, "registration:Revoke", s.ending("ASTAAAAAAAAAAAAAAAAA", "V1"))
}
