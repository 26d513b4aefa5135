package person

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

// Person is somebody with a key at a site. It is safe for concurrent use once signed in.
type Person struct {
	*Site
	Channel   string // where the person means to write: it is never taken from the site
	Chaincode string
	signer    *client.Signer
	account   registry.PersonID
	der       []byte // the certificate
	now       func() time.Time
}

// New makes a person from a site and the signer of a key file.
func New(site *Site, signer *client.Signer) (*Person, error) {
	creator := signer.Creator()
	actor, err := registry.ParseActor(creator.MSPID, creator.Certificate)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(creator.Certificate)
	return &Person{Site: site, Channel: "registry", Chaincode: "registry", signer: signer, account: actor.ID(), der: block.Bytes, now: time.Now}, nil
}

// ID is the person's account.
func (p *Person) ID() registry.PersonID { return p.account }

// Session is who the site takes the visitor for.
type Session struct {
	Account registry.PersonID `json:"account"`
	Role    string            `json:"role"`
	Party   registry.PartyID  `json:"party,omitempty"`
	Name    string            `json:"name,omitempty"`  // of the party
	Until   registry.Date     `json:"until,omitempty"` // last civil day of the account
}

// ErrChallenge: what the site wants signed is no challenge of its own for this person. Nothing was signed.
var ErrChallenge = errors.New("the site's challenge is not for this person at this site; nothing was signed")

// SignIn answers the site's challenge (登录). A signature is made for this site's origin only, so that it is worth nothing at
// any other, and its first byte is 0, so that it is worth nothing as a transaction. Errors: ErrChallenge, *Problem.
func (p *Person) SignIn(ctx context.Context) (Session, error) {
	var challenge struct {
		Nonce  string `json:"nonce"`
		Origin string `json:"origin"`
	}
	var s Session
	if err := p.Ask(ctx, http.MethodPost, "/api/v1/sign-ins/challenges", map[string]any{"account": p.account}, &challenge); err != nil {
		return s, err
	}
	if challenge.Origin != p.origin {
		return s, fmt.Errorf("%w: its origin is %q, this site's is %q", ErrChallenge, challenge.Origin, p.origin)
	}
	if nonce, err := base64.RawURLEncoding.Strict().DecodeString(challenge.Nonce); err != nil || len(nonce) != nonceBytes || len(challenge.Nonce) != 43 {
		return s, fmt.Errorf("%w: its nonce is no base64url of %d bytes", ErrChallenge, nonceBytes)
	}
	signature, err := p.signer.Sign(signInMessage(p.origin, p.account, challenge.Nonce))
	if err != nil {
		return s, err
	}
	answer := map[string]any{"account": p.account, "certificate": string(p.signer.Creator().Certificate), "nonce": challenge.Nonce, "signature": signature}
	return s, p.Ask(ctx, http.MethodPost, "/api/v1/sign-ins", answer, &s)
}

const nonceBytes = 32

func signInMessage(origin string, account registry.PersonID, nonce string) []byte {
	return []byte("\x00hehuang sign-in v1\norigin " + origin + "\naccount " + string(account) + "\nnonce " + nonce + "\n")
}

// Current is the present session. Error: a *Problem with status 401 if there is none.
func (p *Person) Current(ctx context.Context) (Session, error) {
	var s Session
	return s, p.Ask(ctx, http.MethodGet, "/api/v1/sign-ins/current", nil, &s)
}

// SignOut ends this session.
func (p *Person) SignOut(ctx context.Context) error {
	return p.Ask(ctx, http.MethodDelete, "/api/v1/sign-ins/current", nil, nil)
}

// SignOutEverywhere ends every session of the person, on every device, this one too.
func (p *Person) SignOutEverywhere(ctx context.Context) error {
	return p.Ask(ctx, http.MethodDelete, "/api/v1/sign-ins", nil, nil)
}

// Devices lists the person's accounts at this site, one for each device. The person is signed in.
func (p *Person) Devices(ctx context.Context) ([]Account, error) {
	var answer struct {
		Accounts []Account `json:"accounts"`
	}
	err := p.Ask(ctx, http.MethodGet, "/api/v1/accounts", nil, &answer)
	return answer.Accounts, err
}
