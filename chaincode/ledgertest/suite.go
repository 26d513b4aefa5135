package ledgertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Subject is a ledger under test: the stub or a real network. People are named "MSP/enrolment".
type Subject interface {
	Submit(who, function string, document []byte) ([]byte, error)
	// SubmitWith is Submit with transient data.
	SubmitWith(who, function string, document []byte, transient map[string][]byte) ([]byte, error)
	Evaluate(who, function string, document []byte) ([]byte, error)
}

// The cast of the suite.
const (
	applicant = "AgencyMSP/he-applicant"
	rival     = "AgencyMSP/ledu-applicant"
	acceptor  = "AgencyMSP/an-acceptor"
	reviewer  = "AgencyMSP/bai-reviewer"
	officer   = "AgencyMSP/cao-officer"
	objecting = "AgencyMSP/ding-objections" // the objections officer
	agent     = "AgencyMSP/ma-agent"
	clerk     = "AgencyMSP/tao-clerk"
	operator  = "ExchangeMSP/zhao-operator"
	regulator = "RegulatorMSP/regulator-1"
)

// Story speaks to a subject in the words of the registry; a failure ends the test.
type Story struct {
	T testing.TB
	Subject
	salt string
	n    int
}

// NewStory begins a story; salt makes names and keys of a shared network distinct.
func NewStory(t testing.TB, s Subject, salt string) *Story {
	return &Story{T: t, Subject: s, salt: salt}
}

// sampleCID is well-formed; nothing need lie under it.
const sampleCID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"

// Key makes a fresh idempotency key.
func (s *Story) Key() string {
	s.n++
	return fmt.Sprintf("suite-%s-%d", s.salt, s.n)
}

// Content is a complete application under a name of its own.
func (s *Story) Content(name string) registry.Content {
	c := SampleContent()
	c.DataName = name + s.salt
	return c
}

// SampleContent is an application without a fault.
func SampleContent() registry.Content {
	return registry.Content{
		DataName: "2024年民和县设施农业产销数据集", Overview: "大棚种植、采收与销售情况，按日采集、按月汇总。", Region: "630222",
		Industries: []registry.Industry{{Section: "A", Division: "01"}}, Source: registry.SourceSelfCollected, Acquisition: "COLLECTED",
		Spatial:   registry.Spatial{Scope: "COUNTY", Codes: []string{"630222"}},
		Temporal:  registry.Temporal{From: "2019-01-01", To: "2024-12-31"},
		Frequency: "MONTH", Volume: registry.Volume{Records: 1203456, Bytes: 858993459}, Form: registry.Form{Media: []string{"TABLE"}, Structure: "STRUCTURED"},
		Restrictions: registry.Restrictions{Objects: "无", Qualification: "无", Environment: "无", Region: "中国境内"},
		Rights:       []registry.RightClaim{{Kind: registry.RightHold, From: "2024-12-31"}, {Kind: registry.RightUse, From: "2024-12-31"}},
		SubjectClass: "ENTERPRISE", Level: registry.LevelGeneral, Secret: "NONE", PersonalInfo: "NONE",
		Declarations: registry.Declarations{Lawful: true, Measurable: true, Beneficial: true, NoPersonal: true, Truthful: true},
		Materials:    firstMaterials(),
	}
}

// firstMaterials are what a first registration asks for (第三十三条 of the guide).
func firstMaterials() []registry.Material {
	var all []registry.Material
	for i, kind := range []registry.MaterialKind{registry.MaterialSample, registry.MaterialIdentity, registry.MaterialSource} {
		all = append(all, registry.Material{Kind: kind, CID: sampleCID[:len(sampleCID)-1] + string("uij"[i]), Commitment: strings.Repeat("ab", 32), Size: 10})
	}
	return all
}

