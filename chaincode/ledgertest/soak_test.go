package ledgertest

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

var (
	soakActs = flag.Int("soak", 4000, "acts that the soak tries")
	soakSeed = flag.Uint64("seed", 1, "seed of the soak; what fails names it")
)

// actsPerWorld bounds a ledger's life, so that no certificate of its people runs out.
const actsPerWorld = 2000

// soak counts what happened over all ledgers.
type soak struct {
	tried, accepted int
	edges           map[edge]int
	codes           map[registry.Code]int
}

type edge struct {
	from registry.Status
	act  registry.Act
	to   registry.Status
}

// TestSoak_LedgerAndReferenceAgree drives legal and illegal histories of many cases and pages through the contracts and through
// an independent reading of the law: both must accept and refuse the same acts and come to the same register, every refusal
// cites its article, and no invariant breaks. A long run (make soak-model) also demands that every legal move was made often.
func TestSoak_LedgerAndReferenceAgree(t *testing.T) {
	total := soak{edges: map[edge]int{}, codes: map[registry.Code]int{}}
	for seed := *soakSeed; total.tried < *soakActs; seed++ {
		w := newWorld(t, &total, seed)
		for range min(actsPerWorld, *soakActs-total.tried) {
			w.act()
		}
		w.compareAll()
	}
	t.Logf("%d acts, %d accepted (%d %%), %d codes of refusal, each with its article", total.tried, total.accepted, 100*total.accepted/total.tried, len(total.codes))
	if total.accepted*5 < total.tried {
		t.Error("less than a fifth of the acts was accepted")
	}
	if *soakActs >= 100_000 {
		total.demand(t, *soakActs/10_000)
	}
}

// demand fails for every legal move that was made less than n times.
func (s soak) demand(t *testing.T, n int) {
	for _, m := range registry.Transitions {
		if made := s.edges[edge{m.From, m.Act, m.To}]; made < n {
			t.Errorf("%s from %q to %s was made %d times", m.Act, m.From, m.To, made)
		}
	}
}

// world is one ledger with its reference.
type world struct {
	t     *testing.T
	total *soak
	seed  uint64
	rand  *rand.Rand
	l     *Ledger
	s     *Story
	ref   reference
	n     int
	trace []string // the last acts, to be read when something fails
}

// soakParties are who files: two holders of data assets, and a public body.
var soakParties = map[string]string{applicant: "93630222MAFAKE06XA", rival: "91630202MAFAKE051R", publicBody: "11630200MBFAKE0981"}

var soakPeople = []string{applicant, rival, publicBody, acceptor, reviewer, officer, objecting, supervisor, service, operator, regulator}

func newWorld(t *testing.T, total *soak, seed uint64) *world {
	l := Founded(t, registry.ModeDemo)
	s := NewStory(t, l, fmt.Sprintf("soak%d", seed))
	w := &world{t: t, total: total, seed: seed, rand: rand.New(rand.NewPCG(seed, 0)), l: l, s: s}
	s.Do(admin, "party:Register", registry.RegisterPartyRequest{Key: s.Key(), ID: "11630200MBFAKE0981", Kind: registry.PartyLegal, Category: registry.CategoryGovernment, Name: "虚构机关", Region: "630222"})
	l.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "nongye-applicant", Role: registry.RoleApplicant, Party: "11630200MBFAKE0981", Region: "630222"})
	s.Open(l, publicBody)
	s.Do(publicBody, "registration:Deposit", s.deposit(20))
	for _, p := range registry.InitialProfiles(registry.ModeDemo) { // rules that do not lapse while the world lasts
		if p.Demo() && p.Track != registry.TrackPublicProduct {
			p.Version, p.From, p.Until = 3, "2026-11-24", ""
			s.Do(admin, "rule:AdoptProfile", registry.AdoptProfileRequest{Key: s.Key(), Profile: p})
			s.Do(operator, "rule:ConfirmProfile", s.confirmation(p))
		}
	}
	return w
}

func (w *world) pick(n int) int { return w.rand.IntN(n) }

func choose[T any](w *world, list []T) T { return list[w.pick(len(list))] }

