package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// transactionView is a transaction on its way, as the API shows it.
type transactionView struct {
	ID        string            `json:"id"`
	TxID      string            `json:"txId"`
	Function  string            `json:"function"`
	Document  json.RawMessage   `json:"document" doc:"canonical JSON that is signed"`
	State     desk.State        `json:"state" enum:"PREPARED,ENDORSED,UNKNOWN,COMMITTED,REFUSED,CONFLICT,INVALID,EXPIRED"`
	ToSign    []byte            `json:"toSign,omitempty" doc:"message (base64) for ECDSA P-256 with SHA-256"`
	Receipt   *registry.Receipt `json:"receipt,omitempty"`
	Problem   *Problem          `json:"problem,omitempty"`
	Block     uint64            `json:"block,omitempty"`
	ExpiresAt *time.Time        `json:"expiresAt,omitempty" doc:"sign the proposal before"`
}

// ended are the states in which a transaction has come to nothing, other than by refusal.
var ended = map[desk.State]struct {
	condition
	stage string
}{
	desk.StateConflict: {overtaken, "commit"}, desk.StateInvalid: {invalid, "commit"}, desk.StateExpired: {expired, "endorse"},
}

// problemOf says why a transaction has come to nothing; nil while it may still come to something.
func problemOf(ctx context.Context, t desk.Transaction) *Problem {
	if t.State == desk.StateRefused && t.Refusal != nil {
		p := refused(language(ctx), t.Refusal, t.TxID)
		p.Stage = "endorse"
		return p
	}
	end, ok := ended[t.State]
	if !ok {
		return nil
	}
	p := end.problem(language(ctx))
	p.Stage, p.TxID = end.stage, t.TxID
	return p
}

func view(ctx context.Context, t desk.Transaction) transactionView {
	v := transactionView{ID: t.ID, TxID: t.TxID, Function: t.Function, Document: t.Document, State: t.State, ToSign: t.ToSign,
		Receipt: t.Receipt, Block: t.Block, Problem: problemOf(ctx, t)}
	if t.State == desk.StatePrepared {
		at := t.ExpiresAt.UTC().Truncate(time.Second)
		v.ExpiresAt = &at
	}
	return v
}

type prepareInput struct {
	Body struct {
		Function    string          `json:"function" doc:"contract:Function" maxLength:"80"`
		Document    json.RawMessage `json:"document" doc:"the function's document; it is put into canonical form"`
		Certificate string          `json:"certificate" doc:"PEM certificate of the person who will sign" maxLength:"8192"`
		MSP         string          `json:"msp" doc:"member organisation of that person" maxLength:"64"`
	}
}

type signatureInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Signature []byte `json:"signature" doc:"base64 of DER, or of the 64 bytes r‖s" maxLength:"200"`
	}
}

type idInput struct {
	ID string `path:"id" maxLength:"128"`
}

type transactionOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     transactionView
}

func (s *service) transactionRoutes(api huma.API) {
	huma.Register(api, operation("POST", "/api/v1/transactions", "prepare a write", http.StatusCreated), s.prepare)
	huma.Register(api, operation("PUT", "/api/v1/transactions/{id}/endorsement", "give the proposal's signature, collect endorsements", http.StatusOK), s.endorse)
	huma.Register(api, operation("PUT", "/api/v1/transactions/{id}/submission", "give the transaction's signature, send it", http.StatusOK), s.submit)
	huma.Register(api, operation("GET", "/api/v1/transactions/{id}", "present state of a transaction", http.StatusOK), s.transaction)
	huma.Register(api, operation("POST", "/api/v1/checks", "would this act pass? nothing is written", http.StatusOK), s.check)
	submission := api.OpenAPI().Paths["/api/v1/transactions/{id}/submission"].Put
	unknown := *submission.Responses["200"]
	unknown.Description = "Sent; the outcome is unknown. Ask again at Location, never prepare it anew."
	submission.Responses["202"] = &unknown
}

func (s *service) prepare(ctx context.Context, in *prepareInput) (*transactionOutput, error) {
	document, err := registry.EncodeRequest(in.Body.Function, in.Body.Document)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	actor, err := registry.ParseActor(in.Body.MSP, []byte(in.Body.Certificate))
	if err != nil {
		return nil, s.failure(ctx, registry.Refuse(registry.CodeIdentityInvalid, registry.RuleOwnAct, "why", err.Error()))
	}
	if s.sessions.Owner(ctx) == "" {
		if err := within(ctx, s.unproven, actor.ID()); err != nil {
			return nil, err
		}
	}
	if err := s.sessions.Vouch(ctx, actor); err != nil {
		return nil, s.failure(ctx, err)
	}
	t, err := s.desk.Ledger.Prepare(ctx, desk.Person{Actor: actor, Certificate: []byte(in.Body.Certificate)}, in.Body.Function, document)
	return s.answer(ctx, http.StatusCreated, t, err)
}

func (s *service) endorse(ctx context.Context, in *signatureInput) (*transactionOutput, error) {
	t, err := s.desk.Ledger.Endorse(ctx, in.ID, in.Body.Signature)
	return s.answer(ctx, http.StatusOK, t, err)
}

func (s *service) submit(ctx context.Context, in *signatureInput) (*transactionOutput, error) {
	t, err := s.desk.Ledger.Submit(ctx, in.ID, in.Body.Signature)
	return s.answer(ctx, http.StatusOK, t, err)
}

// answer is the answer of a step: 202 when the outcome is unknown, a problem when the transaction has come to nothing.
func (s *service) answer(ctx context.Context, status int, t desk.Transaction, err error) (*transactionOutput, error) {
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	if p := problemOf(ctx, t); p != nil {
		return nil, p
	}
	if t.State == desk.StateUnknown {
		status = http.StatusAccepted
	}
	return &transactionOutput{Status: status, Location: "/api/v1/transactions/" + t.ID, Body: view(ctx, t)}, nil
}

func (s *service) transaction(ctx context.Context, in *idInput) (*output[transactionView], error) {
	t, err := s.desk.Ledger.Transaction(ctx, in.ID)
	return reply(ctx, s, view(ctx, t), err)
}

type checkInput struct {
	Body struct {
		Function string          `json:"function" maxLength:"80"`
		Document json.RawMessage `json:"document"`
		As       *registry.Actor `json:"as,omitempty" doc:"the person for whom it is asked: the visitor"`
	}
}

type verdictView struct {
	Passes    bool       `json:"passes"`
	AsOf      string     `json:"asOf"`
	Obstacles []*Problem `json:"obstacles"`
}

// check is the dry run of an act for the visitor, and for nobody else: obstacles tell of cases that are not public.
func (s *service) check(ctx context.Context, in *checkInput) (*output[verdictView], error) {
	p, err := s.person(ctx)
	if err == nil && in.Body.As != nil && in.Body.As.ID() != p.Actor.ID() {
		err = denied(p.Actor.Role)
	}
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	document, err := registry.EncodeRequest(in.Body.Function, in.Body.Document)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	verdict, err := s.desk.Check(ctx, p, in.Body.Function, json.RawMessage(document))
	v := verdictView{Passes: len(verdict.Obstacles) == 0, AsOf: verdict.AsOf, Obstacles: []*Problem{}}
	for _, o := range verdict.Obstacles {
		refusal := o.Refusal
		refusal.Code = o.Code
		v.Obstacles = append(v.Obstacles, refused(language(ctx), &refusal, ""))
	}
	return reply(ctx, s, v, err)
}
