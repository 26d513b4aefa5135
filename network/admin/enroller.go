package admin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/channel"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/network"
)

// ErrRequest is a certificate request that does not fit its account, ErrNotApproved an account for which none is issued now.
var (
	ErrRequest     = errors.New("the certificate request does not fit the account")
	ErrNotApproved = errors.New("the account is not approved")
)

// Enroller is an organisation's registration authority: it turns an account approved on the ledger into a certificate for
// exactly the approved key. It takes nobody's word but the ledger's.
type Enroller struct {
	registrar    *registrar
	organisation network.Organisation
	members      map[string]string // MSP ids whose accounts are enrolled here → member
	channel      *channel.Client
	find         func(ctx context.Context, function, id string, into any) error // asks the ledger for a record
	issued       string                                                         // directory of issued certificates
	locks        [64]sync.Mutex                                                 // by account
	revoking     sync.Mutex
}

// OpenEnroller prepares the registration authority of an organisation, with its own identity in dir: cert.pem, key.pem.
func OpenEnroller(t network.Topology, l network.Layout, organisation, dir string) (*Enroller, error) {
	o, err := t.Find(organisation)
	if err != nil {
		return nil, err
	}
	r, err := openRegistrar(t, l, organisation)
	if err != nil {
		return nil, err
	}
	ch, err := r.admin.channelAs(organisation, dir)
	if err != nil {
		r.admin.Close()
		return nil, wrap("registration authority", organisation, err)
	}
	members := map[string]string{}
	for member, mspID := range t.MembersOf(organisation) {
		members[mspID] = member
	}
	e := &Enroller{registrar: r, organisation: o, members: members, channel: ch, issued: l.Org(organisation, "enrolld", "issued")}
	e.find = e.query
	return e, nil
}

// Close ends all connections.
func (e *Enroller) Close() { e.registrar.admin.Close() }

func (a *Admin) channelAs(organisation, dir string) (*channel.Client, error) {
	id, err := a.identity(organisation, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		return nil, err
	}
	return channel.New(a.sdk.ChannelContext(a.topology.Channel, fabsdk.WithIdentity(id), fabsdk.WithOrg(organisation)))
}

// Enrol answers the certificate (PEM) of an approved account. Repeated, it answers the same certificate; whatever step a
// lost answer or a power failure interrupted is taken up again. Errors: ErrRequest, ErrNotApproved, a *registry.Refusal,
// or a failure of ledger or authority.
func (e *Enroller) Enrol(ctx context.Context, id registry.PersonID, request []byte) ([]byte, error) {
	lock := &e.locks[crc32.ChecksumIEEE([]byte(id))%uint32(len(e.locks))] // the authority's secret of an account must not change under an enrolment
	lock.Lock()
	defer lock.Unlock()
	account, err := e.account(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(account, request); err != nil {
		return nil, err
	}
	if err := e.mayEnrol(account); err != nil {
		return nil, err
	}
	certificate, err := e.certificate(ctx, account, request)
	if err != nil || account.Status == registry.AccountEnabled {
		return certificate, err
	}
	return certificate, e.enable(ctx, account)
}

// mayEnrol demands an approved account of a member of this registration authority.
func (e *Enroller) mayEnrol(account registry.Account) error {
	if e.members[account.MSP] == "" {
		return fmt.Errorf("%w: %s belongs to another registration authority", ErrNotApproved, account.ID())
	}
	if account.Status != registry.AccountApproved && account.Status != registry.AccountEnabled {
		return fmt.Errorf("%w: %s is %s", ErrNotApproved, account.ID(), account.Status)
	}
	return nil
}

func (e *Enroller) account(ctx context.Context, id registry.PersonID) (account registry.Account, err error) {
	return account, e.find(ctx, "account:FindAccount", string(id), &account)
}

func (e *Enroller) query(ctx context.Context, function, id string, into any) error {
	document, err := registry.Canonical(registry.FindRequest{ID: id})
	if err != nil {
		return err
	}
	answer, err := e.channel.Query(e.call(function, document), e.limits(ctx, peerOf(e.organisation.Name))...)
	if err != nil {
		return refusalIn(err)
	}
	return json.Unmarshal(answer.Payload, into)
}

func (e *Enroller) enable(ctx context.Context, account registry.Account) error {
	document, err := registry.Canonical(registry.DecideAccountRequest{Key: "enable-" + account.KeyDigest[:40], Account: account.ID(), KeyDigest: account.KeyDigest})
	if err != nil {
		return err
	}
	_, err = e.channel.Execute(e.call("account:Enable", document), e.limits(ctx, peerOf("bureau"), peerOf("agency"))...)
	return refusalIn(err)
}

func (e *Enroller) call(function string, document []byte) channel.Request {
	return channel.Request{ChaincodeID: e.registrar.admin.topology.Chaincode, Fcn: function, Args: [][]byte{document}}
}

func (e *Enroller) limits(ctx context.Context, targets ...string) []channel.RequestOption {
	return []channel.RequestOption{channel.WithParentContext(ctx), channel.WithTargetEndpoints(targets...), channel.WithTimeout(fab.Execute, 30*time.Second)}
}

// refusalIn finds the registry's own words in an error of the library.
func refusalIn(err error) error {
	if err == nil {
		return nil
	}
	if refusal, parseErr := registry.ParseRefusal(err.Error()); parseErr == nil {
		return refusal
	}
	return err
}

// certificate is the one that was issued for the account's key before, or a new one, kept before anybody hears of it.
func (e *Enroller) certificate(ctx context.Context, account registry.Account, request []byte) ([]byte, error) {
	member := e.members[account.MSP]
	file := filepath.Join(e.issued, member+"-"+account.Enrolment+"-"+account.KeyDigest[:16]+".pem")
	if body, err := os.ReadFile(file); err == nil || !os.IsNotExist(err) {
		return body, err
	}
	body, err := e.registrar.certify(ctx, person{member, account.Enrolment, account.Role, string(account.Party), account.Region}, request)
	if err != nil {
		return nil, err
	}
	actor, err := registry.ParseActor(account.MSP, body)
	if err != nil || actor.KeyDigest != account.KeyDigest || actor.Enrolment != account.Enrolment {
		return nil, fmt.Errorf("the authority issued another certificate than %s asked for", account.ID())
	}
	return body, network.WriteFile(file, body, 0o644)
}

// checkRequest demands a certificate request (PKCS #10, one PEM block) signed by exactly the approved P-256 key, whose common
// name is the enrolment id.
func checkRequest(account registry.Account, request []byte) error {
	block, rest := pem.Decode(request)
	if block == nil || block.Type != "CERTIFICATE REQUEST" || strings.TrimSpace(string(rest)) != "" {
		return fmt.Errorf("%w: not one PEM block", ErrRequest)
	}
	parsed, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if err := parsed.CheckSignature(); err != nil {
		return fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if key, ok := parsed.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != elliptic.P256() {
		return fmt.Errorf("%w: no P-256 key", ErrRequest)
	}
	if digest := sha256.Sum256(parsed.RawSubjectPublicKeyInfo); hex.EncodeToString(digest[:]) != account.KeyDigest {
		return fmt.Errorf("%w: another key", ErrRequest)
	}
	if parsed.Subject.CommonName != account.Enrolment {
		return fmt.Errorf("%w: common name %q", ErrRequest, parsed.Subject.CommonName)
	}
	return nil
}
