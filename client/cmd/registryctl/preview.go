package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// preview says in plain words what will be signed: who does what, and every field of the document.
func preview(out io.Writer, lang locale.Lang, who registry.PersonID, site, function string, document []byte) error {
	var tree any
	dec := json.NewDecoder(strings.NewReader(string(document)))
	dec.UseNumber()
	if err := dec.Decode(&tree); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n  %s\n  %s → %s\n", title(lang, function), function, who, site)
	writeFields(out, lang, "", tree)
	return nil
}

// title is the function in the language's words, else its name.
func title(lang locale.Lang, function string) string {
	key := "function." + function
	if text := locale.Text(lang, key, nil); text != key {
		return text
	}
	return function
}

func writeFields(out io.Writer, lang locale.Lang, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		var names []string
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			writeFields(out, lang, strings.TrimPrefix(path+"."+name, "."), v[name])
		}
	case []any:
		if len(v) == 0 {
			writeField(out, lang, path, "[]")
		}
		for i, item := range v {
			writeFields(out, lang, fmt.Sprintf("%s[%d]", path, i), item)
		}
	default:
		writeField(out, lang, path, fmt.Sprint(v))
	}
}

func writeField(out io.Writer, lang locale.Lang, path, value string) {
	label := locale.Label(lang, path)
	if strings.HasPrefix(label, "field.") { // no words for it: its path says it
		label = ""
	}
	fmt.Fprintf(out, "    %s: %s\n", strings.TrimSpace(label+" "+path), printable(value))
}

// printable shows what a terminal would hide or obey: control characters, and those that turn the direction of writing.
func printable(s string) string {
	var out strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			out.WriteRune(r)
			continue
		}
		fmt.Fprintf(&out, "\\u%04x", r)
	}
	return out.String()
}
