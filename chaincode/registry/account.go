package registry

import (
	"slices"
	"strings"
)

// AccountStatus is the status of an account.
type AccountStatus string

// Statuses of an account. REVOKED is final.
const (
	AccountApplied   AccountStatus = "APPLIED"   // 已申请
	AccountApproved  AccountStatus = "APPROVED"  // 已核准: the fingerprint was compared with the person
	AccountEnabled   AccountStatus = "ENABLED"   // 已启用: the certificate was issued for exactly this key
	AccountSuspended AccountStatus = "SUSPENDED" // 已停用
	AccountRevoked   AccountStatus = "REVOKED"   // 已注销
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
	Approver  PersonID      `json:"approver,omitempty"`
	Reason    string        `json:"reason,omitempty"` // of the last suspension, resumption or revocation
	Mark      Mark          `json:"mark"`
}

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
// the certificate's. An actor of a dry run has no key: its certificate is not compared.
func CheckAccount(f Facts, account *Account) *Refusal {
	if !f.Actor.NeedsAccount() {
		return nil
	}
	id := string(f.Actor.ID())
	if account == nil {
		return Refuse(CodeAccountUnknown, RuleOwnAct, "account", id)
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
	Enrolment string  `json:"enrolment"` // 3 to 40 characters a–z, 0–9 and inner hyphens; the certificate's common name
	Party     PartyID `json:"party"`
	Role      string  `json:"role"`
	Region    string  `json:"region"`
	KeyDigest string  `json:"keyDigest"`
	Until     Date    `json:"until"`
}

func (v *fieldCheck) account(path string, r AccountRequest, f Facts, host string) {
	v.enrolment(path+"enrolment", r.Enrolment)
	v.role(path+"role", r.Role, host)
	v.region(path+"region", r.Region)
	v.hexDigest(path+"keyDigest", r.KeyDigest, RuleOwnAct)
	v.date(path+"until", r.Until, RuleOwnAct)
	v.when(r.Until != "" && r.Until < CivilDate(f.At), path+"until", ProblemRange, RuleOwnAct)
	if strings.HasPrefix(string(r.Party), "N-") {
		v.subjectRef(path+"party", string(r.Party))
	} else {
		v.creditCode(path+"party", string(r.Party))
	}
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

// reservedEnrolments are the organisations' own identities: an account of such a name would let the registration authority
// give one of them another role.
var reservedEnrolments = []string{"registryd", "enrolld", "registrar", "admin", "bureau-admin"}

func (r AccountRequest) account(f Facts, msp string, status AccountStatus) Account {
	a := Account{MSP: msp, Enrolment: r.Enrolment, Party: r.Party, Role: r.Role, Region: r.Region, KeyDigest: r.KeyDigest,
		Until: r.Until, Status: status, Mark: Mark{}.touch(f)}
	a.Owner = a.ID()
	return a
}

func accountExists(a *Account) *Refusal {
	if a == nil {
		return nil
	}
	return Refuse(CodeAccountExists, RuleOwnAct, "account", string(a.ID()), "status", string(a.Status))
}

// ApplyAccountRequest is the document of account:Apply.
type ApplyAccountRequest struct {
	Key     string         `json:"key"`
	Account AccountRequest `json:"account"`
}

// ApplyAccount judges an application for an account (账号申请), which the organisation's service hands in for a person who
// has no key on the ledger yet. party is the party for which the person will act, or nil.
func ApplyAccount(f Facts, req ApplyAccountRequest, old *Account, party *Party) (Account, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.account("account.", req.Account, f, f.Actor.MSP)
	rs.add(v.refusal())
	rs.add(accountExists(old))
	rs.add(activeParty(req.Account.Party, party))
	return req.Account.account(f, f.Actor.AccountMSP(req.Account.Role), AccountApplied), rs
}

func activeParty(id PartyID, party *Party) *Refusal {
	if party == nil {
		return Refuse(CodePartyUnknown, RuleIdentifier, "party", clip(string(id)))
	}
	if party.Status != PartyActive {
		return Refuse(CodePartyInactive, RuleIdentifier, "party", string(id), "status", string(party.Status))
	}
	return nil
}

// AdmitAccountsRequest is the document of account:Admit.
type AdmitAccountsRequest struct {
	Key      string           `json:"key"`
	Accounts []AccountRequest `json:"accounts"` // at most 20, all of AgencyMSP
}

// AdmitAccounts judges the accounts of a demonstration's cast, enabled at once. A legal network has no such door: there
// every account is applied for, approved and enabled by three different hands. old are those that exist.
func AdmitAccounts(f Facts, req AdmitAccountsRequest, old []*Account) ([]Account, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.when(len(req.Accounts) == 0, "accounts", ProblemMissing, RuleOwnAct)
	v.when(len(req.Accounts) > maxAdmitted, "accounts", ProblemTooMany, RuleOwnAct)
	var admitted []Account
	seen := map[string]bool{}
	for i, r := range req.Accounts {
		v.account(at("accounts", i)+".", r, f, MSPAgency)
		v.when(seen[r.Enrolment], at("accounts", i)+".enrolment", ProblemDuplicate, RuleOwnAct)
		seen[r.Enrolment] = true
		a := r.account(f, MSPAgency, AccountEnabled)
		a.Approver = f.Actor.ID()
		admitted = append(admitted, a)
	}
	rs.add(v.refusal())
	if f.Mode != ModeDemo {
		rs.add(Refuse(CodeModeRefused, RuleDemo, "function", "account:Admit"))
	}
	for _, a := range old {
		rs.add(accountExists(a))
	}
	return admitted, rs
}

const maxAdmitted = 20

// DecideAccountRequest is the document of account:Approve and account:Enable: the digest is what was compared with the
// person, or what the certificate was issued for.
type DecideAccountRequest struct {
	Key       string   `json:"key"`
	Account   PersonID `json:"account"`
	KeyDigest string   `json:"keyDigest"`
}

// ApproveAccount judges the approval (核准) by staff who compared the fingerprint with the person.
func ApproveAccount(f Facts, req DecideAccountRequest, old *Account) (Account, Refusals) {
	a, rs := moveAccount(f, req.Key, req.Account, old, AccountApproved, AccountApplied)
	if old == nil {
		return a, rs
	}
	rs.add(mayDecide(f.Actor, "account:Approve", old.decidedBy()))
	rs.add(sameKey(req, old))
	a.Approver = f.Actor.ID()
	return a, rs
}

// mayDecide refuses everybody but those who are named as "MSP/role".
func mayDecide(a Actor, function string, allowed ...string) *Refusal {
	if slices.Contains(allowed, a.MSP+"/"+a.Role) {
		return nil
	}
	return Refuse(CodeAccessDenied, RuleOwnAct, "function", function, "msp", a.MSP, "role", a.Role, "allowed", strings.Join(allowed, " "))
}

// EnableAccount judges that the registration authority of the account's organisation issued a certificate for the approved
// key (启用).
func EnableAccount(f Facts, req DecideAccountRequest, old *Account) (Account, Refusals) {
	a, rs := moveAccount(f, req.Key, req.Account, old, AccountEnabled, AccountApproved)
	if old == nil {
		return a, rs
	}
	rs.add(mayDecide(f.Actor, "account:Enable", HostOf(old.MSP)+"/"+RoleEnroller))
	rs.add(sameKey(req, old))
	return a, rs
}

func sameKey(req DecideAccountRequest, a *Account) *Refusal {
	if req.KeyDigest == a.KeyDigest {
		return nil
	}
	return Refuse(CodeAccountDiffers, RuleOwnAct, "account", string(a.ID()))
}

// moveAccount makes a transition that is possible from the given statuses.
func moveAccount(f Facts, key string, id PersonID, old *Account, to AccountStatus, from ...AccountStatus) (Account, Refusals) {
	rs := checkKey(key)
	if old == nil {
		rs.add(NotFound(string(id)))
		return Account{}, rs
	}
	if !slices.Contains(from, old.Status) {
		rs.add(Refuse(CodeStatusWrong, RuleOwnAct, "status", string(old.Status)))
	}
	a := *old
	a.Status, a.Mark = to, old.Mark.touch(f)
	return a, rs
}

// EndAccountRequest is the document of account:Suspend, account:Resume and account:Revoke.
type EndAccountRequest struct {
	Key     string   `json:"key"`
	Account PersonID `json:"account"`
	Reason  string   `json:"reason"`
}

// SuspendAccount judges that an account may not act for the time being (停用), by who decides on it or by the bureau; it takes
// effect at once.
func SuspendAccount(f Facts, req EndAccountRequest, old *Account) (Account, Refusals) {
	a, rs := endAccount(f, req, old, AccountSuspended, AccountEnabled)
	rs.add(mayEnd(f.Actor, "account:Suspend", old))
	return a, rs
}

// ResumeAccount judges that a suspended account may act again (恢复), by who may suspend it.
func ResumeAccount(f Facts, req EndAccountRequest, old *Account) (Account, Refusals) {
	a, rs := endAccount(f, req, old, AccountEnabled, AccountSuspended)
	rs.add(mayEnd(f.Actor, "account:Resume", old))
	return a, rs
}

func mayEnd(a Actor, function string, old *Account) *Refusal {
	if old == nil {
		return nil
	}
	return mayDecide(a, function, MSPBureau+"/"+RoleAdmin, old.decidedBy())
}

// RevokeAccount judges the end of an account (注销), by who may suspend it or by the person, who may use any other device. It
// takes effect at once and for ever.
func RevokeAccount(f Facts, req EndAccountRequest, old *Account, own *Account) (Account, Refusals) {
	a, rs := endAccount(f, req, old, AccountRevoked, AccountApplied, AccountApproved, AccountEnabled, AccountSuspended)
	if old == nil || own != nil && own.Owner == old.Owner {
		return a, rs
	}
	if f.Actor.Role != RoleOfficer && f.Actor.Role != RoleAdmin {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "account", string(req.Account)))
		return a, rs
	}
	rs.add(mayEnd(f.Actor, "account:Revoke", old))
	return a, rs
}

