package evidence

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
)

// TestImport_TakesWhatTheIdentifierNames: a sealed file moves to the store of a recipient and nothing else does.
func TestImport_TakesWhatTheIdentifierNames(t *testing.T) {
	ctx := context.Background()
	keys := make([]*age.X25519Identity, 3)
	for i := range keys {
		var err error
		if keys[i], err = age.GenerateX25519Identity(); err != nil {
			t.Fatal(err)
		}
	}
	store := func(own int, recipients ...age.Recipient) *Store {
		s, err := Open(t.TempDir(), keys[own], recipients)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	from := store(0, keys[0].Recipient(), keys[1].Recipient())
	put := func(text string) (string, []byte, []byte) {
		r, err := from.Put(ctx, strings.NewReader(text), "说明.txt", "STATEMENT", 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		card, body, err := from.Sealed(r.CID)
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		sealed, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return r.CID, card, sealed
	}
	id, card, sealed := put("该公司倒卖公共数据\n")
	_, other, _ := put("另一份\n")
	to := store(1, keys[1].Recipient())
	altered := bytes.Clone(sealed)
	altered[len(altered)/2] ^= 1
	for defect, c := range map[string]struct {
		store      *Store
		card, body []byte
		limit      int64
		want       error
	}{
		"altered":              {to, card, altered, 1 << 20, ErrDamaged},
		"cut":                  {to, card, sealed[:len(sealed)-1], 1 << 20, ErrDamaged},
		"too_large":            {to, card, sealed, int64(len(sealed)) - 1, ErrTooLarge},
		"another_description":  {to, other, sealed, 1 << 20, ErrDamaged},
		"no_description":       {to, nil, sealed, 1 << 20, ErrDamaged},
		"not_for_this_store":   {store(2, keys[2].Recipient()), card, sealed, 1 << 20, ErrDamaged},
		"no_identifier_of_age": {to, card, []byte("x"), 1 << 20, ErrDamaged},
	} {
		if err := c.store.Import(ctx, id, c.card, bytes.NewReader(c.body), c.limit); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", defect, err)
		}
		if _, err := c.store.Stat(id); err == nil && c.store != to {
			t.Errorf("%s: something was kept", defect)
		}
		if _, _, err := c.store.Sealed(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: the file is there: %v", defect, err)
		}
	}
	if err := to.Import(ctx, id, card, bytes.NewReader(sealed), int64(len(sealed))); err != nil {
		t.Fatal(err)
	}
	receipt, body, err := to.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil || string(text) != "该公司倒卖公共数据\n" || receipt.Name != "说明.txt" || receipt.Kind != "STATEMENT" {
		t.Errorf("%q %+v %v", text, receipt, err)
	}
	if err := to.Import(ctx, "../../etc/passwd", card, bytes.NewReader(sealed), 1<<20); !errors.Is(err, ErrIdentifier) {
		t.Errorf("a path is no identifier: %v", err)
	}
}
