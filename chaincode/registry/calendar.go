package registry

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Zone is the civil time of the registry, UTC+8, fixed so that no time-zone table is consulted.
var Zone = time.FixedZone("CST", 8*3600)

// Date is a civil date in Zone, "2006-01-02".
type Date string

// CivilDate is the civil date of an instant.
func CivilDate(at time.Time) Date { return Date(at.In(Zone).Format(time.DateOnly)) }

// ParseDate checks that s is a real civil date.
func ParseDate(s string) (Date, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, Zone)
	if err != nil || t.Format(time.DateOnly) != s {
		return "", fmt.Errorf("%q is not a date of the form 2006-01-02", s)
	}
	return Date(s), nil
}

func (d Date) midnight() time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, string(d), Zone)
	return t
}

// AddDays is the civil date n days later.
func (d Date) AddDays(n int) Date { return CivilDate(d.midnight().AddDate(0, 0, n)) }

// addMonths is the corresponding day n months later, or that month's last day if there is none (民法典 第二百〇二条).
func (d Date) addMonths(n int) Date {
	t := d.midnight()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, Zone)
	last := first.AddDate(0, 1, -1).Day()
	return CivilDate(first.AddDate(0, 0, min(t.Day(), last)-1))
}

func (d Date) year() int { return d.midnight().Year() }

// Calendar is the working-day calendar of one year (工作日历) as the State Council arranged it. Days that it does not
// list are working days from Monday to Friday.
type Calendar struct {
	Year    int      `json:"year"`
	Version int      `json:"version"`
	Source  []string `json:"source"` // where the arrangement was published
	Off     []Date   `json:"off"`    // days off
	Work    []Date   `json:"work"`   // make-up working days
	Mark    Mark     `json:"mark"`
}

func (c Calendar) workday(d Date) bool {
	for _, off := range c.Off {
		if off == d {
			return false
		}
	}
	for _, work := range c.Work {
		if work == d {
			return true
		}
	}
	w := d.midnight().Weekday()
	return w != time.Saturday && w != time.Sunday
}

// Calendars are the adopted calendars that a computation may use. A year without one is unknown, never guessed.
type Calendars []Calendar

func (cs Calendars) of(year int) (Calendar, bool) {
	for _, c := range cs {
		if c.Year == year {
			return c, true
		}
	}
	return Calendar{}, false
}

// Workday says whether d is a working day; known is false when the calendar of its year is not adopted.
func (cs Calendars) Workday(d Date) (workday, known bool) {
	c, ok := cs.of(d.year())
	return ok && c.workday(d), ok
}

// AddWorkdays is the last day of a period of n working days that begins on start, which does not count itself
// (民法典 第二百〇一条); days that rest, in pauses of the period, do not count either. used names the calendar versions;
// known is false when a year on the way has no calendar.
func (cs Calendars) AddWorkdays(start Date, n int, rests func(Date) bool) (last Date, used string, known bool) {
	d, year := start, 0
	for n > 0 {
		d = d.AddDays(1)
		c, ok := cs.of(d.year())
		if !ok {
			return "", "", false
		}
		if c.Year != year {
			year = c.Year
			used = strings.TrimSpace(used + " " + strconv.Itoa(c.Year) + "/" + strconv.Itoa(c.Version))
		}
		if c.workday(d) && (rests == nil || !rests(d)) {
			n--
		}
	}
	return d, used, true
}

// nextWorkday is the first working day from d on; known is false when a year on the way has no calendar.
func (cs Calendars) nextWorkday(d Date) (day Date, known bool) {
	for {
		workday, known := cs.Workday(d)
		if workday || !known {
			return d, known
		}
		d = d.AddDays(1)
	}
}

//go:embed calendars/*.json
var published embed.FS

// PublishedCalendars are the arrangements that this version of the software knows, to be adopted by the bureau when
// a network is founded. A year that is not published is missing.
func PublishedCalendars() ([]Calendar, error) {
	entries, err := published.ReadDir("calendars")
	if err != nil {
		return nil, err
	}
	var out []Calendar
	for _, e := range entries {
		body, err := published.ReadFile("calendars/" + e.Name())
		if err != nil {
			return nil, err
		}
		c := Calendar{Version: 1}
		if err := json.Unmarshal(body, &c); err != nil {
			return nil, fmt.Errorf("calendar %s: %w", e.Name(), err)
		}
		out = append(out, c)
	}
	return out, nil
}
