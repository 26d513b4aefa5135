package ledgertest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const (
	bodyParty     = registry.PartyID("11630200MBFAKE0981")
	operatorParty = registry.PartyID("91630200MAFAKE0432")
)

func termsItems(items []string) []registry.TermsItem {
	var all []registry.TermsItem
	for i, item := range items {
		all = append(all, registry.TermsItem{Item: item, Where: fmt.Sprintf("第%d条", i+1)})
	}
	return all
}

func resolution() registry.Resolution {
	return registry.Resolution{Authority: "民和县人民政府常务会议（虚构）", Number: "〔2026〕12号", Document: sampleCID}
}

func (s *Story) proposePlan(asset registry.AssetID) registry.ProposePlanRequest {
	return registry.ProposePlanRequest{Key: s.Key(), Name: "农产品产销数据授权运营实施方案", Approach: "SCENARIO", Assets: []registry.AssetID{asset}, Purposes: []string{"INDUSTRY", "WELFARE"},
		Until: "2029-12-31", Items: termsItems(registry.PlanItems), Document: sampleCID}
}

func (s *Story) proposeOperation(asset registry.AssetID, plan registry.PlanID) registry.ProposeGrantRequest {
	r := s.propose(asset)
	r.Kind, r.Grantee, r.Policy.Modes, r.Policy.From, r.Policy.To = registry.GrantOperation, operatorParty, []string{"API", "SANDBOX"}, "2027-01-01", "2029-12-31"
	r.Operation = &registry.OperationTerms{Plan: plan, Selection: registry.Selection{Method: "OPEN_TENDER", Document: sampleCID}, Resolution: resolution(),
		Items: termsItems(registry.AgreementItems), Affiliates: []registry.PartyID{"93630222MAFAKE06XA"}}
	return r
}

func (s *Story) proposeDevelopment(asset registry.AssetID, parent registry.GrantID) registry.ProposeGrantRequest {
	r := s.propose(asset)
	r.Kind, r.Parent, r.Policy.From, r.Policy.To, r.Policy.Quota.Quantity = registry.GrantDevelopment, parent, "2027-01-01", "2027-12-31", 60
	return r
}

func (s *Story) reviewUse(id registry.GrantID, kind registry.ReviewKind) registry.ReviewUseRequest {
	return registry.ReviewUseRequest{Key: s.Key(), Grant: id, Review: kind, Pass: true, Report: sampleCID}
}

// operated is a registered public resource with an approved plan, an appointed operator and three appointed reviewers.
func operated(t *testing.T) (*Story, *Ledger, registry.AssetID, registry.PlanID) {
	s, l := publicLedger(t)
	l.Now = at("2026-11-25 10:00")
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	app := s.Do(publicBody, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Track: registry.TrackPublicResource, Content: s.publicContent("公共资源")}).Application
	asset := s.enterPublic(l, app).Asset
	l.Now = at("2027-01-04 10:00")
	for office, holder := range map[registry.Office]string{registry.OfficeOperator: string(operatorParty), "COMPLIANCE_REVIEWER": supervisor, "SECURITY_REVIEWER": reviewer, "ALGORITHM_REVIEWER": officer} {
		r := registry.AppointRequest{Key: s.Key(), Office: office, Holder: holder, Basis: "任命文件"}
		if office != registry.OfficeOperator {
			r.Registrar = agencyParty
		}
		s.Do(admin, "party:Appoint", r)
	}
	plan := registry.PlanID(s.Do(publicBody, "authorization:ProposePlan", s.proposePlan(asset)).ID)
	s.Refused(registry.CodePlanMissing, publicBody, "authorization:Propose", s.proposeOperation(asset, plan)) // not approved yet
	s.Refused(registry.CodeAccessDenied, publicBody, "authorization:ApprovePlan", registry.ApprovePlanRequest{Key: s.Key(), Plan: plan, Approval: resolution()})
	s.Do(supervisor, "authorization:ApprovePlan", registry.ApprovePlanRequest{Key: s.Key(), Plan: plan, Approval: resolution()})
	return s, l, asset, plan
}

