package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const good = `organisation: agency
mspID: AgencyMSP
mode: demo
network: demo
listen: 127.0.0.1:0
publicURL: http://localhost:8080
channel: registry
chaincode: registry
peer: {address: "localhost:7201", tlsCA: ca.crt, serverName: localhost}
identity: {cert: cert.pem, key: key.pem}
state: state
evidence: evidence
ageIdentity: age.key
ageRecipients: {agency: age1example}
roots: {AgencyMSP: root.pem}
`

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfig_Good(t *testing.T) {
	c, err := readConfig(writeConfig(t, good))
	if err != nil {
		t.Fatal(err)
	}
	if c.Peer.Address != "localhost:7201" || c.Identity.Key != "key.pem" || c.AgeRecipients["agency"] != "age1example" || c.UploadLimit != defaultUploadLimit {
		t.Errorf("%+v", c)
	}
}

func TestConfig_Defects(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want string }{
		"unknown_key":          {"network: demo", "netwrok: demo", "netwrok"},
		"unknown_nested_key":   {"serverName: localhost", "servername: localhost", "servername"},
		"wrong_kind_of_value":  {"organisation: agency", "organisation: [agency]", "organisation"},
		"not_yaml":             {"mode: demo", "mode: [", "yaml"},
		"missing_organisation": {"organisation: agency\n", "", "organisation is missing"},
		"missing_peer":         {`address: "localhost:7201", `, "", "peer.address is missing"},
		"missing_recipients":   {"ageRecipients: {agency: age1example}\n", "", "ageRecipients is missing"},
		"mode_unknown":         {"mode: demo", "mode: test", "neither demo nor legal"},
		"no_root":              {"roots: {AgencyMSP: root.pem}\n", "", "nobody could sign in"},
		"root_of_others_only":  {"roots: {AgencyMSP: root.pem}", "roots: {BureauMSP: root.pem}", "nobody could sign in"},
		"tls_key_alone":        {"state: state", "state: state\ntlsKey: key.pem", "go together"},
		"proxy_without_mask":   {"state: state", "state: state\nproxies: [127.0.0.1]", "proxies"},
		"http_beyond_machine":  {"publicURL: http://localhost:8080", "publicURL: http://registry.example", "browsers keep keys on secure pages only"},
		"listens_to_all":       {"listen: 127.0.0.1:0", "listen: 0.0.0.0:8080", "not a loopback address"},
		"listens_to_name":      {"listen: 127.0.0.1:0", "listen: registry:8080", "not a loopback address"},
		"listens_without_port": {"listen: 127.0.0.1:0", "listen: 127.0.0.1", "not a loopback address"},
		"url_without_host":     {"publicURL: http://localhost:8080", "publicURL: localhost", "is not like https://"},
		"url_with_path":        {"publicURL: http://localhost:8080", "publicURL: http://localhost/x", "is not like https://"},
		"url_of_other_scheme":  {"publicURL: http://localhost:8080", "publicURL: ftp://localhost", "is not like https://"},
		"key_without_cert":     {"state: state", "state: state\ndocumentKey: key.pem", "go together"},
		"limit_in_megabytes":   {"state: state", "state: state\nuploadLimit: 100", "counts bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, c.before, c.after, 1)
			if text == good {
				t.Fatal("the defect is not in the text")
			}
			if _, err := readConfig(writeConfig(t, text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestConfig_EverythingWrongIsNamedAtOnce(t *testing.T) {
	_, err := readConfig(writeConfig(t, "mode: test\n"))
	for _, want := range []string{"organisation", "mspID", "identity.key", "state", "evidence", "ageIdentity", "mode", "listen"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named: %v", want, err)
		}
	}
}

func TestConfig_NoFile(t *testing.T) {
	if _, err := readConfig(""); err == nil || !strings.Contains(err.Error(), "--config") {
		t.Errorf("%v", err)
	}
	if _, err := readConfig(filepath.Join(t.TempDir(), "none.yaml")); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("%v", err)
	}
}
