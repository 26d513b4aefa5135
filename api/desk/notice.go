package desk

import (
	"context"
	"strconv"

	"github.com/hehuang-data/hehuang/api/locale"
	"github.com/hehuang-data/hehuang/chaincode/registry"
	"github.com/hehuang-data/hehuang/client/certificate"
)

// MayRead says whether a person may read a notice: the party that it tells, the registrar's staff, and who serves it.
func (p Person) MayRead(n registry.Notice) bool {
	return p.Registrar() || p.Serves() || p.Inbox() == n.To
}

// Inbox is the party whose notices reach the person: the one for which they act, otherwise their own.
func (p Person) Inbox() registry.PartyID { return p.party() }

// Serves says whether the person hands notices on paper to parties (送达).
func (p Person) Serves() bool {
	return registry.CheckAccess("registration:RecordService", p.Actor) == nil
}

// PrintNotice is a notice as PDF, in Chinese.
func (d *Desk) PrintNotice(ctx context.Context, n registry.Notice) ([]byte, error) {
	title, lines := locale.Notice(locale.Chinese, n)
	letter := certificate.Letter{Title: title, Number: string(n.Case) + "/" + strconv.Itoa(n.N), To: d.called(ctx, n.To, n.ToName), By: d.called(ctx, n.By, ""),
		Date: string(registry.CivilDate(n.IssuedAt)), IssuedAt: n.IssuedAt, Digest: n.Digest(), TxID: n.TxID, Demo: d.Mode == registry.ModeDemo}
	for _, line := range lines {
		letter.Lines = append(letter.Lines, certificate.Line(line))
	}
	return certificate.RenderLetter(letter)
}

// called is the name of a party with its code; natural persons have neither.
func (d *Desk) called(ctx context.Context, id registry.PartyID, name string) string {
	p, err := d.Records.Party(ctx, id)
	if name == "" && err == nil {
		name = p.Name
	}
	switch {
	case err == nil && p.Kind == registry.PartyNatural:
		return "自然人（姓名不公开）"
	case name == "":
		return string(id)
	}
	return name + "（" + string(id) + "）"
}
