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

// openCase begins a case with who acts, and for whom; the first exchange brings everything whose key is known by then.
func (c *Context) openCase(act registry.Act, key string, id registry.ApplicationID, request any) (file registry.Case, err error) {
	file = registry.Case{Facts: c.facts, Today: registry.CivilDate(c.facts.At)}
	mandate := registry.MandateID("")
	if r, ok := request.(represented); ok {
		mandate = r.Under()
	}
	if mandate == "" { // so that it is known for whom
		err = c.expectCase(act, key, id, request, file.Principal())
	} else {
		err = c.expect([]string{registry.ObjectMandate, clean(string(mandate))})
	}
	if err != nil {
		return file, err
	}
	if err := c.loadNetwork(); err != nil {
		return file, err
	}
	file.Facts = c.facts // with the mode
	if file.Own, err = c.ownAccount(); err != nil || mandate == "" {
		return file, err
	}
	if file.Mandate, err = find[registry.Mandate](c, registry.ObjectMandate, clean(string(mandate))); err != nil {
		return file, err
	}
	if file.Mandate != nil {
		if err := c.expect([]string{registry.ObjectParty, clean(string(file.Mandate.Principal))}); err != nil {
			return file, err
		}
	}
	if err := c.expectCase(act, key, id, request, file.Principal()); err != nil || file.Mandate == nil {
		return file, err
	}
	file.Represented, err = find[registry.Party](c, registry.ObjectParty, clean(string(file.Mandate.Principal)))
	return file, err
}

// expectCase names everything whose key is known before anything about the case was read.
func (c *Context) expectCase(act registry.Act, key string, id registry.ApplicationID, request any, principal registry.PartyID) error {
	actor := c.facts.Actor
	keys := [][]string{
		{registry.ObjectIdempotency, string(actor.ID()), clean(key)},
		{registry.ObjectAppointment, string(registry.OfficeRegistrar), clean(string(c.registrarOf(act, principal)))},
	}
	switch office := registry.ActOffice(act); office {
	case "":
	case registry.AnyParty, registry.OtherParty:
		keys = append(keys, []string{registry.ObjectParty, clean(string(principal))})
	default:
		keys = append(keys, []string{registry.ObjectAppointment, string(office), string(actor.ID())})
	}
	if named, ok := request.(disputing); ok {
		keys = append(keys, objectionKey(id, named.Disputed()))
	}
	switch target, ok := request.(targeting); {
	case ok:
		keys = append(keys, []string{registry.ObjectParty, clean(string(principal))}, []string{registry.ObjectAsset, clean(string(target.Target()))})
	case act == registry.ActSubmit:
		keys = append(keys, []string{registry.ObjectParty, clean(string(principal))}, []string{registry.ObjectProfile, clean(string(filedTrack(request)))})
	default:
		keys = append(keys, []string{registry.ObjectApplication, clean(string(id))})
	}
	if filed, ok := request.(filing); ok {
		content := filed.Filed()
		keys = append(keys, namedKeys(content)...)
		if lock := registry.LockID(principal, content); lock != "" && act == registry.ActSubmit {
			keys = append(keys, []string{registry.ObjectLock, lock})
		}
	}
	return c.expect(keys...)
}

// targeting is a request that files an act on a registered asset.
type targeting interface{ Target() registry.AssetID }

// registrarOf is the body whose appointment as registrar an act asks about: the applicant's when it files or joins, the actor's otherwise.
func (c *Context) registrarOf(act registry.Act, principal registry.PartyID) registry.PartyID {
	if registry.Files(act) || act == registry.ActJoin {
		return principal
	}
	return c.facts.Actor.Party
}

