package issuer

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

const (
	firstRetry = time.Second
	lastRetry  = time.Minute
	idle       = 30 * time.Second // looks again even if nothing seems to have changed
)

// attempt is when a certificate that failed is tried again.
type attempt struct {
	at   time.Time
	wait time.Duration
}

// attempts keeps a back-off per certificate, so that one that cannot be issued does not hold up the others.
type attempts map[registry.CertificateNumber]attempt

func (a attempts) failed(n registry.CertificateNumber, now time.Time) attempt {
	next := attempt{wait: firstRetry}
	if before, ok := a[n]; ok {
		next.wait = min(2*before.wait, lastRetry)
	}
	next.at = now.Add(next.wait)
	a[n] = next
	return next
}

// Run issues what is to be issued, again whenever changed says that there is something new, until ctx ends.
func (i *Issuer) Run(ctx context.Context, changed func() <-chan struct{}) error {
	if err := i.clean(); err != nil {
		return err
	}
	failing := attempts{}
	for {
		next := changed()
		wait := time.NewTimer(i.round(ctx, failing))
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-next:
			wait.Stop()
		case <-wait.C:
		}
	}
}

// round issues what is due and says when to look again.
func (i *Issuer) round(ctx context.Context, failing attempts) time.Duration {
	waiting, err := i.due(ctx)
	if errors.Is(err, ErrKeyNotAdopted) { // so too while the read model is still young
		i.Log.WarnContext(ctx, "nothing can be issued yet", "reason", err)
		return failing.failed("", i.now()).wait
	}
	if err != nil {
		i.alarm(ctx, "certificates to issue cannot be listed", "error", err)
		return failing.failed("", i.now()).wait
	}
	delete(failing, "")
	again := idle
	for _, c := range waiting {
		if left := failing[c.Number].at.Sub(i.now()); left > 0 {
			again = min(again, left)
			continue
		}
		if err := i.Issue(ctx, c); err != nil {
			next := failing.failed(c.Number, i.now())
			i.alarm(ctx, "certificate not issued", "number", c.Number, "error", err, "retry", next.wait.String())
			again = min(again, next.wait)
			continue
		}
		delete(failing, c.Number)
	}
	return again
}

func (i *Issuer) alarm(ctx context.Context, message string, args ...any) {
	if ctx.Err() == nil { // at shutdown everything fails
		i.Log.ErrorContext(ctx, message, args...)
	}
}

func (i *Issuer) now() time.Time {
	if i.Now == nil {
		return time.Now()
	}
	return i.Now()
}

// IssueAll issues every certificate without recorded documents and answers what failed.
func (i *Issuer) IssueAll(ctx context.Context) error {
	waiting, err := i.due(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, c := range waiting {
		if err := i.Issue(ctx, c); err != nil {
			failed = append(failed, fmt.Errorf("certificate %s: %w", c.Number, err))
		}
	}
	return errors.Join(failed...)
}

// due lists the certificates of the registrar whose key this is; the ledger says which registrar that is.
func (i *Issuer) due(ctx context.Context) ([]registry.Certificate, error) {
	key, err := i.ownKey(ctx)
	if err != nil {
		return nil, err
	}
	return i.Records.Issuable(ctx, key.Registrar)
}

// ownKey is the configured document key as the ledger knows it.
func (i *Issuer) ownKey(ctx context.Context) (registry.DocumentKey, error) {
	keys, err := i.Records.DocumentKeys(ctx)
	if err != nil {
		return registry.DocumentKey{}, err
	}
	for _, k := range keys {
		if block, _ := pem.Decode([]byte(k.Certificate)); block != nil && slices.Equal(block.Bytes, i.Certificate.Raw) {
			return k, nil
		}
	}
	return registry.DocumentKey{}, ErrKeyNotAdopted
}

// clean removes what an interrupted run left half-written; nothing of it was recorded.
func (i *Issuer) clean() error {
	left, err := filepath.Glob(filepath.Join(i.Dir, temporaryPrefix+"*"))
	if err != nil {
		return err
	}
	for _, path := range left {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}
