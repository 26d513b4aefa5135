package admin

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/hehuang-data/hehuang/network"
)

// Issue enrols the identities with which a network is made and which are missing, side by side. The keys are made here.
func Issue(ctx context.Context, t network.Topology, l network.Layout, mode string) error {
	secrets, err := network.FirstSecrets(l)
	if err != nil {
		return fmt.Errorf("first secrets: %w", err)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for _, i := range network.Identities(t, l, mode) {
		if _, err := os.Stat(i.Certificate); err == nil {
			continue
		}
		g.Go(func() error { return wrap("enrol "+i.ID, i.Authority.Name(), issue(ctx, t, l, i, secrets[i.Secret()])) })
	}
	return g.Wait()
}

// issue writes the key first: the certificate says that the identity is complete.
func issue(ctx context.Context, t network.Topology, l network.Layout, i network.Identity, secret string) error {
	key, request, err := newRequest(i.ID, i.Hosts)
	if err != nil {
		return err
	}
	certificate, err := enrol(ctx, t, l, i.Authority, enrolment{id: i.ID, secret: secret, profile: i.Profile, organisation: i.Organisation, request: request})
	if err != nil {
		return err
	}
	if err := network.WriteFile(i.Key, key, 0o600); err != nil {
		return err
	}
	return network.WriteFile(i.Certificate, certificate, 0o644)
}

// newRequest makes a P-256 key (PKCS #8) and a certificate request whose common name is the enrolment id, as the authority demands.
func newRequest(id string, hosts []string) (key, request []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	request, err = requestFor(private, id, hosts)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), request, err
}

// requestFor is a certificate request (PKCS #10, PEM) for a key.
func requestFor(private crypto.Signer, id string, hosts []string) ([]byte, error) {
	template := &x509.CertificateRequest{Subject: pkix.Name{CommonName: id}}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, template, private)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr}), err
}

// enrolment is what an authority is asked for; profile and organisation may be empty.
type enrolment struct {
	id, secret, profile, organisation string
	request                           []byte // PKCS #10, PEM
}

// enrol sends a request to an authority as it is; the library's own call would make the key itself.
func enrol(ctx context.Context, t network.Topology, l network.Layout, a network.Authority, e enrolment) ([]byte, error) {
	document := object{"certificate_request": string(e.request), "caname": a.Name(), "profile": e.profile}
	if e.organisation != "" {
		document["subject"] = object{"CN": e.id, "names": []object{{"C": "CN", "O": e.organisation}}}
	}
	body, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	credentials := base64.StdEncoding.EncodeToString([]byte(e.id + ":" + e.secret))
	return request(ctx, t, l, a, "/api/v1/enroll", body, "Basic "+credentials)
}

// revocationList asks an authority for the list of everything that it revoked (PEM): the library gives it only with a new revocation,
// and it would be lost with that answer.
func revocationList(ctx context.Context, t network.Topology, l network.Layout, a network.Authority,
	registrar []byte, sign func([]byte) ([]byte, error)) ([]byte, error) {
	body, err := json.Marshal(object{"caname": a.Name()})
	if err != nil {
		return nil, err
	}
	return tokened(ctx, t, l, a, "/api/v1/gencrl", body, registrar, sign)
}

// tokened posts a document with the token of an enrolled identity: a signature over method, path, body and certificate.
func tokened(ctx context.Context, t network.Topology, l network.Layout, a network.Authority, path string, body, certificate []byte,
	sign func([]byte) ([]byte, error)) ([]byte, error) {
	base64 := base64.StdEncoding.EncodeToString
	who := base64(certificate)
	signature, err := sign([]byte(http.MethodPost + "." + base64([]byte(path)) + "." + base64(body) + "." + who))
	if err != nil {
		return nil, err
	}
	return request(ctx, t, l, a, path, body, who+"."+base64(signature))
}

// request posts a document to an authority and gives the one PEM text of its answer.
func request(ctx context.Context, t network.Topology, l network.Layout, a network.Authority, path string, body []byte, authorization string) ([]byte, error) {
	client, err := trusting(tlsRoot(l, a))
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.AuthorityURL(a.Operator)+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", authorization)
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	if err != nil {
		return nil, err
	}
	var envelope struct {
		Result struct{ Cert, CRL string }
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(answer, &envelope); err != nil {
		return nil, fmt.Errorf("answer %d cannot be read: %.200s", res.StatusCode, answer)
	}
	text := envelope.Result.Cert + envelope.Result.CRL
	if len(envelope.Errors) > 0 || text == "" {
		return nil, fmt.Errorf("refused with %d: %v", res.StatusCode, envelope.Errors)
	}
	return base64.StdEncoding.DecodeString(text)
}

func trusting(root string) (*http.Client, error) {
	body, err := os.ReadFile(root)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(body) {
		return nil, fmt.Errorf("%s holds no certificate", root)
	}
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}} // a client serves one request
	return &http.Client{Timeout: 20 * time.Second, Transport: transport}, nil
}
