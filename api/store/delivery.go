package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Deliveries keeps where parties want to hear of notices, and what became of it: it is a desk.Deliveries and a deliver.Queue.
type Deliveries struct{ *Store }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Subscription is a party's subscription, or desk.ErrNotFound.
func (s Deliveries) Subscription(ctx context.Context, party registry.PartyID) (desk.Subscription, error) {
	found := desk.Subscription{Party: party}
	var since string
	err := s.db.NewRaw("SELECT email, webhook, secret, since FROM subscriptions WHERE party = ?", string(party)).Scan(ctx, &found.Email, &found.Webhook, &found.Secret, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return found, desk.ErrNotFound
	}
	if err != nil {
		return found, err
	}
	found.Since, err = time.Parse(time.RFC3339, since)
	return found, err
}

// Subscribe replaces a party's subscription; an empty one ends it.
func (s Deliveries) Subscribe(ctx context.Context, one desk.Subscription) error {
	if one.Email == "" && one.Webhook == "" {
		_, err := s.db.NewRaw("DELETE FROM subscriptions WHERE party = ?", string(one.Party)).Exec(ctx)
		return err
	}
	_, err := s.db.NewRaw(`INSERT INTO subscriptions (party, email, webhook, secret, since) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (party) DO UPDATE SET email = excluded.email, webhook = excluded.webhook, secret = excluded.secret, since = excluded.since`,
		string(one.Party), one.Email, one.Webhook, one.Secret, stamp(one.Since)).Exec(ctx)
	return err
}

// Seen is the time of the newest notice that was looked at; zero before the first.
func (s Deliveries) Seen(ctx context.Context) (time.Time, error) {
	var seen string
	err := s.db.NewRaw("SELECT seen FROM delivered WHERE id = 1").Scan(ctx, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, seen)
}

// Enqueue adds deliveries that are not there yet and moves Seen on, both or neither.
func (s Deliveries) Enqueue(ctx context.Context, all []desk.Delivery, seen time.Time) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, d := range all {
			if _, err := tx.NewRaw(`INSERT INTO deliveries (about, n, channel, party, act, state, tries, next_at, at, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (about, n, channel) DO NOTHING`, row(d)...).Exec(ctx); err != nil {
				return err
			}
		}
		_, err := tx.NewRaw("INSERT INTO delivered (id, seen) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET seen = max(seen, excluded.seen)", stamp(seen)).Exec(ctx)
		return err
	})
}

func row(d desk.Delivery) []any {
	return []any{string(d.Case), d.N, string(d.Channel), string(d.Party), string(d.Act), d.State, d.Tries, stamp(d.NextAt), stamp(d.At), d.Receipt}
}

// Save keeps what became of an attempt.
func (s Deliveries) Save(ctx context.Context, d desk.Delivery) error {
	_, err := s.db.NewRaw("UPDATE deliveries SET state = ?, tries = ?, next_at = ?, at = ?, receipt = ? WHERE about = ? AND n = ? AND channel = ?",
		d.State, d.Tries, stamp(d.NextAt), stamp(d.At), d.Receipt, string(d.Case), d.N, string(d.Channel)).Exec(ctx)
	return err
}

const deliveryColumns = "SELECT about, n, channel, party, act, state, tries, next_at, at, receipt FROM deliveries "

// Due are at most 50 deliveries whose next attempt is due, the longest waiting first.
func (s Deliveries) Due(ctx context.Context, at time.Time) ([]desk.Delivery, error) {
	return s.deliveries(ctx, deliveryColumns+"WHERE state = ? AND next_at <= ? ORDER BY next_at LIMIT 50", desk.DeliveryWaiting, stamp(at))
}

// Of are the deliveries of one notice.
func (s Deliveries) Of(ctx context.Context, about registry.CaseID, n int) ([]desk.Delivery, error) {
	return s.deliveries(ctx, deliveryColumns+"WHERE about = ? AND n = ? ORDER BY channel", string(about), n)
}

func (s Deliveries) deliveries(ctx context.Context, query string, args ...any) ([]desk.Delivery, error) {
	rows, err := s.db.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []desk.Delivery
	for rows.Next() {
		var d desk.Delivery
		var next, at string
		if err := rows.Scan(&d.Case, &d.N, &d.Channel, &d.Party, &d.Act, &d.State, &d.Tries, &next, &at, &d.Receipt); err != nil {
			return nil, err
		}
		if d.NextAt, err = time.Parse(time.RFC3339, next); err != nil {
			return nil, err
		}
		if d.At, err = time.Parse(time.RFC3339, at); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, rows.Err()
}