// act lets some time go by and tries one act, mostly a sensible one.
func (w *world) act() {
	w.pass()
	w.total.tried++
	switch k := w.pick(20); {
	case k == 0 || len(w.ref.cases) == 0:
		w.fileFirst()
	case k <= 3 && len(w.ref.pages) > 0:
		w.onPage(w.somePage())
	default:
		w.onCase(w.someCase())
	}
}

// pass moves the clock: mostly by seconds, now and then by months, so that registrations come to their end.
func (w *world) pass() {
	switch k := w.pick(400); {
	case k == 0:
		w.l.Now = w.l.Now.AddDate(0, 0, 30+w.pick(160))
	case k < 12:
		w.l.Now = w.l.Now.Add(time.Duration(w.pick(100)) * time.Minute)
	case k < 200:
		w.l.Now = w.l.Now.Add(time.Duration(w.pick(6)) * time.Second)
	}
	w.ref.now = w.l.Now
}

// someCase is one of the latest cases, mostly an open one.
func (w *world) someCase() *refCase {
	recent := w.ref.cases[max(0, len(w.ref.cases)-30):]
	for range 8 {
		if c := choose(w, recent); w.ref.open(c) || w.pick(40) == 0 {
			return c
		}
	}
	return choose(w, recent)
}

func (w *world) somePage() *refPage {
	recent := w.ref.pages[max(0, len(w.ref.pages)-12):]
	for range 8 {
		if p := choose(w, recent); w.ref.alive(p) || w.pick(20) == 0 {
			return p
		}
	}
	return choose(w, recent)
}

// submit sends a request and holds the outcome against what the reference says of it.
func (w *world) submit(who, function string, request any, expected bool) (registry.Receipt, bool) {
	w.t.Helper()
	w.n++
	answer, err := w.l.Submit(who, function, document(w.t, request))
	w.trace = append(w.trace[max(0, len(w.trace)-40):], fmt.Sprintf("%s %s by %s: %v", w.l.Now.Format(time.DateTime), function, who, err))
	if (err == nil) != expected {
		w.fail("%s by %s: the reference says %t, the ledger %v\n%s", function, who, expected, err, document(w.t, request))
	}
	if err != nil {
		w.refused(function, err)
		return registry.Receipt{}, false
	}
	w.total.accepted++
	return decode[registry.Receipt](w, answer), true
}

// refused demands a refusal that says by which rule.
func (w *world) refused(function string, err error) {
	var r *registry.Refusal
	if !errors.As(err, &r) {
		w.fail("%s: %v", function, err)
	}
	if c, cited := registry.Cite(r.Rule); !cited || c.Article == "" {
		w.fail("%s is refused without an article: %v", function, err)
	}
	w.total.codes[r.Code]++
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	for _, line := range w.trace {
		w.t.Log(line)
	}
	w.t.Fatalf("seed %d, act %d: %s", w.seed, w.n, fmt.Sprintf(format, args...))
}

// staff are who does what; anybody else is refused.
var staff = map[string]string{"Return": acceptor, "Accept": acceptor, "NotAccept": acceptor, "PassReview": reviewer, "Refuse": reviewer, "RequestEvidence": reviewer, "ResumeReview": reviewer,
	"Terminate": reviewer, "Extend": reviewer, "ExplainDelay": reviewer, "DecideObjection": objecting, "ClosePublicity": officer, "Register": officer, "Sweep": service}

var partyActs = []string{"Join", "Resubmit", "Supplement", "ClaimAcceptance", "SupplyEvidence", "FileObjection", "AnswerObjection", "WithdrawObjection", "Withdraw"}

// sensible are the acts that a case in a status waits for.
var sensible = map[string][]string{
	"PROPOSED": {"Join", "Join", "Join", "Sweep", "Sweep", "Withdraw"}, "SUBMITTED": {"Accept", "Accept", "Accept", "Return", "ClaimAcceptance", "NotAccept", "Withdraw"},
	"RETURNED": {"Resubmit", "Supplement", "Resubmit", "Supplement", "Sweep", "Withdraw"}, "ACCEPTED": {"PassReview", "PassReview", "PassReview", "RequestEvidence", "Extend", "ExplainDelay", "Refuse", "Terminate", "Withdraw"},
	"EVIDENCE": {"SupplyEvidence", "SupplyEvidence", "ResumeReview", "Terminate", "Withdraw"}, "IN_PUBLICITY": {"ClosePublicity", "ClosePublicity", "ClosePublicity", "FileObjection", "Withdraw"},
	"OBJECTED": {"AnswerObjection", "DecideObjection", "DecideObjection", "WithdrawObjection", "FileObjection", "Withdraw"}, "READY": {"Register"},
}

