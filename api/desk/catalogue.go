package desk

import (
	"context"

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
