// Package rest is the JSON API under /api/v1, described by /api/openapi.json. It is the only writer of
// application/problem+json. What may happen is decided elsewhere; here it is only translated.
package rest

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	tags "golang.org/x/text/language"
	"golang.org/x/time/rate"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/api/session"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// service answers the routes.
type service struct {
	desk     *desk.Desk
	verifier *Verifier
	sessions *session.Sessions
	log      *slog.Logger

	// Limits by the account that is named, whoever names it and from wherever.
	unproven, signIns, certificates *middleware.RateLimiterMemoryStore
}

// The limits of one account. They are wider than those of one address: nobody keeps a person out from one place.
const (
	unprovenPerSec    = 20 // prepared in its name by whoever has not signed in as its holder; signed in, the limit of the person holds
	unprovenBurst     = 100
	signInsPerSec     = 5 // challenges and answers
	signInBurst       = 100
	certificatePerSec = 0.2 // each asks ledger and registration authority
	certificateBurst  = 20
)

func limitOf(perSecond rate.Limit, burst int) *middleware.RateLimiterMemoryStore {
	return middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{Rate: perSecond, Burst: burst})
}

// within refuses what goes beyond an account's limit.
func within(ctx context.Context, limit *middleware.RateLimiterMemoryStore, account registry.PersonID) error {
	if may, err := limit.Allow(string(account)); err != nil || !may {
		return requestProblem(language(ctx), http.StatusTooManyRequests)
	}
	return nil
}

// Register adds the API's routes, whose requests sessions has loaded.
func Register(e *echo.Echo, d *desk.Desk, v *Verifier, sessions *session.Sessions, log *slog.Logger) {
	useProblems()
	config := huma.DefaultConfig("河湟 数据资产登记 / Hehuang data-asset registry", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", "/api/schemas"
	config.CreateHooks = nil // no links built from the Host header
	config.Info.Description = "Writes are prepared here and signed by the person: POST transactions, PUT endorsement, PUT submission."
	api := humaecho.New(e, config)
	s := &service{desk: d, verifier: v, sessions: sessions, log: log, unproven: limitOf(unprovenPerSec, unprovenBurst),
		signIns: limitOf(signInsPerSec, signInBurst), certificates: limitOf(certificatePerSec, certificateBurst)}
	api.UseMiddleware(s.guard)
	s.transactionRoutes(api)
	s.signInRoutes(api)
	s.accountRoutes(api)
	s.recordRoutes(api)
	s.grantRoutes(api)
	s.matterRoutes(api)
	s.submissionRoutes(api)
	s.certificateRoutes(api)
	s.noticeRoutes(api)
	s.disputeRoutes(api)
	s.questionRoutes(e, api)
	s.fileRoutes(e, api)
	s.catalogueRoutes(e, api)
	s.sharingRoutes(api)
	s.raw(e, api, http.MethodGet, "/.well-known/did.json", s.did, didOperation)
}

// guard lets a route's audience in and puts into the context what handlers and problems need of the request.
func (s *service) guard(ctx huma.Context, next func(huma.Context)) {
	c := humaecho.Unwrap(ctx)
	s.enrich(c)
	if err := s.admit(ctx.Context(), ctx.Method(), ctx.Operation().Path); err != nil {
		_ = s.problem(c, err)
		return
	}
	next(ctx)
}

// raw adds a route that streams past the JSON machinery, with the same guard, and describes it.
func (s *service) raw(e *echo.Echo, api huma.API, method, path string, handler echo.HandlerFunc, describe func(huma.Registry) *huma.Operation) {
	e.Add(method, echoPath(path), func(c echo.Context) error {
		s.enrich(c)
		err := s.admit(c.Request().Context(), method, path)
		if err == nil {
			err = handler(c)
		}
		if err != nil && !c.Response().Committed {
			return s.problem(c, err)
		}
		return err
	})
	op := describe(api.OpenAPI().Components.Schemas)
	op.Method, op.Path, op.OperationID = method, path, operationID(method, path)
	api.OpenAPI().AddOperation(op)
}

// problem answers an error as a problem.
func (s *service) problem(c echo.Context, err error) error {
	failed := s.failure(c.Request().Context(), err)
	p, ok := failed.(*Problem)
	if !ok {
		return failed
	}
	return writeProblem(c, p)
}

type (
	languageKey  struct{}
	personKey    struct{}
	requestIDKey struct{}
)

func (s *service) enrich(c echo.Context) {
	r := c.Request()
	ctx := context.WithValue(r.Context(), languageKey{}, accepted(r.Header.Get("Accept-Language")))
	ctx = context.WithValue(ctx, personKey{}, sync.OnceValues(func() (desk.Person, bool) { return s.sessions.Person(r.Context()) }))
	ctx = context.WithValue(ctx, requestIDKey{}, c.Response().Header().Get(echo.HeaderXRequestID))
	c.SetRequest(r.WithContext(ctx))
}

var languages = tags.NewMatcher([]tags.Tag{tags.Chinese, tags.English})

// accepted is the language that Accept-Language asks for; Chinese unless English is preferred.
func accepted(header string) locale.Lang {
	if _, i := tags.MatchStrings(languages, header); i == 1 {
		return locale.English
	}
	return locale.Chinese
}

func language(ctx context.Context) locale.Lang {
	if lang, ok := ctx.Value(languageKey{}).(locale.Lang); ok {
		return lang
	}
	return locale.Chinese
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

func operationID(method, path string) string {
	return strings.ToLower(method) + strings.NewReplacer("/api/v1", "", "/", "-", "{", "", "}", "", ".", "").Replace(path)
}

func operation(method, path, summary string, status int) huma.Operation {
	return huma.Operation{OperationID: operationID(method, path), Method: method, Path: path, Summary: summary, DefaultStatus: status,
		Errors: problemStatuses, MaxBodyBytes: 1 << 20}
}

// problemStatuses are the statuses that problems have.
var problemStatuses = []int{400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503}

type output[T any] struct{ Body T }

// reply is the answer of a question: v, or the problem of err.
func reply[T any](ctx context.Context, s *service, v T, err error) (*output[T], error) {
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	return &output[T]{v}, nil
}
