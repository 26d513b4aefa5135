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
	// Issuable lists the certificates in force of a registrar whose documents are not yet recorded.
	Issuable(ctx context.Context, registrar registry.PartyID) ([]registry.Certificate, error)
	Certificate(ctx context.Context, n registry.CertificateNumber) (registry.Certificate, error)
	Asset(ctx context.Context, id registry.AssetID) (registry.Asset, error)
	Party(ctx context.Context, id registry.PartyID) (registry.Party, error)
	// DocumentKeys lists the document keys that the ledger knows.
	DocumentKeys(ctx context.Context) ([]registry.DocumentKey, error)
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

// The alarms of issuance: an operator has to look, nothing is published meanwhile.
var (
	// ErrDigests: other digests are recorded than the stored documents have; find out who recorded or changed them.
	ErrDigests = errors.New("other digests are recorded than the stored documents have")
	// ErrMissing: documents whose digests are recorded are not stored here; restore them from a copy.
	ErrMissing = errors.New("the documents whose digests are recorded are not stored here")
	// ErrKey: the certificate is to be signed by another document key; configure that key.
	ErrKey = errors.New("the certificate names another document key than the one configured")
	// ErrContent: the page of the register is not the one that the certificate certifies; the read model may be behind, or the page has gone on.
	ErrContent = errors.New("the page of the register is not what the certificate certifies")
	// ErrKeyNotAdopted: the ledger does not know the configured document key; the bureau has to adopt it (party:AdoptKey).
	ErrKeyNotAdopted = errors.New("the ledger does not know the configured document key")
)

// Issuer issues the certificates of the registrar whose document key it holds.
type Issuer struct {
	PublicURL   string
	Demo        bool
	Dir         string // of the documents
	Key         crypto.Signer
	Certificate *x509.Certificate // of Key, as adopted on the ledger
	Records     Records
	Recorder    Recorder
	Intents     Intents
	Log         *slog.Logger
	Now         func() time.Time        // nil: time.Now
	afterStep   func(step string) error // tests stop here
}

// Issue brings one certificate to its end, from wherever it stands.
func (i *Issuer) Issue(ctx context.Context, c registry.Certificate) error {
	intent, begun, err := i.Intents.Find(ctx, c.Number)
	if err != nil {
		return err
	}
	if intent.Done && c.PDFSha256 == "" {
		return nil // recorded; the read model has not come that far
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
	if err := i.stored(intent); err != nil {
		return err
	}
	err = i.Recorder.RecordDocuments(ctx, registry.RecordDocumentsRequest{Key: "issue-" + string(c.Number), Number: c.Number,
		PDFSha256: intent.PDFSha256, VCSha256: intent.VCSha256})
	if err != nil {
		return i.alreadyRecorded(ctx, c, intent, err)
	}
	if err := i.step("recorded"); err != nil {
		return err
	}
	c.PDFSha256, c.VCSha256 = intent.PDFSha256, intent.VCSha256
	return i.finish(ctx, c, intent)
}

// stored makes sure that what is going to be recorded is on disk.
func (i *Issuer) stored(intent store.Intent) error {
	docs, err := i.read(intent.Number)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrMissing
	case err != nil:
		return err
	case certificate.Digest(docs.PDF) != intent.PDFSha256 || certificate.Digest(docs.Credential) != intent.VCSha256:
		return ErrDigests
	}
	return nil
}

// alreadyRecorded looks at a refusal to record: if the ledger has digests, these decide.
func (i *Issuer) alreadyRecorded(ctx context.Context, c registry.Certificate, intent store.Intent, refusal error) error {
	var r *registry.Refusal
	if !errors.As(refusal, &r) || r.Code != registry.CodeDocumentsRecorded {
		return refusal
	}
	recorded, err := i.Records.Certificate(ctx, c.Number)
	if err != nil || recorded.PDFSha256 == "" { // the read model has not come that far: the next round looks again
		return errors.Join(refusal, err)
	}
	return i.finish(ctx, recorded, intent)
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
		if c.PDFSha256 != "" {
			return intent, ErrMissing // others would not be the ones that were recorded
		}
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
	key, err := i.ownKey(ctx)
	if err != nil {
		return docs, err
	}
	if key.ID != c.KeyID {
		return docs, fmt.Errorf("%w: %s, configured is %s", ErrKey, c.KeyID, key.ID)
	}
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
	temporary, err := os.MkdirTemp(i.Dir, temporaryPrefix+"*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	for name, body := range map[string][]byte{pdfName: docs.PDF, credentialName: docs.Credential} {
		if err := writeSynced(filepath.Join(temporary, name), body); err != nil {
			return err
		}
	}
	if err := os.Chmod(temporary, 0o755); err != nil {
		return err
	}
	if err := syncDir(temporary); err != nil {
		return err
	}
	if err := os.Rename(temporary, i.dir(n)); err != nil {
		return err
	}
	return syncDir(i.Dir)
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

const (
	pdfName        = "certificate.pdf"
	credentialName = "credential.jwt"
	// temporaryPrefix begins the names of directories that are being written.
	temporaryPrefix = ".new-"
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
		return docs, ErrMissing
	}
	if err != nil {
		return docs, err
	}
	if certificate.Digest(docs.PDF) != c.PDFSha256 || certificate.Digest(docs.Credential) != c.VCSha256 {
		return desk.Documents{}, ErrDigests
	}
	return docs, nil
}
