package scenario

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser is a person at a real browser.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string
}

func openBrowser(t *testing.T) *browser {
	t.Helper()
	d, err := shared.Describe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.NoSandbox))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, base: d.Organisations["agency"].RegistrydURL}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1100, 900)); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no browser: %v (Debian: apt-get install chromium)", err)
		}
		t.Skipf("no browser: %v (Debian: apt-get install chromium)", err)
	}
	return b
}

func (b *browser) open(path string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(b.base+path)); err != nil {
		b.t.Fatalf("open %s: %v", path, err)
	}
}

func (b *browser) js(expression string) string {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (b *browser) text() string { return b.js(`document.body.innerText`) }

func (b *browser) path() string { return b.js(`location.pathname`) }

// press activates a button or link with the keyboard and waits for the next page.
func (b *browser) press(selector string) {
	b.t.Helper()
	focused := b.js(fmt.Sprintf(`(() => { const e = document.querySelector(%q); if (!e) return "missing"; e.focus(); return document.activeElement === e ? "yes" : "no" })()`, selector))
	if focused != "yes" {
		b.t.Fatalf("%s cannot be focused (%s) on %s:\n%s", selector, focused, b.path(), b.text())
	}
	if _, err := chromedp.RunResponse(b.ctx, chromedp.SendKeys(chromedp.CSS(selector), "\r")); err != nil {
		b.t.Fatalf("press %s: %v", selector, err)
	}
}

// fill sets the fields of the page's form by name.
func (b *browser) fill(values map[string]string) {
	b.t.Helper()
	for name, value := range values {
		got := b.js(fmt.Sprintf(`(() => { const all = document.querySelectorAll('[name="' + CSS.escape(%[1]q) + '"]');
			if (!all.length) return "missing";
			for (const e of all) { if (e.type === "checkbox") { e.checked = e.value === %[2]q || (e.value === "on" && %[2]q === "on"); if (e.checked) return "ok"; } else { e.value = %[2]q; return "ok"; } }
			return "no choice" })()`, name, value))
		if got != "ok" {
			b.t.Fatalf("field %s = %s: %s on %s", name, value, got, b.path())
		}
	}
}

func (b *browser) see(wants ...string) {
	b.t.Helper()
	text := b.text()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			b.t.Fatalf("%s does not show %q:\n%s", b.path(), want, text)
		}
	}
}

// shot keeps a picture of the page where SHOTS names a directory.
func (b *browser) shot(name string) {
	dir := os.Getenv("SHOTS")
	if dir == "" {
		return
	}
	body, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), body, 0o644)
	}
	if err != nil {
		b.t.Error(err)
	}
}

func (b *browser) be(enrolment string) {
	b.t.Helper()
	b.open("/cast")
	b.press(fmt.Sprintf(`button[value="%s"]`, enrolment))
}

const next = `form button.button:not(.second)`

