package client

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

type answers = []func() (*gateway.CommitStatusResponse, error)

// TestDuplicate_TheFirstCopyCounts: a copy that was sent again is reported while the peer is asked.
func TestDuplicate_TheFirstCopyCounts(t *testing.T) {
	f := &fakeGateway{statuses: answers{committed(peer.TxValidationCode_DUPLICATE_TXID), committed(peer.TxValidationCode_VALID)}}
	r, err := connectTo(t, f).Execute(context.Background(), newTestSigner(t), "registration:Accept", request)
	if err != nil || r.Status != "ACCEPTED" || f.endorsed != 1 {
		t.Errorf("%+v %v, endorsed %d times", r, err, f.endorsed)
	}
}

// TestPolicyFailure_IsProposedAnewOnce: it may be a race with a transaction that set the policy, once.
func TestPolicyFailure_IsProposedAnewOnce(t *testing.T) {
	f := &fakeGateway{statuses: answers{committed(peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE)}}
	_, err := connectTo(t, f).Execute(context.Background(), newTestSigner(t), "registration:Accept", request)
	var failed *Error
	if !errors.As(err, &failed) || failed.Stage != StageCommit || f.endorsed != 2 {
		t.Errorf("%v, endorsed %d times", err, f.endorsed)
	}
}

