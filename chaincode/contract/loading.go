package contract

import (
	"strconv"
	"strings"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// filing is a request that files a content.
type filing interface{ Filed() registry.Content }

// represented is a request that may be made under a mandate.
type represented interface{ Under() registry.MandateID }

// openCase begins a case with who acts, and for whom.
func (c *Context) openCase(request any) (registry.Case, error) {
	file := registry.Case{Facts: c.facts, Today: registry.CivilDate(c.facts.At)}
	var err error
	if file.Own, err = c.ownAccount(); err != nil {
		return file, err
	}
	if r, ok := request.(represented); ok && r.Under() != "" {
		file.Mandate, err = find[registry.Mandate](c, registry.ObjectMandate, clean(string(r.Under())))
	}
	return file, err
}

// prefetchCase asks for everything whose key is known before anything about the case was read.
func (c *Context) prefetchCase(act registry.Act, key string, id registry.ApplicationID, request any, principal registry.PartyID) error {
	actor := c.facts.Actor
	keys := [][]string{
		{registry.ObjectIdempotency, string(actor.ID()), clean(key)},
		{registry.ObjectAppointment, string(registry.OfficeRegistrar), clean(string(c.registrarOf(act, principal)))},
	}
	switch office := registry.ActOffice(act); office {
	case "":
	case registry.AnyParty:
		keys = append(keys, []string{registry.ObjectParty, clean(string(actor.Party))})
	default:
		keys = append(keys, []string{registry.ObjectAppointment, string(office), string(actor.ID())})
	}
	if named, ok := request.(disputing); ok {
		keys = append(keys, objectionKey(id, named.Disputed()))
	}
	if act == registry.ActSubmit {
		keys = append(keys, []string{registry.ObjectParty, clean(string(principal))}, []string{registry.ObjectProfile, string(registry.TrackDataAsset)})
	} else {
		keys = append(keys, []string{registry.ObjectApplication, clean(string(id))})
	}
	if content, ok := request.(filing); ok && act == registry.ActSubmit {
		if lock := registry.LockID(principal, content.Filed()); lock != "" {
			keys = append(keys, []string{registry.ObjectLock, lock})
		}
	}
	return c.prefetch(keys...)
}

// registrarOf is the body whose appointment as registrar an act asks about: the applicant's when it files, the actor's otherwise.
func (c *Context) registrarOf(act registry.Act, principal registry.PartyID) registry.PartyID {
	if act == registry.ActSubmit {
		return principal
	}
	return c.facts.Actor.Party
}

// loadCase gathers, by point reads only, what an act on a case may look at.
func (c *Context) loadCase(file *registry.Case, act registry.Act, id registry.ApplicationID) error {
	party := file.Principal()
	var err error
	if act != registry.ActSubmit {
		if file.Application, err = find[registry.Application](c, registry.ObjectApplication, clean(string(id))); err != nil || file.Application == nil {
			return err
		}
		party = file.Application.Applicant
	}
	if file.Applicant, err = find[registry.Party](c, registry.ObjectParty, clean(string(party))); err != nil {
		return err
	}
	if err := c.loadRules(file); err != nil {
		return err
	}
	if err := c.loadOffices(file, act); err != nil {
		return err
	}
	if act == registry.ActRegister {
		return c.loadSerial(file)
	}
	return nil
}

// loadRules finds the profile of the case, or the one in force today, and the calendars its periods may reach.
func (c *Context) loadRules(file *registry.Case) error {
	track, version := registry.TrackDataAsset, 0
	if file.Application != nil {
		name, number, _ := strings.Cut(file.Application.Profile, "/")
		track = registry.Track(name)
		version, _ = strconv.Atoi(number)
	} else {
		index, err := find[registry.ProfileIndex](c, registry.ObjectProfile, string(track))
		if err != nil || index == nil {
			return err
		}
		version = index.Find(file.Today)
	}
	if version == 0 {
		return nil
	}
	var err error
	if file.Profile, err = find[registry.RuleProfile](c, registry.ObjectProfile, string(track), strconv.Itoa(version)); err != nil {
		return err
	}
	return c.loadCalendars(file)
}

func (c *Context) loadCalendars(file *registry.Case) error {
	if file.Profile == nil || !file.Profile.CountsWorkdays() {
		return nil
	}
	for _, year := range file.Years() {
		calendar, err := find[registry.Calendar](c, registry.ObjectCalendar, strconv.Itoa(year))
		if err != nil {
			return err
		}
		if calendar != nil {
			file.Calendars = append(file.Calendars, *calendar)
		}
	}
	return nil
}

func (c *Context) loadOffices(file *registry.Case, act registry.Act) error {
	var err error
	switch office := registry.ActOffice(act); office {
	case "":
	case registry.AnyParty:
		file.Party, err = find[registry.Party](c, registry.ObjectParty, clean(string(c.facts.Actor.Party)))
	default:
		file.Office, err = c.office(office)
	}
	if err != nil {
		return err
	}
	file.Registrar, err = find[registry.Appointment](c, registry.ObjectAppointment,
		string(registry.OfficeRegistrar), clean(string(c.registrarOf(act, file.Principal()))))
	return err
}

// office is the actor's appointment to an office, or nil.
func (c *Context) office(office registry.Office) (*registry.Appointment, error) {
	return find[registry.Appointment](c, registry.ObjectAppointment, string(office), string(c.facts.Actor.ID()))
}

func (c *Context) loadSerial(file *registry.Case) error {
	number := string(registry.NewCertificateNumber(file.Application.Track, registry.NumberRegion(file.Application.Content.Region), file.Today, 0))
	serial, err := find[registry.Serial](c, registry.ObjectSerial, string(file.Application.Track), number[4:10], number[10:16])
	if serial != nil {
		file.Serial = serial.Last
	}
	return err
}

// loadOccupant finds the case that holds the same-asset lock of a content, if any.
func (c *Context) loadOccupant(file *registry.Case, content registry.Content) error {
	holder := file.Principal()
	if file.Application != nil {
		holder = file.Application.Applicant
	}
	lockID := registry.LockID(holder, content)
	if lockID == "" {
		return nil // not encodable: refused as a field
	}
	lock, err := find[registry.Lock](c, registry.ObjectLock, lockID)
	if err != nil || lock == nil {
		return err
	}
	if file.Occupant, err = find[registry.Application](c, registry.ObjectApplication, string(lock.Application)); err != nil {
		return err
	}
	if file.Occupant == nil || file.Occupant.Asset == "" {
		return nil
	}
	if file.Occupied, err = find[registry.Asset](c, registry.ObjectAsset, string(file.Occupant.Asset)); err != nil {
		return err
	}
	file.OnOccupied, err = c.openOn(file.Occupied)
	return err
}