func document(t testing.TB, request any) []byte {
	t.Helper()
	body, err := registry.Canonical(request)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// Do submits a request that must succeed.
func (s *Story) Do(who, function string, request any) registry.Receipt {
	s.T.Helper()
	answer, err := s.Submit(who, function, document(s.T, request))
	if err != nil {
		s.T.Fatalf("%s by %s: %v", function, who, err)
	}
	var r registry.Receipt
	if err := json.Unmarshal(answer, &r); err != nil {
		s.T.Fatal(err)
	}
	return r
}

// Refused submits a request that must be refused with a code.
func (s *Story) Refused(code registry.Code, who, function string, request any) *registry.Refusal {
	s.T.Helper()
	_, err := s.Submit(who, function, document(s.T, request))
	return s.refusal(code, function, err)
}

func (s *Story) refusal(code registry.Code, function string, err error) *registry.Refusal {
	s.T.Helper()
	var r *registry.Refusal
	if !errors.As(err, &r) || r.Code != code {
		s.T.Fatalf("%s: got %v, want %s", function, err, code)
	}
	return r
}

// find asks a question that must be answered.
func find[T any](s *Story, function string, request any) T {
	s.T.Helper()
	answer, err := s.Evaluate(regulator, function, document(s.T, request))
	if err != nil {
		s.T.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(answer, &v); err != nil {
		s.T.Fatal(err)
	}
	return v
}

// File submits an application.
func (s *Story) File(name string) registry.ApplicationID {
	s.T.Helper()
	return s.Do(applicant, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: s.Content(name)}).Application
}

func (s *Story) act(app registry.ApplicationID) registry.ActRequest {
	return registry.ActRequest{Key: s.Key(), Application: app}
}

func (s *Story) reasons(app registry.ApplicationID) registry.ReasonsRequest {
	return registry.ReasonsRequest{Key: s.Key(), Application: app, Reasons: []string{"理由"}}
}

func (s *Story) review(app registry.ApplicationID) registry.ReviewRequest {
	pass := registry.Finding{Pass: true}
	return registry.ReviewRequest{Key: s.Key(), Application: app, Findings: registry.Findings{Description: pass, Source: pass, Rights: pass}}
}

// Find reads an application.
func (s *Story) Find(app registry.ApplicationID) registry.Application {
	s.T.Helper()
	answer, err := s.Evaluate(applicant, "registration:FindApplication", document(s.T, registry.FindRequest{ID: string(app)}))
	if err != nil {
		s.T.Fatal(err)
	}
	var a registry.Application
	if err := json.Unmarshal(answer, &a); err != nil {
		s.T.Fatal(err)
	}
	return a
}

// Suite is what every ledger must do. pass lets the publicity period of a case go by.
func Suite(t *testing.T, subject Subject, salt string, pass func(until time.Time)) {
	run := func(name string, test func(s *Story)) {
		t.Run(name, func(t *testing.T) { test(NewStory(t, subject, salt+name)) })
	}
	run("whole_way", func(s *Story) { wholeWay(s, pass) })
	run("supplement", supplement)
	run("refused_registration", func(s *Story) {
		app := s.File("不予登记")
		s.Do(acceptor, "registration:Accept", s.act(app))
		s.Do(reviewer, "registration:Refuse", registry.RefuseRequest{Key: s.Key(), Application: app, Ground: "R2", Reasons: []string{"来源不合规"}})
		s.Do(applicant, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: s.Content("不予登记")}) // the asset is free again
	})
	run("not_accepted", func(s *Story) {
		app := s.File("不予受理")
		s.Do(acceptor, "registration:NotAccept", s.reasons(app))
		s.Refused(registry.CodeStatusWrong, acceptor, "registration:Accept", s.act(app))
	})
	run("withdrawn", func(s *Story) {
		app := s.File("撤回")
		s.Refused(registry.CodeNotOwnParty, rival, "registration:Withdraw", s.reasons(app))
		s.Do(applicant, "registration:Withdraw", s.reasons(app))
		s.Refused(registry.CodeStatusWrong, applicant, "registration:Withdraw", s.reasons(app))
	})
	run("evidence", evidenceAsked)
	run("told", told)
	run("later_objection", func(s *Story) { laterObjection(s, pass) })
	run("same_request_twice", sameRequestTwice)
	run("same_asset_twice", func(s *Story) {
		s.File("重复")
		s.Refused(registry.CodeOpenApplication, applicant, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: s.Content("重复")})
	})
	run("wrong_people", wrongPeople)
	run("dry_run", dryRun)
	run("regulator_reads_only", func(s *Story) {
		app := s.File("监管")
		if _, err := s.Evaluate(regulator, "registration:FindApplication", document(s.T, registry.FindRequest{ID: string(app)})); err != nil {
			s.T.Errorf("a regulator cannot read: %v", err)
		}
		s.Refused(registry.CodeAccessDenied, regulator, "registration:Accept", s.act(app))
	})
	run("suspended_account", func(s *Story) {
		who := registry.PersonID(rival)
		s.Do(officer, "account:Suspend", registry.EndAccountRequest{Key: s.Key(), Account: who, Reason: "设备遗失"})
		s.Refused(registry.CodeAccountInactive, rival, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: s.Content("停用")})
		s.Do(officer, "account:Resume", registry.EndAccountRequest{Key: s.Key(), Account: who, Reason: "设备找回"})
		s.Do(rival, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: s.Content("停用")})
	})
	run("accounts_of_every_organisation", accountsOfEveryOrganisation)
	run("contract_ends", contractEnds)
	run("agent_files", agentFiles)
	run("report_handled", reportHandled)
	run("disclosure_corrected", disclosureCorrected)
	run("catalogues", catalogues)
	run("hostile_documents", hostileDocuments)
}

