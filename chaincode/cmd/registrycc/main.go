// Command registrycc is the chaincode of the registry. A peer's external builder starts it with -peer.address; with
// CHAINCODE_SERVER_ADDRESS set it serves instead (chaincode as a service, for development). It defines no flags.
package main

import (
	"fmt"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/hehuang-data/hehuang/chaincode/contract"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "registrycc:", err)
		os.Exit(1)
	}
}

// run calls the shim itself in both modes, so that the guard's recover stays in force.
func run() error {
	chaincode, err := contract.New()
	if err != nil {
		return err
	}
	address, id := os.Getenv("CHAINCODE_SERVER_ADDRESS"), os.Getenv("CORE_CHAINCODE_ID_NAME")
	if address == "" {
		return shim.Start(chaincode)
	}
	server := &shim.ChaincodeServer{CCID: id, Address: address, CC: chaincode, TLSProps: shim.TLSProperties{Disabled: true}}
	return server.Start()
}
