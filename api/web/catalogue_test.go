package web

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/catalogue"
)

// catalogues is the desk's read model of the catalogues, asked of the ledger itself.
type catalogues struct{ s *site }

// chosen is one page of all records that fit.
func chosen[T any](c catalogues, object string, fits func(T) bool) (desk.List[T], error) {
	asOf, err := records(c).AsOf(context.Background())
	list := desk.List[T]{AsOf: asOf}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	for _, v := range ledgertest.Records[T](c.s.ledger, object) {
		if fits(v) {
			list.All = append(list.All, v)
		}
	}
	return list, err
}

// same says whether a filter's value fits; an empty one always does.
func same[S comparable](want, have S) bool {
	var none S
	return want == none || want == have
}

func among(all []string, have string) bool { return len(all) == 0 || slices.Contains(all, have) }

func (c catalogues) Items(_ context.Context, f desk.ItemFilter) (desk.List[registry.CatalogItem], error) {
	return chosen(c, registry.ObjectItem, func(i registry.CatalogItem) bool {
		return same(f.Provider, i.Provider) && same(f.Region, i.Region) && same(f.Sharing, i.Sharing.Type) && same(f.Opening, i.Opening.Type) && among(f.Statuses, i.Status) && strings.Contains(i.Name+i.Abstract+i.Code, f.Text)
	})
}

func (c catalogues) Item(_ context.Context, code string) (registry.CatalogItem, error) {
	return ask[registry.CatalogItem](records(c), "catalogue:FindItem", code)
}

func (c catalogues) Enterprises(_ context.Context, f desk.EnterpriseFilter) (desk.List[registry.EnterpriseEntry], error) {
	return chosen(c, registry.ObjectEnterprise, func(e registry.EnterpriseEntry) bool {
		return same(f.Region, e.Region) && among(f.Statuses, e.Status) && strings.Contains(e.Name+e.Abstract, f.Text)
	})
}

func (c catalogues) Enterprise(_ context.Context, id registry.EntryID) (registry.EnterpriseEntry, error) {
	return ask[registry.EnterpriseEntry](records(c), "catalogue:FindEnterprise", string(id))
}

func (c catalogues) Shares(_ context.Context, f desk.ShareFilter) (desk.List[registry.Share], error) {
	return chosen(c, registry.ObjectShare, func(s registry.Share) bool {
		return same(f.Applicant, s.Applicant) && same(f.Provider, s.Provider) && same(f.Region, s.Region) && among(f.Statuses, s.Status)
	})
}

func (c catalogues) Share(_ context.Context, id registry.ShareID) (registry.Share, error) {
	return ask[registry.Share](records(c), "sharing:FindRequest", string(id))
}

func (c catalogues) Purchases(_ context.Context, f desk.PurchaseFilter) (desk.List[registry.Purchase], error) {
	return chosen(c, registry.ObjectPurchase, func(p registry.Purchase) bool {
		return same(f.Applicant, p.Applicant) && same(f.Region, p.Region) && among(f.Statuses, p.Status)
	})
}

func (c catalogues) Purchase(_ context.Context, id registry.PurchaseID) (registry.Purchase, error) {
	return ask[registry.Purchase](records(c), "purchase:FindRequest", string(id))
}

func (c catalogues) OpenItems(_ context.Context, f desk.OpenFilter) (desk.List[registry.OpenItem], error) {
	return chosen(c, registry.ObjectOpenItem, func(o registry.OpenItem) bool {
		return same(f.Provider, o.Provider) && same(f.Region, o.Region) && among(f.Statuses, o.Status)
	})
}

func (c catalogues) OpenItem(_ context.Context, code string) (registry.OpenItem, error) {
	return ask[registry.OpenItem](records(c), "opening:FindItem", code)
}

func (c catalogues) Plans(_ context.Context, f desk.PlanFilter) (desk.List[registry.OpeningPlan], error) {
	return chosen(c, registry.ObjectOpenPlan, func(p registry.OpeningPlan) bool { return same(f.Region, p.Region) })
}

