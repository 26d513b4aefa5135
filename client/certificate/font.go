package certificate

import (
	_ "embed"
	"fmt"
	"sync"

	"golang.org/x/image/font/sfnt"
)

// fontData is a subset of Noto Serif SC: all characters of 通用规范汉字表, punctuation and Latin (scripts/fonts).
//
//go:embed fonts/NotoSerifSC-subset.ttf
var fontData []byte

var parsedFont = sync.OnceValues(func() (*sfnt.Font, error) { return sfnt.Parse(fontData) })

// MissingGlyphs lists the characters of a text that the certificate's font cannot draw, each once. They are refused
// when an application is filed, not discovered when its certificate is printed.
func MissingGlyphs(text string) []rune {
	f, err := parsedFont()
	if err != nil {
		return []rune(text)
	}
	var buffer sfnt.Buffer
	var missing []rune
	seen := map[rune]bool{'\n': true}
	for _, r := range text {
		if seen[r] {
			continue
		}
		seen[r] = true
		if index, err := f.GlyphIndex(&buffer, r); err != nil || index == 0 {
			missing = append(missing, r)
		}
	}
	return missing
}

// GlyphError names characters that cannot be printed, and where they stand.
type GlyphError struct {
	Field   string
	Missing []rune
}

func (e *GlyphError) Error() string {
	return fmt.Sprintf("%s contains characters that the certificate's font lacks: %q", e.Field, string(e.Missing))
}

func (d Document) checkGlyphs() error {
	for _, r := range d.rows() {
		if missing := MissingGlyphs(r.text); len(missing) > 0 {
			return &GlyphError{r.label, missing}
		}
	}
	return nil
}
