// Command devnet runs a whole network on one machine: up, down, status, logs, reset.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/hehuang-data/hehuang/network/devnet"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "devnet:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	var o devnet.Options
	root := &cobra.Command{Use: "devnet", Short: "a whole network on one machine", SilenceUsage: true, SilenceErrors: true}
	f := root.PersistentFlags()
	f.StringVar(&o.Name, "network", "demo", "name of the network; its state lies in .run/<name>")
	f.StringVar(&o.Mode, "mode", "demo", "demo (periods are seconds) or legal; fixed when the network is created")
	f.StringVar(&o.Topology, "topology", "", "topology file (default: everything on this machine)")
	f.StringVar(&o.State, "state", "", "directory of all networks' state (default: .run in the checkout)")
	f.IntVar(&o.Offset, "offset", 0, "added to every port, so that networks live side by side")
	with := func(run func(cmd *cobra.Command, n *devnet.Network) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, _ []string) error {
			n, err := devnet.Open(o)
			if err != nil {
				return err
			}
			return run(cmd, n)
		}
	}
	root.AddCommand(
		&cobra.Command{Use: "up", Short: "build, start and wait until everything answers", Args: cobra.NoArgs, RunE: with(up)},
		&cobra.Command{Use: "down", Short: "stop every process, keep all data", Args: cobra.NoArgs, RunE: with(down)},
		&cobra.Command{Use: "status", Short: "every process, channel height and chaincode; exit 0 only if all answer", Args: cobra.NoArgs, RunE: with(status)},
		&cobra.Command{Use: "crl", Short: "revoke the certificates of accounts revoked on the ledger, on the channel too", Args: cobra.NoArgs, RunE: with(revoke)},
		&cobra.Command{Use: "doctor", Short: "certificates, rules, calendars and evidence: what ends, what is damaged, what to do", Args: cobra.NoArgs, RunE: with(doctor)},
		&cobra.Command{Use: "supervise", Hidden: true, Args: cobra.NoArgs, RunE: with(supervise)},
		logsCommand(with), renewCommand(with), resetCommand(with), deployCommand(with), substituteCommand(with),
	)
	return root
}

type runner = func(func(*cobra.Command, *devnet.Network) error) func(*cobra.Command, []string) error

func up(cmd *cobra.Command, n *devnet.Network) error {
	progress := devnet.NewProgress(os.Stderr, 14)
	err := n.Up(cmd.Context(), progress.Step)
	took := progress.Done()
	if err != nil {
		return err
	}
	fmt.Printf("\nNetwork %s (%s) is ready after %s.\n\n", n.Name, n.Mode, took.Round(100*time.Millisecond))
	for _, org := range n.Topology.Organisations {
		fmt.Printf("  %-9s %s\n", org.Name, n.Topology.WebURL(org))
	}
	fmt.Printf("  key files %s\n", n.Layout.Keys())
	fmt.Print("\nNext: open the agency's page and sign in with a key file, or let the whole story run with: make demo\n")
	return nil
}

func down(cmd *cobra.Command, n *devnet.Network) error {
	if err := n.Down(cmd.Context()); err != nil {
		return err
	}
	fmt.Printf("Network %s is down; its data is kept.\n", n.Name)
	return nil
}

func status(cmd *cobra.Command, n *devnet.Network) error {
	return n.Status(cmd.Context(), os.Stdout)
}

func doctor(cmd *cobra.Command, n *devnet.Network) error {
	return n.Doctor(cmd.Context(), os.Stdout)
}

func renewCommand(with runner) *cobra.Command {
	var within int
	cmd := &cobra.Command{Use: "renew", Short: "new certificates for the same keys, for nodes, administrators and services", Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, n *devnet.Network) error {
			renewed, err := n.Renew(cmd.Context(), within, time.Now())
			for _, file := range renewed {
				fmt.Println("renewed", file)
			}
			if err == nil && len(renewed) > 0 {
				fmt.Println("Programs read them when they are started again: make down, make up.")
			}
			return err
		})}
	cmd.Flags().IntVar(&within, "within", 60, "renew what ends within so many days")
	return cmd
}

func revoke(cmd *cobra.Command, n *devnet.Network) error {
	changed, err := n.Revoke(cmd.Context())
	if err != nil {
		return err
	}
	if len(changed) == 0 {
		fmt.Println("Nothing was revoked since the last time.")
		return nil
	}
	fmt.Printf("New revocation lists are on the channel: %s.\n", strings.Join(changed, ", "))
	return nil
}

// supervise ignores the terminal's signals: the supervisor outlives the command that started it.
func supervise(cmd *cobra.Command, n *devnet.Network) error {
	return n.Supervise(cmd.Context())
}

func logsCommand(with runner) *cobra.Command {
	var lines int
	cmd := &cobra.Command{Use: "logs", Short: "last log lines of every process", Args: cobra.NoArgs,
		RunE: with(func(_ *cobra.Command, n *devnet.Network) error { return n.Logs(os.Stdout, lines) })}
	cmd.Flags().IntVar(&lines, "lines", 10, "how many lines of each log")
	return cmd
}

func resetCommand(with runner) *cobra.Command {
	var force bool
	cmd := &cobra.Command{Use: "reset", Short: "stop the network and delete its data", Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, n *devnet.Network) error {
			if !force && !confirmed(n.Name) {
				return errors.New("nothing was deleted")
			}
			return n.Reset(cmd.Context())
		})}
	cmd.Flags().BoolVar(&force, "force", false, "do not ask")
	return cmd
}

func confirmed(name string) bool {
	fmt.Printf("This deletes every record, key and document of network %s. Type its name to go on: ", name)
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	return strings.TrimSpace(answer) == name
}

func substituteCommand(with runner) *cobra.Command {
	return &cobra.Command{Use: "substitute ORGANISATION PROGRAM", Short: "let one organisation run other chaincode, for tests", Hidden: true, Args: cobra.ExactArgs(2),
		RunE: with(func(cmd *cobra.Command, n *devnet.Network) error {
			return n.Substitute(cmd.Context(), cmd.Flags().Arg(0), cmd.Flags().Arg(1))
		})}
}

func deployCommand(with runner) *cobra.Command {
	return &cobra.Command{Use: "deploy NAME PROGRAM", Short: "bring another chaincode into force, for measurements", Hidden: true, Args: cobra.ExactArgs(2),
		RunE: with(func(cmd *cobra.Command, n *devnet.Network) error {
			return n.DeployExtra(cmd.Context(), cmd.Flags().Arg(0), cmd.Flags().Arg(1), func(s string) { fmt.Fprintln(os.Stderr, s) })
		})}
}
