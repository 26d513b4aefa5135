package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/client/block"
)

// peers are the block stores of three organisations.
type peers map[string][]*common.Block

var errDown = errors.New("connection refused")

func (p peers) HeightAt(_ context.Context, msp string) (uint64, []byte, error) {
	if p[msp] == nil {
		return 0, nil, errDown
	}
	return uint64(len(p[msp])), nil, nil
}

func (p peers) BlockAt(_ context.Context, msp string, number uint64) (*common.Block, error) {
	return p[msp][number], nil
}

// folded are the blocks of the own peer.
type folded []*common.Block

func (f folded) AsOf(context.Context) (uint64, time.Time, error) {
	return uint64(len(f) - 1), time.Time{}, nil
}

func (f folded) BlockHashes(_ context.Context, number uint64) (hash, commitHash []byte, err error) {
	return block.Hash(f[number].Header), block.CommitHash(f[number]), nil
}

func committed(t *testing.T, number uint64, data, hash string) *common.Block {
	t.Helper()
	body, err := proto.Marshal(&common.Metadata{Value: []byte(hash)})
	if err != nil {
		t.Fatal(err)
	}
	return &common.Block{Header: &common.BlockHeader{Number: number, DataHash: []byte(data)}, Metadata: &common.BlockMetadata{Metadata: [][]byte{nil, nil, nil, nil, body}}}
}

// TestAgreement_NamesWhoDiffersInWhat: a fork, another state, and a peer that lags or is silent are four different things.
func TestAgreement_NamesWhoDiffersInWhat(t *testing.T) {
	own := []*common.Block{committed(t, 0, "d0", ""), committed(t, 1, "d1", "c1"), committed(t, 2, "d2", "c2")}
	for name, tc := range map[string]struct {
		bureau []*common.Block
		want   desk.PeerAgreement
	}{
		"same":          {own, desk.PeerAgreement{MSP: "BureauMSP", Block: 2}},
		"behind":        {own[:2], desk.PeerAgreement{MSP: "BureauMSP", Block: 1}},
		"ahead":         {append(own[:3:3], committed(t, 3, "d3", "c3")), desk.PeerAgreement{MSP: "BureauMSP", Block: 2}},
		"fork":          {append(own[:2:2], committed(t, 2, "x2", "c2")), desk.PeerAgreement{MSP: "BureauMSP", Block: 2, Differs: desk.DiffersHeader}},
		"another_state": {append(own[:2:2], committed(t, 2, "d2", "x2")), desk.PeerAgreement{MSP: "BureauMSP", Block: 2, Differs: desk.DiffersCommit}},
		"silent":        {nil, desk.PeerAgreement{MSP: "BureauMSP", Silent: true}},
	} {
		var text bytes.Buffer
		network := peers{"BureauMSP": tc.bureau, "ExchangeMSP": own}
		a := &agreement{own: "AgencyMSP", ledger: network, index: folded(own), log: slog.New(slog.NewJSONHandler(&text, nil))}
		a.compare(context.Background())
		got := a.now()
		if len(got.Peers) != 2 || got.Peers[0] != tc.want || got.Peers[1] != (desk.PeerAgreement{MSP: "ExchangeMSP", Block: 2}) || got.At.IsZero() {
			t.Errorf("%s: %+v", name, got)
		}
		if loud := strings.Contains(text.String(), `"level":"ERROR"`); loud != (tc.want.Differs != "") {
			t.Errorf("%s: the log says %s", name, text.String())
		}
		network["BureauMSP"] = own // repaired: what was found stays until somebody has looked at it
		a.compare(context.Background())
		if again := a.now().Peers[0]; again.Differs != tc.want.Differs {
			t.Errorf("%s: afterwards %+v", name, again)
		}
	}
}
