package ledgertest

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const (
	utility  = "AgencyMSP/shui-applicant"   // of a public utility
	bureaus  = "AgencyMSP/shuju-applicant"  // of the data department itself
	minhe    = "BureauMSP/minhe-supervisor" // of the data department of 民和县
	ledu     = "BureauMSP/ledu-supervisor"  // of 乐都区
	itemCode = "307001000001"
)

// catalogueLedger is a legal network whose county bureau has published an item, with two other bodies and two counties' desks.
func catalogueLedger(t *testing.T) (*Story, *Ledger) {
	s, l := publicLedger(t)
	s.Do(admin, "party:Register", registry.RegisterPartyRequest{Key: s.Key(), ID: "91630203MAFAKE086T", Kind: registry.PartyLegal, Category: registry.CategoryEnterprise,
		Name: "平安供水有限公司（虚构）", Region: "630203", IsPublicUtility: true})
	for who, a := range map[string]registry.Actor{
		utility: {MSP: registry.MSPAgency, Role: registry.RoleApplicant, Party: "91630203MAFAKE086T", Region: "630203"},
		bureaus: {MSP: registry.MSPAgency, Role: registry.RoleApplicant, Party: bureauParty, Region: "630200"},
		minhe:   {MSP: registry.MSPBureau, Role: registry.RoleSupervisor, Party: bureauParty, Region: "630222"},
		ledu:    {MSP: registry.MSPBureau, Role: registry.RoleSupervisor, Party: bureauParty, Region: "630202"},
	} {
		_, a.Enrolment, _ = strings.Cut(who, "/")
		l.Join(a)
		s.Open(l, who)
	}
	s.Do(publicBody, "catalogue:Publish", registry.PublishItemRequest{Key: s.Key(), Item: sharedItem(itemCode)})
	return s, l
}

// sharedItem is an item shared and opened under conditions, with one information item that is not shared and one basic data item.
func sharedItem(code string) registry.CatalogItem {
	return registry.CatalogItem{Code: code, Name: "农产品产销信息", Abstract: "按月汇总。", Provider: "11630200MBFAKE0981", Region: "630222", Format: "TABLE", Class: "3",
		Fields:  []registry.InfoItem{{Name: "品种", Type: "字符型"}, {Name: "单位代码", Type: "字符型", Base: true}, {Name: "收购价", Type: "数值型", Sharing: registry.Withheld}},
		Sharing: registry.Sharing{Type: registry.Conditional, Basis: []registry.LegalBasis{{Rank: "RULE", Document: "政务信息资源共享管理办法"}}, Conditions: "因履行职责需要"},
		Opening: registry.Opening{Type: registry.Conditional, Reasons: []string{"CONTINUOUS"}, Conditions: "登记用途"}, UpdateCycle: "MONTH", BaseData: "LEGAL_PERSON",
		Level: registry.LevelGeneral, Secret: "NONE"}
}

func (s *Story) requestShare() registry.RequestShareRequest {
	return registry.RequestShareRequest{Key: s.Key(), Item: itemCode, Scope: registry.Scope{Fields: []string{"品种", "单位代码"}, Until: "2027-11-30"},
		Purpose: "供水需求预测", Basis: "保障农业生产用水"}
}

func (s *Story) grantShare(id registry.ShareID) registry.DecideShareRequest {
	return registry.DecideShareRequest{Key: s.Key(), Share: id, Granted: true, Scope: registry.Scope{Fields: []string{"品种"}, Until: "2027-06-30"}, Reasons: "只用于预测"}
}

func (s *Story) declineShare(id registry.ShareID) registry.DecideShareRequest {
	return registry.DecideShareRequest{Key: s.Key(), Share: id, Scope: registry.Scope{Fields: []string{}}, Reasons: "用途与职责不符"}
}

func (s *Story) share(id registry.ShareID) registry.Share {
	return find[registry.Share](s, "sharing:FindRequest", registry.FindRequest{ID: string(id)})
}

