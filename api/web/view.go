package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

//go:embed templates/*.html
var templateFiles embed.FS

// view is what every template sees.
type view struct {
	Lang   locale.Lang
	Desk   *desk.Desk
	Member *desk.Person
	Path   string
	Now    time.Time
	Data   map[string]any
}

// Demo says whether pages carry the demo mark.
func (v view) Demo() bool { return v.Desk.Mode == registry.ModeDemo }

// Tr chooses between the two languages.
func (v view) Tr(zh, en string) string {
	if v.Lang == locale.English {
		return en
	}
	return zh
}

// May says whether the person who is signed in may open a page.
func (v view) May(path string) bool {
	if v.Member == nil {
		return false
	}
	i := slices.IndexFunc(routes, func(r route) bool { return r.path == path && r.method == http.MethodGet })
	return i >= 0 && routes[i].who.admits(v.Member.Actor)
}

// Say is a text in the page's language.
func (v view) Say(w words) string { return v.Tr(w[0], w[1]) }

// Term is the word for a code.
func (v view) Term(kind string, code any) string { return locale.Term(v.Lang, kind, fmt.Sprint(code)) }

// Label is the name of a field.
func (v view) Label(path string) string { return locale.Label(v.Lang, path) }

// FieldLabel is the name of a field of the form.
func (v view) FieldLabel(f field) string {
	switch right, detail, _ := strings.Cut(strings.TrimPrefix(f.Path, "rights."), "."); {
	case f.Name != "":
		return v.Label(f.Name)
	case strings.HasPrefix(f.Path, "contact."):
		return v.Label(f.Path)
	case strings.HasPrefix(f.Path, "rights.") && detail == "":
		return v.Term("right", right)
	case strings.HasPrefix(f.Path, "rights."):
		return v.Label("content.rights." + detail)
	}
	return v.Label("content." + f.Path)
}

// Sentence says why the registry refuses.
func (v view) Sentence(r *registry.Refusal) string { return locale.Sentence(v.Lang, r) }

// Remedy says what would help against a refusal.
func (v view) Remedy(code registry.Code) string { return locale.Remedy(v.Lang, code) }

// Field says what is wrong with a field.
func (v view) Field(f registry.FieldError) string { return locale.Field(v.Lang, f) }

// Citation is a rule's article with its words.
func (v view) Citation(id registry.RuleID) string {
	c, ok := registry.Cite(id)
	if !ok {
		return ""
	}
	return c.Document + c.Article + "：" + c.Gist
}

// Time shows an instant in civil time.
func (v view) Time(at time.Time) string { return at.In(registry.Zone).Format("2006-01-02 15:04:05") }

// Region is the name of a division.
func (v view) Region(code string) string {
	if name := registry.RegionName(code); name != "" {
		return name
	}
	return v.Term("region", code)
}

// Function is what a function does, in words.
func (v view) Function(name string) string {
	if act, isAct := strings.CutPrefix(name, "registration:"); isAct {
		return v.Term("act", act)
	}
	return locale.Text(v.Lang, "function."+name, nil)
}

// Due says when a deadline ends, and by which period.
func (v view) Due(d registry.Deadline) string {
	if d.Unserved {
		return locale.Period(v.Lang, d)
	}
	if d.Pending {
		return v.Tr("待日历公布", "pending: calendar not published")
	}
	if d.Paused() {
		return v.Tr("中止计算", "the clock stands still")
	}
	rule := fmt.Sprintf("%d %s", d.N+d.Extended, v.Term("unit", d.Unit))
	if d.Unit == registry.UnitSecond || d.Unit == registry.UnitMinute {
		return v.Time(*d.DueAt) + " · " + rule
	}
	return fmt.Sprintf("%s 24:00 · %s", d.DueDate, rule)
}

// Left says how much of a period remains, or how long it has been over.
func (v view) Left(d registry.Deadline) string {
	if d.Pending || d.DueAt == nil || d.FinishedAt != nil {
		return ""
	}
	left := d.DueAt.Sub(v.Now)
	switch {
	case left > 0:
		return v.Tr("还有 ", "") + v.span(left) + v.Tr("", " left")
	case d.Effect == registry.EffectBar:
		return v.Tr("已经届满", "has ended")
	}
	return v.Tr("已逾期 ", "overdue by ") + v.span(-left)
}

