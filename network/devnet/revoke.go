package devnet

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/hehuang-data/hehuang/network"
	"github.com/hehuang-data/hehuang/network/admin"
)

// Revoke lets every registration authority follow the ledger's revoked accounts, puts the new revocation lists into the channel and
// answers the members whose list has changed. It may be repeated.
func (n *Network) Revoke(ctx context.Context) ([]string, error) {
	for _, o := range n.Topology.Organisations {
		if err := n.followLedger(ctx, o); err != nil {
			return nil, fmt.Errorf("registration authority of %s: %w", o.Name, err)
		}
	}
	a, err := admin.Open(n.Topology, n.Layout)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	return a.PublishRevocations(ctx, n.Tools)
}

func (n *Network) followLedger(ctx context.Context, o network.Organisation) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.Topology.EnrollURL(o)+"/revocations", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		answer, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
		return fmt.Errorf("%s: %s", res.Status, answer)
	}
	return nil
}
