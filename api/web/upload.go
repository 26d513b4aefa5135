package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// drainLimit is how much of a file that is refused is read and thrown away, in bytes, so that the browser gets to see the
// answer instead of a broken connection.
const drainLimit = 4 << 30

var errNoFile = errors.New("请先选择文件")

// upload streams one file into the evidence store; it is never held in memory.
func (p *pages) upload(c echo.Context, d desk.Draft) error {
	reader, err := c.Request().MultipartReader()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "没有收到文件").SetInternal(err)
	}
	file, err := p.store(c, reader, kindsOf(d))
	if err != nil {
		_, _ = io.CopyN(io.Discard, c.Request().Body, drainLimit)
		problem := p.uploadProblem(err)
		if problem == "" {
			return echo.NewHTTPError(http.StatusServiceUnavailable, "文件没有保存成功，请稍后再传一次").SetInternal(err)
		}
		return p.showStep(c, d, "materials", problem)
	}
	d, err = p.change(c, d, func(d *desk.Draft) {
		if !slices.ContainsFunc(d.Files, func(f desk.File) bool { return f.CID == file.CID }) {
			d.Files = append(d.Files, file)
		}
		if !slices.Contains(d.Done, "materials") {
			d.Done = append(d.Done, "materials")
		}
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/steps/materials")
}

// store reads the form part by part: the kind, one of those offered, comes first, then the file.
func (p *pages) store(c echo.Context, reader *multipart.Reader, kinds []registry.MaterialKind) (desk.File, error) {
	kind := registry.MaterialOther
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return desk.File{}, errNoFile
		}
		if err != nil {
			return desk.File{}, err
		}
		switch {
		case part.FormName() == "kind":
			text, _ := io.ReadAll(io.LimitReader(part, 64))
			if slices.Contains(kinds, registry.MaterialKind(text)) {
				kind = registry.MaterialKind(text)
			}
		case part.FormName() == "file" && part.FileName() != "":
			return p.desk.Keep(c.Request().Context(), p.self(c), part, part.FileName(), kind, p.desk.UploadLimit)
		}
	}
}

// uploadProblem is the sentence for a file that is refused; empty for a technical failure.
func (p *pages) uploadProblem(err error) string {
	text := err.Error()
	switch {
	case errors.Is(err, errNoFile):
		return text
	case strings.Contains(text, "上限"):
		return fmt.Sprintf("文件超过大小上限 %d MB，请压缩或者拆分后再上传", p.desk.UploadLimit>>20)
	case strings.Contains(text, "文件") || strings.Contains(text, "空间"):
		return text
	}
	return ""
}

func (p *pages) removeFile(c echo.Context, d desk.Draft) error {
	cid := c.FormValue("cid")
	d, err := p.change(c, d, func(d *desk.Draft) {
		d.Files = slices.DeleteFunc(d.Files, func(f desk.File) bool { return f.CID == cid && !isContact(f) })
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/apply/"+d.ID+"/steps/materials")
}
