package registry

import (
	"slices"
	"strings"
)

// AccountStatus is the status of an account.
type AccountStatus string

// Statuses of an account. REVOKED and RESET are final.
const (
	AccountApplied   AccountStatus = "APPLIED"   // 已申请
	AccountApproved  AccountStatus = "APPROVED"  // 已核准: the fingerprint was compared with the person
	AccountEnabled   AccountStatus = "ENABLED"   // 已启用: the certificate was issued for exactly this key
	AccountSuspended AccountStatus = "SUSPENDED" // 已停用
	AccountRevoked   AccountStatus = "REVOKED"   // 已注销
	AccountReset     AccountStatus = "RESET"     // 已重置: its key opens nothing any more (第五十三条第三款)
)

// Account is a person's right to act with one key (账号, 第五十三条). A person with several devices has one account for
// each; Owner is the person's first account and joins them.
type Account struct {
	MSP       string        `json:"msp"`
	Enrolment string        `json:"enrolment"`
	Owner     PersonID      `json:"owner"`
	Party     PartyID       `json:"party"`
	Role      string        `json:"role"`
	Region    string        `json:"region"`
	KeyDigest string        `json:"keyDigest"` // hex SHA-256 of the public key (SubjectPublicKeyInfo, DER)
	Until     Date          `json:"until"`     // last civil day on which the account may act
	Status    AccountStatus `json:"status"`
	Devices   []PersonID    `json:"devices,omitempty"`  // on the person's first account: all further ones, in force or not
	Contract  ContractID    `json:"contract,omitempty"` // whose end is the account's end
	Approver  PersonID      `json:"approver,omitempty"`
	Reason    string        `json:"reason,omitempty"`     // of the last suspension, resumption or revocation
	Replaces  PersonID      `json:"replaces,omitempty"`   // the lost account, which ends with the approval of this one
	Successor PersonID      `json:"successor,omitempty"`  // the account that replaced this one
	Settled   *Settlement   `json:"settlement,omitempty"` // after the end of its contract
	Mark      Mark          `json:"mark"`
}

// final says whether an account can never act again.
func (a *Account) final() bool { return a.Status == AccountRevoked || a.Status == AccountReset }

// ID is the name of the person's account on the ledger.
func (a *Account) ID() PersonID { return PersonID(a.MSP + "/" + a.Enrolment) }

func (a *Account) actor() Actor {
	return Actor{MSP: a.MSP, Enrolment: a.Enrolment, Role: a.Role, Party: a.Party, Region: a.Region, KeyDigest: a.KeyDigest}
}

// decidedBy says who decides on an account, having compared the fingerprint with the person: the registrar's officer for
// applicants and agents, the bureau's administrator for staff of every organisation and for regulators.
func (a *Account) decidedBy() string {
	if a.Role == RoleApplicant || a.Role == RoleAgent {
		return MSPAgency + "/" + RoleOfficer
	}
	return MSPBureau + "/" + RoleAdmin
}

// CheckAccount refuses an actor whose account is missing, not in force, or of another key or other attributes than
// the certificate's, and one whose account died with its contract (I20). An actor of a dry run has no key: its certificate is
// not compared. contract is the one to which the account is bound, if any.
func CheckAccount(f Facts, account *Account, contract *Contract) *Refusal {
	if !f.Actor.NeedsAccount() {
		return nil
	}
	id := string(f.Actor.ID())
	if account == nil {
		return Refuse(CodeAccountUnknown, RuleOwnAct, "account", id)
	}
	if refusal := account.contractInForce(contract); refusal != nil {
		return refusal
	}
	if account.Status != AccountEnabled {
		return Refuse(CodeAccountInactive, RuleOwnAct, "account", id, "status", string(account.Status))
	}
	if CivilDate(f.At) > account.Until {
		return Refuse(CodeAccountExpired, RuleOwnAct, "account", id, "until", string(account.Until))
	}
	claimed := f.Actor
	if claimed.KeyDigest == "" {
		claimed.KeyDigest, claimed.Region = account.KeyDigest, account.Region
	}
	if claimed != account.actor() {
		return Refuse(CodeAccountDiffers, RuleOwnAct, "account", id)
	}
	return nil
}

