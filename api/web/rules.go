package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// tracks in the order in which pages show them.
var tracks = []registry.Track{registry.TrackDataAsset, registry.TrackPublicResource, registry.TrackPublicProduct}

// trackRules are the versions of a track's rules, with the one in force today.
type trackRules struct {
	Track   registry.Track
	InForce int // version; 0: none
	All     []registry.RuleProfile
}

// warning is what the bureau has to prepare for; Stops says that applications cannot be taken otherwise.
type warning struct {
	Text, Href string
	Stops      bool
}

// rules shows to everybody which rules of registration are in force, until when, and what follows.
func (p *pages) rules(c echo.Context) error {
	ctx := c.Request().Context()
	profiles, err := p.desk.Records.Profiles(ctx)
	if err != nil {
		return err
	}
	warnings, err := p.warnings(c)
	if err != nil {
		return err
	}
	asOf, err := p.desk.Records.AsOf(ctx)
	if err != nil {
		return err
	}
	today := registry.CivilDate(p.now())
	var all []trackRules
	for _, t := range tracks {
		of := slices.DeleteFunc(slices.Clone(profiles), func(r registry.RuleProfile) bool { return r.Track != t })
		all = append(all, trackRules{t, adopted(profiles, t).Find(today).Version, of})
	}
	return p.show(c, "rules", map[string]any{"Tracks": all, "Warnings": warnings, "AsOf": asOf, "Today": today})
}

// adopted is the index of a track's adopted versions.
func adopted(profiles []registry.RuleProfile, track registry.Track) registry.ProfileIndex {
	x := registry.ProfileIndex{Track: track}
	for _, r := range profiles {
		if r.Track == track && r.Status == registry.ProfileAdopted {
			x.Versions = append(x.Versions, registry.ProfileEntry{Version: r.Version, Authority: r.Authority, From: r.From, Until: r.Until})
		}
	}
	return x
}

// lapseNotice is how many days before rules lapse the pages warn, calendarNotice before a year without a calendar begins.
const (
	lapseNotice    = 180
	calendarNotice = 60
)

// warnings are rules that lapse soon, proposals that wait for another organisation, and a year without a calendar.
func (p *pages) warnings(c echo.Context) ([]warning, error) {
	profiles, err := p.desk.Records.Profiles(c.Request().Context())
	if err != nil {
		return nil, err
	}
	calendars, err := p.desk.Records.Calendars(c.Request().Context())
	if err != nil {
		return nil, err
	}
	v, today := view{Lang: p.lang(c)}, registry.CivilDate(p.now())
	var all []warning
	for _, t := range tracks {
		if w, ok := v.lapsing(adopted(profiles, t), today); ok {
			all = append(all, w)
		}
	}
	for _, r := range profiles {
		if r.Status == registry.ProfileProposed && r.From >= today {
			all = append(all, warning{Text: fmt.Sprintf(v.Tr("%s第 %d 版等待其他机构确认，最迟 %s", "%s, version %d, waits for another organisation, at the latest %s"), v.Term("track", r.Track), r.Version, r.From), Href: rulePath(r)})
		}
	}
	year := p.now().In(registry.Zone).AddDate(0, 0, calendarNotice).Year()
	if !slices.ContainsFunc(calendars, func(k registry.Calendar) bool { return k.Year == year }) {
		all = append(all, warning{Text: fmt.Sprintf(v.Tr("%d 年的工作日历还没有采用：跨年的期限要等日历公布才能算出", "No calendar for %d yet: periods that reach into it are pending"), year), Href: "/calendars"})
	}
	return all, nil
}

// lapsing warns of rules whose last day is near.
func (v view) lapsing(x registry.ProfileIndex, today registry.Date) (warning, bool) {
	e := x.Find(today)
	if e.Version == 0 {
		return warning{fmt.Sprintf(v.Tr("%s没有现行规则，不受理新的申请", "%s has no rules in force: no new applications"), v.Term("track", x.Track)), "/rules", true}, true
	}
	if e.Until == "" || e.Until > today.AddDays(lapseNotice) {
		return warning{}, false
	}
	href := fmt.Sprintf("/rules/%s/%d", x.Track, e.Version)
	next := x.Find(e.Until.AddDays(1))
	if next.Version == 0 {
		return warning{fmt.Sprintf(v.Tr("%s的规则 %s 失效，之后没有规则，不受理新的申请：请准备后续版本", "The rules of %s lapse on %s and nothing follows: prepare a successor"), v.Term("track", x.Track), e.Until), href, true}, true
	}
	return warning{fmt.Sprintf(v.Tr("%s的规则 %s 失效，之后适用第 %d 版（%s）", "The rules of %s lapse on %s; version %d (%s) follows"), v.Term("track", x.Track), e.Until, next.Version, v.Term("authority", next.Authority)), href, false}, true
}

