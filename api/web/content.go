package web

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

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

// number is 0 for anything that is no integer; see misread.
func (t typed) number(path string) int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(t.code(path), ",", ""), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

var sizeForm = regexp.MustCompile(`^([0-9]{1,16}(?:\.[0-9]{1,6})?)\s*(B|KB|MB|GB|TB)?$`)

// size reads bytes with or without a unit (decimal, as for storage); 0 for anything else.
func (t typed) size(path string) int64 {
	m := sizeForm.FindStringSubmatch(strings.ReplaceAll(t.code(path), ",", ""))
	if m == nil {
		return 0
	}
	n, ok := new(big.Rat).SetString(m[1])
	if !ok {
		return 0
	}
	factor := map[string]int64{"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}[m[2]]
	n.Mul(n, new(big.Rat).SetInt64(factor))
	whole := new(big.Int).Quo(n.Num(), n.Denom())
	if !whole.IsInt64() {
		return 0
	}
	return whole.Int64()
}

var dateForm = regexp.MustCompile(`^([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?$`)

// date reads the usual ways to write a date: 2024-12-31, 2024/1/5, 2024年1月5日, 20240105.
func (t typed) date(path string) registry.Date {
	text := t.code(path)
	if m := dateForm.FindStringSubmatch(text); m != nil && (len(text) > 6) {
		return registry.Date(fmt.Sprintf("%s-%02s-%02s", m[1], pad(m[2]), pad(m[3])))
	}
	return registry.Date(text)
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
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

// listed reads codes that were typed with commas or spaces between them.
func (t typed) listed(path string) []string {
	return strings.FieldsFunc(t.code(path), func(r rune) bool { return strings.ContainsRune(",、; \n", r) })
}

// region is the chosen region, or the typed one.
func (t typed) region() string {
	if code := t.code("region"); code != "" {
		return code
	}
	return t.code("region.other")
}

// industryRow are the rows of the form in which an industry was given, in the order of the document.
func (t typed) industryRow() []int {
	var rows []int
	for i := range industryRows {
		if path := fmt.Sprintf("industries[%d].", i); t.one(path+"section") != "" || t.one(path+"division") != "" {
			rows = append(rows, i)
		}
	}
	return rows
}

// content makes the document from what was typed and uploaded.
func content(d desk.Draft) registry.Content {
	t := typed(d.Raw)
	c := registry.Content{
		DataName: t.one("dataName"), Overview: t.one("overview"), Region: t.region(), ScopeBasis: t.one("scopeBasis"),
		Source: registry.Source(t.one("source")), Acquisition: t.one("acquisition"),
		Spatial:   registry.Spatial{Scope: t.one("spatial.scope"), Codes: append(t.many("spatial.codes"), t.listed("spatial.other")...)},
		Temporal:  registry.Temporal{From: t.date("temporal.from"), To: t.date("temporal.to")},
		Frequency: t.one("frequency"), Volume: registry.Volume{Records: t.number("volume.records"), Bytes: t.size("volume.bytes")},
		Form: registry.Form{Media: t.many("form.media"), Structure: t.one("form.structure")},
		Restrictions: registry.Restrictions{Objects: t.one("restrictions.objects"), Qualification: t.one("restrictions.qualification"),
			Environment: t.one("restrictions.environment"), Region: t.one("restrictions.region"), Resale: t.yes("restrictions.resale"), Export: t.yes("restrictions.export")},
		SubjectClass: t.one("subjectClass"), Level: registry.Level(t.one("level")), Secret: t.one("secret"), PersonalInfo: t.one("personalInfo"),
		Declarations: registry.Declarations{Lawful: t.yes("declarations.lawful"), Measurable: t.yes("declarations.measurable"),
			Beneficial: t.yes("declarations.beneficial"), NoPersonal: t.yes("declarations.noPersonal"), Truthful: t.yes("declarations.truthful")},
		Withhold: t.one("withhold"), Fingerprint: strings.ToLower(t.code("fingerprint")),
		Statements: registry.SourceEvidence{NoSubstitution: t.yes("statements.noSubstitution"),
			SubstantialDifference: t.one("statements.substantialDifference")},
	}
	for _, row := range t.industryRow() {
		path := fmt.Sprintf("industries[%d].", row)
		c.Industries = append(c.Industries, registry.Industry{Section: t.code(path + "section"), Division: t.code(path + "division")})
	}
	for _, right := range rightCodes {
		if path := "rights." + right; t.yes(path) {
			c.Rights = append(c.Rights, registry.RightClaim{Kind: registry.Right(right), From: t.date(path + ".from"), To: t.date(path + ".to"), Limits: t.one(path + ".limits")})
		}
	}
	for _, parent := range t.listed("parents") {
		c.Parents = append(c.Parents, registry.AssetID(parent))
	}
	c.Product = registry.AssetID(t.code("product"))
	addMaterials(&c, d.Files)
	if isPublic(d.Track) {
		makePublic(&c, t)
	}
	if d.Action == registry.ActionChange && !isPublic(d.Track) {
		keepFixed(&c, d.Content)
	}
	return c
}

// keepFixed takes what a change of a data asset leaves alone from what is on file, whatever form it was filed in (指引 第三十五条).
func keepFixed(c *registry.Content, old registry.Content) {
	c.Source, c.Acquisition, c.Parents, c.Product, c.Statements = old.Source, old.Acquisition, old.Parents, old.Product, old.Statements
	c.Rights = old.Rights
}

// addMaterials lists the uploaded files and refers to them where the document asks for one of their kind.
func addMaterials(c *registry.Content, files []desk.File) {
	c.Materials = []registry.Material{}
	for _, f := range files {
		if slices.Contains(accompanying, f.Kind) {
			continue
		}
		c.Materials = append(c.Materials, material(f))
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
func formPath(path string, d desk.Draft, c registry.Content) string {
	path = strings.TrimPrefix(path, "content.")
	name, rest, indexed := strings.Cut(path, "[")
	number, tail, _ := strings.Cut(rest, "]")
	i, _ := strconv.Atoi(number)
	t := typed(d.Raw)
	switch {
	case path == "rights":
		return "rights.HOLD"
	case path == "public":
		return "public.product"
	case path == "public.operation":
		return "public.operation.until"
	case path == "public.operation.agreement":
		return "materials"
	case path == "industries":
		return "industries[0].section"
	case path == "region" && t.code("region") == "" && t.code("region.other") != "":
		return "region.other"
	case !indexed:
		return path
	case name == "rights" && i < len(c.Rights):
		return strings.TrimSuffix("rights."+string(c.Rights[i].Kind)+tail, ".kind")
	case name == "industries" && i < len(t.industryRow()):
		return fmt.Sprintf("industries[%d]%s", t.industryRow()[i], tail)
	case path == fmt.Sprintf("spatial.codes[%d]", i) && i >= len(t.many("spatial.codes")):
		return "spatial.other"
	}
	return name
}
