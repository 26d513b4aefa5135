package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/go-viper/mapstructure/v2"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Config is the configuration of one registryd. Secrets are file paths; an unknown key is an error.
type Config struct {
	Organisation  string                  `koanf:"organisation"` // bureau, agency or exchange
	MSPID         string                  `koanf:"mspID"`
	Mode          registry.Mode           `koanf:"mode"`      // demo or legal
	Network       string                  `koanf:"network"`   // name, for people
	Listen        string                  `koanf:"listen"`    // host:port; without TLS on loopback only
	PublicURL     string                  `koanf:"publicURL"` // stands in QR codes and did:web
	Channel       string                  `koanf:"channel"`
	Chaincode     string                  `koanf:"chaincode"`
	Peer          PeerConfig              `koanf:"peer"`
	Identity      KeyPair                 `koanf:"identity"`      // of the service
	State         string                  `koanf:"state"`         // directory of index.db, state.db and documents
	Evidence      string                  `koanf:"evidence"`      // directory of encrypted evidence
	AgeIdentity   string                  `koanf:"ageIdentity"`   // file
	AgeRecipients map[string]string       `koanf:"ageRecipients"` // organisation → age public key
	DocumentKey   string                  `koanf:"documentKey"`   // agency only: PEM file
	DocumentCert  string                  `koanf:"documentCert"`  // agency only: PEM file
	EnrollURL     string                  `koanf:"enrollURL"`     // of the registration authority, on this machine; empty: accounts are not taken here
	Roots         map[string]string       `koanf:"roots"`         // MSP → PEM file of the authority whose people sign in here
	Members       map[string]MemberConfig `koanf:"members"`       // MSP → another organisation, from which files are fetched
	TLSCert       string                  `koanf:"tlsCert"`       // PEM file; with it the service speaks TLS itself
	TLSKey        string                  `koanf:"tlsKey"`        // PEM file
	Proxies       []string                `koanf:"proxies"`       // addresses (CIDR) of proxies whose X-Forwarded-For is believed
	UploadLimit   int64                   `koanf:"uploadLimit"`   // bytes; default 100 MiB
	Mail          MailConfig              `koanf:"mail"`          // relay for word of notices; empty: none is sent by e-mail
}

// MailConfig is a mail relay. Beyond this machine it has to offer STARTTLS.
type MailConfig struct {
	Server   string `koanf:"server"`   // host:port
	From     string `koanf:"from"`     // address of the sender
	User     string `koanf:"user"`     // empty: the relay asks for none
	Password string `koanf:"password"` // file
}

// PeerConfig is the organisation's own peer.
type PeerConfig struct {
	Address    string `koanf:"address"`
	TLSCA      string `koanf:"tlsCA"`
	ServerName string `koanf:"serverName"`
}

// KeyPair is a certificate with its key, both PEM files.
type KeyPair struct {
	Cert string `koanf:"cert"`
	Key  string `koanf:"key"`
}

const defaultUploadLimit = 100 << 20

func readConfig(path string) (Config, error) {
	c := Config{UploadLimit: defaultUploadLimit}
	if path == "" {
		return c, errors.New("no configuration: give --config FILE")
	}
	k := koanf.New("\x00") // keys hold no such character: nothing is split
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return c, fmt.Errorf("configuration %s: %w", path, err)
	}
	err := k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &c, TagName: "koanf", ErrorUnused: true, MatchName: func(key, field string) bool { return key == field }}})
	if err == nil {
		err = c.check()
	}
	if err != nil {
		return c, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

// check names everything that is wrong at once.
func (c Config) check() error {
	var wrong []error
	for _, needed := range []struct{ key, value string }{
		{"organisation", c.Organisation}, {"mspID", c.MSPID}, {"channel", c.Channel}, {"chaincode", c.Chaincode}, {"peer.address", c.Peer.Address},
		{"peer.tlsCA", c.Peer.TLSCA}, {"identity.cert", c.Identity.Cert}, {"identity.key", c.Identity.Key}, {"state", c.State},
		{"evidence", c.Evidence}, {"ageIdentity", c.AgeIdentity},
	} {
		if needed.value == "" {
			wrong = append(wrong, fmt.Errorf("%s is missing", needed.key))
		}
	}
	if len(c.AgeRecipients) == 0 {
		wrong = append(wrong, errors.New("ageRecipients is missing: nobody could read the evidence again"))
	}
	if c.Mode != registry.ModeDemo && c.Mode != registry.ModeLegal {
		wrong = append(wrong, fmt.Errorf("mode %q is neither demo nor legal", c.Mode))
	}
	if c.Roots[c.MSPID] == "" {
		wrong = append(wrong, fmt.Errorf("roots has no authority of %s: nobody could sign in", c.MSPID))
	}
	if (c.TLSKey == "") != (c.TLSCert == "") {
		wrong = append(wrong, errors.New("tlsKey and tlsCert go together"))
	}
	if (c.Mail.Server == "") != (c.Mail.From == "") || (c.Mail.User == "") != (c.Mail.Password == "") {
		wrong = append(wrong, errors.New("mail.server and mail.from go together, and so do mail.user and mail.password"))
	}
	if _, err := c.proxies(); err != nil {
		wrong = append(wrong, err)
	}
	if (c.DocumentKey == "") != (c.DocumentCert == "") {
		wrong = append(wrong, errors.New("documentKey and documentCert go together"))
	}
	if c.UploadLimit < 1<<20 {
		wrong = append(wrong, fmt.Errorf("uploadLimit %d is less than 1 MiB (it counts bytes)", c.UploadLimit))
	}
	return errors.Join(append(wrong, c.checkAddresses())...)
}

// checkAddresses demands TLS for everything but this machine: by the service itself, or by a proxy in front of it.
func (c Config) checkAddresses() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() && c.TLSCert == "" {
		return fmt.Errorf("listen %q is not a loopback address with a port: give tlsCert and tlsKey, or put a TLS proxy in front", c.Listen)
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" || u.RawQuery != "" {
		return fmt.Errorf("publicURL %q is not like https://registry.example (without a path)", c.PublicURL)
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("publicURL %q is neither https nor on this machine: browsers keep keys on secure pages only", c.PublicURL)
	}
	return nil
}

// msps are the organisations whose people sign in here, the own one first.
func (c Config) msps() []string {
	all := slices.DeleteFunc(slices.Sorted(maps.Keys(c.Roots)), func(msp string) bool { return msp == c.MSPID })
	return append([]string{c.MSPID}, all...)
}

func (c Config) proxies() ([]*net.IPNet, error) {
	var all []*net.IPNet
	for _, text := range c.Proxies {
		_, block, err := net.ParseCIDR(text)
		if err != nil {
			return nil, fmt.Errorf("proxies: %w (write 127.0.0.1/32)", err)
		}
		all = append(all, block)
	}
	return all, nil
}

// open listens, with TLS if there is a certificate.
func (c Config) open() (net.Listener, error) {
	if c.TLSCert == "" {
		return net.Listen("tcp", c.Listen)
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("tlsCert and tlsKey: %w", err)
	}
	return tls.Listen("tcp", c.Listen, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
}
