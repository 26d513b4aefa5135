package web

import (
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestForm_EveryDefectIsToldBesideItsField: each wrong input of the field is saved as typed and explained beside the field.
func TestForm_EveryDefectIsToldBesideItsField(t *testing.T) {
	for _, c := range []struct{ name, step, field, typed, message string }{
		{"missing_name", "data", "dataName", "", "请填写"},
		{"name_too_long", "data", "dataName", strings.Repeat("长", 41), "不能超过 40 个字，现有 41 个字"},
		{"control_character", "data", "dataName", "数据\a集", "U+0007"},
		{"direction_override", "data", "overview", "数据‮集", "U+202E"},
		{"glyph_that_the_font_lacks", "data", "overview", "含有生僻字𰻝", "证书字库没有这个字：𰻝"},
		{"overview_too_long", "data", "overview", strings.Repeat("长", 401), "不能超过 400 个字"},
		{"region_unknown", "data", "region.other", "63022", "六位数字"},
		{"industry_division_outside_section", "data", "industries[0].division", "99", "应在允许的范围内（01 至 05）"},
		{"industry_missing", "data", "industries[0].section", "", "请选择行业门类"},
		{"fingerprint_short", "data", "fingerprint", "abc", "格式不对"},
		{"source_missing", "source", "source", "", "请选择数据来源"},
		{"source_invented", "source", "source", "STOLEN", "不是可选的值"},
		{"parent_wrong", "source", "parents", "AST1234", "AST 开头"},
		{"no_such_day", "extent", "temporal.from", "2023-02-30", "2019-01-01 这样的日期"},
		{"end_before_beginning", "extent", "temporal.to", "2018-12-31", "结束不能早于开始"},
		{"begins_in_the_future", "extent", "temporal.from", "2030-01-01", "不能晚于今天"},
		{"records_in_words", "extent", "volume.records", "很多", "请只填整数"},
		{"records_zero", "extent", "volume.records", "0", "大于 0"},
		{"bytes_negative", "extent", "volume.bytes", "-5", "数字和单位"},
		{"frequency_missing", "extent", "frequency", "", "请选择更新频率"},
		{"other_division_too_short", "extent", "spatial.other", "63", "六位数字"},
		{"level_missing", "level", "level", "", "请选择数据级别"},
		{"right_without_first_day", "rights", "rights.HOLD.from", "", "请填写权利起始日"},
		{"right_ends_before_it_begins", "rights", "rights.USE.to", "2020-01-01", "结束不能早于开始"},
		{"restriction_missing", "restrictions", "restrictions.objects", "", "请填写"},
		{"phone_in_words", "contact", "contact.phone", "打我手机", "电话号码"},
		{"declaration_not_made", "declarations", "declarations.truthful", "", "需要确认"},
		{"enterprise_declaration_not_made", "declarations", "declarations.noPersonal", "", "需要确认"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, registry.ModeDemo)
			he := s.as("he-applicant")
			all := answers("数据集")
			if c.name == "level_missing" {
				all["level"].Del("wizard.harm")
			}
			if strings.HasPrefix(c.field, "region.other") {
				all["data"].Del("region")
			}
			draft := he.fill(all)
			form := maps.Clone(all[c.step])
			form[c.field] = []string{c.typed}
			if c.typed == "" {
				delete(form, c.field)
			}
			p := he.post(draft+"/steps/"+c.step, form).status(422)
			field := fieldOf(t, p.Body, c.field)
			if text := textOf(field); !strings.Contains(text, c.message) {
				t.Errorf("beside %s stands %q, not %q", c.field, text, c.message)
			}
			if link := `<a href="#` + strings.NewReplacer("[", "%5b", "]", "%5d").Replace(c.field) + `"`; !strings.Contains(p.Body, link) {
				t.Error("the summary does not link to the field")
			}
			for name, values := range form {
				for _, value := range values {
					if !shown(t, p.Body, name, value) {
						t.Errorf("%s=%q is lost", name, value)
					}
				}
			}
			if got := he.get(draft + "/check"); !strings.Contains(got.Body, "现在提交不会通过") {
				t.Error("the check page does not tell")
			}
			he.post(draft+"/file", nil)
			if len(s.apps) > 0 {
				t.Error("it reached the ledger")
			}
		})
	}
}

