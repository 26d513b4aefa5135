package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Sentinels of the package.
var (
	// ErrNotFound: no such record, draft, file or transaction; say so, do not retry.
	ErrNotFound = errors.New("not found")
	// ErrStale: the draft was changed elsewhere meanwhile; load it again and merge.
	ErrStale = errors.New("changed elsewhere meanwhile")
	// ErrCertificate: the certificate was not issued by the organisation's authority, or is not valid now.
	ErrCertificate = errors.New("the certificate is not accepted")
)

// Settings are what an instance knows about itself.
type Settings struct {
	Organisation string        // bureau, agency or exchange
	MSPs         []string      // whose people sign in here: the organisation's own first
	Network      string        // name of the network
	Mode         registry.Mode // demo or legal
	PublicURL    string
	UploadLimit  int64 // bytes of one evidence file
	Channel      string
	Chaincode    string
	Issues       bool // this instance signs certificates: its address is the issuer's did:web
}

// Desk offers transactions, drafts, evidence and records to API and pages. Its fields are set once, by the program.
type Desk struct {
	Settings
	Ledger    Ledger
	Records   Records
	Catalogue Catalogue
	Grants    Grants
	Evidence  Evidence
	Uploads   Uploads
	Drafts    Drafts
	Published Published
	Accounts  Accounts
	Answers   Answers
	Reports   Reports
	Members   Members
	Submitted Submitted
	// Credentials judges who signed.
	Credentials Credentials
	// Deliveries sends word of notices beyond the inbox; nil: not offered here.
	Deliveries Deliveries
	// Agreement is the last comparison with the other organisations' peers; nil: nobody compares.
	Agreement func() Agreement
}

// Disagreement are the peers that differ from the own one: none as long as all is well.
func (d *Desk) Disagreement() []PeerAgreement {
	if d.Agreement == nil {
		return nil
	}
	return d.Agreement().Differing()
}

// Prepare encodes a request as the canonical document of a function and prepares the transaction for its person.
func (d *Desk) Prepare(ctx context.Context, p Person, function string, request any) (Transaction, error) {
	doc, err := registry.Canonical(request)
	if err != nil {
		return Transaction{}, fmt.Errorf("prepare %s: %w", function, err)
	}
	if refusal := registry.CheckSize(doc); refusal != nil {
		return Transaction{}, refusal
	}
	return d.Ledger.Prepare(ctx, p, function, doc)
}

// Check asks whether an act would pass, for a person, without writing or signing anything: every obstacle at once.
func (d *Desk) Check(ctx context.Context, p Person, function string, request any) (registry.Verdict, error) {
	doc, err := registry.Canonical(request)
	if err != nil {
		return registry.Verdict{}, err
	}
	body, err := registry.Canonical(registry.CheckRequest{Function: function, As: &p.Actor, Document: string(doc)})
	if err != nil {
		return registry.Verdict{}, err
	}
	answer, err := d.Ledger.Evaluate(ctx, "registration:Check", body)
	if err != nil {
		return registry.Verdict{}, err
	}
	var v registry.Verdict
	if err := json.Unmarshal(answer, &v); err != nil {
		return registry.Verdict{}, fmt.Errorf("verdict of %s: %w", function, err)
	}
	return v, nil
}

// Situation is what is in force on the ledger now: mode, profiles, calendars.
func (d *Desk) Situation(ctx context.Context) (registry.Situation, error) {
	var s registry.Situation
	answer, err := d.Ledger.Evaluate(ctx, "rule:Situation", []byte("{}"))
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(answer, &s)
}
