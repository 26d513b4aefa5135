package ledgertest

import (
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// successor is what the city may adopt after its rules have lapsed.
func successor() registry.RuleProfile {
	p := registry.InitialProfiles(registry.ModeLegal)[1]
	p.Version, p.Source, p.From, p.Until = 3, "海东市数据要素管理办法（虚构）", "2027-05-01", "2029-04-30"
	p.Publicity.N = 7
	return p
}

func (s *Story) confirmation(p registry.RuleProfile) registry.ConfirmProfileRequest {
	stored := find[registry.RuleProfile](s, "rule:FindProfile", registry.FindProfileRequest{Track: p.Track, Version: p.Version})
	return registry.ConfirmProfileRequest{Key: s.Key(), Track: p.Track, Version: p.Version, Digest: registry.Digest(stored)}
}

// TestProfile_NeedsAnotherOrganisation: what the bureau proposes is in force only when another organisation has confirmed exactly that.
func TestProfile_NeedsAnotherOrganisation(t *testing.T) {
	s, l := legal(t)
	p := successor()
	s.Do(supervisor, "rule:AdoptProfile", registry.AdoptProfileRequest{Key: s.Key(), Profile: p})
	confirm := s.confirmation(p)
	for _, who := range []string{admin, supervisor, applicant, regulator} {
		s.Refused(registry.CodeAccessDenied, who, "rule:ConfirmProfile", confirm)
	}
	wrong := confirm
	wrong.Digest = registry.Digest("x")
	s.Refused(registry.CodeFieldsInvalid, operator, "rule:ConfirmProfile", wrong)
	wrong.Version = 9
	s.Refused(registry.CodeNotFound, operator, "rule:ConfirmProfile", wrong)
	l.Now = at("2027-04-20 10:00")
	confirm.Key = s.Key()
	s.Do(operator, "rule:ConfirmProfile", confirm)
	again := s.confirmation(p)
	s.Refused(registry.CodeVersionExists, officer, "rule:ConfirmProfile", again)
	s.Refused(registry.CodeVersionExists, supervisor, "rule:AdoptProfile", registry.AdoptProfileRequest{Key: s.Key(), Profile: p})
	l.Now = at("2027-04-30 10:00")
	if a := s.Find(s.File("旧规则")); a.Profile != "DATA_ASSET/2" {
		t.Errorf("filed under %s", a.Profile)
	}
	l.Now = at("2027-05-01 10:00")
	if a := s.Find(s.File("新规则")); a.Profile != "DATA_ASSET/3" {
		t.Errorf("filed under %s", a.Profile)
	}
}

// TestProfile_FallsBackToTheNationalOne when the city's rules lapse (第六十二条), and a track without any refuses new applications.
func TestProfile_FallsBackToTheNationalOne(t *testing.T) {
	s, l := legal(t)
	s.Do(admin, "rule:AdoptProfile", registry.AdoptProfileRequest{Key: s.Key(), Profile: successor()}) // proposed and never confirmed
	l.Now = at("2027-05-01 10:00")
	if a := s.Find(s.File("国家规则")); a.Profile != "DATA_ASSET/1" {
		t.Errorf("filed under %s", a.Profile)
	}
	late := s.confirmation(successor())
	l.Now = at("2027-05-02 10:00")
	if r := s.Refused(registry.CodeTooLate, operator, "rule:ConfirmProfile", late); r.Rule != registry.RuleSuperior {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	sp, lp := publicLedger(t)
	sp.Do(publicBody, "registration:Deposit", sp.deposit(20))
	lp.Now = at("2030-03-01 10:00")
	if r := sp.Refused(registry.CodeProfileMissing, publicBody, "registration:Submit", registry.SubmitRequest{Key: sp.Key(), Track: registry.TrackPublicResource, Content: sp.publicContent("无规则")}); r.Rule != registry.RuleTerm {
		t.Errorf("the refusal cites %s", r.Rule)
	}
}

// TestProfile_KeepsToSuperiorRules (第六十一条): the city grants no less than the national rules in force.
func TestProfile_KeepsToSuperiorRules(t *testing.T) {
	s, _ := legal(t)
	for period, change := range map[string]func(*registry.RuleProfile){
		"accept":     func(p *registry.RuleProfile) { p.Accept.N = 5 },
		"review":     func(p *registry.RuleProfile) { p.Review.N = 11 },
		"publicity":  func(p *registry.RuleProfile) { p.Publicity.N = 4 },
		"validity":   func(p *registry.RuleProfile) { p.Validity.N = 6 },
		"deemed":     func(p *registry.RuleProfile) { p.Accept.Effect = registry.EffectDuty },
		"objection":  func(p *registry.RuleProfile) { p.Objection.N = 20 },
		"cancelling": func(p *registry.RuleProfile) { p.Cancelling.Unit = registry.UnitDay },
	} {
		p := successor()
		change(&p)
		if r := s.Refused(registry.CodeSuperiorRule, admin, "rule:AdoptProfile", registry.AdoptProfileRequest{Key: s.Key(), Profile: p}); r.Args["periods"] != period || r.Args["profile"] != "DATA_ASSET/1" {
			t.Errorf("%s: %v", period, r.Args)
		}
	}
	back := successor()
	back.From = "2026-01-01"
	s.Refused(registry.CodeTooLate, admin, "rule:AdoptProfile", registry.AdoptProfileRequest{Key: s.Key(), Profile: back})
}

// TestCatalogue_PublishWithdrawAndRegister: an item belongs to its provider, and a registration names only a published one of its own.
func TestCatalogue_PublishWithdrawAndRegister(t *testing.T) {
	s, _ := publicLedger(t)
	item := registry.CatalogItem{Code: "307001000001", Name: "农产品产销信息", Abstract: "按月汇总。", Provider: "11630200MBFAKE0981", Region: "630222", Format: "TABLE", Class: "3",
		Fields: []registry.InfoItem{{Name: "品种", Type: "字符型"}}, Sharing: registry.Sharing{Type: registry.Unconditional}, Opening: registry.Opening{Type: registry.Unconditional},
		UpdateCycle: "MONTH", BaseData: "NONE", Level: registry.LevelGeneral, Secret: "NONE"}
	publish := func() registry.PublishItemRequest { return registry.PublishItemRequest{Key: s.Key(), Item: item} }
	s.Refused(registry.CodeAccessDenied, officer, "catalogue:Publish", publish())
	s.Refused(registry.CodeNotOwnParty, operating, "catalogue:Publish", publish())
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	content := s.publicContent("目录")
	content.Public.Item = item.Code
	submit := func() registry.SubmitRequest {
		return registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: content}
	}
	s.Refused(registry.CodeItemMissing, publicBody, "registration:Submit", submit())
	s.Do(publicBody, "catalogue:Publish", publish())
	s.Do(publicBody, "catalogue:Publish", publish()) // the next version
	if found := find[registry.CatalogItem](s, "catalogue:FindItem", registry.FindRequest{ID: item.Code}); found.Version != 2 || found.Status != registry.ItemPublished {
		t.Errorf("version %d, %s", found.Version, found.Status)
	}
	s.Do(publicBody, "registration:Submit", submit())
	withdraw := func() registry.WithdrawItemRequest {
		return registry.WithdrawItemRequest{Key: s.Key(), Code: item.Code, Reason: "机构调整"}
	}
	s.Refused(registry.CodeNotOwnParty, operating, "catalogue:Withdraw", withdraw())
	s.Do(publicBody, "catalogue:Withdraw", withdraw())
	s.Refused(registry.CodeStatusWrong, publicBody, "catalogue:Withdraw", withdraw())
	content.DataName = "目录二"
	s.Refused(registry.CodeItemMissing, publicBody, "registration:Submit", submit())
}