// TestShare_FromRequestToFeedback (第二十九条): applicant, data department, provider.
func TestShare_FromRequestToFeedback(t *testing.T) {
	s, _ := catalogueLedger(t)
	id := registry.ShareID(s.Do(utility, "sharing:Request", s.requestShare()).ID)
	report := registry.ReportShareRequest{Key: s.Key(), Share: id, Provided: true, Note: "经市共享交换平台接口提供"}
	s.Refused(registry.CodeStatusWrong, publicBody, "sharing:Report", report) // nothing is granted yet
	s.Refused(registry.CodeAccessDenied, publicBody, "sharing:Decide", s.grantShare(id))
	s.Do(supervisor, "sharing:Decide", s.grantShare(id))
	s.Refused(registry.CodeStatusWrong, supervisor, "sharing:Decide", s.declineShare(id))
	s.Refused(registry.CodeNotOwnParty, utility, "sharing:Report", report)
	missing := report
	missing.Key, missing.Provided, missing.Note = s.Key(), false, "接口维护中"
	s.Do(publicBody, "sharing:Report", missing)
	missing.Key = s.Key()
	s.Refused(registry.CodeStatusWrong, publicBody, "sharing:Report", missing) // said already
	report.Key = s.Key()
	s.Do(publicBody, "sharing:Report", report)
	got := s.share(id)
	if got.Status != registry.ShareProvided || got.Decision.By != supervisor || got.Decision.Party != bureauParty || len(got.Granted.Fields) != 1 || got.Feedback.By != publicBody {
		t.Errorf("%+v", got)
	}
	s.Refused(registry.CodeStatusWrong, utility, "sharing:Withdraw", registry.WithdrawShareRequest{Key: s.Key(), Share: id, Reasons: "不再需要"})
}

// TestShare_UnlawfulIsRefused: to oneself, by no public body, of what is not shared, wider than asked for, without the role or the region.
func TestShare_UnlawfulIsRefused(t *testing.T) {
	s, l := catalogueLedger(t)
	own := s.requestShare()
	s.Refused(registry.CodeOwnRequest, publicBody, "sharing:Request", own)
	s.Refused(registry.CodeNotPublicBody, operating, "sharing:Request", s.requestShare())
	withheld := s.requestShare()
	withheld.Scope.Fields = []string{"收购价"}
	if r := s.Refused(registry.CodeSharingRefused, utility, "sharing:Request", withheld); r.Rule != registry.RuleSharing || r.Args["field"] != "收购价" {
		t.Errorf("%v", r)
	}
	for defect, change := range map[string]func(*registry.RequestShareRequest){
		"no_purpose":    func(r *registry.RequestShareRequest) { r.Purpose = "" },
		"no_duty":       func(r *registry.RequestShareRequest) { r.Basis = "" },
		"no_fields":     func(r *registry.RequestShareRequest) { r.Scope.Fields = []string{} },
		"unknown_field": func(r *registry.RequestShareRequest) { r.Scope.Fields = []string{"产地"} },
		"field_twice":   func(r *registry.RequestShareRequest) { r.Scope.Fields = []string{"品种", "品种"} },
		"no_end":        func(r *registry.RequestShareRequest) { r.Scope.Until = "" },
		"over_already":  func(r *registry.RequestShareRequest) { r.Scope.Until = "2026-11-23" },
	} {
		request := s.requestShare()
		change(&request)
		t.Run(defect, func(t *testing.T) {
			NewStory(t, l, defect).Refused(registry.CodeFieldsInvalid, utility, "sharing:Request", request)
		})
	}
	id := registry.ShareID(s.Do(utility, "sharing:Request", s.requestShare()).ID)
	for defect, change := range map[string]func(*registry.DecideShareRequest){
		"more_fields": func(r *registry.DecideShareRequest) { r.Scope.Fields = append(r.Scope.Fields, "收购价") },
		"longer":      func(r *registry.DecideShareRequest) { r.Scope.Until = "2027-12-01" },
	} {
		request := s.grantShare(id)
		change(&request)
		t.Run(defect, func(t *testing.T) {
			NewStory(t, l, defect).Refused(registry.CodeGrantWider, supervisor, "sharing:Decide", request)
		})
	}
	silent := s.declineShare(id)
	silent.Reasons = ""
	s.Refused(registry.CodeFieldsInvalid, supervisor, "sharing:Decide", silent)
	if r := s.Refused(registry.CodeAccessDenied, ledu, "sharing:Decide", s.grantShare(id)); r.Rule != registry.RuleCounty {
		t.Errorf("the desk of another county is refused by %s", r.Rule)
	}
	s.Refused(registry.CodeNotOwnParty, bureaus, "sharing:Withdraw", registry.WithdrawShareRequest{Key: s.Key(), Share: id, Reasons: "x"})
	s.Do(minhe, "sharing:Decide", s.declineShare(id)) // the county of the item
	bureauOwn := registry.ShareID(s.Do(bureaus, "sharing:Request", s.requestShare()).ID)
	s.Refused(registry.CodeOwnRequest, supervisor, "sharing:Decide", s.grantShare(bureauOwn))

	narrowed := sharedItem(itemCode)
	narrowed.Fields = narrowed.Fields[1:]
	other := registry.ShareID(s.Do(utility, "sharing:Request", s.requestShare()).ID)
	s.Do(publicBody, "catalogue:Publish", registry.PublishItemRequest{Key: s.Key(), Item: narrowed})
	s.Refused(registry.CodeSharingRefused, supervisor, "sharing:Decide", s.grantShare(other)) // the item has it no more
	s.Do(publicBody, "catalogue:Withdraw", registry.WithdrawItemRequest{Key: s.Key(), Code: itemCode, Reason: "机构调整"})
	s.Refused(registry.CodeItemMissing, supervisor, "sharing:Decide", s.grantShare(other))
	late := s.requestShare()
	late.Scope.Fields = []string{"单位代码"}
	s.Refused(registry.CodeItemMissing, utility, "sharing:Request", late)
	s.Do(utility, "sharing:Withdraw", registry.WithdrawShareRequest{Key: s.Key(), Share: other, Reasons: "资源已撤回"})
}

