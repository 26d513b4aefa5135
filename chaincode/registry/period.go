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
	DeadlineJoin       DeadlineKind = "JOIN"       // 对方当事人确认
	DeadlineAccept     DeadlineKind = "ACCEPT"     // 受理
	DeadlineSupplement DeadlineKind = "SUPPLEMENT" // 补正
	DeadlineReview     DeadlineKind = "REVIEW"     // 审查、办结
	DeadlineEvidence   DeadlineKind = "EVIDENCE"   // 补充佐证材料
	DeadlinePublicity  DeadlineKind = "PUBLICITY"  // 公示
	DeadlineObjection  DeadlineKind = "OBJECTION"  // 异议处理
	DeadlineNotify     DeadlineKind = "NOTIFY"     // 登记后异议书面通知登记申请人
)

// Deadline is a period that was started by an act. Computed once and stored with the calendars used; without a
// calendar it is pending (待日历公布) until an explicit act computes it. While its clock stands still (中止) it has no end.
type Deadline struct {
	Kind       DeadlineKind `json:"kind"`
	For        string       `json:"for,omitempty"` // which one of several: the number of an objection
	Rule       RuleID       `json:"rule"`
	Unit       Unit         `json:"unit"`
	N          int          `json:"n"`
	Extended   int          `json:"extended,omitempty"` // units by which the period was prolonged
	Notice     int          `json:"notice,omitempty"`   // from the service of which notice it runs
	Unserved   bool         `json:"unserved,omitempty"` // that notice is not served yet: the period has no end
	StartAt    time.Time    `json:"startAt"`
	NextWD     bool         `json:"nextWD,omitempty"` // begins on the first working day from StartAt on
	Pauses     []Pause      `json:"pauses,omitempty"`
	DueDate    Date         `json:"dueDate,omitempty"`  // last civil day, shown to people
	DueAt      *time.Time   `json:"dueAt,omitempty"`    // exclusive end
	Pending    bool         `json:"pending,omitempty"`  // 待日历公布
	Calendar   string       `json:"calendar,omitempty"` // versions used, "2026/1" or "2026/1 2027/1"
	Effect     Effect       `json:"effect"`
	FinishedAt *time.Time   `json:"finishedAt,omitempty"`
}

// Pause is a span in which the clock of a period stands still (不计入期限, 第二十八条 of the guide). Its first and last civil
// day do not count, like the day on which a period begins.
type Pause struct {
	From time.Time  `json:"from"`
	To   *time.Time `json:"to,omitempty"` // nil: the clock still stands
	Act  Act        `json:"act"`          // what stopped it
}

// Start begins a period at an instant; the first civil day does not count (民法典 第二百〇一条).
func (p Period) Start(kind DeadlineKind, rule RuleID, at time.Time, cs Calendars) Deadline {
	d := Deadline{Kind: kind, Rule: rule, Unit: p.Unit, N: p.N, StartAt: at.UTC(), Effect: p.Effect}
	d.compute(cs)
	return d
}

// StartNextWorkday begins a period on the first working day from an instant on; periods without working days begin at once.
func (p Period) StartNextWorkday(kind DeadlineKind, rule RuleID, at time.Time, cs Calendars) Deadline {
	d := Deadline{Kind: kind, Rule: rule, Unit: p.Unit, N: p.N, StartAt: at.UTC(), Effect: p.Effect, NextWD: p.Unit == UnitWorkday}
	d.compute(cs)
	return d
}

// Paused says whether the clock stands still.
func (d Deadline) Paused() bool { return len(d.Pauses) > 0 && d.Pauses[len(d.Pauses)-1].To == nil }

// pause stops the clock; the period has no end meanwhile.
func (d *Deadline) pause(at time.Time, act Act) {
	if d.Paused() {
		return
	}
	d.Pauses = append(append([]Pause(nil), d.Pauses...), Pause{From: at.UTC(), Act: act})
	d.compute(nil)
}

// resume lets the clock run on, for the rest of the period.
func (d *Deadline) resume(at time.Time, cs Calendars) {
	if !d.Paused() {
		return
	}
	d.Pauses = append([]Pause(nil), d.Pauses...)
	at = at.UTC()
	d.Pauses[len(d.Pauses)-1].To = &at
	d.compute(cs)
}

// extend prolongs the period by n of its units.
func (d *Deadline) extend(n int, cs Calendars) {
	d.Extended += n
	d.compute(cs)
}

// compute fills in the end, or marks the deadline as pending.
func (d *Deadline) compute(cs Calendars) {
	d.DueDate, d.DueAt, d.Pending, d.Calendar = "", nil, false, ""
	if d.Unserved || d.Paused() {
		return
	}
	start, n := CivilDate(d.StartAt), d.N+d.Extended
	switch d.Unit {
	case UnitSecond:
		d.endAt(d.StartAt.Add(time.Duration(n)*time.Second + d.stood()))
	case UnitMinute:
		d.endAt(d.StartAt.Add(time.Duration(n)*time.Minute + d.stood()))
	case UnitDay:
		d.endOf(d.prolong(start, start.AddDays(n)))
	case UnitMonth:
		d.endOf(d.prolong(start, start.addMonths(n)))
	case UnitYear:
		d.endOf(d.prolong(start, start.addMonths(12*n)))
	case UnitWorkday:
		d.computeWorkdays(start, n, cs)
	}
}

func (d *Deadline) computeWorkdays(start Date, n int, cs Calendars) {
	known := true
	if d.NextWD {
		start, known = cs.nextWorkday(start)
	}
	var last Date
	if known {
		last, d.Calendar, known = cs.AddWorkdays(start, n, d.rests)
	}
	if !known {
		d.Pending, d.Calendar = true, ""
		return
	}
	d.endOf(last)
}

// rests says whether a civil day lies in a pause.
func (d *Deadline) rests(day Date) bool {
	for _, p := range d.Pauses {
		if p.To != nil && CivilDate(p.From) <= day && day <= CivilDate(*p.To) {
			return true
		}
	}
	return false
}

// stood is how long the clock stood still.
func (d *Deadline) stood() time.Duration {
	var sum time.Duration
	for _, p := range d.Pauses {
		if p.To != nil {
			sum += p.To.Sub(p.From)
		}
	}
	return sum
}

// prolong adds to a calendar period the days on which the clock stood still.
func (d *Deadline) prolong(start, end Date) Date {
	if len(d.Pauses) == 0 {
		return end
	}
	for day := start.AddDays(1); day <= end; day = day.AddDays(1) {
		if d.rests(day) {
			end = end.AddDays(1)
		}
	}
	return end
}

func (d *Deadline) endOf(last Date) {
	end := last.AddDays(1).midnight().UTC()
	d.DueDate, d.DueAt = last, &end
}

func (d *Deadline) endAt(end time.Time) {
	end = end.UTC()
	d.DueDate, d.DueAt = CivilDate(end), &end
}

// Over says whether the period has ended at an instant; a pending one, or one whose clock stands still, has not.
func (d Deadline) Over(at time.Time) bool {
	return d.DueAt != nil && !at.Before(*d.DueAt)
}
