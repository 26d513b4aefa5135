package web

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// contest sends a form with files.
func (v *visitor) contest(path string, form url.Values, files map[string]string) page {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			_ = w.WriteField(name, value)
		}
	}
	for name, content := range files {
		field, name, named := strings.Cut(name, "=") // "field=name", or a name among the files
		if !named {
			field, name = "files", field
		}
		part, err := w.CreateFormFile(field, name)
		if err == nil {
			_, err = io.WriteString(part, content)
		}
		if err != nil {
			v.t.Fatal(err)
		}
	}
	w.Close()
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return v.do(r)
}

// published files a case of he-applicant and takes it to publicity.
func (s *site) published(name string) string {
	s.t.Helper()
	app := s.as("he-applicant").file(name)
	s.as("an-acceptor").act(app, "Accept", nil)
	s.as("bai-reviewer").act(app, "PassReview", allPass)
	return app
}

// officer is the objections officer, appointed.
func (s *site) officer() *visitor {
	s.t.Helper()
	ding := s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "ding-officer", Role: registry.RoleObjections, Party: "12630200MBFAKE020X", Region: "630200"})
	document, err := registry.Canonical(registry.AppointRequest{Key: "appoint-ding", Office: registry.OfficeObjections, Holder: "AgencyMSP/ding-officer", Basis: "任命文件", Registrar: "12630200MBFAKE020X"})
	if err == nil {
		_, err = s.ledger.Submit("BureauMSP/bureau-admin", "party:Appoint", document)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return ding
}

func TestObjection_FiledAnsweredAndRejected(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	app := s.published("有异议的数据集")
	ding, he, ledu := s.officer(), s.as("he-applicant"), s.as("ledu-applicant")
	ledu.get("/publicity/" + app).see("提出异议")
	form := url.Values{"key": {"objection-one"}, "reasons": {"这批数据由我公司采集"}}
	// nothing typed and nothing uploaded is lost
	p := ledu.contest("/publicity/"+app+"/objection", url.Values{"key": {"objection-one"}}, map[string]string{"采集记录.csv": "日期,点位\n2024-01-01,A\n"}).status(422).see("请写明异议理由", "采集记录.csv")
	stored := p.Body[strings.Index(p.Body, `name="stored" value="`)+len(`name="stored" value="`):]
	stored = stored[:strings.Index(stored, `"`)]
	ledu.contest("/publicity/"+app+"/objection", form, nil).status(422).see("请上传证明材料", "这批数据由我公司采集")
	ledu.contest("/publicity/"+app+"/objection", url.Values{"key": {"objection-two"}, "reasons": form["reasons"]}, map[string]string{"a.pdf": "no pdf"}).status(422).see("a.pdf", "扩展名不符")
	form["stored"] = []string{stored}
	ledu.contest("/publicity/"+app+"/objection", form, nil).status(200).see("我提出的异议", "调查中", "有异议的数据集")
	for _, tx := range s.written {
		if tx.Function == "registration:FileObjection" && tx.Creator != "AgencyMSP/ledu-applicant" {
			t.Errorf("filed by %s", tx.Creator)
		}
	}
	for _, tx := range s.pending {
		if strings.Contains(string(tx.Document), "我公司采集") {
			t.Error("the reasons are on the ledger")
		}
	}
	// both sides and the registrar read the files, nobody else
	he.get("/evidence/" + stored).status(200)
	ledu.get("/evidence/" + stored).status(200)
	ding.get("/evidence/" + stored).status(200)
	s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "wu-other", Role: registry.RoleApplicant, Party: "12630200MBFAKE020X", Region: "630200"}).get("/evidence/" + stored).status(403)
	s.as("").get("/publicity/"+app).status(200).notSee("我公司采集", stored)

	he.get("/cases/"+app).see("公示中，有异议", "您的解释说明")
	he.post("/cases/"+app+"/objections/1/answer", url.Values{"key": {"answer-one"}, "answer": {"采集合同约定权属归我社"}}).see("申请人的解释说明")
	ding.get("/desk").see(app)
	ding.get("/desk/"+app).see("异议是否成立", "申请人的解释说明")
	decide := "/desk/" + app + "/objections/1/decide"
	ding.post(decide, url.Values{"key": {"decide-one"}, "reasons": {"证据不足"}}).status(422).see("请选择异议是否成立", "证据不足")
	ding.post(decide, url.Values{"key": {"decide-two"}, "outcome": {"rejected"}}).status(422)
	ding.post(decide, url.Values{"key": {"decide-thr"}, "outcome": {"rejected"}, "reasons": {"证据不足以推翻合同约定"}}).see("已上账")
	he.get("/cases/"+app).see("不成立", "证据不足以推翻合同约定", "公示中")
	ledu.get("/objections").see("不成立", "证据不足以推翻合同约定")
	cao := s.as("cao-officer")
	cao.act(app, "ClosePublicity", nil).status(422) // the rest of the period still runs
	s.pass(6 * time.Second)
	cao.act(app, "ClosePublicity", nil).see("公示期满已上账")
}

