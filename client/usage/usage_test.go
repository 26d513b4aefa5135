package usage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

var now = time.Date(2026, 12, 1, 4, 0, 0, 0, time.UTC)

const cid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"

// granted is a licence in force with a quota.
func granted(quota int64) registry.GrantCase {
	signed := now.Add(-24 * time.Hour)
	g := registry.Grant{ID: "GRT1", Kind: registry.GrantLicence, Asset: "AST1", Grantor: "P1", Grantee: "P2", Status: registry.GrantActive, SignedAt: &signed, Policy: registry.Policy{Right: registry.RightUse,
		Purposes: []string{"INDUSTRY"}, Scope: []string{"sales"}, Modes: []string{"API"}, Spatial: []string{"630200"}, From: "2026-01-01", To: "2027-12-31", Quota: registry.Quota{Unit: "CALL", Quantity: quota}}}
	return registry.GrantCase{Facts: registry.Facts{TxID: "t1", At: now, Actor: registry.Actor{MSP: registry.MSPExchange, Enrolment: "registryd", Role: registry.RoleService}}, Grant: &g,
		Asset: &registry.Asset{ID: "AST1", Track: registry.TrackDataAsset, Holder: "P1", Status: registry.AssetActive, ValidFrom: "2026-01-01", ValidUntil: "2030-01-01", Content: registry.Content{Rights: []registry.RightClaim{{Kind: registry.RightUse, From: "2026-01-01"}}}}}
}

func event(n int, purpose string, quantity int64) Event {
	return Event{ID: fmt.Sprint("e", n), At: now.Add(-time.Minute).UnixMilli() + int64(n), User: "P2", Use: registry.Use{Right: registry.RightUse, Purpose: purpose, Part: "sales", Mode: "API", Region: "630222", Unit: "CALL", Quantity: quantity}}
}

func events(first, n int) []Event {
	var all []Event
	for i := range n {
		all = append(all, event(first+i, "INDUSTRY", 1))
	}
	return all
}

// anchored anchors a batch as an endorser would.
func anchored(t testing.TB, c registry.GrantCase, head *registry.Head, b Batch) (registry.Head, registry.UsageBatch) {
	t.Helper()
	b.Request.Key, b.Request.CID = "12345678", cid
	next, batch, rs := registry.AnchorBatch(c, head, b.Request, b.Body)
	if len(rs) > 0 {
		t.Fatal(rs[0])
	}
	return next, batch
}

// TestBatches_AreDecidedAsEndorsersDecide: batches of any size after each other, with uses that are allowed and refused; head, counts and quota are
// those that the endorsers compute, and the quota is never exceeded.
func TestBatches_AreDecidedAsEndorsersDecide(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, quota := granted(0), rapid.Int64Range(1, 60).Draw(rt, "quota")
		c.Grant.Policy.Quota.Quantity = quota
		var head *registry.Head
		n, accepted := 0, int64(0)
		for range rapid.IntRange(1, 5).Draw(rt, "batches") {
			var list []Event
			for range rapid.IntRange(1, 20).Draw(rt, "events") {
				n++
				list = append(list, event(n, rapid.SampledFrom([]string{"INDUSTRY", "INDUSTRY", "SECTOR"}).Draw(rt, "purpose"), rapid.Int64Range(0, 9).Draw(rt, "quantity")))
			}
			b, err := Build(c, head, list, false)
			if err != nil {
				rt.Fatal(err)
			}
			next, batch := anchored(t, c, head, b)
			if next.Chain != b.Head.Chain || !slices.Equal(next.Frontier, b.Head.Frontier) || next.Used != b.Head.Used || batch.Accepted != b.Accepted || batch.Refused != b.Refused || next.Seq != int64(n) {
				rt.Fatalf("the endorsers see %+v, the intake %+v", next, b.Head)
			}
			accepted += batch.Quantity
			head = &next
		}
		if head.Used != accepted || accepted > quota {
			rt.Fatalf("%d used of %d, recorded %d", accepted, quota, head.Used)
		}
	})
}

