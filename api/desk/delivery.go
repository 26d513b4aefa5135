package desk

import (
	"context"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Channel is a way in which a party hears of a notice besides its inbox. Service is by arrival in the inbox; this only says that there is one.
type Channel string

// Channels.
const (
	ChannelMail    Channel = "EMAIL"
	ChannelWebhook Channel = "WEBHOOK"
)

// Subscription is where a party wants to hear of its notices. It lies in the instance's own store, never on the ledger.
type Subscription struct {
	Party   registry.PartyID
	Email   string
	Webhook string    // https
	Secret  string    // key of the webhook's signatures
	Since   time.Time // of notices before it nothing is sent
}

// States of a delivery.
const (
	DeliveryWaiting   = "WAITING"
	DeliveryDelivered = "DELIVERED"
	DeliveryFailed    = "FAILED"
)

// Delivery is word of one notice by one channel, with its receipt.
type Delivery struct {
	Case    registry.CaseID
	N       int
	Act     registry.Act
	Party   registry.PartyID
	Channel Channel
	State   string
	Tries   int
	NextAt  time.Time // of the next attempt, while it waits
	At      time.Time // of the last attempt
	Receipt string    // what the other side answered, or why it could not be reached
}

// Deliveries keeps subscriptions and what became of them. ErrNotFound when a party has none.
type Deliveries interface {
	Subscription(ctx context.Context, party registry.PartyID) (Subscription, error)
	// Subscribe replaces the party's subscription; an empty one ends it.
	Subscribe(ctx context.Context, s Subscription) error
	Of(ctx context.Context, about registry.CaseID, n int) ([]Delivery, error)
}

// Wrong names the fields of a subscription that cannot be: "email", "webhook".
func (s Subscription) Wrong() (fields []string) {
	if s.Email != "" {
		a, err := mail.ParseAddress(s.Email)
		if err != nil || a.Address != s.Email || len(s.Email) > 200 || strings.ContainsAny(s.Email, "\r\n") {
			fields = append(fields, "email")
		}
	}
	if s.Webhook != "" {
		u, err := url.Parse(s.Webhook)
		if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || len(s.Webhook) > 500 {
			fields = append(fields, "webhook")
		}
	}
	return fields
}
