package session

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// ErrChallenge: the challenge is not known, was used before, is too old or was made for somebody else; ask for a new one.
var ErrChallenge = errors.New("the challenge is not valid any more")

// challengeLife is how long a challenge may be answered: long enough for a passphrase, short enough to be of no use later.
const challengeLife = 2 * time.Minute

// mostChallenges bounds what strangers can make the service remember; beyond it the oldest are forgotten.
const mostChallenges = 10_000

// Challenge is what a person signs to sign in, once.
type Challenge struct {
	Nonce     string // base64url, 32 random bytes
	Origin    string // of this service: a signature made for another site is worth nothing here
	ExpiresAt time.Time
}

// Message is what the person's page builds and signs. Its first byte can begin neither a proposal nor a transaction, so that
// neither signature can ever stand for the other.
func Message(origin string, account registry.PersonID, nonce string) []byte {
	return []byte("\x00hehuang sign-in v1\norigin " + origin + "\naccount " + string(account) + "\nnonce " + nonce + "\n")
}

// challenges are those that wait for an answer. They are kept in memory: after a restart a new one is asked for.
type challenges struct {
	mu      sync.Mutex
	waiting map[string]waiting // by nonce
	order   []string           // oldest first
}

type waiting struct {
	account registry.PersonID
	until   time.Time
}

func (c *challenges) open(account registry.PersonID, now time.Time) (nonce string, until time.Time) {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails: crypto/rand
	nonce, until = base64.RawURLEncoding.EncodeToString(random[:]), now.Add(challengeLife)
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.order) > 0 && (len(c.order) >= mostChallenges || !c.waiting[c.order[0]].until.After(now)) {
		delete(c.waiting, c.order[0])
		c.order = c.order[1:]
	}
	if c.waiting == nil {
		c.waiting = map[string]waiting{}
	}
	c.waiting[nonce] = waiting{account, until}
	c.order = append(c.order, nonce)
	return nonce, until
}

// take uses a challenge up, whoever answers it and however.
func (c *challenges) take(nonce string, account registry.PersonID, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	w, known := c.waiting[nonce]
	delete(c.waiting, nonce)
	if !known || w.account != account || !w.until.After(now) {
		return ErrChallenge
	}
	return nil
}