// walk visits every element.
func walk(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func textOf(n *html.Node) string {
	var b strings.Builder
	walk(n, func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	})
	return b.String()
}

func parse(t *testing.T, body string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// fieldOf is the block of a field with its label and messages.
func fieldOf(t *testing.T, body, name string) *html.Node {
	t.Helper()
	var found *html.Node
	walk(parse(t, body), func(n *html.Node) {
		if n.Type == html.ElementNode && attribute(n, "name") == name && found == nil {
			for found = n; found != nil && !strings.HasPrefix(attribute(found, "class"), "field"); {
				found = found.Parent
			}
		}
	})
	if found == nil {
		t.Fatalf("no field %s", name)
	}
	return found
}

// shown says whether a form shows a value in a field.
func shown(t *testing.T, body, name, value string) bool {
	t.Helper()
	ok := false
	walk(parse(t, body), func(n *html.Node) {
		if n.Type != html.ElementNode {
			return
		}
		switch {
		case attribute(n, "name") == name && (attribute(n, "type") == "checkbox" || attribute(n, "type") == "radio"):
			ok = ok || attribute(n, "value") == value && has(n, "checked")
		case attribute(n, "name") == name && n.Data == "input":
			ok = ok || attribute(n, "value") == value
		case attribute(n, "name") == name && n.Data == "textarea":
			ok = ok || textOf(n) == value
		case n.Data == "option" && has(n, "selected") && attribute(n.Parent, "name") == name:
			ok = ok || attribute(n, "value") == value
		}
	})
	return ok || name == "source" && value == "STOLEN" // a value that the form does not offer cannot be shown in a list
}

func TestForm_AnswersLeadToLevelAndPersonalInformation(t *testing.T) {
	for _, c := range []struct{ name, harm, level, message string }{
		{"answer_fills_in", "IMPORTANT", "", ""},
		{"stricter_is_allowed", "GENERAL", "IMPORTANT", ""},
		{"milder_is_not", "IMPORTANT", "GENERAL", "按您对上面问题的回答，应当是“重要数据”"},
	} {
		t.Run(c.name, func(t *testing.T) {
			he := newSite(t, registry.ModeDemo).as("he-applicant")
			draft := he.post("/apply", nil).Path
			p := he.post(draft+"/steps/level", url.Values{"then": {"stay"}, "secret": {"NONE"}, "wizard.harm": {c.harm}, "level": {c.level}, "wizard.persons": {"NONE"}, "subjectClass": {"ENTERPRISE"}})
			if c.message != "" {
				p.see(c.message)
			} else if !shown(t, p.Body, "level", "IMPORTANT") || !shown(t, p.Body, "personalInfo", "NONE") {
				t.Errorf("the result is not filled in: %s", p.text())
			}
		})
	}
}

func TestForm_CoreAndSecretDataAreStopped(t *testing.T) {
	for level, values := range map[string]url.Values{
		"核心数据不予登记":     {"secret": {"NONE"}, "level": {"CORE"}, "subjectClass": {"ENTERPRISE"}, "personalInfo": {"NONE"}},
		"涉密数据不得在本系统登记": {"secret": {"SECRET"}, "level": {"GENERAL"}, "subjectClass": {"ENTERPRISE"}, "personalInfo": {"NONE"}},
	} {
		he := newSite(t, registry.ModeDemo).as("he-applicant")
		draft := he.post("/apply", nil).Path
		he.post(draft+"/steps/level", values).see("这项数据不能在本系统登记", level)
		he.get(draft+"/check").see("现在提交不会通过", level)
	}
}

func TestForm_RightsFollowTheSource(t *testing.T) {
	for _, c := range []struct {
		name, source string
		extra        url.Values
		see, notSee  string
	}{
		{"own_collection", "SELF_COLLECTED", nil, "可以登记", "! 还需要"},
		{"agreement_needs_contract", "AGREEMENT", nil, "约定权利的合同材料", ""},
		{"crawl_needs_declaration_for_operating", "PUBLIC_CRAWL", nil, "声明不实质性替代被收集方的产品和服务", ""},
		{"crawl_with_declaration", "PUBLIC_CRAWL", url.Values{"statements.noSubstitution": {"on"}}, "可以登记", "! 还需要"},
		{"derived_needs_parents", "DERIVED", nil, "已登记的上游数据资产", ""},
		{"person_only_for_natural_persons", "PERSON_OWN", nil, "申请人为自然人本人", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			he := newSite(t, registry.ModeDemo).as("he-applicant")
			draft := he.post("/apply", nil).Path
			form := url.Values{"source": {c.source}, "acquisition": {"COLLECTED"}}
			maps.Copy(form, c.extra)
			he.post(draft+"/steps/source", form)
			p := he.get(draft + "/steps/rights").see(c.see)
			if c.notSee != "" {
				p.notSee(c.notSee)
			}
		})
	}
}

