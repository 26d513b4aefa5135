package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

type submissionsInput struct {
	Kind  []string `query:"kind"`
	By    string   `query:"by" maxLength:"70"`
	Asset string   `query:"asset" maxLength:"40"`
	Limit int      `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After string   `query:"after" maxLength:"100"`
}

type submissionsView struct {
	Submissions []registry.Submission `json:"submissions" doc:"disclosures and annual reports; one's own; for the bureau's officers and regulators all"`
	Next        string                `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf        desk.AsOf             `json:"asOf"`
}

type batchesInput struct {
	Side  string `query:"side" enum:"sender,receiver" default:"receiver"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After string `query:"after" maxLength:"100"`
}

type batchesView struct {
	Batches []registry.Batch `json:"batches" doc:"those of one's own body; for the bureau's officers and regulators all"`
	Next    string           `json:"next,omitempty" doc:"give it as after for the next page"`
	AsOf    desk.AsOf        `json:"asOf"`
}

type figuresInput struct {
	Year  int64 `path:"year" minimum:"2025" maximum:"2200"`
	Block int64 `query:"block" minimum:"1" required:"true" doc:"number of the last block that is counted"`
}

func (s *service) submissionRoutes(api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/submissions", "submissions that the visitor may see, newest first", http.StatusOK), s.submissions)
	huma.Register(api, operation("GET", "/api/v1/batches", "batches of public data that are reconciled", http.StatusOK), s.batches)
	huma.Register(api, operation("GET", "/api/v1/figures/{year}", "the figures of an annual report, computed from the ledger", http.StatusOK), s.figures)
}

// submissions lists what the visitor may see; outsiders see the public kinds.
func (s *service) submissions(ctx context.Context, in *submissionsInput) (*output[submissionsView], error) {
	p, _ := s.person(ctx) // nobody: what is public
	f := desk.SubmissionFilter{By: registry.PartyID(in.By), Asset: registry.AssetID(in.Asset), Limit: in.Limit, After: in.After}
	for _, kind := range in.Kind {
		f.Kinds = append(f.Kinds, registry.SubmissionKind(kind))
	}
	page, err := s.desk.Submitted.Submissions(ctx, f)
	v := submissionsView{Submissions: []registry.Submission{}, Next: page.Next, AsOf: page.AsOf}
	for _, made := range page.Submissions {
		if p.SeesSubmission(made) {
			v.Submissions = append(v.Submissions, made)
		}
	}
	return reply(ctx, s, v, err)
}

func (s *service) batches(ctx context.Context, in *batchesInput) (*output[batchesView], error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	f := desk.BatchFilter{Limit: in.Limit, After: in.After}
	switch {
	case desk.Supervises(p.Actor):
	case in.Side == "sender":
		f.Sender = p.Actor.Party
	default:
		f.Receiver = p.Actor.Party
	}
	page, err := s.desk.Submitted.Batches(ctx, f)
	v := batchesView{Batches: []registry.Batch{}, Next: page.Next, AsOf: page.AsOf}
	v.Batches = append(v.Batches, page.Batches...)
	return reply(ctx, s, v, err)
}

// figures lets everybody who has an account compare an annual report with the ledger.
func (s *service) figures(ctx context.Context, in *figuresInput) (*output[desk.YearFigures], error) {
	asOf, err := s.desk.Records.AsOf(ctx)
	if err == nil && in.Block > int64(asOf.Block) {
		err = desk.ErrNotFound
	}
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	v, err := s.desk.Figures(ctx, in.Year, in.Block)
	return reply(ctx, s, v, err)
}
