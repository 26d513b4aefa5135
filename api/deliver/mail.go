package deliver

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/smtp"
	"strings"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
)

// Mail hands messages to a mail relay. Beyond this machine it speaks TLS only.
type Mail struct {
	Server   string // host:port
	From     string // address of the sender
	User     string // empty: the relay asks for none
	Password string
	TLS      *tls.Config // nil: the system's roots
}

const mailTimeout = 30 * time.Second

// Send hands a message over; the receipt is the relay's answer.
func (m Mail) Send(ctx context.Context, to desk.Subscription, msg Message) (string, error) {
	ctx, stop := context.WithTimeout(ctx, mailTimeout)
	defer stop()
	host, _, err := net.SplitHostPort(m.Server)
	if err != nil {
		return "", fmt.Errorf("mail server: %w", err)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", m.Server)
	if err != nil {
		return "", err
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		conn.Close()
		return "", err
	}
	defer c.Close()
	if err := m.secure(c, host); err != nil {
		return "", err
	}
	return m.hand(c, to.Email, msg)
}

// secure turns TLS on and signs in, as far as the relay asks for it.
func (m Mail) secure(c *smtp.Client, host string) error {
	if offered, _ := c.Extension("STARTTLS"); offered {
		config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
		if m.TLS != nil {
			config = m.TLS
		}
		if err := c.StartTLS(config); err != nil {
			return err
		}
	} else if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("the mail server offers no TLS")
	}
	if m.User == "" {
		return nil
	}
	return c.Auth(smtp.PlainAuth("", m.User, m.Password, host))
}

func (m Mail) hand(c *smtp.Client, to string, msg Message) (string, error) {
	if err := c.Mail(m.From); err != nil {
		return "", err
	}
	if err := c.Rcpt(to); err != nil {
		return "", err
	}
	id, err := c.Text.Cmd("DATA")
	if err != nil {
		return "", err
	}
	c.Text.StartResponse(id)
	_, _, err = c.Text.ReadResponse(354)
	c.Text.EndResponse(id)
	if err != nil {
		return "", err
	}
	w := c.Text.DotWriter()
	if _, err := w.Write([]byte(m.compose(to, msg))); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	code, answer, err := c.Text.ReadResponse(250)
	if err != nil {
		return "", err
	}
	_ = c.Quit() // it has taken the message
	return fmt.Sprintf("%d %s", code, answer), nil
}

// compose writes the message. It names the notice and does not tell its words: mail is read on its way.
func (m Mail) compose(to string, msg Message) string {
	subject := "您有一份新的书面告知：" + msg.Title
	if msg.Demo {
		subject = "（演示）" + subject
	}
	text := subject + "\r\n\r\n告知编号 " + msg.Notice + "\r\n请登录后在收件箱查阅：" + msg.URL + "\r\n\r\n本邮件只作提醒。书面告知进入收件箱即为送达，以账本记载为准。请勿回复本邮件。\r\n"
	_, domain, _ := strings.Cut(m.From, "@")
	body := base64.StdEncoding.EncodeToString([]byte(text))
	var lines []string
	for len(body) > 76 {
		lines, body = append(lines, body[:76]), body[76:]
	}
	return strings.Join([]string{"From: " + m.From, "To: " + to, "Subject: " + mime.BEncoding.Encode("UTF-8", subject),
		"Message-ID: <" + strings.ReplaceAll(msg.Notice, "/", ".") + "@" + domain + ">", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
		"Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: base64", "", strings.Join(append(lines, body), "\r\n"), ""}, "\r\n")
}
