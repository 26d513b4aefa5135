package web

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// gate is the part of the JSON API by which people sign in and come by accounts.
type gate struct {
	*lab
	mu       sync.Mutex
	origin   string
	nonce    string
	signedIn []signIn
	refuse   string // the sentence with which signing in is refused
	accounts map[string]*accountRecord
	applied  []registry.AccountRequest
	issue    func(request *x509.CertificateRequest) []byte // the certificate of a request, PEM
}

type signIn struct{ Account, Certificate, Nonce, Signature string }

type accountRecord struct{ Status, KeyDigest string }

func openGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{lab: openLab(t), nonce: strings.Repeat("N", 43), accounts: map[string]*accountRecord{}}
	g.origin = g.base
	authority := newKey(t)
	g.issue = func(request *x509.CertificateRequest) []byte {
		template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: request.Subject.CommonName}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, request.PublicKey.(*ecdsa.PublicKey), authority)
		if err != nil {
			t.Error(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	handle := func(pattern string, handler func(http.ResponseWriter, *http.Request)) {
		g.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			g.mu.Lock()
			defer g.mu.Unlock()
			handler(w, r)
		})
	}
	handle("POST /api/v1/sign-ins/challenges", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusCreated, map[string]any{"nonce": g.nonce, "origin": g.origin})
	})
	handle("POST /api/v1/sign-ins", func(w http.ResponseWriter, r *http.Request) {
		var in signIn
		_ = json.NewDecoder(r.Body).Decode(&in)
		if g.refuse != "" {
			problem(w, http.StatusUnauthorized, g.refuse)
			return
		}
		g.signedIn = append(g.signedIn, in)
		answer(w, http.StatusCreated, map[string]any{"account": in.Account})
	})
	handle("POST /api/v1/accounts", g.apply)
	handle("GET /api/v1/accounts/{id}", func(w http.ResponseWriter, r *http.Request) {
		a, ok := g.accounts[r.PathValue("id")]
		if !ok {
			problem(w, http.StatusNotFound, "没有这个账号")
			return
		}
		answer(w, http.StatusOK, map[string]any{"account": "AgencyMSP/" + r.PathValue("id"), "status": a.Status, "keyDigest": a.KeyDigest})
	})
	handle("POST /api/v1/accounts/{id}/certificate", g.certify)
	g.mux.HandleFunc("GET /cases", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("my cases")) })
	g.page("/signin", "signin", func(r *http.Request) map[string]any {
		return map[string]any{"Organisation": "agency", "MSP": registry.MSPAgency, "Origin": g.base, "Next": "/cases"}
	})
	g.page("/account/apply", "accountapply", func(*http.Request) map[string]any {
		return map[string]any{"Organisation": "agency", "MSP": registry.MSPAgency, "Origin": g.base, "Regions": registry.Regions, "Roles": []string{"applicant", "agent", "regulator"}, "Until": registry.Date("2027-11-25")}
	})
	g.page("/account", "account", func(*http.Request) map[string]any {
		actor := registry.Actor{MSP: registry.MSPAgency, Enrolment: "he-applicant", Role: registry.RoleApplicant, Party: "93630222MAFAKE06XA"}
		return map[string]any{"Self": desk.Person{Actor: actor}, "PartyName": "民和合作社", "AsOf": desk.AsOf{Block: 9}, "MSP": registry.MSPAgency, "Origin": g.base, "Organisation": "agency", "Key": "device-1",
			"Devices": []registry.Account{{MSP: registry.MSPAgency, Enrolment: "he-applicant", Status: registry.AccountEnabled, KeyDigest: strings.Repeat("3f0c91ab", 8), Until: "2027-11-25"},
				{MSP: registry.MSPAgency, Enrolment: "he-phone", Status: registry.AccountRevoked, KeyDigest: strings.Repeat("00112233", 8), Until: "2027-11-25", Reason: "手机丢失"}}}
	})
	return g
}

func (g *gate) apply(w http.ResponseWriter, r *http.Request) {
	var in registry.AccountRequest
	_ = json.NewDecoder(r.Body).Decode(&in)
	g.applied = append(g.applied, in)
	if in.Party == "" {
		answer(w, http.StatusUnprocessableEntity, map[string]any{"status": 422, "detail": "有字段需要修改。", "errors": []any{map[string]string{"location": "account.party", "message": "所代表的主体：请填写"}}})
		return
	}
	if a, ok := g.accounts[in.Enrolment]; ok && a.KeyDigest != in.KeyDigest {
		problem(w, http.StatusConflict, "账号已经存在。")
		return
	}
	g.accounts[in.Enrolment] = &accountRecord{"APPLIED", in.KeyDigest}
	answer(w, http.StatusCreated, map[string]any{"txId": "x"})
}