// onCase tries an act on a case.
func (w *world) onCase(c *refCase) {
	acts := sensible[w.ref.state(c)]
	if len(acts) == 0 || w.pick(8) == 0 {
		acts = partyActs
		for act := range staff {
			acts = append(slices.Clone(acts), act)
		}
		slices.Sort(acts)
	}
	act := choose(w, acts)
	switch {
	case c.status == "ACCEPTED" && c.unable && w.pick(4) == 0: // rarely comes about otherwise
		act = "Terminate"
	case act == "Withdraw" && c.status != "PROPOSED" && w.pick(4) > 0: // most cases shall go on
		act = choose(w, acts)
	case (act == "Sweep" || act == "ExplainDelay") && w.pick(3) == 0: // until what waits has lapsed, or the review is late
		w.l.Now = w.l.Now.Add(toAnswer)
		w.ref.now = w.l.Now
	}
	who := w.actor(act, c)
	n, yes := 1+w.pick(len(c.objections)+1), w.pick(3) == 0
	may := w.mayAct(act, who)
	if act == "Register" {
		w.register(c, who, may)
		return
	}
	before, next := w.stored(c).Status, *c
	next.objections = slices.Clone(c.objections)
	may = may && w.ref.step(&next, act, soakParties[who], n, yes)
	if _, done := w.submit(who, "registration:"+act, w.document(act, c, n, yes), may); !done {
		return
	}
	*c = next
	w.moved(c, before, registry.Act(act))
}

// actor is somebody who may, mostly.
func (w *world) actor(act string, c *refCase) string {
	if w.pick(20) == 0 {
		return choose(w, soakPeople)
	}
	if who, ok := staff[act]; ok {
		return who
	}
	party := c.applicant
	switch act {
	case "Join":
		party = c.to
	case "FileObjection":
		return choose(w, []string{applicant, rival, publicBody})
	case "WithdrawObjection":
		if len(c.objections) > 0 {
			party = choose(w, c.objections).by
		}
	}
	for who, p := range soakParties {
		if p == party {
			return who
		}
	}
	return applicant
}

func (w *world) mayAct(act, who string) bool {
	if right, ok := staff[act]; ok {
		return who == right || act == "Sweep" && slices.Contains(sweepers, who)
	}
	return soakParties[who] != ""
}

// sweepers may write down what has come about by time.
var sweepers = []string{service, officer, acceptor}

// moved holds a case on the ledger against the reference and counts the move.
func (w *world) moved(c *refCase, before registry.Status, act registry.Act) {
	w.t.Helper()
	a := w.stored(c)
	if string(a.Status) != c.status {
		w.fail("after %s the case is %s on the ledger, %s in the reference", act, a.Status, c.status)
	}
	w.total.edges[edge{before, act, a.Status}]++
}

func (w *world) stored(c *refCase) registry.Application {
	return stored[registry.Application](w, registry.ObjectApplication, c.id)
}

// stored is a record as it lies on the ledger.
func stored[T any](w *world, object, id string) T {
	w.t.Helper()
	key, err := (&stub{}).CreateCompositeKey(object, []string{id})
	if err != nil {
		w.t.Fatal(err)
	}
	return decode[T](w, w.l.state[key].body)
}

