package ledgertest

import "github.com/hehuang-data/hehuang/chaincode/registry"

// grant is a mandate of the applicant's party for an agent.
func (s *Story) grant(who string, acts ...registry.Act) registry.GrantMandateRequest {
	return registry.GrantMandateRequest{Key: s.Key(), Principal: "93630222MAFAKE06XA", Agent: registry.PersonID(who), Acts: acts, Until: "2027-04-30"}
}
