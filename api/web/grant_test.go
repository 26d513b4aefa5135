package web

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/usage"
)

// grants is the desk's read model of grants and plans, asked of the ledger itself.
type grants struct{ s *site }

func (g grants) Grants(_ context.Context, f desk.GrantFilter) (desk.List[registry.Grant], error) {
	return chosen(catalogues(g), registry.ObjectGrant, func(v registry.Grant) bool {
		return same(f.Asset, v.Asset) && same(f.Grantor, v.Grantor) && same(f.Grantee, v.Grantee) && among(statusNames(f.Statuses), string(v.Status))
	})
}

func (g grants) Grant(_ context.Context, id registry.GrantID) (registry.Grant, error) {
	return ask[registry.Grant](records(g), "authorization:FindGrant", string(id))
}

func (g grants) Head(_ context.Context, id registry.GrantID) (registry.Head, error) {
	return ask[registry.Head](records(g), "usage:FindHead", string(id))
}

func (g grants) UsageBatches(_ context.Context, f desk.UsageFilter) (desk.List[registry.UsageBatch], error) {
	return chosen(catalogues(g), registry.ObjectUsage, func(b registry.UsageBatch) bool { return same(f.Grant, b.Grant) })
}

func (g grants) OperationPlans(_ context.Context, f desk.OperationPlanFilter) (desk.List[registry.Plan], error) {
	return chosen(catalogues(g), registry.ObjectPlan, func(v registry.Plan) bool {
		return same(f.Body, v.Body) && among(statusNames(f.Statuses), string(v.Status))
	})
}

func (g grants) OperationPlan(_ context.Context, id registry.PlanID) (registry.Plan, error) {
	return ask[registry.Plan](records(g), "authorization:FindPlan", string(id))
}

func statusNames[S ~string](list []S) []string {
	return codesOf(list, func(s S) string { return string(s) })
}

var grantPage = regexp.MustCompile(`/grants/GRT[A-Z2-7]{16}.`)

// policyForm is a policy without a fault, for the whole year that the page of the register is valid.
func (s *site) policyForm(key, grantee string) url.Values {
	today := registry.CivilDate(s.now())
	return url.Values{"key": {key}, "grantee": {grantee}, "policy.purposes": {"INDUSTRY"}, "policy.scope": {"产量\n价格"}, "policy.modes": {"API"}, "policy.spatial": {"630200"}, "policy.from": {string(today)},
		"policy.to": {string(today.AddDays(200))}, "policy.quota.quantity": {"100"}, "policy.quota.unit": {"CALL"}}
}

// asking is a use of the sample policy, as the page of questions sends it.
const asking = "/use?purpose=INDUSTRY&part=%E4%BA%A7%E9%87%8F&mode=API&region=630222&quantity=1&unit=CALL"

var agreementFile = map[string]string{"agreement=协议.csv": "a,b\n约定,1\n"}

// oneUse is a use of the sample policy.
func (s *site) oneUse(grantee registry.PartyID) usage.Event {
	return usage.Event{ID: "e1", At: s.now().UnixMilli(), User: grantee, Use: registry.Use{Right: registry.RightUse, Purpose: "INDUSTRY", Part: "产量", Mode: "API", Region: "630222", Unit: "CALL", Quantity: 1}}
}

