// Command demo plays the whole story through the same API that a person's browser uses: evidence, application, supplement,
// review, publicity, registration, certificate, verification. Signatures come from the demo network's cast, through
// the same two steps. It can be repeated: each run registers the next batch of the data set.
package main

import (
	"embed"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

//go:embed data/*
var data embed.FS

func main() {
	state := flag.String("state", ".run/demo", "directory of the network's state")
	output := flag.String("output", ".run/demo-output", "directory for the certificate's files")
	flag.Parse()
	started := time.Now()
	number, err := play(*state, *output)
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
	fmt.Printf("证书编号 %s，用时 %.1f 秒\n", number, time.Since(started).Seconds())
}

func play(state, output string) (string, error) {
	server, err := agencyURL(state)
	if err != nil {
		return "", err
	}
	s := &story{server: server, started: time.Now(), http: &http.Client{Timeout: 90 * time.Second}}
	if err := s.meetCast(); err != nil {
		return "", err
	}
	app, err := s.apply()
	if err != nil {
		return "", err
	}
	number, err := s.register(app)
	if err != nil {
		return "", err
	}
	return number, s.verify(number, output)
}

func agencyURL(state string) (string, error) {
	body, err := os.ReadFile(filepath.Join(state, "network.json"))
	if err != nil {
		return "", fmt.Errorf("no network in %s (start one with: make up): %w", state, err)
	}
	var d struct {
		Organisations map[string]struct {
			RegistrydURL string `json:"registrydURL"`
		} `json:"organisations"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return "", err
	}
	return d.Organisations["agency"].RegistrydURL, nil
}
