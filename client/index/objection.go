package index

import (
	"context"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// ObjectionFilter chooses objections (异议); a zero field chooses all.
type ObjectionFilter struct {
	Application registry.ApplicationID
	Objector    registry.PartyID
	Limit       int    // 1 to 100, default 50
	After       string // cursor of the page before
}

// Objections answers one page, newest first, and the cursor of the next, "" at the end. An objection whose case has ended is MOOT
// in the case's own list only.
func (x *Index) Objections(ctx context.Context, f ObjectionFilter) ([]registry.Objection, string, error) {
	if f.Limit < 1 || f.Limit > 100 {
		f.Limit = 50
	}
	query, args := f.query()
	return page[registry.Objection](ctx, x, query, args, f.Limit)
}

func (f ObjectionFilter) query() (query string, args []any) {
	const age = "json_extract(body, '$.filedAt')"
	query = "SELECT body, " + age + ", id FROM records WHERE object = 'OBJ'"
	for _, wanted := range []struct{ field, value string }{{"application", string(f.Application)}, {"objector", string(f.Objector)}} {
		if wanted.value != "" {
			query, args = query+" AND json_extract(body, '$."+wanted.field+"') = ?", append(args, wanted.value)
		}
	}
	if filed, id, ok := strings.Cut(f.After, "|"); ok {
		query, args = query+" AND ("+age+", id) < (?, ?)", append(args, filed, id)
	}
	return query + " ORDER BY " + age + " DESC, id DESC LIMIT ?", append(args, f.Limit+1)
}
