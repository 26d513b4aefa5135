// Enrolld is an organisation's registration authority, the only running program that talks to the certificate authority and
// holds its registrar's secret. It issues a certificate for an account approved on the ledger, for exactly the approved
// key, and for nothing else: whoever reaches it can obtain no more than the person could.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/network"
	"github.com/hehuang-data/hehuang/network/admin"
)

// maxBody is more than any certificate request of a P-256 key needs.
const maxBody = 16 << 10

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "enrolld:", err)
		os.Exit(1)
	}
}

func run() error {
	state := flag.String("state", "", "directory of the network's state")
	topology := flag.String("topology", "", "topology file")
	offset := flag.Int("offset", 0, "added to every port")
	organisation := flag.String("organisation", "", "organisation whose people are enrolled")
	listen := flag.String("listen", "", "address, this machine only")
	flag.Parse()
	t, err := network.LoadTopology(*topology, *offset)
	if err != nil {
		return err
	}
	layout := network.Layout{Root: *state}
	enroller, err := admin.OpenEnroller(t, layout, *organisation, layout.Org(*organisation, "enrolld", "identity"))
	if err != nil {
		return err
	}
	defer enroller.Close()
	return serve(*listen, routes(enroller))
}

func serve(listen string, handler http.Handler) error {
	server := &http.Server{Addr: listen, Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 90 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = server.Shutdown(limited)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type enrolment struct {
	Account registry.PersonID `json:"account"` // MSP/enrolment
	Request string            `json:"request"` // PKCS #10, PEM
}

// authority is what the program does; an *admin.Enroller does it.
type authority interface {
	Enrol(ctx context.Context, id registry.PersonID, request []byte) ([]byte, error)
	Revoke(ctx context.Context) ([]registry.PersonID, error)
}

func routes(a authority) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("POST /enroll", func(w http.ResponseWriter, r *http.Request) {
		var e enrolment
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&e); err != nil {
			reply(w, http.StatusBadRequest, map[string]string{"error": "one JSON document with account and request is expected"})
			return
		}
		certificate, err := a.Enrol(r.Context(), e.Account, []byte(e.Request))
		if err != nil {
			slog.Warn("not enrolled", "account", fmt.Sprintf("%.80q", e.Account), "why", err.Error())
			status, text := explain(err)
			reply(w, status, map[string]string{"error": text})
			return
		}
		slog.Info("enrolled", "account", e.Account)
		reply(w, http.StatusOK, map[string]string{"certificate": string(certificate)})
	})
	mux.HandleFunc("POST /revocations", func(w http.ResponseWriter, r *http.Request) {
		revoked, err := a.Revoke(r.Context())
		for _, id := range revoked {
			slog.Info("revoked", "account", id)
		}
		if err != nil {
			slog.Warn("not everything revoked", "why", err.Error())
			status, text := explain(err)
			reply(w, status, map[string]string{"error": text})
			return
		}
		reply(w, http.StatusOK, map[string][]registry.PersonID{"revoked": revoked})
	})
	return mux
}

// explain gives reasons of the caller's own making; others stay in the log.
func explain(err error) (int, string) {
	var refusal *registry.Refusal
	switch {
	case errors.Is(err, admin.ErrRequest):
		return http.StatusUnprocessableEntity, err.Error()
	case errors.Is(err, admin.ErrNotApproved):
		return http.StatusConflict, err.Error()
	case errors.As(err, &refusal) && refusal.Code == registry.CodeNotFound:
		return http.StatusNotFound, refusal.Error()
	case errors.As(err, &refusal):
		return http.StatusConflict, refusal.Error()
	}
	return http.StatusBadGateway, "the ledger or the certificate authority did not answer; ask again"
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