func (c catalogues) Plan(ctx context.Context, region string, year int) (registry.OpeningPlan, error) {
	list, err := c.Plans(ctx, desk.PlanFilter{Region: region})
	if i := slices.IndexFunc(list.All, func(p registry.OpeningPlan) bool { return p.Year == year }); err == nil && i >= 0 {
		return list.All[i], nil
	}
	return registry.OpeningPlan{}, desk.ErrNotFound
}

// Public bodies of the tests; their credit codes are fictitious.
const (
	agriculture = registry.PartyID("11630200MBFAKE0981")
	waterworks  = registry.PartyID("91630203MAFAKE086T")
)

// bodies are people of two public bodies and of the data department.
func (s *site) bodies() (nong, shui, sun *visitor) {
	s.t.Helper()
	story := ledgertest.NewStory(s.t, s.ledger, "bodies")
	for _, p := range []registry.RegisterPartyRequest{
		{ID: agriculture, Category: registry.CategoryGovernment, Name: "民和县农业农村局（虚构）", Region: "630222"},
		{ID: waterworks, Category: registry.CategoryEnterprise, Name: "平安供水有限公司（虚构）", Region: "630203", IsPublicUtility: true},
	} {
		p.Key, p.Kind = story.Key(), registry.PartyLegal
		story.Do("BureauMSP/bureau-admin", "party:Register", p)
	}
	applicant := func(name string, party registry.PartyID, region string) *visitor {
		return s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: name, Role: registry.RoleApplicant, Party: party, Region: region})
	}
	return applicant("nong-applicant", agriculture, "630222"), applicant("shui-applicant", waterworks, "630203"), s.supervisor()
}

// itemForm is the form of an item without a fault.
func itemForm(code string) url.Values {
	return url.Values{"key": {"publish-" + code}, "item.code": {code}, "item.class": {"3"}, "item.name": {"农产品产销信息"}, "item.abstract": {"按月汇总的产销信息"}, "item.region": {"630222"}, "item.format": {"TABLE"},
		"item.updateCycle": {"MONTH"}, "item.baseData": {"LEGAL_PERSON"}, "item.fields": {"品种 | 字符型\n单位代码｜字符型｜基础\n收购价 | 数值型 | | 不予共享"}, "item.sharing.type": {"2"},
		"item.sharing.basis": {"规章 | 政务信息资源共享管理办法 | 第五条"}, "item.sharing.conditions": {"因履行职责需要"}, "item.opening.type": {"2"}, "item.opening.reasons": {"CONTINUOUS"}, "item.opening.conditions": {"登记用途"},
		"item.level": {"GENERAL"}, "item.secret": {"NONE"}}
}

const listedCode = "307001000001"

func TestCatalogue_PublishedChangedWithdrawnAndSeenByEverybody(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	nong, shui, _ := s.bodies()
	wrong := itemForm(listedCode)
	wrong.Set("item.sharing.basis", "习惯 | 某文件")
	wrong.Del("item.format")
	nong.post("/catalogue/new", wrong).status(422).see("没有提交，请修改", `href="#item.format"`, `href="#item.sharing.basis"`, "收购价 | 数值型 | | 不予共享", `value="CONTINUOUS" checked`)
	nong.post("/catalogue/new", itemForm(listedCode)).status(200).see("农产品产销信息", "已发布")
	nobody := s.as("")
	nobody.get("/catalogue?text=产销").see("农产品产销信息", "民和县农业农村局", "有条件共享", "有条件开放", "每月")
	nobody.get("/catalogue?sharing=1").notSee("农产品产销信息")
	nobody.get("/catalogue/"+listedCode).status(200).see("规章 《政务信息资源共享管理办法》第五条", "因履行职责需要", "需要持续获取", "基础数据项", "不予共享").notSee("/catalogue/"+listedCode+"/edit", "/catalogue/"+listedCode+"/request")
	nobody.get("/catalogue/307001999999").status(404)
	nong.get("/catalogue/"+listedCode+"/edit").see("单位代码 | 字符型 | 基础", "规章 | 政务信息资源共享管理办法 | 第五条")
	changed := itemForm("307009999999") // the code of an item never changes
	changed.Set("key", "publish-change")
	changed.Set("item.updateCycle", "DAY")
	nong.post("/catalogue/"+listedCode+"/edit", changed).status(200).see("v2", "每日")
	shui.post("/catalogue/"+listedCode+"/edit", changed).status(422)
	shui.post("/catalogue/"+listedCode+"/withdraw", url.Values{"key": {"withdraw-x"}, "reason": {"x"}}).status(422).see("只能办理本单位自己")
	nong.post("/catalogue/"+listedCode+"/withdraw", url.Values{"key": {"withdraw-item"}, "reason": {"机构调整"}}).status(200).see("已撤回", "机构调整")
	nobody.get("/catalogue").notSee("农产品产销信息")
	nong.get("/catalogue/own").see("农产品产销信息", "已撤回")
}

