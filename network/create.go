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

// Begin readies the certificate authorities of a new network, so that they can be started: from them come all certificates that
// the first block needs. A network that exists is left alone. A creation that was interrupted goes on where it was.
func Begin(t Topology, l Layout, name, mode string) (exists bool, err error) {
	created, err := readCreated(l)
	switch {
	case err == nil && created.Layout != layoutVersion:
		return true, fmt.Errorf("network %s was made by another version of this program: delete it with: make reset", name)
	case err == nil && created.Mode != mode:
		return true, fmt.Errorf("network %s was founded as %s and cannot become %s: choose another --network", name, created.Mode, mode)
	case err == nil:
		return true, nil
	case !errors.Is(err, os.ErrNotExist):
		return false, fmt.Errorf("state of network %s is damaged (%w): restore it, or delete it with: make reset", name, err)
	}
	identities := Identities(t, l, mode)
	secrets, err := makeSecrets(t, l, identities)
	if err != nil {
		return false, err
	}
	return false, renderAuthorities(t, l, identities, secrets)
}

// Complete makes what follows from the issued certificates: MSP directories, configuration and first block. Then the network
// exists, and the secrets that it was made with are forgotten.
func Complete(t Topology, l Layout, tools Tools, name, mode string) error {
	for _, step := range []func() error{
		func() error { return writeMSPs(t, l) },
		func() error { return makeEvidenceKeys(t, l) },
		func() error { return Render(t, l, tools) },
		func() error { return makeGenesis(t, l, tools) },
		func() error {
			return WriteJSON(l.Created(), createdMark{Name: name, Mode: mode, Offset: t.Offset, Fabric: FabricVersion, Layout: layoutVersion}, 0o644)
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return os.Remove(l.firstSecrets())
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

const layoutVersion = 3

type namedOrg struct {
	Name, MSPID, MSPDir, TLS, Host string
	Port                           int
}

type channelValues struct {
	Peers, Orderers []namedOrg
	Regulator       namedOrg
}

func values(t Topology, l Layout) channelValues {
	var v channelValues
	for _, o := range t.Organisations {
		v.Peers = append(v.Peers, namedOrg{Name: o.MSPID, MSPID: o.MSPID, MSPDir: l.MSP(o.Name), Host: o.Host, Port: t.port(o, portPeer)})
		v.Orderers = append(v.Orderers, namedOrg{Name: OrdererMSPID(o), MSPID: OrdererMSPID(o), MSPDir: l.OrdererMSP(o.Name),
			TLS: l.OrdererNode(o.Name, "tls"), Host: o.Host, Port: t.port(o, portOrderer)})
	}
	r := t.Regulator
	v.Regulator = namedOrg{Name: r.MSPID, MSPID: r.MSPID, MSPDir: l.MSP(r.Name)}
	return v
}

func makeGenesis(t Topology, l Layout, tools Tools) error {
	if err := renderTo(l.path("configtx.yaml"), "configtx.yaml", values(t, l), 0o644); err != nil {
		return err
	}
	return run(tools.Path("configtxgen"), "-configPath", l.Root, "-profile", "Registry", "-channelID", t.Channel, "-outputBlock", l.Genesis())
}

// makeSecrets makes the first secret of every identity and the registrars' secrets, readable by the operator only. An interrupted
// creation keeps them: the authorities know them already.
func makeSecrets(t Topology, l Layout, identities []Identity) (map[string]string, error) {
	if secrets, err := FirstSecrets(l); !errors.Is(err, os.ErrNotExist) {
		return secrets, err
	}
	secrets := map[string]string{}
	for _, i := range identities {
		secrets[i.Secret()] = newSecret()
	}
	for _, a := range allAuthorities(t) {
		if !a.Registers() {
			continue
		}
		if err := WriteFile(l.RegistrarSecret(a), []byte(newSecret()), 0o600); err != nil {
			return nil, err
		}
	}
	return secrets, WriteJSON(l.firstSecrets(), secrets, 0o600)
}

// FirstSecrets are the secrets with which the identities of a network that is being made are enrolled, by Identity.Secret.
func FirstSecrets(l Layout) (map[string]string, error) {
	body, err := os.ReadFile(l.firstSecrets())
	if err != nil {
		return nil, err
	}
	var secrets map[string]string
	return secrets, json.Unmarshal(body, &secrets)
}

func newSecret() string {
	secret := make([]byte, 24)
	rand.Read(secret)
	return hex.EncodeToString(secret)
}

func allAuthorities(t Topology) []Authority {
	var all []Authority
	for _, o := range t.Organisations {
		all = append(all, t.Authorities(o.Name)...)
	}
	return all
}

// makeEvidenceKeys makes each organisation's evidence key.
func makeEvidenceKeys(t Topology, l Layout) error {
	for _, o := range t.Organisations {
		if _, err := os.Stat(l.Org(o.Name, "registryd", "age.pub")); err == nil {
			continue
		}
		identity, err := age.GenerateX25519Identity()
		if err != nil {
			return err
		}
		if err := WriteFile(l.Org(o.Name, "registryd", "age.key"), []byte(identity.String()+"\n"), 0o600); err != nil {
			return err
		}
		if err := WriteFile(l.Org(o.Name, "registryd", "age.pub"), []byte(identity.Recipient().String()+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Render writes the configuration of the nodes.
func Render(t Topology, l Layout, tools Tools) error {
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

func renderPeer(t Topology, l Layout, tools Tools, o Organisation) error {
	return renderTo(l.Org(o.Name, "peer", "core.yaml"), "core.yaml", map[string]any{
		"ID": "peer." + o.Name, "Network": "hehuang", "Host": o.Host, "Port": t.port(o, portPeer),
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

// known is an identity that an authority knows from its first start on.
type known struct {
	ID, Secret, Type string
	Attributes       []Attribute
}

// renderAuthorities configures the certificate authorities, once: nothing else needs their secrets again.
func renderAuthorities(t Topology, l Layout, identities []Identity, secrets map[string]string) error {
	for _, a := range allAuthorities(t) {
		o, err := t.Find(a.Operator)
		if err != nil {
			return err
		}
		values := map[string]any{"Name": a.Name(), "Port": 0, "OperationsPort": 0, "Others": []string{}, "Registrar": ""}
		if a.Kind == AuthorityTLS {
			var others []string
			for _, other := range t.Authorities(o.Name)[1:] {
				others = append(others, l.AuthorityConfig(other))
			}
			values["Port"], values["OperationsPort"], values["Others"] = t.port(o, portCA), t.port(o, portCAOperations), others
		}
		if a.Registers() {
			secret, err := os.ReadFile(l.RegistrarSecret(a))
			if err != nil {
				return err
			}
			values["Registrar"] = string(secret)
		}
		var all []known
		for _, i := range identities {
			if i.Authority == a {
				all = append(all, known{i.ID, secrets[i.Secret()], i.Type, i.Attributes})
			}
		}
		values["Identities"] = all
		if err := renderTo(l.AuthorityConfig(a), "ca.yaml", values, 0o600); err != nil {
			return err
		}
	}
	return nil
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
