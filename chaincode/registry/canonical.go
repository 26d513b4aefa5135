package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxDocumentBytes bounds the JSON document of a transaction, in bytes.
const MaxDocumentBytes = 64 << 10

// MaxInteger is the largest integer that every JSON reader represents exactly, 2^53 − 1.
const MaxInteger = 1<<53 - 1

// Canonical encodes v as canonical JSON: keys sorted by code point, no insignificant space, integers within
// ±MaxInteger, strings in Unicode normal form C and escaped only where JSON demands it. The same value has
// one encoding, so digests over it can be recomputed by anybody (docs/formats.md).
func Canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	var out bytes.Buffer
	out.Grow(len(raw))
	if err := writeCanonical(&out, tree); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func writeCanonical(out *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		out.WriteString(strconv.FormatBool(v))
	case json.Number:
		return writeInteger(out, v)
	case string:
		return writeString(out, v)
	case []any:
		return writeArray(out, v)
	case map[string]any:
		return writeObject(out, v)
	}
	return nil
}

func writeInteger(out *bytes.Buffer, n json.Number) error {
	i, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil || i > MaxInteger || i < -MaxInteger {
		return fmt.Errorf("number %s is no integer within ±(2^53-1)", n)
	}
	out.WriteString(strconv.FormatInt(i, 10))
	return nil
}

func writeString(out *bytes.Buffer, s string) error {
	if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) {
		return fmt.Errorf("text %q is not in Unicode normal form C", s)
	}
	out.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c < 0x20:
			fmt.Fprintf(out, `\u%04x`, c)
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	return nil
}

func writeArray(out *bytes.Buffer, items []any) error {
	out.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeCanonical(out, item); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}

func writeObject(out *bytes.Buffer, fields map[string]any) error {
	keys := make([]string, 0, len(fields))
	for k := range fields {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeString(out, k); err != nil {
			return err
		}
		out.WriteByte(':')
		if err := writeCanonical(out, fields[k]); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

// Decode reads one canonical JSON document into v, strictly: the bytes must be exactly what Canonical makes of the
// decoded value. Unknown fields, wrong case, duplicate keys, trailing data, spaces and other spellings are refused.
// It returns a Refusal with DOCUMENT_INVALID or DOCUMENT_TOO_LARGE.
func Decode(data []byte, v any) error {
	if len(data) > MaxDocumentBytes {
		return Refuse(CodeDocumentTooLarge, RuleOnce, "max", strconv.Itoa(MaxDocumentBytes), "actual", strconv.Itoa(len(data)))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return Refuse(CodeDocumentInvalid, RuleOnce, "why", err.Error())
	}
	if _, err := dec.Token(); err != io.EOF {
		return Refuse(CodeDocumentInvalid, RuleOnce, "why", "trailing data")
	}
	again, err := Canonical(v)
	if err != nil {
		return Refuse(CodeDocumentInvalid, RuleOnce, "why", err.Error())
	}
	if !bytes.Equal(again, data) {
		return Refuse(CodeDocumentInvalid, RuleOnce, "why", "not in canonical form")
	}
	return nil
}
