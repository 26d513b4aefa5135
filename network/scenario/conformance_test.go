package scenario

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/network"
)

// realLedger is the running network as a subject of the conformance suite.
type realLedger struct {
	description network.Description
	ledger      *client.Ledger
}

func dialShared(t *testing.T, organisation string) (*client.Ledger, network.Description) {
	t.Helper()
	d, err := shared.Describe()
	if err != nil {
		t.Fatal(err)
	}
	o := d.Organisations[organisation]
	l, err := client.Dial(client.Config{PeerAddress: o.PeerAddress, TLSRoot: o.PeerTLSRoot, ServerName: o.ServerName, Channel: d.Channel,
		Chaincode: d.Chaincode, MSPID: o.MSPID, Certificate: o.Certificate, Key: o.Key}, &client.MemoryStore{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, d
}

func (r realLedger) signer(who string) (*client.Signer, error) {
	msp, enrolment, _ := strings.Cut(who, "/")
	if enrolment == "registryd" {
		dir := filepath.Join(shared.State, strings.ToLower(strings.TrimSuffix(msp, "MSP")), "registryd", "identity")
		return client.LoadSigner(msp, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	}
	k, err := client.ReadKeyFile(filepath.Join(r.description.Keys, enrolment+".pem"), "")
	if err != nil {
		return nil, err
	}
	return k.Signer()
}

func (r realLedger) Submit(who, function string, document []byte) ([]byte, error) {
	return r.SubmitWith(who, function, document, nil)
}

func (r realLedger) SubmitWith(who, function string, document []byte, transient map[string][]byte) ([]byte, error) {
	signer, err := r.signer(who)
	if err != nil {
		return nil, err
	}
	receipt, err := r.ledger.ExecuteWith(context.Background(), signer, function, document, transient)
	if err != nil {
		return nil, err
	}
	return registry.Canonical(receipt)
}

func (r realLedger) Evaluate(_, function string, document []byte) ([]byte, error) {
	return r.ledger.Evaluate(context.Background(), function, document)
}

func TestConformance_RealNetwork(t *testing.T) {
	ledger, d := dialShared(t, "agency")
	ledgertest.Suite(t, realLedger{d, ledger}, fmt.Sprint(time.Now().UnixNano()%1_000_000_000), func(until time.Time) {
		waitUntil(t, 30*time.Second, "publicity does not end", func() bool { return time.Now().After(until.Add(time.Second)) })
	})
}

func TestSameSignedTransactionTwice_IsOneRecord(t *testing.T) {
	ledger, d := dialShared(t, "agency")
	subject := realLedger{d, ledger}
	story := ledgertest.NewStory(t, subject, time.Now().Format("150405.000000"))
	app := story.File("同一交易")
	signer, err := subject.signer("AgencyMSP/an-acceptor")
	if err != nil {
		t.Fatal(err)
	}
	key := story.Key()
	request := registry.ActRequest{Key: key, Application: app}
	first, err := ledger.Execute(context.Background(), signer, "registration:Accept", request)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ledger.Execute(context.Background(), signer, "registration:Accept", request)
	if err != nil || again != first {
		t.Errorf("the second answer is %+v (%v), the first was %+v", again, err, first)
	}
}

func TestStolenSignature_OfAnotherPersonIsRefused(t *testing.T) {
	ledger, d := dialShared(t, "agency")
	subject := realLedger{d, ledger}
	acceptor, err := subject.signer("AgencyMSP/an-acceptor")
	if err != nil {
		t.Fatal(err)
	}
	other, err := subject.signer("AgencyMSP/bai-reviewer")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	p, err := ledger.Prepare(ctx, acceptor.Creator(), "registration:Accept", []byte(`{"application":"APPAAAAAAAAAAAAAAAAA","key":"12345678"}`))
	if err != nil {
		t.Fatal(err)
	}
	forged, err := other.Sign(p.ToSign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Endorse(ctx, p.ID, forged); !errors.Is(err, client.ErrSignature) {
		t.Errorf("a signature of another person: %v", err)
	}
}

// TestEndorsement_OtherOrganisationsAreNotEnough lets the wrong organisations endorse an act on a protected record: the
// peers find the transaction invalid, whatever the endorsers signed.
func TestEndorsement_OtherOrganisationsAreNotEnough(t *testing.T) {
	ledger, d := dialShared(t, "agency")
	subject := realLedger{d, ledger}
	story := ledgertest.NewStory(t, subject, fmt.Sprint(time.Now().UnixNano()%1_000_000_000))
	app := story.File("背书")
	acceptor, err := subject.signer("AgencyMSP/an-acceptor")
	if err != nil {
		t.Fatal(err)
	}
	for _, organisations := range [][]string{{"AgencyMSP"}, {"BureauMSP"}, {"AgencyMSP", "ExchangeMSP"}, {"BureauMSP", "ExchangeMSP"}} {
		document, err := registry.Canonical(registry.ActRequest{Key: story.Key(), Application: app})
		if err != nil {
			t.Fatal(err)
		}
		_, err = ledger.Load(context.Background(), acceptor, organisations, "registry", "registration:Accept", string(document))
		var failed *client.Error
		if !errors.As(err, &failed) || failed.Stage != client.StageCommit || !strings.Contains(err.Error(), "ENDORSEMENT_POLICY_FAILURE") {
			t.Errorf("endorsed by %v: %v", organisations, err)
		}
	}
	if story.Find(app).Status != registry.StatusSubmitted {
		t.Error("the case has moved")
	}
}

// TestRegulator_ReadsAndCannotWrite uses the regulator's own certificate at the bureau's peer.
func TestRegulator_ReadsAndCannotWrite(t *testing.T) {
	_, d := dialShared(t, "bureau")
	o := d.Organisations["bureau"]
	keyFile := filepath.Join(d.Keys, "regulator-1.pem")
	k, err := client.ReadKeyFile(keyFile, "")
	if err != nil {
		t.Fatal(err)
	}
	certificate := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(certificate, k.Certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	ledger, err := client.Dial(client.Config{PeerAddress: o.PeerAddress, TLSRoot: o.PeerTLSRoot, ServerName: o.ServerName, Channel: d.Channel, Chaincode: d.Chaincode,
		MSPID: "RegulatorMSP", Certificate: certificate, Key: keyFile}, &client.MemoryStore{})
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	if _, err := ledger.EvaluateAt(context.Background(), "BureauMSP", "rule:Situation", []byte("{}")); err != nil {
		t.Errorf("a regulator cannot read: %v", err)
	}
	_, err = ledger.Execute(context.Background(), ledger.Service(), "registration:Accept", registry.ActRequest{Key: "12345678", Application: "APP"})
	var refusal *registry.Refusal
	if !errors.As(err, &refusal) || refusal.Code != registry.CodeAccessDenied {
		t.Errorf("a regulator writes: %v", err)
	}
}
