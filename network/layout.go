package network

import (
	"fmt"
	"path/filepath"
)

// Layout says where everything of a network lies. Root is absolute.
type Layout struct{ Root string }

// Domain is an organisation's name in certificates.
func Domain(name string) string { return name + ".hehuang.test" }

// OrdererMSPID names the MSP of an organisation's orderers.
func OrdererMSPID(o Organisation) string { return o.MSPID[:len(o.MSPID)-len("MSP")] + "OrdererMSP" }

func (l Layout) path(parts ...string) string {
	return filepath.Join(append([]string{l.Root}, parts...)...)
}

// Org is the directory of an organisation.
func (l Layout) Org(name string, parts ...string) string {
	return l.path(append([]string{name}, parts...)...)
}

// PeerOrg is the directory of an organisation's certificates.
func (l Layout) PeerOrg(name string, parts ...string) string {
	return l.path(append([]string{"crypto", "peerOrganizations", Domain(name)}, parts...)...)
}

// OrdererOrg is the directory of the certificates of an organisation's orderers.
func (l Layout) OrdererOrg(name string, parts ...string) string {
	return l.path(append([]string{"crypto", "ordererOrganizations", "order." + Domain(name)}, parts...)...)
}

// PeerNode is the directory of a peer's certificates (msp, tls).
func (l Layout) PeerNode(name, part string) string {
	return l.PeerOrg(name, "peers", "peer."+Domain(name), part)
}

// OrdererNode is the directory of an orderer's certificates (msp, tls).
func (l Layout) OrdererNode(name, part string) string {
	return l.OrdererOrg(name, "orderers", "orderer.order."+Domain(name), part)
}

// PeerTLSRoot is the root certificate that a client of the peer trusts.
func (l Layout) PeerTLSRoot(name string) string {
	return filepath.Join(l.PeerNode(name, "tls"), "ca.crt")
}

// OrdererTLSRoot is the root certificate that a client of the orderer trusts.
func (l Layout) OrdererTLSRoot(name string) string {
	return filepath.Join(l.OrdererNode(name, "tls"), "ca.crt")
}

// AdminMSP is the MSP directory of an organisation's administrator.
func (l Layout) AdminMSP(name string) string {
	return l.PeerOrg(name, "users", "Admin@"+Domain(name), "msp")
}

// Genesis is the channel's first block.
func (l Layout) Genesis() string { return l.path("genesis.block") }

// Created is the marker that is written when everything above exists.
func (l Layout) Created() string { return l.path("created.json") }

// Description is the file that clients read.
func (l Layout) Description() string { return l.path("network.json") }

// Log is the log file of a process.
func (l Layout) Log(process string) string { return l.path("logs", process+".log") }

// CARoot is the certificate that an organisation's certificate authority signs with, and its TLS root.
func (l Layout) CARoot(name string) string {
	return l.PeerOrg(name, "ca", fmt.Sprintf("ca.%s-cert.pem", Domain(name)))
}

// RegistrarSecret is the file with the secret of the registrar at a member's certificate authority. It lies with the
// registration authority of the organisation that runs it, and nobody else reads it once the network is made.
func (l Layout) RegistrarSecret(operator, member string) string {
	return l.Org(operator, "enrolld", "registrar-"+member)
}

// Person is the directory of a person's certificate and key: cert.pem, key.pem.
func (l Layout) Person(organisation, kind, enrolment string) string {
	return l.Org(organisation, kind, enrolment)
}