// TestShare_EveryCourse walks requests at random and holds what is on the ledger against the moves that the law knows.
func TestShare_EveryCourse(t *testing.T) {
	moves := map[string][]string{"": {registry.ShareRequested}, registry.ShareRequested: {registry.ShareGranted, registry.ShareDeclined, registry.ShareWithdrawn},
		registry.ShareGranted: {registry.ShareProvided, registry.ShareNotProvided}, registry.ShareNotProvided: {registry.ShareProvided}}
	s, _ := catalogueLedger(t)
	accepted := 0
	rapid.Check(t, func(rt *rapid.T) {
		id := registry.ShareID(s.Do(utility, "sharing:Request", s.requestShare()).ID)
		status := registry.ShareRequested
		for range rapid.IntRange(1, 6).Draw(rt, "acts") {
			who, function, request := shareAct(s, rt, id)
			if _, err := s.Submit(who, function, document(t, request)); err != nil {
				if now := s.share(id).Status; now != status {
					t.Fatalf("refused, and yet %s became %s", status, now)
				}
				continue
			}
			accepted++
			got := s.share(id)
			if !slices.Contains(moves[status], got.Status) {
				t.Fatalf("%s by %s takes %s to %s", function, who, status, got.Status)
			}
			if status = got.Status; got.Granted != nil && (got.Granted.Until > got.Scope.Until || len(got.Granted.Fields) > len(got.Scope.Fields)) {
				t.Fatalf("granted %+v of %+v", got.Granted, got.Scope)
			}
		}
	})
	if accepted == 0 {
		t.Error("no act was accepted")
	}
}

func shareAct(s *Story, rt *rapid.T, id registry.ShareID) (who, function string, request any) {
	who = rapid.SampledFrom([]string{utility, publicBody, supervisor, ledu, bureaus}).Draw(rt, "who")
	switch rapid.IntRange(0, 4).Draw(rt, "act") {
	case 0:
		return who, "sharing:Withdraw", registry.WithdrawShareRequest{Key: s.Key(), Share: id, Reasons: "不再需要"}
	case 1:
		return who, "sharing:Decide", s.grantShare(id)
	case 2:
		return who, "sharing:Decide", s.declineShare(id)
	case 3:
		return who, "sharing:Report", registry.ReportShareRequest{Key: s.Key(), Share: id, Provided: true, Note: "已提供"}
	}
	return who, "sharing:Report", registry.ReportShareRequest{Key: s.Key(), Share: id, Note: "未能提供"}
}

func (s *Story) requestPurchase() registry.RequestPurchaseRequest {
	return registry.RequestPurchaseRequest{Key: s.Key(), Subject: "ENTERPRISE", Data: "企业用电量数据", Purpose: "产业运行监测", Basis: "工业经济运行调度"}
}

