package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/block"
)

// finding is what is wrong with a record.
type finding struct{ field, want, got string }

func (f *finding) at(j *judgement, where place) *Difference {
	d := j.differs(j.writers[where], f.field, f.want, f.got)
	d.Record = shownKey(where)
	return d
}

// rules holds the records that a block wrote against the law: who must stand for them, and that register, review, publicity and
// certificate belong together whichever of them was written.
func (a *Audit) rules(j *judgement) (*Difference, error) {
	places := slices.SortedFunc(maps.Keys(j.updates), func(x, y place) int {
		return cmp.Or(cmp.Compare(j.writers[x], j.writers[y]), cmp.Compare(x.key, y.key))
	})
	v := view{j}
	for _, where := range places {
		object, _, ok := block.SplitKey(where.key)
		if where.ns != a.chaincode || where.coll != "" || !ok {
			continue
		}
		if f := v.guarded(object, where); f != nil {
			return f.at(j, where), nil
		}
		f, err := v.lawful(object, where)
		if err != nil {
			return nil, err
		}
		if f != nil {
			return f.at(j, where), nil
		}
	}
	return nil, nil
}

// guarded: a key-level policy binds from the second write on only, so whoever creates a protected record must be endorsed by the
// organisations that protect it, and nothing protected is ever deleted.
func (v view) guarded(object string, where place) *finding {
	guard := registry.GuardOf(object)
	next, before := v.j.updates[where], v.j.before[where]
	switch {
	case guard == registry.Unguarded:
		return nil
	case next.body == nil:
		return &finding{"deleted", "a final state: protected records are never deleted", "deleted"}
	case len(next.policy) == 0:
		return &finding{"policy", "a key-level endorsement policy", "none"}
	case before.body == nil:
		peers := v.j.audit.config.Endorsers(v.j.entries[v.j.writers[where]].Endorsed)
		if !guard.Admits(peers) {
			return &finding{"endorsers", string(guard), strings.Join(peers, ", ")}
		}
	}
	return nil
}

// view reads records as they are after the block.
type view struct{ j *judgement }

// read decodes a record; found is false if there is none.
func (v view) read(into any, object string, attributes ...string) (found bool, err error) {
	return v.decode(into, place{v.j.audit.chaincode, "", "\x00" + object + "\x00" + strings.Join(attributes, "\x00") + "\x00"})
}

func (v view) decode(into any, where place) (found bool, err error) {
	at, changed := v.j.updates[where]
	if !changed {
		if at, err = v.j.audit.store.find(where); err != nil {
			return false, err
		}
	}
	if at.body == nil {
		return false, nil
	}
	return true, json.Unmarshal(at.body, into)
}

// lawful checks the record at a place, whatever type it has.
func (v view) lawful(object string, where place) (*finding, error) {
	switch object {
	case registry.ObjectCertificate:
		return check(v, where, v.certificate)
	case registry.ObjectAsset:
		return check(v, where, v.asset)
	case registry.ObjectApplication:
		return check(v, where, func(app registry.Application) (*finding, error) { return v.application(app, where) })
	case registry.ObjectVersion:
		return check(v, where, v.earlier)
	}
	return nil, nil
}

// check decodes a record and lets a rule judge it.
func check[T any](v view, where place, rule func(T) (*finding, error)) (*finding, error) {
	var record T
	if _, err := v.decode(&record, where); err != nil {
		return &finding{"record", "a record of its type", err.Error()}, nil
	}
	return rule(record)
}

// certificate: it stands for a page of the register that a registered case made, after a passed review and after publicity.
func (v view) certificate(c registry.Certificate) (*finding, error) {
	var app registry.Application
	var page registry.Asset
	filed, err := v.read(&app, registry.ObjectApplication, string(c.Application))
	if err != nil {
		return nil, err
	}
	entered, err := v.read(&page, registry.ObjectAsset, string(c.Asset))
	if err != nil {
		return nil, err
	}
	switch {
	case !filed || app.Status != registry.StatusRegistered:
		return &finding{"certificate.application", "a registered case", fmt.Sprintf("%q", app.Status)}, nil
	case app.Certificate != c.Number && !(app.Action == registry.ActionTransfer && app.Target == c.Asset):
		return &finding{"certificate.application", "a case that names " + string(c.Number), string(app.Certificate)}, nil
	case !entered:
		return &finding{"certificate.asset", "a page of the register", "none"}, nil
	case c.Status == registry.CertificateValid && page.Certificate != c.Number:
		return &finding{"certificate.asset", "a page that names " + string(c.Number), string(page.Certificate)}, nil
	case page.Certificate == c.Number && registry.Digest(registry.Certify(page, c)) != c.ContentDigest:
		return &finding{"certificate.contentDigest", registry.Digest(registry.Certify(page, c)), c.ContentDigest}, nil
	}
	return reviewedAndPublished(app), nil
}

