package ledgertest

import (
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const (
	publicBody = "AgencyMSP/nongye-applicant"  // of a county's agricultural bureau
	operating  = "AgencyMSP/yunying-applicant" // of the authorised operator
)

// publicLedger is a legal network with a public body and an authorised operator.
func publicLedger(t *testing.T) (*Story, *Ledger) {
	s, l := legal(t)
	for who, p := range map[string]registry.RegisterPartyRequest{
		publicBody: {ID: "11630200MBFAKE0981", Category: registry.CategoryGovernment, Name: "民和县农业农村局（虚构）", Region: "630222"},
		operating:  {ID: "91630200MAFAKE0432", Category: registry.CategoryEnterprise, Name: "海东数据运营有限公司（虚构）", Region: "630200"},
	} {
		p.Key, p.Kind = s.Key(), registry.PartyLegal
		s.Do(admin, "party:Register", p)
		_, enrolment, _ := strings.Cut(who, "/")
		l.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: enrolment, Role: registry.RoleApplicant, Party: p.ID, Region: p.Region})
		s.Open(l, who)
	}
	return s, l
}

var publicMaterials = []registry.MaterialKind{registry.MaterialIdentity, registry.MaterialSource, registry.MaterialResource, registry.MaterialDeposit,
	registry.MaterialProduct, registry.MaterialScenario, registry.MaterialRisk}

// cid is a content identifier of its own.
func cid(n int) string {
	return "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk" + string("abcdefghijklmnopqrstuvwxyz"[n])
}

func (s *Story) publicContent(name string) registry.Content {
	c := s.Content(name)
	c.SubjectClass, c.Rights, c.Declarations = "PUBLIC", []registry.RightClaim{}, registry.Declarations{Lawful: true, Truthful: true}
	c.Materials = []registry.Material{}
	for i, kind := range publicMaterials {
		m := Material(kind)
		m.CID = cid(i)
		c.Materials = append(c.Materials, m)
	}
	c.Public = &registry.PublicMatter{Deposit: cid(20), Reviewed: true, Product: "农产品产销数据查询服务", Scenario: "农产品产销对接"}
	return c
}

func (s *Story) deposit(n int) registry.DepositRequest {
	return registry.DepositRequest{Key: s.Key(), CID: cid(n), Commitment: strings.Repeat("ab", 32), Size: 10}
}

func (s *Story) formalReview(app registry.ApplicationID) registry.ReviewRequest {
	r := registry.ReviewRequest{Key: s.Key(), Application: app}
	for _, kind := range publicMaterials {
		r.Checklist = append(r.Checklist, registry.ChecklistItem{Kind: kind, Pass: true})
	}
	return r
}

// enterPublic takes a filed case of a public track the whole way.
func (s *Story) enterPublic(l *Ledger, app registry.ApplicationID) registry.Receipt {
	s.T.Helper()
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:PassReview", s.formalReview(app))
	due, _ := s.findDeadline(app, registry.DeadlinePublicity)
	l.Now = *due.DueAt
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	return s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app})
}