// Over says whether a period has ended without the act that it is for.
func (v view) Over(d registry.Deadline) bool {
	return d.FinishedAt == nil && d.Over(v.Now) && d.Effect != registry.EffectBar
}

func (v view) span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf(v.Tr("%d 天", "%d days"), int(d/(24*time.Hour)))
	case d >= time.Hour:
		return fmt.Sprintf(v.Tr("%d 小时 %d 分", "%d h %d min"), int(d/time.Hour), int(d%time.Hour/time.Minute))
	case d >= time.Minute:
		return fmt.Sprintf(v.Tr("%d 分钟", "%d min"), int(d/time.Minute))
	}
	return fmt.Sprintf(v.Tr("%d 秒", "%d s"), int(d/time.Second))
}

// Period is a length of time of a rule profile in words.
func (v view) Period(p registry.Period) string {
	return fmt.Sprintf("%d %s", p.N, v.Term("unit", p.Unit))
}

// Running are the deadlines of a case that have begun and not been met.
func (v view) Running(a registry.Application) []registry.Deadline {
	if !a.EffectiveStatus(v.Now).Open() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.Deadlines), func(d registry.Deadline) bool { return d.FinishedAt != nil })
}

// Option is the word for one choice of a field; regions and industries have tables of their own.
func (v view) Option(kind, code string) string {
	switch kind {
	case "region":
		return v.Region(code)
	case "industry":
		s, _ := registry.FindIndustrySection(code)
		return strings.TrimSpace(code + " " + s.Name + v.divisions(s))
	}
	return v.Term(kind, code)
}

func (v view) divisions(s registry.IndustrySection) string {
	switch s.From {
	case "":
		return ""
	case s.To:
		return brackets(s.From)
	}
	return brackets(s.From + "–" + s.To)
}

// Findings are what a review under a profile looks at: three findings, or the materials of a formal review.
func (view) Findings(profile registry.RuleProfile) []string { return checkedOff(profile) }

// FindingLabel is the name of what a review looks at.
func (v view) FindingLabel(profile registry.RuleProfile, name string) string {
	if profile.Formal {
		return v.Term("material", name)
	}
	return v.Label("findings." + name + ".pass")
}

// Office is the office of a person on the ledger, shown instead of a name.
func (v view) Office(act registry.Act) string {
	if office := registry.ActOffice(act); office != "" {
		return v.Term("office", office)
	}
	return v.Tr("申请人", "applicant")
}

// Icon is the sign before the word of a status: done, stopped, or under way.
func (view) Icon(status registry.Status) string {
	switch status {
	case registry.StatusRegistered:
		return "✓"
	case registry.StatusReturned, registry.StatusRefused, registry.StatusTerminated, registry.StatusNotAccepted, registry.StatusLapsed, registry.StatusEvidence, registry.StatusObjected:
		return "!"
	case registry.StatusWithdrawn:
		return "–"
	}
	return "›"
}

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"dict": dict, "contains": func(list []string, s string) bool { return slices.Contains(list, s) },
	"yuan": yuanText, "bytes": bytesText, "clip": func(s string) string {
		if len(s) > 16 {
			return s[:16] + "…"
		}
		return s
	},
	"chars": func(list []string) int {
		if len(list) == 0 {
			return 0
		}
		return len([]rune(list[0]))
	},
	"inc": func(n int) int { return n + 1 },
	"years": func(longest int) []int {
		var all []int
		for n := 1; n <= longest; n++ {
			all = append(all, n)
		}
		return all
	},
}).ParseFS(templateFiles, "templates/*.html"))

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict needs pairs")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m, nil
}

// render fills a page's template into the layout.
func (v view) render(page string) ([]byte, error) {
	var content bytes.Buffer
	if err := templates.ExecuteTemplate(&content, page+".html", v); err != nil {
		return nil, err
	}
	title := titles[page]
	if own, ok := v.Data["Title"].(words); ok {
		title = own
	}
	if wrong, _ := v.Data["Summary"].(bool); wrong { // screen readers say first that something is wrong
		title = words{"有错误：" + title[0], "Error: " + title[1]}
	}
	var out bytes.Buffer
	err := templates.ExecuteTemplate(&out, "layout.html", map[string]any{"V": v, "Title": v.Say(title),
		"Content": template.HTML(content.String()), "Refresh": v.Data["Refresh"]}) //nolint:gosec // rendered by html/template above
	return out.Bytes(), err
}

