package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// county is somebody of a county's agricultural bureau.
func (s *site) county() *visitor {
	s.t.Helper()
	return s.member("nongye-applicant", registry.RegisterPartyRequest{ID: "11630200MBFAKE0981", Category: registry.CategoryGovernment, Name: "民和县农业农村局（虚构）", Region: "630222"})
}

// member is an applicant of a party that was not there before.
func (s *site) member(enrolment string, party registry.RegisterPartyRequest) *visitor {
	s.t.Helper()
	party.Key, party.Kind = "party-"+enrolment, registry.PartyLegal
	document, err := registry.Canonical(party)
	if err == nil {
		_, err = s.ledger.Submit("BureauMSP/bureau-admin", "party:Register", document)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: enrolment, Role: registry.RoleApplicant, Party: party.ID, Region: party.Region})
}

// fillPublic fills in the form of a public track, the deposit and every material of the profile included.
func (v *visitor) fillPublic(track registry.Track, name string) string {
	v.t.Helper()
	draft := v.post("/apply", url.Values{"track": {string(track)}}).Path
	pages := answers(name)
	pages["level"].Del("subjectClass")
	pages["declarations"] = url.Values{"declarations.lawful": {"on"}, "declarations.truthful": {"on"}}
	pages["public"] = url.Values{"public.product": {"农产品产销数据查询服务"}, "public.scenario": {"农产品产销对接"}, "public.reviewed": {"on"}}
	for _, s := range publicSteps {
		if form, ok := pages[s.ID]; ok {
			v.post(draft+"/steps/"+s.ID, form)
		}
	}
	v.contest(draft+"/deposit", url.Values{}, map[string]string{"指纹清单.csv": "file,sha256\n" + name + ",ab\n"}).status(200).see("账本上已有存证")
	for kind := range everyMaterial() {
		v.upload(draft+"/files", kind, kind+".csv", strings.NewReader("a,b\n"+name+","+kind+"\n"))
	}
	return draft
}

// everyMaterial is a checklist on which everything is in order.
func everyMaterial() url.Values {
	form := url.Values{}
	for _, kind := range []string{"IDENTITY", "SOURCE", "RESOURCE", "DEPOSIT", "PRODUCT", "SCENARIO", "RISK"} {
		form.Set(kind, "on")
	}
	return form
}

