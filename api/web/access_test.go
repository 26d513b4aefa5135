package web

import (
	"context"
	"errors"
	"maps"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// address is a route with its parameters filled in.
func address(path string) string {
	return strings.NewReplacer(":question", "certificates", ":draft", "D1", ":step", "data", ":id", "APPX", ":act", "Accept", ":cid", "bafy", ":msp", "AgencyMSP", ":name", "he-applicant", ":mandate", "MDTX", ":n", "1", ":track", "DATA_ASSET", ":number", "HD1", ":region", "630200", ":year", "2027", ":lang", "en", ":case", "APPX").Replace(path)
}

// TestAccessTable_IsWhatIsRegistered: no page without a row that says who may open it.
func TestAccessTable_IsWhatIsRegistered(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	listed, registered := Pages(), []string{}
	for _, r := range s.handler.Routes() {
		if r.Path != "/assets*" && !strings.HasPrefix(r.Path, "/api/") && !strings.HasPrefix(r.Path, "/.well-known/") {
			registered = append(registered, r.Method+" "+r.Path)
		}
	}
	slices.Sort(listed)
	slices.Sort(registered)
	if !slices.Equal(listed, registered) {
		t.Errorf("listed %v\nregistered %v", listed, registered)
	}
}

// audience says for every role that people hold, and for the administrator, which pages it may open. It is written down here and
// not computed, so that a page that opens to somebody new is noticed.
var audience = map[string][]Who{
	"AgencyMSP/applicant": {Applicant, Objector, Mandates, Inbox, Filer, Provider, Openers, Granting, Grantors, Reporting, Submitters, Reconcilers, SignedIn}, "AgencyMSP/agent": {Applicant, Mandates, Inbox, Filer, SignedIn},
	"AgencyMSP/clerk": {Applicant, Mandates, Inbox, Filer, SignedIn}, "AgencyMSP/acceptor": {Staff, Inbox, Filer, SignedIn}, "AgencyMSP/reviewer": {Staff, Filer, Granting, SignedIn},
	"AgencyMSP/objections": {Staff, Filer, SignedIn}, "AgencyMSP/officer": {Granting, Confirmer, Registrants, Staff, AccountStaff, Mandates, Inbox, Filer, Reporting, Submitters, Reporter, SignedIn},
	"BureauMSP/supervisor": {Granting, PlanRecorders, Successions, Rules, Contracts, Oversight, Inspectors, Filer, DataDepartment, Openers, Reporting, Submitters, Reconcilers, SignedIn}, "BureauMSP/finance": {Filer, SignedIn}, "ExchangeMSP/operator": {Confirmer, Filer, Reporting, Submitters, SignedIn},
	"RegulatorMSP/regulator": {Granting, Oversight, Reporting, SignedIn}, "BureauMSP/admin": {Rules, Administrator, Registrants, AccountStaff, Contracts, SignedIn},
}

// TestAccessTable_RefusesEverybodyElse tries every row as everybody: nobody, every role that people hold, an applicant of another party, and
// the administrator. Who is refused is told so, or led to sign in; everybody's pages do neither to anybody.
func TestAccessTable_RefusesEverybodyElse(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	visitors := map[string]*visitor{"BureauMSP/admin": s.as("bureau-admin"), "AgencyMSP/applicant of another party": s.as("ledu-applicant")}
	for _, r := range registry.PersonRoles {
		visitors[r.MSP+"/"+r.Role] = s.join(registry.Actor{MSP: r.MSP, Enrolment: r.Role + "-x", Role: r.Role, Party: "93630222MAFAKE06XA", Region: "630222"})
	}
	visitors[""] = s.as("") // nobody
	cells := 0
	for _, r := range routes {
		if strings.HasPrefix(r.path, "/signout") {
			continue // it ends the session; who has none is not refused either: TestSignOut_EndsTheSession
		}
		for who, v := range visitors {
			cells++
			role, _, _ := strings.Cut(who, " ")
			p := v.once(httptest.NewRequest(r.method, address(r.path), nil))
			sentAway := p.Status == 303 && strings.HasPrefix(p.Location, "/signin?next=")
			if want := who == "" && r.who != Everybody; sentAway != want {
				t.Errorf("%s %s as %q: %d %s", r.method, r.path, who, p.Status, p.Location)
			}
			refused := who != "" && r.who != Everybody && !slices.Contains(audience[role], r.who)
			if got := strings.Contains(p.Body, "您的账号不能打开这个页面"); got != refused || got && p.Status != 403 {
				t.Errorf("%s %s as %q: %d", r.method, r.path, who, p.Status)
			}
		}
	}
	t.Logf("%d cells", cells)
}

func TestLegalNetwork_CarriesNoDemoMark(t *testing.T) {
	v := newSite(t, registry.ModeLegal).as("")
	v.get("/").status(200).notSee("演示")
	v.get("/signin").status(200).notSee("演示")
}

func TestOtherPeoplesRecords_AreNotShown(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he, ledu := s.as("he-applicant"), s.as("ledu-applicant")
	app := he.file("别人的数据集")
	draft := he.post("/apply", nil).Path
	ledu.get("/cases/" + app).status(403).notSee("别人的数据集")
	ledu.get("/cases").notSee(app)
	ledu.get(draft).status(404)
	ledu.post("/cases/"+app+"/supplement", nil).status(403)
	ledu.post("/cases/"+app+"/withdraw", url.Values{"key": {"withdraw-" + app}, "reasons": {"x"}, "confirmed": {"yes"}}).status(422).see("只能办理本单位自己的案件")
	s.as("").get("/publicity/" + app).status(404)
	he.get("/cases/" + app).see("已提交，待受理")
}

func TestWithheldContent_IsHiddenTheNoticeIsNot(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	all := answers("申请不公示内容的数据集")
	all["data"].Set("overview", "只给登记机构看的概述")
	all["declarations"].Set("withhold", "涉及商业秘密")
	app := s.as("he-applicant").fileAll(all)
	s.as("an-acceptor").act(app, "Accept", nil)
	s.as("bai-reviewer").act(app, "PassReview", allPass)
	nobody := s.as("")
	nobody.get("/publicity").see("申请不公示内容的数据集")
	nobody.get("/publicity/"+app).see("申请不公示内容的数据集", "应申请人的申请，不公示内容", "公示期").notSee("只给登记机构看的概述", "数据资源持有权")
}

func TestDesk_WrongInputIsKeptAndNothingIsWritten(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	app := s.as("he-applicant").file("待审查的数据集")
	an, bai := s.as("an-acceptor"), s.as("bai-reviewer")
	an.act(app, "Return", url.Values{"reasons": {" \n "}}).status(422).see("请逐条写明")
	an.act(app, "NotAccept", url.Values{"reasons": {strings.Repeat("长", 501)}}).status(422).see("不能超过 500 个字", strings.Repeat("长", 501))
	an.act(app, "Accept", nil)
	bai.act(app, "PassReview", url.Values{"description": {"on"}, "description.note": {"描述<准确>"}, "source": {"on"}}).status(422).
		see("三项都符合", `value="描述&lt;准确&gt;"`, `name="source" value="on" checked`)
	bai.act(app, "Refuse", url.Values{"reasons": {"存在纠纷"}}).status(422).see("请选择一种情形", "存在纠纷")
	written := len(s.written)
	bai.act(app, "Refuse", url.Values{"reasons": {"存在纠纷"}, "ground": {"R3"}}).status(200).see("请确认", "存在尚未解决的数据权属纠纷")
	if len(s.written) != written {
		t.Error("something was written before it was confirmed")
	}
	bai.act(app, "Refuse", url.Values{"reasons": {"存在纠纷"}, "ground": {"R3"}, "confirmed": {"yes"}}).see("不予登记已上账")
	s.as("he-applicant").get("/cases/"+app).see("不予登记", "存在尚未解决的数据权属纠纷", "存在纠纷")
}

func TestDesk_ActsOfOtherOfficesAreNotOffered(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	app := s.as("he-applicant").file("待受理的数据集")
	bai := s.as("bai-reviewer")
	bai.get("/desk/" + app).see("没有您可以办理的事项").notSee("/Accept\"")
	bai.post("/desk/"+app+"/Accept", url.Values{"key": {"desk-12345678"}}).status(422).see("不能办理这项业务")
	bai.post("/desk/"+app+"/Submit", nil).status(404)
	bai.post("/desk/"+app+"/Anything", nil).status(404)
}

// TestDesk_PressedTwiceIsOneAct: what was prepared twice and signed twice is on the ledger once, and both pages tell of it.
func TestDesk_PressedTwiceIsOneAct(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	app := s.as("he-applicant").file("按两次的数据集")
	an := s.as("an-acceptor")
	form := url.Values{"key": {an.get("/desk/" + app).key("-Accept")}}
	an.reads = true
	first, second := an.post("/desk/"+app+"/Accept", form), an.post("/desk/"+app+"/Accept", form)
	an.reads = false
	done := an.get(first.Path).see("受理已上账")
	if again := an.get(second.Path).see("受理已上账"); first.Path == second.Path || again.Path != done.Path {
		t.Errorf("another transaction: %s, then %s", done.Path, again.Path)
	}
	an.post("/desk/"+app+"/Accept", form).status(422).see("已受理，审查中")
}

// TestSigning_OthersSeeNothing: nobody sees or signs what another person has prepared.
func TestSigning_OthersSeeNothing(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	app := s.as("he-applicant").file("待签名的数据集")
	an, bai := s.as("an-acceptor"), s.as("bai-reviewer")
	an.reads = true
	p := an.act(app, "Accept", nil).status(200).see("data-function=\"registration:Accept\"", app)
	bai.get(p.Path).status(404).notSee(app)
	bai.post(strings.Split(p.Path, "?")[0]+"/again", nil).status(404)
	s.as("").get(p.Path).status(200).notSee("data-document", "待签名的数据集")
}

// TestSigning_OvertakenIsPreparedAnew: after a conflict the same request is prepared again, with its idempotency key.
func TestSigning_OvertakenIsPreparedAnew(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	app := s.as("he-applicant").file("被抢先的数据集")
	an := s.as("an-acceptor")
	s.submit = func(tx desk.Transaction) (desk.Transaction, error) {
		tx.State = desk.StateConflict
		return tx, nil
	}
	p := an.act(app, "Accept", nil).status(200).see("/again")
	s.submit = nil
	id, query, _ := strings.Cut(strings.TrimPrefix(p.Path, "/sign/"), "?")
	next, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	an.post("/sign/"+id+"/again", url.Values{"next": {next.Get("next")}}).see("受理已上账")
}

func TestLedgerDown_NothingIsLostAndNoDetailIsShown(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	draft := he.fill(answers("账本停机时的数据集"))
	s.desk.Ledger = down{}
	he.get(draft+"/check").status(503).see("账本暂时不可用", "没有丢失", "R-1").notSee("10.0.0.7")
	he.post(draft+"/file", nil).status(503).notSee("10.0.0.7")
	s.desk.Ledger = s
	he.get(draft+"/check").see("试办通过", "账本停机时的数据集")
}

func TestVerify_WrongNumberIsExplained(t *testing.T) {
	v := newSite(t, registry.ModeDemo).as("")
	v.get("/verify?number=").status(422).see("请填写")
	v.get("/verify?number=HDZC63022220261100001A").status(422).see("校验码不对", "HDZC63022220261100001A")
	v.get("/certificates/HDZC63022220261100001").status(404).see("未找到")
	v.upload("/verify", "", "", strings.NewReader("")).status(422).see("请选择不超过 20 MB")
	v.upload("/verify", "", "证书.pdf", strings.NewReader("%PDF-1.7 forged")).status(200).see("不真实", "✗")
}

func TestLanguage_IsSwitched(t *testing.T) {
	v := newSite(t, registry.ModeDemo).as("he-applicant")
	r := httptest.NewRequest("GET", "/language/en", nil)
	r.Header.Set("Referer", "http://localhost/verify?number=1")
	if p := v.once(r); p.Location != "/verify?number=1" {
		t.Errorf("leads to %s", p.Location)
	}
	v.get("/apply").see(`lang="en"`, "New application").notSee("填写新的申请")
	v.get("/nowhere-at-all").status(404)
	v.get("/desk").status(403).see("Not allowed")
}

// TestLanguage_BeginsNoSession: anybody may choose a language as often as they like; nothing is kept for it here.
func TestLanguage_BeginsNoSession(t *testing.T) {
	v := newSite(t, registry.ModeDemo).as("")
	for lang, want := range map[string]string{"en": "en", "zh": "zh", "xx": "zh"} {
		v.once(httptest.NewRequest("GET", "/language/"+lang, nil))
		if len(v.cookies) != 1 || v.cookies[languageCookie] == nil || v.cookies[languageCookie].Value != want || !v.cookies[languageCookie].HttpOnly {
			t.Errorf("%s: %+v", lang, v.cookies)
		}
	}
}

// down is a ledger that does not answer.
type down struct{ desk.Ledger }

var errDown = errors.New("dial tcp 10.0.0.7:7051: connection refused")

func (down) Prepare(context.Context, desk.Person, string, []byte) (desk.Transaction, error) {
	return desk.Transaction{}, errDown
}

func (down) Evaluate(context.Context, string, []byte) ([]byte, error) { return nil, errDown }

// TestEvidence_NamingAFileOpensNothing: who learns a file's identifier and files it as their own, in a case or as evidence of an
// objection, still cannot read it.
func TestEvidence_NamingAFileOpensNothing(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he, ledu := s.as("he-applicant"), s.as("ledu-applicant")
	app := s.published("别人的材料")
	victim, err := (records{s}).Case(t.Context(), registry.ApplicationID(app))
	if err != nil {
		t.Fatal(err)
	}
	stolen := victim.Content.Materials[0]
	he.get("/evidence/" + stolen.CID).status(200)
	ledu.get("/evidence/" + stolen.CID).status(403)

	content := ledgertest.SampleContent()
	content.DataName, content.Materials = "拿别人的材料申请的数据集", append(content.Materials[1:], stolen)
	stolen.Kind = registry.MaterialEvidence
	for function, request := range map[string]any{
		"registration:Submit":        registry.SubmitRequest{Key: "steal-by-case", Content: content},
		"registration:FileObjection": registry.FileObjectionRequest{Key: "steal-by-objection", Application: victim.ID, Statement: registry.Material{Kind: registry.MaterialStatement, CID: stolen.CID, Commitment: stolen.Commitment, Size: 1}, Evidence: []registry.Material{stolen}},
	} {
		document, err := registry.Canonical(request)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.send(desk.Transaction{ID: "S-" + function, Function: function, Document: document}, "AgencyMSP/ledu-applicant"); err != nil {
			t.Fatalf("%s: %v", function, err)
		}
		ledu.get("/evidence/" + stolen.CID).status(403)
	}
}

// paged are the contracts whose every function that a person may call has a page.
var paged = []string{"registration", "rule", "party", "account", "contract", "mandate"}

// TestPages_EveryFunctionOfPeopleIsOffered: whatever a person may write there, a page prepares it. A network is founded once, before there
// are pages.
func TestPages_EveryFunctionOfPeopleIsOffered(t *testing.T) {
	code := sources(t)
	for _, row := range registry.AccessTable {
		contract, act, _ := strings.Cut(row.Function, ":")
		switch {
		case !row.Writes || row.Function == "rule:Found" || !slices.Contains(paged, contract) || !forPeople(row.Allowed):
		case contract == "account" && slices.Contains(slices.Concat(slices.Collect(maps.Values(accountActs))...), act):
		case regexp.MustCompile(`"` + row.Function + `"|registry\.Act` + act + `\b`).MatchString(code): // by the name of its function or of its act
		default:
			t.Errorf("no page offers %s to %v", row.Function, row.Allowed)
		}
	}
}

// forPeople says whether somebody among those allowed is a person.
func forPeople(allowed []string) bool {
	return slices.ContainsFunc(allowed, func(who string) bool {
		return !strings.HasSuffix(who, "/service") && !strings.HasSuffix(who, "/enroller")
	})
}

// sources is the code of this package, without its tests.
func sources(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") {
			all.Write(body)
		}
	}
	return all.String()
}
