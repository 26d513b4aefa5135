// Package pack makes chaincode packages whose identifier is a fingerprint of their content: the same executable gives
// the same package, byte for byte, wherever and whenever it is packed.
package pack

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
)

// Package types that our external builder understands.
const (
	Binary = "binary" // code.tar.gz holds the executable "chaincode"
	CCAAS  = "ccaas"  // code.tar.gz holds connection.json; development only
)

var labelForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.+_-]*$`)

// New packs one file under its name with a label. The identifier is label, ":", hex SHA-256 of the package.
func New(kind, label, name string, content []byte) (body []byte, id string, err error) {
	if !labelForm.MatchString(label) {
		return nil, "", fmt.Errorf("label %q: letters, digits and . + - _ only", label)
	}
	code, err := archive(file{name, 0o755, content})
	if err != nil {
		return nil, "", err
	}
	metadata, err := json.Marshal(struct {
		Type  string `json:"type"`
		Label string `json:"label"`
	}{kind, label})
	if err != nil {
		return nil, "", err
	}
	body, err = archive(file{"metadata.json", 0o644, metadata}, file{"code.tar.gz", 0o644, code})
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(body)
	return body, label + ":" + hex.EncodeToString(sum[:]), nil
}

type file struct {
	name    string
	mode    int64
	content []byte
}

// archive writes files in the given order with fixed owners and times; the gzip header has neither name nor time.
func archive(files ...file) ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	tape := tar.NewWriter(zip)
	for _, f := range files {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Mode: f.mode, Size: int64(len(f.content)), Format: tar.FormatUSTAR}
		if err := tape.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := tape.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := tape.Close(); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
