// Package rest is the JSON API under /api/v1, described by /api/openapi.json. It is the only writer of
// application/problem+json. What may happen is decided elsewhere; here it is only translated.
package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// service answers the routes.
type service struct {
	desk     *desk.Desk
	verifier *Verifier
	member   func(context.Context) string // enrolment id of the session's demo persona, "" if none
}

// Register adds the API's routes.
func Register(e *echo.Echo, d *desk.Desk, v *Verifier, member func(context.Context) string) {
	useProblems()
	config := huma.DefaultConfig("河湟 数据资产登记 / Hehuang data-asset registry", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", "/api/schemas"
	config.CreateHooks = nil // no links built from the Host header
	config.Info.Description = "Writes are prepared here and signed by the person: POST transactions, PUT endorsement, PUT submission."
	api := humaecho.New(e, config)
	api.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) {
		lang := locale.Chinese
		if strings.HasPrefix(ctx.Header("Accept-Language"), "en") {
			lang = locale.English
		}
		next(huma.WithValue(ctx, languageKey{}, lang))
	})
	s := &service{desk: d, verifier: v, member: member}
	s.transactionRoutes(api)
	s.recordRoutes(api)
	s.certificateRoutes(api)
	s.evidenceRoutes(e)
	if d.Mode == registry.ModeDemo {
		s.demoRoutes(api)
	}
	e.GET("/.well-known/did.json", s.did)
}

func operation(method, path, summary string, status int) huma.Operation {
	id := strings.ToLower(method) + strings.NewReplacer("/api/v1", "", "/", "-", "{", "", "}", "").Replace(path)
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: status,
		Errors: []int{400, 403, 404, 409, 422, 503}, MaxBodyBytes: 1 << 20}
}

type output[T any] struct{ Body T }

// transactionView is a transaction on its way, as the API shows it.
type transactionView struct {
	ID        string            `json:"id"`
	TxID      string            `json:"txId"`
	Function  string            `json:"function"`
	Document  json.RawMessage   `json:"document" doc:"canonical JSON that is signed"`
	State     desk.State        `json:"state"`
	ToSign    []byte            `json:"toSign,omitempty" doc:"message (base64) for ECDSA P-256 with SHA-256"`
	Receipt   *registry.Receipt `json:"receipt,omitempty"`
	Problem   *Problem          `json:"problem,omitempty"`
	Failure   string            `json:"failure,omitempty"`
	Block     uint64            `json:"block,omitempty"`
	ExpiresAt string            `json:"expiresAt,omitempty"`
}

