package certificate

import (
	"strings"
	"time"

	"github.com/signintech/gopdf"
)

// Letter is a written notice (书面告知) in words that can be printed.
type Letter struct {
	Title    string // 受理通知书, …
	Number   string // of the notice on the ledger
	To       string // whom it tells
	Lines    []Line
	By       string // the body that tells
	Date     string // civil date
	IssuedAt time.Time
	Digest   string // hex SHA-256 of what it says, as the ledger gives it
	TxID     string // of the transaction that decided
	Demo     bool
}

// Line is one line of a letter.
type Line struct{ Label, Text string }

// unprintable stands for a character that the font lacks; what was decided stands on the ledger.
const unprintable = '〓'

// RenderLetter draws a letter, deterministically: the same letter gives the same bytes.
func RenderLetter(l Letter) ([]byte, error) {
	p, err := newSheet(l.Demo, gopdf.PdfInfo{Title: l.Title + " " + l.Number, Author: l.By, Creator: "hehuang", CreationDate: l.IssuedAt.UTC()})
	if err != nil {
		return nil, err
	}
	rows := []row{{"告知对象", printable(l.To)}, {"告知机构", printable(l.By)}}
	for _, line := range l.Lines {
		rows = append(rows, row{line.Label, printable(line.Text)})
	}
	return p.finish(p.begin,
		func() error { return p.headline(l.Title, "告知编号："+l.Number) },
		func() error { return p.rows(rows) },
		func() error { return p.signature(l) })
}

// signature is who tells and when, over the sentences that say what counts.
func (p *sheet) signature(l Letter) error {
	const height = 130.0
	if p.y+height > bottom {
		if err := p.begin(); err != nil {
			return err
		}
	}
	const width = 222.0
	p.SetTextColor(ink.r, ink.g, ink.b)
	if err := p.SetFont("serif", "", 12); err != nil {
		return err
	}
	lines, err := breakLines(printable(l.By), width, p.MeasureTextWidth)
	if err != nil {
		return err
	}
	for i, line := range append(lines, l.Date) {
		if err := p.write(line, 12, pageWidth-margin-width, p.y+20+float64(i)*18); err != nil {
			return err
		}
	}
	return p.small(p.y+44+float64(len(lines)+1)*18, "本告知以账本记载为准，"+string(unprintable)+"表示字库没有的字。内容摘要 "+l.Digest, "作出决定的交易 "+l.TxID)
}

// printable puts a sign in the place of characters that the font lacks.
func printable(text string) string {
	for _, r := range MissingGlyphs(text) {
		text = strings.ReplaceAll(text, string(r), string(unprintable))
	}
	return text
}
