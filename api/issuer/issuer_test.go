package issuer

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/store"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const number = registry.CertificateNumber("HDZC63022220261100001D")

var at = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// ledger is the record of one certificate with its register page; it records digests once.
type ledger struct {
	page     registry.Asset
	cert     registry.Certificate
	keys     []registry.DocumentKey
	recorded int
	lose     bool // the answer of the next recording is lost
	behind   bool // the read model does not show what was recorded
	refuse   error
}

var errLost = errors.New("answer lost")

func (l *ledger) Issuable(context.Context, registry.PartyID) ([]registry.Certificate, error) {
	switch {
	case l.behind:
		c := l.cert
		c.PDFSha256, c.VCSha256 = "", ""
		return []registry.Certificate{c}, nil
	case l.cert.PDFSha256 != "":
		return nil, nil
	}
	return []registry.Certificate{l.cert}, nil
}

func (l *ledger) DocumentKeys(context.Context) ([]registry.DocumentKey, error) { return l.keys, nil }

func (l *ledger) Certificate(context.Context, registry.CertificateNumber) (registry.Certificate, error) {
	return l.cert, nil
}

func (l *ledger) Asset(context.Context, registry.AssetID) (registry.Asset, error) { return l.page, nil }

func (l *ledger) Party(context.Context, registry.PartyID) (registry.Party, error) {
	return registry.Party{Name: "海东市数据资产登记中心（虚构）"}, nil
}

func (l *ledger) RecordDocuments(_ context.Context, r registry.RecordDocumentsRequest) error {
	if l.refuse != nil {
		return l.refuse
	}
	if l.cert.PDFSha256 == "" { // the same idempotency key writes once
		l.cert.PDFSha256, l.cert.VCSha256 = r.PDFSha256, r.VCSha256
		l.recorded++
	} else if l.cert.PDFSha256 != r.PDFSha256 {
		return registry.Refuse(registry.CodeDocumentsRecorded, registry.RuleCertificate)
	}
	if l.lose {
		l.lose = false
		return errLost
	}
	return nil
}

