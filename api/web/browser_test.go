package web

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// window is a real browser. Where SHOTS names a directory, it keeps pictures of the pages.
type window struct {
	t    *testing.T
	ctx  context.Context
	base string
	site *site
}

func openWindow(t *testing.T, s *site) *window {
	t.Helper()
	s.handler.Pre(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Response().Header().Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'")
			return next(c)
		}
	})
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.NoSandbox))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1100, 900)); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no browser: %v (Debian: apt-get install chromium)", err)
		}
		t.Skipf("no browser: %v (Debian: apt-get install chromium)", err)
	}
	return &window{t, ctx, server.URL, s}
}

// be signs somebody in: the window takes over the session of a visitor who has answered a challenge. Signing in at the window
// itself has tests of its own.
func (w *window) be(enrolment string) {
	w.t.Helper()
	w.become(w.site.as(enrolment), enrolment)
}

func (w *window) become(v *visitor, enrolment string) {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil { // scripts cannot replace a session's cookie
		w.t.Fatal(err)
	}
	if err := chromedp.Do(w.ctx, chromedp.Navigate(w.base+"/assets/mark.svg")); err != nil {
		w.t.Fatal(err)
	}
	for _, c := range v.cookies {
		w.js(fmt.Sprintf("document.cookie = %q", c.Name+"="+c.Value+"; path=/"))
	}
	if err := chromedp.Do(w.ctx, chromedp.Navigate(w.base+"/account")); err != nil {
		w.t.Fatal(err)
	}
	if who := w.js(`document.querySelector(".persona")?.textContent ?? ""`); !strings.HasPrefix(who, enrolment) {
		w.t.Fatalf("the window belongs to %q, not %s", who, enrolment)
	}
}

func (w *window) js(expression string) string {
	w.t.Helper()
	v, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		w.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// defects looks for what makes a page hard to use, whoever reads it.
const defects = `(() => {
	const found = [], ids = new Set();
	const overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
	if (overflow > 0) {
		const wide = [...document.querySelectorAll("main *, header *, footer *")].find((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest(".scroll, .process"));
		found.push("wider than the window by " + overflow + " px: " + (wide ? wide.tagName + "." + wide.className + " " + wide.textContent.trim().slice(0, 40) : "?"));
	}
	if (document.querySelectorAll("h1").length !== 1) found.push(document.querySelectorAll("h1").length + " headings h1");
	for (const e of document.querySelectorAll("[id]")) { if (ids.has(e.id)) found.push("id twice: " + e.id); ids.add(e.id); }
	for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) if (!e.labels.length) found.push("no label: " + e.name);
	for (const e of document.querySelectorAll("[aria-describedby]")) for (const id of e.getAttribute("aria-describedby").split(" ")) if (!ids.has(id)) found.push("describes nothing: " + id);
	for (const e of document.querySelectorAll("main a, main button")) if (!e.textContent.trim()) found.push("link without words: " + e.outerHTML);
	for (const e of document.querySelectorAll("[style], style, script:not([src])")) found.push("inline: " + e.outerHTML.slice(0, 60));
	if (!document.documentElement.lang) found.push("no language");
	const light = (c) => { const [r, g, b] = c.match(/[\d.]+/g).map((x) => { x /= 255; return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\)$/.test(c)) return c; } return "rgb(255, 255, 255)"; };
	for (const e of document.querySelectorAll("body *")) {
		if (!e.offsetParent || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
		const a = light(getComputedStyle(e).color), b = light(ground(e)), contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (contrast < 4.5) found.push("contrast " + contrast.toFixed(1) + ": " + e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 20));
	}
	return found.join("\n");
})()`

// look opens a page in three widths: a desktop, the same at 200 %, and a small phone.
func (w *window) look(name, path string) {
	w.t.Helper()
	for _, size := range []struct {
		name  string
		width int64
	}{{"desktop", 1100}, {"zoomed", 550}, {"phone", 360}} {
		if err := chromedp.Do(w.ctx, chromedp.EmulateViewport(size.width, 900)); err != nil {
			w.t.Fatal(err)
		}
		if err := chromedp.Do(w.ctx, chromedp.Navigate(w.base+path)); err != nil {
			w.t.Fatalf("open %s: %v", path, err)
		}
		if found := w.js(defects); found != "" {
			w.t.Errorf("%s (%s), %s:\n%s", name, path, size.name, found)
		}
		w.shot(name + "-" + size.name)
	}
}

func (w *window) shot(name string) {
	dir := os.Getenv("SHOTS")
	if dir == "" {
		return
	}
	body, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), body, 0o644)
	}
	if err != nil {
		w.t.Error(err)
	}
}

