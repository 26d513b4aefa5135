package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

type disputesInput struct {
	Asset  string   `query:"asset" maxLength:"30" doc:"of one page of the register"`
	As     string   `query:"as" enum:"objector,registrant" default:"objector" doc:"the side of the party; staff see all"`
	Status []string `query:"status"`
	Limit  int      `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After  string   `query:"after" maxLength:"100"`
}

type disputeInput struct {
	Asset string `path:"asset" maxLength:"30"`
	N     int    `path:"n" minimum:"1"`
}

type disputesView struct {
	Disputes []registry.Dispute `json:"disputes"`
	Next     string             `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf     desk.AsOf          `json:"asOf"`
}

func (s *service) disputeRoutes(api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/disputes", "objections after registration of the party, newest first", http.StatusOK), s.disputes)
	huma.Register(api, operation("GET", "/api/v1/disputes/{asset}/{n}", "one objection after registration", http.StatusOK), s.dispute)
}

// disputes are those in which the party for which the person acts is a side; the registrar's staff see all.
func (s *service) disputes(ctx context.Context, in *disputesInput) (*output[disputesView], error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	f := desk.DisputeFilter{Asset: registry.AssetID(in.Asset), Limit: in.Limit, After: in.After}
	for _, status := range in.Status {
		f.Statuses = append(f.Statuses, registry.DisputeStatus(status))
	}
	switch {
	case p.Registrar():
	case in.As == "registrant":
		f.Registrant = p.Inbox()
	default:
		f.Objector = p.Inbox()
	}
	page, err := s.desk.Records.Disputes(ctx, f)
	v := disputesView{Disputes: []registry.Dispute{}, Next: page.Next, AsOf: page.AsOf}
	for _, d := range page.Disputes {
		if p.MayReadDispute(d) {
			v.Disputes = append(v.Disputes, d)
		}
	}
	return reply(ctx, s, v, err)
}

func (s *service) dispute(ctx context.Context, in *disputeInput) (*output[registry.Dispute], error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	d, err := s.desk.Records.Dispute(ctx, registry.AssetID(in.Asset), in.N)
	if err == nil && !p.MayReadDispute(d) {
		err = denied(p.Actor.Role)
	}
	return reply(ctx, s, d, err)
}
