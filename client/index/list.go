package index

import (
	"context"
	"strings"
)

// list is a query for pages of records of one object type, sorted by a time in their body. The object type and the names of
// fields are constants of this package: partial indexes need them in the text of the query.
type list struct {
	object   string
	age      string // field to sort by, a path like "mark.createdAt"
	newest   bool   // newest first; otherwise oldest first
	wanted   []wanted
	text     string // to be found in one of the searched fields; empty finds all
	searched []string
	limit    int    // 1 to 100, default 50
	after    string // cursor of the page before
}

// wanted chooses records by a field; without values it chooses all.
type wanted struct {
	field  string
	values []any
}

// is chooses records whose field has a value; the empty value chooses all.
func is[S ~string](field string, value S) wanted {
	if value == "" {
		return wanted{field: field}
	}
	return wanted{field, []any{string(value)}}
}

// isNumber chooses records whose field has a number; zero chooses all.
func isNumber(field string, value int) wanted {
	if value == 0 {
		return wanted{field: field}
	}
	return wanted{field, []any{value}}
}

// oneOf chooses records whose field has one of several values.
func oneOf[S ~string](field string, values []S) wanted {
	w := wanted{field: field}
	for _, v := range values {
		w.values = append(w.values, string(v))
	}
	return w
}

func path(field string) string { return "json_extract(body, '$." + field + "')" }

func (l list) query() (query string, args []any) {
	age, compare, order := path(l.age), ">", ""
	if l.newest {
		compare, order = "<", " DESC"
	}
	query = "SELECT body, " + age + ", id FROM records WHERE object = '" + l.object + "'"
	for _, w := range l.wanted {
		if len(w.values) == 0 {
			continue
		}
		query += " AND " + path(w.field) + " IN (" + strings.TrimSuffix(strings.Repeat("?, ", len(w.values)), ", ") + ")"
		args = append(args, w.values...)
	}
	if text := strings.ToLower(strings.TrimSpace(l.text)); text != "" {
		var found []string
		for _, field := range l.searched {
			found, args = append(found, "instr(lower("+path(field)+"), ?) > 0"), append(args, text)
		}
		query += " AND (" + strings.Join(found, " OR ") + ")"
	}
	if sort, id, ok := strings.Cut(l.after, "|"); ok {
		query, args = query+" AND ("+age+", id) "+compare+" (?, ?)", append(args, sort, id)
	}
	return query + " ORDER BY " + age + order + ", id" + order + " LIMIT ?", append(args, l.limit+1)
}

// listed answers one page and the cursor of the next, "" at the end.
func listed[T any](ctx context.Context, x *Index, l list) ([]T, string, error) {
	if l.limit < 1 || l.limit > 100 {
		l.limit = 50
	}
	query, args := l.query()
	return page[T](ctx, x, query, args, l.limit)
}