// document is the request of an act on a case.
func (w *world) document(act string, c *refCase, n int, yes bool) any {
	s, app := w.s, registry.ApplicationID(c.id)
	switch act {
	case "Join":
		return registry.JoinRequest{Key: s.Key(), Application: app}
	case "Resubmit":
		return registry.ResubmitRequest{Key: s.Key(), Application: app, Content: w.stored(c).Content}
	case "Supplement":
		return registry.SupplementRequest{Key: s.Key(), Application: app, Materials: []registry.Material{Material(registry.MaterialEvidence)}}
	case "Accept", "ClosePublicity":
		return s.act(app)
	case "ClaimAcceptance":
		return registry.ClaimAcceptanceRequest{Key: s.Key(), Application: app}
	case "PassReview":
		if c.law == &publicRules {
			return s.formalReview(app)
		}
		return s.review(app)
	case "Refuse":
		return registry.RefuseRequest{Key: s.Key(), Application: app, Ground: w.ground(c), Reasons: []string{"理由"}}
	case "SupplyEvidence":
		request := registry.SupplyEvidenceRequest{Key: s.Key(), Application: app, Unable: yes}
		if !yes {
			request.Materials = []registry.Material{Material(registry.MaterialEvidence)}
		}
		return request
	case "Extend":
		return registry.ExtendRequest{Key: s.Key(), Application: app, N: 60, Reasons: []string{"理由"}}
	case "FileObjection":
		return s.object(app)
	case "AnswerObjection":
		return registry.AnswerObjectionRequest{Key: s.Key(), Application: app, Objection: n, Statement: Material(registry.MaterialStatement)}
	case "WithdrawObjection":
		return registry.WithdrawObjectionRequest{Key: s.Key(), Application: app, Objection: n, Reasons: []string{"理由"}}
	case "DecideObjection":
		decision := s.decide(app, n, yes)
		if decision.Ground = ""; yes {
			decision.Ground = w.ground(c)
		}
		return decision
	case "Sweep":
		return s.sweep(app)
	}
	return s.reasons(app)
}

// ground is a ground of refusal, where the rules list any.
func (w *world) ground(c *refCase) string {
	if c.law == &publicRules {
		return ""
	}
	return "R3"
}

// fileFirst files a first registration under one of a few names, so that they meet.
func (w *world) fileFirst() {
	who := choose(w, []string{applicant, rival, publicBody})
	name := fmt.Sprintf("第%d号", w.pick(12))
	request := registry.SubmitRequest{Key: w.s.Key(), Content: w.s.Content(name)}
	c := &refCase{law: &guide, kind: "FIRST", applicant: soakParties[who], holder: soakParties[who], name: name, rights: []string{"HOLD", "USE"}}
	if who == publicBody {
		request.Track, request.Content, c.law, c.rights = registry.TrackPublicResource, w.s.publicContent(name), &publicRules, nil
	}
	if receipt, done := w.submit(who, "registration:Submit", request, w.ref.free(c.holder, name, nil, nil)); done {
		c.id = string(receipt.Application)
		w.ref.file(c)
		w.moved(c, registry.StatusNone, registry.ActSubmit)
	}
}

// onPage tries an act on a page of the register.
func (w *world) onPage(p *refPage) {
	switch w.pick(10) {
	case 0:
		w.endPage(p, choose(w, []string{"CancelExOfficio", "Revoke"}))
	case 1, 2:
		w.order(p)
	case 3:
		w.sweepPage(p)
	default:
		w.fileOn(p, choose(w, []string{"CHANGE", "TRANSFER", "RENEWAL", "RENEWAL", "CANCELLATION", "CORRECTION"}))
	}
}

