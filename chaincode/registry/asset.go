package registry

import (
	"slices"
	"time"
)

// AssetStatus is the status of a page of the register.
type AssetStatus string

// Statuses of an asset. FROZEN is derived of orders in force, EXPIRED of the date; a sweep writes EXPIRED down.
const (
	AssetActive     AssetStatus = "ACTIVE"     // 有效
	AssetFrozen     AssetStatus = "FROZEN"     // 查封、管制中
	AssetSuperseded AssetStatus = "SUPERSEDED" // 已转让，由受让方的登记取代
	AssetCancelled  AssetStatus = "CANCELLED"  // 已注销
	AssetRevoked    AssetStatus = "REVOKED"    // 已撤销
	AssetExpired    AssetStatus = "EXPIRED"    // 有效期届满
)

// Asset is a page of the register (登记簿页): one holder's rights in a data asset. Changes, corrections and renewals make a new version of
// the page with a new certificate; a transfer makes a page for the transferee.
type Asset struct {
	ID           AssetID           `json:"id"`
	Track        Track             `json:"track"`
	Version      int               `json:"version"`
	Certificate  CertificateNumber `json:"certificate"` // of the present version
	Holder       PartyID           `json:"holder"`
	HolderName   string            `json:"holderName,omitempty"`
	Content      Content           `json:"content"`
	Status       AssetStatus       `json:"status"`
	ValidFrom    Date              `json:"validFrom"`
	ValidUntil   Date              `json:"validUntil"` // last civil day
	RetainUntil  Date              `json:"retainUntil"`
	Application  ApplicationID     `json:"application"`            // that made the present version
	Previous     AssetID           `json:"previous,omitempty"`     // the transferor's page
	Next         AssetID           `json:"next,omitempty"`         // the transferee's page, when nothing remained here
	NationalCode string            `json:"nationalCode,omitempty"` // returned by the national platform, for public data
	Ending       *Ending           `json:"ending,omitempty"`       // how it was cancelled or revoked
	Open         ApplicationID     `json:"open,omitempty"`         // the last act filed on the asset; whether it is open follows from its status
	Limits       []LimitHead       `json:"limits,omitempty"`
	LimitCount   int               `json:"limitCount,omitempty"`  // of all remarks ever entered
	Inspections  int               `json:"inspections,omitempty"` // of the file, ever recorded
	Disputes     []DisputeHead     `json:"disputes,omitempty"`    // objections after registration that are not at their end
	DisputeCount int               `json:"disputeCount,omitempty"`
	Paper        bool              `json:"paper,omitempty"`   // the holder acts at the counter: it is told on paper
	Notices      int               `json:"notices,omitempty"` // written about this page so far
	Profile      string            `json:"profile"`
	Mark         Mark              `json:"mark"`
}

// Ending is how a registration was cancelled or revoked.
type Ending struct {
	Act         Act           `json:"act"` // Register for a cancellation on request
	Ground      string        `json:"ground"`
	Reasons     []string      `json:"reasons"`
	Document    *Material     `json:"document,omitempty"`
	Application ApplicationID `json:"application,omitempty"`
	At          time.Time     `json:"at"`
	TxID        string        `json:"txId"`
	Actor       PersonID      `json:"actor"`
}

// Frozen says whether an order of seizure or control is in force on a civil day (第二十三条).
func (a *Asset) Frozen(day Date) bool {
	return slices.ContainsFunc(a.Limits, func(h LimitHead) bool { return h.Kind.Freezes() && h.InForce(day) })
}

// EffectiveStatus is the status as of an instant. open is the act named by Open, or nil: a renewal applied for in time keeps the asset
// from expiring until it is decided (第三十六条).
func (a *Asset) EffectiveStatus(open *Application, at time.Time) AssetStatus {
	day := CivilDate(at)
	switch {
	case a.Status != AssetActive:
		return a.Status
	case day > a.ValidUntil && !renewing(open, at):
		return AssetExpired
	case a.Frozen(day):
		return AssetFrozen
	}
	return AssetActive
}

// renewing says whether a renewal that was applied for in time is still undecided and keeps the registration alive meanwhile.
func renewing(open *Application, at time.Time) bool {
	return open != nil && open.Renewal != nil && open.Renewal.Holds && open.EffectiveStatus(at).Open()
}

// page refuses an act on an asset that is not there or has ended, and one dated before the page's last change (I21).
func (f Facts) page(a *Asset, id AssetID) *Refusal {
	switch {
	case a == nil:
		return Refuse(CodeNotFound, RuleForm, "asset", clip(string(id)))
	case a.Status != AssetActive:
		return Refuse(CodeAssetEnded, RuleCancellation, "asset", string(a.ID), "assetStatus", string(a.Status))
	}
	return f.forward(a.Mark)
}