// operation grants the resource to the operator: proposed, signed, filed.
func (s *Story) operation(asset registry.AssetID, plan registry.PlanID) registry.GrantID {
	s.T.Helper()
	id := registry.GrantID(s.Do(publicBody, "authorization:Propose", s.proposeOperation(asset, plan)).ID)
	s.Do(operating, "authorization:Sign", s.onGrant(id))
	s.Do(supervisor, "authorization:File", registry.FileGrantRequest{Key: s.Key(), Grant: id, Filing: "青数备〔2027〕3号"})
	return id
}

func (s *Story) findGrant(id registry.GrantID) registry.Grant {
	s.T.Helper()
	return find[registry.Grant](s, "authorization:FindGrant", registry.FindRequest{ID: string(id)})
}

// TestOperation_ThenDevelopmentUse (27号 第十一至十四条; 第三十六条): plan, agreement, filing; three reviews before the developer may sign; what ends above ends below.
func TestOperation_ThenDevelopmentUse(t *testing.T) {
	s, _, asset, plan := operated(t)
	s.Do(supervisor, "authorization:FilePlan", registry.FilePlanRequest{Key: s.Key(), Plan: plan, Filing: "青数备〔2026〕1号"})
	top := registry.GrantID(s.Do(publicBody, "authorization:Propose", s.proposeOperation(asset, plan)).ID)
	s.Do(operating, "authorization:Sign", s.onGrant(top))
	if got := s.findGrant(top); got.Status != registry.GrantSigned {
		t.Errorf("signed and not filed: %s", got.Status)
	}
	s.Refused(registry.CodeGrantInactive, operating, "authorization:Propose", s.proposeDevelopment(asset, top))
	s.Do(supervisor, "authorization:File", registry.FileGrantRequest{Key: s.Key(), Grant: top, Filing: "青数备〔2027〕3号"})

	id := registry.GrantID(s.Do(operating, "authorization:Propose", s.proposeDevelopment(asset, top)).ID)
	s.Refused(registry.CodeStatusWrong, rival, "authorization:Sign", s.onGrant(id))
	s.Refused(registry.CodeNotAppointed, reviewer, "authorization:Review", s.reviewUse(id, registry.ReviewCompliance))
	s.Do(supervisor, "authorization:Review", s.reviewUse(id, registry.ReviewCompliance))
	s.Refused(registry.CodeReviewGiven, supervisor, "authorization:Review", s.reviewUse(id, registry.ReviewCompliance))
	s.Do(admin, "party:Appoint", registry.AppointRequest{Key: s.Key(), Office: "ALGORITHM_REVIEWER", Holder: supervisor, Basis: "任命文件", Registrar: agencyParty})
	s.Refused(registry.CodeSamePerson, supervisor, "authorization:Review", s.reviewUse(id, registry.ReviewAlgorithm))
	s.Do(reviewer, "authorization:Review", s.reviewUse(id, registry.ReviewSecurity))
	s.Refused(registry.CodeStatusWrong, rival, "authorization:Sign", s.onGrant(id)) // two of three
	s.Do(officer, "authorization:Review", s.reviewUse(id, registry.ReviewAlgorithm))
	s.Do(rival, "authorization:Sign", s.onGrant(id))
	if got := s.findGrant(top).Allotted; got != 60 {
		t.Errorf("allotted %d of the operation", got)
	}
	usable := func(used int64) registry.Code {
		return s.usableAfter(id, rivalParty, used)
	}
	if got := usable(59); got != "" {
		t.Errorf("denied: %s", got)
	}
	if got := usable(60); got != registry.CodeQuotaExceeded {
		t.Errorf("over the quota: %q", got)
	}
	if got := s.usableAfter(top, operatorParty, 39); got != "" {
		t.Errorf("what is not allotted is the operator's own: %s", got)
	}
	if got := s.usableAfter(top, operatorParty, 40); got != registry.CodeQuotaExceeded {
		t.Errorf("what is allotted is used twice: %q", got)
	}
	s.Refused(registry.CodeBeyondParent, operating, "authorization:Propose", s.proposeDevelopment(asset, top)) // 60 more of 100
	s.Do(publicBody, "authorization:Suspend", s.endGrant(top))
	if got := usable(0); got != registry.CodeGrantInactive {
		t.Errorf("in force while its operation is suspended: %q", got)
	}
	s.Do(publicBody, "authorization:Resume", s.onGrant(top))
	s.Do(publicBody, "authorization:Revoke", s.endGrant(top))
	if got := usable(0); got != registry.CodeGrantInactive {
		t.Errorf("in force after its operation ended: %q", got)
	}
	closing := registry.CloseGrantRequest{Key: s.Key(), Grant: top, Deletion: registry.Deletion{Method: "OVERWRITE", Supervisor: supervisor, Evidence: sampleCID}}
	s.Refused(registry.CodeNotOwnParty, operating, "authorization:Close", closing)
	s.Do(publicBody, "authorization:Close", closing)
	s.Refused(registry.CodeStatusWrong, operating, "authorization:Close", registry.CloseGrantRequest{Key: s.Key(), Grant: id, Deletion: closing.Deletion})
	s.Do(rival, "authorization:Terminate", s.endGrant(id))
	s.Do(operating, "authorization:Close", registry.CloseGrantRequest{Key: s.Key(), Grant: id, Deletion: closing.Deletion})
}

