package audit

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/block"
	"github.com/hehuang-data/hehuang/client/block/blocktest"
)

// book writes what the contracts commit into signed blocks, one transaction each, as the peers of a channel would.
type book struct {
	t       testing.TB
	channel *blocktest.Channel
	people  map[string]*blocktest.Signer // by certificate
	nonces  map[string][]byte
	heights map[string]*kvrwset.Version
	peer    *Audit // plays the peer: writes flags and commit hash
	// tamper changes a call before it is endorsed.
	tamper func(*blocktest.Channel, *blocktest.Call)
}

func newBook(t testing.TB) *book {
	t.Helper()
	peer, err := Open("", blocktest.Name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	b := &book{t: t, channel: blocktest.New(t), people: map[string]*blocktest.Signer{}, nonces: map[string][]byte{}, heights: map[string]*kvrwset.Version{}, peer: peer}
	b.commit(b.channel.Blocks[0])
	founder := b.channel.Join("BureauMSP", "operator", "client")
	b.add(b.channel.Define(founder, b.channel.Peers["BureauMSP"], b.channel.Peers["AgencyMSP"]))
	return b
}

// add appends a block and lets the peer write what it makes of it.
func (b *book) add(entries ...[]byte) *common.Block {
	b.t.Helper()
	made := b.channel.Add(entries...)
	b.commit(made)
	return made
}

// commit writes flags and commit hash as a peer does: whatever the block is worth, without the rules of the law.
func (b *book) commit(made *common.Block) {
	b.t.Helper()
	after, err := b.peer.chain(made)
	if err != nil {
		b.t.Fatal(err)
	}
	j := b.peer.judge(made)
	if j.failed != nil {
		b.t.Fatal(j.failed)
	}
	flags := made.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER]
	for i, code := range j.codes {
		flags[i] = byte(code)
	}
	hash := commitHash(made, flags, j.updates, b.peer.progress.CommitHash)
	if hash != nil {
		body, err := proto.Marshal(&common.Metadata{Value: hash})
		if err != nil {
			b.t.Fatal(err)
		}
		made.Metadata.Metadata[common.BlockMetadataIndex_COMMIT_HASH] = body
	}
	if err := b.peer.keep(made, j, after, hash); err != nil {
		b.t.Fatal(err)
	}
}

// record makes a ledger write its transactions into the book.
func (b *book) record(l *ledgertest.Ledger) {
	l.Certify = func(a registry.Actor) ([]byte, *ecdsa.PrivateKey) {
		if a.MSP == registry.MSPRegulator {
			return ledgertest.Identity(b.t, a) // reads only: never in a block
		}
		attributes, err := json.Marshal(map[string]any{"attrs": map[string]string{"role": a.Role, "party": string(a.Party), "region": a.Region}})
		if err != nil {
			b.t.Fatal(err)
		}
		s := b.channel.Join(a.MSP, a.Enrolment, "client", pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}, Value: attributes})
		b.people[string(s.Identity())] = s
		return s.Certificate, s.Key
	}
	l.NewTxID = func(creator []byte) string {
		nonce, id := blocktest.TxID(creator)
		b.nonces[id] = nonce
		return id
	}
	l.Committed = b.committed
}

func (b *book) committed(c ledgertest.Committed) {
	b.t.Helper()
	call := blocktest.Call{Creator: b.people[string(c.Creator)], Nonce: b.nonces[c.TxID], TxID: c.TxID, Function: c.Function, Document: c.Document, At: c.At,
		Reads: map[string]*kvrwset.Version{}, Writes: c.Writes, Policies: c.Policies, Endorsers: []*blocktest.Signer{b.channel.Peers["BureauMSP"], b.channel.Peers["AgencyMSP"]}}
	for _, key := range c.Reads {
		call.Reads[key] = b.heights[key]
	}
	if b.tamper != nil {
		b.tamper(b.channel, &call)
	}
	made := b.add(b.channel.Transaction(call))
	if made.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER][0] != 0 {
		return
	}
	for key := range call.Writes {
		b.heights[key] = &kvrwset.Version{BlockNum: made.Header.Number}
	}
}

// registered is a book with a first registration from filing to certificate; tamper may spoil what a function writes.
func registered(t *testing.T, tamper func(*blocktest.Channel, *blocktest.Call)) *book {
	t.Helper()
	b := newBook(t)
	b.tamper = tamper
	l := ledgertest.Founded(t, registry.ModeDemo, b.record)
	ledgertest.NewStory(t, l, "audit").Registered(func(until time.Time) { l.Now = until })
	return b
}

