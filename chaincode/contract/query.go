package contract

import (
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
