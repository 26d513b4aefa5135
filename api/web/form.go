package web

import (
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

// field is one field of the application form, by its path in the document.
type field struct {
	Path    string
	Kind    string // text, area, select, date, number, check, many
	Options []string
	Terms   string // kind under which the options have words; "region" and "industry" are tables
	Help    [2]string
	Code    bool // normalised to half-width before it is judged
}

// step is one page of the form.
type step struct {
	ID     string
	Title  [2]string
	Fields []field
}

func codesOf[T any](list []T, code func(T) string) []string {
	var all []string
	for _, x := range list {
		all = append(all, code(x))
	}
	return all
}

var regionCodes = codesOf(registry.Regions, func(r registry.Region) string { return r.Code })

var rightsStep = func() []field {
	var fields []field
	for _, right := range []string{"HOLD", "USE", "OPERATE"} {
		fields = append(fields,
			field{Path: "rights." + right, Kind: "check", Terms: "right"},
			field{Path: "rights." + right + ".from", Kind: "date"},
			field{Path: "rights." + right + ".to", Kind: "date", Help: [2]string{"留空表示与登记有效期一致", "Empty: as long as the registration is valid"}},
			field{Path: "rights." + right + ".limits", Kind: "text", Help: [2]string{"没有限制可留空", "Leave empty if there are none"}})
	}
	return fields
}()

// steps are the pages of the form after 附件1 of the guide. Materials have a page of their own kind.
var steps = []step{
	{"contact", [2]string{"申请人和联系方式", "Applicant and contact"}, []field{
		{Path: "contact.person", Kind: "text", Help: [2]string{"联系信息加密保存，不上账本，不公示", "Kept encrypted, never on the ledger, never public"}},
		{Path: "contact.phone", Kind: "text", Code: true, Help: [2]string{"手机或带区号的座机", "Mobile or landline with area code"}},
		{Path: "contact.address", Kind: "text"}}},
	{"data", [2]string{"数据名称、概述和行业", "Name, overview, industry"}, []field{
		{Path: "dataName", Kind: "text", Help: [2]string{"不超过40个字，一般包含时间、地域、行业、内容、数据类型", "At most 40 characters: time, area, industry, content, type"}},
		{Path: "overview", Kind: "area", Help: [2]string{"不超过400个字，说明内容、用途和特点；将会公示", "At most 400 characters; will be public"}},
		{Path: "region", Kind: "select", Options: regionCodes, Terms: "region", Help: [2]string{"数据资产所在的县区；跨县区的选海东市", "County or district; the city if several"}},
		{Path: "industries[0].section", Kind: "select", Options: codesOf(registry.IndustrySections, func(s registry.IndustrySection) string { return s.Section }), Terms: "industry", Help: [2]string{"国民经济行业分类（GB/T 4754-2017）门类", "Section of GB/T 4754-2017"}},
		{Path: "industries[0].division", Kind: "text", Code: true, Help: [2]string{"两位数字的大类代码，例如农业 01", "Two-digit division, for example 01"}}}},
	{"source", [2]string{"数据来源", "Source"}, []field{
		{Path: "source", Kind: "select", Options: []string{"SELF_COLLECTED", "PUBLIC_CRAWL", "AGREEMENT", "DERIVED", "PERSON_OWN", "PROMOTED", "FUSION", "ENTRUSTED"}, Terms: "source", Help: [2]string{"取得方式决定可以登记哪些权利（指引第二十一条）", "The source decides which rights can be registered"}},
		{Path: "acquisition", Kind: "select", Options: []string{"COLLECTED", "GENERATED", "AUTHORIZED", "PURCHASED", "TRANSFERRED"}, Terms: "acquisition"},
		{Path: "statements.noSubstitution", Kind: "check", Help: [2]string{"自动化程序收集公开数据且登记经营权时：声明不实质性替代被收集方的产品和服务", "For crawled public data with the right to operate"}},
		{Path: "statements.substantialDifference", Kind: "area", Help: [2]string{"衍生创造的数据：说明实质改变和价值提升", "For derived data: what changed"}},
		{Path: "parents", Kind: "text", Code: true, Help: [2]string{"衍生数据的上游资产编号（AST…），多个用逗号分开；没有可留空", "Parent assets (AST…), separated by commas"}}}},
	{"extent", [2]string{"范围、更新和规模", "Extent, updates, volume"}, []field{
		{Path: "spatial.scope", Kind: "select", Options: []string{"COUNTY", "BELOW_COUNTY", "CITY", "PROVINCE", "NATIONAL", "INTERNATIONAL"}, Terms: "scope"},
		{Path: "spatial.codes", Kind: "many", Options: regionCodes, Terms: "region"},
		{Path: "temporal.from", Kind: "date"}, {Path: "temporal.to", Kind: "date"},
		{Path: "frequency", Kind: "select", Options: []string{"DAY", "WEEK", "MONTH", "YEAR", "ON_DEMAND", "REALTIME", "OTHER"}, Terms: "frequency"},
		{Path: "volume.records", Kind: "number", Code: true, Help: [2]string{"条数，整数", "Number of records"}},
		{Path: "volume.bytes", Kind: "number", Code: true, Help: [2]string{"字节数，整数（1 GB 约为 1000000000）", "Bytes (1 GB is about 1000000000)"}},
		{Path: "form.media", Kind: "many", Options: []string{"TABLE", "TEXT", "IMAGE", "VIDEO", "AUDIO", "OTHER"}, Terms: "media"},
		{Path: "form.structure", Kind: "select", Options: []string{"STRUCTURED", "SEMI_STRUCTURED", "UNSTRUCTURED"}, Terms: "structure"}}},
	{"level", [2]string{"分级和个人信息", "Level and personal information"}, []field{
		{Path: "secret", Kind: "select", Options: []string{"NONE", "CONFIDENTIAL", "SECRET", "TOP_SECRET"}, Terms: "secret", Help: [2]string{"涉密数据不得在本系统登记；不要提交任何涉密内容", "State secrets must not be submitted"}},
		{Path: "level", Kind: "select", Options: []string{"GENERAL", "IMPORTANT", "CORE"}, Terms: "level", Help: [2]string{"一旦泄露或篡改：危害国家安全、经济命脉的为核心数据；可能危害国家安全、公共利益的为重要数据；其余为一般数据。核心数据不予登记，重要数据须提交风险评估", "Core: grave harm to national security (refused). Important: may harm it (needs a risk assessment). Otherwise general"}},
		{Path: "subjectClass", Kind: "select", Options: []string{"ENTERPRISE", "PERSONAL", "PUBLIC"}, Terms: "subjectClass", Help: [2]string{"企业数据不涉及个人信息和公共利益；公用企业的公共服务数据选公共数据", "Enterprise data contains no personal information"}},
		{Path: "personalInfo", Kind: "select", Options: []string{"NONE", "ANONYMISED", "CONSENT", "OTHER_BASIS"}, Terms: "personalInfo", Help: [2]string{"能识别特定自然人的信息是个人信息；匿名化后不再是", "Information that identifies a natural person"}}}},
	{"rights", [2]string{"申请登记的权利", "Rights"}, rightsStep},
	{"restrictions", [2]string{"限制范围", "Restrictions"}, []field{
		{Path: "restrictions.objects", Kind: "text", Help: [2]string{"没有限制填“无”", "无 if none"}}, {Path: "restrictions.qualification", Kind: "text"},
		{Path: "restrictions.environment", Kind: "text"}, {Path: "restrictions.region", Kind: "text"},
		{Path: "restrictions.resale", Kind: "check"}, {Path: "restrictions.export", Kind: "check"}}},
	{"materials", [2]string{"上传材料", "Materials"}, nil},
	{"declarations", [2]string{"声明与公示", "Declarations and publicity"}, []field{
		{Path: "declarations.lawful", Kind: "check"}, {Path: "declarations.measurable", Kind: "check"}, {Path: "declarations.beneficial", Kind: "check"},
		{Path: "declarations.noPersonal", Kind: "check", Help: [2]string{"企业数据必须声明", "For enterprise data"}}, {Path: "declarations.truthful", Kind: "check"},
		{Path: "withhold", Kind: "text", Help: [2]string{"有正当理由申请不公示内容时填写；公示本身总会进行（指引第二十四条）", "Reason, if content should be withheld; the notice itself is always published"}}}},
}

func findStep(id string) (step, int, bool) {
	for i, s := range steps {
		if s.ID == id {
			return s, i, true
		}
	}
	return step{}, 0, false
}

// typed reads what was typed; a field that was never shown is empty.
type typed map[string][]string

func (t typed) one(path string) string {
	if v := t[path]; len(v) > 0 {
		return strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(v[0], "\r\n", "\n")))
	}
	return ""
}

