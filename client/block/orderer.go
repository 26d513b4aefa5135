package block

import (
	"fmt"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"
)

// CheckOrderers judges whether the orderers stand for a block: their signatures satisfy BlockValidation of this configuration, the one
// before the block. With Raft one orderer's signature is enough, and each peer may hold another's; with BFT a quorum signs. The genesis
// block carries none. Its errors are *Defect.
func (c *Config) CheckOrderers(b *common.Block) error {
	const field = "metadata.signatures"
	var m common.Metadata
	if err := proto.Unmarshal(metadata(b, common.BlockMetadataIndex_SIGNATURES), &m); err != nil {
		return &Defect{field, "signatures of orderers", "unreadable"}
	}
	var set []Signed
	var names []string
	for _, s := range m.GetSignatures() {
		signer, header := c.blockSigner(s)
		if signer == nil {
			continue
		}
		set = append(set, Signed{Identity: signer, Signature: s.GetSignature(), Message: slices.Concat(m.GetValue(), header, HeaderBytes(b.GetHeader()))})
		names = append(names, Shown(Name(signer)))
	}
	if !c.Satisfies(PolicyBlockValidation, set) {
		return &Defect{field, "signatures that satisfy " + PolicyBlockValidation, fmt.Sprintf("%d that do not, said to be of %q", len(m.GetSignatures()), names)}
	}
	return nil
}

// blockSigner is the identity behind a block signature and the header that was signed with it: BFT orderers name themselves by number.
func (c *Config) blockSigner(s *common.MetadataSignature) (signer, header []byte) {
	if c.bft && len(s.GetSignatureHeader()) == 0 {
		var id common.IdentifierHeader
		if proto.Unmarshal(s.GetIdentifierHeader(), &id) != nil {
			return nil, nil
		}
		consenter := c.consenters[id.GetIdentifier()]
		if consenter == nil {
			return nil, nil
		}
		signer, err := proto.Marshal(&msp.SerializedIdentity{Mspid: consenter.GetMspId(), IdBytes: consenter.GetIdentity()})
		if err != nil {
			return nil, nil
		}
		return signer, s.GetIdentifierHeader()
	}
	var h common.SignatureHeader
	if proto.Unmarshal(s.GetSignatureHeader(), &h) != nil {
		return nil, nil
	}
	return h.GetCreator(), s.GetSignatureHeader()
}

// CommitHash is the hash that the peer wrote over flags, state updates and its previous commit hash; nil in block 0. Nobody signed it:
// peers of equal height must show the same.
func CommitHash(b *common.Block) []byte {
	var m common.Metadata
	if proto.Unmarshal(metadata(b, common.BlockMetadataIndex_COMMIT_HASH), &m) != nil {
		return nil
	}
	return m.GetValue()
}
