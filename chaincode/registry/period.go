package registry

import "time"

// Unit is what a period counts.
type Unit string

// Units of periods. SECOND and MINUTE exist in demo networks only.
const (
	UnitWorkday Unit = "WD"
	UnitDay     Unit = "DAY"
	UnitMonth   Unit = "MONTH"
	UnitYear    Unit = "YEAR"
	UnitMinute  Unit = "MINUTE"
	UnitSecond  Unit = "SECOND"
)

// Effect is what the end of a period brings about.
type Effect string

// Effects of a period's end.
const (
	EffectBar    Effect = "BAR"    // an act outside the period is refused
	EffectDeemed Effect = "DEEMED" // no answer counts as consent
	EffectDuty   Effect = "DUTY"   // the registrar is late: flagged, never refused
	EffectLapse  Effect = "LAPSE"  // the case or right ends by itself
)

// Period is a length of time in a rule profile.
type Period struct {
	Unit   Unit   `json:"unit"`
	N      int    `json:"n"`
	Effect Effect `json:"effect,omitempty"`
}

// Demo says whether only a demo network may use the period.
func (p Period) Demo() bool { return p.Unit == UnitSecond || p.Unit == UnitMinute }

// DeadlineKind names what is to be done before a deadline.
type DeadlineKind string

// Deadlines of a registration case.
const (
	DeadlineAccept     DeadlineKind = "ACCEPT"     // 受理
	DeadlineSupplement DeadlineKind = "SUPPLEMENT" // 补正
	DeadlineReview     DeadlineKind = "REVIEW"     // 审查
	DeadlinePublicity  DeadlineKind = "PUBLICITY"  // 公示
	DeadlineObjection  DeadlineKind = "OBJECTION"  // 异议处理
)

// Deadline is a period that was started by an act. Computed once and stored with the calendar used; without a
// calendar it is pending (待日历公布) until an explicit act computes it.
type Deadline struct {
	Kind       DeadlineKind `json:"kind"`
	Rule       RuleID       `json:"rule"`
	Unit       Unit         `json:"unit"`
	N          int          `json:"n"`
	StartAt    time.Time    `json:"startAt"`
	DueDate    Date         `json:"dueDate,omitempty"` // last civil day, shown to people
	DueAt      *time.Time   `json:"dueAt,omitempty"`   // exclusive end
	Pending    bool         `json:"pending,omitempty"` // 待日历公布
	Calendar   string       `json:"calendar,omitempty"`
	Effect     Effect       `json:"effect"`
	FinishedAt *time.Time   `json:"finishedAt,omitempty"`
}

// Start begins a period at an instant; the first civil day does not count (民法典 第二百〇一条).
func (p Period) Start(kind DeadlineKind, rule RuleID, at time.Time, cs Calendars) Deadline {
	d := Deadline{Kind: kind, Rule: rule, Unit: p.Unit, N: p.N, StartAt: at.UTC(), Effect: p.Effect}
	d.compute(cs)
	return d
}

// compute fills in the end, or marks the deadline as pending.
func (d *Deadline) compute(cs Calendars) {
	start := CivilDate(d.StartAt)
	switch d.Unit {
	case UnitSecond:
		d.endAt(d.StartAt.Add(time.Duration(d.N) * time.Second))
	case UnitMinute:
		d.endAt(d.StartAt.Add(time.Duration(d.N) * time.Minute))
	case UnitDay:
		d.endOf(start.AddDays(d.N))
	case UnitMonth:
		d.endOf(start.addMonths(d.N))
	case UnitYear:
		d.endOf(start.addMonths(12 * d.N))
	case UnitWorkday:
		last, used, known := cs.AddWorkdays(start, d.N)
		if !known {
			d.Pending = true
			return
		}
		d.Calendar = used
		d.endOf(last)
	}
}

func (d *Deadline) endOf(last Date) {
	end := last.AddDays(1).midnight().UTC()
	d.Pending, d.DueDate, d.DueAt = false, last, &end
}

func (d *Deadline) endAt(end time.Time) {
	end = end.UTC()
	d.Pending, d.DueDate, d.DueAt = false, CivilDate(end), &end
}

// Over says whether the period has ended at an instant; a pending one has not.
func (d Deadline) Over(at time.Time) bool {
	return !d.Pending && d.DueAt != nil && !at.Before(*d.DueAt)
}
