package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/network"
)

func statusCommand() *cobra.Command {
	var state string
	cmd := &cobra.Command{Use: "status", Short: "height and newest header of every organisation's ledger", Args: cobra.NoArgs,
		Long: "Show how far the ledger of every organisation's own peer has come.\nExit status: 0 all answer and agree, 1 otherwise.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := network.ReadDescription(state)
			if err != nil {
				return exitCode{1, err}
			}
			if err := printStatus(cmd.OutOrStdout(), askHeights(cmd.Context(), d)); err != nil {
				return exitCode{1, err}
			}
			return nil
		}}
	cmd.Flags().StringVar(&state, "state", ".run/demo", "directory of the network's state")
	return cmd
}

// ledgerHeight is what one organisation's peer says of its ledger.
type ledgerHeight struct {
	organisation string
	height       uint64 // blocks
	hash         []byte // of the newest block's header
	err          error
}

func askHeights(ctx context.Context, d network.Description) []ledgerHeight {
	var all []ledgerHeight
	for name := range d.Organisations {
		all = append(all, askHeight(ctx, d, name))
	}
	slices.SortFunc(all, func(a, b ledgerHeight) int { return bytes.Compare([]byte(a.organisation), []byte(b.organisation)) })
	return all
}

func askHeight(ctx context.Context, d network.Description, organisation string) ledgerHeight {
	h := ledgerHeight{organisation: organisation}
	ledger, err := dial(d, organisation)
	if err != nil {
		h.err = err
		return h
	}
	defer ledger.Close()
	h.height, h.hash, h.err = ledger.Height(ctx)
	return h
}

// printStatus prints one line per organisation. Organisations that do not answer are an error, and so are two ledgers of
// equal height with different headers: one of them was forked or changed.
func printStatus(out io.Writer, all []ledgerHeight) error {
	var failed []error
	byHeight := map[uint64]ledgerHeight{}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ORGANISATION\tBLOCKS\tNEWEST HEADER")
	for _, h := range all {
		if h.err != nil {
			fmt.Fprintf(table, "%s\t-\tno answer\n", h.organisation)
			failed = append(failed, fmt.Errorf("organisation %s does not answer: %w", h.organisation, h.err))
			continue
		}
		fmt.Fprintf(table, "%s\t%d\t%x\n", h.organisation, h.height, h.hash)
		if other, ok := byHeight[h.height]; ok && !bytes.Equal(other.hash, h.hash) {
			failed = append(failed, fmt.Errorf("the ledgers of %s and %s differ at height %d: stop writing and compare their blocks", other.organisation, h.organisation, h.height))
		}
		byHeight[h.height] = h
	}
	return errors.Join(append(failed, table.Flush())...)
}

func versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "version of this program and of the record formats", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			revision, goVersion := "unknown revision", "unknown"
			if info, ok := debug.ReadBuildInfo(); ok {
				goVersion = info.GoVersion
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						revision = s.Value
					}
				}
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "registryctl %s (%s), record formats version %d\n", revision, goVersion, registry.SchemaVersion)
			return err
		}}
}
