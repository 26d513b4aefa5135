package pages

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Decision is what the registry does about an article.
type Decision string

// Decisions.
const (
	Enforced   Decision = "enforced"     // what the article forbids is refused, with the article
	Recorded   Decision = "recorded"     // what the article asks for has its record; nothing can be refused by it
	Procedural Decision = "procedural"   // people and bodies do it; a program cannot judge whether they did
	Outside    Decision = "out of scope" // neither registration nor audit: policy, buildings, training, encouragement
)

// Article is one article of 海东市数据要素管理办法（暂行） and what was decided about it. Its rules are those that cite it.
type Article struct {
	Number   string // 第…条
	Title    string // its heading
	Decision Decision
	Why      string
	Missing  string // what is decided and not built yet
}

// Articles are all sixty-two. A policy test compares numbers and headings with the text, and demands a rule of what is enforced.
var Articles = []Article{
	{"第一条", "政策依据", Outside, "purpose and legal basis", ""},
	{"第二条", "适用范围", Enforced, "a region outside Haidong needs the activity within it; superior rules prevail by 第六十一条", ""},
	{"第三条", "定义", Enforced, "the definitions of the appendix: three declarations of a data asset, one subject class, none of personal data as enterprise data", ""},
	{"第四条", "原则", Enforced, "one source: a code is published by one body; classification by 第五十二条", ""},
	{"第五条", "市数据局", Enforced, "only the bureau proposes rules and appoints; the enterprise catalogue (九) is kept by it; standards, systems and evaluation are work of people", ""},
	{"第六条", "市政务服务监管局", Procedural, "its part in sharing is in 第二十九条; the rest is the running of service systems", ""},
	{"第七条", "市委机要和保密局", Procedural, "secret matters never come here (第二十八条); catalogues of government affairs and networks are run elsewhere", ""},
	{"第八条", "县区数据主管部门", Enforced, "a county's data department acts in its own region only", ""},
	{"第九条", "公共管理和服务机构", Enforced, "a body publishes and changes items of its own only", ""},
	{"第十条", "市教育局", Procedural, "the departments' supervision of their trades: they read, and their orders are entered by the bureau's officer", ""},
	{"第十一条", "市发展改革委", Procedural, "as 第十条, for circulation and trade", ""},
	{"第十二条", "市委网信办", Procedural, "as 第十条, for security", ""},
	{"第十三条", "市数据局", Recorded, "appointments on the ledger, with basis and end; founding an operating body is the bureau's", ""},
	{"第十四条", "市数据局", Outside, "pools of experts", ""},
	{"第十五条", "公共数据实施统一目录管理", Enforced, "an item without one of the five attributes is refused", ""},
	{"第十六条", "公共数据采集", Procedural, "how bodies collect and keep their data; one source by 第四条", ""},
	{"第十七条", "公共数据汇聚", Procedural, "channels of the data platform are not seen from here", ""},
	{"第十八条", "公共数据返还和回流", Enforced, "reconciliation of returned data: closed only with equal digests or a note on the variance", ""},
	{"第十九条", "公共数据存储和备份", Outside, "the city's cloud; this registry's own backups are in operate.md", ""},
	{"第二十条", "公共数据治理", Enforced, "objections to data are handled to a recorded result; use is traced by 第三十六条", ""},
	{"第二十一条", "公共数据库建设", Enforced, "organisations by credit code, persons by a keyed reference, nothing else", ""},
	{"第二十二条", "企业、个人数据采购", Enforced, "only publicly funded bodies ask, the data department coordinates", ""},
	{"第二十三条", "企业、个人数据归集", Enforced, "the mode of acquisition is one of five, with what proves it", ""},
	{"第二十四条", "企业数据治理", Outside, "guidance and encouragement", ""},
	{"第二十五条", "激励机制", Enforced, "rights in enterprise data only without personal information and public interest (appendix 7)", ""},
	{"第二十六条", "权益保障", Enforced, "a complaint is not closed without a recorded result", ""},
	{"第二十七条", "公共数据共享类型", Enforced, "each item has its type of sharing", ""},
	{"第二十八条", "公共数据共享基本要求", Enforced, "no refusal to share without a basis of the ranks named, no condition without basis, basic items unconditionally, nothing secret", ""},
	{"第二十九条", "公共数据共享方式", Enforced, "requests are decided by the bodies named, never wider than asked, answered and reported on", ""},
	{"第三十条", "公共数据开放程序", Enforced, "no publication before the body's own audit", ""},
	{"第三十一条", "公共数据开放属性", Enforced, "types of opening carry their listed reason", ""},
	{"第三十二条", "公共数据开放要求", Enforced, "the plan's lines have their four fields and say what the catalogue says", ""},
	{"第三十三条", "企业数据开放共享", Outside, "encouragement", ""},
	{"第三十四条", "流通交易制度体系", Enforced, "admission of parties and products to the exchange", "the exchange's desk: admission and listing"},
	{"第三十五条", "数据产权运行机制", Enforced, "three separate rights; nobody transfers or licenses what it does not hold", ""},
	{"第三十六条", "公共数据授权运营", Enforced, "use within purpose, scope, mode and term; three reviews before development on public data; fees to the treasury", "treasury leg of revenue"},
	{"第三十七条", "数据交易机构", Procedural, "founding and standards of an exchange; it is a member of this network", ""},
	{"第三十八条", "数据交易平台", Enforced, "trade only on an active listing of an asset neither frozen nor expired; disclosures are on record", "trades"},
	{"第三十九条", "场内场外交易", Recorded, "the venue of a trade is recorded and flagged, never refused: the text supports the exchange and forbids nothing else", "trades"},
	{"第四十条", "交易合规", Enforced, "no listing without a compliance opinion", "listing"},
	{"第四十一条", "数据价值体系", Enforced, "the regime of a price follows category and purpose", "prices"},
	{"第四十二条", "数据资产管理", Enforced, "registration by an appointed body only; valuations with assessor and base date", ""},
	{"第四十三条", "收益分配", Enforced, "a scheme accepted by every payee; sums exact to the fen", "revenue"},
	{"第四十四条", "数据服务能力建设", Outside, "infrastructure and encouragement", ""},
	{"第四十五条", "应用场景", Outside, "encouragement", ""},
	{"第四十六条", "创新创业活动", Outside, "encouragement", ""},
	{"第四十七条", "数据商及其他第三方培育", Outside, "encouragement", ""},
	{"第四十八条", "产业发展", Outside, "encouragement", ""},
	{"第四十九条", "区域一体化", Outside, "encouragement", ""},
	{"第五十条", "全流程安全合规", Procedural, "a compliance system of the data department; the registry gives it a complete record", ""},
	{"第五十一条", "监测预警和应急管理", Enforced, "an incident suspends the asset that it names until it is closed with a result; recovery is in operate.md", ""},
	{"第五十二条", "数据分类分级保护", Enforced, "no level, or core level: refused; important: with a risk assessment", ""},
	{"第五十三条", "公共数据安全保障", Enforced, "everybody acts with an account and key of their own; contractors only after review and agreements, and never after the end of their contract", ""},
	{"第五十四条", "企业数据安全保障", Enforced, "filings of important data name an institution and declare an officer", ""},
	{"第五十五条", "个人数据安全保障", Enforced, "personal data only with a basis", ""},
	{"第五十六条", "教育培训", Outside, "training", ""},
	{"第五十七条", "安全监管", Enforced, "inspections and rectification to a recorded result, overdue ones flagged", ""},
	{"第五十八条", "市场监管", Procedural, "supervision of the market by people; they read everything here", ""},
	{"第五十九条", "社会协同治理", Recorded, "credit events with their basis; documents of arbitration count in objections", ""},
	{"第六十条", "监督举报", Enforced, "a report is never handled by the unit concerned and not closed without a result", ""},
	{"第六十一条", "其他要求", Enforced, "the city's rules grant no less than the national ones", ""},
	{"第六十二条", "生效日期", Enforced, "the city's rules lapse on 2027-04-30 and fall back to the national ones; a track without any refuses", ""},
}

