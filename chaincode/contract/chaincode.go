// Package contract holds the Fabric transactions of the registry. It decides nothing itself: a function decodes its
// document, loads the facts by point reads, asks package registry for the judgement and stores what it says.
//
// The order of a writing function is in transaction.go, what a case looks at in loading.go, which organisations must
// endorse a record in endorsement.go.
package contract

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// New makes the chaincode with all contracts behind its guard.
func New() (shim.Chaincode, error) {
	rule, party, account, outsourcing, mandate, registration := &Rule{}, &Party{}, &Account{}, &Outsourcing{}, &Mandate{}, &Registration{}
	catalogue, authorization, supervision := &Catalogue{}, &Authorization{}, &Supervision{}
	usage := &Usage{}
	sharing, purchase, opening := &Sharing{}, &Purchase{}, &Opening{}
	prepare(&rule.Contract, "rule")
	prepare(&party.Contract, "party")
	prepare(&account.Contract, "account")
	prepare(&outsourcing.Contract, "contract")
	prepare(&mandate.Contract, "mandate")
	prepare(&registration.Contract, "registration")
	prepare(&catalogue.Contract, "catalogue")
	prepare(&authorization.Contract, "authorization")
	prepare(&usage.Contract, "usage")
	prepare(&supervision.Contract, "supervision")
	prepare(&sharing.Contract, "sharing")
	prepare(&purchase.Contract, "purchase")
	prepare(&opening.Contract, "opening")
	inner, err := contractapi.NewChaincode(usage, rule, party, account, outsourcing, mandate, registration, catalogue, authorization, supervision,
		sharing, purchase, opening)
	if err != nil {
		return nil, fmt.Errorf("contracts: %w", err)
	}
	inner.TransactionSerializer = text{}
	return guard{inner}, nil
}

func prepare(c *contractapi.Contract, name string) {
	c.Name = name
	c.TransactionContextHandler = new(Context)
	c.BeforeTransaction = begin
}

// guard stands before the contract framework: only functions of exactly a listed name with exactly one argument pass
// (the framework also finds functions by a lower-case name, and ignores surplus arguments), a panic ends one
// transaction instead of the process, and what is no refusal leaves as INTERNAL without details.
type guard struct{ inner shim.Chaincode }

// Init is not used: definitions are committed without initialisation.
func (guard) Init(shim.ChaincodeStubInterface) *peer.Response { return shim.Success(nil) }

// Invoke passes a call on to its contract.
func (g guard) Invoke(stub shim.ChaincodeStubInterface) (response *peer.Response) {
	function, args := stub.GetFunctionAndParameters()
	defer func() {
		if cause := recover(); cause != nil {
			logFailure(stub.GetTxID(), function, fmt.Sprint(cause))
			fmt.Fprintf(os.Stderr, "%.4000s\n", debug.Stack())
			response = refuse(registry.Refuse(registry.CodeInternal, ""))
		}
	}()
	if _, listed := registry.FindAccess(function); !listed {
		return refuse(registry.Refuse(registry.CodeFunctionUnknown, registry.RuleOwnAct, "function", fmt.Sprintf("%.80s", function)))
	}
	if len(args) != 1 {
		return refuse(registry.Refuse(registry.CodeArgumentsInvalid, registry.RuleOnce, "want", "1", "have", fmt.Sprint(len(args))))
	}
	return tidy(stub.GetTxID(), function, g.inner.Invoke(stub))
}

func refuse(r *registry.Refusal) *peer.Response { return shim.Error(r.Error()) }

// tidy lets refusals through and hides every other failure behind INTERNAL; the cause goes to the log.
func tidy(txID, function string, response *peer.Response) *peer.Response {
	if response.GetStatus() < shim.ERRORTHRESHOLD {
		return response
	}
	if refusal, err := registry.ParseRefusal(response.GetMessage()); err == nil {
		return refuse(refusal)
	}
	logFailure(txID, function, response.GetMessage())
	return refuse(registry.Refuse(registry.CodeInternal, ""))
}

func logFailure(txID, function, cause string) {
	fmt.Fprintf(os.Stderr, "%s %s: %.2000s\n", txID, function, cause)
}
