package devnet

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// checkPorts makes sure that every port of the network is free, before anything is started, and names the process
// that holds one.
func (n *Network) checkPorts() error {
	var taken []string
	for _, p := range n.Topology.Ports() {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port))
		if err == nil {
			listener.Close()
			continue
		}
		if errors.Is(err, syscall.EADDRINUSE) {
			taken = append(taken, fmt.Sprintf("port %d (%s) is taken by %s", p.Port, p.Use, holder(p.Port)))
			continue
		}
		return fmt.Errorf("port %d (%s): %w", p.Port, p.Use, err)
	}
	if len(taken) > 0 {
		return fmt.Errorf("%s\nstop that process, or start this network elsewhere with: bin/devnet --offset 1000 up", strings.Join(taken, "\n"))
	}
	return nil
}

// holder names the process that listens on a port, as far as /proc shows it.
func holder(port int) string {
	inode := listeningInode(port)
	if inode == "" {
		return "an unknown process"
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == "socket:["+inode+"]" {
			pid := strings.Split(link, "/")[2]
			command, _ := os.ReadFile("/proc/" + pid + "/comm")
			return fmt.Sprintf("process %s (%s)", pid, strings.TrimSpace(string(command)))
		}
	}
	return "a process of another user"
}

const tcpListen = "0A"

func listeningInode(port int) string {
	want := fmt.Sprintf(":%04X", port)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		body, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for _, line := range strings.Split(string(body), "\n") {
			f := strings.Fields(line)
			if len(f) > 9 && strings.HasSuffix(f[1], want) && f[3] == tcpListen {
				return f[9]
			}
		}
	}
	return ""
}

// checkDisk refuses to begin on a disk that would fill up half-way.
func (n *Network) checkDisk() error {
	if err := os.MkdirAll(n.Layout.Root, 0o755); err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(n.Layout.Root, &fs); err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	const needed = 2 << 30
	if free := fs.Bavail * uint64(fs.Bsize); free < needed {
		return fmt.Errorf("only %d MB are free in %s: at least %d MB are needed", free>>20, n.Layout.Root, needed>>20)
	}
	return nil
}

// OffsetFree finds a port offset from which every port of the topology is free, beginning at start.
func (n *Network) OffsetFree(start int) (int, error) {
	for offset := start; offset < start+20000; offset += 500 {
		probe := *n
		probe.Topology.Offset = offset
		if probe.checkPorts() == nil {
			return offset, nil
		}
	}
	return 0, errors.New("no free ports from " + strconv.Itoa(start))
}
