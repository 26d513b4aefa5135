package catalogue

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// FuzzRead: whatever is uploaded as a workbook, reading ends with rows or with one of the three errors.
func FuzzRead(f *testing.F) {
	for _, items := range [][]registry.CatalogItem{nil, {sample("307001000001")}} {
		var out bytes.Buffer
		if err := chineseWords.Write(&out, items); err != nil {
			f.Fatal(err)
		}
		f.Add(out.Bytes())
	}
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := chineseWords.Read(bytes.NewReader(file))
		if err != nil && !errors.Is(err, ErrWorkbook) && !errors.Is(err, ErrColumns) && !errors.Is(err, ErrRows) {
			t.Errorf("another error: %v", err)
		}
		if err == nil && len(rows) > MaxRows {
			t.Errorf("%d rows", len(rows))
		}
	})
}

// FuzzLines: what was read from lines is written so that it is read as the same again.
func FuzzLines(f *testing.F) {
	f.Add("品种 | 字符型\n单位代码｜字符型｜基础\n收购价 | 数值型 | | 不予共享")
	f.Add("规章 | 政务信息资源共享管理办法 | 第五条\n|||")
	f.Add("个人隐私；商业秘密,x")
	f.Fuzz(func(t *testing.T, text string) {
		fields := chineseWords.ParseFields(text)
		for _, i := range fields {
			if i.Name == "" || strings.ContainsRune(i.Name+i.Type, '\r') {
				return // a line without a name is refused by the registry, and so is a carriage return
			}
		}
		if diff := cmp.Diff(fields, chineseWords.ParseFields(chineseWords.FormatFields(fields))); diff != "" {
			t.Error(diff)
		}
		bases := chineseWords.ParseBasis(text)
		if again := chineseWords.ParseBasis(chineseWords.FormatBasis(bases)); len(bases) != len(again) {
			t.Errorf("%d bases, then %d", len(bases), len(again))
		}
		reasons := chineseWords.ParseReasons(text)
		if diff := cmp.Diff(reasons, chineseWords.ParseReasons(chineseWords.FormatReasons(reasons))); diff != "" {
			t.Error(diff)
		}
		chineseWords.ParsePlan(text)
	})
}
