// Command registryd serves one organisation: pages, JSON API, read model, and at the agency the issuing of certificates.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println(version())
		return
	}
	file := flag.String("config", "", "configuration file (YAML)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	config, err := readConfig(*file)
	if err == nil {
		err = (&Program{Config: config, Log: slog.New(slog.NewJSONHandler(os.Stderr, nil))}).Run(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "registryd:", err)
		os.Exit(1)
	}
}

// version is the module's version, or the commit from which a checkout was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "registryd unknown"
	}
	text := "registryd " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.time" {
			text += " " + s.Value
		}
	}
	return text + " " + info.GoVersion
}
