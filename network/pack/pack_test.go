package pack

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/network"
)

func TestNew_SameContentSameIdentifier(t *testing.T) {
	first, id, err := New(Binary, "registry", "chaincode", []byte("program"))
	if err != nil {
		t.Fatal(err)
	}
	second, again, err := New(Binary, "registry", "chaincode", []byte("program"))
	if err != nil || !bytes.Equal(first, second) || id != again || !strings.HasPrefix(id, "registry:") {
		t.Errorf("%s and %s (%v)", id, again, err)
	}
	if _, other, _ := New(Binary, "registry", "chaincode", []byte("Program")); other == id {
		t.Error("other content has the same identifier")
	}
	if _, _, err := New(Binary, "-bad", "chaincode", nil); err == nil {
		t.Error("a bad label is accepted")
	}
}

// TestChaincode_BuiltTwiceIsTheSame is what an approval means: this code, wherever it is built.
func TestChaincode_BuiltTwiceIsTheSame(t *testing.T) {
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for range 2 {
		out := filepath.Join(t.TempDir(), "registrycc")
		if err := network.BuildChaincode(context.Background(), checkout, out); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		_, id, err := New(Binary, "registry", "chaincode", body)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if ids[0] != ids[1] {
		t.Errorf("%s and %s", ids[0], ids[1])
	}
}
