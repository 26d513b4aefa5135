package devnet

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/hehuang-data/hehuang/network"
	"github.com/hehuang-data/hehuang/network/admin"
	"github.com/hehuang-data/hehuang/network/pack"
)

// Up builds, starts and waits until the whole network is ready. It may be repeated at any time.
func (n *Network) Up(ctx context.Context, say func(string)) error {
	if err := n.checkDisk(); err != nil {
		return err
	}
	running := n.remote().Running(ctx)
	if !running {
		if err := n.checkPorts(); err != nil {
			return err
		}
	}
	if err := n.build(ctx, say); err != nil {
		return err
	}
	if err := n.create(ctx, say); err != nil {
		return err
	}
	if err := n.startNodes(ctx, say); err != nil {
		return err
	}
	return n.startRegistry(ctx, say)
}

// build compiles Fabric and the project's programs side by side; what is built already costs nothing.
func (n *Network) build(ctx context.Context, say func(string)) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.Tools.BuildFabric(ctx, n.Checkout, say) })
	g.Go(func() error {
		say("building the registry")
		return n.Tools.BuildOwn(ctx, n.Checkout)
	})
	return g.Wait()
}

// create starts the certificate authorities and, if the network is new, makes everything that follows from their certificates.
func (n *Network) create(ctx context.Context, say func(string)) error {
	exists, err := network.Begin(n.Topology, n.Layout, n.Name, n.Mode)
	if err != nil {
		return err
	}
	say("starting certificate authorities")
	if err := n.launch(ctx); err != nil {
		return err
	}
	if err := n.remote().Apply(ctx, n.authorities()); err != nil {
		return err
	}
	for _, o := range n.Topology.Organisations {
		if err := await(ctx, 30*time.Second, func(ctx context.Context) error { return healthy(ctx, n.Topology.AuthorityHealth(o)) }); err != nil {
			return fmt.Errorf("certificate authorities of %s are not healthy (see %s): %w", o.Name, n.Layout.Log(o.Name+"-ca"), err)
		}
	}
	if exists {
		return network.Render(n.Topology, n.Layout, n.Tools)
	}
	say("certificates, first block and configuration")
	if err := await(ctx, 30*time.Second, func(ctx context.Context) error { return admin.Issue(ctx, n.Topology, n.Layout, n.Mode) }); err != nil {
		return err
	}
	return network.Complete(n.Topology, n.Layout, n.Tools, n.Name, n.Mode)
}

// launch starts the supervisor unless it runs.
func (n *Network) launch(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	args := []string{"--network", n.Name, "--mode", n.Mode, "--state", filepath.Dir(n.Layout.Root), "supervise"}
	return n.remote().Launch(ctx, self, args, filepath.Join(n.Layout.Root, "supervisor.log"))
}

func (n *Network) startNodes(ctx context.Context, say func(string)) error {
	say("starting orderers and peers")
	if err := n.remote().Apply(ctx, n.nodes()); err != nil {
		return err
	}
	say("joining orderers to the channel")
	for _, o := range n.Topology.Organisations {
		if err := n.joinOrderer(ctx, o); err != nil {
			return err
		}
	}
	for _, o := range n.Topology.Organisations {
		if err := await(ctx, 60*time.Second, func(ctx context.Context) error { return healthy(ctx, n.Topology.PeerHealth(o)) }); err != nil {
			return fmt.Errorf("peer of %s is not healthy (see %s): %w", o.Name, n.Layout.Log(o.Name+"-peer"), err)
		}
	}
	return nil
}

// joinOrderer makes an orderer a consenter of the channel, through osnadmin: fabric-sdk-go has no call for it.
func (n *Network) joinOrderer(ctx context.Context, o network.Organisation) error {
	tls := n.Layout.OrdererNode(o.Name, "tls")
	common := []string{"--channelID", n.Topology.Channel, "-o", n.Topology.OrdererAdminAddress(o), "--ca-file", filepath.Join(tls, "ca.crt"),
		"--client-cert", filepath.Join(tls, "server.crt"), "--client-key", filepath.Join(tls, "server.key")}
	osnadmin := func(ctx context.Context, verb string, more ...string) (string, error) {
		out, err := exec.CommandContext(ctx, n.Tools.Path("osnadmin"), append(append([]string{"channel", verb}, common...), more...)...).CombinedOutput()
		return string(out), err
	}
	err := await(ctx, 60*time.Second, func(ctx context.Context) error {
		out, err := osnadmin(ctx, "list")
		switch {
		case err != nil || strings.Contains(out, "Status: 5") || !strings.Contains(out, "Status:"):
			return fmt.Errorf("%s", strings.TrimSpace(out))
		case strings.Contains(out, `"active"`):
			return nil
		case strings.Contains(out, "Status: 404"):
			out, _ = osnadmin(ctx, "join", "--config-block", n.Layout.Genesis())
		}
		return fmt.Errorf("%s", strings.TrimSpace(out))
	})
	if err != nil {
		return fmt.Errorf("orderer of %s does not join (see %s): %w", o.Name, n.Layout.Log(o.Name+"-orderer"), err)
	}
	return nil
}

