package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

var matterNumber = regexp.MustCompile(`SUP[A-Z2-7]{16}[0-9A-Z]`)

// regulator joins as a reader of the regulators' organisation.
func (s *site) regulator() *visitor {
	s.t.Helper()
	return s.join(registry.Actor{MSP: registry.MSPRegulator, Enrolment: "wang-desk", Role: registry.RoleRegulator, Party: "12630200MBFAKE020X", Region: "630200"})
}

// TestReport_AnonymousFromThePageToTheResult: nobody signs in; the bureau takes it up, orders, and closes with a result that the number shows.
func TestReport_AnonymousFromThePageToTheResult(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	nobody, sun := s.as(""), s.supervisor()
	nobody.get("/reports").status(200).see("不署名", "任何单位和个人有权").notSee("name=\"item\"")
	form := url.Values{"key": {"matter-anonymous"}, "party": {"91630202MAFAKE051R"}}
	nobody.contest("/reports", form, map[string]string{"照片.csv": "a,b\n1,2\n"}).status(422).see("请写明事实和理由", "请重新选择这些文件", "91630202MAFAKE051R")
	form.Set("statement", "该公司倒卖公共数据")
	p := nobody.contest("/reports", form, map[string]string{"照片.csv": "a,b\n1,2\n"}).status(200).see("举报已收到", "已收到，待受理")
	number := matterNumber.FindString(p.Body)
	for _, tx := range s.written {
		if tx.Function == "supervision:Receive" && tx.Creator != "AgencyMSP/registryd" {
			t.Errorf("recorded by %s", tx.Creator)
		}
	}
	if strings.Contains(string(s.ledger.LastEvent.TxID)+string(s.pending["Rmatter-anonymous"].Document), "倒卖") {
		t.Error("what was reported is on the ledger")
	}
	m := s.ledger.Matters()[0]

	path := "/matters/" + number
	sun.get("/supervision").see("匿名", number, "虚构单位")
	sun.get(path).see("签名受理").notSee("责令整改</summary>")
	sun.get(path + "/files/" + m.Statement.CID).status(200).see("倒卖公共数据")
	sun.contest(path+"/takeup", url.Values{"key": {"takeup-one"}}, nil).status(200).see("办理中", "责令整改</summary>")
	order := url.Values{"key": {"order-one"}, "unit": {"91630202MAFAKE051R"}, "authority": {"海东市数据局（虚构）"}, "number": {"改字1号"}, "due": {"2035-13-01"}}
	sun.contest(path+"/order", order, map[string]string{"整改通知.csv": "a,b\n1,2\n"}).status(422).see("没有提交，请修改", "改字1号", "整改通知.csv")
	order.Set("due", "2035-12-31")
	sun.contest(path+"/order", order, map[string]string{"整改通知.csv": "a,b\n1,2\n"}).status(200).see("整改中", "2035-12-31")

	ledu := s.as("ledu-applicant") // of the unit concerned: sees the order, nothing else
	ledu.get("/matters").see("要求本单位整改的", number)
	ledu.get(path).status(200).see("改字1号", "报告整改情况").notSee("事实和理由", "匿名")
	m = s.ledger.Matters()[0]
	ledu.get(path + "/files/" + m.Order.Warrant.Document.CID).status(200)
	ledu.get(path + "/files/" + m.Statement.CID).status(404)
	ledu.contest(path+"/answer", url.Values{"key": {"answer-one"}, "statement": {"已停止并删除"}}, nil).status(200).see("已报告")
	ledu.contest(path+"/close", url.Values{"key": {"close-theirs"}, "outcome": {"UNFOUNDED"}, "statement": {"没有的事"}}, nil).status(422)

	sun.contest(path+"/close", url.Values{"key": {"close-none"}, "statement": {"属实，已整改"}}, nil).status(422).see("没有提交，请修改", "属实，已整改")
	sun.contest(path+"/close", url.Values{"key": {"close-one"}, "outcome": {"UPHELD"}, "statement": {"属实，已整改"}}, nil).status(200).see("已办结", "属实（成立）")
	nobody.get("/reports?number="+number).see("已办结", "属实（成立）").notSee("91630202MAFAKE051R", "sun-desk", "改字1号")
	nobody.get("/reports?number=SUPAAAAAAAAAAAAAAAA5").see("请核对")
	sun.get("/supervision").notSee(number)
	sun.get("/supervision?status=ENDED&kind=REPORT").see(number)
}

