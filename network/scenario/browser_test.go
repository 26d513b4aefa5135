package scenario

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	cdpnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser is a person at a real browser of their own: keys and sessions are not shared between two of them.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string
	sent *journal
}

// journal keeps everything that browsers sent.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) add(event any) {
	if request, ok := event.(*cdpnetwork.EventRequestWillBeSent); ok {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.text.WriteString(request.Request.URL + "\n")
		for _, part := range request.Request.PostDataEntries {
			j.text.Write(part.Bytes)
		}
	}
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// openBrowser starts a browser; others have contexts of their own beside it.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.NoSandbox))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1100, 900)); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no browser: %v (Debian: apt-get install chromium)", err)
		}
		t.Skipf("no browser: %v (Debian: apt-get install chromium)", err)
	}
	return newBrowser(t, ctx, "agency", &journal{})
}

func newBrowser(t *testing.T, ctx context.Context, organisation string, sent *journal) *browser {
	t.Helper()
	d, err := shared.Describe()
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, sent.add); err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, ctx: ctx, base: d.Organisations[organisation].RegistrydURL, sent: sent}
}

// another is another person at a browser of their own, in front of an organisation's site.
func (b *browser) another(organisation string) *browser {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	b.t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1100, 900)); err != nil {
		b.t.Fatal(err)
	}
	return newBrowser(b.t, ctx, organisation, b.sent)
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

// be signs in with a key file, as the person would: the file is chosen on the page and read there.
func (b *browser) be(enrolment string) {
	b.t.Helper()
	b.open("/signin")
	b.await("the page offers no import", `document.querySelector("#key-file") ? "yes" : ""`)
	if err := chromedp.Do(b.ctx, chromedp.SetUploadFiles(chromedp.CSS("#key-file"), []string{filepath.Join(shared.State, "keys", enrolment+".pem")})); err != nil {
		b.t.Fatal(err)
	}
	b.signIn(enrolment)
}

// signIn signs in with a key that this browser holds.
func (b *browser) signIn(enrolment string) {
	b.t.Helper()
	button := fmt.Sprintf(`[...document.querySelectorAll("#signin-keys button")].find((e) => e.id.endsWith("/%s"))`, enrolment)
	b.await("the key of "+enrolment+" is not in the browser", button+` ? "yes" : ""`)
	b.shot("signin-" + enrolment)
	b.js(button + `.click(), "pressed"`)
	b.await(enrolment+" is not signed in", `document.querySelector(".persona")?.textContent.includes("`+enrolment+`") ? "yes" : ""`)
}

// await waits until an expression answers something.
func (b *browser) await(otherwise, expression string) string {
	b.t.Helper()
	answer := ""
	waitUntil(b.t, 30*time.Second, otherwise, func() bool {
		v, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression)) // a page may just be going away
		if err == nil {
			answer = v
		}
		return answer != ""
	})
	return answer
}

// sign reads and signs on the page of a write, reads and confirms what would be written, and waits until it is on the ledger and the page has
// gone on.
func (b *browser) sign(wants ...string) {
	b.t.Helper()
	b.await("nothing is offered for signing", `location.pathname.startsWith("/sign/") && !document.querySelector("#sign-buttons")?.hidden && document.querySelector("#sign-button") ? "yes" : ""`)
	b.see(wants...)
	b.shot("sign" + strings.ReplaceAll(b.path(), "/", "-")[:12])
	b.js(`document.querySelector("#sign-button").click(), "pressed"`)
	b.await("no result is offered for confirmation", `document.querySelector("#sign-confirm")?.hidden === false ? "yes" : ""`)
	b.see("将要写入账本")
	b.js(`document.querySelector("#sign-submit").click(), "pressed"`)
	b.await("it does not reach the ledger", `location.pathname.startsWith("/sign/") ? "" : "yes"`)
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
	for kind, file := range map[string]string{"SAMPLE": "样例.csv", "IDENTITY": "营业执照.csv", "SOURCE": "采集记录.csv"} {
		b.upload(draft, kind, file, "日期,品种,产量\n2024-01-01,番茄,12\n"+kind+",,\n")
	}
	b.shot("step-materials")
	step("declarations", map[string]string{"declarations.lawful": "on", "declarations.measurable": "on", "declarations.beneficial": "on", "declarations.noPersonal": "on", "declarations.truthful": "on"})
}

