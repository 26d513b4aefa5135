package registry

import (
	"slices"
	"time"
)

// Statuses of an item that is opened to the public.
const (
	OpenAudited   = "AUDITED"   // 已审核，待发布
	OpenPublished = "PUBLISHED" // 已发布
	OpenSentBack  = "SENT_BACK" // 已退回
	OpenStopped   = "STOPPED"   // 已停止开放
)

// OpenModes are the ways in which the public gets data (开放模式): download, interface, on application, in a controlled environment.
var OpenModes = []string{"DOWNLOAD", "API", "APPLICATION", "SANDBOX"}

// OpenKinds are the types of opened data (开放清单 类型): data sets, interfaces, files.
var OpenKinds = []string{"DATASET", "API", "FILE"}

// OpenItem is an item of the catalogue of opened data (公共数据开放目录, 第三十、三十二条): the providing body audits and pushes it, the data
// department publishes it with its grade.
type OpenItem struct {
	Code        string     `json:"code"`     // resource code of the catalogue item
	Provider    PartyID    `json:"provider"` // 开放主体
	Region      string     `json:"region"`
	Version     int        `json:"version"` // of the catalogue item that was audited
	Mode        string     `json:"mode"`    // 开放模式
	Grade       string     `json:"grade,omitempty"`
	Status      string     `json:"status"`
	Audit       OpenAudit  `json:"audit"`
	PublishedAt *time.Time `json:"publishedAt,omitempty"`
	Publisher   PersonID   `json:"publisher,omitempty"`
	Reasons     string     `json:"reasons,omitempty"` // why it was sent back or stopped
	Mark        Mark       `json:"mark"`
}

// OpenAudit is the body's own audit before it pushes an item.
type OpenAudit struct {
	Note string    `json:"note"`
	By   PersonID  `json:"by"`
	At   time.Time `json:"at"`
}

// OpenNow says whether the public may have the data now: published, and the catalogue item still is and allows it.
func (o OpenItem) OpenNow(item *CatalogItem) bool {
	return o.Status == OpenPublished && item.openable() == nil
}

// openable refuses what the catalogue does not publish, or withholds from the public.
func (i *CatalogItem) openable() *Refusal {
	switch {
	case i == nil:
		return Refuse(CodeItemMissing, RuleOpeningCourse, "item", "-")
	case i.Status != ItemPublished:
		return Refuse(CodeItemMissing, RuleOpeningCourse, "item", i.Code)
	case i.Opening.Type == Withheld:
		return Refuse(CodeOpeningRefused, RuleOpening, "item", i.Code)
	}
	return nil
}

// OpenCase is everything that an act on an opened item may look at; nil means that the ledger has no such record.
type OpenCase struct {
	Facts
	Open *OpenItem
	Item *CatalogItem
}

// AuditOpeningRequest is the document of opening:Audit. Checked: the body has audited the data for opening.
type AuditOpeningRequest struct {
	Key     string `json:"key"`
	Item    string `json:"item"`
	Mode    string `json:"openMode"`
	Checked bool   `json:"checked"`
	Note    string `json:"note"` // what was audited, and how
}

// AuditOpening judges the audit of an item by its provider, who pushes it to the data department with it (审核、推送). Anew after it was sent
// back or stopped, or when the catalogue has a new version.
func AuditOpening(c OpenCase, req AuditOpeningRequest) (OpenItem, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.oneOf("openMode", req.Mode, OpenModes...)
	v.text("note", req.Note, maxNote, RuleOpeningCourse)
	v.when(!req.Checked, "checked", ProblemDeclaration, RuleOpeningCourse)
	rs.add(v.refusal())
	if c.Item == nil {
		return OpenItem{}, append(rs, Refuse(CodeItemMissing, RuleOpeningCourse, "item", clip(req.Item)))
	}
	rs.add(c.ownAct(c.Item.Provider))
	rs.add(c.Item.openable())
	o := OpenItem{Code: c.Item.Code, Provider: c.Item.Provider, Region: c.Item.Region, Version: c.Item.Version, Mode: req.Mode, Status: OpenAudited,
		Audit: OpenAudit{Note: req.Note, By: c.Actor.ID(), At: c.At}, Mark: Mark{}.touch(c.Facts)}
	if c.Open == nil {
		return o, rs
	}
	if waiting := slices.Contains([]string{OpenAudited, OpenPublished}, c.Open.Status); waiting && c.Open.Version == c.Item.Version {
		rs.add(Refuse(CodeStatusWrong, RuleOpeningCourse, "status", c.Open.Status))
	}
	o.Mark = c.Open.Mark.touch(c.Facts)
	return o, rs
}

// PublishOpeningRequest is the document of opening:Publish.
type PublishOpeningRequest struct {
	Key   string `json:"key"`
	Item  string `json:"item"`
	Grade string `json:"grade"` // 开放等级, by the data department's own scale
}

// PublishOpening judges the publication of an opened item by the data department: never before the provider's audit of the very version
// that the catalogue has.
func PublishOpening(c OpenCase, req PublishOpeningRequest) (OpenItem, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.text("grade", req.Grade, 20, RuleOpeningPlan)
	rs.add(v.refusal())
	if c.Item == nil {
		return OpenItem{}, append(rs, Refuse(CodeItemMissing, RuleOpeningCourse, "item", clip(req.Item)))
	}
	rs.add(c.within(c.Item.Region))
	rs.add(c.Item.openable())
	if c.Open == nil || c.Open.Status != OpenAudited || c.Open.Version != c.Item.Version {
		return OpenItem{}, append(rs, Refuse(CodeAuditMissing, RuleOpeningCourse, "item", c.Item.Code))
	}
	o, at := *c.Open, c.At
	o.Status, o.Grade, o.PublishedAt, o.Publisher, o.Reasons, o.Mark = OpenPublished, req.Grade, &at, c.Actor.ID(), "", o.Mark.touch(c.Facts)
	return o, rs
}

// EndOpeningRequest is the document of opening:SendBack and opening:Stop.
type EndOpeningRequest struct {
	Key     string `json:"key"`
	Item    string `json:"item"`
	Reasons string `json:"reasons"`
}

// SendBackOpening judges that the data department sends an audited item back to its provider.
func SendBackOpening(c OpenCase, req EndOpeningRequest) (OpenItem, Refusals) {
	o, rs := c.end(req, OpenAudited, OpenSentBack)
	if c.Open != nil {
		rs.add(c.within(o.Region))
	}
	return o, rs
}

// StopOpening judges that an opened item is stopped, by its provider or by the data department.
func StopOpening(c OpenCase, req EndOpeningRequest) (OpenItem, Refusals) {
	o, rs := c.end(req, OpenPublished, OpenStopped)
	switch {
	case c.Open == nil:
	case c.Actor.MSP == MSPBureau:
		rs.add(c.within(o.Region))
	default:
		rs.add(c.ownAct(o.Provider))
	}
	return o, rs
}

func (c OpenCase) end(req EndOpeningRequest, from, to string) (OpenItem, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.text("reasons", req.Reasons, maxNote, RuleOpeningCourse)
	rs.add(v.refusal())
	if c.Open == nil {
		return OpenItem{}, append(rs, NotFound(req.Item))
	}
	o := *c.Open
	if o.Status != from {
		rs.add(Refuse(CodeStatusWrong, RuleOpeningCourse, "status", o.Status))
	}
	o.Status, o.Reasons, o.Mark = to, req.Reasons, o.Mark.touch(c.Facts)
	return o, rs
}
