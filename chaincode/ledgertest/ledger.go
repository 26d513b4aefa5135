// Package ledgertest is an in-memory ledger with Fabric's semantics, and the conformance suite that both it and the real
// network must pass. A transaction reads the committed state only, its read set is checked at commit, every submitted
// transaction runs twice and must write the same bytes, and time is what the test says.
package ledgertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/contract"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// ErrConflict is what a real network calls MVCC_READ_CONFLICT.
var ErrConflict = errors.New("MVCC_READ_CONFLICT")

// Ledger is the simulated ledger.
type Ledger struct {
	t       testing.TB
	cc      shim.Chaincode
	state   map[string]value
	people  map[string][]byte // "MSP/enrolment" → creator
	keys    map[string]*ecdsa.PrivateKey
	Now     time.Time // timestamp of the next transactions
	txCount int
	beside  map[string][]byte // transient data of the transaction at hand
	// Certify, NewTxID and Committed let a test write what is committed into blocks; nil: certificates and transaction ids of the ledger's own.
	Certify   func(registry.Actor) (certificate []byte, key *ecdsa.PrivateKey)
	NewTxID   func(creator []byte) string
	Committed func(Committed)
	// LastEvent is the event of the last committed transaction.
	LastEvent registry.Event
}

// People are the identities that every ledger of this package knows, as on a demo network.
var People = []registry.Actor{
	{MSP: registry.MSPBureau, Enrolment: "bureau-admin", Role: registry.RoleAdmin, Party: bureauParty},
	{MSP: registry.MSPBureau, Enrolment: "registryd", Role: registry.RoleService},
	{MSP: registry.MSPBureau, Enrolment: "enrolld", Role: registry.RoleEnroller},
	{MSP: registry.MSPAgency, Enrolment: "registryd", Role: registry.RoleService},
	{MSP: registry.MSPAgency, Enrolment: "enrolld", Role: registry.RoleEnroller},
	{MSP: registry.MSPExchange, Enrolment: "registryd", Role: registry.RoleService},
	{MSP: registry.MSPExchange, Enrolment: "enrolld", Role: registry.RoleEnroller},
	{MSP: registry.MSPAgency, Enrolment: "cao-officer", Role: registry.RoleOfficer, Party: agencyParty, Region: "630200"},
	{MSP: registry.MSPAgency, Enrolment: "an-acceptor", Role: registry.RoleAcceptor, Party: agencyParty, Region: "630200"},
	{MSP: registry.MSPAgency, Enrolment: "bai-reviewer", Role: registry.RoleReviewer, Party: agencyParty, Region: "630200"},
	{MSP: registry.MSPAgency, Enrolment: "ding-objections", Role: registry.RoleObjections, Party: agencyParty, Region: "630200"},
	{MSP: registry.MSPAgency, Enrolment: "tao-clerk", Role: registry.RoleClerk, Party: agencyParty, Region: "630200"},
	{MSP: registry.MSPAgency, Enrolment: "he-applicant", Role: registry.RoleApplicant, Party: "93630222MAFAKE06XA", Region: "630222"},
	{MSP: registry.MSPAgency, Enrolment: "ledu-applicant", Role: registry.RoleApplicant, Party: "91630202MAFAKE051R", Region: "630202"},
	{MSP: registry.MSPAgency, Enrolment: "ma-agent", Role: registry.RoleAgent, Party: "91630202MAFAKE051R", Region: "630202"},
	{MSP: registry.MSPBureau, Enrolment: "sun-supervisor", Role: registry.RoleSupervisor, Party: bureauParty, Region: "630200"},
	{MSP: registry.MSPBureau, Enrolment: "qian-finance", Role: registry.RoleFinance, Party: bureauParty, Region: "630200"},
	{MSP: registry.MSPExchange, Enrolment: "zhao-operator", Role: registry.RoleOperator, Party: exchangeParty, Region: "630200"},
	{MSP: registry.MSPRegulator, Enrolment: "regulator-1", Role: registry.RoleRegulator, Party: bureauParty, Region: "630200"},
	{MSP: registry.MSPExchange, Enrolment: "stranger", Role: registry.RoleApplicant, Party: "93630222MAFAKE06XA"}, // a role of another organisation
}

// Bodies of the tests; their credit codes are fictitious.
const (
	bureauParty   = registry.PartyID("11630200MBFAKE0126")
	agencyParty   = registry.PartyID("12630200MBFAKE020X")
	exchangeParty = registry.PartyID("91630200MAFAKE0357")
)

// Committed is a transaction that was committed.
type Committed struct {
	TxID     string
	Creator  []byte // serialized identity
	Function string
	Document string
	At       time.Time
	Reads    []string          // keys
	Writes   map[string][]byte // by key
	Policies map[string][]byte // by key
}

// New makes an empty ledger whose clock stands at a working day. options may set its fields before anybody has joined.
func New(t testing.TB, options ...func(*Ledger)) *Ledger {
	t.Helper()
	cc, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	l := &Ledger{t: t, cc: cc, state: map[string]value{}, people: map[string][]byte{}, keys: map[string]*ecdsa.PrivateKey{}, Now: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)}
	for _, set := range options {
		set(l)
	}
	for _, p := range People {
		l.people[string(p.ID())] = l.creator(p)
	}
	return l
}

