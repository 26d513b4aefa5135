package registry

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var publisher = Party{ID: "11630222MBFAKE0981", Kind: PartyLegal, Category: CategoryGovernment, Region: "630222", Status: PartyActive}

// faultlessItem is a catalogue item without a fault, shared and opened under conditions.
func faultlessItem() CatalogItem {
	return CatalogItem{
		Code: "307001000001", Name: "农产品产销信息", Abstract: "按月汇总的产销信息。", Provider: publisher.ID, Region: "630222", Format: "TABLE", Class: "3",
		Fields:  []InfoItem{{Name: "品种", Type: "字符型"}, {Name: "单位代码", Type: "字符型", Base: true}},
		Sharing: Sharing{Type: Conditional, Basis: []LegalBasis{{Rank: "RULE", Document: "政务信息资源共享管理办法"}}, Conditions: "因履行职责需要"},
		Opening: Opening{Type: Conditional, Reasons: []string{"CONTINUOUS"}, Conditions: "登记用途"}, UpdateCycle: "MONTH", BaseData: "LEGAL_PERSON",
		Level: LevelGeneral, Secret: "NONE",
	}
}

func publish(item CatalogItem, by Party, old *CatalogItem) Refusals {
	_, rs := PublishItem(Facts{Actor: Actor{MSP: MSPAgency, Role: RoleApplicant, Party: by.ID}}, PublishItemRequest{Key: "12345678", Item: item}, old, &by)
	return rs
}

func TestCatalogue_Faultless(t *testing.T) {
	if rs := publish(faultlessItem(), publisher, nil); len(rs) > 0 {
		t.Error(rs[0])
	}
}

// TestCatalogue_FieldDefects: the five attributes of 第十五条, and bases and reasons of 第二十七、二十八、三十一条 (I18).
func TestCatalogue_FieldDefects(t *testing.T) {
	for defect, c := range map[string]struct {
		change func(*CatalogItem)
		path   string
		rule   RuleID
	}{
		"no_format":                 {func(i *CatalogItem) { i.Format = "" }, "item.format", RuleForm},
		"no_class":                  {func(i *CatalogItem) { i.Class = "" }, "item.class", RuleForm},
		"no_sharing_type":           {func(i *CatalogItem) { i.Sharing = Sharing{} }, "item.sharing.type", RuleSharingType},
		"no_opening_type":           {func(i *CatalogItem) { i.Opening = Opening{} }, "item.opening.type", RuleOpening},
		"no_update_cycle":           {func(i *CatalogItem) { i.UpdateCycle = "" }, "item.updateCycle", RuleForm},
		"code_of_another_class":     {func(i *CatalogItem) { i.Code = "107001000001" }, "item.code", RuleCatalogue},
		"conditional_without_basis": {func(i *CatalogItem) { i.Sharing.Basis = nil }, "item.sharing.basis", RuleSharing},
		"conditional_unconditioned": {func(i *CatalogItem) { i.Sharing.Conditions = "" }, "item.sharing.conditions", RuleSharing},
		"withheld_without_basis":    {func(i *CatalogItem) { i.Sharing = Sharing{Type: Withheld} }, "item.sharing.basis", RuleSharing},
		"withheld_on_a_custom": {func(i *CatalogItem) {
			i.Sharing = Sharing{Type: Withheld, Basis: []LegalBasis{{Rank: "CUSTOM", Document: "x"}}}
		}, "item.sharing.basis[0].rank", RuleSharing},
		"unknown_sharing_type":        {func(i *CatalogItem) { i.Sharing.Type = 4 }, "item.sharing.type", RuleSharingType},
		"conditional_without_reason":  {func(i *CatalogItem) { i.Opening.Reasons = nil }, "item.opening.reasons", RuleOpening},
		"reason_of_another_type":      {func(i *CatalogItem) { i.Opening.Reasons = []string{"PRIVACY"} }, "item.opening.reasons[0]", RuleOpening},
		"open_with_a_reason":          {func(i *CatalogItem) { i.Opening = Opening{Type: Unconditional, Reasons: []string{"TIMELY"}} }, "item.opening.reasons[0]", RuleOpening},
		"no_fields":                   {func(i *CatalogItem) { i.Fields = nil }, "item.fields", RuleForm},
		"base_item_of_no_base_data":   {func(i *CatalogItem) { i.BaseData = "NONE" }, "item.fields[1].base", RuleSharing},
		"elsewhere":                   {func(i *CatalogItem) { i.Region = "620100" }, "item.region", RuleScope},
		"two_fields_of_the_same_name": {func(i *CatalogItem) { i.Fields[1].Name = i.Fields[0].Name }, "item.fields[1].name", RuleCatalogue},
	} {
		t.Run(defect, func(t *testing.T) {
			item := faultlessItem()
			c.change(&item)
			for _, r := range publish(item, publisher, nil) {
				for _, f := range r.Fields {
					if f.Path == c.path && f.Rule == c.rule {
						return
					}
				}
			}
			t.Errorf("%s is not refused by %s", c.path, c.rule)
		})
	}
}

