package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// The tests of slow senders run the whole server at a real address, with less patience than usual.
const (
	short = 400 * time.Millisecond
	drip  = 40 * time.Millisecond // between two bytes
)

// run serves a visitor's server until the test ends and answers its address.
func (v *visitor) run(p patience) string {
	v.t.Helper()
	if p.answer == 0 { // a test of slow senders
		p.answer, p.download = time.Minute, time.Minute
	}
	v.server.patience = p
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		v.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- v.server.Run(ctx, listener) }()
	v.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			v.t.Error(err)
		}
	})
	return listener.Addr().String()
}

// slowly sends head at once and then the body byte by byte, and answers what came back until the server hung up. It fails if the
// server is still listening after ten seconds.
func slowly(t *testing.T, address, head, body string) (answer string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Error(err)
	}
	sent := make(chan struct{})
	defer func() { <-sent }()
	go func() {
		defer close(sent)
		tick := time.NewTicker(drip)
		defer tick.Stop()
		if _, err := io.WriteString(conn, head); err != nil {
			return
		}
		for i := range body {
			<-tick.C
			if _, err := conn.Write([]byte{body[i]}); err != nil {
				return // the server has hung up, or the test has
			}
		}
	}()
	got, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%.60q: the connection is still open", head)
	}
	conn.Close()
	return string(got)
}

func (v *visitor) head(method, path string, length int) string {
	cookie := ""
	if c := v.cookies["hehuang-agency"]; c != nil {
		cookie = "Cookie: " + c.Name + "=" + c.Value + "\r\n"
	}
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n", method, path, cookie, length)
}

// TestSlow_NobodyHoldsAConnection: whoever sends a body byte by byte is cut off soon, whatever the route and the method, unless they are signed
// in and send a file. What the server would read of a body that no handler wants is bounded too.
func TestSlow_NobodyHoldsAConnection(t *testing.T) {
	stranger, he := newVisitor(t, registry.ModeDemo), newVisitor(t, registry.ModeDemo)
	he.signIn("he-applicant")
	p := patience{header: time.Minute, whole: short, check: 2 * short, upload: time.Minute}
	at := map[*visitor]string{stranger: stranger.run(p), he: he.run(p)}
	body := strings.Repeat("x", 200<<10) // less than what the server reads of an unread body
	type try struct {
		who          *visitor
		method, path string
	}
	tries := []try{{stranger, "POST", "/api/v1/transactions"}, {stranger, "GET", "/"}, {stranger, "POST", "/nowhere"}, {stranger, "GET", "/healthz"}, {he, "POST", "/apply"}}
	for path := range streams {
		tries = append(tries, try{stranger, "GET", filled(path)}, try{stranger, "POST", filled(path)}, try{stranger, "PUT", filled(path)}, try{he, "GET", filled(path)})
	}
	var wait sync.WaitGroup
	for _, c := range tries {
		wait.Add(1)
		go func() {
			defer wait.Done()
			slowly(t, at[c.who], c.who.head(c.method, c.path, len(body)), body)
		}()
	}
	wait.Wait()
}

