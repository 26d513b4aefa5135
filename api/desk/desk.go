// Package desk (服务台) is what the registry offers to its JSON API and its pages alike: transactions that are prepared
// here and signed by the person, dry runs, drafts, evidence and the questions that queues and lists ask. Pages and
// API only translate; what may happen is decided by the chaincode's own functions.
//
// The package declares the ports it needs (Ledger, Records, Evidence, Drafts); the program plugs them in.
package desk

import (
	"context"
	"io"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Person is who acts: the certificate decides who that is for the ledger, the rest is for showing.
type Person struct {
	Actor       registry.Actor
	Owner       registry.PersonID // the first account of the person, whatever device they use now
	Certificate []byte            // PEM
	Mandate     *registry.Mandate // under which an agent or a clerk acts at present; nil for everybody else
}

// Principal is the party for which the person acts: their own, or that of the mandate. An agent without one acts for nobody.
func (p Person) Principal() registry.PartyID {
	switch {
	case !p.Actor.Represents():
		return p.Actor.Party
	case p.Mandate != nil:
		return p.Mandate.Principal
	}
	return ""
}

// Under is the mandate that the person's documents name; "" if they act for themselves.
func (p Person) Under() registry.MandateID {
	if p.Mandate == nil {
		return ""
	}
	return p.Mandate.ID
}

// State is how far a transaction has come.
type State string

// States of a transaction; see docs/lifecycle.md.
const (
	StatePrepared  State = "PREPARED"  // waits for the signature of the proposal
	StateEndorsed  State = "ENDORSED"  // waits for the signature of the transaction
	StateUnknown   State = "UNKNOWN"   // sent; the outcome is being asked for by transaction id
	StateCommitted State = "COMMITTED" // on the ledger
	StateRefused   State = "REFUSED"   // refused by the registry: see Refusal
	StateConflict  State = "CONFLICT"  // overtaken by another transaction: prepare and sign again
	StateInvalid   State = "INVALID"   // ordered and found invalid
	StateExpired   State = "EXPIRED"   // not signed in time
)

// Transaction is a write on its way: prepare → signature → endorse → signature → submit → status.
type Transaction struct {
	ID        string            // unguessable; not the ledger's transaction id
	TxID      string            // the ledger's
	Signer    registry.PersonID // who signs
	Function  string            // "registration:Submit"
	Document  []byte            // canonical JSON that was prepared
	State     State             //
	ToSign    []byte            // message for ECDSA P-256 with SHA-256; empty when no signature is awaited
	Receipt   *registry.Receipt // from ENDORSED on
	Refusal   *registry.Refusal // REFUSED
	Failure   string            // a safe sentence for technical failures
	Block     uint64            // COMMITTED
	ExpiresAt time.Time         // PREPARED: sign before
}

// Ledger writes and asks. Errors that carry a *registry.Refusal can be unwrapped with errors.As.
type Ledger interface {
	Prepare(ctx context.Context, p Person, function string, document []byte) (Transaction, error)
	Endorse(ctx context.Context, id string, signature []byte) (Transaction, error)
	Submit(ctx context.Context, id string, signature []byte) (Transaction, error)
	// Transaction is the present state; an unknown outcome is asked for first.
	Transaction(ctx context.Context, id string) (Transaction, error)
	Evaluate(ctx context.Context, function string, document []byte) ([]byte, error)
}

// AsOf says up to which block an answer is true.
type AsOf struct {
	Block uint64    `json:"block"`
	At    time.Time `json:"at"`
}

// CaseFilter chooses cases of a list.
type CaseFilter struct {
	Applicant registry.PartyID
	Statuses  []registry.Status
	Text      string
	ByDue     bool // earliest due date first, otherwise newest first
	Limit     int
	After     string // opaque cursor
}

// CasePage is one page of cases.
type CasePage struct {
	Cases []registry.Application
	Next  string // cursor of the next page, empty at the end
	AsOf  AsOf
}

// AccountFilter chooses accounts of a list; a zero field chooses all.
type AccountFilter struct {
	Statuses []registry.AccountStatus
	Owner    registry.PersonID // the person's first account: all devices of the person
	Party    registry.PartyID
	MSP      string
	Contract registry.ContractID
	Limit    int    // 1 to 100, default 50
	After    string // opaque cursor
}

// AccountPage is one page of accounts, oldest application first.
type AccountPage struct {
	Accounts []registry.Account
	Next     string // cursor of the next page, empty at the end
	AsOf     AsOf
}

// MandateFilter chooses mandates of a list; a zero field chooses all.
type MandateFilter struct {
	Statuses  []registry.MandateStatus
	Principal registry.PartyID
	Agent     registry.PersonID // the person's first account
	Limit     int               // 1 to 100, default 50
	After     string            // opaque cursor
}

// MandatePage is one page of mandates, newest first.
type MandatePage struct {
	Mandates []registry.Mandate
	Next     string // cursor of the next page, empty at the end
	AsOf     AsOf
}

// ContractFilter chooses outsourcing agreements of a list; a zero field chooses all.
type ContractFilter struct {
	Statuses   []registry.ContractStatus
	Contractor registry.PartyID
	Limit      int    // 1 to 100, default 50
	After      string // opaque cursor
}

// ContractPage is one page of outsourcing agreements, newest first.
type ContractPage struct {
	Contracts []registry.Contract
	Next      string // cursor of the next page, empty at the end
	AsOf      AsOf
}

// LedgerTransaction is what the ledger says of a transaction.
type LedgerTransaction struct {
	TxID     string
	Block    uint64
	Function string
	Creator  registry.PersonID
	At       time.Time
	Valid    bool
}

// AssetFilter chooses pages of the register; a zero field chooses all.
type AssetFilter struct {
	Holder   registry.PartyID
	Statuses []registry.AssetStatus
	Limit    int
	After    string // opaque cursor
}

// AssetPage is one page of a list of assets, newest first.
type AssetPage struct {
	Assets []registry.Asset
	Next   string
	AsOf   AsOf
}

// LimitFilter chooses remarks; a zero field chooses all.
type LimitFilter struct {
	Asset    registry.AssetID
	Creditor registry.PartyID
	Kinds    []registry.LimitKind
	Limit    int
	After    string // opaque cursor
}

// LimitPage is one page of remarks, newest first.
type LimitPage struct {
	Limits []registry.Limit
	Next   string
	AsOf   AsOf
}

// ObjectionFilter chooses objections of a list; a zero field chooses all.
type ObjectionFilter struct {
	Application registry.ApplicationID
	Objector    registry.PartyID
	Limit       int
	After       string // opaque cursor
}

// ObjectionPage is one page of objections, newest first.
type ObjectionPage struct {
	Objections []registry.Objection
	Next       string
	AsOf       AsOf
}

// NoticeFilter chooses written notices; a zero field chooses all.
type NoticeFilter struct {
	To       registry.PartyID
	Case     registry.CaseID
	Statuses []registry.NoticeStatus
	Limit    int    // 1 to 100, default 50
	After    string // opaque cursor
}

// NoticePage is one page of notices, newest first.
type NoticePage struct {
	Notices []registry.Notice
	Next    string // cursor of the next page, empty at the end
	AsOf    AsOf
}

// MatterFilter chooses matters of supervision; a zero field chooses all.
type MatterFilter struct {
	Kinds    []registry.MatterKind
	Statuses []registry.MatterStatus
	Filer    registry.PersonID // the person's first account
	About    registry.PartyID  // the unit concerned
	Ordered  registry.PartyID  // that has to rectify
	Handler  registry.PersonID // the person's first account
	Limit    int               // 1 to 100, default 50
	After    string            // opaque cursor
}

// MatterPage is one page of matters of supervision, newest first.
type MatterPage struct {
	Matters []registry.Matter
	Next    string // cursor of the next page, empty at the end
	AsOf    AsOf
}

// Records answers from the read model. ErrNotFound when there is no such record.
type Records interface {
	Courses
	Rules
	AsOf(ctx context.Context) (AsOf, error)
	Cases(ctx context.Context, f CaseFilter) (CasePage, error)
	Case(ctx context.Context, id registry.ApplicationID) (registry.Application, error)
	Asset(ctx context.Context, id registry.AssetID) (registry.Asset, error)
	// Version is what an earlier version of a page of the register certified.
	Version(ctx context.Context, id registry.AssetID, version int) (registry.CertifiedContent, error)
	Certificate(ctx context.Context, n registry.CertificateNumber) (registry.Certificate, error)
	Party(ctx context.Context, id registry.PartyID) (registry.Party, error)
	Accounts(ctx context.Context, f AccountFilter) (AccountPage, error)
	Account(ctx context.Context, id registry.PersonID) (registry.Account, error)
	Mandates(ctx context.Context, f MandateFilter) (MandatePage, error)
	Assets(ctx context.Context, f AssetFilter) (AssetPage, error)
	Limits(ctx context.Context, f LimitFilter) (LimitPage, error)
	Objections(ctx context.Context, f ObjectionFilter) (ObjectionPage, error)
	Disputes(ctx context.Context, f DisputeFilter) (DisputePage, error)
	Dispute(ctx context.Context, asset registry.AssetID, n int) (registry.Dispute, error)
	Notices(ctx context.Context, f NoticeFilter) (NoticePage, error)
	Notice(ctx context.Context, about registry.CaseID, n int) (registry.Notice, error)
	Mandate(ctx context.Context, id registry.MandateID) (registry.Mandate, error)
	Contracts(ctx context.Context, f ContractFilter) (ContractPage, error)
	Contract(ctx context.Context, id registry.ContractID) (registry.Contract, error)
	Matters(ctx context.Context, f MatterFilter) (MatterPage, error)
	Transactions(ctx context.Context, app registry.ApplicationID) ([]LedgerTransaction, error)
	Transaction(ctx context.Context, txID string) (LedgerTransaction, error)
}

// File describes a stored piece of evidence.
type File struct {
	CID        string                `json:"cid"`
	Commitment string                `json:"commitment"`
	Size       int64                 `json:"size"` // bytes of the plaintext
	Name       string                `json:"name"`
	MediaType  string                `json:"mediaType"`
	Kind       registry.MaterialKind `json:"kind"`
}

// Evidence keeps filed documents encrypted, by CID.
type Evidence interface {
	Put(ctx context.Context, r io.Reader, name string, kind registry.MaterialKind, limit int64) (File, error)
	// Open streams the plaintext; the bytes were re-hashed before.
	Open(ctx context.Context, cid string) (File, io.ReadCloser, error)
	// Sealed gives the file as it lies there.
	Sealed(ctx context.Context, cid string) (Sealed, error)
}

// Uploads remembers whose a stored file is. A CID is no secret: who names it in a filing has not thereby shown it to be theirs.
type Uploads interface {
	// Record keeps that a party stored a file.
	Record(ctx context.Context, cid string, by registry.PartyID) error
	// By is the party that stored a file, or the person whose alone it is; ErrNotFound when that is not known.
	By(ctx context.Context, cid string) (registry.PartyID, error)
}

// Draft is an application on its way to being filed. Nothing typed is lost: every step is saved as it is, right or wrong.
type Draft struct {
	ID        string              `json:"id"`
	Owner     registry.PersonID   `json:"owner"`
	Principal registry.PartyID    `json:"principal,omitempty"` // the applicant
	Track     registry.Track      `json:"track,omitempty"`     // empty: DATA_ASSET
	Action    registry.Action     `json:"action,omitempty"`    // CHANGE or CORRECTION of Target; empty: a first registration
	Target    registry.AssetID    `json:"target,omitempty"`
	Content   registry.Content    `json:"content"`       // what is on file, from which a change or a supplement begins
	Raw       map[string][]string `json:"raw,omitempty"` // what was typed where it does not fit Content
	Contact   Contact             `json:"contact"`
	Files     []File              `json:"files"`
	Done      []string            `json:"done,omitempty"`     // steps that were saved
	Replaces  string              `json:"replaces,omitempty"` // application being supplemented
	Key       string              `json:"key"`                // idempotency key of the filing
	Filed     string              `json:"filed,omitempty"`
	// Transaction is the filing that was prepared last: whoever opens the draft again sees what became of it.
	Transaction string    `json:"transaction,omitempty"`
	Version     int       `json:"version"`
	UpdatedAt   time.Time `json:"updatedAt"`
}

// Contact is how to reach the applicant. It is kept encrypted as evidence and never reaches the ledger.
type Contact struct {
	Person  string `json:"person"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
}

// Drafts keeps drafts per person. Save refuses with ErrStale when the stored version is newer.
type Drafts interface {
	Save(ctx context.Context, d Draft) (Draft, error)
	Load(ctx context.Context, owner registry.PersonID, id string) (Draft, error)
	List(ctx context.Context, owner registry.PersonID) ([]Draft, error)
	Delete(ctx context.Context, owner registry.PersonID, id string) error
}

// Documents are the issued files of a certificate.
type Documents struct {
	PDF        []byte
	Credential []byte // vc+jwt
}

// Published answers with the documents of a certificate once they are issued and recorded; ErrNotFound before.
type Published interface {
	Documents(ctx context.Context, n registry.CertificateNumber) (Documents, error)
}
