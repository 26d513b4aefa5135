package registry

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func someTrace() Trace {
	return Trace{Seq: 1, Event: "gw1-000001", At: useDay.UnixMilli(), User: walkUser, Use: someUse()}
}

const someLine = `{"at":1796097600000,"environment":"env-1","event":"gw1-000001","mode":"API","part":"sales","purpose":"INDUSTRY","quantity":10,"region":"630222","right":"USE","seq":1,"unit":"CALL","user":"91630202MAFAKE051R"}`

func TestTrace_HasOneForm(t *testing.T) {
	if got := string(someTrace().Append(nil)); got != someLine {
		t.Fatalf("got %s", got)
	}
	if back, err := ParseTrace([]byte(someLine)); err != nil || back != someTrace() {
		t.Fatalf("%+v %v", back, err)
	}
	for defect, line := range map[string]string{
		"empty": "", "space": " " + someLine, "trailing_data": someLine + " ", "line_feed": someLine + "\n", "two_traces": someLine + someLine,
		"unknown_field": strings.Replace(someLine, `,"mode"`, `,"kind":"x","mode"`, 1), "field_missing": strings.Replace(someLine, `"mode":"API",`, "", 1),
		"field_twice": strings.Replace(someLine, `"mode":"API",`, `"mode":"API","mode":"API",`, 1), "other_order": strings.Replace(someLine, `"mode":"API","part":"sales"`, `"part":"sales","mode":"API"`, 1),
		"empty_text": strings.Replace(someLine, `"sales"`, `""`, 1), "escaped": strings.Replace(someLine, "sales", `s\u0061les`, 1), "control": strings.Replace(someLine, "sales", "s\tles", 1),
		"not_utf8": strings.Replace(someLine, "sales", "s\xffles", 1), "not_nfc": strings.Replace(someLine, "sales", "e\u0301", 1), "number_as_text": strings.Replace(someLine, `"quantity":10`, `"quantity":"10"`, 1),
		"zero_in_front": strings.Replace(someLine, `"quantity":10`, `"quantity":010`, 1), "negative": strings.Replace(someLine, `"quantity":10`, `"quantity":-10`, 1), "fraction": strings.Replace(someLine, `"quantity":10`, `"quantity":1.5`, 1),
		"too_large_a_number": strings.Replace(someLine, `"quantity":10`, `"quantity":9007199254740992`, 1), "seq_zero": strings.Replace(someLine, `"seq":1`, `"seq":0`, 1), "event_too_long": strings.Replace(someLine, "gw1-000001", strings.Repeat("x", 65), 1),
		"too_long": strings.Replace(someLine, "sales", strings.Repeat("长", 400), 1),
	} {
		if got, err := ParseTrace([]byte(line)); err == nil {
			t.Errorf("%s is read as %+v", defect, got)
		}
	}
}

// TestTrace_IsCanonicalJSON: whatever is written reads back, and is what the registry's canonical JSON makes of the same members.
func TestTrace_IsCanonicalJSON(t *testing.T) {
	text := func(t *rapid.T, name string, max int) string {
		return norm.NFC.String(rapid.StringMatching(`[ -!#-\[\]-~\p{Han}]{1,`+itoa(max)+`}`).Draw(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		tr := Trace{Seq: rapid.Int64Range(1, MaxInteger).Draw(t, "seq"), Event: rapid.StringMatching(`[A-Za-z0-9._:-]{1,64}`).Draw(t, "event"), At: rapid.Int64Range(1, MaxInteger).Draw(t, "at"), User: "P1",
			Use: Use{Right: RightUse, Purpose: text(t, "purpose", 12), Part: text(t, "part", 40), Mode: text(t, "mode", 12), Region: "630222", Unit: "CALL", Quantity: rapid.Int64Range(0, MaxInteger).Draw(t, "quantity")}}
		if rapid.Bool().Draw(t, "bound") {
			tr.Use.Environment = text(t, "environment", 40)
		}
		if rapid.Bool().Draw(t, "refused") {
			tr.Refused = CodeUsePurpose
		}
		line := tr.Append(nil)
		back, err := ParseTrace(line)
		if err != nil || back != tr {
			t.Fatalf("%s reads back as %+v: %v", line, back, err)
		}
		var members map[string]any
		d := json.NewDecoder(strings.NewReader(string(line)))
		d.UseNumber()
		if err := d.Decode(&members); err != nil {
			t.Fatal(err)
		}
		if canonical, err := Canonical(members); err != nil || string(canonical) != string(line) {
			t.Fatalf("%s\nis not canonical: %s %v", line, canonical, err)
		}
	})
}

func FuzzParseTrace(f *testing.F) {
	f.Add([]byte(someLine))
	f.Add([]byte(strings.Replace(someLine, `"region"`, `"refused":"USE_PURPOSE","region"`, 1)))
	f.Add([]byte(`{"at":1`))
	f.Fuzz(func(t *testing.T, line []byte) {
		tr, err := ParseTrace(line)
		if err != nil {
			return
		}
		if again := tr.Append(nil); string(again) != string(line) {
			t.Errorf("%q re-serialises as %q", line, again)
		}
		if !json.Valid(line) {
			t.Errorf("%q is no JSON", line)
		}
	})
}

func BenchmarkParseTrace(b *testing.B) {
	line := []byte(someLine)
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if _, err := ParseTrace(line); err != nil {
			b.Fatal(err)
		}
	}
}

