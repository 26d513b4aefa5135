package registry

import (
	"slices"
	"strings"
)

// FoundRequest is the document of rule:Found.
type FoundRequest struct {
	Key          string `json:"key"`
	Mode         Mode   `json:"mode"`
	Jurisdiction string `json:"jurisdiction"`
}

// Found judges the founding of a network, once: demo or legal is fixed for ever.
func Found(f Facts, req FoundRequest, old *Network) (Network, Refusals) {
	rs := checkKey(req.Key)
	v := fieldCheck{}
	v.oneOf("mode", string(req.Mode), string(ModeLegal), string(ModeDemo))
	v.region("jurisdiction", req.Jurisdiction)
	rs.add(v.refusal())
	if old != nil {
		rs.add(Refuse(CodeFounded, RuleDemo, "mode", string(old.Mode)))
	}
	return Network{Mode: req.Mode, Jurisdiction: req.Jurisdiction, Administrator: Administrator{Enrolment: f.Actor.Enrolment, KeyDigest: f.Actor.KeyDigest}, Mark: Mark{}.touch(f)}, rs
}

// AdoptProfileRequest is the document of rule:AdoptProfile; the profile's mark is empty.
type AdoptProfileRequest struct {
	Key     string      `json:"key"`
	Profile RuleProfile `json:"profile"`
}

// AdoptProfile judges a new version of a track's rules. Versions are never replaced. The initial profiles, which every organisation
// approved with the chaincode, are adopted at once; any other is a proposal of the bureau that another organisation has to confirm.
// The index is nil while nothing is adopted.
func AdoptProfile(f Facts, req AdoptProfileRequest, index ProfileIndex, exists bool) (RuleProfile, *ProfileIndex, Refusals) {
	rs := checkKey(req.Key)
	p := req.Profile
	v := fieldCheck{}
	v.oneOf("profile.track", string(p.Track), string(TrackDataAsset), string(TrackPublicResource), string(TrackPublicProduct))
	v.oneOf("profile.authority", string(p.Authority), string(AuthorityNational), string(AuthorityProvince), string(AuthorityCity))
	v.text("profile.source", p.Source, maxLine, RuleSuperior)
	v.date("profile.from", p.From, RuleSuperior)
	v.when(p.Until != "" && p.Until < p.From, "profile.until", ProblemOrder, RuleSuperior)
	v.when(p.Version < 1, "profile.version", ProblemRange, RuleSuperior)
	v.when(p.Status != "" || p.ProposedBy != "" || p.ConfirmedBy != "", "profile.status", ProblemNotAllowed, RuleSuperior)
	v.periods(p)
	rs.add(v.refusal())
	if exists {
		rs.add(Refuse(CodeVersionExists, RuleSuperior, "profile", p.Ref()))
	}
	if p.Demo() && f.Mode != ModeDemo {
		rs.add(Refuse(CodeModeRefused, RuleDemo, "profile", p.Ref()))
	}
	initial := isInitial(f.Mode, p)
	p.Status, p.ProposedBy, p.Mark = ProfileProposed, f.Actor.ID(), Mark{}.touch(f)
	if initial {
		p.Status = ProfileAdopted
		adopted := index.adopt(p)
		return p, &adopted, rs
	}
	rs = append(rs, index.fits(f, p)...)
	return p, nil, rs
}

// ConfirmProfileRequest is the document of rule:ConfirmProfile; Digest says what was read.
type ConfirmProfileRequest struct {
	Key     string `json:"key"`
	Track   Track  `json:"track"`
	Version int    `json:"version"`
	Digest  string `json:"digest"` // hex SHA-256 of the proposal in canonical JSON
}

// ConfirmProfile judges the confirmation of a proposed profile by an organisation other than the bureau; it is adopted then.
func ConfirmProfile(f Facts, req ConfirmProfileRequest, proposal *RuleProfile, index ProfileIndex) (RuleProfile, ProfileIndex, Refusals) {
	rs := checkKey(req.Key)
	if proposal == nil {
		return RuleProfile{}, index, append(rs, NotFound(clip(string(req.Track))+"/"+itoa(req.Version)))
	}
	v := fieldCheck{}
	v.hexDigest("digest", req.Digest, RuleSuperior)
	v.when(req.Digest != "" && req.Digest != Digest(*proposal), "digest", ProblemReference, RuleSuperior)
	rs.add(v.refusal())
	if proposal.Status != ProfileProposed {
		rs.add(Refuse(CodeVersionExists, RuleSuperior, "profile", proposal.Ref()))
	}
	rs = append(rs, index.fits(f, *proposal)...)
	p := *proposal
	p.Status, p.ConfirmedBy, p.Mark = ProfileAdopted, f.Actor.ID(), p.Mark.touch(f)
	return p, index.adopt(p), rs
}

