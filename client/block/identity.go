package block

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"
)

// organisation is one MSP of the channel configuration.
type organisation struct {
	id          string
	application string // name of its group among the application's organisations; "" for orderers
	verify      x509.VerifyOptions
	admins      []*x509.Certificate
	revoked     []*x509.RevocationList
	nodeOUs     bool
	units       map[msp.MSPRole_MSPRoleType]unit // the organisational units that make a role
	demands     []unit                           // one of these must be there, if there are any
}

// unit is an organisational unit, and the authority that must have certified it; nil: any of the organisation's.
type unit struct {
	name      string
	certifier *x509.Certificate
}

func newOrganisation(config []byte) (*organisation, error) {
	var outer msp.MSPConfig
	var inner msp.FabricMSPConfig
	if err := errors.Join(proto.Unmarshal(config, &outer), proto.Unmarshal(outer.GetConfig(), &inner)); err != nil {
		return nil, err
	}
	o := &organisation{id: inner.GetName(), units: map[msp.MSPRole_MSPRoleType]unit{}, verify: x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}}
	for _, body := range inner.GetRootCerts() {
		if !o.verify.Roots.AppendCertsFromPEM(body) {
			return nil, fmt.Errorf("%s: a root certificate is no certificate", o.id)
		}
	}
	for _, body := range inner.GetIntermediateCerts() {
		if !o.verify.Intermediates.AppendCertsFromPEM(body) {
			return nil, fmt.Errorf("%s: an intermediate certificate is no certificate", o.id)
		}
	}
	for _, body := range inner.GetAdmins() {
		cert, err := parseCertificate(body)
		if err != nil {
			return nil, fmt.Errorf("%s: administrator: %w", o.id, err)
		}
		o.admins = append(o.admins, cert)
	}
	for _, body := range inner.GetRevocationList() {
		list, err := parseRevocations(body)
		if err != nil {
			return nil, fmt.Errorf("%s: revocation list: %w", o.id, err)
		}
		o.revoked = append(o.revoked, list)
	}
	return o, o.readUnits(&inner)
}

func (o *organisation) readUnits(config *msp.FabricMSPConfig) error {
	var failed []error
	read := func(u *msp.FabricOUIdentifier) unit {
		read := unit{name: u.GetOrganizationalUnitIdentifier()}
		if len(u.GetCertificate()) > 0 {
			cert, err := parseCertificate(u.GetCertificate())
			failed = append(failed, err)
			read.certifier = cert
		}
		return read
	}
	for _, u := range config.GetOrganizationalUnitIdentifiers() {
		o.demands = append(o.demands, read(u))
	}
	nodes := config.GetFabricNodeOus()
	o.nodeOUs = nodes.GetEnable()
	for role, u := range map[msp.MSPRole_MSPRoleType]*msp.FabricOUIdentifier{msp.MSPRole_CLIENT: nodes.GetClientOuIdentifier(), msp.MSPRole_PEER: nodes.GetPeerOuIdentifier(),
		msp.MSPRole_ADMIN: nodes.GetAdminOuIdentifier(), msp.MSPRole_ORDERER: nodes.GetOrdererOuIdentifier()} {
		if u != nil {
			o.units[role] = read(u)
		}
	}
	return errors.Join(failed...)
}

// identity is a certificate of one of the channel's organisations, as far as it stands up.
type identity struct {
	organisation *organisation
	cert         *x509.Certificate
	valid        error // nil: issued by the organisation, not revoked, of exactly one role
}

// identity opens a serialized identity; an error says that it is none of an organisation of the channel.
func (c *Config) identity(serialized []byte) (*identity, error) {
	if known, ok := c.identities[string(serialized)]; ok {
		return known, nil
	}
	var id msp.SerializedIdentity
	if err := proto.Unmarshal(serialized, &id); err != nil {
		return nil, err
	}
	o := c.organisations[id.GetMspid()]
	if o == nil {
		return nil, fmt.Errorf("%q is no organisation of the channel", Shown(id.GetMspid()))
	}
	cert, err := parseCertificate(id.GetIdBytes())
	if err != nil {
		return nil, err
	}
	found := &identity{organisation: o, cert: cert}
	found.valid = found.validate()
	c.identities[string(serialized)] = found
	return found, nil
}

