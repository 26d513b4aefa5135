package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/client/question"
)

// askCommand asks what regulators ask. The questions are those of package question: there is no command for each.
func askCommand() *cobra.Command {
	var h holder
	var format, output, after string
	var limit int
	cmd := &cobra.Command{Use: "ask [QUESTION [NAME=VALUE …]]", Short: "regulators and the bureau's officers: ask the ledger; without a question, list what may be asked",
		Long: "Ask a question of the ledger, as pages and API answer it. A question's parameters are given as NAME=VALUE.\n" +
			"Without --format a table of one page is printed; --format csv, xlsx or json writes the whole answer, with its block and digest." + statuses,
		ValidArgsFunction: completeQuestions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				listQuestions(cmd.OutOrStdout(), locale.Lang(h.language))
				return nil
			}
			q, err := readQuestion(args)
			if err != nil {
				return usage(err)
			}
			q.After, q.Limit = after, limit
			if h.json {
				format = string(question.JSON)
			}
			if format != "" && !slices.Contains(question.Formats, question.Format(format)) {
				return usage(fmt.Errorf("--format %q: want csv, xlsx or json", format))
			}
			return h.failed(cmd, h.ask(cmd, q, question.Format(format), output))
		}}
	h.flags(cmd)
	cmd.Flags().StringVar(&format, "format", "", "write the whole answer as csv, xlsx or json")
	cmd.Flags().StringVar(&output, "output", "", "file to be written (default: standard output)")
	cmd.Flags().IntVar(&limit, "limit", question.PageRows, "rows of the table")
	cmd.Flags().StringVar(&after, "after", "", "cursor of the next page, as the table before said")
	return cmd
}

func completeQuestions(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var all []string
	if len(args) == 0 {
		for _, q := range question.All {
			all = append(all, q.Name+"\t"+locale.Term(locale.Lang(spoken()), "question", q.Name))
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
	q, _ := question.Find(args[0])
	for _, p := range q.Parameters {
		all = append(all, p.Name+"=\t"+locale.Label(locale.Lang(spoken()), "question."+p.Name))
	}
	return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func listQuestions(out io.Writer, lang locale.Lang) {
	for _, q := range question.All {
		fmt.Fprintf(out, "%s\n    %s\n", q.Name, locale.Term(lang, "question", q.Name))
		for _, p := range q.Parameters {
			fmt.Fprintf(out, "    %s=%s  %s\n", p.Name, strings.Join(p.Options, "|"), locale.Label(lang, "question."+p.Name))
		}
	}
}

// readQuestion makes a query of arguments, and says what is wrong before anybody is asked.
func readQuestion(args []string) (question.Query, error) {
	given := map[string]string{}
	for _, arg := range args[1:] {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			return question.Query{}, fmt.Errorf("%q is not NAME=VALUE", arg)
		}
		given[name] = value
	}
	q, err := question.Parse(args[0], given)
	if errors.Is(err, question.ErrUnknown) {
		return q, fmt.Errorf("%q is no question; `registryctl ask` lists them", args[0])
	}
	return q, err
}

func (h *holder) ask(cmd *cobra.Command, q question.Query, format question.Format, output string) error {
	p, _, err := h.signedIn(cmd.Context())
	if err != nil {
		return err
	}
	values := url.Values{}
	for name, value := range q.Values {
		values.Set(name, value)
	}
	path := "/api/v1/questions/" + url.PathEscape(q.Question) + "?"
	if format == "" {
		values.Set("limit", fmt.Sprint(q.Limit))
		values.Set("after", q.After)
		var d question.Document
		if err := p.Ask(cmd.Context(), http.MethodGet, path+values.Encode(), nil, &d); err != nil {
			return err
		}
		return printAnswer(cmd.OutOrStdout(), d.Answer, locale.Answers{Lang: locale.Lang(h.language)})
	}
	values.Set("format", string(format))
	var body []byte
	if err := p.Ask(cmd.Context(), http.MethodGet, path+values.Encode(), nil, &body); err != nil {
		return err
	}
	if output != "" {
		return os.WriteFile(output, body, 0o600)
	}
	_, err = cmd.OutOrStdout().Write(body)
	return err
}

// longestCell bounds what a table shows of a value, in characters; exports have all of it.
const longestCell = 40

func printAnswer(out io.Writer, a question.Answer, w locale.Answers) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(cells []string) { fmt.Fprintln(table, strings.Join(cells, "\t")) }
	var head []string
	for _, c := range a.Columns {
		head = append(head, w.Title(c))
	}
	row(head)
	for _, cells := range a.Rows {
		var shown []string
		for i, cell := range cells {
			shown = append(shown, clipped(printable(w.Show(a.Columns[i], cell))))
		}
		row(shown)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, note := range w.Note(a) {
		fmt.Fprintf(out, "%s: %s\n", note[0], printable(note[1]))
	}
	if a.Next != "" {
		fmt.Fprintf(out, "--after '%s'\n", printable(a.Next))
	}
	return nil
}

func clipped(s string) string {
	if utf8.RuneCountInString(s) <= longestCell {
		return s
	}
	return string([]rune(s)[:longestCell]) + "…"
}