func rulePath(r registry.RuleProfile) string { return fmt.Sprintf("/rules/%s/%d", r.Track, r.Version) }

// namedPeriod is a period of a profile by its name in the document.
type namedPeriod struct {
	Name   string
	Period *registry.Period
}

// periodsIn are the periods of a profile, to be read or written in place.
func periodsIn(r *registry.RuleProfile) []namedPeriod {
	return []namedPeriod{{"accept", &r.Accept}, {"supplement", &r.Supplement}, {"review", &r.Review}, {"extension", &r.Extension}, {"evidence", &r.Evidence}, {"publicity", &r.Publicity},
		{"objection", &r.Objection}, {"cancelling", &r.Cancelling}, {"joining", &r.Joining}, {"validity", &r.Validity}, {"renewal", &r.Renewal}, {"retention", &r.Retention}}
}

// ruleAt is the version that the address names, as the ledger has it now.
func (p *pages) ruleAt(c echo.Context) (registry.RuleProfile, error) {
	r, err := p.desk.Profile(c.Request().Context(), c.Param("track")+"/"+c.Param("n"))
	if err != nil {
		err = missing(err)
	}
	return r, err
}

// rule shows one version; who confirms it confirms exactly what is shown here.
func (p *pages) rule(c echo.Context) error {
	r, err := p.ruleAt(c)
	if err != nil {
		return err
	}
	digest := registry.Digest(r)
	v := view{Lang: p.lang(c)}
	var periods []fact
	for _, n := range periodsIn(&r) {
		if n.Period.N > 0 {
			periods = append(periods, fact{Label: v.Label("profile." + n.Name), Value: v.Period(*n.Period) + brackets(v.Term("effect", n.Period.Effect))})
		}
	}
	person, _ := p.person(c)
	return p.show(c, "rule", map[string]any{"Rule": r, "Periods": periods, "Digest": digest, "Key": "confirm-" + digest[:40],
		"Confirms": r.Status == registry.ProfileProposed && Confirmer.admits(person.Actor), "Succeeds": Rules.admits(person.Actor)})
}

// confirmRule prepares the confirmation by another organisation of what was read.
func (p *pages) confirmRule(c echo.Context) error {
	r, err := p.ruleAt(c)
	if err != nil {
		return err
	}
	return p.sign(c, "rule:ConfirmProfile", registry.ConfirmProfileRequest{Key: c.FormValue("key"), Track: r.Track, Version: r.Version, Digest: c.FormValue("digest")}, rulePath(r))
}

// successorSheet proposes a new version of a track's rules. It begins with the version that the address names: what the form does not
// show stays as it is there.
var successorSheet = sheet{
	function: "rule:AdoptProfile", rule: registry.RuleSuperior,
	lead:    words{"以现有版本为底稿提出新版本，改动后由登记机构或者数据交易机构确认才采用。市、省的规则不得低于上位规则。", "A new version begins with this one; another organisation confirms it. City and province grant no less than the superior rules."},
	fields:  func(p *pages, c echo.Context) ([]field, error) { return p.ruleFields(c) },
	fill:    func(p *pages, c echo.Context) (typed, error) { return p.ruleValues(c) },
	request: func(p *pages, c echo.Context, t typed) (any, error) { return p.ruleRequest(c, t) },
	next:    to("/rules"),
}

