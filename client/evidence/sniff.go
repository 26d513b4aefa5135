package evidence

import (
	"bytes"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// kinds are the file types that are taken, with what their content must look like.
var kinds = map[string]struct {
	mediaType string
	looks     func(head []byte) bool
}{
	".pdf":     {"application/pdf", begins("%PDF-")},
	".png":     {"image/png", begins("\x89PNG\r\n\x1a\n")},
	".jpg":     {"image/jpeg", begins("\xff\xd8\xff")},
	".jpeg":    {"image/jpeg", begins("\xff\xd8\xff")},
	".zip":     {"application/zip", begins("PK\x03\x04")},
	".xlsx":    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", begins("PK\x03\x04")},
	".docx":    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", begins("PK\x03\x04")},
	".csv":     {"text/csv", text},
	".txt":     {"text/plain", text},
	".json":    {"application/json", jsonText},
	".geojson": {"application/geo+json", jsonText},
	".xml":     {"application/xml", markup},
}

// Extensions lists the file name endings that are taken, for people.
const Extensions = "PDF、PNG、JPG、CSV、TXT、JSON、GeoJSON、XML、XLSX、DOCX、ZIP"

func begins(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

// text is anything without control characters that files of text do not have: UTF-8 or GB 18030.
func text(head []byte) bool {
	for _, b := range head {
		if b < 0x20 && b != '\n' && b != '\r' && b != '\t' {
			return false
		}
	}
	return !bytes.HasPrefix(head, []byte("%PDF-"))
}

func trimmed(head []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \r\n\t")
}

func jsonText(head []byte) bool {
	start := trimmed(head)
	return text(head) && len(start) > 0 && (start[0] == '{' || start[0] == '[')
}

func markup(head []byte) bool { return text(head) && bytes.HasPrefix(trimmed(head), []byte("<")) }

// sniff finds the media type of a file by its name and refuses content that is something else.
func sniff(name string, head []byte) (string, error) {
	k, known := kinds[strings.ToLower(filepath.Ext(name))]
	if !known {
		return "", ErrType
	}
	if !k.looks(head) {
		return "", ErrNotWhatItSays
	}
	return k.mediaType, nil
}

// safeName is a file name without path, control characters or excess length.
func safeName(name string) string {
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == utf8.RuneError || r == '"' {
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 100 {
		ext := []rune(filepath.Ext(name))
		name = string(r[:max(0, 100-len(ext))]) + string(ext)
	}
	return name
}
