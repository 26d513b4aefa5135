package admin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/network"
)

// Revoke follows the ledger: it revokes, at the authority, every certificate issued here whose account can never act again, and
// writes the new revocation lists. It answers the accounts. Nobody's word but the ledger's revokes anything.
func (e *Enroller) Revoke(ctx context.Context) ([]registry.PersonID, error) {
	e.revoking.Lock()
	defer e.revoking.Unlock()
	issued, err := filepath.Glob(filepath.Join(e.issued, "*.pem"))
	if err != nil {
		return nil, err
	}
	var revoked []registry.PersonID
	for _, file := range issued {
		id, member, err := e.owner(file)
		if err != nil {
			return revoked, err
		}
		account, err := e.account(ctx, id)
		if err != nil {
			return revoked, err
		}
		if ended, err := e.ended(ctx, account); err != nil {
			return revoked, err
		} else if !ended {
			continue
		}
		if err := e.revoke(ctx, member, account, file); err != nil {
			return revoked, err
		}
		revoked = append(revoked, id)
	}
	return revoked, nil
}

// ended says whether an account can never act again: it was revoked or reset, or its contract is over.
func (e *Enroller) ended(ctx context.Context, account registry.Account) (bool, error) {
	if account.Contract == "" {
		return account.Ended(nil), nil
	}
	var contract registry.Contract
	if err := e.find(ctx, "contract:FindContract", string(account.Contract), &contract); err != nil {
		return false, err
	}
	return account.Ended(&contract), nil
}

// owner says whose certificate a file holds; its name begins with the member.
func (e *Enroller) owner(file string) (id registry.PersonID, member string, err error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return "", "", err
	}
	for mspID, name := range e.members {
		if !strings.HasPrefix(filepath.Base(file), name+"-") {
			continue
		}
		actor, err := registry.ParseActor(mspID, body)
		return actor.ID(), name, err
	}
	return "", "", fmt.Errorf("%s was not issued for a member of this registration authority", file)
}

// revoke keeps the list before the certificate is put aside: broken off in between, it is done again.
func (e *Enroller) revoke(ctx context.Context, member string, account registry.Account, file string) error {
	list, err := e.registrar.revoke(ctx, member, account.Enrolment)
	if err != nil {
		return err
	}
	a := e.registrar.admin
	if err := network.WriteFile(a.layout.RevocationList(a.topology.AuthorityOf(member)), list, 0o644); err != nil {
		return err
	}
	aside := filepath.Join(filepath.Dir(e.issued), "revoked", filepath.Base(file))
	if err := os.MkdirAll(filepath.Dir(aside), 0o755); err != nil {
		return err
	}
	return os.Rename(file, aside)
}
