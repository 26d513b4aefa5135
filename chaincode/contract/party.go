package contract

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Party is the contract of parties, appointments and document keys (主体、任命、文书签名密钥).
type Party struct{ contractapi.Contract }

// Register records a party (主体登记): registry.RegisterPartyRequest.
func (*Party) Register(c *Context, document string) (string, error) {
	return transact(c, document, decideParty)
}

// Appoint records an appointment (任命): registry.AppointRequest.
func (*Party) Appoint(c *Context, document string) (string, error) {
	return transact(c, document, decideAppoint)
}

// EndAppointment ends an appointment at once: registry.EndAppointmentRequest.
func (*Party) EndAppointment(c *Context, document string) (string, error) {
	return transact(c, document, decideEnd)
}

// AdoptKey makes a document key the registrar's current one: registry.AdoptKeyRequest.
func (*Party) AdoptKey(c *Context, document string) (string, error) {
	return transact(c, document, decideKey)
}

// FindParty answers a registry.Party: registry.FindRequest.
func (*Party) FindParty(c *Context, document string) (string, error) {
	return lookUp[registry.Party](c, document, registry.ObjectParty)
}

// FindKey answers a registry.DocumentKey: registry.FindRequest.
func (*Party) FindKey(c *Context, document string) (string, error) {
	return lookUp[registry.DocumentKey](c, document, registry.ObjectKey)
}

// FindAppointment answers a registry.Appointment: registry.FindAppointmentRequest.
func (*Party) FindAppointment(c *Context, document string) (string, error) {
	var req registry.FindAppointmentRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	a, err := find[registry.Appointment](c, registry.ObjectAppointment, clean(string(req.Office)), clean(req.Holder))
	return found(a, req.Holder, err)
}

func decideParty(c *Context, doc string) (decision, error) {
	var req registry.RegisterPartyRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	old, err := find[registry.Party](c, registry.ObjectParty, clean(string(req.ID)))
	if err != nil {
		return decision{}, err
	}
	party, refusals := registry.RegisterParty(c.facts, req, old != nil)
	d := decision{key: req.Key, refusals: refusals, receipt: registry.Receipt{ID: string(party.ID), Status: string(party.Status)}}
	d.add(registry.ObjectParty, string(party.ID), "", string(party.Status), true, party, string(party.ID))
	return d, nil
}

func decideAppoint(c *Context, doc string) (decision, error) {
	var req registry.AppointRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	old, err := find[registry.Appointment](c, registry.ObjectAppointment, clean(string(req.Office)), clean(req.Holder))
	if err != nil {
		return decision{}, err
	}
	made, refusals := registry.Appoint(c.facts, req, old)
	d := decision{key: req.Key, refusals: refusals}
	d.appointment(made, old)
	return d, nil
}

func decideEnd(c *Context, doc string) (decision, error) {
	var req registry.EndAppointmentRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	old, err := find[registry.Appointment](c, registry.ObjectAppointment, clean(string(req.Office)), clean(req.Holder))
	if err != nil {
		return decision{}, err
	}
	ended, refusals := registry.EndAppointment(c.facts, req, old)
	d := decision{key: req.Key, refusals: refusals}
	d.appointment(ended, old)
	return d, nil
}

func (d *decision) appointment(a registry.Appointment, old *registry.Appointment) {
	before := ""
	if old != nil {
		before = old.Status
	}
	id := string(a.Office) + " " + a.Holder
	d.receipt = registry.Receipt{ID: id, Status: a.Status}
	d.add(registry.ObjectAppointment, id, before, a.Status, old == nil, a, string(a.Office), a.Holder)
}

func decideKey(c *Context, doc string) (decision, error) {
	var req registry.AdoptKeyRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	registrar, err := find[registry.Appointment](c, registry.ObjectAppointment, string(registry.OfficeRegistrar), clean(string(req.Registrar)))
	if err != nil {
		return decision{}, err
	}
	key, holder, refusals := registry.AdoptKey(c.facts, req, registrar)
	d := decision{key: req.Key, refusals: refusals}
	d.add(registry.ObjectKey, string(key.ID), "", key.Status, true, key, string(key.ID))
	d.appointment(holder, registrar)
	d.receipt = registry.Receipt{ID: string(key.ID), Status: key.Status}
	return d, nil
}