func TestSharing_AskedDecidedAndProvided(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	nong, shui, sun := s.bodies()
	nong.post("/catalogue/new", itemForm(listedCode)).status(200)
	nong.get("/catalogue/" + listedCode).notSee("申请共享")
	shui.get("/catalogue/" + listedCode).see("/request")
	shui.get("/catalogue/"+listedCode+"/request").see("品种", "单位代码").notSee("收购价")
	form := url.Values{"key": {"share-one"}, "scope.fields": {"品种", "单位代码"}, "scope.until": {"2027-12-31"}, "purpose": {"供水需求预测"}}
	shui.post("/catalogue/"+listedCode+"/request", form).status(422).see(`href="#basis"`, "供水需求预测", `value="单位代码" checked`)
	form.Set("basis", "保障农业生产用水")
	shui.post("/catalogue/"+listedCode+"/request", form).status(200).see("已申请，待审核")
	page := regexp.MustCompile(`/sharing/SHR[A-Z2-7]{16}.`).FindString(shui.get("/sharing").Body)
	s.as("he-applicant").get(page).status(403).notSee("供水需求预测")
	shui.get(page).see("撤回申请").notSee(page+"/decide", page+"/report")
	sun.get("/sharing").see(page)
	sun.get(page+"/decide").see(`value="单位代码" checked`, "2027-12-31")
	decide := url.Values{"key": {"decide-one"}, "granted": {"yes"}, "scope.fields": {"品种"}, "scope.until": {"2028-12-31"}, "reasons": {"只用于预测"}}
	sun.post(page+"/decide", decide).status(422).see("同意的范围超出申请", "只用于预测")
	sun.post(page+"/decide", url.Values{"key": {"decide-two"}, "granted": {"no"}}).status(422).see(`href="#reasons"`)
	decide.Set("scope.until", "2027-06-30")
	undecided := url.Values{"key": {"decide-none"}, "reasons": {"只用于预测"}}
	sun.post(page+"/decide", undecided).status(422).see(`href="#granted"`, "只用于预测") // what is not chosen is no refusal
	sun.post(page+"/decide", decide).status(200).see("同意共享，待提供", "2027-06-30", "BureauMSP/sun-desk")
	nong.get("/sharing").see("其他单位申请本单位的数据", page)
	nong.post(page+"/report", url.Values{"key": {"report-one"}, "provided": {"yes"}, "note": {"经共享交换平台接口提供"}}).status(200).see("已提供", "经共享交换平台接口提供")
	ledu := s.join(registry.Actor{MSP: registry.MSPBureau, Enrolment: "ledu-desk", Role: registry.RoleSupervisor, Party: "11630200MBFAKE0126", Region: "630202"})
	ledu.get("/sharing").notSee(page) // another county's
	reader := s.join(registry.Actor{MSP: registry.MSPRegulator, Enrolment: "reader", Role: registry.RoleRegulator, Party: "11630200MBFAKE0126", Region: "630200"})
	reader.get("/sharing").see(page)
	reader.get(page).status(200).see("供水需求预测").notSee(page + "/decide")
}

