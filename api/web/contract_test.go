package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

func TestContract_EndStopsItsAccountsAndIsClosedWithEvidence(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	sun, admin := s.supervisor(), s.as("bureau-admin")
	form := url.Values{"key": {"contract-one"}, "contractor": {"91630202MAFAKE051R"}, "subject": {"登记平台运行维护"}, "until": {"2035-12-31"}}
	// what was uploaded stays when something else is wrong
	p := sun.contest("/contracts", url.Values{"key": {"contract-x"}, "contractor": {"91630202MAFAKE051R"}}, map[string]string{"review=审查.csv": "a,b\n1,2\n"}).status(422).see("没有提交，请修改", `name="kept-review"`)
	form.Set("kept-review", regexp.MustCompile(`name="kept-review" value="([^"]+)"`).FindStringSubmatch(p.Body)[1])
	p = sun.contest("/contracts", form, map[string]string{"service=协议.csv": "a,b\n3,4\n"}).status(200).see("登记平台运行维护", "履行中")
	page := regexp.MustCompile(`/contracts/CTR[A-Z2-7]{16}.`).FindString(p.Body)

	// somebody of the contractor gets an account under it
	actor := s.ledger.Join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "wai-clerk", Role: registry.RoleClerk, Party: "91630202MAFAKE051R", Region: "630202"})
	request := s.ledger.AccountOf(string(actor.ID()))
	request.Contract = registry.ContractID(strings.TrimPrefix(page, "/contracts/"))
	document, err := registry.Canonical(registry.ApplyAccountRequest{Key: "apply-wai-1", Account: request})
	if err == nil {
		_, err = s.ledger.Submit("AgencyMSP/registryd", "account:Apply", document)
	}
	if err != nil {
		t.Fatal(err)
	}
	admin.post("/desk/accounts/AgencyMSP/wai-clerk/Approve", url.Values{"key": {"approve-wai"}, "fingerprint": {actor.KeyDigest[:20]}}).see("已核准，待领取证书")
	enable, err := registry.Canonical(registry.DecideAccountRequest{Key: "enable-wai", Account: actor.ID(), KeyDigest: actor.KeyDigest})
	if err == nil {
		_, err = s.ledger.Submit("AgencyMSP/enrolld", "account:Enable", enable)
	}
	if err != nil {
		t.Fatal(err)
	}
	wai := s.signIn(actor.ID())
	wai.get("/mandates").status(200).see("委托代理")

	sun.contest(page+"/close", url.Values{"key": {"close-early"}, "method": {"OVERWRITE"}, "supervisor": {"sun-desk"}}, map[string]string{"evidence-close=删除.csv": "a,b\n1,2\n"}).status(422)
	sun.contest(page+"/end", url.Values{"key": {"end-agreement"}, "reason": {"TERMINATED"}, "basis": {"到期不续"}}, nil).status(200).see("已终止，待清理", "到期不续")
	if p := wai.get("/mandates"); !strings.HasPrefix(p.Path, "/signin") {
		t.Errorf("after the end the account opens %s", p.Path)
	}
	sun.contest(page+"/close", url.Values{"key": {"close-open"}, "method": {"OVERWRITE"}, "supervisor": {"sun-desk"}}, map[string]string{"evidence-close=删除.csv": "a,b\n1,2\n"}).status(422).see("没有提交，请修改")
	admin.post("/desk/accounts/AgencyMSP/wai-clerk/Revoke", url.Values{"key": {"revoke-wai"}, "reason": {"协议终止"}}).see("已注销")
	sun.contest(page+"/settle", url.Values{"key": {"settle-one"}, "account": {"AgencyMSP/wai-clerk"}, "how": {"REVOKED"}}, map[string]string{"evidence=注销.csv": "a,b\n5,6\n"}).status(200).see("1 / 1")
	sun.contest(page+"/close", url.Values{"key": {"close-one"}, "method": {"OVERWRITE"}, "supervisor": {"sun-desk"}}, map[string]string{"evidence-close=删除.csv": "a,b\n1,2\n"}).status(200).see("已办结", "数据覆盖", "BureauMSP/sun-desk")
}
