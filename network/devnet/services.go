package devnet

import (
	"fmt"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"github.com/hehuang-data/hehuang/network"
)

// writeServiceConfigs writes each registryd's configuration and each registration authority's topology.
func (n *Network) writeServiceConfigs() error {
	topology, err := yaml.Marshal(n.Topology)
	if err != nil {
		return err
	}
	keys := map[string]string{}
	for _, o := range n.Topology.Organisations {
		body, err := os.ReadFile(n.Layout.Org(o.Name, "registryd", "age.pub"))
		if err != nil {
			return err
		}
		keys[o.Name] = string(body[:len(body)-1])
	}
	for _, o := range n.Topology.Organisations { // each reads what is filed with it; bureau and agency read everything
		recipients := map[string]string{"bureau": keys["bureau"], "agency": keys["agency"], o.Name: keys[o.Name]}
		if err := network.WriteFile(n.Layout.Org(o.Name, "enrolld", "topology.yaml"), topology, 0o644); err != nil {
			return err
		}
		body, err := yaml.Marshal(n.serviceConfig(o, recipients))
		if err != nil {
			return err
		}
		if err := network.WriteFile(n.Layout.Org(o.Name, "registryd", "config.yaml"), body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (n *Network) serviceConfig(o network.Organisation, recipients map[string]string) map[string]any {
	dir := func(parts ...string) string {
		return n.Layout.Org(o.Name, append([]string{"registryd"}, parts...)...)
	}
	config := map[string]any{
		"organisation": o.Name, "mspID": o.MSPID, "mode": n.Mode, "network": n.Name,
		"listen": fmt.Sprintf("127.0.0.1:%d", n.Topology.WebPort(o)), "publicURL": n.Topology.WebURL(o),
		"channel": n.Topology.Channel, "chaincode": n.Topology.Chaincode,
		"peer":     map[string]any{"address": n.Topology.PeerAddress(o), "tlsCA": n.Layout.PeerTLSRoot(o.Name), "serverName": "localhost"},
		"identity": map[string]any{"cert": dir("identity", "cert.pem"), "key": dir("identity", "key.pem")},
		"state":    dir(), "evidence": dir("evidence"), "ageIdentity": dir("age.key"), "ageRecipients": recipients,
		"enrollURL": n.Topology.EnrollURL(o),
	}
	if o.Name == "agency" {
		config["documentKey"], config["documentCert"] = dir("document", "key.pem"), dir("document", "cert.pem")
	}
	config["roots"], config["members"] = n.roots(o), n.otherMembers(o)
	return config
}

// otherMembers are the organisations from whose registryd an organisation's own fetches files that it may read.
func (n *Network) otherMembers(o network.Organisation) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, other := range n.Topology.Organisations {
		if other.Name != o.Name {
			all[other.MSPID] = map[string]string{"url": n.Topology.WebURL(other), "root": filepath.Join(n.Layout.MSP(other.Name), "cacerts", "ca.pem")}
		}
	}
	return all
}

// roots are the authorities of the members whose people sign in at an organisation's registryd.
func (n *Network) roots(o network.Organisation) map[string]string {
	files := map[string]string{}
	for member, msp := range n.Topology.MembersOf(o.Name) {
		files[msp] = filepath.Join(n.Layout.MSP(member), "cacerts", "ca.pem")
	}
	return files
}
