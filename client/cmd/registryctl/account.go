package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// accountCommand is what a person does about an account of their own. The key never leaves its file.
func accountCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "account", Short: "apply for an account with a key of your own and fetch its certificate"}
	var site, keyFile, out string
	var request registry.AccountRequest
	key := &cobra.Command{Use: "key", Short: "make a key file (P-256, PKCS #8) and print its fingerprint", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			digest, err := makeKey(keyFile)
			return said(cmd, err, "fingerprint %s\n", fingerprint(digest))
		}}
	apply := &cobra.Command{Use: "apply NAME", Short: "apply for the account NAME", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			request.Enrolment = args[0]
			digest, err := applyAccount(cmd.Context(), site, keyFile, request)
			return said(cmd, err, "applied; read this fingerprint out to the registrar's staff: %s\n", fingerprint(digest))
		}}
	show := &cobra.Command{Use: "show NAME", Short: "status and fingerprint of an account", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := showAccount(cmd.Context(), site, args[0])
			return said(cmd, err, "%s is %s until %s, fingerprint %s\n", a.Account, a.Status, a.Until, fingerprint(a.KeyDigest))
		}}
	certificate := &cobra.Command{Use: "certificate NAME", Short: "fetch the certificate of an approved account", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return said(cmd, fetchCertificate(cmd.Context(), site, keyFile, args[0], out), "certificate written to %s\n", out)
		}}
	for _, c := range []*cobra.Command{key, apply, certificate} {
		c.Flags().StringVar(&keyFile, "key", "key.pem", "key file")
	}
	for _, c := range []*cobra.Command{apply, show, certificate} {
		c.Flags().StringVar(&site, "site", "http://localhost:8080", "address of the agency's registryd")
	}
	certificate.Flags().StringVar(&out, "out", "cert.pem", "file for the certificate")
	apply.Flags().StringVar((*string)(&request.Party), "party", "", "credit code of the party you act for")
	apply.Flags().StringVar(&request.Role, "role", registry.RoleApplicant, "role")
	apply.Flags().StringVar(&request.Region, "region", "630200", "region, six digits")
	apply.Flags().StringVar((*string)(&request.Until), "until", string(registry.CivilDate(time.Now().AddDate(1, 0, 0))), "last day of the account")
	cmd.AddCommand(key, apply, show, certificate)
	return cmd
}

func said(cmd *cobra.Command, err error, format string, args ...any) error {
	if err != nil {
		return exitCode{1, err}
	}
	fmt.Fprintf(cmd.OutOrStdout(), format, args...)
	return nil
}

// fingerprint is the short form that people compare: the first 80 bits of the digest in groups of four.
func fingerprint(digest string) string {
	var groups []string
	for i := 0; i+4 <= len(digest) && i < 20; i += 4 {
		groups = append(groups, digest[i:i+4])
	}
	return strings.Join(groups, " ")
}

// makeKey never overwrites a key: with it an account would be lost.
func makeKey(file string) (digest string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	err = errors.Join(pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), f.Sync(), f.Close())
	if err != nil {
		return "", err
	}
	return keyDigest(key)
}

func keyDigest(key *ecdsa.PrivateKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:]), err
}

func readKey(file string) (*ecdsa.PrivateKey, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(body)
	if block == nil {
		return nil, fmt.Errorf("%s is not PEM", file)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%s holds no P-256 key", file)
	}
	return key, nil
}

func applyAccount(ctx context.Context, site, keyFile string, request registry.AccountRequest) (digest string, err error) {
	key, err := readKey(keyFile)
	if err != nil {
		return "", err
	}
	if request.KeyDigest, err = keyDigest(key); err != nil {
		return "", err
	}
	return request.KeyDigest, exchange(ctx, http.MethodPost, site, "", request, nil)
}

type accountStatus struct {
	Account   registry.PersonID
	Status    registry.AccountStatus
	KeyDigest string
	Until     registry.Date
}

func showAccount(ctx context.Context, site, name string) (accountStatus, error) {
	var a accountStatus
	return a, exchange(ctx, http.MethodGet, site, "/"+url.PathEscape(name), nil, &a)
}

func fetchCertificate(ctx context.Context, site, keyFile, name, out string) error {
	key, err := readKey(keyFile)
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, key)
	if err != nil {
		return err
	}
	request := map[string]string{"request": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))}
	var answer struct{ Certificate string }
	if err := exchange(ctx, http.MethodPost, site, "/"+url.PathEscape(name)+"/certificate", request, &answer); err != nil {
		return err
	}
	if err := fits([]byte(answer.Certificate), key, name); err != nil {
		return err
	}
	return os.WriteFile(out, []byte(answer.Certificate), 0o644)
}

// fits doubts the answer: a certificate for another key or name is not kept.
func fits(certificate []byte, key *ecdsa.PrivateKey, name string) error {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return errors.New("the answer is no certificate")
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return fmt.Errorf("the answer is no certificate: %w", err)
	}
	if !key.PublicKey.Equal(parsed.PublicKey) || parsed.Subject.CommonName != name {
		return errors.New("the certificate is not for this key and name")
	}
	return nil
}

// exchange sends a document to the site's account routes; a problem document becomes an error in its own words.
func exchange(ctx context.Context, method, site, path string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var payload io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		payload = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(site, "/")+"/api/v1/accounts"+path, payload)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept-Language", "en")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		var problem struct{ Title, Detail string }
		_ = json.Unmarshal(answer, &problem)
		return fmt.Errorf("%s: %s %s", res.Status, problem.Title, problem.Detail)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
