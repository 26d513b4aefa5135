package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestDispute_FromTheFormToTheCancelledRegistration: filed, examined, told, contested, concluded, accepted by both, carried out; every page along the way.
func TestDispute_FromTheFormToTheCancelledRegistration(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	page := s.registered("有争议的数据集")
	asset := strings.TrimPrefix(page, "/register/")
	ding, he, ledu, cao := s.officer(), s.as("he-applicant"), s.as("ledu-applicant"), s.as("cao-officer")
	he.get(page).notSee("提出登记后异议")
	s.as("").get(page).see("提出登记后异议")
	ledu.get(page).see("提出登记后异议")
	ledu.get(page+"/disputes/new").see("异议申请书", "初步证据")
	// nothing typed and nothing uploaded is lost
	p := ledu.contest(page+"/disputes", url.Values{"key": {"dispute-one"}}, map[string]string{"采集记录.csv": "日期,点位\n2024-01-01,A\n"}).status(422).see("请写明异议内容", "采集记录.csv")
	_, stored, _ := strings.Cut(p.Body, `name="stored" value="`)
	stored, _, _ = strings.Cut(stored, `"`)
	ledu.contest(page+"/disputes", url.Values{"key": {"dispute-two"}, "reasons": {"这批数据由我公司采集"}}, nil).status(422).see("请上传初步证据", "这批数据由我公司采集")
	ledu.contest(page+"/disputes", url.Values{"key": {"dispute-thr"}, "reasons": {"这批数据由我公司采集"}, "stored": {stored}}, nil).status(200).see("登记后异议", "待审查材料")
	for _, tx := range s.pending {
		if strings.Contains(string(tx.Document), "我公司采集") {
			t.Error("the statement is on the ledger")
		}
	}
	at := page + "/disputes/1"
	// before the registrant is told, it reads nothing; the public reads nothing either
	he.get(at).status(403)
	he.get("/evidence/" + stored).status(403)
	s.as("").get(page).notSee("有登记后异议在办")
	ding.get("/desk/disputes").see(asset, "待审查材料", "书面通知登记申请人")
	ding.get(at).see("材料齐全", "异议申请书").notSee("您的意见")
	ding.contest(at+"/examine", url.Values{"key": {"examine-one"}}, nil).status(422).see("请选择一项")
	ding.contest(at+"/examine", url.Values{"key": {"examine-two"}, "yes": {"no"}}, nil).status(422).see("理由")
	ding.contest(at+"/examine", url.Values{"key": {"examine-thr"}, "yes": {"yes"}}, nil).status(200).see("已书面通知登记申请人")
	he.get("/inbox").see("登记后异议通知书")
	he.get("/evidence/" + stored).status(200)
	s.as("").get(page).see("有登记后异议在办")
	he.contest(at+"/answer", url.Values{"key": {"answer-one"}, "yes": {"no"}}, nil).status(422)
	he.contest(at+"/answer", url.Values{"key": {"answer-two"}, "yes": {"no"}, "reasons": {"采集合同约定权属归我社"}}, nil).status(200).see("登记申请人不认可", "登记申请人的说明")
	ledu.contest(at+"/answer", url.Values{"key": {"answer-thr"}, "yes": {"yes"}}, nil).status(422)
	ding.contest(at+"/conclude", url.Values{"key": {"conclude-one"}, "yes": {"yes"}, "reasons": {"数据由异议申请人采集"}}, nil).status(200).see("待双方认可", "数据由异议申请人采集")
	he.get(at).see("您是否认可处理结论", "异议成立")
	ledu.contest(at+"/respond", url.Values{"key": {"respond-one"}, "yes": {"yes"}}, nil).status(200).notSee("您是否认可处理结论")
	he.contest(at+"/respond", url.Values{"key": {"respond-two"}, "yes": {"yes"}}, nil).status(200).see("双方认可处理结论")
	ding.contest(at+"/settle", url.Values{"key": {"settle-one"}, "reasons": {"已注销"}}, nil).status(422).see("还没有按照异议处理结果")
	cao.contest(page+"/end", url.Values{"key": {"end-by-outcome"}, "ground": {"C3"}, "reasons": {"按照异议处理结论"}}, map[string]string{"告知.csv": "a,b\n1,2\n"}).status(200)
	ding.contest(at+"/settle", url.Values{"key": {"settle-two"}, "reasons": {"已注销"}}, nil).status(200).see("已处置")
	ledu.get("/objections").see("登记后异议", "已处置")
	he.get("/objections").see("已处置")
	ding.get("/desk/disputes").see("没有登记后异议")
}

// TestDispute_WithdrawnAndNotOthersToRead.
func TestDispute_WithdrawnAndNotOthersToRead(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	page := s.registered("撤回争议的数据集")
	s.officer()
	ledu := s.as("ledu-applicant")
	ledu.contest(page+"/disputes", url.Values{"key": {"dispute-one"}, "reasons": {"登记有误"}}, map[string]string{"证据.csv": "a,b\n1,2\n"}).status(200)
	at := page + "/disputes/1"
	s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "wu-other", Role: registry.RoleApplicant, Party: "12630200MBFAKE020X", Region: "630200"}).get(at).status(403)
	s.as("he-applicant").contest(at+"/withdraw", url.Values{"key": {"withdraw-no"}, "reasons": {"x"}}, nil).status(403)
	ledu.get(page + "/disputes/9").status(404)
	ledu.contest(at+"/withdraw", url.Values{"key": {"withdraw-one"}, "reasons": {"已经核对清楚"}}, nil).status(200).see("已撤回", "已经核对清楚")
	ledu.get("/language/en")
	ledu.get(at).see("Objection after registration", "withdrawn")
}
