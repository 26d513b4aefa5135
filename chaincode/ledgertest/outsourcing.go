package ledgertest

import (
	"encoding/json"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const (
	supervisor = "BureauMSP/sun-supervisor"
	contractor = registry.PartyID("91630202MAFAKE051R")
)

func (s *Story) registerContract() registry.RegisterContractRequest {
	return registry.RegisterContractRequest{Key: s.Key(), Contractor: contractor, Subject: "登记平台运行维护", SecurityReview: sampleCID, Until: "2035-12-31",
		Agreements: registry.Agreements{Service: sampleCID, Security: sampleCID, Confidentiality: sampleCID}}
}

func (s *Story) endContract(id registry.ContractID) registry.EndContractRequest {
	return registry.EndContractRequest{Key: s.Key(), Contract: id, Reason: "TERMINATED", Basis: "双方协议终止"}
}

func (s *Story) settle(id registry.ContractID, who string, how registry.AccountStatus) registry.SettleAccountRequest {
	return registry.SettleAccountRequest{Key: s.Key(), Contract: id, Account: registry.PersonID(who), How: how, Evidence: sampleCID}
}

func (s *Story) closeOut(id registry.ContractID) registry.CloseOutContractRequest {
	return registry.CloseOutContractRequest{Key: s.Key(), Contract: id, Deletion: registry.Deletion{Method: "OVERWRITE", Supervisor: supervisor, Evidence: sampleCID}}
}

func (s *Story) findContract(id registry.ContractID) (contract registry.Contract) {
	s.T.Helper()
	answer, err := s.Evaluate(regulator, "contract:FindContract", document(s.T, registry.FindRequest{ID: string(id)}))
	if err == nil {
		err = json.Unmarshal(answer, &contract)
	}
	if err != nil {
		s.T.Fatal(err)
	}
	return contract
}

// contractEnds: an account goes no further once its contract has ended, and is settled with evidence.
func contractEnds(s *Story) {
	id := registry.ContractID(s.Do(supervisor, "contract:Register", s.registerContract()).ID)
	apply := func(name string) registry.ApproveAccountRequest {
		digest := registry.Digest(s.salt + name)
		account := registry.AccountRequest{Enrolment: "suite-" + digest[:12], Party: contractor, Role: registry.RoleApplicant, Region: "630202", KeyDigest: digest,
			Until: "2035-12-31", Contract: id}
		s.Do(service, "account:Apply", registry.ApplyAccountRequest{Key: s.Key(), Account: account})
		return s.approval(registry.MSPAgency+"/"+account.Enrolment, account)
	}
	approved, late := apply("approved"), apply("late")
	s.Do(officer, "account:Approve", approved)
	s.Do(supervisor, "contract:End", s.endContract(id))
	s.Refused(registry.CodeContractEnded, officer, "account:Approve", late)
	s.Refused(registry.CodeAccountsOpen, supervisor, "contract:CloseOut", s.closeOut(id))
	s.Do(supervisor, "contract:SettleAccount", s.settle(id, string(approved.Account), registry.AccountRevoked))
	s.Refused(registry.CodeAccountNotBound, supervisor, "contract:SettleAccount", s.settle(id, string(late.Account), registry.AccountRevoked))
	s.Do(supervisor, "contract:CloseOut", s.closeOut(id))
	if c := s.findContract(id); c.Status != registry.ContractClosed || c.Bound != 1 || c.Settled != 1 {
		s.T.Errorf("the contract is %s with %d of %d accounts settled", c.Status, c.Settled, c.Bound)
	}
}
