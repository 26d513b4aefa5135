package registry

import "time"

// Mark says who wrote a record, when and by which transaction. Times are proposal timestamps in UTC seconds.
type Mark struct {
	Schema    int       `json:"schema"`
	CreatedTx string    `json:"createdTx"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedTx string    `json:"updatedTx"`
	UpdatedAt time.Time `json:"updatedAt"`
	Actor     PersonID  `json:"actor"`
}

// SchemaVersion is the version of the record formats in docs/formats.md.
const SchemaVersion = 1

// touch carries a mark forward to the present act.
func (m Mark) touch(f Facts) Mark {
	if m.CreatedTx == "" {
		m.CreatedTx, m.CreatedAt = f.TxID, f.At
	}
	m.Schema, m.UpdatedTx, m.UpdatedAt, m.Actor = SchemaVersion, f.TxID, f.At, f.Actor.ID()
	return m
}

// Facts are what every judgement needs about the transaction itself.
type Facts struct {
	TxID  string
	At    time.Time // proposal timestamp, UTC, whole seconds
	Actor Actor
	Mode  Mode
}

// PartyKind is the legal nature of a party.
type PartyKind string

// Kinds of parties (附件1 申请人类型).
const (
	PartyLegal          PartyKind = "LEGAL"          // 法人
	PartyUnincorporated PartyKind = "UNINCORPORATED" // 非法人组织
	PartyNatural        PartyKind = "NATURAL"        // 自然人
)

// PartyCategory is the kind of body.
type PartyCategory string

// Categories of parties.
const (
	CategoryGovernment  PartyCategory = "GOV"
	CategoryInstitution PartyCategory = "INSTITUTION"
	CategorySocial      PartyCategory = "SOCIAL"
	CategoryEnterprise  PartyCategory = "ENTERPRISE"
	CategorySole        PartyCategory = "SOLE"
	CategoryCooperative PartyCategory = "COOP"
	CategoryOther       PartyCategory = "OTHER"
)

// PartyStatus is the status of a party.
type PartyStatus string

// Statuses of a party.
const (
	PartyActive       PartyStatus = "ACTIVE"
	PartySuspended    PartyStatus = "SUSPENDED"
	PartyDeregistered PartyStatus = "DEREGISTERED"
)

// Party is a subject of rights (主体). A natural person is known by a keyed reference only.
type Party struct {
	ID              PartyID       `json:"id"`
	Kind            PartyKind     `json:"kind"`
	Category        PartyCategory `json:"category"`
	Name            string        `json:"name,omitempty"` // empty for natural persons: I2
	Region          string        `json:"region"`
	IsPublicUtility bool          `json:"isPublicUtility,omitempty"`
	FiscalFunded    bool          `json:"fiscalFunded,omitempty"` // 财政资金保障运行; of government bodies without saying
	Accounts        int           `json:"accounts,omitempty"`     // by which people act as the party itself, approved and not ended
	EndedBy         PersonID      `json:"endedBy,omitempty"`      // the member of staff who last ended one of them
	Status          PartyStatus   `json:"status"`
	Mark            Mark          `json:"mark"`
}

// publicBody says whether the party holds public data: a government body, an institution or a public utility.
func (p Party) publicBody() bool {
	return p.Category == CategoryGovernment || p.Category == CategoryInstitution || p.IsPublicUtility
}

// RegisterPartyRequest is the document of party:Register.
type RegisterPartyRequest struct {
	Key             string        `json:"key"`
	ID              PartyID       `json:"id"`
	Kind            PartyKind     `json:"kind"`
	Category        PartyCategory `json:"category"`
	Name            string        `json:"name,omitempty"`
	Region          string        `json:"region"`
	IsPublicUtility bool          `json:"isPublicUtility,omitempty"`
	FiscalFunded    bool          `json:"fiscalFunded,omitempty"`
}

// RegisterParty judges the registration of a party (第二十一条): a valid credit code, or for a natural person a keyed
// reference and no name. exists says whether the party is on the ledger.
func RegisterParty(f Facts, req RegisterPartyRequest, exists bool) (Party, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	if req.Kind == PartyNatural {
		v.subjectRef("id", string(req.ID))
		v.when(req.Name != "", "name", ProblemNotAllowed, RuleIdentifier)
	} else {
		v.creditCode("id", string(req.ID))
		v.text("name", req.Name, 100, RuleIdentifier)
	}
	v.oneOf("kind", string(req.Kind), string(PartyLegal), string(PartyUnincorporated), string(PartyNatural))
	v.oneOf("category", string(req.Category), "GOV", "INSTITUTION", "SOCIAL", "ENTERPRISE", "SOLE", "COOP", "OTHER")
	v.when(len(req.ID) > 2 && req.ID[:2] == "11" && req.Category != CategoryGovernment, "category", ProblemNotAllowed, RuleIdentifier)
	v.when(req.FiscalFunded && req.Category != CategoryGovernment && req.Category != CategoryInstitution && req.Category != CategorySocial, "fiscalFunded",
		ProblemNotAllowed, RulePurchase)
	v.region("region", req.Region)
	rs.add(v.refusal())
	if exists {
		rs.add(Refuse(CodePartyExists, RuleIdentifier, "id", string(req.ID)))
	}
	return Party{ID: req.ID, Kind: req.Kind, Category: req.Category, Name: req.Name, Region: req.Region,
		IsPublicUtility: req.IsPublicUtility, FiscalFunded: req.FiscalFunded, Status: PartyActive, Mark: Mark{}.touch(f)}, rs
}

// Office is what an appointment (任命) allows.
type Office string

// Offices. REGISTRAR and OPERATOR are held by a body, the others by people or a service of a body. Those of the three reviews are named by
// ReviewKind.Office.
const (
	OfficeRegistrar  Office = "REGISTRAR"         // 数据资产登记机构
	OfficeAcceptor   Office = "ACCEPTOR"          // 受理
	OfficeReviewer   Office = "REVIEWER"          // 审查
	OfficeObjections Office = "OBJECTION_OFFICER" // 异议处理
	OfficeRecorder   Office = "RECORDER"          // 公示与登簿
	OfficeIssuer     Office = "ISSUER"            // 证书签发服务
	OfficeOperator   Office = "OPERATOR"          // 公共数据授权运营机构 (第三十六条), a body
)

// Appointment lets a body or a person hold an office (第四十二条).
type Appointment struct {
	Office     Office  `json:"office"`
	Holder     string  `json:"holder"` // PartyID of a body, PersonID of a person or service
	N          int     `json:"n"`      // counts the appointments of the holder to the office
	Status     string  `json:"status"` // ACTIVE or ENDED
	Basis      string  `json:"basis"`  // the appointing document
	CurrentKey KeyID   `json:"currentKey,omitempty"`
	Registrar  PartyID `json:"registrar,omitempty"` // the body for which a person acts
	Mark       Mark    `json:"mark"`
}

// Active says whether the appointment is in force.
func (a *Appointment) Active() bool { return a != nil && a.Status == "ACTIVE" }

// AppointRequest is the document of party:Appoint.
type AppointRequest struct {
	Key       string  `json:"key"`
	Office    Office  `json:"office"`
	Holder    string  `json:"holder"`
	Basis     string  `json:"basis"`
	Registrar PartyID `json:"registrar,omitempty"`
}

// Appoint judges an appointment; old is the holder's last appointment to the office, or nil.
func Appoint(f Facts, req AppointRequest, old *Appointment) (Appointment, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.oneOf("office", string(req.Office), string(OfficeRegistrar), string(OfficeAcceptor), string(OfficeReviewer),
		string(OfficeObjections), string(OfficeRecorder), string(OfficeIssuer), string(OfficeOperator), string(ReviewCompliance.Office()),
		string(ReviewSecurity.Office()), string(ReviewAlgorithm.Office()))
	v.text("basis", req.Basis, 200, RuleRegistrar)
	if req.Office == OfficeRegistrar || req.Office == OfficeOperator {
		v.creditCode("holder", req.Holder)
		v.when(req.Registrar != "", "registrar", ProblemNotAllowed, RuleRegistrar)
	} else {
		v.person("holder", req.Holder)
		v.creditCode("registrar", string(req.Registrar))
	}
	rs.add(v.refusal())
	n := 1
	if old.Active() {
		rs.add(Refuse(CodeAppointmentExists, RuleRegistrar, "office", string(req.Office), "holder", req.Holder))
	}
	if old != nil {
		n = old.N + 1
	}
	return Appointment{Office: req.Office, Holder: req.Holder, N: n, Status: "ACTIVE", Basis: req.Basis,
		Registrar: req.Registrar, Mark: Mark{}.touch(f)}, rs
}

// EndAppointmentRequest is the document of party:EndAppointment.
type EndAppointmentRequest struct {
	Key    string `json:"key"`
	Office Office `json:"office"`
	Holder string `json:"holder"`
	Reason string `json:"reason"`
}

// EndAppointment judges the end of an appointment; it takes effect at once.
func EndAppointment(f Facts, req EndAppointmentRequest, old *Appointment) (Appointment, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.text("reason", req.Reason, 200, RuleRegistrar)
	rs.add(v.refusal())
	if !old.Active() {
		rs.add(Refuse(CodeNotAppointed, RuleRegistrar, "office", string(req.Office), "holder", req.Holder))
		return Appointment{}, rs
	}
	ended := *old
	ended.Status, ended.Mark = "ENDED", old.Mark.touch(f)
	return ended, rs
}

// DocumentKey is a key that signs certificates (文书签名密钥), judged as of issuance.
type DocumentKey struct {
	ID          KeyID   `json:"id"`
	Registrar   PartyID `json:"registrar"`
	Certificate string  `json:"certificate"` // PEM of the X.509 certificate
	Status      string  `json:"status"`      // ACTIVE or RETIRED
	Mark        Mark    `json:"mark"`
}

// AdoptKeyRequest is the document of party:AdoptKey.
type AdoptKeyRequest struct {
	Key         string  `json:"key"`
	Registrar   PartyID `json:"registrar"`
	Certificate string  `json:"certificate"`
}

// AdoptKey judges a new document key of a registrar, which becomes its current one.
func AdoptKey(f Facts, req AdoptKeyRequest, registrar *Appointment) (DocumentKey, Appointment, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.creditCode("registrar", string(req.Registrar))
	v.certificate("certificate", req.Certificate, f.At)
	rs.add(v.refusal())
	if !registrar.Active() {
		rs.add(Refuse(CodeNotAppointed, RuleRegistrar, "office", string(OfficeRegistrar), "holder", string(req.Registrar)))
		return DocumentKey{}, Appointment{}, rs
	}
	key := DocumentKey{ID: KeyID(DerivedID("KEY", f.TxID)), Registrar: req.Registrar, Certificate: req.Certificate,
		Status: "ACTIVE", Mark: Mark{}.touch(f)}
	holder := *registrar
	holder.CurrentKey, holder.Mark = key.ID, registrar.Mark.touch(f)
	return key, holder, rs
}