// TestPublicResource_TheWholeWay with the periods of the public-data rules: acceptance 3, formal review 20, publicity 10 working days,
// three years, local query code, the national code recorded beside it.
func TestPublicResource_TheWholeWay(t *testing.T) {
	s, l := publicLedger(t)
	l.Now = at("2026-11-25 10:00")
	submit := registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: s.publicContent("公共资源")}
	if r := s.Refused(registry.CodeDepositMissing, publicBody, "registration:Submit", submit); r.Rule != registry.RulePublicDeposit {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	s.Do(operating, "registration:Deposit", s.deposit(19))
	other := s.publicContent("公共资源")
	other.Public.Deposit = cid(19)
	s.Refused(registry.CodeDepositMissing, publicBody, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: other}) // somebody else's
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	s.Refused(registry.CodeDepositExists, operating, "registration:Deposit", s.deposit(20))
	app := s.Do(publicBody, "registration:Submit", submit).Application
	if d, _ := s.findDeadline(app, registry.DeadlineAccept); d.DueDate != "2026-11-30" || d.Effect != registry.EffectDuty {
		t.Errorf("acceptance is %+v", d)
	}
	l.Now = at("2026-12-01 10:00")
	claim := registry.ClaimAcceptanceRequest{Key: s.Key(), Application: app}
	s.Refused(registry.CodeStatusWrong, publicBody, "registration:ClaimAcceptance", claim) // silence is no acceptance there
	s.Do(acceptor, "registration:Accept", s.act(app))
	if d, _ := s.findDeadline(app, registry.DeadlineReview); d.DueDate != "2026-12-29" {
		t.Errorf("formal review due %s", d.DueDate)
	}
	s.Refused(registry.CodeActionRefused, reviewer, "registration:RequestEvidence", s.reasons(app))
	s.Refused(registry.CodeExtended, reviewer, "registration:Extend", registry.ExtendRequest{Key: s.Key(), Application: app, N: 1, Reasons: []string{"x"}})
	s.Refused(registry.CodeFieldsInvalid, reviewer, "registration:PassReview", s.review(app)) // findings are for data assets
	short := s.formalReview(app)
	short.Checklist = short.Checklist[1:]
	s.Refused(registry.CodeFieldsInvalid, reviewer, "registration:PassReview", short)
	failed := s.formalReview(app)
	failed.Checklist[3].Pass = false
	s.Refused(registry.CodeFieldsInvalid, reviewer, "registration:PassReview", failed)
	s.Do(reviewer, "registration:PassReview", s.formalReview(app))
	if d, _ := s.findDeadline(app, registry.DeadlinePublicity); d.DueDate != "2026-12-15" {
		t.Errorf("publicity until %s", d.DueDate)
	}
	if d, _ := s.findDeadline(app, registry.DeadlineReview); d.FinishedAt == nil {
		t.Error("the formal review goes on in publicity")
	}
	l.Now = at("2026-12-16 00:00")
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	done := s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app})
	page, cert := s.page(done.Asset), s.certificate(done.Certificate)
	if done.Certificate[:16] != "HDGZ630222202612" || cert.Kind != "RESULT" || page.ValidUntil != "2029-12-16" || page.Profile != "PUBLIC_RESOURCE/1" {
		t.Errorf("%s, %s, until %s by %s", done.Certificate, cert.Kind, page.ValidUntil, page.Profile)
	}
	national := registry.RecordNationalCodeRequest{Key: s.Key(), Asset: done.Asset, Code: "6302222026121600000001"}
	s.Refused(registry.CodeAccessDenied, publicBody, "registration:RecordNationalCode", national)
	s.Do(officer, "registration:RecordNationalCode", national)
	if c := s.certificate(done.Certificate); c.NationalCode != national.Code || s.page(done.Asset).NationalCode != national.Code {
		t.Errorf("national code %q", c.NationalCode)
	}
	national.Key = s.Key()
	s.Refused(registry.CodeNationalCode, officer, "registration:RecordNationalCode", national)
}

