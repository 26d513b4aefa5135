package registry

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// grantMoves are the only moves of a grant, written down by hand.
var grantMoves = map[string]bool{
	"review IN_REVIEW IN_REVIEW": true, "review IN_REVIEW PROPOSED": true, "review IN_REVIEW REFUSED": true, "withdraw IN_REVIEW WITHDRAWN": true,
	"sign PROPOSED ACTIVE": true, "sign PROPOSED SIGNED": true, "decline PROPOSED DECLINED": true, "withdraw PROPOSED WITHDRAWN": true,
	"file SIGNED ACTIVE": true, "revoke SIGNED REVOKED": true, "terminate SIGNED TERMINATED": true,
	"suspend ACTIVE SUSPENDED": true, "revoke ACTIVE REVOKED": true, "terminate ACTIVE TERMINATED": true,
	"resume SUSPENDED ACTIVE": true, "revoke SUSPENDED REVOKED": true, "terminate SUSPENDED TERMINATED": true,
	"close REVOKED CLOSED": true, "close TERMINATED CLOSED": true, "close ACTIVE CLOSED": true, "close SUSPENDED CLOSED": true, "close SIGNED CLOSED": true, // the last three after the last day
}

const (
	walkBody, walkOperator, walkUser = PartyID("11630200MBFAKE0981"), PartyID("91630200MAFAKE0432"), PartyID("91630202MAFAKE051R")
	walkAsset                        = AssetID("AST1")
)

// grantWalk is a ledger with grants on one public resource, and who may act.
type grantWalk struct {
	grants map[GrantID]*Grant
	asset  Asset
	now    time.Time
	n      int
}

func (w *grantWalk) facts(t *rapid.T) Facts {
	w.n++
	actor := Actor{MSP: MSPAgency, Enrolment: "e", Role: RoleApplicant, Party: rapid.SampledFrom([]PartyID{walkBody, walkOperator, walkUser}).Draw(t, "party")}
	return Facts{TxID: fmt.Sprint("t", w.n), At: w.now, Actor: actor}
}

func (w *grantWalk) at(f Facts, g *Grant) GrantCase {
	c := GrantCase{Facts: f, Grant: g, Asset: &w.asset, Operator: &Appointment{Status: "ACTIVE"}, Reviewer: &Appointment{Status: "ACTIVE"}, Supervisor: &Account{Role: RoleSupervisor},
		Plan: &Plan{ID: "PLN1", Body: walkBody, Assets: []AssetID{walkAsset}, Purposes: Purposes, Until: "2040-01-01", Status: PlanApproved}}
	party := func(id PartyID) *Party { return &Party{ID: id, Kind: PartyLegal, Status: PartyActive} }
	if g != nil {
		c.Grantor, c.Grantee, c.Parent = party(g.Grantor), party(g.Grantee), w.grants[g.Parent]
	}
	return c
}

// TestGrant_WalksOnlyLegally walks operations and development uses at random. Whatever is tried: only a listed move happens; a development use is
// signed after three reviews by three people (I12), within its operation (I13), and together they take no more than its quota; what is in force
// was signed.
func TestGrant_WalksOnlyLegally(t *testing.T) {
	seen := map[string]int{}
	walk := func(t *rapid.T) {
		w := &grantWalk{grants: map[GrantID]*Grant{}, now: useDay, asset: Asset{ID: walkAsset, Track: TrackPublicResource, Holder: walkBody, Status: AssetActive, ValidFrom: "2026-01-01", ValidUntil: "2030-01-01"}}
		for range rapid.IntRange(40, 160).Draw(t, "acts") {
			w.now = w.now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 0, 1, 24 * 40}).Draw(t, "hours")) * time.Hour)
			w.act(t, seen)
			w.holds(t)
		}
	}
	for round := 0; round < 5 || round < 60 && len(seen) < len(grantMoves); round++ {
		rapid.Check(t, walk)
	}
	for move := range grantMoves {
		if seen[move] == 0 {
			t.Errorf("no walk did %s", move)
		}
	}
}

