package deliver

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/store"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

var began = time.Date(2026, 11, 25, 2, 0, 0, 0, time.UTC)

// told is a read model with notices, newest first, in pages of two.
type told []registry.Notice

func (t told) Notices(_ context.Context, f desk.NoticeFilter) (desk.NoticePage, error) {
	from := len(f.After)
	page := desk.NoticePage{Notices: t[from:min(from+2, len(t))]}
	if from+2 < len(t) {
		page.Next = strings.Repeat("x", from+2)
	}
	return page, nil
}

// sent is a sender that remembers, and fails as often as it is told to.
type sent struct {
	messages []Message
	fails    int
}

func (s *sent) Send(_ context.Context, _ desk.Subscription, m Message) (string, error) {
	if s.fails > 0 {
		s.fails--
		return "", errors.New("refused")
	}
	s.messages = append(s.messages, m)
	return "250 ok", nil
}

func world(t *testing.T, notices told) (*Deliverer, *sent, store.Deliveries, *time.Time) {
	t.Helper()
	now := began
	state, err := store.Open(filepath.Join(t.TempDir(), "state.db"), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { state.Close() })
	queue, sender := store.Deliveries{Store: state}, &sent{}
	if err := queue.Subscribe(context.Background(), desk.Subscription{Party: "P1", Email: "a@example.cn", Since: began.Add(-time.Minute)}); err != nil {
		t.Fatal(err)
	}
	if err := queue.Enqueue(context.Background(), nil, began); err != nil {
		t.Fatal(err)
	}
	return &Deliverer{Notices: notices, Queue: queue, Senders: map[desk.Channel]Sender{desk.ChannelMail: sender}, PublicURL: "https://registry.example",
		Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}, sender, queue, &now
}

func (d *Deliverer) round(t *testing.T) {
	t.Helper()
	if err := errors.Join(d.enqueue(context.Background()), d.send(context.Background())); err != nil {
		t.Fatal(err)
	}
}

// TestDeliverer_WordOfEachNoticeOnce: of a party's notices since it asked, once each, on every page of the list, without their words.
func TestDeliverer_WordOfEachNoticeOnce(t *testing.T) {
	n := func(number int, to registry.PartyID, after time.Duration) registry.Notice {
		return registry.Notice{Case: "APP1", N: number, To: to, Act: registry.ActReturn, Reasons: []string{"秘密的理由"}, DataName: "秘密的名称", IssuedAt: began.Add(after)}
	}
	d, sender, queue, _ := world(t, told{n(5, "P1", 3*time.Second), n(4, "P2", 2*time.Second), n(3, "P1", time.Second), n(2, "P1", -time.Hour)})
	for range 3 {
		d.round(t)
	}
	if len(sender.messages) != 2 || sender.messages[0].Title != "补正告知书" || !strings.HasPrefix(sender.messages[0].URL, "https://registry.example/inbox/APP1/") {
		t.Fatalf("sent %+v", sender.messages)
	}
	if of, err := queue.Of(context.Background(), "APP1", 3); err != nil || len(of) != 1 || of[0].State != desk.DeliveryDelivered || of[0].Receipt != "250 ok" {
		t.Errorf("the receipt is %+v (%v)", of, err)
	}
	d.Notices = append(told{n(6, "P1", 5*time.Second)}, d.Notices.(told)...)
	d.round(t)
	if len(sender.messages) != 3 {
		t.Errorf("a new notice: %d messages", len(sender.messages))
	}
}

// TestDeliverer_TriesAgainAndGivesUp: with growing pauses, and not for ever.
func TestDeliverer_TriesAgainAndGivesUp(t *testing.T) {
	d, sender, queue, now := world(t, told{{Case: "APP1", N: 1, To: "P1", Act: registry.ActAccept, IssuedAt: began}})
	sender.fails = 2
	d.round(t)
	d.round(t) // at once: nothing is due
	if sender.fails != 1 {
		t.Fatalf("tried %d times", 2-sender.fails)
	}
	for _, after := range []time.Duration{time.Minute, 2 * time.Minute} {
		*now = now.Add(after)
		d.round(t)
	}
	if len(sender.messages) != 1 {
		t.Errorf("%d messages", len(sender.messages))
	}
	d, sender, queue, now = world(t, told{{Case: "APP1", N: 1, To: "P1", Act: registry.ActAccept, IssuedAt: began}})
	sender.fails = 100
	for range 15 {
		d.round(t)
		*now = now.Add(longest)
	}
	if of, err := queue.Of(context.Background(), "APP1", 1); err != nil || of[0].State != desk.DeliveryFailed || of[0].Tries != maxTries {
		t.Errorf("%+v (%v)", of, err)
	}
}

// TestWebhook_SignedAndNotRedirected.
func TestWebhook_SignedAndNotRedirected(t *testing.T) {
	var signature, body string
	status := http.StatusNoContent
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		read := make([]byte, 4096)
		n, _ := r.Body.Read(read)
		signature, body = r.Header.Get(SignatureHeader), string(read[:n])
		w.Header().Set("Location", "https://other.example/")
		w.WriteHeader(status)
	}))
	defer server.Close()
	w, to := newWebhook(server.Client().Transport), desk.Subscription{Webhook: server.URL, Secret: "secret"}
	receipt, err := w.Send(context.Background(), to, Message{Notice: "APP1/1", Title: "受理通知书"})
	if err != nil || !strings.HasPrefix(receipt, "204") || signature != Sign("secret", []byte(body)) || !strings.Contains(body, "APP1/1") {
		t.Errorf("%s %v: %s", receipt, err, body)
	}
	for _, status = range []int{http.StatusFound, http.StatusInternalServerError} {
		if _, err := w.Send(context.Background(), to, Message{}); err == nil {
			t.Errorf("%d counts as taken", status)
		}
	}
}

// TestWebhook_ReachesPublicAddressesOnly, whatever name they hide behind.
func TestWebhook_ReachesPublicAddressesOnly(t *testing.T) {
	for address, public := range map[string]bool{"127.0.0.1:443": false, "[::1]:443": false, "10.1.2.3:443": false, "172.16.0.1:443": false, "192.168.1.1:443": false,
		"169.254.169.254:80": false, "100.64.1.1:443": false, "0.0.0.0:443": false, "[::ffff:10.0.0.1]:443": false, "[fe80::1]:443": false, "[fd00::1]:443": false, "224.0.0.1:443": false,
		"1.1.1.1:443": true, "[2606:4700::1111]:443": true} {
		if err := publicOnly("tcp", address, nil); (err == nil) != public {
			t.Errorf("%s: %v", address, err)
		}
	}
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	if _, err := NewWebhook().Send(context.Background(), desk.Subscription{Webhook: server.URL}, Message{}); !errors.Is(err, errNotPublic) {
		t.Errorf("a server on this machine: %v", err)
	}
}
