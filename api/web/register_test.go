package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// registered takes a case of he-applicant to registration and answers the address of its page of the register.
func (s *site) registered(name string) string {
	s.t.Helper()
	app := s.published(name)
	s.pass(6 * time.Second)
	cao := s.as("cao-officer")
	cao.act(app, "ClosePublicity", nil)
	cao.act(app, "Register", nil)
	id := regexp.MustCompile(`/register/AST[A-Z2-7]{16}.`).FindString(cao.get("/register").see(name).Body)
	if id == "" {
		s.t.Fatal("not in the register")
	}
	return id
}

func (s *site) supervisor() *visitor {
	s.t.Helper()
	return s.join(registry.Actor{MSP: registry.MSPBureau, Enrolment: "sun-desk", Role: registry.RoleSupervisor, Party: "11630200MBFAKE0126", Region: "630200"})
}

const orderText = "（2026）青02执保1号 查封"

func TestRegister_OrderFreezesAndIsLifted(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	page := s.registered("要查封的数据集")
	sun, he, nobody := s.supervisor(), s.as("he-applicant"), s.as("")
	nobody.get(page).status(200).see("有效", "没有限制和备注").notSee("记载有权机关", "申请转让")
	he.get(page).see("申请转让", "申请注销").notSee("记载有权机关")
	s.as("ledu-applicant").get(page).notSee("申请转让")
	form := url.Values{"key": {"order-one"}, "kind": {"SEIZURE"}, "authority": {"海东市中级人民法院（虚构）"}, "number": {"（2026）青02执保1号"}, "text": {orderText}, "from": {"2026-11-24"}}
	sun.contest(page+"/order", form, nil).status(422).see("没有提交，请修改", orderText)
	sun.contest(page+"/order", form, map[string]string{"文书.csv": "a,b\n1,2\n"}).status(200).see("冻结", orderText, "海东市中级人民法院")
	nobody.get(page).see("冻结", orderText)
	he.contest(page+"/cancel", url.Values{"key": {"cancel-one"}, "ground": {"C1"}, "reasons": {"不再需要"}}, nil).status(422).see("不再需要")
	he.contest(page+"/order", form, nil).status(422) // a holder enters no orders
	sun.contest(page+"/lift-order", url.Values{"key": {"lift-one"}, "limit": {"1"}, "authority": {"海东市中级人民法院（虚构）"}, "number": {"（2026）青02执保1号之一"}, "reason": {"保全解除"}},
		map[string]string{"解除.csv": "a,b\n3,4\n"}).status(200).see("已解除", "保全解除")
	nobody.get(page).see("已解除").notSee("冻结")
}

func TestRegister_TransferIsJoinedByTheOtherParty(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	page := s.registered("要转让的数据集")
	he, ledu := s.as("he-applicant"), s.as("ledu-applicant")
	he.contest(page+"/transfer", url.Values{"key": {"transfer-x"}, "to": {"91630202MAFAKE051R"}}, nil).status(422).see("91630202MAFAKE051R")
	he.contest(page+"/transfer", url.Values{"key": {"transfer-one"}, "to": {"９１６３０２０２ＭＡＦＡＫＥ０５１Ｒ"}, "rights": {"HOLD"}}, map[string]string{"合同.csv": "a,b\n1,2\n"}).status(200)
	var app registry.Application
	for _, id := range s.apps {
		if a, err := (records{s}).Case(t.Context(), id); err == nil && a.Transfer != nil {
			app = a
		}
	}
	if app.Status != registry.StatusProposed {
		t.Fatalf("%+v", app.Status)
	}
	ledu.get("/cases/" + string(app.ID)).status(200).see("同意受让")
	s.join(registry.Actor{MSP: registry.MSPAgency, Enrolment: "wu-other", Role: registry.RoleApplicant, Party: "12630200MBFAKE020X", Region: "630200"}).get("/cases/" + string(app.ID)).status(403)
	ledu.post("/cases/"+string(app.ID)+"/join", nil).status(200).see("已提交，待受理")
}

func TestRegister_UnknownPageAndAct(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	he.get("/register/AST0000").status(404)
	he.contest("/register/AST0000/transfer", url.Values{}, nil).status(404)
	he.contest("/register/AST0000/destroy", url.Values{}, nil).status(404)
	if p := s.as("").contest("/register/AST0000/transfer", url.Values{}, nil); !strings.HasPrefix(p.Path, "/signin") {
		t.Errorf("%s", p.Path)
	}
}

// TestRegister_InspectionOfTheFile: who sees the file says why; an interested party brings evidence, a state organ its document.
func TestRegister_InspectionOfTheFile(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	page := s.registered("被查询的数据集")
	cao := s.as("cao-officer")
	cao.get(page).see("查询、复制登记资料", "还没有人查询、复制", "不得将获得的登记资料用于其他目的")
	s.as("he-applicant").get(page).notSee("查询、复制登记资料")
	form := url.Values{"key": {"inspection-one"}, "party": {"91630202MAFAKE051R"}, "standing": {"INTERESTED"}, "purpose": {"核实上游数据的权属"}}
	cao.contest(page+"/inspection", form, nil).status(422).see("没有提交，请修改", "核实上游数据的权属", "承诺不用于其他目的")
	form.Set("undertaking", "on")
	form.Set("copied", "on")
	cao.contest(page+"/inspection", form, map[string]string{"证明.csv": "a,b\n1,2\n"}).status(200).see("核实上游数据的权属", "利害关系人", "91630202MAFAKE051R")
	organ := url.Values{"key": {"inspection-two"}, "party": {"11630200MBFAKE0126"}, "standing": {"STATE_ORGAN"}, "purpose": {"办理案件"}, "undertaking": {"on"}, "authority": {"海东市公安局（虚构）"}, "number": {"调证〔2026〕1号"}}
	cao.contest(page+"/inspection", organ, map[string]string{"文书.csv": "a,b\n3,4\n"}).status(200).see("调证〔2026〕1号", "国家机关")
	s.as("he-applicant").contest(page+"/inspection", organ, nil).status(422)
}

// TestRegister_WhatHasExpiredIsWrittenDown: nothing fires by itself; the page offers to write it down, and then to cancel it ex officio.
func TestRegister_WhatHasExpiredIsWrittenDown(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	page := s.registered("过期的数据集")
	s.as("cao-officer").get(page).notSee("还没有记明")
	s.pass(6 * 366 * 24 * time.Hour)
	cao := s.as("cao-officer")
	cao.get(page).see("有效期届满", "还没有记明")
	cao.contest(page+"/sweep", url.Values{"key": {"sweep-one"}}, nil).status(200).see("有效期届满", "主动注销").notSee("还没有记明")
	cao.contest(page+"/end", url.Values{"key": {"ending-one"}, "ground": {"C6"}, "reasons": {"有效期届满未续期"}}, map[string]string{"通知.csv": "a,b\n5,6\n"}).status(200).see("已注销", "有效期届满未续期")
}
