package registry

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Trace is one use of granted data (使用记录), made or attempted. Seq counts the traces of a grant from 1, without gaps.
type Trace struct {
	Seq     int64
	Event   string  // the producer's own identifier: the same event twice is one trace
	At      int64   // when it was used, Unix milliseconds
	User    PartyID // who used the data
	Use     Use
	Refused Code // why it was not allowed; empty: accepted
}

// MaxTrace is the longest line of a trace, in bytes; MaxBatchTraces and MaxBatchBytes bound a batch.
const (
	MaxTrace       = 1024
	MaxBatchTraces = 10_000
	MaxBatchBytes  = 4 << 20
)

// Append writes the trace as one line of canonical JSON, without a line feed.
func (t Trace) Append(line []byte) []byte {
	text := func(name, value string) {
		line = append(append(append(append(line, name...), '"'), value...), '"')
	}
	line = strconv.AppendInt(append(line, `{"at":`...), t.At, 10)
	if t.Use.Environment != "" {
		text(`,"environment":`, t.Use.Environment)
	}
	text(`,"event":`, t.Event)
	text(`,"mode":`, t.Use.Mode)
	text(`,"part":`, t.Use.Part)
	text(`,"purpose":`, t.Use.Purpose)
	line = strconv.AppendInt(append(line, `,"quantity":`...), t.Use.Quantity, 10)
	if t.Refused != "" {
		text(`,"refused":`, string(t.Refused))
	}
	text(`,"region":`, t.Use.Region)
	text(`,"right":`, string(t.Use.Right))
	line = strconv.AppendInt(append(line, `,"seq":`...), t.Seq, 10)
	text(`,"unit":`, t.Use.Unit)
	text(`,"user":`, string(t.User))
	return append(line, '}')
}

// ParseTrace reads one line. Only what Append writes is accepted: the line is what is hashed, and it has one form.
func ParseTrace(line []byte) (Trace, error) {
	if len(line) > MaxTrace {
		return Trace{}, fmt.Errorf("trace: longer than %d bytes", MaxTrace)
	}
	p := traceParser{rest: line}
	t := Trace{At: p.number(`{"at":`)}
	t.Use.Environment = p.optional(`,"environment":"`, 160)
	t.Event = p.text(`,"event":"`, 64)
	t.Use.Mode = p.text(`,"mode":"`, 40)
	t.Use.Part = p.text(`,"part":"`, 160)
	t.Use.Purpose = p.text(`,"purpose":"`, 40)
	t.Use.Quantity = p.number(`,"quantity":`)
	t.Refused = Code(p.optional(`,"refused":"`, 40))
	t.Use.Region = p.text(`,"region":"`, 6)
	t.Use.Right = Right(p.text(`,"right":"`, 40))
	t.Seq = p.number(`,"seq":`)
	t.Use.Unit = p.text(`,"unit":"`, 40)
	t.User = PartyID(p.text(`,"user":"`, 66))
	if p.skip("}"); p.wrong != "" || len(p.rest) > 0 || t.Seq < 1 || t.At < 1 {
		return Trace{}, fmt.Errorf("trace: not in its form at %q", clip(p.wrong+string(p.rest)))
	}
	return t, nil
}

// traceParser reads a line from the front; wrong says before what it failed first.
type traceParser struct {
	rest  []byte
	wrong string
}

func (p *traceParser) skip(literal string) {
	rest, ok := bytes.CutPrefix(p.rest, []byte(literal))
	if !ok && p.wrong == "" {
		p.wrong = literal
	}
	p.rest = rest
}

// number reads an integer without sign, zeros in front or a fraction, within ±(2⁵³−1).
func (p *traceParser) number(name string) int64 {
	p.skip(name)
	i := 0
	for i < len(p.rest) && p.rest[i] >= '0' && p.rest[i] <= '9' {
		i++
	}
	n, err := strconv.ParseInt(string(p.rest[:i]), 10, 64)
	if (err != nil || n > MaxInteger || i > 1 && p.rest[0] == '0') && p.wrong == "" {
		p.wrong = name
	}
	p.rest = p.rest[i:]
	return n
}

// text reads a string that is not empty, of at most max bytes, in which nothing would be escaped.
func (p *traceParser) text(name string, max int) string {
	p.skip(name)
	i := bytes.IndexByte(p.rest, '"')
	if i < 1 || i > max || !plain(p.rest[:i]) {
		if p.wrong == "" {
			p.wrong = name
		}
		return ""
	}
	s := string(p.rest[:i])
	p.rest = p.rest[i+1:]
	return s
}

func (p *traceParser) optional(name string, max int) string {
	if p.wrong != "" || !bytes.HasPrefix(p.rest, []byte(name)) {
		return ""
	}
	return p.text(name, max)
}

// plain says whether a text stands in canonical JSON as it is: UTF-8 in normal form C without characters that are escaped.
func plain(s []byte) bool {
	ascii := true
	for _, b := range s {
		if b < 0x20 || b == '"' || b == '\\' || b == 0x7f {
			return false
		}
		ascii = ascii && b < utf8.RuneSelf
	}
	return ascii || utf8.Valid(s) && norm.NFC.IsNormal(s)
}

// Time is when the data was used.
func (t Trace) Time() time.Time { return time.UnixMilli(t.At).UTC() }

// JudgeTrace decides a trace: under the grant as it stands at the case's time, with what was accepted before. A grant that has ended, or is suspended
// by its grantor, still allows what was used before that; one that rests for another reason allows nothing.
func JudgeTrace(c GrantCase, t Trace, used int64) *Refusal {
	g := c.Grant
	if t.User != g.Grantee {
		return Refuse(CodeUseNotGrantee, RuleRights, "party", clip(string(t.User)), "grantee", string(g.Grantee))
	}
	if status := c.statusFor(t.Time()); status != GrantActive {
		return Refuse(CodeGrantInactive, RuleAgreedUse, "grant", string(g.ID), "grantStatus", string(status))
	}
	policy := g.Policy
	policy.Quota.Quantity -= g.Allotted
	return Judge(policy, t.Use, Counters{Used: used}, t.Time())
}

// statusFor is the status of the grant for a use at a time that is past.
func (c GrantCase) statusFor(at time.Time) GrantStatus {
	status := c.Grant.EffectiveStatus(c.Asset, c.OnAsset, c.Parent, c.At)
	switch {
	case c.Grant.SignedAt == nil || at.Before(*c.Grant.SignedAt):
		return GrantProposed
	case status == GrantExpired: // the term decides
		return GrantActive
	case c.Grant.EndedAt != nil && at.Before(*c.Grant.EndedAt), c.Grant.Status == GrantSuspended && c.Grant.SuspendedAt != nil && at.Before(*c.Grant.SuspendedAt):
		return GrantActive
	}
	return status
}
