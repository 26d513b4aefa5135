package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/ipfs/go-cid"
)

func identify(chunks ...[]byte) string {
	h := NewHasher()
	for _, c := range chunks {
		_, _ = h.Write(c)
	}
	return h.Sum().String()
}

func TestHasher_EmptyFile(t *testing.T) {
	if got := identify(); got != "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku" {
		t.Errorf("empty file is %s", got)
	}
}

// plainCID builds the same tree a second way: everything in memory, level by level.
func plainCID(content []byte) cid.Cid {
	var level []link
	for start := 0; start == 0 || start < len(content); start += chunkSize {
		chunk := content[start:min(start+chunkSize, len(content))]
		sum := sha256.Sum256(chunk)
		level = append(level, link{newCID(cid.Raw, sum[:]), uint64(len(chunk)), uint64(len(chunk))})
	}
	for len(level) > 1 {
		var next []link
		for start := 0; start < len(level); start += maxLinks {
			next = append(next, node(level[start:min(start+maxLinks, len(level))]))
		}
		level = next
	}
	return level[0].cid
}

func TestHasher_MatchesAPlainBuild(t *testing.T) {
	for _, size := range []int{1, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 7} {
		content := make([]byte, size)
		for i := range content {
			content[i] = byte(i * 7)
		}
		h := NewHasher()
		for at := 0; at < size; at += 777_777 {
			_, _ = h.Write(content[at:min(at+777_777, size)])
		}
		if got, want := h.Sum(), plainCID(content); got != want {
			t.Errorf("%d bytes: %s, want %s", size, got, want)
		}
	}
}

// TestNode_IsADagPB decodes a node by hand, so that its encoding is not only compared with itself.
func TestNode_IsADagPB(t *testing.T) {
	leaf := link{newCID(cid.Raw, make([]byte, 32)), 5, 5}
	n := node([]link{leaf, leaf})
	if n.cid.Type() != cid.DagProtobuf || n.fileSize != 10 {
		t.Fatalf("node %v of %d bytes", n.cid, n.fileSize)
	}
	// two links of 2+36 (hash) + 2 (name) + 2 (size) bytes, each with tag and length, and the UnixFS data of 10 bytes
	want := uint64(10 + 2*(2+38+2+2) + 2 + 2 + 2 + 2*2)
	if n.blocksSize != want {
		t.Errorf("blocks of %d bytes, want %d", n.blocksSize, want)
	}
}

func newStore(t *testing.T) *Store {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.TempDir(), id, []age.Recipient{id.Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const sample = "日期,品种,产量\n2024-01-01,番茄,12\n"

func TestStore_PutAndGet(t *testing.T) {
	s, ctx := newStore(t), context.Background()
	r, err := s.Put(ctx, strings.NewReader(sample), "../样例.csv", "SAMPLE", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if r.Name != "样例.csv" || r.MediaType != "text/csv" || r.Size != int64(len(sample)) {
		t.Errorf("receipt %+v", r)
	}
	got, body, err := s.Get(ctx, r.CID)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil || string(text) != sample || got != r {
		t.Errorf("got %q %+v, %v", text, got, err)
	}
	stored, err := os.ReadFile(filepath.Join(s.dir, r.CID[len(r.CID)-2:], r.CID))
	if err != nil || bytes.Contains(stored, []byte("番茄")) {
		t.Errorf("the stored bytes are not encrypted (%v)", err)
	}
}

func TestStore_Refuses(t *testing.T) {
	s := newStore(t)
	for _, c := range []struct {
		defect, name, content string
		limit                 int64
		want                  error
	}{
		{"empty", "a.csv", "", 10, ErrEmpty},
		{"too_large", "a.csv", sample, 10, ErrTooLarge},
		{"unknown_type", "a.exe", "MZ", 10, ErrType},
		{"no_extension", "a", "text", 10, ErrType},
		{"pdf_is_text", "a.pdf", "hello", 10, ErrNotWhatItSays},
		{"csv_is_binary", "a.csv", "a\x00b", 10, ErrNotWhatItSays},
		{"json_is_text", "a.json", "hello", 10, ErrNotWhatItSays},
		{"png_is_jpeg", "a.png", "\xff\xd8\xff\xe0", 10, ErrNotWhatItSays},
	} {
		t.Run(c.defect, func(t *testing.T) {
			if _, err := s.Put(context.Background(), strings.NewReader(c.content), c.name, "OTHER", c.limit); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if n, _ := s.Scrub(context.Background(), func(string, error) {}); n != 0 {
		t.Errorf("%d refused files are visible", n)
	}
}

func TestStore_InterruptedWriteLeavesNothing(t *testing.T) {
	s := newStore(t)
	broken := io.MultiReader(strings.NewReader(strings.Repeat("x", 1000)), failing{})
	if _, err := s.Put(context.Background(), broken, "a.txt", "OTHER", 1<<20); err == nil {
		t.Fatal("an interrupted upload was accepted")
	}
	left, err := os.ReadDir(filepath.Join(s.dir, "incoming"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection lost") }

func TestStore_FindsTamperedByte(t *testing.T) {
	s, ctx := newStore(t), context.Background()
	r, err := s.Put(ctx, strings.NewReader(sample), "a.csv", "SAMPLE", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	path, _ := s.path(r.CID)
	body, _ := os.ReadFile(path)
	body[len(body)/2] ^= 1
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(ctx, r.CID); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
	found := 0
	if _, err := s.Scrub(ctx, func(string, error) { found++ }); err != nil || found != 1 {
		t.Errorf("scrub found %d, %v", found, err)
	}
}

func TestStore_PathsAreIdentifiersOnly(t *testing.T) {
	s := newStore(t)
	for _, id := range []string{"", "../../etc/passwd", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG", "bafkrei/../x"} {
		if _, err := s.Stat(id); !errors.Is(err, ErrIdentifier) {
			t.Errorf("%q: %v", id, err)
		}
	}
}
