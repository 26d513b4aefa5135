package main

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"filippo.io/age"

	"github.com/hehuang-data/hehuang/client/evidence"
)

func openEvidence(c Config) (*evidence.Store, error) {
	body, err := os.ReadFile(c.AgeIdentity)
	if err != nil {
		return nil, fmt.Errorf("evidence key: %w", err)
	}
	identity, err := age.ParseX25519Identity(strings.TrimSpace(string(body)))
	if err != nil {
		return nil, fmt.Errorf("evidence key %s is no age identity (AGE-SECRET-KEY-…)", c.AgeIdentity) // the cause may quote the key
	}
	var recipients []age.Recipient
	for name, key := range c.AgeRecipients {
		r, err := age.ParseX25519Recipient(key)
		if err != nil {
			return nil, fmt.Errorf("evidence recipient %s: %w", name, err)
		}
		recipients = append(recipients, r)
	}
	return evidence.Open(c.Evidence, identity, recipients)
}

// readDocumentKey reads the key that signs certificates, with its certificate, and makes sure that they belong together.
func readDocumentKey(keyFile, certFile string) (crypto.Signer, *x509.Certificate, error) {
	keyPEM, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, nil, err
	}
	certPEM, err := os.ReadFile(certFile)
	if err != nil {
		return nil, nil, err
	}
	keyBlock, _ := pem.Decode(keyPEM)
	certBlock, _ := pem.Decode(certPEM)
	if keyBlock == nil || certBlock == nil {
		return nil, nil, errors.New("key or certificate is not PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, nil, errors.New("the key is not PKCS #8")
	}
	key, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, nil, errors.New("the key cannot sign")
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, nil, err
	}
	if public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(cert.PublicKey) {
		return nil, nil, fmt.Errorf("%s does not belong to %s", keyFile, certFile)
	}
	return key, cert, nil
}