func (p *pages) ruleFields(c echo.Context) ([]field, error) {
	base, err := p.ruleAt(c)
	if err != nil {
		return nil, err
	}
	own := func(f field) field { f.Name = f.Path; return f }
	fields := []field{own(field{Path: "profile.source", Kind: "text", Max: 200, Help: words{"文件名称和文号", "Title and number of the document"}}),
		own(field{Path: "profile.authority", Kind: "select", Options: []string{"NATIONAL", "PROVINCE", "CITY"}, Terms: "authority", Size: "medium", Help: words{"同时有几级规则的，适用市的规则；市的失效后适用省、国家的", "The city's rules come first; when they lapse the province's or nation's apply"}}),
		own(field{Path: "profile.from", Kind: "date", Code: true, Size: "short", Help: words{"第一天，例如 2027-05-01；不能早于今天", "First day, not before today"}}),
		own(field{Path: "profile.until", Kind: "date", Code: true, Size: "short", Optional: true, Help: words{"最后一天；不填就一直有效", "Last day; empty: open"}})}
	zh, en := view{Lang: "zh"}, view{Lang: "en"}
	for _, n := range periodsIn(&base) {
		unit := words{"单位：" + zh.Term("unit", n.Period.Unit), "Unit: " + en.Term("unit", n.Period.Unit)}
		switch {
		case n.Period.Unit == "":
			continue // the track does not know this period
		case n.Name == "extension":
			unit = words{unit[0] + "；不超过审查期限", unit[1] + "; not longer than the review"}
		}
		fields = append(fields, field{Path: "profile." + n.Name + ".n", Name: "profile." + n.Name, Kind: "text", Code: true, Size: "short", Help: unit})
	}
	return append(fields, own(field{Path: "profile.actions", Kind: "many", Options: []string{"FIRST", "CHANGE", "CORRECTION", "TRANSFER", "RENEWAL", "CANCELLATION"}, Terms: "action"}),
		own(field{Path: "profile.materials", Kind: "many", Optional: true, Options: codesOf(slices.Concat(publicKinds, []registry.MaterialKind{registry.MaterialSample}), func(k registry.MaterialKind) string { return string(k) }), Terms: "material", Help: words{"申请时必须提交的材料", "Without which no application is filed"}})), nil
}

func (p *pages) ruleValues(c echo.Context) (typed, error) {
	base, err := p.ruleAt(c)
	if err != nil {
		return nil, err
	}
	from := registry.CivilDate(p.now()).AddDays(1)
	if base.Until >= from {
		from = base.Until.AddDays(1)
	}
	t := typed{"profile.source": {base.Source}, "profile.authority": {string(base.Authority)}, "profile.from": {string(from)}}
	for _, n := range periodsIn(&base) {
		t["profile."+n.Name+".n"] = []string{strconv.Itoa(n.Period.N)}
	}
	for _, a := range base.Actions {
		t["profile.actions"] = append(t["profile.actions"], string(a))
	}
	for _, m := range base.Materials {
		t["profile.materials"] = append(t["profile.materials"], string(m))
	}
	return t, nil
}

func (p *pages) ruleRequest(c echo.Context, t typed) (any, error) {
	r, err := p.ruleAt(c)
	if err != nil {
		return nil, err
	}
	profiles, err := p.desk.Records.Profiles(c.Request().Context())
	if err != nil {
		return nil, err
	}
	for _, known := range profiles {
		if known.Track == r.Track {
			r.Version = max(r.Version, known.Version)
		}
	}
	r.Version++
	r.Status, r.ProposedBy, r.ConfirmedBy, r.Mark = "", "", "", registry.Mark{}
	r.Source, r.Authority, r.From, r.Until = t.one("profile.source"), registry.Authority(t.one("profile.authority")), t.date("profile.from"), t.date("profile.until")
	for _, n := range periodsIn(&r) {
		if n.Period.Unit != "" {
			n.Period.N = int(t.number("profile." + n.Name + ".n"))
		}
	}
	r.Actions, r.Materials = nil, nil
	for _, a := range t.many("profile.actions") {
		r.Actions = append(r.Actions, registry.Action(a))
	}
	for _, m := range t.many("profile.materials") {
		r.Materials = append(r.Materials, registry.MaterialKind(m))
	}
	return registry.AdoptProfileRequest{Key: t.one("key"), Profile: r}, nil
}

// calendars shows to everybody by which days periods are counted.
func (p *pages) calendars(c echo.Context) error {
	list, err := p.desk.Records.Calendars(c.Request().Context())
	if err != nil {
		return err
	}
	asOf, err := p.desk.Records.AsOf(c.Request().Context())
	if err != nil {
		return err
	}
	slices.Reverse(list) // the newest year first
	warnings, err := p.warnings(c)
	if err != nil {
		return err
	}
	return p.show(c, "calendars", map[string]any{"Calendars": list, "AsOf": asOf, "Warnings": slices.DeleteFunc(warnings, func(w warning) bool { return w.Href != "/calendars" })})
}

