// Package evidence keeps filed documents (存证材料) encrypted and by content: the identifier is that of the bytes as
// stored, so that whoever holds a copy can prove which one it is, and a salted commitment binds the plaintext.
package evidence

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"filippo.io/age"
	"github.com/ipfs/go-cid"
)

// Sentinels of the store. Their texts may be shown to people.
var (
	ErrTooLarge      = errors.New("文件超过大小上限")                         // choose a smaller file
	ErrEmpty         = errors.New("文件是空的")                            // choose another file
	ErrType          = errors.New("不支持的文件类型，请使用" + Extensions)        // convert the file
	ErrNotWhatItSays = errors.New("文件内容与扩展名不符")                       // not what its name says
	ErrDiskFull      = errors.New("存储空间不足，请联系管理员")                    // operator: make room
	ErrNotFound      = errors.New("没有这个文件")                           // unknown identifier
	ErrDamaged       = errors.New("存储的文件已损坏，与内容标识不符")                 // operator: restore from a copy
	ErrIdentifier    = errors.New("not a content identifier we make") // caller's mistake
)

// Receipt describes a stored file.
type Receipt struct {
	CID        string `json:"cid"`
	Commitment string `json:"commitment"` // hex SHA-256(salt ‖ plaintext)
	Size       int64  `json:"size"`       // bytes of the plaintext
	Name       string `json:"name"`
	MediaType  string `json:"mediaType"`
	Kind       string `json:"kind"`
}

// sidecar is what is kept, encrypted, beside a file.
type sidecar struct {
	Receipt
	Salt string `json:"salt"` // hex
}

// Store is a directory of encrypted files.
type Store struct {
	dir        string
	identity   age.Identity
	recipients []age.Recipient
}

// Open opens a store; identity decrypts, recipients are those for whom files are encrypted.
func Open(dir string, identity age.Identity, recipients []age.Recipient) (*Store, error) {
	if len(recipients) == 0 {
		return nil, errors.New("evidence store: no recipients")
	}
	if err := os.MkdirAll(filepath.Join(dir, "incoming"), 0o700); err != nil {
		return nil, fmt.Errorf("evidence store: %w", err)
	}
	return &Store{dir: dir, identity: identity, recipients: recipients}, nil
}

// Put stores a file of at most limit bytes while it is read. Nothing is visible before everything is on disk.
func (s *Store) Put(ctx context.Context, r io.Reader, name, kind string, limit int64) (Receipt, error) {
	name = safeName(name)
	buffered := bufio.NewReaderSize(r, 4096)
	head, err := buffered.Peek(512)
	if len(head) == 0 {
		if err != nil && !errors.Is(err, io.EOF) {
			return Receipt{}, err
		}
		return Receipt{}, ErrEmpty
	}
	mediaType, err := sniff(name, head)
	if err != nil {
		return Receipt{}, err
	}
	card := sidecar{Receipt: Receipt{Name: name, MediaType: mediaType, Kind: kind}}
	incoming, err := os.CreateTemp(filepath.Join(s.dir, "incoming"), "put-*")
	if err != nil {
		return Receipt{}, diskError(err)
	}
	defer os.Remove(incoming.Name())
	defer incoming.Close()
	if err := s.encrypt(ctx, incoming, buffered, limit, &card); err != nil {
		return Receipt{}, diskError(err)
	}
	return card.Receipt, diskError(s.publish(incoming.Name(), card))
}