// TestBrowser_EveryPageIsReadable opens every page in a browser, at every width.
func TestBrowser_EveryPageIsReadable(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	w := openWindow(t, s)
	for name, path := range map[string]string{"start": "/", "signin": "/signin", "account-apply": "/account/apply", "publicity-empty": "/publicity", "verify": "/verify", "verify-wrong": "/verify?number=HDZC63022220261100001A",
		"certificate-unknown": "/certificates/HDZC63022220261100001A", "not-found": "/publicity/APPNONE"} {
		w.look(name, path)
	}
	he, an, bai, cao := s.as("he-applicant"), s.as("an-acceptor"), s.as("bai-reviewer"), s.as("cao-officer")
	w.be("he-applicant")
	w.look("drafts-empty", "/apply")
	w.look("cases-empty", "/cases")
	wrong := he.post("/apply", nil).Path
	he.post(wrong+"/steps/data", url.Values{"dataName": {strings.Repeat("很长的数据名称", 7)}, "overview": {"生僻字𰻝"}, "industries[0].section": {"A"}, "industries[0].division": {"99"}})
	he.post(wrong+"/steps/level", url.Values{"secret": {"SECRET"}, "level": {"CORE"}, "subjectClass": {"ENTERPRISE"}, "personalInfo": {"NONE"}})
	w.look("step-data-wrong", wrong+"/steps/data")
	w.look("step-level-stop", wrong+"/steps/level")
	w.look("check-obstacles", wrong+"/check")
	draft := he.fill(answers("2019–2024年海东市民和县设施农业产销数据集"))
	for _, step := range steps {
		w.look("step-"+step.ID, draft+"/steps/"+step.ID)
	}
	w.look("tasks", draft)
	w.look("check", draft+"/check")
	w.look("drafts", "/apply")
	app := strings.TrimSuffix(strings.TrimPrefix(he.post(draft+"/file", nil).Path, "/cases/"), "?filed=1")
	w.look("confirmation", "/cases/"+app+"?filed=1")
	w.be("an-acceptor")
	w.look("desk", "/desk")
	w.look("desk-accept", "/desk/"+app)
	second := he.file("2024年海东市互助县马铃薯仓储温湿度监测数据集")
	items := url.Values{"reasons": {"概述请写明采集方式和用途\n请补充主体证明"}, "confirmed": {"yes"}}
	an.act(second, "Return", items)
	w.be("he-applicant")
	w.look("case-returned", "/cases/"+second)
	w.look("tasks-supplement", he.post("/cases/"+second+"/supplement", nil).Path)
	an.act(app, "Accept", nil)
	w.be("bai-reviewer")
	w.look("desk-review", "/desk/"+app)
	bai.act(app, "PassReview", allPass)
	w.look("publicity", "/publicity")
	w.look("notice", "/publicity/"+app)
	w.be("ledu-applicant")
	w.look("objection", "/publicity/"+app+"/objection")
	w.look("objections", "/objections")
	w.be("cao-officer")
	w.look("desk-early", "/desk/"+app)
	s.pass(6 * time.Second)
	cao.act(app, "ClosePublicity", nil)
	w.look("desk-register", "/desk/"+app)
	done := cao.act(app, "Register", nil)
	w.look("desk-done", done.Path)
	found, err := s.desk.Records.Case(t.Context(), registry.ApplicationID(app))
	if err != nil {
		t.Fatal(err)
	}
	s.issued[found.Certificate] = true
	w.be("he-applicant")
	w.look("case-registered", "/cases/"+app)
	w.look("account", "/account")
	w.look("mandates", "/mandates")
	he.reads = true
	w.look("sign", he.post("/account/devices", url.Values{"key": {"device-look"}, "enrolment": {"he-phone"}, "keyDigest": {strings.Repeat("ab", 32)}}).Path)
	w.look("register", "/register")
	w.look("asset-holder", "/register/"+string(found.Asset))
	w.be("cao-officer")
	w.look("accounts", "/desk/accounts")
	w.look("account-file", "/desk/accounts/AgencyMSP/he-applicant")
	w.look("asset-officer", "/register/"+string(found.Asset))
	w.be("bureau-admin")
	w.look("contracts", "/contracts")
	w.be("he-applicant")
	w.look("cases", "/cases")
	w.look("certificate", "/certificates/"+string(found.Certificate))
	if err := chromedp.Do(w.ctx, chromedp.Navigate(w.base+"/language/en")); err != nil {
		t.Fatal(err)
	}
	w.look("english-start", "/")
	w.look("english-rights", wrong+"/steps/rights")
}

