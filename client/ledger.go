// Package client speaks to the ledger for one organisation, through the Gateway of that organisation's peer, and is
// the only package that does.
//
// A write is prepared here and signed elsewhere: Prepare gives the message of the proposal, Endorse takes its signature and
// gives the message of the transaction, Submit takes that signature. Every step is stored before the next is taken; an
// unknown outcome is asked for by transaction id (Resolve), never sent anew blindly. Nothing here holds a person's key.
package client

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Config says which peer is spoken to, as whom. Certificate and key are those of the organisation's service.
type Config struct {
	PeerAddress string // host:port
	TLSRoot     string // PEM file
	ServerName  string // name in the peer's TLS certificate
	Channel     string
	Chaincode   string
	MSPID       string
	Certificate string // PEM file
	Key         string // PEM file, PKCS #8
}

// The time limits of a step. The library has none of its own.
const (
	evaluateTimeout = 5 * time.Second
	endorseTimeout  = 15 * time.Second
	submitTimeout   = 5 * time.Second
	statusTimeout   = 60 * time.Second
	maxMessage      = 100 << 20
)

// alive notices a peer that is gone without a word, above all on the block stream. Peers close the connection of those
// who ask more often than once a minute.
var alive = keepalive.ClientParameters{Time: 2 * time.Minute, Timeout: 20 * time.Second}

// Ledger is a connection to one organisation's peer. It is safe for concurrent use.
type Ledger struct {
	conn    *grpc.ClientConn
	gateway *client.Gateway // as the service itself
	service *Signer
	config  Config
	pending PendingStore
	now     func() time.Time
}

// Dial prepares a connection; nothing is contacted before the first call.
func Dial(config Config, pending PendingStore) (*Ledger, error) {
	service, err := LoadSigner(config.MSPID, config.Certificate, config.Key)
	if err != nil {
		return nil, err
	}
	roots, err := readRoots(config.TLSRoot)
	if err != nil {
		return nil, fmt.Errorf("peer's TLS root: %w", err)
	}
	conn, err := grpc.NewClient(config.PeerAddress, grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(roots, config.ServerName)),
		grpc.WithKeepaliveParams(alive),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)))
	if err != nil {
		return nil, fmt.Errorf("peer %s: %w", config.PeerAddress, err)
	}
	return newLedger(config, pending, service, conn)
}

func newLedger(config Config, pending PendingStore, service *Signer, conn *grpc.ClientConn) (*Ledger, error) {
	l := &Ledger{conn: conn, service: service, config: config, pending: pending, now: time.Now}
	gateway, err := l.connect(service.Creator(), client.WithSign(service.Sign))
	if err != nil {
		conn.Close()
		return nil, err
	}
	l.gateway = gateway
	return l, nil
}

// connect makes a gateway for an identity on the shared connection. Messages are not hashed here, so that what is
// signed elsewhere is the message itself.
func (l *Ledger) connect(who Creator, more ...client.ConnectOption) (*client.Gateway, error) {
	cert, err := readCertificate(who.Certificate)
	if err != nil {
		return nil, err
	}
	id, err := identity.NewX509Identity(who.MSPID, cert)
	if err != nil {
		return nil, err
	}
	options := append([]client.ConnectOption{
		client.WithClientConnection(l.conn), client.WithHash(hash.NONE), client.WithEvaluateTimeout(evaluateTimeout),
		client.WithEndorseTimeout(endorseTimeout), client.WithSubmitTimeout(submitTimeout), client.WithCommitStatusTimeout(statusTimeout),
	}, more...)
	return client.Connect(id, options...)
}

// Close ends the connection.
func (l *Ledger) Close() error {
	return errors.Join(l.gateway.Close(), l.conn.Close())
}

// Service is the organisation's own signer.
func (l *Ledger) Service() *Signer { return l.service }

// Evaluate asks a question as the organisation's service, at its own organisation's peer.
func (l *Ledger) Evaluate(ctx context.Context, function string, document []byte) ([]byte, error) {
	return l.EvaluateAt(ctx, l.config.MSPID, function, document)
}

