package registry

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// walk is a case on a random way with what an independent observer counts: how long publicity has really run.
type walk struct {
	c         Case
	objection map[int]Objection
	notices   []Notice
	published time.Duration // since the last review that passed, objections left out
}

// TestTransitions_OnlyLegalMoves walks cases at random: whatever is tried, only a listed move happens, the history tells it,
// the clocks stand exactly while they should, and publicity is never closed before it has really run.
func TestTransitions_OnlyLegalMoves(t *testing.T) {
	var acts []Act
	for _, move := range Transitions {
		if move.From != StatusNone && !slices.Contains(acts, move.Act) {
			acts = append(acts, move.Act)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		w := walk{c: startedCase(), objection: map[int]Objection{}}
		if rapid.Bool().Draw(t, "transfer") {
			w.c = proposedTransfer()
		}
		w.c.Application.Paper = rapid.Bool().Draw(t, "paper")
		for range rapid.IntRange(1, 40).Draw(t, "acts") {
			w.serve(t)
			w.step(t, w.choose(t, acts))
		}
	})
}

// choose draws an act: any at all, a legal one, or, mostly, one that keeps the case alive.
func (w *walk) choose(t *rapid.T, acts []Act) Act {
	sense := rapid.IntRange(0, 9).Draw(t, "sense")
	var alive []Act
	for _, move := range Transitions {
		if move.From == w.c.Application.Status && (move.To.Open() || sense < 4) && move.Act != ActClaimAcceptance {
			alive = append(alive, move.Act)
		}
	}
	if sense < 2 || len(alive) == 0 {
		alive = acts
	}
	return rapid.SampledFrom(alive).Draw(t, "act")
}

// serve records the service of a notice that waits for it, sometimes.
func (w *walk) serve(t *rapid.T) {
	i := slices.IndexFunc(w.notices, func(n Notice) bool { return n.Status == NoticeUnserved })
	if i < 0 || rapid.IntRange(0, 3).Draw(t, "serve") > 0 {
		return
	}
	before := w.notices[i]
	req := RecordServiceRequest{Key: "12345678", Case: before.Case, Notice: before.N, Date: w.c.Today, Means: MeansHanded, Proof: testMaterial(MaterialEvidence)}
	out, rs := RecordService(w.c, req, &before)
	if len(rs) > 0 || out.Notices[0].Digest() != before.Digest() || out.Application.Status != w.c.Application.Status {
		t.Fatalf("service of %+v: %v", before, rs)
	}
	w.notices[i], w.c.Application = out.Notices[0], &out.Application
}

// told is the outcome with its notices: each decision has one for each party, numbered without a gap.
func (w *walk) told(t *rapid.T, act Act, out Outcome) Outcome {
	c := w.c
	c.Actor.Party = "12630200MBFAKE020X"
	out = Tell(c, out)
	parties := 0
	for _, n := range out.Notices {
		if n.To == w.c.Applicant.ID {
			parties++
		}
	}
	if slices.Contains(Told, act) != (parties == 1) {
		t.Fatalf("%s is told in %d notices", act, len(out.Notices))
	}
	for i, n := range out.Notices {
		if n.N != w.c.Application.Notices+i+1 || n.To == "" || n.Act != act || n.Paper != (n.Status == NoticeUnserved) {
			t.Fatalf("notice %+v after %d", n, w.c.Application.Notices)
		}
	}
	w.notices = append(w.notices, out.Notices...)
	return out
}

func (w *walk) step(t *rapid.T, act Act) {
	gap := time.Duration(rapid.SampledFrom([]int{0, 1, 2, 3, 5, 60, 4000}).Draw(t, "seconds")) * time.Second
	w.c.At = w.c.At.Add(gap)
	before := *w.c.Application
	n := rapid.IntRange(0, len(before.Objections)).Draw(t, "objection")
	out, rs := w.try(t, act, n)
	if before.Status == StatusInPublicity {
		w.published += gap
	}
	if len(rs) > 0 {
		return
	}
	out = w.told(t, act, out)
	after := out.Application
	if !Moves(before.Status, act, after.Status) || len(after.History) != len(before.History)+1 {
		t.Fatalf("%s from %s led to %s", act, before.Status, after.Status)
	}
	switch act {
	case ActPassReview:
		w.published = 0
	case ActClosePublicity:
		if want := time.Duration(w.c.Profile.Publicity.N) * time.Second; w.published < want {
			t.Fatalf("publicity closed after %s of %s", w.published, want)
		}
	}
	if out.Objection != nil {
		w.objection[out.Objection.N] = *out.Objection
	}
	checkClocks(t, after)
	w.c.Application = &after
}

