package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// sign prepares a write and leads to the page on which the person reads and signs it; next is where they go on afterwards.
// Every write of a page goes this way. What the ledger would refuse is told before anybody signs.
func (p *pages) sign(c echo.Context, function string, request any, next string) error {
	ctx, self := c.Request().Context(), p.self(c)
	verdict, err := p.desk.Check(ctx, self, function, request)
	if err != nil {
		return unavailable(err)
	}
	if len(verdict.Obstacles) > 0 {
		refusal := verdict.Obstacles[0].Refusal
		refusal.Code = verdict.Obstacles[0].Code
		return p.refused(c, &refusal)
	}
	return p.prepare(c, function, request, next)
}

// try is sign for a form: what stands in the way, beside what is known to be wrong already, is shown with the form once more.
func (p *pages) try(c echo.Context, function string, request any, next string, wrong []obstacle, again func([]obstacle) error) error {
	verdict, err := p.desk.Check(c.Request().Context(), p.self(c), function, request)
	if err != nil {
		return unavailable(err)
	}
	if wrong = append(wrong, p.obstacles(c, verdict)...); len(wrong) > 0 {
		return again(wrong)
	}
	return p.prepare(c, function, request, next)
}

// prepare prepares what has passed the dry run.
func (p *pages) prepare(c echo.Context, function string, request any, next string) error {
	tx, err := p.desk.Prepare(c.Request().Context(), p.self(c), function, request)
	return p.toSign(c, tx, err, next)
}

func (p *pages) toSign(c echo.Context, tx desk.Transaction, err error, next string) error {
	var refusal *registry.Refusal
	switch {
	case errors.As(err, &refusal):
		return p.refused(c, refusal)
	case err != nil:
		return unavailable(err)
	}
	return c.Redirect(http.StatusSeeOther, signPath(tx.ID, next))
}

func signPath(id, next string) string {
	return "/sign/" + url.PathEscape(id) + "?next=" + url.QueryEscape(next)
}

func (p *pages) refused(c echo.Context, refusal *registry.Refusal) error {
	return p.showStatus(c, http.StatusUnprocessableEntity, "refused", map[string]any{"Refusal": refusal,
		"Obstacle": p.obstacle(c, registry.Obstacle{Code: refusal.Code, Refusal: *refusal}), "Back": ownPath(c.Request().Referer())})
}

// ownTransaction is a transaction that the person signs or has signed; nobody sees another's.
func (p *pages) ownTransaction(c echo.Context) (desk.Transaction, error) {
	tx, err := p.desk.Ledger.Transaction(c.Request().Context(), c.Param("id"))
	if errors.Is(err, desk.ErrNotFound) || err == nil && tx.Signer != p.self(c).Actor.ID() {
		return tx, echo.NewHTTPError(http.StatusNotFound, "没有这笔待签名的业务")
	}
	if err != nil {
		return tx, echo.NewHTTPError(http.StatusServiceUnavailable, "暂时查不到这笔业务的结果，请稍后刷新，不要重新提交").SetInternal(err)
	}
	return tx, nil
}

// awaiting are the states in which a signature is awaited.
var awaiting = []desk.State{desk.StatePrepared, desk.StateEndorsed}

// signing is the page of one write from preparation to outcome. What the page says and what is signed are compared in the
// browser, which decodes the messages itself.
func (p *pages) signing(c echo.Context) error {
	tx, err := p.ownTransaction(c)
	if err != nil {
		return err
	}
	next := ownPath(c.QueryParam("next"))
	if tx.State == desk.StateCommitted {
		return c.Redirect(http.StatusSeeOther, withTransaction(next, tx))
	}
	data := map[string]any{"Tx": tx, "Next": next, "Self": signPath(tx.ID, next), "Waits": slices.Contains(awaiting, tx.State), "Refresh": tx.State == desk.StateUnknown,
		"Document": string(tx.Document), "Channel": p.desk.Channel, "Chaincode": p.desk.Chaincode, "Account": tx.Signer, "Site": p.desk.PublicURL}
	if tx.Refusal != nil {
		data["Obstacle"] = p.obstacle(c, registry.Obstacle{Code: tx.Refusal.Code, Refusal: *tx.Refusal})
		data["Refusal"] = tx.Refusal
	}
	return p.show(c, "sign", data)
}

// withTransaction tells the next page which transaction brought it about: the earlier one if the request was a repetition.
func withTransaction(next string, tx desk.Transaction) string {
	u, err := url.Parse(next)
	if err != nil || !u.Query().Has("done") {
		return next
	}
	query := u.Query()
	query.Set("tx", tx.TxID)
	if tx.Receipt != nil {
		query.Set("tx", tx.Receipt.TxID)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// signAgain prepares the same request anew after a conflict or when it was not signed in time. A request that may have
// reached the ledger is never prepared anew.
func (p *pages) signAgain(c echo.Context) error {
	tx, err := p.ownTransaction(c)
	if err != nil {
		return err
	}
	next := ownPath(c.FormValue("next"))
	if tx.State != desk.StateConflict && tx.State != desk.StateExpired && tx.State != desk.StatePrepared {
		return c.Redirect(http.StatusSeeOther, signPath(tx.ID, next))
	}
	again, err := p.desk.Ledger.Prepare(c.Request().Context(), p.self(c), tx.Function, tx.Document)
	return p.toSign(c, again, err, next)
}
