package rest

import (
	"context"
	"errors"
	"time"

	"github.com/hehuang-data/hehuang/api/desk"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

// Verifier holds certificate files against the ledger, for API and pages alike.
type Verifier struct {
	Desk *desk.Desk
	Keys func(ctx context.Context) ([]registry.DocumentKey, error)
}

// Bundle is the trust bundle: the registrars' document keys as the ledger has them.
func (v *Verifier) Bundle(ctx context.Context) (certificate.Bundle, error) {
	keys, err := v.Keys(ctx)
	b := certificate.Bundle{Version: 1, Keys: []certificate.Key{}}
	for _, k := range keys {
		b.Registrar = string(k.Registrar)
		b.Keys = append(b.Keys, certificate.Key{ID: string(k.ID), Certificate: k.Certificate})
	}
	return b, err
}

// State is what the ledger says of a certificate, as of the read model's last block.
func (v *Verifier) State(ctx context.Context, n registry.CertificateNumber, at time.Time) (certificate.State, error) {
	asOf, err := v.Desk.Records.AsOf(ctx)
	if err != nil {
		return certificate.State{}, err
	}
	state := certificate.State{Block: asOf.Block, At: at}
	c, err := v.Desk.Records.Certificate(ctx, n)
	if errors.Is(err, desk.ErrNotFound) {
		return state, nil
	}
	if err != nil {
		return state, err
	}
	asset, open, err := v.page(ctx, c.Asset)
	if err != nil {
		return state, err
	}
	state.Found, state.Status = true, c.EffectiveStatus(asset, open, at)
	state.ContentDigest, state.PDFSha256, state.VCSha256 = c.ContentDigest, c.PDFSha256, c.VCSha256
	return state, nil
}

// page finds a page of the register and the act that is open on it; nil for what is not there.
func (v *Verifier) page(ctx context.Context, id registry.AssetID) (*registry.Asset, *registry.Application, error) {
	asset, err := v.Desk.Records.Asset(ctx, id)
	if errors.Is(err, desk.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil || asset.Open == "" {
		return &asset, nil, err
	}
	open, err := v.Desk.Records.Case(ctx, asset.Open)
	if errors.Is(err, desk.ErrNotFound) {
		return &asset, nil, nil
	}
	return &asset, &open, err
}

// Verify looks at a file and asks the ledger about the number it claims.
func (v *Verifier) Verify(ctx context.Context, file []byte) (certificate.Report, error) {
	trust, err := v.Bundle(ctx)
	if err != nil {
		return certificate.Report{}, err
	}
	state, err := v.State(ctx, registry.CertificateNumber(certificate.Identify(file)), time.Now().UTC())
	if err != nil {
		return certificate.Report{}, err
	}
	return certificate.Verify(file, trust, &state), nil
}
