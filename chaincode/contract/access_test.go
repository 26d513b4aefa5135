package contract

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// asking is a call for the framework's own description of the contracts.
type asking struct{ shim.ChaincodeStubInterface }

func (asking) GetFunctionAndParameters() (string, []string) {
	return "org.hyperledger.fabric:GetMetadata", nil
}
func (asking) GetCreator() ([]byte, error) { return nil, errors.New("nobody") }

// TestAccessTable_IsWhatTheContractsOffer enumerates the functions from the contracts' metadata: one without a row could be called by
// nobody, a row without function would be a promise that is not kept.
func TestAccessTable_IsWhatTheContractsOffer(t *testing.T) {
	cc, err := New()
	if err != nil {
		t.Fatal(err)
	}
	response := cc.(guard).inner.Invoke(asking{})
	var metadata struct {
		Contracts map[string]struct {
			Transactions []struct{ Name string }
		}
	}
	if err := json.Unmarshal(response.GetPayload(), &metadata); err != nil {
		t.Fatalf("%v: %s", err, response.GetMessage())
	}
	offered := map[string]bool{}
	for name, c := range metadata.Contracts {
		for _, transaction := range c.Transactions {
			offered[name+":"+transaction.Name] = name != "org.hyperledger.fabric"
		}
	}
	for function, ours := range offered {
		if _, listed := registry.FindAccess(function); ours && !listed {
			t.Errorf("%s has no row in the access table", function)
		}
	}
	for _, row := range registry.AccessTable {
		if !offered[row.Function] {
			t.Errorf("%s is listed and no contract offers it", row.Function)
		}
	}
	if len(offered) < len(registry.AccessTable) {
		t.Errorf("%d functions, %d rows", len(offered), len(registry.AccessTable))
	}
}
