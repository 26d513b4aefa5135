package registry

import (
	"slices"
	"strconv"
)

// Mode is fixed when a network is founded.
type Mode string

// The modes of a network. Whatever a demo network issues says 演示.
const (
	ModeLegal Mode = "legal"
	ModeDemo  Mode = "demo"
)

// Network is the founding record of a ledger.
type Network struct {
	Mode         Mode   `json:"mode"`
	Jurisdiction string `json:"jurisdiction"` // region code of the city
	// Administrator is the bureau's administrator, who has no account: one identity with one key, whatever the certificate authority
	// says of others. Successor was named and waits for another organisation.
	Administrator Administrator  `json:"administrator"`
	Successor     *Administrator `json:"successor,omitempty"`
	Mark          Mark           `json:"mark"`
}

// Authority is the rank of a rule profile (第六十一条).
type Authority string

// Ranks of rule profiles.
const (
	AuthorityNational Authority = "NATIONAL"
	AuthorityProvince Authority = "PROVINCE"
	AuthorityCity     Authority = "CITY"
)

// RuleProfile is one version of a track's rules (规则版本): deadlines, publicity and validity are data with effective
// dates, never constants.
type RuleProfile struct {
	Track        Track          `json:"track"`
	Version      int            `json:"version"`
	Authority    Authority      `json:"authority"`
	Source       string         `json:"source"`          // the legal document
	From         Date           `json:"from"`            // first day in force
	Until        Date           `json:"until,omitempty"` // last day in force; empty: open
	Accept       Period         `json:"accept"`
	Supplement   Period         `json:"supplement"`
	Review       Period         `json:"review"`
	Publicity    Period         `json:"publicity"`
	Objection    Period         `json:"objection"`
	Notify       Period         `json:"notify"`                 // for telling the registrant of an objection after registration; N 0: the track has none
	Evidence     Period         `json:"evidence"`               // for supporting evidence that the review asks for
	Extension    Period         `json:"extension"`              // by which the handling may be prolonged, once; N 0: not at all
	Whole        bool           `json:"whole,omitempty"`        // the review period is that of the whole handling, publicity left out
	Formal       bool           `json:"formal,omitempty"`       // the review is formal, by a checklist of the materials
	Materials    []MaterialKind `json:"materials,omitempty"`    // that a filing needs
	Grounds      []string       `json:"grounds,omitempty"`      // on which registration is refused; none: reasons alone
	Upheld       Status         `json:"upheld"`                 // what an upheld objection leads to: REFUSED or TERMINATED
	Actions      []Action       `json:"actions"`                // kinds of registration that the track has
	Unpublished  []Action       `json:"unpublished,omitempty"`  // kinds without publicity: those that issue no certificate
	Cancelling   Period         `json:"cancelling"`             // for cancellation, from acceptance
	Joining      Period         `json:"joining"`                // for the other party to join
	RenewalEnd   int            `json:"renewalEnd,omitempty"`   // days before the last day of validity on which the renewal window closes
	RenewalHolds bool           `json:"renewalHolds,omitempty"` // a renewal filed in time keeps the registration alive until decided
	Validity     Period         `json:"validity"`               // longest validity of a certificate
	Renewal      Period         `json:"renewal"`                // how long before expiry the renewal window opens
	Retention    Period         `json:"retention"`              // how long records are kept
	Status       string         `json:"status,omitempty"`       // PROPOSED or ADOPTED; empty in a request
	ProposedBy   PersonID       `json:"proposedBy,omitempty"`
	ConfirmedBy  PersonID       `json:"confirmedBy,omitempty"` // of another organisation
	Mark         Mark           `json:"mark"`
}

// Statuses of a profile.
const (
	ProfileProposed = "PROPOSED" // 待其他机构确认
	ProfileAdopted  = "ADOPTED"  // 已采用
)

// Ref names the profile as records cite it, for example "DATA_ASSET/1".
func (p RuleProfile) Ref() string { return string(p.Track) + "/" + strconv.Itoa(p.Version) }

