package registry

import (
	"fmt"
	"strconv"
	"strings"
)

// CheckContent finds everything that is wrong with the fields of a DATA_ASSET application: FIELDS_INVALID with all
// fields first, then the refusals that the law commands. today is the civil day of filing.
func CheckContent(c Content, holder Party, today Date) Refusals {
	return CheckTrackContent(TrackDataAsset, c, holder, today)
}

// CheckTrackContent is CheckContent for a track. What needs other records (profile, deposit, product) is judged at filing.
func CheckTrackContent(track Track, c Content, holder Party, today Date) Refusals {
	var rs Refusals
	v := fieldCheck{}
	v.description(c)
	v.extent(c, today)
	v.restrictions(c.Restrictions)
	v.provenance(c)
	v.sensitivity(c)
	v.materials(c.Materials)
	if track == TrackDataAsset {
		v.assetDeclarations(c)
		v.rights(c.Rights)
		v.when(c.Public != nil, "content.public", ProblemNotAllowed, RuleForm)
		v.when(c.Product != "" && !ValidDerivedID("AST", string(c.Product)), "content.product", ProblemForm, RuleGovernment)
		rs.add(v.refusal())
		return append(rs, lawfulContent(c, holder)...)
	}
	v.publicMatter(track, c, holder)
	rs.add(v.refusal())
	return append(rs, lawfulPublicContent(track, c, holder)...)
}

const (
	maxName     = 40
	maxOverview = 400
	maxLine     = 200
	maxNote     = 500
)

func (v *fieldCheck) description(c Content) {
	v.text("content.dataName", c.DataName, maxName, RuleName)
	v.when(strings.Contains(c.DataName, "\n"), "content.dataName", ProblemCharacter, RuleName)
	v.text("content.overview", c.Overview, maxOverview, RuleForm)
	v.region("content.region", c.Region)
	if c.Region != "" && RegionName(c.Region) == "" {
		v.text("content.scopeBasis", c.ScopeBasis, maxLine, RuleScope)
	} else {
		v.optionalText("content.scopeBasis", c.ScopeBasis, maxLine, RuleScope)
	}
	v.industries("content.industries", c.Industries)
	v.oneOf("content.frequency", c.Frequency, "DAY", "WEEK", "MONTH", "YEAR", "ON_DEMAND", "REALTIME", "OTHER")
	v.oneOf("content.form.structure", c.Form.Structure, "STRUCTURED", "SEMI_STRUCTURED", "UNSTRUCTURED")
	v.list("content.form.media", len(c.Form.Media), 6)
	for i, m := range c.Form.Media {
		v.oneOf(at("content.form.media", i), m, "IMAGE", "TEXT", "VIDEO", "AUDIO", "TABLE", "OTHER")
	}
	v.optionalText("content.withhold", c.Withhold, maxLine, RulePublicity)
	if c.Fingerprint != "" {
		v.hexDigest("content.fingerprint", c.Fingerprint, RuleDeposit)
	}
}

func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

func (v *fieldCheck) list(path string, n, max int) {
	if n == 0 {
		v.add(path, ProblemMissing, RuleForm)
	} else if n > max {
		v.add(path, ProblemTooMany, RuleForm, "max", strconv.Itoa(max))
	}
}

func (v *fieldCheck) industries(field string, list []Industry) {
	v.list(field, len(list), 5)
	for i, ind := range list {
		path := at(field, i)
		s, ok := FindIndustrySection(ind.Section)
		switch {
		case ind.Section == "":
			v.add(path+".section", ProblemMissing, RuleForm)
		case !ok:
			v.add(path+".section", ProblemNotAllowed, RuleForm, "value", clip(ind.Section))
		case ind.Division == "":
			v.add(path+".division", ProblemMissing, RuleForm)
		case NormaliseCode(ind.Division) != ind.Division:
			v.add(path+".division", ProblemWidth, RuleForm)
		case len(ind.Division) != 2 || ind.Division < s.From || ind.Division > s.To:
			v.add(path+".division", ProblemRange, RuleForm, "min", s.From, "max", s.To)
		}
	}
}

