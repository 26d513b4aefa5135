package desk

import (
	"context"
	"slices"

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

// MayOpen says whether a person may read a piece of evidence: the registrar's staff, and the party (or whoever acts for it)
// of a draft of the person's own, of a case, or of an objection to it or by it.
func (d *Desk) MayOpen(ctx context.Context, p Person, cid string) (bool, error) {
	if p.Registrar() {
		return true, nil
	}
	drafts, err := d.Drafts.List(ctx, p.Owner)
	if err != nil {
		return false, err
	}
	for _, draft := range drafts {
		if slices.ContainsFunc(draft.Files, func(f File) bool { return f.CID == cid }) {
			return true, nil
		}
	}
	if p.Principal() == "" {
		return false, nil
	}
	if of, err := d.inCases(ctx, p.Principal(), cid); err != nil || of {
		return of, err
	}
	return d.inObjections(ctx, ObjectionFilter{Objector: p.Principal(), Limit: 100}, cid)
}

func (d *Desk) inCases(ctx context.Context, applicant registry.PartyID, cid string) (bool, error) {
	filter := CaseFilter{Applicant: applicant, Limit: 100}
	for {
		page, err := d.Records.Cases(ctx, filter)
		if err != nil {
			return false, err
		}
		for _, c := range page.Cases {
			if has(c.Content.Materials, cid) {
				return true, nil
			}
			if len(c.Objections) == 0 {
				continue
			}
			if of, err := d.inObjections(ctx, ObjectionFilter{Application: c.ID, Limit: 100}, cid); err != nil || of {
				return of, err
			}
		}
		if filter.After = page.Next; filter.After == "" {
			return false, nil
		}
	}
}

func (d *Desk) inObjections(ctx context.Context, f ObjectionFilter, cid string) (bool, error) {
	for {
		page, err := d.Records.Objections(ctx, f)
		if err != nil {
			return false, err
		}
		for _, o := range page.Objections {
			files := append(slices.Clone(o.Evidence), o.Statement)
			for _, a := range o.Answers {
				files = append(files, a.Statement)
			}
			if o.Decision != nil {
				files = append(files, *o.Decision)
			}
			if has(files, cid) {
				return true, nil
			}
		}
		if f.After = page.Next; f.After == "" {
			return false, nil
		}
	}
}

func has(files []registry.Material, cid string) bool {
	return slices.ContainsFunc(files, func(m registry.Material) bool { return m.CID == cid })
}
