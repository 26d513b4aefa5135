package contract

import (
	"strconv"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// RecordInspection records that the file of a registration was inspected (查询、复制): registry.RecordInspectionRequest.
func (*Registration) RecordInspection(c *Context, document string) (string, error) {
	return transact(c, document, decideInspection)
}

// FindInspection answers a registry.Inspection: registry.FindInspectionRequest.
func (*Registration) FindInspection(c *Context, document string) (string, error) {
	var req registry.FindInspectionRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	i, err := find[registry.Inspection](c, registry.ObjectInspection, clean(string(req.Asset)), strconv.Itoa(req.Inspection))
	return found(i, string(req.Asset), err)
}

func decideInspection(c *Context, doc string) (decision, error) {
	var req registry.RecordInspectionRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	partyKey := []string{registry.ObjectParty, clean(string(req.Party))}
	asset, recorder, err := c.loadPage(req.Key, req.Asset, partyKey)
	if err != nil {
		return decision{}, err
	}
	party, err := find[registry.Party](c, partyKey[0], partyKey[1])
	if err != nil {
		return decision{}, err
	}
	page, made, refusals := registry.RecordInspection(c.facts, req, asset, party, recorder)
	n := strconv.Itoa(made.N)
	d := decision{key: req.Key, refusals: refusals, receipt: registry.Receipt{Asset: page.ID, ID: string(page.ID) + "/" + n}}
	d.add(registry.ObjectInspection, d.receipt.ID, "", string(made.Standing), true, made, string(page.ID), n)
	d.add(registry.ObjectAsset, string(page.ID), string(page.Status), string(page.Status), false, page, string(page.ID))
	return d, nil
}
