package main

import (
	"context"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/client/index"
)

// submitted plugs submissions and batches of the read model into the desk.
type submitted struct{ records }

func (r submitted) Submissions(ctx context.Context, f desk.SubmissionFilter) (p desk.SubmissionPage, err error) {
	p.Submissions, p.Next, p.AsOf, err = listed(ctx, r.records, r.Index.Submissions, index.SubmissionFilter(f))
	return p, err
}

func (r submitted) Batches(ctx context.Context, f desk.BatchFilter) (p desk.BatchPage, err error) {
	p.Batches, p.Next, p.AsOf, err = listed(ctx, r.records, r.Index.Batches, index.BatchFilter(f))
	return p, err
}

func (r submitted) Acts(ctx context.Context, from, to time.Time, block uint64) ([]desk.ActCount, error) {
	counted, err := r.Index.Acts(ctx, from, to, block)
	var all []desk.ActCount
	for _, c := range counted {
		all = append(all, desk.ActCount(c))
	}
	return all, err
}
