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

func TestNotices_InboxAndWhatIsToBeServed(t *testing.T) {
	x := open(t)
	c := &chain{t: t}
	for i, n := range []registry.Notice{{Case: "APP1", N: 1, To: "P1", Status: registry.NoticeServed}, {Case: "APP1", N: 2, To: "P2", Status: registry.NoticeUnserved}, {Case: "AST1", N: 1, To: "P1", Status: registry.NoticeSeen}} {
		n.IssuedAt = started.Add(time.Duration(i) * time.Hour)
		c.add([]peer.TxValidationCode{valid}, c.tx(fmt.Sprint("t", i), "registration:Accept", map[string]any{fmt.Sprintf("\x00NTC\x00%s\x00%d\x00", n.Case, n.N): n}))
	}
	fold(t, x, c.blocks...)
	for name, c := range map[string]struct {
		filter NoticeFilter
		want   string
	}{
		"all_newest_first": {NoticeFilter{}, "AST1/1 APP1/2 APP1/1"},
		"inbox":            {NoticeFilter{To: "P1"}, "AST1/1 APP1/1"},
		"of_a_case":        {NoticeFilter{Case: "APP1"}, "APP1/2 APP1/1"},
		"to_be_served":     {NoticeFilter{Statuses: []registry.NoticeStatus{registry.NoticeUnserved}}, "APP1/2"},
		"hostile_value":    {NoticeFilter{To: "' OR 1=1 --"}, ""},
	} {
		found, _, err := x.Notices(context.Background(), c.filter)
		var names []string
		for _, n := range found {
			names = append(names, fmt.Sprintf("%s/%d", n.Case, n.N))
		}
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.want, err)
		}
	}
	if n, err := x.Notice(context.Background(), "APP1", 2); err != nil || n.To != "P2" {
		t.Errorf("found %+v (%v)", n, err)
	}
	if _, err := x.Notice(context.Background(), "APP1", 3); err != ErrNotFound {
		t.Errorf("a notice that is not there: %v", err)
	}
}
