package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/evidence"
	"github.com/hehuang-data/hehuang/client/index"
)

// ledger plugs client.Ledger into the desk.
type ledger struct{ *client.Ledger }

func (l ledger) Prepare(ctx context.Context, p desk.Person, function string, document []byte) (desk.Transaction, error) {
	pending, err := l.Ledger.Prepare(ctx, client.Creator{MSPID: p.Actor.MSP, Certificate: p.Certificate}, function, document)
	return transaction(pending, err)
}

func (l ledger) Endorse(ctx context.Context, id string, signature []byte) (desk.Transaction, error) {
	return transaction(l.Ledger.Endorse(ctx, id, signature))
}

// Submit says of every failure but the caller's own mistakes that the transaction may be on its way: only its state tells.
func (l ledger) Submit(ctx context.Context, id string, signature []byte) (desk.Transaction, error) {
	p, err := l.Ledger.Submit(ctx, id, signature)
	t, err := transaction(p, err)
	var refusal *registry.Refusal
	if err != nil && !mistake(err) && !errors.As(err, &refusal) {
		err = &desk.Failure{Stage: string(client.StageSubmit), TxID: p.TxID, Sent: true, Err: err}
	}
	return t, err
}

func (l ledger) Transaction(ctx context.Context, id string) (desk.Transaction, error) {
	return transaction(l.Ledger.Find(ctx, id))
}

func (l ledger) Evaluate(ctx context.Context, function string, document []byte) ([]byte, error) {
	answer, err := l.Ledger.Evaluate(ctx, function, document)
	return answer, translated(err)
}

func mistake(err error) bool {
	return errors.Is(err, desk.ErrSignature) || errors.Is(err, desk.ErrStep) || errors.Is(err, desk.ErrNotFound)
}

// translated says an error of the client in the desk's words; the cause stays within for the log.
func translated(err error) error {
	var failed *client.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, client.ErrNotPending):
		return desk.ErrNotFound
	case errors.Is(err, client.ErrSignature):
		return desk.ErrSignature
	case errors.Is(err, client.ErrStep):
		return fmt.Errorf("%w: %w", desk.ErrStep, err)
	case errors.As(err, &failed) && failed.Refusal == nil:
		return &desk.Failure{Stage: string(failed.Stage), TxID: failed.TxID, Transient: failed.Transient, Err: err,
			Sent: failed.Stage == client.StageSubmit || failed.Stage == client.StageStatus}
	}
	return err
}

func transaction(p client.Pending, err error) (desk.Transaction, error) {
	t := desk.Transaction{ID: p.ID, TxID: p.TxID, Function: p.Function, Document: p.Document, State: desk.State(p.State), ToSign: p.ToSign,
		Block: p.Block, ExpiresAt: p.ExpiresAt}
	if actor, actorErr := registry.ParseActor(p.Creator.MSPID, p.Creator.Certificate); actorErr == nil {
		t.Signer = actor.ID()
	}
	if len(p.Response) > 0 {
		if receipt, receiptErr := p.Receipt(); receiptErr == nil {
			t.Receipt = &receipt
		}
	}
	if p.Refusal != "" {
		t.Refusal, _ = registry.ParseRefusal(p.Refusal)
	}
	if p.State == client.StateInvalid || p.State == client.StateConflict {
		t.Failure = p.Code
	}
	return t, translated(err)
}

// records plugs the read model into desk and issuer.
type records struct{ *index.Index }

func notFound(err error) error {
	if errors.Is(err, index.ErrNotFound) {
		return desk.ErrNotFound
	}
	return err
}

func (r records) AsOf(ctx context.Context) (desk.AsOf, error) {
	block, at, err := r.Index.AsOf(ctx)
	return desk.AsOf{Block: block, At: at}, err
}

func (r records) Cases(ctx context.Context, f desk.CaseFilter) (desk.CasePage, error) {
	asOf, err := r.AsOf(ctx)
	if err != nil {
		return desk.CasePage{}, err
	}
	cases, next, err := r.Index.Applications(ctx, index.Filter{Applicant: f.Applicant, Statuses: f.Statuses, Text: f.Text, ByDue: f.ByDue, Limit: f.Limit, After: f.After})
	return desk.CasePage{Cases: cases, Next: next, AsOf: asOf}, err
}

func (r records) Case(ctx context.Context, id registry.ApplicationID) (registry.Application, error) {
	app, err := r.Index.Application(ctx, id)
	return app, notFound(err)
}

// each decodes every record of an object type.
func each[T any](ctx context.Context, r records, object string, fn func(T)) error {
	return r.Index.Records(ctx, object, func(body []byte) error {
		var v T
		if err := json.Unmarshal(body, &v); err != nil {
			return err
		}
		fn(v)
		return nil
	})
}

func (r records) Asset(ctx context.Context, id registry.AssetID) (v registry.Asset, err error) {
	err = notFound(r.Index.Record(ctx, registry.ObjectAsset, string(id), &v))
	return v, err
}

func (r records) Version(ctx context.Context, id registry.AssetID, version int) (v registry.CertifiedContent, err error) {
	err = notFound(r.Index.Record(ctx, registry.ObjectVersion, string(id)+" "+strconv.Itoa(version), &v))
	return v, err
}

