package registry

import "testing"

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
