// Command registryctl is the command line of the registry: people apply for accounts and act with a key file of their own, and
// anybody verifies certificates, offline too. For operators it probes and founds a network and shows how far each
// organisation's ledger has come.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// exitCode is an error that ends the program with a status of its own.
type exitCode struct {
	code int
	err  error
}

func (e exitCode) Error() string { return e.err.Error() }
func (e exitCode) Unwrap() error { return e.err }

// Exit statuses; 3 is of verify alone: authentic, but the state was not checked.
const (
	exitFailed  = 1 // refused or failed
	exitUsage   = 2
	exitUnknown = 4 // sent, the outcome is unknown: ask again, do not write anew
	exitAltered = 5 // the site asked for a signature over something else; nothing was signed
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := command().ExecuteContext(ctx)
	if err != nil && err.Error() != "" {
		fmt.Fprintln(os.Stderr, "registryctl:", err)
	}
	os.Exit(exitStatus(err))
}

// exitStatus is what the program ends with; whatever has no status of its own is a matter of usage.
func exitStatus(err error) int {
	var coded exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &coded):
		return coded.code
	}
	return exitUsage
}

func command() *cobra.Command {
	root := &cobra.Command{Use: "registryctl", Short: "the registry's command line", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(probeCommand(), bootstrapCommand(), keysCommand(), statusCommand(), accountCommand(), actCommand(), signCommand(), whoamiCommand(), logoutCommand(),
		verifyCommand(), askCommand(), auditCommand(), doctorCommand(), versionCommand())
	return root
}
