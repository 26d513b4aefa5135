package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/hehuang-data/hehuang/api"
	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/issuer"
	"github.com/hehuang-data/hehuang/api/store"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/index"
)

// Program is one registryd.
type Program struct {
	Config    Config
	Log       *slog.Logger
	Listening func(net.Addr) // called once requests are accepted; nil: nobody asks
}

// Run plugs everything together and serves until ctx ends; nil after an orderly shutdown.
func (p *Program) Run(ctx context.Context) error {
	c := p.Config
	log := p.Log.With("organisation", c.Organisation)
	if err := os.MkdirAll(c.State, 0o700); err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
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
	return p.serve(ctx, log, d, peer, readModel, state)
}

// serve runs what belongs to an instance side by side; if one part fails for good all end.
func (p *Program) serve(ctx context.Context, log *slog.Logger, d *desk.Desk, peer *client.Ledger, readModel *index.Index, state *store.Store) error {
	group, ctx := errgroup.WithContext(ctx)
	if p.Config.DocumentKey != "" {
		issuing, err := newIssuer(p.Config, peer, readModel, state, log)
		if err != nil {
			return err
		}
		d.Published, d.Issues = issuing, true
		group.Go(func() error { return issuing.Run(ctx, readModel.Changed) })
	}
	peers := &agreement{own: p.Config.MSPID, ledger: peer, index: readModel, log: log}
	d.Agreement = peers.now
	proxies, err := p.Config.proxies()
	if err != nil {
		return err
	}
	server, err := api.New(d, records{readModel}, store.Sessions{Store: state}, proxies, log)
	if err != nil {
		return err
	}
	listener, err := p.Config.open()
	if err != nil {
		return err
	}
	telling, err := newDeliverer(p.Config, readModel, state, log)
	if err != nil {
		return err
	}
	group.Go(func() error { return telling.Run(ctx, readModel.Changed) })
	group.Go(func() error { return readModel.Run(ctx, peer) })
	group.Go(func() error { return peers.run(ctx) })
	group.Go(func() error { return resolve(ctx, peer, store.Pending{Store: state}, log) })
	group.Go(func() error { return server.Run(ctx, listener) })
	log.Info("listening", "address", listener.Addr().String(), "publicURL", p.Config.PublicURL, "issues", d.Issues)
	if p.Listening != nil {
		p.Listening(listener.Addr())
	}
	if err := group.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// resolve asks for unknown outcomes at start and every ten seconds, and forgets what nobody signed.
func resolve(ctx context.Context, peer *client.Ledger, pending store.Pending, log *slog.Logger) error {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		if err := peer.ResolveAll(ctx); err != nil && ctx.Err() == nil {
			log.Warn("outcomes still unknown", "error", err)
		}
		if err := pending.Forget(ctx); err != nil && ctx.Err() == nil {
			log.Warn("unsigned proposals are not forgotten", "error", err)
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
	authorities, err := client.LoadAuthorities(c.Roots)
	if err != nil {
		return nil, err
	}
	others, err := newMembers(c, evidenceStore)
	if err != nil {
		return nil, err
	}
	return &desk.Desk{
		Settings: desk.Settings{Organisation: c.Organisation, MSPs: c.msps(), Network: c.Network, Mode: c.Mode, PublicURL: c.PublicURL, UploadLimit: c.UploadLimit,
			Channel: c.Channel, Chaincode: c.Chaincode},
		Ledger: ledger{peer}, Records: records{readModel}, Catalogue: catalogues{records{readModel}}, Grants: grants{records{readModel}}, Evidence: files{evidenceStore}, Drafts: store.Drafts{Store: state}, Uploads: store.Uploads{Store: state}, Deliveries: store.Deliveries{Store: state},
		Answers:   readModel,
		Published: unpublished{}, Accounts: accounts{peer, c.EnrollURL}, Reports: reports{peer}, Members: others, Submitted: submitted{records{readModel}}, Credentials: credentials{authorities},
	}, nil
}

// unpublished is the Published port of an organisation that issues nothing.
type unpublished struct{}

func (unpublished) Documents(context.Context, registry.CertificateNumber) (desk.Documents, error) {
	return desk.Documents{}, desk.ErrNotFound
}

func newIssuer(c Config, peer *client.Ledger, readModel *index.Index, state *store.Store, log *slog.Logger) (*issuer.Issuer, error) {
	key, cert, err := readDocumentKey(c.DocumentKey, c.DocumentCert)
	if err != nil {
		return nil, fmt.Errorf("document key: %w", err)
	}
	return &issuer.Issuer{PublicURL: c.PublicURL, Demo: c.Mode == registry.ModeDemo, Dir: filepath.Join(c.State, "documents"),
		Key: key, Certificate: cert, Records: records{readModel}, Recorder: recorder{peer}, Intents: store.Intents{Store: state}, Log: log}, nil
}
