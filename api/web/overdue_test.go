package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestOverdue_SaysWhoseWorkIsLate: late work by desk and person, acts that came late by person, and what has lapsed.
func TestOverdue_SaysWhoseWorkIsLate(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he, an, bai := s.as("he-applicant"), s.as("an-acceptor"), s.as("bai-reviewer")
	waiting, reviewed, lapsing := he.file("没有受理的数据集"), he.file("审查中的数据集"), he.file("没有补正的数据集")
	an.get("/desk/overdue").see("没有逾期未办的案件", "没有逾期办理的记录").notSee("记明失效：")
	an.act(reviewed, "Accept", nil)
	bai.act(reviewed, "RequestEvidence", url.Values{"reasons": {"请补充合同"}, "confirmed": {"yes"}})
	bai.act(reviewed, "ResumeReview", url.Values{"reasons": {"已另行核实"}})
	an.act(lapsing, "Return", url.Values{"reasons": {"请补充"}, "confirmed": {"yes"}})
	s.pass(2 * time.Hour)
	an.get("/desk/overdue").see(waiting, "受理", "还没有人经手", reviewed, "AgencyMSP/bai-reviewer", lapsing, "逾期未补正", "记明失效：")
	an.act(waiting, "Accept", nil).see("受理已上账")
	p := bai.get("/desk/overdue").see("AgencyMSP/an-acceptor").notSee("记明失效：") // a reviewer does not sweep
	if strings.Contains(p.Body, waiting) {
		t.Error("what was accepted is still late")
	}
	an.post("/desk/sweep", url.Values{"key": {an.get("/desk/overdue").key("")}}).status(200).notSee(lapsing)
	he.get("/cases/"+lapsing).see("逾期未补正", "记明失效")
	an.post("/desk/sweep", url.Values{"key": {"sweep-again"}}).status(422)
}

// TestDesk_ShowsWhatTheSupplementChanged: the desk need not compare two applications by eye.
func TestDesk_ShowsWhatTheSupplementChanged(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he, an := s.as("he-applicant"), s.as("an-acceptor")
	app := he.file("补正的数据集")
	an.get("/desk/" + app).notSee("补正改动了什么")
	an.act(app, "Return", url.Values{"reasons": {"概述再写清楚"}, "confirmed": {"yes"}})
	draft := he.post("/cases/"+app+"/supplement", nil).Path
	data := answers("补正的数据集")["data"]
	data.Set("overview", "补正后的概述，由合作社按日采集、按月汇总，可用于产销衔接、价格分析和农业保险。")
	he.post(draft+"/steps/data", data)
	he.upload(draft+"/files", "IDENTITY", "执照.csv", strings.NewReader("a,b\n1,2\n"))
	he.post(draft+"/file", nil).see("补正已提交")
	an.get("/desk/"+app).see("补正改动了什么", "<del>民和县设施农业大棚", "<ins>补正后的概述", "<ins>主体身份证明")
	he.get("/cases/" + app).see("补正改动了什么")
}

// TestDesk_DueDatesFollowTheCalendar: following a later version of a calendar is an act of its own, offered when there is something to follow.
func TestDesk_DueDatesFollowTheCalendar(t *testing.T) {
	s := newSite(t, registry.ModeLegal)
	he, an := s.as("he-applicant"), s.as("an-acceptor")
	app := he.file("期限要重新计算的数据集")
	an.get("/desk/" + app).see("2026-11-27").notSee("重新计算期限</h3>")
	s.adopt(registry.Calendar{Year: 2026, Version: 2, Source: []string{"调休通知（虚构）"}, Off: []registry.Date{"2026-11-25"}})
	an.act(app, "RecalculateDeadline", nil).see("重新计算期限已上账", "2026-11-30")
}

// adopt adopts a calendar.
func (s *site) adopt(c registry.Calendar) {
	s.t.Helper()
	document, err := registry.Canonical(registry.AdoptCalendarRequest{Key: fmt.Sprintf("calendar-%d-%d", c.Year, c.Version), Calendar: c})
	if err == nil {
		_, err = s.ledger.Submit("BureauMSP/bureau-admin", "rule:AdoptCalendar", document)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
