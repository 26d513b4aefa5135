package registry

import "slices"

// Catalogue item statuses.
const (
	ItemPublished = "PUBLISHED"
	ItemWithdrawn = "WITHDRAWN"
)

// CatalogItem is an item of the catalogue of public data resources (公共数据资源目录, 第十五条): its provider, what it is, and how it is shared
// and opened.
type CatalogItem struct {
	Code        string     `json:"code"` // resource code: classification code and sequence (信息资源代码)
	Name        string     `json:"name"`
	Abstract    string     `json:"abstract"`
	Provider    PartyID    `json:"provider"`
	Region      string     `json:"region"`
	Format      string     `json:"format"` // 格式: one of ItemFormats
	Class       string     `json:"class"`  // 分类: 1 基础, 2 主题, 3 部门
	Fields      []InfoItem `json:"fields"` // 信息项
	Sharing     Sharing    `json:"sharing"`
	Opening     Opening    `json:"opening"`
	UpdateCycle string     `json:"updateCycle"` // 更新周期: one of UpdateCycles
	BaseData    string     `json:"baseData"`    // one of BaseDataKinds
	Level       Level      `json:"level"`
	Secret      string     `json:"secret"`
	Personal    bool       `json:"personal"`          // involves personal information or privacy
	Status      string     `json:"status,omitempty"`  // PUBLISHED or WITHDRAWN; empty in a request
	Version     int        `json:"version,omitempty"` // counts publications; empty in a request
	Reason      string     `json:"reason,omitempty"`  // of withdrawal
	Mark        Mark       `json:"mark"`
}

// The closed lists of a catalogue item's format, update cycle, class (基础, 主题, 部门) and kind of basic data (基础数据).
var (
	ItemFormats   = []string{"DATABASE", "TABLE", "TEXT", "IMAGE", "VIDEO", "AUDIO", "API", "OTHER"}
	UpdateCycles  = []string{"REALTIME", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "ON_DEMAND", "OTHER"}
	ItemClasses   = []string{"1", "2", "3"}
	BaseDataKinds = []string{"NONE", "NATURAL_PERSON", "LEGAL_PERSON", "NATURAL_RESOURCE_GEO", "E_LICENCE"}
)

// InfoItem is one information item of a resource (信息项). Sharing 0 is the type of the resource; a basic data item (基础数据项) is always
// shared unconditionally.
type InfoItem struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Base    bool   `json:"base,omitempty"`
	Sharing int    `json:"sharing,omitempty"`
}

// Types of sharing (第二十七条) and of opening (第三十一条).
const (
	Unconditional = 1 // 无条件
	Conditional   = 2 // 有条件
	Withheld      = 3 // 不予
)

// Sharing is how public bodies may have the data (共享属性).
type Sharing struct {
	Type       int          `json:"type"`
	Basis      []LegalBasis `json:"basis,omitempty"`
	Conditions string       `json:"conditions,omitempty"`
	Method     string       `json:"method,omitempty"` // 共享方式
}

// LegalBasis is what a restriction of sharing rests on.
type LegalBasis struct {
	Rank     string `json:"rank"` // LAW REGULATION RULE PARTY_POLICY STATE_COUNCIL_POLICY
	Document string `json:"document"`
	Article  string `json:"article,omitempty"`
}

// BasisRanks are the ranks on which withholding from sharing may rest (第二十八条): 法律, 法规, 规章, 党中央政策, 国务院政策.
var BasisRanks = []string{"LAW", "REGULATION", "RULE", "PARTY_POLICY", "STATE_COUNCIL_POLICY"}

// Opening is how the public may have the data (开放属性).
type Opening struct {
	Type       int      `json:"type"`
	Reasons    []string `json:"reasons,omitempty"`
	Conditions string   `json:"conditions,omitempty"`
}

// Reasons of 第三十一条 for withholding from the public, and for conditions.
var (
	WithholdReasons  = []string{"PRIVACY", "PERSONAL", "TRADE_SECRET", "CONFIDENTIAL", "LAW"} // 个人隐私, 个人信息, 商业秘密, 保密商务信息, 法律法规
	ConditionReasons = []string{"SECURITY", "TIMELY", "CONTINUOUS"}                           // 安全和处理能力要求较高, 时效性较强, 需要持续获取
)

// PublishItemRequest is the document of catalogue:Publish; status, version and mark are empty.
type PublishItemRequest struct {
	Key  string      `json:"key"`
	Item CatalogItem `json:"item"`
}