// TestBrowser_TypedTextIsSavedByItself: what was typed is there again although no button was pressed.
func TestBrowser_TypedTextIsSavedByItself(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	w := openWindow(t, s)
	he := s.as("he-applicant")
	w.be("he-applicant")
	draft := he.post("/apply", nil).Path
	if err := chromedp.Do(w.ctx, chromedp.Navigate(w.base+draft+"/steps/data"), chromedp.SendKeys(chromedp.CSS(`#dataName`), "没有按保存")); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Run(w.ctx, chromedp.Poll[bool](`document.querySelector(".saved").textContent.includes("已自动保存")`)); err != nil {
		t.Fatalf("it is not saved: %v", err)
	}
	he.get(draft + "/steps/data").see(`value="没有按保存"`)
	if got := w.js(`document.querySelector('[data-count="dataName"]').textContent`); got != "5 / 40" {
		t.Errorf("the count says %q", got)
	}
}

// TestBrowser_UploadTellsWhatIsWrong: with JavaScript a file that is too large is refused before it is sent, and the
// answer of the server is shown like any page.
func TestBrowser_UploadTellsWhatIsWrong(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	w := openWindow(t, s)
	w.be("he-applicant")
	draft := s.as("he-applicant").post("/apply", nil).Path
	dir := t.TempDir()
	for _, c := range []struct{ name, file, content, want string }{
		{"too_large", "a.csv", strings.Repeat("0", uploadLimit+1), "文件超过大小上限"},
		{"not_what_it_says", "a.pdf", "no pdf", "文件内容与扩展名不符"},
		{"good", "样例.csv", "a,b\n1,2\n", "已上传"},
	} {
		path := filepath.Join(dir, c.file)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(w.ctx, chromedp.Navigate(w.base+draft+"/steps/materials"), chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}),
			chromedp.SendKeys(chromedp.CSS("form[data-upload] button"), "\r")); err != nil {
			t.Fatal(err)
		}
		if _, err := chromedp.Run(w.ctx, chromedp.Poll[bool](`document.body && document.body.innerText.includes("`+c.want+`")`)); err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, w.js(`document.body.innerText`))
		}
	}
	s.as("he-applicant").get(draft + "/steps/materials").see("样例.csv").notSee("a.pdf")
}

