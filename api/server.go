// Package api is the HTTP server of one organisation: JSON API, pages, health, and how they are guarded.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/api/session"
	"github.com/hehuang-data/hehuang/api/web"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Records is what the server asks of the read model beyond the desk's own port.
type Records interface {
	DocumentKeys(ctx context.Context) ([]registry.DocumentKey, error)
}

// Server serves one organisation.
type Server struct {
	echo     *echo.Echo
	desk     *desk.Desk
	log      *slog.Logger
	metrics  *metrics
	patience patience
}

const shutdownTimeout = 10 * time.Second

// New builds the server: every request passes the same guards, whatever route it takes. proxies are the addresses (CIDR) of
// the proxies whose word on a visitor's address is taken; without any, the address is the connection's.
func New(d *desk.Desk, records Records, sessions session.Store, proxies []*net.IPNet, log *slog.Logger) (*Server, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = visitorAddress(proxies)
	s := &Server{echo: e, desk: d, log: log, metrics: newMetrics(d), patience: usualPatience}
	e.HTTPErrorHandler = s.failed
	visitors := session.New(d, sessions, time.Now, s.sessionFailed)
	e.Use(s.patient, s.logged, recovered(), headers, crossOrigin, limited(), bounded, withSession(visitors), limitedPerson(visitors), s.patientWith(visitors))
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
	e.GET("/readyz", s.ready)
	e.GET("/metrics", s.metrics.handler(), loopback)
	verifier := &rest.Verifier{Desk: d, Keys: records.DocumentKeys}
	rest.Register(e, d, verifier, visitors, log)
	if err := web.Register(e, d, verifier, visitors); err != nil {
		return nil, err
	}
	return s, nil
}

// Run answers requests until ctx ends, then lets those under way finish. It ends with nil after an orderly shutdown.
func (s *Server) Run(ctx context.Context, listener net.Listener) error {
	server := s.server()
	stopped := make(chan error, 1)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		stopped <- server.Shutdown(limited)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	}
	return <-stopped
}

func (s *Server) server() *http.Server {
	return &http.Server{Handler: s.echo, ReadHeaderTimeout: s.patience.header, ReadTimeout: s.patience.upload, WriteTimeout: s.patience.upload + s.patience.download, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)}
}

// Handler is the whole server as a handler, for tests.
func (s *Server) Handler() http.Handler { return s.echo }

// ready answers 200 only when the own peer answers, the read model has read what founded the network, and no other organisation's peer
// differs.
func (s *Server) ready(c echo.Context) error {
	if differing := s.desk.Disagreement(); len(differing) > 0 {
		return c.JSON(http.StatusServiceUnavailable, map[string]any{"waits": "peers differ", "differing": differing})
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), 3*time.Second)
	defer cancel()
	situation, err := s.desk.Situation(ctx)
	if err != nil {
		s.log.Warn("not ready", "error", err)
		return c.JSON(http.StatusServiceUnavailable, map[string]string{"waits": "own peer does not answer"})
	}
	asOf, err := s.desk.Records.AsOf(ctx)
	if err != nil || asOf.Block == 0 || situation.Network == nil {
		return c.JSON(http.StatusServiceUnavailable, map[string]string{"waits": "read model is behind"})
	}
	return c.JSON(http.StatusOK, map[string]any{"block": asOf.Block, "mode": situation.Network.Mode})
}

// sessionFailed answers when sessions cannot be read or kept, before a route is reached.
func (s *Server) sessionFailed(w http.ResponseWriter, _ *http.Request, err error) {
	s.log.Error("session", "id", w.Header().Get(echo.HeaderXRequestID), "error", err)
	http.Error(w, "系统内部错误，请稍后重试", http.StatusInternalServerError)
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
	if path := c.Request().URL.Path; strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/.well-known/") {
		if err := rest.WriteError(c, status, reference); err != nil {
			s.log.Warn("problem not written", "id", reference, "error", err)
		}
		return
	}
	if fixed, ok := sentences[status]; ok && sentence == http.StatusText(status) {
		sentence = fixed
	}
	web.ErrorPage(c, s.desk, status, sentence, reference)
}

// sentences replace the router's own words on pages.
var sentences = map[int]string{
	http.StatusNotFound:              "没有这个页面，请核对地址",
	http.StatusMethodNotAllowed:      "这个页面不能这样打开",
	http.StatusRequestEntityTooLarge: "提交的内容过大",
	http.StatusTooManyRequests:       "请求过于频繁，请稍后重试",
}