// WithdrawItemRequest is the document of catalogue:Withdraw.
type WithdrawItemRequest struct {
	Key    string `json:"key"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// PublishItem judges the publication of a catalogue item, or of its next version, by its provider (第九、十五条). provider is the actor's
// party, old the item under this code.
func PublishItem(f Facts, req PublishItemRequest, old *CatalogItem, provider *Party) (CatalogItem, Refusals) {
	item, rs := publishItem(f, "item", req.Item, old, provider)
	return item, append(checkKey(req.Key), rs...)
}

// maxItems is how many items one transaction publishes; its document is bounded by MaxDocumentBytes besides.
const maxItems = 50

// PublishItemsRequest is the document of catalogue:PublishMany.
type PublishItemsRequest struct {
	Key   string        `json:"key"`
	Items []CatalogItem `json:"items"`
}

// PublishItems judges the publication of several items at once, each like one alone: all of them are published or none. old are the items
// under their codes.
func PublishItems(f Facts, req PublishItemsRequest, old []*CatalogItem, provider *Party) ([]CatalogItem, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.list("items", len(req.Items), maxItems)
	for n, item := range req.Items {
		twice := slices.ContainsFunc(req.Items[:n], func(o CatalogItem) bool { return o.Code == item.Code })
		v.when(twice, at("items", n)+".code", ProblemDuplicate, RuleOneSource)
	}
	rs.add(v.refusal())
	var items []CatalogItem
	for n := range min(len(req.Items), len(old)) {
		item, refusals := publishItem(f, at("items", n), req.Items[n], old[n], provider)
		items, rs = append(items, item), append(rs, refusals...)
	}
	return items, rs
}

func publishItem(f Facts, path string, item CatalogItem, old *CatalogItem, provider *Party) (CatalogItem, Refusals) {
	var rs Refusals
	v := fieldCheck{}
	v.item(path, item)
	rs.add(v.refusal())
	rs = append(rs, providing(f, item.Provider, item.Region, provider)...)
	if old != nil && old.Provider != item.Provider && old.Status == ItemPublished {
		rs.add(Refuse(CodeItemExists, RuleOneSource, "item", clip(item.Code), "provider", string(old.Provider)))
	}
	rs = append(rs, lawfulItem(item)...)
	item.Status, item.Version, item.Mark = ItemPublished, 1, Mark{}.touch(f)
	if old != nil {
		item.Version, item.Mark = old.Version+1, old.Mark.touch(f)
	}
	return item, rs
}

// WithdrawItem judges the withdrawal of a catalogue item by its provider.
func WithdrawItem(f Facts, req WithdrawItemRequest, old *CatalogItem, provider *Party) (CatalogItem, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.text("reason", req.Reason, maxLine, RuleCatalogue)
	rs.add(v.refusal())
	if old == nil {
		return CatalogItem{}, append(rs, Refuse(CodeNotFound, RuleCatalogue, "id", clip(req.Code)))
	}
	rs = append(rs, providing(f, old.Provider, old.Region, provider)...)
	if old.Status != ItemPublished {
		rs.add(Refuse(CodeStatusWrong, RuleCatalogue, "status", old.Status))
	}
	item := *old
	item.Status, item.Reason, item.Mark = ItemWithdrawn, req.Reason, old.Mark.touch(f)
	return item, rs
}

// providing refuses whoever is not the public body that provides the data, and a county's body outside its own region (第八、九条).
func providing(f Facts, id PartyID, region string, provider *Party) Refusals {
	var rs Refusals
	rs.add(activeParty(f.Actor.Party, provider))
	if id != f.Actor.Party {
		rs.add(Refuse(CodeNotOwnParty, RuleProvider, "party", string(f.Actor.Party), "applicant", clip(string(id))))
	}
	if provider == nil {
		return rs
	}
	if !provider.publicBody() {
		rs.add(Refuse(CodeNotPublicBody, RuleProvider, "party", string(provider.ID)))
	}
	if city := Regions[0].Code; provider.Region != city && provider.Region != region {
		rs.add(Refuse(CodeAccessDenied, RuleCounty, "role", f.Actor.Role, "region", clip(region)))
	}
	return rs
}

// item checks the fields of a catalogue item: the five attributes of 第十五条 among them, and the bases and reasons that the types of sharing
// and opening carry (I18).
func (v *fieldCheck) item(path string, i CatalogItem) {
	v.when(i.Status != "" || i.Version != 0 || i.Reason != "", path+".status", ProblemNotAllowed, RuleCatalogue)
	v.resourceCode(path+".code", i.Code, i.Class)
	v.text(path+".name", i.Name, 100, RuleCatalogue)
	v.text(path+".abstract", i.Abstract, maxOverview, RuleCatalogue)
	v.region(path+".region", i.Region)
	v.when(i.Region != "" && RegionName(i.Region) == "", path+".region", ProblemNotAllowed, RuleScope)
	v.oneOf(path+".format", i.Format, ItemFormats...)
	v.oneOf(path+".class", i.Class, ItemClasses...)
	v.oneOf(path+".updateCycle", i.UpdateCycle, UpdateCycles...)
	v.oneOf(path+".baseData", i.BaseData, BaseDataKinds...)
	v.oneOf(path+".level", string(i.Level), string(LevelGeneral), string(LevelImportant), string(LevelCore))
	v.oneOf(path+".secret", i.Secret, "NONE", "CONFIDENTIAL", "SECRET", "TOP_SECRET")
	v.infoItems(path+".fields", i)
	v.sharing(path+".sharing", i.Sharing)
	v.opening(path+".opening", i.Opening)
}

// resourceCode checks that a code begins with the digit of its class and has classification (at least 类1 项2 目3) and sequence.
func (v *fieldCheck) resourceCode(path, code, class string) {
	switch {
	case code == "":
		v.add(path, ProblemMissing, RuleCatalogue)
	case len(code) < 8 || len(code) > 40 || NormaliseCode(code) != code || !decimal(code[:6]) || class != "" && code[:1] != class:
		v.add(path, ProblemForm, RuleCatalogue)
	default:
		v.when(!slices.ContainsFunc([]byte(code[6:]), func(b byte) bool { return b >= '0' && b <= '9' }), path, ProblemForm, RuleCatalogue)
	}
}

func decimal(s string) bool {
	return !slices.ContainsFunc([]byte(s), func(b byte) bool { return b < '0' || b > '9' })
}

func (v *fieldCheck) infoItems(list string, i CatalogItem) {
	v.list(list, len(i.Fields), 300)
	for n, f := range i.Fields {
		path := at(list, n)
		v.text(path+".name", f.Name, 100, RuleCatalogue)
		v.text(path+".type", f.Type, 40, RuleCatalogue)
		v.when(f.Sharing < 0 || f.Sharing > Withheld, path+".sharing", ProblemNotAllowed, RuleSharingType)
		v.when(f.Base && i.BaseData == "NONE", path+".base", ProblemNotAllowed, RuleSharing)
		v.when(slices.ContainsFunc(i.Fields[:n], func(o InfoItem) bool { return o.Name == f.Name }), path+".name", ProblemDuplicate, RuleCatalogue)
	}
}

func (v *fieldCheck) sharing(path string, s Sharing) {
	v.optionalText(path+".conditions", s.Conditions, maxNote, RuleSharing)
	v.optionalText(path+".method", s.Method, 100, RuleSharing)
	switch s.Type {
	case 0:
		v.add(path+".type", ProblemMissing, RuleSharingType)
	case Unconditional:
		v.when(s.Conditions != "", path+".conditions", ProblemNotAllowed, RuleSharing)
	case Conditional:
		v.when(len(s.Basis) == 0, path+".basis", ProblemMissing, RuleSharing)
		v.when(s.Conditions == "", path+".conditions", ProblemMissing, RuleSharing)
	case Withheld:
		v.when(len(s.Basis) == 0, path+".basis", ProblemMissing, RuleSharing)
	default:
		v.add(path+".type", ProblemNotAllowed, RuleSharingType)
	}
	for i, b := range s.Basis {
		path := at(path+".basis", i)
		v.text(path+".document", b.Document, maxLine, RuleSharing)
		v.optionalText(path+".article", b.Article, 60, RuleSharing)
		if s.Type == Withheld || b.Rank != "" {
			v.when(!slices.Contains(BasisRanks, b.Rank), path+".rank", ProblemNotAllowed, RuleSharing)
		}
	}
}

func (v *fieldCheck) opening(path string, o Opening) {
	v.optionalText(path+".conditions", o.Conditions, maxNote, RuleOpening)
	allowed := map[int][]string{Unconditional: {}, Conditional: ConditionReasons, Withheld: WithholdReasons}
	reasons, known := allowed[o.Type]
	switch {
	case o.Type == 0:
		v.add(path+".type", ProblemMissing, RuleOpening)
	case !known:
		v.add(path+".type", ProblemNotAllowed, RuleOpening)
	case o.Type != Unconditional && len(o.Reasons) == 0:
		v.add(path+".reasons", ProblemMissing, RuleOpening)
	}
	v.when(o.Type == Conditional && o.Conditions == "", path+".conditions", ProblemMissing, RuleOpening)
	for i, r := range o.Reasons {
		v.when(known && !slices.Contains(reasons, r), at(path+".reasons", i), ProblemNotAllowed, RuleOpening)
		v.when(slices.Contains(o.Reasons[:i], r), at(path+".reasons", i), ProblemDuplicate, RuleOpening)
	}
}

// lawfulItem refuses core data and secrets, basic data items that are not shared unconditionally (I19), and the opening of personal data.
func lawfulItem(i CatalogItem) Refusals {
	rs := refusedEverywhere(i.Level, i.Secret)
	for _, f := range i.Fields {
		if f.Base && f.Sharing != 0 && f.Sharing != Unconditional {
			rs.add(Refuse(CodeBaseItem, RuleSharing, "field", clip(f.Name)))
		}
	}
	if i.Personal && i.Opening.Type != 0 && i.Opening.Type != Withheld {
		rs.add(Refuse(CodeOpeningRefused, RuleOpening, "item", clip(i.Code)))
	}
	return rs
}

// SharedAs is the sharing type of an information item: its own, otherwise that of its resource; a basic data item is shared unconditionally
// whatever the type of its resource.
func (i CatalogItem) SharedAs(f InfoItem) int {
	switch {
	case f.Base:
		return Unconditional
	case f.Sharing != 0:
		return f.Sharing
	}
	return i.Sharing.Type
}