func (r records) Certificate(ctx context.Context, n registry.CertificateNumber) (v registry.Certificate, err error) {
	err = notFound(r.Index.Record(ctx, registry.ObjectCertificate, string(n), &v))
	return v, err
}

func (r records) Party(ctx context.Context, id registry.PartyID) (v registry.Party, err error) {
	err = notFound(r.Index.Record(ctx, registry.ObjectParty, string(id), &v))
	return v, err
}

// listed is one page of a list, with the block that was read last before it.
func listed[F, T any](ctx context.Context, r records, list func(context.Context, F) ([]T, string, error), f F) (found []T, next string, asOf desk.AsOf, err error) {
	if asOf, err = r.AsOf(ctx); err == nil {
		found, next, err = list(ctx, f)
	}
	return found, next, asOf, err
}

func (r records) Accounts(ctx context.Context, f desk.AccountFilter) (p desk.AccountPage, err error) {
	p.Accounts, p.Next, p.AsOf, err = listed(ctx, r, r.Index.Accounts, index.AccountFilter(f))
	return p, err
}

func (r records) Account(ctx context.Context, id registry.PersonID) (registry.Account, error) {
	a, err := r.Index.Account(ctx, id)
	return a, notFound(err)
}

func (r records) Mandates(ctx context.Context, f desk.MandateFilter) (p desk.MandatePage, err error) {
	p.Mandates, p.Next, p.AsOf, err = listed(ctx, r, r.Index.Mandates, index.MandateFilter(f))
	return p, err
}

func (r records) Contracts(ctx context.Context, f desk.ContractFilter) (p desk.ContractPage, err error) {
	p.Contracts, p.Next, p.AsOf, err = listed(ctx, r, r.Index.Contracts, index.ContractFilter(f))
	return p, err
}

func (r records) Contract(ctx context.Context, id registry.ContractID) (v registry.Contract, err error) {
	err = notFound(r.Index.Record(ctx, registry.ObjectContract, string(id), &v))
	return v, err
}

func (r records) Assets(ctx context.Context, f desk.AssetFilter) (p desk.AssetPage, err error) {
	p.Assets, p.Next, p.AsOf, err = listed(ctx, r, r.Index.Assets, index.AssetFilter(f))
	return p, err
}

func (r records) Limits(ctx context.Context, f desk.LimitFilter) (p desk.LimitPage, err error) {
	p.Limits, p.Next, p.AsOf, err = listed(ctx, r, r.Index.Limits, index.LimitFilter(f))
	return p, err
}

func (r records) Objections(ctx context.Context, f desk.ObjectionFilter) (p desk.ObjectionPage, err error) {
	p.Objections, p.Next, p.AsOf, err = listed(ctx, r, r.Index.Objections, index.ObjectionFilter(f))
	return p, err
}

func (r records) Disputes(ctx context.Context, f desk.DisputeFilter) (p desk.DisputePage, err error) {
	p.Disputes, p.Next, p.AsOf, err = listed(ctx, r, r.Index.Disputes, index.DisputeFilter(f))
	return p, err
}

func (r records) Dispute(ctx context.Context, asset registry.AssetID, n int) (registry.Dispute, error) {
	v, err := r.Index.Dispute(ctx, asset, n)
	return v, notFound(err)
}

func (r records) Notices(ctx context.Context, f desk.NoticeFilter) (p desk.NoticePage, err error) {
	p.Notices, p.Next, p.AsOf, err = listed(ctx, r, r.Index.Notices, index.NoticeFilter(f))
	return p, err
}

func (r records) Notice(ctx context.Context, about registry.CaseID, n int) (registry.Notice, error) {
	v, err := r.Index.Notice(ctx, about, n)
	return v, notFound(err)
}

func (r records) Matters(ctx context.Context, f desk.MatterFilter) (p desk.MatterPage, err error) {
	p.Matters, p.Next, p.AsOf, err = listed(ctx, r, r.Index.Matters, index.MatterFilter(f))
	return p, err
}

func (r records) Mandate(ctx context.Context, id registry.MandateID) (v registry.Mandate, err error) {
	err = notFound(r.Index.Record(ctx, registry.ObjectMandate, string(id), &v))
	return v, err
}

func (r records) Transactions(ctx context.Context, app registry.ApplicationID) ([]desk.LedgerTransaction, error) {
	found, err := r.Index.Transactions(ctx, app)
	var all []desk.LedgerTransaction
	for _, t := range found {
		all = append(all, ledgerTransaction(t))
	}
	return all, err
}

func ledgerTransaction(t index.Transaction) desk.LedgerTransaction {
	return desk.LedgerTransaction{TxID: t.TxID, Block: t.Block, Function: t.Function, Creator: t.Creator, At: t.At, Valid: t.Code == "VALID"}
}

func (r records) Transaction(ctx context.Context, txID string) (desk.LedgerTransaction, error) {
	t, err := r.Index.Transaction(ctx, txID)
	return ledgerTransaction(t), notFound(err)
}

