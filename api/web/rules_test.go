package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// filledIn is the form of a page as it stands, to be changed and sent.
func (p page) filledIn() url.Values {
	form := url.Values{}
	for _, m := range regexp.MustCompile(`<input [^>]*name="([^"]+)" value="([^"]*)"([^>]*)>`).FindAllStringSubmatch(p.Body, -1) {
		if !strings.Contains(m[0], `type="checkbox"`) || strings.Contains(m[3], "checked") {
			form.Add(m[1], strings.ReplaceAll(m[2], "&#43;", "+"))
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<select id="([^"]+)".*?</select>`).FindAllStringSubmatch(p.Body, -1) {
		if chosen := regexp.MustCompile(`value="([^"]*)" selected`).FindStringSubmatch(m[0]); chosen != nil {
			form.Set(m[1], chosen[1])
		}
	}
	return form
}

// TestRules_SuccessorIsProposedAndConfirmedByAnother: the city's rules lapse, everybody is warned, the bureau prepares a successor from the
// version in force, and only another organisation adopts it.
func TestRules_SuccessorIsProposedAndConfirmedByAnother(t *testing.T) {
	s := newSite(t, registry.ModeLegal)
	sun, cao, nobody := s.supervisor(), s.as("cao-officer"), s.as("")
	nobody.get("/rules").status(200).see("海东市数据要素管理办法", "2027-04-30", "现行", "数据资产登记的规则 2027-04-30 失效，之后适用第 1 版（国家）").notSee("任命和文书")
	cao.get("/desk").see("需要准备", "2027-04-30 失效")
	nobody.get("/rules/DATA_ASSET/2").status(200).see("3 个工作日", "逾期视为同意", "5 年").notSee("提出新版本")
	nobody.get("/rules/DATA_ASSET/9").status(404)
	cao.get("/rules/DATA_ASSET/2").notSee("提出新版本")
	form := sun.get("/rules/DATA_ASSET/2/successor").status(200).see("单位：个工作日").filledIn()
	if form.Get("profile.from") != "2027-05-01" || form.Get("profile.review.n") != "10" || !slices.Contains(form["profile.actions"], "TRANSFER") {
		t.Fatalf("the form begins with %v", form)
	}
	form.Set("profile.source", "海东市数据要素管理办法（虚构的后续文件）")
	form.Set("profile.review.n", "１５")
	sun.post("/rules/DATA_ASSET/2/successor", form).status(422).see("没有提交，请修改", "１５", "第六十一条") // more time than the nation grants
	form.Set("profile.review.n", "8")
	form.Set("profile.extension.n", "8")
	form.Add("profile.actions", "CORRECTION")
	sun.post("/rules/DATA_ASSET/2/successor", form).status(200).see("待其他机构确认", "第 3 版等待其他机构确认")
	sun.get("/rules/DATA_ASSET/3").see("8 个工作日", "更正登记").notSee("确认后从施行日起采用")
	p := cao.get("/rules/DATA_ASSET/3").see("确认后从施行日起采用")
	cao.post("/rules/DATA_ASSET/3/confirm", url.Values{"key": {p.key("")}, "digest": {strings.Repeat("0", 64)}}).status(422) // what was read is not what is proposed
	cao.post("/rules/DATA_ASSET/3/confirm", url.Values{"key": {p.key("")}, "digest": {p.filledIn().Get("digest")}}).status(200).see("已采用", "AgencyMSP/cao-officer")
	nobody.get("/rules").see("尚未施行").notSee("等待其他机构确认")
	s.as("he-applicant").post("/rules/DATA_ASSET/3/confirm", nil).status(403)
}

// TestAdministrator_IsSucceededOnPages: the bureau names, another organisation types what the person reads out.
func TestAdministrator_IsSucceededOnPages(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	sun, cao, admin := s.supervisor(), s.as("cao-officer"), s.as("bureau-admin")
	sun.get("/appointments").see("提名市数据局管理员的继任者")
	named := url.Values{"key": {"name-one"}, "enrolment": {"bureau-admin-2"}, "keyDigest": {strings.Repeat("ab", 32)}}
	sun.post("/appointments/administrator", url.Values{"key": {"name-nil"}, "enrolment": {"bureau-admin-2"}, "keyDigest": {"12"}}).status(422).see("bureau-admin-2")
	sun.post("/appointments/administrator", named).status(200)
	cao.get("/appointments/administrator").status(403)
	wrong := url.Values{"key": {"confirm-one"}, "enrolment": {"bureau-admin-2"}, "keyDigest": {strings.Repeat("cd", 32)}}
	cao.post("/administrator/confirm", wrong).status(422)
	named.Set("key", "confirm-two")
	cao.get("/administrator/confirm").see("确认市数据局管理员的继任者")
	admin.get("/appointments/new").status(200)
	admin.get("/account").status(200).see("BureauMSP/bureau-admin").notSee("所代表的主体")
	cao.post("/administrator/confirm", named).status(200)
	admin.get("/appointments/new").see("登录") // the session of the old key is over
}

