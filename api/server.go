// Package api is the HTTP server of one organisation: JSON API, pages, health, and how they are guarded.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/time/rate"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/api/web"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Records is what the server asks of the read model beyond the desk's own port.
type Records interface {
	DocumentKeys(ctx context.Context) ([]registry.DocumentKey, error)
}

// Server serves one organisation.
type Server struct {
	echo *echo.Echo
	desk *desk.Desk
	log  *slog.Logger
}

// The limits of a request. Uploads have a limit of their own.
const (
	bodyLimit       = "1M"
	sessionLife     = 12 * time.Hour
	requestsPerSec  = 50
	requestBurst    = 200
	shutdownTimeout = 10 * time.Second
)

// New builds the server: every request passes the same guards, whatever route it takes.
func New(d *desk.Desk, records Records, sessions scs.CtxStore, log *slog.Logger) (*Server, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	manager := scs.New()
	manager.Store, manager.Lifetime = sessions.(scs.Store), sessionLife
	manager.Cookie.Name, manager.Cookie.HttpOnly, manager.Cookie.SameSite = "hehuang-"+d.Organisation, true, http.SameSiteLaxMode
	s := &Server{echo: e, desk: d, log: log}
	e.HTTPErrorHandler = s.failed
	e.Use(middleware.Recover(), middleware.RequestID(), s.logged, headers, crossOrigin, limited(), bounded)
	e.Use(echo.WrapMiddleware(manager.LoadAndSave))
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
	e.GET("/readyz", s.ready)
	e.GET("/metrics", echo.WrapHandler(promhttp.Handler()))
	verifier := &rest.Verifier{Desk: d, Keys: records.DocumentKeys}
	rest.Register(e, d, verifier, func(ctx context.Context) string { return manager.GetString(ctx, web.SessionMember) })
	if err := web.Register(e, d, verifier, manager); err != nil {
		return nil, err
	}
	return s, nil
}

// Serve answers requests until ctx ends, then lets those under way finish.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: s.echo, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		stopped <- server.Shutdown(limited)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return errors.Join(<-stopped, ctx.Err())
}

// Handler is the whole server as a handler, for tests.
func (s *Server) Handler() http.Handler { return s.echo }

// ready answers 200 only when the own peer answers and the read model has read what founded the network.
func (s *Server) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 3*time.Second)
	defer cancel()
	situation, err := s.desk.Situation(ctx)
	if err != nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "own peer does not answer").SetInternal(err)
	}
	asOf, err := s.desk.Records.AsOf(ctx)
	if err != nil || asOf.Block == 0 || situation.Network == nil {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "read model is behind").SetInternal(err)
	}
	return c.JSON(http.StatusOK, map[string]any{"block": asOf.Block, "mode": situation.Network.Mode})
}

func headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}

var sameOrigin = http.NewCrossOriginProtection()

func crossOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := sameOrigin.Check(c.Request()); err != nil {
			return echo.NewHTTPError(http.StatusForbidden, "来自其他网站的请求被拒绝").SetInternal(err)
		}
		return next(c)
	}
}

func limited() echo.MiddlewareFunc {
	return middleware.RateLimiter(middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{
		Rate: rate.Limit(requestsPerSec), Burst: requestBurst, ExpiresIn: 3 * time.Minute}))
}

// bounded limits bodies; routes that stream files bound them themselves.
func bounded(next echo.HandlerFunc) echo.HandlerFunc {
	small := middleware.BodyLimit(bodyLimit)(next)
	return func(c echo.Context) error {
		if streams[c.Path()] {
			return next(c)
		}
		return small(c)
	}
}

// streams are the routes that take files.
var streams = map[string]bool{"/api/v1/evidence": true, "/api/v1/verifications": true, "/apply/:draft/files": true, "/verify": true}

func (s *Server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		s.log.Info("request", "method", c.Request().Method, "route", c.Path(), "status", c.Response().Status,
			"ms", time.Since(start).Milliseconds(), "id", c.Response().Header().Get(echo.HeaderXRequestID))
		return nil
	}
}

// failed is the last resort: people get a safe sentence and a reference number, the log gets the cause.
func (s *Server) failed(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, sentence := http.StatusInternalServerError, "系统内部错误，请稍后重试"
	var known *echo.HTTPError
	if errors.As(err, &known) {
		status, sentence = known.Code, fmt.Sprint(known.Message)
	}
	reference := c.Response().Header().Get(echo.HeaderXRequestID)
	if status >= http.StatusInternalServerError {
		s.log.Error("request failed", "id", reference, "route", c.Path(), "error", err)
	}
	web.ErrorPage(c, s.desk, status, sentence, reference)
}
