package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client"
)

// signing is the page of one write in a browser. Behind its API is the real client, which verifies every signature, with a
// peer that the test commands.
type signing struct {
	*lab
	*person
	t       *testing.T
	pending client.Pending
	// before may answer a request in the place of the API.
	before func(w http.ResponseWriter, r *http.Request) bool
	puts   atomic.Int32
}

func openSigning(t *testing.T, document string) *signing {
	t.Helper()
	s := &signing{lab: openLab(t), person: newPerson(t), t: t}
	pending, err := s.ledger.Prepare(t.Context(), client.Creator{MSPID: registry.MSPAgency, Certificate: s.certificate}, testFunction, []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	s.pending = pending
	s.mux.HandleFunc("/api/v1/transactions/{id}", s.api)
	s.mux.HandleFunc("/api/v1/transactions/{id}/{step}", s.api)
	s.mux.HandleFunc("GET /done", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("that was all")) })
	s.mux.HandleFunc("POST /sign/{id}/again", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("prepared anew, then " + r.FormValue("next")))
	})
	s.page("/sign/{id}", "sign", func(*http.Request) map[string]any {
		return map[string]any{"Tx": desk.Transaction{ID: pending.ID, TxID: pending.TxID, Function: testFunction, State: desk.StatePrepared}, "Waits": true, "Document": testDocument,
			"Channel": "registry", "Chaincode": "registry", "Next": "/done", "Self": "/done", "Account": testAccount, "Site": "http://localhost"}
	})
	return s
}

// api is the JSON API of transactions over the client.
func (s *signing) api(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut {
		s.puts.Add(1)
	}
	if s.before != nil && s.before(w, r) {
		return
	}
	var body struct{ Signature []byte }
	_ = json.NewDecoder(r.Body).Decode(&body)
	var p client.Pending
	var err error
	switch r.PathValue("step") {
	case "endorsement":
		p, err = s.ledger.Endorse(r.Context(), r.PathValue("id"), body.Signature)
	case "submission":
		p, err = s.ledger.Submit(r.Context(), r.PathValue("id"), body.Signature)
	default:
		p, err = s.ledger.Find(r.Context(), r.PathValue("id"))
	}
	var refused map[string]any
	if p.State == client.StateRefused {
		refused = map[string]any{"detail": "案件当前为“已撤回”，不能“撤回”。", "errors": []any{}}
	}
	switch {
	case errors.Is(err, client.ErrNotPending):
		problem(w, http.StatusNotFound, "没有这笔交易")
	case errors.Is(err, client.ErrSignature):
		s.t.Errorf("the browser's signature is refused: %v", err)
		problem(w, http.StatusBadRequest, "签名不符")
	case err != nil:
		problem(w, http.StatusServiceUnavailable, "账本暂时不可用")
	case r.Method == http.MethodPut && (refused != nil || p.State == client.StateConflict):
		problem(w, http.StatusConflict, "没有办成")
	default:
		answer(w, http.StatusOK, map[string]any{"id": p.ID, "txId": p.TxID, "function": p.Function, "document": json.RawMessage(p.Document), "state": p.State, "toSign": p.ToSign, "block": p.Block, "problem": refused})
	}
}

func answer(w http.ResponseWriter, code int, document any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(document)
}

func problem(w http.ResponseWriter, code int, detail string) {
	answer(w, code, map[string]any{"status": code, "title": "没有成功", "detail": detail})
}

// bring puts the person's key into the browser.
func (s *signing) bring() {
	s.t.Helper()
	must[bool](s.lab, `await keys.importKeyFile(`+js(keyFile(s.t, s.key, testAccount, "", s.certificate))+`, ""); return true;`)
}

func (s *signing) show() {
	s.t.Helper()
	s.open("/sign/" + s.pending.ID)
}

const (
	signButton   = "#sign-button"
	submitButton = "#sign-submit"
	stopButton   = "#sign-stop"
)

// confirm submits what the organisations answered, once it is shown.
func (s *signing) confirm() {
	s.t.Helper()
	s.see("将要写入账本", "核对下面将要写入的结果")
	s.press(submitButton)
}

func TestSignPage_ShowsSignsAndGoesOn(t *testing.T) {
	s := openSigning(t, testDocument)
	s.bring()
	s.show()
	s.see("撤回", "名称写错了", "另有\n打算", "APPAAAAAAAAAAAAAAAAA", "请核对下面的内容")
	s.notSee("null", "undefined", "[object")
	s.look("sign")
	if n := s.puts.Load(); n != 0 {
		t.Errorf("%d signatures before the person pressed anything", n)
	}
	var seen atomic.Bool
	s.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.PathValue("step") == "submission" {
			seen.Store(true)
		}
		return false
	}
	s.press(signButton)
	s.confirm()
	s.see("that was all")
	if s.puts.Load() != 2 || s.peer.sent.Load() != 1 || !seen.Load() {
		t.Errorf("%d signatures, %d sent", s.puts.Load(), s.peer.sent.Load())
	}
	s.open("/sign/" + s.pending.ID + "?lang=en") // a page of the past
	s.see("that was all")
}