func TestPurchase_AskedCoordinatedAndReported(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	nong, shui, sun := s.bodies()
	form := url.Values{"key": {"purchase-one"}, "subjectClass": {"PERSONAL"}, "data": {"种植户信用评价数据"}, "purpose": {"惠农贷款贴息"}, "basis": {"农业信贷担保职责"}}
	nong.post("/purchases/new", form).status(422).see(`href="#personalBasis"`, "种植户信用评价数据")
	form.Set("personalBasis", "个人同意")
	shui.post("/purchases/new", form).status(422).see("财政资金保障运行")
	nong.post("/purchases/new", form).status(200).see("已申请，待审核")
	page := regexp.MustCompile(`/purchases/PUR[A-Z2-7]{16}.`).FindString(nong.get("/purchases").Body)
	shui.get(page).status(403)
	sun.post(page+"/decide", url.Values{"key": {"coordinate-one"}, "granted": {"yes"}, "reasons": {"目录中没有同类数据"}}).status(200).see("统筹同意，待采购", "目录中没有同类数据")
	nong.post(page+"/report", url.Values{"key": {"bought-one"}, "purchased": {"yes"}, "note": {"公开招标"}}).status(422).see(`href="#supplier"`)
	nong.post(page+"/report", url.Values{"key": {"bought-two"}, "purchased": {"yes"}, "supplier": {"９１６３０２０２ＭＡＦＡＫＥ０５１Ｒ"}, "note": {"公开招标"}}).status(200).see("已采购", "91630202MAFAKE051R")
}

func TestOpening_AuditedPublishedPlannedAndStopped(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	nong, _, sun := s.bodies()
	nong.post("/catalogue/new", itemForm(listedCode)).status(200)
	item, year := "/catalogue/"+listedCode, strconv.Itoa(s.now().Year()+1)
	sun.post(item+"/publish", url.Values{"key": {"open-early"}, "grade": {"二级"}}).status(422).see("未经提供单位审核", "第三十条")
	nong.post(item+"/audit", url.Values{"key": {"audit-one"}, "openMode": {"APPLICATION"}, "note": {"已逐项核对"}}).status(422).see(`href="#checked"`)
	nong.post(item+"/audit", url.Values{"key": {"audit-two"}, "openMode": {"APPLICATION"}, "note": {"已逐项核对"}, "checked": {"on"}}).status(200).see("已审核，待发布")
	sun.get("/opening").see("待发布", "农产品产销信息", "已逐项核对")
	s.as("").get("/opening").notSee("农产品产销信息", "待发布")
	sun.post(item+"/publish", url.Values{"key": {"open-item"}, "grade": {"二级"}}).status(200).see("已向社会开放", "二级")
	s.as("").get("/opening").see("农产品产销信息", "依申请获取", "二级", "登记用途")
	plan := url.Values{"key": {"plan-one"}, "region": {"630200"}, "year": {year}, "title": {"年度公共数据开放计划"}, "document": {"东数〔2026〕1号（虚构）"}, "entries": {listedCode + " | 数据\n307001999999 | 数据集"}}
	sun.post("/opening/plans/new", plan).status(422).see(`href="#entries"`, "没有发布，或者不是由贵方发布")
	plan.Set("entries", listedCode+" ｜ 数据集")
	sun.post("/opening/plans/new", plan).status(200)
	s.as("").get("/opening").see("/opening/plans/630200/" + year)
	s.as("").get("/opening/plans/630200/"+year).status(200).see("有条件开放", "数据集", "登记用途", "每月", "已发布")
	withheld := itemForm(listedCode)
	withheld["item.opening.type"], withheld["item.opening.reasons"], withheld["item.opening.conditions"], withheld["key"] = []string{"3"}, []string{"TRADE_SECRET"}, nil, []string{"publish-withheld"}
	nong.post(item+"/edit", withheld).status(200).see("目录已变更，现不开放").notSee("已向社会开放")
	nong.post(item+"/stop", url.Values{"key": {"stop-item"}, "reasons": {"涉及商业秘密"}}).status(200).see("已停止开放", "涉及商业秘密")
}

