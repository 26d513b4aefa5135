package desk

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/hehuang-data/hehuang/chaincode/registry"
)

// Sealed is a stored file as it lies there: encrypted, with its encrypted description.
type Sealed struct {
	Card []byte
	Body io.ReadCloser
}

// Members are the services of the other organisations, from whose stores sealed files are fetched.
type Members interface {
	// Fetch brings a file from another member's store into the own one; ErrNotFound if none of them has it.
	Fetch(ctx context.Context, cid string) error
	// Verify refuses with ErrCertificate or ErrSignature whoever is not the service of another member.
	Verify(mspID string, certificate, message, signature []byte) error
}

// sealedLife is how far the stated time of a request for a sealed file may be off.
const sealedLife = 5 * time.Minute

// SealedMessage is what a service signs that asks another one for a sealed file. Its first byte can begin neither a proposal nor a transaction.
func SealedMessage(site, cid string, at time.Time) []byte {
	return []byte("\x00hehuang sealed v1\nsite " + site + "\ncid " + cid + "\ntime " + strconv.FormatInt(at.Unix(), 10) + "\n")
}

// SealedRequest is a service's request for a sealed file.
type SealedRequest struct {
	MSP         string
	Certificate []byte // PEM
	CID         string
	At          time.Time
	Signature   []byte
}

// Seal answers a service of another member with a sealed file. Files travel encrypted for those who may read them: the members' services.
func (d *Desk) Seal(ctx context.Context, r SealedRequest, now time.Time) (Sealed, error) {
	if off := now.Sub(r.At); off > sealedLife || off < -sealedLife {
		return Sealed{}, ErrSignature
	}
	actor, err := registry.ParseActor(r.MSP, r.Certificate)
	if err != nil || actor.Role != registry.RoleService {
		return Sealed{}, ErrCertificate
	}
	if err := d.Members.Verify(r.MSP, r.Certificate, SealedMessage(d.PublicURL, r.CID, r.At), r.Signature); err != nil {
		return Sealed{}, err
	}
	return d.Evidence.Sealed(ctx, r.CID)
}

// Obtain makes sure that a file which the person may see is in the own store, wherever it was filed. What is fetched stays nobody's own: it is
// opened through the record that names it only.
func (d *Desk) Obtain(ctx context.Context, cid string) error {
	sealed, err := d.Evidence.Sealed(ctx, cid)
	if err == nil {
		return sealed.Body.Close()
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := d.Uploads.Record(ctx, cid, nobody); err != nil { // before anybody could open it otherwise
		return err
	}
	return d.Members.Fetch(ctx, cid)
}
