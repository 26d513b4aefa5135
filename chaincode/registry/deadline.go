package registry

import "time"

// Recalculation records that a due date was changed because a calendar was (I22): never silently.
type Recalculation struct {
	Kind     DeadlineKind `json:"kind"`
	For      string       `json:"for,omitempty"`
	Before   Date         `json:"before"`
	After    Date         `json:"after,omitempty"` // empty: pending
	Calendar string       `json:"calendar,omitempty"`
	At       time.Time    `json:"at"`
	TxID     string       `json:"txId"`
}

// ComputeDeadline judges the explicit computation of due dates that were pending for want of a calendar.
func ComputeDeadline(c Case, req ActRequest) (Outcome, Refusals) {
	app, rs := c.record(req)
	computed := false
	for i := range app.Deadlines {
		if d := &app.Deadlines[i]; d.Pending {
			d.compute(c.Calendars)
			computed = computed || !d.Pending
		}
	}
	if !computed {
		rs.add(Refuse(CodeCalendarMissing, RulePeriods, "application", string(app.ID)))
	}
	c.move(&app, ActComputeDeadline, app.Status, false)
	return Outcome{Application: app}, rs
}

// RecalculateDeadline judges that running due dates follow a calendar of which a later version was adopted. What was
// before stays on record.
func RecalculateDeadline(c Case, req ActRequest) (Outcome, Refusals) {
	app, rs := c.record(req)
	changed := false
	for i := range app.Deadlines {
		d := &app.Deadlines[i]
		if d.FinishedAt != nil || d.Calendar == "" {
			continue
		}
		again := *d
		again.compute(c.Calendars)
		if again.DueDate == d.DueDate && again.Calendar == d.Calendar {
			continue
		}
		app.Recalculated = append(app.Recalculated, Recalculation{Kind: d.Kind, For: d.For, Before: d.DueDate, After: again.DueDate,
			Calendar: again.Calendar, At: c.At, TxID: c.TxID})
		*d, changed = again, true
	}
	if !changed {
		rs.add(Refuse(CodeNothingDue, RulePeriods, "application", string(app.ID)))
	}
	c.move(&app, ActRecalculateDeadline, app.Status, false)
	return Outcome{Application: app}, rs
}

// record begins an act that writes down what follows from other records, in any status.
func (c Case) record(req ActRequest) (Application, Refusals) {
	rs := checkKey(req.Key)
	if c.Application == nil {
		return Application{}, append(rs, Refuse(CodeNotFound, RuleForm, "application", clip(string(req.Application))))
	}
	rs.add(c.forward(c.Application.Mark))
	return copyApplication(*c.Application), rs
}

// forward refuses an act dated before the case's last change (I21).
func (f Facts) forward(m Mark) *Refusal {
	if !f.At.Before(m.UpdatedAt) {
		return nil
	}
	return Refuse(CodeClockBackwards, RuleDay, "at", instant(&f.At), "last", instant(&m.UpdatedAt))
}