// asset: the page names the certificate of its version, and that certificate ends with it.
func (v view) asset(page registry.Asset) (*finding, error) {
	var c registry.Certificate
	found, err := v.read(&c, registry.ObjectCertificate, string(page.Certificate))
	switch {
	case err != nil:
		return nil, err
	case !found || c.Asset != page.ID || c.Version != page.Version:
		return &finding{"asset.certificate", fmt.Sprintf("a certificate of version %d", page.Version), fmt.Sprintf("%q", page.Certificate)}, nil
	case (page.Status == registry.AssetActive) != (c.Status == registry.CertificateValid):
		return &finding{"asset.status", "that of its certificate: " + c.Status, string(page.Status)}, nil
	}
	return nil, nil
}

// earlier: what an earlier certificate certified is what stands in its digest.
func (v view) earlier(content registry.CertifiedContent) (*finding, error) {
	var c registry.Certificate
	found, err := v.read(&c, registry.ObjectCertificate, string(content.Number))
	if err != nil {
		return nil, err
	}
	if digest := registry.Digest(content); !found || digest != c.ContentDigest {
		return &finding{"version.contentDigest", fmt.Sprintf("%q", c.ContentDigest), digest}, nil
	}
	return nil, nil
}

// application: its history only grows, by legal moves, and a registered case has its certificate.
func (v view) application(app registry.Application, where place) (*finding, error) {
	var before registry.Application
	if body := v.j.before[where].body; body != nil {
		if err := json.Unmarshal(body, &before); err != nil {
			return nil, err
		}
	}
	if f := history(before.History, app, v.j.entries[v.j.writers[where]].TxID); f != nil || app.Status != registry.StatusRegistered {
		return f, nil
	}
	var c registry.Certificate
	found, err := v.read(&c, registry.ObjectCertificate, string(app.Certificate))
	switch {
	case err != nil:
		return nil, err
	case !found:
		return &finding{"application.certificate", "a certificate", "none"}, nil
	case app.Action != registry.ActionCancellation && c.Application != app.ID:
		return &finding{"application.certificate", "its own certificate", "that of " + string(c.Application)}, nil
	}
	return nil, nil
}

// history: what was done stays, and every step that was added is a legal move of this transaction.
func history(before []registry.Step, app registry.Application, txID string) *finding {
	const field = "application.history"
	if len(before) > len(app.History) || registry.Digest(before) != registry.Digest(app.History[:len(before)]) && len(before) > 0 {
		return &finding{field, "the steps that were there before", "others"}
	}
	status := registry.StatusNone
	if len(before) > 0 {
		status = before[len(before)-1].To
	}
	for _, step := range app.History[len(before):] {
		recorded := step.From == step.To && !slices.ContainsFunc(registry.Transitions, func(t registry.Transition) bool { return t.Act == step.Act })
		if step.From != status || step.TxID != txID || !recorded && !registry.Moves(step.From, step.Act, step.To) {
			return &finding{field, "a legal move from " + string(status), fmt.Sprintf("%s from %s to %s", step.Act, step.From, step.To)}
		}
		status = step.To
	}
	if app.Status != status {
		return &finding{"application.status", string(status), string(app.Status)}
	}
	return nil
}

// reviewedAndPublished: the case that made a certificate was reviewed by somebody else than who applied or accepted, was published, and
// publicity was closed after its end and without an open objection (附录 23; 第十八、二十四、二十五条).
func reviewedAndPublished(app registry.Application) *finding {
	reviewed, closed, entered := step(app, registry.ActPassReview), step(app, registry.ActClosePublicity), step(app, registry.ActRegister)
	due, published := app.Deadline(registry.DeadlinePublicity)
	switch {
	case reviewed == nil || reviewed.Actor != app.Reviewer || !passed(app):
		return &finding{"certificate.review", "a passed review", "none"}
	case app.Reviewer == app.Acceptor || app.Reviewer == app.ApplicantPerson:
		return &finding{"certificate.review", "a reviewer who neither applied nor accepted", string(app.Reviewer)}
	case entered == nil:
		return &finding{"certificate.entry", "an entry in the register", "none"}
	case closed == nil || !published:
		return &finding{"certificate.publicity", "publicity that was opened and closed", "none"}
	case due.DueAt == nil || closed.At.Before(*due.DueAt):
		return &finding{"certificate.publicity", "publicity to its end", "closed at " + closed.At.Format("2006-01-02T15:04:05Z07:00")}
	}
	for _, o := range app.Objections {
		if o.Status == registry.ObjectionOpen {
			return &finding{"certificate.objection", "no open objection", fmt.Sprintf("objection %d", o.N)}
		}
	}
	return nil
}

// step is the last step of an act; nil if it was never done.
func step(app registry.Application, act registry.Act) *registry.Step {
	for i := len(app.History) - 1; i >= 0; i-- {
		if app.History[i].Act == act {
			return &app.History[i]
		}
	}
	return nil
}

// passed says whether the findings, or in a formal review the checklist, all passed.
func passed(app registry.Application) bool {
	if f := app.Findings; f != nil {
		return f.Description.Pass && f.Source.Pass && f.Rights.Pass
	}
	return len(app.Checklist) > 0 && !slices.ContainsFunc(app.Checklist, func(item registry.ChecklistItem) bool { return !item.Pass })
}
