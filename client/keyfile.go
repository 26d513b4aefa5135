package client

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// KeyFile is a person's key with the name it acts under (密钥文件): one text file that stays with the person. The key is PKCS #8,
// P-256, encrypted if the person wants it so; plain PEM without the leading lines is accepted.
type KeyFile struct {
	Account     registry.PersonID // empty if the file does not say
	Site        string            // address of the registryd at which the account is held; may be empty
	Certificate []byte            // PEM; empty until it is issued
	key         *ecdsa.PrivateKey
}

// ErrNoCertificate: the key file has no certificate yet; fetch it once the account is approved.
var ErrNoCertificate = errors.New("the key file holds no certificate yet")

const (
	keyFileTitle  = "Hehuang key file 河湟密钥文件"
	accountPrefix = "Account: "
	sitePrefix    = "Site: "
	maxKeyFile    = 64 << 10 // bytes
)

// NewKeyFile makes a new key for an account.
func NewKeyFile(account registry.PersonID, site string) (KeyFile, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return KeyFile{Account: account, Site: site, key: key}, err
}

// ReadKeyFile reads a key file; the passphrase is used if the key is encrypted. Error: ErrPassphrase.
func ReadKeyFile(path, passphrase string) (KeyFile, error) {
	info, err := os.Stat(path)
	if err != nil {
		return KeyFile{}, fmt.Errorf("key file: %w", err)
	}
	if info.Size() > maxKeyFile {
		return KeyFile{}, fmt.Errorf("key file %s has %d bytes: not a key file", path, info.Size())
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return KeyFile{}, fmt.Errorf("key file: %w", err)
	}
	k, err := ParseKeyFile(body, passphrase)
	if err != nil {
		return KeyFile{}, fmt.Errorf("key file %s: %w", path, err)
	}
	return k, nil
}

// ParseKeyFile reads the text of a key file. Error: ErrPassphrase.
func ParseKeyFile(body []byte, passphrase string) (KeyFile, error) {
	k := readLines(body)
	for block, rest := pem.Decode(body); block != nil; block, rest = pem.Decode(rest) {
		var err error
		switch {
		case block.Type == "CERTIFICATE" && k.Certificate == nil:
			k.Certificate = pem.EncodeToMemory(block)
		case strings.HasSuffix(block.Type, "PRIVATE KEY") && k.key == nil:
			k.key, err = readKey(block, passphrase)
		default:
			err = fmt.Errorf("a second key or certificate, or something else: %s", block.Type)
		}
		if err != nil {
			return KeyFile{}, err
		}
	}
	if k.key == nil {
		return KeyFile{}, errors.New("no private key (PEM, PKCS #8)")
	}
	if k.Certificate == nil {
		return k, nil
	}
	return k, k.fits(k.Certificate)
}

func readLines(body []byte) KeyFile {
	var k KeyFile
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "-----BEGIN ") {
			break
		}
		if account, ok := strings.CutPrefix(line, accountPrefix); ok {
			k.Account = registry.PersonID(account)
		}
		if site, ok := strings.CutPrefix(line, sitePrefix); ok {
			k.Site = site
		}
	}
	return k
}

func readKey(block *pem.Block, passphrase string) (*ecdsa.PrivateKey, error) {
	der, encrypted := block.Bytes, block.Type == "ENCRYPTED PRIVATE KEY"
	if encrypted {
		var err error
		if der, err = decrypt(der, passphrase); err != nil {
			return nil, err
		}
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil && encrypted {
		return nil, ErrPassphrase
	}
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("no P-256 key")
	}
	return key, nil
}

// fits doubts a certificate: one for another key, or for another name than the account's, is not the person's.
func (k KeyFile) fits(certificate []byte) error {
	owner, err := readCertificate(certificate)
	if err != nil {
		return err
	}
	if !k.key.PublicKey.Equal(owner.PublicKey) {
		return errors.New("the key does not belong to the certificate")
	}
	if k.Account != "" && owner.Subject.CommonName != k.enrolment() {
		return fmt.Errorf("the certificate is for %q, not for %s", owner.Subject.CommonName, k.Account)
	}
	return nil
}

func (k KeyFile) enrolment() string {
	_, enrolment, _ := strings.Cut(string(k.Account), "/")
	return enrolment
}

// Digest is the hex SHA-256 of the public key (SubjectPublicKeyInfo, DER): what the ledger approves.
func (k KeyFile) Digest() string {
	der, err := x509.MarshalPKIXPublicKey(&k.key.PublicKey)
	if err != nil {
		panic(err) // a P-256 key can always be marshalled
	}
	digest := sha256.Sum256(der)
	return hex.EncodeToString(digest[:])
}

// Request is the certificate request (PKCS #10, PEM) of the account, signed with its key.
func (k KeyFile) Request() ([]byte, error) {
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: k.enrolment()}}, k.key)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), err
}

// WithCertificate adds the issued certificate; one that is for another key or name is refused.
func (k KeyFile) WithCertificate(certificate []byte) (KeyFile, error) {
	if err := k.fits(certificate); err != nil {
		return KeyFile{}, err
	}
	block, _ := pem.Decode(certificate)
	k.Certificate = pem.EncodeToMemory(block)
	return k, nil
}

// Signer is the person who signs with this file. Error: ErrNoCertificate.
func (k KeyFile) Signer() (*Signer, error) {
	if k.Certificate == nil {
		return nil, ErrNoCertificate
	}
	msp, _, ok := strings.Cut(string(k.Account), "/")
	if !ok {
		return nil, errors.New("the key file does not name its account (MSP/name)")
	}
	return &Signer{creator: Creator{MSPID: msp, Certificate: k.Certificate}, key: k.key}, nil
}

// Create writes a new file that only its owner can read. It never overwrites: with the old key an account would be lost.
func (k KeyFile) Create(path, passphrase string) error {
	body, err := k.text(passphrase)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Sync(), f.Close())
}

// Replace writes the file anew, whole or not at all: with its certificate, or under another passphrase.
func (k KeyFile) Replace(path, passphrase string) error {
	temporary, err := os.MkdirTemp(filepath.Dir(path), ".key-*") // readable by its owner only
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	defer os.RemoveAll(temporary)
	half := filepath.Join(temporary, "new")
	if err := k.Create(half, passphrase); err != nil {
		return err
	}
	return os.Rename(half, path)
}

// text is the file's content; without a passphrase the key is not encrypted.
func (k KeyFile) text(passphrase string) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.key)
	if err != nil {
		return nil, err
	}
	block := &pem.Block{Type: "PRIVATE KEY", Bytes: der}
	if passphrase != "" {
		block.Type = "ENCRYPTED PRIVATE KEY"
		if block.Bytes, err = encrypt(der, passphrase); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	fmt.Fprintln(&out, keyFileTitle)
	for _, line := range []struct{ prefix, value string }{{accountPrefix, string(k.Account)}, {sitePrefix, k.Site}} {
		if strings.ContainsAny(line.value, "\r\n") {
			return nil, fmt.Errorf("%q does not fit on a line of the key file", line.value)
		}
		if line.value != "" {
			fmt.Fprintf(&out, "%s%s\n", line.prefix, line.value)
		}
	}
	err = pem.Encode(&out, block)
	out.Write(k.Certificate)
	return out.Bytes(), err
}
