package web

import (
	"slices"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// matrixRow says of a source what each of the three rights needs; empty: nothing more.
type matrixRow struct {
	Source string
	Needs  []string
}

// matrix is the table of 指引 第二十、二十一条, asked of the registry itself with an application that says nothing else.
func matrix() []matrixRow {
	var rows []matrixRow
	for _, source := range sourceCodes {
		row := matrixRow{Source: source}
		for _, right := range rightCodes {
			row.Needs = append(row.Needs, needs(registry.Content{Source: registry.Source(source)}, registry.Party{}, right))
		}
		rows = append(rows, row)
	}
	return rows
}

// needs is what a right still needs, as the registry names it; "" if it may be registered.
func needs(c registry.Content, holder registry.Party, right string) string {
	claim := registry.RightClaim{Kind: registry.Right(right)}
	if c.Source == registry.SourceEntrusted {
		claim.Evidence = c.Statements.Contract
	}
	c.Rights = []registry.RightClaim{claim}
	for _, r := range registry.CheckRights(c, holder) {
		return r.Args["needs"]
	}
	return ""
}

// rightChoice is one right on the page of rights, with what the chosen source still needs for it.
type rightChoice struct {
	Code   string
	Needs  string
	Fields []field // the right itself, from, to, limits
}

func rightsFor(c registry.Content, holder registry.Party) []rightChoice {
	s, _, _ := findStep(desk.Draft{}, "rights")
	var all []rightChoice
	for i, right := range rightCodes {
		choice := rightChoice{Code: right, Fields: s.Fields[4*i : 4*i+4]}
		if c.Source != "" {
			choice.Needs = needs(c, holder, right)
		}
		all = append(all, choice)
	}
	return all
}

// wantedFile is a kind of material that the application needs.
type wantedFile struct {
	Kind   registry.MaterialKind
	Must   bool // refused without it
	Filed  bool
	Reason words
}

// wanted lists the materials that an application needs with what has been filled in so far (指引 第三十三条); must are those that the profile
// in force asks for.
func wanted(c registry.Content, must []registry.MaterialKind) []wantedFile {
	list := []wantedFile{
		{Kind: registry.MaterialSample, Must: true, Reason: words{"能看出数据结构和内容的一小部分，去掉个人信息和商业秘密", "A small part that shows structure and content, without personal information"}},
		{Kind: registry.MaterialIdentity, Reason: words{"营业执照等主体证明", "Business licence or the like"}},
		{Kind: registry.MaterialSource, Reason: words{"采集记录、系统说明、授权文件等", "Records of collection, system description, authorisation"}},
	}
	if slices.Contains([]registry.Source{registry.SourceAgreement, registry.SourcePromoted, registry.SourceEntrusted}, c.Source) {
		list = append(list, wantedFile{Kind: registry.MaterialContract, Must: true, Reason: words{"您选择的数据来源要求：约定权利的合同或者协议", "Your source needs the contract that settles the rights"}})
	}
	if c.Source == registry.SourceDerived && len(c.Parents) == 0 {
		list = append(list, wantedFile{Kind: registry.MaterialContract, Must: true, Reason: words{"没有已登记的上游数据资产：取得上游数据的合同或者协议", "Without registered parents: the contract on the parent data"}})
	}
	if c.Source == registry.SourceFusion && slices.ContainsFunc(c.Rights, func(r registry.RightClaim) bool { return r.Kind == registry.RightOperate }) {
		list = append(list, wantedFile{Kind: registry.MaterialContract, Must: true, Reason: words{"登记经营权：其他参与方同意的书面材料", "For the right to operate: consent of the other participants"}})
	}
	if c.Level == registry.LevelImportant {
		list = append(list, wantedFile{Kind: registry.MaterialRisk, Must: true, Reason: words{"重要数据应当提交", "Mandatory for important data"}})
	}
	for i := range list {
		list[i].Must = list[i].Must || slices.Contains(must, list[i].Kind)
	}
	return filedOf(list, c)
}

// filedOf marks the wanted materials that are there.
func filedOf(list []wantedFile, c registry.Content) []wantedFile {
	for i := range list {
		list[i].Filed = slices.ContainsFunc(c.Materials, func(m registry.Material) bool { return m.Kind == list[i].Kind })
	}
	return list
}