func (v *fieldCheck) extent(c Content, today Date) {
	v.oneOf("content.spatial.scope", c.Spatial.Scope, "INTERNATIONAL", "NATIONAL", "PROVINCE", "CITY", "COUNTY", "BELOW_COUNTY")
	v.list("content.spatial.codes", len(c.Spatial.Codes), 20)
	for i, code := range c.Spatial.Codes {
		v.region(at("content.spatial.codes", i), code)
	}
	v.date("content.temporal.from", c.Temporal.From, RuleForm)
	v.date("content.temporal.to", c.Temporal.To, RuleForm)
	if c.Temporal.From > c.Temporal.To && c.Temporal.To != "" {
		v.add("content.temporal.to", ProblemOrder, RuleForm)
	}
	v.when(c.Temporal.From > today, "content.temporal.from", ProblemRange, RuleForm)
	v.number("content.volume.records", c.Volume.Records, 1)
	v.number("content.volume.bytes", c.Volume.Bytes, 1)
}

func (v *fieldCheck) number(path string, n, min int64) {
	if n < min || n > MaxInteger {
		v.add(path, ProblemRange, RuleForm, "min", strconv.FormatInt(min, 10), "max", strconv.FormatInt(MaxInteger, 10))
	}
}

func (v *fieldCheck) restrictions(r Restrictions) {
	v.text("content.restrictions.objects", r.Objects, maxLine, RuleForm)
	v.text("content.restrictions.qualification", r.Qualification, maxLine, RuleForm)
	v.text("content.restrictions.environment", r.Environment, maxLine, RuleForm)
	v.text("content.restrictions.region", r.Region, maxLine, RuleForm)
}

func (v *fieldCheck) provenance(c Content) {
	v.oneOf("content.source", string(c.Source), string(SourceSelfCollected), string(SourcePublicCrawl), string(SourceAgreement),
		string(SourceDerived), string(SourcePersonOwn), string(SourcePromoted), string(SourceFusion), string(SourceEntrusted))
	v.oneOf("content.acquisition", c.Acquisition, "AUTHORIZED", "COLLECTED", "GENERATED", "PURCHASED", "TRANSFERRED")
	s := c.Statements
	v.optionalText("content.statements.substantialDifference", s.SubstantialDifference, maxNote, RuleMatrix)
	v.optionalCID("content.statements.participantsConsent", s.ParticipantsConsent, RuleMatrix)
	v.optionalCID("content.statements.contract", s.Contract, RuleAgreement)
	v.optionalCID("content.compliance", c.Compliance, RuleProvenance)
	v.optionalCID("content.riskAssessment", c.RiskAssessment, RuleLevel)
	for i, p := range c.Parents {
		v.when(!ValidDerivedID("AST", string(p)), at("content.parents", i), ProblemForm, RuleMatrix)
	}
	if len(c.Parents) > 20 {
		v.add("content.parents", ProblemTooMany, RuleMatrix, "max", "20")
	}
}

func (v *fieldCheck) optionalCID(path, s string, rule RuleID) {
	if s != "" {
		v.cid(path, s, rule)
	}
}

func (v *fieldCheck) sensitivity(c Content) {
	v.oneOf("content.level", string(c.Level), string(LevelGeneral), string(LevelImportant), string(LevelCore))
	v.oneOf("content.secret", c.Secret, "NONE", "CONFIDENTIAL", "SECRET", "TOP_SECRET")
	v.oneOf("content.subjectClass", c.SubjectClass, "ENTERPRISE", "PERSONAL", "PUBLIC")
	v.oneOf("content.personalInfo", c.PersonalInfo, "NONE", "ANONYMISED", "CONSENT", "OTHER_BASIS")
	d := c.Declarations
	v.when(!d.Lawful, "content.declarations.lawful", ProblemDeclaration, RuleDeclarations)
	v.when(!d.Truthful, "content.declarations.truthful", ProblemDeclaration, RuleGrounds)
}

