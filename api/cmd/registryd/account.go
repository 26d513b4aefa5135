package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

// accounts plugs the ledger and the registration authority into the desk. Neither can be moved by this service to more than
// an application: approval and key are checked where they are decided.
type accounts struct {
	ledger *client.Ledger
	url    string // of the registration authority; empty where there is none
}

// certifier waits a little longer than the authority itself does.
var certifier = &http.Client{Timeout: 100 * time.Second}

func (a accounts) Apply(ctx context.Context, request registry.ApplyAccountRequest) (registry.Receipt, error) {
	if a.url == "" {
		return registry.Receipt{}, desk.ErrNotFound
	}
	receipt, err := a.ledger.Execute(ctx, a.ledger.Service(), "account:Apply", request)
	return receipt, translated(err)
}

func (a accounts) Certificate(ctx context.Context, id registry.PersonID, request string) (string, error) {
	if a.url == "" {
		return "", desk.ErrNotFound
	}
	body, err := json.Marshal(map[string]string{"account": string(id), "request": request})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+"/enroll", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := certifier.Do(req)
	if err != nil {
		return "", unanswered(err)
	}
	defer res.Body.Close()
	var answer struct{ Certificate, Error string }
	if err := json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&answer); err != nil {
		return "", unanswered(err)
	}
	switch res.StatusCode {
	case http.StatusOK:
		return answer.Certificate, nil
	case http.StatusNotFound:
		return "", desk.ErrNotFound
	case http.StatusUnprocessableEntity:
		return "", registry.Refuse(registry.CodeAccountDiffers, registry.RuleOwnAct, "account", string(id))
	case http.StatusConflict:
		return "", registry.Refuse(registry.CodeAccountInactive, registry.RuleOwnAct, "account", string(id), "status", "-")
	}
	return "", unanswered(fmt.Errorf("%s: %s", res.Status, answer.Error))
}

// unanswered may be asked again: the registration authority answers the same certificate.
func unanswered(err error) error { return &desk.Failure{Stage: "enrol", Transient: true, Err: err} }
