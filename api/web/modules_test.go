package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// lab is a browser with nothing but the modules under assets, under the pages' own content security policy.
type lab struct {
	t    *testing.T
	ctx  context.Context
	mux  *http.ServeMux
	base string
}

const policy = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"

func openLab(t *testing.T) *lab {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", http.FileServerFS(assets))
	mux.HandleFunc("GET /blank", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><html lang="zh-CN"><title>lab</title><body></body></html>`)
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.NoSandbox))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	l := &lab{t, ctx, mux, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1100, 900)); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no browser: %v (Debian: apt-get install chromium)", err)
		}
		t.Skipf("no browser: %v (Debian: apt-get install chromium)", err)
	}
	l.open("/blank")
	return l
}

func (l *lab) open(path string) {
	l.t.Helper()
	if err := chromedp.Do(l.ctx, chromedp.Navigate(l.base+path)); err != nil {
		l.t.Fatalf("open %s: %v", path, err)
	}
}

// script is an asynchronous function over the modules: each is in scope under its file's name.
func script(body string) string {
	return `(async () => {
		const names = ["bytes", "der", "sign", "x509", "csr", "challenge", "keyfile", "keys", "messages", "words", "canonical", "protobuf"];
		const modules = await Promise.all(names.map((name) => import("/assets/" + name + ".js")));
		const [bytes, der, sign, x509, csr, challenge, keyfile, keys, messages, words, canonical, protobuf] = modules;
		` + body + `
	})()`
}

// try runs a script and gives its answer, or what it threw.
func try[T any](l *lab, body string) (T, error) {
	return chromedp.Run(l.ctx, chromedp.Evaluate[T](script(body), chromedp.EvalAwaitPromise))
}

// must runs a script that may not fail.
func must[T any](l *lab, body string) T {
	l.t.Helper()
	v, err := try[T](l, body)
	if err != nil {
		l.t.Fatalf("%s\n%v", body, err)
	}
	return v
}

// js is a value as a JavaScript expression; bytes become a Uint8Array.
func js(v any) string {
	if b, ok := v.([]byte); ok {
		return `bytes.fromBase64("` + base64.StdEncoding.EncodeToString(b) + `")`
	}
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(body)
}

// page serves a page of the site at a path, filled with what data gives.
func (l *lab) page(path, name string, data func(*http.Request) map[string]any) {
	l.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		v := view{Lang: locale.Chinese, Desk: &desk.Desk{Settings: desk.Settings{Mode: registry.ModeDemo}}, Path: r.URL.Path, Now: time.Now(), Data: data(r)}
		if r.URL.Query().Get("lang") == "en" {
			v.Lang = locale.English
		}
		body, err := v.render(name)
		if err != nil {
			l.t.Errorf("%s: %v", name, err)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body)
	})
}

// see waits until the page, or the one that follows it, says all of the words.
func (l *lab) see(words ...string) {
	l.t.Helper()
	for _, word := range words {
		deadline := time.Now().Add(20 * time.Second)
		for {
			_, err := chromedp.Run(l.ctx, chromedp.Poll[bool](`document.body?.innerText.includes(`+js(word)+`)`, chromedp.WithPollingTimeout(time.Until(deadline))))
			if err == nil {
				break
			}
			if time.Now().After(deadline) || l.ctx.Err() != nil {
				l.t.Fatalf("the page does not say %q (%v):\n%s", word, err, l.text())
			}
		}
	}
}

func (l *lab) text() string {
	return l.window().js(`location.pathname + "\n" + document.body.innerText`)
}

func (l *lab) notSee(words ...string) {
	l.t.Helper()
	for _, word := range words {
		if text := l.text(); strings.Contains(text, word) {
			l.t.Errorf("the page says %q:\n%s", word, text)
		}
	}
}

func (l *lab) window() *window { return &window{t: l.t, ctx: l.ctx, base: l.base} }

// press presses a button as somebody without a mouse does.
func (l *lab) press(selector string) {
	l.t.Helper()
	if err := chromedp.Do(l.ctx, chromedp.Focus(chromedp.CSS(selector)), chromedp.KeyEvent("\r")); err != nil {
		l.t.Fatalf("%s: %v", selector, err)
	}
}

// look judges the page as it stands on a desktop, at 200 % and on a small phone.
func (l *lab) look(name string) {
	l.t.Helper()
	w := l.window()
	for _, size := range []struct {
		name  string
		width int64
	}{{"phone", 360}, {"zoomed", 550}, {"desktop", 1100}} {
		if err := chromedp.Do(l.ctx, chromedp.EmulateViewport(size.width, 900)); err != nil {
			l.t.Fatal(err)
		}
		if found := w.js(defects); found != "" {
			l.t.Errorf("%s, %s:\n%s", name, size.name, found)
		}
		w.shot(name + "-" + size.name)
	}
}
