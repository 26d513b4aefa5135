package desk

import (
	"context"
	"slices"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// List is one page of a list, newest first.
type List[T any] struct {
	All  []T
	Next string // cursor of the next page, empty at the end
	AsOf AsOf
}

// ItemFilter chooses catalogue items; a zero field chooses all.
type ItemFilter struct {
	Provider registry.PartyID
	Region   string
	Sharing  int // type of sharing
	Opening  int // type of opening
	Statuses []string
	Text     string // part of name, abstract or code
	Limit    int    // 1 to 100, default 50
	After    string // opaque cursor
}

// EnterpriseFilter chooses entries of the enterprise catalogue; a zero field chooses all.
type EnterpriseFilter struct {
	Party    registry.PartyID
	Region   string
	Statuses []string
	Text     string // part of name or abstract
	Limit    int    // 1 to 100, default 50
	After    string // opaque cursor
}

// ShareFilter chooses share requests; a zero field chooses all.
type ShareFilter struct {
	Applicant registry.PartyID
	Provider  registry.PartyID
	Item      string
	Region    string // of the item
	Statuses  []string
	Limit     int    // 1 to 100, default 50
	After     string // opaque cursor
}

// PurchaseFilter chooses purchase requests; a zero field chooses all.
type PurchaseFilter struct {
	Applicant registry.PartyID
	Region    string // of the applicant
	Statuses  []string
	Limit     int    // 1 to 100, default 50
	After     string // opaque cursor
}

// OpenFilter chooses opened items; a zero field chooses all.
type OpenFilter struct {
	Provider registry.PartyID
	Region   string
	Statuses []string
	Limit    int    // 1 to 100, default 50
	After    string // opaque cursor
}

// PlanFilter chooses opening plans; a zero field chooses all.
type PlanFilter struct {
	Region string
	Limit  int    // 1 to 100, default 50
	After  string // opaque cursor
}

// Catalogue answers from the read model about the catalogue of public data, what is asked for and opened by it, and the enterprise
// catalogue. ErrNotFound when there is no such record.
type Catalogue interface {
	Items(ctx context.Context, f ItemFilter) (List[registry.CatalogItem], error)
	Item(ctx context.Context, code string) (registry.CatalogItem, error)
	Enterprises(ctx context.Context, f EnterpriseFilter) (List[registry.EnterpriseEntry], error)
	Enterprise(ctx context.Context, id registry.EntryID) (registry.EnterpriseEntry, error)
	Shares(ctx context.Context, f ShareFilter) (List[registry.Share], error)
	Share(ctx context.Context, id registry.ShareID) (registry.Share, error)
	Purchases(ctx context.Context, f PurchaseFilter) (List[registry.Purchase], error)
	Purchase(ctx context.Context, id registry.PurchaseID) (registry.Purchase, error)
	OpenItems(ctx context.Context, f OpenFilter) (List[registry.OpenItem], error)
	OpenItem(ctx context.Context, code string) (registry.OpenItem, error)
	Plans(ctx context.Context, f PlanFilter) (List[registry.OpeningPlan], error)
	Plan(ctx context.Context, region string, year int) (registry.OpeningPlan, error)
}

// Oversees says whether the person sees the requests of every body: people of the bureau and regulators do.
func (p Person) Oversees() bool {
	return p.Actor.MSP == registry.MSPBureau || p.Actor.MSP == registry.MSPRegulator
}

// Shares are the filter for the share requests that concern the person: those of their own body, or asked of it; for whoever oversees all of
// them, in a county's desk those of the county.
func (p Person) Shares(asked bool) ShareFilter {
	switch {
	case p.Oversees():
		return ShareFilter{Region: p.Overseen()}
	case asked:
		return ShareFilter{Provider: p.Actor.Party}
	}
	return ShareFilter{Applicant: p.Actor.Party}
}

// Purchases are the filter for the purchase requests that concern the person.
func (p Person) Purchases() PurchaseFilter {
	if p.Oversees() {
		return PurchaseFilter{Region: p.Overseen()}
	}
	return PurchaseFilter{Applicant: p.Actor.Party}
}

// Overseen is the region to which the person's desk is limited; empty for the city's.
func (p Person) Overseen() string {
	if p.Actor.Region == registry.Regions[0].Code {
		return ""
	}
	return p.Actor.Region
}

// Concerns says whether a request of these parties is the person's business.
func (p Person) Concerns(parties ...registry.PartyID) bool {
	return p.Oversees() || slices.Contains(parties, p.Actor.Party)
}
