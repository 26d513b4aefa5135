package web

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

var update = flag.Bool("update", false, "write assets/words.json anew")

// documents are the document types of the functions that only services and operators write.
var documents = map[string]any{
	"rule:Found":                   registry.FoundRequest{},
	"account:Apply":                registry.ApplyAccountRequest{},
	"account:Enable":               registry.DecideAccountRequest{},
	"usage:Anchor":                 registry.AnchorRequest{},
	"registration:RecordDocuments": registry.RecordDocumentsRequest{},
	"supervision:Receive":          registry.FileMatterRequest{},
}

// kindOf says of which kind the codes in a field are, so that the page can put words in their place.
var kindOf = map[string]string{
	"content.region": "region", "content.source": "source", "content.acquisition": "acquisition", "content.spatial.scope": "scope", "content.spatial.codes": "region",
	"content.frequency": "frequency", "content.form.media": "media", "content.form.structure": "structure", "content.rights.kind": "right",
	"content.subjectClass": "subjectClass", "content.level": "level", "content.secret": "secret", "content.personalInfo": "personalInfo", "content.materials.kind": "material",
	"ground": "ground", "office": "office", "region": "region", "account.role": "role", "account.region": "region", "terms.role": "role", "terms.region": "region",
	"jurisdiction": "region", "mode": "mode", "kind": "limit partyKind", "category": "category", "standing": "standing", "track": "track", "profile.track": "track", "profile.authority": "authority", "profile.actions": "action",
	"profile.unpublished": "action", "profile.upheld": "status", "profile.grounds": "ground", "acts": "act", "how": "account", "reason": "endReason", "deletion.method": "deletion",
	"grantKind": "grantKind", "policy.right": "right", "policy.purposes": "purpose", "policy.modes": "useMode", "policy.spatial": "region", "policy.quota.unit": "quotaUnit", "policy.conditions.name": "condition",
	"matterKind": "matter", "submissionKind": "submission", "credit.nature": "credit", "credit.warrant.document.kind": "material", "direction": "batch", "paper.kind": "material", "result.outcome": "outcome", "result.document.kind": "material",
	"operation.selection.method": "selection", "operation.items.item": "agreementItem", "planItems.item": "planItem", "approach": "approach", "purposes": "purpose", "review": "useReview",
	"materials.kind": "material", "checklist.kind": "material", "profile.materials": "material", "statement.kind": "material", "evidence.kind": "material", "proof.kind": "material", "means": "means", "decision.kind": "material", "warrant.document.kind": "material",
	"format": "itemFormat", "updateCycle": "updateCycle", "level": "level", "subjectClass": "subjectClass", "openMode": "openMode",
	"entries.attribute": "opening", "entries.kind": "openKind", "entries.updateCycle": "updateCycle",
}

// itemKinds are the kinds of the codes in a catalogue item, one alone or several.
func init() {
	for _, item := range []string{"item.", "items."} {
		for field, kind := range map[string]string{"class": "itemClass", "format": "itemFormat", "updateCycle": "updateCycle", "baseData": "baseData", "level": "level", "secret": "secret", "region": "region",
			"sharing.type": "sharing", "sharing.basis.rank": "basisRank", "opening.type": "opening", "opening.reasons": "openingReason", "fields.sharing": "sharing"} {
			kindOf[item+field] = kind
		}
	}
}

// pair is a text in both languages, Chinese first.
type pair [2]string

// wordsAsset is assets/words.json: what signing pages need to say in plain words what a document asks for.
type wordsAsset struct {
	Functions map[string]functionWords   `json:"functions"`
	Labels    map[string]pair            `json:"labels"` // of fields, by path without indexes
	Codes     map[string]string          `json:"codes"`  // path → kind of its codes
	Terms     map[string]map[string]pair `json:"terms"`  // kind → code → word
}

type functionWords struct {
	Title  pair     `json:"title"`
	Fields []string `json:"fields"` // paths in the order in which people read them
}

// leaves are the paths of a document's fields in the order of their declaration, and those of lists and records that
// may be empty.
func leaves(t reflect.Type, path string) []string {
	if t.Kind() == reflect.Pointer {
		return leaves(t.Elem(), path)
	}
	if t.Kind() == reflect.Slice {
		inner := leaves(t.Elem(), path)
		if inner[0] != path {
			inner = append([]string{path}, inner...)
		}
		return inner
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return []string{path}
	}
	var all []string
	mayBeEmpty := path != ""
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		mayBeEmpty = mayBeEmpty && options == "omitempty"
		all = append(all, leaves(f.Type, strings.TrimPrefix(path+"."+name, "."))...)
	}
	if mayBeEmpty {
		all = append([]string{path}, all...)
	}
	return all
}

// inBoth looks a text up in both languages; what has no text fails the test.
func inBoth(t *testing.T, key string) pair {
	t.Helper()
	p := pair{locale.Text(locale.Chinese, key, nil), locale.Text(locale.English, key, nil)}
	if p[0] == key || p[1] == key {
		t.Errorf("no words for %s: add them to api/locale/zh.json and en.json", key)
	}
	return p
}

