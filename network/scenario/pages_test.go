package scenario

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// changes asks for a change of what was registered, is sent back and supplements it: every step from the pages, each signature by the
// person's own key, and the desk sees what differs.
func (b *browser) changes(an *browser) {
	b.t.Helper()
	waitUntil(b.t, 10*time.Second, "the registration is not listed", func() bool {
		b.open("/register?mine=1")
		return strings.Contains(b.text(), "大棚番茄采收数据集")
	})
	b.press(`main table a[href^="/register/AST"]`)
	b.press(`form[action$="/change"] button`)
	draft := b.path()
	b.open(draft + "/steps/data")
	b.fill(map[string]string{"overview": "增加了2025年的采收情况，按日采集、按月汇总。"})
	b.press(next)
	b.upload(draft, "EVIDENCE", "说明.csv", "年份,内容\n2025,采收\n")
	b.open(draft + "/check")
	b.see("试办通过", "改动了什么", "增加了2025年的采收情况")
	b.shot("change-check-real")
	b.press(`form[action$="/file"] button`)
	b.sign("申请变更登记")
	b.await("the change is not filed", `document.body.innerText.includes("申请已提交") ? "yes" : ""`)
	at := b.path()
	app := strings.TrimPrefix(at, "/cases/")
	an.open("/desk/" + app)
	an.see("与登记簿上的内容相比", "增加了2025年的采收情况")
	an.js(`document.querySelector('form[action$="/Return"] textarea').closest("details").open = true, "open"`)
	an.js(`document.querySelector('form[action$="/Return"] textarea').value = "请写明采集方式", "written"`)
	an.press(`form[action$="/Return"] button`)
	an.press(`form[action$="/Return"] button`)
	an.sign("补正告知")
	waitUntil(b.t, 10*time.Second, "the supplement is not asked for", func() bool { b.open(at); return strings.Contains(b.text(), "开始补正") })
	b.press(`form[action$="/supplement"] button`)
	draft = b.path()
	b.open(draft + "/steps/data")
	b.fill(map[string]string{"overview": "增加了2025年的采收情况，由合作社人工按日记录、按月汇总。"})
	b.press(next)
	b.open(draft + "/check")
	b.press(`form[action$="/file"] button`)
	b.sign("提交补正")
	waitUntil(b.t, 10*time.Second, "the desk does not see what the supplement changed", func() bool {
		an.open("/desk/" + app)
		return strings.Contains(an.text(), "补正改动了什么") && strings.Contains(an.text(), "人工按日记录")
	})
	an.shot("supplement-desk-real")
}

// TestBrowser_RulesOfTheBureauAreConfirmedByTheExchange: a supervisor proposes a successor of the city's rules on the bureau's site, and the
// exchange's operator confirms on another what is shown there. It begins when the present rules lapse.
func TestBrowser_RulesOfTheBureauAreConfirmedByTheExchange(t *testing.T) {
	b := openBrowser(t)
	sun, zhao := b.another("bureau"), b.another("exchange")
	sun.be("sun-supervisor")
	sun.open("/rules")
	sun.see("2027-04-30", "现行")
	sun.open("/rules/DATA_ASSET/2/successor")
	sun.fill(map[string]string{"profile.source": "海东市数据要素管理办法（虚构的后续文件）"})
	sun.press(next)
	sun.sign("发布登记规则", "虚构的后续文件")
	zhao.be("zhao-operator")
	waitUntil(t, 20*time.Second, "the proposal does not reach the exchange", func() bool {
		zhao.open("/rules/DATA_ASSET/3")
		return strings.Contains(zhao.text(), "确认后从施行日起采用")
	})
	zhao.shot("rule-confirm-real")
	zhao.press(`form[action$="/confirm"] button`)
	zhao.sign("确认市数据局提出的登记规则")
	waitUntil(t, 20*time.Second, "the rules are not adopted", func() bool {
		sun.open("/rules")
		return strings.Contains(sun.text(), "尚未施行")
	})
	sun.shot("rules-real")
}

