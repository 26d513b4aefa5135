package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/network"
)

const (
	roundTime = 12 * time.Second
	rounds    = 2
	waitLimit = 60 * time.Second
)

// rates are the arrival rates in transactions per second; the last one is beyond what two cores can do on either side.
var rates = []float64{40, 100, 400}

// round of one side at one rate.
type result struct {
	ok, failed int
	seconds    float64
	processor  float64 // seconds of processor time of the whole network and of the load
	latencies  []time.Duration
}

func (r result) tps() float64 { return float64(r.ok) / r.seconds }

// cost is the processor time of one transaction in milliseconds. It depends less than throughput on what else the
// machine does.
func (r result) cost() float64 { return 1000 * r.processor / float64(max(r.ok, 1)) }

// benchRegister sends Submit of a full application and, side by side in the same run, a bare one-key write of the same payload, at
// Poisson arrivals. The ratio is that of the highest throughput either side reached, summed over the rounds.
func benchRegister(state, offset string) error {
	d, err := network.ReadDescription(state)
	if err != nil {
		return err
	}
	if err := deployBare(filepath.Base(state), d.Mode, offset); err != nil {
		return err
	}
	a, err := openApplicant(state)
	if err != nil {
		return err
	}
	defer a.ledger.Close()
	return compare(a.ledger, a.signer, meter{state: state})
}

// applicant writes at the agency with a key file of the demo network.
type applicant struct {
	ledger *client.Ledger
	signer *client.Signer
	url    string // of the agency's registryd
}

func openApplicant(state string) (applicant, error) {
	d, err := network.ReadDescription(state)
	if err != nil {
		return applicant{}, err
	}
	o := d.Organisations["agency"]
	a := applicant{url: o.RegistrydURL}
	k, err := client.ReadKeyFile(filepath.Join(d.Keys, "he-applicant.pem"), "")
	if err != nil {
		return a, err
	}
	if a.signer, err = k.Signer(); err != nil {
		return a, err
	}
	a.ledger, err = client.Dial(client.Config{PeerAddress: o.PeerAddress, TLSRoot: o.PeerTLSRoot, ServerName: o.ServerName, Channel: d.Channel,
		Chaincode: d.Chaincode, MSPID: o.MSPID, Certificate: o.Certificate, Key: o.Key}, &client.MemoryStore{})
	return a, err
}

func deployBare(name, mode, offset string) error {
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", "bin/barecc", "./scripts/bench/barecc")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return command("", nil, "bin/devnet", "--network", name, "--mode", mode, "--offset", offset, "deploy", "bare", "bin/barecc")
}

// both are the organisations that endorse either side.
var both = []string{registry.MSPBureau, registry.MSPAgency}

// sender sends the n-th write of one side.
type sender func(ctx context.Context, n int) error

func compare(ledger *client.Ledger, signer *client.Signer, m meter) error {
	salt := fmt.Sprint(time.Now().UnixNano())
	registrySide := func(ctx context.Context, n int) error {
		_, err := ledger.Load(ctx, signer, both, "registry", "registration:Submit", application(salt, n))
		return err
	}
	bareSide := func(ctx context.Context, n int) error {
		_, err := ledger.Load(ctx, signer, both, "bare", "asset:Create", fmt.Sprintf("%s-%d", salt, n), application(salt, n))
		return err
	}
	fmt.Printf("payload %d bytes\n%-9s %6s %6s %6s %8s %8s %8s %8s %8s\n", len(application(salt, 1)), "side", "rate", "ok", "fail", "tps", "p50", "p95", "p99", "cpu ms")
	warmUp(registrySide, bareSide)
	n := 1000
	totals := map[string]map[float64]*result{"registry": {}, "bare": {}}
	for turn := range rounds {
		for _, rate := range rates {
			sides := []string{"registry", "bare"}
			if turn%2 == 1 {
				slices.Reverse(sides)
			}
			for _, side := range sides {
				send := map[string]sender{"registry": registrySide, "bare": bareSide}[side]
				before := m.seconds()
				r := poisson(send, rate, &n)
				r.processor = m.seconds() - before
				show(side, rate, r)
				merge(totals[side], rate, r)
			}
		}
	}
	return report(totals)
}