// title is the name of a function; those of cases are called as their acts.
func title(t *testing.T, function string) pair {
	t.Helper()
	if act, isAct := strings.CutPrefix(function, "registration:"); isAct {
		return inBoth(t, "act."+act)
	}
	return inBoth(t, "function."+function)
}

// label is the name of a field. The parts of a period are named after it; what every record carries has one name.
func label(t *testing.T, path string) pair {
	t.Helper()
	if _, part, isMark := strings.Cut(path, ".mark."); isMark {
		return inBoth(t, "field.mark."+part)
	}
	i := strings.LastIndex(path, ".")
	parent, part := path[:max(i, 0)], path[i+1:]
	switch isPeriod := periods[parent]; {
	case isPeriod && part == "n":
		return inBoth(t, "field."+parent)
	case isPeriod:
		name, suffix := inBoth(t, "field."+parent), inBoth(t, "field.period."+part)
		return pair{name[0] + suffix[0], name[1] + suffix[1]}
	}
	return inBoth(t, "field."+path)
}

// periods are the paths of periods in documents.
var periods = periodsOf(reflect.TypeFor[registry.AdoptProfileRequest](), "")

func periodsOf(t reflect.Type, path string) map[string]bool {
	all := map[string]bool{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := strings.TrimPrefix(path+"."+name, ".")
		if f.Type == reflect.TypeFor[registry.Period]() {
			all[inner] = true
		} else if f.Type.Kind() == reflect.Struct {
			maps.Copy(all, periodsOf(f.Type, inner))
		}
	}
	return all
}

