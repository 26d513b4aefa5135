package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// mandateOf gives an agent a mandate of he-applicant's party for the given acts and answers its id.
func (s *site) mandateOf(he *visitor, agent string, acts ...string) registry.MandateID {
	s.t.Helper()
	he.post("/mandates", url.Values{"key": {"mandate-" + agent + acts[0]}, "agent": {agent}, "acts": acts, "until": {"2027-06-30"}}).status(200).see("AgencyMSP/" + agent)
	all := s.ledger.Mandates()
	return all[len(all)-1].ID
}

func TestMandate_AgentActsUnderItVisibly(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	ma := s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "ma-helper", Role: registry.RoleAgent, Party: "91630202MAFAKE051R", Region: "630202"})
	if p := ma.get("/apply"); !strings.HasPrefix(p.Path, "/mandates") {
		t.Errorf("an agent without mandate opens %s", p.Path)
	}
	id := s.mandateOf(he, "ma-helper", "Submit")
	ma.post("/mandates/"+string(id)+"/use", nil).status(200).see("您正在代办", string(id))
	app := ma.file("代办提交的数据集")
	he.get("/cases/"+app).status(200).see("代办提交的数据集", "已提交，待受理", "代办，委托", string(id))
	ma.get("/cases/"+app).status(200).see("您正在代办", "代办", string(id))
	// the mandate allows filing, not withdrawing
	ma.post("/cases/"+app+"/withdraw", url.Values{"key": {"withdraw-" + app}, "reasons": {"x"}, "confirmed": {"yes"}}).status(422)
	ma.post("/mandates/none/use", nil).notSee("您正在代办")
	if p := ma.get("/cases"); !strings.HasPrefix(p.Path, "/mandates") {
		t.Errorf("after stopping: %s", p.Path)
	}
}

func TestMandate_EndsAtOnce(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	ma := s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "ma-helper", Role: registry.RoleAgent, Party: "91630202MAFAKE051R", Region: "630202"})
	id := s.mandateOf(he, "ma-helper", "Submit")
	ma.post("/mandates/"+string(id)+"/use", nil).see("您正在代办")
	he.post("/mandates/"+string(id)+"/revoke", url.Values{"key": {"revoke-mandate"}, "reason": {"不再需要"}}).see("已终止", "不再需要")
	ma.get("/account").notSee("您正在代办")
	ma.post("/mandates/"+string(id)+"/use", nil).status(404)
}

func TestMandate_OfOthersIsNotOnesOwn(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "ma-helper", Role: registry.RoleAgent, Party: "91630202MAFAKE051R", Region: "630202"})
	other := s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "mi-helper", Role: registry.RoleAgent, Party: "91630202MAFAKE051R", Region: "630202"})
	id := s.mandateOf(he, "ma-helper", "Submit")
	other.post("/mandates/"+string(id)+"/use", nil).status(404)
	s.as("ledu-applicant").post("/mandates/"+string(id)+"/revoke", url.Values{"key": {"revoke-mandate"}, "reason": {"x"}}).status(422)
}

func TestMandate_WrongInputIsKept(t *testing.T) {
	he := newSite(t, registry.ModeDemo).as("he-applicant")
	he.post("/mandates", url.Values{"key": {"mandate-wrong"}, "agent": {"nobody<b>"}, "until": {"2020-01-01"}}).status(422).see("没有提交，请修改", `value="nobody&lt;b&gt;"`, `value="2020-01-01"`)
}
