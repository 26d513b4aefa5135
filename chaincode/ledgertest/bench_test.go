package ledgertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// BenchmarkSubmit is one endorsement of a full application, without the peer.
func BenchmarkSubmit(b *testing.B) {
	l := Founded(b, registry.ModeDemo)
	content := SampleContent()
	content.Overview = strings.Repeat("设施大棚种植、采收与销售情况。", 20)
	content.Materials = nil
	for i, kind := range []registry.MaterialKind{registry.MaterialSample, registry.MaterialSource, registry.MaterialIdentity} {
		content.Materials = append(content.Materials, registry.Material{Kind: kind, CID: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk" + string("abc"[i]),
			Commitment: strings.Repeat("ab", 32), Size: 4096})
	}
	var documents []string
	for i := range b.N {
		content.DataName = fmt.Sprintf("压测 %d", i)
		body, err := registry.Canonical(registry.SubmitRequest{Key: fmt.Sprintf("bench-%08d", i), Content: content})
		if err != nil {
			b.Fatal(err)
		}
		documents = append(documents, string(body))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, d := range documents {
		if _, answer := run(l.cc, l.state, "tx", l.Now, l.people[applicant], []string{"registration:Submit", d}, nil); answer.GetStatus() != 200 {
			b.Fatal(answer.GetMessage())
		}
	}
}
