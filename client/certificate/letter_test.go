package certificate

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestRenderLetter_SameLetterSameBytes(t *testing.T) {
	letter := Letter{Title: "补正告知书", Number: "APPX/1", To: "民和某合作社（虚构）", By: "登记机构（虚构）", Date: "2026-11-25", IssuedAt: time.Date(2026, 11, 25, 2, 0, 0, 0, time.UTC),
		Digest: strings.Repeat("ab", 32), TxID: strings.Repeat("f", 64), Lines: []Line{{"理由 1", strings.Repeat("请补充采集协议。", 40)}, {"理由 2", "字库没有的字：𠀀"}}, Demo: true}
	first, err := RenderLetter(letter)
	if err != nil {
		t.Fatal(err)
	}
	again, err := RenderLetter(letter)
	if err != nil || !bytes.Equal(first, again) || !bytes.HasPrefix(first, []byte("%PDF-")) {
		t.Errorf("%d and %d bytes (%v)", len(first), len(again), err)
	}
	for range 60 {
		letter.Lines = append(letter.Lines, Line{"理由", "一条很长的清单"})
	}
	long, err := RenderLetter(letter)
	if err != nil || bytes.Count(long, []byte("/Type /Page\n")) < 2 && len(long) <= len(first) {
		t.Errorf("a long letter has %d bytes (%v)", len(long), err)
	}
}

// TestPrintable_NothingVanishes: what cannot be printed is marked, and the mark itself can be printed.
func TestPrintable_NothingVanishes(t *testing.T) {
	if got := printable("数据𠀀集"); got != "数据〓集" || len(MissingGlyphs(string(unprintable))) > 0 {
		t.Errorf("printed as %q, the mark is missing: %q", got, string(MissingGlyphs(string(unprintable))))
	}
}
