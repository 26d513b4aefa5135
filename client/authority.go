package client

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrCertificate: the organisation's authority did not issue the certificate, or it is not valid now.
var ErrCertificate = errors.New("the certificate is not accepted")

// Authorities are the certificate authorities of organisations, by MSP identifier.
type Authorities map[string]*x509.CertPool

// LoadAuthorities reads the root certificates (PEM files) of organisations.
func LoadAuthorities(files map[string]string) (Authorities, error) {
	all := Authorities{}
	for msp, file := range files {
		roots, err := readRoots(file)
		if err != nil {
			return nil, fmt.Errorf("root of %s: %w", msp, err)
		}
		all[msp] = roots
	}
	return all, nil
}

func readRoots(file string) (*x509.CertPool, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(body) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return roots, nil
}

// Verify judges who signed a message: ErrCertificate or ErrSignature.
func (a Authorities) Verify(who Creator, message, signature []byte, at time.Time) error {
	roots, known := a[who.MSPID]
	if !known {
		return fmt.Errorf("%w: no authority of %s is trusted here", ErrCertificate, who.MSPID)
	}
	cert, err := readCertificate(who.Certificate)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	usages := []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
	if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: at, KeyUsages: usages}); err != nil {
		return fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	_, err = checkSignature(who, message, signature)
	return err
}