// AccountRequest describes an account that somebody asks for.
type AccountRequest struct {
	Enrolment string     `json:"enrolment"` // 3 to 40 characters a–z, 0–9 and inner hyphens; the certificate's common name
	Party     PartyID    `json:"party"`
	Role      string     `json:"role"`
	Region    string     `json:"region"`
	KeyDigest string     `json:"keyDigest"`
	Until     Date       `json:"until"`
	Contract  ContractID `json:"contract,omitempty"` // of a contractor's person (服务外包)
	Replaces  PersonID   `json:"replaces,omitempty"` // one's own account whose key is lost
}

// Terms are what was applied for: what the approval must repeat.
func (a *Account) Terms() AccountRequest {
	return AccountRequest{Enrolment: a.Enrolment, Party: a.Party, Role: a.Role, Region: a.Region, KeyDigest: a.KeyDigest, Until: a.Until, Contract: a.Contract, Replaces: a.Replaces}
}

// represents says whether the account lets its person act as the party itself, so that nobody needs to help out at the service hall.
func (a *Account) represents() bool {
	alive := a.Status == AccountApproved || a.Status == AccountEnabled || a.Status == AccountSuspended
	return alive && a.Role == RoleApplicant
}

func (v *fieldCheck) account(path string, r AccountRequest, f Facts) {
	v.enrolment(path+"enrolment", r.Enrolment)
	v.role(path+"role", r.Role, f.Actor.MSP)
	v.region(path+"region", r.Region)
	v.hexDigest(path+"keyDigest", r.KeyDigest, RuleOwnAct)
	v.date(path+"until", r.Until, RuleOwnAct)
	v.when(r.Until != "" && r.Until < CivilDate(f.At), path+"until", ProblemRange, RuleOwnAct)
	v.partyID(path+"party", r.Party)
}

// role checks that a role belongs to an organisation that the applying service looks after.
func (v *fieldCheck) role(path, role, host string) {
	var allowed []string
	for _, r := range PersonRoles {
		if HostOf(r.MSP) == host {
			allowed = append(allowed, r.Role)
		}
	}
	v.oneOf(path, role, allowed...)
}

// AccountMSP is the member to which an account of the role belongs when the actor's service asks for it: its own, or for a
// regulator RegulatorMSP.
func (a Actor) AccountMSP(role string) string {
	if role == RoleRegulator {
		return MSPRegulator
	}
	return a.MSP
}

func (v *fieldCheck) enrolment(path, s string) {
	switch {
	case s == "":
		v.add(path, ProblemMissing, RuleOwnAct)
	case len(s) < 3 || len(s) > 40 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || s[0] == '-' || s[len(s)-1] == '-':
		v.add(path, ProblemForm, RuleOwnAct)
	case slices.Contains(reservedEnrolments, s):
		v.add(path, ProblemNotAllowed, RuleOwnAct)
	}
}

// reservedEnrolments are the names of the organisations' own identities: nodes, services, administrators and the authorities'
// registrars. An account of such a name could never be enrolled, or would let the registration authority give one of them
// another role.
var reservedEnrolments = []string{"registryd", "enrolld", "registrar", "admin", "bureau-admin", "peer", "orderer"}

func (r AccountRequest) account(f Facts, msp string, status AccountStatus) Account {
	a := Account{MSP: msp, Enrolment: r.Enrolment, Party: r.Party, Role: r.Role, Region: r.Region, KeyDigest: r.KeyDigest,
		Until: r.Until, Contract: r.Contract, Replaces: r.Replaces, Status: status, Mark: Mark{}.touch(f)}
	a.Owner = a.ID()
	return a
}

func accountExists(a *Account) *Refusal {
	if a == nil {
		return nil
	}
	return Refuse(CodeAccountExists, RuleOwnAct, "account", string(a.ID()), "status", string(a.Status))
}
