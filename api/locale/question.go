package locale

import (
	"fmt"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/question"
)

// Answers are the words of answers in a language: question.Words.
type Answers struct{ Lang Lang }

// Title is the name of a column or parameter.
func (w Answers) Title(f question.Field) string { return Label(w.Lang, "question."+f.Name) }

// Show is a value as people read it: codes in words, instants in civil time.
func (w Answers) Show(f question.Field, value string) string {
	switch f.Kind {
	case question.Code:
		return Term(w.Lang, f.Term, value)
	case question.Time:
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return at.In(registry.Zone).Format("2006-01-02 15:04:05")
		}
	}
	return value
}

// Note is what stands under a table: what was asked, the block that it is true as of, and the digest.
func (w Answers) Note(a question.Answer) [][2]string {
	q, _ := question.Find(a.Question)
	notes := [][2]string{{Text(w.Lang, "answer.question", nil), Text(w.Lang, "question."+a.Question, nil)}}
	for _, p := range q.Parameters {
		if value := a.Values[p.Name]; value != "" {
			notes = append(notes, [2]string{w.Title(p), w.Show(p, value)})
		}
	}
	clock := question.Field{Kind: question.Time}
	notes = append(notes, [2]string{Text(w.Lang, "answer.block", nil), fmt.Sprint(a.Block)},
		[2]string{Text(w.Lang, "answer.at", nil), w.Show(clock, a.At.Format(time.RFC3339))}, [2]string{Text(w.Lang, "answer.asked", nil), w.Show(clock, a.Asked.Format(time.RFC3339))},
		[2]string{Text(w.Lang, "answer.rows", nil), fmt.Sprint(len(a.Rows))}, [2]string{Text(w.Lang, "answer.digest", nil), a.Digest()})
	if a.Next != "" {
		notes = append(notes, [2]string{Text(w.Lang, "answer.more", nil), fmt.Sprint(len(a.Rows))})
	}
	return notes
}
