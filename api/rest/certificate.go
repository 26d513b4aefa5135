package rest

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

func (s *service) certificateRoutes(api huma.API) {
	const one = "/api/v1/certificates/{id}"
	huma.Register(api, operation("GET", one, "one certificate record", http.StatusOK), s.certificate)
	huma.Register(api, document(one+"/pdf", "the certificate as PDF", "application/pdf"), func(ctx context.Context, in *idInput) (*fileOutput, error) {
		return s.document(ctx, in.ID, "application/pdf", ".pdf", func(d desk.Documents) []byte { return d.PDF })
	})
	huma.Register(api, document(one+"/credential", "the certificate as a W3C credential", "application/vc+jwt"), func(ctx context.Context, in *idInput) (*fileOutput, error) {
		return s.document(ctx, in.ID, "application/vc+jwt", ".jwt", func(d desk.Documents) []byte { return d.Credential })
	})
	huma.Register(api, operation("GET", one+"/state", "what the ledger says now, for verifiers", http.StatusOK), s.state)
	huma.Register(api, operation("GET", "/api/v1/trust-bundle", "document keys, to be pinned by verifiers", http.StatusOK), s.bundle)
}

// document describes a route that answers bytes of a media type.
func document(path, summary, media string) huma.Operation {
	op := operation("GET", path, summary, http.StatusOK)
	op.Responses = map[string]*huma.Response{"200": {Description: summary, Content: map[string]*huma.MediaType{media: {Schema: binary}}}}
	return op
}

type fileOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               []byte
}

func (s *service) document(ctx context.Context, number, media, ending string, part func(desk.Documents) []byte) (*fileOutput, error) {
	if problem, _ := registry.CheckCertificateNumber(registry.CertificateNumber(number)); problem != "" {
		return nil, s.failure(ctx, desk.ErrNotFound)
	}
	docs, err := s.desk.Published.Documents(ctx, registry.CertificateNumber(number))
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	return &fileOutput{media, fmt.Sprintf(`attachment; filename="%s%s"`, number, ending), part(docs)}, nil
}

func (s *service) certificate(ctx context.Context, in *idInput) (*output[registry.Certificate], error) {
	c, err := s.desk.Records.Certificate(ctx, registry.CertificateNumber(in.ID))
	if !s.insider(ctx, c.Holder) {
		c.Mark.Actor = ""
	}
	return reply(ctx, s, c, err)
}

func (s *service) state(ctx context.Context, in *idInput) (*output[certificate.State], error) {
	state, err := s.verifier.State(ctx, registry.CertificateNumber(in.ID), time.Now().UTC().Truncate(time.Second))
	return reply(ctx, s, state, err)
}

func (s *service) bundle(ctx context.Context, _ *struct{}) (*output[certificate.Bundle], error) {
	b, err := s.verifier.Bundle(ctx)
	return reply(ctx, s, b, err)
}

const didJSON = "application/did+json"

// didDocument is a DID document (W3C DID 1.0, did:web) with the issuer's document keys.
type didDocument struct {
	Context   []string    `json:"@context"`
	ID        string      `json:"id"`
	Methods   []didMethod `json:"verificationMethod"`
	Assertion []string    `json:"assertionMethod"`
}

type didMethod struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	Controller string `json:"controller"`
	Key        jwk    `json:"publicKeyJwk"`
}

// jwk is a P-256 public key (RFC 7517, RFC 7518 §6.2).
type jwk struct {
	Type  string `json:"kty"`
	Curve string `json:"crv"`
	X     string `json:"x"`
	Y     string `json:"y"`
}

// did is the issuer's DID document: the kid of a credential is one of its methods. Instances that issue nothing have none.
func (s *service) did(c echo.Context) error {
	if !s.desk.Issues {
		return desk.ErrNotFound
	}
	b, err := s.verifier.Bundle(c.Request().Context())
	if err != nil {
		return err
	}
	id := certificate.DID(s.desk.PublicURL)
	doc := didDocument{Context: []string{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"}, ID: id, Methods: []didMethod{}, Assertion: []string{}}
	for _, k := range b.Keys {
		key, err := publicKey(k.Certificate)
		if err != nil {
			return fmt.Errorf("document key %s: %w", k.ID, err)
		}
		doc.Methods = append(doc.Methods, didMethod{ID: id + "#" + k.ID, Type: "JsonWebKey2020", Controller: id, Key: key})
		doc.Assertion = append(doc.Assertion, id+"#"+k.ID)
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, didJSON, body)
}

func publicKey(certificatePEM string) (jwk, error) {
	block, _ := pem.Decode([]byte(certificatePEM))
	if block == nil {
		return jwk{}, fmt.Errorf("no PEM certificate")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return jwk{}, err
	}
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return jwk{}, fmt.Errorf("%s is no EC key", cert.PublicKeyAlgorithm)
	}
	point, err := key.Bytes() // 0x04 ‖ X ‖ Y
	if err != nil || len(point) != 65 {
		return jwk{}, fmt.Errorf("not a P-256 key: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return jwk{Type: "EC", Curve: "P-256", X: encode(point[1:33]), Y: encode(point[33:])}, nil
}