// Days are days of a calendar in words, runs of them joined.
func (view) Days(days []registry.Date) []string {
	var all []string
	for i := 0; i < len(days); {
		last := i
		for last+1 < len(days) && days[last+1] == days[last].AddDays(1) {
			last++
		}
		if last > i {
			all = append(all, string(days[i])+" – "+string(days[last])[5:])
		} else {
			all = append(all, string(days[i]))
		}
		i = last + 1
	}
	return all
}

// calendarSheet adopts the working days of a year, or a later version of them.
var calendarSheet = sheet{
	function: "rule:AdoptCalendar", rule: registry.RulePeriods,
	lead: words{"照国务院办公厅公布的放假安排填写，本地另有安排的一并列入。没有列出的日子，周一至周五是工作日。", "As the State Council arranged it, with local days. Days not listed: Monday to Friday are working days."},
	fields: these(
		field{Path: "calendar.year", Name: "calendar.year", Kind: "text", Code: true, Size: "short"},
		field{Path: "calendar.source", Name: "calendar.source", Kind: "area", Help: words{"文件名称或者网址，每行一条", "Title or address of the document, one per line"}},
		field{Path: "calendar.off", Name: "calendar.off", Kind: "area", Code: true, Help: words{"每行一天或者一段，例如 2027-10-01 至 2027-10-07", "One day or span per line, for example 2027-10-01 至 2027-10-07"}},
		field{Path: "calendar.work", Name: "calendar.work", Kind: "area", Code: true, Optional: true, Help: words{"调休上班的周末，每行一天", "Weekends that are worked, one per line"}}),
	fill:    func(p *pages, c echo.Context) (typed, error) { return p.calendarValues(c) },
	request: func(p *pages, c echo.Context, t typed) (any, error) { return p.calendarRequest(c, t) },
	next:    to("/calendars"),
}

// calendarValues begins a later version with the present one, and a new year with nothing.
func (p *pages) calendarValues(c echo.Context) (typed, error) {
	list, err := p.desk.Records.Calendars(c.Request().Context())
	if err != nil {
		return nil, err
	}
	year, _ := strconv.Atoi(c.QueryParam("year"))
	for _, k := range list {
		if k.Year == year {
			return typed{"calendar.year": {strconv.Itoa(year)}, "calendar.source": {strings.Join(k.Source, "\n")}, "calendar.off": {dayLines(k.Off)}, "calendar.work": {dayLines(k.Work)}}, nil
		}
	}
	next := p.now().In(registry.Zone).Year()
	if len(list) > 0 {
		next = list[len(list)-1].Year + 1
	}
	return typed{"calendar.year": {strconv.Itoa(next)}}, nil
}

func dayLines(days []registry.Date) string {
	return strings.Join(codesOf(days, func(d registry.Date) string { return string(d) }), "\n")
}

func (p *pages) calendarRequest(c echo.Context, t typed) (any, error) {
	list, err := p.desk.Records.Calendars(c.Request().Context())
	if err != nil {
		return nil, err
	}
	k := registry.Calendar{Year: int(t.number("calendar.year")), Version: 1, Source: lines(t.one("calendar.source")), Off: days(t.one("calendar.off")), Work: days(t.one("calendar.work"))}
	for _, known := range list {
		if known.Year == k.Year {
			k.Version = known.Version + 1
		}
	}
	return registry.AdoptCalendarRequest{Key: t.one("key"), Calendar: k}, nil
}

// longestSpan is how many days a line of a calendar may name; what is longer stands as typed and is refused.
const longestSpan = 60

// days reads days and spans of days, one per line, in order and each once. What is no day stands as it was typed, to be refused.
func days(text string) []registry.Date {
	all := []registry.Date{}
	for _, line := range lines(text) {
		first, last, spans := strings.Cut(strings.NewReplacer("至", "~", "–", "~", "—", "~", " ", "").Replace(line), "~")
		from := typed{"d": {first}}.date("d")
		to := from
		if spans {
			to = typed{"d": {last}}.date("d")
		}
		all = append(all, from)
		_, fromErr := registry.ParseDate(string(from))
		_, toErr := registry.ParseDate(string(to))
		if fromErr != nil || toErr != nil || to < from || to > from.AddDays(longestSpan) {
			if to != from {
				all = append(all, to)
			}
			continue
		}
		for d := from; d < to; {
			d = d.AddDays(1)
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b registry.Date) int { return cmp.Compare(a, b) })
	return slices.Compact(all)
}
