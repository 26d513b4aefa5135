package devnet

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/network"
)

func TestPortTaken_NamesTheProcess(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	topology, err := network.LoadTopology("", 0)
	if err != nil {
		t.Fatal(err)
	}
	topology.Organisations[0].Web = port
	n := &Network{Topology: topology}
	n.Topology.Offset = 0
	err = n.checkPorts()
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("port %d (bureau registryd) is taken by process %d", port, os.Getpid())) {
		t.Errorf("got %v", err)
	}
}

func TestOpen_Refuses(t *testing.T) {
	for defect, o := range map[string]Options{
		"unknown_mode": {Name: "a", Mode: "test"}, "no_name": {Mode: "demo"}, "path_as_name": {Name: "../a", Mode: "demo"}, "reserved_name": {Name: "bench", Mode: "demo"},
		"no_checkout": {Name: "a", Mode: "demo", Checkout: "/"}, "no_topology": {Name: "a", Mode: "demo", Topology: "/nowhere.yaml"},
	} {
		if _, err := Open(o); err == nil {
			t.Errorf("%s is accepted", defect)
		}
	}
}