func warmUp(sides ...sender) {
	for i := range 20 {
		for _, send := range sides {
			_ = send(context.Background(), i)
		}
	}
}

// application is the argument of one Submit: a full application with three evidence identifiers, more than 2 KB.
func application(salt string, n int) string {
	cid := "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk"
	var materials []registry.Material
	for i, kind := range []registry.MaterialKind{registry.MaterialSample, registry.MaterialSource, registry.MaterialIdentity} {
		materials = append(materials, registry.Material{Kind: kind, CID: cid + string("abc"[i]), Commitment: strings.Repeat("ab", 32), Size: 4096})
	}
	content := ledgertest.SampleContent()
	content.DataName = fmt.Sprintf("压测 %s %d", salt[len(salt)-9:], n)
	content.Overview, content.Materials = strings.Repeat("设施大棚种植、采收与销售情况。", 20), materials
	body, err := registry.Canonical(registry.SubmitRequest{Key: fmt.Sprintf("bench-%s-%d", salt, n), Content: content})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// poisson lets writes arrive at a mean rate for the time of a round, open loop: an arrival does not wait for earlier answers.
func poisson(send sender, rate float64, n *int) result {
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	var mu sync.Mutex
	var wait sync.WaitGroup
	var r result
	start := time.Now()
	for next := start; next.Sub(start) < roundTime; next = next.Add(time.Duration(rand.ExpFloat64() / rate * float64(time.Second))) {
		time.Sleep(time.Until(next))
		*n++
		number, arrived := *n, next
		wait.Add(1)
		go func() {
			defer wait.Done()
			err := send(ctx, number)
			took := time.Since(arrived)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				r.failed++
				return
			}
			r.ok++
			r.latencies = append(r.latencies, took)
		}()
	}
	wait.Wait()
	r.seconds = time.Since(start).Seconds()
	return r
}

func percentile(sorted []time.Duration, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(len(sorted)-1, int(p*float64(len(sorted))))].Microseconds()) / 1000
}

func show(side string, rate float64, r result) {
	slices.Sort(r.latencies)
	fmt.Printf("%-9s %6.0f %6d %6d %8.1f %8.0f %8.0f %8.0f %8.2f\n", side, rate, r.ok, r.failed, r.tps(), percentile(r.latencies, 0.5), percentile(r.latencies, 0.95), percentile(r.latencies, 0.99), r.cost())
}

func merge(into map[float64]*result, rate float64, r result) {
	have := into[rate]
	if have == nil {
		have = &result{}
		into[rate] = have
	}
	have.ok, have.failed, have.seconds = have.ok+r.ok, have.failed+r.failed, have.seconds+r.seconds
	have.processor += r.processor
	have.latencies = append(have.latencies, r.latencies...)
}

// report names the highest throughput of each side, what a transaction costs at the highest rate, and the latencies of the
// registry at the middle rate.
func report(totals map[string]map[float64]*result) error {
	best := map[string]float64{}
	failed := map[string]int{}
	for side, byRate := range totals {
		for _, r := range byRate {
			best[side] = max(best[side], r.tps())
			failed[side] += r.failed
		}
	}
	top := rates[len(rates)-1]
	registryCost, bareCost := totals["registry"][top].cost(), totals["bare"][top].cost()
	middle := totals["registry"][rates[1]]
	slices.Sort(middle.latencies)
	return publish("register", map[string]any{"registry_tps": round(best["registry"], 1), "bare_tps": round(best["bare"], 1), "ratio": round(best["registry"]/best["bare"], 3),
		"p50_ms": round(percentile(middle.latencies, 0.5), 0), "p95_ms": round(percentile(middle.latencies, 0.95), 0), "p99_ms": round(percentile(middle.latencies, 0.99), 0),
		"registry_cpu_ms": round(registryCost, 2), "bare_cpu_ms": round(bareCost, 2), "ratio_cpu": round(bareCost/registryCost, 3),
		"rate_of_latency": rates[1], "registry_failed": failed["registry"], "bare_failed": failed["bare"]})
}
