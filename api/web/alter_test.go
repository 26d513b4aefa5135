package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

var appNumber = regexp.MustCompile(`APP[A-Z2-7]{16}.`)

// through takes a filed case of a data asset to registration.
func (s *site) through(app string) {
	s.t.Helper()
	s.as("an-acceptor").act(app, "Accept", nil)
	s.as("bai-reviewer").act(app, "PassReview", allPass)
	s.pass(6 * time.Second)
	cao := s.as("cao-officer")
	cao.act(app, "ClosePublicity", nil)
	cao.act(app, "Register", nil).see("登簿赋码已上账")
}

// TestChange_BeginsWithWhatIsOnFile: the form is filled in, what must stay is not offered, and every difference is shown before and after.
func TestChange_BeginsWithWhatIsOnFile(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	page := s.registered("要变更的数据集")
	he, ledu := s.as("he-applicant"), s.as("ledu-applicant")
	ledu.get(page).notSee("申请变更</button>", "申请更正</button>")
	ledu.post(page+"/change", nil).status(403)
	he.get(page).see("申请变更</button>").notSee("申请更正</button>") // the city's profile of data assets has no correction
	p := he.post(page+"/change", nil).status(200).see("申请变更登记", "只改要改的地方", "已完成 7 / 7").notSee("/steps/source", "/steps/rights")
	draft := p.Path
	if again := he.post(page+"/change", nil).Path; again != draft {
		t.Errorf("a second draft was begun: %s", again)
	}
	he.get(draft + "/steps/source").status(404)
	he.get(draft + "/steps/data").see("要变更的数据集")
	he.get(draft+"/check").see("还没有改动", "现在提交不会通过", "登记内容没有变化", "佐证材料：请填写")
	data := answers("要变更的数据集")["data"]
	data.Set("overview", "增加了2025年的内容，由合作社按日采集、按月汇总，可用于产销衔接、价格分析和农业保险。")
	he.post(draft+"/steps/data", data)
	he.upload(draft+"/files", "EVIDENCE", "说明.csv", strings.NewReader("a,b\n1,2\n"))
	he.get(draft+"/check").see("试办通过", "<ins>增加了2025年的内容", "<del>民和县设施农业大棚").notSee("<ins>要变更的数据集")
	app := appNumber.FindString(he.post(draft+"/file", nil).status(200).see("申请已提交", "变更登记", "<ins>增加了2025年的内容").Body)
	s.as("an-acceptor").get("/desk/"+app).see("变更登记", "<ins>增加了2025年的内容", "<del>民和县设施农业大棚", "证据材料")
	s.through(app)
	he.get("/cases/"+app).see("<ins>增加了2025年的内容", "<del>民和县设施农业大棚") // against the version before, now that it is entered
	he.get(page).see("增加了2025年的内容", "第 2 版")
	he.get("/register?mine=1").see("要变更的数据集")
	ledu.get("/register?mine=1").notSee("要变更的数据集")
}

// TestChange_SupplementKeepsItsKind: a change that was returned is mended in the same form, not as a first registration.
func TestChange_SupplementKeepsItsKind(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	page := s.registered("退回的变更")
	he, an := s.as("he-applicant"), s.as("an-acceptor")
	draft := he.post(page+"/change", nil).Path
	data := answers("退回的变更")["data"]
	data.Set("overview", "第一次改的概述，由合作社按日采集、按月汇总，可用于产销衔接、价格分析和农业保险。")
	he.post(draft+"/steps/data", data)
	he.upload(draft+"/files", "EVIDENCE", "说明.csv", strings.NewReader("a,b\n1,2\n"))
	app := appNumber.FindString(he.post(draft+"/file", nil).see("申请已提交").Body)
	an.act(app, "Return", url.Values{"reasons": {"概述再写清楚"}, "confirmed": {"yes"}})
	second := he.post("/cases/"+app+"/supplement", nil).status(200).see("补正登记申请", "概述再写清楚").notSee("/steps/rights").Path
	data.Set("overview", "第二次改的概述，由合作社按日采集、按月汇总，可用于产销衔接、价格分析和农业保险。")
	he.post(second+"/steps/data", data)
	he.get(second+"/check").see("试办通过", "<del>第一次改的概述", "<ins>第二次改的概述")
	he.post(second+"/file", nil).status(200).see("补正已提交", app)
}

// TestTransfer_IsSupplementedWithMaterials: a case without a content of its own asks for materials, from either side once both have signed.
func TestTransfer_IsSupplementedWithMaterials(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	page := s.registered("要补正的转让")
	he, ledu, an := s.as("he-applicant"), s.as("ledu-applicant"), s.as("an-acceptor")
	he.contest(page+"/transfer", url.Values{"key": {"transfer-two"}, "to": {"91630202MAFAKE051R"}, "rights": {"HOLD", "USE"}}, map[string]string{"合同.csv": "a,b\n1,2\n", "consent=同意.csv": "c,d\n5,6\n"}).status(200)
	app := string(s.apps[len(s.apps)-1])
	ledu.post("/cases/"+app+"/join", nil).see("已提交，待受理")
	an.act(app, "Return", url.Values{"reasons": {"请补充合同附件"}, "confirmed": {"yes"}})
	he.get("/cases/"+app).see("请补充合同附件", "补正的材料").notSee("开始补正")
	ledu.contest("/cases/"+app+"/materials", url.Values{"key": {"supplement-two"}}, nil).status(422).see("没有提交，请修改")
	ledu.contest("/cases/"+app+"/materials", url.Values{"key": {"supplement-two"}}, map[string]string{"附件.csv": "a,b\n3,4\n"}).status(200).see("已提交，待受理")
	an.get("/desk/"+app).see("转让登记", "书面同意")
}
