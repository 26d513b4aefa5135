package locale

import (
	"fmt"
	"strconv"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Line is one line of what a notice says.
type Line struct{ Label, Text string }

// Notice is what a written notice (书面告知) says: its title and its lines.
func Notice(lang Lang, n registry.Notice) (title string, lines []Line) {
	say := func(zh, en string) string {
		if lang == English {
			return en
		}
		return zh
	}
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, Line{label, text})
		}
	}
	add(say("数据名称", "Data"), n.DataName)
	add(say("案件或者登记簿页", "Case or page"), string(n.Case))
	add(say("告知事项", "Decision"), Term(lang, "act", string(n.Act))+say("，现为：", "; now: ")+result(lang, n))
	if n.For != "" {
		add(say("所涉异议", "Objection"), say("第 ", "no. ")+n.For+say(" 号", ""))
	}
	if n.Ground != "" {
		add(say("情形", "Ground"), Term(lang, "ground", n.Ground))
	}
	for i, reason := range n.Reasons {
		add(say("内容和理由 ", "Content and reasons ")+strconv.Itoa(i+1), reason)
	}
	if n.Period != nil {
		add(Term(lang, "deadline", string(n.Period.Kind))+say("期限", " period"), Period(lang, *n.Period))
	}
	add(say("登记证书编号", "Certificate"), string(n.Certificate))
	add(say("依据", "Rule"), article(lang, n.Rule))
	add(say("送达", "Service"), served(lang, n))
	return Term(lang, "letter", string(n.Act)), lines
}

// result is the status that a notice tells: of a case, or of a page of the register.
func result(lang Lang, n registry.Notice) string {
	if registry.Disputes(n.Act) {
		return Term(lang, "dispute", n.Result)
	}
	if text := Term(lang, "status", n.Result); text != n.Result && len(n.Case) > 3 && n.Case[:3] != "AST" {
		return text
	}
	return Term(lang, "assetStatus", n.Result)
}

// Period says when a period ends and how it is counted, for example 至 2026-12-07（自 2026-11-23 起 10 个工作日）.
func Period(lang Lang, d registry.Deadline) string {
	length := fmt.Sprintf("%d %s", d.N+d.Extended, Term(lang, "unit", string(d.Unit)))
	switch {
	case d.Unserved && lang == English:
		return length + " from service"
	case d.Unserved:
		return "自送达之日起 " + length
	case d.Paused() && lang == English:
		return length + ", the clock stands still"
	case d.Paused():
		return length + "，中止计算"
	case d.Pending && lang == English:
		return length + " from " + string(registry.CivilDate(d.StartAt)) + "; the end waits for the calendar"
	case d.Pending:
		return "自 " + string(registry.CivilDate(d.StartAt)) + " 起 " + length + "，届满日待日历公布"
	case lang == English:
		return "until " + string(d.DueDate) + " (" + length + " from " + string(registry.CivilDate(d.StartAt)) + ")"
	}
	return "至 " + string(d.DueDate) + "（自 " + string(registry.CivilDate(d.StartAt)) + " 起 " + length + "）"
}

func article(lang Lang, id registry.RuleID) string {
	c, ok := registry.Cite(id)
	switch {
	case !ok:
		return ""
	case lang == English:
		return c.Document + " " + c.Article
	}
	return "《" + c.Document + "》" + c.Article
}

func served(lang Lang, n registry.Notice) string {
	text := Term(lang, "noticeStatus", string(n.Status))
	if n.ServedAt != nil {
		text = n.ServedAt.In(registry.Zone).Format("2006-01-02") + " " + Term(lang, "means", string(n.Means))
	}
	return text
}
