package index

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// marked is a mark of a record that was made i hours after the beginning.
func marked(i int) registry.Mark {
	return registry.Mark{CreatedAt: started.Add(time.Duration(i) * time.Hour)}
}

func TestItems_FiltersAndFindsWords(t *testing.T) {
	x := open(t)
	c := &chain{t: t}
	for i, item := range []registry.CatalogItem{
		{Code: "307001000001", Name: "农产品产销信息", Abstract: "按月汇总", Provider: "P1", Region: "630222", Sharing: registry.Sharing{Type: 2}, Opening: registry.Opening{Type: 1}, Status: registry.ItemPublished},
		{Code: "307001000002", Name: "供水管网", Abstract: "海东市供水管网 GIS 数据", Provider: "P2", Region: "630203", Sharing: registry.Sharing{Type: 1}, Opening: registry.Opening{Type: 3}, Status: registry.ItemPublished},
		{Code: "307001000003", Name: "农机补贴", Abstract: "已停", Provider: "P1", Region: "630222", Sharing: registry.Sharing{Type: 3}, Opening: registry.Opening{Type: 3}, Status: registry.ItemWithdrawn},
	} {
		item.Mark = marked(i)
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", i), "catalogue:Publish", map[string]any{"\x00CAT\x00" + item.Code + "\x00": item}))
	}
	fold(t, x, c.blocks...)
	published := []string{registry.ItemPublished}
	for name, c := range map[string]struct {
		filter ItemFilter
		want   string
	}{
		"all_newest_first":   {ItemFilter{}, "3 2 1"},
		"of_a_provider":      {ItemFilter{Provider: "P1"}, "3 1"},
		"published":          {ItemFilter{Statuses: published}, "2 1"},
		"of_a_county":        {ItemFilter{Region: "630203"}, "2"},
		"shared_freely":      {ItemFilter{Sharing: registry.Unconditional}, "2"},
		"not_opened":         {ItemFilter{Opening: registry.Withheld}, "3 2"},
		"word_of_the_name":   {ItemFilter{Text: "农"}, "3 1"},
		"word_of_abstract":   {ItemFilter{Text: "gis", Statuses: published}, "2"},
		"part_of_the_code":   {ItemFilter{Text: "000003"}, "3"},
		"pattern_is_literal": {ItemFilter{Text: "%"}, ""},
		"hostile_value":      {ItemFilter{Region: "' OR 1=1 --"}, ""},
	} {
		var names []string
		for after, pages := "", 0; pages < 5; pages++ {
			f := c.filter
			f.Limit, f.After = 1, after
			found, next, err := x.Items(context.Background(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range found {
				names = append(names, item.Code[11:])
			}
			if after = next; next == "" {
				break
			}
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestRequestsAndOpenings_Filters(t *testing.T) {
	x := open(t)
	c := &chain{t: t}
	write := func(function, key string, record any) {
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", len(c.blocks)), function, map[string]any{key: record}))
	}
	write("sharing:Request", "\x00SHR\x00S1\x00", registry.Share{ID: "S1", Applicant: "P1", Provider: "P2", Region: "630222", Status: registry.ShareRequested, Mark: marked(1)})
	write("sharing:Request", "\x00SHR\x00S2\x00", registry.Share{ID: "S2", Applicant: "P2", Provider: "P1", Region: "630203", Status: registry.ShareGranted, Mark: marked(2)})
	write("purchase:Request", "\x00PUR\x00U1\x00", registry.Purchase{ID: "U1", Applicant: "P1", Region: "630222", Status: registry.PurchaseRequested, Mark: marked(3)})
	write("opening:Audit", "\x00OPN\x00O1\x00", registry.OpenItem{Code: "O1", Provider: "P1", Region: "630222", Status: registry.OpenAudited, Mark: marked(4)})
	write("opening:AdoptPlan", "\x00OPL\x00630200\x002027\x00", registry.OpeningPlan{Region: "630200", Year: 2027, Mark: marked(5)})
	write("catalogue:EnterEnterprise", "\x00ECE\x00E1\x00", registry.EnterpriseEntry{ID: "E1", Party: "P3", Region: "630202", Name: "能耗", Status: registry.EntryListed, Mark: marked(6)})
	fold(t, x, c.blocks...)
	ctx := context.Background()
	count := func(name string, n, want int, err error) {
		t.Helper()
		if err != nil || n != want {
			t.Errorf("%s: %d, want %d (%v)", name, n, want, err)
		}
	}
	asked, _, err := x.Shares(ctx, ShareFilter{Applicant: "P1"})
	count("asked for by a party", len(asked), 1, err)
	provided, _, err := x.Shares(ctx, ShareFilter{Provider: "P1", Statuses: []string{registry.ShareGranted}})
	count("asked of a party", len(provided), 1, err)
	county, _, err := x.Shares(ctx, ShareFilter{Region: "630202"})
	count("of another county", len(county), 0, err)
	bought, _, err := x.Purchases(ctx, PurchaseFilter{Applicant: "P1", Statuses: []string{registry.PurchaseRequested}})
	count("to be bought", len(bought), 1, err)
	opened, _, err := x.OpenItems(ctx, OpenFilter{Statuses: []string{registry.OpenAudited}})
	count("audited", len(opened), 1, err)
	plans, _, err := x.Plans(ctx, PlanFilter{Region: "630200"})
	count("plans", len(plans), 1, err)
	entries, _, err := x.Enterprises(ctx, EnterpriseFilter{Text: "能耗", Region: "630202"})
	count("enterprise catalogue", len(entries), 1, err)
}

// BenchmarkItems_Search looks for a word that hardly any of 20,000 published items has.
func BenchmarkItems_Search(b *testing.B) {
	x := open(b)
	c := &chain{t: b}
	for n := range 200 {
		writes := map[string]any{}
		for i := range 100 {
			code := fmt.Sprintf("307%09d", n*100+i)
			writes["\x00CAT\x00"+code+"\x00"] = registry.CatalogItem{Code: code, Name: "目录项" + code, Abstract: "按月汇总的产销信息", Status: registry.ItemPublished, Mark: marked(n)}
		}
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", n), "catalogue:PublishMany", writes))
	}
	fold(b, x, c.blocks...)
	for b.Loop() {
		found, _, err := x.Items(context.Background(), ItemFilter{Statuses: []string{registry.ItemPublished}, Text: "019999"})
		if err != nil || len(found) != 1 {
			b.Fatalf("%d found: %v", len(found), err)
		}
	}
}
