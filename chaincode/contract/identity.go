package contract

import (
	"errors"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// parseActor reads who signed the proposal. The framework's own parser drops its error and leaves a nil identity.
func parseActor(creator []byte) (registry.Actor, error) {
	id := &msp.SerializedIdentity{}
	if err := proto.Unmarshal(creator, id); err != nil {
		return registry.Actor{}, errors.New("creator is no serialized identity")
	}
	return registry.ParseActor(id.GetMspid(), id.GetIdBytes())
}
