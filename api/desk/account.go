package desk

import (
	"context"
	"encoding/json"
	"errors"

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

// Case asks the ledger itself for a case; ErrNotFound when there is none.
func (d *Desk) Case(ctx context.Context, id registry.ApplicationID) (registry.Application, error) {
	return find[registry.Application](ctx, d.Ledger, "registration:FindApplication", string(id))
}

func find[T any](ctx context.Context, l Ledger, function, id string) (v T, err error) {
	document, err := registry.Canonical(registry.FindRequest{ID: id})
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
