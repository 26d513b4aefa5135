// Package network describes and builds a real network: topology, configuration, programs, identities, and where each
// of them lies. Nothing here talks to a running node; that is network/admin and the devnet command.
package network

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/hehuang-data/hehuang/network/config"
)

// Topology says who takes part, on which hosts and ports.
type Topology struct {
	Channel       string         `yaml:"channel"`
	Chaincode     string         `yaml:"chaincode"`
	Organisations []Organisation `yaml:"organisations"`
	Regulator     Regulator      `yaml:"regulator"`
	Offset        int            `yaml:"-"` // added to every port
}

// Organisation is one member with a peer, an orderer, a certificate authority and a registryd.
type Organisation struct {
	Name      string `yaml:"name"`
	MSPID     string `yaml:"mspID"`
	Host      string `yaml:"host"`
	Base      int    `yaml:"base"` // first port of the organisation
	Web       int    `yaml:"web"`  // port of registryd
	PublicURL string `yaml:"publicURL,omitempty"`
}

// Regulator is the member that reads only: no nodes, a certificate authority run by another organisation.
type Regulator struct {
	Name     string `yaml:"name"`
	MSPID    string `yaml:"mspID"`
	Operator string `yaml:"operator"`
}

// Ports of an organisation, relative to its base.
const (
	portPeer           = 1
	portChaincode      = 2
	portPeerOperations = 3
	portOrderer        = 10
	portOrdererAdmin   = 11
	portOrdererOps     = 12
	portCA             = 20
	portCAOperations   = 21
	portEnroll         = 22
)

// LoadTopology reads a topology file, or the default one if path is empty. Unknown keys are errors.
func LoadTopology(path string, offset int) (Topology, error) {
	body := config.Topology()
	if path != "" {
		var err error
		if body, err = os.ReadFile(path); err != nil {
			return Topology{}, fmt.Errorf("topology: %w", err)
		}
	}
	var t Topology
	dec := yaml.NewDecoder(bytes.NewReader(body))
	dec.KnownFields(true)
	if err := dec.Decode(&t); err != nil {
		return Topology{}, fmt.Errorf("topology %s: %w", path, err)
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		return Topology{}, fmt.Errorf("topology %s: more than one document", path)
	}
	t.Offset = offset
	return t, t.validate()
}