// Rules are the rules that cite the article or one of its paragraphs.
func (a Article) Rules() []registry.RuleID {
	var rules []registry.RuleID
	for _, c := range registry.Citations {
		if c.Document == Articled && (c.Article == a.Number || strings.HasPrefix(c.Article, a.Number+"第") || strings.HasPrefix(c.Article, a.Number+"（")) {
			rules = append(rules, c.Rule)
		}
	}
	return append(rules, elsewhere[a.Number]...)
}

// Articled is the document whose articles are all decided.
const Articled = "海东市数据要素管理办法（暂行）"

// elsewhere are rules that enforce an article and cite its appendix or another document that says the same more exactly.
var elsewhere = map[string][]registry.RuleID{
	"第三条":   {registry.RuleDeclarations, registry.RuleEnterpriseData},
	"第二十五条": {registry.RuleEnterpriseData},
}

// articles is the table of decisions.
func articles(b *strings.Builder) {
	b.WriteString("\n## Every article of the 办法\n\n| article | decision | what that means | rules | missing |\n|---|---|---|---|---|\n")
	count := map[Decision]int{}
	for _, a := range Articles {
		var rules []string
		for _, r := range a.Rules() {
			rules = append(rules, "`"+string(r)+"`")
		}
		fmt.Fprintf(b, "| %s %s | %s | %s | %s | %s |\n", a.Number, a.Title, a.Decision, a.Why, strings.Join(rules, " "), a.Missing)
		count[a.Decision]++
	}
	open := len(Articles) - len(slices.DeleteFunc(slices.Clone(Articles), func(a Article) bool { return a.Missing != "" }))
	fmt.Fprintf(b, "\n%d articles: %d enforced, %d recorded, %d procedural, %d out of scope; %d of them wait for what is missing.\n", len(Articles), count[Enforced], count[Recorded],
		count[Procedural], count[Outside], open)
}
