package scenario

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

// keyFile reads the key file of one of a demo network's people.
func keyFile(t *testing.T, enrolment string) client.KeyFile {
	t.Helper()
	k, err := client.ReadKeyFile(filepath.Join(shared.State, "keys", enrolment+".pem"), "")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// people has one person for every role, and a second applicant.
var people = map[string]string{
	"he-applicant": registry.RoleApplicant, "ledu-applicant": registry.RoleApplicant, "ma-agent": registry.RoleAgent, "tao-clerk": registry.RoleClerk,
	"an-acceptor": registry.RoleAcceptor, "bai-reviewer": registry.RoleReviewer, "cao-officer": registry.RoleOfficer, "ding-objections": registry.RoleObjections,
	"sun-supervisor": registry.RoleSupervisor, "qian-finance": registry.RoleFinance, "zhao-operator": registry.RoleOperator, "regulator-1": registry.RoleRegulator,
	"bureau-admin": registry.RoleAdmin,
}

// TestAccess_EveryFunctionByEveryRoleAtThePeer asks a real peer to run every contract function for a person of every role: it is the
// chaincode that refuses, whatever way a proposal takes. Nothing is sent to the orderers.
func TestAccess_EveryFunctionByEveryRoleAtThePeer(t *testing.T) {
	for role, held := range roles() {
		if !held {
			t.Fatalf("nobody has the role %s: its cells would not be tried", role)
		}
	}
	ctx, cells := context.Background(), 0
	ledger, _ := dialShared(t, "bureau")
	for enrolment, role := range people {
		k := keyFile(t, enrolment)
		signer, err := k.Signer()
		if err != nil {
			t.Fatal(err)
		}
		msp, _, _ := strings.Cut(string(k.Account), "/")
		for _, row := range registry.AccessTable {
			cells++
			_, err := ledger.EvaluateAs(ctx, signer, row.Function, []byte("{}"))
			var refusal *registry.Refusal
			if err != nil && !errors.As(err, &refusal) {
				t.Fatalf("%s by %s: %v", row.Function, enrolment, err)
			}
			denied := refusal != nil && refusal.Code == registry.CodeAccessDenied
			if may := !row.Writes || slices.Contains(ledgertest.MayWrite[msp+"/"+role], row.Function); may == denied {
				t.Errorf("%s by %s: %v", row.Function, enrolment, err)
			}
		}
	}
	t.Logf("%d cells: %d functions, %d people", cells, len(registry.AccessTable), len(people))
}

// TestAccess_StolenServersWriteNoMoreThanIsWrittenDown tries every writing function at a peer as the services and the registration
// authorities of every organisation.
func TestAccess_StolenServersWriteNoMoreThanIsWrittenDown(t *testing.T) {
	ledger, d := dialShared(t, "bureau")
	cells := 0
	for _, o := range d.Organisations {
		for program, role := range map[string]string{"registryd": registry.RoleService, "enrolld": registry.RoleEnroller} {
			dir := filepath.Join(o.Directory, program, "identity")
			thief, err := client.LoadSigner(o.MSPID, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
			if err != nil {
				t.Fatal(err)
			}
			allowed := ledgertest.MayWrite[o.MSPID+"/"+role]
			for _, row := range registry.AccessTable {
				if !row.Writes {
					continue
				}
				cells++
				_, err := ledger.EvaluateAs(context.Background(), thief, row.Function, []byte("{}"))
				var refusal *registry.Refusal
				if !errors.As(err, &refusal) {
					t.Fatalf("%s by %s of %s: %v", row.Function, program, o.MSPID, err)
				}
				if may := refusal.Code != registry.CodeAccessDenied; may != slices.Contains(allowed, row.Function) {
					t.Errorf("%s by %s of %s: %v", row.Function, program, o.MSPID, err)
				}
			}
		}
	}
	t.Logf("%d cells", cells)
}

// roles says of every role that people hold whether somebody has it.
func roles() map[string]bool {
	all := map[string]bool{}
	for _, r := range registry.PersonRoles {
		all[r.Role] = false
		for _, held := range people {
			all[r.Role] = all[r.Role] || held == r.Role
		}
	}
	return all
}
