// Package issuer issues certificates: the record on the ledger is the intent; the documents are rendered from it, signed,
// stored, their digests recorded on the ledger once, and only then handed out. It resumes wherever the power failed
// (docs/issuance.md) and never renders again what may have been recorded.
package issuer

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/store"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

// Records is what the issuer asks of the read model.
type Records interface {
	// Issuable lists the certificates of a registrar whose documents are not yet recorded.
	Issuable(ctx context.Context, registrar registry.PartyID) ([]registry.Certificate, error)
	Certificate(ctx context.Context, n registry.CertificateNumber) (registry.Certificate, error)
	Asset(ctx context.Context, id registry.AssetID) (registry.Asset, error)
	Party(ctx context.Context, id registry.PartyID) (registry.Party, error)
}

// Recorder records document digests on the ledger, once per idempotency key.
type Recorder interface {
	RecordDocuments(ctx context.Context, r registry.RecordDocumentsRequest) error
}

// Intents keeps how far each issuance has come.
type Intents interface {
	Find(ctx context.Context, n registry.CertificateNumber) (store.Intent, bool, error)
	Save(ctx context.Context, i store.Intent) error
}

// ErrDigests is the alarm: the ledger has other digests than the stored documents. Nothing is published.
var ErrDigests = errors.New("the ledger records other digests than the stored documents have")

// Issuer issues the certificates of one registrar.
type Issuer struct {
	Registrar   registry.PartyID
	PublicURL   string
	Demo        bool
	Dir         string // of the documents
	Key         crypto.Signer
	Certificate *x509.Certificate
	Records     Records
	Recorder    Recorder
	Intents     Intents
	Log         *slog.Logger
	afterStep   func(step string) error // tests stop here
}