// TestWords_SayEveryFunctionAndField: assets/words.json is what the registry's own types and the tables of api/locale
// make of it; with -update it is written anew.
func TestWords_SayEveryFunctionAndField(t *testing.T) {
	for path := range periods {
		kindOf[path+".unit"], kindOf[path+".effect"] = "unit", "effect"
	}
	want := wordsAsset{map[string]functionWords{}, map[string]pair{}, kindOf, terms(t)}
	for _, row := range registry.AccessTable {
		if !row.Writes {
			continue
		}
		document := registry.NewRequest(row.Function)
		if document == nil {
			document = documents[row.Function]
		}
		if document == nil {
			t.Errorf("%s: add its document type here", row.Function)
			continue
		}
		words := functionWords{Title: title(t, row.Function), Fields: leaves(reflect.TypeOf(document), "")}
		if words.Fields[0] == "key" { // last: it says the least to people
			words.Fields = append(words.Fields[1:], "key")
		}
		want.Functions[row.Function] = words
		for _, path := range words.Fields {
			want.Labels[path] = label(t, path)
		}
	}
	for path := range kindOf {
		if _, used := want.Labels[path]; !used {
			t.Errorf("no document has a field %s", path)
		}
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(want); err != nil {
		t.Fatal(err)
	}
	if *update && !t.Failed() {
		if err := os.WriteFile("assets/words.json", body.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("assets/words.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(body.Bytes(), have) {
		t.Error("assets/words.json is stale: go test ./api/web -run TestWords -update")
	}
}

// grounds are those of refusal, cancellation and revocation.
func grounds() []string {
	return slices.Concat(registry.Grounds, registry.HolderGrounds, registry.RegistrarGrounds, registry.RevocationGrounds)
}

// terms are the words for all codes that documents and answers hold.
func terms(t *testing.T) map[string]map[string]pair {
	t.Helper()
	all := map[string]map[string]pair{}
	for kind, list := range map[string][]string{
		"source":      {"SELF_COLLECTED", "PUBLIC_CRAWL", "AGREEMENT", "DERIVED", "PERSON_OWN", "PROMOTED", "FUSION", "ENTRUSTED"},
		"acquisition": {"AUTHORIZED", "COLLECTED", "GENERATED", "PURCHASED", "TRANSFERRED"},
		"scope":       {"INTERNATIONAL", "NATIONAL", "PROVINCE", "CITY", "COUNTY", "BELOW_COUNTY"},
		"frequency":   {"DAY", "WEEK", "MONTH", "YEAR", "ON_DEMAND", "REALTIME", "OTHER"},
		"media":       {"IMAGE", "TEXT", "VIDEO", "AUDIO", "TABLE", "OTHER"}, "structure": {"STRUCTURED", "SEMI_STRUCTURED", "UNSTRUCTURED"},
		"right": {"HOLD", "USE", "OPERATE"}, "subjectClass": {"ENTERPRISE", "PERSONAL", "PUBLIC"}, "level": {"GENERAL", "IMPORTANT", "CORE"},
		"secret": {"NONE", "CONFIDENTIAL", "SECRET", "TOP_SECRET"}, "personalInfo": {"NONE", "ANONYMISED", "CONSENT", "OTHER_BASIS"},
		"material": {"SAMPLE", "IDENTITY", "SOURCE", "CONTRACT", "RISK", "COMPLIANCE", "CONTACT", "RESOURCE", "DEPOSIT", "PRODUCT", "SCENARIO", "STATEMENT", "EVIDENCE", "CONSENT", "DECISION", "ORDER", "REPORT", "OTHER"}, "ground": grounds(),
		"office": {"REGISTRAR", "ACCEPTOR", "REVIEWER", "OBJECTION_OFFICER", "RECORDER", "ISSUER", "OPERATOR", "COMPLIANCE_REVIEWER", "SECURITY_REVIEWER", "ALGORITHM_REVIEWER"}, "unit": {"WD", "DAY", "MONTH", "YEAR", "MINUTE", "SECOND"},
		"role": roles(), "partyKind": {"LEGAL", "UNINCORPORATED", "NATURAL"}, "category": {"GOV", "INSTITUTION", "SOCIAL", "ENTERPRISE", "SOLE", "COOP", "OTHER"},
		"standing": {"REGISTRANT", "INTERESTED", "STATE_ORGAN"}, "track": {"DATA_ASSET", "PUBLIC_RESOURCE", "PUBLIC_PRODUCT"}, "authority": {"NATIONAL", "PROVINCE", "CITY"},
		"action": {"FIRST", "CHANGE", "CORRECTION", "TRANSFER", "RENEWAL", "CANCELLATION"}, "effect": {"BAR", "DEEMED", "DUTY", "LAPSE"}, "mode": {string(registry.ModeDemo), string(registry.ModeLegal)}, "status": statuses(),
		"account": {"APPLIED", "APPROVED", "ENABLED", "SUSPENDED", "REVOKED", "RESET"}, "act": acts(), "limit": {"SEIZURE", "CONTROL", "AGREED", "PLEDGE", "STATUTORY", "OTHER"},
		"matter": {"COMPLAINT", "REPORT", "DATA_OBJECTION", "INSPECTION", "INCIDENT"}, "outcome": outcomes(),
		"submission": {"VALUATION", "IMPORTANT_DATA", "DISCLOSURE", "ANNUAL_REPORT", "CREDIT"}, "credit": registry.CreditNatures, "batch": {registry.BatchReturn, registry.BatchBackflow},
		"endReason": {"NOT_EFFECTIVE", "REVOKED", "TERMINATED", "VOID"}, "deletion": {"DESTRUCTION", "OVERWRITE", "OTHER"}, "assetStatus": {"ACTIVE", "CANCELLED", "EXPIRED", "FROZEN", "REVOKED", "SUPERSEDED"}, "object": {"NET", "PTY", "APT", "KEY", "RPF", "CAL", "APP", "AST", "CRT", "ACC"},
		"itemFormat": registry.ItemFormats, "itemClass": registry.ItemClasses, "updateCycle": registry.UpdateCycles, "baseData": registry.BaseDataKinds,
		"sharing": {"1", "2", "3"}, "opening": {"1", "2", "3"}, "basisRank": registry.BasisRanks, "openingReason": slices.Concat(registry.WithholdReasons, registry.ConditionReasons),
		"openMode": registry.OpenModes, "openKind": registry.OpenKinds,
		"selection": registry.SelectionMethods, "agreementItem": registry.AgreementItems, "planItem": registry.PlanItems, "approach": registry.PlanApproaches, "useReview": {"COMPLIANCE", "SECURITY", "ALGORITHM"},
		"grantKind": {"LICENCE", "OPERATION", "DEVELOPMENT_USE"}, "purpose": registry.Purposes, "useMode": registry.Modes, "quotaUnit": registry.QuotaUnits, "condition": {registry.ConditionEnvironment},
		"organisation": {registry.MSPBureau, registry.MSPAgency, registry.MSPExchange, registry.MSPRegulator},
	} {
		all[kind] = map[string]pair{}
		for _, code := range list {
			all[kind][code] = inBoth(t, kind+"."+code)
		}
	}
	all["region"] = map[string]pair{}
	for _, r := range registry.Regions {
		all["region"][r.Code] = pair{r.Name, r.Name}
	}
	for _, code := range []string{"000000", "630000"} {
		all["region"][code] = inBoth(t, "region."+code)
	}
	return all
}

// outcomes are all results of matters of supervision.
func outcomes() []string {
	var all []string
	for _, list := range registry.MatterOutcomes {
		all = append(all, list...)
	}
	return all
}

// statuses are all statuses of a case.
func statuses() []string {
	all := []string{string(registry.StatusLapsed)}
	for _, move := range registry.Transitions {
		all = append(all, string(move.To))
	}
	return all
}

// acts are all acts on a case.
func acts() []string {
	var all []string
	for _, move := range registry.Transitions {
		all = append(all, string(move.Act))
	}
	return all
}

// roles are all roles of the access table.
func roles() []string {
	var all []string
	for _, row := range registry.AccessTable {
		for _, allowed := range row.Allowed {
			if _, role, ok := strings.Cut(allowed, "/"); ok {
				all = append(all, role)
			}
		}
	}
	return all
}