// TestAnchor_EveryAlterationIsRefused: whatever the intake says wrongly, no endorser signs.
func TestAnchor_EveryAlterationIsRefused(t *testing.T) {
	c := granted(10)
	first, err := Build(c, nil, events(1, 4), false)
	if err != nil {
		t.Fatal(err)
	}
	head, _ := anchored(t, c, nil, first)
	good, err := Build(c, &head, append(events(5, 2), event(7, "SECTOR", 1)), false)
	if err != nil {
		t.Fatal(err)
	}
	lines := registry.Lines(good.Body)
	rebuilt := func(lines ...[]byte) []byte { return append(bytes.Join(lines, []byte("\n")), '\n') }
	replaced := func(old, new string) []byte { return bytes.Replace(good.Body, []byte(old), []byte(new), 1) }
	for defect, spoil := range map[string]func(r *registry.AnchorRequest, body *[]byte){
		"left_out":         func(_ *registry.AnchorRequest, b *[]byte) { *b = rebuilt(lines[0], lines[2]) },
		"moved":            func(_ *registry.AnchorRequest, b *[]byte) { *b = rebuilt(lines[1], lines[0], lines[2]) },
		"twice":            func(_ *registry.AnchorRequest, b *[]byte) { *b = rebuilt(lines[0], lines[1], lines[2], lines[2]) },
		"same_event":       func(_ *registry.AnchorRequest, b *[]byte) { *b = replaced(`"event":"e6"`, `"event":"e5"`) },
		"smaller_quantity": func(_ *registry.AnchorRequest, b *[]byte) { *b = replaced(`"quantity":1`, `"quantity":0`) },
		"other_user":       func(_ *registry.AnchorRequest, b *[]byte) { *b = replaced(`"user":"P2"`, `"user":"P3"`) },
		"refusal_hidden":   func(_ *registry.AnchorRequest, b *[]byte) { *b = replaced(`"refused":"USE_PURPOSE",`, "") },
		"another_refusal":  func(_ *registry.AnchorRequest, b *[]byte) { *b = replaced("USE_PURPOSE", "USE_REGION") },
		"allowed_use_refused": func(_ *registry.AnchorRequest, b *[]byte) {
			*b = replaced(`,"region"`, `,"refused":"USE_MODE","region"`)
		},
		"in_the_future":         func(_ *registry.AnchorRequest, b *[]byte) { *b = replaced(`{"at":1`, `{"at":2`) },
		"no_last_line_feed":     func(_ *registry.AnchorRequest, b *[]byte) { *b = (*b)[:len(*b)-1] },
		"nothing":               func(_ *registry.AnchorRequest, b *[]byte) { *b = nil },
		"blank_line":            func(_ *registry.AnchorRequest, b *[]byte) { *b = append(*b, '\n') },
		"other_root":            func(r *registry.AnchorRequest, _ *[]byte) { r.Root = first.Request.Root },
		"other_first":           func(r *registry.AnchorRequest, _ *[]byte) { r.First++ },
		"anchored_already":      func(r *registry.AnchorRequest, b *[]byte) { *r, *b = first.Request, first.Body },
		"closing_while_it_runs": func(r *registry.AnchorRequest, _ *[]byte) { r.Closing = true },
	} {
		t.Run(defect, func(t *testing.T) {
			request, body := good.Request, slices.Clone(good.Body)
			spoil(&request, &body)
			request.Key, request.CID = "12345678", cid
			if _, batch, rs := registry.AnchorBatch(c, &head, request, body); len(rs) == 0 {
				t.Errorf("anchored as %+v", batch)
			}
		})
	}
	anchored(t, c, &head, good)
}

