package registry

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
