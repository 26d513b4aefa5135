package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// plainly encodes a decoded tree as docs/formats.md says it, without any care for speed.
func plainly(v any) string {
	switch v := v.(type) {
	case string:
		return plainText(v)
	case json.Number:
		return v.String()
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, plainly(item))
		}
		return "[" + strings.Join(items, ",") + "]"
	case map[string]any:
		var keys, members []string
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			members = append(members, plainText(key)+":"+plainly(v[key]))
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	return strings.ReplaceAll(fmt.Sprint(v), "<nil>", "null")
}

func plainText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < 0x20:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}

// anything draws a JSON value whose text is in normal form C.
func anything(t *rapid.T, depth int) any {
	text := rapid.Map(rapid.StringOfN(rapid.SampledFrom([]rune("aZ\"\\\n\x01<&>\u2028\u2029é海́が゙·￥Ａ𠀀{}[],: ")), 0, 8, -1), norm.NFC.String)
	kinds := 6
	if depth == 0 {
		kinds = 4
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return text.Draw(t, "text")
	case 1:
		return json.Number(strconv.Itoa(rapid.IntRange(-MaxInteger, MaxInteger).Draw(t, "integer")))
	case 2:
		return rapid.Bool().Draw(t, "bool")
	case 3:
		return nil
	case 4:
		items := []any{}
		for range rapid.IntRange(0, 4).Draw(t, "length") {
			items = append(items, anything(t, depth-1))
		}
		return items
	}
	fields := map[string]any{}
	for range rapid.IntRange(0, 5).Draw(t, "size") {
		fields[text.Draw(t, "key")] = anything(t, depth-1)
	}
	return fields
}

func TestCanonical_IsWhatTheFormatSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anything(t, 4)
		got, err := Canonical(v)
		if err != nil {
			t.Fatal(err)
		}
		if want := plainly(v); string(got) != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		var again any
		dec := json.NewDecoder(bytes.NewReader(got))
		dec.UseNumber()
		if err := dec.Decode(&again); err != nil || plainly(again) != string(got) {
			t.Fatalf("%s reads as %v, %v", got, again, err)
		}
	})
}

func TestCanonical_Refused(t *testing.T) {
	for name, v := range map[string]any{
		"decomposed text":      "e\u0301",
		"decomposed kana":      "か\u3099",
		"decomposed key":       map[string]int{"e\u0301": 1},
		"out of order marks":   "a\u0301\u0316",
		"a fraction":           1.5,
		"an exponent":          json.Number("1e3"),
		"beyond exact numbers": MaxInteger + 1,
		"a key twice":          json.RawMessage(`{"a":1,"a":1}`),
	} {
		if body, err := Canonical(v); err == nil {
			t.Errorf("%s: %s", name, body)
		}
	}
}

// TestNormal_OnlyWhatIsNormal holds the shortcut of Canonical against the Unicode tables, for every pair of characters
// that it lets pass.
func TestNormal_OnlyWhatIsNormal(t *testing.T) {
	for r := rune(0); r <= 0xFFFF; r++ {
		for _, before := range []rune{'e', '海', 'か', '、', 'Ａ'} {
			s := string(before) + string(r)
			if normal([]byte(s)) != norm.NFC.IsNormalString(s) {
				t.Fatalf("%q: %v", s, normal([]byte(s)))
			}
		}
	}
}
