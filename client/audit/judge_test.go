package audit

import (
	"maps"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/hehuang-data/hehuang/client/block"
	"github.com/hehuang-data/hehuang/client/block/blocktest"
)

// TestAudit_BlocksOfARealPeer replays what a peer of Fabric 3.1.1 wrote: genesis, approvals and definition of the chaincode (private
// collections among them), and the first records. Flags and commit hashes are the peer's.
func TestAudit_BlocksOfARealPeer(t *testing.T) {
	a, err := Open("", "registry")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := block.ReadFiles("testdata/peer", 0, a.Block); err != nil {
		t.Fatal(err)
	}
	if p := a.Progress(); p.Next != 10 || p.Valid != p.Transactions || len(p.CommitHash) != 32 {
		t.Errorf("judged %+v", p)
	}
}

// one wants one organisation's peer: a key-level policy that is weaker than the chaincode's.
func one(t *testing.T, name string) []byte {
	t.Helper()
	role, err := proto.Marshal(&msp.MSPRole{MspIdentifier: name, Role: msp.MSPRole_PEER})
	if err != nil {
		t.Fatal(err)
	}
	body, err := proto.Marshal(&common.SignaturePolicyEnvelope{Rule: &common.SignaturePolicy{Type: &common.SignaturePolicy_SignedBy{}},
		Identities: []*msp.MSPPrincipal{{PrincipalClassification: msp.MSPPrincipal_ROLE, Principal: role}}})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestJudge_Codes says what peers make of a block that follows one in which "a" was written at 2/0, "own" with a policy of the exchange alone,
// and "gone" deleted again.
func TestJudge_Codes(t *testing.T) {
	const (
		valid     = peer.TxValidationCode_VALID
		conflict  = peer.TxValidationCode_MVCC_READ_CONFLICT
		phantom   = peer.TxValidationCode_PHANTOM_READ_CONFLICT
		policy    = peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE
		duplicate = peer.TxValidationCode_DUPLICATE_TXID
	)
	b := newBook(t)
	c := b.channel
	person, bureau, agency, exchange := c.Join("AgencyMSP", "x", "client"), c.Peers["BureauMSP"], c.Peers["AgencyMSP"], c.Peers["ExchangeMSP"]
	two, all := []*blocktest.Signer{bureau, agency}, []*blocktest.Signer{bureau, agency, exchange}
	write := func(keys ...string) map[string][]byte {
		writes := map[string][]byte{}
		for _, k := range keys {
			writes[k] = []byte("v")
		}
		return writes
	}
	call := func(call blocktest.Call) []byte {
		if call.Creator == nil {
			call.Creator = person
		}
		call.Function = "a:B"
		return c.Transaction(call)
	}
	read := func(key string, block uint64) map[string]*kvrwset.Version {
		return map[string]*kvrwset.Version{key: {BlockNum: block}}
	}
	known := call(blocktest.Call{Writes: write("a", "gone"), Endorsers: two})
	b.add(known)
	b.add(call(blocktest.Call{Writes: map[string][]byte{"own": []byte("v"), "gone": nil}, Policies: map[string][]byte{"own": one(t, "ExchangeMSP"), "nothing": one(t, "ExchangeMSP")}, Endorsers: two}))
	twice := call(blocktest.Call{Writes: write("t"), Endorsers: two})
	stranger := blocktest.New(t).Join("AgencyMSP", "x", "client")
	for name, tc := range map[string]struct {
		entries [][]byte
		want    []peer.TxValidationCode
	}{
		"read_as_it_is":          {[][]byte{call(blocktest.Call{Reads: read("a", 2), Writes: write("b"), Endorsers: two})}, codes(valid)},
		"read_an_old_version":    {[][]byte{call(blocktest.Call{Reads: read("a", 1), Writes: write("b"), Endorsers: two})}, codes(conflict)},
		"read_nothing_there":     {[][]byte{call(blocktest.Call{Reads: map[string]*kvrwset.Version{"z": nil, "gone": nil}, Writes: write("b"), Endorsers: two})}, codes(valid)},
		"read_nothing_but_there": {[][]byte{call(blocktest.Call{Reads: map[string]*kvrwset.Version{"a": nil}, Writes: write("b"), Endorsers: two})}, codes(conflict)},
		"read_what_is_gone":      {[][]byte{call(blocktest.Call{Reads: read("gone", 2), Writes: write("b"), Endorsers: two})}, codes(conflict)},
		"read_what_came_before": {[][]byte{call(blocktest.Call{Reads: read("a", 2), Writes: write("a"), Endorsers: two}), call(blocktest.Call{Reads: read("a", 2), Writes: write("a"), Endorsers: two})},
			codes(valid, conflict)},
		"what_is_invalid_changes_nothing": {[][]byte{call(blocktest.Call{Writes: write("a"), Endorsers: two[:1]}), call(blocktest.Call{Reads: read("a", 2), Writes: write("a"), Endorsers: two})},
			codes(policy, valid)},
		"one_endorser":                  {[][]byte{call(blocktest.Call{Writes: write("b"), Endorsers: two[:1]})}, codes(policy)},
		"nothing_written_by_nobody":     {[][]byte{call(blocktest.Call{})}, codes(policy)},
		"key_policy_replaces":           {[][]byte{call(blocktest.Call{Writes: write("own"), Endorsers: all[2:]}), call(blocktest.Call{Writes: write("own"), Endorsers: two})}, codes(valid, policy)},
		"both_policies":                 {[][]byte{call(blocktest.Call{Writes: write("own", "b"), Endorsers: all[2:]}), call(blocktest.Call{Writes: write("own", "b"), Endorsers: all})}, codes(policy, valid)},
		"policy_of_nothing_was_dropped": {[][]byte{call(blocktest.Call{Writes: write("nothing"), Endorsers: two})}, codes(valid)},
		"policy_changed_in_the_block": {[][]byte{call(blocktest.Call{Policies: map[string][]byte{"a": one(t, "BureauMSP")}, Endorsers: two}), call(blocktest.Call{Writes: write("a"), Endorsers: all})},
			codes(valid, policy)},
		"policy_change_that_failed": {[][]byte{call(blocktest.Call{Policies: map[string][]byte{"a": one(t, "BureauMSP")}, Endorsers: two[:1]}), call(blocktest.Call{Writes: write("a"), Endorsers: two})},
			codes(policy, valid)},
		"same_twice_in_a_block":        {[][]byte{twice, twice}, codes(valid, duplicate)},
		"known_transaction":            {[][]byte{known}, codes(duplicate)},
		"no_such_chaincode":            {[][]byte{call(blocktest.Call{Chaincode: "other", Writes: write("b"), Endorsers: two})}, codes(peer.TxValidationCode_INVALID_CHAINCODE)},
		"definition_by_one":            {[][]byte{c.Define(person, bureau)}, codes(policy)},
		"creator_of_another_authority": {[][]byte{call(blocktest.Call{Creator: stranger, Writes: write("b"), Endorsers: two})}, codes(peer.TxValidationCode_BAD_CREATOR_SIGNATURE)},
		"range_as_it_is":               {[][]byte{call(blocktest.Call{Range: scan("a", "z", true, "a", 2, "own", 3), Writes: write("b"), Endorsers: two})}, codes(valid)},
		"range_lacks_one":              {[][]byte{call(blocktest.Call{Range: scan("a", "z", true, "a", 2), Writes: write("b"), Endorsers: two})}, codes(phantom)},
		"range_broken_off":             {[][]byte{call(blocktest.Call{Range: scan("a", "a", false, "a", 2), Writes: write("b"), Endorsers: two})}, codes(valid)},
		"range_with_what_came_before": {[][]byte{call(blocktest.Call{Writes: write("m"), Endorsers: two}), call(blocktest.Call{Range: scan("a", "z", true, "a", 2, "own", 3), Writes: write("b"), Endorsers: two})},
			codes(valid, phantom)},
	} {
		j := b.peer.judge(&common.Block{Header: &common.BlockHeader{Number: 4}, Data: &common.BlockData{Data: tc.entries}})
		if j.failed != nil {
			t.Fatalf("%s: %v", name, j.failed)
		}
		for i, want := range tc.want {
			if j.codes[i] != want {
				t.Errorf("%s: transaction %d is %s (%s), want %s", name, i, j.codes[i], j.reasons[i], want)
			}
		}
	}
}

func codes(all ...peer.TxValidationCode) []peer.TxValidationCode { return all }

// scan is a range query with its results, key and block in turn; exhausted says that the iterator was read to its end.
func scan(start, end string, exhausted bool, results ...any) *kvrwset.RangeQueryInfo {
	reads := &kvrwset.QueryReads{}
	for i := 0; i < len(results); i += 2 {
		reads.KvReads = append(reads.KvReads, &kvrwset.KVRead{Key: results[i].(string), Version: &kvrwset.Version{BlockNum: uint64(results[i+1].(int))}})
	}
	return &kvrwset.RangeQueryInfo{StartKey: start, EndKey: end, ItrExhausted: exhausted, ReadsInfo: &kvrwset.RangeQueryInfo_RawReads{RawReads: reads}}
}

// TestCommitHash_OrderDoesNotMatter: updates come from a map.
func TestCommitHash_OrderDoesNotMatter(t *testing.T) {
	updates := map[place]value{}
	for _, p := range []place{{"b", "", "k"}, {"a", "c2", "k"}, {"a", "c1", "k2"}, {"a", "c1", "k1"}, {"a", "", "z"}} {
		updates[p] = value{body: []byte("v"), version: version{300, 2}}
	}
	updates[place{"a", "", "gone"}] = value{}
	first := encodeUpdates(updates)
	for range 20 {
		if again := encodeUpdates(maps.Clone(updates)); string(again) != string(first) {
			t.Fatal("the same updates are encoded differently")
		}
	}
}
