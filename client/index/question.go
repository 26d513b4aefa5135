package index

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/question"
)

// plan says how the read model answers a question: what stands in each column, and what each parameter chooses. Texts in braces are
// replaced: {today} and {now} by when it was asked, {block} by the block that the question is about.
type plan struct {
	cells   []string          // one for each column
	from    string            // with what always holds
	where   map[string]string // by parameter; every ? is its value
	sort    string            // with id: one order over all rows
	id      string
	newest  bool
	numeric bool // sort and id are numbers
}

// of is a field of the record in a table, as text.
func of(table, field string) string { return "json_extract(" + table + ".body, '$." + field + "')" }

const ofTransaction = "LEFT JOIN transactions t ON t.tx_id = c.tx_id"

// plans has a plan for every question but those that are computed.
var plans = map[string]plan{
	"registrations": {
		cells: []string{"a.id", of("a", "content.dataName"), of("a", "holder"), of("a", "holderName"), of("a", "track"), of("a", "content.region"), of("a", "status"), of("a", "certificate"),
			of("a", "validFrom"), of("a", "validUntil"), of("a", "mark.createdAt")},
		from: "records a WHERE a.object = 'AST'",
		where: map[string]string{"text": "instr(lower(" + of("a", "content.dataName") + "), lower(?)) > 0", "holder": of("a", "holder") + " = ?", "status": of("a", "status") + " = ?",
			"track": of("a", "track") + " = ?", "region": of("a", "content.region") + " = ?", "from": of("a", "mark.createdAt") + " >= ?", "to": of("a", "mark.createdAt") + " < ?"},
		sort: of("a", "mark.createdAt"), id: "a.id", newest: true,
	},
	"certificates": {
		cells: []string{"c.id", of("c", "asset"), of("c", "holder"), of("c", "status"), of("c", "validFrom"), of("c", "validUntil"),
			"CAST(julianday(" + of("c", "validUntil") + ") - julianday({today}) AS INTEGER)", of("c", "issuedAt")},
		from:  "records c WHERE c.object = 'CRT'",
		where: map[string]string{"status": of("c", "status") + " = ?", "within": of("c", "validUntil") + " BETWEEN {today} AND date({today}, '+' || ? || ' days')"},
		sort:  of("c", "validUntil"), id: "c.id",
	},
	"history": {
		cells: []string{"c.block", "t.at", "t.function", "t.creator", "t.endorsers", "coalesce(" + of("c", "status") + ", CASE WHEN c.body IS NULL THEN 'DELETED' END)", "c.tx_id", "c.body"},
		from:  "changes c " + ofTransaction + " WHERE 1 = 1",
		where: map[string]string{"object": "c.object = ?", "id": "c.id = replace(?, '/', ' ')"},
		sort:  "c.block", id: "c.position", numeric: true,
	},
	"state": {
		cells: []string{"c.id", of("c", "status"), "c.block", "c.tx_id", "c.body"},
		from: `changes c WHERE c.block <= {block} AND c.body IS NOT NULL AND NOT EXISTS
			(SELECT 1 FROM changes l WHERE l.object = c.object AND l.id = c.id AND l.block <= {block} AND (l.block, l.position) > (c.block, c.position))`,
		where: map[string]string{"object": "c.object = ?", "id": "c.id = replace(?, '/', ' ')"},
		sort:  "c.id", id: "c.id",
	},
	"party-acts": {
		cells: []string{"t.block", "t.at", "t.function", "t.creator", "t.code", "t.tx_id"},
		from:  "transactions t WHERE 1 = 1",
		where: map[string]string{"party": "t.creator IN (SELECT replace(a.id, ' ', '/') FROM records a WHERE a.object = 'ACC' AND " + of("a", "party") + " = ?)", "from": "t.at >= ?", "to": "t.at < ?"},
		sort:  "t.block", id: "t.position", newest: true, numeric: true,
	},
	"changes": {
		cells: []string{"c.block", "t.at", "t.function", "t.creator", "c.object", "c.id",
			"(SELECT " + of("p", "status") + ` FROM changes p WHERE p.object = c.object AND p.id = c.id AND (p.block, p.position) < (c.block, c.position) ORDER BY p.block DESC, p.position DESC LIMIT 1)`,
			"coalesce(" + of("c", "status") + ", CASE WHEN c.body IS NULL THEN 'DELETED' END)", "c.tx_id"},
		from:  "changes c " + ofTransaction + " WHERE 1 = 1",
		where: map[string]string{"fromBlock": "c.block >= ?", "toBlock": "c.block <= ?", "from": "t.at >= ?", "to": "t.at < ?", "object": "c.object = ?"},
		sort:  "printf('%012d %06d', c.block, c.position)", id: "c.object || ' ' || c.id",
	},
	"accounts": {
		cells: []string{"replace(a.id, ' ', '/')", of("a", "party"), of("a", "role"), of("a", "region"), of("a", "status"), of("a", "until"), of("a", "contract"), of("a", "mark.createdAt")},
		from:  "records a WHERE a.object = 'ACC'",
		where: map[string]string{"status": of("a", "status") + " = ?", "party": of("a", "party") + " = ?", "role": of("a", "role") + " = ?"},
		sort:  of("a", "mark.createdAt"), id: "a.id", newest: true,
	},
	"contracts": {
		cells: []string{"k.id", of("k", "contractor"), of("k", "subject"), of("k", "status"), of("k", "until"), of("k", "end.at"), of("k", "bound"), of("k", "settled")},
		from:  "records k WHERE k.object = 'CTR'",
		where: map[string]string{"status": of("k", "status") + " = ?", "contractor": of("k", "contractor") + " = ?"},
		sort:  of("k", "mark.createdAt"), id: "k.id", newest: true,
	},
	// An account whose agreement has ended, or whose term is over, and that is neither revoked nor reset (第五十三条第三款).
	"accounts-after-contract": {
		cells: []string{"replace(a.id, ' ', '/')", of("a", "party"), of("a", "status"), of("a", "contract"), of("k", "status"), of("k", "end.at"), of("k", "until")},
		from: "records a JOIN records k ON k.object = 'CTR' AND k.id = " + of("a", "contract") + " WHERE a.object = 'ACC' AND " + of("a", "status") + " NOT IN ('REVOKED', 'RESET') AND (" +
			of("k", "status") + " <> 'ACTIVE' OR " + of("k", "until") + " < {today})",
		sort: "a.id", id: "a.id",
	},
	"objections": {
		cells: []string{of("o", "application"), of("o", "n"), of("o", "objector"), of("o", "status"), of("o", "filedAt"), of("o", "officer"), of("o", "mark.updatedAt")},
		from:  "records o WHERE o.object = 'OBJ'",
		where: map[string]string{"status": of("o", "status") + " = ?", "objector": of("o", "objector") + " = ?"},
		sort:  of("o", "filedAt"), id: "o.id", newest: true,
	},
	// A period that ran out without the act that it is for: the registrar's duty, or the applicant's.
	"overdue": {
		cells: []string{deadline("kind"), "a.id", "a.name", "a.status", owes, owing, deadline("dueDate"), deadline("dueAt")},
		from: "applications a, json_each(a.body, '$.deadlines') d WHERE a.due_at <= {now} AND " + deadline("finishedAt") + " IS NULL AND " + deadline("dueAt") + " <= {now} AND " +
			deadline("effect") + " <> 'BAR' AND a.status IN ('PROPOSED', 'SUBMITTED', 'RETURNED', 'ACCEPTED', 'EVIDENCE', 'IN_PUBLICITY', 'OBJECTED', 'READY')",
		where: map[string]string{"deadline": deadline("kind") + " = ?", "obliged": owes + " = ?", "account": owing + " = ?"},
		sort:  deadline("dueAt"), id: "a.id || ' ' || d.key",
	},
	"refused": {
		cells: []string{"t.block", "t.at", "t.function", "t.creator", "t.code", "t.tx_id"},
		from:  "transactions t WHERE t.code <> 'VALID'",
		where: map[string]string{"from": "t.at >= ?", "to": "t.at < ?"},
		sort:  "t.block", id: "t.position", newest: true, numeric: true,
	},
}

