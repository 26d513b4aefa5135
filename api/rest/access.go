package rest

import (
	"context"
	"slices"
	"strings"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Audience says who may use a route.
type Audience string

// Audiences. Until people have accounts a persona is a demo signer whom the visitor chose; a legal network has none, so
// that there only the routes for everybody and for holders of keys answer.
const (
	Everybody    Audience = "everybody"        // public records, as outsiders may see them
	KeyHolder    Audience = "holder of a key"  // a signature decides; nothing is written without it
	IDHolder     Audience = "holder of the id" // whoever was given the transaction's unguessable id
	Persona      Audience = "persona"          // anybody who has chosen who they are
	StaffOrOwner Audience = "staff or owner"   // the registrar's staff, or the party that filed the file
)

// Access is one row of the access table.
type Access struct {
	Method string
	Path   string // as in the OpenAPI document
	Who    Audience
	Demo   bool // on demo networks only
}

// AccessTable lists every route of the API. A route that is not listed answers nobody.
var AccessTable = []Access{
	{Method: "POST", Path: "/api/v1/transactions", Who: KeyHolder},
	{Method: "PUT", Path: "/api/v1/transactions/{id}/endorsement", Who: KeyHolder},
	{Method: "PUT", Path: "/api/v1/transactions/{id}/submission", Who: KeyHolder},
	{Method: "GET", Path: "/api/v1/transactions/{id}", Who: IDHolder},
	{Method: "POST", Path: "/api/v1/accounts", Who: Everybody},
	{Method: "GET", Path: "/api/v1/accounts/{id}", Who: Everybody},
	{Method: "POST", Path: "/api/v1/accounts/{id}/certificate", Who: Everybody},
	{Method: "POST", Path: "/api/v1/checks", Who: Persona},
	{Method: "POST", Path: "/api/v1/evidence", Who: Persona},
	{Method: "GET", Path: "/api/v1/evidence/{cid}", Who: StaffOrOwner},
	{Method: "GET", Path: "/api/v1/applications", Who: Everybody},
	{Method: "GET", Path: "/api/v1/applications/{id}", Who: Everybody},
	{Method: "GET", Path: "/api/v1/applications/{id}/transactions", Who: Everybody},
	{Method: "GET", Path: "/api/v1/publicity", Who: Everybody},
	{Method: "GET", Path: "/api/v1/assets/{id}", Who: Everybody},
	{Method: "GET", Path: "/api/v1/certificates/{id}", Who: Everybody},
	{Method: "GET", Path: "/api/v1/certificates/{id}/pdf", Who: Everybody},
	{Method: "GET", Path: "/api/v1/certificates/{id}/credential", Who: Everybody},
	{Method: "GET", Path: "/api/v1/certificates/{id}/state", Who: Everybody},
	{Method: "GET", Path: "/api/v1/situation", Who: Everybody},
	{Method: "GET", Path: "/api/v1/trust-bundle", Who: Everybody},
	{Method: "POST", Path: "/api/v1/verifications", Who: Everybody},
	{Method: "GET", Path: "/api/v1/demo/cast", Who: Everybody, Demo: true},
	{Method: "POST", Path: "/api/v1/demo/signatures", Who: Everybody, Demo: true},
	{Method: "GET", Path: "/.well-known/did.json", Who: Everybody},
}

// admit refuses whoever the access table does not admit to a route. StaffOrOwner depends on the file: see mayOpen.
func (s *service) admit(ctx context.Context, method, path string) error {
	i := slices.IndexFunc(AccessTable, func(a Access) bool { return a.Method == method && a.Path == path })
	if i < 0 {
		return denied("-")
	}
	switch AccessTable[i].Who {
	case Everybody, KeyHolder, IDHolder:
		return nil
	}
	_, err := s.persona(ctx)
	return err
}

func denied(role string) error {
	return registry.Refuse(registry.CodeAccessDenied, registry.RuleOwnAct, "role", role)
}

// persona is the demo signer whom the visitor chose, in the session or, for programs, in the header X-Demo-Member.
func (s *service) persona(ctx context.Context) (registry.Actor, error) {
	name := s.member(ctx)
	if name == "" {
		name, _ = ctx.Value(demoMemberKey{}).(string)
	}
	member, err := s.desk.Member(name)
	if err != nil {
		return registry.Actor{}, denied("-")
	}
	return member.Person().Actor, nil
}

// demoMember is the header by which programs say which demo signer they are; it is read on demo networks only.
const demoMember = "X-Demo-Member"

type demoMemberKey struct{}

// insider says whether the visitor is staff, or belongs to the party.
func (s *service) insider(ctx context.Context, party registry.PartyID) bool {
	actor, err := s.persona(ctx)
	return err == nil && (staff(actor) || actor.Party == party && party != "")
}

func staff(a registry.Actor) bool {
	switch a.Role {
	case registry.RoleAcceptor, registry.RoleReviewer, registry.RoleOfficer, registry.RoleObjections:
		return true
	}
	return false
}

// mayOpen refuses everybody but staff and the party whose file it is.
func (s *service) mayOpen(ctx context.Context, cid string) error {
	actor, err := s.persona(ctx)
	if err != nil || staff(actor) {
		return err
	}
	owns, err := s.owns(ctx, actor, cid)
	if err == nil && !owns {
		err = denied(actor.Role)
	}
	return err
}

// owns says whether a file belongs to a draft of the person or to a case of the person's party.
func (s *service) owns(ctx context.Context, a registry.Actor, cid string) (bool, error) {
	drafts, err := s.desk.Drafts.List(ctx, a.ID())
	if err != nil {
		return false, err
	}
	for _, d := range drafts {
		if slices.ContainsFunc(d.Files, func(f desk.File) bool { return f.CID == cid }) {
			return true, nil
		}
	}
	if a.Party == "" {
		return false, nil
	}
	filter := desk.CaseFilter{Applicant: a.Party, Limit: 100}
	for {
		page, err := s.desk.Records.Cases(ctx, filter)
		if err != nil {
			return false, err
		}
		for _, c := range page.Cases {
			if slices.ContainsFunc(c.Filed(), func(m registry.Material) bool { return m.CID == cid }) {
				return true, nil
			}
		}
		if filter.After = page.Next; filter.After == "" {
			return false, nil
		}
	}
}

// echoPath is a path of the table in the router's notation.
func echoPath(path string) string { return strings.NewReplacer("{", ":", "}", "").Replace(path) }