func TestForm_RightThatTheSourceDoesNotAllowIsRefusedWithItsArticle(t *testing.T) {
	he := newSite(t, registry.ModeDemo).as("he-applicant")
	all := answers("协议取得的数据集")
	all["source"].Set("source", "AGREEMENT")
	draft := he.fill(all)
	p := he.get(draft+"/check").see("现在提交不会通过", "约定权利的合同材料", "第二十条", `/steps/materials`)
	he.post(draft+"/file", nil).see("现在提交不会通过")
	he.upload(draft+"/files", "CONTRACT", "合同.pdf", strings.NewReader("%PDF-1.7 ..."))
	he.get(p.Path).see("试办通过")
}

func TestForm_SecondOpenApplicationForTheSameAssetIsRefused(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	app := he.file("同一数据集")
	draft := he.fill(answers("同一数据集"))
	he.get(draft+"/check").see("现在提交不会通过", app, "同一资产")
	he.post(draft+"/file", nil).see("现在提交不会通过", app)
	if len(s.apps) != 1 {
		t.Errorf("%d applications", len(s.apps))
	}
}

func TestCheck_PagesNotBegunAreOneLineEach(t *testing.T) {
	he := newSite(t, registry.ModeDemo).as("he-applicant")
	draft := he.post("/apply", nil).Path
	p := he.get(draft+"/check").see("范围、更新和规模：还没有填写", "请上传数据样例")
	if n := strings.Count(p.Body, "还没有填写"); n != len(steps)-2 { // restrictions begin filled in, materials are asked for by the dry run
		t.Errorf("%d pages", n)
	}
}

func TestForm_HostileTextIsShownAsText(t *testing.T) {
	he := newSite(t, registry.ModeDemo).as("he-applicant")
	all := answers(`<script>alert(1)</script>`)
	all["data"].Set("overview", `"><img src=x onerror=alert(1)>`)
	draft := he.fill(all)
	for _, path := range []string{draft + "/steps/data", draft + "/check", "/apply", "/cases"} {
		he.get(path).notSee("<script>alert", "<img src=x").see("&lt;script&gt;")
	}
}

func TestForm_TwoWindowsWriteTheirOwnFieldsOnly(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	draft := he.post("/apply", nil).Path
	d, err := s.desk.Drafts.Load(t.Context(), "AgencyMSP/he-applicant", strings.TrimPrefix(draft, "/apply/"))
	if err != nil {
		t.Fatal(err)
	}
	he.post(draft+"/steps/source", answers("")["source"])
	d.Raw["dataName"] = []string{"另一个窗口"}
	if _, err := s.desk.Drafts.Save(t.Context(), d); err == nil {
		t.Fatal("a stale draft was saved")
	}
	he.post(draft+"/steps/data", url.Values{"then": {"autosave"}, "dataName": {"自动保存"}})
	now, err := s.desk.Drafts.Load(t.Context(), d.Owner, d.ID)
	if err != nil || now.Raw["source"][0] != "SELF_COLLECTED" || now.Raw["dataName"][0] != "自动保存" || slices.Contains(now.Done, "data") {
		t.Errorf("%+v, %v", now, err)
	}
}

