// Package question is what regulators ask of the ledger: each question once, as data, with its parameters and columns. The read model
// answers it; page, JSON API, command line and exports present the same answer. A question asks for nothing that the ledger does not say:
// every answer carries the block that it is true as of, and a digest by which two presentations of it can be compared.
package question

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Kind is what a value is, for whoever shows it.
type Kind string

// Kinds of values. All are texts in an answer; numbers in decimal, times RFC 3339 in UTC, days YYYY-MM-DD.
const (
	Text        Kind = "text"
	Number      Kind = "number"
	Block       Kind = "block"
	Time        Kind = "time"
	Day         Kind = "day"
	Transaction Kind = "transaction"
	Application Kind = "application"
	Asset       Kind = "asset"
	Certificate Kind = "certificate"
	Party       Kind = "party"
	Person      Kind = "person"
	Record      Kind = "record" // canonical JSON
	Code        Kind = "code"   // one of a closed list, see Field.Term
)

// Field is a parameter or a column.
type Field struct {
	Name     string   `json:"name"`
	Kind     Kind     `json:"kind"`
	Term     string   `json:"term,omitempty"`    // of a code: the kind of its words in package locale
	Options  []string `json:"options,omitempty"` // of a parameter: the values that it may have
	Required bool     `json:"required,omitempty"`
}

// Question is one question.
type Question struct {
	Name       string  `json:"name"`
	Parameters []Field `json:"parameters"`
	Columns    []Field `json:"columns"`
}

func field(name string, kind Kind) Field { return Field{Name: name, Kind: kind} }

func code(name, term string, options ...string) Field {
	return Field{Name: name, Kind: Code, Term: term, Options: options}
}

func required(f Field) Field {
	f.Required = true
	return f
}

// objects are the records whose history can be asked for. Names of natural persons, locks and counters are not among them.
var objects = []string{registry.ObjectApplication, registry.ObjectAsset, registry.ObjectCertificate, registry.ObjectVersion, registry.ObjectObjection, registry.ObjectLimit,
	registry.ObjectParty, registry.ObjectAccount, registry.ObjectMandate, registry.ObjectContract, registry.ObjectAppointment, registry.ObjectKey, registry.ObjectProfile,
	registry.ObjectCalendar, registry.ObjectItem, registry.ObjectGrant, registry.ObjectMatter, registry.ObjectInspection, registry.ObjectNotice, registry.ObjectDeposit, registry.ObjectEnterprise,
	registry.ObjectShare, registry.ObjectPurchase, registry.ObjectOpenItem, registry.ObjectOpenPlan, registry.ObjectPlan}

var (
	object = code("object", "object", objects...)
	period = []Field{field("from", Day), field("to", Day)}
	blocks = []Field{field("fromBlock", Block), field("toBlock", Block)}
	asOf   = []Field{field("block", Block), field("day", Day)}
)

// All are the questions, in the order in which they are offered.
var All = []Question{
	{"registrations", slices.Concat([]Field{field("text", Text), field("holder", Party), code("status", "assetStatus", "ACTIVE", "SUPERSEDED", "CANCELLED", "REVOKED", "EXPIRED"),
		code("track", "track", "DATA_ASSET", "PUBLIC_RESOURCE", "PUBLIC_PRODUCT"), field("region", Text)}, period),
		[]Field{field("asset", Asset), field("dataName", Text), field("holder", Party), field("holderName", Text), code("track", "track"), field("region", Text), code("status", "assetStatus"),
			field("certificate", Certificate), field("validFrom", Day), field("validUntil", Day), field("createdAt", Time)}},
	{"certificates", []Field{code("status", "verdict", "VALID", "SUPERSEDED", "CANCELLED", "REVOKED", "EXPIRED"), field("within", Number)},
		[]Field{field("certificate", Certificate), field("asset", Asset), field("holder", Party), code("status", "verdict"), field("validFrom", Day), field("validUntil", Day),
			field("daysLeft", Number), field("issuedAt", Time)}},
	{"history", []Field{required(object), required(field("id", Text))},
		[]Field{field("block", Block), field("at", Time), code("function", "function"), field("account", Person), field("endorsers", Text), field("status", Text),
			field("transaction", Transaction), field("body", Record)}},
	{"state", slices.Concat([]Field{required(object), field("id", Text)}, asOf),
		[]Field{field("id", Text), field("status", Text), field("block", Block), field("transaction", Transaction), field("body", Record)}},
	{"party-acts", slices.Concat([]Field{required(field("party", Party))}, period),
		[]Field{field("block", Block), field("at", Time), code("function", "function"), field("account", Person), code("code", "validation"), field("transaction", Transaction)}},
	{"changes", slices.Concat(blocks, period, []Field{object}),
		[]Field{field("block", Block), field("at", Time), code("function", "function"), field("account", Person), code("object", "object"), field("id", Text), field("before", Text), field("after", Text),
			field("transaction", Transaction)}},
	{"accounts", []Field{code("status", "account", "APPLIED", "APPROVED", "ENABLED", "SUSPENDED", "REVOKED", "RESET"), field("party", Party), field("role", Text)},
		[]Field{field("account", Person), field("party", Party), code("role", "role"), field("region", Text), code("status", "account"), field("until", Day), field("contract", Text), field("createdAt", Time)}},
	{"contracts", []Field{code("status", "contract", "ACTIVE", "ENDED", "CLOSED"), field("contractor", Party)},
		[]Field{field("contract", Text), field("contractor", Party), field("subject", Text), code("status", "contract"), field("until", Day), field("endedAt", Time), field("bound", Number), field("settled", Number)}},
	{"accounts-after-contract", nil,
		[]Field{field("account", Person), field("party", Party), code("status", "account"), field("contract", Text), code("contractStatus", "contract"), field("endedAt", Time), field("until", Day)}},
	{"objections", []Field{code("status", "objection", "OPEN", "UPHELD", "REJECTED", "WITHDRAWN"), field("objector", Party)},
		[]Field{field("application", Application), field("number", Number), field("objector", Party), code("status", "objection"), field("filedAt", Time), field("officer", Person), field("changedAt", Time)}},
	{"overdue", []Field{code("deadline", "deadline", "ACCEPT", "REVIEW", "OBJECTION", "SUPPLEMENT", "EVIDENCE", "JOIN"), field("obliged", Party), field("account", Person)},
		[]Field{code("deadline", "deadline"), field("application", Application), field("dataName", Text), code("status", "status"), field("obliged", Party), field("account", Person), field("dueDate", Day),
			field("dueAt", Time)}},
	{"handling", period,
		[]Field{field("month", Text), field("registered", Number), field("medianDays", Text), field("onTime", Number), field("returned", Number)}},
	{"refused", period,
		[]Field{field("block", Block), field("at", Time), code("function", "function"), field("account", Person), code("code", "validation"), field("transaction", Transaction)}},
}

