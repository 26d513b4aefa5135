package network

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestIdentities_AreNobodysAccount: the authority knows nodes, services and administrators by these names. Nobody can apply for one of
// them, at whichever organisation.
func TestIdentities_AreNobodysAccount(t *testing.T) {
	topology, err := LoadTopology("", 0)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"registrar"} // of every authority: network/admin
	for _, i := range Identities(topology, Layout{Root: t.TempDir()}, "demo") {
		if strings.Trim(i.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" { // no other name has the form of an account's
			names = append(names, i.ID)
		}
	}
	for _, name := range []string{"peer", "orderer", "admin", "bureau-admin", "registryd", "enrolld"} {
		if !slices.Contains(names, name) {
			t.Errorf("no network has an identity %s", name)
		}
	}
	for _, name := range append(names, "li-applicant") {
		if refused := refusedEnrolment(name); refused != (name != "li-applicant") {
			t.Errorf("%s is refused as an account: %t", name, refused)
		}
	}
}

// refusedEnrolment says whether an application for an account of the name is refused because of the name.
func refusedEnrolment(name string) bool {
	c := registry.AccountCase{Facts: registry.Facts{At: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC), Actor: registry.Actor{MSP: registry.MSPAgency, Enrolment: "registryd", Role: registry.RoleService}},
		Party: &registry.Party{Status: registry.PartyActive}}
	_, refusals := registry.ApplyAccount(c, registry.ApplyAccountRequest{Key: "12345678", Account: registry.AccountRequest{Enrolment: name, Party: "93630222MAFAKE06XA",
		Role: registry.RoleApplicant, Region: "630222", KeyDigest: strings.Repeat("ab", 32), Until: "2030-01-01"}})
	return len(refusals) > 0 && slices.ContainsFunc(refusals[0].Fields, func(f registry.FieldError) bool {
		return f.Path == "account.enrolment" && f.Problem == registry.ProblemNotAllowed
	})
}
