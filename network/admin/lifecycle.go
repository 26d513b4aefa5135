package admin

import (
	"context"
	"strconv"
	"strings"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/resmgmt"
)

// Definition is a committed chaincode definition. Its endorsement policy is the channel's.
type Definition struct {
	Name     string
	Version  string
	Sequence int64
}

// Committed is the definition of a chaincode in force, or a zero one.
func (a *Admin) Committed(ctx context.Context, organisation, name string) (Definition, error) {
	client, err := a.resources(organisation)
	if err != nil {
		return Definition{}, wrap("committed chaincode", organisation, err)
	}
	found, err := client.LifecycleQueryCommittedCC(a.topology.Channel, resmgmt.LifecycleQueryCommittedCCRequest{}, limits(ctx, peerOf(organisation))...)
	if err != nil {
		return Definition{}, wrap("committed chaincode", organisation, err)
	}
	for _, d := range found {
		if d.Name == name {
			return Definition{Name: d.Name, Version: d.Version, Sequence: d.Sequence}, nil
		}
	}
	return Definition{}, nil
}

// Approved is the package that an organisation approved for a sequence; "" if it approved none.
func (a *Admin) Approved(ctx context.Context, organisation, name string, sequence int64) (string, error) {
	client, err := a.resources(organisation)
	if err != nil {
		return "", wrap("approved chaincode", organisation, err)
	}
	d, err := client.LifecycleQueryApprovedCC(a.topology.Channel, resmgmt.LifecycleQueryApprovedCCRequest{Name: name, Sequence: sequence},
		limits(ctx, peerOf(organisation))...)
	if err != nil && strings.Contains(err.Error(), "could not fetch approved chaincode definition") {
		return "", nil
	}
	return d.PackageID, wrap("approved chaincode", organisation, err)
}

// Install installs a package on an organisation's peer; a package that is there already is no error.
func (a *Admin) Install(ctx context.Context, organisation, label string, body []byte) error {
	client, err := a.resources(organisation)
	if err != nil {
		return wrap("install", organisation, err)
	}
	_, err = client.LifecycleInstallCC(resmgmt.LifecycleInstallCCRequest{Label: label, Package: body}, limits(ctx, peerOf(organisation))...)
	if err != nil && strings.Contains(err.Error(), "already successfully installed") {
		return nil
	}
	return wrap("install", organisation, err)
}

// Approve records an organisation's approval of a definition with a package.
func (a *Admin) Approve(ctx context.Context, organisation string, d Definition, packageID string) error {
	client, err := a.resources(organisation)
	if err != nil {
		return wrap("approve", organisation, err)
	}
	_, err = client.LifecycleApproveCC(a.topology.Channel, resmgmt.LifecycleApproveCCRequest{
		Name: d.Name, Version: d.Version, Sequence: d.Sequence, PackageID: packageID, ChannelConfigPolicy: channelPolicy,
	}, append(limits(ctx, peerOf(organisation)), resmgmt.WithOrdererEndpoint("orderer."+organisation))...)
	if err != nil && strings.Contains(err.Error(), "attempted to redefine uncommitted sequence") && strings.Contains(err.Error(), "unchanged content") {
		return nil
	}
	return wrap("approve", organisation, err)
}

// channelPolicy makes a definition follow the channel's explicit endorsement policy: a change of that policy needs no
// new definition.
const channelPolicy = "/Channel/Application/Endorsement"

// Commit puts a definition in force, endorsed by every organisation.
func (a *Admin) Commit(ctx context.Context, d Definition) error {
	first := a.topology.Organisations[0].Name
	client, err := a.resources(first)
	if err != nil {
		return wrap("commit", first, err)
	}
	var peers []string
	for _, o := range a.topology.Organisations {
		peers = append(peers, peerOf(o.Name))
	}
	_, err = client.LifecycleCommitCC(a.topology.Channel, resmgmt.LifecycleCommitCCRequest{
		Name: d.Name, Version: d.Version, Sequence: d.Sequence, ChannelConfigPolicy: channelPolicy,
	}, append(limits(ctx, peers...), resmgmt.WithOrdererEndpoint("orderer."+first))...)
	return wrap("commit", first, err)
}

// Deploy brings a package into force: installed everywhere, approved by every organisation, committed as the next
// sequence unless exactly this package is in force. step reports what begins.
func (a *Admin) Deploy(ctx context.Context, name, packageID string, body []byte, step func(string)) (Definition, error) {
	first := a.topology.Organisations[0].Name
	current, err := a.Committed(ctx, first, name)
	if err != nil {
		return current, err
	}
	if current.Sequence > 0 {
		same, err := a.approvedEverywhere(ctx, name, current.Sequence, packageID)
		if err != nil || same {
			return current, err
		}
	}
	label, _, _ := strings.Cut(packageID, ":")
	next := Definition{Name: name, Sequence: current.Sequence + 1}
	next.Version = strconv.FormatInt(next.Sequence, 10)
	for _, o := range a.topology.Organisations {
		step("installing chaincode at " + o.Name)
		if err := a.Install(ctx, o.Name, label, body); err != nil {
			return next, err
		}
	}
	for _, o := range a.topology.Organisations {
		step("approving chaincode as " + o.Name)
		if err := a.Approve(ctx, o.Name, next, packageID); err != nil {
			return next, err
		}
	}
	step("committing chaincode, sequence " + next.Version)
	return next, a.Commit(ctx, next)
}

// Substitute lets one organisation alone run another package under the definition in force. An administrator can do that to their
// own peer; what it then endorses fits nobody else's.
func (a *Admin) Substitute(ctx context.Context, organisation, label, packageID string, body []byte) error {
	current, err := a.Committed(ctx, organisation, label)
	if err != nil {
		return err
	}
	if err := a.Install(ctx, organisation, label, body); err != nil {
		return err
	}
	return a.Approve(ctx, organisation, current, packageID)
}

func (a *Admin) approvedEverywhere(ctx context.Context, name string, sequence int64, packageID string) (bool, error) {
	for _, o := range a.topology.Organisations {
		have, err := a.Approved(ctx, o.Name, name, sequence)
		if err != nil {
			return false, err
		}
		if have != packageID {
			return false, nil
		}
	}
	return true, nil
}