// TestBrowser_PublicResourceToResult: a county's bureau is registered as a party, one of its people gets an account, deposits evidence, files
// a public data resource, and a registration result with its query code comes out.
func TestBrowser_PublicResourceToResult(t *testing.T) {
	wu := openBrowser(t)
	an, bai, cao := wu.another("agency"), wu.another("agency"), wu.another("agency")
	cao.be("cao-officer")
	cao.open("/parties/new?id=11630200MBFAKE0981")
	cao.fill(map[string]string{"kind": "LEGAL", "category": "GOV", "name": "民和县农业农村局（虚构）", "region": "630222"})
	cao.press(next)
	cao.sign("登记主体", "民和县农业农村局")
	waitUntil(t, 20*time.Second, "the party is not registered", func() bool {
		cao.open("/parties?id=11630200MBFAKE0981")
		return strings.Contains(cao.text(), "党政机关")
	})
	name := "wu-" + time.Now().Format("150405")
	wu.enrol(cao, name, "11630200MBFAKE0981")
	wu.open("/signin?next=/apply")
	wu.signIn(name)
	app := wu.filePublic("民和县农业生产公共数据" + name)

	an.be("an-acceptor")
	an.open("/desk/" + app)
	an.press(`form[action$="/Accept"] button`)
	an.sign("受理", app)
	bai.be("bai-reviewer")
	waitUntil(t, 20*time.Second, "the review does not begin", func() bool { bai.open("/desk/" + app); return strings.Contains(bai.text(), "形式审核") })
	for _, kind := range publicMaterials {
		bai.fill(map[string]string{kind: "on"})
	}
	bai.press(`form[action$="/PassReview"] button`)
	bai.sign("审查通过并公示")
	for _, act := range []string{"ClosePublicity", "Register"} {
		waitUntil(t, 30*time.Second, act+" is not possible", func() bool {
			cao.open("/desk/" + app)
			return cao.js(`document.querySelector('form[action$="/`+act+`"] button')?.disabled === false ? "now" : "not"`) == "now"
		})
		cao.press(`form[action$="/` + act + `"] button`)
		cao.sign()
	}
	waitUntil(t, 30*time.Second, "the result is not issued", func() bool { wu.open("/cases/" + app); return strings.Contains(wu.text(), "下载") })
	code := regexp.MustCompile(`HDGZ[0-9]{17}.`).FindString(wu.text())
	wu.open("/certificates/" + code)
	wu.see("登记结果查询", "有效", code, "尚未返回", "农业生产数据查询")
	wu.shot("public-result-real")
}

var publicMaterials = []string{"IDENTITY", "SOURCE", "RESOURCE", "DEPOSIT", "PRODUCT", "SCENARIO", "RISK"}

// filePublic fills in the form of a public data resource, deposits evidence and files it.
func (b *browser) filePublic(name string) string {
	b.t.Helper()
	b.open("/apply")
	b.js(`document.querySelector("details.more").open = true, "open"`)
	b.press(`button[value="PUBLIC_RESOURCE"]`)
	draft := b.path()
	for _, step := range []struct {
		id     string
		values map[string]string
	}{
		{"contact", map[string]string{"contact.person": "何经办", "contact.phone": "0972-8612345", "contact.address": "民和县川口镇"}},
		{"data", map[string]string{"dataName": name, "overview": "农业生产情况，按月汇总。", "region": "630222", "industries[0].section": "A", "industries[0].division": "01"}},
		{"source", map[string]string{"source": "SELF_COLLECTED", "acquisition": "COLLECTED"}},
		{"extent", map[string]string{"spatial.scope": "COUNTY", "spatial.codes": "630222", "temporal.from": "2019-01-01", "temporal.to": "2024-12-31", "frequency": "MONTH", "volume.records": "1234",
			"volume.bytes": "1MB", "form.media": "TABLE", "form.structure": "STRUCTURED"}},
		{"level", map[string]string{"secret": "NONE", "level": "GENERAL", "personalInfo": "NONE"}},
		{"restrictions", map[string]string{"restrictions.objects": "无"}},
		{"public", map[string]string{"public.product": "农业生产数据查询", "public.scenario": "产销对接", "public.reviewed": "on"}},
		{"declarations", map[string]string{"declarations.lawful": "on", "declarations.truthful": "on"}},
	} {
		b.open(draft + "/steps/" + step.id)
		b.fill(step.values)
		b.press(next)
	}
	for _, kind := range publicMaterials {
		b.upload(draft, kind, kind+".csv", "a,b\n"+name+","+kind+"\n")
	}
	b.open(draft + "/steps/deposit")
	b.choose("#files-deposit", "指纹清单.csv", "file,sha256\n"+name+",ab\n")
	b.press(`form[action$="/deposit"] button`)
	b.sign("存证")
	waitUntil(b.t, 20*time.Second, "the deposit is not shown", func() bool {
		b.open(draft + "/steps/deposit")
		return strings.Contains(b.text(), "账本上已有存证")
	})
	b.open(draft + "/check")
	b.see("试办通过")
	b.press(`form[action$="/file"] button`)
	b.sign("提交申请", "公共数据资源登记")
	b.await("the case is not shown", `document.body.innerText.includes("申请已提交") ? "yes" : ""`)
	return strings.TrimPrefix(b.path(), "/cases/")
}
