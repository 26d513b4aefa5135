package web

import (
	"maps"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// answers is a faultless application, page by page, as a person types it.
func answers(name string) map[string]url.Values {
	return map[string]url.Values{
		"contact": {"contact.person": {"何经办"}, "contact.phone": {"０９７２－８６１２３４５"}, "contact.address": {"民和县川口镇东大街1号"}},
		"data": {"dataName": {name}, "overview": {"民和县设施农业大棚的种植、采收与销售情况，由合作社按日采集、按月汇总，可用于产销衔接、价格分析和农业保险。"}, "region": {"630222"},
			"industries[0].section": {"A"}, "industries[0].division": {"０１"}, "industries[2].section": {"F"}, "industries[2].division": {"51"}},
		"source": {"source": {"SELF_COLLECTED"}, "acquisition": {"COLLECTED"}},
		"extent": {"spatial.scope": {"COUNTY"}, "spatial.codes": {"630222"}, "temporal.from": {"2019年1月1日"}, "temporal.to": {"2024/12/31"}, "frequency": {"MONTH"},
			"volume.records": {"１,２０３,４５６"}, "volume.bytes": {"859MB"}, "form.media": {"TABLE"}, "form.structure": {"STRUCTURED"}},
		"level":        {"secret": {"NONE"}, "wizard.harm": {"GENERAL"}, "wizard.persons": {"NONE"}, "subjectClass": {"ENTERPRISE"}},
		"rights":       {"rights.HOLD": {"on"}, "rights.HOLD.from": {"2024-12-31"}, "rights.USE": {"on"}, "rights.USE.from": {"２０２４-12-31"}, "rights.USE.limits": {"不得用于个人信用评价"}},
		"restrictions": {"restrictions.objects": {"仅限农业生产经营主体"}, "restrictions.qualification": {"无"}, "restrictions.environment": {"无"}, "restrictions.region": {"中国境内"}},
		"declarations": {"declarations.lawful": {"on"}, "declarations.measurable": {"on"}, "declarations.beneficial": {"on"}, "declarations.noPersonal": {"on"}, "declarations.truthful": {"on"}},
	}
}

// fill fills in every page of a new application and answers the address of the draft.
func (v *visitor) fill(pages map[string]url.Values) string {
	v.t.Helper()
	draft := v.post("/apply", nil).Path
	for _, s := range steps {
		if form, ok := pages[s.ID]; ok {
			v.post(draft+"/steps/"+s.ID, form)
		}
	}
	v.upload(draft+"/files", "SAMPLE", "样例.csv", strings.NewReader("日期,品种,产量\n2024-01-01,番茄,12\n"))
	v.upload(draft+"/files", "IDENTITY", "营业执照.csv", strings.NewReader("名称,代码\n合作社,93630222MAFAKE06XA\n"))
	v.upload(draft+"/files", "SOURCE", "采集记录.csv", strings.NewReader("日期,采集人\n2024-01-01,社员\n"))
	return draft
}

// file files a faultless application and answers its number.
func (v *visitor) file(name string) string { return v.fileAll(answers(name)) }

func (v *visitor) fileAll(pages map[string]url.Values) string {
	v.t.Helper()
	p := v.post(v.fill(pages)+"/file", nil).status(200).see("申请已提交")
	id := regexp.MustCompile(`APP[A-Z2-7]{16}.`).FindString(p.Body)
	if id == "" {
		v.t.Fatalf("no application number on %s", p.Path)
	}
	return id
}

// key is the idempotency key in a form of a page.
func (p page) key(suffix string) string {
	p.t.Helper()
	m := regexp.MustCompile(`name="key" value="([^"]*` + suffix + `)"`).FindStringSubmatch(p.Body)
	if m == nil {
		p.t.Fatalf("%s has no key %s\n%s", p.Path, suffix, p.text())
	}
	return m[1]
}

// act does a staff act from the page of a case, with what the form has.
func (v *visitor) act(app, act string, form url.Values) page {
	v.t.Helper()
	all := url.Values{"key": {v.get("/desk/" + app).key("-" + act)}}
	maps.Copy(all, form)
	return v.post("/desk/"+app+"/"+act, all)
}

var allPass = url.Values{"description": {"on"}, "source": {"on"}, "rights": {"on"}}

func TestJourney_FromFormToCertificate(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	draft := he.fill(answers("2019–2024年海东市民和县设施农业产销数据集"))
	he.get(draft).see("已完成 9 / 9")
	he.get(draft+"/check").status(200).see("试办通过", "以下内容将会公示", "1,203,456 条", "859 MB", "2019-01-01 至 2024-12-31", "批发和零售业", "第二十四条")
	filed := he.post(draft+"/file", nil).status(200).see("申请已提交", "接下来", "受理期限")
	app := regexp.MustCompile(`APP[A-Z2-7]{16}.`).FindString(filed.Body)
	he.post(draft+"/file", nil).see(app) // pressed twice: the same case
	he.get("/cases").see(app, "已提交，待受理")

	an := s.as("an-acceptor")
	an.get("/desk").see(app, "还有")
	an.get("/desk/"+app).see("数据样例", "试办通过", "一次性列明")
	returned := an.act(app, "Return", url.Values{"reasons": {"概述请写明采集方式\n请补充主体证明"}}).see("请确认", "概述请写明采集方式", "请补充主体证明")
	an.post("/desk/"+app+"/Return", url.Values{"key": {returned.key("-Return")}, "reasons": {"概述请写明采集方式\n请补充主体证明"}, "confirmed": {"yes"}}).see("补正告知已上账")

	he.get("/cases/"+app).see("请补充主体证明", "开始补正", "补正期限")
	second := he.post("/cases/"+app+"/supplement", nil).see("登记机构要求补正", "概述请写明采集方式").Path
	he.get(second + "/steps/contact").see("已经加密保存").notSee("8612345")
	if again := he.post("/cases/"+app+"/supplement", nil).Path; again != second {
		t.Errorf("a second draft was begun: %s", again)
	}
	he.upload(second+"/files", "IDENTITY", "营业执照.pdf", strings.NewReader("%PDF-1.7 ..."))
	he.get(second+"/check").see("试办通过", "营业执照.pdf")
	he.post(second+"/file", nil).status(200).see("补正已提交", app)

	an.act(app, "Accept", nil).see("受理已上账", "区块")
	bai := s.as("bai-reviewer")
	bai.act(app, "PassReview", allPass).see("审查通过并公示已上账")
	s.as("").get("/publicity").see("设施农业产销数据集")
	s.as("").get("/publicity/"+app).see("公示期", "第二十四条", "数据资源持有权").notSee("何经办", "0972-8612345", "川口镇")
	cao := s.as("cao-officer")
	cao.get("/desk/"+app).see("试办：现在不能办理", "期限尚未届满", "disabled")
	cao.act(app, "ClosePublicity", nil).status(422).see("没有办理成功", "期限尚未届满")
	s.pass(6 * time.Second)
	cao.act(app, "ClosePublicity", nil).see("公示期满已上账")
	cao.get("/desk/registration").see(app)
	cao.act(app, "Register", url.Values{"years": {"三"}}).status(422).see("请只填整数", `value="三"`)
	cao.act(app, "Register", url.Values{"years": {"９"}}).status(422).see("应在允许的范围内")
	cao.act(app, "Register", url.Values{"years": {"３"}}).see("登簿赋码已上账")

	number := regexp.MustCompile(`HDZC[0-9]{17}.`).FindString(he.get("/cases/"+app).see("证书文件正在签发", `http-equiv="refresh"`).Body)
	s.issued[registry.CertificateNumber(number)] = true
	he.get("/cases/"+app).see("下载证书", "/api/v1/certificates/"+number+"/pdf").notSee(`http-equiv="refresh"`)
	nobody := s.as("")
	nobody.get("/verify?number="+url.QueryEscape("　"+strings.ToLower(number))).see("有效", number, "权利人", "2029-11-24", "以登记簿为准")
	nobody.get("/certificates/"+number).status(200).see("账本区块", "不得用于个人信用评价")
	for _, path := range []string{"/cases/" + app, "/desk/" + app} {
		for _, tx := range s.written {
			if tx.Function == "registration:Register" {
				cao.get(path).see(tx.TxID)
			}
		}
	}
}

func TestContact_IsKeptEncryptedAndNowhereElse(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	app := he.file("联系信息不上账的数据集")
	for _, tx := range s.pending {
		if strings.Contains(string(tx.Document), "何经办") || strings.Contains(string(tx.Document), "8612345") {
			t.Errorf("the document on the ledger names the contact person: %s", tx.Document)
		}
	}
	for _, d := range s.drafts {
		if d.Filed == app && (d.Contact != desk.Contact{} || len(d.Raw["contact.phone"]) > 0) {
			t.Errorf("the filed draft still has contact data: %+v", d.Contact)
		}
	}
}

func TestFiling_RepeatedAfterAnOutageIsTheSameRequest(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	draft := he.fill(answers("重复提交的数据集"))
	var sent []string
	s.submit = func(tx desk.Transaction) (desk.Transaction, error) {
		sent = append(sent, string(tx.Document))
		tx.State = desk.StateExpired
		return tx, nil
	}
	he.post(draft+"/file", nil)
	he.post(draft+"/file", nil)
	if len(sent) != 2 || sent[0] != sent[1] {
		t.Errorf("%d requests, or they differ:\n%s", len(sent), strings.Join(sent, "\n"))
	}
}

func TestUnknownOutcome_IsAskedForAndNeverSentAgain(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	draft := he.fill(answers("结果未知的数据集"))
	var lost desk.Transaction
	s.submit = func(tx desk.Transaction) (desk.Transaction, error) {
		tx.State = desk.StateUnknown
		lost = tx
		return tx, nil
	}
	p := he.post(draft+"/file", nil).status(200).see("不要重新提交", lost.TxID, `http-equiv="refresh"`).notSee("/again", "/file")
	he.get(p.Path).see("不要重新提交")
	s.submit = nil
	if _, err := s.send(lost, "AgencyMSP/he-applicant"); err != nil {
		t.Fatal(err)
	}
	he.get(p.Path).see("申请已提交", "APP")
	he.get("/apply").notSee("结果未知的数据集")
}

func TestWithdraw_AsksForReasonAndConfirmation(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	app := he.file("要撤回的数据集")
	key := url.Values{"key": {"withdraw-" + app}}
	he.post("/cases/"+app+"/withdraw", key).status(422).see("请逐条写明")
	key.Set("reasons", "数据范围有误<b>")
	he.post("/cases/"+app+"/withdraw", key).status(200).see("请确认", "数据范围有误&lt;b&gt;").notSee("<b>\n")
	he.get("/cases/" + app).see("已提交，待受理")
	key.Set("confirmed", "yes")
	he.post("/cases/"+app+"/withdraw", key).see("已撤回", "数据范围有误")
}

func TestSilence_CanBeClaimedAsAcceptance(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	app := he.file("没有答复的数据集")
	he.get("/cases/" + app).notSee("主张视为受理</button>")
	s.pass(31 * time.Minute)
	s.as("an-acceptor").get("/desk").see("已逾期")
	p := he.get("/cases/" + app).see("您可以主张视为受理")
	key := p.key("")
	he.post("/cases/"+app+"/claim", url.Values{"key": {key}}).see("请确认", "第十七条")
	he.post("/cases/"+app+"/claim", url.Values{"key": {key}, "confirmed": {"yes"}}).see("已受理，审查中")
}
