package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/hehuang-data/hehuang/api/deliver"
	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/store"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/index"
)

// newDeliverer sends word of notices by webhook, and by e-mail where a relay is configured.
func newDeliverer(c Config, readModel *index.Index, state *store.Store, log *slog.Logger) (*deliver.Deliverer, error) {
	senders := map[desk.Channel]deliver.Sender{desk.ChannelWebhook: deliver.NewWebhook()}
	if c.Mail.Server != "" {
		mail := deliver.Mail{Server: c.Mail.Server, From: c.Mail.From, User: c.Mail.User}
		if c.Mail.Password != "" {
			password, err := os.ReadFile(c.Mail.Password)
			if err != nil {
				return nil, fmt.Errorf("mail.password: %w", err)
			}
			mail.Password = strings.TrimSpace(string(password))
		}
		senders[desk.ChannelMail] = mail
	}
	return &deliver.Deliverer{Notices: records{readModel}, Queue: store.Deliveries{Store: state}, Senders: senders, PublicURL: c.PublicURL, Demo: c.Mode == registry.ModeDemo,
		Now: time.Now, Log: log}, nil
}
