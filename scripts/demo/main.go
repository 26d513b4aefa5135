// Command demo plays the whole story through the same API that a person's browser uses: evidence, application, supplement,
// review, publicity, registration, certificate, verification. Everybody in it signs with a key file of their own, which the
// demo network hands out. It can be repeated: each run registers the next batch of the data set.
package main

import (
	"context"
	"embed"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/person"
	"github.com/hehuang-data/hehuang/network"
)

//go:embed data/*
var data embed.FS

func main() {
	state := flag.String("state", ".run/demo", "directory of the network's state")
	output := flag.String("output", ".run/demo-output", "directory for the certificate's files")
	flag.Parse()
	started := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	number, err := play(ctx, *state, *output)
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
	fmt.Printf("证书编号 %s，用时 %.1f 秒\n", number, time.Since(started).Seconds())
}

func play(ctx context.Context, state, output string) (registry.CertificateNumber, error) {
	d, err := network.ReadDescription(state)
	if err != nil {
		return "", err
	}
	server := d.Organisations["agency"].RegistrydURL
	site, err := person.Open(server)
	if err != nil {
		return "", err
	}
	s := &story{server: server, state: state, keys: d.Keys, started: time.Now(), public: site, people: map[string]*person.Person{}}
	if err := s.enrol(ctx); err != nil {
		return "", err
	}
	app, err := s.apply(ctx)
	if err != nil {
		return "", err
	}
	number, err := s.register(ctx, app)
	if err != nil {
		return "", err
	}
	return number, s.verify(ctx, number, output)
}
