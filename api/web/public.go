package web

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

func (p *pages) start(c echo.Context) error { return p.show(c, "start", nil) }

func (p *pages) publicity(c echo.Context) error {
	page, err := p.desk.Records.Cases(c.Request().Context(), desk.CaseFilter{Statuses: []registry.Status{registry.StatusInPublicity}, ByDue: true, Limit: 100, After: c.QueryParam("after")})
	if err != nil {
		return err
	}
	return p.show(c, "publicity", map[string]any{"Page": page})
}

func (p *pages) notice(c echo.Context) error {
	app, err := p.desk.Records.Case(c.Request().Context(), registry.ApplicationID(c.Param("id")))
	if errors.Is(err, desk.ErrNotFound) || err == nil && !slices.Contains(desk.PublicStatuses, app.Status) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这项公示")
	}
	if err != nil {
		return err
	}
	asOf, err := p.desk.Records.AsOf(c.Request().Context())
	if err != nil {
		return err
	}
	return p.show(c, "notice", map[string]any{"Case": app, "AsOf": asOf})
}

func (p *pages) certificate(c echo.Context) error {
	ctx := c.Request().Context()
	number := registry.CertificateNumber(registry.NormaliseCode(c.Param("number")))
	state, err := p.verifier.State(ctx, number, time.Now().UTC())
	if err != nil {
		return err
	}
	data := map[string]any{"Number": number, "State": state, "Verdict": "NOT_FOUND"}
	if problem, want := registry.CheckCertificateNumber(number); problem != "" {
		data["Problem"] = registry.FieldError{Problem: problem, Args: map[string]string{"expected": want}}
	}
	if !state.Found {
		return p.showStatus(c, http.StatusNotFound, "certificate", data)
	}
	data["Verdict"] = state.Status
	cert, err := p.desk.Records.Certificate(ctx, number)
	if err != nil {
		return err
	}
	asset, err := p.desk.Records.Asset(ctx, cert.Asset)
	if err != nil {
		return err
	}
	_, err = p.desk.Published.Documents(ctx, number)
	data["Certificate"], data["Asset"], data["Issued"] = cert, asset, err == nil
	return p.show(c, "certificate", data)
}

func (p *pages) verifyForm(c echo.Context) error {
	if number := registry.NormaliseCode(c.QueryParam("number")); number != "" {
		return c.Redirect(http.StatusSeeOther, "/certificates/"+strings.ReplaceAll(number, "/", ""))
	}
	return p.show(c, "verify", nil)
}

const verifyLimit = 20 << 20

// verify holds an uploaded certificate file against the ledger. The file is not kept.
func (p *pages) verify(c echo.Context) error {
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, verifyLimit)
	upload, err := c.FormFile("file")
	if err != nil {
		return p.showStatus(c, http.StatusUnprocessableEntity, "verify", map[string]any{"Problem": "请选择不超过 20 MB 的证书文件"})
	}
	f, err := upload.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	report, err := p.verifier.Verify(c.Request().Context(), body)
	if err != nil {
		return err
	}
	return p.show(c, "verify", map[string]any{"Report": report, "Passed": certificate.Passed, "Failed": certificate.Failed, "Name": upload.Filename})
}