// isInitial says whether a profile is one of those that the software brings.
func isInitial(mode Mode, p RuleProfile) bool {
	return slices.ContainsFunc(InitialProfiles(mode), func(known RuleProfile) bool { return Digest(known) == Digest(p) })
}

// adopt adds a version to the index.
func (x ProfileIndex) adopt(p RuleProfile) ProfileIndex {
	x.Track = p.Track
	x.Versions = append(slices.Clone(x.Versions), ProfileEntry{p.Version, p.Authority, p.From, p.Until, &p})
	return x
}

// fits refuses a profile that would reach back, or that stays behind the superior rules in force on its first day (第六十一条).
func (x ProfileIndex) fits(f Facts, p RuleProfile) Refusals {
	var rs Refusals
	if p.From < CivilDate(f.At) {
		rs.add(Refuse(CodeTooLate, RuleSuperior, "dueDate", string(p.From)))
	}
	superior := x.superior(p)
	if superior == nil || p.Demo() {
		return rs
	}
	if behind := p.behind(*superior); len(behind) > 0 {
		rs.add(Refuse(CodeSuperiorRule, RuleSuperior, "periods", strings.Join(behind, " "), "profile", superior.Ref()))
	}
	return rs
}

// superior is the profile of the highest rank above a profile that is in force on its first day, or nil.
func (x ProfileIndex) superior(p RuleProfile) *RuleProfile {
	for _, rank := range []Authority{AuthorityNational, AuthorityProvince} {
		if rank == p.Authority {
			return nil
		}
		for _, e := range slices.Backward(x.Versions) {
			if e.Authority == rank && e.Profile != nil && e.Profile.InForce(p.From) {
				return e.Profile
			}
		}
	}
	return nil
}

// behind names what a profile grants less of than a superior one: the registrar's times may only be shorter, publicity and retention only
// longer, validity only shorter, and silence stays acceptance where it is.
func (p RuleProfile) behind(superior RuleProfile) []string {
	var names []string
	for _, c := range []struct {
		name       string
		own, above Period
		longer     bool // is the longer one behind
	}{
		{"accept", p.Accept, superior.Accept, true}, {"review", p.Review, superior.Review, true}, {"extension", p.Extension, superior.Extension, true},
		{"cancelling", p.Cancelling, superior.Cancelling, true}, {"objection", p.Objection, superior.Objection, true}, {"notify", p.Notify, superior.Notify, true},
		{"validity", p.Validity, superior.Validity, true}, {"publicity", p.Publicity, superior.Publicity, false}, {"retention", p.Retention, superior.Retention, false},
	} {
		other := c.own.Unit != c.above.Unit && c.own.N > 0
		if other || c.longer && c.own.N > c.above.N || !c.longer && c.own.N < c.above.N {
			names = append(names, c.name)
		}
	}
	if superior.Accept.Effect == EffectDeemed && p.Accept.Effect != EffectDeemed {
		names = append(names, "deemed")
	}
	return names
}

var actions = []string{string(ActionFirst), string(ActionChange), string(ActionCorrection), string(ActionTransfer), string(ActionRenewal), string(ActionCancellation)}