func newIssuer(t *testing.T, l *ledger) *Issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "文书签名"}, NotBefore: at.AddDate(-1, 0, 0), NotAfter: at.AddDate(5, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	state, err := store.Open(filepath.Join(dir, "state.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { state.Close() })
	l.keys = []registry.DocumentKey{{ID: l.cert.KeyID, Registrar: "12630200MBFAKE020X", Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}}
	return &Issuer{PublicURL: "http://localhost:8080", Demo: true, Dir: filepath.Join(dir, "documents"), Key: key, Certificate: cert,
		Records: l, Recorder: l, Intents: store.Intents{Store: state}, Log: slog.New(slog.DiscardHandler)}
}

func newLedger() *ledger {
	l := &ledger{cert: registry.Certificate{Number: number, Asset: "AST", Version: 1, IssuedAt: at, ValidFrom: "2026-11-24", ValidUntil: "2031-11-24",
		KeyID: "KEYABCDEFGHIJKLMNOP2", Status: registry.CertificateValid, TxID: "tx"},
		page: registry.Asset{ID: "AST", Version: 1, HolderName: "合作社", Holder: "93630222MAFAKE06XA", Content: ledgertest.SampleContent()}}
	l.cert.ContentDigest = registry.Digest(registry.Certify(l.page, l.cert))
	return l
}

// TestIssue_NothingButWhatTheCertificateCertifies: a page that has gone on, or lags behind, is not printed under the certificate's number.
func TestIssue_NothingButWhatTheCertificateCertifies(t *testing.T) {
	l := newLedger()
	i, ctx := newIssuer(t, l), context.Background()
	l.page.Content.Overview += "。"
	if err := i.IssueAll(ctx); !errors.Is(err, ErrContent) || l.recorded != 0 {
		t.Errorf("issued %d: %v", l.recorded, err)
	}
}

// TestIssue_ALaterVersionNamesWhatItReplaces and the remarks in force.
func TestIssue_ALaterVersionNamesWhatItReplaces(t *testing.T) {
	l := newLedger()
	l.page.Version, l.cert.Version, l.cert.Replaces = 2, 2, "HDZC63020220261000001X"
	l.page.Limits = []registry.LimitHead{{N: 1, Kind: registry.LimitPledge, Until: "2027-01-31"}}
	l.cert.ContentDigest = registry.Digest(registry.Certify(l.page, l.cert))
	i, ctx := newIssuer(t, l), context.Background()
	d, err := i.document(ctx, l.cert)
	if err != nil || d.Remarks != "第 2 版，替换证书 HDZC63020220261000001X；质押（至 2027-01-31）" {
		t.Errorf("remarks %q, %v", d.Remarks, err)
	}
	if err := i.IssueAll(ctx); err != nil || l.recorded != 1 {
		t.Errorf("issued %d: %v", l.recorded, err)
	}
}

func TestIssue_OnceAndPublishedAfterTheLedger(t *testing.T) {
	l := newLedger()
	i, ctx := newIssuer(t, l), context.Background()
	if _, err := i.Documents(ctx, number); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("documents before issuance: %v", err)
	}
	if err := i.IssueAll(ctx); err != nil {
		t.Fatal(err)
	}
	first, err := i.Documents(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	if err := i.IssueAll(ctx); err != nil {
		t.Fatal(err)
	}
	if second, err := i.Documents(ctx, number); err != nil || string(second.PDF) != string(first.PDF) || l.recorded != 1 {
		t.Errorf("issued again: recorded %d times, %v", l.recorded, err)
	}
}

// TestFault_PowerFailsAfterEveryStep stops after each step and starts again: one certificate, recorded once.
func TestFault_PowerFailsAfterEveryStep(t *testing.T) {
	power := errors.New("power failed")
	for _, step := range []string{"intent", "files", "digests", "recorded"} {
		t.Run(step, func(t *testing.T) {
			l := newLedger()
			i, ctx := newIssuer(t, l), context.Background()
			i.afterStep = func(name string) error {
				if name == step {
					return power
				}
				return nil
			}
			if err := i.IssueAll(ctx); !errors.Is(err, power) {
				t.Fatalf("did not stop after %s: %v", step, err)
			}
			stored, _ := i.read(number)
			i.afterStep = nil
			if err := i.Issue(ctx, l.cert); err != nil {
				t.Fatal(err)
			}
			docs, err := i.Documents(ctx, number)
			if err != nil || l.recorded != 1 {
				t.Fatalf("recorded %d times, %v", l.recorded, err)
			}
			if len(stored.PDF) > 0 && string(docs.PDF) != string(stored.PDF) {
				t.Error("what was on disk was rendered again")
			}
		})
	}
}

func TestFault_AnswerOfRecordingIsLost(t *testing.T) {
	l := newLedger()
	l.lose = true
	i, ctx := newIssuer(t, l), context.Background()
	if err := i.IssueAll(ctx); !errors.Is(err, errLost) {
		t.Fatal(err)
	}
	if err := i.Issue(ctx, l.cert); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Documents(ctx, number); err != nil || l.recorded != 1 {
		t.Errorf("recorded %d times, %v", l.recorded, err)
	}
}

func TestIssue_OtherDigestsOnTheLedgerAreAnAlarm(t *testing.T) {
	l := newLedger()
	i, ctx := newIssuer(t, l), context.Background()
	if err := i.IssueAll(ctx); err != nil {
		t.Fatal(err)
	}
	l.cert.PDFSha256 = registry.Digest("another")
	if _, err := i.Documents(ctx, number); !errors.Is(err, ErrDigests) {
		t.Errorf("documents with other digests are handed out: %v", err)
	}
	if err := i.Issue(ctx, l.cert); !errors.Is(err, ErrDigests) {
		t.Errorf("no alarm: %v", err)
	}
}

func TestFault_DamagedFileIsNotHandedOut(t *testing.T) {
	l := newLedger()
	i, ctx := newIssuer(t, l), context.Background()
	if err := i.IssueAll(ctx); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(i.dir(number), pdfName), []byte("%PDF-"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Documents(ctx, number); !errors.Is(err, ErrDigests) {
		t.Errorf("a damaged file is handed out: %v", err)
	}
}

func TestIssue_RecordedButReadModelBehindIsNotRecordedAgain(t *testing.T) {
	l := newLedger()
	i, ctx := newIssuer(t, l), context.Background()
	if err := i.IssueAll(ctx); err != nil {
		t.Fatal(err)
	}
	l.behind, l.refuse = true, errors.New("asked again")
	if err := i.IssueAll(ctx); err != nil {
		t.Errorf("recorded again: %v", err)
	}
}

func TestIssue_OthersRecorded(t *testing.T) {
	l := newLedger()
	i, ctx := newIssuer(t, l), context.Background()
	before := l.cert
	l.cert.PDFSha256, l.cert.VCSha256 = registry.Digest("another"), registry.Digest("another")
	l.refuse = registry.Refuse(registry.CodeDocumentsRecorded, registry.RuleCertificate)
	if err := i.Issue(ctx, before); !errors.Is(err, ErrDigests) {
		t.Errorf("no alarm: %v", err)
	}
}

func TestIssue_KeyDefects(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*ledger)
		want  error
	}{
		"key_not_adopted": {func(l *ledger) { l.keys = nil }, ErrKeyNotAdopted},
		"key_rotated":     {func(l *ledger) { l.cert.KeyID = "KEYABCDEFGHIJKLMNOP3" }, ErrKey},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			i := newIssuer(t, l)
			c.spoil(l)
			if err := i.IssueAll(context.Background()); !errors.Is(err, c.want) || l.recorded != 0 {
				t.Errorf("recorded %d times, %v", l.recorded, err)
			}
			if _, err := i.read(number); !errors.Is(err, os.ErrNotExist) {
				t.Error("documents were signed with the wrong key")
			}
		})
	}
}