// TestObjection_TakesNobodyElsesFileAlong: who learns a file's identifier does not learn its name by naming it as stored earlier.
func TestObjection_TakesNobodyElsesFileAlong(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	path := "/publicity/" + s.published("有异议的数据集") + "/objection"
	form := url.Values{"key": {"objection-one"}}
	ledu := s.as("ledu-applicant")
	p := ledu.contest(path, form, map[string]string{"采集记录.csv": "日期,点位\n2024-01-01,A\n"}).status(422).see("采集记录.csv")
	_, stored, _ := strings.Cut(p.Body, `name="stored" value="`)
	stored, _, _ = strings.Cut(stored, `"`)
	form["stored"] = []string{stored}
	ledu.contest(path, form, nil).status(422).see("采集记录.csv")
	other := s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "wu-other", Role: registry.RoleApplicant, Party: "12630200MBFAKE020X", Region: "630200"})
	other.contest(path, form, nil).status(422).notSee("采集记录.csv").see("请上传证明材料")
}

func TestObjection_UpheldEndsTheCase(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	app := s.published("异议成立的数据集")
	ding, ledu := s.officer(), s.as("ledu-applicant")
	ledu.contest("/publicity/"+app+"/objection", url.Values{"key": {"objection-one"}, "reasons": {"这批数据由我公司采集"}}, map[string]string{"证据.csv": "a,b\n1,2\n"}).see("调查中")
	decide := "/desk/" + app + "/objections/1/decide"
	ding.post(decide, url.Values{"key": {"decide-one"}, "outcome": {"upheld"}, "reasons": {"权属存在争议"}}).status(422).see("请选择一种情形")
	ding.post(decide, url.Values{"key": {"decide-two"}, "outcome": {"upheld"}, "ground": {"R3"}, "reasons": {"权属存在争议"}}).see("已上账")
	s.as("he-applicant").get("/cases/"+app).see("不予登记", "权属存在争议")
}

func TestObjection_WithdrawnByTheObjectorOnly(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	app := s.published("撤回异议的数据集")
	s.officer()
	ledu := s.as("ledu-applicant")
	ledu.contest("/publicity/"+app+"/objection", url.Values{"key": {"objection-one"}, "reasons": {"理由"}}, map[string]string{"证据.csv": "a,b\n1,2\n"}).see("调查中")
	s.as("he-applicant").post("/objections/"+app+"/1/withdraw", url.Values{"key": {"withdraw-one"}, "reasons": {"x"}}).status(422)
	ledu.post("/objections/"+app+"/1/withdraw", url.Values{"key": {"withdraw-two"}, "reasons": {"已经核对清楚"}}).see("已撤回")
}

func TestObjection_CasesNotPublicAreNotContested(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	app := s.as("he-applicant").file("没有公示的数据集")
	s.as("ledu-applicant").get("/publicity/" + app + "/objection").status(404)
	s.as("ledu-applicant").contest("/publicity/"+app+"/objection", url.Values{"key": {"objection-one"}, "reasons": {"x"}}, nil).status(404)
}

func TestEvidence_AskedForAndSupplied(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	app := he.file("需要佐证的数据集")
	s.as("an-acceptor").act(app, "Accept", nil)
	bai := s.as("bai-reviewer")
	asked := bai.act(app, "RequestEvidence", url.Values{"reasons": {"请提供采集协议"}}).see("请确认", "请提供采集协议")
	bai.post("/desk/"+app+"/RequestEvidence", url.Values{"key": {asked.key("-RequestEvidence")}, "reasons": {"请提供采集协议"}, "confirmed": {"yes"}}).see("已上账")
	he.get("/cases/"+app).see("请提供采集协议", "无法补充佐证材料")
	he.contest("/cases/"+app+"/evidence", url.Values{"key": {"evidence-one"}}, nil).status(422).see("没有提交，请修改")
	he.contest("/cases/"+app+"/evidence", url.Values{"key": {"evidence-two"}}, map[string]string{"采集协议.csv": "a,b\n1,2\n"}).status(200).see("已受理，审查中")
	bai.act(app, "Extend", url.Values{"reasons": {"数据量大"}, "n": {"x"}}).status(422)
	bai.get("/desk/" + app).see("审查通过并公示")
}

func TestEvidence_CannotBeSuppliedAndTheCaseIsTerminated(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	app := he.file("没有佐证的数据集")
	s.as("an-acceptor").act(app, "Accept", nil)
	bai := s.as("bai-reviewer")
	bai.act(app, "Terminate", url.Values{"reasons": {"材料不足"}, "confirmed": {"yes"}}).status(422) // nothing was asked for
	bai.act(app, "RequestEvidence", url.Values{"reasons": {"请提供采集协议"}, "confirmed": {"yes"}}).see("已上账")
	he.contest("/cases/"+app+"/evidence", url.Values{"key": {"evidence-one"}, "unable": {"on"}}, nil).status(200)
	bai.act(app, "Terminate", url.Values{"reasons": {"不能补充，也无法另行核实"}, "confirmed": {"yes"}}).see("终止登记已上账")
	he.get("/cases/" + app).see("不能补充，也无法另行核实")
}
