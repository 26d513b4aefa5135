package desk

import (
	"context"

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