// fileOn files an act on a page, mostly by its holder.
func (w *world) fileOn(p *refPage, kind string) {
	who := w.actor("", &refCase{applicant: p.holder})
	if kind == "CORRECTION" && w.pick(2) == 0 {
		who = rival
	}
	party := soakParties[who]
	c := &refCase{law: p.law, kind: kind, applicant: party, page: p}
	may := party != "" && w.ref.fileOn(p, kind, party)
	asset := registry.AssetID(p.id)
	var request any
	switch kind {
	case "CHANGE", "CORRECTION":
		content := stored[registry.Asset](w, registry.ObjectAsset, p.id).Content
		c.holder, c.name = p.holder, p.name
		if w.pick(2) == 0 {
			c.name = fmt.Sprintf("第%d号", w.pick(12))
		}
		content.DataName, content.Overview = w.s.Content(c.name).DataName, fmt.Sprintf("第%d次说明。", w.n)
		request, may = w.s.change(asset, content), may && w.ref.free(c.holder, c.name, nil, p)
		c.renames = c.name != p.name
	case "TRANSFER":
		c.to, c.name = choose(w, []string{soakParties[applicant], soakParties[rival]}), p.name
		c.holder, c.rights = c.to, choose(w, [][]string{{"HOLD"}, {"USE"}, {"HOLD", "USE"}})
		transfer := w.s.transfer(asset)
		transfer.To = registry.PartyID(c.to)
		for _, right := range c.rights {
			transfer.Rights = append(transfer.Rights, registry.Right(right))
			may = may && slices.Contains(p.rights, right)
		}
		request, may = transfer, may && c.to != p.holder && w.ref.free(c.to, c.name, nil, p)
	case "RENEWAL":
		c.years = 1 + w.pick(2)
		request, may = w.s.renewal(asset, c.years), may && w.ref.renewable(p)
	case "CANCELLATION":
		request = w.s.cancellation(asset)
	}
	act := map[string]registry.Act{"CHANGE": registry.ActSubmitChange, "CORRECTION": registry.ActSubmitCorrection, "TRANSFER": registry.ActSubmitTransfer,
		"RENEWAL": registry.ActSubmitRenewal, "CANCELLATION": registry.ActSubmitCancellation}[kind]
	if receipt, done := w.submit(who, "registration:"+string(act), request, may); done {
		c.id = string(receipt.Application)
		w.ref.file(c)
		w.moved(c, registry.StatusNone, act)
	}
}

func (w *world) register(c *refCase, who string, may bool) {
	years := 0
	if c.page == nil {
		years = choose(w, []int{1, 1, 1, 2, 0, 6})
	}
	before := w.stored(c).Status
	receipt, done := w.submit(who, "registration:Register", registry.RegisterRequest{Key: w.s.Key(), Application: registry.ApplicationID(c.id), Years: years}, may && w.ref.enterable(c, years))
	if !done {
		return
	}
	w.ref.enter(c, string(receipt.Asset), years)
	w.moved(c, before, registry.ActRegister)
	w.entered(c, receipt)
}

func (w *world) endPage(p *refPage, act string) {
	request := w.s.ending(registry.AssetID(p.id), "V1")
	may := p.status == "ACTIVE" || p.status == "EXPIRED"
	if act == "CancelExOfficio" {
		request.Ground = choose(w, []string{registry.GroundDestroyed, registry.GroundLapsed})
		may = may && (request.Ground != registry.GroundLapsed || w.ref.expired(p))
	}
	who := choose(w, []string{officer, officer, officer, supervisor, reviewer})
	if _, done := w.submit(who, "registration:"+act, request, may && who == officer); done {
		p.status = map[string]string{"CancelExOfficio": "CANCELLED", "Revoke": "REVOKED"}[act]
	}
}

// order enters an order on a page, or lifts one.
func (w *world) order(p *refPage) {
	who := choose(w, []string{supervisor, supervisor, supervisor, officer})
	if len(p.orders) > 0 && w.pick(3) > 0 || p.entered > 40 {
		n := 1 + w.pick(p.entered+1)
		i := slices.Index(p.orders, n)
		if _, done := w.submit(who, "registration:LiftOrder", w.s.lift(registry.AssetID(p.id), n), who == supervisor && i >= 0); done {
			p.orders = slices.Delete(p.orders, i, i+1)
		}
		return
	}
	request := w.s.order(registry.AssetID(p.id))
	request.From, request.Until = registry.CivilDate(w.l.Now), ""
	if _, done := w.submit(who, "registration:EnterOrder", request, who == supervisor && p.status == "ACTIVE"); done {
		p.entered++
		p.orders = append(p.orders, p.entered)
	}
}

func (w *world) sweepPage(p *refPage) {
	request := registry.SweepRequest{Key: w.s.Key(), Assets: []registry.AssetID{registry.AssetID(p.id)}}
	if _, done := w.submit(service, "registration:Sweep", request, p.status == "ACTIVE" && w.ref.expired(p)); done {
		p.status = "EXPIRED"
	}
}

