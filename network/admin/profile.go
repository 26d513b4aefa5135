// Package admin does to a running network what only administrators may: joining peers, the chaincode lifecycle, reading
// heights, registering and enrolling identities with attributes.
//
// It is the only place of the fabric-sdk-go library, whose protobuf set cannot live in one program with
// fabric-gateway. Orderers join through osnadmin, for which the library has no call.
package admin

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/hehuang-data/hehuang/network"
)

type object = map[string]any

// profile is the connection profile of the whole network. A channel with capability V3_0 has no global orderer
// addresses, so the orderers are listed under the channel; discovery answers host:port, which entity matchers map
// to the named nodes.
func profile(t network.Topology, l network.Layout, store string, registrars map[string]string) ([]byte, error) {
	var ordererNames []string
	channelPeers, organisations, orderers, peers, authorities := object{}, object{}, object{}, object{}, object{}
	var peerMatchers, ordererMatchers []object
	for _, o := range t.Organisations {
		peer, orderer := "peer."+o.Name, "orderer."+o.Name
		ordererNames = append(ordererNames, orderer)
		channelPeers[peer] = object{"endorsingPeer": true, "chaincodeQuery": true, "ledgerQuery": true, "eventSource": true}
		organisations[o.Name] = object{"mspid": o.MSPID, "cryptoPath": "unused", "peers": []string{peer}}
		peers[peer] = node(t.PeerAddress(o), l.PeerTLSRoot(o.Name))
		orderers[orderer] = node(t.OrdererAddress(o), l.OrdererTLSRoot(o.Name))
		peerMatchers = append(peerMatchers, matcher(t.PeerAddress(o), peer))
		ordererMatchers = append(ordererMatchers, matcher(t.OrdererAddress(o), orderer))
	}
	organisations[t.Regulator.Name] = object{"mspid": t.Regulator.MSPID, "cryptoPath": "unused"}
	for member, secret := range registrars {
		a := t.AuthorityOf(member)
		organisations[member].(object)["certificateAuthorities"] = []string{a.Name()}
		authorities[a.Name()] = object{"url": t.AuthorityURL(a.Operator), "caName": a.Name(), "tlsCACerts": object{"path": tlsRoot(l, a)},
			"registrar": object{"enrollId": registrarID, "enrollSecret": secret}}
	}
	return yaml.Marshal(object{
		"version": "1.0.0",
		"client": object{
			"organization":    t.Organisations[0].Name,
			"logging":         object{"level": "error"},
			"cryptoconfig":    object{"path": l.Root},
			"credentialStore": object{"path": store, "cryptoStore": object{"path": store}},
			"BCCSP": object{"security": object{"enabled": true, "default": object{"provider": "SW"}, "hashAlgorithm": "SHA2",
				"softVerify": true, "level": 256}},
			"tlsCerts": object{"systemCertPool": false},
		},
		"channels":               object{t.Channel: object{"orderers": ordererNames, "peers": channelPeers}},
		"organizations":          organisations,
		"orderers":               orderers,
		"peers":                  peers,
		"certificateAuthorities": authorities,
		"entityMatchers":         object{"peer": peerMatchers, "orderer": ordererMatchers},
	})
}

func node(address, root string) object {
	host, _, _ := strings.Cut(address, ":")
	return object{"url": "grpcs://" + address, "tlsCACerts": object{"path": root},
		"grpcOptions": object{"ssl-target-name-override": host, "keep-alive-time": "0s", "fail-fast": false}}
}

// tlsRoot is the root of the line to an authority.
func tlsRoot(l network.Layout, a network.Authority) string {
	return l.AuthorityRoot(network.Authority{Operator: a.Operator, Kind: network.AuthorityTLS})
}

func matcher(address, name string) object {
	return object{"pattern": "^" + strings.ReplaceAll(address, ".", `\.`) + "$", "urlSubstitutionExp": "grpcs://" + address,
		"mappedHost": name}
}

const registrarID = "registrar"

func wrap(what, organisation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s, organisation %s: %w", what, organisation, err)
}