// TestPurchase_CoordinatedAndReported (第二十二条): by bodies that public funds pay for, agreed by the data department, reported.
func TestPurchase_CoordinatedAndReported(t *testing.T) {
	s, l := catalogueLedger(t)
	s.Refused(registry.CodeNotFunded, operating, "purchase:Request", s.requestPurchase())
	s.Refused(registry.CodeNotFunded, utility, "purchase:Request", s.requestPurchase()) // a public body, not publicly funded
	for defect, change := range map[string]func(*registry.RequestPurchaseRequest){
		"no_data":                  func(r *registry.RequestPurchaseRequest) { r.Data = "" },
		"no_duty":                  func(r *registry.RequestPurchaseRequest) { r.Basis = "" },
		"public_data":              func(r *registry.RequestPurchaseRequest) { r.Subject = "PUBLIC" },
		"personal_without_a_basis": func(r *registry.RequestPurchaseRequest) { r.Subject = "PERSONAL" },
		"basis_of_nothing":         func(r *registry.RequestPurchaseRequest) { r.PersonalBasis = "同意" },
	} {
		request := s.requestPurchase()
		change(&request)
		t.Run(defect, func(t *testing.T) {
			NewStory(t, l, defect).Refused(registry.CodeFieldsInvalid, publicBody, "purchase:Request", request)
		})
	}
	id := registry.PurchaseID(s.Do(publicBody, "purchase:Request", s.requestPurchase()).ID)
	report := func() registry.ReportPurchaseRequest {
		return registry.ReportPurchaseRequest{Key: s.Key(), Purchase: id, Purchased: true, Supplier: contractor, Note: "公开招标"}
	}
	s.Refused(registry.CodeStatusWrong, publicBody, "purchase:Report", report()) // not before it is coordinated
	decide := func() registry.DecidePurchaseRequest {
		return registry.DecidePurchaseRequest{Key: s.Key(), Purchase: id, Granted: true}
	}
	s.Refused(registry.CodeAccessDenied, publicBody, "purchase:Decide", decide())
	s.Refused(registry.CodeAccessDenied, ledu, "purchase:Decide", decide())
	silent := decide()
	silent.Granted = false
	s.Refused(registry.CodeFieldsInvalid, supervisor, "purchase:Decide", silent)
	s.Do(supervisor, "purchase:Decide", decide())
	s.Refused(registry.CodeStatusWrong, supervisor, "purchase:Decide", decide())
	s.Refused(registry.CodeNotOwnParty, utility, "purchase:Report", report())
	nameless, unknown := report(), report()
	nameless.Supplier, unknown.Supplier = "", "12100000400000624D"
	s.Refused(registry.CodeFieldsInvalid, publicBody, "purchase:Report", nameless)
	s.Refused(registry.CodeFieldsInvalid, publicBody, "purchase:Report", unknown)
	s.Do(publicBody, "purchase:Report", report())
	if got := find[registry.Purchase](s, "purchase:FindRequest", registry.FindRequest{ID: string(id)}); got.Status != registry.Purchased || got.Supplier != contractor {
		t.Errorf("%+v", got)
	}
	own := registry.PurchaseID(s.Do(bureaus, "purchase:Request", s.requestPurchase()).ID)
	request := decide()
	request.Purchase = own
	s.Refused(registry.CodeOwnRequest, supervisor, "purchase:Decide", request)
	s.Do(bureaus, "purchase:Withdraw", registry.WithdrawPurchaseRequest{Key: s.Key(), Purchase: own, Reasons: "预算取消"})
}

func (s *Story) audit() registry.AuditOpeningRequest {
	return registry.AuditOpeningRequest{Key: s.Key(), Item: itemCode, Mode: "APPLICATION", Checked: true, Note: "已逐项核对，不含个人信息"}
}

func (s *Story) publishOpening() registry.PublishOpeningRequest {
	return registry.PublishOpeningRequest{Key: s.Key(), Item: itemCode, Grade: "二级"}
}

func (s *Story) endOpening() registry.EndOpeningRequest {
	return registry.EndOpeningRequest{Key: s.Key(), Item: itemCode, Reasons: "数据质量不合格"}
}

func (s *Story) opened() registry.OpenItem {
	return find[registry.OpenItem](s, "opening:FindItem", registry.FindRequest{ID: itemCode})
}

