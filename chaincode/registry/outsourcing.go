package registry

import "time"

// ContractStatus is the status of a contract.
type ContractStatus string

// Statuses of a contract. CLOSED is final.
const (
	ContractActive ContractStatus = "ACTIVE" // 履行中
	ContractEnded  ContractStatus = "ENDED"  // 已终止: none of its accounts may act
	ContractClosed ContractStatus = "CLOSED" // 已办结: accounts settled, data deleted
)

// Contract is an outsourcing agreement (服务外包协议, 第五十三条第二、三款) under which a contractor's people have accounts. It
// exists only with a passed security review (安全审查) and with the agreements on service, security protection and
// confidentiality, which may be one document.
type Contract struct {
	ID             ContractID     `json:"id"`
	Contractor     PartyID        `json:"contractor"`
	Subject        string         `json:"subject"`        // platform or system that is built or run
	SecurityReview string         `json:"securityReview"` // CID
	Agreements     Agreements     `json:"agreements"`
	Until          Date           `json:"until"` // last civil day of the term; no account outlasts it
	Status         ContractStatus `json:"status"`
	Bound          int            `json:"bound"`   // accounts that were approved under it
	Settled        int            `json:"settled"` // accounts whose revocation or reset is evidenced
	End            *ContractEnd   `json:"end,omitempty"`
	Deletion       *Deletion      `json:"deletion,omitempty"`
	Mark           Mark           `json:"mark"`
}

// Agreements are the CIDs of what is signed with a contractor.
type Agreements struct {
	Service         string `json:"service"`         // 服务外包协议
	Security        string `json:"security"`        // 服务安全保护协议
	Confidentiality string `json:"confidentiality"` // 保密协议
}

// ContractEnd says why and when a contract ended.
type ContractEnd struct {
	Reason string    `json:"reason"` // one of EndReasons
	Basis  string    `json:"basis"`  // document or fact
	At     time.Time `json:"at"`
	TxID   string    `json:"txId"`
	Actor  PersonID  `json:"actor"`
}

// EndReasons are the ways in which a contract ends (不生效、无效、被撤销、终止).
var EndReasons = []string{"NOT_EFFECTIVE", "VOID", "REVOKED", "TERMINATED"}

// Settlement is the evidence that an account of an ended contract was revoked or reset (撤销账号或者重置密码).
type Settlement struct {
	Evidence string    `json:"evidence"` // CID
	At       time.Time `json:"at"`
	TxID     string    `json:"txId"`
	Actor    PersonID  `json:"actor"`
}

// Deletion is the evidence that the contractor deleted the data irreversibly under supervision (不可逆方式删除相关数据).
type Deletion struct {
	Method     string   `json:"method"`         // one of DeletionMethods
	Note       string   `json:"note,omitempty"` // which other method
	Supervisor PersonID `json:"supervisor"`     // the bureau officer who supervised it
	Evidence   string   `json:"evidence"`       // CID
}

// DeletionMethods are the irreversible ways to delete: by overwriting, by physical destruction, by another one that is noted.
var DeletionMethods = []string{"OVERWRITE", "DESTRUCTION", "OTHER"}

// contractInForce refuses an account whose contract has ended; accounts without a contract pass.
func (a *Account) contractInForce(c *Contract) *Refusal {
	if a.Contract == "" || c != nil && c.Status == ContractActive {
		return nil
	}
	status := "-"
	if c != nil {
		status = string(c.Status)
	}
	return Refuse(CodeContractEnded, RuleContractEnd, "contract", clip(string(a.Contract)), "status", status)
}

// Ended says whether an account can never act again: it was revoked or reset, or its contract, if it has one, is over.
func (a *Account) Ended(c *Contract) bool { return a.final() || a.contractInForce(c) != nil }

// bound checks that an account may belong to the contract that it names: it is the contractor's and ends with it at the latest.
func (v *fieldCheck) bound(path string, a Account, c *Contract) {
	if a.Contract == "" {
		return
	}
	if c == nil {
		v.add(path+"contract", ProblemReference, RuleOutsourcing)
		return
	}
	v.when(c.Contractor != a.Party, path+"contract", ProblemNotAllowed, RuleOutsourcing)
	v.when(a.Until > c.Until, path+"until", ProblemRange, RuleOutsourcing)
}

// bind counts an account under its contract, which must be in force.
func (o *AccountOutcome) bind(c AccountCase) *Refusal {
	if refusal := o.Account.contractInForce(c.Contract); refusal != nil || o.Account.Contract == "" {
		return refusal
	}
	contract := *c.Contract
	contract.Bound++
	contract.Mark = contract.Mark.touch(c.Facts)
	o.Contract = &contract
	return nil
}

// ContractCase is everything that an act on a contract may look at; nil means that the ledger has no such record.
type ContractCase struct {
	Facts
	Contract   *Contract
	Contractor *Party   // of a new contract, or of the account to be settled
	Account    *Account // to be settled
	Supervisor *Account // of the deletion
}

// RegisterContractRequest is the document of contract:Register.
type RegisterContractRequest struct {
	Key            string     `json:"key"`
	Contractor     PartyID    `json:"contractor"`
	Subject        string     `json:"subject"`
	SecurityReview string     `json:"securityReview"`
	Agreements     Agreements `json:"agreements"`
	Until          Date       `json:"until"`
}

