package locale

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func table(t *testing.T, lang Lang) map[string]string {
	t.Helper()
	body, err := tables.ReadFile(string(lang) + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]string
	if err := json.Unmarshal(body, &table); err != nil {
		t.Fatal(err)
	}
	return table
}

func TestLanguages_HaveTheSameKeysAndPlaceholders(t *testing.T) {
	zh, en := table(t, Chinese), table(t, English)
	if !slices.Equal(slices.Sorted(maps.Keys(zh)), slices.Sorted(maps.Keys(en))) {
		t.Error("zh.json and en.json differ in their keys")
	}
	placeholder := regexp.MustCompile(`{{\.[a-z]+}}`)
	for key, text := range zh {
		if text == "" || en[key] == "" {
			t.Errorf("%s is empty", key)
		}
		want, got := placeholder.FindAllString(text, -1), placeholder.FindAllString(en[key], -1)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s: placeholders %v in Chinese, %v in English", key, want, got)
		}
	}
}

// words are all codes of the registry that people meet.
func words() map[string][]string {
	all := map[string][]string{
		"right":         {"HOLD", "USE", "OPERATE"},
		"source":        {"SELF_COLLECTED", "PUBLIC_CRAWL", "AGREEMENT", "DERIVED", "PERSON_OWN", "PROMOTED", "FUSION", "ENTRUSTED"},
		"acquisition":   {"AUTHORIZED", "COLLECTED", "GENERATED", "PURCHASED", "TRANSFERRED"},
		"level":         {"GENERAL", "IMPORTANT", "CORE"},
		"secret":        {"NONE", "CONFIDENTIAL", "SECRET", "TOP_SECRET"},
		"subjectClass":  {"ENTERPRISE", "PERSONAL", "PUBLIC"},
		"personalInfo":  {"NONE", "ANONYMISED", "CONSENT", "OTHER_BASIS"},
		"frequency":     {"DAY", "WEEK", "MONTH", "YEAR", "ON_DEMAND", "REALTIME", "OTHER"},
		"media":         {"IMAGE", "TEXT", "VIDEO", "AUDIO", "TABLE", "OTHER"},
		"structure":     {"STRUCTURED", "SEMI_STRUCTURED", "UNSTRUCTURED"},
		"scope":         {"INTERNATIONAL", "NATIONAL", "PROVINCE", "CITY", "COUNTY", "BELOW_COUNTY"},
		"material":      {"SAMPLE", "IDENTITY", "SOURCE", "CONTRACT", "RISK", "COMPLIANCE", "CONTACT", "OTHER", "STATEMENT", "EVIDENCE", "DECISION", "ORDER", "REPORT", "CONSENT", "RESOURCE", "DEPOSIT", "PRODUCT", "SCENARIO"},
		"action":        {"FIRST", "CHANGE", "CORRECTION", "TRANSFER", "RENEWAL", "CANCELLATION"},
		"track":         {"DATA_ASSET", "PUBLIC_RESOURCE", "PUBLIC_PRODUCT"},
		"ground":        slices.Concat(registry.Grounds, registry.HolderGrounds, registry.RegistrarGrounds, registry.RevocationGrounds),
		"openingReason": append(registry.WithholdReasons, registry.ConditionReasons...),
		"standing":      {"REGISTRANT", "INTERESTED", "STATE_ORGAN"}, "basisRank": registry.BasisRanks,
		"sharing": {"1", "2", "3"}, "opening": {"1", "2", "3"},
		"itemFormat": registry.ItemFormats, "itemClass": registry.ItemClasses, "updateCycle": registry.UpdateCycles, "baseData": registry.BaseDataKinds,
		"openMode": registry.OpenModes, "openKind": registry.OpenKinds,
		"itemStatus": {"PUBLISHED", "WITHDRAWN"}, "profileStatus": {"PROPOSED", "ADOPTED"},
		"limit":       {"SEIZURE", "CONTROL", "AGREED", "PLEDGE", "STATUTORY", "OTHER"},
		"assetStatus": {"ACTIVE", "FROZEN", "SUPERSEDED", "CANCELLED", "REVOKED", "EXPIRED"},
		"office":      {"REGISTRAR", "ACCEPTOR", "REVIEWER", "OBJECTION_OFFICER", "RECORDER", "ISSUER", "OPERATOR", "COMPLIANCE_REVIEWER", "SECURITY_REVIEWER", "ALGORITHM_REVIEWER", "PARTY", "DERIVED", "OTHER_PARTY"},
		"deadline":    {"ACCEPT", "SUPPLEMENT", "REVIEW", "PUBLICITY", "OBJECTION", "EVIDENCE", "JOIN"},
		"objection":   {"OPEN", "UPHELD", "REJECTED", "WITHDRAWN", "MOOT"},
		"unit":        {"WD", "DAY", "MONTH", "YEAR", "MINUTE", "SECOND"},
		"role":        {"admin", "service", "enroller"},
		"needs":       {registry.NeedNaturalPerson, registry.NeedNoSubstitution, registry.NeedConsent, registry.NeedParents, registry.NeedDifference, registry.NeedContract, registry.NeedOwnRight},
		"status":      {"LAPSED"},
		"verdict":     {"VALID", "FROZEN", "CANCELLED", "REVOKED", "EXPIRED", "SUPERSEDED", "NOT_FOUND", "MISMATCH", "AUTHENTIC_STATE_NOT_CHECKED", "NOT_AUTHENTIC"},
		"state":       {"PREPARED", "ENDORSED", "UNKNOWN", "COMMITTED", "REFUSED", "CONFLICT", "INVALID", "EXPIRED"},
		"endReason":   registry.EndReasons,
		"deletion":    registry.DeletionMethods,
		"problem": {"missing", "too_long", "too_many", "not_allowed", "character", "full_width", "check_digit", "form", "range", "order", "duplicate",
			"declaration", "not_nfc", "glyph", "reference"},
	}
	maps.Copy(all, map[string][]string{
		"grantStatus": {"IN_REVIEW", "PROPOSED", "SIGNED", "ACTIVE", "SUSPENDED", "REFUSED", "DECLINED", "WITHDRAWN", "REVOKED", "TERMINATED", "EXPIRED", "CLOSED"},
		"grantKind":   {"LICENCE", "OPERATION", "DEVELOPMENT_USE"}, "planStatus": {"DRAFT", "APPROVED", "FILED", "SUPERSEDED"},
		"selection": registry.SelectionMethods, "agreementItem": registry.AgreementItems, "planItem": registry.PlanItems, "approach": registry.PlanApproaches,
		"useReview": {"COMPLIANCE", "SECURITY", "ALGORITHM"}, "passed": {"yes", "no"},
		"grantAct": {"sign", "review", "file", "develop", "decline", "withdraw", "suspend", "resume", "revoke", "terminate", "close"},
		"purpose":  registry.Purposes, "useMode": registry.Modes, "quotaUnit": registry.QuotaUnits, "condition": {registry.ConditionEnvironment},
	})
	for _, kind := range registry.SubmissionKinds {
		all["submission"] = append(all["submission"], string(kind))
	}
	maps.Copy(all, map[string][]string{"credit": registry.CreditNatures, "batch": {registry.BatchReturn, registry.BatchBackflow}, "batchStatus": {registry.BatchOpen, registry.BatchStated, registry.BatchClosed},
		"submissionStatus": {registry.SubmissionInForce, registry.SubmissionCorrected}})
	for kind, outcomes := range registry.MatterOutcomes {
		all["matter"], all["outcome"] = append(all["matter"], string(kind)), append(all["outcome"], outcomes...)
	}
	for _, move := range registry.MatterMoves {
		all["matterAct"], all["matterStatus"] = append(all["matterAct"], string(move.Act)), append(all["matterStatus"], string(move.To))
	}
	for _, move := range registry.DisputeMoves {
		all["act"], all["dispute"] = append(all["act"], string(move.Act)), append(all["dispute"], string(move.To))
		if move.From != "" {
			all["letter"] = append(all["letter"], string(move.Act))
		}
	}
	all["deadline"] = append(all["deadline"], "NOTIFY")
	all["noticeStatus"], all["means"] = []string{"UNSERVED", "SERVED", "SEEN"}, []string{"INBOX", "HANDED", "POST", "OTHER"}
	for _, code := range registry.Codes {
		all["refusal"] = append(all["refusal"], string(code))
		all["remedy"] = append(all["remedy"], string(code))
	}
	for _, act := range append(slices.Clone(registry.Told), registry.ActEnterOrder, registry.ActLiftOrder, registry.ActEnterRemark, registry.ActLiftRemark, registry.ActCancelExOfficio, registry.ActRevoke, registry.ActWithdraw) {
		all["letter"] = append(all["letter"], string(act))
	}
	for _, move := range registry.Transitions {
		all["act"] = append(all["act"], string(move.Act))
		all["status"] = append(all["status"], string(move.To))
	}
	all["next"] = slices.Clone(all["status"])
	all["status"] = append(all["status"], "APPLIED", "APPROVED", "ENABLED", "SUSPENDED", "REVOKED", "RESET", "ACTIVE", "ENDED", "CLOSED",
		registry.ShareRequested, registry.ShareGranted, registry.ShareDeclined, registry.ShareProvided, registry.ShareNotProvided, registry.PurchaseCoordinated, registry.Purchased,
		registry.PurchaseNot, registry.OpenAudited, registry.OpenPublished, registry.OpenSentBack, registry.OpenStopped, registry.EntryListed, registry.EntryRemoved) // of accounts, contracts and requests, which no applicant is told what comes next
	for _, r := range registry.PersonRoles {
		all["role"] = append(all["role"], r.Role)
	}
	return all
}