func TestPublicTracks_WhoAndWhat(t *testing.T) {
	s, _ := publicLedger(t)
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	s.Do(operating, "registration:Deposit", s.deposit(21))
	file := func(code registry.Code, who string, track registry.Track, change func(*registry.Content)) *registry.Refusal {
		t.Helper()
		content := s.publicContent("谁登记什么")
		if who == operating {
			content.Public.Deposit = cid(21)
			content.Public.Operation = &registry.Operation{Agreement: cid(22), Until: "2028-06-30"}
		}
		change(&content)
		return s.Refused(code, who, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: track, Content: content})
	}
	nothing := func(*registry.Content) {}
	if r := file(registry.CodeNotPublicBody, operating, registry.TrackPublicResource, nothing); r.Rule != registry.RulePublicSubject {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	if r := file(registry.CodeMaterialMissing, publicBody, registry.TrackPublicResource, func(c *registry.Content) { c.Materials = c.Materials[:6] }); r.Args["material"] != "RISK" {
		t.Errorf("the refusal says %v", r)
	}
	for defect, change := range map[string]func(*registry.Content){
		"rights":             func(c *registry.Content) { c.Rights = SampleContent().Rights },
		"enterprise_data":    func(c *registry.Content) { c.SubjectClass = "ENTERPRISE" },
		"nothing_public":     func(c *registry.Content) { c.Public = nil },
		"no_own_review":      func(c *registry.Content) { c.Public.Reviewed = false },
		"no_scenario":        func(c *registry.Content) { c.Public.Scenario = "" },
		"no_deposit_named":   func(c *registry.Content) { c.Public.Deposit = "" },
		"not_lawfully_owned": func(c *registry.Content) { c.Declarations.Lawful = false },
	} {
		t.Run(defect, func(t *testing.T) { file(registry.CodeFieldsInvalid, publicBody, registry.TrackPublicResource, change) })
	}
	file(registry.CodeLevelRefused, publicBody, registry.TrackPublicResource, func(c *registry.Content) { c.Level = registry.LevelCore })
	file(registry.CodeSecretRefused, publicBody, registry.TrackPublicResource, func(c *registry.Content) { c.Secret = "SECRET" })
	file(registry.CodeFieldsInvalid, operating, registry.TrackPublicProduct, func(c *registry.Content) { c.Public.Operation = nil })
	file(registry.CodeTooLate, operating, registry.TrackPublicProduct, func(c *registry.Content) { c.Public.Operation.Until = "2026-01-01" })
	file(registry.CodeFieldsInvalid, publicBody, "ELSEWHERE", nothing)
	file(registry.CodeGovernmentData, publicBody, registry.TrackDataAsset, func(c *registry.Content) { *c = s.Content("政府数据") })
}

// TestPublicProduct_ThenADataAssetOnIt: valid no longer than the operating term, and a data asset only on a registered product (第十五条（二）).
func TestPublicProduct_ThenADataAssetOnIt(t *testing.T) {
	s, l := publicLedger(t)
	l.Now = at("2026-11-25 10:00")
	s.Do(operating, "registration:Deposit", s.deposit(20))
	content := s.publicContent("公共产品")
	content.Public.Operation = &registry.Operation{Agreement: cid(22), Until: "2028-06-30"}
	asset := s.Content("产品上的资产")
	asset.SubjectClass, asset.Product = "PUBLIC", "ASTAAAAAAAAAAAAAAAAA"
	submit := func(c registry.Content) registry.SubmitRequest {
		return registry.SubmitRequest{Key: s.Key(), Content: c}
	}
	s.Refused(registry.CodeFieldsInvalid, operating, "registration:Submit", submit(asset)) // no identifier of a page
	app := s.Do(operating, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicProduct, Content: content}).Application
	done := s.enterPublic(l, app)
	if page := s.page(done.Asset); page.ValidUntil != "2028-06-30" || done.Certificate[:4] != "HDGP" {
		t.Errorf("%s valid until %s", done.Certificate, page.ValidUntil)
	}
	asset.Product = done.Asset
	if r := s.Refused(registry.CodeProductMissing, rival, "registration:Submit", submit(asset)); r.Rule != registry.RuleGovernment {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	plain := asset
	plain.Product = ""
	s.Refused(registry.CodeGovernmentData, operating, "registration:Submit", submit(plain))
	s.Do(operating, "registration:Submit", submit(asset))
}

// TestPublicCorrection_ByAnInterestedParty and with what the public-data rules have that the guide has not.
func TestPublicCorrection_ByAnInterestedParty(t *testing.T) {
	s, l := publicLedger(t)
	l.Now = at("2026-11-25 10:00")
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	done := s.enterPublic(l, s.Do(publicBody, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: s.publicContent("更正")}).Application)
	content := s.page(done.Asset).Content
	content.Overview = "改正后的说明。"
	request := s.change(done.Asset, content)
	request.Materials[0].Kind = registry.MaterialOther
	s.Refused(registry.CodeFieldsInvalid, rival, "registration:SubmitCorrection", request)
	request = s.change(done.Asset, content)
	s.Refused(registry.CodeNotOwnParty, rival, "registration:SubmitChange", request)
	app := s.Do(rival, "registration:SubmitCorrection", request).Application
	corrected := s.enterPublic(l, app)
	page := s.page(done.Asset)
	if page.Holder != "11630200MBFAKE0981" || page.Content.Overview != content.Overview || page.Version != 2 || s.certificate(corrected.Certificate).Holder != page.Holder {
		t.Errorf("the page is %s's, version %d: %s", page.Holder, page.Version, page.Content.Overview)
	}
	s.Refused(registry.CodeActionRefused, publicBody, "registration:SubmitTransfer", s.transfer(done.Asset, registry.RightUse))
}

