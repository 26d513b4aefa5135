package certificate

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"github.com/signintech/gopdf"
	"rsc.io/qr"
)

// Measures of the page in points; A4 is 595 × 842.
const (
	pageWidth  = 595.0
	pageHeight = 842.0
	margin     = 52.0
	labelWidth = 112.0
	lineHeight = 16.0
	textSize   = 10.5
	bottom     = pageHeight - 92
)

// rgb is a colour of the page.
type rgb struct{ r, g, b uint8 }

var (
	deepRed = rgb{158, 27, 34}
	ink     = rgb{34, 34, 34}
	grey    = rgb{110, 110, 110}
)

// sheet is a printed document under way: framed A4 pages with a table.
type sheet struct {
	*gopdf.GoPdf
	demo bool
	y    float64
}

// page draws one certificate.
type page struct {
	*sheet
	doc Document
}

// newSheet begins a document; the same information gives the same bytes.
func newSheet(demo bool, info gopdf.PdfInfo) (*sheet, error) {
	pdf := &gopdf.GoPdf{}
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	pdf.SetInfo(info)
	if err := pdf.AddTTFFontData("serif", fontData); err != nil {
		return nil, fmt.Errorf("certificate font: %w", err)
	}
	return &sheet{GoPdf: pdf, demo: demo}, nil
}

