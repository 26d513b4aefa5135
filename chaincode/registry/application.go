package registry

import (
	"slices"
	"time"
)

// Source is how data was obtained (数据来源); it decides which rights may be registered (第二十一条 of the guide).
type Source string

// Sources of data.
const (
	SourceSelfCollected Source = "SELF_COLLECTED" // 采集生成
	SourcePublicCrawl   Source = "PUBLIC_CRAWL"   // 通过自动化程序收集公开数据
	SourceAgreement     Source = "AGREEMENT"      // 协议取得
	SourceDerived       Source = "DERIVED"        // 衍生创造
	SourcePersonOwn     Source = "PERSON_OWN"     // 自然人自身数据
	SourcePromoted      Source = "PROMOTED"       // 促成他人采集
	SourceFusion        Source = "FUSION"         // 融合
	SourceEntrusted     Source = "ENTRUSTED"      // 受托处理
)

// Right is one of the three separate rights of 第三十五条.
type Right string

// The three rights.
const (
	RightHold    Right = "HOLD"    // 持有权 (数据资源持有权)
	RightUse     Right = "USE"     // 使用权 (数据加工使用权)
	RightOperate Right = "OPERATE" // 经营权 (数据产品经营权)
)

// Content is what an applicant files: the fields of 附件1 of the guide and the declarations that 办法 asks for.
type Content struct {
	DataName       string         `json:"dataName"`             // 数据名称, ≤ 40 characters
	Overview       string         `json:"overview"`             // 数据概述, ≤ 400 characters
	Region         string         `json:"region"`               // division code
	ScopeBasis     string         `json:"scopeBasis,omitempty"` // the activity within Haidong, for another region
	Industries     []Industry     `json:"industries"`
	Source         Source         `json:"source"`
	Acquisition    string         `json:"acquisition"` // AUTHORIZED COLLECTED GENERATED PURCHASED TRANSFERRED (第二十三条)
	Parents        []AssetID      `json:"parents,omitempty"`
	Spatial        Spatial        `json:"spatial"`
	Temporal       Temporal       `json:"temporal"`
	Frequency      string         `json:"frequency"` // DAY WEEK MONTH YEAR ON_DEMAND REALTIME OTHER
	Volume         Volume         `json:"volume"`
	Form           Form           `json:"form"`
	Restrictions   Restrictions   `json:"restrictions"`
	Rights         []RightClaim   `json:"rights"`
	SubjectClass   string         `json:"subjectClass"` // ENTERPRISE PERSONAL PUBLIC (第三条, 附录6–8)
	Level          Level          `json:"level"`
	Secret         string         `json:"secret"`       // NONE, or any degree of secrecy: refused
	PersonalInfo   string         `json:"personalInfo"` // NONE ANONYMISED CONSENT OTHER_BASIS
	Declarations   Declarations   `json:"declarations"`
	RiskAssessment string         `json:"riskAssessment,omitempty"` // CID; mandatory for important data
	Compliance     string         `json:"compliance,omitempty"`     // CID of a compliance opinion
	Fingerprint    string         `json:"fingerprint,omitempty"`    // SHA-256 of the data, if the applicant gives one
	Materials      []Material     `json:"materials"`
	Withhold       string         `json:"withhold,omitempty"` // reason for withholding content from publicity (第二十四条)
	Statements     SourceEvidence `json:"statements"`
	Product        AssetID        `json:"product,omitempty"` // data asset on a public product: the product's registration (第十五条（二）)
	Public         *PublicMatter  `json:"public,omitempty"`  // of the public tracks
}

// PublicMatter is what a registration of public data files besides (第七、九条 of the public-data rules).
type PublicMatter struct {
	Deposit   string     `json:"deposit"`             // CID of evidence that was deposited before (存证)
	Reviewed  bool       `json:"reviewed"`            // the body's own review was done (业务审核)
	Product   string     `json:"product"`             // 产品和服务信息
	Scenario  string     `json:"scenario"`            // 应用场景信息
	Item      string     `json:"item,omitempty"`      // code of the catalogue item, if it is catalogued
	Operation *Operation `json:"operation,omitempty"` // authorised operation (授权运营)
}

// Operation is the authorised operation under which a public product was made.
type Operation struct {
	Agreement string `json:"agreement"` // CID of the agreement
	Until     Date   `json:"until"`     // last day of the operating term (运营期限)
}

