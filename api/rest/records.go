package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

type casesInput struct {
	Applicant string   `query:"applicant" maxLength:"70"`
	Status    []string `query:"status"`
	Text      string   `query:"text" maxLength:"40"`
	ByDue     bool     `query:"byDue"`
	Limit     int      `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After     string   `query:"after" maxLength:"100"`
}

type casesView struct {
	Cases []json.RawMessage `json:"cases"`
	Next  string            `json:"next,omitempty"`
	AsOf  desk.AsOf         `json:"asOf"`
}

func (s *service) recordRoutes(api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/applications", "list applications", http.StatusOK), s.cases)
	huma.Register(api, operation("GET", "/api/v1/applications/{id}", "one application", http.StatusOK), func(ctx context.Context, in *idInput) (*output[json.RawMessage], error) {
		v, err := s.visibleCase(ctx, registry.ApplicationID(in.ID))
		return body(ctx, v, err)
	})
	huma.Register(api, operation("GET", "/api/v1/applications/{id}/transactions", "transactions of an application", http.StatusOK), func(ctx context.Context, in *idInput) (*output[json.RawMessage], error) {
		if _, err := s.visibleCase(ctx, registry.ApplicationID(in.ID)); err != nil {
			return nil, failure(ctx, err)
		}
		v, err := s.desk.Records.Transactions(ctx, registry.ApplicationID(in.ID))
		return body(ctx, v, err)
	})
	huma.Register(api, operation("GET", "/api/v1/assets/{id}", "one page of the register", http.StatusOK), func(ctx context.Context, in *idInput) (*output[json.RawMessage], error) {
		v, err := s.desk.Records.Asset(ctx, registry.AssetID(in.ID))
		if !s.insider(ctx, v.Holder) {
			v.Content = desk.Public(v.Content)
		}
		return body(ctx, v, err)
	})
	huma.Register(api, operation("GET", "/api/v1/situation", "mode, rules and calendars in force", http.StatusOK), func(ctx context.Context, _ *struct{}) (*output[json.RawMessage], error) {
		v, err := s.desk.Situation(ctx)
		return body(ctx, v, err)
	})
}

func body(ctx context.Context, v any, err error) (*output[json.RawMessage], error) {
	if err != nil {
		return nil, failure(ctx, err)
	}
	b, err := json.Marshal(v)
	return &output[json.RawMessage]{b}, err
}

func (s *service) cases(ctx context.Context, in *casesInput) (*output[casesView], error) {
	f := desk.CaseFilter{Applicant: registry.PartyID(in.Applicant), Text: in.Text, ByDue: in.ByDue, Limit: in.Limit, After: in.After}
	for _, status := range in.Status {
		f.Statuses = append(f.Statuses, registry.Status(status))
	}
	if !s.insider(ctx, f.Applicant) && !slices.ContainsFunc(f.Statuses, notPublic) {
		f.Statuses = append(f.Statuses[:0:0], onlyPublic(f.Statuses)...)
	} else if !s.insider(ctx, f.Applicant) {
		return nil, failure(ctx, registry.Refuse(registry.CodeAccessDenied, registry.RulePublicity, "role", "-"))
	}
	page, err := s.desk.Records.Cases(ctx, f)
	if err != nil {
		return nil, failure(ctx, err)
	}
	v := casesView{Cases: []json.RawMessage{}, Next: page.Next, AsOf: page.AsOf}
	for _, c := range page.Cases {
		if !s.insider(ctx, c.Applicant) {
			c.Content = desk.Public(c.Content)
		}
		b, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		v.Cases = append(v.Cases, b)
	}
	return &output[casesView]{v}, nil
}

// insider says whether the session's persona is staff, or belongs to the party.
func (s *service) insider(ctx context.Context, party registry.PartyID) bool {
	member, err := s.desk.Member(s.member(ctx))
	if err != nil {
		return false
	}
	actor := member.Person().Actor
	return actor.Role != registry.RoleApplicant || actor.Party == party
}

func notPublic(status registry.Status) bool { return !slices.Contains(desk.PublicStatuses, status) }

// onlyPublic is what outsiders may ask for: everything that has been made public, unless they ask for less.
func onlyPublic(asked []registry.Status) []registry.Status {
	if len(asked) > 0 {
		return asked
	}
	return desk.PublicStatuses
}

// visibleCase is a case as the asker may see it: outsiders see what has been made public, without withheld content.
func (s *service) visibleCase(ctx context.Context, id registry.ApplicationID) (registry.Application, error) {
	app, err := s.desk.Records.Case(ctx, id)
	if err != nil || s.insider(ctx, app.Applicant) {
		return app, err
	}
	if notPublic(app.Status) {
		return registry.Application{}, desk.ErrNotFound
	}
	app.Content = desk.Public(app.Content)
	return app, nil
}

type fileOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               []byte
}

func (s *service) certificateRoutes(api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/certificates/{id}", "one certificate record", http.StatusOK), func(ctx context.Context, in *idInput) (*output[json.RawMessage], error) {
		v, err := s.desk.Records.Certificate(ctx, registry.CertificateNumber(in.ID))
		return body(ctx, v, err)
	})
	huma.Register(api, operation("GET", "/api/v1/certificates/{id}/pdf", "the certificate as PDF", http.StatusOK), func(ctx context.Context, in *idInput) (*fileOutput, error) {
		docs, err := s.desk.Published.Documents(ctx, registry.CertificateNumber(in.ID))
		if err != nil {
			return nil, failure(ctx, err)
		}
		return &fileOutput{"application/pdf", `attachment; filename="` + in.ID + `.pdf"`, docs.PDF}, nil
	})
	huma.Register(api, operation("GET", "/api/v1/certificates/{id}/credential", "the certificate as vc+jwt", http.StatusOK), func(ctx context.Context, in *idInput) (*fileOutput, error) {
		docs, err := s.desk.Published.Documents(ctx, registry.CertificateNumber(in.ID))
		if err != nil {
			return nil, failure(ctx, err)
		}
		return &fileOutput{"application/vc+jwt", `attachment; filename="` + in.ID + `.jwt"`, docs.Credential}, nil
	})
	huma.Register(api, operation("GET", "/api/v1/certificates/{id}/state", "what the ledger says now, for verifiers", http.StatusOK), func(ctx context.Context, in *idInput) (*output[certificate.State], error) {
		state, err := s.verifier.State(ctx, registry.CertificateNumber(in.ID), time.Now().UTC().Truncate(time.Second))
		if err != nil {
			return nil, failure(ctx, err)
		}
		return &output[certificate.State]{state}, nil
	})
	huma.Register(api, operation("GET", "/api/v1/trust-bundle", "document keys, to be pinned by verifiers", http.StatusOK), func(ctx context.Context, _ *struct{}) (*output[certificate.Bundle], error) {
		b, err := s.verifier.Bundle(ctx)
		if err != nil {
			return nil, failure(ctx, err)
		}
		return &output[certificate.Bundle]{b}, nil
	})
}

// did is the registrar's did:web document with its document keys as they are on the ledger.
func (s *service) did(c echo.Context) error {
	b, err := s.verifier.Bundle(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"@context": []string{"https://www.w3.org/ns/did/v1"}, "id": certificate.DID(s.desk.PublicURL), "keys": b.Keys})
}