func (g *gate) certify(w http.ResponseWriter, r *http.Request) {
	var in struct{ Request string }
	_ = json.NewDecoder(r.Body).Decode(&in)
	block, _ := pem.Decode([]byte(in.Request))
	if block == nil {
		problem(w, http.StatusUnprocessableEntity, "证书申请格式不对")
		return
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil || request.CheckSignature() != nil || request.Subject.CommonName != r.PathValue("id") {
		problem(w, http.StatusUnprocessableEntity, "证书申请不对")
		return
	}
	answer(w, http.StatusOK, map[string]string{"certificate": string(g.issue(request))})
}

func (g *gate) do(change func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change()
}

func TestSignIn_WithAKeyFile(t *testing.T) {
	g := openGate(t)
	key := newKey(t)
	certificate := certificateFor(t, key, "he-applicant")
	g.open("/signin")
	g.see("这个浏览器里还没有您的密钥")
	g.look("signin-empty")
	file := filepath.Join(t.TempDir(), "he-applicant.pem")
	if err := os.WriteFile(file, []byte(keyFile(t, key, testAccount, "", certificate)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(g.ctx, chromedp.SetUploadFiles(chromedp.CSS("#key-file"), []string{file})); err != nil {
		t.Fatal(err)
	}
	g.see("密钥已导入", "以 he-applicant 登录")
	if got := g.window().js(`document.activeElement.id`); got != "key "+testAccount {
		t.Errorf("the focus is on %q", got)
	}
	g.look("signin")
	g.do(func() { g.refuse = "账号 AgencyMSP/he-applicant 不在启用状态（已停用）。" })
	if err := chromedp.Do(g.ctx, chromedp.KeyEvent("\r")); err != nil {
		t.Fatal(err)
	}
	g.see("不在启用状态")
	g.look("signin-refused")
	g.do(func() { g.refuse = "" })
	g.press("#signin-keys button")
	g.see("my cases")
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.signedIn) != 1 {
		t.Fatalf("%d sign-ins", len(g.signedIn))
	}
	in := g.signedIn[0]
	if in.Account != testAccount || in.Certificate != string(certificate) || in.Nonce != g.nonce {
		t.Errorf("%+v", in)
	}
	checkSigned(t, &key.PublicKey, []byte("\x00hehuang sign-in v1\norigin "+g.base+"\naccount "+testAccount+"\nnonce "+g.nonce+"\n"), in.Signature)
}

// TestSignIn_SignsForItsOwnAddressOnly: a challenge that another site handed on, or that holds more than it may, is not signed.
func TestSignIn_SignsForItsOwnAddressOnly(t *testing.T) {
	g := openGate(t)
	key := newKey(t)
	must[bool](g.lab, `await keys.importKeyFile(`+js(keyFile(t, key, testAccount, "", certificateFor(t, key, "he-applicant")))+`, ""); return true;`)
	for name, c := range map[string]struct{ origin, nonce, want string }{
		"another_origin":   {"https://registry.example", g.nonce, "不是本站登记的网址"},
		"line_in_nonce":    {g.base, g.nonce + "\norigin x", "没有连上"},
		"origin_with_path": {g.base + "/", g.nonce, "不是本站登记的网址"},
	} {
		g.do(func() { g.origin, g.nonce = c.origin, c.nonce })
		g.open("/signin")
		g.see("以 he-applicant 登录")
		g.press("#signin-keys button")
		g.see(c.want)
		g.do(func() {
			if len(g.signedIn) > 0 {
				t.Errorf("%s was signed", name)
			}
			g.nonce = strings.Repeat("N", 43)
		})
	}
}

func TestAccountApply_KeyFingerprintCertificate(t *testing.T) {
	g := openGate(t)
	g.open("/account/apply")
	g.see("申请新账号", "统一社会信用代码")
	g.look("account-apply")
	g.press("#account-apply button")
	g.see("账号名用 3 至 40 个")
	fill := func(fields map[string]string) {
		for name, value := range fields {
			must[bool](g.lab, `document.getElementById(`+js(name)+`).value = `+js(value)+`; return true;`)
		}
	}
	fill(map[string]string{"enrolment": "li-applicant"})
	g.press("#account-apply button")
	g.see("有字段需要修改", "所代表的主体：请填写")
	fill(map[string]string{"party": "93630222mafake06xa", "replaces": "AgencyMSP/li-lost"})
	g.press("#account-apply button")
	g.see("等待工作人员与您核对密钥指纹", "您的密钥指纹")
	g.look("account-fingerprint")
	got := must[struct{ Digest, Short, Certificate string }](g.lab, `
		const entry = await keys.find("AgencyMSP/li-applicant"), digest = await keys.fingerprint(entry.spki);
		return { digest, short: keys.short(digest), certificate: entry.certificate };`)
	g.see(got.Digest, got.Short)
	g.do(func() {
		last := g.applied[len(g.applied)-1]
		want := registry.AccountRequest{Enrolment: "li-applicant", Party: "93630222MAFAKE06XA", Role: "applicant", Region: "630200", KeyDigest: got.Digest, Until: "2027-11-25", Replaces: "AgencyMSP/li-lost"}
		if last != want || g.applied[0].KeyDigest != got.Digest {
			t.Errorf("applied for %+v after %+v", last, g.applied[0])
		}
	})
	g.open("/account/apply") // another day, the same browser
	g.see("等待工作人员与您核对密钥指纹")
	g.do(func() { g.accounts["li-applicant"].Status = "APPROVED" })
	g.see("账号已经启用")
	g.look("account-enabled")
	certificate := must[string](g.lab, `return (await keys.find("AgencyMSP/li-applicant")).certificate;`)
	block, _ := pem.Decode([]byte(certificate))
	if block == nil {
		t.Fatalf("no certificate: %q", certificate)
	}
	g.open("/signin")
	g.see("以 li-applicant 登录")
}

func TestAccountApply_RefusesWhatIsNotItsOwn(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(*gate)
		want string
	}{
		{"name_of_another_key", func(g *gate) { g.accounts["li-phone"] = &accountRecord{"APPROVED", strings.Repeat("0", 64)} }, "已经由另一把密钥使用"},
		{"certificate_for_another_key", func(g *gate) {
			other := newKey(t)
			g.issue = func(*x509.CertificateRequest) []byte { return certificateFor(t, other, "li-phone") }
		}, "收到的证书不是这把密钥的"},
		{"no_certificate", func(g *gate) { g.issue = func(*x509.CertificateRequest) []byte { return []byte("hello") } }, "收到的证书不是这把密钥的"},
		{"revoked", func(g *gate) {}, "已经停用或者注销"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := openGate(t)
			g.do(func() { c.with(g) })
			g.open("/account/apply")
			must[bool](g.lab, `document.querySelector('[name="kind"][value="device"]').click(); document.getElementById("enrolment").value = "li-phone"; return true;`)
			g.notSee("统一社会信用代码")
			g.press("#account-apply button")
			if c.name != "name_of_another_key" {
				g.see("等待您在另一台设备上确认")
				digest := must[string](g.lab, `return await keys.fingerprint((await keys.find("AgencyMSP/li-phone")).spki);`)
				g.do(func() {
					g.accounts["li-phone"] = &accountRecord{map[bool]string{true: "REVOKED", false: "APPROVED"}[c.name == "revoked"], digest}
				})
			}
			g.see(c.want)
			if got := must[string](g.lab, `return (await keys.find("AgencyMSP/li-phone")).certificate;`); got != "" {
				t.Errorf("it kept %q", got)
			}
			if n := len(g.applied); n > 0 {
				t.Errorf("another device applied %d times", n)
			}
		})
	}
}

func TestAccountPage_KeysOfThisBrowser(t *testing.T) {
	g := openGate(t)
	key := newKey(t)
	must[bool](g.lab, `await keys.importKeyFile(`+js(keyFile(t, key, testAccount, "", certificateFor(t, key, "he-applicant")))+`, ""); return true;`)
	g.open("/account")
	g.see("我的设备", "3f0c 91ab 3f0c 91ab 3f0c", "手机丢失", "从这个浏览器删除")
	g.look("account")
	must[bool](g.lab, `for (const d of document.querySelectorAll("#account-keys details")) d.open = true; return true;`)
	g.press("#account-keys .danger")
	g.see("已经删除", "这个浏览器里没有密钥")
	if n := must[int](g.lab, `return (await keys.list()).length;`); n != 0 {
		t.Errorf("%d keys are left", n)
	}
}
