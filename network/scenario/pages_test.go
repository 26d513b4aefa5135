package scenario

import (
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
	cao, sun, zhao := b.another("agency"), b.another("bureau"), b.another("exchange")
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

	cao.be("cao-officer")
	cao.open("/parties/new?id=11630200MBFAKE0981")
	cao.fill(map[string]string{"kind": "LEGAL", "category": "GOV", "name": "民和县农业农村局（虚构）", "region": "630222"})
	cao.press(next)
	cao.sign("登记主体", "民和县农业农村局")
	waitUntil(t, 20*time.Second, "the party is not registered", func() bool {
		cao.open("/parties?id=11630200MBFAKE0981")
		return strings.Contains(cao.text(), "党政机关")
	})
}