func TestEveryCode_HasWords(t *testing.T) {
	for _, lang := range []Lang{Chinese, English} {
		have := table(t, lang)
		for kind, codes := range words() {
			for _, code := range codes {
				if have[kind+"."+code] == "" {
					t.Errorf("%s: %s.%s has no words", lang, kind, code)
				}
			}
		}
	}
}

func TestSentence_FillsItsPlaceholders(t *testing.T) {
	for _, lang := range []Lang{Chinese, English} {
		for _, code := range registry.Codes {
			s := Sentence(lang, registry.Refuse(code, registry.RuleForm, "status", "SUBMITTED", "right", "HOLD", "source", "DERIVED", "needs", "contract"))
			if strings.HasPrefix(s, "refusal.") || strings.Contains(s, "{{") {
				t.Errorf("%s: %s: %s", lang, code, s)
			}
		}
	}
}

func TestSentence_NamesRuleAndArticle(t *testing.T) {
	got := Sentence(Chinese, registry.Refuse(registry.CodeRightRefused, registry.RuleMatrix, "right", "OPERATE", "source", "PUBLIC_CRAWL", "needs", registry.NeedNoSubstitution))
	for _, want := range []string{"数据产品经营权", "第二十一条", "不实质性替代"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

func TestField_PrefersTheWordsOfItsField(t *testing.T) {
	for _, c := range []struct {
		name, want string
		err        registry.FieldError
	}{
		{"date_of_a_right", "2024-12-31", registry.FieldError{Path: "content.rights[1].from", Problem: registry.ProblemForm}},
		{"any_other_form", "格式不对", registry.FieldError{Path: "content.fingerprint", Problem: registry.ProblemForm}},
		{"arguments", "41", registry.FieldError{Path: "content.dataName", Problem: registry.ProblemTooLong, Args: map[string]string{"max": "40", "actual": "41"}}},
	} {
		if got := Field(Chinese, c.err); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q lacks %q", c.name, got, c.want)
		}
	}
}

func TestLabel_CountsFromOne(t *testing.T) {
	if got := Label(Chinese, "content.rights[1].to"); got != "权利终止日 2" {
		t.Errorf("got %q", got)
	}
}