// Industry is a section and division of GB/T 4754-2017.
type Industry struct {
	Section  string `json:"section"`
	Division string `json:"division"`
}

// Spatial is the area that the data covers (地域范围).
type Spatial struct {
	Scope string   `json:"scope"` // INTERNATIONAL NATIONAL PROVINCE CITY COUNTY BELOW_COUNTY
	Codes []string `json:"codes"` // division codes, six digits
}

// Temporal is the time span that the data covers (时域范围), both days included.
type Temporal struct {
	From Date `json:"from"`
	To   Date `json:"to"`
}

// Volume is the size of the data (数据量).
type Volume struct {
	Records int64 `json:"records"` // 条
	Bytes   int64 `json:"bytes"`
}

// Form is the form of the data (数据形态).
type Form struct {
	Media     []string `json:"media"`     // IMAGE TEXT VIDEO AUDIO TABLE OTHER
	Structure string   `json:"structure"` // STRUCTURED SEMI_STRUCTURED UNSTRUCTURED
}

// Restrictions limit to whom and how the data goes (限制范围); 无 where there is none.
type Restrictions struct {
	Objects       string `json:"objects"`
	Qualification string `json:"qualification"`
	Environment   string `json:"environment"`
	Region        string `json:"region"`
	Resale        bool   `json:"resale"` // resale is allowed
	Export        bool   `json:"export"` // use abroad is allowed
}

// RightClaim is a right that the applicant asks to have registered for itself (权利配置说明).
type RightClaim struct {
	Kind     Right  `json:"kind"`
	From     Date   `json:"from"`
	To       Date   `json:"to,omitempty"` // empty: as long as the registration is valid
	Limits   string `json:"limits,omitempty"`
	Evidence string `json:"evidence,omitempty"` // CID
}

// Declarations are statements for which the applicant answers (附录4, 附录7).
type Declarations struct {
	Lawful     bool `json:"lawful"`     // lawfully owned or controlled
	Measurable bool `json:"measurable"` // measurable in money
	Beneficial bool `json:"beneficial"` // brings direct or indirect economic benefit
	NoPersonal bool `json:"noPersonal"` // enterprise data: no personal information, no public interest
	Truthful   bool `json:"truthful"`   // what is filed is true and complete
}

// SourceEvidence are the statements that single sources ask for (第二十、二十一条).
type SourceEvidence struct {
	NoSubstitution        bool   `json:"noSubstitution,omitempty"`        // PUBLIC_CRAWL: does not replace the other's product
	SubstantialDifference string `json:"substantialDifference,omitempty"` // DERIVED
	ParticipantsConsent   string `json:"participantsConsent,omitempty"`   // FUSION: CID
	Contract              string `json:"contract,omitempty"`              // AGREEMENT, PROMOTED, ENTRUSTED: CID
}

// MaterialKind is the kind of a filed document (第三十三条).
type MaterialKind string

// Kinds of materials. CONTACT holds name, phone and address of the contact person: encrypted, never on the ledger.
const (
	MaterialSample     MaterialKind = "SAMPLE"     // 数据样例
	MaterialIdentity   MaterialKind = "IDENTITY"   // 主体证明
	MaterialSource     MaterialKind = "SOURCE"     // 合法取得证明
	MaterialContract   MaterialKind = "CONTRACT"   // 合同
	MaterialRisk       MaterialKind = "RISK"       // 风险评估
	MaterialCompliance MaterialKind = "COMPLIANCE" // 合规意见
	MaterialContact    MaterialKind = "CONTACT"    // 联系信息
	MaterialResource   MaterialKind = "RESOURCE"   // 数据资源情况
	MaterialDeposit    MaterialKind = "DEPOSIT"    // 存证情况
	MaterialProduct    MaterialKind = "PRODUCT"    // 产品和服务信息
	MaterialScenario   MaterialKind = "SCENARIO"   // 应用场景信息
	MaterialOther      MaterialKind = "OTHER"
	MaterialStatement  MaterialKind = "STATEMENT" // 书面说明: the reasons of an objection, an explanation
	MaterialEvidence   MaterialKind = "EVIDENCE"  // 证据、佐证材料
	MaterialConsent    MaterialKind = "CONSENT"   // 书面同意
	MaterialReport     MaterialKind = "REPORT"    // 报送、披露的文件
	MaterialOrder      MaterialKind = "ORDER"     // 有权机关、行政主管部门的文书
	MaterialDecision   MaterialKind = "DECISION"  // 处理决定
)

