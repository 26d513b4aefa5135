package contract

import (
	"fmt"
	"reflect"

	"github.com/hyperledger/fabric-contract-api-go/v2/metadata"
)

// text hands documents over as they are: every function takes one string and answers one, and registry.Decode checks
// it. The framework's own serializer would first encode, parse and compare it with the schema "string".
type text struct{}

// FromString gives the argument itself; it serves no other type.
func (text) FromString(document string, want reflect.Type, _ *metadata.ParameterMetadata, _ *metadata.ComponentMetadata) (reflect.Value, error) {
	if want.Kind() != reflect.String {
		return reflect.Value{}, fmt.Errorf("argument of type %s", want)
	}
	return reflect.ValueOf(document), nil
}

// ToString gives the answer itself.
func (text) ToString(answer reflect.Value, _ reflect.Type, _ *metadata.ReturnMetadata, _ *metadata.ComponentMetadata) (string, error) {
	if answer.Kind() != reflect.String {
		return "", fmt.Errorf("answer of type %s", answer.Type())
	}
	return answer.String(), nil
}
