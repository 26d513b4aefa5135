package desk

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Registrar says whether the person is staff of the registrar, who handles cases.
func (p Person) Registrar() bool {
	switch p.Actor.Role {
	case registry.RoleAcceptor, registry.RoleReviewer, registry.RoleOfficer, registry.RoleObjections:
		return true
	}
	return false
}

// party is whose the person's files are: the party for which they act, otherwise their own.
func (p Person) party() registry.PartyID {
	if principal := p.Principal(); principal != "" {
		return principal
	}
	return p.Actor.Party
}

// Keep stores a piece of evidence for the party of a person.
func (d *Desk) Keep(ctx context.Context, p Person, r io.Reader, name string, kind registry.MaterialKind, limit int64) (File, error) {
	f, err := d.Evidence.Put(ctx, r, name, kind, limit)
	if err != nil {
		return f, err
	}
	return f, d.Uploads.Record(ctx, f.CID, p.party())
}

// MayOpen says whether a person may read a piece of evidence: what is one person's alone only they; otherwise the registrar's staff, the
// party that stored it, the other side of an objection in which that party has filed it, whom that party tells a decision by it, and the
// grantee of a grant whose agreement it is.
// Naming a file in a filing of one's own opens nothing.
func (d *Desk) MayOpen(ctx context.Context, p Person, cid string) (bool, error) {
	by, err := d.Uploads.By(ctx, cid)
	if err == nil && private(by) {
		return by == registry.PartyID(p.Owner), nil
	}
	if p.Registrar() {
		return true, nil
	}
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil || by == p.party() {
		return err == nil, err
	}
	if p.Principal() == "" {
		return false, nil
	}
	of := sought{cid: cid, by: by}
	if found, err := d.inCases(ctx, p.Principal(), of); err != nil || found {
		return found, err
	}
	if found, err := d.inObjections(ctx, ObjectionFilter{Objector: p.Principal(), Limit: 100}, of); err != nil || found {
		return found, err
	}
	if found, err := d.inDisputes(ctx, p, of); err != nil || found {
		return found, err
	}
	if found, err := d.inNotices(ctx, p.Principal(), of); err != nil || found {
		return found, err
	}
	return d.inGrants(ctx, p.Principal(), of)
}

// inGrants looks for a file among the agreements of what a party is granted, stored by the grantor: who signs has to read it.
func (d *Desk) inGrants(ctx context.Context, grantee registry.PartyID, of sought) (bool, error) {
	f := GrantFilter{Grantor: of.by, Grantee: grantee, Limit: 100}
	for {
		list, err := d.Grants.Grants(ctx, f)
		if err != nil || slices.ContainsFunc(list.All, func(g registry.Grant) bool { return g.Agreement == of.cid }) {
			return err == nil, err
		}
		if f.After = list.Next; f.After == "" {
			return false, nil
		}
	}
}

// inNotices looks for a file in what a party was told: the document of a notice, stored by the body that tells.
func (d *Desk) inNotices(ctx context.Context, to registry.PartyID, of sought) (bool, error) {
	f := NoticeFilter{To: to, Limit: 100}
	for {
		page, err := d.Records.Notices(ctx, f)
		if err != nil {
			return false, err
		}
		for _, n := range page.Notices {
			if n.Document != nil && n.Document.CID == of.cid && of.by == n.By {
				return true, nil
			}
		}
		if f.After = page.Next; f.After == "" {
			return false, nil
		}
	}
}

// private says whether a file is one person's: see KeepPrivate.
func private(by registry.PartyID) bool { return strings.Contains(string(by), "/") }

// sought is a file with the party that stored it.
type sought struct {
	cid string
	by  registry.PartyID
}

// inCases looks for a file in the objections to a party's cases.
func (d *Desk) inCases(ctx context.Context, applicant registry.PartyID, of sought) (bool, error) {
	filter := CaseFilter{Applicant: applicant, Limit: 100}
	for {
		page, err := d.Records.Cases(ctx, filter)
		if err != nil {
			return false, err
		}
		for _, c := range page.Cases {
			if len(c.Objections) == 0 {
				continue
			}
			if found, err := d.inObjections(ctx, ObjectionFilter{Application: c.ID, Limit: 100}, of); err != nil || found {
				return found, err
			}
		}
		if filter.After = page.Next; filter.After == "" {
			return false, nil
		}
	}
}

func (d *Desk) inObjections(ctx context.Context, f ObjectionFilter, of sought) (bool, error) {
	for {
		page, err := d.Records.Objections(ctx, f)
		if err != nil {
			return false, err
		}
		for _, o := range page.Objections {
			found, err := d.inObjection(ctx, o, of)
			if err != nil || found {
				return found, err
			}
		}
		if f.After = page.Next; f.After == "" {
			return false, nil
		}
	}
}

// inObjection looks for a file where its own party filed it: the objector's reasons and evidence, the applicant's answers, the
// registrar's decision.
func (d *Desk) inObjection(ctx context.Context, o registry.Objection, of sought) (bool, error) {
	if of.by == o.Objector && has(append(slices.Clone(o.Evidence), o.Statement), of.cid) {
		return true, nil
	}
	app, err := d.Records.Case(ctx, o.Application)
	if err != nil {
		return false, err
	}
	var answers []registry.Material
	for _, a := range o.Answers {
		answers = append(answers, a.Statement)
	}
	decided := o.Decision != nil && of.by == app.Registrar && o.Decision.CID == of.cid
	return decided || of.by == app.Applicant && has(answers, of.cid), nil
}

func has(files []registry.Material, cid string) bool {
	return slices.ContainsFunc(files, func(m registry.Material) bool { return m.CID == cid })
}
