package network

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"github.com/hehuang-data/hehuang/network/config"
)

// Create makes a network's certificates, first block and configuration, once. A creation that was interrupted is
// begun anew; a network that exists keeps everything but the rendered configuration of
// its nodes, which is written again.
func Create(t Topology, l Layout, tools Tools, name, mode string) error {
	created, err := readCreated(l)
	switch {
	case err == nil && created.Layout != layoutVersion:
		return fmt.Errorf("network %s was made by another version of this program: delete it with: make reset", name)
	case err == nil && created.Mode != mode:
		return fmt.Errorf("network %s was founded as %s and cannot become %s: choose another --network", name, created.Mode, mode)
	case err == nil:
		return renderAll(t, l, tools)
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("state of network %s is damaged (%w): restore it, or delete it with: make reset", name, err)
	}
	for _, half := range []string{l.path("crypto"), l.Genesis()} {
		if err := os.RemoveAll(half); err != nil {
			return err
		}
	}
	if err := makeCertificates(t, l, tools); err != nil {
		return err
	}
	if err := makeSecrets(t, l); err != nil {
		return err
	}
	if err := renderAuthorities(t, l); err != nil {
		return err
	}
	if err := renderAll(t, l, tools); err != nil {
		return err
	}
	if err := makeGenesis(t, l, tools); err != nil {
		return err
	}
	return WriteJSON(l.Created(), createdMark{Name: name, Mode: mode, Offset: t.Offset, Fabric: FabricVersion, Layout: layoutVersion}, 0o644)
}

func readCreated(l Layout) (createdMark, error) {
	var mark createdMark
	body, err := os.ReadFile(l.Created())
	if err != nil {
		return mark, err
	}
	return mark, json.Unmarshal(body, &mark)
}

// createdMark is written last: its presence says that the network's materials are complete.
type createdMark struct {
	Name   string `json:"name"`
	Mode   string `json:"mode"`
	Offset int    `json:"offset"`
	Fabric string `json:"fabric"`
	Layout int    `json:"layout"` // of the state directory
}

const layoutVersion = 2

type namedOrg struct {
	Name, Domain, MSPID, MSPDir, TLS, Host string
	Port                                   int
}

type channelValues struct {
	Peers, Orderers []namedOrg
	Regulator       namedOrg
}

func values(t Topology, l Layout) channelValues {
	var v channelValues
	for _, o := range t.Organisations {
		v.Peers = append(v.Peers, namedOrg{Name: o.MSPID, Domain: Domain(o.Name), MSPID: o.MSPID, MSPDir: l.PeerOrg(o.Name, "msp"),
			Host: o.Host, Port: t.port(o, portPeer)})
		v.Orderers = append(v.Orderers, namedOrg{Name: OrdererMSPID(o), Domain: "order." + Domain(o.Name), MSPID: OrdererMSPID(o),
			MSPDir: l.OrdererOrg(o.Name, "msp"), TLS: l.OrdererNode(o.Name, "tls"), Host: o.Host, Port: t.port(o, portOrderer)})
	}
	r := t.Regulator
	v.Regulator = namedOrg{Name: r.MSPID, Domain: Domain(r.Name), MSPID: r.MSPID, MSPDir: l.PeerOrg(r.Name, "msp")}
	return v
}

func makeCertificates(t Topology, l Layout, tools Tools) error {
	if err := renderTo(l.path("cryptogen.yaml"), "cryptogen.yaml", values(t, l), 0o644); err != nil {
		return err
	}
	return run(tools.Path("cryptogen"), "generate", "--config", l.path("cryptogen.yaml"), "--output", l.path("crypto"))
}

func makeGenesis(t Topology, l Layout, tools Tools) error {
	if err := renderTo(l.path("configtx.yaml"), "configtx.yaml", values(t, l), 0o644); err != nil {
		return err
	}
	return run(tools.Path("configtxgen"), "-configPath", l.Root, "-profile", "Registry", "-channelID", t.Channel, "-outputBlock", l.Genesis())
}

