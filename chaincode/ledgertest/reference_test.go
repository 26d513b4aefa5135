package ledgertest

import (
	"slices"
	"time"
)

// The reference is a second, slow and obvious reading of the registration law for the soak test: it shares no code with the
// rules. It keeps every case and page in a list, looks through all of them for every question, and speaks in words of its own.

// law is what the two regimes do differently: the guide (data assets) and the public-data rules.
type law struct {
	name      string
	silence   bool // silence is acceptance
	lapses    bool // a supplement that does not come ends the case
	evidence  bool // the review may ask for evidence, and be prolonged
	upheld    string
	actions   []string
	years     int // longest validity
	window    func(until time.Time) (opens, closes time.Time)
	keepAlive bool // a renewal filed in time keeps the registration alive
}

var guide = law{
	name: "DATA_ASSET", silence: true, lapses: true, evidence: true, upheld: "REFUSED", actions: []string{"FIRST", "TRANSFER", "CHANGE", "RENEWAL", "CANCELLATION"}, years: 5, keepAlive: true,
	window: func(until time.Time) (time.Time, time.Time) { return monthsLater(until, -6), until.AddDate(0, 0, -1) },
}

var publicRules = law{
	name: "PUBLIC_RESOURCE", upheld: "TERMINATED", actions: []string{"FIRST", "CHANGE", "CORRECTION", "RENEWAL", "CANCELLATION"}, years: 3,
	window: func(until time.Time) (time.Time, time.Time) { return until.AddDate(0, 0, -60), until },
}

// The periods of the demonstration profiles.
const (
	toAccept  = 30 * time.Minute
	toAnswer  = 60 * time.Minute // supplements, evidence, joining
	toHandle  = 60 * time.Minute
	toPublish = 5 * time.Second
)

// monthsLater is the same day of another month, or that month's last day.
func monthsLater(day time.Time, months int) time.Time {
	later := day.AddDate(0, months, 0)
	if later.Day() != day.Day() {
		later = later.AddDate(0, 0, -later.Day())
	}
	return later
}

// watch is a clock that can be stopped.
type watch struct {
	ran   time.Duration
	since time.Time // zero: it stands still
}

func (w *watch) start(at time.Time) { w.since = at }

func (w *watch) stop(at time.Time) {
	if !w.since.IsZero() {
		w.ran, w.since = w.ran+at.Sub(w.since), time.Time{}
	}
}

func (w watch) reached(at time.Time, d time.Duration) bool {
	w.stop(at)
	return w.ran >= d
}

type refPage struct {
	id      string
	law     *law
	holder  string
	name    string
	rights  []string
	until   time.Time // midnight of the last day, in the zone of the registry
	status  string
	orders  []int // in force
	entered int   // remarks ever entered
	version int
}

type refObjection struct {
	by   string
	open bool
}

type refCase struct {
	id         string
	law        *law
	kind       string
	applicant  string
	to         string // of a transfer
	joined     bool
	holder     string // for whom the asset is asked
	name       string // under which
	renames    bool   // a page
	rights     []string
	page       *refPage
	status     string
	deadline   time.Time // of what the status waits for
	handling   watch
	allowed    time.Duration // for the handling
	extended   bool
	publicity  watch
	published  bool
	objections []refObjection
	asked      int
	unable     bool
	years      int
}

// reference is the whole register.
type reference struct {
	now   time.Time
	cases []*refCase
	pages []*refPage
}

var zone = time.FixedZone("UTC+8", 8*3600)

