package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// fakeGateway answers what the test says and counts what it was asked.
type fakeGateway struct {
	gateway.UnimplementedGatewayServer
	mu          sync.Mutex
	endorse     error
	endorseOnce error // the first answer only
	submit      error
	statuses    []func() (*gateway.CommitStatusResponse, error) // in order; the last one repeats
	sent        [][]byte                                        // signatures of submitted transactions
	endorsed    int
}

func marshal(m proto.Message) []byte {
	body, err := proto.Marshal(m)
	if err != nil {
		panic(err)
	}
	return body
}

func (f *fakeGateway) Endorse(_ context.Context, r *gateway.EndorseRequest) (*gateway.EndorseResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.endorsed++
	if err := f.endorseOnce; err != nil {
		f.endorseOnce = nil
		return nil, err
	}
	if f.endorse != nil {
		return nil, f.endorse
	}
	action := &peer.ChaincodeAction{Response: &peer.Response{Status: 200, Payload: []byte(`{"status":"ACCEPTED","txId":"x"}`)}}
	tx := &peer.Transaction{Actions: []*peer.TransactionAction{{Payload: marshal(&peer.ChaincodeActionPayload{Action: &peer.ChaincodeEndorsedAction{
		ProposalResponsePayload: marshal(&peer.ProposalResponsePayload{Extension: marshal(action)})}})}}}
	header := &common.Header{ChannelHeader: marshal(&common.ChannelHeader{ChannelId: "registry", TxId: r.GetTransactionId()})}
	return &gateway.EndorseResponse{PreparedTransaction: &common.Envelope{Payload: marshal(&common.Payload{Header: header, Data: marshal(tx)})}}, nil
}

func (f *fakeGateway) Submit(_ context.Context, r *gateway.SubmitRequest) (*gateway.SubmitResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, r.GetPreparedTransaction().GetSignature())
	return &gateway.SubmitResponse{}, f.submit
}

func (f *fakeGateway) CommitStatus(context.Context, *gateway.SignedCommitStatusRequest) (*gateway.CommitStatusResponse, error) {
	f.mu.Lock()
	answer := f.statuses[0]
	if len(f.statuses) > 1 {
		f.statuses = f.statuses[1:]
	}
	f.mu.Unlock()
	return answer()
}

func committed(code peer.TxValidationCode) func() (*gateway.CommitStatusResponse, error) {
	return func() (*gateway.CommitStatusResponse, error) {
		return &gateway.CommitStatusResponse{Result: code, BlockNumber: 7}, nil
	}
}

func silent() (*gateway.CommitStatusResponse, error) {
	return nil, status.Error(codes.Unavailable, "connection lost")
}

func newTestSigner(t *testing.T) *Signer {
	t.Helper()
	_, key, body := issue(t, "someone", nil, nil, time.Now().Add(time.Hour))
	return &Signer{creator: Creator{MSPID: "AgencyMSP", Certificate: body}, key: key}
}

func connectTo(t *testing.T, f *fakeGateway) *Ledger {
	t.Helper()
	return serve(t, func(s *grpc.Server) { gateway.RegisterGatewayServer(s, f) })
}

