package admin

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/msp"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/network"
	"github.com/hehuang-data/hehuang/network/networktest"
)

// authorities starts the certificate authorities of a network that is being made, and nothing else. It also gives the first
// secrets, which are forgotten when the network is complete.
func authorities(t *testing.T) (network.Topology, network.Layout, map[string]string) {
	t.Helper()
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	tools, err := network.FindTools(checkout)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tools.Path("fabric-ca-server")); err != nil && os.Getenv("CI") != "true" {
		t.Skip("Fabric is not built yet (make up builds it)")
	}
	if err := tools.BuildFabric(t.Context(), checkout, func(string) {}); err != nil {
		t.Fatal(err)
	}
	offset, err := networktest.FreeOffset()
	if err != nil {
		t.Fatal(err)
	}
	topology, err := network.LoadTopology("", offset)
	if err != nil {
		t.Fatal(err)
	}
	l := network.Layout{Root: t.TempDir()}
	if _, err := network.Begin(topology, l, "test", "demo"); err != nil {
		t.Fatal(err)
	}
	for _, o := range topology.Organisations {
		server := exec.Command(tools.Path("fabric-ca-server"), "start", "--home", l.Org(o.Name, "ca"))
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	}
	issued(t, topology, l)
	secrets, err := network.FirstSecrets(l)
	if err != nil {
		t.Fatal(err)
	}
	if err := network.Complete(topology, l, tools, "test", "demo"); err != nil {
		t.Fatal(err)
	}
	return topology, l, secrets
}

// issued waits until the authorities have issued everything that a network is made with.
func issued(t *testing.T, topology network.Topology, l network.Layout) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := Issue(ctx, topology, l, "demo")
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-tick.C:
		}
	}
}

func registrarOf(t *testing.T, topology network.Topology, l network.Layout, organisation string) *registrar {
	t.Helper()
	r, err := openRegistrar(topology, l, organisation)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.admin.Close)
	return r
}

// listed says whether a revocation list (PEM) names a certificate.
func listed(t *testing.T, list, certificate []byte) bool {
	t.Helper()
	listBlock, _ := pem.Decode(list)
	block, _ := pem.Decode(certificate)
	if listBlock == nil || block == nil {
		t.Fatalf("no PEM: %s", list)
	}
	crl, err := x509.ParseRevocationList(listBlock.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(crl.RevokedCertificateEntries, func(e x509.RevocationListEntry) bool { return e.SerialNumber.Cmp(cert.SerialNumber) == 0 })
}

func TestAuthorities(t *testing.T) {
	topology, l, secrets := authorities(t)
	bureau, agency := registrarOf(t, topology, l, "bureau"), registrarOf(t, topology, l, "agency")
	_, request, err := newRequest("sun-supervisor", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("people", func(t *testing.T) {
		for member, mspID := range topology.MembersOf("bureau") {
			certificate, err := bureau.certify(t.Context(), person{member, "sun-supervisor", "supervisor", "11630200MBFAKE0126", "630200"}, request)
			if err != nil {
				t.Fatal(err)
			}
			actor, err := registry.ParseActor(mspID, certificate)
			if err != nil || actor.Enrolment != "sun-supervisor" || actor.Role != "supervisor" || actor.Party != "11630200MBFAKE0126" || actor.Region != "630200" {
				t.Errorf("%s: %+v, %v", member, actor, err)
			}
		}
	})
	t.Run("another_organisations_people", func(t *testing.T) {
		if _, err := agency.certify(t.Context(), person{"bureau", "sun-supervisor", "supervisor", "", ""}, request); err == nil {
			t.Error("the agency's registrar enrolled one of the bureau's people")
		}
	})
	for name, r := range map[string]msp.RegistrationRequest{
		"peer":              {Type: "peer"},
		"administrator":     {Type: "admin"},
		"orderer":           {Type: "orderer"},
		"another_registrar": {Type: "client", Attributes: []msp.Attribute{{Name: "hf.Registrar.Roles", Value: "client"}}},
		"orderers":          {Type: "client", CAName: "bureau-orderer"},
		"lines":             {Type: "client", CAName: "bureau-tls"},
	} {
		t.Run("registrar_refused_"+name, func(t *testing.T) {
			client, err := msp.New(bureau.admin.sdk.Context(), msp.WithOrg("bureau"))
			if err != nil {
				t.Fatal(err)
			}
			r.Name = "intruder-" + name
			if r.CAName == "" {
				r.CAName = "bureau-identity"
			}
			if _, err := client.Register(&r); err == nil || !strings.Contains(err.Error(), "Code: ") {
				t.Errorf("the registrar registered it: %v", err)
			}
		})
	}
	t.Run("revocation", func(t *testing.T) {
		certificate, err := bureau.certify(t.Context(), person{"bureau", "sun-supervisor", "supervisor", "", ""}, request)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // broken off, it is done again
			list, err := bureau.revoke(t.Context(), "bureau", "sun-supervisor")
			if err != nil {
				t.Fatal(err)
			}
			if !listed(t, list, certificate) {
				t.Error("the certificate is not on the list")
			}
		}
	})
	t.Run("renewal", func(t *testing.T) {
		for _, i := range network.Identities(topology, l, "demo") {
			if i.Authority.Kind == network.AuthorityDocuments {
				continue // its certificate stands on the ledger
			}
			before := parsed(t, i.Certificate)
			if err := Renew(t.Context(), topology, l, i); err != nil {
				t.Fatalf("%s of %s: %v", i.ID, i.Authority.Name(), err)
			}
			after := parsed(t, i.Certificate)
			roots := x509.NewCertPool()
			roots.AddCert(parsed(t, l.AuthorityRoot(i.Authority)))
			_, err := after.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
			if err != nil || after.SerialNumber.Cmp(before.SerialNumber) == 0 || after.NotAfter.Before(before.NotAfter) || !slices.Equal(after.RawSubjectPublicKeyInfo, before.RawSubjectPublicKeyInfo) ||
				after.Subject.String() != before.Subject.String() || !slices.Equal(after.DNSNames, before.DNSNames) || len(after.IPAddresses) != len(before.IPAddresses) || !slices.Equal(attributesOf(after), attributesOf(before)) {
				t.Errorf("%s of %s: before %s until %s, after %s until %s, %v", i.ID, i.Authority.Name(), before.Subject, before.NotAfter, after.Subject, after.NotAfter, err)
			}
		}
	})
	t.Run("first_secrets_are_forgotten", func(t *testing.T) {
		if _, err := network.FirstSecrets(l); !os.IsNotExist(err) {
			t.Errorf("they are still there: %v", err)
		}
	})
	t.Run("first_secret_of_another_authority", func(t *testing.T) {
		_, request, err := newRequest("peer", nil)
		if err != nil {
			t.Fatal(err)
		}
		e := enrolment{id: "peer", secret: secrets["bureau-tls/peer"], request: request}
		if _, err := enrol(t.Context(), topology, l, network.Authority{Operator: "bureau", Kind: network.AuthorityIdentity}, e); err == nil {
			t.Error("the line's secret enrols the peer")
		}
	})
}

// parsed is the certificate in a file.
func parsed(t *testing.T, file string) *x509.Certificate {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(body)
	if block == nil {
		t.Fatalf("%s: no PEM", file)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// attributesOf is what contracts check, as it stands in a certificate.
func attributesOf(cert *x509.Certificate) []byte {
	for _, e := range cert.Extensions {
		if e.Id.String() == "1.2.3.4.5.6.7.8.1" {
			return e.Value
		}
	}
	return nil
}
