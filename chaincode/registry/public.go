package registry

import (
	"slices"
	"strings"
)

// publicMatter checks what a registration of public data files besides, and what it does not: rights are not registered there.
func (v *fieldCheck) publicMatter(track Track, c Content, holder Party) {
	v.when(c.SubjectClass != "PUBLIC" && c.SubjectClass != "", "content.subjectClass", ProblemNotAllowed, RulePublicSubject)
	v.when(len(c.Rights) > 0, "content.rights", ProblemNotAllowed, RulePublicKinds)
	v.when(c.Product != "", "content.product", ProblemNotAllowed, RulePublicKinds)
	m := c.Public
	if m == nil {
		v.add("content.public", ProblemMissing, RulePublicKinds)
		return
	}
	v.cid("content.public.deposit", m.Deposit, RulePublicDeposit)
	v.when(!m.Reviewed, "content.public.reviewed", ProblemDeclaration, RulePublicDeposit)
	v.text("content.public.product", m.Product, maxOverview, RulePublicKinds)
	v.text("content.public.scenario", m.Scenario, maxOverview, RulePublicKinds)
	v.optionalText("content.public.item", m.Item, 60, RulePublicKinds)
	switch {
	case m.Operation != nil:
		v.cid("content.public.operation.agreement", m.Operation.Agreement, RulePublicSubject)
		v.date("content.public.operation.until", m.Operation.Until, RulePublicValidity)
	case track == TrackPublicProduct && !holder.IsPublicUtility:
		v.add("content.public.operation", ProblemMissing, RulePublicSubject)
	}
}

// lawfulPublicContent refuses what may not be registered as public data: by whom (第三、五条 of the public-data rules) and of which level.
func lawfulPublicContent(track Track, c Content, holder Party) Refusals {
	var rs Refusals
	if track == TrackPublicResource && !holder.publicBody() || track == TrackPublicProduct && holder.Kind != PartyLegal {
		rs.add(Refuse(CodeNotPublicBody, RulePublicSubject, "party", string(holder.ID), "track", string(track)))
	}
	return append(rs, lawfulLevel(c)...)
}

// filable refuses a filing for want of what other records say: materials that the profile asks for, a deposit made before, the public
// product on which a data asset rests.
func (c Case) filable(content Content) Refusals {
	var rs Refusals
	rule := RulePublicKinds
	if c.Profile.Track == TrackDataAsset {
		rule = RuleMaterials
	}
	for _, kind := range c.Profile.Materials {
		if !hasMaterial(content.Materials, kind) {
			rs.add(Refuse(CodeMaterialMissing, rule, "material", string(kind)))
		}
	}
	if content.Public != nil {
		rs.add(c.deposited(content.Public.Deposit))
		if code := content.Public.Item; code != "" && (c.Item == nil || c.Item.Status != ItemPublished || c.Item.Provider != c.Applicant.ID) {
			rs.add(Refuse(CodeItemMissing, RuleCatalogue, "item", clip(code)))
		}
		if o := content.Public.Operation; o != nil && o.Until < c.Today {
			rs.add(Refuse(CodeTooLate, RulePublicValidity, "dueDate", string(o.Until)))
		}
	}
	if content.Product != "" && !c.productRegistered() {
		rs.add(Refuse(CodeProductMissing, RuleGovernment, "asset", string(content.Product)))
	}
	return rs
}

// deposited refuses when the evidence was not deposited by the applicant in an earlier transaction (第七条 of the public-data rules).
func (c Case) deposited(cid string) *Refusal {
	if c.Deposit != nil && c.Applicant != nil && c.Deposit.Party == c.Applicant.ID {
		return nil
	}
	return Refuse(CodeDepositMissing, RulePublicDeposit, "cid", clip(cid))
}

// productRegistered says whether the page that the content names is the applicant's registered public product, in force.
func (c Case) productRegistered() bool {
	p := c.Product
	return p != nil && c.Applicant != nil && p.Track == TrackPublicProduct && p.Holder == c.Applicant.ID && p.EffectiveStatus(nil, c.At) == AssetActive
}

// Deposit is evidence that was deposited before an application (存证, 第七条 of the public-data rules): its fingerprint stands on the ledger
// from then on, so that source and processing can be traced.
type Deposit struct {
	CID        string   `json:"cid"`
	Commitment string   `json:"commitment"` // hex salted SHA-256 of the plaintext
	Size       int64    `json:"size"`
	Party      PartyID  `json:"party"`
	Person     PersonID `json:"person"`
	Mark       Mark     `json:"mark"`
}

