package certificate

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/digitorus/pdf"
	"github.com/digitorus/pdfsign/sign"
	"github.com/go-jose/go-jose/v4"
)

// statement is the machine-readable line inside a signed PDF (the signature's reason): what the signature vouches for.
func (d Document) statement() string {
	return fmt.Sprintf("hehuang-certificate/1 number=%s content=%s key=%s issued=%s", d.Number, d.ContentDigest, d.KeyID, d.RegisteredAt.UTC().Format(time.RFC3339))
}

// SignPDF adds a CMS signature over the whole file (P-256, certification level: no change is allowed afterwards). A
// signature is not reproducible: sign once, store the bytes.
func SignPDF(body []byte, d Document, key crypto.Signer, cert *x509.Certificate) ([]byte, error) {
	reader, err := pdf.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, fmt.Errorf("rendered PDF: %w", err)
	}
	var out bytes.Buffer
	err = sign.Sign(bytes.NewReader(body), &out, reader, int64(len(body)), sign.SignData{
		Signature: sign.SignDataSignature{
			CertType: sign.CertificationSignature, DocMDPPerm: sign.DoNotAllowAnyChangesPerms,
			Info: sign.SignDataSignatureInfo{Name: d.KeyID, Location: "Haidong, Qinghai, CN", Reason: d.statement(), Date: d.RegisteredAt.UTC()},
		},
		Signer: key, DigestAlgorithm: crypto.SHA256, Certificate: cert,
	})
	if err != nil {
		return nil, fmt.Errorf("sign PDF: %w", err)
	}
	return out.Bytes(), nil
}

// credential is a W3C Verifiable Credential (VCDM 2.0) with the fields of a certificate.
type credential struct {
	Context           []string         `json:"@context"`
	ID                string           `json:"id"`
	Type              []string         `json:"type"`
	Issuer            string           `json:"issuer"`
	ValidFrom         string           `json:"validFrom"`
	ValidUntil        string           `json:"validUntil"`
	CredentialSubject subject          `json:"credentialSubject"`
	CredentialStatus  credentialStatus `json:"credentialStatus"`
	Evidence          ledgerEvidence   `json:"evidence"`
}

type subject struct {
	ID           string  `json:"id"`
	Number       string  `json:"number"`
	Holder       holder  `json:"holder"`
	Rights       []Right `json:"rights"`
	DataName     string  `json:"dataName"`
	Overview     string  `json:"overview"`
	Industry     string  `json:"industry"`
	Source       string  `json:"source"`
	Spatial      string  `json:"spatial"`
	Temporal     string  `json:"temporal"`
	Frequency    string  `json:"frequency"`
	Restrictions string  `json:"restrictions"`
	Remarks      string  `json:"remarks"`
	Registrar    string  `json:"registrar"`
	Demo         bool    `json:"demo,omitempty"`
}

type holder struct {
	Name string `json:"name,omitempty"`
	Code string `json:"unifiedSocialCreditCode,omitempty"`
}

type credentialStatus struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// ledgerEvidence points to the record that prevails.
type ledgerEvidence struct {
	Type          string `json:"type"`
	TxID          string `json:"txId"`
	ContentDigest string `json:"contentDigest"`
	KeyID         string `json:"keyId"`
	Profile       string `json:"profile"`
	IssuedAt      string `json:"issuedAt"`
}

func (d Document) credential() credential {
	kind := "DataAssetRegistrationCertificate"
	if d.Result {
		kind = "PublicDataRegistrationResult"
	}
	return credential{
		Context: []string{"https://www.w3.org/ns/credentials/v2"},
		ID:      d.VerifyURL, Type: []string{"VerifiableCredential", kind}, Issuer: d.Issuer,
		ValidFrom: d.ValidFrom + "T00:00:00+08:00", ValidUntil: d.ValidUntil + "T23:59:59+08:00",
		CredentialSubject: subject{
			ID: "urn:hehuang:asset:" + d.AssetID, Number: d.Number, Holder: holder{d.Holder, d.HolderCode}, Rights: d.Rights, DataName: d.DataName,
			Overview: d.Overview, Industry: d.Industries, Source: d.Source, Spatial: d.Spatial, Temporal: d.Temporal, Frequency: d.Frequency,
			Restrictions: d.Restrictions, Remarks: d.Remarks, Registrar: d.Registrar, Demo: d.Demo,
		},
		CredentialStatus: credentialStatus{ID: d.VerifyURL, Type: "HehuangLedgerStatus2026"},
		Evidence: ledgerEvidence{Type: "HehuangLedgerRecord", TxID: d.TxID, ContentDigest: d.ContentDigest, KeyID: d.KeyID, Profile: d.Profile,
			IssuedAt: d.RegisteredAt.UTC().Format(time.RFC3339)},
	}
}

// SignCredential makes the certificate's credential as vc+jwt (ES256), signed by the document key.
func SignCredential(d Document, key crypto.Signer) ([]byte, error) {
	payload, err := json.Marshal(d.credential())
	if err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{}).WithType("vc+jwt").WithContentType("vc").WithHeader("kid", d.Issuer+"#"+d.KeyID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, options)
	if err != nil {
		return nil, fmt.Errorf("credential signer: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return nil, fmt.Errorf("sign credential: %w", err)
	}
	text, err := signed.CompactSerialize()
	return []byte(text), err
}

// Digest is the hex SHA-256 of a document's bytes, as the ledger records it.
func Digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
