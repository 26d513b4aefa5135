package registry

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fieldCheck collects everything that is wrong with a document, so that a person is told once.
type fieldCheck struct{ errors []FieldError }

func (v *fieldCheck) add(path string, p Problem, rule RuleID, args ...string) {
	e := FieldError{Path: path, Problem: p, Rule: rule}
	if len(args) > 0 {
		e.Args = map[string]string{}
	}
	for i := 0; i+1 < len(args); i += 2 {
		e.Args[args[i]] = args[i+1]
	}
	v.errors = append(v.errors, e)
}

func (v *fieldCheck) when(wrong bool, path string, p Problem, rule RuleID) {
	if wrong {
		v.add(path, p, rule)
	}
}

func (v *fieldCheck) refusal() *Refusal {
	if len(v.errors) == 0 {
		return nil
	}
	return &Refusal{Code: CodeFieldsInvalid, Rule: v.errors[0].Rule, Fields: v.errors}
}

// text checks a mandatory text of at most max characters on one or more lines.
func (v *fieldCheck) text(path, s string, max int, rule RuleID) {
	if strings.TrimSpace(s) == "" {
		v.add(path, ProblemMissing, rule)
		return
	}
	v.optionalText(path, s, max, rule)
}

func (v *fieldCheck) optionalText(path, s string, max int, rule RuleID) {
	if n := utf8.RuneCountInString(s); n > max {
		v.add(path, ProblemTooLong, rule, "max", strconv.Itoa(max), "actual", strconv.Itoa(n))
	}
	if r, bad := badCharacter(s); bad {
		v.add(path, ProblemCharacter, rule, "character", fmt.Sprintf("U+%04X", r))
	} else if !norm.NFC.IsNormalString(s) {
		v.add(path, ProblemNotNFC, rule)
	}
}

// badCharacter finds a character that has no place in a record: control characters other than the line feed,
// direction overrides and other invisible format characters, private use, unassigned and replacement characters.
func badCharacter(s string) (rune, bool) {
	for _, r := range s {
		switch {
		case r == '\n':
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r),
			unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return r, true
		case !unicode.IsPrint(r) && !unicode.IsSpace(r):
			return r, true
		}
	}
	return 0, false
}

func (v *fieldCheck) oneOf(path, s string, allowed ...string) {
	v.listed(path, s, RuleForm, allowed)
}

// listed checks a code of a closed list that a rule gives.
func (v *fieldCheck) listed(path, s string, rule RuleID, allowed []string) {
	switch {
	case s == "":
		v.add(path, ProblemMissing, rule)
	case !slices.Contains(allowed, s):
		v.add(path, ProblemNotAllowed, rule, "value", clip(s))
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func (v *fieldCheck) creditCode(path, code string) {
	p, want := CheckCreditCode(code)
	switch {
	case p == "":
	case want != "":
		v.add(path, p, RuleIdentifier, "expected", want)
	default:
		v.add(path, p, RuleIdentifier)
	}
}

func (v *fieldCheck) subjectRef(path, id string) {
	if len(id) != 66 || !strings.HasPrefix(id, "N-") || strings.Trim(id[2:], "0123456789abcdef") != "" {
		v.add(path, ProblemForm, RuleIdentifier)
	}
}

func (v *fieldCheck) person(path, id string) {
	msp, enrolment, ok := strings.Cut(id, "/")
	if !ok || msp == "" || enrolment == "" || len(id) > 128 || strings.ContainsAny(enrolment, "/ \n") {
		v.add(path, ProblemForm, RuleOwnAct)
		return
	}
	v.optionalText(path, id, 128, RuleOwnAct)
}

func (v *fieldCheck) region(path, code string) {
	switch {
	case code == "":
		v.add(path, ProblemMissing, RuleScope)
	case NormaliseCode(code) != code:
		v.add(path, ProblemWidth, RuleScope)
	case len(code) != 6 || strings.Trim(code, "0123456789") != "":
		v.add(path, ProblemForm, RuleScope)
	}
}

func (v *fieldCheck) date(path string, d Date, rule RuleID) {
	if d == "" {
		v.add(path, ProblemMissing, rule)
		return
	}
	if _, err := ParseDate(string(d)); err != nil {
		v.add(path, ProblemForm, rule)
	}
}

func (v *fieldCheck) hexDigest(path, s string, rule RuleID) {
	if s == "" {
		v.add(path, ProblemMissing, rule)
	} else if len(s) != 64 || strings.Trim(s, "0123456789abcdef") != "" {
		v.add(path, ProblemForm, rule)
	}
}

// cid checks a content identifier as the evidence store makes them: CIDv1, base32 lower case, sha2-256.
func (v *fieldCheck) cid(path, s string, rule RuleID) {
	if s == "" {
		v.add(path, ProblemMissing, rule)
	} else if len(s) != 59 || !strings.HasPrefix(s, "baf") || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		v.add(path, ProblemForm, rule)
	}
}

// certificate checks a PEM certificate with a P-256 key that is valid at the given time.
func (v *fieldCheck) certificate(path, text string, at time.Time) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" || strings.TrimSpace(string(rest)) != "" {
		v.add(path, ProblemForm, RuleCertificate)
		return
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		v.add(path, ProblemForm, RuleCertificate)
		return
	}
	if key, ok := cert.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != elliptic.P256() {
		v.add(path, ProblemNotAllowed, RuleCertificate)
	}
	if at.Before(cert.NotBefore) || at.After(cert.NotAfter) {
		v.add(path, ProblemRange, RuleCertificate)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