// Material is a filed document, held encrypted in the evidence store.
type Material struct {
	Kind       MaterialKind `json:"kind"`
	CID        string       `json:"cid"`        // of the bytes as stored (ciphertext)
	Commitment string       `json:"commitment"` // hex salted SHA-256 of the plaintext
	Size       int64        `json:"size"`       // bytes of the plaintext
}

// Status is the status of an application.
type Status string

// Statuses of an application (domain: 登记申请). LAPSED is derived from the supplement deadline, and written down by a sweep.
const (
	StatusNone        Status = ""
	StatusProposed    Status = "PROPOSED"     // 待对方当事人确认
	StatusSubmitted   Status = "SUBMITTED"    // 已提交，待受理
	StatusReturned    Status = "RETURNED"     // 待补正
	StatusAccepted    Status = "ACCEPTED"     // 已受理，审查中
	StatusNotAccepted Status = "NOT_ACCEPTED" // 不予受理
	StatusLapsed      Status = "LAPSED"       // 逾期未补正，视为未申请
	StatusEvidence    Status = "EVIDENCE"     // 待补充佐证材料，审查期限中止
	StatusRefused     Status = "REFUSED"      // 不予登记
	StatusTerminated  Status = "TERMINATED"   // 终止登记
	StatusInPublicity Status = "IN_PUBLICITY" // 公示中
	StatusObjected    Status = "OBJECTED"     // 公示中有异议，公示期限中止
	StatusReady       Status = "READY"        // 公示期满，待登簿
	StatusRegistered  Status = "REGISTERED"   // 已登记
	StatusWithdrawn   Status = "WITHDRAWN"    // 已撤回
)

// Open says whether a case in this status still occupies its asset.
func (s Status) Open() bool {
	switch s {
	case StatusProposed, StatusSubmitted, StatusReturned, StatusAccepted, StatusEvidence, StatusInPublicity, StatusObjected, StatusReady:
		return true
	}
	return false
}

// Application is a registration case (登记申请).
type Application struct {
	ID              ApplicationID     `json:"id"`
	Track           Track             `json:"track"`
	Action          Action            `json:"action"`
	Target          AssetID           `json:"target,omitempty"` // the registered asset that the case is about
	Applicant       PartyID           `json:"applicant"`
	ApplicantName   string            `json:"applicantName,omitempty"` // as recorded at filing; empty for natural persons
	ApplicantPerson PersonID          `json:"applicantPerson"`
	Content         Content           `json:"content"`
	Status          Status            `json:"status"`
	Round           int               `json:"round"` // 1 at first filing, one more with each resubmission
	Registrar       PartyID           `json:"registrar,omitempty"`
	Acceptor        PersonID          `json:"acceptor,omitempty"`
	Reviewer        PersonID          `json:"reviewer,omitempty"`
	Findings        *Findings         `json:"findings,omitempty"`
	Checklist       []ChecklistItem   `json:"checklist,omitempty"` // of a formal review
	Supplements     []Supplement      `json:"supplements,omitempty"`
	Materials       []Material        `json:"materials,omitempty"` // filed with an act on a registered asset
	Transfer        *Transfer         `json:"transfer,omitempty"`
	Renewal         *Renewal          `json:"renewal,omitempty"`
	Cancellation    *Cancellation     `json:"cancellation,omitempty"`
	Evidence        []EvidenceRequest `json:"evidence,omitempty"`
	Extension       []string          `json:"extension,omitempty"` // the reasons for a longer handling
	Objections      []ObjectionHead   `json:"objections,omitempty"`
	Reasons         []string          `json:"reasons,omitempty"` // of not accepting, refusing, terminating or withdrawing
	Ground          string            `json:"ground,omitempty"`  // R1–R5 of 第二十二条
	Profile         string            `json:"profile"`
	Deadlines       []Deadline        `json:"deadlines"`
	Recalculated    []Recalculation   `json:"recalculated,omitempty"`
	Paper           bool              `json:"paper,omitempty"`   // the applicant acts at the counter: it is told on paper
	Notices         int               `json:"notices,omitempty"` // written in this case so far
	History         []Step            `json:"history"`
	Asset           AssetID           `json:"asset,omitempty"`
	Certificate     CertificateNumber `json:"certificate,omitempty"`
	Mark            Mark              `json:"mark"`
}

