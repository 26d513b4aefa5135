package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/sync/errgroup"

	"github.com/hehuang-data/hehuang/api"
	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/issuer"
	"github.com/hehuang-data/hehuang/api/store"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/evidence"
	"github.com/hehuang-data/hehuang/client/index"
)

// run plugs everything together and serves until ctx ends.
func run(ctx context.Context, configFile string) error {
	c, err := readConfig(configFile)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil)).With("organisation", c.Organisation)
	state, err := store.Open(filepath.Join(c.State, "state.db"), time.Now)
	if err != nil {
		return err
	}
	defer state.Close()
	readModel, err := index.Open(filepath.Join(c.State, "index.db"), c.Chaincode)
	if err != nil {
		return err
	}
	defer readModel.Close()
	peer, err := client.Dial(client.Config{PeerAddress: c.Peer.Address, TLSRoot: c.Peer.TLSCA, ServerName: c.Peer.ServerName, Channel: c.Channel,
		Chaincode: c.Chaincode, MSPID: c.MSPID, Certificate: c.Identity.Cert, Key: c.Identity.Key}, store.Pending{Store: state})
	if err != nil {
		return err
	}
	defer peer.Close()
	d, err := newDesk(c, peer, readModel, state)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	if c.DocumentKey != "" {
		issuing, err := newIssuer(c, peer, readModel, state, log)
		if err != nil {
			return err
		}
		d.Published = issuing
		group.Go(func() error { return issuing.Run(ctx, readModel.Changed) })
	}
	server, err := api.New(d, records{readModel}, store.Sessions{Store: state}, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	group.Go(func() error { return readModel.Run(ctx, peer) })
	group.Go(func() error { return resolve(ctx, peer, log) })
	group.Go(func() error { return server.Serve(ctx, listener) })
	if err := group.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// resolve asks for unknown outcomes at start and every ten seconds.
func resolve(ctx context.Context, peer *client.Ledger, log *slog.Logger) error {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		if err := peer.ResolveAll(ctx); err != nil && ctx.Err() == nil {
			log.Warn("outcomes still unknown", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func newDesk(c Config, peer *client.Ledger, readModel *index.Index, state *store.Store) (*desk.Desk, error) {
	evidenceStore, err := openEvidence(c)
	if err != nil {
		return nil, err
	}
	cast, err := loadCast(c.MSPID, c.Cast)
	if err != nil {
		return nil, err
	}
	return &desk.Desk{
		Settings: desk.Settings{Organisation: c.Organisation, Network: c.Network, Mode: c.Mode, PublicURL: c.PublicURL, UploadLimit: c.UploadLimit},
		Ledger:   ledger{peer}, Records: records{readModel}, Evidence: files{evidenceStore}, Drafts: store.Drafts{Store: state}, Cast: cast,
		Published: unpublished{},
	}, nil
}

// unpublished is the Published port of an organisation that issues nothing.
type unpublished struct{}

func (unpublished) Documents(context.Context, registry.CertificateNumber) (desk.Documents, error) {
	return desk.Documents{}, desk.ErrNotFound
}

func openEvidence(c Config) (*evidence.Store, error) {
	body, err := os.ReadFile(c.AgeIdentity)
	if err != nil {
		return nil, fmt.Errorf("evidence key: %w", err)
	}
	identity, err := age.ParseX25519Identity(strings.TrimSpace(string(body)))
	if err != nil {
		return nil, fmt.Errorf("evidence key %s: %w", c.AgeIdentity, err)
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

func newIssuer(c Config, peer *client.Ledger, readModel *index.Index, state *store.Store, log *slog.Logger) (*issuer.Issuer, error) {
	key, cert, err := readDocumentKey(c.DocumentKey, c.DocumentCert)
	if err != nil {
		return nil, fmt.Errorf("document key: %w", err)
	}
	return &issuer.Issuer{Registrar: registrar, PublicURL: c.PublicURL, Demo: c.Mode == registry.ModeDemo, Dir: filepath.Join(c.State, "documents"),
		Key: key, Certificate: cert, Records: records{readModel}, Recorder: recorder{peer}, Intents: store.Intents{Store: state}, Log: log}, nil
}

// registrar is the body whose certificates the agency's instance issues.
const registrar = registry.PartyID("12630200MBFAKE020X")

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
		return nil, nil, err
	}
	key, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, nil, errors.New("the key cannot sign")
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	return key, cert, err
}
