package admin

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"

	"github.com/hehuang-data/hehuang/network"
)

// Renew gives an identity a new certificate for its own key, by the authority's word for the one that it has: the key stays, so that
// orderers are recognised without a channel update and whoever knows the key goes on knowing it. The old certificate must not have ended
// yet. Programs read the new one when they are started again.
func Renew(ctx context.Context, t network.Topology, l network.Layout, i network.Identity) error {
	key, certificate, err := readPair(i)
	if err != nil {
		return wrap("renew "+i.ID, i.Authority.Name(), err)
	}
	csr, err := requestFor(key, i.ID, i.Hosts)
	if err != nil {
		return err
	}
	body, err := json.Marshal(object{"certificate_request": string(csr), "caname": i.Authority.Name(), "profile": i.Profile})
	if err != nil {
		return err
	}
	renewed, err := tokened(ctx, t, l, i.Authority, "/api/v1/reenroll", body, certificate, func(message []byte) ([]byte, error) { return signLow(key, message) })
	if err == nil {
		err = sameKey(renewed, key)
	}
	if err == nil {
		err = network.WriteFile(i.Certificate, renewed, 0o644)
	}
	return wrap("renew "+i.ID, i.Authority.Name(), err)
}

func readPair(i network.Identity) (*ecdsa.PrivateKey, []byte, error) {
	certificate, err := os.ReadFile(i.Certificate)
	if err != nil {
		return nil, nil, err
	}
	body, err := os.ReadFile(i.Key)
	if err != nil {
		return nil, nil, err
	}
	block, _ := pem.Decode(body)
	if block == nil {
		return nil, nil, fmt.Errorf("%s holds no key", i.Key)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("%s holds no key of PKCS #8", i.Key) // the cause may quote the key
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, nil, fmt.Errorf("%s is no key of ECDSA", i.Key)
	}
	return key, certificate, nil
}

// signLow signs as Fabric's authorities want it: ECDSA over SHA-256 with S in the lower half of the group order.
func signLow(key *ecdsa.PrivateKey, message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		return nil, err
	}
	if n := key.Params().N; s.Cmp(new(big.Int).Rsh(n, 1)) > 0 {
		s.Sub(n, s)
	}
	return asn1.Marshal(struct{ R, S *big.Int }{r, s})
}

// sameKey makes sure that a certificate is one for the key.
func sameKey(certificate []byte, key *ecdsa.PrivateKey) error {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return errors.New("the authority's answer is no certificate")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err
	}
	if !key.PublicKey.Equal(cert.PublicKey) {
		return errors.New("the authority's certificate is for another key")
	}
	return nil
}
