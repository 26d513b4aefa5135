package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/hehuang-data/hehuang/client/person"
)

// signPairs is how many writes each side sends.
const signPairs = 200

// benchSign sends Submit of a full application with two signatures over HTTP, checked and made by the person's own program, and,
// alternately in the same run, the same Submit straight to the same peer with the same key. One write is under way at
// a time, so that the difference is what signing over HTTP adds.
func benchSign(state string) error {
	a, err := openApplicant(state)
	if err != nil {
		return err
	}
	defer a.ledger.Close()
	site, err := person.Open(a.url)
	if err != nil {
		return err
	}
	p, err := person.New(site, a.signer)
	if err != nil {
		return err
	}
	salt := fmt.Sprint(time.Now().UnixNano())
	sides := []string{"http", "direct"}
	senders := map[string]sender{
		"http": func(ctx context.Context, n int) error {
			_, err := p.Act(ctx, "registration:Submit", json.RawMessage(application(salt, n)))
			return err
		},
		"direct": func(ctx context.Context, n int) error {
			_, err := a.ledger.ExecuteDocument(ctx, a.signer, "registration:Submit", []byte(application(salt, n)))
			return err
		},
	}
	took := map[string][]time.Duration{}
	for n := range 2 * (signPairs + signWarmUp) {
		side := sides[(n+n/2)%2] // each pair in the other order than the one before
		start := time.Now()
		if err := senders[side](context.Background(), n); err != nil {
			return fmt.Errorf("%s: %w", side, err)
		}
		if n >= 2*signWarmUp {
			took[side] = append(took[side], time.Since(start))
		}
	}
	return publishSign(took)
}

// signWarmUp is how many writes of each side come before those that count.
const signWarmUp = 10

func publishSign(took map[string][]time.Duration) error {
	figures := map[string]any{"writes_each": signPairs}
	p50 := map[string]float64{}
	for side, durations := range took {
		slices.Sort(durations)
		p50[side] = percentile(durations, 0.5)
		figures[side+"_p50_ms"], figures[side+"_p95_ms"] = round(p50[side], 1), round(percentile(durations, 0.95), 1)
	}
	figures["http_added_p50_ms"] = round(p50["http"]-p50["direct"], 1)
	return publish("sign", figures)
}