// TestOpening_AuditBeforePublication (第三十条): the provider audits the very version that the data department publishes.
func TestOpening_AuditBeforePublication(t *testing.T) {
	s, _ := catalogueLedger(t)
	if r := s.Refused(registry.CodeAuditMissing, supervisor, "opening:Publish", s.publishOpening()); r.Rule != registry.RuleOpeningCourse {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	s.Refused(registry.CodeNotOwnParty, utility, "opening:Audit", s.audit())
	unchecked := s.audit()
	unchecked.Checked = false
	s.Refused(registry.CodeFieldsInvalid, publicBody, "opening:Audit", unchecked)
	s.Do(publicBody, "opening:Audit", s.audit())
	s.Refused(registry.CodeStatusWrong, publicBody, "opening:Audit", s.audit())
	s.Refused(registry.CodeAccessDenied, publicBody, "opening:Publish", s.publishOpening())
	s.Refused(registry.CodeAccessDenied, ledu, "opening:Publish", s.publishOpening())
	s.Refused(registry.CodeAccessDenied, ledu, "opening:SendBack", s.endOpening())
	s.Do(minhe, "opening:SendBack", s.endOpening())
	s.Refused(registry.CodeAuditMissing, supervisor, "opening:Publish", s.publishOpening())
	s.Do(publicBody, "opening:Audit", s.audit())
	s.Do(publicBody, "catalogue:Publish", registry.PublishItemRequest{Key: s.Key(), Item: sharedItem(itemCode)}) // version 2
	s.Refused(registry.CodeAuditMissing, supervisor, "opening:Publish", s.publishOpening())                      // version 1 was audited
	s.Do(publicBody, "opening:Audit", s.audit())
	s.Do(supervisor, "opening:Publish", s.publishOpening())
	item := find[registry.CatalogItem](s, "catalogue:FindItem", registry.FindRequest{ID: itemCode})
	if o := s.opened(); !o.OpenNow(&item) || o.Version != 2 || o.Grade != "二级" || o.Audit.By != publicBody || o.Publisher != supervisor {
		t.Errorf("%+v", o)
	}
	s.Refused(registry.CodeNotOwnParty, utility, "opening:Stop", s.endOpening())
	s.Refused(registry.CodeAccessDenied, ledu, "opening:Stop", s.endOpening())
	withheld := sharedItem(itemCode)
	withheld.Opening = registry.Opening{Type: registry.Withheld, Reasons: []string{"TRADE_SECRET"}}
	s.Do(publicBody, "catalogue:Publish", registry.PublishItemRequest{Key: s.Key(), Item: withheld})
	item = find[registry.CatalogItem](s, "catalogue:FindItem", registry.FindRequest{ID: itemCode})
	if o := s.opened(); o.OpenNow(&item) {
		t.Error("what the catalogue withholds is still open")
	}
	s.Do(publicBody, "opening:Stop", s.endOpening())
	s.Refused(registry.CodeOpeningRefused, publicBody, "opening:Audit", s.audit())
	s.Refused(registry.CodeStatusWrong, supervisor, "opening:Stop", s.endOpening())
	s.Do(publicBody, "catalogue:Withdraw", registry.WithdrawItemRequest{Key: s.Key(), Code: itemCode, Reason: "机构调整"})
	s.Refused(registry.CodeItemMissing, publicBody, "opening:Audit", s.audit())
}

func (s *Story) plan() registry.AdoptPlanRequest {
	return registry.AdoptPlanRequest{Key: s.Key(), Region: "630200", Year: 2027, Title: "2027年度公共数据开放计划", Document: "东数〔2026〕1号（虚构）",
		Entries: []registry.PlanEntry{{Item: itemCode, Attribute: registry.Conditional, Kind: "DATASET", Conditions: "登记用途", UpdateCycle: "MONTH"}}}
}

// TestOpeningPlan_FourFieldsAndWhatTheCatalogueSays (第三十二条).
func TestOpeningPlan_FourFieldsAndWhatTheCatalogueSays(t *testing.T) {
	s, l := catalogueLedger(t)
	for defect, c := range map[string]struct {
		change func(*registry.AdoptPlanRequest)
		path   string
	}{
		"no_attribute":              {func(r *registry.AdoptPlanRequest) { r.Entries[0].Attribute = 0 }, "entries[0].attribute"},
		"no_kind":                   {func(r *registry.AdoptPlanRequest) { r.Entries[0].Kind = "" }, "entries[0].kind"},
		"no_conditions":             {func(r *registry.AdoptPlanRequest) { r.Entries[0].Conditions = "" }, "entries[0].conditions"},
		"no_update_cycle":           {func(r *registry.AdoptPlanRequest) { r.Entries[0].UpdateCycle = "" }, "entries[0].updateCycle"},
		"another_attribute":         {func(r *registry.AdoptPlanRequest) { r.Entries[0].Attribute, r.Entries[0].Conditions = 1, "" }, "entries[0].attribute"},
		"another_update_cycle":      {func(r *registry.AdoptPlanRequest) { r.Entries[0].UpdateCycle = "DAY" }, "entries[0].updateCycle"},
		"an_item_twice":             {func(r *registry.AdoptPlanRequest) { r.Entries = append(r.Entries, r.Entries[0]) }, "entries[1].item"},
		"nothing":                   {func(r *registry.AdoptPlanRequest) { r.Entries = []registry.PlanEntry{} }, "entries"},
		"a_year_that_is_over":       {func(r *registry.AdoptPlanRequest) { r.Year = 2025 }, "year"},
		"by_no_document":            {func(r *registry.AdoptPlanRequest) { r.Document = "" }, "document"},
		"a_region_that_is_not_ours": {func(r *registry.AdoptPlanRequest) { r.Region = "620100" }, "region"},
	} {
		request := s.plan()
		c.change(&request)
		t.Run(defect, func(t *testing.T) {
			r := NewStory(t, l, defect).Refused(registry.CodeFieldsInvalid, supervisor, "opening:AdoptPlan", request)
			if !slices.ContainsFunc(r.Fields, func(f registry.FieldError) bool { return f.Path == c.path }) {
				t.Errorf("refused for %v, not %s", r.Fields, c.path)
			}
		})
	}
	s.Refused(registry.CodeAccessDenied, publicBody, "opening:AdoptPlan", s.plan())
	s.Refused(registry.CodeAccessDenied, minhe, "opening:AdoptPlan", s.plan()) // the city's
	foreign := s.plan()
	foreign.Region = "630202"
	s.Refused(registry.CodeAccessDenied, ledu, "opening:AdoptPlan", foreign) // another county's item
	unknown := s.plan()
	unknown.Entries[0].Item = "307001999999"
	s.Refused(registry.CodeItemMissing, supervisor, "opening:AdoptPlan", unknown)
	s.Do(supervisor, "opening:AdoptPlan", s.plan())
	s.Do(supervisor, "opening:AdoptPlan", s.plan())
	county := s.plan()
	county.Region = "630222"
	s.Do(minhe, "opening:AdoptPlan", county)
	if p := find[registry.OpeningPlan](s, "opening:FindPlan", registry.FindPlanRequest{Region: "630200", Year: 2027}); p.Version != 2 || len(p.Entries) != 1 {
		t.Errorf("%+v", p)
	}
	withheld := sharedItem(itemCode)
	withheld.Opening = registry.Opening{Type: registry.Withheld, Reasons: []string{"TRADE_SECRET"}}
	s.Do(publicBody, "catalogue:Publish", registry.PublishItemRequest{Key: s.Key(), Item: withheld})
	if r := s.Refused(registry.CodeOpeningRefused, supervisor, "opening:AdoptPlan", s.plan()); r.Rule != registry.RuleOpening {
		t.Errorf("the refusal cites %s", r.Rule)
	}
}

func (s *Story) enterprise() registry.EnterEnterpriseRequest {
	return registry.EnterEnterpriseRequest{Key: s.Key(), Party: contractor, Region: "630202", Name: "青稞加工能耗数据", Abstract: "按班次采集。",
		Industries: []registry.Industry{{Section: "C", Division: "13"}}, Format: "DATABASE", UpdateCycle: "DAY", Level: registry.LevelGeneral, NoPersonal: true}
}

// TestEnterpriseCatalogue_KeptByTheDataDepartment (第五条（九）), a county's for its own region (第八条).
func TestEnterpriseCatalogue_KeptByTheDataDepartment(t *testing.T) {
	s, l := catalogueLedger(t)
	for defect, change := range map[string]func(*registry.EnterEnterpriseRequest){
		"no_name":        func(r *registry.EnterEnterpriseRequest) { r.Name = "" },
		"no_industry":    func(r *registry.EnterEnterpriseRequest) { r.Industries = []registry.Industry{} },
		"no_format":      func(r *registry.EnterEnterpriseRequest) { r.Format = "" },
		"personal_data":  func(r *registry.EnterEnterpriseRequest) { r.NoPersonal = false },
		"not_in_Haidong": func(r *registry.EnterEnterpriseRequest) { r.Region = "620100" },
	} {
		request := s.enterprise()
		change(&request)
		t.Run(defect, func(t *testing.T) {
			NewStory(t, l, defect).Refused(registry.CodeFieldsInvalid, supervisor, "catalogue:EnterEnterprise", request)
		})
	}
	government, core := s.enterprise(), s.enterprise()
	government.Party, core.Level = "11630200MBFAKE0981", registry.LevelCore
	s.Refused(registry.CodeNotEnterprise, supervisor, "catalogue:EnterEnterprise", government)
	s.Refused(registry.CodeLevelRefused, supervisor, "catalogue:EnterEnterprise", core)
	s.Refused(registry.CodeAccessDenied, rival, "catalogue:EnterEnterprise", s.enterprise())
	if r := s.Refused(registry.CodeAccessDenied, minhe, "catalogue:EnterEnterprise", s.enterprise()); r.Rule != registry.RuleCounty {
		t.Errorf("the refusal cites %s", r.Rule)
	}
	id := registry.EntryID(s.Do(ledu, "catalogue:EnterEnterprise", s.enterprise()).ID)
	amended := s.enterprise()
	amended.Entry, amended.Name = id, "青稞加工能耗与产量数据"
	moved := amended
	moved.Key, moved.Region = s.Key(), "630222"
	s.Refused(registry.CodeAccessDenied, minhe, "catalogue:EnterEnterprise", moved) // an entry of another county
	changed := amended
	changed.Key, changed.Party = s.Key(), agencyParty
	s.Refused(registry.CodeFieldsInvalid, supervisor, "catalogue:EnterEnterprise", changed)
	s.Do(supervisor, "catalogue:EnterEnterprise", amended)
	remove := func() registry.RemoveEnterpriseRequest {
		return registry.RemoveEnterpriseRequest{Key: s.Key(), Entry: id, Reason: "企业停产"}
	}
	s.Refused(registry.CodeAccessDenied, minhe, "catalogue:RemoveEnterprise", remove())
	s.Do(ledu, "catalogue:RemoveEnterprise", remove())
	s.Refused(registry.CodeStatusWrong, ledu, "catalogue:RemoveEnterprise", remove())
	if e := find[registry.EnterpriseEntry](s, "catalogue:FindEnterprise", registry.FindRequest{ID: string(id)}); e.Version != 2 || e.Status != registry.EntryRemoved || e.Name != amended.Name {
		t.Errorf("%+v", e)
	}
}

// TestCatalogue_ManyAtOnce: all are published or none, and every refusal names its item.
func TestCatalogue_ManyAtOnce(t *testing.T) {
	s, l := catalogueLedger(t)
	many := func(codes ...string) registry.PublishItemsRequest {
		r := registry.PublishItemsRequest{Key: s.Key(), Items: []registry.CatalogItem{}}
		for _, code := range codes {
			r.Items = append(r.Items, sharedItem(code))
		}
		return r
	}
	wrong := many("307001000002", "307001000003")
	wrong.Items[1].Format = ""
	size := l.Size()
	if r := s.Refused(registry.CodeFieldsInvalid, publicBody, "catalogue:PublishMany", wrong); r.Fields[0].Path != "items[1].format" {
		t.Errorf("%v", r.Fields)
	}
	s.Refused(registry.CodeFieldsInvalid, publicBody, "catalogue:PublishMany", many("307001000002", "307001000002"))
	s.Refused(registry.CodeFieldsInvalid, publicBody, "catalogue:PublishMany", many())
	s.Refused(registry.CodeNotOwnParty, utility, "catalogue:PublishMany", many("307001000002"))
	if l.Size() != size {
		t.Error("part of a refused request was published")
	}
	s.Do(publicBody, "catalogue:PublishMany", many("307001000002", itemCode))
	if len(l.LastEvent.Changes) != 2 {
		t.Errorf("%d changes are announced", len(l.LastEvent.Changes))
	}
	if item := find[registry.CatalogItem](s, "catalogue:FindItem", registry.FindRequest{ID: itemCode}); item.Version != 2 {
		t.Errorf("version %d", item.Version)
	}
}