// TestClosing_OneBatchAfterTheEnd anchors what was used before and refuses the rest; then nothing more.
func TestClosing_OneBatchAfterTheEnd(t *testing.T) {
	c := granted(10)
	end := now.Add(-time.Minute).Add(2 * time.Millisecond)
	c.Grant.Status, c.Grant.EndedAt = registry.GrantRevoked, &end
	open, err := Build(c, nil, events(1, 3), false)
	if err != nil {
		t.Fatal(err)
	}
	open.Request.Key, open.Request.CID = "12345678", cid
	if _, _, rs := registry.AnchorBatch(c, nil, open.Request, open.Body); len(rs) == 0 || rs[0].Code != registry.CodeGrantInactive {
		t.Errorf("a batch that does not close: %v", rs)
	}
	closing, err := Build(c, nil, events(1, 3), true)
	if err != nil {
		t.Fatal(err)
	}
	head, batch := anchored(t, c, nil, closing)
	if batch.Accepted != 1 || batch.Refused != 2 || !head.Closed {
		t.Errorf("%+v", batch)
	}
	more, err := Build(c, &head, events(4, 1), true)
	if err != nil {
		t.Fatal(err)
	}
	more.Request.Key, more.Request.CID = "12345678", cid
	if _, _, rs := registry.AnchorBatch(c, &head, more.Request, more.Body); len(rs) == 0 || rs[0].Code != registry.CodeUsageClosed {
		t.Errorf("a batch after the closing one: %v", rs)
	}
}

// TestClosing_NothingLeft: a grant whose uses are all anchored, or that was never used, is closed as well; nothing else is anchored without traces.
func TestClosing_NothingLeft(t *testing.T) {
	c := granted(10)
	first, err := Build(c, nil, events(1, 3), false)
	if err != nil {
		t.Fatal(err)
	}
	used, _ := anchored(t, c, nil, first)
	if _, err := Build(c, nil, nil, false); err == nil {
		t.Error("an empty batch of a grant in force")
	}
	end := now
	c.Grant.Status, c.Grant.EndedAt = registry.GrantRevoked, &end
	for name, head := range map[string]*registry.Head{"used": &used, "never_used": nil} {
		b, err := Build(c, head, nil, true)
		if err != nil {
			t.Fatal(err)
		}
		next, batch := anchored(t, c, head, b)
		if !next.Closed || batch.Last != batch.First-1 || head != nil && next.Chain != head.Chain {
			t.Errorf("%s: %+v, %+v", name, next, batch)
		}
	}
}

