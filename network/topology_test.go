package network

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const good = `channel: registry
chaincode: registry
organisations:
  - {name: bureau, mspID: BureauMSP, host: localhost, base: 7100, web: 8081}
  - {name: agency, mspID: AgencyMSP, host: localhost, base: 7200, web: 8080}
  - {name: exchange, mspID: ExchangeMSP, host: localhost, base: 7300, web: 8082}
regulator: {name: regulator, mspID: RegulatorMSP, operator: bureau}
`

func TestTopology_Defects(t *testing.T) {
	for defect, c := range map[string]struct{ from, to, want string }{
		"unknown_key":          {"channel:", "chanel:", "field chanel not found"},
		"organisation_missing": {"  - {name: exchange, mspID: ExchangeMSP, host: localhost, base: 7300, web: 8082}\n", "", "organisation exchange is missing"},
		"same_ports":           {"base: 7300", "base: 7200", "both want localhost:7201"},
		"port_too_high":        {"base: 7300", "base: 65530", "outside 1024–65535"},
		"bad_msp":              {"ExchangeMSP", "exchange", "is not of the form NameMSP"},
		"bad_host":             {"host: localhost, base: 7300", `host: "a b", base: 7300`, "is no host name"},
		"unknown_operator":     {"operator: bureau", "operator: nobody", "is no organisation"},
		"bad_channel":          {"channel: registry", "channel: Registry!", "lower-case letters"},
		"two_documents":        {"channel: registry", "channel: registry\n---\nchannel: x", "topology"},
		"not_yaml":             {"channel:", "\t:", "topology"},
	} {
		t.Run(defect, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "topology.yaml")
			if err := os.WriteFile(path, []byte(strings.Replace(good, c.from, c.to, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := LoadTopology(path, 0); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := LoadTopology("", 0); err != nil {
		t.Errorf("the default topology: %v", err)
	}
	if _, err := LoadTopology("", 60000); err == nil {
		t.Error("an offset beyond the ports is accepted")
	}
}
