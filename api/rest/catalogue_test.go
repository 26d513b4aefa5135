package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const agriculture = registry.PartyID("11630200MBFAKE0981")

// fakeCatalogue has three items on two pages; one is withdrawn.
type fakeCatalogue struct{ desk.Catalogue }

func listed(code, status string) registry.CatalogItem {
	return registry.CatalogItem{Code: code, Name: "目录项" + code, Abstract: "按月汇总", Provider: agriculture, Region: "630222", Format: "TABLE", Class: "3", Fields: []registry.InfoItem{{Name: "品种", Type: "字符型"}},
		Sharing: registry.Sharing{Type: registry.Unconditional}, Opening: registry.Opening{Type: registry.Unconditional}, UpdateCycle: "MONTH", BaseData: "NONE", Level: registry.LevelGeneral, Secret: "NONE",
		Status: status, Version: 1, Mark: registry.Mark{CreatedAt: at, UpdatedAt: at, Actor: "AgencyMSP/nong-applicant"}}
}

func (fakeCatalogue) Items(_ context.Context, f desk.ItemFilter) (desk.List[registry.CatalogItem], error) {
	list := desk.List[registry.CatalogItem]{AsOf: desk.AsOf{Block: 7, At: at}}
	if f.After == "" {
		list.All, list.Next = []registry.CatalogItem{listed("307001000002", registry.ItemPublished)}, "page-2"
	} else {
		list.All = []registry.CatalogItem{listed("307001000001", registry.ItemPublished)}
	}
	return list, nil
}

func (fakeCatalogue) Item(_ context.Context, code string) (registry.CatalogItem, error) {
	if code != "307001000001" {
		return registry.CatalogItem{}, desk.ErrNotFound
	}
	return listed(code, registry.ItemPublished), nil
}

