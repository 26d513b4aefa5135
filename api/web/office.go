package web

import (
	"errors"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// offices are what an appointment (任命) may be to.
var offices = []string{string(registry.OfficeRegistrar), string(registry.OfficeAcceptor), string(registry.OfficeReviewer), string(registry.OfficeObjections), string(registry.OfficeRecorder), string(registry.OfficeIssuer),
	string(registry.OfficeOperator), string(registry.ReviewCompliance.Office()), string(registry.ReviewSecurity.Office()), string(registry.ReviewAlgorithm.Office())}

// appointments shows who holds which office, and the keys with which certificates are signed.
func (p *pages) appointments(c echo.Context) error {
	ctx := c.Request().Context()
	list, err := p.desk.Records.Appointments(ctx)
	if err != nil {
		return err
	}
	keys, err := p.desk.Records.DocumentKeys(ctx)
	if err != nil {
		return err
	}
	asOf, err := p.desk.Records.AsOf(ctx)
	if err != nil {
		return err
	}
	ids := []registry.PartyID{}
	current := map[registry.KeyID]bool{}
	for _, a := range list {
		ids = append(ids, a.Registrar, registry.PartyID(a.Holder))
		current[a.CurrentKey] = a.Active() || current[a.CurrentKey]
	}
	return p.show(c, "appointments", map[string]any{"List": list, "Keys": keys, "Current": current, "Names": p.names(ctx, ids), "AsOf": asOf, "Appoints": Administrator.admits(p.self(c).Actor), "Succeeds": Successions.admits(p.self(c).Actor)})
}

var (
	holderField    = field{Path: "holder", Name: "holder", Kind: "text", Code: true, Help: words{"登记机构、授权运营单位填统一社会信用代码；人员和服务填账号，例如 AgencyMSP/an-acceptor", "A body: credit code; people and services: account, for example AgencyMSP/an-acceptor"}}
	officeField    = field{Path: "office", Name: "office", Kind: "select", Options: offices, Terms: "office", Size: "medium"}
	registrarField = field{Path: "registrar", Name: "registrar", Kind: "text", Code: true, Help: words{"统一社会信用代码", "Credit code"}}
)

// appointSheet appoints a body as registrar, or a person or service of it to an office (第四十二条).
var appointSheet = sheet{
	function: "party:Appoint", rule: registry.RuleRegistrar,
	fields: func(*pages, echo.Context) ([]field, error) {
		registrar := registrarField
		registrar.Optional, registrar.Help = true, words{"任命人员和服务时填写其所属登记机构的统一社会信用代码", "For people and services: the registrar for which they act"}
		return []field{officeField, holderField, registrar, {Path: "basis", Name: "basis", Kind: "text", Max: 200, Help: words{"任命文件名称和文号", "Title and number of the appointing document"}}}, nil
	},
	request: func(_ *pages, _ echo.Context, t typed) (any, error) {
		return registry.AppointRequest{Key: t.one("key"), Office: registry.Office(t.one("office")), Holder: t.one("holder"), Basis: t.one("basis"), Registrar: registry.PartyID(t.code("registrar"))}, nil
	},
	next: to("/appointments"),
}

// endAppointmentSheet ends an appointment at once.
var endAppointmentSheet = sheet{
	function: "party:EndAppointment", rule: registry.RuleRegistrar, lead: words{"终止立即生效，之后不能再以这个岗位办理。", "It takes effect at once: nothing more is done in this office."},
	fields: these(officeField, holderField, field{Path: "reason", Name: "reason", Kind: "text", Max: 200}),
	fill: func(_ *pages, c echo.Context) (typed, error) {
		return typed{"office": {c.QueryParam("office")}, "holder": {c.QueryParam("holder")}}, nil
	},
	request: func(_ *pages, _ echo.Context, t typed) (any, error) {
		return registry.EndAppointmentRequest{Key: t.one("key"), Office: registry.Office(t.one("office")), Holder: t.one("holder"), Reason: t.one("reason")}, nil
	},
	next: to("/appointments"),
}

// keySheet makes a document key a registrar's current one; the key itself never leaves the registrar.
var keySheet = sheet{
	function: "party:AdoptKey", rule: registry.RuleCertificate, lead: words{"只提交文书签名证书（公开部分），密钥由登记机构自己保管。启用后新签发的证书用它签名，以前的证书仍按签发时的密钥核验。", "Only the certificate; the key stays with the registrar. New certificates are signed with it, earlier ones keep their key."},
	fields: these(registrarField, field{Path: "certificate", Name: "certificate", Kind: "area", Code: true, Help: words{"PEM 格式，以 -----BEGIN CERTIFICATE----- 开头", "PEM, beginning with -----BEGIN CERTIFICATE-----"}}),
	request: func(_ *pages, _ echo.Context, t typed) (any, error) {
		certificate := t.one("certificate")
		if certificate != "" {
			certificate += "\n"
		}
		return registry.AdoptKeyRequest{Key: t.one("key"), Registrar: registry.PartyID(t.code("registrar")), Certificate: certificate}, nil
	},
	next: to("/appointments"),
}

var successorFields = these(
	field{Path: "enrolment", Name: "enrolment", Kind: "text", Code: true, Help: words{"继任者证书上的名称，例如 bureau-admin-2", "The name in the successor's certificate, for example bureau-admin-2"}},
	field{Path: "keyDigest", Name: "keyDigest", Kind: "text", Code: true, Help: words{"公钥的 SHA-256，64 位十六进制；请与继任者本人核对", "SHA-256 of the public key, 64 hexadecimal digits; compare it with the person"}})

func successor(_ *pages, _ echo.Context, t typed) (any, error) {
	return registry.NameAdministratorRequest{Key: t.one("key"), Enrolment: strings.ToLower(t.one("enrolment")), KeyDigest: strings.ToLower(strings.ReplaceAll(t.one("keyDigest"), " ", ""))}, nil
}

// administratorSheet names who shall follow the bureau's administrator, whose key is lost or stolen.
var administratorSheet = sheet{
	function: "rule:NameAdministrator", rule: registry.RuleOwnAct, lead: words{"管理员的密钥遗失或者被盗时使用。登记机构或者交易机构确认以后，原密钥立即失效。", "For a lost or stolen key. When the registrar or the exchange has confirmed it, the old key opens nothing any more."},
	fields: successorFields, request: successor, next: to("/appointments"),
}

// confirmAdministratorSheet confirms the successor for another organisation: what was named is typed in again, from the person.
var confirmAdministratorSheet = sheet{
	function: "rule:ConfirmAdministrator", rule: registry.RuleOwnAct, lead: words{"请与继任者本人核对公钥摘要后填写。与市数据局提名的不一致时，系统不予确认。", "Type what the successor reads out. It is refused if the bureau named somebody or something else."},
	fields: successorFields, request: successor, next: to("/rules"),
}

// parties finds a party by its identifier, for those who register them at the window.
func (p *pages) parties(c echo.Context) error {
	id := registry.PartyID(registry.NormaliseCode(c.QueryParam("id")))
	data := map[string]any{"ID": id}
	if id != "" {
		party, err := p.desk.Records.Party(c.Request().Context(), id)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
		if err == nil {
			data["Party"] = party
		}
	}
	return p.show(c, "parties", data)
}

// partySheet registers a party whose papers were seen (主体登记, 第二十一条).
var partySheet = sheet{
	function: "party:Register", rule: registry.RuleIdentifier, lead: words{"核对营业执照、法人证书等主体证明原件后登记。自然人不登记姓名，只登记主体标识。", "After seeing the original papers. Of a natural person only the reference is registered, no name."},
	fields: these(
		field{Path: "kind", Name: "party.kind", Kind: "select", Options: []string{"LEGAL", "UNINCORPORATED", "NATURAL"}, Terms: "partyKind", Size: "medium"},
		field{Path: "id", Name: "id", Kind: "text", Code: true, Help: words{"统一社会信用代码，18 位", "Credit code, 18 characters"}},
		field{Path: "name", Name: "name", Kind: "text", Max: 100, Optional: true, Help: words{"与主体证明一致；自然人不填", "As in the papers; empty for natural persons"}},
		field{Path: "category", Name: "category", Kind: "select", Options: []string{"ENTERPRISE", "COOP", "SOLE", "INSTITUTION", "GOV", "SOCIAL", "OTHER"}, Terms: "category", Size: "medium"},
		field{Path: "region", Name: "region", Kind: "select", Options: regionCodes, Terms: "region", Size: "medium", Help: words{"所在的区县；市级单位选海东市", "County or district; the city for its own bodies"}},
		field{Path: "isPublicUtility", Name: "isPublicUtility", Kind: "check", Optional: true, Help: words{"供水、供电、供气、公交等公用企业", "Water, power, gas, transport and the like"}},
		field{Path: "fiscalFunded", Name: "fiscalFunded", Kind: "check", Optional: true, Help: words{"事业单位、社会组织填写；机关不用填写", "Of institutions and social organisations; of government bodies without saying"}}),
	fill: func(_ *pages, c echo.Context) (typed, error) { return typed{"id": {c.QueryParam("id")}}, nil },
	request: func(_ *pages, _ echo.Context, t typed) (any, error) {
		return registry.RegisterPartyRequest{Key: t.one("key"), ID: registry.PartyID(t.code("id")), Kind: registry.PartyKind(t.one("kind")), Category: registry.PartyCategory(t.one("category")), Name: t.one("name"),
			Region: t.code("region"), IsPublicUtility: t.yes("isPublicUtility"), FiscalFunded: t.yes("fiscalFunded")}, nil
	},
	next: to("/parties"),
}
