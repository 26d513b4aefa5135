package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
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

// Term is the word for a code.
func (v view) Term(kind string, code any) string { return locale.Term(v.Lang, kind, fmt.Sprint(code)) }

// Label is the name of a field.
func (v view) Label(path string) string { return locale.Label(v.Lang, path) }

// Sentence says why the registry refuses.
func (v view) Sentence(r *registry.Refusal) string { return locale.Sentence(v.Lang, r) }

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
	return code
}

// Due says when a deadline ends and why.
func (v view) Due(d registry.Deadline) string {
	if d.Pending {
		return v.Tr("待日历公布", "pending: calendar not published")
	}
	rule := fmt.Sprintf("%d %s", d.N, v.Term("unit", d.Unit))
	if d.Unit == registry.UnitSecond || d.Unit == registry.UnitMinute {
		return fmt.Sprintf("%s（%s）", v.Time(*d.DueAt), rule)
	}
	return fmt.Sprintf("%s 24:00（%s）", d.DueDate, rule)
}

// Option is the word for one choice of a field; regions and industries have tables of their own.
func (v view) Option(kind, code string) string {
	switch kind {
	case "region":
		return v.Region(code)
	case "industry":
		s, _ := registry.FindIndustrySection(code)
		return code + " " + s.Name
	}
	return v.Term(kind, code)
}

// RightLabel names a field of one right, for example rights.USE.from.
func (v view) RightLabel(path string) string {
	parts := strings.Split(path, ".")
	return v.Term("right", parts[1]) + " – " + v.Label("content.rights."+parts[2])
}

// Findings are the three findings of a review.
func (view) Findings() []string { return []string{"description", "source", "rights"} }

// Office is the office of a person on the ledger, shown instead of a name.
func (v view) Office(act registry.Act) string {
	if office := registry.ActOffice(act); office != "" {
		return v.Term("office", office)
	}
	return v.Tr("申请人", "applicant")
}

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"dict": dict, "join": strings.Join, "contains": func(list []string, s string) bool {
		for _, x := range list {
			if x == s {
				return true
			}
		}
		return false
	},
	"megabytes": func(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) },
	"lines":     func(s string) []string { return strings.Split(s, "\n") },
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
	var out bytes.Buffer
	err := templates.ExecuteTemplate(&out, "layout.html", map[string]any{"V": v, "Title": v.Tr(title[0], title[1]),
		"Content": template.HTML(content.String()), "Refresh": v.Data["Refresh"]}) //nolint:gosec // rendered by html/template above
	return out.Bytes(), err
}

var titles = map[string][2]string{
	"start": {"数据资产登记", "Data-asset registration"}, "cast": {"选择演示身份", "Choose who you are"}, "error": {"出错了", "Something went wrong"},
	"refused": {"没有办理成功", "Not done"}, "transaction": {"正在查询办理结果", "Asking for the outcome"}, "drafts": {"登记申请", "Applications"},
	"tasks": {"填写登记申请", "Fill in the application"}, "step": {"填写登记申请", "Fill in the application"}, "check": {"核对并提交", "Check and submit"},
	"cases": {"我的案件", "My cases"}, "case": {"案件详情", "Case"}, "queue": {"工作台", "Desk"}, "deskcase": {"办理案件", "Handle a case"},
	"publicity": {"公示", "Publicity"}, "notice": {"公示信息", "Public notice"}, "certificate": {"登记证书核验", "Certificate"}, "verify": {"核验证书", "Verify a certificate"},
}

func (p *pages) show(c echo.Context, page string, data map[string]any) error {
	return p.showStatus(c, http.StatusOK, page, data)
}

func (p *pages) showStatus(c echo.Context, status int, page string, data map[string]any) error {
	v := view{Lang: p.lang(c), Desk: p.desk, Path: c.Request().URL.Path, Data: data}
	if m, ok := p.member(c); ok {
		person := m.Person()
		v.Member = &person
	}
	body, err := v.render(page)
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, body)
}
