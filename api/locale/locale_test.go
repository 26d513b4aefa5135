package locale

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func keys(t *testing.T, lang Lang) []string {
	t.Helper()
	body, err := tables.ReadFile(string(lang) + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]string
	if err := json.Unmarshal(body, &table); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(table))
}

func TestLanguagesHaveTheSameKeys(t *testing.T) {
	if !slices.Equal(keys(t, Chinese), keys(t, English)) {
		t.Error("zh.json and en.json differ in their keys")
	}
}

func TestEveryCodeHasWords(t *testing.T) {
	for _, lang := range []Lang{Chinese, English} {
		for _, code := range registry.Codes {
			s := Sentence(lang, registry.Refuse(code, registry.RuleForm, "status", "SUBMITTED", "right", "HOLD", "source", "DERIVED", "needs", "contract"))
			if strings.HasPrefix(s, "refusal.") || strings.Contains(s, "{{") {
				t.Errorf("%s: %s has no sentence: %s", lang, code, s)
			}
		}
		for _, move := range registry.Transitions {
			for kind, code := range map[string]string{"status": string(move.To), "act": string(move.Act)} {
				if Text(lang, kind+"."+code, nil) == kind+"."+code {
					t.Errorf("%s: %s %s has no word", lang, kind, code)
				}
			}
		}
	}
}

func TestSentenceNamesRuleAndArticle(t *testing.T) {
	got := Sentence(Chinese, registry.Refuse(registry.CodeRightRefused, registry.RuleMatrix, "right", "OPERATE", "source", "PUBLIC_CRAWL", "needs", registry.NeedNoSubstitution))
	for _, want := range []string{"数据产品经营权", "第二十一条", "不实质性替代"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

func TestLabelOfIndexedField(t *testing.T) {
	if got := Label(Chinese, "content.rights[1].to"); got != "权利终止日 2" {
		t.Errorf("got %q", got)
	}
}
