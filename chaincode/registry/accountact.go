package registry

import (
	"slices"
	"strings"
)

// AccountCase is everything that an act on an account may look at; nil means that the ledger has no such record.
type AccountCase struct {
	Facts
	Own      *Account  // the actor's; nil for an organisation's own identity
	Account  *Account  // that the request names
	Replaced *Account  // that the account replaces
	Person   []Account // the first account of the person who gets another device, and all devices of one who lost them
	Party    *Party    // for which the account acts, or will act
	Contract *Contract // to which the account is bound
}

// first is the person's first account, which lists the others; nil when it was not loaded.
func (c AccountCase) first(owner PersonID) *Account {
	for i := range c.Person {
		if c.Person[i].ID() == owner {
			return &c.Person[i]
		}
	}
	return nil
}

// AccountOutcome is what an act on an account writes.
type AccountOutcome struct {
	Account  Account
	Others   []Account // of the same person: the first one with its list, lost ones revoked
	Contract *Contract // with one more account bound to it
	Party    *Party    // with another number of accounts
}

// count keeps the party's number of accounts by which people act as the party itself.
func (o *AccountOutcome) count(c AccountCase) {
	change := 0
	for _, after := range append(slices.Clone(o.Others), o.Account) {
		if after.represents() {
			change++
		}
	}
	if c.Account != nil && c.Account.represents() {
		change--
	}
	for _, before := range c.Person {
		written := slices.ContainsFunc(o.Others, func(a Account) bool { return a.ID() == before.ID() })
		if written && before.represents() {
			change--
		}
	}
	if change != 0 && c.Party != nil {
		o.Party = c.Party.counted(c.Facts, change)
	}
}

// counted is the party with another number of accounts that act as the party itself.
func (p Party) counted(f Facts, change int) *Party {
	p.Accounts, p.Mark = p.Accounts+change, p.Mark.touch(f)
	if change < 0 && f.Actor.Role != RoleApplicant {
		p.EndedBy = f.Actor.ID()
	}
	return &p
}

// ApplyAccountRequest is the document of account:Apply.
type ApplyAccountRequest struct {
	Key     string         `json:"key"`
	Account AccountRequest `json:"account"`
}