// serve makes a ledger whose peer offers what register registers.
func serve(t *testing.T, register func(*grpc.Server)) *Ledger {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer()
	register(server)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:fake", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLedger(Config{Channel: "registry", Chaincode: "registry", MSPID: "AgencyMSP"}, &MemoryStore{}, newTestSigner(t), conn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

var request = registry.ActRequest{Key: "12345678", Application: "APP"}

func TestSubmit_Committed(t *testing.T) {
	f := &fakeGateway{statuses: []func() (*gateway.CommitStatusResponse, error){committed(peer.TxValidationCode_VALID)}}
	l := connectTo(t, f)
	r, err := l.Execute(context.Background(), newTestSigner(t), "registration:Accept", request)
	if err != nil || r.Status != "ACCEPTED" || len(f.sent) != 1 {
		t.Errorf("%+v %v, sent %d times", r, err, len(f.sent))
	}
}

// TestSubmit_LostAnswerIsResolvedNotDoubled: the submission fails after the orderers took it.
func TestSubmit_LostAnswerIsResolvedNotDoubled(t *testing.T) {
	f := &fakeGateway{submit: status.Error(codes.Unavailable, "connection lost"),
		statuses: []func() (*gateway.CommitStatusResponse, error){committed(peer.TxValidationCode_VALID)}}
	l := connectTo(t, f)
	if _, err := l.Execute(context.Background(), newTestSigner(t), "registration:Accept", request); err != nil {
		t.Fatal(err)
	}
	if len(f.sent) != 1 || f.endorsed != 1 {
		t.Errorf("sent %d times, endorsed %d times", len(f.sent), f.endorsed)
	}
}

// TestResolve_SendsTheSameBytesAgain: nobody knows the transaction, so the same signed one is sent once more.
func TestResolve_SendsTheSameBytesAgain(t *testing.T) {
	f := &fakeGateway{submit: status.Error(codes.Unavailable, "no orderers could successfully process transaction"),
		statuses: []func() (*gateway.CommitStatusResponse, error){silent, committed(peer.TxValidationCode_VALID)}}
	l := connectTo(t, f)
	if _, err := l.Execute(context.Background(), newTestSigner(t), "registration:Accept", request); err != nil {
		t.Fatal(err)
	}
	if len(f.sent) != 2 || string(f.sent[0]) != string(f.sent[1]) || f.endorsed != 1 {
		t.Errorf("sent %d times, endorsed %d times", len(f.sent), f.endorsed)
	}
}

func TestUnknown_StaysUnknownAndIsResolvedLater(t *testing.T) {
	f := &fakeGateway{submit: status.Error(codes.Unavailable, "lost"), statuses: []func() (*gateway.CommitStatusResponse, error){silent, silent, committed(peer.TxValidationCode_VALID)}}
	l, ctx := connectTo(t, f), context.Background()
	_, err := l.Execute(ctx, newTestSigner(t), "registration:Accept", request)
	var failed *Error
	if !errors.As(err, &failed) || failed.Stage != StageStatus || failed.TxID == "" {
		t.Fatalf("got %v", err)
	}
	if err := l.ResolveAll(ctx); err != nil {
		t.Fatal(err)
	}
	if left, _ := l.pending.Unknown(ctx); len(left) != 0 || f.endorsed != 1 {
		t.Errorf("%d still unknown, endorsed %d times", len(left), f.endorsed)
	}
}

func TestConflict_IsProposedAnew(t *testing.T) {
	f := &fakeGateway{statuses: []func() (*gateway.CommitStatusResponse, error){committed(peer.TxValidationCode_MVCC_READ_CONFLICT), committed(peer.TxValidationCode_VALID)}}
	if _, err := connectTo(t, f).Execute(context.Background(), newTestSigner(t), "registration:Accept", request); err != nil || f.endorsed != 2 {
		t.Errorf("%v, endorsed %d times", err, f.endorsed)
	}
}

func TestInvalid_IsADefect(t *testing.T) {
	f := &fakeGateway{statuses: []func() (*gateway.CommitStatusResponse, error){committed(peer.TxValidationCode_BAD_RWSET)}}
	_, err := connectTo(t, f).Execute(context.Background(), newTestSigner(t), "registration:Accept", request)
	var failed *Error
	if !errors.As(err, &failed) || failed.Stage != StageCommit || f.endorsed != 1 {
		t.Errorf("%v, endorsed %d times", err, f.endorsed)
	}
}

func TestRefusal_IsFoundInTheDetails(t *testing.T) {
	st, err := status.New(codes.Aborted, "failed to endorse transaction, see attached details for more info").WithDetails(
		&gateway.ErrorDetail{Address: "localhost:7201", MspId: "AgencyMSP", Message: "chaincode response 500, " + registry.Refuse(registry.CodeTooEarly, registry.RulePublicity, "dueDate", "2026-12-07").Error()})
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeGateway{endorse: st.Err()}
	_, err = connectTo(t, f).Execute(context.Background(), newTestSigner(t), "registration:ClosePublicity", request)
	var refusal *registry.Refusal
	if !errors.As(err, &refusal) || refusal.Code != registry.CodeTooEarly || refusal.Args["dueDate"] != "2026-12-07" || f.endorsed != 1 {
		t.Errorf("%v, endorsed %d times", err, f.endorsed)
	}
}

func TestTransient_IsTriedAgain(t *testing.T) {
	f := &fakeGateway{endorse: status.Error(codes.Unknown, "too many requests for /gateway.Gateway, exceeding concurrency limit (500)")}
	_, err := connectTo(t, f).Execute(context.Background(), newTestSigner(t), "registration:Accept", request)
	var failed *Error
	if !errors.As(err, &failed) || !failed.Transient || f.endorsed != maxAttempts {
		t.Errorf("%v, endorsed %d times", err, f.endorsed)
	}
}

func TestSteps_InOrderAndWithTheRightSignatureOnly(t *testing.T) {
	f := &fakeGateway{statuses: []func() (*gateway.CommitStatusResponse, error){committed(peer.TxValidationCode_VALID)}}
	l, ctx, signer := connectTo(t, f), context.Background(), newTestSigner(t)
	p, err := l.Prepare(ctx, signer.Creator(), "registration:Accept", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Submit(ctx, p.ID, []byte("x")); !errors.Is(err, ErrStep) {
		t.Errorf("submitted before endorsement: %v", err)
	}
	if _, err := l.Endorse(ctx, p.ID, []byte("x")); !errors.Is(err, ErrSignature) {
		t.Errorf("malformed signature: %v", err)
	}
	stranger, _ := newTestSigner(t).Sign(p.ToSign)
	if _, err := l.Endorse(ctx, p.ID, stranger); !errors.Is(err, ErrSignature) || f.endorsed != 0 {
		t.Errorf("a stranger's signature: %v", err)
	}
	l.now = func() time.Time { return time.Now().Add(10 * time.Minute) }
	good, _ := signer.Sign(p.ToSign)
	if late, err := l.Endorse(ctx, p.ID, good); err != nil || late.State != StateExpired || f.endorsed != 0 {
		t.Errorf("a late signature: %s %v", late.State, err)
	}
	if _, err := l.Find(ctx, "unknown"); !errors.Is(err, ErrNotPending) {
		t.Errorf("an unknown transaction: %v", err)
	}
}

// TestSignInSignature_IsWorthNothingForATransaction: a signature by which somebody signed in is no signature of a proposal, nor one of
// the proposal a signature of the transaction.
func TestSignInSignature_IsWorthNothingForATransaction(t *testing.T) {
	ctx, f := context.Background(), &fakeGateway{statuses: []func() (*gateway.CommitStatusResponse, error){committed(peer.TxValidationCode_VALID)}}
	l := connectTo(t, f)
	signer := newTestSigner(t)
	p, err := l.Prepare(ctx, signer.Creator(), "registration:Accept", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	signIn, err := signer.Sign([]byte("\x00hehuang sign-in v1\norigin http://localhost:8080\naccount AgencyMSP/someone\nnonce AAAA\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Endorse(ctx, p.ID, signIn); !errors.Is(err, ErrSignature) || f.endorsed != 0 {
		t.Errorf("endorsed %d times: %v", f.endorsed, err)
	}
	proposal, err := signer.Sign(p.ToSign)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = l.Endorse(ctx, p.ID, proposal); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Submit(ctx, p.ID, proposal); !errors.Is(err, ErrSignature) || len(f.sent) != 0 {
		t.Errorf("sent %d times: %v", len(f.sent), err)
	}
}

// TestNormaliseSignature accepts both values of S, in the form of WebCrypto and in DER, and always answers the lower.
func TestNormaliseSignature(t *testing.T) {
	signer := newTestSigner(t)
	message := []byte("message")
	sum := sha256.Sum256(message)
	order := elliptic.P256().Params().N
	r, s, err := ecdsa.Sign(rand.Reader, signer.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	other := new(big.Int).Sub(order, s) // the other valid one: one of the two is high
	var normal []string
	for _, s := range []*big.Int{s, other} {
		der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		if err != nil {
			t.Fatal(err)
		}
		for _, given := range [][]byte{der, append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)} {
			got, err := checkSignature(signer.creator, message, given)
			if err != nil {
				t.Fatal(err)
			}
			normal = append(normal, string(got))
		}
	}
	var got struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal([]byte(normal[0]), &got); err != nil || len(rest) > 0 || got.R.Cmp(r) != 0 || new(big.Int).Lsh(got.S, 1).Cmp(order) > 0 {
		t.Errorf("%x is not DER with low S (%v)", normal[0], err)
	}
	for _, one := range normal {
		if one != normal[0] {
			t.Errorf("the same signature has the forms %x and %x", normal[0], one)
		}
	}
	for _, bad := range [][]byte{nil, make([]byte, 64), []byte("short"), {0x30, 0x06, 2, 1, 0, 2, 1, 1}} {
		if _, err := NormaliseSignature(bad); !errors.Is(err, ErrSignature) {
			t.Errorf("%x passes", bad)
		}
	}
}

// TestRefusal_OfAnEndorserThatIsBehindIsNotBelievedAtOnce: the second time all endorsers have the block.
func TestRefusal_OfAnEndorserThatIsBehindIsNotBelievedAtOnce(t *testing.T) {
	for _, code := range []registry.Code{registry.CodeNotFound, registry.CodeNotFounded, registry.CodeAccountUnknown, registry.CodeAccountInactive, registry.CodeProfileMissing} {
		behind := registry.Refuse(code, registry.RuleForm)
		f := &fakeGateway{endorseOnce: status.Error(codes.Aborted, "chaincode response 500, "+behind.Error()),
			statuses: []func() (*gateway.CommitStatusResponse, error){committed(peer.TxValidationCode_VALID)}}
		if _, err := connectTo(t, f).Execute(context.Background(), newTestSigner(t), "registration:Accept", request); err != nil || f.endorsed != 2 || len(f.sent) != 1 {
			t.Errorf("%s: %v, endorsed %d times, sent %d times", code, err, f.endorsed, len(f.sent))
		}
	}
}