func (t typed) code(path string) string { return registry.NormaliseCode(t.one(path)) }

func (t typed) yes(path string) bool { return t.one(path) != "" }

// number is 0 for anything that is no integer; the registry then says what range it wants.
func (t typed) number(path string) int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(t.code(path), ",", ""), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (t typed) many(path string) []string {
	var all []string
	for _, v := range t[path] {
		if v = registry.NormaliseCode(v); v != "" {
			all = append(all, v)
		}
	}
	return all
}

// content makes the document from what was typed and uploaded.
func content(d desk.Draft) registry.Content {
	t := typed(d.Raw)
	c := registry.Content{
		DataName: t.one("dataName"), Overview: t.one("overview"), Region: t.code("region"),
		Source: registry.Source(t.one("source")), Acquisition: t.one("acquisition"),
		Spatial:   registry.Spatial{Scope: t.one("spatial.scope"), Codes: t.many("spatial.codes")},
		Temporal:  registry.Temporal{From: registry.Date(t.code("temporal.from")), To: registry.Date(t.code("temporal.to"))},
		Frequency: t.one("frequency"), Volume: registry.Volume{Records: t.number("volume.records"), Bytes: t.number("volume.bytes")},
		Form: registry.Form{Media: t.many("form.media"), Structure: t.one("form.structure")},
		Restrictions: registry.Restrictions{Objects: t.one("restrictions.objects"), Qualification: t.one("restrictions.qualification"),
			Environment: t.one("restrictions.environment"), Region: t.one("restrictions.region"), Resale: t.yes("restrictions.resale"), Export: t.yes("restrictions.export")},
		SubjectClass: t.one("subjectClass"), Level: registry.Level(t.one("level")), Secret: t.one("secret"), PersonalInfo: t.one("personalInfo"),
		Declarations: registry.Declarations{Lawful: t.yes("declarations.lawful"), Measurable: t.yes("declarations.measurable"),
			Beneficial: t.yes("declarations.beneficial"), NoPersonal: t.yes("declarations.noPersonal"), Truthful: t.yes("declarations.truthful")},
		Withhold: t.one("withhold"),
		Statements: registry.SourceEvidence{NoSubstitution: t.yes("statements.noSubstitution"),
			SubstantialDifference: t.one("statements.substantialDifference")},
	}
	if t.one("industries[0].section") != "" || t.one("industries[0].division") != "" {
		c.Industries = []registry.Industry{{Section: t.code("industries[0].section"), Division: t.code("industries[0].division")}}
	}
	for _, right := range []string{"HOLD", "USE", "OPERATE"} {
		if t.yes("rights." + right) {
			c.Rights = append(c.Rights, registry.RightClaim{Kind: registry.Right(right), From: registry.Date(t.code("rights." + right + ".from")),
				To: registry.Date(t.code("rights." + right + ".to")), Limits: t.one("rights." + right + ".limits")})
		}
	}
	for _, parent := range strings.FieldsFunc(t.code("parents"), func(r rune) bool { return r == ',' || r == '、' || r == ' ' }) {
		c.Parents = append(c.Parents, registry.AssetID(parent))
	}
	addMaterials(&c, d.Files)
	return c
}