// TestReport_OnesOwnNameOrNone: who is signed in chooses; without a name nothing leads back to the account.
func TestReport_OnesOwnNameOrNone(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	he.get("/reports").see("以您本人的名义举报", "改为匿名举报")
	he.get("/reports?anonymous=yes").see("不记录您的账号", "提交举报")
	he.contest("/reports", url.Values{"key": {"matter-named"}, "statement": {"实名"}}, nil).status(200).see("监督事项", "举报")
	he.contest("/reports?anonymous=yes", url.Values{"key": {"matter-hidden"}, "statement": {"匿名"}}, map[string]string{"a.csv": "a,b\n1,2\n"}).status(200).see("举报已收到")
	named, hidden := 0, 0
	for _, m := range s.ledger.Matters() {
		if m.Filer == "AgencyMSP/he-applicant" {
			named++
			he.get("/matters/" + string(m.ID)).status(200)
			continue
		}
		hidden++
		he.get("/matters/" + string(m.ID)).status(404)
		for _, f := range m.Files() {
			if by, err := s.desk.Uploads.By(t.Context(), f.CID); err != nil || strings.Contains(string(by), "he-applicant") || strings.Contains(string(by), "FAKE") {
				t.Errorf("the store says that the file is %s's: %v", by, err)
			}
		}
	}
	if named != 1 || hidden != 1 {
		t.Errorf("%d with a name, %d without", named, hidden)
	}
}

// TestComplaint_SeenByFilerAndHandlerOnly: neither the unit concerned nor the registrar's staff, whose desk opens all other files, nor colleagues.
func TestComplaint_SeenByFilerAndHandlerOnly(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he, sun, wang := s.as("he-applicant"), s.supervisor(), s.regulator()
	he.get("/complaints").see("明确投诉渠道和处理流程", "下一步：核对并签名")
	form := url.Values{"key": {"matter-complaint"}, "party": {"12630200MBFAKE020X"}}
	p := he.contest("/complaints", form, map[string]string{"证据.csv": "a,b\n1,2\n"}).status(422).see("请写明事实和理由", "证据.csv")
	form.Set("statement", "登记机构拖延不办")
	form["stored"] = []string{regexp.MustCompile(`name="stored" value="([^"]+)"`).FindStringSubmatch(p.Body)[1]}
	he.contest("/complaints", form, nil).status(200).see("我提出的", "投诉")
	m := s.ledger.Matters()[0]
	path := "/matters/" + string(m.ID)
	if len(m.Evidence) != 1 {
		t.Fatalf("%d files", len(m.Evidence))
	}
	he.get(path).see("撤回").notSee("签名受理")
	he.get(path + "/files/" + m.Statement.CID).status(200)
	cao := s.as("cao-officer") // of the registrar, which is the unit concerned
	cao.get(path).status(404)
	for _, f := range m.Files() {
		cao.get("/evidence/" + f.CID).status(403)
		cao.get(path + "/files/" + f.CID).status(404)
		wang.get(path + "/files/" + f.CID).status(404)
		sun.get(path + "/files/" + f.CID).status(200)
		s.as("ledu-applicant").get("/evidence/" + f.CID).status(403)
	}
	s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "he-colleague", Role: registry.RoleApplicant, Party: "93630222MAFAKE06XA", Region: "630222"}).get("/evidence/" + m.Statement.CID).status(403)
	wang.get(path).status(404) // belongs to the unit concerned
	s.join(registry.Actor{MSP: registry.MSPRegulator, Enrolment: "li-reader", Role: registry.RoleRegulator, Party: "11630200MBFAKE0126", Region: "630200"}).get(path).status(200).see("投诉").notSee(m.Statement.CID)
	sun.contest(path+"/takeup", url.Values{"key": {"takeup-one"}}, nil).status(200)
	sun.contest(path+"/note", url.Values{"key": {"note-none"}}, nil).status(422)
	sun.contest(path+"/note", url.Values{"key": {"note-one"}}, map[string]string{"核查记录.csv": "a,b\n1,2\n"}).status(200).see("办理记载")
	he.contest(path+"/withdraw", url.Values{"key": {"withdraw-one"}}, nil).status(200).see("已撤回")
	sun.contest(path+"/close", url.Values{"key": {"close-late"}, "outcome": {"UPHELD"}, "statement": {"x"}}, nil).status(422)
	sun.contest(path+"/anything", url.Values{"key": {"x"}}, nil).status(404)
}