func TestSignPage_SpeaksEnglish(t *testing.T) {
	s := openSigning(t, testDocument)
	s.bring()
	s.open("/sign/" + s.pending.ID + "?lang=en")
	s.see("Check what follows", "Reasons 1", "Sign and have it checked")
	s.look("sign-english")
}

// TestSignPage_NothingIsSubmittedBeforeTheResultIsRead: the person sees what would be written, and goes on or stops.
func TestSignPage_NothingIsSubmittedBeforeTheResultIsRead(t *testing.T) {
	s := openSigning(t, testDocument)
	s.bring()
	s.show()
	s.see("请核对下面的内容")
	s.press(signButton)
	s.see("核验通过，还没有写入账本", "市数据局、登记机构", "已撤回", "写入记录", "整个结果无误，提交")
	if got := s.window().js(`document.activeElement.id`); got != "sign-status" {
		t.Errorf("the focus is on %q", got)
	}
	s.look("sign-answered")
	s.press(stopButton)
	s.see("已停止，没有写入任何内容", s.pending.TxID)
	s.look("sign-stopped")
	if hidden := s.window().js(`String(document.getElementById("sign-confirm").hidden && document.getElementById("sign-buttons").hidden)`); hidden != "true" {
		t.Error("it can still be submitted")
	}
	s.window().js(`document.getElementById("sign-submit").click(), ""`) // as a script might
	s.window().js(`document.getElementById("sign-button").click(), ""`)
	s.show() // on the same page once more, the person thinks better of it
	s.see("将要写入账本", "核对下面将要写入的结果")
	if s.puts.Load() != 1 || s.peer.sent.Load() != 0 {
		t.Errorf("%d signatures, %d sent without confirmation", s.puts.Load(), s.peer.sent.Load())
	}
	s.confirm()
	s.see("that was all")
	if s.puts.Load() != 2 || s.peer.sent.Load() != 1 {
		t.Errorf("%d signatures, %d sent", s.puts.Load(), s.peer.sent.Load())
	}
}

// TestSignPage_SignsNothingElse: whatever the server prepared, the page signs what it shows or nothing.
func TestSignPage_SignsNothingElse(t *testing.T) {
	s := openSigning(t, strings.Replace(testDocument, "错", "对", 1))
	s.bring()
	s.show()
	s.see("没有签名", "内容与页面上的不一致")
	s.look("sign-altered")
	if hidden := s.window().js(`String(document.getElementById("sign-buttons").hidden)`); hidden != "true" {
		t.Error("it can be signed")
	}
	if n := s.puts.Load(); n != 0 {
		t.Errorf("%d signatures were given", n)
	}
}

func TestSignPage_SignsNoAlteredResult(t *testing.T) {
	s := openSigning(t, testDocument)
	s.peer.spoil = func(p *parts) {
		p.endorsed = func(a *peer.ChaincodeEndorsedAction) {
			a.ProposalResponsePayload = []byte(strings.Replace(string(a.ProposalResponsePayload), "WITHDRAWN", "SUBMITTED", 1))
		}
	}
	s.bring()
	s.show()
	s.see("请核对下面的内容")
	s.press(signButton)
	s.see("没有签名", "核验结果被改动过")
	if s.puts.Load() != 1 || s.peer.sent.Load() != 0 {
		t.Errorf("%d signatures, %d sent", s.puts.Load(), s.peer.sent.Load())
	}
}

func TestSignPage_EndsAsTheTransactionEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(*signing)
		want []string
	}{
		{"conflict", func(s *signing) { s.peer.code = peer.TxValidationCode_MVCC_READ_CONFLICT }, []string{"刚刚有别人办理", "重新准备"}},
		{"invalid", func(s *signing) { s.peer.code = peer.TxValidationCode_BAD_RWSET }, []string{"账本没有接受这笔交易"}},
		{"refused", func(s *signing) { s.peer.refusal = refusalError(registry.CodeTooLate) }, []string{"不能“撤回”", "没有写入任何内容"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openSigning(t, testDocument)
			c.with(s)
			s.bring()
			s.show()
			s.see("请核对下面的内容")
			s.press(signButton)
			if c.name != "refused" {
				s.confirm()
			}
			s.see(c.want...)
			s.look("sign-" + c.name)
			if c.name == "conflict" {
				if got := s.window().js(`document.activeElement.textContent`); got != "重新准备" {
					t.Errorf("the focus is on %q", got)
				}
				if err := chromedp.Do(s.ctx, chromedp.KeyEvent("\r")); err != nil {
					t.Fatal(err)
				}
				s.see("prepared anew, then /done")
			}
		})
	}
}

// refusalError is how a peer's Gateway hands on that the chaincode refused.
func refusalError(code registry.Code) error {
	s, err := status.New(codes.Aborted, "failed to endorse transaction").WithDetails(&gateway.ErrorDetail{MspId: registry.MSPAgency,
		Message: "chaincode response 500, " + registry.Refuse(code, registry.RuleForm).Error()})
	if err != nil {
		panic(err)
	}
	return s.Err()
}