// EvaluateAt asks a question at the peer of a named organisation: for readers that have no peer of their own.
func (l *Ledger) EvaluateAt(ctx context.Context, mspID, function string, document []byte) ([]byte, error) {
	return l.evaluate(ctx, l.gateway, mspID, function, document)
}

// EvaluateAs asks a question at the own organisation's peer as somebody else: the chaincode sees who asks.
func (l *Ledger) EvaluateAs(ctx context.Context, who *Signer, function string, document []byte) ([]byte, error) {
	gateway, err := l.connect(who.Creator(), client.WithSign(who.Sign))
	if err != nil {
		return nil, err
	}
	defer gateway.Close()
	return l.evaluate(ctx, gateway, l.config.MSPID, function, document)
}

func (l *Ledger) evaluate(ctx context.Context, gateway *client.Gateway, mspID, function string, document []byte) ([]byte, error) {
	proposal, err := l.contract(gateway).NewProposal(function, client.WithBytesArguments(document), client.WithEndorsingOrganizations(mspID))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, evaluateTimeout)
	defer cancel()
	answer, err := proposal.EvaluateWithContext(ctx)
	if err != nil {
		return nil, failure(StageEvaluate, proposal.TransactionID(), err)
	}
	return answer, nil
}

// Height is how many blocks the organisation's own peer holds and the hash of the newest one's header: two peers of
// equal height must show the same.
func (l *Ledger) Height(ctx context.Context) (height uint64, hash []byte, err error) {
	return l.HeightAt(ctx, l.config.MSPID)
}

// HeightAt is Height at the peer of a named organisation.
func (l *Ledger) HeightAt(ctx context.Context, mspID string) (height uint64, hash []byte, err error) {
	var info common.BlockchainInfo
	if err := l.system(ctx, mspID, &info, "GetChainInfo", l.config.Channel); err != nil {
		return 0, nil, fmt.Errorf("height of channel %s: %w", l.config.Channel, err)
	}
	return info.GetHeight(), info.GetCurrentBlockHash(), nil
}

// BlockAt is a block as the peer of a named organisation holds it, with the flags and the commit hash that this peer wrote.
func (l *Ledger) BlockAt(ctx context.Context, mspID string, number uint64) (*common.Block, error) {
	var b common.Block
	if err := l.system(ctx, mspID, &b, "GetBlockByNumber", l.config.Channel, strconv.FormatUint(number, 10)); err != nil {
		return nil, fmt.Errorf("block %d of %s: %w", number, mspID, err)
	}
	return &b, nil
}

// system asks the system chaincode that reads the block store of an organisation's peer.
func (l *Ledger) system(ctx context.Context, mspID string, into proto.Message, function string, args ...string) error {
	contract := l.gateway.GetNetwork(l.config.Channel).GetContract("qscc")
	proposal, err := contract.NewProposal(function, client.WithArguments(args...), client.WithEndorsingOrganizations(mspID))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, evaluateTimeout)
	defer cancel()
	answer, err := proposal.EvaluateWithContext(ctx)
	if err != nil {
		return failure(StageEvaluate, proposal.TransactionID(), err)
	}
	return proto.Unmarshal(answer, into)
}

func (l *Ledger) contract(g *client.Gateway) *client.Contract {
	return g.GetNetwork(l.config.Channel).GetContract(l.config.Chaincode)
}

// endorsers names the organisations that must endorse what a function writes. A key-level policy binds only from the
// second write of a key on, so whoever creates a protected record has to ask for them.
var endorsers = []string{registry.MSPBureau, registry.MSPAgency}

// Blocks calls fn with every block from start on, until fn fails, the stream ends or ctx does. The stream's own
// reason is not known; call again from the next block, with back-off.
func (l *Ledger) Blocks(ctx context.Context, start uint64, fn func(*common.Block) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	blocks, err := l.gateway.GetNetwork(l.config.Channel).BlockEvents(ctx, client.WithStartBlock(start))
	if err != nil {
		return fmt.Errorf("block stream: %w", err)
	}
	for block := range blocks {
		if err := fn(block); err != nil {
			cancel()
			for range blocks { // the producer blocks on an unread element
			}
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return ErrStreamEnded
}

// ErrStreamEnded: the peer closed the block stream; open it again from the next block.
var ErrStreamEnded = errors.New("the block stream ended")
