package supervise

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Remote speaks to the supervisor of a network.
type Remote struct {
	Socket string
	http   *http.Client
}

// Connect makes a client of the supervisor that serves a socket.
func Connect(socket string) *Remote {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &Remote{Socket: socket, http: &http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: 60 * time.Second}}
}

// Running says whether the supervisor answers.
func (r *Remote) Running(ctx context.Context) bool {
	_, err := r.States(ctx)
	return err == nil
}

// States asks for the state of every process.
func (r *Remote) States(ctx context.Context) ([]State, error) {
	var states []State
	body, err := r.call(ctx, http.MethodGet, "/states", nil)
	if err != nil {
		return nil, err
	}
	return states, json.Unmarshal(body, &states)
}

// Apply makes the given processes run.
func (r *Remote) Apply(ctx context.Context, processes []Process) error {
	body, err := json.Marshal(processes)
	if err != nil {
		return err
	}
	_, err = r.call(ctx, http.MethodPost, "/processes", body)
	return err
}

// Stop ends every process and the supervisor.
func (r *Remote) Stop(ctx context.Context) error {
	_, err := r.call(ctx, http.MethodPost, "/stop", nil)
	return err
}

func (r *Remote) call(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://supervisor"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	res, err := r.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(answer)))
	}
	return answer, err
}

// detach starts a program that outlives its caller, in a session of its own. Of what the caller had inherited it gets nothing: it
// would keep locks and pipes of whoever started a network for as long as the network runs.
func detach(program string, args []string, output *os.File) (*exec.Cmd, error) {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil, err
	}
	for _, entry := range open {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd, cmd.Start()
}

// Launch starts a detached supervisor (program with args) unless one answers, and waits until it does.
func (r *Remote) Launch(ctx context.Context, program string, args []string, log string) error {
	if r.Running(ctx) {
		return nil
	}
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	cmd, err := detach(program, args, f)
	if err != nil {
		return err
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if r.Running(ctx) {
				return nil
			}
		case err := <-exited:
			return fmt.Errorf("the supervisor ended at once (%v): see %s", err, log)
		case <-ctx.Done():
			return fmt.Errorf("the supervisor does not answer: see %s", log)
		}
	}
}