func healthy(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, res.Status)
	}
	return nil
}

// startRegistry brings the channel's members, identities, chaincode, founding records and services up.
func (n *Network) startRegistry(ctx context.Context, say func(string)) error {
	a, err := admin.Open(n.Topology, n.Layout)
	if err != nil {
		return err
	}
	defer a.Close()
	say("joining peers to the channel")
	if err := n.joinPeers(ctx, a); err != nil {
		return err
	}
	if err := n.writeServiceConfigs(); err != nil {
		return err
	}
	if err := network.WriteJSON(n.Layout.Description(), network.Describe(n.Topology, n.Layout, n.Name, n.Mode), 0o644); err != nil {
		return err
	}
	if err := n.deploy(ctx, a, say); err != nil {
		return err
	}
	say("waiting until every organisation endorses")
	if err := n.registryctl(ctx, "probe"); err != nil {
		return err
	}
	say("founding the registry")
	if err := n.registryctl(ctx, "bootstrap"); err != nil {
		return err
	}
	say("starting registryd")
	if err := n.startServices(ctx); err != nil {
		return err
	}
	say("accounts and key files")
	return n.registryctl(ctx, "keys")
}

// joinPeers makes every peer a member of the channel. A peer reports health a moment before it takes calls, and the orderers
// may still elect a leader: both are waited for.
func (n *Network) joinPeers(ctx context.Context, a *admin.Admin) error {
	for _, o := range n.Topology.Organisations {
		err := await(ctx, 60*time.Second, func(ctx context.Context) error {
			joined, err := a.Joined(ctx, o.Name)
			if err != nil || joined {
				return err
			}
			return a.Join(ctx, o.Name)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *Network) deploy(ctx context.Context, a *admin.Admin, say func(string)) error {
	body, id, err := packed(n.Topology.Chaincode, filepath.Join(n.Tools.Own, "registrycc"))
	if err != nil {
		return err
	}
	_, err = a.Deploy(ctx, n.Topology.Chaincode, id, body, say)
	return err
}

// packed is a program as a chaincode package, with its identifier.
func packed(name, program string) (body []byte, id string, err error) {
	code, err := os.ReadFile(program)
	if err != nil {
		return nil, "", err
	}
	return pack.New(pack.Binary, name, "chaincode", code)
}

// DeployExtra brings another chaincode into force, for measurements beside the registry's.
func (n *Network) DeployExtra(ctx context.Context, name, program string, say func(string)) error {
	body, id, err := packed(name, program)
	if err != nil {
		return err
	}
	a, err := admin.Open(n.Topology, n.Layout)
	if err != nil {
		return err
	}
	defer a.Close()
	_, err = a.Deploy(ctx, name, id, body, say)
	return err
}

// Substitute lets one organisation alone run another program in the place of the registry's chaincode, for tests.
func (n *Network) Substitute(ctx context.Context, organisation, program string) error {
	body, id, err := packed(n.Topology.Chaincode, program)
	if err != nil {
		return err
	}
	a, err := admin.Open(n.Topology, n.Layout)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Substitute(ctx, organisation, n.Topology.Chaincode, id, body)
}

// registryctl runs a command of the registry's own client, which cannot live in this program: its protobuf set
// and that of fabric-sdk-go panic together.
func (n *Network) registryctl(ctx context.Context, command string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(n.Tools.Own, "registryctl"), command, "--state", n.Layout.Root)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("registryctl %s: %w\n%s", command, err, strings.TrimSpace(string(out)))
	}
	return nil
}

func (n *Network) startServices(ctx context.Context) error {
	if err := n.remote().Apply(ctx, n.services()); err != nil {
		return err
	}
	for _, o := range n.Topology.Organisations {
		enrolld := n.Topology.EnrollURL(o) + "/healthz"
		if err := await(ctx, 60*time.Second, func(ctx context.Context) error { return healthy(ctx, enrolld) }); err != nil {
			return fmt.Errorf("enrolld of %s is not ready (see %s): %w", o.Name, n.Layout.Log(o.Name+"-enrolld"), err)
		}
		url := fmt.Sprintf("http://127.0.0.1:%d/readyz", n.Topology.WebPort(o))
		if err := await(ctx, 60*time.Second, func(ctx context.Context) error { return healthy(ctx, url) }); err != nil {
			return fmt.Errorf("registryd of %s is not ready (see %s): %w", o.Name, n.Layout.Log(o.Name+"-registryd"), err)
		}
	}
	return nil
}