var titles = map[string]words{
	"delivery": {"告知提醒", "Word of notices"},
	"grants":   {"授权", "Grants"}, "grant": {"授权", "Grant"}, "use": {"能不能这样使用", "May I use it"}, "usage": {"使用记录", "Usage traces"}, "operationplans": {"授权运营实施方案", "Plans of authorised operation"}, "operationplan": {"授权运营实施方案", "Plan of authorised operation"},
	"start": {"数据资产登记", "Data-asset registration"}, "error": {"没有成功", "Not done"},
	"rules": {"登记规则", "Rules of registration"}, "rule": {"登记规则", "Rules of registration"}, "calendars": {"工作日历", "Calendars"}, "appointments": {"任命和文书签名密钥", "Appointments and keys"}, "parties": {"主体登记", "Parties"},
	"overdue": {"逾期和失效", "Overdue and lapsed"}, "refused": {"没有办理成功", "Not done"}, "sign": {"签名", "Sign"}, "signin": {"登录", "Sign in"}, "drafts": {"登记申请", "Applications"},
	"tasks": {"填写登记申请", "Fill in the application"}, "step": {"填写登记申请", "Fill in the application"}, "check": {"核对并提交", "Check and submit"},
	"cases": {"我的案件", "My cases"}, "case": {"案件详情", "Case"}, "queue": {"工作台", "Desk"}, "deskcase": {"办理案件", "Handle a case"}, "confirm": {"请确认", "Please confirm"},
	"contracts": {"服务外包协议", "Outsourcing agreements"}, "contract": {"服务外包协议", "Outsourcing agreement"}, "register": {"登记簿", "Register"}, "asset": {"登记簿页", "Page of the register"}, "objection": {"提出异议", "File an objection"}, "objections": {"我提出的异议", "My objections"}, "mandates": {"委托代理", "Mandates"}, "account": {"我的账号", "My account"}, "accountapply": {"申请账号", "Apply for an account"}, "accounts": {"账号核准", "Accounts"}, "accountfile": {"账号", "Account"},
	"catalogue": {"公共数据目录", "Public-data catalogue"}, "catalogueitem": {"目录项", "Catalogue item"}, "ownitems": {"本单位目录", "Own catalogue"}, "import": {"从表格导入目录", "Import a catalogue"}, "importreport": {"导入检查结果", "Report of the import"},
	"shares": {"共享申请", "Share requests"}, "share": {"共享申请", "Share request"}, "purchases": {"数据采购申请", "Purchase requests"}, "purchase": {"数据采购申请", "Purchase request"},
	"opening": {"公共数据开放", "Opened data"}, "plan": {"年度开放计划", "Opening plan"}, "enterprises": {"企事业单位数据资源目录", "Enterprise catalogue"},
	"questions": {"查询账本", "Ask the ledger"}, "question": {"查询账本", "Ask the ledger"},
	"disputeform": {"提出登记后异议", "Object to a registration"}, "dispute": {"登记后异议", "Objection after registration"}, "disputes": {"登记后异议", "Objections after registration"}, "inbox": {"收件箱", "Inbox"}, "letter": {"书面告知", "Notice"},
	"disclosures": {"信息披露和年度报告", "Disclosures"}, "submissions": {"报送", "Submissions"}, "submission": {"报送", "Submission"}, "annual": {"年度报告", "Annual report"}, "reconciliations": {"对账", "Reconciliation"},
	"raise": {"投诉、举报、数据异议", "Complaints and reports"}, "matters": {"监督事项", "Matters of supervision"}, "matter": {"监督事项", "Matter of supervision"}, "supervision": {"监督管理", "Supervision"},
	"publicity": {"公示", "Publicity"}, "notice": {"公示信息", "Public notice"}, "certificate": {"登记证书核验", "Certificate"}, "verify": {"核验证书", "Verify a certificate"},
}

func (p *pages) view(c echo.Context, data map[string]any) view {
	v := view{Lang: p.lang(c), Desk: p.desk, Path: c.Request().URL.Path, Now: p.now(), Data: data}
	if person, ok := p.person(c); ok {
		v.Member = &person
	}
	return v
}

func (p *pages) show(c echo.Context, page string, data map[string]any) error {
	return p.showStatus(c, http.StatusOK, page, data)
}

func (p *pages) showStatus(c echo.Context, status int, page string, data map[string]any) error {
	body, err := p.view(c, data).render(page)
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, body)
}
