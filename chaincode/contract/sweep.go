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
	lapsed, refusals := registry.Sweep(c.facts, req, found)
	d := decision{key: req.Key, refusals: refusals}
	for _, app := range lapsed {
		before := app.History[len(app.History)-1].From
		d.add(registry.ObjectApplication, string(app.ID), string(before), string(app.Status), false, app, string(app.ID))
	}
	return d, nil
}

func (c *Context) loadSwept(req registry.SweepRequest) (registry.Swept, error) {
	var found registry.Swept
	keys := [][]string{{registry.ObjectIdempotency, string(c.facts.Actor.ID()), clean(req.Key)}}
	for _, id := range req.Applications {
		keys = append(keys, []string{registry.ObjectApplication, clean(string(id))})
	}
	if err := c.prefetch(keys...); err != nil {
		return found, err
	}
	for _, id := range req.Applications {
		app, err := find[registry.Application](c, registry.ObjectApplication, clean(string(id)))
		if err != nil {
			return found, err
		}
		found.Applications = append(found.Applications, app)
	}
	return found, nil
}
