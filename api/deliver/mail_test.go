package deliver

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/hehuang-data/hehuang/api/desk"
)

// relay is a mail server on this machine for one message; it answers RCPT with a code and hands over what was said.
func relay(t *testing.T, rcpt string) (address string, said <-chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	out := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		out <- converse(conn, rcpt)
	}()
	return listener.Addr().String(), out
}

func converse(conn net.Conn, rcpt string) string {
	var all strings.Builder
	fmt.Fprint(conn, "220 relay\r\n")
	r, data := bufio.NewReader(conn), false
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return all.String()
		}
		all.WriteString(line)
		command := strings.ToUpper(strings.TrimSpace(line))
		switch {
		case data && command == ".":
			data = false
			fmt.Fprint(conn, "250 2.0.0 queued as 7\r\n")
		case data:
		case strings.HasPrefix(command, "RCPT"):
			fmt.Fprint(conn, rcpt+"\r\n")
		case command == "DATA":
			data = true
			fmt.Fprint(conn, "354 go on\r\n")
		case command == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return all.String()
		default:
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
}

func TestMail_TheRelaysAnswerIsTheReceipt(t *testing.T) {
	address, said := relay(t, "250 ok")
	m := Mail{Server: address, From: "registry@example.cn"}
	receipt, err := m.Send(context.Background(), desk.Subscription{Email: "he@example.cn"}, Message{Notice: "APP1/1", Title: "受理通知书", URL: "https://registry.example/inbox/APP1/1", Demo: true})
	if err != nil || receipt != "250 2.0.0 queued as 7" {
		t.Fatalf("%q %v", receipt, err)
	}
	text := <-said
	head, body, _ := strings.Cut(text[strings.Index(text, "From: "):], "\r\n\r\n")
	plain, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(strings.Split(body, ".\r\n")[0], "\r\n", ""))
	if err != nil || !strings.Contains(string(plain), "https://registry.example/inbox/APP1/1") || !strings.Contains(string(plain), "演示") {
		t.Errorf("%s (%v)", plain, err)
	}
	for _, want := range []string{"To: he@example.cn", "Auto-Submitted: auto-generated", "Subject: =?UTF-8?b?"} {
		if !strings.Contains(head, want) {
			t.Errorf("%s lacks %s", head, want)
		}
	}
}

func TestMail_RefusedRecipientIsNoReceipt(t *testing.T) {
	address, _ := relay(t, "550 no such user")
	if receipt, err := (Mail{Server: address, From: "registry@example.cn"}).Send(context.Background(), desk.Subscription{Email: "x@example.cn"}, Message{}); err == nil || !strings.Contains(err.Error(), "no such user") {
		t.Errorf("%q %v", receipt, err)
	}
}