func deadline(field string) string { return "json_extract(d.value, '$." + field + "')" }

// owes is the body whose duty a deadline is, owing the person: the applicant for what only the applicant can do, otherwise the registrar,
// by who has the case; one that nobody has accepted yet is the registrar's whose acceptor is not known.
var (
	owes  = "CASE WHEN " + deadline("kind") + " IN ('SUPPLEMENT', 'EVIDENCE', 'JOIN') THEN a.applicant ELSE " + of("a", "registrar") + " END"
	owing = "CASE WHEN " + deadline("kind") + " IN ('SUPPLEMENT', 'EVIDENCE', 'JOIN') THEN " + of("a", "applicantPerson") + " WHEN " + deadline("kind") + " = 'ACCEPT' THEN " + of("a", "acceptor") +
		" ELSE " + of("a", "reviewer") + " END"
)

// Ask answers a question as of the last block that was folded. now is when it is asked: days left and days over are counted from there.
func (x *Index) Ask(ctx context.Context, q question.Query, now time.Time) (question.Answer, error) {
	known, ok := question.Find(q.Question)
	if !ok {
		return question.Answer{}, question.ErrUnknown
	}
	conn, err := x.db.DB.Conn(ctx)
	if err != nil {
		return question.Answer{}, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil { // rows and block of one state
		return question.Answer{}, err
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }()
	if q.Limit < 1 || q.Limit > question.MaxRows {
		q.Limit = question.PageRows
	}
	a := question.Answer{Query: q, Columns: known.Columns, Asked: now.UTC().Truncate(time.Second), Rows: [][]string{}}
	asking := &asking{ctx: ctx, conn: conn, query: q, known: known, answer: &a}
	return a, asking.run()
}

// asking is one question being answered on one state of the database.
type asking struct {
	ctx    context.Context
	conn   *sql.Conn
	query  question.Query
	known  question.Question
	answer *question.Answer
}

func (k *asking) run() error {
	var at string
	err := k.conn.QueryRowContext(k.ctx, "SELECT next_block - 1, at FROM checkpoint WHERE id = 1").Scan(&k.answer.Block, &at)
	if err == nil {
		k.answer.At, err = time.Parse(time.RFC3339, at)
	}
	if err != nil {
		return fmt.Errorf("question %s: %w", k.query.Question, err)
	}
	if k.query.Question == "handling" {
		return k.handling()
	}
	p := plans[k.query.Question]
	about, err := k.about()
	if err != nil {
		return err
	}
	text, args := k.build(p, about)
	return k.read(text, args, len(p.cells))
}

// about is the block that the question is about: a given one, the last of a given day, or the last one.
func (k *asking) about() (uint64, error) {
	if given := k.query.Values["block"]; given != "" {
		return strconv.ParseUint(given, 10, 64)
	}
	day := k.query.Values["day"]
	if day == "" {
		return k.answer.Block, nil
	}
	var last sql.NullInt64
	err := k.conn.QueryRowContext(k.ctx, "SELECT max(number) FROM blocks WHERE at < ?", k.value(question.Field{Name: "to", Kind: question.Day}, day)).Scan(&last)
	return uint64(last.Int64), err
}

// value is a parameter's value as the database compares it: the first instant of a day, or for "to" that of the day after.
func (k *asking) value(f question.Field, given string) any {
	switch f.Kind {
	case question.Day:
		day, err := time.ParseInLocation(time.DateOnly, given, registry.Zone)
		if err != nil {
			return given // Parse has refused it before
		}
		if f.Name == "to" {
			day = day.AddDate(0, 0, 1)
		}
		return stamp(day)
	case question.Number, question.Block:
		if n, err := strconv.ParseInt(given, 10, 64); err == nil {
			return n
		}
	}
	return given
}

func (k *asking) build(p plan, about uint64) (string, []any) {
	var args []any
	from := p.from
	for _, f := range k.known.Parameters {
		given, condition := k.query.Values[f.Name], p.where[f.Name]
		if given == "" || condition == "" {
			continue
		}
		from += " AND " + condition
		for range strings.Count(condition, "?") {
			args = append(args, k.value(f, given))
		}
	}
	compare, order := ">", ""
	if p.newest {
		compare, order = "<", " DESC"
	}
	if sort, id, ok := strings.Cut(k.query.After, "|"); ok {
		from += fmt.Sprintf(" AND (%s, %s) %s (?, ?)", p.sort, p.id, compare)
		args = append(args, cursor(p, sort), cursor(p, id))
	}
	text := fmt.Sprintf("SELECT %s, %s, %s FROM %s ORDER BY %s%s, %s%s LIMIT %d", strings.Join(p.cells, ", "), p.sort, p.id, from, p.sort, order, p.id, order, k.query.Limit+1)
	return strings.NewReplacer("{today}", "'"+string(registry.CivilDate(k.answer.Asked))+"'", "{now}", "'"+stamp(k.answer.Asked)+"'", "{block}", strconv.FormatUint(about, 10)).Replace(text), args
}

func cursor(p plan, part string) any {
	if n, err := strconv.ParseInt(part, 10, 64); p.numeric && err == nil {
		return n
	}
	return part
}

// read reads one row more than a page has, which says whether there is a next one.
func (k *asking) read(text string, args []any, columns int) error {
	rows, err := k.conn.QueryContext(k.ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	last := ""
	for rows.Next() {
		cells := make([]sql.NullString, columns+2)
		into := make([]any, 0, len(cells))
		for i := range cells {
			into = append(into, &cells[i])
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if len(k.answer.Rows) == k.query.Limit {
			k.answer.Next = last
			break
		}
		row := make([]string, 0, columns)
		for _, c := range cells[:columns] {
			row = append(row, c.String)
		}
		k.answer.Rows, last = append(k.answer.Rows, row), cells[columns].String+"|"+cells[columns+1].String
	}
	return rows.Err()
}

// month is what was registered in one month.
type month struct {
	days             []float64 // from filing to certificate
	onTime, returned int
}

// handling computes, by month of registration, how many were registered, how long half of them took, how many never were late and how many
// were returned for supplement.
func (k *asking) handling() error {
	rows, err := k.conn.QueryContext(k.ctx, `SELECT r.filed, r.done, r.returned, r.late FROM (SELECT a.created_at AS filed,
		(SELECT max(json_extract(s.value, '$.at')) FROM json_each(a.body, '$.history') s WHERE json_extract(s.value, '$.act') = 'Register') AS done,
		EXISTS (SELECT 1 FROM json_each(a.body, '$.history') s WHERE json_extract(s.value, '$.act') = 'Return') AS returned,
		EXISTS (SELECT 1 FROM json_each(a.body, '$.history') s WHERE json_extract(s.value, '$.overdue')) AS late
		FROM applications a WHERE a.status = 'REGISTERED') r WHERE r.done >= ? AND r.done < ?`,
		k.value(question.Field{Kind: question.Day}, cmp.Or(k.query.Values["from"], "2000-01-01")), k.value(question.Field{Name: "to", Kind: question.Day}, cmp.Or(k.query.Values["to"], "2999-12-31")))
	if err != nil {
		return err
	}
	defer rows.Close()
	months := map[string]*month{}
	for rows.Next() {
		var filed, done string
		var returned, late bool
		if err := rows.Scan(&filed, &done, &returned, &late); err != nil {
			return err
		}
		from, err := time.Parse(time.RFC3339, filed)
		if err != nil {
			return err
		}
		to, err := time.Parse(time.RFC3339, done)
		if err != nil {
			return err
		}
		name := to.In(registry.Zone).Format("2006-01")
		m := months[name]
		if m == nil {
			m = &month{}
			months[name] = m
		}
		m.days = append(m.days, to.Sub(from).Hours()/24)
		if !late {
			m.onTime++
		}
		if returned {
			m.returned++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(months)) {
		m := months[name]
		k.answer.Rows = append(k.answer.Rows, []string{name, strconv.Itoa(len(m.days)), strconv.FormatFloat(median(m.days), 'f', 1, 64), strconv.Itoa(m.onTime), strconv.Itoa(m.returned)})
	}
	return rows.Err()
}

func median(all []float64) float64 {
	slices.Sort(all)
	middle := len(all) / 2
	if len(all)%2 == 1 {
		return all[middle]
	}
	return (all[middle-1] + all[middle]) / 2
}
