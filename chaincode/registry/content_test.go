package registry_test

import (
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

var cooperative = registry.Party{ID: "93630222MAFAKE06XA", Kind: registry.PartyLegal, Category: registry.CategoryCooperative, Status: registry.PartyActive}

func TestContent_Faultless(t *testing.T) {
	if rs := registry.CheckContent(ledgertest.SampleContent(), cooperative, "2026-11-24"); len(rs) > 0 {
		t.Errorf("%v", rs[0])
	}
}

// TestContent_FieldDefects names each wrong field once, by path and problem.
func TestContent_FieldDefects(t *testing.T) {
	for defect, c := range map[string]struct {
		change func(*registry.Content)
		path   string
		want   registry.Problem
	}{
		"name_missing":           {func(c *registry.Content) { c.DataName = "  " }, "content.dataName", registry.ProblemMissing},
		"name_too_long":          {func(c *registry.Content) { c.DataName = strings.Repeat("长", 41) }, "content.dataName", registry.ProblemTooLong},
		"name_control":           {func(c *registry.Content) { c.DataName = "a\x07b" }, "content.dataName", registry.ProblemCharacter},
		"name_direction":         {func(c *registry.Content) { c.DataName = "a\u202eb" }, "content.dataName", registry.ProblemCharacter},
		"name_private_use":       {func(c *registry.Content) { c.DataName = "a\ue000" }, "content.dataName", registry.ProblemCharacter},
		"name_not_nfc":           {func(c *registry.Content) { c.DataName = "e\u0301" }, "content.dataName", registry.ProblemNotNFC},
		"name_two_lines":         {func(c *registry.Content) { c.DataName = "a\nb" }, "content.dataName", registry.ProblemCharacter},
		"overview_missing":       {func(c *registry.Content) { c.Overview = "" }, "content.overview", registry.ProblemMissing},
		"overview_too_long":      {func(c *registry.Content) { c.Overview = strings.Repeat("长", 401) }, "content.overview", registry.ProblemTooLong},
		"region_missing":         {func(c *registry.Content) { c.Region = "" }, "content.region", registry.ProblemMissing},
		"region_full_width":      {func(c *registry.Content) { c.Region = "６３０２２２" }, "content.region", registry.ProblemWidth},
		"region_elsewhere":       {func(c *registry.Content) { c.Region = "620100" }, "content.scopeBasis", registry.ProblemMissing},
		"industry_missing":       {func(c *registry.Content) { c.Industries = nil }, "content.industries", registry.ProblemMissing},
		"industry_unknown":       {func(c *registry.Content) { c.Industries[0].Section = "Z" }, "content.industries[0].section", registry.ProblemNotAllowed},
		"division_elsewhere":     {func(c *registry.Content) { c.Industries[0].Division = "13" }, "content.industries[0].division", registry.ProblemRange},
		"division_full_width":    {func(c *registry.Content) { c.Industries[0].Division = "０１" }, "content.industries[0].division", registry.ProblemWidth},
		"source_unknown":         {func(c *registry.Content) { c.Source = "FOUND" }, "content.source", registry.ProblemNotAllowed},
		"acquisition_missing":    {func(c *registry.Content) { c.Acquisition = "" }, "content.acquisition", registry.ProblemMissing},
		"scope_missing":          {func(c *registry.Content) { c.Spatial.Scope = "" }, "content.spatial.scope", registry.ProblemMissing},
		"codes_missing":          {func(c *registry.Content) { c.Spatial.Codes = nil }, "content.spatial.codes", registry.ProblemMissing},
		"date_of_no_calendar":    {func(c *registry.Content) { c.Temporal.To = "2024-02-30" }, "content.temporal.to", registry.ProblemForm},
		"dates_reversed":         {func(c *registry.Content) { c.Temporal.From = "2025-01-01" }, "content.temporal.to", registry.ProblemOrder},
		"begins_in_the_future":   {func(c *registry.Content) { c.Temporal = registry.Temporal{From: "2030-01-01", To: "2031-01-01"} }, "content.temporal.from", registry.ProblemRange},
		"frequency_unknown":      {func(c *registry.Content) { c.Frequency = "HOURLY" }, "content.frequency", registry.ProblemNotAllowed},
		"no_records":             {func(c *registry.Content) { c.Volume.Records = 0 }, "content.volume.records", registry.ProblemRange},
		"negative_bytes":         {func(c *registry.Content) { c.Volume.Bytes = -1 }, "content.volume.bytes", registry.ProblemRange},
		"media_missing":          {func(c *registry.Content) { c.Form.Media = nil }, "content.form.media", registry.ProblemMissing},
		"structure_unknown":      {func(c *registry.Content) { c.Form.Structure = "?" }, "content.form.structure", registry.ProblemNotAllowed},
		"restriction_missing":    {func(c *registry.Content) { c.Restrictions.Objects = "" }, "content.restrictions.objects", registry.ProblemMissing},
		"rights_missing":         {func(c *registry.Content) { c.Rights = nil }, "content.rights", registry.ProblemMissing},
		"right_twice":            {func(c *registry.Content) { c.Rights[1].Kind = c.Rights[0].Kind }, "content.rights[1].kind", registry.ProblemDuplicate},
		"right_reversed":         {func(c *registry.Content) { c.Rights[0].To = "2020-01-01" }, "content.rights[0].to", registry.ProblemOrder},
		"not_declared_lawful":    {func(c *registry.Content) { c.Declarations.Lawful = false }, "content.declarations.lawful", registry.ProblemDeclaration},
		"not_declared_truthful":  {func(c *registry.Content) { c.Declarations.Truthful = false }, "content.declarations.truthful", registry.ProblemDeclaration},
		"compliance_cid":         {func(c *registry.Content) { c.Compliance = "QmX" }, "content.compliance", registry.ProblemForm},
		"enterprise_personal":    {func(c *registry.Content) { c.PersonalInfo = "CONSENT" }, "content.personalInfo", registry.ProblemNotAllowed},
		"personal_without_basis": {func(c *registry.Content) { c.SubjectClass = "PERSONAL" }, "content.personalInfo", registry.ProblemNotAllowed},
		"level_missing":          {func(c *registry.Content) { c.Level = "" }, "content.level", registry.ProblemMissing},
		"material_cid":           {func(c *registry.Content) { c.Materials[0].CID = "QmX" }, "content.materials[0].cid", registry.ProblemForm},
		"material_commitment":    {func(c *registry.Content) { c.Materials[0].Commitment = "zz" }, "content.materials[0].commitment", registry.ProblemForm},
		"fingerprint":            {func(c *registry.Content) { c.Fingerprint = "12" }, "content.fingerprint", registry.ProblemForm},
	} {
		t.Run(defect, func(t *testing.T) {
			content := ledgertest.SampleContent()
			c.change(&content)
			for _, r := range registry.CheckContent(content, cooperative, "2026-11-24") {
				for _, f := range r.Fields {
					if f.Path == c.path && f.Problem == c.want {
						return
					}
				}
			}
			t.Errorf("%s is not said to be %s", c.path, c.want)
		})
	}
}

func TestContent_UnlawfulIsRefusedWithRule(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*registry.Content, *registry.Party)
		code   registry.Code
		rule   registry.RuleID
	}{
		"core":               {func(c *registry.Content, _ *registry.Party) { c.Level = registry.LevelCore }, registry.CodeLevelRefused, registry.RuleLevel},
		"secret":             {func(c *registry.Content, _ *registry.Party) { c.Secret = "SECRET" }, registry.CodeSecretRefused, registry.RuleSecret},
		"government":         {func(_ *registry.Content, p *registry.Party) { p.Category = registry.CategoryGovernment }, registry.CodeGovernmentData, registry.RuleGovernment},
		"government_by_code": {func(_ *registry.Content, p *registry.Party) { p.ID = "11630200MBFAKE0126" }, registry.CodeGovernmentData, registry.RuleGovernment},
		"public_data":        {func(c *registry.Content, _ *registry.Party) { c.SubjectClass = "PUBLIC" }, registry.CodeGovernmentData, registry.RuleGovernment},
		"important":          {func(c *registry.Content, _ *registry.Party) { c.Level = registry.LevelImportant }, registry.CodeRiskMissing, registry.RuleLevel},
		"no_sample":          {func(c *registry.Content, _ *registry.Party) { c.Materials[0].Kind = registry.MaterialOther }, registry.CodeSampleMissing, registry.RuleMaterials},
	} {
		t.Run(name, func(t *testing.T) {
			content, party := ledgertest.SampleContent(), cooperative
			c.change(&content, &party)
			for _, r := range registry.CheckContent(content, party, "2026-11-24") {
				if r.Code == c.code && r.Rule == c.rule {
					return
				}
			}
			t.Errorf("not refused with %s by %s", c.code, c.rule)
		})
	}
	utility := cooperative
	utility.IsPublicUtility = true
	content := ledgertest.SampleContent()
	content.SubjectClass = "PUBLIC"
	if rs := registry.CheckContent(content, utility, "2026-11-24"); len(rs) > 0 {
		t.Errorf("a public utility is refused: %v", rs[0])
	}
}