func view(ctx context.Context, t desk.Transaction) transactionView {
	v := transactionView{ID: t.ID, TxID: t.TxID, Function: t.Function, Document: t.Document, State: t.State, ToSign: t.ToSign,
		Receipt: t.Receipt, Failure: t.Failure, Block: t.Block}
	if t.State == desk.StatePrepared {
		v.ExpiresAt = t.ExpiresAt.UTC().Format("2006-01-02T15:04:05Z")
	}
	if t.Refusal != nil {
		v.Problem = refused(language(ctx), t.Refusal, t.TxID)
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
}

func (s *service) prepare(ctx context.Context, in *prepareInput) (*transactionOutput, error) {
	document, err := canonicalDocument(in.Body.Function, in.Body.Document)
	if err != nil {
		return nil, failure(ctx, err)
	}
	actor, err := registry.ParseActor(in.Body.MSP, []byte(in.Body.Certificate))
	if err != nil {
		return nil, failure(ctx, registry.Refuse(registry.CodeIdentityInvalid, registry.RuleOwnAct, "why", err.Error()))
	}
	t, err := s.desk.Ledger.Prepare(ctx, desk.Person{Actor: actor, Certificate: []byte(in.Body.Certificate)}, in.Body.Function, document)
	return s.answer(ctx, http.StatusCreated, t, err)
}

func (s *service) answer(ctx context.Context, status int, t desk.Transaction, err error) (*transactionOutput, error) {
	if err != nil {
		return nil, failure(ctx, err)
	}
	switch t.State {
	case desk.StateRefused:
		return nil, refused(language(ctx), t.Refusal, t.TxID)
	case desk.StateUnknown:
		status = http.StatusAccepted
	}
	return &transactionOutput{Status: status, Location: "/api/v1/transactions/" + t.ID, Body: view(ctx, t)}, nil
}

func (s *service) endorse(ctx context.Context, in *signatureInput) (*transactionOutput, error) {
	t, err := s.desk.Ledger.Endorse(ctx, in.ID, in.Body.Signature)
	return s.answer(ctx, http.StatusOK, t, err)
}

func (s *service) submit(ctx context.Context, in *signatureInput) (*transactionOutput, error) {
	t, err := s.desk.Ledger.Submit(ctx, in.ID, in.Body.Signature)
	return s.answer(ctx, http.StatusOK, t, err)
}

func (s *service) transaction(ctx context.Context, in *idInput) (*transactionOutput, error) {
	t, err := s.desk.Ledger.Transaction(ctx, in.ID)
	if err != nil {
		return nil, failure(ctx, err)
	}
	return &transactionOutput{Status: http.StatusOK, Body: view(ctx, t)}, nil
}

type checkInput struct {
	Body struct {
		Function string          `json:"function" maxLength:"80"`
		Document json.RawMessage `json:"document"`
		As       registry.Actor  `json:"as" doc:"the person for whom it is asked"`
	}
}

type verdictView struct {
	Passes    bool       `json:"passes"`
	AsOf      string     `json:"asOf"`
	Obstacles []*Problem `json:"obstacles"`
}

func (s *service) check(ctx context.Context, in *checkInput) (*output[verdictView], error) {
	document, err := canonicalDocument(in.Body.Function, in.Body.Document)
	if err != nil {
		return nil, failure(ctx, err)
	}
	verdict, err := s.desk.Check(ctx, desk.Person{Actor: in.Body.As}, in.Body.Function, json.RawMessage(document))
	if err != nil {
		return nil, failure(ctx, err)
	}
	v := verdictView{Passes: len(verdict.Obstacles) == 0, AsOf: verdict.AsOf, Obstacles: []*Problem{}}
	for _, o := range verdict.Obstacles {
		refusal := o.Refusal
		refusal.Code = o.Code
		v.Obstacles = append(v.Obstacles, refused(language(ctx), &refusal, ""))
	}
	return &output[verdictView]{v}, nil
}

// requests are the document types of the functions that may be written through the API.
var requests = map[string]func() any{
	"party:Register":               func() any { return new(registry.RegisterPartyRequest) },
	"party:Appoint":                func() any { return new(registry.AppointRequest) },
	"party:EndAppointment":         func() any { return new(registry.EndAppointmentRequest) },
	"party:AdoptKey":               func() any { return new(registry.AdoptKeyRequest) },
	"rule:AdoptProfile":            func() any { return new(registry.AdoptProfileRequest) },
	"rule:AdoptCalendar":           func() any { return new(registry.AdoptCalendarRequest) },
	"registration:Submit":          func() any { return new(registry.SubmitRequest) },
	"registration:Resubmit":        func() any { return new(registry.ResubmitRequest) },
	"registration:Return":          func() any { return new(registry.ReasonsRequest) },
	"registration:NotAccept":       func() any { return new(registry.ReasonsRequest) },
	"registration:Withdraw":        func() any { return new(registry.ReasonsRequest) },
	"registration:Accept":          func() any { return new(registry.ActRequest) },
	"registration:ClaimAcceptance": func() any { return new(registry.ActRequest) },
	"registration:ClosePublicity":  func() any { return new(registry.ActRequest) },
	"registration:ComputeDeadline": func() any { return new(registry.ActRequest) },
	"registration:PassReview":      func() any { return new(registry.ReviewRequest) },
	"registration:Refuse":          func() any { return new(registry.RefuseRequest) },
	"registration:Register":        func() any { return new(registry.RegisterRequest) },
}

// canonicalDocument puts a document into the form that is signed; unknown fields are refused.
func canonicalDocument(function string, body json.RawMessage) ([]byte, error) {
	make, known := requests[function]
	if !known {
		return nil, registry.Refuse(registry.CodeFunctionUnknown, registry.RuleOwnAct, "function", function)
	}
	request := make()
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(request); err != nil {
		return nil, registry.Refuse(registry.CodeDocumentInvalid, registry.RuleOnce, "why", err.Error())
	}
	return registry.Canonical(request)
}