// DepositRequest is the document of registration:Deposit.
type DepositRequest struct {
	Key        string    `json:"key"`
	CID        string    `json:"cid"`
	Commitment string    `json:"commitment"`
	Size       int64     `json:"size"`
	Mandate    MandateID `json:"mandate,omitempty"`
}

// Under is the mandate that the request names.
func (r DepositRequest) Under() MandateID { return r.Mandate }

// DepositEvidence judges a deposit of evidence (存证), once per content identifier.
func DepositEvidence(c Case, req DepositRequest) (Deposit, Refusals) {
	rs := checkKey(req.Key)
	rs.add(c.mandated(ActDeposit, req.Mandate))
	v := fieldCheck{}
	v.cid("cid", req.CID, RulePublicDeposit)
	v.hexDigest("commitment", req.Commitment, RulePublicDeposit)
	v.number("size", req.Size, 1)
	rs.add(v.refusal())
	rs.add(activeParty(c.Principal(), c.Applicant))
	if c.Deposit != nil {
		rs.add(Refuse(CodeDepositExists, RulePublicDeposit, "cid", clip(req.CID)))
	}
	return Deposit{CID: req.CID, Commitment: req.Commitment, Size: req.Size, Party: c.Principal(), Person: c.Actor.ID(), Mark: Mark{}.touch(c.Facts)}, rs
}

// checkFormal judges a formal review (形式审核): every material of the profile is there and in order.
func (c Case) checkFormal(req ReviewRequest) *Refusal {
	v := fieldCheck{}
	v.when(req.Findings != Findings{}, "findings", ProblemNotAllowed, RuleFormalReview)
	for _, kind := range c.Profile.Materials {
		i := slices.IndexFunc(req.Checklist, func(item ChecklistItem) bool { return item.Kind == kind })
		if i < 0 {
			v.add("checklist", ProblemMissing, RuleFormalReview, "kind", string(kind))
			continue
		}
		v.when(!req.Checklist[i].Pass, at("checklist", i)+".pass", ProblemDeclaration, RuleFormalReview)
		v.optionalText(at("checklist", i)+".note", req.Checklist[i].Note, maxNote, RuleFormalReview)
	}
	v.when(len(req.Checklist) > len(c.Profile.Materials), "checklist", ProblemTooMany, RuleFormalReview)
	return v.refusal()
}

// RecordNationalCodeRequest is the document of registration:RecordNationalCode.
type RecordNationalCodeRequest struct {
	Key   string  `json:"key"`
	Asset AssetID `json:"asset"`
	Code  string  `json:"code"` // as the national platform returned it; its structure is not published
}

// RecordNationalCode judges the recording of the query code that the national platform returned (登记结果查询码, 第十三条 of the public-data
// rules), once, beside the local one.
func RecordNationalCode(f Facts, req RecordNationalCodeRequest, page SweptAsset, recorder *Appointment) (Asset, Certificate, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.nationalCode("code", req.Code)
	rs.add(v.refusal())
	rs.add(recording(f, recorder))
	if refusal := f.endable(page, req.Asset); refusal != nil {
		return Asset{}, Certificate{}, append(rs, refusal)
	}
	if page.Asset.Track == TrackDataAsset {
		rs.add(Refuse(CodeActionRefused, RuleQueryCode, "action", string(ActRecordNationalCode), "track", string(page.Asset.Track)))
	}
	if page.Asset.NationalCode != "" {
		rs.add(Refuse(CodeNationalCode, RuleQueryCode, "code", page.Asset.NationalCode))
	}
	asset, cert := *page.Asset, *page.Certificate
	asset.NationalCode, asset.Mark = req.Code, asset.Mark.touch(f)
	cert.NationalCode, cert.Mark = req.Code, cert.Mark.touch(f)
	return asset, cert, rs
}

func (v *fieldCheck) nationalCode(path, code string) {
	switch {
	case code == "":
		v.add(path, ProblemMissing, RuleQueryCode)
	case NormaliseCode(code) != code:
		v.add(path, ProblemWidth, RuleQueryCode)
	case len(code) > 40 || strings.Trim(code, alphabet36) != "":
		v.add(path, ProblemForm, RuleQueryCode)
	}
}
