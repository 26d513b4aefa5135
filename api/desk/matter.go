package desk

import (
	"context"
	"io"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Reports records reports that came in without a name, as the organisation's service.
type Reports interface {
	Receive(ctx context.Context, request registry.FileMatterRequest) (registry.Receipt, error)
}

// Sight is how much of a matter of supervision somebody may see.
type Sight int

// Sights, each with all that the one before has.
const (
	SeesNothing Sight = iota
	SeesOrder         // the order to rectify, for the unit that has to
	SeesRecord        // everything but the documents, for regulators
	SeesAll           // whoever filed it or may handle it
)

// Sees says how much of a matter a person may see. Officers of the unit that a complaint or report is about see nothing of it.
func (p Person) Sees(m registry.Matter) Sight {
	own := p.Actor.Party != "" && p.Actor.Party == m.About.Party
	contested := own && (m.Kind == registry.MatterComplaint || m.Kind == registry.MatterReport)
	switch {
	case m.Filer != "" && m.Filer == p.Owner, own && m.Kind == registry.MatterDataObjection, p.Actor.Role == registry.RoleSupervisor && !contested:
		return SeesAll
	case p.Actor.Role == registry.RoleRegulator && !contested:
		return SeesRecord
	case m.Order != nil && m.Order.Party == p.Actor.Party:
		return SeesOrder
	}
	return SeesNothing
}

// Seen is a matter as a person may see it; false: not at all.
func (p Person) Seen(m registry.Matter) (registry.Matter, bool) {
	switch p.Sees(m) {
	case SeesAll:
		return m, true
	case SeesRecord:
		m.Statement, m.Evidence = registry.Material{}, nil
		return m, true
	case SeesOrder:
		return registry.Matter{ID: m.ID, Kind: m.Kind, Status: m.Status, About: m.About, Order: m.Order, Desk: m.Desk, Mark: m.Mark}, true
	}
	return registry.Matter{}, false
}

// Progress is what anybody who knows its number learns of a report (举报进度): how far it is, and how it ended.
type Progress struct {
	ID        registry.MatterID     `json:"id"`
	Status    registry.MatterStatus `json:"status"`
	Steps     []ProgressStep        `json:"steps"`
	Outcome   string                `json:"outcome,omitempty"`
	Authority string                `json:"authority,omitempty"` // to which it was referred
}

// ProgressStep is one step of the handling, without who took it.
type ProgressStep struct {
	Act registry.MatterAct `json:"act"`
	At  time.Time          `json:"at"`
}

// Progress finds how far a report is; ErrNotFound for every other matter.
func (d *Desk) Progress(ctx context.Context, id registry.MatterID) (Progress, error) {
	if !registry.ValidDerivedID("SUP", string(id)) {
		return Progress{}, ErrNotFound
	}
	m, err := d.Matter(ctx, id)
	if err != nil {
		return Progress{}, err
	}
	if m.Kind != registry.MatterReport {
		return Progress{}, ErrNotFound
	}
	v := Progress{ID: m.ID, Status: m.Status}
	for _, s := range m.Steps {
		v.Steps = append(v.Steps, ProgressStep{s.Act, s.At})
	}
	if m.Result != nil {
		v.Outcome, v.Authority = m.Result.Outcome, m.Result.Authority
	}
	return v, nil
}

// Matter asks the ledger itself for a matter of supervision; ErrNotFound when there is none.
func (d *Desk) Matter(ctx context.Context, id registry.MatterID) (registry.Matter, error) {
	return find[registry.Matter](ctx, d.Ledger, "supervision:FindMatter", string(id))
}

// nobody is in the place of the person whose a file is when it came without a name.
const nobody = "-/-"

// KeepPrivate stores a piece of evidence that is its person's alone: neither colleagues nor the registrar's staff open it by its name. Nobody
// opens again what came without a person.
func (d *Desk) KeepPrivate(ctx context.Context, p Person, r io.Reader, name string, kind registry.MaterialKind, limit int64) (File, error) {
	f, err := d.Evidence.Put(ctx, r, name, kind, limit)
	if err != nil {
		return f, err
	}
	owner := string(p.Owner)
	if owner == "" {
		owner = nobody
	}
	return f, d.Uploads.Record(ctx, f.CID, registry.PartyID(owner))
}