func TestCatalogue_UnlawfulIsRefusedWithRule(t *testing.T) {
	other := faultlessItem()
	other.Provider, other.Status = "12630200MBFAKE020X", ItemPublished
	for name, c := range map[string]struct {
		change func(*CatalogItem, *Party)
		old    *CatalogItem
		code   Code
		rule   RuleID
	}{
		"core":                    {func(i *CatalogItem, _ *Party) { i.Level = LevelCore }, nil, CodeLevelRefused, RuleLevel},
		"secret":                  {func(i *CatalogItem, _ *Party) { i.Secret = "SECRET" }, nil, CodeSecretRefused, RuleSecret},
		"base_item_withheld":      {func(i *CatalogItem, _ *Party) { i.Fields[1].Sharing = Withheld }, nil, CodeBaseItem, RuleSharing},
		"personal_data_opened":    {func(i *CatalogItem, _ *Party) { i.Personal = true }, nil, CodeOpeningRefused, RuleOpening},
		"of_another_body":         {func(i *CatalogItem, _ *Party) { i.Provider = "12630200MBFAKE020X" }, nil, CodeNotOwnParty, RuleProvider},
		"an_enterprise":           {func(_ *CatalogItem, p *Party) { p.Category = CategoryEnterprise }, nil, CodeNotPublicBody, RuleProvider},
		"of_another_county":       {func(i *CatalogItem, _ *Party) { i.Region = "630202" }, nil, CodeAccessDenied, RuleCounty},
		"two_sources_of_one_item": {func(*CatalogItem, *Party) {}, &other, CodeItemExists, RuleOneSource},
	} {
		t.Run(name, func(t *testing.T) {
			item, party := faultlessItem(), publisher
			c.change(&item, &party)
			for _, r := range publish(item, party, c.old) {
				if r.Code == c.code && r.Rule == c.rule {
					return
				}
			}
			t.Errorf("not refused with %s by %s", c.code, c.rule)
		})
	}
}

// TestSharedAs_BasicItemsAreSharedWhateverTheirResource (I19).
func TestSharedAs_BasicItemsAreSharedWhateverTheirResource(t *testing.T) {
	for _, resource := range []int{Unconditional, Conditional, Withheld} {
		item := CatalogItem{Sharing: Sharing{Type: resource}}
		if got := item.SharedAs(InfoItem{Base: true}); got != Unconditional {
			t.Errorf("a basic item of a resource of type %d is shared as %d", resource, got)
		}
		if got := item.SharedAs(InfoItem{}); got != resource {
			t.Errorf("another item is shared as %d, want %d", got, resource)
		}
		if got := item.SharedAs(InfoItem{Sharing: Withheld}); got != Withheld {
			t.Errorf("an item with a type of its own is shared as %d", got)
		}
	}
}

