package network

import (
	"os"
	"path/filepath"
)

// nodeOUs lets the channel tell peers, orderers, administrators and clients of a member apart by their certificates.
const nodeOUs = `NodeOUs:
  Enable: true
  ClientOUIdentifier: {Certificate: cacerts/ca.pem, OrganizationalUnitIdentifier: client}
  PeerOUIdentifier: {Certificate: cacerts/ca.pem, OrganizationalUnitIdentifier: peer}
  AdminOUIdentifier: {Certificate: cacerts/ca.pem, OrganizationalUnitIdentifier: admin}
  OrdererOUIdentifier: {Certificate: cacerts/ca.pem, OrganizationalUnitIdentifier: orderer}
`

// writeMSPs lays out the MSP directories of members, nodes and administrators around their certificates, and the roots of lines.
func writeMSPs(t Topology, l Layout) error {
	for _, o := range t.Organisations {
		tls := l.AuthorityRoot(Authority{o.Name, AuthorityTLS})
		identity, orderer := Authority{o.Name, AuthorityIdentity}, Authority{o.Name, AuthorityOrderer}
		for _, dir := range []string{l.MSP(o.Name), l.PeerNode(o.Name, "msp"), l.AdminMSP(o.Name)} {
			if err := writeMSP(dir, l.AuthorityRoot(identity), tls); err != nil {
				return err
			}
		}
		for _, dir := range []string{l.OrdererMSP(o.Name), l.OrdererNode(o.Name, "msp"), l.OrdererAdminMSP(o.Name)} {
			if err := writeMSP(dir, l.AuthorityRoot(orderer), tls); err != nil {
				return err
			}
		}
		for _, root := range []string{l.PeerTLSRoot(o.Name), l.OrdererTLSRoot(o.Name)} {
			if err := copyFile(tls, root); err != nil {
				return err
			}
		}
	}
	r := t.Regulator
	for _, dir := range []string{l.MSP(r.Name), l.AdminMSP(r.Name)} {
		if err := writeMSP(dir, l.AuthorityRoot(t.AuthorityOf(r.Name)), l.AuthorityRoot(Authority{r.Operator, AuthorityTLS})); err != nil {
			return err
		}
	}
	return nil
}

func writeMSP(dir, root, tlsRoot string) error {
	if err := copyFile(root, filepath.Join(dir, "cacerts", "ca.pem")); err != nil {
		return err
	}
	if err := copyFile(tlsRoot, filepath.Join(dir, "tlscacerts", "ca.pem")); err != nil {
		return err
	}
	return WriteFile(filepath.Join(dir, "config.yaml"), []byte(nodeOUs), 0o644)
}

func copyFile(from, to string) error {
	body, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return WriteFile(to, body, 0o644)
}
