package registry

import (
	"os"
	"strings"
	"testing"
)

// TestCitationsAreQuotedExactly compares every quotation with the legal texts that the project keeps.
func TestCitationsAreQuotedExactly(t *testing.T) {
	texts := map[string]string{
		documentHaidong: "../../docs/regulations/haidong-25.txt",
		documentPublic:  "../../docs/regulations/national-26-registration.txt",
		documentOperate: "../../docs/regulations/national-27-authorised-operation.txt",
		documentGuide:   "../../docs/regulations/national-35-property-rights-guide.txt",
	}
	squeeze := func(s string) string { return strings.NewReplacer(" ", "", "\n", "", "\r", "").Replace(s) }
	for document, file := range texts {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := squeeze(string(body))
		for _, c := range Citations {
			if c.Document == document && !strings.Contains(text, squeeze(c.Gist)) {
				t.Errorf("%s %s: the text does not say %q", c.Rule, c.Article, c.Gist)
			}
		}
	}
}