func TestCatalogue_IsPublicWithoutNamesOfPeople(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	answer := w.ask("GET", "/api/v1/catalogue", "")
	var v itemsView
	if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil || len(v.Items) != 1 || v.Next != "page-2" || v.AsOf.Block != 7 {
		t.Fatalf("%d %s %v", answer.Code, answer.Body, err)
	}
	for _, path := range []string{"/api/v1/catalogue", "/api/v1/catalogue/307001000001"} {
		if body := w.ask("GET", path, "").Body.String(); strings.Contains(body, "nong-applicant") {
			t.Errorf("%s names a person: %s", path, body)
		}
	}
	if answer := w.ask("GET", "/api/v1/catalogue/307001999999", ""); answer.Code != 404 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if answer := w.ask("GET", "/api/v1/catalogue?sharing=4", ""); answer.Code != 422 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

// TestExports_HoldTheWholeCatalogue: every page of it, under a name that says what it is.
func TestExports_HoldTheWholeCatalogue(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	for path, want := range map[string]struct{ name, begins string }{
		"catalogue.jsonld": {"catalogue.jsonld", "{"}, "catalogue.csv": {"公共数据资源目录.csv", "\ufeff"}, "catalogue.xlsx": {"公共数据资源目录.xlsx", "PK"},
		"catalogue-items.xlsx": {"目录项.xlsx", "PK"}, "catalogue-template.xlsx": {"目录导入模板.xlsx", "PK"},
	} {
		answer := w.ask("GET", "/api/v1/exports/"+path, "")
		_, parameters, err := mime.ParseMediaType(answer.Header().Get("Content-Disposition"))
		if answer.Code != 200 || err != nil || parameters["filename"] != want.name || !bytes.HasPrefix(answer.Body.Bytes(), []byte(want.begins)) {
			t.Errorf("%s: %d %v %v", path, answer.Code, parameters, err)
		}
	}
	for _, path := range []string{"catalogue.jsonld", "catalogue.csv"} {
		body := w.ask("GET", "/api/v1/exports/"+path, "").Body.String()
		for _, part := range []string{"307001000001", "307001000002", "民和县农业农村局（虚构）"} {
			if !strings.Contains(body, part) {
				t.Errorf("%s lacks %s", path, part)
			}
		}
	}
	rows, err := chineseWords.Read(w.ask("GET", "/api/v1/exports/catalogue-items.xlsx", "").Body)
	if err != nil || len(rows) != 2 || rows[1].Item.Code != "307001000001" {
		t.Errorf("%+v %v", rows, err)
	}
}

// The fake's share requests: one of the cooperative, one of another body.
var requested = []registry.Share{{ID: "SHR1", Applicant: coop, Provider: agriculture, Region: "630222", Status: registry.ShareRequested}, {ID: "SHR2", Applicant: agriculture, Provider: coop, Region: "630203", Status: registry.ShareRequested}}

func (fakeCatalogue) Shares(_ context.Context, f desk.ShareFilter) (desk.List[registry.Share], error) {
	var list desk.List[registry.Share]
	for _, s := range requested {
		if (f.Applicant == "" || f.Applicant == s.Applicant) && (f.Provider == "" || f.Provider == s.Provider) && (f.Region == "" || f.Region == s.Region) {
			list.All = append(list.All, s)
		}
	}
	return list, nil
}

func (fakeCatalogue) Purchases(_ context.Context, f desk.PurchaseFilter) (desk.List[registry.Purchase], error) {
	all := []registry.Purchase{{ID: "PUR1", Applicant: agriculture, Region: "630222"}}
	if f.Applicant != "" && f.Applicant != agriculture {
		all = nil
	}
	return desk.List[registry.Purchase]{All: all}, nil
}

func (fakeCatalogue) OpenItems(context.Context, desk.OpenFilter) (desk.List[registry.OpenItem], error) {
	o := registry.OpenItem{Code: "307001000001", Provider: agriculture, Status: registry.OpenPublished, Audit: registry.OpenAudit{By: "AgencyMSP/nong-applicant", Note: "内部说明"}, Publisher: "BureauMSP/sun-supervisor", Mark: registry.Mark{Actor: "BureauMSP/sun-supervisor"}}
	return desk.List[registry.OpenItem]{All: []registry.OpenItem{o}}, nil
}

func (fakeCatalogue) Plans(context.Context, desk.PlanFilter) (desk.List[registry.OpeningPlan], error) {
	return desk.List[registry.OpeningPlan]{All: []registry.OpeningPlan{{Region: "630200", Year: 2027, Mark: registry.Mark{Actor: "BureauMSP/sun-supervisor"}}}}, nil
}

// TestShares_AreOfOnesOwnBody: what others ask for is seen by the bureau and by regulators only, of a county in the county (630222 here).
func TestShares_AreOfOnesOwnBody(t *testing.T) {
	w := newWorld(t, registry.ModeDemo)
	w.join(registry.MSPRegulator, "reader", registry.RoleRegulator, "11630200MBFAKE0126")
	for _, c := range []struct{ who, path, sees, not string }{
		{"he-applicant", "/api/v1/shares", "SHR1", "SHR2"}, {"he-applicant", "/api/v1/shares?asked=true", "SHR2", "SHR1"}, {"ledu-applicant", "/api/v1/shares", "[]", "SHR"},
		{"reader", "/api/v1/shares", "SHR1", "SHR2"}, {"ledu-applicant", "/api/v1/purchases", "[]", "PUR"}, {"reader", "/api/v1/purchases", "PUR1", "-"},
	} {
		w.session = c.who
		answer := w.ask("GET", c.path, "")
		if body := answer.Body.String(); answer.Code != 200 || !strings.Contains(body, c.sees) || strings.Contains(body, `"`+c.not) {
			t.Errorf("%s asks %s: %d %s", c.who, c.path, answer.Code, body)
		}
	}
	w.session = ""
	if answer := w.ask("GET", "/api/v1/shares", ""); answer.Code != 401 {
		t.Errorf("nobody sees %d %s", answer.Code, answer.Body)
	}
	for _, path := range []string{"/api/v1/opened", "/api/v1/opening-plans"} {
		answer := w.ask("GET", path, "")
		if body := answer.Body.String(); answer.Code != 200 || strings.Contains(body, "MSP/") || strings.Contains(body, "内部说明") {
			t.Errorf("%s: %d %s", path, answer.Code, body)
		}
	}
	if body := w.ask("GET", "/api/v1/opened", "").Body.String(); !strings.Contains(body, `"openNow":true`) {
		t.Error(body)
	}
}