func (w *grantWalk) act(t *rapid.T, seen map[string]int) {
	f := w.facts(t)
	if len(w.grants) == 0 || rapid.IntRange(0, 5).Draw(t, "new") == 0 {
		w.propose(t, f)
		return
	}
	ids := make([]GrantID, 0, len(w.grants))
	for id := range w.grants {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	old := w.grants[rapid.SampledFrom(ids).Draw(t, "grant")]
	f.Actor.Party = rapid.SampledFrom([]PartyID{old.Grantor, old.Grantee, old.Grantor, old.Grantee, f.Actor.Party}).Draw(t, "side")
	act := w.choose(t, old.Status)
	changed, parent, rs := w.try(t, act, w.at(f, old))
	if len(rs) > 0 {
		return
	}
	move := fmt.Sprintf("%s %s %s", act, old.Status, changed.Status)
	if !grantMoves[move] {
		t.Fatalf("%s", move)
	}
	seen[move]++
	w.grants[old.ID] = &changed
	if parent != nil {
		w.grants[parent.ID] = parent
	}
}

// choose draws an act: any at all or, mostly, one that goes on from a status.
func (w *grantWalk) choose(t *rapid.T, from GrantStatus) string {
	var all, legal []string
	for move := range grantMoves {
		var act, before string
		fmt.Sscan(move, &act, &before)
		all = append(all, act)
		if before == string(from) {
			legal = append(legal, act)
		}
	}
	if len(legal) == 0 || rapid.IntRange(0, 4).Draw(t, "any") == 0 {
		legal = all
	}
	slices.Sort(legal)
	return rapid.SampledFrom(legal).Draw(t, "act")
}

func (w *grantWalk) propose(t *rapid.T, f Facts) {
	p := somePolicy()
	p.From, p.To, p.Quota.Quantity, p.Conditions = "2026-12-01", rapid.SampledFrom([]Date{"2027-03-01", "2027-11-29"}).Draw(t, "to"), rapid.Int64Range(1, 60).Draw(t, "quota"), nil
	req := ProposeGrantRequest{Key: "12345678", Kind: GrantDevelopment, Asset: walkAsset, Grantee: walkUser, Policy: p, Agreement: walkCID}
	if rapid.IntRange(0, 2).Draw(t, "operation") == 0 {
		req.Kind, req.Grantee, req.Operation = GrantOperation, walkOperator, someOperation()
		req.Policy.Quota.Quantity, req.Policy.To = 100, "2027-11-29"
	} else {
		for id, g := range w.grants {
			if g.Kind == GrantOperation && (req.Parent == "" || g.Status == GrantActive && (w.grants[req.Parent].Status != GrantActive || id > req.Parent)) {
				req.Parent = id
			}
		}
	}
	if rapid.IntRange(0, 5).Draw(t, "fits") > 0 {
		f.Actor.Party = map[GrantKind]PartyID{GrantOperation: walkBody, GrantDevelopment: walkOperator}[req.Kind]
	}
	c := w.at(f, &Grant{Grantor: f.Actor.Party, Grantee: req.Grantee, Parent: req.Parent})
	c.Grant = nil
	if made, rs := ProposeGrant(c, req); len(rs) == 0 {
		w.grants[made.ID] = &made
	}
}

const walkCID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"

func someOperation() *OperationTerms {
	o := &OperationTerms{Plan: "PLN1", Selection: Selection{Method: "OPEN_TENDER", Document: walkCID}, Resolution: Resolution{"常务会议", "2026-1", walkCID}}
	for i, item := range AgreementItems {
		o.Items = append(o.Items, TermsItem{item, fmt.Sprint("第", i+1, "条")})
	}
	return o
}

func (w *grantWalk) try(t *rapid.T, act string, c GrantCase) (Grant, *Grant, Refusals) {
	end := EndGrantRequest{Key: "12345678", Grant: c.Grant.ID, Reason: "约定"}
	one := func(g Grant, rs Refusals) (Grant, *Grant, Refusals) { return g, nil, rs }
	switch act {
	case "sign":
		return SignGrant(c, GrantRequest{"12345678", c.Grant.ID})
	case "resume":
		return one(ResumeGrant(c, GrantRequest{"12345678", c.Grant.ID}))
	case "file":
		return one(FileGrant(c, FileGrantRequest{"12345678", c.Grant.ID, "备案1"}))
	case "decline":
		return one(DeclineGrant(c, end))
	case "withdraw":
		return one(WithdrawGrant(c, end))
	case "suspend":
		return one(SuspendGrant(c, end))
	case "revoke":
		return one(RevokeGrant(c, end))
	case "terminate":
		return one(TerminateGrant(c, end))
	case "close":
		return one(CloseGrant(c, CloseGrantRequest{"12345678", c.Grant.ID, Deletion{Method: "OVERWRITE", Supervisor: "BureauMSP/sun", Evidence: walkCID}}))
	}
	n := len(c.Grant.Reviews) // mostly the next review by the next person
	if n >= len(ReviewKinds) || rapid.IntRange(0, 3).Draw(t, "other") == 0 {
		n = rapid.IntRange(0, 2).Draw(t, "n")
	}
	who := rapid.SampledFrom([]int{n, n, 0}).Draw(t, "who")
	c.Actor = Actor{MSP: MSPBureau, Enrolment: fmt.Sprint("reviewer", who), Role: RoleSupervisor, Party: "11630200MBFAKE0000"}
	return one(ReviewGrant(c, ReviewUseRequest{Key: "12345678", Grant: c.Grant.ID, Review: ReviewKinds[n], Pass: rapid.IntRange(0, 9).Draw(t, "pass") > 0, Note: "意见", Report: walkCID}))
}

// holds checks what must be true of all grants at any time.
func (w *grantWalk) holds(t *rapid.T) {
	allotted := map[GrantID]int64{}
	for _, g := range w.grants {
		status := g.EffectiveStatus(&w.asset, nil, w.grants[g.Parent], w.now)
		if (g.Status == GrantActive || g.Status == GrantSuspended) && (g.SignedAt == nil || g.Kind == GrantOperation && g.Filing == nil) {
			t.Fatalf("%s %s was not signed or filed", g.Kind, g.Status)
		}
		if g.Kind != GrantDevelopment || g.SignedAt == nil {
			continue
		}
		parent := w.grants[g.Parent]
		allotted[g.Parent] += g.Policy.Quota.Quantity
		people := map[PersonID]ReviewKind{}
		for _, r := range g.Reviews {
			if !r.Pass {
				t.Fatalf("signed in spite of %+v", r)
			}
			people[r.Reviewer] = r.Kind
		}
		if len(people) != 3 || !g.Policy.Within(parent.Policy) {
			t.Fatalf("signed after reviews by %v", people)
		}
		if status == GrantActive && parent.EffectiveStatus(&w.asset, nil, nil, w.now) != GrantActive {
			t.Fatalf("in force while its operation is %s", parent.Status)
		}
	}
	for id, sum := range allotted {
		if p := w.grants[id]; sum != p.Allotted || sum > p.Policy.Quota.Quantity {
			t.Fatalf("%d allotted of %d, recorded %d", sum, p.Policy.Quota.Quantity, p.Allotted)
		}
	}
}