func TestReview_OneThatFailsRefusesTheGrant(t *testing.T) {
	s, _, asset, plan := operated(t)
	id := registry.GrantID(s.Do(operating, "authorization:Propose", s.proposeDevelopment(asset, s.operation(asset, plan))).ID)
	failed := s.reviewUse(id, registry.ReviewSecurity)
	failed.Pass = false
	s.Refused(registry.CodeFieldsInvalid, reviewer, "authorization:Review", failed) // without a reason
	failed.Key, failed.Note = s.Key(), "没有脱敏"
	s.Do(reviewer, "authorization:Review", failed)
	if g := s.findGrant(id); g.Status != registry.GrantRefused || g.Reason != "没有脱敏" {
		t.Errorf("%s: %s", g.Status, g.Reason)
	}
	s.Refused(registry.CodeStatusWrong, supervisor, "authorization:Review", s.reviewUse(id, registry.ReviewCompliance))
}

func TestPlan_Defects(t *testing.T) {
	s, _, asset, plan := operated(t)
	for defect, c := range map[string]struct {
		code  registry.Code
		who   string
		spoil func(*registry.ProposePlanRequest)
	}{
		"item_missing":         {registry.CodeFieldsInvalid, publicBody, func(r *registry.ProposePlanRequest) { r.Items = r.Items[1:] }},
		"item_without_place":   {registry.CodeFieldsInvalid, publicBody, func(r *registry.ProposePlanRequest) { r.Items[3].Where = "" }},
		"item_unknown":         {registry.CodeFieldsInvalid, publicBody, func(r *registry.ProposePlanRequest) { r.Items[3].Item = "WEATHER" }},
		"no_document":          {registry.CodeFieldsInvalid, publicBody, func(r *registry.ProposePlanRequest) { r.Document = "" }},
		"no_assets":            {registry.CodeFieldsInvalid, publicBody, func(r *registry.ProposePlanRequest) { r.Assets = nil }},
		"asset_twice":          {registry.CodeFieldsInvalid, publicBody, func(r *registry.ProposePlanRequest) { r.Assets = append(r.Assets, r.Assets[0]) }},
		"too_many_assets":      {registry.CodeFieldsInvalid, publicBody, func(r *registry.ProposePlanRequest) { r.Assets = slices.Repeat(r.Assets, 30) }},
		"over_already":         {registry.CodeFieldsInvalid, publicBody, func(r *registry.ProposePlanRequest) { r.Until = "2026-01-01" }},
		"not_registered":       {registry.CodeNotFound, publicBody, func(r *registry.ProposePlanRequest) { r.Assets[0] = "ASTAAAAAAAAAAAAAAAAA" }},
		"not_a_public_body":    {registry.CodeNotPublicBody, operating, func(*registry.ProposePlanRequest) {}},
		"replaces_nothing":     {registry.CodePlanMissing, publicBody, func(r *registry.ProposePlanRequest) { r.Replaces = "PLNAAAAAAAAAAAAAAAAA" }},
		"no_such_approach":     {registry.CodeFieldsInvalid, publicBody, func(r *registry.ProposePlanRequest) { r.Approach = "ALL" }},
		"provider_not_a_party": {registry.CodeFieldsInvalid, publicBody, func(r *registry.ProposePlanRequest) { r.SharedFrom = []registry.PartyID{"x"} }},
	} {
		t.Run(defect, func(t *testing.T) {
			s := NewStory(t, s.Subject, defect)
			bad := s.proposePlan(asset)
			c.spoil(&bad)
			s.Refused(c.code, c.who, "authorization:ProposePlan", bad)
		})
	}
	s.Refused(registry.CodeStatusWrong, supervisor, "authorization:ApprovePlan", registry.ApprovePlanRequest{Key: s.Key(), Plan: plan, Approval: resolution()})
	next := s.proposePlan(asset)
	next.Replaces = plan
	newer := registry.PlanID(s.Do(publicBody, "authorization:ProposePlan", next).ID)
	s.Do(supervisor, "authorization:ApprovePlan", registry.ApprovePlanRequest{Key: s.Key(), Plan: newer, Approval: resolution()})
	s.Refused(registry.CodePlanMissing, publicBody, "authorization:Propose", s.proposeOperation(asset, plan)) // superseded
	s.Refused(registry.CodeStatusWrong, supervisor, "authorization:FilePlan", registry.FilePlanRequest{Key: s.Key(), Plan: plan, Filing: "1"})
	s.operation(asset, newer)
}

