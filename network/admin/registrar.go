package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/msp"
	mspctx "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk"

	"github.com/hehuang-data/hehuang/network"
)

// registrar registers people at the certificate authorities that one organisation runs.
type registrar struct{ admin *Admin }

// openRegistrar reads the registrars' secrets of one organisation, and of no other.
func openRegistrar(t network.Topology, l network.Layout, organisation string) (*registrar, error) {
	secrets := map[string]string{}
	for member := range t.MembersOf(organisation) {
		body, err := os.ReadFile(l.RegistrarSecret(t.AuthorityOf(member)))
		if err != nil {
			return nil, fmt.Errorf("registrar's secret of %s: %w", member, err)
		}
		secrets[member] = strings.TrimSpace(string(body))
	}
	a, err := open(t, l, l.Org(organisation, "enrolld", "sdk"), secrets)
	if err != nil {
		return nil, err
	}
	return &registrar{admin: a}, nil
}

// person is somebody to be registered, with the attributes that contracts check.
type person struct {
	member, enrolment   string
	role, party, region string
}

// certify registers a person and enrols the person's certificate request.
func (r *registrar) certify(ctx context.Context, p person, request []byte) ([]byte, error) {
	secret, err := r.register(p)
	if err != nil {
		return nil, wrap("register "+p.enrolment, p.member, err)
	}
	a := r.admin
	certificate, err := enrol(ctx, a.topology, a.layout, a.topology.AuthorityOf(p.member), enrolment{id: p.enrolment, secret: secret, request: request})
	return certificate, wrap("enrol "+p.enrolment, p.member, err)
}

// revoke ends a person's certificates at the authority and gives the authority's new revocation list (PEM). It may be repeated.
func (r *registrar) revoke(ctx context.Context, member, enrolment string) ([]byte, error) {
	client, err := msp.New(r.admin.sdk.Context(fabsdk.WithOrg(member)), msp.WithOrg(member))
	if err != nil {
		return nil, err
	}
	a := r.admin.topology.AuthorityOf(member)
	if _, err := client.Revoke(&msp.RevocationRequest{CAName: a.Name(), Name: enrolment, Reason: "cessationofoperation"}); err != nil {
		return nil, wrap("revoke "+enrolment, member, err)
	}
	registrar, err := client.GetSigningIdentity(registrarID)
	if err != nil {
		return nil, wrap("registrar", member, err)
	}
	list, err := revocationList(ctx, r.admin.topology, r.admin.layout, a, registrar.EnrollmentCertificate(), r.signer(registrar))
	return list, wrap("revocation list", member, err)
}

// signer signs with an identity's key, which only the library's own store can use.
func (r *registrar) signer(identity mspctx.SigningIdentity) func(message []byte) ([]byte, error) {
	return func(message []byte) ([]byte, error) {
		library, err := r.admin.sdk.Context()()
		if err != nil {
			return nil, err
		}
		digest := sha256.Sum256(message)
		return library.CryptoSuite().Sign(identity.PrivateKey(), digest[:], nil)
	}
}

// register makes the registration, or gives an existing one a new secret: an enrolment whose answer was lost is repeated.
func (r *registrar) register(p person) (string, error) {
	client, err := msp.New(r.admin.sdk.Context(fabsdk.WithOrg(p.member)), msp.WithOrg(p.member))
	if err != nil {
		return "", err
	}
	random := make([]byte, 24)
	rand.Read(random)
	secret := base64.RawURLEncoding.EncodeToString(random)
	attributes := []msp.Attribute{{Name: "role", Value: p.role, ECert: true}}
	for _, extra := range []msp.Attribute{{Name: "party", Value: p.party, ECert: true}, {Name: "region", Value: p.region, ECert: true}} {
		if extra.Value != "" {
			attributes = append(attributes, extra)
		}
	}
	authority := r.admin.topology.AuthorityOf(p.member).Name()
	_, err = client.Register(&msp.RegistrationRequest{CAName: authority, Name: p.enrolment, Type: "client", MaxEnrollments: 3, Secret: secret, Attributes: attributes})
	if err == nil {
		return secret, nil
	}
	if _, modifyErr := client.ModifyIdentity(&msp.IdentityRequest{CAName: authority, ID: p.enrolment, Type: "client", MaxEnrollments: 3, Secret: secret, Attributes: attributes}); modifyErr != nil {
		return "", errors.Join(err, modifyErr)
	}
	return secret, nil
}
