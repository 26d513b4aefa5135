package rest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Audience says who may use a route.
type Audience string

// Audiences.
const (
	Everybody    Audience = "everybody"                // public records, as outsiders may see them
	KeyHolder    Audience = "holder of a key"          // a signature decides; nothing is written without it
	IDHolder     Audience = "holder of the id"         // whoever was given the transaction's unguessable id
	SignedIn     Audience = "signed in"                // anybody whose account is in force
	Member       Audience = "another member's service" // a signature decides: see desk.Seal
	Concerned    Audience = "concerned"                // who filed a matter of supervision, handles or supervises it
	Decider      Audience = "who decides on accounts"  // the agency's officer and the bureau's administrator
	StaffOrOwner Audience = "staff or owner"           // the registrar's staff, or the party that filed the file
	Side         Audience = "a side"                   // objector or registrant of an objection after registration, and the registrar's staff
	Supervisors  Audience = "supervisors"              // people of the supervising authorities, and the bureau's officers
	Told         Audience = "whom it tells"            // the party that a notice tells, the registrar's staff, and who serves it
	Party        Audience = "party of a grant"         // both sides of a grant, who reviews and records it, and who supervises
)

// Access is one row of the access table.
type Access struct {
	Method string
	Path   string // as in the OpenAPI document
	Who    Audience
}

// AccessTable lists every route of the API. A route that is not listed answers nobody.
var AccessTable = []Access{
	{Method: "POST", Path: "/api/v1/transactions", Who: KeyHolder},
	{Method: "PUT", Path: "/api/v1/transactions/{id}/endorsement", Who: KeyHolder},
	{Method: "PUT", Path: "/api/v1/transactions/{id}/submission", Who: KeyHolder},
	{Method: "GET", Path: "/api/v1/transactions/{id}", Who: IDHolder},
	{Method: "POST", Path: "/api/v1/sign-ins/challenges", Who: Everybody},
	{Method: "POST", Path: "/api/v1/sign-ins", Who: Everybody},
	{Method: "GET", Path: "/api/v1/sign-ins/current", Who: SignedIn},
	{Method: "DELETE", Path: "/api/v1/sign-ins/current", Who: Everybody},
	{Method: "DELETE", Path: "/api/v1/sign-ins", Who: SignedIn},
	{Method: "POST", Path: "/api/v1/accounts", Who: Everybody},
	{Method: "GET", Path: "/api/v1/accounts", Who: SignedIn},
	{Method: "GET", Path: "/api/v1/accounts/{id}", Who: Everybody},
	{Method: "GET", Path: "/api/v1/accounts/{msp}/{name}", Who: Decider},
	{Method: "POST", Path: "/api/v1/accounts/{id}/certificate", Who: Everybody},
	{Method: "POST", Path: "/api/v1/checks", Who: SignedIn},
	{Method: "POST", Path: "/api/v1/evidence", Who: SignedIn},
	{Method: "GET", Path: "/api/v1/evidence/{cid}", Who: StaffOrOwner},
	{Method: "GET", Path: "/api/v1/evidence/{cid}/sealed", Who: Member},
	{Method: "GET", Path: "/api/v1/applications", Who: Everybody},
	{Method: "GET", Path: "/api/v1/applications/{id}", Who: Everybody},
	{Method: "GET", Path: "/api/v1/applications/{id}/transactions", Who: Everybody},
	{Method: "GET", Path: "/api/v1/publicity", Who: Everybody},
	{Method: "GET", Path: "/api/v1/assets/{id}", Who: Everybody},
	{Method: "GET", Path: "/api/v1/certificates/{id}", Who: Everybody},
	{Method: "GET", Path: "/api/v1/certificates/{id}/pdf", Who: Everybody},
	{Method: "GET", Path: "/api/v1/certificates/{id}/credential", Who: Everybody},
	{Method: "GET", Path: "/api/v1/certificates/{id}/state", Who: Everybody},
	{Method: "GET", Path: "/api/v1/disputes", Who: SignedIn},
	{Method: "GET", Path: "/api/v1/disputes/{asset}/{n}", Who: Side},
	{Method: "GET", Path: "/api/v1/notices", Who: SignedIn},
	{Method: "GET", Path: "/api/v1/notices/{case}/{n}", Who: Told},
	{Method: "GET", Path: "/api/v1/notices/{case}/{n}/pdf", Who: Told},
	{Method: "GET", Path: "/api/v1/submissions", Who: Everybody},
	{Method: "GET", Path: "/api/v1/batches", Who: SignedIn},
	{Method: "GET", Path: "/api/v1/figures/{year}", Who: SignedIn},
	{Method: "GET", Path: "/api/v1/matters", Who: SignedIn},
	{Method: "GET", Path: "/api/v1/matters/{id}", Who: Concerned},
	{Method: "GET", Path: "/api/v1/grants", Who: SignedIn},
	{Method: "GET", Path: "/api/v1/grants/{id}", Who: Party},
	{Method: "GET", Path: "/api/v1/grants/{id}/odrl", Who: Party},
	{Method: "POST", Path: "/api/v1/grants/{id}/verdict", Who: Party},
	{Method: "GET", Path: "/api/v1/reports/{id}", Who: Everybody},
	{Method: "GET", Path: "/api/v1/catalogue", Who: Everybody},
	{Method: "GET", Path: "/api/v1/catalogue/{id}", Who: Everybody},
	{Method: "GET", Path: "/api/v1/shares", Who: SignedIn},
	{Method: "GET", Path: "/api/v1/purchases", Who: SignedIn},
	{Method: "GET", Path: "/api/v1/opened", Who: Everybody},
	{Method: "GET", Path: "/api/v1/opening-plans", Who: Everybody},
	{Method: "GET", Path: "/api/v1/exports/catalogue.jsonld", Who: Everybody},
	{Method: "GET", Path: "/api/v1/exports/catalogue.csv", Who: Everybody},
	{Method: "GET", Path: "/api/v1/exports/catalogue.xlsx", Who: Everybody},
	{Method: "GET", Path: "/api/v1/exports/catalogue-items.xlsx", Who: Everybody},
	{Method: "GET", Path: "/api/v1/exports/catalogue-template.xlsx", Who: Everybody},
	{Method: "GET", Path: "/api/v1/questions", Who: Supervisors},
	{Method: "GET", Path: "/api/v1/questions/{name}", Who: Supervisors},
	{Method: "GET", Path: "/api/v1/situation", Who: Everybody},
	{Method: "GET", Path: "/api/v1/trust-bundle", Who: Everybody},
	{Method: "POST", Path: "/api/v1/verifications", Who: Everybody},
	{Method: "GET", Path: "/.well-known/did.json", Who: Everybody},
}

