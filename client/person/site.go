// Package person lets a person act at a registry over HTTP with a key of their own (本人办理). The key stays here: the registry's
// service prepares both messages of a write, and each is decoded and compared with what the person asked for before it
// is signed. A service that says anything else gets no signature.
//
// A Site answers questions that need no key, among them the application for an account; a Person signs in and acts.
package person

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

// Site is the address of a registryd. Its cookies are kept in memory and end with the program.
type Site struct {
	Language string // of sentences for people: zh (if empty) or en
	origin   string // scheme://host[:port]
	http     *http.Client
}

// requestTimeout bounds one request: the service itself waits a minute for an outcome.
const requestTimeout = 100 * time.Second

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 20

// Open takes the address of a registryd, for example https://registry.example. Plain HTTP is for this machine only.
func Open(address string) (*Site, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("%q is no address like https://registry.example", address)
	}
	if err := Protected(u); err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Site{origin: originOf(u), http: &http.Client{Jar: jar, Timeout: requestTimeout, CheckRedirect: stay}}, nil
}

// originOf is the origin as browsers write it: lower case, without the scheme's own port.
func originOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	for scheme, port := range map[string]string{"https": ":443", "http": ":80"} {
		if u.Scheme == scheme {
			host = strings.TrimSuffix(host, port)
		}
	}
	return u.Scheme + "://" + host
}

// Origin is scheme, host and port of the site.
func (s *Site) Origin() string { return s.origin }

// Protected refuses an address whose line anybody can read and change: HTTP beyond this machine.
func Protected(u *url.URL) error {
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return fmt.Errorf("%s is not protected: use https (http is for this machine only)", u.Redacted())
	}
	return nil
}

// Ask sends one request, with body as JSON or, if it is a []byte, as it is, and decodes the answer into the value that into
// points to; a *[]byte takes it as it is, nil takes nothing. Error: *Problem when the site answers with one.
func (s *Site) Ask(ctx context.Context, method, path string, body, into any) error {
	content, raw := body.([]byte)
	if !raw && body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, s.origin+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if s.Language != "" {
		req.Header.Set("Accept-Language", s.Language)
	}
	res, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("the answer of %s broke off: %w", s.origin, err)
	}
	if len(answer) > maxAnswer {
		return fmt.Errorf("the answer of %s exceeds %d MiB", s.origin, maxAnswer>>20)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return problemOf(res, answer)
	}
	return decodeAnswer(answer, into)
}

func decodeAnswer(answer []byte, into any) error {
	switch into := into.(type) {
	case nil:
		return nil
	case *[]byte:
		*into = answer
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("the site's answer cannot be read: %w", err)
	}
	return nil
}

// Account is what may be seen of an account: from Role on by its person, and by whoever decides on accounts, when signed in.
type Account struct {
	Account   registry.PersonID      `json:"account"`
	Status    registry.AccountStatus `json:"status"`
	KeyDigest string                 `json:"keyDigest"` // hex SHA-256 of the public key
	Until     registry.Date          `json:"until"`     // last civil day
	Role      string                 `json:"role,omitempty"`
	Party     registry.PartyID       `json:"party,omitempty"`
	Region    string                 `json:"region,omitempty"`
	Contract  registry.ContractID    `json:"contract,omitempty"`
	Replaces  registry.PersonID      `json:"replaces,omitempty"` // account whose key is lost
}

// Terms are what was applied for, as far as the site shows it; who approves signs them.
func (a Account) Terms() registry.AccountRequest {
	_, enrolment, _ := strings.Cut(string(a.Account), "/")
	return registry.AccountRequest{Enrolment: enrolment, Party: a.Party, Role: a.Role, Region: a.Region, KeyDigest: a.KeyDigest, Until: a.Until, Contract: a.Contract, Replaces: a.Replaces}
}

// Apply hands in an application for an account (账号申请). The same application twice is one.
func (s *Site) Apply(ctx context.Context, request registry.AccountRequest) (registry.Receipt, error) {
	var r registry.Receipt
	return r, s.Ask(ctx, http.MethodPost, "/api/v1/accounts", request, &r)
}

// Account finds an account of this site by its enrolment id.
func (s *Site) Account(ctx context.Context, enrolment string) (Account, error) {
	var a Account
	return a, s.Ask(ctx, http.MethodGet, "/api/v1/accounts/"+url.PathEscape(enrolment), nil, &a)
}

// AnyAccount finds an account of whichever organisation, for somebody signed in who decides on accounts. An answer for another
// account is an error.
func (s *Site) AnyAccount(ctx context.Context, id registry.PersonID) (Account, error) {
	var a Account
	msp, enrolment, _ := strings.Cut(string(id), "/")
	err := s.Ask(ctx, http.MethodGet, "/api/v1/accounts/"+url.PathEscape(msp)+"/"+url.PathEscape(enrolment), nil, &a)
	if err == nil && a.Account != id {
		err = fmt.Errorf("the site answers for %.100q, not for %s", a.Account, id)
	}
	return a, err
}

// Certify fetches the certificate of an approved account and puts it into the key file's value. One that is for another
// key or name is refused.
func (s *Site) Certify(ctx context.Context, k client.KeyFile) (client.KeyFile, error) {
	_, enrolment, ok := strings.Cut(string(k.Account), "/")
	if !ok {
		return k, errors.New("the key file does not name its account")
	}
	request, err := k.Request()
	if err != nil {
		return k, err
	}
	var answer struct {
		Certificate string `json:"certificate"`
	}
	body := map[string]string{"request": string(request)}
	if err := s.Ask(ctx, http.MethodPost, "/api/v1/accounts/"+url.PathEscape(enrolment)+"/certificate", body, &answer); err != nil {
		return k, err
	}
	return k.WithCertificate([]byte(answer.Certificate))
}