func TestFault_FilesLostBeforeRecording(t *testing.T) {
	l := newLedger()
	i, ctx := newIssuer(t, l), context.Background()
	l.refuse = errLost
	if err := i.IssueAll(ctx); !errors.Is(err, errLost) {
		t.Fatal(err)
	}
	l.refuse = nil
	if err := os.RemoveAll(i.dir(number)); err != nil {
		t.Fatal(err)
	}
	if err := i.IssueAll(ctx); !errors.Is(err, ErrMissing) || l.recorded != 0 {
		t.Errorf("digests of lost files recorded %d times, %v", l.recorded, err)
	}
}

// TestRun_OneBadCertificateDoesNotHoldUpOthers gives two certificates of which the first cannot be issued.
func TestRun_OneBadCertificateDoesNotHoldUpOthers(t *testing.T) {
	l := newLedger()
	i := newIssuer(t, l)
	bad := l.cert
	bad.Number, bad.KeyID = "HDZC63022220261100002C", "KEYABCDEFGHIJKLMNOP3"
	i.Records = two{l, bad}
	clock := at
	i.Now = func() time.Time { return clock }
	failing := attempts{}
	if wait := i.round(context.Background(), failing); wait != firstRetry || l.recorded != 1 {
		t.Fatalf("recorded %d, look again in %s", l.recorded, wait)
	}
	for range 10 {
		clock = clock.Add(failing[bad.Number].wait)
		i.round(context.Background(), failing)
	}
	if got := failing[bad.Number].wait; got != lastRetry {
		t.Errorf("the back-off grew to %s", got)
	}
	if _, waits := failing[number]; waits {
		t.Error("the good certificate waits too")
	}
}

// two is a ledger with one more certificate, which comes first.
type two struct {
	*ledger
	bad registry.Certificate
}

func (t two) Issuable(ctx context.Context, p registry.PartyID) ([]registry.Certificate, error) {
	rest, err := t.ledger.Issuable(ctx, p)
	return append([]registry.Certificate{t.bad}, rest...), err
}

func TestRun_RemovesWhatWasHalfWritten(t *testing.T) {
	i := newIssuer(t, newLedger())
	half := filepath.Join(i.Dir, temporaryPrefix+"1")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := i.Run(ctx, func() <-chan struct{} { return nil }); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", half, err)
	}
}
