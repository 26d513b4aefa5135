package client

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// State says how far a pending transaction has come.
type State string

// States of a pending transaction; docs/lifecycle.md has them in order.
const (
	StatePrepared  State = "PREPARED"  // waits for the signature of the proposal
	StateEndorsed  State = "ENDORSED"  // waits for the signature of the transaction
	StateUnknown   State = "UNKNOWN"   // sent or about to be; Resolve asks for the outcome
	StateCommitted State = "COMMITTED" // valid on the ledger
	StateRefused   State = "REFUSED"   // refused by the registry; nothing was sent
	StateConflict  State = "CONFLICT"  // invalid because another transaction was faster: prepare and sign anew
	StateInvalid   State = "INVALID"   // invalid for another reason: a defect to look into
	StateExpired   State = "EXPIRED"   // not signed in time
)

// Pending is a transaction on its way, as stored after every step.
type Pending struct {
	ID        string // random, unguessable
	TxID      string
	Function  string
	Document  []byte
	Creator   Creator
	State     State
	ToSign    []byte // message that awaits its signature
	Bytes     []byte // the proposal, then the transaction, as the library serialises them
	Signature []byte // of the transaction, once given
	Response  []byte // the endorsers' answer
	Refusal   string // text of the refusal
	Code      string // validation code of an invalid transaction
	Block     uint64
	Version   int // counts what was saved, so that of two steps at the same time one is kept
	CreatedAt time.Time
	UpdatedAt time.Time
	ExpiresAt time.Time // of the proposal: peers refuse it afterwards
}

// Receipt is the endorsers' answer.
func (p Pending) Receipt() (registry.Receipt, error) {
	var r registry.Receipt
	return r, json.Unmarshal(p.Response, &r)
}

// PendingStore keeps pending transactions durably.
type PendingStore interface {
	// Save keeps version n of p over version n−1, and answers ErrStale if another step was stored meanwhile.
	Save(ctx context.Context, p Pending) error
	// Load answers ErrNotPending if there is none.
	Load(ctx context.Context, id string) (Pending, error)
	// Unknown lists those whose outcome is unknown.
	Unknown(ctx context.Context) ([]Pending, error)
}

// Sentinels of pending transactions.
var (
	// ErrNotPending: there is no such transaction.
	ErrNotPending = errors.New("no such transaction")
	// ErrStep: the transaction does not wait for this step; look at its state.
	ErrStep = errors.New("the transaction does not wait for this step")
	// ErrStale: another step of the same transaction was stored meanwhile; load it again.
	ErrStale = errors.New("another step of the transaction was stored meanwhile")
)

// proposalLife is how long peers accept a proposal (TimeWindowCheck), less a margin for the way.
const proposalLife = 4*time.Minute + 30*time.Second

// Prepare builds the proposal of a write for a person and stores it. Nothing is sent.
func (l *Ledger) Prepare(ctx context.Context, who Creator, function string, document []byte) (Pending, error) {
	return l.prepare(ctx, who, function, document, nil, endorsers)
}

func (l *Ledger) prepare(ctx context.Context, who Creator, function string, document []byte, transient map[string][]byte, organisations []string) (Pending, error) {
	gateway, err := l.connect(who)
	if err != nil {
		return Pending{}, err
	}
	defer gateway.Close()
	proposal, err := l.contract(gateway).NewProposal(function, client.WithBytesArguments(document), client.WithTransient(transient),
		client.WithEndorsingOrganizations(organisations...))
	if err != nil {
		return Pending{}, err
	}
	body, err := proposal.Bytes()
	if err != nil {
		return Pending{}, err
	}
	now := l.now().UTC()
	p := Pending{ID: newID(), TxID: proposal.TransactionID(), Function: function, Document: document, Creator: who, State: StatePrepared,
		ToSign: proposal.Digest(), Bytes: body, Version: 1, CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(proposalLife)}
	return p, l.pending.Save(ctx, p)
}

func newID() string {
	random := make([]byte, 20)
	_, _ = rand.Read(random) // never fails: crypto/rand
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random)
}

// save stores the next version of p, also for a caller who has gone. A step that was overtaken is no step.
func (l *Ledger) save(ctx context.Context, p *Pending) error {
	p.UpdatedAt, p.Version = l.now().UTC(), p.Version+1
	err := l.pending.Save(context.WithoutCancel(ctx), *p)
	if errors.Is(err, ErrStale) {
		return fmt.Errorf("%w: %w", ErrStep, err)
	}
	return err
}

// Endorse takes the signature of the proposal and collects the endorsements. A refusal ends the transaction; after a
// transient failure the same signature may be given again.
func (l *Ledger) Endorse(ctx context.Context, id string, signature []byte) (Pending, error) {
	p, err := l.pending.Load(ctx, id)
	if err != nil {
		return p, err
	}
	if p.State != StatePrepared {
		return p, fmt.Errorf("%w: %s", ErrStep, p.State)
	}
	if l.now().After(p.ExpiresAt) {
		p.State, p.ToSign = StateExpired, nil
		return p, l.save(ctx, &p)
	}
	signature, err = checkSignature(p.Creator, p.ToSign, signature)
	if err != nil {
		return p, err
	}
	return l.endorse(ctx, p, signature)
}