// admit refuses whoever the access table does not admit to a route. StaffOrOwner depends on the file (see mayOpen), Told on the notice,
// Side on the objection, Concerned on the matter.
func (s *service) admit(ctx context.Context, method, path string) error {
	i := slices.IndexFunc(AccessTable, func(a Access) bool { return a.Method == method && a.Path == path })
	if i < 0 {
		return denied("-")
	}
	switch AccessTable[i].Who {
	case Everybody, KeyHolder, IDHolder, Member:
		return nil
	}
	p, err := s.person(ctx)
	if err == nil && AccessTable[i].Who == Supervisors && !desk.Supervises(p.Actor) {
		err = denied(p.Actor.Role)
	}
	if err == nil && AccessTable[i].Who == Decider && !decides(p.Actor) {
		return denied(p.Actor.Role)
	}
	return err
}

// decides says whether somebody decides on accounts: on some of them, at least.
func decides(a registry.Actor) bool {
	return a.MSP == registry.MSPAgency && a.Role == registry.RoleOfficer || a.MSP == registry.MSPBureau && a.Role == registry.RoleAdmin
}

// errSignIn: nobody is signed in, and the route is not for everybody.
var errSignIn = errors.New("nobody is signed in")

func denied(role string) error {
	return registry.Refuse(registry.CodeAccessDenied, registry.RuleOwnAct, "role", role)
}

// person is who is signed in. It is found out once per request: lists ask for every row.
func (s *service) person(ctx context.Context) (desk.Person, error) {
	known := ctx.Value(personKey{}).(func() (desk.Person, bool)) // enrich put it there, before any route is admitted
	p, ok := known()
	if !ok {
		return p, errSignIn
	}
	return p, nil
}

// insider says whether the visitor is staff, or belongs to the party.
func (s *service) insider(ctx context.Context, party registry.PartyID) bool {
	p, err := s.person(ctx)
	return err == nil && (p.Registrar() || p.Principal() == party && party != "")
}

// mayOpen refuses everybody whose file it is not: see desk.MayOpen.
func (s *service) mayOpen(ctx context.Context, cid string) error {
	p, err := s.person(ctx)
	if err != nil {
		return err
	}
	may, err := s.desk.MayOpen(ctx, p, cid)
	if err == nil && !may {
		err = denied(p.Actor.Role)
	}
	return err
}

// echoPath is a path of the table in the router's notation.
func echoPath(path string) string { return strings.NewReplacer("{", ":", "}", "").Replace(path) }
