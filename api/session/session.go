// Package session knows who a visitor is: sign-in by a signed challenge, and the session that follows. There are no
// passwords: who holds the key of an account that the ledger has enabled is that person, and nothing on this server can
// stand in its place. A session reads; every write is signed anew.
package session

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Limits of a session.
const (
	life     = 12 * time.Hour // from sign-in
	idle     = 2 * time.Hour  // without a request
	rotation = time.Hour      // after which the cookie's value changes
)

// Store keeps sessions and, for each person, how often they have signed out everywhere.
type Store interface {
	scs.Store
	scs.CtxStore
	// Generation counts the person's sign-outs everywhere; a session of an earlier generation is over.
	Generation(ctx context.Context, owner registry.PersonID) (int64, error)
	// EndAll begins the person's next generation.
	EndAll(ctx context.Context, owner registry.PersonID) error
}

// Sessions signs people in and recognises them.
type Sessions struct {
	desk       *desk.Desk
	store      Store
	manager    *scs.SessionManager
	challenges challenges
	now        func() time.Time
}

// New makes the sessions of one instance; failed answers requests whose session cannot be read or kept.
func New(d *desk.Desk, store Store, now func() time.Time, failed func(http.ResponseWriter, *http.Request, error)) *Sessions {
	m := scs.New()
	m.Store, m.Lifetime, m.IdleTimeout, m.ErrorFunc = store, life, idle, failed
	m.HashTokenInStore = true // a copy of the database signs in as nobody
	m.Cookie.Name, m.Cookie.HttpOnly, m.Cookie.SameSite = "hehuang-"+d.Organisation, true, http.SameSiteLaxMode
	m.Cookie.Secure = strings.HasPrefix(d.PublicURL, "https://")
	return &Sessions{desk: d, store: store, manager: m, now: now}
}

// Load wraps a handler so that its requests have their session.
func (s *Sessions) Load(next http.Handler) http.Handler { return s.manager.LoadAndSave(next) }

// Keys of what a session holds.
const (
	keyAccount     = "account" // "MSP/enrolment"
	keyOwner       = "owner"
	keyCertificate = "certificate"
	keyGeneration  = "generation"
	keyRotated     = "rotated" // Unix seconds
	keyMandate     = "mandate" // under which an agent or clerk acts at present
)

// Challenge opens a sign-in for an account. It says nothing about whether there is one.
func (s *Sessions) Challenge(account registry.PersonID) Challenge {
	nonce, until := s.challenges.open(account, s.now())
	return Challenge{Nonce: nonce, Origin: s.desk.PublicURL, ExpiresAt: until}
}

// Answer is a person's answer to a challenge.
type Answer struct {
	Account     registry.PersonID
	Certificate []byte // PEM
	Nonce       string
	Signature   []byte // DER, or 64 bytes r‖s
}

// SignIn begins a session for whoever answers a challenge with the key of an account in force. The session gets a new
// cookie: one that somebody planted beforehand is worth nothing. Errors: ErrChallenge, desk.ErrCertificate,
// desk.ErrSignature, a *registry.Refusal of the account, or a failure of the ledger.
func (s *Sessions) SignIn(ctx context.Context, a Answer) (desk.Person, registry.Date, error) {
	if err := s.challenges.take(a.Nonce, a.Account, s.now()); err != nil {
		return desk.Person{}, "", err
	}
	msp, _, _ := strings.Cut(string(a.Account), "/")
	actor, err := parse(msp, a.Certificate)
	if err != nil || actor.ID() != a.Account {
		return desk.Person{}, "", desk.ErrCertificate
	}
	if err := s.desk.Credentials.Verify(msp, a.Certificate, Message(s.desk.PublicURL, a.Account, a.Nonce), a.Signature); err != nil {
		return desk.Person{}, "", err
	}
	p := desk.Person{Actor: actor, Owner: actor.ID(), Certificate: a.Certificate}
	account, err := s.standing(ctx, actor, s.desk)
	if err != nil {
		return desk.Person{}, "", err
	}
	if account != nil {
		p.Owner = account.Owner
	}
	return p, until(account), s.begin(ctx, p)
}

// Vouch refuses an actor as whom nobody could sign in: without an account in force for exactly that key, and not the administrator's key
// either. Whether its holder is there only a signature shows. Errors: a *registry.Refusal, or a failure of the ledger.
func (s *Sessions) Vouch(ctx context.Context, actor registry.Actor) error {
	_, err := s.standing(ctx, actor, s.desk)
	return err
}

func until(account *registry.Account) registry.Date {
	if account == nil {
		return ""
	}
	return account.Until
}

func (s *Sessions) begin(ctx context.Context, p desk.Person) error {
	generation, err := s.store.Generation(ctx, p.Owner)
	if err != nil {
		return err
	}
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	s.manager.Remove(ctx, keyMandate)
	for key, v := range map[string]any{keyAccount: string(p.Actor.ID()), keyOwner: string(p.Owner), keyCertificate: p.Certificate,
		keyGeneration: generation, keyRotated: s.now().Unix()} {
		s.manager.Put(ctx, key, v)
	}
	return nil
}

// accounts answers for accounts and the contracts that they hang on: the ledger itself when somebody signs in, the read model
// on every request after that.
type accounts interface {
	Account(ctx context.Context, id registry.PersonID) (registry.Account, error)
	Contract(ctx context.Context, id registry.ContractID) (registry.Contract, error)
}

