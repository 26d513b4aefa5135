package founding

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/person"
)

// Member is somebody of a demonstration, all of them fictitious.
type Member struct {
	MSP, Enrolment, Role string
	Party                registry.PartyID
	Region               string
}

// ID is the member's account.
func (m Member) ID() registry.PersonID { return registry.PersonID(m.MSP + "/" + m.Enrolment) }

// Demonstration lists the people of a demonstration: one for each role, a second applicant, and
// people of two public bodies, who publish and ask for public data.
var Demonstration = []Member{
	{registry.MSPAgency, "he-applicant", registry.RoleApplicant, Cooperative, "630222"},
	{registry.MSPAgency, "ledu-applicant", registry.RoleApplicant, Company, "630202"},
	{registry.MSPAgency, "ma-agent", registry.RoleAgent, Company, "630202"},
	{registry.MSPAgency, "tao-clerk", registry.RoleClerk, Agency, "630200"},
	{registry.MSPAgency, "an-acceptor", registry.RoleAcceptor, Agency, "630200"},
	{registry.MSPAgency, "bai-reviewer", registry.RoleReviewer, Agency, "630200"},
	{registry.MSPAgency, officer, registry.RoleOfficer, Agency, "630200"},
	{registry.MSPAgency, "ding-objections", registry.RoleObjections, Agency, "630200"},
	{registry.MSPBureau, "sun-supervisor", registry.RoleSupervisor, Bureau, "630200"},
	{registry.MSPBureau, "qian-finance", registry.RoleFinance, Bureau, "630200"},
	{registry.MSPExchange, "zhao-operator", registry.RoleOperator, Exchange, "630200"},
	{registry.MSPRegulator, "regulator-1", registry.RoleRegulator, Bureau, "630200"},
	{registry.MSPAgency, "nong-applicant", registry.RoleApplicant, Agriculture, "630222"},
	{registry.MSPAgency, "shui-applicant", registry.RoleApplicant, Waterworks, "630203"},
}

const officer = "cao-officer"

// byOfficer says whether the agency's officer decides on the member's account; the bureau's administrator does on all others.
func (m Member) byOfficer() bool {
	return m.Role == registry.RoleApplicant || m.Role == registry.RoleAgent
}

// Opening opens the accounts of a demonstration's people the way everybody's is opened: each makes a key of their own, applies
// with its fingerprint, is approved by whoever decides on the account, and fetches the certificate. What is left is a key file for
// each. It may be repeated: what is there is left alone, what broke off goes on.
type Opening struct {
	Ledger Ledger
	Admin  *client.Signer          // the bureau's administrator
	Sites  map[string]*person.Site // by MSP
	Keys   string                  // directory of the key files
	Until  registry.Date           // last day of new accounts
}

// Open opens the accounts side by side: first of those on whom the administrator decides, the officer among them, then of those
// on whom the officer does.
func (o Opening) Open(ctx context.Context, members []Member) error {
	var first, then []Member
	for _, m := range members {
		if m.byOfficer() {
			then = append(then, m)
		} else {
			first = append(first, m)
		}
	}
	if err := o.all(ctx, first, func() (*client.Signer, error) { return o.Admin, nil }); err != nil {
		return err
	}
	return o.all(ctx, then, func() (*client.Signer, error) {
		k, err := client.ReadKeyFile(o.path(officer), "")
		if err != nil {
			return nil, err
		}
		return k.Signer()
	})
}

func (o Opening) path(enrolment string) string { return filepath.Join(o.Keys, enrolment+".pem") }

func (o Opening) all(ctx context.Context, members []Member, approver func() (*client.Signer, error)) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, m := range members {
		g.Go(func() error {
			if err := o.open(ctx, m, approver); err != nil {
				return fmt.Errorf("account %s: %w", m.ID(), err)
			}
			return nil
		})
	}
	return g.Wait()
}