// handling are the periods of a case, from filing to entry.
func (p RuleProfile) handling() []Period {
	return []Period{p.Accept, p.Supplement, p.Review, p.Publicity, p.Objection, p.Notify, p.Evidence, p.Cancelling, p.Joining}
}

// Demo says whether only a demo network may adopt the profile.
func (p RuleProfile) Demo() bool { return slices.ContainsFunc(p.handling(), Period.Demo) }

// CountsWorkdays says whether a period of the profile needs a calendar.
func (p RuleProfile) CountsWorkdays() bool {
	return slices.ContainsFunc(p.handling(), func(period Period) bool { return period.Unit == UnitWorkday })
}

// review is the period for reviewing, or handling, an application of a kind.
func (p RuleProfile) review(action Action) Period {
	if action == ActionCancellation {
		return p.Cancelling
	}
	return p.Review
}

// RenewalWindow is the first and the last day on which renewal may be applied for.
func (p RuleProfile) RenewalWindow(validUntil Date) (opens, closes Date) {
	switch p.Renewal.Unit {
	case UnitMonth:
		opens = validUntil.addMonths(-p.Renewal.N)
	case UnitYear:
		opens = validUntil.addMonths(-12 * p.Renewal.N)
	default:
		opens = validUntil.AddDays(-p.Renewal.N)
	}
	return opens, validUntil.AddDays(-p.RenewalEnd)
}

// InForce says whether the profile is in force on a civil day.
func (p RuleProfile) InForce(day Date) bool {
	return inForce(p.From, p.Until, day)
}

func inForce(from, until, day Date) bool { return from <= day && (until == "" || day <= until) }

// ProfileIndex lists the versions of a track, so that the one in force is found without a scan.
type ProfileIndex struct {
	Track    Track          `json:"track"`
	Versions []ProfileEntry `json:"versions"`
}

// ProfileEntry is one line of a ProfileIndex.
type ProfileEntry struct {
	Version   int       `json:"version"`
	Authority Authority `json:"authority"`
	From      Date      `json:"from"`
	Until     Date      `json:"until,omitempty"`
	// Profile is the version itself, so that filing finds it in one read; entries of older ledgers have none.
	Profile *RuleProfile `json:"profile,omitempty"`
}

// Find is the version in force on a day: the city's if there is one, otherwise the province's, otherwise the
// national one (a lapsed city profile falls back); among equals the latest. Version 0 means none.
func (x ProfileIndex) Find(day Date) ProfileEntry {
	for _, rank := range []Authority{AuthorityCity, AuthorityProvince, AuthorityNational} {
		for i := len(x.Versions) - 1; i >= 0; i-- {
			e := x.Versions[i]
			if e.Authority == rank && inForce(e.From, e.Until, day) {
				return e
			}
		}
	}
	return ProfileEntry{}
}

const (
	sourceCity   = "海东市数据要素管理办法（暂行）（东政办〔2025〕25号）"
	sourcePublic = "公共数据资源登记管理暂行办法（发改数据规〔2025〕26号）"
	sourceGuide  = "数据产权登记工作指引（试行）（国数综政策〔2026〕35号）"
)

// InitialProfiles are the profiles that a new network adopts: for data assets the city's in force with the 办法, and the national
// guide's that remains when the 办法 expires (第六十二条); for public data the national rules. In demo mode the city's are in force on every
// track, with periods of seconds and minutes.
func InitialProfiles(mode Mode) []RuleProfile {
	national := nationalAsset()
	city := national
	city.Version, city.Authority, city.Source = 2, AuthorityCity, sourceCity
	city.From, city.Until = "2025-05-01", "2027-04-30"
	resource, product := nationalPublic(TrackPublicResource), nationalPublic(TrackPublicProduct)
	if mode != ModeDemo {
		return []RuleProfile{national, city, resource, product}
	}
	all := []RuleProfile{national, city.demo(), resource, product}
	for _, p := range []RuleProfile{resource, product} {
		p.Version, p.Authority, p.Source, p.From, p.Until = 2, AuthorityCity, sourceCity, city.From, city.Until
		all = append(all, p.demo())
	}
	return all
}

