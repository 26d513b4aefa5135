package contract

import (
	"strconv"

	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Rule is the contract of what is in force: founding record, rule profiles and calendars (规则版本、工作日历).
type Rule struct{ contractapi.Contract }

// Found founds the network, once (建网): registry.FoundRequest.
func (*Rule) Found(c *Context, document string) (string, error) {
	return transact(c, document, decideFound)
}

// AdoptProfile proposes a version of a track's rules, or adopts an initial one: registry.AdoptProfileRequest.
func (*Rule) AdoptProfile(c *Context, document string) (string, error) {
	return transact(c, document, decideProfile)
}

// ConfirmProfile confirms a profile that the bureau proposed, for another organisation: registry.ConfirmProfileRequest.
func (*Rule) ConfirmProfile(c *Context, document string) (string, error) {
	return transact(c, document, decideConfirmProfile)
}

// FindProfile answers a registry.RuleProfile: registry.FindProfileRequest.
func (*Rule) FindProfile(c *Context, document string) (string, error) {
	var req registry.FindProfileRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	p, err := find[registry.RuleProfile](c, registry.ObjectProfile, clean(string(req.Track)), strconv.Itoa(req.Version))
	return found(p, string(req.Track), err)
}

// AdoptCalendar adopts a year's working days: registry.AdoptCalendarRequest.
func (*Rule) AdoptCalendar(c *Context, document string) (string, error) {
	return transact(c, document, decideCalendar)
}

// NameAdministrator names who shall follow the bureau's administrator: registry.NameAdministratorRequest.
func (*Rule) NameAdministrator(c *Context, document string) (string, error) {
	return transact(c, document, succession(registry.NameAdministrator))
}

// ConfirmAdministrator confirms the successor for another organisation: registry.NameAdministratorRequest.
func (*Rule) ConfirmAdministrator(c *Context, document string) (string, error) {
	return transact(c, document, succession(registry.ConfirmAdministrator))
}

// succession names or confirms who follows the administrator.
func succession(verdict func(registry.Facts, registry.NameAdministratorRequest, registry.Network) (registry.Network, registry.Refusals)) decider {
	return func(c *Context, doc string) (decision, error) {
		var req registry.NameAdministratorRequest
		if err := registry.Decode([]byte(doc), &req); err != nil {
			return decision{}, err
		}
		if err := c.loadNetwork(); err != nil || c.network == nil {
			return decision{}, err // not founded: refused before anything else
		}
		after, refusals := verdict(c.facts, req, *c.network)
		mode := string(after.Mode)
		d := decision{key: req.Key, refusals: refusals, receipt: registry.Receipt{ID: mode}}
		d.add(registry.ObjectNetwork, registry.ObjectNetwork, mode, mode, false, after)
		return d, nil
	}
}

func decideFound(c *Context, doc string) (decision, error) {
	var req registry.FoundRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	if err := c.loadNetwork(); err != nil {
		return decision{}, err
	}
	network, refusals := registry.Found(c.facts, req, c.network)
	d := decision{key: req.Key, refusals: refusals, receipt: registry.Receipt{ID: string(network.Mode)}}
	d.add(registry.ObjectNetwork, registry.ObjectNetwork, "", string(network.Mode), true, network)
	return d, nil
}

func decideProfile(c *Context, doc string) (decision, error) {
	var req registry.AdoptProfileRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	track, version := clean(string(req.Profile.Track)), strconv.Itoa(req.Profile.Version)
	old, err := find[registry.RuleProfile](c, registry.ObjectProfile, track, version)
	if err != nil {
		return decision{}, err
	}
	index, err := find[registry.ProfileIndex](c, registry.ObjectProfile, track)
	if err != nil {
		return decision{}, err
	}
	if err := c.loadNetwork(); err != nil { // for the mode
		return decision{}, err
	}
	profile, after, refusals := registry.AdoptProfile(c.facts, req, known(index), old != nil)
	d := decision{key: req.Key, refusals: refusals, receipt: registry.Receipt{ID: profile.Ref(), Status: profile.Status}}
	d.add(registry.ObjectProfile, profile.Ref(), "", profile.Status, true, profile, track, version)
	if after != nil {
		d.profiles(*after, index)
	}
	return d, nil
}

func known(index *registry.ProfileIndex) registry.ProfileIndex {
	if index == nil {
		return registry.ProfileIndex{}
	}
	return *index
}

// profiles writes the index of a track.
func (d *decision) profiles(after registry.ProfileIndex, before *registry.ProfileIndex) {
	track := string(after.Track)
	d.add(registry.ObjectProfile, track, strconv.Itoa(len(known(before).Versions)), strconv.Itoa(len(after.Versions)), before == nil, after, track)
}

func decideConfirmProfile(c *Context, doc string) (decision, error) {
	var req registry.ConfirmProfileRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	track, version := clean(string(req.Track)), strconv.Itoa(req.Version)
	if err := c.expect([]string{registry.ObjectProfile, track, version}, []string{registry.ObjectProfile, track}); err != nil {
		return decision{}, err
	}
	proposal, err := find[registry.RuleProfile](c, registry.ObjectProfile, track, version)
	if err != nil {
		return decision{}, err
	}
	index, err := find[registry.ProfileIndex](c, registry.ObjectProfile, track)
	if err != nil {
		return decision{}, err
	}
	profile, after, refusals := registry.ConfirmProfile(c.facts, req, proposal, known(index))
	d := decision{key: req.Key, refusals: refusals, receipt: registry.Receipt{ID: profile.Ref(), Status: profile.Status}}
	d.add(registry.ObjectProfile, profile.Ref(), registry.ProfileProposed, profile.Status, false, profile, track, version)
	d.profiles(after, index)
	return d, nil
}

func decideCalendar(c *Context, doc string) (decision, error) {
	var req registry.AdoptCalendarRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	year := strconv.Itoa(req.Calendar.Year)
	current, err := find[registry.Calendar](c, registry.ObjectCalendar, year)
	if err != nil {
		return decision{}, err
	}
	calendar, refusals := registry.AdoptCalendar(c.facts, req, current)
	version := strconv.Itoa(calendar.Version)
	d := decision{key: req.Key, refusals: refusals, receipt: registry.Receipt{ID: year + "/" + version}}
	d.add(registry.ObjectCalendar, year+"/"+version, "", "ADOPTED", true, calendar, year, version)
	d.add(registry.ObjectCalendar, year, "", version, current == nil, calendar, year)
	return d, nil
}

// Situation answers registry.Situation, what is in force on the open day; the document is {}.
func (*Rule) Situation(c *Context, document string) (string, error) {
	var req registry.SituationRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	if err := c.loadNetwork(); err != nil {
		return "", err
	}
	s := registry.Situation{Network: c.network, Profiles: []registry.RuleProfile{}, Calendars: []registry.CalendarHead{}}
	keys := [][]string{{registry.ObjectDay}}
	for _, track := range []registry.Track{registry.TrackDataAsset, registry.TrackPublicResource, registry.TrackPublicProduct} {
		keys = append(keys, []string{registry.ObjectProfile, string(track)})
	}
	for year := 2025; year <= c.facts.At.Year()+1; year++ {
		keys = append(keys, []string{registry.ObjectCalendar, strconv.Itoa(year)})
	}
	if err := c.expect(keys...); err != nil {
		return "", err
	}
	day, err := find[registry.Day](c, registry.ObjectDay)
	if err != nil {
		return "", err
	}
	if day != nil {
		s.Day = day.Day
	}
	if err := c.profilesInForce(&s); err != nil {
		return "", err
	}
	for year := 2025; year <= c.facts.At.Year()+1; year++ {
		calendar, err := find[registry.Calendar](c, registry.ObjectCalendar, strconv.Itoa(year))
		if err != nil {
			return "", err
		}
		if calendar != nil {
			s.Calendars = append(s.Calendars, registry.CalendarHead{Year: calendar.Year, Version: calendar.Version})
		}
	}
	return encode(s)
}

func (c *Context) profilesInForce(s *registry.Situation) error {
	today := registry.CivilDate(c.facts.At)
	for _, track := range []registry.Track{registry.TrackDataAsset, registry.TrackPublicResource, registry.TrackPublicProduct} {
		profile, err := c.profileInForce(track, today)
		if err != nil {
			return err
		}
		if profile != nil {
			s.Profiles = append(s.Profiles, *profile)
		}
	}
	return nil
}