// application fills every page of the form; the name makes the asset distinct.
func (b *browser) application(name string) {
	b.t.Helper()
	b.open("/apply")
	b.press(`form[action="/apply"] button`)
	draft := b.path()
	b.shot("tasks")
	step := func(id string, values map[string]string) {
		b.open(draft + "/steps/" + id)
		b.fill(values)
		b.shot("step-" + id)
		b.press(next)
	}
	step("contact", map[string]string{"contact.person": "何经办", "contact.phone": "０９７２－８６１２３４５", "contact.address": "民和县川口镇"})
	step("data", map[string]string{"dataName": name, "overview": "设施大棚的种植、采收与销售情况，按日采集、按月汇总。", "region": "630222", "industries[0].section": "A", "industries[0].division": "０１"})
	step("source", map[string]string{"source": "SELF_COLLECTED", "acquisition": "COLLECTED"})
	step("extent", map[string]string{"spatial.scope": "COUNTY", "spatial.codes": "630222", "temporal.from": "2019-01-01", "temporal.to": "2024-12-31",
		"frequency": "MONTH", "volume.records": "１２３４", "volume.bytes": "1000000", "form.media": "TABLE", "form.structure": "STRUCTURED"})
	step("level", map[string]string{"secret": "NONE", "level": "GENERAL", "subjectClass": "ENTERPRISE", "personalInfo": "NONE"})
	step("rights", map[string]string{"rights.HOLD": "on", "rights.HOLD.from": "2024-12-31", "rights.USE": "on", "rights.USE.from": "2024-12-31"})
	step("restrictions", map[string]string{"restrictions.objects": "无"})
	sample := filepath.Join(b.t.TempDir(), "样例.csv")
	if err := os.WriteFile(sample, []byte("日期,品种,产量\n2024-01-01,番茄,12\n"), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.open(draft + "/steps/materials")
	if err := chromedp.Do(b.ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[type=file]`), []string{sample})); err != nil {
		b.t.Fatal(err)
	}
	b.press(`form[data-upload] button`)
	waitUntil(b.t, 20*time.Second, "the file does not appear", func() bool { return strings.Contains(b.text(), "样例.csv") })
	b.shot("step-materials")
	step("declarations", map[string]string{"declarations.lawful": "on", "declarations.measurable": "on", "declarations.beneficial": "on", "declarations.noPersonal": "on", "declarations.truthful": "on"})
}

func TestBrowser_FormToCertificate(t *testing.T) {
	b := openBrowser(t)
	b.be("he-applicant")
	b.application("2024年海东市民和县大棚番茄采收数据集" + time.Now().Format("150405"))
	b.see("试办通过", "以下内容将会公示")
	b.shot("check")
	b.press(`form[action$="/file"] button`)
	b.see("申请已提交")
	app := regexp.MustCompile(`APP[A-Z2-7]{16}.`).FindString(b.text())
	if app == "" {
		t.Fatalf("no application number:\n%s", b.text())
	}
	b.shot("confirmation")

	b.be("an-acceptor")
	b.shot("desk")
	b.open("/desk/" + app)
	b.shot("desk-case")
	b.press(`form[action$="/Accept"] button`)
	b.see("受理已上账")
	b.be("bai-reviewer")
	b.open("/desk/" + app)
	b.fill(map[string]string{"description": "on", "source": "on", "rights": "on"})
	b.press(`form[action$="/PassReview"] button`)
	b.open("/publicity")
	waitUntil(t, 10*time.Second, "the notice is not public", func() bool { b.open("/publicity"); return strings.Contains(b.text(), "大棚番茄采收数据集") })
	b.shot("publicity")
	b.be("cao-officer")
	b.open("/desk/" + app)
	b.see("期限尚未届满")
	waitUntil(t, 20*time.Second, "publicity does not end", func() bool {
		b.open("/desk/" + app)
		return b.js(`document.querySelector('form[action$="/ClosePublicity"] button').disabled ? "early" : "over"`) == "over"
	})
	b.press(`form[action$="/ClosePublicity"] button`)
	waitUntil(t, 10*time.Second, "the case is not ready", func() bool {
		b.open("/desk/" + app)
		return b.js(`document.querySelector('form[action$="/Register"] button') ? "ready" : "not"`) == "ready"
	})
	b.press(`form[action$="/Register"] button`)
	b.be("he-applicant")
	waitUntil(t, 30*time.Second, "the certificate is not issued", func() bool { b.open("/cases/" + app); return strings.Contains(b.text(), "下载证书") })
	b.shot("case")
	number := regexp.MustCompile(`HDZC[0-9]{17}.`).FindString(b.text())
	b.open("/certificates/" + number)
	b.see("有效", number)
	b.shot("certificate")
}

func TestBrowser_WrongInputIsKeptAndExplained(t *testing.T) {
	b := openBrowser(t)
	b.be("ledu-applicant")
	b.open("/apply")
	b.press(`form[action="/apply"] button`)
	draft := b.path()
	long := strings.Repeat("长", 41)
	b.open(draft + "/steps/data")
	b.fill(map[string]string{"dataName": long, "overview": "含有生僻字𰻝", "region": "630202", "industries[0].section": "A", "industries[0].division": "99"})
	b.press(next)
	b.see("不能超过 40 个字，现有 41 个字", "证书字库没有这个字：𰻝", "应在允许的范围内（01 至 05）")
	b.shot("wrong-input")
	if got := b.js(`document.querySelector('[name="dataName"]').value`); got != long {
		t.Errorf("what was typed is lost: %q", got)
	}
	b.open(draft + "/steps/level")
	b.fill(map[string]string{"secret": "SECRET", "level": "CORE", "subjectClass": "ENTERPRISE", "personalInfo": "NONE"})
	b.press(next)
	b.open(draft + "/check")
	b.see("现在提交不会通过", "核心数据不予登记", "涉密数据不得在本系统登记", "请上传数据样例", "第五十二条")
	b.shot("check-obstacles")
	wrong := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(wrong, []byte("not a pdf"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.open(draft + "/steps/materials")
	if err := chromedp.Do(b.ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[type=file]`), []string{wrong})); err != nil {
		t.Fatal(err)
	}
	b.press(`form[data-upload] button`)
	waitUntil(t, 20*time.Second, "the wrong file is not refused", func() bool { return strings.Contains(b.text(), "文件内容与扩展名不符") })
}
