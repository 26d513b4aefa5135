package registry

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var accountDay = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)

// accountMoves is what the property test holds accounts against: status and act to the next status.
var accountMoves = map[AccountStatus]map[string]AccountStatus{
	AccountApplied:   {"Approve": AccountApproved, "Revoke": AccountRevoked},
	AccountApproved:  {"Enable": AccountEnabled, "Revoke": AccountRevoked},
	AccountEnabled:   {"Suspend": AccountSuspended, "Revoke": AccountRevoked},
	AccountSuspended: {"Resume": AccountEnabled, "Revoke": AccountRevoked},
	AccountRevoked:   {},
}

// accountActors are everybody who may try; identities of the same role exist in several organisations.
var accountActors = []string{"BureauMSP/admin", "BureauMSP/enroller", "BureauMSP/supervisor", "AgencyMSP/officer", "AgencyMSP/enroller", "AgencyMSP/clerk",
	"ExchangeMSP/enroller", "ExchangeMSP/operator", "AgencyMSP/admin", "ExchangeMSP/officer", "RegulatorMSP/enroller"}

// mayMove says who is entitled to an act on an account of the role, spelled out apart from the code under test.
func mayMove(act, who string, r PersonRole) bool {
	ofApplicants := r.Role == "applicant" || r.Role == "agent"
	switch act {
	case "Approve":
		return ofApplicants && who == "AgencyMSP/officer" || !ofApplicants && who == "BureauMSP/admin"
	case "Enable":
		return who == strings.Replace(r.MSP, "Regulator", "Bureau", 1)+"/enroller"
	}
	return who == "BureauMSP/admin" || ofApplicants && who == "AgencyMSP/officer"
}

func moveAs(f Facts, act string, digest string, a *Account) (AccountOutcome, Refusals) {
	c := AccountCase{Facts: f, Account: a}
	decide := DecideAccountRequest{Key: "12345678", Account: a.ID(), KeyDigest: digest}
	approve := ApproveAccountRequest{Key: "12345678", Account: a.ID(), Terms: a.Terms()}
	approve.Terms.KeyDigest = digest
	end := EndAccountRequest{Key: "12345678", Account: a.ID(), Reason: "理由"}
	switch act {
	case "Approve":
		return ApproveAccount(c, approve)
	case "Enable":
		return EnableAccount(c, decide)
	case "Suspend":
		return SuspendAccount(c, end)
	case "Resume":
		return ResumeAccount(c, end)
	}
	return RevokeAccount(c, end)
}

// TestAccount_OnlyLegalMoves walks accounts of every role at random: an act passes exactly if the status allows it, the actor is
// entitled and the fingerprint is the account's; only an enabled account acts; key, role and person never change.
func TestAccount_OnlyLegalMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(PersonRoles).Draw(t, "role")
		a := &Account{MSP: r.MSP, Enrolment: "somebody", Role: r.Role, Party: "P", Region: "630200", KeyDigest: strings.Repeat("ab", 32), Until: "2030-01-01", Status: AccountApplied}
		a.Owner = a.ID()
		first := *a
		for i := range rapid.IntRange(1, 20).Draw(t, "acts") {
			act := rapid.SampledFrom([]string{"Approve", "Enable", "Suspend", "Resume", "Revoke"}).Draw(t, "act")
			who := rapid.SampledFrom(accountActors).Draw(t, "who")
			digest := rapid.SampledFrom([]string{a.KeyDigest, strings.Repeat("cd", 32)}).Draw(t, "digest")
			msp, role, _ := strings.Cut(who, "/")
			f := Facts{TxID: fmt.Sprint("tx", i), At: accountDay, Actor: Actor{MSP: msp, Enrolment: "actor", Role: role}}
			next, legal := accountMoves[a.Status][act]
			compared := act == "Approve" || act == "Enable"
			want := legal && mayMove(act, who, r) && (!compared || digest == a.KeyDigest)
			out, rs := moveAs(f, act, digest, a)
			moved := out.Account
			if want != (len(rs) == 0) || want && moved.Status != next {
				t.Fatalf("%s by %s on %s %s: %v, status %s", act, who, a.Status, r.Role, rs, moved.Status)
			}
			if len(rs) == 0 {
				a = &moved
			}
			if a.MSP != first.MSP || a.Owner != first.Owner || a.KeyDigest != first.KeyDigest || a.Role != first.Role || a.Party != first.Party || a.Until != first.Until {
				t.Fatalf("%s changed who the account is: %+v", act, a)
			}
			self := Facts{At: accountDay, Actor: a.actor()}
			if acts := CheckAccount(self, a, nil) == nil; acts != (a.Status == AccountEnabled) {
				t.Fatalf("an account that is %s acts: %v", a.Status, acts)
			}
		}
	})
}

