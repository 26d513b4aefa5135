package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// applied lets somebody new apply for an account and answers its key's digest.
func (s *site) applied(enrolment string) string {
	s.t.Helper()
	actor := s.ledger.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: enrolment, Role: registry.RoleApplicant, Party: "93630222MAFAKE06XA", Region: "630222"})
	document, err := registry.Canonical(registry.ApplyAccountRequest{Key: "apply-" + enrolment + "-1", Account: s.ledger.AccountOf(string(actor.ID()))})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.ledger.Submit("AgencyMSP/registryd", "account:Apply", document); err != nil {
		s.t.Fatal(err)
	}
	return actor.KeyDigest
}

func TestAccounts_ApprovedOnlyWithWhatThePersonReadsOut(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	digest := s.applied("li-applicant")
	cao := s.as("cao-officer")
	file := "/desk/accounts/AgencyMSP/li-applicant"
	cao.get(file).see("已申请，待核准", "本人读出的密钥指纹").notSee(digest, digest[:20])
	for name, typed := range map[string]string{"nothing": "", "too_short": digest[:16], "another_key": strings.Repeat("0", 20), "one_digit_wrong": digest[:19] + "x"} {
		if p := cao.post(file+"/Approve", url.Values{"key": {"approve-" + name}, "fingerprint": {typed}}).status(422); !strings.Contains(p.Body, "与申请的密钥指纹不符") {
			t.Errorf("%s: %s", name, p.text())
		}
	}
	if a, err := (records{s}).Account(t.Context(), "AgencyMSP/li-applicant"); err != nil || a.Status != registry.AccountApplied {
		t.Fatalf("%+v %v", a, err)
	}
	said := strings.ToUpper(digest[:4]) + " " + digest[4:8] + "　" + digest[8:12] + "-" + digest[12:20]
	cao.post(file+"/Approve", url.Values{"key": {"approve-rightly"}, "fingerprint": {said}}).see("已核准，待领取证书", "已写入账本。")
	cao.post(file+"/Approve", url.Values{"key": {"approve-again1"}, "fingerprint": {said}}).status(404)
}

func TestAccounts_SuspendedAndRevokedWithAReason(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he, cao := s.as("he-applicant"), s.as("cao-officer")
	file := "/desk/accounts/AgencyMSP/he-applicant"
	he.get("/cases").status(200)
	cao.post(file+"/Suspend", url.Values{"key": {"suspend-1"}}).status(422).see("请写明原因")
	cao.post(file+"/Suspend", url.Values{"key": {"suspend-2"}, "reason": {"密钥可能泄露"}}).see("已停用", "密钥可能泄露")
	if p := he.get("/cases"); !strings.HasPrefix(p.Path, "/signin") {
		t.Errorf("a suspended account opens %s", p.Path)
	}
	cao.post(file+"/Resume", url.Values{"key": {"resume-12"}, "reason": {"已核实"}}).see("已启用")
	he.get("/cases").status(200)
	cao.post(file+"/Revoke", url.Values{"key": {"revoke-12"}, "reason": {"离职"}}).see("已注销", "不能再办理")
	cao.post(file+"/Resume", url.Values{"key": {"resume-13"}, "reason": {"反悔"}}).status(404)
}

func TestDevices_AddedAndRevokedByThePerson(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	phone := s.ledger.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "he-phone", Role: registry.RoleApplicant, Party: "93630222MAFAKE06XA", Region: "630222"})
	he.post("/account/devices", url.Values{"key": {"device-one"}, "enrolment": {"he-phone"}, "keyDigest": {phone.KeyDigest}}).status(200)
	a, err := (records{s}).Account(t.Context(), "AgencyMSP/he-phone")
	if err != nil || a.Owner != "AgencyMSP/he-applicant" || a.Status != registry.AccountApproved {
		t.Fatalf("%+v %v", a, err)
	}
	he.post("/account/devices/he-phone/revoke", url.Values{"key": {"revoke-one"}, "reason": {"手机丢失"}}).status(200)
	if a, err := (records{s}).Account(t.Context(), "AgencyMSP/he-phone"); err != nil || a.Status != registry.AccountRevoked {
		t.Fatalf("%+v %v", a, err)
	}
	// another person's device is not one's own
	s.as("ledu-applicant").post("/account/devices/he-applicant/revoke", url.Values{"key": {"revoke-two"}, "reason": {"x"}}).see("本单位自己的")
}

func TestSignOut_EndsTheSession(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	he.get("/cases").status(200)
	he.post("/signout", nil).see("登录")
	if p := he.get("/cases"); !strings.HasPrefix(p.Path, "/signin?next=%2Fcases") {
		t.Errorf("%s", p.Path)
	}
}

// TestAccounts_LostKeyIsReplacedByApproval: the officer sees what will end, and with the approval it does.
func TestAccounts_LostKeyIsReplacedByApproval(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he, cao := s.as("he-applicant"), s.as("cao-officer")
	he.get("/cases").status(200)
	actor := s.ledger.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "he-new", Role: registry.RoleApplicant, Party: "93630222MAFAKE06XA", Region: "630222"})
	request := s.ledger.AccountOf(string(actor.ID()))
	request.Replaces = "AgencyMSP/he-applicant"
	document, err := registry.Canonical(registry.ApplyAccountRequest{Key: "apply-he-new-1", Account: request})
	if err == nil {
		_, err = s.ledger.Submit("AgencyMSP/registryd", "account:Apply", document)
	}
	if err != nil {
		t.Fatal(err)
	}
	cao.get("/desk/accounts/AgencyMSP/he-new").see("替换丢失密钥的账号", "AgencyMSP/he-applicant", "同时注销")
	he.get("/cases").status(200) // an application changes nothing yet
	cao.post("/desk/accounts/AgencyMSP/he-new/Approve", url.Values{"key": {"approve-new1"}, "fingerprint": {actor.KeyDigest[:20]}}).see("已核准，待领取证书")
	if p := he.get("/cases"); !strings.HasPrefix(p.Path, "/signin") {
		t.Errorf("the lost key still opens %s", p.Path)
	}
}
