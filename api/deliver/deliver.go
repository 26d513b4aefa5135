// Package deliver says by e-mail and webhook that a party has a new notice (书面告知), tries again until the other side has taken it, and keeps
// its receipt. Service itself is by arrival in the inbox; what is sent names the notice and never tells its words.
package deliver

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Notices answers from the read model, newest first.
type Notices interface {
	Notices(ctx context.Context, f desk.NoticeFilter) (desk.NoticePage, error)
}

// Queue keeps what is to be sent, over restarts.
type Queue interface {
	Subscription(ctx context.Context, party registry.PartyID) (desk.Subscription, error)
	// Seen is the time of the newest notice that was looked at.
	Seen(ctx context.Context) (time.Time, error)
	// Enqueue adds deliveries that are not there yet and moves Seen on.
	Enqueue(ctx context.Context, all []desk.Delivery, seen time.Time) error
	Due(ctx context.Context, at time.Time) ([]desk.Delivery, error)
	Save(ctx context.Context, d desk.Delivery) error
}

// Sender hands a message to the other side and gives its answer.
type Sender interface {
	Send(ctx context.Context, to desk.Subscription, m Message) (receipt string, err error)
}

// Message is word of a notice.
type Message struct {
	Notice string `json:"notice"` // case and number
	Act    string `json:"act"`
	Title  string `json:"title"`
	URL    string `json:"url"` // where the party reads it, signed in
	Demo   bool   `json:"demo,omitempty"`
}

// Deliverer sends word of notices.
type Deliverer struct {
	Notices   Notices
	Queue     Queue
	Senders   map[desk.Channel]Sender
	PublicURL string
	Demo      bool
	Now       func() time.Time
	Log       *slog.Logger
}

const (
	slack    = 10 * time.Minute // times of notices are those of proposals: later blocks may hold earlier ones
	maxTries = 10
	longest  = 6 * time.Hour
	pause    = 20 * time.Second
)

// Run sends until ctx ends: whenever the read model has changed, and again when something is due.
func (d *Deliverer) Run(ctx context.Context, changed func() <-chan struct{}) error {
	for {
		next := changed()
		if err := errors.Join(d.enqueue(ctx), d.send(ctx)); err != nil && ctx.Err() == nil {
			d.Log.Warn("word of notices is not sent", "error", err)
		}
		wait := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-next:
		case <-wait.C:
		}
		wait.Stop()
	}
}

// enqueue looks at the notices that are new and queues those whose party wants to hear of them.
func (d *Deliverer) enqueue(ctx context.Context) error {
	seen, err := d.Queue.Seen(ctx)
	if err != nil {
		return err
	}
	if seen.IsZero() { // nobody can have asked for anything older than this
		return d.Queue.Enqueue(ctx, nil, d.Now())
	}
	newest, f := seen, desk.NoticeFilter{Statuses: []registry.NoticeStatus{registry.NoticeServed}, Limit: 100} // what was read already needs no word
	var all []desk.Delivery
	for {
		page, err := d.Notices.Notices(ctx, f)
		if err != nil {
			return err
		}
		old := false
		for _, n := range page.Notices {
			if old = n.IssuedAt.Before(seen.Add(-slack)); old {
				break
			}
			if n.IssuedAt.After(newest) {
				newest = n.IssuedAt
			}
			wanted, err := d.wanted(ctx, n)
			if err != nil {
				return err
			}
			all = append(all, wanted...)
		}
		if f.After = page.Next; old || f.After == "" {
			break
		}
	}
	if len(all) == 0 && newest.Equal(seen) {
		return nil
	}
	return d.Queue.Enqueue(ctx, all, newest)
}

// wanted are the ways in which the party of a notice wants to hear of it.
func (d *Deliverer) wanted(ctx context.Context, n registry.Notice) (all []desk.Delivery, err error) {
	s, err := d.Queue.Subscription(ctx, n.To)
	if errors.Is(err, desk.ErrNotFound) || err == nil && n.IssuedAt.Before(s.Since) {
		return nil, nil
	}
	for channel, address := range map[desk.Channel]string{desk.ChannelMail: s.Email, desk.ChannelWebhook: s.Webhook} {
		if address != "" && d.Senders[channel] != nil {
			all = append(all, desk.Delivery{Case: n.Case, N: n.N, Act: n.Act, Party: n.To, Channel: channel, State: desk.DeliveryWaiting, NextAt: d.Now()})
		}
	}
	return all, err
}

// send tries what is due. A failure of one delivery does not hold up the others.
func (d *Deliverer) send(ctx context.Context) error {
	due, err := d.Queue.Due(ctx, d.Now())
	if err != nil {
		return err
	}
	for _, one := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := d.attempt(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (d *Deliverer) attempt(ctx context.Context, one desk.Delivery) error {
	to, err := d.Queue.Subscription(ctx, one.Party)
	sender := d.Senders[one.Channel]
	one.Tries++
	one.At = d.Now()
	switch {
	case errors.Is(err, desk.ErrNotFound) || sender == nil || one.Channel == desk.ChannelMail && to.Email == "" || one.Channel == desk.ChannelWebhook && to.Webhook == "":
		one.State, one.Receipt = desk.DeliveryFailed, "the party does not want it any more"
		return d.Queue.Save(ctx, one)
	case err != nil:
		return err
	}
	number := string(one.Case) + "/" + strconv.Itoa(one.N)
	receipt, err := sender.Send(ctx, to, Message{Notice: number, Act: string(one.Act), Title: locale.Term(locale.Chinese, "letter", string(one.Act)), URL: d.PublicURL + "/inbox/" + number, Demo: d.Demo})
	if err == nil {
		one.State, one.Receipt = desk.DeliveryDelivered, clip(receipt)
		return d.Queue.Save(ctx, one)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d.Log.Warn("a delivery failed", "notice", number, "channel", one.Channel, "try", one.Tries, "error", err)
	one.Receipt, one.NextAt = clip(err.Error()), one.At.Add(min(time.Minute<<min(one.Tries-1, 10), longest))
	if one.Tries >= maxTries {
		one.State = desk.DeliveryFailed
	}
	return d.Queue.Save(ctx, one)
}

// clip keeps what a stranger's server answers short.
func clip(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), 200)])
}