// Find finds a question by its name.
func Find(name string) (Question, bool) {
	i := slices.IndexFunc(All, func(q Question) bool { return q.Name == name })
	if i < 0 {
		return Question{}, false
	}
	return All[i], true
}

// Query is a question with its parameters.
type Query struct {
	Question string            `json:"question"`
	Values   map[string]string `json:"values"` // only what was given
	Limit    int               `json:"-"`      // rows of one page: 1 to MaxRows
	After    string            `json:"-"`      // cursor of the page before
}

// MaxRows bounds one answer: an export. PageRows is what a page shows.
const (
	PageRows = 50
	MaxRows  = 100_000
)

// Answer is what the ledger says, as far as it was read.
type Answer struct {
	Query
	Columns []Field    `json:"columns"`
	Rows    [][]string `json:"rows"`
	Block   uint64     `json:"block"`          // as of
	At      time.Time  `json:"at"`             // time of that block's last transaction
	Asked   time.Time  `json:"asked"`          // days left and days over are counted from here
	Next    string     `json:"next,omitempty"` // cursor of the next page; "" at the end
}

// Digest is the hex SHA-256 over question, values, block, columns and rows in canonical JSON: the same answer has the same digest however it
// is presented.
func (a Answer) Digest() string {
	columns := make([]string, 0, len(a.Columns))
	for _, c := range a.Columns {
		columns = append(columns, c.Name)
	}
	rows := a.Rows
	if rows == nil {
		rows = [][]string{}
	}
	return registry.Digest(map[string]any{"question": a.Question, "values": a.Values, "block": a.Block, "columns": columns, "rows": rows})
}

// ErrUnknown: there is no such question.
var ErrUnknown = errors.New("no such question")

// ValueError is a parameter that cannot be: missing, unknown, or of another form.
type ValueError struct {
	Name    string
	Problem registry.Problem
}

func (e *ValueError) Error() string { return fmt.Sprintf("%s: %s", e.Name, e.Problem) }

// Parse makes a query of what was given; empty values were not given. Its errors are ErrUnknown and *ValueError.
func Parse(name string, given map[string]string) (Query, error) {
	q, ok := Find(name)
	if !ok {
		return Query{}, ErrUnknown
	}
	query := Query{Question: name, Values: map[string]string{}, Limit: PageRows}
	for _, p := range q.Parameters {
		value := given[p.Name]
		if value == "" {
			if p.Required {
				return query, &ValueError{p.Name, registry.ProblemMissing}
			}
			continue
		}
		if !p.admits(value) {
			return query, &ValueError{p.Name, registry.ProblemForm}
		}
		query.Values[p.Name] = value
	}
	for key, value := range given {
		if value != "" && !slices.ContainsFunc(q.Parameters, func(p Field) bool { return p.Name == key }) {
			return query, &ValueError{key, registry.ProblemNotAllowed}
		}
	}
	return query, nil
}

// admits says whether a parameter may have a value.
func (f Field) admits(value string) bool {
	const longest = 200 // bytes
	if len(value) > longest {
		return false
	}
	switch f.Kind {
	case Code:
		return slices.Contains(f.Options, value)
	case Number, Block:
		_, err := strconv.ParseUint(value, 10, 48)
		return err == nil
	case Day:
		_, err := time.Parse(time.DateOnly, value)
		return err == nil
	}
	return true
}
