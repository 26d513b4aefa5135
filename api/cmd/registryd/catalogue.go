package main

import (
	"context"
	"strconv"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/index"
)

// catalogues plugs the read model's catalogues into the desk.
type catalogues struct{ records }

// listOf is one page of a list of the read model.
func listOf[F, T any](ctx context.Context, r records, list func(context.Context, F) ([]T, string, error), f F) (l desk.List[T], err error) {
	l.All, l.Next, l.AsOf, err = listed(ctx, r, list, f)
	return l, err
}

// record is one record of the read model.
func record[T any](ctx context.Context, r records, object, id string) (v T, err error) {
	err = notFound(r.Index.Record(ctx, object, id, &v))
	return v, err
}

func (c catalogues) Items(ctx context.Context, f desk.ItemFilter) (desk.List[registry.CatalogItem], error) {
	return listOf(ctx, c.records, c.Index.Items, index.ItemFilter(f))
}

func (c catalogues) Item(ctx context.Context, code string) (registry.CatalogItem, error) {
	return record[registry.CatalogItem](ctx, c.records, registry.ObjectItem, code)
}

func (c catalogues) Enterprises(ctx context.Context, f desk.EnterpriseFilter) (desk.List[registry.EnterpriseEntry], error) {
	return listOf(ctx, c.records, c.Index.Enterprises, index.EnterpriseFilter(f))
}

func (c catalogues) Enterprise(ctx context.Context, id registry.EntryID) (registry.EnterpriseEntry, error) {
	return record[registry.EnterpriseEntry](ctx, c.records, registry.ObjectEnterprise, string(id))
}

func (c catalogues) Shares(ctx context.Context, f desk.ShareFilter) (desk.List[registry.Share], error) {
	return listOf(ctx, c.records, c.Index.Shares, index.ShareFilter(f))
}

func (c catalogues) Share(ctx context.Context, id registry.ShareID) (registry.Share, error) {
	return record[registry.Share](ctx, c.records, registry.ObjectShare, string(id))
}

func (c catalogues) Purchases(ctx context.Context, f desk.PurchaseFilter) (desk.List[registry.Purchase], error) {
	return listOf(ctx, c.records, c.Index.Purchases, index.PurchaseFilter(f))
}

func (c catalogues) Purchase(ctx context.Context, id registry.PurchaseID) (registry.Purchase, error) {
	return record[registry.Purchase](ctx, c.records, registry.ObjectPurchase, string(id))
}

func (c catalogues) OpenItems(ctx context.Context, f desk.OpenFilter) (desk.List[registry.OpenItem], error) {
	return listOf(ctx, c.records, c.Index.OpenItems, index.OpenFilter(f))
}

func (c catalogues) OpenItem(ctx context.Context, code string) (registry.OpenItem, error) {
	return record[registry.OpenItem](ctx, c.records, registry.ObjectOpenItem, code)
}

func (c catalogues) Plans(ctx context.Context, f desk.PlanFilter) (desk.List[registry.OpeningPlan], error) {
	return listOf(ctx, c.records, c.Index.Plans, index.PlanFilter(f))
}

func (c catalogues) Plan(ctx context.Context, region string, year int) (registry.OpeningPlan, error) {
	return record[registry.OpeningPlan](ctx, c.records, registry.ObjectOpenPlan, region+" "+strconv.Itoa(year))
}
