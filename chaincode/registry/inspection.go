package registry

// Standing is why somebody may see the file of a registration (第三十条 of the guide).
type Standing string

// Standings.
const (
	StandingRegistrant Standing = "REGISTRANT"  // 登记申请人
	StandingInterested Standing = "INTERESTED"  // 利害关系人: with evidence of the interest
	StandingStateOrgan Standing = "STATE_ORGAN" // 有关国家机关: under the law, naming authority and document
)

// Inspection records that the file of a registration was inspected or copied (查询、复制): by whom, why and for what purpose. What was
// seen is not on the ledger.
type Inspection struct {
	Asset    AssetID   `json:"asset"`
	N        int       `json:"n"`
	Party    PartyID   `json:"party"`
	Standing Standing  `json:"standing"`
	Purpose  string    `json:"purpose"`
	Copied   bool      `json:"copied"` // copies were given, not only sight
	Evidence *Material `json:"evidence,omitempty"`
	Warrant  *Warrant  `json:"warrant,omitempty"`
	Mark     Mark      `json:"mark"`
}

// RecordInspectionRequest is the document of registration:RecordInspection. Undertaking: no other use, no disclosure without the right
// holder's consent.
type RecordInspectionRequest struct {
	Key         string    `json:"key"`
	Asset       AssetID   `json:"asset"`
	Party       PartyID   `json:"party"`
	Standing    Standing  `json:"standing"`
	Purpose     string    `json:"purpose"`
	Copied      bool      `json:"copied"`
	Undertaking bool      `json:"undertaking"`
	Evidence    *Material `json:"evidence,omitempty"` // INTERESTED: kind EVIDENCE or CONTRACT
	Warrant     *Warrant  `json:"warrant,omitempty"`  // STATE_ORGAN
}

// RecordInspection judges the record of an inspection, also of a registration that has ended. party is the one that inspects.
func RecordInspection(f Facts, req RecordInspectionRequest, asset *Asset, party *Party, recorder *Appointment) (Asset, Inspection, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.inspection(req)
	rs.add(v.refusal())
	rs.add(recording(f, recorder))
	rs.add(activeParty(req.Party, party))
	if asset == nil {
		return Asset{}, Inspection{}, append(rs, Refuse(CodeNotFound, RuleInspection, "asset", clip(string(req.Asset))))
	}
	rs.add(f.forward(asset.Mark))
	if req.Standing == StandingRegistrant && req.Party != asset.Holder {
		rs.add(Refuse(CodeNotOwnParty, RuleInspection, "party", clip(string(req.Party)), "applicant", string(asset.Holder)))
	}
	page := *asset
	page.Inspections++
	page.Mark = asset.Mark.touch(f)
	return page, Inspection{Asset: page.ID, N: page.Inspections, Party: req.Party, Standing: req.Standing, Purpose: req.Purpose, Copied: req.Copied,
		Evidence: req.Evidence, Warrant: req.Warrant, Mark: Mark{}.touch(f)}, rs
}

func (v *fieldCheck) inspection(req RecordInspectionRequest) {
	v.partyID("party", req.Party)
	v.oneOf("standing", string(req.Standing), string(StandingRegistrant), string(StandingInterested), string(StandingStateOrgan))
	v.text("purpose", req.Purpose, maxLine, RuleInspection)
	v.when(!req.Undertaking, "undertaking", ProblemDeclaration, RuleInspection)
	interested, organ := req.Standing == StandingInterested, req.Standing == StandingStateOrgan
	v.when(interested != (req.Evidence != nil), "evidence", missingOr(interested), RuleInspection)
	v.when(organ != (req.Warrant != nil), "warrant.document", missingOr(organ), RuleInspection)
	if req.Evidence != nil {
		v.material("evidence", *req.Evidence, MaterialEvidence, MaterialContract)
	}
	if req.Warrant != nil {
		v.warrant(*req.Warrant)
	}
}

// missingOr is what is wrong with a field that is there or not, against what is wanted.
func missingOr(wanted bool) Problem {
	if wanted {
		return ProblemMissing
	}
	return ProblemNotAllowed
}