func TestBuild_AnEventThatCannotBeWrittenDown(t *testing.T) {
	for name, change := range map[string]func(*Event){"quote_in_a_part": func(e *Event) { e.Use.Part = `a"b` }, "no_id": func(e *Event) { e.ID = "" }, "no_region": func(e *Event) { e.Use.Region = "" }, "negative": func(e *Event) { e.Use.Quantity = -1 }} {
		e := event(1, "INDUSTRY", 1)
		change(&e)
		if _, err := Build(granted(10), nil, []Event{e}, false); !errors.Is(err, ErrEvent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Build(granted(10), nil, nil, false); err == nil {
		t.Error("an empty batch")
	}
}

// log is a tree with n lines, and its root after each.
func log(t testing.TB, n int) (*Tree, [][]byte, []string) {
	t.Helper()
	tree, roots := NewTree(), []string{}
	empty, err := tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	b, err := Build(granted(1<<40), nil, events(1, n), false)
	if err != nil {
		t.Fatal(err)
	}
	lines := registry.Lines(b.Body)
	roots = append(roots, empty)
	for _, line := range lines {
		if err := tree.Append(line); err != nil {
			t.Fatal(err)
		}
		root, err := tree.Root()
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, root)
	}
	if roots[n] != b.Request.Root {
		t.Fatal("the tree is not that of the batch")
	}
	return tree, lines, roots
}

// TestProofs_ShowWhatTheySay: every trace in every log, every log within every later one; and nothing else.
func TestProofs_ShowWhatTheySay(t *testing.T) {
	const n = 33
	tree, lines, roots := log(t, n)
	for size := int64(1); size <= n; size++ {
		for seq := int64(1); seq <= size; seq++ {
			path, err := tree.Inclusion(seq, size)
			if err != nil || VerifyInclusion(lines[seq-1], size, path, roots[size]) != nil {
				t.Fatalf("trace %d in %d: %v", seq, size, err)
			}
			if VerifyInclusion(lines[seq%n], size, path, roots[size]) == nil || size < n && VerifyInclusion(lines[seq-1], size, path, roots[size+1]) == nil {
				t.Fatalf("trace %d in %d shows another one, or another log", seq, size)
			}
		}
		for from := int64(1); from <= size; from++ {
			path, err := tree.Consistency(from, size)
			if err != nil || VerifyConsistency(from, size, path, roots[from], roots[size]) != nil {
				t.Fatalf("%d in %d: %v", from, size, err)
			}
			if from < size && VerifyConsistency(from, size, path, roots[from-1], roots[size]) == nil {
				t.Fatalf("%d in %d shows another log", from, size)
			}
		}
	}
	for _, wrong := range [][2]int64{{0, 1}, {2, 1}, {1, n + 1}} {
		if _, err := tree.Inclusion(wrong[0], wrong[1]); err == nil {
			t.Errorf("a proof of %v", wrong)
		}
	}
}

// TestProof_EveryByteFlippedIsRefused, of the line, the path and the root.
func TestProof_EveryByteFlippedIsRefused(t *testing.T) {
	tree, lines, roots := log(t, 21)
	path, err := tree.Inclusion(11, 21)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(b []byte, check func() error, what string) {
		for i := range b {
			b[i] ^= 1
			if check() == nil {
				t.Errorf("byte %d of %s flipped is proven", i, what)
			}
			b[i] ^= 1
		}
	}
	line, root := slices.Clone(lines[10]), []byte(roots[21])
	check := func() error { return VerifyInclusion(line, 21, path, string(root)) }
	flip(line, check, "the line")
	flip(root, check, "the root")
	for i := range path {
		flip(path[i], check, "the path")
	}
	if err := check(); err != nil {
		t.Error(err)
	}
}

// TestList_IsCompleteOrNamed: all traces between two heads; what is left out, moved or added is named, what is altered is found.
func TestList_IsCompleteOrNamed(t *testing.T) {
	c := granted(100)
	b, err := Build(c, nil, events(1, 7), false)
	if err != nil {
		t.Fatal(err)
	}
	next, err := Build(c, &b.Head, events(8, 9), false)
	if err != nil {
		t.Fatal(err)
	}
	lines, root := registry.Lines(next.Body), next.Request.Root
	if err := VerifyList(b.Head, lines, root); err != nil {
		t.Fatal(err)
	}
	for i := range lines {
		without := slices.Delete(slices.Clone(lines), i, i+1)
		if err := VerifyList(b.Head, without, root); !errors.Is(err, ErrNotProven) {
			t.Errorf("without line %d: %v", i+1, err)
		}
		altered := slices.Clone(lines)
		altered[i] = bytes.Replace(altered[i], []byte(`"quantity":1`), []byte(`"quantity":2`), 1)
		if err := VerifyList(b.Head, altered, root); !errors.Is(err, ErrNotProven) {
			t.Errorf("line %d altered: %v", i+1, err)
		}
		if i == 0 {
			continue
		}
		moved := slices.Clone(lines)
		moved[i-1], moved[i] = moved[i], moved[i-1]
		if err := VerifyList(b.Head, moved, root); err == nil || !bytes.Contains([]byte(err.Error()), fmt.Appendf(nil, "line %d is trace %d", i, 8+i)) {
			t.Errorf("lines %d and %d moved: %v", i, i+1, err)
		}
	}
}

func BenchmarkAnchor(b *testing.B) {
	c := granted(1 << 40)
	batch, err := Build(c, nil, events(1, registry.MaxBatchTraces), false)
	if err != nil {
		b.Fatal(err)
	}
	batch.Request.Key, batch.Request.CID = "12345678", cid
	for b.Loop() {
		if _, _, rs := registry.AnchorBatch(c, nil, batch.Request, batch.Body); len(rs) > 0 {
			b.Fatal(rs[0])
		}
	}
	b.ReportMetric(float64(b.N*registry.MaxBatchTraces)/b.Elapsed().Seconds(), "traces/s")
}
