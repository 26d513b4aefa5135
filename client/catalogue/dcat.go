package catalogue

import (
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// dcatContext names the vocabularies: DCAT 3, Dublin Core, FOAF, and our own for what the law adds (docs/formats.md).
var dcatContext = map[string]any{
	"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "xsd": "http://www.w3.org/2001/XMLSchema#",
	"hh":                     "urn:hehuang:catalogue:v1#",
	"dct:publisher":          map[string]string{"@type": "@id"},
	"dct:accrualPeriodicity": map[string]string{"@type": "@id"}, "dct:accessRights": map[string]string{"@type": "@id"},
	"dcat:landingPage": map[string]string{"@type": "@id"}, "dct:issued": map[string]string{"@type": "xsd:dateTime"}, "dct:modified": map[string]string{"@type": "xsd:dateTime"},
}

// frequencies are update cycles in the Dublin Core collection description vocabulary.
var frequencies = map[string]string{"REALTIME": "continuous", "DAY": "daily", "WEEK": "weekly", "MONTH": "monthly", "QUARTER": "quarterly", "YEAR": "annual", "ON_DEMAND": "irregular", "OTHER": "irregular"}

// accessRights are types of opening in the EU's vocabulary of access rights, which DCAT-AP uses.
var accessRights = map[int]string{registry.Unconditional: "PUBLIC", registry.Conditional: "RESTRICTED", registry.Withheld: "NON_PUBLIC"}

// catalogueURN names the catalogue: the same at whichever organisation's site it is read.
const catalogueURN = "urn:hehuang:catalogue"

type dcatCatalogue struct {
	Context  map[string]any `json:"@context"`
	ID       string         `json:"@id"`
	Type     string         `json:"@type"`
	Title    text           `json:"dct:title"`
	Modified string         `json:"dct:modified"`
	Datasets []dcatDataset  `json:"dcat:dataset"`
}

type text struct {
	Value    string `json:"@value"`
	Language string `json:"@language"`
}

type agent struct {
	ID         string `json:"@id"`
	Type       string `json:"@type"`
	Name       text   `json:"foaf:name"`
	Identifier string `json:"dct:identifier"`
}

// location is a division (行政区划) by its code.
type location struct {
	Type       string `json:"@type"`
	Identifier string `json:"dct:identifier"`
	Name       text   `json:"dct:title"`
}

type dcatDataset struct {
	ID          string      `json:"@id"`
	Type        string      `json:"@type"`
	Identifier  string      `json:"dct:identifier"`
	Title       text        `json:"dct:title"`
	Description text        `json:"dct:description"`
	Publisher   agent       `json:"dct:publisher"`
	Spatial     location    `json:"dct:spatial"`
	Frequency   string      `json:"dct:accrualPeriodicity"`
	Access      string      `json:"dct:accessRights"`
	Issued      string      `json:"dct:issued"`
	Modified    string      `json:"dct:modified"`
	Version     string      `json:"dcat:version"`
	Page        string      `json:"dcat:landingPage"`
	Format      string      `json:"dct:format"`
	Sharing     string      `json:"hh:sharingType"`
	Conditions  []text      `json:"hh:openingConditions,omitempty"`
	Level       string      `json:"hh:level"`
	Fields      []dcatField `json:"hh:field"`
}

type dcatField struct {
	Name    text   `json:"dct:title"`
	Type    string `json:"hh:dataType"`
	Sharing string `json:"hh:sharingType"`
	Base    bool   `json:"hh:basicDataItem"`
}

// WriteDCAT writes the catalogue as DCAT in JSON-LD, true as of a time. base is the address of the pages to which it points.
func WriteDCAT(out io.Writer, base string, entries []Entry, asOf time.Time) error {
	c := dcatCatalogue{Context: dcatContext, ID: catalogueURN, Type: "dcat:Catalog", Title: chinese("海东市公共数据资源目录"), Modified: stamp(asOf), Datasets: []dcatDataset{}}
	for _, e := range entries {
		c.Datasets = append(c.Datasets, dataset(base, e))
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(c)
}

func dataset(base string, e Entry) dcatDataset {
	d := dcatDataset{ID: catalogueURN + ":" + e.Code, Page: base + "/catalogue/" + e.Code, Type: "dcat:Dataset", Identifier: e.Code, Title: chinese(e.Name), Description: chinese(e.Abstract),
		Publisher: agent{ID: "urn:uscc:" + string(e.Provider), Type: "foaf:Agent", Name: chinese(e.ProviderName), Identifier: string(e.Provider)}, Spatial: location{"dct:Location", e.Region, chinese(registry.RegionName(e.Region))},
		Frequency: "http://purl.org/cld/freq/" + frequencies[e.UpdateCycle], Access: "http://publications.europa.eu/resource/authority/access-right/" + accessRights[e.Opening.Type],
		Issued: stamp(e.Mark.CreatedAt), Modified: stamp(e.Mark.UpdatedAt), Version: strconv.Itoa(e.Version), Format: e.Format, Sharing: strconv.Itoa(e.Sharing.Type), Level: string(e.Level), Fields: []dcatField{}}
	if e.Opening.Conditions != "" {
		d.Conditions = []text{chinese(e.Opening.Conditions)}
	}
	for _, f := range e.Fields {
		d.Fields = append(d.Fields, dcatField{Name: chinese(f.Name), Type: f.Type, Sharing: strconv.Itoa(e.SharedAs(f)), Base: f.Base})
	}
	return d
}

func chinese(s string) text { return text{s, "zh"} }

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }
