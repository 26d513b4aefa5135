package index

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func TestObjections_FiltersAndPages(t *testing.T) {
	x := open(t)
	c := &chain{t: t}
	for i, o := range []registry.Objection{{Application: "A1", N: 1, Objector: "P1"}, {Application: "A1", N: 2, Objector: "P2"}, {Application: "A2", N: 1, Objector: "P1"}} {
		o.FiledAt = started.Add(time.Duration(i) * time.Hour)
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", i), "registration:FileObjection", map[string]any{fmt.Sprintf("\x00OBJ\x00%s\x00%d\x00", o.Application, o.N): o}))
	}
	fold(t, x, c.blocks...)
	for name, c := range map[string]struct {
		filter ObjectionFilter
		want   string
	}{
		"all_newest_first": {ObjectionFilter{}, "A2/1 A1/2 A1/1"},
		"of_a_case":        {ObjectionFilter{Application: "A1"}, "A1/2 A1/1"},
		"of_a_party":       {ObjectionFilter{Objector: "P1"}, "A2/1 A1/1"},
		"hostile_value":    {ObjectionFilter{Objector: "' OR 1=1 --"}, ""},
	} {
		for limit := 1; limit <= 4; limit++ {
			var names []string
			f := c.filter
			f.Limit = limit
			for pages := 0; pages < 10; pages++ {
				found, next, err := x.Objections(context.Background(), f)
				if err != nil || len(found) > limit {
					t.Fatalf("%s: %d objections of at most %d: %v", name, len(found), limit, err)
				}
				for _, o := range found {
					names = append(names, fmt.Sprintf("%s/%d", o.Application, o.N))
				}
				if f.After = next; next == "" {
					break
				}
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("%s in pages of %d: %q, want %q", name, limit, got, c.want)
			}
		}
	}
}
