package rest

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
)

// Headers of the route on which members' services ask each other for sealed files.
const (
	HeaderMember      = "Hehuang-Member"      // MSP of the asking service
	HeaderCertificate = "Hehuang-Certificate" // its certificate: base64 of the PEM
	HeaderTime        = "Hehuang-Time"        // Unix seconds
	HeaderSignature   = "Hehuang-Signature"   // base64, over desk.SealedMessage
	HeaderCard        = "Hehuang-Card"        // of the answer: base64 of the file's encrypted description
)

// sealed answers another member's service with an encrypted file as it lies in the store.
func (s *service) sealed(c echo.Context) error {
	h := c.Request().Header
	certificate, certErr := base64.StdEncoding.DecodeString(h.Get(HeaderCertificate))
	signature, signErr := base64.StdEncoding.DecodeString(h.Get(HeaderSignature))
	seconds, timeErr := strconv.ParseInt(h.Get(HeaderTime), 10, 64)
	if certErr != nil || signErr != nil || timeErr != nil {
		return desk.ErrCertificate
	}
	file, err := s.desk.Seal(c.Request().Context(), desk.SealedRequest{MSP: h.Get(HeaderMember), Certificate: certificate, CID: c.Param("cid"), At: time.Unix(seconds, 0), Signature: signature}, time.Now())
	if err != nil {
		return err
	}
	defer file.Body.Close()
	c.Response().Header().Set(HeaderCard, base64.StdEncoding.EncodeToString(file.Card))
	return c.Stream(http.StatusOK, echo.MIMEOctetStream, file.Body)
}

func sealedOperation(r huma.Registry) *huma.Operation {
	op := downloadOperation(r)
	op.Summary = "an encrypted file as it is stored, for another member's service, which signs its request"
	return op
}