// catalogues: the enterprise catalogue is the data department's, and only public bodies ask each other for data.
func catalogues(s *Story) {
	enter := registry.EnterEnterpriseRequest{Key: s.Key(), Party: contractor, Region: "630202", Name: "加工能耗数据" + s.salt, Abstract: "按班次采集。",
		Industries: []registry.Industry{{Section: "C", Division: "13"}}, Format: "DATABASE", UpdateCycle: "DAY", Level: registry.LevelGeneral, NoPersonal: true}
	s.Refused(registry.CodeAccessDenied, applicant, "catalogue:EnterEnterprise", enter)
	entry := registry.EntryID(s.Do(supervisor, "catalogue:EnterEnterprise", enter).ID)
	enter.Key, enter.Entry, enter.UpdateCycle = s.Key(), entry, "HOUR"
	s.Refused(registry.CodeFieldsInvalid, supervisor, "catalogue:EnterEnterprise", enter)
	s.Do(supervisor, "catalogue:RemoveEnterprise", registry.RemoveEnterpriseRequest{Key: s.Key(), Entry: entry, Reason: "企业停产"})
	s.Refused(registry.CodeNotPublicBody, applicant, "sharing:Request", registry.RequestShareRequest{Key: s.Key(), Item: "307001000001",
		Scope: registry.Scope{Fields: []string{"品种"}, Until: "2035-12-31"}, Purpose: "用途", Basis: "职责"})
	s.Refused(registry.CodeNotFunded, applicant, "purchase:Request", registry.RequestPurchaseRequest{Key: s.Key(), Subject: "ENTERPRISE", Data: "数据", Purpose: "用途", Basis: "职责"})
}

func wholeWay(s *Story, pass func(time.Time)) {
	app := s.File("全程")
	s.Refused(registry.CodeStatusWrong, reviewer, "registration:PassReview", s.review(app))
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:PassReview", s.review(app))
	early := s.Refused(registry.CodeTooEarly, officer, "registration:ClosePublicity", s.act(app))
	if early.Rule != registry.RulePublicity || early.Args["dueAt"] == "" {
		s.T.Errorf("the refusal says %v", early)
	}
	due, ok := s.findDeadline(app, registry.DeadlinePublicity)
	if !ok {
		s.T.Fatal("no publicity deadline")
	}
	pass(*due.DueAt)
	s.Do(officer, "registration:ClosePublicity", s.act(app))
	done := s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app})
	if problem, _ := registry.CheckCertificateNumber(done.Certificate); problem != "" || done.Asset == "" {
		s.T.Errorf("registered as %+v (%s)", done, problem)
	}
	if a := s.Find(app); a.Status != registry.StatusRegistered || len(a.History) != 5 || a.Certificate != done.Certificate {
		s.T.Errorf("the case says %s after %d acts", a.Status, len(a.History))
	}
	s.Refused(registry.CodeStatusWrong, officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app})
	s.Refused(registry.CodeAssetRegistered, applicant, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: s.Content("全程")})
	licence(s, done.Asset)
}

