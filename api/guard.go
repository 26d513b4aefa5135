package api

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"golang.org/x/time/rate"

	"github.com/hehuang-data/hehuang/api/session"
)

// The limits of a request. Routes that take files bound them themselves.
const (
	bodyLimit      = "1100K" // a little above the API's own limit of 1 MiB, which answers with a problem however the body comes
	writesPerSec   = 50      // per address
	writeBurst     = 200
	uploadsPerSec  = 10 // per address
	uploadBurst    = 60
	signInsPerSec  = 1 // per address; a person signs in with two requests
	signInBurst    = 40
	appliesPerSec  = 0.1 // applications for accounts and reports per address: each is a record for ever
	applyBurst     = 60
	personPerSec   = 20 // writes of one person, from wherever
	personBurst    = 100
	forgetVisitors = 3 * time.Minute
)

// patience is how long a request may take to arrive, and then to be answered.
type patience struct {
	header time.Duration
	whole  time.Duration // with its body
	check  time.Duration // with a file that anybody may send: a certificate to verify, a report
	upload time.Duration // with files of somebody who is signed in: large ones over slow lines

	answer   time.Duration // to be dealt with, which may take 100 s, and read
	download time.Duration // the same with a file or an export
}

var usualPatience = patience{header: 10 * time.Second, whole: 30 * time.Second, check: 3 * time.Minute, upload: 15 * time.Minute, answer: 2 * time.Minute, download: 15 * time.Minute}

// requestID is a random reference number. What a visitor sends is never taken: it would stand in the log.
func requestID() string {
	var random [10]byte
	_, _ = rand.Read(random[:]) // never fails: crypto/rand
	return base32.StdEncoding.EncodeToString(random[:])
}

// logged writes one line per request: route, never the address with its query, and never a body.
func (s *Server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		c.Response().Header().Set(echo.HeaderXRequestID, requestID())
		if err := next(c); err != nil {
			c.Error(err)
		}
		took, status := time.Since(start), c.Response().Status
		s.metrics.observe(c.Request().Method, c.Path(), status, took)
		s.log.Info("request", "method", c.Request().Method, "route", c.Path(), "status", status,
			"ms", took.Milliseconds(), "id", c.Response().Header().Get(echo.HeaderXRequestID))
		return nil
	}
}

// recovered turns a panic into an error with its stack, for the log.
func recovered() echo.MiddlewareFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{StackSize: 16 << 10, LogErrorFunc: func(_ echo.Context, err error, stack []byte) error {
		return fmt.Errorf("panic: %w\n%s", err, stack)
	}})
}

func headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
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

// streams are the routes to which files are posted: true by anybody, false by people who are signed in.
var streams = map[string]bool{"/verify": true, "/api/v1/verifications": true, "/reports": true,
	"/api/v1/evidence": false, "/apply/:draft/files": false, "/complaints": false, "/data-objections": false, "/matters/:id/:act": false, "/supervision": false, "/submissions": false,
	"/publicity/:id/objection": false, "/cases/:id/evidence": false, "/register/:id/:act": false, "/contracts": false, "/contracts/:id/:act": false}

func uploads(c echo.Context) bool {
	_, takes := streams[c.Path()]
	return takes && c.Request().Method == http.MethodPost
}

// downloads are the routes whose answers are large.
var downloads = []string{"/evidence/:cid", "/api/v1/evidence/:cid", "/api/v1/evidence/:cid/sealed", "/api/v1/questions/:name",
	"/api/v1/exports/catalogue.jsonld", "/api/v1/exports/catalogue.csv", "/api/v1/exports/catalogue.xlsx", "/api/v1/exports/catalogue-items.xlsx"}

func signsIn(c echo.Context) bool {
	return c.Request().Method == http.MethodPost && (c.Path() == "/api/v1/sign-ins" || c.Path() == "/api/v1/sign-ins/challenges")
}

// applies says whether somebody asks for an account or reports a violation, for which nobody has to be signed in.
func applies(c echo.Context) bool {
	return c.Request().Method == http.MethodPost && (c.Path() == "/api/v1/accounts" || c.Path() == "/reports")
}

