package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// operator joins as a person of the exchange.
func (s *site) operator() *visitor {
	s.t.Helper()
	return s.join(registry.Actor{MSP: registry.MSPExchange, Enrolment: "zhao-desk", Role: registry.RoleOperator, Party: "91630200MAFAKE0357", Region: "630200"})
}

// TestDisclosure_FromTheExchangeToEverybody: the document too, and only of what is public.
func TestDisclosure_FromTheExchangeToEverybody(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	zhao, nobody := s.operator(), s.as("")
	form := url.Values{"key": {"submit-disclosure"}, "kind": {"DISCLOSURE"}, "title": {"三季度交易情况"}, "from": {"2026-07-01"}, "to": {"2026-06-30"}}
	zhao.contest("/submissions", form, map[string]string{"交易情况.csv": "月,笔数\n7,1\n"}).status(422).see("没有提交，请修改", "三季度交易情况", "交易情况.csv")
	form.Set("to", "2026-09-30")
	zhao.contest("/submissions", form, map[string]string{"交易情况.csv": "月,笔数\n7,1\n"}).status(200).see("三季度交易情况", "有效")
	id := string(s.ledger.Submissions()[0].ID)
	nobody.get("/disclosures").see("三季度交易情况", "/submissions/"+id)
	nobody.get("/submissions/"+id).see("2026-07-01", "91630200MAFAKE0357")
	nobody.get("/submissions/" + id + "/document").status(200).see("笔数")
	correction := url.Values{"key": {"submit-correction"}, "kind": {"DISCLOSURE"}, "title": {"三季度交易情况（更正）"}, "from": {"2026-07-01"}, "to": {"2026-09-30"}, "corrects": {id}}
	s.as("he-applicant").contest("/submissions", correction, map[string]string{"更正.csv": "月,笔数\n7,2\n"}).status(422)
	zhao.contest("/submissions", correction, map[string]string{"更正.csv": "月,笔数\n7,2\n"}).status(200)
	nobody.get("/submissions/"+id).see("已更正", "已由更正取代")
	zhao.contest("/submissions", url.Values{"key": {"submit-valuation"}, "kind": {"VALUATION"}, "amount": {"1"}}, nil).status(422)
}

// TestValuation_OfOnesOwnAssetSeenByItsHolderAndTheBureau: amounts are typed in yuan and kept in fen.
func TestValuation_OfOnesOwnAssetSeenByItsHolderAndTheBureau(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	asset := strings.TrimPrefix(s.registered("已评估的数据集"), "/register/")
	he, sun := s.as("he-applicant"), s.supervisor()
	form := url.Values{"key": {"submit-valuation"}, "kind": {"VALUATION"}, "asset": {asset}, "assessor": {"91630203MAFAKE086T"}, "baseDate": {string(registry.CivilDate(s.now()))}, "purpose": {"融资担保"}, "amount": {"1.234"}}
	he.contest("/submissions", form, map[string]string{"评估报告.csv": "a,b\n1,2\n"}).status(422).see("最多两位小数", "融资担保")
	form.Set("amount", "1,200,000.5")
	he.contest("/submissions", form, map[string]string{"评估报告.csv": "a,b\n1,2\n"}).status(200).see("融资担保")
	made := s.ledger.Submissions()[0]
	if made.Valuation.AmountFen != 120_000_050 {
		t.Errorf("%d fen", made.Valuation.AmountFen)
	}
	path := "/submissions/" + string(made.ID)
	he.get(path).see("1,200,000.50", "91630203MAFAKE086T")
	sun.get("/submissions?kind=VALUATION").see(string(made.ID))
	sun.get(path + "/document").status(200)
	s.as("").get("/disclosures").notSee(string(made.ID))
	for _, other := range []*visitor{s.as(""), s.as("ledu-applicant"), s.as("an-acceptor")} {
		other.get(path).status(404)
		other.get(path + "/document").status(404)
	}
}

// TestImportantData_MissingFilingIsFlagged to the bureau until it is there (第五十四条).
func TestImportantData_MissingFilingIsFlagged(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he, sun := s.as("he-applicant"), s.supervisor()
	all := answers("重要数据集")
	all["level"].Set("wizard.harm", "IMPORTANT")
	draft := he.fill(all)
	he.upload(draft+"/files", "RISK", "风险评估.csv", strings.NewReader("项,结论\n1,低\n"))
	app := regexp.MustCompile(`APP[A-Z2-7]{16}.`).FindString(he.post(draft+"/file", nil).status(200).see("申请已提交").Body)
	s.as("an-acceptor").act(app, "Accept", nil)
	s.as("bai-reviewer").act(app, "PassReview", allPass)
	s.pass(6 * time.Second)
	cao := s.as("cao-officer")
	cao.act(app, "ClosePublicity", nil)
	cao.act(app, "Register", nil)
	sun.get("/submissions").see("没有报备的单位", "93630222MAFAKE06XA")
	he.contest("/submissions", url.Values{"key": {"submit-important"}, "kind": {"IMPORTANT_DATA"}, "items": {"12"}, "institution": {"数据安全部"}}, map[string]string{"目录.csv": "a,b\n1,2\n"}).status(422).see("数据安全部")
	he.contest("/submissions", url.Values{"key": {"submit-important"}, "kind": {"IMPORTANT_DATA"}, "items": {"12"}, "institution": {"数据安全部"}, "responsible": {"yes"}}, map[string]string{"目录.csv": "a,b\n1,2\n"}).status(200).see("重要数据报备")
	sun.get("/submissions").notSee("没有报备的单位")
}

