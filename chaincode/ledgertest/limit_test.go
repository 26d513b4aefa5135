package ledgertest

import (
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// registered takes a case the whole way on a legal network and answers the page of the register.
func (s *Story) registered(l *Ledger, name string) registry.Receipt {
	s.T.Helper()
	app := s.publish(name)
	due, _ := s.findDeadline(app, registry.DeadlinePublicity)
	l.Now = *due.DueAt
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	return s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app})
}

// page is a page of the register.
func (s *Story) page(id registry.AssetID) registry.Asset {
	s.T.Helper()
	return find[registry.Asset](s, "registration:FindAsset", registry.FindRequest{ID: string(id)})
}

func (s *Story) certificate(n registry.CertificateNumber) registry.Certificate {
	s.T.Helper()
	return find[registry.Certificate](s, "registration:FindCertificate", registry.FindRequest{ID: string(n)})
}

func warrant() registry.Warrant {
	return registry.Warrant{Authority: "海东市中级人民法院（虚构）", Number: "（2026）青02执保1号", Document: Material(registry.MaterialOrder)}
}

func (s *Story) order(asset registry.AssetID) registry.EnterLimitRequest {
	return registry.EnterLimitRequest{Key: s.Key(), Asset: asset, Kind: registry.LimitSeizure, Warrant: warrant(), Text: "查封，期限一年", From: "2026-12-07", Until: "2027-12-06"}
}

func (s *Story) lift(asset registry.AssetID, n int) registry.LiftLimitRequest {
	return registry.LiftLimitRequest{Key: s.Key(), Asset: asset, Limit: n, Warrant: warrant(), Reason: "解除"}
}

func TestOrder_FreezesAtOnceAndUntilLifted(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "查封")
	status := func() registry.AssetStatus {
		page := s.page(done.Asset)
		if c := s.certificate(done.Certificate); c.EffectiveStatus(&page, nil, l.Now) != map[registry.AssetStatus]string{registry.AssetActive: "VALID", registry.AssetFrozen: "FROZEN"}[page.EffectiveStatus(nil, l.Now)] {
			t.Errorf("page %s, certificate %s", page.EffectiveStatus(nil, l.Now), c.EffectiveStatus(&page, nil, l.Now))
		}
		return page.EffectiveStatus(nil, l.Now)
	}
	for _, who := range []string{officer, applicant, admin, regulator} {
		s.Refused(registry.CodeAccessDenied, who, "registration:EnterOrder", s.order(done.Asset))
	}
	s.Do(supervisor, "registration:EnterOrder", s.order(done.Asset))
	if status() != registry.AssetFrozen {
		t.Error("an order does not freeze")
	}
	control := s.order(done.Asset)
	control.Kind, control.Until = registry.LimitControl, ""
	s.Do(supervisor, "registration:EnterOrder", control)
	s.Do(supervisor, "registration:LiftOrder", s.lift(done.Asset, 1))
	if status() != registry.AssetFrozen {
		t.Error("the second order does not hold")
	}
	if r := s.Refused(registry.CodeLimitLifted, supervisor, "registration:LiftOrder", s.lift(done.Asset, 1)); r.Rule != registry.RuleRemarks {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	s.Do(supervisor, "registration:LiftOrder", s.lift(done.Asset, 2))
	if status() != registry.AssetActive {
		t.Error("a lifted order holds")
	}
	s.Do(supervisor, "registration:EnterOrder", s.order(done.Asset))
	l.Now = at("2027-12-07 00:00")
	if status() != registry.AssetActive {
		t.Error("an order holds after its last day")
	}
}

