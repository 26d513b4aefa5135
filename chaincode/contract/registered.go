package contract

import (
	"strconv"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// SubmitChange files a change (申请变更登记): registry.SubmitChangeRequest.
func (*Registration) SubmitChange(c *Context, document string) (string, error) {
	return transact(c, document, decideSubmitChange)
}

// SubmitCorrection files a correction (申请更正登记): registry.SubmitChangeRequest.
func (*Registration) SubmitCorrection(c *Context, document string) (string, error) {
	return transact(c, document, decideSubmitCorrection)
}

// SubmitTransfer files a transfer for the transferor (申请转让登记): registry.SubmitTransferRequest.
func (*Registration) SubmitTransfer(c *Context, document string) (string, error) {
	return transact(c, document, decideSubmitTransfer)
}

// Join joins a transfer as transferee (共同申请): registry.JoinRequest.
func (*Registration) Join(c *Context, document string) (string, error) {
	return transact(c, document, decideJoin)
}

// SubmitRenewal files a renewal (申请续期登记): registry.SubmitRenewalRequest.
func (*Registration) SubmitRenewal(c *Context, document string) (string, error) {
	return transact(c, document, decideSubmitRenewal)
}

// SubmitCancellation files a cancellation (申请注销登记): registry.SubmitCancellationRequest.
func (*Registration) SubmitCancellation(c *Context, document string) (string, error) {
	return transact(c, document, decideSubmitCancellation)
}

// Supplement supplements materials (补正材料): registry.SupplementRequest.
func (*Registration) Supplement(c *Context, document string) (string, error) {
	return transact(c, document, decideSupplement)
}

// CancelExOfficio cancels a registration without request (主动注销): registry.EndRegistrationRequest.
func (*Registration) CancelExOfficio(c *Context, document string) (string, error) {
	return transact(c, document, decideCancelExOfficio)
}

// Revoke revokes a registration (撤销登记): registry.EndRegistrationRequest.
func (*Registration) Revoke(c *Context, document string) (string, error) {
	return transact(c, document, decideRevokeRegistration)
}

// FindVersion answers a registry.CertifiedContent, what an earlier version of a page certified: registry.FindVersionRequest.
func (*Registration) FindVersion(c *Context, document string) (string, error) {
	var req registry.FindVersionRequest
	if err := registry.Decode([]byte(document), &req); err != nil {
		return "", err
	}
	v, err := find[registry.CertifiedContent](c, registry.ObjectVersion, clean(string(req.Asset)), strconv.Itoa(req.Version))
	return found(v, string(req.Asset), err)
}

func decideSubmitChange(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActSubmitChange, func(r registry.SubmitChangeRequest) (string, registry.ApplicationID) { return r.Key, "" }, registry.SubmitChange)
}

func decideSubmitCorrection(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActSubmitCorrection, func(r registry.SubmitChangeRequest) (string, registry.ApplicationID) { return r.Key, "" }, registry.SubmitCorrection)
}

func decideSubmitTransfer(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActSubmitTransfer, func(r registry.SubmitTransferRequest) (string, registry.ApplicationID) { return r.Key, "" }, registry.SubmitTransfer)
}

func decideJoin(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActJoin, func(r registry.JoinRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.Join)
}

func decideSubmitRenewal(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActSubmitRenewal, func(r registry.SubmitRenewalRequest) (string, registry.ApplicationID) { return r.Key, "" }, registry.SubmitRenewal)
}

func decideSubmitCancellation(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActSubmitCancellation, func(r registry.SubmitCancellationRequest) (string, registry.ApplicationID) { return r.Key, "" }, registry.SubmitCancellation)
}

func decideSupplement(c *Context, doc string) (decision, error) {
	return judge(c, doc, registry.ActSupplement, func(r registry.SupplementRequest) (string, registry.ApplicationID) { return r.Key, r.Application }, registry.SupplementMaterials)
}

func decideCancelExOfficio(c *Context, doc string) (decision, error) {
	return endRegistration(c, doc, registry.CancelExOfficio)
}

func decideRevokeRegistration(c *Context, doc string) (decision, error) {
	return endRegistration(c, doc, registry.Revoke)
}

func endRegistration(c *Context, doc string, judge func(registry.Facts, registry.EndRegistrationRequest, registry.SweptAsset, *registry.Appointment) (registry.Asset, registry.Certificate, registry.Refusals)) (decision, error) {
	var req registry.EndRegistrationRequest
	if err := registry.Decode([]byte(doc), &req); err != nil {
		return decision{}, err
	}
	return c.onPage(req.Key, req.Asset, func(whole registry.SweptAsset, recorder *registry.Appointment) (registry.Asset, registry.Certificate, registry.Refusals) {
		return judge(c.facts, req, whole, recorder)
	})
}

// onPage loads a page of the register with its certificate for an act of the recorder on both.
func (c *Context) onPage(key string, id registry.AssetID, judge func(registry.SweptAsset, *registry.Appointment) (registry.Asset, registry.Certificate, registry.Refusals)) (decision, error) {
	_, recorder, err := c.loadPage(key, id)
	if err != nil {
		return decision{}, err
	}
	whole, err := c.loadWhole(id)
	if err != nil {
		return decision{}, err
	}
	page, cert, refusals := judge(whole, recorder)
	d := decision{key: key, refusals: refusals}
	if len(refusals) > 0 {
		return d, nil
	}
	if page.Ending != nil {
		told := registry.Notice{}
		page, told = registry.TellOfEnding(c.facts, page)
		d.notices(nil, told)
	}
	d.receipt = registry.Receipt{Asset: page.ID, Certificate: cert.Number, Status: string(page.Status)}
	d.add(registry.ObjectAsset, string(page.ID), string(whole.Asset.Status), string(page.Status), false, page, string(page.ID))
	d.add(registry.ObjectCertificate, string(cert.Number), whole.Certificate.Status, cert.Status, false, cert, string(cert.Number))
	return d, nil
}
