package contract

import (
	"errors"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// FindApplication answers a registry.Application: registry.FindRequest.
func (*Registration) FindApplication(c *Context, document string) (string, error) {
	return lookUp[registry.Application](c, document, registry.ObjectApplication)
}

// FindAsset answers a registry.Asset: registry.FindRequest.
func (*Registration) FindAsset(c *Context, document string) (string, error) {
	return lookUp[registry.Asset](c, document, registry.ObjectAsset)
}

// FindCertificate answers a registry.Certificate: registry.FindRequest.
func (*Registration) FindCertificate(c *Context, document string) (string, error) {
	return lookUp[registry.Certificate](c, document, registry.ObjectCertificate)
}

// Check is the dry run of an act (试办): registry.CheckRequest in, registry.Verdict out. It decides with the very
// functions that the act itself uses, and writes nothing.
func (*Registration) Check(c *Context, document string) (string, error) {
	var req registry.CheckRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	decide, known := deciders[req.Act]
	if !known {
		return "", registry.Refuse(registry.CodeFunctionUnknown, registry.RuleOwnAct, "function", string(req.Act))
	}
	if err := c.loadNetwork(); err != nil {
		return "", err
	}
	if req.As != nil {
		c.facts.Actor = *req.As
	}
	refusals, err := c.try(req, decide)
	if err != nil {
		return "", err
	}
	return encode(registry.NewVerdict(c.facts, refusals))
}

func (c *Context) try(req registry.CheckRequest, decide decider) (registry.Refusals, error) {
	var refusals registry.Refusals
	if refusal := registry.CheckAccess("registration:"+string(req.Act), c.facts.Actor); refusal != nil {
		refusals = append(refusals, refusal)
	}
	if c.network == nil {
		return append(refusals, registry.Refuse(registry.CodeNotFounded, registry.RuleDemo)), nil
	}
	standing, err := c.checkAccount()
	if err != nil {
		return nil, err
	}
	if standing != nil {
		refusals = append(refusals, standing)
	}
	d, err := decide(c, req.Document)
	var refusal *registry.Refusal
	if errors.As(err, &refusal) {
		return append(refusals, refusal), nil
	}
	return append(refusals, d.refusals...), err
}

// lookUp answers the record under an identifier, in canonical JSON.
func lookUp[T any](c *Context, document, object string) (string, error) {
	var req registry.FindRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	record, err := find[T](c, object, clean(req.ID))
	return found(record, req.ID, err)
}

func found[T any](record *T, id string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	if record == nil {
		return "", registry.NotFound(id)
	}
	return encode(record)
}

func encode(v any) (string, error) {
	body, err := registry.Canonical(v)
	return string(body), err
}
