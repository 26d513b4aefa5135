package web

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/ledgertest"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// TestInbox_DecisionsAreToldReadAndConfirmed: the applicant finds each decision in its inbox, prints it and confirms that it has read it; nobody
// else reads it.
func TestInbox_DecisionsAreToldReadAndConfirmed(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he, ledu := s.as("he-applicant"), s.as("ledu-applicant")
	app := he.file("要补正的数据集")
	he.get("/inbox").see("没有书面告知")
	s.as("an-acceptor").act(app, "Return", url.Values{"reasons": {"请补充采集协议"}, "confirmed": {"yes"}}).see("已上账")
	he.get("/inbox").see("补正告知书", "要补正的数据集", "已送达")
	he.get("/cases/"+app).see("书面告知", "补正告知书")
	s.as("an-acceptor").get("/desk/" + app).see("补正告知书")
	at := "/inbox/" + app + "/1"
	p := he.get(at).see("补正告知书", "请补充采集协议", "《数据产权登记工作指引（试行）》第十七条", "进入收件箱即送达", "补正", "确认收悉")
	if pdf := he.get(at + "/pdf").status(200); !strings.HasPrefix(pdf.Body, "%PDF-") {
		t.Error("no PDF")
	}
	ledu.get("/inbox").notSee("要补正的数据集")
	ledu.get(at).status(403).notSee("请补充采集协议")
	ledu.get(at + "/pdf").status(403)
	ledu.post(at+"/seen", url.Values{"key": {"seen-by-ledu"}}).status(403)
	he.get("/inbox/" + app + "/9").status(404)
	he.post(at+"/seen", url.Values{"key": {p.key("letter-[A-Z0-9]*")}}).see("已确认收悉").notSee("/seen")
	he.get("/language/en")
	he.get(at).see("Notice of what is to be supplemented", "receipt confirmed")
}

// counter files a case at the counter, on paper, for a party without account.
func (s *site) counter(name string) string {
	s.t.Helper()
	send := func(who, function string, request any) registry.Receipt {
		document, err := registry.Canonical(request)
		if err != nil {
			s.t.Fatal(err)
		}
		tx, err := s.send(desk.Transaction{ID: "C-" + function, Function: function, Document: document}, who)
		if err != nil {
			s.t.Fatalf("%s: %v", function, err)
		}
		return *tx.Receipt
	}
	content := ledgertest.SampleContent()
	content.DataName = name
	send("AgencyMSP/cao-officer", "party:Register", registry.RegisterPartyRequest{Key: "counter-party", ID: "92630223MAFAKE078U", Kind: registry.PartyLegal, Category: registry.CategorySole,
		Name: "虚构个体户", Region: "630223"})
	mandate := send("AgencyMSP/cao-officer", "mandate:Grant", registry.GrantMandateRequest{Key: "counter-grant", Principal: "92630223MAFAKE078U", Agent: "AgencyMSP/tao-clerk",
		Acts: registry.MandateActs, Until: "2027-04-30", Document: content.Materials[0].CID})
	return string(send("AgencyMSP/tao-clerk", "registration:Submit", registry.SubmitRequest{Key: "counter-submit", Content: content, Mandate: registry.MandateID(mandate.ID)}).Application)
}

// TestInbox_ServiceOnPaperIsRecorded: who serves papers finds what waits, prints it and records its service; the period runs from it.
func TestInbox_ServiceOnPaperIsRecorded(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	app := s.counter("窗口办理的数据集")
	an := s.as("an-acceptor")
	an.act(app, "Return", url.Values{"reasons": {"请补充采集协议"}, "confirmed": {"yes"}}).see("已上账")
	an.get("/desk/"+app).see("自送达之日起", "待送达")
	an.get("/inbox").see("待送达的书面告知", "补正告知书", "窗口办理的数据集")
	at := "/inbox/" + app + "/1"
	an.get(at).see("记载送达", "自送达之日起")
	date := string(registry.CivilDate(s.now()))
	an.contest(at+"/service", url.Values{"key": {"service-one"}, "date": {"2020-01-01"}, "means": {"HANDED"}}, map[string]string{"送达回证.csv": "a,b\n1,2\n"}).status(422).
		see("送达日期不能早于告知作出之日", "送达回证.csv")
	an.contest(at+"/service", url.Values{"key": {"service-two"}, "date": {date}, "means": {"HANDED"}}, map[string]string{"送达回证.csv": "a,b\n1,2\n"}).see("当面交付").notSee("记载送达</h2>")
	an.get("/inbox").notSee("窗口办理的数据集")
	an.get("/desk/" + app).notSee("自送达之日起")
}

// TestInbox_TheHolderOpensTheDocumentOfItsNotice: what the registrant is told in writing is open to the registrant, to nobody else.
func TestInbox_TheHolderOpensTheDocumentOfItsNotice(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	cao := s.as("cao-officer")
	page := s.registered("要注销的数据集")
	asset := strings.TrimPrefix(page, "/register/")
	cao.contest(page+"/end", url.Values{"key": {"cancel-one"}, "ground": {"C2"}, "reasons": {"数据已经销毁"}}, map[string]string{"注销告知.csv": "a,b\n1,2\n"}).status(200)
	he := s.as("he-applicant")
	p := he.get("/inbox/"+asset+"/1").see("主动注销通知书", "数据已经销毁", "《数据产权登记工作指引（试行）》第三十七条")
	_, file, _ := strings.Cut(p.Body, `href="/evidence/`)
	file, _, _ = strings.Cut(file, `"`)
	he.get("/evidence/" + file).status(200)
	s.as("ledu-applicant").get("/evidence/" + file).status(403)
}

// deliveries remembers subscriptions; one delivery of every notice was taken.
type deliveries map[registry.PartyID]desk.Subscription

func (d deliveries) Subscription(_ context.Context, party registry.PartyID) (desk.Subscription, error) {
	s, ok := d[party]
	if !ok {
		return s, desk.ErrNotFound
	}
	return s, nil
}

func (d deliveries) Subscribe(_ context.Context, s desk.Subscription) error {
	d[s.Party] = s
	return nil
}

func (d deliveries) Of(context.Context, registry.CaseID, int) ([]desk.Delivery, error) {
	if len(d) == 0 {
		return nil, nil
	}
	return []desk.Delivery{{Channel: desk.ChannelMail, State: desk.DeliveryDelivered, Tries: 1, Receipt: "250 queued"}}, nil
}

// TestDelivery_AskedForByThePartyItself: what cannot be an address is not kept, what was typed is; the receipt stands with the notice.
func TestDelivery_AskedForByThePartyItself(t *testing.T) {
	s := newSite(t, registry.ModeDemo)
	he := s.as("he-applicant")
	app := he.file("要提醒的数据集")
	he.get("/inbox").see("用电子邮件或者网络回调提醒")
	he.post("/inbox/delivery", url.Values{"email": {"nobody"}, "webhook": {"http://example.cn/x"}}).status(422).see("请填写一个电子邮件地址", "请填写 https://", `value="nobody"`, `value="http://example.cn/x"`)
	he.post("/inbox/delivery", url.Values{"email": {"he@example.cn"}, "webhook": {"https://example.cn/x"}}).see("已保存", "he@example.cn", "回调密钥")
	s.as("ledu-applicant").get("/inbox/delivery").notSee("he@example.cn", "回调密钥")
	s.as("an-acceptor").act(app, "Accept", nil)
	he.get("/inbox/"+app+"/1").see("电子邮件提醒", "对方已接收", "250 queued")
}
