package devnet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/hehuang-data/hehuang/network"
	"github.com/hehuang-data/hehuang/network/admin"
)

// Status prints every process, channel height and chaincode, and fails unless all of them answer.
func (n *Network) Status(ctx context.Context, out io.Writer) error {
	states, err := n.remote().States(ctx)
	if err != nil {
		return fmt.Errorf("network %s is not running (start it with: make up)", n.Name)
	}
	var wrong []string
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "PROCESS\tPID\tSTARTS\tSTATE")
	running := map[string]bool{}
	for _, s := range states {
		state := "running"
		if s.PID == 0 {
			state = "down: " + s.LastEnd
			wrong = append(wrong, s.Name+" is down")
		}
		running[s.Name] = s.PID != 0
		fmt.Fprintf(table, "%s\t%d\t%d\t%s\n", s.Name, s.PID, s.Starts, state)
	}
	for _, p := range n.processes() {
		if _, known := running[p.Name]; !known {
			wrong = append(wrong, p.Name+" was not started")
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	wrong = append(wrong, n.expiring(time.Now())...)
	wrong = append(wrong, n.channelStatus(ctx, out)...)
	for _, o := range n.Topology.Organisations {
		if err := healthy(ctx, n.Topology.EnrollURL(o)+"/healthz"); err != nil {
			wrong = append(wrong, fmt.Sprintf("enrolld of %s does not answer: %v", o.Name, err))
		}
		url := fmt.Sprintf("http://127.0.0.1:%d/readyz", n.Topology.WebPort(o))
		if err := healthy(ctx, url); err != nil {
			wrong = append(wrong, fmt.Sprintf("registryd of %s is not ready: %v", o.Name, err))
		}
	}
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "\n"))
	}
	fmt.Fprintln(out, "everything answers")
	return nil
}

// expiring lists the network's certificates that are missing, damaged or end within a month.
func (n *Network) expiring(now time.Time) []string {
	var wrong []string
	for _, i := range network.Identities(n.Topology, n.Layout, n.Mode) {
		if err := validCertificate(i.Certificate, now); err != nil {
			wrong = append(wrong, fmt.Sprintf("certificate %s: %v", i.Certificate, err))
		}
	}
	return wrong
}

// validCertificate says whether a PEM file holds a certificate that is valid for a month at least.
func validCertificate(path string, now time.Time) error {
	cert, err := readCertificate(path)
	if err != nil {
		return err
	}
	if now.AddDate(0, 1, 0).After(cert.NotAfter) {
		return fmt.Errorf("expires on %s", cert.NotAfter.Format(time.DateOnly))
	}
	return nil
}

// channelStatus compares the heights of the three peers and asks every organisation's chaincode.
func (n *Network) channelStatus(ctx context.Context, out io.Writer) []string {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	a, err := admin.Open(n.Topology, n.Layout)
	if err != nil {
		return []string{err.Error()}
	}
	defer a.Close()
	err = await(ctx, 5*time.Second, func(ctx context.Context) error { return n.equalHeights(ctx, a) })
	if err != nil {
		return []string{err.Error()}
	}
	height, _ := a.Height(ctx, n.Topology.Organisations[0].Name)
	definition, err := a.Committed(ctx, n.Topology.Organisations[0].Name, n.Topology.Chaincode)
	if err != nil {
		return []string{err.Error()}
	}
	fmt.Fprintf(out, "channel %s: %d blocks on every peer; chaincode %s, sequence %d\n", n.Topology.Channel, height, definition.Name, definition.Sequence)
	if err := n.registryctl(ctx, "probe"); err != nil {
		return []string{err.Error()}
	}
	return nil
}

func (n *Network) equalHeights(ctx context.Context, a *admin.Admin) error {
	var heights []string
	var first uint64
	equal := true
	for i, o := range n.Topology.Organisations {
		height, err := a.Height(ctx, o.Name)
		if err != nil {
			return err
		}
		if i == 0 {
			first = height
		}
		equal = equal && height == first
		heights = append(heights, fmt.Sprintf("%s %d", o.Name, height))
	}
	if !equal {
		return fmt.Errorf("peers are at different heights: %s", strings.Join(heights, ", "))
	}
	return nil
}

// Logs prints the last lines of every process's log.
func (n *Network) Logs(out io.Writer, lines int) error {
	for _, p := range n.processes() {
		fmt.Fprintf(out, "== %s (%s)\n", p.Name, p.Log)
		if err := tail(out, p.Log, lines); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func tail(out io.Writer, path string, lines int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	const most = 256 << 10
	if info, err := f.Stat(); err == nil && info.Size() > most {
		if _, err := f.Seek(-most, io.SeekEnd); err != nil {
			return err
		}
	}
	body, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	all := strings.Split(strings.TrimRight(string(body), "\n"), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	_, err = fmt.Fprintln(out, strings.Join(all, "\n"))
	return err
}
