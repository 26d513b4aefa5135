package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/odrl"
)

type grantsInput struct {
	Side   string   `query:"side" enum:"grantor,grantee" default:"grantee" doc:"of the person's own body; whoever may see all grants sees all of them"`
	Asset  string   `query:"asset" maxLength:"40"`
	Status []string `query:"status" doc:"as recorded"`
	Limit  int      `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After  string   `query:"after" maxLength:"100"`
}

// grantView is a grant with its status as of now.
type grantView struct {
	Grant  registry.Grant       `json:"grant"`
	Status registry.GrantStatus `json:"status" doc:"as of now: of its last day, its page and the grant that it lies within"`
	Head   *registry.Head       `json:"head,omitempty" doc:"how far its traces are anchored; none before the first batch"`
}

type grantsView struct {
	Grants []grantView `json:"grants"`
	Next   string      `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf   desk.AsOf   `json:"asOf"`
}

type useInput struct {
	ID   string `path:"id" maxLength:"80"`
	Body struct {
		Use  registry.Use `json:"use"`
		Used int64        `json:"used,omitempty" doc:"what was used before, in units of the quota"`
	}
}

// useVerdict says whether a use would be allowed now.
type useVerdict struct {
	Allowed bool              `json:"allowed"`
	Code    registry.Code     `json:"code,omitempty"`
	Rule    registry.RuleID   `json:"rule,omitempty"`
	Detail  string            `json:"detail,omitempty" doc:"why not, with the article"`
	Remedy  string            `json:"remedy,omitempty"`
	Args    map[string]string `json:"args,omitempty"`
	AsOf    string            `json:"asOf"`
}

func (s *service) grantRoutes(api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/grants", "grants of the person's body, newest first", http.StatusOK), s.grants)
	huma.Register(api, operation("GET", "/api/v1/grants/{id}", "one grant", http.StatusOK), s.grant)
	huma.Register(api, operation("GET", "/api/v1/grants/{id}/odrl", "one grant as a W3C ODRL 2.2 agreement", http.StatusOK), s.grantODRL)
	huma.Register(api, operation("POST", "/api/v1/grants/{id}/verdict", "may the grantee use the data so? nothing is written", http.StatusOK), s.useVerdict)
}

func (s *service) grants(ctx context.Context, in *grantsInput) (*output[grantsView], error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	f := desk.GrantFilter{Asset: registry.AssetID(in.Asset), Limit: in.Limit, After: in.After}
	switch {
	case p.MaySeeAllGrants():
	case in.Side == "grantor":
		f.Grantor = p.Actor.Party
	default:
		f.Grantee = p.Actor.Party
	}
	for _, status := range in.Status {
		f.Statuses = append(f.Statuses, registry.GrantStatus(status))
	}
	list, err := s.desk.Grants.Grants(ctx, f)
	v := grantsView{Grants: []grantView{}, Next: list.Next, AsOf: list.AsOf}
	for _, g := range list.All {
		v.Grants = append(v.Grants, s.grantView(ctx, g))
	}
	return reply(ctx, s, v, err)
}

func (s *service) grantView(ctx context.Context, g registry.Grant) grantView {
	v := grantView{Grant: g, Status: s.desk.GrantStatus(ctx, g, time.Now())}
	if head, err := s.desk.Grants.Head(ctx, g.ID); err == nil {
		v.Head = &head
	}
	return v
}

// findGrant finds a grant for whom it concerns.
func (s *service) findGrant(ctx context.Context, id string) (registry.Grant, error) {
	p, err := s.person(ctx)
	if err != nil {
		return registry.Grant{}, err
	}
	g, err := s.desk.Grants.Grant(ctx, registry.GrantID(id))
	if err == nil && !p.MaySee(g) {
		err = denied(p.Actor.Role)
	}
	return g, err
}

func (s *service) grant(ctx context.Context, in *idInput) (*output[grantView], error) {
	g, err := s.findGrant(ctx, in.ID)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	return reply(ctx, s, s.grantView(ctx, g), nil)
}

func (s *service) grantODRL(ctx context.Context, in *idInput) (*output[odrl.Agreement], error) {
	g, err := s.findGrant(ctx, in.ID)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	return reply(ctx, s, odrl.Export(g, s.grantView(ctx, g).Status), nil)
}

func (s *service) useVerdict(ctx context.Context, in *useInput) (*output[useVerdict], error) {
	g, err := s.findGrant(ctx, in.ID)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	verdict, err := s.desk.CheckUse(ctx, registry.CheckUseRequest{Grant: g.ID, User: g.Grantee, Use: in.Body.Use, Counters: registry.Counters{Used: in.Body.Used}})
	v := useVerdict{Allowed: len(verdict.Obstacles) == 0, AsOf: verdict.AsOf}
	for _, o := range verdict.Obstacles[:min(1, len(verdict.Obstacles))] {
		refusal := o.Refusal
		refusal.Code = o.Code
		v.Code, v.Rule, v.Args, v.Detail, v.Remedy = o.Code, o.Rule, o.Args, locale.Sentence(language(ctx), &refusal), locale.Remedy(language(ctx), o.Code)
	}
	return reply(ctx, s, v, err)
}