func (r records) Round(ctx context.Context, id registry.ApplicationID, round int) (registry.Content, error) {
	content, err := r.Index.Round(ctx, id, round)
	return content, notFound(err)
}

func (r records) Lateness(ctx context.Context, since time.Time) ([]desk.Late, error) {
	found, err := r.Index.Lateness(ctx, since)
	var all []desk.Late
	for _, l := range found {
		all = append(all, desk.Late(l))
	}
	return all, err
}

// Issuable lists the certificates in force of a registrar whose documents are not yet recorded.
func (r records) Issuable(ctx context.Context, registrar registry.PartyID) ([]registry.Certificate, error) {
	var waiting []registry.Certificate
	err := each(ctx, r, registry.ObjectCertificate, func(c registry.Certificate) {
		if c.Registrar == registrar && c.PDFSha256 == "" && c.Status == registry.CertificateValid {
			waiting = append(waiting, c)
		}
	})
	return waiting, err
}

// Profiles lists the versions of the rules; the indexes of the tracks lie beside them and have no version.
func (r records) Profiles(ctx context.Context) ([]registry.RuleProfile, error) {
	var all []registry.RuleProfile
	err := each(ctx, r, registry.ObjectProfile, func(p registry.RuleProfile) {
		if p.Version > 0 {
			all = append(all, p)
		}
	})
	slices.SortFunc(all, func(a, b registry.RuleProfile) int {
		return cmp.Or(cmp.Compare(a.Track, b.Track), cmp.Compare(a.Version, b.Version))
	})
	return all, err
}

// Calendars lists the latest version of each year.
func (r records) Calendars(ctx context.Context) ([]registry.Calendar, error) {
	latest := map[int]registry.Calendar{}
	err := each(ctx, r, registry.ObjectCalendar, func(c registry.Calendar) {
		if c.Version >= latest[c.Year].Version {
			latest[c.Year] = c
		}
	})
	return slices.SortedFunc(maps.Values(latest), func(a, b registry.Calendar) int { return a.Year - b.Year }), err
}

// Appointments lists the appointments.
func (r records) Appointments(ctx context.Context) ([]registry.Appointment, error) {
	var all []registry.Appointment
	err := each(ctx, r, registry.ObjectAppointment, func(a registry.Appointment) { all = append(all, a) })
	return all, err
}

// DocumentKeys lists the registrars' document keys, for the trust bundle.
func (r records) DocumentKeys(ctx context.Context) ([]registry.DocumentKey, error) {
	var keys []registry.DocumentKey
	err := each(ctx, r, registry.ObjectKey, func(k registry.DocumentKey) { keys = append(keys, k) })
	return keys, err
}

// recorder lets the issuer record digests as the service.
type recorder struct{ *client.Ledger }

func (r recorder) RecordDocuments(ctx context.Context, request registry.RecordDocumentsRequest) error {
	_, err := r.Execute(ctx, r.Service(), "registration:RecordDocuments", request)
	return err
}

// reports lets anonymous reports be recorded as the service.
type reports struct{ ledger *client.Ledger }

func (r reports) Receive(ctx context.Context, request registry.FileMatterRequest) (registry.Receipt, error) {
	receipt, err := r.ledger.Execute(ctx, r.ledger.Service(), "supervision:Receive", request)
	return receipt, translated(err)
}

// files plugs the evidence store into the desk.
type files struct{ *evidence.Store }

func (f files) Put(ctx context.Context, r io.Reader, name string, kind registry.MaterialKind, limit int64) (desk.File, error) {
	receipt, err := f.Store.Put(ctx, r, name, string(kind), limit)
	return stored(receipt), err
}

func (f files) Open(ctx context.Context, cid string) (desk.File, io.ReadCloser, error) {
	receipt, body, err := f.Store.Get(ctx, cid)
	if errors.Is(err, evidence.ErrNotFound) || errors.Is(err, evidence.ErrIdentifier) {
		err = desk.ErrNotFound
	}
	return stored(receipt), body, err
}

func (f files) Sealed(_ context.Context, cid string) (desk.Sealed, error) {
	card, body, err := f.Store.Sealed(cid)
	if errors.Is(err, evidence.ErrNotFound) || errors.Is(err, evidence.ErrIdentifier) {
		err = desk.ErrNotFound
	}
	return desk.Sealed{Card: card, Body: body}, err
}

func stored(r evidence.Receipt) desk.File {
	return desk.File{CID: r.CID, Commitment: r.Commitment, Size: r.Size, Name: r.Name, MediaType: r.MediaType, Kind: registry.MaterialKind(r.Kind)}
}

// credentials plugs the organisations' authorities into the desk.
type credentials struct{ client.Authorities }

func (c credentials) Verify(mspID string, certificate, message, signature []byte) error {
	err := c.Authorities.Verify(client.Creator{MSPID: mspID, Certificate: certificate}, message, signature, time.Now())
	switch {
	case errors.Is(err, client.ErrCertificate):
		return fmt.Errorf("%w: %w", desk.ErrCertificate, err)
	case errors.Is(err, client.ErrSignature):
		return desk.ErrSignature
	}
	return err
}