// validate judges as peers do: the clock does not matter, so that everybody judges alike for ever; revocation does.
func (i *identity) validate() error {
	options := i.organisation.verify
	options.CurrentTime = i.cert.NotBefore.Add(time.Second)
	chains, err := i.cert.Verify(options)
	if err != nil {
		return err
	}
	if i.cert.IsCA || len(chains) != 1 || len(chains[0]) < 2 {
		return errors.New("the certificate is not one that an authority issued to somebody")
	}
	issuer := chains[0][1]
	for _, list := range i.organisation.revoked {
		if !bytes.Equal(list.AuthorityKeyId, issuer.SubjectKeyId) || list.CheckSignatureFrom(issuer) != nil {
			continue
		}
		if slices.ContainsFunc(list.RevokedCertificateEntries, func(r x509.RevocationListEntry) bool { return r.SerialNumber.Cmp(i.cert.SerialNumber) == 0 }) {
			return errors.New("the certificate has been revoked")
		}
	}
	return i.checkUnits(issuer)
}

func (i *identity) checkUnits(issuer *x509.Certificate) error {
	has := func(u unit) bool {
		return slices.Contains(i.cert.Subject.OrganizationalUnit, u.name) && (u.certifier == nil || u.certifier.Equal(issuer))
	}
	if len(i.organisation.demands) > 0 && !slices.ContainsFunc(i.organisation.demands, has) {
		return errors.New("the certificate has no organisational unit of the organisation")
	}
	if !i.organisation.nodeOUs {
		return nil
	}
	roles := 0
	for _, u := range i.organisation.units {
		if slices.Contains(i.cert.Subject.OrganizationalUnit, u.name) {
			roles++
			if !has(u) {
				return errors.New("another authority certified the role")
			}
		}
	}
	if roles != 1 {
		return fmt.Errorf("the certificate has %d of the roles client, peer, orderer and admin: one is needed", roles)
	}
	return nil
}

// satisfies says whether an identity is what a policy asks for.
func (i *identity) satisfies(p *msp.MSPPrincipal) bool {
	switch p.GetPrincipalClassification() {
	case msp.MSPPrincipal_ROLE:
		var role msp.MSPRole
		if proto.Unmarshal(p.GetPrincipal(), &role) != nil || role.GetMspIdentifier() != i.organisation.id {
			return false
		}
		return i.holds(role.GetRole())
	case msp.MSPPrincipal_IDENTITY:
		var other msp.SerializedIdentity
		if proto.Unmarshal(p.GetPrincipal(), &other) != nil || other.GetMspid() != i.organisation.id {
			return false
		}
		cert, err := parseCertificate(other.GetIdBytes())
		return err == nil && cert.Equal(i.cert) && i.valid == nil
	}
	return false // organisational units and anonymity: no policy of ours names them
}

func (i *identity) holds(role msp.MSPRole_MSPRoleType) bool {
	if role == msp.MSPRole_ADMIN && slices.ContainsFunc(i.organisation.admins, i.cert.Equal) {
		return true
	}
	if i.valid != nil {
		return false
	}
	if role == msp.MSPRole_MEMBER {
		return true
	}
	u, defined := i.organisation.units[role]
	return i.organisation.nodeOUs && defined && slices.Contains(i.cert.Subject.OrganizationalUnit, u.name)
}

// verify judges a signature as Fabric makes them: ECDSA over SHA-256 with low S, or Ed25519.
func (i *identity) verify(message, signature []byte) error {
	switch key := i.cert.PublicKey.(type) {
	case *ecdsa.PublicKey:
		if !lowS(key.Curve, signature) {
			return errors.New("the signature is not in its low form")
		}
		if sum := sha256.Sum256(message); !ecdsa.VerifyASN1(key, sum[:], signature) {
			return errors.New("the signature does not fit")
		}
		return nil
	case ed25519.PublicKey:
		if !ed25519.Verify(key, message, signature) {
			return errors.New("the signature does not fit")
		}
		return nil
	}
	return fmt.Errorf("keys of kind %s do not sign here", i.cert.PublicKeyAlgorithm)
}

func lowS(curve elliptic.Curve, signature []byte) bool {
	var parts struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(signature, &parts)
	if err != nil || len(rest) > 0 {
		return false
	}
	return parts.S.Cmp(new(big.Int).Rsh(curve.Params().N, 1)) <= 0
}

func parseCertificate(body []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(body)
	if block == nil {
		return nil, errors.New("no certificate in PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

func parseRevocations(body []byte) (*x509.RevocationList, error) {
	if block, _ := pem.Decode(body); block != nil {
		body = block.Bytes
	}
	return x509.ParseRevocationList(body)
}

// Name is how a serialized identity is shown: MSP identifier, slash, common name. It proves nothing.
func Name(serialized []byte) string {
	var id msp.SerializedIdentity
	if proto.Unmarshal(serialized, &id) != nil {
		return "?"
	}
	name := "?"
	if cert, err := parseCertificate(id.GetIdBytes()); err == nil {
		name = cert.Subject.CommonName
	}
	return id.GetMspid() + "/" + name
}
