package registry

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

const someCID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"

// TestContract_OnlyLegalMoves walks a contract and its accounts at random. Whatever is tried, an account acts only while its
// contract is in force, the counts are those of the accounts, an ended contract stays ended, and it is closed only when the
// evidence for every account is there.
func TestContract_OnlyLegalMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		contract := Contract{ID: "CTR", Contractor: "91630202MAFAKE051R", Until: "2030-01-01", Status: ContractActive}
		var accounts []Account
		for i := range rapid.IntRange(1, 25).Draw(t, "acts") {
			f := Facts{TxID: fmt.Sprint("tx", i), At: accountDay, Actor: Actor{MSP: MSPBureau, Enrolment: "sun", Role: RoleSupervisor}}
			c := ContractCase{Facts: f, Contract: &contract, Supervisor: &Account{MSP: MSPBureau, Role: RoleSupervisor}}
			before := contract
			switch rapid.SampledFrom([]string{"open", "end", "settle", "close"}).Draw(t, "act") {
			case "open":
				accounts = openBound(f, &contract, accounts)
			case "end":
				if ended, rs := EndContract(c, EndContractRequest{Key: "12345678", Contract: "CTR", Reason: "VOID", Basis: "判决"}); len(rs) == 0 {
					contract = ended
				}
			case "settle":
				settleOne(t, c, &contract, accounts)
			case "close":
				deletion := Deletion{Method: "DESTRUCTION", Supervisor: "BureauMSP/sun", Evidence: someCID}
				if closed, rs := CloseOutContract(c, CloseOutContractRequest{Key: "12345678", Contract: "CTR", Deletion: deletion}); len(rs) == 0 {
					contract = closed
				}
			}
			holdContract(t, before, contract, accounts)
		}
	})
}

func openBound(f Facts, contract *Contract, accounts []Account) []Account {
	f.Actor = Actor{MSP: MSPAgency, Enrolment: "registryd", Role: RoleService}
	request := AccountRequest{Enrolment: fmt.Sprint("clerk-", len(accounts)), Party: contract.Contractor, Role: RoleClerk, Region: "630202", KeyDigest: Digest(len(accounts)),
		Until: contract.Until, Contract: contract.ID}
	out, rs := ApplyAccount(AccountCase{Facts: f, Party: &Party{Status: PartyActive}, Contract: contract}, ApplyAccountRequest{Key: "12345678", Account: request})
	if len(rs) > 0 {
		return accounts
	}
	f.Actor = Actor{MSP: MSPBureau, Enrolment: "bureau-admin", Role: RoleAdmin}
	out, rs = ApproveAccount(AccountCase{Facts: f, Account: &out.Account, Contract: contract}, ApproveAccountRequest{Key: "12345678", Account: out.Account.ID(), Terms: request})
	if len(rs) > 0 {
		return accounts
	}
	*contract = *out.Contract
	out.Account.Status = AccountEnabled // as its certificate would make it
	return append(accounts, out.Account)
}

func settleOne(t *rapid.T, c ContractCase, contract *Contract, accounts []Account) {
	if len(accounts) == 0 {
		return
	}
	i := rapid.IntRange(0, len(accounts)-1).Draw(t, "account")
	how := rapid.SampledFrom([]AccountStatus{AccountRevoked, AccountReset, AccountEnabled}).Draw(t, "how")
	c.Account = &accounts[i]
	settled, account, _, rs := SettleAccount(c, SettleAccountRequest{Key: "12345678", Contract: contract.ID, Account: accounts[i].ID(), How: how, Evidence: someCID})
	if len(rs) == 0 {
		*contract, accounts[i] = settled, account
	}
}

func holdContract(t *rapid.T, before, after Contract, accounts []Account) {
	settled := 0
	for _, a := range accounts {
		if a.Settled != nil {
			settled++
		}
		acts := CheckAccount(Facts{At: accountDay, Actor: a.actor()}, &a, &after) == nil
		if acts != (after.Status == ContractActive) {
			t.Fatalf("contract %s, account %s: it acts: %v", after.Status, a.Status, acts)
		}
	}
	if after.Bound != len(accounts) || after.Settled != settled {
		t.Fatalf("%d of %d accounts settled, the contract counts %d of %d", settled, len(accounts), after.Settled, after.Bound)
	}
	if after.Status == ContractClosed && (settled < len(accounts) || after.Deletion == nil) {
		t.Fatalf("closed with %d of %d accounts settled, deletion %v", settled, len(accounts), after.Deletion)
	}
	legal := map[ContractStatus]ContractStatus{ContractActive: ContractEnded, ContractEnded: ContractClosed}
	if before.Status != after.Status && legal[before.Status] != after.Status {
		t.Fatalf("from %s to %s", before.Status, after.Status)
	}
}
