package registry

// Administrator is the bureau's administrator (市数据局管理员): who founds the network and approves the staff of every organisation.
type Administrator struct {
	Enrolment string   `json:"enrolment"`
	KeyDigest string   `json:"keyDigest"`         // hex SHA-256 of the public key (SubjectPublicKeyInfo, DER)
	NamedBy   PersonID `json:"namedBy,omitempty"` // of a successor
}

// CheckAdministrator refuses an administrator's certificate that is not of the key on the ledger: the bureau's certificate authority alone
// makes nobody an administrator. An actor of a dry run has no key.
func CheckAdministrator(f Facts, n *Network) *Refusal {
	a := f.Actor
	if a.Role != RoleAdmin || n == nil || a.KeyDigest == "" {
		return nil
	}
	if a.Enrolment != n.Administrator.Enrolment || a.KeyDigest != n.Administrator.KeyDigest {
		return Refuse(CodeAccountDiffers, RuleOwnAct, "account", string(a.ID()))
	}
	return nil
}

// NameAdministratorRequest is the document of rule:NameAdministrator and rule:ConfirmAdministrator.
type NameAdministratorRequest struct {
	Key       string `json:"key"`
	Enrolment string `json:"enrolment"`
	KeyDigest string `json:"keyDigest"`
}

func (r NameAdministratorRequest) check() Refusals {
	rs := checkKey(r.Key)
	v := fieldCheck{}
	v.text("enrolment", r.Enrolment, 40, RuleOwnAct)
	v.hexDigest("keyDigest", r.KeyDigest, RuleOwnAct)
	rs.add(v.refusal())
	return rs
}

// NameAdministrator judges that a supervisor of the bureau names who shall follow the administrator, whose key is lost or stolen. It takes
// effect when another organisation confirms it.
func NameAdministrator(f Facts, req NameAdministratorRequest, n Network) (Network, Refusals) {
	n.Successor = &Administrator{Enrolment: req.Enrolment, KeyDigest: req.KeyDigest, NamedBy: f.Actor.ID()}
	n.Mark = n.Mark.touch(f)
	return n, req.check()
}

// ConfirmAdministrator judges that another organisation confirms the successor, whose key it has compared. From then on the old key opens
// nothing any more.
func ConfirmAdministrator(f Facts, req NameAdministratorRequest, n Network) (Network, Refusals) {
	rs := req.check()
	s := n.Successor
	if s == nil || s.Enrolment != req.Enrolment || s.KeyDigest != req.KeyDigest {
		return n, append(rs, Refuse(CodeAccountDiffers, RuleOwnAct, "account", MSPBureau+"/"+clip(req.Enrolment)))
	}
	n.Administrator, n.Successor, n.Mark = *s, nil, n.Mark.touch(f)
	return n, rs
}
