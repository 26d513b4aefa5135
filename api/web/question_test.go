package web

import (
	"context"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/question"
)

// oneRow answers every question with one row whose cells say what was asked.
type oneRow struct{}

func (oneRow) Ask(_ context.Context, q question.Query, now time.Time) (question.Answer, error) {
	known, _ := question.Find(q.Question)
	row := make([]string, len(known.Columns))
	for i, c := range known.Columns {
		row[i] = "<" + c.Name + ">" + q.Values["holder"]
		if c.Kind == question.Code {
			row[i] = "VALID"
		}
	}
	return question.Answer{Query: q, Columns: known.Columns, Rows: [][]string{row}, Block: 42, At: now, Asked: now, Next: "a|b"}, nil
}

// TestQuestions_EachIsAPage: every question can be opened; what needs nothing answers at once, what needs something asks for it, and what was
// typed wrong is kept and explained.
func TestQuestions_EachIsAPage(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	v := s.regulator()
	list := v.get("/questions").status(200)
	for _, q := range question.All {
		list.see("/questions/" + q.Name)
		page := v.get("/questions/" + q.Name).status(200).see(`class="lead"`)
		needs := false
		for _, f := range q.Parameters {
			page.see(`for="` + f.Name + `"`)
			needs = needs || f.Required
		}
		if needs {
			page.notSee("数据截至区块")
		} else {
			page.see("数据截至区块 42", "/api/v1/questions/"+q.Name+"?format=csv", "after=a%7cb", "registryctl ask "+q.Name)
		}
	}
	v.get("/questions/registrations?holder=P1&status=ACTIVE").status(200).see("&lt;dataName&gt;P1", `value="P1"`, "format=xlsx&amp;holder=P1&amp;status=ACTIVE", `<option value="ACTIVE" selected>`)
	v.get("/questions/certificates?within=soon").status(422).see(`value="soon"`, `aria-invalid="true"`, "✗")
	v.get("/questions/history?object=AST").status(422).see("✗")
	v.get("/questions/nothing").status(404)
	s.as("he-applicant").get("/questions").status(403)
}