func (l *Ledger) endorse(ctx context.Context, p Pending, signature []byte) (Pending, error) {
	gateway, err := l.connect(p.Creator)
	if err != nil {
		return p, err
	}
	defer gateway.Close()
	proposal, err := gateway.NewSignedProposal(p.Bytes, signature)
	if err != nil {
		return p, err
	}
	limited, cancel := context.WithTimeout(ctx, endorseTimeout)
	defer cancel()
	transaction, failed := askEndorsers(limited, proposal, p.TxID)
	if failed != nil {
		if failed.Refusal == nil {
			return p, failed
		}
		p.State, p.ToSign, p.Refusal = StateRefused, nil, failed.Refusal.Error()
		return p, l.save(ctx, &p)
	}
	if p.Bytes, err = transaction.Bytes(); err != nil {
		return p, err
	}
	p.State, p.ToSign, p.Response = StateEndorsed, transaction.Digest(), transaction.Result()
	return p, l.save(ctx, &p)
}

// catchUp are the pauses after which endorsers are asked again when one of them may not have the last block yet.
var catchUp = []time.Duration{150 * time.Millisecond, 350 * time.Millisecond}

// askEndorsers collects the endorsements of a signed proposal. Commit is reported by the own peer; another organisation's
// may be a block behind and not know the case, or know it in its former status. Such refusals are believed only when
// they are repeated a moment later: nothing was sent, and the same proposal may be asked again.
func askEndorsers(ctx context.Context, proposal *client.Proposal, txID string) (*client.Transaction, *Error) {
	for attempt := 0; ; attempt++ {
		transaction, err := proposal.EndorseWithContext(ctx)
		if err == nil {
			return transaction, nil
		}
		failed := failure(StageEndorse, txID, err)
		if attempt == len(catchUp) || failed.Refusal == nil || !dependsOnHeight[failed.Refusal.Code] {
			return nil, failed
		}
		select {
		case <-ctx.Done():
			return nil, failed
		case <-time.After(catchUp[attempt]):
		}
	}
}

// dependsOnHeight are the refusals that an endorser gives whose ledger is a block behind.
var dependsOnHeight = map[registry.Code]bool{
	registry.CodeNotFounded: true, registry.CodeNotFound: true, registry.CodeStatusWrong: true, registry.CodePartyUnknown: true,
	registry.CodeNotAppointed: true, registry.CodeAccountUnknown: true, registry.CodeAccountInactive: true,
	registry.CodeProfileMissing: true, registry.CodeCalendarMissing: true, registry.CodeKeyUnknown: true,
}

// Submit takes the signature of the transaction, sends it and waits for the outcome. If the outcome stays unknown the
// transaction is UNKNOWN without an error; Resolve asks again.
func (l *Ledger) Submit(ctx context.Context, id string, signature []byte) (Pending, error) {
	p, err := l.pending.Load(ctx, id)
	if err != nil {
		return p, err
	}
	if p.State != StateEndorsed {
		return p, fmt.Errorf("%w: %s", ErrStep, p.State)
	}
	if p.Signature, err = checkSignature(p.Creator, p.ToSign, signature); err != nil {
		return p, err
	}
	p.State, p.ToSign = StateUnknown, nil
	if err := l.save(ctx, &p); err != nil { // stored before it is sent
		return p, err
	}
	if err := l.send(ctx, p); err != nil {
		return l.Resolve(ctx, id)
	}
	return l.outcome(ctx, p, statusTimeout)
}

// send hands the signed transaction to the orderers. Sending the same one again is harmless: at most one is valid.
func (l *Ledger) send(ctx context.Context, p Pending) error {
	gateway, err := l.connect(p.Creator)
	if err != nil {
		return err
	}
	defer gateway.Close()
	transaction, err := gateway.NewSignedTransaction(p.Bytes, p.Signature)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, submitTimeout)
	defer cancel()
	_, err = transaction.SubmitWithContext(ctx)
	return err
}

// MemoryStore keeps pending transactions in memory: for commands that see their transactions through, and tests.
type MemoryStore struct {
	mu  sync.Mutex
	all map[string]Pending
}

// Save keeps the next version of p.
func (m *MemoryStore) Save(_ context.Context, p Pending) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = map[string]Pending{}
	}
	if m.all[p.ID].Version != p.Version-1 {
		return ErrStale
	}
	m.all[p.ID] = p
	return nil
}

// Load finds a transaction.
func (m *MemoryStore) Load(_ context.Context, id string) (Pending, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.all[id]
	if !ok {
		return p, ErrNotPending
	}
	return p, nil
}

// Unknown lists those whose outcome is unknown.
func (m *MemoryStore) Unknown(context.Context) ([]Pending, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var unknown []Pending
	for _, p := range m.all {
		if p.State == StateUnknown {
			unknown = append(unknown, p)
		}
	}
	return unknown, nil
}

// Find is the present state of a pending transaction; an unknown outcome is asked for first.
func (l *Ledger) Find(ctx context.Context, id string) (Pending, error) {
	p, err := l.pending.Load(ctx, id)
	if err != nil || p.State != StateUnknown {
		return p, err
	}
	return l.outcome(ctx, p, resolveTimeout)
}
