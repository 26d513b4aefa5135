package desk

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Accounts opens accounts (账号) for people who bring a key of their own. Only the agency has them: its service hands
// applications in, its registration authority issues certificates. Elsewhere both answer ErrNotFound.
type Accounts interface {
	// Apply records an application on the ledger. The same request is one account.
	Apply(ctx context.Context, request registry.ApplyAccountRequest) (registry.Receipt, error)
	// Certificate asks the registration authority for the certificate (PEM) of an approved account; request is PKCS #10, PEM.
	Certificate(ctx context.Context, id registry.PersonID, request string) (string, error)
}

// Credentials judges signatures of people, without asking the ledger.
type Credentials interface {
	// Verify refuses with ErrCertificate a certificate (PEM) that the authority of the organisation did not issue or that is
	// not valid now, and with ErrSignature a signature (DER, or 64 bytes r‖s) over the message that its key did not make.
	Verify(mspID string, certificate, message, signature []byte) error
}

// Account asks the ledger itself for an account; ErrNotFound when there is none.
func (d *Desk) Account(ctx context.Context, id registry.PersonID) (registry.Account, error) {
	return find[registry.Account](ctx, d.Ledger, "account:FindAccount", string(id))
}

// Contract asks the ledger itself for a service contract; ErrNotFound when there is none.
func (d *Desk) Contract(ctx context.Context, id registry.ContractID) (registry.Contract, error) {
	return find[registry.Contract](ctx, d.Ledger, "contract:FindContract", string(id))
}

// Profile asks the ledger itself for a version of a track's rules, by the reference that records cite; ErrNotFound when there is none.
func (d *Desk) Profile(ctx context.Context, ref string) (registry.RuleProfile, error) {
	track, number, _ := strings.Cut(ref, "/")
	version, err := strconv.Atoi(number)
	if err != nil {
		return registry.RuleProfile{}, ErrNotFound
	}
	return findBy[registry.RuleProfile](ctx, d.Ledger, "rule:FindProfile", registry.FindProfileRequest{Track: registry.Track(track), Version: version})
}

// Inspection asks the ledger itself for the record of an inspection of a page's file; ErrNotFound when there is none.
func (d *Desk) Inspection(ctx context.Context, asset registry.AssetID, n int) (registry.Inspection, error) {
	return findBy[registry.Inspection](ctx, d.Ledger, "registration:FindInspection", registry.FindInspectionRequest{Asset: asset, Inspection: n})
}

// Deposit asks the ledger itself for deposited evidence; ErrNotFound when there is none.
func (d *Desk) Deposit(ctx context.Context, cid string) (registry.Deposit, error) {
	return find[registry.Deposit](ctx, d.Ledger, "registration:FindDeposit", cid)
}

// Case asks the ledger itself for a case; ErrNotFound when there is none.
func (d *Desk) Case(ctx context.Context, id registry.ApplicationID) (registry.Application, error) {
	return find[registry.Application](ctx, d.Ledger, "registration:FindApplication", string(id))
}

func find[T any](ctx context.Context, l Ledger, function, id string) (T, error) {
	return findBy[T](ctx, l, function, registry.FindRequest{ID: id})
}

func findBy[T any](ctx context.Context, l Ledger, function string, request any) (v T, err error) {
	document, err := registry.Canonical(request)
	if err != nil {
		return v, ErrNotFound // not encodable: no record has such a name
	}
	answer, err := l.Evaluate(ctx, function, document)
	var refusal *registry.Refusal
	if errors.As(err, &refusal) && refusal.Code == registry.CodeNotFound {
		return v, ErrNotFound
	}
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(answer, &v)
}
