// Package scenario runs stories against a real network: organisations, endorsement, killed processes, the whole way from
// application to verified certificate.
package scenario

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/network/networktest"
)

var shared *networktest.Network

// TestMain starts one network for all stories.
//
// With SCENARIO_STATE=.run/demo the stories that start nothing run against a network that is up already, for quick work on pages. CI
// does not take it: what needs a network of its own would be skipped.
func TestMain(m *testing.M) {
	if state := os.Getenv("SCENARIO_STATE"); state != "" {
		if os.Getenv("CI") == "true" {
			fmt.Fprintln(os.Stderr, "SCENARIO_STATE is set: CI runs every story on a network of its own")
			os.Exit(1)
		}
		shared = &networktest.Network{State: state}
		os.Exit(m.Run())
	}
	fmt.Println("starting a real network of its own on free ports ...")
	n, err := networktest.Start("demo")
	code := 1
	if err == nil {
		shared = n
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	if n != nil {
		if err := n.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func demo(t *testing.T) string {
	t.Helper()
	output := t.TempDir()
	cmd := exec.Command("go", "run", "./scripts/demo", "--state", shared.State, "--output", output)
	cmd.Dir = shared.Checkout
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the story does not end well: %v\n%s", err, out)
	}
	return string(out)
}

func TestStory_ApplicationToVerifiedCertificate(t *testing.T) {
	out := demo(t)
	for _, want := range []string{"registration:Return → RETURNED", "registration:Register → REGISTERED", "证书编号 HDZC630222", "VALID"} {
		if !strings.Contains(out, want) {
			t.Errorf("the story lacks %q:\n%s", want, out)
		}
	}
}

func TestStatus_AllAnswer(t *testing.T) {
	if out, err := shared.DevnetOutput("status"); err != nil || !strings.Contains(out, "everything answers") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestUp_TwiceIsHarmless(t *testing.T) {
	before := pids(t)
	if err := shared.Devnet("up"); err != nil {
		t.Fatal(err)
	}
	for name, pid := range pids(t) {
		if before[name] != pid {
			t.Errorf("%s was restarted", name)
		}
	}
}

// pids reads the process table of devnet status.
func pids(t *testing.T) map[string]int {
	t.Helper()
	out, _ := shared.DevnetOutput("status")
	all := map[string]int{}
	for _, line := range strings.Split(out, "\n") {
		var name string
		var pid, starts int
		if n, _ := fmt.Sscan(line, &name, &pid, &starts); n == 3 {
			all[name] = pid
		}
	}
	if len(all) < 15 {
		t.Fatalf("status lists %d processes:\n%s", len(all), out)
	}
	return all
}

func waitUntil(t *testing.T, limit time.Duration, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); <-tick.C {
		if done() {
			return
		}
	}
	t.Fatal(what)
}

func TestFault_KilledProcessesComeBack(t *testing.T) {
	for _, name := range []string{"bureau-peer", "exchange-orderer", "agency-registryd"} {
		pid := pids(t)[name]
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		waitUntil(t, 30*time.Second, name+" does not come back", func() bool { now := pids(t)[name]; return now != 0 && now != pid })
	}
	if err := shared.Devnet("up"); err != nil {
		t.Fatal(err)
	}
	demo(t)
}

func TestFault_KilledChaincodeIsStartedByTheNextCall(t *testing.T) {
	chaincodes := processesOf(t, "chaincode")
	if len(chaincodes) < 3 {
		t.Fatalf("%d chaincode processes run, want 3", len(chaincodes))
	}
	for _, pid := range chaincodes {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	demo(t)
}

// processesOf lists the processes under this network's state directory whose program has a name.
func processesOf(t *testing.T, program string) []int {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || filepath.Base(target) != program || !strings.HasPrefix(target, shared.State) {
			continue
		}
		var pid int
		if _, err := fmt.Sscanf(link, "/proc/%d/exe", &pid); err == nil {
			found = append(found, pid)
		}
	}
	return found
}

func TestFault_KilledSupervisorIsReplacedAndNothingOutlivesIt(t *testing.T) {
	lock, err := os.ReadFile(filepath.Join(shared.State, "supervisor.lock"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(lock), &pid); err != nil {
		t.Fatal(err)
	}
	before := pids(t)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, 30*time.Second, "children outlive the supervisor", func() bool {
		for _, child := range before {
			if child != 0 && syscall.Kill(child, 0) == nil {
				return false
			}
		}
		return len(processesOf(t, "chaincode")) == 0
	})
	if err := shared.Devnet("up"); err != nil {
		t.Fatal(err)
	}
	demo(t)
}

func TestDown_LeavesNoProcessAndKeepsData(t *testing.T) {
	before := pids(t)
	if err := shared.Devnet("down"); err != nil {
		t.Fatal(err)
	}
	for name, pid := range before {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("%s still runs after down", name)
		}
	}
	if left := processesOf(t, "chaincode"); len(left) > 0 {
		t.Errorf("chaincode processes %v outlive their peers", left)
	}
	if err := shared.Devnet("up"); err != nil {
		t.Fatal(err)
	}
	if out := demo(t); !strings.Contains(out, "第") {
		t.Errorf("the earlier registrations are gone:\n%s", out)
	}
}
