package registry

import "slices"

// Roles are the values of the certificate attribute "role".
const (
	RoleApplicant  = "applicant"
	RoleAgent      = "agent" // acts for applicants under a mandate (代理人)
	RoleClerk      = "clerk" // assists filing at the service hall (窗口人员)
	RoleAcceptor   = "acceptor"
	RoleReviewer   = "reviewer"
	RoleOfficer    = "officer" // publicity and registration
	RoleObjections = "objections"
	RoleSupervisor = "supervisor" // officer of the bureau (监督人员)
	RoleFinance    = "finance"    // 财政
	RoleOperator   = "operator"   // of the exchange (交易机构经办)
	RoleRegulator  = "regulator"  // reads only
	RoleAdmin      = "admin"      // the bureau's administrator: the root of trust that founds a network
	RoleService    = "service"
	RoleEnroller   = "enroller" // registration authority
)

// PersonRole is a role that people hold, with the organisation to whose members it belongs.
type PersonRole struct{ Role, MSP string }

// PersonRoles are the roles of people. Each of them acts by an account only (第五十三条); all other roles are an
// organisation's own identities.
var PersonRoles = []PersonRole{
	{RoleApplicant, MSPAgency}, {RoleAgent, MSPAgency}, {RoleClerk, MSPAgency}, {RoleAcceptor, MSPAgency}, {RoleReviewer, MSPAgency},
	{RoleOfficer, MSPAgency}, {RoleObjections, MSPAgency}, {RoleSupervisor, MSPBureau}, {RoleFinance, MSPBureau},
	{RoleOperator, MSPExchange}, {RoleRegulator, MSPRegulator},
}

// NeedsAccount says whether the actor is a person. Organisations' own identities (administrator, services, enrollers) have no
// account.
func (a Actor) NeedsAccount() bool {
	return slices.ContainsFunc(PersonRoles, func(r PersonRole) bool { return r.Role == a.Role })
}

// writers are the people who may write at all: everybody but regulators, whose organisation only reads.
func writers() []string {
	var all []string
	for _, r := range PersonRoles {
		if r.MSP != MSPRegulator {
			all = append(all, r.MSP+"/"+r.Role)
		}
	}
	return all
}

// HostOf is the organisation whose service and registration authority look after the accounts of a member: its own, and
// for regulators, who run nothing themselves, the bureau's.
func HostOf(msp string) string {
	if msp == MSPRegulator {
		return MSPBureau
	}
	return msp
}
