package rest

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

// fileRoutes take and give files as streams: no file is ever held in memory as a whole, except certificates.
func (s *service) fileRoutes(e *echo.Echo, api huma.API) {
	s.raw(e, api, http.MethodPost, "/api/v1/evidence", s.upload, uploadOperation)
	s.raw(e, api, http.MethodGet, "/api/v1/evidence/{cid}", s.download, downloadOperation)
	s.raw(e, api, http.MethodGet, "/api/v1/evidence/{cid}/sealed", s.sealed, sealedOperation)
	s.raw(e, api, http.MethodPost, "/api/v1/verifications", s.verify, verifyOperation)
}

// materialKinds are the kinds of material that may be uploaded.
var materialKinds = []registry.MaterialKind{registry.MaterialSample, registry.MaterialIdentity, registry.MaterialSource, registry.MaterialContract,
	registry.MaterialRisk, registry.MaterialCompliance, registry.MaterialContact, registry.MaterialResource, registry.MaterialDeposit, registry.MaterialProduct, registry.MaterialScenario,
	registry.MaterialEvidence, registry.MaterialConsent, registry.MaterialStatement, registry.MaterialOrder, registry.MaterialDecision, registry.MaterialReport, registry.MaterialOther}

// overhead is what a multipart body may hold beside its file.
const overhead = 1 << 20

// upload takes one file, which is encrypted while it is read: as the field "file" of multipart/form-data with the field
// "kind" before it, or as the body with ?name= and ?kind=.
func (s *service) upload(c echo.Context) error {
	ctx, r := c.Request().Context(), c.Request()
	limit := s.desk.UploadLimit
	if r.ContentLength > limit+overhead {
		return &http.MaxBytesError{Limit: limit}
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, limit+overhead)
	f, err := filePart(c)
	if err != nil {
		return err
	}
	kind := registry.MaterialKind(f.kind)
	if !slices.Contains(materialKinds, kind) {
		p := fileKind.problem(language(ctx))
		for i, k := range materialKinds {
			p.Detail += map[bool]string{true: "", false: " "}[i == 0] + string(k)
		}
		return p
	}
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	file, err := s.desk.Keep(ctx, p, f.body, f.name, kind, limit)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, file)
}

func megabytes(n int64) string { return strconv.FormatInt(n>>20, 10) + " MB" }

// filed is a file in a request.
type filed struct {
	name, kind string
	body       io.Reader
}

// filePart finds the file of a request without reading it.
func filePart(c echo.Context) (filed, error) {
	f := filed{name: c.QueryParam("name"), kind: c.QueryParam("kind"), body: c.Request().Body}
	media, _, _ := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if media != echo.MIMEMultipartForm {
		return f, nil
	}
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return f, badRequest.problem(language(c.Request().Context()))
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return f, fileMissing.problem(language(c.Request().Context()))
		case err != nil:
			return f, badRequest.problem(language(c.Request().Context()))
		case part.FormName() == "kind":
			text, err := io.ReadAll(io.LimitReader(part, 64))
			if err != nil {
				return f, err
			}
			f.kind = string(text)
		case part.FormName() == "file":
			f.name, f.body = part.FileName(), part
			return f, nil
		}
	}
}

// download gives decrypted evidence to staff and to the party that filed it.
func (s *service) download(c echo.Context) error {
	ctx := c.Request().Context()
	if err := s.mayOpen(ctx, c.Param("cid")); err != nil {
		return err
	}
	return sendFile(ctx, c, s.desk, c.Param("cid"))
}

// SendFile streams a file of the evidence store as a download.
func SendFile(ctx context.Context, c echo.Context, d *desk.Desk, cid string) error {
	err := sendFile(ctx, c, d, cid)
	if errors.Is(err, desk.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这个文件")
	}
	return err
}

func sendFile(ctx context.Context, c echo.Context, d *desk.Desk, cid string) error {
	file, body, err := d.Evidence.Open(ctx, cid)
	if err != nil {
		return err
	}
	defer body.Close()
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	return c.Stream(http.StatusOK, file.MediaType, body)
}

const verifyLimit = 20 << 20 // of a certificate file, in bytes

// verify takes a certificate file, in a form or as the body, and answers what was checked. The file is not kept.
func (s *service) verify(c echo.Context) error {
	f, err := filePart(c)
	if err != nil {
		return err
	}
	file, err := io.ReadAll(io.LimitReader(f.body, verifyLimit+1))
	if err != nil {
		return err
	}
	if len(file) > verifyLimit {
		p := fileTooLarge.problem(language(c.Request().Context()))
		p.Detail += megabytes(verifyLimit)
		return p
	}
	report, err := s.verifier.Verify(c.Request().Context(), file)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, report)
}

func uploadOperation(r huma.Registry) *huma.Operation {
	return &huma.Operation{Summary: "file a piece of evidence; it is encrypted while it is read", RequestBody: fileBody("file", "kind"),
		Responses: responses(r, "201", "stored", reflect.TypeFor[desk.File]())}
}

func downloadOperation(r huma.Registry) *huma.Operation {
	op := &huma.Operation{Summary: "a piece of evidence, decrypted", Responses: responses(r, "200", "the file", nil),
		Parameters: []*huma.Param{{Name: "cid", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}}}
	op.Responses["200"].Content = map[string]*huma.MediaType{"application/octet-stream": {Schema: binary}}
	return op
}

func verifyOperation(r huma.Registry) *huma.Operation {
	return &huma.Operation{Summary: "is this certificate file authentic, and does the ledger stand behind it?", RequestBody: fileBody("file"),
		Responses: responses(r, "200", "what was checked, and the verdict", reflect.TypeFor[certificate.Report]())}
}

var binary = &huma.Schema{Type: huma.TypeString, Format: "binary"}

// fileBody describes a form with a file; the other fields are text.
func fileBody(file string, texts ...string) *huma.RequestBody {
	form := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{file: binary}, Required: []string{file}}
	for _, name := range texts {
		form.Properties[name] = &huma.Schema{Type: huma.TypeString}
	}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{echo.MIMEMultipartForm: {Schema: form}, echo.MIMEOctetStream: {Schema: binary}}}
}

// responses describes the answers of a route: one good one, and problems.
func responses(r huma.Registry, status, description string, body reflect.Type) map[string]*huma.Response {
	good := &huma.Response{Description: description}
	if body != nil {
		good.Content = map[string]*huma.MediaType{echo.MIMEApplicationJSON: {Schema: r.Schema(body, true, "")}}
	}
	problem := &huma.Response{Description: "a problem", Content: map[string]*huma.MediaType{problemJSON: {Schema: r.Schema(reflect.TypeFor[Problem](), true, "")}}}
	all := map[string]*huma.Response{status: good, "default": problem}
	return all
}

func didOperation(huma.Registry) *huma.Operation {
	return &huma.Operation{Summary: "the issuer's DID document: its document keys as they are on the ledger", Responses: map[string]*huma.Response{
		"200": {Description: "DID document", Content: map[string]*huma.MediaType{didJSON: {Schema: &huma.Schema{Type: huma.TypeObject}}}},
		"404": {Description: "this instance issues nothing"}}}
}