// makeSecrets makes each registrar's secret and each organisation's evidence key, readable by the operator only.
func makeSecrets(t Topology, l Layout) error {
	for _, name := range append(names(t), t.Regulator.Name) {
		secret := make([]byte, 24)
		if _, err := rand.Read(secret); err != nil {
			return err
		}
		if err := WriteFile(l.RegistrarSecret(t.Operator(name), name), []byte(hex.EncodeToString(secret)), 0o600); err != nil {
			return err
		}
	}
	for _, name := range names(t) {
		identity, err := age.GenerateX25519Identity()
		if err != nil {
			return err
		}
		if err := WriteFile(l.Org(name, "registryd", "age.key"), []byte(identity.String()+"\n"), 0o600); err != nil {
			return err
		}
		if err := WriteFile(l.Org(name, "registryd", "age.pub"), []byte(identity.Recipient().String()+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func names(t Topology) []string {
	var all []string
	for _, o := range t.Organisations {
		all = append(all, o.Name)
	}
	return all
}

func renderAll(t Topology, l Layout, tools Tools) error {
	for _, o := range t.Organisations {
		if err := renderPeer(t, l, tools, o); err != nil {
			return err
		}
		if err := renderOrderer(t, l, o); err != nil {
			return err
		}
	}
	return nil
}

// renderAuthorities configures the certificate authorities, once: nothing else needs the registrars' secrets again.
func renderAuthorities(t Topology, l Layout) error {
	for _, o := range t.Organisations {
		if err := renderCA(l, o.Name, o.Name, t.port(o, portCA), t.port(o, portCAOperations)); err != nil {
			return err
		}
	}
	o, err := t.Find(t.Regulator.Operator)
	if err != nil {
		return err
	}
	return renderCA(l, t.Regulator.Name, o.Name, t.port(o, portRegulatorCA), t.port(o, portRegulatorOps))
}

func renderPeer(t Topology, l Layout, tools Tools, o Organisation) error {
	return renderTo(l.Org(o.Name, "peer", "core.yaml"), "core.yaml", map[string]any{
		"ID": "peer." + Domain(o.Name), "Network": "hehuang", "Host": o.Host, "Port": t.port(o, portPeer),
		"ChaincodePort": t.port(o, portChaincode), "OperationsPort": t.port(o, portPeerOperations), "Bootstrap": t.PeerAddress(o),
		"TLS": l.PeerNode(o.Name, "tls"), "MSP": l.PeerNode(o.Name, "msp"), "MSPID": o.MSPID,
		"Data": l.Org(o.Name, "peer", "data"), "Builder": tools.Builder,
	}, 0o644)
}

func renderOrderer(t Topology, l Layout, o Organisation) error {
	var roots []string
	for _, other := range t.Organisations {
		roots = append(roots, l.OrdererTLSRoot(other.Name))
	}
	return renderTo(l.Org(o.Name, "orderer", "orderer.yaml"), "orderer.yaml", map[string]any{
		"Host": o.Host, "Port": t.port(o, portOrderer), "AdminPort": t.port(o, portOrdererAdmin), "OperationsPort": t.port(o, portOrdererOps),
		"TLS": l.OrdererNode(o.Name, "tls"), "MSP": l.OrdererNode(o.Name, "msp"), "MSPID": OrdererMSPID(o),
		"Data": l.Org(o.Name, "orderer", "data"), "ClusterRoots": roots,
	}, 0o644)
}

// renderCA writes the configuration of a certificate authority: it signs with the organisation's root, and serves TLS with the
// certificate of the operator's peer node.
func renderCA(l Layout, name, operator string, port, operations int) error {
	secret, err := os.ReadFile(l.RegistrarSecret(operator, name))
	if err != nil {
		return err
	}
	return renderTo(l.Org(name, "ca", "fabric-ca-server-config.yaml"), "ca.yaml", map[string]any{
		"Name": "ca-" + name, "Port": port, "OperationsPort": operations, "Secret": strings.TrimSpace(string(secret)),
		"Cert": l.CARoot(name), "Key": l.PeerOrg(name, "ca", "priv_sk"),
		"TLSCert": filepath.Join(l.PeerNode(operator, "tls"), "server.crt"), "TLSKey": filepath.Join(l.PeerNode(operator, "tls"), "server.key"),
	}, 0o600)
}

func renderTo(path, template string, v any, mode os.FileMode) error {
	body, err := config.Render(template, v)
	if err != nil {
		return err
	}
	return WriteFile(path, body, mode)
}

// run runs a tool to its end; its output is shown only when it fails.
func run(program string, args ...string) error {
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(program), args[0], err, strings.TrimSpace(string(out)))
	}
	return nil
}