func TestEnterprises_EnteredAmendedAndRemoved(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	sun := s.supervisor()
	form := url.Values{"key": {"enter-one"}, "party": {"91630202MAFAKE051R"}, "region": {"630202"}, "name": {"青稞加工能耗数据"}, "abstract": {"按班次采集"}, "industries": {"C99"}, "format": {"DATABASE"}, "updateCycle": {"DAY"}, "level": {"GENERAL"}}
	sun.post("/enterprises/new", form).status(422).see(`href="#industries"`, `href="#noPersonal"`, "青稞加工能耗数据")
	form["industries"], form["noPersonal"] = []string{"C13"}, []string{"on"}
	page := sun.post("/enterprises/new", form).status(200).see("青稞加工能耗数据", "C13", "乐都区")
	entry := regexp.MustCompile(`/enterprises/ECE[A-Z2-7]{16}.`).FindString(page.Body)
	form["key"], form["name"] = []string{"enter-two"}, []string{"青稞加工能耗与产量数据"}
	sun.get(entry+"/edit").see("C13", "青稞加工能耗数据")
	sun.post(entry+"/edit", form).status(200).see("青稞加工能耗与产量数据")
	s.as("he-applicant").get("/enterprises?text=能耗").see("青稞加工能耗与产量数据").notSee("/remove")
	sun.post(entry+"/remove", url.Values{"key": {"remove-one"}, "reason": {"企业停产"}}).status(200).notSee("青稞加工能耗与产量数据")
}

