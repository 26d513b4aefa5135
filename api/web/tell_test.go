package web

import (
	"slices"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

type told struct {
	Title string
	Known bool
	Rows  []struct {
		Path, Label, Value, Raw string
		Known                   bool
	}
}

// tell lets the browser say what a document asks for.
func tell(l *lab, function, document string, language int) (told, error) {
	return try[told](l, `return words.tell(await words.load(), `+js(function)+`, `+js(document)+`, `+js(language)+`);`)
}

func (d told) value(t *testing.T, label string) string {
	t.Helper()
	for _, r := range d.Rows {
		if r.Label == label {
			return r.Value
		}
	}
	t.Errorf("no row %q in %+v", label, d.Rows)
	return ""
}

func TestTell_SaysEveryFieldOfAnApplication(t *testing.T) {
	l := openLab(t)
	content := registry.Content{DataName: "海东大棚采收", Region: "630222", Level: registry.LevelGeneral, Secret: "NONE", Volume: registry.Volume{Records: 1203456},
		Rights:    []registry.RightClaim{{Kind: registry.RightHold, From: "2024-12-31"}, {Kind: registry.RightUse, From: "2025-01-31", Limits: "仅限“本市”"}},
		Materials: []registry.Material{{Kind: registry.MaterialSample, CID: "bafy"}}, Declarations: registry.Declarations{Lawful: true}}
	document, err := registry.Canonical(registry.SubmitRequest{Key: "submit-12345", Content: content})
	if err != nil {
		t.Fatal(err)
	}
	zh, err := tell(l, "registration:Submit", string(document), 0)
	if err != nil {
		t.Fatal(err)
	}
	if zh.Title != "提交申请" || !zh.Known {
		t.Errorf("title %q", zh.Title)
	}
	for label, want := range map[string]string{"数据名称": "海东大棚采收", "登记地区": "民和回族土族自治县（630222）", "数据级别": "一般数据（GENERAL）", "权利种类 2": "数据加工使用权（USE）",
		"权利限制 2": "仅限“本市”", "数据量（条）": "1203456", "合法拥有或者控制": "是", "允许转售": "否", "材料种类 1": "数据样例（SAMPLE）", "请求编号": "submit-12345"} {
		if got := zh.value(t, label); got != want {
			t.Errorf("%s: %q, want %q", label, got, want)
		}
	}
	var order []string
	for _, r := range zh.Rows {
		if !r.Known {
			t.Errorf("%s is not known", r.Path)
		}
		order = append(order, r.Path)
	}
	// Parts of one right stand together, the second right after the first.
	first, second := slices.Index(order, "content.rights[0].from"), slices.Index(order, "content.rights[1].kind")
	if slices.Index(order, "content.dataName") > first || first > second {
		t.Errorf("order %v", order)
	}
	en, err := tell(l, "registration:Submit", string(document), 1)
	if err != nil {
		t.Fatal(err)
	}
	if en.Title != "Submit" || en.value(t, "Data name") != "海东大棚采收" {
		t.Errorf("English: %q", en.Title)
	}
}

func TestTell_HidesNothing(t *testing.T) {
	l := openLab(t)
	got, err := tell(l, "registration:Accept", `{"application":"APP","hidden":{"a":[1,{"b":"<script>"}],"c":{}},"key":"k"}`, 0)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"hidden.a[0]": "1", "hidden.a[1].b": "<script>", "hidden.c": "（空）"} {
		i := slices.IndexFunc(got.Rows, func(r struct {
			Path, Label, Value, Raw string
			Known                   bool
		}) bool {
			return r.Path == path
		})
		if i < 0 || got.Rows[i].Known || got.Rows[i].Label != path || got.Rows[i].Value != want {
			t.Errorf("%s is not shown as it is: %+v", path, got.Rows)
		}
	}
	unknown, err := tell(l, "other:Function", `{"key":"k"}`, 0)
	if err != nil || unknown.Known || unknown.Title != "other:Function" || len(unknown.Rows) != 1 {
		t.Errorf("an unknown function: %+v %v", unknown, err)
	}
	for name, document := range map[string]string{
		"field_twice": `{"application":"APP1","application":"APP2","key":"k"}`, "space": `{"key": "k"}`, "order": `{"key":"k","application":"A"}`,
		"escaped": `{"key":"\u006b"}`, "fraction": `{"key":1.5}`, "not_nfc": "{\"key\":\"e\u0301\"}", "no_json": `{"key"`,
	} {
		if got, err := tell(l, "registration:Accept", document, 0); err == nil {
			t.Errorf("%s is taken: %+v", name, got)
		}
	}
}

// TestCanonical_IsThatOfGo: browser and registry agree on the one form, byte for byte.
func TestCanonical_IsThatOfGo(t *testing.T) {
	l := openLab(t)
	for _, v := range []any{
		map[string]any{"b": 1, "a": []any{true, nil, "x\"\\/\n\u2028\u0001"}, "Z": -9007199254740991, "𰻝": "𰻝", "￿": "e\u00e9", "": map[string]any{}},
		[]any{}, "", 0, strings.Repeat("长", 100),
	} {
		want, err := registry.Canonical(v)
		if err != nil {
			t.Fatal(err)
		}
		if got := must[string](l, `return canonical.canonical(`+js(v)+`);`); got != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
