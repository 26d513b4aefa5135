package admin

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk"

	"github.com/hehuang-data/hehuang/network"
)

// Person is a client identity to be issued, with the attributes that chaincode checks.
type Person struct {
	Organisation string
	Enrolment    string
	Role         string
	Party        string
	Region       string
	Directory    string // receives cert.pem and key.pem
}

// Registrar registers and enrols at the certificate authorities that one organisation runs. It is opened by the organisation's
// registration authority, and once when a network is made.
type Registrar struct{ admin *Admin }

// OpenRegistrar reads the registrars' secrets of one organisation, and of no other.
func OpenRegistrar(t network.Topology, l network.Layout, organisation string) (*Registrar, error) {
	secrets := map[string]string{}
	for _, member := range t.Authorities(organisation) {
		body, err := os.ReadFile(l.RegistrarSecret(organisation, member))
		if err != nil {
			return nil, fmt.Errorf("registrar's secret of %s: %w", member, err)
		}
		secrets[member] = strings.TrimSpace(string(body))
	}
	a, err := open(t, l, l.Org(organisation, "enrolld", "sdk"), secrets)
	if err != nil {
		return nil, err
	}
	return &Registrar{admin: a}, nil
}

// Close ends all connections.
func (r *Registrar) Close() { r.admin.Close() }

// Enrol issues a person's certificate unless it is there: the key is made here, a certificate request goes to the
// organisation's authority, and the authority's registration decides the attributes.
func (r *Registrar) Enrol(ctx context.Context, p Person) error {
	if _, err := os.Stat(filepath.Join(p.Directory, "cert.pem")); err == nil {
		return nil
	}
	secret, err := r.register(ctx, p)
	if err != nil {
		return wrap("register "+p.Enrolment, p.Organisation, err)
	}
	key, request, err := newRequest(p.Enrolment)
	if err != nil {
		return err
	}
	cert, err := r.enrol(ctx, p, secret, request)
	if err != nil {
		return wrap("enrol "+p.Enrolment, p.Organisation, err)
	}
	if err := network.WriteFile(filepath.Join(p.Directory, "key.pem"), key, 0o600); err != nil {
		return err
	}
	return network.WriteFile(filepath.Join(p.Directory, "cert.pem"), cert, 0o644)
}

// register makes the registration, or gives an existing one a new secret: an enrolment whose answer was lost is repeated.
func (r *Registrar) register(ctx context.Context, p Person) (string, error) {
	client, err := msp.New(r.admin.sdk.Context(fabsdk.WithOrg(p.Organisation)), msp.WithOrg(p.Organisation))
	if err != nil {
		return "", err
	}
	random := make([]byte, 24)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	secret := base64.RawURLEncoding.EncodeToString(random)
	attributes := []msp.Attribute{{Name: "role", Value: p.Role, ECert: true}}
	for _, extra := range []msp.Attribute{{Name: "party", Value: p.Party, ECert: true}, {Name: "region", Value: p.Region, ECert: true}} {
		if extra.Value != "" {
			attributes = append(attributes, extra)
		}
	}
	_, err = client.Register(&msp.RegistrationRequest{Name: p.Enrolment, Type: "client", MaxEnrollments: 3, Secret: secret, Attributes: attributes})
	if err == nil {
		return secret, nil
	}
	if _, modifyErr := client.ModifyIdentity(&msp.IdentityRequest{ID: p.Enrolment, Type: "client", MaxEnrollments: 3, Secret: secret, Attributes: attributes}); modifyErr != nil {
		return "", errors.Join(err, modifyErr)
	}
	return secret, nil
}

// newRequest makes a P-256 key (PKCS #8) and a certificate request whose common name is the enrolment id, as the authority demands.
func newRequest(enrolment string) (key, request []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: enrolment}}, private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr}), nil
}

// enrol sends the request to the authority as it is; the library's own call would make the key itself.
func (r *Registrar) enrol(ctx context.Context, p Person, secret string, request []byte) ([]byte, error) {
	url, root := r.authority(p.Organisation)
	client, err := trusting(root)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]string{"certificate_request": string(request), "caname": "ca-" + p.Organisation})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1/enroll", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(p.Enrolment, secret)
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	return enrolledCertificate(res.StatusCode, answer)
}

func enrolledCertificate(status int, answer []byte) ([]byte, error) {
	var envelope struct {
		Result struct{ Cert string }
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(answer, &envelope); err != nil {
		return nil, fmt.Errorf("answer %d is no JSON", status)
	}
	if len(envelope.Errors) > 0 || envelope.Result.Cert == "" {
		return nil, fmt.Errorf("refused with %d: %v", status, envelope.Errors)
	}
	return base64.StdEncoding.DecodeString(envelope.Result.Cert)
}

func (r *Registrar) authority(organisation string) (url, root string) {
	if organisation == r.admin.topology.Regulator.Name {
		return r.admin.topology.RegulatorCAURL(), r.admin.layout.PeerTLSRoot(r.admin.topology.Regulator.Operator)
	}
	o, _ := r.admin.topology.Find(organisation)
	return r.admin.topology.CAURL(o), r.admin.layout.PeerTLSRoot(organisation)
}

func trusting(root string) (*http.Client, error) {
	body, err := os.ReadFile(root)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(body) {
		return nil, fmt.Errorf("%s holds no certificate", root)
	}
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}, nil
}
