package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

type castView struct {
	Enrolment   string `json:"enrolment"`
	Name        string `json:"name"`
	Role        string `json:"role"`
	Party       string `json:"party"`
	MSP         string `json:"msp"`
	Certificate string `json:"certificate" doc:"PEM"`
}

type signInput struct {
	Body struct {
		Member      string `json:"member" doc:"enrolment id of a demo signer" maxLength:"64"`
		Transaction string `json:"transaction" doc:"id of the transaction that awaits a signature" maxLength:"64"`
	}
}

type signView struct {
	Signature []byte `json:"signature"`
}

// demoRoutes exist on demo networks only: a cast whose keys lie with the service signs what a person's own key would.
func (s *service) demoRoutes(api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/demo/cast", "the demo signers", http.StatusOK), s.cast)
	huma.Register(api, operation("POST", "/api/v1/demo/signatures", "sign the message that a stored transaction awaits, and only that", http.StatusOK), s.sign)
}

func (s *service) cast(context.Context, *struct{}) (*output[[]castView], error) {
	all := []castView{}
	for _, m := range s.desk.Cast {
		p := m.Person()
		all = append(all, castView{p.Actor.Enrolment, p.Name, p.Actor.Role, string(p.Actor.Party), p.Actor.MSP, string(p.Certificate)})
	}
	return &output[[]castView]{all}, nil
}

// sign signs for a demo signer. A message for another person is signed in vain: the next step compares signature and certificate.
func (s *service) sign(ctx context.Context, in *signInput) (*output[signView], error) {
	member, err := s.desk.Member(in.Body.Member)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	t, err := s.desk.Ledger.Transaction(ctx, in.Body.Transaction)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	if len(t.ToSign) == 0 {
		return nil, nothingToSign.problem(language(ctx))
	}
	signature, err := member.Sign(t.ToSign)
	return reply(ctx, s, signView{signature}, err)
}