// ApplyAccount judges an application for an account (账号申请), which the organisation's service hands in for a person who
// has no key on the ledger yet, or has lost it.
func ApplyAccount(c AccountCase, req ApplyAccountRequest) (AccountOutcome, Refusals) {
	rs := checkKey(req.Key)
	out := AccountOutcome{Account: req.Account.account(c.Facts, c.Actor.AccountMSP(req.Account.Role), AccountApplied)}
	v := fieldCheck{}
	v.account("account.", req.Account, c.Facts)
	v.bound("account.", out.Account, c.Contract)
	v.replaced("account.replaces", out.Account, c.Replaced)
	rs.add(v.refusal())
	rs.add(accountExists(c.Account))
	rs.add(activeParty(req.Account.Party, c.Party))
	if c.Contract != nil {
		rs.add(out.Account.contractInForce(c.Contract))
	}
	return out, rs
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

// replaced checks that the lost account is one of the same person's kind: same organisation, role, party and contract.
func (v *fieldCheck) replaced(path string, a Account, lost *Account) {
	if a.Replaces == "" {
		return
	}
	if lost == nil {
		v.add(path, ProblemReference, RuleOwnAct)
		return
	}
	same := lost.MSP == a.MSP && lost.Role == a.Role && lost.Party == a.Party && lost.Contract == a.Contract
	v.when(!same || lost.final() || lost.Status == AccountApplied, path, ProblemNotAllowed, RuleOwnAct)
}

// ApproveAccountRequest is the document of account:Approve. Its terms are all that was applied for: who approves signs what was read
// and compared with the person, so that nobody on the way, the service that applied and shows the page among them, can change it.
type ApproveAccountRequest struct {
	Key     string         `json:"key"`
	Account PersonID       `json:"account"`
	Terms   AccountRequest `json:"terms"`
}

// DecideAccountRequest is the document of account:Enable: the digest is of the key that the certificate was issued for.
type DecideAccountRequest struct {
	Key       string   `json:"key"`
	Account   PersonID `json:"account"`
	KeyDigest string   `json:"keyDigest"`
}

// ApproveAccount judges the approval (核准) by staff who compared the fingerprint with the person. Only now is the account bound
// to its contract, and who has lost a key and every other device gets a new start in the same transaction: anybody can apply.
func ApproveAccount(c AccountCase, req ApproveAccountRequest) (AccountOutcome, Refusals) {
	out, rs := moveAccount(c, req.Key, req.Account, AccountApproved, AccountApplied)
	if c.Account == nil {
		return out, rs
	}
	rs.add(mayDecide(c.Actor, "account:Approve", c.Account.decidedBy()))
	if req.Terms != c.Account.Terms() {
		rs.add(Refuse(CodeAccountDiffers, RuleOwnAct, "account", string(c.Account.ID())))
	}
	rs.add(out.bind(c))
	out.Account.Approver = c.Actor.ID()
	out.replace(c)
	out.count(c)
	return out, rs
}

// replace gives the new account to the person who lost the old one, and ends all accounts that the person had: whoever holds
// the lost key may have added devices with it.
func (o *AccountOutcome) replace(c AccountCase) {
	if c.Replaced == nil {
		return
	}
	o.Account.Owner = c.Replaced.Owner
	for _, a := range c.Person {
		if !a.final() {
			a.Status, a.Successor = AccountRevoked, o.Account.ID()
		}
		if a.ID() == a.Owner {
			a.Devices = append(slices.Clone(a.Devices), o.Account.ID())
		} else if a.Successor != o.Account.ID() {
			continue
		}
		a.Mark = a.Mark.touch(c.Facts)
		o.Others = append(o.Others, a)
	}
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
func EnableAccount(c AccountCase, req DecideAccountRequest) (AccountOutcome, Refusals) {
	out, rs := moveAccount(c, req.Key, req.Account, AccountEnabled, AccountApproved)
	if c.Account == nil {
		return out, rs
	}
	rs.add(mayDecide(c.Actor, "account:Enable", HostOf(c.Account.MSP)+"/"+RoleEnroller))
	rs.add(sameKey(req, c.Account))
	rs.add(c.Account.contractInForce(c.Contract))
	return out, rs
}

func sameKey(req DecideAccountRequest, a *Account) *Refusal {
	if req.KeyDigest == a.KeyDigest {
		return nil
	}
	return Refuse(CodeAccountDiffers, RuleOwnAct, "account", string(a.ID()))
}

// moveAccount makes a transition that is possible from the given statuses.
func moveAccount(c AccountCase, key string, id PersonID, to AccountStatus, from ...AccountStatus) (AccountOutcome, Refusals) {
	rs := checkKey(key)
	if c.Account == nil {
		rs.add(NotFound(string(id)))
		return AccountOutcome{}, rs
	}
	a := *c.Account
	if !slices.Contains(from, a.Status) {
		rs.add(Refuse(CodeStatusWrong, RuleOwnAct, "status", string(a.Status)))
	}
	a.Status, a.Mark = to, a.Mark.touch(c.Facts)
	return AccountOutcome{Account: a}, rs
}

// EndAccountRequest is the document of account:Suspend, account:Resume and account:Revoke.
type EndAccountRequest struct {
	Key     string   `json:"key"`
	Account PersonID `json:"account"`
	Reason  string   `json:"reason"`
}

// SuspendAccount judges that an account may not act for the time being (停用), by who decides on it or by the bureau; it takes
// effect at once.
func SuspendAccount(c AccountCase, req EndAccountRequest) (AccountOutcome, Refusals) {
	out, rs := endAccount(c, req, AccountSuspended, AccountEnabled)
	rs.add(mayEnd(c, "account:Suspend"))
	return out, rs
}

// ResumeAccount judges that a suspended account may act again (恢复), by who may suspend it.
func ResumeAccount(c AccountCase, req EndAccountRequest) (AccountOutcome, Refusals) {
	out, rs := endAccount(c, req, AccountEnabled, AccountSuspended)
	rs.add(mayEnd(c, "account:Resume"))
	if c.Account != nil {
		rs.add(c.Account.contractInForce(c.Contract))
	}
	return out, rs
}

func mayEnd(c AccountCase, function string) *Refusal {
	if c.Account == nil {
		return nil
	}
	return mayDecide(c.Actor, function, MSPBureau+"/"+RoleAdmin, c.Account.decidedBy())
}

// RevokeAccount judges the end of an account (注销), by who may suspend it or by the person, who may use any other device. It
// takes effect at once and for ever. The person ends one device; staff end the person's every device, for whoever holds a stolen key may have
// added others with it.
func RevokeAccount(c AccountCase, req EndAccountRequest) (AccountOutcome, Refusals) {
	out, rs := endAccount(c, req, AccountRevoked, AccountApplied, AccountApproved, AccountEnabled, AccountSuspended)
	if c.Account == nil || c.Own != nil && c.Own.Owner == c.Account.Owner {
		out.count(c)
		return out, rs
	}
	for _, device := range c.Person {
		if device.ID() != c.Account.ID() && !device.final() {
			device.Status, device.Reason, device.Mark = AccountRevoked, req.Reason, device.Mark.touch(c.Facts)
			out.Others = append(out.Others, device)
		}
	}
	out.count(c)
	if c.Actor.Role != RoleOfficer && c.Actor.Role != RoleAdmin {
		rs.add(Refuse(CodeNotOwnParty, RuleOwnAct, "account", string(req.Account)))
		return out, rs
	}
	rs.add(mayEnd(c, "account:Revoke"))
	return out, rs
}

func endAccount(c AccountCase, req EndAccountRequest, to AccountStatus, from ...AccountStatus) (AccountOutcome, Refusals) {
	out, rs := moveAccount(c, req.Key, req.Account, to, from...)
	v := fieldCheck{}
	v.text("reason", req.Reason, 200, RuleOwnAct)
	rs.add(v.refusal())
	out.Account.Reason = req.Reason
	return out, rs
}

// AddDeviceRequest is the document of account:AddDevice.
type AddDeviceRequest struct {
	Key       string `json:"key"`
	Enrolment string `json:"enrolment"`
	KeyDigest string `json:"keyDigest"`
}

// AddDevice judges an account for another device of the same person, approved by the person's own signature: same party, role,
// region, contract and end.
func AddDevice(c AccountCase, req AddDeviceRequest) (AccountOutcome, Refusals) {
	rs := checkKey(req.Key)
	own := c.Own
	if own == nil {
		rs.add(Refuse(CodeAccountUnknown, RuleOwnAct, "account", string(c.Actor.ID())))
		return AccountOutcome{}, rs
	}
	want := AccountRequest{Enrolment: req.Enrolment, Party: own.Party, Role: own.Role, Region: own.Region, KeyDigest: req.KeyDigest, Until: own.Until, Contract: own.Contract}
	v := fieldCheck{}
	v.enrolment("enrolment", req.Enrolment)
	v.hexDigest("keyDigest", req.KeyDigest, RuleOwnAct)
	v.when(req.KeyDigest == own.KeyDigest, "keyDigest", ProblemDuplicate, RuleOwnAct)
	out := AccountOutcome{Account: want.account(c.Facts, own.MSP, AccountApproved)}
	out.Account.Owner, out.Account.Approver = own.Owner, c.Actor.ID()
	if first := c.first(own.Owner); first != nil {
		if len(first.Devices) >= maxDevices {
			v.add("enrolment", ProblemTooMany, RuleOwnAct, "max", itoa(maxDevices))
		}
		listed := *first
		listed.Devices, listed.Mark = append(slices.Clone(first.Devices), out.Account.ID()), first.Mark.touch(c.Facts)
		out.Others = []Account{listed}
	}
	rs.add(v.refusal())
	rs.add(accountExists(c.Account))
	rs.add(out.bind(c))
	out.count(c)
	return out, rs
}

// maxDevices bounds what one person adds over time; whoever needs more applies anew.
const maxDevices = 20
