package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

type sharesInput struct {
	Asked bool     `query:"asked" doc:"what is asked of one's own body, not by it"`
	Limit int      `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After string   `query:"after" maxLength:"100"`
	State []string `query:"status"`
}

type sharesView struct {
	Shares []registry.Share `json:"shares"`
	Next   string           `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf   desk.AsOf        `json:"asOf"`
}

type purchasesView struct {
	Purchases []registry.Purchase `json:"purchases"`
	Next      string              `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf      desk.AsOf           `json:"asOf"`
}

// openView is an opened item, and whether the public may have it as the catalogue stands.
type openView struct {
	registry.OpenItem
	OpenNow bool `json:"openNow"`
}

type openedView struct {
	Opened []openView `json:"opened"`
	Next   string     `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf   desk.AsOf  `json:"asOf"`
}

type plansView struct {
	Plans []registry.OpeningPlan `json:"plans"`
	Next  string                 `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf  desk.AsOf              `json:"asOf"`
}

func (s *service) sharingRoutes(api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/shares", "share requests of one's own body; the bureau and regulators see all", http.StatusOK), s.shares)
	huma.Register(api, operation("GET", "/api/v1/purchases", "purchase requests of one's own body; the bureau and regulators see all", http.StatusOK), s.purchases)
	huma.Register(api, operation("GET", "/api/v1/opened", "the catalogue of opened data", http.StatusOK), s.opened)
	huma.Register(api, operation("GET", "/api/v1/opening-plans", "the opening plans", http.StatusOK), s.plans)
}

func (s *service) shares(ctx context.Context, in *sharesInput) (*output[sharesView], error) {
	self, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	f := self.Shares(in.Asked)
	f.Statuses, f.Limit, f.After = in.State, in.Limit, in.After
	list, err := s.desk.Catalogue.Shares(ctx, f)
	return reply(ctx, s, sharesView{append([]registry.Share{}, list.All...), list.Next, list.AsOf}, err)
}

func (s *service) purchases(ctx context.Context, in *pageInput) (*output[purchasesView], error) {
	self, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	f := self.Purchases()
	f.Limit, f.After = in.Limit, in.After
	list, err := s.desk.Catalogue.Purchases(ctx, f)
	return reply(ctx, s, purchasesView{append([]registry.Purchase{}, list.All...), list.Next, list.AsOf}, err)
}

// opened lists what is published, without the names of people and what they wrote to each other.
func (s *service) opened(ctx context.Context, in *pageInput) (*output[openedView], error) {
	list, err := s.desk.Catalogue.OpenItems(ctx, desk.OpenFilter{Statuses: []string{registry.OpenPublished}, Limit: in.Limit, After: in.After})
	v := openedView{[]openView{}, list.Next, list.AsOf}
	for _, o := range list.All {
		item, err := s.desk.Catalogue.Item(ctx, o.Code)
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		open := openView{o, o.OpenNow(&item)}
		if !s.insider(ctx, o.Provider) {
			open.Audit.By, open.Audit.Note, open.Publisher, open.Mark.Actor = "", "", "", ""
		}
		v.Opened = append(v.Opened, open)
	}
	return reply(ctx, s, v, err)
}

func (s *service) plans(ctx context.Context, in *pageInput) (*output[plansView], error) {
	list, err := s.desk.Catalogue.Plans(ctx, desk.PlanFilter{Limit: in.Limit, After: in.After})
	v := plansView{[]registry.OpeningPlan{}, list.Next, list.AsOf}
	for _, p := range list.All {
		p.Mark.Actor = ""
		v.Plans = append(v.Plans, p)
	}
	return reply(ctx, s, v, err)
}
