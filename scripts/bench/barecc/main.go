// Command barecc is the yardstick of make bench-register: an asset contract that writes one key, without policy, event
// or judgement.
package main

import (
	"fmt"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"
)

// Asset is the bare contract.
type Asset struct{ contractapi.Contract }

// Create writes a payload under an identifier.
func (*Asset) Create(ctx contractapi.TransactionContextInterface, id, payload string) error {
	return ctx.GetStub().PutState(id, []byte(payload))
}

func main() {
	asset := &Asset{}
	asset.Name = "asset"
	chaincode, err := contractapi.NewChaincode(asset)
	if err == nil {
		err = shim.Start(chaincode)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "barecc:", err)
		os.Exit(1)
	}
}
