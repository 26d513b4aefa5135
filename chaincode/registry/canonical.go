package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
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
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	r := rewriter{in: raw.Bytes(), out: make([]byte, 0, raw.Len())}
	if err := r.value(); err != nil {
		return nil, err
	}
	return r.out, nil
}

// rewriter makes canonical JSON of what package json has encoded, in one pass. It relies on in being valid and compact.
type rewriter struct {
	in      []byte
	at      int
	out     []byte
	members []member // of the objects being written, the innermost last
	scratch []byte
}

// member is one member of an object: its key, and where out holds key and value.
type member struct {
	key        []byte
	start, end int
}

func (r *rewriter) value() error {
	switch r.in[r.at] {
	case '{':
		return r.object()
	case '[':
		return r.array()
	case '"':
		_, err := r.text()
		return err
	case 't', 'f', 'n':
		r.out = append(r.out, r.word()...)
		return nil
	}
	return r.integer()
}

// word takes a number, true, false or null.
func (r *rewriter) word() []byte {
	n := bytes.IndexAny(r.in[r.at:], ",]}\n")
	r.at += n
	return r.in[r.at-n : r.at]
}

func (r *rewriter) integer() error {
	n := r.word()
	i, err := strconv.ParseInt(string(n), 10, 64)
	if err != nil || i > MaxInteger || i < -MaxInteger {
		return fmt.Errorf("number %s is no integer within ±(2^53-1)", n)
	}
	r.out = strconv.AppendInt(r.out, i, 10)
	return nil
}

func (r *rewriter) array() error {
	for r.in[r.at] != ']' {
		r.out = append(r.out, r.in[r.at]) // the bracket, then commas
		if r.at++; r.in[r.at] == ']' {
			break
		}
		if err := r.value(); err != nil {
			return err
		}
	}
	r.at++
	r.out = append(r.out, ']')
	return nil
}

func (r *rewriter) object() error {
	first, begin := len(r.members), len(r.out)
	for r.in[r.at] != '}' {
		if r.at++; r.in[r.at] == '}' { // past the brace or a comma
			break
		}
		start := len(r.out)
		key, err := r.text()
		if err != nil {
			return err
		}
		r.at++
		r.out = append(r.out, ':')
		if err := r.value(); err != nil {
			return err
		}
		r.members = append(r.members, member{key, start - begin, len(r.out) - begin})
	}
	r.at++
	err := r.arrange(begin, r.members[first:])
	r.members = r.members[:first]
	return err
}

// arrange puts the members that were written from begin on into the order of their keys.
func (r *rewriter) arrange(begin int, members []member) error {
	slices.SortFunc(members, func(a, b member) int { return bytes.Compare(a.key, b.key) })
	r.scratch = append(r.scratch[:0], r.out[begin:]...)
	r.out = append(r.out[:begin], '{')
	for i, m := range members {
		if i > 0 {
			if bytes.Equal(m.key, members[i-1].key) {
				return fmt.Errorf("key %q twice", m.key)
			}
			r.out = append(r.out, ',')
		}
		r.out = append(r.out, r.scratch[m.start:m.end]...)
	}
	r.out = append(r.out, '}')
	return nil
}

// text writes a string and gives what it says.
func (r *rewriter) text() ([]byte, error) {
	rest := r.in[r.at+1:]
	n := bytes.IndexAny(rest, `"\`)
	if rest[n] == '\\' {
		return r.escaped()
	}
	if err := checkNormal(rest[:n]); err != nil {
		return nil, err
	}
	r.out = append(r.out, r.in[r.at:r.at+n+2]...)
	r.at += n + 2
	return rest[:n], nil
}

// escaped is text for a string with escapes, of which canonical JSON has fewer.
func (r *rewriter) escaped() ([]byte, error) {
	end := r.at + 1
	for ; r.in[end] != '"'; end++ {
		if r.in[end] == '\\' {
			end++
		}
	}
	var s string
	if err := json.Unmarshal(r.in[r.at:end+1], &s); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	if err := checkNormal([]byte(s)); err != nil {
		return nil, err
	}
	r.at = end + 1
	r.quote(s)
	return []byte(s), nil
}

func (r *rewriter) quote(s string) {
	r.out = append(r.out, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			r.out = append(r.out, '\\', c)
		case c < 0x20:
			r.out = fmt.Appendf(r.out, `\u%04x`, c)
		default:
			r.out = append(r.out, c)
		}
	}
	r.out = append(r.out, '"')
}

func checkNormal(text []byte) error {
	if !utf8.Valid(text) || !normal(text) {
		return fmt.Errorf("text %q is not in Unicode normal form C", text)
	}
	return nil
}

// normal says whether valid UTF-8 is in normal form C. Text of these ranges alone always is: none of their characters
// composes with, or is moved by, another of them. Nearly all text of the registry is such.
func normal(s []byte) bool {
	for rest := s; len(rest) > 0; {
		c, n := utf8.DecodeRune(rest)
		if c >= 0x300 && (c < 0x4E00 || c > 0x9FFF) && (c < 0x3000 || c > 0x3029) && (c < 0xFF01 || c > 0xFF5E) {
			return norm.NFC.IsNormal(s)
		}
		rest = rest[n:]
	}
	return true
}

// CheckSize refuses a document that exceeds MaxDocumentBytes with DOCUMENT_TOO_LARGE.
func CheckSize(document []byte) *Refusal {
	if len(document) <= MaxDocumentBytes {
		return nil
	}
	return Refuse(CodeDocumentTooLarge, RuleOnce, "max", strconv.Itoa(MaxDocumentBytes), "actual", strconv.Itoa(len(document)))
}

// Decode reads one canonical JSON document into v, strictly: the bytes must be exactly what Canonical makes of the
// decoded value. Unknown fields, wrong case, duplicate keys, trailing data, spaces and other spellings are refused.
// It returns a Refusal with DOCUMENT_INVALID or DOCUMENT_TOO_LARGE.
func Decode(data []byte, v any) error {
	if refusal := CheckSize(data); refusal != nil {
		return refusal
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