// addMaterials lists the uploaded files and refers to them where the document asks for one of their kind.
func addMaterials(c *registry.Content, files []desk.File) {
	c.Materials = []registry.Material{}
	for _, f := range files {
		c.Materials = append(c.Materials, registry.Material{Kind: f.Kind, CID: f.CID, Commitment: f.Commitment, Size: f.Size})
		switch f.Kind {
		case registry.MaterialContract:
			c.Statements.Contract = f.CID
			if c.Source == registry.SourceFusion {
				c.Statements.ParticipantsConsent = f.CID
			}
			if c.Source == registry.SourceEntrusted {
				for i := range c.Rights {
					c.Rights[i].Evidence = f.CID
				}
			}
		case registry.MaterialRisk:
			c.RiskAssessment = f.CID
		case registry.MaterialCompliance:
			c.Compliance = f.CID
		}
	}
}

// formPath turns a path of the document into the path of the form field.
func formPath(path string, c registry.Content) string {
	path = strings.TrimPrefix(path, "content.")
	if rest, ok := strings.CutPrefix(path, "rights["); ok {
		index, tail, _ := strings.Cut(rest, "]")
		if i, err := strconv.Atoi(index); err == nil && i < len(c.Rights) {
			return strings.TrimSuffix("rights."+string(c.Rights[i].Kind)+tail, ".kind")
		}
	}
	if path == "rights" {
		return "rights.HOLD"
	}
	if path == "industries" {
		return "industries[0].section"
	}
	if name, _, found := strings.Cut(path, "["); found && name != "industries" {
		return name
	}
	return path
}

// stepOf finds the page of a form field.
func stepOf(path string) string {
	for _, s := range steps {
		for _, f := range s.Fields {
			if f.Path == path {
				return s.ID
			}
		}
	}
	return "materials"
}

// glyphErrors finds characters that the certificate could not print.
func glyphErrors(c registry.Content) []registry.FieldError {
	var errs []registry.FieldError
	texts := []struct{ path, text string }{{"content.dataName", c.DataName}, {"content.overview", c.Overview},
		{"content.restrictions.objects", c.Restrictions.Objects}, {"content.restrictions.qualification", c.Restrictions.Qualification},
		{"content.restrictions.environment", c.Restrictions.Environment}, {"content.restrictions.region", c.Restrictions.Region}}
	for _, x := range texts {
		if missing := certificate.MissingGlyphs(x.text); len(missing) > 0 {
			errs = append(errs, registry.FieldError{Path: x.path, Problem: registry.ProblemGlyph, Rule: registry.RuleCertificate, Args: map[string]string{"character": string(missing)}})
		}
	}
	return errs
}