// TestPublicRenewal_SixtyDaysAndLapse: renewal within sixty days; what is not renewed the registrar cancels (第十五条).
func TestPublicRenewal_SixtyDaysAndLapse(t *testing.T) {
	s, l := publicLedger(t)
	l.Now = at("2026-11-25 10:00")
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	done := s.enterPublic(l, s.Do(publicBody, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: s.publicContent("续展")}).Application)
	until := s.page(done.Asset).ValidUntil // 2029-12-10
	l.Now = at("2029-10-10 23:00")
	s.Refused(registry.CodeTooEarly, publicBody, "registration:SubmitRenewal", s.renewal(done.Asset, 3))
	l.Now = at(string(until) + " 10:00")
	s.Refused(registry.CodeFieldsInvalid, publicBody, "registration:SubmitRenewal", s.renewal(done.Asset, 4))
	app := s.Do(publicBody, "registration:SubmitRenewal", s.renewal(done.Asset, 3)).Application
	l.Now = at("2029-12-20 10:00")
	page, open := s.page(done.Asset), s.Find(app)
	if page.EffectiveStatus(&open, l.Now) != registry.AssetExpired {
		t.Error("a pending renewal keeps a result alive, of which the public-data rules say nothing")
	}
	s.Do(officer, "registration:CancelExOfficio", s.ending(done.Asset, registry.GroundLapsed))
	if page := s.page(done.Asset); page.Status != registry.AssetCancelled || page.Ending.Ground != registry.GroundLapsed {
		t.Errorf("the page is %s", page.Status)
	}
}

// TestPublicObjection_UpheldTerminates (第十二条).
func TestPublicObjection_UpheldTerminates(t *testing.T) {
	s, l := publicLedger(t)
	l.Now = at("2026-11-25 10:00")
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	app := s.Do(publicBody, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: s.publicContent("异议")}).Application
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:PassReview", s.formalReview(app))
	s.Do(rival, "registration:FileObjection", s.object(app))
	decision := s.decide(app, 1, true)
	s.Refused(registry.CodeFieldsInvalid, objecting, "registration:DecideObjection", decision) // there is no list of grounds
	decision.Ground = ""
	s.Do(objecting, "registration:DecideObjection", decision)
	if a := s.Find(app); a.Status != registry.StatusTerminated {
		t.Errorf("the case is %s", a.Status)
	}
}

func TestPublicSupplement_DoesNotLapse(t *testing.T) {
	s, l := publicLedger(t)
	l.Now = at("2026-11-25 10:00")
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	content := s.publicContent("补正")
	app := s.Do(publicBody, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: content}).Application
	s.Do(acceptor, "registration:Return", s.reasons(app))
	l.Now = at("2026-12-28 10:00")
	s.Refused(registry.CodeNothingDue, service, "registration:Sweep", s.sweep(app))
	content.Overview += "。"
	s.Do(publicBody, "registration:Resubmit", registry.ResubmitRequest{Key: s.Key(), Application: app, Content: content})
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Refused(registry.CodeFieldsInvalid, reviewer, "registration:Refuse", registry.RefuseRequest{Key: s.Key(), Application: app, Ground: "R1", Reasons: []string{"理由"}})
	s.Do(reviewer, "registration:Refuse", registry.RefuseRequest{Key: s.Key(), Application: app, Reasons: []string{"材料不符"}})
}
