package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/session"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

type challengeInput struct {
	Body struct {
		Account registry.PersonID `json:"account" doc:"MSP/enrolment id" minLength:"3" maxLength:"110"`
	}
}

type challengeView struct {
	Nonce     string    `json:"nonce" doc:"base64url, used once"`
	Origin    string    `json:"origin" doc:"origin that the signed message must name"`
	ExpiresAt time.Time `json:"expiresAt"`
}

type answerInput struct {
	Body struct {
		Account     registry.PersonID `json:"account" minLength:"3" maxLength:"110"`
		Certificate string            `json:"certificate" doc:"PEM" maxLength:"8192"`
		Nonce       string            `json:"nonce" maxLength:"64"`
		Signature   []byte            `json:"signature" doc:"base64 of DER, or of the 64 bytes r‖s, over: byte 0, then the lines 'hehuang sign-in v1', 'origin …', 'account …', 'nonce …', each ended by a newline" maxLength:"200"`
	}
}

// signedInView is who is signed in.
type signedInView struct {
	Account registry.PersonID `json:"account"`
	Owner   registry.PersonID `json:"owner" doc:"first account of the person, whatever device is used now"`
	Role    string            `json:"role"`
	Party   registry.PartyID  `json:"party,omitempty"`
	Name    string            `json:"name,omitempty" doc:"of the party"`
	Until   registry.Date     `json:"until,omitempty" doc:"last civil day of the account"`
}

func (s *service) signInRoutes(api huma.API) {
	huma.Register(api, operation("POST", "/api/v1/sign-ins/challenges", "begin to sign in: what is to be signed", http.StatusCreated), s.challenge)
	huma.Register(api, operation("POST", "/api/v1/sign-ins", "sign in with a signed challenge", http.StatusCreated), s.signIn)
	huma.Register(api, operation("GET", "/api/v1/sign-ins/current", "who is signed in", http.StatusOK), s.signedIn)
	huma.Register(api, operation("DELETE", "/api/v1/sign-ins/current", "sign out here", http.StatusNoContent), s.signOut)
	huma.Register(api, operation("DELETE", "/api/v1/sign-ins", "sign out on every device", http.StatusNoContent), s.signOutEverywhere)
}

func (s *service) challenge(ctx context.Context, in *challengeInput) (*output[challengeView], error) {
	if err := within(ctx, s.signIns, in.Body.Account); err != nil {
		return nil, err
	}
	c := s.sessions.Challenge(in.Body.Account)
	return &output[challengeView]{challengeView{c.Nonce, c.Origin, c.ExpiresAt.UTC().Truncate(time.Second)}}, nil
}

func (s *service) signIn(ctx context.Context, in *answerInput) (*output[signedInView], error) {
	b := in.Body
	if err := within(ctx, s.signIns, b.Account); err != nil {
		return nil, err
	}
	p, until, err := s.sessions.SignIn(ctx, session.Answer{Account: b.Account, Certificate: []byte(b.Certificate), Nonce: b.Nonce, Signature: b.Signature})
	if err != nil {
		s.log.WarnContext(ctx, "not signed in", "id", requestID(ctx), "account", b.Account, "why", err.Error())
		return nil, s.failure(ctx, err)
	}
	s.log.InfoContext(ctx, "signed in", "id", requestID(ctx), "account", p.Actor.ID())
	return &output[signedInView]{s.describe(ctx, p, until)}, nil
}

// describe names the party as the read model knows it; until that has caught up the party has its identifier only.
func (s *service) describe(ctx context.Context, p desk.Person, until registry.Date) signedInView {
	v := signedInView{Account: p.Actor.ID(), Owner: p.Owner, Role: p.Actor.Role, Until: until}
	if !p.Actor.NeedsAccount() { // the administrator, who acts for no party
		return v
	}
	v.Party = p.Actor.Party
	if party, err := s.desk.Records.Party(ctx, p.Actor.Party); err == nil {
		v.Name = party.Name
	}
	return v
}

func (s *service) signedIn(ctx context.Context, _ *struct{}) (*output[signedInView], error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	var until registry.Date
	if a, err := s.desk.Records.Account(ctx, p.Actor.ID()); err == nil {
		until = a.Until
	}
	return &output[signedInView]{s.describe(ctx, p, until)}, nil
}

func (s *service) signOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, s.failure(ctx, s.sessions.SignOut(ctx))
}

func (s *service) signOutEverywhere(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, s.failure(ctx, s.sessions.SignOutEverywhere(ctx))
}