// Person is a person of the ledger with the digest of the person's key, as the contracts see the caller.
func (l *Ledger) Person(who string) registry.Actor {
	l.t.Helper()
	id := &msp.SerializedIdentity{}
	if err := proto.Unmarshal(l.people[who], id); err != nil {
		l.t.Fatal(err)
	}
	actor, err := registry.ParseActor(id.GetMspid(), id.GetIdBytes())
	if err != nil {
		l.t.Fatalf("%s: %v", who, err)
	}
	return actor
}

// Join gives somebody new an identity, with a key of its own.
func (l *Ledger) Join(a registry.Actor) registry.Actor {
	l.people[string(a.ID())] = l.creator(a)
	return l.Person(string(a.ID()))
}

// AccountOf is what a person applies for, in force to the end of 2035.
func (l *Ledger) AccountOf(who string) registry.AccountRequest {
	p := l.Person(who)
	return registry.AccountRequest{Enrolment: p.Enrolment, Party: p.Party, Role: p.Role, Region: p.Region, KeyDigest: p.KeyDigest, Until: "2035-12-31"}
}

// creator makes a serialized identity with attributes, as a Fabric CA would, and keeps its key.
func (l *Ledger) creator(a registry.Actor) []byte {
	l.t.Helper()
	certify := l.Certify
	if certify == nil {
		certify = func(a registry.Actor) ([]byte, *ecdsa.PrivateKey) { return Identity(l.t, a) }
	}
	certificate, key := certify(a)
	l.keys[string(a.ID())] = key
	body, err := proto.Marshal(&msp.SerializedIdentity{Mspid: a.MSP, IdBytes: certificate})
	if err != nil {
		l.t.Fatal(err)
	}
	return body
}

// Certificate and Key are what a person of the ledger holds.
func (l *Ledger) Certificate(who string) []byte {
	id := &msp.SerializedIdentity{}
	if err := proto.Unmarshal(l.people[who], id); err != nil {
		l.t.Fatal(err)
	}
	return id.GetIdBytes()
}

// Key is the person's private key.
func (l *Ledger) Key(who string) *ecdsa.PrivateKey { return l.keys[who] }

// Identity makes a self-signed certificate (PEM) with an actor's attributes, as a Fabric CA would write them, and its key.
func Identity(t testing.TB, a registry.Actor) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	attributes, err := json.Marshal(map[string]any{"attrs": map[string]string{"role": a.Role, "party": string(a.Party), "region": a.Region}})
	if err != nil {
		t.Fatal(err)
	}
	return certificate(t, a.Enrolment, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}, Value: attributes})
}

// Certificate makes a self-signed PEM certificate valid from 2026 to 2036.
func Certificate(t testing.TB, name string) []byte {
	t.Helper()
	body, _ := certificate(t, name)
	return body
}

func certificate(t testing.TB, name string, extensions ...pkix.Extension) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, ExtraExtensions: extensions,
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), key
}

// Submit runs a transaction twice, demands the same result, and commits it.
func (l *Ledger) Submit(who, function string, document []byte) ([]byte, error) {
	first, answer, err := l.simulate(who, function, string(document))
	if err != nil {
		return nil, err
	}
	return answer, l.commit(first)
}

// SubmitWith is Submit with transient data.
func (l *Ledger) SubmitWith(who, function string, document []byte, transient map[string][]byte) ([]byte, error) {
	l.beside = transient
	defer func() { l.beside = nil }()
	return l.Submit(who, function, document)
}

// Held is an endorsed transaction that has not been sent yet.
type Held struct{ s *stub }

// Endorse runs a transaction without committing it.
func (l *Ledger) Endorse(who, function string, document []byte) (Held, error) {
	s, _, err := l.simulate(who, function, string(document))
	return Held{s}, err
}

// Commit commits a held transaction, or answers ErrConflict if what it read has changed.
func (l *Ledger) Commit(h Held) error { return l.commit(h.s) }

func (l *Ledger) simulate(who, function string, args ...string) (*stub, []byte, error) {
	l.t.Helper()
	l.txCount++
	txID := fmt.Sprintf("%064x", l.txCount)
	if l.NewTxID != nil {
		txID = l.NewTxID(l.people[who])
	}
	all := append([]string{function}, args...)
	first, response := run(l.cc, l.state, txID, l.Now, l.people[who], all, l.beside)
	second, again := run(l.cc, l.state, txID, l.Now, l.people[who], all, l.beside)
	if !first.same(second) || !proto.Equal(response, again) {
		l.t.Fatalf("%s by %s is not deterministic", function, who)
	}
	if response.GetStatus() >= shim.ERRORTHRESHOLD {
		refusal, err := registry.ParseRefusal(response.GetMessage())
		if err != nil {
			l.t.Fatalf("%s answers no refusal: %s", function, response.GetMessage())
		}
		return nil, nil, refusal
	}
	return first, response.GetPayload(), nil
}

