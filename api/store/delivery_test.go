package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
)

// TestDeliveries_OnceEachAndWhenDue: a notice that is looked at twice is sent once, what failed comes again when it is due, what was taken does not.
func TestDeliveries_OnceEachAndWhenDue(t *testing.T) {
	s, c := fresh(t)
	d, ctx := Deliveries{s}, context.Background()
	if _, err := d.Subscription(ctx, "P1"); !errors.Is(err, desk.ErrNotFound) {
		t.Fatalf("nobody has subscribed: %v", err)
	}
	since := c.at.UTC().Truncate(time.Second)
	if err := d.Subscribe(ctx, desk.Subscription{Party: "P1", Email: "a@example.cn", Secret: "k", Since: since}); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Subscription(ctx, "P1"); err != nil || got.Email != "a@example.cn" || !got.Since.Equal(since) {
		t.Fatalf("%+v %v", got, err)
	}
	one := desk.Delivery{Case: "APP1", N: 1, Act: "Accept", Party: "P1", Channel: desk.ChannelMail, State: desk.DeliveryWaiting, NextAt: since}
	for range 2 {
		if err := d.Enqueue(ctx, []desk.Delivery{one}, since); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Enqueue(ctx, nil, since.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if seen, err := d.Seen(ctx); err != nil || !seen.Equal(since) {
		t.Errorf("seen up to %s: %v", seen, err)
	}
	due, err := d.Due(ctx, since)
	if err != nil || len(due) != 1 || due[0].Act != "Accept" {
		t.Fatalf("%+v %v", due, err)
	}
	due[0].Tries, due[0].At, due[0].NextAt, due[0].Receipt = 1, since, since.Add(time.Minute), "no route"
	if err := d.Save(ctx, due[0]); err != nil {
		t.Fatal(err)
	}
	if early, err := d.Due(ctx, since.Add(time.Second)); err != nil || len(early) != 0 {
		t.Errorf("tried again at once: %+v %v", early, err)
	}
	again, err := d.Due(ctx, since.Add(time.Minute))
	if err != nil || len(again) != 1 || again[0].Tries != 1 {
		t.Fatalf("%+v %v", again, err)
	}
	again[0].State, again[0].Receipt = desk.DeliveryDelivered, "250 ok"
	if err := d.Save(ctx, again[0]); err != nil {
		t.Fatal(err)
	}
	if left, err := d.Due(ctx, since.Add(time.Hour)); err != nil || len(left) != 0 {
		t.Errorf("%+v %v", left, err)
	}
	if of, err := d.Of(ctx, "APP1", 1); err != nil || len(of) != 1 || of[0].Receipt != "250 ok" {
		t.Errorf("%+v %v", of, err)
	}
	if err := d.Subscribe(ctx, desk.Subscription{Party: "P1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Subscription(ctx, "P1"); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("the subscription did not end: %v", err)
	}
}
