package odrl

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

var day = time.Date(2026, 12, 1, 4, 0, 0, 0, time.UTC)

func grant() registry.Grant {
	return registry.Grant{ID: "GRTAAAAAAAAAAAAAAAAA", Asset: "ASTAAAAAAAAAAAAAAAAA", Grantor: "93630222MAFAKE06XA", Grantee: "91630202MAFAKE051R", Policy: registry.Policy{Right: registry.RightUse,
		Purposes: []string{"INDUSTRY"}, Scope: []string{"sales"}, Modes: []string{"API"}, Spatial: []string{"630200"}, From: "2026-11-30", To: "2027-11-29",
		Quota: registry.Quota{Unit: "CALL", Quantity: 100}, Conditions: []registry.Condition{{Name: registry.ConditionEnvironment, Value: "env-1"}}}}
}

func use() registry.Use {
	return registry.Use{Right: registry.RightUse, Purpose: "INDUSTRY", Part: "sales", Mode: "API", Region: "630222", Unit: "CALL", Quantity: 1, Environment: "env-1"}
}

func written(t testing.TB, g registry.Grant) string {
	t.Helper()
	body, err := json.MarshalIndent(Export(g, registry.GrantActive), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(body) + "\n"
}

func TestExport_Golden(t *testing.T) {
	want, err := os.ReadFile("testdata/licence.json")
	if err != nil {
		t.Fatal(err)
	}
	if got := written(t, grant()); got != string(want) {
		t.Errorf("got %s", got)
	}
}

func TestPolicy_IsWhatWasExported(t *testing.T) {
	p, err := Policy([]byte(written(t, grant())))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(grant().Policy, p) {
		t.Errorf("got %+v", p)
	}
	if r := registry.Judge(p, use(), registry.Counters{}, day); r != nil {
		t.Errorf("denied: %v", r)
	}
}

// TestPolicy_WhatIsNotUnderstoodIsDenied: every alteration of the constraints denies the use, or is no agreement at all.
func TestPolicy_WhatIsNotUnderstoodIsDenied(t *testing.T) {
	good := written(t, grant())
	for defect, c := range map[string]struct{ old, new string }{
		"unknown_constraint":   {`"constraint": [`, `"constraint": [{"leftOperand":"hh:moon","operator":"eq","rightOperand":"full"},`},
		"unknown_operator":     {`"operator": "gteq"`, `"operator": "gt"`},
		"other_operand":        {`"leftOperand": "spatial"`, `"leftOperand": "virtualLocation"`},
		"purpose_twice":        {`"constraint": [`, `"constraint": [{"leftOperand":"purpose","operator":"isAnyOf","rightOperand":["WELFARE"]},`},
		"count_as_text":        {`"rightOperand": 100`, `"rightOperand": "100"`},
		"count_with_fraction":  {`"rightOperand": 100`, `"rightOperand": 100.5`},
		"other_unit":           {`"unit": "CALL"`, `"unit": "BYTE"`},
		"unit_where_none_is":   {`"rightOperand": "USE"`, `"rightOperand": "USE", "unit": "kg"`},
		"text_where_a_list_is": {`"leftOperand": "hh:mode",` + "\n" + `     "operator": "isAnyOf",` + "\n" + `     "rightOperand": [` + "\n" + `      "API"` + "\n" + `     ]`, `"leftOperand":"hh:mode","operator":"isAnyOf","rightOperand":"API"`},
		"environment_a_list":   {`"rightOperand": "env-1"`, `"rightOperand": ["env-1"]`},
	} {
		t.Run(defect, func(t *testing.T) {
			bad := strings.Replace(good, c.old, c.new, 1)
			if bad == good {
				t.Fatal("nothing was altered")
			}
			p, err := Policy([]byte(bad))
			if err != nil {
				t.Fatal(err)
			}
			if registry.Judge(p, use(), registry.Counters{}, day) == nil {
				t.Errorf("allowed: %+v", p)
			}
		})
	}
	for defect, c := range map[string]struct{ old, new string }{
		"other_profile":       {Profile, "urn:other"},
		"an_offer":            {`"Agreement"`, `"Offer"`},
		"other_action":        {`"use"`, `"distribute"`},
		"duty_that_we_ignore": {`"permission"`, `"obligation":[],"permission"`},
		"two_documents":       {"}\n", "}{}"},
		"no_permission":       {`"permission"`, `"prohibition"`},
	} {
		t.Run(defect, func(t *testing.T) {
			i := strings.LastIndex(good, c.old)
			if p, err := Policy([]byte(good[:i] + c.new + good[i+len(c.old):])); err == nil {
				t.Errorf("read as %+v", p)
			}
		})
	}
}

// FuzzPolicy: whatever is read and allows the sample use says everything that the policy of the sample says.
func FuzzPolicy(f *testing.F) {
	f.Add([]byte(written(f, grant())))
	f.Add([]byte(`{"permission":[{}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := Policy(body)
		if err != nil || registry.Judge(p, use(), registry.Counters{}, day) != nil {
			return
		}
		for _, c := range p.Conditions {
			if c.Name != registry.ConditionEnvironment {
				t.Errorf("allowed under %+v", c)
			}
		}
		if p.Right == "" || len(p.Purposes) == 0 || len(p.Modes) == 0 || p.From == "" || p.To == "" || p.Quota.Unit == "" {
			t.Errorf("allowed by %+v", p)
		}
	})
}
