package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/audit"
)

// state is a replayed state of records by object and key.
type state map[string]map[string]string

func (state) Progress() audit.Progress { return audit.Progress{Next: 10} }

func (s state) Records(object string, fn func([]string, []byte) error) error {
	for key, body := range s[object] {
		if err := fn(strings.Split(key, " "), []byte(body)); err != nil {
			return err
		}
	}
	return nil
}

// database is a peer that answers by identifier.
type database struct {
	heights []uint64 // one after the other; the last stays
	records map[string]string
	err     error
}

func (d *database) Height(context.Context) (uint64, []byte, error) {
	h := d.heights[0]
	if len(d.heights) > 1 {
		d.heights = d.heights[1:]
	}
	return h, nil, nil
}

func (d *database) EvaluateAt(_ context.Context, _, _ string, document []byte) ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	id := strings.TrimSuffix(strings.TrimPrefix(string(document), `{"id":"`), `"}`)
	body, ok := d.records[id]
	if !ok {
		return nil, registry.NotFound(id)
	}
	return []byte(body), nil
}

// TestCompareRecords_AlteredStateIsNamed: a value that was changed or removed in a peer's database stands in no block.
func TestCompareRecords_AlteredStateIsNamed(t *testing.T) {
	s := state{registry.ObjectAsset: {"AST1": `{"id":"AST1"}`}, registry.ObjectAccount: {"AgencyMSP he": `{"role":"applicant"}`}}
	good := map[string]string{"AST1": `{"id":"AST1"}`, "AgencyMSP/he": `{"role":"applicant"}`}
	with := func(id, body string) map[string]string {
		all := map[string]string{}
		for k, v := range good {
			all[k] = v
		}
		if all[id] = body; body == "" {
			delete(all, id)
		}
		return all
	}
	down := errors.New("connection refused")
	for name, tc := range map[string]struct {
		peer   database
		record string // of the difference
		err    error
	}{
		"same":      {database{heights: []uint64{10}, records: good}, "", nil},
		"altered":   {database{heights: []uint64{10}, records: with("AST1", `{"id":"AST2"}`)}, "bureau: AST AST1", nil},
		"removed":   {database{heights: []uint64{10}, records: with("AgencyMSP/he", "")}, "bureau: ACC AgencyMSP he", nil},
		"moved_on":  {database{heights: []uint64{10, 11}, records: with("AST1", `{"id":"AST2"}`)}, "", errMoved},
		"is_ahead":  {database{heights: []uint64{11}, records: good}, "", errMoved},
		"is_silent": {database{heights: []uint64{10}, err: down}, "", down},
	} {
		n, err := compareRecords(context.Background(), &tc.peer, "BureauMSP", "bureau", s)
		var d *audit.Difference
		switch {
		case tc.record != "":
			if !errors.As(err, &d) || d.Record != tc.record || d.Field != "peer.record" || d.Block != 9 {
				t.Errorf("%s: %v", name, err)
			}
		case !errors.Is(err, tc.err) || err == nil && n != 2:
			t.Errorf("%s: %d compared, %v", name, n, err)
		}
	}
}
