package registry

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// register is a register of pages and certificates on which entries are made at random.
type register struct {
	pages  map[AssetID]Asset
	certs  map[CertificateNumber]Certificate
	serial int
	n      int
	c      Case
}

func newRegister(t *rapid.T) *register {
	r := &register{pages: map[AssetID]Asset{}, certs: map[CertificateNumber]Certificate{}, c: startedCase()}
	r.c.Actor = Actor{MSP: MSPAgency, Enrolment: "cao-officer", Party: "12630200MBFAKE020X"}
	r.c.Office = &Appointment{Office: OfficeRecorder, Status: "ACTIVE", Registrar: r.c.Actor.Party}
	r.c.Registrar = &Appointment{Office: OfficeRegistrar, Status: "ACTIVE", CurrentKey: "KEY"}
	app := r.ready(ActionFirst)
	app.Content = Content{Region: "630222", Source: SourceSelfCollected, Rights: []RightClaim{{Kind: RightHold}, {Kind: RightUse}, {Kind: RightOperate}}}
	r.enter(t, app)
	return r
}

// ready is a case that is ready for entry.
func (r *register) ready(action Action) Application {
	r.n++
	r.c.TxID, r.c.At = fmt.Sprint("tx", r.n), r.c.At.Add(time.Hour)
	r.c.Today = CivilDate(r.c.At)
	return Application{ID: ApplicationID(fmt.Sprint("APP", r.n)), Track: TrackDataAsset, Action: action, Applicant: r.c.Applicant.ID, Status: StatusReady, Profile: "DATA_ASSET/2"}
}

func (r *register) enter(t *rapid.T, app Application) Refusals {
	r.c.Application, r.c.Serial = &app, r.serial
	out, rs := Register(r.c, RegisterRequest{Key: "12345678"})
	if len(rs) > 0 {
		return rs
	}
	for _, cert := range out.Certificates {
		if old, known := r.certs[cert.Number]; known && old.Status != CertificateValid {
			t.Fatalf("%s was %s and is written again", cert.Number, old.Status)
		}
		r.certs[cert.Number] = cert
	}
	for _, page := range out.Assets {
		r.pages[page.ID] = page
	}
	if out.Serial != 0 {
		r.serial = out.Serial
	}
	return nil
}

// active are the pages in force, in one order.
func (r *register) active() []Asset {
	var all []Asset
	for _, page := range r.pages {
		if page.Status == AssetActive {
			all = append(all, page)
		}
	}
	slices.SortFunc(all, func(a, b Asset) int { return int(a.Mark.CreatedAt.Sub(b.Mark.CreatedAt)) })
	return all
}

func (r *register) rights() map[Right]int {
	count := map[Right]int{}
	for _, page := range r.active() {
		for _, claim := range page.Content.Rights {
			count[claim.Kind]++
		}
	}
	return count
}

// check holds the register against what must be so whatever happened.
func (r *register) check(t *rapid.T) {
	valid := map[AssetID]int{}
	for _, cert := range r.certs {
		page := r.pages[cert.Asset]
		if cert.Status != CertificateValid {
			continue
		}
		valid[cert.Asset]++
		if page.Status != AssetActive || page.Certificate != cert.Number || page.Version != cert.Version || cert.ContentDigest != Digest(Certify(page, cert)) {
			t.Fatalf("%s is valid beside page %s (%s, version %d, %s)", cert.Number, page.ID, page.Status, page.Version, page.Certificate)
		}
	}
	for _, page := range r.active() {
		if valid[page.ID] != 1 || len(page.Content.Rights) == 0 {
			t.Fatalf("page %s has %d valid certificates and rights %v", page.ID, valid[page.ID], page.Content.Rights)
		}
	}
	for kind, n := range r.rights() {
		if n > 1 {
			t.Fatalf("%s stands on %d pages", kind, n)
		}
	}
}

// TestRegister_PagesStayLawful makes entries at random: one valid certificate per page in force, a right leaves the transferor with
// the transfer (I10), renewals join without a gap (I7), an order bars transfer and cancellation (I11).
func TestRegister_PagesStayLawful(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRegister(t)
		r.check(t)
		for range rapid.IntRange(1, 12).Draw(t, "entries") {
			pages := r.active()
			if len(pages) == 0 {
				return
			}
			r.step(t, rapid.SampledFrom(pages).Draw(t, "page"))
			r.check(t)
		}
	})
}

func (r *register) step(t *rapid.T, page Asset) {
	if rapid.IntRange(0, 4).Draw(t, "order") == 0 {
		page.Limits = append(slices.Clone(page.Limits), LimitHead{N: len(page.Limits) + 1, Kind: LimitSeizure})
		r.pages[page.ID] = page
	}
	app := r.ready(rapid.SampledFrom([]Action{ActionChange, ActionTransfer, ActionTransfer, ActionRenewal, ActionCancellation}).Draw(t, "action"))
	app.Target, app.Applicant, app.Content = page.ID, page.Holder, page.Content
	current := r.certs[page.Certificate]
	r.c.Asset, r.c.Current, r.c.OnAsset = &page, &current, &app
	before := r.rights()
	switch app.Action {
	case ActionChange:
		app.Content.Overview += "。"
	case ActionRenewal:
		app.Renewal = &Renewal{Years: rapid.IntRange(1, 5).Draw(t, "years")}
	case ActionCancellation:
		app.Cancellation = &Cancellation{Ground: GroundWish}
	case ActionTransfer:
		claims := page.Content.Rights
		n := rapid.IntRange(1, len(claims)).Draw(t, "rights")
		app.Transfer = &Transfer{To: PartyID(fmt.Sprint("P", r.n)), JoinedBy: "x"}
		for _, claim := range claims[:n] {
			app.Transfer.Rights = append(app.Transfer.Rights, claim.Kind)
		}
	}
	rs := r.enter(t, app)
	barred := page.Frozen(r.c.Today) && (app.Action == ActionTransfer || app.Action == ActionCancellation)
	if barred != (len(rs) == 1 && rs[0].Code == CodeAssetFrozen) || !barred && len(rs) > 0 {
		t.Fatalf("%s of a page with %v: %v", app.Action, page.Limits, rs)
	}
	if barred {
		return
	}
	after := r.pages[page.ID]
	switch app.Action {
	case ActionRenewal:
		if after.ValidFrom != page.ValidUntil.AddDays(1) || after.ValidUntil != page.ValidUntil.addMonths(12*app.Renewal.Years) {
			t.Fatalf("renewed from %s to %s after %s", after.ValidFrom, after.ValidUntil, page.ValidUntil)
		}
	case ActionTransfer:
		for kind, n := range r.rights() {
			if before[kind] != n {
				t.Fatalf("%s was on %d pages and is on %d", kind, before[kind], n)
			}
		}
		for _, kind := range app.Transfer.Rights {
			left := after.Status == AssetActive && slices.ContainsFunc(after.Content.Rights, func(c RightClaim) bool { return c.Kind == kind })
			if left || r.rights()[kind] != 1 {
				t.Fatalf("%s stays with the transferor: %t", kind, left)
			}
		}
	}
}
