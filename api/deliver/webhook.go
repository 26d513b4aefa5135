package deliver

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
)

// SignatureHeader carries the hex HMAC-SHA256 of a webhook's body under the subscription's secret.
const SignatureHeader = "Hehuang-Signature"

// Webhook posts messages as JSON to the address that a party has given. It follows no redirects.
type Webhook struct{ client *http.Client }

const webhookTimeout = 15 * time.Second

// NewWebhook reaches public addresses only: a party does not get to see what stands behind our walls.
func NewWebhook() Webhook {
	dialer := &net.Dialer{Timeout: webhookTimeout, Control: publicOnly}
	return newWebhook(&http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: webhookTimeout, DisableKeepAlives: true})
}

func newWebhook(t http.RoundTripper) Webhook {
	return Webhook{&http.Client{Transport: t, Timeout: webhookTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// errNotPublic: the address leads into a network that is not public.
var errNotPublic = errors.New("not a public address")

// publicOnly refuses connections by the address that a name was resolved to.
func publicOnly(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := to.Addr().Unmap()
	shared := netip.MustParsePrefix("100.64.0.0/10") // carriers' own
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || shared.Contains(ip) {
		return errNotPublic
	}
	return nil
}

// Send posts a message; the receipt is the status of the answer. Any status from 200 to 299 means that it was taken.
func (w Webhook) Send(ctx context.Context, to desk.Subscription, m Message) (string, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.Webhook, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "hehuang")
	r.Header.Set(SignatureHeader, Sign(to.Secret, body))
	answer, err := w.client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 1<<12)
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return "", fmt.Errorf("the webhook answers %s", answer.Status)
	}
	return answer.Status, nil
}

// Sign is the hex HMAC-SHA256 of a body under a secret: what the receiver compares.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