// limited bounds how often one address writes and, more tightly, how often it sends files, tries to sign in or asks for accounts. Reading
// is free.
func limited() echo.MiddlewareFunc {
	writes := limiter(writesPerSec, writeBurst, address, func(c echo.Context) bool { return reads(c) || uploads(c) || signsIn(c) || applies(c) })
	files := limiter(uploadsPerSec, uploadBurst, address, func(c echo.Context) bool { return !uploads(c) })
	signIns := limiter(signInsPerSec, signInBurst, address, func(c echo.Context) bool { return !signsIn(c) })
	accounts := limiter(appliesPerSec, applyBurst, address, func(c echo.Context) bool { return !applies(c) })
	return func(next echo.HandlerFunc) echo.HandlerFunc { return writes(files(signIns(accounts(next)))) }
}

// limitedPerson bounds how often one person writes, over all their devices and addresses.
func limitedPerson(visitors *session.Sessions) echo.MiddlewareFunc {
	return limiter(personPerSec, personBurst, func(c echo.Context) (string, error) { return visitors.Owner(c.Request().Context()), nil },
		func(c echo.Context) bool { return reads(c) || visitors.Owner(c.Request().Context()) == "" })
}

// stateless are the routes that answer everybody alike.
var stateless = []string{"/assets*", "/healthz", "/readyz", "/metrics"}

// withSession loads the session, except where nobody asks for it: each request keeps it anew, which costs more than a file does.
func withSession(visitors *session.Sessions) echo.MiddlewareFunc {
	load := echo.WrapMiddleware(visitors.Load)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		loaded := load(next)
		return func(c echo.Context) error {
			if slices.Contains(stateless, c.Path()) && reads(c) {
				return next(c)
			}
			return loaded(c)
		}
	}
}

func reads(c echo.Context) bool {
	return c.Request().Method == http.MethodGet || c.Request().Method == http.MethodHead
}

func address(c echo.Context) (string, error) { return c.RealIP(), nil }

// visitorAddress is how a visitor's address is found out.
func visitorAddress(proxies []*net.IPNet) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(p))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// patient gives a request a bounded time to arrive, so that slow senders hold nothing for long: nobody is known yet. It comes before whatever
// may refuse a request: what no handler reads of a body is bounded with it, because the server reads that before it answers.
func (s *Server) patient(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		s.arriveWithin(c, s.patience.whole)
		return next(c)
	}
}

// patientWith gives files that nobody has refused so far the time they need: more to people who are signed in.
func (s *Server) patientWith(visitors *session.Sessions) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if !uploads(c) {
				return next(c)
			}
			if _, signedIn := visitors.Person(c.Request().Context()); signedIn {
				s.arriveWithin(c, s.patience.upload)
			} else if streams[c.Path()] {
				s.arriveWithin(c, s.patience.check)
			}
			return next(c)
		}
	}
}

// arriveWithin sets until when the request must have arrived and its answer must have been read: slow readers hold nothing for long either.
func (s *Server) arriveWithin(c echo.Context, limit time.Duration) {
	answer := s.patience.answer
	if reads(c) && slices.Contains(downloads, c.Path()) {
		answer = s.patience.download
	}
	arrived, control := time.Now().Add(limit), http.NewResponseController(c.Response())
	// Recorders in tests have no deadline; there is nothing to wait for either.
	_ = control.SetReadDeadline(arrived)
	_ = control.SetWriteDeadline(arrived.Add(answer))
}

func limiter(perSecond rate.Limit, burst int, who middleware.Extractor, skip middleware.Skipper) echo.MiddlewareFunc {
	store := middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{Rate: perSecond, Burst: burst, ExpiresIn: forgetVisitors})
	return middleware.RateLimiterWithConfig(middleware.RateLimiterConfig{Skipper: skip, Store: store,
		IdentifierExtractor: who,
		DenyHandler: func(c echo.Context, _ string, _ error) error {
			c.Response().Header().Set("Retry-After", "1")
			return echo.NewHTTPError(http.StatusTooManyRequests)
		}})
}

// bounded limits bodies; routes that stream files bound them themselves.
func bounded(next echo.HandlerFunc) echo.HandlerFunc {
	small := middleware.BodyLimit(bodyLimit)(next)
	return func(c echo.Context) error {
		if uploads(c) {
			return next(c)
		}
		// On a copy: the server must see its own body, or it takes one that was given up half-way for consumed, and what
		// follows of it for the next request.
		c.SetRequest(c.Request().WithContext(c.Request().Context()))
		return small(c)
	}
}

// loopback lets in only who asks from this machine, and not through a proxy.
func loopback(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		host, _, err := net.SplitHostPort(c.Request().RemoteAddr)
		h := c.Request().Header
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() || h.Get("X-Forwarded-For")+h.Get("Forwarded")+h.Get("X-Real-Ip") != "" {
			return echo.ErrNotFound
		}
		return next(c)
	}
}