// Run issues what is to be issued, again whenever changed says that there is something new, until ctx ends.
func (i *Issuer) Run(ctx context.Context, changed func() <-chan struct{}) error {
	wait := time.Second
	for {
		next := changed()
		if err := i.IssueAll(ctx); err != nil && ctx.Err() == nil {
			i.Log.Error("issuance", "error", err, "retry", wait)
			wait = min(2*wait, time.Minute)
		} else {
			wait = time.Second
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-next:
				continue
			case <-time.After(30 * time.Second):
				continue
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// IssueAll issues every certificate without recorded documents.
func (i *Issuer) IssueAll(ctx context.Context) error {
	waiting, err := i.Records.Issuable(ctx, i.Registrar)
	if err != nil {
		return err
	}
	var failed []error
	for _, c := range waiting {
		if err := i.Issue(ctx, c); err != nil {
			failed = append(failed, fmt.Errorf("certificate %s: %w", c.Number, err))
		}
	}
	return errors.Join(failed...)
}

// Issue brings one certificate to its end, from wherever it stands.
func (i *Issuer) Issue(ctx context.Context, c registry.Certificate) error {
	intent, begun, err := i.Intents.Find(ctx, c.Number)
	if err != nil {
		return err
	}
	if !begun {
		if err := i.Intents.Save(ctx, intent); err != nil {
			return err
		}
		if err := i.step("intent"); err != nil {
			return err
		}
	}
	if intent.PDFSha256 == "" {
		if intent, err = i.produce(ctx, c); err != nil {
			return err
		}
	}
	if c.PDFSha256 != "" {
		return i.finish(ctx, c, intent)
	}
	err = i.Recorder.RecordDocuments(ctx, registry.RecordDocumentsRequest{Key: "issue-" + string(c.Number), Number: c.Number,
		PDFSha256: intent.PDFSha256, VCSha256: intent.VCSha256})
	if err != nil {
		return err
	}
	if err := i.step("recorded"); err != nil {
		return err
	}
	c.PDFSha256, c.VCSha256 = intent.PDFSha256, intent.VCSha256
	return i.finish(ctx, c, intent)
}

func (i *Issuer) step(name string) error {
	if i.afterStep == nil {
		return nil
	}
	return i.afterStep(name)
}

func (i *Issuer) finish(ctx context.Context, c registry.Certificate, intent store.Intent) error {
	if c.PDFSha256 != intent.PDFSha256 || c.VCSha256 != intent.VCSha256 {
		return ErrDigests
	}
	intent.Done = true
	return i.Intents.Save(ctx, intent)
}

// produce makes sure that both files are on disk and stores their digests. Complete files of an interrupted run are
// taken up: they are what may be recorded.
func (i *Issuer) produce(ctx context.Context, c registry.Certificate) (store.Intent, error) {
	intent := store.Intent{Number: c.Number}
	docs, err := i.read(c.Number)
	if errors.Is(err, fs.ErrNotExist) {
		docs, err = i.make(ctx, c)
	}
	if err != nil {
		return intent, err
	}
	if err := i.step("files"); err != nil {
		return intent, err
	}
	intent.PDFSha256, intent.VCSha256 = certificate.Digest(docs.PDF), certificate.Digest(docs.Credential)
	if err := i.Intents.Save(ctx, intent); err != nil {
		return intent, err
	}
	return intent, i.step("digests")
}

func (i *Issuer) make(ctx context.Context, c registry.Certificate) (desk.Documents, error) {
	var docs desk.Documents
	d, err := i.document(ctx, c)
	if err != nil {
		return docs, err
	}
	body, err := certificate.RenderPDF(d)
	if err != nil {
		return docs, err
	}
	if docs.PDF, err = certificate.SignPDF(body, d, i.Key, i.Certificate); err != nil {
		return docs, err
	}
	if docs.Credential, err = certificate.SignCredential(d, i.Key); err != nil {
		return docs, err
	}
	return docs, i.write(c.Number, docs)
}

func (i *Issuer) dir(n registry.CertificateNumber) string {
	return filepath.Join(i.Dir, filepath.Base(string(n)))
}

// write puts both files into place with one rename: a directory is there with both files or not at all.
func (i *Issuer) write(n registry.CertificateNumber, docs desk.Documents) error {
	if err := os.MkdirAll(i.Dir, 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(i.Dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	for name, body := range map[string][]byte{pdfName: docs.PDF, credentialName: docs.Credential} {
		if err := writeSynced(filepath.Join(temporary, name), body); err != nil {
			return err
		}
	}
	if err := os.Rename(temporary, i.dir(n)); err != nil {
		return err
	}
	parent, err := os.Open(i.Dir)
	if err != nil {
		return err
	}
	defer parent.Close()
	return parent.Sync()
}

const (
	pdfName        = "certificate.pdf"
	credentialName = "credential.jwt"
)

func writeSynced(path string, body []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Sync(), f.Close())
}

func (i *Issuer) read(n registry.CertificateNumber) (desk.Documents, error) {
	var docs desk.Documents
	var err error
	if docs.PDF, err = os.ReadFile(filepath.Join(i.dir(n), pdfName)); err != nil {
		return docs, err
	}
	docs.Credential, err = os.ReadFile(filepath.Join(i.dir(n), credentialName))
	return docs, err
}

// Documents hands out the stored documents once the ledger records their digests; before that desk.ErrNotFound.
func (i *Issuer) Documents(ctx context.Context, n registry.CertificateNumber) (desk.Documents, error) {
	c, err := i.Records.Certificate(ctx, n)
	if err != nil {
		return desk.Documents{}, err
	}
	if c.PDFSha256 == "" {
		return desk.Documents{}, desk.ErrNotFound
	}
	docs, err := i.read(n)
	if errors.Is(err, fs.ErrNotExist) {
		return docs, desk.ErrNotFound
	}
	if err != nil {
		return docs, err
	}
	if certificate.Digest(docs.PDF) != c.PDFSha256 || certificate.Digest(docs.Credential) != c.VCSha256 {
		return desk.Documents{}, ErrDigests
	}
	return docs, nil
}
