package main

import (
	"fmt"
	"net"
	"net/url"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/go-viper/mapstructure/v2"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Config is the configuration of one registryd. Secrets are file paths; an unknown key is an error.
type Config struct {
	Organisation  string            `koanf:"organisation"` // bureau, agency or exchange
	MSPID         string            `koanf:"mspID"`
	Mode          registry.Mode     `koanf:"mode"`      // demo or legal
	Network       string            `koanf:"network"`   // name, for people
	Listen        string            `koanf:"listen"`    // host:port; plain HTTP on loopback only
	PublicURL     string            `koanf:"publicURL"` // stands in QR codes and did:web
	Channel       string            `koanf:"channel"`
	Chaincode     string            `koanf:"chaincode"`
	Peer          PeerConfig        `koanf:"peer"`
	Identity      KeyPair           `koanf:"identity"`      // of the service
	State         string            `koanf:"state"`         // directory of index.db, state.db and documents
	Evidence      string            `koanf:"evidence"`      // directory of encrypted evidence
	AgeIdentity   string            `koanf:"ageIdentity"`   // file
	AgeRecipients map[string]string `koanf:"ageRecipients"` // organisation → age public key
	DocumentKey   string            `koanf:"documentKey"`   // agency only: PEM file
	DocumentCert  string            `koanf:"documentCert"`  // agency only: PEM file
	Cast          []string          `koanf:"cast"`          // demo only: directories of demo signers
	UploadLimit   int64             `koanf:"uploadLimit"`   // bytes; default 100 MiB
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
	k := koanf.New("\x00")
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return c, fmt.Errorf("configuration %s: %w", path, err)
	}
	err := k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &c, TagName: "koanf", ErrorUnused: true, WeaklyTypedInput: false}})
	if err != nil {
		return c, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, c.check()
}

func (c Config) check() error {
	if c.Mode != registry.ModeDemo && c.Mode != registry.ModeLegal {
		return fmt.Errorf("configuration: mode %q is neither demo nor legal", c.Mode)
	}
	if c.Mode == registry.ModeLegal && len(c.Cast) > 0 {
		return fmt.Errorf("configuration: a legal network has no cast")
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("configuration: listen %q is not a loopback address: put a TLS proxy in front", c.Listen)
	}
	if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" {
		return fmt.Errorf("configuration: publicURL %q is no URL", c.PublicURL)
	}
	return nil
}