// checkClocks holds the clocks against the status.
func checkClocks(t *rapid.T, a Application) {
	open := slices.ContainsFunc(a.Objections, func(h ObjectionHead) bool { return h.Status == ObjectionOpen })
	if open != (a.Status == StatusObjected) {
		t.Fatalf("%s with objections %+v", a.Status, a.Objections)
	}
	if d := a.running(DeadlinePublicity); d != nil && a.Status.Open() && d.Paused() != (a.Status == StatusObjected) {
		t.Fatalf("%s: the publicity clock stands: %t", a.Status, d.Paused())
	}
	stands := a.Status == StatusEvidence || a.Status == StatusInPublicity || a.Status == StatusObjected
	if d := a.running(DeadlineReview); d != nil && a.Status.Open() && d.Paused() != stands {
		t.Fatalf("%s: the handling clock stands: %t", a.Status, d.Paused())
	}
	for _, d := range a.Deadlines {
		if (d.Paused() || d.Unserved) != (d.DueAt == nil) {
			t.Fatalf("%s: %s paused %t, unserved %t, due %v", a.Status, d.Kind, d.Paused(), d.Unserved, d.DueAt)
		}
		if d.Unserved && (!d.lapses() || a.Status == StatusLapsed) {
			t.Fatalf("%s: %s waits for service", a.Status, d.Kind)
		}
	}
}

func startedCase() Case {
	profile := InitialProfiles(ModeDemo)[1]
	at := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	party := Party{ID: "93630222MAFAKE06XA", Kind: PartyLegal, Category: CategoryCooperative, Status: PartyActive}
	app := Application{ID: "APP", Track: TrackDataAsset, Action: ActionFirst, Applicant: party.ID, Status: StatusSubmitted, Mark: Mark{UpdatedAt: at},
		Deadlines: []Deadline{profile.Accept.Start(DeadlineAccept, RuleAcceptance, at, nil)}, History: []Step{{Act: ActSubmit}}}
	return Case{Facts: Facts{At: at, Mode: ModeDemo, TxID: "tx"}, Today: CivilDate(at), Applicant: &party, Profile: &profile, Application: &app}
}

// proposedTransfer is a case that waits for its transferee.
func proposedTransfer() Case {
	c := startedCase()
	c.Asset = &Asset{ID: "AST", Track: TrackDataAsset, Version: 1, Certificate: "HDZC63020220261100001H", Holder: c.Applicant.ID, Status: AssetActive,
		ValidFrom: "2026-11-24", ValidUntil: "2031-11-24", Content: Content{Region: "630202", Rights: []RightClaim{{Kind: RightHold}, {Kind: RightUse}}}, Open: "APP"}
	c.Current = &Certificate{Number: c.Asset.Certificate, Version: 1, Status: CertificateValid}
	app := *c.Application
	app.Action, app.Target, app.Status, app.Content = ActionTransfer, "AST", StatusProposed, c.Asset.Content
	app.Transfer = &Transfer{To: "91630202MAFAKE051R", Rights: []Right{RightUse}}
	app.Deadlines = []Deadline{c.Profile.Joining.Start(DeadlineJoin, RuleTransfer, c.At, nil)}
	c.Application = &app
	c.OnAsset = &app
	return c
}

var (
	testCID        = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
	testCommitment = strings.Repeat("ab", 32)
)

func testMaterial(kind MaterialKind) Material {
	return Material{Kind: kind, CID: testCID, Commitment: testCommitment, Size: 1}
}

// try does an act with a faultless document, by somebody who may do it.
func (w *walk) try(t *rapid.T, act Act, n int) (Outcome, Refusals) {
	c := w.c
	c.Actor = Actor{MSP: MSPAgency, Enrolment: "someone", Party: "12630200MBFAKE020X"}
	c.Office = &Appointment{Office: ActOffice(act), Status: "ACTIVE", Registrar: c.Actor.Party}
	c.Registrar = &Appointment{Office: OfficeRegistrar, Status: "ACTIVE", CurrentKey: "KEY"}
	switch ActOffice(act) {
	case "":
		c.Actor.Party = c.Applicant.ID
	case AnyParty:
		c.Actor.Party = rapid.SampledFrom([]PartyID{"91630202MAFAKE051R", "92630223MAFAKE078U"}).Draw(t, "objector")
		c.Party = &Party{ID: c.Actor.Party, Status: PartyActive}
	case OtherParty:
		c.Actor.Party = "91630202MAFAKE051R"
		c.Party, c.Registrar = &Party{ID: c.Actor.Party, Status: PartyActive}, nil
	case OfficeObjections, OfficeReviewer, OfficeRecorder:
		c.Actor.Enrolment = string(ActOffice(act))
	}
	if o, ok := w.objection[n]; ok {
		c.Objection = &o
	}
	if refused := apply(c, act, n, rapid.Bool().Draw(t, "upheld")); refused != nil {
		return refused()
	}
	t.Fatalf("%s is not tried", act)
	return Outcome{}, nil
}

