package client

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
)

// Bounds of the key derivation. Less than the first is not written; more than the second is not read: a forged file would
// keep the reader busy for minutes.
const (
	iterations    = 600_000
	maxIterations = 5_000_000
)

// ErrPassphrase: the key file is encrypted and the passphrase is missing or wrong; ask for it again.
var ErrPassphrase = errors.New("the key file is encrypted and this is not its passphrase")

// Object identifiers of PKCS #5 (RFC 8018) and of AES-256-CBC.
var (
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidAES256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

// encryptedKey is EncryptedPrivateKeyInfo (RFC 5958) in the one form that is written and read here.
type encryptedKey struct {
	Algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters struct {
			Derivation struct {
				ID         asn1.ObjectIdentifier
				Parameters struct {
					Salt       []byte
					Iterations int
					Length     int                      `asn1:"optional"`
					PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
				}
			}
			Cipher struct {
				ID asn1.ObjectIdentifier
				IV []byte
			}
		}
	}
	Data []byte
}

// encrypt encrypts a PKCS #8 key: PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC, as openssl does.
func encrypt(key []byte, passphrase string) ([]byte, error) {
	var e encryptedKey
	derivation, scheme := &e.Algorithm.Parameters.Derivation, &e.Algorithm.Parameters.Cipher
	e.Algorithm.ID, derivation.ID, scheme.ID = oidPBES2, oidPBKDF2, oidAES256CBC
	derivation.Parameters.Salt, scheme.IV = make([]byte, 16), make([]byte, aes.BlockSize)
	rand.Read(derivation.Parameters.Salt)
	rand.Read(scheme.IV)
	derivation.Parameters.Iterations = iterations
	derivation.Parameters.PRF = pkix.AlgorithmIdentifier{Algorithm: oidHMACSHA256, Parameters: asn1.NullRawValue}
	block, err := e.cipher(passphrase)
	if err != nil {
		return nil, err
	}
	padding := aes.BlockSize - len(key)%aes.BlockSize
	e.Data = append(bytes.Clone(key), bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(block, scheme.IV).CryptBlocks(e.Data, e.Data)
	return asn1.Marshal(e)
}

// decrypt is the reverse. What does not come out as padded plaintext was encrypted under another passphrase.
func decrypt(der []byte, passphrase string) ([]byte, error) {
	var e encryptedKey
	if rest, err := asn1.Unmarshal(der, &e); err != nil || len(rest) > 0 {
		return nil, errors.New("the key is not encrypted with PBES2, PBKDF2 and AES-256-CBC")
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	block, err := e.cipher(passphrase)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(e.Data))
	cipher.NewCBCDecrypter(block, e.Algorithm.Parameters.Cipher.IV).CryptBlocks(plain, e.Data)
	padding := int(plain[len(plain)-1])
	if padding == 0 || padding > aes.BlockSize || !bytes.HasSuffix(plain, bytes.Repeat([]byte{byte(padding)}, padding)) {
		return nil, ErrPassphrase
	}
	return plain[:len(plain)-padding], nil
}

func (e *encryptedKey) check() error {
	derivation, scheme := &e.Algorithm.Parameters.Derivation, &e.Algorithm.Parameters.Cipher
	switch p := derivation.Parameters; {
	case !e.Algorithm.ID.Equal(oidPBES2) || !derivation.ID.Equal(oidPBKDF2):
		return errors.New("the key is not encrypted with PBES2 and PBKDF2")
	case !p.PRF.Algorithm.Equal(oidHMACSHA256):
		return errors.New("the key's passphrase is not derived with HMAC-SHA256")
	case !scheme.ID.Equal(oidAES256CBC) || p.Length != 0 && p.Length != 32:
		return errors.New("the key is not encrypted with AES-256-CBC")
	case p.Iterations < 1 || p.Iterations > maxIterations:
		return fmt.Errorf("the key's passphrase is derived in %d steps; up to %d are allowed", p.Iterations, maxIterations)
	case len(scheme.IV) != aes.BlockSize || len(e.Data) == 0 || len(e.Data)%aes.BlockSize != 0:
		return errors.New("the encrypted key is damaged")
	}
	return nil
}

func (e *encryptedKey) cipher(passphrase string) (cipher.Block, error) {
	p := e.Algorithm.Parameters.Derivation.Parameters
	key, err := pbkdf2.Key(sha256.New, passphrase, p.Salt, p.Iterations, 32)
	if err != nil {
		return nil, err
	}
	return aes.NewCipher(key)
}
