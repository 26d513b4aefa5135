package founding

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

var errPower = errors.New("power failed")

// simulated is the contracts' own ledger. Power fails at a given write: before it is committed, or after, when only the
// answer is lost.
type simulated struct {
	*ledgertest.Ledger
	writes int
	failAt int // number of the write, from 1; 0: never
	after  bool

	certificate []byte // of the agency's document key
}

func (s *simulated) Evaluate(_ context.Context, function string, document []byte) ([]byte, error) {
	return s.Ledger.Evaluate("BureauMSP/registryd", function, document)
}

func (s *simulated) Execute(_ context.Context, _ *client.Signer, function string, request any) (registry.Receipt, error) {
	var receipt registry.Receipt
	document, err := registry.Canonical(request)
	if err != nil {
		return receipt, err
	}
	s.writes++
	if s.writes == s.failAt && !s.after {
		return receipt, errPower
	}
	answer, err := s.Submit("BureauMSP/bureau-admin", function, document)
	if err != nil {
		return receipt, err
	}
	if s.writes == s.failAt {
		return receipt, errPower
	}
	return receipt, json.Unmarshal(answer, &receipt)
}

func found(t *testing.T, s *simulated, mode registry.Mode) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(path, s.certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	s.writes = 0
	return Founder{Ledger: s, Mode: mode, DocumentCertificate: path}.Found(context.Background())
}

func newLedger(t *testing.T) *simulated {
	t.Helper()
	return &simulated{Ledger: ledgertest.New(t), certificate: ledgertest.Certificate(t, "文书签名")}
}

// state is everything that founding makes, as text.
func state(t *testing.T, s *simulated) string {
	t.Helper()
	situation, err := s.Evaluate(context.Background(), "rule:Situation", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	var known registry.Situation
	if err := json.Unmarshal(situation, &known); err != nil {
		t.Fatal(err)
	}
	out := string(known.Network.Mode)
	for _, p := range known.Profiles {
		out += " " + string(p.Authority)
	}
	for _, c := range known.Calendars {
		out += " calendar"
		if c.Year == 0 {
			t.Error("a calendar without a year")
		}
	}
	return out
}

func TestFound_SecondTimeWritesNothing(t *testing.T) {
	for mode, want := range map[registry.Mode]int{registry.ModeDemo: 1 + 6 + 2 + 7 + 6 + 1, registry.ModeLegal: 1 + 4 + 2 + 3 + 2 + 1} {
		s := newLedger(t)
		if err := found(t, s, mode); err != nil {
			t.Fatalf("%s: %v", mode, err)
		}
		if s.writes != want {
			t.Errorf("%s: %d writes, want %d", mode, s.writes, want)
		}
		size := s.Size()
		if err := found(t, s, mode); err != nil || s.writes != 0 || s.Size() != size {
			t.Errorf("%s, again: %d writes, %d keys, %v", mode, s.writes, s.Size()-size, err)
		}
	}
}

// TestFound_GoesOnAfterPowerFailure at every write, with the write lost or only its answer: the ledger is the same.
func TestFound_GoesOnAfterPowerFailure(t *testing.T) {
	whole := newLedger(t)
	if err := found(t, whole, registry.ModeDemo); err != nil {
		t.Fatal(err)
	}
	want, keys, writes := state(t, whole), whole.Size(), whole.writes
	for _, after := range []bool{false, true} {
		for at := 1; at <= writes; at++ {
			s := newLedger(t)
			s.failAt, s.after = at, after
			if err := found(t, s, registry.ModeDemo); !errors.Is(err, errPower) {
				t.Fatalf("write %d: %v", at, err)
			}
			s.failAt = 0
			if err := found(t, s, registry.ModeDemo); err != nil {
				t.Errorf("going on after write %d (answer lost: %v): %v", at, after, err)
				continue
			}
			if got := state(t, s); got != want || s.Size() != keys {
				t.Errorf("after write %d (answer lost: %v): %s with %d keys, want %s with %d", at, after, got, s.Size(), want, keys)
			}
		}
	}
}

func TestFound_DemoStaysDemo(t *testing.T) {
	s := newLedger(t)
	if err := found(t, s, registry.ModeDemo); err != nil {
		t.Fatal(err)
	}
	if err := found(t, s, registry.ModeLegal); err == nil || !strings.Contains(err.Error(), "not legal") {
		t.Errorf("got %v", err)
	}
}

// TestFound_LegalNetworkHasNoCast: nobody is appointed who is only played, and no period is counted in seconds.
func TestFound_LegalNetworkHasNoCast(t *testing.T) {
	s := newLedger(t)
	if err := found(t, s, registry.ModeLegal); err != nil {
		t.Fatal(err)
	}
	ask := func(function string, request any) error {
		document, err := registry.Canonical(request)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Evaluate(context.Background(), function, document)
		return err
	}
	var refusal *registry.Refusal
	if err := ask("party:FindAppointment", registry.FindAppointmentRequest{Office: registry.OfficeAcceptor, Holder: "AgencyMSP/an-acceptor"}); !errors.As(err, &refusal) || refusal.Code != registry.CodeNotFound {
		t.Errorf("the acceptor of the cast: %v", err)
	}
	if err := ask("party:FindParty", registry.FindRequest{ID: "93630222MAFAKE06XA"}); !errors.As(err, &refusal) || refusal.Code != registry.CodeNotFound {
		t.Errorf("the applicant of the cast: %v", err)
	}
	if err := ask("party:FindParty", registry.FindRequest{ID: string(Agency)}); err != nil {
		t.Errorf("the registrar: %v", err)
	}
	answer, err := s.Evaluate(context.Background(), "rule:Situation", []byte("{}"))
	if err != nil || strings.Contains(string(answer), `"SECOND"`) || strings.Contains(string(answer), `"MINUTE"`) {
		t.Errorf("periods of a legal network: %s %v", answer, err)
	}
}

func TestFound_SaysWhichFileIsMissing(t *testing.T) {
	s := newLedger(t)
	err := Founder{Ledger: s, Mode: registry.ModeDemo, DocumentCertificate: "none.pem"}.Found(context.Background())
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "document certificate") {
		t.Errorf("got %v", err)
	}
}