// TestRoles_BelongToOneOrganisation: a service opens accounts for roles of its own organisation only; the bureau's also for regulators.
func TestRoles_BelongToOneOrganisation(t *testing.T) {
	want := map[string]string{MSPAgency: "applicant agent clerk acceptor reviewer officer objections", MSPBureau: "supervisor finance regulator", MSPExchange: "operator", MSPRegulator: ""}
	for msp, roles := range want {
		for _, role := range []string{"applicant", "agent", "clerk", "acceptor", "reviewer", "officer", "objections", "supervisor", "finance", "operator", "regulator",
			"admin", "service", "enroller", "", "APPLICANT"} {
			f := Facts{At: accountDay, Actor: Actor{MSP: msp, Enrolment: "registryd", Role: RoleService}}
			req := ApplyAccountRequest{Key: "12345678", Account: AccountRequest{Enrolment: "somebody", Party: "93630222MAFAKE06XA", Role: role, Region: "630222",
				KeyDigest: strings.Repeat("ab", 32), Until: "2030-01-01"}}
			out, rs := ApplyAccount(AccountCase{Facts: f, Party: &Party{Status: PartyActive}}, req)
			a := out.Account
			allowed := slices.Contains(strings.Fields(roles), role)
			if allowed != (len(rs) == 0) {
				t.Errorf("%s for %q: %v", msp, role, rs)
			}
			if allowed && a.MSP != msp && (role != RoleRegulator || a.MSP != MSPRegulator) {
				t.Errorf("%s for %q: the account belongs to %s", msp, role, a.MSP)
			}
		}
	}
}

func TestNeedsAccount_PeopleOnly(t *testing.T) {
	for role, want := range map[string]bool{"applicant": true, "agent": true, "clerk": true, "acceptor": true, "reviewer": true, "officer": true, "objections": true,
		"supervisor": true, "finance": true, "operator": true, "regulator": true, "admin": false, "service": false, "enroller": false} {
		if got := (Actor{MSP: MSPAgency, Role: role}).NeedsAccount(); got != want {
			t.Errorf("%s: %v", role, got)
		}
	}
}

// TestAddDevice_NeverWithoutEnd: one person adds a bounded number of devices, whichever of them signs.
func TestAddDevice_NeverWithoutEnd(t *testing.T) {
	first := Account{MSP: MSPAgency, Enrolment: "he", Owner: "AgencyMSP/he", Party: "93630222MAFAKE06XA", Role: RoleApplicant, Region: "630222", KeyDigest: Digest("he"),
		Until: "2030-01-01", Status: AccountEnabled}
	own := first
	for i := range 25 {
		c := AccountCase{Facts: Facts{At: accountDay, Actor: own.actor()}, Own: &own, Person: []Account{first}}
		out, rs := AddDevice(c, AddDeviceRequest{Key: "12345678", Enrolment: fmt.Sprint("device-", i), KeyDigest: Digest(i)})
		if (len(rs) == 0) != (i < 20) {
			t.Fatalf("device %d: %v", i+1, rs)
		}
		if len(rs) > 0 {
			continue
		}
		if len(first.Devices) != i || len(out.Others) != 1 || len(out.Others[0].Devices) != i+1 || out.Account.Owner != first.ID() {
			t.Fatalf("device %d: %+v", i+1, out)
		}
		own, first = out.Account, out.Others[0]
	}
}
