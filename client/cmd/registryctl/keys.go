package main

import (
	"context"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/founding"
	"github.com/hehuang-data/hehuang/client/person"
	"github.com/hehuang-data/hehuang/network"
)

func keysCommand() *cobra.Command {
	var state string
	cmd := &cobra.Command{Use: "keys", Short: "key files of a network on this machine: its administrator, and a demonstration's people", Args: cobra.NoArgs,
		Long: "Write a key file for the bureau's administrator and, on a demo network, for one person of each role, whose accounts are applied for,\n" +
			"approved and enabled like everybody's. What is there is left alone.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := writeKeys(cmd.Context(), state); err != nil {
				return exitCode{exitFailed, err}
			}
			return nil
		}}
	cmd.Flags().StringVar(&state, "state", ".run/demo", "directory of the network's state")
	return cmd
}

func writeKeys(ctx context.Context, state string) error {
	d, err := network.ReadDescription(state)
	if err != nil {
		return err
	}
	if err := writeAdministrator(d); err != nil || registry.Mode(d.Mode) != registry.ModeDemo {
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
	sites := map[string]*person.Site{}
	for _, o := range d.Organisations {
		if sites[o.MSPID], err = person.Open(o.RegistrydURL); err != nil {
			return err
		}
	}
	opening := founding.Opening{Ledger: ledger, Admin: admin, Sites: sites, Keys: d.Keys, Until: registry.CivilDate(time.Now().AddDate(1, 0, 0))}
	return opening.Open(ctx, founding.Demonstration)
}

func writeAdministrator(d network.Description) error {
	certificateFile, keyFile := administratorFiles(d)
	certificate, err := os.ReadFile(certificateFile)
	if err != nil {
		return err
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	return founding.WriteAdministrator(d.Keys, d.Organisations["bureau"].RegistrydURL, certificate, key)
}
