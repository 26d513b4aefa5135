package web

import (
	"slices"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// words are a text in the two languages, Chinese first.
type words [2]string

// field is one field of the application form, by its path in the document.
type field struct {
	Path     string
	Name     string // path under which its label stands; empty: "content." and Path
	Kind     string // text, area, select, radio, date, check, many; file on a sheet
	Options  []string
	Terms    string // kind under which the options have words; "region" and "industry" are tables
	Help     words
	Code     bool   // a code or number: shown in fixed width, full-width characters are narrowed before it is judged
	Optional bool   // may be left empty
	Size     string // "short" for what is a few characters long
	Max      int    // characters, 0 if no limit is shown
	More     words  // few need it: folded away under this title, with its neighbours of the same title
}

// step is one page of the form.
type step struct {
	ID     string
	Title  words
	Intro  words
	Fields []field
}

// industryRows are how many industries the form offers: as many as the document takes.
const industryRows = 5

func codesOf[T any](list []T, code func(T) string) []string {
	var all []string
	for _, x := range list {
		all = append(all, code(x))
	}
	return all
}

var (
	regionCodes   = codesOf(registry.Regions, func(r registry.Region) string { return r.Code })
	spatialCodes  = append(append([]string(nil), regionCodes...), "630000", "000000")
	sectionCodes  = codesOf(registry.IndustrySections, func(s registry.IndustrySection) string { return s.Section })
	sourceCodes   = []string{"SELF_COLLECTED", "PUBLIC_CRAWL", "AGREEMENT", "DERIVED", "PERSON_OWN", "PROMOTED", "FUSION", "ENTRUSTED"}
	rightCodes    = []string{"HOLD", "USE", "OPERATE"}
	materialKinds = []registry.MaterialKind{registry.MaterialSample, registry.MaterialIdentity, registry.MaterialSource, registry.MaterialContract,
		registry.MaterialRisk, registry.MaterialCompliance, registry.MaterialOther}
	// accompanying are the kinds of materials that a change or correction brings beside its content.
	accompanying = []registry.MaterialKind{registry.MaterialEvidence, registry.MaterialConsent}
)

// steps are the pages of the form after 附件1 of the guide. Materials have a page of their own kind.
var steps = []step{
	{ID: "contact", Title: words{"申请人和联系方式", "Applicant and contact"},
		Intro: words{"申请人就是您所在的单位。联系方式只供登记机构办理本案使用，加密保存，不上账本，不公示。", "The applicant is your organisation. Contact data is for the registrar only: encrypted, never on the ledger, never public."},
		Fields: []field{
			{Path: "contact.person", Kind: "text", Size: "medium", Help: words{"登记机构需要补正时联系的人", "Whom the registrar calls when something is missing"}},
			{Path: "contact.phone", Kind: "text", Size: "medium", Code: true, Help: words{"手机或者带区号的座机", "Mobile, or landline with area code"}},
			{Path: "contact.address", Kind: "text", Help: words{"可以收到纸质通知的地址", "Where a letter arrives"}}}},
	{ID: "data", Title: words{"数据名称、概述和行业", "Name, overview, industry"},
		Intro: words{"名称和概述写在证书上，并且会公示。", "Name and overview stand on the certificate and are published."},
		Fields: slices.Concat([]field{
			{Path: "dataName", Kind: "text", Max: 40, Help: words{"一般包含时间、地域、行业、内容、数据类型，例如：2019–2024年海东市民和县设施农业产销数据集", "Time, area, industry, content and type"}},
			{Path: "overview", Kind: "area", Max: 400, Help: words{"写明有哪些内容、怎样采集加工、有什么用途。不要写个人信息和商业秘密", "Content, how it was collected, use. No personal information or trade secrets"}},
		}, industryFields(), []field{
			{Path: "region", Kind: "select", Options: regionCodes, Terms: "region", Size: "medium", Help: words{"数据资产所在的区县；跨区县的选海东市", "County or district; the city if several"}},
			{Path: "region.other", Kind: "text", Size: "short", Code: true, Optional: true, More: elsewhere, Help: words{"六位行政区划代码", "Six digits"}},
			{Path: "scopeBasis", Kind: "text", Max: 200, Optional: true, More: elsewhere, Help: words{"在海东市开展的相关活动（办法第二条）", "The activity in Haidong (Measures, art. 2)"}},
			{Path: "fingerprint", Kind: "text", Code: true, Optional: true, More: words{"登记数据指纹", "Register a fingerprint of the data"}, Help: words{"数据文件的 SHA-256 摘要，64 位十六进制；便于日后证明是同一份数据", "SHA-256 of the data, 64 hexadecimal digits"}},
		})},
	{ID: "source", Title: words{"数据来源和取得方式", "Source and acquisition"},
		Intro: words{"数据来源决定可以登记哪些权利（指引第二十、二十一条），下面的表列出了对应关系。", "The source decides which rights can be registered (Guide, art. 20 and 21): see the table below."},
		Fields: []field{
			{Path: "source", Kind: "select", Options: sourceCodes, Terms: "source", Help: words{"有几种来源的，选最主要的一种，在概述中说明其他来源", "If several, choose the main one and describe the others in the overview"}},
			{Path: "acquisition", Kind: "select", Options: []string{"COLLECTED", "GENERATED", "AUTHORIZED", "PURCHASED", "TRANSFERRED"}, Terms: "acquisition", Help: words{"办法第二十三条：通过授权、采集、生成、购买、转让等方式取得", "Measures, art. 23"}},
			{Path: "statements.noSubstitution", Kind: "check", Optional: true, Help: words{"来源为收集公开数据、又登记经营权的，必须声明", "For crawled public data with the right to operate"}},
			{Path: "statements.substantialDifference", Kind: "area", Max: 500, Optional: true, Help: words{"来源为衍生创造的必填：与原数据相比有哪些实质改变，价值怎样明显提升", "For derived data: what changed, how the value rose"}},
			{Path: "parents", Kind: "text", Code: true, Optional: true, Help: words{"来源为衍生创造的填写：已登记的上游数据资产编号（AST 开头），多个用逗号分开；没有登记的，上传合同材料", "For derived data: registered parent assets (AST…), separated by commas"}},
			{Path: "product", Kind: "text", Code: true, Optional: true, More: words{"以公共数据产品和服务为基础", "It rests on a registered public product"}, Help: words{"本单位已登记的公共数据产品和服务在登记簿上的编号（AST 开头），指引第十五条（二）", "Your own registered public product (AST…), Guide art. 15 (2)"}}}},
	{ID: "extent", Title: words{"范围、更新和规模", "Extent, updates, volume"},
		Fields: []field{
			{Path: "spatial.scope", Kind: "select", Options: []string{"BELOW_COUNTY", "COUNTY", "CITY", "PROVINCE", "NATIONAL", "INTERNATIONAL"}, Terms: "scope", Help: words{"数据描述的对象分布在多大的地域", "The area that the data describes"}},
			{Path: "spatial.codes", Kind: "many", Options: spatialCodes, Terms: "region", Help: words{"可以选多个", "One or more"}},
			{Path: "spatial.other", Kind: "text", Code: true, Optional: true, Help: words{"上面没有的，填六位代码，多个用逗号分开", "If not in the list: six digits each, separated by commas"}},
			{Path: "temporal.from", Kind: "date", Size: "short", Help: words{"数据描述的第一天，例如 2019-01-01", "First day that the data describes, for example 2019-01-01"}},
			{Path: "temporal.to", Kind: "date", Size: "short", Help: words{"数据描述的最后一天，例如 2024-12-31", "Last day, for example 2024-12-31"}},
			{Path: "frequency", Kind: "select", Options: []string{"REALTIME", "DAY", "WEEK", "MONTH", "YEAR", "ON_DEMAND", "OTHER"}, Terms: "frequency", Help: words{"不再更新的，选“其他”", "“Other” if it is no longer updated"}},
			{Path: "volume.records", Kind: "text", Size: "medium", Code: true, Help: words{"条数，例如 1203456；没有条数的（如影像）填文件数", "Number of records, or of files"}},
			{Path: "volume.bytes", Kind: "text", Size: "medium", Code: true, Help: words{"可以带单位，例如 860MB、1.5GB；没有单位的按字节算", "With a unit, for example 860MB; bytes without"}},
			{Path: "form.media", Kind: "many", Options: []string{"TABLE", "TEXT", "IMAGE", "VIDEO", "AUDIO", "OTHER"}, Terms: "media", Help: words{"可以选多个", "One or more"}},
			{Path: "form.structure", Kind: "select", Options: []string{"STRUCTURED", "SEMI_STRUCTURED", "UNSTRUCTURED"}, Terms: "structure", Help: words{"表格、数据库是结构化；JSON、XML、日志是半结构化；图片、文档是非结构化", "Tables: structured. JSON, XML, logs: semi-structured. Images, documents: unstructured"}}}},
	{ID: "level", Title: words{"数据级别和个人信息", "Level and personal information"},
		Intro: words{"先回答两个问题，再确认结论。不确定的，从严选择。涉密数据请立即停止填写，不要提交任何涉密内容。", "Answer two questions, then confirm the result. In doubt choose the stricter. State secrets must not be submitted at all."},
		Fields: []field{
			{Path: "secret", Kind: "select", Options: []string{"NONE", "CONFIDENTIAL", "SECRET", "TOP_SECRET"}, Terms: "secret", Help: words{"按保密法定密的数据不得在本系统登记", "State secrets are not registered here"}},
			{Path: "wizard.harm", Kind: "radio", Options: []string{"GENERAL", "IMPORTANT", "CORE"}, Terms: "harm", Optional: true, Help: words{"数据安全法第二十一条、GB/T 43697-2024", "Data Security Law, art. 21; GB/T 43697-2024"}},
			{Path: "wizard.persons", Kind: "radio", Options: []string{"NONE", "ANONYMISED", "CONSENT", "OTHER_BASIS"}, Terms: "persons", Optional: true, Help: words{"姓名、电话、住址、证件号码、行踪等能单独或者结合其他信息识别特定自然人的，都是个人信息", "Whatever identifies a natural person, alone or with other information"}},
			{Path: "level", Kind: "select", Options: []string{"GENERAL", "IMPORTANT", "CORE"}, Terms: "level", Help: words{"回答了上面的问题可以不选，由系统按回答填写。重要数据须提交风险评估报告，核心数据不予登记", "Filled in from your answer. Important data needs a risk assessment; core data is refused"}},
			{Path: "subjectClass", Kind: "select", Options: []string{"ENTERPRISE", "PERSONAL", "PUBLIC"}, Terms: "subjectClass", Help: words{"企业数据不涉及个人信息和公共利益；含个人信息的选个人数据；供水、供电、公交等公用企业的公共服务数据选公共数据", "Enterprise data has no personal information; otherwise personal data; public utilities: public data"}},
			{Path: "personalInfo", Kind: "select", Options: []string{"NONE", "ANONYMISED", "CONSENT", "OTHER_BASIS"}, Terms: "personalInfo", Help: words{"回答了上面的问题可以不选", "Filled in from your answer"}}}},
	{ID: "rights", Title: words{"申请登记的权利", "Rights"},
		Intro:  words{"三项权利分别登记，可以只选一项。每项旁边写明了按您选择的数据来源还需要什么。", "Three separate rights. Beside each stands what your source still needs."},
		Fields: rightFields()},
	{ID: "restrictions", Title: words{"使用限制", "Restrictions"},
		Intro: words{"写明数据提供给谁、怎样使用。没有限制的填“无”。", "To whom and how the data goes. Write 无 where there is no restriction."},
		Fields: []field{
			{Path: "restrictions.objects", Kind: "text", Max: 200, Help: words{"哪些人可以使用，例如：仅限农业生产经营主体", "Who may use it"}},
			{Path: "restrictions.qualification", Kind: "text", Max: 200, Help: words{"购买方应当有的资质，例如：具备数据安全管理制度", "What a buyer must have"}},
			{Path: "restrictions.environment", Kind: "text", Max: 200, Help: words{"例如：仅限在可信数据空间内使用", "For example: only within a trusted data space"}},
			{Path: "restrictions.region", Kind: "text", Max: 200, Help: words{"例如：中国境内", "For example: within China"}},
			{Path: "restrictions.resale", Kind: "check", Optional: true, Help: words{"购买方可以再转让给他人", "Buyers may pass it on"}},
			{Path: "restrictions.export", Kind: "check", Optional: true, Help: words{"可以提供给境外；须另外符合数据出境的规定", "May leave China, subject to the export rules"}}}},
	{ID: "materials", Title: words{"上传材料", "Materials"},
		Intro: words{"文件在上传时就加密，只有登记机构和市数据局可以打开；账本上只有内容标识，没有内容。", "Files are encrypted while they are uploaded; only registrar and bureau can open them. The ledger holds identifiers, no content."}},
	{ID: "declarations", Title: words{"声明与公示", "Declarations and publicity"},
		Intro: words{"声明由申请人负责。提供虚假材料的，不予登记；已经登记的，予以撤销。", "The applicant answers for these. False statements lead to refusal or revocation."},
		Fields: []field{
			{Path: "declarations.lawful", Kind: "check", Help: words{"我单位合法拥有或者控制这项数据资源（办法附录第4项）", "Lawfully owned or controlled"}},
			{Path: "declarations.measurable", Kind: "check", Help: words{"能够用货币计量", "Measurable in money"}},
			{Path: "declarations.beneficial", Kind: "check", Help: words{"能够带来直接或者间接的经济利益", "Direct or indirect benefit"}},
			{Path: "declarations.noPersonal", Kind: "check", Optional: true, Help: words{"企业数据必须声明（办法附录第7项）", "Mandatory for enterprise data"}},
			{Path: "declarations.truthful", Kind: "check", Help: words{"填写的内容和提交的材料真实、准确、完整，愿意承担法律责任", "What is filed is true and complete"}},
			{Path: "withhold", Kind: "text", Max: 200, Optional: true, Help: words{"有正当理由不宜公示内容的，写明理由；名称、申请人和公示期总会公示（指引第二十四条）", "A reason for withholding the content; the notice itself is always published"}}}},
}

var elsewhere = words{"登记地区不在海东市", "The region is not in Haidong"}

func industryFields() []field {
	var fields []field
	for i := range industryRows {
		path := "industries[" + string(rune('0'+i)) + "]."
		section := field{Path: path + "section", Kind: "select", Options: sectionCodes, Terms: "industry", Optional: i > 0}
		division := field{Path: path + "division", Kind: "text", Size: "short", Code: true, Optional: i > 0}
		if i > 0 {
			section.More = words{"还涉及其他行业", "More industries"}
			division.More = section.More
		} else {
			section.Help = words{"国民经济行业分类（GB/T 4754-2017）的门类", "Section of GB/T 4754-2017"}
			division.Help = words{"门类下两位数字的大类，例如农业 01、畜牧业 03", "Two-digit division, for example 01 agriculture"}
		}
		fields = append(fields, section, division)
	}
	return fields
}

func rightFields() []field {
	var fields []field
	for _, right := range rightCodes {
		fields = append(fields,
			field{Path: "rights." + right, Kind: "check", Optional: true},
			field{Path: "rights." + right + ".from", Kind: "date", Size: "short", Help: words{"从哪一天起享有这项权利，例如 2024-12-31", "First day, for example 2024-12-31"}},
			field{Path: "rights." + right + ".to", Kind: "date", Size: "short", Optional: true, Help: words{"不填就与登记有效期一致", "Empty: as long as the registration is valid"}},
			field{Path: "rights." + right + ".limits", Kind: "text", Max: 200, Optional: true, Help: words{"例如：不得用于个人信用评价", "For example: not for credit scoring"}})
	}
	return fields
}

// formOf are the pages of the form that a draft has: by its track, and without what its kind of registration leaves alone.
func formOf(d desk.Draft) []step {
	pages := steps
	if isPublic(d.Track) {
		pages = publicSteps
	}
	leaves := func(s step) bool { return slices.Contains(fixedSteps(d), s.ID) }
	return slices.DeleteFunc(slices.Clone(pages), leaves)
}

// fixedSteps are the pages that a change or correction cannot alter: a change of a data asset leaves source and rights alone
// (指引 第三十五条), and a correction, which others may ask for as well, leaves the contact data.
func fixedSteps(d desk.Draft) []string {
	switch {
	case d.Action == registry.ActionCorrection:
		return []string{"contact"}
	case d.Action == registry.ActionChange && !isPublic(d.Track):
		return []string{"source", "rights"}
	}
	return nil
}

// findStep finds a page of a draft's form.
func findStep(d desk.Draft, id string) (step, int, bool) {
	pages := formOf(d)
	i := slices.IndexFunc(pages, func(s step) bool { return s.ID == id })
	if i < 0 {
		return step{}, 0, false
	}
	return pages[i], i, true
}

// find finds a field of the page.
func (s step) find(path string) (field, bool) {
	for _, f := range s.Fields {
		if f.Path == path {
			return f, true
		}
	}
	return field{}, false
}

// section is a part of a page of the form; one with a title is folded away unless something stands in it.
type section struct {
	More   words
	Open   bool
	Fields []field
}

// sections parts a page where the folding changes.
func (s step) sections(raw map[string][]string, wrong map[string][]registry.FieldError) []section {
	var all []section
	for _, f := range s.Fields {
		if len(all) == 0 || all[len(all)-1].More != f.More {
			all = append(all, section{More: f.More})
		}
		last := &all[len(all)-1]
		last.Fields = append(last.Fields, f)
		last.Open = last.Open || typed(raw).one(f.Path) != "" || len(wrong[f.Path]) > 0
	}
	return all
}

// stepOf finds the page of a form field.
func stepOf(path string) string {
	for _, s := range allSteps {
		if _, ok := s.find(path); ok {
			return s.ID
		}
	}
	return "materials"
}