var (
	nameForm = regexp.MustCompile(`^[a-z][a-z0-9]{1,19}$`)
	mspForm  = regexp.MustCompile(`^[A-Z][A-Za-z0-9]{1,39}MSP$`)
	hostForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$`)
)

func (t Topology) validate() error {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if !nameForm.MatchString(t.Channel) || !nameForm.MatchString(t.Chaincode) {
		say("channel and chaincode are names of lower-case letters and digits")
	}
	if len(t.Organisations) != 3 {
		say("there are %d organisations: bureau, agency and exchange are needed", len(t.Organisations))
	}
	for _, want := range []string{"bureau", "agency", "exchange"} {
		if !slices.ContainsFunc(t.Organisations, func(o Organisation) bool { return o.Name == want }) {
			say("organisation %s is missing", want)
		}
	}
	for _, o := range t.Organisations {
		if !mspForm.MatchString(o.MSPID) {
			say("organisation %s: mspID %q is not of the form NameMSP", o.Name, o.MSPID)
		}
		if !hostForm.MatchString(o.Host) {
			say("organisation %s: host %q is no host name", o.Name, o.Host)
		}
	}
	if !mspForm.MatchString(t.Regulator.MSPID) || !nameForm.MatchString(t.Regulator.Name) {
		say("regulator: name and mspID are needed")
	}
	if _, err := t.Find(t.Regulator.Operator); err != nil {
		say("regulator: operator %q is no organisation", t.Regulator.Operator)
	}
	wrong = append(wrong, t.portClashes()...)
	if len(wrong) > 0 {
		return fmt.Errorf("topology: %s", strings.Join(wrong, "; "))
	}
	return nil
}

func (t Topology) portClashes() []string {
	var wrong []string
	used := map[string]string{}
	for _, p := range t.Ports() {
		at := fmt.Sprintf("%s:%d", p.Host, p.Port)
		if p.Port < 1024 || p.Port > 65535 {
			wrong = append(wrong, fmt.Sprintf("%s: port %d is outside 1024–65535", p.Use, p.Port))
		}
		if other, taken := used[at]; taken {
			wrong = append(wrong, fmt.Sprintf("%s and %s both want %s", other, p.Use, at))
		}
		used[at] = p.Use
	}
	return wrong
}

// Port is an address that a process will listen on.
type Port struct {
	Host string
	Port int
	Use  string
}

// Ports lists every address of the network.
func (t Topology) Ports() []Port {
	var ports []Port
	for _, o := range t.Organisations {
		for _, p := range []struct {
			n   int
			use string
		}{{portPeer, "peer"}, {portChaincode, "chaincode listener"}, {portPeerOperations, "peer operations"}, {portOrderer, "orderer"},
			{portOrdererAdmin, "orderer administration"}, {portOrdererOps, "orderer operations"}, {portCA, "certificate authorities"},
			{portCAOperations, "certificate authorities' operations"}, {portEnroll, "registration authority"}} {
			ports = append(ports, Port{o.Host, t.port(o, p.n), o.Name + " " + p.use})
		}
		ports = append(ports, Port{o.Host, t.WebPort(o), o.Name + " registryd"})
	}
	return ports
}

func (t Topology) port(o Organisation, n int) int { return o.Base + n + t.Offset }

// WebPort is the port of an organisation's registryd.
func (t Topology) WebPort(o Organisation) int { return o.Web + t.Offset }

// WebURL is where an organisation's pages are reached by people.
func (t Topology) WebURL(o Organisation) string {
	if o.PublicURL != "" {
		return o.PublicURL
	}
	return fmt.Sprintf("http://%s:%d", o.Host, t.WebPort(o))
}

// Find finds an organisation by name.
func (t Topology) Find(name string) (Organisation, error) {
	for _, o := range t.Organisations {
		if o.Name == name {
			return o, nil
		}
	}
	return Organisation{}, fmt.Errorf("no organisation %q in the topology", name)
}

// PeerAddress is where an organisation's peer listens.
func (t Topology) PeerAddress(o Organisation) string {
	return fmt.Sprintf("%s:%d", o.Host, t.port(o, portPeer))
}

// OrdererAddress is where an organisation's orderer listens.
func (t Topology) OrdererAddress(o Organisation) string {
	return fmt.Sprintf("%s:%d", o.Host, t.port(o, portOrderer))
}

// OrdererAdminAddress is where an organisation's orderer takes channel joins.
func (t Topology) OrdererAdminAddress(o Organisation) string {
	return fmt.Sprintf("127.0.0.1:%d", t.port(o, portOrdererAdmin))
}

// PeerHealth is the health check of an organisation's peer.
func (t Topology) PeerHealth(o Organisation) string {
	return fmt.Sprintf("http://127.0.0.1:%d/healthz", t.port(o, portPeerOperations))
}

// OrdererHealth is the health check of an organisation's orderer.
func (t Topology) OrdererHealth(o Organisation) string {
	return fmt.Sprintf("http://127.0.0.1:%d/healthz", t.port(o, portOrdererOps))
}

// EnrollAddress is where an organisation's registration authority listens, on its own machine only.
func (t Topology) EnrollAddress(o Organisation) string {
	return fmt.Sprintf("127.0.0.1:%d", t.port(o, portEnroll))
}

// EnrollURL is where an organisation's registration authority answers, on its own machine only.
func (t Topology) EnrollURL(o Organisation) string { return "http://" + t.EnrollAddress(o) }

// MembersOf gives the MSP ids of the members whose people an organisation enrols, by member: its own, and the regulators at their
// operator.
func (t Topology) MembersOf(organisation string) map[string]string {
	members := map[string]string{}
	if o, err := t.Find(organisation); err == nil {
		members[o.Name] = o.MSPID
	}
	if organisation == t.Regulator.Operator {
		members[t.Regulator.Name] = t.Regulator.MSPID
	}
	return members
}
