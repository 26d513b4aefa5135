package web

import (
	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/rest"
)

// SessionMember is the session key under which the demo persona's enrolment id is kept.
const SessionMember = "member"

func Register(e *echo.Echo, d *desk.Desk, v *rest.Verifier, m *scs.SessionManager) error { return nil }

func ErrorPage(c echo.Context, d *desk.Desk, status int, sentence, reference string) {
	_ = c.JSON(status, map[string]string{"error": sentence, "reference": reference})
}