// TestIncident_EnteredFromTheDeskFreezesTheAsset until it is lifted on its page.
func TestIncident_EnteredFromTheDeskFreezesTheAsset(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	sun := s.supervisor()
	page := s.registered("发生安全事件的数据集")
	asset := strings.TrimPrefix(page, "/register/")
	form := url.Values{"key": {"matter-incident"}, "kind": {"INCIDENT"}, "asset": {asset}, "authority": {"市委网信办（虚构）"}, "number": {"通报1号"}, "remark": {"因安全事件暂停使用"}}
	sun.contest("/supervision", form, map[string]string{"通报.csv": "a,b\n1,2\n"}).status(422).see("没有提交，请修改", "通报1号", "通报.csv")
	form.Set("statement", "接口密钥泄露")
	sun.contest("/supervision", form, map[string]string{"通报.csv": "a,b\n1,2\n"}).status(200).see("安全事件", asset[:3])
	s.as("").get(page).see("冻结", "因安全事件暂停使用").notSee("接口密钥泄露")
	path := "/matters/" + string(s.ledger.Matters()[0].ID)
	sun.get(path).see("去解除", page)
	sun.contest(path+"/close", url.Values{"key": {"close-early"}, "outcome": {"RESOLVED"}, "statement": {"已更换密钥"}}, nil).status(422).see("暂停使用的措施还没有解除")
}

// TestDataObjection_HandledWhereTheDataIs: the body that provides the data takes the objection up and closes it.
func TestDataObjection_HandledWhereTheDataIs(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	page := s.registered("有差错的数据集")
	asset := strings.TrimPrefix(page, "/register/")
	ledu, he := s.as("ledu-applicant"), s.as("he-applicant")
	ledu.get("/data-objections?asset=" + asset).see(`value="` + asset + `"`)
	ledu.contest("/data-objections", url.Values{"key": {"matter-data-x"}, "statement": {"面积不对"}}, nil).status(422).see("没有提交，请修改", "面积不对")
	ledu.contest("/data-objections", url.Values{"key": {"matter-data-1"}, "statement": {"面积不对"}, "asset": {asset}}, nil).status(200).see("数据异议")
	m := s.ledger.Matters()[0]
	path := "/matters/" + string(m.ID)
	he.get("/matters").see("对本单位所提供数据的异议", string(m.ID))
	he.get(path + "/files/" + m.Statement.CID).status(200).see("面积不对")
	he.contest(path+"/takeup", url.Values{"key": {"takeup-one"}}, nil).status(200).see("办理中")
	he.contest(path+"/close", url.Values{"key": {"close-one"}, "outcome": {"UPHELD"}, "statement": {"已更正"}}, nil).status(200).see("已办结")
	ledu.get(path).see("已办结", "属实（成立）", "结果文书")
}

