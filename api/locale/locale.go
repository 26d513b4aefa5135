// Package locale holds the sentences and terms that people read, in Chinese and English: chaincode answers codes, these
// tables turn them into words with rule, article and remedy.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Lang is a language of pages and answers.
type Lang string

// The two languages; Chinese is the first.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

//go:embed zh.json en.json
var tables embed.FS

var localizers = load()

func load() map[Lang]*i18n.Localizer {
	bundle := i18n.NewBundle(language.Chinese)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	out := map[Lang]*i18n.Localizer{}
	for _, lang := range []Lang{Chinese, English} {
		if _, err := bundle.LoadMessageFileFS(tables, string(lang)+".json"); err != nil {
			panic(err) // embedded: a build defect, found by any test
		}
		out[lang] = i18n.NewLocalizer(bundle, string(lang))
	}
	return out
}

// Text is the text of a key, with values filled in; a key without text is shown as it is, which a test forbids.
func Text(lang Lang, key string, values map[string]string) string {
	l, ok := localizers[lang]
	if !ok {
		l = localizers[Chinese]
	}
	text, err := l.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: values})
	if err != nil {
		return key
	}
	return text
}

// Term is the word for a code of a kind, for example ("status", "SUBMITTED").
func Term(lang Lang, kind, code string) string {
	if code == "" {
		return ""
	}
	key := kind + "." + code
	if text := Text(lang, key, nil); text != key {
		return text
	}
	return code
}

// Sentence says why the registry refuses, what the rule is, and what would help.
func Sentence(lang Lang, r *registry.Refusal) string {
	values := map[string]string{}
	for name, value := range r.Args {
		values[name] = translate(lang, name, value)
	}
	return strings.TrimSpace(Text(lang, "refusal."+string(r.Code), values) + Citation(lang, r.Rule))
}

// translate turns arguments that are codes themselves into words.
func translate(lang Lang, name, value string) string {
	switch name {
	case "status", "right", "source", "act", "office", "needs", "level", "deadline", "assetStatus", "action", "track", "material", "grantStatus", "purpose", "useMode", "quotaUnit", "condition", "grantKind", "planStatus", "useReview":
		return Term(lang, name, value)
	case "agreed":
		return Term(lang, "quotaUnit", value)
	case "outcome":
		return Term(lang, "objection", value)
	}
	return value
}

// Citation says where a rule stands, in brackets; rules of the registry itself are named as such.
func Citation(lang Lang, id registry.RuleID) string {
	c, ok := registry.Cite(id)
	if !ok {
		return ""
	}
	if lang == English {
		return fmt.Sprintf(" (%s %s)", c.Document, c.Article)
	}
	return fmt.Sprintf("（《%s》%s）", c.Document, c.Article)
}

// Remedy says what would help against a refusal.
func Remedy(lang Lang, code registry.Code) string { return Text(lang, "remedy."+string(code), nil) }

// Field says what is wrong with a field: in the words of that field where there are some, otherwise of the problem.
func Field(lang Lang, e registry.FieldError) string {
	key := "problem." + string(e.Problem)
	path, _ := split(e.Path)
	if text := Text(lang, key+"."+path, e.Args); text != key+"."+path {
		return text
	}
	return Text(lang, key, e.Args)
}

// Label is the name of a field by its path; indexes in the path are counted from 1.
func Label(lang Lang, path string) string {
	key, number := split(path)
	if number == "" {
		return Text(lang, "field."+key, nil)
	}
	return Text(lang, "field."+key, nil) + " " + number
}

// split parts a path into its words and the last index, counted from 1: "content.rights[1].to" is "content.rights.to" and "2".
func split(path string) (key, number string) {
	var words strings.Builder
	for path != "" {
		before, rest, indexed := strings.Cut(path, "[")
		words.WriteString(before)
		if !indexed {
			break
		}
		index, after, _ := strings.Cut(rest, "]")
		if n, err := strconv.Atoi(index); err == nil {
			number = strconv.Itoa(n + 1)
		}
		path = after
	}
	return words.String(), number
}
