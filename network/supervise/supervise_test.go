package supervise

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func waitUntil(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-tick.C {
		if done() {
			return
		}
	}
	t.Fatal(what)
}

func start(t *testing.T) (*Remote, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "hs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, filepath.Join(dir, "lock"), filepath.Join(dir, "s")) }()
	t.Cleanup(func() { cancel(); <-ended })
	r := Connect(filepath.Join(dir, "s"))
	waitUntil(t, "the supervisor does not answer", func() bool { return r.Running(ctx) })
	return r, dir
}

func sleeper(dir, stamp string) []Process {
	return []Process{{Name: "sleeper", Program: "/bin/sleep", Args: []string{"600"}, Env: []string{"PATH=/bin"}, Dir: dir, Log: filepath.Join(dir, "log"), Stamp: stamp}}
}

func pid(t *testing.T, r *Remote) int {
	t.Helper()
	states, err := r.States(context.Background())
	if err != nil || len(states) != 1 {
		t.Fatalf("%v %v", states, err)
	}
	return states[0].PID
}

func TestSupervisor_RestartsReplacesAndStops(t *testing.T) {
	r, dir := start(t)
	ctx := context.Background()
	apply := func(stamp string) {
		if err := r.Apply(ctx, sleeper(dir, stamp)); err != nil {
			t.Fatal(err)
		}
		waitUntil(t, "it does not run", func() bool { return pid(t, r) != 0 })
	}
	apply("1")
	first := pid(t, r)
	apply("1")
	if pid(t, r) != first {
		t.Error("an unchanged process was restarted")
	}
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "a killed process does not come back", func() bool { p := pid(t, r); return p != 0 && p != first })
	second := pid(t, r)
	apply("2")
	third := pid(t, r)
	if third == second || syscall.Kill(second, 0) == nil {
		t.Errorf("a changed process was not replaced: %d, %d", second, third)
	}
	if err := r.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if syscall.Kill(third, 0) == nil {
		t.Error("a process outlives the supervisor's stop")
	}
}

func TestSupervisor_OnlyOnePerLock(t *testing.T) {
	_, dir := start(t)
	if err := Run(context.Background(), filepath.Join(dir, "lock"), filepath.Join(dir, "other")); !errors.Is(err, ErrRunning) {
		t.Errorf("a second supervisor: %v", err)
	}
}

// TestDetach_KeepsNothingOfTheCaller: `flock LOCK make up` must not hold the lock until the network is down.
func TestDetach_KeepsNothingOfTheCaller(t *testing.T) {
	var pipe [2]int // inheritable, as a shell's are
	if err := syscall.Pipe(pipe[:]); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd, err := detach("/bin/sleep", []string{"600"}, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	syscall.Close(pipe[1])
	reader := os.NewFile(uintptr(pipe[0]), "pipe")
	defer reader.Close()
	ended := make(chan struct{})
	go func() { _, _ = reader.Read(make([]byte, 1)); close(ended) }()
	waitUntil(t, "the program still holds the caller's pipe", func() bool {
		select {
		case <-ended:
			return true
		default:
			return false
		}
	})
}