// commit checks the read set as validation does, then applies the writes.
func (l *Ledger) commit(s *stub) error {
	for key, version := range s.reads {
		if l.state[key].version != version {
			return ErrConflict
		}
	}
	for key, body := range s.writes {
		v := l.state[key]
		v.body, v.version = body, v.version+1
		if policy, ok := s.policies[key]; ok {
			v.policy = policy
		}
		l.state[key] = v
	}
	if l.Committed != nil {
		l.Committed(Committed{TxID: s.txID, Creator: s.creator, Function: s.args[0], Document: strings.Join(s.args[1:], ""), At: s.at, Reads: slices.Sorted(maps.Keys(s.reads)),
			Writes: s.writes, Policies: s.policies})
	}
	if s.event != nil {
		l.LastEvent = registry.Event{}
		return json.Unmarshal(s.event, &l.LastEvent)
	}
	return nil
}

// Evaluate asks a question; nothing is committed whatever it writes.
func (l *Ledger) Evaluate(who, function string, document []byte) ([]byte, error) {
	_, answer, err := l.simulate(who, function, string(document))
	return answer, err
}

// Invoke calls with any arguments, for what no well-behaved client sends.
func (l *Ledger) Invoke(who, function string, args ...string) error {
	_, _, err := l.simulate(who, function, args...)
	return err
}

// Policy is the key-level endorsement policy of a record, nil if it has none.
func (l *Ledger) Policy(object string, attributes ...string) []byte {
	key, err := (&stub{}).CreateCompositeKey(object, attributes)
	if err != nil {
		l.t.Fatal(err)
	}
	return l.state[key].policy
}

// Accounts are all accounts of the ledger, in the order of their names.
func (l *Ledger) Accounts() []registry.Account {
	return all[registry.Account](l, registry.ObjectAccount)
}

// Mandates are all mandates of the ledger, in the order of their ids.
func (l *Ledger) Mandates() []registry.Mandate {
	return all[registry.Mandate](l, registry.ObjectMandate)
}

// Disputes are all objections after registration of the ledger, by page.
func (l *Ledger) Disputes() []registry.Dispute {
	return all[registry.Dispute](l, registry.ObjectDispute)
}

// Notices are all written notices of the ledger, by case.
func (l *Ledger) Notices() []registry.Notice {
	return all[registry.Notice](l, registry.ObjectNotice)
}

// Contracts are all outsourcing agreements of the ledger, in the order of their ids.
func (l *Ledger) Contracts() []registry.Contract {
	return all[registry.Contract](l, registry.ObjectContract)
}

// Matters are all matters of supervision of the ledger, in the order of their ids.
func (l *Ledger) Matters() []registry.Matter {
	return all[registry.Matter](l, registry.ObjectMatter)
}

// Records are the records of an object type, in the order of their keys.
func Records[T any](l *Ledger, object string) []T { return all[T](l, object) }

// Profiles are all versions of the rules, adopted or proposed, in the order of track and version.
func (l *Ledger) Profiles() []registry.RuleProfile {
	return slices.DeleteFunc(all[registry.RuleProfile](l, registry.ObjectProfile), func(p registry.RuleProfile) bool { return p.Version == 0 }) // without the indexes of the tracks
}

// Calendars are the calendars in force, one for a year.
func (l *Ledger) Calendars() []registry.Calendar {
	latest := map[int]registry.Calendar{}
	for _, c := range all[registry.Calendar](l, registry.ObjectCalendar) {
		if c.Version >= latest[c.Year].Version {
			latest[c.Year] = c
		}
	}
	return slices.SortedFunc(maps.Values(latest), func(a, b registry.Calendar) int { return a.Year - b.Year })
}

// Appointments are all appointments, in the order of office and holder.
func (l *Ledger) Appointments() []registry.Appointment {
	return all[registry.Appointment](l, registry.ObjectAppointment)
}

// Keys are all document keys, in the order of their ids.
func (l *Ledger) Keys() []registry.DocumentKey {
	return all[registry.DocumentKey](l, registry.ObjectKey)
}

// Submissions are all submissions of the ledger, in the order of their ids.
func (l *Ledger) Submissions() []registry.Submission {
	return all[registry.Submission](l, registry.ObjectSubmission)
}

// Batches are all batches of the ledger that are reconciled, in the order of their ids.
func (l *Ledger) Batches() []registry.Batch { return all[registry.Batch](l, registry.ObjectBatch) }

// all are the records of an object type, in the order of their keys.
func all[T any](l *Ledger, object string) []T {
	l.t.Helper()
	records := []T{}
	for _, key := range slices.Sorted(maps.Keys(l.state)) {
		if !strings.HasPrefix(key, "\x00"+object+"\x00") {
			continue
		}
		var record T
		if err := json.Unmarshal(l.state[key].body, &record); err != nil {
			l.t.Fatal(err)
		}
		records = append(records, record)
	}
	return records
}

// Size is the number of keys on the ledger.
func (l *Ledger) Size() int { return len(l.state) }