func TestOperation_Defects(t *testing.T) {
	s, _, asset, plan := operated(t)
	shared := s.proposePlan(asset)
	shared.SharedFrom = []registry.PartyID{agencyParty}
	sharing := registry.PlanID(s.Do(publicBody, "authorization:ProposePlan", shared).ID)
	s.Do(supervisor, "authorization:ApprovePlan", registry.ApprovePlanRequest{Key: s.Key(), Plan: sharing, Approval: resolution()})
	longer := s.proposePlan(asset)
	longer.Until = "2040-12-31"
	long := registry.PlanID(s.Do(publicBody, "authorization:ProposePlan", longer).ID)
	s.Do(supervisor, "authorization:ApprovePlan", registry.ApprovePlanRequest{Key: s.Key(), Plan: long, Approval: resolution()})
	for defect, c := range map[string]struct {
		code  registry.Code
		spoil func(*registry.ProposeGrantRequest)
	}{
		"no_terms":             {registry.CodeFieldsInvalid, func(r *registry.ProposeGrantRequest) { r.Operation = nil }},
		"item_missing":         {registry.CodeFieldsInvalid, func(r *registry.ProposeGrantRequest) { r.Operation.Items = r.Operation.Items[:12] }},
		"no_selection_record":  {registry.CodeFieldsInvalid, func(r *registry.ProposeGrantRequest) { r.Operation.Selection.Document = "" }},
		"chosen_by_favour":     {registry.CodeFieldsInvalid, func(r *registry.ProposeGrantRequest) { r.Operation.Selection.Method = "FAVOUR" }},
		"other_way_not_named":  {registry.CodeFieldsInvalid, func(r *registry.ProposeGrantRequest) { r.Operation.Selection.Method = "OTHER" }},
		"no_resolution":        {registry.CodeFieldsInvalid, func(r *registry.ProposeGrantRequest) { r.Operation.Resolution.Number = "" }},
		"right_of_operation":   {registry.CodeFieldsInvalid, func(r *registry.ProposeGrantRequest) { r.Policy.Right = registry.RightOperate }},
		"within_another_grant": {registry.CodeFieldsInvalid, func(r *registry.ProposeGrantRequest) { r.Parent = "GRTAAAAAAAAAAAAAAAAA" }},
		"longer_than_the_plan": {registry.CodePlanExceeded, func(r *registry.ProposeGrantRequest) { r.Policy.To = "2030-01-01" }},
		"five_years_and_a_day": {registry.CodeTermTooLong, func(r *registry.ProposeGrantRequest) { r.Operation.Plan, r.Policy.To = long, "2032-01-01" }},
		"purpose_not_planned":  {registry.CodePlanExceeded, func(r *registry.ProposeGrantRequest) { r.Policy.Purposes = []string{"SECTOR"} }},
		"not_an_operator":      {registry.CodeNotAppointed, func(r *registry.ProposeGrantRequest) { r.Grantee = rivalParty }},
		"no_consent":           {registry.CodeConsentMissing, func(r *registry.ProposeGrantRequest) { r.Operation.Plan = sharing }},
		"licence_of_public":    {registry.CodeActionRefused, func(r *registry.ProposeGrantRequest) { r.Kind, r.Operation = registry.GrantLicence, nil }},
	} {
		t.Run(defect, func(t *testing.T) {
			s := NewStory(t, s.Subject, defect)
			bad := s.proposeOperation(asset, plan)
			c.spoil(&bad)
			s.Refused(c.code, publicBody, "authorization:Propose", bad)
		})
	}
	consented := s.proposeOperation(asset, sharing)
	consented.Operation.Consents = []registry.Consent{{Provider: agencyParty, Document: sampleCID}}
	s.Do(publicBody, "authorization:Propose", consented)
	byAnother := s.proposeOperation(asset, plan)
	byAnother.Grantee = rivalParty
	s.Refused(registry.CodeNotOwnParty, operating, "authorization:Propose", byAnother)
	full := s.proposeOperation(asset, long)
	full.Policy.To = "2031-12-31" // five years to the day
	s.Do(publicBody, "authorization:Propose", full)
}

