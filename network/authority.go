package network

import (
	"fmt"
	"path/filepath"
)

// AuthorityKind says what a certificate authority certifies. Each kind has a root of its own: under a shared one a person's
// certificate would pass for an orderer's, or at a node's administration.
type AuthorityKind string

// Kinds of authorities. An organisation runs all of its authorities in one server.
const (
	AuthorityTLS       AuthorityKind = "tls"       // lines between nodes; the server's own line too
	AuthorityIdentity  AuthorityKind = "identity"  // peer, administrator, services and people of the organisation
	AuthorityOrderer   AuthorityKind = "orderer"   // the organisation's orderer and its administrator
	AuthorityDocuments AuthorityKind = "documents" // the agency's document key, which is no identity on the ledger
	AuthorityRegulator AuthorityKind = "regulator" // people of the member that runs nothing
)

// Authority is one certificate authority.
type Authority struct {
	Operator string // organisation that runs it
	Kind     AuthorityKind
}

// Name is the authority's name at its server and in its root certificate.
func (a Authority) Name() string { return a.Operator + "-" + string(a.Kind) }

// Registers says whether people are registered there while the network runs; the others know their few identities from the
// beginning and have no registrar.
func (a Authority) Registers() bool {
	return a.Kind == AuthorityIdentity || a.Kind == AuthorityRegulator
}

// Authorities are the certificate authorities that an organisation runs; the first is the server's own.
func (t Topology) Authorities(organisation string) []Authority {
	kinds := []AuthorityKind{AuthorityTLS, AuthorityIdentity, AuthorityOrderer}
	if organisation == "agency" {
		kinds = append(kinds, AuthorityDocuments)
	}
	if organisation == t.Regulator.Operator {
		kinds = append(kinds, AuthorityRegulator)
	}
	var all []Authority
	for _, kind := range kinds {
		all = append(all, Authority{organisation, kind})
	}
	return all
}

// AuthorityOf is the authority of a member's people.
func (t Topology) AuthorityOf(member string) Authority {
	if member == t.Regulator.Name {
		return Authority{t.Regulator.Operator, AuthorityRegulator}
	}
	return Authority{member, AuthorityIdentity}
}

// AuthorityURL is where an organisation's authorities answer, on their own machine only.
func (t Topology) AuthorityURL(operator string) string {
	o, _ := t.Find(operator)
	return fmt.Sprintf("https://localhost:%d", t.port(o, portCA))
}

// AuthorityHealth is the health check of an organisation's authorities.
func (t Topology) AuthorityHealth(o Organisation) string {
	return fmt.Sprintf("http://127.0.0.1:%d/healthz", t.port(o, portCAOperations))
}

// AuthorityHome is an authority's directory.
func (l Layout) AuthorityHome(a Authority) string {
	if a.Kind == AuthorityTLS {
		return l.Org(a.Operator, "ca")
	}
	return l.Org(a.Operator, "ca", string(a.Kind))
}

// AuthorityRoot is an authority's root certificate, which it makes when it is started for the first time.
func (l Layout) AuthorityRoot(a Authority) string {
	return filepath.Join(l.AuthorityHome(a), "ca-cert.pem")
}

// AuthorityConfig is an authority's configuration.
func (l Layout) AuthorityConfig(a Authority) string {
	return filepath.Join(l.AuthorityHome(a), "fabric-ca-server-config.yaml")
}

// RevocationList is the file with an authority's newest revocation list; there is none before the first revocation.
func (l Layout) RevocationList(a Authority) string {
	return l.Org(a.Operator, "enrolld", "crl-"+string(a.Kind)+".pem")
}

// RegistrarSecret is the file with the secret of an authority's registrar. It lies with the registration authority of the
// organisation that runs it, and nobody else reads it once the network is made.
func (l Layout) RegistrarSecret(a Authority) string {
	return l.Org(a.Operator, "enrolld", "registrar-"+string(a.Kind))
}
