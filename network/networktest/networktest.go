// Package networktest gives tests one real network: started by the devnet program on free ports in a directory of its
// own, beside whatever else runs, and removed afterwards. It starts programs only, so that tests may use
// fabric-gateway or fabric-sdk-go, never both in one binary.
package networktest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hehuang-data/hehuang/network"
)

// Network is a running network.
type Network struct {
	Checkout string
	State    string // directory with network.json
	Offset   int
	Mode     string
	name     string
	parent   string
}

// Start builds and starts a network and waits until it is ready. Call Stop in any case.
func Start(mode string) (*Network, error) {
	checkout, err := findCheckout()
	if err != nil {
		return nil, err
	}
	parent, err := os.MkdirTemp("", "hh") // short: a unix socket lies in it
	if err != nil {
		return nil, err
	}
	n := &Network{Checkout: checkout, name: "t", parent: parent, State: filepath.Join(parent, "t"), Mode: mode}
	if n.Offset, err = FreeOffset(); err != nil {
		return n, err
	}
	build := exec.Command("go", "build", "-trimpath", "-o", "bin/devnet", "./network/cmd/devnet")
	build.Dir = checkout
	if out, err := build.CombinedOutput(); err != nil {
		return n, fmt.Errorf("build devnet: %w\n%s", err, out)
	}
	return n, n.Devnet("up")
}

// Devnet runs a command of the devnet program on this network.
func (n *Network) Devnet(args ...string) error {
	_, err := n.DevnetOutput(args...)
	return err
}

// DevnetOutput is Devnet with what the command printed.
func (n *Network) DevnetOutput(args ...string) (string, error) {
	all := append([]string{"--network", n.name, "--mode", n.Mode, "--state", n.parent, "--offset", strconv.Itoa(n.Offset)}, args...)
	cmd := exec.Command(filepath.Join(n.Checkout, "bin", "devnet"), all...)
	cmd.Dir = n.Checkout
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("devnet %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// Describe reads what clients need to know.
func (n *Network) Describe() (network.Description, error) { return network.ReadDescription(n.State) }

// Stop ends every process and removes the data.
func (n *Network) Stop() error {
	err := n.Devnet("down")
	return join(err, os.RemoveAll(n.parent))
}

func join(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func findCheckout() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, statErr := os.Stat(filepath.Join(dir, "network", "fabric", "go.mod")); statErr == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", fmt.Errorf("not in a checkout")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}

// FreeOffset finds a port offset at which every port of the default topology is free. It stays below the ports that the system
// gives to outgoing connections: one of those could take a port that a process is about to listen on.
func FreeOffset() (int, error) {
	const first, step, count = 10000, 500, 28
	start := int(time.Now().UnixNano() / 1000 % count)
	for i := range count {
		offset := first + (start+i)%count*step
		t, err := network.LoadTopology("", offset)
		if err == nil && allFree(t) {
			return offset, nil
		}
	}
	return 0, fmt.Errorf("no free ports for a test network")
}

func allFree(t network.Topology) bool {
	for _, p := range t.Ports() {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port))
		if err != nil {
			return false
		}
		listener.Close()
	}
	return true
}