// choose makes a file and chooses it on the page.
func (b *browser) choose(selector, name, content string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
	if err := chromedp.Do(b.ctx, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path})); err != nil {
		b.t.Fatal(err)
	}
}

// upload uploads a file to a draft as a kind of material.
func (b *browser) upload(draft, kind, name, content string) {
	b.t.Helper()
	b.open(draft + "/steps/materials")
	b.fill(map[string]string{"kind": kind})
	b.choose(`input[type=file]`, name, content)
	b.press(`form[data-upload] button`)
	waitUntil(b.t, 20*time.Second, "the file does not appear", func() bool { return strings.Contains(b.text(), name) })
}

// TestBrowser_AccountToCertificate: somebody makes a key in the browser, applies for an account, is approved, files an
// application; three people review it, each with their own key in a browser of their own; a certificate comes out.
func TestBrowser_AccountToCertificate(t *testing.T) {
	li := openBrowser(t)
	name := "li-" + time.Now().Format("150405")
	cao := li.another("agency")
	cao.be("cao-officer")
	li.enrol(cao, name, "93630222MAFAKE06XA")
	li.open("/signin?next=/apply")
	li.signIn(name)
	li.application("2024年海东市民和县大棚番茄采收数据集" + time.Now().Format("150405"))
	li.see("试办通过", "以下内容将会公示")
	li.shot("check")
	li.press(`form[action$="/file"] button`)
	li.sign("提交申请", "民和县")
	li.await("the case is not shown", `document.body.innerText.includes("申请已提交") ? "yes" : ""`)
	app := regexp.MustCompile(`APP[A-Z2-7]{16}.`).FindString(li.text())
	if app == "" {
		t.Fatalf("no application number:\n%s", li.text())
	}
	li.shot("confirmation")
	li.keyIsNotExportable()

	an, bai := li.another("agency"), li.another("agency")
	an.be("an-acceptor")
	an.shot("desk")
	an.open("/desk/" + app)
	an.shot("desk-case")
	an.press(`form[action$="/Accept"] button`)
	an.sign("受理", app)
	an.await("not accepted", `document.body.innerText.includes("受理已上账") ? "yes" : ""`)
	bai.be("bai-reviewer")
	bai.open("/desk/" + app)
	bai.fill(map[string]string{"description": "on", "source": "on", "rights": "on"})
	bai.press(`form[action$="/PassReview"] button`)
	bai.sign("审查通过并公示")
	waitUntil(t, 10*time.Second, "the notice is not public", func() bool {
		bai.open("/publicity")
		return strings.Contains(bai.text(), "大棚番茄采收数据集")
	})
	bai.shot("publicity")
	cao.open("/desk/" + app)
	waitUntil(t, 20*time.Second, "publicity does not end", func() bool {
		cao.open("/desk/" + app)
		return cao.js(`document.querySelector('form[action$="/ClosePublicity"] button')?.disabled === false ? "over" : "early"`) == "over"
	})
	cao.press(`form[action$="/ClosePublicity"] button`)
	cao.sign("公示期满")
	waitUntil(t, 10*time.Second, "the case is not ready", func() bool {
		cao.open("/desk/" + app)
		return cao.js(`document.querySelector('form[action$="/Register"] button') ? "ready" : "not"`) == "ready"
	})
	cao.press(`form[action$="/Register"] button`)
	cao.sign("登簿赋码")
	waitUntil(t, 30*time.Second, "the certificate is not issued", func() bool { li.open("/cases/" + app); return strings.Contains(li.text(), "下载证书") })
	li.shot("case")
	number := regexp.MustCompile(`HDZC[0-9]{17}.`).FindString(li.text())
	li.open("/certificates/" + number)
	li.see("有效", number)
	li.shot("certificate")
	li.changes(an)
	li.nothingSecretWasSent("an-acceptor", "bai-reviewer", "cao-officer")
}

