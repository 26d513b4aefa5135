package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

// start is the start page; periods are those of the rules in force, where the ledger answers.
func (p *pages) start(c echo.Context) error {
	data := map[string]any{}
	if situation, err := p.desk.Situation(c.Request().Context()); err == nil {
		for _, profile := range situation.Profiles {
			if profile.Track == registry.TrackDataAsset {
				data["Profile"] = profile
			}
		}
	}
	return p.show(c, "start", data)
}

func (p *pages) publicity(c echo.Context) error {
	page, err := p.desk.Records.Cases(c.Request().Context(), desk.CaseFilter{Statuses: desk.InPublicity, ByDue: true, Limit: 50, After: c.QueryParam("after")})
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
	data := map[string]any{"Case": app, "AsOf": asOf, "Rights": view{Lang: p.lang(c)}.rightLines(app.Content.Rights)}
	if d, ok := app.Deadline(registry.DeadlinePublicity); ok {
		data["Period"] = d
	}
	return p.show(c, "notice", data)
}

// certificate is the public page of a certificate: where its QR code leads.
func (p *pages) certificate(c echo.Context) error {
	ctx := c.Request().Context()
	number := registry.CertificateNumber(registry.NormaliseCode(c.Param("number")))
	state, err := p.verifier.State(ctx, number, p.now().UTC())
	if err != nil {
		return err
	}
	data := map[string]any{"Number": number, "State": state, "Verdict": string(certificate.NotFound)}
	if problem := numberProblem(number); problem != nil {
		data["Problem"] = *problem
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
	if cert.Version < asset.Version { // the page has gone on since: what this certificate certified is shown
		earlier, err := p.desk.Records.Version(ctx, asset.ID, cert.Version)
		if err != nil {
			return err
		}
		asset.Content, asset.HolderName = earlier.Content, earlier.HolderName
	}
	registrar, err := p.desk.Records.Party(ctx, cert.Registrar)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return err
	}
	_, err = p.desk.Published.Documents(ctx, number)
	if cert.Kind == "RESULT" {
		data["Title"] = words{"登记结果查询", "Registration result"}
	}
	data["Certificate"], data["Asset"], data["Registrar"], data["Issued"] = cert, asset, registrar, err == nil
	data["Rights"] = view{Lang: p.lang(c)}.rightLines(asset.Content.Rights)
	return p.show(c, "certificate", data)
}

// numberProblem is what is wrong with a certificate number as such.
func numberProblem(number registry.CertificateNumber) *registry.FieldError {
	problem, want := registry.CheckCertificateNumber(number)
	if problem == "" {
		return nil
	}
	return &registry.FieldError{Path: "number", Problem: problem, Rule: registry.RuleCertificate, Args: map[string]string{"expected": want}}
}

func (p *pages) verifyForm(c echo.Context) error {
	if !c.QueryParams().Has("number") {
		return p.show(c, "verify", nil)
	}
	number := registry.CertificateNumber(registry.NormaliseCode(c.QueryParam("number")))
	if problem := numberProblem(number); problem != nil {
		return p.showStatus(c, http.StatusUnprocessableEntity, "verify", map[string]any{"NumberProblem": *problem, "Number": c.QueryParam("number")})
	}
	return c.Redirect(http.StatusSeeOther, "/certificates/"+url.PathEscape(string(number)))
}

const verifyLimit = 20 << 20

// verify holds an uploaded certificate file against the ledger. The file is not kept.
func (p *pages) verify(c echo.Context) error {
	body := c.Request().Body
	c.Request().Body = http.MaxBytesReader(c.Response(), body, verifyLimit)
	upload, err := c.FormFile("file")
	if err != nil {
		_, _ = io.CopyN(io.Discard, body, drainLimit)
		return p.showStatus(c, http.StatusUnprocessableEntity, "verify", map[string]any{"FileProblem": view{Lang: p.lang(c)}.Tr("请选择不超过 20 MB 的证书文件", "Choose a certificate file of at most 20 MB")})
	}
	f, err := upload.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	file, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	report, err := p.verifier.Verify(c.Request().Context(), file)
	if err != nil {
		return err
	}
	return p.show(c, "verify", map[string]any{"Report": report, "Passed": certificate.Passed, "Failed": certificate.Failed, "Name": upload.Filename})
}
