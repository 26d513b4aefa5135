package devnet

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/hehuang-data/hehuang/network"
	"github.com/hehuang-data/hehuang/network/supervise"
)

// authorities are the certificate authorities, one server for each organisation.
func (n *Network) authorities() []supervise.Process {
	var all []supervise.Process
	for _, o := range n.Topology.Organisations {
		dir := n.Layout.Org(o.Name, "ca")
		var configs []string
		for _, a := range n.Topology.Authorities(o.Name) {
			configs = append(configs, n.Layout.AuthorityConfig(a))
		}
		all = append(all, n.process(o.Name+"-ca", n.Tools.Path("fabric-ca-server"), []string{"start", "--home", dir}, dir, configs))
	}
	return all
}

// nodes are the orderers and peers.
func (n *Network) nodes() []supervise.Process {
	var all []supervise.Process
	for _, o := range n.Topology.Organisations {
		dir := n.Layout.Org(o.Name, "orderer")
		all = append(all, n.process(o.Name+"-orderer", n.Tools.Path("orderer"), nil, dir, []string{filepath.Join(dir, "orderer.yaml")},
			"FABRIC_CFG_PATH="+dir, "FABRIC_LOGGING_SPEC=warning"))
	}
	for _, o := range n.Topology.Organisations {
		dir := n.Layout.Org(o.Name, "peer")
		all = append(all, n.process(o.Name+"-peer", n.Tools.Path("peer"), []string{"node", "start"}, dir, []string{filepath.Join(dir, "core.yaml")},
			"FABRIC_CFG_PATH="+dir, "FABRIC_LOGGING_SPEC=warning:chaincode.externalbuilder=info"))
	}
	return all
}

// processes are all that a network consists of.
func (n *Network) processes() []supervise.Process {
	return slices.Concat(n.authorities(), n.nodes(), n.services())
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
		all = append(all, n.process(o.Name+"-registryd", filepath.Join(n.Tools.Own, "registryd"), []string{"--config", config}, dir, []string{config}))
	}
	return all
}

func (n *Network) enrolld(o network.Organisation) supervise.Process {
	dir := n.Layout.Org(o.Name, "enrolld")
	topology := filepath.Join(dir, "topology.yaml")
	return n.process(o.Name+"-enrolld", filepath.Join(n.Tools.Own, "enrolld"), []string{"--state", n.Layout.Root, "--topology", topology,
		"--offset", strconv.Itoa(n.Topology.Offset), "--organisation", o.Name, "--listen", n.Topology.EnrollAddress(o)}, dir, []string{topology})
}

func (n *Network) process(name, program string, args []string, dir string, configs []string, env ...string) supervise.Process {
	base := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir(), "GODEBUG=netdns=go"}
	return supervise.Process{Name: name, Program: program, Args: args, Dir: dir, Env: append(base, env...),
		Log: n.Layout.Log(name), Stamp: stamp(append(configs, program)...)}
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
