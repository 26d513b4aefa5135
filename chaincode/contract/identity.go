package contract

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// attributeOID marks the certificate extension in which a Fabric CA writes attributes as JSON.
var attributeOID = asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}

// parseActor reads who signed the proposal: MSP, enrolment id (the certificate's common name) and the attributes role,
// party and region. The framework's own parser drops its error and leaves a nil identity.
func parseActor(creator []byte) (registry.Actor, error) {
	id := &msp.SerializedIdentity{}
	if err := proto.Unmarshal(creator, id); err != nil {
		return registry.Actor{}, errors.New("creator is no serialized identity")
	}
	block, _ := pem.Decode(id.GetIdBytes())
	if block == nil {
		return registry.Actor{}, errors.New("creator has no PEM certificate")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return registry.Actor{}, errors.New("creator's certificate cannot be parsed")
	}
	attributes, err := readAttributes(cert)
	if err != nil {
		return registry.Actor{}, err
	}
	actor := registry.Actor{
		MSP: id.GetMspid(), Enrolment: cert.Subject.CommonName, Role: attributes["role"],
		Party: registry.PartyID(attributes["party"]), Region: attributes["region"],
	}
	if actor.MSP == "" || actor.Enrolment == "" {
		return registry.Actor{}, errors.New("creator's certificate has no common name")
	}
	return actor, nil
}

func readAttributes(cert *x509.Certificate) (map[string]string, error) {
	for _, ext := range cert.Extensions {
		if !ext.Id.Equal(attributeOID) {
			continue
		}
		var body struct {
			Attrs map[string]string `json:"attrs"`
		}
		if err := json.Unmarshal(ext.Value, &body); err != nil {
			return nil, fmt.Errorf("attributes of the certificate: %w", err)
		}
		return body.Attrs, nil
	}
	return nil, nil
}
