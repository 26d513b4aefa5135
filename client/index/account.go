package index

import (
	"context"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// AccountFilter chooses accounts (账号); a zero field chooses all.
type AccountFilter struct {
	Statuses []registry.AccountStatus
	Owner    registry.PersonID // the person's first account
	Party    registry.PartyID
	MSP      string
	Limit    int    // 1 to 100, default 50
	After    string // cursor of the page before
}

// Accounts answers one page, oldest application first, and the cursor of the next, "" at the end.
func (x *Index) Accounts(ctx context.Context, f AccountFilter) ([]registry.Account, string, error) {
	if f.Limit < 1 || f.Limit > 100 {
		f.Limit = 50
	}
	query, args := f.query()
	return page[registry.Account](ctx, x, query, args, f.Limit)
}

func (f AccountFilter) query() (query string, args []any) {
	const age = "json_extract(body, '$.mark.createdAt')"
	query = "SELECT body, " + age + ", id FROM records WHERE object = 'ACC'"
	for _, wanted := range []struct{ field, value string }{{"owner", string(f.Owner)}, {"party", string(f.Party)}, {"msp", f.MSP}} {
		if wanted.value != "" {
			query, args = query+" AND json_extract(body, '$."+wanted.field+"') = ?", append(args, wanted.value)
		}
	}
	if len(f.Statuses) > 0 {
		query += " AND json_extract(body, '$.status') IN (" + strings.TrimSuffix(strings.Repeat("?, ", len(f.Statuses)), ", ") + ")"
		for _, s := range f.Statuses {
			args = append(args, string(s))
		}
	}
	if created, id, ok := strings.Cut(f.After, "|"); ok {
		query, args = query+" AND ("+age+", id) > (?, ?)", append(args, created, id)
	}
	return query + " ORDER BY " + age + ", id LIMIT ?", append(args, f.Limit+1)
}

// Account finds one account.
func (x *Index) Account(ctx context.Context, id registry.PersonID) (a registry.Account, err error) {
	msp, enrolment, _ := strings.Cut(string(id), "/")
	err = x.Record(ctx, registry.ObjectAccount, msp+" "+enrolment, &a)
	return a, err
}