func endAccount(f Facts, req EndAccountRequest, old *Account, to AccountStatus, from ...AccountStatus) (Account, Refusals) {
	a, rs := moveAccount(f, req.Key, req.Account, old, to, from...)
	v := fieldCheck{}
	v.text("reason", req.Reason, 200, RuleOwnAct)
	rs.add(v.refusal())
	a.Reason = req.Reason
	return a, rs
}

// AddDeviceRequest is the document of account:AddDevice.
type AddDeviceRequest struct {
	Key       string `json:"key"`
	Enrolment string `json:"enrolment"`
	KeyDigest string `json:"keyDigest"`
}

// AddDevice judges an account for another device of the same person, approved by the person's own signature: same party, role,
// region and end.
func AddDevice(f Facts, req AddDeviceRequest, own *Account, old *Account) (Account, Refusals) {
	rs := checkKey(req.Key)
	if own == nil {
		rs.add(Refuse(CodeAccountUnknown, RuleOwnAct, "account", string(f.Actor.ID())))
		return Account{}, rs
	}
	want := AccountRequest{Enrolment: req.Enrolment, Party: own.Party, Role: own.Role, Region: own.Region, KeyDigest: req.KeyDigest, Until: own.Until}
	v := fieldCheck{}
	v.enrolment("enrolment", req.Enrolment)
	v.hexDigest("keyDigest", req.KeyDigest, RuleOwnAct)
	v.when(req.KeyDigest == own.KeyDigest, "keyDigest", ProblemDuplicate, RuleOwnAct)
	rs.add(v.refusal())
	rs.add(accountExists(old))
	a := want.account(f, own.MSP, AccountApproved)
	a.Owner, a.Approver = own.Owner, f.Actor.ID()
	return a, rs
}
