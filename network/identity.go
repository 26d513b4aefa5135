package network

import (
	"path/filepath"
	"slices"
)

// Identity is a certificate that a network is made with. Everybody else applies for an account.
type Identity struct {
	Authority    Authority
	ID           string // enrolment id, the certificate's common name
	Type         string // peer, orderer, admin or client: the role in the channel's policies
	Attributes   []Attribute
	Profile      string   // of the signature: node, tls or documents; empty where there are attributes, which the authority writes without one only
	Hosts        []string // TLS: the names under which it is reached
	Organisation string   // of the subject; empty: none
	Certificate  string   // file
	Key          string   // file: PKCS #8, PEM
}

// Attribute is an attribute of a certificate, which contracts check.
type Attribute struct{ Name, Value string }

// Secret is the name of the identity's first secret.
func (i Identity) Secret() string { return i.Authority.Name() + "/" + i.ID }

// Identities lists the certificates that a network is made with: nodes and their lines, administrators, services and the agency's
// document key. The bureau's administrator, who founds the registry, is the only person among them.
func Identities(t Topology, l Layout, mode string) []Identity {
	var all []Identity
	for _, o := range t.Organisations {
		all = append(all, nodes(o, l)...)
		for _, service := range []struct{ id, role string }{{"registryd", "service"}, {"enrolld", "enroller"}} {
			all = append(all, pair(Authority{o.Name, AuthorityIdentity}, service.id, l.Org(o.Name, service.id, "identity"), Attribute{"role", service.role}))
		}
	}
	return append(all, pair(Authority{"bureau", AuthorityIdentity}, "bureau-admin", l.Org("bureau", "administrator"),
		Attribute{"role", "admin"}, Attribute{"party", bureauParty}, Attribute{"region", "630200"}), document(l, mode),
		msp(t.AuthorityOf(t.Regulator.Name), "admin", l.AdminMSP(t.Regulator.Name)))
}

const bureauParty = "11630200MBFAKE0126"

// nodes are the identities of an organisation's peer and orderer, of their lines, and of their administrators.
func nodes(o Organisation, l Layout) []Identity {
	identity, orderer, tls := Authority{o.Name, AuthorityIdentity}, Authority{o.Name, AuthorityOrderer}, Authority{o.Name, AuthorityTLS}
	line := func(kind, dir string) Identity {
		hosts := []string{"localhost", "127.0.0.1", o.Host}
		slices.Sort(hosts)
		return Identity{Authority: tls, ID: kind, Type: kind, Profile: "tls", Hosts: slices.Compact(hosts),
			Certificate: filepath.Join(dir, "server.crt"), Key: filepath.Join(dir, "server.key")}
	}
	return []Identity{
		msp(identity, "peer", l.PeerNode(o.Name, "msp")), line("peer", l.PeerNode(o.Name, "tls")), msp(identity, "admin", l.AdminMSP(o.Name)),
		msp(orderer, "orderer", l.OrdererNode(o.Name, "msp")), line("orderer", l.OrdererNode(o.Name, "tls")), msp(orderer, "admin", l.OrdererAdminMSP(o.Name)),
	}
}

// msp is an identity in an MSP directory.
func msp(a Authority, kind, dir string) Identity {
	return Identity{Authority: a, ID: kind, Type: kind, Profile: "node",
		Certificate: filepath.Join(dir, "signcerts", "cert.pem"), Key: filepath.Join(dir, "keystore", "key.pem")}
}

func pair(a Authority, id, dir string, attributes ...Attribute) Identity {
	return Identity{Authority: a, ID: id, Type: "client", Attributes: attributes,
		Certificate: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
}

// document is the key with which the agency signs certificates of registration. Its authority's root is no member's: it cannot
// act on the ledger.
func document(l Layout, mode string) Identity {
	id := "海东市数据资产登记机构文书签名"
	if mode == "demo" {
		id += "（演示）"
	}
	i := pair(Authority{"agency", AuthorityDocuments}, id, l.Org("agency", "registryd", "document"))
	i.Profile, i.Organisation = "documents", "海东市数据资产登记机构"
	return i
}