// workbookOf is a workbook of items.
func workbookOf(t *testing.T, items ...registry.CatalogItem) string {
	t.Helper()
	var out bytes.Buffer
	if err := catalogue.Words(recordWords).Write(&out, items); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// listed is an item without a fault, as a workbook brings it.
func listed(n int) registry.CatalogItem {
	return registry.CatalogItem{Code: fmt.Sprintf("3070010%05d", n), Name: fmt.Sprintf("目录项 %d", n), Abstract: "按月汇总", Region: "630222", Format: "TABLE", Class: "3", Fields: []registry.InfoItem{{Name: "品种", Type: "字符型"}},
		Sharing: registry.Sharing{Type: registry.Unconditional}, Opening: registry.Opening{Type: registry.Unconditional}, UpdateCycle: "MONTH", BaseData: "NONE", Level: registry.LevelGeneral, Secret: "NONE"}
}

// TestImport_PublishesWhatMayBeAndSaysWhatMayNot: in transactions of fifty, and nothing twice.
func TestImport_PublishesWhatMayBeAndSaysWhatMayNot(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	nong, shui, _ := s.bodies()
	shui.post("/catalogue/new", func() url.Values { f := itemForm("307001000999"); f.Set("item.region", "630203"); return f }()).status(200)
	items := []registry.CatalogItem{}
	for n := range 60 {
		items = append(items, listed(n+1))
	}
	items[3].Sharing = registry.Sharing{Type: registry.Withheld}
	items[4].Code = "307001000999" // published by another body
	items[5].Code = items[6].Code
	items[7].Level = registry.LevelCore
	items[8].Opening, items[8].Personal = registry.Opening{Type: registry.Unconditional}, true
	report := nong.contest("/catalogue/import", nil, map[string]string{"file=目录.xlsx": workbookOf(t, items...)}).status(200).
		see("<dd>60</dd>", "<dd>55</dd>", "发布 50 项", "共享依据", "第二十八条", "一数一源", "与第 7 行重复", "核心数据", "不予开放类")
	if len(s.written) != 1 {
		t.Error("something was published before it was signed")
	}
	shui.get(report.Path).status(404)
	nong.post(report.Path, url.Values{"key": {"import-first"}}).status(200).see("<dd>5</dd>", "<dd>50</dd>", "发布 5 项")
	nong.post(report.Path, url.Values{"key": {"import-second"}}).status(200).see("<dd>55</dd>").notSee("核对并签名")
	nong.post(report.Path, url.Values{"key": {"import-third"}}).status(200)
	if len(s.written) != 3 {
		t.Errorf("%d transactions", len(s.written))
	}
	refused := nong.get(report.Path+"/refused").status(200).see("\ufeff行,资源代码", "307001000999", "核心").Body
	if lines := strings.Count(refused, "\n"); lines != 6 {
		t.Errorf("%d lines:\n%s", lines, refused)
	}
	s.as("").get("/catalogue?text=" + url.QueryEscape("目录项 60")).see("目录项 60")
}

func TestImport_WhatIsNoCatalogueIsExplained(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	nong, _, _ := s.bodies()
	nong.get("/catalogue/import").status(200).see("/api/v1/exports/catalogue-template.xlsx", "provider=11630200MBFAKE0981")
	nong.contest("/catalogue/import", nil, nil).status(422).see("请选择一个 XLSX 文件")
	nong.contest("/catalogue/import", nil, map[string]string{"file=目录.csv": "资源代码,资源名称\n"}).status(422).see("不是可以读取的 XLSX 文件")
	nong.contest("/catalogue/import", nil, map[string]string{"file=目录.exe": "MZ"}).status(422)
	nong.get("/catalogue/import/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku").status(404)
}

// TestBrowserCatalogue_PagesAreUsable looks at the pages of the catalogue in a real browser.
func TestBrowserCatalogue_PagesAreUsable(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	nong, shui, sun := s.bodies()
	nong.post("/catalogue/new", itemForm(listedCode)).status(200)
	w := openWindow(t, s)
	item := "/catalogue/" + listedCode
	w.look("catalogue", "/catalogue")
	w.look("catalogue-item", item)
	w.become(nong, "nong-applicant")
	w.look("catalogue-own", "/catalogue/own")
	w.look("catalogue-edit", item+"/edit")
	w.look("catalogue-import", "/catalogue/import")
	wrong := listed(3)
	wrong.Sharing.Type = registry.Conditional
	w.look("catalogue-import-report", nong.contest("/catalogue/import", nil, map[string]string{"file=目录.xlsx": workbookOf(t, listed(2), wrong)}).Path)
	w.look("catalogue-item-own", item)
	w.become(shui, "shui-applicant")
	w.look("share-request", item+"/request")
	shui.post(item+"/request", url.Values{"key": {"share-one"}, "scope.fields": {"品种"}, "scope.until": {"2027-12-31"}, "purpose": {"供水需求预测"}, "basis": {"保障农业生产用水"}}).status(200)
	page := regexp.MustCompile(`/sharing/SHR[A-Z2-7]{16}.`).FindString(shui.get("/sharing").Body)
	w.look("shares", "/sharing")
	nong.post("/purchases/new", url.Values{"key": {"purchase-one"}, "subjectClass": {"ENTERPRISE"}, "data": {"企业用电量数据"}, "purpose": {"产业运行监测"}, "basis": {"工业经济运行调度"}}).status(200)
	nong.post(item+"/audit", url.Values{"key": {"audit-one"}, "openMode": {"APPLICATION"}, "note": {"已逐项核对"}, "checked": {"on"}}).status(200)
	w.become(sun, "sun-desk")
	w.look("share", page)
	w.look("share-decide", page+"/decide")
	w.look("purchases", "/purchases")
	w.look("opening-department", "/opening")
	sun.post(item+"/publish", url.Values{"key": {"open-item"}, "grade": {"二级"}}).status(200)
	sun.post("/opening/plans/new", url.Values{"key": {"plan-one"}, "region": {"630200"}, "year": {"2027"}, "title": {"年度公共数据开放计划"}, "document": {"东数〔2026〕1号（虚构）"}, "entries": {listedCode + " | 数据集"}}).status(200)
	w.look("plan", "/opening/plans/630200/2027")
	w.look("plan-new", "/opening/plans/new")
	sun.post("/enterprises/new", url.Values{"key": {"enter-one"}, "party": {"91630202MAFAKE051R"}, "region": {"630202"}, "name": {"青稞加工能耗数据"}, "abstract": {"按班次采集"}, "industries": {"C13"}, "format": {"DATABASE"},
		"updateCycle": {"DAY"}, "level": {"GENERAL"}, "noPersonal": {"on"}}).status(200)
	w.look("enterprises", "/enterprises")
}