// anyItem draws a catalogue item that is lawful more often than not.
func anyItem(rt *rapid.T) CatalogItem {
	item := faultlessItem()
	kind := rapid.SampledFrom([]int{1, 2, 2, 3, 3, 0, 4})
	item.Sharing = Sharing{Type: kind.Draw(rt, "sharing"), Conditions: rapid.SampledFrom([]string{"", "因履行职责需要"}).Draw(rt, "conditions")}
	for range rapid.IntRange(0, 2).Draw(rt, "bases") {
		rank := rapid.SampledFrom(slices.Concat(BasisRanks, []string{"", "CUSTOM"})).Draw(rt, "rank")
		item.Sharing.Basis = append(item.Sharing.Basis, LegalBasis{Rank: rank, Document: "数据安全法"})
	}
	item.Opening = Opening{Type: kind.Draw(rt, "opening"), Conditions: rapid.SampledFrom([]string{"", "登记用途"}).Draw(rt, "opened under")}
	fitting := map[int][]string{Conditional: ConditionReasons, Withheld: WithholdReasons}[item.Opening.Type]
	if odd := rapid.IntRange(0, 9).Draw(rt, "odd reason"); odd == 0 || len(fitting) == 0 {
		fitting = slices.Concat([]string{"OTHER"}, WithholdReasons, ConditionReasons)
	}
	item.Opening.Reasons = rapid.SliceOfNDistinct(rapid.SampledFrom(fitting), 0, 2, rapid.ID[string]).Draw(rt, "reasons")
	item.Personal, item.BaseData = rapid.Bool().Draw(rt, "personal"), rapid.SampledFrom(BaseDataKinds).Draw(rt, "base data")
	item.Fields[1] = InfoItem{Name: "单位代码", Type: "字符型", Base: rapid.Bool().Draw(rt, "base"), Sharing: rapid.IntRange(0, 3).Draw(rt, "shared as")}
	return item
}

// TestCatalogue_WhatIsAcceptedCarriesItsReasons reads the law anew (第二十八、三十一条): whatever combination is accepted, restrictions carry
// their reasons (I18) and basic data items are shared unconditionally (I19).
func TestCatalogue_WhatIsAcceptedCarriesItsReasons(t *testing.T) {
	accepted := 0
	rapid.Check(t, func(rt *rapid.T) {
		for range 50 {
			if item := anyItem(rt); len(publish(item, publisher, nil)) == 0 {
				accepted++
				carriesItsReasons(rt, item)
			}
		}
	})
	if accepted < 20 {
		t.Errorf("%d accepted", accepted)
	}
}

// carriesItsReasons is the law, read anew.
func carriesItsReasons(rt *rapid.T, item CatalogItem) {
	ranked := func(b LegalBasis) bool { return slices.Contains(BasisRanks, b.Rank) && b.Document != "" }
	switch s := item.Sharing; {
	case s.Type == Withheld && (len(s.Basis) == 0 || slices.ContainsFunc(s.Basis, func(b LegalBasis) bool { return !ranked(b) })):
		rt.Fatalf("withheld on %v", s.Basis)
	case s.Type == Conditional && (len(s.Basis) == 0 || s.Conditions == ""):
		rt.Fatalf("conditional without basis or conditions: %+v", s)
	case s.Type < Unconditional || s.Type > Withheld:
		rt.Fatalf("sharing type %d", s.Type)
	}
	allowed := map[int][]string{Unconditional: nil, Conditional: ConditionReasons, Withheld: WithholdReasons}
	reasons, known := allowed[item.Opening.Type]
	if !known || item.Opening.Type != Unconditional && len(item.Opening.Reasons) == 0 || item.Personal && item.Opening.Type != Withheld {
		rt.Fatalf("opening %+v, personal %v", item.Opening, item.Personal)
	}
	for _, r := range item.Opening.Reasons {
		if !slices.Contains(reasons, r) {
			rt.Fatalf("type %d for reason %s", item.Opening.Type, r)
		}
	}
	for _, f := range item.Fields {
		if f.Base && (item.BaseData == "NONE" || f.Sharing == Conditional || f.Sharing == Withheld || item.SharedAs(f) != Unconditional) {
			rt.Fatalf("basic data item %+v of %s", f, item.BaseData)
		}
	}
}