func (v *fieldCheck) periods(p RuleProfile) {
	for _, x := range []struct {
		path string
		p    Period
	}{{"accept", p.Accept}, {"supplement", p.Supplement}, {"review", p.Review}, {"publicity", p.Publicity},
		{"objection", p.Objection}, {"cancelling", p.Cancelling}, {"joining", p.Joining}, {"validity", p.Validity}, {"renewal", p.Renewal}, {"retention", p.Retention}} {
		path := "profile." + x.path
		v.oneOf(path+".unit", string(x.p.Unit), string(UnitWorkday), string(UnitDay), string(UnitMonth), string(UnitYear), string(UnitMinute), string(UnitSecond))
		v.when(x.p.N < 1 || x.p.N > 1000, path+".n", ProblemRange, RuleSuperior)
	}
	v.when(p.Notify.N < 0 || p.Notify.N > 1000, "profile.notify.n", ProblemRange, RuleDispute)
	v.when(p.Notify.N == 0 && p.Notify != Period{}, "profile.notify.unit", ProblemNotAllowed, RuleDispute)
	v.when(p.Evidence.N < 0 || p.Evidence.N > 1000, "profile.evidence.n", ProblemRange, RuleReview)
	v.when(p.Evidence.N == 0 && p.Evidence != Period{}, "profile.evidence.unit", ProblemNotAllowed, RuleReview)
	for i, kind := range p.Materials {
		v.optionalText(at("profile.materials", i), string(kind), 40, RuleMaterials)
		v.when(slices.Contains(p.Materials[:i], kind), at("profile.materials", i), ProblemDuplicate, RuleMaterials)
	}
	v.when(p.Formal && len(p.Materials) == 0, "profile.materials", ProblemMissing, RuleFormalReview)
	for i, g := range p.Grounds {
		v.oneOf(at("profile.grounds", i), g, Grounds...)
	}
	v.when(p.Extension.N != 0 && p.Extension.Unit != p.Review.Unit, "profile.extension.unit", ProblemNotAllowed, RuleHandling)
	v.when(p.Extension.N < 0 || p.Extension.N > p.Review.N, "profile.extension.n", ProblemRange, RuleHandling)
	v.list("profile.actions", len(p.Actions), len(actions))
	for i, a := range p.Actions {
		v.oneOf(at("profile.actions", i), string(a), actions...)
	}
	v.when(slices.ContainsFunc(p.Unpublished, func(a Action) bool { return a != ActionCancellation }), "profile.unpublished", ProblemNotAllowed, RuleCertificate)
	v.when(p.Renewal.Demo() || p.Renewal.Unit == UnitWorkday, "profile.renewal.unit", ProblemNotAllowed, RuleRenewal)
	v.when(p.RenewalEnd < 0 || p.RenewalEnd > 30, "profile.renewalEnd", ProblemRange, RuleRenewal)
	v.oneOf("profile.upheld", string(p.Upheld), string(StatusRefused), string(StatusTerminated))
	v.when(p.Validity.Unit != UnitYear, "profile.validity.unit", ProblemNotAllowed, RuleDeposit)
	v.when(p.Retention.Unit != UnitYear || p.Retention.N < 20, "profile.retention.n", ProblemRange, RuleImpartial)
}

// AdoptCalendarRequest is the document of rule:AdoptCalendar; the calendar's mark is empty.
type AdoptCalendarRequest struct {
	Key      string   `json:"key"`
	Calendar Calendar `json:"calendar"`
}

// AdoptCalendar judges a year's working-day calendar; a later arrangement is a new version.
func AdoptCalendar(f Facts, req AdoptCalendarRequest, current *Calendar) (Calendar, Refusals) {
	rs := checkKey(req.Key)
	c := req.Calendar
	v := fieldCheck{}
	v.when(c.Year < 2025 || c.Year > 2100, "calendar.year", ProblemRange, RulePeriods)
	v.when(len(c.Source) == 0, "calendar.source", ProblemMissing, RulePeriods)
	v.when(len(c.Off) == 0, "calendar.off", ProblemMissing, RulePeriods)
	v.days("calendar.off", c.Year, c.Off)
	v.days("calendar.work", c.Year, c.Work)
	for i, s := range c.Source {
		v.text(at("calendar.source", i), s, maxLine, RulePeriods)
	}
	rs.add(v.refusal())
	want := 1
	if current != nil {
		want = current.Version + 1
	}
	if c.Version != want {
		rs.add(Refuse(CodeVersionExists, RulePeriods, "version", itoa(c.Version), "next", itoa(want)))
	}
	c.Mark = Mark{}.touch(f)
	return c, rs
}

func (v *fieldCheck) days(path string, year int, days []Date) {
	for i, d := range days {
		v.date(at(path, i), d, RulePeriods)
		v.when(d != "" && d.year() != year, at(path, i), ProblemRange, RulePeriods)
		v.when(i > 0 && d <= days[i-1], at(path, i), ProblemOrder, RulePeriods)
	}
}
