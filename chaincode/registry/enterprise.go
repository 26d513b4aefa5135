package registry

// Statuses of an entry of the enterprise catalogue.
const (
	EntryListed  = "LISTED"
	EntryRemoved = "REMOVED"
)

// EnterpriseEntry is an entry of the catalogue of data of enterprises and institutions, which the data department keeps (企事业单位信息资源
// 数据资源目录, 第五条（九）). It says that the data exists and gives nobody a right to it.
type EnterpriseEntry struct {
	ID          EntryID    `json:"id"`
	Party       PartyID    `json:"party"` // whose data it is
	Region      string     `json:"region"`
	Name        string     `json:"name"`
	Abstract    string     `json:"abstract"`
	Industries  []Industry `json:"industries"`
	Format      string     `json:"format"`
	UpdateCycle string     `json:"updateCycle"`
	Level       Level      `json:"level"`
	Status      string     `json:"status"`
	Version     int        `json:"version"`
	Reason      string     `json:"reason,omitempty"` // of removal
	Mark        Mark       `json:"mark"`
}

// EnterpriseCase is what an act on the enterprise catalogue may look at; nil means that the ledger has no such record.
type EnterpriseCase struct {
	Facts
	Entry *EnterpriseEntry
	Party *Party
}

// EnterEnterpriseRequest is the document of catalogue:EnterEnterprise. Entry is empty for a new one.
type EnterEnterpriseRequest struct {
	Key         string     `json:"key"`
	Entry       EntryID    `json:"entry,omitempty"`
	Party       PartyID    `json:"party"`
	Region      string     `json:"region"`
	Name        string     `json:"name"`
	Abstract    string     `json:"abstract"`
	Industries  []Industry `json:"industries"`
	Format      string     `json:"format"`
	UpdateCycle string     `json:"updateCycle"`
	Level       Level      `json:"level"`
	NoPersonal  bool       `json:"noPersonal"` // declared: no personal information, no public interest (附录第7项)
}

// EnterEnterprise judges an entry of the enterprise catalogue, new or amended, by the data department; a county's enters its own region's.
func EnterEnterprise(c EnterpriseCase, req EnterEnterpriseRequest) (EnterpriseEntry, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.creditCode("party", string(req.Party))
	v.when(c.Entry != nil && c.Entry.Party != req.Party, "party", ProblemNotAllowed, RuleEnterprises)
	v.region("region", req.Region)
	v.when(req.Region != "" && RegionName(req.Region) == "", "region", ProblemNotAllowed, RuleScope)
	v.text("name", req.Name, 100, RuleEnterprises)
	v.text("abstract", req.Abstract, maxOverview, RuleEnterprises)
	v.industries("industries", req.Industries)
	v.oneOf("format", req.Format, ItemFormats...)
	v.oneOf("updateCycle", req.UpdateCycle, UpdateCycles...)
	v.oneOf("level", string(req.Level), string(LevelGeneral), string(LevelImportant), string(LevelCore))
	v.when(!req.NoPersonal, "noPersonal", ProblemDeclaration, RuleEnterpriseData)
	rs.add(v.refusal())
	rs.add(c.within(req.Region))
	rs.add(activeParty(req.Party, c.Party))
	if c.Party != nil && (c.Party.Category == CategoryGovernment || c.Party.Kind == PartyNatural) {
		rs.add(Refuse(CodeNotEnterprise, RuleEnterprises, "party", string(req.Party)))
	}
	rs = append(rs, refusedEverywhere(req.Level, "NONE")...)
	e := EnterpriseEntry{ID: EntryID(DerivedID("ECE", c.TxID)), Party: req.Party, Region: req.Region, Name: req.Name, Abstract: req.Abstract, Industries: req.Industries,
		Format: req.Format, UpdateCycle: req.UpdateCycle, Level: req.Level, Status: EntryListed, Version: 1, Mark: Mark{}.touch(c.Facts)}
	if req.Entry == "" {
		return e, rs
	}
	if c.Entry == nil {
		return e, append(rs, NotFound(string(req.Entry)))
	}
	rs.add(c.within(c.Entry.Region))
	e.ID, e.Version, e.Mark = c.Entry.ID, c.Entry.Version+1, c.Entry.Mark.touch(c.Facts)
	return e, rs
}

// RemoveEnterpriseRequest is the document of catalogue:RemoveEnterprise.
type RemoveEnterpriseRequest struct {
	Key    string  `json:"key"`
	Entry  EntryID `json:"entry"`
	Reason string  `json:"reason"`
}

// RemoveEnterprise judges the removal of an entry of the enterprise catalogue.
func RemoveEnterprise(c EnterpriseCase, req RemoveEnterpriseRequest) (EnterpriseEntry, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.text("reason", req.Reason, maxLine, RuleEnterprises)
	rs.add(v.refusal())
	if c.Entry == nil {
		return EnterpriseEntry{}, append(rs, NotFound(string(req.Entry)))
	}
	e := *c.Entry
	rs.add(c.within(e.Region))
	if e.Status != EntryListed {
		rs.add(Refuse(CodeStatusWrong, RuleEnterprises, "status", e.Status))
	}
	e.Status, e.Reason, e.Mark = EntryRemoved, req.Reason, e.Mark.touch(c.Facts)
	return e, rs
}