// Registered takes a first registration from filing to certificate; pass lets the publicity period go by.
func (s *Story) Registered(pass func(until time.Time)) registry.Receipt {
	s.T.Helper()
	return s.Enter(s.File("登记"), pass)
}

// Enter takes a filed case the whole way into the register, through publicity if it is published.
func (s *Story) Enter(app registry.ApplicationID, pass func(until time.Time)) registry.Receipt {
	s.T.Helper()
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Do(reviewer, "registration:PassReview", s.review(app))
	if due, published := s.findDeadline(app, registry.DeadlinePublicity); published {
		pass(*due.DueAt)
		s.Do(officer, "registration:ClosePublicity", s.act(app))
	}
	return s.Do(officer, "registration:Register", registry.RegisterRequest{Key: s.Key(), Application: app})
}

func (s *Story) findDeadline(app registry.ApplicationID, kind registry.DeadlineKind) (registry.Deadline, bool) {
	a := s.Find(app)
	return a.Deadline(kind)
}

func supplement(s *Story) {
	app := s.File("补正")
	s.Refused(registry.CodeFieldsInvalid, acceptor, "registration:Return", registry.ReasonsRequest{Key: s.Key(), Application: app, Reasons: []string{}})
	s.Do(acceptor, "registration:Return", s.reasons(app))
	s.Refused(registry.CodeStatusWrong, acceptor, "registration:Accept", s.act(app))
	content := s.Content("补正")
	content.Overview += "已补充。"
	s.Do(applicant, "registration:Resubmit", registry.ResubmitRequest{Key: s.Key(), Application: app, Content: content})
	if a := s.Find(app); a.Round != 2 || a.Content.Overview != content.Overview {
		s.T.Errorf("round %d, overview %s", a.Round, a.Content.Overview)
	}
	s.Do(acceptor, "registration:Accept", s.act(app))
}