// anchorUse anchors uses of a grant, as the intake of the exchange does; without any it is the closing batch.
func (s *site) anchorUse(id string, events ...usage.Event) {
	s.t.Helper()
	g, err := grants{s}.Grant(context.Background(), registry.GrantID(id))
	if err != nil {
		s.t.Fatal(err)
	}
	c := registry.GrantCase{Facts: registry.Facts{At: s.now()}, Grant: &g}
	asset, err := records{s}.Asset(context.Background(), g.Asset)
	if err != nil {
		s.t.Fatal(err)
	}
	c.Asset = &asset
	var head *registry.Head
	if known, err := (grants{s}).Head(context.Background(), g.ID); err == nil {
		head = &known
	}
	b, err := usage.Build(c, head, events, len(events) == 0)
	if err != nil {
		s.t.Fatal(err)
	}
	b.Request.Key, b.Request.CID = fmt.Sprint("anchor-", b.Request.First), g.Agreement
	document, err := registry.Canonical(b.Request)
	if err == nil {
		_, err = s.ledger.SubmitWith("ExchangeMSP/registryd", "usage:Anchor", document, map[string][]byte{"body": b.Body})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestLicence_FromProposalToRevocation: the holder proposes, the other side signs, both ask what may be done, the holder ends it.
func TestLicence_FromProposalToRevocation(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	asset := s.registered("要授权的数据集")
	he, ledu, nobody := s.as("he-applicant"), s.as("ledu-applicant"), s.as("")
	he.get(asset).see(asset + "/licence")
	ledu.get(asset).notSee(asset + "/licence")
	nobody.get(asset).notSee(asset + "/licence")
	form := s.policyForm("licence-one", "９１６３０２０２ＭＡＦＡＫＥ０５１Ｒ")
	form.Set("policy.right", "USE")
	form.Del("policy.modes")
	wrong := he.contest(asset+"/licence", form, agreementFile).status(422).see(`href="#policy.modes"`, "产量\n价格", `name="kept-agreement"`, `value="630200" checked`)
	kept := regexp.MustCompile(`name="kept-agreement" value="([^"]+)"`).FindStringSubmatch(wrong.Body)
	form["policy.modes"], form["kept-agreement"] = []string{"API"}, []string{kept[1]} // the file need not be sent again
	page := grantPage.FindString(he.contest(asset+"/licence", form, nil).status(200).see("待被授权方签署").Body)

	he.get(page).see("要授权的数据集", "产业发展", "产量、价格", "100 次", page+"/withdraw").notSee(page+"/sign", page+"/revoke")
	ping := s.member("ping-applicant", registry.RegisterPartyRequest{ID: "91630203MAFAKE086T", Category: registry.CategoryEnterprise, Name: "旁人有限公司（虚构）", Region: "630203"})
	ping.get(page).status(403).notSee("产量")
	ledu.get("/grants").see("本单位被授予的", page)
	agreement := regexp.MustCompile(`/evidence/[a-z2-7]{59}`).FindString(ledu.get(page).Body)
	ledu.get(agreement).status(200).see("约定") // who signs reads it
	ping.get(agreement).status(403)
	ledu.get(page+asking).see("✗", "现在不能使用", "第三十六条")
	ledu.post(page+"/sign", url.Values{"key": {"sign-licence"}}).status(200).see("有效", page+"/terminate")
	ledu.get(page+asking).see("✓", "允许").notSee("✗")
	ledu.get(page+strings.Replace(asking, "purpose=INDUSTRY", "purpose=SECTOR", 1)).see("✗", "用途“行业发展”不在约定的用途之内", `value="SECTOR" selected`)
	ledu.get(page+asking+"&used=100").see("✗", "超出约定的总量 100")
	s.anchorUse(strings.TrimPrefix(page, "/grants/"), s.oneUse("91630202MAFAKE051R"))
	ledu.get(page).see("已使用（已上账）", "1 次", "使用记录 1", page+"/usage")
	ledu.get(page+"/usage").see("1–1", "1 次", "树根").notSee("截止批次")
	ping.get(page + "/usage").status(403)
	he.post(page+"/suspend", url.Values{"key": {"suspend-empty"}, "reason": {""}}).status(422).see(`href="#reason"`)
	he.post(page+"/suspend", url.Values{"key": {"suspend-licence"}, "reason": {"核对用量"}}).status(200).see("暂停", "核对用量", page+"/resume")
	ledu.post(page+"/resume", url.Values{"key": {"resume-other"}}).status(422).see("只能办理本单位自己")
	he.post(page+"/resume", url.Values{"key": {"resume-licence"}}).status(200).see("有效")
	he.post(page+"/revoke", url.Values{"key": {"revoke-licence"}, "reason": {"协议解除"}}).status(200).see("已撤销", "协议解除", page+"/close").notSee(page+"/suspend", page+"/resume")
	ledu.get(page+asking).see("✗", "已撤销")
	s.supervisor()
	closing := url.Values{"key": {"close-licence"}, "deletion.method": {"OVERWRITE"}, "deletion.supervisor": {"sun-desk"}}
	evidence := map[string]string{"deletion.evidence=删除.csv": "a,b\n删除,1\n"}
	he.contest(page+"/close", closing, evidence).status(422).see("使用记录还没有截止")
	s.anchorUse(strings.TrimPrefix(page, "/grants/"))
	he.get(page).see("已截止")
	he.get(page+"/usage").see("截止批次", "1–1")
	he.contest(page+"/close", closing, evidence).status(200).see("已办结", "数据覆盖")
}

// resource takes a public resource of wu's body to registration and answers the address of its page of the register.
func (s *site) resource(wu *visitor, name string) string {
	s.t.Helper()
	app := appNumber.FindString(wu.post(wu.fillPublic(registry.TrackPublicResource, name)+"/file", nil).status(200).Body)
	s.as("an-acceptor").act(app, "Accept", nil)
	s.as("bai-reviewer").act(app, "PassReview", everyMaterial())
	s.pass(6 * time.Second)
	s.as("cao-officer").act(app, "ClosePublicity", nil)
	s.as("cao-officer").act(app, "Register", nil)
	return regexp.MustCompile(`/register/AST[A-Z2-7]{16}.`).FindString(wu.get("/register?mine=1").Body)
}

// planForm is a plan without a fault for a page of the register.
func (s *site) planForm(key, asset string) url.Values {
	form := url.Values{"key": {key}, "name": {"农产品产销数据授权运营实施方案"}, "approach": {"SCENARIO"}, "assets": {strings.TrimPrefix(asset, "/register/")}, "purposes": {"INDUSTRY", "WELFARE"}, "until": {string(registry.CivilDate(s.now()).AddDays(900))}}
	for i := range registry.PlanItems {
		form.Set(fmt.Sprintf("planItems[%d].where", i), fmt.Sprintf("第%d章", i+1))
	}
	return form
}

func (s *site) operationForm(key string) url.Values {
	form := s.policyForm(key, "91630200MAFAKE0432")
	for name, value := range map[string]string{"operation.selection.method": "OPEN_TENDER", "operation.resolution.authority": "民和县农业农村局党组会（虚构）", "operation.resolution.number": "〔2026〕8号", "operation.affiliates": "93630222MAFAKE06XA"} {
		form.Set(name, value)
	}
	for i := range registry.AgreementItems {
		form.Set(fmt.Sprintf("operation.items[%d].where", i), fmt.Sprintf("第%d条", i+1))
	}
	return form
}

// TestOperation_FromPlanToDevelopmentUse: plan, approval, agreement, filing; then a development use with its three reviews.
func TestOperation_FromPlanToDevelopmentUse(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	wu, sun := s.county(), s.supervisor()
	yun := s.member("yunying-applicant", registry.RegisterPartyRequest{ID: "91630200MAFAKE0432", Category: registry.CategoryEnterprise, Name: "海东数据运营有限公司（虚构）", Region: "630200"})
	asset := s.resource(wu, "海东市农产品产销公共数据")
	story := ledgertest.NewStory(t, s.ledger, "appointed")
	for office, holder := range map[registry.Office]string{registry.OfficeOperator: "91630200MAFAKE0432", "COMPLIANCE_REVIEWER": "BureauMSP/sun-desk", "SECURITY_REVIEWER": "AgencyMSP/bai-reviewer", "ALGORITHM_REVIEWER": "AgencyMSP/cao-officer"} {
		request := registry.AppointRequest{Key: story.Key(), Office: office, Holder: holder, Basis: "任命文件"}
		if office != registry.OfficeOperator {
			request.Registrar = "12630200MBFAKE020X"
		}
		story.Do("BureauMSP/bureau-admin", "party:Appoint", request)
	}
	form, text := s.planForm("plan-operation", asset), map[string]string{"planDocument=方案.csv": "a,b\n方案,1\n"}
	form.Del("planItems[4].where")
	wu.contest("/plans/new", form, text).status(422).see("在方案中的位置 5：请填写", "第12章", "农产品产销数据授权运营实施方案")
	form.Set("planItems[4].where", "第5章")
	plan := regexp.MustCompile(`/plans/PLN[A-Z2-7]{16}.`).FindString(wu.contest("/plans/new", form, text).status(200).see("待审定").Body)
	wu.get(plan).see("数据资源范围", "第5章").notSee(plan+"/approve", plan+"/operation/1")
	s.as("he-applicant").get(plan).status(403)
	sun.contest(plan+"/approve", url.Values{"key": {"approve-plan"}, "approval.authority": {"县政府常务会议（虚构）"}, "approval.number": {"〔2026〕12号"}}, map[string]string{"approval.document=纪要.csv": "a,b\n纪要,1\n"}).status(200).see("已审定", "〔2026〕12号")
	sun.post(plan+"/file", url.Values{"key": {"file-plan"}, "filing": {"青数备〔2026〕1号"}}).status(200).see("已备案")

	wu.get(plan).see(plan + "/operation/1")
	wu.get(plan + "/operation/2").status(200) // there is no second resource: refused when sent
	papers := map[string]string{"agreement=协议.csv": "a,b\n协议,1\n", "operation.selection.document=中标.csv": "a,b\n中标,1\n", "operation.resolution.document=纪要.csv": "a,b\n决策,1\n"}
	wu.contest(plan+"/operation/2", s.operationForm("operation-two"), papers).status(404)
	top := grantPage.FindString(wu.contest(plan+"/operation/1", s.operationForm("operation-one"), papers).status(200).see("公共数据授权运营").Body)
	yun.post(top+"/sign", url.Values{"key": {"sign-operation"}}).status(200).see("已签署，待备案")
	sun.get("/grants").see("待审查和待备案", top)
	sun.post(top+"/file", url.Values{"key": {"file-operation"}, "filing": {"青数备〔2027〕3号"}}).status(200).see("有效", "青数备〔2027〕3号")

	develop := s.policyForm("develop-one", "91630202MAFAKE051R")
	develop.Set("policy.quota.quantity", "60")
	wu.get(top).notSee(top + "/develop")
	controlled := s.policyForm("develop-two", "93630222MAFAKE06XA")
	yun.contest(top+"/develop", controlled, agreementFile).status(422).see("不得参与再开发")
	use := grantPage.FindString(strings.ReplaceAll(yun.contest(top+"/develop", develop, agreementFile).status(200).see("合规、安全、算法审查中").Body, top, ""))
	review := func(v *visitor, kind string) page {
		return v.contest(use+"/review", url.Values{"key": {"review-" + kind}, "review": {kind}, "pass": {"yes"}}, map[string]string{"report=报告.csv": "a,b\n" + kind + ",1\n"})
	}
	review(s.as("bai-reviewer"), "COMPLIANCE").status(422).see("需要“合规审查人”的有效任命")
	review(sun, "COMPLIANCE").status(200).see("合规审查", "✓ 通过")
	s.as("ledu-applicant").get(use).notSee(use + "/sign")
	review(s.as("bai-reviewer"), "SECURITY").status(200)
	review(s.as("cao-officer"), "ALGORITHM").status(200).see("待被授权方签署")
	s.as("ledu-applicant").post(use+"/sign", url.Values{"key": {"sign-develop"}}).status(200).see("有效", top)
	yun.get(top).see("其中已分给开发利用 60")
	s.as("ledu-applicant").get(use+asking).see("✓", "允许")
	wu.post(top+"/suspend", url.Values{"key": {"suspend-operation"}, "reason": {"安全事件"}}).status(200)
	s.as("ledu-applicant").get(use).see("暂停")
	s.as("ledu-applicant").get(use + asking).see("✗")
}

// TestBrowserGrants_PagesAreUsable looks at the pages of grants in a real browser.
func TestBrowserGrants_PagesAreUsable(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	asset := s.registered("要授权的数据集")
	he, wu, sun := s.as("he-applicant"), s.county(), s.supervisor()
	form := s.policyForm("licence-look", "91630202MAFAKE051R")
	form.Set("policy.right", "USE")
	page := grantPage.FindString(he.contest(asset+"/licence", form, agreementFile).status(200).Body)
	s.as("ledu-applicant").post(page+"/sign", url.Values{"key": {"sign-look"}}).status(200)
	plan := regexp.MustCompile(`/plans/PLN[A-Z2-7]{16}.`).FindString(wu.contest("/plans/new", s.planForm("plan-look", s.resource(wu, "海东市农产品产销公共数据")), map[string]string{"planDocument=方案.csv": "a,b\n方案,1\n"}).status(200).Body)
	w := openWindow(t, s)
	w.become(he, "he-applicant")
	w.look("grants", "/grants")
	w.look("grant", page)
	w.look("grant-licence", asset+"/licence")
	w.look("grant-use", page+"/use?purpose=SECTOR&part=*&mode=API&region=630222&quantity=1&unit=CALL")
	w.look("grant-close", page+"/close")
	w.look("grant-usage", page+"/usage")
	w.become(wu, "nongye-applicant")
	w.look("plans-operation", "/plans")
	w.look("plan-operation-new", "/plans/new")
	w.become(sun, "sun-desk")
	w.look("plan-operation", plan)
	w.look("plan-operation-approve", plan+"/approve")
	w.look("grants-all", "/grants")
	w.look("grant-review", page+"/review")
}
