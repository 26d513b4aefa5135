package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/api/rest"
	"github.com/hehuang-data/hehuang/client"
	"github.com/hehuang-data/hehuang/client/evidence"
)

// MemberConfig is another organisation whose store holds files that this one may read.
type MemberConfig struct {
	URL  string `koanf:"url"`  // its publicURL
	Root string `koanf:"root"` // PEM file of the authority that issued its service's certificate
}

// members plugs the other organisations' services into the desk.
type members struct {
	credentials
	urls   map[string]string // by MSP
	signer *client.Signer
	store  *evidence.Store
	limit  int64 // bytes of a sealed file
}

func newMembers(c Config, store *evidence.Store) (members, error) {
	m := members{urls: map[string]string{}, store: store, limit: c.UploadLimit + c.UploadLimit/100 + 1<<20} // encryption adds less than a hundredth
	roots := map[string]string{}
	for msp, other := range c.Members {
		m.urls[msp], roots[msp] = other.URL, other.Root
	}
	authorities, err := client.LoadAuthorities(roots)
	if err != nil {
		return m, err
	}
	m.credentials = credentials{authorities}
	m.signer, err = client.LoadSigner(c.MSPID, c.Identity.Cert, c.Identity.Key)
	return m, err
}

// fetcher waits for the first byte only: a file may be large and a line slow.
var fetcher = &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 10 * time.Second, TLSHandshakeTimeout: 10 * time.Second}}

// Fetch asks one member after the other. What one of them answers wrongly another may answer right.
func (m members) Fetch(ctx context.Context, cid string) error {
	missing := desk.ErrNotFound
	var failed error
	for msp, site := range m.urls {
		err := m.fetch(ctx, site, cid)
		if err == nil {
			return nil
		}
		if !errors.Is(err, desk.ErrNotFound) {
			failed = errors.Join(failed, fmt.Errorf("sealed file of %s: %w", msp, err))
		}
	}
	if failed != nil {
		return failed
	}
	return missing
}

func (m members) fetch(ctx context.Context, site, cid string) error {
	at := time.Now()
	signature, err := m.signer.Sign(desk.SealedMessage(site, cid, at))
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, site+"/api/v1/evidence/"+url.PathEscape(cid)+"/sealed", nil)
	if err != nil {
		return err
	}
	who := m.signer.Creator()
	for name, value := range map[string]string{rest.HeaderMember: who.MSPID, rest.HeaderCertificate: base64.StdEncoding.EncodeToString(who.Certificate),
		rest.HeaderTime: strconv.FormatInt(at.Unix(), 10), rest.HeaderSignature: base64.StdEncoding.EncodeToString(signature)} {
		req.Header.Set(name, value)
	}
	res, err := fetcher.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return desk.ErrNotFound
	default:
		return errors.New(res.Status)
	}
	card, err := base64.StdEncoding.DecodeString(res.Header.Get(rest.HeaderCard))
	if err != nil {
		return err
	}
	return m.store.Import(ctx, cid, card, res.Body, m.limit)
}
