package devnet

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"
	"gopkg.in/yaml.v3"

	"github.com/hehuang-data/hehuang/network"
	"github.com/hehuang-data/hehuang/network/admin"
)

const (
	bureauParty = "11630200MBFAKE0126"
	agencyParty = "12630200MBFAKE020X"
)

// people lists who receives an identity when a network is created: the services, the bureau's administrator, a
// regulator, and on a demo network the cast.
func (n *Network) people() []admin.Person {
	l := n.Layout
	var all []admin.Person
	for _, o := range n.Topology.Organisations {
		all = append(all, admin.Person{Organisation: o.Name, Enrolment: "registryd", Role: "service", Directory: l.Org(o.Name, "registryd", "identity")},
			admin.Person{Organisation: o.Name, Enrolment: "enrolld", Role: "enroller", Directory: l.Org(o.Name, "enrolld", "identity")})
	}
	staff := func(organisation, enrolment, role, party, region string) {
		all = append(all, admin.Person{Organisation: organisation, Enrolment: enrolment, Role: role, Party: party, Region: region,
			Directory: l.Person(organisation, "cast", enrolment)})
	}
	staff("bureau", "bureau-admin", "admin", bureauParty, "630200")
	r := n.Topology.Regulator
	all = append(all, admin.Person{Organisation: r.Name, Enrolment: "regulator-1", Role: "regulator", Directory: l.Person(r.Name, "cast", "regulator-1")})
	if n.Mode != "demo" {
		return all
	}
	staff("agency", "he-applicant", "applicant", "93630222MAFAKE06XA", "630222")
	staff("agency", "ledu-applicant", "applicant", "91630202MAFAKE051R", "630202")
	staff("agency", "an-acceptor", "acceptor", agencyParty, "630200")
	staff("agency", "bai-reviewer", "reviewer", agencyParty, "630200")
	staff("agency", "cao-officer", "officer", agencyParty, "630200")
	staff("agency", "ding-objections", "objections", agencyParty, "630200")
	return all
}

// enrol issues every identity that is missing, one organisation beside the other. Only where one is missing, when a network
// is made, are registrars' secrets used outside the registration authorities.
func (n *Network) enrol(ctx context.Context) error {
	missing := map[string][]admin.Person{}
	for _, p := range n.people() {
		if _, err := os.Stat(filepath.Join(p.Directory, "cert.pem")); err != nil {
			operator := n.Topology.Operator(p.Organisation)
			missing[operator] = append(missing[operator], p)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	for organisation, people := range missing {
		g.Go(func() error { return n.enrolAll(ctx, organisation, people) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return n.documentKey()
}

func (n *Network) enrolAll(ctx context.Context, organisation string, people []admin.Person) error {
	registrar, err := admin.OpenRegistrar(n.Topology, n.Layout, organisation)
	if err != nil {
		return err
	}
	defer registrar.Close()
	for _, p := range people {
		if err := await(ctx, 30*time.Second, func(ctx context.Context) error { return registrar.Enrol(ctx, p) }); err != nil {
			return err
		}
	}
	return nil
}

// documentKey makes the agency's document key, which signs certificates, with a certificate under the agency's root.
func (n *Network) documentKey() error {
	dir := n.Layout.Org("agency", "registryd", "document")
	certFile := filepath.Join(dir, "cert.pem")
	if err := validCertificate(certFile, time.Now()); err == nil {
		return nil
	} else if !os.IsNotExist(err) {
		return fmt.Errorf("document certificate: %w", err)
	}
	root, rootKey, err := readAuthority(n.Layout.CARoot("agency"), n.Layout.PeerOrg("agency", "ca", "priv_sk"))
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	name := "海东市数据资产登记机构文书签名"
	if n.Mode == "demo" {
		name += "（演示）"
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name, Organization: []string{"海东市数据资产登记机构"}, Country: []string{"CN"}},
		NotBefore: time.Now().Add(-5 * time.Minute), NotAfter: time.Now().AddDate(5, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
	}, root, &key.PublicKey, rootKey)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := network.WriteFile(filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600); err != nil {
		return err
	}
	return network.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
}

func readAuthority(certFile, keyFile string) (*x509.Certificate, any, error) {
	certPEM, err := os.ReadFile(certFile)
	if err != nil {
		return nil, nil, err
	}
	keyPEM, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, nil, err
	}
	certBlock, _ := pem.Decode(certPEM)
	keyBlock, _ := pem.Decode(keyPEM)
	if certBlock == nil || keyBlock == nil {
		return nil, nil, fmt.Errorf("%s or its key is damaged", certFile)
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	return cert, key, err
}

// writeServiceConfigs writes each registryd's configuration and each registration authority's topology.
func (n *Network) writeServiceConfigs() error {
	topology, err := yaml.Marshal(n.Topology)
	if err != nil {
		return err
	}
	recipients := map[string]string{}
	for _, name := range []string{"bureau", "agency"} {
		body, err := os.ReadFile(n.Layout.Org(name, "registryd", "age.pub"))
		if err != nil {
			return err
		}
		recipients[name] = string(body[:len(body)-1])
	}
	for _, o := range n.Topology.Organisations {
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
	if n.Mode == "demo" {
		var cast []string
		for _, p := range n.people() {
			if p.Organisation == o.Name && filepath.Base(filepath.Dir(p.Directory)) == "cast" {
				cast = append(cast, p.Directory)
			}
		}
		config["cast"] = cast
	}
	return config
}