// entered checks what an entry in the register must have behind it.
func (w *world) entered(c *refCase, receipt registry.Receipt) {
	w.t.Helper()
	a := w.stored(c)
	staffApart := a.Acceptor != a.Reviewer && a.Reviewer != "" && a.ApplicantPerson != a.Reviewer // I8
	if !staffApart {
		w.fail("accepted by %q, reviewed by %q, applied for by %s", a.Acceptor, a.Reviewer, a.ApplicantPerson)
	}
	if c.kind != "CANCELLATION" && !slices.ContainsFunc(a.History, func(s registry.Step) bool { return s.Act == registry.ActClosePublicity }) {
		w.fail("I5: %s without the end of a publicity", receipt.Certificate)
	}
	for i, step := range a.History[1:] {
		if step.At.Before(a.History[i].At) || step.From != a.History[i].To {
			w.fail("I21: %s follows %s", step.Act, a.History[i].Act)
		}
	}
}

// compareAll holds every case and page of the ledger against the reference.
func (w *world) compareAll() {
	w.t.Helper()
	for _, c := range w.ref.cases {
		a := w.stored(c)
		if string(a.EffectiveStatus(w.l.Now)) != w.ref.state(c) {
			w.fail("%s is %s on the ledger, %s in the reference", c.id, a.EffectiveStatus(w.l.Now), w.ref.state(c))
		}
	}
	living := map[string]string{}
	for _, p := range w.ref.pages {
		w.comparePage(p)
		if w.ref.alive(p) {
			if other := living[p.holder+p.name]; other != "" {
				w.fail("I4: %s and %s", other, p.id)
			}
			living[p.holder+p.name] = p.id
		}
	}
	if pages := len(all[registry.Asset](w.l, registry.ObjectAsset)); pages != len(w.ref.pages) {
		w.fail("%d pages on the ledger, %d in the reference", pages, len(w.ref.pages))
	}
}

func (w *world) comparePage(p *refPage) {
	w.t.Helper()
	a := stored[registry.Asset](w, registry.ObjectAsset, p.id)
	var open *registry.Application
	if a.Open != "" {
		found := stored[registry.Application](w, registry.ObjectApplication, string(a.Open))
		open = &found
	}
	status := p.status
	switch {
	case w.ref.expired(p):
		status = "EXPIRED"
	case status == "ACTIVE" && len(p.orders) > 0:
		status = "FROZEN"
	}
	var rights []string
	for _, r := range a.Content.Rights {
		rights = append(rights, string(r.Kind))
	}
	got := fmt.Sprint(a.EffectiveStatus(open, w.l.Now), a.Holder, a.ValidUntil, a.Content.DataName, a.Version)
	want := fmt.Sprint(status, p.holder, p.until.Format(time.DateOnly), w.s.Content(p.name).DataName, p.version)
	if p.status != "SUPERSEDED" && !slices.Equal(rights, p.rights) {
		w.fail("I10: %s has %v on the ledger, %v in the reference", p.id, rights, p.rights)
	}
	if got != want {
		w.fail("%s is %s on the ledger, %s in the reference", p.id, got, want)
	}
	w.compareCertificate(a, open)
}

// compareCertificate: the certificate of a page's present version says what the page says (I24), over what stands on the page.
func (w *world) compareCertificate(a registry.Asset, open *registry.Application) {
	w.t.Helper()
	cert := stored[registry.Certificate](w, registry.ObjectCertificate, string(a.Certificate))
	want := string(a.EffectiveStatus(open, w.l.Now))
	if want == string(registry.AssetActive) {
		want = registry.CertificateValid
	}
	if got := cert.EffectiveStatus(&a, open, w.l.Now); got != want {
		w.fail("I24: %s is %s, its page %s", cert.Number, got, a.EffectiveStatus(open, w.l.Now))
	}
	if want == registry.CertificateValid && cert.ContentDigest != registry.Digest(registry.Certify(a, cert)) {
		w.fail("I24: %s does not certify what its page says", cert.Number)
	}
}

func decode[T any](w *world, body []byte) (v T) {
	w.t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		w.fail("%v in %q", err, body)
	}
	return v
}
