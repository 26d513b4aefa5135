package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/founding"
	"github.com/hehuang-data/hehuang/network"
)

func dial(d network.Description, organisation string) (*client.Ledger, error) {
	o, ok := d.Organisations[organisation]
	if !ok {
		return nil, fmt.Errorf("network %s has no organisation %s", d.Name, organisation)
	}
	return client.Dial(client.Config{PeerAddress: o.PeerAddress, TLSRoot: o.PeerTLSRoot, ServerName: o.ServerName, Channel: d.Channel,
		Chaincode: d.Chaincode, MSPID: o.MSPID, Certificate: o.Certificate, Key: o.Key}, &client.MemoryStore{})
}

func administrator(d network.Description) (*client.Signer, error) {
	certificate, key := administratorFiles(d)
	return client.LoadSigner(d.Organisations["bureau"].MSPID, certificate, key)
}

func administratorFiles(d network.Description) (certificate, key string) {
	dir := filepath.Join(d.Organisations["bureau"].Directory, "administrator")
	return filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
}

func probeCommand() *cobra.Command {
	var state string
	var limit time.Duration
	cmd := &cobra.Command{Use: "probe", Short: "wait until every organisation answers and endorses", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := probe(cmd.Context(), state, limit); err != nil {
				return exitCode{1, err}
			}
			return nil
		}}
	cmd.Flags().StringVar(&state, "state", ".run/demo", "directory of the network's state")
	cmd.Flags().DurationVar(&limit, "limit", 60*time.Second, "how long to wait")
	return cmd
}

// probe asks through each organisation's own gateway, then lets all three endorse a write that is never sent, until all
// of it succeeds; otherwise it names the organisation that does not answer.
func probe(ctx context.Context, state string, limit time.Duration) error {
	d, err := network.ReadDescription(state)
	if err != nil {
		return err
	}
	admin, err := administrator(d)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var names, members []string
	for name, o := range d.Organisations {
		names, members = append(names, name), append(members, o.MSPID)
	}
	slices.Sort(names)
	slices.Sort(members)
	for _, name := range names {
		if err := probeThrough(ctx, d, name, admin, members); err != nil {
			return fmt.Errorf("organisation %s is not ready: %w", name, err)
		}
	}
	return nil
}

func probeThrough(ctx context.Context, d network.Description, name string, admin *client.Signer, members []string) error {
	ledger, err := dial(d, name)
	if err != nil {
		return err
	}
	defer ledger.Close()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var reason error // the last that is not merely the end of our own patience
	for {
		err := ask(ctx, ledger, admin, members)
		if err == nil {
			return nil
		}
		if reason == nil || ctx.Err() == nil {
			reason = err
		}
		select {
		case <-ctx.Done():
			return reason
		case <-tick.C:
		}
	}
}

func ask(ctx context.Context, ledger *client.Ledger, admin *client.Signer, members []string) error {
	answer, err := ledger.Evaluate(ctx, "rule:Situation", []byte("{}"))
	if err != nil {
		return err
	}
	if strings.Contains(string(answer), `"network":`) {
		return ledger.Probe(ctx, admin, "party:Register", registry.RegisterPartyRequest{Key: "readiness-probe", ID: registry.PartyID("N-" + strings.Repeat("0", 64)),
			Kind: registry.PartyNatural, Category: registry.CategoryOther, Region: "630200"}, members)
	}
	return ledger.Probe(ctx, admin, "rule:Found", registry.FoundRequest{Key: "readiness-probe", Mode: registry.ModeDemo, Jurisdiction: "630200"}, members)
}

func bootstrapCommand() *cobra.Command {
	var state string
	cmd := &cobra.Command{Use: "bootstrap", Short: "give a new ledger its first records", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := bootstrap(cmd.Context(), state); err != nil {
				return exitCode{1, err}
			}
			return nil
		}}
	cmd.Flags().StringVar(&state, "state", ".run/demo", "directory of the network's state")
	return cmd
}

func bootstrap(ctx context.Context, state string) error {
	d, err := network.ReadDescription(state)
	if err != nil {
		return err
	}
	admin, err := administrator(d)
	if err != nil {
		return err
	}
	ledger, err := dial(d, "bureau")
	if err != nil {
		return err
	}
	defer ledger.Close()
	return founding.Founder{Ledger: ledger, Admin: admin, Mode: registry.Mode(d.Mode),
		DocumentCertificate: filepath.Join(d.Organisations["agency"].Directory, "registryd", "document", "cert.pem")}.Found(ctx)
}