// TestCredit_SeenByThePartyThatItIsAbout.
func TestCredit_SeenByThePartyThatItIsAbout(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	sun := s.supervisor()
	form := url.Values{"key": {"submit-credit"}, "kind": {"CREDIT"}, "party": {"91630202MAFAKE051R"}, "nature": {"BAD"}, "grounds": {"拒不整改"}, "until": {"2035-12-31"}, "authority": {"海东市数据局（虚构）"}, "number": {""}}
	sun.contest("/submissions", form, map[string]string{"决定.csv": "a,b\n1,2\n"}).status(422).see("拒不整改")
	form.Set("number", "信字1号")
	sun.contest("/submissions", form, map[string]string{"决定.csv": "a,b\n1,2\n"}).status(200).see("信用记录")
	s.as("ledu-applicant").get("/submissions").see("本单位的信用记录", "失信：拒不整改")
	s.as("he-applicant").get("/submissions").notSee("拒不整改")
}

// TestAnnualReport_IsWhatTheLedgerSays: made of the ledger's figures, and computed again by whoever opens it.
func TestAnnualReport_IsWhatTheLedgerSays(t *testing.T) {
	s := newSite(t, registry.ModeLegal)
	s.ledger.Now = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	s.as("cao-officer").get("/annual-report").see("这一年没有业务").notSee("逾期", "签名") // before the register was there
	s.as("he-applicant").file("去年申请的数据集")
	s.ledger.Now = time.Date(2027, 3, 15, 2, 0, 0, 0, time.UTC)
	cao := s.as("cao-officer")
	p := cao.get("/annual-report").status(200).see("2026", "应当报送的最后一日", "2027-03-31", "提交")
	form := url.Values{"key": {"annual-one"}, "block": {value(t, p.Body, "block")}}
	cao.post("/annual-report", url.Values{"key": {"annual-one"}, "block": {"999999"}}).status(400)
	cao.post("/annual-report", form).status(200).see("年度报告", "2026")
	made := s.ledger.Submissions()[0]
	path := "/submissions/" + string(made.ID)
	s.as("").get(path).see("与报告一致", "提交").notSee("逾期")
	s.as("").get(path+"/document").status(200).see(`"function":"registration:Submit"`, `"year":2026`)
	cao.get("/annual-report").see("已报送", "签名更正")

	forged := made
	document, err := registry.Canonical(registry.SubmitSubmissionRequest{Key: "annual-forged", Kind: registry.SubmissionAnnual, Paper: made.Paper,
		Annual: &registry.Annual{Year: forged.Annual.Year, Block: forged.Annual.Block, Digest: strings.Repeat("ab", 32)}})
	if err == nil {
		_, err = s.ledger.Submit("AgencyMSP/cao-officer", "supervision:Submit", document)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range s.ledger.Submissions() {
		if other.ID != made.ID {
			s.as("").get("/submissions/" + string(other.ID)).see("与报告不一致")
		}
	}
}

// value is what a field of a page holds.
func value(t *testing.T, body, name string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, `name="`+name+`" value="`)
	if !found {
		t.Fatalf("no field %s", name)
	}
	held, _, _ := strings.Cut(rest, `"`)
	return held
}

// TestReconciliation_DifferenceNeedsANote on the pages of both sides.
func TestReconciliation_DifferenceNeedsANote(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	sun := s.supervisor()
	gov := s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "jiao-yu", Role: registry.RoleApplicant, Party: "12630200MBFAKE020X", Region: "630200"})
	form := url.Values{"key": {"batch-open-1"}, "direction": {"RETURN"}, "name": {"三季度人口库返还"}, "receiver": {"12630200MBFAKE020X"}, "records": {"很多"}, "digest": {strings.Repeat("AB", 32)}}
	sun.post("/reconciliations", form).status(422).see("没有提交，请修改", "三季度人口库返还")
	form.Set("records", "1,000")
	sun.post("/reconciliations", form).status(200).see("待接收方核对", "三季度人口库返还")
	path := "/reconciliations/" + string(s.ledger.Batches()[0].ID)
	gov.get("/reconciliations").see("发给本单位的", "收到的条数")
	gov.post(path+"/state", url.Values{"key": {"batch-state-1"}, "records": {"999"}, "digest": {strings.Repeat("cd", 32)}}).status(200).see("双方不一致")
	sun.get("/reconciliations").see("双方不一致", "差异的原因和处理办法")
	sun.post(path+"/close", url.Values{"key": {"batch-close-1"}}).status(422).see("没有差异说明，不能完成对账")
	sun.post(path+"/close", url.Values{"key": {"batch-close-2"}, "variance": {"一条记录已在上级平台注销"}}).status(200).see("已对账", "一条记录已在上级平台注销")
	sun.post(path+"/anything", url.Values{"key": {"batch-x"}}).status(404)
}
