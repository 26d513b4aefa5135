package rest

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

type casesInput struct {
	Applicant string   `query:"applicant" maxLength:"70"`
	Status    []string `query:"status"`
	Text      string   `query:"text" maxLength:"40"`
	ByDue     bool     `query:"byDue"`
	Limit     int      `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After     string   `query:"after" maxLength:"100"`
}

type pageInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After string `query:"after" maxLength:"100"`
}

type casesView struct {
	Cases []registry.Application `json:"cases"`
	Next  string                 `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf  desk.AsOf              `json:"asOf"`
}

// ledgerTransactionView is what the ledger says of a transaction.
type ledgerTransactionView struct {
	TxID     string            `json:"txId"`
	Block    uint64            `json:"block"`
	Function string            `json:"function"`
	Creator  registry.PersonID `json:"creator,omitempty" doc:"for staff and the party itself"`
	At       time.Time         `json:"at" doc:"as stated by the creator"`
	Valid    bool              `json:"valid"`
}

func (s *service) recordRoutes(api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/applications", "list applications", http.StatusOK), s.cases)
	huma.Register(api, operation("GET", "/api/v1/applications/{id}", "one application", http.StatusOK), s.application)
	huma.Register(api, operation("GET", "/api/v1/applications/{id}/transactions", "transactions of an application", http.StatusOK), s.transactions)
	huma.Register(api, operation("GET", "/api/v1/publicity", "what is being published, the earliest end first", http.StatusOK), s.publicity)
	huma.Register(api, operation("GET", "/api/v1/assets/{id}", "one page of the register", http.StatusOK), s.asset)
	huma.Register(api, operation("GET", "/api/v1/situation", "mode, rules and calendars in force", http.StatusOK), s.situation)
}

func (s *service) cases(ctx context.Context, in *casesInput) (*output[casesView], error) {
	f := desk.CaseFilter{Applicant: registry.PartyID(in.Applicant), Text: in.Text, ByDue: in.ByDue, Limit: in.Limit, After: in.After}
	for _, status := range in.Status {
		f.Statuses = append(f.Statuses, registry.Status(status))
	}
	if !s.insider(ctx, f.Applicant) {
		if slices.ContainsFunc(f.Statuses, notPublic) {
			return nil, s.failure(ctx, denied("-"))
		}
		if len(f.Statuses) == 0 {
			f.Statuses = desk.PublicStatuses
		}
	}
	return s.page(ctx, f)
}

func (s *service) publicity(ctx context.Context, in *pageInput) (*output[casesView], error) {
	return s.page(ctx, desk.CaseFilter{Statuses: desk.InPublicity, ByDue: true, Limit: in.Limit, After: in.After})
}

func (s *service) page(ctx context.Context, f desk.CaseFilter) (*output[casesView], error) {
	page, err := s.desk.Records.Cases(ctx, f)
	v := casesView{Cases: []registry.Application{}, Next: page.Next, AsOf: page.AsOf}
	for _, c := range page.Cases {
		v.Cases = append(v.Cases, s.visible(ctx, c))
	}
	return reply(ctx, s, v, err)
}

func notPublic(status registry.Status) bool { return !slices.Contains(desk.PublicStatuses, status) }

// visible is a case as the visitor may see it: outsiders see what has been made public, without the names of people,
// what they wrote to each other, and withheld content.
func (s *service) visible(ctx context.Context, app registry.Application) registry.Application {
	if s.insider(ctx, app.Applicant) {
		return app
	}
	app.Content = desk.Public(app.Content)
	app.ApplicantPerson, app.Acceptor, app.Reviewer, app.Mark.Actor = "", "", "", ""
	app.Findings, app.Supplements, app.Evidence, app.Objections, app.Extension, app.Reasons = nil, nil, nil, nil, nil, nil
	app.Materials, app.Cancellation, app.Paper, app.Notices = nil, nil, false, 0
	app.History = slices.Clone(app.History)
	for i := range app.History {
		app.History[i].Actor = ""
	}
	return app
}

// find finds a case that the visitor may know of.
func (s *service) find(ctx context.Context, id registry.ApplicationID) (registry.Application, error) {
	app, err := s.desk.Records.Case(ctx, id)
	if err == nil && notPublic(app.Status) && !s.insider(ctx, app.Applicant) {
		return registry.Application{}, desk.ErrNotFound
	}
	return app, err
}

func (s *service) application(ctx context.Context, in *idInput) (*output[registry.Application], error) {
	app, err := s.find(ctx, registry.ApplicationID(in.ID))
	return reply(ctx, s, s.visible(ctx, app), err)
}

func (s *service) transactions(ctx context.Context, in *idInput) (*output[[]ledgerTransactionView], error) {
	app, err := s.find(ctx, registry.ApplicationID(in.ID))
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	found, err := s.desk.Records.Transactions(ctx, app.ID)
	inside := s.insider(ctx, app.Applicant)
	all := []ledgerTransactionView{}
	for _, t := range found {
		v := ledgerTransactionView{TxID: t.TxID, Block: t.Block, Function: t.Function, At: t.At, Valid: t.Valid}
		if inside {
			v.Creator = t.Creator
		}
		all = append(all, v)
	}
	return reply(ctx, s, all, err)
}

func (s *service) asset(ctx context.Context, in *idInput) (*output[registry.Asset], error) {
	a, err := s.desk.Records.Asset(ctx, registry.AssetID(in.ID))
	if !s.insider(ctx, a.Holder) {
		a.Content, a.Mark.Actor = desk.Public(a.Content), ""
		a.Disputes, a.Paper, a.Notices = nil, false, 0
	}
	return reply(ctx, s, a, err)
}

func (s *service) situation(ctx context.Context, _ *struct{}) (*output[registry.Situation], error) {
	v, err := s.desk.Situation(ctx)
	return reply(ctx, s, v, err)
}
