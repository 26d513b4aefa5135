package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

type mattersInput struct {
	Kind   []string `query:"kind"`
	Status []string `query:"status"`
	Limit  int      `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After  string   `query:"after" maxLength:"100"`
}

type mattersView struct {
	Matters []registry.Matter `json:"matters" doc:"those that the person may see: one's own filings, for the bureau's officers and regulators all but those about their own body"`
	Next    string            `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf    desk.AsOf         `json:"asOf"`
}

func (s *service) matterRoutes(api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/matters", "matters of supervision, newest first", http.StatusOK), s.matters)
	huma.Register(api, operation("GET", "/api/v1/matters/{id}", "one matter of supervision", http.StatusOK), s.matter)
	huma.Register(api, operation("GET", "/api/v1/reports/{id}", "how far a report is, for whoever knows its number", http.StatusOK), s.report)
}

func (s *service) matters(ctx context.Context, in *mattersInput) (*output[mattersView], error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	f := desk.MatterFilter{Limit: in.Limit, After: in.After}
	if !desk.Supervises(p.Actor) {
		f.Filer = p.Owner
	}
	for _, kind := range in.Kind {
		f.Kinds = append(f.Kinds, registry.MatterKind(kind))
	}
	for _, status := range in.Status {
		f.Statuses = append(f.Statuses, registry.MatterStatus(status))
	}
	page, err := s.desk.Records.Matters(ctx, f)
	v := mattersView{Matters: []registry.Matter{}, Next: page.Next, AsOf: page.AsOf}
	for _, m := range page.Matters {
		if seen, ok := p.Seen(m); ok {
			v.Matters = append(v.Matters, seen)
		}
	}
	return reply(ctx, s, v, err)
}

// matter refuses alike what there is not and what the person may not see.
func (s *service) matter(ctx context.Context, in *idInput) (*output[registry.Matter], error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	m, err := s.desk.Matter(ctx, registry.MatterID(in.ID))
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return nil, s.failure(ctx, err)
	}
	seen, ok := p.Seen(m)
	if err != nil || !ok {
		return nil, s.failure(ctx, denied(p.Actor.Role))
	}
	return reply(ctx, s, seen, nil)
}

func (s *service) report(ctx context.Context, in *idInput) (*output[desk.Progress], error) {
	v, err := s.desk.Progress(ctx, registry.MatterID(in.ID))
	return reply(ctx, s, v, err)
}