// audit judges blocks anew and gives the first difference; any other failure ends the test.
func audit(t *testing.T, blocks []*common.Block) *Difference {
	t.Helper()
	a, err := Open("", blocktest.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, b := range blocks {
		if err := a.Block(b); err != nil {
			var d *Difference
			if !errors.As(err, &d) {
				t.Fatal(err)
			}
			return d
		}
	}
	return nil
}

// TestAudit_TheWholeSuiteIsClean replays everything that the conformance suite does.
func TestAudit_TheWholeSuiteIsClean(t *testing.T) {
	b := newBook(t)
	l := ledgertest.Founded(t, registry.ModeDemo, b.record)
	ledgertest.Suite(t, l, "audit", func(until time.Time) { l.Now = until })
	if d := audit(t, b.channel.Blocks); d != nil {
		t.Errorf("a clean ledger: %v", d)
	}
	found := map[string]int{}
	for _, object := range []string{registry.ObjectAsset, registry.ObjectAccount, "A"} {
		if err := b.peer.Records(object, func(attributes []string, body []byte) error {
			if !json.Valid(body) || len(attributes) == 0 {
				t.Errorf("%s %v: %s", object, attributes, body)
			}
			found[object]++
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if found[registry.ObjectAsset] == 0 || found[registry.ObjectAccount] != len(l.Accounts()) || found["A"] != 0 {
		t.Errorf("the replayed state has %v", found)
	}
	if len(b.channel.Blocks) < 100 {
		t.Errorf("only %d blocks", len(b.channel.Blocks))
	}
}

// TestAudit_ActsOnTheRegisterAreClean: change, partial and whole transfer, cancellation and revocation leave a register in which everything
// still belongs together.
func TestAudit_ActsOnTheRegisterAreClean(t *testing.T) {
	b := newBook(t)
	l := ledgertest.Founded(t, registry.ModeDemo, b.record)
	s := ledgertest.NewStory(t, l, "register")
	const he, ledu, cao = "AgencyMSP/he-applicant", "AgencyMSP/ledu-applicant", "AgencyMSP/cao-officer"
	pass := func(until time.Time) { l.Now = until }
	contract, evidence := []registry.Material{ledgertest.Material(registry.MaterialContract)}, []registry.Material{ledgertest.Material(registry.MaterialEvidence)}
	transfer := func(asset registry.AssetID, rights ...registry.Right) registry.Receipt {
		app := s.Do(he, "registration:SubmitTransfer", registry.SubmitTransferRequest{Key: s.Key(), Asset: asset, To: "91630202MAFAKE051R", Rights: rights, Materials: contract}).Application
		s.Do(ledu, "registration:Join", registry.JoinRequest{Key: s.Key(), Application: app})
		return s.Enter(app, pass)
	}
	first := s.Registered(pass).Asset
	content := s.Content("登记")
	content.Temporal.To = "2025-12-31"
	s.Enter(s.Do(he, "registration:SubmitChange", registry.SubmitChangeRequest{Key: s.Key(), Asset: first, Content: content, Materials: evidence}).Application, pass)
	moved := transfer(first, registry.RightUse).Asset
	cancelled := s.Do(ledu, "registration:SubmitCancellation", registry.SubmitCancellationRequest{Key: s.Key(), Asset: moved, Ground: registry.GroundWish, Reasons: []string{"不再持有"}}).Application
	s.Enter(cancelled, pass)
	transfer(first, registry.RightHold)
	last := s.Enter(s.File("再登记"), pass).Asset
	s.Do(cao, "registration:CancelExOfficio", registry.EndRegistrationRequest{Key: s.Key(), Asset: last, Ground: registry.GroundDestroyed, Reasons: []string{"数据灭失"},
		Document: ledgertest.Material(registry.MaterialDecision)})
	if d := audit(t, b.channel.Blocks); d != nil {
		t.Error(d)
	}
}

// TestAudit_NamesWhatWasAltered goes through the ways in which a ledger can be falsified, by whoever has which keys: without any key; with an
// orderer's, so that headers and signatures fit again; with a peer's, so that flags and commit hash fit.
func TestAudit_NamesWhatWasAltered(t *testing.T) {
	clean := registered(t, nil)
	if d := audit(t, clean.channel.Blocks); d != nil {
		t.Fatalf("a clean ledger: %v", d)
	}
	last := uint64(len(clean.channel.Blocks) - 1)
	for name, tc := range map[string]struct {
		alter func(b *book, blocks []*common.Block) []*common.Block
		block uint64
		field string
	}{
		"one_byte": {func(_ *book, blocks []*common.Block) []*common.Block {
			blocks[20].Data.Data[0][200] ^= 1
			return blocks
		}, 20, "header.dataHash"},
		"block_dropped": {func(_ *book, blocks []*common.Block) []*common.Block {
			return append(blocks[:20:20], blocks[21:]...)
		}, 21, "header.number"},
		"block_dropped_and_renumbered": {func(b *book, blocks []*common.Block) []*common.Block {
			blocks = append(blocks[:20:20], blocks[21:]...)
			blocks[20].Header.Number = 20
			b.channel.Sign(blocks[20], b.channel.Orderers[0])
			return blocks
		}, 20, "header.previousHash"},
		"no_orderer": {func(b *book, blocks []*common.Block) []*common.Block {
			b.channel.Sign(blocks[20], b.channel.Peers["BureauMSP"])
			return blocks
		}, 20, "metadata.signatures"},
		"value_altered": {func(b *book, blocks []*common.Block) []*common.Block {
			blocks[last].Data.Data[0] = bytes.Replace(blocks[last].Data.Data[0], []byte(`"status":"VALID"`), []byte(`"status":"VALIE"`), 1)
			reseal(b, blocks[last])
			return blocks
		}, last, "validationCode"},
		"flag_flipped": {func(_ *book, blocks []*common.Block) []*common.Block {
			blocks[20].Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER][0] = byte(peer.TxValidationCode_MVCC_READ_CONFLICT)
			return blocks
		}, 20, "validationCode"},
		"flag_missing": {func(_ *book, blocks []*common.Block) []*common.Block {
			blocks[20].Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = nil
			return blocks
		}, 20, "metadata.transactionsFilter"},
		"commit_hash": {func(_ *book, blocks []*common.Block) []*common.Block {
			m := blocks[20].Metadata.Metadata[common.BlockMetadataIndex_COMMIT_HASH]
			m[len(m)-1] ^= 1
			return blocks
		}, 20, "metadata.commitHash"},
	} {
		t.Run(name, func(t *testing.T) {
			var blocks []*common.Block
			for _, b := range clean.channel.Blocks {
				blocks = append(blocks, proto.Clone(b).(*common.Block))
			}
			d := audit(t, tc.alter(clean, blocks))
			if d == nil || d.Block != tc.block || d.Field != tc.field {
				t.Errorf("found %v, want %s in block %d", d, tc.field, tc.block)
			}
		})
	}
}

// reseal makes header and orderer's signature of a block fit its data again.
func reseal(b *book, made *common.Block) {
	sum := sha256.Sum256(bytes.Join(made.Data.Data, nil))
	made.Header.DataHash = sum[:]
	b.channel.Sign(made, b.channel.Orderers[0])
}

// TestAudit_ForgedEndorsement: a transaction that another key endorsed in the agency's name, and a peer that calls it valid.
func TestAudit_ForgedEndorsement(t *testing.T) {
	b := registered(t, func(channel *blocktest.Channel, call *blocktest.Call) {
		forged := *channel.Peers["AgencyMSP"]
		forged.Key = channel.Orderers[0].Key
		if call.Function == "registration:Register" {
			call.Endorsers[1] = &forged
		}
	})
	if d := audit(t, b.channel.Blocks); d != nil {
		t.Fatalf("as long as it is invalid it harms nobody: %v", d)
	}
	last := b.channel.Blocks[len(b.channel.Blocks)-1]
	last.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER][0] = 0
	d := audit(t, b.channel.Blocks)
	if d == nil || d.Block != last.Header.Number || d.Field != "validationCode" || d.Got != "VALID" || !strings.Contains(d.Want, "ENDORSEMENT_POLICY_FAILURE") {
		t.Errorf("found %v", d)
	}
}

// TestAudit_Creator: who may not write on the channel, or whose certificate had ended, is named though peers call the transaction valid.
func TestAudit_Creator(t *testing.T) {
	for name, tc := range map[string]struct {
		role string
		at   time.Time
		good bool
	}{
		"a_client": {"client", blocktest.Started, true}, "a_peer": {"peer", blocktest.Started, false}, "after_its_end": {"client", blocktest.Started.AddDate(10, 0, 1), false},
	} {
		b := newBook(t)
		two := []*blocktest.Signer{b.channel.Peers["BureauMSP"], b.channel.Peers["AgencyMSP"]}
		b.add(b.channel.Transaction(blocktest.Call{Creator: b.channel.Join("AgencyMSP", "x", tc.role), At: tc.at, Writes: map[string][]byte{"k": []byte("v")}, Endorsers: two}))
		d := audit(t, b.channel.Blocks)
		if (d == nil) != tc.good || d != nil && d.Field != "creator" {
			t.Errorf("%s: found %v", name, d)
		}
	}
}

// TestAudit_Rules: two organisations that agree can put on the ledger what the law forbids; the audit names it.
func TestAudit_Rules(t *testing.T) {
	type tamper = func(*blocktest.Channel, *blocktest.Call)
	edit := func(object string, change func(map[string]any)) tamper {
		return func(_ *blocktest.Channel, call *blocktest.Call) {
			if call.Function != "registration:Register" {
				return
			}
			for key, body := range call.Writes {
				if kind, _, ok := block.SplitKey(key); !ok || kind != object {
					continue
				}
				var record map[string]any
				if err := json.Unmarshal(body, &record); err != nil {
					t.Fatal(err)
				}
				change(record)
				again, err := json.Marshal(record)
				if err != nil {
					t.Fatal(err)
				}
				call.Writes[key] = again
			}
		}
	}
	drop := func(object string) tamper {
		return func(_ *blocktest.Channel, call *blocktest.Call) {
			for key := range call.Writes {
				if kind, _, ok := block.SplitKey(key); ok && kind == object && call.Function == "registration:Register" {
					delete(call.Writes, key)
					delete(call.Policies, key)
				}
			}
		}
	}
	for name, tc := range map[string]struct {
		tamper tamper
		field  string
	}{
		"endorsed_by_others": {func(channel *blocktest.Channel, call *blocktest.Call) {
			if call.Function == "registration:Submit" {
				call.Endorsers = []*blocktest.Signer{channel.Peers["AgencyMSP"], channel.Peers["ExchangeMSP"]}
			}
		}, "endorsers"},
		"no_policy": {func(_ *blocktest.Channel, call *blocktest.Call) {
			if call.Function == "registration:Submit" {
				call.Policies = nil
			}
		}, "policy"},
		"certificate_without_publicity": {edit("APP", func(app map[string]any) { app["deadlines"] = []any{} }), "certificate.publicity"},
		"publicity_cut_short": {edit("APP", func(app map[string]any) {
			for _, d := range app["deadlines"].([]any) {
				if d := d.(map[string]any); d["kind"] == string(registry.DeadlinePublicity) {
					d["dueAt"] = "2036-01-01T00:00:00Z"
				}
			}
		}), "certificate.publicity"},
		"certificate_without_review": {edit("APP", func(app map[string]any) { delete(app, "findings") }), "certificate.review"},
		"reviewed_by_the_applicant":  {edit("APP", func(app map[string]any) { app["applicantPerson"] = app["reviewer"] }), "certificate.review"},
		"open_objection": {edit("APP", func(app map[string]any) {
			app["objections"] = []any{map[string]any{"n": 1, "objector": "x", "status": "OPEN"}}
		}), "certificate.objection"},
		"registered_without_certificate": {drop("CRT"), "application.certificate"},
		"content_of_another":             {edit("AST", func(page map[string]any) { page["content"].(map[string]any)["dataName"] = "另一个数据集" }), "certificate.contentDigest"},
		"page_without_its_certificate":   {edit("AST", func(page map[string]any) { page["version"] = 2 }), "asset.certificate"},
		"history_rewritten": {edit("APP", func(app map[string]any) {
			app["history"].([]any)[0].(map[string]any)["actor"] = "AgencyMSP/somebody"
		}), "application.history"},
		"move_that_is_none": {edit("APP", func(app map[string]any) {
			steps := app["history"].([]any)
			steps[len(steps)-1].(map[string]any)["act"] = "Submit"
		}), "application.history"},
	} {
		t.Run(name, func(t *testing.T) {
			d := audit(t, registered(t, tc.tamper).channel.Blocks)
			if d == nil || d.Field != tc.field || d.Transaction != 0 || d.Record == "" {
				t.Errorf("found %v, want %s", d, tc.field)
			}
		})
	}
}

// TestAudit_GoesOnWhereItWas: stopped anywhere, the audit comes to the same end.
func TestAudit_GoesOnWhereItWas(t *testing.T) {
	b := registered(t, nil)
	path := filepath.Join(t.TempDir(), "audit.db")
	for i, made := range b.channel.Blocks {
		a, err := Open(path, blocktest.Name)
		if err != nil {
			t.Fatal(err)
		}
		if a.Progress().Next != uint64(i) {
			t.Fatalf("begins again at %d, not %d", a.Progress().Next, i)
		}
		if err := a.Block(made); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