// open takes one account from where it stands to its certificate. The key file exists before anything else does: a key that
// only the ledger knew would be lost.
func (o Opening) open(ctx context.Context, m Member, approver func() (*client.Signer, error)) error {
	site, ok := o.Sites[registry.HostOf(m.MSP)]
	if !ok {
		return fmt.Errorf("no site for %s", m.MSP)
	}
	k, err := o.key(m, site)
	if err != nil || k.Certificate != nil {
		return err
	}
	account, err := o.find(ctx, m.ID())
	if err != nil {
		return err
	}
	if account == nil {
		if account, err = o.apply(ctx, site, m, k); err != nil {
			return err
		}
	}
	if account.KeyDigest != k.Digest() {
		return fmt.Errorf("the account is for another key than the one in %s", o.path(m.Enrolment))
	}
	if account.Status == registry.AccountApplied {
		if err := o.approve(ctx, account, o.terms(m, k, account.Until), approver); err != nil {
			return err
		}
	}
	if k, err = certified(ctx, site, k); err != nil {
		return err
	}
	return k.Replace(o.path(m.Enrolment), "")
}

// key reads the member's key file, or makes it.
func (o Opening) key(m Member, site *person.Site) (client.KeyFile, error) {
	k, err := client.ReadKeyFile(o.path(m.Enrolment), "")
	if !errors.Is(err, os.ErrNotExist) {
		return k, err
	}
	if k, err = client.NewKeyFile(m.ID(), site.Origin()); err != nil {
		return k, err
	}
	if err := os.MkdirAll(o.Keys, 0o700); err != nil {
		return k, err
	}
	return k, k.Create(o.path(m.Enrolment), "")
}

// find asks the ledger; nil without error means that there is no such account.
func (o Opening) find(ctx context.Context, id registry.PersonID) (*registry.Account, error) {
	answer, err := lookUp(ctx, o.Ledger, "account:FindAccount", registry.FindRequest{ID: string(id)})
	if err != nil || answer == nil {
		return nil, err
	}
	account := &registry.Account{}
	return account, json.Unmarshal(answer, account)
}

func (o Opening) apply(ctx context.Context, site *person.Site, m Member, k client.KeyFile) (*registry.Account, error) {
	_, err := site.Apply(ctx, o.terms(m, k, o.Until))
	return &registry.Account{MSP: m.MSP, Enrolment: m.Enrolment, KeyDigest: k.Digest(), Until: o.Until, Status: registry.AccountApplied}, err
}

// terms are what the member's account shall be, whatever the ledger says was applied for: that is what is approved.
func (o Opening) terms(m Member, k client.KeyFile, until registry.Date) registry.AccountRequest {
	return registry.AccountRequest{Enrolment: m.Enrolment, Party: m.Party, Role: m.Role, Region: m.Region, KeyDigest: k.Digest(), Until: until}
}

func (o Opening) approve(ctx context.Context, account *registry.Account, terms registry.AccountRequest, approver func() (*client.Signer, error)) error {
	signer, err := approver()
	if err != nil {
		return err
	}
	request := registry.ApproveAccountRequest{Key: "approve-" + account.KeyDigest[:40], Account: account.ID(), Terms: terms}
	_, err = o.Ledger.Execute(ctx, signer, "account:Approve", request)
	return err
}

// patience bounds the wait for a peer that is a block behind, or for a registration authority that is busy.
const patience = 60 * time.Second

// certified fetches the certificate. The site's own peer may not know of the approval yet: it is asked again.
func certified(ctx context.Context, site *person.Site, k client.KeyFile) (client.KeyFile, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		issued, err := site.Certify(ctx, k)
		var problem *person.Problem
		if !errors.As(err, &problem) || problem.Status < http.StatusInternalServerError && !behind(problem) {
			return issued, err
		}
		select {
		case <-ctx.Done():
			return k, err
		case <-tick.C:
		}
	}
}

// behind says whether a refusal may come from a peer that has not seen the newest block.
func behind(p *person.Problem) bool {
	return p.Status == http.StatusNotFound || p.Status == http.StatusTooManyRequests || p.Code == registry.CodeAccountInactive
}

// WriteAdministrator keeps a copy of the administrator's key as a key file among the others.
func WriteAdministrator(keys, site string, certificate, key []byte) error {
	path := filepath.Join(keys, "bureau-admin.pem")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	k, err := client.ParseKeyFile([]byte(strings.Join([]string{string(key), string(certificate)}, "\n")), "")
	if err != nil {
		return fmt.Errorf("the administrator's key: %w", err)
	}
	k.Account, k.Site = registry.PersonID(registry.MSPBureau+"/bureau-admin"), site
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return err
	}
	return k.Create(path, "")
}