// usedGrant is a licence that was signed an hour before useDay, on an asset in force.
func usedGrant() GrantCase {
	signed := useDay.Add(-time.Hour)
	g := Grant{ID: "GRT1", Kind: GrantLicence, Asset: "AST1", Grantor: walkBody, Grantee: walkUser, Policy: somePolicy(), Status: GrantActive, SignedAt: &signed}
	return GrantCase{Facts: Facts{TxID: "t1", At: useDay.Add(time.Minute), Actor: Actor{MSP: MSPExchange, Enrolment: "registryd", Role: RoleService}}, Grant: &g,
		Asset: &Asset{ID: "AST1", Track: TrackDataAsset, Holder: walkBody, Status: AssetActive, ValidFrom: "2026-01-01", ValidUntil: "2030-01-01", Content: Content{Rights: []RightClaim{{Kind: RightUse, From: "2026-01-01"}}}}}
}

// TestJudgeTrace_WhatWasUsedBeforeTheEndCounts: suspension and end by the parties look back no further than they reach; everything else denies at once.
func TestJudgeTrace_WhatWasUsedBeforeTheEndCounts(t *testing.T) {
	end, before, after := useDay, useDay.Add(-time.Second).UnixMilli(), useDay.Add(time.Second).UnixMilli()
	for name, c := range map[string]struct {
		change        func(*GrantCase)
		before, after Code
	}{
		"in_force":     {func(*GrantCase) {}, "", ""},
		"suspended":    {func(c *GrantCase) { c.Grant.Status, c.Grant.SuspendedAt = GrantSuspended, &end }, "", CodeGrantInactive},
		"revoked":      {func(c *GrantCase) { c.Grant.Status, c.Grant.EndedAt = GrantRevoked, &end }, "", CodeGrantInactive},
		"terminated":   {func(c *GrantCase) { c.Grant.Status, c.Grant.EndedAt = GrantTerminated, &end }, "", CodeGrantInactive},
		"not_signed":   {func(c *GrantCase) { c.Grant.Status, c.Grant.SignedAt = GrantProposed, nil }, CodeGrantInactive, CodeGrantInactive},
		"signed_since": {func(c *GrantCase) { c.Grant.SignedAt = &end }, CodeGrantInactive, ""},
		"asset_ended":  {func(c *GrantCase) { c.Asset.Status = AssetRevoked }, CodeGrantInactive, CodeGrantInactive},
		"term_over":    {func(c *GrantCase) { c.At = useDay.AddDate(2, 0, 0) }, "", ""},
		"somebody":     {func(c *GrantCase) { c.Grant.Grantee = walkOperator }, CodeUseNotGrantee, CodeUseNotGrantee},
	} {
		c1 := usedGrant()
		c.change(&c1)
		for at, want := range map[int64]Code{before: c.before, after: c.after} {
			tr := someTrace()
			tr.At = at
			got := Code("")
			if refusal := JudgeTrace(c1, tr, 0); refusal != nil {
				got = refusal.Code
			}
			if got != want {
				t.Errorf("%s at %d: %q, want %q", name, at, got, want)
			}
		}
	}
}