// apply is an act with its document, or nil for one that the walk does not know.
func apply(c Case, act Act, n int, upheld bool) func() (Outcome, Refusals) {
	const key = "12345678"
	plain, reasons := ActRequest{Key: key}, ReasonsRequest{Key: key, Reasons: []string{"理由"}}
	pass := Finding{Pass: true}
	decision := DecideObjectionRequest{Key: key, Objection: n, Upheld: upheld, Decision: testMaterial(MaterialDecision), Reasons: []string{"理由"}}
	if upheld {
		decision.Ground = "R3"
	}
	return map[Act]func() (Outcome, Refusals){
		ActReturn: func() (Outcome, Refusals) { return Return(c, reasons) },
		ActResubmit: func() (Outcome, Refusals) {
			out, rs := Resubmit(c, ResubmitRequest{Key: key})
			return out, slices.DeleteFunc(rs, func(r *Refusal) bool { return r.Code == CodeFieldsInvalid || r.Code == CodeSampleMissing })
		},
		ActJoin: func() (Outcome, Refusals) { return Join(c, JoinRequest{Key: key}) },
		ActSupplement: func() (Outcome, Refusals) {
			return SupplementMaterials(c, SupplementRequest{Key: key, Materials: []Material{testMaterial(MaterialEvidence)}})
		},
		ActAccept:          func() (Outcome, Refusals) { return Accept(c, plain) },
		ActNotAccept:       func() (Outcome, Refusals) { return NotAccept(c, reasons) },
		ActClaimAcceptance: func() (Outcome, Refusals) { return ClaimAcceptance(c, ClaimAcceptanceRequest{Key: key}) },
		ActPassReview: func() (Outcome, Refusals) {
			return PassReview(c, ReviewRequest{Key: key, Findings: Findings{pass, pass, pass}})
		},
		ActRefuse: func() (Outcome, Refusals) {
			return RefuseRegistration(c, RefuseRequest{Key: key, Ground: "R1", Reasons: []string{"理由"}})
		},
		ActRequestEvidence: func() (Outcome, Refusals) { return RequestEvidence(c, reasons) },
		ActSupplyEvidence:  func() (Outcome, Refusals) { return SupplyEvidence(c, SupplyEvidenceRequest{Key: key, Unable: true}) },
		ActResumeReview:    func() (Outcome, Refusals) { return ResumeReview(c, reasons) },
		ActTerminate:       func() (Outcome, Refusals) { return Terminate(c, reasons) },
		ActExtend: func() (Outcome, Refusals) {
			return Extend(c, ExtendRequest{Key: key, N: 1, Reasons: []string{"理由"}})
		},
		ActExplainDelay: func() (Outcome, Refusals) { return ExplainDelay(c, reasons) },
		ActFileObjection: func() (Outcome, Refusals) {
			return FileObjection(c, FileObjectionRequest{Key: key, Statement: testMaterial(MaterialStatement), Evidence: []Material{testMaterial(MaterialEvidence)}})
		},
		ActAnswerObjection: func() (Outcome, Refusals) {
			return AnswerObjection(c, AnswerObjectionRequest{Key: key, Objection: n, Statement: testMaterial(MaterialStatement)})
		},
		ActDecideObjection: func() (Outcome, Refusals) { return DecideObjection(c, decision) },
		ActWithdrawObjection: func() (Outcome, Refusals) {
			return WithdrawObjection(c, WithdrawObjectionRequest{Key: key, Objection: n, Reasons: []string{"理由"}})
		},
		ActClosePublicity: func() (Outcome, Refusals) { return ClosePublicity(c, plain) },
		ActRegister:       func() (Outcome, Refusals) { return Register(c, RegisterRequest{Key: key}) },
		ActWithdraw:       func() (Outcome, Refusals) { return Withdraw(c, WithdrawRequest{Key: key, Reasons: []string{"理由"}}) },
		ActSweep:          func() (Outcome, Refusals) { return sweptOne(c) },
	}[act]
}

func sweptOne(c Case) (Outcome, Refusals) {
	lapsed, rs := Sweep(c.Facts, SweepRequest{Key: "12345678", Applications: []ApplicationID{c.Application.ID}}, Swept{Applications: []*Application{c.Application}})
	if len(rs) > 0 {
		return Outcome{}, rs
	}
	return Outcome{Application: *lapsed.Applications[0]}, nil
}