// encrypt writes the ciphertext and fills in size, commitment and identifier.
func (s *Store) encrypt(ctx context.Context, out *os.File, in io.Reader, limit int64, card *sidecar) error {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return err
	}
	commitment, hasher := sha256.New(), NewHasher()
	commitment.Write(salt)
	w, err := age.Encrypt(io.MultiWriter(out, hasher), s.recipients...)
	if err != nil {
		return err
	}
	limited := &io.LimitedReader{R: contextReader{ctx, in}, N: limit + 1}
	if card.Size, err = io.Copy(w, io.TeeReader(limited, commitment)); err != nil {
		return err
	}
	if card.Size > limit {
		return ErrTooLarge
	}
	if err := w.Close(); err != nil {
		return err
	}
	card.Salt, card.Commitment, card.CID = hex.EncodeToString(salt), hex.EncodeToString(commitment.Sum(nil)), hasher.Sum().String()
	return out.Sync()
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// publish moves a complete file to its place: sidecar first, so that a visible file always has one.
func (s *Store) publish(incoming string, card sidecar) error {
	path, err := s.path(card.CID)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := s.writeSidecar(path+".meta", card); err != nil {
		return err
	}
	if err := os.Rename(incoming, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func (s *Store) writeSidecar(path string, card sidecar) error {
	body, err := json.Marshal(card)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Join(s.dir, "incoming"), "meta-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	w, err := age.Encrypt(f, s.recipients...)
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return ErrDiskFull
	}
	return err
}

// path is where a file lies. Only identifiers of the profile become paths.
func (s *Store) path(id string) (string, error) {
	c, err := cid.Decode(id)
	if err != nil || c.Version() != 1 || c.String() != id || (c.Type() != cid.Raw && c.Type() != cid.DagProtobuf) {
		return "", ErrIdentifier
	}
	return filepath.Join(s.dir, id[len(id)-2:], id), nil
}

// Stat describes a stored file.
func (s *Store) Stat(id string) (Receipt, error) {
	card, err := s.stat(id)
	return card.Receipt, err
}

func jsonInto(r io.Reader, card *sidecar) error {
	if err := json.NewDecoder(r).Decode(card); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

type stream struct {
	io.Reader
	io.Closer
}

func (s *Store) decrypt(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(bufio.NewReader(f), s.identity)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return stream{plain, f}, nil
}

// Get streams a file's plaintext. The stored bytes are hashed before the first byte is handed out: what is not the
// content that the identifier names is never shown.
func (s *Store) Get(ctx context.Context, id string) (Receipt, io.ReadCloser, error) {
	card, err := s.stat(id)
	if err != nil {
		return Receipt{}, nil, err
	}
	if err := s.check(ctx, id); err != nil {
		return Receipt{}, nil, err
	}
	path, err := s.path(id)
	if err != nil {
		return Receipt{}, nil, err
	}
	body, err := s.decrypt(path)
	return card.Receipt, body, err
}

func (s *Store) stat(id string) (sidecar, error) {
	path, err := s.path(id)
	if err != nil {
		return sidecar{}, err
	}
	body, err := s.decrypt(path + ".meta")
	if err != nil {
		return sidecar{}, err
	}
	defer body.Close()
	var card sidecar
	return card, jsonInto(body, &card)
}

func (s *Store) check(ctx context.Context, id string) error {
	path, err := s.path(id)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	defer f.Close()
	hasher := NewHasher()
	if _, err := io.Copy(hasher, contextReader{ctx, f}); err != nil {
		return err
	}
	if hasher.Sum().String() != id {
		return fmt.Errorf("%w: %s", ErrDamaged, id)
	}
	return nil
}

// ScrubDir is Scrub for a store whose keys are not at hand: what is hashed is the ciphertext.
func ScrubDir(ctx context.Context, dir string, report func(id string, err error)) (int, error) {
	return (&Store{dir: dir}).Scrub(ctx, report)
}

// Scrub re-hashes every stored file and reports each that is damaged. It returns how many it checked.
func (s *Store) Scrub(ctx context.Context, report func(id string, err error)) (int, error) {
	checked := 0
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "incoming" {
			return filepath.SkipDir
		}
		if d.IsDir() || strings.HasSuffix(path, ".meta") {
			return nil
		}
		checked++
		if err := s.check(ctx, d.Name()); err != nil {
			report(d.Name(), err)
		}
		return ctx.Err()
	})
	return checked, err
}