// TestCalendars_AdoptedOnAPage: the next year is missing, its days are typed as spans, and a later version begins with the present one.
func TestCalendars_AdoptedOnAPage(t *testing.T) {
	s := newSite(t, registry.ModeLegal)
	admin, nobody := s.as("bureau-admin"), s.as("")
	nobody.get("/calendars").status(200).see("2027 年的工作日历还没有采用", "2026-10-01").notSee("采用下一年的日历")
	form := admin.get("/calendars/new").see(`value="2027"`).filledIn()
	form.Set("calendar.source", "国务院办公厅关于2027年部分节假日安排的通知（虚构）")
	form.Set("calendar.off", "2027-01-01 至 2027-01-03\n2027年10月1日至2027年10月7日\n2028-01-01")
	form.Set("calendar.work", "不是日期")
	admin.post("/calendars/new", form).status(422).see("没有提交，请修改", "2027年10月1日至2027年10月7日", "不是日期")
	form.Set("calendar.off", "2027年10月1日至2027年10月7日\n2027-01-01 至 2027-01-03")
	form.Set("calendar.work", "2027-09-26")
	admin.post("/calendars/new", form).status(200).see("2027-01-01 – 01-03", "2027-10-01 – 10-07", "2027-09-26").notSee("还没有采用")
	form = admin.get("/calendars/new?year=2027").see("2027-10-07").filledIn()
	form.Set("calendar.source", "市政府通知（虚构）")
	form.Set("calendar.off", "2027-01-01\n2027-08-10")
	admin.post("/calendars/new", form).status(200).see("2027-08-10", "第 2 版")
	s.supervisor().get("/calendars/new").status(403)
}

func TestDays_ReadsSpansAndKeepsWhatIsNoDay(t *testing.T) {
	for text, want := range map[string][]registry.Date{
		"2027-01-01":                        {"2027-01-01"},
		"2027/1/3\n2027-01-01 至 2027-01-02": {"2027-01-01", "2027-01-02", "2027-01-03"},
		"2027-01-01至2027-01-01\n2027-01-01": {"2027-01-01"},
		"2027-02-30":                        {"2027-02-30"},
		"2027-03-02 至 2027-03-01":           {"2027-03-01", "2027-03-02"},
		"2027-01-01 – 2029-01-01":           {"2027-01-01", "2029-01-01"},
		"国庆节":                               {"国庆节"},
		"2027-12-31 至 2028-01-01":           {"2027-12-31", "2028-01-01"},
		"":                                  {},
	} {
		if got := days(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestAppointments_MadeAndEnded: who holds an office is seen by the bureau and changed by its administrator only.
func TestAppointments_MadeAndEnded(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	admin, sun := s.as("bureau-admin"), s.supervisor()
	sun.get("/appointments").status(200).see("AgencyMSP/an-acceptor", "受理", "在任", "现用").notSee("终止任命")
	sun.get("/appointments/new").status(403)
	s.as("").get("/appointments").see("登录")
	form := url.Values{"key": {"appoint-one"}, "office": {"ACCEPTOR"}, "holder": {"bai-reviewer"}, "registrar": {"１２６３０２００ＭＢＦＡＫＥ０２０Ｘ"}, "basis": {"任命文件（虚构）"}}
	admin.post("/appointments/new", form).status(422).see("没有提交，请修改", "bai-reviewer", "任命文件（虚构）")
	form.Set("holder", "AgencyMSP/bai-reviewer")
	admin.post("/appointments/new", form).status(200).see("任命文件（虚构）")
	admin.get("/appointments/end?office=ACCEPTOR&holder=AgencyMSP/bai-reviewer").see(`value="AgencyMSP/bai-reviewer"`)
	admin.post("/appointments/end", url.Values{"key": {"end-appoint"}, "office": {"ACCEPTOR"}, "holder": {"AgencyMSP/bai-reviewer"}, "reason": {"调离"}}).status(200).see("已终止")
	admin.post("/appointments/key", url.Values{"key": {"adopt-key-one"}, "registrar": {"12630200MBFAKE020X"}, "certificate": {"不是证书"}}).status(422).see("不是证书")
	pem := strings.ReplaceAll(string(ledgertest.Certificate(t, "文书签名二")), "\n", "\r\n") // as a browser sends it
	admin.post("/appointments/key", url.Values{"key": {"adopt-key-one"}, "registrar": {"12630200MBFAKE020X"}, "certificate": {pem}}).status(200).see("用于核验以前的证书")
}

// TestParties_RegisteredAtTheWindow: an unknown party is registered with what was typed.
func TestParties_RegisteredAtTheWindow(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	cao := s.as("cao-officer")
	cao.get("/parties?id=11630200MBFAKE0981").see("没有登记这个主体", "/parties/new?id=11630200MBFAKE0981")
	cao.get("/parties/new?id=11630200MBFAKE0981").see(`value="11630200MBFAKE0981"`)
	form := url.Values{"key": {"party-window"}, "id": {"11630200MBFAKE0982"}, "kind": {"LEGAL"}, "category": {"GOV"}, "name": {"民和县农业农村局（虚构）"}, "region": {"630222"}}
	cao.post("/parties/new", form).status(422).see("没有提交，请修改", "11630200MBFAKE0982", "民和县农业农村局（虚构）")
	form.Set("id", "11630200MBFAKE0981")
	cao.post("/parties/new", form).status(200)
	cao.get("/parties?id=11630200mbfake0981").see("民和县农业农村局（虚构）", "党政机关", "正常").notSee("财政资金保障运行")
	funded := url.Values{"key": {"party-funded"}, "id": {"12100000400000624D"}, "kind": {"LEGAL"}, "category": {"ENTERPRISE"}, "name": {"某中心（虚构）"}, "region": {"630200"}, "fiscalFunded": {"on"}}
	cao.post("/parties/new", funded).status(422).see(`href="#fiscalFunded"`) // of an enterprise
	funded.Set("category", "INSTITUTION")
	cao.post("/parties/new", funded).status(200)
	cao.get("/parties?id=12100000400000624D").see("财政资金保障运行")
	s.as("he-applicant").get("/parties").status(403)
}
