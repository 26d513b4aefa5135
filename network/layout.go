package network

import "path/filepath"

// Layout says where everything of a network lies. Root is absolute.
type Layout struct{ Root string }

// OrdererMSPID names the MSP of an organisation's orderers.
func OrdererMSPID(o Organisation) string { return o.MSPID[:len(o.MSPID)-len("MSP")] + "OrdererMSP" }

func (l Layout) path(parts ...string) string {
	return filepath.Join(append([]string{l.Root}, parts...)...)
}

// Org is the directory of an organisation.
func (l Layout) Org(name string, parts ...string) string {
	return l.path(append([]string{name}, parts...)...)
}

// MSP is the directory by which the channel knows a member.
func (l Layout) MSP(member string) string { return l.Org(member, "msp") }

// OrdererMSP is the directory by which the channel knows an organisation's orderers.
func (l Layout) OrdererMSP(name string) string { return l.Org(name, "orderer-msp") }

// PeerNode is the directory of a peer's certificates (msp, tls).
func (l Layout) PeerNode(name, part string) string { return l.Org(name, "peer", part) }

// OrdererNode is the directory of an orderer's certificates (msp, tls).
func (l Layout) OrdererNode(name, part string) string { return l.Org(name, "orderer", part) }

// PeerTLSRoot is the root certificate that a client of the peer trusts.
func (l Layout) PeerTLSRoot(name string) string {
	return filepath.Join(l.PeerNode(name, "tls"), "ca.crt")
}

// OrdererTLSRoot is the root certificate that a client of the orderer trusts.
func (l Layout) OrdererTLSRoot(name string) string {
	return filepath.Join(l.OrdererNode(name, "tls"), "ca.crt")
}

// AdminMSP is the MSP directory of an organisation's administrator.
func (l Layout) AdminMSP(name string) string { return l.Org(name, "admin", "msp") }

// OrdererAdminMSP is the MSP directory of the administrator of an organisation's orderers.
func (l Layout) OrdererAdminMSP(name string) string { return l.Org(name, "admin", "orderer-msp") }

// Genesis is the channel's first block.
func (l Layout) Genesis() string { return l.path("genesis.block") }

// Created is the marker that is written when everything above exists.
func (l Layout) Created() string { return l.path("created.json") }

// firstSecrets exists only while a network is being made.
func (l Layout) firstSecrets() string { return l.path("creation.json") }

// Description is the file that clients read.
func (l Layout) Description() string { return l.path("network.json") }

// Log is the log file of a process.
func (l Layout) Log(process string) string { return l.path("logs", process+".log") }

// Keys is the directory of people's key files: the administrator's, and on a demo network one for each role.
func (l Layout) Keys() string { return l.path("keys") }
