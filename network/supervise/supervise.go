// Package supervise keeps the processes of a network running: one supervisor per network under a lock, detached from
// the terminal. Its children die with it; one that dies alone is started again with back-off.
package supervise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/thejerf/suture/v4"
)

// Process is one program to be kept running.
type Process struct {
	Name    string   `json:"name"`
	Program string   `json:"program"`
	Args    []string `json:"args"`
	Env     []string `json:"env"` // complete: nothing is inherited
	Dir     string   `json:"dir"`
	Log     string   `json:"log"`
	Stamp   string   `json:"stamp"` // changes when the program or its configuration did: restarted then
}

// State is what the supervisor knows of a process.
type State struct {
	Name    string `json:"name"`
	PID     int    `json:"pid"` // 0 while it is not running
	Starts  int    `json:"starts"`
	LastEnd string `json:"lastEnd,omitempty"`
}

const grace = 10 * time.Second

// child is a suture service around one process.
type child struct {
	process Process
	mu      sync.Mutex
	state   State
}

// Serve runs the process once; suture starts it again.
func (c *child) Serve(ctx context.Context) error {
	// Pdeathsig is tied to the thread that starts the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	log, err := os.OpenFile(c.process.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(c.process.Program, c.process.Args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = c.process.Env, c.process.Dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		c.ended(err.Error())
		return err
	}
	c.started(cmd.Process.Pid)
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err = <-done:
	case <-ctx.Done():
		err = stop(cmd.Process.Pid, done)
	}
	c.ended(fmt.Sprint(err))
	return err
}

// stop asks a process group to end, and ends it after the grace period.
func stop(pid int, done <-chan error) error {
	_ = syscall.Kill(-pid, syscall.SIGTERM)
	select {
	case err := <-done:
		return err
	case <-time.After(grace):
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		return <-done
	}
}

func (c *child) started(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.PID = pid
	c.state.Starts++
}

func (c *child) ended(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.PID, c.state.LastEnd = 0, why
}

func (c *child) snapshot() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Supervisor keeps a set of processes running.
type Supervisor struct {
	tree     *suture.Supervisor
	mu       sync.Mutex
	children map[string]*child
	tokens   map[string]suture.ServiceToken
	order    []string
}

func newSupervisor() *Supervisor {
	return &Supervisor{
		tree: suture.New("network", suture.Spec{FailureThreshold: 5, FailureDecay: 30, FailureBackoff: 3 * time.Second, Timeout: 2 * grace,
			EventHook: func(suture.Event) {}}),
		children: map[string]*child{}, tokens: map[string]suture.ServiceToken{},
	}
}

// Apply makes the given processes run: missing ones are started, changed ones started anew. Others are left alone.
func (s *Supervisor) Apply(processes []Process) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range processes {
		old, known := s.children[p.Name]
		if known && same(old.process, p) {
			continue
		}
		if known {
			if err := s.tree.RemoveAndWait(s.tokens[p.Name], 2*grace); err != nil {
				return fmt.Errorf("stop %s: %w", p.Name, err)
			}
		} else {
			s.order = append(s.order, p.Name)
		}
		if err := os.MkdirAll(filepath.Dir(p.Log), 0o755); err != nil {
			return err
		}
		c := &child{process: p, state: State{Name: p.Name}}
		s.children[p.Name], s.tokens[p.Name] = c, s.tree.Add(c)
	}
	return nil
}

func same(a, b Process) bool {
	return a.Program == b.Program && a.Stamp == b.Stamp && slices.Equal(a.Args, b.Args) && slices.Equal(a.Env, b.Env)
}

// States lists the processes in the order in which they were first started.
func (s *Supervisor) States() []State {
	s.mu.Lock()
	defer s.mu.Unlock()
	states := []State{}
	for _, name := range s.order {
		states = append(states, s.children[name].snapshot())
	}
	return states
}

// stopAll stops the processes in reverse order, each within its grace period.
func (s *Supervisor) stopAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var wait sync.WaitGroup
	for i := len(s.order) - 1; i >= 0; i-- {
		wait.Add(1)
		go func(name string) {
			defer wait.Done()
			_ = s.tree.RemoveAndWait(s.tokens[name], 2*grace)
		}(s.order[i])
	}
	wait.Wait()
}

// ErrRunning means that another supervisor holds the network's lock.
var ErrRunning = errors.New("a supervisor is running")

// Run is the supervisor's life: it takes the lock, serves requests on the socket and ends when it is told to.
func Run(ctx context.Context, lock, socket string) error {
	held, err := takeLock(lock)
	if err != nil {
		return err
	}
	defer held.Close()
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		return err
	}
	s := newSupervisor()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	treeDone := s.tree.ServeBackground(ctx)
	server := &http.Server{Handler: s.handler(cancel), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	<-ctx.Done()
	<-treeDone
	return server.Close()
}

func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("%w (lock %s)", ErrRunning, path)
	}
	_ = f.Truncate(0)
	_, _ = fmt.Fprintf(f, "%d\n", os.Getpid())
	return f, nil
}

func (s *Supervisor) handler(cancel func()) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /states", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(s.States()) })
	mux.HandleFunc("POST /processes", func(w http.ResponseWriter, r *http.Request) {
		var processes []Process
		if err := json.NewDecoder(r.Body).Decode(&processes); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if err := s.Apply(processes); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("POST /stop", func(w http.ResponseWriter, _ *http.Request) {
		s.stopAll()
		w.WriteHeader(http.StatusOK)
		go cancel()
	})
	return mux
}
