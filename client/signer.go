package client

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
)

// Creator is who signs a transaction.
type Creator struct {
	MSPID       string
	Certificate []byte // PEM
}

// Signer is an identity with a key file: a service, or somebody with a key file.
type Signer struct {
	creator Creator
	key     *ecdsa.PrivateKey
}

// LoadSigner reads the identity of a service: a certificate and its P-256 key (PKCS #8) in files of their own.
func LoadSigner(mspID, certFile, keyFile string) (*Signer, error) {
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	k, err := ReadKeyFile(keyFile, "")
	if err != nil {
		return nil, err
	}
	if k, err = k.WithCertificate(cert); err != nil {
		return nil, fmt.Errorf("key %s and certificate %s: %w", keyFile, certFile, err)
	}
	return &Signer{creator: Creator{MSPID: mspID, Certificate: k.Certificate}, key: k.key}, nil
}

func readCertificate(body []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(body)
	if block == nil {
		return nil, errors.New("the certificate is not PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the certificate cannot be read: %w", err)
	}
	return cert, nil
}

// Creator is the signer's identity.
func (s *Signer) Creator() Creator { return s.creator }

// Sign signs a message: ECDSA P-256 with SHA-256, DER, low S.
func (s *Signer) Sign(message []byte) ([]byte, error) {
	sum := sha256.Sum256(message)
	signature, err := ecdsa.SignASN1(rand.Reader, s.key, sum[:])
	if err != nil {
		return nil, err
	}
	return NormaliseSignature(signature)
}

// ErrSignature: the signature is malformed or not made with the key of the certificate over the awaited message.
var ErrSignature = errors.New("the signature does not fit certificate and message")

// halfOrder is half the order of P-256: peers refuse signatures whose S is greater.
var halfOrder = new(big.Int).Rsh(elliptic.P256().Params().N, 1)

// NormaliseSignature accepts DER, or the 64 bytes r‖s of WebCrypto, and gives DER with low S.
func NormaliseSignature(signature []byte) ([]byte, error) {
	var rs struct{ R, S *big.Int }
	if len(signature) == 64 {
		rs.R, rs.S = new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	} else if rest, err := asn1.Unmarshal(signature, &rs); err != nil || len(rest) > 0 {
		return nil, ErrSignature
	}
	order := elliptic.P256().Params().N
	if rs.R.Sign() <= 0 || rs.S.Sign() <= 0 || rs.R.Cmp(order) >= 0 || rs.S.Cmp(order) >= 0 {
		return nil, ErrSignature
	}
	if rs.S.Cmp(halfOrder) > 0 {
		rs.S = new(big.Int).Sub(order, rs.S)
	}
	return asn1.Marshal(rs)
}

// checkSignature normalises a signature and verifies it, so that nothing is sent that the peers would refuse.
func checkSignature(who Creator, message, signature []byte) ([]byte, error) {
	normal, err := NormaliseSignature(signature)
	if err != nil {
		return nil, err
	}
	cert, err := readCertificate(who.Certificate)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	sum := sha256.Sum256(message)
	if !ok || !ecdsa.VerifyASN1(key, sum[:], normal) {
		return nil, ErrSignature
	}
	return normal, nil
}