// enrol applies for an account with a key made in this browser; the officer types in the fingerprint that the person reads out, approves,
// and the page fetches the certificate.
func (b *browser) enrol(officer *browser, name, party string) {
	b.t.Helper()
	b.open("/account/apply")
	b.fill(map[string]string{"enrolment": name, "role": "applicant", "party": party, "region": "630222"})
	b.shot("account-apply")
	b.js(`document.querySelector("#account-apply button").click(), "pressed"`)
	said := b.await("no fingerprint is shown", `document.querySelector(".fingerprint")?.innerText ?? ""`)
	b.await("the application does not reach the ledger", `document.body.innerText.includes("等待工作人员") ? "yes" : ""`)
	b.shot("account-fingerprint")
	waitUntil(b.t, 20*time.Second, "the application is not on the desk", func() bool {
		officer.open("/desk/accounts")
		return strings.Contains(officer.text(), name)
	})
	officer.shot("accounts")
	officer.open("/desk/accounts/AgencyMSP/" + name)
	officer.fill(map[string]string{"fingerprint": said})
	officer.shot("account-approve")
	officer.press(`form[action$="/Approve"] button`)
	officer.sign("核准", name)
	b.await("the certificate does not come", `document.body.innerText.includes("账号已经启用") ? "yes" : ""`)
	b.shot("account-enabled")
}

// keyIsNotExportable asks the browser itself for the private key.
func (b *browser) keyIsNotExportable() {
	b.t.Helper()
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`import("/assets/keys.js").then(async ({list}) => {
		const [entry] = await list();
		for (const format of ["pkcs8", "jwk", "raw"]) {
			try { await crypto.subtle.exportKey(format, entry.key); return "exported as " + format; } catch {}
		}
		return entry.key.extractable ? "extractable" : "kept";
	})`, chromedp.EvalAwaitPromise))
	if err != nil || got != "kept" {
		b.t.Errorf("the private key: %s %v", got, err)
	}
}

// nothingSecretWasSent looks through everything that the browsers sent for the keys that they read from key files.
func (b *browser) nothingSecretWasSent(enrolments ...string) {
	b.t.Helper()
	sent := b.sent.String()
	if !strings.Contains(sent, "/submission") || !strings.Contains(sent, "signature") {
		b.t.Fatal("nothing was recorded of what was sent")
	}
	if strings.Contains(sent, "PRIVATE KEY") {
		b.t.Error("a private key was sent")
	}
	for _, enrolment := range enrolments {
		body, err := os.ReadFile(filepath.Join(shared.State, "keys", enrolment+".pem"))
		if err != nil {
			b.t.Fatal(err)
		}
		block, _ := pem.Decode(body)
		if strings.Contains(sent, base64.StdEncoding.EncodeToString(block.Bytes)[40:80]) {
			b.t.Errorf("the key of %s was sent", enrolment)
		}
	}
}

// TestBrowser_SignsOnAPhone: the page of a write is read and signed at a phone's width, with touch.
func TestBrowser_SignsOnAPhone(t *testing.T) {
	b := openBrowser(t)
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch)); err != nil {
		t.Fatal(err)
	}
	b.be("ledu-applicant")
	b.open("/mandates")
	b.fill(map[string]string{"agent": "ma-agent", "acts": "Submit"})
	b.press(`form[action="/mandates"] button.button`)
	b.sign("ma-agent")
	waitUntil(t, 10*time.Second, "the mandate is not listed", func() bool { b.open("/mandates"); return strings.Contains(b.text(), "AgencyMSP/ma-agent") })
	b.shot("phone-mandates")
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
