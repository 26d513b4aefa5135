// Command registryctl is the command line of the registry: it probes and founds a network, and verifies certificates offline.
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

const exitUsage = 2

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := command().ExecuteContext(ctx)
	if err == nil {
		return
	}
	code := exitUsage
	var coded exitCode
	if errors.As(err, &coded) {
		code = coded.code
	}
	if err.Error() != "" {
		fmt.Fprintln(os.Stderr, "registryctl:", err)
	}
	os.Exit(code)
}

func command() *cobra.Command {
	root := &cobra.Command{Use: "registryctl", Short: "the registry's command line", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(probeCommand(), bootstrapCommand(), verifyCommand())
	return root
}