// loadCase gathers, by point reads only, what an act on a case may look at.
func (c *Context) loadCase(file *registry.Case, act registry.Act, id registry.ApplicationID, request any) error {
	party := file.Principal()
	var err error
	if !registry.Files(act) {
		if file.Application, err = find[registry.Application](c, registry.ObjectApplication, clean(string(id))); err != nil || file.Application == nil {
			return err
		}
		party = file.Application.Applicant
		if err := c.expectOf(file, act); err != nil {
			return err
		}
	}
	if file.Applicant, err = find[registry.Party](c, registry.ObjectParty, clean(string(party))); err != nil {
		return err
	}
	if err := c.loadTarget(file, act, request); err != nil {
		return err
	}
	if err := c.loadNamed(file, request); err != nil {
		return err
	}
	if err := c.loadRules(file, request); err != nil {
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

// expectOf names what an act on a case reads besides.
func (c *Context) expectOf(file *registry.Case, act registry.Act) error {
	keys := [][]string{profileKey(file.Application.Profile)}
	if act == registry.ActRegister {
		keys = append(keys, serialKey(file))
	}
	if id := file.Application.Target; id != "" && (act == registry.ActRegister || act == registry.ActResubmit) {
		keys = append(keys, []string{registry.ObjectAsset, clean(string(id))})
	}
	return c.expect(keys...)
}

// loadTarget finds the page of the register that a case is about, for acts that look at it, and who is named on it.
func (c *Context) loadTarget(file *registry.Case, act registry.Act, request any) error {
	var id registry.AssetID
	if target, ok := request.(targeting); ok {
		id = target.Target()
	} else if file.Application != nil && (act == registry.ActRegister || act == registry.ActResubmit) {
		id = file.Application.Target
	}
	if id == "" {
		return nil
	}
	var err error
	if file.Asset, err = find[registry.Asset](c, registry.ObjectAsset, clean(string(id))); err != nil || file.Asset == nil {
		return err
	}
	if err = c.expectPage(file.Asset, act == registry.ActRegister); err != nil {
		return err
	}
	if registry.Files(act) {
		if err = c.expect([]string{registry.ObjectProfile, string(file.Asset.Track)}); err != nil {
			return err
		}
	}
	if file.OnAsset, err = c.openOn(file.Asset); err != nil {
		return err
	}
	if file.Holder, err = find[registry.Party](c, registry.ObjectParty, clean(string(file.Asset.Holder))); err != nil {
		return err
	}
	if transfer, ok := request.(registry.SubmitTransferRequest); ok {
		file.Transferee, err = find[registry.Party](c, registry.ObjectParty, clean(string(transfer.To)))
		return err
	}
	if act == registry.ActRegister {
		return c.loadEntry(file)
	}
	return nil
}

// namedKeys are the keys of what a filed content names.
func namedKeys(content registry.Content) (keys [][]string) {
	if m := content.Public; m != nil {
		keys = append(keys, []string{registry.ObjectDeposit, clean(m.Deposit)}, []string{registry.ObjectItem, clean(m.Item)})
	}
	if content.Product != "" {
		keys = append(keys, []string{registry.ObjectAsset, clean(string(content.Product))})
	}
	return keys
}

// loadNamed finds what a filed content names: a deposit of evidence, a registered public product.
func (c *Context) loadNamed(file *registry.Case, request any) error {
	filed, ok := request.(filing)
	if !ok {
		return nil
	}
	content := filed.Filed()
	var err error
	if content.Public != nil {
		if file.Deposit, err = find[registry.Deposit](c, registry.ObjectDeposit, clean(content.Public.Deposit)); err != nil {
			return err
		}
		if file.Item, err = find[registry.CatalogItem](c, registry.ObjectItem, clean(content.Public.Item)); err != nil {
			return err
		}
	}
	if content.Product != "" {
		file.Product, err = find[registry.Asset](c, registry.ObjectAsset, clean(string(content.Product)))
	}
	return err
}

// loadEntry finds what an entry on a page changes besides: its certificate and, for a transfer, its remarks.
func (c *Context) loadEntry(file *registry.Case) error {
	var err error
	if file.Current, err = find[registry.Certificate](c, registry.ObjectCertificate, clean(string(file.Asset.Certificate))); err != nil {
		return err
	}
	if file.Application.Action != registry.ActionTransfer {
		return nil
	}
	for _, head := range file.Asset.Limits {
		if err := c.expect(limitKey(file.Asset.ID, head.N)); err != nil {
			return err
		}
	}
	for _, head := range file.Asset.Limits {
		key := limitKey(file.Asset.ID, head.N)
		limit, err := find[registry.Limit](c, key[0], key[1:]...)
		if err != nil {
			return err
		}
		if limit != nil {
			file.Limits = append(file.Limits, *limit)
		}
	}
	return nil
}

// loadRules finds the profile of the case, or the one in force today, and the calendars its periods may reach.
func (c *Context) loadRules(file *registry.Case, request any) error {
	var err error
	if file.Application != nil {
		key := profileKey(file.Application.Profile)
		file.Profile, err = find[registry.RuleProfile](c, key[0], key[1:]...)
	} else {
		file.Profile, err = c.profileInForce(trackOf(file, request), file.Today)
	}
	if err != nil {
		return err
	}
	return c.loadCalendars(file)
}

// trackOf is the track of a case that is being filed.
func trackOf(file *registry.Case, request any) registry.Track {
	if file.Asset != nil {
		return file.Asset.Track
	}
	return registry.Track(clean(string(filedTrack(request))))
}

// filedTrack is the track that a filing names.
func filedTrack(request any) registry.Track {
	if on, ok := request.(interface{ On() registry.Track }); ok {
		return on.On()
	}
	return registry.TrackDataAsset
}

// profileKey is the key of a profile that a case or a page cites.
func profileKey(cited string) []string {
	track, version, _ := strings.Cut(cited, "/")
	return []string{registry.ObjectProfile, clean(track), clean(version)}
}

// profileInForce finds a track's profile of a day, or nil. The index carries the profiles, so that filing needs no
// second exchange; indexes written before it did lead to the record.
func (c *Context) profileInForce(track registry.Track, day registry.Date) (*registry.RuleProfile, error) {
	index, err := find[registry.ProfileIndex](c, registry.ObjectProfile, string(track))
	if err != nil || index == nil {
		return nil, err
	}
	entry := index.Find(day)
	if entry.Version == 0 || entry.Profile != nil {
		return entry.Profile, nil
	}
	return find[registry.RuleProfile](c, registry.ObjectProfile, string(track), strconv.Itoa(entry.Version))
}

func (c *Context) loadCalendars(file *registry.Case) error {
	if file.Profile == nil || !file.Profile.CountsWorkdays() {
		return nil
	}
	for _, year := range file.Years() {
		if err := c.expect([]string{registry.ObjectCalendar, strconv.Itoa(year)}); err != nil {
			return err
		}
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
	case registry.AnyParty, registry.OtherParty:
		file.Party, err = find[registry.Party](c, registry.ObjectParty, clean(string(file.Principal())))
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

func serialKey(file *registry.Case) []string {
	number := string(registry.NewCertificateNumber(file.Application.Track, registry.NumberRegion(file.Application.Content.Region), file.Today, 0))
	return []string{registry.ObjectSerial, string(file.Application.Track), number[4:10], number[10:16]}
}

func (c *Context) loadSerial(file *registry.Case) error {
	key := serialKey(file)
	serial, err := find[registry.Serial](c, key[0], key[1:]...)
	if serial != nil {
		file.Serial = serial.Last
	}
	return err
}

// occupancy is whose lock over which content a request asks about; ok is false when it asks about none.
func occupancy(file *registry.Case, request any) (holder registry.PartyID, content registry.Content, ok bool) {
	holder = file.Principal()
	if file.Application != nil {
		holder = file.Application.Applicant
	}
	if file.Asset != nil {
		holder = file.Asset.Holder
	}
	if transfer, is := request.(registry.SubmitTransferRequest); is && file.Asset != nil {
		return transfer.To, file.Asset.Content, true
	}
	filed, ok := request.(filing)
	if ok {
		content = filed.Filed()
	}
	return holder, content, ok
}

// loadOccupant finds the case that holds the same-asset lock that a request asks about, if any.
func (c *Context) loadOccupant(file *registry.Case, request any) error {
	holder, content, ok := occupancy(file, request)
	if !ok {
		return nil
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