// TestSlow_RefusedRequestsAreCutOff: a refusal is sent only when the body has arrived, and must not wait longer for it than for any other.
func TestSlow_RefusedRequestsAreCutOff(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.signIn("he-applicant")
	address := v.run(patience{header: time.Minute, whole: short, check: time.Minute, upload: time.Minute})
	for i := 0; ; i++ {
		answer, err := http.Post("http://"+address+"/api/v1/verifications", "application/octet-stream", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusTooManyRequests {
			break
		}
		if i > 10*uploadBurst {
			t.Fatal("no limit is reached")
		}
	}
	body := strings.Repeat("x", 200<<10)
	var wait sync.WaitGroup
	for _, path := range []string{"/api/v1/verifications", "/reports", "/api/v1/transactions", "/nowhere"} {
		crossOrigin := strings.Replace(v.head("POST", path, len(body)), "Host:", "Sec-Fetch-Site: cross-site\r\nHost:", 1)
		wait.Go(func() { slowly(t, address, crossOrigin, body) })
	}
	wait.Go(func() { slowly(t, address, v.head("POST", "/api/v1/evidence?name=a.csv&kind=SAMPLE", len(body)), body) }) // too many files
	wait.Wait()
}

// TestSlow_FilesOfPeopleMayTakeTheirTime: who is signed in is waited for, longer than anybody else.
func TestSlow_FilesOfPeopleMayTakeTheirTime(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	v.signIn("he-applicant")
	address := v.run(patience{header: time.Minute, whole: short / 2, check: short / 2, upload: 4 * time.Second})
	head := strings.Replace(v.head("POST", "/api/v1/evidence?name=a.csv&kind=SAMPLE", 15), "Host:", "Connection: close\r\nHost:", 1)
	if answer := slowly(t, address, head, strings.Repeat("x", 15)); !strings.HasPrefix(answer, "HTTP/1.1 201 ") {
		t.Errorf("%.300s", answer)
	}
	endlessly := v.head("POST", "/api/v1/evidence?name=a.csv&kind=SAMPLE", 1000)
	if answer := slowly(t, address, endlessly, strings.Repeat("x", 1000)); strings.HasPrefix(answer, "HTTP/1.1 201 ") {
		t.Errorf("an endless file: %.300s", answer)
	}
}

// TestSlow_HeaderIsCutOff before any route is known.
func TestSlow_HeaderIsCutOff(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	address := v.run(patience{header: short, whole: time.Minute, check: time.Minute, upload: time.Minute})
	slowly(t, address, "GET / HTTP/1.1\r\n", "Host: localhost\r\nX-Padding: "+strings.Repeat("x", 1000))
}

// TestSlow_ReadersAreCutOff who ask for an answer and do not take it: files have longer, and no route is waited for without end.
func TestSlow_ReadersAreCutOff(t *testing.T) {
	const file = 5 * short
	v := newVisitor(t, registry.ModeDemo)
	took := map[string]chan time.Duration{"/endless": nil}
	for _, path := range downloads {
		if !slices.ContainsFunc(v.server.echo.Routes(), func(r *echo.Route) bool { return r.Path == path && r.Method == http.MethodGet }) {
			t.Errorf("%s is no route", path)
		}
		took[path] = nil
	}
	for path := range took {
		took[path] = make(chan time.Duration, 1)
		v.server.echo.GET(path, func(c echo.Context) error {
			start, block := time.Now(), make([]byte, 1<<20)
			for {
				if _, err := c.Response().Write(block); err != nil {
					took[path] <- time.Since(start)
					return err
				}
			}
		})
	}
	address := v.run(patience{header: time.Minute, whole: short, check: short, upload: short, answer: short, download: file})
	for path := range took {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "GET "+strings.NewReplacer(":cid", "bafy", ":name", "registrations").Replace(path)+" HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	for path, ended := range took {
		select {
		case d := <-ended:
			if (d > file) != (path != "/endless") {
				t.Errorf("%s was cut off after %s", path, d)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s: the connection is still open", path)
		}
	}
}

// TestSlow_UsualPatience is what is in force: half a minute for strangers, a quarter of an hour at most for anybody.
func TestSlow_UsualPatience(t *testing.T) {
	v := newVisitor(t, registry.ModeDemo)
	want := patience{header: 10 * time.Second, whole: 30 * time.Second, check: 3 * time.Minute, upload: 15 * time.Minute, answer: 2 * time.Minute, download: 15 * time.Minute}
	if v.server.patience != want {
		t.Errorf("%+v", v.server.patience)
	}
	s := v.server.server()
	if s.ReadHeaderTimeout != want.header || s.ReadTimeout != want.upload || s.WriteTimeout != want.upload+want.download || s.IdleTimeout != 2*time.Minute {
		t.Errorf("header %s, whole %s, idle %s", s.ReadHeaderTimeout, s.ReadTimeout, s.IdleTimeout)
	}
}