// TestBrowser_ActsOnTheRegister: the pages of changes, corrections, public tracks and the registrar's acts on what is registered.
func TestBrowser_ActsOnTheRegister(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	w := openWindow(t, s)
	page := s.registered("2019–2024年海东市民和县设施农业产销数据集")
	he, wu := s.as("he-applicant"), s.county()
	w.be("he-applicant")
	w.look("register-mine", "/register?mine=1")
	w.look("asset-holder", page)
	draft := he.post(page+"/change", nil).Path
	w.look("change-tasks", draft)
	data := answers("2019–2024年海东市民和县设施农业产销数据集")["data"]
	data.Set("overview", "增加了2025年的内容，由合作社按日采集、按月汇总，可用于产销衔接、价格分析和农业保险。")
	he.post(draft+"/steps/data", data)
	he.upload(draft+"/files", "EVIDENCE", "说明.csv", strings.NewReader("a,b\n1,2\n"))
	w.look("change-materials", draft+"/steps/materials")
	w.look("change-check", draft+"/check")
	w.look("drafts-tracks", "/apply")
	app := appNumber.FindString(he.post(draft+"/file", nil).Body)
	w.look("change-case", "/cases/"+app)
	w.be("an-acceptor")
	w.look("change-desk", "/desk/"+app)
	s.pass(31 * time.Minute)
	w.look("overdue", "/desk/overdue")
	w.be("nongye-applicant")
	draft = wu.fillPublic(registry.TrackPublicResource, "海东市农产品产销公共数据")
	w.look("public-tasks", draft)
	w.look("public-deposit", draft+"/steps/deposit")
	w.look("public-step", draft+"/steps/public")
	w.look("public-materials", draft+"/steps/materials")
	w.look("public-check", draft+"/check")
	app = appNumber.FindString(wu.post(draft+"/file", nil).Body)
	s.as("an-acceptor").act(app, "Accept", nil)
	w.be("bai-reviewer")
	w.look("public-review", "/desk/"+app)
	s.as("bai-reviewer").act(app, "PassReview", everyMaterial())
	s.pass(6 * time.Second)
	cao := s.as("cao-officer")
	cao.act(app, "ClosePublicity", nil)
	cao.act(app, "Register", nil)
	found, err := s.desk.Records.Case(t.Context(), registry.ApplicationID(app))
	if err != nil {
		t.Fatal(err)
	}
	w.be("cao-officer")
	w.look("public-asset", "/register/"+string(found.Asset))
	w.look("public-result", "/certificates/"+string(found.Certificate))
}

// TestBrowser_Bureau: the pages of rules, calendars, appointments and parties.
func TestBrowser_Bureau(t *testing.T) {
	s := newSite(t, registry.ModeLegal)
	w := openWindow(t, s)
	w.look("rules", "/rules")
	w.look("rule", "/rules/DATA_ASSET/2")
	w.look("calendars", "/calendars")
	w.be("bureau-admin")
	w.look("rule-successor", "/rules/DATA_ASSET/2/successor")
	w.look("calendar-new", "/calendars/new?year=2026")
	w.look("appointments", "/appointments")
	w.look("appointment-new", "/appointments/new")
	w.look("key-new", "/appointments/key")
	w.be("cao-officer")
	w.look("parties", "/parties?id=93630222MAFAKE06XA")
	w.look("party-new", "/parties/new")
	w.look("desk-warned", "/desk")
	if err := chromedp.Do(w.ctx, chromedp.Navigate(w.base+"/language/en")); err != nil {
		t.Fatal(err)
	}
	w.look("english-rules", "/rules")
	w.look("english-overdue", "/desk/overdue")
	w.look("english-party", "/parties/new")
}

// TestBrowser_ToldAndContested: the inbox, a notice on its way to paper, an objection after registration and what each side sees of it.
func TestBrowser_ToldAndContested(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	w := openWindow(t, s)
	page := s.registered("2019–2024年海东市民和县设施农业产销数据集")
	app := s.counter("2020–2024年海东市平安区公共充电桩使用数据集")
	s.as("an-acceptor").act(app, "Return", url.Values{"reasons": {"请补充采集协议"}, "confirmed": {"yes"}})
	w.be("an-acceptor")
	w.look("inbox-to-serve", "/inbox")
	w.look("letter-on-paper", "/inbox/"+app+"/1")
	ding, ledu := s.officer(), s.as("ledu-applicant")
	w.be("ledu-applicant")
	w.look("dispute-form", page+"/disputes/new")
	ledu.contest(page+"/disputes", url.Values{"key": {"dispute-one"}, "reasons": {"这批数据由我公司采集"}}, map[string]string{"证据.csv": "a,b\n1,2\n"}).status(200)
	w.look("dispute-objector", page+"/disputes/1")
	w.look("objections-both", "/objections")
	ding.contest(page+"/disputes/1/examine", url.Values{"key": {"examine-one"}, "yes": {"yes"}}, nil).status(200)
	w.be("he-applicant")
	w.look("inbox", "/inbox")
	w.look("delivery", "/inbox/delivery")
	w.look("letter", "/inbox/"+strings.TrimPrefix(page, "/register/")+"/1")
	w.look("dispute-registrant", page+"/disputes/1")
	w.be("ding-officer")
	w.look("disputes", "/desk/disputes")
	w.look("dispute-officer", page+"/disputes/1")
}