// TestPublicResource_FromFormToResult: the form asks for what the profile asks for, the review is a checklist, and the result has a query
// code beside which the national one is recorded.
func TestPublicResource_FromFormToResult(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	wu := s.county()
	draft := wu.post("/apply", url.Values{"track": {"PUBLIC_RESOURCE"}}).see("公共数据资源登记申请", "申请前存证", "产品、服务和应用场景").notSee("申请登记的权利").Path
	wu.get(draft+"/steps/materials").see("主体身份证明", "数据资源情况", "应用场景", "必须提交").notSee("数据样例")
	wu.get(draft + "/steps/level").notSee("subjectClass")
	wu.get(draft + "/steps/rights").status(404)
	wu.contest(draft+"/deposit", url.Values{}, nil).status(422).see("请先选择文件")
	draft = wu.fillPublic(registry.TrackPublicResource, "海东市农产品产销公共数据")
	wu.get(draft+"/check").see("试办通过", "农产品产销数据查询服务", "存证").notSee("登记的权利")
	app := appNumber.FindString(wu.post(draft+"/file", nil).status(200).see("申请已提交", "公共数据资源登记").Body)

	s.as("he-applicant").contest(draft+"/deposit", url.Values{}, nil).status(404) // somebody else's draft
	s.as("an-acceptor").act(app, "Accept", nil)
	bai := s.as("bai-reviewer")
	bai.get("/desk/"+app).see("形式审核", "数据资源情况").notSee("要求补充佐证材料</summary>", "拒绝情形")
	bai.act(app, "PassReview", allPass).status(422).see("存证情况")
	checked := everyMaterial()
	checked.Set("RISK.note", "评估报告齐全")
	bai.act(app, "PassReview", checked).see("审查通过并公示已上账")
	s.as("").get("/publicity/" + app).see("海东市农产品产销公共数据").notSee("登记的权利")
	s.pass(6 * time.Second)
	cao := s.as("cao-officer")
	cao.act(app, "ClosePublicity", nil)
	cao.act(app, "Register", nil).see("登簿赋码已上账")

	code := regexp.MustCompile(`HDGZ[0-9]{17}.`).FindString(wu.get("/cases/" + app).see("登记结果查询码").Body)
	nobody := s.as("")
	nobody.get("/certificates/"+code).status(200).see("登记结果查询", "有效", code, "国家平台", "尚未返回").notSee("登记证书核验")
	page := regexp.MustCompile(`/register/AST[A-Z2-7]{16}.`).FindString(cao.get("/register").Body)
	nobody.get(page).see("公共数据资源登记", "农产品产销数据查询服务")
	wu.get(page).see("申请变更</button>", "申请更正</button>")
	cao.contest(page+"/national-code", url.Values{"key": {"national-one"}, "code": {"不对"}}, nil).status(422).see("没有提交，请修改", "不对")
	cao.contest(page+"/national-code", url.Values{"key": {"national-one"}, "code": {"ＧＪ2026110000000001"}}, nil).status(200).see("GJ2026110000000001")
	nobody.get("/certificates/" + code).see("GJ2026110000000001").notSee("尚未返回")
	cao.get(page).notSee("记载国家平台登记结果查询码</summary>")

	he := s.as("he-applicant") // an interested party may ask for a correction, with evidence
	draft = he.post(page+"/correction", nil).status(200).see("申请更正登记").Path
	public := url.Values{"public.product": {"农产品产销数据查询服务（更正）"}, "public.scenario": {"农产品产销对接"}, "public.reviewed": {"on"}}
	he.post(draft+"/steps/public", public)
	he.upload(draft+"/files", "EVIDENCE", "证据.csv", strings.NewReader("a,b\n9,9\n"))
	he.get(draft+"/check").see("试办通过", "<ins>农产品产销数据查询服务（更正）").notSee("nongye")
	he.post(draft+"/file", nil).status(200).see("申请已提交", "更正登记")
}

// TestPublicProduct_AsksForTheOperation: a product of an authorised operation needs the agreement and its term.
func TestPublicProduct_AsksForTheOperation(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	wu := s.member("yunying-applicant", registry.RegisterPartyRequest{ID: "91630200MAFAKE0432", Category: registry.CategoryEnterprise, Name: "海东数据运营有限公司（虚构）", Region: "630200"})
	draft := wu.fillPublic(registry.TrackPublicProduct, "海东市农产品产销查询产品")
	wu.get(draft+"/check").see("现在提交不会通过", "运营期限")
	wu.post(draft+"/steps/public", url.Values{"public.product": {"查询服务"}, "public.scenario": {"产销对接"}, "public.reviewed": {"on"}, "public.operation.until": {"2028-12-31"}})
	wu.get(draft+"/check").see("现在提交不会通过", "协议")
	wu.upload(draft+"/files", "CONTRACT", "授权运营协议.csv", strings.NewReader("a,b\n7,8\n"))
	wu.get(draft+"/check").see("试办通过", "2028-12-31")
}

// TestPublicForm_ADataAssetHasNoDeposit: the pages of one track are not those of another.
func TestPublicForm_ADataAssetHasNoDeposit(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	draft := he.post("/apply", nil).Path
	he.get(draft + "/steps/deposit").status(404)
	he.contest(draft+"/deposit", url.Values{}, map[string]string{"x.csv": "a,b\n1,2\n"}).status(404)
	draft = he.fillPublic(registry.TrackPublicResource, "企业登记公共数据资源")
	he.get(draft+"/check").see("现在提交不会通过", "公共数据资源登记管理暂行办法")
}
