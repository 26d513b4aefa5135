package contract

import "github.com/hehuang-data/hehuang/chaincode/registry"

func decideSweep(c *Context, doc string) (decision, error) {
	var req registry.SweepRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	found, err := c.loadSwept(req)
	if err != nil {
		return decision{}, err
	}
	due, refusals := registry.Sweep(c.facts, req, found)
	d := decision{key: req.Key, refusals: refusals}
	for _, app := range due.Applications {
		before := app.History[len(app.History)-1].From
		d.add(registry.ObjectApplication, string(app.ID), string(before), string(app.Status), false, app, string(app.ID))
	}
	for _, a := range due.Assets {
		d.add(registry.ObjectAsset, string(a.Asset.ID), string(registry.AssetActive), string(a.Asset.Status), false, a.Asset, string(a.Asset.ID))
		number := string(a.Certificate.Number)
		d.add(registry.ObjectCertificate, number, registry.CertificateValid, a.Certificate.Status, false, a.Certificate, number)
	}
	return d, nil
}

func (c *Context) loadSwept(req registry.SweepRequest) (registry.Swept, error) {
	var found registry.Swept
	keys := [][]string{{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(req.Key)}}
	for _, id := range req.Applications {
		keys = append(keys, []string{registry.ObjectApplication, clean(string(id))})
	}
	for _, id := range req.Assets {
		keys = append(keys, []string{registry.ObjectAsset, clean(string(id))})
	}
	if err := c.expect(keys...); err != nil {
		return found, err
	}
	for _, id := range req.Applications {
		app, err := find[registry.Application](c, registry.ObjectApplication, clean(string(id)))
		if err != nil {
			return found, err
		}
		found.Applications = append(found.Applications, app)
	}
	for _, id := range req.Assets {
		a, err := c.loadWhole(id)
		if err != nil {
			return found, err
		}
		found.Assets = append(found.Assets, a)
	}
	return found, nil
}

// loadWhole finds a page of the register with its certificate and the act that is open on it.
func (c *Context) loadWhole(id registry.AssetID) (a registry.SweptAsset, err error) {
	if a.Asset, err = find[registry.Asset](c, registry.ObjectAsset, clean(string(id))); err != nil || a.Asset == nil {
		return a, err
	}
	if err = c.expectPage(a.Asset, true); err != nil {
		return a, err
	}
	if a.Open, err = c.openOn(a.Asset); err != nil {
		return a, err
	}
	a.Certificate, err = find[registry.Certificate](c, registry.ObjectCertificate, string(a.Asset.Certificate))
	return a, err
}

// expectPage names what a page of the register leads to.
func (c *Context) expectPage(a *registry.Asset, certified bool) error {
	keys := [][]string{{registry.ObjectParty, clean(string(a.Holder))}}
	if certified {
		keys = [][]string{{registry.ObjectCertificate, clean(string(a.Certificate))}}
	}
	if a.Open != "" {
		keys = append(keys, []string{registry.ObjectApplication, string(a.Open)})
	}
	return c.expect(keys...)
}

// openOn finds the act that a page of the register names as open; nil if there is none.
func (c *Context) openOn(a *registry.Asset) (*registry.Application, error) {
	if a == nil || a.Open == "" {
		return nil, nil
	}
	return find[registry.Application](c, registry.ObjectApplication, string(a.Open))
}
