package devnet

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/hehuang-data/hehuang/network"
	"github.com/hehuang-data/hehuang/network/supervise"
)

// fabricProcesses are the authorities, orderers and peers.
func (n *Network) fabricProcesses() []supervise.Process {
	var all []supervise.Process
	for _, o := range n.Topology.Organisations {
		all = append(all, n.authority(o.Name))
	}
	all = append(all, n.authority(n.Topology.Regulator.Name))
	for _, o := range n.Topology.Organisations {
		dir := n.Layout.Org(o.Name, "orderer")
		all = append(all, n.process(o.Name+"-orderer", n.Tools.Path("orderer"), nil, dir, filepath.Join(dir, "orderer.yaml"),
			"FABRIC_CFG_PATH="+dir, "FABRIC_LOGGING_SPEC=warning"))
	}
	for _, o := range n.Topology.Organisations {
		dir := n.Layout.Org(o.Name, "peer")
		all = append(all, n.process(o.Name+"-peer", n.Tools.Path("peer"), []string{"node", "start"}, dir, filepath.Join(dir, "core.yaml"),
			"FABRIC_CFG_PATH="+dir, "FABRIC_LOGGING_SPEC=warning:chaincode.externalbuilder=info"))
	}
	return all
}

func (n *Network) authority(name string) supervise.Process {
	dir := n.Layout.Org(name, "ca")
	return n.process(name+"-ca", n.Tools.Path("fabric-ca-server"), []string{"start", "--home", dir}, dir, filepath.Join(dir, "fabric-ca-server-config.yaml"))
}

// services are each organisation's registration authority and registryd.
func (n *Network) services() []supervise.Process {
	var all []supervise.Process
	for _, o := range n.Topology.Organisations {
		all = append(all, n.enrolld(o))
	}
	for _, o := range n.Topology.Organisations {
		dir := n.Layout.Org(o.Name, "registryd")
		config := filepath.Join(dir, "config.yaml")
		all = append(all, n.process(o.Name+"-registryd", filepath.Join(n.Tools.Own, "registryd"), []string{"--config", config}, dir, config))
	}
	return all
}

func (n *Network) enrolld(o network.Organisation) supervise.Process {
	dir := n.Layout.Org(o.Name, "enrolld")
	topology := filepath.Join(dir, "topology.yaml")
	return n.process(o.Name+"-enrolld", filepath.Join(n.Tools.Own, "enrolld"), []string{"--state", n.Layout.Root, "--topology", topology,
		"--offset", strconv.Itoa(n.Topology.Offset), "--organisation", o.Name, "--listen", n.Topology.EnrollAddress(o)}, dir, topology)
}

func (n *Network) process(name, program string, args []string, dir, config string, env ...string) supervise.Process {
	base := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir(), "GODEBUG=netdns=go"}
	return supervise.Process{Name: name, Program: program, Args: args, Dir: dir, Env: append(base, env...),
		Log: n.Layout.Log(name), Stamp: stamp(program, config)}
}

// stamp changes when the program or its configuration does.
func stamp(files ...string) string {
	sum := sha256.New()
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		_, _ = io.Copy(sum, f)
		f.Close()
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