// assetDeclarations are those that make data an asset (附录4) and that enterprise data asks for (附录7).
func (v *fieldCheck) assetDeclarations(c Content) {
	d := c.Declarations
	v.when(!d.Measurable, "content.declarations.measurable", ProblemDeclaration, RuleDeclarations)
	v.when(!d.Beneficial, "content.declarations.beneficial", ProblemDeclaration, RuleDeclarations)
	enterprise := c.SubjectClass == "ENTERPRISE"
	v.when(enterprise && !d.NoPersonal, "content.declarations.noPersonal", ProblemDeclaration, RuleEnterpriseData)
	identifying := c.PersonalInfo == "CONSENT" || c.PersonalInfo == "OTHER_BASIS"
	v.when(enterprise && identifying, "content.personalInfo", ProblemNotAllowed, RuleEnterpriseData)
	v.when(c.SubjectClass == "PERSONAL" && !identifying && c.PersonalInfo != "", "content.personalInfo", ProblemNotAllowed, RulePersonal)
}

func (v *fieldCheck) rights(claims []RightClaim) {
	v.list("content.rights", len(claims), 3)
	for i, r := range claims {
		path := at("content.rights", i)
		v.oneOf(path+".kind", string(r.Kind), string(RightHold), string(RightUse), string(RightOperate))
		v.date(path+".from", r.From, RuleRights)
		if r.To != "" {
			v.date(path+".to", r.To, RuleRights)
			v.when(r.To < r.From, path+".to", ProblemOrder, RuleRights)
		}
		v.optionalText(path+".limits", r.Limits, maxLine, RuleRights)
		v.optionalCID(path+".evidence", r.Evidence, RuleRights)
		for _, earlier := range claims[:i] {
			v.when(earlier.Kind == r.Kind, path+".kind", ProblemDuplicate, RuleRights)
		}
	}
}

func (v *fieldCheck) materials(list []Material) {
	if len(list) > 30 {
		v.add("content.materials", ProblemTooMany, RuleMaterials, "max", "30")
	}
	for i, m := range list {
		path := at("content.materials", i)
		v.material(path, m, MaterialSample, MaterialIdentity, MaterialSource, MaterialContract, MaterialRisk, MaterialCompliance, MaterialContact,
			MaterialResource, MaterialDeposit, MaterialProduct, MaterialScenario, MaterialOther)
		for _, earlier := range list[:i] {
			v.when(earlier.CID == m.CID, path+".cid", ProblemDuplicate, RuleMaterials)
		}
	}
}

// lawfulContent refuses what may not be registered whatever the form of the application.
func lawfulContent(c Content, holder Party) Refusals {
	var rs Refusals
	if holder.Category == CategoryGovernment || strings.HasPrefix(string(holder.ID), "11") {
		rs.add(Refuse(CodeGovernmentData, RuleGovernment, "party", string(holder.ID)))
	}
	if c.SubjectClass == "PUBLIC" && !holder.IsPublicUtility && c.Product == "" {
		rs.add(Refuse(CodeGovernmentData, RuleGovernment, "subjectClass", c.SubjectClass))
	}
	rs = append(rs, lawfulLevel(c)...)
	if !hasMaterial(c.Materials, MaterialSample) {
		rs.add(Refuse(CodeSampleMissing, RuleMaterials))
	}
	return append(rs, CheckRights(c, holder)...)
}

// lawfulLevel refuses core data and secrets everywhere, and important data without a risk assessment.
func lawfulLevel(c Content) Refusals {
	rs := refusedEverywhere(c.Level, c.Secret)
	if c.Level == LevelImportant && c.RiskAssessment == "" {
		rs.add(Refuse(CodeRiskMissing, RuleLevel))
	}
	return rs
}

// refusedEverywhere refuses core data and secrets.
func refusedEverywhere(level Level, secret string) Refusals {
	var rs Refusals
	if level == LevelCore {
		rs.add(Refuse(CodeLevelRefused, RuleLevel, "level", string(level)))
	}
	if secret != "" && secret != "NONE" {
		rs.add(Refuse(CodeSecretRefused, RuleSecret, "secret", clip(secret)))
	}
	return rs
}

func hasMaterial(list []Material, kind MaterialKind) bool {
	for _, m := range list {
		if m.Kind == kind {
			return true
		}
	}
	return false
}