// TestMatterFile_FetchedFromWhereItWasFiled: the officer's organisation gets it from the other one's store; there it is still nobody's to open
// by its name.
func TestMatterFile_FetchedFromWhereItWasFiled(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	there, here := evidenceOf(t, identity), evidenceOf(t, identity)
	s.desk.Evidence = there
	s.as("he-applicant").contest("/complaints", url.Values{"key": {"matter-complaint"}, "party": {"91630202MAFAKE051R"}, "statement": {"不让查询自己的数据"}}, nil).status(200)
	s.desk.Evidence, s.desk.Uploads, s.desk.Members = here, uploads{}, otherStore{there: there.store, here: here.store}
	m := s.ledger.Matters()[0]
	file := "/files/" + m.Statement.CID
	s.as("ledu-applicant").get("/matters/" + string(m.ID) + file).status(404)
	if _, err := here.store.Stat(m.Statement.CID); err == nil {
		t.Error("fetched for somebody who may not see it")
	}
	sun := s.supervisor()
	sun.get("/matters/" + string(m.ID) + file).status(200).see("不让查询自己的数据")
	s.as("an-acceptor").get("/evidence/" + m.Statement.CID).status(403)
	s.desk.Evidence, s.desk.Members = evidenceOf(t, identity), otherStore{there: evidenceOf(t, identity).store}
	sun.get("/matters/" + string(m.ID) + file).status(404)
}

// TestBrowserSupervision_PagesAreUsable looks at the pages of supervision in a real browser.
func TestBrowserSupervision_PagesAreUsable(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	asset := s.registered("要监督的数据集")
	he, ledu, sun, zhao := s.as("he-applicant"), s.as("ledu-applicant"), s.supervisor(), s.operator()
	he.contest("/complaints", url.Values{"key": {"matter-look"}, "party": {"91630202MAFAKE051R"}, "statement": {"不让查询自己的数据"}}, nil).status(200)
	complaint := "/matters/" + string(s.ledger.Matters()[0].ID)
	sun.contest(complaint+"/takeup", url.Values{"key": {"takeup-look"}}, nil).status(200)
	sun.contest(complaint+"/order", url.Values{"key": {"order-look"}, "unit": {"91630202MAFAKE051R"}, "authority": {"海东市数据局（虚构）"}, "number": {"改字1号"}, "due": {"2035-12-31"}}, map[string]string{"整改通知.csv": "a,b\n1,2\n"}).status(200)
	sun.contest("/supervision", url.Values{"key": {"incident-look"}, "kind": {"INCIDENT"}, "asset": {strings.TrimPrefix(asset, "/register/")}, "authority": {"市委网信办（虚构）"}, "number": {"通报1号"},
		"remark": {"因安全事件暂停使用"}, "statement": {"接口密钥泄露"}}, map[string]string{"通报.csv": "a,b\n1,2\n"}).status(200)
	zhao.contest("/submissions", url.Values{"key": {"disclosure-look"}, "kind": {"DISCLOSURE"}, "title": {"三季度交易情况"}, "from": {"2026-07-01"}, "to": {"2026-09-30"}}, map[string]string{"交易情况.csv": "月,笔数\n7,1\n"}).status(200)
	disclosure := "/submissions/" + string(s.ledger.Submissions()[0].ID)
	sun.post("/reconciliations", url.Values{"key": {"batch-look"}, "direction": {"RETURN"}, "name": {"三季度人口库返还"}, "receiver": {"12630200MBFAKE020X"}, "records": {"1000"}, "digest": {strings.Repeat("ab", 32)}}).status(200)
	w := openWindow(t, s)
	w.look("report", "/reports")
	w.look("disclosures", "/disclosures")
	w.look("disclosure", disclosure)
	w.become(he, "he-applicant")
	w.look("complaint-new", "/complaints")
	w.look("data-objection-new", "/data-objections")
	w.look("matters", "/matters")
	w.look("submissions", "/submissions")
	w.become(ledu, "ledu-applicant")
	w.look("rectification", complaint)
	w.become(sun, "sun-desk")
	w.look("supervision", "/supervision")
	w.look("matter", complaint)
	w.look("reconciliations", "/reconciliations")
	w.become(s.as("cao-officer"), "cao-officer")
	w.look("annual", "/annual-report")
}