// TestSignPage_LostAnswers: a step whose answer is lost is neither doubled nor given up.
func TestSignPage_LostAnswers(t *testing.T) {
	lose := func(w http.ResponseWriter) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
	}
	t.Run("endorsement_lost_on_the_way_back", func(t *testing.T) {
		s := openSigning(t, testDocument)
		s.bring()
		s.show()
		s.see("请核对下面的内容")
		var once atomic.Bool
		s.before = func(w http.ResponseWriter, r *http.Request) bool {
			if r.PathValue("step") != "endorsement" || once.Swap(true) {
				return false
			}
			var body struct{ Signature []byte }
			_ = json.NewDecoder(r.Body).Decode(&body)
			if _, err := s.ledger.Endorse(r.Context(), r.PathValue("id"), body.Signature); err != nil {
				t.Error(err)
			}
			lose(w) // the browser repeats it by itself and is told that it is not awaited any more
			return true
		}
		s.press(signButton)
		s.confirm()
		s.see("that was all")
	})
	t.Run("endorsement_did_not_arrive", func(t *testing.T) {
		s := openSigning(t, testDocument)
		s.bring()
		s.show()
		s.see("请核对下面的内容")
		var once atomic.Bool
		s.before = func(w http.ResponseWriter, r *http.Request) bool {
			if r.PathValue("step") != "endorsement" || once.Swap(true) {
				return false
			}
			problem(w, http.StatusServiceUnavailable, "账本暂时不可用")
			return true
		}
		s.press(signButton)
		s.see("账本暂时不可用", "可以再试一次")
		s.press(signButton)
		s.confirm()
		s.see("that was all")
	})
	t.Run("submission_unknown_for_a_while", func(t *testing.T) {
		s := openSigning(t, testDocument)
		s.bring()
		s.show()
		s.see("请核对下面的内容")
		var lost, asked atomic.Int32
		s.before = func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case r.PathValue("step") == "submission":
				var body struct{ Signature []byte }
				_ = json.NewDecoder(r.Body).Decode(&body)
				// Browsers repeat a PUT whose connection breaks by themselves.
				if _, err := s.ledger.Submit(r.Context(), r.PathValue("id"), body.Signature); err != nil && !errors.Is(err, client.ErrStep) {
					t.Error(err)
				}
				lost.Add(1)
				lose(w)
				return true
			case lost.Load() > 0 && asked.Add(1) <= 2:
				lose(w)
				return true
			case lost.Load() > 0 && asked.Load() <= 4:
				answer(w, http.StatusOK, map[string]any{"id": s.pending.ID, "txId": s.pending.TxID, "state": "UNKNOWN"})
				return true
			}
			return false
		}
		s.press(signButton)
		s.confirm()
		s.see("正在查询结果", "that was all")
		if n := s.peer.sent.Load(); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
	t.Run("reloaded_between_the_signatures", func(t *testing.T) {
		s := openSigning(t, testDocument)
		s.bring()
		s.endorse(s.pending)
		s.show()
		s.see("各方核验的结果")
		s.confirm()
		s.see("that was all")
	})
	t.Run("session_over", func(t *testing.T) {
		s := openSigning(t, testDocument)
		s.bring()
		s.before = func(w http.ResponseWriter, _ *http.Request) bool {
			problem(w, http.StatusUnauthorized, "请先登录")
			return true
		}
		s.show()
		s.see("请先登录", "重新登录")
		if got := s.window().js(`document.querySelector("#sign-status a").getAttribute("href")`); got != "/signin?next=%2Fsign%2F"+s.pending.ID {
			t.Errorf("it leads to %s", got)
		}
	})
}

// TestSignPage_AsksForTheKey: without the key nothing is signed; the key file may be brought at once.
func TestSignPage_AsksForTheKey(t *testing.T) {
	s := openSigning(t, testDocument)
	s.show()
	s.see("这个浏览器里没有账号 AgencyMSP/he-applicant 的密钥", "请导入密钥文件")
	s.look("sign-no-key")
	file := filepath.Join(t.TempDir(), "he-applicant.pem")
	if err := os.WriteFile(file, []byte(keyFile(t, s.key, testAccount, "correct horse", s.certificate)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(s.ctx, chromedp.SetUploadFiles(chromedp.CSS("#key-file"), []string{file})); err != nil {
		t.Fatal(err)
	}
	s.see("密钥文件的口令")
	if got := s.window().js(`document.activeElement.id`); got != "key-passphrase" {
		t.Errorf("the focus is on %q", got)
	}
	enter := func(keys string) {
		if err := chromedp.Do(s.ctx, chromedp.KeyEvent(keys)); err != nil {
			t.Fatal(err)
		}
	}
	enter("wrong horse\r")
	s.see("口令不对")
	s.look("sign-wrong-passphrase")
	must[bool](s.lab, `document.getElementById("key-passphrase").value = ""; return true;`)
	enter("correct horse\r")
	s.see("请核对下面的内容", "名称写错了")
	s.press(signButton)
	s.confirm()
	s.see("that was all")
}
