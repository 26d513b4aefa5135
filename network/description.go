package network

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Description is what a client needs to know about a network: .run/<network>/network.json.
type Description struct {
	Name          string                 `json:"name"`
	Mode          string                 `json:"mode"` // demo or legal
	Channel       string                 `json:"channel"`
	Chaincode     string                 `json:"chaincode"`
	Keys          string                 `json:"keys"` // directory of people's key files
	Organisations map[string]Participant `json:"organisations"`
}

// Participant is one organisation as a client sees it. Paths are absolute.
type Participant struct {
	MSPID        string `json:"mspID"`
	PeerAddress  string `json:"peerAddress"`
	PeerTLSRoot  string `json:"peerTLSRoot"`
	ServerName   string `json:"serverName"`
	Certificate  string `json:"certificate"` // of the organisation's service
	Key          string `json:"key"`
	RegistrydURL string `json:"registrydURL"`
	EnrollURL    string `json:"enrollURL"` // of the registration authority, on its own machine
	Directory    string `json:"directory"`
}

// Describe makes the description of a network.
func Describe(t Topology, l Layout, name, mode string) Description {
	d := Description{Name: name, Mode: mode, Channel: t.Channel, Chaincode: t.Chaincode, Keys: l.Keys(), Organisations: map[string]Participant{}}
	for _, o := range t.Organisations {
		service := l.Org(o.Name, "registryd", "identity")
		d.Organisations[o.Name] = Participant{
			MSPID: o.MSPID, PeerAddress: t.PeerAddress(o), PeerTLSRoot: l.PeerTLSRoot(o.Name), ServerName: "localhost",
			Certificate: filepath.Join(service, "cert.pem"), Key: filepath.Join(service, "key.pem"),
			RegistrydURL: t.WebURL(o), EnrollURL: t.EnrollURL(o), Directory: l.Org(o.Name),
		}
	}
	return d
}

// ReadDescription reads the description of the network whose state lies in a directory.
func ReadDescription(state string) (Description, error) {
	var d Description
	body, err := os.ReadFile(filepath.Join(state, "network.json"))
	if err != nil {
		return d, fmt.Errorf("no network in %s (start one with: make up): %w", state, err)
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return d, fmt.Errorf("%s/network.json is damaged: %w", state, err)
	}
	return d, nil
}
