package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// fact is one line of an application, in words.
type fact struct {
	Label, Value string
	Lines        []string // in the place of Value
}

// factGroup is the facts of one page of the form.
type factGroup struct {
	Step  step
	Facts []fact
}

// factsOf is an application in words, page by page. files give the names of materials where they are known.
func (v view) factsOf(c registry.Content, files []desk.File) []factGroup {
	groups := map[string][]fact{
		"data": {{Label: v.Label("content.dataName"), Value: c.DataName}, {Label: v.Label("content.overview"), Value: c.Overview},
			{Label: v.Label("content.region"), Value: v.Region(c.Region)}, {Label: v.Label("content.scopeBasis"), Value: c.ScopeBasis},
			{Label: v.Label("content.industries"), Lines: v.industries(c.Industries)}, {Label: v.Label("content.fingerprint"), Value: c.Fingerprint}},
		"source":       v.sourceFacts(c),
		"extent":       v.extentFacts(c),
		"level":        v.levelFacts(c),
		"rights":       {{Label: v.Label("content.rights"), Lines: v.rightLines(c.Rights)}},
		"deposit":      v.depositFacts(c.Public),
		"public":       v.publicFacts(c.Public),
		"restrictions": v.restrictionFacts(c.Restrictions),
		"materials":    {{Label: v.Label("content.materials"), Lines: v.materialLines(c.Materials, files)}},
		"declarations": v.declarationFacts(c),
	}
	var all []factGroup
	for _, s := range allSteps {
		if s.ID == "contact" {
			continue
		}
		filled := slices.DeleteFunc(groups[s.ID], func(f fact) bool { return f.Value == "" && len(f.Lines) == 0 })
		if len(filled) > 0 {
			all = append(all, factGroup{s, filled})
		}
	}
	return all
}

func (v view) industries(list []registry.Industry) []string {
	var all []string
	for _, i := range list {
		all = append(all, v.Option("industry", i.Section)+v.Tr("，大类 ", ", division ")+i.Division)
	}
	return all
}

func (v view) sourceFacts(c registry.Content) []fact {
	facts := []fact{{Label: v.Label("content.source"), Value: v.Term("source", c.Source)}, {Label: v.Label("content.acquisition"), Value: v.Term("acquisition", c.Acquisition)},
		{Label: v.Label("content.statements.substantialDifference"), Value: c.Statements.SubstantialDifference}}
	if c.Statements.NoSubstitution {
		facts = append(facts, fact{Label: v.Tr("声明", "Declared"), Value: v.Label("content.statements.noSubstitution")})
	}
	var parents []string
	for _, id := range c.Parents {
		parents = append(parents, string(id))
	}
	return append(facts, fact{Label: v.Label("content.parents"), Lines: parents}, fact{Label: v.Label("content.product"), Value: string(c.Product)})
}

func (v view) extentFacts(c registry.Content) []fact {
	var places, media []string
	for _, code := range c.Spatial.Codes {
		places = append(places, v.Region(code))
	}
	for _, m := range c.Form.Media {
		media = append(media, v.Term("media", m))
	}
	comma := v.Tr("、", ", ")
	span := ""
	if c.Temporal.From != "" || c.Temporal.To != "" {
		span = string(c.Temporal.From) + v.Tr(" 至 ", " to ") + string(c.Temporal.To)
	}
	return []fact{{Label: v.Label("content.spatial.scope"), Value: v.Term("scope", c.Spatial.Scope) + brackets(strings.Join(places, comma))},
		{Label: v.Tr("时域范围", "Time span"), Value: span}, {Label: v.Label("content.frequency"), Value: v.Term("frequency", c.Frequency)},
		{Label: v.Tr("数据规模", "Volume"), Value: v.volume(c.Volume)},
		{Label: v.Label("content.form.media"), Value: strings.Join(media, comma) + brackets(v.Term("structure", c.Form.Structure))}}
}

func brackets(s string) string {
	if s == "" {
		return ""
	}
	return "（" + s + "）"
}

func (v view) volume(volume registry.Volume) string {
	if volume.Records == 0 && volume.Bytes == 0 {
		return ""
	}
	return grouped(volume.Records) + v.Tr(" 条，", " records, ") + bytesText(volume.Bytes)
}

// grouped writes a number with a comma at each thousand.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// yuanText writes fen as yuan.
func yuanText(fen int64) string { return fmt.Sprintf("%s.%02d", grouped(fen/100), fen%100) }

// bytesText writes a number of bytes with a decimal unit.
func bytesText(n int64) string {
	units := []string{"B", "KB", "MB", "GB", "TB", "PB"}
	value, i := float64(n), 0
	for value >= 1000 && i < len(units)-1 {
		value, i = value/1000, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", value), ".0") + " " + units[i]
}

func (v view) levelFacts(c registry.Content) []fact {
	return []fact{{Label: v.Label("content.secret"), Value: v.Term("secret", c.Secret)}, {Label: v.Label("content.level"), Value: v.Term("level", c.Level)},
		{Label: v.Label("content.subjectClass"), Value: v.Term("subjectClass", c.SubjectClass)}, {Label: v.Label("content.personalInfo"), Value: v.Term("personalInfo", c.PersonalInfo)}}
}

func (v view) rightLines(claims []registry.RightClaim) []string {
	var all []string
	for _, r := range claims {
		line := v.Term("right", r.Kind) + v.Tr("：", ": ") + string(r.From) + v.Tr(" 起", "")
		if r.To != "" {
			line += v.Tr("，至 ", " to ") + string(r.To)
		} else {
			line += v.Tr("，与登记有效期一致", ", as long as the registration is valid")
		}
		if r.Limits != "" {
			line += v.Tr("；限制：", "; limits: ") + r.Limits
		}
		all = append(all, line)
	}
	return all
}

func (v view) restrictionFacts(r registry.Restrictions) []fact {
	yes := map[bool]string{true: v.Tr("允许", "yes"), false: v.Tr("不允许", "no")}
	return []fact{{Label: v.Label("content.restrictions.objects"), Value: r.Objects}, {Label: v.Label("content.restrictions.qualification"), Value: r.Qualification},
		{Label: v.Label("content.restrictions.environment"), Value: r.Environment}, {Label: v.Label("content.restrictions.region"), Value: r.Region},
		{Label: v.Tr("转售", "Resale"), Value: yes[r.Resale]}, {Label: v.Tr("出境使用", "Use abroad"), Value: yes[r.Export]}}
}

func (v view) materialLines(list []registry.Material, files []desk.File) []string {
	var all []string
	for _, m := range list {
		line := v.Term("material", m.Kind)
		if i := slices.IndexFunc(files, func(f desk.File) bool { return f.CID == m.CID }); i >= 0 && files[i].Name != "" && !isContact(files[i]) {
			line += v.Tr("：", ": ") + files[i].Name
		}
		all = append(all, line+brackets(bytesText(m.Size)))
	}
	return all
}

func (v view) declarationFacts(c registry.Content) []fact {
	var made []string
	d := c.Declarations
	for _, x := range []struct {
		made bool
		name string
	}{{d.Lawful, "lawful"}, {d.Measurable, "measurable"}, {d.Beneficial, "beneficial"}, {d.NoPersonal, "noPersonal"}, {d.Truthful, "truthful"}} {
		if x.made {
			made = append(made, v.Label("content.declarations."+x.name))
		}
	}
	return []fact{{Label: v.Tr("声明", "Declared"), Lines: made}, {Label: v.Label("content.withhold"), Value: c.Withhold}}
}
