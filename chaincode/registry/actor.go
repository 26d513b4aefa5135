package registry

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
)

// attributeOID marks the certificate extension in which a Fabric CA writes attributes as JSON.
var attributeOID = asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}

// ParseActor reads who a certificate (PEM) is for: enrolment id (the common name) and the attributes role, party and
// region, and the digest of its key.
func ParseActor(mspID string, certificate []byte) (Actor, error) {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return Actor{}, errors.New("no PEM certificate")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return Actor{}, errors.New("the certificate cannot be parsed")
	}
	key := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	actor := Actor{MSP: mspID, Enrolment: cert.Subject.CommonName, KeyDigest: hex.EncodeToString(key[:])}
	if mspID == "" || actor.Enrolment == "" {
		return Actor{}, errors.New("the certificate has no common name")
	}
	for _, extension := range cert.Extensions {
		if !extension.Id.Equal(attributeOID) {
			continue
		}
		var body struct {
			Attrs map[string]string `json:"attrs"`
		}
		if err := json.Unmarshal(extension.Value, &body); err != nil {
			return Actor{}, fmt.Errorf("attributes of the certificate: %w", err)
		}
		actor.Role, actor.Party, actor.Region = body.Attrs["role"], PartyID(body.Attrs["party"]), body.Attrs["region"]
	}
	return actor, nil
}
