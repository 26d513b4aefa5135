package rest

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// accountView is what anybody who knows an account's name may see of it: what the person compares with staff.
type accountView struct {
	Account   registry.PersonID      `json:"account"`
	Status    registry.AccountStatus `json:"status" enum:"APPLIED,APPROVED,ENABLED,SUSPENDED,REVOKED"`
	KeyDigest string                 `json:"keyDigest" doc:"hex SHA-256 of the public key (SubjectPublicKeyInfo, DER)"`
	Until     registry.Date          `json:"until" doc:"last civil day on which the account may act"`

	// Only the person and whoever decides on accounts see the rest.
	Role     string              `json:"role,omitempty"`
	Party    registry.PartyID    `json:"party,omitempty"`
	Region   string              `json:"region,omitempty"`
	Contract registry.ContractID `json:"contract,omitempty"`
	Replaces registry.PersonID   `json:"replaces,omitempty" doc:"account whose key is lost"`
}

func viewAccount(a registry.Account, all bool) accountView {
	v := accountView{Account: a.ID(), Status: a.Status, KeyDigest: a.KeyDigest, Until: a.Until}
	if all {
		v.Role, v.Party, v.Region, v.Contract, v.Replaces = a.Role, a.Party, a.Region, a.Contract, a.Replaces
	}
	return v
}

type devicesView struct {
	Accounts []accountView `json:"accounts" doc:"one for each device, oldest first"`
	AsOf     desk.AsOf     `json:"asOf"`
}

type applyInput struct {
	Body registry.AccountRequest
}

type accountInput struct {
	MSP  string `path:"msp" maxLength:"64"`
	Name string `path:"name" maxLength:"40"`
}

type certificateInput struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Request string `json:"request" doc:"certificate request (PKCS #10, PEM) signed by the account's key; its common name is the account's" maxLength:"8192"`
	}
}

type certificateBody struct {
	Certificate string `json:"certificate" doc:"PEM"`
}

func (s *service) accountRoutes(api huma.API) {
	huma.Register(api, operation("POST", "/api/v1/accounts", "apply for an account with the digest of one's own key", http.StatusCreated), s.apply)
	huma.Register(api, operation("GET", "/api/v1/accounts", "one's own accounts, one for each device", http.StatusOK), s.devices)
	huma.Register(api, operation("GET", "/api/v1/accounts/{id}", "status and key digest of an account", http.StatusOK), s.findAccount)
	huma.Register(api, operation("GET", "/api/v1/accounts/{msp}/{name}", "an account of any organisation, for who decides on accounts", http.StatusOK), s.findAnyAccount)
	huma.Register(api, operation("POST", "/api/v1/accounts/{id}/certificate", "the certificate of an approved account, for exactly its key", http.StatusOK), s.certify)
}

// apply needs no identity: an application is worth nothing until staff have compared the digest with the person. Its
// idempotency key follows from the key's digest, so that the same application twice is one.
func (s *service) apply(ctx context.Context, in *applyInput) (*output[registry.Receipt], error) {
	digest := in.Body.KeyDigest
	request := registry.ApplyAccountRequest{Key: "apply-" + digest[:min(40, len(digest))], Account: in.Body}
	if err := s.free(ctx, in.Body); err != nil {
		return nil, s.failure(ctx, err)
	}
	receipt, err := s.desk.Accounts.Apply(ctx, request)
	return reply(ctx, s, receipt, err)
}

// free refuses a name that somebody of another member has at this site, where accounts are found by their name alone: whoever applied for it
// would keep that person from their certificate.
func (s *service) free(ctx context.Context, r registry.AccountRequest) error {
	for _, msp := range s.desk.MSPs {
		if slices.ContainsFunc(registry.PersonRoles, func(p registry.PersonRole) bool { return p.MSP == msp && p.Role == r.Role }) {
			continue // its own name: the ledger judges it
		}
		id := registry.PersonID(msp + "/" + r.Enrolment)
		if _, err := s.desk.Account(ctx, id); !errors.Is(err, desk.ErrNotFound) {
			return cmp.Or(err, error(registry.Refuse(registry.CodeAccountExists, registry.RuleOwnAct, "account", string(id))))
		}
	}
	return nil
}

// devices lists the accounts of the person who is signed in.
func (s *service) devices(ctx context.Context, _ *struct{}) (*output[devicesView], error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	page, err := s.desk.Records.Accounts(ctx, desk.AccountFilter{Owner: p.Owner, Limit: 100})
	v := devicesView{Accounts: []accountView{}, AsOf: page.AsOf}
	for _, a := range page.Accounts {
		v.Accounts = append(v.Accounts, viewAccount(a, true))
	}
	return reply(ctx, s, v, err)
}

func (s *service) findAccount(ctx context.Context, in *idInput) (*output[accountView], error) {
	a, err := s.account(ctx, in.ID)
	p, visitor := s.person(ctx)
	return reply(ctx, s, viewAccount(a, visitor == nil && (decides(p.Actor) || p.Owner == a.Owner)), err)
}

// findAnyAccount finds an account of whichever organisation: the administrator, who decides on staff of all, signs in at the bureau only.
func (s *service) findAnyAccount(ctx context.Context, in *accountInput) (*output[accountView], error) {
	a, err := s.desk.Account(ctx, registry.PersonID(in.MSP+"/"+in.Name))
	return reply(ctx, s, viewAccount(a, true), err)
}

// account finds an account of this site by its enrolment id.
func (s *service) account(ctx context.Context, enrolment string) (a registry.Account, err error) {
	for _, msp := range s.desk.MSPs {
		if a, err = s.desk.Account(ctx, registry.PersonID(msp+"/"+enrolment)); !errors.Is(err, desk.ErrNotFound) {
			return a, err
		}
	}
	return a, desk.ErrNotFound
}

// certify passes a request on to the registration authority, which checks everything itself.
func (s *service) certify(ctx context.Context, in *certificateInput) (*output[certificateBody], error) {
	if err := within(ctx, s.certificates, registry.PersonID(in.ID)); err != nil {
		return nil, err
	}
	a, err := s.account(ctx, in.ID)
	if err == nil && a.Status != registry.AccountApproved && a.Status != registry.AccountEnabled {
		err = registry.Refuse(registry.CodeAccountInactive, registry.RuleOwnAct, "account", string(a.ID()), "status", string(a.Status))
	}
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	certificate, err := s.desk.Accounts.Certificate(ctx, a.ID(), in.Body.Request)
	return reply(ctx, s, certificateBody{certificate}, err)
}