// RegisterContract judges the record of an outsourcing agreement (服务外包协议): never without security review and agreements.
func RegisterContract(c ContractCase, req RegisterContractRequest) (Contract, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.creditCode("contractor", string(req.Contractor))
	v.text("subject", req.Subject, 200, RuleOutsourcing)
	v.cid("securityReview", req.SecurityReview, RuleOutsourcing)
	v.cid("agreements.service", req.Agreements.Service, RuleOutsourcing)
	v.cid("agreements.security", req.Agreements.Security, RuleOutsourcing)
	v.cid("agreements.confidentiality", req.Agreements.Confidentiality, RuleOutsourcing)
	v.date("until", req.Until, RuleOutsourcing)
	v.when(req.Until != "" && req.Until < CivilDate(c.At), "until", ProblemRange, RuleOutsourcing)
	rs.add(v.refusal())
	rs.add(activeParty(req.Contractor, c.Contractor))
	return Contract{ID: ContractID(DerivedID("CTR", c.TxID)), Contractor: req.Contractor, Subject: req.Subject, SecurityReview: req.SecurityReview,
		Agreements: req.Agreements, Until: req.Until, Status: ContractActive, Mark: Mark{}.touch(c.Facts)}, rs
}

// EndContractRequest is the document of contract:End.
type EndContractRequest struct {
	Key      string     `json:"key"`
	Contract ContractID `json:"contract"`
	Reason   string     `json:"reason"`
	Basis    string     `json:"basis"`
}

// EndContract judges the end of a contract. It is recorded at once and waits for no evidence; from this transaction on none of
// the contract's accounts may act (I20).
func EndContract(c ContractCase, req EndContractRequest) (Contract, Refusals) {
	ended, rs := c.open(req.Key, req.Contract, ContractActive)
	v := fieldCheck{}
	v.oneOf("reason", req.Reason, EndReasons...)
	v.text("basis", req.Basis, 200, RuleContractEnd)
	rs.add(v.refusal())
	ended.Status = ContractEnded
	ended.End = &ContractEnd{Reason: req.Reason, Basis: req.Basis, At: c.At, TxID: c.TxID, Actor: c.Actor.ID()}
	return ended, rs
}

// open begins an act on an existing contract of the given status.
func (c ContractCase) open(key string, id ContractID, want ContractStatus) (Contract, Refusals) {
	rs := checkKey(key)
	if c.Contract == nil {
		rs.add(NotFound(string(id)))
		return Contract{}, rs
	}
	contract := *c.Contract
	if contract.Status != want {
		rs.add(Refuse(CodeStatusWrong, RuleContractEnd, "status", string(contract.Status)))
	}
	contract.Mark = contract.Mark.touch(c.Facts)
	return contract, rs
}

// SettleAccountRequest is the document of contract:SettleAccount.
type SettleAccountRequest struct {
	Key      string        `json:"key"`
	Contract ContractID    `json:"contract"`
	Account  PersonID      `json:"account"`
	How      AccountStatus `json:"how"` // REVOKED or RESET
	Evidence string        `json:"evidence"`
}

// SettleAccount judges the evidence that one account of an ended contract was revoked or reset.
func SettleAccount(c ContractCase, req SettleAccountRequest) (Contract, Account, *Party, Refusals) {
	contract, rs := c.open(req.Key, req.Contract, ContractEnded)
	v := fieldCheck{}
	v.oneOf("how", string(req.How), string(AccountRevoked), string(AccountReset))
	v.cid("evidence", req.Evidence, RuleContractEnd)
	rs.add(v.refusal())
	if c.Account == nil || c.Account.Contract != req.Contract || c.Account.Approver == "" {
		rs.add(Refuse(CodeAccountNotBound, RuleContractEnd, "account", clip(string(req.Account)), "contract", clip(string(req.Contract))))
		return contract, Account{}, nil, rs
	}
	account := *c.Account
	if account.Settled != nil || account.final() && account.Status != req.How {
		rs.add(Refuse(CodeAccountSettled, RuleContractEnd, "account", string(account.ID()), "status", string(account.Status)))
	}
	account.Status, account.Mark = req.How, account.Mark.touch(c.Facts)
	account.Settled = &Settlement{Evidence: req.Evidence, At: c.At, TxID: c.TxID, Actor: c.Actor.ID()}
	contract.Settled++
	if c.Contractor != nil && c.Account.represents() {
		return contract, account, c.Contractor.counted(c.Facts, -1), rs
	}
	return contract, account, nil, rs
}

// CloseOutContractRequest is the document of contract:CloseOut.
type CloseOutContractRequest struct {
	Key      string     `json:"key"`
	Contract ContractID `json:"contract"`
	Deletion Deletion   `json:"deletion"`
}

// CloseOutContract judges the close-out of an ended contract (办结): only with evidence for every account and of the deletion.
func CloseOutContract(c ContractCase, req CloseOutContractRequest) (Contract, Refusals) {
	closed, rs := c.open(req.Key, req.Contract, ContractEnded)
	v := fieldCheck{}
	v.deletion(req.Deletion, c.Supervisor)
	rs.add(v.refusal())
	if closed.Settled < closed.Bound {
		rs.add(Refuse(CodeAccountsOpen, RuleContractEnd, "bound", itoa(closed.Bound), "settled", itoa(closed.Settled)))
	}
	closed.Status, closed.Deletion = ContractClosed, &req.Deletion
	return closed, rs
}

// deletion checks the evidence of an irreversible deletion; supervisor is the account that it names, or nil.
func (v *fieldCheck) deletion(d Deletion, supervisor *Account) {
	v.oneOf("deletion.method", d.Method, DeletionMethods...)
	v.optionalText("deletion.note", d.Note, 200, RuleContractEnd)
	v.when(d.Method == "OTHER" && d.Note == "", "deletion.note", ProblemMissing, RuleContractEnd)
	v.cid("deletion.evidence", d.Evidence, RuleContractEnd)
	v.person("deletion.supervisor", string(d.Supervisor))
	v.when(supervisor == nil || supervisor.Role != RoleSupervisor, "deletion.supervisor", ProblemReference, RuleContractEnd)
}