// zeros is an endless file.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestUpload_Defects(t *testing.T) {
	for _, c := range []struct {
		name, file string
		content    io.Reader
		message    string
	}{
		{"nothing_chosen", "", strings.NewReader(""), "请先选择文件"},
		{"empty", "空.csv", strings.NewReader(""), "文件是空的"},
		{"not_what_it_says", "a.pdf", strings.NewReader("not a pdf"), "文件内容与扩展名不符"},
		{"program", "a.exe", strings.NewReader("MZ"), "不支持的文件类型"},
		{"much_too_large", "a.csv", io.LimitReader(zeros{}, 64<<20), "文件超过大小上限 1 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, registry.ModeDemo)
			he := s.as("he-applicant")
			draft := he.post("/apply", nil).Path
			p := he.upload(draft+"/files", "SAMPLE", c.file, c.content).status(422)
			if text := textOf(fieldOf(t, p.Body, "file")); !strings.Contains(text, c.message) {
				t.Errorf("beside the file stands %q", text)
			}
			for _, d := range s.drafts {
				if len(d.Files) > 0 {
					t.Errorf("the file was taken: %+v", d.Files)
				}
			}
		})
	}
}

func TestUpload_CanBeRemoved(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	draft := he.post("/apply", nil).Path
	p := he.upload(draft+"/files", "SAMPLE", "样例.csv", strings.NewReader("a,b\n1,2\n")).status(200).see("样例.csv", "已上传")
	_, cid, _ := strings.Cut(p.Body, `name="cid" value="`)
	cid, _, _ = strings.Cut(cid, `"`)
	he.post(draft+"/files/remove", url.Values{"cid": {cid}}).notSee("样例.csv").see("必须提交")
}

func TestTyped_ReadsWhatPeopleType(t *testing.T) {
	for _, c := range []struct{ name, typed, want string }{
		{"iso", "2024-12-31", "2024-12-31"}, {"slashes", "2024/1/5", "2024-01-05"}, {"chinese", "2024年1月5日", "2024-01-05"},
		{"compact", "20240105", "2024-01-05"}, {"full_width", "２０２４－０１－０５", "2024-01-05"}, {"nonsense_is_kept", "明天", "明天"},
	} {
		if got := (typed{"d": {c.typed}}).date("d"); string(got) != c.want {
			t.Errorf("%s: %q is %q, want %q", c.name, c.typed, got, c.want)
		}
	}
	for text, want := range map[string]int64{"1000": 1000, "1.5GB": 1_500_000_000, "８６０ mb": 860_000_000, "1,000": 1000, "x": 0, "1.5": 1, "99999999TB": 0} {
		if got := (typed{"n": {text}}).size("n"); got != want {
			t.Errorf("%q is %d bytes, want %d", text, got, want)
		}
	}
}

func TestRaw_ComesBackAsTheSameContent(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	all := answers("来回转换的数据集")
	all["data"].Del("region")
	all["data"]["region.other"], all["data"]["scopeBasis"] = []string{"630100"}, []string{"在海东市加工"}
	all["extent"]["spatial.other"] = []string{"620100,610100"}
	app, err := s.desk.Records.Case(t.Context(), registry.ApplicationID(he.fileAll(all)))
	if err != nil {
		t.Fatal(err)
	}
	again := content(desk.Draft{Raw: rawOf(app.Content), Files: filesOf(app.Content)})
	if registry.Digest(again) != registry.Digest(app.Content) {
		t.Errorf("got  %+v\nwant %+v", again, app.Content)
	}
}
