// Package builder is the external builder with which a peer builds and runs our chaincode packages: four small
// programs under the names detect, build, release and run.
//
// A package of type "binary" holds the executable, which run starts in its own place, so that the peer's signals reach it.
// A package of type "ccaas" holds an address (development): release hands it to the peer, which then never calls run.
package builder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

const executable = "chaincode"

type metadata struct {
	Type  string `json:"type"`
	Label string `json:"label"`
}

// Main runs the program of the given name with its arguments; exec replaces the process.
func Main(name string, args []string, exec func(path string, argv, env []string) error) error {
	want := map[string]int{"detect": 2, "build": 3, "release": 2, "run": 2}[name]
	if want == 0 {
		return fmt.Errorf("%s: called under an unknown name, want detect, build, release or run", name)
	}
	if len(args) != want {
		return fmt.Errorf("%s: %d arguments, want %d", name, len(args), want)
	}
	switch name {
	case "detect":
		return Detect(args[1])
	case "build":
		return Build(args[0], args[1], args[2])
	case "release":
		return Release(args[0], args[1])
	default:
		return Run(args[0], args[1], exec)
	}
}

// Detect accepts packages of our types.
func Detect(metadataDir string) error {
	_, err := readMetadata(metadataDir)
	return err
}

func readMetadata(dir string) (metadata, error) {
	var m metadata
	body, err := os.ReadFile(filepath.Join(dir, "metadata.json"))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return m, fmt.Errorf("metadata.json: %w", err)
	}
	if !slices.Contains([]string{"binary", "ccaas"}, m.Type) {
		return m, fmt.Errorf("package type %q is not ours", m.Type)
	}
	return m, nil
}

// Build copies what the package holds to the output; a package without it is refused, which fails the installation.
func Build(source, metadataDir, output string) error {
	m, err := readMetadata(metadataDir)
	if err != nil {
		return err
	}
	if m.Type == "ccaas" {
		return copyFile(filepath.Join(source, "connection.json"), filepath.Join(output, "connection.json"), 0o644)
	}
	return copyFile(filepath.Join(source, executable), filepath.Join(output, executable), 0o755)
}

// copyFile copies one regular file; links are refused.
func copyFile(from, to string, mode os.FileMode) error {
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", filepath.Base(from))
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

type connection struct {
	Address     string `json:"address"`
	DialTimeout string `json:"dial_timeout"`
	TLSRequired bool   `json:"tls_required"`
}

// Release hands the address of a chaincode service to the peer; for an executable it writes nothing.
// CHAINCODE_ADDRESS in the peer's environment replaces the package's address, so that each peer has its own service.
func Release(output, release string) error {
	body, err := os.ReadFile(filepath.Join(output, "connection.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var c connection
	if err := json.Unmarshal(body, &c); err != nil {
		return fmt.Errorf("connection.json: %w", err)
	}
	if address := os.Getenv("CHAINCODE_ADDRESS"); address != "" {
		c.Address = address
	}
	if c.Address == "" {
		return errors.New("connection.json has no address")
	}
	if body, err = json.Marshal(c); err != nil {
		return err
	}
	dir := filepath.Join(release, "chaincode", "server")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "connection.json"), body, 0o644)
}

// launch is chaincode.json, which the peer writes for each start; its certificates are new each time.
type launch struct {
	ChaincodeID string `json:"chaincode_id"`
	PeerAddress string `json:"peer_address"`
	ClientCert  string `json:"client_cert"`
	ClientKey   string `json:"client_key"`
	RootCert    string `json:"root_cert"`
	MSPID       string `json:"mspid"`
}

// Run becomes the chaincode.
func Run(output, runDir string, exec func(path string, argv, env []string) error) error {
	body, err := os.ReadFile(filepath.Join(runDir, "chaincode.json"))
	if err != nil {
		return err
	}
	var l launch
	if err := json.Unmarshal(body, &l); err != nil {
		return fmt.Errorf("chaincode.json: %w", err)
	}
	env := append(os.Environ(), "CORE_CHAINCODE_ID_NAME="+l.ChaincodeID, "CORE_PEER_LOCALMSPID="+l.MSPID, "CORE_PEER_TLS_ENABLED=true")
	for _, f := range []struct{ variable, name, text string }{
		{"CORE_TLS_CLIENT_CERT_FILE", "client.crt", l.ClientCert},
		{"CORE_TLS_CLIENT_KEY_FILE", "client.key", l.ClientKey},
		{"CORE_PEER_TLS_ROOTCERT_FILE", "root.crt", l.RootCert},
	} {
		path := filepath.Join(runDir, f.name)
		if err := os.WriteFile(path, []byte(f.text), 0o600); err != nil {
			return err
		}
		env = append(env, f.variable+"="+path)
	}
	program := filepath.Join(output, executable)
	return exec(program, []string{program, "-peer.address=" + l.PeerAddress}, env)
}
