// Package devnet starts, inspects, stops and deletes a whole network on one machine: the commands behind make up,
// status, logs, down and reset. Every step can be repeated: what is there is kept, what is missing is made.
package devnet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hehuang-data/hehuang/network"
	"github.com/hehuang-data/hehuang/network/supervise"
)

// Network is one network on this machine.
type Network struct {
	Name     string
	Mode     string // demo or legal
	Checkout string // root of the source tree
	Topology network.Topology
	Layout   network.Layout
	Tools    network.Tools
}

// Options say which network is meant.
type Options struct {
	Checkout string // default: the directory above the program that has go.mod
	State    string // default: <checkout>/.run
	Name     string
	Mode     string
	Topology string // file; empty: the default topology
	Offset   int
}

// Open finds a network's directories and programs.
func Open(o Options) (*Network, error) {
	if o.Mode != "demo" && o.Mode != "legal" {
		return nil, fmt.Errorf("mode %q: a network is demo or legal", o.Mode)
	}
	if o.Name == "" || o.Name != filepath.Base(o.Name) || o.Name == "bench" {
		return nil, fmt.Errorf("network name %q cannot be used", o.Name)
	}
	checkout, err := findCheckout(o.Checkout)
	if err != nil {
		return nil, err
	}
	topology, err := network.LoadTopology(o.Topology, o.Offset)
	if err != nil {
		return nil, err
	}
	tools, err := network.FindTools(checkout)
	if err != nil {
		return nil, err
	}
	state := o.State
	if state == "" {
		state = filepath.Join(checkout, ".run")
	}
	if state, err = filepath.Abs(state); err != nil {
		return nil, err
	}
	return &Network{Name: o.Name, Mode: o.Mode, Checkout: checkout, Topology: topology, Tools: tools,
		Layout: network.Layout{Root: filepath.Join(state, o.Name)}}, nil
}

func findCheckout(given string) (string, error) {
	dir := given
	if dir == "" {
		dir = "."
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "network", "fabric", "go.mod")); err == nil {
			return dir, nil
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		return "", errors.New("this is not a checkout of hehuang: network/fabric/go.mod is missing here and above")
	}
}

func (n *Network) lock() string { return filepath.Join(n.Layout.Root, "supervisor.lock") }

// socket lies in a short path: unix sockets have at most 108 characters.
func (n *Network) socket() string { return filepath.Join(n.Layout.Root, "s.sock") }

func (n *Network) remote() *supervise.Remote { return supervise.Connect(n.socket()) }

// Supervise is the detached supervisor's life.
func (n *Network) Supervise(ctx context.Context) error {
	return supervise.Run(ctx, n.lock(), n.socket())
}

// Down stops every process; data stays.
func (n *Network) Down(ctx context.Context) error {
	remote := n.remote()
	if !remote.Running(ctx) {
		return nil
	}
	return remote.Stop(ctx)
}

// Reset stops the network and deletes its data.
func (n *Network) Reset(ctx context.Context) error {
	if err := n.Down(ctx); err != nil {
		return err
	}
	return os.RemoveAll(n.Layout.Root)
}

// await repeats a question until it is answered with nil, or the deadline passes; then it says what was still wrong.
func await(ctx context.Context, limit time.Duration, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not within %s: %w", limit, err)
		case <-tick.C:
		}
	}
}