// finish draws the parts of a document one after the other and gives its bytes.
func (p *sheet) finish(parts ...func() error) ([]byte, error) {
	for _, draw := range parts {
		if err := draw(); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// RenderPDF draws the certificate, deterministically: the same document gives the same bytes. A character that the font
// lacks is a *GlyphError, never a silent blank.
func RenderPDF(d Document) ([]byte, error) {
	if err := d.checkGlyphs(); err != nil {
		return nil, err
	}
	on, err := newSheet(d.Demo, gopdf.PdfInfo{Title: d.Title() + " " + d.Number, Author: d.Registrar, Creator: "hehuang", CreationDate: d.RegisteredAt.UTC()})
	if err != nil {
		return nil, err
	}
	p := &page{sheet: on, doc: d}
	return p.finish(p.begin, p.title, p.table, p.foot)
}

func (p *sheet) colour(c rgb) {
	p.SetStrokeColor(c.r, c.g, c.b)
	p.SetFillColor(c.r, c.g, c.b)
	p.SetTextColor(c.r, c.g, c.b)
}

// begin starts a sheet with its double frame and, on a demo network, the mark across it.
func (p *sheet) begin() error {
	p.AddPage()
	p.colour(deepRed)
	p.SetLineWidth(2.4)
	p.RectFromUpperLeft(26, 26, pageWidth-52, pageHeight-52)
	p.SetLineWidth(0.7)
	p.RectFromUpperLeft(32, 32, pageWidth-64, pageHeight-64)
	for _, corner := range [][2]float64{{32, 32}, {pageWidth - 32, 32}, {32, pageHeight - 32}, {pageWidth - 32, pageHeight - 32}} {
		p.RectFromUpperLeftWithStyle(corner[0]-5, corner[1]-5, 10, 10, "F")
	}
	p.y = 64
	if !p.demo {
		return nil
	}
	return p.demoMark()
}

func (p *sheet) demoMark() error {
	p.SetTextColor(240, 214, 214)
	p.Rotate(35, pageWidth/2, pageHeight/2)
	defer p.RotateReset()
	if err := p.write("演 示  无 法 律 效 力", 50, 120, pageHeight/2+60); err != nil {
		return err
	}
	return nil
}

// write puts a text at a place.
func (p *sheet) write(text string, size, x, y float64) error {
	if err := p.SetFont("serif", "", size); err != nil {
		return err
	}
	p.SetXY(x, y)
	return p.Cell(nil, text)
}

func (p *sheet) centred(text string, size, y float64) error {
	if err := p.SetFont("serif", "", size); err != nil {
		return err
	}
	width, err := p.MeasureTextWidth(text)
	if err != nil {
		return err
	}
	return p.write(text, size, (pageWidth-width)/2, y)
}

func (p *page) title() error {
	return p.headline(p.doc.Title(), p.doc.numbered())
}

// headline is the name of the document over its number.
func (p *sheet) headline(title, number string) error {
	p.colour(deepRed)
	if err := p.centred(strings.Join(strings.Split(title, ""), " "), 27, p.y); err != nil {
		return err
	}
	p.SetLineWidth(1.2)
	p.Line(pageWidth/2-130, p.y+40, pageWidth/2+130, p.y+40)
	p.colour(ink)
	if p.demo {
		number += "（演示）"
	}
	if err := p.centred(number, 12, p.y+50); err != nil {
		return err
	}
	p.y += 80
	return nil
}

func (p *page) table() error { return p.rows(p.doc.rows()) }

func (p *sheet) rows(rows []row) error {
	for _, r := range rows {
		if err := p.row(r); err != nil {
			return err
		}
	}
	return nil
}

func (p *sheet) row(r row) error {
	if err := p.SetFont("serif", "", textSize); err != nil {
		return err
	}
	lines, err := breakLines(r.text, pageWidth-2*margin-labelWidth-14, p.MeasureTextWidth)
	if err != nil {
		return err
	}
	height := float64(len(lines))*lineHeight + 6
	if p.y+height > bottom {
		if err := p.begin(); err != nil {
			return err
		}
	}
	p.SetStrokeColor(deepRed.r, deepRed.g, deepRed.b)
	p.SetLineWidth(0.5)
	p.RectFromUpperLeft(margin, p.y, labelWidth, height)
	p.RectFromUpperLeft(margin+labelWidth, p.y, pageWidth-2*margin-labelWidth, height)
	p.SetTextColor(deepRed.r, deepRed.g, deepRed.b)
	if err := p.write(r.label, textSize, margin+7, p.y+4); err != nil {
		return err
	}
	p.SetTextColor(ink.r, ink.g, ink.b)
	for i, line := range lines {
		if err := p.write(line, textSize, margin+labelWidth+7, p.y+4+float64(i)*lineHeight); err != nil {
			return err
		}
	}
	p.y += height
	return nil
}

// foot draws QR code, seal and the sentences about validity, on a new sheet if there is no room.
func (p *page) foot() error {
	const height = 176.0
	if p.y+height > pageHeight-40 {
		if err := p.begin(); err != nil {
			return err
		}
	}
	top := math.Max(p.y+14, pageHeight-46-height)
	if err := p.qrCode(margin, top, 96); err != nil {
		return err
	}
	p.SetTextColor(ink.r, ink.g, ink.b)
	if err := p.write("扫码核验登记状态", 8.5, margin+13, top+100); err != nil {
		return err
	}
	if err := p.write(p.doc.Registrar, 12, pageWidth-margin-222, top+20); err != nil {
		return err
	}
	if err := p.write("登记日期："+p.doc.ValidFrom, 11, pageWidth-margin-222, top+44); err != nil {
		return err
	}
	if err := p.seal(pageWidth-margin-86, top+52, 46); err != nil {
		return err
	}
	return p.smallPrint(top + 118)
}

func (p *page) smallPrint(y float64) error {
	return p.small(y,
		"本证书内容与登记簿（账本）记载不一致的，以登记簿记载为准。登记状态以核验结果为准，本证书不是国家数据产权登记凭证。",
		"登记交易 "+p.doc.TxID,
		"内容摘要 "+p.doc.ContentDigest,
		"签名密钥 "+p.doc.KeyID+"　规则版本 "+p.doc.Profile)
}

// small prints lines in small grey letters.
func (p *sheet) small(y float64, lines ...string) error {
	p.SetTextColor(grey.r, grey.g, grey.b)
	for i, line := range lines {
		if err := p.write(line, 7.5, margin, y+float64(i)*11.5); err != nil {
			return err
		}
	}
	return nil
}

// seal draws a specimen (样章). Legal force comes from the electronic signature, not from this drawing.
func (p *page) seal(x, y, radius float64) error {
	p.SetStrokeColor(200, 30, 36)
	p.SetLineWidth(2)
	p.Oval(x-radius, y-radius, x+radius, y+radius)
	p.SetFillColor(200, 30, 36)
	p.Polygon(star(x, y, 13), "F")
	p.SetTextColor(200, 30, 36)
	text := []rune("数据资产登记专用章")
	for i, r := range text {
		angle := math.Pi * (1.25 - 1.5*float64(i)/float64(len(text)-1))
		cx, cy := x+(radius-11)*math.Cos(angle), y-(radius-11)*math.Sin(angle)
		if err := p.write(string(r), 9.5, cx-4.7, cy-5.5); err != nil {
			return err
		}
	}
	return p.write("样 章", 8.5, x-11, y+22)
}

func star(x, y, radius float64) []gopdf.Point {
	var points []gopdf.Point
	for i := range 10 {
		r := radius
		if i%2 == 1 {
			r = radius * 0.382
		}
		angle := math.Pi/2 + float64(i)*math.Pi/5
		points = append(points, gopdf.Point{X: x + r*math.Cos(angle), Y: y - r*math.Sin(angle)})
	}
	return points
}

func (p *page) qrCode(x, y, size float64) error {
	code, err := qr.Encode(p.doc.VerifyURL, qr.M)
	if err != nil {
		return fmt.Errorf("QR code: %w", err)
	}
	const scale = 6
	picture := image.NewGray(image.Rect(0, 0, code.Size*scale, code.Size*scale))
	for py := range picture.Rect.Max.Y {
		for px := range picture.Rect.Max.X {
			shade := color.Gray{Y: 255}
			if code.Black(px/scale, py/scale) {
				shade = color.Gray{Y: 0}
			}
			picture.SetGray(px, py, shade)
		}
	}
	return p.ImageFrom(picture, x, y, &gopdf.Rect{W: size, H: size})
}