func (r *reference) today() time.Time {
	t := r.now.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

// state is the status of a case now: some end by themselves.
func (r *reference) state(c *refCase) string {
	waits := c.status == "PROPOSED" || c.status == "RETURNED" && c.law.lapses
	if waits && !r.now.Before(c.deadline) {
		return "LAPSED"
	}
	return c.status
}

var endings = []string{"NOT_ACCEPTED", "LAPSED", "REFUSED", "TERMINATED", "REGISTERED", "WITHDRAWN"}

func (r *reference) open(c *refCase) bool { return !slices.Contains(endings, r.state(c)) }

// expired says whether a page's last day is over and nothing keeps it alive.
func (r *reference) expired(p *refPage) bool {
	if p.status == "EXPIRED" {
		return true
	}
	if p.status != "ACTIVE" || !r.today().After(p.until) {
		return false
	}
	for _, c := range r.cases {
		if c.page == p && c.kind == "RENEWAL" && c.law.keepAlive && r.open(c) {
			return false
		}
	}
	return true
}

func (r *reference) alive(p *refPage) bool { return p.status == "ACTIVE" && !r.expired(p) }

// asks says whether a case asks for an asset under a name under which it is not registered yet.
func (c *refCase) asks() bool { return c.kind == "FIRST" || c.kind == "TRANSFER" || c.renames }

// free says whether nobody else asks for an asset and nobody has it, for the same holder.
func (r *reference) free(holder, name string, but *refCase, page *refPage) bool {
	for _, c := range r.cases {
		if (but == nil || c.id != but.id) && c.asks() && c.name == name && c.holder == holder && r.open(c) {
			return false
		}
	}
	for _, p := range r.pages {
		if p != page && p.name == name && p.holder == holder && r.alive(p) {
			return false
		}
	}
	return true
}

func (r *reference) busy(p *refPage) bool {
	return slices.ContainsFunc(r.cases, func(c *refCase) bool { return c.page == p && r.open(c) })
}

// own says whether a party is on the applicant's side of a case.
func (c *refCase) own(party string) bool { return party == c.applicant || c.joined && party == c.to }

// fileOn says whether an act may be filed on a page.
func (r *reference) fileOn(p *refPage, kind, party string) bool {
	return r.alive(p) && (kind == "CORRECTION" || p.holder == party) && slices.Contains(p.law.actions, kind) && !r.busy(p) &&
		!((kind == "TRANSFER" || kind == "CANCELLATION") && len(p.orders) > 0)
}

func (r *reference) renewable(p *refPage) bool {
	opens, closes := p.law.window(p.until)
	return !r.today().Before(opens) && !r.today().After(closes)
}

// file adds a case that waits for acceptance.
func (r *reference) file(c *refCase) *refCase {
	c.status = "SUBMITTED"
	if c.kind == "TRANSFER" {
		c.status, c.deadline = "PROPOSED", r.now.Add(toAnswer)
	} else {
		c.deadline = r.now.Add(toAccept)
	}
	r.cases = append(r.cases, c)
	return c
}

// undecided counts the open objections.
func (c *refCase) undecided() int {
	n := 0
	for _, o := range c.objections {
		if o.open {
			n++
		}
	}
	return n
}

// step is an act on a case: whether it may happen now, and what it makes of the case. who is the party of the actor, n the number of an
// objection, yes a choice (upheld, unable). Who the actor must be otherwise is not asked here.
func (r *reference) step(c *refCase, act, who string, n int, yes bool) bool {
	s := r.state(c)
	accept := func(since time.Time) {
		c.status, c.allowed = "ACCEPTED", toHandle
		c.handling = watch{}
		c.handling.start(since)
	}
	switch act {
	case "Join":
		if s != "PROPOSED" || who != c.to {
			return false
		}
		c.joined, c.status, c.deadline = true, "SUBMITTED", r.now.Add(toAccept)
	case "Return":
		if s != "SUBMITTED" {
			return false
		}
		c.status, c.deadline = "RETURNED", r.now.Add(toAnswer)
	case "Resubmit", "Supplement":
		content := c.kind == "FIRST" || c.kind == "CHANGE" || c.kind == "CORRECTION"
		if s != "RETURNED" || !c.own(who) || content != (act == "Resubmit") || content && !r.free(c.holder, c.name, c, c.page) {
			return false
		}
		c.status, c.deadline = "SUBMITTED", r.now.Add(toAccept)
	case "Accept":
		if s != "SUBMITTED" {
			return false
		}
		accept(r.now)
	case "ClaimAcceptance":
		if s != "SUBMITTED" || !c.own(who) || !c.law.silence || r.now.Before(c.deadline) {
			return false
		}
		accept(c.deadline)
	case "NotAccept":
		return r.end(c, s == "SUBMITTED", "NOT_ACCEPTED")
	case "Refuse":
		return r.end(c, s == "ACCEPTED", "REFUSED")
	case "Withdraw":
		return r.end(c, c.own(who) && slices.Contains([]string{"PROPOSED", "SUBMITTED", "RETURNED", "ACCEPTED", "EVIDENCE", "IN_PUBLICITY", "OBJECTED"}, s), "WITHDRAWN")
	case "RequestEvidence":
		if s != "ACCEPTED" || !c.law.evidence || c.asked == 20 {
			return false
		}
		c.status, c.deadline, c.unable = "EVIDENCE", r.now.Add(toAnswer), false
		c.asked++
		c.handling.stop(r.now)
	case "SupplyEvidence", "ResumeReview":
		if s != "EVIDENCE" || act == "SupplyEvidence" && !c.own(who) {
			return false
		}
		c.status, c.unable = "ACCEPTED", act == "SupplyEvidence" && yes
		c.handling.start(r.now)
	case "Terminate":
		return r.end(c, s == "ACCEPTED" && c.unable || s == "EVIDENCE" && !r.now.Before(c.deadline), "TERMINATED")
	case "Extend":
		if s != "ACCEPTED" || !c.law.evidence || c.extended || c.handling.reached(r.now, c.allowed) {
			return false
		}
		c.extended, c.allowed = true, c.allowed+toHandle
	case "ExplainDelay":
		return s == "ACCEPTED" && c.handling.reached(r.now, c.allowed)
	case "PassReview":
		if s != "ACCEPTED" {
			return false
		}
		c.status = "READY"
		if c.kind != "CANCELLATION" {
			c.status, c.published = "IN_PUBLICITY", true
			c.handling.stop(r.now)
			c.publicity.start(r.now)
		}
	case "ClosePublicity":
		if s != "IN_PUBLICITY" || !c.publicity.reached(r.now, toPublish) {
			return false
		}
		c.status = "READY"
		c.handling.start(r.now)
	case "FileObjection":
		mine := slices.ContainsFunc(c.objections, func(o refObjection) bool { return o.open && o.by == who })
		if s != "OBJECTED" && (s != "IN_PUBLICITY" || c.publicity.reached(r.now, toPublish)) || mine || len(c.objections) == 100 {
			return false
		}
		c.objections, c.status = append(c.objections, refObjection{who, true}), "OBJECTED"
		c.publicity.stop(r.now)
	case "AnswerObjection":
		return s == "OBJECTED" && c.own(who) && c.disputes(n)
	case "WithdrawObjection", "DecideObjection":
		if s != "OBJECTED" || !c.disputes(n) || act == "WithdrawObjection" && c.objections[n-1].by != who {
			return false
		}
		c.objections[n-1].open = false
		if act == "DecideObjection" && yes {
			return r.end(c, true, c.law.upheld)
		}
		if c.undecided() == 0 {
			c.status = "IN_PUBLICITY"
			c.publicity.start(r.now)
		}
	case "Sweep":
		return r.end(c, s == "LAPSED" && c.status != "LAPSED", "LAPSED")
	default:
		panic(act)
	}
	return true
}

func (c *refCase) disputes(n int) bool {
	return n >= 1 && n <= len(c.objections) && c.objections[n-1].open
}

func (r *reference) end(c *refCase, may bool, as string) bool {
	if may {
		c.status = as
	}
	return may
}

// enterable says whether a case may be entered now.
func (r *reference) enterable(c *refCase, years int) bool {
	switch {
	case r.state(c) != "READY":
		return false
	case c.page == nil:
		return years >= 0 && years <= c.law.years
	}
	barred := len(c.page.orders) > 0 && (c.kind == "TRANSFER" || c.kind == "CANCELLATION")
	return years == 0 && r.alive(c.page) && !barred
}

// enter enters a case in the register; id names the page, if it is a new one.
func (r *reference) enter(c *refCase, id string, years int) {
	p := c.page
	switch c.kind {
	case "FIRST":
		if years == 0 {
			years = c.law.years
		}
		r.pages = append(r.pages, &refPage{id: id, law: c.law, holder: c.applicant, name: c.name, rights: c.rights, until: monthsLater(r.today(), 12*years), status: "ACTIVE", version: 1})
	case "CHANGE", "CORRECTION":
		p.name = c.name
		p.version++
	case "RENEWAL":
		p.until = monthsLater(p.until, 12*c.years)
		p.version++
	case "CANCELLATION":
		p.status = "CANCELLED"
	case "TRANSFER":
		r.pages = append(r.pages, &refPage{id: id, law: c.law, holder: c.to, name: p.name, rights: c.rights, until: p.until, status: "ACTIVE", version: 1})
		p.rights = slices.DeleteFunc(slices.Clone(p.rights), func(right string) bool { return slices.Contains(c.rights, right) })
		if p.version++; len(p.rights) == 0 {
			p.status, p.version = "SUPERSEDED", p.version-1
		}
	}
	c.status = "REGISTERED"
}