// endorsedOnce takes a transaction to the point where it waits for its second signature.
func endorsedOnce(t *testing.T, l *Ledger, signer *Signer) Pending {
	t.Helper()
	ctx := context.Background()
	p, err := l.Prepare(ctx, signer.Creator(), "registration:Accept", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign(p.ToSign)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = l.Endorse(ctx, p.ID, signature); err != nil || p.State != StateEndorsed {
		t.Fatalf("%s %v", p.State, err)
	}
	return p
}

// TestSteps_SlowEndorsementDoesNotUndoASubmission: a second click on "endorse" answers after the transaction was sent.
func TestSteps_SlowEndorsementDoesNotUndoASubmission(t *testing.T) {
	f := &fakeGateway{statuses: answers{committed(peer.TxValidationCode_VALID)}}
	l, ctx, signer := connectTo(t, f), context.Background(), newTestSigner(t)
	prepared, err := l.Prepare(ctx, signer.Creator(), "registration:Accept", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	first, err := signer.Sign(prepared.ToSign)
	if err != nil {
		t.Fatal(err)
	}
	endorsed, err := l.Endorse(ctx, prepared.ID, first)
	if err != nil {
		t.Fatal(err)
	}
	second, err := signer.Sign(endorsed.ToSign)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := l.Submit(ctx, prepared.ID, second); err != nil || p.State != StateCommitted {
		t.Fatalf("%s %v", p.State, err)
	}
	if _, err := l.endorse(ctx, prepared, first); !errors.Is(err, ErrStep) {
		t.Errorf("the overtaken endorsement answers %v", err)
	}
	if p, err := l.Find(ctx, prepared.ID); err != nil || p.State != StateCommitted {
		t.Errorf("stored: %s %v", p.State, err)
	}
}

// TestResolve_TwoWhoAskAtTheSameTime both see the outcome.
func TestResolve_TwoWhoAskAtTheSameTime(t *testing.T) {
	f := &fakeGateway{submit: status.Error(codes.Unavailable, "lost"), statuses: answers{silent, silent, committed(peer.TxValidationCode_VALID)}}
	l, ctx, signer := connectTo(t, f), context.Background(), newTestSigner(t)
	p := endorsedOnce(t, l, signer)
	signature, err := signer.Sign(p.ToSign)
	if err != nil {
		t.Fatal(err)
	}
	unknown, err := l.Submit(ctx, p.ID, signature)
	if err != nil || unknown.State != StateUnknown {
		t.Fatalf("%s %v", unknown.State, err)
	}
	for range 2 { // both loaded it while it was unknown
		if got, err := l.outcome(ctx, unknown, time.Minute); err != nil || got.State != StateCommitted || got.Block != 7 {
			t.Errorf("%s in block %d, %v", got.State, got.Block, err)
		}
	}
}

// TestEndorse_TimeoutSendsNothing: an endorser that does not answer is a transient failure of the endorsement.
func TestEndorse_TimeoutSendsNothing(t *testing.T) {
	f := &hungGateway{}
	l, signer := serve(t, func(s *grpc.Server) { gateway.RegisterGatewayServer(s, f) }), newTestSigner(t)
	p, err := l.Prepare(context.Background(), signer.Creator(), "registration:Accept", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign(p.ToSign)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err = l.Endorse(ctx, p.ID, signature)
	var failed *Error
	if !errors.As(err, &failed) || failed.Stage != StageEndorse || !failed.Transient || failed.TxID != p.TxID {
		t.Errorf("got %v", err)
	}
	if stored, err := l.Find(context.Background(), p.ID); err != nil || stored.State != StatePrepared || f.submitted.Load() {
		t.Errorf("stored %s, sent %v, %v", stored.State, f.submitted.Load(), err)
	}
}

// hungGateway never endorses.
type hungGateway struct {
	gateway.UnimplementedGatewayServer
	submitted atomic.Bool
}

func (h *hungGateway) Endorse(ctx context.Context, _ *gateway.EndorseRequest) (*gateway.EndorseResponse, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (h *hungGateway) Submit(context.Context, *gateway.SubmitRequest) (*gateway.SubmitResponse, error) {
	h.submitted.Store(true)
	return &gateway.SubmitResponse{}, nil
}

// reader answers questions.
type reader struct {
	gateway.UnimplementedGatewayServer
	answer []byte
	err    error
}

func (r reader) Evaluate(_ context.Context, q *gateway.EvaluateRequest) (*gateway.EvaluateResponse, error) {
	if len(q.GetTargetOrganizations()) != 1 || q.GetTargetOrganizations()[0] != "AgencyMSP" {
		return nil, status.Error(codes.InvalidArgument, "another organisation could answer")
	}
	return &gateway.EvaluateResponse{Result: &peer.Response{Status: 200, Payload: r.answer}}, r.err
}

func TestEvaluate_AsksOwnPeerAndFindsRefusals(t *testing.T) {
	answering := serve(t, func(s *grpc.Server) { gateway.RegisterGatewayServer(s, reader{answer: []byte("{}")}) })
	if body, err := answering.Evaluate(context.Background(), "rule:Situation", []byte("{}")); err != nil || string(body) != "{}" {
		t.Errorf("%s %v", body, err)
	}
	refusing := serve(t, func(s *grpc.Server) {
		gateway.RegisterGatewayServer(s, reader{err: status.Error(codes.Unknown, "evaluate call to endorser returned error: chaincode response 500, "+registry.NotFound("").Error())})
	})
	_, err := refusing.Evaluate(context.Background(), "registration:FindApplication", []byte("{}"))
	var refusal *registry.Refusal
	if !errors.As(err, &refusal) || refusal.Code != registry.CodeNotFound {
		t.Errorf("got %v", err)
	}
}

func TestHeight_ReadsTheChain(t *testing.T) {
	l := serve(t, func(s *grpc.Server) {
		gateway.RegisterGatewayServer(s, reader{answer: marshal(&common.BlockchainInfo{Height: 12, CurrentBlockHash: []byte("hash")})})
	})
	if height, hash, err := l.Height(context.Background()); err != nil || height != 12 || string(hash) != "hash" {
		t.Errorf("%d %s %v", height, hash, err)
	}
}

// blockServer delivers two blocks and then ends the stream.
type blockServer struct {
	peer.UnimplementedDeliverServer
}

func (blockServer) Deliver(stream peer.Deliver_DeliverServer) error {
	if _, err := stream.Recv(); err != nil {
		return err
	}
	for n := range uint64(2) {
		block := &common.Block{Header: &common.BlockHeader{Number: n}}
		if err := stream.Send(&peer.DeliverResponse{Type: &peer.DeliverResponse_Block{Block: block}}); err != nil {
			return err
		}
	}
	return nil
}

func TestBlocks_EndsWithAReason(t *testing.T) {
	l := serve(t, func(s *grpc.Server) { peer.RegisterDeliverServer(s, blockServer{}) })
	seen := 0
	count := func(*common.Block) error { seen++; return nil }
	if err := l.Blocks(context.Background(), 0, count); !errors.Is(err, ErrStreamEnded) || seen != 2 {
		t.Errorf("%d blocks, %v", seen, err)
	}
	full := errors.New("disk full")
	if err := l.Blocks(context.Background(), 0, func(*common.Block) error { return full }); !errors.Is(err, full) {
		t.Errorf("the fold's failure became %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := l.Blocks(ctx, 0, func(*common.Block) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancellation: %v", err)
	}
}

func TestLoadSigner_RefusesWhatCannotSign(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, body []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keyOf := func(s *Signer) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(s.key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	own, other := newTestSigner(t), newTestSigner(t)
	cert, key := write("cert.pem", own.creator.Certificate), write("key.pem", keyOf(own))
	if _, err := LoadSigner("AgencyMSP", cert, key); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ cert, key, says string }{
		"foreign_key":   {cert, write("other.pem", keyOf(other)), "does not belong to the certificate"},
		"key_not_pem":   {cert, write("text.pem", []byte("text")), "no private key"},
		"cert_not_pem":  {write("text2.pem", []byte("text")), key, "is not PEM"},
		"no_such_key":   {cert, filepath.Join(dir, "none"), "no such file"},
		"no_such_cert":  {filepath.Join(dir, "none"), key, "no such file"},
		"swapped_files": {key, cert, cert + ": no private key"},
	} {
		if _, err := LoadSigner("AgencyMSP", c.cert, c.key); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}