func TestRemark_OfTheRegistrarDoesNotFreeze(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "质押")
	pledge := s.order(done.Asset)
	pledge.Kind, pledge.Creditor = registry.LimitPledge, "91630202MAFAKE051R"
	s.Refused(registry.CodeFieldsInvalid, supervisor, "registration:EnterOrder", pledge)
	stranger := pledge
	stranger.Creditor = "92630223MAFAKE078U"
	s.Refused(registry.CodePartyUnknown, officer, "registration:EnterRemark", stranger)
	s.Do(officer, "registration:EnterRemark", pledge)
	page := s.page(done.Asset)
	if page.EffectiveStatus(nil, l.Now) != registry.AssetActive || len(page.Limits) != 1 {
		t.Errorf("the page is %s with %+v", page.EffectiveStatus(nil, l.Now), page.Limits)
	}
	if limit := find[registry.Limit](s, "registration:FindLimit", registry.FindLimitRequest{Asset: done.Asset, Limit: 1}); limit.Creditor != pledge.Creditor || limit.Warrant.Authority == "" {
		t.Errorf("the remark says %+v", limit)
	}
	s.Refused(registry.CodeAccessDenied, supervisor, "registration:LiftOrder", s.lift(done.Asset, 1)) // the registrar's, not the bureau's
	s.Refused(registry.CodeNotFound, officer, "registration:LiftRemark", s.lift(done.Asset, 2))
	s.Do(officer, "registration:LiftRemark", s.lift(done.Asset, 1))
	s.Do(admin, "party:EndAppointment", registry.EndAppointmentRequest{Key: s.Key(), Office: registry.OfficeRecorder, Holder: officer, Reason: "调离"})
	pledge.Key = s.Key()
	s.Refused(registry.CodeNotAppointed, officer, "registration:EnterRemark", pledge)
}

func TestOrder_Defects(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "文书")
	for defect, change := range map[string]func(*registry.EnterLimitRequest){
		"no_authority":       func(r *registry.EnterLimitRequest) { r.Warrant.Authority = "" },
		"no_number":          func(r *registry.EnterLimitRequest) { r.Warrant.Number = " " },
		"no_document":        func(r *registry.EnterLimitRequest) { r.Warrant.Document = registry.Material{} },
		"no_words":           func(r *registry.EnterLimitRequest) { r.Text = "" },
		"unknown_kind":       func(r *registry.EnterLimitRequest) { r.Kind = "LIEN" },
		"remark_as_an_order": func(r *registry.EnterLimitRequest) { r.Kind = registry.LimitOther },
		"ends_before":        func(r *registry.EnterLimitRequest) { r.Until = "2026-12-01" },
		"ended_already":      func(r *registry.EnterLimitRequest) { r.From, r.Until = "2026-11-01", "2026-11-02" },
		"creditor":           func(r *registry.EnterLimitRequest) { r.Creditor = "91630202MAFAKE051R" },
	} {
		request := s.order(done.Asset)
		change(&request)
		t.Run(defect, func(t *testing.T) {
			NewStory(t, l, defect).Refused(registry.CodeFieldsInvalid, supervisor, "registration:EnterOrder", request)
		})
	}
	s.Refused(registry.CodeNotFound, supervisor, "registration:EnterOrder", s.order("ASTAAAAAAAAAAAAAAAAA"))
}

func TestSweep_ExpiryIsWrittenDown(t *testing.T) {
	s, l := legal(t)
	l.Now = at("2026-11-30 09:00")
	done := s.registered(l, "届满")
	sweep := func() registry.SweepRequest {
		return registry.SweepRequest{Key: s.Key(), Assets: []registry.AssetID{done.Asset}}
	}
	page := s.page(done.Asset)
	if page.ValidUntil != "2031-12-08" {
		t.Fatalf("valid until %s", page.ValidUntil)
	}
	l.Now = at("2031-12-08 23:59")
	s.Refused(registry.CodeNothingDue, service, "registration:Sweep", sweep())
	l.Now = at("2031-12-09 00:00")
	if c := s.certificate(done.Certificate); c.Status != registry.CertificateValid || c.EffectiveStatus(&page, nil, l.Now) != registry.CertificateExpired {
		t.Errorf("the certificate is %s, as of now %s", c.Status, c.EffectiveStatus(&page, nil, l.Now))
	}
	s.File("届满") // the asset is free again, before anybody writes it down
	s.Do(service, "registration:Sweep", sweep())
	if page, c := s.page(done.Asset), s.certificate(done.Certificate); page.Status != registry.AssetExpired || c.Status != registry.CertificateExpired {
		t.Errorf("page %s, certificate %s", page.Status, c.Status)
	}
	order := s.order(done.Asset)
	order.Until = ""
	if r := s.Refused(registry.CodeAssetEnded, supervisor, "registration:EnterOrder", order); r.Args["assetStatus"] != "EXPIRED" {
		t.Errorf("the refusal says %v", r)
	}
}