// demo shortens the periods of a case to what a demonstration can wait for.
func (p RuleProfile) demo() RuleProfile {
	for _, period := range []*Period{&p.Accept, &p.Supplement, &p.Review, &p.Objection, &p.Notify, &p.Evidence, &p.Extension, &p.Cancelling, &p.Joining} {
		if period.N > 0 {
			period.Unit, period.N = UnitMinute, 60
		}
	}
	p.Accept.N = 30
	p.Publicity = Period{UnitSecond, 5, EffectBar}
	return p
}

func nationalAsset() RuleProfile {
	return RuleProfile{
		Track: TrackDataAsset, Version: 1, Authority: AuthorityNational, Source: sourceGuide, From: "2026-07-01",
		Accept:       Period{UnitWorkday, 3, EffectDeemed},
		Supplement:   Period{UnitWorkday, 10, EffectLapse},
		Review:       Period{UnitWorkday, 10, EffectDuty},
		Publicity:    Period{UnitWorkday, 5, EffectBar},
		Objection:    Period{UnitWorkday, 10, EffectDuty},
		Notify:       Period{UnitWorkday, 5, EffectDuty},
		Evidence:     Period{UnitWorkday, 10, EffectBar},
		Extension:    Period{UnitWorkday, 10, EffectDuty},
		Whole:        true,
		Materials:    []MaterialKind{MaterialIdentity, MaterialSource}, // and the sample, on every track of data assets
		Grounds:      Grounds,
		Upheld:       StatusRefused,
		Actions:      []Action{ActionFirst, ActionTransfer, ActionChange, ActionRenewal, ActionCancellation},
		Unpublished:  []Action{ActionCancellation},
		Cancelling:   Period{UnitWorkday, 10, EffectDuty},
		Joining:      Period{UnitWorkday, 10, EffectLapse},
		RenewalEnd:   1,
		RenewalHolds: true,
		Validity:     Period{UnitYear, 5, EffectLapse},
		Renewal:      Period{UnitMonth, 6, EffectBar},
		Retention:    Period{UnitYear, 20, EffectDuty},
	}
}

// nationalPublic is 公共数据资源登记管理暂行办法. It knows no lapse of a supplement, no evidence asked for in review, no ground of refusal and no time
// for an objection: the supplement's and the objection's periods are duties that the registry sets for itself.
func nationalPublic(track Track) RuleProfile {
	return RuleProfile{
		Track: track, Version: 1, Authority: AuthorityNational, Source: sourcePublic, From: "2025-03-01", Until: "2030-02-28",
		Accept:      Period{UnitWorkday, 3, EffectDuty},
		Supplement:  Period{UnitWorkday, 10, EffectDuty},
		Review:      Period{UnitWorkday, 20, EffectDuty},
		Publicity:   Period{UnitWorkday, 10, EffectBar},
		Objection:   Period{UnitWorkday, 10, EffectDuty},
		Formal:      true,
		Materials:   []MaterialKind{MaterialIdentity, MaterialSource, MaterialResource, MaterialDeposit, MaterialProduct, MaterialScenario, MaterialRisk},
		Upheld:      StatusTerminated,
		Actions:     []Action{ActionFirst, ActionChange, ActionCorrection, ActionRenewal, ActionCancellation},
		Unpublished: []Action{ActionCancellation},
		Cancelling:  Period{UnitWorkday, 10, EffectDuty},
		Joining:     Period{UnitWorkday, 10, EffectLapse},
		Validity:    Period{UnitYear, 3, EffectLapse},
		Renewal:     Period{UnitDay, 60, EffectBar},
		Retention:   Period{UnitYear, 20, EffectDuty},
	}
}