func TestDevelopment_Defects(t *testing.T) {
	s, _, asset, plan := operated(t)
	top := s.operation(asset, plan)
	for defect, c := range map[string]struct {
		code  registry.Code
		who   string
		spoil func(*registry.ProposeGrantRequest)
	}{
		"by_somebody_else":       {registry.CodeParentMissing, publicBody, func(*registry.ProposeGrantRequest) {}},
		"without_operation":      {registry.CodeParentMissing, operating, func(r *registry.ProposeGrantRequest) { r.Parent = "" }},
		"beyond_the_term":        {registry.CodeBeyondParent, operating, func(r *registry.ProposeGrantRequest) { r.Policy.To = "2030-01-01" }},
		"beyond_the_purposes":    {registry.CodeBeyondParent, operating, func(r *registry.ProposeGrantRequest) { r.Policy.Purposes = []string{"WELFARE"} }},
		"beyond_the_modes":       {registry.CodeBeyondParent, operating, func(r *registry.ProposeGrantRequest) { r.Policy.Modes = []string{"DATASET"} }},
		"beyond_the_regions":     {registry.CodeBeyondParent, operating, func(r *registry.ProposeGrantRequest) { r.Policy.Spatial = []string{"630000"} }},
		"beyond_the_quota":       {registry.CodeBeyondParent, operating, func(r *registry.ProposeGrantRequest) { r.Policy.Quota.Quantity = 101 }},
		"to_a_controlled_firm":   {registry.CodeRedevelopment, operating, func(r *registry.ProposeGrantRequest) { r.Grantee = "93630222MAFAKE06XA" }},
		"with_terms_of_another":  {registry.CodeFieldsInvalid, operating, func(r *registry.ProposeGrantRequest) { r.Operation = s.proposeOperation(asset, plan).Operation }},
		"as_a_licence":           {registry.CodeActionRefused, operating, func(r *registry.ProposeGrantRequest) { r.Kind, r.Parent = registry.GrantLicence, "" }},
		"to_the_operator_itself": {registry.CodeFieldsInvalid, operating, func(r *registry.ProposeGrantRequest) { r.Grantee = operatorParty }},
	} {
		t.Run(defect, func(t *testing.T) {
			s := NewStory(t, s.Subject, defect)
			bad := s.proposeDevelopment(asset, top)
			c.spoil(&bad)
			s.Refused(c.code, c.who, "authorization:Propose", bad)
		})
	}
}