// Renewal is what a renewal asks for (续期、续展).
type Renewal struct {
	Years int  `json:"years"`
	Holds bool `json:"holds,omitempty"` // the registration does not expire before it is decided (第三十六条)
}

// Step is one act in the history of a case.
type Step struct {
	Act     Act       `json:"act"`
	From    Status    `json:"from"`
	To      Status    `json:"to"`
	At      time.Time `json:"at"`
	TxID    string    `json:"txId"`
	Actor   PersonID  `json:"actor"`
	Mandate MandateID `json:"mandate,omitempty"` // under which an agent or clerk acted for the applicant
	Agent   PersonID  `json:"agent,omitempty"`   // whom the mandate names: that person's first account, whichever device signed
	For     string    `json:"for,omitempty"`     // the objection that the act was about
	Overdue bool      `json:"overdue,omitempty"` // the registrar acted after the due date: flagged, never refused
}

// Findings are the three findings of a review (第十八条).
type Findings struct {
	Description Finding `json:"description"` // 描述准确性
	Source      Finding `json:"source"`      // 来源合规性
	Rights      Finding `json:"rights"`      // 产权明确性
}

// Finding is one finding with its note.
type Finding struct {
	Pass bool   `json:"pass"`
	Note string `json:"note,omitempty"`
}

// ChecklistItem is one line of the checklist of a formal review (形式审核, 第十一条 of the public-data rules): a material that must be there
// and in order.
type ChecklistItem struct {
	Kind MaterialKind `json:"kind"`
	Pass bool         `json:"pass"`
	Note string       `json:"note,omitempty"`
}

// Supplement is a notice that lists once everything to be supplemented (补正告知, 第十七条).
type Supplement struct {
	Items []string  `json:"items"`
	At    time.Time `json:"at"`
	TxID  string    `json:"txId"`
}

// Deadline finds the last deadline of a kind.
func (a *Application) Deadline(kind DeadlineKind) (Deadline, bool) {
	for i := len(a.Deadlines) - 1; i >= 0; i-- {
		if a.Deadlines[i].Kind == kind {
			return a.Deadlines[i], true
		}
	}
	return Deadline{}, false
}

// Filed are the materials that the applicant has filed: with the content, and as evidence for the review.
func (a *Application) Filed() []Material {
	all := append(slices.Clone(a.Content.Materials), a.Materials...)
	for _, e := range a.Evidence {
		all = append(all, e.Materials...)
	}
	return all
}

// running is the last deadline of a kind that is not met, to be changed in place; nil if there is none.
func (a *Application) running(kind DeadlineKind) *Deadline {
	return a.runningFor(kind, "")
}

func (a *Application) runningFor(kind DeadlineKind, which string) *Deadline {
	for i := len(a.Deadlines) - 1; i >= 0; i-- {
		if d := &a.Deadlines[i]; d.Kind == kind && d.For == which && d.FinishedAt == nil {
			return d
		}
	}
	return nil
}

// EffectiveStatus is the status as of an instant: nothing fires by itself, so a lapse is derived.
func (a *Application) EffectiveStatus(at time.Time) Status {
	waiting, ok := Deadline{}, false
	switch a.Status {
	case StatusReturned:
		waiting, ok = a.Deadline(DeadlineSupplement)
	case StatusProposed:
		waiting, ok = a.Deadline(DeadlineJoin)
	}
	if ok && waiting.Effect == EffectLapse && waiting.Over(at) {
		return StatusLapsed
	}
	return a.Status
}

// LockID names the lock over "same asset": the digest over canonical name, period, area and, if given, fingerprint,
// with the right holder.
func LockID(holder PartyID, c Content) string {
	return Digest(map[string]any{
		"holder": holder, "name": c.DataName, "from": c.Temporal.From, "to": c.Temporal.To,
		"scope": c.Spatial.Scope, "codes": c.Spatial.Codes, "fingerprint": c.Fingerprint,
	})
}

// Lock says which application occupies an asset; whether it still does follows from that application's status.
type Lock struct {
	Application ApplicationID `json:"application"`
	Mark        Mark          `json:"mark"`
}
