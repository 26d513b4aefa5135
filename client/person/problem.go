package person

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Problem is a failure in the site's own words (RFC 9457): a refusal of the registry has Code and Rule, a technical failure
// its Type alone.
type Problem struct {
	Type    string          `json:"type"`
	Title   string          `json:"title"`
	Status  int             `json:"status"`
	Detail  string          `json:"detail"` // the sentence for people
	Code    registry.Code   `json:"code"`
	Rule    registry.RuleID `json:"rule"`
	Article string          `json:"article"`
	Errors  []FieldProblem  `json:"errors"`
	Stage   string          `json:"stage"` // how far a transaction had come
	TxID    string          `json:"txId"`
}

// FieldProblem points to one wrong field.
type FieldProblem struct {
	Location string `json:"location"` // path of the field
	Message  string `json:"message"`
	Problem  string `json:"problem"`
}

// Error is the sentence, with every wrong field, code, rule and article.
func (p *Problem) Error() string {
	var out strings.Builder
	out.WriteString(p.Detail)
	for _, f := range p.Errors {
		out.WriteString("\n  " + f.Location + ": " + f.Message)
	}
	if p.Code != "" {
		out.WriteString(" (" + strings.Join(strings.Fields(string(p.Code)+" "+string(p.Rule)+" "+p.Article), " ") + ")")
	}
	return out.String()
}

// kind is the last part of the type: "conflict", "unavailable", "outcome_unknown" …
func (p *Problem) kind() string { return strings.TrimPrefix(p.Type, "/problems/") }

func problemOf(res *http.Response, answer []byte) *Problem {
	p := &Problem{}
	if err := json.Unmarshal(answer, p); err != nil || p.Detail == "" {
		p = &Problem{Title: res.Status, Detail: "the site answers " + res.Status} // not ours: a proxy's
	}
	p.Status = res.StatusCode
	return p
}