// Material is a filed document of a kind, as the evidence store would have it.
func Material(kind registry.MaterialKind) registry.Material {
	return registry.Material{Kind: kind, CID: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", Commitment: strings.Repeat("ab", 32), Size: 10}
}

// evidenceAsked: the review asks for evidence, the handling clock stands still until it comes.
func evidenceAsked(s *Story) {
	app := s.File("补充佐证")
	s.Do(acceptor, "registration:Accept", s.act(app))
	s.Refused(registry.CodeEvidenceOpen, reviewer, "registration:Terminate", s.reasons(app)) // nothing was asked for
	s.Do(reviewer, "registration:Extend", registry.ExtendRequest{Key: s.Key(), Application: app, N: 2, Reasons: []string{"数据来源复杂"}})
	s.Refused(registry.CodeExtended, reviewer, "registration:Extend", registry.ExtendRequest{Key: s.Key(), Application: app, N: 1, Reasons: []string{"再次"}})
	s.Do(reviewer, "registration:RequestEvidence", s.reasons(app))
	if d, _ := s.findDeadline(app, registry.DeadlineReview); !d.Paused() || d.DueAt != nil || d.Extended != 2 {
		s.T.Errorf("the handling clock runs: %+v", d)
	}
	s.Refused(registry.CodeTooEarly, reviewer, "registration:Terminate", s.reasons(app))
	s.Refused(registry.CodeStatusWrong, reviewer, "registration:PassReview", s.review(app))
	supply := registry.SupplyEvidenceRequest{Key: s.Key(), Application: app, Materials: []registry.Material{Material(registry.MaterialEvidence)}}
	s.Refused(registry.CodeNotOwnParty, rival, "registration:SupplyEvidence", supply)
	s.Do(applicant, "registration:SupplyEvidence", supply)
	if d, _ := s.findDeadline(app, registry.DeadlineReview); d.Paused() || d.DueAt == nil {
		s.T.Errorf("the handling clock stands: %+v", d)
	}
	s.Refused(registry.CodeEvidenceOpen, reviewer, "registration:Terminate", s.reasons(app)) // it was supplied
	s.Do(reviewer, "registration:RequestEvidence", s.reasons(app))
	s.Do(applicant, "registration:SupplyEvidence", registry.SupplyEvidenceRequest{Key: s.Key(), Application: app, Unable: true})
	s.Do(reviewer, "registration:Terminate", s.reasons(app))
	s.File("补充佐证") // the asset is free again
}

func sameRequestTwice(s *Story) {
	request := registry.SubmitRequest{Key: s.Key(), Content: s.Content("一次办理")}
	first := s.Do(applicant, "registration:Submit", request)
	if again := s.Do(applicant, "registration:Submit", request); again != first {
		s.T.Errorf("the second answer is %+v, the first was %+v", again, first)
	}
	request.Content.Overview = "另一份"
	s.Refused(registry.CodeKeyReused, applicant, "registration:Submit", request)
}

func wrongPeople(s *Story) {
	app := s.File("回避")
	s.Refused(registry.CodeAccessDenied, applicant, "registration:Accept", s.act(app))
	s.Refused(registry.CodeAccessDenied, reviewer, "registration:Accept", s.act(app))
	s.Refused(registry.CodeAccessDenied, acceptor, "registration:Submit", registry.SubmitRequest{Key: s.Key(), Content: s.Content("回避二")})
	s.Refused(registry.CodeNotFound, acceptor, "registration:Accept", s.act("APPAAAAAAAAAAAAAAAAA"))
	s.Refused(registry.CodeNotOwnParty, rival, "registration:ClaimAcceptance", s.act(app))
	s.Refused(registry.CodeTooEarly, applicant, "registration:ClaimAcceptance", s.act(app))
}

func dryRun(s *Story) {
	content := s.Content("试办")
	content.Level, content.Materials = registry.LevelCore, []registry.Material{}
	inner := document(s.T, registry.SubmitRequest{Key: s.Key(), Content: content})
	as := registry.Actor{MSP: "AgencyMSP", Enrolment: "he-applicant", Role: "applicant", Party: "93630222MAFAKE06XA"}
	answer, err := s.Evaluate("AgencyMSP/registryd", "registration:Check", document(s.T, registry.CheckRequest{Function: "registration:Submit", As: &as, Document: string(inner)}))
	if err != nil {
		s.T.Fatal(err)
	}
	var verdict registry.Verdict
	if err := json.Unmarshal(answer, &verdict); err != nil {
		s.T.Fatal(err)
	}
	found := map[registry.Code]bool{}
	for _, o := range verdict.Obstacles {
		found[o.Code] = true
	}
	if !found[registry.CodeLevelRefused] || !found[registry.CodeSampleMissing] || !found[registry.CodeMaterialMissing] || len(verdict.Obstacles) != 4 {
		s.T.Errorf("the dry run finds %+v", verdict.Obstacles)
	}
}

// hostileDocuments sends what no well-behaved client sends; none of it may pass.
func hostileDocuments(s *Story) {
	good := string(document(s.T, registry.SubmitRequest{Key: s.Key(), Content: s.Content("恶意")}))
	for defect, text := range map[string]string{
		"not_json": "hello", "empty": "", "trailing_data": good + "{}", "space": " " + good, "unknown_field": strings.Replace(good, `{"content"`, `{"admin":true,"content"`, 1),
		"wrong_case": strings.Replace(good, `"key"`, `"Key"`, 1), "duplicate_key": strings.Replace(good, `"key"`, `"key":"x","key"`, 1),
		"float": strings.Replace(good, `"records":1203456`, `"records":1203456.0`, 1), "oversize": strings.Replace(good, "大棚", strings.Repeat("大棚", 20000), 1),
	} {
		_, err := s.Submit(applicant, "registration:Submit", []byte(text))
		var r *registry.Refusal
		if !errors.As(err, &r) || r.Code != registry.CodeDocumentInvalid && r.Code != registry.CodeDocumentTooLarge {
			s.T.Errorf("%s: %v", defect, err)
		}
	}
	for _, function := range []string{"registration:submit", "Registration:Submit", "registration:Delete", "submit", "org.hyperledger.fabric:GetMetadata"} {
		_, err := s.Submit(applicant, function, []byte(good))
		s.refusal(registry.CodeFunctionUnknown, function, err)
	}
}
