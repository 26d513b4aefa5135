package admin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/ledger"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/client/resmgmt"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/logging"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
	mspctx "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/msp"
	"github.com/hyperledger/fabric-sdk-go/pkg/core/config"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk"

	"github.com/hehuang-data/hehuang/network"
)

// Admin administers one network with the administrators' identities of all organisations on this machine.
type Admin struct {
	sdk      *fabsdk.FabricSDK
	topology network.Topology
	layout   network.Layout
}

// Open prepares the library; nothing is contacted yet, and no registrar's secret is read.
func Open(t network.Topology, l network.Layout) (*Admin, error) {
	return open(t, l, l.Org("admin", "sdk"), nil)
}

// open prepares the library with registrars' secrets by member; keys and certificates that the library keeps lie in store.
func open(t network.Topology, l network.Layout, store string, registrars map[string]string) (*Admin, error) {
	body, err := profile(t, l, store, registrars)
	if err != nil {
		return nil, err
	}
	logging.SetLevel("fabsdk", logging.ERROR)
	sdk, err := fabsdk.New(config.FromRaw(body, "yaml"))
	if err != nil {
		return nil, fmt.Errorf("fabric-sdk-go: %w", err)
	}
	return &Admin{sdk: sdk, topology: t, layout: l}, nil
}

// Close ends all connections.
func (a *Admin) Close() { a.sdk.Close() }

// administrator is the identity of an organisation's administrator.
func (a *Admin) administrator(organisation string) (mspctx.SigningIdentity, error) {
	dir := a.layout.AdminMSP(organisation)
	return a.identity(organisation, filepath.Join(dir, "signcerts", "cert.pem"), filepath.Join(dir, "keystore", "key.pem"))
}

func (a *Admin) identity(organisation, certFile, keyFile string) (mspctx.SigningIdentity, error) {
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return nil, err
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	users, err := msp.New(a.sdk.Context(), msp.WithOrg(organisation))
	if err != nil {
		return nil, err
	}
	return users.CreateSigningIdentity(mspctx.WithCert(cert), mspctx.WithPrivateKey(key))
}

func (a *Admin) resources(organisation string) (*resmgmt.Client, error) {
	id, err := a.administrator(organisation)
	if err != nil {
		return nil, err
	}
	return resmgmt.New(a.sdk.Context(fabsdk.WithIdentity(id), fabsdk.WithOrg(organisation)))
}

func peerOf(organisation string) string { return "peer." + organisation }

// limits are the options of every call: its target and how long it may take.
func limits(ctx context.Context, targets ...string) []resmgmt.RequestOption {
	return []resmgmt.RequestOption{
		resmgmt.WithParentContext(ctx), resmgmt.WithTargetEndpoints(targets...),
		resmgmt.WithTimeout(fab.ResMgmt, 60*time.Second), resmgmt.WithTimeout(fab.PeerResponse, 60*time.Second),
	}
}

// Joined says whether an organisation's peer is a member of the channel.
func (a *Admin) Joined(ctx context.Context, organisation string) (bool, error) {
	client, err := a.resources(organisation)
	if err != nil {
		return false, wrap("channels", organisation, err)
	}
	answer, err := client.QueryChannels(limits(ctx, peerOf(organisation))...)
	if err != nil {
		return false, wrap("channels", organisation, err)
	}
	for _, channel := range answer.Channels {
		if channel.ChannelId == a.topology.Channel {
			return true, nil
		}
	}
	return false, nil
}

// Join makes an organisation's peer a member of the channel, with the first block as the orderer has it.
func (a *Admin) Join(ctx context.Context, organisation string) error {
	client, err := a.resources(organisation)
	if err != nil {
		return wrap("join", organisation, err)
	}
	options := append(limits(ctx, peerOf(organisation)), resmgmt.WithOrdererEndpoint("orderer."+organisation))
	return wrap("join", organisation, client.JoinChannel(a.topology.Channel, options...))
}

// Height is the number of blocks that an organisation's own peer has.
func (a *Admin) Height(ctx context.Context, organisation string) (uint64, error) {
	id, err := a.administrator(organisation)
	if err != nil {
		return 0, wrap("height", organisation, err)
	}
	client, err := ledger.New(a.sdk.ChannelContext(a.topology.Channel, fabsdk.WithIdentity(id), fabsdk.WithOrg(organisation)))
	if err != nil {
		return 0, wrap("height", organisation, err)
	}
	info, err := client.QueryInfo(ledger.WithTargetEndpoints(peerOf(organisation)), ledger.WithParentContext(ctx))
	if err != nil {
		return 0, wrap("height", organisation, err)
	}
	return info.BCI.Height, nil
}
