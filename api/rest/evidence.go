package rest

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// evidenceRoutes take and give files as streams, past the JSON machinery.
func (s *service) evidenceRoutes(e *echo.Echo) {
	e.POST("/api/v1/evidence", s.upload)
	e.GET("/api/v1/evidence/:cid", s.download)
	e.POST("/api/v1/verifications", s.verify)
}

// upload takes one file as the body: ?name= with its ending, ?kind= of material. It is encrypted while it is read.
func (s *service) upload(c echo.Context) error {
	ctx := c.Request().Context()
	if !s.known(c) {
		return s.problem(c, registry.Refuse(registry.CodeAccessDenied, registry.RuleOwnAct, "role", "-"))
	}
	if c.Request().ContentLength > s.desk.UploadLimit {
		return s.tooLarge(c)
	}
	file, err := s.desk.Evidence.Put(ctx, c.Request().Body, c.QueryParam("name"), registry.MaterialKind(c.QueryParam("kind")), s.desk.UploadLimit)
	if err != nil {
		return s.fileProblem(c, err)
	}
	return c.JSON(http.StatusCreated, file)
}

// known says whether the request comes from somebody: until accounts exist that is a persona of a demo network, by its
// session or, for programs, by the header X-Demo-Member.
func (s *service) known(c echo.Context) bool {
	for _, enrolment := range []string{s.member(c.Request().Context()), c.Request().Header.Get("X-Demo-Member")} {
		if _, err := s.desk.Member(enrolment); err == nil {
			return true
		}
	}
	return false
}

func (s *service) tooLarge(c echo.Context) error {
	return writeProblem(c, &Problem{Type: "/problems/file_too_large", Status: http.StatusRequestEntityTooLarge, Title: "文件过大",
		Detail: "文件超过大小上限 " + megabytes(s.desk.UploadLimit)})
}

func megabytes(n int64) string { return strconv.FormatInt(n>>20, 10) + " MB" }

func (s *service) fileProblem(c echo.Context, err error) error {
	if strings.Contains(err.Error(), "上限") {
		return s.tooLarge(c)
	}
	status := http.StatusUnprocessableEntity
	if strings.Contains(err.Error(), "空间") {
		status = http.StatusInsufficientStorage
	}
	return writeProblem(c, &Problem{Type: "/problems/file", Status: status, Title: "文件不能使用", Detail: err.Error()})
}

func (s *service) problem(c echo.Context, err error) error {
	var p *Problem
	if !errors.As(failure(c.Request().Context(), err), &p) {
		return err
	}
	return writeProblem(c, p)
}

func writeProblem(c echo.Context, p *Problem) error {
	c.Response().Header().Set(echo.HeaderContentType, "application/problem+json")
	return c.JSON(p.Status, p)
}

// download gives decrypted evidence to staff only; until accounts exist that is a staff persona of a demo network.
func (s *service) download(c echo.Context) error {
	ctx := c.Request().Context()
	member, err := s.desk.Member(s.member(ctx))
	if err != nil || member.Person().Actor.Role == registry.RoleApplicant {
		return s.problem(c, registry.Refuse(registry.CodeAccessDenied, registry.RuleOwnAct, "role", "-"))
	}
	return SendFile(ctx, c, s.desk, c.Param("cid"))
}

// SendFile streams a file of the evidence store as a download.
func SendFile(ctx context.Context, c echo.Context, d *desk.Desk, cid string) error {
	file, body, err := d.Evidence.Open(ctx, cid)
	if errors.Is(err, desk.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "没有这个文件")
	}
	if err != nil {
		return err
	}
	defer body.Close()
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": url.PathEscape(file.Name)})
	c.Response().Header().Set(echo.HeaderContentDisposition, disposition)
	return c.Stream(http.StatusOK, file.MediaType, body)
}

const verifyLimit = 20 << 20

// verify takes a certificate file as the body and answers the report.
func (s *service) verify(c echo.Context) error {
	file, err := io.ReadAll(io.LimitReader(c.Request().Body, verifyLimit+1))
	if err != nil {
		return err
	}
	if len(file) > verifyLimit {
		return s.tooLarge(c)
	}
	report, err := s.verifier.Verify(c.Request().Context(), file)
	if err != nil {
		return s.problem(c, err)
	}
	return c.JSON(http.StatusOK, report)
}

type castView struct {
	Enrolment   string `json:"enrolment"`
	Name        string `json:"name"`
	Role        string `json:"role"`
	Party       string `json:"party"`
	MSP         string `json:"msp"`
	Certificate string `json:"certificate"`
}

type signInput struct {
	Body struct {
		Member      string `json:"member" doc:"enrolment id of a demo signer" maxLength:"64"`
		Transaction string `json:"transaction" doc:"id of the transaction that awaits a signature" maxLength:"64"`
	}
}

type signView struct {
	Signature []byte `json:"signature"`
}

// demoRoutes exist on demo networks only: a cast whose keys lie with the service signs what a person's own key would.
func (s *service) demoRoutes(api huma.API) {
	huma.Register(api, operation("GET", "/api/v1/demo/cast", "the demo signers", http.StatusOK), func(context.Context, *struct{}) (*output[[]castView], error) {
		all := []castView{}
		for _, m := range s.desk.Cast {
			p := m.Person()
			all = append(all, castView{p.Actor.Enrolment, p.Name, p.Actor.Role, string(p.Actor.Party), p.Actor.MSP, string(p.Certificate)})
		}
		return &output[[]castView]{all}, nil
	})
	huma.Register(api, operation("POST", "/api/v1/demo/signatures", "sign the message that a stored transaction awaits, and only that", http.StatusOK), s.demoSign)
}

func (s *service) demoSign(ctx context.Context, in *signInput) (*output[signView], error) {
	member, err := s.desk.Member(in.Body.Member)
	if err != nil {
		return nil, failure(ctx, err)
	}
	t, err := s.desk.Ledger.Transaction(ctx, in.Body.Transaction)
	if err != nil {
		return nil, failure(ctx, err)
	}
	if len(t.ToSign) == 0 {
		return nil, &Problem{Type: "/problems/step", Status: http.StatusConflict, Title: "没有待签名的内容", Detail: "这笔交易没有待签名的内容：" + string(t.State)}
	}
	signature, err := member.Sign(t.ToSign)
	if err != nil {
		return nil, failure(ctx, err)
	}
	return &output[signView]{signView{signature}}, nil
}