// parse reads who a certificate is for. No account vouches for the party that an administrator's certificate names, so that it is replaced by
// one that no party can be: whatever is looked up by it is found for nobody, whereas an empty one would choose everybody's.
func parse(msp string, certificate []byte) (registry.Actor, error) {
	actor, err := registry.ParseActor(msp, certificate)
	if actor.Role == registry.RoleAdmin {
		actor.Party = registry.PartyID(actor.ID())
	}
	return actor, err
}

// standing is the account behind an actor, nil for the administrator, who needs none; a refusal if it does not stand.
func (s *Sessions) standing(ctx context.Context, actor registry.Actor, from accounts) (*registry.Account, error) {
	if actor.MSP == registry.MSPBureau && actor.Role == registry.RoleAdmin {
		return nil, s.administers(ctx, actor)
	}
	if !actor.NeedsAccount() { // a service: nobody signs in as one
		return nil, registry.Refuse(registry.CodeAccountUnknown, registry.RuleOwnAct, "account", string(actor.ID()))
	}
	account, err := known(from.Account(ctx, actor.ID()))
	if err != nil {
		return nil, err
	}
	var contract *registry.Contract
	if account != nil && account.Contract != "" {
		if contract, err = known(from.Contract(ctx, account.Contract)); err != nil {
			return nil, err
		}
	}
	if refusal := registry.CheckAccount(registry.Facts{Actor: actor, At: s.now().UTC()}, account, contract); refusal != nil {
		return nil, refusal
	}
	return account, nil
}

// administers refuses an administrator whose key is not the one on the ledger at this moment: the bureau's authority may have issued others,
// and a successor may have been confirmed. It asks the ledger itself on every request.
func (s *Sessions) administers(ctx context.Context, actor registry.Actor) error {
	situation, err := s.desk.Situation(ctx)
	if err != nil {
		return err
	}
	if situation.Network == nil { // not founded: nobody is named yet
		return registry.Refuse(registry.CodeAccountUnknown, registry.RuleOwnAct, "account", string(actor.ID()))
	}
	if refusal := registry.CheckAdministrator(registry.Facts{Actor: actor}, situation.Network); refusal != nil {
		return refusal
	}
	return nil
}

// known is nil for a record that does not exist.
func known[T any](v T, err error) (*T, error) {
	if errors.Is(err, desk.ErrNotFound) {
		return nil, nil
	}
	return &v, err
}

// Person is who is signed in; ok is false if nobody is, if the account has ended meanwhile, or if the person signed out
// everywhere.
func (s *Sessions) Person(ctx context.Context) (p desk.Person, ok bool) {
	id := registry.PersonID(s.manager.GetString(ctx, keyAccount))
	if id == "" {
		return p, false
	}
	msp, _, _ := strings.Cut(string(id), "/")
	p.Certificate, p.Owner = s.manager.GetBytes(ctx, keyCertificate), registry.PersonID(s.manager.GetString(ctx, keyOwner))
	var err error
	if p.Actor, err = parse(msp, p.Certificate); err != nil || p.Actor.ID() != id {
		return desk.Person{}, false
	}
	if generation, err := s.store.Generation(ctx, p.Owner); err != nil || generation != s.manager.GetInt64(ctx, keyGeneration) {
		return desk.Person{}, false
	}
	if _, err := s.standing(ctx, p.Actor, s.desk.Records); err != nil {
		return desk.Person{}, false
	}
	if chosen := registry.MandateID(s.manager.GetString(ctx, keyMandate)); chosen != "" {
		if m, err := s.desk.Records.Mandate(ctx, chosen); err == nil && s.stands(m, p) {
			p.Mandate = &m
		}
	}
	return p, true
}

// stands says whether a mandate names the person and is in force; what it allows is judged by the ledger.
func (s *Sessions) stands(m registry.Mandate, p desk.Person) bool {
	return p.Actor.Represents() && m.Agent == p.Owner && m.Status == registry.MandateActive && registry.CivilDate(s.now()) <= m.Until
}

// ActUnder lets the agent or clerk who is signed in act under a mandate from now on, or under none. Error: desk.ErrNotFound for a
// mandate that is not theirs or not in force.
func (s *Sessions) ActUnder(ctx context.Context, id registry.MandateID) error {
	if id == "" {
		s.manager.Remove(ctx, keyMandate)
		return nil
	}
	p, ok := s.Person(ctx)
	if !ok {
		return desk.ErrNotFound
	}
	m, err := s.desk.Records.Mandate(ctx, id)
	if err != nil {
		return err
	}
	if !s.stands(m, p) {
		return desk.ErrNotFound
	}
	s.manager.Put(ctx, keyMandate, string(id))
	return nil
}

// Owner is whose session this is, whether or not the account still stands; "" without a session.
func (s *Sessions) Owner(ctx context.Context) string { return s.manager.GetString(ctx, keyOwner) }

// Rotate changes the cookie's value if it is older than an hour. It is called for pages only: a script's request that is
// under way beside them would lose its session.
func (s *Sessions) Rotate(ctx context.Context) error {
	since := s.manager.GetInt64(ctx, keyRotated)
	if since == 0 || s.now().Unix()-since < int64(rotation.Seconds()) {
		return nil
	}
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	s.manager.Put(ctx, keyRotated, s.now().Unix())
	return nil
}

// SignOut ends this session.
func (s *Sessions) SignOut(ctx context.Context) error { return s.manager.Destroy(ctx) }

// SignOutEverywhere ends every session of the person who is signed in, on whatever device.
func (s *Sessions) SignOutEverywhere(ctx context.Context) error {
	owner := registry.PersonID(s.manager.GetString(ctx, keyOwner))
	if owner == "" {
		return nil
	}
	if err := s.store.EndAll(ctx, owner); err != nil {
		return err
	}
	return s.manager.Destroy(ctx)
}
