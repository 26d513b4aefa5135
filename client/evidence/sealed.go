package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Sealed opens a stored file as it lies on the disk, encrypted, and gives its encrypted description: what another store takes.
func (s *Store) Sealed(id string) (card []byte, body io.ReadCloser, err error) {
	path, err := s.path(id)
	if err != nil {
		return nil, nil, err
	}
	if card, err = os.ReadFile(path + ".meta"); err == nil {
		body, err = os.Open(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotFound
	}
	return card, body, err
}

// Import stores a file that another store has sealed, at most limit bytes of it. Only bytes that the identifier names are taken
// (ErrDamaged), and only if this store can read them and their description.
func (s *Store) Import(ctx context.Context, id string, card []byte, body io.Reader, limit int64) error {
	path, err := s.path(id)
	if err != nil {
		return err
	}
	incoming, err := os.CreateTemp(filepath.Join(s.dir, "incoming"), "import-*")
	if err != nil {
		return diskError(err)
	}
	defer os.Remove(incoming.Name())
	defer incoming.Close()
	hasher := NewHasher()
	size, err := io.Copy(io.MultiWriter(incoming, hasher), &io.LimitedReader{R: contextReader{ctx, body}, N: limit + 1})
	switch {
	case err != nil:
		return diskError(err)
	case size > limit:
		return ErrTooLarge
	case hasher.Sum().String() != id:
		return fmt.Errorf("%w: %s", ErrDamaged, id)
	}
	if err := errors.Join(incoming.Sync(), os.MkdirAll(filepath.Dir(path), 0o700)); err != nil {
		return diskError(err)
	}
	if err := s.importCard(path+".meta", id, card); err != nil {
		return diskError(err)
	}
	if err := os.Rename(incoming.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// importCard keeps a description that this store can read and that is the file's.
func (s *Store) importCard(path, id string, sealed []byte) error {
	f, err := os.CreateTemp(filepath.Join(s.dir, "incoming"), "meta-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.Write(sealed); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	plain, err := s.decrypt(f.Name())
	if err != nil {
		return err
	}
	defer plain.Close()
	var card sidecar
	if err := jsonInto(plain, &card); err != nil {
		return err
	}
	if card.CID != id {
		return fmt.Errorf("%w: the description of %s", ErrDamaged, id)
	}
	return os.Rename(f.Name(), path)
}
